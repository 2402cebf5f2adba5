"""A replication is the same wherever it runs, and whatever ran before it."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from support.fingerprints import fingerprint


def test_another_process_gives_the_same_run_after_others_and_first_of_all() -> None:
    here = [fingerprint(replication) for replication in range(2)]
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        there = list(pool.map(fingerprint, [1, 0], timeout=120))
    assert there == here[::-1]
    assert len(set(here)) == 2
