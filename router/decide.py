"""decide(state, now_s) -> decisions: the one path from a team's state to who gets what, live and in simulation."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np

from router import automation, context, cost, drafts, offers, tries
from router.choice import Option, choose
from router.domain import CostTerm, Decision, Ticket
from router.eligibility import counts, exclusions
from router.hold import held, hold_for, may_hold
from router.moment import Case, Moment
from router.prospects import prospects
from router.record import ENGINE
from router.relax import Way, relax
from router.standing import standing
from router.state import TeamState
from router.timing import NOT_BEFORE_S, next_change_s
from router.waiting import queue_at
from router.weighed import Weighed, weighed

UNWEIGHED = Weighed((), (), Way((), np.zeros(0, dtype=np.bool_)), np.zeros((0, 0), dtype=np.int64))  # where reasons are left out
TAKEN = "taken"  # why a ticket waits that no rule keeps from everybody
UNPROVEN = CostTerm("unproven", 0, "the solver came to its limit before it had proven that no choice for these tickets costs less")


def decide(state: TeamState, now_s: float, explain: bool = True) -> tuple[Decision, ...]:
    """Decisions for every ticket that gets a place now, or is told for the first time to wait; oldest ticket first.

    `state` is not changed. With `explain=False` the choice is the same and the reasons are left out.
    """
    timed_out = [each for each in state.automated if automation.timed_out(state, state.tickets[each], now_s)]
    if not (state.waiting or timed_out):
        return ()
    moment = Moment(state, now_s)
    for_people, for_bots = _to_look_at(moment)
    pool = [ticket for each in (*for_people, *for_bots, *timed_out) if not (ticket := state.tickets[each]).advised]
    pool.sort(key=lambda ticket: (ticket.waits_from_s, ticket.id))
    lane = automation.Lane(state, now_s, leaving=sum(ticket.state == "automation" for ticket in pool))
    writer = _Writer(state, now_s, explain, lane)
    people: list[Ticket] = []
    for ticket in pool:
        place = lane.place(ticket)
        if place is not None:
            writer.automate(ticket, place)
        elif ticket.id not in for_bots:
            people.append(ticket)
    cases = [Case(moment, ticket) for ticket in people]
    if len(cases) == 1 and not explain:
        row = _straight(cases[0])
        if row >= 0:
            writer.give(Option(cases[0], UNWEIGHED), row, None)
            return tuple(writer.decisions)
    options = [option for case in cases if (option := _option(case)) is not None]
    choice = choose(moment, options)
    writer.proven = choice.cost <= choice.bound
    writer.given = [(option.case, row) for option, row in zip(options, choice.rows, strict=True) if row >= 0]
    for index, (option, row) in enumerate(zip(options, choice.rows, strict=True)):
        if row >= 0:
            writer.give(option, row, choice.saved.get(index))
        elif option.hold is not None or not option.case.ticket.told:
            writer.hold(option)
    return tuple(writer.decisions)


def _straight(case: Case) -> int:
    """The choice for the only ticket from columns that stand ready; −1 where no rule lets anybody have it, or it may be held for
    somebody."""
    return -1 if may_hold(case) else standing(case).choose(case)


def waiting_for(state: TeamState, ticket_ids: Iterable[str], now_s: float) -> dict[str, dict[str, int]]:
    """For each ticket, how many agents each hard rule keeps from it as of `now_s`."""
    moment = Moment(state, now_s)
    return {each: counts(exclusions(Case(moment, state.tickets[each]))) for each in ticket_ids}


def keeping(state: TeamState, ticket_id: str, agent_id: str, now_s: float) -> tuple[str, ...]:
    """The hard rules that keep an agent from a ticket as of `now_s`; none where the agent has it, or where either is not known."""
    ticket, row = state.tickets.get(ticket_id), state.agents.row.get(agent_id)
    if ticket is None or row is None or ticket.agent_id == agent_id:
        return ()
    return tuple(each.rule for each in exclusions(Case(Moment(state, now_s), ticket)) if each.mask[row])


def _to_look_at(moment: Moment) -> tuple[list[str], frozenset[str]]:
    """The waiting tickets that are new or that somebody may come to have now; and of the others those that a bot may."""
    queue = queue_at(moment.state, moment.now_s)
    if not len(queue):
        return list(queue.fresh), frozenset()
    told = queue.rows["told"]
    for_people = ~told | prospects(moment, queue, told)
    for_bots = frozenset(queue.of((queue.rows["bot"] & ~for_people).nonzero()[0]))
    return [*queue.fresh, *queue.of(for_people.nonzero()[0])], for_bots


def _option(case: Case) -> Option | None:
    """What the rules and the costs say; None where the ticket has been told to wait and that is still so."""
    way = relax(case, exclusions(case))
    somebody = bool(np.count_nonzero(way.free))
    if (case.ticket.told and not somebody) or held(case, way):
        return None
    found = weighed(case, way)
    return Option(case, found, hold_for(case, found) if somebody else None)


class _Writer:
    """Writes decisions down, numbered in order, each with its reasons."""

    def __init__(self, state: TeamState, now_s: float, explain: bool, lane: automation.Lane) -> None:
        self.state, self.now_s, self.explain, self.lane = state, now_s, explain, lane
        self.decisions: list[Decision] = []
        self.proven = True
        self.given: list[tuple[Case, int]] = []

    @cached_property
    def next_change_s(self) -> float | None:
        """When to look again, the same for every ticket of one solve; None where time alone changes nothing."""
        more_points = np.zeros(len(self.state.agents))
        for case, row in self.given:
            more_points[row] += case.demand[row]
        again_s = (self._free_again_s(case.ticket) for case, _ in self.given)
        next_s = min((next_change_s(self.state, self.now_s, more_points=more_points), *again_s))
        return next_s if np.isfinite(next_s) else None

    def _free_again_s(self, ticket: Ticket) -> float:
        """When whoever is given the ticket now may be free again by time alone: its offer ran out, or they were alone with it for long."""
        offer_s, alone_s = offers.expires_s(self.state, ticket, self.now_s), self.state.policy.hot_alone_s
        return min(math.inf if offer_s is None else offer_s, self.now_s + alone_s + NOT_BEFORE_S if ticket.hot and alone_s else math.inf)

    def automate(self, ticket: Ticket, place: automation.Place) -> None:
        price_usd = self.state.policy.automation.cost_per_resolution_usd
        self._add(ticket, "automation", bot=place.bot, because=place.because(ticket, price_usd), automation_usd=price_usd)

    def give(self, option: Option, row: int, saved: CostTerm | None) -> None:
        agent_id, ticket = self.state.agents.people[row].id, option.case.ticket
        draft = drafts.term(self.state, ticket) if drafts.wanted(self.state, ticket) else None
        limit = None if self.proven else UNPROVEN
        because = (*cost.terms(option.weighed.costs, row), *(each for each in (saved, draft, limit) if each)) if self.explain else ()
        handover = context.handover(self.state, ticket, agent_id, self.now_s)
        self._add(
            ticket,
            "agent",
            draft=draft is not None,
            draft_usd=drafts.price_usd(self.state, ticket) if draft else 0.0,
            agent_id=agent_id,
            because=because,
            relaxed=option.relaxed(row),
            gave_way=option.way.for_row(row),
            handover=handover,
            offer_expires_s=offers.expires_s(self.state, option.case.ticket, self.now_s),
            **self._reasons(option, row, handover is not None),
        )

    def hold(self, option: Option) -> None:
        waits_for: dict[str, Any] = {"rules": counts(option.weighed.found), "next_change_s": self.next_change_s if self.explain else None}
        price, why = cost.waiting(self.state, option.case.ticket, self.now_s) - cost.LEFT_WAITING, "nobody may take it now"
        if option.hold is not None:
            waits_for |= asdict(option.hold)
            why = f"held for {option.hold.agent_id}, who will be ready soon: {option.hold.why}"
        elif option.way.free.any():
            waits_for["reason"] = TAKEN
            why = "whoever was free for it got another ticket at the same moment"
        because = (CostTerm("waiting", price, why),)
        self._add(option.case.ticket, "queue", because=because, waits_for=waits_for, **self._reasons(option, -1, new_person=False))

    def _reasons(self, option: Option, chosen: int, new_person: bool) -> dict[str, Any]:
        """Why not each other, who came next, and how the customer may feel."""
        if not self.explain:
            return {}
        return {
            "not_others": option.weighed.others(chosen),
            "finalists": option.weighed.finalists(chosen),
            "hypothesis": context.hypothesis(self.state, option.case.ticket, self.now_s, new_person),
        }

    def _add(self, ticket: Ticket, lane: str, automation_usd: float = 0.0, draft_usd: float = 0.0, **parts: Any) -> None:
        state, revision = self.state, self.state.revision + 1
        self.decisions.append(
            Decision(
                id=f"d{revision}-{len(self.decisions)}",
                ticket_id=ticket.id,
                lane=lane,
                decided_s=self.now_s,
                revision=revision,
                engine=ENGINE,
                policy_version=state.policy_version,
                fatigue_digest=state.fatigue_digest,
                not_automation=self.lane.refused.get(ticket.id, ()),
                automation_history=tries.history(ticket, self.now_s),
                costs_usd={"automation": automation_usd, "draft": draft_usd},
                account_context=context.account_context(state, ticket, self.now_s) if self.explain else {},
                shadow=bool(state.policy.shadow),
                **parts,
            )
        )
