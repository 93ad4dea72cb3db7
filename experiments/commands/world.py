"""`counterpoise world NAME`: a world laid open, from its facts to its first year."""

from collections.abc import Sequence

from experiments import words
from experiments.analyses.facts import OFF, Opened, opened
from experiments.commands.command import Parser, one_of, override
from experiments.configuration.errors import OK
from experiments.configuration.files import names_in
from experiments.configuration.load import load
from experiments.messages import printable
from experiments.names import filled, naming, short
from sim.axes import Array

#: Keys that change what is shown.
SHOWN = ("world", "parameters")


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = Parser("world", "Show a world: its facts, the coefficients made from them, the present at rest, and the first year of the model beside the facts.")
    parser.add_argument("name", type=one_of(names_in("world"), "world"), metavar="NAME", help=f"one of {', '.join(names_in('world'))}")
    parser.add_argument("overrides", nargs="*", type=override, metavar="KEY=VALUE", help="changes to the world or the parameters")
    options = parser.parse_args(list(arguments))
    for given in map(printable, options.overrides):
        key, _, value = given.lstrip("+").partition("=")
        if key == "world":
            parser.error(f"{given}: the world is named once, in front; write counterpoise world {value}")
        if key.split(".")[0] not in SHOWN:
            parser.error(f"{given}: has no effect here, where everybody goes on as at the start; set world.… or parameters.…")
    settings = load([f"world={options.name}", *options.overrides], compares=False).settings
    with naming([settings]) as names:
        print(filled(text(opened(settings, names.powers), names.powers)))
    return OK


def text(world: Opened, labels: tuple[str, str]) -> str:
    """The world in words and tables."""
    off = [fact for fact in world.facts if fact.off]
    verdict = f"{len(off)} of {len(world.facts)} figures are" if off else "No figure is"
    data = world.settings.world
    powers = "; ".join(f"{power.label}: GDP {words.number(float(power.output), 3)}, grows {100 * float(power.growth):.1f} % a year, policy "
                       f"{power.policy}" for power in data.powers.values())
    region = f"{data.region.label}, {'with ' + data.region.association.label if data.region.association else 'without an association'}"
    parts = [f"{data.description}", f"Starts in {data.start}. {words.capital(powers)}. Region: {region}.",
             f"{verdict} more than {100 * OFF:.0f} % off in the first year of the model, with everybody holding and without noise.",
             "", "What is made from the facts", *_coefficients(world, labels), "", "The present at rest", *_present(world, labels),
             "", f"The facts and the first year; * is more than {100 * OFF:.0f} % off", *_first_year(world)]
    return "\n".join([*parts, *(["", "Notes", *world.notes] if world.notes else [])])


def _coefficients(world: Opened, labels: tuple[str, str]) -> list[str]:
    c, names = world.start, (*map(short, labels), "rest")
    columns: dict[str, Array] = {"GDP": c.output[:, 0], "tilt": c.tilt[0, :, 0], **{f"weight {name}": c.access_weight[j, :, 0] for j, name in enumerate(names)},
                                 "home": c.home_weight[:, 0], "capital": c.capital[:, 0], "kept": c.kept[:, 0], "saved": c.domestic_investment[:, 0],
                                 "gA": c.productivity_growth[:, 0]}
    return _table(world, columns)


def _present(world: Opened, labels: tuple[str, str]) -> list[str]:
    present = world.present
    columns = {f"{what} {short(label)}": values[..., g, :, 0] if values.ndim == 3 else values[0, g, :, 0]
               for what, values in (("opened to", present.engagement), ("aligned", present.alignment), ("trust", present.trust),
                                    ("pressure", present.pressure), ("held by", present.leverage))
               for g, label in enumerate(labels)}
    return _table(world, columns)


def _table(world: Opened, columns: dict[str, Array]) -> list[str]:
    states = list(world.settings.world.states)
    width = max(map(len, states)) + 2
    lines = [" " * width + "".join(f"{name:>{max(len(name) + 3, 9)}}" for name in columns)]
    for s, key in enumerate(states):
        cells = (f"{words.number(float(values[s]), 3):>{max(len(name) + 3, 9)}}" for name, values in columns.items())
        lines.append(f"{key:<{width}}{''.join(cells)}")
    return lines


def _first_year(world: Opened) -> list[str]:
    wide = max(len(fact.what) for fact in world.facts) + 2
    states = max(len(fact.state) for fact in world.facts) + 2
    lines = [f"{'':<{states}}{'':<{wide}}{'fact':>12}{'first year':>12}{'ratio':>8}"]
    for fact in world.facts:
        mark = " *" if fact.off else ""
        lines.append(f"{fact.state:<{states}}{fact.what:<{wide}}{words.number(fact.fact, 3):>12}{words.number(fact.first_year, 3):>12}"
                     f"{words.number(fact.ratio, 3):>8}{mark}  {fact.unit}")
    return lines
