"""The ladder: what gives way for a ticket, in which order, how it is told, and what never does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from router import readiness
from router.decide import decide
from router.domain import Decision, Rejection
from router.events import BreakSkipped, Decided, Event, PolicyRelaxed, QueueAtRisk
from router.explain import sentences
from router.record import as_record
from router.relax import LADDER, at_risk
from router.state import TeamState
from router.timing import next_change_s
from router.turn import conclude
from support.build import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    contact,
    decide_one,
    give,
    happen,
    in_hand,
    open_ticket,
    rejections,
    set_status,
    take_turn,
    team,
    tell,
)
from support.policies import merged
from support.streams import START_S

NO_BREAK = {"break_min_s": 0, "break_max_s": 0}
AT_ONCE = {"max_wait_s": {"normal": 0}}
HARD = {"target_s": START_S - 1, "reopened_count": 3}  # .45 + .03 + .1 points: hard, and nothing that sends a break


def seen(decision: Decision) -> tuple[str | None, tuple[str, ...]]:
    return decision.agent_id, decision.relaxed


def test_the_order_is_the_documented_one() -> None:
    assert (
        *("declined", "skill_level", "continuity", "account_exposure", "ramp_in"),
        *("hard_streak", "rotation", "load_bound", "break_length"),
    ) == LADDER


# The level of skill.


def levels(policy: dict[str, Any] | None = None, **agents: Any) -> TeamState:
    """Everybody has the skill at their level; a name with status `offline` is given as (level, status)."""
    profiles = {}
    for name, given in agents.items():
        level, status = given if isinstance(given, tuple) else (given, "online")
        profiles[name] = {"skills": {"export": level} if level else {}, "status": status}
    return team(profiles, policy)


def hard_ticket(state: TeamState, **fields: Any) -> None:
    open_ticket(state, skills=("export",), **({"escalated": True} | fields))


def test_a_hard_ticket_goes_to_the_level_that_it_asks_for() -> None:
    state = levels(ann=2, bob=3)
    hard_ticket(state)
    decision = decide_one(state)
    assert seen(decision) == ("bob", ())
    assert rejections(decision, "ann") == (Rejection("skill", "export 2", 3),)


def test_a_level_that_nobody_has_is_not_asked_for() -> None:
    state = levels(ann=1, bob=2, cem=(2, "offline"))
    hard_ticket(state)
    decision = decide_one(state)
    assert seen(decision) == ("bob", ("skill_level",))
    assert decision.gave_way == (Rejection("skill_level", "export 2", 3),)
    assert rejections(decision, "ann") == (Rejection("skill", "export 1", 3),)
    assert "The level asked of a skill gave way: nobody with more could have it in time." in sentences(as_record(decision))


def test_a_level_that_somebody_off_shift_has_is_waited_for_and_then_steps_down_by_one() -> None:
    state = levels(ann=1, bob=2, cem=(3, "offline"))
    hard_ticket(state)
    assert decide_one(state).lane == "queue"
    take_turn(state)
    assert next_change_s(state, START_S) == START_S + 300
    decision = decide_one(state, now_s=START_S + 300)
    assert seen(decision) == ("bob", ("skill_level",))
    set_status(state, "bob", "offline")
    assert seen(decide_one(state, now_s=START_S + 300)) == ("ann", ("skill_level",))
    set_status(state, "cem", "online")
    assert seen(decide_one(state, now_s=START_S + 300)) == ("cem", ())


@pytest.mark.parametrize(
    ("policy", "fields", "held_s"),
    [
        ({}, {}, 300),
        ({"hold_max_s": 60}, {}, 60),
        ({"hold_max_s": 0}, {}, 0),
        ({}, {"channel": "chat"}, 0),
        ({}, {"channel": "phone"}, 0),
        ({}, {"target_s": START_S + 100}, 100),
        ({"max_wait_s": {"normal": 50}}, {}, 50),
    ],
)
def test_how_long_the_level_holds(policy: dict[str, Any], fields: dict[str, Any], held_s: float) -> None:
    state = levels(policy, ann=1, bob=(3, "offline"))
    hard_ticket(state, **fields)
    if held_s:
        assert decide_one(state, now_s=START_S + held_s - 0.01).lane == "queue"
    assert seen(decide_one(state, now_s=START_S + held_s)) == ("ann", ("skill_level",))


def test_who_could_never_have_it_is_not_waited_for() -> None:
    state = levels({"rotation_after_escalations": 1} | NO_BREAK, ann=1, bob=(3, "offline"))
    give(state, open_ticket(state, "E", escalated=True).id, "bob")
    happen(state, "E", "resolved")
    hard_ticket(state, at_s=START_S + DAY_S)
    assert seen(decide_one(state)) == ("ann", ("skill_level",))


def test_having_the_skill_at_all_never_gives_way() -> None:
    state = levels(AT_ONCE, ann=0, bob=(3, "offline"))
    hard_ticket(state)
    decision = decide_one(state, now_s=START_S + 30 * DAY_S)
    assert decision.lane == "queue"
    assert rejections(decision, "ann") == (Rejection("skill", "export 0", 3),)


def test_an_ordinary_ticket_asks_for_the_first_level() -> None:
    state = levels(ann=1, bob=(3, "offline"))
    hard_ticket(state, escalated=False)
    assert seen(decide_one(state)) == ("ann", ())


# Whatever keeps somebody from the ticket, each alone.


def ramping(state: TeamState, who: str) -> None:
    set_status(state, who, "away")
    set_status(state, who, "online", state.now_s + HOUR_S)
    in_hand(state, who)


def streak(state: TeamState, who: str) -> None:
    contact(state, who, **HARD)


def met_acme(state: TeamState, who: str) -> None:
    contact(state, who, account_id="acme", escalated=True)


def loaded(state: TeamState, who: str) -> None:
    """At the line: with this ticket's .58 points above 1.3 times the line."""
    contact(state, who, escalated=True)


