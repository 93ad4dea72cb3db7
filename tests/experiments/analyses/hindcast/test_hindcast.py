"""A planted model is found again and has skill; a shuffled past has none; verdicts follow their rule."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.analyses.hindcast.analyse import analysed
from experiments.analyses.hindcast.design import cells_of, options_of
from experiments.analyses.hindcast.findings import _identified
from experiments.analyses.hindcast.result import DECIDES, FREE, MODEL, NONE, SKILL, UNSURE, UNTESTED, Options, Result, Scores, Split
from experiments.analyses.hindcast.scored import verdict_of
from experiments.cells.archive import packed, unpacked
from experiments.cells.cell import YearlyCell, described
from experiments.cells.simulate import simulated
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import VARIABLE
from experiments.configuration.load import load
from experiments.methods.intervals import Estimate
from sim.draws import BLOCK
from sim.simulation import simulate
from sim.yearly import YearlySeries, yearly
from tests.given import Said, only_run

SCENARIO = """# @package _global_
scenario:
  name: past
  description: A past with a known history.
  series:
    - {kind: growth, target: first, values: {2020: 0.12, 2026: 0.02}}
    - {kind: growth, target: second, values: {2020: 0.01, 2028: 0.06}}
"""
CASE = """question: Is a planted model found again?
source: Simulated by the model itself.
base: {world: theory_symmetric, scenario: past}
until: 2030
held_back: 2028
strategies: [status_quo, bandwagon_first, bandwagon_second]
assumptions: false
prior:
  parameters.size_elasticity: [0, 1.2]
  parameters.rivalry_mean: [-1, 1]
draws: 400
targets: planted.csv
turning_points:
  - {label: turn to the North, measure: tilt, start: 2020, end: 2024}
"""
TRUTH = 0.9
SERIES = [YearlySeries("output", "", "A"), YearlySeries("trade", "north", "A"), YearlySeries("trade", "south", "A"), YearlySeries("tilt", "", "A"),
          *(YearlySeries("trade", "north", state) for state in "BCD")]
UNITS = {"output": "USD bn", "trade": "USD bn", "tilt": "index"}


@pytest.fixture(scope="module")
def conf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case whose past was simulated with known numbers, and the same years shuffled."""
    folder = tmp_path_factory.mktemp("conf")
    for group, name, text in (("scenario", "past", SCENARIO), ("case", "planted", CASE)):
        (folder / group).mkdir()
        (folder / group / f"{name}.yaml").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder))
        settings = load(["world=theory_symmetric", "scenario=past", "strategies=[bandwagon_first,status_quo]", "n_worlds=1", "seed=77", "horizon=64",
                         f"parameters.size_elasticity={TRUTH}"]).settings
        made = yearly(simulate(settings, "bandwagon_first"), SERIES)
    rng = np.random.default_rng(5)
    for name, order in (("planted", np.arange(16)), ("shuffled", rng.permutation(16))):
        rows = ["measure,actor,state,year,value,error,unit,source"]
        for series in SERIES:
            for year, value in enumerate(made[series.name][order, 0].tolist(), start=2020):
                rows.append(f"{series.measure},{series.actor},{series.state},{year},{value!r},{0.02 * abs(value)!r},{UNITS[series.measure]},planted")
        (folder / "case" / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return folder


def hindcast(conf: Path, targets: str | None = None, **given) -> tuple[Options, Result]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(conf))
        file = targets and str(conf / "case" / targets)
        options = options_of("planted", file, given.get("until"), given.get("draws"), given.get("overrides", ()), "counterpoise")
    cells = cells_of(options)
    outcomes = {cell.key: simulated(cell) for cell in cells.cells()}
    return options, analysed(options, list(cells.shares), cells, outcomes.__getitem__)


@pytest.fixture(scope="module")
def planted(conf: Path) -> tuple[Options, Result]:
    return hindcast(conf)


def test_a_planted_model_is_recovered(planted: tuple[Options, Result]):
    options, result = planted
    assert result.strategies["bandwagon_first"] == 1.0
    i = options.points.names.index("parameters.size_elasticity")
    low, high = (1.2 * float(part[i]) for part in (result.identified.low, result.identified.high))
    assert low < TRUTH < high
    assert high - low < 0.5
    assert result.identified.sure[i]
    assert not result.identified.sure[options.points.names.index("parameters.rivalry_mean")]


def test_a_planted_model_gets_skill(planted: tuple[Options, Result]):
    _, result = planted
    assert {target.series.name: target.verdict for target in result.targets} == dict.fromkeys(
        ["output//A", "trade/north/A", "trade/south/A", "tilt//A"], SKILL)
    trade = result.targets[1]
    assert float(trade.test[FREE].skill[DECIDES].value) > 0.8
    assert trade.test[FREE].coverage[1] >= 0.6


