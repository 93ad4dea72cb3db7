"""Conditional value at risk and stochastic dominance, worked out by hand or in textbooks."""

import numpy as np

from experiments.methods.decisions import dominance
from experiments.methods.intervals import cvar


def test_the_mean_of_the_worst_tenth_splits_what_belongs_to_it_in_part() -> None:
    # Rockafellar & Uryasev (2002): where the tenth ends within a scenario, that one counts with its part. Of 15 outcomes the worst tenth is one and a
    # half: (−10 + ½ × −4) / 1.5 = −8.
    assert np.isclose(cvar(np.array([*range(13), -10.0, -4.0])), -8)


def test_dominance_of_two_dice() -> None:
    # A die that counts one more is better at every quantile. 3 and 4 have the mean of 1 and 6 and less spread: second order alone. A mean that is
    # lower dominates nothing.
    values = np.array([[1.0, 6], [2, 7], [3, 4], [0, 6]])
    first, second = (dominance(values, order, np.random.default_rng(1), 5).dominates for order in (1, 2))
    assert first.tolist() == [[False, False, False, True], [True, False, False, True], [False] * 4, [False] * 4]
    assert second.tolist() == [[False, False, False, True], [True, False, False, True], [True, False, False, True], [False] * 4]
