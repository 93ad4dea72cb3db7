"""A world whose powers, states, region and association are called otherwise: nothing that is written or printed names those of the case shipped."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from matplotlib.figure import Figure
from matplotlib.text import Text

from experiments import cli
from experiments.commands import tournament
from experiments.configuration.files import read_again
from experiments.configuration.load import load
from experiments.figures.style import labels, policy_labels
from experiments.names import naming
from sim.data import Power, State, World
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.quantity import quantities
from sim.strategies.strategy import LeanWith, Strategy
from tests.experiments.analyses.small import HYPOTHESES, IMITATION, OPTIMIZE, ROBUSTNESS, SENSITIVITY, TOURNAMENT
from tests.experiments.configuration.conftest import copied
from tests.given import NO_FIGURE, Said, unsaved

CASE, ODD = "cambodia_2020", "odd_2020"
#: Keys and labels of the powers in the odd world.
POWERS = {"china": ("zog", "Zogland", "Zoggish"), "us": ("mu", "the Mu Federation", "Muan")}
REGION, ASSOCIATION = "Vexland", "VEX"
#: What names the case, in any text but a citation.
OLD = re.compile(r"\b(China|china|Chinese|US|us|United States|Americans?|ASEAN|Asean|Southeast Asian?|Cambodian?|Khmer|Phnom Penh|{})\b")

#: What stands for a label until it is put in.
PLACEHOLDER = re.compile(r"\{(?:first|second|region|association|state)\}")


def odd(world: dict[str, Any]) -> dict[str, Any]:
    """The facts of the case under other keys and labels."""
    states = {key: f"Q{chr(ord('A') + i)}X" for i, key in enumerate(world["states"])}
    renamed = {**{key: new for key, (new, _, _) in POWERS.items()}, **states}

    def rekeyed(value: Any) -> Any:
        return {renamed.get(key, key): rekeyed(part) for key, part in value.items()} if isinstance(value, dict) else value

    result = rekeyed(world)
    for key, label, adjective in POWERS.values():
        result["powers"][key] |= {"label": label, "adjective": adjective}
    for i, state in enumerate(result["states"].values()):
        state["label"] = f"Quirk {i}"
    return result | {"name": ODD, "description": "A case by other names.", "region": {"label": REGION, "association": {"label": ASSOCIATION}}}


class Renamed:
    """A copy of conf/ in which the case is called otherwise everywhere.

    Attributes:
        states: The new key of each state.
        old: What must not be read anywhere.
        cited: Texts that may name anything, longest first.
    """

    def __init__(self, conf: Path) -> None:
        file = conf / "world" / f"{CASE}.yaml"
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        labels = [state["label"] for state in data["world"]["states"].values()]
        self.states = dict(zip(data["world"]["states"], odd(data["world"])["states"], strict=True))
        self.old = re.compile(OLD.pattern.format("|".join([*self.states, *map(re.escape, labels)])))
        file.unlink()
        new = data | {"world": odd(data["world"]), "focal": self.states[data["focal"]]}
        (conf / "world" / f"{ODD}.yaml").write_text("# @package _global_\n" + yaml.safe_dump(new, sort_keys=False), encoding="utf-8")
        codes = re.compile(rf"\b({'|'.join(self.states)})\b")
        sources: set[str] = set()
        for other in conf.rglob("*.yaml"):
            text = codes.sub(lambda match: self.states[match[0]], other.read_text(encoding="utf-8").replace(CASE, ODD))
            other.write_text(text, encoding="utf-8")
            sources |= set(re.findall(r"source: ['\"]?([^'\"\n}]+)", text))
        sources |= {known.source for kind in (Parameters, Strategy, LeanWith, Policy, State, Power, World) for known in quantities(kind).values()}
        self.cited = sorted(sources, key=len, reverse=True)
        read_again()

    def named_in(self, text: str) -> list[str]:
        """What a text names of the case, with a few words around it."""
        text = html.unescape(text)
        for source in self.cited:
            text = text.replace(source, "")
        return [*PLACEHOLDER.findall(text), *(text[max(0, match.start() - 60):match.end() + 40] for match in self.old.finditer(text))]


def words_in(file: Path) -> str:
    """The text of a file; of numbers, what stands between them."""
    data = file.read_bytes()
    return data.decode() if file.suffix != ".npz" else " ".join(part.decode() for part in re.findall(rb"[ -~]{24,}", data))


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Renamed]:
    with copied(tmp_path_factory.mktemp("renamed")) as conf:
        yield Renamed(conf)


@pytest.fixture
def lettered() -> Iterator[list[str]]:
    """All that figures say, which are drawn and not saved."""
    said: list[str] = []

    def save(figure: Figure, folder: Path, name: str) -> Path:
        said.extend(f"{name}: {text.get_text()}" for text in figure.findobj(Text) if isinstance(text, Text))
        (folder / f"{name}.svg").write_bytes(NO_FIGURE)
        return folder / f"{name}.svg"

    with unsaved(), mock.patch("experiments.figures.figure.save", save):
        yield said


TINY = ("n_worlds=4", "horizon=5", "strategies=[status_quo,equidistance,bandwagon_first,limited_bandwagon_second,isolation]", "executor=serial")
COMMANDS: dict[str, tuple[str, ...]] = {
    "compare": (*TINY, "assumption_draws=6", "scenario=generous_second"),
    "challenge": (*TINY, "horizon=6", "assumption_draws=0", "strategies=[omnibalancing,status_quo]", "scenario=challenged_government"),
    "sweep": ("-m", "policies.second=coercion,inducement", "scenario=calm,slowdown_first", "assumption_draws=0", *TINY),
    "design": (*TINY, "design=grid", "design.over=[world.powers.second.output]", "design.points=3", "assumption_draws=0"),
    "sensitivity": SENSITIVITY, "robustness": ROBUSTNESS, "hypotheses": (*HYPOTHESES[:1], "--only", "O2,O3,H13", *HYPOTHESES[3:]), "optimize": OPTIMIZE,
    "tournament": (*(word for word in TOURNAMENT if not word.startswith("--policies=")), "--policies=neglect,coercion",
                   "strategies=[status_quo,equidistance,bandwagon_first,bandwagon_second]"),
    "imitation": IMITATION}


@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_that_is_written_or_printed_names_the_case(name: str, renamed: Renamed, lettered: list[str], said: Said, tmp_path: Path,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    words = COMMANDS[name]
    monkeypatch.setattr(tournament, "N_RESAMPLES", 8)
    code, told, error = said(*words, f"results={tmp_path}")
    assert (code, error) == (0, "")
    (run,) = (file.parent for file in tmp_path.rglob("manifest.json"))
    assert renamed.named_in(told) == []
    for more in (["compare-runs", run, run], *([["export", run, "--to", "csv"]] if words[0] not in ("hypotheses", "sensitivity") else [])):
        _, told, error = said(*more)
        assert renamed.named_in(told + error) == [], more
    for file in (file for file in tmp_path.rglob("*") if file.is_file()):
        recorded = file.name == "manifest.json"  # holds the settings as their files have them
        assert renamed.named_in(PLACEHOLDER.sub("", words_in(file)) if recorded else words_in(file)) == [], file.name
    assert len(lettered) > 10
    assert [text for text in lettered if renamed.named_in(text)] == []
    page = (run / "report.html").read_text(encoding="utf-8")
    assert name == "imitation" or "Zogland" in page or "Mu Federation" in page


@pytest.mark.usefixtures("undrawn")
def test_a_world_laid_open_and_a_replay_name_it_by_its_own_labels(renamed: Renamed, said: Said, tmp_path: Path) -> None:
    code, told, error = said("world", ODD)
    assert (code, error) == (0, "")
    assert renamed.named_in(told) == []
    assert "Zogland: GDP " in told
    assert f"Region: {REGION}, with {ASSOCIATION}." in told
    assert cli.main([*TINY[:2], "assumption_draws=0", "strategies=[equidistance]", "executor=serial", f"results={tmp_path}"]) == 0
    code, told, error = said("replay", next((tmp_path / "cells").rglob("*.npz")), 0, "--to", tmp_path / "world.csv")
    assert code == 0
    assert renamed.named_in(told + error + (tmp_path / "world.csv").read_text()) == []


def test_it_can_fail(renamed: Renamed) -> None:
    for text in ("trade with China", "flows of the US", "Cambodia's trust", "KHM", "policies.us=wedge", "an American visit", "ASEAN"):
        assert renamed.named_in(text), text
    for text in ("USD bn a year", "must be", "Zogland", "the USDA"):
        assert not renamed.named_in(text), text


def test_a_strategy_with_the_label_of_another_has_a_number_in_every_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "conf/strategies").mkdir(parents=True)
    for name, label in (("copycat", "status quo"), ("another", "equal distance")):
        text = f"{name}:\n  label: {label}\n  family: hedging\n  description: d\n  source: s\n  anchor: -1\n"
        (tmp_path / f"conf/strategies/{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    settings = load(["strategies=[copycat,another,equidistance,status_quo]"]).settings
    with naming([settings]):
        together = labels(settings.strategies)
        assert len(set(together.values())) == 4
        assert together["status_quo"] == "status quo"
        assert together["copycat"] == "status quo (2)"
        for name in settings.strategies:  # whichever others a text is about
            assert labels([name])[name] == together[name]


def test_a_policy_with_the_label_of_another_has_a_number_in_every_text() -> None:
    settings = load(["policies.second=coercion", "strategies=[status_quo]"]).settings
    alike = settings.replace(policies={power: policy.model_copy(update={"label": "one label"}) for power, policy in settings.policies.items()})
    with naming([alike]):
        each = [policy.name for policy in alike.policies.values()]
        assert [policy_labels([name])[name] for name in each] == ["one label", "one label (2)"]
