"""What the board shows, as HTML and SVG written directly. Every text in them is escaped here."""

import math
from collections.abc import Sequence
from html import escape
from operator import attrgetter

from experiments.configuration.entries import Refused
from experiments.figures.style import INK, PALE, QUIET, colour_of, family_label, shortened
from experiments.lab import svg
from experiments.lab.classroom.copying import Shares
from experiments.lab.classroom.league import League, Row
from experiments.lab.classroom.rounds import REFERENCE, Played
from experiments.names import naming, plain
from experiments.report.differences import Difference, in_points, interval, unit
from experiments.words import capital, number
from sim.payoffs import COMPOSITE

#: Pixels of the scatter, of the space beside it, and of a row of the bars.
WIDTH, HEIGHT, LEFT, FOOT, ROW = 760, 560, 56, 40, 22
#: Signs of a name in a chart.
SHORT = 18
#: Strategies that the bars of imitation show; the others are one bar.
SHOWN = 14


def table(league: League) -> str:
    """Places, names, families and scores; under it the files that take no part, pale."""
    with naming([league.job.settings]):
        rows = "".join(
            f'<tr><td>{row.place}</td><td class="name">{_mark(row)} {escape(row.label)}</td>'
            f'<td class="family">{escape(shortened(family_label(row.entry.strategy.family)))}</td>'
            f"<td>{escape(interval(COMPOSITE, row.score.mean, row.score.low, row.score.high))}</td></tr>" for row in league.rows)
        head = '<tr><th>Place</th><th>Name</th><th class="family">Family</th><th>Score, points</th></tr>'
        return f"<table><thead>{head}</thead><tbody>{rows}{_pale(league.refused)}</tbody></table>"


def _pale(refused: Sequence[Refused]) -> str:
    return "".join(f'<tr class="pale"><td>–</td><td colspan="3" class="name">{escape(each.file)} takes no part: {escape(each.reason)}</td></tr>'
                   for each in refused)


def places(played: Sequence[Played]) -> str:
    """The place of each strategy in each round, as it was played; names that were there last come first, by their place."""
    every = {line.file: line.name for each in reversed(played) for line in reversed(each.lines)}
    order = sorted(every, key=lambda file: [next((line.place for line in each.lines if line.file == file), len(every)) for each in reversed(played)])
    head = "".join(f"<th>Round {each.number}</th>" for each in played)
    rows = "".join(f'<tr><td class="name">{escape(every[file])}</td>'
                   + "".join(f"<td>{next((str(line.place) for line in each.lines if line.file == file), '–')}</td>" for each in played) + "</tr>"
                   for file in order)
    return f"<table><thead><tr><th>Place of</th>{head}</tr></thead><tbody>{rows}</tbody></table>"


