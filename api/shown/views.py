"""What callers may see: core values as JSON with instants, and with numbers of a person left out where they are not the caller's."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from operator import attrgetter, itemgetter
from typing import Any

from api import instants
from api.intake import clock_text
from api.shown.because import told
from api.store.keys import Principal
from api.store.looks import Look
from router import coarse
from router.coarse import OWN_LIMIT
from router.context import in_a_sentence
from router.counterfactual import Counterfactual
from router.debrief import stage
from router.domain import CHANNELS, STATUSES, WEEKDAYS, Account, Debrief, Ticket
from router.person import Person
from router.plain import plain
from router.readiness import RecoveryView
from router.state import TeamState
from router.statement import Rest, Statement
from router.told import Alike, Told

SEEN_AS = {"debrief": "ramp_in"}  # that two people talk is theirs alone; this, too, keeps tickets away for minutes and shows nowhere else
SEEN_WITHOUT_NUMBERS = frozenset({*SEEN_AS, *SEEN_AS.values()})
ROUNDED_TO_S = 300.0
TOLD_AHEAD_S = 1800.0
SHOWN = (
    *("id", "account_id", "channel", "priority", "category", "language", "skills", "expected_handle_s", "escalated", "abuse"),
    *("reopened_count", "previous_agent_id", "state", "agent_id", "decision_id", "declined_by"),
)  # of a ticket
INSTANTS = {"created_at": "created_s", "target_at": "target_s", "since_at": "since_s"}
READ = (*SHOWN, *INSTANTS.values())
OF_TICKET, OF_STORED = attrgetter(*READ), itemgetter(*SHOWN)
HIDDEN = frozenset(
    {"decided_s", "account_context", "handover", "waits_for", "offer_expires_s", "finalists", "automation_history"}
)  # shown in other words


def ticket_now(found: Ticket) -> dict[str, Any]:
    """A ticket from the state."""
    return ticket(dict(zip(READ, OF_TICKET(found), strict=True)) | {"contacts": plain(found.contacts)})


def ticket(stored: dict[str, Any]) -> dict[str, Any]:
    """A ticket from its stored fold."""
    view = dict(zip(SHOWN, OF_STORED(stored), strict=True))
    for name, kept in INSTANTS.items():
        view[name] = instants.text(stored[kept])
    known = (each for each in stored["contacts"] if each["agent_id"] is not None)  # else of somebody who is forgotten
    view["contacts"] = [{"agent_id": each["agent_id"], "ended_at": instants.text(each["ended_s"])} for each in known]
    return view


def decision(record: dict[str, Any], principal: Principal) -> dict[str, Any]:
    """A decision as the caller may see it.

    The helpdesk sees all of it. A manager sees every rule and no number of a person. An agent sees their own part.
    """
    view = record.copy()
    for name in HIDDEN:
        view.pop(name, None)
    view["because"] = [told(each, principal.role) for each in record["because"]]
    view["decided_at"] = instants.text(record["decided_s"])
    view["account_context"] = _context(record["account_context"])
    if record["waits_for"]:
        view["waits_for"] = _waits_for(record["waits_for"], principal.role)
    if record.get("offer_expires_s") is not None:
        view["offer_expires_at"] = instants.text(record["offer_expires_s"])
    if record["handover"]:
        handover = record["handover"]
        view["handover"] = {
            "from_agent_id": handover["from_agent_id"],
            "contacts": handover["contacts"],
            "last_at": instants.text(handover["last_s"]),
            "open_escalations": handover.get("open_escalations"),
            "arr": handover.get("arr_usd"),
            "renewal_date": instants.day_text(handover.get("renewal_s")),
        }
    if record.get("hypothesis"):
        view["hypothesis"] = record["hypothesis"] | {"sentence": in_a_sentence(record["hypothesis"])}
    view["finalists"] = record.get("finalists", []) if principal.role == "helpdesk" else []
    if principal.role != "agent":
        view["not_others"] = _of_each(record["not_others"], _as_others_see_all)
    view["automation_history"] = [_try(each) for each in record.get("automation_history", ())]
    if principal.role != "helpdesk":
        view["not_automation"] = [_fact_without_number(each) for each in record.get("not_automation", ())]
    if principal.role == "manager":
        view["not_others"] = _of_each(view["not_others"], _others_without_numbers)
        view["gave_way"] = [coarse.rule(each) for each in record.get("gave_way", ())]
    elif principal.role == "agent":
        view["not_others"] = [each for each in record["not_others"] if each["agent_id"] == principal.agent_id]
    return view


def _waits_for(found: dict[str, Any], role: str) -> dict[str, Any]:
    """What a ticket waits for; to a manager the instants are rough, for they may be when somebody's load will have fallen."""
    seen = roughly_s if role == "manager" else float
    at = {name: None if found.get(f"{name}_s") is None else instants.text(seen(found[f"{name}_s"])) for name in ("next_change", "ready")}
    held = {"agent_id": found["agent_id"], "ready_at": at["ready"], "why": found["why"]} if "agent_id" in found else {}
    reason = {"reason": found["reason"]} if "reason" in found else {}
    return {"rules": waiting(found["rules"]), "next_change_at": at["next_change"]} | held | reason


