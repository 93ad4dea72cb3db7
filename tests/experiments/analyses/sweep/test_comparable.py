"""What a sweep shows for each of its jobs, and what it refuses before anything is simulated: inputs that once gave wrong numbers in silence."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from experiments.analyses.sweep.comparable import check
from experiments.analyses.sweep.gather import axis_of
from experiments.cells.plan import summary
from experiments.commands.export import _title
from experiments.configuration.errors import ConfigError
from experiments.configuration.job import Job
from experiments.configuration.load import load, load_sweep
from experiments.configuration.violations import FAMILIES
from experiments.figures import style
from experiments.names import naming
from experiments.report.write import Report
from tests.experiments.analyses.sweep.test_every_key import alone, swept
from tests.given import Said, shipped

TWO = ("strategies=[equidistance,status_quo]", "n_worlds=16", "assumption_draws=0", "workers=1")


def jobs_of(*words: str, base: Sequence[str] = TWO) -> list[Job]:
    keys = {word.split("=")[0] for word in words}
    return load_sweep([*(text for text in base if text.split("=")[0] not in keys), *words], several=True)


def difference(table: pd.DataFrame, point: int, measure: str, strategy: str = "equidistance") -> tuple[float, float, float]:
    row = table[(table.point == point) & (table.measure == measure) & (table.strategy == strategy)].iloc[0]
    return row.difference, row.difference_low, row.difference_high


@pytest.mark.parametrize(("key", "values", "measure"), [
    ("payoff.weights", ("{economic: 1}", "{autonomy: 1}"), "composite"), ("experiment", ("growth_first", "sovereignty_first"), "composite"),
    ("reference", ("equidistance", "status_quo"), "economic")])
def test_each_point_is_read_by_its_own_payoff_and_reference(key: str, values: tuple[str, str], measure: str) -> None:
    table = swept(jobs_of(f"{key}={','.join(values)}")).frames["points"]
    for point, value in enumerate(values):
        row = alone(load([*TWO, f"{key}={value}"]))["paired"].set_index(["strategy", "measure"]).loc[("equidistance", measure)]
        assert difference(table, point, measure) == pytest.approx((row.difference, row.low, row.high), abs=1e-12)
    # The first job's payoff or reference would give another number at the second point: their intervals are apart.
    (_, *one), (_, *other) = (difference(table, point, measure) for point in (0, 1))
    assert max(one) < min(other) or max(other) < min(one)


def test_a_reference_does_not_differ_from_itself() -> None:
    table = swept(jobs_of("reference=equidistance,status_quo", "horizon=4")).frames["points"]
    assert difference(table, 0, "economic") == (0, 0, 0)
    assert difference(table, 1, "economic", "status_quo") == (0, 0, 0)


@pytest.mark.parametrize(("words", "lines"), [
    (["n_worlds=16,64"], ["override n_worlds=16,64: fewer worlds are the first of more, so they are not swept; run n_worlds=64 and read convergence.csv"]),
    (["experiment=balance_vs_align,asean"],
     ["override experiment=balance_vs_align,asean: a preset that sweeps is not swept itself; "
      "run each alone: experiment=balance_vs_align, then experiment=asean"]),
    (["strategies=[equidistance,auction,status_quo],[equidistance,isolation,status_quo]"],
     ["override strategies=[equidistance,auction,status_quo],[equidistance,isolation,status_quo]: "
      "strategies=[equidistance,auction,status_quo,isolation] compares them in one run"]),
    (["strategies=equidistance,auction"], ["override strategies=equidistance,auction: strategies=[equidistance,auction] compares them in one run"]),
    (["workers=1,2", "name=a,b", "executor.kind=serial,processes"],
     ["override workers=1,2: makes no difference to the numbers, so it is not swept; give one value, such as workers=2",
      "override name=a,b: makes no difference to the numbers, so it is not swept; give one value, such as name=b",
      "override executor.kind=serial,processes: makes no difference to the numbers, so it is not swept; give one value, such as executor.kind=processes"]),
    (["scenario=calm,cold_war", "results=a,b"],
     ["override results=a,b: makes no difference to the numbers, so it is not swept; give one value, such as results=b"]),
    (["policies.us=coercion,inducement", "against=calm,null"],
     ["override against=calm,null: all jobs of a sweep are compared with one baseline; run each alone: against=calm, then against=null"]),
    (["strategies.equidistance.family=hedging,alignment"],
     ["override strategies.equidistance.family=hedging,alignment: a family is a label and must be the same at every point; "
      "give one value, such as strategies.equidistance.family=alignment"]),
    (["payoff.weights=null,{economic: 1}"],
     ["override payoff.weights=null,{economic:1}: only some of its values have payoff.weights, which the composite needs; "
      "run each alone: payoff.weights=null, then payoff.weights={economic:1}"]),
    (["design=lhs", "design.over=[parameters.rivalry_mean]", "seed=1,2"],
     ["override seed=1,2: the seed draws the points of design=lhs too; use design=grid or design=table"]),
    (["design=grid", "design.over=[parameters.rivalry_mean]", "design.points=2,3"],
     ["override design.points=2,3: its points differ; give one value, such as design.points=3"]),
    (["design=grid", "design.over=[parameters.rivalry_mean]", "parameters.rivalry_mean=0,1"],
     ["override parameters.rivalry_mean=0,1: the design varies it already; leave one of the two out"]),
    (["design=grid", "design.over=[parameters.rivalry_mean]", "scenario=baseline,cold_war"],  # rivalry is all that cold_war sets
     ["override scenario=baseline,cold_war: makes no difference to the numbers, so it is not swept; give one value, such as scenario=cold_war"]),
    (["scenario=calm", "scenario=calm,cold_war"], ["override scenario=calm,cold_war: scenario is given twice"]),
    (["parameters.rivalry_mean=range(0,inf,1)"], ["override parameters.rivalry_mean=range(0,inf,1): a range needs finite numbers"]),
    (["seed=range(3,1)"], ["override seed=range(3,1): the range is empty"]),
    (["seed=1,2,1"], ["override seed=1,2,1: 1 is given twice"]),
    (["seed=range(0,1000000000)"],
     ["override seed=range(0,1000000000): 1,000,000,000 values; at most 10,000. Numbers are swept faster inside a job: design=grid"]),
])
def test_what_cannot_be_compared_is_refused_with_what_to_do_instead(words: list[str], lines: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        check(jobs_of(*words))
    assert refused.value.problems == lines


def test_presets_of_different_strategies_are_compared_on_those_that_both_have() -> None:
    with pytest.raises(ConfigError, match=r"its strategies differ; strategies=\[status_quo,equidistance,bandwagon_first,bandwagon_second,isolation\] compares"):
        check(jobs_of("experiment=quick,growth_first", base=TWO[1:]))


def test_a_refused_sweep_writes_nothing(said: Said, tmp_path: Path) -> None:
    code, out, error = said("-m", "workers=1,2", *TWO[:3], f"results={tmp_path}/new")
    assert (code, out) == (65, "")
    assert error.startswith("override workers=1,2: ")
    assert list(tmp_path.iterdir()) == []


@cache
def of_three_seeds() -> Report:
    return swept(jobs_of("seed=1,2,3", "horizon=4"))


class TestSeedsAreReplicates:
    def test_each_seed_stays_a_whole_number_and_has_the_numbers_of_its_job_alone(self) -> None:
        report = of_three_seeds()
        table = report.frames["points"]
        assert table.seed.dtype.kind == "i"
        for point, seed in enumerate((1, 2, 3)):
            assert table[table.point == point].seed.unique().tolist() == [seed]
            paired = alone(load([*TWO, f"seed={seed}", "horizon=4"]))["paired"].set_index(["strategy", "measure"])
            row = paired.loc[("equidistance", "economic")]
            assert difference(table, point, "economic") == pytest.approx((row.difference, row.low, row.high))

    def test_a_table_shows_mean_and_spread_between_seeds(self) -> None:
        report = of_three_seeds()
        table = report.frames["seeds"].set_index(["strategy", "measure"]).loc[("equidistance", "economic")]
        points = report.frames["points"]
        own = points[(points.strategy == "equidistance") & (points.measure == "economic")].difference
        assert table.seeds == 3
        assert (table.difference_mean, table.difference_sd) == pytest.approx((own.mean(), own.std()))
        assert (table.difference_lowest, table.difference_highest) == pytest.approx((own.min(), own.max()))

    def test_all_worlds_count_together_and_no_seed_is_compared_with_another(self) -> None:
        report = of_three_seeds()
        assert "at 1 point, on the same 48 worlds × 4 quarters at each, seeds 1 or 2 or 3." in report.page
        text = " ".join(map(str, report.findings))
        assert "(16 of each seed)" in text
        assert "Along Seed" not in text
        assert "over 3 seeds." in text

    def test_beside_another_axis_each_point_has_the_worlds_of_all_seeds(self) -> None:
        report = swept(jobs_of("seed=1,2", "scenario=calm,cold_war", "horizon=4"))
        assert report.frames["points"].groupby("point")[["seed", "scenario"]].first().values.tolist() == [
            [1, "calm"], [1, "cold_war"], [2, "calm"], [2, "cold_war"]]
        assert report.frames["seeds"].scenario.unique().tolist() == ["calm", "cold_war"]
        assert "at 2 points, on the same 32 worlds" in report.page


def test_worlds_of_other_horizons_are_not_said_to_be_the_same() -> None:
    report = swept(jobs_of("horizon=2,4"))
    assert "on the same 16 worlds" not in report.page.split("<h2>")[0]
    assert "not from point to point, where the draws differ" in " ".join(map(str, report.findings))


class TestThePlanNamesWhatRuns:
    def test_what_jobs_share_is_named_once_and_what_differs_by_its_values(self) -> None:
        assert summary(jobs_of("horizon=20,40")) == (
            "2 jobs (horizon=20,40): cambodia_2020, baseline: Cambodia plays 2 strategies × 16 worlds × 20 or 40 quarters "
            "(2020Q1 to 2024Q4 or 2020Q1 to 2029Q4); reference status_quo")
        assert "cambodia_2020, calm or cold_war: Cambodia plays" in summary(jobs_of("scenario=calm,cold_war"))
        assert "Cambodia or Viet Nam plays 2 strategies" in summary(jobs_of("focal=KHM,VNM"))
        assert "reference status_quo or equidistance" in summary(jobs_of("reference=status_quo,equidistance"))

    def test_the_title_of_an_exported_file_is_not_that_of_the_first_job(self) -> None:
        assert _title(jobs_of("scenario=calm,cold_war")) == "sweep: scenario=calm,cold_war"
        assert _title([load(TWO)]) == "cambodia_2020-baseline"

    def test_fifteen_quarters_end_in_2023(self) -> None:
        assert "× 15 quarters (2020Q1 to 2023Q3)" in summary([load([*TWO, "horizon=15"])])

    def test_a_grid_shows_how_its_points_multiply(self) -> None:
        grid = ["design=grid", "design.over=[parameters.rivalry_mean,parameters.backlash]", "design.points=81"]
        assert "× 6,561 points (81 × 81) ×" in summary([load([*TWO, *grid])])

    def test_a_strategy_alone_is_noted(self) -> None:
        assert "note: equidistance alone is compared with itself" in summary([load(["strategies=equidistance", *TWO[1:]])])

    def test_events_of_the_command_are_named_and_nothing_scheduled_is_not_said_of_them(self) -> None:
        job = load([*TWO, "scenario.events=[{kind: crisis, start: 2021Q1}]"])
        assert "with scenario.events=[{kind: crisis, start: 2021Q1}]" in summary([job])
        assert (job.settings.scenario.name, job.settings.scenario.description) == ("baseline_crisis_2021Q1", "Events of the command: crisis 2021Q1.")
        assert job.run.name == "cambodia_2020-baseline_crisis_2021Q1"
        named = load([*TWO, "scenario.events=[]", "scenario.name=mine"]).settings.scenario
        assert (named.name, named.description) == ("mine", "Events of the command: none.")


def test_a_family_that_is_nearly_one_of_the_library_is_asked_about(capsys: pytest.CaptureFixture[str]) -> None:
    load([*TWO, "strategies.equidistance.family=hedger"])
    override = "override strategies.equidistance.family=hedger"
    assert capsys.readouterr().err == f"note: {override}: 'hedger' is a family of its own; did you mean hedging?\n"
    assert load([*TWO, "strategies.equidistance.family=mine"]).settings.strategies["equidistance"].family == "mine"


def test_the_families_of_the_library_are_those_that_have_a_colour() -> None:
    assert set(FAMILIES) == set(style.FAMILIES)
    assert {strategy.family for strategy in shipped("strategies").values()} <= set(FAMILIES)


def test_a_range_has_the_decimals_meant() -> None:
    assert [job.varied["parameters.rivalry_mean"] for job in jobs_of("parameters.rivalry_mean=range(-0.3,0.4,0.1)")] == [
        "-0.3", "-0.2", "-0.1", "0", "0.1", "0.2", "0.3"]
    assert [job.settings.seed for job in jobs_of("seed=range(1,4)")] == [1, 2, 3]
    assert [job.varied["horizon"] for job in jobs_of("horizon=range(6,0,-2)")] == ["6", "4", "2"]


@pytest.mark.parametrize(("names", "labels"), [
    (("strategies.equidistance.anchor.economy", "strategies.equidistance.anchor.security"),
     ["Tilt aimed at before leaning and coercion, economy (equal distance)", "Tilt aimed at before leaning and coercion, security (equal distance)"]),
    (("world.states.KHM.aid.china", "world.states.KHM.aid.us"),
     ["Official finance, loans included, mean of five years, China (Cambodia)", "Official finance, loans included, mean of five years, the US (Cambodia)"]),
    (("strategies.equidistance.anchor", "parameters.rivalry_mean"), ["Tilt aimed at before leaning and coercion (equal distance)",
                                                                       "Mean rivalry between the powers in the long run"]),
])
def test_each_part_of_a_number_has_a_label_of_its_own(names: tuple[str, ...], labels: list[str]) -> None:
    job = jobs_of("design=lhs", f"design.over=[{','.join(names)}]", "design.points=2")[0]
    with naming([job.settings]):
        assert [axis_of(name, pd.Series([0.1, 0.2]), [job]).label for name in names] == labels
