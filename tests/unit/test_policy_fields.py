"""No setting that nothing reads: every leaf of the policy changes a decision, a recovery or a view."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from fatigue_model.exposure import RATINGS
from router import cost
from router.aggregate import mean_points_last_week
from router.decide import decide
from router.domain import CHANNELS, PRIORITIES
from router.errors import Conflict, Refused
from router.events import BreakShifted, ContactRated, DebriefAnswered
from router.personal import protection, require_open
from router.plan.draft import draft
from router.plan.gather import problem_from
from router.readiness import view
from router.state import TeamState
from support.build import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    contact,
    cost_of,
    decide_one,
    give,
    happen,
    in_hand,
    open_ticket,
    put_plan,
    rejections,
    set_status,
    shifts,
    take_turn,
    team,
    tell,
)
from support.policies import LEAVES, another_value, merged, setting
from support.streams import START_S

Values = Mapping[str, Any]
NO_BREAK = {"break_min_s": 0, "break_max_s": 0}


# Scenarios: a policy in, what one sees out.


def chosen(state: TeamState, now_s: float | None = None) -> str | None:
    return decide_one(state, now_s=now_s).agent_id


def rules_for_ann(state: TeamState, now_s: float) -> tuple[str, ...]:
    return tuple(each.rule for each in rejections(decide_one(state, now_s=now_s), "ann"))


def after_two_escalations(policy: Values) -> object:
    state = team(["ann", "bob"], merged({"fatigue": {"account_memory_gain": 0}}, policy))
    for number in range(2):
        contact(state, "ann", START_S + number * DAY_S, account_id="acme", escalated=True)
    open_ticket(state, at_s=START_S + 9 * DAY_S, escalated=True)
    return rules_for_ann(state, state.now_s)


def after_two_hard_contacts(policy: Values) -> object:
    state = team(["ann", "bob"], merged({"fatigue": {"ordinary_points": 0.5, "line_points": 20}}, policy))
    for _ in range(2):
        contact(state, "ann")
    open_ticket(state)
    return rules_for_ann(state, START_S)


def break_after(points: float) -> Callable[[Values], object]:
    """Start and length of the break after an escalated contact, in seconds from it."""

    def scenario(policy: Values) -> object:
        state = team(["ann", "bob"], merged({"fatigue": {"escalated_points": points}}, policy))
        contact(state, "ann", escalated=True)
        taken = state.agents.people[0].recovery
        assert taken is not None
        return taken.start_s - START_S, taken.end_s - taken.start_s

    return scenario


def shifted_by_ten_minutes(policy: Values) -> object:
    state = team(policy=policy)
    contact(state, "ann", escalated=True)
    try:
        tell(state, BreakShifted(START_S, "ann", 600.0))
    except Refused:
        return "refused"
    return view(state, 0, START_S + 1).state


def pending_during_a_chat(policy: Values) -> object:
    state = team(policy=policy)
    in_hand(state, "ann", channel="chat")
    contact(state, "ann", escalated=True)
    now = view(state, 0, START_S)
    assert now.until_s is not None
    return now.state, now.until_s - START_S


def aggregate_of_ten(policy: Values) -> object:
    agents = [f"agent-{number}" for number in range(10)]
    state = team(agents, policy)
    for agent_id in agents:
        contact(state, agent_id)
    return mean_points_last_week(state, START_S + 7 * DAY_S)


def ramping_in(held: int, after_s: float) -> Callable[[Values], object]:
    def scenario(policy: Values) -> object:
        state = team(["ann", "bob"], policy)
        set_status(state, "ann", "away")
        set_status(state, "ann", "online", START_S + HOUR_S)
        for _ in range(held):
            in_hand(state, "ann")
        open_ticket(state)
        return rules_for_ann(state, START_S + HOUR_S + after_s)

    return scenario


def waited_a_minute(priority: str) -> Callable[[Values], object]:
    """Only a streak of hard contacts keeps the ticket from the only agent."""

    def scenario(policy: Values) -> object:
        hard = {"hard_streak_max": 1, "fatigue": {"ordinary_points": 0.5, "line_points": 20}}
        state = team(policy=merged(hard, policy))
        contact(state, "ann")
        open_ticket(state, priority=priority)
        decision = decide_one(state, now_s=START_S + MINUTE_S)
        return decision.lane, decision.relaxed

    return scenario


def known_two_weeks_ago(policy: Values) -> object:
    """Bob knows the account and holds an e-mail; ann does neither."""
    state = team(["ann", "bob"], policy)
    contact(state, "bob", account_id="acme")
    in_hand(state, "bob", START_S + 14 * DAY_S)
    open_ticket(state)
    return chosen(state)


def known_just_now(policy: Values) -> object:
    state = team(["ann", "bob"], policy)
    contact(state, "bob", account_id="acme")
    in_hand(state, "bob")
    open_ticket(state)
    return chosen(state)


def load_against_work(loaded: str, busy: str, points: float) -> Callable[[Values], object]:
    """One has just had a contact, the other holds an e-mail: who gets a routine ticket?"""

    def scenario(policy: Values) -> object:
        state = team(["ann", "bob"], merged(NO_BREAK, {"fatigue": {"escalated_points": points}}, policy))
        contact(state, loaded, escalated=True)
        in_hand(state, busy)
        open_ticket(state)
        return chosen(state)

    return scenario


def escalated_yesterday(policy: Values) -> object:
    """Ann took an escalation of this account yesterday: she knows it, and has had enough of it."""
    state = team(["ann", "bob"], policy)
    contact(state, "ann", account_id="acme", escalated=True)
    open_ticket(state, at_s=START_S + DAY_S)
    return chosen(state)


def known_by_who_is_back_in_two_minutes(policy: Values) -> object:
    """Bob knows the account and is on a break of two minutes; ann is free."""
    state = team(["ann", "bob"], merged({"break_min_s": 120, "break_max_s": 120, "weights": {"fairness": 0}}, policy))
    contact(state, "bob", account_id="acme")
    contact(state, "bob", escalated=True)
    open_ticket(state)
    decision = decide_one(state)
    return decision.lane, decision.agent_id


def offer_of(channel: str) -> Callable[[Values], object]:
    def scenario(policy: Values) -> object:
        state = team(policy=policy)
        open_ticket(state, channel=channel)
        return decide_one(state).offer_expires_s

    return scenario


def price_for_ann(term: str, **facts: Any) -> Callable[[Values], object]:
    """One term of what it costs that ann, two hours at work and alone at it, gets a ticket that bob had in hand."""

    def scenario(policy: Values) -> object:
        state = team({"ann": {"skills": {"export": 2}}, "bob": {"skills": {"export": 2}, "status": "offline"}}, merged(NO_BREAK, policy))
        contact(state, "ann", escalated=True)
        open_ticket(state, at_s=START_S + 2 * HOUR_S, skills=("export",), previous_agent_id="bob", **facts)
        return cost_of(decide_one(state), term)

    return scenario


def minutes_after_a_hot_ticket(policy: Values) -> object:
    state = team(["ann", "bob"], policy)
    in_hand(state, "ann", escalated=True)
    open_ticket(state, at_s=START_S + 4 * MINUTE_S)
    return rules_for_ann(state, state.now_s)


def two_of_an_account(policy: Values) -> object:
    """Ann and bob are alike, and a second ticket of one solve costs two minutes more."""
    state = team(["ann", "bob"], policy)
    for ticket_id in ("T1", "T2"):
        open_ticket(state, ticket_id, "acme")
    return tuple(each.agent_id for each in decide(state, START_S))


def price_of_an_hour_near_a_renewal(policy: Values) -> object:
    state = team(policy=policy, accounts={"acme": {"renewal_s": START_S + 10 * DAY_S}})
    return cost.waiting(state, open_ticket(state), START_S + HOUR_S) - cost.LEFT_WAITING


def price_of_an_hour_on_a_chat(policy: Values) -> object:
    state = team(policy=policy)
    return cost.waiting(state, open_ticket(state, channel="chat"), START_S + HOUR_S) - cost.LEFT_WAITING


def one_slot(*tickets: tuple[str, float, dict[str, Any]]) -> Callable[[Values], object]:
    """Tickets with their age in minutes, of different accounts, and an agent with room for one: which goes first?"""

    def scenario(policy: Values) -> object:
        state = team({"ann": {"concurrency": (1, 0, 0)}}, policy)
        for ticket_id, age_min, fields in tickets:
            open_ticket(state, ticket_id, ticket_id, created_s=START_S - age_min * MINUTE_S, **fields)
        return tuple(each.ticket_id for each in decide(state, START_S) if each.lane == "agent")

    return scenario


def price_of_an_hour(policy: Values) -> object:
    state = team({"ann": {"status": "away"}}, policy)
    open_ticket(state)
    return cost_of(decide_one(state, now_s=START_S + HOUR_S), "waiting")


def lane(held: int = 0, earlier: int = 0, renewal_d: float | None = None, **fields: Any) -> Callable[[Values], object]:
    """Where a routine ticket goes, with so many in the lane and so many earlier tickets of its account."""

    def scenario(policy: Values) -> object:
        renewal_s = None if renewal_d is None else START_S + renewal_d * DAY_S
        accounts = {"acme": {"renewal_s": renewal_s}}
        state = team(policy=merged({"automation": {"categories": ["reset"]}}, policy), accounts=accounts)
        for number in range(held):
            open_ticket(state, f"L{number}", f"account-{number}", category="reset")
        take_turn(state)
        for number in range(earlier):
            give(state, open_ticket(state, f"E{number}", created_s=START_S - HOUR_S - number).id, "ann")
        open_ticket(state, category="reset", **fields)
        return decide_one(state).lane

    return scenario


def in_the_lane(after_s: float) -> Callable[[Values], object]:
    def scenario(policy: Values) -> object:
        state = team(policy=merged({"automation": {"categories": ["reset"]}}, policy))
        open_ticket(state, category="reset")
        take_turn(state)
        return tuple(each.lane for each in decide(state, START_S + after_s))

    return scenario


def automation_reason(policy: Values) -> object:
    state = team(policy=merged({"automation": {"categories": ["reset"]}}, policy))
    open_ticket(state, category="reset")
    return decide_one(state).because[0].detail.split()[-1]


def after_a_decision(policy: Values) -> object:
    state = team(policy=policy)
    open_ticket(state)
    return take_turn(state).tickets["T1"].state


def bot_of(policy: Values) -> object:
    state = team(policy=merged({"automation": {"categories": ["reset"]}}, policy))
    open_ticket(state, category="reset")
    return decide_one(state).bot


def after_failures(*day: float) -> Callable[[Values], object]:
    """Where a routine ticket goes when automation has failed on so many others, each on its day."""

    def scenario(policy: Values) -> object:
        state = team(policy=merged({"automation": {"categories": ["reset"]}}, policy))
        for number, each in enumerate(day):
            open_ticket(state, f"F{number}", f"account-{number}", at_s=START_S + each * DAY_S, category="reset")
            take_turn(state)
            happen(state, f"F{number}", "automation_failed")
        open_ticket(state, category="reset")
        return decide_one(state).lane

    return scenario


def drafted(policy: Values) -> object:
    """Whether whoever gets a ticket of ten minutes gets it with a draft, and for how much."""
    state = team(policy=policy)
    open_ticket(state, category="bug", expected_handle_s=600.0)
    return decide_one(state).draft, decide_one(state).costs_usd["draft"]


def under_load(**facts: Any) -> Callable[[Values], object]:
    """Where a ticket goes when the team's load is at its line."""

    def scenario(policy: Values) -> object:
        state = team(policy=merged(NO_BREAK, {"fatigue": {"escalated_points": 3, "line_points": 3}}, policy))
        contact(state, "ann", escalated=True)
        open_ticket(state, category="reset", **facts)
        return decide_one(state).lane

    return scenario