def counterfactual(found: Counterfactual, role: str) -> dict[str, Any]:
    """What would have to change; a manager sees the rules, and no number or instant that would tell somebody's load."""
    personal = role == "manager"
    lifts = []
    for lift in found.lifts:
        found_rule = {"rule": lift.rule, "actual": lift.actual, "limit": lift.limit}
        rule = found_rule if role == "agent" else _as_others_see(found_rule)
        shown = coarse.rule(rule) if personal else rule
        at_s = None if (personal and lift.rule in OWN_LIMIT) or rule["rule"] != lift.rule else lift.at_s
        lifts.append(shown | {"at": instants.text(at_s), "about": lift.about})
    gap = None
    if found.gap is not None and not personal:
        terms = [{"term": term, "by": by} for term, by in found.gap.terms]
        gap = {"cost": found.gap.cost, "chosen_cost": found.gap.chosen_cost, "by": found.gap.by, "terms": terms}
    return {
        "decision_id": found.decision_id,
        "ticket_id": found.ticket_id,
        "agent_id": found.agent_id,
        "lane": found.lane,
        "chosen_agent_id": found.chosen_agent_id,
        "lifts": lifts,
        "dearer": found.gap is not None,
        "gap": gap,
        "busy": found.busy,
        "held_for": found.held_for,
    }


def recovery(view: RecoveryView, clock_rate: float, now_s: float, role: str, more: dict[str, Any]) -> dict[str, Any]:
    """An agent's recovery: whole for the agent; for others, who give it `as_others_see`, without numbers where light duty is not told of,
    for the helpdesk; state and until for a manager."""
    if role == "manager":
        return {"state": view.state, "until": instants.text(view.until_s), "now": instants.text(now_s)}
    ready_at = None if view.ready_s is None else {"earliest": instants.text(view.ready_s[0]), "latest": instants.text(view.ready_s[1])}
    told = view.state != "light_duty" or view.until_s is not None
    return {
        "state": view.state,
        "until": instants.text(view.until_s),
        "now": instants.text(now_s),
        "since": instants.text(view.since_s),
        "ready_at": ready_at,
        "points": round(view.points, 3) if told else None,
        "line": round(view.line_points, 3) if told else None,
        "because": list(view.because),
        "may": list(view.may),
        "owed": view.owed,
        "clock_rate": clock_rate,
        **(more if role == "agent" else {}),
    }


def as_others_see(view: RecoveryView, now_s: float) -> RecoveryView:
    """A recovery for others than the agent. A debrief shows in none: two who begin to rest at once and come back at once are a pair.

    The end of light duty is told to whole five minutes, for to the second it would give the load away, and where load alone ends it within
    half an hour: when the shift ends, it would tell that it was asked for, which is for the agent alone. Then nothing but the state is
    told, as of any that lasts longer. `since` is told of breaks: else it is when the ledger was last brought up to now, by a check-in, too.
    """
    if view.state in ("pending", "break"):
        return view
    view = replace(view, since_s=None)
    if view.until_s is None or ("asked" not in view.because and view.until_s <= now_s + TOLD_AHEAD_S):
        return replace(view, until_s=roughly_s(view.until_s))
    return replace(view, until_s=None, ready_s=None, because=())


def roughly_s(instant_s: float | None) -> float | None:
    """An instant up to whole five minutes."""
    return None if instant_s is None else math.ceil(instant_s / ROUNDED_TO_S) * ROUNDED_TO_S


def statement(found: Statement, rests: Sequence[Rest], seen: Sequence[Look]) -> dict[str, Any]:
    """The agent's own statement. Points are not rounded: they add up."""
    return {
        "agent_id": found.agent_id,
        "as_of": instants.text(found.now_s),
        "points": found.acute,
        "carried": found.carried,
        "line": found.line,
        "contacts": [
            {
                "ticket_id": each.ticket_id,
                "account_id": each.account_id,
                "ended_at": instants.text(each.ended_s),
                "points": each.points,
                "facts": [{"fact": name, "points": points} for name, points in each.items],
                "account_factor": each.factor,
                "share_of_points": each.acute,
                "share_of_carried": each.carried,
            }
            for each in found.shares
        ],
        "earlier": {"share_of_points": found.before[0], "share_of_carried": found.before[1]},
        "counted_with": {"sensitivity": found.sensitivity, "speed": found.speed},
        "breaks": [rest(each) for each in rests],
        "looked": [look(each) for each in seen],
    }


