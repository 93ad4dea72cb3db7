"""Headline sentences, made from the numbers: no claim without an interval, no winner where there is a tie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.assumptions import Assumptions
from experiments.comparison import Comparison, mean_interval
from experiments.words import signed
from sim.payoffs import MEASURES, RETURNS


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
    paired = values[names.index(one)] - values[names.index(other)]
    mean, low, high = mean_interval(paired)
    return Difference(float(mean), float(low), float(high), float((paired > 0).mean()))


def best_of(comparison: Comparison, names: Sequence[str], measure: str) -> tuple[str, list[str]]:
    """The strategy with the highest mean of a return, and those that cannot be told apart from it."""
    means = {name: comparison.payoffs[measure][comparison.strategies.index(name)].mean() for name in names}
    best = max(means, key=lambda name: means[name])
    return best, [name for name in names if name != best and difference(comparison, best, name, measure).verdict == 0]


def amount(measure: str, d: Difference) -> str:
    """A difference with its interval in a reader's unit."""
    scale, digits, unit = {
        "economic": (100.0, 2, " % of consumption"),
        "autonomy": (100.0, 2, " points of income that survives a rupture"),
        "security": (100.0, 3, " points of GDP a year"),
        "stability": (100.0, 2, " points of time in stability"),
    }.get(measure, (1.0, 4, f" on the scale {MEASURES[measure].unit}" if measure in MEASURES else ""))
    mean, low, high = (np.expm1(x) if measure == "economic" else x for x in (d.mean, d.low, d.high))
    if not np.isfinite(d.low):
        return f"{signed(scale * mean, digits, unit)} (one world: no interval)"
    return f"{signed(scale * mean, digits, unit)} (95 % interval {signed(scale * low, digits)} to {signed(scale * high, digits)})"


def headline(comparison: Comparison, assumptions: Assumptions | None) -> list[str]:
    """The findings in plain words, the most asked first."""
    findings = [_pays_most(comparison, measure) for measure in RETURNS]
    return [
        *_families(comparison), findings[0], *_essay(comparison), *findings[1:], _weights(comparison),
        *([_rests_on(comparison, assumptions)] if assumptions else []), _pairing(comparison),
    ]


def _pays_most(comparison: Comparison, measure: str) -> str:
    label = MEASURES[measure].label
    best, ties = best_of(comparison, comparison.strategies, measure)
    if len(ties) == len(comparison.strategies) - 1 and ties:
        return f"{label}: no strategy can be told apart from any other in {comparison.n_worlds:,} worlds."
    also = f" {_listed(ties)} cannot be told apart from it." if ties else ""
    if best == comparison.reference:
        return f"{label}: nothing beats the reference {best}.{also}"
    d = difference(comparison, best, comparison.reference, measure)
    return f"{label}: {best} brings most, {amount(measure, d)} against {comparison.reference}, better in {d.better:.0%} of worlds.{also}"


def _families(comparison: Comparison) -> list[str]:
    """The best aligned strategy against the best hedging one, return by return."""
    members = {label: [n for n in comparison.strategies if comparison.families[n] == label] for label in ("hedging", "alignment")}
    if not all(members.values()):
        return []
    wins: dict[int, list[str]] = {1: [], -1: [], 0: []}
    for measure in RETURNS:
        hedger, aligned = (best_of(comparison, members[label], measure)[0] for label in ("hedging", "alignment"))
        d = difference(comparison, hedger, aligned, measure)
        wins[d.verdict].append(f"{MEASURES[measure].label.lower()} ({hedger} less {aligned}: {amount(measure, d)})")
    words = []
    if wins[-1]:
        words.append(f"Alignment wins on {'; '.join(wins[-1])}.")
    if wins[1]:
        words.append(f"Hedging wins on {'; '.join(wins[1])}.")
    if wins[0]:
        words.append(f"They cannot be told apart on {'; '.join(wins[0])}.")
    return ["The best hedging against the best aligned strategy. " + " ".join(words)]


def _essay(comparison: Comparison) -> list[str]:
    """The essay's claim: no prominence to one power maximises political, economic and diplomatic returns."""
    claim, alternatives = "equidistance", [n for n in ("status_quo", "bandwagon_china") if n in comparison.strategies]
    if claim not in comparison.strategies or not alternatives:
        return []
    parts = []
    for other in alternatives:
        political_economic_diplomatic = ("economic", "autonomy", "legitimacy", "diplomatic")
        told = [f"{MEASURES[m].label.lower()} {amount(m, difference(comparison, claim, other, m))}" for m in political_economic_diplomatic]
        parts.append(f"against {other}: {'; '.join(told)}")
    return [f"The essay's advice, no prominence to one power ({claim}), {'. It brings '.join(parts)}."]


def _weights(comparison: Comparison) -> str:
    words = []
    for kind, where in (("strategy", ""), ("family", ", each family with equally many members,")):
        rows = comparison.dominance[comparison.dominance.kind == kind].sort_values("share", ascending=False).head(3)
        named = [f"{r['name']} for {r['share']:.0%} ({r['low']:.0%} to {r['high']:.0%})" for _, r in rows.iterrows() if r["share"] > 0]
        words.append(f"best {kind}{where} {_listed(named)}")
    return f"It depends on what one values. Over all weightings of the five returns: {'; '.join(words)}."


def _rests_on(comparison: Comparison, assumptions: Assumptions) -> str:
    best, _ = best_of(comparison, [n for n in comparison.strategies if n != comparison.reference] or comparison.strategies, "economic")
    table = assumptions.table
    told = []
    for name in dict.fromkeys([best, *(n for n in ("equidistance", "bandwagon_china") if n in comparison.strategies)]):
        row = table[(table.strategy == name) & (table.measure == "economic")]
        if name != comparison.reference and len(row):
            r = row.iloc[0]
            moved = f", moved most by {r.mover} (rank correlation {signed(r.correlation, 2)})" if r.mover else ""
            told.append(f"{name} brings more than {comparison.reference} in {r.better:.0%} and less in {r.worse:.0%} of draws{moved}")
    return (f"Assumptions: with all {len(assumptions.names)} grade-C parameters drawn anew over their ranges "
            f"({assumptions.n_draws} draws), on consumption {'; '.join(told)}.")


def _pairing(comparison: Comparison) -> str:
    ratio = comparison.variance_reduction
    if not np.isfinite(ratio):
        return "Every strategy met the same worlds."
    return (f"Every strategy met the same worlds: for the same interval on consumption, independent ones would have to be "
            f"{ratio:.1f} times as many (median over strategies).")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"
