"""Numbers are checked against what is declared of them; settings that do not fit together are refused."""

import contextlib
import re
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.data import NAME, Elections, Power, Region, State
from sim.parameters import Parameters
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.quantity import KEYS, Interval, Quantities, Quantity, quantities, wanted
from sim.scenario import KINDS, SERIES_KINDS, Event, Scenario, Series, Timetable, quarter_index
from sim.settings import Settings
from sim.simulation import simulate
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import LeanWith, Strategy
from tests import given

OPTIONS = [rule.Options for rules in (STRATEGY_RULES, POLICY_RULES) for rule in rules.values()]
KINDS_OF_SETTINGS: list[type[Quantities]] = [Parameters, State, Power, Strategy, Policy, LeanWith, *OPTIONS]
DECLARED = [(kind, name) for kind in KINDS_OF_SETTINGS for name in quantities(kind)]
EACH_DECLARED = pytest.mark.parametrize(("kind", "name"), DECLARED, ids=[f"{kind.__name__}.{name}" for kind, name in DECLARED])

#: What refers to something said elsewhere.
REFERS = re.compile(r"\bthat (chance|share|rate|loss|cost|it)\b|\b(those|this|these|likewise|the same)\b|: as |^(its|their)\b|\bHow \w+ its\b")


@EACH_DECLARED
def test_a_meaning_stands_alone(kind: type[Quantities], name: str) -> None:
    """It is the label of a number wherever that number is spoken of."""
    assert not REFERS.search(quantities(kind)[name].meaning)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_of_an_event_is_good_english(kind: str) -> None:
    said = []
    for value in ({}, {"value": -7.5}, {"value": 1e9}, {"value": "x"}, {"value": 0.5, "actor": "a"}, {"value": 1, "target": "b"}, {"value": 1, "end": 9}):
        with contextlib.suppress(ValidationError):
            Event.model_validate({"kind": kind, "start": 2, **value})
            continue
        with pytest.raises(ValidationError) as error:
            Event.model_validate({"kind": kind, "start": 2, **value})
        said.append(str(error.value))
    text = " ".join(said)
    assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", text)
    assert "allowed [1, 1]" not in text


WORDS = {"name": "mine", "family": "test", "description": "-", "source": "-", "label": "Mine", "adjective": "my", "policy": "mine"}
#: Quantities of which every value has a key.
SPLIT = ("power", "partner", "creditor", "measure")


def whole(known: Quantity, value: Any) -> Any:
    """A value for every key of a quantity that is always split, the value itself for others."""
    return dict.fromkeys(KEYS[known.each], value) if known.each in SPLIT else value


def made(kind: type[Quantities], name: str, value: Any) -> Any:
    """An object of the class with one field as given and the others in the middle of their plausible range."""
    others = {n: whole(known, given.midpoint(known)) for n, known in quantities(kind).items()}
    words = {word: text for word, text in WORDS.items() if word in kind.model_fields}
    return kind(**words | others | {name: value})


def variants(known: Quantity, value: Any) -> list[Any]:
    """Every way of putting a value into a field: alone, or under each of its keys."""
    middle = given.midpoint(known)
    split = [dict.fromkeys(KEYS[known.each], middle) | {key: value} for key in KEYS[known.each]] if known.each else []
    return split if known.each in SPLIT else [value, *split]


def refused(kind: type[Quantities], name: str, value: Any) -> bool:
    try:
        made(kind, name, value)
    except ValidationError as error:
        return [item["loc"] for item in error.errors()] == [(name,)]
    return False


# ---- Quantities


def test_every_number_of_the_model_is_declared() -> None:
    assert len(quantities(Parameters)) == len(Parameters.model_fields)
    for kind in KINDS_OF_SETTINGS:
        numbers = {name for name, field in kind.model_fields.items() if "Number" in str(field.annotation) or "float" in str(field.annotation)}
        assert numbers <= set(quantities(kind)), kind


@EACH_DECLARED
def test_what_is_known_of_a_quantity_is_complete_and_consistent(kind: type[Quantities], name: str) -> None:
    known, field = quantities(kind)[name], kind.model_fields[name]
    domain, (low, high) = Interval.parse(known.domain), known.plausible
    assert known.meaning
    assert known.symbol
    assert known.source
    assert known.grade in ("A", "B", "C")
    assert Interval.parse(str(domain)) == domain
    assert low < high
    assert domain.contains(np.array([low, high]))
    if isinstance(field.default, float):
        assert domain.contains(field.default)
        assert low <= field.default <= high


