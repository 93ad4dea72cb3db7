"""A question in words."""

from experiments.lab.question import EVENTS, Happening, Question, quantity_of
from experiments.names import filled, names, plain, powers
from experiments.words import listed, number, within
from sim.payoffs import PLACES
from sim.scenario import KINDS
from sim.settings import Settings


def sentence(question: Question, settings: Settings) -> str:
    """What a question changes, as a question; what its strategies do where it changes nothing."""
    state, between = names().states[settings.focal], listed(powers())
    changes = [f"the scenario is {plain(question.scenario)}"] * (question.scenario != Question().scenario)
    changes += [f"{power} follows policy {plain(name)}" for power, name in zip(powers(), question.policies, strict=True) if name]
    changes += [event_in_words(event, settings) for event in question.events]
    changed: dict[str, list[str]] = {}
    for key, value in question.numbers:
        whose, what = _owner_and_meaning(key, settings)
        changed.setdefault(whose, []).append(f"{what} is {number(value)}")
    changes += [f"{f'for {whose}, ' if whose else ''}{listed(each)}" for whose, each in changed.items()]
    if not changes:
        return f"What does each strategy of {state} between {between} gain and cost?"
    return f"What does it change for {state} between {between} if {'; '.join(changes)}?"


def event_in_words(event: Happening, settings: Settings) -> str:
    """An event within a sentence.

    Args:
        event: The event.
        settings: Those of the run, which an event may outlast.
    """
    actor = dict(zip(PLACES, powers(), strict=True)).get(event.actor, "the rest of the world")
    begin = int(settings.world.start[:4])
    first, ends = begin + event.start, event.end is not None and 4 * (event.end + 1) < settings.horizon
    when = f"in {first}" if not KINDS[event.kind].lasts else f"from {first} to {begin + (event.end or 0)}" if ends else f"from {first} on"
    value = event.value or 0.0
    return f"{when} " + {
        "pressure": f"{actor} puts pressure of {value:g} on the state (1 is the most)",
        "access": f"access to the market of {actor} falls to {100 * value:.0f} % of what it was",
        "budget": f"{actor} gives {value:g} times as much investment and aid", "visits": f"{actor} makes {value:g} more high-level visits",
    }.get(event.kind, EVENTS[event.kind])


def _owner_and_meaning(key: str, settings: Settings) -> tuple[str, str]:
    """Whose a changed number is, nobody's for a parameter, and what it is, such as "the US" and "pressure on governance"."""
    known, (group, owner, *_) = quantity_of(key), key.split(".")
    assert known is not None
    whose = {"policy": listed([power for power, policy in zip(powers(), settings.policies.values(), strict=True) if policy.name == owner]),
             "strategies": plain(owner)}.get(group, "")
    return whose, within(filled(known.meaning.split(":")[0]))
