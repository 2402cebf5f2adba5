"""Prometheus metrics of the process. No label names a person, a ticket, an account or a team, and what concerns people is counted for
teams alone that have as many as aggregates need."""

from __future__ import annotations

import os
from collections import Counter as Counted
from collections.abc import Sequence

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.shown import views
from api.store import faults
from api.telemetry.turns import Turn
from router.eligibility import PERSONAL_RULES
from router.events import BreakSkipped, Decided, Event, Overridden, PolicyRelaxed
from router.state import TeamState

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client's own: several workers count into one folder
QUICK_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 500)
PHASES = ("validate", "wait", "decide", "save", "answer")


class Metrics:
    """Counted as things happen; `scrape` in `api.telemetry.gauges` adds what is asked of the store."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        here = self.registry
        self.requests = Counter("respite_requests", "answered, by route and status", ("method", "route", "status"), registry=here)
        self.request_s = Histogram("respite_request_seconds", "until the answer began", ("route",), buckets=QUICK_S, registry=here)
        self.decisions = Counter("respite_decisions", "by lane", ("lane",), registry=here)
        self.relaxed = Counter("respite_relaxed_rules", "rules that gave way, by name", ("rule",), registry=here)
        self.overrides = Counter("respite_overrides", "tickets given out by managers, by hard rule broken", ("rule",), registry=here)
        self.phase_s = Histogram("respite_phase_seconds", "of a request and of its turn", ("phase",), buckets=QUICK_S, registry=here)
        self.batch = Histogram("respite_batch_requests", "requests that were decided and committed together", buckets=SIZES, registry=here)
        self.breaks = Counter("respite_breaks", "owed, taken, skipped", ("what",), registry=here)
        self.store_errors = Counter("respite_database_errors", "by kind", ("kind",), registry=here)
        self.streams = Gauge("respite_streams_open", "streams of server-sent events", multiprocess_mode="livesum", registry=here)
        self._phases = {phase: self.phase_s.labels(phase) for phase in PHASES}
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._seen_s: dict[str, float] = {}

    def text(self) -> bytes:
        """What was counted, here or by all workers."""
        registry = self.registry
        if os.environ.get(SHARED_FOLDER):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        found: bytes = generate_latest(registry)
        return found

    def answered(self, method: str, route: str, status: int, spent_s: float) -> None:
        """A request that was answered."""
        known = self._known.get((method, route, status))
        if known is None:
            known = self._known[method, route, status] = self.requests.labels(method, route, str(status)), self.request_s.labels(route)
        known[0].inc()
        known[1].observe(spent_s)

    def turned(self, turn: Turn) -> None:
        """A turn that was committed. On the dispatcher's thread."""
        for command, came_s in zip(turn.commands, turn.came_s, strict=True):
            self._phases["wait"].observe(turn.began_s - came_s)
            if command.origin is not None:
                self._phases["validate"].observe(came_s - command.origin.began_s)
        if turn.commands:
            self.batch.observe(len(turn.commands))
            self._phases["decide"].observe(turn.decided_s - turn.began_s)
            self._phases["save"].observe(turn.saved_s - turn.decided_s + turn.committed_s - turn.answered_s)
            self._phases["answer"].observe(turn.answered_s - turn.saved_s)
        decided = [record for event in turn.logged if isinstance(event, Decided) for record in event.decisions]
        for lane, count in Counted("shadow" if record.get("shadow") else record["lane"] for record in decided).items():
            self.decisions.labels(lane).inc(count)
        for event in turn.logged:
            if isinstance(event, PolicyRelaxed):
                for rule in event.rules:
                    self.relaxed.labels(rule).inc()
        if turn.state is not None:
            self._count_breaks(turn, turn.state)
            self._count_overrides(turn.logged, few=len(turn.state.agents) < turn.state.policy.aggregate_min_group)

    def _count_overrides(self, logged: Sequence[Event], few: bool) -> None:
        """By rule, `none` where none was broken. Of few people, rules that look at their work and rest are `personal`, all of them."""
        for event in logged:
            if isinstance(event, Overridden):
                rules = ["unknown"] if event.rules is None else views.seen_as(event.rules) or ["none"]
                for rule in {"personal" if few and each in PERSONAL_RULES else each for each in rules}:
                    self.overrides.labels(rule).inc()

    def _count_breaks(self, turn: Turn, state: TeamState) -> None:
        agents, before_s = state.agents, self._seen_s.get(turn.team, state.now_s)
        self._seen_s[turn.team] = state.now_s
        if len(agents) < state.policy.aggregate_min_group:
            return
        recoveries = (agents.people[agents.row[each]].recovery for each in turn.moved if each in agents.row)
        base = state.revision - len(turn.logged)
        self.breaks.labels("owed").inc(sum(each is not None and _owed_at(each.id) > base for each in recoveries))
        self.breaks.labels("taken").inc(int(((before_s < agents.break_end_s) & (agents.break_end_s <= state.now_s)).sum()))
        self.breaks.labels("skipped").inc(sum(isinstance(each, BreakSkipped) for each in turn.logged))

    def watch_store(self, engine: sa.Engine) -> None:
        """Count what the database refuses."""

        def failed(context: sa.ExceptionContext) -> None:
            kind = "unavailable" if isinstance(context.sqlalchemy_exception, faults.PASSING) else "refused"
            self.store_errors.labels(kind).inc()

        sa.event.listen(engine, "handle_error", failed)


def _owed_at(break_id: str) -> int:
    """The revision at which a break came to be owed, with which its id begins."""
    return int(break_id[1:].split("-", 1)[0])