def scatter(league: League) -> str:
    """Consumption and trust of each strategy, less those of the reference, with names and the intervals of the means."""
    with naming([league.job.settings]):
        points = [(row, in_points("economic", row.economic.mean), in_points("trust", row.trust.mean)) for row in league.rows]
        xs, ys = ([0.0, *(in_points(measure, end) for row, *_ in points for end in (d(row).low, d(row).high) if abs(end) < float("inf"))]
                  for measure, d in (("economic", attrgetter("economic")), ("trust", attrgetter("trust"))))
        across, up = _Scale(xs, LEFT, WIDTH - 120), _Scale(ys, HEIGHT - 10, 24)
        parts = [*(svg.line(across(tick), 24, across(tick), HEIGHT, "#EEEEEE" if tick else QUIET)
                   + svg.text(across(tick), HEIGHT + 16, number(tick), "middle", QUIET) for tick in across.ticks()),
                 *(svg.line(LEFT, up(tick), WIDTH - 10, up(tick), "#EEEEEE" if tick else QUIET) + svg.text(LEFT - 6, up(tick) + 4, number(tick), "end", QUIET)
                   for tick in up.ticks()),
                 svg.text(WIDTH - 10, HEIGHT + 34, f"Consumption, {unit('economic')}", "end", QUIET),
                 svg.text(4, 12, f"Trust, {unit('trust')}", "start", QUIET)]
        at = {"": (across(0), up(0))} | {row.entry.strategy.name: (across(x), up(y)) for row, x, y in points}
        taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in at.values()]
        parts.append(f'<circle cx="{at[""][0]:.1f}" cy="{at[""][1]:.1f}" r="6" fill="none" stroke="{INK}" stroke-width="2"/>')
        for row, x, y in points:
            colour = colour_of(row.entry.strategy.family)
            low, high = (across(in_points("economic", end)) if abs(end) < float("inf") else across(x) for end in (row.economic.low, row.economic.high))
            below, above = (up(in_points("trust", end)) if abs(end) < float("inf") else up(y) for end in (row.trust.low, row.trust.high))
            tip = escape(f"{row.label}: {_said('economic', row.economic)}; {_said('trust', row.trust)}")
            parts.append(svg.line(low, up(y), high, up(y), colour) + svg.line(across(x), below, across(x), above, colour)
                         + f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="6" fill="{colour}"><title>{tip}</title></circle>')
        for name, text in (("", plain(REFERENCE)), *((row.entry.strategy.name, row.label) for row, *_ in points)):
            parts.append(_named(shortened(text, SHORT), *at[name], taken))
        summary = f"Consumption and trust of {len(points)} strategies. " + " ".join(
            f"{row.label}: {_said('economic', row.economic)}; {_said('trust', row.trust)}." for row, *_ in points)
        return svg.picture(WIDTH, HEIGHT + FOOT, parts, summary, 13)


def copied(shares: Shares, league: League) -> str:
    """Shares of the latest generation as bars, the largest first; those of the first generation are pale."""
    called = {row.entry.strategy.name: row.label for row in league.rows} | {REFERENCE: plain(REFERENCE)}
    latest, first = (dict(zip(shares.names, row, strict=True)) for row in (shares.shares[-1], shares.shares[0]))
    order = sorted(latest, key=lambda name: -latest[name])
    bars = [(shortened(called.get(name, name), 24), first[name], latest[name]) for name in order[:SHOWN]]
    if others := order[SHOWN:]:
        bars.append((f"{len(others)} others", sum(first[name] for name in others), sum(latest[name] for name in others)))
    widest = max(max(before, now) for _, before, now in bars)
    parts = []
    for i, (text, before, now) in enumerate(bars):
        top = ROW * i + 4
        parts += [svg.text(182, top + 13, text, "end", INK), _bar(190, top, before / widest, 6, PALE), _bar(190, top + 6, now / widest, 10, "#005A8C"),
                  svg.text(196 + (WIDTH - 260) * max(before, now) / widest, top + 13, f"{100 * now:.0f} %", "start", INK)]
    summary = f"Generation {len(shares.shares)}. " + " ".join(f"{text}: {100 * now:.0f} %." for text, _, now in bars)
    return svg.picture(WIDTH, ROW * len(bars) + 8, parts, summary, 13)


def most_copied(shares: Shares, league: League) -> str:
    """Who is copied most, in a sentence."""
    latest = shares.shares[-1]
    name = shares.names[latest.index(max(latest))]
    label = next((row.label for row in league.rows if row.entry.strategy.name == name), capital(plain(name)))
    return f"Generation {len(shares.shares)}: {label} is played most, by {100 * max(latest):.0f} % of the members."


class _Scale:
    """From values to pixels."""

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        low, high = min(values), max(values)
        room = 0.06 * (high - low) or 1.0
        self.low, self.high, self.first, self.last = low - room, high + room, first, last

    def __call__(self, value: float) -> float:
        return self.first + (self.last - self.first) * (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Round numbers, about five."""
        size = 10.0 ** math.floor(math.log10((self.high - self.low) / 6))
        step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= (self.high - self.low) / 6)
        first, last = int(self.low / step) - 1, int(self.high / step) + 1
        return [round(step * k, 9) for k in range(first, last + 1) if self.low <= step * k <= self.high]


def _named(text: str, x: float, y: float, taken: list[tuple[float, float, float, float]]) -> str:
    """A name beside its point, where no other name stands: to the right, the left, above, below, then further up and down, with a line to the point."""
    wide = 7.0 * len(text)
    places = [(x + 10, y + 4), (x - 10 - wide, y + 4), (x - wide / 2, y - 11), (x - wide / 2, y + 20)]
    places += [(x + 10, y + 4 + sign * step) for step in range(14, 200, 14) for sign in (1, -1)]
    places += [(x - 10 - wide, y + 4 + sign * step) for step in range(14, 200, 14) for sign in (1, -1)]
    for left, base in places:
        box = (left, base - 11, left + wide, base + 3)
        inside = box[0] >= LEFT and box[2] <= WIDTH and box[1] >= 16 and box[3] <= HEIGHT
        if inside and not any(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken):
            taken.append(box)
            line = "" if abs(base - y - 4) < 14 else svg.line(x, y, left if left > x else left + wide, base - 4, PALE)
            return line + svg.text(left, base, text, "start", INK)
    return ""  # it stands in the table, and as the tip of its point


def _said(measure: str, d: Difference) -> str:
    return f"{interval(measure, d.mean, d.low, d.high)} {unit(measure)}{' of trust' if measure == 'trust' else ''}"


def _mark(row: Row) -> str:
    return f'<span aria-hidden="true" style="color:{colour_of(row.entry.strategy.family)}">●</span>'


def _bar(left: float, top: float, share: float, height: float, colour: str) -> str:
    return f'<rect x="{left}" y="{top}" width="{(WIDTH - 260) * share:.1f}" height="{height}" fill="{colour}"/>'
