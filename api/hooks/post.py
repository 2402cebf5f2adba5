"""The network between the courier and a subscriber: one try of one letter, and what is kept open between tries."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property

import httpcore2
import httpx2

from api.hooks import webhooks
from api.hooks.bounded import ANSWER_MAX_BYTES, Bounded, TooLong
from api.hooks.lookups import Lookups
from api.settings import Settings
from api.store.letters import Letter
from api.store.subscriptions import Subscription
from router.errors import Refused

LOOKUP_THREADS = 16
IDLE_S = 15.0
READ_MAX_BYTES = 16_384  # of what an answer holds, so that the connection can be used again; a longer one is cut off
FAILURES = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, httpcore2.UnsupportedProtocol, httpx2.InvalidURL)
GONE, BUSY = 410, (429, 503)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a subscriber has not got a letter; never what it answered, which is not for whoever reads dead letters. `gone`: it wants no more,
    ever. `after_s`: so long it asked not to be tried again."""

    reason: str
    gone: bool = False
    after_s: float = 0.0


@dataclass(slots=True)
class _Line:
    """The connections to a subscription: how many letters are under way on them, and since when none is."""

    pool: httpcore2.AsyncConnectionPool
    under_way: int = 0
    idle_s: float = 0.0


class Post:
    """A letter is signed anew at each try, and goes to an address that was looked up and checked for it."""

    def __init__(self, settings: Settings, life: Callable[[], float]) -> None:
        self.settings, self.life = settings, life
        self._allowed = settings.private_networks
        self._lookups = Lookups(LOOKUP_THREADS)
        self._lines: dict[str, _Line] = {}
        self._timeout = httpx2.Timeout(settings.webhook_timeout_s).as_dict()

    async def send(self, to: Subscription, letter: Letter) -> Failure | None:
        """None where the subscriber has it, else why not."""
        try:
            return await asyncio.wait_for(self._send(to, letter), self.settings.webhook_timeout_s)
        except TimeoutError:
            return Failure(f"no answer within {self.settings.webhook_timeout_s:g} s")
        except Refused as error:
            return Failure(error.detail)
        except TooLong:
            return Failure(f"its answer is longer than {ANSWER_MAX_BYTES} bytes")
        except FAILURES as error:
            return Failure(f"no answer: {type(error).__name__}")

    async def _send(self, to: Subscription, letter: Letter) -> Failure | None:
        target = await self._lookups.target(to.url, self._allowed)
        url = httpx2.URL(to.url)
        headers = webhooks.signed(letter.id, letter.body, to.secrets_at(self.life()), self.life())
        body = letter.body.encode()
        headers |= {"Host": url.netloc.decode("ascii"), "Content-Type": "application/json", "User-Agent": "Respite"}
        headers["Content-Length"] = str(len(body))
        request = httpcore2.Request(
            "POST",
            httpcore2.URL(scheme=url.raw_scheme, host=target.address.encode(), port=target.port, target=url.raw_path),
            headers=list(headers.items()),
            content=body,
            extensions={"sni_hostname": target.host, "timeout": self._timeout},
        )
        line = self._line(to.id)
        line.under_way += 1
        try:
            response = await line.pool.handle_async_request(request)
            try:
                read = 0
                async for chunk in response.aiter_stream():
                    read += len(chunk)
                    if read > READ_MAX_BYTES:
                        break
            finally:
                await response.aclose()
        finally:
            line.under_way, line.idle_s = line.under_way - 1, time.monotonic()
        return failure_of(response.status, response.headers, self.life())

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """Whom the machine trusts: 30 ms to read, which a service without subscriptions need not spend."""
        return httpx2.create_ssl_context()

    def _line(self, subscription_id: str) -> _Line:
        """One for each subscription: a connection opened for one host must not serve another one at the same address. A client around it
        would follow redirects, keep cookies, ask the environment for proxies: nothing that a letter may do, at twice the work."""
        if subscription_id not in self._lines:
            pool = httpcore2.AsyncConnectionPool(
                self._trust,
                max_connections=None,  # the courier sends no more at once than it may
                max_keepalive_connections=self.settings.webhook_at_once,
                keepalive_expiry=IDLE_S,
                network_backend=Bounded(),
            )
            self._lines[subscription_id] = _Line(pool)
        return self._lines[subscription_id]

    async def let_go(self) -> None:
        """Close what has not been used for a while: nothing may go to that subscription for long, or it has ended."""
        now_s = time.monotonic()
        for name in [name for name, line in self._lines.items() if not line.under_way and now_s >= line.idle_s + IDLE_S]:
            await self._lines.pop(name).pool.aclose()

    async def close(self) -> None:
        for line in self._lines.values():
            await line.pool.aclose()
        self._lookups.close()


def failure_of(status: int, headers: Sequence[tuple[bytes, bytes]], life_s: float) -> Failure | None:
    """What an answer means."""
    if 200 <= status < 300:
        return None
    asked = next((value for name, value in headers if name.lower() == b"retry-after"), b"") if status in BUSY else b""
    return Failure(f"answered {status}", status == GONE, _seconds(asked.decode("latin-1").strip(), life_s))


def _seconds(retry_after: str, life_s: float) -> float:
    """How long a Retry-After asks to wait: seconds, or an instant; 0 where it is neither."""
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:10])
    try:
        return max(parsedate_to_datetime(retry_after).timestamp() - life_s, 0.0)
    except (ValueError, OverflowError):
        return 0.0
