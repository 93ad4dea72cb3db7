"""`counterpoise sensitivity`: which assumptions decide? Morris screening over all parameters, Sobol indices of those that matter."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from experiments.analysis.sensitivity import Convergence, Morris, convergence, morris, morris_points, saltelli_points
from experiments.cli import BAD_CONFIG, FAILED, OK
from experiments.command_line import Parser, beyond, recorded
from experiments.computing import Computing, attempted, computing
from experiments.config import Job
from experiments.config_check import ConfigError, check_files
from experiments.design import MOST_POINTS, Design, Points
from experiments.hypothesis import COMPOSITE
from experiments.outcome import OUTCOMES, Side, advantage, checked, free_parameters, job_of, returns, side, structural
from experiments.runner import Work, whole, work_of
from experiments.stopwatch import Stopwatch
from experiments.words import unknown
from sim.axes import WORLD, Array
from sim.draws import BLOCK, stream
from sim.quantity import Quantity

#: Strategies of both sides by default: the same number of each, spread over what their families do.
STRATEGIES = ("equidistance", "binding_engagement", "dominance_denial", "domain_split", "bandwagon_china", "bandwagon_us", "bandwagon_stronger", "opportunist")
#: Morris trajectories, inputs that go on to Sobol indices, rows of their design.
TRAJECTORIES, INPUTS, ROWS = 16, 12, 512
#: Worlds at each point, and at the ends of ranges. Few, for more rows tell more: indices from either half of them hardly differ, which the report says.
WORLDS, ENDS_WORLDS = 8, 256
#: Points at which all parameters move at once, to compare with the variance of those that went on.
ALL_POINTS = 256
#: At most: with all parameters each is about as many points as a design may have.
MOST_TRAJECTORIES, MOST_ROWS = 10_000, 2**14


@dataclass(frozen=True)
class Inputs:
    """Numbers that are varied over their plausible ranges.

    Attributes:
        known: What is known of each, by dotted name.
    """

    known: Mapping[str, Quantity]

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names."""
        return tuple(self.known)

    @property
    def ranges(self) -> Array:
        """Low and high end of each, shape (2, inputs)."""
        return np.array([known.plausible for known in self.known.values()], dtype=float).T

    def points(self, unit: Array) -> Points:
        """Points from the unit cube, shape (points, inputs), scaled to the ranges."""
        low, high = self.ranges
        return Points(self.names, low + unit * (high - low))

    def only(self, rows: Sequence[int]) -> "Inputs":
        """Some of them."""
        return Inputs({self.names[i]: self.known[self.names[i]] for i in rows})


