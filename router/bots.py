"""What the team has learnt of its bots: for each bot and category a Beta posterior of success, a circuit breaker, and what was spent.

A try counts when its outcome is learnt: resolved, or not (it failed, or its time ran out); a resolution that comes back was none, from the
instant at which it was counted. A try that somebody or the customer's words cut short counts for nothing. With weights that halve every
`forget_half_life_d`, and the prior of mean m and weight w (tickets), the share resolved is Beta(m·w + Σ resolved, (1 − m)·w + Σ failed).

A pair is closed where, as of its last outcome, the lower credible bound lies under the policy's break-even. So time alone opens nothing:
of the eligible tickets that it does not get while closed, every `probe_every`-th tries it again, and that outcome may open it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

from fatigue_model.dynamics import DAY_S
from router.automation_policy import AutomationPolicy
from router.domain import Try

MICRO = 1_000_000  # money is summed in whole millionths of a dollar: cents stay exact
MILLI = 1000
FAILED = ("failed", "timed_out")


@dataclass(slots=True)
class Learned:
    """One bot in one category: tickets tried and how they ended, the weights that are left of the outcomes as of the last one, and how
    many eligible tickets came while it was closed."""

    bot: str
    category: str
    tried: int = 0
    resolved: int = 0
    failed: int = 0
    successes: float = 0.0
    failures: float = 0.0
    as_of_s: float | None = None
    while_closed: int = 0
    spent_micro_usd: int = 0


@dataclass(slots=True)
class Book:
    """Every pair that was tried or passed over, and the drafts made for people."""

    pairs: dict[tuple[str, str], Learned] = field(default_factory=dict)
    drafts: int = 0
    drafts_micro_usd: int = 0

    @property
    def spent_usd(self) -> float:
        """What was paid so far, resolutions and drafts."""
        return (sum(pair.spent_micro_usd for pair in self.pairs.values()) + self.drafts_micro_usd) / MICRO

    def pair(self, bot: str, category: str) -> Learned:
        """What is known of the pair: nothing yet, where it is not in the book."""
        return self.pairs.get((bot, category)) or Learned(bot, category)

    def _open(self, bot: str, category: str) -> Learned:
        return self.pairs.setdefault((bot, category), Learned(bot, category))

    def began(self, bot: str, category: str) -> None:
        """A bot got a ticket."""
        self._open(bot, category).tried += 1

    def ended(self, category: str, tried: Try, policy: AutomationPolicy) -> None:
        """The outcome of a try was learnt at its end, if it has one."""
        assert tried.until_s is not None
        if tried.outcome not in ("resolved", *FAILED):
            return
        pair = self._open(tried.bot, category)
        pair.successes, pair.failures = _left(pair, tried.until_s, policy)
        pair.as_of_s = tried.until_s
        if tried.outcome == "resolved":
            pair.resolved, pair.successes = pair.resolved + 1, pair.successes + 1
            pair.spent_micro_usd += round(MICRO * policy.cost_per_resolution_usd)
        else:
            pair.failed, pair.failures = pair.failed + 1, pair.failures + 1

    def came_back(self, category: str, tried: Try, now_s: float, policy: AutomationPolicy) -> None:
        """What a bot had resolved was re-opened: the try counts as failed, with the weight that it has left. Its price stays paid."""
        assert tried.until_s is not None
        pair = self._open(tried.bot, category)
        successes, failures = _left(pair, now_s, policy)
        weight = _fade(now_s - tried.until_s, policy)
        pair.successes, pair.failures, pair.as_of_s = max(0.0, successes - weight), failures + weight, now_s
        pair.resolved, pair.failed = pair.resolved - 1, pair.failed + 1

    def passed_over(self, categories: Sequence[str], policy: AutomationPolicy) -> None:
        """Eligible tickets were decided for the first time: each counts for every bot that is closed to its category."""
        shut = {category: closed_bots(self, category, policy) for category in set(categories)}
        for category in categories:
            for bot in shut[category]:
                self._open(bot, category).while_closed += 1

    def drafted(self, price_usd: float) -> None:
        self.drafts, self.drafts_micro_usd = self.drafts + 1, self.drafts_micro_usd + round(MICRO * price_usd)


def closed_bots(book: Book, category: str, policy: AutomationPolicy) -> tuple[str, ...]:
    """The policy's bots that the breaker keeps from the category, in order of name."""
    return tuple(bot for bot in sorted(policy.bots) if is_closed(book.pair(bot, category), policy))


def open_bot(book: Book, category: str, now_s: float, policy: AutomationPolicy) -> str | None:
    """Of the bots open to the category the one with the best mean, the smaller name where two are alike; None where all are closed."""
    able = [bot for bot in policy.bots if not is_closed(book.pair(bot, category), policy)]
    return min(able, key=lambda bot: (-round(MILLI * mean(book.pair(bot, category), now_s, policy)), bot), default=None)


def is_closed(pair: Learned, policy: AutomationPolicy) -> bool:
    """Whether the bound, as of the last outcome, lies under the break-even, both in thousandths."""
    return round(MILLI * bound(pair, pair.as_of_s, policy)) < round(MILLI * policy.break_even)


def mean(pair: Learned, now_s: float | None, policy: AutomationPolicy) -> float:
    """The expected share resolved as of `now_s`; before any outcome (None) the prior's."""
    alpha, beta = posterior(pair, now_s, policy)
    return alpha / (alpha + beta)


def bound(pair: Learned, now_s: float | None, policy: AutomationPolicy) -> float:
    """The lower credible bound of the share resolved as of `now_s`, at the policy's level."""
    return lower_bound(*posterior(pair, now_s, policy), policy.credible_level)


def posterior(pair: Learned, now_s: float | None, policy: AutomationPolicy) -> tuple[float, float]:
    """The parameters α and β of the Beta as of `now_s`, never before the last outcome."""
    successes, failures = (0.0, 0.0) if now_s is None else _left(pair, now_s, policy)
    prior = policy.prior_mean * policy.prior_weight
    return prior + successes, policy.prior_weight - prior + failures


def lower_bound(alpha: float, beta: float, level: float) -> float:
    """What a Beta(α, β) share exceeds with probability `level`, in closed form: Abramowitz & Stegun (1964), 26.5.22.

    For α, β ≥ 2 and levels from 0.5 to 0.999 it is within 0.006 of the exact quantile, from 3 on within 0.002 (a test compares them).
    """
    deviate = NormalDist().inv_cdf(level)
    shift = (deviate**2 - 3) / 6
    of_alpha, of_beta = 1 / (2 * alpha - 1), 1 / (2 * beta - 1)
    width = 2 / (of_alpha + of_beta)
    slope = deviate * math.sqrt(width + shift) / width - (of_beta - of_alpha) * (shift + 5 / 6 - 2 / (3 * width))
    return alpha / (alpha + beta * math.exp(2 * slope))


def _left(pair: Learned, now_s: float, policy: AutomationPolicy) -> tuple[float, float]:
    """What is left at `now_s` of the outcomes so far."""
    fade = 1.0 if pair.as_of_s is None else _fade(now_s - pair.as_of_s, policy)
    return fade * pair.successes, fade * pair.failures


def _fade(span_s: float, policy: AutomationPolicy) -> float:
    return float(2.0 ** (-max(0.0, span_s) / DAY_S / policy.forget_half_life_d))
