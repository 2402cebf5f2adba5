"""Everything that is kept of one agent, for that agent to take along."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api import instants
from api.services import Services
from api.shown import feedback_views, views
from api.shown.own_data import mode, told
from api.store import feedback, looks, personal, reading, subscriptions
from api.store.database import read_only
from api.store.keys import Principal, listed
from fatigue_model.dynamics import DAY_S, Mode
from router import debrief
from router.person import Person
from router.state import TeamState


def everything(service: Services, who: Principal) -> dict[str, Any]:
    """One JSON document; of decisions and breaks all that retention has left, of the rest what is known now."""
    assert who.agent_id is not None
    agent_id = who.agent_id
    found, rests, seen, _ = told(service, who.team, agent_id)
    with service.dispatcher.reading(who.team) as (state, now_s), read_only(service.engine) as connection:
        person = state.agents.people[state.agents.known_row(agent_id)]
        return {
            "exported_at": instants.text(now_s),
            "profile": views.agent(person, state),
            "statement": views.statement(found, rests, seen) | {"wins": feedback_views.wins(feedback.wins(connection, who.team, agent_id))},
            **_of_state(state, person, now_s),
            "feedback": [feedback_views.feedback(each) for each in feedback.of(connection, who.team, agent_id)],
            "personal_mode": mode(connection, state, who, now_s),
            "check_ins": [
                {"at": instants.text(each.at_s), "occasion": each.occasion, "answer": each.answer}
                for each in personal.of(connection, who.team, agent_id).get(agent_id, [])
            ],
            **_of_store(connection, who.team, agent_id),
            "decisions": _decisions(connection, who),
        }


def _of_state(state: TeamState, person: Person, now_s: float) -> dict[str, Any]:
    return {
        "presence": [{"since": instants.text(since_s), "mode": Mode(code).name.lower()} for since_s, code in person.statuses],
        "points_by_day": {instants.day_text(day * DAY_S): points for day, points in sorted(person.points_by_day.items())},
        "ratings": [
            {"ticket_id": ticket_id, "rated_at": instants.text(at_s), "rating": rating}
            for at_s, ticket_id, rating in sorted(
                (at_s, ticket.id, rating)
                for ticket in state.tickets.values()
                for at_s, rater, rating in ticket.ratings
                if rater == person.id
            )
        ],
        "exclusions": [
            {"account_id": account_id, "reason": reason, "expires_at": instants.text(expires_s)}
            for (whose, account_id), (reason, expires_s) in state.exclusions.items()
            if whose == person.id
        ],
        "debriefs": [views.debrief(each, state, person.id, now_s) for each in debrief.of(state, person.id)],
    }


def _of_store(connection: sa.Connection, team: str, agent_id: str) -> dict[str, Any]:
    return {
        "breaks": [views.rest(each) for each in reading.breaks_of(connection, team, agent_id, 0.0)],
        "looks": [views.look(each) for each in looks.of(connection, team, agent_id, 0.0)],
        "keys": [
            {"id": each["id"]} | {f"{name}_at": instants.text(each[f"{name}_s"]) for name in ("created", "expires", "revoked")}
            for each in listed(connection)
            if (each["team"], each["agent_id"]) == (team, agent_id)
        ],
        "subscriptions": [
            {"id": each.id, "url": each.url, "types": list(each.types)}
            for each in subscriptions.of(connection, team)
            if each.agent_id == agent_id
        ],
    }


def _decisions(connection: sa.Connection, who: Principal) -> list[dict[str, Any]]:
    """Of others nothing would be shown."""
    return [views.decision(each, who) for each in reading.each_decision(connection, who.team, agent_id=who.agent_id, others=False)]
