"""Read a YAML file as plain data, strictly, remembering the line of every key.

Strict means: what a person could read in two ways is refused instead of guessed (`yes`, `012`, `1:30`,
`1_000`, nan, a key given twice), and so is what data does not need (anchors, tags, interpolation). Any bytes
are read in bounded time: the caps below come first.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from experiments.messages import steering, trouble

Path_ = tuple[Any, ...]

MAX_BYTES, MAX_DEPTH, MAX_NODES = 256 * 1024, 20, 20_000
TOO_MUCH = f"more than {MAX_NODES} values or {MAX_DEPTH} levels"
UNCLEAR = "this cannot be read; write it as the files of conf/ do"

#: A number has no more characters than this; longer text is not matched against the patterns below, some of which take quadratic time.
MAX_NUMBER = 60

#: Styles of scalars that are text whatever they say.
QUOTED = ("'", '"', "|", ">")
#: A key below which years may stand as keys: the values of a series.
YEARLY, YEAR = "values", re.compile(r"[12][0-9]{3}")

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_REAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?$")
_AMBIGUOUS = re.compile(
    r"(?i)(=|\?\?\?|y|yes|n|no|on|off|[-+]?\.inf|\.nan|nan|[-+]?inf|[-+]?0[0-9]+.*|0x[0-9a-f]+|0o[0-7]+|0b[01]+"
    r"|[-+]?[0-9][0-9_]*_[0-9_.]*|[-+]?[0-9]+(:[0-9]+)+(\.[0-9]*)?)$")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Document:
    """The data of one file and where each key stands.

    Attributes:
        file: The file.
        text: Its text; empty where it cannot be read.
        data: Mappings, lists, text, numbers, booleans, None.
        lines: Line of each key or item, by its path from the root.
        problems: What was refused: (line, key path, message).
    """

    file: Path
    text: str = ""
    data: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[tuple[int, Path_, str]] = field(default_factory=list)

    def line_of(self, path: Path_) -> int:
        """Line of a key, or of the nearest one above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Refused(Exception):
    """Reading cannot go on; its arguments are the line and the reason."""


def read(file: Path) -> Document:
    """Read one file; what is wrong with it is in `problems`, never raised."""
    def opened() -> bytes:
        if file.exists() and not file.is_file():
            raise _Refused(1, "not a file")  # a pipe or a device would be waited for, or never end
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)

    return _read(Document(file), opened)


def read_text(text: str) -> Document:
    """Read a text that lies in no file, as strictly."""
    return _read(Document(Path()), text.encode)


def _read(document: Document, opened: Callable[[], bytes]) -> Document:
    try:
        raw = opened()
        if len(raw) > MAX_BYTES:
            raise _Refused(1, f"the file is larger than {MAX_BYTES // 1024} KiB")
        document.text = raw.decode("utf-8")
        if document.text.startswith("\ufeff"):
            raise _Refused(1, "the file begins with a byte order mark; save it as UTF-8 without one")
        _Reader(document, yaml.parse(document.text, Loader=_LOADER)).read()
    except _Refused as error:
        line, message = error.args
        document.problems.append((line, (), message))
    except UnicodeDecodeError as error:
        document.problems.append((raw[:error.start].count(b"\n") + 1, (), "the file is not UTF-8 text"))
    except OSError as error:
        document.problems.append((1, (), f"cannot be read: {error.strerror}"))
    except yaml.YAMLError as error:
        line, column, why = _explained(error, document.text)
        document.problems.append((line, (), f"not valid YAML at column {column}: {why}"))
    except (RecursionError, ValueError) as error:
        document.problems.append((1, (), f"not valid YAML: {TOO_MUCH if isinstance(error, RecursionError) else UNCLEAR}"))
    if document.problems:
        document.data = None
    return document


def _explained(error: yaml.YAMLError, text: str) -> tuple[int, int, str]:
    """Line and column of a YAML error, and what is wrong there, in our words."""
    if forbidden := yaml.reader.Reader.NON_PRINTABLE.search(text):
        before = text[:forbidden.start()]
        return before.count("\n") + 1, len(before) - before.rfind("\n"), f"the character {_called(forbidden[0])} is not allowed"
    problem = str(getattr(error, "problem", None))
    opening = next((after for words, after in _OPENED if words in problem), "")
    marks: tuple[Any, ...] = (getattr(error, "problem_mark", None), getattr(error, "context_mark", None))
    mark = (marks[1] if opening else None) or marks[0] or marks[1]
    lines = text.splitlines() or [""]
    number = min(mark.line if mark else 0, len(lines) - 1)
    line, column = lines[number], mark.column if mark else 0
    if "\t" in line[: len(line) - len(line.lstrip())] or line[column:column + 1] == "\t":
        return number + 1, line.index("\t") + 1, "a tab; type spaces"
    if odd := next((place for place, sign in enumerate(line) if _looks_like_a_space(sign)), None):
        return number + 1, odd + 1, f"{_called(line[odd])}; type an ordinary space"
    return number + 1, column + 1, opening or _why(problem, line, column)


#: What YAML misses in something that began earlier, and what to say at its beginning.
_OPENED = (("expected ':'", "expected KEY: VALUE, with a space behind the colon"), ("end of stream", "the quote that begins here is not closed"),
           ("expected ',' or", "the bracket that begins here is not closed, or text inside it needs quotes"))


