"""What automation did and what it left to people: each bot by category, what was spent, how hard the rest is; no number of a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum

from fatigue_model.dynamics import DAY_S
from router import bots
from router.aggregate import WEEK_D, this_monday
from router.audit import WEEKS
from router.bots import MICRO, Learned
from router.state import TeamState


@dataclass(frozen=True, slots=True)
class BotReport:
    """A bot in a category: how often it was tried and with what end (of the rest, some are under way and some were cut short); the
    expected share resolved and its lower bound as of the last outcome; `state` open, closed, or probing: closed, with a trial under way."""

    bot: str
    category: str
    tried: int
    resolved: int
    failed: int
    mean: float
    bound: float
    state: str
    cost_usd: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """How hard contacts were over whole weeks: the mean points of those that people met, and of all had people met what automation
    resolved too. What is left for people is harder by the difference."""

    from_s: float
    to_s: float
    contacts: int
    mean_points: float
    resolved_by_automation: int
    mean_points_of_all: float


@dataclass(frozen=True, slots=True)
class LaneReport:
    """`concentration` None: too few people had contacts to hide everyone."""

    pairs: tuple[BotReport, ...]
    drafts: int
    drafts_usd: float
    concentration: Concentration | None


def report(state: TeamState, now_s: float) -> LaneReport:
    """Every bot in every category that is open to it or that it was tried in, in order of category and bot."""
    policy = state.policy.automation
    wanted = {(bot, category) for bot in policy.bots for category in (*policy.categories, *policy.under_load.categories)}
    pairs = sorted(wanted | set(state.bots.pairs), key=lambda pair: (pair[1], pair[0]))
    trying = set(_under_way(state))
    return LaneReport(
        pairs=tuple(_bot(state, state.bots.pair(*pair), pair in trying) for pair in pairs),
        drafts=state.bots.drafts,
        drafts_usd=state.bots.drafts_micro_usd / MICRO,
        concentration=concentration(state, now_s),
    )


def concentration(state: TeamState, now_s: float) -> Concentration | None:
    """Over the last whole weeks (Monday to Sunday, UTC), so that no two looks tell one contact; None under `aggregate_min_group` people."""
    to_d = this_monday(now_s)
    from_s, to_s = (to_d - WEEKS * WEEK_D) * DAY_S, to_d * DAY_S
    met = [[each.points for each in person.entries if from_s <= each.ended_s < to_s] for person in state.agents.people]
    if sum(bool(each) for each in met) < state.policy.aggregate_min_group:
        return None
    points = [each for mine in met for each in mine]
    spared = [
        each.points
        for ticket in state.tickets.values()
        for each in ticket.tries
        if each.outcome in ("resolved", "reopened") and each.until_s is not None and from_s <= each.until_s < to_s
    ]
    every = points + spared
    # exact sums: tickets come in another order where a state has been read again
    return Concentration(from_s, to_s, len(points), fsum(points) / len(points), len(spared), fsum(every) / len(every))


def _bot(state: TeamState, pair: Learned, trying: bool) -> BotReport:
    policy = state.policy.automation
    closed = bots.is_closed(pair, policy)
    return BotReport(
        bot=pair.bot,
        category=pair.category,
        tried=pair.tried,
        resolved=pair.resolved,
        failed=pair.failed,
        mean=bots.mean(pair, pair.as_of_s, policy),
        bound=bots.bound(pair, pair.as_of_s, policy),
        state="open" if not closed else "probing" if trying else "closed",
        cost_usd=pair.spent_micro_usd / MICRO,
    )


def _under_way(state: TeamState) -> Iterator[tuple[str, str]]:
    """Bot and category of every ticket in the lane."""
    for ticket_id in state.automated:
        ticket = state.tickets[ticket_id]
        if ticket.tries and ticket.category is not None:
            yield ticket.tries[-1].bot, ticket.category
