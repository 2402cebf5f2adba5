"""From a row of an export to what it says: the case, what happened when and by whom, and the facts beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from router.domain import CHANNELS, PRIORITIES
from simulations.columns import ISO, UNIX, ColumnMap
from simulations.rows import Malformed, Row

EARLIEST_S = datetime(1970, 1, 1, tzinfo=UTC).timestamp()
LATEST_S = datetime(2200, 1, 1, tzinfo=UTC).timestamp()
# what the routing API takes for an id and for a name
ID = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a case: when, what (one of `columns.MEANINGS`), and who did it or was given it."""

    at_s: float
    kind: str
    agent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row says of its case; None where it says nothing, or nothing that is known."""

    account_id: str | None
    priority: str | None
    category: str | None
    channel: str | None
    skills: tuple[str, ...]
    escalated: bool
    other_work: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, understood."""

    case_id: str
    steps: tuple[Step, ...]
    facts: Facts


class EntryReader:
    """Understands rows by a map, and counts the words in them that the map does not know."""

    def __init__(self, columns: ColumnMap, latest_s: float) -> None:
        self.map, self.latest_s = columns, latest_s
        self.zone = ZoneInfo(columns.time_zone) if columns.time_zone else None
        self.unmapped: Counter[str] = Counter()

    def read(self, row: Row) -> Entry | None:
        """The entry of a row, None for a call that nobody was asked to answer; raises `Malformed` where it cannot be used."""
        self.blank(row)
        case_id = fits(ID, row, self.map.columns.case, "an id")
        if case_id is None:
            raise Malformed("the case id is empty")
        steps = self._event(row) if self.map.shape == "events" else self._ticket(row)
        return Entry(case_id, steps, self.facts(row))

    def blank(self, row: Row) -> None:
        """Make empty what the map calls as good as empty."""
        for name, values in self.map.empty.items():
            if row.values[name] in values:
                row.values[name] = ""

    def _event(self, row: Row) -> tuple[Step, ...]:
        names = self.map.columns
        at_s, agent_id = self.instant(row, names.time), fits(ID, row, names.agent, "an id")
        activity = text_of(row, names.activity)
        kind = self.map.activities.get(activity)
        if kind is None and self.map.strict_activities:
            raise Malformed(f"activity {activity!r} is not in the map")
        if kind is None:
            self.unmapped[f"activity {activity!r}"] += 1
        return (Step(at_s, kind or "ignored", agent_id),)

    def _ticket(self, row: Row) -> tuple[Step, ...]:
        names = self.map.columns
        agent_id = fits(ID, row, names.agent, "an id")
        opened = Step(self.instant(row, names.created), "ignored")
        if not text_of(row, names.resolved):
            return (opened, Step(opened.at_s, "reassigned", agent_id)) if agent_id else (opened,)
        resolved = Step(self.instant(row, names.resolved), "resolved", agent_id)
        if resolved.at_s < opened.at_s:
            raise Malformed("resolved before it was created")
        return opened, resolved

    def facts(self, row: Row) -> Facts:
        names = self.map.columns
        listed = row.values[names.skills] if names.skills else []
        skills = [listed] if isinstance(listed, str) else listed
        for skill in skills:
            _check(NAME, skill, names.skills, "a name")
        return Facts(
            account_id=fits(ID, row, names.account, "an id"),
            priority=self._word("priority", row, names.priority, self.map.priorities, PRIORITIES),
            category=fits(NAME, row, names.category, "a name"),
            channel=self._word("channel", row, names.channel, self.map.channels, (*CHANNELS, "web")),
            skills=tuple(dict.fromkeys(skill for skill in skills if skill)),
            escalated=any(text_of(row, name) in values for name, values in self.map.escalated.items()),
            other_work=any(text_of(row, name) in values for name, values in self.map.other_work.items()),
        )

    def _word(self, what: str, row: Row, name: str | None, ours: Mapping[str, str], allowed: tuple[str, ...]) -> str | None:
        """Our word for the helpdesk's; one of ours needs no mapping, one that is not known is counted and left out."""
        text = text_of(row, name)
        word = ours.get(text, text)
        if text and word not in allowed:
            self.unmapped[f"{what} {text!r}"] += 1
        return word if word in allowed else None

    def instant(self, row: Row, name: str | None, day: str = "") -> float:
        """Seconds since 1970 of a column, which may hold a time of day alone."""
        text = f"{day} {text_of(row, name)}".lstrip()
        at_s = _seconds(text, self.map.time_format, self.zone)
        if not EARLIEST_S <= at_s < LATEST_S:
            raise Malformed(f"{name!r} is {text!r}, not from 1970 to 2200")
        if at_s > self.latest_s:
            raise Malformed(f"{name!r} is {text!r}, which lies in the future")
        return at_s


def text_of(row: Row, name: str | None) -> str:
    """The value of a column as one text; empty where the map has no such column."""
    value = row.values[name] if name is not None else ""
    if isinstance(value, list):
        raise Malformed(f"{name!r} holds a list")
    return value


def fits(pattern: re.Pattern[str], row: Row, name: str | None, what: str) -> str | None:
    text = text_of(row, name)
    _check(pattern, text, name, what)
    return text or None


def _check(pattern: re.Pattern[str], text: str, name: str | None, what: str) -> None:
    if text and not pattern.fullmatch(text):
        limit = "200 characters without slashes" if pattern is ID else "100 characters"
        raise Malformed(f"{name!r} is not {what}: at most {limit} and control characters, not {text[:50]!r}")


def _seconds(text: str, time_format: str, zone: ZoneInfo | None) -> float:
    """Seconds since 1970 of an instant as the export writes it."""
    try:
        if time_format == UNIX:
            return float(text)
        instant = datetime.fromisoformat(text) if time_format == ISO else datetime.strptime(text, time_format)  # noqa: DTZ007
    except ValueError:
        raise Malformed(f"{text!r} is not an instant as time_format {time_format!r} writes it") from None
    if instant.tzinfo is None and zone is None:
        raise Malformed(f"{text!r} has no offset, and the map no time_zone")
    return (instant if instant.tzinfo is not None else instant.replace(tzinfo=zone)).timestamp()
