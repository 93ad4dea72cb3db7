"""Powers by their place: `first` and `second` may stand wherever the key of a power does, so that a file fits every world."""

from collections.abc import Mapping, Sequence
from typing import Any

from experiments.configuration.files import GLOBAL_GROUPS, document_of
from experiments.configuration.yaml_files import mapping
from sim.payoffs import PLACES

#: All states, as a key of peers.
ALL = "all"


def placed(key: str, powers: Sequence[str]) -> str:
    """A dotted name with the world's own keys in place of `first` and `second`."""
    root, *parts = key.split(".")
    if root == "policies" and parts:
        return ".".join([root, named(parts[0], powers), *parts[1:]])
    return ".".join([root, *(named(part, powers) for part in parts)]) if root == "world" else key


def named(key: Any, powers: Sequence[str]) -> Any:
    """The key of a power, given as it is or by its place; anything else as it is."""
    return powers[PLACES.index(key)] if key in PLACES and len(powers) == len(PLACES) else key


def expanded(text: str, powers: Sequence[str], states: Sequence[str]) -> list[str]:
    """An override with the world's own keys; one of all peers as one for each state."""
    plus = text[: len(text) - len(text.lstrip("+"))]
    key, sign, value = text[len(plus):].partition("=")
    if key == f"peers.{ALL}":
        return [f"{plus}peers.{state}{sign}{value}" for state in states]
    return [f"{plus}{placed(key, powers)}{sign}{value}"]


def completed(files: Mapping[str, Any], choices: Mapping[str, Any]) -> dict[str, Any]:
    """Composed files with what follows from their world: keys of powers, a policy of each power, a strategy of each peer.

    Args:
        files: Every group and key, as Hydra composed them.
        choices: The file chosen from each group.
    """
    world = mapping(files.get("world"))
    powers, states = list(mapping(world.get("powers"))), list(mapping(world.get("states")))
    given = {str(named(key, powers)): value for key, value in mapping(files.get("policies")).items()}
    own = {power: mapping(facts).get("policy") for power, facts in mapping(world.get("powers")).items()}
    result = {**files, "policies": {**own, **given}, "peers": _peers(files, choices, states)}
    if isinstance(files.get("scenario"), dict):
        result["scenario"] = _of_scenario(files["scenario"], powers)
    if isinstance(files.get("sweep"), dict):
        result["sweep"] = {placed(str(key), powers): value for key, value in files["sweep"].items()}
    design = files.get("design")
    if isinstance(design, dict) and isinstance(over := design.get("over"), (dict, list)):
        changed = [placed(str(key), powers) for key in over] if isinstance(over, list) else {placed(str(key), powers): v for key, v in over.items()}
        result["design"] = {**design, "over": changed}
    return result


def _peers(files: Mapping[str, Any], choices: Mapping[str, Any], states: Sequence[str]) -> dict[str, Any]:
    """The strategy of each state: in each file `all` comes first, and a later file has the last word."""
    result: dict[str, Any] = {}
    for group in GLOBAL_GROUPS:
        document = document_of(group, str(choices.get(group)))
        peers = mapping(mapping(document.data if document else None).get("peers"))
        if ALL in peers:
            result |= dict.fromkeys(states, peers[ALL])
        result |= {key: value for key, value in peers.items() if key != ALL}
    return result or {key: value for key, value in mapping(files.get("peers")).items() if key != ALL}


def _of_scenario(scenario: Mapping[str, Any], powers: Sequence[str]) -> dict[str, Any]:
    """A scenario whose events and series name powers by the world's own keys."""
    changed = {}
    for group in ("events", "series"):
        if isinstance(rows := scenario.get(group), list):
            changed[group] = [{key: named(value, powers) if key in ("actor", "target") else value for key, value in row.items()}
                              if isinstance(row, dict) else row for row in rows]
    return {**scenario, **changed}
