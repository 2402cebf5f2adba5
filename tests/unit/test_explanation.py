"""Every code has its sentence, the finalists are the next best with every term, and what would have to change names what time lifts."""

from __future__ import annotations

from typing import Any

import pytest

from router import cost, explain
from router.automation import Lane
from router.counterfactual import LIFTS, Counterfactual, counterfactual, told
from router.decide import decide
from router.domain import Decision
from router.eligibility import RULES
from router.moment import Case, Moment
from router.record import as_record
from router.relax import LADDER
from router.state import TeamState
from support.build import (
    DAY_S,
    HOUR_S,
    contact,
    decide_one,
    give,
    happen,
    in_hand,
    open_ticket,
    rejections,
    set_policy,
    set_status,
    shifts,
    team,
)
from support.streams import START_S


def test_every_rule_has_its_words_and_what_lifts_it() -> None:
    state = team()
    case = Case(Moment(state, START_S), open_ticket(state))
    codes = {rule(case).rule for rule in RULES}
    assert codes == set(explain.RULES) == set(LIFTS)


def test_every_term_and_every_step_of_relaxation_has_its_words() -> None:
    assert {name for name, *_ in cost.TERMS} < set(explain.TERMS)
    assert set(LADDER) == set(explain.RELAXED)
    assert all(text and "_" not in text for table in (explain.TERMS, explain.RELAXED, explain.REFUSALS) for text in table.values())


def test_every_reason_of_automation_has_its_words() -> None:
    """A ticket that every fact keeps from the lane but for its category."""
    automation: dict[str, Any] = {"categories": ["reset"], "capacity": 0, "text_score_max": 0.0, "repeat_contacts_max": 0}
    automation["under_load"] = {"categories": ["press"], "from_load": 10}
    state = team(policy={"automation": automation}, accounts={"acme": {"renewal_s": START_S + DAY_S, "open_escalations": 1}})
    contact(state, "ann", account_id="acme")
    ticket = open_ticket(
        state, at_s=START_S + 60, escalated=True, abuse=True, text_score=0.9, grave="threat", confidence=0.1, category="other"
    )
    happen(state, "T1", "automation_failed")
    by_load = open_ticket(state, "T2", category="press")
    found = Lane(state, state.now_s).refusals(ticket) + Lane(state, state.now_s).refusals(by_load)
    assert {each.rule for each in found} == set(explain.REFUSALS) - {"breaker"}  # which is no fact of a ticket
    told = [explain.words(explain.REFUSALS, each.rule, {"actual": each.actual, "limit": each.limit}) for each in found]
    assert "its category (other) is not open to automation" in told
    assert not [each for each in told if "{" in each]


def test_a_code_of_another_version_is_told_as_it_is() -> None:
    assert explain.words(explain.RULES, "lunar_phase", {"rule": "lunar_phase"}) == "lunar phase"


def three() -> TeamState:
    """Ann has nothing in hand, bob one e-mail, cleo two, dan three; eve is away."""
    state = team({each: {} for each in ("ann", "bob", "cleo", "dan")} | {"eve": {"status": "away"}})
    for count, agent_id in enumerate(("bob", "cleo", "dan"), 1):
        for _ in range(count):
            in_hand(state, agent_id)
    open_ticket(state)
    return state


def test_the_next_best_two_are_told_with_every_term() -> None:
    decision = decide_one(three())
    assert decision.agent_id == "ann"
    assert [each.agent_id for each in decision.finalists] == ["bob", "cleo"]
    for finalist in decision.finalists:
        assert list(finalist.terms) == [name for name, *_ in cost.TERMS]
        assert finalist.cost == sum(finalist.terms.values())
        (other,) = (each for each in decision.not_others if each.agent_id == finalist.agent_id)
        assert (other.cost, other.would_cost) == (finalist.cost, None)
    (eve,) = (each for each in decision.not_others if each.agent_id == "eve")
    assert eve.cost is None
    assert eve.would_cost is not None
    text = explain.sentences(as_record(decision))
    assert text[2].startswith("Next best was bob, at ")


def asked(state: TeamState, decision: Decision, agent_id: str) -> Counterfactual:
    found = counterfactual(as_record(decision), agent_id, state)
    assert found is not None
    return found


def test_a_gap_names_where_the_cost_can_fall() -> None:
    state = three()
    gap = asked(state, decide_one(state), "cleo").gap
    assert gap is not None
    assert gap.by == gap.cost - gap.chosen_cost + 1  # alike, the smaller id would keep it
    assert [term for term, _ in gap.terms] == ["open_work", "load"]
    assert sum(part for _, part in gap.terms) == gap.by
    third = asked(state, decide_one(state), "dan").gap
    assert third is not None
    assert third.by > gap.by
    assert third.terms == ()  # only finalists' terms are on record