def personal_mode(policy: Values) -> object:
    try:
        require_open(team(policy=policy))
    except Conflict:
        return "closed"
    return "open"


def checked_in(answer: float) -> Callable[[Values], object]:
    """Ann's state after a check-in, and whether that keeps an escalated ticket from her."""

    def scenario(policy: Values) -> object:
        state = team(policy=policy)
        tell(state, *protection(state, state.agents.people[0], answer, state.now_s, state.now_s))
        open_ticket(state, escalated=True)
        return view(state, 0, state.now_s).state, "light_duty" in rules_for_ann(state, state.now_s)

    return scenario


def lunch_of_ann(policy: Values) -> object:
    """Minutes from now, and how long."""
    plan = draft(problem_from(team({"ann": {"shifts": shifts(8 * 60, 17 * 60)}}, policy), START_S))
    found = next((each for each in plan.entries if each.kind == "lunch"), None)
    return None if found is None else ((found.start_s - START_S) / MINUTE_S, (found.end_s - found.start_s) / MINUTE_S)


def reserve(policy: Values) -> object:
    return draft(problem_from(team(["ann", "bob"], policy), START_S)).reserve


def five_minutes_before_anns_break(policy: Values) -> object:
    state = put_plan(team(["ann", "bob"], policy), ("ann", "break", 5, 15))
    open_ticket(state)
    return chosen(state)


