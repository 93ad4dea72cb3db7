"""One thread that computes for all pages: first answers first, then the larger ones, a step at a time; a newer question of a page ends its older one."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from experiments.configuration.errors import CommandError

Result = TypeVar("Result")
#: Pages that may wait at once; each has one piece of work.
MOST = 64
#: Seconds between an answer and the work on a larger one, so that a slider that is still moved waits for no step of it.
PAUSE = 0.4


class Busy(CommandError):
    """Too many pages wait."""


@dataclass(order=True)
class _Piece(Generic[Result]):
    """Work of a page: stages, of which the smallest anywhere is computed first."""

    size: int
    number: int
    page: str = field(compare=False)
    stages: list[tuple[int, Iterator[Result | None]]] = field(compare=False)
    done: Callable[[Result | CommandError], None] = field(compare=False)
    dropped: bool = field(default=False, compare=False)
    not_before: float = field(default=0.0, compare=False)


class Desk(Generic[Result]):
    """Computes pieces of work; `close` ends its thread after the step that it is at."""

    def __init__(self) -> None:
        self._waiting: list[_Piece[Result]] = []
        self._latest: dict[str, _Piece[Result]] = {}
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="lab", daemon=True)
        self._thread.start()

    def give(self, page: str, stages: list[tuple[int, Iterator[Result | None]]], done: Callable[[Result | CommandError], None]) -> None:
        """Compute something for a page, in place of what it wanted before.

        Args:
            page: Which page.
            stages: The size of each stage, the smallest first, and its steps, see `experiments.lab.engine.steps`.
            done: Called in the desk's thread with the result of each stage, or with why there is none, after which no other follows.

        Raises:
            Busy: Too many pages wait.
        """
        with self._changed:
            if page not in self._latest and len(self._latest) >= MOST:
                raise Busy("too many pages wait for numbers; try it again in a moment")
            self._drop(page)
            piece = _Piece(stages[0][0], next(self._numbers), page, list(stages), done)
            self._latest[page] = piece
            self._waiting.append(piece)
            self._changed.notify()

    def drop(self, page: str) -> None:
        """Compute nothing more for a page."""
        with self._changed:
            self._drop(page)

    def close(self) -> None:
        """Compute nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(timeout=10)

    def _drop(self, page: str) -> None:
        if (piece := self._latest.pop(page, None)) is not None:
            piece.dropped = True

    def _work(self) -> None:
        while (piece := self._next()) is not None:
            self._step(piece)

    def _next(self) -> _Piece[Result] | None:
        with self._changed:
            while not self._closed:
                self._waiting = [piece for piece in self._waiting if not piece.dropped]
                now = time.monotonic()
                if ready := [piece for piece in self._waiting if piece.not_before <= now]:
                    piece = min(ready)
                    self._waiting.remove(piece)
                    return piece
                self._changed.wait(min((piece.not_before - now for piece in self._waiting), default=None))
            return None

    def _step(self, piece: _Piece[Result]) -> None:
        result: Result | CommandError | None = None
        try:
            result = next(piece.stages[0][1])
        except CommandError as error:
            result = error
        except Exception as error:
            logging.getLogger("counterpoise.lab").exception("a question could not be answered")
            result = CommandError(f"it cannot be computed: {type(error).__name__}")
        with self._changed:
            if piece.dropped:
                return
            if result is not None:
                del piece.stages[0]
            if isinstance(result, CommandError) or not piece.stages:
                self._drop(piece.page)
            else:
                larger, piece.size = piece.stages[0][0] > piece.size, piece.stages[0][0]
                piece.not_before = time.monotonic() + PAUSE if larger else 0.0
                self._waiting.append(piece)
        if result is not None:
            piece.done(result)
