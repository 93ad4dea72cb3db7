"""Observed series as somebody sends them: a CSV file with a row for each year, or a YAML file with an entry for each series.

CSV: the columns measure, actor, state, year, value, error, unit, source in the first row, in any order; parted by commas, semicolons or tabs.
YAML: `series:`, a list of entries with the same keys, and `values: {YEAR: VALUE}` in place of year and value.
"""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.configuration.bounded import read_bounded
from experiments.configuration.case import Prices
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import SUFFIXES, shown
from experiments.configuration.places import Keys
from experiments.configuration.table import NUMBER
from experiments.configuration.yaml_files import mapping, read
from experiments.messages import printable, shortened, unknown
from experiments.words import listed
from sim.data import World
from sim.quantity import Interval
from sim.scenario import FIRST_YEAR
from sim.yearly import MEASURES_BY_YEAR, YearlySeries

#: What is read at most: bytes, rows; most problems that are listed.
MOST_BYTES, MOST_ROWS, MOST_PROBLEMS = 4 * 2**20, 50_000, 20
#: What each row or entry says; those that may be left out.
COLUMNS, OPTIONAL = ("measure", "actor", "state", "year", "value", "error", "unit", "source"), ("actor", "error", "source")
#: Sizes beyond which a value is a slip, and an error.
LARGEST, LARGEST_ERROR = 1e15, 10
#: Units of money: dollars of the year itself, or of a stated year.
MONEY = re.compile(r"USD (bn|m)(?:/yr)?(?: of ([0-9]{4}))?")
#: Other units, and what a value is divided by.
OTHERS: dict[str, float] = {"share": 1.0, "%": 100.0, "index": 1.0, "per year": 1.0, "-": 1.0}


@dataclass
class Observed:
    """An observed series.

    Attributes:
        series: What it is.
        values: Value by year, in the unit of the model: amounts of money at the prices of the base year.
        errors: Standard error of measurement by year, in the same unit.
        source: Where it comes from.
    """

    series: YearlySeries
    values: dict[int, float] = field(default_factory=dict)
    errors: dict[int, float] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True)
class _Row:
    """A value as it was written, and where."""

    place: str
    given: Mapping[str, Any]


def read_observed(file: Path, world: World, focal: str, prices: Prices | None) -> list[Observed]:
    """Read a file of observed series.

    Args:
        file: The file.
        world: Whose series they are.
        focal: The state of a row that names none.
        prices: The price level of the dollar.

    Raises:
        ConfigError: It cannot be read, or something in it is wrong; a line for each problem.
    """
    problems: list[str] = []
    keys = Keys(tuple(world.powers))
    result: dict[YearlySeries, Observed] = {}
    places: dict[tuple[YearlySeries, int], str] = {}
    rows = list(_of_yaml(file) if file.suffix in SUFFIXES else _of_csv(file))
    if not rows:
        raise ConfigError([f"targets: {shown(file)} has no values"])
    for row in rows:
        try:
            series, year, value, error = _meaning(row.given, world, keys, focal, prices)
        except ValueError as wrong:
            problems.append(f"targets: {row.place}: {wrong}")
            continue
        if (where := places.setdefault((series, year), row.place)) != row.place:
            problems.append(f"targets: {row.place}: {year} is given twice, here and in {where}")
        one = result.setdefault(series, Observed(series, source=printable(str(row.given.get("source") or ""), 300)))
        one.values[year], one.errors[year] = value, error
    if problems:
        raise ConfigError([*problems[:MOST_PROBLEMS], *(["targets: and more problems"] if len(problems) > MOST_PROBLEMS else [])])
    return list(result.values())


def _of_csv(file: Path) -> Iterator[_Row]:
    name = shown(file)
    try:
        raw = read_bounded(file, MOST_BYTES)
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        text = re.sub(r"\Asep=.\n", "", text)  # as Excel writes it
        if text.count("\n") > MOST_ROWS:
            raise ValueError(f"more than {MOST_ROWS:,} lines")
        first = text.split("\n", 1)[0]
        between = next((sign for sign in "\t;" if sign in first), ",")
        lines = csv.reader(io.StringIO(text), delimiter=between)
        heads = [head.strip().lower() for head in next(lines, [])]
        if problem := _of_heads(heads):
            raise ValueError(problem)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(heads):
                    raise ValueError(f"line {lines.line_num} has {len(cells)} values for {len(heads)} columns")
                given = dict(zip(heads, (cell.strip() for cell in cells), strict=True))
                if between != ",":  # else a comma parts columns
                    given |= {key: given[key].replace(",", ".", 1) for key in ("value", "error") if key in given}
                yield _Row(f"{name}:{lines.line_num}", given)
    except UnicodeError:
        raise ConfigError([f"targets: {name} is not UTF-8 text; save it as CSV in UTF-8"]) from None
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigError([f"targets: {name} cannot be read: {getattr(error, 'strerror', None) or error}"]) from None


