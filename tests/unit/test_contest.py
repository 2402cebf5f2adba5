"""Policies on the same arrivals: common random numbers, time above the line by hand, paired differences and verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fatigue_model.params import DEFAULTS
from router.decide import decide
from router.events import AgentStatus, TicketEvent, TicketOpened, encode
from simulations.baselines import BASELINES, OURS, POLICIES, routed_by
from simulations.contest import CONTEST_METRICS, Contest, compete, contest, judged, run_contest, under
from simulations.engine import simulate
from simulations.record import Run
from simulations.true_models import TRUE_MODELS
from support.scenarios import busy_team, plain_queue


@pytest.fixture(scope="module")
def ours() -> Run:
    return simulate(under(busy_team(), OURS))


def test_ours_through_the_seam_is_the_run_without_it(ours: Run) -> None:
    named = simulate(busy_team(), decided_by=routed_by(OURS))
    assert routed_by(OURS) is decide
    assert [encode(event) for event in ours.log] == [encode(event) for event in named.log]


@pytest.mark.parametrize("policy", sorted(BASELINES))
def test_every_policy_meets_the_same_tickets_and_takes_no_breaks_but_ours(policy: str, ours: Run) -> None:
    scenario = busy_team()
    run = simulate(under(scenario, policy), decided_by=routed_by(policy))
    came = [[event for event in each.log if isinstance(event, TicketOpened)] for each in (run, ours)]
    assert came[0] == came[1]
    assert under(scenario, OURS) == scenario
    assert all(each.end_s == each.start_s for _, each in run.breaks)
    assert run.breaks
    assert sum(each.end_s - each.start_s for _, each in ours.breaks) > 0
    assert run.contact_hot.sum() > 5


@pytest.mark.parametrize("policy", sorted(BASELINES))
def test_a_baseline_serves_whatever_can_be_served(policy: str) -> None:
    """Round the clock, one call at a time: no call waits while somebody is free."""
    run = simulate(under(plain_queue(3, 2.0), policy), decided_by=routed_by(policy))
    assert len(run.world.tickets) > 200
    ended = np.sort(run.ended_s[~np.isnan(run.ended_s)])
    begun = np.sort(run.assigned_s[~np.isnan(run.assigned_s)])
    for created_s, begun_s in zip(run.world.tickets.created_s, run.assigned_s, strict=True):
        busy = np.searchsorted(begun, created_s, "right") - np.searchsorted(ended, created_s, "right")
        assert begun_s == created_s or busy >= 3 or math.isnan(begun_s)


def one_day(policy: str = "round_robin") -> Run:
    """One agent, one day of 8.5 hours, calls that are all escalated."""
    scenario = busy_team(
        groups={"first": {"agents": 1}, "second": {"agents": 1}},
        demand={"tickets_per_day": 24, "channels": {"email": 0, "web": 0, "chat": 0, "phone": 1}},
        escalation={"ordinary": 1, "difficult": 1},
        reopening={"probability": 0},
        run={"days": 1},
    )
    return simulate(under(scenario, policy), decided_by=routed_by(policy))


def test_time_above_the_line_is_counted_by_hand() -> None:
    """Between contacts A halves every hour at the queue and B grows from A; here stepped by the second with a model of its own."""
    run = one_day()
    found = judged(run)
    above_s = stretches = 0.0
    for person in run.state.agents.people:
        status = sorted((e.at_s, e.status) for e in run.log if isinstance(e, AgentStatus) and e.agent_id == person.id)
        contacts = sorted((entry.ended_s, entry.points, entry.account_id) for entry in person.entries)
        acute = carried = 0.0
        memory: dict[str, tuple[float, float]] = {}
        for (start_s, what), (end_s, _) in zip(status, [*status[1:], (run.world.end_s, "")], strict=True):
            at_s = start_s
            half_min, carried_h = (60.0, 96.0) if what == "online" else (20.0, 96.0) if what == "away" else (30.0, 30.0)
            while at_s < end_s:
                while contacts and contacts[0][0] <= at_s:
                    ended_s, points, account = contacts.pop(0)
                    known, since_s = memory.get(account, (0.0, ended_s))
                    known *= 2 ** (-(ended_s - since_s) / (14 * 86_400))
                    acute += points * (1 + 0.25 * known)
                    memory[account] = (known + points, ended_s)
                step_s = min(1.0, end_s - at_s)
                above_s += step_s * (what == "online" and acute > DEFAULTS.line_points / (1 + carried / 3.0))
                carried = carried * 2 ** (-step_s / 3600 / carried_h) + (0.25 * math.log(2) / 3600 * acute * step_s) * (what == "online")
                acute *= 2 ** (-step_s / 60 / half_min)
                at_s += step_s
            stretches += what == "online"
    assert above_s > 600
    assert found["above_line_s.as_assumed"] == pytest.approx(above_s / 2, abs=60)  # two agents, one day each


def test_each_true_model_judges_the_same_run_in_its_own_way() -> None:
    found = judged(one_day())
    assert set(found) == {f"{name}.{model}" for name in ("above_line_s", "load_p95_points") for model in TRUE_MODELS}
    assert found["above_line_s.faster"] < found["above_line_s.as_assumed"] < found["above_line_s.slower"]
    assert found["load_p95_points.faster"] < found["load_p95_points.as_assumed"] < found["load_p95_points.slower"]


def test_the_95th_percentile_is_of_time_at_the_queue() -> None:
    """Without any contact nobody has a load; with none at work there is nothing to measure."""
    quiet = simulate(busy_team(demand={"tickets_per_day": 0.01}, run={"days": 1}))
    assert judged(quiet)["load_p95_points.as_assumed"] == 0
    away = simulate(busy_team(groups={"first": {"weekdays": ["sun"]}, "second": {"weekdays": ["sun"]}}, run={"days": 1}))
    assert all(math.isnan(each) for each in judged(away).values())


def made(ours: list[float], theirs: list[float], service: tuple[list[float], list[float]] | None = None) -> Contest:
    """A contest in which only time above the line (under all models), Gini and service level are of interest."""
    service = service or ([0.9] * len(ours), [0.9] * len(ours))

    def row(above_s: float, level: float) -> dict[str, float]:
        return {
            name: level if name == "service_level" else above_s if name.startswith(("above", "points_gini")) else 1.0
            for name in CONTEST_METRICS
        }

    measured = {policy: [row(*each) for each in zip(theirs, service[1], strict=True)] for policy in BASELINES}
    measured[OURS] = [row(*each) for each in zip(ours, service[0], strict=True)]
    return contest(busy_team(), measured)


def test_halving_is_of_means_and_sure_only_beyond_chance() -> None:
    sure, lucky, missed, never = made([1, 2], [4, 6]), made([1, 2], [2, 30]), made([3, 3], [5, 5]), made([0, 0], [1, 2])
    assert [each.ratio for each in sure.halvings] == [10 / 3] * len(BASELINES) * len(TRUE_MODELS)
    first = [each.halvings[0] for each in (sure, lucky, missed, never)]
    assert [(each.met, each.sure) for each in first] == [(True, True), (True, False), (False, False), (True, False)]
    assert first[3].ratio == math.inf
    assert (sure.gini_ratio, never.gini_ratio) == (10 / 3, math.inf)


def test_service_is_equal_unless_the_paired_interval_lies_below() -> None:
    worse = made([1] * 3, [1] * 3, ([0.90, 0.80, 0.70], [0.92, 0.82, 0.72]))
    unclear = made([1] * 3, [1] * 3, ([0.90, 0.80, 0.70], [0.95, 0.78, 0.71]))
    assert worse.equal_service("least_busy") is False
    assert unclear.equal_service("least_busy") is True
    assert made([1], [1]).equal_service("least_busy") is None
    assert worse.differences["least_busy"]["service_level"].mean == pytest.approx(-0.02)


def test_policies_need_equal_replications() -> None:
    with pytest.raises(ValueError, match="same replications"):
        contest(busy_team(), {policy: [dict.fromkeys(CONTEST_METRICS, 1.0)] * (1 + (policy == OURS)) for policy in POLICIES})


def test_a_contest_holds_what_its_runs_hold() -> None:
    scenario = busy_team(run={"days": 1, "replications": 2})
    told: list[int] = []
    found = run_contest(scenario, lambda: told.append(1))
    assert len(told) == 2 * len(POLICIES)
    values = found.estimates["least_busy"]["service_level"].values
    assert values == tuple(compete(scenario, "least_busy", replication)["service_level"] for replication in range(2))
    ours = found.estimates[OURS]["break_taken_s"]
    assert (ours.mean or 0) > 0
    assert found.differences["least_busy"]["break_taken_s"].mean == ours.mean
    assert any(isinstance(event, TicketEvent) for event in simulate(scenario).log)
