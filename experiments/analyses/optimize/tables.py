"""Tables of a search."""

import numpy as np
import pandas as pd

from experiments.analyses.optimize.result import FAMILY, OBJECTIVE_LABELS, Options, Result
from experiments.figures import scales
from experiments.figures.style import labels
from experiments.report import phrases
from experiments.report.parts import Table
from experiments.words import exact
from sim.payoffs import COMPOSITE


def tables(options: Options, result: Result) -> list[Table]:
    """Tables of the report."""
    shown, comparison = labels(result.names), result.comparison
    digits = 4 if options.measure == COMPOSITE else 2
    rows = [[shown[result.names[i]], f"{comparison.in_sample.value[i]:.4f}", f"{comparison.out_of_sample.value[i]:.4f}",
             phrases.cell(phrases.scaled(options.measure, comparison.optimism[i]), digits),
             "—" if i == result.best_found else phrases.cell(phrases.scaled(options.measure, comparison.ahead[i]), digits),
             f"{comparison.behaviour['lean'][i]:.2f}",
             f"{comparison.behaviour['hedging_index'][i]:.2f}"] for i in np.argsort(-comparison.out_of_sample.value, kind="stable").tolist()]
    scale = scales.scale_of(options.measure)
    made = [Table(
        "The library and the strategies found",
        f"{OBJECTIVE_LABELS[options.objective].capitalize()}, {scale.label.lower()}; differences in {scale.unit} with 95 % intervals over futures and worlds. "
        "Optimism: in-sample less out-of-sample.",
        ["strategy", "in-sample", "out-of-sample", "optimism", "best strategy found less it, out-of-sample", "lean", "hedging index"], rows)]
    values = options.space.values(result.candidates.units)
    made.append(Table(
        "Numbers of the strategies found", "The folder `strategies` holds a file of each.",
        ["number", "range", *(shown[strategy.name] for strategy in result.candidates.strategies)],
        [[name, f"{exact(known.plausible[0])} to {exact(known.plausible[1])}", *(exact(value) for value in values[:, i])]
         for i, (name, known) in enumerate(options.space.known.items())], frozenset({0, 1})))
    if result.front is not None and options.front is not None:
        made.append(Table(
            "Along the front, out-of-sample", "Less the reference, with 95 % intervals over futures and worlds.",
            ["strategy", *(f"{scales.scale_of(measure).label.lower()}, {scales.scale_of(measure).unit}" for measure in options.front)],
            [[shown[result.names[row]],
              *(phrases.cell(phrases.scaled(measure, result.front.values[row, k]), 4 if measure == COMPOSITE else 2)
                for k, measure in enumerate(options.front))]
             for row in result.front.rows]))
    return made


def frames(options: Options, result: Result) -> dict[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    comparison, candidates, under = result.comparison, result.candidates, result.under_policies
    families = {name: options.library[name].family if name in options.library else FAMILY for name in result.names}
    out_of_sample = [
        {"strategy": name, "family": families[name], **phrases.three("in_sample", comparison.in_sample, i),
         **phrases.three("out_of_sample", comparison.out_of_sample, i), **phrases.three("optimism", comparison.optimism, i),
         **phrases.three("best_found_ahead", comparison.ahead, i), **{measure: values[i] for measure, values in comparison.behaviour.items()},
         **({key: value for k, measure in enumerate(options.front) for key, value in phrases.three(measure, result.front.values, (i, k)).items()}
            if result.front is not None and options.front is not None else {})}
        for i, name in enumerate(result.names)]
    traces = [("random", candidates.random), ("search", candidates.search), *([("front", candidates.along)] if candidates.along is not None else [])]
    points = pd.DataFrame(np.concatenate([options.space.values(of.points) for _, of in traces]), columns=list(options.space.known))
    points.insert(0, "by", [name for name, of in traces for _ in of.points])
    objectives = pd.DataFrame(candidates.objectives[:-1], columns=[f"objective: {measure}" for measure in options.measures])
    pairs = [{"policy_first": first, "policy_second": second, **phrases.three("ahead_of_best", under.best_of_library, (i, j)),
              **phrases.three("ahead_of_reference", under.reference, (i, j))}
             for i, first in enumerate(under.policies) for j, second in enumerate(under.policies)]
    return {"out_of_sample": pd.DataFrame(out_of_sample), "candidates": pd.concat([points, objectives.loc[:, ~objectives.columns.duplicated()]], axis=1),
            "under_policies": pd.DataFrame(pairs)}
