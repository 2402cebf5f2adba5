"""The words of `--set`: what each changes, that nothing else does, and that a word or amount that is none is refused by name."""

from typing import Any

import pytest

from fatigue_model.bounds import InvalidValues
from simulations.scenario import Scenario, scenario_from
from simulations.what_if import KNOWN, changed

BASE: dict[str, Any] = {
    "groups": {"day": {"agents": 6}, "night": {"agents": 2}},
    "demand": {"tickets_per_day": 50.0},
    "categories": {
        "access": {"share": 2, "automation_success": 0.9},
        "defect": {"share": 5, "automation_success": 0.1},
        "how_to": {"share": 3, "automation_success": 0.6},
    },
    "policy": {"automation": {"draft_categories": ["how_to"]}},
}


def after(**words: str) -> Scenario:
    return scenario_from(changed(BASE, words))


def at(path: str, value: str) -> Scenario:
    return scenario_from(changed(BASE, {path: value}))


def refused(word: str, amount: str) -> str:
    with pytest.raises(InvalidValues) as caught:
        scenario_from(changed(BASE, {word: amount}))
    (violation,) = caught.value.violations
    return f"{violation.pointer}: {violation.allowed}"


@pytest.mark.parametrize(("amount", "sizes"), [("-2", [5, 1]), ("8", [6, 2]), ("+4", [9, 3]), ("2", [1, 1]), ("-1", [5, 2])])
def test_people_are_spread_over_the_groups_by_their_size(amount: str, sizes: list[int]) -> None:
    assert [each.agents for each in after(agents=amount).groups.values()] == sizes


def test_a_small_group_keeps_somebody_and_the_same_number_changes_nothing() -> None:
    sizes = {"groups": {"big": {"agents": 100}, "small": {"agents": 2}, "last": {"agents": 1}}}
    for amount, expected in (("+0", [100, 2, 1]), ("20", [18, 1, 1])):
        assert [each.agents for each in scenario_from(changed(sizes, {"agents": amount})).groups.values()] == expected


def test_one_group_alone_and_a_team_that_names_none() -> None:
    assert [each.agents for each in at("agents.night", "+1").groups.values()] == [6, 3]
    assert scenario_from(changed({}, {"agents": "-1"})).agent_count == 3


def test_volume_and_handling_time_in_per_cent_of_what_they_are() -> None:
    assert after(volume="+20%").demand.tickets_per_day == pytest.approx(60)
    assert after(volume="-30%").demand.tickets_per_day == pytest.approx(35)
    assert after(aht="-10%").handling.email.mean_s == pytest.approx(810)
    assert after(aht="-10%").handling.phone.mean_s == pytest.approx(432)


def test_patience_of_the_channels_that_have_one() -> None:
    some = {**BASE, "patience": {"phone": {"mean_s": 100.0}}}
    found = scenario_from(changed(some, {"patience": "+50%"}))
    assert found.patience.phone is not None
    assert (found.patience.phone.mean_s, found.patience.chat) == (pytest.approx(150), None)
    with pytest.raises(InvalidValues, match="a scenario in which customers have one"):
        changed(BASE, {"patience": "+50%"})


def test_every_break_lasts_so_many_minutes() -> None:
    assert (after(**{"break": "20"}).policy.break_min_s, after(**{"break": "20 min"}).policy.break_max_s) == (1200, 1200)
    assert after(**{"break": "0"}).policy.break_max_s == 0
    assert after(rotation="3").policy.rotation_after_escalations == 3


@pytest.mark.parametrize(
    ("share", "automated", "named"),
    [
        ("0%", 0.0, []),
        ("20%", 2.0, ["access"]),
        ("35%", 3.5, ["access", "how_to"]),
        ("50%", 5.0, ["access", "how_to"]),
        ("100%", 10.0, ["access", "how_to", "defect"]),
    ],
)
def test_automation_gets_the_share_of_all_tickets_that_is_asked_for(share: str, automated: float, named: list[str]) -> None:
    found = after(automation=share)
    assert list(found.policy.automation.categories) == named
    assert sum(found.categories[name].share for name in named) == pytest.approx(automated)
    assert sum(each.share for each in found.categories.values()) == pytest.approx(10)


def test_a_split_category_stays_in_its_place_with_all_else_alike() -> None:
    found = after(automation="35%")
    assert list(found.categories) == ["access", "defect", "how_to", "how_to_by_hand"]
    assert found.categories["how_to_by_hand"].automation_success == 0.6
    assert found.policy.automation.draft_categories == ("how_to", "how_to_by_hand")


