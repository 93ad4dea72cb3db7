"""Members of ASEAN that copy what paid: what they gain, what is computed, what survives a kill, what is said."""

import argparse
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from experiments import imitation_report
from experiments.analysis.evolution import evolve, mean_of, window
from experiments.cells import Store
from experiments.command_line import Parser
from experiments.computing import computing
from experiments.config import Job, load
from experiments.imitation import MAIN, Asked, Found, Invasion, Societies, about, add_options, generation_seed, imitated, planned, problem
from experiments.plan import plan_of
from experiments.runner import simulated
from experiments.stopwatch import Stopwatch
from sim.axes import Array
from sim.draws import stream
from sim.payoffs import WEIGHED
from sim.strategies import RULES
from sim.strategies.linear import LinearRule
from tests import given

SMALL = ("strategies=[status_quo,equidistance,bandwagon_us,shrinking_room]", "horizon=3", "executor=serial", "workers=1")


def a_job(folder, *overrides) -> Job:
    return load([*SMALL, f"results={folder}", *overrides])


def asked(folder, *overrides, **more) -> Asked:
    return Asked(a_job(folder, *overrides), **{"populations": 6, "generations": 4, "mutation": 0.2, **more})


def run(what: Asked) -> Found | None:
    known, later = planned(what)
    with computing(what.job.run, [known], about(what), Stopwatch(), upcoming=[later]) as session:
        return imitated(what, session)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return run(asked(tmp_path_factory.mktemp("imitation")))


# ---- What members gain


def test_a_gain_is_the_return_less_that_where_everybody_plays_the_reference_in_the_same_worlds(found) -> None:
    own, job = found.asked, found.asked.job
    for generation in (0, 3):
        cell = found.batch.named[MAIN][generation]
        assert (cell.plays == found.main.plays[generation]).all()
        assert cell.settings.seed == generation_seed(2020, generation)
        got, base = simulated(cell).payoffs, simulated(replace(cell, plays=0 * cell.plays)).payoffs  # status_quo, the reference, comes first
        low, high = np.array([job.run.payoff.anchors[name] for name in WEIGHED]).T
        parts = [(got[name] - base[name]) / (high[i] - low[i]) / 5 for i, name in enumerate(WEIGHED)]  # five returns, weighed alike
        np.testing.assert_allclose(found.main.gains[generation], sum(parts), rtol=1e-12, atol=1e-15)
        assert np.array_equal(found.cohesion[generation], got["cohesion"][0])
        assert np.array_equal(found.reference_cohesion[generation], base["cohesion"][0])
    assert own.strategies[0] == own.job.run.reference == "status_quo"


def test_where_all_play_the_reference_nobody_gains(found) -> None:
    course = found.courses["start: all status_quo"]
    assert (course.plays[0] == 0).all()
    assert (course.gains[0] == 0).all()


def test_generations_meet_new_worlds_and_variants_the_same(found) -> None:
    seeds = {name: [cell.settings.seed for cell in cells] for name, cells in found.batch.named.items()}
    assert len(set(seeds[MAIN])) == 4
    assert all(seeds[name] == seeds[MAIN] for name in found.courses)
    assert set(seeds["final"]).isdisjoint(seeds[MAIN])


def test_an_invader_is_one_member_who_changes_alone(found) -> None:
    final, cells = found.main.plays[-1], found.batch.named
    (own,) = cells["final"]
    assert (own.plays == final).all()
    for k, name in enumerate(found.asked.strategies):
        (cell,) = cells[f"invaded by {name}"]
        changed = cell.plays != final
        assert (changed.sum(axis=0) <= 1).all()
        assert (cell.plays[changed] == k).all()
        assert cell.settings.seed == own.settings.seed
    # By hand for one strategy: what the member has more of, in units of the anchors, and less what the nine others have more on average.
    (cell,) = cells["invaded by bandwagon_us"]
    member = (stream(own.settings.seed, "invader", 0).random(6) * 10).astype(int)
    got, base = simulated(cell).payoffs, simulated(own).payoffs
    anchors = found.asked.job.run.payoff.anchors
    more = sum((got[name] - base[name]) / (anchors[name][1] - anchors[name][0]) / 5 for name in WEIGHED)
    gain = more[member, range(6)]
    lead = gain - (more.sum(axis=0) - gain) / 9
    row = found.asked.strategies.index("bandwagon_us")
    assert found.invasion.gain.value[row] == pytest.approx(gain.mean(), rel=1e-9)
    assert found.invasion.lead.value[row] == pytest.approx(lead.mean(), rel=1e-9)
    assert found.invasion.better[row] == (gain > 0).mean()


