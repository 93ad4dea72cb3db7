"""States of a region that copy what paid: what they gain, what is computed, what survives a kill, what is said."""

import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from experiments.analyses.tournament.imitation import findings as imitation_report
from experiments.analyses.tournament.imitation import pictures, tables
from experiments.analyses.tournament.imitation.analyse import analysed
from experiments.analyses.tournament.imitation.play import generation_seed, imitated, planned
from experiments.analyses.tournament.imitation.result import MAIN, Invasion, Options, Played, Result, Societies
from experiments.cells.plan import plan_of
from experiments.cells.session import computing
from experiments.cells.simulate import simulated
from experiments.cells.stopwatch import Stopwatch
from experiments.cells.store import Store
from experiments.configuration.job import Job
from experiments.configuration.load import load
from experiments.figures.style import family_label, labels
from experiments.methods.evolution import evolve, mean_of, window
from experiments.methods.intervals import Estimate
from experiments.names import plain
from experiments.words import capital
from sim.axes import Array
from sim.draws import stream
from sim.payoffs import WEIGHED
from sim.strategies import RULES
from sim.strategies.linear import LinearRule
from tests import given
from tests.given import Said

SMALL = ("strategies=[status_quo,equidistance,bandwagon_second,shrinking_room]", "horizon=3", "executor=serial", "workers=1")


def a_job(folder, *overrides) -> Job:
    return load([*SMALL, f"results={folder}", *overrides])


def options(folder, *overrides, **more) -> Options:
    return Options(a_job(folder, *overrides), **{"populations": 6, "generations": 4, "mutation": 0.2, **more})


def run(what: Options) -> Result | None:
    known, later = planned(what)
    with computing(what.job.run, [known], what.about, Stopwatch(), upcoming=[later]) as session:
        return imitated(what, session)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return run(options(tmp_path_factory.mktemp("imitation")))


def test_a_gain_is_the_return_less_that_where_everybody_plays_the_reference_in_the_same_worlds(result) -> None:
    own, job = result.options, result.options.job
    for generation in (0, 3):
        cell = result.batch.named[MAIN][generation]
        assert (cell.plays == result.main.plays[generation]).all()
        assert cell.settings.seed == generation_seed(2020, generation)
        got, base = simulated(cell).payoffs, simulated(replace(cell, plays=0 * cell.plays)).payoffs  # status_quo, the reference, comes first
        low, high = np.array([job.run.payoff.anchors[name] for name in WEIGHED]).T
        parts = [(got[name] - base[name]) / (high[i] - low[i]) / 6 for i, name in enumerate(WEIGHED)]  # six returns, weighed alike
        np.testing.assert_allclose(result.main.gains[generation], sum(parts), rtol=1e-12, atol=1e-15)
        assert np.array_equal(result.cohesion[generation], got["cohesion"][0])
        assert np.array_equal(result.reference_cohesion[generation], base["cohesion"][0])
    assert own.strategies[0] == own.job.run.reference == "status_quo"


def test_where_all_play_the_reference_nobody_gains(result) -> None:
    trajectory = result.trajectories["start: all status_quo"]
    assert (trajectory.plays[0] == 0).all()
    assert (trajectory.gains[0] == 0).all()


def test_generations_meet_new_worlds_and_variants_the_same(result) -> None:
    seeds = {name: [cell.settings.seed for cell in cells] for name, cells in result.batch.named.items()}
    assert len(set(seeds[MAIN])) == 4
    assert all(seeds[name] == seeds[MAIN] for name in result.trajectories)
    assert set(seeds["final"]).isdisjoint(seeds[MAIN])


def test_an_invader_is_one_member_who_changes_alone(result) -> None:
    final, cells = result.main.plays[-1], result.batch.named
    (own,) = cells["final"]
    assert (own.plays == final).all()
    for k, name in enumerate(result.options.strategies):
        (cell,) = cells[f"invaded by {name}"]
        changed = cell.plays != final
        assert (changed.sum(axis=0) <= 1).all()
        assert (cell.plays[changed] == k).all()
        assert cell.settings.seed == own.settings.seed
    # By hand for one strategy: what the member has more of, in units of the anchors, and less what the nine others have more on average.
    (cell,) = cells["invaded by bandwagon_second"]
    member = (stream(own.settings.seed, "invader", 0).random(6) * 10).astype(int)
    got, base = simulated(cell).payoffs, simulated(own).payoffs
    anchors = result.options.job.run.payoff.anchors
    more = sum((got[name] - base[name]) / (anchors[name][1] - anchors[name][0]) / 6 for name in WEIGHED)
    gain = more[member, range(6)]
    lead = gain - (more.sum(axis=0) - gain) / 9
    row = result.options.strategies.index("bandwagon_second")
    assert result.invasion.gain.value[row] == pytest.approx(gain.mean(), rel=1e-9)
    assert result.invasion.lead.value[row] == pytest.approx(lead.mean(), rel=1e-9)
    assert result.invasion.better[row] == (gain > 0).mean()


