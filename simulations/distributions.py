"""How long things take: one table of settings for every duration in a scenario, and its draws, index by index."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fatigue_model.bounds import Violation, bounded
from simulations.reading import Form, Found, choice, numbers, overlay, setting
from simulations.schema import Schema, schema_of

FloatArray = NDArray[np.float64]
SPREAD = ("lognormal", "gamma")  # the shapes that `cv` says the spread of
SHAPES = (*SPREAD, "exponential", "deterministic", "empirical")
LONGEST_S = 31_536_000.0  # a year
VALUES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Distribution:
    """A duration of mean `mean_s`. In code as in TOML: `{ shape = "gamma", mean_s = 600, cv = 0.7 }`.

    Draws are aligned: the i-th draw does not depend on how many follow it, and another `mean_s` scales each of them.
    """

    shape: str | None = setting(None, choice(*SHAPES), "", "that of its section, else lognormal")
    mean_s: float = bounded(900.0, 0.001, LONGEST_S, "s", "a quarter of an hour; the mean of values_s where they are given alone")
    cv: float = bounded(0.8, 0, 10, "", "spread over mean, of lognormal and gamma; the other shapes have none to set")
    values_s: tuple[float, ...] = setting(
        (), numbers(0, LONGEST_S, VALUES_MAX), "s", "of shape empirical: drawn with equal chance, scaled to mean_s where it is given too"
    )

    @property
    def form(self) -> str:
        return self.shape or SPREAD[0]

    @property
    def mean(self) -> float:
        """In seconds."""
        return self.mean_s

    @property
    def variance(self) -> float:
        """In seconds squared."""
        spread = {"deterministic": 0.0, "exponential": 1.0}.get(self.form, self.cv)
        if self.form == "empirical":
            spread = float(np.std(self.values_s) / np.mean(self.values_s))
        return (spread * self.mean_s) ** 2

    def draw(self, generator: np.random.Generator, size: int | tuple[int, ...]) -> FloatArray:
        """Durations in seconds, of shape `size`; along the first axis each depends only on its index."""
        return np.asarray(self.mean_s * self._unit(generator, size))

    def _unit(self, generator: np.random.Generator, size: int | tuple[int, ...]) -> FloatArray:
        """Draws of mean 1."""
        if self.form == "exponential":
            return np.asarray(generator.standard_exponential(size))
        if self.form == "empirical":
            values = np.sort(self.values_s)
            return np.asarray(values[(generator.random(size) * len(values)).astype(np.int64)] / values.mean())
        if self.form == "deterministic" or self.cv == 0:
            return np.ones(size)
        if self.form == "gamma":
            return _gamma(generator, size, self.cv**-2) * self.cv**2
        sigma = lognormal_sigma(self.cv)
        return np.asarray(np.exp(sigma * generator.standard_normal(size) - sigma**2 / 2))


def lognormal_sigma(cv: float) -> float:
    """The σ of a lognormal with this ratio of spread to mean."""
    return math.sqrt(math.log1p(cv**2))


def empirical(values_s: Sequence[float]) -> Distribution:
    """The distribution of some durations as they were, in seconds; at least one of them above 0."""
    return Distribution("empirical", float(np.mean(values_s)), values_s=tuple(map(float, values_s)))


def distribution(default: Distribution, why: str) -> Any:
    """A dataclass field that is a distribution, `default` where a scenario says nothing of it."""

    return field(default_factory=lambda: default, metadata=_told(default, why))


def none_or(base: Distribution, why: str) -> Any:
    """A dataclass field that is None where a scenario says nothing of it, else a distribution: `base` where its table says nothing."""
    return field(default=None, metadata=_told(base, why))


def _told(default: Distribution, why: str) -> dict[str, Any]:
    """What the field of a distribution says of itself, and how it is read."""

    def read(value: Any, at: str, found: Found) -> Any:
        before = len(found)
        given = overlay(default, value, at, found)
        if len(found) == before:
            found.extend(_contradictions(given, value, at))
        if len(found) == before and given.values_s and "mean_s" not in value:
            given = replace(given, mean_s=float(np.mean(given.values_s)))
        return given

    return {"read": Form(read, lambda _: _schema(default)), "unit": "", "why": why}


def _schema(default: Distribution) -> Schema:
    shape = {"shape": {"const": "empirical"}}
    named = [] if default.shape in (None, *SPREAD) else ["shape"]
    return {
        **schema_of(default),
        "allOf": [
            {"if": {"properties": shape, "required": ["shape"]}, "then": {"required": ["values_s"]}},
            {"if": {"required": ["values_s"]}, "then": {"properties": shape, "required": ["shape"]}},
            {"if": {"required": ["cv"]}, "then": {"properties": {"shape": {"enum": list(SPREAD)}}, "required": named}},
        ],
    }


def _contradictions(given: Distribution, named: Any, at: str) -> list[Violation]:
    """Settings of one distribution that are fine alone and cannot be meant together."""
    found = []
    if given.form == "empirical" and not given.values_s:
        found.append(Violation(f"{at}/values_s", "nothing", "durations, where shape is empirical"))
    if given.form != "empirical" and given.values_s:
        found.append(Violation(f"{at}/values_s", list(given.values_s), "given only with shape empirical"))
    if given.shape not in (None, *SPREAD) and "cv" in named:
        found.append(Violation(f"{at}/cv", given.cv, f"given only with shape {' or '.join(SPREAD)}"))
    return found


def _gamma(generator: np.random.Generator, size: int | tuple[int, ...], shape: float) -> FloatArray:
    """Standard gamma variates by rejection, every attempt from a generator of its own, so that no index shifts another.

    Marsaglia & Tsang (2000), "A simple method for generating gamma variables": d (1 + z / √(9d))³ with d = shape − 1/3;
    below shape 1 a variate of shape + 1 times U^(1/shape).
    """
    d = (shape if shape >= 1 else shape + 1) - 1 / 3
    found, (own,) = np.full(size, math.nan), generator.spawn(1)
    while np.isnan(found).any():
        normal, chance = own.spawn(2)
        z, u = normal.standard_normal(size), chance.random(size)
        cube = np.maximum(1 + z / math.sqrt(9 * d), 0.0) ** 3
        with np.errstate(divide="ignore"):
            taken = np.log(u) < z**2 / 2 + d - d * cube + d * np.log(cube)
        found = np.where(np.isnan(found) & taken, d * cube, found)
    return found * generator.random(size) ** (1 / shape) if shape < 1 else found
