"""What managers may read of a whole team: previews, shadow mode, equity, automation. States, rules, aggregates; no number of a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from itertools import islice
from typing import Any

import sqlalchemy as sa

from api import instants
from api.shown import views
from api.store import past, reading
from api.store.database import open_database, read_only
from api.store.repository import Repository
from fatigue_model.dynamics import DAY_S
from router.audit import WEEKS, Audit, Group, Spread, audit
from router.errors import Refused
from router.evolve import evolve
from router.lane_report import Concentration, LaneReport
from router.policy import policy_from
from router.shadow import KINDS, Compared, Comparison, compare
from router.state import TeamState
from simulations.preview import Changed, Preview, Side, preview

DAYS_MOST = 28  # what the ledger, a month long, still itemises at the end
EVENTS_MOST = 200_000
SHOWN_MOST = 500
MEASURES = (
    "fatigue",
    "personal",
    "debrief",
    "hard_streak_max",
    "hard_skill_level",
    "weights.load",
    "weights.account_exposure",
    "weights.fairness",
    "weights.since_break",
    "automation.under_load",
)
COUNTS = ("rotations", "relaxed", "breaks", "break_s", "lanes", "automation_usd", "outcome")


def preview_of(connection: sa.Connection, team: str, draft: dict[str, Any], days: int, now_s: float) -> Preview:
    """Route the last days of the log again under a draft policy; raises `Refused` where that is too much at once."""
    repository = Repository(connection)
    state = repository.first(team)
    first, last = past.revision_before(connection, team, now_s - days * DAY_S), repository.revision(team)
    if last - first > EVENTS_MOST:
        raise Refused("/days", f"{last - first} events came in {days} days; at most {EVENTS_MOST} can be routed again at once")
    log = repository.log(team, state.revision, whole=False)  # a preview makes its own decisions
    for event in islice(log, max(0, first - state.revision)):
        evolve(state, event)
    return preview(state, list(log), policy_from(draft), now_s)


def preview_worker(database_url: str, team: str, draft: dict[str, Any], days: int, now_s: float) -> dict[str, Any]:
    """The same in a process of its own, so that routing does not wait for it; the answer as callers see it."""
    engine = open_database(database_url)
    try:
        with read_only(engine) as connection:
            found = preview_of(connection, team, draft, days, now_s)
            state = Repository(connection).load(team)
            few = len(state.agents.people) < state.policy.aggregate_min_group
            return withheld(preview_view(found), measures(state.policy.as_mapping(), draft), few)
    finally:
        engine.dispose()


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


def measures(before: dict[str, Any], draft: dict[str, Any]) -> list[str]:
    """Which fields of a draft, that measure a person's load or say what it does, differ from the policy in force."""
    told = []
    for name in MEASURES:
        old, new = before, draft
        for part in name.split("."):
            old, new = old[part], new[part]
        fields = [name] if not isinstance(new, dict) else [f"{name}.{each}" for each in new if new[each] != old[each]]
        told += fields if new != old else []
    return told


def withheld(view: dict[str, Any], moved: list[str], few: bool) -> dict[str, Any]:
    """A preview as a manager may see it. Whoever tries one measure after the other and sees which tickets then go elsewhere reads a
    person's load off it, and their own word on a contact: so where a draft moves a measure, no ticket is told, and of few people no
    count."""
    shown = view | {"withheld": None, "before": _rounded(view["before"]), "after": _rounded(view["after"])}
    if not moved:
        return shown
    reason = f"the draft changes what is made of a person's load ({', '.join(moved)}): ticket by ticket that would tell it"
    hidden = {"changes": [], "withheld": reason}
    counts: dict[str, Any] = {"changed": None, "after": shown["after"] | dict.fromkeys(COUNTS)} if few else {}
    return shown | hidden | counts


