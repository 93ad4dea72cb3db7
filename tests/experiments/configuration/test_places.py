"""Powers by their place, and what follows from a world: its own keys, policies and peers; scenarios and files that do not fit it."""

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from experiments import cli
from experiments.analyses.hypotheses.trial import hypotheses, trial
from experiments.configuration.check import check_file
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import documents, names_in, read_again
from experiments.configuration.load import load, load_sweep
from experiments.configuration.yaml_files import read
from experiments.runs.folder import settings_hash
from sim.data import USUAL_TRUST
from sim.settings import Settings
from tests import given
from tests.experiments.configuration.samples import GLOBAL, SCENARIO, put, refusals

#: A world with other keys, and its powers in the order of their places.
OTHER = ("theory_symmetric", ("north", "south"))
FEW = ["strategies=[status_quo,equidistance]", "n_worlds=2"]
CHALLENGE = "{kind: challenge, start: +0q2, value: 0.5}"


def settings_of(*overrides: str) -> Settings:
    return load([*FEW, *overrides]).settings


def same(one: list[str], other: list[str]) -> bool:
    return settings_hash(settings_of(*one)) == settings_hash(settings_of(*other))


# ---- `first` and `second` wherever the key of a power is


@pytest.mark.parametrize("override", [
    "policies.{second}=coercion", "policies={{{first}: wedge, {second}: coercion}}", "world.powers.{first}.output=12000", "world.powers.{second}.label=There",
    "world.powers={{{first}: {{output: 12000, lumps: 0.5}}}}", "world.states.VNM.trade.{first}=90", "world.states.VNM.trade={{{second}: 5, rest: 200}}",
    "world.states.VNM={{aid: {{{first}: 0.5}}, tier: {{{second}: 3}}}}", "world.states.VNM.debt.{first}=7", "world.states.VNM.claims.{first}=0.02",
    "world.states.VNM.trust_baseline.{second}=0.3", "world.states.VNM.trust_baseline={{{first}: 0.5, {second}: 0.3}}", "world.powers.{first}.policy=wedge",
    "scenario.events=[{{kind: budget, actor: {second}, start: +0q0, value: 2}}]",
    "scenario.events=[{{kind: growth, target: {first}, start: +1q0, value: 0.02}}, {{kind: access, actor: {second}, target: VNM, start: 3, value: 0.9}}]",
    "scenario.series=[{{kind: flow, actor: {first}, target: all, values: {{2021: 1.5}}}}]"])
def test_a_place_stands_for_the_key_of_a_power_in_an_override(override: str) -> None:
    by_place, by_key = override.format(first="first", second="second"), override.format(first="china", second="us")
    assert same([by_place], [by_key])
    assert not same([by_place], [])


def test_a_place_is_that_of_the_world_chosen() -> None:
    world, (north, south) = OTHER
    settings = settings_of(f"world={world}", "policies.second=coercion", "world.powers.first.output=30000", "world.states.A.trade.second=7")
    assert {power: policy.name for power, policy in settings.policies.items()}[south] == "coercion"
    assert settings.world.powers[north].output == 30000
    assert settings.world.states["A"].trade[south] == 7


def test_the_first_election_is_no_power() -> None:
    elections = settings_of("world.states.KHM.elections.first=2019Q2").world.states["KHM"].elections
    assert elections is not None
    assert (elections.first, elections.every) == ("2019Q2", 5)


@pytest.mark.parametrize(("file", "text", "said"), [
    ("experiment/mine.yaml", GLOBAL + "policies: {us: wedge, second: neglect}\n", "experiment/mine.yaml:2: policies.us is given twice, once by the place"),
    ("experiment/mine.yaml", GLOBAL + "world:\n  powers:\n    us: {output: 10}\n    second: {output: 20}\n", "mine.yaml:5: world.powers.us is given twice"),
    ("experiment/mine.yaml", GLOBAL + "sweep: {policies.us: [wedge], policies.second: [neglect]}\n", "sweep.policies.second: policies.us is given twice"),
])
def test_a_file_that_gives_a_key_by_two_spellings_is_refused(conf: Path, file: str, text: str, said: str) -> None:
    put(conf, file, text)
    read_again()
    with pytest.raises(ConfigError, match=re.escape(said)):
        load_sweep([*FEW, "experiment=mine"], several=False)


