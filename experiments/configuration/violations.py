"""What is wrong with a value, in plain words."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from experiments.configuration.yaml_files import Path_, mapping
from experiments.messages import printable, shortened, unknown
from sim.data import NAME, QUARTER
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.quantity import Interval
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import Strategy

#: Most problems shown of one file, and most characters of each: a file may have 20,000.
MOST_PROBLEMS, LONGEST = 100, 300

#: Families of the strategies that come with the model, and of those that a search finds.
FAMILIES = ("status_quo", "alignment", "hedging", "balancing", "neutrality", "contingent", "reciprocity", "learning", "optimised")
#: Keys that hold what something is called.
LABELS = ("label", "adjective")
NAME_WORDS, NAME_LENGTH = "the letters a to z and A to Z, digits, _ . and - only, with a letter or a digit first, at most 64", 64


def entry_violations(kind: type[BaseModel], name: str, body: Any, ignored: Sequence[str] = ()) -> list[tuple[Path_, str]]:
    """What is wrong with a strategy or policy, whose name stands outside its keys."""
    return entry_built(kind, name, body, ignored)[1]


def entry_built(kind: type[BaseModel], name: str, body: Any, ignored: Sequence[str] = ()) -> tuple[BaseModel | None, list[tuple[Path_, str]]]:
    """A strategy or policy, whose name stands outside its keys, and what is wrong with it."""
    if not isinstance(body, dict):
        return None, [((), f"expected keys and values, got {shortened(body)}")]
    twice = [(("name",), f"the name is {name!r}, the key above; remove this line")] if "name" in body else []
    result, problems = built(kind, {**body, "name": name}, ignored)
    return result, twice + problems


def violations(kind: type[BaseModel], value: Any, ignored: Sequence[str] = ()) -> list[tuple[Path_, str]]:
    """What is wrong with a value of a class: (path, message). Error types in `ignored` do not count."""
    return built(kind, value, ignored)[1]


def built(kind: type[BaseModel], value: Any, ignored: Sequence[str] = ()) -> tuple[BaseModel | None, list[tuple[Path_, str]]]:
    """A value as an instance of its class, None where Pydantic refuses it, and what is wrong with it as `violations` has it."""
    result, problems = _built(kind, value, ignored)
    reported = {path for path, _ in problems}
    return result, problems + [(path, message) for path, message in _blank_labels(value) if path not in reported]


def _blank_labels(value: Any, *path: Any) -> Iterator[tuple[Path_, str]]:
    """Labels that show nothing: what they name would have no name in tables and sentences."""
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key in LABELS and isinstance(part, str) and not any(sign.isprintable() and not sign.isspace() for sign in part):
            yield (*path, key), f"expected what it is called, got {shortened(part)}, which is blank; write a word or two"
        yield from _blank_labels(part, *path, key)


def _built(kind: type[BaseModel], value: Any, ignored: Sequence[str]) -> tuple[BaseModel | None, list[tuple[Path_, str]]]:
    result: list[tuple[Path_, str]] = []
    try:
        made = kind.model_validate(value)
    except ValidationError as error:
        items = [item for item in error.errors(include_url=False) if item["type"] not in ignored][:MOST_PROBLEMS + 1]
        places = [_keys(value, item["loc"], item["type"] in ("missing", "extra_forbidden")) for item in items]
        for item, here in zip(items, places, strict=True):
            if item["type"].endswith("_type") and any(len(place) > len(here) and place[:len(here)] == here for place in places):
                continue  # one of several types that a value may have; another fits, but for something inside it
            if item["type"] == "keyed":  # what does not fit together: lines, each with its key first
                result += [((*here, *path), text) for path, text in map(keyed, str(item["msg"]).split("\n"))]
            else:
                result.append((here, _cut(_message(kind, value, item, here))))
        return None, list(dict.fromkeys(result))  # of a value that may have one of several types there is an error for each
    if isinstance(made, (Strategy, Policy)):
        rules: Mapping[str, Any] = STRATEGY_RULES if isinstance(made, Strategy) else POLICY_RULES
        if made.rule not in rules:
            return made, [(("rule",), unknown(made.rule, rules, "name"))]
        result += under(("options",), violations(rules[made.rule].Options, dict(made.options)))
    return made, result


def family_question(family: str) -> str | None:
    """The question whether a family of the library is meant, where a name is not one but nearly so. Other names make families of their own."""
    near = [] if family in FAMILIES else difflib.get_close_matches(family, FAMILIES, n=1, cutoff=0.6)
    if not near or near[0] in family:
        return None
    return f"{shortened(family)} is a family of its own; did you mean {near[0]}?"


def under(root: Path_, result: Iterable[tuple[Path_, str]]) -> Iterator[tuple[Path_, str]]:
    """The same problems, with `root` in front of each path."""
    return (((*root, *path), message) for path, message in result)


def _keys(value: Any, place: Path_, of_a_key: bool) -> Path_:
    """The keys and items on the way to an error, without what Pydantic adds, such as the type it tried; `of_a_key`: the last key may be missing."""
    result: list[Any] = []
    for number, key in enumerate(place, start=1):
        inside = key in value if isinstance(value, dict) else isinstance(value, list) and isinstance(key, int) and key < len(value)
        if inside or (of_a_key and number == len(place) and isinstance(value, dict)):
            result.append(key)
            value = value[key] if inside else None
    return tuple(result)


def keyed(line: str) -> tuple[Path_, str]:
    """The key path and the message of a line such as "scenario.events.0.end: ends before it begins"."""
    key, _, text = line.partition(": ")
    return tuple(int(part) if part.isdigit() else part for part in key.split(".")), text


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _message(kind: type[BaseModel], value: Any, item: Any, here: Path_) -> str:
    """An error of Pydantic in our words; `here` is where it is, without the types that Pydantic tried."""
    path = item["loc"]
    if item["type"] == "extra_forbidden":
        return unknown(str(path[-1]), _fields_at(kind, path[:-1]))
    fields = _fields_at(kind, path) if item["type"] == "split" else []  # none where keys come from the world
    if isinstance(item["input"], dict) and (wrong := [key for key in item["input"] if fields and key not in fields]):
        return unknown(str(wrong[0]), fields)
    if item["type"] == "missing":
        return "the key is missing"
    if item["type"] == "invalid_key" or (item["type"] == "string_type" and path[-1] == "[key]"):
        return f"a key must be text, got {shortened(item['input'])}"
    if path and path[-1] == "[key]":
        known = re.findall(r"'([^']*)'", str(item.get("ctx", {}).get("expected", "")))
        return unknown(str(path[-2]), known) if known else f"a name may hold {NAME_WORDS}"
    if "ctx" in item and {"m", "message"} & set(item["ctx"]):
        return str(item["msg"])
    got = _at(value, here)
    if item["type"] in ("too_short", "too_long") and isinstance(got, dict):
        what, context = str(path[-1]) if path and str(path[-1]).endswith("s") else "keys", item["ctx"]
        bound = f"at least {context['min_length']} {what} are needed" if item["type"] == "too_short" else f"at most {context['max_length']} {what} are possible"
        return f"{bound}, got {len(got)}"
    if item["type"] == "literal_error" and isinstance(got, str):
        return unknown(got, re.findall(r"'([^']*)'", item["ctx"]["expected"]), "name")
    return f"expected {_in_words(_schema_at(kind, here)) or 'something else'}, got {shortened(got)}"


def _at(value: Any, path: Path_) -> Any:
    """What stands at a path of keys."""
    for key in path:
        value = value[key]
    return value


@cache
def _schema(kind: type[BaseModel]) -> dict[str, Any]:
    return kind.model_json_schema()


def _schema_at(kind: type[BaseModel], path: Path_) -> dict[str, Any]:
    """The JSON Schema of what a path of keys leads to; empty where there is none."""
    whole = _schema(kind)

    def meant(schema: Any) -> dict[str, Any]:
        return whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in mapping(schema) else mapping(schema)

    here = whole
    for key in path:
        several = [meant(part) for part in here.get("anyOf", [here])]
        inner = [part.get("items") if isinstance(key, int) else part.get("properties", {}).get(key)
                 or next(iter(part.get("patternProperties", {}).values()), None) or part.get("additionalProperties") for part in several]
        here = meant(next((part for part in inner if part), {}))
    return {**here, "anyOf": [meant(part) for part in here["anyOf"]]} if "anyOf" in here else here


def _fields_at(kind: type[BaseModel], path: Path_) -> list[str]:
    """Keys that may stand where a path of keys leads to."""
    schema = _schema_at(kind, path)
    return [key for part in (schema, *schema.get("anyOf", ())) for key in part.get("properties", ())]


def _in_words(schema: Mapping[str, Any]) -> str:
    """What a JSON Schema of one value expects, in words."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(filter(None, map(_in_words, schema["anyOf"]))))
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
    if schema.get("type") == "string" and "maxLength" in schema:
        words += f", of at most {schema['maxLength']} characters"
    low, high = (schema.get(name, schema.get(f"exclusive{name.capitalize()}")) for name in ("minimum", "maximum"))
    if low is not None or high is not None:
        interval = Interval(float("-inf") if low is None else low, float("inf") if high is None else high, "minimum" in schema, "maximum" in schema)
        words += f" in {interval}"
    return words


def dotted(path: Path_) -> str:
    """A path of keys in front of a message."""
    return f"{'.'.join(printable(str(part)) for part in path)}: " if path else ""
