"""What a run leaves on disk: results/<name>/<UTC time>/ with its manifest written last."""

import csv
import hashlib
import json
import platform
import subprocess
import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from experiments.cells import Batch, code, from_plain, plain, write_whole
from experiments.command_line import last_part, located, without_paths
from experiments.comparison import Comparison
from experiments.config import Job, Run
from experiments.design import Points, numbers
from experiments.runner import COURSE_ROWS
from experiments.words import unknown
from sim import MODEL_VERSION
from sim.axes import Array
from sim.draws import BLOCK, STREAMS
from sim.settings import Settings

#: What a spreadsheet takes for the beginning of a formula.
FORMULA = tuple("=+-@\t\r\n|")
#: The entry of a manifest that holds the checksum of all others.
SUM = "sha256"
PACKAGES = ("counterpoise", "mesa", "numpy", "scipy", "pandas", "matplotlib", "hydra-core", "omegaconf", "pydantic")
#: Commands whose runs are more than one comparison or sweep.
ANALYSES = ("hypotheses", "sensitivity", "robustness", "optimize", "tournament")


def create(results: str, name: str) -> Path:
    """A new run folder, named by the time in UTC to the microsecond.

    Raises:
        OSError: It cannot be written.
    """
    while True:
        folder = Path(results) / name / datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        try:
            folder.mkdir(parents=True, exist_ok=False)
        except FileExistsError:
            continue
        (folder / "figures").mkdir()
        return folder


