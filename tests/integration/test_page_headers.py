"""The pages as HTTP: what they forbid a browser to do, what is kept, and who is let in."""

from __future__ import annotations

import re
from typing import Any

import pytest

from support.world import World

PAGES = ("/login", "/me", "/team")


def sign_in(world: World, key: str, origin: str = "http://testserver", **headers: str) -> Any:
    form = {"content-type": "application/x-www-form-urlencoded"} | headers
    return world.client.post(f"{origin}/login", content=f"key={key}", headers=form, follow_redirects=False)


@pytest.fixture
def ana(world: World) -> str:
    world.agent("ana", name="Ana <b>Ferri</b>")
    return world.make_key("agent", "ana")


def test_pages_forbid_what_they_do_not_need_and_are_not_kept(world: World, ana: str) -> None:
    for key in (ana, world.keys["manager"]):
        sign_in(world, key)
    for path in PAGES:
        response = world.client.get(path)
        assert response.status_code == 200
        policy = dict(each.split(" ", 1) for each in response.headers["content-security-policy"].split("; "))
        assert policy == {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "connect-src": "'self'",
            "img-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
        assert response.headers["cache-control"] == "no-store"
        assert re.findall(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", response.text) == []


def test_names_are_escaped(world: World, ana: str) -> None:
    for key in (ana, world.keys["manager"]):
        sign_in(world, key)
    for path in ("/me", "/team"):
        text = world.client.get(path).text
        assert "<b>Ferri" not in text
        assert "Ana &lt;b&gt;Ferri&lt;/b&gt;" in text


def test_static_files_have_an_etag(world: World) -> None:
    for name, kind in (("respite.css", "text/css"), ("me.js", "text/javascript"), ("mark.svg", "image/svg+xml")):
        first = world.client.get(f"/static/{name}")
        assert first.status_code == 200
        assert first.headers["content-type"].startswith(kind)
        again = world.client.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    for name in ("nothing.js", "../pages.py", "..%2Fpages.py"):
        assert world.client.get(f"/static/{name}").status_code == 404


def test_the_cookie_goes_over_https_alone_where_it_came_over_https(world: World, ana: str) -> None:
    plain, secure = sign_in(world, ana), sign_in(world, ana, "https://testserver")
    for response in (plain, secure):
        assert (response.status_code, response.headers["location"]) == (303, "/me")
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(response.headers["set-cookie"].split("; "))
    assert "Secure" not in plain.headers["set-cookie"]
    assert "Secure" in secure.headers["set-cookie"]


def test_home_leads_to_the_page_of_the_role(world: World, ana: str) -> None:
    def home() -> str:
        return str(world.client.get("/", follow_redirects=False).headers["location"])

    assert home() == "/login"
    sign_in(world, world.keys["manager"])
    assert home() == "/team"
    assert world.client.get("/me", follow_redirects=False).headers["location"] == "/login"
    world.client.post("/logout")
    sign_in(world, ana)
    assert home() == "/me"
    assert world.client.get("/team", follow_redirects=False).headers["location"] == "/login"
    world.client.post("/logout")
    assert home() == "/login"


@pytest.mark.parametrize("body", [b"", b"key=", b"nothing", b"key=%FF%00", b"\xff\xfe", b"key=a&" * 2000])
def test_a_form_that_says_nothing_is_refused(world: World, body: bytes) -> None:
    response = world.client.post("/login", content=body, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/login?refused=unknown")
    assert "set-cookie" not in response.headers


def test_keys_of_programs_open_no_page(world: World) -> None:
    for role in ("helpdesk", "admin"):
        response = sign_in(world, world.keys[role])
        assert response.headers["location"] == "/login?refused=role"
        assert "set-cookie" not in response.headers


def test_another_site_signs_nobody_in(world: World, ana: str) -> None:
    for site in ("cross-site", "same-site"):
        response = sign_in(world, ana, **{"sec-fetch-site": site})
        assert response.status_code == 403
        assert "set-cookie" not in response.headers
    assert sign_in(world, ana, **{"sec-fetch-site": "same-origin"}).status_code == 303


def test_an_agent_whom_the_team_does_not_know(world: World) -> None:
    sign_in(world, world.make_key("agent", "nobody"))
    response = world.client.get("/me")
    assert response.status_code == 404
    assert "the team has no agent of that name yet" in response.text


def test_light_duty_is_told_to_a_manager_to_five_minutes(world: World, ana: str) -> None:
    """To the second it would give the load away, and further ahead than half an hour that it was asked for where nothing is told."""
    for ticket in ("T1", "T2"):
        world.ticket(ticket, account_id=ticket, abuse=True)
        world.happened(ticket, "contact", agent_id="ana")
    world.ok("manager", "POST", "/v1/agents/ana/recovery/skip", {"reason": "a fire"})
    sign_in(world, world.keys["manager"])
    assert "<td>on light duty</td>" in world.client.get("/team").text
    while (text := world.client.get("/team").text).count("<td>on light duty</td>"):
        world.clock.instant_s += 600
    told = re.search(r'light duty until about <time data-local="time" datetime="[^"]*T\d\d:(\d\d):([\d.]+)Z">', text)
    assert told is not None, text
    assert int(told[1]) % 5 == 0
    assert float(told[2]) == 0


def test_a_browser_is_told_on_a_page_that_nothing_is_there_and_a_program_by_a_problem(world: World) -> None:
    sign_in(world, world.keys["manager"])
    for path in ("/nope", "/me/nope", "/what-if/nope"):
        shown = world.client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert (shown.status_code, shown.headers["cache-control"]) == (404, "no-store"), path
        assert "<h1>" in shown.text
        assert "default-src 'none'" in shown.headers["content-security-policy"]
    for path, accept in (("/nope", "*/*"), ("/v1/nope", "text/html")):
        told = world.client.get(path, headers={"Accept": accept})
        assert (told.status_code, told.headers["content-type"], told.json()["status"]) == (404, "application/problem+json", 404), path
