"""The choice of one solve: what rules and costs say of each ticket goes in, who gets what comes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fatigue_model.values import value
from router import cost
from router.agents import BoolArray, IntArray
from router.assign import WAITS, Budget, Couple, Guard, assign
from router.domain import CostTerm, channel_index
from router.hold import Hold
from router.moment import Case, Moment
from router.relax import LADDER, Way
from router.together import budgets
from router.weighed import Weighed


@value
class Option:
    """One ticket with what the rules and the costs say of it."""

    case: Case
    weighed: Weighed
    hold: Hold | None = None

    @property
    def way(self) -> Way:
        return self.weighed.way

    @property
    def allowed(self) -> BoolArray:
        """Who may have it now, shape (n_agents,): nobody while it is held for somebody."""
        return self.way.free if self.hold is None else np.zeros_like(self.way.free)

    @property
    def kind(self) -> tuple[Hashable, ...]:
        """What two tickets of an account are alike in where the older one has the better right."""
        ticket = self.case.ticket
        target_s = None if ticket.target_s is None else ticket.target_s - ticket.created_s
        facts = ticket.account_id, ticket.channel, ticket.priority, ticket.skills, ticket.language, ticket.hot, target_s
        return (*facts, self.allowed.tobytes())

    def relaxed(self, row: int) -> tuple[str, ...]:
        """What gives way where this agent gets it, in the order of `LADDER`."""
        ticket, agent_id = self.case.ticket, self.case.moment.ids[row]
        names = {each.rule for each in self.way.gave_way if each.mask[row]}
        if ticket.held_why is not None and ticket.held_for != agent_id:
            names.add(ticket.held_why)
        return tuple(rule for rule in LADDER if rule in names) if names else ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The agent row of each option, −1 where the ticket waits, and what was saved by giving a ticket where another one went.

    `bound`: no choice costs less than this; it is `cost` where the choice is proven best.
    """

    rows: tuple[int, ...]
    saved: dict[int, CostTerm]
    cost: int
    bound: int


def choose(moment: Moment, options: Sequence[Option], guards: Sequence[Guard] = ()) -> Choice:
    """Give the tickets of `options`, the oldest first, to agents, or leave them waiting.

    `guards`: hot tickets, by their place in `options`, that go better to an agent, by row, while a listener stays free.
    """
    if not options:
        return Choice((), {}, 0, 0)
    if len(options) == 1 and options[0].hold is None and options[0].weighed.cheapest and not guards:
        return _of_one(options[0].weighed)
    state = moment.state
    tickets = [option.case.ticket for option in options]
    hot = np.array([ticket.hot for ticket in tickets], dtype=np.bool_)
    allowed, most, alone = np.array([option.allowed for option in options]), _most(moment, options), state.policy.hot_alone_s > 0
    wait = np.array([cost.waiting(state, ticket, moment.now_s) for ticket in tickets], dtype=np.int64)
    couples, sums = tuple(_couples(options, alone)), budgets(moment, [option.case for option in options])
    found = assign(
        cost=np.array([option.weighed.totals for option in options]),
        allowed=allowed,
        channel=np.array([channel_index(ticket.channel) for ticket in tickets], dtype=np.int64),
        room=moment.room,
        step_cost=np.full(len(state.agents), cost.second_ticket(state), dtype=np.int64),
        wait_cost=wait + _hot_first(hot, allowed, most) if alone and np.count_nonzero(hot) else wait,
        hot=hot,
        hot_room=state.agents.hot_open == 0,
        most=most,
        hot_alone=alone,
        couples=couples,
        guards=guards,
        budgets=sums,
    )
    rows = _oldest_first(options, sums, found.agent_of.tolist()) if couples else tuple(found.agent_of.tolist())
    return Choice(rows, _saved(options, rows, couples), found.cost, found.bound)


def _of_one(found: Weighed) -> Choice:
    """One ticket that somebody may have goes to the cheapest: any assignment costs less than waiting."""
    row = found.cheapest[0]
    price = int(found.totals[row])
    return Choice((row,), {}, price, price)


def _most(moment: Moment, options: Sequence[Option]) -> IntArray:
    """How many tickets each agent may take in this solve: what is left of the ramp-in, one more for each
    ticket that it gives way for and that they may have."""
    ramp, waived = moment.state.policy.ramp_in, sum(option.way.waived("ramp_in") for option in options if option.way.gave_way)
    left = np.maximum(ramp.contacts - moment.ramped, 0) + waived
    within = moment.now_s - moment.ramp_start_s < ramp.window_s
    return np.where(within, left, moment.room.sum(axis=1)).astype(np.int64)


def _hot_first(hot: BoolArray, allowed: BoolArray, most: IntArray) -> IntArray:
    """What a hot ticket's waiting costs more, shape (n_tickets,): more than that of all the tickets whose place it takes.

    Alone with its agent it takes the place of several, and would wait for being one against many. Where nobody who may have it
    could take a second ticket, it competes as one.
    """
    places = np.minimum(np.where(allowed, most, 0).max(axis=1, initial=0), len(hot))
    return np.where(hot & (places > 1), 2 * cost.LEFT_WAITING * places, 0).astype(np.int64)


def _couples(options: Sequence[Option], alone: bool) -> Iterator[Couple]:
    """Each ticket with the one of its account before it, where one agent may get both."""
    saving = cost.same_account(options[0].case.moment.state)
    before = dict[str, int]()
    for index, option in enumerate(options):
        ticket = option.case.ticket
        if not saving or (ticket.hot and alone):
            continue
        earlier = before.get(ticket.account_id)
        before[ticket.account_id] = index
        if earlier is not None and bool(np.any(option.allowed & options[earlier].allowed)):
            yield Couple(earlier, index, saving)


def _oldest_first(options: Sequence[Option], sums: Sequence[Budget], rows: list[int]) -> tuple[int, ...]:
    """No couple brings a younger ticket forward: where one was served and an older one alike waits, the older one gets the place."""
    alike = defaultdict[tuple[Hashable, ...], list[int]](list)
    for index, option in enumerate(options):
        alike[*option.kind, *(each.weight[index].tobytes() for each in sums)].append(index)
    for group in alike.values():
        waiting = [index for index in group if rows[index] == WAITS]
        served = [index for index in reversed(group) if rows[index] != WAITS]
        for older, younger in zip(waiting, served, strict=False):
            if older < younger:
                rows[older], rows[younger] = rows[younger], WAITS
    return tuple(rows)


def _saved(options: Sequence[Option], rows: Sequence[int], couples: Sequence[Couple]) -> dict[int, CostTerm]:
    met = [each for each in couples if rows[each.first] == rows[each.second] != WAITS]
    return {
        each.second: CostTerm(
            "same_account", -each.saving, f"ticket {options[each.first].case.ticket.id} of the account goes to the same person"
        )
        for each in met
    }
