"""The state of the page: a question, as overrides of the command line, as a command, and as a link. Nothing here needs a browser."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from experiments.configuration.errors import ConfigError
from experiments.configuration.files import document_of
from experiments.configuration.overrides import recorded
from experiments.configuration.violations import NAME_LENGTH
from experiments.configuration.yaml_files import mapping
from experiments.messages import shortened, unknown
from sim.data import NAME
from sim.parameters import Parameters
from sim.payoffs import PLACES, WEIGHED
from sim.policies.policy import Policy
from sim.quantity import Interval, Quantity, quantities
from sim.scenario import KINDS
from sim.strategies.strategy import LeanWith, Strategy

#: Strategies that a page begins with: some of each large family.
FIRST = ("status_quo", "equidistance", "dominance_denial", "omni_enmeshment", "bandwagon_first", "bandwagon_second", "balance_of_power", "isolation")
#: A question has at most so many strategies, events and changed numbers, and a link at most so many characters.
MOST_STRATEGIES, MOST_EVENTS, MOST_NUMBERS, MOST_CHARACTERS = 16, 12, 60, 4096
#: The last year of a run in which an event may begin, and end.
LAST_YEAR = 99
#: Kinds of events that a page offers, in words; {actor} is whom they come from.
EVENTS = MappingProxyType({
    "crisis": "a crisis breaks out", "pandemic": "a pandemic breaks out", "pressure": "{actor} puts pressure on the state",
    "access": "{actor} withdraws trade preferences", "budget": "{actor} changes its investment and aid", "visits": "{actor} sends visitors"})
#: Who an event comes from where it is neither power.
REST = "rest"
_ACTORS = (*PLACES, REST)
#: What the total of the weights is on the page.
WHOLE = 100


@dataclass(frozen=True)
class Happening:
    """An event that a question adds to its scenario.

    Attributes:
        kind: One of `EVENTS`.
        actor: first, second or rest; empty: nobody.
        start: Year of the run, from 0, in whose first quarter it begins.
        end: Year at the end of which it ends; None: as its kind has it.
        value: Level, factor or change; None: its kind has none.
    """

    kind: str
    actor: str = ""
    start: int = 1
    end: int | None = None
    value: float | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """As an event of a scenario file."""
        given = {"actor": self.actor or None, "target": "focal" if KINDS[self.kind].strikes else None, "start": f"+{self.start}q0",
                 "end": None if self.end is None else f"+{self.end}q3", "value": self.value}
        return {"kind": self.kind} | {key: value for key, value in given.items() if value is not None}


@dataclass(frozen=True)
class Question:
    """What a page holds; everything that it does not say is as the files have it.

    Attributes:
        world: Name of the world.
        focal: Key of the state; empty: that of the world.
        scenario: Name of the scenario.
        policies: Name of the policy of each power, by place; empty: as world and scenario have it.
        events: What happens, after the events of the scenario.
        weights: Weight of each return that counts, whole numbers; empty: no values.
        strategies: Names of the strategies that are compared.
        numbers: Changed numbers, by the key that the command line has for them: policy.NAME.FIELD, strategies.NAME.FIELD, parameters.FIELD.
        sweep: The two numbers of the diagram, by the same keys; empty where the page shows no diagram.
    """

    world: str = "cambodia_2020"
    focal: str = ""
    scenario: str = "baseline"
    policies: tuple[str, str] = ("", "")
    events: tuple[Happening, ...] = ()
    weights: tuple[tuple[str, int], ...] = ()
    strategies: tuple[str, ...] = FIRST
    numbers: tuple[tuple[str, float], ...] = ()
    sweep: tuple[str, ...] = ()

    def number(self, key: str) -> float | None:
        """A changed number; None where it is not changed."""
        return dict(self.numbers).get(key)

    def with_number(self, key: str, value: float | None) -> "Question":
        """The question with a number changed, or with None as the files have it."""
        kept = {name: number for name, number in self.numbers if name != key}
        return replace(self, numbers=tuple(sorted((kept | ({} if value is None else {key: float(value)})).items())))

    def with_policy(self, place: int, name: str) -> "Question":
        """The question with another policy of a power; numbers of policies are as the files have them again."""
        policies = (name, self.policies[1]) if place == 0 else (self.policies[0], name)
        return replace(self, policies=policies, numbers=tuple(pair for pair in self.numbers if not pair[0].startswith("policy.")))

    def with_strategies(self, names: Iterable[str]) -> "Question":
        """The question with other strategies, without changed numbers of those that are gone."""
        chosen = tuple(dict.fromkeys(names))
        return replace(self, strategies=chosen, numbers=tuple((key, value) for key, value in self.numbers if not key.startswith("strategies.")
                                                              or key.split(".")[1] in chosen))

    def in_world(self, world: str) -> "Question":
        """The question in another world: state, scenario, policies and events are those of the new one."""
        return replace(self, world=world, focal="", scenario="baseline", policies=("", ""), events=(),
                       numbers=tuple(pair for pair in self.numbers if pair[0].startswith("strategies.")))

    def in_scenario(self, scenario: str) -> "Question":
        """The question under another scenario, with the policies and the rivalry that it sets."""
        return replace(self, scenario=scenario, policies=("", ""), numbers=tuple(pair for pair in self.numbers if pair[0].startswith("strategies.")))


def check(question: Question) -> Question:
    """The question, if all of it has the form that it must have; whether names and numbers fit is for `load` to check.

    Raises:
        ConfigError: Something has not; all problems are listed.
    """
    problems = [f"{what}: {shortened(name)} cannot be a name" for what, name in _names(question) if not _is_name(name)]
    n = len(question.strategies)
    problems += [f"strategies: at least one and at most {MOST_STRATEGIES}, got {n}"] * (not 0 < n <= MOST_STRATEGIES)
    problems += ["strategies: one is named twice"] * (len(set(question.strategies)) < len(question.strategies))
    problems += [f"events: at most {MOST_EVENTS}, got {len(question.events)}"] * (len(question.events) > MOST_EVENTS)
    problems += [f"numbers: at most {MOST_NUMBERS} can be changed, got {len(question.numbers)}"] * (len(question.numbers) > MOST_NUMBERS)
    for each in question.events[:MOST_EVENTS]:
        problems += _wrong_event(each)
    for key, value in question.numbers[:MOST_NUMBERS]:
        known = quantity_of(key)
        if known is None:
            problems.append(f"{shortened(key)} is not a number that the page can change")
        elif not math.isfinite(value) or not Interval.parse(known.domain).contains(value):
            problems.append(f"{key}: allowed range {Interval.parse(known.domain)}, got {value}")
    for name, weight in question.weights:
        problems += [unknown(name, WEIGHED, "return")] * (name not in WEIGHED)
        problems += [f"weights: {shortened(name)} must be a whole number from 0 to {WHOLE}, got {weight}"] * (not 0 <= weight <= WHOLE)
    problems += ["weights: one is given twice"] * (len(dict(question.weights)) < len(question.weights))
    problems += [f"sweep: two different numbers that the page can change, got {shortened(','.join(question.sweep))}"] * (
        bool(question.sweep) and (len(set(question.sweep)) != 2 or len(question.sweep) != 2 or any(quantity_of(name) is None for name in question.sweep)))
    problems += ["weights: at least one must be above 0"] * (bool(question.weights) and not any(weight for _, weight in question.weights))
    if problems:
        raise ConfigError(problems)
    return question


def quantity_of(key: str) -> Quantity | None:
    """What is known of a number by its key; None where the page cannot change it."""
    group, *parts = key.split(".")
    if group == "parameters" and len(parts) == 1:
        known = quantities(Parameters).get(parts[0])
        return known if known is not None and known.each is None else None
    if len(parts) == 2 and _is_name(parts[0]) and group in ("policy", "strategies"):
        return quantities(Policy if group == "policy" else Strategy).get(parts[1])
    if len(parts) == 3 and _is_name(parts[0]) and (group, parts[1]) == ("strategies", "lean_with"):
        return quantities(LeanWith).get(parts[2])
    return None


def overrides(question: Question) -> tuple[str, ...]:
    """The question as the command line has it; only what differs from the files.

    Raises:
        ConfigError: It does not have the form that it must have.
    """
    check(question)
    usual = Question()
    result = [f"world={question.world}"] * (question.world != usual.world)
    result += [f"scenario={question.scenario}"] * (question.scenario != usual.scenario)
    result += [f"focal={question.focal}"] * bool(question.focal)
    result += [f"policies.{place}={name}" for place, name in zip(PLACES, question.policies, strict=True) if name]
    if question.events:
        result.append(f"scenario.events=[{','.join(_in_grammar(event) for event in events_of(question))}]")
    if question.weights:
        result.append(f"payoff.weights={{{','.join(f'{name}:{weight}' for name, weight in question.weights)}}}")
    result.append(f"strategies=[{','.join(question.strategies)}]")
    return (*result, *(f"{key}={value!r}" for key, value in question.numbers))


def events_of(question: Question) -> list[dict[str, Any]]:
    """The events of the scenario's file, which an override replaces as a whole, then those of the question, each as a file has it."""
    return [*_of_scenario(question.scenario), *(event.fields for event in question.events)]


