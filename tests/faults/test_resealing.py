"""Cells of a stranger: all trials of `make faults`, which take a second or two."""

from tests.faults import resealing


def test_no_cell_that_was_changed_and_sealed_again_is_believed():
    row = resealing.resealings()
    assert row.failed == 0
    assert row.tried >= 50


def test_what_is_no_file_in_place_of_a_cell_is_moved_aside():
    assert resealing.not_files().failed == 0
