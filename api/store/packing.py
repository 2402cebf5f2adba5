"""Long texts as they are stored: with a large team a decision says nearly the same of each agent, and a tenth of it is enough to tell."""

from __future__ import annotations

import zlib
from binascii import a2b_base64, b2a_base64

LONG = 8192  # characters, as of a team of 100 to 200; below, packing costs more than the database saves
PACKED = "z:"  # how a packed text begins, and no JSON
FASTEST = 1  # level 6 takes four times as long for a tenth less


def packed(text: str) -> str:
    """`text` as it is stored: a long one deflated, in base64, for columns and backups are of text."""
    if len(text) < LONG:
        return text
    return PACKED + b2a_base64(zlib.compress(text.encode(), FASTEST), newline=False).decode()


def unpacked(stored: str) -> str:
    """The text again, of a row of today or of before, when none was packed."""
    if not stored.startswith(PACKED):
        return stored
    return zlib.decompress(a2b_base64(stored[len(PACKED) :])).decode()
