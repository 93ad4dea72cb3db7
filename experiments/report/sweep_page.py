"""The report of a sweep: one self-contained HTML file, made from the sweep alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from experiments.comparison import mean_interval
from experiments.figures.style import Context
from experiments.figures.sweeps.cells import level_label
from experiments.figures.telling import scale_of
from experiments.report.headline import digits_for, in_points
from experiments.report.page import Picture, template
from experiments.report.sweep_headline import headline
from experiments.sweep import Sweep, by_level, regret, winners
from experiments.words import signed
from sim.axes import WORLD
from sim.payoffs import MEASURES

#: With at most so many points the table has a row for each, else for each level of each axis.
POINTS = 60


def render_sweep(sweep: Sweep, pictures: Sequence[Picture], *, title: str, question: str, command: str, context: Context, notes: Sequence[str] = (),
                 hashes: Mapping[str, str] | None = None) -> str:
    """The report as HTML.

    Args:
        sweep: What was found.
        pictures: Its figures.
        title: Headline.
        question: What the sweep was made to answer; may be empty.
        command: What makes it again.
        context: World, scenario, state, seed and horizon; what is swept is named by the axes instead.
        notes: Sentences for the end, such as which files lie beside the report.
        hashes: sha256 of the settings, by what they are of.
    """
    axes = {axis.name: axis for axis in sweep.axes}
    return template("sweep.html.jinja").render(
        title=title, question=question, sweep=sweep, context=context, swept={axis.name for axis in sweep.varied}, findings=headline(sweep), pictures=pictures,
        axes=[{"axis": axis, "levels": _levels(sweep, axis.name)} for axis in axes.values()],
        returns={name: {"label": scale_of(name).label, "unit": MEASURES[name].unit if name in MEASURES else "weighted score",
                        "meaning": MEASURES[name].meaning if name in MEASURES else "weighted sum of the returns with the weights of the settings"}
                 for name in sweep.returns},
        tables=winner_tables(sweep), per_point=sweep.n_points <= POINTS, strategies=strategy_rows(sweep), command=command, notes=notes, hashes=hashes or {},
    )


def _levels(sweep: Sweep, name: str) -> str:
    axis = sweep.axis(name)
    if axis.numeric and len(axis.levels) > 12:
        return f"{len(axis.levels):,} values from {level_label(axis, axis.levels[0])} to {level_label(axis, axis.levels[-1])}"
    return ", ".join(level_label(axis, level) if axis.numeric else str(level) for level in axis.levels)


def winner_tables(sweep: Sweep) -> list[dict[str, Any]]:
    """Who wins by how much: one table with a row per point, or one per axis with a row per level."""
    if sweep.n_points <= POINTS:
        return [_winner_table(sweep, "")]
    return [_winner_table(by_level(sweep, axis), f"Along {axis.label}") for axis in sweep.varied]


def _winner_table(sweep: Sweep, title: str) -> dict[str, Any]:
    axes = sweep.varied or sweep.axes
    won = {measure: winners(sweep, measure) for measure in sweep.returns}
    rows = [
        {"at": [level_label(axis, sweep.points[axis.name].iloc[point]) for axis in axes],
         "returns": [_winner(measure, rows.iloc[point]) for measure, rows in won.items()]}
        for point in range(sweep.n_points)
    ]
    return {"title": title, "heads": [axis.label if axis.unit in ("-", "") else f"{axis.label} ({axis.unit})" for axis in axes], "rows": rows}


def _winner(measure: str, row: Any) -> dict[str, str]:
    """A winner with margin and interval in words; nobody where the interval contains 0."""
    cell = _cell(measure, row["margin"], row["low"], row["high"])
    if row["margin"] == row["low"] == row["high"] == 0:
        return {"who": "no difference", "family": "", "mean": "", "interval": "", "verdict": "tie"}
    if not row["low"] > 0:
        return cell | {"who": "nobody", "family": "", "verdict": "tie"}
    return cell | {"who": row["strategy"], "family": f"{row['family']}{'' if row['at_equal_size'] else ', not at equal size'}", "verdict": "won"}


def _cell(measure: str, mean: float, low: float, high: float) -> dict[str, str]:
    """A difference in words: economic in percent of consumption, the rest in hundredths."""
    ends = [in_points(measure, value) for value in (low, high)] if np.isfinite(low) else []
    digits = digits_for(*ends) if ends else 2
    return {"mean": signed(in_points(measure, mean), digits), "interval": ", ".join(signed(end, digits) for end in ends) or "no interval",
            "verdict": "better" if low > 0 else "worse" if high < 0 else "tie"}


def strategy_rows(sweep: Sweep) -> list[dict[str, Any]]:
    """Each strategy over all points: differences to the reference, at how many points better and worse, largest regret; best consumption first."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in sweep.strategies}
    base = sweep.strategies.index(sweep.reference)
    for measure in sweep.returns:
        values, shortfall = sweep.measures[measure], regret(sweep, measure).max(axis=1)
        for i, name in enumerate(sweep.strategies):
            worlds = values[i] - values[base]
            _, low, high = mean_interval(worlds)
            overall = _cell(measure, *(float(each) for each in mean_interval(worlds.mean(axis=0))))
            found[name].append(overall | {"better": int((low > 0).sum()), "worse": int((high < 0).sum()), "regret": f"{in_points(measure, shortfall[i]):.2f}"})
    economic = sweep.measures["economic"].mean(axis=(1, WORLD))
    order = np.argsort(-economic, kind="stable")
    return [{"name": sweep.strategies[i], "family": sweep.families[sweep.strategies[i]], "returns": found[sweep.strategies[i]]} for i in order]
