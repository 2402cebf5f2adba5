"""A team's state as plain JSON values and back: checkpoints, and the test that two states are equal."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any

import numpy as np

from fatigue_model.dynamics import DAY_S
from fatigue_model.exposure import ContactFacts
from fatigue_model.params import FatigueParams
from router.agents import COLUMNS, Agents
from router.bots import Book, Learned
from router.domain import Account, Break, Contact, Debrief, Shift, Ticket, Try
from router.person import Base, Entry, Person
from router.plain import plain, shallow
from router.plan.published import plan_from
from router.policy import policy_from
from router.state import TeamState

NO_FACTS = {"arr_usd": None, "renewal_s": None, "tier": None, "usage_trend": None, "open_escalations": 0}  # of an account


def dump(state: TeamState) -> dict[str, Any]:
    """Plain values that JSON keeps exactly: floats round-trip, infinities become null."""
    found: dict[str, Any] = plain(rest(state))
    for values, person in zip(found["people"], state.agents.people, strict=True):
        values["entries"] = plain(person.entries)
    for name, every in (("accounts", state.accounts), ("tickets", state.tickets)):
        found[name] = [plain(each) for _, each in sorted(every.items())]
    return found


def rest(state: TeamState) -> dict[str, Any]:
    """The same but for what there may be very many of, accounts, tickets and the entries of people's ledgers; with dataclasses and tuples
    as they are, for an encoder that knows them, to be encoded before the state changes."""
    agents = state.agents
    columns = {name: [_finite(each) for each in getattr(agents, name).tolist()] for name in COLUMNS}
    return {
        "revision": state.revision,
        "now_s": _finite(state.now_s),
        "policy": state.policy.as_mapping(),
        "policy_version": state.policy_version,
        "fatigue_digest": state.fatigue_digest,
        "people": [shallow(each) | {"entries": None} for each in agents.people],
        "columns": columns,
        "past_params": [[until_s, params.as_mapping()] for until_s, params in agents.past_params],
        "limits": agents.limits.tolist(),
        "open": agents.open.tolist(),
        "waiting": list(state.waiting),
        "automated": list(state.automated),
        "offered": list(state.offered),
        "exclusions": [[*pair, *why] for pair, why in state.exclusions.items()],
        "top_arr_usd": state.top_arr_usd,
        "debriefs": list(state.debriefs.values()),
        "bots": shallow(state.bots) | {"pairs": list(state.bots.pairs.values())},
        "plan": state.plan or None,
    }


def load(values: dict[str, Any]) -> TeamState:
    """The state that `dump` wrote; also after a way through JSON."""
    state = TeamState(
        revision=values["revision"],
        now_s=-math.inf if values["now_s"] is None else values["now_s"],
        policy=policy_from(values["policy"]),
        policy_version=values["policy_version"],
        fatigue_digest=values["fatigue_digest"],
        agents=_agents(values),
        waiting=dict.fromkeys(values["waiting"]),
        automated=dict.fromkeys(values["automated"]),
        offered=dict.fromkeys(values["offered"]),
        exclusions={(agent, account): (why, until) for agent, account, why, until in values["exclusions"]},
        bots=_bots(values["bots"]),
        plan=plan_from(values["plan"]) if values["plan"] else None,
    )
    debriefs = (Debrief(**(each | {"accepted": tuple(each["accepted"])})) for each in values["debriefs"])
    state.debriefs = {each.id: each for each in debriefs}
    state.accounts = {each["id"]: _account(each) for each in values["accounts"]}
    state.arrs_usd = sorted(each.arr_usd for each in state.accounts.values() if each.arr_usd is not None)
    state.tickets = {each["id"]: _ticket(each) for each in values["tickets"]}
    for ticket in state.tickets.values():
        state.accounts[ticket.account_id].kept += 1
        if ticket.agent_id is not None:
            state.held[ticket.agent_id] = (*state.held.get(ticket.agent_id, ()), ticket.id)
    ended = sorted((each for each in state.tickets.values() if each.over), key=lambda each: each.since_s)
    state.ended = OrderedDict.fromkeys(each.id for each in ended)
    return state


def _bots(values: dict[str, Any]) -> Book:
    pairs = [Learned(**each) for each in values["pairs"]]
    return Book(**(values | {"pairs": {(each.bot, each.category): each for each in pairs}}))


def _agents(values: dict[str, Any]) -> Agents:
    agents = Agents()
    for person, limits in zip(values["people"], values["limits"], strict=True):
        agents.put(_person(person), tuple(limits))
    for name, (kind, default) in COLUMNS.items():
        missing = default if math.isinf(default) else 0
        known = values["columns"].get(name, [None] * len(agents))  # a column that an older engine did not know
        column = [missing if each is None else each for each in known]
        setattr(agents, name, np.array(column, dtype=kind))
    agents.past_params = [(until_s, FatigueParams(**params)) for until_s, params in values["past_params"]]
    agents.open = np.array(values["open"], dtype=np.int64).reshape(agents.limits.shape)
    return agents


def _person(values: dict[str, Any]) -> Person:
    recovery, skipped = values["recovery"], values.get("skipped", (0.0, ()))  # an older engine did not say
    parts = {
        "languages": tuple(values["languages"]),
        "shifts": tuple(Shift(**shift) for shift in values["shifts"]),
        "recovery": Break(**(recovery | {"because": tuple(recovery["because"])})) if recovery else None,
        "owed": tuple(values["owed"]),
        "skipped": (skipped[0], tuple(skipped[1])),
        "statuses": [(since, mode) for since, mode in values["statuses"]],
        "rests": [(start, end) for start, end in values["rests"]],
        "paces": [(since, gain, speed) for since, gain, speed in values["paces"]],
        "entries": [Entry(**({"day": int(each["ended_s"] // DAY_S)} | each)) for each in values["entries"]],  # of older engines
        "base": Base(**values["base"]) if values["base"] else None,
        "recent": [(ended, hard) for ended, hard in values["recent"]],
        "points_by_day": {int(day): points for day, points in values["points_by_day"].items()},
    }
    return Person(**(values | parts))


def _account(values: dict[str, Any]) -> Account:
    parts = {
        "created_s": tuple(sorted(values["created_s"])),
        "contacts": tuple((instant, who, points) for instant, who, points in values["contacts"]),
        "escalated_contacts": tuple((instant, who) for instant, who in values["escalated_contacts"]),
        "memory": {agent: (memory, instant) for agent, (memory, instant) in values["memory"].items()},
        "put": values.get("put", any(values[fact] != nothing for fact, nothing in NO_FACTS.items())),  # an older engine did not say
        "kept": 0,
    }
    return Account(**(values | parts))


def _ticket(values: dict[str, Any]) -> Ticket:
    parts = {
        "skills": tuple(values["skills"]),
        "declined_by": tuple(values["declined_by"]),
        "ignored_by": tuple(values["ignored_by"]),
        "contacts": tuple(Contact(**(each | {"facts": ContactFacts(**each["facts"])})) for each in values["contacts"]),
        "tries": tuple(Try(**each) for each in values["tries"]),
        "marks": tuple((instant, kind, who) for instant, kind, who in values["marks"]),
        "messages": tuple((instant, score, grave) for instant, score, grave in values["messages"]),
        "ratings": tuple((instant, who, rating) for instant, who, rating in values["ratings"]),
    }
    return Ticket(**(values | parts))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
