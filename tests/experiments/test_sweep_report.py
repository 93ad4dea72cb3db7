"""Sentences and page of a sweep: claims only where the interval leaves 0 out, one file, nothing from outside."""

import re
from pathlib import Path

import numpy as np
import pytest

from experiments import cli
from experiments.comparison import mean_interval
from experiments.figures import style
from experiments.gallery import sweeping
from experiments.report.headline import in_points
from experiments.report.page import Picture
from experiments.report.sweep_headline import headline
from experiments.report.sweep_page import render_sweep, winner_tables
from experiments.sweep import Sweep
from tests.experiments.test_sweep_figures import CASES, case
from tests.experiments.test_sweep_statistics import MEANS, NOISE, WHERE, X, a_sweep
from tests.given import SWEEPING

CONTEXT = style.Context("cambodia_2020", "baseline", "KHM", 2020, 60, 4)


def finding(sweep: Sweep, about: str) -> str:
    return next(f"{each.text} {' '.join(each.parts)}" for each in headline(sweep) if each.about == about)


def hundredths(means: object, noise: object = NOISE) -> Sweep:
    """Returns in hundredths, so that the sentences speak of points."""
    return a_sweep(np.asarray(means) / 100, noise=np.asarray(noise) / 100)


def test_winners_are_counted_by_point() -> None:
    told = finding(hundredths(MEANS), "Autonomy")
    # Where the better hedger has 2, one of both at random has 1.5, as much as the follower.
    assert "Of 3 points the best member of one family is ahead of all other families: hedging at 2 (at 1 of them at equal size too), alignment at 1." in told
    assert "Largest margin: hedger brings +3.00 points of income [+3.00, +3.00] over still at X 0." in told


def test_points_that_nobody_wins_are_counted_as_such() -> None:
    noise = np.zeros((4, 3, 4))
    noise[1, 0] = 100 * NOISE
    told = finding(hundredths(MEANS, noise), "Autonomy")
    assert "hedging at 1 (at none of them at equal size too), alignment at 1. At 1 the interval of the margin contains 0: nobody wins there." in told


def test_where_no_interval_leaves_0_out_nothing_is_claimed() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(4, 3, 4))
    sweep = a_sweep(np.zeros((4, 3)), noise=noise - noise.mean(axis=-1, keepdims=True))
    told = " ".join(f"{each.text} {' '.join(each.parts)}" for each in headline(sweep))
    assert "No family can be told apart from the next best at any of 3 points." in told
    for claim in ("brings", " rises", " falls from", "stays ahead", "less than"):
        assert claim not in told


def test_what_changes_along_an_axis_is_said_with_the_interval_of_the_change() -> None:
    # other_hedger less follower: 2, .5, −2; noise is shared, so the change of −4 has no width.
    told = finding(hundredths(MEANS), "Along X")
    assert "Autonomy, other_hedger less follower: falls from +2.00 points of income [+2.00, +2.00] at 0" in told
    assert "(change −4.00 points of income [−4.00, −4.00])" in told
    # From 1 to 2 it crosses 0 after .5 / 2.5.
    assert "both bring the same at 1.200 [1.200, 1.200]" in told


def test_the_interval_of_a_change_is_paired() -> None:
    noise = np.zeros((4, 3, 4))
    noise[2] = 10 * NOISE
    sweep = hundredths([[0, 0, 0], [-9, -9, -9], [1, 2, 3], [0, 0, 0]], noise)
    told = finding(sweep, "Along X")
    # The levels are uncertain by ±1.3, their difference on the same worlds not at all.
    assert "cannot be told to change" not in told
    assert "(change +2.00 points of income [+2.00, +2.00])" in told
    _, low, high = mean_interval(sweep.values("other_hedger", "autonomy")[0] - sweep.values("follower", "autonomy")[0])
    assert f"[{in_points('autonomy', float(low)):+.1f}, {in_points('autonomy', float(high)):+.1f}]".replace("-", "−") in told


def test_names_are_told_from_the_lowest_to_the_highest() -> None:
    means = np.zeros((4, 6))
    means[1] = [1, 1, 1, 3, 3, 3]
    told = finding(a_sweep(means / 100, (WHERE, X), noise=NOISE / 100), "Along Scenario")
    assert "from +1.00 points of income [+1.00, +1.00] at calm to +3.00 points of income [+3.00, +3.00] at cold war" in told
    assert "+2.00 points of income [+2.00, +2.00] apart" in told


def test_the_smallest_largest_regret_is_told_with_the_next() -> None:
    # Largest regrets 3, 4, 2, 4.
    told = finding(hundredths(MEANS), "Never far from the best")
    assert "Autonomy: other_hedger falls short of the best at any point by at most 2.00 points of income [2.00, 2.00], less than still, the next" in told


def test_one_world_claims_nothing() -> None:
    told = " ".join(f"{each.text} {' '.join(each.parts)}" for each in headline(case("hostile names in one world")))
    assert "one world: no interval can be given" in told
    assert "ahead of all" not in told


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
    page = render_sweep(case("two numbers"), [Picture("Who wins", "Who wins?", "Caption.", 'Alt "text".', svg)], title="A & B", question="Does <it> pay?",
                        command="counterpoise -m a=1", context=CONTEXT, notes=["sweep.csv holds every number."], hashes={"calm": "ab12"})
    assert "<h1>A &amp; B</h1>" in page
    assert "Does &lt;it&gt; pay?" in page
    for part in ("counterpoise -m a=1", "sweep.csv holds every number.", "ab12", "data:image/svg+xml,", "<b>Mean rivalry</b> (log odds)", "−2, −1.5, −1"):
        assert part in page
    assert not re.search(r"(src|href)=\"?https?:", page)


@pytest.mark.parametrize("name", ["hostile names in one world", "sampled in scenarios", "hedging alone"])
def test_every_sweep_can_be_written_without_figures_or_question(name: str) -> None:
    page = render_sweep(case(name), [], title="T", question="", command="c", context=CONTEXT)
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
    assert "Only one strategy was run" in render_sweep(alone, [], title="T", question="", command="c", context=CONTEXT)


@pytest.mark.slow
def test_these_are_the_presets_that_sweep() -> None:
    assert set(SWEEPING) == set(sweeping())


@pytest.mark.slow
@pytest.mark.parametrize("preset", SWEEPING)
def test_every_preset_leaves_figures_and_a_report_of_less_than_3_megabytes(preset: str, tmp_path: Path) -> None:
    assert cli.main([f"experiment={preset}", "n_worlds=32", "horizon=8", f"results={tmp_path}"]) == 0
    (report,) = tmp_path.glob("*/*/report.html")
    assert 1e5 < report.stat().st_size < 3e6
    assert {"phase.svg", "plane.svg"} & {figure.name for figure in (report.parent / "figures").iterdir()}