def test_fewer_populations_are_the_first_ones_of_more(found, tmp_path) -> None:
    few = run(asked(tmp_path, populations=4))
    assert (few.main.plays[0] == found.main.plays[0, :, :4]).all()
    assert np.array_equal(few.main.gains[0], found.main.gains[0, :, :4])
    assert few.scale != found.scale  # so later generations may differ


# ---- Starts and variants


def test_starts_are_the_members_own_the_reference_and_each_large_family(tmp_path) -> None:
    what = Asked(load([f"results={tmp_path}"]))
    names, own = list(what.strategies), what.variants["start: their own"].start
    peers = what.job.settings.peers
    assert [names[i] for i in own.argmax(axis=1)] == [peers[member].name for member in what.members]
    assert (what.variants[MAIN].start == 1 / 23).all()
    hedging = what.variants["start: any hedging"].start[4]
    assert {name for name, chance in zip(names, hedging, strict=True) if chance > 0} == {n for n, family in what.families.items() if family == "hedging"}
    assert hedging.sum() == pytest.approx(1)
    assert {"start: all status_quo", "start: any alignment", "start: any balancing", "replicator rule"} < set(what.variants)
    assert sum(name.startswith("start") for name in what.variants) == 5
    pairs = {(variant.selection, variant.mutation) for name, variant in what.variants.items() if name.startswith("selection")}
    assert pairs == {(s, m) for s in (0.25, 1, 4) for m in (0.0125, 0.05, 0.2)} - {(1, 0.05)}
    assert len({variant.populations for variant in what.variants.values()}) == 2


def test_members_whose_own_strategy_the_library_lacks_have_no_such_start(tmp_path) -> None:
    assert "start: their own" not in asked(tmp_path).variants


# ---- What is computed


def test_the_plan_counts_what_is_computed(found, tmp_path) -> None:
    known, later = planned(found.asked)
    first = {cell.key: cell for cell in known.cells()}
    every = {cell.key: cell for cell in found.batch.cells()}
    assert set(first) < set(every)
    # Where variants are still alike their cells are the same, so it may be less.
    assert len(first) < len(every) <= len(first) + later.n_cells
    assert sum(cell.size for cell in every.values()) <= sum(cell.size for cell in first.values()) + later.n_columns
    assert later.n_measures == 7 * 10
    store = Store(tmp_path)
    assert plan_of([found.batch], store, 1).n_bytes == pytest.approx(sum(cell.size * 560 + 25_000 for cell in every.values()))
    assert set(found.batch.keys()) == {*found.courses, "reference", "final", *(f"invaded by {name}" for name in found.asked.strategies)}


SCRIPT = """
from experiments.computing import computing
from experiments.config import load
from experiments.imitation import Asked, imitated, planned
from experiments.stopwatch import Stopwatch
asked = Asked(load({overrides!r}), populations=6, generations=4, mutation=0.2)
with computing(asked.job.run, [planned(asked)[0]], "-", Stopwatch()) as session:
    imitated(asked, session)
"""


