"""The folder of a run: made once, written whole."""

import csv
import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import pandas as pd
from pydantic import BaseModel

from experiments.cells.cell import plain
from sim import MODEL_VERSION

#: How a run folder is called: by the time in UTC to the microsecond.
TIME = "%Y%m%dT%H%M%S.%fZ"
#: Characters with which a formula begins in a spreadsheet.
FORMULA = tuple("=+-@\t\r\n|")
#: What begins with a sign and is not a formula: a sign, a number, a range of numbers such as "-1 to 1".
_NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
_SIGNED = re.compile(rf"[-+]|{_NUMBER}( to {_NUMBER})?", re.ASCII)


def new_folder(results: str, name: str) -> Path:
    """A new run folder, named by the time in UTC to the microsecond.

    Raises:
        OSError: It cannot be written.
    """
    while True:
        folder = Path(results) / name / datetime.now(UTC).strftime(TIME)
        try:
            folder.mkdir(parents=True, exist_ok=False)
        except FileExistsError:
            continue
        (folder / "figures").mkdir()
        return folder


def is_run(folder: Path) -> bool:
    """Whether a folder is that of a run, finished or not: it is called by a time, or, where somebody gave it another name, holds what only a run does."""
    try:
        datetime.strptime(folder.name, TIME)
    except ValueError:
        return (folder / "manifest.json").exists() and any((folder / name).exists() for name in ("report.html", "figures"))
    return folder.is_dir()


def settings_hash(settings: BaseModel) -> str:
    """Hash of what determines the numbers: resolved settings and model version."""
    canonical = json.dumps({"model_version": MODEL_VERSION, "settings": plain(settings)}, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def write_csv(file: Path | TextIO, frame: pd.DataFrame, *, append: bool = False) -> None:
    """Write a table in which a spreadsheet takes no text for a formula; `append` adds its rows, without a header, to the end of a file."""
    texts = frame.select_dtypes(exclude="number")
    safe = texts.map(lambda cell: _harmless(cell) if isinstance(cell, str) else cell)
    table = frame.assign(**safe).rename(columns=_harmless)
    table.to_csv(file, mode="a" if append else "w", header=not append, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")


def _harmless(text: str) -> str:
    text = text.replace("\r", "\n")  # alone it is not quoted and would begin a row
    return f"'{text}" if text[:1] in FORMULA and not _SIGNED.fullmatch(text) else text
