"""Long texts as they are stored: with a large team a decision says nearly the same of each agent, and a tenth of it is enough to tell."""

from __future__ import annotations

import json
import zlib
from binascii import a2b_base64, b2a_base64
from typing import Any

from api.json_text import finite_json
from api.store.rosters import Rosters
from router.told import Told

MANY = 100  # agents; of fewer, packing costs more than the database saves
LONG = 8192  # characters, as of an answer that tells of as many
PACKED = "deflate:"  # how a packed text begins, and no JSON
FASTEST = 1  # level 6 takes four times as long for a tenth less


class Unreadable(ValueError):
    """What is stored is not what it was: no decision, no ticket, no text."""


def packed(text: str) -> str:
    """`text` as it is stored: a long one packed."""
    return text if len(text) < LONG else _deflated(text)


def unpacked(stored: str) -> str:
    """The text again, of a row of today or of before, when none was packed; raises `Unreadable`."""
    if not stored.startswith(PACKED):
        return stored
    try:
        return zlib.decompress(a2b_base64(stored[len(PACKED) :])).decode()
    except (ValueError, zlib.error) as error:
        raise Unreadable(f"what was packed can't be unpacked any more: {error}") from error


def decision_text(record: dict[str, Any], alike: dict[int, dict[str, Any]], rosters: Rosters) -> str:
    """A decision as it is stored: why not each other is packed where they are many, which costs as much as all the rest of a turn may.
    So it is packed of everybody by row, with the row that is to be left out, once for all tickets alike: `alike` has it by the list that
    they share, and is of use as long as their records live. Who is in which row is in the roster."""
    others = record["not_others"]
    if len(others) < MANY or not isinstance(others, Told):
        return packed_whole(record)
    everybody = others.everybody
    if id(everybody) not in alike:
        since = rosters.since([each["agent_id"] for each in everybody], record["revision"])
        alike[id(everybody)] = {"of_all": _deflated(finite_json(_nameless(everybody))), "since": since}
    return finite_json(record | {"not_others": alike[id(everybody)] | {"but": others.chosen}})


def decision_again(record: dict[str, Any], stored: str) -> str:
    """A decision with less in it than the one that is stored, of the same people, as it is stored in its place."""
    before = json.loads(stored)["not_others"]
    if not isinstance(before, dict) or "since" not in before:  # one of before there were rosters
        return packed_whole(record)
    others = _nameless(record["not_others"])
    if before["but"] >= 0:
        others.insert(before["but"], {})
    return finite_json(record | {"not_others": before | {"of_all": _deflated(finite_json(others))}})


def packed_whole(record: dict[str, Any]) -> str:
    """A decision with the ids in it, as all were before there were rosters."""
    others = record["not_others"]
    if len(others) < MANY:
        return finite_json(record)
    return finite_json(record | {"not_others": {"of_all": _deflated(finite_json(others)), "but": -1}})


def decision_of(stored: str, rosters: Rosters) -> dict[str, Any]:
    """The record again, of a row of today or of before; raises `Unreadable`."""
    try:
        record: dict[str, Any] = json.loads(stored)
        others = record.get("not_others")
        if isinstance(others, dict):
            found = json.loads(unpacked(others["of_all"]))
            if "since" in others:
                found = [{"agent_id": who} | each for who, each in zip(rosters.ids(others["since"]), found, strict=True)]
            if others["but"] >= 0:
                del found[others["but"]]
            record["not_others"] = found
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Unreadable(f"what is stored is no decision any more: {error}") from error
    return record


def decision_alone(stored: str) -> dict[str, Any]:
    """The record without why not each other, which is not unpacked; raises `Unreadable`."""
    try:
        record: dict[str, Any] = json.loads(stored)
        record["not_others"] = []
    except (ValueError, TypeError) as error:
        raise Unreadable(f"what is stored is no decision any more: {error}") from error
    return record


def roster_of(stored: str) -> int | None:
    """With which revision the roster of a decision begins; None of one with the ids in it."""
    others = json.loads(stored).get("not_others")
    return others.get("since") if isinstance(others, dict) else None


def ticket_of(stored: str) -> dict[str, Any]:
    """The fold of a ticket again; raises `Unreadable`."""
    try:
        values: dict[str, Any] = json.loads(stored)
    except ValueError as error:
        raise Unreadable(f"what is stored is no ticket any more: {error}") from error
    return values


def _nameless(others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said of each, without who it is."""
    found = [each.copy() for each in others]
    for each in found:
        del each["agent_id"]
    return found


def _deflated(text: str) -> str:
    """In base64, for columns and backups are of text."""
    return PACKED + b2a_base64(zlib.compress(text.encode(), FASTEST), newline=False).decode()
