"""May this event enter the log? Refusals name the field and the bound; a repeat of what is known is told apart from something new."""

from __future__ import annotations

from functools import singledispatch

from fatigue_model.bounds import InvalidValues
from fatigue_model.exposure import RATINGS
from router import debrief
from router.course import handler_of
from router.domain import TICKET_EVENTS, Ticket
from router.errors import Conflict, Refused, Unknown
from router.events import (
    AgentForgotten,
    AgentStatus,
    BreakShifted,
    BreakSkipped,
    Calibrated,
    ContactRated,
    DebriefAnswered,
    Event,
    ExclusionPut,
    LightDutyAsked,
    Overridden,
    PersonalEnded,
    PolicyPut,
    TicketEvent,
    TicketOpened,
)
from router.policy import policy_from
from router.state import TeamState

NEEDS_AGENT = frozenset({"reassigned"})
SAME_CONTACT_S = 30.0  # two clients that end one contact do not press at the same instant
NEEDS_HANDLER = frozenset({"contact", "accepted", "declined"})


@singledispatch
def accept(event: Event, state: TeamState) -> bool:
    """True where the event is new, False where the log already holds it; raises `Refused` where it may not enter."""
    return True


@accept.register
def _(event: TicketOpened, state: TeamState) -> bool:
    known = state.tickets.get(event.ticket_id)
    if known is None:
        return True
    if known.digest != event.digest:
        raise Conflict("/id", f"ticket {event.ticket_id!r} exists with other content; send its changes to /events")
    return False


@accept.register
def _(event: TicketEvent, state: TeamState) -> bool:
    ticket = state.tickets.get(event.ticket_id)
    if ticket is None:
        raise Unknown("/ticket_id", f"ticket {event.ticket_id!r} is not known; send the ticket first")
    if event.type not in TICKET_EVENTS:
        raise Refused("/type", f"must be one of {', '.join(TICKET_EVENTS)}")
    if event.event_id is not None and event.event_id in ticket.event_ids:
        if ticket.event_ids[event.event_id] != event.digest:
            raise Conflict("/event_id", f"event {event.event_id!r} came before with other content")
        return False
    if event.agent_id is not None:
        state.agents.known_row(event.agent_id)
    elif event.type in NEEDS_AGENT or (event.type in NEEDS_HANDLER and handler_of(ticket, event) not in state.agents.row):
        raise Refused("/agent_id", f"is required for {event.type!r}: the ticket is assigned to nobody")
    if event.type == "contact":
        return not _reported(ticket, event)
    return True


@accept.register
def _(event: Overridden, state: TeamState) -> bool:
    ticket = state.tickets.get(event.ticket_id)
    if ticket is None:
        raise Unknown("/ticket_id", f"ticket {event.ticket_id!r} is not known; send the ticket first")
    state.agents.known_row(event.agent_id)
    if ticket.over:
        raise Conflict("/ticket_id", f"ticket {event.ticket_id!r} is {ticket.state}; re-open it first")
    return True


@accept.register
def _(event: ContactRated, state: TeamState) -> bool:
    ticket = state.tickets.get(event.ticket_id)
    if ticket is None:
        raise Unknown("/ticket_id", f"ticket {event.ticket_id!r} is not known")
    state.agents.known_row(event.agent_id)
    if event.rating not in RATINGS:
        raise Refused("/rating", f"must be one of {', '.join(RATINGS)}")
    if not any(each.agent_id == event.agent_id and each.ended_s <= event.occurred_s for each in ticket.contacts):
        raise Conflict("/ticket_id", f"no contact of yours on ticket {event.ticket_id!r} has ended")
    return (event.occurred_s, event.agent_id, event.rating) not in ticket.ratings


@accept.register(AgentStatus)
@accept.register(Calibrated)
@accept.register(PersonalEnded)
@accept.register(LightDutyAsked)
@accept.register(AgentForgotten)
def _(event: AgentStatus | Calibrated | PersonalEnded | LightDutyAsked | AgentForgotten, state: TeamState) -> bool:
    state.agents.known_row(event.agent_id)
    return True


@accept.register
def _(event: ExclusionPut, state: TeamState) -> bool:
    state.agents.known_row(event.agent_id)
    if event.account_id not in state.accounts:
        raise Unknown("/account_id", f"account {event.account_id!r} is not known; PUT the account first")
    return True


@accept.register
def _(event: BreakShifted, state: TeamState) -> bool:
    current = state.agents.people[state.agents.known_row(event.agent_id)].recovery
    most_s = state.policy.break_shift_max_s
    if current is None or event.at_s >= current.end_s:
        raise Conflict("/minutes", "there is no break to move")
    if current.shifted:
        raise Conflict("/minutes", "this break was moved already; a break may be moved once")
    if abs(event.shift_s) > most_s:
        raise Refused("/minutes", f"must be from {-most_s / 60:g} to {most_s / 60:g}")
    if event.shift_s < 0 and event.at_s >= current.start_s:
        raise Conflict("/minutes", "the break has begun; it can only be moved to later")
    return True


@accept.register
def _(event: BreakSkipped, state: TeamState) -> bool:
    current = state.agents.people[state.agents.known_row(event.agent_id)].recovery
    if current is None or event.at_s >= current.end_s:
        raise Conflict("/reason", "there is no break to skip")
    return True


@accept.register
def _(event: DebriefAnswered, state: TeamState) -> bool:
    return debrief.may_answer(state, event)


@accept.register
def _(event: PolicyPut, state: TeamState) -> bool:
    try:
        policy_from(event.values)
    except InvalidValues as invalid:
        raise Refused("/", str(invalid)) from invalid
    return True


def _reported(ticket: Ticket, event: TicketEvent) -> bool:
    """Whether a contact of the same agent is known that ended just then; who is not named is whoever that was."""
    near = (each for each in ticket.contacts if not each.implied and abs(each.ended_s - event.occurred_s) < SAME_CONTACT_S)
    return any(event.agent_id in (None, each.agent_id) for each in near)
