"""The board of a class, for the projector: the league, consumption and trust, the rounds, imitation; and for the teacher what moves them.

Everybody in the room may look at it. Its buttons and sliders are made for the teacher's page alone, so that no other page has an event that could reach them.
"""

from collections.abc import Callable
from functools import partial

from nicegui import Client, ui
from nicegui.element import Element

from experiments.configuration.errors import CommandError
from experiments.lab import controls
from experiments.lab.classroom import drawn
from experiments.lab.classroom.copying import GENERATIONS
from experiments.lab.classroom.room import LOOK, Room
from experiments.lab.question import WHOLE
from experiments.names import naming
from experiments.report.differences import noun
from experiments.words import capital, listed, plural


class Board:
    """One page that shows the board."""

    def __init__(self, room: Room, client: Client, *, teacher: bool) -> None:
        """Args:
            room: The class.
            client: The reader's connection.
            teacher: Whether the reader controls it.
        """
        self.room, self.client, self.teacher, self.refused, self.shown = room, client, teacher, "", -1
        self.sliders: dict[str, Element] = {}
        self._build()
        self._show()
        ui.timer(LOOK, room.look)
        room.listen(client.id, controls.for_other_threads(self._arrived))
        client.on_delete(lambda: room.leave(client.id))

    def _build(self) -> None:
        room = self.room
        with ui.element("header").classes("top"):
            controls.heading("counterpoise: the board of the class", 1)
        with ui.element("div").classes("both board"):
            with ui.element("section").props("aria-label=League"):
                with ui.element("div").props("aria-live=polite"):
                    self.title = controls.heading("")
                    self.words = ui.element("div")
                if room.where:
                    controls.words(f"Hand in at {room.where}" + ("" if room.alone else f" with the room code {room.kept.room}"), "p", "where")
                self.problem = ui.label().classes("problem").props("role=alert")
                if self.teacher:
                    self._build_controls()
                self.weights = ui.label().classes("worlds")
                self.table = ui.html("", sanitize=False, tag="div").classes("league")
                ui.label("Equal places: no difference that can be distinguished. Score in points (hundredths of the weighed return), less that of the "
                         "status quo on the same worlds, with its 95 % interval.").classes("worlds")
            with ui.element("section").props("aria-label=Charts"):
                controls.heading("Consumption and trust", 3)
                self.scatter = ui.html("", sanitize=False, tag="figure").classes("scatter").props("tabindex=0")
                self.copying = ui.element("div")
                with self.copying:
                    controls.heading("They copy what paid", 3)
                    self.generation = ui.label()
                    self.shares = ui.html("", sanitize=False, tag="figure").classes("shares").props("tabindex=0")
                self.copying.set_visibility(False)
                controls.heading("Rounds played", 3)
                self.rounds = ui.element("div").classes("rounds")

    def _build_controls(self) -> None:
        with ui.element("div").classes("controls"):
            controls.button("Play the next round", lambda: self._do(self.room.play))
            controls.button("Let them copy", lambda: self._do(self.room.copy))
            with ui.element("a") as link:
                link._props["href"] = "/class.zip"
                link._props["download"] = "class.zip"
                ui.label("Export all as a zip").classes("inline")
            with ui.element("details"):
                with ui.element("summary"):
                    ui.label("What the class values").classes("inline")
                for name, weight in self.room.kept.weights.items():
                    self.sliders[name] = controls.slider(capital(noun(name)), (0.0, float(WHOLE)), float(weight), partial(self._weigh, name), f"of {WHOLE}",
                                                         lambda value: f"{value:.0f}")

    def _weigh(self, name: str, value: float) -> None:
        """Take a weight; the other sliders follow, and the one under the hand stays."""
        self._do(lambda: self.room.weigh(name, round(value)))
        for other, slider in self.sliders.items():
            if other != name:
                controls.set_slider(slider, self.room.kept.weights[other], f"{self.room.kept.weights[other]}")

    def _do(self, what: Callable[[], None]) -> None:
        self.refused = ""
        try:
            what()
        except CommandError as error:
            self.refused = capital(f"{error}.")
        except OSError as error:
            self.refused = f"The folder of the class cannot be written: {error.strerror or error}."
        self.problem.set_text(self.refused)

    def _arrived(self) -> None:
        if self.client.id in Client.instances:
            with self.client:
                self._show()

    def _show(self) -> None:
        room = self.room
        self.problem.set_text(self.refused or room.failure or room.problem)
        if (league := room.league) is None:
            controls.set_text(self.title, "The first numbers come in a moment.")
            return
        with naming([league.job.settings]):
            weights = listed([f"{noun(name)} {weight}" for name, weight in room.kept.weights.items() if weight])
        controls.set_text(self.title, f"{room.title}: {plural(len(league.rows), 'strategy')}" if league.rows else f"{room.title}: nobody has handed in yet")
        self.weights.set_text(f"The class values, of {WHOLE}: {weights}. Means over {plural(league.job.settings.n_worlds, 'world')}.")
        table, scatter = room.pictures
        self.table.set_content(table)
        self.scatter.set_content(scatter)
        if self.shown != len(room.played):
            self.shown = len(room.played)
            self._show_rounds()
        self.copying.set_visibility(room.shares is not None)
        if room.shares is not None:
            self.generation.set_text(f"{drawn.most_copied(room.shares, league)} {plural(GENERATIONS, 'generation')} in all. Pale: the first generation.")
            self.shares.set_content(drawn.copied(room.shares, league))

    def _show_rounds(self) -> None:
        self.words.clear()
        with self.words:
            for text in self.room.words:
                controls.words(text)
            if self.room.played:
                controls.words("The places are those of what is handed in now; those of the round as it was played stand under its words.", "p", "worlds")
        self.rounds.clear()
        with self.rounds:
            if not self.room.played:
                controls.words("None yet.")
            for each in self.room.played:
                first = [line.name for line in each.lines if line.place == 1]
                more = f" and {len(first) - 6} more" if len(first) > 6 else ""
                controls.words(f"Round {each.number}. {' '.join(each.words)}")
                controls.words(f"First as played: {', '.join(first[:6])}{more}.")
            if self.room.played:
                with ui.element("details"):
                    with ui.element("summary"):
                        ui.label("Places in each round").classes("inline")
                    ui.html(drawn.places(self.room.played), sanitize=False, tag="div")
