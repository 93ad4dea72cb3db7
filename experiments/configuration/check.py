"""Check configuration files against the model's own classes, before Hydra sees them."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from experiments.configuration.case import Case
from experiments.configuration.design import Design
from experiments.configuration.errors import LONGEST, ConfigError
from experiments.configuration.files import (
    GLOBAL_GROUPS,
    GROUPS,
    HYDRAS_OWN,
    LISTS,
    PRIMARY,
    SEPARATE,
    SUFFIXES,
    conf_dir,
    document_of,
    documents,
    files_below,
    group_of,
    kept,
    names_in,
    own_dir,
    primary,
    replaced,
    shown,
)
from experiments.configuration.hypothesis import Hypothesis
from experiments.configuration.job import DERIVED, ExecutorChoice, Run
from experiments.configuration.keys import known_keys, known_powers, known_states
from experiments.configuration.pattern import Pattern
from experiments.configuration.places import ALL
from experiments.configuration.shared import CHOSEN, COMMAND_LINE, SHARED, refusal
from experiments.configuration.swept import as_text, given_twice
from experiments.configuration.table import below
from experiments.configuration.violations import MOST_PROBLEMS, NAME_LENGTH, NAME_WORDS, dotted, entry_violations, under, violations
from experiments.configuration.yaml_files import Document, Path_, mapping
from experiments.messages import LISTED, printable, shortened, unknown
from sim.axes import REST_KEY
from sim.data import NAME, World
from sim.parameters import Parameters
from sim.payoffs import PLACES, Payoff
from sim.policies.policy import Policy
from sim.quantity import Interval, Quantity
from sim.scenario import Scenario
from sim.settings import Settings, Size
from sim.strategies.strategy import Strategy

#: The class that the keys of a group, or its one key, must satisfy.
KINDS: dict[str, type[BaseModel]] = {
    "world": World, "scenario": Scenario, "strategies": Strategy, "policy": Policy, "parameters": Parameters, "payoff": Payoff,
    "design": Design, "executor": ExecutorChoice, "hypothesis": Hypothesis, "case": Case, "pattern": Pattern}

#: Error types that do not count in a file that sets only a part of the keys: other files set the rest.
OF_A_PART = ("missing", "split", "anchors", "design")


#: Why a file of conf/ is not read.
NEVER_READ = "the file would never be read; files are conf/GROUP/NAME.yaml, with GROUP one of "
NOT_SHIPPED = "only the shipped config.yaml is read; set what you want in a preset, conf/experiment/NAME.yaml, or on the command line"

_said: set[tuple[str, Path | None]] = set()


@kept
def broken() -> Mapping[Path, list[str]]:
    """What is wrong with each file of conf/ that is not right."""
    return {file: problems for file, document in documents().items() if (problems := check_file(document))}


def check_files() -> None:
    """Check every file of conf/ before Hydra composes any.

    Raises:
        ConfigError: The file that all others are composed into is wrong. What is wrong with another one matters once it is used.
    """
    if problems := broken().get(primary()):
        raise ConfigError(problems)


def refuse_broken(used: Iterable[tuple[str, str]]) -> None:
    """Refuse files that are wrong.

    Args:
        used: Group and name of the files that are used.

    Raises:
        ConfigError: Some of them are wrong.
    """
    files = {read.file for group, name in used if (read := document_of(group, name)) is not None}
    if problems := [problem for file, wrong in broken().items() if file in files for problem in wrong]:
        raise ConfigError(problems)


def sound(group: str) -> list[str]:
    """Names of the files of a group that are right."""
    return [name for name in names_in(group) if (read := document_of(group, name)) is not None and read.file not in broken()]


def pass_over() -> None:
    """Name the files of conf/ that are wrong, or would never be read, on standard error, a line for each and once: the run does not use them.

    One more names the user's files that stand in place of shipped ones.
    """
    for file, problems in {**broken(), **_never_read()}.items():
        more = f" (and {len(problems) - 1} more: counterpoise check {shown(file)})" if len(problems) > 1 else ""
        say(f"not used: {printable(problems[0], LONGEST)}{more}", file)
    if others := replaced():
        more = f" and {len(others) - LISTED} more" if len(others) > LISTED else ""
        say(f"used in place of the shipped: {', '.join(map(shown, others[:LISTED]))}{more}", others[0])


def say(line: str, about: Path | None = None) -> None:
    """Print a line on standard error, once in a process about the same file."""
    if (line, about) not in _said:
        _said.add((line, about))
        print(line, file=sys.stderr)


@kept
def _never_read() -> dict[Path, list[str]]:
    own = own_dir()
    return {**strays(conf_dir()), **(strays(own) if own else {})}


def strays(folder: Path) -> dict[Path, list[str]]:
    """Files of a folder laid out as conf/ that would never be read, each with the problem."""
    kinds = (*GROUPS, *SEPARATE)
    others = [file for file in files_below(folder) if file != primary() and file.relative_to(folder).parts[:-1] not in {(kind,) for kind in kinds}]
    never = f"{NEVER_READ}{', '.join(kinds)}"
    return {file: [f"{shown(file)}:1: {NOT_SHIPPED if file == folder / f'{PRIMARY}.yaml' else never}"] for file in others}


def check_file(document: Document, group: str = "") -> list[str]:
    """Problems of one file, one line each: file, line, key, what, what instead.

    Args:
        document: The file as read.
        group: Group of conf/ that it belongs to; empty: the name of its folder.
    """
    group = group or group_of(document.file)
    result: Iterable[tuple[int, Path_, str]] = document.problems or ((document.line_of(path), path, text) for path, text in _problems(document, group))
    problems = sorted(islice(result, MOST_PROBLEMS + 1), key=lambda problem: problem[0])
    where = shown(document.file)
    lines = [f"{where}:{line}: {dotted(path)}{text}" for line, path, text in problems[:MOST_PROBLEMS]]
    return [*lines, f"{where}:{problems[MOST_PROBLEMS][0]}: and more problems"] if len(problems) > MOST_PROBLEMS else lines


def _problems(document: Document, group: str) -> Iterator[tuple[Path_, str]]:
    """What is wrong with the data of a file that could be read: key path and message."""
    name, data = document.file.stem, document.data
    if not re.fullmatch(NAME, name) or len(name) > NAME_LENGTH or name.endswith(SUFFIXES):
        yield (), f"a file name may hold {NAME_WORDS}"
    if name == HYDRAS_OWN:
        yield (), f"the name {name} is taken; give the file another one"
    if twins := [file.name for suffix in SUFFIXES if suffix != document.file.suffix and (file := document.file.with_suffix(suffix)).exists()]:
        yield (), f"{twins[0]} has the same name; remove one of them"
    if not isinstance(data, dict):
        yield (), "expected keys and values"
        return
    expected = ["# @package _global_"] if group in GLOBAL_GROUPS else []
    if (directives := _directives(document.text)) != expected:
        got = "; ".join(shortened(line) for line in directives) or "none"
        yield (), f"expected {f'the line {expected[0]} above the keys' if expected else 'no # @package line'}, got {got}"
    if group in LISTS:
        if name not in data:
            yield (), f"the file must hold one key, {name!r}, the name of the file"
        else:
            yield from (((key,), refusal(key, [name])) for key in data if key != name)
        if len(data) == 1 and isinstance(only := next(iter(data)), str):
            yield from under((only,), entry_violations(KINDS[group], only, data[only]))
    elif group in ("parameters", "payoff", "design", "executor", *SEPARATE):
        if group == "executor" and data.get("address") is not None:
            yield ("address",), refusal("executor.address", ())
        yield from _problems_of_table(document.file.parent, data if group == "design" else {}, ())
        yield from _problems_of_keys(data if group in SEPARATE else {})
        if group == "pattern":
            yield from ((path[1:], text) for path, text in _problems_of_names({"scenario": {"events": data.get("events")}}, known_states()))
        yield from violations(KINDS[group], data, ["design"])  # the numbers of a design are chosen on the command line
    elif group in ("world", "scenario"):
        yield from _problems_of_case(group, name, data)
    elif group in ("experiment", PRIMARY):
        yield from _problems_of_part(group, data)
        yield from _problems_of_table(document.file.parent, mapping(data.get("design")), ("design",))
    else:
        yield (), f"its folder is not a group of conf/: {unknown(group, GROUPS, 'group')}"


def _problems_of_case(group: str, name: str, data: dict[str, Any]) -> Iterator[tuple[Path_, str]]:
    """A world or a scenario: its own key, and parameters, policies and peers to go with it."""
    yield from (((key,), refusal(key, SHARED[group])) for key in data if key not in SHARED[group])
    body = data.get(group)
    if group not in data:
        yield (), f"the key {group!r} is missing"
    else:
        yield from under((group,), violations(KINDS[group], body))
    if isinstance(body, dict) and body.get("name") != name:
        yield (group, "name"), f"expected {name!r}, the name of the file"
    if "parameters" in data:
        yield from under(("parameters",), violations(Parameters, data["parameters"]))
    yield from (((group, what, place), "the word means a power by its place; give it another name")
                for what in ("powers", "states") for place in PLACES if group == "world" and place in mapping(mapping(body).get(what)))
    own = list(mapping(mapping(body).get("states"))) if group == "world" else []
    yield from _problems_of_names(data, own or known_states())
    if own:
        peers, focal = mapping(data.get("peers")), data.get("focal")
        if missing := [state for state in own if state not in peers and state != focal and ALL not in peers]:
            yield ("peers",) if "peers" in data else ("world", "states", missing[0]), no_strategy(missing)


def no_strategy(states: Sequence[str]) -> str:
    """What is wrong where states have no strategy, and what to add."""
    more = f" and {len(states) - LISTED} more" if len(states) > LISTED else ""
    return f"no strategy for {', '.join(map(printable, states[:LISTED]))}{more}; add {printable(states[0])}: status_quo, or {ALL}: status_quo for every state"


def not_a_name(choice: Any, names: Sequence[str], what: str) -> str:
    """The message for what should be the name of a strategy, policy or the like, and is not."""
    return f"expected the name of a {what}, got null; such as {names[0]}" if choice is None and names else unknown(str(choice), names, "name")


def _problems_of_part(group: str, data: dict[str, Any]) -> Iterator[tuple[Path_, str]]:
    """An experiment or the primary file: any part of a configuration."""
    primary = [key for key in {**Settings.model_fields, **Run.model_fields} if key not in (*GROUPS, *DERIVED)]
    if group == PRIMARY:
        yield from (((key,), unknown(key, [*primary, "defaults"])) for key in data if key not in primary and key != "defaults")
        yield from (((), f"the key {key!r} is missing") for key in (*primary, "defaults") if key not in data)
    else:
        yield from (((key,), refusal(key, SHARED[group])) for key in data if key not in SHARED[group])
    if "defaults" in data:
        yield from _problems_of_defaults(group, data["defaults"])
    yield from violations(Size, {key: data[key] for key in Size.model_fields if key in data})
    yield from violations(Run, {key: data[key] for key in primary if key in Run.model_fields and data.get(key) is not None}, OF_A_PART)
    for key, kind in KINDS.items():
        for name, body in mapping(data.get(key)).items() if key in LISTS else ():
            known = name in names_in(key)
            result = entry_violations(kind, name, body, OF_A_PART if known else ())
            if result and not known:
                yield (key, name), unknown(name, names_in(key), "name")
            yield from under((key, name), result)
        if key in data and key not in LISTS:
            yield from under((key,), violations(kind, data[key], OF_A_PART))
    yield from _problems_of_names(data, known_states())
    yield from _problems_of_keys(data)


def _problems_of_table(folder: Path, design: dict[str, Any], path: Path_) -> Iterator[tuple[Path_, str]]:
    """A table of points that is not below the folder of the file that names it."""
    if isinstance(file := design.get("file"), str):
        try:
            below(folder, file)
        except ValueError as error:
            yield (*path, "file"), str(error).partition(": ")[2]


def _problems_of_names(data: dict[str, Any], states: Sequence[str]) -> Iterator[tuple[Path_, str]]:
    """Names of states, powers, strategies and policies that a file mentions."""
    for key, actors, names, what in (("policies", known_powers(), names_in("policy"), "policy"),
                                     ("peers", [*states, ALL], names_in("strategies"), "strategy")):
        if key in data and not isinstance(data[key], dict):
            yield (key,), "expected keys and values"
        for actor, choice in mapping(data.get(key)).items():
            if actor not in actors:
                yield (key, actor), unknown(actor, actors, "state" if key == "peers" else "power")
            if choice not in names:
                yield (key, actor), not_a_name(choice, names, what)
    for power, facts in mapping(mapping(data.get("world")).get("powers")).items():
        if (policy := mapping(facts).get("policy")) is not None and policy not in names_in("policy"):
            yield ("world", "powers", power, "policy"), unknown(str(policy), names_in("policy"), "name")
    if "focal" in data and data["focal"] not in states:
        yield ("focal",), unknown(str(data["focal"]), states, "state")
    if data.get("reference") is not None and data["reference"] not in names_in("strategies"):
        yield ("reference",), unknown(str(data["reference"]), names_in("strategies"), "name")
    targets, origins = ["focal", ALL, *states, *known_powers()], [*known_powers(), REST_KEY]
    libraries = {"policy": names_in("policy"), "strategy": names_in("strategies")}
    for group in ("events", "series"):
        rows = mapping(data.get("scenario")).get(group)
        for i, row in enumerate(rows if isinstance(rows, list) else ()):
            event = mapping(row)
            if (target := event.get("target", "focal")) not in targets:
                yield ("scenario", group, i, "target"), unknown(str(target), targets, "state")
            if (source := event.get("actor")) is not None and source not in origins:
                yield ("scenario", group, i, "actor"), unknown(str(source), origins, "power")
            library = libraries.get(str(event.get("kind")))
            if library is not None and event.get("value") not in library:
                yield ("scenario", group, i, "value"), unknown(str(event.get("value")), library, "name")
    for i, name in enumerate(fits if isinstance(fits := mapping(data.get("scenario")).get("fits"), list) else ()):
        if name not in names_in("world"):
            yield ("scenario", "fits", i), unknown(str(name), names_in("world"), "world")


def _problems_of_defaults(group: str, entries: Any) -> Iterator[tuple[Path_, str]]:
    """The defaults list: only the model's own groups, nothing else that Hydra allows."""
    form = "GROUP: NAME" if group == PRIMARY else "override /GROUP: NAME"
    if not isinstance(entries, list):
        yield ("defaults",), f"expected a list of {form}"
        return
    for i, entry in enumerate(entries):
        here = ("defaults", i)
        if entry == "_self_":
            continue
        if not isinstance(entry, dict) or len(entry) != 1:
            yield here, f"expected {form}"
            continue
        (key, choice), = entry.items()
        chosen = key.removeprefix("override /") if group != PRIMARY and key.startswith("override /") else key if group == PRIMARY else ""
        allowed = GROUPS if group == PRIMARY else CHOSEN
        if chosen in COMMAND_LINE and group != PRIMARY:
            yield here, refusal(chosen, ())
        elif chosen not in allowed:
            near = unknown(str(key), [form.split(":")[0].replace("GROUP", g) for g in allowed])
            yield here, f"expected {form}; {near}"
        elif group != PRIMARY or choice not in (None, []):
            yield from ((here, text) for text in choice_problems(chosen, choice))


