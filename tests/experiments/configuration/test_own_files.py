"""Files of the user: laid over the shipped ones group by group, checked like them, and named where they are used."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from experiments import cli
from experiments.cells.job_cells import job_cells_of
from experiments.configuration import check
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import GROUPS, SEPARATE, VARIABLE, conf_dir, file_of, names_in, read_again
from experiments.configuration.load import load
from experiments.configuration.overrides import recorded
from experiments.python.calls import simulate
from tests import given
from tests.experiments.configuration.samples import GLOBAL, POLICY, SCENARIO, STRATEGY, put, refusals
from tests.given import Said

FEW = ["strategies=[equidistance,status_quo]", "n_worlds=2", "assumption_draws=0"]
#: A shipped file of each group to copy under another name.
EXAMPLES = {group: "none" if group == "design" else names_in(group)[0] for group in (*GROUPS, *SEPARATE)}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(check, "_said", set())
    read_again()
    yield tmp_path
    read_again()


def copied(folder: Path, group: str, name: str = "mine") -> Path:
    """A shipped file of a group in a folder of the user, under another name."""
    shipped = EXAMPLES[group]
    text = (conf_dir() / group / f"{shipped}.yaml").read_text().replace(f"{shipped}:", f"{name}:").replace(f"name: {shipped}", f"name: {name}")
    return put(folder, f"{group}/{name}.yaml", text)


def chosen(group: str, name: str) -> list[str]:
    few = FEW if group != "strategies" else [f"strategies=[{name},status_quo]", *FEW[1:]]
    return few if group in ("strategies", *SEPARATE) else [*few, f"policies.first={name}" if group == "policy" else f"{group}={name}"]


EVERY = (*GROUPS, *SEPARATE)


def test_a_file_of_every_group_is_known_where_it_lies_and_nowhere_else(here: Path) -> None:
    assert not any("mine" in names_in(group) for group in EVERY)
    for group in EVERY:
        copied(here / "conf", group)
    read_again()
    for group in EVERY:
        assert set(names_in(group)) > {"mine"}, group
        assert file_of(group, "mine") == here / "conf" / group / "mine.yaml"
        assert load(chosen(group, "mine")).own_files == (() if group in SEPARATE else (f"conf/{group}/mine.yaml",)), group
    assert load([*FEW, "peers.VNM=mine"]).own_files == ("conf/strategies/mine.yaml",)
    os.chdir("/")
    assert not any("mine" in names_in(group) for group in EVERY)


def test_what_is_wrong_with_a_file_of_the_user_is_said_with_its_path_and_stops_only_a_run_that_uses_it(
        here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for group in EVERY:
        put(here, f"conf/{group}/mine.yaml", "mine: [\n")
    read_again()
    load(FEW)
    said = capsys.readouterr().err.splitlines()
    assert sorted(line.partition(":1: not valid YAML")[0] for line in said) == sorted(f"not used: conf/{group}/mine.yaml" for group in EVERY)
    for group in GROUPS:
        with pytest.raises(ConfigError, match=rf"^conf/{group}/mine\.yaml:1: not valid YAML"):
            load(chosen(group, "mine"))
    assert cli.main(["check", "conf"]) == 65


#: Commands that compare no strategies, or those alone that they name, without simulating.
OF_SOME = ("world theory_symmetric", "rank league --scenarios=calm n_worlds=8 horizon=4 --dry-run", "patterns --only=sanctions --dry-run",
           "hypotheses --only=H12 --dry-run", "sensitivity --dry-run", "hindcast --dry-run", "strategies=[equidistance,status_quo] --dry-run",
           "tournament strategies=[equidistance,status_quo] n_worlds=8 --dry-run", "robustness strategies=[equidistance,status_quo] "
           "--strategy=equidistance --against=status_quo --dry-run", "optimize strategies=[equidistance,status_quo] --dry-run")


@pytest.mark.parametrize("words", OF_SOME, ids=lambda words: words.partition(" ")[0])
def test_a_wrong_strategy_stops_no_command_that_does_not_use_it(here: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(here, "league/mine.yaml", STRATEGY)
    put(here, "conf/strategies/wrong.yaml", "wrong:\n  family: hedging\n  speed: 99\n")
    read_again()
    assert cli.main(words.split()) == 0
    assert "not used: conf/strategies/wrong.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["--dry-run", "rank league reference=wrong --dry-run", "world theory_symmetric --conf=other"])
def test_a_wrong_strategy_stops_a_command_that_uses_it(here: Path, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(here, "league/mine.yaml", STRATEGY)
    for folder in ("conf", "other"):
        put(here, f"{folder}/strategies/wrong.yaml", "wrong:\n  family: hedging\n  speed: 99\n")
    world = (conf_dir() / "world/theory_symmetric.yaml").read_text()
    put(here, "other/world/theory_symmetric.yaml", world.replace("{all: status_quo}", "{all: wrong}"))
    read_again()
    assert cli.main(words.split()) == 65
    assert "strategies/wrong.yaml:3: wrong.speed: allowed range [0, 1], got 99" in capsys.readouterr().err


def test_one_strategy_is_simulated_beside_a_wrong_one(here: Path) -> None:
    put(here, "conf/strategies/wrong.yaml", "wrong: [\n")
    assert simulate("auction", n_worlds=2, horizon=2)
    with pytest.raises(ConfigError, match="not valid YAML"):
        simulate("wrong", n_worlds=2, horizon=2)


@pytest.mark.parametrize(("group", "text"), [
    ("experiment", f"{GLOBAL}workers: 60\n"), ("experiment", f"{GLOBAL}results: /tmp/x\n"), ("experiment", f"{GLOBAL}executor: {{kind: dask}}\n"),
    ("scenario", f"{SCENARIO}workers: 60\n"), ("executor", "kind: dask\naddress: tcp://127.0.0.1:1\n"), ("design", "kind: table\nfile: /etc/passwd\n"),
])
def test_a_file_of_the_user_says_nothing_about_the_computer(group: str, text: str, here: Path) -> None:
    put(here, f"conf/{group}/mine.yaml", text)
    with pytest.raises(ConfigError):
        load(chosen(group, "mine"))


def test_a_shipped_name_is_replaced_and_that_is_said_in_one_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (conf_dir() / "strategies" / "equidistance.yaml").read_text()
    put(here, "conf/strategies/auction.yaml", (conf_dir() / "strategies" / "auction.yaml").read_text())  # the same: nothing to say
    put(here, "conf/strategies/equidistance.yml", text.replace("breadth: 0.7 ", "breadth: 0.31"))
    put(here, "conf/scenario/calm.yaml", (conf_dir() / "scenario" / "calm.yaml").read_text() + "# another\n")
    job = load(FEW)
    load(FEW)
    assert job.settings.strategies["equidistance"].breadth == 0.31
    assert capsys.readouterr().err == "used in place of the shipped: conf/scenario/calm.yaml, conf/strategies/equidistance.yml\n"


def test_the_key_of_a_cell_depends_on_what_a_file_says_and_not_on_where_it_lies(here: Path) -> None:
    def keys() -> dict[str, list[str]]:
        job = load(["strategies=[mine,status_quo]", *FEW[1:]])
        return job_cells_of(job.settings, job.points).keys()

    put(here, "a/strategies/mine.yaml", STRATEGY)
    put(here, "b/strategies/mine.yaml", f"# moved\n{STRATEGY}")
    put(here, "c/strategies/mine.yaml", f"{STRATEGY}  breadth: 0.123\n")
    found = []
    for folder in ("a", "b", "c"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, folder)
            found.append(keys())
    assert found[0] == found[1]
    assert found[0]["status_quo"] == found[2]["status_quo"]
    assert found[0]["mine"] != found[2]["mine"]


def test_a_folder_that_is_named_is_used_instead_of_the_current_ones(here: Path, said: Said) -> None:
    put(here, "conf/strategies/one.yaml", STRATEGY.replace("mine", "one"))
    put(here, "other/strategies/two.yaml", STRATEGY.replace("mine", "two"))
    for words in (["--conf", "other"], ["--conf=other"]):
        assert said("--dry-run", "strategies=[two,status_quo]", *words)[0] == 0
        assert said(*words, "world", "theory_symmetric")[0] == 0
        code, _, error = said("strategies=[one,status_quo]", *words)
        assert (code, error.count("\n")) == (65, 1)
    assert VARIABLE not in os.environ
    assert said("--dry-run", "strategies=[one,status_quo]")[0] == 0


@pytest.mark.parametrize(("named", "expected"), [
    ("nowhere", "there is no folder"), ("empty", "has no folder of configuration files"), ("here", "did you mean"), ("file", "there is no folder"),
])
@pytest.mark.parametrize("how", ["option", "variable"])
def test_a_folder_that_holds_nothing_is_refused_in_a_line(named: str, expected: str, how: str, here: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "empty").mkdir()
    put(here, "here/conf/strategies/mine.yaml", STRATEGY)
    put(here, "file", "")
    if how == "variable":
        monkeypatch.setenv(VARIABLE, named)
    code, output, error = said("--dry-run", *FEW, *(["--conf", named] if how == "option" else []))
    assert (code, output, error.count("\n")) == (2, "", 1)
    assert expected in error
    assert said("--conf")[0] == said("--dry-run", "--conf=")[0] == 2


def test_the_conf_of_a_clone_is_the_shipped_one_and_not_laid_over_itself(here: Path) -> None:
    os.chdir(conf_dir().parent)
    job = load(FEW)
    assert job.own_files == ()
    assert file_of("strategies", "equidistance") == conf_dir() / "strategies" / "equidistance.yaml"


def test_hydras_own_file_of_the_user_is_not_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(here, "conf/config.yaml", "horizon: 4\n")
    put(here, "conf/policy/mine.yaml", POLICY)
    assert load(FEW).settings.horizon == 60
    assert "not used: conf/config.yaml:1: only the shipped config.yaml is read" in capsys.readouterr().err


def test_hidden_files_of_the_user_are_passed_over(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (".mine.yaml", "._mine.yaml", ".ipynb_checkpoints/mine.yaml", "mine.yaml~", "#mine.yaml#", "mine.yaml.bak"):
        put(here, f"conf/strategies/{name}", "mine: [\n")
    put(here, "conf/.git/mine.yaml", "mine: [\n")
    load(FEW)
    assert capsys.readouterr().err == ""


def test_a_run_with_files_of_the_user_names_them_in_its_manifest_and_goes_on(here: Path, said: Said, undrawn: None) -> None:
    put(here, "conf/strategies/mine.yaml", STRATEGY)
    words = ["strategies=[mine,status_quo]", *FEW[1:], "horizon=4", "executor=serial"]
    code, output, error = said(*words)
    assert code == 0, error
    run = Path(output.splitlines()[-1]).parent
    assert '"own_files": [\n    "conf/strategies/mine.yaml"\n   ]' in (run / "manifest.json").read_text()
    shutil.rmtree(here / "conf")
    assert said("report", run)[0] == 0
    assert said(*words)[0] == 65


@pytest.mark.parametrize(("family", "near"), [("hedgeing", "hedging"), ("balancin", "balancing"), ("hedging", None), ("my_own", None), ("learning", None)])
def test_a_family_that_is_nearly_a_known_one_is_asked_about(family: str, near: str | None, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(here, "conf/strategies/mine.yaml", STRATEGY.replace("hedging", family))
    load(["strategies=[mine,status_quo]", *FEW[1:]])
    load(["strategies=[mine,status_quo]", *FEW[1:]])
    question = f"note: conf/strategies/mine.yaml:2: '{family}' is a family of its own; did you mean {near}?\n" if near else ""
    assert capsys.readouterr().err == question
    assert cli.main(["check", "conf"]) == 0
    assert capsys.readouterr().out == f"conf/strategies/mine.yaml: fine (strategy 'mine')\n{question}"


# ---- strategies= takes families, files and folders


def compared(*overrides: str) -> list[str]:
    return list(load([*overrides, "n_worlds=2"]).settings.strategies)


def test_a_family_means_all_of_its_strategies_and_a_name_goes_before_it(here: Path) -> None:
    hedging = [name for name, strategy in given.shipped("strategies").items() if strategy.family == "hedging"]
    assert len(hedging) > 5
    assert compared("strategies=hedging") == compared("strategies=[hedging]") == sorted(hedging)
    assert compared("strategies=[status_quo,hedging,equidistance]")[:2] == ["status_quo", sorted(hedging)[0]]
    put(here, "conf/strategies/mine.yaml", STRATEGY)
    read_again()
    assert "mine" in compared("strategies=hedging")
    put(here, "conf/strategies/hedging.yaml", STRATEGY.replace("mine", "hedging"))
    read_again()
    assert compared("strategies=hedging") == ["hedging"]


def test_a_file_and_a_folder_are_taken_from_anywhere(here: Path) -> None:
    put(here, "my/mine.yaml", STRATEGY)
    put(here, "sent/a.yml", STRATEGY.replace("mine", "a"))
    put(here, "sent/b.yaml", STRATEGY.replace("mine", "b"))
    put(here, "sent/.hidden.yaml", "x")
    assert compared("strategies=my/mine.yaml") == compared("strategies=my/") == compared(f"strategies={here}/my/mine.yaml") == ["mine"]
    assert compared("strategies=[status_quo,my/mine.yaml,sent/]", "strategies.mine.breadth=0.2") == ["status_quo", "mine", "a", "b"]
    assert load(["strategies=[my/mine.yaml,status_quo]", "strategies.mine.breadth=0.2"]).settings.strategies["mine"].breadth == 0.2
    assert "mine" not in names_in("strategies")
    assert load(["strategies=[my/mine.yaml,status_quo]"]).own_files == ("my/mine.yaml",)
    assert compared("strategies=sent/b.yaml", "peers.all=b") == ["b"]


@pytest.mark.parametrize(("value", "expected"), [
    ("none/mine.yaml", "there is no file or folder 'none/mine.yaml'"), ("mine.yaml", "there is no file or folder 'mine.yaml'"),
    ("empty/", "has no .yaml file"), ("empty", "for the folder write strategies=empty/"), ("[a/mine.yaml,b/mine.yaml]", "has the same name as"),
    ("wrong/mine.yaml", "wrong/mine.yaml:5: mine.breadht: unknown key 'breadht'; did you mean breadth?"), ("other/mine.yaml", "must hold one key, 'mine'"),
    ("hedgin", "did you mean the family hedging?"), ("[hedging,hedging]", "given twice"), ("wrong/", "wrong/mine.yaml:5: mine.breadht"),
    ("sink", "unknown name"),
])
def test_what_names_no_strategy_is_refused_in_a_line(value: str, expected: str, here: Path) -> None:
    (here / "empty").mkdir()
    for folder, text in (("a", STRATEGY), ("b", STRATEGY), ("wrong", f"{STRATEGY}  breadht: 1\n"), ("other", STRATEGY.replace("mine", "other"))):
        put(here, f"{folder}/mine.yaml", text)
    problems = refusals(f"strategies={value}")
    assert len(problems) == 1
    assert expected in problems[0]


def test_a_sweep_keeps_families_and_files_and_does_not_vary_them(here: Path, said: Said) -> None:
    put(here, "my/mine.yaml", STRATEGY)
    code, _, error = said("-m", "scenario=calm,cold_war", "strategies=[my/mine.yaml,status_quo]", "n_worlds=2", "--dry-run")
    assert code == 0, error
    code, _, error = said("-m", "strategies=hedging,balancing", "n_worlds=2", "--dry-run")
    assert (code, error.count("\n")) == (65, 1)


def test_a_recorded_command_does_not_show_where_a_strategy_lies() -> None:
    assert recorded(["counterpoise", "strategies=[/home/me/a.yaml,b,c/d.yaml]"]) == "counterpoise 'strategies=[a.yaml,b,c/d.yaml]'"
    assert recorded(["counterpoise", "strategies=/home/me/a.yaml"]) == "counterpoise strategies=a.yaml"


@pytest.mark.parametrize("choice", ["hedging", "my/mine.yaml"])
def test_a_preset_names_strategies_and_reaches_no_file(choice: str, here: Path) -> None:
    put(here, "my/mine.yaml", STRATEGY)
    put(here, "conf/experiment/mine.yaml", f"{GLOBAL}defaults:\n  - override /strategies: [{choice}]\n")
    assert f"unknown name '{choice}'" in refusals("experiment=mine")[0]
