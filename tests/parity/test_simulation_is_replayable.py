"""A simulated day is a log like any other: folded again it gives the same decisions, the same reasons and the same end state."""

import json

import pytest

from router.events import Decided, decode, encode
from router.replay import replay
from router.snapshot import dump
from router.state import TeamState
from simulations.engine import simulate
from simulations.record import Run
from support.scenarios import busy_team


def choices(run: Run) -> list[tuple[float, str, str, str | None]]:
    """Every decision as instant, ticket, lane and agent."""
    decided = (event for event in run.log if isinstance(event, Decided))
    return [(each["decided_s"], each["ticket_id"], each["lane"], each["agent_id"]) for event in decided for each in event.decisions]


@pytest.mark.parametrize("replication", [0, 1])
def test_the_log_of_a_run_gives_its_decisions_and_its_end_state_again(replication: int) -> None:
    run = simulate(busy_team(), replication, explain=True)
    state = TeamState()
    done = replay(state, run.log)
    count, differences = done.count, done.differences
    assert differences == ()
    assert count == len(choices(run)) > 200
    assert dump(state) == dump(run.state)


def test_the_log_goes_through_json_unchanged() -> None:
    run = simulate(busy_team(), explain=True)
    written = [json.dumps(encode(event)) for event in run.log]
    state = TeamState()
    differences = replay(state, [decode(*json.loads(line)) for line in written]).differences
    assert differences == ()
    assert dump(state) == dump(run.state)


def test_reasons_change_no_choice() -> None:
    terse, explained = simulate(busy_team()), simulate(busy_team(), explain=True)
    assert choices(terse) == choices(explained)
    assert dump(terse.state) == dump(explained.state)


def test_the_scenario_meets_the_rules_that_replay_must_get_right() -> None:
    """Otherwise the tests above would prove little."""
    run = simulate(busy_team(), explain=True)
    records = [record for event in run.log if isinstance(event, Decided) for record in event.decisions]
    rules = {rule["rule"] for record in records for other in record["not_others"] for rule in other["rules"]}
    assert {"off_shift", "on_break", "skill", "concurrency", "rotation", "light_duty", "load_bound", "ramp_in"} <= rules
    assert {record["lane"] for record in records} == {"agent", "queue", "automation"}
