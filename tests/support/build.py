"""Teams built the way they come about: every builder folds real events, through the same doors as a live day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from router.decide import decide
from router.domain import Decision, Rejection, Shift, Ticket
from router.events import AccountPut, AgentPut, AgentStatus, Event, Overridden, PlanPut, PolicyPut, TicketEvent, TicketOpened
from router.plain import plain
from router.plan.published import Entry, Plan
from router.state import TeamState
from router.turn import conclude, fold
from support.streams import START_S

MINUTE_S = 60.0
HOUR_S = 3600.0
DAY_S = 86_400.0


def team(
    agents: Iterable[str] | Mapping[str, Mapping[str, Any]] = ("ann",),
    policy: Mapping[str, Any] | None = None,
    accounts: Mapping[str, Mapping[str, Any]] | None = None,
    at_s: float = START_S,
) -> TeamState:
    """A team at `at_s`, everybody online.

    `agents`: ids, or id → fields of `AgentPut` and perhaps `status`; `policy`: as a caller puts it;
    `accounts`: id → fields of `AccountPut`.
    """
    state = TeamState()
    tell(state, PolicyPut(at_s, 1, dict(policy or {})))
    profiles: Mapping[str, Mapping[str, Any]] = agents if isinstance(agents, Mapping) else {each: {} for each in agents}
    for agent_id, profile in profiles.items():
        fields = {name: value for name, value in profile.items() if name != "status"}
        tell(state, AgentPut(at_s, agent_id, agent_id.capitalize(), **fields))
        set_status(state, agent_id, profile.get("status", "online"))
    for account_id, fields in (accounts or {}).items():
        tell(state, AccountPut(at_s, account_id, **fields))
    return state


def tell(state: TeamState, *events: Event) -> TeamState:
    """Fold events, each of which must be new to the team."""
    for event in events:
        assert fold(state, [event]) == [event], f"the team knows it already: {event}"
    return state


def set_policy(state: TeamState, policy: Mapping[str, Any]) -> TeamState:
    return tell(state, PolicyPut(state.now_s, state.policy_version + 1, dict(policy)))


def set_status(state: TeamState, agent_id: str, status: str, at_s: float | None = None, occurred_s: float | None = None) -> TeamState:
    """`agent_id` is `status` since `occurred_s` (else since `at_s`), learned at `at_s` (else now)."""
    at_s = state.now_s if at_s is None else at_s
    return tell(state, AgentStatus(at_s, agent_id, status, at_s if occurred_s is None else occurred_s))


def open_ticket(state: TeamState, ticket_id: str = "T1", account_id: str = "acme", at_s: float | None = None, **fields: Any) -> Ticket:
    """A ticket comes in at `at_s` (else now) and waits; `fields` of `TicketOpened`, `created_s` is `at_s` unless given."""
    at_s = state.now_s if at_s is None else at_s
    tell(state, TicketOpened(at_s, ticket_id, account_id, **({"created_s": at_s, "digest": ticket_id} | fields)))
    return state.tickets[ticket_id]


def happen(
    state: TeamState,
    ticket_id: str,
    kind: str,
    at_s: float | None = None,
    occurred_s: float | None = None,
    agent_id: str | None = None,
) -> Ticket:
    """One of `TICKET_EVENTS`, learned at `at_s` (else now), which happened at `occurred_s` (else at `at_s`)."""
    at_s = state.now_s if at_s is None else at_s
    tell(state, TicketEvent(at_s, ticket_id, kind, at_s if occurred_s is None else occurred_s, agent_id))
    return state.tickets[ticket_id]


def give(state: TeamState, ticket_id: str, agent_id: str, at_s: float | None = None) -> Ticket:
    """A manager gives the ticket to an agent, whatever the rules say."""
    tell(state, Overridden(state.now_s if at_s is None else at_s, ticket_id, agent_id, "built for a test"))
    return state.tickets[ticket_id]


def in_hand(state: TeamState, agent_id: str, at_s: float | None = None, account_id: str | None = None, **fields: Any) -> Ticket:
    """A new ticket that `agent_id` holds, of an account of its own unless named."""
    ticket = open_ticket(state, f"H{state.revision}", account_id or f"account-of-H{state.revision}", at_s, **fields)
    return give(state, ticket.id, agent_id)


def contact(
    state: TeamState,
    agent_id: str,
    at_s: float | None = None,
    ended_s: float | None = None,
    account_id: str | None = None,
    **fields: Any,
) -> Ticket:
    """A whole ticket: `agent_id` had a contact on it that ended at `ended_s` (else `at_s`), learned at `at_s` (else now); resolved.

    Its points follow from `fields` of `TicketOpened` and from the policy, as everywhere. The account is its own unless named.
    """
    at_s = max(state.now_s, state.now_s if at_s is None else at_s)
    ended_s = at_s if ended_s is None else ended_s
    ticket = in_hand(state, agent_id, at_s, account_id, **({"created_s": ended_s} | fields))
    happen(state, ticket.id, "contact", at_s, ended_s)
    return happen(state, ticket.id, "resolved", at_s, ended_s)


def shifts(start_min: int, end_min: int, weekdays: Iterable[int] = range(7)) -> tuple[Shift, ...]:
    """The same shift on each of `weekdays`, 0 is Monday."""
    return tuple(Shift(weekday, start_min, end_min) for weekday in weekdays)


def put_plan(state: TeamState, *entries: tuple[str, str, float, float], reserve: tuple[str, ...] = ()) -> TeamState:
    """A plan for the three hours from now with `entries` of (agent, kind, from and until in minutes from now)."""
    at_s = state.now_s
    found = tuple(Entry(who, kind, at_s + begin * MINUTE_S, at_s + end * MINUTE_S) for who, kind, begin, end in entries)
    return tell(state, PlanPut(at_s, plain(Plan(at_s, at_s + 3 * HOUR_S, 300, "optimal", 0, 0, found, (), reserve))))


def decide_one(state: TeamState, ticket_id: str = "T1", now_s: float | None = None) -> Decision:
    """What would be decided of the ticket at `now_s` (else now); the state stays as it is."""
    decisions = decide(state, state.now_s if now_s is None else now_s)
    return next(each for each in decisions if each.ticket_id == ticket_id)


def take_turn(state: TeamState, now_s: float | None = None) -> TeamState:
    """Decide as of `now_s` (else now) and fold what was decided."""
    conclude(state, state.now_s if now_s is None else now_s)
    return state


def rejections(decision: Decision, agent_id: str) -> tuple[Rejection, ...]:
    """Every rule that kept `agent_id` from the ticket; none where the agent has it or was free to."""
    return next((each.rules for each in decision.not_others if each.agent_id == agent_id), ())


def cost_of(decision: Decision, term: str) -> int:
    """One named cost of the choice, in milli-minutes."""
    return next(each.cost for each in decision.because if each.term == term)
