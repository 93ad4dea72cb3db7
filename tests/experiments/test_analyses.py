"""The commands `sensitivity` and `robustness`: from points to indices on a known function, and small runs from end to end."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import cli, compare_runs, sensitivity
from experiments.cells import Store
from experiments.config import load
from experiments.config_check import ConfigError
from experiments.outcome import advantage, best_of_team, side
from experiments.runner import compute_cell
from experiments.sensitivity import Inputs, decomposed, ends_of, screened, screening_points, strongest
from sim.axes import Array
from sim.parameters import Parameters
from sim.quantity import Quantity, quantities
from tests.experiments.analysis.test_sensitivity import ishigami, true_ishigami
from tests.given import Said, only_run

SMALL = ("executor=serial", "horizon=6")
CONCLUDED = "What is concluded, what it rests on, how far it survives"
SENSITIVITY = ("sensitivity", "--trajectories=2", "--inputs=3", "--rows=8", "--worlds=2", "n_worlds=4", "strategies=[equidistance,bandwagon_china]", *SMALL)
ROBUSTNESS = ("robustness", "--futures=40", "--worlds=2", "n_worlds=4", "strategies=[status_quo,equidistance,bandwagon_china,opportunist]", *SMALL)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder with a run of each command."""
    folder = tmp_path_factory.mktemp("results")
    for words in (SENSITIVITY, ROBUSTNESS):
        assert cli.main([*words, f"results={folder}"]) == 0
    return folder


# ---- From points to indices


def at(x: Array) -> Array:
    """Ishigami's function at inputs in their own units, from −π to π."""
    return ishigami((x / np.pi + 1) / 2)


def quantity_between(low: float, high: float) -> Quantity:
    return Quantity("x", "x", "-", "(-inf, inf)", (low, high), "test", "C")


def test_screening_and_indices_find_what_is_known_of_ishigami_among_inputs_that_do_nothing() -> None:
    first, total = true_ishigami()
    inputs = Inputs({f"x{i}": quantity_between(-np.pi, np.pi) for i in range(3)} | {f"nothing{i}": quantity_between(5, 6) for i in range(4)})
    # At four levels the second input takes only values at which sin² is the same two; eight tell all three from nothing.
    unit = screening_points(inputs, 40, seed=1)
    worlds = np.random.default_rng(0).normal(size=4)[None, None] * 0.1  # common to all points: moves every outcome alike
    effects = screened(unit, at(inputs.points(unit).values)[None, :, None] + worlds, seed=1)
    chosen = strongest(effects, 3)
    assert set(chosen) == {0, 1, 2}
    some = inputs.only([0, 1, 2])
    rows = 16384
    design = some.points(sensitivity.saltelli_points(rows, 3, np.random.default_rng(2)))
    found = decomposed(at(design.values)[None, :, None] + worlds, rows, 3, seed=1)
    np.testing.assert_allclose(found.indices.first.value[0], first, atol=0.02)
    np.testing.assert_allclose(found.indices.total.value[0], total, atol=0.02)
    assert found.converged


def test_few_rows_are_told_as_not_converged() -> None:
    inputs = Inputs({f"x{i}": quantity_between(-np.pi, np.pi) for i in range(3)})
    design = inputs.points(sensitivity.saltelli_points(16, 3, np.random.default_rng(2)))
    assert not decomposed(at(design.values)[None, :, None], 16, 3, seed=1).converged


def test_ends_move_one_input_at_a_time_from_the_defaults() -> None:
    inputs = Inputs({"parameters.a": quantity_between(0, 1), "parameters.b": quantity_between(-2, 2)})
    points = ends_of(inputs, {"parameters.a": 0.25, "parameters.b": 0.5})
    np.testing.assert_array_equal(points.values, [[0.25, 0.5], [0, 0.5], [1, 0.5], [0.25, -2], [0.25, 2]])


