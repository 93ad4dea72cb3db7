"""Something done beside the main thread of a command."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from typing import TypeVar

Outcome = TypeVar("Outcome")

#: Name of the threads that do it.
NAME = "beside"


def beside(work: Callable[[], Outcome]) -> Future[Outcome]:
    """Do something beside the main thread; an interrupted command does not wait for it."""
    future: Future[Outcome] = Future()

    def serve() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=copy_context().run, args=(serve,), name=NAME, daemon=True).start()
    return future


def goes_on() -> bool:
    """Whether something is still being done. It may be in a library of C++, which aborts where Python ends a thread on its own way out."""
    return any(thread.name == NAME for thread in threading.enumerate())
