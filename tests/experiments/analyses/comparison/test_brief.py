"""The brief claims what its tables hold: what would change the answer, who is ahead, and the composite where it is the headline."""

import re
from dataclasses import astuple, replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from experiments.analyses.comparison.brief import Brief, brief_of, in_markdown, in_text
from experiments.analyses.comparison.change import change_of
from experiments.analyses.comparison.checks import STRUCTURES
from experiments.analyses.comparison.comparison import Comparison, compare
from experiments.analyses.comparison.contrasts import contrasts
from experiments.analyses.comparison.findings import headline
from experiments.analyses.comparison.page import conclusions_of
from experiments.analyses.comparison.terminal import table, text
from experiments.cells.job_cells import Results
from experiments.configuration.load import load
from sim.payoffs import COMPOSITE, MEASURES, Payoff, composite
from tests.experiments.analyses.comparison.made_up import assumptions
from tests.experiments.analyses.comparison.test_comparison import ANCHORS
from tests.experiments.analyses.comparison.test_findings import FAMILIES, a_comparison, economic
from tests.experiments.report.test_browser import PAYLOADS
from tests.given import Said, only_run

SMALL = ("n_worlds=16", "horizon=8", "workers=1", "assumption_draws=8", "strategies=[equidistance,bandwagon_first,status_quo]")
NAMES = tuple(FAMILIES)


def brief(comparison: Comparison, changed: dict[str, float]) -> Brief:
    """The brief where every conclusion holds in all draws, and each economic difference is so many times as large under some structures."""
    draws = np.array([[0.0] * 8, [0.02] * 8, [0.01] * 8])
    return brief_of(load(SMALL), comparison, assumptions(comparison, draws, changed=changed))


class TestWhatWouldChangeTheAnswer:
    @pytest.mark.parametrize(("times", "end"), [(-1.0, "turns round"), (0.0, "makes no practical difference"), (0.1, "makes no practical difference")])
    def test_a_structure_under_which_a_conclusion_does_not_hold_is_named(self, times: float, end: str) -> None:
        other = brief(a_comparison(0.02, 0.01), {"flows_free": times}).other
        assert other == f"A world where flows reward nobody and need no opening: there some difference in consumption {end}."

    def test_so_is_one_under_which_it_is_not_certain_any_more(self) -> None:
        comparison = a_comparison(0.02, 0.01)
        checks = assumptions(comparison, np.ones((3, 8)))
        place = list(STRUCTURES).index("size_off")
        checks.structures.values["economic"][1:, place] += np.random.default_rng(1).normal(size=(2, 64))
        assert "A world where trade does not follow the size of the powers: there some difference in consumption is not certain any more." in brief_of(
            load(SMALL), comparison, checks).other

    def test_without_one_no_more_is_claimed_than_was_tried(self) -> None:
        assert brief(a_comparison(0.02, 0.01), {}).other == (
            "No number that was drawn stands out from chance in the weakest conclusion, and each conclusion holds with each part of the model built otherwise, "
            "one at a time.")

    def test_too_few_worlds_to_check_are_not_taken_for_a_check(self) -> None:
        comparison = a_comparison(0.02, 0.01)
        other = brief(comparison, {"as_it_is": 0.0}).other
        assert other == "How a conclusion on consumption fares with the model built otherwise is open: the check has too few worlds."

    def test_the_table_beside_it_shows_the_same(self) -> None:
        comparison = a_comparison(0.02, 0.01)
        checks = assumptions(comparison, np.ones((3, 8)), changed={"flows_free": 0.0, "claims_off": -1.0})
        for row, contrast in zip(conclusions_of(comparison, checks)[1].rows, contrasts(comparison, checks), strict=True):
            assert row[1:-1] == [fate for name, fate in contrast.fates.items() if name != "as_it_is"]
            assert {contrast.fates["flows_free"], contrast.fates["claims_off"]} == {"none", "turns"}


class TestComposite:
    PAYOFF = Payoff(anchors=ANCHORS, weights={"economic": 2, "trust": 1})

    def test_a_change_that_moves_it_is_said_to(self) -> None:
        # Each return of hedging rises by less than matters, and the composite for certain.
        rng = np.random.default_rng(0)
        before = {name: rng.normal(size=(3, 64)) for name in MEASURES}
        now = {**before, "economic": before["economic"] + np.array([[0.0], [0.002], [0.0]])}
        change = change_of("a test", Results(NAMES, now), Results(NAMES, before), "status_quo", self.PAYOFF)
        comparison = replace(compare(Results(NAMES, now), FAMILIES, "status_quo", self.PAYOFF, seed=1), change=change)
        assert set(change.table[change.table.measure == COMPOSITE].moved_verdict) == {"better", "same"}
        made = brief_of(load([*SMALL, "scenario=cold_war"]), comparison, None)
        assert made.findings[0].startswith("The change is better for hedging than for alignment, by ")

    def test_it_is_checked_as_the_other_conclusions_are(self) -> None:
        payoffs = {name: np.zeros((3, 64)) for name in MEASURES} | {"economic": np.array([[0.0], [0.02], [0.01]]) + np.zeros((3, 64))}
        comparison = compare(Results(NAMES, payoffs), FAMILIES, "status_quo", self.PAYOFF, seed=1)
        checks = assumptions(comparison, payoffs["economic"])
        for of in (checks.results.payoffs, checks.facts.payoffs, checks.structures.values):
            of[COMPOSITE] = composite(of, self.PAYOFF, of["economic"][0])  # type: ignore[index]
        about = {contrast.measure for contrast in contrasts(comparison, checks)}
        assert about == {"economic", COMPOSITE}
        assert "Composite" in [finding.about for finding in headline(comparison, None)]

    def test_a_difference_that_is_0_in_all_worlds_is_the_same(self) -> None:
        payoffs = {name: np.random.default_rng(0).normal(size=(3, 64)) for name in MEASURES}
        paired = compare(Results(NAMES, payoffs), FAMILIES, "status_quo", self.PAYOFF, seed=1).paired
        assert set(paired[paired.strategy == "status_quo"].verdict) == {"same"}

    def test_a_run_with_weights_counts_its_conclusions(self, said: Said, tmp_path: Path) -> None:
        assert said(*SMALL, "payoff.weights={economic: 2, trust: 1}", f"results={tmp_path}", "scenario=cold_war")[0] == 0
        folder = only_run(tmp_path, "cambodia_2020-cold_war")
        assert "the composite" in (folder / "brief.md").read_text(encoding="utf-8")
        assert "composite" in (folder / "assumptions.csv").read_text(encoding="utf-8")
        assert "composite" in (folder / "structures.csv").read_text(encoding="utf-8")


