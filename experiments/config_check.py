"""Check configuration files against the model's own classes, before Hydra sees them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from experiments.config_files import GROUPS, SEPARATE, conf_dir, options
from experiments.design import Design
from experiments.executors import ExecutorChoice
from experiments.hypothesis import Hypothesis
from experiments.words import printable, shortened, unknown
from experiments.yaml_files import Document, Path_, read
from sim.axes import POWERS
from sim.data import NAME, QUARTER, Power, State, World
from sim.parameters import Parameters
from sim.payoffs import Payoff
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.quantity import KEYS, Interval, Quantity, quantities
from sim.scenario import Scenario
from sim.settings import Settings, Size
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import LeanWith, Strategy

#: Folders whose files set more than their own group, as their first line says; later ones win.
GLOBAL_GROUPS = ("world", "scenario", "experiment")

#: Groups of which several files are taken at once.
LISTS = ("strategies", "policy")

#: The class that the keys of a group, or its one key, must satisfy.
KINDS: dict[str, type[BaseModel]] = {
    "world": World, "scenario": Scenario, "strategies": Strategy, "policy": Policy, "parameters": Parameters, "payoff": Payoff,
    "design": Design, "executor": ExecutorChoice, "hypothesis": Hypothesis}

#: The file that all others are put into; it may choose files but configures no more of Hydra than they do.
PRIMARY = "config"

#: So many problems of one file are told, each in so many characters: a file may hold 20,000.
TOLD, LONGEST = 100, 300

#: Errors that a file which sets a part only does not make: the rest comes from other files.
OF_A_PART = ("missing", "split", "anchors", "design")

NAME_WORDS, NAME_LENGTH = "letters, digits, _ . and - only, at most 64", 64


class ConfigError(Exception):
    """Something in the configuration is wrong; `problems` has one line each: where, what, what instead."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = [printable(problem, 2000) for problem in dict.fromkeys(problems)]
        super().__init__("\n".join(self.problems))


@cache
def documents() -> dict[Path, Document]:
    """Every configuration file, read."""
    folder = conf_dir()
    return {file: read(file) for file in (folder / f"{PRIMARY}.yaml", *(f for group in (*GROUPS, *SEPARATE) for f in sorted((folder / group).glob("*.yaml"))))}


_fine: dict[Path, Document] | None = None


def check_files() -> None:
    """Check every file of conf/ before Hydra sees any; once, while they are the same.

    Raises:
        ConfigError: Some file is wrong.
    """
    global _fine
    if documents() is _fine:
        return
    problems = [problem for document in documents().values() for problem in check_file(document)]
    folder = conf_dir()
    others = sorted(file for file in folder.rglob("*") if file.suffix in (".yaml", ".yml") and file not in documents())
    problems += [f"{shown(file)}:1: the file would never be read; files are conf/GROUP/NAME.yaml, with GROUP one of {', '.join(GROUPS)}" for file in others]
    if problems:
        raise ConfigError(problems)
    _fine = documents()


def check_file(document: Document, group: str = "") -> list[str]:
    """Problems of one file, one line each: file, line, key, what, what instead.

    Args:
        document: The file as read.
        group: What it is; empty: what the name of its folder says.
    """
    group = group or (PRIMARY if document.file == conf_dir() / f"{PRIMARY}.yaml" else document.file.parent.name)
    found: Iterable[tuple[int, Path_, str]] = document.problems or ((document.line_of(path), path, text) for path, text in _problems(document, group))
    told = sorted(islice(found, TOLD + 1), key=lambda problem: problem[0])
    where = shown(document.file)
    lines = [f"{where}:{line}: {dotted(path)}{text}" for line, path, text in told[:TOLD]]
    return [*lines, f"{where}:{told[TOLD][0]}: and more problems"] if len(told) > TOLD else lines


