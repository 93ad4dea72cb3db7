"""The command `optimize`: strategies as points of a space, and small searches from end to end."""

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from experiments.analyses.optimize import search
from experiments.analyses.optimize.phrases import pairs_like
from experiments.analyses.optimize.result import OBJECTIVES
from experiments.analyses.optimize.space import NUMBERS, Space, space
from experiments.cells import simulate
from experiments.cells.simulate import compute_cell
from experiments.configuration.load import load
from experiments.methods.intervals import Estimate, independent_difference
from experiments.names import powers
from sim.strategies.strategy import Strategy
from tests.experiments.analyses.conftest import Finished
from tests.experiments.analyses.small import CONCLUDED, OPTIMIZE
from tests.given import Said, one_by_one, only_run

WORDS, SMALL = OPTIMIZE, OPTIMIZE[2:]


@pytest.fixture(scope="module")
def results(finished: Finished) -> Path:
    """A results folder with one search."""
    return finished("optimize")


def a_space(*names: str, **changes: object) -> Space:
    settings = load(["n_worlds=2"]).settings
    base = Strategy(name="candidate", family="x", description="x", source="x").model_copy(update=changes)
    return space(settings.model_copy(update={"strategies": {"candidate": base}}), base, names)


def test_the_corners_of_the_space_are_the_ends_of_the_ranges() -> None:
    result = a_space("anchor.economy", "breadth", "lean_with.power")
    assert result.values(np.zeros(3)).tolist() == [-1, 0.2, -5]
    assert result.values(np.ones(3)).tolist() == [1, 0.95, 5]
    strategy = result.strategy("mine", np.array([1, 0.5, 0]), "about", "source", "family")
    assert strategy.anchor == {"economy": 1, "security": 0}  # one domain was searched, the other keeps the base's number
    assert (strategy.breadth, strategy.lean_with.power, strategy.lean_with.pressure) == (0.575, -5, 0)


def test_a_file_says_exactly_the_strategy_and_passes_the_check(tmp_path: Path, said: Said) -> None:
    result = a_space(*NUMBERS)
    unit = np.linspace(0, 1, len(NUMBERS))
    strategy = result.strategy("mine", unit, 'with "quotes": and a colon', "source", "family")
    file = tmp_path / "mine.yaml"
    file.write_text(result.yaml(strategy, unit, ["where it comes from"]), encoding="utf-8")
    assert said("check", file)[0] == 0
    (name, data), = yaml.safe_load(file.read_text(encoding="utf-8")).items()
    numbers = {key: {k: float(v) for k, v in value.items()} if isinstance(value, dict) else value for key, value in data.items()}
    assert Strategy.model_validate({"name": name, **numbers}) == strategy


def test_numbers_of_the_base_that_are_not_searched_are_kept_and_written() -> None:
    result = a_space("speed", defence=0.01, options={}, label="its own name")
    strategy = result.strategy("mine", np.array([0.5]), "about", "source", "family")
    assert (strategy.defence, strategy.label) == (0.01, "")
    text = result.yaml(strategy, np.array([0.5]), [])
    assert "  defence: 0.01                   # not searched\n" in text
    assert "breadth" not in text  # as in a file that says nothing
    assert "label" not in text


@pytest.mark.parametrize(("names", "problem"), [
    (("breadht",), "did you mean breadth"), (("speed", "speed"), "speed is named twice"), (("anchor", "anchor.economy"), "anchor is named twice")])