def _one_by_one(group: str, values: Mapping[Any, Any]) -> str:
    """The message for a mapping in place of the name of a file: its values are set one by one."""
    def leaves(value: Any, name: str) -> Iterator[str]:
        if isinstance(value, Mapping) and value:
            for key, part in value.items():
                yield from leaves(part, f"{name}.{key}")
        else:
            yield f"{name}={'…' if isinstance(value, (Mapping, list)) else as_text(value)}"

    return f"{group} takes the name of a file; on the command line values are set one by one: {shortened(' '.join(leaves(values, group)))[1:-1]}"


def choice_problems(group: str, choice: Any) -> Iterator[str]:
    """What is wrong with the file, or list of files, chosen from a group."""
    if isinstance(choice, Mapping):
        yield _one_by_one(group, choice)
        return
    names = choice if isinstance(choice, list) else [choice]
    if isinstance(choice, list) and group not in LISTS:
        yield f"{group} takes one name, not a list"
    if choice == []:
        yield f"name at least one, such as {group}=[{names_in(group)[0]}]"
    for name in dict.fromkeys("null" if name is None else str(name) for name in names):
        if name not in names_in(group):
            yield unknown(name, names_in(group), "name")
        elif [str(n) for n in names].count(name) > 1:
            yield f"{name} is given twice"


