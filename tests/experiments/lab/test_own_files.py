"""What the page saves: checked files in the user's own folder, never over another."""

from pathlib import Path

import pytest

from experiments.configuration.errors import CommandError, ConfigError
from experiments.configuration.files import VARIABLE, read_again
from experiments.configuration.load import load
from experiments.lab import own_files
from experiments.lab.engine import forget_files, job_of
from experiments.lab.question import Happening, Question, overrides
from tests.experiments.report.test_browser import PAYLOADS

CHANGED = Question(scenario="eba_withdrawal", policies=("", "coercion"), events=(Happening("crisis", "", 3),), strategies=("status_quo", "domain_split"))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's own."""
    folder = tmp_path / "conf"
    (folder / "strategies").mkdir(parents=True)
    monkeypatch.setenv(VARIABLE, str(folder))
    forget_files()
    yield folder
    monkeypatch.undo()
    read_again()
    forget_files()


def test_a_saved_strategy_is_the_one_on_the_page(own: Path) -> None:
    question = CHANGED.with_number("strategies.domain_split.breadth", 0.85)
    job = job_of(question)
    own_files.save("strategy", "split_more", own_files.strategy_text(job, "domain_split", "split_more"))
    saved = load(["strategies=[status_quo,split_more]"]).settings.strategies["split_more"]
    kept = {"name", "label", "source"}
    assert saved.model_dump(exclude=kept) == job.settings.strategies["domain_split"].model_dump(exclude=kept)
    assert saved.breadth == 0.85


def test_a_saved_policy_is_the_one_on_the_page(own: Path) -> None:
    job = job_of(CHANGED.with_number("policy.coercion.punish", 0.35))
    own_files.save("policy", "milder", own_files.policy_text(job, 1, "milder"))
    saved = load(["policies.second=milder"]).settings.policies["us"]
    kept = {"name", "label", "source"}
    assert saved.model_dump(exclude=kept) == job.settings.policies["us"].model_dump(exclude=kept)


def test_a_saved_scenario_has_the_same_events_policies_and_parameters(own: Path) -> None:
    question = CHANGED.with_number("parameters.rivalry_mean", 1.25)
    own_files.save("scenario", "worse", own_files.scenario_text(question, "worse"))
    here, there = load(overrides(question)).settings, load(["scenario=worse"]).settings
    assert [event.model_dump(exclude={"source"}) for event in there.scenario.events] == [event.model_dump(exclude={"source"}) for event in here.scenario.events]
    assert there.policies == here.policies
    assert there.parameters == here.parameters


def test_a_scenario_cannot_hold_numbers_of_policies() -> None:
    with pytest.raises(CommandError, match="save the policy first"):
        own_files.scenario_text(CHANGED.with_number("policy.coercion.punish", 0.35), "worse")


def test_no_file_is_written_over_another(own: Path) -> None:
    text = own_files.strategy_text(job_of(CHANGED), "domain_split", "mine")
    own_files.save("strategy", "mine", text)
    before = (own / "strategies/mine.yaml").read_text()
    with pytest.raises(CommandError, match="is there already"):
        own_files.save("strategy", "mine", text.replace("0.6", "0.7"))
    with pytest.raises(CommandError, match="is there already"):
        own_files.save("strategy", "equidistance", own_files.strategy_text(job_of(CHANGED), "domain_split", "equidistance"))  # a shipped one
    assert (own / "strategies/mine.yaml").read_text() == before


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "a/b", "a\\b", "", ".", "..", "con\0", "a" * 65, "true", "mine.yaml", "_self_", *PAYLOADS])
def test_a_name_never_becomes_a_path(own: Path, name: str) -> None:
    before = sorted(own.parent.rglob("*"))
    with pytest.raises(CommandError, match="cannot be a name"):
        own_files.save("strategy", name, "x")
    assert sorted(own.parent.rglob("*")) == before


@pytest.mark.parametrize("text", [
    "mine: {family: hedging, description: d, source: s, breadth: 7}", "mine: !!python/object/apply:os.system [ls]", "mine: [", "x: 1"])
def test_what_does_not_pass_the_check_is_not_written(own: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"strategies/mine.yaml:1"):
        own_files.save("strategy", "mine", text)
    assert not (own / "strategies/mine.yaml").exists()


def test_nothing_else_is_saved(own: Path) -> None:
    with pytest.raises(CommandError, match="cannot be saved"):
        own_files.save("world", "mine", "x")