@EACH_DECLARED
def test_hard_bounds_are_kept_to_the_last_bit(kind: type[Quantities], name: str) -> None:
    known = quantities(kind)[name]
    domain = Interval.parse(known.domain)
    for bound, held, outwards in ((domain.low, domain.holds_low, -np.inf), (domain.high, domain.holds_high, np.inf)):
        beyond, inside = float(np.nextafter(bound, outwards)), float(np.nextafter(bound, -outwards))
        for value in variants(known, beyond):
            assert refused(kind, name, value)
        for value in variants(known, bound):
            assert refused(kind, name, value) != held
        for value in variants(known, inside):
            assert not refused(kind, name, value)


NO_NUMBERS = [True, False, "0.7", "", None, [], [0.5], {}, 1j, float("nan"), float("inf"), float("-inf"), b"1", np.bool_(True), object()]


@EACH_DECLARED
def test_what_is_no_number_is_refused(kind: type[Quantities], name: str) -> None:
    for wrong in NO_NUMBERS:
        for value in variants(quantities(kind)[name], wrong):
            assert refused(kind, name, value), value
    assert refused(kind, name, None) == (kind.model_fields[name].default is not None)


@pytest.mark.parametrize("huge", [10**400, -(10**400)], ids=["plus", "minus"])
@pytest.mark.parametrize("kind", [Parameters, Strategy, Policy])
def test_a_whole_number_beyond_floats_is_refused_like_any_other(kind: type[Quantities], huge: int) -> None:
    for name in list(quantities(kind))[:3]:
        assert refused(kind, name, huge)


@EACH_DECLARED
def test_one_value_per_world_is_accepted_copied_and_frozen(kind: type[Quantities], name: str) -> None:
    known = quantities(kind)[name]
    low, high = known.plausible
    per_world = np.linspace(low, high, 5)
    for value in variants(known, per_world):
        held = getattr(made(kind, name, value), name)
        array = next(v for v in held.values() if isinstance(v, np.ndarray)) if isinstance(held, dict) else held
        np.testing.assert_array_equal(array, np.linspace(low, high, 5))
        assert array.dtype == np.float64
        assert not array.flags.writeable
        assert not np.shares_memory(array, per_world)


@EACH_DECLARED
def test_one_bad_world_is_enough_to_refuse_them_all(kind: type[Quantities], name: str) -> None:
    known = quantities(kind)[name]
    middle, outside = given.midpoint(known), Interval.parse(known.domain).low - 1
    for bad in (outside, np.nan, np.inf):
        for value in variants(known, np.array([middle, bad, middle])):
            assert refused(kind, name, value)


@pytest.mark.parametrize(
    "wrong", [np.array([[0.1, 0.2]]), np.array(0.1), np.array([]), np.array([True]), np.array(["0.1"]), np.array([0.1j]), np.array([0.1], dtype=object)],
    ids=["2d", "0d", "empty", "bool", "text", "complex", "object"])
def test_other_arrays_are_refused(wrong: np.ndarray) -> None:
    assert refused(Parameters, "depreciation", wrong)


def test_whole_numbers_are_numbers() -> None:
    assert made(Parameters, "substitution", 4).substitution == 4.0
    assert isinstance(made(Parameters, "substitution", 4).substitution, float)
    assert made(Parameters, "substitution", np.array([3, 4])).substitution.dtype == np.float64


@pytest.mark.parametrize("value", [{}, {"a": 0.1}, {"a": 0.1, "b": 0.1, "c": 0.1}, {"a": 0.1, 2: 0.1}, 0.1, [0.1, 0.1]], ids=repr)
def test_a_number_for_each_power_needs_as_many_keys_as_powers(value: Any) -> None:
    assert refused(State, "tier", value)


@pytest.mark.parametrize("value", [{}, {"poll": 0.1}, {"survey": 0.1, "votes": 0.1, "poll": 0.1}, 0.1], ids=repr)
def test_tilt_is_measured_in_one_of_two_ways_or_both(value: Any) -> None:
    assert refused(State, "tilt", value)
    for measures in ({"survey": 0.1}, {"votes": -0.1}, {"survey": 0.1, "votes": -0.1}):
        assert made(State, "tilt", measures).tilt == measures


@pytest.mark.parametrize("name", ["anchor", "breadth"])
def test_the_word_start_stands_in_place_of_some_numbers_and_no_other_word(name: str) -> None:
    for value in ("start", {"economy": "start", "security": 0.3}):
        assert getattr(made(Strategy, name, value), name) == value
    for wrong in ("Start", "begin", {"economy": "begin", "security": 0.3}):
        assert refused(Strategy, name, wrong)
    assert "or the word start" in wanted(quantities(Strategy)[name])


@pytest.mark.parametrize("value", [{}, {"economy": 0.1}, {"economy": 0.1, "security": 0.1, "culture": 0.1}, [0.1, 0.1]], ids=repr)
def test_a_number_for_each_domain_needs_both_domains(value: Any) -> None:
    assert refused(Strategy, "anchor", value)


