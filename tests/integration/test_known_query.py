"""Query parameters that a call does not declare are refused, by all calls in one way; who watches, posts hooks or browses may add any."""

from __future__ import annotations

import pytest

from support.world import World

OTHERS = ("/healthz", "/readyz", "/metrics", "/v1/hooks/")


@pytest.mark.parametrize(
    ("path", "unknown", "told"),
    [
        ("/v1/tickets?stat=waiting", ["stat"], "state, limit, after"),
        ("/v1/decisions?ticket=T1&x=2&limit=5", ["ticket", "x"], "ticket_id, explain, without, limit, after"),
        ("/v1/policy?version=1", ["version"], "none"),
    ],
)
def test_a_misspelt_parameter_is_no_list_of_everything(world: World, path: str, unknown: list[str], told: str) -> None:
    refused = world("manager", "GET", path)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"pointer": f"/query/{each}", "detail": f"is not a known parameter; this call takes {told}"} for each in unknown
    ]


def test_every_call_of_the_api_refuses_what_it_does_not_know_and_says_so_in_the_schema(world: World) -> None:
    seen = 0
    for path, methods in world.client.get("/openapi.json").json()["paths"].items():
        for method, call in methods.items():
            answer = world("manager", method.upper(), path.replace("{", "").replace("}", "") + "?nonsense=1")
            pointers = [each["pointer"] for each in answer.json().get("errors", ())] if "json" in answer.headers["content-type"] else []
            assert (pointers == ["/query/nonsense"]) == (not path.startswith(OTHERS)), (method, path, answer.text)
            if pointers:
                seen += 1
                assert answer.status_code == 422
                assert "422" in call["responses"], (method, path)
    assert seen > 40
