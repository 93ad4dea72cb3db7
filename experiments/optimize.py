"""`counterpoise optimize`: search the numbers of a strategy for given weights and futures, then look how good the find is where the search was not."""

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.analysis import search
from experiments.analysis.decisions import resampled_statistic
from experiments.analysis.intervals import Estimate, independent_difference
from experiments.analysis.search import Trace
from experiments.cli import BAD_CONFIG, FAILED, OK
from experiments.command_line import Parser, beyond, recorded
from experiments.comparison import cvar, mean_interval
from experiments.computing import Computing, attempted, computing
from experiments.config import Job
from experiments.config_check import ConfigError, check_files
from experiments.design import MOST_POINTS, Points
from experiments.futures import futures, policies, varied
from experiments.hypothesis import COMPOSITE
from experiments.outcome import OUTCOMES, checked, job_of, returns
from experiments.plan import Upcoming
from experiments.runner import Work, gathered, whole, work_of
from experiments.stopwatch import Stopwatch
from experiments.strategy_space import NUMBERS, Space, space
from experiments.words import unknown
from sim.axes import WORLD, Array
from sim.data import NAME as NAME_PATTERN
from sim.draws import BLOCK, stream
from sim.payoffs import RETURNS
from sim.settings import PolicyPair
from sim.strategies.strategy import Strategy

#: Candidates of the search (as many random ones, as many along the front), futures it sees, worlds in each.
CANDIDATES, FUTURES, WORLDS = 2000, 32, 16
#: Futures it does not see; worlds under each pair of policies.
UNSEEN, RIVAL_WORLDS = 256, 64
#: Weights along the front between two returns, and what these are by default.
N_WEIGHTS, FRONT = 7, "economic,diplomatic"
#: Random candidates whose futures are held in memory at once.
AT_ONCE = 256
#: Name of the candidates within the settings; no strategy of the library may have it.
CANDIDATE = "candidate"
FAMILY = "optimised"

#: What is made of the means of strategies in each future, shape (..., futures), and of the best that the library has there, shape (futures,): shape (...).
OBJECTIVES: dict[str, Callable[[Array, Array], Array]] = {
    "mean": lambda means, best: means.mean(axis=-1),
    "cvar": lambda means, best: cvar(means),
    "regret": lambda means, best: -(best - means).max(axis=-1),
}
TOLD = {"mean": "mean over futures", "cvar": "mean of the worst tenth of futures", "regret": "largest shortfall from the best of the library"}


