"""The console script: the first word picks the command, the rest is Hydra's.

Nothing heavy is imported here, so that `--help` answers at once.
"""

import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module

#: Exit codes, as promised to users.
OK, FAILED, USAGE, BAD_CONFIG, CANNOT_WRITE, INTERRUPTED = 0, 1, 2, 65, 74, 130

#: Command to the module that holds its `main(arguments)`, and one line on it.
COMMANDS = {
    "compare": ("experiments.compare", "compare strategies on the same worlds; the default"),
    "hypotheses": ("experiments.hypotheses", "the scoreboard: every hypothesis at the defaults and over draws of the assumptions"),
    "sensitivity": ("experiments.sensitivity", "which assumptions decide: Morris screening and Sobol indices of the advantage of hedging"),
    "robustness": ("experiments.robustness", "regret, satisficing, dominance over many futures, and where hedging fails"),
    "optimize": ("experiments.optimize", "search a better strategy for given weights and futures, and judge it on futures the search did not see"),
    "tournament": ("experiments.tournament", "powers that choose policies as well: equilibria, what survives in the long run, what the small state then plays"),
    "check": ("experiments.check", "check configuration files, wherever they lie, without running anything"),
    "verify": ("experiments.verify", "check every cell and file of a results folder"),
    "replay": ("experiments.replay", "simulate one world of a cell again, with its trajectory, and compare bit for bit"),
    "report": ("experiments.redraw", "make a run's tables, figures and report again from its cells"),
    "export": ("experiments.export", "a run's payoffs in every world as Parquet, netCDF or CSV"),
    "compare-runs": ("experiments.compare_runs", "what differs between two runs, in settings and in numbers"),
    "gallery": ("experiments.gallery", "run every preset and keep its figure and findings in results/gallery"),
    "bench": ("experiments.bench", "measure speed and memory on this machine"),
    "docs": ("experiments.docs", "rewrite what is made from the parameter metadata (MODEL.md table, JSON Schema, defaults)"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code: 0 complete, 1 a simulation failed, 2 bad usage, 65 bad configuration, 74 cannot
        write, 130 interrupted.
    """
    if threading.current_thread() is threading.main_thread():
        interrupt = _Interrupt()
        signal.signal(signal.SIGTERM, interrupt)  # end as on Ctrl-C, with the workers
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # otherwise we were started to ignore it
            signal.signal(signal.SIGINT, interrupt)
    sys.stdout, sys.stderr = (output or open(os.devnull, "w") for output in (sys.stdout, sys.stderr))  # noqa: SIM115 - for good
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):
            output.reconfigure(errors="replace")  # a terminal without our signs shows others, and loses no run
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        print("interrupted; nothing unfinished counts: run the same command again", file=sys.stderr)
        code = INTERRUPTED
    except BrokenPipeError:  # whoever read us, such as `head`, has seen enough: what was not done by then is not done
        code = INTERRUPTED
    except OSError as error:
        print(f"counterpoise: cannot write or read{f' {error.filename}' if error.filename else ''}: {error.strerror or error}", file=sys.stderr)
        code = CANNOT_WRITE
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again when it ends, and fails
        if not isinstance(error, BrokenPipeError):
            print(f"counterpoise: cannot write what is printed: {error.strerror}", file=sys.stderr)
            code = CANNOT_WRITE
    return code


class _Interrupt:
    """What Ctrl-C and SIGTERM do. Some senders send twice at once; whoever asks again later means it."""

    def __init__(self) -> None:
        self.asked: float | None = None

    def __call__(self, number: int, frame: object) -> None:
        if self.asked is None:
            self.asked = time.monotonic()
            raise KeyboardInterrupt
        if time.monotonic() - self.asked > 1:
            os._exit(INTERRUPTED)  # the workers watch us and end as well


def _run(arguments: list[str]) -> int:
    named = bool(arguments) and "=" not in arguments[0] and not arguments[0].startswith(("-", "+", "~"))
    command = arguments.pop(0) if named else "compare"
    if command not in COMMANDS:
        from experiments.words import unknown

        print(f"counterpoise: {unknown(command, COMMANDS, 'command')}", file=sys.stderr)
        return USAGE
    if command == "compare" and any(word in ("-h", "--help") for word in arguments):
        from experiments.help import text

        print(text({name: about for name, (_, about) in COMMANDS.items()}))
        return OK
    if not named and arguments == ["--version"]:
        from importlib.metadata import version

        print(f"counterpoise {version('counterpoise')}")
        return OK
    run: Callable[[list[str]], int] = import_module(COMMANDS[command][0]).main
    try:
        return run(arguments)
    except SystemExit as end:  # how argparse ends: 0 after --help, 2 where the words do not fit
        return end.code if isinstance(end.code, int) else USAGE


if __name__ == "__main__":
    sys.exit(main())
