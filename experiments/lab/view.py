"""The answer of a page: headline, findings, how sure, charts; and A, with which B is compared."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from experiments.analyses.comparison.brief import in_text
from experiments.analyses.comparison.comparison import returns_in
from experiments.analyses.comparison.findings import labels_of, title
from experiments.analyses.comparison.terminal import table
from experiments.lab import charts, controls, shown
from experiments.lab.engine import ALL, Answer
from experiments.lab.question import command
from experiments.names import filled, naming, powers
from experiments.report.differences import noun
from experiments.words import capital, plural
from sim.history import VARIABLES
from sim.payoffs import RETURNS

#: Characters of a line of the brief.
WIDE = 100
#: How sure, at a glance.
MARKS = {"high": "●●●", "medium": "●●○", "low": "●○○"}
BEGIN = "Change anything in the question, and the page says what that changes."
WAITING = "being checked: every assumed number is drawn again over its plausible range."


def brief_text(answer: Answer) -> str:
    """The brief of an answer; the page shows every sign of it as it is."""
    with naming([answer.job.settings]):
        comparison = answer.comparison
        text = in_text(answer.brief, title(comparison, answer.job.state), table(comparison, WIDE), command(answer.question))
        return text.replace("The full report is report.html in the same folder.", f"Means over {plural(answer.n_worlds, 'world')}.")


class View:
    """What a page shows of its answers; made where it is to stand."""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.pinned: Answer | None = None
        self.measure, self.across, self.up = "economic", "economic", "trust"
        self.strategy, self.variable = "equidistance", "trust"
        self.about = ui.label().classes("question")
        with ui.element("div").props("aria-live=polite"):
            self.headline = controls.heading("")
            self.worlds = ui.label("The first numbers come in a moment.").classes("worlds")
        self.findings = ui.element("ul")
        self.sure = ui.element("ul").classes("sure")
        with ui.element("details").classes("other"):
            with ui.element("summary"):
                ui.label("What would change the answer").classes("inline")
            self.other = controls.words("")
        controls.button("Compare what I change next with this", self._pin)
        self.pin = ui.element("div").classes("pinned")
        controls.heading("What each strategy gains and costs", 3)
        self.bars_choice = ui.element("div")
        self.bars_note = ui.label().classes("worlds")
        self.bars = ui.html("", sanitize=False, tag="figure").classes("bars").props("tabindex=0")
        controls.heading("One return against another", 3)
        self.tradeoff_choice = ui.element("div")
        self.tradeoff = ui.html("", sanitize=False, tag="figure").classes("tradeoff").props("tabindex=0")
        controls.heading("Over the years", 3)
        self.years_choice = ui.element("div")
        ui.label("Median of the worlds, and the bands that hold 50 and 90 % of them. Dotted lines: events.").classes("worlds")
        self.years = ui.html("", sanitize=False, tag="figure").classes("years").props("tabindex=0")
        self._choices_for: tuple[object, ...] = ()

    def wait(self) -> None:
        """Show that other numbers are on their way."""
        self.headline.classes("stale")

    def show(self, answer: Answer) -> None:
        """Show an answer."""
        self.answer = answer
        self._show()

    @contextmanager
    def _named(self) -> Iterator[Answer | None]:
        with naming([] if self.answer is None else [self.answer.job.settings]):
            yield self.answer

    def _show(self) -> None:
        with self._named() as answer:
            if answer is None:
                return
            brief, pinned = answer.brief, self.pinned if shown.comparable(answer, self.pinned) else None
            change = None if pinned is None or pinned.question == answer.question else shown.between(answer, pinned)
            against = None if change is None else shown.sentences(change, answer.comparison.reference)
            controls.set_text(self.headline, brief.answer if against is None else f"B against A: {against[0]}")
            self.headline.classes(remove="stale")
            self.about.set_text(brief.question if answer.comparison.change or change else f"{brief.question} {BEGIN}")
            more = "" if answer.n_worlds == ALL else f", provisional; {ALL:,} are on their way"
            ends = shown.in_intervals(answer, change or answer.comparison.change)
            self.worlds.set_text(f"Means over {plural(answer.n_worlds, 'world')}{more}.{f' 95 % intervals: {ends}.' if ends else ''}")
            self._list(self.findings, "li", brief.findings if against is None else against[1:])
            self._show_how_sure(answer)
            if self.pinned is not None and pinned is None:
                self._list(self.pin, "p", ["A is about another state or world, and is not compared."])
            self._fill_choices(answer)
            self._draw()

    def _show_how_sure(self, answer: Answer) -> None:
        """The two marks, as the report has them: of chance at once, of the assumptions when these have been drawn again."""
        said = {"Chance": answer.brief.worlds, "Assumptions": answer.brief.assumptions if answer.checked else WAITING}
        self.sure.clear()
        with self.sure:
            for about, text in said.items():
                mark, _, why = text.partition(": ")
                with ui.element("li").classes(f"mark mark-{about.lower()}"):
                    if mark in MARKS:
                        ui.label(MARKS[mark]).classes("inline dots").props("aria-hidden=true")
                    ui.label(f"{about}: certainty is {mark}. {capital(why)}" if mark in MARKS else f"{about}: {text}").classes("inline")
        controls.set_text(self.other, answer.brief.other if answer.checked else capital(WAITING))

    def _draw(self) -> None:
        with self._named() as answer:
            if answer is None:
                return
            comparison = answer.comparison
            pinned = self.pinned if shown.comparable(answer, self.pinned) else None
            earlier = "A" if pinned is not None else "baseline"
            pale = f"; pale: the same in {'A' if pinned is not None else 'the baseline'}" if shown.before(answer, self.pinned) else ""
            self.bars_note.set_text("Lines through the bars are 95 % intervals. "
                                    f"Less {labels_of(comparison)[comparison.reference]}{' in A' if pinned else ' in the baseline' if pale else ''}, "
                                    f"on the same worlds{pale}.")
            self.bars.set_content(charts.bars(shown.rows(answer, self.pinned, self.measure), comparison, self.measure, earlier))
            across, up = (shown.rows(answer, self.pinned, measure) for measure in (self.across, self.up))
            self.tradeoff.set_content(charts.tradeoff(across, up, comparison, (self.across, self.up)))
            self.years.set_content(charts.trajectory(comparison, self.strategy, self.variable))

    def _fill_choices(self, answer: Answer) -> None:
        """What the charts show; made again where there is something else to choose from."""
        comparison = answer.comparison
        measures = {measure: capital(noun(measure)) for measure in returns_in(comparison.payoffs)}
        strategies = {name: label for name, label in labels_of(comparison).items()}
        wanted = (tuple(measures), tuple(strategies.items()), powers())
        if wanted == self._choices_for:
            return
        self._choices_for = wanted
        self.measure, self.across, self.up = (each if each in measures else RETURNS[0] for each in (self.measure, self.across, self.up))
        self.strategy = self.strategy if self.strategy in strategies else comparison.reference
        variables = {name: capital(filled(VARIABLES[name].label)) for name in charts.TRAJECTORIES}
        for place, choices in ((self.bars_choice, (("Return", measures, "measure"),)),
                               (self.tradeoff_choice, (("Across", measures, "across"), ("Up", measures, "up"))),
                               (self.years_choice, (("Strategy", strategies, "strategy"), ("Variable", variables, "variable")))):
            place.clear()
            with place:
                for label, options, name in choices:
                    def choose(value: str, name: str = name) -> None:
                        setattr(self, name, value)
                        self._draw()

                    controls.choice(label, options, getattr(self, name), choose, f"shows-{name}")

    def _pin(self) -> None:
        if self.answer is None:
            return
        self.pinned = self.answer
        self.pin.clear()
        with self.pin, self._named():
            controls.words(f"A is pinned: {self.answer.brief.question}")
            controls.button("Unpin", self._unpin)
        self._show()

    def _unpin(self) -> None:
        self.pinned = None
        self.pin.clear()
        self._show()

    @staticmethod
    def _list(place: Element, tag: str, texts: Iterable[str]) -> None:
        place.clear()
        with place:
            for text in texts:
                controls.words(text, tag)
