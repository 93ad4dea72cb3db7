"""executor=dask: a real scheduler and workers on this machine."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from experiments import cli
from experiments.configuration.job import ExecutorChoice
from experiments.executors.choose import executor
from experiments.executors.dask_cluster import ExecutorUnavailable

ROOT = Path(__file__).resolve().parents[3]
SWEEP = ["-m", "scenario=calm,cold_war", "strategies=[status_quo,equidistance,isolation]", "n_worlds=2500", "horizon=8", "assumption_draws=0", "workers=2"]

installed = pytest.mark.skipif(find_spec("distributed") is None, reason="Dask is not installed: pip install 'counterpoise[cluster]'")

secured = pytest.mark.skipif(not (find_spec("distributed") and find_spec("cryptography")), reason="needs counterpoise[cluster]")


def start(*words: str, cwd: Path = ROOT, **more: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    # Ctrl-C is ignored by whatever a shell starts in the background, such as these tests.
    return subprocess.Popen([sys.executable, "-m", *words], cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


def cells(results: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in results.glob("cells/??/*.npz")}


class Cluster:
    """A scheduler and its workers, which run in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        told = folder / "scheduler.json"
        words = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told))
        self.processes = [start("distributed.cli.dask_scheduler", *words, cwd=folder)]
        self.address = json.loads(until(lambda: told.exists() and told.read_text()))["address"]

    def worker(self) -> subprocess.Popen[str]:
        """One more, with two threads."""
        worker = start("distributed.cli.dask_worker", self.address, "--host", "127.0.0.1", "--no-nanny", "--no-dashboard", "--nthreads", "2", cwd=self.folder)
        self.processes.append(worker)
        return worker

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()


def children(pid: int) -> list[int]:
    """Worker processes of a command."""
    result = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):  # it ended while we looked
            if entry.name.isdigit() and b"spawn_main" in (entry / "cmdline").read_bytes():
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
                result += [int(entry.name)] if parent == str(pid) else []
    return result