def test_a_textbook_queue_has_servers_and_paths() -> None:
    queue = {"reference": {"servers": 7, "arrivals_per_s": 4.0}}
    found = scenario_from(changed(queue, {"agents": "-1", "/reference/arrivals_per_s": "+25%"})).reference
    assert found is not None
    assert (found.servers, found.arrivals_per_s) == (6, 5.0)
    with pytest.raises(InvalidValues, match="in a textbook queue"):
        changed(queue, {"volume": "+10%"})


def test_what_a_step_of_the_policy_would_undo_is_refused() -> None:
    steps = {**BASE, "policy_steps": [{"day": 2, "policy": {"automation": {"categories": ["access"]}}}]}
    with pytest.raises(InvalidValues, match=r"automation: '60%' .* leave automation.categories alone; here day 2 sets it"):
        changed(steps, {"automation": "60%"})
    assert scenario_from(changed(steps, {"rotation": "3"})).policy.rotation_after_escalations == 3


def test_what_an_incident_brings_is_split_in_the_same_proportion() -> None:
    base = {**BASE, "incidents": [{"categories": {"how_to": 3, "defect": 1}}, {"categories": {"access": 1}}, {}]}
    found = [each.categories for each in scenario_from(changed(base, {"automation": "30%"})).incidents]
    assert found == [{"how_to": pytest.approx(1), "how_to_by_hand": pytest.approx(2), "defect": 1}, {"access": 1}, {}]


def test_any_setting_by_its_path() -> None:
    assert at("/run/days", "14").run.days == 14
    assert at("/run/time_zone", "Europe/Berlin").run.time_zone == "Europe/Berlin"
    assert at("/policy/automation/categories", '["access"]').policy.automation.categories == ("access",)
    assert at("/accounts/count", "+10%").accounts.count == 220
    assert at("/accounts/arr_mean_usd", "-50%").accounts.arr_mean_usd == pytest.approx(30_000)
    assert at("/groups/night/agents", "5").groups["night"].agents == 5


def test_words_work_one_after_the_other_and_leave_the_base_as_it_was() -> None:
    before = repr(BASE)
    assert scenario_from(changed(BASE, {"agents": "+2", "agents.day": "+1", "volume": "+10%"})).agent_count == 11
    assert repr(BASE) == before
    assert changed(BASE, {}) == BASE


def test_an_unknown_word_lists_the_known_ones() -> None:
    said = refused("agent", "3")
    assert said.startswith("agent: ")
    assert all(word in said for word in KNOWN)


@pytest.mark.parametrize(
    ("word", "amount", "said"),
    [
        ("agents", "two", "agents: whole people"),
        ("agents", "-7", "agents: whole people"),
        ("agents.evening", "3", "agents.evening: a group of the scenario: day, night"),
        ("volume", "20%", "volume: a change in per cent with its sign"),
        ("volume", "+20", "volume: a change in per cent with its sign"),
        ("volume", "-100%", "/demand/tickets_per_day: a number from"),
        ("break", "+5", "break: minutes without a sign"),
        ("break", "90", "/policy/break_min_s: "),
        ("rotation", "2.5", "rotation: escalations in a row"),
        ("rotation", "0", "/policy/rotation_after_escalations: "),
        ("automation", "+10%", "automation: a share of all tickets"),
        ("automation", "120%", "automation: a share of all tickets"),
        ("automation", "0.5", "automation: a share of all tickets"),
        ("agents", "9" * 400, "agents: whole people"),
        ("break", "9" * 400, "break: minutes"),
        ("/accounts/count", f"+{'9' * 400}%", "/accounts/count: a change in per cent"),
        ("/run/days", "0", "/run/days: "),
        ("/run/days", "9" * 5000, "/run/days: "),
        ("/run/days", "[" * 5000, "/run/days: "),
        ("/run/dayz", "3", "/run/dayz: one of"),
        ("/run/dayz", "+3%", "/run/dayz: the path of a setting"),
        ("/title", "+3%", "/title: a change in per cent of a number"),
        ("/title/deeper", "3", "/title"),
    ],
)
def test_what_cannot_be_done_names_the_word_or_the_setting(word: str, amount: str, said: str) -> None:
    base = {**BASE, "title": "T"}
    with pytest.raises(InvalidValues) as caught:
        scenario_from(changed(base, {word: amount}))
    first = caught.value.violations[0]
    assert f"{first.pointer}: {first.allowed}".startswith(said)


def test_automation_needs_categories_to_choose_from() -> None:
    with pytest.raises(InvalidValues, match="a scenario with categories"):
        changed({}, {"automation": "10%"})
