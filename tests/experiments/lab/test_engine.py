"""The numbers of the page are those of the library."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import counterpoise
from experiments.analyses.comparison.assumptions import assess
from experiments.analyses.comparison.brief import brief_of
from experiments.analyses.comparison.checks import batches
from experiments.cells.simulate import simulated
from experiments.configuration.errors import CommandError, ConfigError
from experiments.configuration.load import load
from experiments.lab import engine
from experiments.lab.desk import MOST, PAUSE, Busy, Desk
from experiments.lab.engine import ALL, Answer, Outcomes, job_of, steps
from experiments.lab.question import Happening, Question, overrides
from experiments.names import naming

PLAIN = Question(strategies=("status_quo", "equidistance"))
CHANGED = Question(scenario="eba_withdrawal", policies=("", "coercion"), events=(Happening("budget", "second", 0, None, 2.0),), strategies=PLAIN.strategies,
                   weights=(("economic", 60), ("trust", 40))).with_number("policy.coercion.punish", 0.1).with_number("strategies.equidistance.breadth", 0.7)


def answer(question: Question, n_worlds: int, outcomes: Outcomes | None = None) -> Answer:
    *_, last = steps(question, n_worlds, Outcomes() if outcomes is None else outcomes)
    assert last is not None
    return last


@pytest.mark.parametrize(("question", "n_worlds"), [(PLAIN, 48), (CHANGED, 48), (CHANGED, ALL)])
def test_the_numbers_are_those_of_the_library_bit_for_bit(question: Question, n_worlds: int) -> None:
    here = answer(question, n_worlds)
    there = counterpoise.compare(*overrides(question), n_worlds=n_worlds)
    assert here.n_worlds == n_worlds
    resampled = [column for column in there.tables["paired"].columns if column.startswith("cvar")]
    for name, without in (("paired", resampled), ("summary", ["cvar", "cvar_low", "cvar_high"]), ("behaviour", [])):
        pd.testing.assert_frame_equal(getattr(here.comparison, name).drop(columns=without), there.tables[name].drop(columns=without), check_exact=True)
    for measure, values in there.comparison.payoffs.items():
        np.testing.assert_array_equal(here.comparison.payoffs[measure], values)
    if question is PLAIN:
        assert here.comparison.change is there.change is None
    else:
        assert here.comparison.change is not None
        assert there.change is not None
        pd.testing.assert_frame_equal(here.comparison.change.table, there.change, check_exact=True)


def test_how_sure_of_the_assumptions_is_what_the_report_of_the_command_says() -> None:
    *_, here = steps(PLAIN, 32, Outcomes(), draws=12)
    assert here is not None
    assert here.checked
    job = here.job
    checks = batches(job.settings, 12)
    alone = {cell.key: simulated(cell) for each in checks for cell in each.cells()}
    assumptions = assess(checks, alone.__getitem__, here.comparison.strategies, here.comparison.reference, job.run.payoff)
    with naming([job.settings]):
        assert here.brief == replace(brief_of(job, here.comparison, assumptions), question=here.brief.question)
    assert re.match(r"(high|medium|low): ", here.brief.assumptions)
    assert answer(PLAIN, 32).brief.assumptions.startswith("not checked")


def test_as_many_draws_as_the_command_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(engine, "batches", lambda settings, n: drawn.append(n) or [])
    list(steps(PLAIN, 8, Outcomes(), None))
    assert drawn == [load(["strategies=[status_quo]"]).run.assumption_draws]
    assert drawn[0] > 0


def test_what_was_simulated_before_is_not_simulated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = Outcomes()
    first = answer(CHANGED, 16, outcomes)
    simulated: list[str] = []
    real = engine.outcomes_of
    monkeypatch.setattr(engine, "outcomes_of", lambda cells: simulated.extend(cell.strategy.name for cell in cells) or real(cells))
    again = answer(CHANGED, 16, outcomes)
    assert simulated == []
    pd.testing.assert_frame_equal(first.comparison.paired, again.comparison.paired)
    answer(CHANGED.with_number("strategies.equidistance.breadth", 0.6), 16, outcomes)
    assert simulated == ["equidistance", "equidistance"]  # in the baseline as well


def test_few_outcomes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "KEPT_OUTCOMES", 2)
    outcomes = Outcomes()
    assert answer(CHANGED, 8, outcomes).n_worlds == 8
    assert len(outcomes.kept) == 2


def test_what_does_not_fit_is_refused_as_on_the_command_line() -> None:
    with pytest.raises(ConfigError, match="unknown name 'nowhere'"):
        job_of(Question(scenario="nowhere"))
    with pytest.raises(ConfigError, match="no power follows neglect"):
        job_of(Question().with_number("policy.neglect.punish", 0.1))


# ---- The desk


def counting(to: int, result: str, seen: list[str] | None = None, gate: threading.Event | None = None) -> Iterator[str | None]:
    for _ in range(to):
        if gate is not None:
            gate.wait(10)
        if seen is not None:
            seen.append(result)
        yield None
    yield result


@pytest.fixture
def desk() -> Iterator[Desk[str]]:
    made: Desk[str] = Desk()
    yield made
    made.close()


def test_a_newer_question_of_a_page_ends_the_older_one(desk: Desk[str]) -> None:
    gate, end, seen, results = threading.Event(), threading.Event(), [], []
    desk.give("page", [(1, counting(50, "old", seen, gate))], lambda result: results.append(result))
    desk.give("page", [(1, counting(2, "new"))], lambda result: (results.append(result), end.set()))
    gate.set()
    assert end.wait(10)
    assert results == ["new"]
    assert len(seen) <= 1


def test_first_answers_of_all_pages_come_before_larger_ones(desk: Desk[str]) -> None:
    gate, end, results = threading.Event(), threading.Event(), []
    desk.give("one", [(32, counting(1, "one, few", gate=gate)), (1024, counting(3, "one, all"))], results.append)
    last = [(32, counting(1, "two, few")), (1024, counting(3, "two, all"))]
    desk.give("two", last, lambda result: (results.append(result), result == "two, all" and end.set()))
    gate.set()
    assert end.wait(10)
    assert set(results[:2]) == {"one, few", "two, few"}


def test_only_larger_work_waits_a_moment(desk: Desk[str]) -> None:
    times: list[float] = []
    end = threading.Event()
    parts = counting(0, "one"), counting(0, "two"), counting(0, "three")
    desk.give("page", list(zip((1, 1, 2), parts, strict=True)), lambda result: (times.append(time.monotonic()), result == "three" and end.set()))
    assert end.wait(10)
    assert times[1] - times[0] < PAUSE <= times[2] - times[1]


def test_what_goes_wrong_is_reported_to_its_page_alone(desk: Desk[str]) -> None:
    def failing(error: Exception) -> Iterator[str | None]:
        yield None
        raise error

    end, results = threading.Event(), []
    desk.give("one", [(1, failing(CommandError("a reason"))), (2, counting(0, "never"))], results.append)
    desk.give("two", [(1, failing(ZeroDivisionError()))], results.append)
    desk.give("three", [(3, counting(0, "fine"))], lambda result: (results.append(result), end.set()))
    assert end.wait(10)
    assert [str(result) for result in results] == ["a reason", "it cannot be computed: ZeroDivisionError", "fine"]


def test_only_so_many_pages_wait(desk: Desk[str]) -> None:
    gate = threading.Event()
    for i in range(MOST):
        desk.give(f"page {i}", [(1, counting(1, "x", gate=gate))], lambda result: None)
    with pytest.raises(Busy):
        desk.give("one more", [(1, counting(1, "x"))], lambda result: None)
    desk.give("page 3", [(1, counting(1, "x"))], lambda result: None)  # its own place
    gate.set()
