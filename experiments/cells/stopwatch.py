"""Seconds spent by purpose."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stopwatch:
    """Adds up the time spent on each purpose.

    Attributes:
        seconds: So far, by purpose.
    """

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, purpose: str) -> Iterator[None]:
        """Time a block of code."""
        start = time.perf_counter()
        yield
        self.seconds[purpose] = self.seconds.get(purpose, 0.0) + time.perf_counter() - start

    def __str__(self) -> str:
        return ", ".join(f"{purpose} {seconds:.1f} s" for purpose, seconds in self.seconds.items())
