"""`counterpoise check`: what is wrong with configuration files, wherever they lie, without running anything."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.commands.command import Parser
from experiments.configuration.check import KINDS, check_file, strays
from experiments.configuration.errors import BAD_CONFIG, LONGEST, OK
from experiments.configuration.files import GLOBAL_GROUPS, GROUPS, LISTS, PRIMARY, SEPARATE, files_below, own_dir, primary, shown
from experiments.configuration.violations import family_question
from experiments.configuration.yaml_files import Document, mapping, read
from experiments.messages import printable, shortened, unknown
from sim.settings import Size

#: What a file of a group is called.
CALLED = {"strategies": "strategy", "parameters": "set of parameters", "payoff": "payoff", "executor": "executor"}

#: Keys that only files of some kinds have together.
SEPARATE_BY = {"case": {"targets", "until"}, "hypothesis": {"outcome", "statement"}, "pattern": {"role", "expected"}}
#: What a file may be.
KINDS_OF_FILE = (*GROUPS, *SEPARATE)
#: Groups whose files hold the keys of one class.
ONE_KIND = [group for group in KINDS if group not in GLOBAL_GROUPS]


def main(arguments: Sequence[str]) -> int:
    """Check files; prints a line for each that is fine and one for each problem.

    Returns:
        The exit code: 0 all fine, 65 some are not, 2 bad usage.
    """
    parser = Parser("check", "Check configuration files, wherever they lie, without running anything.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file, or a folder such as conf/ with all of its files")
    parser.add_argument("--as", dest="group", default="", metavar="GROUP",
                        help=f"what the files are, where neither folder nor keys show it: {', '.join(KINDS_OF_FILE)}")
    options = parser.parse_args(list(arguments))
    if options.group and options.group not in KINDS_OF_FILE:
        parser.error(unknown(options.group, KINDS_OF_FILE, "group"))
    if missing := [file for file in options.files if not os.path.exists(file)]:
        parser.error(f"there is no file {shortened(str(missing[0]))}")
    return max([_check_folder(file, options.group) if file.is_dir() else _check(file, options.group) for file in options.files])


def _check_folder(folder: Path, group: str) -> int:
    """Check every file below a folder but hidden ones; in one laid out as conf/, also whether each would be read."""
    files = files_below(folder)
    own = own_dir()
    wrong = strays(folder) if (folder / f"{PRIMARY}.yaml").exists() or (own and own.samefile(folder)) else {}
    for problems in wrong.values():
        print("\n".join(problems))
    if not files:
        print(f"{printable(str(folder), LONGEST)}: there is no configuration file")
    return max([BAD_CONFIG if wrong or not files else OK, *(_check(file, group) for file in files if file not in wrong)])


def _check(file: Path, group: str) -> int:
    document = read(file)
    folder = file.absolute().parent.name
    kind = group or (folder if folder in KINDS_OF_FILE else _guessed(document))
    if not kind and not document.problems:
        print(f"{shown(file)}:1: neither its folder nor its keys show what this file is; add --as with one of {', '.join(KINDS_OF_FILE)}")
        return BAD_CONFIG
    problems = check_file(document, kind)
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{shown(file)}: fine ({CALLED.get(kind, kind)} {file.stem!r})")
        family = mapping(mapping(document.data).get(file.stem)).get("family") if kind == "strategies" else None
        if family and (question := family_question(family)):
            print(f"note: {shown(file)}:{document.line_of((file.stem, 'family'))}: {question}")
    return BAD_CONFIG if problems else OK


def _guessed(document: Document) -> str:
    """The group of a file by its keys; empty where they are nobody's."""
    data = document.data
    if not isinstance(data, dict):
        return ""
    if document.file.resolve() == primary().resolve():
        return PRIMARY
    for group in ("world", "scenario"):
        if group in data:
            return group
    if separate := next((group for group, keys in SEPARATE_BY.items() if keys <= set(data)), ""):
        return separate
    if {*GROUPS, *Size.model_fields, "defaults", "policies", "peers"} & set(data):
        return "experiment"
    likely = max(ONE_KIND, key=lambda group: _shared(group, data))
    return likely if _shared(likely, data) else ""


def _shared(group: str, data: dict[str, Any]) -> int:
    """How many keys of the data are keys of a group."""
    inside = next(iter(data.values())) if group in LISTS and len(data) == 1 else data
    return len(set(KINDS[group].model_fields) & set(inside)) if isinstance(inside, dict) else 0
