"""What a scenario may set, section by section: each setting with its unit, default, bounds and why it has that default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from fatigue_model.bounds import bounded
from router.domain import PRIORITIES, WEEKDAYS
from simulations.distributions import SHAPES, Distribution, distribution
from simulations.reading import (
    choice,
    named,
    names_of,
    read_clock_time,
    read_day,
    read_flag,
    read_levels,
    read_time_zone,
    setting,
    shares,
    weights,
    weights_by,
)

CHANNEL_NAMES = ("email", "web", "chat", "phone")
ROUNDS_MAX = 4  # contacts that are drawn for each ticket: one, and one more for each re-opening
OFFICE_HOURS = (0.0,) * 7 + (2.0, 6.0, 11.0, 12.0, 11.0, 8.0, 9.0, 11.0, 10.0, 8.0, 5.0, 2.0, 1.0) + (0.0,) * 4


@dataclass(frozen=True, slots=True)
class Concurrency:
    """How many tickets one agent holds at a time; written ones are worked on one after the other."""

    email: int = bounded(5, 0, 100, "tickets", "e-mail and web tickets in hand")
    chat: int = bounded(2, 0, 20, "tickets", "chats at the same time")
    phone: int = bounded(1, 0, 1, "tickets", "one call at a time")


@dataclass(frozen=True, slots=True)
class Group:
    """Agents who are alike: what they can do and when they work."""

    agents: int = bounded(4, 1, 1000, "agents", "a small team")
    skills: Mapping[str, int] = setting({}, read_levels, "level 1–5", "no skills, for tickets that ask for none")
    languages: tuple[str, ...] = setting((), names_of(), "", "none, for tickets that ask for none")
    concurrency: Concurrency = field(default_factory=Concurrency)
    time_zone: str | None = setting(None, read_time_zone, "", "the run's own time zone")
    weekdays: tuple[str, ...] = setting(WEEKDAYS[:5], names_of(*WEEKDAYS, least=1), "", "an office week")
    shift_start: time = setting(time(9), read_clock_time, "local time", "office hours")
    shift_end: time = setting(time(17, 30), read_clock_time, "local time", "at or before the start means the next day")
    lunch_start: time | None = setting(None, read_clock_time, "local time", "no lunch unless given")
    lunch_min: float = bounded(30.0, 5, 180, "min", "away from all work")
    lunch_stagger_min: float = bounded(30.0, 0, 180, "min", "each agent of a pair goes this much later than the other")


@dataclass(frozen=True, slots=True)
class Accounts:
    """The customers: how many, what they are worth, and which of them are hard on people."""

    count: int = bounded(200, 1, 200_000, "accounts", "B2B: few and known")
    arr_mean_usd: float = bounded(60_000.0, 1, 1e9, "$ a year", "a lost account costs 50–80 k a year")
    arr_cv: float = bounded(1.0, 0.01, 10, "", "a few large ones; lognormal")
    renewal_within_d: float = bounded(365.0, 1, 3650, "d", "yearly contracts, renewed evenly over the year")
    difficult_share: float = bounded(0.1, 0, 1, "of accounts", "a few accounts cause most escalations")
    difficult_ticket_factor: float = bounded(2.0, 0.01, 100, "× tickets", "they also write more often")


@dataclass(frozen=True, slots=True)
class Demand:
    """When tickets come and what they are: Poisson arrivals along a profile of weekdays and local hours."""

    tickets_per_day: float = bounded(60.0, 0.01, 1e6, "tickets", "on a day of weight 1")
    weekday_weights: tuple[float, ...] = setting((1.0,) * 5 + (0.0, 0.0), weights(7), "", "Monday to Sunday")
    hour_weights: tuple[float, ...] = setting(
        OFFICE_HOURS, weights(24, 48), "", "local hours 0 to 23, or half hours; two humps around noon"
    )
    day_weights: Mapping[str, tuple[float, ...]] = setting(
        {}, weights_by(WEEKDAYS, 24, 48), "", "weekdays whose hours differ, each with hour_weights of its own; none differs"
    )
    channels: Mapping[str, float] = setting({"email": 1.0}, shares(*CHANNEL_NAMES), "share", "e-mail only")
    priorities: Mapping[str, float] = setting({"normal": 1.0}, shares(*PRIORITIES), "share", "normal only")
    languages: Mapping[str, float] = setting({}, shares(), "share", "none asked for")


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of ticket."""

    share: float = bounded(1.0, 0, 1e6, "share", "of all tickets; shares need not sum to 1")
    handling_factor: float = bounded(1.0, 0.01, 100, "× handling time", "routine tickets are shorter")
    escalation_factor: float = bounded(1.0, 0, 100, "× escalations", "routine tickets escalate less")
    automation_success: float = bounded(0.7, 0, 1, "", "answered without a person, once automation has it")
    skills: tuple[str, ...] = setting((), names_of(), "", "asked of the agent")


