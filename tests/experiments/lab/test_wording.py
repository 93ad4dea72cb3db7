"""A question in words."""

import pytest

from experiments.lab.engine import job_of
from experiments.lab.question import Happening, Question
from experiments.lab.wording import event_in_words, sentence
from experiments.names import naming

OF_US = "policy.norm_promoter"


@pytest.mark.parametrize(("question", "expected"), [
    (Question(), "What does each strategy of Cambodia between China and the US gain and cost?"),
    (Question(events=(Happening("budget", "second", 0, None, 2.0),)).with_number(f"{OF_US}.punish", 0.0),
     "What does it change for Cambodia between China and the US if from 2020 on the US gives 2 times as much investment and aid; "
     "for the US, pressure on unaligned states is 0?"),
    (Question(scenario="cold_war", policies=("patron", "patron"), events=(Happening("crisis", "", 3),)).with_number("policy.patron.norms", 0.25),
     "What does it change for Cambodia between China and the US if the scenario is cold war; China follows policy patronage; the US follows policy patronage; "
     "in 2023 a crisis breaks out; for China and the US, pressure on governance is 0.25?"),
    (Question().with_number("strategies.isolation.anchor", 0.25).with_number("strategies.isolation.breadth", 0.5).with_number("parameters.backlash", 0.5),
     "What does it change for Cambodia between China and the US if backlash against pressure is 0.50; "
     "for isolation, tilt aimed at before leaning and coercion is 0.25 and cooperation opened to both powers alike is 0.50?"),
])
def test_a_question_reads_as_one(question: Question, expected: str) -> None:
    settings = job_of(question).settings
    with naming([settings]):
        assert sentence(question, settings) == expected


@pytest.mark.parametrize(("end", "horizon", "when"), [
    (13, 60, "from 2030 to 2033"), (14, 60, "from 2030 on"), (15, 60, "from 2030 on"), (14, 58, "from 2030 on"), (14, 61, "from 2030 to 2034")])
def test_what_lasts_to_the_end_of_the_run_or_beyond_it_has_no_end_in_words(end: int, horizon: int, when: str) -> None:
    settings = job_of(Question()).settings.replace(horizon=horizon)
    assert event_in_words(Happening("access", "rest", 10, end, 0.9), settings).startswith(f"{when} access")
