"""What a run changes against its baseline: the same worlds, the level less the level, and how far that moves the comparison."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.analyses.comparison.brief import brief_of
from experiments.analyses.comparison.change import Change, against_alignment, change_of, highest, of_one, sentence, unmoved, what_changes
from experiments.analyses.comparison.comparison import compare
from experiments.cells.job_cells import Results, run
from experiments.configuration.errors import ConfigError
from experiments.configuration.load import load, load_sweep
from experiments.names import naming
from sim.payoffs import COMPOSITE, MEASURES, RETURNS, Payoff
from tests.experiments.analyses.comparison.test_comparison import ANCHORS
from tests.given import Said, only_run

SMALL = ("n_worlds=8", "horizon=6", "strategies=[status_quo,equidistance,bandwagon_first]", "assumption_draws=0")
NAMES = ("status_quo", "equidistance", "bandwagon_first")
FAMILIES = {"status_quo": "status_quo", "equidistance": "hedging", "bandwagon_first": "alignment"}
PAYOFF = Payoff(anchors=ANCHORS)


def made_up(effects: Mapping[str, float], measure: str = "economic", payoff: Payoff = PAYOFF, spread: float = 0.0) -> Change:
    """A change that adds to one return of each strategy, in 400 worlds; with a spread the effect differs by world."""
    rng = np.random.default_rng(0)
    before = {name: rng.normal(size=(3, 400)) for name in MEASURES}
    now = {name: values.copy() for name, values in before.items()}
    for i, name in enumerate(NAMES):
        now[measure][i] += effects[name] + spread * rng.normal(size=400)
    return change_of("a test", Results(NAMES, now), Results(NAMES, before), "status_quo", payoff)


# ---- The baseline


@pytest.mark.parametrize("words", [
    ("scenario=cold_war",), ("policies.us=coercion",), ("peers.THA=equidistance",), ("parameters.rivalry_mean=1",), ("policy.patron.reward=2.5",),
    ("scenario.events=[{kind: crisis, start: +0q2}]",), ("scenario=calm", "policies.first=neglect")], ids=" ".join)
def test_the_baseline_is_the_job_without_its_changes(words: tuple[str, ...]) -> None:
    job, usual = load([*SMALL, *words, "focal=VNM", "seed=7"]), load([*SMALL, "focal=VNM", "seed=7"])
    assert job.baseline == usual.settings
    assert job.baseline != job.settings
    assert usual.baseline is None


@pytest.mark.parametrize("words", [("focal=VNM",), ("horizon=4",), ("seed=1",), ("world.powers.us.output=20000",), ("payoff.matters.trust=0.1",),
                                   ("scenario=baseline", "policies.us=norm_promoter"), ("peers.KHM=equidistance",)], ids=" ".join)
def test_what_changes_no_world_has_no_baseline(words: tuple[str, ...]) -> None:
    assert load([*SMALL, *words]).baseline is None


def test_facts_that_are_overridden_are_those_of_the_baseline_too() -> None:
    job = load([*SMALL, "world.powers.us.output=20000", "scenario=cold_war"])
    assert job.baseline is not None
    assert job.baseline.world == job.settings.world
    assert job.baseline.scenario.name == "baseline"


def test_another_scenario_may_be_the_baseline_and_null_is_none() -> None:
    assert load([*SMALL, "scenario=cold_war", "against=null"]).baseline is None
    job = load([*SMALL, "against=calm"])
    assert job.baseline is not None
    assert job.baseline.scenario.name == "calm"
    with pytest.raises(ConfigError, match="did you mean cold_war"):
        load([*SMALL, "against=cold_wa"])


def test_every_scenario_has_a_baseline_in_the_worlds_it_fits() -> None:
    for job in load_sweep([*SMALL[:2], "strategies=[status_quo]", "scenario=glob(*)"], True):
        assert (job.baseline is None) == (job.settings.scenario.name in ("baseline", "challenged_government") and not job.settings.scenario.events)


def test_what_is_changed_is_said_with_labels() -> None:
    def said(*words: str) -> str:
        job = load([*SMALL, *words])
        with naming([job.settings]):
            return what_changes(job)

    assert said() == ""
    assert said("scenario=slowdown_first") == "scenario slowdown of China"
    assert said("policies.us=coercion") == "the US with policy coercion"
    assert said("policy.patron.reward=2.5") == "China with reward of alignment in flows 2.5"
    assert said("policy.norm_promoter.punish=0", "policy.norm_promoter.norms=0", "scenario.events=[{kind: budget, actor: second, start: +0q0, value: 2}]") == (
        "budget of the US × 2.0 from 2020Q1 and the US with pressure on unaligned states 0 and pressure on governance 0")
    assert said("scenario.events=[{kind: crisis, start: 2020Q3},{kind: growth, target: VNM, start: 2, value: -0.1}]") == (
        "crisis in 2020Q3 and growth −0.10 for Viet Nam from 2020Q3")
    assert said("peers.THA=equidistance") == "Thailand with equal distance"
    assert said("peers.all=equidistance", "parameters.rivalry_mean=1") == (
        "9 neighbours with equal distance and mean rivalry between the powers in the long run 1.00")


# ---- Its effect


def test_the_effect_is_the_level_less_that_of_the_run_alone_in_every_world(said: Said, tmp_path: Path) -> None:
    code, _, _ = said(*SMALL, "scenario=cold_war", f"results={tmp_path}")
    assert code == 0
    folder = only_run(tmp_path, "cambodia_2020-cold_war")
    table = pd.read_csv(folder / "change.csv").set_index(["strategy", "measure"])
    now, before = (run(load([*SMALL, *words]).settings).payoffs for words in (["scenario=cold_war"], []))
    for measure in RETURNS:
        for i, name in enumerate(load(SMALL).settings.strategies):
            effect = now[measure][i] - before[measure][i]
            assert table.effect[name, measure] == pytest.approx(effect.mean(), abs=1e-12)
            moved = effect - (now[measure][0] - before[measure][0])
            assert table.moved[name, measure] == pytest.approx(moved.mean(), abs=1e-12)
    assert (folder / "brief.md").read_text(encoding="utf-8").count("\n") < 60
    assert "What the change does" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_report_made_again_needs_neither_conf_nor_cells_of_another_run(said: Said, tmp_path: Path, few_figures: None) -> None:
    assert said(*SMALL, "scenario=cold_war", "workers=1", f"results={tmp_path}")[0] == 0
    folder = only_run(tmp_path, "cambodia_2020-cold_war")
    code, output, _ = said("report", str(folder))
    assert code == 0
    again = Path(output.splitlines()[-1]).parent
    for name in ("change.csv", "paired.csv", "brief.md"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()
    assert said("verify", str(folder))[0] == 0


def test_a_sweep_shows_what_each_job_changes_as_the_job_alone_does(said: Said, tmp_path: Path, few_figures: None) -> None:
    small = (*SMALL[:3], "workers=1", f"results={tmp_path}")
    assert said("-m", *small, "scenario=baseline,cold_war", "policies.us=norm_promoter,coercion")[0] == 0
    table = pd.read_csv(only_run(tmp_path, "sweep") / "changes.csv").set_index(["job", "strategy", "measure"])
    assert sorted(set(table.index.get_level_values("job"))) == [1, 2, 3]  # the first is the baseline
    assert said(*small, "assumption_draws=0", "scenario=cold_war", "policies.us=coercion")[0] == 0
    alone = pd.read_csv(only_run(tmp_path, "cambodia_2020-cold_war-us_coercion") / "change.csv").set_index(["strategy", "measure"])
    pd.testing.assert_frame_equal(table.loc[3].sort_index(), alone.sort_index(), check_exact=False, rtol=1e-12)


def test_the_composite_of_both_counts_consumption_from_the_same_level() -> None:
    payoff = Payoff(anchors=ANCHORS, weights={"economic": 1.0})
    change = made_up(dict.fromkeys(NAMES, 0.02), payoff=payoff)
    low, high = ANCHORS["economic"]
    np.testing.assert_allclose(change.effects[COMPOSITE], 0.02 / (high - low))


# ---- In words


def test_a_sentence_says_who_loses_most_and_who_least() -> None:
    assert sentence(made_up({"status_quo": -0.01, "equidistance": -0.006, "bandwagon_first": -0.018}), "economic") == (
        "Consumption falls with every strategy: most with bandwagon first power, by 1.8 %; least with equidistance, by 0.60 %.")
    assert sentence(made_up({"status_quo": 0.01, "equidistance": 0.006, "bandwagon_first": 0.018}), "economic") == (
        "Consumption rises with every strategy: most with bandwagon first power, by 1.8 %; least with equidistance, by 0.60 %.")
    assert sentence(made_up({"status_quo": 0.0, "equidistance": 0.006, "bandwagon_first": -0.018}), "economic") == (
        "Consumption rises most with equidistance, by 0.60 %, and falls most with bandwagon first power, by 1.8 %.")


def test_what_is_too_small_or_not_certain_is_no_change() -> None:
    small = made_up(dict.fromkeys(NAMES, 0.002))
    assert sentence(small, "economic") == "Consumption does not change in practice."
    assert small.moved == []
    assert set(small.table[small.table.measure == "economic"].verdict) == {"same"}
    open_ = made_up(dict.fromkeys(NAMES, 0.02), spread=1.0)
    assert set(open_.table[open_.table.measure == "economic"].verdict) == {"open"}
    some = made_up({"status_quo": 0.0, "equidistance": 0.0, "bandwagon_first": -0.018})
    assert sentence(some, "economic") == (
        "Consumption falls most with bandwagon first power, by 1.8 %; with status quo and equidistance it does not change in practice.")
    assert sentence(some, "trust") == ""  # nothing of it moves in any world


def test_the_returns_that_a_change_leaves_as_they_are_are_named() -> None:
    assert unmoved(made_up(dict.fromkeys(NAMES, 0.0))) == ["Nothing changes."]
    assert unmoved(made_up(dict.fromkeys(NAMES, 0.02), spread=1.0)) == [
        "Autonomy, legitimacy, stability, trust and security do not change in practice.", "It is not certain whether consumption changes."]
    change = made_up(dict.fromkeys(NAMES, 0.02), "trust")
    assert change.moved == ["trust"]
    assert of_one(change, "equidistance") == ["With equidistance, trust rises by 2.0 points."]
    assert of_one(made_up({"status_quo": 0.0, "equidistance": 0.006, "bandwagon_first": 0.0}), "status_quo") == []
    assert "trust" not in unmoved(change)[0]


def test_what_moves_most_strategies_comes_first_and_consumption_where_it_moves_half_of_them() -> None:
    zeros = {name: np.zeros((3, 400)) for name in MEASURES}
    for moved, expected in ((1, ["trust", "economic"]), (2, ["economic", "trust"])):
        now = {**zeros, "economic": np.where(np.arange(3)[:, None] < moved, 0.02, 0.0) * np.ones(400), "trust": np.full((3, 400), 0.05)}
        assert change_of("a test", Results(NAMES, now), Results(NAMES, zeros), "status_quo", PAYOFF).moved == expected


@pytest.mark.parametrize(("before", "effects", "expected"), [
    ((0.0, 0.02, 0.01), (0.01, 0.01, 0.01), ["Consumption is still highest with equidistance."]),
    ((0.0, 0.02, 0.01), (0.01, 0.01, 0.03), ["Consumption is now highest with bandwagon first power, no longer with equidistance."]),
    ((0.0, 0.0, 0.0), (0.01, 0.01, 0.02), ["Consumption is now highest with bandwagon first power."]),
    ((0.0, 0.02, 0.01), (0.01, 0.01, 0.021), []),  # the two do not differ in practice
])
def test_who_is_highest_before_and_after_a_change(before: tuple[float, ...], effects: tuple[float, ...], expected: list[str]) -> None:
    baseline = {name: np.tile(np.array(before)[:, None], 400) for name in MEASURES}
    now = {**baseline, "economic": baseline["economic"] + np.array(effects)[:, None]}
    change = change_of("a test", Results(NAMES, now), Results(NAMES, baseline), "status_quo", PAYOFF)
    assert highest(change, "economic") == expected


def test_hedging_against_alignment_moves_by_what_each_side_gains() -> None:
    moved = against_alignment(made_up({"status_quo": 0.0, "equidistance": -0.006, "bandwagon_first": -0.018}), FAMILIES, "economic")
    assert moved is not None
    assert moved.mean == pytest.approx(0.012)
    assert against_alignment(made_up(dict.fromkeys(NAMES, 0.0)), dict.fromkeys(NAMES, "hedging"), "economic") is None


def test_the_brief_answers_with_the_change_and_holds_few_numbers() -> None:
    job = load([*SMALL, "scenario=slowdown_first"])
    change = made_up({"status_quo": -0.01, "equidistance": -0.006, "bandwagon_first": -0.018})
    payoffs = {name: change.baseline.get(name, np.zeros((3, 400))) for name in MEASURES}
    comparison = compare(Results(NAMES, payoffs), FAMILIES, "status_quo", PAYOFF, seed=1)
    brief = brief_of(job, replace(comparison, change=change), None)
    assert brief.answer.startswith("Consumption falls with every strategy")
    assert brief.findings[:2] == (
        "With status quo, consumption falls by 1.0 %.", "The change is better for hedging than for alignment, by 1.2 % of consumption.")
    assert brief.findings[-1] == "Autonomy, legitimacy, stability, trust and security do not change in practice."
    assert len(brief.findings) <= 4
    assert brief.assumptions == "not checked (assumption_draws=0)."


def test_what_changes_for_some_strategies_alone_is_an_answer_too() -> None:
    # Its sentence ends as that of a return that does not change; trust rises with every strategy.
    before = {name: np.zeros((3, 400)) for name in MEASURES}
    now = {**before, "economic": before["economic"] + np.array([[0.0], [0.0], [-0.018]]), "trust": before["trust"] + 0.02}
    comparison = compare(Results(NAMES, now), FAMILIES, "status_quo", PAYOFF, seed=1)
    change = change_of("a test", Results(NAMES, now), Results(NAMES, before), "status_quo", PAYOFF)
    brief = brief_of(load([*SMALL, "scenario=slowdown_first"]), replace(comparison, change=change), None)
    assert brief.answer == "Trust rises with every strategy by 2.0 points."
    assert "Consumption falls most with bandwagon first power, by 1.8 %; with status quo and equidistance it does not change in practice." in brief.findings
