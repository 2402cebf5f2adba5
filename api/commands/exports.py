"""What commands read: a helpdesk's export with its column map, and a policy file; bad ones end with exit 2."""

from __future__ import annotations

import gzip
import io
import json
import tomllib
import zlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from api.commands.common import BAD_INPUT, refuse
from api.schemas.policy import READ_ONLY
from fatigue_model.bounds import InvalidValues
from router.policy import Policy, policy_from
from simulations.columns import ColumnMap, column_map
from simulations.entries import LATEST_S
from simulations.history import History, MalformedRow, read
from simulations.rows import NoHeader

GZIP = b"\x1f\x8b"
BAD_ROWS_SHOWN = 20


def progress_bar() -> Progress:
    """A bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def load_map(name: str) -> ColumnMap:
    """The map in a file, or the shipped one of that name."""
    shipped = files("simulations").joinpath("maps")
    path = Path(name)
    if path.is_file():
        text = _text(path)
    elif (inside := shipped.joinpath(f"{name}.toml")).is_file() and path.name == name:
        text = inside.read_text(encoding="utf-8")
    else:
        names = sorted(each.name.removesuffix(".toml") for each in shipped.iterdir() if each.name.endswith(".toml"))
        refuse(f"--map: there is no file {name!r}; maps that come with Respite: {', '.join(names)}")
    try:
        return column_map(text)
    except InvalidValues as invalid:
        refuse_all(f"--map {name}", invalid)


def load_policy(path: Path | None) -> Policy:
    """The policy in a JSON or TOML file, alone or as `GET /v1/policy` answers it; without a file the default one."""
    if path is None:
        return Policy()
    try:
        return policy_in(path)
    except InvalidValues as invalid:
        refuse_all(str(path), invalid)


def policy_in(path: Path) -> Policy:
    """The policy in a file; raises `InvalidValues` with every violation. A file that can't be read as one ends with exit 2."""
    text = _text(path)
    try:
        values = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        return policy_from(_policy_values(values))
    except InvalidValues:  # a `ValueError`, too
        raise
    except RecursionError:
        refuse(f"{path}: nested too deeply for a policy")
    except ValueError as error:
        refuse(f"{path}: not {'TOML' if path.suffix == '.toml' else 'JSON'}: {error}")


def _policy_values(values: Any) -> Any:
    """What is left when it is taken out of what it came in, without what PUT /v1/policy passes over."""
    wrapped = isinstance(values, Mapping) and isinstance(values.get("policy"), Mapping)
    found = values["policy"] if wrapped else values
    return {name: each for name, each in found.items() if name not in READ_ONLY} if isinstance(found, Mapping) else found


def load_history(file: Path, columns: ColumnMap, strict: bool, latest_s: float = LATEST_S) -> History:
    """The history in a file, gzipped or not, with a bar; malformed rows are told on standard error."""
    try:
        with progress_bar() as bar, bar.open(file, "rb", description="reading") as raw:
            plain = io.BufferedReader(cast(io.RawIOBase, raw))
            if not plain.peek(1):
                refuse(f"{file} is empty")
            packed = plain.peek(2)[:2] == GZIP
            unpacked = gzip.GzipFile(fileobj=plain) if packed else plain
            with io.TextIOWrapper(unpacked, columns.encoding, errors="surrogateescape", newline="") as lines:
                found = read(lines, columns, strict, latest_s)
    except MalformedRow as malformed:
        refuse(f"{file}: {malformed}")
    except NoHeader:
        refuse(f"{file} has no header: its first line is blank")
    except InvalidValues as invalid:
        refuse_all(f"{file}, with --map", invalid)
    except OSError as error:
        refuse(f"{file}: {error.strerror or error}")
    except (EOFError, zlib.error, UnicodeError) as error:
        refuse(f"{file}: {error}")
    _tell(file, found)
    if not found.cases:
        refuse(f"{file}: no ticket could be read")
    return found


def _tell(file: Path, found: History) -> None:
    for bad in found.bad[:BAD_ROWS_SHOWN]:
        typer.echo(f"{file}: {bad}", err=True)
    if len(found.bad) > BAD_ROWS_SHOWN:
        typer.echo(f"{file}: and {len(found.bad) - BAD_ROWS_SHOWN} more malformed rows", err=True)
    for word, count in sorted(found.unmapped.items()):
        typer.echo(f"{file}: {word} is not in the map: {count} rows", err=True)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        refuse(f"{path}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        refuse(f"{path}: not UTF-8: {error.reason}")


def refuse_all(what: str, invalid: InvalidValues) -> NoReturn:
    """Say every violation, one line each, and exit with 2."""
    for violation in invalid.violations:
        typer.echo(f"respite: {what}: {violation}", err=True)
    raise typer.Exit(BAD_INPUT)
