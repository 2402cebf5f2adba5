"""Cover by colleagues delays a break within its bound."""

from __future__ import annotations

import pytest

from router.cover import unattainable
from support.build import contact, set_status, team
from support.rests import MIN_S, at, held, span, view


def test_a_coverage_floor_delays_the_start_until_a_colleague_is_back() -> None:
    state = team(["ann", "ben"], policy={"coverage_floor": 1})
    contact(state, "ben", at(0), escalated=True)
    contact(state, "ann", at(4), escalated=True)
    assert (span(state, "ben"), span(state)) == ((0, 10), (10, 20))
    assert view(state, 4 * MIN_S).state == "pending"


@pytest.mark.parametrize("delay_s", [0, 120, 600])
def test_coverage_delays_within_its_bound_and_never_cancels(delay_s: int) -> None:
    state = team(["ann", "ben"], policy={"coverage_floor": 5, "coverage_delay_max_s": delay_s})
    contact(state, "ann", at(4), escalated=True)
    assert span(state)[0] == 4 + delay_s / 60
    contact(state, "ann", at(4.5))  # e-mail that ends meanwhile does not begin the wait anew
    assert span(state)[0] == 4 + delay_s / 60


def test_a_colleague_whose_break_is_pending_is_no_cover() -> None:
    state = team(["ann", "ben"], policy={"coverage_floor": 1})
    held(state, "ben", channel="chat")
    contact(state, "ben", at(0), escalated=True)  # pending until minute 5
    contact(state, "ann", at(1), escalated=True)
    assert (span(state, "ben"), span(state)) == ((5, 15), (11, 21))


def test_who_is_away_waits_for_no_cover() -> None:
    state = team(["ann", "ben"], policy={"coverage_floor": 5})
    contact(state, "ann", at(4), escalated=True)
    set_status(state, "ann", "away", at(6))
    assert span(state) == (6, 16)


@pytest.mark.parametrize(
    ("floor", "delay_s", "said"),
    [
        (0, 600, []),
        (1, 600, ["coverage_floor is 1, and fewer others have export: breaks there always wait the whole 600 s"]),
        (2, 60, ["coverage_floor is 2, and fewer others have billing, export: breaks there always wait the whole 60 s"]),
        (3, 600, ["coverage_floor is 3, and the team has fewer others: breaks there always wait the whole 600 s"]),
        (3, 0, []),
    ],
)
def test_a_floor_that_is_never_met_is_warned_of(floor: int, delay_s: int, said: list[str]) -> None:
    skills = {"ann": {"billing": 1, "export": 2}, "ben": {"billing": 3}, "cem": {}}
    state = team({name: {"skills": each} for name, each in skills.items()}, {"coverage_floor": floor, "coverage_delay_max_s": delay_s})
    assert list(unattainable(state)) == said
