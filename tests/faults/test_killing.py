"""Nothing finished is lost: the trials of `make faults`, few of them."""

import pytest

from tests.faults import killing


@pytest.mark.parametrize("n", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_kill_9_at_any_moment_loses_no_finished_cell_and_running_again_completes(n):
    assert killing.kills(n).failed == 0


@pytest.mark.parametrize("n", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_a_dead_worker_costs_one_attempt_of_one_cell(n):
    assert killing.worker_kills(n).failed == 0


@pytest.mark.parametrize("n", [2, pytest.param(12, marks=pytest.mark.slow)])
def test_ctrl_c_and_sigterm_end_a_run_at_once_with_its_workers_and_it_says_how_to_continue(n):
    assert killing.interrupts(n).failed == 0
