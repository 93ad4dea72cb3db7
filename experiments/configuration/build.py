"""From composed, checked data to typed settings."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from pydantic import BaseModel

from experiments import words
from experiments.configuration.check import not_a_name, refuse_broken, say
from experiments.configuration.design import Design
from experiments.configuration.effect import followed_in, without_effect
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import GLOBAL_GROUPS, GROUPS, LISTS, document_of, documents, file_of, is_own, names_in, primary, shown
from experiments.configuration.job import DERIVED, ExecutorChoice, Job, Run
from experiments.configuration.overwritten import leaves_of
from experiments.configuration.places import ALL, Keys, keys_of
from experiments.configuration.violations import NAME_LENGTH, built, dotted, entry_built, family_question, keyed, violations
from experiments.configuration.yaml_files import Document, Path_, mapping
from experiments.messages import unknown
from sim.data import World
from sim.parameters import Parameters
from sim.payoffs import MATTERS, PLACES, Payoff
from sim.policies.policy import Policy
from sim.scenario import Scenario
from sim.settings import Settings, Size
from sim.strategies.strategy import Strategy

#: A smallest difference in the economic return, in log points, above which somebody may have meant per cent.
MUCH = 0.1
#: The folder below results that holds cells, and no runs.
CELLS = "cells"
#: Names in a results folder that are not those of runs, and what is there.
TAKEN = {CELLS: "holds the cells of all runs", "latest": "is the last run"}


def build(composed: dict[str, Any], choices: Mapping[str, Any], given: tuple[str, ...], varied: Mapping[str, str]) -> Job:
    """The job that a composed configuration describes.

    Args:
        composed: Every group and key, as plain data.
        choices: The file chosen from each group.
        given: The overrides it was composed from.
        varied: Those that set the job apart from others of a sweep, value by key.

    Raises:
        ConfigError: Something is wrong; all problems are listed.
    """
    composed = {**composed, "focal": _code_of(composed["focal"], mapping(mapping(composed["world"]).get("states")))}
    building = _Building(composed, given, _sources(choices, composed), keys_of(composed["world"]), varied)
    model = _model(building)
    run = _run(building, model)
    building.raise_problems()
    settings = building.typed(Settings, model)
    building.raise_problems()
    options = Run.model_validate(run)
    for name, strategy in settings.strategies.items():
        if question := family_question(strategy.family):
            say(f"note: {building.where(('strategies', name, 'family'))}: {question}")
    if (least := options.payoff.matters.get("economic", 0.0)) > MUCH:
        say(f"note: {building.where(('payoff', 'matters', 'economic'))}: {least:g} is a change of consumption by about "
            f"{100 * math.expm1(min(least, 5)):.0f} %; smaller ones do not count. A quarter of a per cent is {MATTERS['economic']:g}")
    try:
        points = options.design.points_for(settings, building.folder_of(("design", "file")))
    except ValueError as error:
        raise ConfigError([f"{building.where(keyed(line)[0])}: {line}" for line in str(error).split("\n")]) from None
    if fixed := list(_set_and_varied(building, points.names)):
        raise ConfigError(fixed)
    if "focal" in varied:  # which may be the label of a state
        varied = {**varied, "focal": settings.focal}
    return Job(settings, options, points, given, varied, composed, own_files=_own_files(building, settings))


def _own_files(building: "_Building", settings: Settings) -> tuple[str, ...]:
    """The user's files among those that a job rests on; of policies those that a power follows, for every job has all at hand."""
    files = [document.file for under, document in building.sources if under != ("policy",)]
    files += [file_of("policy", policy.name) for policy in followed_in(settings)]
    files += [file_of("strategies", strategy.name) for strategy in (*settings.peers.values(), *settings.switched_strategies.values())]
    return tuple(sorted({shown(file) for file in files if is_own(file)}))


def _set_and_varied(building: "_Building", names: Collection[str]) -> Iterator[str]:
    """Overrides of numbers that the design varies, a line each; those of a sweep are refused where jobs are compared."""
    for text in building.given:
        key = text.lstrip("+").split("=")[0]
        leaves = [] if key in GROUPS or key in building.varied or not names else leaves_of(text, building.keys)
        if leaves and set(leaves) <= set(names):
            yield f"override {text}: has no effect: the design varies it already; leave one of the two out"


