"""Which jobs can be compared on one page: what a sweep must not vary is refused before anything is simulated."""

from collections.abc import Iterator, Sequence
from typing import Any

from experiments.cells.cell import TEXTS, plain
from experiments.configuration.errors import ConfigError
from experiments.configuration.job import Job
from experiments.configuration.swept import SEED
from sim.scenario import quarter_index

#: Labels that determine no number.
LABELS = (*TEXTS, "name", "family")


def check(jobs: Sequence[Job]) -> None:
    """Check that jobs differ in what can be compared, and that each axis changes a number.

    Args:
        jobs: All combinations of the values of their axes.

    Raises:
        ConfigError: They cannot be compared on one page; a line for each axis says what to do instead.
    """
    problems = [f"override {key}={','.join(values)}: {problem}" for key, values in _axes(jobs).items() if (problem := _problem(jobs, key, values))]
    if problems:
        raise ConfigError(problems)


def _axes(jobs: Sequence[Job]) -> dict[str, list[str]]:
    """The values of each axis by key, in order."""
    return {key: list(dict.fromkeys(job.varied[key] for job in jobs)) for key in jobs[0].varied}


def _pairs(jobs: Sequence[Job], key: str) -> Iterator[tuple[Job, Job]]:
    """Jobs that differ along one axis alone: the first of its level with each other."""
    first: dict[tuple[str, ...], Job] = {}
    for job in jobs:
        others = tuple(value for name, value in job.varied.items() if name != key)
        if others in first:
            yield first[others], job
        else:
            first[others] = job


def _problem(jobs: Sequence[Job], key: str, values: Sequence[str]) -> str | None:
    """Why an axis cannot be swept, with what to do instead."""
    pairs = list(_pairs(jobs, key))
    one = f"give one value, such as {key}={values[-1]}"
    alone = "run each alone: " + ", then ".join(f"{key}={value}" for value in values)

    def differs(part: Any) -> bool:
        return any(part(a) != part(b) for a, b in pairs)

    if key.split(".")[0] in ("experiment", "sweep") and any(job.run.sweep for job in jobs):
        return f"a preset that sweeps is not swept itself; {alone}"
    if differs(lambda job: set(job.settings.strategies)):
        names = dict.fromkeys(name for job in jobs for name in job.settings.strategies)
        common = [name for name in names if all(name in job.settings.strategies for job in jobs)]
        if key == "strategies":
            return f"strategies={listed_in(names)} compares them in one run"
        shared = f"strategies={listed_in(common)} compares those that all have, or " if len(common) > 1 else ""
        return f"its strategies differ; {shared}{alone}"
    if differs(lambda job: {name: strategy.family for name, strategy in job.settings.strategies.items()}):
        return f"a family is a label and must be the same at every point; {one}"
    if differs(lambda job: job.settings.n_worlds):
        most = max(job.settings.n_worlds for job in jobs)
        if key == "n_worlds":
            return f"fewer worlds are the first of more, so they are not swept; run n_worlds={most} and read convergence.csv"
        return f"its numbers of worlds differ; add n_worlds={most}"
    if key in jobs[0].points.names:
        return "the design varies it already; leave one of the two out"
    if differs(lambda job: (job.points.names, job.points.values.tobytes())):
        kind = jobs[0].run.design.kind
        return f"the seed draws the points of design={kind} too; use design=grid or design=table" if key == SEED else f"its points differ; {one}"
    if key == SEED and not differs(lambda job: job.settings.deterministic) and jobs[0].settings.deterministic:
        return f"makes no difference to the numbers without noise (deterministic=true), so it is not swept; {one}"
    if key != SEED and differs(lambda job: job.settings.seed):
        return f"its seeds differ, and with them the worlds; add seed={jobs[0].settings.seed}"
    if differs(lambda job: job.run.payoff.weights is None):
        return f"only some of its values have payoff.weights, which the composite needs; {alone}"
    if key == "against" and differs(lambda job: job.baseline):
        return f"all jobs of a sweep are compared with one baseline; {alone}"
    if not differs(_numbers):
        return f"makes no difference to the numbers, so it is not swept; {one}"
    return None


def listed_in(names: Any) -> str:
    """Names as a list of an override."""
    return f"[{','.join(names)}]"


def _numbers(job: Job) -> Any:
    """All that the numbers of a job depend on, as plain data without labels."""
    settings, payoff = job.settings, job.run.payoff
    peers = {state: peer for state, peer in settings.peers.items() if state != settings.focal}
    model = plain({**dict(settings), "peers": peers})
    start = model["world"].pop("start")  # quarters are counted from it, and that alone
    for state in model["world"]["states"].values():
        if state["elections"] is not None:
            state["elections"]["first"] = quarter_index(state["elections"]["first"], start)
    for series in model["scenario"]["series"]:
        series["values"] = {str(quarter_index(f"{year}Q1", start)): value for year, value in series["values"].items()}
    for event in model["scenario"]["events"]:
        event.update({end: quarter_index(event[end], start) for end in ("start", "end") if event[end] is not None})
    for name in job.points.names:  # whatever stands there, the design takes its place
        *above, last = name.split(".")
        part: Any = model
        for key in above:
            part = part.get(key) if isinstance(part, dict) else None
        if isinstance(part, dict) and last in part:
            part[last] = None
    return _without_labels([model, job.run.reference, plain(payoff) if payoff.weights is not None else None])


def _without_labels(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_labels(part) for key, part in value.items() if key not in LABELS}
    return [_without_labels(part) for part in value] if isinstance(value, list) else value
