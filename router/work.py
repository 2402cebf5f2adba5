"""What happens to a ticket: where it lies, who holds it, and what each event makes of that."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from router import booking, contacts, offers, recovery, tries
from router.course import LEFT, handler_of, holder_at, moved_s, reopenings
from router.domain import LIVE_CHANNELS, Ticket, channel_index
from router.events import TicketEvent
from router.state import TeamState

HANDS_KEPT = 20  # of a ticket


def assign(state: TeamState, ticket: Ticket, agent_id: str, at_s: float | None = None) -> None:
    """Give the ticket to an agent, taking it from wherever it was, at `at_s` or now."""
    if ticket.agent_id == agent_id:
        return
    _note_left(ticket, ticket.agent_id, state.now_s if at_s is None else at_s)
    leave(state, ticket)
    agents, row = state.agents, state.agents.row[agent_id]
    ticket.state, ticket.agent_id, ticket.since_s = "assigned", agent_id, state.now_s
    state.held[agent_id] = (*state.held.get(agent_id, ()), ticket.id)
    ticket.live = ticket.channel in LIVE_CHANNELS
    agents.open[row, channel_index(ticket.channel)] += 1
    agents.live_open[row] += ticket.live
    agents.hot_open[row] += ticket.hot
    contacts.passed_on(state, ticket)
    if ticket.hot:
        agents.hot_s[row] = state.now_s
    booking.book(state, ticket)
    ramp_s = agents.came_s(row, state.now_s)
    if agents.ramp_ref_s[row] != ramp_s:
        agents.ramp_count[row], agents.ramp_ref_s[row] = 0, ramp_s
    agents.ramp_count[row] += 1


def automate(state: TeamState, ticket: Ticket, bot: str) -> None:
    leave(state, ticket)
    ticket.state, ticket.since_s, ticket.told = "automation", state.now_s, False
    state.automated[ticket.id] = None
    tries.begin(state, ticket, bot)


def hold(state: TeamState, ticket: Ticket, waits_for: dict[str, Any]) -> None:
    """The ticket was told to wait, perhaps for somebody; one that automation gave up on comes back to the queue here."""
    if ticket.state == "automation":
        queue(state, ticket)
    ticket.told = True
    ticket.held_for, ticket.held_why = waits_for.get("agent_id"), waits_for.get("why")


def give_way(state: TeamState, ticket: Ticket, record: dict[str, Any]) -> None:
    """What a relaxed rule of a decision changes beyond the assignment."""
    if "declined" in record["relaxed"]:
        offers.forget_answers(ticket)
    if "break_length" in record["relaxed"]:
        recovery.shorten(state, state.agents.row[record["agent_id"]])


def queue(state: TeamState, ticket: Ticket, at_s: float | None = None) -> None:
    """Back to those who wait; whoever had the ticket gave it up at `at_s` or now."""
    _note_left(ticket, ticket.agent_id, state.now_s if at_s is None else at_s)
    leave(state, ticket)
    ticket.state, ticket.since_s, ticket.told = "waiting", state.now_s, False
    ticket.waits_from_s = max((ticket.created_s, *reopenings(ticket), *(each.ended_s for each in ticket.contacts)))
    state.waiting[ticket.id] = None
    contacts.passed_on(state, ticket)


def _note_left(ticket: Ticket, agent_id: str | None, at_s: float, kind: str = "left") -> None:
    """What is told later of an earlier instant is of whoever had the ticket then: of the last `HANDS_KEPT`, for one that nobody takes may
    go round for days."""
    if agent_id is None:
        return
    before = [each for each in ticket.marks if each[1] in LEFT]
    kept = ticket.marks if len(before) < HANDS_KEPT else tuple(each for each in ticket.marks if each is not before[0])
    ticket.marks = (*kept, (at_s, kind, agent_id))


def leave(state: TeamState, ticket: Ticket, ended_s: float = math.inf) -> None:
    """Take the ticket out of the queue, the lane or the hands it is in; what was live there ended at `ended_s`, else now."""
    ticket.advised = False
    offers.withdraw(state, ticket)
    ticket.held_for, ticket.held_why, ticket.at_risk = None, None, False
    state.waiting.pop(ticket.id, None)
    state.ended.pop(ticket.id, None)
    state.automated.pop(ticket.id, None)
    if ticket.state == "automation":
        tries.end(state, ticket, "taken")
        ticket.bounced = True
    if ticket.agent_id is None:
        return
    agents, row = state.agents, state.agents.row[ticket.agent_id]
    if ticket.state == "assigned":
        agents.open[row, channel_index(ticket.channel)] -= _holds_slot(ticket)
        agents.hot_open[row] -= ticket.hot
        booking.clear(state, ticket)
        ticket.previous_agent_id = ticket.agent_id
    state.held[ticket.agent_id] = tuple(each for each in state.held[ticket.agent_id] if each != ticket.id)
    was_live, ticket.live, ticket.agent_id = ticket.live, False, None
    if was_live:
        agents.live_open[row] -= 1
        recovery.live_work_ended(state, row)
        recovery.line_freed(state, row, ticket.since_s, ended_s)


def recall(state: TeamState, ticket: Ticket, agent_id: str) -> None:
    """The offer ran out: back to the queue, and to somebody else. An offer that nobody looked at makes nobody know the case."""
    knew = ticket.previous_agent_id
    ticket.ignored_by = (*ticket.ignored_by, agent_id)
    queue(state, ticket)
    ticket.previous_agent_id = knew


def _holds_slot(ticket: Ticket) -> bool:
    """A call or a chat holds its line until the contact has ended, an e-mail until the ticket is resolved."""
    return ticket.live or ticket.channel not in LIVE_CHANNELS


def override(state: TeamState, ticket: Ticket, agent_id: str) -> None:
    """A manager gives the ticket to somebody; what was reported to have happened before does not take it away again."""
    ticket.marks = (*ticket.marks, (state.now_s, "overridden", agent_id))
    assign(state, ticket, agent_id)
    offers.taken(state, ticket)


def _mark(ticket: Ticket, event: TicketEvent, kind: str, agent_id: str | None = None) -> bool:
    """Note what happened; False where that is known. In one second a ticket may go from hand to hand, and may end or come back twice: its
    own id tells the second time from a repeat."""
    known = [who for instant_s, what, who in ticket.marks if (instant_s, what) == (event.occurred_s, kind)]
    if kind == "reassigned":
        known = [who for who in known if who in (agent_id, None)]
    elif kind in ("ended", "reopened") and event.event_id is not None:
        known = []
    if known:
        return False
    ticket.marks = (*ticket.marks, (event.occurred_s, kind, agent_id))
    return True


def _contact(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    handler = handler_of(ticket, event)
    assert handler is not None
    was_live = ticket.live
    if ticket.agent_id == handler and event.occurred_s >= moved_s(ticket, reopenings(ticket)):
        _release(state, ticket)
        offers.taken(state, ticket)
    contacts.count(state, ticket, handler, event.occurred_s)
    if was_live and not ticket.live:
        recovery.line_freed(state, state.agents.row[handler], ticket.since_s, event.occurred_s)


def _release(state: TeamState, ticket: Ticket) -> None:
    """The contact on a ticket in hand has ended: it is booked no more, and a live one holds no line any more."""
    assert ticket.agent_id is not None
    agents, row = state.agents, state.agents.row[ticket.agent_id]
    booking.clear(state, ticket)
    if ticket.live:
        agents.open[row, channel_index(ticket.channel)] -= 1
        agents.live_open[row] -= 1
        ticket.live = False


def _became_hot(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    """Escalation or abuse. One that happened before a contact already counted as ordinary corrects that contact; the lane is no place for
    the ticket even so."""
    if _mark(ticket, event, event.type):
        contacts.follow(state, ticket)
    in_lane = ticket.state == "automation" and (ticket.escalated or ticket.abuse)
    if in_lane or (ticket.hot and _rotates(state, ticket)):
        queue(state, ticket)


def _rotates(state: TeamState, ticket: Ticket) -> bool:
    """Whether an escalation takes the ticket from its agent: rotation holds for work in hand too, but not for a call under way, nor
    against a manager's word."""
    given = any(kind == "overridden" for _, kind, *_ in ticket.marks)
    out = state.accounts[ticket.account_id].rotated_out(state.policy.rotation_after_escalations)
    return ticket.escalated and not ticket.live and not given and ticket.agent_id is not None and ticket.agent_id == out


