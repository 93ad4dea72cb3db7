"""A table of points as somebody sends it: names in its first row, a point in each other row.

Columns are parted by commas, semicolons or tabs. Where commas do not part them, a number may have a decimal comma.
"""

import csv
import io
import math
import re
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from experiments.configuration.bounded import read_bounded
from experiments.configuration.files import LISTS, names_in
from experiments.messages import printable, shortened, unknown
from experiments.words import plural
from sim.axes import Array
from sim.payoffs import PLACES

#: What is read at most: bytes, points, columns, characters of a line. Most problems that are listed.
MOST_BYTES, MOST_POINTS, MOST_COLUMNS, LONGEST_LINE, MOST_PROBLEMS = 16 * 2**20, 1_000_000, 1_000, 100_000, 20

NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
EXPECTED = "expected names in the first row and a point in each other"
#: The message for a key of a strategy that is left out.
NOT_COMPARED = "{} is not compared; add it to strategies=[…]"
#: What is taken away around a name or a number.
BLANKS = " \t"


@dataclass(frozen=True)
class Table:
    """The points of a file.

    Attributes:
        file: The file, as a person would name it.
        names: Name of each column.
        values: Shape (points, columns).
        lines: Line of each point, shape (points,).
    """

    file: str
    names: tuple[str, ...]
    values: Array
    lines: Array

    def place(self, point: int, column: int) -> str:
        """Where a value stands, in words."""
        return _place(self.file, self.lines[point], column, self.names)


def below(folder: Path, file: str) -> Path:
    """A file that a configuration file names: it lies below that file's folder, and is not a link out of it.

    Args:
        folder: Folder of the configuration file.
        file: What it names.

    Raises:
        ValueError: It is elsewhere.
    """
    try:
        result = (folder / file).resolve()
        inside = re.match(r"[/\\~]|[A-Za-z]:", file) is None and ".." not in re.split(r"[/\\]", file) and result.is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a name with NUL; a link to itself
        inside = False
    if not inside:
        raise ValueError(f"design.file: {shortened(file)} is not below the folder of this file; name it on the command line: design.file=…")
    return result


def read_table(file: Path, known: Iterable[str], placed: Callable[[str], str] = str) -> Table:
    """Read a table.

    Args:
        file: The file.
        known: Names that a column may have.
        placed: Makes a name with the places of powers one with their own keys.

    Raises:
        ValueError: It cannot be read, or a name or a number is wrong; the message has a line for each.
    """
    shown = printable(str(file), 1000)
    try:
        raw = read_bounded(file, MOST_BYTES)
        n_lines = raw.count(b"\n")
        if n_lines > MOST_POINTS + 1:
            raise ValueError(f"it has {n_lines:,} lines; at most {MOST_POINTS + 1:,}")
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return _parsed(shown, io.TextIOWrapper(io.BytesIO(raw), encoding, newline=""), tuple(known), placed)
    except _Wrong as error:
        raise ValueError("\n".join(error.problems)) from None
    except UnicodeError:
        raise ValueError(f"design.file: {shown} is not UTF-8 text; save it as CSV in UTF-8") from None
    except (OSError, ValueError, csv.Error) as error:
        raise ValueError(f"design.file: {shown} cannot be read: {getattr(error, 'strerror', None) or error}") from None


class _Wrong(Exception):
    """What is wrong with a table, line by line."""

    def __init__(self, problems: list[str]) -> None:
        more = [f"{problems[MOST_PROBLEMS].split(': ')[0]}: and more problems"] if len(problems) > MOST_PROBLEMS else []
        self.problems = problems[:MOST_PROBLEMS] + more
        super().__init__()


