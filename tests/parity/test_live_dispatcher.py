"""A simulated day and the live service are one: what came in, sent to the real dispatcher on SQL, gives the log of the simulation."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from itertools import groupby

from api.json_text import to_json
from api.store.database import open_database, upgrade
from api.store.repository import Repository
from api.writer.dispatcher import Dispatcher
from api.writer.exchange import Answer, Command
from router import snapshot
from router.events import (
    BreakAtRisk,
    DebriefEnded,
    DebriefProposed,
    Decided,
    Event,
    OfferExpired,
    PolicyRelaxed,
    QueueAtRisk,
    TicketEvent,
    encode,
)
from simulations.engine import simulate
from simulations.record import Run
from support.scenarios import everything
from support.stepped_clock import SteppedClock

DAY = everything(run={"days": 1}, policy={"max_wait_s": {"normal": 1200, "high": 900, "urgent": 300}})
# what a turn concludes by itself, from the state and the clock
CONCLUDED = (Decided, PolicyRelaxed, QueueAtRisk, BreakAtRisk, OfferExpired, DebriefProposed, DebriefEnded)


def batches(run: Run) -> Iterator[tuple[float, list[Event]]]:
    """What came in, in the batches that were decided together: all that lies between two conclusions at one instant. Nothing where time
    alone led to a conclusion.

    Two turns at one instant, the first of which concluded nothing, are one batch here: it concludes the same.
    """
    before_s = -math.inf
    for (at_s, concluded), events in groupby(run.log, lambda event: (event.at_s, isinstance(event, CONCLUDED))):
        if not concluded:
            yield at_s, list(events)
        elif at_s > before_s:
            yield at_s, []
        before_s = at_s


class Live:
    """The dispatcher in virtual time: it wakes when it says itself that something is due."""

    def __init__(self, database_url: str, start_s: float) -> None:
        self.engine, self.clock = open_database(database_url), SteppedClock(start_s)
        upgrade(self.engine)
        with self.engine.begin() as connection:
            Repository(connection).create_team("team", start_s)
        self.dispatcher = Dispatcher(self.engine, self.clock)
        self.wakes = 0

    def until(self, at_s: float) -> None:
        """Serve whatever time alone brings up to `at_s`."""
        while (due_s := self.dispatcher.due.first_s()) < at_s:
            self.clock.instant_s = max(due_s, self.clock.instant_s)
            self.send([])
            self.wakes += 1
        self.clock.instant_s = at_s

    def turn(self, at_s: float, events: list[Event]) -> None:
        """What came in at `at_s`; where nothing did, the service must mean to wake then."""
        self.until(at_s)
        assert events or self.dispatcher.due.first_s() == at_s
        self.send(events)

    def send(self, events: list[Event]) -> None:
        command = Command("team", lambda _state, _now_s: events, lambda _outcome: Answer(200, ""))
        assert self.dispatcher.submit(command).result(timeout=60).status == 200

    def stored(self) -> tuple[list[Event], object]:
        """The log and the state as the store has them."""
        with self.engine.connect().execution_options(reading=True) as connection:
            return list(Repository(connection).log("team")), snapshot.dump(Repository(connection).load("team"))

    def close(self) -> None:
        self.dispatcher.close()
        self.engine.dispose()


def test_the_live_dispatcher_makes_the_same_day_of_it(database_url: str) -> None:
    """Every decision with its reasons, every debrief, relaxed rule and alarm in the log; every break with its instants in the state."""
    run = simulate(DAY, explain=True)
    with contextlib.closing(Live(database_url, run.world.start_s)) as live:
        for at_s, events in batches(run):
            live.turn(at_s, events)
        live.until(run.world.end_s)
        log, state = live.stored()
    mine, theirs = ([to_json(encode(event)) for event in each] for each in (run.log, log))
    differing = next((place for place, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]), None)
    assert differing is None, (mine[differing][:600], theirs[differing][:600])
    assert len(mine) == len(theirs)
    assert to_json(state) == to_json(snapshot.dump(run.state))
    assert live.wakes > 10


def test_the_day_has_what_it_must_agree_on() -> None:
    """Otherwise the test above would prove little."""
    run = simulate(DAY)
    kinds = {type(event) for event in run.log}
    assert {Decided, PolicyRelaxed, DebriefProposed, DebriefEnded} <= kinds
    happened = {event.type for event in run.log if isinstance(event, TicketEvent)}
    assert {"closed", "reopened", "automation_failed", "automation_resolved", "escalated", "accepted"} <= happened
    assert len(run.breaks) > 5
    lanes = {record["lane"] for event in run.log if isinstance(event, Decided) for record in event.decisions}
    assert lanes == {"agent", "queue", "automation"}
