"""A decision in sentences, made from its codes and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from router import cost
from router.context import in_a_sentence

RULES = {
    "rotation": "handled the last {limit} escalations of this account",
    "on_break": "is on a recovery break",
    "break_pending": "is about to begin a recovery break",
    "debrief": "takes no ticket for a few minutes",
    "light_duty": "is on light duty: exposure above the line, routine tickets only",
    "load_bound": "would be lifted over the bound on exposure, with the work in hand",
    "skill": "has too low a level in a skill that the ticket needs ({actual}, asked {limit})",
    "language": "does not speak {limit}",
    "concurrency": "holds {actual} of {limit} tickets of this channel",
    "off_shift": "is off shift",
    "offline": "is not online",
    "excluded": "has no contact with this account by agreement",
    "hard_streak": "had {limit} hard contacts in a row, those in hand counted",
    "ramp_in": "is ramping in after a break, an absence or the start of the shift",
    "one_hot": "has a hot ticket in hand",
    "declined": "was offered this ticket before ({actual})",
    "shift_end": "has too little of the shift left",
}
TERMS = {name: detail for name, _, detail in cost.TERMS} | {
    "waiting": "waiting, dearer with age",
    "automation": "the price of an automatic resolution",
    "probe": "a trial of automation that is closed to a category",
    "draft": "a draft for a person to review",
}
RELAXED = {
    "declined": "All who could have it were asked before, so it goes round again",
    "skill_level": "The level asked of a skill gave way: nobody with more could have it in time",
    "continuity": "Who knows the case, for whom it was held, gave way to who is free",
    "account_exposure": "Who took less from this account, for whom it was held, gave way to who is free",
    "ramp_in": "The cap after a break, an absence or the start of the shift gave way",
    "hard_streak": "The cap on hard contacts in a row gave way",
    "rotation": "The rotation of this account gave way, as nobody else who could do it was there",
    "load_bound": "The bound on exposure gave way, for somebody at or below the line with nothing hard in hand",
    "break_length": "A break was shortened to its minimum, as the last thing left",
}
PAST_LONGEST_WAIT = frozenset({"ramp_in", "hard_streak", "rotation", "load_bound", "break_length"})
HELD = {"continuity": "they know the account", "account_exposure": "they took less from the account"}
REFUSALS = {
    "category": "its category ({actual}) is not open to automation",
    "escalated": "it is escalated",
    "abuse": "there was abuse on it",
    "grave": "its words tell of something grave ({actual})",
    "text": "its words are too hard ({actual} of at most {limit})",
    "bounced": "automation had it before",
    "confidence": "its intent is unsure ({actual} of at least {limit})",
    "renewal_near": "a renewal is near ({actual} days)",
    "open_escalation": "the account has an open escalation",
    "repeat_contact": "the account wrote often within a week ({actual} other tickets)",
    "capacity": "automation has no room ({actual} of {limit})",
    "team_load": "its category is open only while the team's load is high (from {limit} of the line)",
    "breaker": "of its category surely only {actual} is resolved, and {limit} is asked",
}
ENDS = {
    "failed": "could not resolve it",
    "timed_out": "had it until its time was up",
    "reopened": "resolved it, and it came back",
    "taken": "had it until it was taken away",
}


def sentences(record: dict[str, Any]) -> tuple[str, ...]:
    """Why this, why not each other, what gave way, what it waits for: one sentence each, from a decision record or its view."""
    lines = [_outcome(record)]
    if record["lane"] == "agent" and record["because"]:
        costs = ", ".join(
            f"{each['term']} {minutes(each['cost'])}" for each in record["because"] if each["term"] not in ("draft", "unproven")
        )
        lines.append(f"What the choice costs, in minutes of a normal customer's wait: {costs}.")
        lines.extend(_next_best(each) for each in record.get("finalists", ()))
    lines.extend(_automation(record))
    full = record["lane"] == "queue" and "agent_id" not in (record.get("waits_for") or {})
    lines.extend(_why_not(other, full) for other in record["not_others"])
    lines.extend(_gave_way(step) for step in record["relaxed"])
    lines.extend(_account(record.get("hypothesis"), record.get("handover")))
    waits_for = record.get("waits_for")
    if waits_for and "agent_id" in waits_for:
        lines.append(f"It is held for {waits_for['agent_id']}, who will be ready soon: {HELD[waits_for['why']]}.")
    elif waits_for and waits_for["rules"]:
        blocking = ", ".join(f"{rule} ({count})" for rule, count in waits_for["rules"].items())
        lines.append(f"It waits for a change in: {blocking}.")
    return tuple(lines)


def _automation(record: dict[str, Any]) -> Iterator[str]:
    """What kept the ticket from automation, what automation did with it before, that this is a trial, the draft that comes with it."""
    found = record.get("not_automation")
    if found:
        yield f"Not for automation: {'; '.join(words(REFUSALS, each['rule'], each) for each in found)}."
    yield from (f"Before, {each['bot']} {words(ENDS, each['outcome'])}." for each in record.get("automation_history", ()))
    yield from (f"This is {each['detail']}." for each in record["because"] if each["term"] == "probe")
    yield from (f"With {each['detail']}." for each in record["because"] if each["term"] == "draft")
    yield from (f"Of the choice, {each['detail']}." for each in record["because"] if each["term"] == "unproven")


def words(table: dict[str, str], code: str, found: dict[str, Any] | None = None) -> str:
    """The words for a code; one that this version does not know, from a log of another, is told as it is."""
    return table.get(code, code.replace("_", " ")).format(**(found or {}))


def minutes(milli: int | None) -> str:
    return "–" if milli is None else f"{milli / 1000:.1f}"


def _outcome(record: dict[str, Any]) -> str:
    if record["lane"] == "agent":
        return f"Ticket {record['ticket_id']} goes to {record['agent_id']}."
    if record["lane"] == "automation":
        return f"Ticket {record['ticket_id']} goes to automation: {record['because'][0]['detail']}."
    if "agent_id" in (record.get("waits_for") or {}):
        return f"Ticket {record['ticket_id']} stays in the queue for a little."
    if "reason" in (record.get("waits_for") or {}):
        return f"Ticket {record['ticket_id']} stays in the queue: {record['because'][0]['detail']}."
    return f"Ticket {record['ticket_id']} stays in the queue: nobody may take it now."


def _gave_way(step: str) -> str:
    late = step in PAST_LONGEST_WAIT
    return f"{words(RELAXED, step)}{': the ticket had waited longer than the policy allows' if late else ''}."


def _next_best(finalist: dict[str, Any]) -> str:
    costs = ", ".join(f"{term} {minutes(each)}" for term, each in finalist["terms"].items())
    return f"Next best was {finalist['agent_id']}, at {minutes(finalist['cost'])} min: {costs}."


def _why_not(other: dict[str, Any], full: bool) -> str:
    cost = other.get("cost")
    price = f", at {minutes(cost)} min" if cost is not None else ""
    if other["rules"]:
        reasons = "; ".join(words(RULES, each["rule"], each) for each in other["rules"])
        return f"Not {other['agent_id']}: {reasons}{f', which gave way{price}' if cost is not None else ''}."
    if full:
        return f"Not {other['agent_id']}: free to take it, but took tickets that go first."
    return f"Not {other['agent_id']}: free to take it{price}."


def _account(hypothesis: dict[str, Any] | None, handover: dict[str, Any] | None) -> tuple[str, ...]:
    """What is handed over, and how the customer may feel."""
    lines = []
    if handover:
        times = "once" if handover["contacts"] == 1 else f"{handover['contacts']} times"
        lines.append(f"{handover['from_agent_id']} met this account {times} in 30 days and hands it over.")
    if hypothesis:
        lines.append(in_a_sentence(hypothesis))
    return tuple(lines)