def test_a_shuffled_past_gets_none(conf: Path):
    _, result = hindcast(conf, "shuffled.csv")
    assert [target.verdict for target in result.targets] == [NONE] * 4


def test_the_test_years_choose_no_draw(conf: Path, planted: tuple[Options, Result], tmp_path: Path):
    _, before = planted
    lines = (conf / "case" / "planted.csv").read_text().splitlines()
    changed = [line if not line.split(",")[3].isdigit() or int(line.split(",")[3]) <= 2030 else ",".join(
        part if i != 4 else str(2 * abs(float(part)) + 1) for i, part in enumerate(line.split(","))) for line in lines]
    changed = [line for line in changed if not line.startswith("tilt") or int(line.split(",")[3]) <= 2030]  # a tilt ends at 1
    (tmp_path / "later.csv").write_text("\n".join(changed) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(conf))
        options = options_of("planted", str(tmp_path / "later.csv"), None, None, (), "counterpoise")
    cells = cells_of(options)
    outcomes = {cell.key: simulated(cell) for cell in cells.cells()}
    after = analysed(options, list(cells.shares), cells, outcomes.__getitem__)
    assert np.array_equal(before.kept, after.kept)
    assert np.array_equal(before.targets[0].forecast, after.targets[0].forecast)


def test_where_nothing_later_was_observed_the_last_years_are_held_back(conf: Path, tmp_path: Path):
    lines = [line for line in (conf / "case" / "planted.csv").read_text().splitlines() if not line.split(",")[3].isdigit() or int(line.split(",")[3]) <= 2030]
    (tmp_path / "early.csv").write_text("\n".join(lines) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(conf))
        assert options_of("planted", str(tmp_path / "early.csv"), None, None, (), "c").until == 2028
        assert options_of("planted", str(tmp_path / "early.csv"), 2025, None, (), "c").until == 2025
        assert options_of("planted", None, None, None, (), "c").until == 2030


def test_scores_and_forecasts_of_the_baselines_are_those_of_a_hand_calculation(planted: tuple[Options, Result]):
    _, result = planted
    output = result.targets[0]
    seen = output.values
    logs = np.log(seen[:11])
    mean = np.exp(logs.mean())
    assert output.baselines["constant"] == pytest.approx(np.full(16, mean))
    slope = ((np.arange(11) - 5) * (logs - logs.mean())).sum() / 110
    line = np.exp(logs.mean() + slope * (np.arange(16) - 5))
    assert output.baselines["trend"] == pytest.approx(line)
    test = output.test[FREE]
    assert test.scores["trend"].rmse == pytest.approx(np.sqrt(np.mean((line[11:] - seen[11:]) ** 2)))
    assert test.scores[DECIDES].bias == pytest.approx(np.mean(mean - seen[11:]))
    assert test.scores[MODEL].log_error == pytest.approx(np.mean(np.abs(np.log(output.forecast[11:] / seen[11:]))))
    assert (test.n, output.training[FREE].n) == (5, 10)  # the first value is where baselines begin
    one = output.test[1].scores["last value"]
    assert one.rmse == pytest.approx(np.sqrt(np.mean((seen[10:15] - seen[11:16]) ** 2)))


def test_turning_points_and_the_order_of_states(planted: tuple[Options, Result]):
    _, result = planted
    (turn,) = result.turns
    assert turn.observed > 0.2
    assert turn.same_sign == 1.0
    (ranks,) = result.ranks
    assert (ranks.measure, ranks.actor, ranks.n_states) == ("trade", "north", 4)
    assert ranks.training > 0.3
    assert ranks.test > 0.3
    assert [target.series.state for target in result.others] == ["B", "C", "D"]


def case_with(conf: Path, tmp_path: Path, old: str, new: str) -> Path:
    """A folder with the case changed in a line."""
    folder = shutil.copytree(conf, tmp_path / "conf")
    text = (folder / "case" / "planted.yaml").read_text()
    assert old in text
    (folder / "case" / "planted.yaml").write_text(text.replace(old, new))
    return folder


