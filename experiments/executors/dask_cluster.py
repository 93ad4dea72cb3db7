"""Cells on a Dask cluster."""

import asyncio
import atexit
import logging
import multiprocessing
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager, suppress
from typing import Any

from experiments.configuration.errors import CommandError, UsageError
from experiments.configuration.job import ExecutorChoice
from experiments.executors.processes import ctrl_c_blocked, environment_of_workers
from experiments.messages import shortened

#: An address that is connected to, and seconds until its scheduler must have answered.
ADDRESS, ANSWERS = re.compile(r"(tcp|tls)://[^/\s]+:[0-9]{1,5}"), 10
#: Seconds without any worker after which a Dask cluster of this machine is given up: it starts workers again at once, if at all.
GIVEN_UP = 5


class ExecutorUnavailable(UsageError):
    """The chosen executor is not available; the message says what to do."""


class NoWorkers(CommandError):
    """A cluster was without any worker for too long, or its scheduler is gone."""

    def text(self, program: str) -> str:
        """What to do once there are workers."""
        return f"{program}: {self}; all finished cells are kept: run the same command again, with workers there"


class _Cluster(Executor):
    """Submits tasks to a Dask cluster and cancels all of them once it has been without workers for too long.

    Dask's own executor never ends a future whose result died with its worker and whose task then fails.

    Args:
        client: A `distributed.Client`.
        has_workers: Whether the cluster has a worker now.
        patience: Seconds without workers before the tasks are cancelled.
    """

    def __init__(self, client: Any, has_workers: Callable[[], bool], patience: float) -> None:
        self._client, self._has_workers, self._patience = client, has_workers, patience
        self._tasks: set[Any] = set()
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `concurrent.futures.Executor.submit`."""
        future: Future[Any] = Future()
        # Not pure: finished cells are in the store, and hashing the arguments would take longer than it saves.
        task = self._client.submit(fn, *args, pure=False, **kwargs)
        self._tasks.add(task)
        self._client.loop.add_callback(self._pass_on, task, future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As `concurrent.futures.Executor.shutdown`, for callers that have waited for their futures."""
        self._ended.set()

    async def _pass_on(self, task: Any, future: Future[Any]) -> None:
        from distributed.comm import CommClosedError

        try:
            while True:
                try:
                    result = await task.result()
                    break
                except CommClosedError:  # no answer of the cell: until the scheduler is back, or we give it up and cancel
                    await asyncio.sleep(0.5)
        except CancelledError:
            future.cancel()
            future.set_running_or_notify_cancel()
        except Exception as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        self._tasks.discard(task)

    def _watch(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(1):
            with suppress(Exception):  # no answer: the scheduler is gone, and the tasks with it
                if self._has_workers():
                    last = time.monotonic()
            if time.monotonic() - last > self._patience:
                self._client.cancel(list(self._tasks))
                return


@contextmanager
def dask(choice: ExecutorChoice, workers: int) -> Iterator[Executor]:
    """A Dask cluster as an executor: the one at the address of the choice, or a new one on this machine; raises as `choose.executor`."""
    try:
        import dask
        from distributed import Client, LocalCluster
        from distributed.deploy.spec import close_clusters
    except ImportError:
        raise ExecutorUnavailable("executor=dask needs Dask: pip install 'counterpoise[cluster]'") from None
    for name in logging.root.manager.loggerDict:
        if name.startswith("distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # errors come back as the failure of a cell
    if choice.address is not None:
        client = _connected(choice.address)
        with client, _Cluster(client, lambda: bool(client.nthreads()), choice.wait) as pool:
            try:
                yield pool
            except CancelledError:
                raise NoWorkers(f"the Dask cluster at {choice.address} has had no worker for {choice.wait:g} s, or its scheduler is gone") from None
        return
    security, cluster = _certificates(), None
    # A worker takes the next task once it has done the last one, so that only one task dies with it; one that is stopped is replaced.
    options = {"distributed.scheduler.worker-saturation": 1.0, "distributed.scheduler.worker-ttl": f"{choice.patience} s"}
    try:
        with ctrl_c_blocked(), environment_of_workers(), dask.config.set(options):
            cluster = LocalCluster(n_workers=workers, threads_per_worker=1, host="tls://127.0.0.1", dashboard_address="127.0.0.1:0", security=security,
                                   silence_logs=logging.CRITICAL)
        print(f"dashboard (shown where bokeh is installed): {cluster.dashboard_link}", flush=True)
        client = Client(cluster, set_as_default=False)
        nannies = list(cluster.workers.values())  # a nanny starts its worker again, unless it dies while starting
        with _Cluster(client, lambda: any(nanny.is_alive() for nanny in nannies), GIVEN_UP) as pool:
            yield pool
        client.close()
        cluster.close()
    except BaseException as error:
        # An orderly end takes seconds, and a cluster that is still starting cannot end that way.
        atexit.unregister(close_clusters)
        for nanny in cluster.workers.values() if cluster else ():
            nanny.close_gracefully()  # otherwise it starts its worker again
        end = time.monotonic() + 1
        while time.monotonic() < end:  # also those that are just being started
            for worker in multiprocessing.active_children():
                worker.kill()
            time.sleep(0.02)
        if isinstance(error, CancelledError):
            raise NoWorkers("all workers of the Dask cluster on this machine died, and were not started again") from None
        raise


def _connected(address: str) -> Any:
    """A client of the scheduler at an address, which may be anything.

    Raises:
        ExecutorUnavailable: No scheduler answers there in time, or it is not one.
    """
    from distributed import Client
    from distributed.security import Security

    if not ADDRESS.fullmatch(address):
        raise ExecutorUnavailable(f"executor.address: expected tcp://host:port or tls://host:port, got {shortened(address)}")
    if address.startswith("tls:") and Security().get_connection_args("client").get("ssl_context") is None:
        raise ExecutorUnavailable(
            "executor.address: tls needs certificates; give their files to Dask: DASK_DISTRIBUTED__COMM__TLS__CA_FILE, "
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY in the environment, or in ~/.config/dask")
    answer: Future[Any] = Future()

    class Reached(Client):
        """Is closed by its context alone: where no scheduler answers, Dask's own would wait for one again while Python ends, and print that it gave up."""

        def __del__(self) -> None:
            pass

    def connect() -> None:
        try:
            answer.set_result(Reached(address, timeout=ANSWERS, set_as_default=False))
        except BaseException as error:  # whatever answers there may make anything fail
            answer.set_exception(error)

    threading.Thread(target=connect, daemon=True).start()  # what keeps talking without being a scheduler would be listened to for ever
    try:
        return answer.result(1.5 * ANSWERS)
    except OSError:
        reason = "nothing that is one can be reached; see that it runs, and compare host and port with what it printed"
    except Exception:
        reason = "what answers there is not one"
    raise ExecutorUnavailable(f"no Dask scheduler answers at {address}: {reason}")


def _certificates() -> Any:
    """Certificates of a cluster of this machine, for one run: without them any other user of the machine could let it run code.

    Raises:
        ExecutorUnavailable: They cannot be made.
    """
    from distributed.security import Security

    try:
        return Security.temporary()
    except ImportError:
        raise ExecutorUnavailable("executor=dask without an address needs cryptography, which keeps other users of this machine out: "
                                  "pip install 'counterpoise[cluster]'; executor=processes needs nothing") from None
