"""The console script: the first word picks the command, the rest is Hydra's.

Nothing heavy is imported here, so that `--help` answers at once.
"""

import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module

#: Exit codes, as promised to users.
OK, FAILED, USAGE, BAD_CONFIG, CANNOT_WRITE, INTERRUPTED = 0, 1, 2, 65, 74, 130

#: Command to the module that holds its `main(arguments)`, and one line on it.
COMMANDS = {
    "compare": ("experiments.compare", "compare strategies on the same worlds; the default"),
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
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as on Ctrl-C, with the workers
    sys.stdout, sys.stderr = (output or open(os.devnull, "w") for output in (sys.stdout, sys.stderr))  # noqa: SIM115 - for good
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper):
            output.reconfigure(errors="replace")  # a terminal without our signs shows others, and loses no run
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted; nothing unfinished counts: run the same command again", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read us, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return code


def _run(arguments: list[str]) -> int:
    if any(word in ("-h", "--help") for word in arguments):
        from experiments.help import text

        print(text({name: about for name, (_, about) in COMMANDS.items()}))
        return OK
    if arguments == ["--version"]:
        from importlib.metadata import version

        print(f"counterpoise {version('counterpoise')}")
        return OK
    command = arguments.pop(0) if arguments and "=" not in arguments[0] and not arguments[0].startswith(("-", "+", "~")) else "compare"
    if command not in COMMANDS:
        from experiments.words import unknown

        print(f"counterpoise: {unknown(command, COMMANDS, 'command')}", file=sys.stderr)
        return USAGE
    run: Callable[[list[str]], int] = import_module(COMMANDS[command][0]).main
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