def settings_hash(settings: BaseModel) -> str:
    """What determines the numbers, hashed: resolved settings and model version."""
    canonical = json.dumps({"model_version": MODEL_VERSION, "settings": plain(settings)}, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def write_csv(file: Path, frame: pd.DataFrame, *, append: bool = False) -> None:
    """A table for a spreadsheet, in which no text is taken for a formula; its rows without a head at the end of a file where they are to be appended."""
    texts = frame.select_dtypes(exclude="number")
    safe = texts.map(lambda cell: _harmless(cell) if isinstance(cell, str) else cell)
    frame.assign(**safe).to_csv(file, mode="a" if append else "w", header=not append, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")


def _harmless(text: str) -> str:
    text = text.replace("\r", "\n")  # alone it is not quoted, and begins a row
    return f"'{text}" if text[:1] in FORMULA else text


def write_tables(folder: Path, comparison: Comparison) -> None:
    """The tables as CSV, payoffs per world and courses as .npz (arrays only, no pickle)."""
    for name in ("summary", "paired", "dominance", "convergence"):
        write_csv(folder / f"{name}.csv", getattr(comparison, name))
    payoffs: dict[str, Array] = {"strategies": np.array(comparison.strategies), **comparison.payoffs}
    np.savez_compressed(folder / "payoffs.npz", **payoffs)  # type: ignore[arg-type]
    courses = {f"{strategy}/{name}": course for strategy, named in comparison.courses.items() for name, course in named.items()}
    np.savez_compressed(folder / "courses.npz", rows=np.array(COURSE_ROWS), **courses)  # type: ignore[arg-type]


def write_manifest(folder: Path, jobs: Sequence[Job], works: Sequence[Batch], others: Sequence[Batch], lost: Collection[str],
                   command: str, timings: Mapping[str, float]) -> None:
    """The manifest: what was run, with what, from which cells, and the checksum of every file. Written last: without it a run is unfinished.

    Raises:
        OSError: It cannot be written.
    """
    files = {str(file.relative_to(folder)): _checksum(file) for file in sorted(folder.rglob("*")) if file.is_file()}
    first = jobs[0]
    manifest = {
        "command": command,
        "time": folder.name,
        **code(),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "platform": f"{platform.system()} {platform.machine()}",
        "git": git_state(),
        "seed": first.settings.seed,
        "streams": {"generator": "SFC64", "block": BLOCK, "key": "(crc32 of the name, block)",
                    "names": {name: zlib.crc32(name.encode()) for name in STREAMS}},
        "timings_seconds": {name: round(seconds, 3) for name, seconds in timings.items()},
        "run": _recorded_run(first.run),
        "jobs": [_of_job(job, work) for job, work in zip(jobs, works, strict=True)],
        "check_of_assumptions": [batch.keys() for batch in others],
        "missing_cells": sorted(lost),
        "files": files,
    }
    write_whole(folder / "manifest.json", sealed(manifest))


def _recorded_run(run: Run) -> dict[str, Any]:
    """What was asked for, without what tells where its user keeps files."""
    values = plain(run)
    del values["results"]  # the folder that it lies in
    if run.design.file is not None:
        values["design"]["file"] = last_part(run.design.file)
    return dict(values)


def _of_job(job: Job, work: Batch) -> dict[str, Any]:
    return {
        "overrides": without_paths(job.overrides), "varied": dict(job.varied), "settings_sha256": settings_hash(job.settings), "reference": job.run.reference,
        "name": job.run.name,
        "points": {"names": list(job.points.names), "values": job.points.values.tolist()}, "settings": plain(job.settings), "cells": work.keys(),
    }


def _inside(name: str) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise ValueError("it is outside of the folder")
    return name


_Key = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_Keys = dict[str, list[_Key]]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _Points(_Strict):
    names: list[str]
    values: list[list[float]]


class _Job(_Strict):
    overrides: list[str]
    varied: dict[str, str]
    reference: str
    name: str
    points: _Points
    settings: dict[str, Any]
    cells: _Keys


class _Manifest(_Strict):
    """What the commands read of a manifest; anyone may have written it."""

    command: str
    time: str
    model_version: str | int
    code: str
    numpy: str
    run: dict[str, Any]
    jobs: Annotated[list[_Job], Field(min_length=1)]
    check_of_assumptions: list[_Keys]
    missing_cells: list[_Key]
    files: dict[Annotated[str, AfterValidator(_inside)], str]


def sealed(manifest: Mapping[str, Any]) -> bytes:
    """A manifest as it stands in its file, with the checksum of the rest as its last entry."""
    body = json.dumps(manifest, indent=1, allow_nan=False)
    return (json.dumps({**manifest, SUM: hashlib.sha256(body.encode()).hexdigest()}, indent=1) + "\n").encode()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run, checked.

    Raises:
        ValueError: There is none, or it is not what was written, or no manifest at all.
    """
    file = folder / "manifest.json"
    try:
        data = file.read_bytes()
        manifest: dict[str, Any] = json.loads(data)
    except FileNotFoundError:
        raise ValueError(f"{file} is not there: no run, or one that was not finished") from None
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise ValueError(f"{file} is damaged: it is no JSON") from None
    try:
        if not isinstance(manifest, dict) or manifest.pop(SUM, None) is None or sealed(manifest) != data:
            raise ValueError(f"{file} is damaged: its checksum is wrong")
        _Manifest.model_validate(manifest)
    except ValidationError as error:
        raise ValueError(f"{file} is no manifest: {_first(error)}") from None
    except RecursionError:
        raise ValueError(f"{file} is no manifest: it is nested too deeply") from None
    return manifest


def _first(error: ValidationError) -> str:
    """The first problem, in a line."""
    problem = error.errors()[0]
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"


def is_analysis(manifest: Mapping[str, Any]) -> bool:
    """Whether a run is more than one comparison or sweep."""
    words = manifest["command"].split()[1:2]
    return bool(words) and words[0] in ANALYSES


def cells_in(manifest: Mapping[str, Any]) -> list[str]:
    """Keys of the cells a run was made from, those it never had left out."""
    works = [*(entry["cells"] for entry in manifest["jobs"]), *manifest["check_of_assumptions"]]
    keys = dict.fromkeys(key for cells in works for its in cells.values() for key in its)
    return [key for key in keys if key not in set(manifest["missing_cells"])]


def changed_files(folder: Path, manifest: Mapping[str, Any]) -> list[Path]:
    """Files of a run that are gone, cannot be read or are no longer what was written."""
    return [folder / name for name, checksum in manifest["files"].items() if _checksum_or_nothing(folder / name) != checksum]


def _checksum_or_nothing(file: Path) -> str | None:
    try:
        return _checksum(file) if file.is_file() else None  # what is no file, such as a device, may never end
    except OSError:
        return None


def read_run(folder: Path) -> tuple[dict[str, Any], list[Job]]:
    """The manifest of a run and its jobs, without looking at conf/.

    Raises:
        ValueError: There is no run, or another version of the model made it: its cells cannot be found by this one.
    """
    manifest = read_manifest(folder)
    results = folder.resolve().parent.parent
    if any(manifest[name] != value for name, value in code().items()):
        raise ValueError(f"{folder} was made by another version of the model or of NumPy; this makes it anew: {located(manifest['command'], results)}")
    try:
        return manifest, [_job(manifest, entry, results) for entry in manifest["jobs"]]
    except (ValueError, RecursionError) as error:
        problem = _first(error) if isinstance(error, ValidationError) else str(error)
        raise ValueError(f"{folder / 'manifest.json'} is no manifest: {problem}") from None


def _job(manifest: Mapping[str, Any], entry: Mapping[str, Any], results: Path) -> Job:
    names, values = tuple(entry["points"]["names"]), entry["points"]["values"]
    points = Points(names, np.array(values, dtype=float).reshape(len(values), len(names)))
    settings = Settings.model_validate(from_plain(entry["settings"]))
    known = numbers(settings) if names else {}
    if strange := [name for name in names if name not in known]:
        raise ValueError(f"points: {unknown(strange[0], known, 'number')}")
    if not values:
        raise ValueError("points: there is none")
    run = Run.model_validate({**manifest["run"], "results": str(results), "reference": entry["reference"], "name": entry["name"]})
    return Job(settings, run, points, tuple(entry["overrides"]), entry["varied"], {})


def git_state() -> dict[str, Any]:
    """Commit of the code and whether it was changed since; empty where the code is no checkout of its own."""
    root = Path(__file__).resolve().parent.parent

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True, timeout=10).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")) != root:
            return {}
        return {"commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain", "--untracked-files=no"))}
    except (OSError, subprocess.SubprocessError):
        return {}


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
