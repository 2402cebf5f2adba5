"""Subscriptions: what is told, to whom, signed how; real subscribers over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from support.receiver import Receiver
from support.world import World
from support.world import world as make_world

LOOPBACK = "127.0.0.0/8"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with make_world(database_url, allow_private_targets=LOOPBACK, webhook_retry_s=0.02, webhook_retry_max_s=0.05) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def subscribe(world: World, receiver: Receiver, *types: str, who: str = "admin") -> dict[str, Any]:
    made: dict[str, Any] = world.ok(who, "POST", "/v1/subscriptions", {"url": f"{receiver.url}/in?x=1", "types": list(types)})
    return made


def test_an_assignment_is_told_signed_and_without_words(world: World, receiver: Receiver) -> None:
    world.agent("ana")
    made = subscribe(world, receiver, "ticket.assigned", "ticket.queued")
    assert made["secret"].startswith("whsec_")
    answer = world.ticket("T1", subject="SECRETWORDS")
    (heard,) = receiver.wait_for(1)
    Webhook(made["secret"]).verify(heard.body, heard.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(heard.body, heard.headers)
    assert heard.path == "/in?x=1"
    assert heard.headers["host"] == receiver.url.removeprefix("http://")
    event = heard.event
    assert (event["type"], event["id"], event["timestamp"]) == ("ticket.assigned", heard.headers["webhook-id"], world.at())
    assert event["data"] == {
        "ticket_id": "T1",
        "decision_id": answer["decision"]["id"],
        "agent_id": "ana",
        "override": False,
        "draft": False,
        "offer_expires_at": None,
    }
    assert "SECRETWORDS" not in heard.body.decode()
