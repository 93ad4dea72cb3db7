"""The command `robustness`: small runs from end to end."""

import re
from html import unescape
from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest

from tests.experiments.analyses.conftest import Finished
from tests.experiments.analyses.small import CONCLUDED, ROBUSTNESS
from tests.given import Said, only_run, unexplained


def test_robustness_leaves_tables_figures_and_a_page_that_opens_offline(finished: Finished) -> None:
    run = only_run(finished("robustness"), "robustness")
    tables = {name: pd.read_csv(run / f"{name}.csv") for name in ("strategies", "satisficing", "dominance", "weights", "futures", "boxes", "break_even")}
    strategies = tables["strategies"]
    assert set(strategies.strategy) == {"status_quo", "equidistance", "bandwagon_first", "opportunist"}
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
    for words in ("Worlds differ", "Assumptions differ", "near-duplicates", "Pareto set", "Break-even rivalry", "size-adjusted", CONCLUDED):
        assert words in page
    concluded = unescape(unexplained(page).split(f">{CONCLUDED}</h2>")[1]).replace("\N{NO-BREAK SPACE}", " ")
    kept = 1 - tables["futures"].fails.mean()
    assert re.search(rf"does not fall behind alignment by more than 1 % of consumption</td>.*?<td>{100 * kept:.0f} \[", concluded, re.S)
    assert {"boxes", "weights", "regret_economic", "regret_composite", "phase", "rivals"} <= {file.stem for file in (run / "figures").glob("*.svg")}


@pytest.mark.usefixtures("undrawn")
def test_a_strategy_whose_cost_is_raised_absurdly_is_regretted_most(said: Said, tmp_path: Path) -> None:
    # Full diversification at a fifth of GDP a year hurts whoever spreads widely.
    code, output, _ = said(*ROBUSTNESS, "parameters.diversification_cost=0.2", "parameters.duplication_cost=0.2", f"results={tmp_path}")
    assert code == 0
    strategies = pd.read_csv(only_run(tmp_path, "robustness") / "strategies.csv")
    economic = strategies[strategies.measure == "economic"].set_index("strategy")
    for kind in ("mean", "q90", "largest"):
        assert economic[f"regret_{kind}"].idxmax() == "equidistance"
    assert economic.behind_low["equidistance"] > 0
    assert "A future is a failure where hedging is behind by more than 1 % of consumption. The share of failures is 100 [91, 100] %." in output


@pytest.mark.usefixtures("undrawn")
def test_a_box_of_the_trajectory_is_reported_and_one_beyond_it_is_not(said: Said, tmp_path: Path) -> None:
    # Hedging is behind by more than 0.8 % in a third of these futures, in both halves of them, so there is something to peel.
    few = (*ROBUSTNESS, "--fails-below=-0.008", f"results={tmp_path}")
    code, output, _ = said(*few, "--box=3")
    assert code == 0
    assert "Box 3 of the peels, chosen with --box" in output
    run = only_run(tmp_path, "robustness")
    assert 0.2 < pd.read_csv(run / "futures.csv").fails.mean() < 0.5
    chosen, along = pd.read_csv(run / "boxes.csv").query("kind == 'box'"), pd.read_csv(run / "trajectory.csv")
    assert along.number.tolist() == list(range(len(along)))
    assert along.coverage[0] == 1
    assert along.inputs.is_monotonic_increasing
    for name in ("coverage", "density", "density_low", "support"):
        assert set(chosen[name]) == {along[name][3]}
    assert chosen.input.nunique() == along.inputs[3]
    code, _, errors = said(*few, "--box=999")
    assert code == 1
    assert f"--box: must be at most {len(along) - 1}, the number of peels; got 999" in errors


@pytest.mark.usefixtures("undrawn")
def test_what_is_said_of_the_reference_fits_the_thresholds(said: Said, tmp_path: Path) -> None:
    _, output, _ = said(*ROBUSTNESS, "--threshold=economic=0", "--threshold=trust=-0.5", f"results={tmp_path}")
    assert "which is good enough by definition" in output
    _, output, _ = said(*ROBUSTNESS, "--threshold=economic=0", "--threshold=trust=0.01", f"results={tmp_path}")
    assert "which is good enough by definition" not in output
    assert "(which itself never is, for trust must be above it)" in output
    code, _, error = said(*ROBUSTNESS, "--threshold=economic=0", "--threshold", "economic=1", "--dry-run")
    assert (code, error.count("\n")) == (2, 1)
    assert "--threshold: economic is given twice" in error


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("words", "about"), [
    (["economic=50"], "No strategy is good enough in any future"), (["economic=-50"], "Each strategy is good enough in 100 % of futures")])
def test_where_all_are_good_enough_as_often_none_is_said_to_be_so_most_often(words: list[str], about: str, said: Said, tmp_path: Path) -> None:
    code, output, _ = said(*ROBUSTNESS, *(f"--threshold={word}" for word in words), f"results={tmp_path}")
    assert code == 0
    assert about in output
    assert "the largest share" not in output
    assert "the smallest share" not in output


def test_thresholds_of_ones_own_replace_the_defaults_and_a_rivalry_that_is_set_has_no_break_even(said: Said, tmp_path: Path) -> None:
    words = [word for word in ROBUSTNESS if not word.startswith("n_worlds=")]  # there is no grid of break-even values
    code, output, _ = said(*words, "--threshold", "legitimacy=0", "--threshold", "economic=-5", "--absolute", "--fails-below", "-0.02",
                           "parameters.rivalry_mean=0.0", f"results={tmp_path}")
    assert code == 0
    assert "Break-even" not in output
    run = only_run(tmp_path, "robustness")
    good = pd.read_csv(run / "satisficing.csv")
    assert set(good.threshold) == {"all", "legitimacy", "economic"}
    assert (good[good.threshold == "legitimacy"].share == 1).all()
    futures = pd.read_csv(run / "futures.csv")
    np.testing.assert_array_equal(futures.fails, futures.advantage < -0.02)


@pytest.mark.usefixtures("undrawn")
def test_what_is_too_small_to_matter_is_no_practical_difference(finished: Finished, said: Said, tmp_path: Path) -> None:
    copytree(finished("robustness") / "cells", tmp_path / "cells")
    code, output, _ = said(*ROBUSTNESS, "payoff.matters.economic=100", f"results={tmp_path}")
    assert code == 0
    assert "On average over futures hedging or alignment makes no practical difference in the economic return" in output
    assert re.search(r"Economic: .* has a mean regret of .*\. .*, .* and .* have as little, or nearly\. .* has the most", output)  # all are tied
    assert "Of 3 strategies 0 are above status quo, 0 below it, 3 make no practical difference, and 0 cannot be distinguished from it." in output
    assert "no strategy is clearly above status quo in the economic return" in output
    run = only_run(tmp_path, "robustness")
    even = pd.read_csv(run / "break_even.csv").query("measure == 'economic'")
    assert set(even.stays_ahead) <= {"no practical difference", "alike in every world"}
    assert "Economic, size-adjusted:" not in unescape(unexplained((run / "report.html").read_text()))  # nobody is ahead on average
