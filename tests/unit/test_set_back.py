"""The clock of the machine set back is mended once for each time that it was, and again where mending failed."""

from __future__ import annotations

import time

import pytest

from api.hooks.set_back import SLACK_S, SetBack


class Clock:
    """Of the machine, as it was set."""

    def __init__(self) -> None:
        self.set_by_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.set_by_s


def test_each_time_it_is_set_back_is_told_and_no_other() -> None:
    clock, mended = Clock(), list[float]()
    minded = SetBack(clock)
    for set_by_s in (0.0, 0.0, 100.0, 60.0, 60.0, 60.0 - SLACK_S / 2, 100.0, 60.0):
        clock.set_by_s = set_by_s
        minded.mend(lambda: mended.append(clock.set_by_s))
    assert mended == [0.0, 60.0, 60.0]  # the first: nobody was there to see whether it had been


def test_what_fails_is_done_at_the_next_look() -> None:
    def fails() -> None:
        raise OSError

    done = list[bool]()
    minded = SetBack(Clock())
    with pytest.raises(OSError):  # noqa: PT011
        minded.mend(fails)
    minded.mend(lambda: done.append(True))
    assert done == [True]
