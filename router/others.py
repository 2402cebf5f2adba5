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
        for agent_id, rules, price, else_price in self._rows(Rejection):
            yield Other(agent_id, tuple(rules), price, else_price)

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
        return [
            {"agent_id": agent_id, "rules": rules, **({"would_cost": else_price} if price is None else {"cost": price})}
            for agent_id, rules, price, else_price in self._rows(_plain)
        ]

    def _rows(self, made: Any) -> Iterator[tuple[str, list[Any], int | None, int | None]]:
        nothing: list[Any] = []
        rules = [nothing] * len(self.ids)
        for rule, rows, actuals, limits in self.numbers:
            known: dict[tuple[Any, Any], Any] = {}
            for row, pair in zip(rows, zip(actuals, limits, strict=True), strict=True):
                if pair not in known:
                    known[pair] = made(rule, plain_number(pair[0]), plain_number(pair[1]))
                if rules[row] is nothing:
                    rules[row] = []
                rules[row].append(known[pair])
        for row, agent_id in enumerate(self.ids):
            if row != self.chosen:
                total = self.totals[row]
                yield agent_id, rules[row], *((total, None) if self.running[row] else (None, total))


def _plain(rule: str, actual: float | str | None, limit: float | str | None) -> dict[str, Any]:
    return {"rule": rule, "actual": actual, "limit": limit}