def _problems(document: Document, group: str) -> Iterator[tuple[Path_, str]]:
    """What is wrong with the data of a file that could be read: key path and message."""
    name, data = document.file.stem, document.data
    if not re.fullmatch(NAME, name) or len(name) > NAME_LENGTH or name.endswith(".yaml"):
        yield (), f"a file name may hold {NAME_WORDS}"
    if not isinstance(data, dict):
        yield (), "expected keys and values"
        return
    expected = ["# @package _global_"] if group in GLOBAL_GROUPS else []
    if (directives := _directives(document.text)) != expected:
        got = "; ".join(shortened(line) for line in directives) or "none"
        yield (), f"expected {f'the line {expected[0]} above the keys' if expected else 'no # @package line'}, got {got}"
    if group in LISTS:
        if list(data) != [name]:
            yield (), f"the file must hold one key, {name!r}, the name of the file"
        if len(data) == 1 and isinstance(only := next(iter(data)), str):
            yield from _under((only,), entry_violations(KINDS[group], only, data[only]))
    elif group in ("parameters", "payoff", "design", "executor", *SEPARATE):
        yield from _problems_of_keys(data if group in SEPARATE else {})
        yield from violations(KINDS[group], data, ["design"])  # which numbers a design is over is chosen with it
    elif group in ("world", "scenario"):
        yield from _problems_of_case(group, name, data)
    elif group in ("experiment", PRIMARY):
        yield from _problems_of_part(group, data)
    else:
        yield (), f"no kind of file that is known: {unknown(group, GROUPS, 'group')}"


def _problems_of_case(group: str, name: str, data: dict[str, Any]) -> Iterator[tuple[Path_, str]]:
    """A world or a scenario: its own key, and parameters, policies and peers to go with it."""
    allowed = (group, "parameters", "policies", "peers", *(("focal", "reference") if group == "world" else ()))
    yield from (((key,), unknown(key, allowed)) for key in data if key not in allowed)
    body = data.get(group)
    if group not in data:
        yield (), f"the key {group!r} is missing"
    else:
        yield from _under((group,), violations(KINDS[group], body))
    if isinstance(body, dict) and body.get("name") != name:
        yield (group, "name"), f"expected {name!r}, the name of the file"
    if "parameters" in data:
        yield from _under(("parameters",), violations(Parameters, data["parameters"]))
    own = list(_mapping(_mapping(body).get("states"))) if group == "world" else []
    yield from _problems_of_names(data, own or _known_states())
    if own:
        peers, focal = _mapping(data.get("peers")), data.get("focal")
        yield from ((("world", "states", state), f"no strategy in peers: {unknown(state, peers, 'state')}")
                    for state in own if state not in peers and state != focal)


def _problems_of_part(group: str, data: dict[str, Any]) -> Iterator[tuple[Path_, str]]:
    """An experiment or the primary file: any part of a configuration."""
    from experiments.config import Run  # that module needs this one

    primary = [key for key in {**Settings.model_fields, **Run.model_fields} if key not in GROUPS]
    if group == PRIMARY:
        yield from (((key,), unknown(key, [*primary, "defaults"])) for key in data if key not in primary and key != "defaults")
        yield from (((), f"the key {key!r} is missing") for key in (*primary, "defaults") if key not in data)
    else:
        allowed = [*(key for key in _mapping(documents()[conf_dir() / f"{PRIMARY}.yaml"].data)), *(g for g in GROUPS if g != group)]
        yield from (((key,), unknown(key, allowed)) for key in data if key not in allowed)
    if "defaults" in data:
        yield from _problems_of_defaults(group, data["defaults"])
    yield from violations(Size, {key: data[key] for key in Size.model_fields if key in data})
    yield from violations(Run, {key: data[key] for key in primary if key in Run.model_fields and data.get(key) is not None}, OF_A_PART)
    for key, kind in KINDS.items():
        for name, body in _mapping(data.get(key)).items() if key in LISTS else ():
            known = name in options(key)
            found = entry_violations(kind, name, body, OF_A_PART if known else ())
            if found and not known:
                yield (key, name), unknown(name, options(key), "name")
            yield from _under((key, name), found)
        if key in data and key not in LISTS:
            yield from _under((key,), violations(kind, data[key], OF_A_PART))
    yield from _problems_of_names(data, _known_states())
    yield from _problems_of_keys(data)


def _problems_of_names(data: dict[str, Any], states: Sequence[str]) -> Iterator[tuple[Path_, str]]:
    """Names of states, powers, strategies and policies that a file mentions."""
    for key, actors, names in (("policies", POWERS, options("policy")), ("peers", states, options("strategies"))):
        if key in data and not isinstance(data[key], dict):
            yield (key,), "expected keys and values"
        for actor, choice in _mapping(data.get(key)).items():
            if actor not in actors:
                yield (key, actor), unknown(actor, actors, "state" if key == "peers" else "power")
            if choice not in names:
                yield (key, actor), unknown(str(choice), names, "name")
    if "focal" in data and data["focal"] not in states:
        yield ("focal",), unknown(str(data["focal"]), states, "state")
    if data.get("reference") is not None and data["reference"] not in options("strategies"):
        yield ("reference",), unknown(str(data["reference"]), options("strategies"), "name")
    events = _mapping(data.get("scenario")).get("events")
    for i, event in enumerate(events if isinstance(events, list) else ()):
        target = _mapping(event).get("target", "focal")
        if target not in ("focal", "all", *states):
            yield ("scenario", "events", i, "target"), unknown(str(target), ["focal", "all", *states], "state")


