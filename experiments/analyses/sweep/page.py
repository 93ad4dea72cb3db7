"""The report of a sweep: one self-contained HTML file, made from the sweep alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.analyses.comparison.change import Change
from experiments.analyses.sweep.figures.panels import level_label
from experiments.analyses.sweep.findings import headline
from experiments.analyses.sweep.sweep import Sweep, by_level, reference_label, winners
from experiments.analyses.sweep.tables import overall
from experiments.configuration.swept import either
from experiments.figures.context import Context
from experiments.figures.figure import Picture
from experiments.figures.scales import scale_of
from experiments.figures.style import family_label, labels
from experiments.names import plain
from experiments.report.differences import gains_short, in_points, interval, smallest_text
from experiments.report.parts import Table
from experiments.report.template import page
from experiments.words import capital, number, plural
from sim.payoffs import MEASURES, RETURNS

#: With at most so many points the table has a row for each, else for each level of each axis.
POINTS = 60
#: Names of levels are cut to this many characters where they are listed.
WHOLE = 200


@dataclass(frozen=True)
class Head:
    """What stands over a report.

    Attributes:
        title: Headline.
        question: The question that the sweep answers; may be empty.
        command: The command that makes the report again.
    """

    title: str
    question: str
    command: str


def render_sweep(sweep: Sweep, pictures: Sequence[Picture], head: Head, contexts: Sequence[Context], notes: Sequence[str] = (),
                 changes: Table | None = None) -> str:
    """The report as HTML.

    Args:
        sweep: The sweep.
        pictures: Its figures.
        head: What stands over it.
        contexts: World, scenario, state, seed and horizon of each job; where they differ, all are named.
        notes: Sentences for the end, such as which files are beside the report.
        changes: What each job changes against its baseline; None where none has one.
    """
    return page(
        "sweep.html.jinja", title=head.title, question=head.question, sweep=sweep, where=_where(sweep, contexts), findings=headline(sweep), pictures=pictures,
        reference=reference_label(sweep), axes=[{"axis": axis, "levels": _levels(sweep, axis.name)} for axis in sweep.axes],
        returns={name: {"label": scale_of(name).label, "unit": MEASURES[name].unit if name in MEASURES else "weighted score",
                        "meaning": MEASURES[name].meaning if name in MEASURES else "weighted sum of the returns, with the weights of the settings"}
                 for name in sweep.returns},
        smallest=smallest_text(sweep.smallest),
        tables=winner_tables(sweep), per_point=sweep.n_points <= POINTS, strategies=strategy_rows(sweep), command=head.command, notes=notes,
        changes=changes,
    )


def change_table(changes: Mapping[int, Change], called: Mapping[int, str]) -> Table | None:
    """For each job the strategies to which its change does least and most good, in each return that any changes."""
    measures = [measure for measure in RETURNS if any(measure in change.moved for change in changes.values())]
    if not measures:
        return None
    rows = []
    for job, change in changes.items():
        cells = []
        for measure in measures:
            worst, best = change.ends(measure)
            shown = labels(change.strategies)
            ends = [f"{gains_short(measure, change.effect(measure, name))} ({shown[name]})" for name in (worst, best)]
            cells.append(" to ".join(ends) if measure in change.moved else "no practical difference")
        rows.append([capital(called[job]), *cells])
    note = ("Each strategy under a choice less the same strategy in the baseline, on the same worlds: the least and the most that the choice does, and to "
            "which strategy. All numbers with their intervals are in changes.csv.")
    return Table("What each choice changes against the baseline", note, ["choice", *(scale_of(measure).label for measure in measures)], rows,
                 frozenset(range(1 + len(measures))))


def _where(sweep: Sweep, contexts: Sequence[Context]) -> str:
    """World, scenario, size and seeds of all jobs, in a sentence."""
    world, scenario, horizon, seed = (either([plain(str(getattr(context, field))) for context in contexts])
                                      for field in ("world", "scenario", "horizon", "seed"))
    n, worlds = len(sweep.strategies), plural(sweep.n_worlds, "world")
    quarters = "quarter" if horizon == "1" else "quarters"
    return (f"World {world}, scenario {scenario}. {plural(n, 'strategy')} at {plural(sweep.n_points, 'point')}, on "
            f"{'the same ' * sweep.same_worlds}{worlds} × {horizon} {quarters} at each, seed{'s' * bool(sweep.seeds)} {seed}.")


def _levels(sweep: Sweep, name: str) -> str:
    axis = sweep.axis(name)
    if axis.numeric and len(axis.levels) > 12:
        return f"{len(axis.levels):,} values from {level_label(axis, axis.levels[0])} to {level_label(axis, axis.levels[-1])}"
    return ", ".join(level_label(axis, level, WHOLE) for level in axis.levels)


def winner_tables(sweep: Sweep) -> list[dict[str, Any]]:
    """Who is ahead by how much: one table with a row per point, or one per axis with a row per level."""
    if sweep.n_points <= POINTS:
        return [_winner_table(sweep, "")]
    return [_winner_table(by_level(sweep, axis), f"Along {axis.label}") for axis in sweep.varied]


def _winner_table(sweep: Sweep, title: str) -> dict[str, Any]:
    axes = sweep.varied or sweep.axes
    ahead, shown = {measure: winners(sweep, measure) for measure in sweep.returns}, labels(sweep.strategies)
    rows = [
        {"at": [level_label(axis, sweep.points[axis.name].iloc[point]) for axis in axes],
         "returns": [_winner(measure, rows.iloc[point], shown) for measure, rows in ahead.items()]}
        for point in range(sweep.n_points)
    ]
    return {"title": title, "heads": [axis.label if axis.unit in ("-", "") else f"{axis.label} ({axis.unit})" for axis in axes], "rows": rows}


def _winner(measure: str, row: Any, shown: Mapping[str, str]) -> dict[str, str]:
    """Who is ahead, with lead and interval as text; nobody where it is not certain or makes no practical difference."""
    cell = _cell(measure, row["margin"], row["low"], row["high"])
    if row["margin"] == row["low"] == row["high"] == 0:
        return {"who": "no difference", "family": "", "mean": "", "interval": "", "verdict": "tie"}
    if not row["ahead"]:
        return cell | {"who": "nobody", "family": "", "verdict": "tie"}
    family = row["family"] if row["family"] in shown else family_label(row["family"])
    return cell | {"who": shown[row["strategy"]], "family": f"{family}{'' if row['size_adjusted'] else ', not size-adjusted'}", "verdict": "ahead"}


def _cell(measure: str, mean: float, low: float, high: float) -> dict[str, str]:
    """A difference as text: economic in % of consumption, the others in points."""
    text, _, ends = interval(measure, mean, low, high).partition(" ")
    return {"mean": text, "interval": ends, "verdict": "better" if low > 0 else "worse" if high < 0 else "tie"}


def strategy_rows(sweep: Sweep) -> list[dict[str, Any]]:
    """Each strategy over all points, best consumption first; see `experiments.analyses.sweep.tables.overall`."""
    table, shown = overall(sweep), labels(sweep.strategies)
    return [
        {"name": shown[str(name)], "key": name, "family": family_label(sweep.families[str(name)]),
         "returns": [_cell(row.measure, row.difference, row.low, row.high)
                     | {"better": row.better, "worse": row.worse, "regret": number(in_points(row.measure, row.regret))} for _, row in rows.iterrows()]}
        for name, rows in table.groupby("strategy", sort=False)]
