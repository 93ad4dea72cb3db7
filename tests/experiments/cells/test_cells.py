"""Cells: named by what determines them, whole or not at all, never believed unchecked."""

import errno
import os
import time
import tracemalloc
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.cells import archive
from experiments.cells.archive import DamagedCell, MissingCell, packed, unpacked
from experiments.cells.cell import Society, YearlyCell, code, described
from experiments.cells.job_cells import job_cells_of
from experiments.cells.simulate import CellFailed, compute_cell, simulated
from experiments.cells.store import ABANDONED, SIGN, Store
from experiments.configuration.bounded import read_bounded
from experiments.configuration.design import Design, Points
from experiments.configuration.load import load
from sim.payoffs import MEASURES
from tests.faults.corruption import corruptions

OVERRIDES = ["strategies=[status_quo,equidistance]", "horizon=4", "n_worlds=6"]
#: A yearly path, and events that switch a policy and a strategy.
SERIES = "scenario.series=[{kind: rivalry, values: {2020: 0.4, 2021: 0.7}}]"
SWITCHES = "scenario.events=[{kind: policy, actor: second, start: +0q1, value: wedge}, {kind: strategy, target: VNM, start: 2, value: isolation}]"


def job_cells(*overrides, **design):
    settings = load([*OVERRIDES, *overrides]).settings
    return job_cells_of(settings, Design(**design).points_for(settings))


def keys(*overrides, **design):
    return {cell.strategy.name: cell.key for cell in job_cells(*overrides, **design).cells()}


@pytest.fixture(scope="module")
def cell():
    return job_cells(kind="grid", over=["parameters.local_threat", "parameters.rivalry_mean"], points=2).cells()[0]


@pytest.fixture(scope="module")
def data(cell):
    return packed(cell, simulated(cell))


def test_a_key_depends_on_all_that_determines_the_numbers():
    base = keys()
    for change in ("parameters.local_threat=0.01", "seed=1", "horizon=5", "n_worlds=7", "deterministic=true", "scenario=cold_war", "policies.us=wedge",
                   "peers.VNM=isolation", "world=theory_symmetric", "focal=VNM", "policy.patron.reward=2", "world.states.KHM.output=36",
                   "world.region.association=null", "world.states.KHM.elections=null", "world.states.KHM.trust_baseline.first=0.5",
                   "world.powers.second.lumps=0.5", SERIES, "scenario.events=[{kind: flow, actor: first, start: +0q2, value: 2}]"):
        changed = keys(change)
        assert all(changed[name] != base[name] for name in base), change
    assert keys("strategies.equidistance.breadth=0.6")["equidistance"] != base["equidistance"]


def test_a_key_depends_on_the_policies_that_the_present_rests_on():
    followed = ["policies.first=wedge"]  # the same policies are followed from the first quarter on
    assert keys(*followed)["equidistance"] != keys(*followed, "world.powers.first.policy=wedge")["equidistance"]


def test_a_key_depends_on_the_policies_and_strategies_that_events_switch_to():
    base = keys(SWITCHES)
    assert keys(SWITCHES.replace("wedge", "neglect"))["equidistance"] != base["equidistance"]
    assert keys(SWITCHES, "policy.wedge.reward=2.5")["equidistance"] != base["equidistance"]
    settings = load([*OVERRIDES, SWITCHES]).settings
    changed = settings.switched_strategies["isolation"].model_copy(update={"breadth": 0.05})
    other = job_cells_of(settings.model_copy(update={"switched_strategies": {"isolation": changed}})).cells()[0]
    assert other.key not in base.values()


def test_a_cell_may_keep_a_few_measures_and_is_another_cell_then(tmp_path):
    settings = load(OVERRIDES).settings
    every, some = (job_cells_of(settings, measures=measures).cells()[0] for measures in (tuple(MEASURES), ("economic", "security")))
    assert some.key != every.key
    assert every.key == job_cells_of(settings).cells()[0].key
    outcome = simulated(some)
    assert list(outcome.payoffs) == ["economic", "security"]
    assert np.array_equal(outcome.payoffs["security"], simulated(every).payoffs["security"])
    again = described(unpacked(packed(some, outcome), some.key)[0])
    assert (again.key, again.measures) == (some.key, some.measures)


