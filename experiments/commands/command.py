"""How commands read their words: one parser, and one checker for each type of argument.

`--help` prints usage and ends with 0; words that do not fit end with a line and 2.
"""

import argparse
import difflib
import math
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from experiments.configuration.errors import LONGEST, USAGE
from experiments.configuration.files import GROUPS, LISTS, PRIMARY, VARIABLE, conf_dir, names_in
from experiments.configuration.yaml_files import mapping, read
from experiments.messages import printable, shortened, unknown

Part = TypeVar("Part")


class Parser(argparse.ArgumentParser):
    """An `argparse` parser that answers what it does not understand in one line.

    Args:
        command: Name of the command.
        about: What it does, in a sentence.
    """

    def __init__(self, command: str, about: str) -> None:
        super().__init__(prog=f"counterpoise {command}", description=about, allow_abbrev=False)
        self.add_argument("--conf", metavar="DIR", help=f"folder of your own files, laid over the shipped ones (default {VARIABLE}, or else conf/)")

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """As `argparse` does it, which keeps the last of several values of an option; here a second one is an error."""
        options = [self._option_string_actions.get(word.split("=", 1)[0]) for word in args or ()]
        once = [option for option in options if option is not None and option.nargs != 0 and not isinstance(option, argparse._AppendAction)]
        if twice := next((option for i, option in enumerate(once) if option in once[:i]), None):
            self.error(f"{twice.option_strings[-1]}: given twice; keep one of the two")
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and end; `experiments.cli` turns the end into the exit code."""
        strange = message.removeprefix("unrecognized arguments: ")
        if strange != message and any(action.dest == "overrides" for action in self._actions):
            message = not_understood(strange.split()[0], self._option_string_actions)
        self.exit(USAGE, f"{self.prog}: {message.removeprefix('argument ').removeprefix('KEY=VALUE: ')}; see {self.prog} --help\n")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End with a message, in which words of the user may stand."""
        super().exit(status, message and f"{printable(message.rstrip(), LONGEST)}\n")

    def add_overrides(self) -> None:
        """The arguments of every command that simulates: the plan alone, and overrides."""
        self.add_argument("--dry-run", action="store_true", help="print the plan and stop")
        self.add_argument("overrides", nargs="*", type=override, metavar="KEY=VALUE")


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number from `least` to `most`."""
    def check(word: str) -> int:
        try:
            value = int(word)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least:,} to {most:,}, got {shortened(word)}")
        return value
    return check


def power_of_two(least: int, most: int) -> Callable[[str], int]:
    """A power of two from `least` to `most`."""
    def check(word: str) -> int:
        value = whole(least, most)(word)
        if value & (value - 1):
            below = 1 << (value.bit_length() - 1)
            raise argparse.ArgumentTypeError(f"must be a power of two, such as {below:,} or {2 * below:,}, got {value}")
        return value
    return check


def number(least: float = -math.inf, most: float = math.inf) -> Callable[[str], float]:
    """A finite number from `least` to `most`."""
    bounds = " ".join(part for part in (f"from {least:g}" if least > -math.inf else "", f"to {most:g}" if most < math.inf else "") if part)

    def check(word: str) -> float:
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and least <= value <= most):
            raise argparse.ArgumentTypeError(f"must be a finite number{f' {bounds}' if bounds else ''}, got {shortened(word)}")
        return value
    return check


def one_of(names: Iterable[str], kind: str) -> Callable[[str], str]:
    """One of some names."""
    known = tuple(names)

    def check(word: str) -> str:
        if word not in known:
            raise argparse.ArgumentTypeError(unknown(word, known, kind))
        return word
    return check


def several(check: Callable[[str], Part]) -> Callable[[str], tuple[Part, ...]]:
    """Some of what `check` takes, comma-separated, none twice."""
    def read(words: str) -> tuple[Part, ...]:
        values = tuple(map(check, words.split(",")))
        if twice := [value for i, value in enumerate(values) if value in values[:i]]:
            raise argparse.ArgumentTypeError(f"{shortened(twice[0])} is given twice")
        return values
    return read


def override(word: str) -> str:
    """An override, as Hydra's grammar wants it."""
    if "=" not in word:
        raise argparse.ArgumentTypeError(not_understood(word))
    from experiments.configuration.grammar import typed

    return typed(word)[0]


def not_understood(word: str, options: Iterable[str] = ()) -> str:
    """The message for a word that is neither an option nor KEY=VALUE, with what was perhaps meant."""
    bare = word.lstrip("-")
    key, equals, _ = bare.partition("=")
    what = f"{shortened(word)} is neither an option nor KEY=VALUE"
    if word.startswith("-"):
        if near := difflib.get_close_matches(f"--{key.replace('_', '-')}", list(options), n=1, cutoff=0.8):
            return f"{what}; did you mean {near[0]}?"
        return f"{what}; write {printable(bare) if equals else f'{printable(key)}=VALUE'}, without dashes" if equals or key in keys() else what
    if word.startswith("~"):
        return f"{what}; no key can be removed"
    if set(word) & set("]})'\""):
        return f"{what}; the shell splits words at spaces: put the whole KEY=VALUE in double quotes"
    groups = [group for group in GROUPS if word in names_in(group)]
    return f"{what}; did you mean {groups[0]}={f'[{word}]' if groups[0] in LISTS else word}?" if groups else what


def keys() -> list[str]:
    """Keys at the top of the configuration."""
    return [*GROUPS, *mapping(read(conf_dir() / f"{PRIMARY}.yaml").data)]


def folder(word: str) -> Path:
    """A folder that is there."""
    if not os.path.isdir(word):  # unlike Path.is_dir it minds no name that cannot be one
        raise argparse.ArgumentTypeError(f"there is no folder {shortened(word)}")
    return Path(word)


def new_file(word: str) -> Path:
    """A file that is not there yet, and not among cells, whose folder is theirs alone; its folder is there."""
    file = Path(word)
    if not word or not file.name or os.path.isdir(word) or (os.path.exists(word) and not os.path.isfile(word)) or "\0" in word:
        raise argparse.ArgumentTypeError(f"must be the name of a file, got {shortened(word)}")
    if os.path.lexists(word):
        raise argparse.ArgumentTypeError(f"there is {shortened(word)} already: remove it, or name another file")
    if any(above.name == "cells" and any(above.glob("[0-9a-f][0-9a-f]")) for above in file.absolute().resolve().parents):
        raise argparse.ArgumentTypeError(f"{shortened(word)} would lie among cells, which no other file may; name another folder")
    if not file.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {shortened(str(file.parent))}: make it, or name another file")
    return file


def joined(option: str, words: Sequence[str]) -> list[str]:
    """`--option -0.02` and `--option -1e-2` as one word each: argparse takes what begins with a minus for an option."""
    result: list[str] = []
    for word in words:
        if result and result[-1] == option:
            result[-1] = f"{option}={word}"
        else:
            result.append(word)
    return result
