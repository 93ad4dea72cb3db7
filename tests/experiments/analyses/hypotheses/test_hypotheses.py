"""Hypotheses: what an effect is, what is simulated to try one, and the files that come with the model."""

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from experiments import cli
from experiments.analyses.hypotheses import judge
from experiments.analyses.hypotheses.effect import Effect, effect_at_defaults, effects
from experiments.analyses.hypotheses.judge import variance_of
from experiments.analyses.hypotheses.outcomes import Values, parts_of
from experiments.analyses.hypotheses.trial import drawn_parameters, hypotheses, trial
from experiments.analyses.hypotheses.variance import group_points, group_shares
from experiments.analyses.hypotheses.verdict import verdict, verdict_on
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import conf_dir
from experiments.configuration.hypothesis import Class, Hypothesis
from experiments.configuration.load import load
from sim.behaviour import CLASSES
from tests.experiments.analyses.conftest import Finished
from tests.experiments.analyses.small import CONCLUDED
from tests.given import Said, only_run, unexplained

PAYOFF = load(["strategies=[status_quo]"]).run.payoff


def hypothesis(**changes) -> Hypothesis:
    plain = {"statement": "s", "source": "s", "kind": "mechanism", "expected": "+", "outcome": [{"measure": "economic", "strategy": "a"}],
             "low": {"parameters.local_threat": 0.0}, "high": {"parameters.local_threat": 0.1}}
    return Hypothesis.model_validate(plain | changes)


def values(table):
    """Values by strategy and measure, shape (points, worlds)."""
    return Values(lambda strategy, measure: np.atleast_2d(np.asarray(table[strategy, measure], dtype=float)))


def at_points(claim, conditions):
    """The effect at each point."""
    return effects(claim, parts_of(claim, conditions, PAYOFF))


def at_defaults(claim, conditions):
    """The effect at one point with its interval."""
    return effect_at_defaults(claim, parts_of(claim, conditions, PAYOFF), 0)


def test_an_effect_is_the_high_end_less_the_low_end_in_each_world():
    low, high = values({("a", "economic"): [1, 2, 3]}), values({("a", "economic"): [2, 4, 9]})
    effect = at_defaults(hypothesis(), {"low": low, "high": high})
    # differences 1, 2, 6: mean 3, standard deviation sqrt(7); t with 2 degrees of freedom 4.3027
    assert effect.value == pytest.approx(3)
    assert effect.high - 3 == pytest.approx(4.3027 * np.sqrt(7 / 3), rel=1e-4)
    assert at_points(hypothesis(), {"low": low, "high": high}) == pytest.approx([3])


def test_terms_add_up_with_their_weights_and_the_best_is_chosen_by_its_mean():
    outcome = [{"measure": "economic", "strategy": "a"}, {"measure": "economic", "best_of": ["b", "c"], "times": -2.0}]
    table = {("a", "economic"): [[5, 5]], ("b", "economic"): [[9, 0]], ("c", "economic"): [[4, 6]]}
    # c has the higher mean, 5 against 4.5: 5 - 2 * 5
    assert at_points(hypothesis(outcome=outcome, low={}, high={}), {"base": values(table)}) == pytest.approx([-5])


def test_with_a_middle_the_effect_is_the_bend():
    bent = hypothesis(low={"n_worlds": 1}, middle={"n_worlds": 2}, high={"n_worlds": 3})
    ends = {name: values({("a", "economic"): [x, x]}) for name, x in (("low", 0), ("middle", 3), ("high", 4))}
    assert at_points(bent, ends) == pytest.approx([1])  # 3 - (0 + 4) / 2


def test_the_tail_of_a_sum_is_the_sum_of_the_tails_of_its_terms():
    outcome = [{"measure": "economic", "strategy": "a"}, {"measure": "economic", "strategy": "b", "times": -1.0}]
    worlds = np.arange(20.0)
    table = {("a", "economic"): worlds, ("b", "economic"): worlds[::-1] / 2}
    # worst tenth of a: 0, 1, mean .5; of b: 0, .5, mean .25
    result = at_points(hypothesis(outcome=outcome, low={}, high={}, statistic="cvar"), {"base": values(table)})
    assert result == pytest.approx([0.25])