def _problems_of_defaults(group: str, entries: Any) -> Iterator[tuple[Path_, str]]:
    """The list of files to start from: the model's own groups and nothing else that Hydra would take."""
    form = "GROUP: NAME" if group == PRIMARY else "override /GROUP: NAME"
    if not isinstance(entries, list):
        yield ("defaults",), f"expected a list of {form}"
        return
    for i, entry in enumerate(entries):
        here = ("defaults", i)
        if entry == "_self_":
            continue
        if not isinstance(entry, dict) or len(entry) != 1:
            yield here, f"expected {form}"
            continue
        (key, choice), = entry.items()
        chosen = key.removeprefix("override /") if group != PRIMARY and key.startswith("override /") else key if group == PRIMARY else ""
        if chosen not in GROUPS or chosen == group:
            near = unknown(str(key), [form.split(":")[0].replace("GROUP", g) for g in GROUPS if g != group])
            yield here, f"expected {form}; {near}"
        elif not (choice is None and group == PRIMARY):
            yield from ((here, text) for text in choice_problems(chosen, choice))


def choice_problems(group: str, choice: Any) -> Iterator[str]:
    """What is wrong with the file, or list of files, chosen from a group."""
    names = choice if isinstance(choice, list) else [choice]
    if isinstance(choice, list) and group not in LISTS:
        yield f"{group} takes one name, not a list"
    for name in dict.fromkeys(str(name) for name in names):
        if name not in options(group):
            yield unknown(name, options(group), "name")
        elif [str(n) for n in names].count(name) > 1:
            yield f"{name} is given twice"


def _problems_of_keys(data: dict[str, Any]) -> Iterator[tuple[Path_, str]]:
    """Dotted names in what a sweep, a design or a hypothesis varies."""
    if not data.keys() & {"sweep", "design", "base", "low", "middle", "high", "groups", "outcome"}:
        return
    known = known_keys(list(_mapping(data.get("strategies"))))
    for path in (("sweep",), ("design", "over"), ("base",), ("low",), ("middle",), ("high",)):
        inner: Any = data
        for key in path:
            inner = _mapping(inner).get(key)
        for key in inner if isinstance(inner, list) else _mapping(inner):
            if key not in known:
                yield (*path, key), unknown(str(key), known, "name")
            elif path != ("design", "over") and isinstance(inner, dict):
                yield from (((*path, key), problem) for problem in _problems_of_value(str(key), inner[key], known[key]))
    for group, names in _mapping(data.get("groups")).items():
        yield from ((("groups", group), unknown(str(name), known, "number")) for name in names if name not in known)
    yield from _under(("outcome",), _problems_of_terms(data.get("outcome")))
    for name, terms in _mapping(data.get("also")).items():
        yield from _under(("also", name), _problems_of_terms(terms))


def _problems_of_terms(terms: Any) -> Iterator[tuple[Path_, str]]:
    """Strategies that the terms of an outcome name."""
    for i, term in enumerate(terms if isinstance(terms, list) else ()):
        for place, named in _mapping(term).items():
            if place in ("strategy", "best_of"):
                yield from (((i, place), problem) for problem in choice_problems("strategies", named if isinstance(named, list) else [named]))


def _problems_of_value(key: str, value: Any, known: Quantity | None) -> Iterator[str]:
    """What is wrong with a value, or list of values to sweep, of a dotted name."""
    group = {"policies": "policy", "peers": "strategies"}.get(key.split(".")[0], key)
    for each in value if isinstance(value, list) else [value]:
        if group in GROUPS and isinstance(each, str):
            yield from choice_problems(group, [each] if group in LISTS else each)
        elif known is not None and isinstance(each, (int, float)) and not isinstance(each, bool) and not Interval.parse(known.domain).contains(each):
            yield f"allowed range {known.domain}, got {each}"


