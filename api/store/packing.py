"""Long texts as they are stored: with a large team a decision says nearly the same of each agent, and a tenth of it is enough to tell."""

from __future__ import annotations

import json
import zlib
from binascii import a2b_base64, b2a_base64
from typing import Any

from api.json_text import finite_json
from router.others import Told

MANY = 100  # agents; of fewer, packing costs more than the database saves
LONG = 8192  # characters, as of an answer that tells of as many
PACKED = "deflate:"  # how a packed text begins, and no JSON
FASTEST = 1  # level 6 takes four times as long for a tenth less


class Unreadable(ValueError):
    """What is stored is no decision, or no ticket, any more."""


def packed(text: str) -> str:
    """`text` as it is stored: a long one packed."""
    return text if len(text) < LONG else _deflated(text)


def unpacked(stored: str) -> str:
    """The text again, of a row of today or of before, when none was packed."""
    if not stored.startswith(PACKED):
        return stored
    return zlib.decompress(a2b_base64(stored[len(PACKED) :])).decode()


def decision_text(record: dict[str, Any], alike: dict[int, str]) -> str:
    """A decision as it is stored: why not each other is packed where they are many, which costs as much as all the rest of a turn may.
    So it is packed of everybody, with who is to be left out, once for all tickets alike: `alike` has it by the list that they share, and
    is of use as long as their records live."""
    others = record["not_others"]
    if len(others) < MANY:
        return finite_json(record)
    everybody, chosen = (others.everybody, others.chosen) if isinstance(others, Told) else (others, -1)
    if id(everybody) not in alike:
        alike[id(everybody)] = _deflated(finite_json(everybody))
    return finite_json(record | {"not_others": {"of_all": alike[id(everybody)], "but": chosen}})


def decision_of(stored: str) -> dict[str, Any]:
    """The record again, of a row of today or of before; raises `Unreadable`."""
    try:
        record: dict[str, Any] = json.loads(stored)
        others = record.get("not_others")
        if isinstance(others, dict):
            record["not_others"] = json.loads(unpacked(others["of_all"]))
            if others["but"] >= 0:
                del record["not_others"][others["but"]]
    except (ValueError, zlib.error, LookupError, TypeError, AttributeError) as error:
        raise Unreadable(f"what is stored is no decision any more: {error}") from error
    return record


def _deflated(text: str) -> str:
    """In base64, for columns and backups are of text."""
    return PACKED + b2a_base64(zlib.compress(text.encode(), FASTEST), newline=False).decode()
