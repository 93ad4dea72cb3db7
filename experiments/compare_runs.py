"""`counterpoise compare-runs`: what differs between two runs, in settings and in numbers."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.cli import FAILED, OK, USAGE
from experiments.run_folder import cells_in, read_manifest

#: Settings that differ are listed up to so many.
LISTED = 40
#: What the rows of a table are told apart by; the rest are numbers.
KEYS = {"summary.csv": ["strategy", "measure"], "points.csv": ["point", "strategy", "measure"]}


def main(arguments: Sequence[str]) -> int:
    """Print the differences; returns the exit code, 0 also where runs differ."""
    if len(arguments) != 2:
        print("usage: counterpoise compare-runs RUN RUN (folders that hold a manifest.json)", file=sys.stderr)
        return USAGE
    one, other = (Path(argument) for argument in arguments)
    try:
        first, second = read_manifest(one), read_manifest(other)
    except ValueError as error:
        print(f"counterpoise compare-runs: {error}", file=sys.stderr)
        return FAILED
    for name, manifest in (("A", first), ("B", second)):
        print(f"{name}: {manifest['time']}: {manifest['command']}")
    _settings(first, second)
    shared = set(cells_in(first)) & set(cells_in(second))
    print(f"cells: {len(cells_in(first)):,} in A, {len(cells_in(second)):,} in B, {len(shared):,} the same")
    return _numbers(one, other)


def _settings(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    versions = [name for name in ("model_version", "code", "numpy") if first[name] != second[name]]
    for name in versions:
        print(f"{name}: A {first[name]}, B {second[name]}")
    if len(first["jobs"]) != len(second["jobs"]):
        print(f"jobs: {len(first['jobs']):,} in A, {len(second['jobs']):,} in B; settings are compared of the first of each")
    a, b = (dict(_leaves({"run": m["run"], **m["jobs"][0]["settings"], "design": m["jobs"][0]["points"]})) for m in (first, second))
    differing = [key for key in dict.fromkeys([*a, *b]) if a.get(key) != b.get(key)]
    for key in differing[:LISTED]:
        print(f"{key}: A {a.get(key, 'not there')}, B {b.get(key, 'not there')}")
    if len(differing) > LISTED:
        print(f"and {len(differing) - LISTED:,} more settings")
    if not differing and not versions:
        print("settings: the same")


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from _leaves(part, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _numbers(one: Path, other: Path) -> int:
    name = next((name for name in KEYS if (one / name).is_file() and (other / name).is_file()), None)
    if name is None:
        print("numbers: a comparison and a sweep have no table in common")
        return OK
    keys = KEYS[name]
    a, b = (pd.read_csv(folder / name).set_index(keys) for folder in (one, other))
    both = a.index.intersection(b.index)
    print(f"{name}: {len(both):,} of {len(a):,} rows of A and {len(b):,} of B are about the same thing")
    apart = (b.loc[both, "mean"] - a.loc[both, "mean"]).dropna()
    if not (apart != 0).any():
        print("numbers: every mean is the same to the last digit")
        return OK
    half: pd.Series = np.hypot((a["high"] - a["low"]) / 2, (b["high"] - b["low"]) / 2)  # type: ignore[assignment]
    table = pd.DataFrame({"difference": apart, "beyond": apart.abs() > half.loc[both]}).dropna().reset_index()
    print(f"{'measure':<22}{'largest change':>16}{'in':>34}{'rows changed':>14}{'beyond intervals':>18}")
    for measure, rows in table.groupby("measure", sort=False):
        largest: Any = rows.iloc[int(rows.difference.abs().to_numpy().argmax())]
        where = " ".join(str(largest[key]) for key in keys if key != "measure")
        print(f"{measure:<22}{largest.difference:>+16.6g}{where:>34}{(rows.difference != 0).sum():>14,}{rows.beyond.sum():>18,}")
    return OK
