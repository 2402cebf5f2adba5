"""Accounts remember bad experiences: what counts as one, how it fades, and what it does to contacts, tickets and revenue at risk."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.events import Decided, TicketEvent, TicketOpened
from simulations.behaviour import Frustration
from simulations.engine import simulate
from simulations.metrics import measure
from simulations.moods import Moods, churn_rise
from simulations.record import Run
from simulations.service import bad_experiences, waits
from support.scenarios import busy_team, plain_queue

DAY_S = 86_400.0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.floats(0, 100), st.floats(0.1, 50))
def test_each_bad_experience_counts_half_after_every_half_life(days: list[float], later_d: float, half_life_d: float) -> None:
    moods, days = Moods(2, Frustration(escalation_rise=2.0, repeat_rise=0.5, half_life_d=half_life_d)), sorted(days)
    for day in days:
        moods.worsen(1, day * DAY_S)
    now_d = days[-1] + later_d
    level = sum(2.0 ** ((day - now_d) / half_life_d) for day in days)
    assert moods.level(1, now_d * DAY_S) == pytest.approx(level, rel=1e-9, abs=1e-12)
    assert moods.escalation(1, now_d * DAY_S) == pytest.approx(1 + 2 * level)
    assert moods.repeat(1, now_d * DAY_S) == pytest.approx(1 + level / 2)
    assert moods.level(0, now_d * DAY_S) == 0.0


def angry(**changes: Any) -> Run:
    """Everything on that can go wrong."""
    return simulate(
        busy_team(
            patience={"chat": {"mean_s": 300.0}, "phone": {"mean_s": 120.0}, "returns": 0.5},
            frustration={"escalation_rise": 0.5, "repeat_rise": 0.5},
            categories={"access": {"automation_success": 0.5}},
            targets={"email_s": 3600.0},
            **changes,
        )
    )


def test_what_counts_is_what_the_log_and_the_tickets_tell() -> None:
    """Left, escalated, failed by automation, come back, answered late: counted again from the log, ticket by ticket."""
    run = angry()
    found, over, lanes = Counter[int](), dict[str, str](), dict[str, str]()
    for event in run.log:
        if isinstance(event, Decided):
            for record in event.decisions:
                timed_out = lanes.get(record["ticket_id"]) == "automation"
                found[run.world.number[record["ticket_id"]]] += timed_out
                lanes[record["ticket_id"]] = record["lane"]
        elif isinstance(event, TicketOpened):
            found[run.world.number[event.ticket_id]] += event.escalated
        elif isinstance(event, TicketEvent):
            bad = event.type in ("closed", "escalated", "automation_failed")
            bad |= event.type == "reopened" and over[event.ticket_id] == "resolved"
            found[run.world.number[event.ticket_id]] += bad
            if event.type in ("resolved", "closed", "automation_resolved"):
                over[event.ticket_id] = event.type.removeprefix("automation_")
            if event.type in ("automation_failed", "automation_resolved"):
                lanes.pop(event.ticket_id)
    late = ~np.isnan(run.response_s) & waits(run)[2]
    first_round = run.waits_from_s == run.world.tickets.created_s
    for ticket in np.flatnonzero(late & first_round):
        found[int(ticket)] += 1
    by_account = np.zeros(len(run.world.accounts.arr_usd))
    np.add.at(by_account, run.world.tickets.account[list(found)], list(found.values()))
    told = np.bincount(run.bad_account, minlength=len(by_account))
    pending = {number for name, number in run.world.number.items() if lanes.get(name) == "automation"}
    assert np.abs(told - by_account).sum() <= len(pending)
    assert told.sum() > 60


def test_after_one_escalation_all_escalate_where_the_rise_makes_it_sure() -> None:
    calls = {"accounts": {"count": 1, "difficult_share": 0.0}, "escalation": {"ordinary": 0.1, "at_arrival_share": 0.0}}
    calm = simulate(plain_queue(3, 1.0, 600.0, **calls, policy={"break_max_s": 0, "break_min_s": 0}))
    memory = {"frustration": {"escalation_rise": 10.0, "half_life_d": 365.0}}
    tense = simulate(plain_queue(3, 1.0, 600.0, **calls, **memory, policy={"break_max_s": 0, "break_min_s": 0}))
    assert np.array_equal(calm.world.tickets.escalation_draw, tense.world.tickets.escalation_draw)
    first = int(np.argmax(tense.contact_hot))
    assert not tense.contact_hot[:first].any()
    assert tense.contact_hot[first:].all()
    assert 5 < calm.contact_hot.sum() < len(calm.contact_hot) / 2


def test_after_a_bad_experience_tickets_come_back_more_often() -> None:
    once = {"accounts": {"count": 1}, "escalation": {"ordinary": 0, "difficult": 0}, "reopening": {"probability": 0.1, "delay_mean_h": 0.1}}
    calm = simulate(plain_queue(3, 0.4, 600.0, **once))
    tense = simulate(plain_queue(3, 0.4, 600.0, **once, frustration={"repeat_rise": 10.0, "half_life_d": 365.0}))
    back = [sum(isinstance(event, TicketEvent) and event.type == "reopened" for event in run.log) for run in (calm, tense)]
    assert back[1] > 3 * back[0] > 0


def test_who_automation_failed_takes_a_person_longer_and_escalates_more() -> None:
    def chats(**automation: float) -> Run:
        return simulate(
            busy_team(
                demand={"channels": {"email": 0, "web": 0, "phone": 0}, "tickets_per_day": 40},
                categories={"access": {"automation_success": 0.2}, "defect": {"share": 0}},
                escalation={"ordinary": 0.01, "difficult": 0.01, "abuse": 0, "at_arrival_share": 0},
                reopening={"probability": 0},
                policy={"automation": {"break_even": 0}},
                automation=automation,
            )
        )

    seen = chats(failed_handling_factor=1.7, failed_escalation_factor=100.0)
    given, bots, compared = dict[int, float](), set[int](), Counter[bool]()
    for event in seen.log:
        if isinstance(event, Decided):
            for record in event.decisions:
                ticket = seen.world.number[record["ticket_id"]]
                if record["lane"] == "automation":
                    bots.add(ticket)
                elif record["lane"] == "agent":
                    given[ticket] = event.at_s
        elif isinstance(event, TicketEvent) and event.type == "contact":
            ticket = seen.world.number[event.ticket_id]
            drawn_s = seen.world.tickets.handle_s[ticket, 0]
            assert event.at_s - given[ticket] == pytest.approx(drawn_s * (1.7 if ticket in bots else 1.0))
            assert not (ticket in bots and not seen.contact_hot[list(seen.contact_ticket).index(ticket)])
            compared[ticket in bots] += 1
    assert min(compared[True], compared[False]) > 10
    assert measure(seen)["hard_contacts"] > measure(chats())["hard_contacts"]


def test_the_rise_of_churn_is_that_of_independent_reasons_to_leave() -> None:
    assert churn_rise(np.array([0, 1, 2, 5]), 0.17) == pytest.approx([0.0, 0.17, 1 - 0.83**2, 0.606096], abs=1e-6)
    assert churn_rise(np.array([3]), 0.0) == 0.0


def test_revenue_at_risk_is_arr_times_that_rise() -> None:
    run = angry(churn={"per_bad_experience": 0.05})
    bad = bad_experiences(run)
    by_hand = sum(arr * (1 - 0.95 ** int(n)) for arr, n in zip(run.world.accounts.arr_usd, bad, strict=True))
    seen = measure(run)
    assert seen["revenue_at_risk_usd"] == pytest.approx(by_hand)
    assert 0 < by_hand < run.world.accounts.arr_usd.sum()
    assert seen["bad_experiences"] == bad.sum() >= len(run.bad_s)
    assert np.all(np.diff(run.bad_s) >= 0)
