"""A draft policy over a team's own days: what would have changed, under the same events, in numbers and by name."""

from __future__ import annotations

from typing import Any

import pytest

from router.events import DebriefProposed, Event, Overridden, PolicyPut, TicketEvent, TicketOpened
from router.policy import policy_from
from router.snapshot import dump
from router.state import TeamState
from router.turn import turn
from simulations.preview import Preview, preview
from support.build import DAY_S, HOUR_S, team
from support.streams import START_S


class Desk:
    """A team whose log is kept from the first ticket on."""

    def __init__(self, agents: tuple[str, ...], policy: dict[str, Any] | None = None) -> None:
        self.start = team(agents, policy)
        self.state = team(agents, policy)
        self.log: list[Event] = []

    def hear(self, *events: Event) -> None:
        self.log += turn(self.state, events, events[0].at_s)

    def case(self, ticket_id: str, at_s: float, account_id: str = "acme", category: str | None = None, escalated: bool = False) -> None:
        """A ticket that is worked on for ten minutes by whoever has it."""
        self.hear(TicketOpened(at_s, ticket_id, account_id, at_s, ticket_id, category=category, escalated=escalated))
        if self.state.tickets[ticket_id].agent_id is not None:
            self.hear(TicketEvent(at_s + 600, ticket_id, "contact", at_s + 600))
            self.hear(TicketEvent(at_s + 600, ticket_id, "resolved", at_s + 600))

    def preview(self, draft: dict[str, Any]) -> Preview:
        return preview(self.start, self.log, policy_from(draft), self.state.now_s)


def escalations(desk: Desk, count: int) -> Desk:
    for number in range(count):
        desk.case(f"T{number}", START_S + 3 * number * DAY_S, escalated=True)
    return desk


LOYAL: dict[str, Any] = {
    "weights": {"continuity": 1000, "load": 0, "account_exposure": 0, "open_work": 0, "fairness": 0},
    "fatigue": {"account_memory_gain": 0},
}


def test_the_policy_in_force_changes_nothing() -> None:
    desk = escalations(Desk(("ann", "bob"), LOYAL), 4)
    before = dump(desk.start)
    found = desk.preview(LOYAL)
    assert (found.tickets, found.changed, found.assumed_automated) == (4, (), 0)
    assert found.before == found.after
    assert (found.before.breaks, found.before.break_s) == (4, 2400.0)
    assert dump(desk.start) == before


def test_a_shorter_rotation_names_whom_it_would_have_moved_and_why() -> None:
    found = escalations(Desk(("ann", "bob"), LOYAL), 4).preview(LOYAL | {"rotation_after_escalations": 2})
    assert [(each.ticket_id, each.before, each.after, each.rules) for each in found.changed] == [
        ("T2", ("agent", "ann"), ("agent", "bob"), ("rotation",)),
        ("T3", ("agent", "ann"), ("agent", "bob"), ()),  # who knows the account now; nothing bars ann
    ]
    assert (found.before.rotations, found.after.rotations) == (0, 1)
    assert (found.before.outcome.longest_run, found.after.outcome.longest_run) == (4, 2)


def test_longer_breaks_are_counted() -> None:
    found = escalations(Desk(("ann", "bob"), LOYAL), 3).preview(LOYAL | {"break_min_s": 900})
    assert (found.before.break_s, found.after.break_s) == (1800.0, 2700.0)


def test_what_automation_never_had_is_taken_to_be_resolved_by_it() -> None:
    desk = Desk(("ann",))
    desk.case("T1", START_S, category="reset")
    desk.case("T2", START_S + HOUR_S)
    found = desk.preview({"automation": {"categories": ["reset"]}})
    assert (found.before.lanes, found.after.lanes) == (
        {"agent": 2, "automation": 0, "queue": 0},
        {"agent": 1, "automation": 1, "queue": 0},
    )
    assert (found.assumed_automated, found.after.automation_usd) == (1, 0.5)


def test_what_automation_failed_at_it_fails_at_again() -> None:
    desk = Desk(("ann",), {"automation": {"categories": ["reset"]}})
    desk.case("T1", START_S, category="reset")
    desk.hear(TicketEvent(START_S + 60, "T1", "automation_failed", START_S + 60))
    found = desk.preview({"automation": {"categories": ["reset"]}})
    assert (found.before.lanes["agent"], found.assumed_automated, found.changed) == (1, 0, ())
    closed = desk.preview({})
    assert (closed.changed, closed.after.lanes["agent"]) == ((), 1)


def test_a_managers_word_stays() -> None:
    desk = Desk(("ann", "bob"))
    desk.case("T0", START_S)
    desk.hear(TicketOpened(START_S + HOUR_S, "T1", "acme", START_S + HOUR_S, "T1"))
    desk.hear(Overridden(START_S + HOUR_S + 1, "T1", "bob", "asked for"))
    desk.hear(TicketEvent(START_S + HOUR_S + 60, "T1", "contact", START_S + HOUR_S + 60))
    found = desk.preview({"rotation_after_escalations": 2})
    assert found.changed == ()
    assert found.after.outcome.points == pytest.approx(0.16)  # the second contact of the account in a week


def test_a_policy_put_in_between_counts_as_the_one_in_force() -> None:
    desk = escalations(Desk(("ann", "bob"), LOYAL), 2)
    desk.hear(PolicyPut(desk.state.now_s, 2, LOYAL | {"rotation_after_escalations": 2}))
    assert desk.preview(LOYAL | {"rotation_after_escalations": 2}).changed == ()


def test_time_above_the_line_is_told_of_ten_people_and_more() -> None:
    few = escalations(Desk(("ann", "bob")), 2).preview({})
    many = escalations(Desk(tuple(f"agent-{number}" for number in range(10))), 2).preview({})
    assert few.before.above_line is None
    assert many.before.above_line is None or 0 <= many.before.above_line < 0.1


def test_a_log_without_tickets() -> None:
    state: TeamState = team(("ann",))
    found = preview(state, [], policy_from({}), state.now_s)
    assert (found.tickets, found.changed, found.before.outcome.wait_median_s) == (0, (), None)


def test_debriefs_that_a_pass_proposes_disturb_nothing() -> None:
    """Nobody answers them there: who would have said yes is not known."""
    willing = {name: {"debrief_opt_in": True} for name in ("ann", "bob")}
    state, log = team(willing, LOYAL), list[Event]()
    for event in (
        TicketOpened(START_S, "T0", "acme", START_S, "T0", escalated=True),
        TicketEvent(START_S + 600, "T0", "contact", START_S + 600),
        TicketOpened(START_S + 2400, "T1", "acme", START_S + 2400, "T1"),
    ):
        log += turn(state, [event], event.at_s)
    assert any(isinstance(event, DebriefProposed) for event in log)
    found = preview(team(willing, LOYAL), log, policy_from(LOYAL), state.now_s)
    assert (found.tickets, found.changed) == (2, ())