def rest(found: Rest) -> dict[str, Any]:
    """A break of the agent, for the agent."""
    return {
        "id": found.id,
        "because": list(found.because),
        "since": instants.text(found.since_s),
        "start": instants.text(found.start_s),
        "end": instants.text(found.end_s),
        "skipped": found.skipped,
    }


def look(found: Look) -> dict[str, Any]:
    """Who looked, for the agent."""
    return {"from": instants.text(found.hour_s), "role": found.role, "key_id": found.key_id, "what": found.what}


def debrief(found: Debrief, state: TeamState, agent_id: str, now_s: float) -> dict[str, Any]:
    """A debrief for one of the two. Whoever listens is not told which ticket it is about, and nobody who said no."""
    listens = agent_id == found.listener_id
    other = state.agents.people[state.agents.row[found.handler_id if listens else found.listener_id]]
    return {
        "id": found.id,
        "role": "listener" if listens else "handler",
        "with": {"agent_id": other.id, "name": other.name},
        "ticket_id": None if listens else found.ticket_id,
        "state": stage(found, agent_id, now_s),
        "proposed_at": instants.text(found.proposed_s),
        "expires_at": instants.text(found.expires_s),
        "start": instants.text(found.start_s),
        "end": instants.text(found.end_s),
    }


def agent(person: Person, state: TeamState) -> dict[str, Any]:
    row = state.agents.row[person.id]
    return {
        "id": person.id,
        "name": person.name,
        "skills": person.skills,
        "languages": list(person.languages),
        "concurrency": dict(zip(CHANNELS, state.agents.limits[row].tolist(), strict=True)),
        "time_zone": person.time_zone,
        "shifts": [
            {"day": WEEKDAYS[each.weekday], "start": clock_text(each.start_min), "end": clock_text(each.end_min)} for each in person.shifts
        ],
        "debrief_opt_in": person.debrief_opt_in,
        "status": STATUSES[int(state.agents.status[row])],
    }


def account(found: Account) -> dict[str, Any]:
    return {
        "id": found.id,
        "arr": found.arr_usd,
        "renewal_date": instants.day_text(found.renewal_s),
        "tier": found.tier,
        "usage_trend": found.usage_trend,
        "open_escalations": found.escalations,
    }


def waiting(rules: dict[str, int]) -> dict[str, int]:
    """How many agents each rule keeps from a ticket, as others than those agents may see it."""
    found: dict[str, int] = {}
    for rule, count in rules.items():
        name = SEEN_AS.get(rule, rule)
        found[name] = found.get(name, 0) + count
    return found


def seen_as(rules: Iterable[str]) -> list[str]:
    """Rules as others than the agent may see them, each once."""
    return list(dict.fromkeys(SEEN_AS.get(rule, rule) for rule in rules))


def _as_others_see(rule: dict[str, Any]) -> dict[str, Any]:
    """Without numbers where they would tell a rule from the one that it is seen as."""
    name = rule["rule"]
    return {"rule": SEEN_AS.get(name, name), "actual": None, "limit": None} if name in SEEN_WITHOUT_NUMBERS else rule


def _of_each(others: list[dict[str, Any]], seen: Callable[[list[dict[str, Any]]], Alike]) -> list[dict[str, Any]]:
    """What is said of each other as it is `seen`: worked out once for tickets that share it."""
    return Told(others.everybody.once(seen), others.chosen) if isinstance(others, Told) else seen(others)


def _as_others_see_all(others: list[dict[str, Any]]) -> Alike:
    """Most agents have no such rule: of a thousand, looking first costs a quarter of making all of them anew."""
    return Alike(_as_others_see_one(each) if each["rules"] else each for each in others)


def _as_others_see_one(other: dict[str, Any]) -> dict[str, Any]:
    for rule in other["rules"]:
        if rule["rule"] in SEEN_WITHOUT_NUMBERS:
            return other | {"rules": [_as_others_see(each) for each in other["rules"]]}
    return other


def _context(context: dict[str, Any]) -> dict[str, Any]:
    view = {name: value for name, value in context.items() if name not in ("renewal_s", "arr_usd")}
    return view | {"arr": context.get("arr_usd"), "renewal_date": instants.day_text(context.get("renewal_s"))}


def _try(each: dict[str, Any]) -> dict[str, Any]:
    since, until = instants.text(each["since_s"]), instants.text(each["until_s"])
    return {"bot": each["bot"], "since": since, "until": until, "outcome": each["outcome"]}


def _fact_without_number(rule: dict[str, Any]) -> dict[str, Any]:
    """The load of a team, which may be one person, goes; what was found of a ticket, its account and the bots stays."""
    return rule | {"actual": None} if rule["rule"] == "team_load" else rule


def _others_without_numbers(others: list[dict[str, Any]]) -> Alike:
    return Alike({"agent_id": each["agent_id"], "rules": [coarse.rule(rule) for rule in each["rules"]]} for each in others)
