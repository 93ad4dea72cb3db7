"""Overrides and commands as manifests and reports keep them, and as they are shown again."""

import os
import re
import shlex
from collections.abc import Container, Sequence
from pathlib import Path

from experiments.configuration.files import VARIABLE

#: What says where and with how many processes something is computed, and how figures are saved. It changes no number: no file keeps it, none may set it.
OWN = ("results", "workers", "executor", "png")
#: What a word of a command can be: an option, with a value or followed by one, or KEY=VALUE.
_OPTION = re.compile(r"-m|--[A-Za-z][\w.-]*(=.*)?", re.DOTALL)
_OVERRIDE = re.compile(r"[+~]{0,2}[A-Za-z][\w./@-]*=.*|~[A-Za-z][\w./@-]*", re.DOTALL)
#: Keys whose value, or each part of a list, may be a file.
WITH_FILES = ("design.file", "strategies", "targets")
_IN_LIST = re.compile(r"[^\[\],'\"]+")
#: The folder that is ranked, without the path to it.
_FOLDER = re.compile(r"\w[\w. +-]*")
_VALUE = re.compile(r"[\w., +=-]+")


def recorded(words: Sequence[str]) -> str:
    """A command as manifests and reports keep it: it does not show where its user keeps files or computes."""
    return shlex.join(without_paths(words))


def without_paths(words: Sequence[str]) -> list[str]:
    """Words without those of `OWN`; of a file with an absolute path the last part stays, and of overrides of one key the last."""
    kept = []
    for word in last_of_each(list(map(unquoted, words))):
        name, _, value = word.partition("=")
        set_by = name.lstrip("+~")
        if set_by.split(".")[0] not in OWN:
            if set_by in WITH_FILES:
                word = f"{name}={_IN_LIST.sub(lambda each: last_part(each[0]), value)}"
            kept.append(word)
    return kept


def folder_name(folder: Path) -> str:
    """The last part of the path of a folder as a recorded command has it; FOLDER where it holds signs that a command cannot have."""
    name = folder.resolve().name
    return name if _FOLDER.fullmatch(name) and name.isprintable() else "FOLDER"


def last_of_each(words: Sequence[str]) -> list[str]:
    """Words without overrides that a later one of the same key replaces, as in Hydra; mappings add to each other, and stay."""
    last = {_key(word): i for i, word in enumerate(words)}
    return [word for i, word in enumerate(words) if last[_key(word)] == i or not _OVERRIDE.fullmatch(word) or _adds(words[last[_key(word)]])]


def _key(word: str) -> str:
    return word.partition("=")[0].lstrip("+")


def _adds(word: str) -> bool:
    """Whether an override adds to the value of its key, as a mapping does. The numbers of a design replace others as a whole."""
    key, _, value = word.lstrip("+").partition("=")
    return value.lstrip().startswith("{") and key != "design.over"


def unquoted(word: str) -> str:
    """KEY=VALUE without single quotes around it, which the shell of Windows leaves there."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] == "'" and "=" in word else word


def last_part(file: str) -> str:
    """The last part of an absolute path, in quotes or without; any other text as it is."""
    bare = file.strip("\"'")
    return Path(bare).name if os.path.isabs(bare) else file


def words_of(command: str, commands: Container[str]) -> list[str]:
    """The words of a recorded command, which anyone may have written.

    Args:
        command: Its text.
        commands: Names of commands that it may begin with.

    Raises:
        ValueError: It is not a command of counterpoise.
    """
    try:
        words = shlex.split(command)
    except ValueError:  # a quote that is not closed
        words = []
    if words[:1] != ["counterpoise"]:
        raise ValueError("expected a command of counterpoise")
    before = ""
    begin = 2 if words[1:2] and words[1] in commands else 1
    if words[1:2] == ["rank"] and _FOLDER.fullmatch("".join(words[2:3])):
        begin = 3
    for word in words[begin:]:
        follows = bool(_OPTION.fullmatch(before)) and "=" not in before and before != "-m"
        if not (_OPTION.fullmatch(word) or _OVERRIDE.fullmatch(word) or (follows and _VALUE.fullmatch(word))):
            raise ValueError("expected a command of counterpoise with options and KEY=VALUE")
        before = word
    return words


def located(command: str, results: Path) -> str:
    """A recorded command with the folder its results are in, where that is not `results` of the current one, and the folder of own files that was named.

    A path has forward slashes, which need no quotes in any shell.
    """
    named = [f"--conf={Path(folder).as_posix()}"] if (folder := os.environ.get(VARIABLE)) else []
    elsewhere = [] if results.resolve() == Path("results").resolve() else [f"results={results.as_posix()}"]
    return " ".join([command, *map(shlex.quote, (*named, *elsewhere))])