def test_killed_in_the_middle_it_completes_to_the_same_bits(found, tmp_path) -> None:
    wanted = {cell.key for cell in found.batch.cells()}
    script = SCRIPT.format(overrides=[*SMALL, f"results={tmp_path}"])
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    store = Store(tmp_path / "cells")
    while process.poll() is None and len(list(store.keys())) < 20:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {key: store.path(key).stat().st_mtime_ns for key in store.keys()}  # noqa: SIM118 - a method, no mapping
    assert 0 < len(before) < len(wanted)
    again = run(asked(tmp_path))
    assert {key: store.path(key).stat().st_mtime_ns for key in before} == before
    original = Store(tmp_path.parent / found.asked.job.run.results / "cells")
    assert all(store.path(key).read_bytes() == original.path(key).read_bytes() for key in wanted)
    assert (again.main.plays == found.main.plays).all()
    assert imitation_report.findings(again) == imitation_report.findings(found)


def test_workers_give_the_same_bits(found, tmp_path) -> None:
    again = run(asked(tmp_path, "executor=processes", "workers=2"))
    assert all((again.courses[name].plays == course.plays).all() and np.array_equal(again.courses[name].gains, course.gains)
               for name, course in found.courses.items())


def test_a_cell_that_fails_ends_it_and_is_told(monkeypatch, tmp_path, capsys) -> None:
    class Fragile(LinearRule):
        def decide(self, seen):
            decision = super().decide(seen)
            decision.tilt = decision.tilt * np.nan
            return decision

    monkeypatch.setitem(RULES, "fragile", Fragile)
    what = asked(tmp_path, "+strategies.equidistance.rule=fragile")
    known, later = planned(what)
    with computing(what.job.run, [known], about(what), Stopwatch(), upcoming=[later]) as session:
        assert imitated(what, session) is None
        assert session.failures
        assert {cell.key for cell in known.named[MAIN]} <= session.lost


@pytest.mark.parametrize(("words", "told"), [
    ([], None), (["--measure", "economc"], "--measure: unknown return 'economc'; did you mean economic?"),
    (["--rule", "fermy"], "--rule: unknown rule 'fermy'; did you mean fermi?"), (["--selection", "-1"], "--selection takes a number from 0, got -1"),
    (["--selection", "nan"], "--selection takes a number from 0, got nan"), (["--mutation", "1.01"], "--mutation takes a number from 0 to 1, got 1.01"),
    (["--mutation", "nan"], "--mutation takes a number from 0 to 1, got nan"), (["--populations", "1"], "--populations takes 2 to 65536, got 1"),
    (["--generations", "3"], "--generations takes 4 to 10000, got 3"), (["--selection", "0", "--mutation", "0", "--rule", "replicator"], None)])
def test_options_are_checked(words, told) -> None:
    parser = Parser("tournament", "-")
    add_options(parser)
    values = parser.parse_args([f"{option}={value}" for option, value in zip(words[::2], words[1::2], strict=True)])
    assert isinstance(values, argparse.Namespace)
    assert problem(values) == told


# ---- Laws of the whole


def test_what_ruins_its_player_dies_out_and_its_twin_under_another_name_fares_as_well(tmp_path) -> None:
    job = a_job(tmp_path)
    calm = job.settings.strategies["status_quo"]
    named = {name: calm.model_copy(update={"name": name}) for name in ("status_quo", "twin")}
    library = {**named, "ruin": given.strategy(name="ruin", defence=0.2)}  # a fifth of GDP for defence
    job = replace(job, settings=job.settings.model_copy(update={"strategies": library}))
    found = run(Asked(job, measure="economic", selection=4.0, mutation=0.02, populations=64, generations=12))
    assert found.mix.high[2] < 0.1
    assert found.invasion.gain.high[2] < 0
    assert (found.invasion.gain.low[:2] >= 0).all()  # for who plays the ruin
    assert set(found.leaders) == {0, 1}
    assert found.duplicates == ((0, 1), (2,))
    texts = {finding.about: finding.text for finding in imitation_report.findings(found)}
    assert "tied with" in texts["The mix that survives imitation"]
    assert "share what they earn" in texts["Near-duplicates among the strategies"]


# ---- What is said


