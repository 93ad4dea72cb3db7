"""Overrides as people type them: Hydra's grammar, more forgiving, with errors in our words."""

import os
import re
import sys
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from experiments.configuration.errors import ConfigError
from experiments.configuration.files import GROUPS, names_in
from experiments.configuration.hydra_state import own_hydra_state
from experiments.configuration.keys import known_keys, known_states
from experiments.configuration.overrides import unquoted
from experiments.configuration.swept import as_text, in_range

#: Keys whose value is a path, so that `~` means the home folder.
PATHS = ("results", "design.file")

_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$./@:-]*")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_PART = re.compile(rf"{_QUOTED.pattern}|[\[\](){{}},:]|\\.|[^\[\](){{}},:'\"\\]+", re.DOTALL)
_ORDINARY = re.compile(r"[A-Za-z0-9_ \t/\\+.$%*@?|:=,()\[\]{}'\"-]")
_BARE = re.compile(r"[A-Za-z0-9_/+.$%*@?|-]+")
_CLOSES = {"]": "[", "}": "{", ")": "("}


def read(text: str) -> Any:
    """An override as Hydra's parser reads it.

    Raises:
        ConfigError: It cannot be read.
    """
    if (override := _parsed(text)) is None:
        raise ConfigError([f"override {text}: {_why(text)}"])
    if (key := _twice(text.partition("=")[2])) is not None:
        raise ConfigError([f"override {text}: the key {key} stands twice in one mapping; keep one of the two"])
    return override


@own_hydra_state()
def typed(overrides: str | Iterable[str]) -> tuple[str, ...]:
    """Overrides as Hydra's grammar wants them: a `+` in front may stand before a key that is there, text with other characters is put in quotes."""
    return tuple(map(_typed, [overrides] if isinstance(overrides, str) else overrides))


def _typed(text: str) -> str:
    text = unquoted(text)
    key, equals, value = text.lstrip("+").partition("=")
    if key in PATHS and value.startswith("~"):
        value = os.path.expanduser(value)
    plus = "+" if text.startswith("+") and key not in known_keys() else ""
    text = f"{plus}{key}{equals}{value}"
    literal = _KEY.fullmatch(key) and not re.match(r"[\[{'\"]|\w+\(", value) and not re.search(r",|\$\{", value)
    if not literal or _parsed(text) is not None:
        return text
    from hydra.core.override_parser.types import Quote, QuotedString

    return f"{plus}{key}={QuotedString(value, Quote.single).with_quotes()}"


def values(override: Any, among: Iterable[str] = ()) -> list[str]:
    """The values of an override that has several, each as text.

    Args:
        override: As `read` gives it.
        among: Names that a glob chooses from; none: all that its key may have.

    Raises:
        ConfigError: They cannot be listed.
    """
    from hydra.core.override_parser.types import Glob, RangeSweep

    text, key = override.input_line, override.key_or_group
    value = override.value()
    if isinstance(value, Glob):
        names = list(among) or _names(key)
        if not (result := value.filter(names)):
            raise ConfigError([f"override {text}: {'no name fits' if names else 'glob takes a key that names a file'}"])
        return list(result)
    if override.is_interval_sweep():
        raise ConfigError([f"override {text}: a range is swept inside one job: design=lhs 'design.over={{{key}: [{value.start}, {value.end}]}}'"])
    if isinstance(value, RangeSweep):
        return in_range(text, value)
    try:
        return [each.lower() if each in ("True", "False") else str(each) for each in override.sweep_string_iterator()]
    except Exception:
        raise ConfigError([f"override {text}: {_why(text)}"]) from None


@own_hydra_state()
def written(value: Any) -> str:
    """A value of a file in Hydra's grammar: text in quotes where it holds more than letters, digits and a few signs."""
    text = as_text(value)
    if not isinstance(value, str) or _BARE.fullmatch(text):
        return text
    from hydra.core.override_parser.types import Quote, QuotedString

    return QuotedString(text, Quote.single).with_quotes()


@own_hydra_state()
def meant(key: str, text: str) -> str:
    """What is meant by a value of an axis as `values` gives it: text without quotes and escapes, anything else as it is."""
    value = read(f"{key}={text}").value()
    return value if isinstance(value, str) else text


def _names(key: str) -> list[str]:
    """Names that the value of a key may be."""
    group = {"policies": "policy", "peers": "strategies", "reference": "strategies"}.get(key.split(".")[0], key)
    return names_in(group) if group in GROUPS else known_states() if key == "focal" else []


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Any:
    """The override, or None where Hydra cannot read it."""
    parser = _parser()
    try:
        return parser.parse_override(text)
    except Exception:  # of Hydra's grammar, of ANTLR, and whatever the function that a value calls raises
        return None


@cache
def _parser() -> Any:
    from hydra.core.override_parser.overrides_parser import OverridesParser

    if sys.flags.optimize:  # Hydra's parser takes steps inside `assert`
        raise ConfigError(["python -O leaves out assertions, which reading overrides needs: start without -O, and unset PYTHONOPTIMIZE"])
    return OverridesParser.create()


def _twice(value: str) -> str | None:
    """A key that stands twice in one mapping of a value that can be read; Hydra keeps the last. None where there is none."""
    opened: list[set[str] | None] = []  # the keys of each mapping that is open, None for a list or a call
    key: str | None = ""
    for part in _PART.findall(value):
        if part in ("{", "[", "("):
            opened.append(set() if part == "{" else None)
            key = ""
        elif part in _CLOSES:
            opened.pop()
        elif part == ",":
            key = ""
        elif part != ":":
            key = None if key is None else key + part.strip()
        elif opened and (keys := opened[-1]) is not None and key is not None:
            if key in keys:
                return key
            keys.add(key)
            key = None  # until the next comma
    return None


def _why(text: str) -> str:
    """Why an override cannot be read, as far as its key, quotes, brackets and commas show it."""
    key, equals, value = text.lstrip("+").partition("=")
    if not equals or not _KEY.fullmatch(key):
        return "expected KEY=VALUE, with a KEY such as parameters.local_threat"
    bare = _QUOTED.sub("x", value)
    opened: list[str] = []
    for sign in bare:
        if sign in "'\"":
            return f"the quote {sign} is not closed"
        if not _ORDINARY.match(sign):
            return f"put the text with {sign!r} in quotes"
        if sign in "[{(":
            opened.append(sign)
        elif sign in _CLOSES and (not opened or opened.pop() != _CLOSES[sign]):
            return f"the bracket {sign} closes nothing"
    if opened:
        return f"the bracket {opened[-1]} is not closed"
    if re.search(r"(^|[\[{(,])\s*,|,\s*([\]})]|$)", bare):
        return "a value is missing beside a comma"
    if called := re.match(r"\w+\s*\(", bare):
        return f"{called[0]}…) cannot be used like this; with -m there are choice(a,b), range(first,end,step) and, for names, glob(a*)"
    return "cannot be read; values are written A, [A,B] or {a: 1}, any other text in quotes"
