"""A strategy that is copied or has another name changes no verdict."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from experiments.analyses.hypotheses.judge import _values
from experiments.analyses.hypotheses.trial import hypotheses, trial
from experiments.analyses.hypotheses.verdict import Verdict, verdict
from experiments.cells.archive import Outcome
from experiments.cells.simulate import simulated
from experiments.configuration.files import conf_dir
from tests.experiments.configuration.conftest import using

#: A hypothesis whose verdict is by behaviour, and one that is shown so too; both name strategies that stay.
TRIED = ("O1", "H1")


class Stored:
    """Cells simulated when they are first read."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.store = self


def judged(stored: Stored) -> dict[str, Verdict]:
    result = {}
    for name in TRIED:
        made = trial(name, hypotheses()[name], ["n_worlds=4", "horizon=14"], 4)
        for cells in made.jobs_cells:
            for cell in cells.cells():
                if cell.key not in stored.outcomes:
                    stored.outcomes[cell.key] = simulated(cell)
        default, drawn, library = ({condition: _values(cells, made.hypothesis, stored) for condition, cells in each.items()}  # type: ignore[arg-type]
                                   for each in (made.default, made.drawn, made.library))
        result[name] = verdict(name, made.hypothesis, default, drawn, made.jobs[next(iter(made.jobs))].run.payoff, 1, library or None)
    return result


@pytest.fixture
def conf(tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(conf_dir(), tmp_path / "conf")
    with using(tmp_path / "conf"):
        yield tmp_path / "conf"


def copy_of(conf: Path, name: str, other: str, *, keep: bool) -> None:
    file = conf / "strategies" / f"{name}.yaml"
    (conf / "strategies" / f"{other}.yaml").write_text(file.read_text().replace(f"{name}:", f"{other}:", 1))
    if not keep:
        file.unlink()


def same(one: Verdict, other: Verdict) -> None:
    assert (one.word, one.holds, one.low, one.high) == (other.word, other.holds, other.low, other.high)
    assert [one.effect.value, one.effect.low, one.effect.high] == pytest.approx([other.effect.value, other.effect.low, other.effect.high], abs=1e-9)
    np.testing.assert_allclose(one.draws, other.draws, atol=1e-9)
    assert one.also.keys() == other.also.keys()
    for called in one.also:
        same(one.also[called], other.also[called])


def test_a_copied_or_renamed_strategy_changes_no_verdict(conf: Path) -> None:
    stored = Stored()
    stored.read = lambda key: stored.outcomes[key]  # type: ignore[attr-defined]
    before = judged(stored)
    assert "equidistance" in before["O1"].sides[0].members
    for name in ("neutral_open", "limited_bandwagon_first", "ambiguity_hedge"):
        copy_of(conf, name, f"a_copy_of_{name}", keep=True)
    copy_of(conf, "ambiguity_hedge", "fog", keep=False)
    copy_of(conf, "bandwagon_second", "zealot", keep=False)
    with using(conf):
        after = judged(stored)
        assert {"fog", "a_copy_of_neutral_open"} <= set(after["O1"].sides[0].members)
        for name in TRIED:
            same(before[name], after[name])