def resting(state: TeamState, who: str) -> None:
    """On a break of 15 minutes, ten of which are over."""
    contact(state, who, escalated=True)
    state.now_s += 600


BARRED: dict[str, tuple[dict[str, Any], Callable[[TeamState, str], None], dict[str, Any]]] = {
    "ramp_in": ({"ramp_in": {"contacts": 1}}, ramping, {}),
    "hard_streak": ({"hard_streak_max": 1}, streak, HARD),
    "rotation": (NO_BREAK | {"rotation_after_escalations": 1, "fatigue": {"load_bound_ratio": 20}}, met_acme, {"escalated": True}),
    "load_bound": (NO_BREAK | {"fatigue": {"load_bound_ratio": 1.3, "carried_share": 0.0, "break_trigger_ratio": 10}}, loaded, HARD),
    "break_length": ({"fatigue": {"escalated_points": 3.0, "load_bound_ratio": 20}}, resting, {}),
}


@pytest.mark.parametrize("rule", BARRED)
def test_each_gives_way_past_the_longest_wait_and_not_before_and_says_so(rule: str) -> None:
    policy, build, fields = BARRED[rule]
    state = team(["ann"], merged(policy, {"max_wait_s": {"normal": 60}}))
    build(state, "ann")
    ticket = open_ticket(state, created_s=state.now_s - 59, **fields)
    assert decide_one(state).lane == "queue"
    take_turn(state)
    assert not at_risk(state, state.now_s)
    assert next_change_s(state, state.now_s) == ticket.created_s + 60
    logged = conclude(state, ticket.created_s + 60)
    (decided,) = (each for each in logged if isinstance(each, Decided))
    record = decided.decisions[0]
    assert (record["agent_id"], record["relaxed"]) == ("ann", [rule])
    assert record["gave_way"][0]["rule"] == rule
    assert isinstance(record["gave_way"][0]["actual"], float | int)
    assert PolicyRelaxed(state.now_s, "T1", record["id"], (rule,)) in logged
    told = [each for each in logged if isinstance(each, QueueAtRisk)]
    assert bool(told) == (rule in ("rotation", "load_bound", "break_length"))  # the manager is told before these
    assert not any("{" in line for line in sentences(record))