def test_strange_numbers_are_refused(names: tuple[str, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        a_space(*names)


def test_the_objectives_by_hand() -> None:
    means = np.array([[0.0, 1.0, 2.0, 5.0], [1.0, 1.0, 1.0, 1.0]])
    best = np.array([1.0, 1.0, 3.0, 4.0])
    assert OBJECTIVES["mean"](means, best).tolist() == [2, 1]
    assert OBJECTIVES["cvar"](means, best).tolist() == [0, 1]  # a tenth of four futures is the worst one
    assert OBJECTIVES["regret"](means, best).tolist() == [-1, -3]  # short by 1, 0, 1, -1 and by 0, 0, 2, 3


def test_the_difference_of_independent_estimates_by_hand() -> None:
    one, other = Estimate(np.array(5.0), np.array(2.0), np.array(9.0)), Estimate(np.array(1.0), np.array(0.0), np.array(4.0))
    result = independent_difference(one, other)
    # down: the first by 3, the second up by 3: root of 18; up: 4 and 1: root of 17
    assert (result.value, result.low, result.high) == pytest.approx((4, 4 - 18**0.5, 4 + 17**0.5))


def test_the_objective_of_the_search_is_that_of_the_file_in_the_same_futures(results: Path) -> None:
    """The file is simulated as a strategy of its own; the search ran it as a point of a design beside others."""
    run = only_run(results, "optimize")
    compared = pd.read_csv(run / "out_of_sample.csv").set_index("strategy")
    candidates = pd.read_csv(run / "candidates.csv")
    for by, name in (("search", "optimised"), ("random", "optimised_random")):
        in_search = candidates[candidates.by == by]["objective: composite"].max()
        assert compared.in_sample[name] == pytest.approx(in_search, abs=1e-12)
    assert compared.in_sample["optimised"] >= 0


def test_as_many_candidates_as_asked_for_are_tried(results: Path) -> None:
    candidates = pd.read_csv(only_run(results, "optimize") / "candidates.csv")
    assert candidates.by.value_counts().to_dict() == {"random": 14, "search": 14, "front": 14}
    assert list(candidates.columns[1:1 + len(NUMBERS)]) == list(NUMBERS)


def test_the_best_found_is_compared_out_of_sample_and_its_optimism_is_the_difference(results: Path) -> None:
    run = only_run(results, "optimize")
    compared = pd.read_csv(run / "out_of_sample.csv").set_index("strategy")
    assert (compared.in_sample - compared.out_of_sample).to_numpy() == pytest.approx(compared.optimism.to_numpy(), abs=1e-12)
    assert (compared.in_sample != compared.out_of_sample).all()
    assert compared.best_found_ahead["optimised"] == 0
    assert compared.best_found_ahead["equidistance"] == pytest.approx(compared.out_of_sample["optimised"] - compared.out_of_sample["equidistance"], abs=1e-12)
    (entry,) = json.loads((run / "manifest.json").read_text())["jobs"]
    assert entry["settings"]["seed"] == 2021  # other worlds than those of the search
    assert len(entry["points"]["values"]) == 20


def test_it_is_compared_under_every_pair_of_policies(results: Path) -> None:
    under = pd.read_csv(only_run(results, "optimize") / "under_policies.csv")
    assert set(zip(under.policy_first, under.policy_second, strict=True)) == set(product(("norm_promoter", "patron"), repeat=2))


def test_the_report_says_how_good_where_and_how_sure(results: Path) -> None:
    page = (only_run(results, "optimize") / "report.html").read_text(encoding="utf-8")
    for words in ("The best strategy found is ahead of", "(in-sample) less", "random candidates", "pairs of policies, and behind under",
                  "95 % interval", "futures that the search did not use", "on the front between economic and trust",
                  "best random candidate", "strategy 1 of the front", CONCLUDED):
        assert words in page
    assert "optimised_" not in re.sub(r"<pre.*?</pre>|<code.*?</code>", "", page, flags=re.DOTALL)


@pytest.mark.usefixtures("undrawn")
def test_sentences_on_a_strategy_with_commas_have_no_comma_before_a_colon(said: Said, tmp_path: Path) -> None:
    _, output, _ = said(*(word for word in OPTIMIZE if not word.startswith("--candidates=")), "--candidates=6", f"results={tmp_path}")
    for page in (output, (only_run(tmp_path, "optimize") / "report.html").read_text()):
        assert ",:" not in page
        assert "best 6 of 6" not in page
    assert "All 6 random candidates, too few to choose the best of" in page


def test_an_interrupted_search_goes_on_to_the_same_end(results: Path, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    left = 12

    def interrupted(*task: object) -> object:
        nonlocal left
        left -= 1
        if not left:
            raise KeyboardInterrupt
        return compute_cell(*task)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        one_by_one(patched)
        patched.setattr("experiments.cells.compute.compute_cell", interrupted)
        code, _, told = said(*WORDS, f"results={tmp_path}")
    assert code == 130
    assert "run the same command again" in told
    assert said(*WORDS, f"results={tmp_path}")[0] == 0
    for file in ("out_of_sample.csv", "candidates.csv"):
        assert (only_run(tmp_path, "optimize") / file).read_bytes() == (only_run(results, "optimize") / file).read_bytes()


@pytest.mark.usefixtures("undrawn")
def test_a_cell_that_fails_ends_the_search_in_words(tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def failing(cell: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise ArithmeticError("trust is not a finite number in world 1")
        return real(cell)

    real = simulate.simulated
    one_by_one(monkeypatch)
    monkeypatch.setattr("experiments.cells.simulate.simulated", failing)
    code, _, told = said(*WORDS, f"results={tmp_path}")
    assert code == 1
    assert "trust is not a finite number in world 1" in told
    assert "the search stops" in told
    assert not (tmp_path / "optimize").exists()


@pytest.mark.parametrize(("words", "code", "told"), [
    (("--measure=economy",), 2, "did you mean economic"), (("--objective=median",), 2, "--objective"), (("--front=economic",), 2, "must be two returns"),
    (("--front=economic,diplomatic",), 2, "--front: unknown return 'diplomatic'"), (("--front=economic,economic",), 2, "--front: 'economic' is given twice"),
    (("--candidates=1",), 2, "--candidates: must be a whole number from 2 to"),
    (("--out-of-sample=3",), 2, "--out-of-sample: must be a whole number from 20 to"),
    (("--worlds=5000",), 2, "from 2 to 1,024, got '5000'"),
    (("--candidates=99999999",), 2, "got '99999999'"), (("--futures=2000000",), 2, "got '2000000'"),
    (("--name=../x",), 2, "--name"), (("--over=breadht",), 65, "did you mean breadth"), (("--base=equidistanse",), 65, "did you mean equidistance"),
    (("--name=status_quo",), 65, "there is a strategy 'status_quo' already"), (("design=grid",), 65, "design"),
    (("strategies.candidate.breadth=0.5",), 65, "candidate"), (("--candidates=many",), 2, "--candidates"),
])
def test_what_does_not_fit_is_told_in_a_line(words: tuple[str, ...], code: int, told: str, tmp_path: Path, said: Said) -> None:
    got, out, problems = said("optimize", *words, f"results={tmp_path / 'new'}")
    assert got == code
    assert told in problems
    assert out == ""
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("undrawn")
def test_the_search_beats_the_base_it_starts_from_on_its_own_futures(tmp_path: Path, said: Said) -> None:
    words = ("optimize", "--front=none", "--over=breadth,anchor", "--base=equidistance", "--measure=economic", "--objective=regret", *SMALL)
    code, out, problems = said(*words, f"results={tmp_path}")
    assert (code, problems) == (0, "")
    assert "largest shortfall" in out
    run = only_run(tmp_path, "optimize")
    compared = pd.read_csv(run / "out_of_sample.csv").set_index("strategy")
    assert compared.in_sample["optimised"] > compared.in_sample["equidistance"]
    text = (run / "strategies" / "optimised.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["optimised"]["lean_with"]["perception"] == -1  # the base's, not searched
    assert not (run / "figures" / "front.svg").exists()


@pytest.mark.usefixtures("undrawn")
def test_a_strategy_is_tried_at_once_when_many_are_and_when_few_are(monkeypatch: pytest.MonkeyPatch, results: Path, tmp_path: Path, said: Said) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 3)
    assert said(*WORDS, f"results={tmp_path}")[0] == 0
    one, other = (pd.read_csv(only_run(folder, "optimize") / "candidates.csv") for folder in (results, tmp_path))
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-12)


@pytest.mark.slow
def test_the_search_beats_as_many_random_candidates_on_the_real_returns(tmp_path: Path, said: Said) -> None:
    words = ("--candidates=300", "--futures=8", "--worlds=8", "--out-of-sample=20", "--front=none", "executor=serial",
             "strategies=[status_quo,equidistance]", "policy=[patron,norm_promoter]")
    ahead = []
    for seed in (1, 2, 3):
        assert said("optimize", *words, f"seed={seed}", f"results={tmp_path / str(seed)}")[0] == 0
        candidates = pd.read_csv(only_run(tmp_path / str(seed), "optimize") / "candidates.csv")
        best = candidates.groupby("by")["objective: composite"].max()
        ahead.append(best["search"] - best["random"])
    assert sum(value > 0 for value in ahead) >= 2, ahead  # so small a budget may fail once
    assert np.mean(ahead) > 0.001, ahead


@pytest.mark.usefixtures("undrawn")
def test_what_is_too_small_to_matter_is_no_practical_difference(tmp_path: Path, said: Said) -> None:
    code, output, _ = said(*WORDS, "--measure=economic", "payoff.matters={economic: 100, trust: 100}", f"results={tmp_path}")
    assert code == 0
    for words in ("The best strategy found is ahead of none of the strategies of the library", "there is no practical difference to",
                  "No sign that the search overfitted", "No practical difference between the search and as many random candidates",
                  "under 0 of 4 pairs of policies, and behind under 0", "Under 4 pairs there is no practical difference; under the other 0",
                  "It is ahead of the reference under 0 pairs and behind it under 0.", "clearly exceeds in both returns: none."):
        assert words in output


def test_pairs_of_policies_that_tie_exactly_are_named_together() -> None:
    value = np.zeros((3, 3))
    assert pairs_like(("neglect", "patron", "wedge"), value, 4).endswith("; and 6 more")
    value[1, 2] = value[2, 0] = -1
    first, second = powers()
    assert pairs_like(("neglect", "patron", "wedge"), value, int(value.argmin())) == f"{first} patron, {second} wedge; {first} wedge, {second} neglect"
