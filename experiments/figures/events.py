"""What happens at a date, as figures over time mark it: a letter and a line at its start, what it is in a line of the key."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from string import ascii_lowercase

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import layout, style
from experiments.figures.svg import explain
from experiments.names import names, plain, powers, short
from sim.scenario import Event, Series, quarter_index
from sim.settings import Settings

#: What is marked, at most; the rest is counted.
MOST = 8
#: Series that are marked, at most, each at its first change.
SERIES = 5


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
    """The events of a scenario that begin before the horizon and the first changes of some of its series, the first ones first."""
    start, keys = settings.world.start, list(settings.world.powers)
    events = [(quarter_index(event.start, start), _words(event, keys)) for event in settings.scenario.events]
    changes = [(quarter, f"{_words(series, keys)}, by year") for series in settings.scenario.series if (quarter := _first_change(series, start)) is not None]
    happening = sorted([*events, *sorted(changes, key=itemgetter(0))[:SERIES]], key=itemgetter(0))
    first = int(start[:4]) + (int(start[5]) - 1) / 4
    return tuple(Dated(first + quarter / 4, what) for quarter, what in happening if 0 <= quarter < settings.horizon)


def _first_change(series: Series, start: str) -> int | None:
    """The quarter from which on the value of a series is not that at the start, from `start`; None where it never is another."""
    first, years = int(start[:4]), sorted(series.values)
    at_start = next((series.values[year] for year in reversed(years) if year <= first), None)
    return next((quarter_index(f"{year}Q1", start) for year in years if year > first and series.values[year] != at_start), None)


def _words(change: Event | Series, keys: Sequence[str]) -> str:
    def called(name: str) -> str:
        return short(powers()[keys.index(name)]) if name in keys else names().states.get(name, "")

    actor = "" if change.actor is None else called(change.actor) or plain(change.actor)
    target = called(change.target)
    value = plain(change.value) if isinstance(change, Event) and isinstance(change.value, str) else ""
    return style.shortened(" ".join(part for part in (change.kind, value, f"by {actor}" * bool(actor), f"on {target}" * bool(target)) if part), 48)


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
