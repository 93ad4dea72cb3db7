"""What the powers, the region and its states are called: labels come from the world, and no text names them otherwise.

Texts hold `{first}`, `{second}`, `{region}` and `{association}`; `filled` puts the labels in. The labels in force are those of the
settings that a command works on, see `naming`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from experiments.messages import printable
from sim.payoffs import PLACES
from sim.policies.policy import Policy
from sim.scenario import Scenario
from sim.settings import Settings
from sim.strategies.strategy import Strategy

#: A label is at most so long.
LONGEST = 60


@dataclass(frozen=True)
class Names:
    """Labels in force.

    Attributes:
        powers: Of the two powers, as inside a sentence.
        region: Of the region.
        association: Of its association, or of the region where there is none.
        states: Of the states, by key.
        called: Of strategies, policies and scenarios that have one, by key.
        families: Families of the strategies compared.
    """

    powers: tuple[str, str] = ("the first power", "the second power")
    region: str = "the region"
    association: str = "the region"
    states: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    families: tuple[str, ...] = ()


_in_force: ContextVar[Names | None] = ContextVar("names", default=None)


def names() -> Names:
    """The labels in force."""
    return _in_force.get() or Names()


@contextmanager
def naming(what: Names | Iterable[Settings], more: Iterable[Policy] = ()) -> Iterator[Names]:
    """Use some labels, or those that some settings have in common, and those of policies that a power may follow beside."""
    chosen = what if isinstance(what, Names) else names_of(what, more)
    token = _in_force.set(chosen)
    try:
        yield chosen
    finally:
        _in_force.reset(token)


def names_of(settings: Iterable[Settings], more: Iterable[Policy] = ()) -> Names:
    """The labels that settings have in common, and those of more policies; where worlds differ, the place of a power, and "the region"."""
    usual, settings = Names(), list(settings)
    labelled: list[Strategy | Policy | Scenario] = list(more)
    for each in settings:
        labelled += [each.scenario, *each.resting_policies.values(), *each.policies.values(), *each.switched_policies.values(), *each.peers.values(),
                     *each.switched_strategies.values(), *each.strategies.values()]
    once = {id(one): one for one in labelled}.values()
    called = {name: label for kind in (Scenario, Policy, Strategy) for name, label in _distinct([one for one in once if isinstance(one, kind)]).items()}
    worlds = list({id(each.world): each.world for each in settings}.values())
    if not worlds:
        return usual
    families = tuple(sorted({strategy.family for each in settings for strategy in each.strategies.values()}))
    powers = [tuple(printable(power.label, LONGEST) for power in world.powers.values()) for world in worlds]
    regions = [printable(world.region.label, LONGEST) for world in worlds]
    bodies = [printable(world.region.association.label if world.region.association else world.region.label, LONGEST) for world in worlds]
    states = {key: printable(state.label or key, LONGEST) for world in reversed(worlds) for key, state in world.states.items()}
    return Names(
        (_common([pair[0] for pair in powers], usual.powers[0]), _common([pair[1] for pair in powers], usual.powers[1])),
        _common(regions, usual.region), _common(bodies, usual.association), states, called, families)


def _distinct(labelled: Iterable[Strategy | Policy | Scenario]) -> dict[str, str]:
    """The labels of things of one kind; one that another has too gets a number, the same in every text, whichever of them that is about."""
    each = {one.name: one.label for one in labelled}
    taken = {name.replace("_", " "): 1 for name, label in each.items() if not label}
    result = {}
    for name, label in each.items():
        if label:
            text = printable(label, LONGEST)
            taken[text] = taken.get(text, 0) + 1
            result[name] = f"{text} ({taken[text]})" if taken[text] > 1 else text
    return result


def _common(labels: list[str], otherwise: str) -> str:
    return labels[0] if len(set(labels)) == 1 else otherwise


def filled(text: str) -> str:
    """A text with the labels in force."""
    now = names()
    for place, label in zip((*PLACES, "region", "association"), (*now.powers, now.region, now.association), strict=True):
        text = text.replace(f"{{{place}}}", label)
    return text


def stated(text: str, settings: Settings) -> str:
    """A text with the labels of a world, its powers and its focal state."""
    with naming([settings]):
        return filled(text).replace("{state}", names().states[settings.focal])


def short(label: str) -> str:
    """A label without its article, for figures and names of strategies."""
    return label.removeprefix("the ")


def powers() -> tuple[str, str]:
    """Labels of the two powers, as inside a sentence."""
    return names().powers


def short_powers() -> tuple[str, str]:
    """Labels of the two powers without articles."""
    first, second = powers()
    return short(first), short(second)


def plain(key: str) -> str:
    """The label of a strategy, policy or scenario, or else its key as words; a key that ends in the place of a power names the power."""
    if key in names().called:
        return filled(names().called[key])
    head, _, place = key.rpartition("_")
    if place in PLACES and head:
        return f"{head.replace('_', ' ')} {short_powers()[PLACES.index(place)]}"
    return key.replace("_", " ")