def test_fewer_populations_are_the_first_ones_of_more(result, tmp_path) -> None:
    few = run(options(tmp_path, populations=4))
    assert (few.main.plays[0] == result.main.plays[0, :, :4]).all()
    assert np.array_equal(few.main.gains[0], result.main.gains[0, :, :4])
    assert few.scale != result.scale  # so later generations may differ


def test_starts_are_the_members_own_the_reference_and_each_large_family(tmp_path) -> None:
    what = Options(load([f"results={tmp_path}"]))
    names, own = list(what.strategies), what.variants["start: their own"].start
    peers = what.job.settings.peers
    assert [names[i] for i in own.argmax(axis=1)] == [peers[member].name for member in what.members]
    assert (what.variants[MAIN].start == 1 / len(names)).all()
    hedging = what.variants["start: any hedging"].start[4]
    assert {name for name, chance in zip(names, hedging, strict=True) if chance > 0} == {n for n, family in what.families.items() if family == "hedging"}
    assert hedging.sum() == pytest.approx(1)
    starts = {name for name in what.variants if name.startswith("start")}
    assert starts == {"start: their own", "start: all status_quo", *(f"start: any {name}" for name in ("hedging", "alignment", "balancing", "neutrality"))}
    assert "replicator rule" in what.variants
    pairs = {(variant.selection, variant.mutation) for name, variant in what.variants.items() if name.startswith("selection")}
    assert pairs == {(s, m) for s in (0.25, 1, 4) for m in (0.0125, 0.05, 0.2)} - {(1, 0.05)}
    assert len({variant.populations for variant in what.variants.values()}) == 2


def test_members_whose_own_strategy_the_library_lacks_have_no_such_start(tmp_path) -> None:
    assert "start: their own" in options(tmp_path).variants  # all states keep to the status quo, which the library has
    without = Options(load([f"results={tmp_path}", "strategies=[equidistance,bandwagon_second]"]))
    assert "start: their own" not in without.variants


def test_the_plan_counts_what_is_computed(result, tmp_path) -> None:
    known, later = planned(result.options)
    first = {cell.key: cell for cell in known.cells()}
    every = {cell.key: cell for cell in result.batch.cells()}
    assert set(first) < set(every)
    # Where variants are still alike their cells are the same, so it may be less.
    assert len(first) < len(every) <= len(first) + later.n_cells
    assert sum(cell.size for cell in every.values()) <= sum(cell.size for cell in first.values()) + later.n_columns
    assert later.n_measures == 7 * 10
    assert later.n_passes == 2 * (result.options.generations - 1) + 1  # the main variant, and all others; then who enters
    store = Store(tmp_path)
    assert plan_of([result.batch], store, 1).n_bytes == pytest.approx(sum(cell.size * 560 + 25_000 for cell in every.values()))
    assert set(result.batch.keys()) == {*result.trajectories, "reference", "final", *(f"invaded by {name}" for name in result.options.strategies)}


SCRIPT = """
from experiments.cells.session import computing
from experiments.configuration.load import load
from experiments.analyses.tournament.imitation.play import Options, imitated, planned
from experiments.cells.stopwatch import Stopwatch
options = Options(load({overrides!r}), populations=6, generations=4, mutation=0.2)
with computing(options.job.run, [planned(options)[0]], "-", Stopwatch()) as session:
    imitated(options, session)
"""


def test_killed_in_the_middle_it_completes_to_the_same_bits(result, tmp_path) -> None:
    wanted = {cell.key for cell in result.batch.cells()}
    script = SCRIPT.format(overrides=[*SMALL, f"results={tmp_path}"])
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    store = Store(tmp_path / "cells")
    while process.poll() is None and len(list(store.keys())) < 20:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {key: store.path(key).stat().st_mtime_ns for key in store.keys()}  # noqa: SIM118 - a method, no mapping
    assert 0 < len(before) < len(wanted)
    again = run(options(tmp_path))
    assert {key: store.path(key).stat().st_mtime_ns for key in before} == before
    original = Store(tmp_path.parent / result.options.job.run.results / "cells")
    assert all(store.path(key).read_bytes() == original.path(key).read_bytes() for key in wanted)
    assert (again.main.plays == result.main.plays).all()
    assert imitation_report.findings(again.options, again) == imitation_report.findings(result.options, result)


