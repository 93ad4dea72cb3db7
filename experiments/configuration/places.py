"""Powers by their place: `first` and `second` may stand wherever the key of a power does, so that a file fits every world."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from experiments.configuration.files import GLOBAL_GROUPS, document_of
from experiments.configuration.yaml_files import mapping
from sim.data import State
from sim.payoffs import PLACES
from sim.quantity import quantities

#: All states, as a key of peers.
ALL = "all"

#: Facts of a state that have a value for each power.
BY_POWER = tuple(name for name, known in quantities(State).items() if known.each in ("power", "partner", "creditor"))

#: One of them that files may leave out.
BASELINE = "trust_baseline"

#: Where events and series are, and the keys of theirs that may hold a power.
ROWS, OF_ROWS = (("scenario", "events"), ("scenario", "series")), ("actor", "target")


@dataclass(frozen=True)
class Keys:
    """The keys that a world has.

    Attributes:
        powers: Of its powers, in their order.
        states: Of its states.
    """

    powers: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    def named(self, key: Any) -> Any:
        """The key of a power that is given as it is or by its place; anything else as it is."""
        return self.powers[PLACES.index(key)] if key in PLACES and len(self.powers) == len(PLACES) else key

    def placed(self, name: str) -> str:
        """A dotted name with the world's own keys in place of `first` and `second`."""
        parts: list[str] = []
        for part in name.split("."):
            parts.append(self.named(part) if _powers_below(parts) else part)
        return ".".join(parts)

    def override(self, name: str, value: Any) -> tuple[str, Any]:
        """The dotted name and the value of an override with the world's own keys; one of all peers as one of each."""
        name = self.placed(name)
        if name == f"peers.{ALL}":
            name, value = "peers", {ALL: value}
        return name, self.within(value, *name.split("."))

    def within(self, value: Any, *path: Any) -> Any:
        """What stands at a path of keys, with the world's own keys."""
        if path == ("peers",) and isinstance(value, Mapping):
            return {**dict.fromkeys(self.states if ALL in value else (), value.get(ALL)), **{key: choice for key, choice in value.items() if key != ALL}}
        if isinstance(value, Mapping):
            result: dict[Any, Any] = {}
            for key, part in value.items():
                key = self.named(key) if _powers_below(path) else key
                result[key] = _merged(result.get(key), self.within(part, *path, key))
            return result
        if isinstance(value, list):
            return [self.within(part, *path, i) for i, part in enumerate(value)]
        return self.named(value) if path[:2] in ROWS and path[-1] in OF_ROWS else value


    def twice(self, value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
        """Paths in what stands at a path of keys that name a power which is there by another spelling before."""
        for key, part in value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ():
            if _powers_below(path) and key in PLACES and self.named(key) != key and self.named(key) in value:
                yield (*path, key)
            yield from self.twice(part, *path, key)


def _powers_below(path: Sequence[Any]) -> bool:
    """Whether the keys below a path are those of powers."""
    return tuple(path) in (("policies",), ("world", "powers")) or (len(path) == 4 and tuple(path[:2]) == ("world", "states") and path[3] in BY_POWER)


def _merged(value: Any, later: Any) -> Any:
    """A value with what a later one adds to it or replaces."""
    if not isinstance(value, Mapping) or not isinstance(later, Mapping):
        return later
    return {**value, **{key: _merged(value.get(key), part) for key, part in later.items()}}


def keys_of(world: Any) -> Keys:
    """The keys of a world, given as plain data."""
    powers, states = (tuple(map(str, mapping(mapping(world).get(what)))) for what in ("powers", "states"))
    return Keys(tuple(power for power in powers if power not in PLACES), states)


def completed(files: Mapping[str, Any], choices: Mapping[str, Any]) -> dict[str, Any]:
    """Composed files with the world's own keys, and a strategy of each peer.

    Args:
        files: Every group and key, as Hydra composed them.
        choices: The file chosen from each group.
    """
    keys = keys_of(files.get("world"))
    read = [document.data for group in GLOBAL_GROUPS if (document := document_of(group, str(choices.get(group)))) is not None]
    result = {**files, **{key: keys.within(files[key], key) for key in ("world", "scenario") if key in files}}
    for key in ("policies", "peers"):  # Hydra keeps the order of keys and not that of files, the last of which has the last word
        each = [keys.within(mapping(files.get(key)), key), *(keys.within(mapping(mapping(data).get(key)), key) for data in read)]
        result[key] = {name: choice for part in each for name, choice in part.items()}
    return result


def with_policies(files: Mapping[str, Any]) -> dict[str, Any]:
    """Files with a policy of each power: of one that is given none, that of its facts."""
    given, powers = mapping(files.get("policies")), mapping(mapping(files.get("world")).get("powers"))
    own = {power: mapping(facts).get("policy") for power, facts in powers.items()}
    return {**files, "policies": {**own, **given}}

