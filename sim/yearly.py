"""Yearly measures: what statistics offices publish of a history. MODEL.md, section "Yearly measures".

A hindcast compares them with series that were observed, and patterns are stated in them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.axes import REST_KEY, Array
from sim.data import OTHER_KEY, World
from sim.history import VARIABLES, History

#: Quarters of a year.
QUARTERS = 4
#: The word for all partners, powers or creditors together.
ALL_KEY = "all"

#: Amounts that grow are above 0, and no larger than anything.
AMOUNT = "(0, 1000000000]"

#: How the quarters of a year become its number: their mean, their sum, or the last one.
Over = Literal["mean", "sum", "end"]


@dataclass(frozen=True)
class Measure:
    """A yearly measure.

    Attributes:
        label: Name for a person; {actor} stands for the label of the actor.
        unit: Its unit.
        needs: Variables of the history that it is made from.
        actors: Who it may be about: "power", "partner" (and the rest of the world), "creditor" (and the others); None: nobody.
        total: Whether all actors together may be asked for.
        over: How the quarters of a year become its number.
        of: Makes its quarters, shape (T, R), from the variables it needs in their order, each of the one state where it has a state axis,
            and the position of the actor, a slice for all of them.
        ratios: Whether its changes are compared as ratios, as of amounts that grow; else as differences.
        domain: Values that it can have.
    """

    label: str
    unit: str
    needs: tuple[str, ...]
    of: Callable[..., Array]
    actors: Literal["power", "partner", "creditor"] | None = None
    total: bool = False
    over: Over = "mean"
    ratios: bool = False
    domain: str = "(-inf, inf)"

    @property
    def dollars(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit.startswith("USD bn")


def _sum(values: Array, actor: slice) -> Array:
    return np.add.reduce(values[:, actor], axis=1)


def _debt(debt: Array, other: Array, actor: slice) -> Array:
    return _sum(np.concatenate([debt, other[:, None]], axis=1), actor)


#: Every yearly measure by name.
MEASURES_BY_YEAR: dict[str, Measure] = {
    "output": Measure("Output", "USD bn/yr", ("output",), lambda output, actor: output, ratios=True, domain=AMOUNT),
    "trade": Measure("Trade with {actor}", "USD bn/yr", ("trade",), _sum, "partner", total=True, ratios=True, domain=AMOUNT),
    "trade_share": Measure("Share of trade with {actor}", "share", ("trade",),
                           lambda trade, actor: _sum(trade, actor) / np.add.reduce(trade, axis=1), "partner", domain="[0, 1]"),
    "investment": Measure("Investment from {actor}", "USD bn/yr", ("investment",), _sum, "power", total=True),
    "aid": Measure("Official finance from {actor}", "USD bn/yr", ("aid",), _sum, "power", total=True),
    "inflow": Measure("Foreign capital", "share of output", ("investment", "other_flow", "output"),
                      lambda investment, other, output, actor: (np.add.reduce(investment, axis=1) + other) / output),
    "debt": Measure("Public external debt to {actor}", "USD bn", ("debt", "other_debt"), _debt, "creditor", total=True, over="end", ratios=True, domain=AMOUNT),
    "debt_ratio": Measure("Public external debt to {actor} over output", "share of output", ("debt", "other_debt", "output"),
                          lambda debt, other, output, actor: _debt(debt, other, actor) / output, "creditor", total=True, over="end"),
    "tilt": Measure("Tilt, + to {first}", "-", ("tilt",), lambda tilt, actor: tilt.mean(axis=1), domain="[-1, 1]"),
    "visits": Measure("High-level visits by {actor}", "per year", ("visits",), _sum, "power", total=True, over="sum", domain="[0, 1000]"),
    "power_output": Measure("Output of {actor}", "USD bn/yr", ("power_output",), _sum, "power", ratios=True, domain=AMOUNT),
    "pressure": Measure("Pressure by {actor}", "-", ("pressure",), _sum, "power", domain="[0, 1]"),
    "trust": Measure("Trust in {actor}", "-", ("trust",), _sum, "power", domain="[0, 1]"),
    "leverage": Measure("Leverage of {actor}", "share of income", ("leverage",), _sum, "power", domain="[0, 1]"),
    "legitimacy": Measure("Legitimacy", "-", ("legitimacy",), lambda legitimacy, actor: legitimacy, domain="[0, 1]"),
    "unrest": Measure("Unrest", "-", ("unrest",), lambda unrest, actor: unrest, domain="[0, 1]"),
}


@dataclass(frozen=True)
class YearlySeries:
    """A yearly measure of one state.

    Attributes:
        measure: One of `MEASURES_BY_YEAR`.
        actor: Key of the power, partner or creditor it is about, or "all"; empty where it is about none.
        state: Key of the state.
    """

    measure: str
    actor: str
    state: str

    @classmethod
    def parse(cls, name: str) -> "YearlySeries":
        """The series of a name, see `name`."""
        measure, actor, state = name.split("/")
        return cls(measure, actor, state)

    @property
    def name(self) -> str:
        """Measure, actor and state, parted by slashes."""
        return f"{self.measure}/{self.actor}/{self.state}"

    def problem(self, world: World) -> str | None:
        """Why a world has no such series; None where it has."""
        if self.measure not in MEASURES_BY_YEAR:
            return f"measure: unknown measure {self.measure!r}; there are {', '.join(MEASURES_BY_YEAR)}"
        actors = actors_of(self.measure, world)
        if self.actor not in (actors or ("",)):
            return (f"actor: {self.measure} is of {', '.join(actors)}; got {self.actor or 'none'}" if actors
                    else f"actor: {self.measure} has no actor; got {self.actor}")
        if self.state not in world.states:
            return f"state: {self.state or 'none'} is not a state of this world ({', '.join(world.states)})"
        return None


def actors_of(measure: str, world: World) -> tuple[str, ...]:
    """Actors that a measure may be about in a world; empty: none."""
    known = MEASURES_BY_YEAR[measure]
    if known.actors is None:
        return ()
    keys = {"power": (), "partner": (REST_KEY,), "creditor": (OTHER_KEY,)}[known.actors]
    return (*world.powers, *keys, *((ALL_KEY,) if known.total else ()))


def needed(series: Sequence[YearlySeries]) -> set[str]:
    """Variables of the history that some series are made from."""
    return {variable for each in series for variable in MEASURES_BY_YEAR[each.measure].needs}


def yearly(history: History, series: Sequence[YearlySeries]) -> dict[str, Array]:
    """Yearly series of a history, by name, each of shape (years, worlds); quarters after the last whole year do not count.

    Args:
        history: What was recorded: at least the variables that `needed` names, of the states of the series.
        series: Those wanted, which fit the world.
    """
    result = {}
    for each in series:
        measure, own = MEASURES_BY_YEAR[each.measure], history.of(each.state)
        values = [own[name][..., 0, :] if "S" in VARIABLES[name].axes else own[name] for name in measure.needs]
        keys = actors_of(each.measure, history.world)
        actor = slice(None) if each.actor in ("", ALL_KEY) else slice(keys.index(each.actor), keys.index(each.actor) + 1)
        quarters = measure.of(*values, actor)
        years = quarters[: len(quarters) // QUARTERS * QUARTERS].reshape(-1, QUARTERS, quarters.shape[-1])
        result[each.name] = {"mean": years.mean(axis=1), "sum": years.sum(axis=1), "end": years[:, -1]}[measure.over]
    return result