def _rounded(side: dict[str, Any]) -> dict[str, Any]:
    """Two windows that differ by a day, on which one person worked, have that person's share between them: so shares are rounded."""
    outcome = side["outcome"] | {name: _to_percent(side["outcome"][name]) for name in ("points_gini", "points_a_day_gini")}
    return side | {"above_line": _to_percent(side["above_line"]), "outcome": outcome}


def _to_percent(share: float | None) -> float | None:
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


def shadow_of(connection: sa.Connection, team: str, since_s: float) -> Comparison:
    return compare(Repository(connection).log(team, kinds=KINDS), since_s)


def shadow_view(found: Comparison, since_s: float) -> dict[str, Any]:
    return {
        "since": instants.text(since_s),
        "compared": len(found.compared),
        "same": found.same,
        "to_automation": found.to_automation,
        "to_queue": found.to_queue,
        "rules_broken": found.broken,
        "open": found.open,
        "differences": [_difference(each) for each in [one for one in found.compared if not one.same][-SHOWN_MOST:]],
    }


def overrides_of(connection: sa.Connection, team: str, since_s: float) -> dict[str, Any]:
    """How many tickets managers gave out themselves, and how many of them against which hard rule. Names no person and no reason."""
    found = reading.overrides_since(connection, team, since_s)
    broken = Counter(rule for rules in found for rule in views.seen_as(rules or ()))
    return {
        "count": len(found),
        "within_rules": found.count(()),
        "not_known": found.count(None),
        "rules_broken": dict(sorted(broken.items(), key=lambda each: (-each[1], each[0]))),
    }


def _difference(each: Compared) -> dict[str, Any]:
    return {
        "decision_id": each.decision_id,
        "ticket_id": each.ticket_id,
        "at": instants.text(each.at_s),
        "ours": {"lane": each.lane, "agent_id": each.ours},
        "theirs": each.theirs,
        "rules": list(each.rules),
    }


def equity_of(connection: sa.Connection, team: str, state: TeamState, now_s: float) -> Audit:
    return audit(state, now_s, reading.breaks_since(connection, team, now_s - (WEEKS + 1) * 7 * DAY_S))


def equity_view(found: Audit, least: int) -> dict[str, Any]:
    """Nothing of one person: means, quartiles and an index over `least` people and more."""
    return {
        "from": instants.text(found.from_s),
        "to": instants.text(found.to_s),
        "people_at_least": least,
        "team": None if found.team is None else _group(found.team),
        "groups": [_group(each) for each in found.groups],
        "people_in_groups_not_shown": found.hidden if found.team is not None else None,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "skills": None if group.skills is None else list(group.skills),
        "languages": None if group.languages is None else list(group.languages),
        "people": group.people,
        **{name: _spread(spread) for name, spread in group.spreads.items()},
    }


def _spread(found: Spread) -> dict[str, Any]:
    quartiles = None if found.quartiles is None else [round(each, 2) for each in found.quartiles]
    return {"mean": round(found.mean, 2), "quartiles": quartiles, "gini": _to_percent(found.gini)}


NO_EQUITY: dict[str, Any] = {"team": None, "groups": [], "people_in_groups_not_shown": None}


def lane_view(found: LaneReport, least: int) -> dict[str, Any]:
    """What bots did, and how hard the rest is, over `least` people and more."""
    return {
        "bots": [asdict(each) | {"mean": round(each.mean, 3), "bound": round(each.bound, 3)} for each in found.pairs],
        "drafts": {"made": found.drafts, "cost_usd": found.drafts_usd},
        "people_at_least": least,
        "concentration": hardness_view(found.concentration),
    }


def hardness_view(rest: Concentration | None) -> dict[str, Any] | None:
    """How hard contacts were over whole weeks, and how hard all would have been."""
    if rest is None:
        return None
    return {
        "from": instants.text(rest.from_s),
        "to": instants.text(rest.to_s),
        "contacts": rest.contacts,
        "mean_points": round(rest.mean_points, 3),
        "resolved_by_automation": rest.resolved_by_automation,
        "mean_points_of_all": round(rest.mean_points_of_all, 3),
    }
