"""Whatever is stored packed comes back to the letter, and what is short stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from api.json_text import finite_json, to_json
from api.store.packing import LONG, MANY, PACKED, decision_of, decision_text, packed, unpacked
from router.others import Told


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


@pytest.mark.parametrize("count", [0, 1, MANY, MANY + 1, 1000])
@pytest.mark.parametrize("chosen", [-1, 0, 57, "last"])
def test_a_decision_comes_back_to_the_letter_whoever_is_left_out(count: int, chosen: int | str) -> None:
    row = count - 1 if chosen == "last" else min(int(chosen), count - 1)
    record = {"id": "d1-0", "not_others": Told(told_of(count), row), "relaxed": []}
    same = record | {"not_others": list(record["not_others"])}
    assert len(same["not_others"]) == count - (row >= 0)
    for each in (record, same):
        stored = decision_text(each, {})
        assert finite_json(decision_of(stored)) == finite_json(same)
        assert (PACKED in stored) == (len(same["not_others"]) >= MANY)


def test_what_tickets_alike_share_is_packed_once() -> None:
    everybody, others, alike = told_of(200), told_of(200), dict[int, str]()
    records = [{"not_others": Told(each, row)} for each in (everybody, others) for row in (3, 77, -1)]
    stored = [decision_text(each, alike) for each in records]
    assert len(alike) == 2
    assert [decision_of(each) for each in stored] == records


def test_what_says_the_same_of_many_takes_a_tenth() -> None:
    record = {"not_others": told_of(1000)}
    assert len(decision_text(record, {})) * 8 < len(finite_json(record))
    assert decision_text(record, {}).isascii()
