"""From YAML files and command-line overrides to frozen, checked settings; all errors at once.

Every file is checked first (`experiments.config_check`), then Hydra composes them, then the composed whole is
checked. Hydra is given the data that was checked and reads no file itself; nothing here runs code from one.
"""

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import BaseModel, Field

from experiments.command_line import last_part
from experiments.config_check import (
    GLOBAL_GROUPS,
    LISTS,
    PRIMARY,
    ConfigError,
    check_files,
    choice_problems,
    documents,
    dotted,
    entry_violations,
    keyed,
    known_keys,
    shown,
    violations,
)
from experiments.config_files import GROUPS, SEPARATE, conf_dir, options
from experiments.design import Design, Points
from experiments.executors import ExecutorChoice
from experiments.words import unknown
from experiments.yaml_files import Document, Path_
from sim.data import Name, World
from sim.parameters import Parameters
from sim.payoffs import Payoff
from sim.policies.policy import Policy
from sim.quantity import Frozen
from sim.scenario import Scenario
from sim.settings import PolicyPair, Settings, Size
from sim.strategies.strategy import Strategy

#: Jobs of one sweep.
MOST_JOBS = 10_000

SweptKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=200)]


class Run(Frozen):
    """What a run is asked to do besides what is simulated.

    Attributes:
        name: Folder under `results`.
        reference: Strategy all others are compared with.
        workers: Processes; None: one per core.
        assumption_draws: Draws of all assumed parameters; 0: none.
        results: Folder for results, relative to the current one.
        sweep: Keys that a preset varies, each with its values: one job for every combination.
        question: What the run is to answer, a sentence for its report.
        payoff: Anchors and weights of composites.
        design: Points at which the job runs.
        executor: Where it is computed.
    """

    name: Name
    reference: Name
    workers: Annotated[int, Field(ge=1, le=1024)] | None
    assumption_draws: Annotated[int, Field(ge=0, le=1_000_000)]
    results: Annotated[str, Field(min_length=1)]
    sweep: dict[SweptKey, Annotated[list[str | bool | int | float], Field(min_length=1, max_length=10_000)]]
    question: Annotated[str, Field(max_length=300)] | None
    payoff: Payoff
    design: Design
    executor: ExecutorChoice


@dataclass(frozen=True)
class Job:
    """A checked configuration.

    Attributes:
        settings: What to simulate.
        run: What to do with it.
        points: Points of its design.
        overrides: The overrides it came from.
        varied: What sets it apart from the other jobs of its sweep: value by key.
        composed: The configuration as Hydra composed it.
    """

    settings: Settings
    run: Run
    points: Points
    overrides: tuple[str, ...]
    varied: Mapping[str, str]
    composed: Mapping[str, Any]


def load(overrides: Iterable[str] = (), varied: Mapping[str, str] | None = None) -> Job:
    """Compose and check one configuration.

    Args:
        overrides: Hydra overrides, such as "world=theory_symmetric" or "parameters.local_threat=0.01".
        varied: Those among them that set the job apart from others of a sweep.

    Raises:
        ConfigError: A file or an override is wrong; all problems found are listed.
    """
    given = tuple(overrides)
    check_files()
    composed, choices = _compose(given)
    return _build(composed, choices, given, varied or {})


