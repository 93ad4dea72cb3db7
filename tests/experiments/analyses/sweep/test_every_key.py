"""Every key that can be set, swept over two values: each point equals the job run alone, or the sweep is refused in a line that names the key.

The keys are those of the classes of the configuration, so that a new key is covered by existing.
"""

import html
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest
from pydantic import BaseModel

from experiments.analyses.comparison import comparison
from experiments.analyses.sweep import report as sweep_report
from experiments.analyses.sweep.comparable import check
from experiments.analyses.sweep.gather import reference_of, sweep_of
from experiments.analyses.sweep.sweep import Sweep
from experiments.analyses.sweep.tables import table
from experiments.cells.cell import Cell
from experiments.cells.job_cells import JobCells, job_cells_of, results_of
from experiments.cells.plan import summary
from experiments.cells.session import Origin
from experiments.cells.simulate import simulated
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import GROUPS, LISTS, names_in
from experiments.configuration.job import DERIVED, Job
from experiments.configuration.load import load, load_sweep
from experiments.report.write import Report
from sim.axes import DOMAINS
from sim.quantity import quantities
from tests.given import drawing, unexplained

#: Two strategies, few worlds and quarters; weights, so that there is a composite.
BASE = ("strategies=[equidistance,status_quo]", "n_worlds=4", "horizon=3", "assumption_draws=0", "workers=1", "payoff.weights={economic: 1, autonomy: 2}")
#: The only reason for which a sweep over a number is refused.
UNUSED = "makes no difference to the numbers"
#: Keys whose values are names of a group or of states.
#: What a refusal never says here: the values of this file are right ones.
NOT_MEANT = re.compile("expected |unknown |the key ")
#: Values of keys of which a JSON Schema says too little, and what a key needs beside it to have an effect.
GRID = ("design=grid", "design.over=[parameters.rivalry_mean]", "design.points=2")
VALUES = {"world.start": ("2020Q1", "2021Q1"), "scenario.events": ("[{kind: crisis,start: 1}]", "[{kind: crisis,start: 2}]"),
          "scenario.series": ("[{kind: rivalry,values: {2020: 0.2}}]", "[{kind: rivalry,values: {2020: 0.9}}]"), "design": ("grid", "lhs"),
          "design.kind": ("grid", "lhs"), "against": ("baseline", "calm"),
          "design.over": ("[parameters.rivalry_mean]", "[parameters.local_threat]"), "executor.address": ("tcp://a:1", "tcp://b:1")}
#: The same for all keys that stand for one.
OF_KIND = {"Elections.first": ("2020Q2", "2020Q4"), "State.elections": ("{first: 2020Q2,every: 4}", "{first: 2020Q4,every: 4}"),
           "Power.policy": ("coercion", "inducement"), "Region.association": ("{label: Club}", "{label: Union}")}
#: Powers by their place, all peers, and the word that stands for a state's own tilt or breadth at the start.
OTHERWISE = {
    "policies.second": ("coercion", "wedge"), "world.powers.first.growth": ("0.01", "0.05"), "world.states.VNM.trade.second": ("50", "90"),
    "peers.all": ("equidistance", "bandwagon_first"), "strategies.equidistance.anchor": ("start", "0.1"),
    "scenario.events": ("[{kind: commitment,actor: first,start: +0q1,value: 2}]", "[{kind: commitment,actor: second,start: +0q1,value: 2}]"),
}
BESIDE = {"design": GRID, "executor.address": ("executor=dask",), "executor.wait": ("executor=dask", "executor.address=tcp://a:1"),
          "design.file": ("design=table",)}
RULES = {"strategies": ("linear", "shrinking_room"), "policy": ("standing", "mirroring")}
CHOICES = {"policies": "policy", "peers": "strategies", "reference": "strategies"}


