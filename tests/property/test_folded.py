"""The fold looks at no more of a decision than the log has of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from api.json_text import to_json
from router import snapshot
from router.events import Decided
from router.evolve import evolve
from router.record import FOLDED, folded
from router.state import TeamState
from router.turn import conclude
from support.streams import stream, take_in


@pytest.mark.parametrize("seed", range(6))
def test_a_day_folds_the_same_with_what_the_log_has(seed: int) -> None:
    state, lean = TeamState(), TeamState()
    lanes, looked_at = set[str](), set[str]()
    for batch, now_s in stream(np.random.default_rng(seed), 150, agents=6, accounts=15):
        logged = [*take_in(state, batch), *conclude(state, now_s)]
        for event in logged:
            if isinstance(event, Decided):
                lanes |= {each["lane"] for each in event.decisions}
                records = tuple(_Watched(json.loads(to_json(folded(each))), looked_at) for each in event.decisions)
                evolve(lean, Decided(event.at_s, records))
            else:
                evolve(lean, event)
    assert snapshot.dump(lean) == snapshot.dump(state)
    assert {"agent", "queue"} <= lanes
    assert looked_at <= set(FOLDED)


class _Watched(dict):  # type: ignore[type-arg]
    """A record that notes what is looked at."""

    def __init__(self, values: dict[str, object], seen: set[str]) -> None:
        super().__init__(values)
        self.seen = seen

    def __getitem__(self, name: str) -> object:
        self.seen.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: object = None) -> object:
        self.seen.add(name)
        return super().get(name, default)
