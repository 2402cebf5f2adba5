"""What is worked out once and kept: of an object, when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Found = TypeVar("Found")


class once(Generic[Found]):
    """`functools.cached_property` without the lock that it takes up to Python 3.11, twenty times for a single ticket. For objects of one
    solve, which one thread has."""

    def __init__(self, made: Callable[[Any], Found]) -> None:
        self.made, self.name, self.__doc__ = made, made.__name__, made.__doc__

    def __get__(self, owner: Any, kind: type | None = None) -> Found:
        found: Found = self.made(owner)
        owner.__dict__[self.name] = found
        return found
