"""The queue as columns: what rules and instants look at of each waiting ticket, kept from turn to turn.

It is derived from the rest of the state. The fold says which tickets an event may have changed (`touch`, `forget`); whoever reads has
those made again first (see `waiting.queue_at`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from router.agents import FloatArray, IntArray

Rows = NDArray[Any]
Kind = tuple[int, bool, bool, float | None, tuple[str, ...], str | None]
# column: its type; `from_s` and `until_s` bound the span in which time alone changes nothing of the row
COLUMNS: dict[str, type] = {
    "points": np.float64,  # of a contact on it now
    "overdue_s": np.float64,  # when it will have waited its longest
    "hold_ends_s": np.float64,  # until when it may be held, where it asks for a skill; else infinity
    "renewed_s": np.float64,  # when its account is at risk no more; infinity where no renewal is known
    "live_s": np.float64,  # how long it will take where it is live; else NaN
    "created_s": np.float64,
    "from_s": np.float64,
    "until_s": np.float64,
    "channel": np.int64,
    "kind": np.int64,  # its place in `Queue.kinds`
    "repeats": np.int64,  # other tickets of its account shortly before it
    "hard": np.bool_,
    "told": np.bool_,
    "advised": np.bool_,
    "at_risk": np.bool_,
    "bot": np.bool_,  # whether automation may come to have it
    "opens": np.bool_,  # whether a high load may open automation to it
    "met": np.bool_,  # whether anybody remembers its account
}
KINDS_KEPT = 1000  # more than those of the tickets that wait
NO_MEMORY: FloatArray = np.zeros((0, 3))


class Queue:
    """A row for each waiting ticket, in no order: `ids`, `rows` of `COLUMNS`, and the `memory` of its account: arrays of shape (n, 3) of
    the agent's row, S and its instant. Those that are `fresh`, not yet told to wait, may have none: most never do."""

    def __init__(self) -> None:
        self._made_with: tuple[object, object, float | None] = (None, None, None)
        self._begin()
        self.whole = True

    def _begin(self) -> None:
        self.ids: list[str] = []
        self.memory: list[FloatArray] = []
        self.kinds: dict[Kind, int] = {}
        self._rows = np.zeros(0, dtype=list(COLUMNS.items()))
        self._place: dict[str, int] = {}
        self._account: dict[str, str] = {}
        self._mates: dict[str, dict[str, None]] = {}
        self._stale: dict[str, None] = {}
        self.made_of: dict[str, object] = {}  # of an account, what the rows of its tickets were made with when it was last looked at
        self.touched: dict[str, None] = {}
        self.fresh: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> Rows:
        return self._rows[: len(self.ids)]

    def of(self, places: IntArray) -> list[str]:
        """The tickets of these rows."""
        return [self.ids[place] for place in places.tolist()]

    def touch(self, account_id: str, ticket_id: str | None = None) -> None:
        """Something of a ticket may have changed, or of its account, and so of its other tickets."""
        if self.whole:
            return
        if account_id in self._mates:
            self.touched[account_id] = None
        if ticket_id is not None:
            self._stale[ticket_id] = None

    def of_account(self, account_id: str) -> tuple[list[str], Rows]:
        """The tickets of an account that have rows, and these."""
        mates = list(self._mates.get(account_id, ()))
        return mates, self._rows[[self._place[each] for each in mates]]

    def looked_at(self, account_id: str, made_of: object, stale: Iterable[str]) -> None:
        """A touched account was looked at: what its tickets' rows are `made_of`, but for those that are stale."""
        self._stale.update(dict.fromkeys(stale))
        self.made_of[account_id] = made_of
        del self.touched[account_id]

    def made_with(self, policy: object, agents: object, top_arr_usd: float | None) -> None:
        """What all rows are made with; they are forgotten where that is something else now, and where most kinds are of tickets gone."""
        known = self._made_with
        other = policy is not known[0] or agents is not known[1] or top_arr_usd != known[2]
        if other or len(self.kinds) > KINDS_KEPT + len(self.ids):
            self.forget()
            self._made_with = policy, agents, top_arr_usd

    def forget(self) -> None:
        """Anything may have changed."""
        self._begin()
        self.whole = True

    def stale(self, waiting: Iterable[str], now_s: float) -> list[str]:
        """The tickets whose rows are to be made anew (`put`), or taken out (`drop`); they are stale until that is done."""
        if self.whole:
            self.whole, self._stale = False, dict.fromkeys(waiting)
        elif self.ids:
            rows = self.rows
            old = (now_s < rows["from_s"]) | (rows["until_s"] < now_s)
            if np.count_nonzero(old):
                self._stale.update(dict.fromkeys(self.of(old.nonzero()[0])))
        return list(self._stale)

    def kind(self, kind: Kind) -> int:
        """The place of a kind in `kinds`."""
        return self.kinds.setdefault(kind, len(self.kinds))

    def put(self, ticket_id: str, account_id: str, row: tuple[Any, ...], memory: FloatArray) -> None:
        """The ticket's row, new or instead of the one it had."""
        self.fresh.pop(ticket_id, None)
        self._stale.pop(ticket_id, None)
        place = self._place.get(ticket_id)
        if place is None:
            place = self._place[ticket_id] = len(self.ids)
            self.ids.append(ticket_id)
            self.memory.append(memory)
            self._account[ticket_id] = account_id
            self._mates.setdefault(account_id, {})[ticket_id] = None
            if place == len(self._rows):
                self._rows = np.concatenate([self._rows, np.zeros(max(16, place), dtype=self._rows.dtype)])
        self._rows[place] = row
        self.memory[place] = memory

    def drop(self, ticket_id: str) -> None:
        """The ticket has no row any more: the last one takes its place."""
        self.fresh.pop(ticket_id, None)
        self._stale.pop(ticket_id, None)
        place = self._place.pop(ticket_id, None)
        if place is None:
            return
        account_id = self._account.pop(ticket_id)
        mates = self._mates[account_id]
        del mates[ticket_id]
        if not mates:
            del self._mates[account_id]
            self.made_of.pop(account_id, None)
            self.touched.pop(account_id, None)
        last, memory = self.ids.pop(), self.memory.pop()
        if last != ticket_id:
            self.ids[place], self.memory[place], self._place[last] = last, memory, place
            self._rows[place] = self._rows[len(self.ids)]
