"""Token buckets: as many calls at once as a bucket holds, then as many as come back, each name apart."""

from __future__ import annotations

import pytest

from api.door import limits
from api.door.limits import Buckets


class Running:
    """The clock of the machine, as the test sets it."""

    def __init__(self) -> None:
        self.now_s = 500.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Running:
    return Running()


@pytest.mark.parametrize("burst", [1, 2, 5])
def test_a_bucket_of_so_many_gives_so_many_calls_at_once(clock: Running, burst: int) -> None:
    buckets = Buckets(0.5, burst, clock)
    assert [buckets.take("key") for _ in range(burst + 2)] == [0.0] * burst + [2.0, 2.0]  # a call too many takes nothing
    assert buckets.wait_s("key") == 2.0


def test_a_token_that_has_just_come_back_is_there(clock: Running) -> None:
    buckets = Buckets(0.5, 2, clock)
    taken = [buckets.take("key") for _ in range(2)]
    clock.now_s += 1.5
    assert (buckets.wait_s("key"), buckets.take("key")) == (0.5, 0.5)
    clock.now_s += 0.5
    assert (taken, buckets.wait_s("key"), buckets.take("key"), buckets.take("key")) == ([0.0, 0.0], 0.0, 0.0, 2.0)


def test_what_comes_back_is_no_more_than_a_bucket_holds_and_each_has_its_own(clock: Running) -> None:
    buckets = Buckets(0.5, 2, clock)
    buckets.take("key")
    clock.now_s += 3600.0
    assert [buckets.take("key") for _ in range(3)] == [0.0, 0.0, 2.0]
    assert buckets.take("other") == 0.0


def test_who_has_not_called_for_longest_is_forgotten_first(clock: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEPT_MOST", 2)
    buckets = Buckets(0.5, 1, clock)
    for name in ("a", "b", "a", "c"):
        buckets.take(name)
    assert [buckets.wait_s(name) for name in ("a", "b", "c")] == [2.0, 0.0, 2.0]
