"""The game of the powers on payoffs with the sum in a comment, and small runs of `tournament` from end to end."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.analyses.tournament.powers import findings, prices
from experiments.analyses.tournament.powers.answers import answer_of
from experiments.analyses.tournament.powers.game import Game, game_of, mean_gdp, means_of, worth
from experiments.analyses.tournament.powers.prices import ladder, top_price
from experiments.analyses.tournament.powers.result import Rung
from experiments.analyses.tournament.powers.solve import Solution, normed, rung_of, solved
from experiments.cells.job_cells import job_cells_of, run
from experiments.cells.simulate import compute_cell, simulated
from experiments.cells.store import Store
from experiments.commands import tournament as command
from experiments.configuration.files import names_in
from experiments.configuration.load import load
from experiments.executors.serial import Serial
from experiments.methods.alpha_rank import alpha_rank
from sim.axes import WORLD, Array
from sim.payoffs import COMPOSITE
from tests import given
from tests.experiments.analyses.conftest import Finished
from tests.experiments.analyses.small import CONCLUDED, TOURNAMENT
from tests.given import Said, one_by_one, only_run, unexplained

SMALL = TOURNAMENT[4:]


@pytest.fixture(autouse=True, scope="module")
def few_resamples() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "N_RESAMPLES", 8)
        yield


@pytest.fixture(scope="module")
def results(finished: Finished) -> Path:
    """A results folder with a run of the command."""
    return finished("tournament")


def game(state: Array, china: Array, us: Array, outlay: tuple[Array, Array] | None = None, noise: float = 0.0, worlds: int = 16) -> Game:
    """A game whose payoffs are given as means, with the same noise in all profiles and a little of each one's own.

    Args:
        state: Shape (S, C, U).
        china: Influence of China, the same.
        us: Of the US.
        outlay: Of both, by own policy.
        noise: Standard deviation of each profile's own noise over worlds.
        worlds: How many.
    """
    rng, (n_strategies, n, _) = np.random.default_rng(1), state.shape
    shared = rng.normal(size=worlds)
    own = [given + shared + noise * rng.normal(size=(*state.shape, worlds)) for given in (state[..., None], china[..., None], us[..., None])]
    costs = outlay or (np.ones(n), np.ones(n))
    paid = np.stack([np.broadcast_to(costs[0][None, :, None, None], own[0].shape), np.broadcast_to(costs[1][None, None, :, None], own[0].shape)])
    names = tuple(f"strategy{i}" for i in range(n_strategies))
    return Game(names, dict.fromkeys(names, "hedging"), names[0], tuple(f"policy{i}" for i in range(n)), COMPOSITE, own[0], np.stack(own[1:]), paid)


#: Influence of China by own policy (rows) and that of the US, and the other way round: a prisoner's dilemma, policy 1 is dominant.
DILEMMA = np.array([[3.0, 0], [5, 1]])


def dilemma(**more: object) -> Game:
    """One strategy is best against policy 1 of both powers, the other against all else."""
    state = np.array([[[1.0, 1], [1, 0]], [[0, 0], [0, 1]]])
    return game(state, np.stack([DILEMMA] * 2), np.stack([DILEMMA.T] * 2), **more)  # type: ignore[arg-type]


def at(result: Game, price: float | None, n_resamples: int = 20) -> Rung:
    return rung_of(means_of(result, np.random.default_rng(2), n_resamples), price)


class TestWorth:
    def test_by_hand(self) -> None:
        assert worth(np.array(20.0), np.array(10.0), 0.5) == 15
        # From -100, wholly the rival's, to 100: 120 of 200, for 10 hundredths of a percent.
        assert worth(np.array(20.0), np.array(10.0), None) == pytest.approx(0.06)

    def test_the_ratio_never_rewards_spending_for_less(self) -> None:
        influence = np.array([-50.0, -50.0, -60.0])
        result = worth(influence, np.array([1.0, 2.0, 2.0]), None)
        assert result[0] > result[1] > result[2]
        # Influence over outlay would have it the other way round.
        assert (influence / np.array([1.0, 2.0, 2.0]))[0] < (influence / np.array([1.0, 2.0, 2.0]))[1]

    def test_the_ladder_goes_over_two_decades_to_where_least_effort_wins(self) -> None:
        assert ladder(1.18) == (0, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
        assert ladder(1.0)[-1] == 2
        assert ladder(0.03)[-1] == 0.05
        assert ladder(0.0) == (0,)

    def test_the_top_price_is_the_dearest_influence_that_effort_buys(self) -> None:
        # China's policy 1 costs 4 more and brings 2 or 1 more: .5 at most. The same of the US: 2 more, so 1.
        result = dilemma(outlay=(np.array([1.0, 5]), np.array([1.0, 3])))
        assert top_price(means_of(result, np.random.default_rng(2), 2)) == pytest.approx(1.0)

    def test_gdp_is_the_mean_over_the_quarters(self) -> None:
        settings = given.with_powers(given.preset("theory_symmetric", "n_worlds=2", "horizon=2"), {"output": 100.0, "growth": 0.04})
        # 100 in the first quarter, a hundredth more in the second.
        assert mean_gdp(settings)[0] == pytest.approx(100.5)


class TestRungs:
    def test_in_the_dilemma_both_powers_press_and_the_small_state_answers(self) -> None:
        rung = at(dilemma(noise=0.01), 0.0)
        for result in (rung.at_once, rung.led):
            assert [each.profile for each in result if each.in_mean_payoffs] == [(1, 1, 1)]
            assert float(result[0].share.value) == 1
        assert rung.answers.tolist() == [[0, 0], [0, 1]]
        assert float(rung.none_at_once.value) == float(rung.none_led.value) == 0
        assert rung.pairs.value[1, 1] > 0.99
        assert rung.strategies.value[1] > 0.99
        assert rung.best[0].tolist() == [[False, False], [True, True]]
        assert rung.best[1].tolist() == [[False, True], [False, True]]
        assert [cycle.tolist() for cycle in rung.cycles] == [[3]]
        assert [mix[-1] for mix in rung.other_ways.replicated] == pytest.approx([1, 1, 1], abs=1e-3)

    @pytest.mark.parametrize(("price", "policy"), [(0.0, 1), (0.2, 1), (0.55, 0), (2.0, 0)])
    def test_effort_stops_where_it_costs_more_than_it_brings(self, price: float, policy: int) -> None:
        # Policy 1 of China costs 4 more: where the US stays at policy 0, it brings 2 more and pays below .5; where the US has policy 1, below .25.
        # The US pays nothing more and always has policy 1 but here: it brings 0 more.
        result = game(np.zeros((1, 2, 2)), np.array([[[3.0, 3], [5, 5]]]), np.zeros((1, 2, 2)), (np.array([1.0, 5]), np.array([1.0, 2])), noise=1e-3)
        rung = at(result, price)
        assert rung.policies[0].value.argmax() == policy

    def test_costs_break_even_where_the_powers_stop(self) -> None:
        # 2 more for 4 more, whatever the US does.
        result = game(np.zeros((1, 2, 2)), np.array([[[3.0, 3], [5, 5]]]), np.zeros((1, 2, 2)), (np.array([1.0, 5]), np.array([1.0, 2])))
        china, us = prices.costs_of(means_of(result, np.random.default_rng(2), 20))
        assert china.least == us.least == 0
        assert china.breaks_even.value[1] == pytest.approx(0.5)
        assert us.breaks_even.value[1] == pytest.approx(0)
        assert np.isnan(china.breaks_even.value[0])

    def test_powers_that_match_pennies_go_round_and_mix_evenly(self) -> None:
        pennies = np.array([[[1.0, -1], [-1, 1]]])
        rung = at(game(np.zeros((1, 2, 2)), pennies, -pennies, noise=0.01), 0.0)
        assert not any(each.in_mean_payoffs for each in (*rung.at_once, *rung.led))
        assert float(rung.none_led.value) == 1
        assert [sorted(cycle.tolist()) for cycle in rung.cycles] == [[0, 1, 2, 3]]
        ((china, us),) = rung.mixed.pairs
        np.testing.assert_allclose([china, us], 0.5, atol=0.02)
        assert float(rung.mixed.shares[0].value) == 1
        np.testing.assert_allclose(rung.pairs.value, 0.25, atol=0.05)

    def test_the_small_state_that_answers_makes_another_game_than_one_that_chooses_at_once(self) -> None:
        # Whoever answers plays 1 only at China's policy 1, where that helps China; at once nobody can lead it there.
        state = np.array([[[1.0, 1], [0, 0]], [[0, 0], [1, 1]]])
        china = np.array([[[2.0, 2], [1, 1]], [[4, 4], [3, 3]]])
        rung = at(game(state, china, np.zeros((2, 2, 2))), 0.0)
        assert {each.profile[:2] for each in rung.at_once if each.in_mean_payoffs} == {(0, 0)}
        assert {each.profile[:2] for each in rung.led if each.in_mean_payoffs} == {(1, 1)}

    def test_how_often_an_equilibrium_is_one_tells_a_coin_from_a_rock(self) -> None:
        # Policy 1 of China brings as much as policy 0 but for noise; policy 1 of the US much more than policy 0.
        us = np.array([[[0.0, 9], [0, 9]]])
        result = [each for each in at(game(np.zeros((1, 2, 2)), np.zeros((1, 2, 2)), us, noise=1.0), 0.0, 200).led if float(each.share.value) > 0]
        assert {each.profile for each in result} == {(0, 0, 1), (0, 1, 1)}
        assert sum(float(each.share.value) for each in result) == pytest.approx(1)
        assert sum(each.in_mean_payoffs for each in result) == 1

    def test_swapping_the_powers_swaps_what_is_found(self) -> None:
        rng = np.random.default_rng(7)
        one = game(rng.normal(size=(2, 3, 3)), rng.normal(size=(2, 3, 3)), rng.normal(size=(2, 3, 3)), (np.array([1.0, 2, 3]), np.array([2.0, 1, 4])))
        other = Game(one.strategies, one.families, one.reference, one.policies, one.measure, one.state.swapaxes(1, 2), one.influence[::-1].swapaxes(2, 3),
                     one.outlay[::-1].swapaxes(2, 3))
        for price in (0.0, 0.4, None):
            a, b = at(one, price), at(other, price)
            np.testing.assert_allclose(a.pairs.value, b.pairs.value.T, atol=1e-6)
            assert {each.profile for each in a.led} == {(s, u, c) for s, c, u in (each.profile for each in b.led)}
            assert {each.profile for each in a.at_once} == {(s, u, c) for s, c, u in (each.profile for each in b.at_once)}

    def test_other_units_of_a_player_change_nothing(self) -> None:
        payoffs = np.random.default_rng(3).normal(size=(3, 2, 3, 3))
        other = payoffs * np.array([3, 0.1, 7]).reshape(3, 1, 1, 1) + 5
        np.testing.assert_allclose(alpha_rank(normed(payoffs), 5.0), alpha_rank(normed(other), 5.0), atol=1e-8)
        assert (normed(np.ones((3, 2, 2, 2))) == 0).all()


class TestAnswers:
    def test_a_tie_is_called_one(self) -> None:
        # The second is as good as the first but for noise, the third far behind.
        state = np.zeros((3, 2, 2))
        state[2] = -5
        answer = answer_of(game(state, np.zeros((3, 2, 2)), np.zeros((3, 2, 2)), noise=0.1))
        assert (answer.best < 2).all()
        assert not answer.tied[2].any()
        assert answer.tied.sum(axis=0).mean() > 1.5
        assert (answer.ahead.value >= 0).all()

    def test_the_best_is_ahead_by_what_it_brings_more(self) -> None:
        answer = answer_of(dilemma())
        assert answer.best.tolist() == [[0, 0], [0, 1]]
        assert answer.second.tolist() == [[1, 1], [1, 0]]
        np.testing.assert_allclose(answer.ahead.value, 1)
        assert (answer.tied.sum(axis=0) == 1).all()

    def test_against_what_survives_counts_each_pair_by_its_share(self) -> None:
        with Serial() as here:
            result = solved(dilemma(noise=0.01), 1, here, 20, (0.0,))
        # Nearly all the time at policies 1 and 1, where the second strategy has 1 and the first 0.
        assert result.against[0].behind.value[0] == pytest.approx(-1, abs=0.02)
        assert result.against[0].behind.high[0] < 0
        assert result.extremes.best_pair.tolist()[1] == 3
        assert result.extremes.worst_pair.tolist()[0] == 3


class TestTies:
    """What one strategy does as well as another is not said of the one that is listed first."""

    def solution(self, state: Array, noise: float = 0.0) -> Solution:
        with Serial() as here:
            return solved(game(state, *(np.stack([each] * len(state)) for each in (DILEMMA, DILEMMA.T)), noise=noise), 1, here, 20, (0.0,))

    @pytest.mark.parametrize("noise", [0.0, 0.001])
    def test_of_twins_none_is_named_alone(self, noise: float) -> None:
        result = self.solution(np.stack([np.ones((2, 2)), np.ones((2, 2)), np.zeros((2, 2))]), noise)
        assert findings._played(result).about == "Which strategy the small state plays most cannot be distinguished: strategy0 and strategy1"
        assert findings._answer(result).about == "Strategy0 and strategy1 are never clearly behind the best answer"

    def test_where_answers_are_equal_all_of_them_stand_in_the_equilibria(self) -> None:
        led = findings._led(self.solution(np.ones((3, 2, 2))))
        assert "where several answers are worth the same, the powers reckon with the first" in led.text
        assert "strategy0, strategy1 or strategy2, policy1 / policy1" in led.parts[0]

    def test_the_highest_ratio_is_not_that_of_the_policy_listed_first(self) -> None:
        text = findings._ratio(self.solution(np.ones((1, 2, 2)))).parts[1]
        # The influence of the US is 3 or 0 with policy 0, and 5 or 1 with policy 1, at the same outlay: policy 1 alone. With no effect at all both are first.
        assert "policy1 has the highest ratio on average" in text
        with Serial() as here:
            alike = solved(game(*(np.ones((1, 4, 4)),) * 3), 1, here, 20, (0.0,))
        text = findings._ratio(alike).parts[0]
        assert "policy0, policy1, policy2 and 1 more have the highest ratio on average" in text
        assert "of the numerator of policy0, with most influence, as policy1, policy2 and policy3, at 100 % of its outlay." in text

    def test_the_same_swing_is_not_that_of_one_strategy(self) -> None:
        moved = np.array([[0.0, 0], [0, 1]])
        text = findings._rivals(self.solution(np.stack([moved, moved, moved / 2]))).text
        assert "strategy0 (as strategy1), from" in text
        assert "least: strategy2, from" in text

    def test_what_is_alone_on_top_is_said_to_be(self) -> None:
        result = self.solution(np.stack([np.ones((2, 2)), np.zeros((2, 2))]))
        assert findings._played(result).about == "The small state plays strategy0 most, at every price shown"
        assert findings._answer(result).about == "Strategy0 is the best answer to all policies"
        assert "the powers reckon" not in findings._led(result).text


class TestTensor:
    def test_it_holds_what_each_pair_brings_on_the_same_worlds(self) -> None:
        job = load(["n_worlds=4", "horizon=6", "strategies=[status_quo,bandwagon_second]"])
        names = ("neglect", "inducement")
        jobs_cells = [job_cells_of(given.with_policies(job.settings, first, second)) for first in names for second in names]
        outcomes = {cell.key: simulated(cell) for job_cells in jobs_cells for cell in job_cells.cells()}
        result = game_of(jobs_cells, ("status_quo", "bandwagon_second"), names, "status_quo", "economic", job.run.payoff, outcomes.__getitem__)
        assert result.state.shape == (2, 2, 2, 4)
        # The first power inducement, the second neglect.
        payoffs = run(given.with_policies(job.settings, "inducement", "neglect")).payoffs
        economic = payoffs["economic"][1] - payoffs["economic"][0]
        np.testing.assert_allclose(result.state[1, 1, 0] - result.state[0, 1, 0], economic, atol=1e-12)
        np.testing.assert_array_equal(result.influence[1, 1, 1, 0], 100 * payoffs["influence_second"][1])
        second = [*job.settings.world.powers.values()][1]
        gdp = second.output * np.mean((1 + second.growth / 4) ** np.arange(6))
        np.testing.assert_allclose(result.outlay[1, 1, 1, 0], 1e4 * payoffs["outlay_second"][1] / gdp, rtol=1e-12)
        np.testing.assert_allclose(result.state[0].mean(axis=(0, 1)), 0, atol=1e-12)

    def test_in_a_symmetric_world_the_powers_are_alike(self) -> None:
        job = load(["world=theory_symmetric", "deterministic=true", "n_worlds=2", "horizon=12", "strategies=[equidistance]"])
        names = ("coercion", "inducement", "wedge")
        jobs_cells = [job_cells_of(given.with_policies(job.settings, first, second)) for first in names for second in names]
        outcomes = {cell.key: simulated(cell) for job_cells in jobs_cells for cell in job_cells.cells()}
        result = game_of(jobs_cells, ("equidistance",), names, "equidistance", COMPOSITE, job.run.payoff, outcomes.__getitem__)
        for values in (result.influence, result.outlay):
            np.testing.assert_allclose(values[0], values[1].swapaxes(1, 2), rtol=1e-9)
        np.testing.assert_allclose(result.state, result.state.swapaxes(1, 2), atol=1e-9)
        assert np.ptp(result.influence[0].mean(axis=WORLD)) > 0.1


def test_it_leaves_tables_figures_and_a_page_that_opens_offline(results: Path) -> None:
    run = only_run(results, "tournament")
    tables = {name: pd.read_csv(run / f"{name}.csv") for name in (
        "payoffs", "answers", "long_run", "pairs", "equilibria", "mixed", "costs", "strategies", "other_ways")}
    assert len(tables["payoffs"]) == 7 * 3 * 3
    assert len(tables["answers"]) == 9
    shares = tables["long_run"].groupby(["price", "player"]).share.sum()
    np.testing.assert_allclose(shares, 1, atol=1e-6)
    assert {"ratio", "0"} <= set(tables["pairs"].price.astype(str))
    payoffs = tables["payoffs"]
    for what in ("composite", "influence_first", "outlay_second"):
        assert (payoffs[f"{what}_low"] <= payoffs[what]).all()
        assert (payoffs[what] <= payoffs[f"{what}_high"]).all()
    # Whoever answers best has the highest mean.
    best = payoffs.loc[payoffs.groupby(["policy_first", "policy_second"], sort=False).composite.idxmax()]
    assert best.strategy.tolist() == tables["answers"].best.tolist()
    costs = tables["costs"]
    assert set(costs[costs.least_effort].policy) == {"neglect"}
    names = {file.stem for file in (run / "figures").glob("*.svg")}
    assert {"price_ladder", "stationary_mix", "policy_grid_0"} <= names
    assert sum(name.startswith("policy_grid") for name in names) in (1, 2, 3)
    page = (run / "report.html").read_text()
    assert len(page) < 3_000_000
    for words in ("95 % interval", "resamples", "break-even price", "size-adjusted", "counterpoise tournament"):
        assert words in page
    assert "<script" not in page
    manifest = json.loads((run / "manifest.json").read_text())
    assert len(manifest["check_of_assumptions"]) == 8  # the other pairs
    assert not manifest["missing_cells"]


@pytest.mark.usefixtures("undrawn")
def test_what_was_killed_goes_on_to_the_same_numbers(results: Path, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = 0

    def killed(cell: object, store: Store, sign: str) -> bytes | None:
        nonlocal done
        done += 1
        if done > 20:
            raise KeyboardInterrupt
        return compute_cell(cell, store, sign)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        one_by_one(patch)
        patch.setattr("experiments.cells.compute.compute_cell", killed)
        assert said(*TOURNAMENT, f"results={tmp_path}")[0] == 130
    assert len(list(tmp_path.glob("cells/??/*.npz"))) == 20
    code, output, _ = said(*TOURNAMENT, f"results={tmp_path}")
    assert code == 0
    assert "20 already done" in output
    for file in only_run(results, "tournament").glob("*.csv"):
        assert file.read_bytes() == (only_run(tmp_path, "tournament") / file.name).read_bytes()


def test_verify_knows_the_cells_of_all_pairs_and_report_names_the_command(results: Path, said: Said) -> None:
    assert said("verify", results)[0] == 0
    code, _, errors = said("report", only_run(results, "tournament"))
    assert code == 1
    assert "reported again by its own command" in errors
    assert "counterpoise tournament" in errors


def test_by_default_every_policy_file_takes_part(said: Said, tmp_path: Path) -> None:
    code, output, _ = said("tournament", "--only=powers", "--dry-run", *SMALL, f"results={tmp_path}")
    n = len(names_in("policy"))
    assert code == 0
    assert f"7 strategies × {n} policies of China × {n} of the US × 4 worlds" in output
    assert f"{7 * n * n:,} cells" in output
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("undrawn")
def test_prices_measure_and_numbers_of_a_policy_can_be_set(said: Said, tmp_path: Path) -> None:
    # A policy of no effort at all has no ratio.
    code, output, _ = said("tournament", "--policies=neglect,inducement", "--measure=economic", "--prices=0.5,0", "--only=powers",
                           "policy.neglect.commitment=0", "strategies=[status_quo,bandwagon_first]", "executor=serial", "horizon=4", "n_worlds=2",
                           f"results={tmp_path}")
    assert code == 0
    assert "the economic return" in unexplained((only_run(tmp_path, "tournament") / "report.html").read_text())
    assert set(pd.read_csv(only_run(tmp_path, "tournament") / "long_run.csv").price) == {0, 0.5}
    assert "% of consumption" in output
    assert "ratio" not in output


@pytest.mark.parametrize(("words", "code", "told"), [
    (("--measure=econmic",), 2, "did you mean economic"),
    (("--prices=0,-1",), 2, "--prices: must be a finite number from 0"),
    (("--prices=much",), 2, "--prices: must be a finite number from 0"),
    (("--prices=nan",), 2, "--prices: must be a finite number from 0"),
    (("--only=everybody",), 2, "invalid choice"),
    (("--policies=neglect,inducemant",), 65, "did you mean inducement"),
    (("--policies=neglect",), 65, "at least two"),
    (("n_worlds=1",), 65, "must be at least 2"),
    (("policies.us=neglect",), 65, "the powers choose their policies themselves"),
])
def test_what_cannot_be_done_is_refused_before_anything_is_computed(words: tuple[str, ...], code: int, told: str, said: Said, tmp_path: Path) -> None:
    result, _, errors = said("tournament", *words, f"results={tmp_path}")
    assert result == code
    assert told in errors
    assert "Traceback" not in errors
    assert not list(tmp_path.iterdir())


def failing(name: str) -> Callable[..., bytes | None]:
    def compute(cell: object, store: Store, sign: str) -> bytes | None:
        if cell.strategy.name == name and cell.settings.policies["us"].name == "coercion":  # type: ignore[attr-defined]
            raise RuntimeError("broken on purpose")
        return compute_cell(cell, store, sign)  # type: ignore[arg-type]
    return compute


@pytest.mark.usefixtures("undrawn")
def test_without_the_reference_there_is_no_report(said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one_by_one(monkeypatch)
    monkeypatch.setattr("experiments.cells.compute.compute_cell", failing("status_quo"))
    code, _, errors = said(*TOURNAMENT, f"results={tmp_path}")
    assert code == 1
    assert "nothing can be said of powers" in errors
    assert not (tmp_path / "tournament").exists()


@pytest.mark.usefixtures("undrawn")
def test_one_strategy_in_one_quarter_is_a_game_too(said: Said, tmp_path: Path) -> None:
    code, _, _ = said("tournament", "--only=powers", "--policies=neglect,inducement", "strategies=[status_quo]", "executor=serial", "horizon=1", "n_worlds=2",
                      f"results={tmp_path}")
    assert code == 0
    page = (only_run(tmp_path, "tournament") / "report.html").read_text()
    assert not any(word in page for word in (">nan", " nan", "inf]"))


@pytest.mark.usefixtures("undrawn")
def test_both_parts_stand_in_one_report_and_a_second_run_computes_nothing(said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("tournament", "--policies=neglect,coercion", "--populations=6", "--generations=4", *SMALL,
             "strategies=[status_quo,equidistance,bandwagon_second,opportunist]", f"results={tmp_path}")
    code, _, problems = said(*words)
    assert (code, problems) == (0, "")
    run = only_run(tmp_path, "tournament")
    page = (run / "report.html").read_text(encoding="utf-8")
    assert CONCLUDED in page
    assert {"long_run.csv", "mix.csv"} <= {file.name for file in run.glob("*.csv")}
    assert said("verify", tmp_path)[0] == 0
    code, _, problems = said("export", run, "--to", "csv")
    assert (code, problems) == (1, "counterpoise export: tournament keeps some measures of its worlds alone; its numbers are in the tables beside its report\n")
    monkeypatch.setattr("experiments.cells.compute.grouped", lambda cells, columns: pytest.fail("it is there already") if cells else [])
    assert said(*words)[0] == 0
    one, other = (sorted(result.glob("*.csv")) for result in (tmp_path / "tournament").iterdir())
    assert [file.read_bytes() for file in one] == [file.read_bytes() for file in other]


@pytest.mark.usefixtures("undrawn")
def test_imitation_alone_needs_no_policies_of_the_powers(said: Said, tmp_path: Path) -> None:
    small = [word for word in SMALL if not word.startswith("n_worlds=")]  # which the imitation does not read
    code, output, problems = said("tournament", "--only=imitation", "--populations=6", "--generations=4", *small, f"results={tmp_path}")
    assert (code, problems) == (0, "")
    assert "powers:" not in output
    assert not (only_run(tmp_path, "tournament") / "payoffs.csv").exists()


@pytest.mark.parametrize(("word", "told"), [("--rule=fermy", "did you mean fermi"), ("--selection=-1", "--selection"), ("--mutation=2", "--mutation"),
                                            ("--populations=1", "--populations"), ("--generations=2", "--generations"), ("--only=power", "--only")])
def test_what_does_not_fit_the_imitation_is_told_in_a_line(word: str, told: str, said: Said, tmp_path: Path) -> None:
    code, output, problems = said("tournament", word, f"results={tmp_path / 'new'}")
    assert (code, output) == (2, "")
    assert told in problems
    assert not (tmp_path / "new").exists()
