"""The console script: the first word picks the command, the rest is Hydra's.

Nothing heavy is imported here, so that `--help` answers at once.
"""

import io
import os
import signal
import sys
import threading
import time
from _thread import interrupt_main
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from itertools import takewhile
from pathlib import Path
from typing import Any

from experiments.configuration.errors import CANNOT_WRITE, CLOSED, FAILED, INTERRUPTED, LONGEST, OK, USAGE, CommandError, UsageError
from experiments.executors.beside import goes_on
from experiments.executors.garbage import look_seldom
from experiments.messages import READABLE, printable

#: Command to the module that holds its `main(arguments)`, and one line on it.
COMMANDS = {
    "compare": ("experiments.commands.compare", "compare strategies on the same worlds; the default"),
    "hypotheses": ("experiments.commands.hypotheses", "the scoreboard: every hypothesis at the defaults and over draws of the assumptions"),
    "sensitivity": ("experiments.commands.sensitivity", "which assumptions decide: Morris screening and Sobol indices of the advantage of hedging"),
    "robustness": ("experiments.commands.robustness", "regret, satisficing, dominance over many futures, and where hedging fails"),
    "optimize": ("experiments.commands.optimize", "search a better strategy for given weights and futures, and compare it out-of-sample"),
    "tournament": ("experiments.commands.tournament", "powers that choose policies too: equilibria, what survives in the long run, the small state's answer"),
    "hindcast": ("experiments.commands.hindcast", "put the model into the past: forecasts of years that were observed, scored beside simple ones"),
    "patterns": ("experiments.commands.patterns", "published facts that the model should show, and whether it does"),
    "rank": ("experiments.commands.rank", "a league of the strategies in a folder, under several scenarios"),
    "world": ("experiments.commands.world", "lay a world open: facts, coefficients, the present at rest, and the first year beside the facts"),
    "lab": ("experiments.commands.lab", "a local page in the browser that answers as you ask: sliders, charts, the command for the same numbers"),
    "init": ("experiments.commands.init", "a folder with a few commented files to begin with"),
    "new": ("experiments.commands.new", "a commented file to begin with: a strategy, policy, scenario, world or hypothesis of yours"),
    "check": ("experiments.commands.check", "check configuration files, wherever they lie, without running anything"),
    "verify": ("experiments.commands.verify", "check every cell and file of a results folder"),
    "replay": ("experiments.commands.replay", "simulate one world of a cell again, with its trajectory, and compare bit for bit"),
    "replicate": ("experiments.commands.replicate", "run the commands behind results/FINDINGS.md again, and print which numbers differ"),
    "report": ("experiments.commands.report", "make a run's tables, figures and report again from its cells"),
    "runs": ("experiments.commands.runs", "every run of a results folder: question, headline, report; the newest first"),
    "export": ("experiments.commands.export", "a run's payoffs in every world as Parquet, netCDF, Stata or CSV"),
    "complete": ("experiments.commands.complete", "what may follow, for the Tab key of a shell; experiments/README.md has the line"),
    "compare-runs": ("experiments.commands.compare_runs", "what differs between two runs, in settings and in numbers"),
}

#: What people type for a command, and what is meant.
OTHER_NAMES = {"run": "compare", "simulate": "compare", "start": "compare", "help": "--help", "list": "--help", "version": "--version"}


#: The option that names the user's own folder of configuration.
CONF = "--conf"

