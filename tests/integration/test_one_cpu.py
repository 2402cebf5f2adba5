"""The event loop and the writer of a service on one CPU; what else it runs anywhere, and so its processes."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from api.commands import one_cpu
from api.commands.one_cpu import OneCpu
from api.cpus import allowed, run_on
from api.scoring.scorer import Scorer
from support.processes import until
from support.server import LiveServer

pytestmark = pytest.mark.skipif(len(allowed()) < 2, reason="threads can be told apart by their CPU only where there are several")
TICKET = {"account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}


def narrow(pid: int) -> dict[int, set[int]]:
    """The threads of a process that may not run on every CPU, and on which they may."""
    threads = {int(each): os.sched_getaffinity(int(each)) for each in os.listdir(f"/proc/{pid}/task")}
    return {thread: cpus for thread, cpus in threads.items() if cpus != set(allowed())}


@pytest.fixture
def anywhere() -> Iterator[None]:
    """The test's own thread as it was."""
    cpus = allowed()
    yield
    run_on(cpus)


def test_the_event_loop_and_the_writer_of_a_service_share_a_cpu(tmp_path: Path) -> None:
    with LiveServer(tmp_path) as server:

        def together() -> bool:
            found = narrow(server.pid)
            return len(found) == 2 and server.pid in found and len(set.union(*found.values())) == 1

        until(together)
        server.call(server.key("helpdesk"), "POST", "/v1/tickets", TICKET | {"id": "T1"})


def test_a_service_may_leave_it_to_the_system(tmp_path: Path) -> None:
    with LiveServer(tmp_path, cpu_affinity="any") as server:
        server.call(server.key("helpdesk"), "POST", "/v1/tickets", TICKET | {"id": "T1"})
        assert narrow(server.pid) == {}


def are_on(cpus: set[int], *threads: int) -> bool:
    return all(os.sched_getaffinity(each) == cpus for each in threads)


def kept(while_kept: Callable[[OneCpu], None]) -> None:
    """Run `while_kept` in a thread beside an event loop that is kept on one CPU with it."""

    async def run() -> None:
        with ThreadPoolExecutor(1) as writer:
            both = OneCpu(threading.get_native_id(), writer.submit(threading.get_native_id).result())
            keeping = asyncio.get_running_loop().create_task(both.keep())
            await asyncio.sleep(0)
            await asyncio.get_running_loop().run_in_executor(writer, while_kept, both)
            keeping.cancel()
            await asyncio.wait([keeping])
            assert narrow(os.getpid()) == {}

    asyncio.run(run())


@pytest.mark.usefixtures("anywhere")
def test_both_go_where_the_event_loop_has_come_to_be_and_are_let_go_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_cpu, "STAY_S", 0.01)
    monkeypatch.setattr(one_cpu, "LET_GO_S", 0.0)
    everywhere = allowed()

    def moved(both: OneCpu) -> None:
        for there in sorted(everywhere)[:2]:  # the others are taken away, as by somebody who is busy on them
            run_on({there}, both.free or 0)
            until(partial(are_on, {there}, both.loop, both.writer))
        run_on(everywhere, both.free or 0)

    kept(moved)


@pytest.mark.usefixtures("anywhere")
def test_a_thread_that_one_of_them_starts_may_run_anywhere_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    ended, everywhere = threading.Event(), allowed()

    def started(both: OneCpu) -> None:
        thread = threading.Thread(target=ended.wait)
        thread.start()
        assert thread.native_id is not None
        assert len(os.sched_getaffinity(thread.native_id)) == 1
        until(partial(are_on, set(everywhere), thread.native_id))
        ended.set()
        thread.join()

    monkeypatch.setattr(one_cpu, "STAY_S", 0.5)
    kept(started)


@pytest.mark.usefixtures("anywhere")
def test_the_process_that_scores_runs_anywhere_whoever_starts_it() -> None:
    async def where() -> set[int]:
        scorer = Scorer()
        run_on({min(allowed())})
        scorer._started(asyncio.get_running_loop())
        assert scorer.process is not None
        found = os.sched_getaffinity(scorer.process.pid)
        await asyncio.sleep(0)
        scorer.close()
        scorer.process.wait(60)
        return set(found)

    before = allowed()
    assert asyncio.run(where()) == set(before)
