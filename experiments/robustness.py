"""`counterpoise robustness`: which strategy to choose when nobody knows the future, where it fails, and at which rivalry it breaks even."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.analysis import decisions
from experiments.analysis.decisions import Dominance, Mask, Regret, Satisficing, WeightDominance
from experiments.analysis.discovery import Box, prim, tree
from experiments.analysis.intervals import Estimate, picked, share_interval
from experiments.cli import BAD_CONFIG, FAILED, OK
from experiments.command_line import Parser, beyond, recorded
from experiments.comparison import cvar
from experiments.computing import Computing, attempted, computing
from experiments.config import Job
from experiments.config_check import ConfigError, check_files
from experiments.design import MOST_POINTS, Design, Points, Values
from experiments.futures import futures, varied
from experiments.hypothesis import COMPOSITE
from experiments.outcome import OUTCOMES, Side, advantage, checked, job_of, label, on_scale, returns, side
from experiments.reporting import sweep_of
from experiments.runner import Work, whole, work_of
from experiments.stopwatch import Stopwatch
from experiments.sweep import Sweep
from experiments.words import unknown
from sim.axes import WORLD, Array
from sim.draws import BLOCK, stream
from sim.payoffs import WEIGHED
from sim.quantity import Quantity

#: Futures (scenario discovery among 78 numbers needs many), worlds in each, worlds at each point of the grid of break-even values.
FUTURES, WORLDS, GRID_WORLDS = 1024, 16, 64
#: Levels of rivalry and of the lens on that grid.
RIVALRY, LENS = "parameters.rivalry_mean", "parameters.lens_high_economy"
RIVALRIES, LENSES = 9, 3
#: An advantage below this is a failure: 1 % of consumption, in log points; for other returns hundredths.
FAILS_BELOW = -0.01
#: What is enough, by return: as a difference to the reference in the same future. No more than a little worse in anything.
THRESHOLDS = {"economic": -0.01, "autonomy": -0.02, "legitimacy": -0.02, "diplomatic": -0.02, "security": -0.001}
#: What is worth telling apart in the Pareto set, in units of each return.
WORTH = {"economic": 0.001, "autonomy": 0.002, "legitimacy": 0.002, "diplomatic": 0.002, "security": 0.0001}
#: Draws of weights in each future; there are many futures.
N_WEIGHTS = 400
#: Families with fewer members than this are left out where families are compared with more than one member.
LARGE = 3
N_RESAMPLES = 400


@dataclass(frozen=True)
class Asked:
    """What the command was asked for.

    Attributes:
        job: Settings and run.
        one: Side that may fail.
        other: Side it is compared with.
        measure: In which return.
        fails_below: An advantage below this is a failure, in units of the return.
        thresholds: What is enough, by return.
        absolute: Whether thresholds are levels, not differences to the reference.
        command: What makes it again.
    """

    job: Job
    one: Side
    other: Side
    measure: str
    fails_below: float
    thresholds: Mapping[str, float]
    absolute: bool
    command: str


@dataclass(frozen=True)
class Weights:
    """Weight dominance: all strategies and families, and the large families alone, whose teams have more members.

    Attributes:
        strategies: Those compared.
        every: Of all, families at the size of the smallest.
        smallest: That size.
        large: Of the families with `LARGE` members at least, at the size of the smallest of these; None where there are not two, or all are.
        size: That size; 0 where there are none.
    """

    strategies: tuple[str, ...]
    every: WeightDominance
    smallest: int
    large: WeightDominance | None
    size: int


@dataclass(frozen=True)
class Found:
    """What was found; rows are strategies, columns futures.

    Attributes:
        strategies: Those compared.
        families: Family of each.
        reference: Strategy that differences are to.
        points: The futures.
        known: What is known of each number varied, by dotted name.
        values: Each return and the composite, shape (strategies, futures, worlds).
        margin: Advantage of one side over the other, shape (futures, worlds).
        unequal: The same with every member of both sides.
        fails: Which futures are failures.
        boxes: Where they are, by PRIM.
        leaves: The same by a tree.
        regret: By measure.
        behind: Mean regret of each strategy less that of the one with the least, by measure.
        satisficing: In which futures each strategy is good enough.
        tail: Mean of the worst tenth of futures, by measure, then as difference to the reference.
        tail_difference: The same less that of the reference.
        first: Stochastic dominance of first order, by measure.
        second: Of second order, by measure.
        front: Whether each strategy is in the Pareto set of mean returns.
        front_share: In which share of resamples of futures it is.
        groups: Near-duplicates, by number.
        thinned: One strategy of each such group.
        thinned_front: The Pareto set among these.
        weights: With all strategies.
        thinned_weights: Without near-duplicates.
        grid: Rivalry and lens on a grid.
        lost: Keys of cells that could not be computed.
    """

    strategies: tuple[str, ...]
    families: Mapping[str, str]
    reference: str
    points: Points
    known: Mapping[str, Quantity]
    values: Mapping[str, Array]
    margin: Array
    unequal: Array
    fails: Mask
    boxes: tuple[Box, ...]
    leaves: tuple[Box, ...]
    regret: Mapping[str, Regret]
    behind: Mapping[str, Estimate]
    satisficing: Satisficing
    tail: Mapping[str, Estimate]
    tail_difference: Mapping[str, Estimate]
    first: Mapping[str, Dominance]
    second: Mapping[str, Dominance]
    front: Mask
    front_share: Estimate
    groups: tuple[tuple[int, ...], ...]
    thinned: tuple[int, ...]
    thinned_front: Mask
    weights: Weights
    thinned_weights: Weights
    grid: Sweep | None
    lost: frozenset[str]

    @property
    def labels(self) -> dict[str, str]:
        """What each number varied is called."""
        return {name: label(name, known) for name, known in self.known.items()}

    @property
    def measures(self) -> tuple[str, ...]:
        """Returns with a regret of their own."""
        return tuple(self.regret)


# ---- The command


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = Parser(
        "robustness", "Which strategy is good whatever comes? Regret, satisficing, risk and dominance over many futures: structural parameters, rivalry "
                      "and the policies of both powers, drawn over their plausible ranges. Where does one side fail, and at which rivalry does each strategy "
                      "break even? A number set by KEY=VALUE stays there.")
    parser.add_argument("--futures", type=int, default=FUTURES, help=f"futures drawn (default {FUTURES})")
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"worlds in each future (default {WORLDS})")
    parser.add_argument("--measure", default="economic", metavar="NAME", help=f"return in which a side may fail: {', '.join(OUTCOMES)} (default economic)")
    parser.add_argument("--strategy", default="hedging", metavar="NAME", help="family or strategy that may fail (default hedging)")
    parser.add_argument("--against", default="alignment", metavar="NAME", help="family or strategy it is compared with (default alignment)")
    parser.add_argument("--fails-below", type=float, default=FAILS_BELOW, metavar="X", help=f"an advantage below this is a failure (default {FAILS_BELOW})")
    parser.add_argument("--threshold", action="append", default=[], metavar="RETURN=X", help="what is good enough, in place of the defaults; may be repeated")
    parser.add_argument("--absolute", action="store_true", help="thresholds are levels, not differences to the reference in the same future")
    parser.add_overrides()
    asked = parser.parse_intermixed_args(_joined(arguments))
    thresholds: dict[str, float] = {}
    if wrong := problem(asked, thresholds):
        parser.error(wrong)
    watch = Stopwatch()
    try:
        check_files()
        with watch.on("planning"):
            job = job_of(asked.overrides, ["n_worlds=1024", "assumption_draws=0"])
            sides = [side(job.settings, name, option) for name, option in ((asked.strategy, "--strategy"), (asked.against, "--against"))]
            if len(varied(job)) < 2:
                raise ConfigError(["parameters: leave two numbers free at least"])
            if job.settings.n_worlds < 2:
                raise ConfigError(["n_worlds: expected 2 or more, for intervals of break-even values over worlds; got 1"])
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIG
    command = recorded(["counterpoise", "robustness", *arguments])
    wanted = Asked(job, sides[0], sides[1], asked.measure, asked.fails_below, thresholds, asked.absolute, command)
    return attempted(lambda: _run(wanted, asked.futures, asked.worlds, watch, asked.dry_run))


def _joined(arguments: Sequence[str]) -> list[str]:
    """`--fails-below -0.02` and `--fails-below -1e-2` as one word each: argparse takes what begins with a minus for an option."""
    words: list[str] = []
    for word in arguments:
        if words and words[-1] == "--fails-below":
            words[-1] = f"--fails-below={word}"
        else:
            words.append(word)
    return words


def problem(asked: argparse.Namespace, thresholds: dict[str, float]) -> str | None:
    """What is wrong with the options, or None; fills in the thresholds."""
    if asked.measure not in OUTCOMES:
        return f"--measure: {unknown(asked.measure, OUTCOMES, 'return')}"
    if asked.strategy == asked.against:
        return "--strategy and --against name the same side"
    if wrong := beyond(asked, {"futures": (20, MOST_POINTS), "worlds": (2, BLOCK)}):
        return wrong
    if not np.isfinite(asked.fails_below):
        return "--fails-below takes a finite number"
    for text in asked.threshold:
        name, _, value = text.partition("=")
        if name not in OUTCOMES:
            return f"--threshold: {unknown(name, OUTCOMES, 'return')}"
        try:
            thresholds[name] = float(value)
        except ValueError:
            return f"--threshold: expected RETURN=NUMBER, got {text!r}"
        if not np.isfinite(thresholds[name]):
            return "--threshold takes finite numbers"
    if asked.absolute and not thresholds:
        return "--absolute needs a --threshold: those by default are differences to the reference"
    if not thresholds:
        thresholds.update(THRESHOLDS)
    return None


def grid(job: Job) -> Points | None:
    """Rivalry by the lens, all else at its default; None where an override sets one of them."""
    known = varied(job)
    if RIVALRY not in known or LENS not in known:
        return None
    low, high = known[LENS].plausible
    middle = float(job.settings.parameters.lens_high_economy)
    lenses = sorted({low, middle if low < middle < high else (low + high) / 2, high})
    rivalries = np.linspace(*known[RIVALRY].plausible, RIVALRIES)
    design = Design(kind="grid", over={RIVALRY: Values(values=[float(x) for x in rivalries]), LENS: Values(values=[float(x) for x in lenses])})
    return design.points_for(job.settings)


def _run(asked: Asked, n_futures: int, n_worlds: int, watch: Stopwatch, dry_run: bool) -> int:
    settings = asked.job.settings
    with watch.on("planning"):
        points = checked(futures(asked.job, n_futures), settings)
        main_job = replace(asked.job, settings=settings.replace(n_worlds=n_worlds), points=points)
        jobs = [main_job]
        if (on_grid := grid(asked.job)) is not None:
            jobs.append(replace(asked.job, settings=settings.replace(n_worlds=min(GRID_WORLDS, settings.n_worlds)), points=on_grid))
        works = [work_of(job.settings, job.points) for job in jobs]
    about = f"{len(points):,} futures over {len(points.names)} numbers × {len(settings.strategies)} strategies × {n_worlds} worlds"
    if on_grid is not None:
        about += f"; rivalry by lens at {len(on_grid)} points × {jobs[1].settings.n_worlds} worlds"
    with computing(asked.job.run, works, about, watch, dry_run) as session:
        session.compute(works)
        session.tell({cell.key: asked.command for work in works for cell in work.cells()})
        names = whole(works, session.lost)
        if not asked.one.among(names) or not asked.other.among(names) or asked.job.run.reference not in names:
            print(f"counterpoise: nothing is left to compare {asked.one.name}, {asked.other.name} and {asked.job.run.reference}", file=sys.stderr)
            return FAILED
        with watch.on("statistics"):
            found = analysed(asked, names, jobs, works, session)
        from experiments.robustness_report import report

        print(report(asked, found, jobs, works, watch))
        return FAILED if session.failures or session.absent() else OK


# ---- From cells to decisions


def analysed(asked: Asked, names: tuple[str, ...], jobs: Sequence[Job], works: Sequence[Work], session: Computing) -> Found:
    """All statistics."""
    settings, payoff, reference = asked.job.settings, asked.job.run.payoff, asked.job.run.reference
    seed, base = settings.seed, names.index(reference)
    families = {name: settings.strategies[name].family for name in names}
    points = jobs[0].points
    values = returns(works[0], names, session.store.read, payoff, reference)
    margin = advantage(values[asked.measure], asked.one.among(names), asked.other.among(names))
    unequal = values[asked.measure][asked.one.among(names)], values[asked.measure][asked.other.among(names)]
    fails = margin.mean(axis=WORLD) < asked.fails_below
    measures = tuple(dict.fromkeys((asked.measure, "economic", COMPOSITE)))
    boxes, leaves = (find(points.values, fails, points.names, stream(seed, "discovery", 0)) for find in (prim, tree))

    def rng() -> np.random.Generator:
        return stream(seed, "robustness", 0)

    regret = {measure: decisions.regret(values[measure], rng(), N_RESAMPLES) for measure in measures}
    weighed = [values[measure] for measure in WEIGHED]
    thinned = decisions.thinned(weighed, keep=(base,))
    difference = {measure: values[measure] - (0.0 if asked.absolute else values[measure][base]) for measure in asked.thresholds}
    scaled = np.stack([each.mean(axis=WORLD) for each in on_scale(values, payoff, base).values()])
    front = pareto_set(weighed)
    all_weights = weights(scaled, names, families, seed)
    some = tuple(names[i] for i in thinned)
    return Found(
        strategies=names, families=families, reference=reference, points=points, known={name: varied(asked.job)[name] for name in points.names}, values=values,
        margin=margin, unequal=_best(unequal[0]) - _best(unequal[1]), fails=fails, boxes=boxes, leaves=leaves, regret=regret,
        behind={measure: behind(values[measure], regret[measure], rng()) for measure in measures},
        satisficing=decisions.satisficing(difference, asked.thresholds),
        tail={measure: decisions.cvar(values[measure], rng()) for measure in measures},
        tail_difference={measure: decisions.resampled_statistic(values[measure], lambda means: cvar(means) - cvar(means)[base], rng(), tail=True)
                         for measure in measures},
        first={measure: decisions.dominance(values[measure], 1, rng(), N_RESAMPLES) for measure in measures},
        second={measure: decisions.dominance(values[measure], 2, rng(), N_RESAMPLES) for measure in measures},
        front=front, front_share=share_in_front(weighed, rng()), groups=decisions.near_duplicates(weighed), thinned=thinned,
        thinned_front=pareto_set([each[list(thinned)] for each in weighed]),
        weights=all_weights, thinned_weights=all_weights if some == names else weights(scaled[:, list(thinned)], some, families, seed),
        grid=_grid(jobs[1], works[1], session) if len(jobs) > 1 else None, lost=session.lost)


def _grid(job: Job, work: Work, session: Computing) -> Sweep | None:
    """Rivalry by the lens, with the composite beside the returns."""
    found = sweep_of([job], [work], session.store, session.lost)
    if found is None:
        return None
    values = returns(work, found.strategies, session.store.read, job.run.payoff, found.reference)
    return replace(found, measures={**found.measures, COMPOSITE: values[COMPOSITE]})


def _best(values: Array) -> Array:
    """The best member by its mean in each future, shape (members, futures, worlds) to (futures, worlds)."""
    best = values.mean(axis=WORLD).argmax(axis=0)
    found: Array = values[best, np.arange(values.shape[1])]
    return found


def behind(values: Array, regret: Regret, rng: np.random.Generator) -> Estimate:
    """Mean regret of each strategy less that of the one with the least, on the same futures; who is not above 0 is tied with it."""
    least = int(regret.mean.value.argmin())

    def statistic(means: Array) -> Array:
        mean = decisions.regret_in(means).mean(axis=1)
        return mean - mean[least]

    return decisions.resampled_statistic(values, statistic, rng, N_RESAMPLES)


def pareto_set(weighed: Sequence[Array]) -> Mask:
    """Which strategies no other one dominates in the means over futures of all weighed returns."""
    return decisions.pareto(np.stack([decisions.over_worlds(values).mean(axis=1) for values in weighed], axis=1), np.array(list(WORTH.values())))


def share_in_front(weighed: Sequence[Array], rng: np.random.Generator) -> Estimate:
    """In which share of resamples of futures each strategy is in the Pareto set, with the interval of so many resamples."""
    means = np.stack([decisions.over_worlds(values) for values in weighed], axis=1)
    margins = np.array(list(WORTH.values()))
    rows = picked(means.shape[-1], rng, N_RESAMPLES)[1:]
    kept = np.stack([decisions.pareto(means[..., some].mean(axis=-1), margins) for some in rows])
    return share_interval(kept.sum(axis=0), len(kept))


def weights(scaled: Array, names: tuple[str, ...], families: Mapping[str, str], seed: int) -> Weights:
    """Weight dominance of all strategies, and of the families that are large enough for teams.

    Args:
        scaled: Returns on the common scale, shape (returns, strategies, futures).
        names: The strategies.
        families: Family of each.
        seed: Entropy.
    """
    own = [families[name] for name in names]
    every = decisions.weight_dominance(scaled, own, stream(seed, "weights", 1), N_WEIGHTS)
    large = [i for i, family in enumerate(own) if own.count(family) >= LARGE]
    smallest = min(own.count(family) for family in own)
    if len({own[i] for i in large}) < 2 or smallest >= LARGE:
        return Weights(names, every, smallest, None, 0)
    of_large = decisions.weight_dominance(scaled[:, large], [own[i] for i in large], stream(seed, "weights", 1), N_WEIGHTS)
    return Weights(names, every, smallest, of_large, min(own.count(own[i]) for i in large))
