"""The verdict: where its lines are drawn."""

import numpy as np
import pytest

from experiments.analyses.hypotheses.effect import Effect
from experiments.analyses.hypotheses.verdict import decided, smallest_of, verdict_on
from experiments.configuration.hypothesis import Hypothesis
from experiments.configuration.load import load
from experiments.methods.intervals import Estimate, share_interval

PAYOFF = load(["strategies=[status_quo]"]).run.payoff
#: Effects at the defaults by what they say of a claim of +.
RIGHT, OPEN, WRONG = (1, 0.5, 1.5), (1, -0.5, 2.5), (-1, -1.5, -0.5)


def claim(kind="mechanism", expected="+", measure="cohesion", **term):
    return Hypothesis.model_validate({"statement": "s", "source": "s", "kind": kind, "expected": expected,
                                      "outcome": [{"measure": measure, "strategy": "a", **term}]})


def share(low, high):
    return Estimate(*map(np.array, ((low + high) / 2, low, high)))


@pytest.mark.parametrize(("effect", "low", "high", "word"), [
    # right at the defaults
    (RIGHT, 0.8, 1, "supported"), (RIGHT, 0.799, 1, "conditional"), (RIGHT, 0.45, 0.501, "conditional"), (RIGHT, 0.4, 0.5, "refuted"),
    # the interval at the defaults contains 0
    (OPEN, 0.8, 1, "undecided"), (OPEN, 0.55, 0.75, "undecided"), (OPEN, 0.4, 0.5, "refuted"), (OPEN, 0.4, 0.501, "undecided"),
    ((0.5, 0, 1), 0.8, 1, "undecided"), ((0.5, 1e-9, 1), 0.8, 1, "supported"),
    # wrong at the defaults
    (WRONG, 0.8, 1, "conditional"), (WRONG, 0.45, 0.6, "conditional"), (WRONG, 0.4, 0.5, "refuted"), (WRONG, 0, 0.1, "refuted"),
    # too few draws to part one half from four fifths
    (RIGHT, 0.5, 0.8, "undecided"), (WRONG, 0.3, 0.9, "undecided"), (RIGHT, 0.501, 0.9, "conditional"), (RIGHT, 0.5, 0.799, "conditional"),
])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_verdict_rests_on_the_interval_at_the_defaults_and_on_that_of_the_share(effect, low, high, word, sign):
    value, *ends = (sign * x for x in effect)
    assert decided(Effect(value, min(ends), max(ends)), sign, np.ones(9), share(low, high), 0.0) == word


@pytest.mark.parametrize(("holding", "n", "word"), [(218, 256, "supported"), (217, 256, "conditional"), (128, 256, "conditional"), (112, 256, "refuted"),
                                                    (113, 256, "conditional"), (16, 16, "supported"), (15, 15, "conditional"), (2, 2, "undecided")])
def test_how_many_draws_it_takes(holding, n, word):
    draws = np.where(np.arange(n) < holding, 1.0, -1.0)
    result = verdict_on("X", claim(), Effect(*RIGHT), draws, PAYOFF)
    assert result.word == word
    assert (result.holds, result.low, result.high) == tuple(float(end) for end in (lambda e: (e.value, e.low, e.high))(share_interval(holding, n)))


@pytest.mark.parametrize(("effect", "word"), [
    ((0.001, 0.0002, 0.0024), "no practical difference"), ((-0.001, -0.0024, -0.0002), "no practical difference"),
    ((0, -0.001, 0.001), "no practical difference"),
    ((0.002, 0.0015, 0.0025), "supported"), ((-0.002, -0.0025, -0.0015), "conditional"), ((0.004, 0.003, 0.005), "supported"),
])
def test_an_effect_that_is_too_small_to_matter_makes_no_practical_difference_whatever_its_sign(effect, word):
    assert verdict_on("X", claim(measure="economic"), Effect(*effect), np.ones(99), PAYOFF).word == word


def test_what_is_too_small_is_set_in_one_place_and_asked_of_returns_alone():
    assert smallest_of(claim(measure="economic"), PAYOFF) == 0.0025
    assert smallest_of(claim(measure="trust"), PAYOFF.model_copy(update={"matters": {"trust": 0.5}})) == 0.5
    for other in (claim(measure="flow_first"), claim(measure="trust", per="flow_first"), claim("implementation_check", measure="economic")):
        assert smallest_of(other, PAYOFF) == 0
    assert smallest_of(claim(measure="security"), load(["strategies=[status_quo]", "payoff.matters.security=0.003"]).run.payoff) == 0.003


def test_an_implementation_check_holds_or_fails_and_is_about_a_sign():
    for effect, holding, word in ((RIGHT, 99, "holds"), (WRONG, 0, "fails"), (RIGHT, 70, "conditional"), (OPEN, 99, "undecided")):
        draws = np.where(np.arange(99) < holding, 1.0, -1.0)
        assert verdict_on("X", claim("implementation_check"), Effect(*effect), draws, PAYOFF).word == word
    assert verdict_on("X", claim("implementation_check", measure="economic"), Effect(1e-4, 1e-5, 2e-4), np.full(99, 1e-4), PAYOFF).word == "holds"


def test_rounding_errors_have_no_sign():
    result = verdict_on("X", claim(), Effect(1e-15, 1e-16, 1e-14), np.full(100, 1e-15), PAYOFF)
    assert (result.sign, result.holds, result.word) == (0, 0, "refuted")


def test_what_plays_no_part_is_untested_and_neither_refuted_nor_a_conclusion():
    nothing = Effect(0.0, 0.0, 0.0)
    assert verdict_on("X", claim(), nothing, np.zeros(100), PAYOFF).word == "untested"
    assert verdict_on("X", claim(), nothing, np.eye(100)[0], PAYOFF).word == "refuted"
    nan = float("nan")
    assert verdict_on("X", claim(), Effect(nan, nan, nan), np.ones(100), PAYOFF).word == "untested"
    assert verdict_on("X", claim(), Effect(*RIGHT), np.full(100, np.nan), PAYOFF).word == "untested"


def test_draws_without_an_effect_do_not_count():
    draws = np.concatenate([np.ones(20), np.full(80, np.nan)])
    result = verdict_on("X", claim(), Effect(*RIGHT), draws, PAYOFF)
    assert (result.word, result.holds, result.low) == ("supported", 1, float(share_interval(20, 20).low))