def until(result, seconds: float = 60):
    """What is found at last."""
    end = time.monotonic() + seconds
    while not (value := result()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
    return value


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.end()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The cells of the sweep without a cluster."""
    results = tmp_path_factory.mktemp("serial")
    assert cli.main([*SWEEP, "executor=serial", f"results={results}"]) == 0
    return cells(results)


@installed
@pytest.mark.slow
def test_a_worker_killed_in_mid_sweep_changes_nothing(cluster: Cluster, expected: dict[str, str], tmp_path: Path) -> None:
    victim, other = cluster.worker(), cluster.worker()
    run = start("experiments.cli", *SWEEP, "executor=dask", f"executor.address={cluster.address}", f"results={tmp_path}")
    until(lambda: cells(tmp_path) or run.poll() is not None)
    victim.kill()
    at_the_kill = len(cells(tmp_path))
    _, told = run.communicate(timeout=120)
    assert run.returncode == 0, told
    assert told == ""
    assert 0 < at_the_kill < len(expected)
    assert cells(tmp_path) == expected
    assert other.poll() is None


@installed
@pytest.mark.slow
def test_workers_that_do_not_see_the_results_folder_send_the_cells_back(cluster: Cluster, expected: dict[str, str], tmp_path: Path) -> None:
    cluster.worker()
    # The workers' folder is another one: what is "there" for the command is nowhere for them.
    run = start("experiments.cli", *SWEEP, "executor=dask", f"executor.address={cluster.address}", "results=there", cwd=tmp_path)
    _, told = run.communicate(timeout=120)
    assert run.returncode == 0, told
    assert cells(tmp_path / "there") == expected
    assert list(cluster.folder.rglob("*.npz")) == []


@installed
@pytest.mark.slow
@pytest.mark.parametrize("failed", ["workers", "scheduler"])
def test_a_cluster_that_loses_all_of_its_workers_or_its_scheduler_ends_the_run_which_another_one_completes(
        failed: str, cluster: Cluster, expected: dict[str, str], tmp_path: Path) -> None:
    own = Cluster(tmp_path)
    workers = [own.worker(), own.worker()]
    words = ("experiments.cli", *SWEEP, "executor=dask", f"results={tmp_path}/results")
    run = start(*words, f"executor.address={own.address}", "executor.wait=2")
    until(lambda: cells(tmp_path / "results") or run.poll() is not None)
    for victim in workers if failed == "workers" else own.processes[:1]:
        victim.kill()
    printed, told = run.communicate(timeout=60)
    own.end()
    result = cells(tmp_path / "results")
    assert (run.returncode, printed.count("report.html")) == (1, 0)
    assert told == (f"counterpoise: the Dask cluster at {own.address} has had no worker for 2 s, or its scheduler is gone; all finished cells are kept: run "
                    "the same command again, with workers there\n")
    assert 0 < len(result) < len(expected)
    assert result.items() <= expected.items()
    cluster.worker()
    again = start(*words, f"executor.address={cluster.address}")
    printed, told = again.communicate(timeout=120)
    assert (again.returncode, told) == (0, "")
    assert f"{len(result)} already done" in printed
    assert cells(tmp_path / "results") == expected


@secured
@pytest.mark.slow
def test_a_cluster_of_this_machine_whose_workers_die_as_they_start_ends_the_run(tmp_path: Path) -> None:
    run = start("experiments.cli", *SWEEP, "executor=dask", f"results={tmp_path}")
    until(lambda: cells(tmp_path) or run.poll() is not None)
    begun = time.monotonic()
    while run.poll() is None and time.monotonic() < begun + 60:
        for worker in children(run.pid):
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        time.sleep(0.01)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 1
    assert told == ("counterpoise: all workers of the Dask cluster on this machine died, and were not started again; all finished cells are kept: run the same "
                    "command again, with workers there\n")


@secured
def test_a_cluster_of_this_machine_computes_the_same_cells(tmp_path: Path, few_figures: None) -> None:
    small = ["strategies=[status_quo,equidistance]", "n_worlds=8", "horizon=4", "assumption_draws=0", "workers=1"]
    for kind in ("serial", "dask"):
        assert cli.main([*small, f"executor={kind}", f"results={tmp_path / kind}"]) == 0
    assert len(cells(tmp_path / "dask")) == 2
    assert cells(tmp_path / "dask") == cells(tmp_path / "serial")


def refused(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main([*SWEEP, "executor=dask", *words]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    return told


@installed
def test_no_scheduler_at_the_address_exits_2_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.executors.dask_cluster.ANSWERS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        told = refused([f"executor.address=tcp://127.0.0.1:{taken.getsockname()[1]}", f"results={tmp_path}"], capsys)
    assert told.startswith("counterpoise: no Dask scheduler answers at tcp://127.0.0.1:")


@installed
@pytest.mark.parametrize("address", ["nonsense://x", "localhost", "", "tcp://127.0.0.1:port", "inproc://10.0.0.1/1/1", "ws://127.0.0.1:8786", "tcp://a b:1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ExecutorUnavailable, match="expected tcp://host:port or tls://host:port"), executor(ExecutorChoice(kind="dask", address=address), 2):
        pass


@installed
def test_an_encrypted_address_needs_certificates_from_the_users_own_environment() -> None:
    with (pytest.raises(ExecutorUnavailable, match="DASK_DISTRIBUTED__COMM__TLS__CA_FILE"),
          executor(ExecutorChoice(kind="dask", address="tls://127.0.0.1:8786"), 2)):
        pass


def chatter(answer: bytes, again: bool) -> int:
    """A port where something answers that is no scheduler."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            talking, _ = listening.accept()
            threading.Thread(target=talk, args=(talking,), daemon=True).start()

    def talk(talking: socket.socket) -> None:
        with suppress(OSError):
            talking.sendall(answer)
            while talking.recv(65536):
                if again:
                    talking.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return int(listening.getsockname()[1])


@installed
@pytest.mark.slow
@pytest.mark.parametrize(("answer", "again"), [(b"", False), (b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100, True), (b"\0" * 65536, True), (b"\xff" * 800, False)],
                         ids=["silence", "a web server", "zeros", "large numbers"])
def test_what_answers_and_is_no_scheduler_is_left_in_a_line_and_some_seconds(answer: bytes, again: bool, tmp_path: Path) -> None:
    begun = time.monotonic()
    run = start("experiments.cli", *SWEEP, "executor=dask", f"executor.address=tcp://127.0.0.1:{chatter(answer, again)}", f"results={tmp_path}")
    _, told = run.communicate(timeout=90)
    assert (run.returncode, told.count("\n")) == (2, 1)
    assert told.startswith("counterpoise: no Dask scheduler answers at tcp://127.0.0.1:")
    assert time.monotonic() - begun < 80


@secured
def test_a_cluster_of_this_machine_is_closed_to_other_users_of_it() -> None:
    from distributed import Client

    with executor(ExecutorChoice(kind="dask"), 1) as pool:
        address = pool._client.scheduler.address  # type: ignore[attr-defined]
        assert address.startswith("tls://127.0.0.1:")
        for other in (address, address.replace("tls", "tcp")):
            with pytest.raises((OSError, TypeError, ValueError)):
                Client(other, timeout=2, set_as_default=False)
        assert pool.submit(int).result(60) == 0


@installed
def test_a_cluster_of_this_machine_without_certificates_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(ExecutorUnavailable, match="needs cryptography"), executor(ExecutorChoice(kind="dask"), 1):
        pass


def test_without_dask_a_line_says_what_to_install(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "pip install 'counterpoise[cluster]'" in refused([f"results={tmp_path}"], capsys)


@secured
@pytest.mark.slow
def test_without_an_address_a_cluster_of_this_machine_tells_its_dashboard_and_ends_at_ctrl_c_with_all_of_its_workers(tmp_path: Path) -> None:
    run = start("experiments.cli", *SWEEP, "n_worlds=50000", "horizon=40", "executor=dask", f"results={tmp_path}")
    assert run.stdout is not None
    while "dashboard" not in (line := run.stdout.readline()):
        assert line, run.communicate()
    assert "http://127.0.0.1:" in line
    until(lambda: cells(tmp_path))
    begun = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    # Workers hold the pipes too: this returns only when all of them are gone.
    _, told = run.communicate(timeout=60)
    assert time.monotonic() - begun < 30
    assert run.returncode == 130
    assert "run the same command again" in told
