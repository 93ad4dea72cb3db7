"""Work that comes to light only while other work is computed."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from experiments.cells.job_cells import job_cells_of
from experiments.cells.plan import Plan, Upcoming, plan_of
from experiments.cells.session import _processes, computing
from experiments.cells.stopwatch import Stopwatch
from experiments.cells.store import Store
from experiments.configuration.job import ExecutorChoice
from experiments.configuration.load import load


@pytest.fixture
def job(tmp_path):
    return load(["strategies=[status_quo,equidistance]", "horizon=2", "n_worlds=3", f"results={tmp_path}", "executor=serial", "workers=1"])


def works_of(job, *seeds):
    return [job_cells_of(job.settings.replace(seed=seed)) for seed in seeds]


def session(job, jobs_cells, **more):
    return computing(job.run, jobs_cells, "about", Stopwatch(), **more)


def test_later_work_joins_the_plan_and_is_counted(job, tmp_path):
    first, second = works_of(job, 1, 2)
    with session(job, [first]) as running:
        assert len(running.plan.cells) == 2
        running.compute([first])
        running.compute([second])
        assert len(running.plan.cells) == 4  # two strategies × one block × two seeds
        assert running.plan.missing == []
        assert running.missing() == []
        for cell in second.cells():
            Path(Store(tmp_path / "cells").path(cell.key)).unlink()
        assert sorted(running.missing()) == sorted(cell.key for cell in second.cells())


def test_later_work_that_is_there_is_not_computed_again(job, tmp_path):
    first, second = works_of(job, 1, 2)
    with session(job, [first, second]) as running:
        running.compute([first, second])
    written = {cell.key: running.store.path(cell.key).stat().st_mtime_ns for cell in second.cells()}
    with session(job, [first]) as again:
        again.compute([second])
        assert again.plan.done >= set(written)
    assert {key: running.store.path(key).stat().st_mtime_ns for key in written} == written


def test_later_work_that_is_damaged_is_set_aside_and_computed_again(job, tmp_path):
    first, second = works_of(job, 1, 2)
    key = second.cells()[0].key
    with session(job, [first]) as running:
        running.compute([second])
        running.store.path(key).write_bytes(b"no cell")
    with session(job, [first]) as again:
        again.compute([second])
        assert again.plan.damaged == {key}
        assert again.store.holds(key)
    assert len(list((tmp_path / "cells" / "damaged").iterdir())) == 1


def test_the_plan_tells_what_is_to_come(job, tmp_path, capsys):
    jobs_cells = works_of(job, 1)
    known = plan_of(jobs_cells, Store(tmp_path / "cells"), 1)
    with session(job, jobs_cells, upcoming=[Upcoming(n_cells=10, n_columns=10_000, horizon=60, n_states=10, n_passes=10)]) as running:
        assert "2 cells and up to 10 more as the search goes on; 10,006 worlds simulated in all" in capsys.readouterr().out
        # 10,000 worlds × 60 quarters × 4 µs and 10 × (60 × 0.8 + 4) ms, on one process
        assert running.plan.seconds - known.seconds == pytest.approx(2.92)


def test_a_stage_has_one_bar_for_all_its_steps(job, capsys):
    first, second = works_of(job, 1, 2)
    with session(job, []) as running:
        with running.stage(12):  # two strategies × three worlds × two works
            running.compute([first])
            running.compute([second])
        told = [line for line in capsys.readouterr().out.splitlines() if "worlds simulated" in line]
    assert told[-1] == "12 of 12 worlds simulated"


def test_the_plan_counts_worlds_passes_and_cells_apart():
    def seconds(n_cells, n_columns, n_passes):
        return Plan({}, frozenset(), frozenset(), 1, (Upcoming(n_cells, n_columns, 60, 10, n_passes),)).seconds

    one = seconds(1, 1024, 1)
    assert seconds(1, 2048, 1) - one == pytest.approx(1024 * 60 * 4e-6)
    assert seconds(1, 1024, 2) - one == pytest.approx(60 * 8e-4)
    assert seconds(2, 1024, 1) - one == pytest.approx(0.004)


@pytest.mark.parametrize(("wanted", "address", "n_cells", "cores", "processes"), [
    (60, None, 2, 2, 2), (60, None, 8, 2, 8), (60, None, 100, 2, 60), (None, None, 2, 4, 4), (1, None, 100, 4, 1), (320, "tcp://host:8786", 2, 2, 320),
])
def test_no_more_processes_than_cells_or_cores(wanted, address, n_cells, cores, processes, monkeypatch):
    monkeypatch.setattr("experiments.cells.session.cores", lambda: cores)
    run = SimpleNamespace(workers=wanted, executor=ExecutorChoice(kind="dask" if address else "processes", address=address))
    assert _processes(run, n_cells) == processes
