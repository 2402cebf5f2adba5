"""What keeps the service from its work: a store that fails, teams for which no decision can be made, and teams whose log this version can't
read. Each ends by itself with its cause."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, field

from api.store.faults import Unavailable, reason
from api.store.repository import Unfolded

log = logging.getLogger(__name__)
LOOK_AGAIN_S = 1.0
LOOK_AGAIN_MAX_S = 30.0


@dataclass(frozen=True, slots=True)
class StoreTrouble:
    """What the store failed with last, and at whose turn; since when it fails, and when it was last tried, on `time.monotonic`."""

    team: str
    error: Exception
    since_s: float
    tried_s: float

    @property
    def reason(self) -> str:
        return reason(self.error)

    @property
    def due(self) -> bool:
        """Whether it is time to try again."""
        return time.monotonic() >= self.tried_s + LOOK_AGAIN_S


@dataclass(frozen=True, slots=True)
class TeamTrouble:
    """Since when nothing can be decided for a team, and when that is tried again, on the clock of the service."""

    since_s: float
    again_s: float


@dataclass(frozen=True, slots=True)
class Illegible:
    """Since when a team's log can't be read here, and when that is tried again, on the clock of the service; and why."""

    since_s: float
    again_s: float
    error: Unfolded


@dataclass(slots=True)
class Troubles:
    """Written under the dispatcher's lock alone; read by anybody."""

    store: StoreTrouble | None = None
    teams: dict[str, TeamTrouble] = field(default_factory=dict)
    unread: dict[str, Illegible] = field(default_factory=dict)

    def store_failed(self, team: str, error: Exception) -> None:
        now_s = time.monotonic()
        if self.store is None:
            log.error("%s: requests are answered 503 until it is back", reason(error), exc_info=error)
        # a lock that was held too long, say, is gone at once: the first look is not put off
        since_s, tried_s = (now_s, -math.inf) if self.store is None else (self.store.since_s, now_s)
        self.store = StoreTrouble(team, error, since_s, tried_s)

    def unavailable(self) -> Unavailable:
        """One for each request: an exception that is raised again and again holds on to all who did."""
        return Unavailable("the database does not answer" if self.store is None else self.store.reason)

    def store_is_back(self) -> None:
        if self.store is not None:
            log.warning("the database is back after %.1f s", time.monotonic() - self.store.since_s)
        self.store = None

    def undecidable(self, team: str, now_s: float, error: Exception) -> None:
        """No decision can be made for the team: its tickets are queued, and it is tried again after a second, two, four, …"""
        known = self.teams.get(team)
        if known is None:
            log.error("no decision can be made for team %s: its tickets are queued until one can", team, exc_info=error)
        since_s = now_s if known is None else known.since_s
        pause_s = min(max(now_s - since_s, LOOK_AGAIN_S), LOOK_AGAIN_MAX_S)
        self.teams[team] = TeamTrouble(since_s, now_s + pause_s)

    def illegible(self, team: str, now_s: float, error: Unfolded) -> None:
        """This version can't read the team's log: nothing is decided without what is in it, nor shown."""
        known = self.unread.get(team)
        if known is None:
            log.error("%s: requests of the team are answered 503 until this version can read it", error, exc_info=error.__cause__)
        self.unread[team] = Illegible(now_s if known is None else known.since_s, now_s + LOOK_AGAIN_MAX_S, error)

    def legible(self, team: str, now_s: float) -> None:
        """Raises `Unfolded` while the team's log is known not to be, so that nobody waits for it to be read again and again."""
        known = self.unread.get(team)
        if known is not None and now_s < known.again_s:
            raise Unfolded(str(known.error), known.error.newer)

    def read(self, team: str) -> None:
        known = self.unread.pop(team, None)
        if known is not None:
            log.warning("the log of team %s can be read again", team)

    def of(self, team: str, now_s: float) -> TeamTrouble | None:
        """The trouble of a team for which deciding is not tried now; None where it is."""
        known = self.teams.get(team)
        return known if known is not None and now_s < known.again_s else None

    def decided(self, team: str, now_s: float) -> None:
        known = self.teams.pop(team, None)
        if known is not None:
            log.warning("decisions are made again for team %s after %.1f s", team, now_s - known.since_s)