@kept
def _known_in_experiments(strategies: tuple[str, ...]) -> dict[str, Quantity | None]:
    return {key: number for key, number in known_keys(strategies).items() if key.split(".")[0] in SHARED["experiment"]}


def _problems_of_keys(data: dict[str, Any]) -> Iterator[tuple[Path_, str]]:
    """Dotted names in what a sweep, a design or a hypothesis varies."""
    if not data.keys() & {"sweep", "design", "base", "change", "low", "middle", "high", "groups", "outcome", "prior"}:
        return
    known = _known_in_experiments(tuple(mapping(data.get("strategies"))))
    for path in (("sweep",), ("design", "over"), ("base",), ("change",), ("low",), ("middle",), ("high",), ("prior",)):
        inner: Any = data
        for key in path:
            inner = mapping(inner).get(key)
        for key in [key for key in inner if isinstance(key, str)] if isinstance(inner, list) else mapping(inner):
            if key not in known:
                yield (*path, key), refusal(str(key), known, "name")
            elif path != ("design", "over") and isinstance(inner, dict):
                yield from (((*path, key), problem) for problem in _problems_of_value(str(key), inner[key], known[key]))
    for group, names in mapping(data.get("groups")).items():
        yield from ((("groups", group), unknown(str(name), known, "number")) for name in names if name not in known)
    yield from under(("outcome",), _problems_of_terms(data.get("outcome")))
    yield from ((("facts", state), unknown(str(state), known_states(), "state")) for state in mapping(data.get("facts")) if state not in known_states())
    for name, terms in mapping(data.get("also")).items():
        yield from under(("also", name), _problems_of_terms(terms))


