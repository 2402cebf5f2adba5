"""Everything that is fitted to a history, in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np

from fatigue_model.bounds import InvalidValues, Violation
from simulations import presence
from simulations.calibrate import attendance, work
from simulations.calibrate.accounts import Mix, mix
from simulations.calibrate.arrivals import Arrivals, arrivals
from simulations.calibrate.calls import Calls, calls
from simulations.calibrate.crews import Crew, crews
from simulations.calibrate.kinds import Kinds, kinds
from simulations.calibrate.phone import Phone, phone
from simulations.calibrate.work import Hardness, handling_s, hardness
from simulations.columns import ColumnMap
from simulations.history import Case
from simulations.hours import Span

CASES_MIN = 50


@dataclass(frozen=True, slots=True)
class Fitted:
    """A team, its customers and its work, as a history tells them; `phone` is None where the history is not one of calls.

    `assumed` says in sentences what the history does not tell.
    """

    zone_name: str
    cases: int
    arrivals: Arrivals
    channels: dict[str, float]
    priorities: dict[str, float]
    kinds: Kinds
    crews: tuple[Crew, ...]
    accounts: Mix
    hardness: Hardness
    phone: Phone | None
    assumed: tuple[str, ...]


def zone_of(columns: ColumnMap) -> str:
    """The time zone in which the team's days are counted."""
    return columns.work.time_zone or columns.time_zone or "UTC"


def fit(cases: Sequence[Case], columns: ColumnMap, seed: int = 1) -> Fitted:
    """The fit of at least `CASES_MIN` cases that are not other work; raises `InvalidValues` where there are fewer."""
    modelled = [case for case in cases if not case.other_work]
    if len(modelled) < CASES_MIN:
        raise InvalidValues((Violation("/", len(modelled), f"at least {CASES_MIN} tickets to fit"),))
    zone = ZoneInfo(zone_of(columns))
    came = arrivals(np.array([case.opened_s for case in modelled]), zone)
    told = calls(cases) if columns.shape == "calls" else None
    hard = hardness(modelled)
    handled_s = handling_s(modelled, zone) if told is None else told.service_s
    unnamed = sum(case.account_id == case.id for case in modelled)
    accounts = Counter(case.account_id for case in modelled if case.account_id != case.id)
    return Fitted(
        zone_name=zone.key,
        cases=len(modelled),
        arrivals=came,
        channels=_shares(case.channel for case in modelled),
        priorities=_shares(case.priority for case in modelled),
        kinds=kinds(modelled, handled_s, hard),
        crews=crews(cases, _spans(cases, columns, told), zone, _days_of_weekday(came)),
        accounts=mix(accounts, hard.by_account, unnamed),
        hardness=hard,
        phone=None if told is None else phone(told, np.random.default_rng(seed)),
        assumed=_assumed(told),
    )


def _spans(cases: Sequence[Case], columns: ColumnMap, told: Calls | None) -> dict[str, list[Span]]:
    """When everybody was at work, by agent."""
    if told is None:
        return {agent_id: list(spans) for agent_id, spans in presence.presence(cases, columns).items()}
    found: dict[str, list[Span]] = {}
    for each in attendance.sessions(told):
        found.setdefault(told.agents[each.agent], []).extend(_without(each))
    return found


def _without(session: attendance.Session) -> list[Span]:
    """A session without the time spent on other work."""
    found, at_s = [], session.start_s
    for start_s, end_s in session.busy:
        if start_s > at_s:
            found.append((at_s, start_s))
        at_s = max(at_s, end_s)
    return [*found, (at_s, session.end_s)] if session.end_s > at_s else found


def _days_of_weekday(came: Arrivals) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    days = [(came.first + timedelta(days=each)).weekday() for each in range(len(came.counts))]
    return np.bincount(days, minlength=7).astype(np.int64)


def _shares(values: object) -> dict[str, float]:
    counts: Counter[str] = Counter(values)  # type: ignore[call-overload]
    return {name: count / counts.total() for name, count in sorted(counts.items())}


def _assumed(told: Calls | None) -> tuple[str, ...]:
    found = [
        "arrivals are independent within a half hour, and weekdays that do not say otherwise share one profile of the day",
        "what a log of tickets does not hold has its default: what accounts are worth, targets, prices",
    ]
    if told is None:
        return (*found, presence.ASSUMED, work.ASSUMED)
    unnamed = len(told) - len(told.with_known_agent())
    found += [attendance.ASSUMED, "wrap-up is the same after every call; callers of a category differ in patience by chance alone"]
    if unnamed:
        found.append(f"{unnamed:,} calls that no named agent took are left out where the log's calls are run again")
    return tuple(found)
