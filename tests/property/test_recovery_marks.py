"""Whoever's mark is as it was has the view that it was: nobody misses a change of theirs because the streams did not look."""

from __future__ import annotations

import json

import numpy as np
import pytest

from api.shown.everybody import Seen, everybody
from api.shown.recovery_news import Marks, message_of, seen
from api.shown.views import as_others_see
from router import readiness, snapshot
from router.context import held_by
from router.events import DebriefAnswered, Event
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude
from support.streams import stream, take_in

ROLES = ("agent", "helpdesk", "manager")


@pytest.mark.parametrize("seed", range(3))
def test_the_same_mark_is_the_same_message(seed: int) -> None:
    chance = np.random.default_rng(seed)
    state, before, changes, told = TeamState(), {}, 0, 0
    for batch, now_s in stream(chance, 120, agents=4, accounts=6):
        take_in(state, [*batch, *_answers(state, chance, now_s)])
        for at_s in (now_s, _soon(state, now_s, chance)):
            conclude(state, max(at_s, state.now_s))
            now = _look(state, max(at_s, state.now_s))
            for shown, (mark, message_id) in now.items():
                was = before.get(shown)
                if was is not None:
                    changes += message_id != was[1]
                    told += mark != was[0]
                    assert mark != was[0] or message_id == was[1], shown
            before = now
    assert 20 < changes <= told
    _held_is_what_tickets_say(state)


def _soon(state: TeamState, now_s: float, chance: np.random.Generator) -> float:
    """An instant at which time alone changes something, or some seconds later."""
    due_s = next_change_s(state, now_s)
    return due_s if np.isfinite(due_s) and chance.random() < 0.7 else now_s + float(chance.exponential(60.0))


def _answers(state: TeamState, chance: np.random.Generator, now_s: float) -> list[Event]:
    open_ones = [each for each in state.debriefs.values() if each.start_s is None and not each.declined]
    return [
        DebriefAnswered(now_s, each.id, str(chance.choice([each.handler_id, each.listener_id])), str(chance.choice(["accept", "decline"])))
        for each in open_ones
    ]


def _look(state: TeamState, now_s: float) -> dict[tuple[str, str], tuple[object, str]]:
    marks, found = Marks(state, now_s), {}
    for person in state.agents.people:
        for role in ROLES:
            view, break_id = seen(state, person.id, role, now_s, 1.0, marks.news) or ({}, None)
            assert view["state"] == marks.state_of(person.id)
            found[person.id, role] = marks.of(person.id, role), message_of(view, break_id).id
    one_by_one = [as_others_see(readiness.view(state, row, now_s), now_s) for row in range(len(state.agents))]
    assert everybody(state, now_s) == [Seen(each.state, each.until_s) for each in one_by_one]
    return found


def _held_is_what_tickets_say(state: TeamState) -> None:
    again = snapshot.load(json.loads(json.dumps(snapshot.dump(state))))
    for person in state.agents.people:
        held = {each.id for each in state.tickets.values() if each.agent_id == person.id}
        assert {each.id for each in held_by(state, person.id)} == held
        assert [each.id for each in held_by(again, person.id)] == [each.id for each in held_by(state, person.id)]
