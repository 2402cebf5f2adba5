"""How evenly something lies on people, and how much of a customer's anger always meets the same one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby


def longest_run(handlers: Iterable[str]) -> int:
    """The most in a row by one person."""
    return max((sum(1 for _ in same) for _, same in groupby(handlers)), default=0)


def largest_share(handlers: Sequence[str]) -> float:
    """The share that whoever had most of them had."""
    return max(Counter(handlers).values()) / len(handlers)


def mean_largest_share(by_account: Mapping[str, Sequence[str]]) -> float | None:
    """`largest_share` of the accounts with two and more, weighed by how many; None where no account has two."""
    several = [handlers for handlers in by_account.values() if len(handlers) > 1]
    total = sum(map(len, several))
    return sum(largest_share(handlers) * len(handlers) for handlers in several) / total if total else None
