"""Nothing finished is lost: the trials of `make faults`, fewer of them."""

from tests.faults import killing


def test_kill_9_at_any_moment_loses_no_finished_cell_and_running_again_completes():
    assert killing.kills(20).failed == 0


def test_a_dead_worker_costs_one_attempt_of_one_cell():
    assert killing.worker_kills(10).failed == 0


def test_ctrl_c_and_sigterm_end_a_run_at_once_with_its_workers_and_it_says_how_to_continue():
    assert killing.interrupts(40).failed == 0
