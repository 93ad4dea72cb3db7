"""What the calls return: numbers as a table and as labelled arrays, figures, and the report for whoever wants one."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.analyses import outcome
from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.figures.catalogue import FIGURES
from experiments.analyses.comparison.tables import frames
from experiments.analyses.rank.figures import league
from experiments.analyses.rank.report import report as rank_report
from experiments.analyses.rank.result import Options, Result
from experiments.analyses.rank.tables import frames as league_frames
from experiments.analyses.sweep import pictures as sweep_pictures
from experiments.analyses.sweep.figures.catalogue import SWEEP_FIGURES
from experiments.analyses.sweep.gather import reference_of
from experiments.analyses.sweep.sweep import Sweep, over_seeds
from experiments.analyses.sweep.tables import between_seeds, overall, table
from experiments.cells.job_cells import JobCells
from experiments.cells.session import Origin
from experiments.cells.store import Store
from experiments.commands.compare import origin_of
from experiments.commands.export import Exported, dataset
from experiments.configuration.job import Job
from experiments.figures.context import context_of
from experiments.figures.style import labels
from experiments.names import naming, plain
from experiments.python import plots, quiet
from experiments.python.optional import needing_xarray
from experiments.report.differences import in_points, noun, unit
from experiments.report.write import write
from experiments.words import capital, plural
from sim.payoffs import MEASURES, RETURNS

if TYPE_CHECKING:
    import xarray


class Returned(ABC):
    """The numbers of a call.

    Attributes:
        jobs: The checked configurations.
        path: The report, where one was written.
    """

    measures: Sequence[str] = tuple(MEASURES)

    def __init__(self, origin: Origin, store: Store, failed: frozenset[str], path: Path | None = None) -> None:
        self.jobs: Sequence[Job] = origin.jobs
        self._origin, self._store, self._failed, self.path = origin, store, failed, path

    @property
    @abstractmethod
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tables by name, columns as in results/README.md."""

    @property
    @abstractmethod
    def table(self) -> pd.DataFrame:
        """The table that answers the question."""

    @property
    @abstractmethod
    def plot(self) -> plots.Plots:
        """Its figures."""

    @abstractmethod
    def _shown(self) -> pd.DataFrame:
        """A table for people, with names and units."""

    @abstractmethod
    def _write(self, session: quiet.Quiet, origin: Origin) -> Path:
        """Write the report into the results of the jobs."""

    def to_xarray(self) -> "xarray.Dataset":
        """Each measure in every world, with labels and units, as `counterpoise export --to netcdf` writes it.

        Raises:
            ImportError: xarray is not installed.
        """
        with needing_xarray(), self._naming():
            jobs_cells = [cells for cells in self._origin.jobs_cells if isinstance(cells, JobCells)]
            data = dataset(Exported(self._points(), jobs_cells, self._store, set(self._failed), list(self.measures)))
        data.attrs["settings"] = self._origin.command
        return data.isel(point=0, drop=True) if data.sizes["point"] == 1 else data

    def report(self, folder: str | PathLike[str], *, progress: bool = False) -> Path:
        """Write cells and report into a folder of results, as the command does; returns the path of the report.

        What the report needs beyond these numbers, such as the check of assumptions, is computed now.

        Raises:
            OSError: Something cannot be written.
        """
        results = Path(folder).expanduser()
        store, jobs = Store(results / "cells"), quiet.within(self.jobs, results)
        origin = self._full(jobs)
        with quiet.session(jobs, store, progress) as session:
            quiet.copied(self._store, store, [cell.key for cells in self._origin.jobs_cells for cell in cells.cells()])
            session.compute([*origin.jobs_cells, *origin.distinct_baselines, *origin.others])
            self.path = self._write(session, origin)
            session.warn_of_failures()
        return self.path

    def _points(self) -> Sequence[Job]:
        """The jobs, each with what sets it apart."""
        return self.jobs

    def _full(self, jobs: Sequence[Job]) -> Origin:
        return origin_of(jobs, self._origin.command)

    @contextmanager
    def _naming(self) -> Iterator[None]:
        with naming(job.settings for job in self.jobs):
            yield

    @abstractmethod
    def _title(self) -> str:
        """What was run, in a line."""

    def __repr__(self) -> str:
        with self._naming():
            return f"{self._title()}\n{self._shown().round(2).to_string()}"

    def _repr_html_(self) -> str:
        with self._naming():
            return f"<p>{escape(self._title())}</p>{self._shown().to_html(float_format=lambda value: f'{value:.2f}', border=0)}"


