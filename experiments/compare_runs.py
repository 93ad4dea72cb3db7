"""`counterpoise compare-runs`: what differs between two runs, in settings and in numbers."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.cli import FAILED, OK
from experiments.command_line import Parser, folder
from experiments.run_folder import cells_in, changed_files, read_manifest
from experiments.words import printable

#: Settings that differ are listed up to so many.
LISTED = 40
#: Tables with a mean in each row; the columns before it say what the row is about.
TABLES = ("summary.csv", "points.csv")
#: Columns before the mean that only name something anew.
LABELS = ("point", "family", "unit")
#: So many characters of a command or value are shown.
LONGEST = 400


def main(arguments: Sequence[str]) -> int:
    """Print the differences; returns the exit code, 0 also where runs differ."""
    parser = Parser("compare-runs", "Say what differs between two runs, in settings and in numbers.")
    for name in ("A", "B"):
        parser.add_argument(name, type=folder, help="a folder that holds a manifest.json")
    asked = parser.parse_args(list(arguments))
    try:
        first, second = read_manifest(asked.A), read_manifest(asked.B)
    except ValueError as error:
        print(f"counterpoise compare-runs: {error}", file=sys.stderr)
        return FAILED
    for name, manifest in (("A", first), ("B", second)):
        print(f"{name}: {printable(manifest['time'])}: {printable(manifest['command'], LONGEST)}")
    _settings(first, second)
    cells, others = set(cells_in(first)), set(cells_in(second))
    print(f"cells: {len(cells):,} in A, {len(others):,} in B, {len(cells & others):,} the same")
    table = next((name for name in TABLES if all(name in manifest["files"] for manifest in (first, second))), None)
    if table is None:
        _tables(first, second)
        return OK
    for run, manifest in ((asked.A, first), (asked.B, second)):
        if run / table in changed_files(run, manifest):
            print(f"counterpoise compare-runs: {run / table} is not what was written; counterpoise report --replace {run} makes it again", file=sys.stderr)
            return FAILED
    try:
        _numbers(asked.A / table, asked.B / table)
    except (ValueError, KeyError) as error:
        print(f"counterpoise compare-runs: the {table} of one of them is no table of a run: {error}", file=sys.stderr)
        return FAILED
    return OK


def _settings(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    versions = [name for name in ("model_version", "code", "numpy") if first[name] != second[name]]
    for name in versions:
        print(f"{name}: A {first[name]}, B {second[name]}")
    if len(first["jobs"]) != len(second["jobs"]):
        print(f"jobs: {len(first['jobs']):,} in A, {len(second['jobs']):,} in B; settings are compared of the first of each")
    a, b = (dict(_leaves({"run": m["run"], **m["jobs"][0]["settings"], "design": m["jobs"][0]["points"]})) for m in (first, second))
    differing = [key for key in dict.fromkeys([*a, *b]) if a.get(key) != b.get(key)]
    for key in differing[:LISTED]:
        print(printable(f"{key}: A {a.get(key, 'not there')}, B {b.get(key, 'not there')}", LONGEST))
    if len(differing) > LISTED:
        print(f"and {len(differing) - LISTED:,} more settings")
    if not differing and not versions:
        print("settings: the same")


def _tables(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """The tables of two analyses, which have columns of their own: only whether they are the same, by their checksums."""
    both = [name for name in first["files"] if name.endswith(".csv") and name in second["files"]]
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
    tables = [pd.read_csv(file) for file in (one, other)]
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
