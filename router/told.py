"""Why not each other as plain values: what tickets alike share, and what each has of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Made = TypeVar("Made")


class Alike(list[dict[str, Any]]):
    """Records of everybody by row, which tickets alike share: what is made of them is made once. Not to be changed."""

    def __init__(self, records: Iterable[dict[str, Any]]) -> None:
        super().__init__(records)
        self._made: dict[Callable[..., Any], Any] = {}

    def once(self, make: Callable[[Alike], Made]) -> Made:
        """What `make` makes of them."""
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]
        return made


class Told(list[dict[str, Any]]):
    """Records of all but the chosen one, a list like any other, which knows those of everybody that tickets alike share."""

    def __init__(self, everybody: Alike, chosen: int) -> None:
        """`chosen`: a row, or −1 for nobody."""
        super().__init__(everybody)
        self.everybody, self.chosen = everybody, chosen
        if chosen >= 0:
            del self[chosen]