@pytest.mark.parametrize("world", names_in("world"))
def test_a_scenario_of_every_world_names_powers_by_their_place(world: str) -> None:
    for scenario in ("generous_second", "slowdown_first", "coercive_second", "surge_first"):
        settings = settings_of(f"world={world}", f"scenario={scenario}")
        first, second = settings.world.powers
        actors = {event.actor for event in settings.scenario.events} | {event.target for event in settings.scenario.events}
        assert not actors & {"first", "second"}
        assert settings.policies[second].name == {"generous_second": "inducement", "coercive_second": "coercion"}.get(
            scenario, settings.resting_policies[second].name)
        assert settings.policies[first] == settings.resting_policies[first]


def test_files_say_first_and_second_too(conf: Path) -> None:
    put(conf, "scenario/mine.yaml", SCENARIO + "  events: [{kind: pressure, actor: second, start: +1q0, value: 0.5}]\n"
        "  series: [{kind: commitment, actor: first, values: {2021: 1.5, \"2022\": 2}}]\npolicies: {first: neglect}\n")
    put(conf, "experiment/mine.yaml", GLOBAL + "policies: {second: wedge}\nworld: {powers: {first: {output: 12345}}}\n"
        "sweep: {policies.second: [wedge, coercion]}\nstrategies: {mine: {family: hedging, description: d, source: s}}\n")
    for name, (first, second) in (OTHER, ("cambodia_2020", ("china", "us"))):
        jobs = load_sweep([*FEW, f"world={name}", "scenario=mine", "experiment=mine"], False)
        assert [job.settings.policies[second].name for job in jobs] == ["wedge", "coercion"]
        settings = jobs[0].settings
        assert (settings.policies[first].name, settings.world.powers[first].output) == ("neglect", 12345)
        assert [event.actor for event in settings.scenario.events] == [second]
        assert settings.scenario.series[0].actor == first
        assert settings.scenario.series[0].values == {2021: 1.5, 2022: 2}
    jobs = load_sweep([*FEW, "experiment=mine", "policies.us=neglect"], False)  # the same axis by its other name: the command line wins over the preset
    assert [job.settings.policies["us"].name for job in jobs] == ["neglect"]
    jobs = load_sweep([*FEW, "experiment=mine", "policies.us=neglect,neutral"], True)
    assert [job.settings.policies["us"].name for job in jobs] == ["neglect", "neutral"]


def test_sweeps_and_designs_name_powers_by_their_place(tmp_path: Path) -> None:
    jobs = load_sweep([*FEW, "policies.second=coercion,neglect", "world.powers.first.output=12000,13000"], True)
    assert [(job.settings.policies["us"].name, job.settings.world.powers["china"].output) for job in jobs] == [
        ("coercion", 12000), ("coercion", 13000), ("neglect", 12000), ("neglect", 13000)]
    for twice in (["policies.second=coercion,neglect", "policies.us=wedge"], ["policies.us=coercion,neglect", "policies.second=wedge,neutral"]):
        with pytest.raises(ConfigError, match=r"policies\.us is given twice, once by the place of a power"):
            load_sweep([*FEW, *twice], True)
    table = put(tmp_path, "points.csv", "world.states.VNM.trade.first,world.powers.second.output\n90,20000\n91,21000\n")
    expected = ("world.states.VNM.trade.china", "world.powers.us.output")
    for design in (["design=grid", "design.points=2", "design.over={world.states.VNM.trade.first: [90, 91], world.powers.second.output: null}"],
                   ["design=grid", "design.points=2", "design.over=[world.states.VNM.trade.first, world.powers.second.output]"],
                   ["design=table", f"design.file={table}"]):
        job = load([*FEW, *design])
        assert job.points.names == expected
        at = job.points.at(job.settings, job.points.values).world
        assert at.states["VNM"].trade["china"].tolist() == job.points.values[:, 0].tolist()
        assert at.powers["us"].output.tolist() == job.points.values[:, 1].tolist()
    assert "given twice" in refusals(*FEW, "design=grid", "design.over=[world.powers.second.output, world.powers.us.output]")[0]


