"""Debriefs and light duty act in simulations as in the product, and are measured."""

from typing import Any

import numpy as np
import pytest

from router.events import DebriefAnswered, DebriefProposed, Decided
from router.evolve import evolve
from router.readiness import view
from router.state import TeamState
from simulations.engine import simulate
from simulations.metrics import measure
from simulations.people import Activity
from simulations.record import SAMPLE_S, Run
from support.scenarios import busy_team


def talking(**changes: Any) -> Run:
    return simulate(busy_team(debriefs={"opt_in": 1.0, "accepts": 1.0} | changes, policy={"debrief": {"repeat_gap_d": 0}}))


def events(run: Run, kind: type) -> list[Any]:
    return [each for each in run.log if isinstance(each, kind)]


def test_who_opted_in_is_asked_and_both_sit_down_for_the_policys_time() -> None:
    run = talking()
    length_s = run.state.policy.debrief.length_s
    seen = measure(run)
    held = [each for each in run.state.debriefs.values() if each.end_s is not None]
    assert len(held) > 3
    assert seen["debriefs"] == sum(each.entered for each in held)
    assert all(each.end_s - each.start_s == length_s for each in held if each.end_s and each.start_s)
    assert 0 < seen["debrief_s"] <= 2 * length_s * len(held)
    assert seen["debrief_s"] == run.seconds[:, Activity.DEBRIEF].sum()


def test_nobody_writes_or_gets_anything_in_a_debrief() -> None:
    run = talking()
    rows = {person.id: row for row, person in enumerate(run.state.agents.people)}
    for each in run.state.debriefs.values():
        if each.start_s is None or each.end_s is None:
            continue
        for agent_id in (each.handler_id, each.listener_id):
            inside = (run.contact_row == rows[agent_id]) & (run.contact_s > each.start_s) & (run.contact_s < each.end_s)
            assert not inside.any()
            given = [record for event in events(run, Decided) if each.start_s <= event.at_s < each.end_s for record in event.decisions]
            assert agent_id not in {record["agent_id"] for record in given}


def test_one_no_is_enough_and_nobody_is_asked_who_did_not_opt_in() -> None:
    never = talking(accepts=0.0)
    assert events(never, DebriefProposed)
    assert {each.answer for each in events(never, DebriefAnswered)} == {"decline"}
    assert measure(never)["debriefs"] == 0
    assert not events(simulate(busy_team()), DebriefProposed)


def test_answers_are_the_agents_own_draws() -> None:
    """The k-th answer of an agent is a yes at .8 wherever it is one at .3."""
    answers = {}
    for accepts in (0.3, 0.8):
        found: dict[str, list[str]] = {}
        for each in events(talking(accepts=accepts), DebriefAnswered):
            found.setdefault(each.agent_id, []).append(each.answer)
        answers[accepts] = found
    firsts = [(answers[0.3][each][0], answers[0.8][each][0]) for each in answers[0.3].keys() & answers[0.8].keys()]
    assert firsts
    assert ("accept", "decline") not in firsts


@pytest.fixture(scope="module")
def loaded() -> Run:
    return simulate(busy_team(escalation={"ordinary": 0.3, "difficult": 0.6}, demand={"tickets_per_day": 110}, run={"days": 1}))


def test_who_is_above_their_line_gets_no_hot_ticket(loaded: Run) -> None:
    state, eased = TeamState(), 0
    for event in loaded.log:
        if isinstance(event, Decided):
            own = state.agents.project_own(event.at_s, state.params)
            over = own.acute > own.line
            for record in event.decisions:
                hot = state.tickets[record["ticket_id"]].hot
                if record["lane"] == "agent" and hot:
                    assert "light_duty" in record["relaxed"] or not over[state.agents.row[record["agent_id"]]]
                eased += bool(hot and over.any())
        evolve(state, event)
    assert eased > 5


def test_the_time_on_light_duty_is_what_the_product_would_have_shown(loaded: Run) -> None:
    state, place, shown = TeamState(), 0, 0
    for at_s, on_shift in zip(loaded.sample_s, loaded.on_shift, strict=True):
        while place < len(loaded.log) and loaded.log[place].at_s < at_s:
            evolve(state, loaded.log[place])
            place += 1
        shown += sum(view(state, int(row), at_s).state == "light_duty" for row in np.flatnonzero(on_shift))
    assert shown > 20
    assert measure(loaded)["light_duty_s"] == SAMPLE_S * shown
