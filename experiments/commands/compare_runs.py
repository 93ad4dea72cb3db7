"""`counterpoise compare-runs`: what differs between two runs, in settings and in numbers."""

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.commands.command import Parser, folder
from experiments.configuration.bounded import read_bounded
from experiments.configuration.errors import OK, CommandError
from experiments.configuration.swept import either
from experiments.messages import printable
from experiments.runs.manifest import again, cells_in, changed_files, read_manifest

#: Settings that differ are listed up to so many.
LISTED = 40
#: Tables with a mean in each row; the columns before it say what the row is about.
TABLES = ("summary.csv", "points.csv")
#: Files with what an analysis was given beside settings, such as the observed series of a hindcast.
GIVEN = ("case.json",)
#: Columns before the mean that only repeat a name.
LABELS = ("point", "family", "unit")
#: Bytes beyond which a table is not read.
LARGEST_TABLE = 2 * 2**30
#: So many characters of a command or value are shown.
LONGEST = 400


def main(arguments: Sequence[str]) -> int:
    """Print the differences; returns the exit code, 0 also where runs differ."""
    parser = Parser("compare-runs", "Say what differs between two runs, in settings and in numbers.")
    for name in ("A", "B"):
        parser.add_argument(name, type=folder, help="a folder that holds a manifest.json")
    options = parser.parse_args(list(arguments))
    try:
        first, second = read_manifest(options.A), read_manifest(options.B)
    except ValueError as error:
        raise CommandError(str(error)) from None
    for name, run, manifest in (("A", options.A, first), ("B", options.B, second)):
        print(f"{name}: {printable(manifest['time'])}: {printable(again(manifest, run.resolve().parent.parent), LONGEST)}")
    _settings(first, second)
    cells, others = set(cells_in(first)), set(cells_in(second))
    print(f"cells: {len(cells):,} in A, {len(others):,} in B, {len(cells & others):,} the same")
    table = next((name for name in TABLES if all(name in manifest["files"] for manifest in (first, second))), None)
    if table is None:
        _tables(first, second)
        return OK
    for run, manifest in ((options.A, first), (options.B, second)):
        if run / table in changed_files(run, manifest):
            raise CommandError(f"{run / table} is not what was written; counterpoise report --replace {run} makes it again")
    try:
        _numbers(options.A / table, options.B / table)
    except BrokenPipeError:  # whoever reads us has seen enough
        raise
    except (ValueError, KeyError, TypeError, OSError):
        raise CommandError(f"the {table} of one of them is not a table of a run; counterpoise report --replace FOLDER makes it again") from None
    return OK


def _settings(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    versions = [name for name in ("model_version", "code", "numpy") if first[name] != second[name]]
    for name in versions:
        print(printable(f"{name}: A {first[name]}, B {second[name]}", LONGEST))
    if len(first["jobs"]) != len(second["jobs"]):
        print(f"jobs: {len(first['jobs']):,} in A, {len(second['jobs']):,} in B")
    a, b = _values(first), _values(second)
    differing = [key for key in dict.fromkeys([*a, *b]) if a.get(key) != b.get(key)]
    for key in differing[:LISTED]:
        print(printable(f"{key}: A {either(a.get(key, ['not there']))}, B {either(b.get(key, ['not there']))}", LONGEST))
    if len(differing) > LISTED:
        print(f"and {len(differing) - LISTED:,} more settings")
    if not differing and not versions:
        print("settings of the worlds: the same")


def _values(manifest: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Every setting by its dotted name: its value in each job, once where all jobs have the same."""
    jobs = [dict(_leaves({"run": manifest["run"], **job["settings"], "design": job["points"]})) for job in manifest["jobs"]]
    values = {key: [job.get(key, "not there") for job in jobs] for key in dict.fromkeys(key for job in jobs for key in job)}
    return {key: each[:1] if all(value == each[0] for value in each) else each for key, each in values.items()}


def _tables(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """What two analyses were given beside settings, and their tables, which have columns of their own: whether they are the same, by their checksums."""
    both = [name for name in first["files"] if (name.endswith(".csv") or name in GIVEN) and name in second["files"]]
    for name in both:
        print(f"{name}: {'the same to the last digit' if first['files'][name] == second['files'][name] else 'not the same'}")
    if not both:
        print("numbers: the two have no table in common")


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from _leaves(part, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _numbers(one: Path, other: Path) -> None:
    tables = [pd.read_csv(BytesIO(read_bounded(file, LARGEST_TABLE))) for file in (one, other)]
    if any(not pd.api.types.is_numeric_dtype(table[name]) for table in tables for name in ("mean", "low", "high")):
        raise ValueError("its means are not numbers")
    keys, others = ([name for name in table.columns[: table.columns.get_loc("mean")] if name not in LABELS] for table in tables)
    if keys != others:
        print("numbers: the two sweeps vary different things")
        return
    a, b = (table.drop_duplicates(keys).set_index(keys) for table in tables)
    both = a.index.intersection(b.index)
    print(f"{one.name}: {len(both):,} of {len(a):,} rows of A and {len(b):,} of B are about the same thing")
    apart = (b.loc[both, "mean"] - a.loc[both, "mean"]).dropna()
    if not (apart != 0).any():
        print("numbers: every mean is the same to the last digit" if len(both) else "numbers: no row is about the same thing")
        return
    half: pd.Series = np.hypot((a["high"] - a["low"]) / 2, (b["high"] - b["low"]) / 2)  # type: ignore[assignment]
    table = pd.DataFrame({"difference": apart, "beyond": apart.abs() > half.loc[both]}).dropna().reset_index()
    print(f"{'measure':<22}{'largest change':>16}{'in':>34}{'rows changed':>14}{'beyond intervals':>18}")
    for measure, rows in table.groupby("measure", sort=False):
        largest: Any = rows.iloc[int(rows.difference.abs().to_numpy().argmax())]
        where = " ".join(str(largest[key]) for key in keys if key != "measure")
        print(f"{measure:<22}{largest.difference:>+16.6g}{printable(where):>34}{(rows.difference != 0).sum():>14,}{rows.beyond.sum():>18,}")
