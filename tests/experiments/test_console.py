"""The console script: what it imports, how it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import cli

ROOT = Path(__file__).resolve().parents[2]
#: As it is installed.
COMMAND = Path(sys.executable).with_name("counterpoise")


@pytest.mark.skipif(not COMMAND.exists(), reason="the command is not installed")
def test_nothing_of_the_current_folder_is_imported(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    names = ("sim", "experiments", "numpy", "pydantic", "hydra", "yaml", "queue", "mesa", "hydra_plugins/stranger/__init__", "hydra_plugins/other")
    for name in names:
        file = tmp_path / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"open({str(canary)!r}, 'a').write({name!r})")
    for path in (str(ROOT), f"{ROOT}{os.pathsep}"):  # the second one has the current folder too, as a colon too many gives it
        done = subprocess.run([str(COMMAND), "n_worlds=2", "--dry-run"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True,
                              timeout=120, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert not canary.exists(), canary.read_text()


def test_too_little_memory_is_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def too_much(_: object) -> int:
        raise MemoryError

    monkeypatch.setattr("experiments.commands.verify.main", too_much)
    assert cli.main(["verify", "results"]) == 1
    assert capsys.readouterr().err == "counterpoise verify: out of memory; finished cells are kept: fewer workers, worlds or points need less\n"


def test_the_signal_of_a_closed_terminal_ends_a_command_as_ctrl_c_does(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def wait(_: object) -> int:
        signal.raise_signal(signal.SIGHUP)
        return 0

    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever the tests themselves were started with
    monkeypatch.setattr("experiments.commands.verify.main", wait)
    try:
        assert cli.main(["verify", "results"]) == 130
        assert capsys.readouterr().err == f"{cli.INTERRUPTED_LINE}\n"
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


#: A command that cannot write while something is still being computed beside it.
BUSY = """
import atexit, sys, time
from experiments import cli
from experiments.commands import verify
from experiments.executors.beside import beside
atexit.register(print, "Python ended by itself")
def fails(_):
    beside(lambda: time.sleep(60))
    raise OSError(28, "No space left on device")
verify.main = fails
sys.argv[1:] = ["verify", "results"]
sys.exit(cli.start())
"""


def test_what_still_computes_beside_a_command_that_ends_is_left_where_it_is() -> None:
    # Python would end the thread within whatever library it is in; one of C++ aborts then.
    done = subprocess.run([sys.executable, "-c", BUSY], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (74, "", "counterpoise: cannot write or read: No space left on device\n")


def test_a_command_started_by_nohup_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(_: object) -> int:
        signal.raise_signal(signal.SIGHUP)
        return 0

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    monkeypatch.setattr("experiments.commands.verify.main", wait)
    try:
        assert cli.main(["verify", "results"]) == 0
    finally:
        signal.signal(signal.SIGHUP, before)
