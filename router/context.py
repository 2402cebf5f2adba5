"""What goes with a ticket to whoever takes it: the account, the hand-over on a change of person, and how the customer may feel about it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any

from fatigue_model.dynamics import DAY_S
from router.domain import Account, Ticket
from router.state import KEEP_S, RENEWAL_NEAR_S, TeamState, repeat_contacts

WEEK_TICKETS_FROM = 3  # the third ticket within a week, this one counted
USAGE_DOWN_FROM = 0.1  # a tenth less usage in 90 days
FACTS_TOLD = 3
ORDINALS = {3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth"}


def account_context(state: TeamState, ticket: Ticket, now_s: float) -> dict[str, Any]:
    """What the account is worth and what happened with it lately."""
    account = state.accounts[ticket.account_id]
    return {
        "arr_usd": account.arr_usd,
        "renewal_s": account.renewal_s,
        "tier": account.tier,
        "usage_trend": account.usage_trend,
        "open_escalations": account.escalations,
        "recent_tickets": len(account.created_s) - bisect_left(account.created_s, now_s - KEEP_S),
    }


def handover(state: TeamState, ticket: Ticket, agent_id: str, now_s: float) -> dict[str, Any] | None:
    """What `agent_id` takes over and from whom; None where nobody else had the ticket or met the account last within
    30 days.

    Who had this ticket in hand goes before who met the account last. `contacts` counts theirs with the account in 30 days.
    """
    account = state.accounts[ticket.account_id]
    _, met_last = account.met_last(now_s - KEEP_S) or (0.0, None)
    giver = ticket.previous_agent_id or met_last
    if giver is None or giver == agent_id:
        return None
    theirs = [instant for instant, who, _ in account.contacts if who == giver and instant >= now_s - KEEP_S]
    return {
        "from_agent_id": giver,
        "contacts": len(theirs),
        "last_s": theirs[-1] if theirs else None,
        "open_escalations": account.escalations,
        "arr_usd": account.arr_usd,
        "renewal_s": account.renewal_s,
    }


def held_by(state: TeamState, agent_id: str) -> list[Ticket]:
    """The tickets that an agent has in hand, the oldest assignment first."""
    return sorted((state.tickets[each] for each in state.held.get(agent_id, ())), key=lambda each: (each.since_s, each.id))


def hypothesis(state: TeamState, ticket: Ticket, now_s: float, new_person: bool) -> dict[str, Any] | None:
    """How the customer may feel, from stored facts alone: a code of `FEELINGS` and the facts; None where they say nothing."""
    found = facts_of(state, ticket, now_s, new_person)
    known = frozenset(found)
    feeling = next((code for code, needed in GROUNDS if needed <= known), None) if found else None
    return None if feeling is None else {"feeling": feeling, "facts": dict(list(found.items())[:FACTS_TOLD])}


def facts_of(state: TeamState, ticket: Ticket, now_s: float, new_person: bool) -> dict[str, float]:
    """What is so of the ticket and its account and may weigh on the customer, by code of `FACTS` in the order in which it is told."""
    account = state.accounts[ticket.account_id]
    in_a_week = 1 + repeat_contacts(account, ticket.created_s)
    late_s = now_s - ticket.target_s if ticket.target_s is not None else 0.0
    usage_down, open_besides = -(account.usage_trend or 0.0), account.escalations - ticket.escalated
    renewal_d = _renewal_d(account, now_s)
    checks: tuple[tuple[bool, str, float], ...] = (
        (ticket.grave == "self_harm", "self_harm", 1),
        (ticket.grave == "bereavement", "bereavement", 1),
        (in_a_week >= WEEK_TICKETS_FROM, "week_tickets", in_a_week),
        (ticket.escalated, "escalated", 1),
        (open_besides > 0, "open_escalations", open_besides),
        (ticket.reopened_count > 0, "reopened", ticket.reopened_count),
        (late_s > 0, "past_target", round(late_s)),
        (renewal_d is not None, "renewal_d", renewal_d or 0),
        (usage_down >= USAGE_DOWN_FROM, "usage_down", round(usage_down, 3)),
        (new_person, "new_person", 1),
    )
    return {code: value for holds, code, value in checks if holds}


def _renewal_d(account: Account, now_s: float) -> int | None:
    """Days until a renewal that is near, 0 on its day."""
    if account.renewal_s is None or not 0 <= account.renewal_s + DAY_S - now_s <= RENEWAL_NEAR_S + DAY_S:
        return None
    return max(0, round((account.renewal_s - now_s) / DAY_S))


# the first row whose facts are all there says what the customer may feel
GROUNDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("distress", frozenset({"self_harm"})),
    ("grief", frozenset({"bereavement"})),
    ("unheard", frozenset({"week_tickets", "escalated"})),
    ("unheard", frozenset({"week_tickets", "open_escalations"})),
    ("unheard", frozenset({"reopened", "escalated"})),
    ("let_down", frozenset({"escalated"})),
    ("doubt", frozenset({"reopened"})),
    ("forgotten", frozenset({"past_target"})),
    ("unheard", frozenset({"open_escalations"})),
    ("worn", frozenset({"week_tickets"})),
    ("leaving", frozenset({"renewal_d", "usage_down"})),
    ("told_before", frozenset({"new_person"})),
)
FEELINGS = {
    "distress": "they may be in distress; take it seriously and follow the team's procedure",
    "grief": "they may be grieving; keep it simple and give them time",
    "unheard": "they may feel unheard; start from what was promised",
    "let_down": "they may feel let down; say first what happens now and who does it",
    "doubt": "they may doubt that it is solved; say first what is different this time",
    "forgotten": "they may feel forgotten; say first when it will be done",
    "worn": "they may be tired of asking; gather everything that is open in one answer",
    "leaving": "they may be weighing whether to stay; show what works for them",
    "told_before": "they may expect to have to tell it all again; read it first",
}
FACTS: Mapping[str, Callable[[float], str]] = {
    "self_harm": lambda _: "self-harm in the customer's words",
    "bereavement": lambda _: "a bereavement",
    "week_tickets": lambda count: f"{ORDINALS.get(int(count), f'{count:g}th')} ticket in a week",
    "escalated": lambda _: "escalated",
    "open_escalations": lambda count: "an open escalation" if count == 1 else f"{count:g} open escalations",
    "reopened": lambda count: "re-opened" if count == 1 else f"re-opened {count:g} times",
    "past_target": lambda late_s: f"{_span(late_s)} past its target",
    "renewal_d": lambda days: "renewal today" if days == 0 else f"renewal in {days:g} {'day' if days == 1 else 'days'}",
    "usage_down": lambda share: f"usage down by {share:.0%}",
    "new_person": lambda _: "somebody new on it",
}


def in_a_sentence(found: Mapping[str, Any]) -> str:
    """A hypothesis in one sentence: the facts, and what the customer may feel."""
    told = ", ".join(FACTS[code](value) for code, value in found["facts"].items())
    return f"{told[:1].upper()}{told[1:]}: {FEELINGS[found['feeling']]}."


def _span(span_s: float) -> str:
    minutes = max(1, round(span_s / 60))
    if minutes < 90:
        return f"{minutes} min"
    return f"{span_s / 3600:.0f} h" if span_s < 2 * DAY_S else f"{span_s / DAY_S:.0f} days"
