"""Words for series, units and numbers of a hindcast."""

import math

from experiments.analyses.hindcast.result import Options, Target
from experiments.names import filled, names
from experiments.words import fixed, within
from sim.axes import REST_KEY
from sim.data import OTHER_KEY, World
from sim.yearly import ALL_KEY, MEASURES_BY_YEAR, YearlySeries

#: What actors beside the powers are called, and all of a kind together.
OTHERS = {REST_KEY: "the rest of the world", OTHER_KEY: "other creditors"}
TOGETHER = {"partner": "all partners", "creditor": "all creditors", "power": "both powers"}


def actor_label(series: YearlySeries, world: World) -> str:
    """What the actor of a series is called."""
    if series.actor == ALL_KEY:
        return TOGETHER[str(MEASURES_BY_YEAR[series.measure].actors)]
    return OTHERS.get(series.actor) or (world.powers[series.actor].label if series.actor in world.powers else "")


def series_label(series: YearlySeries, options: Options) -> str:
    """What a series is called; of another state than the focal one with its name."""
    world = options.job.settings.world
    text = filled(MEASURES_BY_YEAR[series.measure].label.replace("{actor}", actor_label(series, world)))
    return text if series.state == options.focal else f"{text} ({names().states.get(series.state, series.state)})"


def inside(series: YearlySeries, options: Options) -> str:
    """The same inside a sentence."""
    return within(series_label(series, options))


def unit_of(target: Target, options: Options) -> str:
    """The unit of a target, with the year of its prices."""
    unit = target.measure.unit
    if target.measure.dollars and options.case.prices is not None:
        return f"{unit.removesuffix('/yr')} of {options.first_year - 1}"
    return "" if unit == "-" else unit


def figure(value: float, digits: int = 3) -> str:
    """A number with so many significant digits; a dash for none."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    return fixed(value, max(0, min(6, digits - 1 - math.floor(math.log10(abs(value))))))


def change(target_ratios: bool, value: float) -> str:
    """A change: of amounts that grow in percent or as a multiple, else as a difference."""
    if not target_ratios:
        return fixed(value, 2, sign=True)
    factor = math.exp(value)
    return f"×{figure(factor, 2)}" if factor >= 2 or factor <= 0.5 else f"{fixed(100 * (factor - 1), 0, sign=True)} %"
