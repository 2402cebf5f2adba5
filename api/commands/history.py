"""`respite import` and `respite replay-history`: a helpdesk's exported history, into the store or routed again in virtual time."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from api.commands.common import Json, interrupted, refuse, show
from api.commands.exports import load_history, load_map, load_policy, progress_bar
from api.commands.history_table import WAITS, print_table
from api.instants import text
from router.errors import Refused
from router.events import Event, TicketEvent, TicketOpened
from simulations.backfill import events
from simulations.presence import ASSUMED
from simulations.rerouting import Routed, reroute

ExportFile = Annotated[Path, typer.Argument(help="The export: CSV or JSON lines, gzipped or not.")]
MapName = Annotated[str, typer.Option("--map", help="The column map: a TOML file, or the name of one that comes with Respite.")]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first malformed row, with exit 2.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Only so many tickets, the oldest ones.")]
OUT_FORMATS = (".csv", ".jsonl")
REFUSED_SHOWN = 20


class Sink(Protocol):
    """A store that takes a history. `take` is all or nothing, gives how many of the events were new, and raises `Refused`.

    `forgotten`: those of the tickets that the store holds and the team's state has dropped since they are long over. They are left out,
    for the state could not tell a repeat of them from something new.
    """

    def now_s(self) -> float: ...
    def known_agents(self) -> Collection[str]: ...
    def known_accounts(self) -> Collection[str]: ...
    def forgotten(self, ticket_ids: Collection[str]) -> Collection[str]: ...
    def take(self, events: Sequence[Event]) -> int: ...


def replay_history(
    file: ExportFile,
    map_name: MapName,
    policy: Annotated[
        Path | None,
        typer.Option(help="The policy to route by: JSON as GET /v1/policy gives it, or TOML; a field left out: its default."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write one row per ticket, CSV or JSON lines by the file's ending.")] = None,
    strict: Strict = False,
    as_json: Json = False,
    limit: Limit = None,
) -> None:
    """Route a helpdesk's history again in virtual time: who had each ticket, and who would have got it."""
    if out is not None and (out.suffix not in OUT_FORMATS or out.is_dir() or not out.parent.is_dir()):
        refuse(f"--out: {out} must be a file that ends in {' or '.join(OUT_FORMATS)}, in a folder that exists")
    if out is not None and out.exists() and file.exists() and out.samefile(file):
        refuse("--out: the export itself would be overwritten")
    columns, rules = load_map(map_name), load_policy(policy)
    found = load_history(file, columns, strict)
    cases = found.cases[:limit]
    with progress_bar() as bar:
        task = bar.add_task("routing", total=len(cases))
        result = reroute(cases, columns, rules, lambda came: bar.update(task, completed=came))
    if out is not None:
        _write(out, result.routed)
    if as_json:
        totals = {name: value for name, value in _plain(result).items() if name != "routed"}
        show({"rows": found.rows, "malformed": len(found.bad), "assumed": ASSUMED, "waits": WAITS} | totals)
    else:
        print_table(found, cases, result, rules)


def import_command(open_sink: Callable[[], AbstractContextManager[Sink]], help: str = "") -> Callable[..., None]:
    """The command `import` for one kind of store; `help` is what it says of itself."""

    def import_(file: ExportFile, map_name: MapName, strict: Strict = False, as_json: Json = False, limit: Limit = None) -> None:
        with open_sink() as sink:
            import_history(sink, file, map_name, strict, as_json, limit)

    import_.__doc__ = help
    return import_


def import_history(sink: Sink, file: Path, map_name: str, strict: bool = False, as_json: bool = False, limit: int | None = None) -> None:
    """Offer a history to `sink`, ticket by ticket where a batch is refused; say what came of it."""
    columns, now_s = load_map(map_name), sink.now_s()
    found = load_history(file, columns, strict, latest_s=now_s)
    forgotten = frozenset(sink.forgotten([case.id for case in found.cases[:limit]]))
    cases = [case for case in found.cases[:limit] if case.id not in forgotten]
    refused: list[str] = []
    offered = new = 0
    with progress_bar() as bar:
        task = bar.add_task("importing", total=len(cases))
        for batch in events(cases, now_s, sink.known_agents(), sink.known_accounts()):
            offered += len(batch)
            try:
                for taken in _offer(sink, batch):
                    if isinstance(taken, int):
                        new += taken
                    elif strict:
                        refuse(f"{file}: {taken}")
                    else:
                        refused.append(taken)
            except KeyboardInterrupt:
                interrupted(f"at least {new:,} new events are stored; the same call goes on from there")
            bar.advance(task, sum(isinstance(event, TicketOpened) for event in batch))
    for why in refused[:REFUSED_SHOWN]:
        typer.echo(f"{file}: {why}", err=True)
    totals = {"rows": found.rows, "malformed": len(found.bad), "tickets": len(cases)}
    totals |= {"events_offered": offered, "events_new": new, "refused": len(refused)}
    if as_json:
        show(totals)
    else:
        typer.echo(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in totals.items()))
    if refused:
        raise typer.Exit(1)


def _offer(sink: Sink, batch: Sequence[Event]) -> Iterator[int | str]:
    """How many events of the batch were new, and why something of it was refused. A ticket that is refused is left out as a whole, and
    spoils no other."""
    try:
        yield sink.take(batch)
    except Refused:
        for part in _parts(batch):
            try:
                yield sink.take(part)
            except Refused as why:
                yield f"{_name(part[0])}: {why}"


def _parts(batch: Sequence[Event]) -> Iterator[list[Event]]:
    """The batch in pieces: each ticket with all its events, each agent and account by itself."""
    part: list[Event] = []
    for event in batch:
        if part and not isinstance(event, TicketEvent):
            yield part
            part = []
        part.append(event)
    if part:
        yield part


def _name(event: Event) -> str:
    return f"ticket {event.ticket_id!r}" if isinstance(event, TicketOpened) else type(event).__name__


def _write(out: Path, rows: Sequence[Routed]) -> None:
    plain = ({name: value for name, value in _plain(row).items() if name != "opened_s"} | {"opened_at": text(row.opened_s)} for row in rows)
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            if out.suffix == ".jsonl":
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in plain)
            else:
                names = [field.name for field in dataclasses.fields(Routed) if field.name != "opened_s"]
                writer = csv.DictWriter(file, [*names, "opened_at"])
                writer.writeheader()
                writer.writerows(plain)
    except OSError as error:
        refuse(f"--out: {out}: {error.strerror or error}")


def _plain(value: Any) -> dict[str, Any]:
    return dataclasses.asdict(value)
