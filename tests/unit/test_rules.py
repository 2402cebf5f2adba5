"""Every hard rule alone: a step over its limit, it and no other keeps a ticket from an agent and says why; at the limit it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from router import explain
from router.decide import decide, waiting_for
from router.domain import Rejection
from router.eligibility import PERSONAL_RULES, RULES
from router.errors import Refused
from router.events import AccountPut, AgentPut, DebriefAnswered, ExclusionPut, PolicyPut
from router.moment import Case, Moment
from router.policy import Policy
from router.record import as_record
from router.state import TeamState
from support.build import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    contact,
    decide_one,
    happen,
    in_hand,
    open_ticket,
    rejections,
    set_policy,
    set_status,
    shifts,
    take_turn,
    team,
    tell,
)
from support.streams import START_S

CONTRACT = {
    *("rotation", "on_break", "break_pending", "light_duty", "load_bound", "skill", "language", "concurrency"),
    *("off_shift", "offline", "excluded", "hard_streak", "ramp_in", "one_hot", "declined", "shift_end"),
    "debrief",
}
Scenario = Callable[[Any], tuple[TeamState, float]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A scenario with one free value, in which ann's fitness for ticket T1 is in question and bob's is not."""

    build: Scenario
    over: Any
    actual: float | str
    limit: float | str
    within: tuple[Any, ...]


def pair(policy: dict[str, Any] | None = None, **ann: Any) -> TeamState:
    return team({"ann": ann, "bob": {}}, policy)


def offline(status: str) -> tuple[TeamState, float]:
    state = pair(status=status)
    open_ticket(state)
    return state, START_S


def off_shift(now_s: float) -> tuple[TeamState, float]:
    state = pair(shifts=shifts(9 * 60, 17 * 60))  # START_S is 09:00
    open_ticket(state)
    return state, now_s


def on_break(after_s: float) -> tuple[TeamState, float]:
    """An escalated contact of 1.5 points leaves the load at the line: a break of ten minutes, the shortest."""
    state = pair()
    contact(state, "ann", escalated=True)
    open_ticket(state)
    return state, START_S + after_s


def break_pending(after_s: float) -> tuple[TeamState, float]:
    """While a chat goes on the break waits, five minutes at most; it has no length here, so that nothing follows it."""
    state = pair({"break_min_s": 0, "break_max_s": 0})
    in_hand(state, "ann", channel="chat")
    contact(state, "ann", escalated=True)
    open_ticket(state)
    return state, START_S + after_s


def debrief(after_s: float) -> tuple[TeamState, float]:
    """Ann, with no break after it, and bob talk for five minutes; cleo has not opted in."""
    willing = {"debrief_opt_in": True}
    state = team({"ann": willing, "bob": willing, "cleo": {}}, {"break_min_s": 0, "break_max_s": 0, "debrief": {"min_points": 0}})
    contact(state, "ann")
    take_turn(state)
    (asked,) = state.debriefs
    tell(state, *(DebriefAnswered(state.now_s, asked, each, "accept") for each in ("ann", "bob")))
    open_ticket(state)
    return state, START_S + after_s


def ramp_in(given: tuple[int, float]) -> tuple[TeamState, float]:
    """So many tickets after an absence of an hour, and so long after it."""
    count, after_s = given
    state = pair()
    set_status(state, "ann", "away")
    set_status(state, "ann", "online", START_S + HOUR_S)
    for _ in range(count):
        in_hand(state, "ann")
    open_ticket(state)
    return state, START_S + HOUR_S + after_s


def skill(levels_and_escalated: tuple[dict[str, int], bool]) -> tuple[TeamState, float]:
    """A hard ticket asks for level 3 of each skill, any other for level 1."""
    levels, escalated = levels_and_escalated
    state = team({"ann": {"skills": levels}, "bob": {"skills": {"billing": 3, "product": 5}}})
    open_ticket(state, skills=("billing", "product"), escalated=escalated)
    return state, START_S