def test_a_hypothesis_names_powers_by_their_place(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ("statement: s\nsource: s\nkind: mechanism\nexpected: '+'\nlow: {policies.second: coercion, world.powers.first.output: 9000}\n"
            "high: {peers.all: isolation}\noutcome: [{measure: economic, strategy: equidistance}]\n")
    assert check_file(read(put(conf, "hypothesis/mine.yaml", text))) == []
    problems = check_file(read(put(conf, "hypothesis/mine.yaml", text.replace("policies.second", "policies.secnd"))))
    assert [problem.split(": ", 2)[2] for problem in problems] == ["unknown name 'policies.secnd'; did you mean policies.second?"]
    put(conf, "hypothesis/mine.yaml", "statement: s\nsource: s\nkind: mechanism\noutcome: [{measure: economic, strategy: equidistance}]\n"
        "groups: {first: [world.powers.first.output], second: [world.states.VNM.trade.second, world.rivalry]}\n")
    read_again()
    assert cli.main(["hypotheses", "--only=mine", "--draws=8", "--dry-run"]) == 0, capsys.readouterr().err
    for key in ("policies.second", "policies.south"):  # the one its file gives, and the same of its world
        with pytest.raises(ConfigError, match=f"override {key}=wedge: H2 sets {key} itself"):
            trial("H2", hypotheses(["H2"])["H2"], [f"{key}=wedge"], 8)


@pytest.mark.parametrize(("override", "told"), [
    ("policies.second=coercio", "override policies.second=coercio: policies.us: unknown name 'coercio'; did you mean coercion?"),
    ("world.powers.first.output=-3", "override world.powers.first.output=-3: world.powers.china.output: allowed range (0, 1e+06], got -3"),
    ("world.states.KHM.trade.first=-3", "override world.states.KHM.trade.first=-3: world.states.KHM.trade: allowed range [0, 100000], got -3"),
    ("world.powers.first.policy=patrn", "override world.powers.first.policy=patrn: world.powers.china.policy: unknown name 'patrn'; did you mean patron?"),
    ("policies.north=coercion", "override policies.north=coercion: unknown key 'policies.north' in cambodia_2020, whose powers are china and us; "
     "policies.first and policies.second fit every world"),
    ("world.powers.north.output=3", "override world.powers.north.output=3: unknown key 'world.powers.north.output' in cambodia_2020, whose powers are china "
     "and us; world.powers.first.output and world.powers.second.output fit every world"),
    ("world.states.A.growth=0.01", "override world.states.A.growth=0.01: unknown state 'A' in cambodia_2020"),
    ("peers.A=isolation", "override peers.A=isolation: unknown state 'A' in cambodia_2020"),
    ("focal=A", "override focal=A: focal: unknown state 'A' in cambodia_2020"),
    ("policies.third=coercion", "override policies.third=coercion: unknown key 'policies.third'; did you mean policies.first?"),
    ("world.states.VNM.trade={third: 3}", "override world.states.VNM.trade={third: 3}: unknown key 'world.states.VNM.trade.third'"),
    ("world.powers.third.output=3", "override world.powers.third.output=3: unknown key 'world.powers.third.output'"),
    ("peers.all=isolatin", "override peers.all=isolatin: peers.KHM: unknown name 'isolatin'; did you mean isolation?"),
    ("peers={all: isolatin}", "override peers={all: isolatin}: peers.KHM: unknown name 'isolatin'; did you mean isolation?"),
    ("peers={ABC: isolation}", "override peers={ABC: isolation}: peers.ABC: unknown state 'ABC'"),
    ("policies={third: wedge}", "override policies={third: wedge}: policies.third: unknown power 'third'"),
])
def test_what_is_wrong_is_said_once_with_the_override_as_it_was_typed(override: str, told: str) -> None:
    problems = refusals(*FEW, override)
    assert len(problems) == 1
    assert problems[0].startswith(told)


def test_what_is_wrong_in_a_file_is_said_with_its_line(conf: Path) -> None:
    put(conf, "experiment/mine.yaml", GLOBAL + "world:\n  powers:\n    first:\n      output: 1\n    second:\n      output: -3\n")
    assert refusals(*FEW, "experiment=mine") == ["conf/experiment/mine.yaml:7: world.powers.second.output: allowed range (0, 1e+06], got -3"]
    put(conf, "scenario/mine.yaml", SCENARIO + "peers:\n  all: status_quo\n  VNM: isolation\n")
    read_again()
    assert refusals(*FEW, "scenario=mine", "world=theory_symmetric")[0].startswith("conf/scenario/mine.yaml:7: peers.VNM: unknown state 'VNM'")


# ---- What follows from a world


def test_powers_follow_the_policies_of_their_facts_unless_they_are_given_others() -> None:
    for world in names_in("world"):
        settings = settings_of(f"world={world}")
        own = {power: facts.policy for power, facts in settings.world.powers.items()}
        assert {power: policy.name for power, policy in settings.policies.items()} == own
        assert settings.policies == settings.resting_policies
    changed = settings_of("world.powers.first.policy=wedge")
    assert changed.policies["china"].name == changed.resting_policies["china"].name == "wedge"
    given_another = settings_of("world.powers.first.policy=wedge", "policies.first=neglect")
    assert (given_another.policies["china"].name, given_another.resting_policies["china"].name) == ("neglect", "wedge")


def test_a_changed_number_of_a_policy_acts_from_the_first_quarter_and_the_present_rests_on_the_file() -> None:
    settings = settings_of("policy.patron.reward=2.5")
    assert settings.policies["china"].reward == 2.5
    assert settings.resting_policies["china"] == given.shipped("policy")["patron"]


def test_all_peers_get_a_strategy_and_single_ones_another(conf: Path) -> None:
    def peers(*overrides: str) -> dict[str, str]:
        return {state: strategy.name for state, strategy in settings_of(*overrides).peers.items()}

    states = list(settings_of().world.states)
    assert peers() == dict.fromkeys(states, "status_quo")
    assert peers("peers.all=isolation", "peers.VNM=auction") == peers("peers={all: isolation, VNM: auction}") == {
        **dict.fromkeys(states, "isolation"), "VNM": "auction"}
    with pytest.raises(ConfigError, match=r"peers.VNM=auction: has no effect: peers.all=isolation comes after it"):
        settings_of("peers.VNM=auction", "peers.all=isolation")
    put(conf, "scenario/mine.yaml", SCENARIO + "peers: {all: isolation, LAO: auction}\n")
    read_again()
    assert peers("scenario=mine") == {**dict.fromkeys(states, "isolation"), "LAO": "auction"}
    put(conf, "experiment/mine.yaml", GLOBAL + "peers: {all: equidistance}\n")
    read_again()
    assert peers("scenario=mine", "experiment=mine") == dict.fromkeys(states, "equidistance")  # also over the scenario's exception
    assert peers("scenario=mine", "experiment=mine", "peers.LAO=tit_for_tat")["LAO"] == "tit_for_tat"


def test_trust_baselines_may_be_left_out_and_set_one_by_one() -> None:
    file = yaml.safe_load((documents_folder() / "world" / "cambodia_2020.yaml").read_text())
    assert all("trust_baseline" not in state for state in file["world"]["states"].values())
    assert all(state.trust_baseline is None for state in settings_of().world.states.values())
    assert settings_of("world.states.KHM.trust_baseline.first=0.5").world.states["KHM"].trust_baseline == {"china": 0.5, "us": USUAL_TRUST}
    usual = settings_of("world.states.KHM.trust_baseline={first: 0.4, second: 0.4}", "deterministic=true", "horizon=6")
    left_out = settings_of("deterministic=true", "horizon=6")
    given.assert_same_bits(given.run(usual, "equidistance"), given.run(left_out, "equidistance"))


def documents_folder() -> Path:
    return next(iter(documents())).parent


def test_elections_and_an_association_may_be_absent_and_given_by_an_override() -> None:
    assert settings_of("world.states.KHM.elections=null").world.states["KHM"].elections is None
    brunei = settings_of("world.states.BRN.elections={first: 2021Q1, every: 4}").world.states["BRN"]
    assert brunei.elections is not None
    assert brunei.elections.every == 4
    assert settings_of("world.region.association=null").world.region.association is None
    region = settings_of("world=pacific_2022", "world.region.association.label=the Forum").world.region
    assert region.association is not None
    assert region.association.label == "the Forum"


# ---- What does not fit


def world_with(change: Callable[[dict[str, Any]], object]) -> str:
    """The file of a world called mine, changed."""
    data = yaml.safe_load((documents_folder() / "world" / "theory_symmetric.yaml").read_text())
    data["world"]["name"] = "mine"
    change(data)
    return GLOBAL + yaml.safe_dump(data, sort_keys=False)


def label(place: str, key: str, text: str) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["world"][place][key].update(label=text)


def of_states(n: int) -> Callable[[dict[str, Any]], object]:
    def change(data: dict[str, Any]) -> None:
        states = data["world"]["states"]
        one = next(iter(states.values()))
        data["world"]["states"] = {f"S{i}": {**deepcopy(one), "label": f"State {i}"} for i in range(n)}
        data.update(focal="S0", peers={"all": "status_quo"})
    return change


@pytest.mark.parametrize(("change", "said"), [
    (label("powers", "south", "North"), "world.powers.south.label: 'North' is also the key of powers.north; give it another"),
    (label("powers", "south", "North Land"), None),
    (label("states", "B", " c"), "world.states.B.label: ' c' is also the key of states.C"),
    (label("states", "B", "the South"), "is also the label of powers.south"),
    (lambda data: [data["world"]["states"][key].update(label=text) for key, text in (("B", "Home"), ("C", "home"))],
     "world.states.C.label: 'home' is also the label of states.B; give it another"),
    (of_states(1), "world.states: at least 2 states are needed, got 1"), (of_states(41), "world.states: at most 40 states are possible, got 41"),
    (of_states(40), None),
    (lambda data: data["world"]["powers"].pop("south"), "world.powers: at least 2 powers are needed, got 1"),
    (lambda data: data.update(peers={}), "peers: no strategy for B, C, D, E, F, G, H, I, J; add B: status_quo, or all: status_quo for every state"),
    (lambda data: data.pop("peers"), "no strategy for B, C, D, E, F, G, H, I, J; add B: status_quo"),
    (lambda data: (of_states(40)(data), data.update(peers={"S1": "status_quo"})), "no strategy for S2, S3,"),
    (lambda data: data.update(peers={"all": None}), "peers.all: expected the name of a strategy, got null"),
    (lambda data: data.update(policies={"first": None}), "policies.first: expected the name of a policy, got null"),
])
def test_a_world_that_cannot_be_is_refused_by_check_and_by_a_run_in_a_line(
        conf: Path, change: Callable[[dict[str, Any]], object], said: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    put(conf, "world/mine.yaml", world_with(change))
    read_again()
    for words in (["check", str(conf / "world" / "mine.yaml")], [*FEW, "world=mine", "--dry-run"]):
        code = cli.main(words)
        out, err = capsys.readouterr()
        assert code == (65 if said else 0), err
        if said:
            problems = [line for line in (out + err).splitlines() if "mine.yaml:" in line]
            assert len(problems) == 1
            assert said in problems[0]


@pytest.mark.parametrize("override", [
    "peers.all=null", "peers.VNM=null", "peers={VNM: null}", "policies.us=null", "policies.second=null", "policies={us: null}"])
def test_null_for_a_name_is_refused_with_the_override_in_a_line(override: str) -> None:
    (problem,) = refusals(override)
    assert problem.startswith(f"override {override}: ")
    assert "expected the name of a" in problem
    assert "got null" in problem


@pytest.mark.parametrize(("text", "line"), [
    ("sweep:\n  parameters.rivalry_mean: [0, 0]\n", 3), ("sweep:\n  seed: [1, 2, 1.0]\n", 3), ("sweep:\n  scenario: [calm, cold_war, calm]\n", 3),
    ("sweep:\n  deterministic: [true, false, true]\n", 3), ("design:\n  over: [parameters.rivalry_mean, parameters.rivalry_mean]\n", 2),
    ("design:\n  over:\n    parameters.rivalry_mean: {values: [0, 0]}\n", 2), ("design:\n  over:\n    parameters.rivalry_mean: [1, 0]\n", 2)])
def test_a_preset_that_can_never_run_is_not_fine(conf: Path, text: str, line: int, capsys: pytest.CaptureFixture[str]) -> None:
    file = put(conf, "experiment/mine.yaml", GLOBAL + text)
    assert cli.main(["check", str(conf / "experiment" / "mine.yaml")]) == 65, file
    out = capsys.readouterr().out
    assert f"mine.yaml:{line}: " in out
    assert "given twice" in out or "must be below" in out
    assert out.count("\n") == 1


@pytest.mark.parametrize(("overrides", "told"), [
    (["scenario=race_to_align", "world=theory_symmetric"], "race_to_align is for cambodia_2020, this world is theory_symmetric; add world=cambodia_2020"),
    (["scenario=eba_withdrawal", "world=pacific_2022", "focal=SLB"], "eba_withdrawal is for cambodia_2020, this world is pacific_2022"),
])
def test_a_scenario_for_other_worlds_is_refused_in_a_line(overrides: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*FEW, *overrides, "--dry-run"]) == 65
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert told in error
    assert "choose another scenario" in error


@pytest.mark.parametrize(("event", "told"), [
    ("{kind: presure, start: 0, value: 1}", "unknown name 'presure'; did you mean"),
    ("{kind: pressure, actor: first, start: 0, value: 0.5, how: multiply}", "how"),
    ("{kind: policy, actor: first, start: 0, value: wedge, how: add}", "a policy event can only be set"),
    ("{kind: pressure, start: 0, value: 0.5}", "a pressure event needs an actor: a power"),
    ("{kind: pressure, actor: rest, start: 0, value: 0.5}", "which is not one of china, us"),
    ("{kind: pressure, actor: KHM, start: 0, value: 0.5}", "which is not one of china, us"),
    ("{kind: rivalry, actor: first, start: 0, value: 0.5}", "a rivalry event has no actor"),
    ("{kind: rivalry, target: VNM, start: 0, value: 0.5}", "a rivalry event has no target"),
    ("{kind: pressure, actor: first, target: second, start: 0, value: 0.5}", "which is not a state of this world"),
    ("{kind: flow, actor: first, start: 0}", "a flow event needs a value"),
    ("{kind: flow, actor: first, start: 0, value: 11}", "allowed [0, 10], got 11"),
    ("{kind: flow, actor: first, start: 0, value: wedge}", "allowed [0, 10], got wedge"),
    ("{kind: policy, actor: first, start: 0, value: wegde}", "did you mean wedge?"),
    ("{kind: strategy, target: VNM, start: 0, value: 0.5}", "needs the name of a strategy"),
    ("{kind: visits, actor: first, start: 0, end: 3, value: 2}", "acts once, at its start"),
    ("{kind: crisis, start: 2020-3}", "expected a quarter such as 2023Q1"),
    ("{kind: crisis, start: +q2}", "expected a quarter such as 2023Q1"),
    ("{kind: rivalry, start: +2q0, end: +1q3, value: 0.5}", "before it begins"),
    ("{kind: rivalry, start: +2q0, end: 2021Q4, value: 0.5}", "before it begins"),
])
def test_an_event_that_does_not_fit_is_refused_in_a_line(event: str, told: str) -> None:
    problems = refusals(*FEW, f"scenario.events=[{event}]")
    assert len(problems) == 1, problems
    assert problems[0].startswith("override scenario.events=[")
    assert told in problems[0], problems
    assert problems[0].isprintable()


@pytest.mark.parametrize(("series", "told"), [
    ("{kind: tier, actor: first, values: {2021: 1}}", "a series changes a level"), ("{kind: rivalry, values: {}}", "values"),
    ("{kind: rivalry, values: {2021: 2}}", "allowed [0, 1], got 2"), ("{kind: rivalry, values: {21: 0.5}}", "values"),
    ("{kind: budget, values: {2021: 2}}", "needs an actor"), ("{kind: rivalry, start: 0, values: {2021: 0.5}}", "unknown key 'start'")])
def test_a_series_that_does_not_fit_is_refused_in_a_line(series: str, told: str) -> None:
    problems = refusals(*FEW, f"scenario.series=[{series}]")
    assert len(problems) == 1, problems
    assert told in problems[0], problems
    assert problems[0].isprintable()


def test_dates_may_be_relative_in_every_world() -> None:
    for world in names_in("world"):
        events = "scenario.events=[{kind: crisis, start: +1q2}, {kind: crisis, start: 7}, {kind: rivalry, start: +0q3, value: 0.5}]"
        settings = settings_of(f"world={world}", events)
        assert [row.first for row in settings.timetable().rows] == [6, 7, 3]


WEST = "    west: {label: the West, adjective: Western, policy: norm_promoter, output: 21000, growth: 0.02, proximity: 0.7}\n"
WORLD = f"""# @package _global_
world:
  name: mine
  description: Two states between two powers.
  start: 2020Q1
  region: {{label: the coast}}
  powers:
    east: {{label: the East, adjective: Eastern, policy: patron, output: 14000, growth: 0.05, proximity: 1}}
{WEST}  world_output: 88000
  rivalry: 0.4
  states:
"""
STATE = """    {}:
      output: 37
      growth: 0.05
      trade: {{east: 9, west: 6, rest: 20}}
      investment: {{east: 1, west: 0.1, rest: 1.6}}
      aid: {{east: 1.2, west: 0.1}}
      fdi_stock: {{east: 10, west: 1, rest: 17}}
      debt: {{east: 3, west: 0, other: 4}}
      tilt: {{votes: 0.46}}
      tier: {{east: 3, west: 0}}
      treaty: {{east: 0, west: 0}}
      claims: {{east: 0, west: 0}}
      governance_gap: {{east: 0, west: 0.6}}
"""
END = "focal: NORTH\npeers: {all: status_quo}\n"
WHOLE = WORLD + STATE.format("NORTH") + STATE.format("SOUTH") + END


def test_a_world_of_two_states_without_association_labels_and_baselines_runs(conf: Path) -> None:
    put(conf, "world/mine.yaml", WHOLE)
    settings = settings_of("world=mine", "horizon=3", "policies.second=coercion")
    assert (list(settings.world.powers), settings.focal) == (["east", "west"], "NORTH")
    assert given.run(settings, "equidistance")["output"].shape == (3, 2, 2)


@pytest.mark.parametrize(("old", "new", "line", "told"), [
    ("east: 9", "china: 9", 16, "states.NORTH.trade: expected the keys east, west, rest; got china, west, rest"),
    ("other: 4", "rest: 4", 20, "states.NORTH.debt: expected the keys east, west, other; got east, west, rest"),
    ("west: 0, other", "other", 20, "world.states.NORTH.debt: expected {FIRST POWER:, SECOND POWER:, other:}, each a number"),
    ("{votes: 0.46}", "{polls: 0.46}", 21, "unknown key 'polls'"), ("{votes: 0.46}", "{}", 21, "world.states.NORTH.tilt: expected {survey:, votes:}"),
    (WEST, "", 7, "world.powers: at least 2 powers are needed, got 1"), ("    east: {label", "    rest: {label", 8, "a power cannot be called so"),
    ("    east: {label", "    second: {label", 8, "give it another name"),
    ("policy: patron", "policy: patorn", 8, "unknown name 'patorn'; did you mean patron?"),
    ("    SOUTH:", "    west:", 26, "a state and a power cannot have one name"), ("    SOUTH:", "    first:", 26, "give it another name"),
    ("world_output: 88000", "world_output: 8800", 10, "the powers together are larger than the world"),
    ("rivalry: 0.4", "rivalry: 11", 11, "allowed range [-10, 10], got 11"), ("{label: the coast}", "{label: ''}", 6, "world.region.label"),
    ("aid: {east: 1.2", "aid: {east: 40", 18, "official finance of more than a year's output"),
    ("label: the East, ", "", 8, "world.powers.east.label: the key is missing"),
])
def test_a_world_that_contradicts_itself_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    assert old in WHOLE
    problems = check_file(read(put(tmp_path, "world/mine.yaml", WHOLE.replace(old, new, 1))))
    assert [problem for problem in problems if f"mine.yaml:{line}: " in problem and told in problem], problems
    assert all(problem.isprintable() for problem in problems)


# ---- Strategies that differ under a challenge alone


def test_strategies_that_wait_for_a_challenge_are_compared_where_one_comes() -> None:
    def compared(*overrides: str) -> bool:
        return "omnibalancing" in load(["n_worlds=2", *overrides]).settings.strategies

    assert not compared()
    assert not compared("scenario=cold_war")
    assert compared("scenario=challenged_government")
    assert compared("world=theory_symmetric", "scenario=challenged_government")
    assert compared(f"scenario.events=[{CHALLENGE}]")
    assert compared("scenario.series=[{kind: challenge, values: {2021: 0.3}}]")
    assert not compared("scenario=challenged_government", "scenario.events=[]")
    assert compared("strategies=[omnibalancing,status_quo]")
    assert refusals("strategies.omnibalancing.breadth=0.4") == [
        "override strategies.omnibalancing.breadth=0.4: omnibalancing is compared under a challenge alone; "
        "add scenario=challenged_government, or name it in strategies=[…]"]
    assert load(["scenario=challenged_government", "strategies.omnibalancing.breadth=0.4"]).settings.strategies["omnibalancing"].breadth == 0.4
