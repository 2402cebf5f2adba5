"""Each baseline takes whom the products say they take, and looks at nothing that they do not know."""

from __future__ import annotations

import pytest

from router.domain import Decision
from router.state import TeamState
from router.turn import Decide, conclude
from simulations.baselines import BASELINES, routed_by
from support.build import HOUR_S, MINUTE_S, contact, in_hand, open_ticket, set_status, shifts, team
from support.streams import START_S

ALL = sorted(BASELINES)


def given(decisions: tuple[Decision, ...] | list[Decision]) -> dict[str, str | None]:
    return {each.ticket_id: each.agent_id for each in decisions}


def choose(state: TeamState, policy: str | Decide, now_s: float | None = None) -> dict[str, str | None]:
    """Who gets what now, by ticket; the state stays as it is."""
    decide = routed_by(policy) if isinstance(policy, str) else policy
    return given(list(decide(state, state.now_s if now_s is None else now_s, False)))


def route(state: TeamState, decide: Decide, ticket_id: str, at_s: float, **fields: object) -> str | None:
    """A ticket comes in and goes to whom `decide` says; that is folded."""
    open_ticket(state, ticket_id, at_s=at_s, **fields)
    conclude(state, at_s, decided_by=decide)
    return state.tickets[ticket_id].agent_id


def test_round_robin_goes_by_the_last_assignment_on_the_channel_whatever_is_open() -> None:
    state, decide = team(["ann", "bob", "cat"]), routed_by("round_robin")
    for _ in range(2):
        in_hand(state, "ann")
    took = [route(state, decide, f"T{number}", START_S + number) for number in range(4)]
    assert took == ["ann", "bob", "cat", "ann"]
    assert route(state, decide, "C1", START_S + 10, channel="chat") == "ann"  # a channel of its own
    assert route(state, decide, "T9", START_S + 11) == "bob"


def test_round_robin_passes_over_who_has_no_room() -> None:
    state, decide = team({"ann": {"concurrency": (1, 0, 0)}, "bob": {}}), routed_by("round_robin")
    assert [route(state, decide, f"T{number}", START_S + number) for number in range(3)] == ["ann", "bob", "bob"]


def test_least_busy_takes_the_fewest_open_of_all_channels_and_ties_in_turn() -> None:
    state, decide = team(["ann", "bob", "cat"]), routed_by("least_busy")
    in_hand(state, "ann", channel="chat")
    assert [route(state, decide, f"T{number}", START_S + number) for number in range(5)] == ["bob", "cat", "ann", "bob", "cat"]


def test_longest_idle_takes_whoever_came_online_was_given_work_or_ended_a_contact_longest_ago() -> None:
    state, decide = team(["ann", "bob", "cat"]), routed_by("longest_idle")
    contact(state, "ann", START_S + 10 * MINUTE_S)
    set_status(state, "cat", "away", START_S + 20 * MINUTE_S)
    set_status(state, "cat", "online", START_S + 30 * MINUTE_S)
    took = [route(state, decide, f"T{number}", START_S + HOUR_S + number) for number in range(4)]
    assert took == ["bob", "ann", "cat", "bob"]


def test_longest_idle_gives_a_batch_in_turn() -> None:
    state = team(["ann", "bob"])
    for number in range(4):
        open_ticket(state, f"T{number}", at_s=START_S + number)
    assert list(choose(state, "longest_idle").values()) == ["ann", "bob", "ann", "bob"]


def test_greedy_skills_takes_the_highest_mean_level_however_much_they_have() -> None:
    people = {
        "ann": {"skills": {"export": 5, "sso": 1}},
        "bob": {"skills": {"export": 4, "sso": 4}, "concurrency": (2, 1, 1)},
        "cat": {"skills": {"export": 3}},
    }
    state, decide = team(people), routed_by("greedy_skills")
    both = {"skills": ("export", "sso")}
    took = [route(state, decide, f"T{number}", START_S + number, **both) for number in range(3)]
    assert took == ["bob", "bob", "ann"]  # 4 against 3; bob is full then; cat lacks one
    assert route(state, decide, "T9", START_S + 9, skills=("export",)) == "ann"


def test_greedy_skills_without_skills_asked_for_is_longest_idle() -> None:
    state = team({"ann": {"skills": {"export": 5}}, "bob": {}})
    contact(state, "ann", START_S + MINUTE_S)
    open_ticket(state)
    assert choose(state, "greedy_skills") == {"T1": "bob"}


@pytest.mark.parametrize("policy", ALL)
def test_all_keep_to_status_shift_skills_language_and_room(policy: str) -> None:
    able = {"skills": {"export": 1}, "languages": ("en",)}
    people = {
        "ann": {**able, "status": "away"},
        "bob": {**able, "shifts": shifts(0, 1)},
        "cat": {**able, "skills": {"sso": 5}},
        "dan": {**able, "languages": ("de",)},
        "eve": {**able, "concurrency": (5, 0, 0)},
        "fay": able,
    }
    state = team(people)
    wanted = {"skills": ("export",), "language": "en", "channel": "chat"}
    for number in range(3):
        open_ticket(state, f"T{number}", at_s=START_S + number, **wanted)
    assert choose(state, policy) == {"T0": "fay", "T1": "fay"}  # two chats at most; the third waits without a word


@pytest.mark.parametrize("policy", ALL)
def test_all_take_the_queue_by_priority_and_then_by_age(policy: str) -> None:
    state = team({"ann": {"concurrency": (2, 0, 0)}})
    for ticket_id, priority in (("old", "low"), ("first", "normal"), ("second", "normal"), ("late", "urgent")):
        open_ticket(state, ticket_id, at_s=state.now_s + 1, priority=priority)
    assert choose(state, policy) == {"late": "ann", "first": "ann"}


@pytest.mark.parametrize("policy", ALL)
def test_none_looks_at_load_breaks_or_rotation(policy: str) -> None:
    """Ann is on a break, far above her line, and had the account's last escalations; bob is away."""
    state = team({"ann": {}, "bob": {"status": "offline"}}, policy={"rotation_after_escalations": 1})
    for number in range(3):
        contact(state, "ann", START_S + number * MINUTE_S, account_id="acme", escalated=True)
    open_ticket(state, escalated=True)
    assert choose(state, policy) == {"T1": "ann"}
    assert choose(state, "ours") == {"T1": None}


@pytest.mark.parametrize("policy", ALL)
def test_all_give_automation_what_ours_gives_it(policy: str) -> None:
    state = team(["ann"], policy={"automation": {"categories": ["access"], "timeout_s": 60}})
    open_ticket(state, category="access")
    open_ticket(state, "T2", "other", category="defect")
    decide = routed_by(policy)
    lanes = {each.ticket_id: each.lane for each in decide(state, state.now_s, False)}
    assert (
        lanes == {each.ticket_id: each.lane for each in routed_by("ours")(state, state.now_s, False)} == {"T1": "automation", "T2": "agent"}
    )
    conclude(state, state.now_s, decided_by=decide)
    assert choose(state, decide, state.now_s + 59) == {}
    assert choose(state, decide, state.now_s + 60) == {"T1": "ann"}
    set_status(state, "ann", "offline")
    assert choose(state, decide, state.now_s + 60) == {"T1": None}


def test_there_is_no_other_policy() -> None:
    with pytest.raises(KeyError):
        routed_by("random")