INTERRUPTED_LINE = "interrupted; finished cells are kept: run the same command again"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the caller's signal handlers and output are afterwards what they were.

    Returns:
        The exit code: 0 complete, 1 a simulation failed, 2 bad usage, 65 bad configuration, 74 cannot
        write, 130 interrupted, 141 the output was closed.
    """
    interrupt = _Interrupt()
    before = _catch_signals(interrupt)
    try:
        return _command(sys.argv[1:] if argv is None else argv, interrupt)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def start() -> int:
    """The console script: `main` in a process of its own, in which a second signal on the way out changes nothing."""
    _keep_to_ourselves()
    look_seldom()
    interrupt = _Interrupt()
    caught = _catch_signals(interrupt)
    code = _command(sys.argv[1:], interrupt)
    for number in caught:  # Python puts back what kills a process before it ends
        signal.signal(number, signal.SIG_IGN)
    if goes_on():
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(code)
    return code


def _keep_to_ourselves() -> None:
    """Import nothing from the current folder, and let no library start threads of its own for sums: where memory is short it would wait for them for ever."""
    home = str(Path(__file__).resolve().parents[1])
    with suppress(OSError):  # the folder is gone
        here = os.getcwd()
        sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != here or os.path.realpath(entry) == home]
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def _command(argv: Sequence[str], interrupt: "_Interrupt") -> int:
    words = list(takewhile(lambda word: word != "#", argv))  # a comment of the document that it is copied from: cmd.exe and zsh pass it on
    with _output(), _none_dropped(interrupt):
        try:
            code = _run(words)
        except (Exception, KeyboardInterrupt) as error:
            # A library may answer an interrupt with an exception of its own.
            with suppress(OSError):  # a terminal that was closed takes no line
                code = INTERRUPTED if interrupt.came else CANNOT_WRITE
                code = _ended(words, Interrupted() if interrupt.came else error)
            interrupt.said = interrupt.came
        try:
            sys.stdout.flush()
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again when it ends, and fails
            if not isinstance(error, BrokenPipeError):
                print(f"counterpoise: cannot write what is printed: {error.strerror}", file=sys.stderr)
                code = CANNOT_WRITE
    return code


def _ended(words: list[str], error: Exception | KeyboardInterrupt) -> int:
    """Say in a line how a command ended; returns its exit code."""
    if isinstance(error, CommandError):
        if text := error.text(_program(words)):
            _say(text)
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        print(INTERRUPTED_LINE, file=sys.stderr)
        return INTERRUPTED
    if isinstance(error, MemoryError):
        print(f"{_program(words)}: out of memory; finished cells are kept: fewer workers, worlds or points need less", file=sys.stderr)
        return FAILED
    if isinstance(error, BrokenPipeError):  # whoever read us, such as `head`, has seen enough: what was not done by then is not done
        return CLOSED
    if isinstance(error, OSError):
        _say(f"counterpoise: cannot write or read{f' {error.filename}' if error.filename else ''}: {error.strerror or error}")
        return CANNOT_WRITE
    raise error


def _say(text: str) -> None:
    """Lines for the user, in which names of files and words of others may stand."""
    print("\n".join(printable(line, LONGEST) for line in text.split("\n")), file=sys.stderr)


def _catch_signals(interrupt: "_Interrupt") -> dict[int, Any]:
    """Let Ctrl-C, SIGTERM and a terminal that is closed end the command, with its workers; returns the handlers that were there."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    before: dict[int, Any] = {signal.SIGTERM: signal.signal(signal.SIGTERM, interrupt)}
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # otherwise nohup started us
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # otherwise we were started to ignore it
        before[signal.SIGINT] = signal.signal(signal.SIGINT, interrupt)
    return before


@contextmanager
def _none_dropped(interrupt: "_Interrupt") -> Iterator[None]:
    """Let a signal come again that came where Python can raise nothing, such as while an object is deleted: it would be forgotten, and the command go on."""
    before = sys.unraisablehook

    def again() -> None:
        if not interrupt.came and signal.getsignal(signal.SIGTERM) is interrupt:
            interrupt_main(signal.SIGTERM)

    def hook(dropped: Any) -> None:
        if not issubclass(dropped.exc_type, Interrupted):
            before(dropped)
            return
        interrupt.since = None
        threading.Timer(0.1, again).start()

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


@contextmanager
def _output() -> Iterator[None]:
    """Output that may be closed, and in which a terminal shows a sign that it lacks as another; the caller's comes back."""
    before = sys.stdout, sys.stderr
    errors = [(stream, stream.errors) for stream in before if isinstance(stream, io.TextIOWrapper)]
    with ExitStack() as opened:
        sys.stdout, sys.stderr = (stream or opened.enter_context(open(os.devnull, "w")) for stream in before)
        for stream, _ in errors:
            stream.reconfigure(errors=READABLE)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before
            for stream, how in errors:
                if not stream.closed:
                    with suppress(OSError):  # it flushes, and what cannot be written was reported
                        stream.reconfigure(errors=how)