def days(policy: Values) -> object:
    """Three days of two agents with contacts, breaks and rests of all kinds: everything that was decided, and all loads on the way."""
    state = team(["ann", "bob"], policy, accounts={"acme": {"renewal_s": START_S + 5 * DAY_S}})
    seen: list[object] = []

    def look() -> None:
        seen.extend(view(state, row, state.now_s) for row in range(2))

    for hour, status in enumerate(("online", "back_office", "online", "away", "online", "offline", "online")):
        at_s = START_S + hour * 10 * HOUR_S
        set_status(state, "bob", status, at_s)
        for minute, fields in enumerate(
            ({"escalated": True}, {"text_score": 0.7}, {}, {"reopened_count": 1}, {"reopened_count": 9, "target_s": at_s}, {"abuse": True})
        ):
            ticket = contact(state, "ann" if hour % 2 else "bob", at_s + 60 * minute, account_id="acme", **fields)
            look()
            if not fields:
                tell(state, ContactRated(state.now_s, ticket.id, "ann" if hour % 2 else "bob", RATINGS[hour % 4], state.now_s))
        contact(state, "ann", account_id="acme", grave="threat")
        look()
        happen(state, ticket.id, "reopened", at_s + HOUR_S)
        happen(state, give(state, ticket.id, "bob").id, "escalated", at_s + HOUR_S + 60)
        happen(state, ticket.id, "contact", at_s + HOUR_S + 120)
        look()
        open_ticket(state, f"Q{hour}", "acme", escalated=True)
        seen.extend(decide(state, state.now_s))
        happen(state, f"Q{hour}", "closed", at_s + 2 * HOUR_S)
        look()
    return seen


