"""`respite keys`: make, list, rotate and revoke keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import sqlalchemy as sa
import typer

from api import instants
from api.clock import Clock
from api.commands.common import Json, read_settings, refuse, show
from api.commands.on_store import opened
from api.settings import DEFAULT_TEAM
from api.store import keys
from api.store.database import read_only

DAYS_MOST = 36_500
TEAMS_NAMED = 20
LATEST_S = datetime(9999, 12, 31, tzinfo=UTC).timestamp()  # later ones can't be written as a date
KeyId = Annotated[str, typer.Argument(metavar="ID", help="The key's id, as respite keys list has it.")]
app = typer.Typer(add_completion=False, no_args_is_help=True, help="Make, list, rotate and revoke keys.")


@app.command()
def create(
    role: Annotated[str, typer.Option(help="admin, helpdesk, manager or agent.")],
    agent: Annotated[str | None, typer.Option(help="The agent that a key of role agent is bound to.")] = None,
    team: Annotated[str, typer.Option(help="The team that the key reaches.")] = DEFAULT_TEAM,
    new_team: Annotated[bool, typer.Option("--new-team", help="Make the team where there is none of that name.")] = False,
    days: Annotated[float | None, typer.Option(help=f"Days until the key ends, above 0, to {DAYS_MOST}; without it, it does not.")] = None,
    as_json: Json = False,
) -> None:
    """Make a key. It is shown once."""
    from fatigue_model.dynamics import DAY_S

    if days is not None and not 0 < days <= DAYS_MOST:
        refuse(f"--days: {days:g} is not allowed; allowed: above 0, to {DAYS_MOST}")
    settings = read_settings()
    now_s = Clock().now_s()
    with opened(settings, begin=True) as engine, engine.begin() as connection:
        _take_team(connection, team, new_team, now_s)
        try:
            expires_s = None if days is None else now_s + days * DAY_S
            key_id, secret = keys.create(connection, team, role, agent, now_s, expires_s)
        except ValueError as error:
            refuse(str(error))
    if as_json:
        show({"id": key_id, "key": secret, "role": role, "agent_id": agent, "team": team})
    else:
        typer.echo(secret)


def _take_team(connection: sa.Connection, team: str, new: bool, now_s: float) -> None:
    """Make the team where it is to be made: a mistyped name must not pass for a new one."""
    from api.store.repository import Repository  # it loads the fold, of which a list of keys has no need

    store = Repository(connection)
    known = store.team_ids()
    if not new and team not in (*known, DEFAULT_TEAM):
        names = ", ".join(known[:TEAMS_NAMED]) + (" …" if len(known) > TEAMS_NAMED else "")
        refuse(f"there is no team {team!r}; {f'there are: {names}' if known else 'there is none yet'}; --new-team makes it")
    store.create_team(team, now_s)


@app.command()
def rotate(
    key_id: KeyId,
    overlap_hours: Annotated[float, typer.Option(min=0, max=8760, help="How long the old key stays good beside the new one.")] = 24.0,
    as_json: Json = False,
) -> None:
    """Make another key for the same caller, shown once, and let the old one run out."""
    with opened(read_settings()) as engine, engine.begin() as connection:
        made = keys.rotate(connection, key_id, Clock().now_s(), overlap_hours * 3600)
        if made is None:
            refuse(f"there is no key {key_id!r} to rotate")
    if as_json:
        show({"id": made[0], "key": made[1], "instead_of": key_id})
    else:
        typer.echo(made[1])


@app.command("list")
def list_keys(as_json: Json = False) -> None:
    """Every key, without its secret."""
    with opened(read_settings()) as engine, read_only(engine) as connection:
        found = keys.listed(connection)
    shown = [
        {"id": each["id"], "team": each["team"], "role": each["role"], "agent_id": each["agent_id"]}
        | {f"{name}_at": _text(each[f"{name}_s"]) for name in ("created", "expires", "revoked")}
        for each in found
    ]
    if as_json:
        show(shown)
        return
    for each in shown:
        ended = f"revoked {each['revoked_at']}" if each["revoked_at"] else (each["expires_at"] or "")
        typer.echo("  ".join(str(part) for part in (each["id"], each["team"], each["role"], each["agent_id"] or "-", ended)))


def _text(instant_s: float | None) -> str | None:
    return None if instant_s is None else instants.text(min(instant_s, LATEST_S))


@app.command()
def revoke(key_id: KeyId, as_json: Json = False) -> None:
    """End a key at once."""
    now_s = Clock().now_s()
    with opened(read_settings()) as engine, engine.begin() as connection:
        if not keys.revoke(connection, key_id, now_s):
            refuse(f"there is no key {key_id!r} to revoke")
    if as_json:
        show({"id": key_id, "revoked_at": instants.text(now_s)})
    else:
        typer.echo(f"{key_id} revoked")
