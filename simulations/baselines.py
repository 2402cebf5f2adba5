"""Routing as today's products document it, to compare ours with: whom each takes for the next ticket, and nothing about load.

All of them see the same team, queue and automation lane as ours. A person may get a ticket who is online and on shift, has its skills and
its language, and has room for its channel; none knows of rotation, light duty, breaks, ramp-in, account history or exposure. The queue is
taken by priority and then by age, one ticket after the other; a re-opened ticket is queued like a new one.

What the products say (read in their public documentation in 2026; names are of their owners):

`round_robin`     Zendesk, "Using round robin routing for email, messaging conversations, and call tickets": whoever's last assignment on
                  the channel is longest ago, among those with some spare capacity. Freshdesk and Chatwoot have the same by name.
`least_busy`      Salesforce, "Routing Configuration Settings", least active: whoever has the fewest open items; Freshdesk, "load-balanced
                  ticket assignment": the least loaded first, up to a threshold. Zendesk's default, the highest spare capacity, and
                  Microsoft's "highest capacity" give the same order where limits are equal. Microsoft, "Assignment methods in unified
                  routing": equals in round-robin order.
`longest_idle`    Amazon Connect, "How routing works": whoever has been available longest; a contact moves its agent to the bottom of the
                  list. Genesys Cloud, "Routing and evaluation methods": the time since the last interaction was connected or ended.
`greedy_skills`   Genesys Cloud, "Best available skills": the highest mean proficiency in the skills asked for, then the longest time since
                  the last interaction. Microsoft's closest match orders by proficiency in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from router import automation, drafts
from router.agents import FloatArray, IntArray
from router.decide import decide
from router.domain import PRIORITIES, Decision, Status, Ticket, channel_index
from router.record import ENGINE
from router.state import TeamState
from router.turn import Decide

OURS = "ours"


class _Baseline:
    """One run's router: the rules that all baselines share, and whom it gave what when. Mutable: made anew for each run.

    `order(ticket, row)` says who comes first: the smallest key among those who may have the ticket.
    """

    def __init__(self, order: Callable[[_Baseline, Ticket, int], tuple[float, ...]]) -> None:
        self._order = order
        self.given = 0
        self.last_given: dict[tuple[str, int], int] = {}  # agent and channel -> the number of the assignment
        self.last_given_s: dict[str, tuple[float, int]] = {}  # agent -> when, and the number of the assignment

    def __call__(self, state: TeamState, now_s: float, explain: bool) -> tuple[Decision, ...]:
        self.state, self.now_s = state, now_s
        self.open: IntArray = state.agents.open.copy()
        self.there = (state.agents.status == Status.ONLINE) & state.agents.profiles.shift_windows(now_s)[0]
        decisions: list[Decision] = []
        for ticket, bot in self._queue():
            if bot is not None:
                decisions.append(self._decision(ticket, len(decisions), lane="automation", bot=bot))
            elif (row := self._choose(ticket)) is not None:
                agent_id = self._give(ticket, row)
                decisions.append(self._decision(ticket, len(decisions), lane="agent", agent_id=agent_id))
            elif ticket.state == "automation":  # its time in the lane is up
                decisions.append(self._decision(ticket, len(decisions), lane="queue"))
        return tuple(decisions)

    def _queue(self) -> list[tuple[Ticket, str | None]]:
        """What waits, by priority and age; with each the bot that takes it, None for a person."""
        state = self.state
        late = [each for each in state.automated if automation.timed_out(state, state.tickets[each], self.now_s)]
        pool = [state.tickets[each] for each in (*state.waiting, *late)]
        pool.sort(key=lambda ticket: (-PRIORITIES.index(ticket.priority), ticket.created_s, ticket.id))
        self.lane = automation.Lane(state, self.now_s, leaving=len(late))
        return [(ticket, place.bot if (place := self.lane.place(ticket)) else None) for ticket in pool]

    def _choose(self, ticket: Ticket) -> int | None:
        """The row of who gets the ticket; None where nobody may have it. Ties go to the smaller id."""
        agents, column = self.state.agents, channel_index(ticket.channel)
        able = self.there & (self.open[:, column] < agents.limits[:, column])
        for skill in ticket.skills:
            able = able & (agents.profiles.skill_levels(skill) >= 1)
        if ticket.language is not None:
            able = able & agents.profiles.speakers(ticket.language)
        rows = np.flatnonzero(able).tolist()
        return min(rows, key=lambda row: (*self._order(self, ticket, row), row)) if rows else None

    def _give(self, ticket: Ticket, row: int) -> str:
        agent_id, column = self.state.agents.people[row].id, channel_index(ticket.channel)
        self.open[row, column] += 1
        self.given += 1
        self.last_given[agent_id, column] = self.given
        self.last_given_s[agent_id] = (self.now_s, self.given)
        return agent_id

    def turn_of(self, row: int, column: int) -> int:
        """The number of the agent's last assignment on a channel; 0 for none."""
        return self.last_given.get((self.state.agents.people[row].id, column), 0)

    def idle(self, row: int) -> tuple[float, int]:
        """When the agent last came online, was given a ticket, or ended a contact, whichever is latest; equals as given."""
        agents, person = self.state.agents, self.state.agents.people[row]
        ended_s = person.entries[-1].ended_s if person.entries else -math.inf
        given_s, number = self.last_given_s.get(person.id, (-math.inf, 0))
        return max(float(agents.status_s[row]), given_s, ended_s), number

    def _decision(self, ticket: Ticket, number: int, **parts: Any) -> Decision:
        state, revision, prices = self.state, self.state.revision + 1, self.state.policy.automation
        draft = parts["lane"] == "agent" and drafts.wanted(state, ticket)
        return Decision(
            id=f"d{revision}-{number}",
            ticket_id=ticket.id,
            decided_s=self.now_s,
            revision=revision,
            engine=ENGINE,
            policy_version=state.policy_version,
            fatigue_digest=state.fatigue_digest,
            not_automation=self.lane.refused.get(ticket.id, ()),
            draft=draft,
            costs_usd={
                "automation": prices.cost_per_resolution_usd if parts["lane"] == "automation" else 0.0,
                "draft": drafts.price_usd(state, ticket) if draft else 0.0,
            },
            **parts,
        )


def _round_robin(team: _Baseline, ticket: Ticket, row: int) -> tuple[float, ...]:
    return (team.turn_of(row, channel_index(ticket.channel)),)


def _least_busy(team: _Baseline, ticket: Ticket, row: int) -> tuple[float, ...]:
    return (int(team.open[row].sum()), team.turn_of(row, channel_index(ticket.channel)))


def _longest_idle(team: _Baseline, ticket: Ticket, row: int) -> tuple[float, ...]:
    return team.idle(row)


def _greedy_skills(team: _Baseline, ticket: Ticket, row: int) -> tuple[float, ...]:
    levels: FloatArray = np.array([team.state.agents.profiles.skill_levels(skill)[row] for skill in ticket.skills], dtype=np.float64)
    return (-float(levels.mean()) if levels.size else 0.0, *team.idle(row))


BASELINES: dict[str, Callable[[_Baseline, Ticket, int], tuple[float, ...]]] = {
    "round_robin": _round_robin,
    "least_busy": _least_busy,
    "longest_idle": _longest_idle,
    "greedy_skills": _greedy_skills,
}
POLICIES = (*BASELINES, OURS)


def routed_by(policy: str) -> Decide:
    """The way to decide of one of `POLICIES`, fresh for a run; raises `KeyError` for another name."""
    return decide if policy == OURS else _Baseline(BASELINES[policy])