def values_of(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> tuple[str, str]:
    """Two values, as overrides give them, that the JSON Schema of a key allows."""
    if "$ref" in schema:
        return values_of(whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]], whole)
    if "anyOf" in schema:
        return values_of(next(part for part in schema["anyOf"] if part.get("type") != "null"), whole)
    if "enum" in schema:
        return schema["enum"][0], schema["enum"][-1]
    kind, low = schema.get("type"), schema.get("minimum", schema.get("exclusiveMinimum", 0))
    if kind == "boolean":
        return "true", "false"
    if kind in ("integer", "number"):
        return str(low + 1), str(low + 2)
    if kind == "array":
        n = max(1, schema.get("minItems", 1))
        return tuple(f"[{','.join([value] * (n - 1) + [other])}]" for value, other in zip(values_of(schema["items"], whole), ("7", "9"), strict=True)) \
            if n > 1 else tuple(f"[{value}]" for value in values_of(schema["items"], whole))  # type: ignore[return-value]
    if kind == "object":
        inner = {key: values_of(part, whole) for key, part in schema.get("properties", {}).items() if key in schema.get("required", ())}
        if not inner and isinstance(schema.get("additionalProperties"), dict):
            names = schema.get("propertyNames", {}).get("enum", ["a"])
            inner = {names[-1]: values_of(schema["additionalProperties"], whole)}
        return tuple(f"{{{','.join(f'{key}: {value[i]}' for key, value in inner.items())}}}" for i in (0, 1))  # type: ignore[return-value]
    return "one", "two"


def of_numbers(low: float, high: float) -> tuple[str, str]:
    """Two values inside a plausible range, short decimals."""
    digits = 2 - math.floor(math.log10(high - low))
    return tuple(f"{round(low + share * (high - low), digits):.15g}" for share in (0.25, 0.75))  # type: ignore[return-value]


def of_size(value: float) -> tuple[str, str]:
    """Two values of what is measured in dollars, which must fit the others of its state: the fact itself and less; of nothing, also a little."""
    return (f"{float(f'{0.8 * value:.4g}'):.15g}", f"{value:.15g}") if value else ("0", "0.1")


