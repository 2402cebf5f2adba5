"""Numbers as a book prints them."""

from __future__ import annotations


def printed(value: float, text: str) -> bool:
    """Whether `value` is what `text` says, to its last digit."""
    return abs(value - float(text)) <= 0.5000001 * 10.0 ** -len(text.partition(".")[2])
