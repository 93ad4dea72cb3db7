"""Disks that fail, and several runs on one store: the trials of `make faults`, fewer of them."""

from tests.faults import writing


def test_whichever_call_to_the_disk_fails_the_run_says_so_in_a_line_and_the_next_one_completes():
    assert writing.io_failures(4).failed == 0


def test_a_limit_on_files_is_a_plain_line():
    assert writing.small_files(2).failed == 0


def test_a_folder_that_cannot_be_written_is_a_plain_line():
    assert writing.nowhere_to_write().failed == 0


def test_output_that_nobody_takes_is_no_success():
    assert writing.outputs().failed == 0


def test_of_three_runs_on_one_store_at_once_all_finish_but_the_one_that_is_killed():
    assert writing.at_once(2).failed == 0


def test_two_runs_in_the_same_instant_have_two_folders_and_the_same_cells():
    assert writing.double_starts(20).failed == 0
