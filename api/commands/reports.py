"""`respite policy preview`, `respite shadow`, `respite audit`: what managers read of a whole team, no number of a person."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.clock import Clock
from api.commands.common import Json, PolicyFile, Team, read_settings, refuse, show
from api.commands.exports import load_policy
from api.commands.on_store import known_team, opened
from api.settings import DEFAULT_TEAM
from api.shown.previews import preview_view
from api.shown.reports import DAYS_MOST, equity_of, equity_view, overrides_of, preview_of, shadow_of, shadow_view
from api.store.database import read_only
from api.store.repository import Missing, Repository
from fatigue_model.dynamics import DAY_S
from router.errors import Refused
from simulations.preview import Preview, Side

CHANGES_SHOWN = 20
AMOUNTS = {
    "points": "points",
    "points_a_day": "points for each day with contacts",
    "hard_contacts": "hard contacts",
    "breaks_owed": "breaks owed",
    "breaks_taken": "breaks taken",
    "rest_min": "minutes of them",
}


def preview_policy(
    file: PolicyFile,
    days: Annotated[int, typer.Option(min=1, max=DAYS_MOST, help="How many past days to try it on.")] = 7,
    team: Team = DEFAULT_TEAM,
    as_json: Json = False,
) -> None:
    """Route the last days again under a draft policy (JSON or TOML): what would have changed."""
    draft = load_policy(file)
    with opened(read_settings()) as engine, read_only(engine) as connection:
        try:
            found = preview_of(connection, known_team(connection, team), draft.as_mapping(), days, Clock().now_s())
        except Refused as refused:
            refuse(f"--days: {refused.detail}")
    if as_json:
        show(preview_view(found))
    else:
        _print_preview(found, preview_view(found))


def _print_preview(found: Preview, view: dict[str, Any]) -> None:
    table = Table("", "in force", "draft", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"

    def row(label: str, before: object, after: object) -> None:
        table.add_row(label, str(before), str(after))

    sides = found.before, found.after
    row("tickets to people", *(each.lanes["agent"] for each in sides))
    row("tickets to automation", *(each.lanes["automation"] for each in sides))
    row("left waiting at the end", *(each.lanes["queue"] for each in sides))
    row("wait: half within", *(_minutes(each.outcome.wait_median_s) for each in sides))
    row("  nine in ten within", *(_minutes(each.outcome.wait_p90_s) for each in sides))
    row("recovery breaks", *(each.breaks for each in sides))
    row("  minutes of them", *(f"{each.break_s / 60:.0f}" for each in sides))
    row("kept from somebody by rotation alone", *(each.rotations for each in sides))
    row("most escalations of an account in a row by one agent", *(each.outcome.longest_run for each in sides))
    row("rules that gave way", *(sum(each.relaxed.values()) for each in sides))
    row("time above the line", *(_share(each.above_line) for each in sides))
    row("unevenness of points (Gini)", *(_index(each) for each in sides))
    row("cost of automation", *(f"${each.automation_usd:,.2f}" for each in sides))
    typer.echo(f"{found.tickets} tickets from {view['from']} to {view['to']}; {len(found.changed)} would have gone elsewhere")
    Console(markup=False).print(table)
    for each in view["changes"][:CHANGES_SHOWN]:
        why = f" ({', '.join(each['rules'])})" if each["rules"] else ""
        typer.echo(f"  {each['ticket_id']} of {each['account_id']}: {_place(each['before'])} → {_place(each['after'])}{why}")
    if found.assumed_automated:
        typer.echo(f"{found.assumed_automated} that automation never had are taken to be resolved by it at once")


def shadow(
    days: Annotated[int, typer.Option(min=1, max=365, help="How many past days.")] = 7, team: Team = DEFAULT_TEAM, as_json: Json = False
) -> None:
    """Shadow mode: where tickets would have gone, and where the existing router sent them. Also what managers gave out themselves."""
    since_s = Clock().now_s() - days * DAY_S
    with opened(read_settings()) as engine, read_only(engine) as connection:
        try:
            found = shadow_of(connection, known_team(connection, team), since_s)
        except Missing as error:
            refuse(str(error))
        overrides = overrides_of(connection, team, since_s)
    if as_json:
        show(shadow_view(found, since_s) | {"overrides": overrides})
        return
    typer.echo(f"{len(found.compared)} tickets that both routers decided, {found.same} alike, {found.open} not answered yet")
    typer.echo(f"{found.to_automation} would have gone to automation, {found.to_queue} would have waited")
    for rule, count in found.broken.items():
        typer.echo(f"  {count} went to somebody whom the rule {rule} keeps from it")
    typer.echo(f"managers gave out {overrides['count']}, {overrides['within_rules']} of them within the rules")
    for rule, count in overrides["rules_broken"].items():
        typer.echo(f"  {count} against the rule {rule}")


def audit(team: Team = DEFAULT_TEAM, as_json: Json = False) -> None:
    """How evenly points, hard contacts and breaks of the last three whole weeks lie on people who could do the same work."""
    with opened(read_settings()) as engine, read_only(engine) as connection:
        state = Repository(connection).load(known_team(connection, team))
        view = equity_view(equity_of(connection, team, state, Clock().now_s()), state.policy.aggregate_min_group)
    if as_json:
        show(view)
        return
    typer.echo(f"From {view['from']} to {view['to']}, of groups of {view['people_at_least']} people and more")
    for group in ([view["team"]] if view["team"] else []) + view["groups"]:
        can = "the whole team" if group["skills"] is None else ", ".join(group["skills"] + group["languages"]) or "no skills"
        table = Table(f"{can}: {group['people']} people", "mean", "quartiles", "Gini", box=None, pad_edge=False)
        for name, label in AMOUNTS.items():
            found = group[name]
            gini = "–" if found["gini"] is None else f"{found['gini']:.2f}"
            quartiles = "–" if found["quartiles"] is None else " ".join(f"{each:.2f}" for each in found["quartiles"])
            table.add_row(label, f"{found['mean']:.2f}", quartiles, gini)
        Console(markup=False).print(table)
    if view["team"] is None:
        typer.echo("Too few people had contacts: nothing is shown.")


def _place(place: dict[str, Any]) -> str:
    return str(place["agent_id"] or place["lane"])


def _minutes(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 60:.1f} min"


def _share(share: float | None) -> str:
    return "too few people" if share is None else f"{share:.1%}"


def _index(side: Side) -> str:
    return "too few people" if side.outcome.points_gini is None else f"{side.outcome.points_gini:.2f}"
