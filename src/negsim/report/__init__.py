"""Results for people to read: words and numbers, summaries, minutes, pictures, pages, the ODD description."""

from __future__ import annotations
