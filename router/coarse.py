"""What is kept of decisions and events once their numbers of people may be kept no longer: who, what and by which rule."""

from __future__ import annotations

from typing import Any

from router.eligibility import PERSONAL_RULES

NUMBERS_OF_A_PERSON = PERSONAL_RULES | {"break_length"}
OWN_LIMIT = frozenset({"light_duty", "load_bound"})
NO_PERSON = frozenset({"draft", "probe"})  # terms of a choice that say nothing of who was chosen
NAMING = frozenset({"declined_by", "ignored_by", "held_for", "marks", "ratings"})  # fields that hold ids, beside agent_id and the like
KEPT = frozenset(
    {
        "policy_put",
        "ticket_opened",
        "ticket_event",
        "overridden",
        "exclusion_put",
        "break_skipped",
        "offer_expired",
        "queue_at_risk",
        "policy_relaxed",
        "agent_forgotten",
    }
)  # of events that are retired; decisions are kept in their own table
SCORES: dict[str, Any] = {"text_score": None, "grave": None}  # what was found in a customer's words


def event(kind: str, values: dict[str, Any]) -> dict[str, Any] | None:
    """An event as it is kept; None where it is not."""
    if kind not in KEPT:
        return None
    return values | SCORES if kind in ("ticket_opened", "ticket_event") else values


def ticket(values: dict[str, Any]) -> dict[str, Any]:
    """A ticket that is over: who met it and when, without points, ratings and what was found in words."""
    contacts = [{"agent_id": each["agent_id"], "ended_s": each["ended_s"]} for each in values["contacts"]]
    tries = [each | {"points": 0.0} for each in values["tries"]]
    return values | {"contacts": contacts, "tries": tries, "messages": [], "ratings": [], "text_score": 0.0, "grave": None}


def record(values: dict[str, Any]) -> dict[str, Any]:
    """A decision without any number of a person: why it was so, and the rules that kept each other away."""
    waits_for = values["waits_for"]
    if waits_for:
        waits_for = waits_for | {name: None for name in ("ready_s", "next_change_s") if name in waits_for}
    return values | {
        "because": _terms(values),
        "not_others": [_other(each) for each in values["not_others"]],
        "gave_way": [rule(each) for each in values.get("gave_way", ())],
        "not_automation": [_fact(each) for each in values.get("not_automation", ())],
        "waits_for": waits_for,
        "finalists": [],
        "handover": None,
        "hypothesis": None,
    }


def record_without(values: dict[str, Any], agent_id: str) -> dict[str, Any]:
    """A decision without the numbers of one agent, in whatever part they had in it."""
    chosen, handover, waits_for = values["agent_id"] == agent_id, values["handover"], values["waits_for"] or {}
    return values | {
        "because": _terms(values) if chosen else values["because"],
        "gave_way": [rule(each) for each in values.get("gave_way", ())] if chosen else values.get("gave_way", []),
        "not_others": [_other(each) if each["agent_id"] == agent_id else each for each in values["not_others"]],
        "finalists": [each for each in values.get("finalists", ()) if each["agent_id"] != agent_id],
        "handover": None if handover and handover["from_agent_id"] == agent_id else handover,
        "waits_for": waits_for | {"ready_s": None} if waits_for.get("agent_id") == agent_id else values["waits_for"],
    }


def renamed(value: Any, agent_id: str, pseudonym: str, field: str = "") -> Any:
    """A record, a ticket or an event with a pseudonym where the agent's id stands; the same word elsewhere is no id."""
    if isinstance(value, dict):
        return {name: renamed(each, agent_id, pseudonym, name) for name, each in value.items()}
    if isinstance(value, list):
        return [renamed(each, agent_id, pseudonym, field) for each in value]
    return pseudonym if value == agent_id and (field.endswith("agent_id") or field in NAMING) else value


def rule(found: dict[str, Any]) -> dict[str, Any]:
    """What was found of a person goes; a limit stays where it is the policy's and not the person's own line."""
    if found["rule"] not in NUMBERS_OF_A_PERSON:
        return found
    return {"rule": found["rule"], "actual": None, "limit": None if found["rule"] in OWN_LIMIT else found["limit"]}


def _terms(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in values["because"] if values["lane"] != "agent" or each["term"] in NO_PERSON]


def _other(found: dict[str, Any]) -> dict[str, Any]:
    return {"agent_id": found["agent_id"], "rules": [rule(each) for each in found["rules"]]}


def _fact(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"actual": None} if found["rule"] == "team_load" else found
