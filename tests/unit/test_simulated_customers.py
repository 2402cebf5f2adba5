"""What simulated customers do while they wait: they leave when their patience is over, and some try again."""

from typing import Any

import numpy as np
import pytest

from router.events import Decided, TicketEvent
from simulations.engine import simulate
from simulations.metrics import measure
from simulations.people import LIVE_FROM
from simulations.record import Run
from simulations.settings import ROUNDS_MAX
from support.scenarios import busy_team, merged, plain_queue

FIRM = {"patience": {"phone": {"shape": "deterministic", "mean_s": 240.0}}}


def rush(**changes: Any) -> Run:
    """One agent and twice the calls that one can take, for a day."""
    return simulate(plain_queue(1, 2.0, 600.0, **merged(FIRM, changes)))


def told(run: Run, what: str) -> list[TicketEvent]:
    return [event for event in run.log if isinstance(event, TicketEvent) and event.type == what]


def test_who_waits_longer_than_their_patience_leaves_at_that_instant_and_nobody_else() -> None:
    run = rush()
    wait_s = np.where(np.isnan(run.left_s), run.response_s, run.left_s) - run.world.tickets.created_s
    left, seen = ~np.isnan(run.left_s), ~np.isnan(wait_s)
    assert 40 < left.sum() < seen.sum() - 40
    assert wait_s[left] == pytest.approx(np.full(left.sum(), 240.0))
    assert np.all(wait_s[seen & ~left] <= 240.0)
    closed = told(run, "closed")
    assert {run.world.number[each.ticket_id] for each in closed} == set(np.flatnonzero(left))
    assert {run.state.tickets[each.ticket_id].state for each in closed} == {"closed"}


def test_who_left_is_given_to_nobody_and_owes_nobody_a_break() -> None:
    run = rush(escalation={"ordinary": 1.0, "at_arrival_share": 1.0}, policy={"break_min_s": 300})
    gone = {each.ticket_id: each.at_s for each in told(run, "closed")}
    given = {record["ticket_id"] for event in run.log if isinstance(event, Decided) for record in event.decisions if record["agent_id"]}
    assert len(gone) > 40
    assert not gone.keys() & given
    assert not {run.world.number[each] for each in gone} & set(run.contact_ticket)


def test_abandonment_is_the_share_of_live_tickets_that_left_and_their_wait_ends_there() -> None:
    run = rush()
    seen, count = measure(run), len(run.world.tickets)
    assert seen["abandonment"] == pytest.approx(len(told(run, "closed")) / count)
    assert seen["abandoned"] == len(told(run, "closed"))
    assert seen["wait_live_served_s"] < seen["wait_live_mean_s"] <= 240.0 + 1e-6
    assert seen["left_open"] <= 4


@pytest.mark.parametrize("target_s", [120.0, 300.0])
def test_who_left_before_the_target_is_left_out_of_the_service_level_and_after_it_is_a_miss(target_s: float) -> None:
    run = rush(targets={"phone_s": target_s, "business_hours": False})
    wait_s = run.response_s - run.world.tickets.created_s
    kept, left = int((wait_s <= target_s).sum()), int((~np.isnan(run.left_s)).sum())
    missed = int((wait_s > target_s).sum()) + (left if target_s < 240 else 0)
    open_s = run.world.end_s - run.world.tickets.created_s[np.isnan(run.response_s) & np.isnan(run.left_s)]
    assert measure(run)["service_level_live"] == pytest.approx(kept / (kept + missed + int((open_s > target_s).sum())))


def test_who_left_may_come_back_and_their_waits_add_up_without_the_time_between() -> None:
    run = rush(patience={"returns": 1.0, "returns_after": {"shape": "deterministic", "mean_s": 3600.0}})
    first = {each.ticket_id: each.at_s for each in reversed(told(run, "closed"))}
    back = {each.ticket_id: each.at_s for each in reversed(told(run, "reopened"))}
    assert len(back) > 40
    assert all(back[each] == pytest.approx(first[each] + 3600.0) for each in back)
    rounds = [sum(1 for each in told(run, "closed") if each.ticket_id == ticket_id) for ticket_id in first]
    assert max(rounds) == ROUNDS_MAX
    seen = measure(run)
    assert seen["abandoned"] > seen["abandonment"] * len(run.world.tickets)
    served = ~np.isnan(run.response_s) & (run.waited_s > 0)
    assert served.any()
    assert run.waited_s[served] % 240.0 == pytest.approx(np.zeros(served.sum()), abs=1e-3)
    assert seen["wait_live_mean_s"] < 240.0 * ROUNDS_MAX


def test_written_tickets_have_no_patience() -> None:
    run = simulate(busy_team(patience={"chat": {"mean_s": 1.0}, "phone": {"mean_s": 1.0}}))
    left = ~np.isnan(run.left_s)
    assert left.any()
    assert np.all(run.world.tickets.channel[left] >= LIVE_FROM)


def test_patience_begins_when_automation_has_given_up() -> None:
    """The bot fails on every chat, or runs out of its 120 s; nobody is there, and patience is 200 s."""
    run = simulate(
        busy_team(
            demand={"channels": {"email": 0, "web": 0, "phone": 0}, "hour_weights": [1] * 6 + [0] * 18},
            categories={"access": {"automation_success": 0.0}, "defect": {"share": 0}, "other": {"share": 0}},
            escalation={"ordinary": 0, "difficult": 0, "abuse": 0},
            patience={"chat": {"shape": "deterministic", "mean_s": 200.0}},
            policy={"automation": {"break_even": 0}},
        )
    )
    lanes = {each["ticket_id"]: each["lane"] for event in reversed(run.log) if isinstance(event, Decided) for each in event.decisions}
    with_bot = np.array([lanes[each] == "automation" for each in run.world.number])  # but the weighty ones, which no bot gets
    bot_s = np.where(with_bot, np.minimum(run.world.tickets.automation_s, 120.0), 0.0)
    assert with_bot.sum() > 20
    assert bot_s.max() == 120.0 > bot_s[with_bot].min()
    assert run.left_s - run.world.tickets.created_s == pytest.approx(bot_s + 200.0, abs=1e-3)


def test_patience_is_drawn_for_the_ticket_whoever_works() -> None:
    few, many = rush(), simulate(plain_queue(3, 2.0, 600.0, **FIRM | {"patience": {"phone": {"mean_s": 240.0}}}))
    again = simulate(plain_queue(1, 2.0, 600.0, patience={"phone": {"mean_s": 480.0}}))
    assert np.array_equal(again.world.tickets.patience_s, 2 * many.world.tickets.patience_s)
    assert np.array_equal(few.world.tickets.handle_s, many.world.tickets.handle_s)
