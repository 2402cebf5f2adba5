"""Half a year of a team whose customers are new each day: what its service holds once a month of tickets is there, and at the end.

Facts of the account come with each ticket. Turns, retention and checkpoints are the service's own, on SQLite, under a clock that is set;
nothing is asked over HTTP.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import tempfile
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from load_watch import PAGE_BYTES

from api import instants, intake
from api.intake import Words
from api.retention import Retention
from api.schemas.sent import TicketEventIn, TicketIn
from api.settings import DEFAULT_TEAM, Settings
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command
from fatigue_model.dynamics import DAY_S
from router.events import AgentPut, AgentStatus, Event
from router.state import TeamState
from support.stepped_clock import SteppedClock
from support.world import NOON_S

AGENTS, TICKETS, AT_ONCE = 20, 50, 10  # of a day, and how many come at once
DAYS, SETTLED = 180, 60
BAR = 0.95


def run(days: int = DAYS) -> list[dict[str, Any]]:
    """One row: what was held after `SETTLED` days over what was held after all of them."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        held = alone.submit(soak, days).result()
    settled, end = held[SETTLED - 1], held[-1]
    name = f"memory of {days} days, {TICKETS} tickets of new customers each ({settled:.0f} MiB after {SETTLED} days, {end:.0f} at the end)"
    return [{"name": name, "ratio": round(settled / end, 3), "bar": BAR, "peer": "itself"}]


def soak(days: int) -> list[float]:
    """MiB at the end of each day."""
    with tempfile.TemporaryDirectory() as folder:
        url, clock, held = f"sqlite:///{folder}/soak.db", SteppedClock(NOON_S), []
        engine = open_database(url)
        upgrade(engine)
        with engine.begin() as connection:
            Repository(connection).create_team(DEFAULT_TEAM, NOON_S)
        dispatcher = Dispatcher(engine, clock)
        retention = Retention(engine, Settings(database_url=url), clock, dispatcher.writing)
        _take(dispatcher, [_staff])
        for day in range(days):
            for hour in range(TICKETS // AT_ONCE):
                clock.instant_s = NOON_S + day * DAY_S + 3600.0 * hour
                coming = [f"T{day}-{hour}-{number}" for number in range(AT_ONCE)]
                for step in (_opened, _written, _resolved):
                    _take(dispatcher, [step(each) for each in coming])
            retention.enforce(DEFAULT_TEAM)
            gc.collect()
            held.append(_mib())
        dispatcher.close()
        engine.dispose()
    return held


def _take(dispatcher: Dispatcher, what: list[Any]) -> None:
    waiting = [(Command(DEFAULT_TEAM, events, lambda _: Answer(200, "")), Future[Answer]()) for events in what]
    dispatcher.take([waiting])
    for _, future in waiting:
        future.result()


def _staff(_state: TeamState, now_s: float) -> list[Event]:
    names = [f"agent-{number:02d}" for number in range(AGENTS)]
    put: list[Event] = [AgentPut(now_s, each, each, concurrency=(8, 2, 1)) for each in names]
    return put + [AgentStatus(now_s, each, "online", now_s) for each in names]


def _opened(ticket_id: str) -> Any:
    def events(state: TeamState, now_s: float) -> list[Event]:
        sent: dict[str, Any] = {"id": ticket_id, "account_id": f"of {ticket_id}", "subject": "Export", "created_at": instants.text(now_s)}
        sent["account"] = {"arr": 1000.0 + len(state.accounts), "tier": "plus"}
        given = TicketIn.model_validate(sent)
        return intake.ticket(given, Words(0.2), state, now_s)

    return events


def _written(ticket_id: str) -> Any:
    given = TicketEventIn(type="message", event_id=f"{ticket_id}-message")
    return lambda state, now_s: [intake.ticket_event(ticket_id, given, Words(0.6), state, now_s)]


def _resolved(ticket_id: str) -> Any:
    given = TicketEventIn(type="resolved", event_id=f"{ticket_id}-resolved")
    return lambda state, now_s: [intake.ticket_event(ticket_id, given, Words(), state, now_s)]


def _mib() -> float:
    """Resident, without files that are mapped."""
    _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
    return (resident - shared) * PAGE_BYTES / 2**20


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else DAYS))
