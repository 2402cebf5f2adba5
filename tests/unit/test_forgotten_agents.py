"""Who is forgotten takes nothing out of what anybody else did, and leaves nothing for them to meet a second time."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator

import pytest

from router import snapshot
from router.events import AccountPut, AgentForgotten
from router.state import TeamState
from simulations.contrast import outcome
from support.build import MINUTE_S, contact, give, happen, open_ticket, team, tell
from support.streams import START_S

History = Callable[[TeamState], None]


def at(minutes: float) -> float:
    return START_S + minutes * MINUTE_S


def met_an_escalation(state: TeamState) -> None:
    """ann's contact has used the escalation up; bob's is one of every day."""
    open_ticket(state, escalated=True)
    give(state, "T1", "ann")
    happen(state, "T1", "contact", at(1))


def ended_an_escalation(state: TeamState) -> None:
    """ann's contact is implied: nobody reported it."""
    open_ticket(state, escalated=True)
    give(state, "T1", "ann")
    happen(state, "T1", "resolved", at(1))
    happen(state, "T1", "reopened", at(2))


def met_grave_words(state: TeamState) -> None:
    """bob's contact with what comes after ann's is a second hostile one."""
    open_ticket(state, grave="threat", text_score=0.9)
    give(state, "T1", "ann")
    happen(state, "T1", "contact", at(1))
    happen(state, "T1", "abuse", at(2))


def both_met_it(state: TeamState) -> None:
    """What counts for bob's contact is decided by ann's before it, also when something is told late."""
    met_an_escalation(state)
    give(state, "T1", "bob")
    happen(state, "T1", "contact", at(3))


def gone(state: TeamState, forgets: bool) -> TeamState:
    """The same team, through a checkpoint, without ann or only without her work; nothing is in her hands."""
    other = snapshot.load(json.loads(json.dumps(snapshot.dump(copy.deepcopy(state)))))
    if other.tickets["T1"].agent_id != "bob":
        give(other, "T1", "bob")
    return tell(other, AgentForgotten(at(60), "ann") if forgets else AccountPut(at(60), "other"))


def lives_of_bob(history: History, then: Callable[[TeamState], object]) -> Iterator[tuple[object, ...]]:
    """What stands of bob after `history` and `then`, where ann is forgotten in between and where she is not."""
    for forgets in (True, False):
        state = team(["ann", "bob"])
        history(state)
        state = gone(state, forgets)
        then(state)
        row, ticket = state.agents.row["bob"], state.tickets["T1"]
        own = state.agents.people[row]
        loads = state.agents.acute[row], state.agents.carried[row], state.agents.hot_open[row], state.agents.streak[row]
        told = [each for each in ticket.contacts if each.agent_id == "bob"]
        yield own.entries, own.recovery, loads, told, (ticket.escalated, ticket.hot, ticket.grave, ticket.waits_from_s)


THEN: dict[str, Callable[[TeamState], object]] = {
    "he has a contact": lambda state: happen(state, "T1", "contact", at(61)),
    "he ends it": lambda state: happen(state, "T1", "resolved", at(61)),
    "abuse is told late": lambda state: (happen(state, "T1", "contact", at(61)), happen(state, "T1", "abuse", at(62), at(0.5))),
    "an escalation is told late": lambda state: (happen(state, "T1", "contact", at(61)), happen(state, "T1", "escalated", at(62), at(50))),
}


@pytest.mark.parametrize("then", THEN.values(), ids=THEN)
@pytest.mark.parametrize("history", [met_an_escalation, ended_an_escalation, met_grave_words, both_met_it])
def test_nobody_elses_ledger_or_break_depends_on_whether_somebody_was_forgotten(
    history: History, then: Callable[[TeamState], object]
) -> None:
    without, beside = lives_of_bob(history, then)
    assert without == beside


def test_what_is_left_of_their_contact_is_nobodys_and_has_no_points_or_rating() -> None:
    state = team(["ann", "bob"])
    both_met_it(state)
    state = gone(state, forgets=True)
    theirs = state.tickets["T1"].contacts[0]
    assert (theirs.agent_id, theirs.points, theirs.hot, theirs.facts.rating) == (None, 0.0, True, None)
    assert '"ann"' not in json.dumps(snapshot.dump(state))


def test_a_preview_counts_no_contact_of_nobody() -> None:
    state = team(["ann", "bob"])
    both_met_it(state)
    ticket = gone(state, forgets=True).tickets["T1"]
    found = outcome({"T1": ("acme", ticket.contacts)}, (), {"bob": ((at(0), at(60)),)}, rotation_after=5, smallest_group=1)
    assert (found.points, found.escalations) == (ticket.contacts[1].points, 0)


def test_who_handled_escalations_in_between_still_did() -> None:
    """Rotation: bob is not taken for who handled the last three when one of them was ann's."""
    state = team(["ann", "bob"], {"rotation_after_escalations": 3})
    for minute, who in enumerate(("bob", "bob", "ann", "bob")):
        contact(state, who, at(minute), account_id="acme", escalated=True)
    tell(state, AgentForgotten(state.now_s, "ann"))
    assert state.accounts["acme"].escalation_handlers == ("bob", "bob", None, "bob")
    assert state.accounts["acme"].rotated_out(3) is None
    for minute in (5, 6):
        contact(state, "bob", at(minute), account_id="acme", escalated=True)
    assert state.accounts["acme"].rotated_out(3) == "bob"


def test_escalations_of_several_who_are_gone_rotate_nobody() -> None:
    state = team(["ann", "bob"], {"rotation_after_escalations": 2})
    for who in ("ann", "ann"):
        contact(state, who, account_id="acme", escalated=True)
    tell(state, AgentForgotten(state.now_s, "ann"))
    assert state.accounts["acme"].rotated_out(2) is None
    contact(state, "bob", account_id="acme", escalated=True)  # at the same instant
    assert state.accounts["acme"].escalation_handlers == (None, None, "bob")
