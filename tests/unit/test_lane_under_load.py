"""While the team's load is high the policy may open more to automation; it closes again by itself, and nothing is missed."""

from __future__ import annotations

from typing import Any

import pytest

from fatigue_model.dynamics import line
from router.automation import team_load
from router.decide import decide
from router.domain import Rejection
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude
from support.build import HOUR_S, contact, decide_one, open_ticket, set_status, team
from support.streams import START_S

NO_BREAK = {"break_min_s": 0, "break_max_s": 0}


def loaded(points: float = 3.0, agents: tuple[str, ...] = ("ann",), fatigue: dict[str, Any] | None = None, **settings: Any) -> TeamState:
    """Ann at A = `points`, the line at 3; `settings` of the lane."""
    values = {"escalated_points": points, "line_points": 3, "ordinary_points": 0} | (fatigue or {})
    state = team(list(agents), {"fatigue": values, "automation": {"categories": ["reset"]} | settings} | NO_BREAK)
    contact(state, "ann", escalated=True)
    return state


def test_the_teams_load_is_the_mean_over_those_at_work() -> None:
    state = loaded(agents=("ann", "bob", "cat"))
    alone = float(state.agents.acute[0] / line(state.agents.carried[0], state.params))
    assert team_load(state, state.now_s) == pytest.approx(alone / 3)
    set_status(state, "cat", "away")
    set_status(state, "bob", "back_office")
    assert team_load(state, state.now_s) == pytest.approx(alone / 2)
    for agent_id in ("ann", "bob"):
        set_status(state, agent_id, "offline")
    assert team_load(state, state.now_s) == 0.0


def test_a_category_opens_at_the_load_that_the_policy_names() -> None:
    under_load = {"categories": ["bill"], "from_load": 1.0}
    high, low = loaded(3.0, under_load=under_load), loaded(2.9, under_load=under_load)
    for state in (high, low):
        open_ticket(state, category="bill")
    assert decide_one(high).lane == "automation"
    assert decide_one(high).because[0].detail == "category bill may go to automation while the team's load is high, $0.50"
    refusal = Rejection("team_load", round(team_load(low, low.now_s), 3), 1.0)
    assert (decide_one(low).lane, decide_one(low).not_automation) == ("agent", (refusal,))


def test_it_closes_again_by_itself() -> None:
    state = loaded(3.0, under_load={"categories": ["bill"], "from_load": 1.0})
    open_ticket(state, category="bill", at_s=START_S + HOUR_S)
    assert decide_one(state).lane == "agent"


@pytest.mark.parametrize(("confidence", "points", "lane"), [(0.5, 3.0, "automation"), (0.49, 3.0, "agent"), (0.5, 2.0, "agent")])
def test_less_confidence_is_asked_within_the_policys_bound(confidence: float, points: float, lane: str) -> None:
    state = loaded(points, under_load={"from_load": 0.9, "min_confidence": 0.5})
    open_ticket(state, category="reset", confidence=confidence)
    decision = decide_one(state)
    assert decision.lane == lane
    if lane == "agent":
        assert decision.not_automation == (Rejection("confidence", confidence, 0.7),)


def test_what_is_hot_never_goes_however_high_the_load() -> None:
    state = loaded(9.0, under_load={"categories": ["bill"], "from_load": 0.1})
    open_ticket(state, category="bill", escalated=True)
    assert decide_one(state).lane != "automation"


def test_a_load_that_rises_by_itself_opens_automation_at_that_instant() -> None:
    """What is carried lowers the line faster than the load fades: A/θ rises for a while, and a waiting ticket goes when it is high."""
    fatigue = {"carried_share": 1.0, "line_carried_ref_points": 0.5, "acute_half_life_queue_min": 600}
    state = loaded(2.0, fatigue=fatigue, under_load={"categories": ["bill"], "from_load": 0.9})
    open_ticket(state, category="bill", language="it")  # nobody speaks it
    conclude(state, state.now_s)
    assert state.tickets["T1"].state == "waiting"
    at_s = state.now_s
    while decide(state, at_s) == () or decide_one(state, now_s=at_s).lane != "automation":  # whatever else may change first
        at_s = next_change_s(state, at_s)
        assert at_s < START_S + HOUR_S
    assert team_load(state, at_s) == pytest.approx(0.9, abs=0.001)
    assert "automation" not in [each.lane for each in decide(state, at_s - 0.01)]
