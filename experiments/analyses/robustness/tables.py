"""Tables of robustness."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from experiments.analyses.robustness.phrases import landmarks, margin_in_words, members, small, team
from experiments.analyses.robustness.result import SURE, Options, Result, Weights
from experiments.figures import scales
from experiments.figures.style import family_label, labels
from experiments.methods.decisions import Mask
from experiments.methods.intervals import Estimate
from experiments.report import phrases
from experiments.report.parts import Table
from experiments.report.phrases import cautions
from experiments.words import share
from sim.payoffs import COMPOSITE


def tables(options: Options, result: Result) -> list[Table]:
    """Tables of the report."""
    return [*(_regret(result, measure) for measure in result.measures), _good_enough(result), _weights(result), *_peels(result),
            _tree(options, result), *_break_even(options, result)]


def _regret(result: Result, measure: str) -> Table:
    shown, measured, scale = labels(result.strategies), result.measured[measure], scales.scale_of(measure)
    regret, rows, digits = measured.regret, [], 3 if measure == COMPOSITE else 2
    for i in np.argsort(regret.mean.value, kind="stable").tolist():
        tied = "least" if i == regret.mean.value.argmin() else "tied" if measured.tied(i) else ""
        least, *others = (phrases.cell(phrases.scaled(measure, part[i]), digits)
                          for part in (regret.mean, regret.q90, regret.largest, measured.tail_difference))
        dominating = (_by(result, each.dominates[:, i] & (each.share[:, i] >= SURE)) for each in (measured.first, measured.second))
        rows.append([shown[result.strategies[i]], family_label(result.families[result.strategies[i]]), least, tied, *others, *dominating])
    heads = ["strategy", "family", "mean regret", "", "ninth decile", "largest", "CVaR", "dominated, first order, by", "second order, by"]
    return Table(f"Regret, worst futures, dominance: {scale.label.lower()}",
                 f"In {scale.unit}, with 95 % intervals over futures and worlds; those of the largest regret are over worlds alone. Tied: as little "
                 f"as the least, or nearly. CVaR: mean of the worst tenth of futures, less that of the reference. Dominated: in at least {share(SURE)} of "
                 "the resamples." + "".join(f" {each}" for each in cautions(len(result.points), "futures")), heads, rows, frozenset({0, 1, 3, 7, 8}))


def _good_enough(result: Result) -> Table:
    good, shown = result.good_enough.statistics, labels(result.strategies)
    return Table(
        "Good enough", "Share of futures in which a strategy meets the thresholds, with its 95 % interval.",
        ["strategy", "all at once", *(scales.scale_of(name).label.lower() for name in good.each)],
        [[shown[result.strategies[i]], phrases.share(good.jointly[i]), *(phrases.share(each[i]) for each in good.each.values())]
         for i in np.argsort(-good.jointly.value, kind="stable")])


def _peels(result: Result) -> list[Table]:
    boxes, shown = result.failures.trajectory, small(result)
    if len(boxes) < 2:
        return []
    return [Table(
        "Boxes along the peels",
        "Every fifth box and the last one with each number of inputs, on the half of the futures that tests; `--box=N` reports box N. Coverage is which share "
        "of all failures lies in it, density which share of the futures in it fails. trajectory.csv lists every box.",
        ["box", "inputs", "coverage", "density", "of the futures", "limits"],
        [[f"{n}", f"{len(box.names)}", phrases.share(box.coverage), phrases.share(box.density), share(box.support), box.where(shown)]
         for n, box in ((n, boxes[n]) for n in landmarks(boxes))], frozenset({5}))]


def _tree(options: Options, result: Result) -> Table:
    return Table(
        "A tree of the futures", f"Leaves, the largest share of failures first; a future is a failure where {margin_in_words(options)}. The tree was grown on "
                                 "half of the futures and tested on the other half.",
        ["where", "of the futures"],
        [[leaf.in_words(small(result)), share(leaf.support)] for leaf in result.failures.leaves], frozenset({0}))


def _break_even(options: Options, result: Result) -> list[Table]:
    made, shown = [], labels(result.strategies)
    for key, part in result.break_even.groupby(["measure", "against"], sort=False):
        measure, against = map(str, key)
        levels = sorted(part.lens.unique())
        text = part.groupby(["strategy", "lens"]).stays_ahead.agg("; ".join)
        made.append(Table(
            f"Break-even rivalry against {labels([against])[against]}: {scales.scale_of(measure).label.lower()}",
            "Mean rivalry in logit at which the two have the same return, with its 95 % interval over worlds.",
            ["strategy", *(f"economy lens {level:g}" for level in levels)],
            [[shown.get(name, team(options, result)), *(text[name, level] for level in levels)] for name in dict.fromkeys(part.strategy)],
            frozenset(range(len(levels) + 1))))
    return made


def _by(result: Result, mask: Mask) -> str:
    shown, rows = labels(result.strategies), np.flatnonzero(mask)
    return ", ".join(shown[result.strategies[i]] for i in rows[:3]) + (f" and {len(rows) - 3} more" if len(rows) > 3 else "")


def _weights(result: Result) -> Table:
    shown, rows = labels(result.strategies), []
    every, thinned = _family_shares(result.weights), _family_shares(result.duplicates.weights)
    for name, shares in every.items():
        both = (*shares, *thinned.get(name, (None, None)))
        rows.append([f"family {family_label(name)}", *("—" if part is None else phrases.share(part) for part in both)])
    kept = {name: result.duplicates.weights.every.strategies[i] for i, name in enumerate(result.duplicates.weights.strategies)}
    for i in np.argsort(-result.weights.every.strategies.value, kind="stable"):
        name = result.strategies[i]
        rows.append([shown[name], phrases.share(result.weights.every.strategies[i]), "", phrases.share(kept[name]) if name in kept else "dropped", ""])
    return Table(
        "Best for which weights",
        f"Share of weightings and futures in which it is best, with its 95 % interval over futures. Families count with {members(result.weights.smallest)} of "
        f"each, drawn at random; large families alone with {result.weights.size or 'none'} (without near-duplicates {result.duplicates.weights.smallest} and "
        f"{result.duplicates.weights.size or 'none'}).",
        ["", "all strategies", "large families", "without near-duplicates", "large families"], rows)


def _family_shares(weights: Weights) -> dict[str, tuple[Estimate | None, Estimate | None]]:
    large = dict(zip(weights.large.families, range(len(weights.large.families)), strict=True)) if weights.large else {}
    return {name: (weights.every.by_family[i], weights.large.by_family[large[name]] if weights.large and name in large else None)
            for i, name in enumerate(weights.every.families)}


def frames(options: Options, result: Result) -> Mapping[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    strategies = []
    for measure in result.measures:
        measured = result.measured[measure]
        regret = measured.regret
        for i, name in enumerate(result.strategies):
            strategies.append({
                "strategy": name, "family": result.families[name], "measure": measure, **phrases.three("regret_mean", regret.mean, i),
                **phrases.three("regret_q90", regret.q90, i), **phrases.three("regret_largest", regret.largest, i),
                **phrases.three("behind", measured.behind, i),
                **phrases.three("cvar", measured.tail, i),
                **phrases.three("cvar_difference", measured.tail_difference, i), "in_pareto_set": bool(result.pareto.inside[i]),
                "in_pareto_set_share": result.pareto.share.value[i],
                "near_duplicates": next(n for n, group in enumerate(result.duplicates.groups) if i in group),
                "kept_when_thinned": i in result.duplicates.kept})
    good = result.good_enough.statistics
    satisficing = [{"strategy": name, "threshold": threshold, "at_least": options.thresholds.get(threshold, np.nan), **phrases.three("share", part, i)}
                   for threshold, part in {"all": good.jointly, **good.each}.items() for i, name in enumerate(result.strategies)]
    dominance = [{"measure": measure, "order": order, "strategy": one, "over": other, "dominates": bool(of.dominates[i, j]), "share": of.share[i, j]}
                 for measure, measured in result.measured.items() for order, of in ((1, measured.first), (2, measured.second))
                 for i, one in enumerate(result.strategies) for j, other in enumerate(result.strategies) if i != j]
    weights = [{"library": library, "kind": kind, "members": size, "name": name, **phrases.three("share", part, i)}
               for library, of in (("all", result.weights), ("without near-duplicates", result.duplicates.weights))
               for kind, size, names, part in (
                   ("strategy", 0, of.strategies, of.every.strategies), ("family", of.smallest, of.every.families, of.every.by_family),
                   *([("family", of.size, of.large.families, of.large.by_family)] if of.large else []))
               for i, name in enumerate(names)]
    futures = pd.DataFrame(result.points.values, columns=list(result.points.names)).assign(
        advantage=result.failures.means, fails=result.failures.fails)
    measures = [pd.DataFrame(measured.means.T, columns=list(result.strategies)).add_prefix(f"{measure}: ") for measure, measured in result.measured.items()]
    boxes: list[dict[str, object]] = []
    for kind, some in (("box", result.failures.boxes), ("leaf", result.failures.leaves)):
        for n, box in enumerate(some, 1):
            worth = {**phrases.three("coverage", box.coverage), **phrases.three("density", box.density), "base": box.base, "support": box.support}
            limits = [{"input": limit.name, "side": limit.side, "value": limit.value, "p": limit.p} for limit in box.limits]
            boxes += [{"kind": kind, "number": n, **limit, **worth} for limit in limits or [{"input": "", "side": "", "value": np.nan, "p": np.nan}]]
    trajectory = [{"number": n, "inputs": len(box.names), **phrases.three("coverage", box.coverage), **phrases.three("density", box.density), "base": box.base,
                   "support": box.support, "limits": box.where()} for n, box in enumerate(result.failures.trajectory)]
    lists = {"strategies": strategies, "satisficing": satisficing, "dominance": dominance, "weights": weights, "boxes": boxes}
    return {**{name: pd.DataFrame(rows) for name, rows in lists.items()}, **({"trajectory": pd.DataFrame(trajectory)} if trajectory else {}),
            "futures": pd.concat([futures, *measures], axis=1).rename_axis("future").reset_index(), "break_even": result.break_even}
