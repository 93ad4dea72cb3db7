"""`counterpoise docs`: rewrite what is made from the parameter metadata.

The parameter table of sim/MODEL.md, the JSON Schema for editors (conf/schema/) and the defaults in
conf/parameters/default.yaml all come from the declarations in sim/; a test keeps them in step.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from experiments.cli import FAILED, OK
from experiments.command_line import Parser
from experiments.config_files import conf_dir
from experiments.design import Design
from experiments.executors import ExecutorChoice
from experiments.hypothesis import Hypothesis
from sim.data import Power, State, World
from sim.parameters import Parameters
from sim.payoffs import MEASURES, Payoff
from sim.policies.policy import Policy
from sim.quantity import Quantity, quantities
from sim.scenario import Scenario
from sim.strategies.strategy import LeanWith, Strategy

BEGIN, END = "<!-- made by `make docs`: {} -->", "<!-- end: {} -->"


def main(arguments: Sequence[str]) -> int:
    """Write every file; returns the exit code."""
    Parser("docs", "Rewrite what is made from the parameter metadata: tables of MODEL.md, JSON Schema, defaults.").parse_args(list(arguments))
    if not (conf_dir().parent / "sim" / "MODEL.md").is_file():
        print("counterpoise docs needs a checkout: an installed package holds no files to rewrite", file=sys.stderr)
        return FAILED
    for file, text in files().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        print(file)
    return OK


def files() -> dict[Path, str]:
    """Every made file and what it should hold."""
    conf = conf_dir()
    model = conf.parent / "sim" / "MODEL.md"
    made = {conf / "parameters" / "default.yaml": defaults_yaml(), model: with_tables(model.read_text(encoding="utf-8"))}
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
    """MODEL.md with its tables made anew."""
    tables = {
        "parameters": table(quantities(Parameters), {name: Parameters.model_fields[name].default for name in quantities(Parameters)}),
        "states": table(quantities(State)), "powers": table(quantities(Power)),
        "strategies": table({**quantities(Strategy), **{f"lean_with.{name}": q for name, q in quantities(LeanWith).items()}}),
        "policies": table(quantities(Policy)),
        "measures": "| measure | unit | kind | meaning |\n|---|---|---|---|\n"
        + "\n".join(f"| `{name}` | {m.unit} | {m.kind} | {m.meaning} |" for name, m in MEASURES.items()),
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
