"""`counterpoise verify`: whether every cell of a results folder is what was written, and every run has all of its cells."""

import html
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.cells import SUFFIX, DamagedCell, MissingCell, Store, code
from experiments.cli import FAILED, OK, USAGE
from experiments.command_line import Parser, folder, located
from experiments.run_folder import cells_in, changed_files, read_manifest
from experiments.words import printable

#: A folder that holds one of them is that of a run, finished or not.
OF_A_RUN = ("manifest.json", "report.html", "figures")
#: So many characters of a command are shown.
LONGEST = 2000


def main(arguments: Sequence[str]) -> int:
    """Check a results folder, or one run of it; returns the exit code."""
    parser = Parser("verify", "Check every cell and file of a results folder, or of one run in it, and say what makes again what is damaged or gone.")
    parser.add_argument("folder", type=folder, metavar="FOLDER", help="the folder that holds cells/, or one run in it")
    asked: Path = parser.parse_args(list(arguments)).folder
    single = _is_run(asked) and not (asked / "cells").is_dir()
    results = asked.resolve().parent.parent if single else asked
    runs = [asked] if single else sorted(inner for inner in results.glob("*/*") if _is_run(inner))
    store = Store(results / "cells")
    if not single and not runs and not store.folder.is_dir():
        print(f"counterpoise verify: {asked} holds neither cells nor runs", file=sys.stderr)
        return USAGE
    found = _Found(results)
    wanted: dict[str, list[Mapping[str, Any]]] = {}
    for run in runs:
        for key, manifest in found.run(run):
            wanted.setdefault(key, []).append(manifest)
    n_cells = found.cells(store, wanted, strays=not single)
    for line in (*found.notes, *found.problems):
        print(line)
    if found.problems:
        print(f"{len(found.problems):,} {'problem' if len(found.problems) == 1 else 'problems'}; {n_cells:,} cells of {len(runs):,} runs are fine")
        for line in dict.fromkeys(found.remedies):
            print(line)
        return FAILED
    whole = len(runs) - len(found.notes)
    print(f"{n_cells:,} {'cell' if n_cells == 1 else 'cells'} and the files of {whole:,} {'run' if whole == 1 else 'runs'} are what was written; "
          "none is missing")
    return OK


def _is_run(inner: Path) -> bool:
    return any((inner / name).exists() for name in OF_A_RUN)


class _Found:
    """What is wrong, and what is to be done about it."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.remedies: list[str] = []

    def run(self, run: Path) -> list[tuple[str, Mapping[str, Any]]]:
        """Check the files of a run; returns the cells it wants."""
        try:
            manifest = read_manifest(run)
        except ValueError as error:
            if not any((run / name).exists() for name in OF_A_RUN[:2]):
                self.notes.append(f"unfinished: {run}: a run is at work there, or was interrupted: then run its command again and delete the folder")
                return []
            self.problems.append(f"damaged: {error}")
            command = _command_in_report(run)
            told = located(command, self.results) if command else "the command that made it (see the report of another run)"
            self.remedies.append(f"makes it anew: {told}\nthen delete {run}")
            return []
        if changed := changed_files(run, manifest):
            self.problems += [f"{'changed' if file.exists() else 'missing'}: {file}" for file in changed]
            self.remedies.append(f"makes them again: {shlex.join(['counterpoise', 'report', '--replace', str(run)])}")
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
        command = located(printable(manifest["command"], LONGEST), self.results)
        same = all(manifest[name] == value for name, value in code().items())
        return f"computes them again{'' if same else ', with the version of the model and of NumPy that made them'}: {command}"


def _command_in_report(run: Path) -> str:
    """The command that a report tells at its end; empty where it does not."""
    try:
        told = re.findall(r"<pre>(.*?)</pre>", (run / "report.html").read_text(encoding="utf-8"), re.DOTALL)
    except (OSError, UnicodeDecodeError):
        return ""
    return printable(html.unescape(told[-1]), LONGEST) if told else ""
