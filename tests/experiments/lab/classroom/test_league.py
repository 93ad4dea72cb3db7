"""The league of a class has the numbers of `counterpoise rank`, and one strategy that fails stops no other."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import counterpoise
from experiments.configuration.errors import CommandError
from experiments.configuration.files import conf_dir
from experiments.lab.classroom import drawn, league
from experiments.lab.classroom.handed_in import HandedIn
from experiments.lab.classroom.league import League, steps
from experiments.lab.classroom.rounds import PRACTICE, REFERENCE
from experiments.lab.engine import Outcomes
from experiments.lab.question import Happening, Question
from tests.experiments.report.test_browser import ACTIVE

QUESTION = replace(PRACTICE, scenario="cold_war", events=(Happening("crisis", "", 3),), weights=(("economic", 80), ("trust", 20)))
NAMES = ("equidistance", "isolation", "bandwagon_first", "tit_for_tat")


@pytest.fixture(autouse=True)
def few_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(league, "WORLDS", 8)


@pytest.fixture
def room(tmp_path: Path) -> HandedIn:
    for i, name in enumerate(NAMES):
        text = (conf_dir() / "strategies" / f"{name}.yaml").read_text(encoding="utf-8")
        HandedIn(tmp_path).hand_in(f"{ACTIVE[i][:30]} {i}", text, f"seat {i}")
    return HandedIn(tmp_path)


def computed(room: HandedIn, outcomes: Outcomes, question: Question = QUESTION) -> League:
    *_, result = steps(question, *room.entries([REFERENCE]), outcomes)
    assert isinstance(result, League)
    return result


def test_places_and_scores_are_those_of_the_command(room: HandedIn) -> None:
    rows = computed(room, Outcomes()).rows
    ranked = counterpoise.rank(room.folder, "n_worlds=8", "payoff.weights={economic: 80, trust: 20}", "scenario.events=[{kind: crisis, start: +3q0}]",
                               scenarios="cold_war").table
    assert [(row.place, row.entry.strategy.name, row.entry.file) for row in rows] == list(zip(ranked.place, ranked.strategy, ranked.file, strict=True))
    assert [(row.score.mean, row.score.low, row.score.high) for row in rows] == list(zip(ranked.score, ranked.score_low, ranked.score_high, strict=True))
    compared = counterpoise.compare("n_worlds=8", "scenario=cold_war", "scenario.events=[{kind: crisis, start: +3q0}]",
                                    strategies=["status_quo", "isolation"], against=None).table
    trust = compared[(compared.strategy == "isolation") & (compared.measure == "trust")].iloc[0]
    (row,) = [row for row in rows if row.label.endswith(" 1")]
    assert (row.trust.mean, row.trust.low, row.trust.high) == (trust.difference, trust.low, trust.high)


def test_a_hand_in_simulates_its_own_strategy_alone_and_weights_nothing(room: HandedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes, simulated, real = Outcomes(), list[str](), league.outcomes_of
    monkeypatch.setattr(league, "outcomes_of", lambda cells: simulated.extend(cell.strategy.label for cell in cells) or real(cells))
    computed(room, outcomes)
    assert len(simulated) == 1 + len(NAMES)
    simulated.clear()
    room.hand_in("Dara", "mine: {family: hedging, description: d, source: s, breadth: 0.61}", "seat")
    assert len(computed(room, outcomes).rows) == 1 + len(NAMES)
    assert simulated == ["Dara"]
    one, other = (computed(room, outcomes, replace(QUESTION, weights=((name, 100),))) for name in ("economic", "security"))
    assert simulated == ["Dara"]
    assert [row.label for row in one.rows] != [row.label for row in other.rows]


def test_a_strategy_that_cannot_be_simulated_takes_no_part_and_stops_no_other(room: HandedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    real = league.outcomes_of

    def failing(cells: Sequence[Any]) -> Any:
        if any(cell.strategy.label.endswith(" 2") for cell in cells):
            raise CommandError("it cannot be simulated: <b>")
        return real(cells)

    monkeypatch.setattr(league, "outcomes_of", failing)
    result = computed(room, Outcomes())
    assert len(result.rows) == len(NAMES) - 1
    (refused,) = result.refused
    assert refused.reason == "it cannot be simulated: <b>"
    assert "it cannot be simulated: &lt;b&gt;" in drawn.table(result)


def test_names_are_text_in_the_table_and_in_the_charts(room: HandedIn) -> None:
    result = computed(room, Outcomes())
    for text in (drawn.table(result), drawn.scatter(result)):
        for payload in ACTIVE[:4]:
            assert payload[:30] not in text
        assert text.count("&lt;script&gt;alert(1)") >= 1
    assert not [part for part in drawn.table(result).split("<")[1:] if part.strip("/").split(">")[0].split()[0] not in
                ("table", "thead", "tbody", "tr", "th", "td", "span")]


def test_nobody_has_handed_in_yet(tmp_path: Path) -> None:
    assert computed(HandedIn(tmp_path), Outcomes()).rows == ()
