"""Headline sentences, made from the numbers: no claim without an interval, no winner where there is a tie."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.assumptions import ROBUST, Assumptions
from experiments.comparison import Comparison, mean_interval
from experiments.outcome import advantage
from experiments.words import share, signed
from sim.axes import Array
from sim.payoffs import MEASURES, RETURNS

#: Below this hedging index a strategy engages one power only, whatever its family says.
ALIGNED_IN_EFFECT = 0.1
#: An interval narrower than this, in points, has no width but what rounding gives it.
ROUNDING = 1e-9
#: The strategy that the essay advises: no prominence to one power.
CLAIM = "equidistance"
#: What a hundredth of a return is called; the economic return is in % of consumption.
POINTS = {
    "autonomy": "points of income", "legitimacy": "points of 100", "stability": "points of time", "diplomatic": "points of 100",
    "security": "points of GDP a year", "composite": "points of 100",
}


@dataclass(frozen=True)
class Finding:
    """A headline: what it is about, the sentences, and sentences that read better one below the other."""

    about: str
    text: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One strategy less another on the same worlds, with its 95 % interval and the share of worlds in which it is better."""

    mean: float
    low: float
    high: float
    better: float

    @property
    def verdict(self) -> int:
        """+1 or -1 where the interval leaves 0 out, else 0."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def difference(comparison: Comparison, one: str, other: str, measure: str) -> Difference:
    """Compare two strategies of a comparison in one return."""
    values, names = comparison.payoffs[measure], comparison.strategies
    return of_worlds(values[names.index(one)] - values[names.index(other)])


def of_worlds(worlds: Array) -> Difference:
    """A difference from its value in each world, shape (worlds,)."""
    mean, low, high = mean_interval(worlds)
    return Difference(float(mean), float(low), float(high), float((worlds > 0).mean()))


def at_equal_size(comparison: Comparison, one: Sequence[str], other: Sequence[str], measure: str) -> Difference:
    """One side of strategies less another at equal size, as `experiments.outcome.advantage` compares them."""
    rows = [[comparison.strategies.index(name) for name in side] for side in (one, other)]
    return of_worlds(advantage(comparison.payoffs[measure][:, None], *rows)[0])


def best_of(comparison: Comparison, names: Sequence[str], measure: str) -> tuple[str, list[str]]:
    """The strategy with the highest mean of a return, and those that cannot be told apart from it."""
    means = {name: comparison.payoffs[measure][comparison.strategies.index(name)].mean() for name in names}
    best = max(means, key=lambda name: means[name])
    return best, [name for name in names if name != best and difference(comparison, best, name, measure).verdict == 0]


def in_points(measure: str, value: float) -> float:
    """A return or difference as a reader meets it: % of consumption for the economic return, else hundredths."""
    return 100 * float(np.expm1(value) if measure == "economic" else value)


def digits_for(low: float, high: float) -> int:
    """As many decimals as make an interval visible, within reason."""
    half = (high - low) / 2
    return int(np.clip(np.ceil(-np.log10(half)), 1, 3)) if ROUNDING < half < np.inf else 2


def amount(measure: str, d: Difference) -> str:
    """A difference with its interval, such as "+0.07 % of consumption [+0.06, +0.08]"."""
    unit = "% of consumption" if measure == "economic" else POINTS.get(measure, "points")
    low, high = in_points(measure, d.low), in_points(measure, d.high)
    if not np.isfinite(d.low):
        return f"{signed(in_points(measure, d.mean), 2)} {unit} [one world: no interval]"
    digits = digits_for(low, high)
    return f"{signed(in_points(measure, d.mean), digits)} {unit} [{signed(low, digits)}, {signed(high, digits)}]"


def headline(comparison: Comparison, assumptions: Assumptions | None) -> list[Finding]:
    """The findings in plain words, in the order a reader asks."""
    return [
        *(Finding(MEASURES[measure].label, _return(comparison, assumptions, measure)) for measure in RETURNS),
        *_essay(comparison),
        Finding("What one values", _weights(comparison)),
        *([Finding("What rests on assumptions", _rests_on(comparison, assumptions))] if assumptions else []),
        Finding("How sure", _pairing(comparison)),
    ]


def _return(comparison: Comparison, assumptions: Assumptions | None, measure: str) -> str:
    """What pays most in one return, and whether hedging or alignment does."""
    best, ties = best_of(comparison, comparison.strategies, measure)
    if ties and len(ties) == len(comparison.strategies) - 1:
        worlds = "one world" if comparison.n_worlds == 1 else f"{comparison.n_worlds:,} worlds"
        return f"No strategy can be told apart from any other in {worlds}."
    told = f" {_listed(ties)} cannot be told apart from it." if ties else ""
    if best == comparison.reference:
        first = f"Nothing beats the reference, {best}.{told}"
    else:
        d = difference(comparison, best, comparison.reference, measure)
        held = "" if assumptions is None else f" and in {share(assumptions.share_better(best, comparison.reference, measure))} of draws of the assumptions"
        first = f"{best} brings most: {amount(measure, d)} against {comparison.reference}, better in {share(d.better)} of worlds{held}.{told}"
    return f"{first} {_families(comparison, assumptions, measure)}".strip()


def _families(comparison: Comparison, assumptions: Assumptions | None, measure: str) -> str:
    """The best hedging against the best aligned strategy."""
    members = {label: [n for n in comparison.strategies if comparison.families[n] == label] for label in ("hedging", "alignment")}
    if not all(members.values()):
        return ""
    hedger, aligned = (best_of(comparison, members[label], measure)[0] for label in ("hedging", "alignment"))
    d = difference(comparison, hedger, aligned, measure)
    ahead, behind = (hedger, aligned) if d.verdict > 0 else (aligned, hedger)
    held = 1.0 if assumptions is None else assumptions.share_better(ahead, behind, measure)
    side = "Hedging" if d.verdict > 0 else "Alignment"
    verdict = f"{side} wins" if held >= ROBUST else f"{side} is ahead at the defaults, but in only {share(held)} of draws of the assumptions"
    equal = ""
    if len({len(names) for names in members.values()}) > 1:
        even = at_equal_size(comparison, members["hedging"], members["alignment"], measure)
        equal = f" At equal size, {min(map(len, members.values()))} of each drawn at random, hedging brings {amount(measure, even)} against alignment."
        if even.verdict != d.verdict:
            verdict = f"{side} is ahead with all its members, but not at equal size"
    if d.verdict == 0:
        verdict = "Hedging and alignment cannot be told apart"
    index = float(comparison.payoffs["hedging_index"][comparison.strategies.index(hedger)].mean())
    note = f" ({hedger} hedges in name only here: its hedging index is {index:.2f})" if index < ALIGNED_IN_EFFECT else ""
    return f"{verdict}: the best hedging strategy, {hedger}, brings {amount(measure, d)} against the best aligned one, {aligned}{note}.{equal}"


def _essay(comparison: Comparison) -> list[Finding]:
    """The essay's claim: no prominence to one power maximises political, economic and diplomatic returns."""
    claim = CLAIM
    others = [name for name in ("status_quo", "bandwagon_china") if name in comparison.strategies]
    if claim not in comparison.strategies or not others:
        return []
    claimed = ("economic", "autonomy", "legitimacy", "diplomatic")
    sentences = []
    for other in others:
        told = [f"{MEASURES[m].label.lower()} {amount(m, difference(comparison, claim, other, m))}" for m in claimed]
        sentences.append(f"Against {other}: {', '.join(told)}.")
    wins = [measure for measure in claimed if all(difference(comparison, claim, other, measure).verdict > 0 for other in others)]
    losses = [measure for measure in claimed if all(difference(comparison, claim, other, measure).verdict < 0 for other in others)]
    verdict = (f"No prominence to one power ({claim}) pays in {_listed([MEASURES[m].label.lower() for m in wins])}"
               f" and costs in {_listed([MEASURES[m].label.lower() for m in losses])} against {' and '.join(others)}.")
    unnamed = "; ".join(
        f"{MEASURES[m].label.lower()} {amount(m, difference(comparison, claim, others[0], m))}" for m in RETURNS if m not in claimed)
    return [Finding("The essay's advice", " ".join([verdict, *sentences, f"Returns it does not name, against {others[0]}: {unnamed}."]))]