def _of_heads(heads: list[str]) -> str | None:
    """What is wrong with the first row; None where nothing is."""
    if strange := [head for head in heads if head not in COLUMNS]:
        return f"its first row: {unknown(strange[0], COLUMNS, 'column')}"
    if twice := [head for i, head in enumerate(heads) if head in heads[:i]]:
        return f"its first row names {twice[0]} twice"
    needed = [head for head in COLUMNS if head not in (*heads, *OPTIONAL)]
    return f"its first row has no {needed[0]}; expected {', '.join(COLUMNS)}" if needed else None


def _of_yaml(file: Path) -> Iterator[_Row]:
    document, name = read(file), shown(file)
    if document.problems:
        raise ConfigError([f"targets: {name}:{line}: {text}" for line, _, text in document.problems[:MOST_PROBLEMS]])
    entries = mapping(document.data).get("series")
    if not isinstance(entries, list):
        raise ConfigError([f"targets: {name}: expected the key series with a list of entries"])
    for i, entry in enumerate(entries):
        place = f"{name}:{document.line_of(('series', i))}"
        known = [key for key in COLUMNS if key not in ("year", "value")] + ["values"]
        if strange := [key for key in mapping(entry) if key not in known]:
            raise ConfigError([f"targets: {place}: {unknown(str(strange[0]), known)}"])
        for year, value in mapping(mapping(entry).get("values")).items():
            yield _Row(f"{place} ({printable(str(year))})", {**mapping(entry), "year": year, "value": value})


def _meaning(given: Mapping[str, Any], world: World, keys: Keys, focal: str, prices: Prices | None) -> tuple[YearlySeries, int, float, float]:
    """Series, year, value and error of a row, in the unit of the model."""
    series = YearlySeries(str(given.get("measure") or ""), str(keys.named(given.get("actor") or "")), str(given.get("state") or focal))
    if problem := series.problem(world):
        raise ValueError(printable(problem, 400))
    year, value, error = _whole(given.get("year")), _number(given.get("value"), "value"), _number(given.get("error") or 0, "error")
    if error < 0:
        raise ValueError(f"error: must not be negative, got {error:g}")
    factor = _factor(series.measure, str(given.get("unit") or ""), year, int(world.start[:4]) - 1, prices)
    domain = MEASURES_BY_YEAR[series.measure].domain
    if not Interval.parse(domain).contains(value * factor) or abs(value) > LARGEST or 0 < abs(value) < 1 / LARGEST:
        raise ValueError(f"value: {series.measure} lies in {domain}, got {value:g}{' %' if given.get('unit') == '%' else ''}")
    if error > LARGEST_ERROR * max(abs(value), 1 / factor):
        raise ValueError(f"error: more than {LARGEST_ERROR} times the value")
    return series, year, value * factor, error * factor


def _factor(measure: str, unit: str, year: int, base: int, prices: Prices | None) -> float:
    """What a value is multiplied with to be in the unit of the model."""
    if not MEASURES_BY_YEAR[measure].dollars:
        if unit not in OTHERS:
            raise ValueError(f"unit: {unknown(unit, OTHERS, 'unit')}")
        return 1 / OTHERS[unit]
    if (money := MONEY.fullmatch(unit)) is None:
        raise ValueError(f"unit: {measure} is an amount of money: USD bn, USD m, or USD bn of 2015; got {shortened(unit)}")
    level = {} if prices is None else prices.values
    for needed in (year if money[2] is None else int(money[2]), base) if level else ():
        if needed not in level:
            raise ValueError(f"unit: the case has no price level of {needed}; it has those of {_spans(sorted(level))}")
    if money[2] is not None and not level:
        raise ValueError(f"unit: the case has no price levels, so that dollars of {money[2]} mean nothing; write USD {money[1]}")
    return (level[base] / level[int(money[2] or year)] if level else 1.0) * {"bn": 1.0, "m": 1e-3}[money[1]]


def _spans(years: list[int]) -> str:
    """Years in words, such as "1990 to 2019 and 2021"."""
    firsts = [year for year in years if year - 1 not in years]
    lasts = [year for year in years if year + 1 not in years]
    return listed([str(first) if first == last else f"{first} to {last}" for first, last in zip(firsts, lasts, strict=True)])


def _whole(value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch("[0-9]{4}", text) or int(text) < FIRST_YEAR:
        raise ValueError(f"year: expected a year such as 2005, got {shortened(value)}")
    return int(text)


def _number(value: Any, name: str) -> float:
    text = str(value)
    if isinstance(value, bool) or not NUMBER.fullmatch(text) or not math.isfinite(number := float(text)):
        raise ValueError(f"{name}: expected a number such as 0.5, got {shortened(value)}")
    return number
