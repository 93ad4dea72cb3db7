"""From cells to a run folder: statistics, tables, figures, report. Nothing is simulated here."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from experiments import run_folder
from experiments.assumptions import Assumptions, assess
from experiments.cells import Batch, Store
from experiments.comparison import Comparison, compare
from experiments.config import Job
from experiments.executors import Processes
from experiments.figures.style import Context
from experiments.report.page import Picture
from experiments.runner import Work, gathered, results_of, whole
from experiments.stopwatch import Stopwatch
from experiments.sweep import Axis, Sweep, table
from sim.payoffs import RETURNS, WEIGHED, composite

#: Bytes of payoffs copied to each worker that draws, at most.
COPIED_AT_MOST = 64 * 2**20
#: What a sweep reads from its cells besides the returns.
BEHAVIOUR = ("hedging_index", "lean")
#: Folder of a sweep whose jobs have no name in common.
SEVERAL = "sweep"
#: Names of what is swept, for a reader.
WORDS = {"scenario": "Scenario", "world": "World", "focal": "State", "policies.china": "Policy of China", "policies.us": "Policy of the US",
         "seed": "Seed", "horizon": "Quarters", "n_worlds": "Worlds"}


def gathered_by(jobs: Sequence[Job], works: Sequence[Work], store: Store, lost: Collection[str]) -> Comparison | Sweep | None:
    """The statistics of a run.

    Args:
        jobs: What was asked for.
        works: Their cells.
        store: Where the cells are.
        lost: Keys of cells that could not be computed; their strategies are left out.

    Returns:
        A comparison of one job at one point, a sweep of several; None where too few cells are left.

    Raises:
        experiments.cells.MissingCell, experiments.cells.DamagedCell: A cell that should be there is not.
    """
    if len(jobs) == 1 and not jobs[0].points.names:
        names = whole(works, lost)
        if jobs[0].run.reference not in names:
            return None
        families = {name: jobs[0].settings.strategies[name].family for name in names}
        return compare(results_of(works[0], store.read, names), families, jobs[0].run.reference, jobs[0].run.payoff, jobs[0].settings.seed)
    return sweep_of(jobs, works, store, lost)


# ---- A comparison


def report(outcome: Comparison | Sweep, jobs: Sequence[Job], works: Sequence[Work], checks: Sequence[Work], store: Store, lost: Collection[str],
           command: str, watch: Stopwatch, executor: Executor | None) -> Path:
    """Write tables, figures and report into a new run folder, the manifest last; prints the table.

    Returns:
        The path of the report.

    Raises:
        OSError: Something cannot be written.
    """
    folder = run_folder.create(jobs[0].run.results, jobs[0].run.name if len({job.run.name for job in jobs}) == 1 else SEVERAL)
    if isinstance(outcome, Sweep):
        page = _sweep_page(outcome, jobs, works, lost, command, folder, watch)
    else:
        page = _comparison_page(outcome, jobs[0], checks, store, lost, command, folder, watch, executor)
    with watch.on("writing"):
        (folder / "report.html").write_text(page, encoding="utf-8")
        run_folder.write_manifest(folder, jobs, works, checks, lost, command, watch.seconds)
    return folder / "report.html"


def _comparison_page(comparison: Comparison, job: Job, checks: Sequence[Work], store: Store, lost: Collection[str], command: str, folder: Path,
                     watch: Stopwatch, executor: Executor | None) -> str:
    from experiments.report.page import render
    from experiments.table import text

    job = replace(job, settings=job.settings.replace(strategies={name: job.settings.strategies[name] for name in comparison.strategies}))
    with watch.on("statistics"):
        assumptions = _assumptions(checks, comparison, store, lost)
    with watch.on("drawing"):
        pictures = _draw(comparison, context_of(job), folder, executor)
    with watch.on("writing"):
        page = render(job, comparison, assumptions, pictures, command, run_folder.settings_hash(job.settings))
        run_folder.write_tables(folder, comparison)
        if assumptions is not None:
            run_folder.write_csv(folder / "assumptions.csv", assumptions.table)
    print(text(comparison))
    return page


def _assumptions(checks: Sequence[Work], comparison: Comparison, store: Store, lost: Collection[str]) -> Assumptions | None:
    if not checks:
        return None
    names = whole(checks, lost)
    if any(name not in names for name in comparison.strategies):
        return None
    return assess(results_of(checks[0], store.read, comparison.strategies), checks[0].settings, comparison.reference)


def context_of(job: Job) -> Context:
    """What is written at the foot of every figure."""
    s = job.settings
    return Context(world=s.world.name, scenario=s.scenario.name, focal=s.focal, seed=s.seed, horizon=s.horizon, n_worlds=s.n_worlds, start=s.world.start)


def _draw(comparison: Comparison, context: Context, folder: Path, executor: Executor | None) -> list[Picture]:
    """Draw and save every figure, side by side where there are workers of this machine."""
    from experiments.figures import FIGURES

    # Every worker gets a copy of the payoffs: where they are large, one process draws.
    small = sum(values.nbytes for values in comparison.payoffs.values()) <= COPIED_AT_MOST
    if isinstance(executor, Processes) and small:
        futures = {name: executor.submit(_draw_one, name, comparison, context, folder) for name in FIGURES}
        texts = {name: future.result() for name, future in futures.items()}
    else:
        texts = {name: _draw_one(name, comparison, context, folder) for name in FIGURES}
    return [Picture(spec.title, spec.question, spec.caption, texts[name], folder / "figures" / f"{name}.svg") for name, spec in FIGURES.items()]


def _draw_one(name: str, comparison: Comparison, context: Context, folder: Path) -> str:
    """Draw and save one figure; returns its text for those who cannot see it."""
    from experiments.figures import FIGURES, alt_text, save

    save(FIGURES[name].draw(comparison, context), folder / "figures", name)
    return alt_text(name, comparison)


# ---- An analysis


def write_analysis(folder: Path, tables: Mapping[str, pd.DataFrame], page: str, jobs: Sequence[Job], works: Sequence[Batch], others: Sequence[Batch],
                   lost: Collection[str], command: str, watch: Stopwatch) -> Path:
    """Write tables, page and manifest of an analysis into its run folder; prints the time it took.

    Args:
        folder: The run folder, its figures in it.
        tables: For spreadsheets, by name.
        page: The report.
        jobs: What was asked for.
        works: Cells of each job.
        others: Cells besides.
        lost: Keys of cells that could not be computed.
        command: What makes it again.
        watch: Counts the time.

    Returns:
        The path of the page.

    Raises:
        OSError: Something cannot be written.
    """
    with watch.on("writing"):
        for name, frame in tables.items():
            run_folder.write_csv(folder / f"{name}.csv", frame)
        (folder / "report.html").write_text(page, encoding="utf-8")
        run_folder.write_manifest(folder, jobs, works, others, lost, command, watch.seconds)
    print(watch)
    return folder / "report.html"


# ---- A sweep


def sweep_of(jobs: Sequence[Job], works: Sequence[Work], store: Store, lost: Collection[str] = ()) -> Sweep | None:
    """All jobs of a sweep at all points of their designs, with the strategies that every job has."""
    names = whole(works, lost)
    if not names:
        return None
    reference = next((job.run.reference for job in jobs if job.run.reference in names), names[0])
    wanted = (*RETURNS, *BEHAVIOUR)
    n_worlds = min(job.settings.n_worlds for job in jobs)  # the first ones of more are the same
    measures = {measure: np.empty((len(names), sum(len(job.points) for job in jobs), n_worlds)) for measure in wanted}
    first = 0
    for work in works:
        rows = slice(first, first := first + len(work.points))
        for i, name in enumerate(names):
            for measure, values in gathered(work, name, store.read, wanted)[0].items():
                measures[measure][i, rows] = values[:, :n_worlds]
    payoff = jobs[0].run.payoff
    if payoff.weights is not None:
        base = names.index(reference)
        weighed = composite({m: measures[m] for m in WEIGHED}, {m: measures[m][base] for m in WEIGHED}, payoff)
        assert weighed is not None
        measures["composite"] = weighed
    points = pd.concat([points_of(job) for job in jobs], ignore_index=True)
    axes = tuple(_axis(str(name), points[name], jobs) for name in points.columns if points[name].nunique() > 1) or (
        _axis(str(points.columns[0]), points[points.columns[0]], jobs),)
    families = {name: jobs[0].settings.strategies[name].family for name in names}
    return Sweep(axes, points[[axis.name for axis in axes]], tuple(names), families, reference, measures, jobs[0].settings.seed)


def points_of(job: Job) -> pd.DataFrame:
    """One row per point of a job: what sets the job apart, and the numbers of its design."""
    varied = {key: [_number(value)] * len(job.points) for key, value in job.varied.items()}
    return pd.DataFrame(varied | {name: job.points.values[:, i] for i, name in enumerate(job.points.names)}, index=range(len(job.points)))


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _axis(name: str, column: pd.Series, jobs: Sequence[Job]) -> Axis:
    from experiments.design import numbers

    levels = list(dict.fromkeys(column.tolist()))
    numeric = all(isinstance(level, float) for level in levels)
    known = numbers(jobs[0].settings).get(name)
    label = known.meaning.split(":")[0] if known else WORDS.get(name, name)
    parts = name.split(".")
    owner = {"strategies": parts[1:2], "policy": parts[1:2], "world": parts[2:3]}.get(parts[0], [])
    if known and owner:
        label = f"{label} ({owner[0]})"
    return Axis(name, label, known.unit if known else "-", tuple(sorted(levels) if numeric else map(str, levels)), numeric)


def _sweep_page(sweep: Sweep, jobs: Sequence[Job], works: Sequence[Work], lost: Collection[str], command: str, folder: Path, watch: Stopwatch) -> str:
    from experiments.figures import save
    from experiments.figures.sweeps import SWEEP_FIGURES
    from experiments.report.sweep_page import render_sweep

    job = jobs[0]
    pictures = []
    with watch.on("drawing"):
        for name, spec in SWEEP_FIGURES.items():
            if spec.applies(sweep):
                save(spec.draw(sweep, context_of(job)), folder / "figures", name)
                pictures.append(Picture(spec.title, spec.question, spec.caption, spec.alt(sweep), folder / "figures" / f"{name}.svg"))
    with watch.on("writing"):
        run_folder.write_csv(folder / "points.csv", table(sweep))
        notes = _notes(sweep, works, lost)
        return render_sweep(sweep, pictures, title=_title(job, sweep), question=job.run.question or "", command=command, context=context_of(job), notes=notes)


def _title(job: Job, sweep: Sweep) -> str:
    return f"{job.run.name}: {' × '.join(axis.label.lower() if axis.label in WORDS.values() else axis.label for axis in sweep.axes)}"


def _notes(sweep: Sweep, works: Sequence[Work], lost: Collection[str]) -> list[str]:
    left_out = sorted({name for work in works for name in work.shares} - set(sweep.strategies))
    return [f"Left out, because some of their cells failed or not every job has them: {', '.join(left_out)}."] if left_out else []