def _weights(comparison: Comparison) -> str:
    words = []
    asked = {"strategy": "Over all weightings of the five returns, best strategy",
             "family": f"Best family, {_size_of_teams(comparison)} of each drawn at random"}
    for kind, where in asked.items():
        rows = comparison.dominance[comparison.dominance.kind == kind].sort_values("share", ascending=False).head(3)
        named = [f"{r['name']} for {share(r['share'], r['low'], r['high'])}" for _, r in rows.iterrows() if r["share"] > 0]
        words.append(f"{where}: {_listed(named)}.")
    return " ".join(words)


def _size_of_teams(comparison: Comparison) -> str:
    size = min(Counter(comparison.families[name] for name in comparison.strategies).values())
    return "one member" if size == 1 else f"{size} members"


def _rests_on(comparison: Comparison, assumptions: Assumptions) -> str:
    rivals = [name for name in comparison.strategies if name != comparison.reference]
    if not rivals:
        return "Only one strategy was compared."
    table = assumptions.table[assumptions.table.measure == "economic"].set_index("strategy")
    told = []
    for name in dict.fromkeys([best_of(comparison, rivals, "economic")[0], *(n for n in ("equidistance", "bandwagon_china") if n in rivals)]):
        row: Any = table.loc[name]
        moved = f"; {row.mover} moves this most (rank correlation {signed(row.correlation, 2)})" if row.mover else ""
        told.append(f"{name} brings more consumption than {comparison.reference} in {share(row.better)} of draws and less in {share(row.worse)}{moved}.")
    return f"All {len(assumptions.names)} grade-C parameters were drawn anew over their ranges, {assumptions.n_draws} times. {' '.join(told)}"


def _pairing(comparison: Comparison) -> str:
    ratio = comparison.variance_reduction
    if not np.isfinite(ratio):
        return "Every strategy met the same worlds."
    return (f"Every strategy met the same worlds: for the same interval on consumption, independent ones would have to be "
            f"{ratio:.1f} times as many (median over strategies).")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nothing"