def test_a_price_is_the_ratio_of_means_and_its_interval_that_of_the_ratio():
    price = hypothesis(outcome=[{"measure": "flow_first", "per": "alignment_first", "strategy": "a"}])
    low = values({("a", "flow_first"): [2, 4], ("a", "alignment_first"): [0.5, 1.5]})
    high = values({("a", "flow_first"): [6, 6], ("a", "alignment_first"): [0.5, 1.5]})
    # 6 a year for 1 of alignment, less 3 for 1; worlds contribute 6 + (6 − 6 × .5) = 9 and 6 + (6 − 6 × 1.5) = 3, less 3.5 and 2.5: 5.5 and .5
    effect = at_defaults(price, {"low": low, "high": high})
    assert effect.value == pytest.approx(3)
    assert effect.high - 3 == pytest.approx(12.706 * np.std([5.5, 0.5], ddof=1) / np.sqrt(2), rel=1e-4)
    # who gives nothing has no price
    nothing = values({("a", "flow_first"): [6, 6], ("a", "alignment_first"): [0.5, -0.5]})
    assert np.isnan(at_points(price, {"low": low, "high": nothing})).all()
    assert verdict_on("X", price, at_defaults(price, {"low": low, "high": nothing}), np.full(9, np.nan), PAYOFF).word == "untested"


def test_sides_count_with_teams_of_one_size_under_all_conditions():
    hedges, sides = (0.05, 0.0, 0.6, 0.9), (0.9, 0.9, 0.5, 0.1)
    claim = hypothesis(outcome=[{"measure": "economic", "best_where": {"behaviour": ["hedging"]}},
                                {"measure": "economic", "best_where": {"behaviour": ["aligned_first"]}, "times": -1.0}])

    def library(*rows):
        names = ("lean", "tilt", "mean_engagement", "hedging_index", "economic")
        table = {(f"s{i}", name): [value] for i, row in enumerate(rows) for name, value in zip(names, row, strict=True)}
        return Values(values(table).of, {f"s{i}": (0.3, 0.0, 0.0) for i in range(len(rows))})

    # low: two sides of two, the best 5 and 7. high: two hedgers with 1 and 5 against one aligned with 7: a team is one, a random hedger has 3.
    low = library((*hedges, 1), (0.2, 0.1, 0.7, 0.6, 5), (*sides, 7), (0.6, 0.6, 0.6, 0.3, 6))
    high = library((*hedges, 1), (0.2, 0.1, 0.7, 0.6, 5), (*sides, 7), (0.4, 0.4, 0.6, 0.3, 6))
    # So at low a team is one as well: 3 against 6.5.
    assert at_points(claim, {"low": low, "high": high}) == pytest.approx([(3 - 7) - (3 - 6.5)])
    parts = parts_of(claim, {"low": low, "high": high}, PAYOFF)
    assert {part.team.sizes[0] for of in parts.values() for part in of} == {1}
    # under one condition alone a team is two: 5 against 7
    assert at_points(claim.model_copy(update={"low": {}, "high": {}}), {"base": low}) == pytest.approx([5 - 7])


def test_a_composite_weighs_returns_on_the_anchors():
    composite = hypothesis(outcome=[{"measure": "composite", "strategy": "a"}], weights={"autonomy": 3, "trust": 1}, low={}, high={})
    table = {("a", "autonomy"): [0.925], ("a", "trust"): [0.7]}
    # autonomy .925 is half way from .85 to 1, trust .7 is the upper anchor: (3 * .5 + 1) / 4
    assert at_points(composite, {"base": values(table)}) == pytest.approx([0.625])


@pytest.mark.parametrize(("words", "told"), [
    (["parameters.rivalry_mean=1"], "override parameters.rivalry_mean=1: H1 sets parameters.rivalry_mean itself"),
    (["strategies=[status_quo]"], "override strategies=[status_quo]: H1 sets strategies itself"),
    (["world=cambodia_2020"], "H1 sets world itself"),
])
def test_what_a_hypothesis_sets_itself_is_no_matter_of_overrides(words, told):
    with pytest.raises(ConfigError, match=re.escape(told)):
        trial("H1", hypotheses()["H1"], ["n_worlds=4", "horizon=2", *words], 3)


def test_a_hypothesis_that_varies_nothing_is_refused():
    alike = hypothesis(low={"parameters.backlash": 0.1}, high={"parameters.backlash": 0.1},
                       outcome=[{"measure": "economic", "strategy": "equidistance"}])
    with pytest.raises(ConfigError, match="low and high are the same: nothing is varied"):
        trial("X", alike, ["n_worlds=4", "horizon=2"], 3)


