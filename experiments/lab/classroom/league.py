"""The league of a class: places by the weights of the class, with the numbers of `counterpoise rank`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from experiments.analyses.rank.analyse import analysed
from experiments.analyses.rank.result import Options
from experiments.cells.archive import Outcome
from experiments.cells.cell import AnyCell
from experiments.cells.job_cells import JobCells, gathered, job_cells_of
from experiments.cells.simulate import grouped
from experiments.configuration.entries import Entry, Refused
from experiments.configuration.errors import CommandError
from experiments.configuration.job import Job
from experiments.lab.classroom.rounds import REFERENCE, Line
from experiments.lab.engine import Outcomes, job_of, outcomes_of
from experiments.lab.question import Question
from experiments.report.differences import Difference, of_worlds
from sim.draws import BLOCK
from sim.payoffs import COMPOSITE, RETURNS

#: Worlds of a league.
WORLDS = 64


@dataclass(frozen=True)
class Row:
    """A strategy in the league; its numbers are less those of the reference on the same worlds.

    Attributes:
        place: Its place, from 1; those that cannot be distinguished share one.
        entry: The strategy and its file.
        score: The returns weighed by the class.
        economic: Consumption.
        trust: Trust.
    """

    place: int
    entry: Entry
    score: Difference
    economic: Difference
    trust: Difference

    @property
    def label(self) -> str:
        """What it is called: the name under which it was handed in."""
        return self.entry.strategy.label or self.entry.strategy.name

    @property
    def line(self) -> Line:
        """The row as the file of a round holds it."""
        def three(name: str, d: Difference) -> dict[str, float]:
            return {name: d.mean, f"{name}_low": d.low, f"{name}_high": d.high}

        return Line(place=self.place, name=self.label, file=self.entry.file, family=self.entry.strategy.family, **three("score", self.score),
                    **three("economic", self.economic), **three("trust", self.trust))


@dataclass(frozen=True)
class League:
    """A league.

    Attributes:
        question: Scenario, events and weights.
        job: The checked configuration, with the strategies of the class and the reference.
        rows: The strategies, the first first.
        refused: Files that take no part, and why.
    """

    question: Question
    job: Job
    rows: tuple[Row, ...]
    refused: tuple[Refused, ...]


def steps(question: Question, entries: Sequence[Entry], refused: Sequence[Refused], outcomes: Outcomes) -> Iterator[League | None]:
    """Compute a league: None after each step, the league at last. A strategy that cannot be simulated takes no part and stops no other.

    Args:
        question: Scenario, events and weights.
        entries: The strategies of the class.
        refused: Files that are wrong.
        outcomes: What was simulated before; what is simulated now is kept there.

    Raises:
        ConfigError: Something in the question does not fit.
        CommandError: The reference cannot be simulated.
    """
    job = job_of(replace(question, weights=()), WORLDS)
    if question.weights:  # they change no simulation, and reading the files again takes half a second
        payoff = job.run.payoff.model_copy(update={"weights": dict(question.weights)})
        job = replace(job, run=job.run.model_copy(update={"payoff": payoff}))
    compared = {REFERENCE: job.settings.strategies[REFERENCE], **{entry.strategy.name: entry.strategy for entry in entries}}
    job = replace(job, settings=job.settings.replace(strategies=compared))
    cells = job_cells_of(job.settings, measures=RETURNS)
    used = {cell.key: outcomes.kept[cell.key] for cell in cells.cells() if cell.key in outcomes.kept}
    reasons: dict[str, str] = {}
    for group in grouped(outcomes.missing(cells.cells()), BLOCK):
        computed = _simulated(group, reasons)
        kept = [cell for cell in group if cell.key in computed]
        outcomes.keep(kept, [computed[cell.key] for cell in kept])
        used |= computed
        yield None
    failed = {name: reasons[key] for name, keys in cells.keys().items() for key in keys if key in reasons}
    if REFERENCE in failed:
        raise CommandError(failed[REFERENCE])
    ranked = [entry for entry in entries if entry.strategy.name not in failed]
    out = [*refused, *(Refused(entry.file, failed[entry.strategy.name]) for entry in entries if entry.strategy.name in failed)]
    yield League(question, job, _rows(job, ranked, cells, used), tuple(out))


def _simulated(group: Sequence[AnyCell], reasons: dict[str, str]) -> dict[str, Outcome]:
    """The outcomes of cells by key; where they fail together each is tried alone, and `reasons` gets why one fails."""
    try:
        return {cell.key: outcome for cell, outcome in zip(group, outcomes_of(group), strict=True)}
    except CommandError as error:
        if len(group) == 1:
            reasons[group[0].key] = str(error)
            return {}
    return {key: outcome for cell in group for key, outcome in _simulated([cell], reasons).items()}


def _rows(job: Job, entries: Sequence[Entry], cells: JobCells, used: Mapping[str, Outcome]) -> tuple[Row, ...]:
    if not entries:
        return ()
    names = [REFERENCE, *(entry.strategy.name for entry in entries)]
    result = analysed(Options([job], entries, [], ""), names, [cells], used.__getitem__)
    values = {name: gathered(cells, name, used.__getitem__, RETURNS)[0] for name in names}

    def less(name: str, measure: str) -> Difference:
        return of_worlds((values[name][measure] - values[REFERENCE][measure])[0], job.run.payoff.smallest(measure))

    smallest = job.run.payoff.smallest(COMPOSITE)
    scores = [Difference(float(one.value), float(one.low), float(one.high), float("nan"), smallest) for one in (result.score[i] for i in range(len(entries)))]
    return tuple(Row(int(place), entry, score, less(entry.strategy.name, "economic"), less(entry.strategy.name, "trust"))
                 for place, entry, score in zip(result.rank, result.entries, scores, strict=True))
