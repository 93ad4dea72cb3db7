"""A labelled table as a Stata file (.dta, version 118), which haven and pyreadstat read as well."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from experiments.runs.columns import Column

#: The format: that of Stata 14 and later, with any letter of any language.
VERSION: Literal[118] = 118
#: Stata's limits: letters of a name and of a label, and whole numbers that a double holds exactly.
LONGEST_NAME, LONGEST_LABEL, LARGEST_WHOLE = 32, 80, 2**53
#: Words that Stata keeps for itself.
_RESERVED = (
    "_all _b _coef _cons _n _N _pi _pred _rc _skip _se _weight alias aggregate array boolean break byte case catch class colvector complex const continue "
    "default delegate delete do double else eltypedef end enum explicit export external float for friend function global goto if in inline int local long "
    "mata matrix namespace new null numeric NULL operator orgtypedef pointer polymorphic pragma private protected public quad real return rowvector scalar "
    "short signed static str strL string struct super switch template this throw transmorphic try typedef typename union unsigned using vector version "
    "virtual void volatile while with")
RESERVED = frozenset(_RESERVED.split())


def write_stata(target: Path, frame: pd.DataFrame, columns: Mapping[str, Column], title: str, time: datetime) -> None:
    """Write a table with its labels; words become numbers with a label for each value.

    Args:
        target: The file.
        frame: The table.
        columns: What each of its columns holds.
        title: The label of the data set; cut to 80 letters.
        time: When it was made.
    """
    names = legal_names(frame.columns)
    variables = {names[name]: shortened(variable_label(name, names[name], column)) for name, column in columns.items() if name in names}
    table = pd.DataFrame({names[name]: _column(frame[name], columns.get(name)) for name in frame.columns})
    table.to_stata(target, write_index=False, version=VERSION, variable_labels=variables, data_label=shortened(title), time_stamp=time)


def variable_label(name: str, written: str, column: Column) -> str:
    """The label of a variable: what it is, its unit, and its name on the command line where Stata's is another."""
    about = "; ".join(part for part in ("" if column.unit in ("", "-") else column.unit, "" if name == written else name) if part)
    room = LONGEST_LABEL - len(about) - 3
    return f"{shortened(column.label, room)} ({about})" if about and room >= 10 else about or column.label


def shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    """A text in so many letters at most, with an ellipsis where it was longer."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def legal_names(columns: Iterable[object]) -> dict[str, str]:
    """A name for each column that Stata takes: letters, digits and low lines, 32 at most, no word of its own, none twice.

    What is too long loses the parts before its last dots first.
    """
    result: dict[str, str] = {}
    for column in map(str, columns):
        parts = column.split(".")
        while len("_".join(parts)) > LONGEST_NAME and len(parts) > 1:
            parts = parts[1:]
        name = re.sub(r"[^A-Za-z0-9_]", "_", "_".join(parts))
        if not re.match(r"[A-Za-z_]", name) or name in RESERVED or re.fullmatch(r"str\d+", name):
            name = f"_{name}"
        name, number = name[:LONGEST_NAME], 1
        while name in result.values():
            number += 1
            name = f"{name[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
        result[column] = name
    return result


def _column(values: pd.Series, column: Column | None) -> Any:
    """Values as Stata holds them: numbers, or categories where they are words."""
    if pd.api.types.is_bool_dtype(values):
        return values.astype("int8")
    if pd.api.types.is_integer_dtype(values):
        exact = not len(values) or max(abs(int(values.min())), abs(int(values.max()))) <= LARGEST_WHOLE
        return values if exact else pd.Categorical(values.map(str))
    if pd.api.types.is_numeric_dtype(values):
        return values.where(np.isfinite(values))  # Stata has no infinity
    keys = list(dict.fromkeys(values))
    labels = dict(zip(keys, distinct(keys, {} if column is None else column.values), strict=True))
    return pd.Categorical(values.map(labels), categories=list(labels.values()))


def distinct(keys: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """The label of each key, with the key behind it where others have the same."""
    shown = [labels.get(key, str(key)) for key in keys]
    return [label if shown.count(label) == 1 else f"{label} ({key})" for key, label in zip(keys, shown, strict=True)]
