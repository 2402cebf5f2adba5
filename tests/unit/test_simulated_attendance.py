"""Who is there: absences, meetings and training, as drawn, as the team is told of them, and as they are measured."""

import math
from typing import Any

import numpy as np
import pytest

from router.events import AgentStatus
from simulations.attendance import absences, meetings, pieces
from simulations.behaviour import Attendance
from simulations.engine import simulate
from simulations.metrics import measure
from simulations.opening import World
from simulations.people import Activity
from simulations.record import Run
from support.scenarios import busy_team, plain_queue

HOUR_S, DAY_S = 3600.0, 86_400.0
SHIFTS = tuple((day * DAY_S + 9 * HOUR_S, day * DAY_S + 17 * HOUR_S) for day in range(2000))


def chance() -> np.random.Generator:
    return np.random.default_rng(1)


def length_s(spans: tuple[tuple[float, float], ...]) -> float:
    return math.fsum(end_s - start_s for start_s, end_s in spans)


def test_each_shift_is_missed_with_the_probability_that_is_set() -> None:
    missed = absences(SHIFTS, Attendance(absence=0.06), chance())
    assert set(missed) <= set(SHIFTS)
    assert abs(len(missed) - 120) <= 4 * math.sqrt(2000 * 0.06 * 0.94)


def test_a_shift_without_end_is_missed_by_the_day() -> None:
    assert list(pieces(((0.0, 2.5 * DAY_S), (3 * DAY_S, 3.2 * DAY_S)))) == [
        (0.0, DAY_S),
        (DAY_S, 2 * DAY_S),
        (2 * DAY_S, 2.5 * DAY_S),
        (3 * DAY_S, 3.2 * DAY_S),
    ]


@pytest.mark.parametrize(("share", "mean_min"), [(0.1, 30.0), (0.3, 20.0), (0.5, 120.0)])
def test_meetings_take_their_share_in_spells_of_their_mean_also_in_short_shifts(share: float, mean_min: float) -> None:
    """Of 8 hours each, within 4 standard errors over shifts; a spell begins and ends inside one unless the shift cuts it."""
    settings = Attendance(meetings_share=share, meeting_mean_min=mean_min)
    found = meetings(SHIFTS, settings, chance())
    starts = np.array([start_s for start_s, _ in found])
    shares = np.array([length_s(tuple(found[each] for each in np.flatnonzero((starts >= a) & (starts < b)))) / (b - a) for a, b in SHIFTS])
    assert abs(shares.mean() - share) <= 4 * shares.std() / math.sqrt(len(shares))
    whole = [end_s - start_s for start_s, end_s in found if (start_s % DAY_S, end_s % DAY_S) != (9 * HOUR_S, 17 * HOUR_S)]
    assert np.mean(whole) <= 60 * mean_min * 1.05
    assert all(any(a <= start_s and end_s <= b for a, b in [SHIFTS[int(start_s // DAY_S)]]) for start_s, end_s in found)


def away(**attendance: float) -> Run:
    return simulate(busy_team(attendance=attendance))


def test_who_is_absent_is_not_there_and_gets_nothing() -> None:
    run = away(absence=0.5)
    missed = [(row, span) for row, worker in enumerate(run.world.staff) for span in worker.absent if span[0] < run.world.end_s]
    assert 0 < len(missed) < sum(1 for worker in run.world.staff for span in worker.on_shift if span[0] < run.world.end_s)
    assert measure(run)["absences"] == len(missed)
    for row, (start_s, end_s) in missed:
        assert not np.any((run.contact_row == row) & (run.contact_s > start_s) & (run.contact_s < end_s))
        online = [each for each in run.log if isinstance(each, AgentStatus) and start_s <= each.at_s < end_s]
        assert run.world.staff[row].id not in {each.agent_id for each in online}
        assert not run.on_shift[(run.sample_s >= start_s) & (run.sample_s < end_s), row].any()
    assert measure(run)["staff_usd"] == measure(away())["staff_usd"]  # who is ill is paid


def test_in_a_meeting_people_take_and_write_nothing() -> None:
    run = away(meetings_share=0.3, meeting_mean_min=40.0)
    spent = run.seconds.sum(axis=0)
    drawn_s = length_s(tuple(span for worker in run.world.staff for span in worker.meetings if span[0] < run.world.end_s))
    assert 0.5 * drawn_s < spent[Activity.MEETING] <= drawn_s
    assert measure(run)["meeting_s"] == spent[Activity.MEETING]
    for row, worker in enumerate(run.world.staff):
        for start_s, end_s in worker.meetings:
            given = (run.contact_row == row) & (run.contact_s > start_s) & (run.contact_s < end_s)
            live = run.world.tickets.channel[run.contact_ticket[given]] >= 2
            assert np.all(live)  # which had begun before


def test_a_meeting_that_begins_with_the_shift_lets_nothing_in_before() -> None:
    """Online for no instant: nobody who waits since the night is given to who goes straight to a meeting."""
    run = away(meetings_share=0.6, meeting_mean_min=60.0)
    first = {(worker.id, start_s) for worker in run.world.staff for start_s, _ in worker.there if start_s in dict(worker.meetings)}
    first = {each for each in first if each[1] < run.world.end_s}
    told = {(each.agent_id, each.at_s): each.status for each in run.log if isinstance(each, AgentStatus)}
    assert first
    assert {told[each] for each in first} == {"back_office"}


def test_the_share_of_time_in_meetings_comes_out_where_no_contact_delays_them() -> None:
    changes: dict[str, Any] = {"demand": {"tickets_per_day": 0.01}, "run": {"days": 20}}
    run = simulate(plain_queue(20, 1.0, **changes, attendance={"meetings_share": 0.25}))
    assert run.seconds[:, Activity.MEETING].sum() / run.seconds.sum() == pytest.approx(0.25, abs=0.01)


def test_what_is_drawn_for_an_agent_does_not_depend_on_the_others() -> None:
    drawn = {"attendance": {"absence": 0.3, "meetings_share": 0.2}, "debriefs": {"opt_in": 0.5}}
    few, many = World(busy_team(**drawn), 0), World(busy_team(**drawn, groups={"first": {"agents": 5}}), 0)
    for one, other in zip((*few.staff[:2], *few.staff[2:]), (*many.staff[:2], *many.staff[5:]), strict=True):
        assert (one.absent, one.meetings, one.willing) == (other.absent, other.meetings, other.willing)
    assert World(busy_team(**drawn), 1).staff[0].absent != few.staff[0].absent
