"""Strategies that others sent: a folder of files, each read by itself, so that one that is wrong stops no other."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from experiments.configuration.errors import ConfigError
from experiments.configuration.files import files_below
from experiments.configuration.violations import NAME_LENGTH, dotted, entry_violations
from experiments.configuration.yaml_files import Document, read
from experiments.messages import printable, shortened
from sim.strategies.strategy import Strategy

#: Files of one folder.
MOST_FILES = 500
#: Characters of a reason.
LONGEST = 300


@dataclass(frozen=True)
class Entry:
    """A strategy that takes part.

    Attributes:
        file: Its file, from the folder on.
        strategy: The strategy, under a name that no other has.
    """

    file: str
    strategy: Strategy


@dataclass(frozen=True)
class Refused:
    """A file that takes no part, and why."""

    file: str
    reason: str


def entries(folder: Path, taken: Collection[str]) -> tuple[list[Entry], list[Refused]]:
    """The strategies of a folder and of those in it, and the files that are wrong.

    Args:
        folder: The folder.
        taken: Names that no strategy gets. Of several with one name the later ones get a number.

    Raises:
        ConfigError: There is nothing to compare, or too much.
    """
    good, refused = sorted_out(folder, taken)
    if not good:
        raise ConfigError([*(f"{each.file}: {each.reason}" for each in refused), f"{folder}: there is no strategy file that can be ranked"])
    return good, refused


def sorted_out(folder: Path, taken: Collection[str]) -> tuple[list[Entry], list[Refused]]:
    """As `entries`, where there may be nothing to compare yet.

    Raises:
        ConfigError: There is too much.
    """
    files = files_below(folder)
    if len(files) > MOST_FILES:
        raise ConfigError([f"{folder}: {len(files):,} files; at most {MOST_FILES}"])
    good: dict[str, Entry] = {}
    refused: list[Refused] = []
    for file in files:
        shown = printable(str(file.relative_to(folder)), 200)
        strategy, problem = strategy_in(read(file))
        if strategy is None:
            refused.append(Refused(shown, printable(problem, LONGEST)))
        else:
            name = _distinct(strategy.name, {*taken, *good})
            good[name] = Entry(shown, strategy.model_copy(update={"name": name}))
    return list(good.values()), refused


def strategy_in(document: Document) -> tuple[Strategy | None, str]:
    """The strategy in a file as read, or None and what is wrong."""
    if document.problems:
        line, path, text = document.problems[0]
        return None, f"line {line}: {dotted(path)}{text}"
    if not isinstance(document.data, dict) or len(document.data) != 1 or not isinstance(name := next(iter(document.data)), str):
        return None, "expected one key, the name of the strategy, with its numbers below"
    body = document.data[name]
    if wrong := entry_violations(Strategy, name, body):
        path, text = wrong[0]
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        return None, f"line {document.line_of((name, *path))}: {dotted(path)}{text}{more}"
    if len(name) > NAME_LENGTH:
        return None, f"the name {shortened(name)} is too long; at most {NAME_LENGTH} characters"
    return Strategy.model_validate({**body, "name": name}), ""


def _distinct(name: str, taken: Collection[str]) -> str:
    """The name, or the same with the first number that makes it another one."""
    number, result = 1, name
    while result in taken:
        number += 1
        result = f"{name[:NAME_LENGTH - 5]}_{number}"
    return result
