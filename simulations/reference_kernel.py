"""The event loop of `reference_loop` over arrays, compiled by numba (extra `fast`): the same numbers to the last bit, in less time.

Import it late: numba takes a second to load, and its first call in a fresh cache some seconds to compile. A heap is an array of
instants and an array of numbers, as long as it can ever get; its size is handed around.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np

from router.agents import BoolArray
from simulations.reference_customers import Customers, FloatArray, IntArray
from simulations.reference_loop import BLOCKED, GONE, WAITS, Played, Rules

F = TypeVar("F")
compiled = cast(Callable[[F], F], numba.njit(cache=True))  # type: ignore[redundant-cast, unused-ignore]
FULL = "more events at once than there can be"


def play_compiled(who: Customers, rules: Rules, vacations_s: FloatArray) -> Played:
    """Every customer's fate, as `reference_loop.play` finds it."""
    count = len(who.arrive_s)
    began_s, server, away_s = np.full(count, math.inf), np.full(count, WAITS), np.zeros(len(vacations_s))
    columns = (np.append(who.arrive_s, math.inf), who.service_s, who.service_s + who.pause_s, who.leave_s, who.turn, who.whose)
    bounds = (rules.servers, rules.capacity, rules.room)
    counted = (rules.first, rules.last, rules.end_s)
    taken, complete = _run(*columns, vacations_s, began_s, server, away_s, *bounds, rules.single, rules.endless, *counted)
    return Played(began_s, server, away_s[:taken], complete)


@compiled
def put(instants: FloatArray, numbers: IntArray, size: int, instant: float, number: int) -> int:
    """Puts a number on a heap of `size`; returns the new size."""
    if size >= len(instants):
        raise OverflowError(FULL)
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if instants[above] < instant or (instants[above] == instant and numbers[above] < number):
            break
        instants[place], numbers[place] = instants[above], numbers[above]
        place = above
    instants[place], numbers[place] = instant, number
    return size + 1


@compiled
def swap(instants: FloatArray, numbers: IntArray, size: int, instant: float, number: int) -> None:
    """Another number instead of the first of a heap of `size`."""
    place = 0
    while 2 * place + 1 < size:
        below = 2 * place + 1
        other = below + 1
        if other < size and (instants[other] < instants[below] or (instants[other] == instants[below] and numbers[other] < numbers[below])):
            below = other
        if instant < instants[below] or (instant == instants[below] and number < numbers[below]):
            break
        instants[place], numbers[place] = instants[below], numbers[below]
        place = below
    instants[place], numbers[place] = instant, number


@compiled
def drop(instants: FloatArray, numbers: IntArray, size: int) -> int:
    """Takes the first off a heap of `size`; returns the new size."""
    if size > 1:
        swap(instants, numbers, size - 1, instants[size - 1], numbers[size - 1])
    return size - 1


@compiled
def see_off(now: float, instants: FloatArray, numbers: IntArray, size: int, inside: IntArray, server_of: IntArray) -> int:
    """All leave the system whose instant has come; returns the new size of the heap."""
    while size > 0 and instants[0] <= now:
        other = numbers[0]
        size = drop(instants, numbers, size)
        if other >= 0:
            inside[0] -= 1
        elif server_of[-other - 1] == WAITS:
            server_of[-other - 1] = GONE
            inside[0] -= 1
            inside[1] -= 1
    return size


