"""Numbers as tables of reports write them."""

import numpy as np
import pytest

from experiments import words
from experiments.methods.intervals import Estimate, tail_interval
from experiments.report.phrases import cautions, cell, exact_ties, scaled, share, text


@pytest.mark.parametrize(("ends", "digits", "times", "text"), [
    ((0.016, -0.004, 0.036), 2, 1.0, "0.02 [0.00,\N{NARROW NO-BREAK SPACE}0.04]"),  # what rounds to 0 has no sign
    ((-1.25, -2.0, -0.5), 1, 1.0, "\N{MINUS SIGN}1.2 [\N{MINUS SIGN}2.0,\N{NARROW NO-BREAK SPACE}\N{MINUS SIGN}0.5]"),
    ((0.361, 0.334, 0.388), 0, 100.0, "36 [33,\N{NARROW NO-BREAK SPACE}39]"),
    ((np.nan, np.nan, np.nan), 2, 1.0, "—"),
    ((0.5, -np.inf, np.inf), 2, 1.0, "0.50 [no interval]"),
])
def test_a_number_in_a_table_has_its_interval_and_so_many_decimals(ends: tuple[float, float, float], digits: int, times: float, text: str) -> None:
    assert cell(Estimate(*map(np.array, ends)), digits, times=times) == text


def test_where_no_interval_can_be_given_none_is_written_and_none_is_warned_of() -> None:
    one = Estimate(*map(np.array, (0.51, -np.inf, np.inf)))
    assert share(one) == words.share(0.51, np.nan, np.nan) == "51 % [no interval]"
    assert "inf" not in text("economic", one)
    assert cautions(1) == []
    assert [len(cautions(n)) for n in (2, 40, 41, 255, 256)] == [2, 2, 1, 1, 0]


@pytest.mark.parametrize("n", [2, 8, 10, 11, 40])
def test_what_is_said_of_the_interval_of_a_tail_is_what_it_is(n: int) -> None:
    finite = np.isfinite(tail_interval(np.random.default_rng(0).normal(size=(401, 2)), n).low)
    assert ("much too narrow" in cautions(n)[1]) == finite
    assert ("has no interval" in cautions(n)[1]) != finite


def test_differences_are_scaled_to_the_unit_of_the_figures() -> None:
    part = scaled("economic", Estimate(*map(np.array, (0.01, 0.0, 0.02))))
    assert [float(part.value), float(part.low), float(part.high)] == pytest.approx([1.00502, 0.0, 2.02013], abs=1e-5)  # 100 (exp(x) − 1)
    assert float(scaled("autonomy", part).value) == pytest.approx(100.502, abs=1e-3)  # points are hundredths


def test_exact_ties_are_those_that_rounding_alone_parts() -> None:
    assert exact_ties(np.array([1.0, 3.0, 3.0 + 1e-15, 3.0 - 1e-6]), 1) == [1, 2]
    assert exact_ties(np.array([2.0, 0.1 + 0.2, 0.3]), 2) == [2, 1]
    assert exact_ties(np.zeros(3), 1) == [1, 0, 2]
    assert exact_ties(np.array([5.0]), 0) == [0]
