"""Cells that cannot be computed, other ways of dying, any order: the trials of `make faults`."""

import pytest

from tests.faults import poisoning


def test_two_poison_cells_of_33_are_reported_and_the_others_stored():
    assert poisoning.poison(("exit", "disk")).failed == 0


def test_a_strategy_that_returns_nan_is_reported_with_world_and_seed():
    assert poisoning.not_finite(1).failed == 0


@pytest.mark.parametrize("where", ["executor=serial", "workers=2", "executor=dask"])
def test_exit_0_means_complete_in_whichever_of_six_ways_cells_die(where):
    if where == "executor=dask":
        pytest.importorskip("distributed")
    assert poisoning.ways_of_dying((where,)).failed == 0


def test_1_2_and_3_workers_order_and_history_change_no_bit():
    assert poisoning.orders(6).failed == 0
