"""Tables of a hindcast."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from experiments.analyses.hindcast.phrases import change, figure, series_label, unit_of
from experiments.analyses.hindcast.result import BANDS, DECIDES, FREE, MODEL, STEPS, Options, Result, Split, Target
from experiments.configuration.design import numbers
from experiments.configuration.varied import label
from experiments.figures.style import labels
from experiments.methods.forecasts import BASELINES
from experiments.methods.intervals import Estimate
from experiments.report.parts import Table
from experiments.words import capital, fixed, share
from sim.yearly import MEASURES_BY_YEAR, YearlySeries

#: Numbers shown of those that are drawn, the most identified first.
MOST_NUMBERS = 20


def skill_text(estimate: Estimate) -> str:
    """A skill with its interval."""
    value, low, high = (float(part) for part in (estimate.value, estimate.low, estimate.high))
    return "–" if not np.isfinite(value) else f"{_short(value)} [{_short(low)}, {_short(high)}]"


def _short(value: float) -> str:
    return f"below {fixed(-100, 0)}" if value < -100 else fixed(value, 2 if value > -10 else 0)


def splits_of(target: Target, step: int) -> list[tuple[str, Split]]:
    """Training and test of a target at a horizon."""
    return [("training", target.training[step]), ("test", target.test[step])]


def tables(options: Options, result: Result) -> list[Table]:
    """Tables of the report."""
    made = [_verdicts(options, result), _errors(options, result, list(result.targets), "Free run"), _ahead(options, result)]
    if result.others:
        made.append(_errors(options, result, list(result.others), "Other states: scored, not fitted"))
    if result.turns:
        made.append(_turns(options, result))
    if result.ranks:
        made.append(Table(
            "Order of the states",
            "Spearman's correlation, over states, of the observed and the simulated change since the first year that all have, mean over years. Levels do not "
            "count: they were put in as facts.",
            ["measure", "states", "training", "test"],
            [[series_label(YearlySeries(each.measure, each.actor, options.focal), options), str(each.n_states), figure(each.training, 2),
              figure(each.test, 2)] for each in result.ranks]))
    return [*made, _identified(options, result), _strategies(result), _sources(options, result)]


def _verdicts(options: Options, result: Result) -> Table:
    rows = []
    for target in result.targets:
        cells = [skill_text(split.skill[DECIDES]) for _, split in splits_of(target, FREE)]
        best = [split.best_baseline if split.n else "–" for _, split in splits_of(target, FREE)]
        rows.append([series_label(target.series, options), target.verdict, *cells, *best])
    return Table(
        "Verdict on each series",
        "Skill: 1 less the mean square error over that of the constant, with its 95 % interval over blocks of years; above 0 the model comes nearer. Skill "
        "is said only where that is certain in training and in the test; no skill where the model is not nearer in one of them.",
        ["series", "verdict", "skill, training", "skill, test", "best of the simple forecasts, training", "the same, test"], rows, frozenset({0, 1, 4, 5}))


def _errors(options: Options, result: Result, targets: list[Target], title: str) -> Table:
    rows = []
    for target in targets:
        for which, split in splits_of(target, FREE):
            if split.n:
                model = split.scores[MODEL]
                errors = (figure(value) for value in (model.rmse, model.bias, model.log_error))
                of_others = (figure(split.scores[name].rmse) for name in BASELINES)
                rows.append([f"{series_label(target.series, options)}, {which}", str(split.n), *errors, *of_others, *map(share, split.coverage),
                             unit_of(target, options)])
    heads = ["series, years", "n", "RMSE", "bias", "log error", *(f"RMSE, {name}" for name in BASELINES), *(f"in {share(band)} band" for band in BANDS), "unit"]
    return Table(title, "Root mean square error, mean error and mean absolute logarithm of forecast over observed. The simple forecasts are fitted on the same "
                        "training years. A band should hold as many observations as its name says.", heads, rows, frozenset({0, len(heads) - 1}))


def _ahead(options: Options, result: Result) -> Table:
    rows = []
    for target in result.targets:
        for step in STEPS:
            for which, split in splits_of(target, step):
                if split.n:
                    rows.append([f"{series_label(target.series, options)}, {step} ahead, {which}", str(split.n), figure(split.scores[MODEL].rmse),
                                 *(figure(split.scores[name].rmse) for name in BASELINES), skill_text(split.skill["last value"])])
    return Table("Steps ahead",
                 "From every origin the model adds its change to the value observed there. Errors are root mean squares; the skill is against the value at the "
                 "origin.", ["series, years ahead", "n", "RMSE", *(f"RMSE, {name}" for name in BASELINES), "skill against the last value"], rows)


def _turns(options: Options, result: Result) -> Table:
    rows = []
    for turn in result.turns:
        ratios = MEASURES_BY_YEAR[turn.series.measure].ratios
        low, mid, high = (change(ratios, float(part)) for part in (turn.simulated.low, turn.simulated.value, turn.simulated.high))
        rows.append([turn.label, series_label(turn.series, options), f"{turn.start} to {turn.end}", change(ratios, turn.observed), f"{mid} [{low}, {high}]",
                     share(turn.same_sign), "training" if turn.training else "test"])
    return Table("Turning points", "Observed and simulated change; in brackets nine tenths of the kept draws; how many of them have the observed sign.",
                 ["what", "series", "years", "observed", "simulated", "same sign", "years of"], rows, frozenset({0, 1, 2, 6}))


def number_labels(options: Options) -> list[str]:
    """What the numbers drawn are called."""
    declared = numbers(options.job.settings)
    return [label(name, declared[name]) for name in options.points.names]


def _identified(options: Options, result: Result) -> Table:
    known, called = result.identified, number_labels(options)
    order = np.argsort(-known.contraction, kind="stable")[:MOST_NUMBERS]
    rows = [[capital(called[i]), fixed(float(known.contraction[i]), 2), *(share(part[i]) for part in (known.low, known.median, known.high)),
             "yes" if known.sure[i] else "no"] for i in order.tolist()]
    return Table("What the training years identify",
                 "Contraction: 1 less the spread of a number among the kept draws over its spread in the prior. The quantiles are shares of its range. "
                 "Identified: the kept draws differ from the prior, with all numbers tested at once.",
                 ["number", "contraction", "5 %", "median", "95 %", "identified"], rows, frozenset({0, 5}))


def _strategies(result: Result) -> Table:
    shown, equal = labels(list(result.strategies)), 1 / max(1, len(result.strategies))
    rows = [[shown[name], share(value), figure(value / equal, 2)] for name, value in sorted(result.strategies.items(), key=lambda each: -each[1])]
    return Table("Strategies among the kept draws", "All were equally likely before. Several strategies fit nearly alike where the last column is near 1.",
                 ["strategy", "share", "times as likely as before"], rows)


def _sources(options: Options, result: Result) -> Table:
    rows = []
    for target in result.targets:
        known = target.years[~np.isnan(target.values)].tolist()
        rows.append([series_label(target.series, options), f"{known[0]} to {known[-1]}", str(len(known)), target.observed.source or "not stated"])
    return Table("What was observed", "Series that the draws are fitted to, with their sources.", ["series", "years", "values", "source"], rows,
                 frozenset({0, 1, 3}))


def frames(options: Options, result: Result) -> Mapping[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    verdicts = pd.DataFrame([{**_key(target), "verdict": target.verdict, "fitted": target in result.targets}
                             for target in (*result.targets, *result.others)])
    known = result.identified
    prior = pd.DataFrame({"number": known.names, "contraction": known.contraction, "q05": known.low, "q50": known.median, "q95": known.high, "p": known.p})
    turns = pd.DataFrame([{"what": turn.label, **_series(turn.series), "start": turn.start, "end": turn.end, "observed": turn.observed,
                           "simulated": float(turn.simulated.value), "q05": float(turn.simulated.low), "q95": float(turn.simulated.high),
                           "same_sign": turn.same_sign, "training": turn.training} for turn in result.turns])
    ranks = pd.DataFrame([{"measure": each.measure, "actor": each.actor, "states": each.n_states, "training": each.training, "test": each.test}
                          for each in result.ranks])
    strategies = pd.DataFrame({"strategy": list(result.strategies), "share": list(result.strategies.values())})
    kept = pd.DataFrame(options.points.values[result.rows], columns=list(options.points.names)).assign(
        strategy=[list(result.strategies)[i] for i in result.kept[:, 0]], distance=result.distance[tuple(result.kept.T)],
        test_distance=result.test_distance[tuple(result.kept.T)])
    made = {"series": pd.DataFrame(_years(result)), "scores": pd.DataFrame(_scores(result)), "verdicts": verdicts, "prior": prior, "strategies": strategies,
            "kept": kept.rename_axis("place").reset_index()}
    return made | ({"turns": turns} if len(turns) else {}) | ({"ranks": ranks} if len(ranks) else {})


def _series(series: YearlySeries) -> dict[str, str]:
    return {"measure": series.measure, "actor": series.actor, "state": series.state}


def _key(target: Target) -> dict[str, str]:
    return _series(target.series)


def _years(result: Result) -> Iterator[dict[str, object]]:
    for target in (*result.targets, *result.others):
        for i, year in enumerate(target.years.tolist()):
            error = target.observed.errors.get(year, np.nan)
            ends = {f"q{round(100 * (1 + sign * band) / 2):02d}": target.bands[b, end, i]
                    for b, band in enumerate(BANDS) for end, sign in ((0, -1), (1, 1))}
            yield {**_key(target), "year": year, "observed": target.values[i], "error": error, "forecast": target.forecast[i], **ends,
                   "prior_forecast": target.before[i], **{_column(name): path[i] for name, path in target.baselines.items()}}


def _column(name: str) -> str:
    return name.replace(" ", "_").replace("(", "").replace(")", "").lower()


def _scores(result: Result) -> Iterator[dict[str, object]]:
    for target in (*result.targets, *result.others):
        for step in (FREE, *STEPS):
            for which, split in splits_of(target, step):
                for name, scores in split.scores.items():
                    against = split.skill.get(name)
                    none: dict[str, float] = {"skill": np.nan, "skill_low": np.nan, "skill_high": np.nan}
                    yield {**_key(target), "years": which, "ahead": step, "forecast": _column(name), "n": scores.n, "rmse": scores.rmse, "bias": scores.bias,
                           "log_error": scores.log_error, "error": scores.error,
                           **(none if against is None else {"skill": float(against.value), "skill_low": float(against.low), "skill_high": float(against.high)}),
                           **{f"in_{round(100 * band)}": split.coverage[i] if name == MODEL and split.coverage else np.nan for i, band in enumerate(BANDS)}}
