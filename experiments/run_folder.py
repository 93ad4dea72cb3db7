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
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from experiments.cells import code, from_plain, plain, write_whole
from experiments.comparison import Comparison
from experiments.config import Job, Run
from experiments.design import Points
from experiments.runner import COURSE_ROWS, Work
from sim import MODEL_VERSION
from sim.axes import Array
from sim.draws import BLOCK, STREAMS
from sim.settings import Settings

#: What a spreadsheet takes for the beginning of a formula.
FORMULA = tuple("=+-@\t\r\n|")
PACKAGES = ("counterpoise", "mesa", "numpy", "scipy", "pandas", "matplotlib", "hydra-core", "omegaconf", "pydantic")


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


def write_csv(file: Path, frame: pd.DataFrame) -> None:
    """A table for a spreadsheet, in which no text is taken for a formula."""
    texts = frame.select_dtypes(exclude="number")
    safe = texts.map(lambda cell: f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell)
    frame.assign(**safe).to_csv(file, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")


def write_tables(folder: Path, comparison: Comparison) -> None:
    """The tables as CSV, payoffs per world and courses as .npz (arrays only, no pickle)."""
    for name in ("summary", "paired", "dominance", "convergence"):
        write_csv(folder / f"{name}.csv", getattr(comparison, name))
    payoffs: dict[str, Array] = {"strategies": np.array(comparison.strategies), **comparison.payoffs}
    np.savez_compressed(folder / "payoffs.npz", **payoffs)  # type: ignore[arg-type]
    courses = {f"{strategy}/{name}": course for strategy, named in comparison.courses.items() for name, course in named.items()}
    np.savez_compressed(folder / "courses.npz", rows=np.array(COURSE_ROWS), **courses)  # type: ignore[arg-type]


def write_manifest(folder: Path, jobs: Sequence[Job], works: Sequence[Work], checks: Sequence[Work], lost: Collection[str],
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
        "run": plain(first.run),
        "jobs": [_of_job(job, work) for job, work in zip(jobs, works, strict=True)],
        "check_of_assumptions": [_cells(work) for work in checks],
        "missing_cells": sorted(lost),
        "files": files,
    }
    write_whole(folder / "manifest.json", (json.dumps(manifest, indent=1, allow_nan=False) + "\n").encode())


def _of_job(job: Job, work: Work) -> dict[str, Any]:
    return {
        "overrides": list(job.overrides), "varied": dict(job.varied), "settings_sha256": settings_hash(job.settings), "reference": job.run.reference,
        "points": {"names": list(job.points.names), "values": job.points.values.tolist()}, "settings": plain(job.settings), "cells": _cells(work),
    }


def _cells(work: Work) -> dict[str, list[str]]:
    return {name: [cell.key for cell, _, _ in share.cells] for name, share in work.shares.items()}


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run.

    Raises:
        ValueError: There is none, or it is not readable.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{folder} holds no manifest.json: it is no run, or one that was not finished; run its command again") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{folder / 'manifest.json'} cannot be read: {error}") from None
    if not isinstance(manifest, dict) or "jobs" not in manifest or "run" not in manifest:
        raise ValueError(f"{folder / 'manifest.json'} is no manifest of a run")
    return manifest


def cells_in(manifest: Mapping[str, Any]) -> list[str]:
    """Keys of the cells a run was made from, those it never had left out."""
    works = [*(entry["cells"] for entry in manifest["jobs"]), *manifest["check_of_assumptions"]]
    keys = dict.fromkeys(key for cells in works for its in cells.values() for key in its)
    return [key for key in keys if key not in set(manifest["missing_cells"])]


def changed_files(folder: Path, manifest: Mapping[str, Any]) -> list[Path]:
    """Files of a run that are gone or no longer what was written."""
    return [folder / name for name, checksum in manifest["files"].items()
            if not (folder / name).is_file() or _checksum(folder / name) != checksum]


def read_run(folder: Path) -> tuple[dict[str, Any], list[Job]]:
    """The manifest of a run and its jobs, without looking at conf/.

    Raises:
        ValueError: There is no run, or another version of the model made it: its cells cannot be found by this one.
    """
    manifest = read_manifest(folder)
    if any(manifest.get(name) != value for name, value in code().items()):
        raise ValueError(f"{folder} was made by another version of the model or of NumPy; this makes it anew: {manifest['command']}")
    jobs = []
    for entry in manifest["jobs"]:
        names, values = tuple(entry["points"]["names"]), entry["points"]["values"]
        points = Points(names, np.array(values, dtype=float).reshape(len(values), len(names)))
        run = Run.model_validate({**manifest["run"], "reference": entry["reference"]})
        jobs.append(Job(Settings.model_validate(from_plain(entry["settings"])), run, points, tuple(entry["overrides"]), entry["varied"], {}))
    return manifest, jobs


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
