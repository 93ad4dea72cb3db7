"""Overrides as people type them: taken where their meaning is plain, refused in our words where it is not."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given as generated
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from experiments import cli
from experiments.configuration.build import build
from experiments.configuration.compose import compose
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import names_in
from experiments.configuration.grammar import read, typed, values
from experiments.configuration.load import _fixed_and_swept, load, load_sweep
from experiments.configuration.overrides import recorded, without_paths
from experiments.python.calls import _command
from experiments.python.given import texts
from experiments.runs.folder import settings_hash
from tests.experiments.configuration.samples import refusals
from tests.faults.fuzz import OF_LIBRARIES


def test_text_needs_no_quotes_where_its_meaning_is_plain() -> None:
    assert load("world=theory_symmetric").settings.world.name == "theory_symmetric"  # one override, not a list of letters
    job = load(["+n_worlds=8", "++parameters.local_threat=0.02", "'scenario=calm'"])
    assert (job.settings.n_worlds, job.settings.parameters.local_threat, job.settings.scenario.name) == (8, 0.02, "calm")
    assert load("question=Who's (not) right; Büro?").run.question == "Who's (not) right; Büro?"
    assert load("results=~/It's ü (1)").run.results == os.path.expanduser("~/It's ü (1)")
    assert typed(typed("results=~/ü")) == typed("results=~/ü")
    assert typed(["+world=x", "++parameters.local_threat=1", "+peers.XXX=x"]) == ("world=x", "parameters.local_threat=1", "+peers.XXX=x")
    assert load("focal=Viet Nam").settings.focal == load("focal=vietnam").settings.focal == "VNM"


@with_settings(max_examples=15, deadline=None)
@generated(st.lists(st.text("aéß ,'\"[]{}()=:\\-", max_size=8).map("x{}x".format), min_size=2, max_size=3, unique=True))
def test_a_value_of_an_axis_is_what_is_meant_from_both_faces(values: list[str]) -> None:
    """Spaces, quotes and accents included; the command that is made of it means the same."""
    jobs = load_sweep(texts([{"question": values}], {}, several=True), True)
    assert [job.varied["question"] for job in jobs] == [job.run.question for job in jobs] == values
    word = shlex.split(_command(jobs))[-1]
    again = load_sweep([word], True)
    assert [(job.varied, job.overrides) for job in again] == [(job.varied, job.overrides) for job in jobs]


def test_a_state_on_an_axis_has_its_key_however_it_is_written() -> None:
    for word in ("focal=Viet Nam,KHM", "focal='Viet Nam',Cambodia", 'focal="viet nam",KHM', *texts([{"focal": ["Viet Nam", "KHM"]}], {}, several=True)):
        assert [job.varied for job in load_sweep([word], True)] == [{"focal": "VNM"}, {"focal": "KHM"}]
    with pytest.raises(ConfigError, match="override focal=Viet Nam,VNM: VNM is given twice"):
        load_sweep(["focal=Viet Nam,VNM"], True)


@pytest.mark.parametrize(("override", "noted"), [("payoff.matters={economic: 0.37}", True), ("payoff.matters.economic=0.02", False)])
def test_a_smallest_difference_that_is_most_of_consumption_is_noted(override: str, noted: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert load([override]).run.payoff.matters["economic"] == float(override.rstrip("}").split("=" if "{" not in override else " ")[-1])
    err = capsys.readouterr().err
    assert ("0.37 is a change of consumption by about 45 %; smaller ones do not count. A quarter of a per cent is 0.0025\n" in err) == noted
    assert err.count("\n") == noted


@pytest.mark.parametrize(("words", "said"), [
    ("policies.us=coercion policies.second=neglect", "override policies.second=neglect: policies.us is given twice, once by the place of a power"),
    ("policies.second=neglect policies.us=coercion", "override policies.us=coercion: policies.us is given twice, once by the place of a power"),
    ("world.powers.us.output=1000 world.powers.second.output=50000", "world.powers.us.output is given twice, once by the place of a power"),
    ("policies={us:coercion,second:neglect}", "policies.us is given twice, once by the place of a power"),
    ("world.states.VNM.debt={us:1,second:2}", "world.states.VNM.debt.us is given twice, once by the place of a power"),
    ("optimize world.states.VNM.debt.us=1 world.states.VNM.debt.second=2", "world.states.VNM.debt.us is given twice, once by the place of a power"),
    ("design=grid design.over=[parameters.rivalry_mean,parameters.rivalry_mean]", "parameters.rivalry_mean is given twice"),
])
def test_a_key_that_is_given_by_two_spellings_is_refused(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*words.split(), "--dry-run"]) == 65
    err = capsys.readouterr().err.strip()
    assert said in err
    assert "\n" not in err


@pytest.mark.parametrize(("override", "key"), [
    ("peers={all: status_quo, all: auction}", "all"), ("payoff.weights={economic: 1, trust: 1, economic: 2}", "economic"),
    ("scenario.events=[{kind: crisis, start: 3}, {kind: crisis, start: 4, start: 5}]", "start"),
    ("world.states={VNM: {debt: {us: 1}, growth: 0.03, debt: {china: 2}}}", "debt")])
def test_a_key_that_stands_twice_in_one_mapping_is_refused(override: str, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([override, "--dry-run"]) == 65
    assert capsys.readouterr().err == f"override {override}: the key {key} stands twice in one mapping; keep one of the two\n"


@pytest.mark.parametrize("override", [
    "x={a: {b: 1}, b: {a: 1}}", "x=[{a: 1}, {a: 2}]", "x={a: [{b: 1}, {b: 2}], c: d:e}", "x={a: 'b: 1, a: 2', c: \"a: 3\"}", "x={a: b\\,a, c: 1}",
    "x=[a:1,a:2]", "x='{a: 1, a: 2}'"])
def test_what_stands_once_in_each_mapping_is_read(override: str) -> None:
    assert read(override).key_or_group == "x"


@pytest.mark.parametrize(("key", "first", "last"), [
    ("n_worlds", "8", "16"), ("scenario", "calm", "cold_war"), ("parameters.rivalry_mean", "1", "-1"), ("policies.second", "neglect", "coercion"),
    ("strategies", "[auction,status_quo]", "[status_quo,equidistance]"), ("peers.all", "auction", "status_quo"), ("scenario.events", "[]", "[]")])
def test_of_one_spelling_the_last_counts_and_is_recorded_alone(key: str, first: str, last: str) -> None:
    """As in Hydra: scripts put their own overrides behind those they are given."""
    twice, once = load([f"{key}={first}", f"+{key}={first}", f"{key}={last}"]), load([f"{key}={last}"])
    assert (twice.settings, twice.run, twice.overrides, twice.composed) == (once.settings, once.run, once.overrides, once.composed)
    assert recorded(["counterpoise", f"{key}={first}", f"{key}={last}"]) == recorded(["counterpoise", f"{key}={last}"])


def test_a_pattern_names_all_that_fit_it() -> None:
    def fitting(override: str) -> list[str]:
        return values(read(override))

    assert [job.settings.scenario.name for job in load_sweep(["scenario=glob(cal*)"], True)] == ["calm"]
    assert fitting("scenario=glob(c*)") == [name for name in names_in("scenario") if name.startswith("c")]
    assert fitting("policies.us=glob(ne*)") == ["neglect", "neutral"]
    assert fitting("peers.VNM=glob(a*)") == ["adaptive", "ambiguity_hedge", "auction"]
    assert [job.settings.focal for job in load_sweep(["focal=glob(*M)"], True)] == ["KHM", "VNM"]  # states of other worlds are left out


@pytest.mark.parametrize(("words", "said"), [
    ("-m scenario=calm,", "a value is missing beside a comma"),
    ("-m parameters.local_threat=interval(0,0.02)", "design=lhs 'design.over={parameters.local_threat: [0.0, 0.02]}'"),
    ("-m scenario=glob(zz*)", "no name fits"),
    ("-m seed=glob(1*)", "glob takes a key that names a file"),
    ("-m seed=range(1,3,0)", "a range needs a step other than 0"),
    ("-m seed=chioce(1,3)", "chioce(…) cannot be used like this"),
    ("sweep.seed=1", "counterpoise -m KEY=A,B"),
    ("+sweep.seed=1", "counterpoise -m KEY=A,B"),
    ("scenario=glob(c*)", "several values need counterpoise -m"),
    ("sensitivity scenario=calm,cold_war", "analyses take one value of each key"),
    ("parameters.local_threat=0,02", "a decimal has a point"),
    ("+parameters.local_thraet=0.02", "did you mean local_threat?"),
    ("name=Büro", "the letters a to z and A to Z"),
    ("focal=Vietnm", "did you mean VNM?"),
    ("focal=Nowhere", "KHM (Cambodia), VNM (Viet Nam)"),
    ("strategies=[auction", "the bracket [ is not closed"),
    ("strategies=[auction}", "the bracket } closes nothing"),
    ("question='x", "the quote ' is not closed"),
    ("strategies=[büro]", "put the text with 'ü' in quotes"),
    ("Büro=1", "expected KEY=VALUE"),
    ("~world=x", "no key can be removed"),
    ("-m seed=1,2 seed=3", "override seed=1,2: seed is given twice"),
    ("-m seed=3 seed=1,2", "override seed=1,2: seed is given twice"),
    ("parameters={rivalry_mean:1}", "parameters takes the name of a file; on the command line values are set one by one: parameters.rivalry_mean=1"),
    ("payoff={weights:{economic:1,trust:2}}", "one by one: payoff.weights.economic=1 payoff.weights.trust=2"),
    ("+foo=1", "override +foo=1: unknown key 'foo'"),
    ("strategies=[]", "name at least one, such as strategies=["),
    ("policy=[]", "name at least one, such as policy=["),
    ("--cfg hydra", "'hydra' cannot be shown; --cfg shows the configuration that KEY=VALUE make"),
    ("hypotheses --only=H1,O3,H1", "'H1' is given twice"),
    ("tournament --prices=1,2,1.0", "1.0 is given twice"),
    ("robustness strategies=[auction,status_quo]",
     "--against=alignment: unknown family or strategy 'alignment'; there are hedging, status_quo, auction; choose"),
    ("name=???", "the key cannot have this value"),
    ("strategies=[a, b]", "'b]' is neither an option nor KEY=VALUE; the shell splits words at spaces"),
    ("hypotheses strategies=[a, b]", "the shell splits words at spaces"),
    ("--scenario=calm", "write scenario=calm, without dashes"),
    ("--scenario calm", "write scenario=VALUE, without dashes"),
    ("hypotheses --scenario=calm", "write scenario=calm, without dashes"),
    ("--dry_run", "did you mean --dry-run?"),
    ("hypotheses --dry_run", "did you mean --dry-run?"),
    ("run", "did you mean counterpoise compare?"),
    ("list", "did you mean counterpoise --help?"),
    ("cold_war", "did you mean scenario=cold_war?"),
    ("auction", "did you mean strategies=[auction]?"),
])
def test_what_cannot_be_meant_is_answered_in_one_line_with_the_next_step(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words.split()) in (2, 65)
    err = capsys.readouterr().err.strip()
    assert said in err
    assert "\n" not in err
    assert not OF_LIBRARIES.search(err)


@pytest.mark.parametrize("change", ["strategies.isolation.breadth=0.1", "-m strategies.isolation.breadth=0.1,0.3", "strategies.isolation={breadth:0.1}"])
def test_a_change_of_a_strategy_that_peers_alone_play_says_why_it_is_refused(change: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["strategies=[equidistance,status_quo]", "peers.all=isolation", *change.split()]) == 65
    assert ": isolation is not compared; add it to strategies=[…]; peers play each strategy as its file has it: " in capsys.readouterr().err


KEYS = ["name", "results", "question", "focal", "scenario", "strategies", "strategies.auction", "policies.us", "peers", "parameters.local_threat",
        "parameters", "world.states", "world", "scenario.events", "scenario.events.0.kind", "payoff.weights", "design", "design.over", "seed", "n_worlds",
        "executor.kind", "sweep", "deterministic", "workers", "nothing", "parameters.nothing", "experiment", "a b", "ü", "", "reference"]
PARTS = [*"ab19.,:=[]{}()'\"\\ ~+-*?$@|/#;!<>&^ü\t−\xa0", "calm", "auction", "choice(", "range(1,", "range(", "glob(", "interval(", "sort(", "tag(", "shuffle(",
         "int(", "str(", "json_str(", "extend_list(", "step=", "null", "true", "0.5", "1e3", "???", "nan", "inf", "{a: 1}", "[a, b]", "economic: ", "KHM"]


@with_settings(max_examples=150)
@generated(key=st.sampled_from(KEYS), sign=st.sampled_from(["", "", "+", "++", "~"]), equals=st.sampled_from(["=", "=", "=", ""]),
           parts=st.lists(st.sampled_from(PARTS), max_size=8), several=st.booleans())
def test_no_word_of_a_library_answers_an_override(key: str, sign: str, equals: str, parts: list[str], several: bool) -> None:
    text = f"{sign}{key}{equals}{''.join(parts)}"
    try:
        fixed, axes = _fixed_and_swept(typed(text), several)
        given = (*fixed, *(f"{key}={values[0]}" for key, values in axes.items() if values))
        build(*compose(given), given, {})
    except ConfigError as error:
        for problem in error.problems:
            assert problem.isprintable()
            assert not OF_LIBRARIES.search(problem)


@pytest.mark.parametrize(("words", "said"), [
    ("policy.coercion.reward=3", "no power follows coercion; add policies.china=coercion or policies.us=coercion"),
    ("policy=[patron]", "policies.china=NAME and policies.us=NAME say which policies the powers follow"),
    ("sensitivity policy.coercion.reward=3", "no power follows coercion"),
    ("hypotheses --only=H16 policy.wedge.reward=3", "no power follows wedge"),
    ("tournament --policies=patron,neutral policy.wedge.reward=3", "--policies leaves wedge out"),
    ("sensitivity name=x", "this command names the folder of its results"),
    ("robustness question=x", "this command answers its own question"),
    ("optimize assumption_draws=8", "this command draws the assumptions itself"),
    ("sensitivity reference=equidistance", "this command does not use reference"),
    ("hypotheses --only=H16 payoff.weights={economic:1}", "this command does not use payoff.weights"),
    ("tournament payoff.matters.trust=0.1", "sensitivity, robustness and optimize use it"),
    ("-m seed=1,2 assumption_draws=8", "has no effect on a sweep or a design"),
    ("design=grid design.over=[parameters.rivalry_mean] payoff.anchors.economic=[-0.2,0.2]", "has no effect on a sweep or a design without payoff.weights"),
    ("executor.wait=9", "has no effect without a running cluster"),
    ("executor=dask executor.wait=9", "has no effect without a running cluster"),
    ("executor=serial executor.patience=9", "has no effect with executor=serial; choose executor=processes"),
    ("executor.address=tcp://localhost:1", "has no effect with executor=processes; choose executor=dask"),
    ("design.points=3", "has no effect with design=none; choose design=grid, lhs or sobol"),
    ("-m deterministic=true seed=1,2", "makes no difference to the numbers"),
    ("parameters.rivalry_mean=1 design=grid design.over={parameters.rivalry_mean:[-1,1]}", "parameters.rivalry_mean=1: has no effect: the design varies it"),
    ("world.powers.us={output:1000} design=grid design.over=[world.powers.second.output]", "output:1000}: has no effect: the design varies it already"),
    ("world.states={}", "world.states is empty"),
    ("strategies.equidistance.options={}", "strategies.equidistance.options is empty"),
    ("sensitivity world.states={VNM:{},KHM:{growth:2}}", "world.states.VNM is empty"),
    ("peers.VNM=auction peers.all=status_quo", "override peers.VNM=auction: has no effect: peers.all=status_quo comes after it"),
    ("policies.us=coercion policies={us:neglect,china:neglect}", "policies.us=coercion: has no effect: policies={us:neglect,china:neglect} comes after it"),
    ("payoff.weights={economic:1} payoff.weights={economic:2}", "payoff.weights={economic:1}: has no effect: payoff.weights={economic:2} comes after"),
    ("scenario.events.0.value=2 scenario=calm scenario.events=[]", "scenario.events.0.value=2: has no effect: scenario.events=[] comes after it"),
])
def test_what_would_change_nothing_is_refused(words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*words.split(), *([] if words.startswith("optimize") else ["n_worlds=2"]), "--dry-run"]) == 65
    err = capsys.readouterr().err.strip()
    assert "no effect" in err or "no difference" in err
    assert said in err
    assert "\n" not in err


@pytest.mark.parametrize("words", [
    "policy.coercion.reward=3 policies.us=coercion",
    "-m policies.us=coercion,neglect policy.coercion.reward=3", "assumption_draws=8 assumption_draws=0 -m seed=1,2",
    "payoff.anchors.economic=[-0.2,0.2]", "executor=dask executor.address=tcp://localhost:1 executor.wait=9", "sensitivity assumption_draws=0",
    "world.states.VNM.debt.china=9", "world.powers.us.policy=coercion policy.coercion.reward=3",
    "strategies.equidistance.rule=shrinking_room", "policy.patron.rule=mirroring", "payoff.weights.economic=1",
    "n_worlds=8", "peers.all=status_quo peers.VNM=auction", "policies={first:neglect} policies.us=coercion",
    "world.states.VNM.debt={us:9} world.states.VNM.debt={china:9}", "robustness policy.patron={reward:1}",
    "hypotheses --only=H16 payoff.matters.trust=0.1", "sensitivity payoff.matters.trust=0.1", "robustness payoff.matters={trust:0.1}",
])
def test_what_has_an_effect_is_taken(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*words.split(), "n_worlds=2", "--dry-run"]) == 0, capsys.readouterr().err


def test_without_assertions_a_line_says_how_to_start() -> None:
    words = [sys.executable, "-O", "-m", "experiments.cli", "-m", "seed=range(1,3)"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=Path(cli.__file__).parent.parent)
    assert (done.returncode, done.stderr.count("\n")) == (65, 1), done.stderr
    assert "start without -O, and unset PYTHONOPTIMIZE" in done.stderr


def test_a_misread_override_is_named_alone() -> None:
    assert refusals("n_worlds=8", "parameters.local_threat=[", "scenario=calm") == ["override parameters.local_threat=[: the bracket [ is not closed"]


@pytest.mark.parametrize("words", [
    ["n_worlds=8", "seed=7", "parameters.local_threat=0.1", "scenario=calm"],
    ["'n_worlds=8'", "+horizon=8", "question=Who's (not) right; Büro?", "focal=Viet Nam"],
    ["strategies=[auction, status_quo]", "payoff.weights={economic: 1}", "results=/nowhere/ü", "'results=/nowhere/else'"],
    ["design=grid", "design.over={parameters.rivalry_mean: [-0.3, 0.4]}", "design.points=8", "n_worlds=8"],
])
def test_what_manifests_keep_of_a_command_can_be_given_back(words: list[str]) -> None:
    job = load(words)
    command = shlex.split(recorded(["counterpoise", *words]))[1:]
    for again in (load(command), load(without_paths(job.overrides))):
        assert settings_hash(again.settings) == settings_hash(job.settings)
        assert again.points.names == job.points.names
        assert again.points.values.tolist() == json.loads(json.dumps(job.points.values.tolist())) == job.points.values.tolist()
        assert again.run.model_copy(update={"results": job.run.results}) == job.run
        assert not any("nowhere" in word for word in command)
