"""The settings of the service, read from the environment here and nowhere else."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.hooks.targets import Network, networks
from fatigue_model.bounds import bounded, check_number

PREFIX = "RESPITE_"
DEFAULT_DATABASE_URL = "sqlite:///var/respite.db"
DEFAULT_TEAM = "default"
DEMO_STORE = Path("var/demo.db")  # in the folder that the demo is begun in
CHOICES = {"cpu_affinity": ("one", "any"), "log_format": ("text", "json"), "log_level": ("debug", "info", "warning", "error")}
EVERYBODY = "0.0.0.0/0,::/0"
MISSPELT_FROM = 0.8  # likeness; less is somebody else's, as what Kubernetes sets for a service of that name


class SettingError(ValueError):
    """A setting that can't be used; the message is one line that names it."""


def worded(default: str | None, why: str, unit: str = "") -> Any:
    """A field of `Settings` that holds text: its default (None: not set), what it is for, and how it is written."""
    return dataclasses.field(default=default, metadata={"why": why, "unit": unit})


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is the variable `RESPITE_<FIELD>`: a number (`bounded`) or text (`worded`)."""

    database_url: str = worded(DEFAULT_DATABASE_URL, "where the log is kept, for every command: SQLite or PostgreSQL", "URL")
    host: str = worded("127.0.0.1", "the address that the service listens on", "name or address")
    port: int = bounded(8000, 1, 65535, "", "the port that the service listens on")
    workers: int = bounded(1, 1, 64, "processes", "that serve, on PostgreSQL; one a core is enough")
    cpu_affinity: str = worded(
        "one", "one: the event loop and the writer of a process stay together on one CPU, where more gets done (on Linux)", "one or any"
    )
    clock_rate: float = bounded(1.0, 0.001, 100_000, "times life", "for demos and tests: how fast the clock of the service runs")
    max_body_bytes: int = bounded(
        4_194_304,
        1024,
        104_857_600,
        "bytes",
        "a larger request is refused with 413, as is a webhook over 1 MiB; a bulk call of 500 has 8 KiB for each ticket",
    )
    request_within_s: float = bounded(
        30.0, 0.1, 3600, "s", "how long a request may take to come, and a second more for each KiB; a slower one is let go with 408"
    )
    connections_max: int = bounded(12_000, 10, 1_000_000, "connections", "open at once in one process; more are answered 503")
    trusted_proxies: str = worded(
        "127.0.0.1",
        "whose word is taken for who called and whether by TLS (X-Forwarded-For, -Proto)",
        "addresses and networks, none, or * for everybody",
    )
    metrics_from: str = worded(
        "127.0.0.1,::1",
        "who reads /metrics without a key, where no proxy says that it is between; none where one on this machine may not say so",
        "addresses and networks, or none",
    )
    calls_per_s: float = bounded(200.0, 0.1, 1e6, "calls/s", "of one key, ten seconds of it at once; more are refused with 429")
    calls_per_s_helpdesk: float = bounded(5000.0, 0.1, 1e6, "calls/s", "the same for a key of role helpdesk, which is a whole helpdesk")
    failures_per_min: float = bounded(60.0, 1, 1e6, "", "wrong keys from one address before only keys are taken that were seen to be right")
    session_s: float = bounded(43_200.0, 60, 2_592_000, "s", "how long somebody stays signed in to the pages at most")
    session_rest_s: float = bounded(14_400.0, 60, 2_592_000, "s", "how long a session may go unused")
    database_connect_s: int = bounded(5, 2, 300, "s", "how long a connection to PostgreSQL may take to come about")
    database_wait_s: float = bounded(30.0, 0.1, 3600, "s", "how long a statement on PostgreSQL, or a lock of SQLite, may take before a 503")
    answer_within_s: float = bounded(30.0, 0.1, 3600, "s", "a request that is not answered by then gets a 503; it may yet be carried out")
    log_format: str = worded("text", "how the lines of the log are written, to standard error", "text or json")
    log_level: str = worded("info", "the least that the log tells; from info on each request and turn", "debug, info, warning or error")
    batch_max: int = bounded(500, 1, 10_000, "requests", "most requests decided and committed together; a bulk call of more is cut")
    heartbeat_s: float = bounded(15.0, 0.1, 3600, "s", "how often an open stream says that it is alive")
    webhook_timeout_s: float = bounded(10.0, 0.1, 60, "s", "a subscriber that takes longer to answer has not got the event")
    webhook_at_once: int = bounded(8, 1, 100, "events", "on their way to one subscriber at once, each of another ticket")
    webhook_retry_s: float = bounded(5.0, 0.01, 3600, "s", "until the first retry of an event; doubled each time, with jitter")
    webhook_retry_max_s: float = bounded(
        3600.0, 0.01, 86_400, "s", "longest wait between two tries of an event, also where the subscriber asks for more"
    )
    webhook_give_up_s: float = bounded(86_400.0, 0.0, 2_592_000, "s", "an event that fails after so long is a dead letter")
    webhook_overlap_s: float = bounded(86_400.0, 0.0, 2_592_000, "s", "so long a rotated secret goes on beside the new one")
    webhook_tolerance_s: float = bounded(300.0, 1, 86_400, "s", "a helpdesk's webhook whose time-stamp is further off is refused")
    webhook_kept_s: float = bounded(
        604_800.0, 60, 31_536_000, "s", "so long dead letters are kept, with the words that a helpdesk's may have"
    )
    allow_private_targets: str = worded(
        "none", "networks that get events although they are not public, over http, too", "networks, or none"
    )
    streams_per_key: int = bounded(1000, 1, 1_000_000, "streams", "open at once with one key; more are refused with 429")
    streams_max: int = bounded(10_000, 1, 1_000_000, "streams", "open at once in one process; each takes an open file and about 15 KiB")
    job_processes: int = bounded(0, 0, 512, "processes", "for what-if jobs; 0: one fewer than there are cores, so that routing keeps one")
    job_nice: int = bounded(19, 0, 19, "", "how far what-if jobs step back; at 19 they get only time that nobody else wants (on Linux)")
    jobs_per_key: int = bounded(5, 1, 1000, "jobs", "queued and running at once for one key; more are refused with 429")
    jobs_kept: int = bounded(200, 1, 100_000, "jobs", "results kept for each team; the oldest go")
    job_tickets_max: float = bounded(2e6, 1, 1e9, "tickets", "in one run of a what-if job: they are all in memory")
    job_work_max: float = bounded(5e9, 1, 1e15, "", "agents × tickets × runs of a what-if job: how long it may take")
    points_days: int = bounded(
        90, 32, 90, "d", "how long numbers of people are kept: points, taps, costs of choices; a month more where the log begins"
    )
    log_days: int = bounded(
        365, 183, 3660, "d", "how long decisions, breaks, looks and tickets that are over are kept (EU AI Act, Art. 26: half a year)"
    )
    jobs_days: int = bounded(90, 1, 3660, "d", "how long what-if jobs that have ended are kept")
    deletions_file: str | None = worded(
        None, "what people had deleted, kept outside of the database, for restoring an older backup", "path"
    )

    def __getstate__(self) -> dict[str, Any]:
        """For another process, by name: that may run a version which has other fields, in another order."""
        return {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}

    def __setstate__(self, given: Mapping[str, Any]) -> None:
        for each in dataclasses.fields(self):
            object.__setattr__(self, each.name, given.get(each.name, each.default))

    @property
    def private_networks(self) -> tuple[Network, ...]:
        """What `allow_private_targets` names; raises `ValueError` where that is no network."""
        return networks(self.allow_private_targets)

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        """What `trusted_proxies` names; raises `ValueError` where that is no network."""
        return networks(EVERYBODY if self.trusted_proxies == "*" else self.trusted_proxies)

    @property
    def metrics_networks(self) -> tuple[Network, ...]:
        """What `metrics_from` names; raises `ValueError` where that is no network."""
        return networks(self.metrics_from)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings from variables, defaults elsewhere; raises `SettingError` naming the first wrong or misspelt one."""
    _refuse_misspelt(environment)
    values: dict[str, object] = {}
    for item in dataclasses.fields(Settings):
        name = PREFIX + item.name.upper()
        text = environment.get(name)
        if text is None:
            continue
        if "bound" in item.metadata:
            values[item.name] = _number(name, text, item)
        elif not text:
            raise SettingError(f"{name} is empty; allowed: {', '.join(CHOICES.get(item.name, (item.metadata['unit'],)))}")
        elif text not in CHOICES.get(item.name, (text,)):
            raise SettingError(f"{name} is {text!r}; allowed: {', '.join(CHOICES[item.name])}")
        else:
            values[item.name] = text
    settings = Settings(**values)  # type: ignore[arg-type]
    _read("ALLOW_PRIVATE_TARGETS", lambda: settings.private_networks, "none, or networks such as 10.0.0.0/8,fd00::/8")
    _read(
        "TRUSTED_PROXIES", lambda: settings.trusted_networks, "none, addresses and networks such as 10.0.0.5,fd00::/8, or * for everybody"
    )
    _read("METRICS_FROM", lambda: settings.metrics_networks, "none, or addresses and networks such as 127.0.0.1,10.0.0.0/8")
    return settings


def _read(name: str, networks_of: Callable[[], object], allowed: str) -> None:
    try:
        networks_of()
    except ValueError as error:
        raise SettingError(f"{PREFIX}{name}: {error}; allowed: {allowed}") from error


def _number(name: str, text: str, item: dataclasses.Field[object]) -> float | int:
    kind = int if isinstance(item.default, int) else float
    try:
        value = kind(text)
    except ValueError:
        value = None
    violations = check_number(text if value is None else value, item.default, item.metadata["bound"], name)
    if violations:
        raise SettingError(str(violations[0]))
    assert value is not None
    return value


def _refuse_misspelt(environment: Mapping[str, str]) -> None:
    names = [PREFIX + item.name.upper() for item in dataclasses.fields(Settings)]
    for name in environment:
        near = difflib.get_close_matches(name, names, 1, MISSPELT_FROM) if name.startswith(PREFIX) else []
        if near and name not in names:
            raise SettingError(f"{name} is no setting; did you mean {near[0]}?")
