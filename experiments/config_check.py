"""Check configuration files against the model's own classes, before Hydra sees them."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from experiments.config_files import GROUPS, conf_dir, options
from experiments.words import unknown
from experiments.yaml_files import Document, Path_, read
from sim.data import NAME, World
from sim.parameters import Parameters
from sim.payoffs import Payoff
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.scenario import Scenario
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import Strategy

#: Folders whose files set more than their own group, as their first line says.
GLOBAL_GROUPS = ("world", "scenario", "experiment")


class ConfigError(Exception):
    """Something in the configuration is wrong; `problems` has one line each: where, what, what instead."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__("\n".join(self.problems))


@cache
def documents() -> dict[Path, Document]:
    """Every configuration file, read."""
    folder = conf_dir()
    return {file: read(file) for group in GROUPS for file in sorted((folder / group).glob("*.yaml"))}


def check_files() -> None:
    """Check every file of conf/ before Hydra sees any.

    Raises:
        ConfigError: Some file is wrong.
    """
    problems = [problem for document in documents().values() for problem in check_file(document)]
    if problems:
        raise ConfigError(problems)


def check_file(document: Document) -> list[str]:
    """Problems of one file, one line each: file, line, key, what, what instead."""
    group, name = document.file.parent.name, document.file.stem
    where = _shown(document.file)
    if document.problems:
        return [f"{where}:{line}: {dotted(path)}{message}" for line, path, message in document.problems]
    if not re.match(NAME, name) or len(name) > 64:
        return [f"{where}:1: a file name may hold letters, digits, _ . and - only"]
    if not isinstance(document.data, dict):
        return [f"{where}:1: expected keys and values"]
    if (directive := _package(document)) != (expected := "_global_" if group in GLOBAL_GROUPS else None):
        return [f"{where}:1: expected {f'# @package {expected}' if expected else 'no # @package line'}, got {directive or 'none'}"]
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
        if "hydra" in str(data.get("defaults", "")):
            problems.append(f"{where}:{document.line_of(('defaults',))}: defaults: only the model's own groups can be chosen")
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
        for path, message in violations(kind, value):
            problems.append(f"{where}:{document.line_of((*root, *path))}: {dotted((*root, *path))}{message}")
    return problems


@cache
def _top_level_keys() -> list[str]:
    own = cast(dict[str, Any], read(conf_dir() / "config.yaml").data)
    return [*(key for key in own if key != "defaults"), *(group for group in GROUPS if group != "experiment")]


def violations(kind: type[BaseModel], value: Any) -> list[tuple[Path_, str]]:
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
        found += [(("options", *path), message) for path, message in violations(rules[built.rule].Options, dict(built.options))]
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
    if item["type"] == "literal_error" and isinstance(got, str):
        return unknown(got, re.findall(r"'([^']*)'", item["ctx"]["expected"]), "name")
    if item["type"] in ("int_type", "int_from_float", "int_parsing"):
        message = "expected a whole number"
    if path and path[-1] == "[key]":
        return unknown(str(path[-2]), re.findall(r"'([^']*)'", str(item.get("ctx", {}).get("expected", ""))))
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


def dotted(path: Path_) -> str:
    """A path of keys in front of a message."""
    return f"{'.'.join(str(part) for part in path)}: " if path else ""


def _shown(file: Path) -> str:
    """A file as a person would name it: from conf/ on."""
    folder = conf_dir()
    return f"conf/{file.relative_to(folder)}" if file.is_relative_to(folder) else str(file)


def _package(document: Document) -> str | None:
    """Where the file says its keys belong: the `@package` line that Hydra reads."""
    found = re.search(r"^#\s*@package\s+(\S+)", document.file.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else None
