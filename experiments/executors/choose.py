"""Where cells are computed: here, in processes of this machine, or on a Dask cluster. All are `concurrent.futures` executors."""

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from experiments.configuration.job import ExecutorChoice
from experiments.executors.dask_cluster import dask
from experiments.executors.processes import Processes
from experiments.executors.serial import Serial


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor(choice: ExecutorChoice, workers: int) -> Iterator[Executor]:
    """The executor of a choice. It ends with the context, at once after an exception.

    Raises:
        ExecutorUnavailable: Dask is not installed, or the cluster cannot be reached.
        NoWorkers: The cluster has been without workers for too long; whoever waits for a future gets a `CancelledError`.
    """
    if choice.kind == "dask":
        with dask(choice, workers) as cluster:
            yield cluster
        return
    with Serial() if choice.kind == "serial" or workers == 1 else Processes(workers, choice.patience) as local:
        yield local
