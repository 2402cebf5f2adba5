"""A decision in sentences, made from its codes and numbers."""

from __future__ import annotations

from typing import Any

RULES = {
    "rotation": "handled the last {limit} escalations of this account",
    "on_break": "is on a recovery break",
    "break_pending": "is about to begin a recovery break",
    "light_duty": "is on light duty: exposure above the line, routine tickets only",
    "load_bound": "would be lifted over the bound on exposure",
    "skill": "lacks a skill that the ticket needs ({limit})",
    "language": "does not speak {limit}",
    "concurrency": "holds {actual} of {limit} tickets of this channel",
    "off_shift": "is off shift",
    "offline": "is not online",
    "excluded": "has no contact with this account by agreement",
    "hard_streak": "had {limit} hard contacts in a row",
    "ramp_in": "is ramping in after a break or an absence",
    "one_hot": "has a hot ticket in hand",
    "declined": "declined this ticket",
    "shift_end": "has too little of the shift left",
}


def sentences(record: dict[str, Any]) -> tuple[str, ...]:
    """Why this, why not each other, what gave way, what it waits for: one sentence each, from a decision record or its view."""
    lines = [_outcome(record)]
    if record["lane"] == "agent" and record["because"]:
        costs = ", ".join(f"{each['term']} {_minutes(each['cost'])}" for each in record["because"])
        lines.append(f"What the choice costs, in minutes of a normal customer's wait: {costs}.")
    lines.extend(_why_not(other, record["lane"]) for other in record["not_others"])
    lines.extend(f"The rule {rule} gave way: the ticket had waited longer than the policy allows." for rule in record["relaxed"])
    handover = record.get("handover")
    if handover:
        lines.append(f"{handover['from_agent_id']} met this account {handover['contacts']} times in 30 days and hands it over.")
    waits_for = record.get("waits_for")
    if waits_for and waits_for["rules"]:
        blocking = ", ".join(f"{rule} ({count})" for rule, count in waits_for["rules"].items())
        lines.append(f"It waits for a change in: {blocking}.")
    return tuple(lines)


def _outcome(record: dict[str, Any]) -> str:
    if record["lane"] == "agent":
        return f"Ticket {record['ticket_id']} goes to {record['agent_id']}."
    if record["lane"] == "automation":
        return f"Ticket {record['ticket_id']} goes to automation: {record['because'][0]['detail']}."
    return f"Ticket {record['ticket_id']} stays in the queue: nobody may take it now."


def _why_not(other: dict[str, Any], lane: str) -> str:
    if other["rules"]:
        reasons = [RULES[each["rule"]].format(**each) for each in other["rules"]]
        return f"Not {other['agent_id']}: {'; '.join(reasons)}."
    if lane == "queue":
        return f"Not {other['agent_id']}: free to take it, but took tickets that go first."
    cost = other.get("cost")
    price = f", at {_minutes(cost)} min" if cost is not None else ""
    return f"Not {other['agent_id']}: free to take it{price}."


def _minutes(milli: int | None) -> str:
    return "–" if milli is None else f"{milli / 1000:.1f}"