def ramp_and_streak(first: str, then: str) -> TeamState:
    state = team(["ann", "bob"], AT_ONCE | {"ramp_in": {"contacts": 1}, "hard_streak_max": 1})
    ramping(state, first)
    streak(state, then)
    open_ticket(state, **HARD)
    return state


def ramp_and_load(first: str, then: str) -> TeamState:
    """Two contacts come to 1.16 points, under the line of 1.5; with this ticket's .58 to more than 1.1 times it."""
    state = team(["ann", "bob"], AT_ONCE | {"ramp_in": {"contacts": 1}, "fatigue": {"load_bound_ratio": 1.1}})
    ramping(state, first)
    streak(state, then)
    streak(state, then)
    open_ticket(state, **HARD)
    return state


def ramp_and_rest(first: str, then: str) -> TeamState:
    state = team(["ann", "bob"], AT_ONCE | {"ramp_in": {"contacts": 1}, "fatigue": {"escalated_points": 3.0}})
    set_status(state, first, "away")
    contact(state, then, START_S + 400, escalated=True)
    set_status(state, first, "online", START_S + 1000)
    in_hand(state, first)
    open_ticket(state)
    return state


def streak_and_rotation(first: str, then: str) -> TeamState:
    state = team(["ann", "bob"], AT_ONCE | NO_BREAK | {"hard_streak_max": 1, "rotation_after_escalations": 1})
    met_acme(state, then)
    contact(state, then, START_S + 2 * DAY_S)  # nothing hard in a row any more
    streak(state, first)
    open_ticket(state, escalated=True)
    return state


def load_and_rest(first: str, then: str) -> TeamState:
    """Three contacts of .4 points; a fourth would go above the line."""
    fatigue = {"ordinary_points": 0.4, "load_bound_ratio": 1.0, "escalated_points": 3.0}
    state = team(["ann", "bob"], AT_ONCE | {"fatigue": fatigue})
    contact(state, then, escalated=True)
    for _ in range(3):
        contact(state, first, START_S + 600)
    open_ticket(state)
    return state


@pytest.mark.parametrize(
    ("build", "rules"),
    [
        (ramp_and_streak, ("ramp_in", "hard_streak")),
        (ramp_and_load, ("ramp_in", "load_bound")),
        (ramp_and_rest, ("ramp_in", "break_length")),
        (streak_and_rotation, ("hard_streak", "rotation")),
        (load_and_rest, ("load_bound", None)),  # who is on a long break is above the line, where no bound gives way
    ],
)
@pytest.mark.parametrize("names", [("ann", "bob"), ("bob", "ann")])
def test_what_goes_first_gives_way_first(build: Any, rules: tuple[str, str | None], names: tuple[str, str]) -> None:
    """Two agents, each kept off by one rule: who has the earlier one gets the ticket, whatever their ids and costs; else the other."""
    state = build(*names)
    assert seen(decide_one(state)) == (names[0], (rules[0],))
    set_status(state, names[0], "offline")
    assert seen(decide_one(state)) == ((names[1], (rules[1],)) if rules[1] else (None, ()))


# Breaks.


def on_break(policy: dict[str, Any] | None = None, *others: str) -> TeamState:
    """Ann's break is 15 minutes, and a routine ticket past its longest wait comes in its first second."""
    state = team(["ann", *others], merged(AT_ONCE, {"fatigue": {"escalated_points": 3.0, "load_bound_ratio": 20}}, policy or {}))
    contact(state, "ann", escalated=True)
    assert state.agents.break_end_s[0] == START_S + 900
    open_ticket(state)
    return state


def test_a_break_ends_at_its_minimum_for_a_ticket_that_has_nobody_else() -> None:
    state = on_break()
    take_turn(state)
    assert state.tickets["T1"].at_risk
    assert decide(state, START_S + 599.9) == ()
    assert next_change_s(state, START_S) == START_S + 600
    conclude(state, START_S + 600)
    assert state.tickets["T1"].agent_id == "ann"
    assert state.agents.break_end_s[0] == START_S + 600
    assert readiness.view(state, 0, START_S + 600).state == "light_duty"
    assert state.agents.people[0].owed == ()  # it was taken, not skipped


