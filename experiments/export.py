"""`counterpoise export`: a run's payoffs in every world, for other programs."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.cells import DamagedCell, MissingCell, Store
from experiments.cli import FAILED, OK, USAGE
from experiments.command_line import Parser, folder, located
from experiments.config import Job
from experiments.reporting import points_of
from experiments.run_folder import cells_in, is_analysis, read_run, write_csv
from experiments.runner import Work, gathered, whole, work_of
from sim.payoffs import MEASURES

SUFFIXES = {"csv": ".csv", "parquet": ".parquet", "netcdf": ".nc"}


def main(arguments: Sequence[str]) -> int:
    """Write the file and print its path; returns the exit code."""
    parser = Parser("export", "Write a run's payoffs in every world for other programs.")
    parser.add_argument("run", type=folder, metavar="RUN", help="a folder that holds a manifest.json")
    parser.add_argument("--to", choices=SUFFIXES, required=True, help="parquet and netcdf need counterpoise[data]")
    parser.add_argument("--measures", default=",".join(MEASURES), help="comma-separated; default all")
    parser.add_argument("--file", type=Path, help="default: payoffs and the format's ending, in the run's folder")
    asked = parser.parse_args(list(arguments))
    measures = list(dict.fromkeys(asked.measures.split(",")))
    if unknown := [name for name in measures if name not in MEASURES]:
        from experiments.words import unknown as message

        print(f"counterpoise export: {message(unknown[0], MEASURES, 'measure')}", file=sys.stderr)
        return USAGE
    target: Path = asked.file or asked.run / f"payoffs{SUFFIXES[asked.to]}"
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    results = asked.run.resolve().parent.parent
    try:
        manifest, jobs = read_run(asked.run)
        works = [work_of(job.settings, job.points) for job in jobs]
        if is_analysis(manifest) and not {cell.key for work in works for cell in work.cells()} & set(cells_in(manifest)):
            raise ValueError(f"{asked.run.parent.name} keeps some measures of its worlds alone; its numbers are in the tables beside its report")
        run = _Run(jobs, works, Store(results / "cells"), set(manifest["missing_cells"]), measures)
        WRITERS[asked.to](unfinished, run)
        unfinished.replace(target)
    except (MissingCell, DamagedCell) as error:
        print(f"counterpoise export: {error}; this computes it again: {located(manifest['command'], results)}", file=sys.stderr)
        return FAILED
    except ValueError as error:
        print(f"counterpoise export: {error}", file=sys.stderr)
        return FAILED
    except ImportError as error:
        print(f"counterpoise export: --to {asked.to} needs {error.name}: pip install 'counterpoise[data]'", file=sys.stderr)
        return USAGE
    finally:
        unfinished.unlink(missing_ok=True)
    print(target)
    return OK


class _Run:
    """What is exported: jobs with their cells, and the measures wanted."""

    def __init__(self, jobs: Sequence[Job], works: Sequence[Work], store: Store, lost: set[str], measures: Sequence[str]) -> None:
        self.jobs, self.works, self.store, self.lost, self.measures = jobs, works, store, lost, measures
        points = pd.concat([points_of(job) for job in jobs], ignore_index=True).rename(columns={"world": "world.name"})  # `world` is a number here
        self.points = points.apply(lambda values: values if pd.api.types.is_numeric_dtype(values) else values.map(str))  # mixed ones are words
        if not any(self.strategies(work) for work in works):
            raise ValueError("the run holds no strategy whose cells are all there")

    def strategies(self, work: Work) -> list[str]:
        return list(whole([work], self.lost))

    def frames(self) -> Iterator[pd.DataFrame]:
        """One strategy of one job after the other, a row for each point and world."""
        first = 0
        for work in self.works:
            n_points, n_worlds = len(work.points), work.settings.n_worlds
            at = self.points.iloc[np.repeat(np.arange(first, first + n_points), n_worlds)].reset_index(drop=True)
            for name in self.strategies(work):
                values = gathered(work, name, self.store.read, self.measures)[0]
                about = pd.DataFrame({
                    "strategy": name, "family": work.settings.strategies[name].family,
                    "point": np.repeat(np.arange(first, first + n_points), n_worlds), "world": np.tile(np.arange(n_worlds), n_points)})
                yield pd.concat([about, at, pd.DataFrame({measure: array.ravel() for measure, array in values.items()})], axis=1)
            first += n_points


def _csv(target: Path, run: _Run) -> None:
    for i, frame in enumerate(run.frames()):
        write_csv(target, frame, append=i > 0)


def _parquet(target: Path, run: _Run) -> None:
    """A row group for each strategy of each job; every page with a checksum; label and unit with each column."""
    import pyarrow
    from pyarrow import parquet

    writer = None
    try:
        for frame in run.frames():
            table = pyarrow.Table.from_pandas(frame, preserve_index=False)
            fields = [field.with_metadata(_about(field.name)) if field.name in MEASURES else field for field in table.schema]
            table = table.cast(pyarrow.schema(fields))
            writer = writer or parquet.ParquetWriter(target, table.schema, write_page_checksum=True)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _netcdf(target: Path, run: _Run) -> None:
    """Each measure over strategy, point and world, not a number where a job has no such strategy or world; every chunk with a Fletcher-32 checksum."""
    import xarray

    families = {name: job.settings.strategies[name].family for job, work in zip(run.jobs, run.works, strict=True) for name in run.strategies(work)}
    names, n_worlds = list(families), max(work.settings.n_worlds for work in run.works)
    arrays = {measure: np.full((len(names), len(run.points), n_worlds), np.nan) for measure in run.measures}
    first = 0
    for work in run.works:
        rows = slice(first, first := first + len(work.points))
        for name in run.strategies(work):
            for measure, values in gathered(work, name, run.store.read, run.measures)[0].items():
                arrays[measure][names.index(name), rows, : work.settings.n_worlds] = values
    coordinates: dict[str, Any] = {"strategy": names, "world": np.arange(n_worlds), "point": np.arange(len(run.points))}
    columns = {name: ("point", run.points[name].to_numpy()) for name in run.points.columns}
    data = xarray.Dataset(
        {measure: (("strategy", "point", "world"), values, _about(measure)) for measure, values in arrays.items()},
        coords=coordinates | {"family": ("strategy", list(families.values()))} | columns,
        attrs={"title": run.jobs[0].run.name, "source": "counterpoise", "settings": "manifest.json of the run"})
    data.to_netcdf(target, engine="h5netcdf", encoding={measure: {"fletcher32": True} for measure in run.measures})


def _about(measure: str) -> dict[str, str]:
    known = MEASURES[measure]
    return {"long_name": known.label, "units": known.unit, "description": known.meaning, "kind": known.kind}


WRITERS: dict[str, Callable[[Path, _Run], None]] = {"csv": _csv, "parquet": _parquet, "netcdf": _netcdf}
