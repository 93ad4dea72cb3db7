"""Files and words from somebody else that set what is not theirs, reach outside, or never end: each must be refused at once, and nothing touched."""

import json
import os
import resource
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from experiments import cli
from experiments.configuration.check import KINDS, check_file
from experiments.configuration.compose import compose
from experiments.configuration.errors import BAD_CONFIG, ConfigError
from experiments.configuration.files import GROUPS, LISTS, SEPARATE, conf_dir
from experiments.configuration.job import Run
from experiments.configuration.load import load_sweep
from experiments.configuration.shared import COMMAND_LINE, SHARED
from experiments.configuration.yaml_files import read
from sim.parameters import Parameters
from sim.quantity import quantities
from sim.settings import Settings
from tests.experiments.configuration.conftest import copied
from tests.experiments.configuration.samples import GLOBAL, contents, put
from tests.faults.running import Row

#: Every kind of file that travels.
TRAVELLING = (*GROUPS, *SEPARATE)
HYDRA = ("hydra", "hydra.run.dir", "hydra.searchpath", "hydra.job.env_set.PATH", "hydra.callbacks", "hydra/launcher")
#: Most seconds and kB that a refusal may take.
SECONDS, KILOBYTES = 10, 200_000  # far more than it takes: the table shows the slowest, a busy machine fails nothing

#: A run that reads few files.
FEW = ["strategies=[status_quo]", "policy=[patron]", "n_worlds=2", "horizon=4"]

#: Presets that choose a cluster, processes, six places to write and eight files to read.
REACHING = (
    "defaults:\n  - override /executor: dask\n", "executor: {address: 'tcp://127.0.0.1:PORT'}\n", "executor: {kind: dask, address: 'tcp://127.0.0.1:PORT'}\n",
    "defaults:\n  - override /executor: dask\nexecutor: {address: 'tcp://127.0.0.1:PORT'}\n", "workers: 1024\n", "workers: null\n",
    "sweep: {executor: [dask]}\n", "sweep: {executor.address: ['tcp://127.0.0.1:PORT']}\n", "sweep: {workers: [60]}\n", "sweep: {results: [elsewhere]}\n",
    "sweep: {design.file: [/etc/passwd]}\n", "sweep: {experiment: [quick]}\n", "design: {over: {executor.address: null}}\n", "hydra: {run: {dir: x}}\n",
    *(f"results: {place}\n" for place in ("/tmp/elsewhere", "../elsewhere", "conf", ".git", "results/../..", "'~'")),
    *(f"design: {{kind: table, file: '{file}'}}\n"
      for file in ("/etc/passwd", "../config.yaml", "~/x", "a/../../x", "link.csv", "C:\\x", "\\\\host\\x", "/dev/zero")),
)


def schema() -> Iterator[tuple[str, Any]]:
    """Every key of the configuration and of the classes behind it, down to two levels, with a value it may have."""
    composed, _ = compose(())
    for key, value in composed.items():
        yield key, value
        yield from ((f"{key}.{inner}", part) for inner, part in value.items()) if isinstance(value, Mapping) else ()
    for kind in (Settings, Run, *KINDS.values()):
        yield from ((key, None) for key in kind.model_fields)
        for key, field in kind.model_fields.items():
            part = field.annotation
            yield from ((f"{key}.{inner}", None) for inner in part.model_fields) if isinstance(part, type) and issubclass(part, BaseModel) else ()
    yield from ((key, "x") for key in HYDRA)


def may_set(group: str, key: str) -> bool:
    """Whether a file of a kind may hold a key at its top."""
    top = key.split(".")[0]
    return top in SHARED[group] if group in SHARED else group not in LISTS and top in KINDS[group].model_fields


