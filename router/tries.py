"""A ticket's time with automation: how each try began and ended, and what that taught of the bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from router.domain import Ticket, Try
from router.state import TeamState, exposure


def begin(state: TeamState, ticket: Ticket, bot: str) -> None:
    """A bot got the ticket now."""
    ticket.tries = (*ticket.tries, Try(bot, state.now_s))
    state.bots.began(bot, _category(ticket))


def end(state: TeamState, ticket: Ticket, outcome: str) -> None:
    """The try that is under way, if one is, ended now with this outcome, one of `Try`'s."""
    if not ticket.tries or ticket.tries[-1].until_s is not None:
        return
    met = exposure(state, ticket, state.now_s)
    ended = replace(ticket.tries[-1], until_s=state.now_s, outcome=outcome, points=met)
    ticket.tries = (*ticket.tries[:-1], ended)
    state.bots.ended(_category(ticket), ended, state.policy.automation)


def came_back(state: TeamState, ticket: Ticket) -> None:
    """The ticket was re-opened: where a bot had resolved it, that was no resolution."""
    if ticket.tries and ticket.tries[-1].outcome == "resolved":
        state.bots.came_back(_category(ticket), ticket.tries[-1], state.now_s, state.policy.automation)
        ticket.tries = (*ticket.tries[:-1], replace(ticket.tries[-1], outcome="reopened"))


def history(ticket: Ticket, now_s: float) -> tuple[dict[str, Any], ...]:
    """What automation did with the ticket: each bot that had it, from when to when, how that ended. One whose time is up ends now."""
    found = []
    for each in ticket.tries:
        until_s, outcome = (now_s, "timed_out") if each.until_s is None else (each.until_s, each.outcome)
        found.append({"bot": each.bot, "since_s": each.since_s, "until_s": until_s, "outcome": outcome})
    return tuple(found)


def count(state: TeamState, records: Sequence[dict[str, Any]]) -> None:
    """Before decisions are folded: those of them that were eligible and decided for the first time count towards trials of closed bots."""
    first = (each for each in records if state.tickets[each["ticket_id"]].decision_id is None and _eligible(each))
    state.bots.passed_over([_category(state.tickets[each["ticket_id"]]) for each in first], state.policy.automation)


def _eligible(record: dict[str, Any]) -> bool:
    """Whether no fact kept the ticket out: a bot got it, or only breakers did. What was decided beside another router tried nobody."""
    if record.get("shadow"):
        return False
    found = record.get("not_automation", ())
    return record["lane"] == "automation" or (bool(found) and all(each["rule"] == "breaker" for each in found))


def _category(ticket: Ticket) -> str:
    assert ticket.category is not None  # no other ticket is open to automation
    return ticket.category