@dataclass(frozen=True)
class Asked:
    """What the command was asked for.

    Attributes:
        job: Settings and run.
        one: Side whose advantage is the outcome.
        other: Side it is compared with.
        measures: Returns in which.
        trajectories: Morris trajectories.
        inputs: Most inputs that go on to Sobol indices.
        rows: Rows of their design.
        worlds: Worlds at each point of it and of the screening.
        command: What makes it again.
    """

    job: Job
    one: Side
    other: Side
    measures: tuple[str, ...]
    trajectories: int
    inputs: int
    rows: int
    worlds: int
    command: str


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes:
        inputs: All that were screened.
        screening: Elementary effects, shapes (measures, inputs).
        chosen: Which of the inputs went on, largest effects first.
        indices: Sobol indices of these, shapes (measures, chosen).
        by_half: Total indices from either half of the worlds, shape (2, measures, chosen).
        sample: Values of the chosen inputs at random points, shape (points, chosen).
        outcome: The advantage at these, mean over worlds, shape (measures, points).
        everything: The advantage at random points over the ranges of all parameters, mean over worlds, shape (measures, points).
        ends: The advantage in each world at the defaults, then at the low and the high end of each chosen input, shape (measures, 1 + 2 chosen, worlds).
        strategies: Those compared.
        lost: Keys of cells that could not be computed.
    """

    inputs: Inputs
    screening: Morris
    chosen: list[int]
    indices: Convergence
    by_half: Array
    sample: Array
    outcome: Array
    everything: Array
    ends: Array
    strategies: tuple[str, ...]
    lost: frozenset[str] = field(default_factory=frozenset)


# ---- The command


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = Parser(
        "sensitivity", "Which assumptions decide? Morris screening over all structural parameters, then Sobol indices of those that matter, of the advantage "
                       "of the best hedging over the best aligned strategy. A parameter set by KEY=VALUE stays there.")
    parser.add_argument("--measure", default=f"economic,{COMPOSITE}", metavar="NAMES", help=f"returns in which, comma-separated: {', '.join(OUTCOMES)}")
    parser.add_argument("--strategy", default="hedging", metavar="NAME", help="family or strategy whose advantage is explained (default hedging)")
    parser.add_argument("--against", default="alignment", metavar="NAME", help="family or strategy it is compared with (default alignment)")
    parser.add_argument("--trajectories", type=int, default=TRAJECTORIES, help=f"Morris trajectories of the screening (default {TRAJECTORIES})")
    parser.add_argument("--inputs", type=int, default=INPUTS, help=f"inputs that go on to Sobol indices, at most (default {INPUTS})")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows of their design (default {ROWS})")
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"worlds at each point (default {WORLDS}); n_worlds= where one input goes to its ends")
    parser.add_overrides()
    asked = parser.parse_intermixed_args(list(arguments))
    if wrong := problem(asked):
        parser.error(wrong)
    watch = Stopwatch()
    try:
        check_files()
        with watch.on("planning"):
            job = job_of(asked.overrides, [f"strategies=[{','.join(STRATEGIES)}]", f"n_worlds={ENDS_WORLDS}", "assumption_draws=0"])
            one, other = side(job.settings, asked.strategy, "--strategy"), side(job.settings, asked.against, "--against")
            if len(free := free_parameters(job)) < 2:
                raise ConfigError(["parameters: leave two of them free at least"])
            if job.settings.n_worlds < 2:
                raise ConfigError(["n_worlds: expected 2 or more, for intervals over worlds; got 1"])
            if (points := (min(asked.inputs, len(free)) + 2) * asked.rows) > MOST_POINTS:
                raise ConfigError([f"sensitivity: --inputs and --rows make {points:,} points; {MOST_POINTS:,} at most"])
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIG
    wanted = Asked(job, one, other, tuple(dict.fromkeys(asked.measure.split(","))), asked.trajectories, asked.inputs, asked.rows,
                   min(asked.worlds, job.settings.n_worlds), recorded(["counterpoise", "sensitivity", *arguments]))
    return attempted(lambda: _run(wanted, Inputs(free), watch, asked.dry_run))


def problem(asked: argparse.Namespace) -> str | None:
    """What is wrong with the options, or None."""
    for name in asked.measure.split(","):
        if name not in OUTCOMES:
            return f"--measure: {unknown(name, OUTCOMES, 'return')}"
    if asked.strategy == asked.against:
        return "--strategy and --against name the same side"
    return beyond(asked, {"trajectories": (2, MOST_TRAJECTORIES), "inputs": (2, MOST_POINTS), "rows": (8, MOST_ROWS), "worlds": (2, BLOCK)})


def _run(asked: Asked, inputs: Inputs, watch: Stopwatch, dry_run: bool) -> int:
    settings, run = asked.job.settings, asked.job.run
    k = min(asked.inputs, len(inputs.names))
    with watch.on("planning"):
        unit = screening_points(inputs, asked.trajectories, settings.seed)
        screening = work_of(settings.replace(n_worlds=asked.worlds), checked(inputs.points(unit), settings))
    about = (f"screening of {len(inputs.names)} parameters: {asked.trajectories} trajectories, {len(unit):,} points × {asked.worlds} worlds; then "
             f"Sobol indices of the {k} strongest: {(k + 2) * asked.rows:,} points × {asked.worlds} worlds")
    with computing(run, [screening], about, watch, dry_run) as session:
        session.compute([screening])
        session.tell(_commands(asked, [screening]))
        if (names := _comparable(asked, [screening], session.lost)) is None:
            return FAILED
        with watch.on("statistics"):
            effects = screened(unit, _outcomes(asked, screening, names, session), settings.seed)
            chosen = strongest(effects, k)
        failed = bool(session.failures or session.absent())
        lost = session.lost
    some = inputs.only(chosen)
    with watch.on("planning"):
        design = some.points(saltelli_points(asked.rows, k, stream(settings.seed, "saltelli", 0)))
        sobol = work_of(settings.replace(n_worlds=asked.worlds), checked(design, settings))
        ends = work_of(settings, checked(ends_of(some, {name: value for name, (_, value) in structural(settings).items()}), settings))
        everywhere = Design(kind="lhs", over=list(inputs.names), points=min(ALL_POINTS, asked.rows)).points_for(settings)
        works = [ends, sobol, work_of(sobol.settings, everywhere)]
    about = (f"indices of {k} parameters: {len(design):,} points × {sobol.settings.n_worlds} worlds; all {len(inputs.names)} at once at {len(everywhere)} "
             f"points; ends of the ranges × {settings.n_worlds} worlds")
    with computing(run, works, about, watch) as session:
        session.compute(works)
        session.tell(_commands(asked, works))
        lost |= session.lost
        if (names := _comparable(asked, [screening, *works], lost)) is None:
            return FAILED
        with watch.on("statistics"):
            y = _outcomes(asked, sobol, names, session)
            at_ends = _outcomes(asked, ends, names, session)
            indices = decomposed(y, asked.rows, k, settings.seed)
            halves = np.array_split(np.arange(y.shape[-1]), 2)
            by_half = np.stack([decomposed(y[..., half], asked.rows, k, settings.seed).indices.total.value for half in halves])
            everything = _outcomes(asked, works[2], names, session).mean(axis=WORLD)
        found = Found(inputs, effects, chosen, indices, by_half, design.values[: 2 * asked.rows], y[:, : 2 * asked.rows].mean(axis=WORLD), everything, at_ends,
                      names, lost)
        from experiments.sensitivity_report import report

        print(report(asked, found, [*works, screening], watch))
        return FAILED if failed or session.failures or session.absent() else OK


def _commands(asked: Asked, works: Sequence[Work]) -> dict[str, str]:
    return {cell.key: asked.command for work in works for cell in work.cells()}


def _comparable(asked: Asked, works: Sequence[Work], lost: frozenset[str]) -> tuple[str, ...] | None:
    """Strategies with all their cells, or None where a side has none."""
    names = whole(works, lost)
    if asked.one.among(names) and asked.other.among(names):
        return names
    print(f"counterpoise: nothing is left to compare {asked.one.name} with {asked.other.name}", file=sys.stderr)
    return None


def _outcomes(asked: Asked, work: Work, names: Sequence[str], session: Computing) -> Array:
    """The advantage in each measure, shape (measures, points, worlds)."""
    values = returns(work, names, session.store.read, asked.job.run.payoff)
    return np.stack([advantage(values[measure], asked.one.among(names), asked.other.among(names)) for measure in asked.measures])


# ---- From points to indices


def screening_points(inputs: Inputs, n_trajectories: int, seed: int) -> Array:
    """Trajectories in the unit cube, shape (trajectories × (inputs + 1), inputs)."""
    return morris_points(n_trajectories, len(inputs.names), stream(seed, "morris", 0))


def screened(unit: Array, y: Array, seed: int) -> Morris:
    """Elementary effects from the outcome at trajectories, shape (measures, points, worlds)."""
    return morris(unit, y, stream(seed, "morris", 1))


def strongest(effects: Morris, k: int) -> list[int]:
    """The k inputs with the largest share of an outcome's elementary effects, in whichever outcome it is largest; strongest first."""
    size = effects.mu_star.value
    total = size.sum(axis=-1, keepdims=True)
    share = np.divide(size, total, out=np.zeros_like(size), where=total > 0).max(axis=0)
    return [int(i) for i in np.argsort(-share, kind="stable")[:k]]


def decomposed(y: Array, rows: int, k: int, seed: int) -> Convergence:
    """Sobol indices from the outcome at a Saltelli design, shape (measures, points, worlds)."""
    return convergence(y, rows, k, stream(seed, "saltelli", 1))


def ends_of(inputs: Inputs, defaults: Mapping[str, float]) -> Points:
    """The defaults, by dotted name, then each input at the low and at the high end of its range, the others at their defaults."""
    base = np.array([defaults[name] for name in inputs.names], dtype=float)
    values = np.repeat(base[None], 1 + 2 * len(base), axis=0)
    for i, (low, high) in enumerate(inputs.ranges.T):
        values[1 + 2 * i, i], values[2 + 2 * i, i] = low, high
    return Points(inputs.names, values)
