"""An agent's own statement: every contact's share of today's load, the facts that made its points, and the breaks; in numbers and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np

from fatigue_model.dynamics import line
from fatigue_model.exposure import itemise
from router.ledger import itemised
from router.person import Entry
from router.readiness import load_at, onward
from router.state import TeamState, facts_behind

FACTS = {
    "ordinary": "any contact",
    "text": "the customer's words",
    "reopened": "re-opened",
    "repeat_contact": "the account wrote often",
    "past_target": "past its target",
    "account_weight": "a weighty account",
    "escalated": "escalated",
    "abuse": "abuse",
    "threat": "a threat in the customer's words",
    "self_harm": "self-harm in the customer's words",
    "bereavement": "a bereavement",
    "cap": "no contact counts more",
    "rated_nothing": "you rated it as nothing",
    "rated_a_bit": "you rated it as a bit",
    "rated_hard": "you rated it as hard",
    "rated_awful": "you rated it as awful",
    "debrief": "listening to a colleague",
}
TRIGGERS = {"escalated": "escalated", "abuse": "abusive", "load": "what lifted your exposure to the point where a break is due"}
LISTENED = "debrief/"  # begins the name of a debrief in the ledger; no ticket's id has a slash
TOLD_FROM = 0.005  # shares under half a hundredth of a point are summed up in one sentence


@dataclass(frozen=True, slots=True)
class Share:
    """One contact: its points e, the facts that made them, the account factor M, and what is left of it now as A and as B."""

    ticket_id: str
    account_id: str
    ended_s: float
    points: float
    items: tuple[tuple[str, float], ...]
    factor: float
    acute: float
    carried: float


@dataclass(frozen=True, slots=True)
class Statement:
    """A, B and the line of one agent at `now_s`; `shares` and `before` (A and B left by what is older than the ledger) add up to A and B.

    `sensitivity` and `speed` are the g and r that the loads are counted with.
    """

    agent_id: str
    now_s: float
    acute: float
    carried: float
    line: float
    shares: tuple[Share, ...]
    before: tuple[float, float]
    sensitivity: float
    speed: float


@dataclass(frozen=True, slots=True)
class Rest:
    """One break: why (`rule:ticket`), since when it was due, from when to when; `skipped`: a manager ended it and it stayed owed."""

    id: str
    because: tuple[str, ...]
    since_s: float
    start_s: float
    end_s: float
    skipped: bool = False


def statement(state: TeamState, row: int, now_s: float) -> Statement:
    """The statement of one agent, the newest contact first.

    The shares are run anew from each contact, so that they add up to the load is a check of the ledger and no matter of course.
    """
    agents, person, speed = state.agents, state.agents.people[row], float(state.agents.speed[row])
    lots = itemised(agents, row, state.params, person.paces)
    acute, carried = onward(state, row, np.append(lots.acute, lots.before[0]), np.append(lots.carried, lots.before[1]), now_s, speed)
    shares = tuple(
        Share(entry.ticket_id, entry.account_id, entry.ended_s, entry.points, _items(state, person.id, entry), entry.factor, left, kept)
        for entry, left, kept in zip(lots.entries, acute[:-1].tolist(), carried[:-1].tolist(), strict=True)
    )
    now_acute, now_carried = load_at(state, row, now_s)
    limit = float(line(now_carried, state.params))
    before = (float(acute[-1]), float(carried[-1]))
    gain = person.paces[-1][1] if person.paces else 1.0
    return Statement(person.id, now_s, now_acute, now_carried, limit, shares[::-1], before, gain, speed)


def _items(state: TeamState, agent_id: str, entry: Entry) -> tuple[tuple[str, float], ...]:
    """The facts behind the points of a contact, as they counted when it was counted; none where the ticket is kept no more."""
    if entry.ticket_id.startswith(LISTENED):
        return (("debrief", entry.points),)
    facts = facts_behind(state, agent_id, entry)
    if facts is None:
        return ()
    # at its end, or when late news corrected it, under whatever parameters were in force by then
    since = [past for until_s, past in state.agents.past_params if entry.ended_s <= until_s]
    found = (itemise(facts, params) for params in (*since, state.params))
    return next((items for items in found if np.isclose(sum(value for _, value in items), entry.points, rtol=0, atol=1e-9)), ())


def sentences(found: Statement, rests: Sequence[Rest], more: Sequence[str], zone: tzinfo) -> tuple[str, ...]:
    """The statement in words, instants in the time of `zone`; `more` are sentences for its end."""
    above = "above" if found.acute > found.line else "at or below"
    lines = [
        f"Your exposure is {found.acute:.2f} points, {above} your line of {found.line:.2f} points, as of {_time(found.now_s, zone)}.",
        f"{found.carried:.2f} points are carried over from what you worked through without a break.",
    ]
    told, (acute, carried) = worth_telling(found)
    lines.extend(_share(each, zone) for each in told)
    if acute > 0 or carried > 0:
        lines.append(f"Everything else and earlier together: {acute:.2f} of your exposure, {carried:.2f} of what is carried over.")
    lines.extend(rest_sentence(each, zone, found.now_s) for each in rests)
    lines.extend(more)
    return tuple(lines)


def worth_telling(found: Statement) -> tuple[list[Share], tuple[float, float]]:
    """The shares that are told one by one, and what all others and what is older leave of A and of B together."""
    told = [each for each in found.shares if max(each.acute, each.carried) >= TOLD_FROM]
    others = [each for each in found.shares if each not in told]
    return told, (found.before[0] + sum(each.acute for each in others), found.before[1] + sum(each.carried for each in others))


def _share(share: Share, zone: tzinfo) -> str:
    why = facts_in_words(share.items)
    factor = f", times {share.factor:.2f} for what you took from this account before" if abs(share.factor - 1) >= TOLD_FROM else ""
    what = "Debrief" if share.ticket_id.startswith(LISTENED) else f"Ticket {share.ticket_id}"
    return (
        f"{what}, {_time(share.ended_s, zone)}: {share.points:.2f} points{f' ({why})' if why else ''}{factor}; "
        f"left of it: {share.acute:.2f} of your exposure, {share.carried:.2f} of what is carried over."
    )


def facts_in_words(items: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{FACTS[name]} {points:+.2f}" for name, points in items)


def rest_sentence(rest: Rest, zone: tzinfo, now_s: float) -> str:
    told = {"start": _time(rest.start_s, zone), "end": _time(rest.end_s, zone), "why": rest_because(rest)}
    return rest_words(rest, now_s).format(**told)


def rest_words(rest: Rest, now_s: float) -> str:
    """A break that is over or was skipped, one that goes on, or one that is to come: it may still move. `{start}` and `{end}` are instants,
    `{why}` is `rest_because`."""
    if rest.skipped:
        return "Break from {start} to {end}: {why}. A manager ended it for a reason that is on record; it stayed owed."
    if now_s < rest.start_s:
        return "Break to come, from {start} to {end}: {why}."
    return "Break since {start}, until {end}: {why}." if now_s < rest.end_s else "Break from {start} to {end}: {why}."


def rest_because(rest: Rest) -> str:
    return "; ".join(_why(each) for each in rest.because)


def _why(because: str) -> str:
    rule, _, ticket_id = because.partition(":")
    return f"ticket {ticket_id} was {TRIGGERS[rule]}"


def _time(instant_s: float, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(instant_s, zone):%a %d %b %H:%M}"
