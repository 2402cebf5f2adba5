"""The digest of what was sent is of the text that the standard library makes of it, so that one that is stored is known again for ever."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from api.intake import NOT_OF_A_TICKET, digest
from api.schemas.feedback import FeedbackIn
from api.schemas.sent import TicketEventIn, TicketIn

ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
letters = st.characters(exclude_categories=["Cs"])
words = st.text(letters)
of_names = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\")
ids = st.text(of_names, min_size=1, max_size=100).filter(lambda text: not text.isspace() and text not in (".", ".."))
instants = st.datetimes().map(lambda each: f"{each.replace(year=2026).isoformat()}Z")


def some(least: dict[str, Any], more: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(least, optional=more)


facts = some(
    {},
    {
        "arr": st.floats(0, 1e12),
        "usage_trend": st.floats(-1, 10),
        "tier": ids,
        "open_escalations": st.integers(0, 10_000),
        "renewal_date": st.just("2026-09-30"),
    },
)
tickets = some(
    {"id": ids, "account_id": ids, "subject": words, "created_at": instants},
    {
        "occurred_at": instants,
        "body": words,
        "channel": st.sampled_from(["email", "chat", "phone", "web"]),
        "category": ids,
        "tags": st.lists(ids, unique=True),
        "skills": st.lists(ids, max_size=20, unique=True),
        "target_at": instants,
        "expected_handle_s": st.floats(0, 86_400, exclude_min=True),
        "escalated": st.booleans(),
        "reopened_count": st.integers(0, 1000),
        "automation": some({}, {"intent": ids, "confidence": st.floats(0, 1)}),
        "account": facts,
    },
)
ticket_events = some({"type": st.just("message")}, {"occurred_at": instants, "agent_id": ids, "event_id": ids, "body": words})
reviews = st.fixed_dictionaries({name: st.integers(1, 3) for name in ("acknowledged", "listened", "clear", "owned")})
praised = st.text(letters, min_size=1, max_size=1000)
feedback = some({"id": ids, "ticket_id": ids, "praise": praised}, {"felt_understood": st.integers(1, 10), "review": reviews})
SENT = [(TicketIn, tickets, NOT_OF_A_TICKET), (TicketEventIn, ticket_events, frozenset()), (FeedbackIn, feedback, frozenset())]


@pytest.mark.parametrize(("model", "sent", "without"), SENT)
@given(data=st.data())
def test_a_digest_is_of_the_text_of_the_standard_library(
    model: type[BaseModel], sent: st.SearchStrategy[dict[str, Any]], without: frozenset[str], data: st.DataObject
) -> None:
    told = model.model_validate(data.draw(sent))
    text = ENCODER.encode(told.model_dump(mode="json", exclude=set(without)))
    assert digest(told, without=without) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("number", [1e-05, 1e-7, 5e-324, 0.1 + 0.2, 1e12, 0.0, -0.0])
def test_so_are_numbers_that_others_write_otherwise(number: float) -> None:
    told = TicketIn.model_validate(
        {"id": "T1", "account_id": "a", "subject": "s", "created_at": "2026-03-02T12:00:00Z", "account": {"arr": number}}
    )
    assert digest(told) == hashlib.sha256(ENCODER.encode(told.model_dump(mode="json")).encode()).hexdigest()