def language(asked_and_spoken: tuple[str | None, tuple[str, ...]]) -> tuple[TeamState, float]:
    asked, spoken = asked_and_spoken
    state = team({"ann": {"languages": spoken}, "bob": {"languages": ("en", "it")}})
    open_ticket(state, language=asked)
    return state, START_S


def concurrency(asked_and_held: tuple[str, tuple[str, ...]]) -> tuple[TeamState, float]:
    """Two e-mails, one chat and one call are ann's limits; a web form is answered by e-mail."""
    asked, held = asked_and_held
    state = team({"ann": {"concurrency": (2, 1, 1)}, "bob": {}})
    for channel in held:
        in_hand(state, "ann", channel=channel)
    open_ticket(state, channel=asked)
    return state, START_S


def shift_end(asked_and_left: tuple[str, float]) -> tuple[TeamState, float]:
    channel, left_s = asked_and_left
    state = pair(shifts=shifts(9 * 60, 17 * 60))
    open_ticket(state, channel=channel, expected_handle_s=900.0)
    return state, START_S + 8 * HOUR_S - left_s


def excluded(given: tuple[str, float | None, float]) -> tuple[TeamState, float]:
    account, expires_after_s, after_s = given
    state = pair()
    tell(state, AccountPut(START_S, account))
    expires_s = None if expires_after_s is None else START_S + expires_after_s
    tell(state, ExclusionPut(START_S, "ann", account, "agreed with ann", expires_s))
    open_ticket(state, account_id="acme")
    return state, START_S + after_s


def declined(by: tuple[str, ...]) -> tuple[TeamState, float]:
    state = team(["ann", "bob", "cem"])
    open_ticket(state)
    for agent_id in by:
        happen(state, "T1", "declined", agent_id=agent_id)
    return state, START_S


def rotation(handlers_and_escalated: tuple[str, bool]) -> tuple[TeamState, float]:
    """Who handled the account's escalations, one every other day, by first letters; then comes T1, escalated or not."""
    handlers, escalated = handlers_and_escalated
    state = pair({"fatigue": {"account_memory_gain": 0.0}})
    for number, letter in enumerate(handlers):
        contact(state, {"a": "ann", "b": "bob"}[letter], START_S + number * 2 * DAY_S, account_id="acme", escalated=True)
    open_ticket(state, at_s=START_S + 30 * DAY_S, escalated=escalated)
    return state, state.now_s


def hard_streak(contacts_and_hard: tuple[str, bool]) -> tuple[TeamState, float]:
    """Hard (h) and easy (e) contacts in a row, far under the line: every contact counts .4, past its target .5, which is hard."""
    contacts, hard = contacts_and_hard
    state = pair({"fatigue": {"ordinary_points": 0.4, "line_points": 20.0}})
    for number, letter in enumerate(contacts):
        at_s = START_S + number * MINUTE_S
        contact(state, "ann", at_s, target_s=at_s - 1 if letter == "h" else None)
    open_ticket(state, target_s=START_S - 1 if hard else None)
    return state, state.now_s


def one_hot(given: tuple[bool, bool, float]) -> tuple[TeamState, float]:
    """Nothing else goes to ann in the first five minutes after she got a hot ticket, and no other hot one at any time."""
    in_hand_escalated, asked_escalated, after_s = given
    state = pair()
    in_hand(state, "ann", escalated=in_hand_escalated)
    open_ticket(state, escalated=asked_escalated, at_s=START_S + after_s)
    return state, state.now_s


def light_duty(line_and_asked: tuple[float, bool]) -> tuple[TeamState, float]:
    """A contact of 1.5 points just ended, and no break holds ann back."""
    line_points, escalated = line_and_asked
    fatigue = {"line_points": line_points, "load_bound_ratio": 20.0}
    state = pair({"break_min_s": 0, "break_max_s": 0, "fatigue": fatigue})
    contact(state, "ann", escalated=True)
    open_ticket(state, escalated=escalated)
    return state, START_S


