"""What follows each turn: who asked is told what was decided for them, then it is counted and traced, and the log has a line of it."""

from __future__ import annotations

import logging

from api.telemetry.metrics import Metrics
from api.telemetry.tracing import Tracing
from api.telemetry.turns import Turn
from router.events import Decided

log = logging.getLogger("respite.turn")


class Watch:
    """`turned` is called on the dispatcher's thread after each turn, before the requests are answered."""

    def __init__(self, metrics: Metrics, tracing: Tracing | None) -> None:
        self.metrics, self.tracing = metrics, tracing

    def turned(self, turn: Turn) -> None:
        decided = {record["ticket_id"]: record["id"] for event in turn.logged if isinstance(event, Decided) for record in event.decisions}
        for command in turn.commands:
            if command.origin is not None:
                mine = (decided[each] for each in command.tickets if each in decided)
                command.origin.team, command.origin.decisions = turn.team, (*command.origin.decisions, *mine)
        self.metrics.turned(turn)
        if self.tracing is not None:
            self.tracing.turned(turn)
        if log.isEnabledFor(logging.INFO) and (turn.commands or decided):
            log.info("turn", extra={"fields": _fields(turn, list(decided.values()))})


def _fields(turn: Turn, decisions: list[str]) -> dict[str, object]:
    return {
        "team": turn.team,
        "requests": [each.origin.request_id for each in turn.commands if each.origin is not None],
        "decisions": decisions,
        "events": len(turn.logged),
        "duration_ms": round(1000 * (turn.committed_s - turn.began_s), 2),
    }
