"""The golden log: today's engine makes every decision of a stored day again, to the last number."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from router.events import Decided, Event, decode
from router.replay import replay
from router.state import TeamState

GOLDEN = Path(__file__).parent / "golden.jsonl.gz"


def golden() -> list[Event]:
    return [decode(*json.loads(line)) for line in gzip.decompress(GOLDEN.read_bytes()).decode().splitlines()]


def test_every_decision_is_made_again() -> None:
    log = golden()
    stored = sum(len(event.decisions) for event in log if isinstance(event, Decided))
    done = replay(TeamState(), log)
    count, differences = done.count, done.differences
    assert count == stored > 150
    assert differences == ()


def test_a_changed_decision_is_found() -> None:
    log = golden()
    index = next(i for i, event in enumerate(log) if isinstance(event, Decided) and event.decisions[0]["lane"] == "agent")
    right = log[index]
    assert isinstance(right, Decided)
    wrong = dict(right.decisions[0]) | {"because": []}
    log[index] = Decided(right.at_s, (wrong, *right.decisions[1:]))
    differences = replay(TeamState(), log).differences
    assert [each.revision for each in differences] == [index + 1]
    assert differences[0].stored == wrong
    assert differences[0].derived == right.decisions[0]
