"""Whatever sound events come, and however odd: a turn is taken, or an event is refused, and all that is shown of it can be shown.

An event that raised anything else would be a poison: taken out of the log at each start, it would stop its team each time. A longer run:
ODD_DAYS=2000 python -m pytest -n 2 tests/property/test_no_poison.py
"""

from __future__ import annotations

import json
import os

import pytest

from api.shown import views
from api.store.keys import Principal
from router import readiness, snapshot
from router.accept import accept
from router.counterfactual import counterfactual
from router.decide import waiting_for
from router.errors import Refused
from router.events import Decided, Event, decode, encode
from router.explain import sentences
from router.plan.gather import SLOT_S, problem_from
from router.state import TeamState
from router.statement import statement
from router.timing import next_change_s
from router.turn import conclude, fold
from support.odd_days import AGENTS, DAY_S, OddDay
from support.streams import START_S

DAYS = int(os.environ.get("ODD_DAYS", "10"))
STEPS = 30
READERS = [Principal("k", "team", role, agent) for role, agent in (("helpdesk", None), ("manager", None), ("agent", AGENTS[0]))]


def may_enter(state: TeamState, incoming: list[Event]) -> list[Event]:
    """Fold what is not refused, one by one, as the service does with requests that come together."""
    logged = []
    for event in incoming:
        try:
            accept(event, state)
        except Refused:
            continue
        logged += fold(state, [event])
    return logged


def can_be_told(logged: list[Event], state: TeamState) -> None:
    for event in logged:
        kind, values = encode(event)
        assert decode(kind, json.loads(json.dumps(values, allow_nan=False))) == event
        for record in event.decisions if isinstance(event, Decided) else ():
            assert sentences(record)
            for reader in READERS:
                json.dumps(views.decision(record, reader), allow_nan=False)
            for agent_id in AGENTS:
                counterfactual(record, agent_id, state)


def can_be_shown(state: TeamState, now_s: float) -> None:
    assert snapshot.dump(snapshot.load(json.loads(json.dumps(snapshot.dump(state), allow_nan=False)))) == snapshot.dump(state)
    waiting_for(state, sorted(state.waiting), now_s)
    if state.policy.plan.horizon_s >= SLOT_S:  # else there is no plan
        problem_from(state, now_s)
    for row in range(len(state.agents)):
        found = readiness.view(state, row, now_s)
        assert found.points >= 0
        assert found.line_points > 0
        for role in ("agent", "manager"):
            json.dumps(views.recovery(found, 1.0, now_s, role, {}), allow_nan=False)
        json.dumps(views.statement(statement(state, row, now_s), (), ()), allow_nan=False)


@pytest.mark.parametrize("seed", range(DAYS))
def test_a_turn_is_taken_or_an_event_refused_and_nothing_else(seed: int) -> None:
    day, state, now_s = OddDay(seed), TeamState(), START_S
    can_be_told(may_enter(state, day.opening()) + conclude(state, now_s), state)
    for _ in range(STEPS):
        incoming = day.batch(state, now_s)
        can_be_told(may_enter(state, incoming) + conclude(state, now_s), state)
        can_be_shown(state, now_s)
        next_s = next_change_s(state, now_s)
        assert next_s > now_s
        later_s = now_s + day.one(0.0, 1e-3, 1.0, 60.0, 600.0, 3600.0, DAY_S, 40 * DAY_S)
        now_s = day.one(later_s, min(later_s, next_s))