def test_a_key_depends_on_nothing_else():
    base = keys()
    for names in ("equidistance", "equidistance,status_quo,isolation", "status_quo,equidistance"):  # alone, with others, in another order
        assert keys(f"strategies=[{names}]")["equidistance"] == base["equidistance"]
    assert keys("strategies.equidistance.breadth=0.6")["status_quo"] == base["status_quo"]
    assert keys("strategies.equidistance.description=other", "strategies.equidistance.source=other") == base
    assert keys("name=other", "workers=1", "assumption_draws=7", "reference=equidistance", "results=elsewhere", "executor=serial") == base
    assert keys("world.states.KHM.label=Here", "world.powers.first.label=East", "world.powers.second.adjective=Western", "world.region.label=there",
                "world.region.association.label=Club", "world.description=other", "scenario.description=other") == base
    assert keys("peers.KHM=isolation") == base  # the focal state plays the strategy compared, whatever else it would play


def test_new_code_of_the_model_is_another_cell(monkeypatch, cell):
    before = keys()
    new = {**code(), "code": "0" * 64}
    monkeypatch.setattr("experiments.cells.cell.code", lambda: new)
    assert set(keys().values()).isdisjoint(before.values())


def test_a_worker_with_other_code_refuses(monkeypatch, cell, tmp_path):
    monkeypatch.setattr("experiments.cells.simulate.code", lambda: {**cell.code, "numpy": "0.0"})
    with pytest.raises(RuntimeError, match="install the same version on the worker"):
        compute_cell(cell, Store(tmp_path), "sign")


def test_a_cell_comes_back_as_it_was(cell, data):
    description, outcome = unpacked(data, cell.key)
    expected = simulated(cell)
    assert description == cell.description
    assert list(outcome.payoffs) == list(expected.payoffs)
    for measure, values in expected.payoffs.items():
        assert values.shape == (4, 6)
        assert np.array_equal(outcome.payoffs[measure], values)
    assert packed(cell, expected) == data  # the same bytes each time


def test_what_is_expected_of_a_cell_is_what_its_description_says(cell):
    (plain, *_) = job_cells().cells()
    settings = plain.settings
    society = Society(settings.model_copy(update={"peers": {}}), (plain.strategy,), np.zeros((len(settings.world.states), 6), dtype=int), 0)
    for one in (cell, plain, replace(plain, block=1, n_worlds=2), replace(plain, measures=("economic", "trust")), society,
                YearlyCell(settings, plain.strategy, 0, 6, plain.points, ("output.KHM",))):
        archive._layouts.pop(one.key, None)
        archive.expect(one)
        assert archive._layouts[one.key] == archive._layout(one.description), one
    other = replace(plain, code={**code(), "model_version": 1})
    archive.expect(other)  # its own description says what it holds
    assert other.key not in archive._layouts


@pytest.mark.parametrize("overrides", [
    [], ["world=theory_symmetric"], ["scenario=pandemic"], ["scenario=eba_withdrawal"], ["strategies=[shrinking_room,domain_split]"],
    ["scenario=challenged_government", "strategies=[omnibalancing,status_quo]"], [SERIES], [SWITCHES], ["world.region.association=null", SERIES, SWITCHES]])
def test_a_cell_can_be_simulated_again_from_its_description(overrides):
    for one in job_cells(*overrides).cells():
        again = described(one.description)
        assert again.key == one.key
        for measure, values in simulated(one).payoffs.items():
            assert np.array_equal(values, simulated(again).payoffs[measure])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_finite_number_is_not_described(cell, value):
    named = replace(cell, strategy=cell.strategy.model_copy(update={"family": "NaN_of_Infinity"}))
    assert described(named.description).key == named.key
    points = Points(("parameters.rivalry_mean",), np.full((1, 1), value))
    with pytest.raises(ValueError, match=" at line 1 column "):
        _ = replace(cell, points=points).description


def test_draws_of_assumptions_survive_their_description():
    from experiments.analyses.comparison.checks import drawn

    one = job_cells_of(drawn(load(OVERRIDES).settings, 6)).cells()[0]
    again = described(one.description)
    assert again.key == one.key
    assert np.array_equal(simulated(one).payoffs["economic"], simulated(again).payoffs["economic"])


def test_numpy_reads_a_cell_with_its_defaults(cell, data, tmp_path):
    Store(tmp_path).write(cell.key, data)
    with np.load(Store(tmp_path).path(cell.key)) as archive:
        assert archive["payoffs"].shape == (len(archive["measures"]), 4, 6)


def test_no_corruption_is_believed():
    assert (corruptions(2000).tried, corruptions(2000).failed) == (2000, 0)