def test_a_statement_is_measured_otherwise_on_the_same_worlds_and_judged_by_its_own_outcome():
    # b is at −2 at the defaults, which are the first point here, and holds in 4 of 20 draws
    of_b = np.repeat([[-2.0], [3.0]], (16, 4), axis=0)
    table = {("a", "economic"): np.ones((20, 2)), ("b", "economic"): np.repeat(of_b, 2, axis=1)}
    both = hypothesis(low={}, high={}, also={"with b": [{"measure": "economic", "strategy": "b"}]})
    assert both.strategies == ("a", "b")
    result = verdict("X", both, {"base": Values(lambda *key: values(table).of(*key)[:1])}, {"base": values(table)}, PAYOFF, 0)
    assert (result.word, result.holds) == ("supported", 1)
    (other,) = result.also.values()
    assert (other.effect.value, other.holds, other.word) == (-2, 0.2, "refuted")


def test_what_is_set_on_the_command_line_is_not_drawn():
    made = trial("H1", hypotheses()["H1"], ["n_worlds=4", "horizon=2", "parameters.backlash=0.1"], 3)
    assert "parameters.backlash" not in made.draws.names
    assert {"parameters.compliance", "world.states.A.growth"} <= set(made.draws.names)


def test_a_group_of_numbers_explains_what_its_numbers_explain():
    # y = 2a + b + c with a, b, c uniform: variances 4, 1, 1 twelfths; {a} explains 4/6, {b, c} 2/6
    rng = np.random.Generator(np.random.SFC64(1))
    points = group_points({"one": [0], "other": [1, 2]}, 3, 4096, rng)
    shares = group_shares(points @ [2, 1, 1], 2).mean(axis=-1)
    assert shares[:, 0] == pytest.approx([4 / 6, 2 / 6], abs=0.02)


def test_groups_are_compared_within_each_draw_of_everything_else():
    # in the first of two draws y = 2a + b, in the second y = 100 + a + 2b: the level tells nothing, and each group has 4/5 in its own draw
    rng = np.random.Generator(np.random.SFC64(2))
    points = group_points({"one": [0], "other": [1]}, 2, 2 * 2048, rng)
    second = np.tile(np.repeat([False, True], 2048), 3)
    y = np.where(second, 100 + points @ [1, 2], points @ [2, 1])
    shares = group_shares(y, 2, 2).mean(axis=-1)
    assert shares.tolist() == [pytest.approx([4 / 5, 1 / 5], abs=0.03), pytest.approx([1 / 5, 4 / 5], abs=0.03)]


def test_a_share_of_variance_has_an_interval_and_no_verdict():
    made = trial("O5", hypotheses()["O5"], ["n_worlds=4", "horizon=2"], 3)
    assert made.groups == ("the US", "Cambodia")
    assert made.hypothesis.statement.startswith("Choices of the US explain more of the trust between it and Cambodia")

    def moved_by(cells, side):
        # the first six numbers are the second power's, the next six the state's
        columns = slice(0, 6) if side == "power" else slice(6, 12)
        mean = cells.points.values[:, columns].sum(axis=1)
        return Values(lambda strategy, measure: np.repeat(mean[:, None], 4, axis=1))

    for side, shares in (("power", (1, 0)), ("state", (0, 1))):
        result = variance_of(made, moved_by(made.default["base"], side), moved_by(made.drawn["base"], side), PAYOFF)
        assert [part.value for part in result.shares] == pytest.approx(shares, abs=0.2)  # all of the variance is one side's
        assert all(part.low <= part.value <= part.high for part in result.shares)
        assert result.draws.shape == (2, 3)
        assert not hasattr(result, "word")


