"""A small state's strategy: the numbers that a strategy YAML may hold."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from sim.data import Name
from sim.quantity import Number, PerDomain, Quantities, quantity

CHOICE = "choice of the state"

#: In place of an anchor or a breadth: the state's own at the start.
START = "start"


def _lean(symbol: str, meaning: str, source: str) -> Any:
    return quantity(0.0, meaning=meaning, symbol=symbol, domain="[-20, 20]", plausible=(-5, 5), each="domain", source=source)


class LeanWith(Quantities):
    """Towards (+) or away from (-) the power that has more of something."""

    inducement: PerDomain = _lean("bB", "Lean with the larger flow of investment and aid", "Schweller (1994); Kuik (2008)")
    power: PerDomain = _lean("bW", "Lean with the longer reach: bandwagon (+), balance (-)", "Walt (1987); Waltz (1979)")
    pressure: PerDomain = _lean("bS", "Lean with the stronger pressure: appease (+), defy (-)", "He (2008)")
    dependence: PerDomain = _lean("bD", "Lean with the power on which the state depends more", "Hirschman (1945); Kuik (2008)")
    perception: PerDomain = _lean("bP", "Lean with the tilt that the powers see; negative corrects it", "Kin Phea (2021): no prominence")
    reciprocity: PerDomain = _lean("bR", "Lean with the power that lately gave more than usual", "Axelrod (1984)")
    rivalry: PerDomain = _lean("brho", "Lean further (+) or retreat (-) as rivalry rises", "art. 53 of Cambodia's constitution")
    threat: PerDomain = _lean("bT", "Lean with the power that threatens more: towards (+), away (-)", "Walt (1987)")


class Strategy(Quantities):
    """A small state's strategy. Source: MODEL.md, section "Strategies".

    `rule` names the Python class in `sim.strategies.RULES` that decides each quarter; the default is
    the linear rule, which needs no code. `label` is what it is called in a sentence; empty: its name. `options` are the numbers of a rule with its own code.
    """

    name: Name
    label: Annotated[str, Field(max_length=40)] = ""
    family: Name
    description: str = Field(min_length=1)
    source: str = Field(min_length=1)
    rule: Name = "linear"
    options: Mapping[str, Any] = Field(default_factory=dict)

    anchor: PerDomain = quantity(
        0.0, meaning="Tilt aimed at before leaning and coercion", symbol="a0", domain="[-1, 1]", plausible=(-1, 1), each="domain",
        source=CHOICE, word=START)
    breadth: PerDomain = quantity(
        0.5, meaning="Cooperation opened to both powers alike", symbol="e", domain="[0, 1]", plausible=(0.2, 0.95),
        each="domain", source=CHOICE, word=START)
    speed: PerDomain = quantity(
        0.25, meaning="Share of the way to the aim covered in a quarter", symbol="kappa", unit="1/quarter",
        domain="[0, 1]", plausible=(0.1, 0.6), each="domain", source=CHOICE)
    lean_with: LeanWith = Field(default_factory=LeanWith)
    defence: Number = quantity(
        0.0, meaning="Extra defence spending", symbol="h", unit="share of GDP", domain="[0, 0.2]", plausible=(0, 0.03),
        source=CHOICE)
    association_effort: Number = quantity(
        0.3, meaning="Effort for the association", symbol="n", domain="[0, 1]", plausible=(0, 1), source=CHOICE)
    ambiguity: Number = quantity(
        0.0, meaning="Strategic ambiguity: noise in what powers see", symbol="amb", domain="[0, 10]", plausible=(0, 2),
        source="Lim & Cooper (2015)")
    diversification: Number = quantity(
        0.0, meaning="Diversification towards the rest of the world", symbol="div", domain="[0, 1]", plausible=(0, 1),
        source=CHOICE)
    regime: Number = quantity(
        0.0, meaning="Weight of regime survival beyond what every government gives it", symbol="regime", domain="[-5, 5]", plausible=(0, 2),
        source="David (1991)")
    learning: Number = quantity(
        0.0, meaning="Step of hill climbing on own consumption", symbol="lr", domain="[0, 1]", plausible=(0, 0.3),
        source=CHOICE)