def load_bound(given: tuple[float, bool]) -> tuple[TeamState, float]:
    """A contact of .7 points just ended; another of 1 point would lift the load to 1.7."""
    line_points, escalated = given
    fatigue = {"ordinary_points": 0.7, "escalated_points": 1.0, "line_points": line_points, "hard_contact_points": 5.0}
    state = pair({"fatigue": fatigue | {"break_trigger_ratio": 10.0}})
    contact(state, "ann")
    open_ticket(state, escalated=escalated)
    return state, START_S


SCENARIOS = {
    "offline": Rule(offline, "away", "away", "online", ("online",)),
    "off_shift": Rule(off_shift, START_S + 8 * HOUR_S, "off shift", "on shift", (START_S, START_S + 8 * HOUR_S - 1)),
    "on_break": Rule(on_break, 599.0, 1, 0, (600.0,)),
    "break_pending": Rule(break_pending, 299.0, 1, 0, (300.0,)),
    "debrief": Rule(debrief, 299.0, 1, 0, (300.0,)),
    "ramp_in": Rule(ramp_in, (3, 599.0), 3, 3, ((2, 599.0), (3, 600.0))),
    "skill": Rule(
        skill,
        ({"billing": 5, "product": 2}, True),
        "product 2",
        3,
        (({"billing": 3, "product": 3}, True), ({"billing": 1, "product": 1}, False)),
    ),
    "language": Rule(language, ("it", ("en",)), "not spoken", "it", (("it", ("en", "it")), (None, ()))),
    "concurrency": Rule(concurrency, ("email", ("email", "web")), 2, 2, (("email", ("email", "chat", "phone")), ("web", ("web",)))),
    "shift_end": Rule(shift_end, ("chat", 899.0), 899, 900, (("chat", 900.0), ("email", 1.0))),
    "excluded": Rule(
        excluded, ("acme", 60.0, 59.0), "agreed", "no contact with this account", (("acme", 60.0, 60.0), ("another", None, 0.0))
    ),
    "declined": Rule(declined, ("ann",), "declined", "not declined", ((), ("cem",))),
    "rotation": Rule(rotation, ("baaaaa", True), 5, 5, (("aaaa", True), ("aaaaab", True), ("abaaaa", True), ("aaaaa", False))),
    "hard_streak": Rule(hard_streak, ("hhh", True), 3, 3, (("hh", True), ("hhh", False), ("hhhe", True), ("hheh", True))),
    "one_hot": Rule(one_hot, (True, True, 300.0), 1, 0, ((False, True, 0.0), (True, False, 300.0))),
    "light_duty": Rule(light_duty, (1.4, True), 1.5, 1.4, ((1.5, True), (1.4, False))),
    "load_bound": Rule(load_bound, (0.84, True), 1.7, 1.68, ((0.85, True), (0.7, False))),
}


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_over_its_limit_this_rule_and_no_other_excludes(name: str) -> None:
    rule = SCENARIOS[name]
    state, now_s = rule.build(rule.over)
    decision = decide_one(state, now_s=now_s)
    assert rejections(decision, "ann") == (Rejection(name, rule.actual, rule.limit),)
    assert decision.agent_id not in (None, "ann")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, rule in sorted(SCENARIOS.items()) for value in rule.within], ids=str)
def test_at_its_limit_it_does_not(name: str, value: object) -> None:
    state, now_s = SCENARIOS[name].build(value)
    decision = decide_one(state, now_s=now_s)
    assert decision.lane == "agent"
    assert rejections(decision, "ann") == ()


def test_every_rule_of_the_contract_is_covered() -> None:
    state = team()
    case = Case(Moment(state, START_S), open_ticket(state))
    assert len(RULES) == len(CONTRACT)
    assert {rule(case).rule for rule in RULES} == CONTRACT
    assert set(SCENARIOS) == CONTRACT
    assert set(explain.RULES) == CONTRACT
    assert PERSONAL_RULES < CONTRACT