def test_the_strongest_are_taken_from_every_outcome() -> None:
    points = np.vstack([np.zeros(4), np.tril(np.ones((4, 4)))])  # one trajectory with a step of 1 each
    y = np.stack([points @ [9, 8, 1, 0.1], 1e-3 * points @ [0.1, 0.1, 0.1, 9]])[..., None]
    assert set(strongest(screened(points, y, seed=1), 3)) == {0, 1, 3}


# ---- Sides at equal size


def test_the_best_of_a_team_is_the_mean_over_all_teams_of_that_size() -> None:
    from itertools import combinations

    values = np.random.default_rng(1).normal(size=(5, 7, 3))
    means = values.mean(axis=-1)
    teams = [np.stack([values[max(team, key=lambda i, p=p: means[i, p]), p] for p in range(7)]) for team in combinations(range(5), 2)]
    np.testing.assert_allclose(best_of_team(values, 2), np.mean(teams, axis=0), atol=1e-12)
    np.testing.assert_array_equal(best_of_team(values, 5).mean(axis=-1), means.max(axis=0))


def test_sides_drawn_from_the_same_strategies_have_no_advantage_by_their_number() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=(12, 4000, 1))
    equal = advantage(values, range(9), range(9, 12))
    assert abs(equal.mean()) < 4 * equal.std() / np.sqrt(len(equal))
    assert best_of_team(values[:9], 9).mean() - best_of_team(values[9:], 3).mean() > 0.5


def test_a_side_is_a_family_or_a_strategy() -> None:
    settings = load(["strategies=[equidistance,auction,status_quo]"]).settings
    assert side(settings, "hedging", "--strategy").members == ("equidistance", "auction")
    assert side(settings, "auction", "--strategy").members == ("auction",)
    with pytest.raises(ConfigError, match=r"--strategy: .*did you mean hedging"):
        side(settings, "hedgin", "--strategy")


# ---- sensitivity, from end to end


def test_sensitivity_leaves_tables_figures_and_a_page_that_opens_offline(runs: Path) -> None:
    run = only_run(runs, "sensitivity")
    screening, indices, ends, sample = (pd.read_csv(run / f"{name}.csv") for name in ("screening", "indices", "ends", "sample"))
    of_state = {f"world.states.KHM.{name}" for name in ("productivity_growth", "domestic_investment")}  # MODEL.md, section 4, lists them too
    assert set(screening.input) == {f"parameters.{name}" for name in quantities(Parameters)} | of_state
    assert set(screening.measure) == {"economic", "composite"}
    assert screening[screening.measure == "economic"].went_on.sum() == 3
    assert set(indices.rows) == {2, 4, 8}
    largest = indices[(indices.rows == 8) & (indices.measure == "economic")].nlargest(3, "total")
    assert not largest.total_converged.all()  # eight rows tell nothing
    page = (run / "report.html").read_text()
    decides = re.search(r"What decides.*?<li>Economic: (.*?) Of the 3,", unescape(page))[1].split("; ")
    assert ["(not converged)" in told for told in decides] == [not sure for sure in largest.total_converged]
    assert re.search(r"\d+ of 12 indices (is|are) not converged and marked so", page)
    assert len(ends) == 2 * (1 + 2 * 3)
    assert len(sample) == 16
    assert (ends.low <= ends.advantage).all()
    assert {file.stem for file in (run / "figures").glob("*.svg")} == {
        "indices", "tornado_economic", "tornado_composite", "response_economic", "response_composite"}
    assert len(page) < 3_000_000
    for words in ("95 % interval of the mean", "Worlds differ", "Assumptions differ", "converged", "counterpoise sensitivity", CONCLUDED):
        assert words in page
    assert "<script" not in page
    manifest = json.loads((run / "manifest.json").read_text())
    assert "report.html" in manifest["files"]
    assert not manifest["missing_cells"]


