"""A solver that comes to its limit decides all the same, keeps every rule, and its decisions say that more was not proven."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from router.decide import decide
from router.domain import Decision
from router.explain import sentences
from router.record import as_record
from router.solver import proof
from router.state import TeamState
from support.build import open_ticket, team


def decided() -> tuple[TeamState, Sequence[Decision]]:
    """Nine tickets of three accounts, some hot, for five agents: more than a flow can settle."""
    chance = np.random.default_rng(0)
    state = team({f"a{number}": {"concurrency": (int(chance.integers(1, 3)), 2, 1)} for number in range(5)}, {"hot_alone_s": 300})
    for number in range(9):
        hot, channel = bool(chance.random() < 0.4), str(chance.choice(["email", "chat"]))
        open_ticket(state, f"T{number}", f"account-{chance.integers(3)}", escalated=hot, channel=channel)
    return state, decide(state, state.now_s)


def unproven(decisions: Sequence[Decision]) -> list[Decision]:
    return [each for each in decisions if any(term.term == "unproven" for term in each.because)]


def test_with_its_usual_effort_it_is_proven() -> None:
    assert unproven(decided()[1]) == []


def test_at_its_limit_the_decisions_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "PROOF_EFFORT", 1e-9)
    state, found = decided()
    given = [each for each in found if each.lane == "agent"]
    assert len(given) > 1
    assert unproven(found) == given
    hot = {ticket.id for ticket in state.tickets.values() if ticket.hot}
    alone = [each.agent_id for each in given if each.ticket_id in hot]
    assert alone
    assert all([each.agent_id for each in given].count(agent_id) == 1 for agent_id in alone)
    assert any("came to its limit" in each for each in sentences(as_record(given[0])))
    assert [each.because for each in decided()[1]] == [each.because for each in found]
