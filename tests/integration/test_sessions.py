"""Sessions of the pages: no key in the cookie, an end, renewal, sign-out everywhere, and no call that another site sends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from api.door import sessions
from api.door.auth import PAGE_HEADER
from api.settings import DEFAULT_TEAM
from api.store import keys
from support.world import World
from support.world import world as make_world

HOUR_S = 3600.0
COOKIE = "respite_agent"


@pytest.fixture
def ana(world: World) -> str:
    world.agent("ana")
    return world.make_key("agent", "ana")


def sign_in(world: World, key: str) -> str:
    response = world.client.post("/login", content=f"key={key}", follow_redirects=False)
    assert response.headers["location"] == "/me"
    return str(world.client.cookies[COOKIE])


def page(world: World, cookie: str | None = None) -> Any:
    if cookie is not None:
        world.client.cookies.clear()
        world.client.cookies.set(COOKIE, cookie)
    return world.client.get("/me", follow_redirects=False)


def test_the_cookie_is_no_key_and_no_use_elsewhere(world: World, ana: str) -> None:
    cookie = sign_in(world, ana)
    assert ana not in cookie
    assert page(world).status_code == 200
    for stolen in (cookie, cookie.split(".")[0]):
        world.keys["stolen"] = stolen
        assert world("stolen", "GET", "/v1/agents/ana/recovery").status_code == 401
    with world.services.engine.connect() as connection:
        assert cookie.split(".")[0] not in str(connection.exec_driver_sql("SELECT * FROM keys").all())
    assert page(world, ana).status_code == 303  # nor is a key a cookie
    world.client.post("/logout")
    world.keys["mine"] = ana  # which nobody signs out
    assert world("mine", "GET", "/v1/agents/ana/recovery").status_code == 200
    assert (
        world.client.post("/login", content=f"key={cookie.split('.')[0]}", follow_redirects=False).headers["location"].endswith("unknown")
    )


def test_what_has_not_the_form_of_a_cookie_is_no_guess(tmp_path: Path) -> None:
    """Whoever has an old one is shut out of nothing, nor is anybody behind the same proxy."""
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}", failures_per_min=3) as world:
        for old in ("x.y.z", f"{keys.SESSION}x", f"{keys.SESSION}x.y"):
            for _ in range(3):
                assert page(world, old).status_code == 303
        assert world("manager", "GET", "/v1/team").status_code == 200


def test_a_forged_cookie_opens_nothing(world: World, ana: str) -> None:
    secret, signed_at, signature = sign_in(world, ana).split(".")
    later = "".join(chr(ord(each) + 1) for each in signed_at)
    for forged in (secret, f"{secret}.{signed_at}", f"{secret}.{later}.{signature}", f"{secret}.{signed_at}.x", "..", "x.y.z", ""):
        assert page(world, forged).status_code == 303, forged
    assert page(world, f"{secret}.{signed_at}.{signature}").status_code == 200


def signed(world: World, secret: str, key_hash: str) -> str:
    """A cookie as the service would sign it now."""
    answer, request = Response(), Request({"type": "http", "scheme": "http", "path": "/", "headers": []})
    sessions.set_cookie(answer, request, "agent", secret, key_hash, world.services)
    return answer.headers["set-cookie"].split(";")[0].removeprefix(f"{COOKIE}=")


def test_a_key_that_is_signed_as_a_session_would_be_is_none(world: World, ana: str) -> None:
    """It would be signed as it should be, and no sign-out would end it."""
    for secret, status in ((sign_in(world, ana).split(".")[0], 200), (ana, 303)):
        assert page(world, signed(world, secret, keys.hashed(ana))).status_code == status


def test_nothing_that_is_in_a_cookie_makes_it_younger(world: World, ana: str) -> None:
    """Who finds one that has rested too long has its secret, and all that can be made of it."""
    cookie = sign_in(world, ana)
    secret = cookie.split(".")[0]
    world.clock.instant_s += 4.1 * HOUR_S
    for sealed_by in (secret, keys.hashed(secret), cookie, ""):
        assert page(world, signed(world, secret, sealed_by)).status_code == 303
    assert page(world, signed(world, secret, keys.hashed(ana))).status_code == 200  # the session itself goes on: the cookie is too old


def test_it_ends_when_it_rests_too_long_is_renewed_while_used_and_ends_after_a_working_day(world: World, ana: str) -> None:
    first = sign_in(world, ana)
    world.clock.instant_s += 0.5 * HOUR_S
    assert "set-cookie" not in page(world).headers
    world.clock.instant_s += HOUR_S
    renewed = page(world)
    assert {"HttpOnly", "SameSite=strict", "Max-Age=14400"} <= set(renewed.headers["set-cookie"].split("; "))
    second = str(world.client.cookies[COOKIE])
    world.clock.instant_s += 2.5 * HOUR_S
    assert page(world, first).status_code == 303
    assert page(world, second).status_code == 200
    for _ in range(4):
        world.clock.instant_s += 1.9 * HOUR_S
        assert page(world).status_code == 200
    world.clock.instant_s += 0.5 * HOUR_S
    assert page(world).status_code == 303  # 12 hours after signing in


def test_how_long_is_the_operators_to_say(upgraded_url: str) -> None:
    with make_world(upgraded_url, session_s=7200, session_rest_s=600) as world:
        world.agent("ana")
        key = world.make_key("agent", "ana")
        sign_in(world, key)
        world.clock.instant_s += 599
        assert page(world).status_code == 200
        world.clock.instant_s += 601
        assert page(world).status_code == 303
        sign_in(world, key)
        for _ in range(11):
            world.clock.instant_s += 599
            assert page(world).status_code == 200
        world.clock.instant_s += 599 + 12
        assert page(world).status_code == 303


def test_where_the_clock_runs_faster_than_life_a_session_lasts_as_long_in_life(tmp_path: Path) -> None:
    with make_world(f"sqlite:///{tmp_path / 'respite.db'}", session_s=700, session_rest_s=600) as world:
        world.agent("ana")
        world.clock.rate = 60.0
        first = sign_in(world, world.make_key("agent", "ana"))
        began_s = world.clock.instant_s
        world.clock.instant_s = began_s + 500.0 * 60.0
        assert page(world).status_code == 200
        renewed, found = str(world.client.cookies[COOKIE]), []
        for passed_s in (599.0, 601.0, 699.0, 701.0):
            world.clock.instant_s = began_s + passed_s * 60.0
            found.append(tuple(page(world, each).status_code for each in (renewed, first)))
        assert found == [(200, 200), (200, 303), (200, 303), (303, 303)]


def test_signing_out_ends_every_copy_and_revoking_the_key_every_session(world: World, ana: str) -> None:
    out, stays = sign_in(world, ana), sign_in(world, ana)
    page(world, out)
    world.client.post("/logout")
    assert page(world, out).status_code == 303
    assert page(world, stays).status_code == 200
    with world.services.engine.begin() as connection:
        mine = next(each for each in keys.listed(connection) if each["role"] == "agent")
        assert keys.revoke(connection, mine["id"], world.clock.now_s())
        assert [each["role"] for each in keys.listed(connection)].count("agent") == 1  # sessions are not listed
    assert page(world, stays).status_code == 303


def test_signing_out_ends_the_sessions_of_every_role_in_a_browser(world: World, ana: str) -> None:
    sign_in(world, ana)
    world.client.post("/login", content=f"key={world.key('manager')}", follow_redirects=False)
    copied = dict(world.client.cookies)
    assert copied.keys() == set(sessions.COOKIES.values())
    world.client.post("/logout")
    world.client.cookies.clear()
    world.client.cookies.update(copied)
    assert [world.client.get(path, follow_redirects=False).status_code for path in ("/me", "/team")] == [303, 303]


def test_a_session_outlives_its_key_neither_when_that_is_rotated_nor_when_it_was_revoked_just_before(world: World, ana: str) -> None:
    before = sign_in(world, ana)
    with world.services.engine.begin() as connection:
        mine = next(each["id"] for each in keys.listed(connection) if each["role"] == "agent")
        who = keys.Principal(mine, DEFAULT_TEAM, "agent", "ana")
        session = keys.session_of(connection, before.split(".")[0])
        assert session is not None
        assert keys.rotate(connection, session, world.clock.now_s(), 600.0) is None  # no key is made of a session
        assert keys.rotate(connection, mine, world.clock.now_s(), 600.0) is not None
    assert page(world, before).status_code == 200
    world.clock.instant_s += 600.0
    assert page(world, before).status_code == 303
    world.clock.instant_s -= 1.0
    assert page(world, before).status_code == 200
    with world.services.engine.begin() as connection:
        assert keys.revoke(connection, mine, world.clock.now_s())
    late = sessions.begin(world.services, who)  # of somebody who was let in at the door a moment before
    assert page(world, signed(world, late, keys.hashed(ana))).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({PAGE_HEADER: "1"}, 200),
        ({PAGE_HEADER: "1", "Origin": "http://testserver"}, 200),
        ({PAGE_HEADER: "1", "Sec-Fetch-Site": "same-origin", "Origin": "http://behind-a-proxy"}, 200),
        ({PAGE_HEADER: "1", "Sec-Fetch-Site": "none"}, 200),
        ({PAGE_HEADER: "1", "Authorization": "Basic YW5hOg=="}, 401),
        ({PAGE_HEADER: "1", "Origin": "http://evil.example"}, 401),
        ({PAGE_HEADER: "1", "Origin": "http://testserver.evil.example"}, 401),
        ({PAGE_HEADER: "1", "Origin": "null"}, 401),
        ({PAGE_HEADER: "1", "Origin": "http://["}, 401),
        ({PAGE_HEADER: "1", "Sec-Fetch-Site": "same-site"}, 401),
        ({PAGE_HEADER: "1", "Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 401),
    ],
)
def test_another_site_changes_nothing_with_a_session(world: World, ana: str, headers: dict[str, str], status: int) -> None:
    sign_in(world, ana)
    response = world.client.post("/v1/agents/ana/status", json={"status": "away"}, headers=headers)
    assert response.status_code == status
    assert world.ok("admin", "GET", "/v1/agents/ana")["status"] == ("away" if status == 200 else "online")


def test_sessions_that_are_long_over_are_forgotten_and_keys_are_not(world: World, ana: str) -> None:
    world.make_key("helpdesk", expires_s=world.clock.now_s() + 1)
    for _ in range(3):
        sign_in(world, ana)
    world.clock.instant_s += 60 * HOUR_S
    sign_in(world, ana)
    with world.services.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM keys WHERE parent IS NOT NULL").scalar_one() == 1
        assert [each["role"] for each in keys.listed(connection)].count("helpdesk") == 2
