"""What must hold in every run, whatever the scenario: determinism, Little's law, nothing lost, time accounted for, rest kept."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.events import AgentStatus, Decided, TicketEvent, TicketOpened, encode
from router.evolve import evolve
from router.snapshot import dump
from router.state import TeamState
from simulations.demand import book, tickets
from simulations.engine import simulate
from simulations.metrics import measure
from simulations.people import LIVE_FROM, Activity
from simulations.record import SAMPLE_S, Run
from simulations.run import run
from support.scenarios import busy_team, plain_queue

DAY_S = 86_400.0
seeds = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def busy() -> Run:
    return simulate(busy_team())


def test_one_seed_gives_one_run_and_another_another(busy: Run) -> None:
    again, other = simulate(busy_team()), simulate(busy_team(), replication=1)
    assert [encode(event) for event in again.log] == [encode(event) for event in busy.log]
    assert dump(again.state) == dump(busy.state)
    assert np.array_equal(again.acute, busy.acute)
    assert measure(other) != measure(busy)


@settings(max_examples=8)
@given(seeds, st.sampled_from([3, 40, 110]))
def test_littles_law(seed: int, volume: int) -> None:
    """The time-average of the queue, from the log alone, is the arrivals times their mean wait, from the tickets alone."""
    found = simulate(busy_team(run={"seed": seed}, demand={"tickets_per_day": volume}))
    state, area, last_s = TeamState(), 0.0, found.world.start_s
    for event in found.log:
        area += len(state.waiting) * (event.at_s - last_s)
        last_s = event.at_s
        evolve(state, event)
    area += len(state.waiting) * (found.world.end_s - last_s)
    entered, waited_s = {}, 0.0
    for event in found.log:
        if isinstance(event, TicketOpened) or (isinstance(event, TicketEvent) and event.type in ("reopened", "automation_failed")):
            entered[event.ticket_id] = event.at_s
        elif isinstance(event, Decided):
            for record in event.decisions:
                if record["lane"] != "queue":
                    waited_s += event.at_s - entered.pop(record["ticket_id"], event.at_s)
                else:  # also how a ticket comes back from automation
                    entered.setdefault(record["ticket_id"], event.at_s)
    waited_s += sum(found.world.end_s - since_s for since_s in entered.values())
    assert area == pytest.approx(waited_s, rel=1e-9, abs=1e-3)


def test_little_holds_for_the_waits_that_are_reported() -> None:
    found = simulate(plain_queue(3, 2.4))
    begun_s = np.where(np.isnan(found.response_s), found.world.end_s, found.response_s)
    state, area, last_s = TeamState(), 0.0, found.world.start_s
    for event in found.log:
        area += len(state.waiting) * (event.at_s - last_s)
        last_s = event.at_s
        evolve(state, event)
    area += len(state.waiting) * (found.world.end_s - last_s)
    assert area == pytest.approx((begun_s - found.world.tickets.created_s).sum())
    assert measure(found)["wait_live_mean_s"] * len(found.world.tickets) == pytest.approx(area)


def test_no_ticket_is_lost(busy: Run) -> None:
    kinds = [state.state for state in busy.state.tickets.values()]
    assert len(kinds) == len(busy.world.tickets)
    assert sum(kind == "resolved" for kind in kinds) == np.count_nonzero(~np.isnan(busy.ended_s))
    held = sum(len(ticket_ids) for ticket_ids in (busy.state.waiting, busy.state.automated))
    assert held + sum(kind == "assigned" for kind in kinds) == np.count_nonzero(np.isnan(busy.ended_s))


def test_the_order_of_a_ticket(busy: Run) -> None:
    created_s = busy.world.tickets.created_s
    assert np.all(np.isnan(busy.response_s) | (busy.response_s >= created_s))
    assert np.all(np.isnan(busy.ended_s) | (busy.ended_s >= busy.response_s))
    assert np.all((busy.ended_s < busy.world.end_s) | np.isnan(busy.ended_s))


def test_every_second_of_an_agent_is_accounted_for(busy: Run) -> None:
    assert busy.seconds.sum(axis=1) == pytest.approx(np.full(4, busy.world.end_s - busy.world.counts_from_s))
    switched_off = [Activity.WRAP_UP, Activity.MEETING, Activity.DEBRIEF]
    assert np.all(np.delete(busy.seconds.sum(axis=0), switched_off) > 0)
    assert not busy.seconds[:, switched_off].any()


def test_parking_work_loses_and_adds_nothing(busy: Run) -> None:
    """Written contacts took exactly the drawn time; what was spent beyond lies in the work unfinished at the end."""
    drawn, done_s, rounds = busy.world.tickets, 0.0, Counter[int]()
    for event in busy.log:
        if isinstance(event, TicketEvent) and event.type in ("contact", "automation_resolved"):
            ticket = busy.world.number[event.ticket_id]
            if event.type == "contact" and drawn.channel[ticket] < LIVE_FROM:
                done_s += drawn.handle_s[ticket, rounds[ticket]]
            rounds[ticket] += 1
    held = [busy.world.number[each.id] for each in busy.state.tickets.values() if each.state == "assigned"]
    begun_s = sum(drawn.handle_s[ticket, rounds[ticket]] for ticket in held)
    rounding_s = 1e-6 * len(busy.log)  # each event's instant, a sum around 1.8e9 s, is exact to a quarter of a millionth
    assert done_s - rounding_s <= busy.seconds[:, Activity.WRITTEN].sum() <= done_s + begun_s + rounding_s


def test_a_live_contact_lasts_what_was_drawn_for_it_each_time_anew() -> None:
    found = simulate(busy_team(demand={"channels": {"email": 0, "web": 0}}, reopening={"probability": 0.8, "delay_mean_h": 0.5}))
    drawn, rounds, begun_s = found.world.tickets, Counter[int](), {}
    for event in found.log:
        if isinstance(event, Decided):
            begun_s |= {found.world.number[record["ticket_id"]]: event.at_s for record in event.decisions if record["lane"] == "agent"}
        elif isinstance(event, TicketEvent) and event.type in ("contact", "automation_resolved"):
            ticket = found.world.number[event.ticket_id]
            if event.type == "contact":
                assert event.at_s - begun_s[ticket] == pytest.approx(drawn.handle_s[ticket, rounds[ticket]])
            rounds[ticket] += 1
    assert max(rounds.values()) == 3


def test_nobody_writes_on_a_break_or_off_shift(busy: Run) -> None:
    """A written contact never ends inside a break that began before it, nor while its agent is offline or at lunch."""
    statuses = [event for event in busy.log if isinstance(event, AgentStatus)]
    for ended_s, row, ticket in zip(busy.contact_s, busy.contact_row, busy.contact_ticket, strict=True):
        if busy.world.tickets.channel[ticket] < LIVE_FROM:
            agent_id = busy.state.agents.people[row].id
            assert [each.status for each in statuses if each.agent_id == agent_id and each.at_s <= ended_s][-1] == "online"
            assert not any(who == row and each.start_s < ended_s < each.end_s for who, each in busy.breaks)


def test_time_alone_wakes_the_team() -> None:
    """Nothing happens when automation's time is up, yet a person gets the ticket at that instant."""
    found = simulate(
        busy_team(
            demand={"tickets_per_day": 4, "hour_weights": [0] * 10 + [1, 1] + [0] * 12},
            categories={"defect": {"share": 0}, "other": {"share": 0}},
            automation={"answer_mean_s": 86_400.0},
            escalation={"ordinary": 0, "difficult": 0, "abuse": 0},
            reopening={"probability": 0},
            policy={"automation": {"timeout_s": 777, "break_even": 0}},  # or the bot would be closed after four of them
        )
    )
    assert len(found.world.tickets) > 3
    assert found.assigned_s - found.world.tickets.created_s == pytest.approx(np.full(len(found.assigned_s), 777.0))


