"""The manifest of a run: written last into results/<name>/<UTC time>/, and read again."""

import hashlib
import json
import os
import platform
import shlex
import subprocess
import zlib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

import experiments
from experiments.cells.cell import Batch, code, from_plain, plain, scenario_from_plain
from experiments.cells.job_cells import JobCells
from experiments.cells.session import Origin
from experiments.cells.store import write_whole
from experiments.configuration.bounded import NotAFile, open_regular, read_bounded
from experiments.configuration.design import Points, numbers
from experiments.configuration.job import Job, Run
from experiments.configuration.overrides import OWN, last_part, located, recorded, without_paths, words_of
from experiments.messages import printable, shortened, unknown
from experiments.runs.folder import settings_hash
from sim.draws import BLOCK, STREAMS
from sim.settings import Settings

#: The entry of a manifest that holds the checksum of all others.
SUM = "sha256"
#: So many characters of what a manifest says are shown.
LONGEST = 400
PACKAGES = ("counterpoise", "mesa", "numpy", "scipy", "pandas", "matplotlib", "hydra-core", "omegaconf", "pydantic")
#: Bytes beyond which a manifest is not read: one of the largest sweep, 10,000 jobs, has fewer.
MOST_BYTES = 512 * 2**20
#: Levels beyond which it is not one.
DEEPEST = 40
#: Bytes beyond which a file of a run counts as changed.
LARGEST_FILE = 8 * 2**30
#: Options of a run in which the jobs of a sweep may differ and which its report reads.
OF_A_JOB = ("name", "reference", "question", "payoff")
#: Commands whose runs are more than one comparison or sweep.
ANALYSES = ("hypotheses", "sensitivity", "robustness", "optimize", "tournament", "rank", "hindcast", "patterns")


def write_manifest(folder: Path, headline: str, origin: Origin, failed: Collection[str], timings: Mapping[str, float]) -> None:
    """Write the manifest: what was run, with what, from which cells, and the checksum of every file. It comes last: without it a run is unfinished.

    Args:
        folder: The run folder.
        headline: Its first finding, in a sentence.
        origin: What the run is made from.
        failed: Keys of cells that could not be computed.
        timings: Seconds by what they were spent on.

    Raises:
        OSError: It cannot be written.
    """
    files = {file.relative_to(folder).as_posix(): _checksum(file) for file in sorted(folder.rglob("*")) if file.is_file()}
    first, seeds = origin.jobs[0], list(dict.fromkeys(job.settings.seed for job in origin.jobs))
    manifest = {
        "command": origin.command,
        "headline": headline[:LONGEST],
        "time": folder.name,
        **code(),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "platform": f"{platform.system()} {platform.machine()}",
        "git": git_state(),
        "seed": seeds[0] if len(seeds) == 1 else seeds,
        "streams": {"generator": "SFC64", "block": BLOCK, "key": "(crc32 of the name, block)",
                    "names": {name: zlib.crc32(name.encode()) for name in STREAMS}},
        "timings_seconds": {name: round(seconds, 3) for name, seconds in timings.items()},
        "run": _recorded_run(first.run),
        "jobs": [_of_job(job, job_cells, _number_of(baseline, origin)) for job, job_cells, baseline in zip(
            origin.jobs, origin.jobs_cells, origin.baselines or [None] * len(origin.jobs), strict=True)],
        "baselines": [{"settings": plain(each.settings), "cells": each.keys()} for each in origin.distinct_baselines],
        "check_of_assumptions": [batch.keys() for batch in origin.others],
        "missing_cells": sorted(failed),
        "files": files,
    }
    write_whole(folder / "manifest.json", sealed(manifest))


def _recorded_run(run: Run) -> dict[str, Any]:
    """The options of a run, without folders of its user and where it was computed."""
    values = plain(run)
    for name in OWN:
        del values[name]
    if run.design.file is not None:
        values["design"]["file"] = last_part(run.design.file)
    return dict(values)


def _number_of(baseline: JobCells | None, origin: Origin) -> int | None:
    """The place of a baseline among the distinct ones."""
    return None if baseline is None else [each is baseline for each in origin.distinct_baselines].index(True)


def _of_job(job: Job, job_cells: Batch, baseline: int | None) -> dict[str, Any]:
    return {
        "overrides": without_paths(job.overrides), "own_files": [last_part(file) for file in job.own_files],
        "varied": dict(job.varied), "settings_sha256": settings_hash(job.settings),
        **{name: plain(getattr(job.run, name)) for name in OF_A_JOB},
        "points": {"names": list(job.points.names), "values": job.points.values.tolist()}, "settings": plain(job.settings), "cells": job_cells.keys(),
        "baseline": baseline,
    }