def synthetic(tmp_path, worth, **more) -> Found:
    """What would be found if each strategy of the library were worth a number, with noise."""
    what = Asked(load([f"results={tmp_path}"]), **{"populations": 128, "generations": 24, **more})
    values = np.array([worth.get(name, 0.0) for name in what.strategies])

    def earn(generation, plays) -> dict[str, Array]:
        return {name: values[now] + 0.01 * stream(1, "noise", generation).normal(size=(128, 10)).T[:, : now.shape[1]] for name, now in plays.items()}

    courses, scale = evolve(what.variants, what.generations, earn, lambda purpose, generation: stream(generation, purpose, 0))
    gain = values[:, None] - np.take_along_axis(values[courses[MAIN].plays[-1]], np.zeros((1, 128), int), axis=0)
    invasion = Invasion(mean_of(gain, 23), mean_of(1.1 * gain, 23), (gain > 0).mean(axis=1))
    cohesion = np.full((what.generations, 128), 0.8) + 0.01 * np.random.default_rng(1).normal(size=(what.generations, 128))
    return Found(what, courses, cohesion, cohesion + 0.1, scale, invasion, tuple((i,) for i in range(23)), Societies({}))


@pytest.mark.parametrize("winner", ["auction", "bandwagon_us", "neutrality"])
@pytest.mark.parametrize("rule", ["fermi", "replicator"])
def test_the_winner_is_whoever_earns_most_whatever_its_label(tmp_path, winner, rule) -> None:
    found = synthetic(tmp_path, {winner: 0.03}, rule=rule)
    assert [found.asked.strategies[i] for i in found.leaders] == [winner]
    text = imitation_report.findings(found)[0].text
    assert f"most members play {winner.replace('_', ' ')}," in text
    assert "surely more than any other" in text
    assert "one who looks can still do better" in imitation_report.findings(found)[2].text


@pytest.mark.parametrize("rule", ["fermi", "replicator"])
def test_where_all_earn_the_same_nobody_is_called_a_winner(tmp_path, rule) -> None:
    found = synthetic(tmp_path, {}, rule=rule)
    assert len(found.leaders) == 23
    said = {finding.about: finding for finding in imitation_report.findings(found)}
    mix = said["The mix that survives imitation"]
    assert "tied with 22 others" in mix.text
    assert "has none; surely less none" in mix.text
    assert all("neither surely more nor less" in part for part in mix.parts)
    assert "No strategy is surely better than what is played on average" in said["Who could enter it"].text


def test_a_mix_that_still_moves_is_said_to(tmp_path) -> None:
    found = synthetic(tmp_path, {"auction": 0.03}, generations=8)
    assert "It still moves: auction surely rising" in imitation_report.findings(found)[1].text


def test_tables_frames_and_pictures_tell_the_same(tmp_path) -> None:
    found = synthetic(tmp_path, {"auction": 0.03})
    frames, (survivors, variants) = imitation_report.frames(found), imitation_report.tables(found)
    mix = frames["mix"].set_index("strategy")
    assert survivors.rows[0][0] == "auction"
    assert survivors.rows[0][2].startswith(f"{100 * mix.share['auction']:.1f} [")
    assert mix.share.sum() == pytest.approx(1)
    assert (mix.q05 <= mix.share_high).all()
    adoption = frames["adoption"]
    assert adoption.groupby(["kind", "generation"]).share.sum().to_numpy() == pytest.approx(1)
    last = adoption[(adoption.name == "auction") & (adoption.generation > 18)].share.mean()
    assert mix.share["auction"] == pytest.approx(last) == pytest.approx(window(found.main.shares).mean(axis=1)[found.asked.strategies.index("auction")])
    assert len(frames["variants"]) == 15 * 23
    assert len(variants.rows) == 15
    along = frames["generations"]
    assert (along.cohesion < along.reference_cohesion).all()
    assert "surely less than where everybody plays the reference" in imitation_report.findings(found)[4].text
    (tmp_path / "figures").mkdir()
    pictures = imitation_report.pictures(found, found.asked.job, tmp_path)
    assert [picture.svg.stem for picture in pictures] == ["adoption", "survivors", "invasion", "variants"]
    assert all(picture.svg.exists() and picture.alt.endswith(".") for picture in pictures)
    assert len(imitation_report.caveats(found)) == 3
