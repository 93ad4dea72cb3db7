"""`counterpoise verify`: whether every cell of a results folder is what was written, and every run has all of its cells."""

import sys
from collections.abc import Sequence
from pathlib import Path

from experiments.cells import DamagedCell, MissingCell, Store
from experiments.cli import FAILED, OK, USAGE
from experiments.run_folder import cells_in, changed_files, read_manifest


def main(arguments: Sequence[str]) -> int:
    """Check a results folder, or one run of it; returns the exit code."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: counterpoise verify RESULTS (the folder that holds cells/, or one run in it)", file=sys.stderr)
        return USAGE
    folder = Path(arguments[0])
    single = (folder / "manifest.json").is_file()
    results = folder.resolve().parent.parent if single else folder
    store = Store(results / "cells")
    problems, damaged, n_cells = [], set(), 0
    runs = [folder] if single else sorted(file.parent for file in results.glob("*/*/manifest.json"))
    wanted: dict[str, list[Path]] = {}
    for run in runs:
        try:
            manifest = read_manifest(run)
        except ValueError as error:
            problems.append(f"damaged: {error}")
            continue
        problems += [f"changed: {file}" for file in changed_files(run, manifest)]
        for key in cells_in(manifest):
            wanted.setdefault(key, []).append(run)
    for key in sorted({*wanted, *(() if single else store.keys())}):
        try:
            store.read(key)
            n_cells += 1
        except DamagedCell as error:
            damaged.add(key)
            problems.append(f"damaged: {store.path(key)}: {error}")
        except MissingCell:
            problems.append(f"missing: {store.path(key)}, of {wanted[key][0]}")
    for problem in problems:
        print(problem)
    if problems:
        again = sorted({read_manifest(run)["command"] for key, its in wanted.items() if key in damaged or not store.path(key).exists() for run in its})
        print(f"{len(problems):,} problems; {n_cells:,} cells of {len(runs):,} runs are fine")
        for command in again:
            print(f"computes them again: {command}")
        return FAILED
    print(f"{n_cells:,} cells and the files of {len(runs):,} runs are what was written; none is missing")
    return OK
