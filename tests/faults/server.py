"""The command and its workers without their seconds of imports: a process that has done everything once, and forks for each line it reads.

Reads JSON from standard input and answers each line with one: {"start": ...} with a process id, {"poll": id} with an exit
code or null. The forked process does what `counterpoise` does, from `experiments.cli.start` to the end of the interpreter;
its workers are processes of their own that do what those of `counterpoise` do, from `multiprocessing` on.
"""

import ast
import atexit
import contextlib
import gc
import json
import os
import random
import signal
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from experiments.cells import simulate
from experiments.executors.processes import ctrl_c_blocked


def main() -> None:
    from experiments import cli
    from experiments.cells import session as computing
    from experiments.commands import compare
    from tests.faults.running import COMPARISON, SWEEP
    from tests.given import drawing

    known = cache(compare.load_sweep)
    compare.load_sweep = lambda words, several: known(tuple(words), several)  # type: ignore[assignment]
    computing.WORTH_WORKERS = 0  # so small a sweep would be simulated in the command's own process
    for words in (SWEEP, COMPARISON):
        _do_once(words)
    gc.freeze()  # what is there stays shared with the forked processes
    for line in sys.stdin:
        options = json.loads(line)
        if "poll" in options:
            pid, status = os.waitpid(options["poll"], os.WNOHANG)
            answer: Any = os.waitstatus_to_exitcode(status) if pid else None
        else:
            words = [word for word in options["start"] if word != "-m"]
            known(tuple(words), "-m" in options["start"])
            answer = os.fork()
            if answer == 0:
                _become(options)
                with drawing(options["figures"]):
                    sys.argv[1:] = options["start"]
                    sys.exit(cli.start())
        print(json.dumps(answer), flush=True)


def _do_once(words: Sequence[str]) -> None:
    """A whole run, after which everything is imported, and fonts and pages are read; nothing of its numbers stays."""
    from experiments.commands import compare
    from tests.faults.running import A_FIGURE
    from tests.given import drawing

    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), drawing(A_FIGURE):
        assert compare.main([*words, "executor=serial", f"results={folder}"]) == 0
    simulate._latest_draws.clear()


def _become(options: dict[str, Any]) -> None:
    """A process of its own, with its own folder, output, environment and faults."""
    folder = Path(options["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell started all of this in the background
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored where nohup did
    os.setsid()
    os.chdir(folder)
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, "out", os.O_WRONLY), (2, "err", os.O_WRONLY)):
        opened = os.open(f"{options['output']}.{name}" if number else name, flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    if options["fault"]:
        from tests.faults.poison.sitecustomize import poison

        poison(**options["fault"])
    if "executor=serial" not in options["start"]:
        _fork_workers()
    if options["shuffle"] is not None:
        _shuffle(options["shuffle"])
    if options["disk"] is not None:
        from tests.faults import disk

        failing = disk.install(folder, *options["disk"])
        atexit.register(lambda: Path(f"{options['output']}.calls").write_text(str(failing.calls)))
    if options["largest_file"] is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (options["largest_file"],) * 2)


def _fork_workers() -> None:
    """Let workers start as processes forked from this one, as it is now, and not as new interpreters.

    Python's own fork server forks them, which has no threads; it is forked itself and not started.
    """
    from multiprocessing import context, forkserver, util


    def forked(path: str, arguments: Sequence[str], kept: Sequence[int]) -> int:
        pid = os.fork()
        if pid == 0:
            for number in map(int, os.listdir("/proc/self/fd")):
                if number > 2 and number not in kept:
                    with contextlib.suppress(OSError):  # the one that listed them
                        os.close(number)
            try:
                _do(arguments[-1])
            finally:
                os._exit(0)
        return pid

    def _do(line: str) -> None:
        """What a new interpreter would do: such a line imports one of these and calls it."""
        from multiprocessing import forkserver, resource_tracker, spawn

        known = {
            "multiprocessing.spawn": spawn.spawn_main, "multiprocessing.resource_tracker": resource_tracker.main,
            "multiprocessing.forkserver": forkserver.main}
        told, called = ast.parse(line).body
        assert isinstance(told, ast.ImportFrom)
        call = called.value  # type: ignore[attr-defined]
        named = {}
        for each in call.keywords:
            value = ast.literal_eval(each.value)
            named.update({each.arg: value} if each.arg else value)
        known[str(told.module)](*map(ast.literal_eval, call.args), **named)  # type: ignore[operator]

    forkserver.set_forkserver_preload([])
    util.spawnv_passfds = forked  # type: ignore[attr-defined]
    with ctrl_c_blocked():
        forkserver.ensure_running()
    context.SpawnProcess._Popen = staticmethod(context.ForkServerProcess._Popen)  # type: ignore[method-assign, assignment]


def _shuffle(seed: int) -> None:
    """Cells in any order."""
    from experiments.cells.job_cells import JobCells

    in_order = JobCells.cells

    def shuffled(self: JobCells) -> Sequence[Any]:
        cells = in_order(self)
        random.Random(seed).shuffle(cells)
        return cells

    JobCells.cells = shuffled  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