@dataclass(frozen=True)
class Asked:
    """What the command was asked for.

    Attributes:
        job: Settings and run; its strategies are the library that a find is compared with.
        measure: The return that is to be high, or the composite.
        objective: One of `OBJECTIVES`.
        space: Numbers searched.
        front: Two returns between which the front is searched, or None.
        candidates: Candidates of each search.
        futures: Futures that the search sees.
        worlds: Worlds in each.
        unseen: Futures that it does not see.
        name: Name of the strategy found.
        command: What makes it again.
    """

    job: Job
    measure: str
    objective: str
    space: Space
    front: tuple[str, str] | None
    candidates: int
    futures: int
    worlds: int
    unseen: int
    name: str
    command: str

    @property
    def library(self) -> dict[str, Strategy]:
        """Strategies that the find is compared with."""
        return self.job.settings.strategies

    @property
    def measures(self) -> tuple[str, ...]:
        """What is looked at: the measure, then those of the front."""
        return (self.measure, *(self.front or ()))


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes:
        trace: Candidates of CMA-ES and the objective at each.
        random: As many at random.
        along: Candidates tried along the front, or None.
        objectives: Of all candidates, random ones first, then those of the search and of the front, and of the reference last: the objective in each of
            `Asked.measures` on the futures seen, shape (candidates + 1, measures).
        strategies: The strategy found, the best random candidate, then those on the front; as they stand in their files.
        units: Their points in the unit cube, shape (strategies, numbers).
        names: Those evaluated on unseen futures: the library, then the strategies found.
        seen: Objective of each on the futures of the search, shape (names,).
        unseen: Objective of each on the futures it did not see.
        ahead: The find less each of the others, in the objective on unseen futures, shape (names,).
        by_future: The find less each in the mean of every unseen future, shape (names, futures).
        best_known: Row of the best of the library on the futures seen.
        optimism: Seen less unseen, shape (names,).
        flattered: By how much more the find falls from seen to unseen futures than the best of the library does.
        fronts: Objective less that of the reference in both returns of the front, on unseen futures, shape (names, 2); None without a front.
        behaviour: Mean lean and hedging index of each over unseen futures, by measure, shape (names,).
        policies: Names of the policies that the powers may follow.
        rivals: The find less the best of the library under every pair of policies, shape (China's, US').
        rivals_reference: The find less the reference under every pair.
        lost: Keys of cells that could not be computed.
    """

    trace: Trace
    random: Trace
    along: Trace | None
    objectives: Array
    strategies: tuple[Strategy, ...]
    units: Array
    names: tuple[str, ...]
    seen: Estimate
    unseen: Estimate
    ahead: Estimate
    by_future: Array
    best_known: int
    optimism: Estimate
    flattered: Estimate
    fronts: Estimate | None
    behaviour: Mapping[str, Array]
    policies: tuple[str, ...]
    rivals: Estimate
    rivals_reference: Estimate
    lost: frozenset[str]

    @property
    def find(self) -> int:
        """Row of the strategy found among `names`."""
        return self.names.index(self.strategies[0].name)


class Stopped(Exception):
    """Cells of the search failed: candidates are missing, so it cannot go on."""


# ---- The command


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = Parser(
        "optimize", "Search the numbers of a strategy for the highest robust return over futures it is shown, on common worlds; then judge the find on futures "
                    "it was not shown, against the whole library, against as many random candidates, and under every pair of policies. Writes a strategy file.")
    parser.add_argument("--measure", default=COMPOSITE, metavar="NAME", help=f"what is to be high: {', '.join(OUTCOMES)}; the composite weighs as "
                        "payoff.weights says, or all returns alike (default composite)")
    parser.add_argument("--objective", default="mean", metavar="NAME", help=f"over futures: {', '.join(f'{name} ({about})' for name, about in TOLD.items())}")
    parser.add_argument("--over", default=",".join(NUMBERS), metavar="NUMBERS", help=f"numbers of the strategy searched, comma-separated (default "
                        f"{', '.join(NUMBERS)})")
    parser.add_argument("--base", metavar="STRATEGY", help="strategy whose other numbers are kept (default: those of a strategy file that says nothing)")
    parser.add_argument("--front", default=FRONT, metavar="A,B", help=f"two returns between which the front is searched as well, or none (default {FRONT})")
    parser.add_argument("--candidates", type=int, default=CANDIDATES, help=f"candidates of each search (default {CANDIDATES})")
    parser.add_argument("--futures", type=int, default=FUTURES, help=f"futures that the search is shown (default {FUTURES})")
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"worlds in each future (default {WORLDS})")
    parser.add_argument("--unseen", type=int, default=UNSEEN, help=f"futures that it is not shown, for the judgement (default {UNSEEN})")
    parser.add_argument("--name", default="optimised", metavar="NAME", help="name of the strategy found (default optimised)")
    parser.add_overrides()
    asked = parser.parse_intermixed_args(list(arguments))
    if wrong := problem(asked):
        parser.error(wrong)
    watch = Stopwatch()
    try:
        check_files()
        with watch.on("planning"):
            job = job_of(asked.overrides, ["assumption_draws=0"])
            searched = searched_space(job, asked.base, asked.over.split(","))
            if len(varied(job)) < 1:
                raise ConfigError(["parameters: leave one number free at least"])
            front = None if asked.front == "none" else (asked.front.split(",")[0], asked.front.split(",")[1])
            wanted = Asked(job, asked.measure, asked.objective, searched, front, asked.candidates, asked.futures, asked.worlds, asked.unseen, asked.name,
                           recorded(["counterpoise", "optimize", *arguments]))
            taken = [name for name in (CANDIDATE, *names_of(wanted)) if name in wanted.library]
            if taken:
                raise ConfigError([f"--name: there is a strategy {taken[0]!r} already; say --name OTHER"])
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIG
    return attempted(lambda: _run(wanted, watch, asked.dry_run))


def problem(asked: argparse.Namespace) -> str | None:
    """What is wrong with the options, or None."""
    if asked.measure not in OUTCOMES:
        return f"--measure: {unknown(asked.measure, OUTCOMES, 'return')}"
    if asked.objective not in OBJECTIVES:
        return f"--objective: {unknown(asked.objective, OBJECTIVES, 'objective')}"
    front = asked.front.split(",")
    if asked.front != "none":
        if len(front) != 2 or front[0] == front[1]:
            return f"--front: expected two returns such as {FRONT}, or none, got {asked.front!r}"
        for name in front:
            if name not in OUTCOMES:
                return f"--front: {unknown(name, OUTCOMES, 'return')}"
    if wrong := beyond(asked, {"candidates": (2, MOST_POINTS), "futures": (2, MOST_POINTS), "worlds": (2, BLOCK), "unseen": (20, MOST_POINTS)}):
        return wrong
    if not re.fullmatch(NAME_PATTERN, asked.name) or len(asked.name) > 40:
        return f"--name: expected letters, digits, _ and - (40 at most), got {asked.name[:80]!r}"
    return None


def names_of(asked: Asked) -> list[str]:
    """Names of the strategy found, of the best random candidate, and of those on the front."""
    return [asked.name, f"{asked.name}_random", *([f"{asked.name}_front_{i + 1}" for i in range(N_WEIGHTS)] if asked.front else [])]


def searched_space(job: Job, base: str | None, over: Sequence[str]) -> Space:
    """The numbers searched.

    Raises:
        ConfigError: There is no such strategy, or no such number.
    """
    if base is not None and base not in job.settings.strategies:
        raise ConfigError([f"--base: {unknown(base, job.settings.strategies, 'strategy')}"])
    if base is None:
        candidate = Strategy(name=CANDIDATE, family=FAMILY, description="a candidate of the search", source="search")
    else:
        candidate = job.settings.strategies[base].model_copy(update={"name": CANDIDATE, "family": FAMILY})
    try:
        return space(job.settings.model_copy(update={"strategies": {CANDIDATE: candidate}}), candidate, over)
    except ValueError as error:
        raise ConfigError([f"--over: {error}"]) from None


def _run(asked: Asked, watch: Stopwatch, dry_run: bool) -> int:
    settings = asked.job.settings
    with watch.on("planning"):
        shown = checked(futures(asked.job, asked.futures), settings)
        small = settings.replace(n_worlds=asked.worlds)
        # Other worlds as well: the next seed has its own, and its own futures.
        hidden_job = replace(asked.job, settings=settings.replace(n_worlds=asked.worlds, seed=(settings.seed + 1) % 2**128))
        hidden = checked(futures(hidden_job, asked.unseen), settings)
        library = work_of(small, shown, RETURNS)
        pairs = policies(asked.job)
    along = f", as many along the front {' / '.join(asked.front)}" if asked.front else ""
    about = (f"search of {len(asked.space.known)} numbers: {asked.candidates:,} candidates by CMA-ES, as many at random{along}, each in {len(shown)} "
             f"futures × {asked.worlds} worlds; judged in {len(hidden)} other futures and under {len(pairs)} × {len(pairs)} policies")
    with computing(asked.job.run, [library], about, watch, dry_run, _upcoming(asked, len(pairs))) as session:
        try:
            session.compute([library])
            found, works, others = _found(asked, session, watch, library, hidden_job, hidden, shown)
        except Stopped as stopped:
            session.tell({failure.cell.key: asked.command for failure in session.failures})
            print(f"counterpoise: {stopped}", file=sys.stderr)
            return FAILED
        session.tell({failure.cell.key: asked.command for failure in session.failures})
        from experiments.optimize_report import report

        print(report(asked, found, hidden_job, hidden, works, others, watch))
        return FAILED if session.failures or session.absent() else OK


def _upcoming(asked: Asked, n_policies: int) -> list[Upcoming]:
    """What the search will compute; a settled search may compute less, as it comes back to candidates it knows."""
    settings = asked.job.settings
    size, more = (settings.horizon, len(settings.world.states)), len(names_of(asked))
    columns = asked.candidates * asked.futures * asked.worlds
    judged = (len(asked.library) + more) * asked.unseen * asked.worlds
    rivals = n_policies**2 * 3
    return [
        Upcoming(-(-columns // BLOCK), columns, *size, n_measures=len(RETURNS)) for _ in range(3 if asked.front else 2)
    ] + [Upcoming(-(-judged // BLOCK), judged, *size), Upcoming(rivals, rivals * RIVAL_WORLDS, *size, n_measures=len(RETURNS))]


# ---- The search


class Evaluation:
    """Values of candidates on the futures shown; the same candidate has the same value whenever it is asked for.

    Args:
        asked: What the command was asked for.
        session: Where cells are computed.
        shown: The futures.
        best: The best that the library has in each future, by measure, shape (futures,).
    """

    def __init__(self, asked: Asked, session: Computing, shown: Points, best: Mapping[str, Array]) -> None:
        self.asked, self.session, self.shown, self.best = asked, session, shown, best
        reference = asked.job.run.reference
        self.names = (reference, CANDIDATE)
        self.settings = asked.job.settings.replace(
            n_worlds=asked.worlds, strategies={reference: asked.library[reference], CANDIDATE: asked.space.base})
        self.tried: list[Array] = []

    def __call__(self, units: Array) -> Array:
        """The objective in each of `Asked.measures`, shape (candidates, measures).

        Raises:
            Stopped: Some could not be simulated.
        """
        found = np.concatenate([self._some(units[first : first + AT_ONCE]) for first in range(0, len(units), AT_ONCE)])
        self.tried.append(found)
        return found

    def of_measure(self, units: Array) -> Array:
        """The objective in the measure asked for, shape (candidates,)."""
        return self(units)[:, 0]

    def of_front(self, units: Array) -> Array:
        """The objective in both returns of the front, shape (candidates, 2)."""
        return self(units)[:, 1:]

    def _some(self, units: Array) -> Array:
        n, n_futures = len(units), len(self.shown)
        values = np.concatenate([np.repeat(self.asked.space.values(units), n_futures, axis=0), np.tile(self.shown.values, (n, 1))], axis=1)
        work = work_of(self.settings, Points((*self.asked.space.names, *self.shown.names), values), RETURNS)
        # The reference feels the futures alone, in which the whole library was simulated before.
        self.session.compute([replace(work, shares={CANDIDATE: work.shares[CANDIDATE]})])
        _stop_at_failures(self.session)
        of_all = returns(work, self.names, self.session.store.read, self.asked.job.run.payoff, self.names[0])
        means = {measure: of_all[measure][1].mean(axis=WORLD).reshape(n, n_futures) for measure in self.asked.measures}
        return np.stack([OBJECTIVES[self.asked.objective](means[measure], self.best[measure]) for measure in self.asked.measures], axis=1)


def _stop_at_failures(session: Computing) -> None:
    if session.failures:
        raise Stopped(f"the search ends here: {len(session.failures):,} of its cells failed, and with candidates missing it would go another way")


def _found(asked: Asked, session: Computing, watch: Stopwatch, library: Work, hidden_job: Job, hidden: Points,
           shown: Points) -> tuple[Found, list[Work], list[Work]]:
    """Search, judge, and the works of the judgement and of all else."""
    _stop_at_failures(session)
    reference, seed, n = asked.job.run.reference, asked.job.settings.seed, len(asked.space.known)
    means = library_means(asked, library, session)
    best = {measure: values.max(axis=0) for measure, values in means.items()}
    evaluation = Evaluation(asked, session, shown, best)
    with session.stage((3 if asked.front else 2) * asked.candidates * len(shown) * asked.worlds):
        random = search.at_random(evaluation.of_measure, n, asked.candidates, stream(seed, "optimize", 0))
        trace = search.cma_es(evaluation.of_measure, n, asked.candidates, stream(seed, "optimize", 1))
        along = None
        if asked.front:
            pairs = np.concatenate(evaluation.tried)[:, 1:]
            tried = Trace(np.concatenate([random.points, trace.points]), pairs)
            along = search.along_front(evaluation.of_front, tried, N_WEIGHTS, asked.candidates, stream(seed, "optimize", 2))
    row = tuple(asked.library).index(reference)
    of_reference = [float(OBJECTIVES[asked.objective](means[measure][row], best[measure])) for measure in asked.measures]
    objectives = np.concatenate([*evaluation.tried, [of_reference]])
    points = np.concatenate([random.points, trace.points, *([along.points] if along else [])])
    units, strategies = chosen(asked, random, trace, points, objectives[:-1])
    library_settings = asked.job.settings
    everybody = {**asked.library, **{strategy.name: strategy for strategy in strategies}}
    names = tuple(everybody)
    seen_work = work_of(library_settings.replace(n_worlds=asked.worlds, strategies=everybody), shown, RETURNS)
    hidden_work = work_of(hidden_job.settings.replace(strategies=everybody), hidden)
    best_known = int(OBJECTIVES[asked.objective](means[asked.measure], best[asked.measure]).argmax())
    some = dict.fromkeys((reference, names[best_known], strategies[0].name))
    sides = {name: everybody[name] for name in some}
    options = policies(asked.job)
    rivals = [work_of(library_settings.replace(n_worlds=RIVAL_WORLDS, strategies=sides, policies=PolicyPair(china=china, us=us)), measures=RETURNS)
              for china in options.values() for us in options.values()]
    session.compute([seen_work, hidden_work, *rivals])
    if whole([seen_work, hidden_work], session.lost) != names or any(whole([work], session.lost) != tuple(sides) for work in rivals):
        raise Stopped("cells of the judgement failed: the find cannot be judged")
    with watch.on("statistics"):
        found = judged(asked, session, random, trace, along, objectives, strategies, units, names, seen_work, hidden_work, best_known, tuple(options), rivals)
    return found, [hidden_work], [library, seen_work, *rivals]


def library_means(asked: Asked, library: Work, session: Computing) -> dict[str, Array]:
    """Each of `Asked.measures` of the library in each future, shape (strategies, futures)."""
    values = returns(library, tuple(asked.library), session.store.read, asked.job.run.payoff, asked.job.run.reference)
    return {measure: values[measure].mean(axis=WORLD) for measure in asked.measures}


def chosen(asked: Asked, random: Trace, trace: Trace, points: Array, objectives: Array) -> tuple[Array, tuple[Strategy, ...]]:
    """The find, the best random candidate and some of the front: points in the unit cube and strategies.

    Args:
        asked: What the command was asked for.
        random: The random candidates.
        trace: Those of the search.
        points: All candidates, shape (n, numbers).
        objectives: Theirs, shape (n, measures).
    """
    units = [trace.points[trace.best], random.points[random.best]]
    abouts = [f"Found by search: {TOLD[asked.objective]}, {asked.measure}.", f"The best of {len(random.points):,} random candidates: {asked.measure}."]
    if asked.front:
        pairs = objectives[:, 1:]
        rows = search.spread_out(pairs, search.front(pairs), N_WEIGHTS)
        units += list(points[rows])
        abouts += [f"On the front between {asked.front[0]} and {asked.front[1]}." for _ in rows]
    source = f"counterpoise optimize, seed {asked.job.settings.seed}"
    found = [asked.space.strategy(name, unit, about, source, FAMILY) for name, unit, about in zip(names_of(asked), units, abouts, strict=False)]
    return np.stack(units), tuple(found)


# ---- The judgement


def judged(asked: Asked, session: Computing, random: Trace, trace: Trace, along: Trace | None, objectives: Array, strategies: tuple[Strategy, ...],
           units: Array, names: tuple[str, ...], seen_work: Work, hidden_work: Work, best_known: int, options: tuple[str, ...],
           rivals: Sequence[Work]) -> Found:
    """All statistics of the judgement."""
    payoff, reference, seed = asked.job.run.payoff, asked.job.run.reference, asked.job.settings.seed
    find, n_library = names.index(strategies[0].name), len(asked.library)
    seen_values, values = (returns(work, names, session.store.read, payoff, reference) for work in (seen_work, hidden_work))
    robust = OBJECTIVES[asked.objective]

    def objective(means: Array) -> Array:
        return robust(means, means[:n_library].max(axis=0))

    def estimate(of: Array, statistic: Callable[[Array], Array], number: int) -> Estimate:
        # A largest shortfall is one of these futures and no others: worlds alone are resampled.
        return resampled_statistic(of, statistic, stream(seed, "judgement", number), futures=asked.objective != "regret")

    means = values[asked.measure].mean(axis=WORLD)
    seen = estimate(seen_values[asked.measure], objective, 0)
    unseen = estimate(values[asked.measure], objective, 1)
    ahead = estimate(values[asked.measure], lambda means: objective(means)[find] - objective(means), 1)
    versus = [estimate(of[asked.measure], lambda means: objective(means)[find] - objective(means)[best_known], i) for i, of in enumerate((seen_values, values))]
    fronts = None
    if asked.front:
        base = names.index(reference)
        parts = [estimate(values[measure], lambda means: objective(means) - objective(means)[base], 1) for measure in asked.front]
        fronts = Estimate(*(np.stack([getattr(part, end) for part in parts], axis=1) for end in ("value", "low", "high")))
    behaviour = {measure: np.array([gathered(hidden_work, name, session.store.read, (measure,))[0][measure].mean() for name in names])
                 for measure in ("lean", "hedging_index")}
    sides = (reference, names[best_known], names[find])
    under = [returns(work, sides, session.store.read, payoff, reference)[asked.measure][:, 0] for work in rivals]
    square = (len(options), len(options))
    return Found(
        trace=trace, random=random, along=along, objectives=objectives, strategies=strategies, units=units, names=names, seen=seen, unseen=unseen, ahead=ahead,
        by_future=means[find] - means,
        best_known=best_known, optimism=independent_difference(seen, unseen), flattered=independent_difference(*versus), fronts=fronts, behaviour=behaviour,
        policies=options, rivals=_under(under, 1, square), rivals_reference=_under(under, 0, square), lost=session.lost)


def _under(values: Sequence[Array], other: int, shape: tuple[int, int]) -> Estimate:
    """The find less another side under each pair of policies: mean over worlds and its interval, shape (China's policies, US' policies).

    Args:
        values: Of the reference, the best of the library and the find in every world, (3, worlds) for each pair.
        other: Row of the other side.
        shape: Policies of either power.
    """
    mean, low, high = mean_interval(np.stack([of[2] - of[other] for of in values]))
    return Estimate(mean.reshape(shape), low.reshape(shape), high.reshape(shape))
