"""What metrics say of the moment: asked of the teams and the store when somebody scrapes, so that it costs nothing else."""

from __future__ import annotations

import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from api.services import Services
from api.store import gauges
from api.store.database import read_only
from api.store.repository import Repository, Unfolded
from api.store.simulations import STATES
from api.store.tables import inbox, outbox
from router.domain import PRIORITIES

BOXES = {"outbox": outbox, "inbox": inbox}


class _AtScrape:
    def __init__(self, service: Services) -> None:
        self.service = service

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with read_only(self.service.engine) as connection:
            teams = list(Repository(connection).team_ids())
            jobs = sum((gauges.jobs_by_state(connection, team) for team in teams), Counter[str]())
            letters = {name: [gauges.letters(connection, table, team) for team in teams] for name, table in BOXES.items()}
        yield from self._waiting(teams)
        yield _gauge("respite_jobs", "what-if jobs that are kept, by state", "state", {state: jobs[state] for state in STATES})
        now_s = time.time()
        for name, found in letters.items():
            oldest_s = min((since_s for _, _, since_s in found if since_s is not None), default=now_s)
            yield _gauge(f"respite_{name}_lag_seconds", "how long the oldest waits", None, {"": max(0.0, now_s - oldest_s)})
            yield _gauge(f"respite_{name}_waiting", "events on their way", None, {"": sum(each[0] for each in found)})
            yield _gauge(f"respite_{name}_dead", "dead letters", None, {"": sum(each[1] for each in found)})
        troubles = self.service.dispatcher.troubles
        undecided = len({*troubles.teams, *troubles.unread})
        yield _gauge("respite_teams_undecided", "teams for which nothing can be decided", None, {"": undecided})

    def _waiting(self, teams: list[str]) -> Iterator[GaugeMetricFamily]:
        oldest_s: dict[str, float] = defaultdict(float)
        count: dict[str, int] = defaultdict(int)
        for team in teams:
            # of a team whose log can't be read, nothing can be told
            with contextlib.suppress(Unfolded), self.service.dispatcher.reading(team) as (state, now_s):
                for each in (state.tickets[ticket_id] for ticket_id in state.waiting):
                    count[each.priority] += 1
                    oldest_s[each.priority] = max(oldest_s[each.priority], now_s - each.waits_from_s)
        waits = {each: oldest_s[each] for each in PRIORITIES}
        yield _gauge("respite_oldest_waiting_seconds", "age of the oldest ticket in the queue", "priority", waits)
        yield _gauge("respite_waiting_tickets", "in the queue", "priority", {each: count[each] for each in PRIORITIES})


def _gauge(name: str, says: str, label: str | None, values: dict[str, float]) -> GaugeMetricFamily:
    found = GaugeMetricFamily(name, says, labels=[] if label is None else [label])
    for value, number in values.items():
        found.add_metric([] if label is None else [value], number)
    return found


def scrape(service: Services) -> bytes:
    """Everything that Prometheus is told."""
    registry = CollectorRegistry()
    registry.register(_AtScrape(service))
    now: bytes = generate_latest(registry)
    return service.metrics.text() + now
