"""`counterpoise check`: what is wrong with configuration files, wherever they lie, without running anything."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.cli import BAD_CONFIG, OK, USAGE
from experiments.config_check import GLOBAL_GROUPS, KINDS, LISTS, PRIMARY, check_file
from experiments.config_files import GROUPS, conf_dir
from experiments.words import unknown
from experiments.yaml_files import Document, read
from sim.settings import Size

#: What a file of a group is called.
CALLED = {"strategies": "strategy", "parameters": "set of parameters", "payoff": "payoff", "executor": "executor"}

#: Groups whose files hold the keys of one class.
ONE_KIND = [group for group in KINDS if group not in GLOBAL_GROUPS]

USE = "usage: counterpoise check FILE.yaml [...] [--as GROUP]"


def main(arguments: Sequence[str]) -> int:
    """Check files; prints a line for each that is fine and one for each problem.

    Returns:
        The exit code: 0 all fine, 65 some are not, 2 bad usage.
    """
    words, group = list(arguments), ""
    if "--as" in words:
        place = words.index("--as")
        group = words[place + 1] if place + 1 < len(words) else ""
        if group not in GROUPS:
            print(f"counterpoise check: {unknown(group, GROUPS, 'group')}", file=sys.stderr)
            return USAGE
        del words[place:place + 2]
    missing = [word for word in words if not word.startswith("-") and not Path(word).exists()]
    if not words or missing or any(word.startswith("-") for word in words):
        print(f"counterpoise check: there is no file {missing[0]}" if missing else USE, file=sys.stderr)
        return USAGE
    return max([_check(Path(word), group) for word in words])


def _check(file: Path, group: str) -> int:
    document = read(file)
    folder = file.absolute().parent.name
    kind = group or (folder if folder in GROUPS else _guessed(document))
    if not kind and not document.problems:
        print(f"{file}:1: neither its folder nor its keys tell what this file is; say --as with one of {', '.join(GROUPS)}")
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
