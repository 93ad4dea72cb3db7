"""Cells on worker processes of this machine."""

import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any

from experiments.configuration.errors import CommandError
from experiments.executors.garbage import look_seldom

#: How many workers try a task, one after the other, before it fails because each of them died.
ATTEMPTS = 3
#: Seconds that a worker may take for a task before it is replaced, and the share of them after which that is said.
PATIENCE, SAID = 900.0, 0.1
#: Seconds that it may take to start on a busy machine, before that.
STARTING = 60.0
#: Seconds that an idle worker may take to end.
ENDING = 10.0
#: The environment of workers: each has one core, and the current folder holds no module.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONSAFEPATH": "1"}


class WorkerDied(CommandError):
    """Every worker that was given this task died: killed, out of memory, or ended by the task itself."""

    def text(self, program: str) -> str:
        """All workers died while they drew: what they drew from is kept."""
        return f"{program}: the run cannot be reported: {self}; all finished cells are kept: run the same command again"


@dataclass(frozen=True, eq=False)
class _Task:
    future: Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    near: Hashable


class Processes(Executor):
    """Worker processes, each with one task at a time: the death of one costs one attempt of one task.

    A worker is started when there is a task and none is idle. A `ProcessPoolExecutor` gives up every task when any of
    its workers dies.

    Args:
        workers: How many, at most.
        patience: Seconds after which a worker that has not finished its task is replaced.
    """

    def __init__(self, workers: int, patience: float = PATIENCE) -> None:
        self._waiting: list[_Task] = []
        self._choosing = threading.Lock()
        self._latest: dict[int, Hashable] = {}
        self._woken: queue.SimpleQueue[bool] = queue.SimpleQueue()  # True for each task, False for each thread that shall end
        self._lock = threading.Lock()
        self._most, self._patience = workers, patience
        self._idle = threading.Semaphore(0)
        self._workers: dict[int, _Worker] = {}
        self._threads: list[threading.Thread] = []
        self._stopped, self._ended = False, threading.Event()
        # Daemons: if the command ends unexpectedly, nothing waits for them.
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, near: Hashable = None, **kwargs: Any) -> Future[Any]:
        """As `concurrent.futures.Executor.submit`, without keywords of the function.

        Args:
            fn: What to call.
            args: With what.
            near: Tasks with the same value may share what a worker keeps from one to the next; they go to the same one where none need wait for that.
        """
        future: Future[Any] = Future()
        with self._choosing:
            self._waiting.append(_Task(future, fn, args, near))
        self._woken.put(True)
        if not self._idle.acquire(blocking=False) and len(self._threads) < self._most:
            thread = threading.Thread(target=self._serve, args=(len(self._threads),), daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def stop(self) -> None:
        """End every worker now, whatever it does."""
        with self._lock:  # so that no worker is started meanwhile
            self._stopped = True
            workers = list(self._workers.values())
            for worker in workers:
                worker.process.kill()
        for worker in workers:
            worker.process.join()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is None:
            self.shutdown()
        else:  # without waiting for threads: an interruption may have left the lock of a future taken, for which they would wait
            self.stop()
            self.shutdown(wait=False, cancel_futures=True)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As `concurrent.futures.Executor.shutdown`."""
        if cancel_futures:
            with self._choosing:
                cancelled, self._waiting = self._waiting, []
            for task in cancelled:
                if task.future.cancel():
                    task.future.set_running_or_notify_cancel()  # wakes who waits for it
        for _ in self._threads:
            self._woken.put(False)
        if wait:
            for thread in self._threads:
                thread.join()
        self._ended.set()

    def _next(self, i: int) -> _Task | None:
        """The next task of a worker, None when it shall end."""
        while self._is_woken():
            with self._choosing:
                if self._waiting:  # else it was cancelled
                    mine, others = self._latest.get(i), {near for worker, near in self._latest.items() if worker != i}
                    task = min(self._waiting, key=lambda each: 0 if each.near == mine else 2 if each.near in others else 1)
                    self._waiting.remove(task)
                    self._latest[i] = task.near
                    return task
        return None

    def _is_woken(self) -> bool:
        with suppress(queue.Empty):
            return self._woken.get_nowait()
        self._idle.release()
        return self._woken.get()

    def _serve(self, i: int) -> None:
        while (task := self._next(i)) is not None:
            if task.future.set_running_or_notify_cancel():
                try:
                    task.future.set_result(self._done(i, task))
                except BaseException as error:
                    task.future.set_exception(error)
        if i in self._workers:
            self._workers[i].end()

    def _done(self, i: int, task: _Task) -> Any:
        for _ in range(ATTEMPTS):
            worker = self._worker(i)
            with suppress(_Died):
                return worker.do(task.function, task.arguments)
            with self._lock:
                if self._stopped:
                    raise WorkerDied("stopped")
                worker.process.kill()  # it may live, and only its answer was lost
                worker.end()
                del self._workers[i]
        raise WorkerDied(f"its worker process died {ATTEMPTS} times: out of memory (fewer workers need less), killed, ended by the strategy's own code, or "
                         f"without an answer for {self._patience:g} s (executor.patience)")

    def _worker(self, i: int) -> "_Worker":
        with self._lock:
            if self._stopped:
                raise WorkerDied("stopped")
            if i not in self._workers:
                try:
                    self._workers[i] = _Worker()
                except OSError as error:
                    raise WorkerDied(f"no worker process can be started: {error.strerror} (fewer workers need less)") from None
            return self._workers[i]

    def _watch(self) -> None:
        """Say which worker takes long for its task, and end it after some time as if it had died, for example where it was stopped by a signal."""
        tick = min(1.0, self._patience * SAID / 2)
        while not self._ended.wait(tick):
            with self._lock:
                for worker in self._workers.values():
                    before, worker.waited = worker.waited, worker.waited + tick  # in ticks: while all of us are stopped, no time passes
                    limit = self._patience + (0 if worker.started else STARTING)
                    if not worker.busy:
                        worker.waited = 0.0
                    elif worker.waited >= limit:
                        _say(f"worker process {worker.process.pid} has not answered for {worker.waited:.2g} s and is replaced")
                        worker.process.kill()
                    elif before < limit * SAID <= worker.waited:
                        _say(f"worker process {worker.process.pid} has been busy with one task for {worker.waited:.2g} s; after {limit:g} s "
                             "(executor.patience) it is replaced")


def _say(text: str) -> None:
    with suppress(OSError):
        print(f"counterpoise: {text}", file=sys.stderr, flush=True)


@contextmanager
def environment_of_workers() -> Iterator[None]:
    """Processes started meanwhile have `ENVIRONMENT`, before they import anything."""
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(ENVIRONMENT)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def ctrl_c_blocked() -> Iterator[None]:
    """Block Ctrl-C in processes started meanwhile: a terminal sends it to every process, and only the parent shall answer. Windows cannot block it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        # Otherwise it starts with the first process and unblocks Ctrl-C. It outlives a terminal that is closed, or Python warns that it is gone.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_SETMASK, {*before, signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Died(Exception):
    """The worker is gone, and the answer with it."""


class _Worker:
    """A process that runs tasks sent through a pipe, one after the other.

    Attributes:
        busy: Whether it has a task.
        greeted: Whether it has said that it is there.
        started: Whether it has answered once.
        waited: Seconds since then, as `Processes` counts them.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.busy = self.greeted = self.started = False
        self.waited = 0.0
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_answer_tasks, args=(other,), daemon=True)
        try:
            with ctrl_c_blocked(), environment_of_workers():
                self.process.start()
        finally:
            other.close()

    def do(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """What the function returns or raises there; raises _Died where no answer comes."""
        self.busy = True
        try:
            if not self.greeted:
                self._take_greeting()
            self.pipe.send((function, arguments))
            done, answer = self.pipe.recv()
            self.started = True
        except (EOFError, OSError):
            raise _Died from None
        finally:
            self.busy, self.waited = False, 0.0
        if not done:
            raise answer
        return answer

    def _take_greeting(self) -> None:
        """Wait until the process has its end of the pipe: on Windows we hold that too until then, so that the pipe would not break if the process died."""
        if self.pipe not in wait([self.pipe, self.process.sentinel]):
            raise EOFError
        self.pipe.recv()
        self.greeted = True

    def end(self) -> None:
        """End the process, which is idle, and wait until it has ended; one that does not end, since it was stopped by a signal, is killed."""
        self.pipe.close()
        self.process.join(ENDING)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _answer_tasks(pipe: Connection) -> None:
    """What a worker does until its pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it cannot be blocked, see `ctrl_c_blocked`
    threading.Thread(target=_end_with_parent, daemon=True).start()
    look_seldom()
    with suppress(OSError):  # the parent is gone
        pipe.send(None)
    import sim.simulation  # noqa: F401 - the import takes a while: now, not in the first task

    while True:
        answer: tuple[bool, Any]
        try:
            function, arguments = pipe.recv()
        except EOFError:
            os._exit(0)  # nothing is left to put away, and Python would take half a second to take itself down
        except Exception as error:  # such as a function of a module that cannot be imported here
            answer = False, error
        else:
            try:
                answer = True, function(*arguments)
            except BaseException as error:
                answer = False, error
        try:
            pipe.send(answer)
        except Exception as error:  # it cannot be pickled
            pipe.send((False, RuntimeError(f"{answer[1]!r} cannot be sent: {error}")))


def _end_with_parent() -> None:
    """End this process when its parent was killed; otherwise it would finish its task first."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
