"""What people look at and read: pictures, transcripts, tables, the demonstration."""

from __future__ import annotations