@EACH_DECLARED
def test_a_refusal_says_what_is_allowed_and_what_came(kind: type[Quantities], name: str) -> None:
    known = quantities(kind)[name]
    outside = Interval.parse(known.domain).low - 7
    with pytest.raises(ValidationError) as caught:
        made(kind, name, whole(known, outside))
    message = caught.value.errors()[0]["msg"]
    assert str(Interval.parse(known.domain)) in message
    assert f"{outside}" in message
    with pytest.raises(ValidationError) as caught:
        made(kind, name, whole(known, "much"))
    assert f"a number in {known.domain}" in caught.value.errors()[0]["msg"]
    assert f"a number in {known.domain}" in wanted(known)


@pytest.mark.parametrize("kind", KINDS_OF_SETTINGS)
def test_unknown_keys_and_changes_are_refused(kind: type[Quantities]) -> None:
    with pytest.raises(ValidationError):
        made(kind, "no_such_number", 0.5)
    for name in list(quantities(kind))[:1]:
        found = made(kind, name, whole(quantities(kind)[name], given.midpoint(quantities(kind)[name])))
        with pytest.raises(ValidationError):
            setattr(found, name, 0.5)


def test_intervals_hold_their_closed_ends_only() -> None:
    assert Interval.parse("[0, 1)") == Interval(0, 1, True, False)
    assert Interval.parse("(0, 1]") == Interval(0, 1, False, True)
    for text in ("[0, 1]", "(0, 1)", "[0, 1)", "(0, 1]", "(0, inf)"):
        interval = Interval.parse(text)
        assert str(interval) == text
        assert interval.contains(0.5)
        assert interval.contains(0) == text.startswith("[")
        assert interval.contains(1) == (text.endswith("]") or "inf" in text)
        assert not interval.contains(-1e-300)
        assert not interval.contains(np.nan)
        assert not interval.contains(np.array([0.5, np.nan]))


@pytest.mark.parametrize("name", ["a", "KHM", "a-b_c.d", "0", "x" * 64])
def test_plain_names_are_accepted(name: str) -> None:
    assert given.strategy(name=name).name == name


NASTY = [
    "", ".", "..", "a..b", "../a", "a/b", "a\\b", "/etc", "~", "-a", "_a", ".a", "a b", "a\n", "a\x00", "é", "a:b", "$HOME", "${x}", "x" * 65, "a.", "con*",
]


@pytest.mark.parametrize("name", NASTY, ids=repr)
def test_names_never_become_paths(name: str) -> None:
    assert NAME.endswith("$")
    for make in (lambda: given.strategy(name=name), lambda: given.policy(name=name), lambda: Scenario(name=name, description="-")):
        with pytest.raises(ValidationError):
            make()


# ---- Facts of a world

WRONG_FACTS = [
    ({"trade": {"east": 1.0, "west": 1.0, "other": 1.0}}, r"states\.S0\.trade: expected the keys east, west, rest; got east, west, other"),
    ({"tier": {"east": 1.0, "china": 1.0}}, r"states\.S0\.tier: expected the keys east, west; got east, china"),
    ({"debt": {"east": 1.0, "west": 1.0, "rest": 1.0}}, r"states\.S0\.debt: expected the keys east, west, other"),
    ({"trust_baseline": {"east": 0.4, "rest": 0.4}}, r"states\.S0\.trust_baseline: expected the keys east, west"),
    ({"investment": {"east": 20.0, "west": 1.0, "rest": 15.0}}, r"states\.S0\.investment: inflows of investment of more than a year's output"),
    ({"aid": {"east": 30.0, "west": 5.1}}, r"states\.S0\.aid: official finance of more than a year's output"),
]


@pytest.mark.parametrize(("changes", "said"), WRONG_FACTS, ids=[next(iter(changes)) for changes, _ in WRONG_FACTS])
def test_facts_of_a_state_that_contradict_its_world_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        given.with_states(given.made_up(), only=("S0",), **changes)


def test_flows_of_a_years_output_are_the_largest() -> None:
    given.with_states(given.made_up(), only=("S0",), investment={"east": 20.0, "west": 5.0, "rest": 10.0}, aid={"east": 30.0, "west": 5.0})


def test_a_flow_larger_than_output_in_one_world_is_enough() -> None:
    with pytest.raises(ValidationError, match="official finance"):
        given.with_states(given.made_up(), only=("S0",), aid={"east": np.array([1.0, 1.0, 36.0, 1.0]), "west": 0.0})


@pytest.mark.parametrize("taken", ["rest", "other", "all", "focal"])
def test_names_that_mean_something_else_are_refused(taken: str) -> None:
    with pytest.raises(ValidationError, match=f"{taken}: a power cannot be called so"):
        given.rebuilt(given.world(), powers=dict.fromkeys(("east", taken), given.world().powers["east"]))
    with pytest.raises(ValidationError, match=rf"states\.{taken}: a state cannot be called so"):
        given.world(states={"S0": given.facts(0), taken: given.facts(1)})


