"""Workers: the death of one costs one attempt of one task, and nothing of them remains."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import wait
from pathlib import Path

import pytest

from experiments.configuration.job import ExecutorChoice
from experiments.executors.choose import executor
from experiments.executors.processes import ATTEMPTS, Processes, WorkerDied, ctrl_c_blocked
from experiments.executors.serial import Serial


def die(times, file):
    """Ends the worker the first so many times; counts how often it was tried."""
    tried = len(file.read_text()) if file.exists() else 0
    file.write_text("x" * (tried + 1))
    if tried < times:
        os._exit(0)
    return tried


class Strange(Exception):
    """Cannot be made again from what it says."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def strange():
    raise Strange(1, 2)


def full():
    raise OSError(28, "No space left on device", "/some/file")


@pytest.fixture(scope="module")
def workers():
    with Processes(2) as pool:
        yield pool
    assert multiprocessing.active_children() == []


def test_a_task_survives_all_but_the_last_death_of_its_worker(workers, tmp_path):
    futures = [workers.submit(die, times, tmp_path / str(times)) for times in (0, ATTEMPTS - 1, ATTEMPTS)]
    assert [future.result(60) for future in futures[:2]] == [0, ATTEMPTS - 1]
    with pytest.raises(WorkerDied, match=f"died {ATTEMPTS} times"):
        futures[2].result(60)
    assert len((tmp_path / str(ATTEMPTS)).read_text()) == ATTEMPTS


def test_what_a_task_raises_comes_back(workers):
    with pytest.raises(OSError, match="No space") as caught:
        workers.submit(full).result(60)
    assert (caught.value.errno, caught.value.filename) == (28, "/some/file")
    with pytest.raises(SystemExit):
        workers.submit(exit).result(60)


def test_what_cannot_travel_fails_its_task_and_not_the_worker(workers):
    for future in (workers.submit(strange), workers.submit(lambda: 1), workers.submit(os.fdopen, os.dup(1))):
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever pickle makes of it
            future.result(60)
    assert workers.submit(int).result(60) == 0


def test_a_first_task_that_cannot_travel_leaves_its_worker_ready():
    with Processes(1) as pool:
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever pickle makes of it
            pool.submit(lambda: 1).result(60)
        assert pool.submit(int).result(60) == 0


def interrupted(futures):
    with executor(ExecutorChoice(), 2) as pool:
        futures += [pool.submit(time.sleep, 60) for _ in range(5)]
        futures[0]._condition.acquire()  # as an interruption within `concurrent.futures.wait` now and then leaves it
        raise KeyboardInterrupt


def test_leaving_by_an_exception_ends_the_workers_at_once():
    before, start, futures = multiprocessing.active_children(), time.monotonic(), []
    with pytest.raises(KeyboardInterrupt):
        interrupted(futures)
    assert time.monotonic() - start < 30
    assert set(multiprocessing.active_children()) <= set(before)
    futures[0]._condition.release()
    assert not wait(futures, 5).not_done


def surroundings():
    return os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"], sys.flags.safe_path


def test_a_worker_has_one_thread_for_sums_and_imports_nothing_from_the_current_folder(workers):
    before = dict(os.environ)
    assert workers.submit(surroundings).result(60) == ("1", "1", True)
    assert dict(os.environ) == before


def slowly():
    time.sleep(0.3)
    return os.getpid()


def test_a_worker_that_is_stopped_while_it_is_idle_does_not_keep_the_others_from_ending(monkeypatch):
    monkeypatch.setattr("experiments.executors.processes.ENDING", 0.5)
    with Processes(1) as pool:
        stopped = pool.submit(os.getpid).result(60)
        os.kill(stopped, signal.SIGSTOP)
    assert not Path(f"/proc/{stopped}").exists()


def test_a_worker_that_is_stopped_is_noticed_said_and_replaced(workers, monkeypatch, capsys):
    pids = {workers.submit(os.getpid).result(60) for _ in range(8)}
    stopped = pids.pop()
    monkeypatch.setattr(workers, "_patience", 1.5)
    os.kill(stopped, signal.SIGSTOP)
    futures = [workers.submit(slowly) for _ in range(4)]  # so that the other worker cannot do them all
    assert stopped not in {future.result(60) for future in futures}
    told = capsys.readouterr().err
    assert f"worker process {stopped} has not answered for" in told
    assert not Path(f"/proc/{stopped}").exists()


class Counted:
    """A worker that is no process, and how many there are."""

    started, waited = 0, 0.0

    def __init__(self):
        type(self).started += 1
        self.busy = False

    def do(self, function, arguments):
        return function(*arguments)

    def end(self):
        pass


def test_no_more_workers_are_started_than_there_are_tasks_at_once(monkeypatch):
    monkeypatch.setattr("experiments.executors.processes._Worker", Counted)
    with Processes(60) as pool:
        assert wait([pool.submit(time.sleep, 0.2) for _ in range(2)], 10).not_done == set()
        assert Counted.started == 2
        for _ in range(5):
            pool.submit(int).result(10)
        assert Counted.started <= 3  # the last task may have been given while the worker before was still turning to the next


def test_a_worker_stays_with_tasks_near_each_other_and_leaves_those_of_others_to_them(monkeypatch):
    monkeypatch.setattr("experiments.executors.processes._Worker", Counted)
    near = [0, 1, 2, 0, 1, 2, 0, 1]
    all_given, both, did = threading.Event(), threading.Barrier(2, timeout=20), []

    def task(kind):
        did.append((threading.get_ident(), kind))
        both.wait()  # so that each worker does half of them

    with Processes(2) as pool:
        held = [pool.submit(all_given.wait, 20) for _ in range(2)]
        futures = [pool.submit(task, kind, near=kind) for kind in near]
        all_given.set()
        assert wait([*held, *futures], 20).not_done == set()
        of_each = [[kind for worker, kind in did if worker == one] for one in {worker for worker, _ in did}]
    assert sorted(of_each) == [[0, 0, 0, 2], [1, 1, 1, 2]]


def test_one_worker_is_the_command_itself():
    with executor(ExecutorChoice(), 1) as pool:
        assert isinstance(pool, Serial)
        assert pool.submit(os.getpid).result() == os.getpid()


def test_a_worker_ends_with_a_parent_that_was_killed(tmp_path):
    script = ("import os, time\nfrom experiments.executors.choose import Processes\n"
              "if __name__ == '__main__':\n    pool = Processes(1)\n    print(pool.submit(os.getpid).result(), flush=True)\n"
              "    pool.submit(time.sleep, 60)\n    time.sleep(60)\n")
    (tmp_path / "parent.py").write_text(script)
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, str(tmp_path / "parent.py")], env={**os.environ, "PYTHONPATH": str(root)}, stdout=subprocess.PIPE,
                          text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 60
    while Path(f"/proc/{worker}/stat").exists() and "Z" not in Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1][:3] and time.monotonic() < end:
        time.sleep(0.05)
    assert time.monotonic() < end


def test_where_signals_cannot_be_blocked_processes_start_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)  # as on Windows
    with ctrl_c_blocked():
        pass
