"""What a what-if changes, in the words of a manager: `agents=-2`, `volume=+20%`, `automation=60%`, or any setting by its path.

    agents=-2 · agents=6 · agents.night=+1    people, in all (spread over the groups by their size) or in one group
    volume=+20%                               tickets, through the whole profile
    automation=60%                            share of all tickets that go to automation first: whole categories, those that it answers
                                              most often first, the last one split; what it then resolves is what the run measures
    break=15, break_min=15                    minutes of every recovery break; 0: none
    rotation=3                                escalations in a row of an account before somebody else gets the next
    aht=-10% · patience=+50%                  handling times of all channels; how long customers of live channels wait before they leave
    /targets/chat_s=60 · /accounts/count=+10% a setting by its path, as TOML, or in per cent of what it is

A sign means "more" or "fewer than now"; without one it is the new value.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fatigue_model.bounds import InvalidValues, Violation
from simulations.scenario import Malformed, Scenario, parse, scenario_from
from simulations.settings import CHANNEL_NAMES

Plain = dict[str, Any]
AMOUNT = re.compile(r"(?P<sign>[+-]?)(?P<number>\d+(\.\d*)?|\.\d+)\s*(?P<unit>%|min|)")
LARGEST = 1e12  # no setting of a scenario is larger
BY_HAND = "_by_hand"


def changed(values: Mapping[str, Any], words: Mapping[str, str]) -> Plain:
    """Plain values of a scenario with each of `words` done to them, in order; `values` stays as it is.

    Raises `InvalidValues`: for an unknown word with those that are known, for an amount with what is allowed. Whether the new values are
    within their bounds is for `scenario_from` to say, by the path of the setting.
    """
    plain: Plain = copy.deepcopy(dict(values))
    for word, amount in words.items():
        name, _, part = word.partition(".")
        if word.startswith("/"):
            _at_path(plain, word, amount)
        elif "reference" in plain and word != "agents":
            raise _refused(
                word, amount, "in a textbook queue agents, its servers, or the path of a setting, like /reference/arrivals_per_s"
            )
        elif name == "agents":
            _agents(plain, part, amount)
        elif word in WORDS:
            WORDS[word](plain, amount)
        else:
            raise _refused(word, amount, f"one of {', '.join(KNOWN)}, or the path of a setting, like /run/days")
    return plain


def _refused(word: str, amount: object, allowed: str) -> InvalidValues:
    return InvalidValues((Violation(word, amount, allowed),))


def _amount(word: str, text: str, unit: str, allowed: str) -> tuple[str, float]:
    """Sign and number of an amount in `unit`; raises where it is none, or in another."""
    found = AMOUNT.fullmatch(text.strip())
    if found is None or found["unit"] not in ("", unit) or (unit == "%" and not found["unit"]) or float(found["number"]) > LARGEST:
        raise _refused(word, text, allowed)
    return found["sign"], float(found["number"])


def _factor(word: str, text: str) -> float:
    """+20% as 1.2."""
    allowed = "a change in per cent with its sign, like +20% or -10%"
    sign, number = _amount(word, text, "%", allowed)
    if not sign:
        raise _refused(word, text, allowed)
    return 1 + math.copysign(number, -1 if sign == "-" else 1) / 100


def _set(plain: Plain, path: Sequence[str], value: Any) -> None:
    """A value at a path, with the tables that lead to it."""
    for name in path[:-1]:
        plain = plain.setdefault(name, {})
        if not isinstance(plain, dict):
            raise _refused("/" + "/".join(path), value, f"a path through tables; {name} is none")
    plain[path[-1]] = value


def _set_policy(plain: Plain, values: Mapping[tuple[str, ...], Any], word: str, text: str) -> None:
    """Settings of the policy by their paths, where no step of a run puts another in their place."""
    steps = scenario_from(plain).policy_steps
    for path, value in values.items():
        for step in steps:
            found: Any = step.policy
            for name in path:
                found = found.get(name) if isinstance(found, Mapping) else None
            if found is not None:
                raise _refused(word, text, f"a scenario whose policy_steps leave {'.'.join(path)} alone; here day {step.day} sets it")
        _set(plain, ("policy", *path), value)


def _get(scenario: Scenario, path: Sequence[str]) -> Any:
    """The setting at a path as the scenario has it; `KeyError` where there is none."""
    found: Any = scenario
    for name in path:
        found = found[name] if isinstance(found, Mapping) else getattr(found, name, None)
        if found is None:
            raise KeyError(name)
    return found


def _at_path(plain: Plain, pointer: str, text: str) -> None:
    path = [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
    if text.strip().endswith("%"):
        try:
            now = _get(scenario_from(plain), path)
        except KeyError:
            raise _refused(pointer, text, "the path of a setting of the scenario") from None
        if not isinstance(now, int | float) or isinstance(now, bool):
            raise _refused(pointer, text, "a change in per cent of a number; this is none")
        new = now * _factor(pointer, text)
        _set(plain, path, round(new) if isinstance(now, int) else new)
        return
    try:
        value = parse(f"value = {text}")["value"]
    except Malformed:
        value = text
    _set(plain, path, value)


def _agents(plain: Plain, group: str, text: str) -> None:
    word = f"agents.{group}" if group else "agents"
    told = scenario_from(plain)
    sizes = {name: each.agents for name, each in told.groups.items()} if told.reference is None else {"": told.reference.servers}
    if group and group not in sizes:
        raise _refused(word, text, "a group of the scenario: " + ", ".join(sizes))
    allowed = "whole people, like 6, +1 or -2"
    sign, number = _amount(word, text, "", allowed)
    now = sizes[group] if group else sum(sizes.values())
    wanted = number if not sign else now + number * (1 if sign == "+" else -1)
    if wanted != int(wanted) or wanted < (1 if group else len(sizes)):
        raise _refused(word, text, f"{allowed}; now {now}, at least one in each group")
    for name, agents in ({group: int(wanted)} if group else _spread(sizes, int(wanted))).items():
        _set(plain, ("groups", name, "agents") if told.reference is None else ("reference", "servers"), agents)


def _spread(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """`total` people over groups in proportion to their sizes, at least one in each: largest remainders, ties to the earlier group."""
    exact = {name: total * size / sum(sizes.values()) for name, size in sizes.items()}
    found = {name: math.floor(each) for name, each in exact.items()}
    for name in sorted(sizes, key=lambda name: found[name] - exact[name])[: total - sum(found.values())]:
        found[name] += 1
    while min(found.values()) < 1:
        found[max(found, key=lambda name: found[name])] -= 1
        found[min(found, key=lambda name: found[name])] += 1
    return found


def _volume(plain: Plain, text: str) -> None:
    _set(plain, ("demand", "tickets_per_day"), scenario_from(plain).demand.tickets_per_day * _factor("volume", text))


def _handling(plain: Plain, text: str) -> None:
    scenario, factor = scenario_from(plain), _factor("aht", text)
    for channel in CHANNEL_NAMES:
        _set(plain, ("handling", channel, "mean_s"), getattr(scenario.handling, channel).mean_s * factor)


def _patience(plain: Plain, text: str) -> None:
    scenario, factor = scenario_from(plain), _factor("patience", text)
    known = [(channel, getattr(scenario.patience, channel)) for channel in ("chat", "phone")]
    if not any(each for _, each in known):
        raise _refused("patience", text, "a scenario in which customers have one, set by /patience/phone or /patience/chat")
    for channel, each in known:
        if each is not None:
            _set(plain, ("patience", channel, "mean_s"), each.mean_s * factor)


def _break(plain: Plain, text: str) -> None:
    sign, minutes = _amount("break", text, "min", "minutes, like 15")
    if sign:
        raise _refused("break", text, "minutes without a sign, like 15")
    _set_policy(plain, {(name,): round(60 * minutes) for name in ("break_min_s", "break_max_s")}, "break", text)


def _rotation(plain: Plain, text: str) -> None:
    sign, number = _amount("rotation", text, "", "escalations in a row, like 3")
    if sign or number != int(number):
        raise _refused("rotation", text, "escalations in a row, like 3")
    _set_policy(plain, {("rotation_after_escalations",): int(number)}, "rotation", text)


def _automation(plain: Plain, text: str) -> None:
    """Categories that automation answers most often come first; ties as they are written."""
    sign, number = _amount("automation", text, "%", "a share of all tickets, like 60%")
    if sign or number > 100:
        raise _refused("automation", text, "a share of all tickets from 0% to 100%, without a sign")
    scenario = scenario_from(plain)
    left = number / 100 * sum(each.share for each in scenario.categories.values())
    if number and not scenario.categories:
        raise _refused("automation", text, "a scenario with categories, or 0%")
    taken: list[str] = []
    for name in sorted(scenario.categories, key=lambda name: -scenario.categories[name].automation_success):
        share = scenario.categories[name].share
        if left >= share * (1 - 1e-9):
            taken.append(name)
        elif left > 1e-9 * share:
            _split(plain, name, left, share - left)
            taken.append(name)
        left = max(0.0, left - share)
    _set_policy(plain, {("automation", "categories"): taken}, "automation", text)


def _split(plain: Plain, name: str, automated: float, by_hand: float) -> None:
    """A category as two neighbours that are alike, so that each ticket stays of the kind that was drawn for it."""
    parts: Plain = {}
    for each, values in plain["categories"].items():
        if each == name:
            parts[name] = {**values, "share": automated}
            parts[name + BY_HAND] = {**values, "share": by_hand}
        else:
            parts[each] = values
    plain["categories"] = parts
    for incident in plain.get("incidents", ()):
        theirs = incident.get("categories", {})
        if name in theirs:
            whole = theirs[name] / (automated + by_hand)
            incident["categories"] = {**theirs, name: whole * automated, name + BY_HAND: whole * by_hand}
    lane = plain.get("policy", {}).get("automation", {})
    for table, key in ((lane, "draft_categories"), (lane.get("under_load", {}), "categories")):
        if name in table.get(key, ()):
            table[key] = [*table[key], name + BY_HAND]


WORDS: dict[str, Callable[[Plain, str], None]] = {
    "volume": _volume,
    "automation": _automation,
    "break": _break,
    "break_min": _break,
    "rotation": _rotation,
    "aht": _handling,
    "patience": _patience,
}
KNOWN = ("agents", "agents.GROUP", *(word for word in WORDS if word != "break_min"))
