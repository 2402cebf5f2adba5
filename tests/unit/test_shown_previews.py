"""What of a preview a manager may see: by lists of fields that tell nobody's load, on which every field is, or is withheld."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from api.shown.previews import LANES, STEPS, as_managers_see, leaves
from router.policy import Policy
from simulations.contrast import Outcome
from simulations.preview import Changed, Preview, Side

IN_FORCE = Policy().as_mapping()
FIELDS = dict(leaves(IN_FORCE))
WITHHELD = {
    "weights": "each is a price, and load is one of them",
    "fatigue": "what load is",
    "personal": "what a check-in does",
    "debrief": "what is tough, and what listening adds",
    "plan": "work inside breaks is priced, and breaks follow load",
    "automation.under_load": "opens and closes with the load of a team, which may be one person",
    "hard_skill_level": "a tap makes a contact hard",
    "hard_streak_max": "a tap makes a contact hard",
    "hot_alone_s": "a wait, in which load fades",
    "break_min_s": "a break is as long as the load asks for",
    "break_max_s": "a break is as long as the load asks for",
    "break_shift_max_s": "a break follows load",
    "pending_deadline_s": "a break follows load",
    "coverage_floor": "a break follows load",
    "coverage_delay_max_s": "a break follows load",
    "hold_max_s": "a wait, in which load fades",
    "continuity_half_life_d": "sets a price",
    "ramp_in": "a wait, in which load fades, and a count that makes one",
    "max_wait_s": "a wait, in which load fades",
    "offer_timeout_s": "a wait, in which load fades",
}
OUTCOME = Outcome(**dict.fromkeys((each.name for each in dataclasses.fields(Outcome)), 0))
SIDE = Side({"agent": 3, "automation": 1, "queue": 0}, 0, {}, 2, 1200.0, 0.5, None, OUTCOME)
TO_BEN = Changed("T1", "acme", 0.0, ("agent", "ana"), ("agent", "ben"), ("light_duty",))
TO_BOT = Changed("T2", "acme", 0.0, ("agent", "ana"), ("automation", None), ())
FROM_BOT = Changed("T3", "acme", 0.0, ("automation", None), ("queue", None), ())


def seen(draft: dict[str, Any], people: int = 20, in_force: dict[str, Any] = IN_FORCE) -> dict[str, Any]:
    return as_managers_see(Preview(0.0, 1.0, people, 4, 0, SIDE, SIDE, (TO_BEN, TO_BOT, FROM_BOT)), in_force, draft)


def drafted(name: str, value: Any = None, base: dict[str, Any] = IN_FORCE) -> dict[str, Any]:
    """The policy with one field other than it is; the value is not looked at."""
    head, _, rest = name.partition(".")
    return base | {head: drafted(rest, value, base[head]) if rest else value}


def test_every_field_of_the_policy_has_been_thought_of() -> None:
    """Whoever adds one says whether tickets may be told for a draft of it; until then they are not."""
    withheld = {each for each in FIELDS if any(each == name or each.startswith(f"{name}.") for name in WITHHELD)}
    assert withheld | STEPS | LANES == FIELDS.keys()
    assert len(withheld) + len(STEPS) + len(LANES) == len(FIELDS)


@pytest.mark.parametrize("name", [each for each in FIELDS if each not in STEPS | LANES])
def test_a_field_that_is_on_no_list_tells_no_ticket(name: str) -> None:
    found = seen(drafted(name, "other"))
    assert (found["changes"], found["changed"]) == ([], 3)
    assert name in found["withheld"]
    assert found["after"]["breaks"] == 2
    with_another = seen(drafted("rotation_after_escalations", 1, drafted(name, "other")))
    assert (with_another["changes"], with_another["withheld"]) == ([], found["withheld"])


def test_of_few_people_at_work_no_count_is_told_either() -> None:
    found = seen(drafted("hold_max_s", 1), people=9)
    assert (found["changed"], found["after"]["breaks"], found["after"]["outcome"]) == (None, None, None)
    assert found["before"]["breaks"] == 2
    fewer_asked = drafted("aggregate_min_group", 5, drafted("hold_max_s", 1))  # but not in force
    assert seen(fewer_asked, people=9)["changed"] is None


@pytest.mark.parametrize("name", sorted(STEPS))
def test_where_no_price_moves_every_ticket_is_told(name: str) -> None:
    found = seen(drafted(name, 7), people=2)
    assert (found["withheld"], found["changed"]) == (None, 3)
    assert found["changes"][0]["after"] == {"lane": "agent", "agent_id": "ben"}


@pytest.mark.parametrize("name", sorted(LANES))
def test_of_automation_is_told_what_goes_to_it_or_leaves_it_and_not_who_has_the_rest(name: str) -> None:
    draft = drafted(name, 0)
    found = seen(draft, people=2)
    assert [(each["ticket_id"], each["after"]) for each in found["changes"]] == [
        ("T2", {"lane": "automation", "agent_id": None}),
        ("T3", {"lane": "agent", "agent_id": None}),
    ]
    assert (found["changed"], found["after"]["breaks"]) == (2, None)
    assert "automation" in found["withheld"]
    under_load = drafted("automation.under_load.categories", ["reset"])
    loaded = seen(drafted(name, 0, under_load), in_force=under_load)  # which tickets it gets may depend on load then
    assert loaded["changes"] == []
    assert name in loaded["withheld"]
