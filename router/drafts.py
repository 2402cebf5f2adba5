"""Drafts: where automation writes the answer to a complex ticket for a person to review, what that saves, and what it costs."""

from __future__ import annotations

from router.domain import CostTerm, Rejection, Ticket
from router.state import TeamState

HOUR_S = 3600.0


def refusals(state: TeamState, ticket: Ticket) -> tuple[Rejection, ...]:
    """Every reason why the person who gets the ticket gets no draft; none where one is made, or was.

    Never for hot or grave tickets: what is heated or sad is answered in a person's own words. Nobody reads a draft out on the phone.
    """
    policy, handle_s = state.policy.automation, ticket.expected_handle_s
    worth_usd = saved_s(state, ticket) / HOUR_S * policy.agent_hour_usd
    checks = (
        (ticket.category not in policy.draft_categories, "category", ticket.category, ", ".join(policy.draft_categories)),
        (ticket.escalated, "escalated", "escalated", "not escalated"),
        (ticket.abuse, "abuse", "abuse", "no abuse"),
        (ticket.grave is not None, "grave", ticket.grave, "nothing grave"),
        (ticket.channel == "phone", "channel", ticket.channel, "email, chat, web"),
        (handle_s < policy.draft_min_handle_s, "handle_time", handle_s, policy.draft_min_handle_s),
        (worth_usd < policy.cost_per_draft_usd, "worth", round(worth_usd, 4), policy.cost_per_draft_usd),
    )
    return tuple(Rejection(rule, actual, limit) for holds, rule, actual, limit in checks if holds)


def wanted(state: TeamState, ticket: Ticket) -> bool:
    """Whether whoever gets the ticket now gets it with a draft; one that was made stays with the ticket until it is over, if it may."""
    return ticket.category in state.policy.automation.draft_categories and not refusals(state, ticket)


def price_usd(state: TeamState, ticket: Ticket) -> float:
    """What the draft costs with this decision: nothing for one that was made before."""
    return 0.0 if ticket.drafted else state.policy.automation.cost_per_draft_usd


def saved_s(state: TeamState, ticket: Ticket) -> float:
    """Seconds of handling that a draft is assumed to save."""
    return state.policy.automation.draft_saves_share * ticket.expected_handle_s


def expected_handle_s(state: TeamState, ticket: Ticket) -> float:
    """How long the contact is expected to take, with a draft where there is one."""
    return ticket.expected_handle_s - (saved_s(state, ticket) if wanted(state, ticket) else 0.0)


def term(state: TeamState, ticket: Ticket) -> CostTerm:
    """The reason as a term of the decision; it costs every agent the same, nothing."""
    policy, spared_s = state.policy.automation, saved_s(state, ticket)
    worth_usd = spared_s / HOUR_S * policy.agent_hour_usd
    detail = f"a draft to review: saves about {spared_s:.0f} of {ticket.expected_handle_s:.0f} s, worth ${worth_usd:.2f}"
    return CostTerm("draft", 0, f"{detail}, for ${price_usd(state, ticket):.2f}")


def made(state: TeamState, ticket: Ticket, cost_usd: float) -> None:
    """A decision came with a draft: one that was there before is not counted again."""
    if not ticket.drafted:
        ticket.drafted = True
        state.bots.drafted(cost_usd)
