"""The automation lane: which tickets may be answered without a person, by facts alone, and why not."""

from __future__ import annotations

from fatigue_model.dynamics import DAY_S
from router.domain import Rejection, Ticket
from router.state import TeamState, repeat_contacts

BOT = "automation"


def timed_out(state: TeamState, ticket: Ticket, now_s: float) -> bool:
    """Whether automation has had its time with the ticket."""
    return ticket.state == "automation" and now_s >= ticket.since_s + state.policy.automation.timeout_s


def refusals(state: TeamState, ticket: Ticket, now_s: float, in_lane: int) -> tuple[Rejection, ...]:
    """Every fact that keeps the ticket out of the lane; none where it may go. `in_lane` counts the tickets there now.

    A ticket that is in the lane already has had its time there."""
    policy, account = state.policy.automation, state.accounts[ticket.account_id]
    repeats = repeat_contacts(account, ticket.created_s)
    renewal_d = None if account.renewal_s is None else (account.renewal_s - now_s) / DAY_S
    near = renewal_d is not None and -1 <= renewal_d <= policy.renewal_near_d
    unsure = ticket.confidence is not None and ticket.confidence < policy.min_confidence
    checks = (
        (ticket.category not in policy.categories, "category", ticket.category, ", ".join(policy.categories)),
        (ticket.escalated, "escalated", "escalated", "not escalated"),
        (ticket.abuse, "abuse", "abuse", "no abuse"),
        (ticket.grave is not None, "grave", ticket.grave, "nothing grave"),
        (ticket.text_score > policy.text_score_max, "text", round(ticket.text_score, 3), policy.text_score_max),
        (ticket.bounced or ticket.state == "automation", "bounced", "came back", "not tried before"),
        (unsure, "confidence", ticket.confidence, policy.min_confidence),
        (near, "renewal_near", None if renewal_d is None else round(renewal_d, 1), policy.renewal_near_d),
        (account.escalations > 0, "open_escalation", account.escalations, 0),
        (repeats > policy.repeat_contacts_max, "repeat_contact", repeats, policy.repeat_contacts_max),
        (in_lane >= policy.capacity, "capacity", in_lane, policy.capacity),
    )
    return tuple(Rejection(rule, actual, limit) for holds, rule, actual, limit in checks if holds)
