"""Codes and secrets: how they are made, written, read and compared."""

from __future__ import annotations

import secrets

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # of a code, without those that look alike
_LENGTH = 8


def new_code() -> str:
    """Make a code from a secret source."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def spaced(code: str) -> str:
    """Write a code as people read it.

    >>> spaced("ABCD2345")
    'ABCD-2345'
    """
    return f"{code[:4]}-{code[4:]}"


def tidy_code(code: str) -> str:
    """Write a code in capitals and without spaces or hyphens, however it was typed.

    >>> tidy_code("abcd-2345")
    'ABCD2345'
    """
    return "".join(letter for letter in code[:40].upper() if letter in _LETTERS)


def new_secret() -> str:
    """Make a secret that no person types."""
    return secrets.token_urlsafe(18)


def same_secret(own: str, other: str) -> bool:
    """Compare two secrets in a time that says nothing about them."""
    return secrets.compare_digest(own.encode(), other.encode(errors="replace"))
