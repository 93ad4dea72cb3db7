"""Composing leaves Hydra as it was for whoever calls."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.singleton import Singleton
from omegaconf.basecontainer import BaseContainer

from experiments.configuration.errors import ConfigError
from experiments.configuration.load import load, load_sweep

ROOT = Path(__file__).resolve().parents[3]


def state() -> tuple[Any, ...]:
    """What Hydra, OmegaConf and logging keep in the process."""
    loggers = {name: (logger.level, list(logger.handlers)) for name, logger in logging.root.manager.loggerDict.items() if isinstance(logger, logging.Logger)}
    groups = {name: sorted(part) if isinstance(part, dict) else part for name, part in ConfigStore.instance().repo.items()}
    return (dict(Singleton._instances), dict(BaseContainer._resolvers), groups, loggers, logging.root.level, list(logging.root.handlers),
            os.getcwd(), dict(os.environ), list(sys.path))


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Path]:
    """A configuration of someone else, with names that ours has too, and a resolver and a stored node of their own."""
    (tmp_path / "world").mkdir()
    (tmp_path / "config.yaml").write_text("defaults: [_self_, world: flat]\nn_worlds: 3\nanswer: ${answer:}\n")
    (tmp_path / "world" / "flat.yaml").write_text("shape: flat\n")
    (tmp_path / "world" / "cambodia_2020.yaml").write_text("shape: theirs\n")
    before = dict(Singleton._instances), dict(BaseContainer._resolvers), dict(ConfigStore.instance().repo)
    BaseContainer._resolvers["answer"] = lambda config, parent, node, arguments, texts: 42
    ConfigStore.instance().store(name="baseline", group="scenario", node={"mine": True})
    yield tmp_path
    Singleton._instances, BaseContainer._resolvers, ConfigStore.instance().repo = before


class TestInsideSomeoneElsesHydra:
    def test_both_compose_what_is_theirs(self, theirs: Path) -> None:
        load(["n_worlds=16"])  # the first time of all loads Hydra's plugins, as an import does
        with initialize_config_dir(version_base="1.2", config_dir=str(theirs), job_name="outer"):
            outer = GlobalHydra.instance()
            before = state()
            ours = load(["world=cambodia_2020", "n_worlds=16", "strategies=[status_quo]"])
            assert state() == before
            assert GlobalHydra.instance() is outer
            assert compose("config") == {"world": {"shape": "flat"}, "n_worlds": 3, "answer": 42}
            assert compose("config", overrides=["world=cambodia_2020"]).world.shape == "theirs"
            assert compose("config", overrides=["+scenario=baseline"]).scenario.mine
        assert (ours.settings.n_worlds, ours.settings.world.name, ours.settings.scenario.name) == (16, "cambodia_2020", "baseline")
        assert not GlobalHydra.instance().is_initialized()

    def test_the_configuration_is_the_same_inside_and_outside(self, theirs: Path) -> None:
        words = ["scenario=cold_war", "parameters.local_threat=0.011", "horizon=7"]
        outside = load(words)
        with initialize_config_dir(version_base=None, config_dir=str(theirs)):
            assert load(words).composed == outside.composed

    @pytest.mark.parametrize("words", [["world=nowhere"], ["horizon=[1"], ["parameters.no_such_number=1"], ["horizon=12", "payoff.weights.economic=many"]])
    def test_an_error_leaves_it_as_it_was(self, theirs: Path, words: list[str]) -> None:
        with initialize_config_dir(version_base=None, config_dir=str(theirs)):
            before = state()
            with pytest.raises(ConfigError):
                load(words)
            assert state() == before
            assert compose("config").n_worlds == 3
        assert load(["horizon=9"]).settings.horizon == 9

    def test_a_sweep_leaves_it_as_it_was(self, theirs: Path) -> None:
        with initialize_config_dir(version_base=None, config_dir=str(theirs)):
            before = state()
            assert len(load_sweep(["scenario=calm,cold_war", "n_worlds=16"], several=True)) == 2
            assert state() == before

    def test_nothing_of_ours_is_in_the_callers_store(self) -> None:
        load(["n_worlds=16"])
        assert not {"strategies", "policy", "config.yaml"} & set(ConfigStore.instance().repo)
        assert not GlobalHydra.instance().is_initialized()
        assert HydraConfig.instance().cfg is None


APPLICATION = """
import logging
import hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from experiments.configuration.errors import ConfigError
from experiments.configuration.load import load

@hydra.main(version_base="1.3", config_path="theirs", config_name="config")
def main(config):
    outer, handlers, where = GlobalHydra.instance(), list(logging.root.handlers), HydraConfig.get().runtime.output_dir
    print("ours:", load(["n_worlds=16", "scenario=calm"]).settings.n_worlds)
    try:
        load(["world=nowhere"])
    except ConfigError:
        print("refused")
    assert GlobalHydra.instance() is outer and list(logging.root.handlers) == handlers and HydraConfig.get().runtime.output_dir == where
    print("theirs:", config.n_worlds, hydra.compose("config", overrides=["n_worlds=5"]).n_worlds, HydraConfig.get().job.name)

main()
"""


def test_inside_a_function_of_hydra_main(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "config.yaml").write_text("n_worlds: 3\n")
    (tmp_path / "application.py").write_text(APPLICATION)
    ended = subprocess.run([sys.executable, "application.py", "hydra.run.dir=out"], cwd=tmp_path, capture_output=True, text=True, timeout=120,
                           env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == ["ours: 16", "refused", "theirs: 3 5 application"]
