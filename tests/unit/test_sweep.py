"""Sweeps: what an axis spells out, cells that are the words done to the scenario, pairs across cells, and what ends a sweep early."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from fatigue_model.bounds import InvalidValues
from simulations.run import measured
from simulations.scenario import Scenario, scenario_from
from simulations.study import Cancelled, one_after_another
from simulations.sweep import PRESETS, Axis, axis, grid, sweep
from simulations.what_if import changed

TEAM: dict[str, Any] = {
    "groups": {"team": {"agents": 3}},
    "accounts": {"count": 10},
    "demand": {"tickets_per_day": 12, "channels": {"email": 3, "phone": 1}},
    "categories": {"access": {"share": 1}, "defect": {"share": 3, "automation_success": 0.1}},
    "escalation": {"ordinary": 0.2, "difficult": 0.4},
    "run": {"days": 1, "replications": 2},
}


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("0,5, 10", ("0", "5", "10")),
        ("2..8", ("2", "3", "4", "5", "6", "7", "8")),
        ("0..80%", ("0%", "10%", "20%", "30%", "40%", "50%", "60%", "70%", "80%")),
        ("-30..+30%", ("-30%", "-20%", "-10%", "+0%", "+10%", "+20%", "+30%")),
        ("-30..+30%/30", ("-30%", "+0%", "+30%")),
        ("0.5..1/0.25", ("0.5", "0.75", "1")),
        ("-2..+1", ("-2", "-1", "+0", "+1")),
        ("0..1000", ("0", "200", "400", "600", "800", "1000")),
    ],
)
def test_an_axis_spells_out_its_values(text: str, amounts: tuple[str, ...]) -> None:
    assert axis("any", text) == Axis("any", amounts)


@pytest.mark.parametrize("text", ["", "5", "5,5", "1,,2", "8..2", "0..1000/1", "1..2/0"])
def test_what_is_no_axis_is_refused_by_its_word(text: str) -> None:
    with pytest.raises(InvalidValues) as caught:
        axis("volume", text)
    assert [each.pointer for each in caught.value.violations] == ["volume"]


def test_every_preset_fits_a_scenario_with_categories() -> None:
    for word, text in PRESETS.values():
        assert 5 <= len(grid(TEAM, [axis(word, text)])) <= 9


def test_a_cell_is_the_scenario_with_its_words() -> None:
    cells = grid(TEAM, [axis("break", "0,10"), axis("agents", "-1,+1")])
    assert list(cells) == [("0", "-1"), ("0", "+1"), ("10", "-1"), ("10", "+1")]
    for (minutes, agents), scenario in cells.items():
        assert scenario == scenario_from(changed(TEAM, {"break": minutes, "agents": agents}))


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ([], "one or 2 different axes"),
        ([axis("break", "0,5")] * 2, "one or 2 different axes"),
        ([axis("break", "0,5"), axis("agents", "1,2"), axis("rotation", "2,3")], "one or 2 different axes"),
        ([axis("break", "0..100/1"), axis("rotation", "1..20/1")], "at most 200 cells"),
        ([axis("breaks", "0,5")], "breaks: '0' is not allowed; allowed: one of agents"),
        ([axis("break", "5,90")], "/policy/break_min_s"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(axes: list[Axis], said: str) -> None:
    with pytest.raises(InvalidValues, match=said):
        grid(TEAM, axes)


def test_cells_are_paired_with_the_scenario_as_it_is() -> None:
    found = sweep(TEAM, [axis("agents", "3,2")], one_after_another)
    same, fewer = found.cells
    assert (found.replications, found.whole) == (2, True)
    assert {each.difference.mean for each in same.metrics.values()} <= {0.0, None}
    base, cell = scenario_from(TEAM), scenario_from(changed(TEAM, {"agents": "2"}))
    for name in ("staff_usd", "load_mean_points", "wait_written_mean_s"):
        expected = tuple(measured(cell, each)[name] - measured(base, each)[name] for each in range(2))
        assert fewer.metrics[name].difference.values == pytest.approx(expected)
    plain = found.as_mapping()
    assert [each["amounts"] for each in plain["cells"]] == [{"agents": "3"}, {"agents": "2"}]
    assert plain["cells"][0]["digest"] == plain["digest"]


def test_a_sweep_that_is_cancelled_has_the_replications_of_all_cells() -> None:
    def some(count: int) -> Any:
        def measure(scenarios: Mapping[str, Scenario], replications: Sequence[int]) -> Any:
            raise Cancelled(one_after_another(scenarios, replications[:count]))

        return measure

    many = {**TEAM, "run": {"days": 1, "replications": 5}}
    found = sweep(many, [axis("agents", "3,2")], some(2))
    assert (found.replications, found.whole) == (2, False)
    with pytest.raises(Cancelled):
        sweep(many, [axis("agents", "3,2")], some(1))
