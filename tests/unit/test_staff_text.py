"""What `respite staff` says of a search whose truth is known: the answer, what is missed and by how much, and what it leaves open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from api.commands.staff_plots import page
from api.commands.staff_text import answer_lines, frontier, people
from simulations.limits import limit
from simulations.metrics import METRICS
from simulations.scenario import Scenario
from simulations.sequential import Limit
from simulations.staffing import Question, Staffing, staff
from simulations.staffing_report import as_mapping
from simulations.staffing_search import Counts, Space
from support.scenarios import busy_team

TOLD = busy_team()  # first and second
ABOVE = limit("above_line", 0.1, False, METRICS["above_line"])
LEAVE = limit("abandonment", 0.03, False, METRICS["abandonment"])
SPACE = Space((1, 1), (6, 6), (1000.0, 1100.0))


def found_by(question: Question, above: Callable[[Counts], float] | None = None, told: Scenario = TOLD) -> Staffing:
    above = above or (lambda counts: 0.31 - 0.03 * sum(counts))

    def measure(counts: Counts, replications: range) -> list[dict[str, float]]:
        zero = dict.fromkeys(METRICS, 0.0)
        return [zero | {"above_line": above(counts) + 0.01 * np.random.default_rng(each).standard_normal()} for each in replications]

    return staff(question, (2, 2), measure)


def lines(question: Question, above: Callable[[Counts], float] | None = None) -> list[str]:
    return list(answer_lines(found_by(question, above), TOLD))


def test_the_answer_is_one_sentence() -> None:
    found = found_by(Question((ABOVE,), SPACE))
    assert found.answer is not None
    assert sum(found.answer.counts) == 8  # 7 have 10 %, not surely at most 10 %
    first = next(answer_lines(found, TOLD))
    assert first.startswith(f"8 agents ({found.answer.counts[0]} first, {found.answer.counts[1]} second): time above the line ")
    assert f"${found.answer.cost_usd:,.0f} for 2 days; met with 95 % confidence after {found.replications} replications of" in first


def test_the_table_has_a_row_for_each_head_count_the_cheapest_first() -> None:
    found = found_by(Question((ABOVE,), SPACE))
    console = Console(width=100)
    with console.capture() as seen:
        console.print(frontier(found, TOLD))
    text = seen.get()
    assert "agents = first + second" in text
    assert "≤ 10.0 %" in text
    assert text.count("$") == len(found.trials)
    assert text.count("← answer") == 1


def test_where_nobody_is_enough_the_nearest_is_named_with_its_gap() -> None:
    first = lines(Question((ABOVE,), replace(SPACE, highest=(2, 2))))[0]
    assert first.startswith("No head-count in the range meets every limit")
    assert "with 4 agents (2 first, 2 second), time above the line 19." in first or "time above the line 18." in first
    assert first.rstrip(".").endswith("over")


@pytest.mark.parametrize(
    ("budget_usd", "said"),
    [
        (20_000.0, "of the budget of $20,000 stay"),
        (5_000.0, "The budget of $5,000 buys 4 agents (2 first, 2 second) for $4,200: with 4 agents"),
        (2_000.0, "The budget of $2,000 pays for fewer people than one of each group."),
    ],
)
def test_a_budget_stays_buys_or_is_too_small(budget_usd: float, said: str) -> None:
    assert any(said in line for line in lines(Question((ABOVE,), SPACE, budget_usd=budget_usd)))


def test_an_abandonment_that_nothing_brings_about_is_told() -> None:
    said = "Nobody leaves in this scenario"
    assert any(said in line for line in lines(Question((ABOVE, LEAVE), SPACE)))
    assert not any(said in line for line in lines(Question((ABOVE,), SPACE)))


def test_who_is_undecided_is_named() -> None:
    close = Limit("above_line", 0.1 + 1e-4, False, 1e-3)
    assert any(line.startswith("Undecided after 9 runs") and "7 agents" in line for line in lines(Question((close,), SPACE, 0.95, 9)))


def test_more_people_who_do_harm_are_told_of() -> None:
    said = lines(Question((ABOVE,), SPACE), above=lambda counts: 0.2 + 0.05 * sum(counts))
    assert any("Against what the search assumes, 12 agents (6 first, 6 second) do worse than" in line for line in said)


@pytest.mark.parametrize(("exchange", "said"), [(True, "larger exchanges between"), (False, "spared; exchanges between")])
def test_which_exchanges_were_tried_is_told(exchange: bool, said: str) -> None:
    assert any(said in line for line in lines(Question((ABOVE,), SPACE, exchange=exchange)))


def test_one_group_is_said_without_its_name() -> None:
    one = busy_team(groups={"first": {"agents": 2, "skills": {"product": 3}}})
    alone = replace(one, groups={"first": one.groups["first"]})
    assert (people((1,), alone), people((3,), alone)) == ("1 agent", "3 agents")


def test_the_page_and_the_plain_values_hold_every_head_count() -> None:
    found = found_by(Question((ABOVE, LEAVE), SPACE))
    drawn, plain = page(found, TOLD), as_mapping(found, TOLD)
    assert "Plotly.newPlot" in drawn
    for trial, row in zip(found.trials, plain["frontier"], strict=True):
        assert f"{people(trial.counts, TOLD)}, {trial.replications} runs" in drawn
        assert row["groups"] == dict(zip(("first", "second"), trial.counts, strict=True))
        assert row["limits"]["above_line"]["mean"] == trial.findings[0].mean
    assert plain["finished"] is True
    assert plain["surprises"] == []