def keys_of_others(groups: Sequence[str] = TRAVELLING, every: int = 1) -> Row:
    """Give a file of each kind the keys of the schema that are not its own: all, or the n-th of them and what is of the command line."""
    tried = failed = 0
    for group in groups:
        example = sorted((conf_dir() / group).glob("*.yaml"))[0]
        shipped = example.read_text(encoding="utf-8")
        foreign = {key: (shipped, value) for i, (key, value) in enumerate(dict(schema()).items())
                   if not may_set(group, key) and (i % every == 0 or key.split(".")[0] in (*COMMAND_LINE, "hydra"))}
        if group == "executor":
            foreign["address"] = "kind: dask\n", "tcp://10.0.0.1:8786"
        with tempfile.TemporaryDirectory() as folder:
            for key, (text, value) in foreign.items():
                top, *inner = key.split(".")
                for part in reversed(inner):
                    value = {part: value}
                file = put(Path(folder), f"{group}/{example.name}", f"{text}{top}: {json.dumps(value)}\n")
                problems = check_file(read(file))
                said = [problem for problem in problems if problem.startswith(f"{file}:{text.count(chr(10)) + 1}: {top}: ")]
                fine = any("only the command line sets it" in problem or top not in COMMAND_LINE or group not in SHARED for problem in said)
                tried, failed = tried + 1, failed + (not fine)
                if not fine:
                    print(f"{group}: {key}: {problems}")
    return Row("a file of each kind with each key of the schema that is not its own: refused with file, line, key and the next step", tried, failed)


def reaching_outside(presets: Sequence[str] = REACHING) -> Row:
    """Run presets that name a cluster, a number of processes, a place to write or a file to read; a scheduler listens."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder, copied(Path(folder)) as conf, socket.create_server(("127.0.0.1", 0)) as scheduler:
        scheduler.settimeout(0)
        (conf / "experiment" / "link.csv").symlink_to("/etc/passwd")
        for number, content in enumerate(presets):
            put(conf, f"experiment/mine{number}.yaml", GLOBAL + content.replace("PORT", str(scheduler.getsockname()[1])))
        before = contents(conf.parent)
        for number, content in enumerate(presets):
            said, reached = StringIO(), False
            with redirect_stderr(said), redirect_stdout(said):
                code = cli.main([f"experiment=mine{number}", *FEW])
            with suppress(BlockingIOError):
                scheduler.accept()
                reached = True
            text = said.getvalue()
            named = text.startswith(f"conf/experiment/mine{number}.yaml:") and "root:" not in text
            if code != BAD_CONFIG or reached or contents(conf.parent) != before or not named:
                failed += 1
                print(f"{content!r}: {code}: {text}")
    return Row("presets that name a cluster, processes, a place to write, a file to read: refused, none reached", len(presets), failed)


def without_end() -> Row:
    """Give the command what never ends, or is far too much: devices, pipes, sparse files, ranges and products."""
    names = [f"parameters.{name}" for name in quantities(Parameters)]
    numbers = f"design.over=[{','.join(names[:12])}]"
    tried = failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.mkfifo(folder / "pipe")
        (folder / "itself").symlink_to(folder / "itself")
        with (folder / "sparse").open("wb") as file:
            file.truncate(2**40)
        put(folder, "lines", "parameters.local_threat\n" + "0.1\n" * 2_000_000)
        put(folder, "columns", "a," * 5_000_000)
        files = ("/dev/zero", "/dev/random", *(str(folder / part) for part in ("pipe", "itself", "sparse", "lines", "columns", "")))
        many = [f"{key}=range(0,199)" for key in names[:5]]
        words: list[list[str]] = [
            *(["design=table", f"design.file={file}"] for file in files), ["seed=range(0,1000000000)"], ["seed=range(0,1e9)"], ["seed=range(0,1,1e-9)"], many,
            ["design=grid", numbers, "design.points=1000000"], ["design=grid", numbers, "design.points=4"], ["design=lhs", numbers, "design.points=1000000"],
            ["design=sobol", numbers, "design.points=1000000"], ["design=lhs", numbers, "design.points=1000000000"], ["n_worlds=1e12"], ["horizon=1000000000"]]
        load_sweep([*FEW, "design=lhs", "design.over=[parameters.local_threat]"], several=True)  # what is read and imported once is not counted
        slowest = 0.0
        for overrides in words:
            start, before, fine = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, False
            try:
                load_sweep([*FEW, *overrides], several=True)
            except ConfigError as error:
                fine = all(problem.isprintable() for problem in error.problems)
            took, more = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            tried, slowest = tried + 1, max(slowest, took)
            if not fine or took > SECONDS or more > KILOBYTES:
                failed += 1
                print(f"{overrides[-1][:60]}: refused {fine}, {took:.2f} s, {more} kB")
    limits = f"{SECONDS} s of the processor and {KILOBYTES // 1000} MB"
    return Row(f"devices, pipes, sparse and huge files, ranges and products: refused in less than {limits}", tried, failed, slowest=slowest)
