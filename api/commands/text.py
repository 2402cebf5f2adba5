"""`respite score-text` and `respite text-report`: how hard messages are to take, and how well the score tells."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from api.commands.common import BAD_INPUT, AlreadyJson, Json, refuse, show
from fatigue_model.params import DEFAULTS
from fatigue_model.text import score_text as score
from fatigue_model.text_quality import Quality, quality

HARD = frozenset(("anger", "annoyance"))
NEUTRAL = frozenset(("neutral",))
SEED = 2026


def score_text(as_json: AlreadyJson = False) -> None:
    """Score JSON lines `{"text": …}` from standard input, with `subject` where there is one; a line of JSON for each."""
    bad = False
    for number, line in enumerate(sys.stdin, 1):
        if line.strip():
            try:
                answer = _scored(line)
            except ValueError as error:
                bad = True
                typer.echo(f"respite: line {number}: {error}", err=True)
                answer = {"points": None, "score": None, "threat": None, "reason": f"not scored: {error}"}
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    if bad:
        raise typer.Exit(BAD_INPUT)


def _scored(line: str) -> dict[str, Any]:
    given = _object(line)
    texts = {name: given.get(name, "") for name in ("text", "subject")}
    wrong = next((name for name, value in texts.items() if not isinstance(value, str)), None)
    if "text" not in given or wrong is not None:
        raise ValueError(f"{wrong or 'text'} must be a string")
    found = score(texts["text"], texts["subject"])
    return {"points": found.points(DEFAULTS), "score": found.score, "threat": found.grave, "reason": found.reason}


def _object(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from error
    if not isinstance(given, dict):
        raise ValueError("must be an object with a text")
    return given


def text_report(
    file: Annotated[Path, typer.Argument(help='JSON lines {"text", "hard": true|false}, or GoEmotions: text, label numbers, id by tabs.')],
    labels: Annotated[Path | None, typer.Option(help="The names of the labels, one a line, where FILE has numbers.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the ROC curve and the calibration as one HTML page.")] = None,
    json_output: Json = False,
) -> None:
    """How well the score tells hard messages from easy ones: area under the ROC curve, and calibration."""
    try:
        rows = list(_rows(file, labels))
        scored = [(score(text).score, hard) for text, hard in rows]
        judged = [(each, hard) for each, hard in scored if each is not None]
        found = quality([each for each, _ in judged], [hard for _, hard in judged], np.random.default_rng(SEED))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        refuse(f"{file}: {error.strerror if isinstance(error, OSError) else error}")
    if out is not None:
        from api.commands.text_plots import page

        out.write_text(page(found, file.name), encoding="utf-8")
    if json_output:
        show({"messages": len(rows), "judged": len(judged), **found.as_mapping()})
    else:
        _print(found, len(rows), len(judged))


def _print(found: Quality, messages: int, judged: int) -> None:
    low, high = found.auc_95
    console = Console(highlight=False, markup=False)
    console.print(f"{messages} messages, {judged} of them can be judged; {found.hard} hard, {found.easy} easy")
    console.print(f"area under the ROC curve {found.auc:.3f} (95 %: {low:.3f} to {high:.3f})")
    console.print(f"Brier score {found.brier:.3f}; mean gap between score and share of hard messages {found.calibration_gap:.3f}")


def _rows(file: Path, labels: Path | None) -> Iterator[tuple[str, bool]]:
    raw = file.read_bytes()
    text = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode()
    lines = enumerate(text.splitlines(), 1)
    if ".tsv" in file.suffixes:
        beside = labels or file.parent / "labels.txt"
        yield from _emotions(lines, beside.read_text(encoding="utf-8").split())
        return
    for number, line in lines:
        if line.strip():
            given = _object(line)
            if not isinstance(given.get("text"), str) or not isinstance(given.get("hard"), bool):
                raise ValueError(f"line {number}: must have a text (string) and hard (true or false)")
            yield given["text"], given["hard"]


def _emotions(lines: Iterable[tuple[int, str]], names: list[str]) -> Iterator[tuple[str, bool]]:
    """Hard is anger or annoyance, easy is neutral alone; the rest is left out."""
    for number, line in lines:
        parts = line.split("\t")
        try:
            emotions = {names[int(each)] for each in parts[1].split(",")}
        except (IndexError, ValueError) as error:
            raise ValueError(f"line {number}: must have a text and label numbers under {len(names)}, separated by a tab") from error
        if emotions & HARD or emotions == NEUTRAL:
            yield parts[0], bool(emotions & HARD)
