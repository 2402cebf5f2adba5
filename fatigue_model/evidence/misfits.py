"""What is known not to fit: documented, and not tuned away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fatigue_model.evidence.cohort import WEEKDAYS
from fatigue_model.evidence.fact import SETTLED, Cohort, Misfit
from fatigue_model.evidence.shift import SHIFT_MIN
from fatigue_model.evidence.spells import Spell, carried_at_end
from fatigue_model.params import DEFAULTS, FatigueParams


def misfits(params: FatigueParams = DEFAULTS) -> Iterator[Misfit]:
    """Each misfit with what the model does at `params`."""
    saved = [_late_break(params, hour) for hour in range(SHIFT_MIN // 60)]
    most = int(np.argmax(saved))
    monday, *_, friday = _vacation_effects(Cohort(params))
    yield Misfit(
        "published: the later in a shift a break, the less it helps; in the model that holds only after hour 4",
        f"a break of 15 min saves {saved[1]:.3f} points of carried load at hour 1, most at hour {most}, {saved[most]:.3f}, and "
        f"{saved[-1]:.3f} at hour {len(saved) - 1}",
        "Hunter & Wu 2016 (R)",
    )
    yield Misfit(
        "published: a vacation lowers strain by .25 to .43 SD while it lasts; in the model by more",
        f"{monday:.2f} SD of one check-in, against a usual Monday, to {friday:.2f}, against a usual Friday",
        "meta-analyses of vacation (R)",
    )
    yield Misfit(
        "published: autonomy in breaks matters; the model has no parameter for it, so agents may move a break and choose its form",
        "no parameter",
        "Trougakos et al. 2014 (R)",
    )


def _late_break(params: FatigueParams, hour: int) -> float:
    """How much less a shift with half a point an hour carries over with one break of 15 min at `hour`."""
    contacts = tuple((60.0 * each, 0.5) for each in range(8))
    without, with_it = (carried_at_end(Spell(SHIFT_MIN, contacts, each), params) for each in ((), ((60 * hour, 15.0),)))
    return without - with_it


def _vacation_effects(cohort: Cohort) -> list[float]:
    """The mean A + ½·B of a usual shift of each weekday, which a vacation brings to nothing, in standard deviations of one check-in."""
    load = cohort.normal.since(SETTLED).load
    return [float(load[day::WEEKDAYS].mean()) / cohort.check_in_sd for day in range(WEEKDAYS)]
