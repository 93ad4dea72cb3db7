"""Work that comes to light only while other work is computed."""

from pathlib import Path

import pytest

from experiments.cells import Store
from experiments.computing import computing
from experiments.config import load
from experiments.plan import Plan, Upcoming, plan_of
from experiments.runner import work_of
from experiments.stopwatch import Stopwatch


@pytest.fixture
def job(tmp_path):
    return load(["strategies=[status_quo,equidistance]", "horizon=2", "n_worlds=3", f"results={tmp_path}", "executor=serial", "workers=1"])


def works_of(job, *seeds):
    return [work_of(job.settings.replace(seed=seed)) for seed in seeds]


def session(job, works, **more):
    return computing(job.run, works, "about", Stopwatch(), **more)


def test_later_work_joins_the_plan_and_is_counted(job, tmp_path):
    first, second = works_of(job, 1, 2)
    with session(job, [first]) as running:
        assert len(running.plan.cells) == 2
        running.compute([first])
        running.compute([second])
        assert len(running.plan.cells) == 4  # two strategies × one block × two seeds
        assert running.plan.missing == []
        assert running.absent() == []
        for cell in second.cells():
            Path(Store(tmp_path / "cells").path(cell.key)).unlink()
        assert sorted(running.absent()) == sorted(cell.key for cell in second.cells())


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
    works = works_of(job, 1)
    known = plan_of(works, Store(tmp_path / "cells"), 1)
    with session(job, works, upcoming=[Upcoming(n_cells=10, n_columns=10_000, horizon=60, n_states=10)]) as running:
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


def test_the_plan_knows_that_small_cells_and_societies_take_longer():
    def seconds(n_cells, societies=False):
        return Plan({}, frozenset(), frozenset(), 1, (Upcoming(n_cells, 10_240, 60, 10, societies=societies),)).seconds

    assert seconds(10) < seconds(160) < seconds(160, societies=True)