def shared_out(weights: tuple[tuple[str, int], ...], name: str, value: int) -> tuple[tuple[str, int], ...]:
    """Weights of all returns that add up to `WHOLE`, one of them as given; the others keep their proportions."""
    old = dict(weights)
    others = [each for each in WEIGHED if each != name]
    value = min(max(value, 0), WHOLE)
    rest, total = WHOLE - value, sum(old.get(each, 0) for each in others)
    exact = {each: rest * (old.get(each, 0) / total if total else 1 / len(others)) for each in others}
    whole = {each: int(exact[each]) for each in others}
    for each in sorted(others, key=lambda each: whole[each] - exact[each])[: rest - sum(whole.values())]:
        whole[each] += 1
    return tuple((each, value if each == name else whole[each]) for each in WEIGHED)


def command(question: Question) -> str:
    """The command that gives the same numbers."""
    return recorded(["counterpoise", *overrides(question)])


def query(question: Question) -> str:
    """The question as the query string of a link; only what differs from an empty page."""
    check(question)
    usual = Question()
    pairs = [(name, getattr(question, name)) for name in ("world", "focal", "scenario") if getattr(question, name) != getattr(usual, name)]
    pairs += [(place, name) for place, name in zip(PLACES, question.policies, strict=True) if name]
    pairs += [("event", ",".join(_as_text(part) for part in (each.kind, each.actor, each.start, each.end, each.value))) for each in question.events]
    pairs += [("weights", ",".join(f"{name}:{weight}" for name, weight in question.weights))] * bool(question.weights)
    pairs += [("strategies", ",".join(question.strategies))] * (question.strategies != usual.strategies)
    pairs += [("sweep", ",".join(question.sweep))] * bool(question.sweep)
    return urlencode([*pairs, *((key, repr(value)) for key, value in question.numbers)], safe=",:")


