"""A comparison's rounds: when it stops and why, what may be paired, what is warned of; words of `--precision`."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from fatigue_model.bounds import InvalidValues
from simulations.by_hour import OPEN_AFTER, OPEN_BEFORE
from simulations.compare import BASE, CHANGE, compare
from simulations.metrics import METRICS
from simulations.precision import Target, next_count, targets_from, usual
from simulations.scenario import Scenario, scenario_from
from simulations.study import Cancelled

Made = dict[str, list[dict[str, float]]]


class Bench:
    """Values that differ by `spread` around 1 between the sides; remembers the rounds, and stops after `enough` replications."""

    def __init__(self, spread: float, enough: int = 10_000, **more: float) -> None:
        self.spread, self.enough, self.more, self.rounds = spread, enough, more, list[range]()

    def __call__(self, scenarios: Mapping[str, Scenario], replications: Sequence[int]) -> Made:
        self.rounds.append(range(replications[0], replications[-1] + 1))
        whole = [each for each in replications if each < self.enough]
        made: Made = {BASE: [dict.fromkeys(METRICS, 100.0) | self.more for _ in whole], CHANGE: []}
        for each in whole:
            noise = self.spread * np.random.default_rng(each).standard_normal()
            made[CHANGE].append(dict.fromkeys(METRICS, 101.0 + noise) | self.more)
        if len(whole) < len(replications):
            raise Cancelled(made)
        return made


def test_a_fixed_number_is_one_round_of_exactly_that() -> None:
    bench = Bench(1.0)
    found = compare(Scenario(), Scenario(), bench, most=7)
    assert (bench.rounds, found.replications, found.stopped, found.level) == ([range(7)], 7, "fixed", 0.95)


def test_what_is_narrow_at_once_takes_the_least_that_is_looked_at() -> None:
    bench = Bench(0.01)
    found = compare(Scenario(), Scenario(), bench, {"occupancy": Target(0.5, 0.0)})
    assert (bench.rounds, found.stopped, found.missed) == ([range(10)], "precise", ())


def test_rounds_go_on_without_a_gap_until_every_target_is_met() -> None:
    bench = Bench(4.0)
    found = compare(Scenario(), Scenario(), bench, {"occupancy": Target(0.0, 0.011), "breaks": Target(9.0, 0.0)})
    assert [each.start for each in bench.rounds] == [0, *(each.stop for each in bench.rounds[:-1])]
    assert len(bench.rounds) > 2
    assert found.replications == bench.rounds[-1].stop > 10
    half = found.metrics["occupancy"].difference.half_width
    assert half is not None
    assert half <= 0.011 * 100 == pytest.approx(found.target("occupancy"))


def test_the_most_that_is_allowed_ends_it_and_says_what_is_still_too_wide() -> None:
    found = compare(Scenario(), Scenario(), Bench(50.0), {"occupancy": Target(0.1, 0.0), "breaks": Target(1e9, 0.0)}, most=25)
    assert (found.replications, found.stopped, found.missed) == (25, "most", ("occupancy",))


def test_cancelled_ends_with_the_pairs_that_are_whole_or_with_none() -> None:
    found = compare(Scenario(), Scenario(), Bench(1.0, enough=6), most=20)
    assert (found.replications, found.stopped) == (6, "cancelled")
    with pytest.raises(Cancelled):
        compare(Scenario(), Scenario(), Bench(1.0, enough=1), most=20)


def test_the_next_look_is_the_same_everywhere_and_never_far() -> None:
    assert next_count(10, 100, iter([(1.0, 2.0)])) == 10
    assert next_count(10, 100, iter([(2.1, 2.0)])) == 12
    assert next_count(50, 100, iter([(2.0001, 2.0)])) == 55
    assert next_count(10, 100, iter([(20.0, 2.0), (1.0, 2.0)])) == 20
    assert next_count(10, 100, iter([(1.0, 0.0)])) == 20
    assert next_count(90, 100, iter([(20.0, 2.0)])) == 100
    assert next_count(100, 100, iter([(20.0, 2.0)])) == 100


@pytest.mark.parametrize(("name", "value"), [("days", 3), ("warm_up_days", 1), ("time_zone", "Europe/Berlin")])
def test_other_days_cannot_be_paired(name: str, value: object) -> None:
    with pytest.raises(InvalidValues, match=f"/run/{name}: .*as in the base"):
        compare(Scenario(), scenario_from({"run": {name: value}}), Bench(1.0))


def test_the_bases_seed_and_number_of_runs_go_for_both() -> None:
    other = scenario_from({"run": {"seed": 99, "replications": 3}, "accounts": {"count": 9}})
    found = compare(Scenario(), other, Bench(1.0), most=2)
    assert found.change.run == found.base.run
    assert found.change.accounts.count == 9


def test_more_open_after_the_days_than_before_is_warned_of() -> None:
    grown = compare(Scenario(), Scenario(), Bench(1.0, **{OPEN_BEFORE: 5.0, OPEN_AFTER: 25.0}), most=3).warnings
    assert [each.partition(":")[0] for each in grown] == [BASE, CHANGE]
    assert "20 ± 0 more tickets are open" in grown[0]
    assert compare(Scenario(), Scenario(), Bench(1.0, **{OPEN_BEFORE: 25.0, OPEN_AFTER: 26.0}), most=3).warnings == ()


def test_the_result_says_how_to_get_it_again() -> None:
    plain = compare(Scenario(), Scenario(), Bench(1.0), {"occupancy": Target(0.0, 0.5)}).as_mapping()
    assert {"base", "change", "seed", "engine", "replications", "stopped", "targets", "days", "warm_up_days"} <= plain.keys()
    assert plain["targets"] == {"occupancy": 50.0}
    assert set(plain["metrics"]) == set(METRICS)


@pytest.mark.parametrize(
    ("word", "amount", "names", "target"),
    [
        ("service_level", "0.5pt", ["service_level"], Target(0.005, 0.0)),
        ("wait_live_mean_s", "5%", ["wait_live_mean_s"], Target(0.0, 0.05)),
        ("wait_live_mean", "10%, 5s", ["wait_live_mean_s"], Target(5.0, 0.1)),
        ("wait_mean", "2min", ["wait_written_mean_s", "wait_live_mean_s"], Target(120.0, 0.0)),
        ("staff_usd", "100", ["staff_usd"], Target(100.0, 0.0)),
        ("load_mean", "0.1", ["load_mean_points"], Target(0.1, 0.0)),
    ],
)
def test_words_of_precision(word: str, amount: str, names: list[str], target: Target) -> None:
    assert targets_from({word: amount}, METRICS) == dict.fromkeys(names, target)


def test_what_is_no_precision_is_refused_all_at_once() -> None:
    with pytest.raises(InvalidValues) as caught:
        targets_from({"waiting": "5%", "service_level": "5s", "occupancy": "0", "breaks": "many"}, METRICS)
    assert [each.pointer for each in caught.value.violations] == ["waiting", "service_level", "occupancy", "breaks"]
    assert "service_level" in caught.value.violations[0].allowed


def test_the_usual_precision_asks_for_shares_waits_and_load() -> None:
    found = usual(METRICS)
    assert {"service_level", "above_line", "wait_written_mean_s", "wait_live_mean_s", "load_mean_points"} <= found.keys()
    assert found.keys() <= METRICS.keys()
    assert "staff_usd" not in found