def test_breaks_keep_the_policys_bounds(busy: Run) -> None:
    assert len(busy.breaks) > 5
    policy = busy.world.scenario.policy
    for _, each in busy.breaks:
        assert policy.break_min_s <= each.end_s - each.start_s
        assert each.start_s - each.since_s <= policy.pending_deadline_s + policy.coverage_delay_max_s


def test_samples_lie_on_the_grid_and_above_nothing(busy: Run) -> None:
    assert np.all((busy.sample_s - busy.world.counts_from_s) % SAMPLE_S == 0)
    assert busy.on_shift.any(axis=1).all()
    assert np.all(busy.acute >= 0)
    assert np.all(busy.line <= busy.world.scenario.policy.fatigue.line_points)


def test_the_cost_of_automation_is_what_the_log_holds(busy: Run) -> None:
    resolved = sum(1 for event in busy.log if isinstance(event, TicketEvent) and event.type == "automation_resolved")
    assert resolved > 0
    assert measure(busy)["automation_usd"] == resolved * 0.5


DRAFTS = {"policy": {"automation": {"draft_categories": ["defect", "other"], "draft_saves_share": 0.3}}}


@settings(max_examples=6)
@given(seeds)
def test_cost_is_fifty_cents_a_resolution_and_a_quarter_a_draft_to_the_cent(seed: int) -> None:
    found = simulate(busy_team(run={"seed": seed}, **DRAFTS))
    records = [record for event in found.log if isinstance(event, Decided) for record in event.decisions]
    drafts = sum(record["costs_usd"]["draft"] > 0 for record in records)
    resolved = sum(isinstance(event, TicketEvent) and event.type == "automation_resolved" for event in found.log)
    seen = measure(found)
    assert (seen["automated"], seen["drafts"]) == (resolved, drafts)
    assert drafts > 0
    assert 100 * seen["automation_usd"] == 50 * resolved + 25 * drafts
    assert 100 * seen["drafts_usd"] == 25 * drafts
    assert found.state.bots.drafts == drafts
    assert 2 * sum(pair.spent_micro_usd for pair in found.state.bots.pairs.values()) == resolved * 1_000_000


