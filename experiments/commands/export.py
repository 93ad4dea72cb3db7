"""`counterpoise export`: a run's payoffs in every world, for other programs."""

import argparse
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.analyses.sweep.gather import axis_of, points_of
from experiments.cells.archive import DamagedCell, MissingCell
from experiments.cells.job_cells import JobCells, gathered, job_cells_of, whole
from experiments.cells.store import Store
from experiments.commands.command import Parser, folder, new_file, one_of, several
from experiments.configuration.errors import OK, CommandError, UsageError
from experiments.configuration.job import Job, name_of
from experiments.configuration.swept import differing
from experiments.names import filled, naming, plain
from experiments.runs.columns import COLUMNS, Column, check
from experiments.runs.folder import TIME, write_csv
from experiments.runs.manifest import again, cells_in, is_analysis, read_run
from experiments.runs.stata import write_stata
from sim.payoffs import MEASURES

if TYPE_CHECKING:
    import xarray

SUFFIXES = {"csv": ".csv", "parquet": ".parquet", "netcdf": ".nc", "stata": ".dta"}
#: What the names of the first columns are, for people.
FIRST = {"strategy": "Strategy", "family": "Family", "point": "Point", "world": "Number of the world"}
#: The variable of a Stata file that holds keys of strategies.
KEY = "strategy_key"
#: What comes between the name of an exported CSV file and its ending in the name of the table beside it that explains its columns.
COLUMNS_OF = "_columns"


def main(arguments: Sequence[str]) -> int:
    """Write the file and print its path; returns the exit code."""
    parser = Parser("export", "Write a run's payoffs in every world for other programs.")
    parser.add_argument("run", type=folder, metavar="RUN", help="a folder that holds a manifest.json")
    parser.add_argument("--to", choices=SUFFIXES, required=True,
                        help="parquet and netcdf need counterpoise[data]; beside a csv lies another one with labels and units")
    parser.add_argument("--measures", type=several(one_of(MEASURES, "measure")), default=tuple(MEASURES), metavar="NAMES", help="comma-separated; default all")
    parser.add_argument("--file", type=new_file, metavar="FILE", help="default: payoffs and the format's ending, in the run's folder")
    options = parser.parse_args(list(arguments))
    measures = list(options.measures)
    target: Path = options.run / f"payoffs{SUFFIXES[options.to]}" if options.file is None else options.file
    beside = [target.with_name(f"{target.stem}{COLUMNS_OF}{target.suffix}")] if options.to == "csv" else []
    results = options.run.resolve().parent.parent
    try:
        manifest, jobs = read_run(options.run)
        jobs_cells = [job_cells_of(job.settings, job.points) for job in jobs]
    except ValueError as error:
        raise CommandError(str(error)) from None
    if is_analysis(manifest) and not {cell.key for job_cells in jobs_cells for cell in job_cells.cells()} & set(cells_in(manifest)):
        raise CommandError(f"{options.run.parent.name} keeps some measures of its worlds alone; its numbers are in the tables beside its report")
    try:
        files = {new_file(str(file)): file.with_name(f"{file.name}.{os.getpid()}.part") for file in (target, *beside)}
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"{error}; --file names another one") from None
    try:
        run = Exported(jobs, jobs_cells, Store(results / "cells"), set(manifest["missing_cells"]), measures, _time(manifest["time"]))
        with naming(job.settings for job in jobs):
            WRITERS[options.to](files[target], run)
            for file in beside:
                write_csv(files[file], columns_table(run.columns))
        for file, unfinished in files.items():
            unfinished.replace(file)
    except (MissingCell, DamagedCell) as error:
        raise CommandError(f"{error}; this computes it again: {again(manifest, results)}") from None
    except ValueError as error:
        raise CommandError(str(error)) from None
    except ImportError as error:
        raise UsageError(f"--to {options.to} needs {error.name}: pip install 'counterpoise[data]'") from None
    finally:
        for unfinished in files.values():
            unfinished.unlink(missing_ok=True)
    print(target)
    return OK