def _parsed(file: str, lines: Iterator[str], known: Sequence[str], placed: Callable[[str], str]) -> Table:
    bounded = _bounded(lines)
    above, first = next(((number, line) for number, line in enumerate(bounded, start=1) if line.strip()), (1, ""))
    between = next((sign for sign in "\t;" if sign in first), ",")
    names = [placed(name.strip(BLANKS)) for name in next(csv.reader([first], delimiter=between), [])]
    if not names:
        raise _Wrong([f"design.file: {file}: {EXPECTED}"])
    _check_names(f"{file}:{above}", names, known)
    values, numbers, problems, points = array("d"), array("q"), [], {".": "", ",": ""}
    rows = csv.reader(bounded, delimiter=between)
    for row in rows:
        cells = [cell.strip(BLANKS) for cell in row]
        if not any(cells):
            continue
        line = above + rows.line_num
        if len(cells) != len(names):
            decimal = "; numbers with a decimal comma need semicolons or tabs between them" if between == "," and len(cells) == 2 * len(names) else ""
            problems.append(f"design.file: {file}:{line}: {plural(len(cells), 'value')} for {plural(len(names), 'column')}, "
                            f"the last one {shortened(cells[-1])}{decimal}")
        else:
            for column, cell in enumerate(cells):
                sign = "," if between != "," and "," in cell else "." if "." in cell else ""
                points[sign or "."] = points[sign or "."] or (sign and cell)
                text = cell.replace(",", ".", 1) if sign == "," else cell
                if not NUMBER.fullmatch(text) or not math.isfinite(value := float(text)):
                    problems.append(f"design.file: {_place(file, line, column, names)}: expected a number such as 0.5, got {shortened(cell)}")
                elif all(points.values()):
                    earlier = shortened(points["." if sign == "," else ","])
                    raise _Wrong([f"design.file: {_place(file, line, column, names)}: {shortened(cell)} after {earlier}: "
                                  "write all numbers with a decimal point, or all with a decimal comma"])
                else:
                    values.append(value)
        numbers.append(line)
        if len(problems) > MOST_PROBLEMS:
            break
    if problems:
        raise _Wrong(problems)
    if not numbers:
        raise _Wrong([f"design.file: {file}: {EXPECTED}"])
    table = Table(file, tuple(names), np.array(values).reshape(len(numbers), len(names)), np.array(numbers))
    _, unique, same = np.unique(table.values, axis=0, return_index=True, return_inverse=True)
    if len(again := np.flatnonzero(unique[same.ravel()] != np.arange(len(numbers)))):
        second, one = int(again[0]), int(unique[same.ravel()[again[0]]])
        raise _Wrong([f"design.file: {file}:{numbers[second]}: the same point as in line {numbers[one]}; remove one of them"])
    return table


def _bounded(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise ValueError(f"line {number} is longer than {LONGEST_LINE:,} characters")
        yield line


def _check_names(where: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Refuse a first row that is not made of known names, each once. One name alone is shown: the file may be something else."""
    if len(names) > MOST_COLUMNS:
        raise _Wrong([f"design.file: {where}: {len(names):,} columns; at most {MOST_COLUMNS:,}"])
    for column, name in enumerate(names):
        if not name:
            problem = "it has no name; a row does not end with a separator"
        elif NUMBER.fullmatch(name):
            problem = f"expected the name of a number such as {known[0]}, got {shortened(name)}; the first row holds names"
        elif name not in known:
            problem = unknown_number(name, known)
        elif name in names[:column]:
            problem = f"the name {shortened(name)} is given twice"
        else:
            continue
        raise _Wrong([f"design.file: {where}: column {column + 1}: {problem}"])


def unknown_number(name: str, known: Collection[str]) -> str:
    """The message for a name that is none of the numbers that can be varied."""
    group, *parts = name.split(".")
    left_out = group in LISTS and bool(parts) and is_left_out(group, parts[0], known)
    if group == "policy" and left_out:
        return f"no power follows {parts[0]}; add {' or '.join(f'policies.{place}={parts[0]}' for place in PLACES)}"
    if group == "strategies" and left_out:
        return NOT_COMPARED.format(parts[0])
    return unknown(name, known, "number")


def is_left_out(group: str, name: str, known: Iterable[str]) -> bool:
    """Whether a strategy or policy is there, and none of some dotted names is one of its keys."""
    return name in names_in(group) and not any(each.startswith(f"{group}.{name}.") for each in known)


def _place(file: str, line: int, column: int, names: Sequence[str]) -> str:
    return f"{file}:{line}: column {column + 1} ({printable(names[column])})"