def debriefs_after(contact_age_s: float, asked_d: float | None = None) -> Callable[[Values], object]:
    """Whom a debrief is proposed to, so long after a contact of ann's, and after an earlier one: listener and points."""

    def scenario(policy: Values) -> object:
        tough = {"fatigue": {"ordinary_points": 1.0, "carried_share": 0.0}}
        willing = {"debrief_opt_in": True}
        state = team({"ann": willing, "bob": willing}, merged(NO_BREAK, tough, policy))
        if asked_d is not None:
            contact(state, "ann")
            take_turn(state)
        contact(state, "ann", state.now_s + (asked_d or 0.0) * DAY_S)
        take_turn(state, state.now_s + contact_age_s)
        new = [each for each in state.debriefs.values() if each.proposed_s == state.now_s]
        return tuple((each.listener_id, each.points) for each in new)

    return scenario


def a_debrief(policy: Values) -> object:
    """When a proposal is over, and when a debrief that both accept at once is, in seconds from it."""
    willing = {"debrief_opt_in": True}
    state = team({"ann": willing, "bob": willing}, merged(NO_BREAK, policy))
    contact(state, "ann", escalated=True)
    take_turn(state)
    (asked,) = state.debriefs
    tell(state, *(DebriefAnswered(START_S, asked, each, "accept") for each in ("ann", "bob")))
    found = state.debriefs[asked]
    assert found.end_s is not None
    return found.expires_s - START_S, found.end_s - START_S


# What each leaf does: a scenario, what one sees at the default, a value, and what one sees then.


@dataclass(frozen=True, slots=True)
class Effect:
    scenario: Callable[[Values], object]
    at_default: object
    value: object
    at_value: object
    base: Values = dataclasses.field(default_factory=dict)


