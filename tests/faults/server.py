"""The command without its seconds of imports: a process that has imported everything, and forks for each line it reads.

Reads JSON from standard input and answers each line with one: {"start": ...} with a process id, {"poll": id} with an exit
code or null. The forked process does what `counterpoise` does, from `experiments.cli.main` to the end of the interpreter.
"""

import atexit
import json
import os
import random
import signal
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any


def main() -> None:
    from experiments import cli, compare, reporting  # noqa: F401
    from experiments.figures import FIGURES
    from experiments.figures.sweeps import SWEEP_FIGURES
    from experiments.report import page, sweep_page  # noqa: F401

    known = cache(compare.load_sweep)
    compare.load_sweep = lambda words, several: known(tuple(words), several)  # type: ignore[assignment]
    for line in sys.stdin:
        asked = json.loads(line)
        if "poll" in asked:
            pid, status = os.waitpid(asked["poll"], os.WNOHANG)
            answer: Any = os.waitstatus_to_exitcode(status) if pid else None
        else:
            words = [word for word in asked["start"] if word != "-m"]
            known(tuple(words), "-m" in asked["start"])
            answer = os.fork()
            if answer == 0:
                _become(asked)
                if asked["figures"] is not None:
                    for figures in (FIGURES, SWEEP_FIGURES):
                        for name in list(figures)[asked["figures"]:]:
                            del figures[name]  # type: ignore[attr-defined]
                sys.exit(cli.main(asked["start"]))
        print(json.dumps(answer), flush=True)


def _become(asked: dict[str, Any]) -> None:
    """A process of its own, with its own folder, output, environment and faults."""
    folder = Path(asked["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell started all of this in the background
    os.setsid()
    os.chdir(folder)
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, "out", os.O_WRONLY), (2, "err", os.O_WRONLY)):
        opened = os.open(f"{asked['output']}.{name}" if number else name, flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.update(asked["environment"])
    if "COUNTERPOISE_FAULT" in os.environ:
        import tests.faults.poison.sitecustomize  # noqa: F401 - workers, which are new processes, do it by themselves
    if asked["shuffle"] is not None:
        _shuffle(asked["shuffle"])
    if asked["disk"] is not None:
        from tests.faults import disk

        failing = disk.install(folder, *asked["disk"])
        atexit.register(lambda: Path(f"{asked['output']}.calls").write_text(str(failing.calls)))


def _shuffle(seed: int) -> None:
    """Cells in any order."""
    from experiments.runner import Work

    in_order = Work.cells

    def shuffled(self: Work) -> Sequence[Any]:
        cells = in_order(self)
        random.Random(seed).shuffle(cells)
        return cells

    Work.cells = shuffled  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