def test_a_skill_that_somebody_has_not_at_all_keeps_any_ticket_from_them() -> None:
    state, now_s = skill(({"billing": 5}, False))
    assert rejections(decide_one(state, now_s=now_s), "ann") == (Rejection("skill", "product 0", 1),)


@pytest.mark.parametrize("status", ["offline", "away", "back_office"])
def test_only_online_takes_tickets(status: str) -> None:
    state, now_s = offline(status)
    assert rejections(decide_one(state, now_s=now_s), "ann") == (Rejection("offline", status, "online"),)


@pytest.mark.parametrize(("channel", "held", "limit"), [("chat", 1, 1), ("phone", 1, 1), ("web", 2, 2), ("email", 2, 2)])
def test_every_channel_has_its_limit(channel: str, held: int, limit: int) -> None:
    state, now_s = concurrency((channel, (channel,) * held))
    assert rejections(decide_one(state, now_s=now_s), "ann") == (Rejection("concurrency", held, limit),)


def test_an_exclusion_without_an_end_holds() -> None:
    state, now_s = excluded(("acme", None, 365 * DAY_S))
    assert rejections(decide_one(state, now_s=now_s), "ann") == (Rejection("excluded", "agreed", "no contact with this account"),)


@pytest.mark.parametrize("channel", ["email", "chat", "phone", "web"])
@pytest.mark.parametrize("escalated", [False, True])
def test_a_break_blocks_every_channel_and_kind(channel: str, escalated: bool) -> None:
    state = pair()
    contact(state, "ann", escalated=True)
    open_ticket(state, channel=channel, escalated=escalated)
    assert "on_break" in {each.rule for each in rejections(decide_one(state), "ann")}


def test_every_excluding_rule_is_named_not_only_the_first() -> None:
    state = pair(status="away", concurrency=(0, 0, 0), shifts=shifts(17 * 60, 18 * 60))
    tell(state, AccountPut(START_S, "acme"), ExclusionPut(START_S, "ann", "acme", "agreed"))
    open_ticket(state, language="it", skills=("billing",))
    happen(state, "T1", "declined", agent_id="ann")
    decision = decide_one(state)
    assert decision.lane == "queue"
    expected = {"offline", "off_shift", "skill", "language", "concurrency", "excluded", "declined"}
    assert {each.rule for each in rejections(decision, "ann")} == expected
    assert waiting_for(state, ["T1"], START_S)["T1"] == dict.fromkeys(expected, 1) | {"skill": 2, "language": 2}
    assert decision.waits_for is not None
    assert decision.waits_for["rules"] == waiting_for(state, ["T1"], START_S)["T1"]
    (not_ann,) = (line for line in explain.sentences(as_record(decision)) if line.startswith("Not ann"))
    assert not_ann.count(";") == len(expected) - 1


def test_an_agent_who_was_free_is_shown_with_a_cost_and_no_rule() -> None:
    state = pair()
    open_ticket(state)
    decision = decide_one(state)
    (other,) = decision.not_others
    assert (decision.agent_id, other.agent_id, other.rules) == ("ann", "bob", ())
    assert other.cost == sum(each.cost for each in decision.because)  # alike in everything: the smaller id goes first


def test_without_a_policy_the_default_one_holds_and_never_none() -> None:
    """A team that nobody gave a policy: limits, breaks and caps are those of the defaults, not "unlimited"."""
    state = TeamState()
    tell(state, AgentPut(START_S, "ann", "Ann"))
    set_status(state, "ann", "online", START_S)
    assert (state.policy_version, state.policy) == (0, Policy())
    for number in range(6):
        open_ticket(state, f"E{number}", f"account-{number}")
    assert [each.lane for each in decide(state, START_S)].count("agent") == 5
    contact(state, "ann", escalated=True)
    assert {each.rule for each in rejections(decide_one(state, "E0"), "ann")} == {"on_break"}
    with pytest.raises(Refused, match="hard_streak_max"):
        tell(state, PolicyPut(START_S, 1, {"hard_streak_max": 0}))
    assert state.policy == Policy()