def _why(problem: str, line: str, column: int) -> str:
    if "nesting" in problem:
        return TOO_MUCH
    indented = column <= len(line) - len(line.lstrip())
    if "mapping values" in problem:
        nested = ":" not in line[:column]
        return "the line is indented further than the one above" if nested else "a colon and a space stand inside text; put the text in quotes"
    if "expected key" in problem or "block end" in problem:
        return "the line is not indented like those above" if indented else "something stands behind a quote or a bracket; put the whole text in quotes"
    if line.startswith("%"):
        return "a line that begins with % is not allowed"
    if begins := re.search(r"[@`%&*!]", line[max(column - 2, 0):column + 1]):
        return f"text that begins with {begins[0]} needs quotes"
    if "node content" in problem:
        return "a value is missing, or text with a bracket or comma needs quotes"
    if "escape" in problem:
        return "a backslash stands in double quotes; use single quotes"
    return UNCLEAR


def _looks_like_a_space(sign: str) -> bool:
    return sign != " " and unicodedata.category(sign) in ("Zs", "Cf")


def _called(sign: str) -> str:
    name = unicodedata.name(sign, "").lower()
    return f"U+{ord(sign):04X}{f' ({name})' if name else ''}"


class _Reader:
    def __init__(self, document: Document, events: Iterator[Any]) -> None:
        self.document, self.events, self.n_nodes = document, events, 0

    def read(self) -> None:
        for event in self.events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                if self.n_nodes:
                    raise _Refused(line, "one document per file")
                self.document.data = self.value(next(self.events), ())
                self.n_nodes += 1

    def refuse(self, event: Any, path: Path_, message: str) -> None:
        self.document.problems.append((event.start_mark.line + 1, path, message))

    def value(self, event: Any, path: Path_) -> Any:
        self.n_nodes += 1
        if self.n_nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise _Refused(event.start_mark.line + 1, TOO_MUCH)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self.refuse(event, path, "anchors and aliases are not allowed")
            if isinstance(event, yaml.AliasEvent):
                return None
        if getattr(event, "tag", None) not in (None, "!"):
            self.refuse(event, path, "tags are not allowed")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        return self.scalar(event, path)

    def mapping(self, path: Path_) -> dict[str, Any]:
        result: dict[Any, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent) or event.anchor:
                raise _Refused(line, "a key must be plain text")
            key = event.value
            if path[-1:] == (YEARLY,) and YEAR.fullmatch(key):
                here = (*path, int(key))
                self.document.lines.setdefault(here, line)
                if int(key) in result:
                    self.refuse(event, here, "the year is given twice")
                result[int(key)] = self.value(next(self.events), here)
                continue
            here = (*path, key)
            self.document.lines.setdefault(here, line)
            if key in result:
                self.refuse(event, here, "the key is given twice")
            if key == "<<":
                self.refuse(event, here, "merge keys are not allowed")
            elif event.tag not in (None, "!"):
                self.refuse(event, here, "tags are not allowed")
            elif event.style not in QUOTED and (odd := next(filter(_looks_like_a_space, key), "")):
                self.refuse(event, here, f"{_called(odd)} stands in the key; type an ordinary space")
            elif event.style not in QUOTED and not is_word(key):
                self.refuse(event, here, "the key can be read as something other than text; put it in quotes")
            if key.startswith("_") and key.endswith("_") and len(key) > 2:
                self.refuse(event, here, "keys such as _target_ are not allowed: a file holds data only")
            result[key] = self.value(next(self.events), here)
        return result

    def sequence(self, path: Path_) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*path, len(result))
            self.document.lines[here] = event.start_mark.line + 1
            result.append(self.value(event, here))
        return result

    def scalar(self, event: Any, path: Path_) -> Any:
        text: str = event.value
        if "${" in text or "$[" in text:
            self.refuse(event, path, "interpolation is not allowed: a file holds data only")
        if sign := steering(text):
            self.refuse(event, path, f"the text holds {trouble(sign)}")
        if event.style in QUOTED:
            return text
        try:
            return _plain(text)
        except ValueError as error:
            self.refuse(event, path, str(error))
            return text


def is_word(text: str) -> bool:
    """Whether a word without quotes is text, and not a number, a truth value or something that can be read in two ways."""
    try:
        return isinstance(_plain(text), str)
    except ValueError:
        return False


def _plain(text: str) -> Any:
    """What a word without quotes means.

    Raises:
        ValueError: It may mean two things, or is too large a number.
    """
    if text != text.strip():  # YAML has taken away ordinary spaces
        raise ValueError(f"{_called(text[0] if text[0].isspace() else text[-1])} beside the value; type an ordinary space")
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if len(text) > MAX_NUMBER:
        return text
    if _AMBIGUOUS.match(text):
        raise ValueError(f"{text} can be read in two ways; write a plain number, true or false, or put text in quotes")
    if _INTEGER.match(text):
        return int(text) if len(text) < 40 else float(text)
    if _REAL.match(text):
        if not math.isfinite(number := float(text)):
            raise ValueError(f"{text} is too large a number")
        return number
    return text


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