def known_keys(strategies: Sequence[str] = ()) -> Mapping[str, Quantity | None]:
    """Everything that can be set by a dotted name, with what is known of each number; `strategies` are defined beside the shipped ones."""
    return _known_keys(conf_dir(), tuple(name for name in strategies if name not in options("strategies")))


@cache
def _known_keys(folder: Path, strategies: tuple[str, ...]) -> Mapping[str, Quantity | None]:
    states = _known_states()
    kinds: list[tuple[str, type[BaseModel]]] = [
        ("parameters", Parameters), *((f"world.powers.{power}", Power) for power in POWERS), *((f"world.states.{state}", State) for state in states),
        *((f"policy.{name}", Policy) for name in options("policy")), *((f"strategies.{name}", Strategy) for name in (*options("strategies"), *strategies)),
        *((f"strategies.{name}.lean_with", LeanWith) for name in (*options("strategies"), *strategies))]
    numbers: dict[str, Quantity | None] = {
        f"{root}.{name}{part}": known for root, kind in kinds for name, known in quantities(kind).items()
        for part in ("", *(f".{key}" for key in (KEYS[known.each] if known.each else ())))}
    rules = [f"{group}.{name}.options.{option}" for group, kind in (("strategies", Strategy), ("policy", Policy)) for name in options(group)
             for option in _options_of(group, name)]
    actors = [*(f"policies.{power}" for power in POWERS), *(f"peers.{state}" for state in states)]
    return dict.fromkeys([*GROUPS, *Size.model_fields, "focal", "reference", *actors]) | numbers | dict.fromkeys(rules)


def _options_of(group: str, name: str) -> Iterable[str]:
    body = _mapping(_mapping(documents()[conf_dir() / group / f"{name}.yaml"].data).get(name))
    rules: Mapping[str, Any] = STRATEGY_RULES if group == "strategies" else POLICY_RULES
    rule = rules.get(str(body.get("rule", "")))
    return quantities(rule.Options) if rule is not None else ()


def _known_states() -> list[str]:
    """States of every world in conf/."""
    worlds = [_mapping(document.data) for file, document in documents().items() if file.parent.name == "world"]
    return list(dict.fromkeys(state for data in worlds for state in _mapping(_mapping(data.get("world")).get("states"))))


def entry_violations(kind: type[BaseModel], name: str, body: Any, ignored: Sequence[str] = ()) -> list[tuple[Path_, str]]:
    """What is wrong with a strategy or policy, whose name stands outside its keys."""
    if not isinstance(body, dict):
        return [((), f"expected keys and values, got {shortened(body)}")]
    twice = [(("name",), f"the name is {name!r}, the key above; leave this out")] if "name" in body else []
    return twice + violations(kind, {**body, "name": name}, ignored)


def violations(kind: type[BaseModel], value: Any, ignored: Sequence[str] = ()) -> list[tuple[Path_, str]]:
    """What is wrong with a value of a class: (path, message). Error types in `ignored` are none."""
    found: list[tuple[Path_, str]] = []
    try:
        built = kind.model_validate(value)
    except ValidationError as error:
        items = [item for item in error.errors(include_url=False) if item["type"] not in ignored][:TOLD + 1]
        for item in items:
            here = _keys(value, item["loc"])
            if item["type"] == "keyed":  # what does not fit together: lines, each with its key first
                found += [((*here, *path), text) for path, text in map(keyed, str(item["msg"]).split("\n"))]
            else:
                found.append((here, _cut(_message(kind, value, item))))
        return found
    if isinstance(built, (Strategy, Policy)):
        rules: Mapping[str, Any] = STRATEGY_RULES if isinstance(built, Strategy) else POLICY_RULES
        if built.rule not in rules:
            return [(("rule",), unknown(built.rule, rules, "name"))]
        found += _under(("options",), violations(rules[built.rule].Options, dict(built.options)))
    return found


def _under(root: Path_, found: Iterable[tuple[Path_, str]]) -> Iterator[tuple[Path_, str]]:
    return (((*root, *path), message) for path, message in found)


def _keys(value: Any, place: Path_) -> Path_:
    """The keys and items on the way to an error; what Pydantic adds, such as the type tried, is left out."""
    found: list[Any] = []
    for number, key in enumerate(place, start=1):
        inside = key in value if isinstance(value, dict) else isinstance(value, list) and isinstance(key, int) and key < len(value)
        if inside or (number == len(place) and isinstance(value, dict) and key != "[key]"):
            found.append(key)
            value = value[key] if inside else None
    return tuple(found)


