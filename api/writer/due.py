"""When time alone next changes something for each team, and which of several services takes the turn then."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

NOW_S = float("-inf")


@dataclass(frozen=True, slots=True)
class _Next:
    revision: int
    due_s: float
    own: bool


class Due:
    """The service that took a team's last turn takes the next one, too; the others come `backup_s` later, should it have died.

    Safe to use from several threads. Instants and `backup_s` are seconds on the clock of the service.
    """

    def __init__(self, backup_s: float) -> None:
        self._backup_s = backup_s
        self._next: dict[str, _Next] = {}
        self._lock = threading.Lock()

    def put(self, team: str, revision: int, due_s: float) -> None:
        """This service took a turn that left the team at `revision`."""
        with self._lock:
            self._next[team] = _Next(revision, due_s, True)

    def heard(self, team: str, revision: int, due_s: float) -> bool:
        """Another service has, and it is due at `due_s` (`NOW_S`: that is to be found out now); False where that is no news."""
        with self._lock:
            known = self._next.get(team)
            if known is not None and (known.revision, known.due_s) >= (revision, due_s):
                return False
            self._next[team] = _Next(revision, due_s, False)
            return True

    def looked(self, team: str, revision: int, due_s: float, now_s: float) -> None:
        """It was not due after all: another service has taken the turn. What has been heard meanwhile stays."""
        with self._lock:
            known = self._next.get(team)
            if known is None or known.revision <= revision or known.due_s <= now_s:
                self._next[team] = _Next(revision, due_s, False)

    def put_off(self, team: str, until_s: float) -> None:
        """The turn failed: another try at `until_s`."""
        with self._lock:
            self._next[team] = replace(self._next.get(team, _Next(0, until_s, True)), due_s=until_s, own=True)

    def begin_anew(self) -> None:
        """Know of no team."""
        with self._lock:
            self._next.clear()

    def own(self, team: str) -> bool:
        """Whether no other service is known to have taken the last turn."""
        with self._lock:
            known = self._next.get(team)
            return known is None or known.own

    def standing(self, team: str) -> tuple[int, float] | None:
        """The revision and the instant that are known of a team."""
        with self._lock:
            known = self._next.get(team)
            return None if known is None else (known.revision, known.due_s)

    def past(self, now_s: float) -> list[str]:
        """The teams whose turn it is."""
        with self._lock:
            return [team for team, known in self._next.items() if self._instant_s(known) <= now_s]

    def first_s(self) -> float:
        """When the first of them will be; infinity where nothing is to come."""
        with self._lock:
            return min((self._instant_s(known) for known in self._next.values()), default=float("inf"))

    def _instant_s(self, known: _Next) -> float:
        return known.due_s + (0.0 if known.own else self._backup_s)
