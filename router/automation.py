"""The automation lane: which tickets a bot gets before any person, by facts and by what was learnt of the bots, and why the others not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fatigue_model.dynamics import DAY_S
from router import bots
from router.agents import BoolArray
from router.domain import CostTerm, Rejection, Status, Ticket
from router.state import TeamState, repeat_contacts

MILLI = 1000


def timed_out(state: TeamState, ticket: Ticket, now_s: float) -> bool:
    """Whether automation has had its time with the ticket."""
    return ticket.state == "automation" and now_s >= ticket.since_s + state.policy.automation.timeout_s


def at_work(state: TeamState, now_s: float) -> BoolArray:
    """Who is on shift and not absent, on a break or not; shape (n_agents,)."""
    here: BoolArray = state.agents.profiles.shift_windows(now_s)[0] & (state.agents.status > Status.AWAY)
    return here


def team_load(state: TeamState, now_s: float) -> float:
    """Mean of A/θ, the population's, over those at work; 0 where nobody is."""
    here, loads = at_work(state, now_s), state.agents.project(now_s, state.params)
    return float(np.mean(loads.acute[here] / loads.line[here])) if here.any() else 0.0


def is_high(state: TeamState, load: float) -> bool:
    """Whether a team's load reaches the policy's bound, both in thousandths of the line."""
    return round(MILLI * load) >= round(MILLI * state.policy.automation.under_load.from_load)


def may_come(state: TeamState, ticket: Ticket) -> bool:
    """Whether a bot may come to have a waiting ticket by time or events elsewhere: its category is open, and no fact of its own keeps it
    out."""
    policy = state.policy.automation
    if ticket.category not in policy.categories and ticket.category not in policy.under_load.categories:
        return False
    return not (ticket.escalated or ticket.abuse or ticket.grave is not None or ticket.bounced or ticket.text_score > policy.text_score_max)


def load_may_open(state: TeamState, ticket: Ticket) -> bool:
    """Whether a high load of the team could let a bot have a waiting ticket that it can't have otherwise."""
    policy, more = state.policy.automation, state.policy.automation.under_load
    if ticket.bounced or ticket.category not in (*policy.categories, *more.categories):
        return False
    unsure = ticket.confidence is not None and ticket.confidence < policy.min_confidence
    return unsure or ticket.category not in policy.categories


@dataclass(frozen=True, slots=True)
class Place:
    """A bot that gets a ticket, as a trial where the bot is closed to the category; `by_load`: only because the team's load is high."""

    bot: str
    probe: bool
    by_load: bool

    def because(self, ticket: Ticket, price_usd: float) -> tuple[CostTerm, ...]:
        when = " while the team's load is high" if self.by_load else ""
        reasons = [CostTerm("automation", 0, f"category {ticket.category} may go to automation{when}, ${price_usd:.2f}")]
        if self.probe:
            reasons.append(CostTerm("probe", 0, f"a trial of {self.bot}, which is closed to this category"))
        return tuple(reasons)


