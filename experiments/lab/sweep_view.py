"""The sweep of a page: two numbers to choose, the diagram as it is computed, and the command of the full one."""

from collections.abc import Callable

from nicegui import ui

from experiments.configuration.job import Job
from experiments.lab import charts, controls
from experiments.lab.sweep import FULL, MODEL, SIDE, WORLDS, Diagram, choices
from experiments.names import filled, naming
from experiments.report.differences import noun
from experiments.words import capital, number, plural, within

#: Where the two numbers lie.
PLACES = ("Across", "Up")


class SweepView:
    """What a page shows of its sweep; made where it is to stand."""

    def __init__(self, chosen: Callable[[tuple[str, ...]], None]) -> None:
        """Args:
            chosen: Takes the two numbers, when one is chosen.
        """
        self.chosen, self.names = chosen, tuple[str, ...]()
        self.diagram: Diagram | None = None
        self.measure = "economic"
        controls.words("Two numbers take nine values each, over their plausible ranges, and everything else stays as the question has it.")
        self.numbers = ui.element("div")
        self.measures = ui.element("div")
        with ui.element("div").props("aria-live=polite"):
            self.headline = controls.words("Who leads where?", "h2", "lead")
        self.progress = ui.label().classes("worlds progress-of-sweep")
        self.figure = ui.html("", sanitize=False, tag="figure").classes("phase").props("tabindex=0 aria-label=Diagram")
        controls.words("The darker a cell, the larger the lead. Hover over a cell for its numbers. Ring: the question as it stands. Size-adjusted: a "
                       "family counts with no more strategies than each other family has.", "p", "worlds")
        controls.heading("The full diagram", 3)
        controls.words(f"This command computes {FULL} × {FULL} points, these {SIDE} × {SIDE} among them, with the same {WORLDS} worlds and the same leads. "
                       "It also draws the other returns and finds where the lead changes. “Run in full” starts it.")
        self.command = controls.words("", "code", "full-command")
        controls.copies("Copy this command", f"document.getElementById('c{self.command.id}').innerText")
        self._choices_for: tuple[str, ...] = ()

    def fill(self, job: Job, names: tuple[str, ...]) -> None:
        """Offer the numbers of a job, with some chosen."""
        self.names = names
        groups = {group: {name: f"{capital(filled(known.meaning.split(':')[0]))}{_unit(known.unit)}{_of(group)}" for name, known in each.items()}
                  for group, each in choices(job).items()}
        known = {name: quantity for each in choices(job).values() for name, quantity in each.items()}
        self.numbers.clear()
        with self.numbers:
            for place, name in enumerate(names):
                def choose(value: str, place: int = place) -> None:
                    other = self.names[1 - place]
                    swapped = self.names[place] if value == other else other  # one number cannot lie on both sides
                    self.chosen((value, swapped) if place == 0 else (swapped, value))

                with ui.element("div"):
                    controls.grouped_choice(PLACES[place], groups, name, choose, f"sweep-{PLACES[place].lower()}")
                    low, high = known[name].plausible
                    controls.words(f"{number(low)} to {number(high)}{_unit(known[name].unit)}. Source: {known[name].source}", "p", "worlds range")

    def wait(self, command: str) -> None:
        """Show that another diagram is on its way, and the command of the full one."""
        controls.set_text(self.command, command)
        self.headline.classes("stale")
        self.figure.classes("stale")
        self.progress.set_text("The first points come in a moment.")

    def show(self, diagram: Diagram) -> None:
        """Show what is known of a diagram."""
        self.diagram = diagram
        with naming([diagram.job.settings]):
            self.measure = self.measure if self.measure in diagram.measures else diagram.measures[0]
            if diagram.measures != self._choices_for:
                self._choices_for = diagram.measures
                self.measures.clear()
                with self.measures:
                    returns = {measure: noun(measure) for measure in diagram.measures}
                    controls.choice("Who leads in", returns, self.measure, self._choose_measure, "sweep-return")
        self._draw()

    def _choose_measure(self, measure: str) -> None:
        self.measure = measure
        self._draw()

    def _draw(self) -> None:
        if self.diagram is None:
            return
        with naming([self.diagram.job.settings]):
            if sentence := self.diagram.sentence(self.measure):
                controls.set_text(self.headline, sentence)
                self.headline.classes(remove="stale")
            self.figure.set_content(charts.phase(self.diagram, self.measure))
            self.figure.classes(remove="stale")
            first, *rest = self.diagram.parts
            n, later = SIDE**2, len(rest[0].rows) if rest else 0
            self.progress.set_text(
                f"{len(first.rows)} of {n} points so far, {plural(first.sweep.n_worlds, 'world')} each." if len(first.rows) < n else
                f"All {n} points, {WORLDS} worlds each." if self.diagram.finished else
                f"All {n} points, {first.sweep.n_worlds} worlds each; {later} of them have {WORLDS} by now.")


def _of(group: str) -> str:
    """Whose a number is, for a list that is closed and shows no heading."""
    return "" if group == MODEL else f" ({within(group)})"


def _unit(unit: str) -> str:
    return "" if unit == "-" else f", {unit}"