def test_a_state_and_a_power_have_two_names() -> None:
    with pytest.raises(ValidationError, match=r"states\.west: a state and a power cannot have one name"):
        given.world(states={"S0": given.facts(0), "west": given.facts(1)})


def test_the_powers_are_no_larger_than_the_world() -> None:
    together = 14280.0 + 21521.0
    assert given.world(world_output=together).world_output == together
    with pytest.raises(ValidationError, match="the powers together are larger than the world"):
        given.world(world_output=together - 1)
    with pytest.raises(ValidationError, match="the powers together are larger than the world"):
        given.world(world_output=np.array([together, together - 1]))


@pytest.mark.parametrize("n_powers", [0, 1, 3])
def test_there_are_two_powers(n_powers: int) -> None:
    with pytest.raises(ValidationError, match="powers"):
        given.rebuilt(given.world(), powers=dict.fromkeys([f"p{i}" for i in range(n_powers)], given.world().powers["east"]))


@pytest.mark.parametrize(("n_states", "fits"), [(1, False), (2, True), (40, True), (41, False)])
def test_there_are_two_to_forty_states(n_states: int, fits: bool) -> None:
    if fits:
        assert len(given.world(n_states).states) == n_states
    else:
        with pytest.raises(ValidationError, match="states"):
            given.world(n_states)


@pytest.mark.parametrize("wrong", [{"first": "2018"}, {"first": "2018Q5"}, {"first": 2018}, {"every": 0}, {"every": 101}, {"every": 2.5}, {"every": None}])
def test_calendars_of_elections_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    assert Elections(first="2018Q3", every=5).every == 5
    with pytest.raises(ValidationError):
        Elections(**{"first": "2018Q3", "every": 5, **wrong})


@pytest.mark.parametrize("wrong", [{"label": ""}, {"label": "x" * 61}, {"association": {"name": "Club"}}, {"centre": "Club"}])
def test_regions_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Region.model_validate({"label": "Region", **wrong})


def test_the_order_of_keys_in_a_fact_does_not_count() -> None:
    settings = given.made_up()
    turned = {name: given.rebuilt(state, **{field: dict(reversed(value.items())) for field, value in state if isinstance(value, dict)})
              for name, state in settings.world.states.items()}
    given.assert_same_bits(given.run(given.with_world(settings, states=turned), "holding"), given.run(settings, "holding"))


# ---- Events


@pytest.mark.parametrize(("date", "start", "quarters"), [
    ("2020Q1", "2020Q1", 0), ("2020Q4", "2020Q1", 3), ("2021Q1", "2020Q4", 1), ("2027Q1", "2020Q1", 28), ("2019Q4", "2020Q1", -1), (7, "1999Q3", 7),
    ("+0q0", "1999Q3", 0), ("+0q6", "2020Q1", 6), ("+1q2", "2022Q4", 6), ("+2q0", "2020Q1", 8)])
def test_dates_count_quarters_from_the_start(date: Any, start: str, quarters: int) -> None:
    assert quarter_index(date, start) == quarters


@pytest.mark.parametrize("date", [
    "2020Q0", "2020Q5", "2020q1", "20Q1", "2020-Q1", "2020", "", -1, 1.0, True, None, "0q6", "+q6", "+0Q6", "+6", "-0q6"], ids=repr)
def test_dates_that_are_none_are_refused(date: Any) -> None:
    with pytest.raises(ValidationError):
        Event(kind="crisis", start=date)


def test_a_year_is_not_taken_for_a_number_of_quarters() -> None:
    with pytest.raises(ValidationError, match=r"did you mean 2023Q1\?"):
        Event(kind="crisis", start=2023)


def actor_of(kind: str) -> str | None:
    return {"power": "west", "partner": "rest", None: None}[KINDS[kind].actor]


def value_of(kind: str) -> Any:
    if KINDS[kind].domain is None:
        return "mine"
    interval = Interval.parse(str(KINDS[kind].domain))
    return (interval.low + interval.high) / 2


def event(kind: str, **changes: Any) -> Event:
    """An event of a kind with a value and an actor that fit."""
    return Event(**{"kind": kind, "start": 0, "value": value_of(kind), "actor": actor_of(kind)} | changes)


NUMBERED = [name for name, kind in KINDS.items() if kind.domain]
NAMED = [name for name, kind in KINDS.items() if not kind.domain]


@pytest.mark.parametrize("kind", NUMBERED)
def test_an_events_value_lies_in_the_range_of_its_kind(kind: str) -> None:
    domain = Interval.parse(str(KINDS[kind].domain))
    for bound, held, outwards in ((domain.low, domain.holds_low, -np.inf), (domain.high, domain.holds_high, np.inf)):
        assert event(kind).kind == kind
        if held:
            assert event(kind, value=bound).value == bound
        else:
            with pytest.raises(ValidationError):
                event(kind, value=bound)
        for wrong in (float(np.nextafter(bound, outwards)), float("nan"), float("inf"), True, "1", "name", None):
            with pytest.raises(ValidationError):
                event(kind, value=wrong)