class Lane:
    """The lane in one solve: filled ticket by ticket, in order. `refused` has the facts that kept out what came near.

    Mutable, owned by `decide`; nothing of the team's state is changed.
    """

    def __init__(self, state: TeamState, now_s: float, leaving: int = 0) -> None:
        """`leaving`: how many of the tickets that the lane holds have had their time."""
        self.state, self.now_s, self.policy = state, now_s, state.policy.automation
        self.held = len(state.automated) - leaving
        self.refused: dict[str, tuple[Rejection, ...]] = {}
        self._came: dict[str, int] = {}

    @cached_property
    def team_load(self) -> float:
        return team_load(self.state, self.now_s)

    @property
    def pressed(self) -> bool:
        """Whether the team's load opens more of the lane."""
        return is_high(self.state, self.team_load)

    def place(self, ticket: Ticket) -> Place | None:
        """The bot that gets the ticket; None where a person has to, with the reasons in `refused` where its category is open."""
        if not self._may_open(ticket):
            return None
        found = self.refusals(ticket)
        if not found:
            bot, probe = self._bot(ticket)
            if bot is not None:
                self.held += 1
                return Place(bot, probe, by_load=bool(self._ordinarily(ticket)))
            found = self._breaker(ticket)
        self.refused[ticket.id] = found
        return None

    def refusals(self, ticket: Ticket) -> tuple[Rejection, ...]:
        """Every fact that keeps the ticket out of the lane, whatever bots there are; none where it may go.

        A ticket that is in the lane already has had its time there."""
        policy, account = self.policy, self.state.accounts[ticket.account_id]
        repeats = repeat_contacts(account, ticket.created_s)
        renewal_d = None if account.renewal_s is None else (account.renewal_s - self.now_s) / DAY_S
        near = renewal_d is not None and -1 <= renewal_d <= policy.renewal_near_d
        checks = (
            (not self._may_open(ticket), "category", ticket.category, ", ".join(policy.categories)),
            (ticket.escalated, "escalated", "escalated", "not escalated"),
            (ticket.abuse, "abuse", "abuse", "no abuse"),
            (ticket.grave is not None, "grave", ticket.grave, "nothing grave"),
            (ticket.text_score > policy.text_score_max, "text", round(ticket.text_score, 3), policy.text_score_max),
            (ticket.bounced or ticket.state == "automation", "bounced", "came back", "not tried before"),
            (near, "renewal_near", None if renewal_d is None else round(renewal_d, 1), policy.renewal_near_d),
            (account.escalations > 0, "open_escalation", account.escalations, 0),
            (repeats > policy.repeat_contacts_max, "repeat_contact", repeats, policy.repeat_contacts_max),
            (self.held >= policy.capacity, "capacity", self.held, policy.capacity),
        )
        found = tuple(Rejection(rule, actual, limit) for holds, rule, actual, limit in checks if holds)
        return found + (() if self._may_open(ticket) and self._opened_by_load(ticket) else self._ordinarily(ticket))

    def _may_open(self, ticket: Ticket) -> bool:
        """Whether the policy opens the category at all."""
        return ticket.category in self.policy.categories or ticket.category in self.policy.under_load.categories

    def _ordinarily(self, ticket: Ticket) -> tuple[Rejection, ...]:
        """What keeps a ticket out while the team's load is not high: a category that only load opens, an intent too unsure."""
        found = []
        if ticket.category in self.policy.under_load.categories and ticket.category not in self.policy.categories:
            found.append(Rejection("team_load", round(self.team_load, 3), self.policy.under_load.from_load))
        if ticket.confidence is not None and ticket.confidence < self.policy.min_confidence:
            found.append(Rejection("confidence", ticket.confidence, self.policy.min_confidence))
        return tuple(found)

    def _opened_by_load(self, ticket: Ticket) -> bool:
        """Whether what keeps a ticket out otherwise is waived because the team's load is high."""
        least = min(self.policy.min_confidence, self.policy.under_load.min_confidence)
        return bool(self._ordinarily(ticket)) and (ticket.confidence is None or ticket.confidence >= least) and self.pressed

    def _bot(self, ticket: Ticket) -> tuple[str | None, bool]:
        """Who gets an eligible ticket: a closed bot whose trial is due, else the best open one; and whether it is a trial.

        A ticket counts towards trials once, when it is first decided; `evolve` counts the same."""
        assert ticket.category is not None
        book, policy, category = self.state.bots, self.policy, ticket.category
        if ticket.decision_id is None:
            self._came[category] = self._came.get(category, 0) + 1
            for bot in bots.closed_bots(book, category, policy):
                if (book.pair(bot, category).while_closed + self._came[category]) % policy.probe_every == 0:
                    return bot, True
        return bots.open_bot(book, category, self.now_s, policy), False

    def _breaker(self, ticket: Ticket) -> tuple[Rejection, ...]:
        """Every bot with the bound that keeps it from the category."""
        assert ticket.category is not None
        pairs = [self.state.bots.pair(bot, ticket.category) for bot in sorted(self.policy.bots)]
        return tuple(Rejection("breaker", round(bots.bound(pair, pair.as_of_s, self.policy), 3), self.policy.break_even) for pair in pairs)