@dataclass(frozen=True, slots=True)
class Effort(Distribution):
    """Time at work on one contact."""

    mean_s: float = bounded(900.0, 1, 86_400, "s", "a quarter of an hour; the mean of values_s where they are given alone")


@dataclass(frozen=True, slots=True)
class Handling:
    """Handling time of a contact, by channel."""

    shape: str = setting("lognormal", choice(*SHAPES[:-1]), "", "what handling times look like in most logs; of channels that name none")
    email: Effort = distribution(Effort(mean_s=900.0), "a quarter of an hour")
    web: Effort = distribution(Effort(mean_s=900.0), "like e-mail")
    chat: Effort = distribution(Effort(mean_s=720.0), "shorter than letters, with pauses in between")
    phone: Effort = distribution(Effort(mean_s=480.0), "eight minutes, after-call work included")

    def of(self, channel: str) -> Distribution:
        """The handling time on a channel, its shape settled."""
        own: Distribution = getattr(self, channel)
        return replace(own, shape=own.shape or self.shape)


@dataclass(frozen=True, slots=True)
class Escalation:
    """How often a contact turns hard."""

    ordinary: float = bounded(0.01, 0, 1, "per contact", "accounts that are not difficult")
    difficult: float = bounded(0.08, 0, 1, "per contact", "difficult accounts")
    at_arrival_share: float = bounded(0.3, 0, 1, "of first-contact escalations", "the customer comes escalated already")
    abuse: float = bounded(0.003, 0, 1, "per contact", "abuse at the agent")


@dataclass(frozen=True, slots=True)
class Reopening:
    """How often a resolved ticket comes back."""

    probability: float = bounded(0.1, 0, 1, "per resolution", "one answer in ten does not hold")
    delay_mean_h: float = bounded(20.0, 0.01, 500, "h", "exponential")
    most: int = bounded(2, 0, ROUNDS_MAX - 1, "times", "after that it is a new ticket")


@dataclass(frozen=True, slots=True)
class Automation:
    """How fast automation answers, and how hard it is on people where it did not help; which categories it gets is the policy's choice."""

    answer_mean_s: float = bounded(60.0, 0.1, 86_400, "s", "exponential; past the policy's time-out a person gets the ticket")
    failed_handling_factor: float = bounded(1.0, 0.01, 100, "× handling time", "of who comes to a person after it: as long as ever")
    failed_escalation_factor: float = bounded(1.0, 0, 100, "× escalations", "of who comes to a person after it: as patient as ever")


@dataclass(frozen=True, slots=True)
class Targets:
    """Service-level targets for the first response: an answer to what is written, a pick-up of what is live."""

    email_s: float = bounded(14_400.0, 1, 2_592_000, "s", "four hours")
    web_s: float = bounded(14_400.0, 1, 2_592_000, "s", "four hours")
    chat_s: float = bounded(120.0, 1, 86_400, "s", "two minutes")
    phone_s: float = bounded(60.0, 1, 86_400, "s", "one minute")
    business_hours: bool = setting(True, read_flag, "", "waits count only while somebody is on shift")


@dataclass(frozen=True, slots=True)
class Costs:
    """What staff costs; the price of automation is in the policy."""

    agent_hour_usd: float = bounded(45.0, 0, 10_000, "$ an hour on shift", "with all that an employer pays")


@dataclass(frozen=True, slots=True)
class Runs:
    """When, for how long, and how many times."""

    start: date = setting(date(2026, 1, 5), read_day, "", "a Monday; the run begins at its local midnight")
    time_zone: str = setting("UTC", read_time_zone, "", "of the start, the demand, and shifts that name none")
    days: int = bounded(7, 1, 366, "d", "one week counts")
    warm_up_days: int = bounded(0, 0, 366, "d", "days before, that do not count")
    seed: int = bounded(1, 0, 2**63 - 1, "", "of all that is drawn")
    replications: int = bounded(10, 1, 10_000, "runs", "more runs, narrower intervals")

    @property
    def first_day(self) -> date:
        """The first that counts."""
        return self.start + timedelta(days=self.warm_up_days)


def default_groups() -> Mapping[str, Group]:
    return {"team": Group()}


read_groups = named(Group)
read_categories = named(Category)