def of_model(model: BaseModel, path: str) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Every key below a path, the class and type it stands for, and two values."""
    known, whole = quantities(type(model)), type(model).model_json_schema()
    for name in type(model).model_fields:
        here, value, group = f"{path}{name}", getattr(model, name), f"{type(model).__name__}."
        if name in known:
            number, usual = known[name], of_numbers(*known[name].plausible)
            parts = value if isinstance(value, Mapping) else dict.fromkeys(DOMAINS) if number.each == "domain" else {}
            if number.each in (None, "domain"):
                yield here, f"{group}number", of_size(value) if number.unit.startswith("USD") else usual
            for key, part in parts.items():
                yield f"{here}.{key}", f"{group}{number.each}", of_size(part) if number.unit.startswith("USD") else usual
        elif isinstance(value, BaseModel):
            yield from of_model(value, f"{here}.")
        elif isinstance(value, Mapping) and any(isinstance(part, BaseModel) for part in value.values()):
            for key, part in value.items():
                yield from of_model(part, f"{here}.{key}.")
        elif here not in GROUPS:
            yield here, f"{group}{name}", values_of(whole["properties"][name], whole)


def every_key() -> dict[str, tuple[str, tuple[str, str]]]:
    """Every key by its dotted name, with the group of keys that it stands for and two values."""
    job = load(BASE)
    result: dict[str, tuple[str, tuple[str, str]]] = {}
    for group in GROUPS:
        names = names_in(group)
        one, other = (names[0], names[-1])
        result[group] = group, VALUES.get(group, (f"[{one},{names[1]}]", f"[{one},{names[2]}]") if group in LISTS else (one, other))
    for policy in {policy.name: policy for policy in job.settings.policies.values()}.values():
        result |= {key: (kind, RULES["policy"] if key.endswith(".rule") else values) for key, kind, values in of_model(policy, f"policy.{policy.name}.")}
    for model in (job.settings, job.run):
        for key, kind, values in of_model(model, ""):
            root, *rest = key.split(".")
            if root in DERIVED:
                continue
            if root in CHOICES:  # a name stands there, not what it names
                key, kind = ".".join([root, *rest[:1]]), root
                values = ("coercion", "wedge") if CHOICES[root] == "policy" else ("equidistance", "status_quo")
            elif root == "focal":
                values = "KHM", "VNM"
            elif key.endswith(".rule"):
                values = RULES[root]
            result[key] = kind, VALUES.get(key, OF_KIND.get(kind, values))
    return {key: about for key, about in result.items() if not key.endswith(".name") or key.count(".") < 2}  # the key above is the name


KEYS_AND_VALUES = every_key()
#: How a number may be split, as the ends of kinds say.
SPLIT = ("domain", "power", "partner", "creditor", "measure")
#: The first key of each class and type.
FIRST = list({kind: key for key, (kind, _) in reversed(KEYS_AND_VALUES.items())}.values())


class Outcomes(dict[str, Any]):
    """Cells simulated once for all sweeps and single jobs of this file."""

    def of(self, cells: list[Cell]) -> None:
        self.update({cell.key: simulated(cell) for cell in cells if cell.key not in self})

    def read(self, key: str) -> Any:
        return self[key]


OUTCOMES = Outcomes()


def without(key: str) -> list[str]:
    """The small job without its own value of a key, and with what the key needs beside it."""
    beside = BESIDE.get(key, BESIDE.get(key.split(".")[0], ()))
    return [text for text in (*BASE, *beside) if text.split("=")[0] != key and (text.split("=")[0], key) != ("design", "design.kind")]


def gathered(jobs: list[Job]) -> tuple[Sweep, list[JobCells]]:
    """A sweep and its cells."""
    jobs_cells = [job_cells_of(job.settings, job.points) for job in jobs]
    for job_cells in jobs_cells:
        OUTCOMES.of(job_cells.cells())
    sweep = sweep_of(jobs, jobs_cells, OUTCOMES.read)
    assert sweep is not None
    return sweep, jobs_cells


def points_of_sweep(jobs: list[Job]) -> pd.DataFrame:
    """The table points.csv of a sweep."""
    sweep, _ = gathered(jobs)
    return table(sweep, [reference_of(job, sweep.strategies) for job in jobs for _ in range(len(job.points))])


def swept(jobs: list[Job]) -> Report:
    """The report of a sweep, without figures."""
    sweep, jobs_cells = gathered(jobs)
    with drawing([]):
        return sweep_report.report(sweep, Origin(jobs, jobs_cells, [], "counterpoise"), Path("nowhere"))


def alone(job: Job) -> dict[str, pd.DataFrame]:
    """The tables of a job that runs alone."""
    job_cells = job_cells_of(job.settings)
    OUTCOMES.of(job_cells.cells())
    families = {name: strategy.family for name, strategy in job.settings.strategies.items()}
    with mock.patch.multiple(comparison, N_RESAMPLES=2, N_WEIGHTS=8):
        result = comparison.compare(results_of(job_cells, OUTCOMES.read), families, job.run.reference, job.run.payoff, job.settings.seed)
    return {"summary": result.summary, "paired": result.paired}


def assert_same_numbers(points: pd.DataFrame, tables: Mapping[str, pd.DataFrame], reference: str) -> None:
    """Every column of a point of points.csv against the tables of the job run alone."""
    at = ["strategy", "measure"]
    here = points.set_index(at).sort_index()
    summary, paired = (tables[name].set_index(at) for name in ("summary", "paired"))
    summary = summary.loc[paired.index].sort_index()  # returns alone
    paired = paired.sort_index()
    assert here.index.equals(paired.index)
    assert (here.reference == reference).all()
    assert here.family.tolist() == summary.family.tolist()
    expected = summary[["mean", "low", "high"]].assign(
        difference=paired.difference, difference_low=paired.low, difference_high=paired.high, better=paired.better,
        regret=summary.groupby("measure")["mean"].transform("max") - summary["mean"])
    pd.testing.assert_frame_equal(here[expected.columns], expected, check_exact=False, rtol=1e-12, atol=1e-12)


def words(text: str) -> list[str]:
    """The words of a text in alphabetical order."""
    return sorted(re.findall(r"[\w−-]+(?:\.\w+)*", re.sub(r"<pre>.*?</pre>", "", text, flags=re.S)))


def shown(report: Report) -> str:
    """The text of a page with plain signs and without explanations, numbers without commas, names without underscores."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", html.unescape(unexplained(report.page))).replace("_", " ").replace("−", "-")


