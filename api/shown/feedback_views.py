"""Feedback as callers may see it: whole for the helpdesk that sent it and the agent whom it is about, over many people for a manager."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from api import instants
from api.shown.feedback_report import Heard, Measure
from api.store.feedback import Feedback


def feedback(found: Feedback) -> dict[str, Any]:
    """Feedback as it was sent, with the agent whom it is about."""
    shown = {name: getattr(found, name) for name in ("id", "ticket_id", "agent_id", "felt_understood", "review", "praise")}
    return shown | {"occurred_at": instants.text(found.at_s)}


def wins(found: Sequence[Feedback]) -> list[dict[str, Any]]:
    """Feedback to be glad of, on the agent's own statement."""
    shown = ("ticket_id", "felt_understood", "praise")
    return [{name: getattr(each, name) for name in shown} | {"at": instants.text(each.at_s)} for each in found]


def report(found: dict[str, Measure], span: tuple[float, float], least: int) -> dict[str, Any]:
    """Nothing of one person: means with intervals and quartiles over `least` people and more."""
    shown = {name: _measure(each) for name, each in found.items()}
    return {"from": instants.text(span[0]), "to": instants.text(span[1]), "people_at_least": least} | shown


def _measure(found: Measure) -> dict[str, Any]:
    hidden = None if found.team is None else found.hidden
    team = None if found.team is None else _heard(found.team)
    return {"team": team, "groups": [_heard(each) for each in found.groups], "people_in_groups_not_shown": hidden}


def _heard(found: Heard) -> dict[str, Any]:
    work = {} if found.work is None else {"skills": list(found.work.skills), "languages": list(found.work.languages)}
    quartiles = None if found.quartiles is None else _rounded(found.quartiles)
    numbers = {"mean": round(found.mean, 2), "interval": _rounded(found.interval), "quartiles": quartiles}
    return work | {"people": found.people, "answers": found.answers} | numbers


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(each, 2) for each in values]
