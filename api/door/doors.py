"""What stands at the door: whose keys are valid, how often each may call, and addresses that try keys."""

from __future__ import annotations

import ipaddress

import sqlalchemy as sa

from api.door.key_ring import KeyRing
from api.door.limits import Buckets, retry_after
from api.problems import ProblemResponse
from api.settings import Settings
from api.store.keys import Stored, hashed

SITE_BITS = 64  # of an IPv6 address: whoever has one has all that begin alike
BURST_S = 10.0  # a key may save up calls for this long
REMEMBERED_GOOD = 10_000


class Doors:
    """One for a process. To be used on the event loop."""

    def __init__(self, engine: sa.Engine, settings: Settings) -> None:
        self.ring = KeyRing(engine)
        self._calls = {
            role: Buckets(rate, rate * BURST_S)
            for role, rate in (("helpdesk", settings.calls_per_s_helpdesk), ("other", settings.calls_per_s))
        }
        self._failures = Buckets(settings.failures_per_min / 60.0, settings.failures_per_min)
        self._good: dict[str, None] = {}

    async def find(self, secret: str, address: str) -> Stored | None:
        """The key of a secret. From an address that sent too many wrong ones, none is tried that was not seen to be right: nobody guesses
        on, and nobody behind the same proxy is shut out. Raises 429."""
        digest, site = hashed(secret), site_of(address)
        wait_s = self._failures.wait_s(site)
        if wait_s > 0 and digest not in self._good:
            raise ProblemResponse(429, "too many wrong keys came from this address", retry_after(wait_s))
        found = await self.ring.find(digest)
        if found is None:
            self._good.pop(digest, None)
            self._failures.take(site)
        elif digest not in self._good:
            self._good[digest] = None
            if len(self._good) > REMEMBERED_GOOD:
                del self._good[next(iter(self._good))]
        return found

    def count(self, key_id: str, role: str) -> None:
        """Count a call of a key; raises 429 where it has called too often."""
        calls = self._calls.get(role) or self._calls["other"]
        wait_s = calls.take(key_id)
        if wait_s > 0:
            detail = f"this key may call {calls.rate_per_s:g} times a second, and {calls.burst:g} times at once"
            raise ProblemResponse(429, detail, retry_after(wait_s))


def site_of(address: str) -> str:
    """What wrong keys are counted by: an IPv4 address, also where it is written as an IPv6 one, or the network of an IPv6 address."""
    if ":" not in address:
        return address
    try:
        given = ipaddress.IPv6Address(address)
    except ValueError:  # a proxy may say what it likes
        return address
    return str(given.ipv4_mapped or ipaddress.ip_network((int(given), SITE_BITS), strict=False))
