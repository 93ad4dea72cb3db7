"""The numbers of a page: the strategies of a question at so many worlds, as `counterpoise` computes them, in this process and step by step.

Steps are short, so that a newer question can take the place of an older one between two of them.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from experiments.analyses.comparison.assumptions import assess
from experiments.analyses.comparison.brief import Brief, brief_of
from experiments.analyses.comparison.change import change_of, what_changes
from experiments.analyses.comparison.checks import batches
from experiments.analyses.comparison.comparison import Comparison, compare
from experiments.cells.archive import Outcome
from experiments.cells.cell import AnyCell, Cell
from experiments.cells.job_cells import JobCells, job_cells_of, of_baselines, results_of
from experiments.cells.simulate import grouped, simulated_together
from experiments.configuration.effect import check_comparison
from experiments.configuration.errors import CommandError
from experiments.configuration.files import read_again
from experiments.configuration.job import Job
from experiments.configuration.load import load
from experiments.figures.context import context_of
from experiments.lab.question import Question, overrides
from experiments.lab.wording import sentence
from experiments.names import naming
from sim.draws import BLOCK

#: Worlds of the first answer, of the next, and of the last, which is that of the command.
FEW, MORE, ALL = 32, 256, 1024
#: Jobs that are kept, and outcomes; one of 1,024 worlds takes a third of a megabyte.
KEPT_JOBS, KEPT_OUTCOMES = 256, 480
#: Files are read by one thread at a time.
_reading = threading.Lock()


@dataclass(frozen=True)
class Answer:
    """What a page shows.

    Attributes:
        question: The question.
        job: Its checked configuration.
        comparison: Its numbers; those of the resampling are missing.
        brief: They in a few sentences; its question is that of the page.
        checked: Whether the assumptions were drawn again.
    """

    question: Question
    job: Job
    comparison: Comparison
    brief: Brief
    checked: bool = False

    @property
    def n_worlds(self) -> int:
        """Worlds simulated."""
        return self.comparison.n_worlds


@dataclass
class Outcomes:
    """The latest outcomes of cells by key; the page changes one thing at a time, and the rest is there."""

    kept: OrderedDict[str, Outcome] = field(default_factory=OrderedDict)

    def missing(self, cells: Sequence[Cell]) -> list[Cell]:
        """Those that are not there, each once; the others count as used."""
        for cell in cells:
            if cell.key in self.kept:
                self.kept.move_to_end(cell.key)
        return list({cell.key: cell for cell in cells if cell.key not in self.kept}.values())

    def keep(self, cells: Sequence[AnyCell], outcomes: Sequence[Outcome]) -> None:
        """Keep outcomes, and forget those that were not used for longest."""
        self.kept.update((cell.key, outcome) for cell, outcome in zip(cells, outcomes, strict=True))
        while len(self.kept) > KEPT_OUTCOMES:
            self.kept.popitem(last=False)


def job_of(question: Question, n_worlds: int = ALL) -> Job:
    """The job of a question, checked as on the command line.

    Raises:
        ConfigError: Something in it does not fit; all problems are listed.
    """
    job = job_with(overrides(question))
    if n_worlds == ALL:
        return job
    fewer = {"n_worlds": n_worlds}  # nothing else of a configuration depends on it, and composing one takes longer than simulating a few worlds
    baseline = None if job.baseline is None else job.baseline.model_copy(update=fewer)
    return replace(job, settings=job.settings.model_copy(update=fewer), baseline=baseline)


def job_with(words: tuple[str, ...]) -> Job:
    """The job of some overrides, checked as on the command line.

    Raises:
        ConfigError: Something in it does not fit; all problems are listed.
    """
    with _reading:
        return _job(words)


@lru_cache(maxsize=KEPT_JOBS)
def _job(words: tuple[str, ...]) -> Job:
    job = load(words)
    check_comparison([job])
    return job


def forget_files() -> None:
    """Read the user's own files again, which have changed."""
    with _reading:
        read_again()
        _job.cache_clear()


def steps(question: Question, n_worlds: int, outcomes: Outcomes, draws: int | None = 0) -> Iterator[Answer | None]:
    """Compute the answer to a question: None after each step, the answer at last.

    Args:
        question: The question.
        n_worlds: Worlds.
        outcomes: What was simulated before; what is simulated now is kept there.
        draws: Draws of the assumptions, with which the report of the command says how sure it is of them; None: as many as the command makes.

    Raises:
        ConfigError: Something in it does not fit.
        CommandError: It cannot be simulated.
    """
    job = job_of(question, n_worlds)
    cells_of_job = job_cells_of(job.settings)
    (baseline,) = of_baselines([job])
    draws = job.run.assumption_draws if draws is None else draws
    checks = batches(job.settings, draws) if draws else []
    every = [cell for each in (cells_of_job, *([] if baseline is None else [baseline]), *checks) for cell in each.cells()]
    used = {cell.key: outcomes.kept[cell.key] for cell in every if cell.key in outcomes.kept}
    for cells in grouped(outcomes.missing(every), BLOCK):
        computed = outcomes_of(cells)
        outcomes.keep(cells, computed)
        used |= {cell.key: outcome for cell, outcome in zip(cells, computed, strict=True)}
        yield None
    yield _answer(question, job, (cells_of_job, baseline, *checks), used)


def outcomes_of(cells: Sequence[AnyCell]) -> list[Outcome]:
    """The outcomes of cells that fit together, see `grouped`, in their order, from one pass.

    Raises:
        CommandError: They cannot be simulated.
    """
    try:
        return simulated_together(cells)
    except MemoryError:
        raise CommandError("out of memory: compare fewer strategies") from None
    except ArithmeticError as error:  # a number that is not finite, a broken account
        raise CommandError(f"it cannot be simulated: {error}") from error
    except Exception as error:  # from the code of a strategy
        raise CommandError(f"it cannot be simulated: a strategy of these fails ({type(error).__name__})") from error


def _answer(question: Question, job: Job, cells: tuple[JobCells | None, ...], used: dict[str, Outcome]) -> Answer:
    own, baseline, *checks = cells
    now, before = (None if each is None else results_of(each, used.__getitem__) for each in (own, baseline))
    assert now is not None
    with naming([job.settings]):
        families = {name: strategy.family for name, strategy in job.settings.strategies.items()}
        comparison = compare(now, families, job.run.reference, job.run.payoff, job.settings.seed, resampling=False)
        change = None if before is None else change_of(what_changes(job), now, before, job.run.reference, job.run.payoff)
        context = context_of(job)
        comparison = replace(comparison, change=change, start=context.start, events=context.events)
        drawn = [each for each in checks if each is not None]
        assumptions = assess(drawn, used.__getitem__, comparison.strategies, comparison.reference, job.run.payoff) if drawn else None
        brief = replace(brief_of(job, comparison, assumptions), question=sentence(question, job.settings))
        return Answer(question, job, comparison, brief, assumptions is not None)
