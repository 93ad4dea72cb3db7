"""The numbers of results/FINDINGS.md, with what makes them again: results/findings.json, which `make findings` writes beside it."""

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.cells.cell import code
from experiments.configuration.files import conf_dir, is_installed
from experiments.runs.columns import COLUMNS
from experiments.runs.folder import FORMULA

NAME = "findings.json"
#: Packages whose version may change the last digits.
PACKAGES = ("numpy", "scipy", "pandas", "cmaes")


@dataclass(frozen=True)
class Number:
    """A number that was published, or a verdict.

    Attributes:
        what: Table, column and row it comes from.
        value: The number; None where there is none.
        low: Lower end of its 95 % interval; None where it has none.
        high: Upper end.
    """

    what: str
    value: float | str | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Part:
    """A part of the page.

    Attributes:
        name: Its name.
        question: What it answers.
        command: The command that makes it.
        seconds: How long that took when it was published.
        environment: What the last digits depend on: model, packages, platform.
        numbers: Those of its tables.
        sentences: Its findings, in which numbers stand as well.
    """

    name: str
    question: str
    command: str
    seconds: float
    environment: Mapping[str, str]
    numbers: tuple[Number, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A table of a run whose numbers the page shows.

    Attributes:
        table: Its name.
        rows: Columns that distinguish its rows.
        columns: Columns that are shown.
        largest: Only rows with the largest value of this column are.
    """

    table: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    largest: str = ""


#: What the page shows of the runs of each command; of presets it shows sentences alone.
SOURCES: Mapping[str, tuple[Source, ...]] = {
    "compare": (Source("paired", ("strategy", "measure"), ("difference",)), Source("assumptions", ("strategy", "measure"), ("better",))),
    "hypotheses": (
        Source("scoreboard", ("hypothesis",), ("effect", "holds", "verdict")), Source("also", ("hypothesis", "measured"), ("effect", "holds", "verdict"))),
    "sensitivity": (Source("indices", ("input", "measure"), ("total",), "rows"),),
    "robustness": (Source("strategies", ("strategy", "measure"), ("regret_mean",)),),
    "optimize": (Source("out_of_sample", ("strategy",), ("out_of_sample", "optimism", "best_found_ahead")),),
    "tournament": (Source("long_run", ("price", "player", "action"), ("share",)), Source("mix", ("strategy",), ("share",))),
}


def environment() -> dict[str, str]:
    """What the last digits of a number depend on, here and now."""
    simd: Any = np.show_config(mode="dicts")
    return {**{name: str(value) for name, value in code().items() if name != "numpy"}, **{name: version(name) for name in PACKAGES},
            "platform": f"{platform.system()} {platform.machine()}", "instructions": " ".join(simd.get("SIMD Extensions", {}).get("found", []))}


def numbers_of(run: Path) -> Iterator[Number]:
    """The numbers of a run's tables that the page shows."""
    words = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["command"].split()
    command = words[1] if words[1:2] and words[1] in SOURCES else "compare"
    for source in SOURCES[command]:
        if (run / f"{source.table}.csv").is_file():
            yield from _numbers(read(run, source.table), source, COLUMNS[f"{command}/{source.table}.csv"])
    if (run / "structures.csv").is_file():
        n_certain, turned = turned_round(read(run, "structures"))
        yield Number("structures.csv: certain differences", n_certain)
        yield from (Number(f"structures.csv: turned round ({name})", count) for name, count in turned.items())


def _numbers(table: pd.DataFrame, source: Source, columns: Mapping[str, str]) -> Iterator[Number]:
    if source.largest:
        table = table[table[source.largest] == table[source.largest].max()]
    for row in table.to_dict("records"):
        about = ", ".join(str(row[name]) for name in source.rows)
        for column in source.columns:
            ends = next((pair for pair in ((f"{column}_low", f"{column}_high"), ("low", "high"))
                         if all(f"of `{column}`" in columns.get(end, "") for end in pair)), ())
            yield Number(f"{source.table}.csv: {column} ({about})", _finite(row[column]), *(_finite(row[end]) for end in ends))


def _finite(value: Any) -> Any:
    return value if isinstance(value, str) or np.isfinite(value) else None


def turned_round(table: pd.DataFrame) -> tuple[int, dict[str, int]]:
    """How many differences to the reference are certain, and how many of them have the other sign, for certain, under each structure."""
    signs = table.assign(sign=np.sign(table.low) * (table.low * table.high > 0))
    usual = signs[signs.structure == "as_it_is"].set_index(["strategy", "measure"]).sign
    certain = usual[usual != 0]
    counts = {}
    for name in dict.fromkeys(table.structure):
        here = signs[signs.structure == name].set_index(["strategy", "measure"]).sign
        if name != "as_it_is":
            counts[str(name)] = int((here.reindex(certain.index) * certain < 0).sum())
    return len(certain), counts


def sentences_of(run: Path) -> tuple[str, ...]:
    """The findings of a run as its report has them, each with what it is about."""
    file = run / "findings.json"
    findings: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    return tuple(f"{one['about'].rstrip('.')}. {text}" for one in findings for text in (one["text"], *one["parts"]) if text)


def read(run: Path, name: str) -> pd.DataFrame:
    """A table of a run, bit for bit; a sign before which a quote keeps spreadsheets from reckoning stands alone again."""
    frame, words = pd.read_csv(run / f"{name}.csv"), pd.read_csv(run / f"{name}.csv", dtype=str)
    exact = {column: words[column].map(float) for column in frame.select_dtypes("float").columns}  # pandas may miss the last bit
    frame = frame.assign(**exact)
    texts = frame.select_dtypes(exclude="number")
    return frame.assign(**texts.map(lambda cell: cell[1:] if isinstance(cell, str) and cell[:1] == "'" and cell[1:2] in FORMULA else cell))


def part_of(name: str, question: str, run: Path, seconds: float) -> Part:
    """A part as it is published from a run."""
    command = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["command"]
    return Part(name, question, command, round(seconds, 1), environment(), tuple(numbers_of(run)), sentences_of(run))


# ---- The file


def published_file() -> Path:
    """The file of a checkout, or the copy inside an installed package."""
    return conf_dir().parent / NAME if is_installed() else conf_dir().parent / "results" / NAME


def load(file: Path) -> dict[str, Part]:
    """Parts by name; none where there is no file."""
    parts: dict[str, Part] = {}
    for each in json.loads(file.read_text(encoding="utf-8"))["parts"] if file.is_file() else ():
        numbers = tuple(Number(*values) for values in each.pop("numbers"))
        parts[each["name"]] = Part(**{**each, "sentences": tuple(each["sentences"])}, numbers=numbers)
    return parts


def update(file: Path, part: Part, order: Sequence[str]) -> None:
    """Put a part into a file, in place of what it held of it; others stay.

    Where its cells were there already a run takes no time to speak of: the longer time of the same model stands.
    """
    parts = load(file)
    before = parts.get(part.name)
    seconds = max(part.seconds, before.seconds) if before and before.environment.get("code") == part.environment["code"] else part.seconds
    parts[part.name] = Part(**{**vars(part), "seconds": seconds})
    file.write_text(text([parts[name] for name in order if name in parts]), encoding="utf-8", newline="\n")


def _row(number: Number) -> list[str | float | None]:
    ends = [] if number.low is None and number.high is None else [number.low, number.high]
    return [number.what, number.value, *ends]


def text(parts: Sequence[Part]) -> str:
    """The file: a number and a sentence a line, so that it can be compared line by line."""
    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    bodies = []
    for part in parts:
        fields = asdict(part)
        lists: dict[str, list[Any]] = {"numbers": [_row(number) for number in part.numbers], "sentences": list(part.sentences)}
        rows = [f'  "{name}": {line(value)}' for name, value in fields.items() if name not in lists]
        rows += [f'  "{name}": [\n   ' + ",\n   ".join(map(line, values)) + "\n  ]" if values else f'  "{name}": []' for name, values in lists.items()]
        bodies.append(" {\n" + ",\n".join(rows) + "\n }")
    about = "What `counterpoise replicate` makes again; written by `make findings`. A number: what, value, and the ends of its 95 % interval."
    return f'{{"about": {line(about)},\n"parts": [\n' + ",\n".join(bodies) + "\n]}\n"
