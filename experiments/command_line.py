"""How the commands besides `compare` read their words: `--help` prints usage and ends with 0, what does not fit a line and 2."""

import argparse
import os
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


def override(word: str) -> str:
    """An override, in form.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    if "=" not in word:
        raise argparse.ArgumentTypeError(f"{word!r} is not KEY=VALUE")
    return word


def folder(word: str) -> Path:
    """A folder that is there.

    Raises:
        argparse.ArgumentTypeError: It is not.
    """
    if not os.path.isdir(word):  # unlike Path.is_dir it minds no name that cannot be one
        from experiments.words import shortened

        raise argparse.ArgumentTypeError(f"there is no folder {shortened(word)}")
    return Path(word)