@pytest.mark.parametrize("changes", [
    {"expected": "up"}, {"outcome": []}, {"outcome": [{"measure": "nothing", "strategy": "a"}]}, {"outcome": [{"measure": "economic"}]},
    {"outcome": [{"measure": "economic", "strategy": "a", "best_of": ["b"]}]}, {"outcome": [{"measure": "composite", "strategy": "a"}]},
    {"middle": {"n_worlds": 3}, "low": {}}, {"groups": {"a": ["x"]}}, {"groups": {"a": ["x"], "b": ["y"]}}, {"colour": "red"},
    {"outcome": [{"measure": "economic", "strategy": "a", "best_where": {"lean": [0, 1]}}]}, {"outcome": [{"measure": "economic", "best_where": {}}]},
    {"outcome": [{"measure": "economic", "best_where": {"lean": [1, 0]}}]}, {"outcome": [{"measure": "economic", "best_where": {"behaviour": ["brave"]}}]},
    {"outcome": [{"measure": "economic", "best_where": {"lean": [0, 1], "tools": "some"}}]},
    {"outcome": [{"measure": "economic", "best_where": {"lean": [0, 1], "tools": "equal"}}, {"measure": "economic", "best_where": {"lean": [0, 1]}}]},
    {"outcome": [{"measure": "trust", "best_where": {"lean": [0, 1]}}, {"measure": "economic", "best_where": {"lean": [0, 1]}}]},
    {"outcome": [{"measure": "flow_first", "per": "nothing", "strategy": "a"}]},
    {"outcome": [{"measure": "composite", "per": "trust", "strategy": "a"}], "weights": {"trust": 1}},
    {"outcome": [{"measure": "flow_first", "per": "alignment_first", "strategy": "a"}], "statistic": "cvar"},
    {"expected": None}, {"groups": {"a": ["x"], "b": ["y"]}, "low": {}, "high": {}},
    {"also": {"x": []}}, {"also": {"x": [{"measure": "composite", "strategy": "a"}]}},
    {"also": {"x": [{"measure": "nothing", "strategy": "a"}]}},
])
def test_what_makes_no_hypothesis_is_refused(changes):
    with pytest.raises(ValidationError):
        hypothesis(**changes)


def test_a_conditional_hypothesis_tells_where_it_fails(monkeypatch):
    made = trial("H1", hypotheses()["H1"], ["n_worlds=4", "horizon=2"], 200)
    name = made.draws.names[5]
    x = made.draws.values[:, 5]
    middle = np.median(x)
    # It claims a minus: with a plus it fails, here in the upper half of one parameter.
    result = verdict_on("H1", made.hypothesis, Effect(-1, -2, -0.5), np.where(x > middle, 1.0, -1.0), PAYOFF)
    assert result.word == "conditional"
    for other in (judge.prim, lambda *_, **__: ()):
        monkeypatch.setattr(judge, "prim", other)
        (box,) = judge.failing_region(made, result)
        assert box.names == (name,)
        assert box.ends(name) == (pytest.approx(middle, abs=0.05 * np.ptp(x)), np.inf)
        assert box.density.value > 0.9
    assert judge.failing_region(made, verdict_on("H1", made.hypothesis, Effect(-1, -2, -0.5), np.full(200, -1.0), PAYOFF)) == ()  # supported


def test_all_hypotheses_of_the_model_page_are_there():
    shipped = hypotheses()
    named = {*(f"H{i}" for i in (*range(1, 19), 21)), "H2b", "H2c", "H2d", *(f"O{i}" for i in range(1, 6))}
    assert named <= set(shipped)
    advantages = {name for name, each in shipped.items() if [term.strategy for term in each.outcome] == ["binding_engagement", "bandwagon_first"]}
    assert advantages == {"H1b", "H1c", *(f"H{i}" for i in (1, *range(3, 12), 18, 21))}
    for name in advantages - {"H1b", "H1c"}:  # shown also by behaviour, for equidistance and for the composite
        by_name = {called: (terms[0].strategy, terms[0].measure) for called, terms in shipped[name].also.items() if called != "by behaviour"}
        assert {("equidistance", "economic"), ("binding_engagement", "composite")} <= set(by_name.values())
        hedging, aligned = shipped[name].also["by behaviour"]
        assert (hedging.measure, hedging.times, aligned.measure, aligned.times) == ("economic", 1, "economic", -1)
        assert [hedging.best_where.behaviour, aligned.best_where.behaviour] == [["hedging"], ["aligned_first", "aligned_second"]]
    for name, bonus in (("H1b", 0), ("H1c", 4)):  # what decides H1 is shown at both ends
        assert (shipped[name].base, shipped[name].outcome) == (shipped["H1"].base | {"parameters.contest_bonus": bonus}, shipped["H1"].outcome)
    for name in ("H2", "H2b", "H2c", "O2", "O2b"):  # every conclusion about coercion is shown without backlash too
        plain, without = shipped[name], shipped[f"{name}z"]
        assert without.base == plain.base | {"parameters.backlash": 0}
        assert (without.outcome, without.low, without.high, without.expected) == (plain.outcome, plain.low, plain.high, plain.expected)


