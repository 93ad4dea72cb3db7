"""Values of the wrong type and numbers out of their range are refused with what is allowed."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import BaseModel

from experiments.configuration.check import KINDS as KINDS_OF_FILES
from experiments.configuration.check import check_file
from experiments.configuration.files import document_of
from experiments.configuration.load import load
from experiments.configuration.violations import violations
from experiments.configuration.yaml_files import Document, read
from sim.data import Power, State
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.quantity import KEYS, Interval, quantities
from sim.settings import Size
from sim.strategies.strategy import LeanWith, Strategy
from tests.experiments.configuration.samples import GLOBAL, SCENARIO, STRATEGY, put
from tests.faults.fuzz import OF_LIBRARIES

VALUES = ["1", "0.5", "'0.7'", "yes", "true", "012", "1:30", "1_000", "1e999", ".nan", "null", "[0.5]", "{a: 1}", "2020Q1", "word", "0x1F", "-.inf"]

#: Where a value of each type goes, the values it takes, and what a refusal tells.
TYPES: dict[str, tuple[str, str, set[str], str]] = {
    "number": ("strategies", STRATEGY + "  breadth: {}\n", {"1", "0.5"}, "[0, 1]"),
    "whole number": ("experiment", GLOBAL + "horizon: {}\n", {"1"}, "a whole number in [1, 4000]"),
    "flag": ("experiment", GLOBAL + "deterministic: {}\n", {"true"}, "true or false"),
    "text": ("strategies", STRATEGY.replace("description: d", "description: {}"), {"'0.7'", "2020Q1", "word"}, "text"),
    "quarter": ("scenario", SCENARIO + "  events: [{{kind: crisis, start: {}}}]\n", {"1", "2020Q1"}, "a quarter such as 2023Q1"),
    "name": ("strategies", STRATEGY.replace("family: hedging", "family: {}"), {"'0.7'", "2020Q1", "word"}, "the letters a to z"),
    "choice": ("scenario", SCENARIO + "  events: [{{kind: {}, start: 1}}]\n", set(), "rivalry"),
    "list": ("payoff", "anchors: {{economic: {}}}\n", set(), "a list of 2"),
    "keys": ("strategies", STRATEGY + "  lean_with: {}\n", set(), "keys and values"),
}
AMBIGUOUS = {"yes", "012", "1:30", "1_000", "1e999", ".nan", "0x1F", "-.inf"}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("value", VALUES)
def test_a_value_of_the_wrong_type_is_refused_with_what_is_allowed(tmp_path: Path, kind: str, value: str) -> None:
    group, text, taken, allowed = TYPES[kind]
    file = put(tmp_path, f"{group}/mine.yaml", text.format(value))
    line = next(i for i, content in enumerate(text.splitlines(), start=1) if re.search(r"(?<!\{)\{\}", content))
    result = check_file(read(file))
    if value in taken:
        assert result == []
    else:
        told = [problem for problem in result if problem.startswith(f"{file}:{line}: ")]
        assert told
        wanted = ("two ways", "too large a number") if value in AMBIGUOUS else (allowed, "unknown key 'a'")
        assert any(word in problem for word in wanted for problem in told), told


def test_the_table_of_types_is_large_enough() -> None:
    assert len(VALUES) * len(TYPES) >= 60


KINDS: dict[type[Any], dict[str, Any]] = {
    Parameters: {}, LeanWith: {}, Strategy: {"name": "mine", "family": "f", "description": "d", "source": "s"},
    Policy: {"name": "mine", "description": "d", "source": "s"},
    State: {name: dict.fromkeys(KEYS[known.each], sum(known.plausible) / 2) if known.each not in (None, "domain") else sum(known.plausible) / 2
            for name, known in quantities(State).items()},
    Power: {"label": "P", "adjective": "p", "policy": "patron", **{name: sum(known.plausible) / 2 for name, known in quantities(Power).items()}},
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_bound_of_every_quantity_is_kept_and_told(kind: type[Any]) -> None:
    tried = 0
    for name, known in quantities(kind).items():
        domain = Interval.parse(known.domain)
        assert violations(kind, KINDS[kind]) == []
        for bound, held, outwards in ((domain.low, domain.holds_low, -math.inf), (domain.high, domain.holds_high, math.inf)):
            for value, allowed in ((math.nextafter(bound, outwards), False), (bound, held), (math.nextafter(bound, -outwards), True)):
                whole = value if known.each in (None, "domain") else {**KINDS[kind][name], KEYS[known.each][0]: value}
                result = violations(kind, {**KINDS[kind], name: whole})
                tried += 1
                assert not result if allowed else [(path[0], f"allowed range {domain}" in message) for path, message in result] == [(name, True)], (name, value)
    assert tried == 6 * len(quantities(kind)) > 0


#: Of no key the right value, or of few.
WRONG: list[Any] = [None, True, -1, 2.5, 10**400, math.nan, "", "x" * 5000, "\x1b[2J", [], ["a", {}], {"a": 1}, {1: 2}, [[[]]], {"economic": "x"}]
PYDANTIC = re.compile(OF_LIBRARIES.pattern + r"|should (be|have|match)|valid (integer|string|list|dict|number|boolean)|after validation|Value error|required")


def bodies() -> Iterator[tuple[type[BaseModel], Any]]:
    """Something right of each kind of file."""
    composed = load(["strategies=[shrinking_room]", "policies.us=mirroring", "scenario=pandemic"]).composed
    yield KINDS_OF_FILES["world"], {**composed["world"], "states": {key: composed["world"]["states"][key] for key in ("KHM", "BRN")}}
    yield KINDS_OF_FILES["scenario"], {**composed["scenario"], "series": [{"kind": "rivalry", "values": {2020: 0.5}}], "fits": ["cambodia_2020"]}
    yield KINDS_OF_FILES["strategies"], {"name": "x", **composed["strategies"]["shrinking_room"]}
    yield KINDS_OF_FILES["policy"], {"name": "x", **composed["policy"]["mirroring"]}
    yield KINDS_OF_FILES["parameters"], dict(list(composed["parameters"].items())[:2])
    yield KINDS_OF_FILES["payoff"], {**composed["payoff"], "weights": {"economic": 1}}
    yield KINDS_OF_FILES["executor"], {"kind": "dask", "address": "tcp://a:1", "wait": 6, "patience": 8}
    yield KINDS_OF_FILES["design"], {"kind": "grid", "over": {"a": [0, 1], "b": {"values": [0.1]}, "c": None}, "points": 3, "file": None}
    yield KINDS_OF_FILES["hypothesis"], cast(Document, document_of("hypothesis", "H13")).data
    yield Size, dict.fromkeys(Size.model_fields, 1) | {"deterministic": True}


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(part, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    key, *rest = path
    if isinstance(value, dict):
        return {**value, key: changed(value[key], tuple(rest), new)}
    return [changed(part, tuple(rest), new) if i == key else part for i, part in enumerate(value)]


def test_no_value_of_any_key_is_answered_with_the_words_of_a_library() -> None:
    tried = 0
    for kind, body in bodies():
        assert violations(kind, body) == []
        for path in paths(body):
            for wrong in WRONG:
                for _, message in violations(kind, changed(body, path, wrong)):
                    tried += 1
                    assert message.isprintable(), (kind, path, wrong)
                    assert not PYDANTIC.search(message), (kind, path, wrong, message)
    assert tried > 1500