def rules_for_ann(state: TeamState, now_s: float) -> list[str]:
    return [each.rule for each in rejections(decide_one(state, now_s=now_s), "ann")]


def test_a_break_is_pending_from_the_instant_it_is_owed() -> None:
    state, _ = break_pending(0.0)
    assert rejections(decide_one(state, now_s=START_S), "ann") == (Rejection("break_pending", 300, 0),)


def test_a_break_is_followed_by_a_ramp_in() -> None:
    state, over_s = on_break(600.0)
    for _ in range(2):
        in_hand(state, "ann", over_s)
    assert rules_for_ann(state, over_s) == []
    in_hand(state, "ann", over_s)
    assert rules_for_ann(state, over_s) == ["ramp_in"]
    assert rules_for_ann(state, over_s + 599) == ["ramp_in"]
    assert rules_for_ann(state, over_s + 600) == []


def test_what_was_taken_before_a_break_is_not_counted_after_it() -> None:
    state = pair({"ramp_in": {"contacts": 1}})
    in_hand(state, "ann")
    contact(state, "ann", escalated=True)
    open_ticket(state)
    assert rules_for_ann(state, START_S + 600) == []


def test_a_break_ends_a_streak_of_hard_contacts() -> None:
    state = pair({"hard_streak_max": 1, "fatigue": {"load_bound_ratio": 20.0}})
    contact(state, "ann", escalated=True)
    open_ticket(state, escalated=True)
    assert rules_for_ann(state, START_S + 600) == []


@pytest.mark.parametrize(("handlers", "rules"), [("a", ["rotation"]), ("ab", []), ("ba", ["rotation"]), ("", [])])
def test_rotation_after_every_single_escalation(handlers: str, rules: list[str]) -> None:
    state, now_s = rotation((handlers, True))
    set_policy(state, {"rotation_after_escalations": 1})
    assert rules_for_ann(state, now_s) == rules


@pytest.mark.parametrize(("line_points", "rules"), [(0.5625, []), (0.562, ["load_bound"])])
def test_the_bound_counts_what_is_remembered_of_the_account(line_points: float, rules: list[str]) -> None:
    """Two weeks after a contact of 1 point half of it is remembered: another of 1 point counts 1 + .25 · .5, against twice the line."""
    fatigue = {"escalated_points": 1.0, "carried_share": 0.0, "line_points": line_points}
    state = pair({"fatigue": fatigue})
    contact(state, "ann", account_id="acme", escalated=True)
    open_ticket(state, at_s=START_S + 14 * DAY_S, escalated=True)
    assert rules_for_ann(state, state.now_s) == rules


def test_points_are_told_in_thousandths() -> None:
    """7 minutes at the queue leave 1.5 · 2^(−7/60) = 1.38346… points."""
    state, _ = light_duty((1.0, True))
    (rejection,) = rejections(decide_one(state, now_s=START_S + 7 * MINUTE_S), "ann")
    assert rejection.rule == "light_duty"
    assert rejection.actual == 1.383
    assert isinstance(rejection.limit, float)
    assert 0.95 < rejection.limit < 1.0  # a little is carried by now, which lowers the line


def test_a_batch_keeps_to_the_ramp_in() -> None:
    """Five tickets wait when ann is back after an hour: three of them are hers for now."""
    state, back_s = ramp_in((0, 0.0))
    set_status(state, "bob", "offline")
    for number in range(4):
        open_ticket(state, f"Q{number}", f"account-{number}")
    assert [each.lane for each in decide(state, back_s)].count("agent") == 3
