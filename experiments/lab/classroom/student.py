"""The page of a student: a name, the sliders and the YAML of a strategy, whether it is right, and handing in.

Whatever a student does comes as an event of their own page over its socket, which the guard opens for pages of this server alone; so no request that changes
something exists, and none needs a token.
"""

from nicegui import Client, ui
from pydantic import ValidationError

from experiments.configuration.errors import CommandError
from experiments.configuration.files import document_of, names_in
from experiments.configuration.violations import entry_violations
from experiments.configuration.yaml_files import mapping
from experiments.lab import controls, editor
from experiments.lab.classroom import handed_in
from experiments.lab.classroom.league import WORLDS
from experiments.lab.classroom.room import Room
from experiments.lab.classroom.rounds import PRACTICE
from experiments.lab.engine import job_of
from experiments.lab.own_files import strategy_yaml
from experiments.names import naming, plain, powers
from experiments.words import capital
from sim.strategies.strategy import Strategy

#: The strategy that a page begins with, what stands for the latest one of the device, and the key of one without a name.
FIRST, MINE, NAMELESS = "equidistance", "", "my_strategy"


class Student:
    """One page of one student."""

    def __init__(self, room: Room, client: Client, seat: str) -> None:
        """Args:
            room: The class.
            client: The student's connection.
            seat: The secret of the device.
        """
        self.room, self.client, self.seat = room, client, seat
        mine = room.handed_in.of_device(seat)
        self.handed = [strategy.label for strategy in mine]
        self.said: tuple[str, ...] = ()
        self.name = mine[0].label if mine else ""
        self.strategy = mine[0] if mine else begun_from(FIRST)
        self.text = ""
        with naming([job_of(PRACTICE, WORLDS).settings]):
            self._build()
        self._write_text()
        self._show_mine()
        room.listen(client.id, controls.for_other_threads(self._arrived))
        client.on_delete(lambda: room.leave(client.id))

    def _build(self) -> None:
        with ui.element("header").classes("top"):
            controls.heading("counterpoise: hand in a strategy", 1)
        with ui.element("div").classes("both"):
            with ui.element("section").props("aria-label=Strategy"):
                self.name_entry = controls.entry("Your name, or your team's", self.name, self._rename)
                names = {name: capital(plain(name)) for name in linear()}
                mine = {MINE: "What was handed in"} if self.handed else {}
                controls.choice("Begin with", mine | names, next(iter(mine), FIRST), self._begin, "begin")
                first, second = powers()
                controls.words(f"A strategy says how your state stands between {first} and {second}. Move the sliders, or write the text; above 0 a tilt "
                               f"is towards {first}, below 0 towards {second}.")
                self.sliders = ui.element("div")
                self._fill_sliders()
            with ui.element("section").props("aria-label=Text"):
                self.area = controls.area("The strategy as text (YAML)", self.text, self._type, self._fill_sliders)
                controls.button("Check", self._check)
                controls.button("Hand in", self._hand_in)
                self.answer = ui.label().classes("answer").props("role=status")
                self.mine = ui.element("ul")
                with ui.element("a") as board:
                    board._props["href"] = "/board"
                    ui.label("The board of the class").classes("inline")

    def _fill_sliders(self) -> None:
        self.sliders.clear()
        with self.sliders:
            for key, value, known in editor.numbers(self.strategy):
                def moved(number: float, key: str = key) -> None:
                    self._move(key, number)

                controls.of_quantity(known, float(value) if isinstance(value, int | float) else 0.0, moved)
            if editor.is_split(self.strategy):
                controls.words(editor.SPLIT)

    def _begin(self, name: str) -> None:
        mine = self.room.handed_in.of_device(self.seat) if name == MINE else []
        self.strategy = mine[0] if mine else begun_from(FIRST if name == MINE else name)
        self._write_text()
        self._fill_sliders()

    def _rename(self, name: str) -> None:
        self.name = name
        self._write_text()

    def _move(self, key: str, number: float) -> None:
        try:
            self.strategy = editor.changed(self.strategy, key, number)
        except ValidationError:
            return
        self._write_text()

    def _write_text(self) -> None:
        """The text follows the sliders and the name."""
        try:
            name = handed_in.checked_name(self.name)
        except CommandError:
            name = ""
        key = handed_in.key_of(name) if name else NAMELESS
        self.text = strategy_yaml(self.strategy.model_copy(update={"name": key, "label": name}))
        controls.set_area(self.area, self.text)
        self.answer.set_text("")

    def _type(self, text: str) -> None:
        """The sliders follow the text where it is right."""
        self.text = text[:handed_in.TEXT_LENGTH + 1]
        try:
            self.strategy = handed_in.checked_text(self.text)
        except CommandError as error:
            self.answer.set_text(f"Not valid yet: {error}")
            return
        self.answer.set_text("It is valid.")

    def _check(self) -> None:
        problems = []
        for check in (lambda: handed_in.checked_name(self.name), lambda: handed_in.checked_text(self.text)):
            try:
                check()
            except CommandError as error:
                problems.append(str(error))
        self.answer.set_text("It is valid and can be handed in." if not problems else f"Not valid yet: {'; '.join(problems)}.")

    def _hand_in(self) -> None:
        try:
            strategy = self.room.handed_in.hand_in(self.name, self.text, self.seat)
        except CommandError as error:
            self.answer.set_text(f"It is not handed in: {error}.")
            return
        except OSError as error:
            self.answer.set_text(f"It is not handed in: the folder cannot be written ({error.strerror or error}). Say so to your teacher.")
            return
        self.answer.set_text(f"{strategy.label} is handed in. Hand in again under this name, and the new one replaces it.")
        self.handed = list(dict.fromkeys([strategy.label, *self.handed]))
        self._show_mine()
        self.room.refresh()

    def _arrived(self) -> None:
        if self.client.id in Client.instances:
            with self.client:
                self._show_mine()

    def _show_mine(self) -> None:
        """What this device has handed in, and its places; made again where they changed."""
        places = [(label, self.room.place_of(label)) for label in self.handed]
        said = tuple(f"{label}: handed in{'' if place is None else f', place {place} now'}" for label, place in places)
        if said == self.said:
            return
        self.said = said
        self.mine.clear()
        with self.mine:
            for text in said:
                controls.words(text, "li")


def linear() -> list[str]:
    """Strategies that a student may begin with: those that are numbers alone, without a rule with its own code."""
    return [name for name in names_in("strategies") if "rule" not in mapping(_body(name)) and not entry_violations(Strategy, name, _body(name))]


def begun_from(name: str) -> Strategy:
    """A shipped strategy as a student begins with it."""
    usual = Strategy.model_validate({**mapping(_body(name)), "name": name})
    return usual.model_copy(update={"name": NAMELESS, "label": "", "description": f"Begun from {name}.", "source": "handed in by a class"})


def _body(name: str) -> object:
    document = document_of("strategies", name)
    return mapping(document.data if document else None).get(name)


