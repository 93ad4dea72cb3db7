"""From YAML files and command-line overrides to frozen, checked settings; all errors at once.

Every file is checked first (`experiments.config_check`), then Hydra composes them, then the composed whole is
checked. Nothing here runs code from a file.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import BaseModel, Field

from experiments.config_check import ConfigError, check_files, documents, dotted, violations
from experiments.config_files import GROUPS, conf_dir, options
from experiments.words import unknown
from experiments.yaml_files import Path_
from sim.data import Name, World
from sim.parameters import Parameters
from sim.payoffs import Payoff
from sim.policies.policy import Policy
from sim.quantity import Frozen
from sim.scenario import Scenario
from sim.settings import PolicyPair, Settings, Size
from sim.strategies.strategy import Strategy


class Run(Frozen):
    """What a run is asked to do besides what is simulated.

    Attributes:
        name: Folder under `results`.
        reference: Strategy all others are compared with.
        workers: Processes; None: one per core.
        assumption_draws: Draws of all assumed parameters; 0: none.
        results: Folder for results, relative to the current one.
        payoff: Anchors and weights of composites.
    """

    name: Name
    reference: Name
    workers: Annotated[int, Field(ge=1, le=1024)] | None
    assumption_draws: Annotated[int, Field(ge=0, le=1_000_000)]
    results: Annotated[str, Field(min_length=1)]
    payoff: Payoff


@dataclass(frozen=True)
class Job:
    """A checked configuration: what to simulate, what to do with it, and the overrides it came from."""

    settings: Settings
    run: Run
    overrides: tuple[str, ...]
    composed: Mapping[str, Any]


def load(overrides: Iterable[str] = ()) -> Job:
    """Compose and check one configuration.

    Args:
        overrides: Hydra overrides, such as "world=theory_symmetric" or "parameters.local_threat=0.01".

    Raises:
        ConfigError: A file or an override is wrong; all problems found are listed.
    """
    given = tuple(overrides)
    check_files()
    composed = _compose(given)
    return _build(composed, given)


def expand(overrides: Iterable[str]) -> list[list[str]]:
    """Every combination of the values that overrides sweep over, such as "a=1,2", in Hydra's order.

    Raises:
        ConfigError: An override cannot be parsed.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    parser = OverridesParser.create()
    choices: list[list[str]] = []
    problems: list[str] = []
    for text in overrides:
        try:
            override = parser.parse_override(text)
            sweeps = override.is_sweep_override()
            key = override.get_key_element()
            choices.append([f"{key}={value}" for value in override.sweep_string_iterator()] if sweeps else [text])
        except HydraException as error:
            problems.append(f"override {text}: {str(error).splitlines()[0]}")
    if problems:
        raise ConfigError(problems)
    return [list(combination) for combination in itertools.product(*choices)]


# ---- Composition by Hydra


def _compose(given: tuple[str, ...]) -> dict[str, Any]:
    from hydra import compose, initialize_config_dir
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    parser = OverridesParser.create()
    problems: list[str] = []
    groups: set[str] = set()
    for text in given:
        try:
            override = parser.parse_override(text)
        except HydraException as error:
            problems.append(f"override {text}: {str(error).splitlines()[0]}")
            continue
        key = override.key_or_group
        if key.split(".")[0].split("/")[0] == "hydra" or override.is_delete():
            problems.append(f"override {text}: only the model's own keys can be set")
        elif override.is_sweep_override():
            problems.append(f"override {text}: several values need -m (one run for each)")
        elif "${" in text:
            problems.append(f"override {text}: interpolation is not allowed")
        elif key in GROUPS:
            groups.add(key)
            value = override.value()
            names = value if isinstance(value, list) else [value]
            choices = options(key)
            problems += [f"override {text}: {unknown(str(n), choices, 'name')}" for n in names if n is not None and str(n) not in choices]
    if problems:
        raise ConfigError(problems)
    everything = [f"{group}=[{','.join(options(group))}]" for group in ("strategies", "policy") if group not in groups]
    if "strategies" not in groups and _experiment_chooses_strategies(parser, given):
        everything = everything[1:]

    def composed(overrides: Sequence[str]) -> dict[str, Any]:
        with initialize_config_dir(version_base="1.3", config_dir=str(conf_dir())):
            return cast(dict[str, Any], OmegaConf.to_container(compose("config", overrides=[*everything, *overrides])))

    try:
        return composed(given)
    except (HydraException, OmegaConfBaseException, ValueError, TypeError, AttributeError) as error:
        known = sorted(_leaves(composed([])))
        for text in given:
            key = parser.parse_override(text).key_or_group
            if key not in known and key not in GROUPS and not any(k.startswith(f"{key}.") for k in known):
                problems.append(f"override {text}: {unknown(key, known)}")
        raise ConfigError(problems or [f"override {' '.join(given)}: {str(error).splitlines()[0]}"]) from None


