"""Signatures of Standard Webhooks: the published example, ours against an HMAC made here, and what is not believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from api.hooks.post import Failure, failure_of
from api.hooks.webhooks import new_secret, problem_with, signed
from support.world import NOON_S

VECTORS = Path(__file__).parents[3] / "shared" / "helpdesks" / "payloads" / "signature_vectors.json"
# from the specification, https://github.com/standard-webhooks/standard-webhooks
SECRET, ID, AT_S, BODY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def by_hand(secret: str, letter_id: str, at_s: int, body: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, f"{letter_id}.{at_s}.{body}".encode(), hashlib.sha256).digest()).decode()


def test_the_published_example() -> None:
    headers = signed(ID, BODY, [SECRET], AT_S + 0.9)
    assert headers == {"webhook-id": ID, "webhook-timestamp": str(AT_S), "webhook-signature": SIGNATURE}
    assert by_hand(SECRET, ID, AT_S, BODY) == SIGNATURE
    assert problem_with(headers, BODY.encode(), [SECRET], AT_S + 1, 300) is None


@pytest.mark.skipif(not VECTORS.is_file(), reason="the vectors are not part of the repository")
def test_the_vectors() -> None:
    vectors = json.loads(VECTORS.read_text())["vectors"]
    told = {name: value for name, value in vectors.items() if "standard" in name and "(secret" in name}
    assert len(told) == 2
    body = json.loads(VECTORS.read_text())["body"]
    for name, signature in told.items():
        found = re.search(r"secret (\S+), (?:id )?(\S+), (?:timestamp )?(\d+)(?:, (.*))?\)$", name)
        assert found is not None
        secret, letter_id, at_s, own_body = found.groups()
        assert signed(letter_id, own_body or body, [secret], int(at_s))["webhook-signature"] == signature


def test_two_secrets_sign_and_either_is_believed() -> None:
    first, second, other = new_secret(), new_secret(), new_secret()
    headers = signed("evt_1", "{}", [first, second], AT_S)
    assert headers["webhook-signature"] == " ".join(by_hand(each, "evt_1", AT_S, "{}") for each in (first, second))
    for known in ([first], [second], [other, second]):
        assert problem_with(headers, b"{}", known, AT_S, 1) is None
    assert problem_with(headers, b"{}", [other], AT_S, 1) == "no signature in webhook-signature is right"


def test_secrets_are_long_enough_and_differ() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b64decode(each.removeprefix("whsec_"))) for each in made} == {32}
    assert Webhook(made.pop())


def test_the_time_stamp_has_a_tolerance_on_both_sides() -> None:
    headers = signed("evt_1", "{}", [SECRET], AT_S)
    assert [problem_with(headers, b"{}", [SECRET], AT_S + off_s, 300) is None for off_s in (-301, -300, 0, 300, 301)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert problem_with(headers, b"{}", [SECRET], AT_S + 301, 302) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", ""),
        ("webhook-id", "x" * 256),
        ("webhook-id", "with space"),
        ("webhook-timestamp", "1614265330.0"),
        ("webhook-timestamp", "-1614265330"),
        ("webhook-timestamp", "9" * 12),
        ("webhook-timestamp", "9" * 13),
        ("webhook-timestamp", "١٦١٤٢٦٥٣٣٠"),
        ("webhook-signature", ""),
        ("webhook-signature", "v1"),
        ("webhook-signature", "v1,é"),
        ("webhook-signature", ",".join([SIGNATURE] * 3)),
        ("webhook-signature", " ".join(["v1,x"] * 20 + [SIGNATURE])),  # a sender has two secrets, not twenty
        ("webhook-signature", SIGNATURE.replace("v1,", "v1a,")),
    ],
)
def test_what_is_malformed_is_a_refusal_and_no_error(name: str, value: str) -> None:
    assert problem_with({**signed(ID, BODY, [SECRET], AT_S), name: value}, BODY.encode(), [SECRET], AT_S, 300) is not None


def test_another_body_is_not_believed_and_bytes_that_are_no_text_neither() -> None:
    headers = signed(ID, BODY, [SECRET], AT_S)
    assert problem_with(headers, BODY.encode() + b" ", [SECRET], AT_S, 300) is not None
    assert problem_with(headers, b"\xff", [SECRET], AT_S, 300) is not None


@pytest.mark.parametrize(
    ("status", "asked", "after_s"),
    [
        (429, "120", 120.0),
        (503, "Mon, 02 Mar 2026 12:00:30 GMT", 30.0),
        (503, "Mon, 02 Mar 2026 11:00:00 GMT", 0.0),
        (429, "-5", 0.0),
        (429, "soon", 0.0),
        (429, "9" * 5000, 9_999_999_999.0),
        (500, "120", 0.0),
    ],
)
def test_how_long_an_answer_asks_to_wait(status: int, asked: str, after_s: float) -> None:
    assert failure_of(status, [(b"Retry-After", asked.encode())], NOON_S) == Failure(f"answered {status}", False, after_s)
