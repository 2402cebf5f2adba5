"""A column map: which columns of a helpdesk's export hold what, and what its words mean; all violations at once."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, time

from fatigue_model.bounds import InvalidValues, Violation
from router.domain import CHANNELS, PRIORITIES
from simulations.reading import Found, choice, overlay, read_clock_time, read_flag, read_text, read_time_zone, setting
from simulations.scenario import Malformed, parse

# "message" is work that is no contact with the customer; "ignored" is not even a sign that somebody was at work
MEANINGS = ("contact", "message", "escalated", "abuse", "reassigned", "resolved", "reopened", "closed", "ignored")
ENDINGS = frozenset({"resolved", "closed"})
OUTCOMES = ("served", "abandoned", "ignored")
NEEDED = {
    "events": ("case", "account", "agent", "activity", "time"),
    "tickets": ("case", "account", "agent", "created", "resolved"),
    "calls": ("agent", "outcome", "arrived", "waited", "begun", "ended"),
}
# columns that only one shape has, beside those that all have
SHAPED = {
    "events": ("activity", "time"),
    "tickets": ("created", "resolved"),
    "calls": ("outcome", "day", "arrived", "queued", "waited", "begun", "ended"),
}
ISO, UNIX = "iso8601", "unix"
SAMPLE = datetime(2001, 12, 23, 14, 35, 46, tzinfo=UTC)


def _words(*allowed: str) -> Callable[[object, str, Found], dict[str, str]]:
    """A table from the helpdesk's words to ours."""

    def read(value: object, at: str, found: Found) -> dict[str, str]:
        if not isinstance(value, dict):
            found.append(Violation(at, value, "a table from the helpdesk's words to ours"))
            return {}
        for name, ours in value.items():
            if ours not in allowed:
                found.append(Violation(f"{at}/{name}", ours, "one of " + ", ".join(allowed)))
        return dict(value)

    return read


def _values(value: object, at: str, found: Found) -> dict[str, tuple[str, ...]]:
    """A table from columns to a value, or a list of values."""
    if not isinstance(value, dict):
        found.append(Violation(at, value, "a table from columns to values"))
        return {}
    plain = {name: each if isinstance(each, list) else [each] for name, each in value.items()}
    for name, each in plain.items():
        if not each or not all(isinstance(text, str) and text for text in each):
            found.append(Violation(f"{at}/{name}", value[name], "a value, or a list of values, as text"))
    return {name: tuple(each) for name, each in plain.items()}


def _encoding(value: object, at: str, found: Found) -> str:
    name = value if isinstance(value, str) and "\0" not in value else ""
    try:
        "\n".encode(codecs.lookup(name).name)
    except (LookupError, UnicodeError):
        found.append(Violation(at, value, "the name of a text encoding, like utf-8 or cp1252"))
    return name


@dataclass(frozen=True, slots=True)
class Columns:
    """The name of the column for each fact, as the header (CSV) or the keys (JSON lines) spell it."""

    case: str | None = setting(None, read_text, "", "the ticket's id")
    account: str | None = setting(None, read_text, "", "the customer's company")
    agent: str | None = setting(None, read_text, "", "who did it, or whose ticket it is")
    activity: str | None = setting(None, read_text, "", "what happened; one row per event")
    time: str | None = setting(None, read_text, "", "when it happened; one row per event")
    created: str | None = setting(None, read_text, "", "when the ticket came in; one row per ticket")
    resolved: str | None = setting(None, read_text, "", "when it was resolved, empty while it is open; one row per ticket")
    outcome: str | None = setting(None, read_text, "", "see [outcomes]; one row per call, as are the next six")
    day: str | None = setting(None, read_text, "", "the day of the call, where its instants are times of day")
    arrived: str | None = setting(None, read_text, "", "when the call asked for an agent")
    queued: str | None = setting(
        None, read_text, "", "when it joined the queue: empty where the caller hung up before, and none waited for"
    )
    waited: str | None = setting(None, read_text, "s", "how long it waited for an agent; read where the caller hung up")
    begun: str | None = setting(None, read_text, "", "when an agent took it")
    ended: str | None = setting(None, read_text, "", "when they were done with the caller")
    priority: str | None = setting(None, read_text, "", "see [priorities]")
    category: str | None = setting(None, read_text, "", "what it is about; automation is opened by category")
    channel: str | None = setting(None, read_text, "", "see [channels]")
    skills: str | None = setting(None, read_text, "", "what an agent must be able to do; one skill, or a JSON list")


