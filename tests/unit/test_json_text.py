"""JSON as it is stored: numbers that are not finite are refused, words that look like them are not."""

import json
import math

import numpy as np
import pytest

from api.json_text import finite_json, to_json
from router.record import folded
from router.state import TeamState
from router.told import Alike, Told
from router.turn import conclude
from support.streams import stream, take_in


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("word", ["x", "N", "I"])
def test_a_number_that_is_not_finite_is_refused(number: float, word: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json({"agent": word, "load": [number]})


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "N", "I", "NOT In"])
def test_a_word_is_kept_as_it_is(word: str) -> None:
    assert json.loads(to_json({word: [word, 1.5, ("Ünal",)]})) == {word: [word, 1.5, ["Ünal"]]}


def test_what_comes_and_is_decided_reads_the_same_either_way() -> None:
    state, seen = TeamState(), 0
    for batch, now_s in stream(np.random.default_rng(5), 200, agents=6, accounts=15):
        take_in(state, batch)
        decided = [record for event in conclude(state, now_s) for record in getattr(event, "decisions", ())]
        for each in (*batch, *decided, *map(folded, decided), *state.tickets.values()):
            assert finite_json(each) == to_json(each)
        seen += len(decided)
    assert seen > 100


@pytest.mark.parametrize("value", [2**70, {"points": np.float64(0.1)}])
def test_what_the_quick_way_can_not_write_is_written_all_the_same(value: object) -> None:
    assert json.loads(finite_json(value)) == json.loads(to_json(value)) == value


def test_half_a_letter_is_refused_either_way() -> None:
    for write in (to_json, finite_json):
        with pytest.raises(ValueError, match="surrogate"):
            write({"id": "T-\ud800"})


@pytest.mark.parametrize("chosen", [-1, 0, 2, 4])
def test_what_tickets_alike_share_is_written_as_the_list_that_it_is(chosen: int) -> None:
    everybody = Alike({"agent_id": f"a{row}", "rules": [{"rule": "offline"}] * (row % 2), "cost": row} for row in range(5))
    for _ in range(2):  # made, and then at hand
        told = Told(everybody, chosen)
        assert len(told) == 5 - (chosen >= 0)
        assert finite_json({"not_others": told}) == to_json({"not_others": [*told]})
    assert finite_json(everybody) == to_json([*everybody])


def test_half_a_letter_in_what_is_shared_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        finite_json({"not_others": Told(Alike([{"agent_id": "a\ud800"}]), -1)})
