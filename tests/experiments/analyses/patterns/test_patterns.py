"""Statistics by hand, verdicts by rule, and what a pattern simulates."""

from pathlib import Path

import numpy as np
import pytest

from experiments.analyses.patterns import statistics
from experiments.analyses.patterns.analyse import shown, verdict_of
from experiments.analyses.patterns.design import patterns, trial
from experiments.analyses.patterns.result import BASE, CHANGED, IN_PART, NOT, REPRODUCED
from experiments.cells.simulate import simulated
from experiments.configuration.errors import ConfigError
from experiments.configuration.pattern import Pattern
from tests.given import Said, only_run

#: Two states, three years, one world.
ONE = np.array([[[1.0], [2.0], [4.0]], [[3.0], [3.0], [6.0]]])
WHOLE = {"label": "x", "statement": "x", "source": "y",
         "role": "held_out", "base": {"world": "cambodia_2020"}, "measure": "output", "statistic": "level", "expected": [0, 1]}




def test_statistics_of_one_run_by_hand():
    assert statistics.level(ONE).tolist() == [pytest.approx(19 / 6)]
    assert statistics.growth(ONE).tolist() == [3.0]  # 4 and 2
    of_first, of_second = np.std([1, 2, 4], ddof=1) / (7 / 3), np.std([3, 3, 6], ddof=1) / 4
    assert statistics.variation(ONE).tolist() == [pytest.approx((of_first + of_second) / 2)]
    # Deviations −4/3, −1/3, 5/3 and −1, −1, 2: products −1/9 and −1, squares 42/9 and 6.
    assert statistics.persistence(ONE).tolist() == [pytest.approx((-1 / 42 - 1 / 6) / 2)]


def test_statistics_of_two_runs_by_hand():
    changed = ONE * np.array([1.1, 1.2])[:, None, None]
    assert statistics.effect(changed, ONE).tolist() == [pytest.approx(0.15)]
    assert statistics.moved(changed, ONE, 0.5).tolist() == [0.5]  # means 7/3 and 4: higher by .23 and .8
    power = np.full_like(ONE, 10.0)
    assert statistics.elasticity(changed, ONE, 1.1 * power, power).tolist() == [pytest.approx((1 + np.log(1.2) / np.log(1.1)) / 2)]


def test_a_rank_correlation_is_that_of_scipy_in_each_world():
    from scipy import stats

    rng = np.random.default_rng(1)
    values, facts = rng.normal(size=(6, 2, 5)), np.array([1.0, 2.0, 2.0, 3.0, 5.0, 4.0])
    by_hand = [stats.spearmanr(values[:, :, world].mean(axis=1), facts).statistic for world in range(5)]
    assert statistics.rank(values, facts) == pytest.approx(by_hand)


@pytest.mark.parametrize(("value", "verdict"), [
    (0.0, REPRODUCED), (0.5, REPRODUCED), (1.0, REPRODUCED), (1.1, IN_PART), (-0.2, IN_PART), (1.21, NOT), (-0.21, NOT)])
def test_verdicts_follow_the_rule(value: float, verdict: str):
    assert verdict_of(Pattern.model_validate({**WHOLE, "tolerance": 0.2}), value) == verdict


@pytest.mark.parametrize(("change", "told"), [
    ({"measure": "outptu"}, "unknown measure 'outptu'"),
    ({"statistic": "effect"}, "change: effect compares two runs"),
    ({"change": {"seed": 1}}, "change: level is of one run"),
    ({"statistic": "rank"}, "facts: rank needs it"),
    ({"per": "output"}, "per: elasticity needs it"),
    ({"years": [3, 2]}, "years: the first must not be after the last"),
    ({"statistic": "variation"}, "years: variation needs more of them"),
    ({"expected": [-12, -8], "statistic": "effect", "change": {"seed": 2}}, "expected: effect is a share, never below -1; 10 % is 0.1"),
    ({"expected": [0, 1.5], "statistic": "moved", "threshold": 0.1, "change": {"seed": 2}}, "expected: moved lies between 0 and 1"),
    ({"expected": [1, 0]}, "expected: the first number must not be above the second"),
    ({"statistic": "number"}, "number: number needs it"),
])
def test_a_pattern_whose_parts_do_not_fit_is_refused(change: dict[str, object], told: str):
    with pytest.raises(ValueError, match=told):
        Pattern.model_validate({**WHOLE, **change})