def _experiment_chooses_strategies(parser: Any, given: Iterable[str]) -> bool:
    for text in given:
        override = parser.parse_override(text)
        if override.key_or_group == "experiment" and override.value() is not None:
            document = documents().get(conf_dir() / "experiment" / f"{override.value()}.yaml")
            defaults = document.data.get("defaults", []) if document and document.data else []
            return any(isinstance(entry, dict) and "override /strategies" in entry for entry in defaults)
    return False


def _leaves(data: Any, path: str = "") -> Iterable[str]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path


# ---- Settings


def _build(composed: dict[str, Any], given: tuple[str, ...]) -> Job:
    problems: list[str] = []

    def where(path: Path_) -> str:
        dotted = ".".join(str(part) for part in path)
        for text in reversed(given):
            key = text.lstrip("+~").split("=")[0]
            if dotted and (key == dotted or key.startswith(f"{dotted}.") or dotted.startswith(f"{key}.")):
                return f"override {text}"
        return "configuration"

    def built(kind: type[BaseModel], value: Any, *root: str) -> Any:
        found = violations(kind, value)
        problems.extend(f"{where((*root, *path))}: {dotted((*root, *path))}{message}" for path, message in found)
        return None if found else kind.model_validate(value)

    config = dict(composed)
    strategies = {n: built(Strategy, {"name": n, **_mapping(v)}, "strategies", n) for n, v in _mapping(config.pop("strategies", {})).items()}
    policies = {n: built(Policy, {"name": n, **_mapping(v)}, "policy", n) for n, v in _mapping(config.pop("policy", {})).items()}
    payoff = built(Payoff, config.pop("payoff"), "payoff")
    kinds: dict[str, type[BaseModel]] = {"world": World, "parameters": Parameters, "scenario": Scenario}
    for name, kind in kinds.items():
        config[name] = built(kind, config[name], name)
    if not strategies:
        problems.append("strategies: name at least one")
    peers, pair = {}, {}
    for state, choice in _mapping(config["peers"]).items():
        peers[state] = _from_library(choice, Strategy, "strategies", {}, problems, f"{where(('peers', state))}: peers.{state}: ")
    for power, choice in _mapping(config["policies"]).items():
        pair[power] = _from_library(choice, Policy, "policy", policies, problems, f"{where(('policies', power))}: policies.{power}: ")
    reference = config.pop("reference")
    if reference is None:
        own = peers.get(str(config["focal"]))
        reference = own.name if own is not None and own.name in strategies else next(iter(strategies), None)
    elif reference not in strategies:
        problems.append(f"{where(('reference',))}: reference: {unknown(str(reference), strategies, 'name')}")
    world, scenario = config["world"], config["scenario"]
    if world is not None and config["focal"] not in world.states:
        problems.append(f"{where(('focal',))}: focal: {unknown(str(config['focal']), world.states, 'state')}")
    run = {key: config.pop(key) for key in ("name", "workers", "assumption_draws", "results")}
    if run["name"] is None:
        parts = [world.name, scenario.name] if world is not None and scenario is not None else ["unnamed"]
        run["name"] = "-".join([*parts, *([str(config["focal"])] if any(text.startswith("focal=") for text in given) else [])])
    known = [*Settings.model_fields, *Run.model_fields]
    problems += [f"{where((key,))}: {unknown(key, known)}" for key in config if key not in Settings.model_fields]
    built(Size, {key: config[key] for key in Size.model_fields if key in config})
    asked: Any = built(Run, run | {"reference": reference, "payoff": payoff}) if payoff is not None and isinstance(reference, str) else None
    if problems:
        raise ConfigError(problems)
    values = {key: value for key, value in config.items() if key in Settings.model_fields}
    settings = built(Settings, values | {"policies": built(PolicyPair, pair, "policies"), "peers": peers, "strategies": strategies})
    if problems:
        # What does not fit together is told line by line; only the first line got a place in front.
        raise ConfigError([line if line.startswith(("override ", "configuration")) else f"configuration: {line}"
                           for problem in problems for line in problem.split("\n")])
    return Job(settings, asked, given, composed)


def _from_library(choice: Any, kind: type[Any], group: str, changed: Mapping[str, Any], problems: list[str], where: str) -> Any:
    """A strategy or policy by name, as its file has it unless the command line changed it."""
    if choice in changed:
        return changed[choice]
    if not isinstance(choice, str) or choice not in options(group):
        problems.append(where + unknown(str(choice), options(group), "name"))
        return None
    data = cast(dict[str, Any], documents()[conf_dir() / group / f"{choice}.yaml"].data)
    return kind.model_validate({"name": choice, **data[choice]})


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
