"""Cells that cannot be computed, other ways of dying, any order: a few of the trials of `make faults`."""

from tests.faults import poisoning


def test_two_poison_cells_of_33_are_reported_and_the_others_stored():
    assert poisoning.poison(("exit", "disk")).failed == 0


def test_a_strategy_that_returns_nan_is_reported_with_world_and_seed():
    assert poisoning.not_finite(1).failed == 0


def test_exit_0_means_complete_in_the_commands_own_process():
    assert poisoning.ways_of_dying(("executor=serial",), ("killed", "os._exit(0)", "exception", "SIGTERM")).failed == 0


def test_exit_0_means_complete_with_workers():
    assert poisoning.ways_of_dying(("workers=2",), ("killed", "nan")).failed == 0


def test_workers_order_and_history_change_no_bit():
    assert poisoning.orders(3).failed == 0