class TestAhead:
    def test_a_lead_over_the_reference_of_no_practical_difference_is_not_called_ahead(self) -> None:
        said = economic(a_comparison(0.002, -0.02, n=4096))
        assert said.startswith("No strategy gains more than status quo for certain and in practice. Equidistance has the highest mean; against status quo it "
                               "makes no practical difference to consumption (+0.20")
        assert "ahead of status quo" not in said
        assert "Status quo gains" not in said

    def test_what_is_not_certain_is_not_called_as_much(self) -> None:
        rng = np.random.default_rng(0)
        payoffs = {measure: np.zeros((3, 64)) for measure in MEASURES} | {"economic": np.stack([np.zeros(64), np.full(64, 0.02), rng.normal(size=64) - 0.3])}
        said = economic(compare(Results(NAMES, payoffs), FAMILIES, "status_quo", Payoff(anchors=ANCHORS), seed=1))
        assert "gains as much, or nearly," not in said

    def test_who_is_ahead_for_certain_is_named_though_another_has_the_highest_mean(self) -> None:
        noise = np.random.default_rng(0).normal(size=64)
        payoffs = {measure: np.zeros((3, 64)) for measure in MEASURES} | {
            "economic": np.stack([np.zeros(64), np.full(64, 0.02), noise - noise.mean() + 0.05])}
        comparison = compare(Results(NAMES, payoffs), FAMILIES, "status_quo", Payoff(anchors=ANCHORS), seed=1)
        made = brief_of(load(SMALL), comparison, None)
        assert "Consumption is higher for certain with equidistance: +2.0 % against status quo." in (made.answer, *made.findings)
        assert "No strategy gains more" not in economic(comparison)


class TestPrinted:
    def test_a_mark_is_explained_where_it_stands(self) -> None:
        for comparison in (a_comparison(0.02, 0.01), a_comparison(0.02, 0.0)):
            *rows, last = table(comparison, 100)
            assert any("~" in row for row in rows) == last.startswith("~")

    def test_that_nothing_differs_is_said_once(self) -> None:
        comparison = a_comparison(0.0, 0.0)
        made = brief_of(load(SMALL), comparison, None)
        assert table(comparison, 100) == []
        assert text(comparison, made).count("No strategy differs") == 1
        assert in_markdown(made, "A title", [], "counterpoise").count("No strategy differs") == 1
        assert "```\n```" not in in_markdown(made, "A title", [], "counterpoise")

    @pytest.mark.parametrize("foreign", [*PAYLOADS, "![x](http://canary.invalid/8)", r"\[a](b)"])
    def test_texts_of_others_are_no_html_in_a_markdown_viewer_and_stand_as_they_are_elsewhere(self, foreign: str) -> None:
        made = Brief(foreign, foreign, (foreign, foreign), foreign, foreign, foreign)
        lines = in_markdown(made, foreign, [foreign], "counterpoise").splitlines()
        assert [line for line in lines if "<" in line or ">" in line] == [foreign] * bool({"<", ">"} & {*foreign})  # the table, within its fence
        whole = in_text(made, foreign, [], "counterpoise")
        shown = in_markdown(made, foreign, [], "counterpoise")
        assert not re.search(r"(?<!\\)(\\\\)*\[", shown)  # every bracket has an odd number of backslashes before it: no link, no picture
        assert unescape(re.sub(r"\\([][\\])", r"\1", shown)) == whole
        assert whole.count(foreign) == 8

    def test_without_such_signs_both_are_the_same(self) -> None:
        made = brief(a_comparison(0.02, 0.01), {"flows_free": -1.0})
        assert not {"<", ">", "&"} & {*"".join(map(str, astuple(made)))}
        assert in_markdown(made, "A title", ["a < b"], "counterpoise") == in_text(made, "A title", ["a < b"], "counterpoise")

    def test_a_backtick_in_the_command_does_not_end_its_code(self) -> None:
        made = brief(a_comparison(0.02, 0.01), {})
        assert "Made by ``counterpoise a='`<b>`'``. " in in_markdown(made, "A title", [], "counterpoise a='`<b>`'")
