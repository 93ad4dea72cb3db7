"""`counterpoise verify`: whether every cell of a results folder is what was written, and every run has all of its cells."""

import html
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.cells.archive import DamagedCell, MissingCell
from experiments.cells.cell import code
from experiments.cells.store import SUFFIX, Store
from experiments.commands.command import Parser, folder
from experiments.configuration.bounded import read_bounded
from experiments.configuration.errors import FAILED, LONGEST, OK, UsageError
from experiments.messages import printable
from experiments.runs.folder import is_run
from experiments.runs.manifest import again, cells_in, changed_files, command_again, read_manifest, without_cells
from experiments.words import plural

#: Bytes beyond which a report is not read.
LARGEST_REPORT = 64 * 2**20


def main(arguments: Sequence[str]) -> int:
    """Check a results folder, or one run of it; returns the exit code."""
    parser = Parser("verify", "Check every cell and file of a results folder, or of one run in it, and say what makes again what is damaged or gone.")
    parser.add_argument("folder", type=folder, metavar="FOLDER", help="the folder that holds cells/, a folder of runs in it, or one run")
    options: Path = parser.parse_args(list(arguments)).folder
    place = options.resolve()
    alone = (is_run(place) or (place / "manifest.json").exists()) and not (place / "cells").is_dir()
    # A run lies in the folder of its name, and that in the folder that holds the cells.
    above = next((each for each in (place, *place.parents[:2]) if (each / "cells").is_dir()), place.parent.parent if alone else place)
    single = above != place
    results = above if single else options
    runs = [options] if alone else sorted(inner for inner in options.glob("*" if single else "*/*") if is_run(inner))
    store = Store(results / "cells")
    if not runs and not any(store.folder.glob("[0-9a-f][0-9a-f]")):
        raise UsageError(f"{options} holds neither cells nor runs: name a folder of results, or one run in it")
    result = _Result(results)
    wanted: dict[str, list[Mapping[str, Any]]] = {}
    for run in runs:
        for key, manifest in result.run(run):
            wanted.setdefault(key, []).append(manifest)
    if single and wanted and not store.folder.is_dir():
        result.problems.append(f"missing: {store.folder}")
        result.remedies += [without_cells(options, manifest) for manifests in wanted.values() for manifest in manifests[:1]]
        wanted = {}
    n_cells = result.cells(store, wanted, strays=not single)
    for line in (*result.notes, *result.problems):
        print(printable(line, LONGEST))
    if result.problems:
        print(f"{plural(len(result.problems), 'problem')}; {plural(n_cells, 'cell')} and the files of {plural(result.whole, 'run')} are what was written")
        for remedy in dict.fromkeys(result.remedies):
            for line in remedy.split("\n"):
                print(printable(line, LONGEST))
        return FAILED
    print(f"{plural(n_cells, 'cell')} and the files of {plural(result.whole, 'run')} are what was written; none is missing")
    return OK


class _Result:
    """What is wrong, what is to be done about it, and how many runs are whole."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.remedies: list[str] = []
        self.whole = 0

    def run(self, run: Path) -> list[tuple[str, Mapping[str, Any]]]:
        """Check the files of a run; returns the cells it wants."""
        try:
            manifest = read_manifest(run)
        except ValueError as error:
            if not any((run / name).exists() for name in ("manifest.json", "report.html")):
                self.notes.append(f"unfinished: {run}: a run is at work there, or was interrupted: then run its command again and delete the folder")
                return []
            self.problems.append(f"damaged: {error}")
            makes = _command_in_report(run, self.results) or "the command that made it (see the report of another run)"
            self.remedies.append(f"this makes the run again: {makes}\nthen delete {run}")
            return []
        if changed := changed_files(run, manifest):
            self.problems += [f"{'changed' if file.exists() else 'missing'}: {file}" for file in changed]
            self.remedies.append(f"this makes them again: {shlex.join(['counterpoise', 'report', '--replace', run.as_posix()])}")
        self.whole += not changed
        return [(key, manifest) for key in cells_in(manifest)]

    def cells(self, store: Store, wanted: Mapping[str, Sequence[Mapping[str, Any]]], strays: bool) -> int:
        """Check the cells that runs want and, where asked for, all others that are there; returns how many are fine."""
        there = {file.stem: file for file in sorted(store.folder.glob(f"[0-9a-f][0-9a-f]/*{SUFFIX}"))} if strays else {}
        fine = 0
        for key in sorted({*wanted, *there}):
            file = there.get(key, store.path(key))
            try:
                if file != store.path(key):
                    raise DamagedCell(f"{file}: it lies in the wrong folder")
                store.read(key)
                fine += 1
                continue
            except MissingCell:
                self.problems.append(f"missing: {file}")
            except DamagedCell as error:
                self.problems.append(f"damaged: {error}")
            except OSError as error:
                self.problems.append(f"unreadable: {file}: {error.strerror}")
            self.remedies += [self._computes_again(manifest) for manifest in wanted.get(key, ())] or [f"no run needs it, delete it: {file}"]
        return fine

    def _computes_again(self, manifest: Mapping[str, Any]) -> str:
        same = all(manifest[name] == value for name, value in code().items())
        return f"this computes them again{'' if same else ', with the version of the model and of NumPy that made them'}: {again(manifest, self.results)}"


def _command_in_report(run: Path, results: Path) -> str:
    """The command at the end of a report; empty where there is none."""
    try:
        page = read_bounded(run / "report.html", LARGEST_REPORT).decode()
        return command_again(html.unescape(page.rpartition("</pre>")[0].rpartition("<pre>")[2]), results)
    except (OSError, ValueError):
        return ""
