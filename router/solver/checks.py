"""What the solver can't take: floats, wrong shapes, signs and indices, and sums that could leave 64 bits."""

from __future__ import annotations

from collections.abc import Sequence

from router.agents import BoolArray, IntArray
from router.errors import AssignmentError
from router.solver.batch import Budget, Couple, Guard
from router.solver.network import largest_cost


def arrays(cost: IntArray, allowed: BoolArray, *rest: IntArray | BoolArray) -> None:
    """Raise `AssignmentError` unless every array of `assign` has its shape and its kind, and no negative numbers.

    `rest`: channel, room, step_cost, wait_cost, hot, hot_room and, where it is given, most.
    """
    channel, room, step_cost, wait_cost, _, hot_room = rest[:6]
    tickets, agents, channels = wait_cost.size, hot_room.size, room.shape[-1]
    for (name, shape, kind), array in zip(
        (
            ("cost", (tickets, agents), "i"),
            ("allowed", (tickets, agents), "b"),
            ("channel", (tickets,), "i"),
            ("room", (agents, channels), "i"),
            ("step_cost", (agents,), "i"),
            ("wait_cost", (tickets,), "i"),
            ("hot", (tickets,), "b"),
            ("hot_room", (agents,), "b"),
            ("most", (agents,), "i"),
        ),
        (cost, allowed, *rest),
        strict=False,  # `most` may be left out
    ):
        if array.shape != shape:
            raise AssignmentError(f"{name} has shape {array.shape}, {shape} is needed")
        if array.dtype.kind != kind:
            raise AssignmentError(f"{name} is {array.dtype}, {'integers' if kind == 'i' else 'booleans'} are needed")
    for name, array in (("channel", channel), ("step_cost", step_cost), ("wait_cost", wait_cost)):
        if array.min(initial=0) < 0:
            raise AssignmentError(f"{name} holds {array.min()}, less than 0")
    if channel.max(initial=-1) >= channels:
        raise AssignmentError(f"channel holds {channel.max()}, room has {channels} columns")
    if cost.min(initial=0) < 0 and (allowed & (cost < 0)).any():
        raise AssignmentError(f"cost holds {cost[allowed].min()}, less than 0")


def pairs(
    shape: tuple[int, ...], hot: BoolArray, wait_cost: IntArray, channels: int, couples: Sequence[Couple], guards: Sequence[Guard]
) -> None:
    """Raise `AssignmentError` unless couples and guards name tickets and agents, and sums of all costs fit in 64 bits."""
    tickets, agents = shape
    for couple in couples:
        if not 0 <= couple.first < tickets or not 0 <= couple.second < tickets or couple.first == couple.second:
            raise AssignmentError(f"couple of tickets {couple.first} and {couple.second}: two different ones of {tickets} are needed")
    for guard in guards:
        if not 0 <= guard.ticket < tickets or not hot[guard.ticket]:
            raise AssignmentError(f"guard of ticket {guard.ticket}: a hot one of {tickets} is needed")
        if not 0 <= guard.agent < agents or not 0 <= guard.listener < agents or guard.agent == guard.listener:
            raise AssignmentError(f"guard of agents {guard.agent} and {guard.listener}: two different ones of {agents} are needed")
    savings = [*(each.saving for each in couples), *(each.saving for each in guards)]
    if min(savings, default=0) < 0:
        raise AssignmentError(f"saving holds {min(savings)}, less than 0")
    longest, saved = int(wait_cost.max(initial=0)), sum(savings)
    largest = largest_cost(tickets + agents * (1 + 2 * channels) + 1)
    if longest + saved > largest:
        what = f"wait_cost holds {longest}" + (f", savings add up to {saved}" if saved else "")
        raise AssignmentError(f"{what}, more than {largest}: sums could leave 64 bits")


def sums(allowed: BoolArray, budgets: Sequence[Budget]) -> None:
    """Raise `AssignmentError` unless every budget has a whole weight, at least 0, for each pair, of an allowed one within its limit."""
    for budget in budgets:
        for name, array, shape in (("weight", budget.weight, allowed.shape), ("limit", budget.limit, allowed.shape[1:])):
            if array.shape != shape or array.dtype.kind != "i":
                raise AssignmentError(f"{name} of a budget is {array.dtype} of shape {array.shape}, integers of {shape} are needed")
        if budget.weight.min(initial=0) < 0:
            raise AssignmentError(f"weight of a budget holds {budget.weight.min()}, less than 0")
        heavy = allowed & (budget.weight > budget.limit)
        if heavy.any():
            ticket, agent = (int(each[0]) for each in heavy.nonzero())
            weight, limit = budget.weight[ticket, agent], budget.limit[agent]
            raise AssignmentError(f"weight of ticket {ticket} at agent {agent} is {weight}, more than the budget's limit {limit}")
