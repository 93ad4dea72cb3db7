"""Strategies by what they do: who belongs to a side, equal tools, teams of one size, copies."""

import numpy as np
import pytest

from experiments.analyses.hypotheses.phrases import where_text
from experiments.analyses.hypotheses.teams import teams, tools_of
from experiments.configuration.hypothesis import Where
from experiments.configuration.load import load
from experiments.names import Names, naming

USUAL = (0.3, 0.0, 0.0)
#: Measured behaviour of made-up strategies: lean, tilt, engagement, hedging index.
HEDGES, SIDES, SPLITS = (0.05, 0.0, 0.6, 0.9), (0.9, 0.9, 0.5, 0.1), (0.4, 0.0, 0.6, 0.4)


def library(*rows, worlds=4):
    """Strategies from their behaviour and outcome: measures by name and the outcome, each (strategies, 1, worlds)."""
    def spread(column):
        return np.repeat(np.array(column, dtype=float)[:, None, None], worlds, axis=2)

    behaviour = list(zip(*(row[0] for row in rows), strict=True))
    measured = {name: spread(behaviour[i]) for i, name in enumerate(("lean", "tilt", "mean_engagement", "hedging_index"))}
    return measured, spread([row[1] for row in rows])


def where(**fits):
    return Where.model_validate(fits)


def worth(team, outcome):
    """What a side counts with at the first point."""
    return float((team.weights[:, 0] * outcome[:, 0].mean(axis=-1)).sum())


HEDGING, ALIGNED = where(behaviour=["hedging"]), where(behaviour=["aligned_first", "aligned_second"])


def test_sides_are_those_whose_measured_class_or_range_fits():
    measured, outcome = library((HEDGES, 1.0), (SIDES, 3.0), (SPLITS, 2.0))
    hedging, aligned = teams([HEDGING, ALIGNED], measured, outcome, [USUAL] * 3)
    assert hedging.members[:, 0].tolist() == [True, False, False]
    assert aligned.members[:, 0].tolist() == [False, True, False]
    without, with_it = teams([where(lean=[0, 0.1]), where(lean=[0.3, 1])], measured, outcome, [USUAL] * 3)
    assert without.members[:, 0].tolist() == [True, False, False]
    assert with_it.members[:, 0].tolist() == [False, True, True]
    both = where(behaviour=["split", "hedging"], lean=[0.3, 1])
    assert teams([both], measured, outcome, [USUAL] * 3)[0].members[:, 0].tolist() == [False, False, True]


def test_what_a_side_does_is_said_in_words():
    with naming(Names(powers=("the East", "the West"))):
        assert where_text(ALIGNED) == "aligned with the East or aligned with the West"
        assert where_text(where(behaviour=["hedging"], lean=[0, 0.1], tools="equal")) == "hedging, lean 0 to 0.1"


def test_ends_of_a_range_belong_to_it():
    measured, outcome = library(((0.1, 0.0, 0.6, 0.9), 1.0), ((0.3, 0.3, 0.5, 0.4), 2.0), ((0.2, 0.0, 0.6, 0.9), 3.0))
    without, with_it = teams([where(lean=[0, 0.1]), where(lean=[0.3, 1])], measured, outcome, [USUAL] * 3)
    assert (without.members[:, 0].tolist(), with_it.members[:, 0].tolist()) == ([True, False, False], [False, True, False])


def test_a_strategy_belongs_to_the_class_of_most_of_its_worlds_at_each_point():
    measured, outcome = library((HEDGES, 1.0), (SIDES, 2.0))
    measured["lean"][1, 0] = measured["tilt"][1, 0] = (0.9, 0.9, 0.9, 0.3)
    assert teams([ALIGNED], measured, outcome, [USUAL] * 2)[0].members[:, 0].tolist() == [False, True]
    measured["lean"][1, 0] = measured["tilt"][1, 0] = (0.9, 0.3, 0.3, 0.3)
    assert not teams([ALIGNED], measured, outcome, [USUAL] * 2)[0].members.any()


def test_the_larger_side_counts_with_random_teams_as_large_as_the_smaller():
    # three hedgers with 1, 2 and 6, one aligned with 4: a random hedger has 3
    measured, outcome = library(((0.05, 0, 0.5, 0.9), 1.0), ((0.01, 0, 0.9, 0.9), 2.0), ((0.2, 0.1, 0.7, 0.6), 6.0), (SIDES, 4.0))
    hedging, aligned = teams([HEDGING, ALIGNED], measured, outcome, [USUAL] * 4)
    assert (worth(hedging, outcome), worth(aligned, outcome)) == (pytest.approx(3), pytest.approx(4))
    assert hedging.sizes.tolist() == aligned.sizes.tolist() == [1]
    # alone, a side counts with its best
    assert worth(teams([HEDGING], measured, outcome, [USUAL] * 4)[0], outcome) == pytest.approx(6)


