"""Cells in which every state plays a strategy of its own in each world."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from experiments import cli
from experiments.cells.archive import packed, unpacked
from experiments.cells.cell import Society, code, described
from experiments.cells.plan import plan_of_cells
from experiments.cells.session import computing
from experiments.cells.simulate import simulated
from experiments.cells.stopwatch import Stopwatch
from experiments.cells.store import Store
from experiments.configuration.load import load
from sim.payoffs import OF_ALL, payoffs
from sim.simulation import draws_of, simulate_block
from sim.strategies import RULES
from sim.strategies.linear import LinearRule

NAMES = ("status_quo", "adaptive", "shrinking_room")
OVERRIDES = [f"strategies=[{','.join(NAMES)}]", "horizon=4", "n_worlds=6"]


class Batch:
    """Some cells."""

    def __init__(self, *cells):
        self._cells = cells

    def cells(self):
        return self._cells

    def keys(self):
        return {"all": [cell.key for cell in self._cells]}


def job(*overrides):
    return load([*OVERRIDES, *overrides])


def society(*overrides, block=0, n_worlds=6, change=0):
    settings = job(*overrides).settings
    plays = np.random.default_rng(1).integers(len(NAMES), size=(10, n_worlds))
    plays[3, 2] = (plays[3, 2] + change) % len(NAMES)
    return Society(settings.model_copy(update={"peers": {}, "strategies": {}}), tuple(settings.strategies.values()), plays, block)


def test_a_key_depends_on_all_that_determines_the_numbers_and_on_nothing_else():
    base = society().key
    for change in ("parameters.local_threat=0.01", "seed=1", "horizon=5", "deterministic=true", "policies.us=wedge", "strategies.adaptive.learning=0.2"):
        assert society(change).key != base, change
    assert society(change=1).key != base
    assert society(block=1).key != base
    assert society("peers.VNM=isolation", "n_worlds=7", "strategies.adaptive.source=other", "reference=adaptive").key == base


def test_it_holds_what_every_state_gets_in_each_world():
    cell = society()
    result = simulated(cell)
    assert list(result.payoffs) == list(OF_ALL)
    for world in range(6):
        peers = {name: cell.strategies[i] for name, i in zip(cell.settings.world.states, cell.plays[:, world], strict=True)}
        own = cell.settings.model_copy(update={"peers": peers, "n_worlds": 6})
        history = simulate_block(own, peers[own.focal], draws_of(own, 0))
        for state, name in enumerate(peers):
            expected = payoffs(history, own.model_copy(update={"focal": name}))
            assert all(result.payoffs[measure][state, world] == expected[measure][world] for measure in OF_ALL)


def test_it_comes_back_as_it_was_and_from_its_description():
    for cell in (society(), society("world=theory_symmetric", "scenario=generous_second", block=2)):
        outcome = simulated(cell)
        description, read = unpacked(packed(cell, outcome), cell.key)
        again = described(description)
        assert again.key == cell.key
        assert all(np.array_equal(read.payoffs[measure], simulated(again).payoffs[measure]) for measure in OF_ALL)


@pytest.mark.parametrize("plays", [[[0] * 6] * 9, [[3] * 6] * 10, [[-1] * 6] * 10, [[0.5] * 6] * 10, [["0"] * 6] * 10, [[[0]] * 6] * 10])
def test_a_description_with_another_profile_is_refused(plays):
    data = json.loads(society().description) | {"plays": plays}
    with pytest.raises(ValueError, match="plays: expected the number of a strategy for each state and world"):
        described(json.dumps(data).encode())


def test_it_is_planned_computed_in_any_executor_resumed_and_mended(tmp_path):
    cells = [society(block=block) for block in range(3)]
    own = job(f"results={tmp_path}", "executor=serial", "workers=1")
    with computing(own.run, [Batch(*cells[:1])], "about", Stopwatch()) as session:
        session.compute([Batch(*cells[:1])])
        session.compute([Batch(*cells)])  # the others were not known before
        assert session.missing() == []
    whole = {cell.key: session.store.path(cell.key).read_bytes() for cell in cells}
    session.store.path(cells[0].key).unlink()
    session.store.path(cells[1].key).write_bytes(whole[cells[1].key][:-1])
    plan = plan_of_cells({cell.key: cell for cell in cells}, session.store, 1)
    assert (plan.done, plan.damaged) == ({cells[2].key}, {cells[1].key})
    # 10 states × 6 worlds × 7 measures × 8 bytes, and 25 kB besides, of two cells
    assert plan.n_bytes == 2 * (10 * 6 * 7 * 8 + 25_000)
    with computing(own.run, [Batch(*cells)], "about", Stopwatch()) as again, ThreadPoolExecutor(2) as pool:
        again.executor = pool
        again.compute([Batch(*cells)])
    assert {cell.key: session.store.path(cell.key).read_bytes() for cell in cells} == whole


def test_one_world_of_it_replays_bit_for_bit(tmp_path, capsys):
    cell, store = society(block=1), Store(tmp_path)
    outcome = simulated(cell)
    store.write(cell.key, packed(cell, outcome))
    for world in range(6):
        assert cli.main(["replay", str(store.path(cell.key)), str(1024 + world)]) == 0
        told = capsys.readouterr().out
        assert f"VNM plays {NAMES[cell.plays[list(cell.settings.world.states).index('VNM'), world]]}" in told
        assert f"{len(OF_ALL)} of {len(OF_ALL)} measures match bit for bit" in told
    outcome.payoffs["security"][2, 3] += 1e-9
    store.write(cell.key, packed(cell, outcome))
    assert cli.main(["replay", str(store.path(cell.key)), "1027"]) == 1
    assert f"security of {list(cell.settings.world.states)[2]}: the cell holds" in capsys.readouterr().out
    assert cli.main(["replay", str(store.path(cell.key)), "3"]) == 2
    assert "worlds 1024 to 1029 and points 0 to 0" in capsys.readouterr().err


def test_one_that_breaks_is_told_with_its_world_which_replays(monkeypatch, tmp_path, capsys):
    class Fragile(LinearRule):
        def decide(self, seen):
            decision = super().decide(seen)
            decision.tilt = decision.tilt * (np.nan if seen.quarter == 2 else 1.0)
            return decision

    monkeypatch.setitem(RULES, "fragile", Fragile)
    cell = society("+strategies.adaptive.rule=fragile")
    own = job(f"results={tmp_path}", "executor=serial", "workers=1")
    with computing(own.run, [], "about", Stopwatch()) as session:
        session.compute([Batch(cell)])
        session.report_failures({cell.key: "again"})
    assert session.failed == {cell.key}
    told = capsys.readouterr().err
    first = int(np.flatnonzero((cell.plays == NAMES.index("adaptive")).any(axis=0))[0])
    assert f"all states of cambodia_2020, seed 2020, block 0: tilt is not a finite number in world {first}, quarter 2" in told
    command = told.split("to look at that world: counterpoise ")[1].split()
    assert cli.main(command) == 1
    assert "it fails in quarter 2: tilt" in capsys.readouterr().out


def test_its_numbers_depend_on_the_same_code_as_others():
    assert society().code == code()
