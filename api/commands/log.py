"""`respite replay`, `respite explain`, `respite policy`: what the log says."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from api.commands.common import BAD_INPUT, AlreadyJson, Json, PolicyFile, Team, read_settings, refuse, show
from api.commands.exports import policy_in, refuse_all
from api.commands.on_store import known_team, opened
from api.commands.reports import preview_policy
from api.settings import DEFAULT_TEAM
from api.shown import views
from api.store import past, reading, upkeep
from api.store.checking import differing_decisions
from api.store.database import read_only
from api.store.packing import Unreadable
from api.store.repository import Missing, Repository
from api.store.unread import UNREADABLE, first_unread
from fatigue_model.bounds import InvalidValues
from router.counterfactual import counterfactual, told
from router.explain import sentences
from router.record import ENGINE
from router.replay import Difference, Replayed
from router.replay import replay as replay_log

DecisionId = Annotated[str, typer.Argument(metavar="ID", help="The decision's id; a ticket names its newest as decision_id.")]
Agent = Annotated[str | None, typer.Option(help="What would have to change for this agent to get the ticket.")]
NAMED = 20  # decisions of a ticket, at most
policy_app = typer.Typer(add_completion=False, no_args_is_help=True, help="Show, check or preview a policy.")
policy_app.command("preview")(preview_policy)


def replay(team: Team = DEFAULT_TEAM, as_json: Json = False) -> None:
    """Derive every decision again from the log, and compare the stored ones with it; exit 1 where one differs. Of tickets that
    another engine routed it is told how many would go elsewhere now, which is no fault; nor is what retention took out of decisions. With
    --json each difference is told whole."""
    with opened(read_settings()) as engine, read_only(engine) as connection:
        known_team(connection, team)
        repository = Repository(connection)
        state = repository.first(team)
        since = state.revision
        stored = list(differing_decisions(connection, team, since, repository.revision(team)))
        done, unread = Replayed(0, (), 0), None
        try:
            done = replay_log(state, repository.log(team, since), past.erased(connection, team))
        except (Missing, *UNREADABLE) as error:
            unread = first_unread(connection, team, since)
            if unread is None and not isinstance(error, Missing):  # which is among those
                raise
        coarse_to = upkeep.coarse_to(connection, team)
    differences = [each for each in done.differences if each.revision > coarse_to]
    if as_json:
        found = [{"revision": each.revision, "stored": each.stored, "derived": each.derived} for each in differences]
        show(
            {
                "team": team,
                "since_revision": since,
                "decisions": done.count,
                "differences": found,
                "erased": done.erased,
                "other_engines": {each: {"decisions": of, "elsewhere": elsewhere} for each, (of, elsewhere) in done.others.items()},
                "stored_otherwise": stored,
                "unread_revision": unread,
            }
        )
    else:
        begun = f", from revision {since} on, where the log begins" if since else ""
        typer.echo(f"{done.count} decisions derived again{begun}, {len(differences)} differ")
        if done.erased:
            typer.echo(f"{done.erased} more differ from when personal numbers were in force that have been deleted since")
        for each in differences[:10]:
            typer.echo(f"  {_in_short(each)}")
        for name, (of, elsewhere) in done.others.items():
            typer.echo(f"of {of} by engine {name}, {elsewhere} would go elsewhere by {ENGINE}")
        if unread is not None:
            typer.echo(f"nothing can be derived again: nobody can read the event at revision {unread}")
        if stored:
            typer.echo(f"{len(stored)} are stored otherwise than in the log: {', '.join(stored[:10])}")
    if differences or stored or unread is not None:
        raise typer.Exit(1)


def _in_short(found: Difference) -> str:
    """Which decision, of which ticket, and what of it differs."""
    known = found.stored or found.derived or {}
    name = f"{known['id']}, ticket {known['ticket_id']}"
    if found.stored is None or found.derived is None:
        return f"{name}: {'not stored' if found.stored is None else 'not derived'}"
    fields = found.derived.keys() | found.stored.keys()
    return f"{name}: {', '.join(sorted(each for each in fields if found.stored.get(each) != found.derived.get(each)))}"


def explain(decision_id: DecisionId, team: Team = DEFAULT_TEAM, agent: Agent = None, as_json: Json = False) -> None:
    """A decision in sentences; with --agent, what would have to change for that agent to get the ticket."""
    with opened(read_settings()) as engine, read_only(engine) as connection:
        try:
            record = reading.decision(connection, team, decision_id)
        except Unreadable as error:
            refuse(str(error))
        of_ticket = list(islice(reading.each_decision(connection, team, decision_id, others=False), NAMED)) if record is None else []
        state = Repository(connection).load(team) if record is not None and agent is not None else None
    if of_ticket:
        names = ", ".join(str(each["id"]) for each in of_ticket)
        more = " and more" if len(of_ticket) == NAMED else ""
        refuse(f"{decision_id!r} is a ticket; explain one of its decisions: {names}{more}")
    if record is None:
        refuse(f"decision {decision_id!r} is not known")
    shown, lines = record, sentences(record)
    if agent is not None:
        found = counterfactual(record, agent, state)
        if found is None:
            refuse(f"decision {decision_id!r} says nothing of agent {agent!r}")
        view = views.counterfactual(found, "helpdesk")
        shown, lines = record | {"counterfactual": view}, (*lines, *told(view))
    if as_json:
        show(shown | {"text": list(lines)})
    else:
        typer.echo("\n".join(lines))


@policy_app.command("show")
def show_policy(team: Team = DEFAULT_TEAM, as_json: AlreadyJson = False) -> None:
    """The policy in force, as JSON."""
    with opened(read_settings()) as engine, read_only(engine) as connection:
        known_team(connection, team)
        state = Repository(connection).load(team)
    show(state.policy.as_mapping())


@policy_app.command("check")
def check_policy(file: PolicyFile, as_json: Json = False) -> None:
    """Check a policy file (JSON or TOML) and list every violation; exit 2 where there is one."""
    try:
        policy = policy_in(file)
    except InvalidValues as invalid:
        if not as_json:
            refuse_all(str(file), invalid)
        show({"digest": None, "warnings": [], "violations": [str(each) for each in invalid.violations]})
        raise typer.Exit(BAD_INPUT) from invalid
    if as_json:
        show({"digest": policy.digest(), "warnings": list(policy.warnings()), "violations": []})
        return
    for warning in policy.warnings():
        typer.echo(f"warning: {warning}")
    typer.echo(f"ok, digest {policy.digest()}")
