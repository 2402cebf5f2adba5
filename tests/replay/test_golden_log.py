"""The golden log: today's engine makes every decision of a stored day again, to the last number."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from router.decide import keeping
from router.events import Decided, Event, decode
from router.evolve import evolve
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
    assert (differences, done.others) == ((), {})


def test_of_another_engine_s_decisions_it_is_told_how_many_tickets_go_elsewhere_by_this_one() -> None:
    log, of = golden(), 0
    places = [i for i, event in enumerate(log) if isinstance(event, Decided)][:20]
    for index in places:
        event = log[index]
        assert isinstance(event, Decided)
        made = [each | {"engine": "another", "because": []} for each in event.decisions]
        made[0] |= {"bot": "no-bot-of-theirs"} if index in places[7:9] else {}
        of += len(made)
        log[index] = Decided(event.at_s, tuple(made))
    done = replay(TeamState(), log)
    assert (done.differences, done.erased, done.others) == ((), 0, {"another": (of, 2)})


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


def test_what_keeps_an_agent_from_a_ticket_is_what_its_decision_says() -> None:
    """An override is told by the code that decides which rules it breaks."""
    state, asked, kept = TeamState(), 0, 0
    for event in golden():
        for record in event.decisions if isinstance(event, Decided) else ():
            for other in record["not_others"]:
                found = keeping(state, record["ticket_id"], other["agent_id"], event.at_s)
                assert list(found) == [each["rule"] for each in other["rules"]]
                asked, kept = asked + 1, kept + bool(found)
        evolve(state, event)
    assert asked > kept > 100