def _sources(choices: Mapping[str, Any], composed: Mapping[str, Any]) -> list[tuple[Path_, Document]]:
    """The files that were composed, the last to win first, each with the key that its own keys came under."""
    lists = {group: list(mapping(composed.get(group))) for group in LISTS}
    groups = [*reversed(GLOBAL_GROUPS), *(group for group in GROUPS if group not in GLOBAL_GROUPS)]
    chosen = [(group, name) for group in groups for name in lists.get(group, [choices.get(group)])]
    result = [(() if group in GLOBAL_GROUPS else (group,), document_of(group, str(name))) for group, name in chosen]
    result.append(((), documents()[primary()]))
    return [(under, document) for under, document in result if document is not None]


@dataclass
class _Building:
    """A configuration that becomes typed settings, and the problems found on the way.

    Attributes:
        composed: The configuration as plain data.
        given: The overrides it was composed from.
        sources: The files it was composed from, see `_sources`.
        keys: The keys of its world.
        varied: Keys in which it differs from the other jobs of a sweep.
        problems: One line each.
    """

    composed: Mapping[str, Any]
    given: tuple[str, ...]
    sources: list[tuple[Path_, Document]]
    keys: Keys
    varied: Collection[str] = ()
    problems: list[str] = field(default_factory=list)

    def where(self, path: Path_) -> str:
        """The override or the line of a file that a value came from."""
        whole = ".".join(str(part) for part in path)
        for text in reversed(self.given):
            key, _ = self.keys.override(text.lstrip("+").split("=")[0], None)
            if whole and key not in GROUPS and (key == whole or key.startswith(f"{whole}.") or whole.startswith(f"{key}.")):
                return f"override {text}"
        file, line = self._in_file(path)
        return f"{shown(file)}:{line}" if file else "configuration"

    def folder_of(self, path: Path_) -> Path | None:
        """The folder of the file that a value came from; None where an override gave it."""
        file, _ = self._in_file(path)
        return file.parent if file and not self.where(path).startswith("override ") else None

    def _in_file(self, path: Path_) -> tuple[Path | None, int]:
        """The file and line that set a value last, or the nearest key above it."""
        for length in range(len(path), 0, -1):
            for under, document in self.sources:
                for end in self._given_as(path[:length]):
                    if end[:len(under)] == under and (line := document.lines.get(end[len(under):])):
                        return document.file, line
        return None, 0

    def _given_as(self, path: Path_) -> Iterator[Path_]:
        """The paths by which a file may name what stands at a path: with the keys of the world, places of powers, or all peers."""
        yield path
        if path[:1] == ("peers",) and len(path) > 1:
            yield ("peers", ALL, *path[2:])
        elif len(self.keys.powers) == len(PLACES):
            places: dict[Any, str] = dict(zip(self.keys.powers, PLACES, strict=True))
            yield tuple(places.get(key, key) for key in path)

    def report(self, path: Path_, message: str) -> None:
        """Note a problem of the value at a path of keys."""
        self.problems.append(f"{self.where(path)}: {dotted(path)}{message}")

    def raise_problems(self) -> None:
        if self.problems:
            raise ConfigError(list(dict.fromkeys(self.problems)))

    def typed(self, kind: type[BaseModel], value: Any, *root: str) -> Any:
        """A value as an instance of its class, or None, its problems noted; `root` is the path of keys to it."""
        name = root[-1] if root and root[0] in LISTS else None
        made, wrong = built(kind, value) if name is None else entry_built(kind, name, value)
        for path, message in wrong:
            self.report((*root, *path), message)
        return None if wrong else made

    @property
    def world(self) -> str:
        """The name of its world."""
        return str(mapping(self.composed["world"]).get("name") or "")

    def entries(self, kind: type[BaseModel], group: str) -> dict[str, Any]:
        """The strategies or policies that were chosen, by name."""
        return {name: self.typed(kind, body, group, name) for name, body in mapping(self.composed.get(group)).items()}

    def played(self, key: str, kind: type[Any], group: str, changed: Mapping[str, Any], own: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
        """The strategy of each peer or the policy of each power; `own` are those of the facts of a power."""
        actors = {"policies": self.keys.powers, "peers": self.keys.states}[key]
        chosen = mapping(self.composed[key])
        for actor in chosen:
            if actor not in actors and actors:
                self.report((key, actor), unknown(str(actor), actors, "power" if key == "policies" else "state", where=self.world))
        result, reported = {}, set()
        for actor, choice in chosen.items():
            if choice is None and key == "policies" and not own:
                continue  # the world is wrong, which is reported, and with it the policy that its power has
            path = _path_of_own(actor) if actor in own and own[actor] == choice else (key, actor)
            if (cause := (self.where(path), str(choice))) not in reported:  # one of all peers is reported once
                result[actor] = self.from_library(path, choice, kind, group, changed)
                reported |= {cause} if result[actor] is None else set()
        return result

    def from_library(self, path: Path_, choice: Any, kind: type[Any], group: str, changed: Mapping[str, Any]) -> Any:
        """A strategy or policy by name: the one in `changed`, which overrides may have changed, or else as its file has it."""
        if isinstance(choice, str) and choice in changed:
            return changed[choice]
        if not isinstance(choice, str) or choice not in names_in(group):
            self.report(path, not_a_name(choice, names_in(group), {"policy": "policy", "strategies": "strategy"}[group]))
            return None
        refuse_broken([(group, choice)])
        data = cast(dict[str, Any], cast(Document, document_of(group, choice)).data)
        return kind.model_validate({"name": choice, **data[choice]})


def _model(building: _Building) -> dict[str, Any]:
    """Everything that settings are made of."""
    composed = building.composed
    result = {key: composed[key] for key in Settings.model_fields if key in composed}
    result["strategies"] = building.entries(Strategy, "strategies")
    policies = building.entries(Policy, "policy")
    kinds: Iterable[tuple[str, type[BaseModel]]] = (("world", World), ("parameters", Parameters), ("scenario", Scenario))
    result |= {key: building.typed(kind, composed[key], key) for key, kind in kinds}
    if result["scenario"] is not None:
        result["scenario"] = _as_changed(result["scenario"], building.given)
    result |= _switched(building, result["scenario"], policies)
    if result["world"] is not None and result["scenario"] is not None:
        _check_fit(building, result["world"], result["scenario"])
    if not result["strategies"]:
        building.problems.append("strategies: name at least one")
    result["peers"] = building.played("peers", Strategy, "strategies", {})
    own = {} if result["world"] is None else {power: facts.policy for power, facts in result["world"].powers.items()}
    result["policies"] = building.played("policies", Policy, "policy", policies, own)
    # The present rests on the policies of the facts as their files have them, whatever overrides change.
    result["resting_policies"] = {power: building.from_library(_path_of_own(power), policy, Policy, "policy", {}) for power, policy in own.items()}
    states = mapping(mapping(composed["world"]).get("states"))
    if states and str(composed["focal"]) not in states:
        labels = {code: str(mapping(state).get("label") or code) for code, state in states.items()}
        building.report(("focal",), unknown(str(composed["focal"]), states, "state", labels, building.world))
    building.typed(Size, {key: composed[key] for key in Size.model_fields if key in composed})
    return result


def _path_of_own(power: str) -> Path_:
    """Where the facts of a power name its policy."""
    return ("world", "powers", power, "policy")


def _switched(building: _Building, scenario: Scenario | None, policies: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The policies and strategies that events switch to, by name."""
    result: dict[str, dict[str, Any]] = {"switched_policies": {}, "switched_strategies": {}}
    if scenario is not None:
        for i, event in enumerate(scenario.events):
            path = ("scenario", "events", i, "value")
            if event.kind == "policy":
                result["switched_policies"][str(event.value)] = building.from_library(path, event.value, Policy, "policy", policies)
            elif event.kind == "strategy":
                result["switched_strategies"][str(event.value)] = building.from_library(path, event.value, Strategy, "strategies", {})
    return result


def _check_fit(building: _Building, world: World, scenario: Scenario) -> None:
    """Refuse a scenario that was written for other worlds."""
    if scenario.fits and world.name not in scenario.fits:
        building.report(("scenario", "fits"), f"{scenario.name} is for {words.listed(scenario.fits, 'or')}, this world is {world.name}; "
                                              f"add world={scenario.fits[0]}, or choose another scenario")
        building.raise_problems()  # it may name states that are not there


def _code_of(focal: Any, states: Mapping[str, Any]) -> Any:
    """The code of a state that is given by its label; anything else as it is."""
    def plainly(name: object) -> str:
        return "".join(str(name).casefold().split())

    codes = [code for code, state in states.items() if plainly(mapping(state).get("label")) == plainly(focal)]
    return codes[0] if len(codes) == 1 and focal not in states else focal


def _as_changed(scenario: Scenario, given: Iterable[str]) -> Scenario:
    """A scenario whose events or series an override replaces has a name and a description of its own, unless overrides give them: its file's are false."""
    keys = {text.lstrip("+~").split("=")[0] for text in given}
    if not keys & {"scenario.events", "scenario.series"}:
        return scenario
    events = [*(f"{event.kind} {event.start}" for event in scenario.events), *(f"{series.kind} by year" for series in scenario.series)]
    texts = {"name": _as_name([scenario.name, *(events or ["no events"])]), "description": f"Events of the command: {', '.join(events) or 'none'}."}
    return scenario.model_copy(update={key: text for key, text in texts.items() if f"scenario.{key}" not in keys})


def _run(building: _Building, model: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a run is made of."""
    composed = building.composed
    result = {key: composed[key] for key in ("workers", "assumption_draws", "results", "png", "sweep", "question", "against")}
    kinds: Iterable[tuple[str, type[BaseModel]]] = (("payoff", Payoff), ("design", Design), ("executor", ExecutorChoice))
    result |= {key: building.typed(kind, composed[key], key) for key, kind in kinds}
    result |= {"name": _name(building, model) if composed["name"] is None else _named(building, composed["name"]), "reference": _reference(building, model)}
    if result["against"] is not None and result["against"] not in (known := names_in("scenario")):
        building.report(("against",), unknown(str(result["against"]), known, "name"))
    building.problems += without_effect(building.given, result["design"], result["executor"])
    known = [key for key in (*Settings.model_fields, *Run.model_fields) if key not in DERIVED]
    building.problems += [f"{building.where((key,))}: {unknown(key, known)}" for key in composed if key not in (*known, "policy")]
    reported = [key for key in ("reference", "payoff", "design", "executor") if not isinstance(result[key], (str, BaseModel))]
    for path, message in violations(Run, result):
        if path[0] not in reported:
            building.report(path, message)
    return result


def _named(building: _Building, given: Any) -> Any:
    """The name of a run as it was given, a number too."""
    name = str(given) if isinstance(given, (int, float)) and not isinstance(given, bool) else given
    if isinstance(name, str) and name in TAKEN:
        building.report(("name",), f"the folder {name} {TAKEN[name]}; choose another name")
    return name


def _name(building: _Building, model: Mapping[str, Any]) -> str:
    """The name of a run that was given none: world and scenario, the focal state where an override chose it, and what else overrides change."""
    if model["world"] is None or model["scenario"] is None:
        return "unnamed"
    focal = [str(model["focal"])] if any(text.lstrip("+").startswith("focal=") for text in building.given) else []
    if focal and focal[0] not in model["world"].states:
        return "unnamed"
    changes = [text.lstrip("+").split("=", 1) for text in building.given if text.lstrip("+").startswith(("policies.", "peers.", "parameters.", "policy."))]
    more = [f"{key.rpartition('.')[2]}_{value}" for key, value in changes if key not in building.varied]
    return _as_name(["-".join([model["world"].name, model["scenario"].name, *focal]), *more], "-")


def _as_name(parts: Iterable[str], joint: str = "_") -> str:
    """Words as a name of a file."""
    return joint.join(re.sub(r"[^A-Za-z0-9_.-]+", "_", part) for part in parts)[:NAME_LENGTH].rstrip("_-.")


def _reference(building: _Building, model: Mapping[str, Any]) -> Any:
    """The strategy that all others are compared with: the one named, or the focal state's own, or else the first."""
    named, focal, strategies = building.composed["reference"], model["focal"], model["strategies"]
    if named is None:
        own = model["peers"].get(str(focal))
        return own.name if own is not None and own.name in strategies else next(iter(strategies), None)
    if changed := [text for text in building.given if text.lstrip("+").startswith(f"peers.{focal}=")]:
        building.problems.append(f"override {changed[0]}: has no effect with reference={named}: {focal} itself plays the strategies that are compared")
    elif str(named) not in strategies:
        refuse_broken([("strategies", str(named))])
        building.report(("reference",), unknown(str(named), strategies, "name"))
    return named
