"""`counterpoise replicate`: runs the commands behind results/FINDINGS.md again, and compares every number with the one that was published."""

import argparse
import io
import os
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from pathlib import Path

from experiments.commands.command import Parser, one_of, override
from experiments.configuration.errors import FAILED, LONGEST, OK, CommandError, UsageError
from experiments.configuration.files import VARIABLE, conf_dir, read_again
from experiments.configuration.overrides import OWN, words_of
from experiments.messages import printable
from experiments.runs.manifest import ANALYSES
from experiments.runs.published import Part, environment, load, numbers_of, published_file, sentences_of
from experiments.runs.replicated import compared, n_numbers, other, quick, totals

#: Seconds that the parts take altogether that are run where none is named.
QUICK = 180


def main(arguments: Sequence[str]) -> int:
    """Run parts again and print what differs; returns the exit code."""
    file = published_file()
    parts = load(file)
    parser = Parser("replicate", "Run the commands behind results/FINDINGS.md again, and compare every number with the published one: digit by digit where "
                                 "model, packages and processor are those of the publication, else with tolerances. Cells that are there are used.")
    parser.add_argument("words", nargs="*", type=_word(parts), metavar="PART",
                        help=f"a part (default: those that take {QUICK // 60} minutes altogether): {', '.join(parts)}; or KEY=VALUE of {', '.join(OWN)}")
    parser.add_argument("--all", action="store_true", help="every part")
    parser.add_argument("--list", action="store_true", help="print the parts with their times, and stop")
    options = parser.parse_intermixed_args(list(arguments))
    if not parts:
        raise CommandError(f"there is no {file}: in a clone, make findings writes it")
    own, named = ([word for word in options.words if ("=" in word) == sets] for sets in (True, False))
    if named and options.all:
        raise UsageError(f"--all is every part; leave it out, or {shlex.join(named)}")
    default = quick(list(parts.values()), QUICK)
    if options.list:
        print(_listed(parts, default))
        return OK
    chosen = list(dict.fromkeys(named)) or (list(parts) if options.all else default)
    here = environment()
    with _shipped_files_alone():
        codes = [_replicated(parts[name], own, here) for name in chosen]
    if not (named or options.all) and len(chosen) < len(parts):
        print(f"{len(chosen)} of {len(parts)} parts; --all runs the others too, which takes {_minutes(sum(part.seconds for part in parts.values()))}")
    return max(codes, default=OK)


def _word(parts: Mapping[str, Part]) -> Callable[[str], str]:
    """The name of a part, or an override that changes no number."""
    def check(word: str) -> str:
        if "=" not in word:
            return one_of(parts, "part")(word) if parts else word
        key = override(word).partition("=")[0].lstrip("+")
        if key.split(".")[0] not in OWN:
            raise argparse.ArgumentTypeError(f"{printable(key)} would change the numbers; only {', '.join(OWN)} may be set")
        return word
    return check


def _replicated(part: Part, own: Sequence[str], here: Mapping[str, str]) -> int:
    """Run a part, compare it, and print what came of it; returns the exit code."""
    begun, differences = time.monotonic(), other(part.environment, here)
    command = " ".join([part.command, *map(shlex.quote, own)])
    try:
        run = _run(words_of(part.command, ANALYSES)[1:], own)
    except CommandError as error:
        print(printable(f"{part.name}: {command} failed: {error}", LONGEST), flush=True)
        return FAILED
    outcome = compared(part, list(numbers_of(run)), sentences_of(run), exact=not differences)
    how = f"with tolerances, since others are: {', '.join(differences)}" if differences else "digit by digit"
    print(printable(f"{part.name}: {totals(outcome)}; {time.monotonic() - begun:.0f} s; compared {how}", LONGEST), flush=True)
    for line in outcome.differ:
        for shown in line.split("\n"):
            print(printable(f"  {shown}", LONGEST), flush=True)
    return FAILED if outcome.differ else OK


def _run(words: Sequence[str], own: Sequence[str]) -> Path:
    """Run a command as if it were typed; the folder of its run.

    Raises:
        CommandError: It failed.
    """
    name, rest = (words[0], words[1:]) if words and words[0] in ANALYSES else ("compare", words)
    with redirect_stdout(io.StringIO()) as printed:
        code: int = import_module(f"experiments.commands.{name}").main([*rest, *own])
    lines = printed.getvalue().rstrip().splitlines()
    if code != OK or not lines:
        raise CommandError(f"exit code {code}{f'; {lines[-1]}' if lines else ''}")
    return Path(lines[-1]).parent


@contextmanager
def _shipped_files_alone() -> Iterator[None]:
    """Use no files of the user's own: the published numbers come from the shipped ones."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(conf_dir())
    read_again()
    try:
        yield
    finally:
        os.environ.pop(VARIABLE)
        os.environ.update({} if before is None else {VARIABLE: before})
        read_again()


def _listed(parts: Mapping[str, Part], default: Sequence[str]) -> str:
    """Parts with their times, numbers and questions; a star marks those that are run where none is named."""
    width = max(map(len, parts))
    lines = [f"{'*' if part.name in default else ' '} {part.name:<{width}}  {part.seconds:>5.0f} s  {n_numbers(part):>5,} numbers  {part.question}"
             for part in parts.values()]
    total = sum(parts[name].seconds for name in default)
    return "\n".join([*lines, f"* without names, {_minutes(total)}; --all: {_minutes(sum(part.seconds for part in parts.values()))}; "
                              "as measured for the publication; less where cells are there"])


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
