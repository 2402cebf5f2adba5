"""Sources of chance: each has its own generator in every replication, so that what one draws shifts nothing of another."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """One source of chance each; a number is never used again for something else."""

    ARRIVALS = 0
    SERVICE = 1
    CHANNEL = 2
    PRIORITY = 3
    EXPOSURE = 4
    ACCOUNT = 5
    AUTOMATION = 6
    REOPEN = 7
    CATEGORY = 8
    LANGUAGE = 9
    WORTH = 10
    RENEWAL = 11
    PATIENCE = 12
    WRAP_UP = 13
    RETURN = 14
    RETURN_AFTER = 15
    ABSENCE = 16
    MEETINGS = 17
    OPT_IN = 18
    ANSWERS = 19
    INCIDENT = 40


def generator(seed: int, replication: int, stream: Stream, *whose: int) -> np.random.Generator:
    """The generator of one stream of one replication; of somebody's own in it where `whose` names them."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=(replication, int(stream), *whose))))
