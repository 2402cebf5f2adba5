"""How few people will do: the cheapest head-count that meets every limit, with the confidence asked for, and what was looked at on the way.

Whether a head-count meets the limits is decided by sequential tests (`sequential`), each limit of each head-count at an error
of α/m: m = limits × the head-counts that the search may come to ask about. On the way of right answers each question is fixed
by the truth, so the first wrong answer has a chance of at most α, whatever the dependence; and dependence there is, since all
head-counts meet the same customers (common random numbers: the same seed and replication numbers).

Sure, then, of two things at once: the answer meets every limit, and each head-count that was turned down misses one, or meets it by less
than the limit's delta. What more people do is assumed never to harm; `surprises` says where the replications contradict that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from simulations.intervals import mean_and_half_width
from simulations.sequential import Finding, Limit, Verdict, find, looks
from simulations.staffing_search import Counts, Space, cheapest

Measured = Mapping[str, float]
Measure = Callable[[Counts, range], Sequence[Measured]]


class NothingToMeasure(ValueError):
    """A limit on something that the scenario has none of."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: limits, head-counts to choose from, how sure to be, after how many replications one is left undecided.

    With `exchange`, people of one group are tried in place of another's where that is cheaper; it takes many questions with many groups.
    """

    limits: tuple[Limit, ...]
    space: Space
    confidence: float = 0.95
    replications_max: int = 240
    budget_usd: float | None = None
    exchange: bool = True

    @property
    def error(self) -> float:
        """Of one look at one limit of one head-count: α, shared by all of them."""
        return (1 - self.confidence) / (len(self.limits) * self.questions_max * len(looks(self.replications_max)))

    @property
    def questions_max(self) -> int:
        """Head-counts that may be asked about: those of the search, and what a budget buys."""
        return self.space.questions_max() + (self.budget_usd is not None)


@dataclass(slots=True)
class Trial:
    """One head-count that was looked at. Mutable while it is being tested."""

    counts: Counts
    cost_usd: float
    measured: list[Measured] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Met where every limit is, missed where one is."""
        found = {each.verdict for each in self.findings}
        return next(verdict for verdict in (Verdict.MISSED, Verdict.UNDECIDED, Verdict.MET) if verdict in found)

    @property
    def replications(self) -> int:
        return len(self.measured)

    def mean(self, metric: str) -> float | None:
        return mean_and_half_width([each[metric] for each in self.measured])[0]


@dataclass(frozen=True, slots=True)
class Surprise:
    """More people, and a limit's metric surely worse by `worse` ± `half_width`, on the same customers."""

    fewer: Counts
    more: Counts
    limit: Limit
    worse: float
    half_width: float


@dataclass(frozen=True, slots=True)
class Staffing:
    """The answer: the trial that meets every limit for least money (`None`: none does), and every trial, the cheapest first.

    `finished` is false where the search had spent its questions before it had tried every exchange between groups.
    `affordable` is the most that the budget buys, where the answer costs more than that or there is none.
    """

    question: Question
    answer: Trial | None
    trials: tuple[Trial, ...]
    finished: bool
    affordable: Trial | None
    surprises: tuple[Surprise, ...]

    @property
    def replications(self) -> int:
        return sum(each.replications for each in self.trials)


class _Spent(Exception):
    """Every question that the error was shared by has been asked."""


class _Trials:
    """What is known so far; asks for as few replications as a verdict takes, and for none where other verdicts imply it."""

    def __init__(self, question: Question, measure: Measure, told: Callable[[Trial], None]) -> None:
        self.question, self.measure, self.told = question, measure, told
        self.by_counts: dict[Counts, Trial] = {}

    def passes(self, counts: Counts) -> bool:
        for each in self.by_counts.values():
            if each.verdict is Verdict.MET and _within(each.counts, counts):
                return True
            if each.verdict is not Verdict.MET and _within(counts, each.counts):
                return False
        if len(self.by_counts) == self.question.space.questions_max():
            raise _Spent
        return self.look(counts).verdict is Verdict.MET

    def look(self, counts: Counts) -> Trial:
        """Replications until every limit is met or one is missed; each verdict stands once it is reached."""
        if counts in self.by_counts:
            return self.by_counts[counts]
        trial = Trial(counts, self.question.space.cost(counts))
        for upto in looks(self.question.replications_max):
            trial.measured += self.measure(counts, range(trial.replications, upto))
            trial.findings = self._findings(trial)
            self.told(trial)
            if trial.verdict is not Verdict.UNDECIDED:
                break
        self.by_counts[counts] = trial
        return trial

    def _findings(self, trial: Trial) -> tuple[Finding, ...]:
        before = [each.verdict for each in trial.findings] or [Verdict.UNDECIDED] * len(self.question.limits)
        found = []
        for limit, stands in zip(self.question.limits, before, strict=True):
            now = find(limit, [each[limit.metric] for each in trial.measured], self.question.error)
            if now.mean is None:
                raise NothingToMeasure(limit.metric)
            found.append(now if stands is Verdict.UNDECIDED else now.standing(stands))
        return tuple(found)

    def cheapest_met(self) -> Trial | None:
        met = [each for each in self.by_counts.values() if each.verdict is Verdict.MET]
        return min(met, key=lambda each: self.question.space.rank(each.counts), default=None)


def staff(question: Question, start: Counts, measure: Measure, told: Callable[[Trial], None] = lambda _: None) -> Staffing:
    """The cheapest head-count that meets all limits, searched from `start`.

    `measure(counts, replications)` gives a mapping of metrics for each replication, of the same customers for equal numbers;
    `told` hears of a trial after each look. Raises `NothingToMeasure`.
    """
    trials, finished, space = _Trials(question, measure, told), True, question.space
    try:
        cheapest(trials.passes, space, start, question.exchange)
    except _Spent:
        finished = False
    affordable = _affordable(trials, start)
    answer = trials.cheapest_met()
    ordered = tuple(sorted(trials.by_counts.values(), key=lambda each: space.rank(each.counts)))
    return Staffing(question, answer, ordered, finished, affordable, _surprises(question, ordered))


def _affordable(trials: _Trials, start: Counts) -> Trial | None:
    """The most people that the budget pays, in the mix of `start`; `None` where it pays the answer, or nobody."""
    question, answer = trials.question, trials.cheapest_met()
    if question.budget_usd is None or (answer is not None and answer.cost_usd <= question.budget_usd):
        return None
    within = [counts for counts in question.space.ray(start) if question.space.cost(counts) <= question.budget_usd]
    return trials.look(within[-1]) if within else None


def _surprises(question: Question, trials: Sequence[Trial]) -> tuple[Surprise, ...]:
    """Trials against those with more people, by paired differences, at an error of α over all that are compared."""
    pairs = [(one, other) for one, other in combinations(trials, 2) if _within(one.counts, other.counts)]
    error = (1 - question.confidence) / max(1, len(pairs) * len(question.limits))
    found = []
    for fewer, more in pairs:
        for limit in question.limits:
            sign = -1.0 if limit.at_least else 1.0
            both = zip(fewer.measured, more.measured, strict=False)
            worse = find(Limit(limit.metric, 0.0, True, limit.delta), [sign * (b[limit.metric] - a[limit.metric]) for a, b in both], error)
            if worse.verdict is Verdict.MET and worse.mean is not None and worse.half_width is not None:
                found.append(Surprise(fewer.counts, more.counts, limit, worse.mean, worse.half_width))
    return tuple(found)


def _within(one: Counts, other: Counts) -> bool:
    """Nobody is missing from `other` who is in `one`."""
    return all(each <= theirs for each, theirs in zip(one, other, strict=True))
