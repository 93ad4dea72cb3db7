"""Every key that may be set."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel

from experiments.configuration.files import GROUPS, document_of, documents, group_of, kept, names_in
from experiments.configuration.job import ExecutorChoice
from experiments.configuration.places import ALL, BASELINE, Keys
from experiments.configuration.yaml_files import Document, mapping
from sim.axes import REST_KEY
from sim.data import OTHER_KEY, USUAL_TRUST, Power, State, World
from sim.parameters import Parameters
from sim.payoffs import PLACES, WEIGHED
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.quantity import KEYS, Quantity, quantities
from sim.scenario import Scenario
from sim.settings import Size
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import LeanWith, Strategy

#: Keys of states, strategies and policies that a file may leave out, without those of numbers.
OPTIONAL = ("label", "rule", "options", "elections", "elections.first", "elections.every", "region.association", "region.association.label")


def known_keys(strategies: Sequence[str] = (), world: Keys | None = None) -> Mapping[str, Quantity | None]:
    """Everything that can be set by a dotted name, with the declaration of each number.

    Args:
        strategies: Names defined in addition to the shipped ones.
        world: The keys of the world; None: those of every world in conf/.
    """
    return _known_keys(tuple(name for name in strategies if name not in names_in("strategies")), world or Keys(tuple(known_powers()), tuple(known_states())))


@kept
def _known_keys(strategies: tuple[str, ...], world: Keys) -> Mapping[str, Quantity | None]:
    powers = tuple(dict.fromkeys((*world.powers, *PLACES)))
    kinds: list[tuple[str, type[BaseModel]]] = [
        ("parameters", Parameters), ("world", World), *((f"world.powers.{power}", Power) for power in powers),
        *((f"world.states.{state}", State) for state in world.states), *((f"policy.{name}", Policy) for name in names_in("policy")),
        *((f"strategies.{name}", Strategy) for name in (*names_in("strategies"), *strategies)),
        *((f"strategies.{name}.lean_with", LeanWith) for name in (*names_in("strategies"), *strategies))]
    numbers: dict[str, Quantity | None] = {
        f"{root}.{name}{part}": known for root, kind in kinds for name, known in quantities(kind).items()
        for part in ("", *(f".{key}" for key in _parts_of(known, powers)))}
    rules = [f"{group}.{name}.options.{option}" for group, kind in (("strategies", Strategy), ("policy", Policy)) for name in names_in(group)
             for option in _options_of(group, name)]
    actors = ["policies", "peers", *(f"policies.{power}" for power in powers), *(f"peers.{state}" for state in (*world.states, ALL))]
    leans = [root for root, kind in kinds if kind is LeanWith]
    # What files may leave out; the other keys, which all files hold, are found there.
    left_out = [f"{root}.{name}" for root, kind in kinds for name in OPTIONAL if name.split(".")[0] in kind.model_fields]
    left_out += [f"scenario.{name}" for name in Scenario.model_fields]
    values = [*(f"payoff.weights.{name}" for name in WEIGHED), *(f"executor.{name}" for name in ExecutorChoice.model_fields)]
    return dict.fromkeys([*GROUPS, *Size.model_fields, "focal", "reference", *actors, *leans]) | numbers | dict.fromkeys([*rules, *left_out, *values])


def default_of(number: str) -> float:
    """The default of a number of a strategy or a state that is split, by its dotted name."""
    name = number.rpartition(".")[2]
    kind = LeanWith if ".lean_with." in number else State if number.startswith("world.") else Strategy
    return USUAL_TRUST if name == BASELINE else cast(float, kind.model_fields[name].default)


def _options_of(group: str, name: str) -> Iterable[str]:
    body = mapping(mapping(cast(Document, document_of(group, name)).data).get(name))
    rules: Mapping[str, Any] = STRATEGY_RULES if group == "strategies" else POLICY_RULES
    rule = rules.get(str(body.get("rule", "")))
    return quantities(rule.Options) if rule is not None else ()


def _parts_of(known: Quantity, powers: Sequence[str]) -> Sequence[str]:
    """The keys that a number which is split may have."""
    if known.each is None:
        return ()
    if known.each in ("domain", "measure"):
        return KEYS[known.each]
    return (*powers, *{"power": (), "partner": (REST_KEY,), "creditor": (OTHER_KEY,)}[known.each])


def scenarios_for(world: str) -> list[str]:
    """Names of the scenarios that fit a world."""
    def fits(name: str) -> bool:
        document = document_of("scenario", name)
        return world in (mapping(mapping(document.data if document else None).get("scenario")).get("fits") or [world])

    return [name for name in names_in("scenario") if fits(name)]


def known_states() -> list[str]:
    """States of every world in conf/."""
    return list(_keys_of_worlds("states"))


def known_powers() -> list[str]:
    """Powers of every world in conf/, and the words for their places."""
    return [*_keys_of_worlds("powers"), *PLACES]


@kept
def _keys_of_worlds(what: str) -> list[str]:
    worlds = [mapping(document.data) for file, document in documents().items() if group_of(file) == "world"]
    return list(dict.fromkeys(str(key) for data in worlds for key in mapping(mapping(data.get("world")).get(what))))
