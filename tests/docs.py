"""Rewrite what is generated from the declarations in sim/: `python -m tests.docs`.

These are the tables of sim/MODEL.md, the JSON Schema for editors (conf/schema/) and the defaults in
conf/parameters/default.yaml. A test checks that they are up to date.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from experiments.configuration.design import Design
from experiments.configuration.files import conf_dir
from experiments.configuration.hypothesis import Hypothesis
from experiments.configuration.job import ExecutorChoice
from sim.data import Power, State, World
from sim.parameters import Parameters
from sim.payoffs import MEASURES, Payoff
from sim.policies.policy import Policy
from sim.quantity import Quantity, quantities
from sim.scenario import Scenario
from sim.strategies.strategy import LeanWith, Strategy
from tests import columns_page
from tests.worked_quarter import worked_quarter

BEGIN, END = "<!-- made by `make docs`: {} -->", "<!-- end: {} -->"


def main() -> None:
    """Write every generated file."""
    for file, text in files().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        print(file)


def files() -> dict[Path, str]:
    """Every generated file and the text it should hold."""
    conf = conf_dir()
    model = conf.parent / "sim" / "MODEL.md"
    made = {conf / "parameters" / "default.yaml": defaults_yaml(), model: with_tables(model.read_text(encoding="utf-8"))}
    made |= {columns_page.PAGE: columns_page.text()}
    return made | {conf / "schema" / f"{name}.json": json.dumps(schema, indent=1) + "\n" for name, schema in schemas().items()}


def defaults_yaml() -> str:
    """conf/parameters/default.yaml."""
    lines = ["# yaml-language-server: $schema=../schema/parameters.json",
             "# Structural parameters with their defaults, written by `make docs` from sim/parameters.py, where each is declared",
             "# with its unit, hard domain, plausible range, source and grade (A measured, B inferred, C assumption)."]
    for name, q in quantities(Parameters).items():
        value = f"{name}: {Parameters.model_fields[name].default}"
        lines.append(f"{value:<32} # {q.symbol}, {_range(q)}; {q.source}, {q.grade}")
    return "\n".join(lines) + "\n"


def with_tables(text: str) -> str:
    """The text of MODEL.md with its tables brought up to date."""
    tables = {
        "parameters": table(quantities(Parameters), {name: Parameters.model_fields[name].default for name in quantities(Parameters)}),
        "states": table(quantities(State)), "powers": table(quantities(Power)),
        "strategies": table({**quantities(Strategy), **{f"lean_with.{name}": q for name, q in quantities(LeanWith).items()}}),
        "policies": table(quantities(Policy)),
        "measures": "| measure | unit | kind | meaning |\n|---|---|---|---|\n"
        + "\n".join(f"| `{name}` | {m.unit} | {m.kind} | {m.meaning} |" for name, m in MEASURES.items()),
        "worked quarter": worked_quarter().text(),
    }
    for name, made in tables.items():
        begin, end = BEGIN.format(name), END.format(name)
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{made}\n{end}{rest.split(end)[1]}"
    return text


def table(known: Mapping[str, Quantity], defaults: Mapping[str, float] | None = None) -> str:
    """A Markdown table of quantities."""
    head = "| name | symbol | meaning | unit |" + (" default |" if defaults else "") + " domain | plausible | source | grade |"
    lines = [head, "|---" * (head.count("|") - 1) + "|"]
    for name, q in known.items():
        default = f" {defaults[name]:g} |" if defaults else ""
        lines.append(f"| `{name}` | {q.symbol.replace('|', '&#124;')} | {q.meaning} | {q.unit} |{default} {q.domain} | {_range(q)} | {q.source} | {q.grade} |")
    return "\n".join(lines)


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of each kind of file, for completion and checks in editors."""
    names = {"type": "object", "additionalProperties": {"type": "string"}}
    parts = {"parameters": Parameters.model_json_schema(), "policies": names, "peers": names}
    strategy, policy = (_without_name(kind) for kind in (Strategy, Policy))
    made = {
        "parameters": Parameters.model_json_schema(),
        "payoff": Payoff.model_json_schema(),
        "design": Design.model_json_schema(),
        "executor": ExecutorChoice.model_json_schema(),
        "hypothesis": Hypothesis.model_json_schema(),
        "strategies": {"type": "object", "additionalProperties": strategy, "minProperties": 1, "maxProperties": 1},
        "policy": {"type": "object", "additionalProperties": policy, "minProperties": 1, "maxProperties": 1},
        "scenario": _object({"scenario": Scenario.model_json_schema(), **parts}, ["scenario"]),
        "world": _object({"world": World.model_json_schema(), "focal": {"type": "string"}, "reference": {"type": "string"}, **parts}, ["world", "focal"]),
    }
    return {name: _with_definitions_on_top(schema) for name, schema in made.items()}


def _without_name(kind: type[BaseModel]) -> dict[str, Any]:
    """The schema of a class whose name is the key it stands under."""
    schema = kind.model_json_schema()
    schema["properties"].pop("name")
    schema["required"].remove("name")
    return schema


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _with_definitions_on_top(schema: dict[str, Any]) -> dict[str, Any]:
    """Move every nested $defs to the root, where references look for them."""
    definitions: dict[str, Any] = {}

    def walk(part: Any) -> Any:
        if isinstance(part, dict):
            definitions.update({name: walk(inner) for name, inner in part.get("$defs", {}).items()})
            return {key: walk(value) for key, value in part.items() if key != "$defs"}
        return [walk(value) for value in part] if isinstance(part, list) else part

    body = walk(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body, **({"$defs": definitions} if definitions else {})}


def _range(q: Quantity) -> str:
    return f"{q.plausible[0]:g} to {q.plausible[1]:g}"


if __name__ == "__main__":
    main()
