"""Names that are paths, commands or unprintable are refused wherever a name is taken."""

import json
import re
from pathlib import Path

import pytest

from experiments.configuration.check import check_file
from experiments.configuration.files import GROUPS
from experiments.configuration.yaml_files import read
from tests.experiments.configuration.samples import GLOBAL, SCENARIO, STRATEGY, put, refusals

NASTY = ["", ".", "..", "../x", "a/b", "/etc/passwd", "a\\b", "C:\\x", "a..b", ".hidden", "-rf", "a b", "a\nb", "a\x00b", "a\x1b[2J", "é", "a\u202eb",
         "x" * 65, "a;touch canary", "$HOME", "<script>", "name.", "con\n"]


def quoted(name: str) -> str:
    """A name in Hydra's quotes."""
    return '"' + re.sub(r'(\\*)"', r'\1\1\\"', name) + '"'


def test_there_are_enough_nasty_names() -> None:
    assert len(set(NASTY)) >= 22


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_a_nasty_name_is_refused_wherever_an_override_takes_one(name: str) -> None:
    places = ["name", "focal", "reference", "policies.us", "peers.VNM", "world.name", "scenario.name", "strategies.status_quo.family"]
    result = refusals("strategies=[status_quo]", *(f"{place}={quoted(name)}" for place in places))
    for place in places:
        assert any(f"{place}: " in problem for problem in result), (place, result)
    for text in (f"world={quoted(name)}", f"scenario={quoted(name)}", f"experiment={quoted(name)}", f"parameters={quoted(name)}",
                 f"policy=[{quoted(name)}]"):
        assert "unknown name" in refusals(text)[0]
    named = refusals(f"strategies=[{quoted(name)}]")  # a file where there is a slash
    assert len(named) == 1
    assert any(text in named[0] for text in (("there is no file or folder", "is not a strategy file") if "/" in name else ("unknown name",)))


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_a_nasty_name_is_refused_wherever_a_file_takes_one(tmp_path: Path, name: str) -> None:
    text = json.dumps(name, ensure_ascii=True)
    places = {
        "mine.family": ("strategies", STRATEGY.replace("family: hedging", f"family: {text}")),
        "mine.rule": ("strategies", STRATEGY + f"  rule: {text}\n"),
        "world.name": ("world", GLOBAL + f"world: {{name: {text}}}\n"),
        "world.states": ("world", GLOBAL + f"world: {{name: mine, states: {{{text}: {{output: 1}}}}}}\n"),
        "scenario.name": ("scenario", SCENARIO.replace("mine", text)),
        "scenario.events.0.target": ("scenario", SCENARIO + f"  events: [{{kind: crisis, start: 1, target: {text}}}]\n"),
        "peers.VNM": ("scenario", SCENARIO + f"peers: {{VNM: {text}}}\n"),
        "peers": ("scenario", SCENARIO + f"peers: {{{text}: isolation}}\n"),
        "policies.us": ("scenario", SCENARIO + f"policies: {{us: {text}}}\n"),
        "focal": ("experiment", GLOBAL + f"focal: {text}\n"),
        "reference": ("experiment", GLOBAL + f"reference: {text}\n"),
        "name": ("experiment", GLOBAL + f"name: {text}\n"),
        "defaults.0": ("experiment", GLOBAL + f"defaults: [override /world: {text}]\n"),
        "the name of the file": ("strategies", STRATEGY.replace("mine", text, 1)),
    }
    for place, (group, content) in places.items():
        file = put(tmp_path, f"{group}/mine.yaml", content)
        result = check_file(read(file))
        assert any(place in problem for problem in result), (place, result)
        assert all(problem.isprintable() for problem in result)


@pytest.mark.parametrize("name", [name for name in NASTY if name and "/" not in name and "\x00" not in name and name not in (".", "..")], ids=ascii)
def test_a_file_with_a_nasty_name_is_refused(tmp_path: Path, name: str) -> None:
    for group in GROUPS:
        file = put(tmp_path, f"{group}/{name}.yaml", json.dumps(name) + ":\n  description: d\n")
        result = check_file(read(file))
        assert any("a file name may hold" in problem for problem in result)
        assert all(problem.isprintable() for problem in result)