@pytest.mark.parametrize(("old", "new", "told"), [
    ("  parameters.size_elasticity: [0, 1.2]", "  parameters.size_elasticitty: [0, 1.2]", "prior.parameters.size_elasticitty"),
    ("  parameters.size_elasticity: [0, 1.2]", "  policy.patron.visits: [0, 1]\n  policy.nobody.visits: [0, 1]", "policy.nobody.visits"),
    ("  parameters.size_elasticity: [0, 1.2]", "  parameters.size_elasticity: [-5, 1.2]", "allowed range"),
    ("  parameters.size_elasticity: [0, 1.2]", "  world.states.A.aid.north: [0, 1]\n  world.states.A.aid.first: [0, 2]", "by two spellings"),
    ("measure: tilt, start", "measure: trade, actor: japan, start", "turning_points.0.actor: trade is of north, south, rest, all; got japan"),
    ("targets: planted.csv", "targets: ../planted.csv", "name it on the command line: targets=FILE"),
    ("scenario: past}", "scenario: past, horizon: 8}", "base: horizon has no effect in a case"),
])
def test_a_case_that_cannot_be_is_refused_in_words(conf: Path, tmp_path: Path, old: str, new: str, told: str):
    with pytest.raises(ConfigError) as caught:
        hindcast(case_with(conf, tmp_path, old, new))
    assert any(told in problem for problem in caught.value.problems), caught.value.problems


def test_a_number_of_a_strategy_can_be_drawn(conf: Path, tmp_path: Path):
    _, result = hindcast(case_with(conf, tmp_path, "  parameters.rivalry_mean: [-1, 1]", "  strategies.bandwagon_first.speed: [0.05, 0.5]"), draws=100)
    assert set(result.strategies) == {"status_quo", "bandwagon_first", "bandwagon_second"}


def test_a_turning_point_may_name_a_power_by_its_place(conf: Path, tmp_path: Path):
    _, result = hindcast(case_with(conf, tmp_path, "measure: tilt, start", "measure: trade, actor: first, start"), draws=100)
    assert [turn.series.name for turn in result.turns] == ["trade/north/A"]


def test_a_policy_that_is_chosen_is_not_drawn(conf: Path, tmp_path: Path):
    folder = case_with(conf, tmp_path, "assumptions: false", "assumptions: true")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder))
        usual, chosen = (options_of("planted", None, None, 100, words, "c") for words in ((), ("policies.south=coercion",)))
    assert not any(name.startswith("policy.coercion.") for name in chosen.points.names)
    assert chosen.job.settings.policies["south"].name == "coercion"
    assert any(name.startswith("policy.") for name in usual.points.names)