def test_a_second_run_computes_nothing_and_says_the_same(runs: Path, said: Said, tmp_path: Path) -> None:
    for words in (SENSITIVITY, ROBUSTNESS):
        before = only_run(runs, words[0])
        cells = {file: file.stat().st_mtime_ns for file in runs.glob("cells/??/*.npz")}
        code, output, _ = said(*words, f"results={runs}")
        assert code == 0
        assert "already done" in output
        assert "simulated" not in output.replace("worlds simulated in all", "")
        assert {file: file.stat().st_mtime_ns for file in runs.glob("cells/??/*.npz")} == cells
        (after,) = set((runs / words[0]).iterdir()) - {before}
        for file in before.glob("*.csv"):
            assert file.read_bytes() == (after / file.name).read_bytes()
        after.rename(tmp_path / words[0])  # other tests expect one run of each


def test_two_runs_of_an_analysis_are_compared_table_by_table(runs: Path, said: Said) -> None:
    run = only_run(runs, "robustness")
    code, output, _ = said("compare-runs", run, run)
    assert code == 0
    assert "futures.csv: the same to the last digit" in output
    code, output, _ = said("compare-runs", run, only_run(runs, "sensitivity"))
    assert code == 0
    assert "numbers: the two have no table in common" in output


def test_tables_of_two_runs_are_told_apart_by_their_checksums(capsys: pytest.CaptureFixture[str]) -> None:
    compare_runs._tables({"files": {"a.csv": "1", "b.csv": "1", "report.html": "1"}}, {"files": {"a.csv": "1", "b.csv": "2", "c.csv": "1"}})
    assert capsys.readouterr().out == "a.csv: the same to the last digit\nb.csv: not the same\n"


def test_verify_knows_the_cells_of_an_analysis(runs: Path, said: Said) -> None:
    assert said("verify", runs)[0] == 0


