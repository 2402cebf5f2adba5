"""Why not each other: columns over agents, copied at the decision, that read as one `Other` for each agent, made when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

from router.agents import BoolArray, IntArray
from router.domain import Other, Rejection
from router.eligibility import Excluded, plain_number
from router.once import once
from router.told import Alike, Told


class Everybody:
    """All agents by row, and what was said of each; the same for all tickets alike. It was copied, so it stays as it was when the state
    moves on."""

    def __init__(self, ids: Sequence[str], found: Sequence[Excluded], running: BoolArray, totals: IntArray) -> None:
        """`ids` of all agents, `running` and `totals` of shape (n_agents,)."""
        self.ids = ids
        self.numbers = tuple((each.rule, *each.numbers) for each in found if each.anybody)
        self.running, self.totals = running.tolist(), totals.tolist()

    @once
    def told(self) -> list[Other]:
        each_told = zip(self.ids, self._rules(Rejection), self.running, self.totals, strict=True)
        return [
            Other(agent_id, tuple(rules), total, None) if running else Other(agent_id, tuple(rules), None, total)
            for agent_id, rules, running, total in each_told
        ]

    @once
    def records(self) -> Alike:
        """One plain JSON object for each agent; equal rejections are one object, and so are all empty lists."""
        each_told = zip(self.ids, self._rules(_plain), self.running, self.totals, strict=True)
        return Alike(
            {"agent_id": agent_id, "rules": rules, "cost": total}
            if running
            else {"agent_id": agent_id, "rules": rules, "would_cost": total}
            for agent_id, rules, running, total in each_told
        )

    def _rules(self, made: Any) -> list[list[Any]]:
        """What excludes each agent, by row."""
        nothing: list[Any] = []
        found = [nothing] * len(self.ids)
        for rule, rows, actuals, limits in self.numbers:
            known: dict[tuple[Any, Any], Any] = {}
            for row, pair in zip(rows, zip(actuals, limits, strict=True), strict=True):
                if pair not in known:
                    known[pair] = made(rule, plain_number(pair[0]), plain_number(pair[1]))
                if found[row] is nothing:
                    found[row] = []
                found[row].append(known[pair])
        return found


class Others(Sequence[Other]):
    """Everybody but the chosen one, by row."""

    def __init__(self, everybody: Everybody, chosen: int) -> None:
        """`chosen`: a row, or −1 for nobody."""
        self.everybody, self.chosen = everybody, chosen

    def __len__(self) -> int:
        return len(self.everybody.ids) - (self.chosen >= 0)

    def __iter__(self) -> Iterator[Other]:
        found = self.everybody.told.copy()
        if self.chosen >= 0:
            del found[self.chosen]
        return iter(found)

    @overload
    def __getitem__(self, index: int) -> Other: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Other]: ...
    def __getitem__(self, index: int | slice) -> Other | Sequence[Other]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def records(self) -> Told:
        """One plain JSON object for each agent. Tickets alike share them: not to be changed."""
        return Told(self.everybody.records, self.chosen)


def _plain(rule: str, actual: float | str | None, limit: float | str | None) -> dict[str, Any]:
    return {"rule": rule, "actual": actual, "limit": limit}
