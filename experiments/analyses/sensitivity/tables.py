"""Tables of sensitivity."""

import numpy as np
import pandas as pd

from experiments import words
from experiments.analyses.sensitivity.figures import tornado as figure_of_ends
from experiments.analyses.sensitivity.phrases import input_labels
from experiments.analyses.sensitivity.result import Options, Result
from experiments.figures import scales
from experiments.report import phrases
from experiments.report.parts import Table
from experiments.report.phrases import cell, scaled
from sim.payoffs import COMPOSITE


def tables(options: Options, result: Result) -> list[Table]:
    """Tables of the report."""
    return [_indices(options, result), _ends(options, result), _screening(options, result)]


def _indices(options: Options, result: Result) -> Table:
    names, rows = input_labels(result, result.chosen), []
    for m, measure in enumerate(options.measures):
        first, total = result.indices.indices.first[m], result.indices.indices.total[m]
        for i in np.argsort(-total.value, kind="stable"):
            steps = ", ".join(f"{step.total.value[m, i]:.2f}" for step in result.indices.steps).replace("-", "−")
            sure = result.indices.first[m, i] and result.indices.total[m, i]
            rows.append([names[i], scales.scale_of(measure).label, cell(first[i]), cell(total[i]), steps, "yes" if sure else "no",
                         ", ".join(f"{half[m, i]:.2f}" for half in result.by_half).replace("-", "−")])
    counts = ", ".join(f"{n:,}" for n in result.indices.rows)
    heads = ["input", "return", "first index", "total index", f"total from {counts} rows", "converged", "total from each half of the worlds"]
    return Table("Sobol indices", "95 % bootstrap intervals over rows.", heads, rows, frozenset({0, 1, 5}))


def _ends(options: Options, result: Result) -> Table:
    names, rows = input_labels(result, result.chosen), []
    for m, measure in enumerate(options.measures):
        scale = scales.scale_of(measure)
        advantage = result.advantages[m]
        low, high = (scaled(measure, part) for part in (advantage.low, advantage.high))
        for i in figure_of_ends.order(low, high, float(scale.difference(advantage.at_defaults.value))):
            ends = result.inputs.ranges[:, result.chosen[i]]
            rows.append([names[i], f"{scale.label}, {scale.unit}", words.number(ends[0]), cell(low[i], 3), words.number(ends[1]), cell(high[i], 3)])
    return Table("At the ends of the ranges",
                 "The advantage with one input at an end of its range and all others at their defaults, with its 95 % interval over worlds.",
                 ["input", "return", "low end", "advantage there", "high end", "advantage there"], rows, frozenset({0, 1}))


def _screening(options: Options, result: Result) -> Table:
    names, rows, effects = input_labels(result), [], result.screening
    measure_scales = [scales.scale_of(measure) for measure in options.measures]
    kinds = {"mu*": effects.mu_star, "mu": effects.mu, "sigma": effects.sigma}
    largest = np.maximum(effects.mu_star.value.max(axis=1, keepdims=True), 1e-300)
    for i in np.argsort(-(effects.mu_star.value / largest).max(axis=0), kind="stable"):
        cells = [cell(scaled(measure, part[m, i]), 2 if measure != COMPOSITE else 3) for m, measure in enumerate(options.measures) for part in kinds.values()]
        rows.append([names[i], "yes" if i in result.chosen else "", *cells])
    heads = [f"{kind}, {scale.label.lower()} ({scale.unit})" for scale in measure_scales for kind in kinds]
    return Table("Screening: elementary effects of all parameters",
                 "Change of the advantage over the full range of the input: mean size (mu*), mean (mu), standard deviation (sigma, large where the effect "
                 "bends or depends on other inputs), with 95 % bootstrap intervals over trajectories.", ["input", "selected", *heads], rows, frozenset({0, 1}))


def frames(options: Options, result: Result) -> dict[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    names, chosen = result.inputs.names, [result.inputs.names[i] for i in result.chosen]
    screening, indices, ends = [], [], []
    for m, measure in enumerate(options.measures):
        for i, name in enumerate(names):
            row: dict[str, object] = {"input": name, "measure": measure, "selected": i in result.chosen}
            for kind in ("mu_star", "mu", "sigma"):
                row |= phrases.three(kind, getattr(result.screening, kind)[m], i)
            screening.append(row)
        for rows, step in zip(result.indices.rows, result.indices.steps, strict=True):
            for i, name in enumerate(chosen):
                last = rows == result.indices.rows[-1]
                indices.append({"input": name, "measure": measure, "rows": rows, **phrases.three("first", step.first[m], i),
                                **phrases.three("total", step.total[m], i),
                                "first_converged": bool(result.indices.first[m, i]) if last else None,
                                "total_converged": bool(result.indices.total[m, i]) if last else None})
        for i, name in enumerate(["", *np.repeat(chosen, 2)]):
            advantage = result.advantages[m]
            at, change, (q05, q95) = advantage.ends[i], advantage.change[i], advantage.quantiles[:, i]
            value = result.inputs.ranges[(i - 1) % 2, result.chosen[(i - 1) // 2]] if i else np.nan
            ends.append({"input": name or "defaults", "value": value, "measure": measure, "advantage": at.value, "low": at.low, "high": at.high,
                         "q05": q05, "q95": q95, **phrases.three("change", change)})
    sample = pd.DataFrame(result.sample, columns=chosen).assign(**{measure: result.outcome[m] for m, measure in enumerate(options.measures)})
    return {"screening": pd.DataFrame(screening), "indices": pd.DataFrame(indices), "ends": pd.DataFrame(ends),
            "sample": sample.rename_axis("point").reset_index()}
