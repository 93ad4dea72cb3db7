"""Hydra composes what was read and checked; it reads no file itself."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from experiments.configuration.check import choice_problems, refuse_broken, sound
from experiments.configuration.errors import ConfigError
from experiments.configuration.files import GROUPS, LISTS, PRIMARY, WORLD, document_of, kept, names_in
from experiments.configuration.grammar import read
from experiments.configuration.hydra_state import own_hydra_state
from experiments.configuration.keys import default_of, known_keys, known_powers
from experiments.configuration.overwritten import overwritten, twice_in_files
from experiments.configuration.places import completed, keys_of, with_policies
from experiments.configuration.table import NOT_COMPARED, is_left_out
from experiments.configuration.yaml_files import mapping
from experiments.messages import unknown
from sim.axes import DOMAINS
from sim.payoffs import PLACES
from sim.quantity import Quantity


@own_hydra_state()
def compose(given: tuple[str, ...], compares: bool = True) -> tuple[dict[str, Any], dict[str, Any]]:
    """Compose the files that overrides choose, and change single values in them.

    Args:
        given: Hydra overrides.
        compares: Whether all strategies are compared where none is named; if not, those whose files are wrong are left out.

    Returns:
        The composed configuration as plain data, and the file chosen from each group.

    Raises:
        ConfigError: An override cannot be read or does not fit.
    """
    if problems := _problems_of(given):
        raise ConfigError(problems)
    choosing = tuple(text for text in given if read(text).key_or_group in GROUPS)
    # Hydra adds to a mapping; the numbers of a design replace the earlier ones as a whole.
    replaced = {text: ["design.over=null"] for text in given if text.lstrip("+").startswith("design.over=")}
    changing = [part for text in given if text not in choosing for part in (*replaced.get(text, ()), text)]
    try:
        files, choices, whole = _of_files(choosing, compares)
        refuse_broken((group, str(name)) for group in GROUPS for name in (mapping(files.get(group)) if group in LISTS else [choices.get(group)]))
        keys = keys_of(files.get("world"))
        if problems := [*twice_in_files(choices, keys), *overwritten(given, keys)]:
            raise ConfigError(problems)
        files = completed(files, choices)
        files = with_policies(_changed(files, changing))
        if "strategies" in whole:
            files = _without_idle(files, changing)
        return files, choices
    except ConfigError:
        raise
    except Exception:  # Hydra and OmegaConf have many, and let those of Python through
        known, world = _known(choosing)
        for text in given:
            override = read(text)
            if (key := override.key_or_group) not in GROUPS:
                parts = list(_leaves(override.value(), key)) if isinstance(override.value(), dict) and key in known else [key]
                problems += [f"override {text}: {_unknown(name, known, world)}" for name in parts
                             if name not in known and not any(k.startswith(f"{name}.") for k in known)][:1]
        raise ConfigError(problems or [f"override {text}: the key cannot have this value" for text in _unfit(choosing, changing) or given]) from None


def _without_idle(files: Mapping[str, Any], changing: Iterable[str]) -> dict[str, Any]:
    """Without strategies that differ from others under a domestic challenge alone, where none comes; a list of strategies has what it names.

    Raises:
        ConfigError: An override changes one of them.
    """
    scenario = mapping(files.get("scenario"))
    if any(mapping(row).get("kind") == "challenge" for group in ("events", "series") for row in scenario.get(group) or ()):
        return dict(files)
    idle = {name for name, body in files["strategies"].items() if mapping(body).get("regime")}
    named = [(text, name) for text in changing for name in idle if text.lstrip("+").startswith(f"strategies.{name}.")]
    if named:
        raise ConfigError([f"override {text}: {name} is compared under a challenge alone; add scenario=challenged_government, or name it in strategies=[…]"
                           for text, name in named])
    return {**files, "strategies": {name: body for name, body in files["strategies"].items() if name not in idle}}


def _changed(files: Mapping[str, Any], changing: Sequence[str]) -> dict[str, Any]:
    """The files with what overrides of single values make of them, as Hydra does after composing them. A sweep over numbers composes them once.

    OmegaConf gets the strategy, the state or the number that an override changes and no more: all would take most of the time of a composition.
    """
    from hydra._internal.config_loader_impl import ConfigLoaderImpl
    from hydra.core.override_parser.types import OverrideType
    from omegaconf import OmegaConf

    keys = keys_of(files["world"])
    known = known_keys(list(files["strategies"]), keys)
    overrides = [(text, override, *keys.override(override.key_or_group, override.value())) for text in changing for override in [read(text)]]
    owners = [key.split(".")[: 3 if key.startswith("world.") else 2] for _, _, key, _ in overrides]
    changed = OmegaConf.create(_only(files, owners))
    OmegaConf.set_struct(changed, True)
    for text, override, key, value in overrides:
        added = OverrideType.FORCE_ADD if text.startswith("+") or _left_out(key, value, changed, known, keys.powers) else override.type
        ConfigLoaderImpl._apply_overrides_to_config([replace(override, key_or_group=key, _value=value, type=added)], changed)
    result = cast(dict[str, Any], OmegaConf.to_container(changed, throw_on_missing=True))
    for owner in owners:
        files = _replaced(files, owner, result)
    return dict(files)


def _only(files: Mapping[str, Any], owners: Iterable[Sequence[str]]) -> dict[str, Any]:
    """Of nested mappings what lies at some paths alone."""
    below: dict[str, list[Sequence[str]]] = {}
    for first, *rest in owners:
        below.setdefault(first, []).append(rest)
    return {key: _only(value, rests) if isinstance(value := files.get(key), dict) and all(rests) else value
            for key, rests in below.items() if key in files}


def _replaced(files: Mapping[str, Any], owner: Sequence[str], by: Mapping[str, Any]) -> dict[str, Any]:
    """Nested mappings with what lies at a path replaced by what lies there in another."""
    first, *rest = owner
    if first not in by:
        return dict(files)
    nested = rest and isinstance(files.get(first), dict) and isinstance(by[first], dict)
    return {**files, first: _replaced(files[first], rest, by[first]) if nested else by[first]}


def _unfit(choosing: tuple[str, ...], changing: Sequence[str]) -> list[str]:
    """The overrides that cannot be used even alone."""
    def fits(text: str) -> bool:
        try:
            return bool(_changed(completed(*_of_files(choosing)[:2]), [text]))
        except Exception:
            return False
    return [text for text in changing if not fits(text)]


def _problems_of(given: tuple[str, ...]) -> list[str]:
    """What is wrong with each override."""
    problems: list[str] = []
    for text in given:
        try:
            override = read(text)
        except ConfigError as error:
            problems += error.problems
            continue
        value = None if override.is_sweep_override() else override.value()
        key = override.key_or_group
        if override.is_delete():
            problems.append(f"override {text}: no key can be removed; many can be set to null")
        elif re.split(r"[./]", key)[0] == "hydra" or override.package is not None:
            problems.append(f"override {text}: only the model's own keys can be set")
        elif key.split(".")[0] == "sweep":
            problems.append(f"override {text}: only a preset holds a sweep; on the command line: counterpoise -m KEY=A,B, such as -m seed=1,2")
        elif override.is_sweep_override():
            decimal = "; a decimal has a point" if re.fullmatch(r"-?[0-9]+,[0-9]+", text.split("=", 1)[1]) else ""
            problems.append(f"override {text}: several values need counterpoise -m (one run for each); analyses take one value of each key{decimal}")
        elif "${" in text or "${" in str(value):
            problems.append(f"override {text}: interpolation is not allowed")
        elif "_target_" in text:
            problems.append(f"override {text}: keys such as _target_ are not allowed")
        elif key in GROUPS:
            problems += [f"override {text}: {problem}" for problem in choice_problems(key, value)]
    return problems


def _unknown(name: str, known: Iterable[str], world: Mapping[str, Any]) -> str:
    """The message for an unknown key; of one that other worlds have, why this one has none, and what fits every world."""
    keys, parts, where = keys_of(world), name.split("."), str(world.get("name"))
    if parts[0] == "strategies" and parts[1:] and is_left_out(parts[0], parts[1], known):
        return (f"{NOT_COMPARED.format(parts[1])}; peers play each strategy as its file has it: "
                "write another one with counterpoise new strategy NAME, and add peers.all=NAME")
    if name not in known_keys():
        return unknown(name, known)
    states = {"peers": parts[1:2], "world": parts[2:3] if parts[1:2] == ["states"] else []}.get(parts[0], [])
    if states and states[0] not in keys.states:
        return unknown(states[0], keys.states, "state", where=where)
    by_place = [".".join(place if part == power else part for part in parts) for power in parts if power in known_powers() for place in PLACES]
    if not by_place:
        return unknown(name, known, where=where)
    return f"unknown key {name!r} in {where}, whose powers are {' and '.join(keys.powers)}; {' and '.join(by_place)} fit every world"


def _known(choosing: tuple[str, ...]) -> tuple[list[str], dict[str, Any]]:
    """Every key that can be set with the files chosen or, where these do not go together, with the default ones; and the world."""
    from hydra.errors import HydraException

    try:
        composed = _of_files(choosing)[0]
    except HydraException:
        composed = _of_files(())[0]
    chosen = {f"{group}.{name}." for group in LISTS for name in composed[group]}
    known = known_keys(list(composed["strategies"]), keys_of(composed["world"]))
    names = {*_leaves(composed), *(key for key in known if not key.startswith(LISTS) or any(key.startswith(one) for one in chosen))}
    return sorted(names), mapping(composed["world"])


def _left_out(key: str, value: Any, files: Any, known: Mapping[str, Quantity | None], powers: Sequence[str]) -> bool:
    """Whether an override sets what its file leaves at its default.

    Of a number for both domains or powers, of which one is to change, the other stays: `files` holds the two from here on.
    """
    from omegaconf import OmegaConf

    owner = key.split(".")[: {"strategies": 2, "policy": 2}.get(key.split(".")[0], 1)]
    if key not in known or not OmegaConf.is_dict(OmegaConf.select(files, ".".join(owner))):
        return False
    number, _, part = key.rpartition(".")
    quantity = known.get(number)
    parts = {"domain": DOMAINS, "power": powers}.get(str(quantity.each) if quantity else "", ())
    if part in parts and not OmegaConf.is_dict(both := OmegaConf.select(files, number)):
        OmegaConf.update(files, number, dict.fromkeys(parts, default_of(number) if both is None else both), force_add=True)
    return OmegaConf.select(files, key) is None or (key in ("policies", "peers") and isinstance(value, dict))


@kept
def _of_files(choosing: tuple[str, ...], compares: bool = True) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """The files chosen, composed; which was chosen from each group; and the groups from which nobody chooses, so that all of their files are there."""
    from hydra._internal.config_loader_impl import ConfigLoaderImpl
    from hydra._internal.config_repository import CachingConfigRepository
    from hydra._internal.defaults_list import create_defaults_list
    from hydra._internal.utils import create_config_search_path
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.version import setbase
    from omegaconf import OmegaConf

    setbase("1.3")
    # What `hydra.compose` does, without Hydra's own configuration of jobs and logs, which takes most of its time.
    loader = ConfigLoaderImpl(create_config_search_path(None))
    repository = CachingConfigRepository(loader.repository)
    chosen = create_defaults_list(repository, PRIMARY, OverridesParser.create().parse_overrides(list(choosing)), prepend_hydra=False, skip_missing=False)
    files = cast(dict[str, Any], OmegaConf.to_container(loader._compose_config_from_defaults_list(chosen.defaults, repository)))
    choices = dict(chosen.overrides.known_choices)
    whole = [group for group in LISTS if not _is_chosen(group, choosing)]
    for group in whole:  # Hydra needs a quarter of a second for forty files
        # A power follows one policy, and few runs use all: one that is wrong stops the run that names it.
        names = names_in(group) if group == "strategies" and compares else sound(group)
        each = {name: mapping(mapping(document.data).get(name)) for name in names if (document := document_of(group, name)) is not None}
        files[group] = _over(each, mapping(files.get(group)))
    facts = document_of(WORLD, str(choices.get(WORLD)))
    files[WORLD] = _over(mapping(mapping(facts.data if facts else None).get(WORLD)), mapping(files.get(WORLD)))
    return files, choices, whole


def _is_chosen(group: str, choosing: Iterable[str]) -> bool:
    """Whether an override, or the preset that one chooses, names files of a group that is a list."""
    for override in map(read, choosing):
        if override.key_or_group == group:
            return True
        if override.key_or_group == "experiment" and (preset := document_of("experiment", str(override.value()))) is not None:
            defaults = mapping(preset.data).get("defaults")
            if isinstance(defaults, list) and any(isinstance(entry, dict) and f"override /{group}" in entry for entry in defaults):
                return True
    return False


def _over(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings laid over one another, as Hydra does; neither is changed."""
    return below | {key: _over(below[key], value) if isinstance(value, dict) and isinstance(below.get(key), dict) else value for key, value in above.items()}


def _leaves(data: Any, path: str = "") -> Iterable[str]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path
