"""The scenarios that come along: each says what it is for, is of the size that it claims, and can be served by its people."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from api.commands.scenario_files import read, text_at
from api.jobs.shipped import shipped_names
from api.jobs.studies import planned
from fatigue_model.dynamics import DAY_S
from router.events import PolicyPut
from simulations.engine import simulate
from simulations.happenings import stepped
from simulations.opening import World
from simulations.profile import profile
from simulations.scenario import Scenario, parse
from simulations.schema import plain

NAMES = shipped_names()


def scenario(name: str) -> Scenario:
    return read(Path(name))


def expected_tickets(told: Scenario, days: int) -> float:
    """How many come on average in some days from the start, without drawing them."""
    start_s = World(replace(told, demand=replace(told.demand, tickets_per_day=0.01)), 0).start_s
    edges_s, expected = profile(told, start_s, start_s + days * DAY_S)
    return float(np.interp(start_s + days * DAY_S, edges_s, expected))


def test_all_are_there() -> None:
    assert {"automation-rollout", "bad-week", "comparable-team", "large-site", "mid-size", "small-team"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_opens_with_what_it_is_for_and_how_to_run_it(name: str) -> None:
    schema, purpose, *lines = text_at(Path(name)).split('\n\ntitle = "')[0].splitlines()
    assert schema.startswith("#:schema ")
    assert purpose.startswith("# ")
    assert len(purpose) > 60
    assert any("respite " in line and name in line for line in lines)
    assert scenario(name).reference is not None or "replace it with your own" in " ".join(lines).replace("# ", "")


@pytest.mark.parametrize("name", NAMES)
def test_each_means_the_same_where_it_comes_as_json(name: str) -> None:
    """JSON has neither dates nor times of day: they come as text there."""
    request = {"kind": "simulate", "scenario": plain(parse(text_at(Path(name))))}
    assert planned(request).scenarios[0].digest() == scenario(name).digest()


@pytest.mark.parametrize("name", NAMES)
def test_somebody_can_answer_every_kind_in_every_language_on_every_day_that_brings_any(name: str) -> None:
    told = scenario(name)
    for weekday, weight in zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), told.demand.weekday_weights, strict=True):
        there = [group for group in told.groups.values() if weekday in group.weekdays]
        if weight > 0.12:  # a few letters that come in over a weekend wait for Monday
            for kind in told.categories.values():
                for language in told.demand.languages or {None: 1.0}:
                    assert any(
                        set(kind.skills) <= set(group.skills) and (language is None or language in group.languages) for group in there
                    )


@pytest.mark.parametrize(
    ("name", "agents", "accounts"),
    [("small-team", 4, 200), ("comparable-team", 24, 2400), ("mid-size", 40, 4000), ("large-site", 400, 60_000)],
)
def test_sizes_are_those_that_are_claimed(name: str, agents: int, accounts: int) -> None:
    told = scenario(name)
    assert (told.agent_count, told.accounts.count) == (agents, accounts)


def test_the_large_site_has_its_languages_skills_and_half_a_million_tickets_a_month() -> None:
    told = scenario("large-site")
    asked = {skill for kind in told.categories.values() for skill in kind.skills}
    assert len(told.demand.languages) == 3
    assert len(asked) == 12
    assert expected_tickets(told, 30) == pytest.approx(500_000, rel=0.05)
    world = World(replace(told, run=replace(told.run, warm_up_days=0)), 0)
    assert 16_000 < len(world.tickets) < 26_000
    assert len(world.staff) == 400


def test_the_bad_week_brings_half_as_many_again() -> None:
    told = scenario("bad-week")
    usual = replace(told, incidents=())
    ratio = expected_tickets(replace(told, run=replace(told.run, warm_up_days=0)), 7) / expected_tickets(usual, 7)
    assert 1.3 < ratio < 1.8
    with_it, without = World(told, 0).tickets, World(usual, 0).tickets
    assert with_it.escalates[:, 0].sum() > 1.3 * without.escalates[:, 0].sum()


def test_the_rollout_opens_a_fifth_at_a_time() -> None:
    told = scenario("automation-rollout")
    open_to_it = [
        told.policy.automation.categories,
        *(values["automation"]["categories"] for _, values in stepped(told.policy, told.policy_steps)),
    ]
    shares = [sum(told.categories[name].share for name in names) for names in open_to_it]
    assert shares == pytest.approx([0, 0.2, 0.4, 0.6])
    assert sum(kind.share for kind in told.categories.values()) == pytest.approx(1)


def test_automation_takes_more_every_week_of_the_rollout() -> None:
    """With few tickets, so that it runs in a moment."""
    told = scenario("automation-rollout")
    run = simulate(replace(told, demand=replace(told.demand, tickets_per_day=25.0), run=replace(told.run, warm_up_days=0)))
    puts = [event.at_s for event in run.log if isinstance(event, PolicyPut)]
    assert np.diff([run.world.start_s, *puts[1:]]) == pytest.approx([7 * DAY_S] * 3, abs=3600)
    weeks = [(run.world.start_s + timedelta(weeks=week).total_seconds()) for week in range(5)]
    by_bot = np.histogram(run.ended_s[np.isnan(run.assigned_s) & ~np.isnan(run.ended_s)], weeks)[0]
    came = np.histogram(run.world.tickets.created_s, weeks)[0]
    share = by_bot / came
    assert share[0] == 0
    assert np.all(np.diff(share) > 0.03)
