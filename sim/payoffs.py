"""Payoffs: what a history was worth to a state, one number per world. MODEL.md, section "Payoffs".

No payoff mentions tilt, breadth, balance or hedging. The behavioural indices are reported, never rewarded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sim.axes import DT, ECONOMY, SECURITY, TINY, WORLD, Array, sum_over_powers
from sim.history import History
from sim.quantity import Frozen
from sim.settings import Settings

#: How measures and columns name the powers, in their order.
PLACES = ("first", "second")
#: A crisis that costs more than this share of a year's GDP counts as severe.
SEVERE = 0.03


@dataclass(frozen=True)
class Measure:
    """A number per world.

    Attributes:
        label: Name for a person; {first} and {second} stand for the powers, {region} for the region.
        unit: Unit; "-" for a pure number.
        kind: "return": strategies are compared on it, more is better. "outcome": reported as well.
            "behaviour": what the state did. "power": what the powers gained and paid.
        meaning: How it is computed.
    """

    label: str
    unit: str
    kind: Literal["return", "outcome", "behaviour", "power"]
    meaning: str


MEASURES: dict[str, Measure] = {
    "economic": Measure("Economic", "log points", "return", "discounted mean of log consumption; .01 is 1 % of consumption in every quarter"),
    "autonomy": Measure("Autonomy", "share of income", "return", "mean share of income that no one power holds in its hand"),
    "legitimacy": Measure("Legitimacy", "0 to 1", "return", "mean legitimacy of the government"),
    "stability": Measure("Stability", "0 to 1", "return", "one minus mean unrest"),
    "trust": Measure("Trust", "0 to 1", "return", "mean trust of the powers, weighted by their output"),
    "security": Measure("Security", "share of GDP/yr", "return", "minus the mean loss to threats, claims and crises"),
    "growth": Measure("Growth of output", "per year", "outcome", "mean growth of log output over the horizon"),
    "growth_volatility": Measure("Volatility of consumption", "log points", "outcome", "standard deviation of quarterly growth of log consumption"),
    "debt": Measure("Debt at the end", "years of GDP", "outcome", "debt to all creditors over output in the last quarter"),
    "visits": Measure("Visits", "per year", "outcome", "high-level visits by both powers"),
    "visits_first": Measure("Visits by {first}", "per year", "outcome", "high-level visits"),
    "visits_second": Measure("Visits by {second}", "per year", "outcome", "high-level visits"),
    "pressure": Measure("Pressure received", "0 to 2", "outcome", "mean sum of pressure by both powers"),
    "trust_first": Measure("Trust of {first}", "0 to 1", "outcome", "mean trust"),
    "trust_second": Measure("Trust of {second}", "0 to 1", "outcome", "mean trust"),
    "perception_gap": Measure("Perception gap", "0 to 2", "outcome", "mean distance between the tilt that the powers see and the tilt chosen"),
    "regional_distance": Measure("Distance to {region}", "0 to 2", "outcome", "mean distance between the state's tilt and the mean tilt of {region}"),
    "cohesion": Measure("Cohesion of {region}", "0 to 1", "outcome", "mean of 1 minus the standard deviation of the states' tilts"),
    "severe_crisis": Measure("Severe crisis", "chance", "outcome", f"1 if a crisis cost more than {SEVERE * 100:g} % of a year's GDP"),
    "tilt": Measure("Tilt", "-1 to 1", "behaviour", "mean tilt, + to {first}"),
    "lean": Measure("Lean", "0 to 1", "behaviour", "mean of the absolute tilt"),
    "mean_engagement": Measure("Engagement", "0 to 1", "behaviour", "mean engagement with both powers"),
    "shared_engagement": Measure("Shared engagement", "0 to 1", "behaviour", "mean of the smaller of the engagements with the two powers"),
    "hedging_index": Measure("Hedging index", "0 to 1", "behaviour", "mean of the smaller engagement over the larger, in each domain"),
    "cross_domain_index": Measure("Hedging index across domains", "0 to 1", "behaviour", "the same for both domains together"),
    "domain_split": Measure("Domain split", "0 to 1", "behaviour", "mean of half the difference between economic and security tilt"),
    "alignment_first": Measure("Alignment with {first}", "-1 to 1", "power", "mean alignment of the state as {first} perceives it"),
    "alignment_second": Measure("Alignment with {second}", "-1 to 1", "power", "mean alignment of the state as {second} perceives it"),
    "flow_first": Measure("Flow from {first}", "USD bn/yr", "power", "mean investment and aid received"),
    "flow_second": Measure("Flow from {second}", "USD bn/yr", "power", "mean investment and aid received"),
    "influence_first": Measure("Influence of {first}", "-1 to 1", "power", "mean perceived alignment of the region, weighted by output"),
    "influence_second": Measure("Influence of {second}", "-1 to 1", "power", "mean perceived alignment of the region, weighted by output"),
    "outlay_first": Measure("Outlay of {first}", "USD bn/yr", "power", "mean investment and aid to the region, before lumps"),
    "outlay_second": Measure("Outlay of {second}", "USD bn/yr", "power", "mean investment and aid to the region, before lumps"),
}
RETURNS = tuple(name for name, measure in MEASURES.items() if measure.kind == "return")

#: Returns that a composite may weigh.
WEIGHED = ("economic", "autonomy", "legitimacy", "stability", "trust", "security")

#: The weighted mean of these on the common scale of `Payoff.anchors`.
COMPOSITE = "composite"

#: Measures that `payoffs_of_all` computes for every state.
OF_ALL = (*RETURNS, "cohesion")

#: Variables that `payoffs_of_all` and `payoffs` read; record at least these.
NEEDED_OF_ALL = ("consumption", "leverage", "legitimacy", "unrest", "trust", "power_output", "loss", "cohesion")
NEEDED = (
    "consumption", "output", "leverage", "legitimacy", "unrest", "trust", "power_output", "visits", "pressure", "perceived", "tilt",
    "regional_tilt", "engagement", "alignment", "flow", "debt", "other_debt", "loss", "crisis", "crisis_loss", "influence", "outlay",
    "cohesion",
)

#: Anchors and weights are at most so large; a scale is at least so wide, and weights add up to at least so much.
LARGEST, LEAST = 1e6, 1e-6
Finite = Annotated[float, Field(allow_inf_nan=False, ge=-LARGEST, le=LARGEST)]


Weighed = Literal["economic", "autonomy", "legitimacy", "stability", "trust", "security"]

#: Smallest difference in each return that matters, unless a payoff says otherwise: a quarter of a per cent of consumption, and so on.
MATTERS: Mapping[Weighed, float] = {"economic": 0.0025, "autonomy": 0.01, "legitimacy": 0.01, "stability": 0.01, "trust": 0.01, "security": 0.0005}


class Payoff(Frozen):
    """The common scale of the returns.

    Attributes:
        anchors: For each weighed return, the value that counts 0 and the value that counts 1. For the
            economic return they are values of the difference to the reference strategy.
        weights: Weight of each in the composite; None: all alike, where a composite is asked for.
        matters: Smallest difference in each return that matters; a smaller one makes no practical difference. Returns that
            are left out keep theirs of `MATTERS`.
    """

    anchors: dict[Weighed, Annotated[list[Finite], Field(min_length=2, max_length=2)]]
    weights: dict[Weighed, Annotated[Finite, Field(ge=0)]] | None = None
    matters: dict[Weighed, Annotated[Finite, Field(ge=0)]] = Field(default_factory=lambda: dict(MATTERS))

    @model_validator(mode="after")
    def _complete(self) -> "Payoff":
        missing = [name for name in WEIGHED if name not in self.anchors]
        wrong = [name for name, (low, high) in self.anchors.items() if not high - low >= LEAST]
        if missing or wrong:
            text = f"anchors: missing {', '.join(missing)}" if missing else f"anchors.{wrong[0]}: the first must be below the second, by {LEAST:g} at least"
            raise PydanticCustomError("anchors", "{m}", {"m": text})
        if self.weights is not None and not sum(self.weights.values()) >= LEAST:
            raise PydanticCustomError("weights", "{m}", {"m": f"weights: they must add up to at least {LEAST:g}"})
        return self

    def scaled(self, name: str, value: Array) -> Array:
        """A return on the common scale; linear beyond the anchors too."""
        low, high = self.anchors[name]  # type: ignore[index]
        return (value - low) / (high - low)

    def smallest(self, measure: str) -> float:
        """The smallest difference in a measure that matters; 0 for a measure that has none."""
        return ({**MATTERS, **self.matters}).get(measure, 0.0)  # type: ignore[call-overload]


def payoffs(history: History, settings: Settings) -> dict[str, Array]:
    """All `MEASURES` of the focal state, each of shape (R,).

    Args:
        history: Holds at least `NEEDED`, of the focal state at least.
        settings: The settings it came from.
    """
    h = history.of(settings.focal)
    if h["crisis"].shape[WORLD] == 1:
        return {name: values[:1] for name, values in payoffs(_twice(h), settings).items()}
    own = {name: h[name][..., 0, :] for name in NEEDED if name not in ("power_output", "regional_tilt", "crisis", "influence", "outlay", "cohesion")}
    n_quarters = len(h["crisis"])
    years = n_quarters * DT
    log_consumption = np.log(own["consumption"])
    seen_tilt = (own["perceived"][:, :, 0] - own["perceived"][:, :, 1]) / 2
    engaged = own["engagement"]
    smaller, larger = engaged.min(axis=2), engaged.max(axis=2)
    together = engaged.mean(axis=1)
    start_output = np.asarray(settings.world.states[settings.focal].output)
    by_power = {
        f"{name}_{power}": own[source][:, g].mean(axis=0) * scale
        for g, power in enumerate(PLACES)
        for name, source, scale in (("visits", "visits", 1 / DT), ("trust", "trust", 1.0), ("alignment", "alignment", 1.0), ("flow", "flow", 1.0))
    } | {f"{name}_{power}": h[name][:, g].mean(axis=0) for g, power in enumerate(PLACES) for name in ("influence", "outlay")}
    measured: dict[str, Array] = _of_one(h, settings) | by_power | {
        "growth": np.log(own["output"][-1] / start_output) / years,
        "growth_volatility": np.diff(log_consumption, axis=0).std(axis=0) if n_quarters > 1 else np.zeros(h["crisis"].shape[WORLD]),
        "debt": (sum_over_powers(own["debt"][-1]) + own["other_debt"][-1]) / own["output"][-1],
        "visits": by_power["visits_first"] + by_power["visits_second"],
        "pressure": own["pressure"].sum(axis=1).mean(axis=0),
        "perception_gap": np.abs(seen_tilt - own["tilt"]).mean(axis=(0, 1)),
        "regional_distance": np.abs(own["tilt"] - h["regional_tilt"]).mean(axis=(0, 1)),
        "severe_crisis": (h["crisis"] * own["crisis_loss"] > SEVERE).any(axis=0).astype(float),
        "tilt": own["tilt"].mean(axis=(0, 1)),
        "lean": np.abs(own["tilt"]).mean(axis=(0, 1)),
        "mean_engagement": engaged.mean(axis=(0, 1, 2)),
        "shared_engagement": smaller.mean(axis=(0, 1)),
        "hedging_index": (smaller / np.maximum(larger, TINY)).mean(axis=(0, 1)),
        "cross_domain_index": (together.min(axis=1) / np.maximum(together.max(axis=1), TINY)).mean(axis=0),
        "domain_split": (np.abs(own["tilt"][:, ECONOMY] - own["tilt"][:, SECURITY]) / 2).mean(axis=0),
    }
    return {name: measured[name] for name in MEASURES}


def payoffs_of_all(history: History, settings: Settings) -> dict[str, Array]:
    """The measures `OF_ALL` of every state recorded, each of shape (S, R); cohesion is the same for all.

    Args:
        history: Holds at least `NEEDED_OF_ALL`.
        settings: The settings it came from.
    """
    single = history["cohesion"].shape[WORLD] == 1
    found = [_of_one(_twice(own) if single else own, settings) for own in map(history.of, history.states)]
    return {name: np.stack([each[name][:1] if single else each[name] for each in found]) for name in OF_ALL}


def _of_one(h: History, settings: Settings) -> dict[str, Array]:
    """The measures `OF_ALL` of the only state of a history of several worlds, each of shape (R,)."""
    own = {name: h[name][..., 0, :] for name in NEEDED_OF_ALL if name not in ("power_output", "cohesion")}
    output_share = h["power_output"] / (h["power_output"][:, :1] + h["power_output"][:, 1:])
    return {
        "economic": (discount_weights(len(own["loss"]), settings) * np.log(own["consumption"])).sum(axis=0),
        "autonomy": 1 - own["leverage"].max(axis=1).mean(axis=0),
        "legitimacy": own["legitimacy"].mean(axis=0),
        "stability": 1 - own["unrest"].mean(axis=0),
        "trust": (own["trust"] * output_share).sum(axis=1).mean(axis=0),
        "security": -own["loss"].mean(axis=0),
        "cohesion": h["cohesion"].mean(axis=0),
    }


def _twice(h: History) -> History:
    """A single world twice: numpy adds the quarters of one world in another order than those of several."""
    return History({name: np.repeat(values, 2, axis=WORLD) for name, values in h.items()}, h.states, h.world)


def discount_weights(n_quarters: int, settings: Settings) -> Array:
    """Weight of each quarter, summing to 1 over time, shape (T, 1) or (T, R)."""
    weight: Array = np.exp(-np.multiply.outer(DT * np.arange(n_quarters), np.atleast_1d(settings.parameters.discount_rate)))
    return weight / weight.sum(axis=0)


def weights_of(payoff: Payoff) -> dict[str, float]:
    """Weights of the composite, summing to 1: those given, or all `WEIGHED` returns alike."""
    weights: Mapping[str, float] = {str(name): weight for name, weight in payoff.weights.items()} if payoff.weights else dict.fromkeys(WEIGHED, 1.0)
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def on_scale(returns: Mapping[str, Array], payoff: Payoff, zero: Array | float = 0.0) -> dict[str, Array]:
    """The weighed returns on the common scale of the anchors, each in its own shape.

    Args:
        returns: At least some of `WEIGHED`, of any shape.
        payoff: Anchors.
        zero: The economic return that counts as none, such as that of a reference strategy; it cancels in differences.
    """
    return {name: payoff.scaled(name, returns[name] - (zero if name == "economic" else 0.0)) for name in WEIGHED if name in returns}


def composite(returns: Mapping[str, Array], payoff: Payoff, zero: Array | float = 0.0) -> Array:
    """Weighted mean of the returns on their common scale; arguments as of `on_scale`.

    Raises:
        KeyError: A return with a weight is missing.
    """
    scaled = on_scale(returns, payoff, zero)
    return np.add.reduce([weight * scaled[name] for name, weight in weights_of(payoff).items()])
