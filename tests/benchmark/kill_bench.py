"""kill -9 a thousand times while requests come in: how many rounds leave nothing lost, nothing doubled and every break with its instant."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import kill_rounds

STORES, ROUNDS = 10, 100  # another course of the day in each store


def run(stores: int = STORES, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    """One row: the rounds that were survived over those that were asked for. What is lost or doubled raises."""
    found = Counter[str]()
    for seed in range(stores):
        with tempfile.TemporaryDirectory() as folder:
            found += Counter(kill_rounds.run(f"sqlite:///{folder}/killed.db", Path(folder), rounds, 100 * seed))
    told = ", ".join(f"{count} {name}" for name, count in found.items())
    asked = stores * rounds
    return [{"name": f"kill -9 at any moment ({told})", "ratio": found["rounds"] / asked, "bar": 1.0, "peer": f"{asked} rounds"}]


if __name__ == "__main__":
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else STORES))