def test_not_while_somebody_else_could() -> None:
    state = on_break(None, "bob")
    assert seen(decide_one(state, now_s=START_S + 700)) == ("bob", ())


def test_not_for_a_ticket_that_may_wait() -> None:
    state = on_break({"max_wait_s": {"normal": 3600}})
    assert decide_one(state, now_s=START_S + 700).lane == "queue"


def test_not_for_what_is_hard() -> None:
    """Who is on a break beyond its minimum is above the line: light duty comes after it."""
    state = on_break()
    open_ticket(state, "H", "other", escalated=True)
    assert decide_one(state, "H", now_s=START_S + 700).lane == "queue"


def test_not_before_the_minimum_of_a_break_that_began_anew() -> None:
    state = on_break()
    contact(state, "ann", START_S + 300, escalated=True)  # an e-mail that was in hand
    assert decide_one(state, now_s=START_S + 899.9).lane == "queue"
    assert seen(decide_one(state, now_s=START_S + 900)) == ("ann", ("break_length",))


def test_not_before_it_has_begun() -> None:
    state = team(["ann"], AT_ONCE | {"break_min_s": 0, "fatigue": {"escalated_points": 3.0}})
    in_hand(state, "ann", channel="chat")
    contact(state, "ann", escalated=True)
    open_ticket(state)
    assert decide_one(state, now_s=START_S + 299).lane == "queue"
    assert seen(decide_one(state, now_s=START_S + 300)) == ("ann", ("break_length",))  # no minimum at all, as this policy has it


def test_a_break_that_ends_early_serves_what_else_waits() -> None:
    state = on_break({"max_wait_s": {"low": 3600}})
    open_ticket(state, "T2", "other", priority="low")
    conclude(state, START_S + 600)
    assert [state.tickets[each].agent_id for each in ("T1", "T2")] == ["ann", "ann"]


def test_a_manager_can_not_skip_what_is_over() -> None:
    state = on_break()
    conclude(state, START_S + 600)
    with pytest.raises(Exception, match="no break to skip"):
        tell(state, BreakSkipped(START_S + 600, "ann", "x"))


# The manager is told.


def told(events: list[Event]) -> list[QueueAtRisk]:
    return [each for each in events if isinstance(each, QueueAtRisk)]


def test_the_manager_is_told_once_in_one_wait() -> None:
    state = team({"ann": {"status": "offline"}}, {"max_wait_s": {"normal": 3600}})
    ticket = open_ticket(state)
    assert told(conclude(state, START_S + HOUR_S - 1)) == []
    assert told(conclude(state, START_S + HOUR_S)) == [QueueAtRisk(START_S + HOUR_S, "T1", 3600.0, ("offline",))]
    assert ticket.at_risk
    assert told(conclude(state, START_S + DAY_S)) == []
    set_status(state, "ann", "online", START_S + DAY_S)
    conclude(state, state.now_s)
    assert (ticket.agent_id, ticket.at_risk) == ("ann", False)
    happen(state, "T1", "contact")
    happen(state, "T1", "resolved")
    set_status(state, "ann", "offline")
    happen(state, "T1", "reopened", state.now_s + MINUTE_S)
    again_s = state.now_s + HOUR_S
    assert told(conclude(state, again_s - 1)) == []
    assert told(conclude(state, again_s)) == [QueueAtRisk(again_s, "T1", 3600.0, ("offline",))]


def test_in_shadow_mode_nothing_gives_way_but_on_paper() -> None:
    state = on_break({"shadow": 1})
    logged = conclude(state, START_S + 600)
    (decided,) = (each for each in logged if isinstance(each, Decided))
    assert decided.decisions[0]["relaxed"] == ["break_length"]
    assert not [each for each in logged if isinstance(each, PolicyRelaxed)]
    assert state.agents.break_end_s[0] == START_S + 900


