"""The codebook: every variable, measure, parameter and fact in one table, results/codebook.csv; `make docs` writes it, a test keeps it in step.

sim/MODEL.md has the same declarations as tables beside the equations; results/README.md says in which section each kind stands.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from sim.data import Power, State, World
from sim.history import VARIABLES
from sim.parameters import Parameters
from sim.payoffs import MEASURES
from sim.policies.mirroring import Options as MirroringOptions
from sim.policies.policy import Policy
from sim.quantity import quantities
from sim.strategies.shrinking_room import Options as ShrinkingRoomOptions
from sim.strategies.strategy import LeanWith, Strategy
from sim.yearly import MEASURES_BY_YEAR
from tests import pages

FILE = pages.ROOT / "results" / "codebook.csv"
PAGE, NAME = pages.ROOT / "results" / "README.md", "codebook"
MODEL = "sim/MODEL.md"
#: The section of MODEL.md that lists recorded variables, and that of the facts of a world.
VARIABLE, FACTS = "2. Entities, state variables and scales", "5. A world is a list of facts"
#: Powers and region have no names here.
NAMED = {"first": "the first power", "second": "the second power", "region": "the region", "association": "the association", "actor": "an actor"}
#: Symbols of recorded variables in the equations of MODEL.md; the others stand there by their names.
SYMBOLS = {
    "engagement": "m", "perceived": "p", "alignment": "P", "trust": "T", "pressure": "s", "flow_share": "f", "access": "q", "leverage": "l",
    "capital": "K", "foreign_capital": "FK", "productivity": "A", "output": "Y", "consumption": "C", "legitimacy": "L", "rivalry": "ρ",
    "power_output": "YG", "world_output": "W", "vaccinated": "v", "exposure": "exposed",
}
#: Axes of recorded variables, after time.
AXES = {"D": "domain", "G": "power", "J": "partner", "S": "state", "R": "world"}
#: Into what a number may be split, and what a yearly measure is about.
SPLIT = {None: "", "domain": "domain", "power": "power", "partner": "partner", "creditor": "creditor", "measure": "survey or votes"}
#: Numbers that files hold: how their names begin on the command line, what they are, the section of MODEL.md with their table, and where they are declared.
DECLARED: tuple[tuple[str, str, str, type[BaseModel]], ...] = (
    ("parameters.", "parameter", "Parameters", Parameters),
    ("world.", "fact", FACTS, World), ("world.states.STATE.", "fact", FACTS, State), ("world.powers.POWER.", "fact", FACTS, Power),
    ("strategies.STRATEGY.", "number of a strategy", "Strategies", Strategy),
    ("strategies.STRATEGY.lean_with.", "number of a strategy", "Strategies", LeanWith),
    ("strategies.STRATEGY.options.", "number of a strategy", "Strategies", ShrinkingRoomOptions),
    ("policy.POLICY.", "number of a policy", "Policies", Policy), ("policy.POLICY.options.", "number of a policy", "Policies", MirroringOptions),
)


#: What each column of the file holds.
COLUMNS = {
    "name": "as in commands, tables and histories; capitals stand for a key, as in `world.states.STATE.output`",
    "kind": "one of the kinds above", "symbol": "symbol of the equations in sim/MODEL.md; empty: there by its name", "unit": "unit; - for a pure number",
    "axes": "what it has a value for each of; of numbers that files hold, into what they may be split", "label": "name for people",
    "meaning": "what it is, or how it is computed", "range": "plausible range, the default range of any sweep; of a measure the values it can take",
    "allowed": "values that are not refused", "default": "value where nothing else is set; empty: there is none, or files give it",
    "source": "where default and range come from; of variables and measures, where they are defined",
    "grade": "evidence for the default: A measured, B inferred from a cited figure, C assumption",
}


class Entry(NamedTuple):
    """A row of the codebook."""

    name: str
    kind: str
    symbol: str
    unit: str
    axes: str
    label: str
    meaning: str
    range: str
    allowed: str
    default: str
    source: str
    grade: str


def entries() -> Iterator[Entry]:
    """Every variable, measure, parameter and fact, kind by kind."""
    for name, variable in VARIABLES.items():
        axes = ", ".join(["quarter", *(AXES[axis] for axis in variable.axes)])
        label = variable.label.format_map(NAMED)
        meaning = f"{label}, at the end of a quarter"
        yield Entry(name, "variable", SYMBOLS.get(name, ""), variable.unit, axes, label, meaning, "", "", "", _section(VARIABLE), "")
    for name, measure in MEASURES.items():
        low, to, high = measure.unit.partition(" to ")
        yield Entry(name, measure.kind, "", measure.unit, "world", measure.label.format_map(NAMED), measure.meaning.format_map(NAMED),
                    f"[{low}, {high}]" if to else "", "", "", _section("Payoffs"), "")
    for name, yearly in MEASURES_BY_YEAR.items():
        axes = ", ".join(part for part in ("year", SPLIT[yearly.actors], "state", "world") if part)
        over = {"mean": "mean of the quarters of a year", "sum": "sum of the quarters of a year", "end": "in the last quarter of a year"}[yearly.over]
        label = yearly.label.format_map(NAMED)
        yield Entry(name, "yearly measure", "", yearly.unit, axes, label, f"{label}, {over}", "", "", "", _section("Yearly measures"), "")
    for prefix, kind, _, owner in DECLARED:
        for name, known in quantities(owner).items():
            default = owner.model_fields[name].default
            low_end, high_end = known.plausible
            yield Entry(f"{prefix}{name}", kind, known.symbol, known.unit, SPLIT[known.each], known.meaning.split(":")[0], known.meaning,
                        f"[{low_end:g}, {high_end:g}]", known.domain, f"{default:g}" if isinstance(default, (int, float)) else "", known.source, known.grade)


def _section(name: str) -> str:
    return f"{MODEL}, section '{name}'"


def csv_text() -> str:
    """The file."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(Entry._fields)
    writer.writerows(entries())
    return target.getvalue()


#: What stands in the table of the page about each kind: what it is, and its section in MODEL.md.
KINDS = {
    "variable": ("what a history records, quarter by quarter", VARIABLE),
    "return": ("measures on which strategies are compared; more is better", "Payoffs"), "outcome": ("measures reported as well", "Payoffs"),
    "behaviour": ("measures of what the state did", "Payoffs"), "power": ("measures of what powers gained and paid", "Payoffs"),
    "yearly measure": ("what statistics publish, for hindcasts", "Yearly measures"),
    **{kind: (words, next(section for _, each, section, _ in DECLARED if each == kind)) for kind, words in (
        ("parameter", "a number of an equation that holds for every state and power"), ("fact", "a figure of a world file"),
        ("number of a strategy", "what a strategy file may set"), ("number of a policy", "what a policy file may set"))},
}


def body() -> str:
    """How many of each kind there are, and where each is explained; then the columns of the file."""
    counted = Counter(entry.kind for entry in entries())
    rows = [[kind, str(counted[kind]), words, f"[{section}](../{MODEL}#{anchor(section)})"] for kind, (words, section) in KINDS.items()]
    return "\n\n".join([pages.table(["kind", "how many", "what", "beside its equations"], rows),
                        pages.table(["column", "meaning"], [[f"`{name}`", meaning] for name, meaning in COLUMNS.items()])])


def anchor(heading: str) -> str:
    """What a heading is called in a link."""
    return "".join(letter for letter in heading.lower().replace(" ", "-") if letter.isalnum() or letter in "-_")