@pytest.mark.parametrize("kind", NAMED)
def test_a_switch_names_what_it_switches_to(kind: str) -> None:
    assert event(kind, value="other").value == "other"
    for wrong in (1.0, None, "", "../x", float("nan")):
        with pytest.raises(ValidationError):
            event(kind, value=wrong)
    with pytest.raises(ValidationError, match=f"an? {kind} event can only be set"):
        event(kind, how="add")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("crisis", "pandemic")])
def test_a_value_has_no_default_but_that_of_an_impulse(kind: str) -> None:
    with pytest.raises(ValidationError, match=f"an? {kind} event needs a value"):
        Event(kind=kind, start=0, actor=actor_of(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_how_a_value_acts_has_a_natural_default(kind: str) -> None:
    natural = {"rivalry": "set", "crisis": "set", "pandemic": "set", "growth": "set", "policy": "set", "strategy": "set", "pressure": "floor",
               "challenge": "floor", "tier": "add", "visits": "add", "commitment": "factor", "access": "factor", "flow": "factor", "budget": "factor"}
    assert event(kind).acts == natural[kind]
    if kind in NUMBERED:
        assert [event(kind, how=how).acts for how in ("set", "floor", "factor", "add")] == ["set", "floor", "factor", "add"]
    with pytest.raises(ValidationError):
        event(kind, how="multiply")


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_comes_from_those_who_can_cause_it(kind: str) -> None:
    who = KINDS[kind].actor
    if who is None:
        with pytest.raises(ValidationError, match=f"an? {kind} event has no actor"):
            event(kind, actor="west")
        return
    with pytest.raises(ValidationError, match=f"an? {kind} event needs an actor: a {who}"):
        event(kind, actor=None)
    settings = given.made_up(switched_policies={"mine": given.policy()})
    for actor, known in (("east", True), ("west", True), ("rest", who == "partner"), ("north", False), ("S0", False)):
        if known:
            assert given.with_events(settings, event(kind, actor=actor)).scenario.events[0].actor == actor
        else:
            with pytest.raises(ValidationError, match=f"comes from '{actor}', which is not one of east, west"):
                given.with_events(settings, event(kind, actor=actor))


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_strikes_states_where_its_kind_does(kind: str) -> None:
    if not KINDS[kind].strikes:
        with pytest.raises(ValidationError, match=f"an? {kind} event has no target"):
            event(kind, target="S0")
        return
    settings = given.made_up(switched_strategies={"mine": given.strategy()})
    for target, known in (("focal", True), ("all", True), ("S2", True), ("east", kind == "growth"), ("S3", False), ("rest", False)):
        if known:
            assert given.with_events(settings, event(kind, target=target)).scenario.events[0].target == target
        else:
            with pytest.raises(ValidationError, match=f"strikes {target}, which is not a state of this world"):
                given.with_events(settings, event(kind, target=target))


@pytest.mark.parametrize("kind", ["war", "", "Rivalry", None])
def test_there_are_no_other_events(kind: Any) -> None:
    with pytest.raises(ValidationError):
        Event(kind=kind, start=0)


@pytest.mark.parametrize("kind", NAMED)
def test_a_switch_to_what_is_not_there_is_refused(kind: str) -> None:
    with pytest.raises(ValidationError, match=rf"scenario\.events\.0\.value: no {kind} 'mine'"):
        given.with_events(given.made_up(), event(kind))


def acts(settings: Settings, kind: str, t: int) -> bool:
    """Whether an event of a kind acts in quarter t."""
    timetable = settings.timetable()
    if kind in ("crisis", "pandemic"):
        return timetable.strikes(kind, t)  # type: ignore[arg-type]
    if kind in NAMED:
        return bool(timetable.switches(kind, t))  # type: ignore[arg-type]
    shape = {"rivalry": (1,), "commitment": (2, 1), "budget": (2, 1), "growth": (3, 1), "challenge": (3, 1)}.get(kind, (3, 3, 1))
    before = np.full(shape, -0.4 if kind == "growth" else 0.01)
    return bool((timetable.changed(kind, t, before) != before).any())  # type: ignore[arg-type]


def switching(settings: Settings) -> Settings:
    return settings.replace(switched_policies={"mine": given.policy()}, switched_strategies={"mine": given.strategy()})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].lasts or kind == "crisis"])
