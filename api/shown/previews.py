"""What of a draft policy's preview a manager may see: aggregates, and ticket by ticket only what tells nobody's load.

Whoever turns a field by degrees and sees at which a ticket goes to somebody else has weighed one person's load against another's, to any
precision, and what they said of a contact by a tap: by what is priced against load, by what waits until load has faded, by what decides
which contacts somebody had. So tickets are told for fields on two lists alone; every other one, a new one too, is `withheld`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from api import instants
from simulations.preview import Changed, Preview, Side

SHOWN_MOST = 500
STEPS = frozenset({"rotation_after_escalations", "aggregate_min_group", "shadow"})
"""Every ticket is told: few steps, each held against facts of work alone, and no price."""
LANES = frozenset(
    f"automation.{name}"
    for name in (
        "categories",
        "bots",
        "min_confidence",
        "capacity",
        "timeout_s",
        "text_score_max",
        "repeat_contacts_max",
        "renewal_near_d",
        "prior_mean",
        "prior_weight",
        "forget_half_life_d",
        "credible_level",
        "break_even",
        "probe_every",
        "cost_per_resolution_usd",
        "cost_per_draft_usd",
        "draft_categories",
        "draft_min_handle_s",
        "draft_saves_share",
        "agent_hour_usd",
    )
)
"""Held against facts of tickets, accounts and bots: which tickets go to automation or leave it is told, and not what becomes of others,
for whoever chooses which contacts people have can weigh their load with them."""
COUNTS = ("rotations", "relaxed", "breaks", "break_s", "lanes", "automation_usd", "outcome")


def as_managers_see(found: Preview, in_force: dict[str, Any], draft: dict[str, Any]) -> dict[str, Any]:
    """A preview of `draft`, which differs from the policy `in_force`; both as plain values. Of few people at work no count is told where
    tickets are withheld."""
    view, fields = preview_view(found), moved(in_force, draft)
    view |= {"withheld": None, "before": _rounded(view["before"]), "after": _rounded(view["after"])}
    if STEPS.issuperset(fields):
        return view
    least = max(in_force["aggregate_min_group"], draft["aggregate_min_group"])
    counts = {"changed": None, "after": view["after"] | dict.fromkeys(COUNTS)} if found.people < least else {}
    others = [name for name in fields if name not in STEPS | LANES]
    loaded = any(each["automation"]["under_load"]["categories"] for each in (in_force, draft))
    if not others and not loaded:
        told = [each for each in found.changed if _lane(each)]
        reason = "the draft changes automation: told are tickets that go to it or leave it; who would have others compares people's loads"
        return view | counts | {"changed": len(told), "changes": [_lane_change(each) for each in told[:SHOWN_MOST]], "withheld": reason}
    reason = f"the draft changes {', '.join(others or fields)}: ticket by ticket that would tell a person's load"
    return view | {"changes": [], "withheld": reason} | counts


def moved(in_force: dict[str, Any], draft: dict[str, Any]) -> list[str]:
    """The dotted names of the fields that differ."""
    return [name for (name, old), (_, new) in zip(leaves(in_force), leaves(draft), strict=True) if old != new]


def leaves(values: dict[str, Any], at: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of a policy by its dotted name, in order."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{at}{name}.")
        else:
            yield at + name, value


def preview_view(found: Preview) -> dict[str, Any]:
    return {
        "from": instants.text(found.from_s),
        "to": instants.text(found.to_s),
        "tickets": found.tickets,
        "before": _side(found.before),
        "after": _side(found.after),
        "changed": len(found.changed),
        "changes": [_change(each) for each in found.changed[:SHOWN_MOST]],
        "assumed_automated": found.assumed_automated,
    }


def _rounded(side: dict[str, Any]) -> dict[str, Any]:
    """Two windows that differ by a day, on which one person worked, have that person's share between them: so shares are rounded."""
    outcome = side["outcome"] | {name: to_percent(side["outcome"][name]) for name in ("points_gini", "points_a_day_gini")}
    return side | {"above_line": to_percent(side["above_line"]), "outcome": outcome}


def to_percent(share: float | None) -> float | None:
    return None if share is None else round(share, 2)


def _side(side: Side) -> dict[str, Any]:
    """A pass without its sum of points, which in a small team would be a person's; how uneven they lie is None there already."""
    view = asdict(side)
    del view["outcome"]["points"]
    return view


def _change(each: Changed) -> dict[str, Any]:
    return {
        "ticket_id": each.ticket_id,
        "account_id": each.account_id,
        "created_at": instants.text(each.created_s),
        "before": {"lane": each.before[0], "agent_id": each.before[1]},
        "after": {"lane": each.after[0], "agent_id": each.after[1]},
        "rules": list(each.rules),
    }


def _lane(each: Changed) -> bool:
    return "automation" in (each.before[0], each.after[0]) and each.before[0] != each.after[0]


def _lane_change(each: Changed) -> dict[str, Any]:
    """Whoever would have a ticket that leaves automation, and whether anybody would yet, is not told."""
    after = "automation" if each.after[0] == "automation" else "agent"
    return _change(each) | {"after": {"lane": after, "agent_id": None}, "rules": []}
