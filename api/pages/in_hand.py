"""The tickets that an agent has in hand, each with what was handed over and how the customer may feel: facts on the customer alone."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from api import instants
from api.pages import wording
from api.pages.rendering import sentence
from router import context
from router.state import TeamState


@dataclass(frozen=True, slots=True)
class InHand:
    """One ticket: `says` is what is worth knowing before it is answered, perhaps nothing."""

    ticket_id: str
    account_id: str
    says: tuple[Markup, ...]


def in_hand(state: TeamState, agent_id: str, now_s: float, zone: ZoneInfo) -> tuple[InHand, ...]:
    """The oldest assignment first."""
    found = []
    for ticket in context.held_by(state, agent_id):
        given, account = context.handover(state, ticket, agent_id, now_s), state.accounts[ticket.account_id]
        says: list[Markup] = []
        if given is not None:
            row = state.agents.row.get(given["from_agent_id"])
            name = given["from_agent_id"] if row is None else state.agents.people[row].name
            told = wording.handover(given["contacts"], given["last_s"] is not None)
            last = instants.local(given["last_s"], zone, "%a %d %b") if given["last_s"] is not None else None
            says += [sentence(told, zone, name=name, last=last)]
        felt = context.hypothesis(state, ticket, now_s, given is not None)
        if felt is not None:
            says += [escape(context.in_a_sentence(felt))]
        found.append(InHand(ticket.id, account.id, tuple(says)))
    return tuple(found)