def load_sweep(overrides: Iterable[str], several: bool) -> list[Job]:
    """One job for every combination of the values that overrides, or the experiment chosen, sweep over.

    Args:
        overrides: Hydra overrides; with `several`, "scenario=calm,cold_war" means a job for each.
        several: Whether an override may have several values (-m).

    Raises:
        ConfigError: A file or an override is wrong.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    parser = OverridesParser.create()
    fixed: list[str] = []
    axes: dict[str, list[str]] = {}
    problems: list[str] = []
    for text in overrides:
        try:
            override = parser.parse_override(text)
            if several and override.is_sweep_override():
                axes[override.get_key_element()] = [str(value) for value in override.sweep_string_iterator()]
            else:
                fixed.append(text)
        except HydraException as error:
            problems.append(f"override {text}: {str(error).splitlines()[0]}")
    if problems:
        raise ConfigError(problems)
    if any(text.startswith("experiment=") for text in fixed):
        check_files()
        asked = {text.lstrip("+").split("=")[0] for text in fixed}
        preset = {key: [_as_text(value) for value in values] for key, values in _compose(tuple(fixed))[0]["sweep"].items()}
        axes = {key: values for key, values in preset.items() if key not in asked} | axes
    if paths := [f"{key}={value}" for key, values in axes.items() for value in values if last_part(value) != value]:
        raise ConfigError([f"override {paths[0]}: swept values are names in reports: name files from the current folder, without a leading /"])
    if not axes:
        return [load(fixed)]
    combinations = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    if len(combinations) > MOST_JOBS:
        raise ConfigError([f"{len(combinations):,} jobs; at most {MOST_JOBS:,}. Numbers are swept faster inside a job: design=grid"])
    return [load([*fixed, *(f"{key}={value}" for key, value in varied.items())], varied) for varied in combinations]


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# ---- Composition by Hydra


def _compose(given: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The composed configuration, and the file chosen from each group."""
    from hydra._internal.config_loader_impl import ConfigLoaderImpl
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
            value = None if override.is_sweep_override() else override.value()
        except (HydraException, RecursionError) as error:
            problems.append(f"override {text}: {(str(error).splitlines() or [''])[0] or 'cannot be read'}")
            continue
        key = override.key_or_group
        if re.split(r"[./]", key)[0] == "hydra" or override.is_delete() or override.package is not None:
            problems.append(f"override {text}: only the model's own keys can be set")
        elif override.is_sweep_override():
            problems.append(f"override {text}: several values need -m (one run for each)")
        elif "${" in text or "${" in str(value):
            problems.append(f"override {text}: interpolation is not allowed")
        elif "_target_" in text:
            problems.append(f"override {text}: keys such as _target_ are not allowed")
        elif key in GROUPS:
            groups.add(key)
            problems += [f"override {text}: {problem}" for problem in choice_problems(key, value)]
    if problems:
        raise ConfigError(problems)
    everything = [f"{group}=[{','.join(map(repr, options(group)))}]" for group in ("strategies", "policy") if group not in groups]
    if "strategies" not in groups and _experiment_chooses_strategies(parser, given):
        everything = everything[1:]

    choosing = tuple([*everything, *(text for text in given if parser.parse_override(text).key_or_group in GROUPS)])
    # Hydra adds to a mapping; the numbers of a design are asked for as a whole.
    changing = [part for text in given if text not in choosing for part in (["design.over=null"] if text.startswith("design.over=") else []) + [text]]
    try:
        files, choices = _of_files(conf_dir(), choosing)
        overrides = [parser.parse_override(_added(text, files)) for text in changing]
        # As Hydra does after it composed the files; a sweep over numbers composes them once, and touches little of them.
        touched = {override.key_or_group.split(".")[0] for override in overrides}
        changed = OmegaConf.create({key: value for key, value in files.items() if key in touched})
        OmegaConf.set_struct(changed, True)
        ConfigLoaderImpl._apply_overrides_to_config(overrides, changed)
        return files | cast(dict[str, Any], OmegaConf.to_container(changed)), choices
    except (HydraException, OmegaConfBaseException, ValueError, TypeError, AttributeError, RecursionError) as error:
        known = _known(choosing, tuple(everything))
        for text in given:
            key = parser.parse_override(text).key_or_group
            if key not in known and key not in GROUPS and not any(k.startswith(f"{key}.") for k in known):
                problems.append(f"override {text}: {unknown(key, known)}")
        raise ConfigError(problems or [f"override {' '.join(given)}: {(str(error).splitlines() or ['cannot be used'])[0]}"]) from None


def _known(choosing: tuple[str, ...], everything: tuple[str, ...]) -> list[str]:
    """Every key that can be set, given the files chosen; where these do not go together, given the default ones."""
    from hydra.errors import HydraException

    try:
        composed = _of_files(conf_dir(), choosing)[0]
    except HydraException:
        composed = _of_files(conf_dir(), everything)[0]
    chosen = {f"{group}.{name}." for group in LISTS for name in composed[group]}
    numbers = [key for key in known_keys(list(composed["strategies"])) if not key.startswith(LISTS) or any(key.startswith(one) for one in chosen)]
    return sorted({*_leaves(composed), *numbers})


def _added(text: str, files: Mapping[str, Any]) -> str:
    """An override of a number that its file leaves at its default, as Hydra wants it: `++` in front."""
    key = text.split("=", 1)[0]
    inside: Any = files
    for part in key.split(".")[:-1]:
        inside = _mapping(inside).get(part)
    missing = isinstance(inside, dict) and key.rsplit(".", 1)[-1] not in inside
    return f"++{text}" if missing and key in known_keys(list(files["strategies"])) else text