def first_finding(report: Report) -> str:
    return str(report.findings[0])


def swept_or_refused(key: str, values: tuple[str, str], read: bool) -> str | None:
    """None where every point of a sweep over a key equals the job run alone; else why it is refused. `read`: its sentences must be about all jobs too."""
    try:
        jobs = load_sweep([*without(key), f"{key}={','.join(values)}"], several=True)
        check(jobs)
    except ConfigError as error:
        return "\n".join(error.problems)
    header = summary(jobs)
    points = points_of_sweep(jobs)
    assert points.point.nunique() == len(jobs) == 2
    for point, (value, job) in enumerate(zip(values, jobs, strict=True)):
        single = load([*without(key), f"{key}={value}"])
        assert_same_numbers(points[points.point == point], alone(single), job.run.reference)
        given = str(points[points.point == point][key].iloc[0])  # what the table prints can be given back
        assert (single if given == value else load([*without(key), f"{key}={given}"])).settings == job.settings
        assert job.varied[key] in header
    if not read:
        return None
    report = swept(jobs)
    assert all(job.varied[key].replace("_", " ") in shown(report) for job in jobs)
    # No sentence is about the first job alone: the same words whichever comes first.
    again = swept(jobs[::-1])
    assert words(summary(jobs[::-1])) == words(header)
    assert words(again.page.split("<h2>")[0]) == words(report.page.split("<h2>")[0])
    assert words(first_finding(again)) == words(first_finding(report))
    return None


def check_key(key: str, read: bool) -> None:
    kind, values = KEYS_AND_VALUES[key]
    why = swept_or_refused(key, values, read)
    assert why is None or not NOT_MEANT.search(why.replace(f"override {key}", "")), why
    assert why is None or all(key in line for line in why.split("\n")), why
    assert why is None or not kind.endswith(("number", *SPLIT)) or UNUSED in why, why  # every number can be set


@pytest.mark.parametrize("key", FIRST)
def test_every_point_equals_the_job_run_alone_or_is_refused_by_name(key: str) -> None:
    check_key(key, read=True)


@pytest.mark.slow
@pytest.mark.parametrize("key", [key for key in KEYS_AND_VALUES if key not in FIRST])
def test_every_point_of_every_other_key_equals_the_job_run_alone(key: str) -> None:
    check_key(key, read=False)


@pytest.mark.parametrize("key", OTHERWISE)
def test_what_stands_for_a_key_or_a_number_is_swept_as_that(key: str) -> None:
    assert swept_or_refused(key, OTHERWISE[key], read=True) is None


def test_the_keys_are_those_of_the_configuration() -> None:
    job = load(BASE)
    roots = {key.split(".")[0] for key in KEYS_AND_VALUES}
    assert {*type(job.settings).model_fields, *type(job.run).model_fields, *GROUPS} - set(DERIVED) == roots
    assert {"parameters.rivalry_mean", "world.states.VNM.output", "world.states.VNM.trade.rest", "world.states.LAO.claims.us", "world.states.THA.tilt.votes",
            "world.states.KHM.elections.first", "world.powers.us.output", "world.powers.china.policy", "strategies.equidistance.lean_with.dependence.economy",
            "policy.patron.reward", "seed", "payoff.weights", "executor.wait", "question", "scenario.events", "scenario.series",
            "peers.VNM"} <= set(KEYS_AND_VALUES)
