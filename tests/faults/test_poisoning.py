"""Cells that cannot be computed, other ways of dying, any order: the trials of `make faults`, few of them."""

import pytest

from tests.faults import poisoning

ALL = tuple(poisoning.WAYS)


@pytest.mark.parametrize("hows", [("exit",), pytest.param(("disk", "kill"), marks=pytest.mark.slow)])
def test_two_poison_cells_of_33_are_reported_and_the_others_stored(hows):
    assert poisoning.poison(hows).failed == 0


def test_a_strategy_that_returns_nan_is_reported_with_world_and_seed():
    assert poisoning.not_finite(1).failed == 0


@pytest.mark.parametrize(("where", "ways"), [
    ("executor=serial", ("exception",)), ("workers=2", ("os._exit(0)", "disk full")),
    *(pytest.param(where, ALL, marks=pytest.mark.slow) for where in ("executor=serial", "workers=2", "executor=dask"))])
def test_exit_0_means_complete_in_whichever_way_cells_die(where, ways):
    if where == "executor=dask":
        pytest.importorskip("distributed")
        pytest.importorskip("cryptography")
    assert poisoning.ways_of_dying((where,), ways).failed == 0


@pytest.mark.parametrize("n", [2, pytest.param(6, marks=pytest.mark.slow)])
def test_1_2_and_3_workers_order_and_history_change_no_bit(n):
    assert poisoning.orders(n).failed == 0
