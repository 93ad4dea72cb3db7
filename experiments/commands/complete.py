"""`counterpoise complete`: what may follow, for the Tab key of a shell."""

import os
import pkgutil
from collections.abc import Iterable, Sequence

from experiments import commands
from experiments.commands.command import Parser, keys
from experiments.configuration.errors import OK
from experiments.configuration.examples import GROUP_OF
from experiments.configuration.files import GROUPS, names_in

#: Options of every command that simulates.
OPTIONS = ("--conf=", "--dry-run", "--help", "--version", "-m")
#: Key, or its beginning, to the group whose names its values are.
NAMED = {"policies": "policy", "peers": "strategies", "reference": "strategies"}


def main(arguments: Sequence[str]) -> int:
    """Print what may stand where the cursor is, one a line; bash says where in its environment. Returns the exit code."""
    parser = Parser("complete", "Print what may follow on a command line, for bash: complete -o default -o nospace -C 'counterpoise complete' counterpoise")
    parser.add_argument("words", nargs="*", metavar="WORD", help="given by bash: the program, the word to complete, the one before it")
    words = parser.parse_args(["--", *arguments] if "--help" not in arguments else list(arguments)).words
    line = os.environ.get("COMP_LINE", "")[: int(os.environ.get("COMP_POINT", "-1")) if os.environ.get("COMP_POINT", "").isdigit() else None]
    before, _, token = line.rpartition(" ")
    kept = len(token) - len(words[1]) if len(words) > 1 and token.endswith(words[1]) else 0  # bash replaces what stands behind a sign of equality alone
    for candidate in candidates(before.split()[1:], token):
        print(candidate[kept:])
    return OK


def candidates(before: Sequence[str], token: str) -> list[str]:
    """Every word that begins as a word does.

    Args:
        before: The words of the command before it.
        token: What there is of it.
    """
    if "=" in token:
        key, _, value = token.partition("=")
        whole = value[: max(value.rfind("["), value.rfind(",")) + 1]  # of a list, what is complete
        words: Iterable[str] = (f"{key}={whole}{name}" for name in values(key))
    elif before[-1:] == ["new"]:
        words = GROUP_OF
    elif before[-1:] == ["world"]:
        words = names_in("world")
    else:
        own = ("case", "targets", "until", "draws") if before[:1] == ["hindcast"] else ()
        words = [*(_commands() if not before else ()), *(f"{key}=" for key in dict.fromkeys((*own, *keys()))), *(OPTIONS if token.startswith("-") else ())]
    return sorted(word for word in words if word.startswith(token))


def _commands() -> list[str]:
    """Every command: each has a file in this folder, named as it is typed."""
    return [module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__) if module.name != "command"]


def values(key: str) -> list[str]:
    """Names that a key, or the option of a command, takes."""
    if key == "--only":
        return [*names_in("hypothesis"), *names_in("pattern")]
    if key == "case":
        return names_in("case")
    group = NAMED.get(key.split(".")[0], key)
    if group == "strategies" and key == group:
        from experiments.configuration.chosen import families

        return [*names_in(group), *families()]
    return names_in(group) if group in GROUPS else names_in("scenario") if key == "--scenarios" else []
