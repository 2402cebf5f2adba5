"""Whose word is taken for who called: a proxy's that is trusted, for the address that a wrong key came from, for TLS, and for metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.served import Served, served

GUESSES = 3


def guess(world: Served, forwarded: str) -> int:
    """What a wrong key is answered that came from an address, as a header says."""
    headers = {"Authorization": "Bearer rsp_manager_wrong", "X-Forwarded-For": forwarded}
    return int(world.client.get("/v1/team", headers=headers).status_code)


def cookie(world: Served) -> str:
    """The session that somebody gets who signs in by a proxy that says it was TLS."""
    sent = {"X-Forwarded-Proto": "https", "Content-Type": "application/x-www-form-urlencoded"}
    signed_in = world.client.post("/login", content=f"key={world.keys['manager']}", headers=sent)
    assert signed_in.status_code == 303, signed_in.text
    world.client.cookies.clear()
    return str(signed_in.headers["set-cookie"])


def test_a_trusted_proxy_says_who_called_and_how(tmp_path: Path) -> None:
    """Each caller behind it by themselves; what a caller writes into the header before it does, counts for nothing."""
    with served(f"sqlite:///{tmp_path / 'respite.db'}", failures_per_min=GUESSES, trusted_proxies="127.0.0.1,10.0.0.0/8") as world:
        assert [guess(world, "203.0.113.7") for _ in range(GUESSES + 1)] == [401] * GUESSES + [429]
        assert guess(world, "203.0.113.8") == 401
        assert [guess(world, f"198.51.100.{n}, 203.0.113.9, 10.1.2.3") for n in range(GUESSES + 1)] == [401] * GUESSES + [429]
        assert "; Secure" in cookie(world)
        assert world.client.get("/metrics").status_code == 200
        assert world.client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 401
        assert world.client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401


@pytest.mark.parametrize("trusted", ["none", "10.0.0.1"])
def test_nobody_else_is_believed(tmp_path: Path, trusted: str) -> None:
    """Else whoever tries keys gives each guess another address."""
    with served(f"sqlite:///{tmp_path / 'respite.db'}", failures_per_min=GUESSES, trusted_proxies=trusted) as world:
        assert "; Secure" not in cookie(world)
        assert world.client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401
        assert [guess(world, f"203.0.113.{n}") for n in range(GUESSES + 1)] == [401] * GUESSES + [429]