def test_what_follows_nearly_from_one_equation_is_a_check_and_the_file_says_from_which():
    checks = {name for name, each in hypotheses().items() if each.kind == "implementation_check"}
    assert checks == {"H2d", *(f"H{i}" for i in range(3, 10)), "H15", "H15b", "H16", "H16b", "H17"}
    for name in checks:
        assert re.search(r"^# Implementation check: .*step \d", (conf_dir() / "hypothesis" / f"{name}.yaml").read_text(), re.M), name


def test_the_claim_of_no_prominence_is_by_behaviour_with_equal_tools():
    without, with_it = hypotheses()["O1"].outcome
    assert (without.best_where.lean, with_it.best_where.lean) == ([0, 0.1], [0.3, 1])
    assert {without.best_where.tools, with_it.best_where.tools} == {"equal"}
    assert (without.measure, without.times, with_it.measure, with_it.times) == ("composite", 1, "composite", -1)


def test_no_statement_names_a_power_or_a_state_and_nearly_all_sources_are_after_somebody():
    for name, each in hypotheses().items():
        assert not re.search(r"China|United States|\bUS\b|Cambodia|ASEAN", each.statement), name
        assert each.source.startswith(("after ", "own reasoning")) or name == "H12", name


def test_classes_of_a_file_are_those_that_are_measured():
    assert set(get_args(Class)) == set(CLASSES)


@pytest.mark.parametrize("name", list(hypotheses()))
def test_every_shipped_hypothesis_can_be_tried_and_its_ends_differ(name):
    made = trial(name, hypotheses()[name], ["n_worlds=4", "horizon=2"], 3)
    assert set(made.jobs) == set(hypotheses()[name].conditions)
    settings = [job.settings for job in made.jobs.values()]
    if len(settings) > 1:
        from experiments.cells.cell import plain
        assert plain(settings[0]) != plain(settings[-1])
    drawn = drawn_parameters(hypotheses()[name], next(iter(made.jobs.values())))
    assert len(drawn) >= 50
    assert not set(drawn) & {key for changes in hypotheses()[name].conditions.values() for key in changes}


@pytest.mark.slow
@pytest.mark.usefixtures("undrawn")
def test_every_shipped_hypothesis_is_tried_by_the_command(said: Said, tmp_path: Path) -> None:
    code, _, errors = said("hypotheses", "--draws=2", "n_worlds=4", "horizon=2", "executor=serial", f"results={tmp_path}")
    assert (code, errors) == (0, "")
    run = only_run(tmp_path, "hypotheses")
    table = pd.read_csv(run / "scoreboard.csv")
    assert list(table.hypothesis) == list(hypotheses())
    assert np.isfinite(table.effect).all()
    assert "failed: " not in (run / "report.html").read_text(encoding="utf-8")


def test_the_command_leaves_a_scoreboard(finished: Finished) -> None:
    run = only_run(finished("hypotheses"), "hypotheses")
    table = pd.read_csv(run / "scoreboard.csv").set_index("hypothesis")
    assert list(table.index) == ["H9", "H13", "O5"]
    assert table.effect["H9"] < 0  # hedging opens to both more than alignment does, and openness to both costs
    assert table.verdict["O5"] == "share of variance"
    assert np.isnan(table.holds["O5"])
    shares = pd.read_csv(run / "variance.csv")
    assert list(shares.group) == ["the US", "Cambodia"]
    assert table.effect["O5"] == shares.share[0]
    assert {"hypothesis", "side", "strategies", "best", "team", "tools"} <= set(pd.read_csv(run / "sides.csv"))
    page = unexplained((run / "report.html").read_text(encoding="utf-8")).replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r"[01] of 1 implementation check holds?\.", page)
    assert "Choices of the US explain more of the trust between it and Cambodia" in page
    concluded = unexplained(page).split(f">{CONCLUDED}</h2>")[1].split("</table>")[0]
    assert re.search(rf"<td class=\"text\">H13, {table.verdict['H13']}: .*?<td>{100 * table.holds['H13']:.0f} \[", concluded, re.S)
    assert "H9" not in concluded  # a check is no conclusion


@pytest.mark.parametrize(("words", "code"), [
    (["--only", "H99"], 65), (["--draws", "1"], 2), (["--draws", "x"], 2), (["nonsense"], 2), (["n_worlds=-1"], 65), (["--help"], 0)])
def test_wrong_words_are_refused(words, code, capsys):
    assert cli.main(["hypotheses", *words]) == code
    assert "Traceback" not in capsys.readouterr().err