@dataclass(frozen=True, slots=True)
class WorkDay:
    """The hours at which who works on a day is taken to be there; by default in the time zone of the log."""

    time_zone: str | None = setting(None, read_time_zone, "", "whose days the team works by")
    start: time = setting(time(9), read_clock_time, "local time", "the working day begins")
    end: time = setting(time(17), read_clock_time, "local time", "and ends")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How one helpdesk's export is to be read."""

    shape: str = setting("events", choice("events", "tickets", "calls"), "", "one row per event, per ticket, or per call")
    format: str = setting("csv", choice("csv", "jsonl"), "", "comma-separated with a header, or one JSON object per line")
    delimiter: str = setting(",", read_text, "", "between the fields of a CSV row")
    encoding: str = setting("utf-8-sig", _encoding, "", "UTF-8 with or without a byte order mark")
    time_format: str = setting(ISO, read_text, "", "iso8601, unix, or a strptime format")
    time_zone: str | None = setting(None, read_time_zone, "", "of instants that come without an offset")
    strict_activities: bool = setting(False, read_flag, "", "an activity that is not in [activities] makes the row malformed")
    columns: Columns = field(default_factory=Columns)
    activities: Mapping[str, str] = setting({}, _words(*MEANINGS), "", "what each activity means")
    priorities: Mapping[str, str] = setting({}, _words(*PRIORITIES), "", "what each priority means")
    channels: Mapping[str, str] = setting({}, _words(*CHANNELS, "web"), "", "what each channel means")
    escalated: Mapping[str, tuple[str, ...]] = setting({}, _values, "", "a case is escalated where this column has this value")
    outcomes: Mapping[str, str] = setting({}, _words(*OUTCOMES), "", "what each outcome of a call means")
    other_work: Mapping[str, tuple[str, ...]] = setting(
        {}, _values, "", "where this column has this value, people are busy with what is not to be calibrated"
    )
    empty: Mapping[str, tuple[str, ...]] = setting({}, _values, "", "where this column has this value, it is as good as empty")
    work: WorkDay = field(default_factory=WorkDay)

    @property
    def names_offset(self) -> bool:
        """Whether each instant says its own offset."""
        return self.time_format == UNIX or "%z" in self.time_format

    def used(self) -> dict[str, str]:
        """Every column that is read, under the pointer of the setting that asks for it."""
        named = {f"/columns/{item.name}": getattr(self.columns, item.name) for item in fields(Columns)}
        valued = {f"/{table}/{name}": name for table in ("escalated", "other_work", "empty") for name in getattr(self, table)}
        return {at: name for at, name in named.items() if name is not None} | valued


def column_map(text: str) -> ColumnMap:
    """The map that a TOML text describes; raises `InvalidValues` with every violation."""
    found: Found = []
    try:
        values = parse(text)
    except Malformed as error:
        raise InvalidValues((Violation("/", str(error), "TOML"),)) from None
    given = overlay(ColumnMap(), values, "", found)
    # what is refused by itself is not said again to be at odds with something
    heads = {"/".join(each.pointer.split("/")[:depth]) for each in found for depth in (2, 3)}
    found += [each for each in _at_odds(given, heads) if each.pointer not in heads]
    if found:
        raise InvalidValues(tuple(found))
    return given


def _at_odds(given: ColumnMap, refused: set[str]) -> Found:
    """What is wrong between settings that are each allowed by themselves."""
    found = [] if "/shape" in refused else _shape_at_odds(given)
    for table, name in (("priorities", "priority"), ("channels", "channel")):
        if getattr(given, table) and not getattr(given.columns, name):
            found.append(Violation(f"/{table}", getattr(given, table), f"nothing, unless columns.{name} says where they stand"))
    if len(given.delimiter) != 1 or given.delimiter in '"\r\n ':
        found.append(Violation("/delimiter", given.delimiter, "one character, and no quote, blank or line end"))
    if "/work/start" not in refused and not given.work.start < given.work.end:
        found.append(Violation("/work/end", str(given.work.end), f"later than work.start, {given.work.start}"))
    return found + ([] if {"/time_format", "/time_zone"} & refused else _time_at_odds(given))


def _shape_at_odds(given: ColumnMap) -> Found:
    shape, columns, activities = given.shape, given.columns, given.activities
    need, foreign = NEEDED[shape], [name for other, names in SHAPED.items() if other != shape for name in names]
    found = [Violation(f"/columns/{name}", None, f"a column; shape {shape!r} needs it") for name in need if not getattr(columns, name)]
    for name in foreign:
        if getattr(columns, name):
            found.append(Violation(f"/columns/{name}", getattr(columns, name), f"nothing in shape {shape!r}"))
    if shape == "events" and not ENDINGS & set(activities.values()):
        found.append(Violation("/activities", dict(activities), "an activity that means resolved or closed; else no case ends"))
    if shape != "events" and activities:
        found.append(Violation("/activities", dict(activities), f"nothing in shape {shape!r}"))
    if shape != "calls" and given.outcomes:
        found.append(Violation("/outcomes", dict(given.outcomes), f"nothing in shape {shape!r}"))
    if shape == "calls" and "served" not in given.outcomes.values():
        found.append(Violation("/outcomes", dict(given.outcomes), "an outcome that means served; else nobody is"))
    return found


def _time_at_odds(given: ColumnMap) -> Found:
    text = given.time_format
    if text in (ISO, UNIX):
        return []
    try:
        same_day = datetime.strptime(SAMPLE.strftime(text), text).date() == SAMPLE.date()  # noqa: DTZ007
    except ValueError:
        same_day = False
    if not same_day:
        return [Violation("/time_format", text, "iso8601, unix, or a strptime format that says year, month and day")]
    if not given.names_offset and given.time_zone is None:
        return [Violation("/time_zone", None, "a time zone: time_format has no offset (%z)")]
    return []
