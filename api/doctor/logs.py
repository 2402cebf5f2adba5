"""What each team's log says: whether it can be folded, what its policy warns of, and ids that tell who somebody is."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from api.doctor.finding import BAD, LOOK, OK, RESTORE, Finding, Patient
from api.store import upkeep
from api.store.past import begin_revision, count
from api.store.repository import Repository, Unfolded
from api.store.tables import events
from api.store.unread import first_unread
from router.cover import unattainable
from router.state import TeamState

NEWER = "go on with the version that wrote it, on every machine; or stop all and restore a backup from before"


def logs(patient: Patient) -> Iterator[Finding]:
    """One finding of each log where it is to be read whole, or where something is wrong with it; of those that fold, policy and ids."""
    for team in patient.teams:
        state, wrong, advice = _folded(patient, team)
        yield from _read(patient, team, wrong, advice) if patient.integrity else _as_known(team, wrong, advice)
        if state is not None:
            yield from _policy_and_ids(team, state)


def _folded(patient: Patient, team: str) -> tuple[TeamState | None, list[str], str]:
    """The newest state, what is wrong with the log, as far as that is known without reading it whole, and what to do then."""
    repository, state, wrong, advice = Repository(patient.connection), None, list[str](), RESTORE
    try:
        state, revision = repository.load(team), repository.revision(team)
        if state.revision != revision:
            wrong.append(f"it folds to revision {state.revision} of {revision}")
    except sa.exc.SQLAlchemyError:
        raise
    except Unfolded as error:
        wrong.append(str(error))
        advice = NEWER if error.newer else RESTORE
    except Exception as error:  # whatever is wrong with it, the other teams are looked at
        wrong.append(f"it can't be folded: {type(error).__name__}: {error}")
    done = upkeep.last(patient.connection, team, upkeep.RETENTION)
    if done and upkeep.UNREAD in done[1]:
        wrong.append(f"retention can't fold it, at revision {done[1][upkeep.UNREAD]}: what is too old in it stays")
    return state, wrong, advice


def _as_known(team: str, wrong: list[str], advice: str) -> Iterator[Finding]:
    if wrong:
        yield Finding("log", BAD, "; ".join((f"the log of {team}: {wrong[0]}", *wrong[1:])), advice)


def _read(patient: Patient, team: str, wrong: list[str], advice: str) -> Iterator[Finding]:
    """Whether it has no gap, and each event can be read."""
    begun, revision = begin_revision(patient.connection, team), Repository(patient.connection).revision(team)
    rows, unread = count(patient.connection, events, team, begun, revision), first_unread(patient.connection, team, begun)
    well = unread is None and rows == revision - begun and not wrong
    seen = [f"the log of {team} has {rows} events from revision {begun} to {revision}", *wrong]
    seen += [f"nobody can read the one at {unread}"] if unread is not None else []
    yield Finding("log", OK if well else BAD, "; ".join(seen), None if well else advice)


def _policy_and_ids(team: str, state: TeamState) -> Iterator[Finding]:
    """Ids are in records that outlive the name."""
    for warning in (*state.policy.warnings(), *unattainable(state)):
        yield Finding("policy", LOOK, f"{team}: {warning}", "PUT /v1/policy, or respite policy check FILE")
    telling = [each.id for each in state.agents.people if "@" in each.id or each.id.casefold() == each.name.casefold()]
    advice = "use the helpdesk's numbers: ids stand in decisions and logs, names in profiles alone"
    seen = f"{team}: {len(telling)} of {len(state.agents)} agents are called by name or address"
    yield Finding("ids", LOOK if telling else OK, seen, advice if telling else None)
