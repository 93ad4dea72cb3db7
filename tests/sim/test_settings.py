"""Numbers are checked against what is declared of them; settings that do not fit together are refused."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.data import NAME, Power, State
from sim.parameters import Parameters
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.quantity import KEYS, Interval, Quantities, Quantity, quantities, wanted
from sim.scenario import KINDS, Event, Scenario, Timetable, quarter_index
from sim.settings import Settings
from sim.simulation import simulate
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import LeanWith, Strategy
from tests import given

OPTIONS = [rule.Options for rules in (STRATEGY_RULES, POLICY_RULES) for rule in rules.values()]
KINDS_OF_SETTINGS: list[type[Quantities]] = [Parameters, State, Power, Strategy, Policy, LeanWith, *OPTIONS]
DECLARED = [(kind, name) for kind in KINDS_OF_SETTINGS for name in quantities(kind)]
EACH_DECLARED = pytest.mark.parametrize(("kind", "name"), DECLARED, ids=[f"{kind.__name__}.{name}" for kind, name in DECLARED])

WORDS = {"name": "mine", "family": "test", "description": "-", "source": "-"}


def whole(known: Quantity, value: Any) -> Any:
    """A value for every key of a quantity that is always split, the value itself for others."""
    return dict.fromkeys(KEYS[known.each], value) if known.each in ("power", "partner") else value


def made(kind: type[Quantities], name: str, value: Any) -> Any:
    """An object of the class with one field as given and the others in the middle of their plausible range."""
    others = {n: whole(known, given.midpoint(known)) for n, known in quantities(kind).items()}
    words = {word: text for word, text in WORDS.items() if word in kind.model_fields}
    return kind(**words | others | {name: value})


def variants(known: Quantity, value: Any) -> list[Any]:
    """Every way of putting a value into a field: alone, or under each of its keys."""
    middle = given.midpoint(known)
    split = [dict.fromkeys(KEYS[known.each], middle) | {key: value} for key in KEYS[known.each]] if known.each else []
    return split if known.each in ("power", "partner") else [value, *split]


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


@pytest.mark.parametrize("value", [{}, {"china": 0.1}, {"china": 0.1, "us": 0.1, "rest": 0.1}, {"china": 0.1, "USA": 0.1}, 0.1, [0.1, 0.1]], ids=repr)
def test_a_number_for_each_power_needs_just_the_powers(value: Any) -> None:
    assert refused(State, "trust", value)


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


# ---- Events


@pytest.mark.parametrize(("date", "start", "quarters"), [
    ("2020Q1", "2020Q1", 0), ("2020Q4", "2020Q1", 3), ("2021Q1", "2020Q4", 1), ("2027Q1", "2020Q1", 28), ("2019Q4", "2020Q1", -1), (7, "1999Q3", 7)])
def test_dates_count_quarters_from_the_start(date: Any, start: str, quarters: int) -> None:
    assert quarter_index(date, start) == quarters


@pytest.mark.parametrize("date", ["2020Q0", "2020Q5", "2020q1", "20Q1", "2020-Q1", "2020", "", -1, 1.0, True, None], ids=repr)
def test_dates_that_are_none_are_refused(date: Any) -> None:
    with pytest.raises(ValidationError):
        Event(kind="crisis", start=date)


def event(kind: str, **changes: Any) -> Event:
    """An event of a kind with a value and an actor that fit."""
    domain, actors, _, _ = KINDS[kind]
    interval = Interval.parse(domain)
    return Event(**{"kind": kind, "start": 0, "value": (interval.low + interval.high) / 2, "actor": actors[0] if actors else None} | changes)


@pytest.mark.parametrize("kind", KINDS)
def test_an_events_value_lies_in_the_range_of_its_kind(kind: str) -> None:
    domain = Interval.parse(KINDS[kind][0])
    for bound, held, outwards in ((domain.low, domain.holds_low, -np.inf), (domain.high, domain.holds_high, np.inf)):
        assert event(kind).kind == kind
        if held:
            assert event(kind, value=bound).value == bound
        else:
            with pytest.raises(ValidationError):
                event(kind, value=bound)
        for wrong in (float(np.nextafter(bound, outwards)), float("nan"), float("inf"), True, "1", None):
            with pytest.raises(ValidationError):
                event(kind, value=wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_comes_from_those_who_can_cause_it(kind: str) -> None:
    actors = KINDS[kind][1]
    for actor in ("china", "us", "rest", None):
        if actor in (actors or (None,)):
            assert event(kind, actor=actor).actor == actor
        else:
            with pytest.raises(ValidationError):
                event(kind, actor=actor)


@pytest.mark.parametrize("kind", ["war", "", "Rivalry", None])
def test_there_are_no_other_events(kind: Any) -> None:
    with pytest.raises(ValidationError):
        Event(kind=kind, start=0)


def acts(settings: Settings, kind: str, t: int) -> bool:
    """Whether an event of a kind acts in quarter t."""
    timetable = settings.timetable()
    if kind in ("crisis", "pandemic"):
        return timetable.strikes(kind, t)
    found = getattr(timetable, kind)(t)
    return bool((found != 1).any()) if kind == "commitment" else found is not None


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_acts_from_its_start_to_its_end_both_included(kind: str, theory: Settings) -> None:
    settings = given.with_events(theory, event(kind, start="2020Q3", end="2021Q1"))
    assert [t for t in range(24) if acts(settings, kind, t)] == [2, 3, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_without_an_end_levels_last_and_impulses_pass(kind: str, theory: Settings) -> None:
    settings = given.with_events(theory, event(kind, start=20))
    lasting = kind in ("rivalry", "commitment", "pressure", "access")
    assert [t for t in range(24) if acts(settings, kind, t)] == ([20, 21, 22, 23] if lasting else [20])


def timetable(*events: Event) -> Timetable:
    return Timetable(events, "2020Q1", ["KHM", "VNM", "THA"], "VNM")


def test_events_strike_the_focal_state_a_named_one_or_all() -> None:
    struck = {target: timetable(event("pressure", value=0.5, target=target)).pressure(0)[0, :, 0].tolist() for target in ("focal", "THA", "all")}
    assert struck == {"focal": [0, 0.5, 0], "THA": [0, 0, 0.5], "all": [0.5, 0.5, 0.5]}


def test_events_come_from_their_actor_alone() -> None:
    # Access: the partners China, US, rest; the states in order.
    np.testing.assert_array_equal(timetable(event("access", actor="rest", value=0.5)).access(0)[..., 0], [[1, 1, 1], [1, 1, 1], [1, 0.5, 1]])
    np.testing.assert_array_equal(timetable(event("tier", actor="us", value=-2.0)).tier(0)[..., 0], [[0, 0, 0], [0, -2, 0]])
    np.testing.assert_array_equal(timetable(event("commitment", actor="us", value=3.0)).commitment(0), [[1], [3]])


def test_overlapping_events_combine() -> None:
    # The latest rivalry wins, floors take the highest, factors multiply, tiers add.
    table = timetable(
        event("rivalry", value=0.2), event("rivalry", value=0.7, start=1), event("pressure", value=0.6), event("pressure", value=0.4),
        event("access", value=0.5, target="all"), event("access", value=0.5), event("tier", value=1.0, end=2), event("tier", value=0.5, end=2),
        event("commitment", value=2.0), event("commitment", value=0.25))
    assert (table.rivalry(0), table.rivalry(1)) == (0.2, 0.7)
    assert table.pressure(0)[0, 1, 0] == 0.6
    assert table.access(0)[0, :, 0].tolist() == [0.5, 0.25, 0.5]
    assert table.tier(2)[0, 1, 0] == 1.5
    assert table.commitment(0)[0, 0] == 0.5


def test_a_quarter_without_events_has_none() -> None:
    table = timetable()
    assert table.rivalry(0) is table.pressure(0) is table.access(0) is table.tier(0) is None
    assert (table.commitment(0) == 1).all()
    assert not table.strikes("crisis", 0)


# ---- Settings that do not fit together


@pytest.mark.parametrize(("wrong", "said"), [
    ({"start": "2019Q4"}, "before the world's first quarter"), ({"start": 5, "end": 4}, "before it begins"),
    ({"start": "2021Q1", "end": "2020Q4"}, "before it begins"), ({"start": 0, "target": "XXX"}, "XXX")])
def test_events_that_do_not_fit_the_world_are_refused(theory: Settings, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        given.with_events(theory, event("pressure", **wrong))


@pytest.mark.parametrize(("changes", "said"), [
    ({"focal": "XXX"}, "unknown state 'XXX'"), ({"peers": {}}, "no strategy for"), ({"n_worlds": 0}, "n_worlds"), ({"n_worlds": True}, "n_worlds"),
    ({"n_worlds": 2.0}, "n_worlds"), ({"n_worlds": 10_000_001}, "n_worlds"), ({"horizon": 0}, "horizon"), ({"horizon": 4001}, "horizon"),
    ({"horizon": "60"}, "horizon"), ({"seed": -1}, "seed"), ({"seed": 2**128}, "seed"), ({"seed": 1.5}, "seed"), ({"deterministic": 1}, "deterministic"),
    ({"deterministic": "true"}, "deterministic"), ({"world": None}, "world"), ({"policies": None}, "policies"), ({"horizn": 3}, "horizn")])
def test_settings_out_of_range_or_of_the_wrong_type_are_refused(theory: Settings, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        theory.replace(**changes)


@pytest.mark.parametrize("changes", [{"n_worlds": 1}, {"n_worlds": 10_000_000}, {"horizon": 1}, {"horizon": 4000}, {"seed": 0}, {"seed": 2**128 - 1}])
def test_settings_at_the_ends_of_their_ranges_are_accepted(theory: Settings, changes: dict[str, Any]) -> None:
    assert theory.replace(**changes).model_dump(include=set(changes)) == changes


def test_a_peer_that_is_no_state_is_refused(theory: Settings) -> None:
    with pytest.raises(ValidationError, match="unknown state"):
        theory.replace(peers={**theory.peers, "XXX": theory.strategies["auction"]})


def test_the_focal_state_needs_no_peer_strategy(theory: Settings) -> None:
    peers = {name: peer for name, peer in theory.peers.items() if name != theory.focal}
    given.assert_same_bits(given.run(theory.replace(peers=peers, horizon=2), "auction"), given.run(theory.replace(horizon=2), "auction"))


def test_something_is_left_for_the_home_market(theory: Settings) -> None:
    for rest in (0.7, np.array([0.1, 0.1, 0.7, 0.1])):
        with pytest.raises(ValidationError, match="sum to less than 1"):
            given.with_states(theory, only=("LAO",), access_weight={"china": 0.15, "us": 0.15, "rest": rest})
    given.with_states(theory, access_weight={"china": 0.15, "us": 0.15, "rest": 0.69})


def test_as_many_values_as_worlds_or_one(theory: Settings) -> None:
    assert theory.n_worlds == 4
    given.with_parameters(theory, depreciation=np.full(4, 0.06))
    with pytest.raises(ValidationError, match=r"parameters\.depreciation.*4"):
        given.with_parameters(theory, depreciation=np.full(3, 0.06))
    with pytest.raises(ValidationError, match="trust"):
        given.with_states(theory, trust={"china": np.full(5, 0.5), "us": 0.5})


def test_settings_never_change_in_place(theory: Settings) -> None:
    with pytest.raises(ValidationError):
        theory.seed = 3
    assert theory.replace(seed=3).seed == 3
    assert theory.seed == 2020


def test_an_unknown_strategy_or_variable_is_named(theory: Settings) -> None:
    with pytest.raises(KeyError, match="no_such"):
        simulate(theory, "no_such")
    with pytest.raises(KeyError, match="no_such"):
        simulate(theory, "auction", record=["trust", "no_such"])
