"""Whatever is stored packed comes back to the letter, and what is short stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest
import sqlalchemy as sa

from api.json_text import finite_json, to_json
from api.store.packing import (
    LONG,
    MANY,
    PACKED,
    Unreadable,
    decision_again,
    decision_of,
    decision_text,
    packed,
    packed_whole,
    unpacked,
)
from api.store.rosters import Rosters, drop
from api.store.tables import metadata
from api.store.tables import rosters as table
from router.told import Alike, Told


def told_of(count: int) -> list[dict[str, Any]]:
    rules = [{"rule": "offline", "actual": "away", "limit": "online"}]
    free = [{"agent_id": f"agent-{number}", "rules": [], "cost": 400_000 + number * 37 % 9000} for number in range(0, count, 2)]
    kept = [{"agent_id": f"agent-{number}", "rules": rules, "would_cost": number * 1.5} for number in range(1, count, 2)]
    return [*free, *kept]


@pytest.mark.parametrize("letter", ["a", "é", "𝄞", "\\", "\x00"])
@pytest.mark.parametrize("count", [0, 1, LONG - 2, LONG - 1, 20 * LONG])
def test_a_text_comes_back_to_the_letter(letter: str, count: int) -> None:
    text = to_json(letter * count)
    assert unpacked(packed(text)) == text
    assert packed(text).startswith(PACKED) == (len(text) >= LONG)


@pytest.fixture
def rosters() -> Iterator[Rosters]:
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as connection:
        yield Rosters(connection, "default")


def begun(rosters: Rosters) -> list[int]:
    return list(rosters.connection.execute(sa.select(table.c.revision).order_by(table.c.revision)).scalars())


@pytest.mark.parametrize("count", [0, 1, MANY, MANY + 1, 1000])
@pytest.mark.parametrize("chosen", [-1, 0, 57, "last"])
def test_a_decision_comes_back_to_the_letter_whoever_is_left_out(count: int, chosen: int | str, rosters: Rosters) -> None:
    row = count - 1 if chosen == "last" else min(int(chosen), count - 1)
    record = {"id": "d1-0", "revision": 1, "not_others": Told(Alike(told_of(count)), row), "relaxed": []}
    same = record | {"not_others": list(record["not_others"])}
    assert len(same["not_others"]) == count - (row >= 0)
    less = same | {"not_others": [{"agent_id": each["agent_id"], "rules": []} for each in same["not_others"]]}
    for stored in (decision_text(record, {}, rosters), decision_text(same, {}, rosters), packed_whole(same), finite_json(same)):
        assert finite_json(decision_of(stored, rosters)) == finite_json(same)
        again = decision_again(less, stored)
        assert finite_json(decision_of(again, rosters)) == finite_json(less)
        assert ("since" in again) == ("since" in stored)
    assert (begun(rosters) == [1]) == (len(same["not_others"]) >= MANY)


def test_what_tickets_alike_share_is_packed_once(rosters: Rosters) -> None:
    everybody, others, alike = Alike(told_of(200)), Alike(told_of(200)), dict[int, dict[str, Any]]()
    records = [{"revision": 1, "not_others": Told(each, row)} for each in (everybody, others) for row in (3, 77, -1)]
    stored = [decision_text(each, alike, rosters) for each in records]
    assert len(alike) == 2
    assert begun(rosters) == [1]
    assert [decision_of(each, rosters) for each in stored] == records


def test_a_roster_begins_where_who_is_in_the_team_changes(rosters: Rosters) -> None:
    def decided(revision: int, count: int) -> str:
        return decision_text(
            {"revision": revision, "not_others": Told(Alike(told_of(count)), -1)}, {}, Rosters(rosters.connection, "default")
        )

    stored = [decided(1, 200), decided(5, 200), decided(7, 202), decided(9, 202), decided(11, 200)]
    assert begun(rosters) == [1, 7, 11]
    assert [len(decision_of(each, rosters)["not_others"]) for each in stored] == [200, 200, 202, 202, 200]
    drop(rosters.connection, "default", 7)  # the decision after it has that of 7
    assert begun(rosters) == [7, 11]
    assert decision_of(stored[3], Rosters(rosters.connection, "default"))
    with pytest.raises(Unreadable, match="no roster begins with revision 1"):
        decision_of(stored[0], Rosters(rosters.connection, "default"))
    drop(rosters.connection, "default", 10)
    assert begun(rosters) == [11]
    drop(rosters.connection, "default", 1000)
    assert begun(rosters) == [11]


@pytest.mark.parametrize(
    "name", ["agent-{}".format, lambda number: str(uuid5(NAMESPACE_DNS, str(number))), "anna.{}.berg@example.com".format]
)
def test_what_says_the_same_of_many_takes_a_tenth_whatever_their_ids_are(name: Callable[[int], str], rosters: Rosters) -> None:
    others = Told(Alike(each | {"agent_id": name(number)} for number, each in enumerate(told_of(1000))), -1)
    stored = decision_text({"revision": 1, "not_others": others}, {}, rosters)
    assert len(stored) * 10 < len(finite_json(others))
    assert stored.isascii()
