"""What happens at a date, as figures over time mark it: a letter and a line at its start, what it is in a line of the key."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import layout, style
from experiments.figures.svg import explain
from experiments.names import names, plain, powers, short
from sim.scenario import Event, quarter_index
from sim.settings import Settings

#: What is marked, at most; the rest is counted.
MOST = 8


@dataclass(frozen=True)
class Dated:
    """Something that happens.

    Attributes:
        year: When it begins, in calendar years.
        what: In a few words.
    """

    year: float
    what: str


def dated(settings: Settings) -> tuple[Dated, ...]:
    """The events of a scenario that begin before the horizon, the first ones first."""
    start = settings.world.start
    quarters = [(quarter_index(event.start, start), event) for event in settings.scenario.events]
    first = int(start[:4]) + (int(start[5]) - 1) / 4
    return tuple(Dated(first + quarter / 4, _words(event, list(settings.world.powers)))
                 for quarter, event in sorted(quarters, key=lambda pair: pair[0]) if 0 <= quarter < settings.horizon)


def _words(event: Event, keys: Sequence[str]) -> str:
    actor = "" if event.actor is None else short(powers()[keys.index(event.actor)]) if event.actor in keys else plain(event.actor)
    target = names().states.get(event.target, "") if event.target not in ("focal", "all") else ""
    value = plain(event.value) if isinstance(event.value, str) else ""
    return style.shortened(" ".join(part for part in (event.kind, value, f"by {actor}" * bool(actor), f"on {target}" * bool(target)) if part), 48)


def key(events: Sequence[Dated]) -> list[str]:
    """Lines that say what the letters mean; none where nothing happens."""
    if not events:
        return []
    parts = [f"{letter}: {event.what}, {int(event.year)}Q{int(event.year % 1 * 4) + 1}" for letter, event in zip(ascii_lowercase, events[:MOST], strict=False)]
    more = [f"{len(events) - MOST} later events are not marked"] if len(events) > MOST else []
    return layout.wrapped(["Events", *parts, *more], layout.WIDTH - 2 * layout.MARGIN, between=" · ")


def draw_key(figure: Figure, top: float, events: Sequence[Dated]) -> None:
    """Those lines, so many inches below the headline."""
    if lines := key(events):
        layout.text_at(figure, layout.MARGIN, top, "\n".join(lines), linespacing=1.5)


def mark(ax: Axes, events: Sequence[Dated], *, lettered: bool) -> None:
    """A line where each event begins, in one panel of a column with its letter; letters that would meet stand together."""
    left, right = ax.get_xlim()
    inches = ax.get_position().width * layout.WIDTH / (right - left)
    groups: list[tuple[float, str]] = []
    for letter, event in zip(ascii_lowercase, events[:MOST], strict=False):
        line = ax.axvline(event.year, color=style.QUIET, linewidth=0.8, linestyle=(0, (1, 1.5)), zorder=1.5)
        explain(line, event.what)
        if groups and (event.year - groups[-1][0]) * inches < 0.08 * (1 + len(groups[-1][1])):
            groups[-1] = (groups[-1][0], groups[-1][1] + letter)
        else:
            groups.append((event.year, letter))
    for year, letters in groups if lettered else ():
        side = "left" if len(letters) > 1 else "center"
        ax.text(year, 1.02, letters, transform=ax.get_xaxis_transform(), ha=side, va="bottom", fontsize=style.SMALL, color=style.QUIET)
