"""What is known before the first event: the drawn world of one replication, and how it enters the team's log."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial

from fatigue_model.dynamics import DAY_S
from router.events import AccountPut, AgentPut, Event, PolicyPut, TicketOpened
from simulations.attendance import absences, meetings, pieces
from simulations.demand import book, tickets
from simulations.happenings import stepped
from simulations.hours import Clock, Span, instant, joined, lunches, shifts_of, spans
from simulations.scenario import Scenario
from simulations.settings import CHANNEL_NAMES, Category, Group
from simulations.streams import Stream, generator

BEYOND_S = 28 * DAY_S  # shifts are known this long after the end, for targets that lie there


@dataclass(frozen=True, slots=True)
class Worker:
    """One agent of a scenario: id, group, the place of that and in it, time zone, times on shift, and when lunch begins.

    `there`: the times on shift but for those `absent`; `meetings` lie in them. `willing`: opted in to debriefs.
    """

    id: str
    place: tuple[int, int]
    group: Group
    time_zone: str
    on_shift: tuple[Span, ...]
    lunch_s: tuple[float, ...]
    absent: tuple[Span, ...]
    there: tuple[Span, ...]
    meetings: tuple[Span, ...]
    willing: bool


class World:
    """One replication as drawn: instants in seconds, agents, accounts, tickets, and the clock that waits are counted by."""

    def __init__(self, scenario: Scenario, replication: int) -> None:
        run = scenario.run
        self.scenario, self.replication = scenario, replication
        self.start_s = instant(run.start, time(0), run.time_zone)
        self.counts_from_s = instant(run.first_day, time(0), run.time_zone)
        self.end_s = instant(run.first_day + timedelta(days=run.days), time(0), run.time_zone)
        self.steps = tuple(
            (instant(run.first_day + timedelta(days=step.day - 1), step.at, run.time_zone), values)
            for step, values in stepped(scenario.policy, scenario.policy_steps)
        )
        self.staff = _workers(scenario, replication, self.start_s, self.end_s + BEYOND_S)
        self.accounts = book(scenario, replication, self.start_s)
        self.tickets = tickets(scenario, replication, self.accounts, self.start_s, self.end_s)
        self.number = {ticket_id(ticket): ticket for ticket in range(len(self.tickets))}
        always = ((self.start_s, self.end_s + BEYOND_S),)
        served = joined(span for worker in self.staff for span in worker.on_shift)
        self.clock = Clock(served if scenario.targets.business_hours else always)


def _workers(scenario: Scenario, replication: int, start_s: float, end_s: float) -> tuple[Worker, ...]:
    """All agents, group by group; their ids sort in this order, so that a worker's row is the agent's row.

    What is drawn for an agent goes with the place in the group: more or fewer agents elsewhere change nothing of it.
    """
    found: list[Worker] = []
    for number, group in enumerate(scenario.groups.values()):
        zone = group.time_zone or scenario.run.time_zone
        on_shift = spans(shifts_of(group), zone, start_s, end_s)
        for member in range(group.agents):
            drawn = _drawn_for(scenario, replication, (number, member), on_shift)
            lunch_s = lunches(group, member, on_shift, zone)
            found.append(Worker(f"agent-{len(found) + 1:06d}", (number, member), group, zone, on_shift, lunch_s, *drawn))
    return tuple(found)


def _drawn_for(
    scenario: Scenario, replication: int, place: tuple[int, int], on_shift: tuple[Span, ...]
) -> tuple[tuple[Span, ...], tuple[Span, ...], tuple[Span, ...], bool]:
    """Which shifts an agent misses, when they are there, when they are in meetings, and whether they are willing to debrief."""
    own = partial(generator, scenario.run.seed, replication)
    settings, opt_in = scenario.attendance, scenario.debriefs.opt_in
    missed = absences(on_shift, settings, own(Stream.ABSENCE, *place)) if settings.absence > 0 else ()
    there = tuple(span for span in pieces(on_shift) if span not in missed)
    talks = meetings(there, settings, own(Stream.MEETINGS, *place)) if settings.meetings_share > 0 else ()
    return missed, joined(there), talks, opt_in > 0 and bool(own(Stream.OPT_IN, *place).random() < opt_in)


def account_id(account: int) -> str:
    return f"account-{account + 1:06d}"


def ticket_id(ticket: int) -> str:
    return f"ticket-{ticket + 1:08d}"


def first_events(world: World) -> Iterator[Event]:
    """What the log begins with: the policy, who works and when, and which accounts there are."""
    start_s = world.start_s
    yield PolicyPut(start_s, 1, world.scenario.policy.as_mapping())
    for worker in world.staff:
        group, slots = worker.group, worker.group.concurrency
        yield AgentPut(
            start_s,
            worker.id,
            name=worker.id,
            skills=dict(group.skills),
            languages=group.languages,
            concurrency=(slots.email, slots.chat, slots.phone),
            time_zone=worker.time_zone,
            shifts=shifts_of(group),
            debrief_opt_in=worker.willing,
        )
    for account, (arr_usd, renewal_s) in enumerate(zip(world.accounts.arr_usd, world.accounts.renewal_s, strict=True)):
        yield AccountPut(start_s, account_id(account), arr_usd=float(arr_usd), renewal_s=float(renewal_s))


def policy_put(world: World, place: int) -> PolicyPut:
    """The event with which a step of the policy comes into force, by its place in `World.steps`."""
    at_s, values = world.steps[place]
    return PolicyPut(at_s, 2 + place, values)


def opened(world: World, ticket: int, escalated: bool) -> TicketOpened:
    """The event with which a ticket comes in: what a helpdesk would know of it then, and no more."""
    drawn, scenario = world.tickets, world.scenario
    channel, created_s, category = CHANNEL_NAMES[drawn.channel[ticket]], float(drawn.created_s[ticket]), str(drawn.category[ticket])
    kind = scenario.categories.get(category, Category())
    target_s = world.clock.after(created_s, getattr(scenario.targets, f"{channel}_s"))
    return TicketOpened(
        at_s=created_s,
        ticket_id=ticket_id(ticket),
        account_id=account_id(int(drawn.account[ticket])),
        created_s=created_s,
        digest=ticket_id(ticket),
        channel=channel,
        priority=str(drawn.priority[ticket]),
        category=category or None,
        language=str(drawn.language[ticket]) or None,
        skills=kind.skills,
        target_s=target_s if math.isfinite(target_s) else None,
        expected_handle_s=getattr(scenario.handling, channel).mean_s * kind.handling_factor,
        escalated=escalated,
    )