def test_values_before_the_world_begins_are_counted_and_said(conf: Path, tmp_path: Path):
    text = (conf / "case" / "planted.csv").read_text()
    (tmp_path / "early.csv").write_text(text + "output,,A,2010,90,1,USD bn,planted\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(conf))
        assert options_of("planted", str(tmp_path / "early.csv"), None, None, (), "c").before == 1


def test_a_series_with_no_training_years_is_scored_and_not_fitted(conf: Path, tmp_path: Path):
    lines = (conf / "case" / "planted.csv").read_text().splitlines()
    few = [line for line in lines if not line.startswith("tilt") or int(line.split(",")[3]) > 2030]
    (tmp_path / "few.csv").write_text("\n".join(few) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(conf))
        options = options_of("planted", str(tmp_path / "few.csv"), None, 100, (), "c")
    cells = cells_of(options)
    outcomes = {cell.key: simulated(cell) for cell in cells.cells()}
    result = analysed(options, list(cells.shares), cells, outcomes.__getitem__)
    assert "tilt//A" not in [target.series.name for target in result.targets]
    (tilt,) = [target for target in result.others if target.series.name == "tilt//A"]
    assert tilt.verdict == UNTESTED


def split(model: float, constant: float, n: int = 8, low: float = 0.1) -> Split:
    scores = {name: Scores(n, error, 0.0, 0.0, error) for name, error in ((MODEL, model), (DECIDES, constant))}
    return Split(scores, {DECIDES: Estimate(np.array(1 - (model / constant) ** 2), np.array(low), np.array(0.9))})


@pytest.mark.parametrize(("training", "test", "verdict"), [
    (split(1, 2), split(1, 2), SKILL),
    (split(1, 2), split(2, 1), NONE),
    (split(2, 1), split(1, 2), NONE),
    (split(1, 1), split(1, 2), NONE),
    (split(1, 2, low=-0.1), split(1, 2), UNSURE),
    (split(1, 2), split(1, 2, low=np.nan), UNSURE),
    (split(1, 2), split(1, 2, n=2), UNTESTED),
    (split(1, 2, n=2), split(1, 2), UNTESTED),
])
def test_verdicts_follow_the_rule(training: Split, test: Split, verdict: str):
    assert verdict_of(training, test) == verdict


def test_a_cell_of_series_survives_the_round_trip(conf: Path):
    options, _ = hindcast(conf, draws=100)
    cell = cells_of(options).cells()[0]
    assert isinstance(cell, YearlyCell)
    data = packed(cell, simulated(cell))
    description, outcome = unpacked(data, cell.key)
    again = described(description)
    assert isinstance(again, YearlyCell)
    assert again.key == cell.key
    for name, values in simulated(again).payoffs.items():
        assert np.array_equal(values, outcome.payoffs[name])


@pytest.mark.parametrize(("overrides", "told"), [
    (["n_worlds=8"], "override n_worlds=8: has no effect here; draws=… says how many worlds there are"),
    (["strategies=[status_quo]"], "override strategies=[status_quo]: has no effect here"),
    (["horizon=4"], "override horizon=4: has no effect here"),
    (["world=cambodia_2020"], "override world=cambodia_2020: the case sets world itself"),
    (["parameters.size_elasticity=1"], "override parameters.size_elasticity=1: the case draws parameters.size_elasticity"),
    (["focal=B"], "override focal=B: has no effect here; the case is about its own state"),
    (["reference=status_quo"], "strategies are not compared"),
    (["payoff.weights={economic: 1}"], "no return is compared"),
])
def test_what_a_hindcast_sets_itself_is_refused(conf: Path, overrides: list[str], told: str):
    with pytest.raises(ConfigError) as caught:
        hindcast(conf, overrides=overrides)
    assert told in caught.value.problems[0]


def test_the_command_writes_its_report_and_a_cell_of_it_can_be_replayed(conf: Path, said: Said, tmp_path: Path):
    code, output, problems = said("hindcast", "case=planted", "draws=100", f"--conf={conf}", "executor=serial", f"results={tmp_path}")
    assert (code, "2,0" in problems) == (0, False)
    assert "The model has skill in" in output
    run = only_run(tmp_path, "hindcast")
    page = (run / "report.html").read_text()
    assert "What the training years identify" in page
    file = next((tmp_path / "cells").glob("*/*.npz"))
    block = described(unpacked(file.read_bytes(), file.stem)[0]).block
    code, output, _ = said("replay", file, block * BLOCK + 3)
    assert code == 0
    assert "measures match bit for bit" in output


@pytest.mark.parametrize(("words", "code", "told"), [
    (("case=cambodia_1949",), 65, "did you mean cambodia_1994?"),
    (("case=",), 2, "case= needs a value"),
    (("draws=90000",), 65, "draws=90000: at most 8,333 under each of 12 strategies"),
    (("until=2050",), 65, "until=2050: the last year observed is 2011"),
    (("world.states.KHM.aid.first=0.001",), 65, "the case draws world.states.KHM.aid.china"),
    (("world.states.KHM.aid={first: 0.001}",), 65, "the case draws world.states.KHM.aid.china"),
    (("targets=nowhere.csv",), 65, "nowhere.csv cannot be read"),
    (("until=soon",), 2, "until must be a whole number"),
    (("until=1994",), 65, "no series of KHM has two years up to 1994"),
    (("draws=3",), 2, "draws must be a whole number from 100 to 100,000"),
    (("case=cambodia_1994", "case=cambodia_1994"), 2, "case is given twice"),
    (("rubbish",), 2, "neither an option nor KEY=VALUE"),
    (("design=lhs", "design.over=[parameters.rivalry_mean]"), 65, "makes its own points"),
])
def test_what_cannot_be_done_is_refused_in_a_line(words: tuple[str, ...], code: int, told: str, said: Said, tmp_path: Path):
    result, output, problems = said("hindcast", *words, f"results={tmp_path / 'new'}")
    assert (result, output, problems.count("\n")) == (code, "", 1)
    assert told in problems
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(("sure", "about", "text"), [
    ([], "The data identify none of 2 numbers", "The kept draws look like the prior in each of them, with all tested at once."),
    ([0], "The data identify 1 of 2 numbers", "In the others the kept draws look like the prior."),
    ([0, 1], "The data identify all 2 numbers drawn", "The kept draws differ from the prior.")])
def test_no_more_numbers_are_spoken_of_than_there_are(planted: tuple[Options, Result], sure: list[int], about: str, text: str):
    found = _identified(*with_known(planted, 2, sure))
    assert (found.about, found.text) == (about, text)


@pytest.mark.parametrize(("sure", "about", "text"), [
    ([], "The data do not identify the one number drawn", "The kept draws look like the prior."),
    ([0], "The data identify the one number drawn", "The kept draws differ from the prior.")])
def test_one_number_alone_has_no_others(planted: tuple[Options, Result], sure: list[int], about: str, text: str):
    found = _identified(*with_known(planted, 1, sure))
    assert (found.about, found.text) == (about, text)


def with_known(planted: tuple[Options, Result], n: int, sure: list[int]) -> tuple[Options, Result]:
    """As if the first numbers had been drawn alone, and the data had identified some."""
    options, result = planted
    known = result.identified
    few = replace(known, names=known.names[:n], contraction=known.contraction[:n], p=np.where(np.isin(np.arange(n), sure), 0.0, 1.0))
    return options, replace(result, identified=few)
