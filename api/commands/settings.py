"""`respite settings`: every setting of the service, from the class that declares them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.common import Json, refuse, show
from api.settings import PREFIX, Settings

BEGIN, END = "<!-- respite settings -->", "<!-- end of settings -->"


def settings(
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table of the README.")] = False,
    into: Annotated[Path | None, typer.Option(help=f"Put the table into a file, between {BEGIN} and {END}.")] = None,
) -> None:
    """Every setting: its variable, default, bounds and unit, and what it is for."""
    if into is not None:
        _put(into)
    elif as_json:
        show(reference())
    elif markdown:
        typer.echo(as_markdown())
    else:
        for each in reference():
            default = "" if each["default"] is None else _plain(each["default"])
            typer.echo(f"{each['variable']}={default}   {_allowed(each)}\n    {each['what_for']}")


def reference() -> list[dict[str, Any]]:
    """Every setting in the order of the class: variable, default (None: not set), least and most (None: text), unit, what for."""
    found = []
    for item in dataclasses.fields(Settings):
        bound = item.metadata.get("bound")
        low, high = (None, None) if bound is None else (bound.low, bound.high)
        unit, why = (item.metadata["unit"], item.metadata["why"]) if bound is None else (bound.unit, bound.why)
        variable = PREFIX + item.name.upper()
        found.append({"variable": variable, "default": item.default, "low": low, "high": high, "unit": unit, "what_for": why})
    return found


def as_markdown() -> str:
    """The settings as a table of Markdown."""
    lines = ["| variable | default | allowed | what for |", "|---|---|---|---|"]
    for each in reference():
        default = "" if each["default"] is None else f"`{_plain(each['default'])}`"
        lines.append(f"| `{each['variable']}` | {default} | {_allowed(each)} | {each['what_for']} |")
    return "\n".join(lines)


def around(text: str) -> tuple[str, str, str]:
    """A file's text before the table, the table, and after it; raises `ValueError` where a mark is missing."""
    before, begun, rest = text.partition(f"{BEGIN}\n")
    table, ended, after = rest.partition(f"\n{END}")
    if not begun or not ended:
        raise ValueError(f"{BEGIN} and {END} must stand on lines of their own")
    return before + begun, table, ended + after


def _put(path: Path) -> None:
    try:
        before, _, after = around(path.read_text(encoding="utf-8"))
        path.write_text(before + as_markdown() + after, encoding="utf-8")
    except OSError as error:
        refuse(f"{path}: {error.strerror}")
    except ValueError as error:
        refuse(f"{path}: {error}")


def _allowed(each: dict[str, Any]) -> str:
    bounds = "" if each["low"] is None else f"{_plain(each['low'])} to {_plain(each['high'])} "
    return f"{bounds}{each['unit']}".strip()


def _plain(value: object) -> str:
    """A number in full, with no exponent and no needless zeros; text as it is."""
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