def test_a_parameter_that_is_set_is_not_varied(said: Said, tmp_path: Path) -> None:
    code, output, _ = said(*SENSITIVITY, "--dry-run", "parameters.rivalry_mean=1.0", f"results={tmp_path}")
    assert code == 0
    assert f"screening of {len(quantities(Parameters)) + 2 - 1} parameters" in output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("words", "code", "told"), [
    (("sensitivity", "--rows=4"), 2, "--rows takes 8 to 16,384, not 4"),
    (("sensitivity", "--rows=-8"), 2, "--rows takes 8 to 16,384, not -8"),
    (("sensitivity", "--rows=16384", "--inputs=999"), 65, "points; 1,000,000 at most"),
    (("sensitivity", "--trajectories=1"), 2, "--trajectories takes 2 to 10,000, not 1"),
    (("sensitivity", "--trajectories=1000000"), 2, "--trajectories takes 2 to 10,000"),
    (("sensitivity", "--inputs=1"), 2, "--inputs takes 2 to 1,000,000, not 1"),
    (("sensitivity", "--worlds=1"), 2, "--worlds takes 2 to 1,024, not 1"),
    (("sensitivity", "--worlds=1.5"), 2, "invalid int"),
    (("sensitivity", "--measure="), 2, "unknown return ''"),
    (("sensitivity", "--measure=economic,"), 2, "unknown return ''"),
    (("sensitivity", "--strategy="), 65, "unknown family or strategy ''"),
    (("sensitivity", "--rwos=8"), 2, "unrecognized arguments: --rwos=8"),
    (("sensitivity", "n_worlds=1"), 65, "n_worlds: expected 2 or more"),
    (("sensitivity", "n_worlds=0"), 65, "n_worlds"),
    (("sensitivity", "executor=nothing"), 65, "executor"),
    (("sensitivity", "reference=nobody"), 65, "nobody"),
    (("sensitivity", "--measure=econmic"), 2, "did you mean economic"),
    (("sensitivity", "--strategy=hedging", "--against=hedging"), 2, "the same side"),
    (("sensitivity", "whatever"), 2, "not KEY=VALUE"),
    (("sensitivity", "--rows=many"), 2, "invalid int"),
    (("sensitivity", "--against=alinment"), 65, "did you mean alignment"),
    (("sensitivity", "design=lhs", "design.over=[parameters.rivalry_mean]"), 65, "makes its own points"),
    (("sensitivity", "strategies=[equidistance]"), 65, "alignment"),
    (("sensitivity", "experiment=balance_vs_align"), 65, "makes its own points"),
    (("sensitivity", "parameters.rivalry_maen=1"), 65, "did you mean parameters.rivalry_mean"),
    (("robustness", "--futures=3"), 2, "--futures takes 20 to 1,000,000, not 3"),
    (("robustness", "--futures=2000000"), 2, "--futures takes 20 to 1,000,000, not 2,000,000"),
    (("robustness", "--futures=lots"), 2, "invalid int"),
    (("robustness", "--worlds=1"), 2, "--worlds takes 2 to 1,024, not 1"),
    (("robustness", "--worlds=20000000"), 2, "--worlds takes 2 to 1,024"),
    (("robustness", "--fails-below", "x"), 2, "invalid float"),
    (("robustness", "--threshold", "economic="), 2, "expected RETURN=NUMBER"),
    (("robustness", "--threshold", "economic=1=2"), 2, "expected RETURN=NUMBER"),
    (("robustness", "--threshold", "economic=inf"), 2, "finite"),
    (("robustness", "--strategy=alignment"), 2, "the same side"),
    (("robustness", "n_worlds=1"), 65, "n_worlds: expected 2 or more"),
    (("hypotheses", "--only="), 65, "unknown hypothesis ''"),
    (("hypotheses", "--only=H1,H99"), 65, "H99"),
    (("hypotheses", "--draws=1"), 2, "--draws takes 2 to 1,000,000, not 1"),
    (("hypotheses", "--draws=9999999"), 2, "--draws takes 2 to 1,000,000"),
    (("hypotheses", "design=lhs", "design.over=[parameters.rivalry_mean]"), 65, "makes its own points"),
    (("hypotheses", "parameters.rivalry_maen=1"), 65, "did you mean parameters.rivalry_mean"),
    (("robustness", "--measure=debt"), 2, "unknown return"),
    (("robustness", "--threshold", "economic"), 2, "expected RETURN=NUMBER"),
    (("robustness", "--threshold", "economy=1"), 2, "unknown return"),
    (("robustness", "--threshold", "economic=nan"), 2, "finite"),
    (("robustness", "--absolute"), 2, "--absolute needs a --threshold"),
    (("robustness", "--fails-below", "inf"), 2, "finite"),
    (("robustness", "--strategy=nobody"), 65, "unknown family or strategy"),
    (("robustness", "experiment=balance_vs_align"), 65, "makes its own points"),
])
def test_what_cannot_be_done_is_refused_before_anything_is_computed(words: tuple[str, ...], code: int, told: str, said: Said, tmp_path: Path) -> None:
    found, _, errors = said(*words, f"results={tmp_path}")
    assert found == code
    assert told in errors
    assert errors.count("\n") == 1, errors
    assert not list(tmp_path.iterdir())


def failing(name: str) -> Callable[..., bytes | None]:
    def compute(cell, store: Store, sign: str) -> bytes | None:
        if cell.strategy.name == name:
            raise RuntimeError("broken on purpose")
        return compute_cell(cell, store, sign)
    return compute