def test_a_draft_shortens_the_time_that_was_drawn_by_what_it_saves() -> None:
    """Chats last what was drawn for them, less the share; the draws are those of a team without drafts."""
    chats = {"demand": {"channels": {"email": 0, "web": 0, "phone": 0}}, "categories": {"access": {"share": 0}}}
    plain, found = simulate(busy_team(**chats)), simulate(busy_team(**chats, **DRAFTS))
    assert np.array_equal(plain.world.tickets.handle_s, found.world.tickets.handle_s)
    begun, rounds, shorter = dict[int, tuple[float, bool]](), Counter[int](), 0
    for event in found.log:
        if isinstance(event, Decided):
            for record in event.decisions:
                if record["lane"] == "agent":
                    begun[found.world.number[record["ticket_id"]]] = (event.at_s, record["draft"])
        elif isinstance(event, TicketEvent) and event.type == "contact":
            ticket = found.world.number[event.ticket_id]
            begun_s, draft = begun[ticket]
            drawn_s = found.world.tickets.handle_s[ticket, rounds[ticket]]
            assert event.at_s - begun_s == pytest.approx(drawn_s * (0.7 if draft else 1.0))
            rounds[ticket] += 1
            shorter += draft
    assert 0 < shorter < rounds.total()


def test_what_automation_leaves_to_people_is_harder() -> None:
    """Routine tickets escalate less: taken out, the mean of what people meet is above the mean of all."""
    seen = measure(simulate(busy_team(categories={"access": {"share": 6, "escalation_factor": 0.1}})))
    assert seen["automated"] > 10
    assert seen["contact_points"] > seen["contact_points_of_all"]
    without = measure(simulate(busy_team(policy={"automation": {"categories": []}})))
    assert without["contact_points"] == without["contact_points_of_all"]


@settings(max_examples=10)
@given(seeds)
def test_common_random_numbers(seed: int) -> None:
    """Ticket number i is the same ticket whoever works and however many come."""
    one, more = (
        busy_team(run={"seed": seed}),
        busy_team(run={"seed": seed}, demand={"tickets_per_day": 90}, groups={"first": {"agents": 5}}),
    )
    drawn = []
    for scenario in (one, more):
        accounts = book(scenario, 0, 0.0)
        drawn.append(tickets(scenario, 0, accounts, 0.0, 5 * DAY_S))
    few, many = drawn
    assert len(few) < len(many)
    same = slice(0, len(few))
    for name in ("channel", "account", "priority", "category", "handle_s", "escalates", "abuse", "automation_s", "reopens"):
        assert np.array_equal(getattr(few, name), getattr(many, name)[same])
    assert np.all(many.created_s[same] <= few.created_s)


def test_the_mean_is_over_the_replications() -> None:
    scenario = busy_team(run={"replications": 3, "days": 1})
    told: list[tuple[int, int]] = []
    summary = run(scenario, lambda done, of: told.append((done, of)))
    each = [measure(simulate(scenario, replication)) for replication in range(3)]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert summary.estimates["tickets"].values == tuple(found["tickets"] for found in each)
    assert summary.estimates["load_mean_points"].mean == pytest.approx(np.mean([found["load_mean_points"] for found in each]))
    assert run(scenario).as_mapping() == summary.as_mapping()
