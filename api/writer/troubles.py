"""What keeps the service from its work: a store that fails, teams for which no decision can be made. Each ends by itself with its cause."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, field

from api.store.faults import Unavailable, reason

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


@dataclass(slots=True)
class Troubles:
    """Written by the dispatcher's thread alone; read by anybody."""

    store: StoreTrouble | None = None
    teams: dict[str, TeamTrouble] = field(default_factory=dict)

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

    def of(self, team: str, now_s: float) -> TeamTrouble | None:
        """The trouble of a team for which deciding is not tried now; None where it is."""
        known = self.teams.get(team)
        return known if known is not None and now_s < known.again_s else None

    def decided(self, team: str, now_s: float) -> None:
        known = self.teams.pop(team, None)
        if known is not None:
            log.warning("decisions are made again for team %s after %.1f s", team, now_s - known.since_s)
