"""A fit as a scenario file: TOML with every fitted value's 95 % interval beside it, and what was assumed at its head."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from datetime import timedelta

from router.domain import WEEKDAYS
from simulations.calibrate.crews import Crew
from simulations.calibrate.durations import Durations
from simulations.calibrate.fit import Fitted
from simulations.calibrate.interval import Interval, short
from simulations.calibrate.phone import Phone
from simulations.calibrate.roster import Stint, days_named
from simulations.calibrate.work import Hardness
from simulations.distributions import LONGEST_S

ACCOUNTS_MAX = 5000
LEVEL = 3  # of 5; a log says that people did it, not how well
DELAY_BOUNDS_H = (0.01, 500.0)
WIDTH = 12  # numbers on a line


def scenario_text(fitted: Fitted, title: str, source: str) -> str:
    """The scenario file; `source` says what was read, for its first line."""
    parts = (
        _head(fitted, title, source),
        _groups(fitted.crews),
        _accounts(fitted),
        _demand(fitted),
        _categories(fitted),
        _handling(fitted),
        _hardness(fitted),
        [] if fitted.phone is None else _phone(fitted.phone),
        _rest(fitted),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(fitted: Fitted, title: str, source: str) -> Iterator[str]:
    came = fitted.arrivals
    last = came.first + timedelta(days=len(came.counts) - 1)
    yield f"# Fitted by `respite calibrate` to {source}: {fitted.cases:,} tickets from {came.first} to {last}."
    yield "# Behind each fitted value stands its 95 % interval. What is not set here has its default."
    yield "# Assumed:"
    yield from (f"#   {each};" for each in fitted.assumed)
    if came.days.index > 1 and came.days.p < 0.05:
        over = f"{came.days.index:.1f} times as much as chance arrivals do (variance over mean)"
        yield f"#   days of one weekday differ {over}; simulated days do not."
    yield ""
    yield f"title = {_text(title)}"


def _groups(crews: Sequence[Crew]) -> Iterator[str]:
    yield ""
    yield "# Shifts that put as many people at work in each half hour as there were on average, breaks and absences taken out."
    yield "# Each shift is a group of its own, so the number of agents here is that of shifts a week, not of people."
    if not crews:
        yield "# The log names nobody: the default team stands."
    for crew in crews:
        yield f"# {crew.people} people" + (f" whose main skill is {crew.skill}" if crew.skill else "")
        for stint in crew.stints:
            yield from _group(crew, stint)


def _group(crew: Crew, stint: Stint) -> Iterator[str]:
    name = "-".join(filter(None, (crew.skill, days_named(stint.weekdays), _clock(stint.start)[:5], _clock(stint.end)[:5])))
    yield ""
    yield f"[groups.{_text(name)}]"
    yield f"agents = {stint.agents}"
    if crew.skills:
        yield "skills = { " + ", ".join(f"{_text(skill)} = {LEVEL}" for skill in crew.skills) + " }"
    yield "weekdays = [" + ", ".join(_text(WEEKDAYS[each]) for each in sorted(stint.weekdays)) + "]"
    yield f"shift_start = {_clock(stint.start)}"
    yield f"shift_end = {_clock(stint.end)}"


def _accounts(fitted: Fitted) -> Iterator[str]:
    mix = fitted.accounts
    yield ""
    yield f"# The busiest tenth of the accounts bring {mix.top_tenth:.0%} of their tickets (Gini index {mix.gini:.2f});"
    yield f"# {mix.unnamed_tickets:,} tickets name no account."
    yield "[accounts]"
    count = min(max(mix.count, 1), ACCOUNTS_MAX)
    yield f"count = {count}" + (f"  # of {mix.count:,} that the log names" if mix.count > count else "")
    if mix.hard is None:
        yield "difficult_share = 0.0  # the log does not tell two kinds of account apart by their escalations"
    else:
        yield f"difficult_share = {mix.hard.share:.3f}  # two kinds of account, by their escalations"
        yield f"difficult_ticket_factor = {min(max(mix.hard.ticket_factor, 0.01), 100):.2f}"


def _demand(fitted: Fitted) -> Iterator[str]:
    came = fitted.arrivals
    told = [(WEEKDAYS[day], each) for day, each in enumerate(came.per_weekday) if each is not None]
    yield ""
    yield "# Tickets on a day: " + ", ".join(f"{name} {each}" for name, each in told) + "."
    if missing := [WEEKDAYS[day] for day, each in enumerate(came.per_weekday) if each is None]:
        yield f"# The log has no {', '.join(missing)}: nothing comes then."
    yield f"# Half hours within a day: variance over mean {_number(came.half_hours.index)}, p {_number(came.half_hours.p)} (1 is chance)."
    yield "[demand]"
    yield f"tickets_per_day = {max(came.per_day, 0.01):.4g}"
    weights = [0.0 if each is None else each.value / came.per_day for each in came.per_weekday]
    yield "weekday_weights = [" + ", ".join(f"{each:.4g}" for each in weights) + "]"
    yield "hour_weights = ["
    yield from _rows([f"{100 * each:.4g}" for each in came.profile])
    yield "]"
    for day, profile in came.own.items():
        yield f"day_weights.{WEEKDAYS[day]} = ["
        yield from _rows([f"{100 * each:.4g}" for each in profile])
        yield "]"
    yield "channels = " + _table(fitted.channels)
    yield "priorities = " + _table(fitted.priorities)


def _categories(fitted: Fitted) -> Iterator[str]:
    named = fitted.kinds.categories
    if len(named) < 2 and not named[0].skills:
        return
    known = {skill for crew in fitted.crews for skill in crew.skills if crew.stints}
    for each in named:
        yield ""
        yield f"[categories.{_text(each.name)}]"
        yield f"share = {each.tickets / fitted.cases:.4g}  # {each.tickets:,} tickets"
        if each.factor is not None:
            yield f"handling_factor = {_value(each.factor)}"
        if each.escalation_factor != 1.0:
            yield f"escalation_factor = {each.escalation_factor:.3g}"
        if each.skills and known.issuperset(each.skills):
            yield "skills = [" + ", ".join(map(_text, each.skills)) + "]"


def _handling(fitted: Fitted) -> Iterator[str]:
    if not fitted.kinds.by_channel:
        return
    yield ""
    yield "# Categories' factors taken out. The distance is Kolmogorov–Smirnov's from the lognormal of the same mean and spread."
    yield "[handling]"
    for name, each in fitted.kinds.by_channel.items():
        yield f"# {name}: mean {each.mean_s} s, cv {each.cv}, {each.mean_s.count:,} times, distance {each.distance:.3f}"
        yield from _durations(name, each)


def _durations(name: str, each: Durations) -> Iterator[str]:
    if each.lognormal:
        yield f'{name} = {{ shape = "lognormal", mean_s = {each.mean_s.value:.4g}, cv = {min(each.cv.value, 10):.4g} }}'
        return
    yield f"# drawn as they were: {len(each.values_s)} of them stand for all"
    values = ", ".join(f"{value:.4g}" for value in each.values_s)
    yield f'{name} = {{ shape = "empirical", mean_s = {each.mean_s.value:.4g}, values_s = [{values}] }}'


def _hardness(fitted: Fitted) -> Iterator[str]:
    told: Hardness = fitted.hardness
    hard = fitted.accounts.hard
    yield ""
    yield "[escalation]"
    yield f"ordinary = {hard.ordinary:.4g}  # accounts that are not difficult" if hard else f"ordinary = {_value(told.escalation)}"
    yield f"difficult = {hard.difficult:.4g}  # difficult ones; {told.escalation} of all contacts" if hard else "difficult = 0.0"
    if told.at_arrival.count:
        yield f"at_arrival_share = {_value(told.at_arrival)}"
    yield f"abuse = {_value(told.abuse)}"
    yield ""
    yield "[reopening]"
    yield f"probability = {_value(told.reopening)}"
    if told.reopening_delay_h is not None:
        yield f"delay_mean_h = {min(max(told.reopening_delay_h, DELAY_BOUNDS_H[0]), DELAY_BOUNDS_H[1]):.4g}"


def _phone(phone: Phone) -> Iterator[str]:
    yield ""
    if phone.patience:
        best = phone.patience[0]
        yield "# Waits of callers who were answered are only a lower bound of their patience. Akaike's criterion (smaller fits better):"
        yield "#   " + ", ".join(f"{each.shape} {each.aic:,.0f}" for each in phone.patience) + "."
        yield f"# {best.shape}: mean {best.mean_s} s, cv {best.cv};"
        yield f"# at most {best.distance:.3f} from Kaplan–Meier's curve."
        yield "[patience]"
        cv = "" if best.shape == "exponential" else f", cv = {best.cv.value:.4g}"
        yield f'phone = {{ shape = "{best.shape}", mean_s = {min(best.mean_s.value, LONGEST_S):.4g}{cv} }}'
        yield ""
    wrapped = phone.wrap_up.mean_s
    yield "# Fitted by running the log's own calls again until waits and abandonment are as they were."
    if wrapped.value > 0:
        yield "[wrap_up]"
        around = f"{short(wrapped.low)}–{short(wrapped.high)}"
        yield f'phone = {{ shape = "deterministic", mean_s = {max(wrapped.value, 0.001):.4g} }}  # {around}'
    else:
        yield "# No wrap-up: without any, callers would have waited at least as long as they did."


def _rest(fitted: Fitted) -> Iterator[str]:
    came = fitted.arrivals
    yield ""
    yield "[run]"
    yield f"start = {came.first + timedelta(days=len(came.counts))}  # the day after the log ends"
    yield f"time_zone = {_text(fitted.zone_name)}"
    yield "days = 7"
    yield "replications = 10"
    yield ""
    yield "# As it was: a queue in order of priority and waiting, no breaks for recovery, no line for load. Take all from here on out"
    yield "# to see what this team would do under Respite's own defaults."
    yield "[policy]"
    yield "rotation_after_escalations = 20"
    yield "hard_streak_max = 100"
    yield "hot_alone_s = 0"
    yield "break_min_s = 0"
    yield "break_max_s = 0"
    yield "ramp_in = { window_s = 0 }"
    yield "fatigue = { line_points = 20.0, load_bound_ratio = 20.0, break_trigger_ratio = 10.0, carried_share = 0.0 }"


def _clock(half_hour: int) -> str:
    return f"{half_hour // 2 % 24:02d}:{30 * (half_hour % 2):02d}:00"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _table(shares: dict[str, float]) -> str:
    return "{ " + ", ".join(f"{_text(name)} = {share:.4g}" for name, share in shares.items()) + " }"


def _rows(numbers: Sequence[str]) -> Iterator[str]:
    return ("  " + ", ".join(numbers[at : at + WIDTH]) + "," for at in range(0, len(numbers), WIDTH))


def _value(each: Interval) -> str:
    return f"{each.value:.4g}  # {short(each.low)}–{short(each.high)}"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2g}"