def test_an_event_acts_from_its_start_to_its_end_both_included(kind: str) -> None:
    for start, end in (("2020Q3", "2021Q1"), (2, 4), ("+0q2", "+1q0"), ("2020Q3", 4)):
        settings = given.with_events(given.made_up(), event(kind, start=start, end=end, **({"value": 0.1} if kind == "growth" else {})))
        assert [t for t in range(24) if acts(settings, kind, t)] == [2, 3, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_without_an_end_levels_last_and_impulses_pass(kind: str) -> None:
    settings = given.with_events(switching(given.made_up()), event(kind, start=20, **({"value": 1.0} if kind in ("tier", "visits") else {})))
    lasting = kind not in ("crisis", "pandemic", "tier", "visits", "policy", "strategy")
    assert [t for t in range(24) if acts(settings, kind, t)] == ([20, 21, 22, 23] if lasting else [20])


@pytest.mark.parametrize("kind", ["pandemic", "tier", "visits", "policy", "strategy"])
def test_what_acts_once_has_no_end(kind: str) -> None:
    with pytest.raises(ValidationError, match=f"end: an? {kind} event acts once, at its start"):
        event(kind, end=3)


def timetable(*events: Event, series: tuple[Series, ...] = ()) -> Timetable:
    scenario = Scenario(name="test", description="-", events=list(events), series=list(series))
    return Timetable(scenario, "2020Q1", ["A", "B", "C"], ["east", "west"], "B")


def made_of(table: Timetable, kind: str, value: float = 0.0, t: int = 0) -> np.ndarray:
    """What becomes of a variable that is one value everywhere, by actor and state."""
    return table.changed(kind, t, np.full((3, 3, 1) if kind == "access" else (2, 3, 1), value))[..., 0]  # type: ignore[arg-type]


def test_events_strike_the_focal_state_a_named_one_or_all() -> None:
    struck = {target: made_of(timetable(event("pressure", value=0.5, target=target)), "pressure")[1].tolist() for target in ("focal", "C", "all")}
    assert struck == {"focal": [0, 0.5, 0], "C": [0, 0, 0.5], "all": [0.5, 0.5, 0.5]}


def test_events_come_from_their_actor_alone() -> None:
    # Access: the partners east, west, rest; the states in order.
    np.testing.assert_array_equal(made_of(timetable(event("access", actor="rest", value=0.5)), "access", 1.0), [[1, 1, 1], [1, 1, 1], [1, 0.5, 1]])
    np.testing.assert_array_equal(made_of(timetable(event("tier", actor="west", value=-2.0)), "tier", 3.0), [[3, 3, 3], [3, 1, 3]])
    np.testing.assert_array_equal(timetable(event("commitment", actor="west", value=3.0)).changed("commitment", 0, np.ones((2, 1))), [[1], [3]])


def test_overlapping_events_act_one_after_the_other() -> None:
    # As listed: the latest level wins, floors take the highest, factors multiply, what is added adds up.
    table = timetable(
        event("rivalry", value=0.2), event("rivalry", value=0.7, start=1), event("pressure", value=0.6), event("pressure", value=0.4),
        event("access", value=0.5, target="all"), event("access", value=0.5), event("tier", value=1.0), event("tier", value=0.5),
        event("commitment", value=2.0), event("commitment", value=0.25))
    assert [table.changed("rivalry", t, np.array([0.5]))[0] for t in (0, 1)] == [0.2, 0.7]
    assert made_of(table, "pressure")[1, 1] == 0.6
    assert made_of(table, "access", 1.0)[2].tolist() == [0.5, 0.25, 0.5]
    assert made_of(table, "tier", 1.0)[1].tolist() == [1, 2.5, 1]
    assert table.changed("commitment", 0, np.ones((2, 1)))[1, 0] == 0.5
    # .5 is halved, then raised to .4, then .1 is added; the other way round it would be .55.
    table = timetable(event("pressure", value=0.5, how="factor"), event("pressure", value=0.4), event("pressure", value=0.1, how="add"))
    assert made_of(table, "pressure", 0.5)[1, 1] == 0.5


@pytest.mark.parametrize("kind", [kind for kind in NUMBERED if kind not in ("crisis", "pandemic")])
@pytest.mark.parametrize("how", ["add", "factor"])
def test_what_several_events_make_of_a_variable_stays_within_its_bounds(kind: str, how: str) -> None:
    domain = Interval.parse(str(KINDS[kind].domain))
    low, high = KINDS[kind].bounds
    for end in (domain.low if domain.holds_low else np.nextafter(domain.low, 1), domain.high):
        targets = {"target": "all"} if KINDS[kind].strikes else {}
        table = timetable(*[event(kind, how=how, value=float(end), **targets) for _ in range(5)])
        start = np.full({"rivalry": (1,), "commitment": (2, 1), "budget": (2, 1), "growth": (3, 1), "challenge": (3, 1)}.get(kind, (3, 3, 1)), 0.2)
        changed = table.changed(kind, 0, start)  # type: ignore[arg-type]
        assert low <= changed.min() <= changed.max() <= high
        assert (start == 0.2).all()  # a new array


def test_a_quarter_without_events_leaves_what_there_is() -> None:
    table, value = timetable(event("rivalry", value=0.2, start=3), event("growth", value=0.1, start=3)), np.array([0.5])
    assert table.changed("rivalry", 0, value) is value
    assert table.growth(0, value, value, 0.35) is value
    assert table.power_growth(0, value) is value
    assert not table.strikes("crisis", 0)
    assert not table.switches("policy", 0)


def test_the_last_of_several_switches_counts() -> None:
    scenario = Scenario(name="test", description="-", events=[event("strategy", value="mine"), event("strategy", value="other", target="all")])
    table = Timetable(scenario, "2020Q1", ["A", "B"], ["east", "west"], "B", strategies=["mine", "other"])
    assert table.switches("strategy", 0) == {0: "other", 1: "other"}


# ---- Series


def series(kind: str, values: dict[int, float], **changes: Any) -> Series:
    return Series(**{"kind": kind, "values": values, "actor": actor_of(kind)} | changes)


def test_a_value_of_a_series_holds_until_the_next_and_the_last_stays() -> None:
    # The world starts in 2020: the value of 2019 holds from the start, those of 2015 and 2018 are over; there is none of 2021.
    table = timetable(series=(series("rivalry", {2022: 0.3, 2019: 0.2, 2015: 0.9, 2018: 0.8}),))
    assert [table.changed("rivalry", t, np.array([0.5]))[0] for t in (0, 7, 8, 400)] == [0.2, 0.2, 0.3, 0.3]
    assert len(table.rows) == 2


def test_one_value_of_a_series_acts_at_a_time() -> None:
    table = timetable(series=(series("pressure", {2020: 0.1, 2021: 0.2, 2022: 0.0}, how="add"),))
    np.testing.assert_allclose([made_of(table, "pressure", 0.3, t)[1, 1] for t in (0, 3, 4, 7, 8)], [0.4, 0.4, 0.5, 0.5, 0.3], rtol=1e-14)


def test_before_a_series_begins_nothing_is_changed() -> None:
    table = timetable(series=(series("pressure", {2022: 0.3}, target="all"),))
    assert [made_of(table, "pressure", 0.1, t)[1].tolist() for t in (7, 8)] == [[0.1] * 3, [0.3] * 3]


def test_a_series_acts_after_the_events() -> None:
    table = timetable(event("pressure", value=0.6), series=(series("pressure", {2019: 0.5}, how="factor"),))
    assert made_of(table, "pressure")[1, 1] == 0.3


@pytest.mark.parametrize("kind", KINDS)
def test_a_series_changes_levels_alone(kind: str) -> None:
    if kind in SERIES_KINDS:
        assert given.with_events(given.made_up(), series=[series(kind, {2021: value_of(kind)})])
    else:
        with pytest.raises(ValidationError, match="a series changes a level"):
            series(kind, {2021: 1.0})


@pytest.mark.parametrize(("changes", "said"), [
    ({"values": {}}, "at least 1"), ({"values": {1799: 0.5}}, "1800"), ({"values": {"2020": 0.5}}, "values"), ({"values": {2020: 1.5}}, r"allowed \[0, 1\]"),
    ({"values": {2020: 0.5, 2021: float("nan")}}, "finite"), ({"actor": None}, "needs an actor"), ({"how": "often"}, "how"), ({"start": 3}, "start")])
def test_series_that_make_no_sense_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Series(**{"kind": "pressure", "actor": "west", "values": {2020: 0.5}} | changes)


@pytest.mark.parametrize(("changes", "said"), [({"target": "XXX"}, "strikes XXX"), ({"actor": "north"}, "comes from 'north'")])
def test_series_that_do_not_fit_the_world_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=rf"scenario\.series\.0\..*{said}"):
        given.with_events(given.made_up(), series=[series("pressure", {2021: 0.5}, **changes)])


