"""Rewrite what is generated from the declarations in sim/: `python -m tests.docs`.

These are the tables of sim/MODEL.md and its quarter with numbers, the JSON Schema for editors (conf/schema/), the defaults in
conf/parameters/default.yaml, the columns in results/README.md, the codebook and codemeta.json. A test checks that they are up to date.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from experiments.configuration.case import Case
from experiments.configuration.design import Design
from experiments.configuration.files import conf_dir
from experiments.configuration.hypothesis import Hypothesis
from experiments.configuration.job import ExecutorChoice
from experiments.configuration.pattern import Pattern
from sim import behaviour
from sim.data import Power, State, World
from sim.history import VARIABLES
from sim.parameters import Parameters
from sim.payoffs import MEASURES, PLACES, Payoff
from sim.policies.mirroring import Options as MirroringOptions
from sim.policies.policy import Policy
from sim.quantity import Quantity, quantities
from sim.scenario import IMPULSES, KINDS, Scenario
from sim.strategies.shrinking_room import Options as ShrinkingRoomOptions
from sim.strategies.strategy import LeanWith, Strategy
from sim.yearly import MEASURES_BY_YEAR
from tests import codebook, codemeta, columns_page, pages
from tests.codebook import SYMBOLS
from tests.worked_quarter import worked_quarter

BEGIN, END = "<!-- made by `make docs`: {} -->", "<!-- end: {} -->"

#: How MODEL.md names the powers and the region, which have no names there.
NAMED = {"first": "power 0", "second": "power 1", "region": "the region", "association": "the association"}

#: What an event of each kind changes, by the symbols of MODEL.md, and the step in which it does.
CHANGED = {
    "rivalry": ("ρ; x moves on underneath", "1"), "crisis": ("crisis", "1"), "pandemic": ("outbreak", "1"), "commitment": ("commitment_g", "1"),
    "pressure": ("s_g", "4"), "access": ("q*_j", "8"), "tier": ("tier_g", "7"), "flow": ("offered_g", "5"), "budget": ("budget_g", "5"),
    "growth": ("growth of output, of a state or a power", "11"), "visits": ("visits_g", "6"), "challenge": ("challenge", "12"),
    "policy": ("the policy of a power", "before 1"), "strategy": ("the strategy of a state", "before 1"),
}

#: How MODEL.md says into what a number may be split.
SPLIT = {None: "", "domain": "domain", "power": "power", "partner": "power, `rest`", "creditor": "power, `other`", "measure": "`survey`, `votes`"}


def main() -> None:
    """Write every generated file, first those from which the others are made."""
    for made in (declared, files):
        for file, text in made().items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    for file in files():
        print(file)


def declared() -> dict[Path, str]:
    """Files of conf/ that come from declarations alone."""
    conf = conf_dir()
    schema_files = {conf / "schema" / f"{name}.json": json.dumps(schema, indent=1) + "\n" for name, schema in schemas().items()}
    return {conf / "parameters" / "default.yaml": defaults_yaml(), **schema_files}


def files() -> dict[Path, str]:
    """Every generated file and the text it should hold."""
    model = conf_dir().parent / "sim" / "MODEL.md"
    parts = {codebook.NAME: codebook.body(), columns_page.NAME: columns_page.body()}
    return declared() | {model: with_tables(model.read_text(encoding="utf-8")), codebook.FILE: codebook.csv_text(), codemeta.FILE: codemeta.text(),
                         columns_page.PAGE: pages.with_parts(columns_page.PAGE, parts)}


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
    for name, made in tables().items():
        begin, end = BEGIN.format(name), END.format(name)
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{made}\n{end}{rest.split(end)[1]}"
    return text


def tables() -> dict[str, str]:
    """Everything in MODEL.md that is made from declarations, by the name in its markers."""
    return {
        "variables": variables_table(),
        "world": table(World), "states": table(State), "powers": table(Power),
        "strategies": table(Strategy, {"lean_with.": LeanWith, "options.": ShrinkingRoomOptions}),
        "policies": table(Policy, {"options.": MirroringOptions}),
        "events": events_table(), "classes": classes_table(),
        "measures": measures_table(), "yearly": yearly_table(),
        "anchors": anchors_table(),
        "parameters": table(Parameters),
        "worked quarter": worked_quarter().text(),
    }


HEADS = ("name", "symbol", "meaning", "unit", "by", "default", "domain", "plausible", "source", "grade")


def table(kind: type[BaseModel], also: Mapping[str, type[BaseModel]] | None = None) -> str:
    """A Markdown table of the quantities of a class, and of others, by what stands before the names of theirs; without empty columns."""
    rows = [_row(each, prefix, name, q) for prefix, each in {"": kind, **(also or {})}.items() for name, q in quantities(each).items()]
    kept = [i for i in range(len(HEADS)) if any(row[i] for row in rows)]
    return pages.table([HEADS[i] for i in kept], [[row[i] for i in kept] for row in rows])


def _row(kind: type[BaseModel], prefix: str, name: str, q: Quantity) -> list[str]:
    return [f"`{prefix}{name}`", q.symbol, q.meaning, q.unit, SPLIT[q.each], _default(kind, name), q.domain, _range(q), q.source, q.grade]


def _default(kind: type[BaseModel], name: str) -> str:
    """The default of a field; nothing where it has none."""
    value = kind.model_fields[name].default
    return f"{value:g}" if isinstance(value, (int, float)) else ""


def variables_table() -> str:
    """The recorded variables."""
    return pages.table(["name", "symbol", "axes", "unit", "meaning"], [
        [f"`{name}`", SYMBOLS.get(name, ""), ",".join(v.axes), v.unit, v.label.format_map(NAMED)] for name, v in VARIABLES.items()])


def events_table() -> str:
    """The kinds of events."""
    rows = []
    for name, kind in KINDS.items():
        what, step = CHANGED[name]
        bounds = "" if kind.domain is None else _bounds(*kind.bounds)
        value = "1" if name in IMPULSES else kind.domain or f"name of a {name}"
        target = "" if not kind.strikes else "state or power" if name == "growth" else "state"
        lasts = "to the horizon" if kind.lasts else "one quarter" if name == "crisis" else "at its start alone"
        rows.append([f"`{name}`", what, step, value, kind.how, kind.actor or "", target, lasts, bounds])
    return pages.table(["kind", "changes", "in step", "value", "how, unless said", "actor", "target", "without an end it acts", "kept within"], rows)


def _bounds(low: float, high: float) -> str:
    return f"{low:g} to {high:g}" if math.isfinite(high) else "at least 0" if low == 0 else f"at least {low:.6f}"


def classes_table() -> str:
    """The classes of behaviour; the conditions are those of `sim.behaviour.classes`, in words."""
    b = behaviour
    when = {
        "withdrawn": f"`mean_engagement` < {b.WITHDRAWN:g}", "aligned_first": f"`lean` ≥ {b.ALIGNED:g} and `tilt` ≥ 0",
        "aligned_second": f"`lean` ≥ {b.ALIGNED:g} and `tilt` < 0", "hedging": f"`lean` < {b.EVEN:g} and `hedging_index` ≥ {b.BALANCED:g}",
        "split": f"`lean` ≥ {b.EVEN:g} and the absolute `tilt` ≤ {b.CANCELLED:g}", "in_between": "in all other cases",
    }
    return pages.table(["class", "label", "when"], [[f"`{name}`", b.LABELS[name].format_map(NAMED), when[name]] for name in b.CLASSES])


def measures_table() -> str:
    """The measures; those of each power in one row."""
    rows: dict[str, list[str]] = {}
    for name, m in MEASURES.items():
        ending = next((f"_{place}" for place in PLACES if name.endswith(f"_{place}")), "")
        stem = name.removesuffix(ending)
        key = f"{stem} of a power" if ending else name
        named = NAMED | {place: "the power" for place in PLACES if ending}
        row = rows.setdefault(key, ["", m.unit, m.kind, m.meaning.format_map(named)])
        row[0] = ", ".join(filter(None, (row[0], f"`{name}`")))
    return pages.table(["measure", "unit", "kind", "meaning"], list(rows.values()))


def yearly_table() -> str:
    """Yearly measures of a state."""
    what = {None: "", "power": "a power", "partner": "a power, `rest`", "creditor": "a power, `other`"}
    over = {"mean": "mean of the quarters", "sum": "sum of the quarters", "end": "the last quarter"}
    return pages.table(["measure", "unit", "of", "a year is", "changes are", "meaning"], [
        [f"`{name}`", m.unit, what[m.actors] + (", `all`" if m.total else ""), over[m.over], "ratios" if m.ratios else "differences",
         m.label.replace("{actor}", "an actor").replace("{first}", NAMED["first"])] for name, m in MEASURES_BY_YEAR.items()])


def anchors_table() -> str:
    """The shipped scale of the returns."""
    body = yaml.safe_load((conf_dir() / "payoff" / "default.yaml").read_text(encoding="utf-8"))
    return pages.table(["return", "counts 0", "counts 1"], [[f"`{name}`", f"{low:g}", f"{high:g}"] for name, (low, high) in body["anchors"].items()])


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
        "case": Case.model_json_schema(),
        "pattern": Pattern.model_json_schema(),
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
