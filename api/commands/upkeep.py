"""`respite retention`, `respite forget`: what is kept no longer, by age or because somebody has left."""

from __future__ import annotations

from typing import Annotated

import typer

from api.clock import Clock
from api.commands.common import Json, read_settings, refuse, show
from api.commands.on_store import known_team, opened, overwrite_what_went, write_down_deletions
from api.retention import Retention
from api.settings import DEFAULT_TEAM
from api.store import deletions, forgetting, past
from api.store.faults import PASSING, reason
from api.store.repository import Repository
from router.errors import Refused, Unknown
from router.forget import require_free


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False, as_json: Json = False
) -> None:
    """Enforce the retention of the settings now, as the service does once a day: rows that go, or lose their numbers of people. A team
    where that fails keeps no other from it; exit 1 then."""
    settings = read_settings()
    with opened(settings) as engine:
        keeper = Retention(engine, settings, Clock(), engine.begin)
        found, failed = dict[str, dict[str, int]](), dict[str, str]()
        for team in keeper.teams():
            try:
                found[team] = keeper.preview(team) if dry_run else keeper.enforce(team)
            except Exception as error:  # whatever is wrong with it, the other teams have theirs
                failed[team] = _in_a_line(error)
        if not dry_run:
            overwrite_what_went(engine)
    if as_json:
        show({"dry_run": dry_run, "teams": found, "failed": failed})
    else:
        for team, rows in found.items():
            counts = (f"{count} {name.replace('_', ' ')}" for name, count in rows.items() if count)
            typer.echo(f"{team}: {', '.join(counts) or 'nothing'}")
    for team, why in failed.items():
        typer.echo(f"respite: retention of team {team} failed: {why}", err=True)
    if failed:
        raise typer.Exit(1)


def _in_a_line(error: Exception) -> str:
    if isinstance(error, PASSING):
        return reason(error)
    return " ".join(f"{type(error).__name__}: {error}".splitlines())


def forget(
    agent_id: Annotated[str, typer.Argument(metavar="AGENT", help="The agent's id.")],
    team: Annotated[str, typer.Option(help="The team.")] = DEFAULT_TEAM,
    as_json: Json = False,
) -> None:
    """Delete the data of an agent who has left, from every table. Decisions that must be kept have a pseudonym in place of the id and no
    number of theirs. The log that can be replayed begins anew: decisions that they had a part in can't be derived again without them."""
    settings = read_settings()
    with opened(settings) as engine:
        write_down_deletions(engine, settings)  # first, for what can't be written down must not be deleted
        with engine.begin() as connection:
            past.alone(connection, known_team(connection, team))  # somebody else may be forgetting them
            state = Repository(connection).load(team)
            begun = [each for each in deletions.listed(connection, team) if each.what == deletions.AGENT and each.is_of(agent_id)]
            if begun and agent_id not in state.agents.row:
                made = begun[-1]  # it was broken off, perhaps
            else:
                try:
                    require_free(state, agent_id)
                except Unknown:
                    refuse(f"agent {agent_id!r} is not known to team {team!r}")
                except Refused as refused:
                    refuse(refused.detail)
                made = forgetting.begin(connection, team, agent_id, Clock().now_s())
        rows = forgetting.finish(engine.begin, team, agent_id, made.pseudonym)
        overwrite_what_went(engine)
        write_down_deletions(engine, settings)
    if as_json:
        show({"agent_id": agent_id, "pseudonym": made.pseudonym, "rows": rows})
    else:
        typer.echo(f"{agent_id} is forgotten: {rows} rows deleted, or kept as {made.pseudonym}")
