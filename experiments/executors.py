"""Where cells are computed: here, in processes of this machine, or on a Dask cluster. All are `concurrent.futures` executors."""

import atexit
import logging
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.quantity import Frozen

#: So often a task is given to a new worker after its worker died.
ATTEMPTS = 3
#: Seconds without any worker process after which a Dask cluster of this machine is given up; it starts a new one at once, if at all.
GIVEN_UP = 5


class ExecutorChoice(Frozen):
    """Where to compute.

    Attributes:
        kind: serial: in this process; processes: worker processes of this machine; dask: a Dask cluster.
        address: Of the scheduler of a running cluster, such as "tcp://10.0.0.1:8786"; null: a local one is started.
        wait: Seconds that a running cluster may be without any worker.
    """

    kind: Literal["serial", "processes", "dask"] = "processes"
    address: str | None = None
    wait: Annotated[float, Field(ge=1, le=30 * 24 * 3600)] = 60


class WorkerDied(RuntimeError):
    """Every worker that was given this task died: killed, out of memory, or ended by the task itself."""


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor(choice: ExecutorChoice, workers: int) -> Iterator[Executor]:
    """The executor of a choice, ended when left; at once where it is left by an exception.

    Raises:
        ExecutorUnavailable: Dask is not installed, or the cluster cannot be reached.
        NoWorkers: Whoever was waiting got a `CancelledError`, since the cluster has no workers any more.
    """
    if choice.kind == "dask":
        with _dask(choice, workers) as cluster:
            yield cluster
        return
    with Serial() if choice.kind == "serial" or workers == 1 else Processes(workers) as local:
        yield local


class ExecutorUnavailable(RuntimeError):
    """The executor asked for cannot be had; the message says what to do."""


class Serial(Executor):
    """Runs each task when it is submitted. What ends the process ends the run: a task that calls `os._exit` cannot be survived here."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `concurrent.futures.Executor.submit`."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class _Task:
    future: Future[Any]
    work: Callable[..., Any]
    arguments: tuple[Any, ...]


class Processes(Executor):
    """Worker processes, each with one task at a time: the death of one costs one attempt of one task.

    A `ProcessPoolExecutor` gives up every task when any of its workers dies.

    Args:
        workers: How many.
    """

    def __init__(self, workers: int) -> None:
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._stopped = False
        self._workers = [_Worker() for _ in range(workers)]
        # Daemons: where the command ends by surprise, nothing waits for them.
        self._threads = [threading.Thread(target=self._serve, args=(i,), daemon=True) for i in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `concurrent.futures.Executor.submit`, without keywords."""
        future: Future[Any] = Future()
        self._tasks.put(_Task(future, fn, args))
        return future

    def stop(self) -> None:
        """End every worker now, whatever it does."""
        with self._lock:  # no worker is started while others are ended
            self._stopped = True
            for worker in self._workers:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if kind is None:
            self.shutdown()
        else:  # and wait for no thread: an interruption may have left the lock of a future taken, for which they wait as long
            self.stop()
            self.shutdown(wait=False, cancel_futures=True)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As `concurrent.futures.Executor.shutdown`."""
        if cancel_futures:
            with suppress(queue.Empty):
                while True:
                    if (task := self._tasks.get_nowait()) is not None and task.future.cancel():
                        task.future.set_running_or_notify_cancel()  # wakes who waits for it
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self, i: int) -> None:
        while (task := self._tasks.get()) is not None:
            if task.future.set_running_or_notify_cancel():
                try:
                    task.future.set_result(self._done(i, task))
                except BaseException as error:
                    task.future.set_exception(error)
        self._workers[i].end()

    def _done(self, i: int, task: _Task) -> Any:
        for _ in range(ATTEMPTS):
            with suppress(_Died):
                return self._workers[i].do(task.work, task.arguments)
            with self._lock:
                if self._stopped:
                    raise WorkerDied("stopped")
                self._workers[i].process.kill()  # where it lives and only its answer was lost
                self._workers[i].end()
                self._workers[i] = _Worker()
        raise WorkerDied(f"its worker process died {ATTEMPTS} times: out of memory (fewer workers need less), killed, or ended by the strategy's own code")


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Processes started meanwhile inherit the mask: Ctrl-C goes to every process of a terminal, and the parent alone answers it."""
    resource_tracker.ensure_running()  # by itself it starts with the first process, and unblocks Ctrl-C
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Died(Exception):
    """The worker is gone, and the answer with it."""


