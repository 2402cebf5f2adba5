"""What comes in, drawn before anything happens: tickets with all their properties, and the book of accounts.

Common random numbers: every stream has its own generator, and ticket number i takes the i-th draw of each, whatever is decided about it.
So two scenarios with one seed meet the same tickets, and more volume brings the same tickets sooner and new ones after them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fatigue_model.dynamics import DAY_S
from simulations.behaviour import Patience, WrapUp
from simulations.distributions import Distribution, lognormal_sigma
from simulations.profile import brought_by, profile
from simulations.scenario import Scenario
from simulations.settings import CHANNEL_NAMES, ROUNDS_MAX, Category
from simulations.streams import Stream, generator

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
ARRIVALS_AT_A_TIME = 4096


@dataclass(frozen=True, slots=True)
class Book:
    """The accounts: yearly revenue in $, instant of the next renewal, and who is difficult; each of shape (n_accounts,)."""

    arr_usd: FloatArray
    renewal_s: FloatArray
    difficult: BoolArray


@dataclass(frozen=True, slots=True)
class Tickets:
    """All tickets in order of arrival, shape (n,), or (n, ROUNDS_MAX) for what is drawn anew at each re-opening.

    `channel` and `account` are indices; `priority`, `category` and `language` are names, "" for none. A contact escalates where its draw
    is below the ticket's chance, shape (n,), which rises with what the account has been through; `at_arrival` one that does so does it
    from the beginning. The same of re-opening, with chances of shape (ROUNDS_MAX,).
    """

    created_s: FloatArray
    channel: IntArray
    account: IntArray
    priority: NDArray[np.str_]
    category: NDArray[np.str_]
    language: NDArray[np.str_]
    handle_s: FloatArray
    escalation_draw: FloatArray
    escalation_chance: FloatArray
    at_arrival: BoolArray
    abuse: BoolArray
    automation_works: BoolArray
    automation_s: FloatArray
    reopen_draw: FloatArray
    reopen_chance: FloatArray
    reopen_after_s: FloatArray
    patience_s: FloatArray
    returns: BoolArray
    return_after_s: FloatArray
    wrap_up_s: FloatArray

    @property
    def escalates(self) -> BoolArray:
        """Which contacts escalate where nobody has been through anything; shape (n, ROUNDS_MAX)."""
        return np.asarray(self.escalation_draw < self.escalation_chance[:, None])

    @property
    def reopens(self) -> BoolArray:
        """Which tickets come back where nobody has been through anything; shape (n, ROUNDS_MAX)."""
        return np.asarray(self.reopen_draw < self.reopen_chance)

    def __len__(self) -> int:
        return len(self.created_s)


def book(scenario: Scenario, replication: int, start_s: float) -> Book:
    """The accounts of one replication; the first ones are the difficult ones."""
    wanted, seed = scenario.accounts, scenario.run.seed
    sigma = lognormal_sigma(wanted.arr_cv)
    drawn = generator(seed, replication, Stream.WORTH).standard_normal(wanted.count)
    arr_usd = np.round(wanted.arr_mean_usd * np.exp(sigma * drawn - sigma**2 / 2))
    renewal_s = start_s + generator(seed, replication, Stream.RENEWAL).random(wanted.count) * wanted.renewal_within_d * DAY_S
    return Book(arr_usd, renewal_s, np.arange(wanted.count) < round(wanted.difficult_share * wanted.count))


def tickets(scenario: Scenario, replication: int, accounts: Book, start_s: float, end_s: float) -> Tickets:
    """Every ticket that arrives from `start_s` to `end_s`."""
    streams = {stream: generator(scenario.run.seed, replication, stream) for stream in Stream}
    created_s = _arrivals(scenario, streams[Stream.ARRIVALS], start_s, end_s)
    count, rounds = len(created_s), (len(created_s), ROUNDS_MAX)
    kinds: Mapping[str, Category] = scenario.categories or {"": Category()}
    brought = brought_by(scenario, created_s, streams[Stream.INCIDENT].random(count))
    category = _categories(scenario, kinds, brought, streams[Stream.CATEGORY].random(count))
    channel = _pick([scenario.demand.channels.get(name, 0.0) for name in CHANNEL_NAMES], streams[Stream.CHANNEL].random(count))
    crowd = np.where(accounts.difficult, scenario.accounts.difficult_ticket_factor, 1.0)
    account = _pick(crowd, streams[Stream.ACCOUNT].random(count))
    hard = streams[Stream.EXPOSURE].random((*rounds, 3))
    likely = np.where(accounts.difficult[account], scenario.escalation.difficult, scenario.escalation.ordinary)
    upset = np.array([*(each.escalation_factor for each in scenario.incidents), 1.0])[brought]
    works, answer = streams[Stream.AUTOMATION].random((count, 2)).T
    again, later = np.moveaxis(streams[Stream.REOPEN].random((*rounds, 2)), -1, 0)
    return Tickets(
        created_s=created_s,
        channel=channel,
        account=account,
        priority=_named(scenario.demand.priorities, streams[Stream.PRIORITY].random(count)),
        category=np.array(list(kinds))[category],
        language=_named(scenario.demand.languages or {"": 1.0}, streams[Stream.LANGUAGE].random(count)),
        handle_s=_by_channel(scenario, replication, Stream.SERVICE, channel, scenario.handling.of)
        * _each(kinds, "handling_factor")[category, None],
        escalation_draw=hard[:, :, 0],
        escalation_chance=likely * upset * _each(kinds, "escalation_factor")[category],
        at_arrival=hard[:, 0, 1] < scenario.escalation.at_arrival_share,
        abuse=hard[:, :, 2] < scenario.escalation.abuse,
        automation_works=works < _each(kinds, "automation_success")[category],
        automation_s=-np.log1p(-answer) * scenario.automation.answer_mean_s,
        reopen_draw=again,
        reopen_chance=np.where(np.arange(ROUNDS_MAX) < scenario.reopening.most, scenario.reopening.probability, 0.0),
        reopen_after_s=-np.log1p(-later) * scenario.reopening.delay_mean_h * 3600.0,
        patience_s=_by_channel(scenario, replication, Stream.PATIENCE, channel, partial(_live, scenario.patience), math.inf),
        returns=streams[Stream.RETURN].random(rounds) < scenario.patience.returns,
        return_after_s=scenario.patience.returns_after.draw(streams[Stream.RETURN_AFTER], rounds),
        wrap_up_s=_by_channel(scenario, replication, Stream.WRAP_UP, channel, partial(_live, scenario.wrap_up)),
    )


def _arrivals(scenario: Scenario, chance: np.random.Generator, start_s: float, end_s: float) -> FloatArray:
    """Poisson arrivals: a stream of rate 1, its time stretched so that the expected number follows the profile."""
    edges_s, expected = profile(scenario, start_s, end_s)
    parts: list[FloatArray] = []
    reached = 0.0
    while reached < expected[-1]:
        parts.append(reached + np.cumsum(chance.standard_exponential(ARRIVALS_AT_A_TIME)))
        reached = float(parts[-1][-1])
    unit = np.concatenate(parts) if parts else np.zeros(0)
    unit = unit[unit < expected[-1]]
    after = np.searchsorted(expected, unit, side="right")
    share = (unit - expected[after - 1]) / (expected[after] - expected[after - 1])
    return np.asarray(edges_s[after - 1] + share * (edges_s[after] - edges_s[after - 1]))


def _by_channel(
    scenario: Scenario, replication: int, stream: Stream, channel: IntArray, of: Callable[[str], Distribution | None], none_s: float = 0.0
) -> FloatArray:
    """Durations in seconds, shape (n, ROUNDS_MAX), `none_s` on a channel that has none: every channel draws for all from the same start,
    so that none shifts another."""
    found = np.full((len(channel), ROUNDS_MAX), none_s)
    for place in map(int, np.unique(channel)):
        own = of(CHANNEL_NAMES[place])
        if own is not None:
            drawn = own.draw(generator(scenario.run.seed, replication, stream), found.shape)
            found[channel == place] = drawn[channel == place]
    return found


def _live(settings: Patience | WrapUp, channel: str) -> Distribution | None:
    """What is set for a live channel; a written one has neither patience nor wrap-up."""
    found: Distribution | None = getattr(settings, channel, None)
    return found


def _categories(scenario: Scenario, kinds: Mapping[str, Category], brought: IntArray, drawn: FloatArray) -> IntArray:
    """Which kind each ticket is of; what an incident brings is of the incident's kinds, where it names any."""
    found = _pick([kind.share for kind in kinds.values()], drawn)
    for place, incident in enumerate(scenario.incidents):
        if incident.categories:
            theirs = _pick([incident.categories.get(name, 0.0) for name in kinds], drawn)
            found = np.where(brought == place, theirs, found)
    return found


def _pick(shares: ArrayLike, drawn: FloatArray) -> IntArray:
    """The index in `shares` that each number from 0 to 1 falls on."""
    bounds = np.cumsum(shares)
    return np.asarray(np.minimum(np.searchsorted(bounds, drawn * bounds[-1], side="right"), len(bounds) - 1), dtype=np.int64)


def _named(shares: Mapping[str, float], drawn: FloatArray) -> NDArray[np.str_]:
    return np.array(list(shares))[_pick(list(shares.values()), drawn)]


def _each(kinds: Mapping[str, Category], name: str) -> FloatArray:
    return np.array([getattr(kind, name) for kind in kinds.values()])
