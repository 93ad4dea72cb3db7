"""Another processor: one of the trials of `make faults`."""

from tests.faults.processors import processors


def test_numpy_without_all_it_can_do_without_gives_the_same_numbers_and_tables():
    assert processors(1).failed == 0
