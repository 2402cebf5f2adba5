"""Clients that send slowly, nothing, or without end are let go, and nobody else waits for them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.kill_rounds import Desk, Line, prepare
from support.patience import until
from support.warm_server import WarmServer

WITHIN_S, MOST = 1.0, 12


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("slow")
    database_url = f"sqlite:///{folder / 'respite.db'}"
    with WarmServer(folder, database_url, request_within_s=WITHIN_S, connections_max=MOST) as server:
        server.begin()
        yield Desk(server.port, prepare(database_url))


def opened(desk: Desk, *sent: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", desk.port), timeout=60)
    for each in sent:
        made.sendall(each)
    return made


def rest(made: socket.socket) -> bytes:
    """What still comes until the other end closes."""
    with made:
        return b"".join(iter(lambda: made.recv(65_536), b""))


def answered(made: socket.socket) -> bytes:
    """One answer, whose body is a JSON object, on a connection that stays open."""
    answer = b""
    while not answer.endswith(b"}"):
        answer += made.recv(65_536)
    return answer


def served(desk: Desk) -> bool:
    line = Line(desk)
    fine = line.ask("helpdesk", "GET", "/v1/queue")[0] == 200
    line.close()
    return fine


def key(desk: Desk) -> bytes:
    return b"Authorization: Bearer " + desk.secrets["helpdesk"].encode() + b"\r\n"


def test_headers_that_do_not_end_are_not_waited_for(desk: Desk) -> None:
    started_s = time.monotonic()
    slow = [opened(desk, b"GET /v1/queue HTTP/1.1\r\nHost: x\r\nX-Slow: ") for _ in range(3)]
    for each in slow:
        each.sendall(b"a")
    assert served(desk)
    for each in slow:
        answer = rest(each)
        assert answer.startswith(b"HTTP/1.1 408 "), answer
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 408
        assert b"\r\nx-content-type-options: nosniff\r\n" in answer
    assert WITHIN_S < time.monotonic() - started_s < 60


def test_who_says_nothing_is_hung_up_on(desk: Desk) -> None:
    assert rest(opened(desk)) == b""


def test_a_body_that_does_not_come_is_not_waited_for(desk: Desk) -> None:
    head = b"POST /v1/tickets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 300\r\n" + key(desk)
    answer = rest(opened(desk, head + b"\r\n{"))
    assert answer.startswith(b"HTTP/1.1 408 "), answer
    assert served(desk)


def test_a_body_that_comes_by_and_by_is_waited_for(desk: Desk) -> None:
    """A kilobyte is worth a second."""
    body = json.dumps(
        {"id": "T-slow", "account_id": "acme", "subject": "s" * 250, "created_at": "2026-03-02T11:00:00Z", "tags": ["t"] * 20}
    )
    body += " " * 3000
    head = b"POST /v1/tickets HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n" + key(desk)
    made = opened(desk, head + b"Content-Length: %d\r\n\r\n" % len(body), body[:2900].encode())
    made.settimeout(2 * WITHIN_S)
    with pytest.raises(TimeoutError):
        made.recv(1)
    made.settimeout(60)
    made.sendall(body[2900:].encode())
    assert rest(made).startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize("whole", [True, False], ids=["in one piece", "the body by itself"])
@pytest.mark.parametrize("wanted", ["h2c", "websocket"])
def test_who_would_rather_have_another_protocol_is_answered_in_this_one(desk: Desk, wanted: str, whole: bool) -> None:
    """As Java's own client asks for HTTP/2 first of all; what follows the body is the next request."""
    ticket = {"id": f"T-{wanted}-{whole}", "account_id": "acme", "subject": "s", "created_at": "2026-03-02T11:00:00Z"}
    head = b"POST /v1/tickets HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"
    head += b"Upgrade: %s\r\nContent-Type: application/json\r\n" % wanted.encode() + key(desk)
    body = json.dumps(ticket).encode()
    head += b"Content-Length: %d\r\n\r\n" % len(body)
    made = opened(desk, *([head + body] if whole else [head, body]))
    assert answered(made).startswith(b"HTTP/1.1 201 ")
    for end in (b"", b"Connection: close\r\n"):
        made.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + end + b"\r\n")
        assert answered(made).startswith(b"HTTP/1.1 200 ")
    assert rest(made) == b""