@compiled
def _run(  # noqa: C901 — one function: the compiler keeps what is in it in registers
    arrive: FloatArray,
    service: FloatArray,
    held: FloatArray,
    leave: FloatArray,
    turn: IntArray,
    whose: IntArray,
    vacations: FloatArray,
    began: FloatArray,
    server_of: IntArray,
    away: FloatArray,
    servers: int,
    capacity: int,
    room: int,
    single: bool,
    endless: bool,
    first: int,
    last: int,
    end_s: float,
) -> tuple[int, bool]:
    """Fills `began`, `server_of` and `away`; returns how many vacations were taken, and whether all that counts is known."""
    count, bound = len(held), capacity >= 0 or room >= 0
    until, by, events = np.empty(servers), np.empty(servers, np.int64), 0
    since, idler, idle = np.zeros(servers), np.arange(servers), servers
    nothing, waiting, queue = np.zeros(count), np.empty(count, np.int64), 0
    off, who, leaving = np.empty(2 * count * bound + 1), np.empty(2 * count * bound + 1, np.int64), 0
    inside = np.zeros(2, np.int64)
    rested = np.ones(servers, np.bool_)
    taken, number, now, low = 0, 0, 0.0, first
    if len(vacations) > 0 and not single:
        if len(vacations) < servers:
            return 0, False
        taken, idle = servers, 0
        for server in range(servers):
            events = put(until, by, events, vacations[server], server)
    while True:
        if now >= end_s:
            while low < last and (server_of[low] != WAITS or leave[low] < now):
                low += 1
            if low >= last:
                return taken, True
        if events > 0 and until[0] <= arrive[number]:
            now, server, customer = until[0], by[0], -1
            while queue > 0 and customer < 0:
                customer = whose[waiting[0] % count]
                queue = drop(nothing, waiting, queue)
                if leave[customer] < now or server_of[customer] != WAITS:
                    customer = -1
            if customer >= 0:
                began[customer], server_of[customer], rested[server] = now, server, False
                swap(until, by, events, now + held[customer], server)
                if bound:
                    inside[1] -= 1
                    leaving = put(off, who, leaving, now + service[customer], customer)
            elif len(vacations) == 0 or (single and rested[server]):
                events = drop(until, by, events)
                idle = put(since, idler, idle, now, server)
                if endless:
                    return taken, False
            elif taken == len(vacations):
                return taken, False
            else:
                swap(until, by, events, now + vacations[taken], server)
                away[taken], rested[server] = now, True
                taken += 1
            continue
        if number == count:
            return taken, False
        now, customer = arrive[number], number
        number += 1
        if bound:
            leaving = see_off(now, off, who, leaving, inside, server_of)
            if 0 <= capacity <= inside[0] or (idle == 0 and 0 <= room <= inside[1]):
                server_of[customer] = BLOCKED
                continue
            inside[0] += 1
            if idle > 0:
                leaving = put(off, who, leaving, now + service[customer], customer)
            else:
                inside[1] += 1
                if leave[customer] < math.inf:
                    leaving = put(off, who, leaving, leave[customer], -customer - 1)
        if idle > 0:
            server = idler[0]
            idle = drop(since, idler, idle)
            began[customer], server_of[customer], rested[server] = now, server, False
            events = put(until, by, events, now + held[customer], server)
        else:
            queue = put(nothing, waiting, queue, 0.0, turn[customer])


def waits_compiled(arrive_s: FloatArray, service_s: FloatArray, agents: int, patience_s: FloatArray) -> tuple[FloatArray, BoolArray]:
    """`queueing.waits_in_order`: how long each customer waits, and who leaves unanswered."""
    return _waits(arrive_s, service_s, agents, patience_s)


@compiled
def _waits(arrive: FloatArray, service: FloatArray, agents: int, patience: FloatArray) -> tuple[FloatArray, BoolArray]:
    free = np.full(agents, -np.inf)
    waits, left = np.empty(len(arrive)), np.empty(len(arrive), np.bool_)
    for customer in range(len(arrive)):
        arrived = arrive[customer]
        start = max(arrived, free[0])
        left[customer] = start > arrived + patience[customer]
        if left[customer]:
            waits[customer] = patience[customer]
            continue
        waits[customer] = start - arrived
        until, place = start + service[customer], 0
        while 2 * place + 1 < agents:
            below = 2 * place + 1
            if below + 1 < agents and free[below + 1] < free[below]:
                below += 1
            if until <= free[below]:
                break
            free[place] = free[below]
            place = below
        free[place] = until
    return waits, left
