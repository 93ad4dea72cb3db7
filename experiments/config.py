"""From YAML files and command-line overrides to frozen, checked settings; all errors at once.

Hydra composes the files; before it does, every file is read strictly and checked against the model's own
classes, and after it, the composed whole is. Nothing here runs code from a file.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import BaseModel, Field, ValidationError

from experiments.config_files import GROUPS, conf_dir, options
from experiments.words import unknown
from experiments.yaml_files import Document, Path_, read
from sim.data import Name, World
from sim.parameters import Parameters
from sim.payoffs import Payoff
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.quantity import Frozen
from sim.scenario import Scenario
from sim.settings import PolicyPair, Settings, Size
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import Strategy


class ConfigError(Exception):
    """Something in the configuration is wrong; `problems` has one line each: where, what, what instead."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__("\n".join(self.problems))


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
    _check_files()
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


# ---- Files


@cache
def _documents() -> dict[Path, Document]:
    folder = conf_dir()
    return {file: read(file) for group in GROUPS for file in sorted((folder / group).glob("*.yaml"))}


def _check_files() -> None:
    problems = [problem for document in _documents().values() for problem in _file_problems(document)]
    if problems:
        raise ConfigError(problems)


def check_file(document: Document) -> list[str]:
    """Problems of one file, one line each."""
    return _file_problems(document)


def _file_problems(document: Document) -> list[str]:
    group, name = document.file.parent.name, document.file.stem
    where = _shown(document.file)
    if document.problems:
        return [f"{where}:{line}: {_dotted(path)}{message}" for line, path, message in document.problems]
    if not _is_name(name):
        return [f"{where}:1: a file name may hold letters, digits, _ . and - only"]
    if not isinstance(document.data, dict):
        return [f"{where}:1: expected keys and values"]
    checks: list[tuple[Path_, type[BaseModel], Any]] = []
    problems: list[str] = []
    data = document.data
    if group in ("strategies", "policy"):
        if list(data) != [name]:
            return [f"{where}:1: the file must hold one key, {name!r}, the name of the file"]
        body = data[name] if isinstance(data[name], dict) else {}
        checks.append(((name,), Strategy if group == "strategies" else Policy, {"name": name, **body}))
    elif group == "parameters":
        checks.append(((), Parameters, data))
    elif group == "payoff":
        checks.append(((), Payoff, data))
    else:
        allowed = {
            "world": ("world", "focal", "parameters", "policies", "peers", "reference"),
            "scenario": ("scenario", "parameters", "policies", "peers"),
            "experiment": (*_top_level_keys(), "defaults"),
        }[group]
        problems += [f"{where}:{document.line_of((key,))}: {unknown(key, allowed)}" for key in data if key not in allowed]
        if group != "experiment":
            checks.append(((group,), World if group == "world" else Scenario, data.get(group)))
            if isinstance(data.get(group), dict) and data[group].get("name") != name:
                problems.append(f"{where}:{document.line_of((group, 'name'))}: {group}.name: expected {name!r}, the name of the file")
        checks.append((("parameters",), Parameters, data.get("parameters") or {}))
        for key, choices in (("policies", options("policy")), ("peers", options("strategies"))):
            chosen = data.get(key) or {}
            for actor, choice in chosen.items() if isinstance(chosen, dict) else ():
                if choice not in choices:
                    problems.append(f"{where}:{document.line_of((key, actor))}: {key}.{actor}: {unknown(choice, choices, 'name')}")
    for root, kind, value in checks:
        for path, message in _violations(kind, value):
            problems.append(f"{where}:{document.line_of((*root, *path))}: {_dotted((*root, *path))}{message}")
    return problems


@cache
def _top_level_keys() -> list[str]:
    own = cast(dict[str, Any], read(conf_dir() / "config.yaml").data)
    return [*(key for key in own if key != "defaults"), *(group for group in GROUPS if group != "experiment")]


def _violations(kind: type[BaseModel], value: Any) -> list[tuple[Path_, str]]:
    """What is wrong with a value of a class: (path, message)."""
    found: list[tuple[Path_, str]] = []
    try:
        built = kind.model_validate(value)
    except ValidationError as error:
        return [((*item["loc"],), _message(kind, value, item)) for item in error.errors()]
    if isinstance(built, (Strategy, Policy)):
        rules: Mapping[str, Any] = STRATEGY_RULES if isinstance(built, Strategy) else POLICY_RULES
        if built.rule not in rules:
            return [(("rule",), unknown(built.rule, rules, "name"))]
        found += [(("options", *path), message) for path, message in _violations(rules[built.rule].Options, dict(built.options))]
    return found


def _message(kind: type[BaseModel], value: Any, item: Any) -> str:
    path = item["loc"]
    if item["type"] == "extra_forbidden":
        return unknown(str(path[-1]), _fields_at(kind, path[:-1]))
    if item["type"] == "missing":
        return "the key is missing"
    got = value
    for key in path:
        got = got[key] if isinstance(got, (dict, list)) and (key in got if isinstance(got, dict) else isinstance(key, int) and key < len(got)) else None
    message = str(item["msg"])
    if "ctx" in item and {"m", "message"} & set(item["ctx"]):
        return message
    pattern = "letters, digits, _ . and - only, at most 64" if item["type"] == "string_pattern_mismatch" else ""
    return f"{pattern or message}, got {got!r}"


def _fields_at(kind: type[BaseModel], path: Path_) -> list[str]:
    """Field names of the class found by walking down a path of keys."""
    here: Any = kind
    for key in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            annotation = here.model_fields[key].annotation if key in here.model_fields else None
            classes = [c for c in (annotation, *_inside(annotation)) if isinstance(c, type) and issubclass(c, BaseModel)]
            here = classes[0] if classes else None
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _inside(annotation: Any) -> list[Any]:
    inner = list(getattr(annotation, "__args__", ()))
    return inner + [deeper for part in inner for deeper in _inside(part)]


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
            document = _documents().get(conf_dir() / "experiment" / f"{override.value()}.yaml")
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
        violations = _violations(kind, value)
        problems.extend(f"{where((*root, *path))}: {_dotted((*root, *path))}{message}" for path, message in violations)
        return None if violations else kind.model_validate(value)

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
    run = {key: config.pop(key) for key in ("name", "workers", "assumption_draws", "results")}
    if run["name"] is None:
        run["name"] = f"{world.name}-{scenario.name}" if world is not None and scenario is not None else "unnamed"
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
    data = cast(dict[str, Any], _documents()[conf_dir() / group / f"{choice}.yaml"].data)
    return kind.model_validate({"name": choice, **data[choice]})


# ---- Words


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dotted(path: Path_) -> str:
    return f"{'.'.join(str(part) for part in path)}: " if path else ""


def _shown(file: Path) -> str:
    """A file as a person would name it: from conf/ on."""
    folder = conf_dir()
    return f"conf/{file.relative_to(folder)}" if file.is_relative_to(folder) else str(file)


def _is_name(name: str) -> bool:
    try:
        Scenario(name=name, description="-")
    except ValidationError:
        return False
    return True

