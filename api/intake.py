"""From what callers send to events of the core."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import BaseModel

from api import instants
from api.schemas.sent import AccountFacts, AgentIn, TicketEventIn, TicketIn
from fatigue_model.text import score_texts
from router.domain import CHANNELS, WEEKDAYS, Account, Shift
from router.events import AccountPut, AgentPut, Event, TicketEvent, TicketOpened
from router.state import TeamState

Customers = TicketIn | TicketEventIn  # what may bring a customer's words
NOT_OF_A_TICKET = frozenset({"occurred_at"})  # which says when it was told of, not what it is


def digest(given: BaseModel, known: str | None = None, without: frozenset[str] = frozenset()) -> str:
    """SHA-256 of what was given, `without` some fields: the same whatever the order of the fields, the offset in which an instant is
    written, and how often a list names the same.

    `known`: the digest that is kept of what came first under the same id, for as long as that is kept. One from before digests were of
    instants in UTC is of the offsets as they came: what was sent then and comes again, to the letter, gets that one.
    """
    found = _sha256(_as_kept(given), without)
    if known is None or found == known:
        return found
    return known if _sha256(given, without) == known else found


def _as_kept(given: BaseModel) -> BaseModel:
    """The same with its instants in UTC, and each name in a list once. The instants must be such as `instants.any_time` lets through."""
    kept: dict[str, object] = {}
    for name, value in vars(given).items():
        kind = type(value)
        if kind is datetime and value.utcoffset():
            kept[name] = value.astimezone(UTC)
        elif kind is list and len(set(value)) < len(value):
            kept[name] = list(dict.fromkeys(value))
    return given.model_copy(update=kept) if kept else given


def _sha256(given: BaseModel, without: frozenset[str]) -> str:
    told = given.model_dump(mode="json")
    for name in without:
        told.pop(name, None)
    return hashlib.sha256(orjson.dumps(_as_python_writes(told), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _as_python_writes(told: dict[str, Any]) -> dict[str, Any]:
    """The same with its fractions as `json` writes them, which digests are of: a small or large one reads otherwise elsewhere."""
    for name, value in told.items():
        if type(value) is float:
            told[name] = orjson.Fragment(repr(value))
        elif type(value) is dict:
            _as_python_writes(value)
    return told


@dataclass(frozen=True, slots=True)
class Words:
    """What was found in a customer's words, which end here: how hard they are to take, 0 … 1, and what is grave in them."""

    text_score: float | None = None
    grave: str | None = None


def text_of(given: Customers) -> tuple[str, str] | None:
    """The words of a customer that are to be scored, and their subject; None for those of an agent, and where there are none."""
    if isinstance(given, TicketIn):
        return given.body or "", given.subject
    return (given.body, "") if given.body is not None and given.agent_id is None else None


def words_of(given: Customers) -> Words:
    """The words of a customer scored; the message of an agent is not looked at."""
    return all_words_of([given])[0]


def all_words_of(given: Sequence[Customers]) -> list[Words]:
    """The same of each."""
    texts = [text_of(each) for each in given]
    found = ((each.score, each.grave) for each in score_texts([each for each in texts if each is not None]))
    return [Words() if each is None else Words(*next(found)) for each in texts]


def ticket(given: TicketIn, words: Words, state: TeamState, now_s: float) -> list[Event]:
    """The ticket, and what it says of its account where the ticket is new: a repeat is no news of the account."""
    instants.past(given.occurred_at, now_s, "/occurred_at")
    known = state.tickets.get(given.id)
    opened = TicketOpened(
        at_s=now_s,
        ticket_id=given.id,
        account_id=given.account_id,
        created_s=instants.past(given.created_at, now_s, "/created_at"),
        channel=given.channel,
        priority=given.priority,
        category=given.category,
        language=given.language,
        skills=tuple(dict.fromkeys(given.skills)),
        target_s=None if given.target_at is None else instants.any_time(given.target_at, "/target_at"),
        digest=digest(given, None if known is None else known.digest, NOT_OF_A_TICKET),
        expected_handle_s=given.expected_handle_s,
        escalated=given.escalated,
        abuse=given.abuse,
        reopened_count=given.reopened_count,
        previous_agent_id=given.previous_agent_id,
        confidence=given.automation.confidence if given.automation else None,
        text_score=words.text_score,
        grave=words.grave,
    )
    if given.account is None or known is not None:
        return [opened]
    return [opened, account(given.account_id, _beside(given.account, state.accounts.get(given.account_id)), now_s, True)]


def _beside(given: AccountFacts, known: Account | None) -> AccountFacts:
    """The facts that came with a ticket put beside what is known: a helpdesk sends what it has at hand, and null for what it has not."""
    if known is None:
        return given
    told = {name: value for name in given.model_fields_set if (value := getattr(given, name)) is not None}
    before = {
        "arr": known.arr_usd,
        "renewal_date": None if known.renewal_s is None else instants.day(known.renewal_s),
        "tier": known.tier,
        "usage_trend": known.usage_trend,
        "open_escalations": known.open_escalations,
    }
    return AccountFacts.model_construct(**(before | told))


def account(account_id: str, given: AccountFacts, now_s: float, with_ticket: bool = False) -> AccountPut:
    return AccountPut(
        at_s=now_s,
        account_id=account_id,
        arr_usd=given.arr,
        renewal_s=None if given.renewal_date is None else instants.day_s(given.renewal_date),
        tier=given.tier,
        usage_trend=given.usage_trend,
        open_escalations=given.open_escalations,
        with_ticket=with_ticket,
    )


def agent(agent_id: str, given: AgentIn, now_s: float) -> AgentPut:
    return AgentPut(
        at_s=now_s,
        agent_id=agent_id,
        name=given.name,
        skills=dict(given.skills),
        languages=tuple(given.languages),
        concurrency=tuple(getattr(given.concurrency, channel) for channel in CHANNELS),
        time_zone=given.time_zone,
        shifts=tuple(_shift(each.day, each.start, each.end) for each in given.shifts),
        debrief_opt_in=given.debrief_opt_in,
    )


def ticket_event(ticket_id: str, given: TicketEventIn, words: Words, state: TeamState, now_s: float) -> TicketEvent:
    ticket = state.tickets.get(ticket_id)
    return TicketEvent(
        at_s=now_s,
        ticket_id=ticket_id,
        type=given.type,
        occurred_s=instants.past(given.occurred_at, now_s, "/occurred_at"),
        agent_id=given.agent_id,
        event_id=given.event_id,
        digest=digest(given, None if ticket is None or given.event_id is None else ticket.event_ids.get(given.event_id)),
        text_score=words.text_score,
        grave=words.grave,
    )


def clock_text(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _shift(day: str, start: str, end: str) -> Shift:
    start_min, end_min = (int(each[:2]) * 60 + int(each[3:]) for each in (start, end))
    return Shift(WEEKDAYS.index(day), start_min, end_min if end_min > start_min else end_min + 1440)