DRAFTS = {"automation": {"draft_categories": ["bug"]}}
OPENS_UNDER_LOAD = {"categories": ["reset"]}
EFFECTS = {
    "/rotation_after_escalations": Effect(after_two_escalations, (), 2, ("rotation",)),
    "/hard_streak_max": Effect(after_two_hard_contacts, (), 2, ("hard_streak",)),
    "/hot_alone_s": Effect(minutes_after_a_hot_ticket, ("one_hot",), 240, ()),
    "/break_min_s": Effect(break_after(1.5), (0, 600), 700, (0, 700)),
    "/break_max_s": Effect(break_after(3.0), (0, 900), 800, (0, 800)),
    "/break_shift_max_s": Effect(shifted_by_ten_minutes, "pending", 599, "refused"),
    "/pending_deadline_s": Effect(pending_during_a_chat, ("pending", 300), 120, ("pending", 120)),
    "/coverage_floor": Effect(break_after(1.5), (0, 600), 2, (600, 600)),  # with bob alone, one is missing
    "/coverage_delay_max_s": Effect(break_after(1.5), (600, 600), 300, (300, 600), {"coverage_floor": 2}),
    "/aggregate_min_group": Effect(aggregate_of_ten, pytest.approx(0.03), 11, None),
    "/shadow": Effect(after_a_decision, "assigned", 1, "waiting"),
    "/continuity_half_life_d": Effect(
        known_two_weeks_ago, "bob", 7, "ann", {"weights": {"fairness": 0, "open_work": 2}}
    ),  # 2 min for the e-mail; 2.5 or 1.25 for continuity
    "/hold_max_s": Effect(known_by_who_is_back_in_two_minutes, ("queue", None), 119, ("agent", "ann")),
    **{f"/offer_timeout_s/{channel}": Effect(offer_of(channel), None, 60, START_S + 60) for channel in CHANNELS},
    "/ramp_in/contacts": Effect(ramping_in(2, 0), (), 2, ("ramp_in",)),
    "/ramp_in/window_s": Effect(ramping_in(3, 300), ("ramp_in",), 300, ()),
    "/automation/categories": Effect(lane(), "automation", ["other"], "agent"),
    "/automation/min_confidence": Effect(lane(confidence=0.7), "automation", 0.71, "agent"),
    "/automation/capacity": Effect(lane(held=2), "automation", 2, "agent"),
    "/automation/timeout_s": Effect(in_the_lane(900), ("agent",), 901, ()),
    "/automation/text_score_max": Effect(lane(text_score=0.5), "automation", 0.4, "agent"),
    "/personal/allowed": Effect(personal_mode, "open", 0, "closed"),
    "/personal/protect_from": Effect(checked_in(7.0), ("light_duty", True), 7.5, ("ready", False)),
    "/plan/horizon_s": Effect(lunch_of_ann, (120, 30), 7200, None),  # 11:00, a third into her shift; two hours have no room for it
    "/plan/lunch_s": Effect(lunch_of_ann, (120, 30), 3600, (120, 60)),
    "/plan/reserve": Effect(reserve, ("ann",), 2, ("ann", "bob")),
    "/weights/plan": Effect(five_minutes_before_anns_break, "bob", 0, "ann"),
    "/debrief/length_s": Effect(a_debrief, (600, 300), 240, (600, 240)),
    "/debrief/answer_s": Effect(a_debrief, (600, 300), 900, (900, 300)),
    "/debrief/min_points": Effect(debriefs_after(0), (("bob", 0.1),), 1.1, ()),
    "/debrief/listener_share": Effect(debriefs_after(0), (("bob", 0.1),), 0.5, (("bob", 0.5),)),
    "/debrief/fresh_s": Effect(debriefs_after(3601), (), 3601, (("bob", 0.1),)),
    "/debrief/repeat_gap_d": Effect(debriefs_after(0, asked_d=1), (), 0.9, (("bob", 0.1),)),
    "/automation/repeat_contacts_max": Effect(lane(earlier=2), "automation", 1, "agent"),
    "/automation/renewal_near_d": Effect(lane(renewal_d=20), "agent", 10, "automation"),
    "/automation/cost_per_resolution_usd": Effect(automation_reason, "$0.50", 0.8, "$0.80"),
    "/automation/bots": Effect(bot_of, "automation", ["robot"], "robot"),
    "/automation/prior_mean": Effect(after_failures(0, 0, 0, 0), "agent", 0.8, "automation"),
    "/automation/prior_weight": Effect(after_failures(0, 0, 0, 0), "agent", 40, "automation"),
    "/automation/forget_half_life_d": Effect(after_failures(0, 0, 0, 30), "automation", 3650, "agent"),
    "/automation/credible_level": Effect(after_failures(0, 0, 0), "automation", 0.95, "agent"),
    "/automation/break_even": Effect(after_failures(0, 0, 0), "automation", 0.53, "agent"),
    "/automation/probe_every": Effect(after_failures(0, 0, 0, 0), "agent", 1, "automation"),
    "/automation/draft_categories": Effect(drafted, (False, 0.0), ["bug"], (True, 0.25)),
    "/automation/draft_min_handle_s": Effect(drafted, (True, 0.25), 601, (False, 0.0), DRAFTS),
    "/automation/draft_saves_share": Effect(drafted, (True, 0.25), 0.03, (False, 0.0), DRAFTS),  # 18 s are worth $0.225
    "/automation/agent_hour_usd": Effect(drafted, (True, 0.25), 12.4, (False, 0.0), DRAFTS),  # 72 s are worth $0.248
    "/automation/cost_per_draft_usd": Effect(drafted, (True, 0.25), 0.4, (True, 0.4), DRAFTS),
    "/automation/under_load/categories": Effect(under_load(), "agent", ["reset"], "automation"),
    "/automation/under_load/from_load": Effect(under_load(), "automation", 1.1, "agent", {"automation": {"under_load": OPENS_UNDER_LOAD}}),
    "/automation/under_load/min_confidence": Effect(
        under_load(confidence=0.6), "agent", 0.6, "automation", {"automation": {"categories": ["reset"]}}
    ),
    "/weights/waiting": Effect(price_of_an_hour, 62_500, 2, 125_000),  # 60 min · (1 + 1/24)
    "/weights/load": Effect(load_against_work("ann", "bob", 1.0), "ann", 1000, "bob"),  # 1.0 or 50 against 8.6 or 38.6
    "/weights/open_work": Effect(load_against_work("bob", "ann", 0.5), "bob", 0, "ann"),  # .8 against 8.6 or .6
    "/weights/continuity": Effect(known_just_now, "bob", 0, "ann", {"weights": {"fairness": 0, "open_work": 2}}),
    "/weights/account_exposure": Effect(escalated_yesterday, "bob", 0, "ann", {"weights": {"fairness": 0}}),  # 15 against 5
    "/weights/fairness": Effect(price_for_ann("fairness"), 3600, 40, 2400),  # 60 · .03 · 1.5/.75
    "/weights/since_break": Effect(price_for_ann("since_break"), 2000, 3, 6000),
    "/weights/skill_fit": Effect(price_for_ann("skill_fit"), 1000, 3, 1500),  # half a level too high
    "/weights/handover": Effect(price_for_ann("handover"), 3000, 0, 0),
    "/weights/same_account": Effect(two_of_an_account, ("ann", "ann"), 1, ("ann", "bob")),
    "/weights/live": Effect(price_of_an_hour_on_a_chat, 6_250_000, 1, 62_500),
    "/weights/revenue_at_risk": Effect(price_of_an_hour_near_a_renewal, 93_750, 1, 125_000),
    "/hard_skill_level": Effect(price_for_ann("skill_fit", escalated=True), 2000, 4, 4000),
    **{f"/max_wait_s/{name}": Effect(waited_a_minute(name), ("queue", ()), 60, ("agent", ("hard_streak",))) for name in PRIORITIES},
    **{
        f"/weights/priority/{name}": Effect(
            one_slot(("old", 60, {"priority": name}), ("new", 10, {"priority": "low" if name == "normal" else "normal"})),
            ("old",),
            0,
            ("new",),
        )
        for name in PRIORITIES
    },
}
FATIGUE_BASE = {
    "/fatigue/account_factor_min": {"fatigue": {"account_memory_gain": -1}},
    "/fatigue/exposure_points_max": {"fatigue": {"escalated_points": 5}},
}


def test_every_leaf_has_an_effect_to_show() -> None:
    shown = {*EFFECTS, *(pointer for pointer in LEAVES if pointer.startswith("/fatigue/"))}
    assert set(LEAVES) == shown


@pytest.mark.parametrize("pointer", sorted(EFFECTS))
def test_every_leaf_changes_something(pointer: str) -> None:
    effect = EFFECTS[pointer]
    assert effect.at_default != effect.at_value
    assert effect.scenario(effect.base) == effect.at_default
    assert effect.scenario(merged(effect.base, setting(pointer, effect.value))) == effect.at_value


@pytest.mark.parametrize("pointer", [pointer for pointer in LEAVES if pointer.startswith("/fatigue/")])
def test_every_coefficient_of_the_model_reaches_the_team(pointer: str) -> None:
    base = FATIGUE_BASE.get(pointer, {})
    assert days(merged(base, setting(pointer, another_value(pointer)))) != days(base)


def test_the_same_policy_tells_the_same_story() -> None:
    assert days({}) == days({})