def question_of(link: str) -> Question:
    """The question that the query string of a link holds. Anybody may have written it.

    Raises:
        ConfigError: It is not one of ours; all problems are listed.
    """
    if len(link) > MOST_CHARACTERS:
        raise ConfigError([f"the link is longer than {MOST_CHARACTERS:,} characters"])
    try:
        pairs = parse_qsl(link, keep_blank_values=True, strict_parsing=bool(link), errors="strict", max_num_fields=MOST_NUMBERS + MOST_EVENTS + len(_KEYS))
    except ValueError as error:
        raise ConfigError([f"the link cannot be read: {error}"]) from None
    given: dict[str, Any] = {"events": [], "numbers": {}, "policies": ["", ""]}
    problems: list[str] = []
    seen: set[str] = set()
    for key, value in pairs:
        if key in seen and key != "event":
            problems.append(f"link: {shortened(key)} is given twice")
        seen.add(key)
        try:
            _take(given, key, value)
        except ValueError as error:
            problems.append(f"link: {shortened(key)}: {error}")
    if problems:
        raise ConfigError(problems)
    numbers = tuple(sorted(given.pop("numbers").items()))
    return check(Question(**given | {"events": tuple(given["events"]), "numbers": numbers, "policies": tuple(given["policies"])}))


#: Keys of a link that are not keys of numbers.
_KEYS = ("world", "focal", "scenario", *PLACES, "event", "weights", "strategies", "sweep")