def _inside(name: str) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise ValueError("it is outside the folder")
    return name


def _a_command(text: str) -> str:
    words_of(text, (*ANALYSES, "compare"))
    return text


_Key = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_Keys = dict[str, list[_Key]]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _Points(_Strict):
    names: list[str]
    values: list[list[float]]


class _Job(_Strict):
    overrides: list[str]
    varied: dict[Annotated[str, Field(pattern=r"^[\w./@+~-]+$", max_length=200)], str]
    reference: str
    name: str
    question: str | None
    payoff: dict[str, Any]
    points: _Points
    settings: dict[str, Any]
    cells: _Keys
    baseline: Annotated[int, Field(ge=0)] | None


class _Baseline(_Strict):
    settings: dict[str, Any]
    cells: _Keys


class _Manifest(_Strict):
    """What commands read from a manifest, which anyone may have written."""

    command: Annotated[str, AfterValidator(_a_command)]
    time: str
    model_version: str | int
    code: str
    numpy: str
    run: dict[str, Any]
    jobs: Annotated[list[_Job], Field(min_length=1)]
    baselines: list[_Baseline]
    check_of_assumptions: list[_Keys]
    missing_cells: list[_Key]
    files: dict[Annotated[str, AfterValidator(_inside)], str]


def sealed(manifest: Mapping[str, Any]) -> bytes:
    """The bytes of a manifest's file: its last entry is the checksum of the others."""
    body = json.dumps(manifest, indent=1, allow_nan=False)
    return (json.dumps({**manifest, SUM: hashlib.sha256(body.encode()).hexdigest()}, indent=1) + "\n").encode()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run, checked.

    Raises:
        ValueError: The file is missing, damaged, or not a manifest.
    """
    file = folder / "manifest.json"
    try:
        data = read_bounded(file, MOST_BYTES)
        manifest: dict[str, Any] = json.loads(data, parse_constant=_no_number)
        whole = isinstance(manifest, dict) and manifest.pop(SUM, None) is not None and sealed(manifest) == data
    except FileNotFoundError:
        raise ValueError(f"{file} is missing: the folder is not a run, or the run was not finished") from None
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise ValueError(f"{file} is damaged: it is not JSON") from None
    if not whole:
        raise ValueError(f"{file} is damaged: its checksum is wrong")
    if b"\n" + b" " * DEEPEST in data:  # each level is one column further right
        raise ValueError(f"{file} is not a manifest: it is nested too deeply")
    try:
        _Manifest.model_validate(manifest)
    except ValidationError as error:
        raise ValueError(f"{file} is not a manifest: {_first(error)}") from None
    return manifest


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not a number")


def _first(error: ValidationError) -> str:
    """The first problem, in a line."""
    problem = error.errors()[0]
    if problem["type"] == "value_error":  # ours
        what = str(problem["msg"]).removeprefix("Value error, ")
    else:
        what = "the key is missing" if problem["type"] == "missing" else f"{shortened(problem['input'])} cannot stand there"
    return f"{printable('.'.join(map(str, problem['loc'])))}: {what}"


def again(manifest: Mapping[str, Any], results: Path) -> str:
    """The command that makes a run again, from its words: where and with what it is computed, and any path, are the user's own to say.

    Args:
        manifest: A manifest as `read_manifest` returns it.
        results: The folder with its cells; where there are none, it is not named.
    """
    try:
        return command_again(manifest["command"], results)
    except ValueError as error:
        return f"the command in its manifest.json ({error})"


def without_cells(folder: Path, manifest: Mapping[str, Any]) -> str:
    """What to do with a run folder that was copied without the cells of its results folder."""
    results = folder.resolve().parent.parent
    return f"{folder} came without its cells: copy them too, to {results / 'cells'}, or simulate it again: {again(manifest, results)}"


def command_again(command: str, results: Path) -> str:
    """As `again`, of a command from elsewhere.

    Raises:
        ValueError: It is not a command of counterpoise, or cannot be shown.
    """
    text = recorded(words_of(command, (*ANALYSES, "compare")))
    if not text.isprintable():
        raise ValueError("it holds characters that cannot be printed")
    return located(text, results) if (results / "cells").is_dir() else text


def is_analysis(manifest: Mapping[str, Any]) -> bool:
    """Whether a run is more than one comparison or sweep."""
    words = shlex.split(manifest["command"])[1:2]
    return bool(words) and words[0] in ANALYSES


def cells_in(manifest: Mapping[str, Any]) -> list[str]:
    """Keys of the cells that a run was made from, without those that it never had."""
    jobs_cells = [*(entry["cells"] for entry in (*manifest["jobs"], *manifest["baselines"])), *manifest["check_of_assumptions"]]
    keys = dict.fromkeys(key for cells in jobs_cells for its in cells.values() for key in its)
    return [key for key in keys if key not in set(manifest["missing_cells"])]


def changed_files(folder: Path, manifest: Mapping[str, Any]) -> list[Path]:
    """Files of a run that are gone, unreadable or changed."""
    return [folder / name for name, checksum in manifest["files"].items() if _checksum_or_nothing(folder / name) != checksum]


def _checksum_or_nothing(file: Path) -> str | None:
    try:
        return _checksum(file)
    except OSError:
        return None


def read_run(folder: Path) -> tuple[dict[str, Any], list[Job]]:
    """The manifest of a run and its jobs, without reading conf/.

    Raises:
        ValueError: The folder is not a run, it came without its cells, or another version of the model made it, whose cells this version does not use.
    """
    manifest = read_manifest(folder)
    results = folder.resolve().parent.parent
    if any(manifest[name] != value for name, value in code().items()):
        raise ValueError(f"{folder} was made by another version of the model or of NumPy; run it again with: {again(manifest, results)}")
    if not (results / "cells").is_dir() and not is_analysis(manifest):
        raise ValueError(without_cells(folder, manifest))
    try:
        if not is_analysis(manifest):
            _check_varied([entry["varied"] for entry in manifest["jobs"]])
        return manifest, [_job(manifest, entry, results) for entry in manifest["jobs"]]
    except (ValueError, RecursionError) as error:
        problem = _first(error) if isinstance(error, ValidationError) else str(error)
        raise ValueError(f"{folder / 'manifest.json'} is not a manifest: {problem}") from None


def _check_varied(varied: Sequence[Mapping[str, str]]) -> None:
    """Jobs of a sweep vary the same keys, and no two are equal."""
    if len({tuple(each) for each in varied}) > 1 or len({tuple(each.items()) for each in varied}) < len(varied):
        raise ValueError("jobs: they do not differ by the same keys")


def _job(manifest: Mapping[str, Any], entry: Mapping[str, Any], results: Path) -> Job:
    names, values = tuple(entry["points"]["names"]), entry["points"]["values"]
    points = Points(names, np.array(values, dtype=float).reshape(len(values), len(names)))
    settings = _settings(entry)
    number, baselines = entry["baseline"], manifest["baselines"]
    if number is not None and number >= len(baselines):
        raise ValueError(f"jobs: there is no baseline {number}")
    known = numbers(settings) if names else {}
    if strange := [name for name in names if name not in known]:
        raise ValueError(f"points: {unknown(strange[0], known, 'number')}")
    if not values:
        raise ValueError("points: expected at least one")
    own: dict[str, Any] = {"results": str(results), "workers": None, "executor": {}, "png": False}
    run = Run.model_validate({**manifest["run"], **own, **{name: entry[name] for name in OF_A_JOB}})
    return Job(settings, run, points, tuple(entry["overrides"]), entry["varied"], {}, None if number is None else _settings(baselines[number]))


def _settings(entry: Mapping[str, Any]) -> Settings:
    described = from_plain(entry["settings"])
    return Settings.model_validate({**described, "scenario": scenario_from_plain(described.get("scenario"))})


def git_state() -> dict[str, Any]:
    """Commit of the code and whether it was changed since; empty where the code is not a checkout."""
    root = Path(experiments.__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return {}
    words = ["git", "status", "--porcelain=v2", "--branch", "--untracked-files=no"]
    try:
        commit, *others = subprocess.run(words, cwd=root, capture_output=True, text=True, check=True, timeout=10).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return {}
    commit = commit.removeprefix("# branch.oid ")
    return {} if commit == "(initial)" else {"commit": commit, "changed": any(not line.startswith("#") for line in others)}


def _checksum(file: Path) -> str:
    with open_regular(file) as opened:
        if os.fstat(opened.fileno()).st_size > LARGEST_FILE:
            raise NotAFile(file, "it is too large")
        return hashlib.file_digest(opened, "sha256").hexdigest()


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