# ---- Settings that do not fit together


@pytest.mark.parametrize(("wrong", "said"), [
    ({"start": "2019Q4"}, "before the world's first quarter"), ({"start": 5, "end": 4}, "before it begins"),
    ({"start": "2021Q1", "end": "2020Q4"}, "before it begins"), ({"start": "2021Q1", "end": 3}, "before it begins"),
    ({"start": "+1q0", "end": "2020Q4"}, "before it begins"), ({"start": 0, "target": "XXX"}, "XXX")])
def test_events_that_do_not_fit_the_world_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        given.with_events(given.made_up(), event("pressure", **wrong))


@pytest.mark.parametrize(("start", "end"), [("2020Q3", "+1q0"), ("2020Q3", 4), ("+0q2", "2020Q4"), (2, "2020Q4"), ("+0q2", 3), (0, "+0q0")])
def test_dates_of_the_calendar_and_dates_from_the_start_may_be_mixed(start: Any, end: Any) -> None:
    (row,) = given.with_events(given.made_up(), event("pressure", start=start, end=end)).timetable().rows
    assert (row.first, row.last) == tuple(quarter_index(date, given.made_up().world.start) for date in (start, end))


def test_every_event_that_does_not_fit_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        given.with_events(given.made_up(), event("pressure", target="XXX"), event("pressure"), event("pressure", start="2019Q1", actor="north"))
    said = str(caught.value)
    assert "scenario.events.0.target" in said
    assert "scenario.events.2.actor" in said
    assert "scenario.events.2.start" in said
    assert "scenario.events.1" not in said