def _take(given: dict[str, Any], key: str, value: str) -> None:
    if key in ("world", "focal", "scenario"):
        given[key] = value
    elif key in PLACES:
        given["policies"][PLACES.index(key)] = value
    elif key == "event":
        given["events"].append(_event(value))
    elif key in ("strategies", "sweep"):
        given[key] = tuple(value.split(","))
    elif key == "weights":
        given["weights"] = tuple((name, _whole(weight)) for name, _, weight in (part.partition(":") for part in value.split(",")))
    elif quantity_of(key) is not None:
        given["numbers"][key] = _number(value)
    else:
        raise ValueError(unknown(key, _KEYS))


def _event(text: str) -> Happening:
    parts = text.split(",")
    if len(parts) != 5:
        raise ValueError("an event is KIND,ACTOR,START,END,VALUE")
    kind, actor, start, end, value = parts
    return Happening(kind, actor, _whole(start), _whole(end) if end else None, _number(value) if value else None)


def _wrong_event(event: Happening) -> list[str]:
    """Why an event cannot be; `load` makes the other checks."""
    if event.kind not in EVENTS:
        return [unknown(event.kind, EVENTS, "kind of event")]
    kind, impulse = KINDS[event.kind], event.kind in ("crisis", "pandemic")
    actors = {"power": PLACES, "partner": _ACTORS}.get(str(kind.actor), ("",))
    result = [f"event {event.kind}: the actor is one of {', '.join(actors) or 'nobody'}, got {shortened(event.actor)}"] * (event.actor not in actors)
    years = [event.start, event.start if event.end is None else event.end]
    result += [f"event {event.kind}: years are from 0 to {LAST_YEAR}"] * (not all(0 <= year <= LAST_YEAR for year in years))
    result += [f"event {event.kind}: it ends before it begins"] * (event.end is not None and event.end < event.start)
    result += [f"event {event.kind}: it acts once, and has no end"] * (event.end is not None and not kind.lasts and event.kind != "crisis")
    if impulse != (event.value is None):
        return [*result, f"event {event.kind}: it {'has no value' if impulse else f'needs a value in {kind.domain}'}"]
    if event.value is not None and not (math.isfinite(event.value) and Interval.parse(str(kind.domain)).contains(event.value)):
        result.append(f"event {event.kind}: allowed range {kind.domain}, got {event.value}")
    return result


def _names(question: Question) -> Iterable[tuple[str, str]]:
    yield from (("world", question.world), ("scenario", question.scenario))
    yield from (("focal", name) for name in [question.focal] if name)
    yield from ((f"policies.{place}", name) for place, name in zip(PLACES, question.policies, strict=True) if name)
    yield from (("strategies", name) for name in question.strategies[: MOST_STRATEGIES + 1])


def _is_name(text: str) -> bool:
    return bool(re.fullmatch(NAME, text)) and len(text) <= NAME_LENGTH


def _of_scenario(name: str) -> list[dict[str, Any]]:
    """The events of a scenario file; none where there is no such file, which `load` reports."""
    document = document_of("scenario", name)
    events = mapping(mapping(document.data if document else None).get("scenario")).get("events")
    every = [mapping(event) for event in events] if isinstance(events, list) else []
    return [{key: value for key, value in event.items() if key != "source"} for event in every]


def _in_grammar(event: dict[str, Any]) -> str:
    return f"{{{','.join(f'{key}:{_as_text(value)}' for key, value in event.items())}}}"


def _as_text(value: Any) -> str:
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def _whole(text: str) -> int:
    return int(_read(text, r"[0-9]{1,4}", int, "a whole number"))


def _number(text: str) -> float:
    return float(_read(text, r"-?[0-9]{1,20}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?", float, "a number"))


def _read(text: str, pattern: str, make: Callable[[str], float], what: str) -> float:
    if not re.fullmatch(pattern, text):
        raise ValueError(f"expected {what}, got {shortened(text)}")
    return make(text)