def keyed(line: str) -> tuple[Path_, str]:
    """The key path and the message of a line such as "scenario.events.0.end: ends before it begins"."""
    key, _, text = line.partition(": ")
    return tuple(int(part) if part.isdigit() else part for part in key.split(".")), text


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _message(kind: type[BaseModel], value: Any, item: Any) -> str:
    path = item["loc"]
    if item["type"] == "extra_forbidden":
        return unknown(str(path[-1]), _fields_at(kind, path[:-1]))
    if item["type"] == "split" and isinstance(item["input"], dict) and (wrong := [key for key in item["input"] if key not in _fields_at(kind, path)]):
        return unknown(wrong[0], _fields_at(kind, path))
    if item["type"] == "missing":
        return "the key is missing"
    if path and path[-1] == "[key]":
        known = re.findall(r"'([^']*)'", str(item.get("ctx", {}).get("expected", "")))
        return unknown(str(path[-2]), known) if known else f"a name may hold {NAME_WORDS}"
    if "ctx" in item and {"m", "message"} & set(item["ctx"]):
        return str(item["msg"])
    got = item["input"]
    if item["type"] == "literal_error" and isinstance(got, str):
        return unknown(got, re.findall(r"'([^']*)'", item["ctx"]["expected"]), "name")
    return f"expected {_in_words(_schema_at(kind, path)) or item['msg']}, got {shortened(got)}"


@cache
def _schema(kind: type[BaseModel]) -> dict[str, Any]:
    return kind.model_json_schema()


def _schema_at(kind: type[BaseModel], path: Path_) -> dict[str, Any]:
    """The JSON Schema of what a path of keys leads to; empty where there is none."""
    whole = _schema(kind)

    def meant(schema: Any) -> dict[str, Any]:
        return whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in _mapping(schema) else _mapping(schema)

    here = whole
    for key in path:
        several = [meant(part) for part in here.get("anyOf", [here])]
        inner = [part.get("properties", {}).get(key) or next(iter(part.get("patternProperties", {}).values()), None)
                 or part.get("additionalProperties") or part.get("items") for part in several]
        here = meant(next((part for part in inner if part), {}))
    return here


def _fields_at(kind: type[BaseModel], path: Path_) -> list[str]:
    """Keys that may stand where a path of keys leads to."""
    schema = _schema_at(kind, path)
    return [key for part in (schema, *schema.get("anyOf", ())) for key in part.get("properties", ())]


def _in_words(schema: Mapping[str, Any]) -> str:
    """What a JSON Schema of one value asks for."""
    if "anyOf" in schema:
        return " or ".join(filter(None, map(_in_words, schema["anyOf"])))
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    patterns = {NAME: NAME_WORDS, QUARTER: "a quarter such as 2023Q1"}
    if schema.get("pattern") in patterns:
        return patterns[schema["pattern"]]
    words = {"integer": "a whole number", "number": "a number", "string": "text", "boolean": "true or false", "null": "null",
             "array": "a list", "object": "keys and values"}.get(str(schema.get("type")), "")
    if schema.get("minItems", 0) > 1:
        words += f" of {schema['minItems']}"
    if schema.get("minLength") or schema.get("minItems") == 1:
        words += ", not empty"
    low, high = (schema.get(name, schema.get(f"exclusive{name.capitalize()}")) for name in ("minimum", "maximum"))
    if low is not None or high is not None:
        interval = Interval(float("-inf") if low is None else low, float("inf") if high is None else high, "minimum" in schema, "maximum" in schema)
        words += f" in {interval}"
    return words


def dotted(path: Path_) -> str:
    """A path of keys in front of a message."""
    return f"{'.'.join(printable(str(part)) for part in path)}: " if path else ""


def shown(file: Path) -> str:
    """A file as a person would name it: from conf/ on."""
    folder = conf_dir()
    return printable(f"conf/{file.relative_to(folder)}" if file.is_relative_to(folder) else str(file), 1000)


def _directives(text: str) -> list[str]:
    """Comments above the data that Hydra takes for orders, such as `# @package _global_`."""
    above = takewhile(lambda line: not line or line.startswith("#"), (line.strip() for line in text.splitlines()))
    return [" ".join(line.split()) for line in above if line.lstrip("#").lstrip().startswith("@")]
