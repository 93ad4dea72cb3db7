"""The lab with few worlds and quarters, for tests of its pages: `python -m tests.experiments.lab.few lab …`. Those of its numbers are in test_engine."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from experiments import cli
from experiments.lab import engine, sweep
from experiments.lab.question import Question, overrides

#: Worlds of the last answer.
ALL = 64


def fewer(question: Question) -> tuple[str, ...]:
    """The overrides of a question, of few worlds."""
    return (*overrides(question), f"n_worlds={ALL}", "assumption_draws=8", "horizon=20")


@contextmanager
def few_worlds() -> Iterator[None]:
    """Until the end, answers and diagrams have few worlds; modules that were imported before keep the usual numbers."""
    with mock.patch.multiple(engine, FEW=8, MORE=ALL, ALL=ALL, overrides=fewer), mock.patch.multiple(sweep, FEW=4, WORLDS=16, TOGETHER=8):
        yield


if __name__ == "__main__":
    with few_worlds():
        sys.exit(cli.main(sys.argv[1:]))
