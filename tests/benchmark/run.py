"""Run every benchmark, print its ratios beside their bars, and keep them in `var/bench.json`.

Each module named in `MODULES` has `run()`, which gives rows of name, ratio (how many times the peer's time or size
ours is below, or, where the name says so, how far a limit is above what was found), bar (None: reported only), peer,
ours_s, peer_s. A missed bar is printed and does not fail the run: a busy machine is no regression.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = ROOT / "var" / "bench.json"
MODULES = (  # what takes seconds first; the rounds of kill -9 last, for they take longest
    "fatigue_bench",
    "single_bench",
    "assign_bench",
    "exact_bench",
    "plan_bench",
    "staff_bench",
    "contest_bench",
    "study_bench",
    "queue_bench",
    "engine_bench",
    "telling_bench",
    "hooks_bench",
    "http_bench",
    "stream_bench",
    "jobs_bench",
    "soak_bench",
    "kill_bench",
)


def machine() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "ortools": version("ortools"),
        "cpus": os.cpu_count(),
    }


def verdict(row: dict[str, Any]) -> str:
    if row.get("bar") is None:
        return "–"
    return "yes" if row["ratio"] >= row["bar"] else "no"


def show(rows: list[dict[str, Any]], console: Console) -> None:
    table = Table("what", "ratio", "bar", "ok", "peer")
    for row in rows:
        bar = "–" if row.get("bar") is None else f"{row['bar']:g}×"
        table.add_row(row["name"], f"{row['ratio']:.1f}×", bar, verdict(row), str(row["peer"]))
    console.print(table)


def keep(rows: list[dict[str, Any]]) -> None:
    """After each module, so that one that breaks off loses nothing of those before."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    sys.path[:0] = [str(HERE), str(HERE.parent), str(ROOT)]
    console, rows, crashed = Console(), [], False
    for name in MODULES:
        if not (HERE / f"{name}.py").exists():
            continue
        console.print(f"{name} …")
        begun_s = time.monotonic()
        try:
            rows += [{**row, "module": name} for row in import_module(name).run()]
        except ModuleNotFoundError as missing:
            told = {"name": f"{name}: not run", "ratio": 0.0, "bar": None, "peer": f"{missing.name} is not installed"}
            rows.append({**told, "module": name})
        except Exception:  # the others still run
            console.print_exception()
            crashed = True
        console.print(f"{name}: {time.monotonic() - begun_s:.0f} s")
        keep(rows)
    show(rows, console)
    console.print(f"written to {TARGET.relative_to(ROOT)}")
    return int(crashed)


if __name__ == "__main__":
    sys.exit(main())
