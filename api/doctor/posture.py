"""Whether the service is set up to be trusted: keys, TLS, backups, retention, the clock, what could not be delivered."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.doctor.finding import BAD, LOOK, OK, Finding, Patient, days
from api.settings import DEMO_STORE
from api.store import deletions, past, upkeep
from api.store.keys import listed
from api.store.tables import inbox, metadata, outbox
from fatigue_model.dynamics import DAY_S

ADMINS_MOST = 3
OLD_S = 365 * DAY_S
BACKUP_LOOK_S, BACKUP_BAD_S, TEST_LOOK_S = 2 * DAY_S, 14 * DAY_S, 90 * DAY_S
DRIFT_LOOK_S, DRIFT_BAD_S = 1.0, 30.0


def keys(patient: Patient) -> Iterator[Finding]:
    """Keys that are in force: without an end, a year old, of admins."""
    found = [each for each in listed(patient.connection) if _in_force(each, patient.now_s)]
    admins = sum(each["role"] == "admin" for each in found)
    seen = f"{len(found)} in force, {admins} of them of admins" if found else "there is none in force"
    missing, many = "make one: respite keys create --role admin", "one to three keys of admins are enough; respite keys list, revoke"
    advice = missing if not admins else many if admins > ADMINS_MOST else None
    yield Finding("keys", OK if advice is None else LOOK, seen, advice)
    for name, which, advice in (
        ("have no end", [each for each in found if each["expires_s"] is None], "make new ones with --days and revoke these"),
        ("are over a year old", [each for each in found if each["created_s"] < patient.now_s - OLD_S], "make new ones and revoke these"),
    ):
        if which:
            yield Finding("keys", LOOK, f"{len(which)} {name}: {', '.join(each['id'] for each in which[:5])}", advice)


def _in_force(key: dict[str, Any], now_s: float) -> bool:
    if key.get("parent") is not None:  # a browser's session: it ends by itself
        return False
    return key["revoked_s"] is None and (key["expires_s"] is None or key["expires_s"] > now_s)


def proxy(patient: Patient) -> Iterator[Finding]:
    """Respite speaks no TLS: where others reach it, a proxy has to."""
    settings = patient.settings
    if _loopback(settings.host):
        yield Finding("TLS", OK, f"listens on {settings.host} alone; a proxy on this machine speaks TLS for it")
        return
    wide = any(each.prefixlen == 0 for each in settings.trusted_networks)
    advice = (
        "keys cross the network in the clear unless a TLS proxy is in front: let it alone reach the port, or set RESPITE_HOST=127.0.0.1"
    )
    yield Finding("TLS", LOOK, f"listens on {settings.host}", advice)
    if wide:
        yield Finding("TLS", BAD, "takes everybody's word for who called", "set RESPITE_TRUSTED_PROXIES to the proxy's address")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def backups(patient: Patient) -> Iterator[Finding]:
    """How old the last backup is and the last test of one, and where deletions are kept that an older one lacks."""
    team_s = [past.newest_s(patient.connection, team) for team in patient.teams]
    begun = any(each is not None for each in team_s)
    for what, name, look_s, bad_s in (
        (upkeep.BACKUP, "backup", BACKUP_LOOK_S, BACKUP_BAD_S),
        (upkeep.RESTORE_TEST, "test of a backup", TEST_LOOK_S, float("inf")),
    ):
        done = [upkeep.last(patient.connection, team, what) for team in patient.teams]
        age_s = max((patient.now_s - each[0] if each else float("inf") for each in done), default=float("inf"))
        seen = f"the last {name} is {days(age_s)} old" if age_s < float("inf") else f"no {name} of every team was made with respite backup"
        seen = seen if begun or age_s < float("inf") else f"no {name} yet, and nothing is stored that would need one"
        state = BAD if age_s > bad_s and age_s < float("inf") else LOOK if begun and age_s > look_s else OK
        advice = "respite backup FILE --test, every day, to another machine"
        yield Finding("backup", state, seen, None if state == OK else advice)
    yield _deletions_file(patient)


def _deletions_file(patient: Patient) -> Finding:
    file, database = patient.settings.deletions_file, patient.connection.engine.url.database
    if file is None:
        advice = "set RESPITE_DELETIONS_FILE to a file beside the backups: where the database is lost, they bring back what was deleted"
        return Finding("deletions", LOOK, "are kept in the database alone", advice)
    why = deletions.hindrance(file)
    if why is not None:
        return Finding("deletions", BAD, why, "mend it, or set RESPITE_DELETIONS_FILE to another file: nothing can be deleted until then")
    if patient.sqlite and database is not None and Path(file).resolve().parent == Path(database).resolve().parent:
        return Finding("deletions", LOOK, f"{file} lies beside the database", "put it where the backups are")
    return Finding("deletions", OK, f"are kept in {file}, too")


def retention(patient: Patient) -> Iterator[Finding]:
    """Whether what is too old has gone."""
    settings = patient.settings
    kept = f"numbers {settings.points_days} days, the log {settings.log_days}, jobs {settings.jobs_days}"
    late = []
    for team in patient.teams:
        done, first_s = upkeep.last(patient.connection, team, upkeep.RETENTION), past.newest_s(patient.connection, team)
        if first_s is not None and patient.now_s - (done[0] if done else _created_s(patient, team)) > 2 * DAY_S:
            late.append(team)
    advice = f"respite serve does it daily; by hand: respite retention (late: {', '.join(late[:5])})" if late else None
    yield Finding("retention", BAD if late else OK, kept, advice)


def _created_s(patient: Patient, team: str) -> float:
    teams = metadata.tables["teams"]
    return float(patient.connection.execute(sa.select(teams.c.created_s).where(teams.c.id == team)).scalar_one())


def clock(patient: Patient) -> Iterator[Finding]:
    """Whether the clock agrees with the database's and with what is written down already."""
    now = "SELECT extract(epoch FROM clock_timestamp())" if not patient.sqlite else "SELECT (julianday('now') - 2440587.5) * 86400.0"
    drift_s = abs(float(patient.connection.exec_driver_sql(now).scalar_one()) - patient.now_s)
    state = BAD if drift_s > DRIFT_BAD_S else LOOK if drift_s > DRIFT_LOOK_S else OK
    advice = None if state == OK else "set both machines by NTP: breaks end by the clock"
    yield Finding("clock", state, f"{drift_s:.1f} s off the database's", advice)
    ahead = [(past.newest_s(patient.connection, team) or 0.0) - patient.now_s for team in patient.teams]
    if max(ahead, default=0.0) > DRIFT_BAD_S:
        seen = f"the newest event is {days(max(ahead))} in the future"
        if _of_demo(patient):
            yield Finding("clock", LOOK, seen, "nothing: this is a demo's store, and a demo's clock runs fast")
        else:
            yield Finding("clock", BAD, seen, "the clock was ahead, or is behind: what is routed now counts as of then")
    if patient.settings.clock_rate != 1.0:
        yield Finding("clock", LOOK, f"runs at {patient.settings.clock_rate:g} times life", "RESPITE_CLOCK_RATE is for demos and tests")


def _of_demo(patient: Patient) -> bool:
    database = patient.connection.engine.url.database
    return patient.sqlite and database is not None and Path(database).parts[-2:] == DEMO_STORE.parts


def letters(patient: Patient) -> Iterator[Finding]:
    """Events that could not be delivered, or webhooks that could not be read."""
    for table, advice in ((outbox, "GET /v1/subscriptions/{id}/dead-letters"), (inbox, "GET /v1/connections/{name}/dead-letters")):
        of = (sa.and_(table.c.team == team, table.c.state == "dead") for team in patient.teams)
        dead = sum(int(patient.connection.execute(sa.select(sa.func.count()).where(each)).scalar_one()) for each in of)
        yield Finding(table.name, LOOK if dead else OK, f"{dead} dead letters", advice if dead else None)
