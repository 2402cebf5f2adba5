"""What is kept no longer than it may be: numbers of people for a month to three, the log for half a year and more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa

from api.clock import Clock
from api.settings import Settings
from api.store import aged, deletions, past, upkeep
from api.store.database import read_only
from api.store.faults import PASSING, Unavailable
from api.store.forgetting import append, finish, unfinished
from api.store.repository import Repository, Unfolded
from api.store.tables import decisions, events
from api.store.unread import first_unread
from fatigue_model.dynamics import DAY_S
from router.events import PointsDropped
from router.forget import overdue
from router.ledger import LEDGER_S

log = logging.getLogger(__name__)
LEAP_S = 35 * DAY_S
IDLE_S = LEDGER_S + DAY_S  # older points serve nothing, and the log begins with whatever the state holds
UNREAD = "the log of team %s can't be folded, at revision %d: what is too old in it stays until %s"
A_BACKUP, ITS_VERSION = "a backup from before that is restored", "the newer version that wrote it is at work"
Transaction = Callable[[], AbstractContextManager[sa.Connection]]


class Retention:
    """Enforces the retention of the settings on one team after the other, in transactions that hold up routing for a moment only.

    `transaction` begins one between two turns of routing. Done by two at once it does the same twice, and no harm.
    """

    def __init__(self, engine: sa.Engine, settings: Settings, clock: Clock, transaction: Transaction) -> None:
        self.engine, self.settings, self.clock, self._transaction = engine, settings, clock, transaction

    def teams(self) -> list[str]:
        with read_only(self.engine) as connection:
            return Repository(connection).team_ids()

    def due(self, team: str) -> bool:
        """Whether a day has gone by since it was last done."""
        with read_only(self.engine) as connection:
            done = upkeep.last(connection, team, upkeep.RETENTION)
        return done is None or not done[0] <= self.clock.now_s() < done[0] + DAY_S

    def preview(self, team: str) -> dict[str, int]:
        """How many rows of what would go, or lose their numbers, now."""
        now_s = self.clock.now_s()
        numbers_s, log_s = self._horizons_s(now_s)
        with read_only(self.engine) as connection:
            found = {
                "points_dropped": int(overdue(Repository(connection).load(team), now_s - IDLE_S)),
                "events_retired": past.count(connection, events, team, 0, past.revision_before(connection, team, numbers_s)),
                "decisions_without_numbers": past.count(connection, decisions, team, *self._coarse(connection, team, numbers_s)),
                "decisions_deleted": past.count(connection, decisions, team, 0, past.revision_before(connection, team, log_s)),
                "tickets_deleted": len(past.over(connection, team, 0, past.revision_before(connection, team, log_s), log_s)),
            }
            gone = {each.table.name: aged.count(connection, each, team, self.settings, now_s) for each in aged.AGED}
        return found | {f"{name}_deleted": rows for name, rows in gone.items()}

    def enforce(self, team: str) -> dict[str, int]:
        """Do it; how many rows of what have gone, or lost their numbers. Nothing, for a day, where the clock leapt ahead by weeks.

        Where the log has an event that nobody can read, it stays as it is, which is said here and by `respite doctor`; all else is done:
        its decisions lose their numbers and go, too, and whoever compares them with the log does so from `upkeep.coarse_to` on.
        """
        now_s = self.clock.now_s()
        if self._leapt(team, now_s):
            log.warning("the clock is weeks past what team %s last heard of: what is old by it goes in a day, unless it is set right", team)
            self._note(team, now_s, {})
            return {}
        numbers_s, log_s = self._horizons_s(now_s)
        unread: dict[str, int] = {}
        found = {"points_dropped": 0, "events_retired": 0}
        try:
            self._finish_forgetting(team)
            found["points_dropped"] = self._drop_points(team, now_s, now_s - IDLE_S)
            found["events_retired"] = self._retire(team, numbers_s)
        except (*PASSING, Unavailable):
            raise
        except Exception as error:
            unread[upkeep.UNREAD] = self._unread(team)
            # where each event can be read, it is a fault of ours: then where it was is told, too
            until = ITS_VERSION if isinstance(error, Unfolded) and error.newer else A_BACKUP
            log.error(UNREAD, team, unread[upkeep.UNREAD], until, exc_info=None if unread[upkeep.UNREAD] else error)
        found["decisions_without_numbers"] = self._coarsen(team, numbers_s)
        found |= self._drop_old(team, log_s)
        for each in aged.AGED:
            found[f"{each.table.name}_deleted"] = self._drop_aged(each, team, now_s)
        self._note(team, now_s, found | unread)
        return found

    def _finish_forgetting(self, team: str) -> None:
        """What is left of agents whose deletion was broken off goes; the log says whether one of them is there again."""
        with read_only(self.engine) as connection:
            left = unfinished(connection, team)
        for agent_id, pseudonym in left:
            finish(self._transaction, team, agent_id, pseudonym)

    def _horizons_s(self, now_s: float) -> tuple[float, float]:
        return now_s - self.settings.points_days * DAY_S, now_s - self.settings.log_days * DAY_S

    def _leapt(self, team: str, now_s: float) -> bool:
        """Whether the clock is weeks past everything that is known: a clock that was set wrong, before it is a team on leave."""
        with read_only(self.engine) as connection:
            done, newest_s = upkeep.last(connection, team, upkeep.RETENTION), past.newest_s(connection, team)
        return newest_s is not None and now_s > max(newest_s, done[0] if done else newest_s) + LEAP_S

    def _note(self, team: str, now_s: float, found: dict[str, int]) -> None:
        with self._transaction() as connection:
            coarse_to = self._coarse(connection, team, self._horizons_s(now_s)[0])[1 if found else 0]
            upkeep.note(connection, team, upkeep.RETENTION, now_s, found | {upkeep.COARSE_TO: coarse_to})

    def _repeat(self, step: Callable[[sa.Connection], int]) -> int:
        """Take a step until there is nothing left to do, each in a transaction of its own."""
        total, count = 0, 1
        while count:
            with self._transaction() as connection:
                count = step(connection)
            total += count
        return total

    def _drop_points(self, team: str, now_s: float, before_s: float) -> int:
        """Points that the state holds of people and accounts that nothing happened to since."""
        with read_only(self.engine) as connection:
            due = overdue(Repository(connection).load(team), before_s)
        if due:
            with self._transaction() as connection:
                append(connection, team, lambda state: PointsDropped(max(now_s, state.now_s), before_s))
        return int(due)

    def _retire(self, team: str, before_s: float) -> int:
        while not self._begun(team, before_s):
            pass
        return self._repeat(lambda connection: past.retire(connection, team))

    def _begun(self, team: str, before_s: float) -> bool:
        """Let the log begin after what is from before an instant; False where that has to be tried again: somebody was quicker, or the log
        has lost numbers meanwhile that are in what was folded."""
        with read_only(self.engine) as connection:
            known = past.begin_revision(connection, team), deletions.listed(connection, team)
            begun, until = known[0], past.revision_before(connection, team, before_s)
            if until <= begun:
                return True
            ahead = past.state_at(connection, team, until)
        with self._transaction() as connection:
            past.alone(connection, team)
            same = (past.begin_revision(connection, team), deletions.listed(connection, team)) == known
            if same:
                past.begin_at(connection, team, *ahead)
        return same

    def _unread(self, team: str) -> int:
        """The revision of the event that can't be read; 0 where each can, but they don't follow from each other."""
        with read_only(self.engine) as connection:
            return first_unread(connection, team, past.begin_revision(connection, team)) or 0

    def _coarse(self, connection: sa.Connection, team: str, before_s: float) -> tuple[int, int]:
        """Up to which revision decisions have lost their numbers, and up to which they have to."""
        until = past.revision_before(connection, team, before_s)
        return min(upkeep.coarse_to(connection, team), until), until

    def _coarsen(self, team: str, before_s: float) -> int:
        with read_only(self.engine) as connection:
            at, until = self._coarse(connection, team, before_s)
            total = past.count(connection, decisions, team, at, until)
        while at < until:
            with self._transaction() as connection:
                at = past.coarsen(connection, team, at, until, before_s)
        return total

    def _drop_old(self, team: str, before_s: float) -> dict[str, int]:
        """Decisions, and tickets that are over: before what is kept of their events, which names them."""
        with read_only(self.engine) as connection:
            until = past.revision_before(connection, team, before_s)
        dropped = self._repeat(lambda connection: past.drop_decisions(connection, team, until))
        at = gone = 0
        while at < until:
            with self._transaction() as connection:
                some, at = past.drop_tickets(connection, team, at, until, before_s)
            gone += some
        return {"decisions_deleted": dropped, "tickets_deleted": gone}

    def _drop_aged(self, each: aged.Aged, team: str, now_s: float) -> int:
        total = 0
        while True:
            with read_only(self.engine) as connection:
                keys = aged.keys_of(connection, each, team, self.settings, now_s)
            for start in range(0, len(keys), past.AT_ONCE):
                with self._transaction() as connection:
                    total += aged.drop(connection, each, team, self.settings, now_s, keys[start : start + past.AT_ONCE])
            if len(keys) < aged.MANY:
                return total
