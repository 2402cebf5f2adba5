"""Names of hosts, looked up beside the event loop that asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from api.hooks import targets
from api.hooks.targets import Network, Target


class Lookups:
    """Of one loop. A name server that does not answer holds a thread for each host, for as long as the system waits for it: so the letters
    that are carried and the callers who subscribe have `threads` of their own, and neither is held up by names of the other."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, "lookups")
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}  # by host

    async def target(self, url: str, allowed: Sequence[Network]) -> Target:
        """The target of a URL, its host looked up now; who asks for the same host meanwhile waits for the same look-up. Raises `Refused`
        where it may not be called, or is not found."""
        parts = targets.checked(url, allowed)
        host = targets.host_of(parts)
        under_way = self._under_way.get(host)
        if under_way is None:
            under_way = asyncio.get_running_loop().run_in_executor(self._threads, targets.addresses_of, host)
            self._under_way[host] = under_way
            under_way.add_done_callback(lambda _: self._under_way.pop(host, None))
        return targets.judged(parts, await asyncio.shield(under_way), allowed)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
