"""The other truths: each is a sound model of its own, differs from the assumed one where it says so, and is no part of production."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fatigue_model.dynamics import Mode, advance, impulse, line
from fatigue_model.params import DEFAULTS, LN2
from simulations.true_models import TRUE_MODELS, Linear, lived, lived_by
from support.build import HOUR_S, MINUTE_S, contact, set_status, team
from support.streams import START_S

ROOT = Path(__file__).resolve().parents[2]
names = st.sampled_from(sorted(TRUE_MODELS))
modes = st.sampled_from(Mode)
loads = st.floats(0, 10)
spans_s = st.floats(0, 86_400)


@given(names, modes, loads, loads, spans_s, spans_s)
def test_two_stretches_are_one(name: str, mode: Mode, acute: float, carried: float, first_s: float, second_s: float) -> None:
    model = TRUE_MODELS[name]
    twice = model.advance(*model.advance(acute, carried, mode, first_s), mode, second_s)
    assert np.array(twice) == pytest.approx(np.array(model.advance(acute, carried, mode, first_s + second_s)), rel=1e-9, abs=1e-9)


@given(names, modes, loads, loads, st.floats(0, 10 * 365 * 86_400))
def test_loads_never_fall_below_nothing_and_the_acute_one_never_rises_by_itself(
    name: str, mode: Mode, acute: float, carried: float, span_s: float
) -> None:
    after = TRUE_MODELS[name].advance(acute, carried, mode, span_s)
    assert np.isfinite(after).all()
    assert min(after) >= 0
    assert after[0] <= acute + 1e-12


@given(names, st.lists(st.tuples(loads, loads, modes, spans_s), min_size=1, max_size=6))
def test_many_people_at_once_are_each_by_themselves(name: str, people: list[tuple[float, float, Mode, float]]) -> None:
    model = TRUE_MODELS[name]
    together = np.array(model.advance(*(np.array(each) for each in zip(*people, strict=True))))
    assert together == pytest.approx(np.array([model.advance(*each) for each in people]).T, rel=1e-12)


@given(modes, loads, loads, spans_s)
def test_as_assumed_is_production(mode: Mode, acute: float, carried: float, span_s: float) -> None:
    model = TRUE_MODELS["as_assumed"]
    assert model.advance(acute, carried, mode, span_s) == advance(acute, carried, mode, span_s, DEFAULTS)
    assert model.contact(acute, carried, 1.0) == impulse(acute, carried, 1.0, DEFAULTS)
    assert model.line(carried) == line(carried, DEFAULTS)


@pytest.mark.parametrize("mode", list(Mode))
def test_linear_recovery_solves_its_equations(mode: Mode) -> None:
    """dA/dt = −1/h while A > 0, dB/dt = −b·B + γ·A, by a general solver."""
    half_life = (60, 40, 20, 30)[mode]
    b = LN2 / (60 * (30 if mode == Mode.OFF else 96))
    share = 0.25 * LN2 / 60 if mode <= Mode.BACK_OFFICE else 0.0

    def slopes(_: float, now: list[float]) -> list[float]:
        return [-1 / half_life if now[0] > 0 else 0.0, -b * now[1] + share * max(now[0], 0.0)]

    for minutes in (10, 50, 200):
        solved = solve_ivp(slopes, (0, minutes), [2.0, 0.7], rtol=1e-9, atol=1e-10, max_step=0.05).y[:, -1]
        assert np.array(Linear().advance(2.0, 0.7, mode, minutes * MINUTE_S)) == pytest.approx(np.maximum(solved, 0), abs=1e-3)
    assert Linear().advance(2.0, 0.0, mode, half_life * MINUTE_S)[0] == pytest.approx(1.0)


def test_each_truth_differs_where_it_says_so() -> None:
    """After an hour at the queue from 2 points; and a second contact with an account remembered for 2 points."""
    hour = {name: tuple(map(float, model.advance(2.0, 0.0, Mode.QUEUE, HOUR_S))) for name, model in TRUE_MODELS.items()}
    again = {name: model.contact(0.0, 2.0, 1.0)[0] for name, model in TRUE_MODELS.items()}
    assert hour["faster"][0] == pytest.approx(0.5)
    assert hour["as_assumed"][0] == hour["linear"][0] == pytest.approx(1.0)
    assert hour["slower"][0] == pytest.approx(2 * 2**-0.5)
    assert hour["nothing_carried"] == (pytest.approx(1.0), 0.0)
    assert hour["linear"][1] > hour["as_assumed"][1] > hour["faster"][1] > 0
    assert (again["as_assumed"], again["habituation"]) == (1.5, 0.5)


DAY = [(0.0, 4 * HOUR_S, int(Mode.QUEUE)), (4 * HOUR_S, 4.5 * HOUR_S, int(Mode.BREAK)), (4.5 * HOUR_S, 8 * HOUR_S, int(Mode.QUEUE))]


def test_a_day_by_hand() -> None:
    """2 points after an hour: above 1.5 points, and a little less as some is carried, for 60 · log2(2/θ) min."""
    day = lived(TRUE_MODELS["as_assumed"], DAY, [(HOUR_S, "acme", 2.0)], step_s=1.0)
    assert day.queue_s == 7.5 * HOUR_S
    assert day.peak == 2.0
    assert 25 * MINUTE_S < day.above_s < 30 * MINUTE_S
    acute, carried = 2.0, 0.0
    for mode, minutes in ((Mode.QUEUE, 180), (Mode.BREAK, 30), (Mode.QUEUE, 210)):
        acute, carried = map(float, advance(acute, carried, mode, minutes * MINUTE_S, DEFAULTS))
    assert (day.acute, day.carried) == (pytest.approx(acute), pytest.approx(carried))


def test_slower_people_are_longer_above_the_line_on_the_same_day() -> None:
    contacts = [(HOUR_S * (1 + number), "acme", 1.2) for number in range(5)]
    shares = {name: lived(model, DAY, contacts).above_share for name, model in TRUE_MODELS.items()}
    assert shares["faster"] < shares["as_assumed"] < shares["slower"]
    assert shares["habituation"] < shares["as_assumed"]


def test_what_a_team_lived_is_read_off_its_ledger() -> None:
    state = team()
    contact(state, "ann", START_S + HOUR_S, escalated=True)
    contact(state, "ann", START_S + 3 * HOUR_S, text_score=1.0)
    set_status(state, "ann", "offline", START_S + 8 * HOUR_S)
    day = lived_by(state, "ann", START_S, START_S + 8 * HOUR_S, TRUE_MODELS["as_assumed"])
    assert day.acute == pytest.approx(float(state.agents.acute[0]), rel=1e-9)
    assert day.carried == pytest.approx(float(state.agents.carried[0]), rel=1e-9)
    assert day.queue_s == 8 * HOUR_S - 600  # one break of ten minutes
    assert lived_by(state, "ann", START_S, START_S + 8 * HOUR_S, TRUE_MODELS["slower"]).acute > day.acute


def test_production_uses_none_of_them() -> None:
    used = []
    for path in [*(ROOT / "api").rglob("*.py"), *(ROOT / "router").rglob("*.py"), *(ROOT / "fatigue_model").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names_here = [each.name for each in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            used += [path for each in names_here if "true_models" in f"{module}.{each}"]
    assert used == []