def test_a_ticket_of_shadow_mode_alarms_nobody() -> None:
    state = team({"ann": {"skills": {"export": 1}}, "bob": {}}, AT_ONCE | {"shadow": 1})
    open_ticket(state)
    assert told(conclude(state, START_S + 60)) == []
    set_status(state, "ann", "offline")
    set_status(state, "bob", "offline")
    assert told(conclude(state, START_S + DAY_S)) == []


def test_a_ticket_that_loses_its_agent_in_a_solve_is_told_of_at_once() -> None:
    state = team({"ann": {"concurrency": (1, 0, 0)}}, AT_ONCE)
    open_ticket(state, "T1", "one")
    open_ticket(state, "T2", "two")
    assert [each.ticket_id for each in told(conclude(state, START_S))] == ["T2"]


# How long somebody has waited.


def test_a_ramp_in_that_gives_way_for_one_ticket_stays_for_others() -> None:
    """Ann has had her ticket and alone knows exports; Bob may have one more, and alone knows billing."""
    state = team({"ann": {"skills": {"export": 1}}, "bob": {"skills": {"billing": 1}}}, AT_ONCE | {"ramp_in": {"contacts": 1}})
    for who in ("ann", "bob"):
        set_status(state, who, "away")
    for who in ("ann", "bob"):
        set_status(state, who, "online", START_S + HOUR_S)
    in_hand(state, "ann")
    open_ticket(state, "T1", created_s=state.now_s - 1, skills=("export",))
    for each in ("T2", "T3"):
        open_ticket(state, each, each, priority="urgent", skills=("billing",))
    found = {each.ticket_id: seen(each) for each in decide(state, state.now_s)}
    assert found == {"T1": ("ann", ("ramp_in",)), "T2": ("bob", ()), "T3": (None, ())}


@pytest.mark.parametrize(
    ("policy", "fields", "again_s"),
    [({"offer_timeout_s": {"email": 60}}, {}, 60), ({"hot_alone_s": 300, "offer_timeout_s": {"email": 0}}, {"escalated": True}, 300)],
)
def test_a_ticket_that_lost_its_agent_to_another_says_so_and_when_they_may_be_free(
    policy: dict[str, Any], fields: dict[str, Any], again_s: float
) -> None:
    state = team({"ann": {"concurrency": (2 if fields else 1, 1, 1)}}, policy)
    open_ticket(state, "T1", "acme", **fields)
    open_ticket(state, "T2", "beta")
    logged = conclude(state, START_S)
    waits = next(each for event in logged if isinstance(event, Decided) for each in event.decisions if each["lane"] == "queue")
    assert waits["ticket_id"] == "T2"
    assert waits["waits_for"]["rules"] == {}
    assert waits["waits_for"]["reason"] == "taken"
    assert waits["waits_for"]["next_change_s"] == pytest.approx(START_S + again_s, abs=0.01) == next_change_s(state, START_S)
    assert sentences(waits)[0] == "Ticket T2 stays in the queue: whoever was free for it got another ticket at the same moment."


def test_a_re_opened_ticket_waits_from_then_on() -> None:
    state = team({"ann": {"status": "offline"}, "bob": {}}, {"max_wait_s": {"normal": 3600}})
    ticket = open_ticket(state)
    take_turn(state)
    happen(state, "T1", "resolved", START_S + 60)
    happen(state, "T1", "reopened", START_S + DAY_S)
    assert ticket.waits_from_s == START_S + DAY_S


def test_a_ticket_that_comes_back_from_hands_waits_from_the_last_contact_on() -> None:
    state = team(["ann", "bob"], {"max_wait_s": {"normal": 3600}})
    ticket = open_ticket(state)
    take_turn(state)
    happen(state, "T1", "declined", START_S + 60)
    assert ticket.waits_from_s == START_S  # nobody has answered yet
    take_turn(state)
    happen(state, "T1", "contact", START_S + 120)
    happen(state, "T1", "declined", START_S + 180)
    assert ticket.waits_from_s == START_S + 120