class Compared(Returned):
    """Strategies on the same worlds.

    Attributes:
        comparison: All numbers.
        assumptions: The same under other assumptions, structures and facts, once a report was written that has them; else None.
    """

    assumptions: Assumptions | None = None

    def __init__(self, comparison: Comparison, origin: Origin, store: Store, failed: frozenset[str], path: Path | None = None) -> None:
        super().__init__(origin, store, failed, path)
        with self._naming():
            self.comparison = replace(comparison, change=outcome.change_in(comparison, origin, store.read, failed))

    @property
    def change(self) -> pd.DataFrame | None:
        """What the run changes against its baseline on the same worlds, as change.csv; None where it changes nothing."""
        return None if self.comparison.change is None else self.comparison.change.table

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables of a run folder, with change where the run has a baseline, and assumptions and structures once the report that needs them is there."""
        return frames(self.comparison, self.assumptions)

    @property
    def table(self) -> pd.DataFrame:
        """Each strategy less the reference on the same worlds: a row for each strategy and return."""
        return self.comparison.paired

    @property
    def plot(self) -> plots.Plots:
        """Its figures; `plot.paired(ax=ax, measure="trust")` draws one return into axes of yours."""
        (job,) = self.jobs
        with self._naming():
            context, foot = context_of(job), self._title()
        return plots.Plots(FIGURES, replace(self.comparison, start=context.start, events=context.events), foot, self._naming, plots.paired)

    def _title(self) -> str:
        (job,) = self.jobs
        return context_of(job).line(labels(self.comparison.strategies)[self.comparison.reference])

    def _shown(self) -> pd.DataFrame:
        return _pivot(self.comparison.paired, self.comparison.strategies, self.comparison.reference)

    def _write(self, session: quiet.Quiet, origin: Origin) -> Path:
        self.assumptions = outcome.assumptions_in(self.comparison, origin, session)
        return outcome.report_of(self.comparison, self.assumptions, origin, session)


class Swept(Returned):
    """Strategies at many points.

    Attributes:
        sweep: All numbers.
    """

    def __init__(self, sweep: Sweep, origin: Origin, store: Store, failed: frozenset[str], path: Path | None = None) -> None:
        super().__init__(origin, store, failed, path)
        self.sweep = sweep

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """points, and where seeds were swept, seeds."""
        references = [reference_of(job, self.sweep.strategies) for job in self.jobs for _ in range(len(job.points))]
        together = over_seeds(self.sweep)
        return {"points": table(self.sweep, references)} | ({"seeds": between_seeds(together)} if together.seeds else {})

    @property
    def table(self) -> pd.DataFrame:
        """A row for each return, strategy and point."""
        return self.tables["points"]

    @property
    def plot(self) -> plots.Plots:
        """Its figures; `plot.paired(ax=ax, measure="trust")` draws differences along the first axis into axes of yours."""
        with self._naming():
            foot = self._title()
        return plots.Plots(SWEEP_FIGURES, over_seeds(self.sweep), foot, self._naming, plots.paired_along)

    def _title(self) -> str:
        return sweep_pictures.foot(over_seeds(self.sweep), [context_of(job) for job in self.jobs])

    def _shown(self) -> pd.DataFrame:
        together = over_seeds(self.sweep)
        return _pivot(overall(together), together.strategies, together.reference)

    def _write(self, session: quiet.Quiet, origin: Origin) -> Path:
        return outcome.report(self.sweep, origin, session)


class Ranked(Returned):
    """A league.

    Attributes:
        options: Who takes part, and where.
        result: All numbers.
    """

    measures = RETURNS

    def __init__(self, options: Options, result: Result, origin: Origin, store: Store, failed: frozenset[str]) -> None:
        super().__init__(origin, store, failed)
        self.options, self.result = options, result

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """league, scenarios, and where files take no part, not_ranked."""
        return league_frames(self.options, self.result)

    @property
    def table(self) -> pd.DataFrame:
        """A row for each entrant, the first first."""
        return self.tables["league"]

    @property
    def plot(self) -> plots.Plots:
        """Its figure, `plot.league()`; `plot.paired(ax=ax)` draws scores into axes of yours."""
        with self._naming():
            standing, foot = league.standing_of(self.options, self.result), self._title()
        return plots.Plots({"league": league.FIGURE}, standing, foot, self._naming, plots.scores)

    def _title(self) -> str:
        s = self.jobs[0].settings
        size = f"{plural(len(self.jobs), 'scenario')} × {plural(s.n_worlds, 'world')} × {plural(s.horizon, 'quarter')}"
        return f"{capital(plain(s.world.name))} ({s.focal}) · {size} · seed {s.seed}"

    def _shown(self) -> pd.DataFrame:
        shown = labels(self.result.names)
        return self.table.assign(strategy=self.table.strategy.map(lambda name: capital(shown[name]))).set_index("place")[
            ["strategy", "score", "score_low", "score_high", "best_scenario", "worst_scenario"]]

    def _points(self) -> Sequence[Job]:
        return [replace(job, varied={"scenario": job.settings.scenario.name}) for job in self.jobs]

    def _full(self, jobs: Sequence[Job]) -> Origin:
        return replace(self._origin, jobs=jobs)

    def _write(self, session: quiet.Quiet, origin: Origin) -> Path:
        return write("rank", "rank", lambda folder: rank_report(replace(self.options, jobs=self.jobs), self.result, folder), origin, session)


def _pivot(differences: pd.DataFrame, names: Sequence[str], reference: str) -> pd.DataFrame:
    """Mean differences to the reference as people read them, a row for each strategy and a column for each return."""
    shown = labels(names)
    wide = differences.pivot(index="strategy", columns="measure", values="difference")[list(dict.fromkeys(differences.measure))].loc[list(names)]
    columns = {measure: f"{capital(noun(measure))} ({'%' if measure == 'economic' else unit(measure)})" for measure in map(str, wide)}
    units: dict[str, Any] = {label: [in_points(measure, value) for value in wide[measure]] for measure, label in columns.items()}
    index = pd.Index([capital(shown[name]) for name in names], name=f"less {shown.get(reference, reference)}")
    return pd.DataFrame(units, index=index).sort_values(next(iter(units)), ascending=False, kind="stable")
