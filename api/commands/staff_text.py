"""What `respite staff` says: the answer in one sentence, the head-counts looked at as a table, and what a manager should know beside."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from api.shown.amounts import bare, estimated, number
from router.record import ENGINE
from simulations.metrics import Metric
from simulations.run import metrics_of
from simulations.scenario import Scenario
from simulations.sequential import Finding, Limit, Verdict
from simulations.staffing import Staffing, Trial
from simulations.staffing_search import Counts

NAMES = {
    "service_level": "service level",
    "service_level_written": "service level of what is written",
    "service_level_live": "service level of chats and calls",
    "service_level_email": "service level of e-mails",
    "service_level_web": "service level of web forms",
    "service_level_chat": "service level of chats",
    "service_level_phone": "service level of calls",
    "above_line": "time above the line",
    "abandonment": "abandonment",
    "load_mean_points": "load, mean",
}
HEADINGS = {
    "service_level_written": "written\nin time",
    "service_level_live": "live\nin time",
    "service_level_email": "e-mails\nin time",
    "service_level_web": "web forms\nin time",
    "service_level_chat": "chats\nin time",
    "service_level_phone": "calls\nin time",
    "above_line": "above\nthe line",
    "abandonment": "aban-\ndonment",
    "load_mean_points": "load",
}
VAGUE = 0.2  # a half-width of more than twenty points tells nothing
BESIDE = ("load_mean_points",)  # in the table, whether or not it is limited


def named(metric: str, metrics: dict[str, Metric]) -> str:
    return NAMES.get(metric, metrics[metric].label.strip())


def people(counts: Counts, told: Scenario) -> str:
    """7 agents (3 early, 4 late)."""
    total = sum(counts)
    whole = f"{total} agent{'s' * (total != 1)}"
    if len(counts) == 1:
        return whole
    return f"{whole} ({', '.join(f'{count} {name}' for name, count in zip(told.groups, counts, strict=True))})"


def answer_lines(found: Staffing, told: Scenario) -> Iterator[str]:
    """The answer first; then, line by line, what it leaves open."""
    question = found.question
    runs = f"{found.replications} replications of {len(found.trials)} head-counts"
    if found.answer is None:
        yield f"No head-count in the range meets every limit, in {runs}: {_short_of(found.trials[-1], told)}."
    else:
        met = ", ".join(_kept(each, told) for each in found.answer.findings)
        yield (
            f"{people(found.answer.counts, told)}: {met}; {_dollars(found.answer.cost_usd)} for {_days(told)}; "
            f"met with {100 * question.confidence:g} % confidence after {runs}."
        )
    yield from _budget(found, told)
    yield from _asides(found, told)
    yield (
        f"Seed {told.run.seed}, scenario {told.digest()}, engine {ENGINE}; {_days(told)} after {told.run.warm_up_days} of warm-up. All "
        "head-counts met the same customers."
    )


def _budget(found: Staffing, told: Scenario) -> Iterator[str]:
    budget_usd = found.question.budget_usd
    if budget_usd is None:
        return
    if found.affordable is not None:
        bought, costs = people(found.affordable.counts, told), _dollars(found.affordable.cost_usd)
        yield f"The budget of {_dollars(budget_usd)} buys {bought} for {costs}: {_short_of(found.affordable, told)}."
    elif found.answer is None or found.answer.cost_usd > budget_usd:
        yield f"The budget of {_dollars(budget_usd)} pays for fewer people than one of each group."
    else:
        yield f"{_dollars(budget_usd - found.answer.cost_usd)} of the budget of {_dollars(budget_usd)} stay."


def _asides(found: Staffing, told: Scenario) -> Iterator[str]:
    question, metrics = found.question, dict(metrics_of(told))
    zones = ", ".join(f"{named(each.metric, metrics)} {_amount(each.delta, metrics[each.metric])}" for each in question.limits)
    yield (
        f"Who was turned down misses a limit, or keeps it by less than its indifference zone ({zones}). ± is what the tests go by: "
        "wide enough for every look at every head-count together; ~ marks a mean of too few runs to promise anything."
    )
    if unsure := [people(each.counts, told) for each in found.trials if each.verdict is Verdict.UNDECIDED]:
        yield (
            f"Undecided after {question.replications_max} runs, and so turned down: {'; '.join(unsure)}. "
            "More runs (--replications-max) or a wider zone (--delta) would decide."
        )
    if any(each.metric == "abandonment" for each in question.limits) and told.patience.chat is told.patience.phone is None:
        yield "Nobody leaves in this scenario, since it has no [patience]: abandonment is 0 whoever is there."
    if not found.finished:
        yield "The search ended before every exchange between groups was tried: something cheaper may meet the limits, too."
    elif sum(_varies(place, found) for place in range(len(told.groups))) > 1:
        tried = ", nor one or two of a group replaced by one of another for less; larger exchanges" if question.exchange else "; exchanges"
        yield f"Nobody can be spared{tried} between groups were not tried."
    for each in found.surprises:
        by = f"{_amount(each.worse, metrics[each.limit.metric])} in {named(each.limit.metric, metrics)}"
        yield (
            f"Against what the search assumes, {people(each.more, told)} do worse than {people(each.fewer, told)}, by {by}: "
            "a head-count that was not looked at may do better."
        )


def _kept(found: Finding, told: Scenario) -> str:
    """service level, written 83.0% ± 1.1 (at least 80.0%)."""
    metrics = dict(metrics_of(told))
    return f"{named(found.limit.metric, metrics)} {_mean(found, metrics)} ({_bound(found.limit, metrics)})"


def _short_of(trial: Trial, told: Scenario) -> str:
    """What is missed, and how close it comes."""
    missed = [_gap(each, told) for each in trial.findings if each.verdict is not Verdict.MET and each.mean is not None]
    return f"with {people(trial.counts, told)}, {'; '.join(missed)}" if missed else f"{people(trial.counts, told)} meet every limit"


def _gap(found: Finding, told: Scenario) -> str:
    assert found.mean is not None
    slack = found.limit.slack(found.mean)
    gap = _amount(abs(slack), dict(metrics_of(told))[found.limit.metric])
    if slack >= 0:
        return f"{_kept(found, told)}, kept by {gap} and not surely"
    return f"{_kept(found, told)}, {gap} {'short' if found.limit.at_least else 'over'}"


def frontier(found: Staffing, told: Scenario) -> Table:
    """Every head-count looked at, the cheapest first: cost, each limit's metric, load, and the verdict; ± on a line of its own."""
    metrics, limits = dict(metrics_of(told)), found.question.limits
    by_group = f"\nagents = {' + '.join(told.groups)}" if len(told.groups) > 1 else ""
    table = Table(title=told.title + by_group, title_justify="left", box=None, pad_edge=False)
    table.add_column("agents", justify="right", min_width=6)
    for each in limits:
        sign = "≥" if each.at_least else "≤"
        heading = f"{_heading(each.metric, metrics)}\n{sign} {_amount(each.bound, metrics[each.metric])}"
        table.add_column(heading, justify="right", no_wrap=True)
    beside = [name for name in BESIDE if name in metrics and name not in {each.metric for each in limits}]
    for name in beside:
        table.add_column(f"{_heading(name, metrics)}\n{metrics[name].unit}", justify="right", no_wrap=True)
    for heading in ("staff\ncost", "runs", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for trial in found.trials:
        means = [bare(trial.mean(name), metrics[name], abs(trial.mean(name) or 0.0)) for name in beside]
        cells = ["\n± ".join(_mean(each, metrics).split(" ± ")) for each in trial.findings]
        verdict = "← answer" if found.answer is not None and trial.counts == found.answer.counts else trial.verdict.value
        table.add_row(_counts(trial.counts), *cells, *means, _dollars(trial.cost_usd), str(trial.replications), verdict)
    return table


def _counts(counts: Counts) -> str:
    """21 = 5+9+7."""
    return str(sum(counts)) + (f" = {'+'.join(map(str, counts))}" if len(counts) > 1 else "")


def _varies(place: int, found: Staffing) -> bool:
    return found.question.space.lowest[place] < found.question.space.highest[place]


def _heading(metric: str, metrics: dict[str, Metric]) -> str:
    return HEADINGS.get(metric, named(metric, metrics))


def _mean(found: Finding, metrics: dict[str, Metric]) -> str:
    """83.0 % ± 1.1; where the half-width says nothing, the mean of a few runs with no promise: ~ 58.6 %."""
    mean, half = estimated(found.mean, found.half_width, metrics[found.limit.metric])
    share = metrics[found.limit.metric].unit == "share"
    if found.mean is None or found.half_width is None or found.half_width > (VAGUE if share else abs(found.mean)):
        return f"~ {mean}"
    return f"{mean} ± {half.removesuffix(' %')}"


def _bound(limit: Limit, metrics: dict[str, Metric]) -> str:
    return f"{'at least' if limit.at_least else 'at most'} {_amount(limit.bound, metrics[limit.metric])}"


def _amount(value: float, metric: Metric) -> str:
    return number(value, metric, abs(value))


def _days(told: Scenario) -> str:
    return f"{told.run.days} day{'s' * (told.run.days != 1)}"


def _dollars(value: float) -> str:
    return f"${value:,.0f}"
