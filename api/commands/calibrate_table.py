"""How `respite calibrate` prints a fit: what was fitted and how well, what was assumed, and how it did on the days held out."""

from __future__ import annotations

import calendar
import dataclasses
import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from simulations.calibrate.durations import QUANTILES, Durations
from simulations.calibrate.fit import Fitted
from simulations.calibrate.hold_out import CALLS_MIN, HOURLY_FROM, MEANS_WITHIN, MEANT, TRACE, Check, HeldOut
from simulations.calibrate.phone import Phone

SHOWN = (0.1, 0.5, 0.9, 0.99)
NAMES = tuple(calendar.day_name)  # in English, as no locale is ever set
Row = tuple[str, str, str]


def print_fit(fitted: Fitted) -> None:
    """The fit on standard output; of the team as a whole, no number of a person."""
    console, came = Console(highlight=False, markup=False), fitted.arrivals
    last = came.first + timedelta(days=len(came.counts) - 1)
    console.print(f"{fitted.cases:,} tickets from {came.first} to {last}, days of {fitted.zone_name}")
    table = Table(title="What was fitted", title_justify="left", box=None, pad_edge=False)
    for name, justify in (("", "left"), ("fitted (95 % interval)", "right"), ("how well", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for row in _rows(fitted):
        table.add_row(*row)
    console.print(table)
    if fitted.kinds.by_channel:
        console.print(_quantiles(fitted))
    console.print("Assumed:")
    for each in fitted.assumed:
        console.print(f"  {each}.", style="dim")


def _rows(fitted: Fitted) -> Iterator[Row]:
    came = fitted.arrivals
    for day, each in enumerate(came.per_weekday):
        if each is not None:
            own = "its own profile of the day" if day in came.own else ""
            yield f"tickets on a {NAMES[day]}", str(each), own
    for name, found in (("half hours within a day", came.half_hours), ("days of the same weekday", came.days)):
        if not math.isnan(found.index):
            verdict = "as chance has it" if found.p >= 0.05 or found.index < 1 else "more than chance arrivals vary"
            yield name, f"{found.index:.2f}", f"variance over mean, 1 is Poisson: {verdict} (p {_p(found.p)}, {found.cells:,} cells)"
    for name, times in fitted.kinds.by_channel.items():
        yield f"handling, {name}: mean", f"{times.mean_s} s", _fits(times) + ("" if times.lognormal else ": drawn as they were")
        yield "  spread over mean", str(times.cv), f"{times.mean_s.count:,} times"
    for kind in fitted.kinds.categories:
        if kind.factor is not None and len(fitted.kinds.categories) > 1:
            detail = f"{kind.tickets / fitted.cases:.1%} of tickets" + (f"; {_fits(kind.handling)}" if kind.handling else "")
            yield f"  {kind.name}: × mean", str(kind.factor), detail
    if fitted.phone is not None:
        yield from _phone(fitted.phone)
    for crew in fitted.crews:
        name = f"people at work{f', {crew.skill}' if crew.skill else ''}: at most"
        yield name, f"{crew.curve.max():.1f}", f"of {crew.people}; {len(crew.stints)} kinds of shift"
    yield from _customers(fitted)


def _phone(phone: Phone) -> Iterator[Row]:
    for place, each in enumerate(phone.patience):
        best = ", the best" if place == 0 else ""
        detail = f"{each.distance:.3f} from Kaplan–Meier's curve; AIC {each.aic:,.0f}{best}"
        yield f"patience, {each.shape}", f"{each.mean_s} s", detail
        if each.shape != "exponential":
            yield "  spread over mean", str(each.cv), f"{each.mean_s.count:,} hung up"
    yield (
        "wrap-up after a call",
        f"{phone.wrap_up.mean_s} s",
        "the log's calls run again until waits and hang-ups agree",
    )
    if phone.rules.head_start_s:
        yield "head start of high priority", f"{phone.rules.head_start_s:.0f} s", "explains best who was taken before whom"


def _customers(fitted: Fitted) -> Iterator[Row]:
    mix, hard = fitted.accounts, fitted.hardness
    yield (
        "accounts",
        f"{mix.count:,}",
        f"the busiest tenth bring {mix.top_tenth:.0%} of their tickets; {mix.unnamed_tickets:,} tickets name none",
    )
    if mix.hard is not None:
        detail = f"{mix.hard.difficult:.1%} of their contacts escalate, {mix.hard.ordinary:.1%} of the others'"
        yield "  of these difficult", f"{mix.hard.share:.1%}", detail
    if hard.escalation.value:
        yield "escalations per contact", str(hard.escalation), ""
    if hard.reopening_delay_h is not None:
        yield "re-openings per resolution", str(hard.reopening), f"after {hard.reopening_delay_h:.0f} h"


def _quantiles(fitted: Fitted) -> Table:
    """Quantiles of handling, log against fit."""
    table = Table(title="Handling in seconds, log / fit", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for quantile in SHOWN:
        table.add_column(f"{quantile:.0%}", justify="right")
    every = dict(fitted.kinds.by_channel)
    every |= {
        f"  {kind.name}": kind.handling
        for kind in fitted.kinds.categories
        if kind.handling is not None and len(fitted.kinds.categories) > 1
    }
    for name, times in every.items():
        places = [QUANTILES.index(quantile) for quantile in SHOWN]
        table.add_row(name, *(f"{times.observed_s[place]:.0f} / {times.fitted_s[place]:.0f}" for place in places))
    return table


def print_hold_out(found: HeldOut) -> None:
    """The check on days that the fit has not seen."""
    console = Console(highlight=False, markup=False)
    title = f"Held out: {found.calls:,} calls from {found.first} to {found.last}. What happened, and what the fit says when it is told …"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("", "calls", "mean wait", "hung up", "hour by hour: waits", "hung up", "at best", "verdict"):
        table.add_column(name, justify="left" if name in ("", "verdict") else "right")
    table.add_row("what happened", f"{found.calls:,}", f"{found.wait_s:.1f} s", f"{found.abandoned:.1%}")
    for each in found.checks:
        table.add_row(each.told, *_cells(each, found))
    console.print(table)
    for name, meaning in MEANT.items():
        console.print(f"  {name}: {meaning}.", style="dim")
    note = (
        f"Means over all callers. Hour by hour is the correlation over the {len(found.hours_s)} hours with {CALLS_MIN} calls and more; "
        "at best is what chance leaves to a model that is right, for waits and hang-ups: a run set against the mean of the other runs. "
        f"Holds: means within {MEANS_WITHIN:.0%} and correlations from {HOURLY_FROM:.2f}."
    )
    console.print(note, style="dim")


def _cells(each: Check, found: HeldOut) -> tuple[str, ...]:
    if math.isnan(each.wait_s):
        return "0", *["–"] * 5, "no such weekday in the fit"
    off = [
        each.wait_s / found.wait_s - 1 if found.wait_s else math.nan,
        each.abandoned / found.abandoned - 1 if found.abandoned else math.nan,
    ]
    return (
        f"{each.calls:,.0f}",
        f"{each.wait_s:.1f} s ({off[0]:+.0%})",
        f"{each.abandoned:.1%} ({off[1]:+.0%})",
        f"{each.hourly_wait:.2f}",
        f"{each.hourly_abandoned:.2f}",
        f"{each.ceiling_wait:.2f}, {each.ceiling_abandoned:.2f}",
        verdict(each, found),
    )


def verdict(each: Check, found: HeldOut) -> str:
    """What of a check holds, in words."""
    pairs = (each.wait_s, found.wait_s), (each.abandoned, found.abandoned)
    means = all(abs(model - seen) <= MEANS_WITHIN * seen for model, seen in pairs)
    hourly = min(each.hourly_wait, each.hourly_abandoned) >= HOURLY_FROM
    return {(True, True): "holds", (True, False): "means hold", (False, True): "hours hold", (False, False): "does not hold"}[means, hourly]


def as_mapping(fitted: Fitted, found: HeldOut | None) -> dict[str, Any]:
    """The fit as plain values, without the curves that only plots need."""
    plain: dict[str, Any] = _plain(fitted)
    if found is not None:
        plain["hold_out"] = _plain(found) | {"holds": verdict(next(each for each in found.checks if each.told == TRACE), found)}
    return plain


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return {name: _plain(each) for name, each in named.items() if name not in LEFT_OUT}
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value


# what would say something of a person, or is long and of use in a plot alone
LEFT_OUT = ("agents", "skills", "values_s", "lengths_s", "curve", "curves", "counts", "by_account", "by_hour", "hours_s")


def _fits(times: Durations) -> str:
    return f"{times.distance:.3f} from a lognormal (KS, p {_p(times.p)})"


def _p(value: float) -> str:
    return "< .001" if value < 0.001 else f"{value:.3f}".lstrip("0")
