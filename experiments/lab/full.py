"""The ordinary command, started from the page: the run in full, with its report, in a process of its own."""

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from experiments.configuration.errors import CommandError
from experiments.messages import printable

#: Lines that are kept, each at most so long, and seconds that a run has to end when it is interrupted.
LINES, LONG, SECONDS = 40, 200, 20


@dataclass
class FullRun:
    """The run that a lab has started last; there is one at a time.

    Attributes:
        lines: What it printed last.
        report: The file of its report; None before it is written.
        code: Its exit code; None while it runs.
    """

    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    report: Path | None = None
    code: int | None = None
    _process: "subprocess.Popen[str] | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def runs(self) -> bool:
        """Whether a run is under way."""
        return self._process is not None and self._process.poll() is None

    def start(self, overrides: Sequence[str]) -> None:
        """Start a run.

        Args:
            overrides: KEY=VALUE, checked before.

        Raises:
            CommandError: One is under way.
            OSError: It cannot be started.
        """
        with self._lock:
            if self.runs:
                raise CommandError("a run is under way; wait until it has ended")
            self.lines.clear()
            self.report, self.code = None, None
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "experiments.cli", *overrides], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, errors="replace", start_new_session=True)
            threading.Thread(target=self._follow, args=(self._process,), name="full run", daemon=True).start()

    def stop(self) -> None:
        """End the run that is under way; its finished cells stay."""
        with self._lock:
            if self._process is None or not self.runs:
                return
            self._process.terminate()
            try:
                self._process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _follow(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        last = ""
        with process.stdout:
            for line in process.stdout:
                if text := line.strip():
                    last = text
                    self.lines.append(printable(text, LONG))
        code = process.wait()
        if code == 0 and last.endswith("report.html") and Path(last).is_file():
            self.report = Path(last)
        self.code = code