def test_a_side_without_a_member_has_no_outcome():
    measured, outcome = library((HEDGES, 1.0), (SPLITS, 2.0))
    hedging, aligned = teams([HEDGING, ALIGNED], measured, outcome, [USUAL] * 2)
    assert np.isnan(hedging.weights).all()
    assert np.isnan(aligned.weights).all()
    assert not hedging.members.any()
    assert hedging.sizes.tolist() == [0]


def test_with_equal_tools_only_strategies_are_compared_whose_tools_the_other_side_has():
    busy, armed = (0.8, 0.0, 0.0), (0.3, 0.0, 0.02)
    sides = [where(lean=[0, 0.1], tools="equal"), where(lean=[0.3, 1], tools="equal")]
    measured, outcome = library((HEDGES, 9.0), ((0.02, 0, 0.7, 0.9), 1.0), (SIDES, 2.0), ((0.8, -0.8, 0.5, 0.1), 8.0))
    # the best of each side has tools of its own: neither is compared
    without, with_it = teams(sides, measured, outcome, [busy, USUAL, USUAL, armed])
    assert (worth(without, outcome), worth(with_it, outcome)) == (1, 2)
    assert (without.members[:, 0].tolist(), with_it.members[:, 0].tolist()) == ([False, True, False, False], [False, False, True, False])
    # two sets of tools have both sides: the one in which the best team of any side has most is compared, whichever side that is
    without, with_it = teams(sides, measured, outcome, [busy, USUAL, USUAL, busy])
    assert (worth(without, outcome), worth(with_it, outcome)) == (9, 8)
    outcome[0] = 0.0
    without, with_it = teams(sides, measured, outcome, [busy, USUAL, USUAL, busy])
    assert (worth(without, outcome), worth(with_it, outcome)) == (0, 8)
    # with any tools all are compared, in teams of two
    loose = [where(lean=[0, 0.1]), where(lean=[0.3, 1])]
    assert [worth(team, outcome) for team in teams(loose, measured, outcome, [busy, USUAL, USUAL, armed])] == [1, 8]


def test_tools_are_effort_diversification_and_defence():
    strategies = load([]).settings.strategies
    assert tools_of(strategies["omni_enmeshment"]) == (0.8, 0.6, 0.0)
    assert tools_of(strategies["internal_balancing"]) == (0.3, 0.0, 0.01)
    assert tools_of(strategies["equidistance"]) == USUAL


@pytest.mark.parametrize("nudge", [0.0, 1e-6])
def test_copies_and_near_duplicates_count_once(nudge):
    rows = [((0.05, 0, 0.5, 0.9), 1.0), ((0.01, 0, 0.9, 0.9), 2.0), ((0.2, 0.1, 0.7, 0.6), 6.0), (SIDES, 4.0)]
    kit = [USUAL] * 4
    measured, outcome = library(*rows)
    plain = [worth(team, outcome) for team in teams([HEDGING, ALIGNED], measured, outcome, kit)]
    for copied in range(4):
        (lean, *rest), value = rows[copied]
        more = [((lean + nudge, *rest), value + nudge), *rows, rows[copied]]
        measured, outcome = library(*more)
        result = teams([HEDGING, ALIGNED], measured, outcome, [kit[0], *kit, kit[0]])
        assert [worth(team, outcome) for team in result] == pytest.approx(plain, abs=3 * nudge + 1e-12), copied
        assert result[0].sizes.tolist() == [1]


def test_copies_with_other_tools_are_other_strategies():
    busy = (0.8, 0.0, 0.0)
    measured, outcome = library((HEDGES, 1.0), (HEDGES, 1.0), (SIDES, 4.0))
    sides = [where(behaviour=["hedging"], tools="equal"), where(behaviour=["aligned_first"], tools="equal")]
    hedging, _ = teams(sides, measured, outcome, [busy, USUAL, USUAL])
    assert hedging.members[:, 0].tolist() == [False, True, False]
    assert hedging.weights[:, 0].tolist() == [0, 1, 0]


def test_the_order_of_strategies_changes_nothing():
    rng = np.random.default_rng(3)
    n = 12
    measured = {name: rng.random((n, 5, 6)) for name in ("lean", "mean_engagement", "hedging_index")} | {"tilt": rng.uniform(-1, 1, (n, 5, 6))}
    outcome, kit = rng.normal(size=(n, 5, 6)), [USUAL, (0.8, 0.0, 0.0)] * 6
    sides = [where(lean=[0, 0.5], tools="equal"), where(lean=[0.5, 1], tools="equal")]
    order = rng.permutation(n)
    one = teams(sides, measured, outcome, kit)
    other = teams(sides, {name: values[order] for name, values in measured.items()}, outcome[order], [kit[i] for i in order])
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a.weights[order], b.weights, atol=1e-12)
        np.testing.assert_array_equal(a.members[order], b.members)
