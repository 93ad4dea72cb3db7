"""How commands read their words, and how they stand in manifests, in reports and in what is told.

`--help` prints usage and ends with 0, what does not fit a line and 2.
"""

import argparse
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from experiments.cli import USAGE


class Parser(argparse.ArgumentParser):
    """An `argparse` parser that answers what it does not understand in one line.

    Args:
        command: Name of the command.
        about: What it does, in a sentence.
    """

    def __init__(self, command: str, about: str) -> None:
        super().__init__(prog=f"counterpoise {command}", description=about, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end; `experiments.cli` turns the end into the exit code."""
        self.exit(USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")

    def add_overrides(self) -> None:
        """What every command that simulates takes: the plan alone, and overrides."""
        self.add_argument("--dry-run", action="store_true", help="print the plan and stop")
        self.add_argument("overrides", nargs="*", type=override, metavar="KEY=VALUE")


def beyond(asked: argparse.Namespace, limits: Mapping[str, tuple[int, int]]) -> str | None:
    """Which option that counts something lies outside of its limits, in words; None where all lie within."""
    for option, (least, most) in limits.items():
        if not least <= getattr(asked, option) <= most:
            return f"--{option} takes {least:,} to {most:,}, not {getattr(asked, option):,}"
    return None


def override(word: str) -> str:
    """An override, in form.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    if "=" not in word:
        raise argparse.ArgumentTypeError(f"{word!r} is not KEY=VALUE")
    return word


def recorded(words: Sequence[str]) -> str:
    """A command as manifests and reports keep it: nothing of it tells where its user keeps files."""
    return shlex.join(without_paths(words))


def without_paths(words: Sequence[str]) -> list[str]:
    """Words without the results folder, since results lie in it; of a file with an absolute path the last part stays."""
    kept = []
    for word in words:
        name, _, value = word.partition("=")
        if (set_by := name.lstrip("+~")) != "results":
            kept.append(f"{name}={last_part(value)}" if set_by == "design.file" else word)
    return kept


def last_part(file: str) -> str:
    """The name of a file with an absolute path, in quotes or without; any other as it is."""
    bare = file.strip("\"'")
    return Path(bare).name if os.path.isabs(bare) else file


def located(command: str, results: Path) -> str:
    """A recorded command with the folder its results are in, where that is not `results` of the current one."""
    return command if results.resolve() == Path("results").resolve() else f"{command} {shlex.quote(f'results={results}')}"


def folder(word: str) -> Path:
    """A folder that is there.

    Raises:
        argparse.ArgumentTypeError: It is not.
    """
    if not os.path.isdir(word):  # unlike Path.is_dir it minds no name that cannot be one
        from experiments.words import shortened

        raise argparse.ArgumentTypeError(f"there is no folder {shortened(word)}")
    return Path(word)
