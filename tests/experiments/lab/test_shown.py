"""What the charts show."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from experiments.analyses.comparison import contrasts
from experiments.lab import charts, shown
from experiments.lab.engine import Answer, Outcomes, steps
from experiments.lab.question import Question, shared_out
from experiments.names import naming
from experiments.report.differences import interval
from sim.payoffs import RETURNS, WEIGHED
from tests.experiments.report.test_browser import ALL, PAYLOADS

PLAIN = Question(strategies=("status_quo", "equidistance", "bandwagon_first"))


@pytest.fixture(scope="module")
def answers() -> tuple[Answer, Answer]:
    """The case as it is, and under a crisis of the powers' rivalry."""
    outcomes = Outcomes()
    (*_, plain), (*_, changed) = (list(steps(question, 16, outcomes)) for question in (PLAIN, PLAIN.with_number("parameters.rivalry_mean", 1.8)))
    assert plain is not None
    assert changed is not None
    return plain, changed


def test_without_a_change_the_bars_are_the_paired_differences(answers: tuple[Answer, Answer]) -> None:
    plain, _ = answers
    for row in shown.rows(plain, None, "trust"):
        there = plain.comparison.row("paired", row.strategy, "trust")
        assert (row.now.mean, row.now.low, row.now.high) == (there.difference, there.low, there.high)
        assert row.before is None


def test_under_a_change_the_reference_shows_what_the_change_does_to_it(answers: tuple[Answer, Answer]) -> None:
    plain, changed = answers
    reference, *_ = shown.rows(changed, None, "economic")
    assert changed.comparison.change is not None
    effect = changed.comparison.change.effect("economic", "status_quo")
    assert (reference.now.mean, reference.now.low) == (effect.mean, effect.low)
    assert reference.before is not None
    assert reference.before.mean == 0
    pale = [row.before for row in shown.rows(changed, None, "economic")]
    assert pale == [row.now for row in shown.rows(plain, None, "economic")]  # the baseline is the case as it is


def test_b_less_a_is_what_a_changes_turned_round(answers: tuple[Answer, Answer]) -> None:
    plain, changed = answers
    one, other = shown.between(changed, plain), shown.between(plain, changed)
    for measure in RETURNS:
        np.testing.assert_array_equal(one.effects[measure], -other.effects[measure])
    assert changed.comparison.change is not None
    np.testing.assert_array_equal(one.effects["trust"], changed.comparison.change.effects["trust"])


def test_the_numbers_of_the_headline_have_their_intervals(answers: tuple[Answer, Answer]) -> None:
    plain, changed = answers
    with naming([plain.job.settings]):
        d = contrasts.size_adjusted(plain.comparison, ("equidistance",), ("bandwagon_first",), "trust")
        assert d.counts
        assert f"trust {interval('trust', d.mean, d.low, d.high)} points" in shown.in_intervals(plain, None)
        change = changed.comparison.change
        assert change is not None
        measure = next(measure for measure in change.effects if measure in change.moved)
        best = change.effect(measure, change.ends(measure)[1])
        assert interval(measure, best.mean, best.low, best.high) in shown.in_intervals(changed, change)


def test_another_state_is_not_compared(answers: tuple[Answer, Answer]) -> None:
    plain, changed = answers
    settings = changed.job.settings.model_copy(update={"focal": "VNM"})
    elsewhere = replace(changed, job=replace(changed.job, settings=settings))
    assert shown.comparable(plain, changed)
    assert not shown.comparable(plain, elsewhere)
    assert not shown.comparable(plain, None)


def test_charts_show_the_numbers_and_are_well_formed(answers: tuple[Answer, Answer]) -> None:
    _, changed = answers
    with naming([changed.job.settings]):
        rows = {measure: shown.rows(changed, None, measure) for measure in ("economic", "trust")}
        bars = charts.bars(rows["economic"], changed.comparison, "economic", "baseline")
        d = rows["economic"][1].now
        assert interval("economic", d.mean, d.low, d.high) in bars
        drawn = [bars, charts.tradeoff(rows["economic"], rows["trust"], changed.comparison, ("economic", "trust")),
                 *(charts.trajectory(changed.comparison, "equidistance", variable) for variable in charts.TRAJECTORIES)]
    for each in drawn:
        root = ElementTree.fromstring(each)
        assert root.get("aria-label")
        assert not any(tag in each for tag in ("<script", "href", "url(", '"nan', ' nan'))


@pytest.mark.parametrize("payload", [*PAYLOADS, ALL])
def test_text_in_charts_is_text(answers: tuple[Answer, Answer], payload: str) -> None:
    _, changed = answers
    settings = changed.job.settings
    strategies = {name: each.model_copy(update={"label": payload}) for name, each in settings.strategies.items()}
    powers = {key: power.model_copy(update={"label": payload}) for key, power in settings.world.powers.items()}
    strange = settings.model_copy(update={"strategies": strategies, "world": settings.world.model_copy(update={"powers": powers})})
    with naming([strange]):
        rows = shown.rows(changed, None, "trust")
        for each in (charts.bars(rows, changed.comparison, "trust", payload), charts.tradeoff(rows, rows, changed.comparison, ("trust", "trust")),
                     charts.trajectory(changed.comparison, "status_quo", "trust")):
            tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(each).iter()}
            assert tags <= {"svg", "g", "rect", "line", "text", "title", "circle", "path"}


@pytest.mark.parametrize("value", [0, 1, 17, 50, 99, 100])
def test_weights_always_add_up(value: int) -> None:
    weights = shared_out((("economic", 70), ("trust", 30)), "trust", value)
    assert dict(weights)["trust"] == value
    assert sum(weight for _, weight in weights) == 100
    assert all(weight >= 0 for _, weight in weights)
    assert [name for name, _ in weights] == list(WEIGHED)
    assert dict(weights)["economic"] == 100 - value