@cache
def _of_files(folder: Path, choosing: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the files chosen say together, and which was chosen from each group."""
    from hydra import compose, initialize
    from omegaconf import OmegaConf

    _hand_over(folder)
    with initialize(version_base="1.3", config_path=None):
        whole = cast(dict[str, Any], OmegaConf.to_container(compose(PRIMARY, overrides=list(choosing), return_hydra_config=True)))
    return {key: value for key, value in whole.items() if key != "hydra"}, whole["hydra"]["runtime"]["choices"]


@cache
def _hand_over(folder: Path) -> None:
    """Give Hydra the data of every file, so that it reads none."""
    from hydra.core.config_store import ConfigStore

    store = ConfigStore.instance()
    for file, document in documents().items():
        if file.parent.name in SEPARATE:
            continue
        group = None if file.parent == folder else file.parent.name
        store.store(name=file.stem, node=document.data, group=group, package="_global_" if group in GLOBAL_GROUPS else None)


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


def _sources(choices: Mapping[str, Any], composed: Mapping[str, Any]) -> list[tuple[Path_, Document]]:
    """The files that were composed, whoever wins first, each with the key that its own keys came under."""
    lists = {group: list(_mapping(composed.get(group))) for group in LISTS}
    groups = [*reversed(GLOBAL_GROUPS), *(group for group in GROUPS if group not in GLOBAL_GROUPS)]
    chosen = [(group, name) for group in groups for name in lists.get(group, [choices.get(group)])]
    found = [(() if group in GLOBAL_GROUPS else (group,), documents().get(conf_dir() / group / f"{name}.yaml")) for group, name in chosen]
    found.append(((), documents()[conf_dir() / f"{PRIMARY}.yaml"]))
    return [(under, document) for under, document in found if document is not None]


def _build(composed: dict[str, Any], choices: Mapping[str, Any], given: tuple[str, ...], varied: Mapping[str, str]) -> Job:
    problems: list[str] = []
    sources = _sources(choices, composed)

    def where(path: Path_) -> str:
        """The override or the line of a file that a value came from."""
        dotted = ".".join(str(part) for part in path)
        for text in reversed(given):
            key = text.lstrip("+~").split("=")[0]
            if dotted and key not in GROUPS and (key == dotted or key.startswith(f"{dotted}.") or dotted.startswith(f"{key}.")):
                return f"override {text}"
        for length in range(len(path), 0, -1):
            for under, document in sources:
                if path[:len(under)] == under and (line := document.lines.get(path[len(under):length])):
                    return f"{shown(document.file)}:{line}"
        return "configuration"

    def built(kind: type[BaseModel], value: Any, *root: str) -> Any:
        name = root[-1] if root and root[0] in LISTS else None
        found = violations(kind, value) if name is None else entry_violations(kind, name, value)
        problems.extend(f"{where((*root, *path))}: {dotted((*root, *path))}{message}" for path, message in found)
        return None if found else kind.model_validate(value if name is None else {"name": name, **value})

    config = dict(composed)
    strategies = {n: built(Strategy, v, "strategies", n) for n, v in _mapping(config.pop("strategies", {})).items()}
    policies = {n: built(Policy, v, "policy", n) for n, v in _mapping(config.pop("policy", {})).items()}
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
    elif named := [text for text in given if text.lstrip("+").startswith(f"peers.{config['focal']}=")]:
        problems.append(f"override {named[0]}: has no effect beside reference={reference}: {config['focal']} itself plays the strategies compared")
    elif str(reference) not in strategies:
        problems.append(f"{where(('reference',))}: reference: {unknown(str(reference), strategies, 'name')}")
    world, scenario = config["world"], config["scenario"]
    states = _mapping(_mapping(composed["world"]).get("states"))
    if str(config["focal"]) not in states:
        problems.append(f"{where(('focal',))}: focal: {unknown(str(config['focal']), states, 'state')}")
    run = {key: config.pop(key) for key in ("name", "workers", "assumption_draws", "results", "sweep", "question")}
    run |= {key: built(kind, config.pop(key), key) for key, kind in (("design", Design), ("executor", ExecutorChoice))}
    if run["name"] is None:
        parts = [world.name, scenario.name] if world is not None and scenario is not None else ["unnamed"]
        run["name"] = "-".join([*parts, *([str(config["focal"])] if any(text.startswith("focal=") for text in given) else [])])
    known = [*Settings.model_fields, *Run.model_fields]
    problems += [f"{where((key,))}: {unknown(key, known)}" for key in config if key not in Settings.model_fields]
    built(Size, {key: config[key] for key in Size.model_fields if key in config})
    run |= {"reference": reference, "payoff": payoff}
    refused = [key for key in ("reference", "payoff", "design", "executor") if not isinstance(run[key], (str, BaseModel))]
    problems += [f"{where(path)}: {dotted(path)}{message}" for path, message in violations(Run, run) if path[0] not in refused]
    if problems:
        raise ConfigError(problems)
    asked = Run.model_validate(run)
    values = {key: value for key, value in config.items() if key in Settings.model_fields}
    values |= {"policies": built(PolicyPair, pair, "policies"), "peers": peers, "strategies": strategies}
    settings = built(Settings, values)
    if problems:
        raise ConfigError(problems)
    try:
        points = asked.design.points_for(settings)
    except ValueError as error:
        raise ConfigError([f"{where(keyed(line)[0])}: {line}" for line in str(error).split("\n")]) from None
    return Job(settings, asked, points, given, varied, composed)


def _from_library(choice: Any, kind: type[Any], group: str, changed: Mapping[str, Any], problems: list[str], where: str) -> Any:
    """A strategy or policy by name, as its file has it unless the command line changed it."""
    if isinstance(choice, str) and choice in changed:
        return changed[choice]
    if not isinstance(choice, str) or choice not in options(group):
        problems.append(where + unknown(str(choice), options(group), "name"))
        return None
    data = cast(dict[str, Any], documents()[conf_dir() / group / f"{choice}.yaml"].data)
    return kind.model_validate({"name": choice, **data[choice]})


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
