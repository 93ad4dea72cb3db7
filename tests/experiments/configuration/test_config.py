"""Configuration: what is composed, what is refused, and in which words."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from experiments.configuration.check import check_file
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import GROUPS, conf_dir, names_in
from experiments.configuration.load import load, load_sweep
from experiments.configuration.yaml_files import read

FILES = [file for group in GROUPS for file in sorted((conf_dir() / group).glob("*.yaml"))]


def problems_of(*overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load(overrides)
    return refused.value.problems


def test_the_default_job_is_every_strategy_on_cambodia():
    job = load()
    assert list(job.settings.strategies) == [name for name in names_in("strategies") if name != "omnibalancing"]  # no challenge comes
    assert (job.settings.world.name, job.settings.focal, job.run.reference) == ("cambodia_2020", "KHM", "status_quo")
    assert (job.settings.n_worlds, job.settings.horizon) == (1024, 60)
    assert job.settings.parameters.rivalry_mean == 0.4  # set by the world


def test_the_command_line_wins_over_scenario_and_scenario_over_world():
    assert load(["scenario=calm"]).settings.parameters.rivalry_mean == -1.5
    assert load(["scenario=calm", "parameters.rivalry_mean=0.7"]).settings.parameters.rivalry_mean == 0.7
    assert load(["scenario=coercive_second"]).settings.policies["us"].name == "coercion"
    assert load(["scenario=coercive_second", "policies.us=wedge"]).settings.policies["us"].name == "wedge"


def test_a_change_to_a_compared_strategy_leaves_peers_that_play_it_alone():
    job = load(["strategies.equidistance.breadth=0.3", "peers.VNM=equidistance"])
    assert job.settings.strategies["equidistance"].breadth == 0.3
    assert job.settings.peers["VNM"].name == "equidistance"
    assert job.settings.peers["VNM"].breadth == 0.7


def test_what_was_right_once_hides_nothing_that_is_wrong_or_other_later():
    assert load(["strategies.equidistance.speed=1"]).settings.strategies["equidistance"].speed == 1
    assert "strategies.equidistance.speed" in problems_of("strategies.equidistance.speed=true")[0]
    assert load(["strategies.equidistance.speed=0.2"]).settings.strategies["equidistance"].speed == 0.2
    assert load().settings.strategies["equidistance"].speed == load(["strategies=[equidistance]"]).settings.strategies["equidistance"].speed != 0.2


def test_what_somebody_does_to_the_settings_of_a_job_reaches_no_other():
    one = load(["seed=1", "strategies=[equidistance]"]).settings
    del one.world.states["KHM"]
    del one.peers["VNM"]
    other = load(["seed=2", "strategies=[equidistance]"]).settings
    assert "KHM" in other.world.states
    assert "VNM" in other.peers


def test_a_changed_number_of_a_state_leaves_all_others_as_they_were():
    words = ["world.states.KHM.output=30", "world.states.KHM.growth=0.01"]
    usual, changed = (load(["strategies=[equidistance]", *more]).settings.world for more in ([], words))
    states = changed.states["KHM"].model_copy(update={name: getattr(usual.states["KHM"], name) for name in ("output", "growth")})
    assert (changed.states["KHM"].output, changed.states["KHM"].growth) == (30, 0.01)
    assert changed.model_copy(update={"states": {**changed.states, "KHM": states}}) == usual
    assert list(changed.states) == list(usual.states)


def test_a_change_to_a_policy_reaches_the_power_that_follows_it():
    assert load(["policy.patron.reward=2"]).settings.policies["china"].reward == 2


def test_any_member_can_be_the_focal_state_and_its_own_strategy_is_then_the_reference():
    assert load(["focal=VNM"]).run.reference == "status_quo"
    assert load(["focal=LAO", "peers.LAO=bandwagon_first"]).run.reference == "bandwagon_first"


def test_an_experiment_chooses_strategies_unless_the_command_line_does():
    assert len(load(["experiment=quick"]).settings.strategies) == 5
    assert list(load(["experiment=quick", "strategies=[auction]"]).settings.strategies) == ["auction"]


@pytest.mark.parametrize(("override", "said"), [
    ("parameters.lens_high_securty=1", "did you mean parameters.lens_high_security?"),
    ("parameters.local_threat=2", "parameters.local_threat: allowed range [0, 0.5], got 2"),
    ("parameters.local_threat=abc", "expected a number in [0, 0.5], got 'abc'"),
    ("parameters.local_threat=true", "expected a number in [0, 0.5], got True"),
    ("parameters.local_threat=nan", "allowed range [0, 0.5], got nan"),
    ("parameters.local_threat='0.01'", "expected a number"),
    ("scenario=clam", "unknown name 'clam'; did you mean calm?"),
    ("world=cambodia", "did you mean cambodia_2020"),
    ("strategies=[equidistanc]", "did you mean equidistance?"),
    ("strategies.equidistance.breadht=0.3", "did you mean strategies.equidistance.breadth?"),
    ("+strategies.equidistance.breadht=0.3", "unknown key 'breadht'; did you mean breadth?"),
    ("strategies.auction.lean_with.inducemnt=1", "did you mean strategies.auction.lean_with.inducement?"),
    ("strategies.shrinking_room.options.threshold=3", "options.threshold: allowed range [0, 1], got 3"),
    ("+strategies.shrinking_room.options.width=3", "unknown key 'width'"),
    ("+strategies.equidistance.rule=linaer", "did you mean linear?"),
    ("policies.us=coercio", "did you mean coercion?"),
    ("peers.VNM=equidistanc", "did you mean equidistance?"),
    ("+peers.XXX=equidistance", "unknown state"),
    ("focal=KHN", "unknown state 'KHN'"),
    ("reference=statusquo", "did you mean status_quo?"),
    ("n_worlds=0", "n_worlds"),
    ("n_worlds=1.5", "n_worlds"),
    ("horizon=nan", "horizon"),
    ("seed=-1", "seed"),
    ("name=../up", "the letters a to z"),
    ("results=${oc.env:HOME}", "interpolation is not allowed"),
    ("hydra.run.dir=/tmp", "only the model's own keys"),
    ("~horizon", "no key can be removed"),
    ("n_worlds=1,2", "need counterpoise -m"),
    ("a=b=c", "unknown key 'a'"),
    ("=3", "unknown key"),
    ("parameters=null", "parameters"),
    ("world.states.KHM.investment.china=40", "inflows of investment of more than a year's output"),
    ("world.states.KHM.trade={north: 3}", "unknown key 'world.states.KHM.trade.north'"),
    ("world.states.KHM.trade.north=3", "unknown key 'world.states.KHM.trade.north'"),
    ("world.world_output=20000", "the powers together are larger than the world"),
    ("scenario.events=[{kind:crisis,start:2019Q1}]", "before the world's first quarter"),
    ("scenario.events=[{kind:crisis,start:2020Q1,actor:us}]", "a crisis event has no actor"),
    ("scenario.events=[{kind:tier,start:2020Q1,value:1}]", "needs an actor"),
    ("scenario.events=[{kind:pressure,start:2020Q1,actor:us,value:2}]", "allowed [0, 1], got 2"),
    ("payoff.weights={economic:-1}", "payoff.weights.economic"),
])
def test_bad_input_is_refused_with_the_key_and_what_to_do(override, said):
    result = problems_of(override)
    assert any(said in problem for problem in result), result
    assert all(problem.strip() for problem in result)


def test_all_problems_are_told_at_once_and_name_their_override():
    result = problems_of("parameters.local_threat=2", "strategies.auction.breadth=7", "policies.us=nobody", "n_worlds=-3")
    assert len(result) == 4
    assert sum(problem.startswith("override ") for problem in result) == 4


def test_a_sweep_makes_a_job_for_every_combination_in_order_and_keeps_lists_whole():
    jobs = load_sweep(["scenario=calm,cold_war", "strategies=[status_quo,equidistance]", "strategies.equidistance.breadth=0.3,0.5", "n_worlds=4"], True)
    assert [tuple(job.varied.values()) for job in jobs] == [("calm", "0.3"), ("calm", "0.5"), ("cold_war", "0.3"), ("cold_war", "0.5")]
    assert [job.settings.scenario.name for job in jobs] == ["calm", "calm", "cold_war", "cold_war"]
    assert [job.settings.strategies["equidistance"].breadth for job in jobs] == [0.3, 0.5, 0.3, 0.5]
    assert all(list(job.settings.strategies) == ["status_quo", "equidistance"] for job in jobs)


def test_several_values_need_m():
    assert "several values need counterpoise -m" in problems_of("scenario=calm,cold_war")[0]


def test_an_absolute_path_is_not_swept_since_reports_would_show_it():
    with pytest.raises(ConfigError) as refused:
        load_sweep(["design=table", "design.file=points.csv,/home/me/points.csv"], True)
    assert refused.value.problems[0].startswith("override design.file=/home/me/points.csv: swept values are names in reports")


def test_a_preset_sweeps_without_m_and_the_command_line_wins_over_it():
    jobs = load_sweep(["experiment=small_state"], False)
    assert [job.settings.focal for job in jobs] == ["KHM", "VNM", "THA", "LAO", "MMR", "MYS", "SGP", "IDN", "PHL", "BRN"]
    assert [job.settings.focal for job in load_sweep(["experiment=small_state", "focal=VNM"], False)] == ["VNM"]
    assert [job.settings.focal for job in load_sweep(["experiment=small_state", "focal=VNM,LAO"], True)] == ["VNM", "LAO"]


@pytest.mark.parametrize("preset", names_in("experiment"))
def test_every_preset_composes_and_says_what_it_asks(preset):
    jobs = load_sweep([f"experiment={preset}"], False)
    assert {job.run.name for job in jobs} == {preset}
    assert preset == "quick" or str(jobs[0].run.question).endswith("?")
    assert all(job.run.reference in job.settings.strategies for job in jobs)


def test_an_experiment_can_bring_a_strategy_of_its_own():
    settings = load(["experiment=strategy_plane"]).settings
    assert list(settings.strategies) == ["status_quo", "course"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_every_shipped_file_is_read_without_a_problem(file):
    assert check_file(read(file)) == []


@pytest.mark.parametrize("file", [*(f for f in FILES if f.parent.name != "experiment"), *sorted((conf_dir() / "hypothesis").glob("*.yaml"))],
                         ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_every_shipped_file_satisfies_its_schema(file):
    schema = json.loads((conf_dir() / "schema" / f"{file.parent.name}.json").read_text())
    jsonschema.validate(yaml.safe_load(file.read_text()), schema)


def test_the_schema_refuses_what_the_program_refuses():
    schema = json.loads((conf_dir() / "schema" / "strategies.json").read_text())
    right = {"mine": {"family": "hedging", "description": "d", "source": "s", "breadth": 0.5}}
    jsonschema.validate(right, schema)
    for wrong in ({"breadth": 2}, {"breadht": 0.5}, {"breadth": "0.5"}, {"anchor": {"economy": 1}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"mine": right["mine"] | wrong}, schema)


STRATEGY = "mine:\n  family: hedging\n  description: d\n  source: s\n"


@pytest.mark.parametrize(("text", "line", "said"), [
    (STRATEGY + "  breadht: 0.5\n", 5, "did you mean breadth?"),
    (STRATEGY + "  breadth: 1.5\n", 5, "allowed range [0, 1], got 1.5"),
    (STRATEGY + "  breadth: yes\n", 5, "two ways"),
    (STRATEGY + "  breadth: 012\n", 5, "two ways"),
    (STRATEGY + "  breadth: 1:30\n", 5, "two ways"),
    (STRATEGY + "  breadth: .nan\n", 5, "two ways"),
    (STRATEGY + "  breadth: 1e999\n", 5, "too large"),
    (STRATEGY + "  breadth: '0.5'\n", 5, "expected a number"),
    (STRATEGY + "  breadth: {economy: 0.5}\n", 5, "expected a number"),
    (STRATEGY + "  breadth: 0.5\n  breadth: 0.6\n", 6, "given twice"),
    (STRATEGY + "  breadth: &a 0.5\n", 5, "anchors"),
    (STRATEGY + "  breadth: !!float 0.5\n", 5, "tags"),
    (STRATEGY + "  source: ${oc.env:HOME}\n", 5, "interpolation"),
    (STRATEGY + "  _target_: os.system\n", 5, "data only"),
    (STRATEGY + "  lean_with:\n    powr: 1\n", 6, "did you mean power?"),
    ("other:\n  family: hedging\n", 1, "the name of the file"),
    ("mine: [1\n", 1, "column 7: the bracket that begins here is not closed"),
    (STRATEGY + "\tbreadth: 0.5\n", 5, "column 1: a tab; type spaces"),
    (STRATEGY + "\xa0\xa0breadth: 0.5\n", 5, "U+00A0 (no-break space) stands in the key"),
    (STRATEGY + "  breadth:\xa00.5\n", 5, "column 11: U+00A0 (no-break space)"),
    (STRATEGY + "  breadth: 0.5\xa0\n", 5, "U+00A0 (no-break space) beside the value"),
    (STRATEGY + "  mechanism: first: second\n", 5, "column 19: a colon and a space stand inside text; put the text in quotes"),
    (STRATEGY + "   breadth: 0.5\n", 5, "indented further than the one above"),
    (STRATEGY + " breadth: 0.5\n", 5, "column 2: the line is not indented like those above"),
    (STRATEGY + "  breadth 0.5\n", 5, "column 3: expected KEY: VALUE"),
    (STRATEGY + "  breadth: 'a\n", 5, "column 12: the quote that begins here is not closed"),
    (STRATEGY + "  breadth: 'a' b\n", 5, "put the whole text in quotes"),
    (STRATEGY + "  breadth: @a\n", 5, "text that begins with @ needs quotes"),
    (STRATEGY + "  breadth: \"\\q\"\n", 5, "a backslash stands in double quotes"),
    (STRATEGY + "  breadth: [1,,2]\n", 5, "a value is missing"),
    (STRATEGY + "  breadth: \x07\n", 5, "the character U+0007 is not allowed"),
    ("", 1, "expected keys and values"),
    ("a\x00b", 1, "not valid YAML"),
])
def test_a_bad_file_is_refused_with_its_line(tmp_path, text, line, said):
    folder = tmp_path / "strategies"
    folder.mkdir()
    (folder / "mine.yaml").write_bytes(text.encode())
    result = check_file(read(folder / "mine.yaml"))
    assert any(f"mine.yaml:{line}:" in problem and said in problem for problem in result), result


HYPOTHESIS = "statement: s\nsource: s\nkind: mechanism\nexpected: '+'\n"
OUTCOME = "outcome: [{measure: economic, strategy: equidistance}]\n"


@pytest.mark.parametrize(("text", "line", "said"), [
    (HYPOTHESIS + "outcome: [{measure: economic, strategy: equidistanc}]\n", 5, "did you mean equidistance?"),
    (HYPOTHESIS + "outcome: [{measure: economic, best_of: [status_quo, status_qou]}]\n", 5, "did you mean status_quo?"),
    (HYPOTHESIS + OUTCOME + "also:\n  so:\n    - {measure: economic, strategy: isolatio}\n", 8, "did you mean isolation?"),
    (HYPOTHESIS + OUTCOME + "base: {world: cambodia}\n", 6, "did you mean cambodia_2020?"),
    (HYPOTHESIS + OUTCOME + "base: {policies.us: coercio}\n", 6, "did you mean coercion?"),
    (HYPOTHESIS + OUTCOME + "low: {policy.coercion.punish: -1}\n", 6, "allowed range [0, 1], got -1"),
    (HYPOTHESIS + OUTCOME + "high: {parameters.backlsh: 0}\n", 6, "did you mean parameters.backlash?"),
])
def test_a_bad_hypothesis_is_refused_with_its_line(tmp_path, text, line, said):
    (tmp_path / "hypothesis").mkdir()
    (tmp_path / "hypothesis" / "mine.yaml").write_text(text)
    result = check_file(read(tmp_path / "hypothesis" / "mine.yaml"))
    assert [problem for problem in result if f"mine.yaml:{line}: " in problem and said in problem], result
    assert len(result) == 1


def test_a_file_with_another_name_than_its_key_has_all_its_problems_told(tmp_path):
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "other.yaml").write_text(STRATEGY + "  breadth: 6\n")
    result = check_file(read(tmp_path / "strategies" / "other.yaml"))
    assert ["the name of the file" in result[0], "allowed range [0, 1], got 6" in result[1]] == [True, True]


@pytest.mark.parametrize(("folder", "text"), [
    ("scenario", "scenario: {name: mine, description: d}\n"),
    ("strategies", "# @package hydra\n" + STRATEGY),
    ("strategies", "# @package _global_\n" + STRATEGY),
    ("experiment", "# @package hydra\nn_worlds: 3\n"),
])
def test_a_file_may_set_its_own_group_only(tmp_path, folder, text):
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "mine.yaml").write_text(text)
    assert "@package" in check_file(read(tmp_path / folder / "mine.yaml"))[0]


def test_no_shipped_file_names_a_folder_of_this_machine():
    for file in FILES:
        assert str(Path.home()) not in file.read_text()


def test_the_name_of_a_run_may_be_a_number_and_not_that_of_the_folder_of_cells() -> None:
    assert load(["name=1"]).run.name == "1"
    assert "the folder cells holds the cells of all runs" in problems_of("name=cells")[0]
    assert "with a letter or a digit first" in problems_of("name=.hidden")[0]


def test_null_is_named_as_it_was_typed() -> None:
    assert "unknown name 'null'" in problems_of("scenario=null")[0]


def test_a_preset_changes_numbers_of_a_strategy_and_a_policy_though_it_names_no_list(conf: Path) -> None:
    text = "# @package _global_\nquestion: q\nstrategies: {equidistance: {breadth: 0.33}}\npolicy: {patron: {reward: 2.25}}\n"
    (conf / "experiment/changed.yaml").write_text(text, encoding="utf-8")
    usual, changed = load(()), load(["experiment=changed"])
    assert list(changed.settings.strategies) == list(usual.settings.strategies)
    assert changed.settings.strategies["equidistance"] == usual.settings.strategies["equidistance"].model_copy(update={"breadth": 0.33})
    assert changed.settings.policies["china"] == usual.settings.policies["china"].model_copy(update={"reward": 2.25})
