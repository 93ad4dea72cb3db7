"""Disks that fail, and several runs on one store: the trials of `make faults`, few of them."""

import pytest

from tests.faults import writing


@pytest.mark.parametrize("n", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_whichever_call_to_the_disk_fails_the_run_says_so_in_a_line_and_the_next_one_completes(n):
    assert writing.io_failures(n).failed == 0


@pytest.mark.parametrize("n", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_a_limit_on_files_is_a_plain_line(n):
    assert writing.small_files(n).failed == 0


@pytest.mark.parametrize("n", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_a_folder_that_cannot_be_written_is_a_plain_line(n):
    assert writing.nowhere_to_write(n).failed == 0


@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_output_that_nobody_takes_is_no_success(n):
    assert writing.outputs(n).failed == 0


@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_of_three_runs_on_one_store_at_once_all_finish_but_the_one_that_is_killed(n):
    assert writing.at_once(n).failed == 0


@pytest.mark.parametrize("n", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_two_runs_in_the_same_instant_have_two_folders_and_the_same_cells(n):
    assert writing.double_starts(n).failed == 0
