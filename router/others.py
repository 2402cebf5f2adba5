"""Why not each other: columns over agents, copied at the decision, that read as one `Other` for each agent, made when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

from router.agents import BoolArray, IntArray
from router.domain import Other, Rejection
from router.eligibility import Excluded, plain_number


class Others(Sequence[Other]):
    """Everybody but the chosen one, by row. What it holds was copied, so it stays as it was when the state moves on."""

    def __init__(self, ids: Sequence[str], chosen: int, found: Sequence[Excluded], running: BoolArray, totals: IntArray) -> None:
        """`ids` of all agents by row, `chosen` −1 for nobody, `running` and `totals` of shape (n_agents,)."""
        self.ids, self.chosen = ids, chosen
        self.numbers = tuple((each.rule, *each.numbers) for each in found if each.numbers[0])
        self.running, self.totals = running.tolist(), totals.tolist()

    def __len__(self) -> int:
        return len(self.ids) - (self.chosen >= 0)

    def __iter__(self) -> Iterator[Other]:
        told = zip(self.ids, self._rules(Rejection), self.running, self.totals, strict=True)
        for row, (agent_id, rules, running, total) in enumerate(told):
            if row != self.chosen:
                yield Other(agent_id, tuple(rules), *((total, None) if running else (None, total)))

    @overload
    def __getitem__(self, index: int) -> Other: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Other]: ...
    def __getitem__(self, index: int | slice) -> Other | Sequence[Other]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def records(self) -> list[dict[str, Any]]:
        """One plain JSON object for each agent; equal rejections are one object, and so are all empty lists: not to be changed."""
        told = zip(self.ids, self._rules(_plain), self.running, self.totals, strict=True)
        found = [
            {"agent_id": agent_id, "rules": rules, "cost": total}
            if running
            else {"agent_id": agent_id, "rules": rules, "would_cost": total}
            for agent_id, rules, running, total in told
        ]
        if self.chosen >= 0:
            del found[self.chosen]
        return found

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


def _plain(rule: str, actual: float | str | None, limit: float | str | None) -> dict[str, Any]:
    return {"rule": rule, "actual": actual, "limit": limit}
