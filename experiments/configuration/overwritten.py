"""Overrides that others replace, and keys that are given twice by two spellings. Of one spelling the last counts, as in Hydra."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from experiments.configuration.files import GLOBAL_GROUPS, GROUPS, document_of, shown
from experiments.configuration.grammar import read
from experiments.configuration.places import Keys
from experiments.configuration.yaml_files import Path_, mapping

#: Why something is given twice.
BY_PLACE = "is given twice, once by the place of a power"


def overwritten(given: Iterable[str], keys: Keys) -> Iterator[str]:
    """What is wrong with overrides that change nothing, because they are empty or later ones set the same: a line each.

    Args:
        given: The overrides, in their order.
        keys: The keys of the world.
    """
    later: dict[str, str] = {}
    result: list[str] = []
    for text in reversed(list(given)):
        override = read(text)
        if (name := override.key_or_group) in GROUPS or override.is_sweep_override():
            continue
        key, value = keys.override(name, override.value())
        if empty := [leaf for leaf, part in _leaves(value, key) if isinstance(part, Mapping) and leaf != "design.over"]:
            result.append(f"override {text}: has no effect: {empty[0]} is empty, and mappings add to what is there; leave it out")
            continue
        if twice := [".".join(map(str, path)) for path in keys.twice(override.value(), *keys.placed(name).split("."))]:
            result.append(f"override {text}: {keys.placed(twice[0])} {BY_PLACE}")
            continue
        leaves = [leaf for leaf, _ in _leaves(value, key)]
        by = [next((other for above in _with_above(leaf) if (other := later.get(above))), None) for leaf in leaves]
        if leaves and all(by):
            other = str(by[0])
            if keys.placed(read(other).key_or_group) == keys.placed(name) and read(other).key_or_group != name:
                result.append(f"override {other}: {keys.placed(name)} {BY_PLACE}")
            else:
                result.append(f"override {text}: has no effect: {other} comes after it and sets the same; leave one of the two out")
        later.update(dict.fromkeys(leaves, text))
    yield from reversed(result)


def twice_in_files(choices: Mapping[str, Any], keys: Keys) -> Iterator[str]:
    """Keys that one file gives twice by two spellings, a line each.

    Args:
        choices: The file chosen from each group.
        keys: The keys of the world.
    """
    for group in GLOBAL_GROUPS:
        if (document := document_of(group, str(choices.get(group)))) is not None:
            data: dict[str, Any] = mapping(document.data)
            paths: list[Path_] = [path for part in ("policies", "world", "scenario") for path in keys.twice(data.get(part), part)]
            yield from (f"{shown(document.file)}:{document.line_of(path)}: {keys.placed('.'.join(map(str, path)))} {BY_PLACE}" for path in paths)


def leaves_of(text: str, keys: Keys) -> list[str]:
    """The dotted names that an override sets, with the world's own keys."""
    override = read(text)
    return [leaf for leaf, _ in _leaves(*reversed(keys.override(override.key_or_group, override.value())))]


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Dotted names with what stands there; an empty mapping stands for itself."""
    if isinstance(value, Mapping) and value:
        for key, part in value.items():
            yield from _leaves(part, f"{name}.{key}")
    else:
        yield name, value


def _with_above(name: str) -> Iterator[str]:
    """A dotted name and those above it."""
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(len(parts), 0, -1))