def _ended(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    """Resolved or closed. Where no contact was reported since the ticket was taken, resolving it was the contact of who did."""
    was_over, reopened = ticket.over, len(reopenings(ticket))
    _mark(ticket, event, "ended", event.agent_id or holder_at(ticket, event.occurred_s, _holder(ticket)))
    known = contacts.follow(state, ticket)
    reopened_meanwhile = len(known.reopened_s) > reopened
    if was_over:
        ticket.state = "closed" if event.type == "closed" and known.over else ticket.state
    elif known.over or reopened_meanwhile:  # else a repeat of what ended the ticket before it was re-opened
        _end(state, ticket, event.type, event.occurred_s)
        if reopened_meanwhile:
            _open_again(state, ticket)


def _holder(ticket: Ticket) -> str | None:
    """Who has the ticket, or had it when it ended."""
    ended = [who for _, kind, who in ticket.marks if kind == "ended"]
    return ended[-1] if ticket.over and ended else ticket.agent_id


def _end(state: TeamState, ticket: Ticket, how: str, ended_s: float) -> None:
    holder = ticket.agent_id
    leave(state, ticket, ended_s)
    ticket.previous_agent_id = holder or ticket.previous_agent_id
    ticket.state, ticket.since_s = how, state.now_s
    state.ended[ticket.id] = None
    contacts.follow(state, ticket)


def _reopened(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    """One that comes before the news of the end is kept until that comes; one from before the end changes nothing."""
    if _mark(ticket, event, "reopened") and not contacts.follow(state, ticket).over and ticket.over:
        _open_again(state, ticket)


def _open_again(state: TeamState, ticket: Ticket) -> None:
    """Re-opening is a new decision; who had it is preferred, not bound."""
    offers.forget_answers(ticket)
    ticket.bounced, ticket.drafted = True, False
    tries.came_back(state, ticket)
    _note_left(ticket, _holder(ticket), reopenings(ticket)[-1], "came_back")
    queue(state, ticket)
    contacts.follow(state, ticket)


def _declined(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    who = handler_of(ticket, event)
    assert who is not None
    known = [each[2] for each in ticket.marks if each[:2] == (event.occurred_s, "declined")]
    if who in known or (known and event.agent_id is None):
        return
    ticket.marks = (*ticket.marks, (event.occurred_s, "declined", who))
    if who not in ticket.declined_by:
        ticket.declined_by = (*ticket.declined_by, who)
    if ticket.agent_id == who:
        queue(state, ticket, event.occurred_s)


def _reassigned(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    """Somebody else has the ticket; what was so before the last change of hands is no longer so."""
    assert event.agent_id is not None
    overtaken = any(instant_s > event.occurred_s for instant_s, kind, _ in ticket.marks if kind in ("reassigned", "overridden"))
    moves = not ticket.over and ticket.agent_id != event.agent_id and not overtaken
    if moves and _mark(ticket, event, "reassigned", event.agent_id):
        assign(state, ticket, event.agent_id, event.occurred_s)
    if ticket.agent_id == event.agent_id:
        offers.taken(state, ticket)


def _accepted(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    """One that comes when the ticket was recalled and is with somebody else changes nothing."""
    if ticket.agent_id is not None and ticket.agent_id == handler_of(ticket, event):
        offers.taken(state, ticket)


def _automation_resolved(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    if ticket.state == "automation":
        tries.end(state, ticket, "resolved")
        _mark(ticket, event, "ended")
        _end(state, ticket, "resolved", event.occurred_s)


def _automation_failed(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    if ticket.state == "automation":
        tries.end(state, ticket, "failed")
        queue(state, ticket)
    ticket.bounced = True


def _message(state: TeamState, ticket: Ticket, event: TicketEvent) -> None:
    """A message of the customer: what was found in its words counts for who answers it. What is grave is no matter for automation.
    One of the agent who has the ticket says that they took it."""
    if event.agent_id is not None and event.agent_id == ticket.agent_id:
        offers.taken(state, ticket)
    if not event.text_score and event.grave is None:
        return
    ticket.messages = (*ticket.messages, (event.occurred_s, event.text_score or 0.0, event.grave))
    contacts.follow(state, ticket)
    if event.grave is not None and ticket.state == "automation":
        queue(state, ticket)


HAPPENED: dict[str, Callable[[TeamState, Ticket, TicketEvent], None]] = {
    "message": _message,
    "contact": _contact,
    "escalated": _became_hot,
    "abuse": _became_hot,
    "automation_resolved": _automation_resolved,
    "automation_failed": _automation_failed,
    "accepted": _accepted,
    "declined": _declined,
    "reassigned": _reassigned,
    "resolved": _ended,
    "reopened": _reopened,
    "closed": _ended,
}