class Interrupted(KeyboardInterrupt):
    """An interrupt of our own class: where Python meets its own within `exec` it kills the process, whoever catches it later."""


class _Interrupt:
    """The handler of signals that end the command. Some senders send twice at once; a second signal later ends the command at once."""

    def __init__(self) -> None:
        self.since: float | None = None
        #: Whether the line on it was printed.
        self.said = False

    @property
    def came(self) -> bool:
        """Whether a signal came."""
        return self.since is not None

    def __call__(self, number: int, frame: object) -> None:
        if self.since is None:
            self.since = time.monotonic()
            raise Interrupted
        if time.monotonic() - self.since > 1:
            if not self.said:
                with suppress(OSError):
                    os.write(2, f"{INTERRUPTED_LINE}\n".encode())
            os._exit(INTERRUPTED)  # the workers watch us and end as well


def _is_named(words: Sequence[str]) -> bool:
    """Whether the first word is a command; without one, strategies are compared."""
    return bool(words) and "=" not in words[0] and not words[0].startswith(("-", "+", "~"))


def _program(words: Sequence[str]) -> str:
    return f"counterpoise {words[0]}" if _is_named(words) and words[0] in COMMANDS and words[0] != "compare" else "counterpoise"


def _run(words: Sequence[str]) -> int:
    words, folder = _without_conf(words)
    with _own_files(folder):
        return _of_words(words)


def _without_conf(words: Sequence[str]) -> tuple[list[str], str | None]:
    """The words without `--conf DIR`, which every command takes, and its folder.

    Raises:
        UsageError: It is given without a folder, or twice.
    """
    rest: list[str] = []
    folder: str | None = None
    following = iter(words)
    for word in following:
        if word == CONF or word.startswith(f"{CONF}="):
            if folder is not None:
                raise UsageError(f"{CONF}: given twice; keep one of the two")
            folder = word.partition("=")[2] if "=" in word else next(following, "")
            if not folder or folder.startswith("-"):
                raise UsageError(f"{CONF} needs a folder: {CONF} DIR")
        else:
            rest.append(word)
    return rest, folder


@contextmanager
def _own_files(folder: str | None) -> Iterator[None]:
    """Let a command use the files of the folder it names, for which the environment speaks: every thread of it must know."""
    from experiments.configuration.files import VARIABLE, own_dir, read_again

    before = os.environ.get(VARIABLE)
    if folder is not None:
        os.environ[VARIABLE] = os.path.abspath(os.path.expanduser(folder))
    try:
        if own_dir():
            read_again()  # in a process that runs several commands, they may have changed
        yield
    finally:
        if folder is not None:
            os.environ.pop(VARIABLE)
            os.environ.update({} if before is None else {VARIABLE: before})


def _of_words(words: Sequence[str]) -> int:
    command, arguments = (words[0], list(words[1:])) if _is_named(words) else ("compare", list(words))
    if command not in COMMANDS:
        from experiments.commands.command import not_understood
        from experiments.messages import shortened, unknown

        if command in OTHER_NAMES:
            raise UsageError(f"unknown command {command!r}; did you mean counterpoise {OTHER_NAMES[command]}?")
        meant = not_understood(command).partition("; ")[2]
        raise UsageError(f"unknown command {shortened(command)}; {meant}" if meant else unknown(command, COMMANDS, "command"))
    if command == "compare" and any(word in ("-h", "--help") for word in arguments):
        from experiments.help import text

        print(text({name: about for name, (_, about) in COMMANDS.items()}))
        return OK
    if words == ["--version"]:
        from importlib.metadata import version

        print(f"counterpoise {version('counterpoise')}")
        return OK
    run: Callable[[list[str]], int] = import_module(COMMANDS[command][0]).main
    try:
        return run(arguments)
    except SystemExit as end:  # how argparse ends: 0 after --help, 2 where the words do not fit
        return end.code if isinstance(end.code, int) else USAGE


if __name__ == "__main__":
    sys.exit(start())
