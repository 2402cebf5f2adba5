"""From a row of a call log to what it says: when the call came, who took it and for how long, or when the caller hung up."""

from __future__ import annotations

from dataclasses import replace

from fatigue_model.dynamics import DAY_S
from simulations.entries import ID, Entry, EntryReader, Step, fits, text_of
from simulations.rows import Malformed, Row

TICK_S = 10.0  # a log that writes two clocks may have a call begin a little before it came


class CallReader(EntryReader):
    """Understands rows of shape `calls`, one for each call."""

    def read(self, row: Row) -> Entry | None:
        """The entry of a row, None for a call that nobody was asked to answer; raises `Malformed` where it cannot be used.

        A call without an id is known by its line, a caller without an account by the call.
        """
        self.blank(row)
        names = self.map.columns
        outcome = text_of(row, names.outcome)
        meant = self.map.outcomes.get(outcome)
        if meant is None:
            self.unmapped[f"outcome {outcome!r}"] += 1
        if meant in (None, "ignored"):
            return None
        if meant == "abandoned" and names.queued and not text_of(row, names.queued):
            return None
        steps = self._served(row) if meant == "served" else self._abandoned(row)
        case_id = fits(ID, row, names.case, "an id") or f"call-{row.line}"
        facts = self.facts(row)
        return Entry(case_id, steps, replace(facts, account_id=facts.account_id or case_id, channel=facts.channel or "phone"))

    def _served(self, row: Row) -> tuple[Step, ...]:
        names = self.map.columns
        agent_id, came_s = fits(ID, row, names.agent, "an id"), self._came_s(row)
        begun_s = self._after(row, names.begun, came_s)
        ended_s = self._after(row, names.ended, begun_s)
        taken, contact, over = (
            Step(begun_s, "reassigned", agent_id),
            Step(ended_s, "contact", agent_id),
            Step(ended_s, "resolved", agent_id),
        )
        return Step(came_s, "ignored"), taken, contact, over

    def _abandoned(self, row: Row) -> tuple[Step, ...]:
        came_s, text = self._came_s(row), text_of(row, self.map.columns.waited)
        try:
            waited_s = float(text)
        except ValueError:
            waited_s = -1.0
        if not 0 <= waited_s <= DAY_S:
            raise Malformed(f"{self.map.columns.waited!r} is {text!r}, not seconds from 0 to {DAY_S:.0f}")
        return Step(came_s, "ignored"), Step(came_s + waited_s, "closed")

    def _came_s(self, row: Row) -> float:
        """When the call asked for an agent, or joined the queue where that is told."""
        names = self.map.columns
        queued = names.queued if names.queued and text_of(row, names.queued) else None
        return self.instant(row, queued or names.arrived, text_of(row, names.day))

    def _after(self, row: Row, name: str | None, before_s: float) -> float:
        """An instant that follows another one; a time of day may be that of the next day."""
        if not text_of(row, name):
            raise Malformed(f"{name!r} is empty, though the call was served")
        day = text_of(row, self.map.columns.day)
        at_s = self.instant(row, name, day)
        if day and at_s < before_s - DAY_S / 2:
            at_s += DAY_S
        if at_s < before_s - TICK_S:
            raise Malformed(f"{name!r} is {text_of(row, name)!r}, before what it follows")
        return max(at_s, before_s)