@pytest.mark.parametrize("name", list(patterns()))
def test_every_shipped_pattern_can_be_tried(name: str):
    made = trial(name, patterns()[name], ["n_worlds=2"])
    assert set(made.runs) <= {BASE, CHANGED}
    outcomes = {cell.key: simulated(cell) for run in made.runs.values() for cell in run.cells()}
    result = shown(made, outcomes.__getitem__)
    assert np.isfinite(result.value.value)
    assert result.verdict in (REPRODUCED, IN_PART, NOT)


def test_what_the_model_was_made_from_it_gives_back():
    made = trial("first_year", patterns()["first_year"], [])
    assert shown(made, {}.__getitem__).verdict == REPRODUCED


def test_the_changed_run_differs_by_its_events_alone():
    made = trial("two_donors", patterns()["two_donors"], ["n_worlds=2"])
    base, changed = (made.runs[run].settings for run in (BASE, CHANGED))
    assert len(changed.scenario.events) == len(base.scenario.events) + 1
    assert changed.scenario.events[-1].actor == "us"
    assert base.replace(scenario=changed.scenario) == changed


@pytest.mark.parametrize(("change", "told"), [
    ({"actor": "us"}, "actor: output has no actor; got us"),
    ({"measure": "trade"}, "actor: trade is of china, us, rest, all; got none"),
    ({"states": ["FRA"]}, "state: FRA is not a state of this world"),
    ({"statistic": "number", "measure": None, "number": "parameters.treaty_reliabilty"}, "did you mean parameters.treaty_reliability"),
    ({"statistic": "rank", "facts": {"KHM": 1, "FRA": 2}}, "facts: unknown state 'FRA'"),
])
def test_what_a_world_does_not_have_is_named(change: dict[str, object], told: str):
    with pytest.raises(ConfigError) as caught:
        trial("two_donors", Pattern.model_validate({**WHOLE, **change}), ["n_worlds=2"])
    assert told in caught.value.problems[0]


@pytest.mark.parametrize(("event", "told"), [
    ({"target": "FRA", "start": 0}, "events.0.target: a pressure event strikes FRA"),
    ({"actor": "japan", "start": 0}, "events.0.actor: a pressure event comes from 'japan'"),
    ({"start": "1990Q1"}, "events.0.start: a pressure event begins in 1990Q1, before the world's first quarter 2020Q1"),
])
def test_an_event_that_a_world_cannot_have_is_named_in_a_line(event: dict[str, object], told: str):
    events = [{"kind": "pressure", "actor": "second", "target": "focal", "value": 0.5, **event}]
    pattern = Pattern.model_validate({**WHOLE, "statistic": "effect", "events": events})
    with pytest.raises(ConfigError) as caught:
        trial("two_donors", pattern, ["n_worlds=2"])
    (problem,) = caught.value.problems
    assert told in problem


def test_a_pattern_without_a_simulation_has_a_report_of_its_own(said: Said, tmp_path: Path):
    code, output, problems = said("patterns", "--only=alliances", f"results={tmp_path}")
    assert (code, problems) == (0, "")
    assert "0 of 1 pattern is reproduced, 1 in part" in output
    assert said("verify", tmp_path)[0] == 0


def test_the_command_prints_a_verdict_for_each(said: Said, tmp_path: Path):
    code, output, _ = said("patterns", "--only=two_donors,alliances", "n_worlds=4", "executor=serial", f"results={tmp_path}")
    assert code == 0
    assert "Model 0.750, expected 0.410 to 0.660" in output
    assert (only_run(tmp_path, "patterns") / "patterns.csv").is_file()


@pytest.mark.parametrize(("words", "told"), [
    (("--only=gravty",), "unknown pattern 'gravty'"), (("parameters.rivalry_maen=1",), "did you mean parameters.rivalry_mean"),
    (("horizon=8",), "sets horizon itself, by years; remove"), (("strategies=[status_quo,auction]",), "sets strategies itself, by strategy; remove"),
    (("world=theory_symmetric",), "sets world itself"), (("reference=auction",), "strategies are not compared"),
    (("payoff.weights={economic: 1}",), "no return is compared"),
])
def test_what_cannot_be_tried_is_refused_in_a_line(words: tuple[str, ...], told: str, said: Said, tmp_path: Path):
    code, _, problems = said("patterns", *words, f"results={tmp_path}")
    assert (code, problems.count("\n")) == (65, 1)
    assert told in problems
