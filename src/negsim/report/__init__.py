"""What people read: words and numbers, summaries, minutes, pictures, pages, the ODD description."""

from __future__ import annotations