def test_what_is_no_http_is_a_problem(desk: Desk) -> None:
    answer = rest(opened(desk, b"what is this?\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"\r\ncontent-type: application/problem+json\r\n" in answer
    assert b"\r\nx-content-type-options: nosniff\r\n" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 400


def test_what_is_no_http_is_a_problem_also_after_a_request_but_never_the_answer_to_that(desk: Desk) -> None:
    made = opened(desk, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answered(made).startswith(b"HTTP/1.1 200 ")
    made.sendall(b"FOO /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert rest(made).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b" 400 " not in rest(opened(desk, b"GET /v1/queue HTTP/1.1\r\nHost: x\r\n" + key(desk) + b"\r\nFOO / HTTP/1.1\r\n\r\n"))


def test_a_tunnel_is_refused(desk: Desk) -> None:
    made = opened(desk, b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert made.recv(65_536).startswith(b"HTTP/1.1 4")
    made.close()


def test_headers_without_end_are_refused(desk: Desk) -> None:
    made = opened(desk, b"GET /v1/queue HTTP/1.1\r\nHost: x\r\nX-Long: ")
    made.sendall(b"a" * 70_000)
    assert rest(made).startswith(b"HTTP/1.1 431 ")


def test_a_connection_that_is_kept_may_rest_between_requests(desk: Desk) -> None:
    made = opened(desk)
    for _ in range(2):
        made.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answered(made).startswith(b"HTTP/1.1 200 ")
        made.settimeout(2 * WITHIN_S)
        with pytest.raises(TimeoutError):
            made.recv(1)
        made.settimeout(60)
    made.close()


def test_more_connections_than_it_takes_are_told_so(desk: Desk) -> None:
    held = []
    for _ in range(MOST):
        held.append(opened(desk, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"))
        assert answered(held[-1]).startswith(b"HTTP/1.1 200 ")
    one_more = rest(opened(desk, b"GET /v1/queue HTTP/1.1\r\nHost: x\r\n" + key(desk) + b"\r\n"))
    assert one_more.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 1" in one_more.lower()
    health = rest(opened(desk, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    assert health.startswith(b"HTTP/1.1 200 ")
    for each in held:
        each.close()
    assert served(desk)


# Whoever has no key is told so before a large body is looked at.

LARGE, PATH = 4_000_000, "/v1/tickets/bulk"
HEAD = b"POST /v1/tickets/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
NO_KEY = {
    "none": b"Content-Length: %d\r\n" % LARGE,
    "none, and a length that is not known": b"Transfer-Encoding: chunked\r\n",
    "a wrong one": b"Authorization: Bearer nonsense\r\nContent-Length: %d\r\n" % LARGE,
    "none, and asks first whether to send": b"Expect: 100-continue\r\nContent-Length: %d\r\n" % LARGE,
}


@pytest.mark.parametrize("more", NO_KEY.values(), ids=NO_KEY)
def test_without_a_key_the_answer_comes_before_the_body_and_ends_the_connection(desk: Desk, more: bytes) -> None:
    head, _, body = rest(opened(desk, HEAD + more + b"\r\n")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in head.lower()
    assert b"www-authenticate: bearer" in head.lower()
    assert json.loads(body)["status"] == 401  # and nothing after it


def counted(desk: Desk) -> dict[tuple[str, ...], float]:
    """What the service has counted of the path of `HEAD`."""
    made = opened(desk, b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    text = rest(made).partition(b"\r\n\r\n")[2].decode()
    found = [each for family in text_string_to_metric_families(text) for each in family.samples if each.labels.get("route") == PATH]
    return {(each.name, *each.labels.values()): each.value for each in found}


def test_what_is_answered_before_the_body_is_counted_under_its_route_with_the_time_until_the_answer(desk: Desk) -> None:
    def refused() -> tuple[float, float]:
        found = counted(desk)
        within = found.get(("respite_request_seconds_bucket", "0.5", PATH), 0.0)
        return found.get(("respite_requests_total", "POST", PATH, "401"), 0.0), within

    before = refused()
    assert rest(opened(desk, HEAD + NO_KEY["none"] + b"\r\n")).startswith(b"HTTP/1.1 401 ")  # the body never comes, until it hangs up
    until(lambda: refused()[0] > before[0])
    assert refused() == (before[0] + 1, before[1] + 1)


def test_who_sends_all_before_they_read_has_the_answer_and_no_reset(desk: Desk) -> None:
    made = opened(desk, HEAD + NO_KEY["none"] + b"\r\n", b" " * LARGE)
    assert rest(made).startswith(b"HTTP/1.1 401 ")


def test_with_a_key_a_large_body_is_read(desk: Desk) -> None:
    made = opened(desk, HEAD + key(desk) + NO_KEY["none"] + b"Connection: close\r\n\r\n", b"{}" + b" " * (LARGE - 2))
    assert rest(made).startswith(b"HTTP/1.1 422 ")


@pytest.mark.parametrize("path", [b"/v1/hooks/somebody", b"/login"])
def test_what_comes_without_a_key_is_smaller(desk: Desk, path: bytes) -> None:
    head = HEAD.replace(b"/v1/tickets/bulk", path) + NO_KEY["none"]
    answer = rest(opened(desk, head + b"\r\n"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"larger than 1048576 bytes" in answer