def test_a_strategy_whose_cells_fail_is_left_out_and_told(said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.runner.compute_cell", failing("opportunist"))
    code, _, errors = said(*ROBUSTNESS, f"results={tmp_path}")
    assert code == 1
    assert "broken on purpose" in errors
    assert "counterpoise robustness" in errors
    run = only_run(tmp_path, "robustness")
    assert "Left out, because some of their cells failed: opportunist" in (run / "report.html").read_text()
    assert "opportunist" not in set(pd.read_csv(run / "strategies.csv").strategy)
    assert json.loads((run / "manifest.json").read_text())["missing_cells"]


@pytest.mark.parametrize("words", [SENSITIVITY, ROBUSTNESS])
def test_without_a_side_there_is_no_report(words: tuple[str, ...], said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.runner.compute_cell", failing("equidistance"))
    code, _, errors = said(*words, f"results={tmp_path}")
    assert code == 1
    assert "nothing is left to compare" in errors
    assert not (tmp_path / words[0]).exists()


# ---- robustness, from end to end


def test_robustness_leaves_tables_figures_and_a_page_that_opens_offline(runs: Path) -> None:
    run = only_run(runs, "robustness")
    tables = {name: pd.read_csv(run / f"{name}.csv") for name in ("strategies", "satisficing", "dominance", "weights", "futures", "boxes", "break_even")}
    strategies = tables["strategies"]
    assert set(strategies.strategy) == {"status_quo", "equidistance", "bandwagon_china", "opportunist"}
    for kind in ("mean", "q90", "largest"):
        assert (strategies[f"regret_{kind}"] >= 0).all()
    assert (strategies.regret_largest >= strategies.regret_mean).all()
    assert len(tables["futures"]) == 40
    # Rivalry and both policies are part of a future.
    assert {"parameters.rivalry_mean", "policy.patron.reward", "policy.norm_promoter.punish"} <= set(tables["futures"].columns)
    good = tables["satisficing"]
    assert (good[good.strategy == "status_quo"].share == 1).all()
    families = tables["weights"][(tables["weights"].kind == "family") & (tables["weights"].library == "all")]
    assert families.groupby("members").share.sum().tolist() == pytest.approx([1.0])
    assert len(set(tables["break_even"].lens)) == 3
    page = (run / "report.html").read_text()
    assert len(page) < 3_000_000
    for words in ("Worlds differ", "Assumptions differ", "near-duplicates", "Pareto set", "Break-even rivalry", "equal size", CONCLUDED):
        assert words in page
    told = unescape(page.split(CONCLUDED)[1]).replace("\N{NO-BREAK SPACE}", " ")
    kept = 1 - tables["futures"].fails.mean()
    assert re.search(rf"does not fall behind alignment by more than 1 % of consumption</td>.*?<td>{100 * kept:.0f} % \[", told, re.S)
    assert {"boxes", "weights", "regret_economic", "regret_composite", "phase", "rivals"} <= {file.stem for file in (run / "figures").glob("*.svg")}


def test_a_strategy_whose_cost_is_raised_absurdly_is_regretted_most(said: Said, tmp_path: Path) -> None:
    # Full diversification at a fifth of GDP a year hurts whoever spreads widely.
    code, output, _ = said(*ROBUSTNESS, "parameters.diversification_cost=0.2", "parameters.duplication_cost=0.2", f"results={tmp_path}")
    assert code == 0
    strategies = pd.read_csv(only_run(tmp_path, "robustness") / "strategies.csv")
    economic = strategies[strategies.measure == "economic"].set_index("strategy")
    for kind in ("mean", "q90", "largest"):
        assert economic[f"regret_{kind}"].idxmax() == "equidistance"
    assert economic.behind_low["equidistance"] > 0
    assert "In 100 % [91, 100] of the futures hedging loses by more than" in output


def test_thresholds_of_ones_own_replace_the_defaults_and_a_rivalry_that_is_set_has_no_break_even(said: Said, tmp_path: Path) -> None:
    code, output, _ = said(*ROBUSTNESS, "--threshold", "legitimacy=0", "--threshold", "economic=-5", "--absolute", "--fails-below", "-0.02",
                           "parameters.rivalry_mean=0.0", f"results={tmp_path}")
    assert code == 0
    assert "Break-even" not in output
    run = only_run(tmp_path, "robustness")
    good = pd.read_csv(run / "satisficing.csv")
    assert set(good.threshold) == {"all", "legitimacy", "economic"}
    assert (good[good.threshold == "legitimacy"].share == 1).all()
    futures = pd.read_csv(run / "futures.csv")
    np.testing.assert_array_equal(futures.fails, futures.advantage < -0.02)