def test_a_damaged_cell_counts_for_nothing_is_copied_aside_once_and_written_over(cell, data, tmp_path):
    store = Store(tmp_path)
    store.write(cell.key, data)
    assert store.holds(cell.key)
    store.path(cell.key).write_bytes(data[:-1])
    assert not store.holds(cell.key)
    with pytest.raises(DamagedCell):
        store.read(cell.key)
    for _ in range(2):
        store.set_aside(cell.key)
    assert [file.read_bytes() for file in (tmp_path / "damaged").iterdir()] == [data[:-1]]
    store.write(cell.key, data)
    assert store.holds(cell.key)
    with pytest.raises(MissingCell):
        store.read("0" * 64)


def test_what_killed_runs_left_is_swept_away_once_it_is_old(cell, data, tmp_path):
    store = Store(tmp_path)
    store.write(cell.key, data)
    left = [tmp_path / "ab" / "cell.npz.1-00.part", tmp_path / ".run-1-00", tmp_path / "damaged" / "cell.1.2-00.part"]
    fresh = [file.with_name(f"{SIGN}2-00" if file.name.startswith(SIGN) else "other.npz.2-00.part") for file in left]
    for file in [*left, *fresh]:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"half")
    for file in [*left, store.path(cell.key)]:
        os.utime(file, (0, time.time() - ABANDONED - 60))
    store.sweep()
    assert not any(file.exists() for file in left)
    assert all(file.exists() for file in fresh)
    assert store.holds(cell.key)


class Disk:
    """Fails the n-th of all calls that open, write, sync or rename."""

    def __init__(self, n: int) -> None:
        self.n, self.calls = n, 0

    def count(self):
        self.calls += 1
        if self.calls == self.n:
            raise OSError(28, "No space left on device")

    def open(self, file, mode):
        self.count()
        opened = open(file, mode)  # noqa: SIM115 - the caller closes it
        write = opened.write
        proxy = type("Proxy", (), {
            "__enter__": lambda s: s, "__exit__": lambda s, *_: opened.close(), "flush": lambda s: opened.flush(), "fileno": lambda s: opened.fileno(),
            "write": lambda s, data: (self.count(), write(data))})
        return proxy()

    def fsync(self, number):
        self.count()
        os.fsync(number)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_whichever_call_fails_nothing_half_written_is_left(cell, data, tmp_path, monkeypatch, n):
    disk, store = Disk(n), Store(tmp_path)
    replace = Path.replace
    monkeypatch.setattr("experiments.cells.store.open", disk.open, raising=False)
    monkeypatch.setattr("experiments.cells.store.os", SimpleNamespace(getpid=os.getpid, urandom=os.urandom, fsync=disk.fsync))
    monkeypatch.setattr(Path, "replace", lambda self, target: (disk.count(), replace(self, target)))
    if n <= 4:  # open, write, fsync, rename
        with pytest.raises(OSError, match="No space"):
            store.write(cell.key, data)
        assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    store.write(cell.key, data)
    assert disk.calls == (4 + n if n <= 4 else 4)
    assert store.holds(cell.key)


@pytest.mark.parametrize(("refusals", "written"), [(2, True), (9, False)])
def test_a_cell_that_another_run_reads_can_be_replaced_on_windows(cell, data, tmp_path, monkeypatch, refusals, written):
    store, replace, tries = Store(tmp_path), Path.replace, []
    store.write(cell.key, b"damaged")

    def refused(self, target):
        tries.append(target)
        if len(tries) <= refusals:
            raise PermissionError
        return replace(self, target)

    monkeypatch.setattr("experiments.cells.store.PAUSES", (0.0,) * 3)
    monkeypatch.setattr(Path, "replace", refused)
    with nullcontext() if written else pytest.raises(PermissionError):
        store.write(cell.key, data)
    assert store.holds(cell.key) == written
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 1


def test_reading_a_small_file_takes_little_memory(tmp_path):
    (tmp_path / "small").write_bytes(b"1234")
    tracemalloc.start()
    assert read_bounded(tmp_path / "small", 2**30) == b"1234"
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_network_share_that_cannot_sync_keeps_cells(cell, data, tmp_path, monkeypatch, number):
    def fsync(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    Store(tmp_path).write(cell.key, data)
    assert Store(tmp_path).holds(cell.key)


def test_a_cell_that_needs_too_much_memory_or_is_not_finite_fails_in_plain_words(cell, tmp_path, monkeypatch):
    def too_much(*_, **__):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("experiments.cells.simulate.simulated", too_much)
        with pytest.raises(CellFailed, match="out of memory: fewer workers need less"):
            compute_cell(cell, Store(tmp_path), "sign")
    monkeypatch.setattr("experiments.cells.simulate.measured", lambda *_: {"economic": np.array([np.nan] * cell.size)})
    with pytest.raises(CellFailed, match="economic is not a finite number"):
        compute_cell(cell, Store(tmp_path), "sign")