class _Worker:
    """A process that does what is sent through a pipe, one task after the other."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_work, args=(other,), daemon=True)
        try:
            with _ctrl_c_blocked():
                self.process.start()
        finally:
            other.close()

    def do(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """What the work returns or raises there; _Died where no answer comes."""
        try:
            self.pipe.send((work, arguments))
            done, answer = self.pipe.recv()
        except (EOFError, OSError):
            raise _Died from None
        if not done:
            raise answer
        return answer

    def end(self) -> None:
        """End it once it is idle; nothing remains of it."""
        self.pipe.close()
        self.process.join()


def _work(pipe: Connection) -> None:
    """What a worker does until its pipe is closed."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import sim.simulation  # noqa: F401 - takes a second: now, and not in the first task

    while True:
        answer: tuple[bool, Any]
        try:
            work, arguments = pipe.recv()
        except EOFError:
            return
        except Exception as error:  # such as a function of a module that cannot be imported here
            answer = False, error
        else:
            try:
                answer = True, work(*arguments)
            except BaseException as error:
                answer = False, error
        try:
            pipe.send(answer)
        except Exception as error:  # it cannot travel
            pipe.send((False, RuntimeError(f"{answer[1]!r} cannot be sent: {error}")))


def _end_with_parent() -> None:
    """A worker whose parent was killed would finish its task first, and wait for ever if that does not end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class NoWorkers(RuntimeError):
    """A cluster was without any worker for too long, or its scheduler is gone."""


class _Cluster(Executor):
    """Gives tasks to a Dask cluster; all of them are cancelled once nobody has been there to do them for too long.

    The executor that Dask brings along never ends a future whose result went with its worker and whose task then fails.

    Args:
        client: A `distributed.Client`.
        has_workers: Whether anybody is there.
        patience: Seconds.
    """

    def __init__(self, client: Any, has_workers: Callable[[], bool], patience: float) -> None:
        self._client, self._has_workers, self._patience = client, has_workers, patience
        self._tasks: set[Any] = set()
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `concurrent.futures.Executor.submit`."""
        future: Future[Any] = Future()
        # Not pure: what was computed once is in the store, and cells cost more to compare than to name.
        task = self._client.submit(fn, *args, pure=False, **kwargs)
        self._tasks.add(task)
        self._client.loop.add_callback(self._pass_on, task, future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As `concurrent.futures.Executor.shutdown`, for whoever has waited for his futures."""
        self._ended.set()

    async def _pass_on(self, task: Any, future: Future[Any]) -> None:
        try:
            result = await task.result()
        except CancelledError:
            future.cancel()
            future.set_running_or_notify_cancel()
        except Exception as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        self._tasks.discard(task)

    def _watch(self) -> None:
        seen = time.monotonic()
        while not self._ended.wait(1):
            with suppress(Exception):  # nobody answers: the scheduler is gone, and the tasks with it
                if self._has_workers():
                    seen = time.monotonic()
            if time.monotonic() - seen > self._patience:
                self._client.cancel(list(self._tasks))
                return


@contextmanager
def _dask(choice: ExecutorChoice, workers: int) -> Iterator[Executor]:
    try:
        import dask
        from distributed import Client, LocalCluster
        from distributed.comm import resolve_address
        from distributed.deploy.spec import close_clusters
    except ImportError:
        raise ExecutorUnavailable("executor=dask needs Dask: pip install 'counterpoise[cluster]'") from None
    for name in logging.root.manager.loggerDict:
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong comes back as the failure of a cell
    if choice.address is not None:
        try:
            resolve_address(choice.address)  # a client of an address that is none complains when it is deleted
            client = Client(choice.address, timeout=10, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ExecutorUnavailable(f"no Dask scheduler answers at {choice.address}: {str(error).splitlines()[0]}") from None
        with client, _Cluster(client, lambda: bool(client.nthreads()), choice.wait) as pool:
            try:
                yield pool
            except CancelledError:
                raise NoWorkers(f"the Dask cluster at {choice.address} has had no worker for {choice.wait:g} s, or its scheduler is gone") from None
        return
    cluster = None
    try:
        # A worker takes the next task once it has done the last one: if it dies, that one alone is to blame.
        with _ctrl_c_blocked(), dask.config.set({"distributed.scheduler.worker-saturation": 1.0}):
            cluster = LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL)
        print(f"dashboard (shown where bokeh is installed): {cluster.dashboard_link}", flush=True)
        client = Client(cluster, set_as_default=False)
        nannies = list(cluster.workers.values())  # they start workers again, unless these die before they work
        with _Cluster(client, lambda: any(nanny.is_alive() for nanny in nannies), GIVEN_UP) as pool:
            yield pool
        client.close()
        cluster.close()
    except BaseException as error:
        # To end a cluster in good order takes it seconds, and it cannot where it is not quite there yet.
        atexit.unregister(close_clusters)
        for nanny in cluster.workers.values() if cluster else ():
            nanny.close_gracefully()  # or it starts its worker again
        end = time.monotonic() + 1
        while time.monotonic() < end:  # those too that are only just being started
            for worker in multiprocessing.active_children():
                worker.kill()
            time.sleep(0.02)
        if isinstance(error, CancelledError):
            raise NoWorkers("all workers of the Dask cluster on this machine died, and were not started again") from None
        raise
