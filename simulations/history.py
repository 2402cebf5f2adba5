"""A helpdesk's history: lines read into cases in the order of time, malformed rows told with line and reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from simulations.call_entries import CallReader
from simulations.columns import ENDINGS, ColumnMap
from simulations.entries import LATEST_S, Entry, EntryReader, Facts, Step
from simulations.rows import BadRow, Malformed, rows

REOPENING = frozenset({"contact", "escalated", "abuse", "reassigned", "reopened"})


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket of the past: the facts with which it came in, and what happened to it in the order of time."""

    id: str
    account_id: str
    opened_s: float
    priority: str
    category: str | None
    channel: str
    skills: tuple[str, ...]
    escalated: bool
    steps: tuple[Step, ...]
    other_work: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Cases as they came in; `rows` counts the good rows, `unmapped` the words that the map does not know."""

    cases: tuple[Case, ...]
    rows: int
    bad: tuple[BadRow, ...]
    unmapped: dict[str, int]


class MalformedRow(ValueError):
    """The first malformed row, where one is enough to stop."""

    def __init__(self, bad: BadRow) -> None:
        super().__init__(str(bad))
        self.bad = bad


@dataclass(slots=True)
class _Draft:
    """The rows of one case so far, and the line of the first."""

    line: int
    entries: list[tuple[Step, Facts]] = field(default_factory=list)


def read(lines: Iterable[str], columns: ColumnMap, strict: bool = False, latest_s: float = LATEST_S) -> History:
    """The history in the lines of an export, whose rows may stand in any order.

    A malformed row is noted and passed over; with `strict` the first one raises `MalformedRow`. An instant after
    `latest_s` is malformed. Raises `InvalidValues` where the header and the map do not fit.
    """
    reader = (CallReader if columns.shape == "calls" else EntryReader)(columns, latest_s)
    drafts = dict[str, _Draft]()
    bad: list[BadRow] = []

    def note(row: BadRow) -> None:
        if strict:
            raise MalformedRow(row)
        bad.append(row)

    good = 0
    for row in rows(lines, columns):
        if isinstance(row, BadRow):
            note(row)
            continue
        try:
            entry = reader.read(row)
            if entry is not None:
                _enter(drafts, row.line, entry, columns.shape != "events")
            good += 1
        except Malformed as why:
            note(BadRow(row.line, str(why)))
    cases = []
    for case_id, draft in drafts.items():
        case = _case(case_id, draft.entries)
        if case is None:
            note(BadRow(draft.line, f"no row of case {case_id!r} names an account"))
        else:
            cases.append(case)
    cases.sort(key=lambda case: (case.opened_s, case.id))
    bad.sort(key=lambda each: each.line)
    return History(tuple(cases), good, tuple(bad), dict(reader.unmapped))


def _enter(drafts: dict[str, _Draft], line: int, entry: Entry, alone: bool) -> None:
    draft = drafts.setdefault(entry.case_id, _Draft(line))
    if alone and draft.entries:
        raise Malformed(f"case {entry.case_id!r} came before, on line {draft.line}")
    draft.entries.extend((step, entry.facts) for step in entry.steps)


def _case(case_id: str, entries: list[tuple[Step, Facts]]) -> Case | None:
    """The case that its rows tell of: it opens with the first, and has the first value that is told of each fact."""
    entries = sorted(entries, key=lambda entry: entry[0].at_s)
    opened_s, told = entries[0][0].at_s, [facts for _, facts in entries]
    account_id = next((each.account_id for each in told if each.account_id), None)
    if account_id is None:
        return None
    escalated_s = next((step.at_s for step, facts in entries if facts.escalated), None)
    return Case(
        id=case_id,
        account_id=account_id,
        opened_s=opened_s,
        priority=next((each.priority for each in told if each.priority), "normal"),
        category=next((each.category for each in told if each.category), None),
        channel=next((each.channel for each in told if each.channel), "email"),
        skills=next((each.skills for each in told if each.skills), ()),
        escalated=escalated_s == opened_s,
        steps=tuple(_steps([step for step, _ in entries], escalated_s)),
        other_work=any(each.other_work for each in told),
    )


def _steps(told: list[Step], escalated_s: float | None) -> list[Step]:
    """What happened, each once: a case that is over does not end again; work on it comes after its re-opening."""
    steps: list[Step] = []
    over = False
    late = escalated_s is not None and escalated_s > told[0].at_s
    for step in dict.fromkeys(told):
        if late and not over and escalated_s is not None and step.at_s >= escalated_s:
            late = False
            steps.append(Step(escalated_s, "escalated"))
        if step.kind == "ignored" or (step.kind in ENDINGS and over) or (step.kind == "reopened" and not over):
            continue
        if over and step.kind in REOPENING:
            over = False
            steps.append(Step(step.at_s, "reopened"))
        if step.kind != "reopened":
            steps.append(step)
        over = over or step.kind in ENDINGS
    return steps
