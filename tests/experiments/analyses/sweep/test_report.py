"""Sentences and page of a sweep: claims only where the interval excludes 0, one file, nothing from outside."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments import cli
from experiments.analyses.sweep.findings import headline
from experiments.analyses.sweep.page import Head, render_sweep, winner_tables
from experiments.analyses.sweep.sweep import Sweep
from experiments.figures import context
from experiments.figures.figure import Picture
from experiments.methods.intervals import mean_interval
from experiments.report.differences import in_points
from sim.payoffs import RETURNS
from tests.experiments.analyses.sweep.test_figures import CASES, case
from tests.experiments.analyses.sweep.test_sweep import MEANS, NOISE, WHERE, X, a_sweep
from tests.findings import presets
from tests.given import SWEEPING

CONTEXT = context.Context("cambodia_2020", "baseline", "KHM", 2020, 60, 4)


def finding(sweep: Sweep, about: str) -> str:
    return next(f"{each.text} {' '.join(each.parts)}" for each in headline(sweep) if each.about == about)


def hundredths(means: object, noise: object = NOISE) -> Sweep:
    """Returns in hundredths, so that the sentences speak of points."""
    return a_sweep(np.asarray(means) / 100, noise=np.asarray(noise) / 100)


def test_winners_are_counted_by_point() -> None:
    told = finding(hundredths(MEANS), "Autonomy")
    # Where the better hedger has 2, one of both at random has 1.5, as much as the follower.
    assert "Hedging is ahead at 2 of 3 points (size-adjusted at 1), alignment at 1." in told
    assert "The lead is largest at X 0: hedger is ahead of still by 3.00 [3.00, 3.00] points of autonomy." in told


def test_where_the_lead_is_largest_only_what_matters_is_named() -> None:
    # X does nothing here, so that no level of it can be where the lead is largest.
    means = np.zeros((4, 3))
    means[0] = 2
    alike = hundredths(means)
    assert "The lead is the same at each: still is ahead of " in finding(alike, "Autonomy")
    means = np.zeros((4, 6))
    means[1] = [1, 1, 1, 3, 3, 3]
    told = finding(a_sweep(means / 100, (WHERE, X), noise=NOISE / 100), "Autonomy")
    assert "The lead is largest at Scenario cold war: hedger is ahead of " in told
    means[1] = [3, 1, 1, 1, 1, 3]
    told = finding(a_sweep(means / 100, (WHERE, X), noise=NOISE / 100), "Autonomy")
    assert "The lead is largest at 2 of these points: hedger is ahead of " in told


def test_families_ahead_at_as_many_points_come_in_the_order_of_their_names() -> None:
    means = np.zeros((4, 3))
    means[0, 0], means[3, 1] = 1, 1
    told = finding(hundredths(means), "Autonomy")
    assert told.startswith("Alignment is ahead at 1 of 3 points, status quo at 1.")


def test_points_that_nobody_wins_are_counted_as_such() -> None:
    noise = np.zeros((4, 3, 4))
    noise[1, 0] = 100 * NOISE
    told = finding(hundredths(MEANS, noise), "Autonomy")
    assert ("Alignment is ahead at 1 of 3 points, hedging at 1 (size-adjusted at none). At 1 nobody is ahead: "
            "the difference is not certain, or too small to matter.") in told


def test_where_no_interval_excludes_0_nothing_is_claimed() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(4, 3, 4))
    sweep = a_sweep(np.zeros((4, 3)), noise=noise - noise.mean(axis=-1, keepdims=True))
    told = " ".join(f"{each.text} {' '.join(each.parts)}" for each in headline(sweep))
    assert "No family is ahead of the next best for certain and in practice at any of 3 points." in told
    for claim in ("is ahead at", "is ahead of still", "is ahead of follower", " rises by", " falls by", "is lowest", "is larger by"):
        assert claim not in told


def test_what_changes_along_an_axis_is_said_with_the_interval_of_the_change() -> None:
    # other_hedger less follower: 2, .5, −2; noise is shared, so the change of −4 has no width.
    told = finding(hundredths(MEANS), "Along X")
    assert ("Autonomy: the advantage of other_hedger over follower falls by 4.00 [4.00, 4.00] points of autonomy, from +2.00 [+2.00, +2.00] points at 0 "
            "to −2.00 [−2.00, −2.00] points at 2.") in told
    # From 1 to 2 it crosses 0 after .5 / 2.5.
    assert "It is zero at 1.20 [1.20, 1.20]." in told


def test_the_interval_of_a_change_is_paired() -> None:
    noise = np.zeros((4, 3, 4))
    noise[2] = 10 * NOISE
    sweep = hundredths([[0, 0, 0], [-9, -9, -9], [1, 2, 3], [0, 0, 0]], noise)
    told = finding(sweep, "Along X")
    # The levels are uncertain by ±1.3, their difference on the same worlds not at all.
    assert "does not change for certain" not in told
    assert "rises by 2.00 [2.00, 2.00] points of autonomy" in told
    _, low, high = mean_interval(sweep.values("other_hedger", "autonomy")[0] - sweep.values("follower", "autonomy")[0])
    assert f"[{in_points('autonomy', float(low)):+.1f}, {in_points('autonomy', float(high)):+.1f}]".replace("-", "−") in told


def test_ahead_at_every_level_is_who_is_so_in_practice_too() -> None:
    # hedger leads at each level by 1.5 points or more, which matters, or at the first by a tenth of one, which does not.
    for rise, said in (([1.5, 3, 5], "is ahead at every level."), ([0.1, 3, 5], "rises by"),
                       ([2, 2.01, 2.02], "does not change in practice, from")):
        sweep = replace(hundredths([[-9, -9, -9], rise, [-9, -9, -9], [0, 0, 0]]), smallest=dict.fromkeys(RETURNS, 0.01))
        told = finding(sweep, "Along X")
        assert said in told, told
        assert ("is ahead at every level" in told) == (rise[0] > 1), told


def test_levels_that_are_names_go_from_the_lowest_to_the_highest() -> None:
    means = np.zeros((4, 6))
    means[1] = [1, 1, 1, 3, 3, 3]
    told = finding(a_sweep(means / 100, (WHERE, X), noise=NOISE / 100), "Along Scenario")
    assert "is lowest, +1.00 [+1.00, +1.00] points at calm, and highest, +3.00 [+3.00, +3.00] points at cold war." in told
    assert "These differ by 2.00 [2.00, 2.00] points of autonomy." in told


def test_the_smallest_largest_regret_is_compared_with_the_next() -> None:
    # Largest regrets 3, 4, 2, 4.
    told = finding(hundredths(MEANS), "Never far from the best")
    assert ("Autonomy: other_hedger falls short of the best by at most 2.00 [2.00, 2.00] points of autonomy. "
            "The largest regret of still, the next, is larger by 1.00 [1.00, 1.00] points of autonomy.") in told


def test_one_world_claims_nothing() -> None:
    told = " ".join(f"{each.text} {' '.join(each.parts)}" for each in headline(case("hostile names in one world")))
    assert "one world, so that no interval can be given" in told
    assert "is ahead at" not in told


def test_a_return_that_nothing_changes_says_so() -> None:
    assert finding(case("two numbers"), "Stability") == "No strategy differs from any other in any world at any point. "


@pytest.mark.parametrize("name", CASES)
def test_no_number_of_a_sentence_stands_without_an_interval(name: str) -> None:
    for each in headline(case(name)):
        for sentence in (*re.split(r"(?<=\.) ", each.text), *each.parts):
            if re.search(r"% of consumption|points of ", sentence):
                assert "[" in sentence
            assert not re.search(r"\bnan\b|\binf\b", sentence)


def test_the_page_is_one_file_that_asks_for_nothing(tmp_path: Path) -> None:
    svg = tmp_path / "phase.svg"
    svg.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    pictures = [Picture("Who wins", "Who wins?", "Caption.", 'Alt "text".', svg)]
    page = render_sweep(case("two numbers"), pictures, Head("A & B", "Does <it> pay?", "counterpoise -m a=1"),
                        [CONTEXT], ["sweep.csv holds every number."])
    assert "<h1>A &amp; B</h1>" in page
    assert "Does &lt;it&gt; pay?" in page
    for part in ("counterpoise -m a=1", "sweep.csv holds every number.",
                 "<svg role=\"img\" aria-label=\"Alt &#34;text&#34;.\" ", "<b>Mean rivalry</b> (log odds)", "−2, −1.5, −1"):
        assert part in page
    assert not re.search(r"(src|href)=\"?https?:", page)


@pytest.mark.parametrize("name", ["hostile names in one world", "sampled in scenarios", "hedging alone"])
def test_every_sweep_can_be_written_without_figures_or_question(name: str) -> None:
    page = render_sweep(case(name), [], Head("T", "", "c"), [CONTEXT])
    assert "nobody" in page
    assert "☃ <b>" not in page


def test_the_table_has_a_row_per_point_or_per_level() -> None:
    (few,) = winner_tables(case("one list of names"))
    assert [row["at"] for row in few["rows"]] == [["calm"], ["competition"], ["cold war"]]
    many = winner_tables(case("two numbers"))
    assert [len(each["rows"]) for each in many] == [9, 7]
    assert [each["title"] for each in many] == ["Along Mean rivalry", "Along Backlash against pressure"]


def test_a_strategy_alone_has_a_page() -> None:
    alone = a_sweep([[1, 2, 3]], families={"still": "status_quo"})
    assert "Only one strategy was run" in render_sweep(alone, [], Head("T", "", "c"), [CONTEXT])


@pytest.mark.slow
def test_these_are_the_presets_that_sweep() -> None:
    assert set(SWEEPING) == set(presets())


@pytest.mark.slow
@pytest.mark.parametrize("preset", SWEEPING)
def test_every_preset_leaves_figures_and_a_report_of_less_than_3_megabytes(preset: str, tmp_path: Path) -> None:
    assert cli.main([f"experiment={preset}", "n_worlds=32", "horizon=8", f"results={tmp_path}"]) == 0
    (report,) = tmp_path.glob("*/*/report.html")
    assert 1e5 < report.stat().st_size < 3e6
    assert {"phase.svg", "plane.svg"} & {figure.name for figure in (report.parent / "figures").iterdir()}