def test_workers_give_the_same_bits(result, tmp_path) -> None:
    again = run(options(tmp_path, "executor=processes", "workers=2"))
    assert all((again.trajectories[name].plays == trajectory.plays).all() and np.array_equal(again.trajectories[name].gains, trajectory.gains)
               for name, trajectory in result.trajectories.items())


def test_a_cell_that_fails_ends_it_and_is_told(monkeypatch, tmp_path, capsys) -> None:
    class Fragile(LinearRule):
        def decide(self, seen):
            decision = super().decide(seen)
            decision.tilt = decision.tilt * np.nan
            return decision

    monkeypatch.setitem(RULES, "fragile", Fragile)
    what = options(tmp_path, "+strategies.equidistance.rule=fragile")
    known, later = planned(what)
    with computing(what.job.run, [known], what.about, Stopwatch(), upcoming=[later]) as session:
        assert imitated(what, session) is None
        assert session.failures
        assert {cell.key for cell in known.named[MAIN]} <= session.failed


@pytest.mark.parametrize(("words", "named"), [
    (["--measure", "economc"], "--measure: unknown return 'economc'; did you mean economic?"),
    (["--rule", "fermy"], "--rule: unknown rule 'fermy'; did you mean fermi?"),
    (["--selection", "-1"], "--selection: must be a finite number from 0, got '-1'"),
    (["--selection", "nan"], "--selection: must be a finite number from 0, got 'nan'"),
    (["--mutation", "1.01"], "--mutation: must be a finite number from 0 to 1, got '1.01'"),
    (["--mutation", "nan"], "--mutation: must be a finite number from 0 to 1, got 'nan'"),
    (["--populations", "1"], "--populations: must be a whole number from 2 to 65,536, got '1'"),
    (["--generations", "3"], "--generations: must be a whole number from 4 to 10,000, got '3'")])
def test_options_are_checked(words: list[str], named: str, said: Said) -> None:
    code, _, error = said("tournament", *(f"{option}={value}" for option, value in zip(words[::2], words[1::2], strict=True)))
    assert code == 2
    assert error == f"counterpoise tournament: {named}; see counterpoise tournament --help\n"



def test_what_ruins_its_player_dies_out_and_its_twin_under_another_name_fares_as_well(tmp_path) -> None:
    job = a_job(tmp_path)
    calm = job.settings.strategies["status_quo"]
    named = {name: calm.model_copy(update={"name": name}) for name in ("status_quo", "twin")}
    library = {**named, "ruin": given.strategy(name="ruin", defence=0.2)}  # a fifth of GDP for defence
    job = replace(job, settings=job.settings.model_copy(update={"strategies": library}))
    result = run(Options(job, measure="economic", selection=4.0, mutation=0.02, populations=64, generations=12))
    assert result.mix.high[2] < 0.1
    assert result.invasion.gain.high[2] < 0
    assert (result.invasion.gain.low[:2] >= 0).all()  # for who plays the ruin
    assert set(result.leaders) == {0, 1}
    assert result.duplicates == ((0, 1), (2,))
    mix, *_, duplicates = imitation_report.findings(result.options, result)
    assert "It cannot be distinguished from" in mix.text
    assert duplicates.about == "Near-duplicates share the members who play them, in 1 group"


def synthetic(tmp_path, worth, **more) -> Result:
    """What would be found if each strategy of the library were worth a number, with noise."""
    what = Options(load([f"results={tmp_path}"]), **{"populations": 128, "generations": 24, **more})
    values = np.array([worth.get(name, 0.0) for name in what.strategies])

    def earn(generation, plays) -> dict[str, Array]:
        return {name: values[now] + 0.01 * stream(1, "noise", generation).normal(size=(128, 10)).T[:, : now.shape[1]] for name, now in plays.items()}

    trajectories, scale = evolve(what.variants, what.generations, earn, lambda purpose, generation: stream(generation, purpose, 0))
    gain = values[:, None] - np.take_along_axis(values[trajectories[MAIN].plays[-1]], np.zeros((1, 128), int), axis=0)
    invasion = Invasion(mean_of(gain, 23), mean_of(1.1 * gain, 23), (gain > 0).mean(axis=1))
    cohesion = np.full((what.generations, 128), 0.8) + 0.01 * np.random.default_rng(1).normal(size=(what.generations, 128))
    return analysed(Played(what, trajectories, cohesion, cohesion + 0.1, scale, invasion, tuple((i,) for i in range(len(what.strategies))), Societies({})))


