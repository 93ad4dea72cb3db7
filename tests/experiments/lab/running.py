"""A lab that runs, for tests that open it."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


class Running:
    """The command in a process of its own, in a folder of its own; `module`: `tests.experiments.lab.few` where few worlds suffice."""

    def __init__(self, folder: Path, *options: str, module: str = "experiments.cli") -> None:
        self.folder = folder
        env = {key: value for key, value in os.environ.items() if "PYTEST" not in key} | {"PYTHONPATH": str(Path(__file__).parents[3])}
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, "lab", "--no-browser", "--port", "0", *options], cwd=folder, env=env, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.lines: list[str] = []
        self.left: Sequence[str] = ()
        self.port = int(self.line(r":(\d+)/"))

    def line(self, pattern: str, seconds: float = 120) -> str:
        """The first group of the first line that fits."""
        assert self.process.stdout is not None
        end = time.monotonic() + seconds
        while time.monotonic() < end and select.select([self.process.stdout], [], [], end - time.monotonic())[0]:
            if not (line := self.process.stdout.readline()):
                break
            self.lines.append(line)
            if match := re.search(pattern, line):
                return match[1]
        raise AssertionError(f"no line with {pattern}: {self.lines}")

    @property
    def link(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def end(self, number: int = signal.SIGINT) -> int:
        """End it as Ctrl-C does; its exit code. `left` holds what still runs then, before it is killed."""
        assert self.process.stdout is not None
        self.process.send_signal(number)
        try:
            code = self.process.wait(60)
            self.lines += self.process.stdout.readlines()
            end = time.monotonic() + 10
            while (left := self.members()) and time.monotonic() < end:  # Python's own helper goes a moment after what it helps
                time.sleep(0.1)
            self.left = left
            return code
        finally:
            self.process.stdout.close()
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def members(self) -> Sequence[str]:
        """Processes of its group that run."""
        listing = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout
        return [line for line in listing.splitlines() if line.split()[0] == str(self.process.pid) and not line.split()[1].startswith("Z")]
