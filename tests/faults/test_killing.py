"""Nothing finished is lost: a few of the kills of `make faults`."""

from tests.faults import killing


def test_kill_9_at_any_moment_loses_no_finished_cell_and_running_again_completes():
    assert killing.kills(20).failed == 0


def test_a_dead_worker_costs_one_attempt_of_one_cell():
    assert killing.worker_kills(10).failed == 0


def test_an_interrupted_run_ends_at_once_with_its_workers_and_says_how_to_continue():
    assert killing.interrupts(4).failed == 0