@pytest.mark.parametrize(("changes", "said"), [
    ({"focal": "XXX"}, "unknown state 'XXX'"), ({"peers": {}}, "no strategy for"), ({"n_worlds": 0}, "n_worlds"), ({"n_worlds": True}, "n_worlds"),
    ({"n_worlds": 2.0}, "n_worlds"), ({"n_worlds": 10_000_001}, "n_worlds"), ({"horizon": 0}, "horizon"), ({"horizon": 4001}, "horizon"),
    ({"horizon": "60"}, "horizon"), ({"seed": -1}, "seed"), ({"seed": 2**128}, "seed"), ({"seed": 1.5}, "seed"), ({"deterministic": 1}, "deterministic"),
    ({"deterministic": "true"}, "deterministic"), ({"world": None}, "world"), ({"policies": None}, "policies"), ({"horizn": 3}, "horizn")])
def test_settings_out_of_range_or_of_the_wrong_type_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        given.made_up().replace(**changes)


@pytest.mark.parametrize("changes", [{"n_worlds": 1}, {"n_worlds": 10_000_000}, {"horizon": 1}, {"horizon": 4000}, {"seed": 0}, {"seed": 2**128 - 1}])
def test_settings_at_the_ends_of_their_ranges_are_accepted(changes: dict[str, Any]) -> None:
    assert given.made_up().replace(**changes).model_dump(include=set(changes)) == changes


def test_a_peer_that_is_no_state_is_refused() -> None:
    settings = given.made_up()
    with pytest.raises(ValidationError, match="unknown state"):
        settings.replace(peers={**settings.peers, "XXX": given.HOLDING})


def test_the_focal_state_needs_no_peer_strategy() -> None:
    settings = given.made_up(horizon=2)
    peers = {name: peer for name, peer in settings.peers.items() if name != settings.focal}
    given.assert_same_bits(given.run(settings.replace(peers=peers), "holding"), given.run(settings, "holding"))


@pytest.mark.parametrize("field", ["policies", "resting_policies"])
def test_each_power_has_one_policy_in_the_order_of_the_powers(field: str) -> None:
    settings, one = given.made_up(), given.policy()
    for wrong in ({}, {"east": one}, {"west": one, "east": one}, {"east": one, "west": one, "north": one}, {"first": one, "second": one}):
        with pytest.raises(ValidationError, match=f"{field}: one policy for each of east, west"):
            settings.replace(**{field: wrong})


def test_the_present_rests_on_some_commitment() -> None:
    settings = given.made_up()
    nothing = given.by_power(settings, given.GIVING, given.policy(commitment=0.0))
    with pytest.raises(ValidationError, match=r"resting_policies\.west: the present rests on a policy with some commitment"):
        settings.replace(resting_policies=nothing)
    assert settings.replace(policies=nothing).policies["west"].commitment == 0


def test_as_many_values_as_worlds_or_one() -> None:
    settings = given.made_up()
    assert settings.n_worlds == 4
    given.with_parameters(settings, depreciation=np.full(4, 0.06))
    with pytest.raises(ValidationError, match=r"parameters\.depreciation.*4"):
        given.with_parameters(settings, depreciation=np.full(3, 0.06))
    with pytest.raises(ValidationError, match=r"states\.S0\.tier\.east.*4"):
        given.with_states(settings, tier={"east": np.full(5, 0.5), "west": 0.5})
    with pytest.raises(ValidationError, match=r"world\.rivalry.*4"):
        given.with_world(settings, rivalry=np.zeros(3))


def test_settings_never_change_in_place() -> None:
    settings = given.made_up()
    with pytest.raises(ValidationError):
        settings.seed = 3
    assert settings.replace(seed=3).seed == 3
    assert settings.seed == 2020


def test_an_unknown_strategy_or_variable_is_named() -> None:
    with pytest.raises(KeyError, match="no_such"):
        simulate(given.made_up(), "no_such")
    with pytest.raises(KeyError, match="no_such"):
        simulate(given.made_up(), "holding", record=["trust", "no_such"])
