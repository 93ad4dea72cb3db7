"""The state of the page: the same question as overrides, as a command and as a link."""

import shlex
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.configuration.errors import ConfigError
from experiments.configuration.load import load
from experiments.lab.question import (
    EVENTS,
    MOST_CHARACTERS,
    MOST_EVENTS,
    MOST_STRATEGIES,
    Happening,
    Question,
    check,
    command,
    overrides,
    quantity_of,
    query,
    question_of,
)
from sim.payoffs import PLACES, WEIGHED
from sim.quantity import Interval
from sim.scenario import KINDS

NAMES = ("status_quo", "equidistance", "isolation", "bandwagon_first", "dominance_denial")
KEYS = ("parameters.rivalry_mean", "policy.coercion.punish", "policy.coercion.reward", "strategies.status_quo.breadth", "strategies.status_quo.anchor",
        "strategies.status_quo.lean_with.dependence")


@st.composite
def happenings(draw: st.DrawFn) -> Happening:
    kind = draw(st.sampled_from(sorted(EVENTS)))
    known = KINDS[kind]
    actors = {"power": PLACES, "partner": (*PLACES, "rest")}.get(str(known.actor), ("",))
    start = draw(st.integers(0, 14))
    lasts = known.lasts or kind == "crisis"
    end = draw(st.none() | st.integers(start, 14)) if lasts else None
    inside = Interval.parse(str(known.domain))
    value = None if kind in ("crisis", "pandemic") else draw(st.floats(inside.low, inside.high, exclude_min=not inside.holds_low))
    return Happening(kind, draw(st.sampled_from(actors)), start, end, value)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Questions of every form on the Cambodian case, the second power with policy coercion."""
    chosen = ("status_quo", *draw(st.lists(st.sampled_from(NAMES[1:]), unique=True)))
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True))
    numbers = []
    for key in sorted(keys):
        known = quantity_of(key)
        assert known is not None
        numbers.append((key, draw(st.floats(*known.plausible))))
    weights = draw(st.lists(st.sampled_from(WEIGHED), unique=True))
    swept = draw(st.just(()) | st.permutations(KEYS).map(lambda keys: tuple(keys[:2])))
    return Question(
        focal=draw(st.sampled_from(("", "VNM", "LAO"))), scenario=draw(st.sampled_from(("baseline", "cold_war", "eba_withdrawal"))),
        policies=(draw(st.sampled_from(("", "patron"))), "coercion"), events=tuple(draw(st.lists(happenings(), max_size=3))),
        weights=tuple((name, draw(st.integers(1, 100))) for name in weights), strategies=chosen, numbers=tuple(numbers), sweep=swept)


@given(question=questions())
def test_a_link_holds_the_whole_question(question: Question) -> None:
    assert question_of(query(question)) == question


@settings(max_examples=15)
@given(question=questions())
def test_the_command_sets_everything_that_the_question_says(question: Question) -> None:
    words = shlex.split(command(question))
    assert words[0] == "counterpoise"
    assert tuple(words[1:]) == overrides(question)
    job = load(words[1:])
    s = job.settings
    assert tuple(s.strategies) == question.strategies
    assert not question.focal or s.focal == question.focal
    assert [policy.name for policy in s.policies.values()][1] == "coercion"
    own = 1 if question.scenario == "eba_withdrawal" else 0  # its own event stays
    assert len(s.scenario.events) == own + len(question.events)
    assert [event.kind for event in s.scenario.events][own:] == [event.kind for event in question.events]
    for key, value in question.numbers:
        group, *parts = key.split(".")
        if group == "policy":
            assert getattr(s.policies["us"], parts[1]) == value
        elif group == "parameters":
            assert getattr(s.parameters, parts[0]) == value
        else:
            place = s.strategies[parts[0]]
            assert (getattr(place.lean_with, parts[2]) if len(parts) == 3 else getattr(place, parts[1])) == value
    assert job.run.payoff.weights == (dict(question.weights) or None)


def test_an_empty_page_is_the_first_question() -> None:
    assert question_of("") == Question()
    assert query(Question()) == ""


@pytest.mark.parametrize(("link", "part"), [
    ("planet=mars", "unknown key 'planet'"), ("world=../../etc/passwd", "cannot be a name"), ("scenario=<script>", "cannot be a name"),
    ("event=crisis", "KIND,ACTOR,START,END,VALUE"), ("event=war,,1,,", "unknown kind of event"), ("event=crisis,first,1,,", "actor"),
    ("event=crisis,,-1,,", "whole number"), ("event=crisis,,5,3,", "before it begins"), ("event=pandemic,,5,6,", "has no end"),
    ("event=crisis,,1,,1.0", "has no value"), ("event=budget,second,0,,11.0", "allowed range [0, 10]"), ("event=budget,second,0,,", "needs a value"),
    ("strategies=status_quo,status_quo", "twice"), ("strategies=", "cannot be a name"), ("strategies=my/file.yaml", "cannot be a name"),
    ("weights=economic:0", "at least one"), ("weights=wealth:3", "unknown return"), ("weights=economic:500", "from 0 to 100"),
    ("weights=economic:1,economic:2", "twice"), ("policy.coercion.punish=7", "allowed range [0, 1]"), ("policy.coercion.punish=nan", "expected a number"),
    ("policy.coercion.rule=0", "unknown key"), ("results=/tmp", "unknown key"), ("executor.address=tcp", "unknown key"), ("horizon=9", "unknown key"),
    ("world=a&world=b", "twice"), ("a", "cannot be read"), ("world=%ff", "cannot be read"), ("first=${oc.env:HOME}", "cannot be a name"),
    ("strategies=" + ",".join(f"s{i}" for i in range(MOST_STRATEGIES + 1)), "at most"), ("x" * (MOST_CHARACTERS + 1), "longer than"),
    ("sweep=policy.coercion.punish", "sweep: two different numbers"), ("sweep=policy.coercion.punish,policy.coercion.punish", "sweep: two different numbers"),
    ("sweep=policy.coercion.punish,horizon", "sweep: two different numbers"), ("sweep=", "sweep: two different numbers"),
    ("&".join(["event=crisis,,1,,"] * (MOST_EVENTS + 1)), "events: at most"),
])
def test_a_strange_link_is_refused_in_words(link: str, part: str) -> None:
    with pytest.raises(ConfigError) as error:
        question_of(link)
    assert part in str(error.value)


@given(text=st.text(max_size=300))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    for link in (text, urlencode({"world": text}), urlencode({"event": text}), urlencode({"strategies": text}), urlencode({"weights": text})):
        try:
            question = question_of(link)
        except ConfigError:
            continue
        assert question_of(query(question)) == question


def test_links_name_only_what_differs_from_an_empty_page() -> None:
    link = query(Question(scenario="cold_war").with_number("parameters.rivalry_mean", 1.5))
    assert parse_qsl(link) == [("scenario", "cold_war"), ("parameters.rivalry_mean", "1.5")]


def test_what_no_longer_applies_is_dropped_with_what_it_belonged_to() -> None:
    question = Question(policies=("", "coercion")).with_number("policy.coercion.punish", 0.2).with_number("strategies.isolation.breadth", 0.5)
    assert question.with_policy(1, "neglect").number("policy.coercion.punish") is None
    assert question.with_strategies(["status_quo"]).numbers == (("policy.coercion.punish", 0.2),)
    assert question.with_number("policy.coercion.punish", None).number("policy.coercion.punish") is None
    assert question.in_world("theory_symmetric") == Question("theory_symmetric", numbers=(("strategies.isolation.breadth", 0.5),))


def test_all_problems_are_listed_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        check(replace(Question(), world="a b", strategies=(), weights=(("wealth", 1),)))
    assert len(error.value.problems) == 3
