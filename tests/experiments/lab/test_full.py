"""The run in full, and the list of runs."""

import time
from pathlib import Path

import pytest

from experiments.configuration.errors import CommandError
from experiments.lab.full import FullRun
from experiments.lab.runs import listed, report_of

SMALL = ["n_worlds=4", "horizon=4", "strategies=[status_quo,equidistance]", "workers=1", "assumption_draws=0"]


def wait(full: FullRun) -> None:
    end = time.monotonic() + 300
    while full.code is None:
        assert time.monotonic() < end, list(full.lines)
        time.sleep(0.1)


def test_a_run_in_full_is_the_ordinary_command_and_its_report_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert listed() == []
    full = FullRun()
    full.start(SMALL)
    with pytest.raises(CommandError, match="under way"):
        full.start(SMALL)
    wait(full)
    assert (full.code, full.runs) == (0, False), list(full.lines)
    assert full.report is not None
    (run,) = listed()
    assert run.report.resolve() == full.report.resolve()
    assert run.entry.command == "counterpoise n_worlds=4 horizon=4 'strategies=[status_quo,equidistance]' assumption_draws=0"
    assert report_of(run.key) == run.report
    assert report_of("../../etc/passwd") is None
    run.report.unlink()
    run.report.symlink_to("/etc/passwd")
    assert report_of(run.key) is None


def test_a_run_in_full_can_be_stopped_and_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    full = FullRun()
    full.start(["n_worlds=4096", "workers=1"])
    full.stop()
    wait(full)
    assert full.code != 0
    assert not full.runs
    full.start(["scenario=nowhere"])
    wait(full)
    assert full.code == 65
    assert any("unknown name 'nowhere'" in line for line in full.lines)
    assert full.report is None
