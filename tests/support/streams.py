"""Random streams of events as a helpdesk sends them: mostly sound, sometimes late, repeated, out of order or refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from router.domain import TICKET_EVENTS
from router.errors import Refused
from router.events import (
    AccountPut,
    AgentPut,
    AgentStatus,
    BreakShifted,
    BreakSkipped,
    Calibrated,
    ContactRated,
    Event,
    ExclusionPut,
    LightDutyAsked,
    Overridden,
    PersonalEnded,
    PolicyPut,
    TicketEvent,
    TicketOpened,
)
from router.state import TeamState
from router.turn import fold

START_S = 1_772_442_000.0  # a Monday, 09:00 UTC
AUTOMATION = {
    "categories": ["reset"],
    "bots": ["automation", "second"],
    "capacity": 4,
    "prior_mean": 0.7,
    "prior_weight": 10,
    "probe_every": 3,
    "draft_categories": ["bug"],
    "under_load": {"categories": ["bug"], "from_load": 0.4},
}
POLICY = {"automation": AUTOMATION, "rotation_after_escalations": 2, "max_wait_s": {"normal": 900}}
WEIGHTS = {"contact": 6, "resolved": 6, "escalated": 3, "abuse": 1, "declined": 1, "reopened": 1, "automation_resolved": 2}


def opening(agents: int, accounts: int) -> list[Event]:
    """A policy, agents who are online, and accounts."""
    events: list[Event] = [PolicyPut(START_S, 1, POLICY)]
    for number in range(agents):
        skills = {"billing": 3} if number % 2 else {"product": 4}
        languages = ("en", "it") if number % 3 == 0 else ("en",)
        events.append(AgentPut(START_S, f"agent-{number}", f"Agent {number}", skills, languages, (3, 2, 1), debrief_opt_in=number % 2 == 0))
        events.append(AgentStatus(START_S, f"agent-{number}", "online", START_S))
    for number in range(accounts):
        events.append(AccountPut(START_S, f"account-{number}", 1000.0 * number, START_S + 86_400.0 * 9 * number))
    return events


def stream(chance: np.random.Generator, steps: int, agents: int = 5, accounts: int = 12) -> Iterator[tuple[list[Event], float]]:
    """`steps` batches of events, each with the instant at which it is learned."""
    now_s, count = START_S, 0
    yield opening(agents, accounts), now_s
    seen: list[TicketEvent] = []
    for _ in range(steps):
        now_s += float(chance.exponential(120.0))
        batch: list[Event] = []
        for _ in range(int(chance.integers(1, 4))):
            kind = chance.choice(["open", "happened", "status", "repeat", "rare"], p=[0.35, 0.45, 0.1, 0.05, 0.05])
            if kind == "open" or count == 0:
                batch.append(_opened(chance, now_s, count, accounts))
                count += 1
            elif kind == "happened":
                seen.append(_happened(chance, now_s, count, agents))
                batch.append(seen[-1])
            elif kind == "status":
                status = str(chance.choice(["online", "online", "online", "back_office", "away", "offline"]))
                late_s = float(chance.choice([0.0, 0.0, 400.0]))
                batch.append(AgentStatus(now_s, f"agent-{chance.integers(agents)}", status, now_s - late_s))
            elif kind == "repeat" and seen:
                old = seen[int(chance.integers(len(seen)))]
                batch.append(TicketEvent(now_s, old.ticket_id, old.type, old.occurred_s, old.agent_id, old.event_id, old.digest))
            else:
                batch.append(_rare(chance, now_s, count, agents, accounts))
        yield batch, now_s


def _rated(chance: np.random.Generator, now_s: float, count: int, agent_id: str) -> ContactRated:
    ticket_id = f"T{max(0, count - 1 - int(chance.exponential(5.0)))}"
    return ContactRated(now_s, ticket_id, agent_id, str(chance.choice(["nothing", "a_bit", "hard", "awful"])), now_s)


def _opened(chance: np.random.Generator, now_s: float, number: int, accounts: int) -> TicketOpened:
    return TicketOpened(
        at_s=now_s,
        ticket_id=f"T{number}",
        account_id=f"account-{chance.integers(accounts)}",
        created_s=now_s - float(chance.choice([0.0, 30.0, 5000.0])),
        digest=str(number),
        channel=str(chance.choice(["email", "chat", "phone", "web"])),
        priority=str(chance.choice(["low", "normal", "high", "urgent"])),
        category=str(chance.choice(["reset", "bug"])),
        language=None if chance.random() < 0.8 else "it",
        skills=() if chance.random() < 0.7 else (str(chance.choice(["billing", "product"])),),
        target_s=None if chance.random() < 0.7 else now_s + 600.0,
        escalated=bool(chance.random() < 0.15),
        abuse=bool(chance.random() < 0.05),
        **_words(chance),
    )


def _words(chance: np.random.Generator) -> dict[str, Any]:
    """What was found in a customer's words, mostly nothing much."""
    grave = str(chance.choice(["threat", "self_harm", "bereavement"])) if chance.random() < 0.03 else None
    return {"text_score": round(float(chance.random()), 3) if chance.random() < 0.5 else None, "grave": grave}


def _happened(chance: np.random.Generator, now_s: float, count: int, agents: int) -> TicketEvent:
    weights = np.array([WEIGHTS.get(each, 0.5) for each in TICKET_EVENTS])
    late_s = float(chance.choice([0.0, 0.0, 0.0, 60.0, 1500.0]))
    named = f"agent-{chance.integers(agents)}" if chance.random() < 0.15 else None
    event_id = f"e{chance.integers(10**9)}" if chance.random() < 0.5 else None
    kind = str(chance.choice(TICKET_EVENTS, p=weights / weights.sum()))
    ticket_id = f"T{max(0, count - 1 - int(chance.exponential(5.0)))}"
    words = _words(chance) if kind == "message" else {}
    return TicketEvent(now_s, ticket_id, kind, now_s - late_s, named, event_id, "x", **words)


def _rare(chance: np.random.Generator, now_s: float, count: int, agents: int, accounts: int) -> Event:
    agent_id = f"agent-{chance.integers(agents)}"
    options: list[Event] = [
        Overridden(now_s, f"T{chance.integers(count)}", agent_id, "a reason"),
        BreakShifted(now_s, agent_id, float(chance.choice([-300.0, 300.0, 900.0]))),
        BreakSkipped(now_s, agent_id, "a reason"),
        ExclusionPut(now_s, agent_id, f"account-{chance.integers(accounts)}", "a reason", now_s + 3600.0),
        Calibrated(now_s, agent_id, float(chance.uniform(0.5, 2)), float(chance.uniform(0.6, 1.7))),
        PersonalEnded(now_s, agent_id),
        LightDutyAsked(now_s, agent_id, now_s + 3600.0),
        *(_rated(chance, now_s, count, agent_id) for _ in range(4)),
    ]
    return options[int(chance.integers(len(options)))]


def take_in(state: TeamState, batch: Iterable[Event]) -> list[Event]:
    """Fold into `state` what of the events is not refused; gives what is logged of them."""
    logged: list[Event] = []
    for event in batch:
        with contextlib.suppress(Refused):
            logged += fold(state, [event])
    return logged
