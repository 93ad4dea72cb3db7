"""What ends a command: one kind of exception, which carries the exit code that users are promised."""

from collections.abc import Sequence

from experiments.messages import printable

#: Exit codes: complete, something failed or is missing, bad usage, bad configuration, cannot read or write, interrupted, and, as of other tools, whoever
#: read the output closed it.
OK, FAILED, USAGE, BAD_CONFIG, CANNOT_WRITE, INTERRUPTED, CLOSED = 0, 1, 2, 65, 74, 130, 141


#: Most characters of a line.
LONGEST = 2000


class CommandError(Exception):
    """A command cannot go on. `experiments.cli.main` alone catches it: prints `text` and ends with `exit_code`."""

    exit_code = FAILED

    def text(self, program: str) -> str:
        """What the user reads.

        Args:
            program: The command as typed, such as `counterpoise verify`.
        """
        return f"{program}: {self}"


class UsageError(CommandError):
    """The words of the command do not fit."""

    exit_code = USAGE


class ConfigError(CommandError):
    """Something in the configuration is wrong; `problems` has one line each: where, what, what instead."""

    exit_code = BAD_CONFIG

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = [printable(problem, LONGEST) for problem in dict.fromkeys(problems)]
        super().__init__("\n".join(self.problems))

    def text(self, program: str) -> str:
        """The problems, one a line."""
        return str(self)
