"""Writes the golden log: a day of random events with every decision as this engine makes it. To be run when decisions are meant to change.

python tests/replay/make_golden.py
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from api.json_text import to_json
from router.events import Event, encode
from router.state import TeamState
from router.turn import conclude
from support.streams import stream, take_in

GOLDEN = Path(__file__).parent / "golden.jsonl.gz"


def main() -> None:
    state, log = TeamState(), list[Event]()
    for batch, now_s in stream(np.random.default_rng(2026), 300, agents=6, accounts=15):
        log += take_in(state, batch)
        log += conclude(state, now_s)
    lines = "".join(to_json(encode(event)) + "\n" for event in log)
    GOLDEN.write_bytes(gzip.compress(lines.encode(), mtime=0))


if __name__ == "__main__":
    main()