class Exported:
    """What is exported: jobs with their cells, the measures wanted, and when the run was made."""

    def __init__(self, jobs: Sequence[Job], jobs_cells: Sequence[JobCells], store: Store, failed: set[str], measures: Sequence[str],
                 time: datetime | None = None) -> None:
        self.jobs, self.jobs_cells, self.store, self.failed, self.measures, self.time = jobs, jobs_cells, store, failed, measures, time
        points = pd.concat([points_of(job) for job in jobs], ignore_index=True).rename(columns={"world": "world.name"})  # `world` is a number here
        self.points = points.apply(lambda values: values if pd.api.types.is_numeric_dtype(values) else values.map(str))  # mixed ones are words
        if not any(self.strategies(job_cells) for job_cells in jobs_cells):
            raise ValueError("the run holds no strategy whose cells are all there")

    def strategies(self, job_cells: JobCells) -> list[str]:
        return list(whole([job_cells], self.failed))

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What each column holds, in their order, with the labels in force."""
        meanings = COLUMNS["export/payoffs.csv"]
        names = list(dict.fromkeys(name for job_cells in self.jobs_cells for name in self.strategies(job_cells)))
        result = {name: Column(label, "", meanings[name], "key") for name, label in FIRST.items()}
        result["strategy"] = Column(FIRST["strategy"], "", meanings["strategy"], "key", {name: plain(name) for name in names})
        for name in self.points.columns:
            axis = axis_of("world" if name == "world.name" else str(name), self.points[name], self.jobs)
            result[str(name)] = Column(axis.label, axis.unit if axis.numeric else "", f"value of {axis.name} at the point", "axis")
        for name in self.measures:
            known = MEASURES[name]
            result[name] = Column(filled(known.label), known.unit, filled(known.meaning), known.kind)
        return result

    @property
    def title(self) -> str:
        """The name that the jobs have in common, and in what they differ."""
        return _title(self.jobs)

    def frames(self) -> Iterator[pd.DataFrame]:
        """One strategy of one job after the other, a row for each point and world."""
        first = 0
        for job_cells in self.jobs_cells:
            n_points, n_worlds = len(job_cells.points), job_cells.settings.n_worlds
            at = self.points.iloc[np.repeat(np.arange(first, first + n_points), n_worlds)].reset_index(drop=True)
            for name in self.strategies(job_cells):
                values = gathered(job_cells, name, self.store.read, self.measures)[0]
                about = pd.DataFrame({
                    "strategy": name, "family": job_cells.settings.strategies[name].family,
                    "point": np.repeat(np.arange(first, first + n_points), n_worlds), "world": np.tile(np.arange(n_worlds), n_points)})
                yield pd.concat([about, at, pd.DataFrame({measure: array.ravel() for measure, array in values.items()})], axis=1)
            first += n_points


def _csv(target: Path, run: Exported) -> None:
    for i, frame in enumerate(run.frames()):
        check("export/payoffs.csv", frame.columns)
        write_csv(target, frame, append=i > 0)


def columns_table(columns: Mapping[str, Column]) -> pd.DataFrame:
    """What explains an exported table: a row on each column, and one on each key that has a label."""
    rows = []
    for name, column in columns.items():
        rows.append((name, "", column.label, column.unit, column.kind, column.meaning))
        rows += [(name, key, label, "", "", "") for key, label in column.values.items()]
    table = pd.DataFrame(rows, columns=["column", "value", "label", "unit", "kind", "meaning"])
    check("export/payoffs_columns.csv", table.columns)
    return table


def _stata(target: Path, run: Exported) -> None:
    """The whole table at once; strategies by their labels, and by their keys in a variable of their own."""
    table = pd.concat(run.frames(), ignore_index=True)
    table.insert(1, KEY, table.strategy)
    keys = Column("Strategy, its key", "", COLUMNS["export/payoffs.csv"]["strategy"])
    write_stata(target, table, {**run.columns, KEY: keys}, f"counterpoise: {run.title}", run.time or datetime.now(UTC))


def _parquet(target: Path, run: Exported) -> None:
    """A row group for each strategy of each job; every page with a checksum; label, unit and meaning with each column, and the labels of its keys."""
    import pyarrow
    from pyarrow import parquet

    writer = None
    try:
        for frame in run.frames():
            table = pyarrow.Table.from_pandas(frame, preserve_index=False)
            fields = [field.with_metadata(_about(run.columns[field.name])) for field in table.schema]
            table = table.cast(pyarrow.schema(fields, {**(table.schema.metadata or {}), **_of_file(run)}))
            writer = writer or parquet.ParquetWriter(target, table.schema, write_page_checksum=True)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _netcdf(target: Path, run: Exported) -> None:
    """The data set; every chunk with a Fletcher-32 checksum."""
    dataset(run).to_netcdf(target, engine="h5netcdf", encoding={measure: {"fletcher32": True} for measure in run.measures})


def dataset(run: Exported) -> "xarray.Dataset":
    """Each measure over strategy, point and world, not a number where a job has no such strategy or world, with labels and units.

    Raises:
        ImportError: xarray is not installed.
    """
    import xarray

    pairs = zip(run.jobs, run.jobs_cells, strict=True)
    families = {name: job.settings.strategies[name].family for job, job_cells in pairs for name in run.strategies(job_cells)}
    names, n_worlds = list(families), max(job_cells.settings.n_worlds for job_cells in run.jobs_cells)
    arrays = {measure: np.full((len(names), len(run.points), n_worlds), np.nan) for measure in run.measures}
    first = 0
    for job_cells in run.jobs_cells:
        rows = slice(first, first := first + len(job_cells.points))
        for name in run.strategies(job_cells):
            for measure, values in gathered(job_cells, name, run.store.read, run.measures)[0].items():
                arrays[measure][names.index(name), rows, : job_cells.settings.n_worlds] = values
    coordinates: dict[str, Any] = {"strategy": names, "world": np.arange(n_worlds), "point": np.arange(len(run.points))}
    columns = {name: ("point", run.points[name].to_numpy(), _about(run.columns[str(name)])) for name in run.points.columns}
    return xarray.Dataset(
        {measure: (("strategy", "point", "world"), values, _about(run.columns[measure])) for measure, values in arrays.items()},
        coords=coordinates | {"family": ("strategy", list(families.values()))} | columns, attrs=_of_file(run))


def _title(jobs: Sequence[Job]) -> str:
    """The name that the jobs have in common, and in what they differ."""
    return name_of(jobs) if len(jobs) == 1 else f"{name_of(jobs)}: {differing([job.varied for job in jobs])}"


def _about(column: Column) -> dict[str, str]:
    values = {"labels": json.dumps(dict(column.values), ensure_ascii=False)} if column.values else {}
    return {"long_name": column.label, "units": column.unit, "description": column.meaning, "kind": column.kind, **values}


def _of_file(run: Exported) -> dict[str, str]:
    return {"title": run.title, "source": "counterpoise", "settings": "manifest.json of the run"}


def _time(text: str) -> datetime | None:
    """When a run was made; None where its manifest does not say."""
    try:
        return datetime.strptime(text, TIME)
    except ValueError:
        return None


WRITERS: dict[str, Callable[[Path, Exported], None]] = {"csv": _csv, "parquet": _parquet, "netcdf": _netcdf, "stata": _stata}
