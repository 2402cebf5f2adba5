"""What every command that runs simulations shares: where they run, what is kept of them, the words of `--set`, a bar with the time left."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from api.commands.common import refuse
from api.jobs.parallel import BackendError, replicate
from api.kept import KeptReplications
from simulations.scenario import Scenario

Backend = Annotated[str, typer.Option(help="Where runs are made: loky (every core of this machine), serial, dask or ray (a cluster).")]
Address = Annotated[str | None, typer.Option(help="Of a running dask scheduler or ray cluster.")]
Keep = Annotated[Path | None, typer.Option(help="A directory to keep finished runs in; a second call goes on from them.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A change: agents=-2, agents.GROUP=+1, volume=+20%, automation=60%, break=15, rotation=3, aht=-10%, "
        "or any setting by its path: /run/days=28. May be given several times.",
    ),
]


@dataclass(slots=True)
class Runs:
    """Measures for a study, on the backend that was asked for, and shows how far it is. Mutable: it counts over the study's rounds."""

    backend: str
    address: str | None
    kept: KeptReplications | None
    progress: Progress
    task: TaskID
    before: int = 0

    def measure(self, scenarios: Mapping[str, Scenario], replications: Sequence[int]) -> dict[str, list[dict[str, float]]]:
        """A `simulations.study.Measure`."""
        found = replicate(scenarios, replications, self.backend, self.address, self._told, None, self.kept)
        self.before += len(scenarios) * len(replications)
        return found

    def expect(self, runs: int) -> None:
        """How many runs the whole study is expected to take."""
        self.progress.update(self.task, total=runs)

    def _told(self, done: int, of: int) -> None:
        total = self.progress.tasks[self.task].total or 0
        self.progress.update(self.task, completed=self.before + done, total=max(total, self.before + of))


@contextlib.contextmanager
def runs(backend: str, address: str | None, keep: Path | None, expected: int) -> Iterator[Runs]:
    """Begin to measure; one line and exit 2 where the backend or the directory is not to be had."""
    try:
        with contextlib.ExitStack() as open_:
            kept = None if keep is None else open_.enter_context(contextlib.closing(KeptReplications(keep)))
            bar = open_.enter_context(_bar())
            yield Runs(backend, address, kept, bar, bar.add_task("simulating", total=expected))
    except BackendError as error:
        refuse(str(error))
    except OSError as error:
        refuse(f"{keep}: {error.strerror}")


@contextlib.contextmanager
def progress(expected: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error with the time left; what is given is to be called after each run."""
    with _bar() as bar:
        task = bar.add_task("simulating", total=expected)
        yield lambda: bar.advance(task)


def _bar() -> Progress:
    """Where nobody looks there is none."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def words(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """`name=value` options by name; one line and exit 2 for one that is not of this form, or is there twice."""
    found: dict[str, str] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals or not name or not value:
            refuse(f"{option} {each}: name=value, please")
        if name in found:
            refuse(f"{option} {name}: given twice")
        found[name] = value
    return found
