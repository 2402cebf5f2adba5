"""evolve(state, event) -> state: the only place where the state of a team changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import singledispatch
from itertools import chain

import numpy as np

from fatigue_model.dynamics import DAY_S
from router import booking, contacts, debrief, drafts, forget, offers, overrun, recovery, tries, work
from router.agents import MODE_OF_STATUS
from router.domain import Status, Ticket
from router.events import (
    AccountPut,
    AgentForgotten,
    AgentPut,
    AgentStatus,
    BreakAtRisk,
    BreakShifted,
    BreakSkipped,
    Calibrated,
    ContactRated,
    DebriefAnswered,
    DebriefEnded,
    DebriefProposed,
    Decided,
    Event,
    ExclusionPut,
    LightDutyAsked,
    OfferExpired,
    Overridden,
    PersonalEnded,
    PlanPut,
    PointsDropped,
    PolicyPut,
    PolicyRelaxed,
    QueueAtRisk,
    TicketEvent,
    TicketOpened,
)
from router.ledger import LEDGER_S, correct_status, forget_pace, settle
from router.person import Person
from router.plan.published import plan_from
from router.policy import policy_from
from router.state import KEEP_S, TeamState
from router.timeline import START, absent_since_s, returned_s

RETURN_AFTER_S = 900.0


def evolve(state: TeamState, event: Event) -> TeamState:
    """The state after `event`, which `accept` let in. The given state is used up: it is changed in place and returned."""
    state.now_s = max(state.now_s, event.at_s)
    state.revision += 1
    _apply(event, state)
    _tell(event, state)
    _forget_old(state)
    return state


def _tell(event: Event, state: TeamState) -> None:
    """Which waiting tickets the event may have changed, and what is to be written down again of the state."""
    if isinstance(event, PointsDropped):
        state.queue.forget()
    for account_id, ticket_id in _about(event, state):
        state.queue.touch(account_id, ticket_id)
        state.touch(account_id, ticket_id)


def _about(event: Event, state: TeamState) -> Iterator[tuple[str, str | None]]:
    """The accounts that the event may have changed, each with the ticket that it did, if any. Dropped points say so themselves."""
    if isinstance(event, Decided):
        for record in event.decisions:
            yield state.tickets[record["ticket_id"]].account_id, record["ticket_id"]
    elif isinstance(event, DebriefEnded):
        yield state.debriefs[event.debrief_id].account_id, None
    elif (ticket := state.tickets.get(getattr(event, "ticket_id", ""))) is not None:
        yield ticket.account_id, ticket.id
    elif isinstance(event, AccountPut):
        yield event.account_id, None
    elif isinstance(event, PolicyPut):
        for ticket_id in (*state.waiting, *state.automated, *chain.from_iterable(state.held.values())):
            yield state.tickets[ticket_id].account_id, ticket_id


@singledispatch
def _apply(event: Event, state: TeamState) -> None:
    raise TypeError(f"no rule for {type(event).__name__}")


@_apply.register
def _(event: PolicyPut, state: TeamState) -> None:
    for row in range(len(state.agents)):
        settle(state.agents, row, state.now_s, state.params)
    before = state.params
    state.policy = policy_from(event.values)
    if not state.policy.shadow:
        for ticket_id in (*state.waiting, *state.automated):
            state.tickets[ticket_id].advised = False
    if state.params != before:
        known = [each for each in state.agents.past_params if each[0] >= state.now_s - LEDGER_S - DAY_S]
        state.agents.past_params = [*known, (state.now_s, before)]
        state.fatigue_digest = state.params.digest()
        booking.anew(state)
    state.policy_version = event.version


@_apply.register
def _(event: AgentPut, state: TeamState) -> None:
    profile = (event.name, dict(event.skills), event.languages, event.time_zone, event.shifts, event.debrief_opt_in)
    row = state.agents.row.get(event.agent_id)
    person = Person(event.agent_id, *profile)
    if row is not None:
        known = state.agents.people[row]
        person.recovery, person.owed, person.skipped = known.recovery, known.owed, known.skipped
        person.statuses, person.rests, person.paces = known.statuses, known.rests, known.paces
        person.entries, person.base = known.entries, known.base
        person.points_by_day, person.recent = known.points_by_day, known.recent
    put = state.agents.put(person, event.concurrency)
    if row is None:
        state.agents.absent_since_s[put] = event.at_s  # until somebody says otherwise


@_apply.register
def _(event: AgentStatus, state: TeamState) -> None:
    agents, row = state.agents, state.agents.row[event.agent_id]
    status = Status[event.status.upper()]
    settle(agents, row, event.occurred_s, state.params)
    person = agents.people[row]
    place = bisect_right(person.statuses, event.occurred_s, key=START)
    person.statuses.insert(place, (event.occurred_s, int(MODE_OF_STATUS[status])))
    correct_status(agents, row, event.occurred_s, state.params)
    was_absent, newest = agents.status[row] <= Status.AWAY, event.occurred_s >= agents.status_s[row]
    if newest:
        agents.status[row], agents.status_s[row] = status, event.occurred_s
    absent = agents.status[row] <= Status.AWAY
    settle(agents, row, state.now_s, state.params)
    if absent:
        agents.absent_since_s[row] = absent_since_s(person, float(agents.absent_since_s[row]))
    if absent and not was_absent:
        recovery.absence_began(state, row)
    elif was_absent and not absent and event.occurred_s - agents.absent_since_s[row] >= RETURN_AFTER_S:
        agents.returned_s[row] = event.occurred_s
    elif not newest:
        until_s = float(agents.absent_since_s[row]) if absent else state.now_s
        agents.returned_s[row] = returned_s(person, RETURN_AFTER_S, until_s, float(agents.returned_s[row]))
    recovery.absences_told(state, row)
    if status > Status.AWAY and event.occurred_s < state.now_s:
        recovery.work_told(state, row, event.occurred_s)


@_apply.register
def _(event: AccountPut, state: TeamState) -> None:
    account = state.account(event.account_id)
    account.put = account.put or not event.with_ticket
    state.set_arr(account, event.arr_usd)
    account.renewal_s, account.tier = event.renewal_s, event.tier
    account.usage_trend, account.open_escalations = event.usage_trend, event.open_escalations


@_apply.register
def _(event: ExclusionPut, state: TeamState) -> None:
    state.exclusions[event.agent_id, event.account_id] = (event.reason, event.expires_s)


@_apply.register
def _(event: TicketOpened, state: TeamState) -> None:
    account = state.account(event.account_id)
    ticket = Ticket(
        id=event.ticket_id,
        account_id=event.account_id,
        channel=event.channel,
        priority=event.priority,
        category=event.category,
        language=event.language,
        skills=event.skills,
        created_s=event.created_s,
        target_s=event.target_s,
        expected_handle_s=event.expected_handle_s,
        escalated=event.escalated,
        abuse=event.abuse,
        reopened_count=event.reopened_count,
        previous_agent_id=event.previous_agent_id,
        confidence=event.confidence,
        digest=event.digest,
        hot=event.escalated or event.abuse,
        since_s=state.now_s,
        waits_from_s=event.created_s,
        came_reopened=event.reopened_count,
        marks=tuple((event.created_s, kind, None) for kind in ("escalated", "abuse") if getattr(event, kind)),
        text_score=event.text_score or 0.0,
        grave=event.grave,
        messages=((event.created_s, event.text_score or 0.0, event.grave),) if event.text_score or event.grave else (),
    )
    known = account.created_s
    first, place = bisect_left(known, event.created_s - KEEP_S), bisect_right(known, event.created_s)
    account.created_s = (*known[first:place], event.created_s, *known[place:])
    if ticket.escalated:
        account.escalated_open[ticket.id] = None
    account.kept += 1
    state.tickets[ticket.id] = ticket
    state.waiting[ticket.id] = None


@_apply.register
def _(event: TicketEvent, state: TeamState) -> None:
    ticket = state.tickets[event.ticket_id]
    if event.event_id is not None:
        ticket.event_ids[event.event_id] = event.digest
    work.HAPPENED[event.type](state, ticket, event)


@_apply.register
def _(event: Overridden, state: TeamState) -> None:
    work.override(state, state.tickets[event.ticket_id], event.agent_id)


@_apply.register
def _(event: ContactRated, state: TeamState) -> None:
    ticket = state.tickets[event.ticket_id]
    ticket.ratings = (*ticket.ratings, (event.occurred_s, event.agent_id, event.rating))
    contacts.follow(state, ticket)


@_apply.register
def _(event: Calibrated, state: TeamState) -> None:
    if event.erased:
        return
    row = state.agents.row[event.agent_id]
    settle(state.agents, row, state.now_s, state.params)
    state.agents.people[row].paces.append((state.now_s, event.sensitivity, event.speed))
    state.agents.speed[row] = event.speed
    state.agents.forget_caches()


@_apply.register
def _(event: PersonalEnded, state: TeamState) -> None:
    row = state.agents.row[event.agent_id]
    settle(state.agents, row, state.now_s, state.params)
    forget_pace(state.agents, row)
    state.agents.eased_s[row] = -np.inf  # it came from an answer, as all that is forgotten here


@_apply.register
def _(event: LightDutyAsked, state: TeamState) -> None:
    agents, row = state.agents, state.agents.row[event.agent_id]
    agents.eased_s[row] = max(agents.eased_s[row], -np.inf if event.erased else event.until_s)


@_apply.register
def _(event: BreakShifted, state: TeamState) -> None:
    recovery.shift(state, state.agents.row[event.agent_id], event.shift_s)


@_apply.register
def _(event: BreakSkipped, state: TeamState) -> None:
    recovery.skip(state, state.agents.row[event.agent_id])


@_apply.register
def _(event: DebriefProposed, state: TeamState) -> None:
    debrief.propose(state, event)


@_apply.register
def _(event: DebriefAnswered, state: TeamState) -> None:
    debrief.answer(state, event)


@_apply.register
def _(event: DebriefEnded, state: TeamState) -> None:
    debrief.end(state, event)


@_apply.register
def _(event: OfferExpired, state: TeamState) -> None:
    work.recall(state, state.tickets[event.ticket_id], event.agent_id)


@_apply.register
def _(event: QueueAtRisk, state: TeamState) -> None:
    state.tickets[event.ticket_id].at_risk = True


@_apply.register
def _(event: BreakAtRisk, state: TeamState) -> None:
    overrun.told(state, event)


@_apply.register
def _(event: PolicyRelaxed, state: TeamState) -> None:
    """For those who watch the log: the decision itself says the same."""


@_apply.register
def _(event: PlanPut, state: TeamState) -> None:
    state.plan = plan_from(event.plan)


@_apply.register
def _(event: AgentForgotten, state: TeamState) -> None:
    forget.forget_agent(state, event.agent_id)


@_apply.register
def _(event: PointsDropped, state: TeamState) -> None:
    forget.drop_points(state, event.before_s)


@_apply.register
def _(event: Decided, state: TeamState) -> None:
    tries.count(state, event.decisions)
    for record in event.decisions:
        ticket = state.tickets[record["ticket_id"]]
        ticket.decision_id = record["id"]
        if record.get("shadow") and record["lane"] != "queue":
            ticket.advised = True
            continue
        if ticket.state == "automation":
            tries.end(state, ticket, "timed_out")
        if record["draft"]:
            drafts.made(state, ticket, record["costs_usd"]["draft"])
        if record["lane"] == "agent":
            work.give_way(state, ticket, record)
            work.assign(state, ticket, record["agent_id"])
            offers.put(state, ticket, record.get("offer_expires_s"))  # what older engines wrote knows no offers
        elif record["lane"] == "automation":
            work.automate(state, ticket, record["bot"])
        else:
            work.hold(state, ticket, record["waits_for"] or {})


def _forget_old(state: TeamState) -> None:
    """Drop tickets that ended over 30 days ago, accounts of which nothing is left, exclusions that ran out; the log and the tables still
    have them."""
    while state.ended:
        ticket_id = next(iter(state.ended))
        ticket = state.tickets[ticket_id]
        if ticket.since_s >= state.now_s - KEEP_S:
            break
        del state.ended[ticket_id], state.tickets[ticket_id]
        state.touch(ticket.account_id, ticket_id)
        account = state.accounts[ticket.account_id]
        account.kept -= 1
        forget.let_go(state, account)
    debrief.forget(state)
    if int(state.now_s // DAY_S) != 0 and state.exclusions:
        for pair, (_, expires_s) in list(state.exclusions.items()):
            if expires_s is not None and expires_s < state.now_s - KEEP_S:
                del state.exclusions[pair]