def _problems_of_terms(terms: Any) -> Iterator[tuple[Path_, str]]:
    """Strategies that the terms of an outcome name."""
    for i, term in enumerate(terms if isinstance(terms, list) else ()):
        for place, named in mapping(term).items():
            if place in ("strategy", "best_of"):
                yield from (((i, place), problem) for problem in choice_problems("strategies", named if isinstance(named, list) else [named]))


def _problems_of_value(key: str, value: Any, known: Quantity | None) -> Iterator[str]:
    """What is wrong with a value, or list of values to sweep, of a dotted name."""
    group = {"policies": "policy", "peers": "strategies"}.get(key.split(".")[0], key)
    if isinstance(value, list) and (twice := given_twice([as_text(each) for each in value])) is not None:
        yield f"{printable(twice)} is given twice"
    for each in value if isinstance(value, list) else [value]:
        if group in GROUPS and isinstance(each, str):
            yield from choice_problems(group, [each] if group in LISTS else each)
        elif known is not None and isinstance(each, (int, float)) and not isinstance(each, bool) and not Interval.parse(known.domain).contains(each):
            yield f"allowed range {known.domain}, got {each}"


def _directives(text: str) -> list[str]:
    """Comments above the data that Hydra obeys, such as `# @package _global_`."""
    above = takewhile(lambda line: not line or line.startswith("#"), (line.strip() for line in text.splitlines()))
    return [" ".join(line.split()) for line in above if line.lstrip("#").lstrip().startswith("@")]
