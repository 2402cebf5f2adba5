"""What managers may read of a whole team: previews, shadow mode, equity, automation. States, rules, aggregates; no number of a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from itertools import islice
from typing import Any

import sqlalchemy as sa

from api import instants
from api.shown import views
from api.shown.previews import SHOWN_MOST, as_managers_see, to_percent
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
from simulations.preview import Preview, preview

DAYS_MOST = 28  # what the ledger, a month long, still itemises at the end
EVENTS_MOST = 200_000


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
            return as_managers_see(found, Repository(connection).load(team).policy.as_mapping(), draft)
    finally:
        engine.dispose()


def shadow_of(connection: sa.Connection, team: str, since_s: float) -> Comparison:
    return compare(Repository(connection).log(team, kinds=KINDS), since_s)


def shadow_view(found: Comparison, since_s: float) -> dict[str, Any]:
    return {
        "since": instants.text(since_s),
        "compared": len(found.compared),
        "same": found.same,
        "to_automation": found.to_automation,
        "to_queue": found.to_queue,
        "rules_broken": views.waiting(found.broken),
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
        "rules": views.seen_as(each.rules),
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
    return {"mean": round(found.mean, 2), "quartiles": quartiles, "gini": to_percent(found.gini)}


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
