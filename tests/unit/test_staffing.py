"""The cheapest head-count that meets all limits, on measures whose truth is known: right, sure, sparing, and honest where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from simulations.sequential import Limit, Verdict
from simulations.staffing import Measure, NothingToMeasure, Question, Staffing, staff
from simulations.staffing_search import Counts, Space
from support.staffing import brute_force

SEEDS = 40
SERVICE = Limit("service_level", 0.8, at_least=True, delta=0.02)
ABOVE = Limit("above_line", 0.05, at_least=False, delta=0.01)
SPREAD = {"service_level": 0.03, "above_line": 0.008}
ONE_GROUP = Question((SERVICE, ABOVE), Space((2,), (33,), (1000.0,)))


def service_of(counts: Counts, load: float = 10.0) -> float:
    spare = (sum(counts) - load) / math.sqrt(load)
    return 1 - math.exp(-spare) if spare > 0 else max(0.0, 0.2 + spare / 20)


def above_of(counts: Counts) -> float:
    return max(0.0, 0.05 - 0.012 * (sum(counts) - 15.2))


def noisy(seed: int, truths: dict[str, Callable[[Counts], float]], calls: list[tuple[Counts, range]] | None = None) -> Measure:
    """Normal noise, the same for every head-count in the same replication."""

    def measure(counts: Counts, replications: range) -> Sequence[dict[str, float]]:
        if calls is not None:
            calls.append((counts, replications))
        drawn = [np.random.default_rng((seed, each)).standard_normal(len(truths)) for each in replications]
        return [{name: truth(counts) + SPREAD[name] * z for (name, truth), z in zip(truths.items(), noise, strict=True)} for noise in drawn]

    return measure


TRUTHS = {"service_level": service_of, "above_line": above_of}


def acceptable(question: Question) -> list[int]:
    """Of one group: the head-counts that meet every limit, up to the first that does so by its delta and more."""
    lowest, highest = question.space.lowest[0], question.space.highest[0]

    def slack(count: int, limit: Limit) -> float:
        return limit.slack(TRUTHS[limit.metric]((count,)))

    met = [count for count in range(lowest, highest + 1) if all(slack(count, each) >= 0 for each in question.limits)]
    surely = next(count for count in met if all(slack(count, each) >= each.delta for each in question.limits))
    return [count for count in met if count <= surely]


def found_by(seed: int, question: Question = ONE_GROUP, start: Counts = (12,)) -> Staffing:
    return staff(question, start, noisy(seed, TRUTHS))


def test_it_is_right_in_nearly_every_seed_at_a_small_part_of_brute_force() -> None:
    """At least 95 % of 40 seeds, and at most an eighth of the replications."""
    found = [found_by(seed) for seed in range(SEEDS)]
    right = [each.answer is not None and each.answer.counts[0] in acceptable(ONE_GROUP) for each in found]
    assert sum(right) >= 0.95 * SEEDS
    spent = sum(each.replications for each in found) / SEEDS
    assert spent <= brute_force(ONE_GROUP, SPREAD) / 8


@pytest.mark.parametrize("start", [2, 9, 15, 16, 33, 100])
def test_where_the_search_begins_changes_what_it_costs_and_not_the_answer(start: int) -> None:
    answer = found_by(7, start=(start,)).answer
    assert answer is not None
    assert answer.counts[0] in acceptable(ONE_GROUP)


def test_the_answer_meets_every_limit_and_one_fewer_was_looked_at_and_misses_one() -> None:
    found = found_by(3)
    assert found.answer is not None
    assert found.answer.verdict is Verdict.MET
    assert [each.verdict for each in found.answer.findings] == [Verdict.MET] * 2
    below = next(each for each in found.trials if each.counts == (found.answer.counts[0] - 1,))
    assert below.verdict is Verdict.MISSED
    assert found.answer.cost_usd == 1000.0 * found.answer.counts[0]
    assert [each.cost_usd for each in found.trials] == sorted(each.cost_usd for each in found.trials)
    assert found.finished
    assert not found.surprises


def test_every_head_count_meets_the_same_customers_from_the_first_on_and_no_replication_twice() -> None:
    calls: list[tuple[Counts, range]] = []
    told: list[int] = []
    found = staff(ONE_GROUP, (12,), noisy(1, TRUTHS, calls), lambda trial: told.append(trial.replications))
    by_counts: dict[Counts, list[int]] = {}
    for counts, replications in calls:
        by_counts.setdefault(counts, []).extend(replications)
    assert {trial.counts: list(range(trial.replications)) for trial in found.trials} == by_counts
    assert len(told) == len(calls)


def test_more_confidence_costs_more_replications() -> None:
    spent = [sum(found_by(seed, replace(ONE_GROUP, confidence=sure)).replications for seed in range(5)) for sure in (0.8, 0.999)]
    assert spent[0] < spent[1]


def test_where_nobody_is_enough_the_most_people_were_looked_at_and_their_limit_is_missed() -> None:
    question = replace(ONE_GROUP, space=Space((2,), (14,), (1000.0,)))
    found = found_by(2, question)
    assert found.answer is None
    most = found.trials[-1]
    assert (most.counts, most.verdict) == ((14,), Verdict.MISSED)


def test_a_limit_that_cannot_be_told_in_time_is_undecided_and_counts_as_missed() -> None:
    wanted = Limit("service_level", service_of((16,)), at_least=True, delta=0.0005)
    found = found_by(4, replace(ONE_GROUP, limits=(wanted,), replications_max=20), start=(16,))
    assert {each.counts[0]: each.verdict for each in found.trials}[16] is Verdict.UNDECIDED
    assert found.answer is not None
    assert found.answer.counts == (17,)


def test_a_budget_below_the_answer_says_what_it_buys() -> None:
    found = found_by(5, replace(ONE_GROUP, budget_usd=11_500.0))
    assert found.affordable is not None
    assert found.answer is not None
    assert found.affordable.counts == (11,)
    assert found.affordable.verdict is Verdict.MISSED
    assert found.answer.cost_usd > 11_500.0


@pytest.mark.parametrize("budget_usd", [1999.0, 40_000.0])
def test_a_budget_for_the_answer_or_for_nobody_buys_nothing_else(budget_usd: float) -> None:
    assert found_by(5, replace(ONE_GROUP, budget_usd=budget_usd)).affordable is None


def test_more_people_who_do_harm_are_told_of() -> None:
    def crowded(counts: Counts) -> float:
        return 0.9 - 0.01 * counts[0]

    question = Question((SERVICE,), Space((2,), (33,), (1.0,)))
    found = staff(question, (12,), noisy(1, {"service_level": crowded}))
    assert found.surprises
    for each in found.surprises:
        assert each.fewer < each.more
        assert each.worse == pytest.approx(0.01 * (each.more[0] - each.fewer[0]), abs=1e-9)


def test_a_limit_on_what_never_happens_is_refused() -> None:
    with pytest.raises(NothingToMeasure, match="service_level"):
        staff(ONE_GROUP, (12,), lambda counts, replications: [{"service_level": math.nan, "above_line": 0.0}] * len(replications))


def test_several_groups_get_what_each_shift_needs_in_all_of_forty_seeds_but_two() -> None:
    """Early needs 4, late 7: by their own service levels, the worse of which is what counts."""

    def worst(counts: Counts) -> float:
        return min(service_of((counts[0],), 1.5), service_of((counts[1],), 3.4))

    needs = [next(n for n in range(1, 20) if service_of((n,), load) >= 0.82) for load in (1.5, 3.4)]
    question = Question((SERVICE,), Space((1, 1), (20, 20), (900.0, 1000.0)))
    found = [staff(question, (3, 3), noisy(seed, {"service_level": worst})) for seed in range(SEEDS)]
    assert needs == [4, 7]
    assert all(service_of((n - 1,), load) < 0.8 for n, load in zip(needs, (1.5, 3.4), strict=True))
    right = [each.answer is not None and list(each.answer.counts) == needs and each.finished for each in found]
    assert sum(right) >= 0.95 * SEEDS
    assert max(len(each.trials) for each in found) <= question.questions_max


def test_without_exchanges_nobody_is_replaced_and_fewer_head_counts_are_looked_at() -> None:
    """Two of the dear group do what one of the cheap one can't: only an exchange finds that out."""

    def done(counts: Counts) -> float:
        return 0.5 + 0.05 * (counts[0] + 2 * counts[1])

    question = Question((SERVICE,), Space((1, 1), (9, 9), (1000.0, 1100.0)))
    tried, left = (staff(replace(question, exchange=each), (6, 1), noisy(1, {"service_level": done})) for each in (True, False))
    assert tried.answer is not None
    assert left.answer is not None
    assert tried.answer.cost_usd < left.answer.cost_usd
    assert len(left.trials) < len(tried.trials)


def test_a_search_that_has_spent_its_questions_says_so() -> None:
    class Few(Space):
        def questions_max(self) -> int:
            return 2

    found = found_by(3, Question((SERVICE, ABOVE), Few((2,), (33,), (1000.0,))), start=(33,))
    assert not found.finished
    assert found.answer is not None
    assert len(found.trials) == 2