def test_who_is_as_good_and_has_the_larger_id_lacks_a_thousandth() -> None:
    state = team(["ann", "bob"])
    open_ticket(state)
    gap = asked(state, decide_one(state), "bob").gap
    assert gap is not None
    assert (gap.by, sum(part for _, part in gap.terms)) == (1, 1)


def test_nothing_lacks_where_they_have_it_and_nothing_is_said_of_strangers() -> None:
    state = team(["ann", "bob"])
    open_ticket(state)
    decision = decide_one(state)
    assert asked(state, decision, "ann") == Counterfactual(decision.id, "T1", "ann", "agent", "ann")
    assert counterfactual(as_record(decision), "zoe", state) is None


def test_who_took_another_ticket_of_the_same_solve_was_busy() -> None:
    state = team({"ann": {"concurrency": (1, 1, 1)}})
    open_ticket(state, "T1")
    open_ticket(state, "T2", created_s=START_S - HOUR_S)
    held = next(each for each in decide(state, START_S) if each.lane == "queue")
    found = asked(state, held, "ann")
    assert (found.busy, found.lifts, found.gap) == (True, (), None)


LIFTED: dict[str, Any] = {
    "on_break": lambda state: contact(state, "ann", escalated=True),
    "off_shift": lambda state: None,
    "load_bound": lambda state: contact(state, "ann", escalated=True, grave="threat"),
    "light_duty": lambda state: contact(state, "ann", grave="threat"),
}


@pytest.mark.parametrize("rule", sorted(LIFTED))
def test_at_the_instant_that_is_told_the_rule_holds_no_more(rule: str) -> None:
    profile = {"shifts": shifts(600, 1020)} if rule == "off_shift" else {}
    state = team({"ann": profile, "bob": {}}, {"ramp_in": {"window_s": 0}})
    LIFTED[rule](state)
    open_ticket(state, escalated=rule in ("load_bound", "light_duty"))
    decision = decide_one(state)
    lift = next(each for each in asked(state, decision, "ann").lifts if each.rule == rule)
    assert lift.at_s is not None
    early_s = 301 if lift.about else 1

    def rules_at(now_s: float) -> list[str]:
        return [each.rule for each in rejections(decide_one(state, now_s=now_s), "ann")]

    assert rule not in rules_at(lift.at_s)
    assert rule in rules_at(lift.at_s - early_s)


def test_it_is_told_with_what_lifts_each_rule_and_when() -> None:
    lifts = [{"rule": rule, "actual": 3, "limit": 5, "at": None, "about": False} for rule in LIFTS]
    lifts[1] |= {"at": "10:15"}
    found = {"ticket_id": "T1", "agent_id": "ana", "chosen_agent_id": "ben", "busy": False, "lifts": lifts, "dearer": True}
    gap = {"by": 4200, "terms": [{"term": "load", "by": 4000}, {"term": "open_work", "by": 200}]}
    lines = told(found | {"gap": gap})
    assert lines[0] == "For ana to get ticket T1, all of this must come about:"
    assert lines[2] == "- the break ends (10:15)."
    assert "- a slot is free: 3 of 5 are taken." in lines
    assert lines[-1] == "Then the cost must fall by 4.2 min to go below that of ben: load by 4.0, open_work by 0.2."
    assert not [line for line in lines if "{" in line]
    assert told(found | {"gap": None})[-1] == "Then the cost must fall to go below that of ben."


def test_where_rules_gave_way_who_was_in_the_running_lacks_cost_and_no_rule() -> None:
    """Nobody may have it by the rules. Ann and bob each had their hard contacts in a row, cleo is away."""
    hard = {"reopened_count": 3, "target_s": 0.0}
    state = team({"ann": {}, "bob": {}, "cleo": {"status": "away"}}, {"hard_streak_max": 1, "max_wait_s": {"normal": 0}})
    for agent_id in ("ann", "bob"):
        happen(state, give(state, open_ticket(state, f"H-{agent_id}", f"of-{agent_id}", **hard).id, agent_id).id, "resolved")
    open_ticket(state, "T1", "other", state.now_s + HOUR_S, **hard)
    decision = decide_one(state)
    assert (decision.agent_id, decision.relaxed) == ("ann", ("hard_streak",))
    bob, cleo = asked(state, decision, "bob"), asked(state, decision, "cleo")
    assert bob.lifts == ()
    assert bob.gap is not None
    assert [each.rule for each in cleo.lifts] == ["offline"]
    assert cleo.gap is None  # free by every rule she would be the only one: nothing would give way
    set_status(state, "cleo", "online")
    assert decide_one(state).agent_id == "cleo"


def test_a_smaller_cost_is_no_gap_for_an_excluded_agent() -> None:
    state = team({"ann": {"skills": {"export": 1}}, "bob": {}})
    set_policy(state, {"weights": {"open_work": 100}})
    in_hand(state, "ann")
    open_ticket(state, skills=("export",))
    found = asked(state, decide_one(state), "bob")
    assert [each.rule for each in found.lifts] == ["skill"]
    assert found.gap is None
