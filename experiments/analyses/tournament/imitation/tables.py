"""Tables of imitation."""

import numpy as np
import pandas as pd

from experiments.analyses.tournament.imitation.phrases import QUARTER, variant
from experiments.analyses.tournament.imitation.result import Options, Result
from experiments.figures import scales
from experiments.figures.style import family_label, labels
from experiments.report import phrases
from experiments.report.parts import Table
from experiments.words import share
from sim.payoffs import COMPOSITE


def tables(options: Options, result: Result) -> list[Table]:
    """Tables of the report."""
    mix, moved, invasion = result.mix, result.statistics.drift, result.invasion
    shown, scale = labels(options.strategies), scales.scale_of(options.measure)
    low, high = result.statistics.between
    digits, times = (4, 1.0) if options.measure == COMPOSITE else (2, 100.0)
    order = [int(i) for i in np.argsort(-mix.value, kind="stable")]
    strategies = [[shown[options.strategies[i]], family_label(options.families[options.strategies[i]]), phrases.cell(mix[i], 1, times=100),
                   f"{100 * low[i]:.0f} to {100 * high[i]:.0f}", phrases.cell(moved[i], 1, times=100),
                   phrases.cell(invasion.gain[i], digits, times=times), phrases.cell(invasion.lead[i], digits, times=times), share(invasion.better[i])]
                  for i in order]
    names = [family.name for family in result.statistics.families]
    variants = [[variant(name), *(phrases.cell(ending.families[i], 1, times=100) for i in range(len(names)))]
                for name, ending in result.statistics.endings.items()]
    return [
        Table("Which strategies survive imitation",
              f"Share of members in {QUARTER} with its 95 % interval, the range of nine in ten populations, and the change since the quarter before, in "
              f"points. Gain of one member that enters with the strategy, and how much more than the others it gains, in {scale.unit}; these intervals hold "
              "for all strategies at once. Last column: share of populations in which it gains.",
              ["strategy", "family", "share, %", "nine in ten, %", "change", "gain on entering", "more than others", "gains in"],
              strategies, frozenset({0, 1})),
        Table("Families by variant", f"Share of members in {QUARTER}, %, with its 95 % interval. The main variant starts from the even mix with selection "
              f"{options.selection:g} and mutation {options.mutation:g}.", ["variant", *map(family_label, names)], variants, frozenset({0})),
    ]


def frames(options: Options, result: Result) -> dict[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    statistics = result.statistics
    end, moved = statistics.between, statistics.drift
    rows = [{"generation": g + 1, "kind": kind, "name": name, **phrases.three("share", part, (g, i)), "q05": ends[0, g, i], "q95": ends[1, g, i]}
            for kind, names, part, ends in (("strategy", options.strategies, statistics.strategies.mean, statistics.strategies.between),
                                            ("family", statistics.family_names, statistics.by_family.mean, statistics.by_family.between))
            for i, name in enumerate(names) for g in range(options.generations)]
    mix = [{"strategy": name, "family": options.families[name], **phrases.three("share", result.mix, i), "q05": end[0, i], "q95": end[1, i],
            "largest_or_tied": i in result.leaders, **phrases.three("change", moved, i), **phrases.three("gain_on_entering", result.invasion.gain, i),
            **phrases.three("more_than_others", result.invasion.lead, i), "gains_in": result.invasion.better[i],
            "near_duplicates": next(n for n, group in enumerate(result.duplicates) if i in group)} for i, name in enumerate(options.strategies)]
    variants = []
    for name, ending in statistics.endings.items():
        variant, part, apart = options.variants[name], ending.shares, ending.difference
        variants += [{"variant": name, "rule": variant.rule, "selection": variant.selection, "mutation": variant.mutation, "populations": variant.populations,
                      "strategy": strategy, **phrases.three("share", part, i), **phrases.three("difference_to_main", apart, i)}
                      for i, strategy in enumerate(options.strategies)]
    return {"adoption": pd.DataFrame(rows), "mix": pd.DataFrame(mix), "variants": pd.DataFrame(variants), "generations": _along(result)}


def _along(result: Result) -> pd.DataFrame:
    """Mean gain of all members and cohesion, by generation."""
    columns: dict[str, object] = {"generation": np.arange(1, result.options.generations + 1)}
    for name, path in result.statistics.along.items():
        part, (low, high) = path.mean, path.between
        columns |= {name: part.value, f"{name}_low": part.low, f"{name}_high": part.high, f"{name}_q05": low, f"{name}_q95": high}
    return pd.DataFrame(columns)
