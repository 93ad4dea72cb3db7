"""`counterpoise check`: what is wrong with configuration files, wherever they lie, without running anything."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.cli import BAD_CONFIG, OK
from experiments.command_line import Parser
from experiments.config_check import GLOBAL_GROUPS, KINDS, LISTS, PRIMARY, check_file
from experiments.config_files import GROUPS, SEPARATE, conf_dir
from experiments.words import shortened, unknown
from experiments.yaml_files import Document, read
from sim.settings import Size

#: What a file of a group is called.
CALLED = {"strategies": "strategy", "parameters": "set of parameters", "payoff": "payoff", "executor": "executor"}

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
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.yaml")
    parser.add_argument("--as", dest="group", default="", metavar="GROUP",
                        help=f"what the files are, where neither folder nor keys tell: {', '.join(KINDS_OF_FILE)}")
    asked = parser.parse_args(list(arguments))
    if asked.group and asked.group not in KINDS_OF_FILE:
        parser.error(unknown(asked.group, KINDS_OF_FILE, "group"))
    if missing := [file for file in asked.files if not os.path.exists(file)]:
        parser.error(f"there is no file {shortened(str(missing[0]))}")
    return max([_check(file, asked.group) for file in asked.files])


def _check(file: Path, group: str) -> int:
    document = read(file)
    folder = file.absolute().parent.name
    kind = group or (folder if folder in KINDS_OF_FILE else _guessed(document))
    if not kind and not document.problems:
        print(f"{file}:1: neither its folder nor its keys tell what this file is; say --as with one of {', '.join(KINDS_OF_FILE)}")
        return BAD_CONFIG
    problems = check_file(document, kind)
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{file}: fine ({CALLED.get(kind, kind)} {file.stem!r})")
    return BAD_CONFIG if problems else OK


def _guessed(document: Document) -> str:
    """The group of a file by its keys; empty where they are nobody's."""
    data = document.data
    if not isinstance(data, dict):
        return ""
    if document.file.resolve() == (conf_dir() / f"{PRIMARY}.yaml").resolve():
        return PRIMARY
    for group in ("world", "scenario"):
        if group in data:
            return group
    if {*GROUPS, *Size.model_fields, "defaults", "policies", "peers"} & set(data):
        return "experiment"
    likely = max(ONE_KIND, key=lambda group: _shared(group, data))
    return likely if _shared(likely, data) else ""


def _shared(group: str, data: dict[str, Any]) -> int:
    """How many keys of the data are keys of a group."""
    inside = next(iter(data.values())) if group in LISTS and len(data) == 1 else data
    return len(set(KINDS[group].model_fields) & set(inside)) if isinstance(inside, dict) else 0
