"""Every leaf of the policy keeps its bounds, and all violations are listed at once, each with its JSON pointer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from fatigue_model.bounds import InvalidValues
from router.policy import Policy, policy_from
from support.policies import BOUNDED, LEAVES, another_value, merged, setting

LISTS = ("categories", "draft_categories", "bots")
NO_BREAK = {"break_min_s": 0, "break_max_s": 0}


def test_the_defaults_are_those_that_callers_rely_on() -> None:
    values = Policy().as_mapping()
    del values["fatigue"], values["weights"]
    assert values == {
        "rotation_after_escalations": 5,
        "hard_skill_level": 3,
        "hard_streak_max": 3,
        "hot_alone_s": 300,
        "break_min_s": 600,
        "break_max_s": 900,
        "break_shift_max_s": 900,
        "pending_deadline_s": 300,
        "coverage_floor": 0,
        "coverage_delay_max_s": 600,
        "hold_max_s": 300,
        "continuity_half_life_d": 14,
        "aggregate_min_group": 10,
        "shadow": 0,
        "ramp_in": {"contacts": 3, "window_s": 600},
        "max_wait_s": {"low": 172_800, "normal": 86_400, "high": 14_400, "urgent": 1800},
        "offer_timeout_s": {"email": 0, "chat": 0, "phone": 0},
        "automation": {
            "categories": [],
            "min_confidence": 0.7,
            "capacity": 50,
            "timeout_s": 900,
            "text_score_max": 0.5,
            "repeat_contacts_max": 2,
            "renewal_near_d": 30,
            "cost_per_resolution_usd": 0.5,
            "cost_per_draft_usd": 0.25,
            "bots": ["automation"],
            "prior_mean": 0.75,
            "prior_weight": 20,
            "forget_half_life_d": 30,
            "credible_level": 0.9,
            "break_even": 0.5,
            "probe_every": 20,
            "draft_categories": [],
            "draft_min_handle_s": 300,
            "draft_saves_share": 0.12,
            "agent_hour_usd": 45,
            "under_load": {"categories": [], "from_load": 0.8, "min_confidence": 1},
        },
        "personal": {"allowed": 1, "protect_from": 7},
        "plan": {"horizon_s": 10_800, "reserve": 1, "lunch_s": 1800},
        "debrief": {"length_s": 300, "min_points": 1, "listener_share": 0.1, "fresh_s": 3600, "answer_s": 600, "repeat_gap_d": 2},
    }


@pytest.mark.parametrize(
    ("pointer", "low", "high"),
    [
        ("/break_min_s", 0, 3600),
        ("/break_max_s", 0, 3600),
        ("/rotation_after_escalations", 1, 20),
        ("/aggregate_min_group", 5, 1000),  # never an aggregate over fewer than five
        ("/fatigue/account_memory_gain", -1, 1),  # people may also habituate
    ],
)
def test_bounds_that_are_promises(pointer: str, low: float, high: float) -> None:
    _, bound = BOUNDED[pointer]
    assert (bound.low, bound.high) == (low, high)


def refused(values: object) -> dict[str, str]:
    """What is allowed instead, by pointer."""
    with pytest.raises(InvalidValues) as caught:
        policy_from(values)
    return {each.pointer: each.allowed for each in caught.value.violations}


def found_at(policy: Policy, pointer: str) -> object:
    for name in pointer.split("/")[1:]:
        policy = getattr(policy, name)
    return policy


@pytest.mark.parametrize("pointer", sorted(BOUNDED))
def test_every_leaf_keeps_its_bounds(pointer: str) -> None:
    default, bound = BOUNDED[pointer]
    step = 1 if isinstance(default, int) else 1e-9
    either = {"break_max_s": 3600, "break_min_s": 0}  # so that neither is out of order with the other
    for value in map(type(default), (bound.low, bound.high)):
        assert found_at(policy_from(merged(either, setting(pointer, value))), pointer) == value
    for value in (bound.low - step, bound.high + step, float("nan"), float("inf"), -(10**400), 10**400, None, "1", True, [1]):
        kind = "a whole number" if isinstance(default, int) else "a number"
        assert refused(setting(pointer, value)) == {pointer: f"{kind} from {bound}"}


@pytest.mark.parametrize("pointer", [each for each, (default, _) in BOUNDED.items() if isinstance(default, int)])
def test_a_whole_number_is_not_a_fraction(pointer: str) -> None:
    default, _ = BOUNDED[pointer]
    assert refused(setting(pointer, default + 0.5)).keys() == {pointer}
    assert refused(setting(pointer, float(default))).keys() == {pointer}


def test_all_violations_are_listed_at_once() -> None:
    wrong: dict[str, Any] = {}
    for pointer, (_, bound) in BOUNDED.items():
        wrong = merged(wrong, setting(pointer, bound.high + 1))
    wrong = merged(wrong, {"automation": dict.fromkeys(LISTS, 2), "unlimited": True, "weights": {"priority": {"vip": 1}}})
    wrong = merged(wrong, {"automation": {"under_load": {"categories": "reset"}, "robots": 2}})
    assert refused(wrong).keys() == {*LEAVES, "/automation/robots", "/unlimited", "/weights/priority/vip"}


@pytest.mark.parametrize(
    "group",
    ["/ramp_in", "/max_wait_s", "/automation", "/automation/under_load", "/personal", "/plan", "/weights", "/weights/priority", "/fatigue"],
)
def test_groups_are_objects_of_known_names(group: str) -> None:
    assert refused(setting(group, 3)) == {group: "an object"}
    assert refused(setting(group, None)) == {group: "an object"}
    assert refused(setting(f"{group}/unknown", 3)).keys() == {f"{group}/unknown"}


@pytest.mark.parametrize("field", LISTS)
@pytest.mark.parametrize(
    "names", ["reset", [""], ["x" * 101], [1], [None], [["reset"]], ["reset", "reset"], ["\ud800"], {"reset": 1}, None]
)
def test_categories_and_bots_are_names(field: str, names: object) -> None:
    assert refused({"automation": {field: names}}).keys() == {f"/automation/{field}"}
    assert getattr(policy_from({"automation": {field: ["x", "x" * 100]}}).automation, field) == ("x", "x" * 100)


def test_there_is_a_bot() -> None:
    assert refused({"automation": {"bots": []}}) == {"/automation/bots": "a list of different names of 1 to 100 characters, at least 1"}
    assert policy_from({"automation": {"categories": [], "draft_categories": []}}) == Policy()


def test_the_shortest_break_is_not_longer_than_the_longest() -> None:
    assert refused({"break_min_s": 901}) == {"/break_min_s": "at most break_max_s, 900 s"}
    assert refused({"break_max_s": 599}) == {"/break_min_s": "at most break_max_s, 599 s"}
    assert refused({"break_min_s": 800, "break_max_s": 700, "coverage_floor": -1}).keys() == {"/break_min_s", "/coverage_floor"}
    assert policy_from({"break_min_s": 900}).break_min_s == 900


@pytest.mark.parametrize(
    ("values", "warned"),
    [
        ({}, []),
        ({"break_min_s": 600, "break_max_s": 600}, []),
        ({"break_min_s": 599}, ["break_min_s"]),
        (NO_BREAK, ["break_min_s", "break_max_s"]),
    ],
)
def test_breaks_under_ten_minutes_are_allowed_with_a_warning(values: Mapping[str, Any], warned: list[str]) -> None:
    warnings = policy_from(values).warnings()
    assert [warning.split()[0] for warning in warnings] == warned
    assert all("600 s" in warning for warning in warnings)


def test_a_bot_that_starts_closed_is_allowed_with_a_warning() -> None:
    (warning,) = policy_from({"automation": {"prior_mean": 0.6}}).warnings()
    assert warning.endswith("a new bot starts under break_even, and gets trials alone")
    assert policy_from({"automation": {"prior_mean": 0.6, "prior_weight": 100}}).warnings() == ()


def test_a_policy_survives_being_written_down() -> None:
    values = merged({"automation": {"categories": ["reset"]}, "weights": {"priority": {"low": 0}}}, NO_BREAK)
    policy = policy_from(values)
    assert policy_from(policy.as_mapping()) == policy
    digests = {policy_from(setting(pointer, another_value(pointer))).digest() for pointer in BOUNDED}
    assert len({*digests, Policy().digest(), policy.digest()}) == len(BOUNDED) + 2