@pytest.mark.parametrize("winner", ["auction", "bandwagon_second", "isolation"])
@pytest.mark.parametrize("rule", ["fermi", "replicator"])
def test_the_winner_is_whoever_earns_most_whatever_its_label(tmp_path, winner, rule) -> None:
    result = synthetic(tmp_path, {winner: 0.03}, rule=rule)
    assert [result.options.strategies[i] for i in result.leaders] == [winner]
    mix, _, invaders, *_ = imitation_report.findings(result.options, result)
    assert mix.about == f"Most members end with {plain(winner)}"
    assert "That is clearly more than any other" in mix.text
    assert invaders.about == "A member can still gain by changing its strategy"


@pytest.mark.parametrize("rule", ["fermi", "replicator"])
def test_where_all_earn_the_same_nobody_is_called_a_winner(tmp_path, rule) -> None:
    result = synthetic(tmp_path, {}, rule=rule)
    n = len(result.options.strategies)
    assert len(result.leaders) == n
    mix, _, invaders, *_ = imitation_report.findings(result.options, result)
    assert f"It cannot be distinguished from {n - 1} others." in mix.text
    assert "Clearly above that: none. Clearly below: none." in mix.text
    assert all("which cannot be distinguished from" in part for part in mix.parts)
    assert invaders.about == "No strategy can be shown to enter the final mix"
    assert "Clearly better than what is played on average: none." in invaders.text


def test_what_ties_exactly_is_named_together(tmp_path) -> None:
    result = synthetic(tmp_path, {})
    n, (family, *others) = len(result.options.strategies), result.statistics.families
    even = Estimate(*np.full((3, n), 1 / n))
    tied = [replace(other, share=family.share) for other in others[:1]]
    ending = replace(next(iter(result.statistics.endings.values())), shares=even, leaders=tuple(range(n)))
    result = replace(result, invasion=replace(result.invasion, gain=even), statistics=replace(
        result.statistics, families=(family, *tied, *others[1:]), endings={"other": ending}))
    result.__dict__["mix"], result.__dict__["leaders"] = even, tuple(range(n))  # as if they had been computed
    shown = list(labels(result.options.strategies).values())
    most = f"{', '.join(shown[:3])} and {n - 3} more"
    one, other = imitation_report.conclusions(result.options, result)
    assert one.text.startswith(f"{capital(most)} end with the largest share of members, ")
    assert "cannot be distinguished" not in one.text
    assert other.text.startswith(f"Of the families, {family_label(family.name)} and {family_label(others[0].name)} have the largest share")
    assert f"{capital(most)} have the largest mean gain" in imitation_report.findings(result.options, result)[2].text
    assert f"{capital(most)} have the largest share" in imitation_report.findings(result.options, result)[3].parts[0]


def test_a_mix_that_still_moves_is_said_to(tmp_path) -> None:
    result = synthetic(tmp_path, {"auction": 0.03}, generations=8)
    stable = imitation_report.findings(result.options, result)[1]
    assert stable.about == "The mix still changes"
    assert "Clearly rising: auction" in stable.text


def test_tables_frames_and_pictures_tell_the_same(tmp_path) -> None:
    result = synthetic(tmp_path, {"auction": 0.03})
    frames, (survivors, variants) = tables.frames(result.options, result), tables.tables(result.options, result)
    mix = frames["mix"].set_index("strategy")
    assert survivors.rows[0][0] == "auction"
    assert survivors.rows[0][2].startswith(f"{100 * mix.share['auction']:.1f} [")
    assert mix.share.sum() == pytest.approx(1)
    assert (mix.q05 <= mix.share_high).all()
    adoption = frames["adoption"]
    assert adoption.groupby(["kind", "generation"]).share.sum().to_numpy() == pytest.approx(1)
    last = adoption[(adoption.name == "auction") & (adoption.generation > 18)].share.mean()
    assert mix.share["auction"] == pytest.approx(last) == pytest.approx(window(result.main.shares).mean(axis=1)[result.options.strategies.index("auction")])
    assert len(variants.rows) == len(result.trajectories) == 16  # the main one, six starts, eight selections and mutations, the other rule
    assert len(frames["variants"]) == 16 * len(result.options.strategies)
    along = frames["generations"]
    assert (along.cohesion < along.reference_cohesion).all()
    assert "Cohesion of the region is clearly lower than where everybody plays status quo" in imitation_report.findings(result.options, result)[4].text
    (tmp_path / "figures").mkdir()
    drawn = pictures.pictures(result, result.options.job, tmp_path)
    assert [picture.svg.stem for picture in drawn] == ["adoption", "survivors", "invasion", "variants"]
    assert all(picture.svg.exists() and picture.alt.endswith(".") for picture in drawn)
    assert len(imitation_report.caveats(result.options, result)) == 3
