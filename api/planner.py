"""Plans the hours ahead of each team, beside the writer: problem from a read of the state, solved in a thread, put into the log as data."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from api.clock import Clock
from api.store.faults import log_failure
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command, Outcome
from api.writer.leading import Leadership
from router.events import Event, PlanPut
from router.plain import plain
from router.plan.draft import draft
from router.plan.gather import SLOT_S, problem_from
from router.plan.published import Plan
from router.state import TeamState

log = logging.getLogger(__name__)
EVERY_S = 180.0
STALE_S = 300.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan for a team, and what it was drawn up from: the plan before, the policy's version, the team's revision, the instant."""

    team: str
    plan: Plan
    before: Plan | None
    policy_version: int
    revision: int
    at_s: float

    def events(self, state: TeamState, now_s: float) -> Sequence[Event]:
        """Nothing where it has gone stale: somebody planned in between, the policy is another, or it took too long."""
        stale = state.plan != self.before or state.policy_version != self.policy_version or now_s > self.at_s + STALE_S
        return () if stale else (PlanPut(now_s, plain(self.plan)),)


class Planner:
    """Looks every few minutes whether a team has changed since it looked last, and plans where there is something to plan.

    Of several services on a database one does; the others remember what has changed, should they come to it.
    """

    def __init__(self, dispatcher: Dispatcher, clock: Clock, every_s: float = EVERY_S) -> None:
        self.dispatcher, self.clock, self.every_s = dispatcher, clock, every_s
        self._changed: set[str] = set()
        self._looked: dict[str, int] = {}
        self._leading = Leadership(dispatcher.engine, "planner")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="planner", daemon=True)
        dispatcher.on_change.append(self._changed.add)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop. A plan that is being solved is not put any more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._leading.close()
        self.dispatcher.on_change.remove(self._changed.add)

    def _run(self) -> None:
        while not self._stop.wait(self.clock.real_s(self.every_s)):
            for team in sorted(self._changed) if self._leading.held() else ():
                self._changed.discard(team)
                try:
                    drawn = self.draw_up(team)
                    if drawn is not None and not self._stop.is_set():
                        self.put(drawn).result()
                except Exception as error:  # the next look tries again; routing goes on without a plan
                    log_failure(log, f"planning for team {team} failed", error)

    def draw_up(self, team: str) -> Drawn | None:
        """A new plan, solved outside of the writer's lock; None where nothing has changed or there is nothing to plan."""
        with self.dispatcher.reading(team) as (state, now_s):
            if state.policy.plan.horizon_s < SLOT_S or state.revision == self._looked.get(team):
                return None
            self._looked[team] = state.revision
            problem, before, version, revision = problem_from(state, now_s), state.plan, state.policy_version, state.revision
        if not problem.activities and not _ahead(before, now_s):
            return None
        plan = draft(problem, before.reserve if before else ())
        return None if before is not None and _same(plan, before) else Drawn(team, plan, before, version, revision, now_s)

    def put(self, drawn: Drawn) -> Future[Answer]:
        """Put it into the log; resolves to the number of events that did."""
        return self.dispatcher.submit(Command(drawn.team, drawn.events, self._answer(drawn)))

    def _answer(self, drawn: Drawn) -> Callable[[Outcome], Answer]:
        def answer(outcome: Outcome) -> Answer:
            # its own change is no reason to plan again; what else has come in since it was drawn up is one
            if outcome.logged and outcome.state.revision == drawn.revision + len(outcome.logged):
                self._looked[drawn.team] = outcome.state.revision
            return Answer(200, str(len(outcome.logged)))

        return answer


def _ahead(plan: Plan | None, now_s: float) -> bool:
    """Whether an earlier plan still says something."""
    return plan is not None and any(each.end_s > now_s for each in plan.entries)


def _same(plan: Plan, before: Plan) -> bool:
    """Whether a new plan says what the one before says, as long as that is fresh."""
    ahead = tuple(each for each in before.entries if each.start_s >= plan.start_s)
    fresh = plan.end_s - before.end_s < (before.end_s - before.start_s) / 4
    return fresh and (plan.entries, plan.reserve) == (ahead, before.reserve)
