"""What is known before the first event: the drawn world of one replication, and how it enters the team's log."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta

from fatigue_model.dynamics import DAY_S
from router.events import AccountPut, AgentPut, Event, PolicyPut, TicketOpened
from simulations.demand import book, tickets
from simulations.happenings import stepped
from simulations.hours import Clock, Span, instant, joined, lunches, shifts_of, spans
from simulations.scenario import Scenario
from simulations.settings import CHANNEL_NAMES, Category, Group

BEYOND_S = 28 * DAY_S  # shifts are known this long after the end, for targets that lie there


@dataclass(frozen=True, slots=True)
class Worker:
    """One agent of a scenario: id, group, time zone, times on shift, and when lunch begins."""

    id: str
    group: Group
    time_zone: str
    on_shift: tuple[Span, ...]
    lunch_s: tuple[float, ...]


class World:
    """One replication as drawn: instants in seconds, agents, accounts, tickets, and the clock that waits are counted by."""

    def __init__(self, scenario: Scenario, replication: int) -> None:
        run = scenario.run
        self.scenario = scenario
        self.start_s = instant(run.start, time(0), run.time_zone)
        self.counts_from_s = instant(run.first_day, time(0), run.time_zone)
        self.end_s = instant(run.first_day + timedelta(days=run.days), time(0), run.time_zone)
        self.steps = tuple(
            (instant(run.first_day + timedelta(days=step.day - 1), step.at, run.time_zone), values)
            for step, values in stepped(scenario.policy, scenario.policy_steps)
        )
        self.staff = _workers(scenario, self.start_s, self.end_s + BEYOND_S)
        self.accounts = book(scenario, replication, self.start_s)
        self.tickets = tickets(scenario, replication, self.accounts, self.start_s, self.end_s)
        self.number = {ticket_id(ticket): ticket for ticket in range(len(self.tickets))}
        always = ((self.start_s, self.end_s + BEYOND_S),)
        served = joined(span for worker in self.staff for span in worker.on_shift)
        self.clock = Clock(served if scenario.targets.business_hours else always)


def _workers(scenario: Scenario, start_s: float, end_s: float) -> tuple[Worker, ...]:
    """All agents, group by group; their ids sort in this order, so that a worker's place is the agent's row."""
    found: list[Worker] = []
    for group in scenario.groups.values():
        zone = group.time_zone or scenario.run.time_zone
        on_shift = spans(shifts_of(group), zone, start_s, end_s)
        for place in range(group.agents):
            found.append(Worker(f"agent-{len(found) + 1:06d}", group, zone, on_shift, lunches(group, place, on_shift, zone)))
    return tuple(found)


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
