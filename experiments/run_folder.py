"""What a run leaves on disk: results/<name>/<UTC time>/ with its manifest written last."""

import csv
import hashlib
import json
import platform
import subprocess
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from experiments.comparison import Comparison
from experiments.config import Job
from experiments.runner import COURSE_ROWS
from sim import MODEL_VERSION
from sim.axes import Array
from sim.draws import BLOCK, STREAMS

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


def plain(value: Any) -> Any:
    """Settings as plain data for JSON: models as mappings, values per world as lists."""
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def settings_hash(settings: BaseModel) -> str:
    """What determines the numbers, hashed: resolved settings and model version."""
    canonical = json.dumps({"model_version": MODEL_VERSION, "settings": plain(settings)}, sort_keys=True, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def write_tables(folder: Path, comparison: Comparison) -> None:
    """The tables as CSV, payoffs per world and courses as .npz (arrays only, no pickle)."""
    for name in ("summary", "paired", "dominance", "convergence"):
        getattr(comparison, name).to_csv(folder / f"{name}.csv", index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
    payoffs: dict[str, Array] = {"strategies": np.array(comparison.strategies), **comparison.payoffs}
    np.savez_compressed(folder / "payoffs.npz", **payoffs)  # type: ignore[arg-type]
    courses = {f"{strategy}/{name}": course for strategy, named in comparison.courses.items() for name, course in named.items()}
    np.savez_compressed(folder / "courses.npz", rows=np.array(COURSE_ROWS), **courses)  # type: ignore[arg-type]


def write_manifest(folder: Path, job: Job, command: str, timings: Mapping[str, float]) -> None:
    """The manifest: what was run, with what, and the checksum of every file. Written last: without it a run is unfinished."""
    files = {str(file.relative_to(folder)): _checksum(file) for file in sorted(folder.rglob("*")) if file.is_file()}
    manifest = {
        "command": command,
        "time": folder.name,
        "settings_sha256": settings_hash(job.settings),
        "model_version": MODEL_VERSION,
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "platform": f"{platform.system()} {platform.machine()}",
        "git": git_state(),
        "seed": job.settings.seed,
        "streams": {"generator": "SFC64", "block": BLOCK, "key": "(crc32 of the name, block)",
                    "names": {name: zlib.crc32(name.encode()) for name in STREAMS}},
        "timings_seconds": {name: round(seconds, 3) for name, seconds in timings.items()},
        "run": plain(job.run),
        "settings": plain(job.settings),
        "files": files,
    }
    temporary = folder / "manifest.json.part"
    temporary.write_text(json.dumps(manifest, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    temporary.replace(folder / "manifest.json")


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
