"""Controls of the page: elements of HTML itself, which keyboards and screen readers know, each with its label."""

import asyncio
import json
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from itertools import count

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from experiments.words import number
from sim.quantity import Quantity

_ids = count(1)
#: Seconds between two values of a slider that is moved.
THROTTLE = 0.1
#: Steps of a slider.
STEPS = 100


def for_other_threads(call: Callable[..., None]) -> Callable[..., None]:
    """What another thread may call so that the loop of the page calls it; once that loop has ended, nothing does."""
    loop = asyncio.get_running_loop()

    def called(*arguments: object) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(call, *arguments)

    return called


def heading(text: str, level: int = 2) -> Element:
    """A heading."""
    return words(text, f"h{level}")


def words(text: str, tag: str = "p", kind: str = "") -> Element:
    """Text in an element of its own; it is text, whatever stands in it."""
    made = ui.element(tag).classes(kind)
    with made:
        ui.label(text).classes("inline")
    return made


def set_text(element: Element, text: str) -> None:
    """Change the text of what `words` made."""
    (label,) = element.default_slot.children
    assert isinstance(label, ui.label)
    label.set_text(text)


def choice(label: str, options: Mapping[str, str], value: str, chosen: Callable[[str], None], near: str = "") -> Element:
    """A list to choose from: what is shown by value; `near` is a class for where it stands."""
    return grouped_choice(label, {"": options}, value, chosen, near)


# Many parameters: those of `choice`, with its options in groups.
def grouped_choice(label: str, groups: Mapping[str, Mapping[str, str]], value: str, chosen: Callable[[str], None], near: str = "") -> Element:
    """A list to choose from in groups, each under its heading; a group without one stands by itself."""
    options = {key for group in groups.values() for key in group}
    with ui.element("span").classes(f"control {near}"):
        name = _label(label)
        made = ui.element("select").props(f"id={name}")
        made._props["value"] = value
        with made:
            for heading_of_group, group in groups.items():
                with _group(heading_of_group) if heading_of_group else nullcontext():
                    for key, text in group.items():
                        TextElement(tag="option", text=text)._props["value"] = key
    _listen(made, "change", lambda text: chosen(text) if text in options else None, "e.target.value")
    return made


def _group(heading_of_group: str) -> Element:
    made = ui.element("optgroup")
    made._props["label"] = heading_of_group
    return made


def slider(label: str, span: tuple[float, float], value: float, moved: Callable[[float], None], tip: str = "",
           shown: Callable[[float], str] = number) -> Element:
    """A slider over a range, with its number; a value beyond the range widens it."""
    low, high = min(span[0], value), max(span[1], value)
    with ui.element("span").classes("control slider") as whole:
        whole._props["title"] = tip
        name = _label(label)
        made = ui.element("input").props(f"type=range id={name}")
        made._props |= {"min": low, "max": high, "step": _step(low, high), "value": value}
        output = ui.label(shown(value)).classes("output")

    def take(text: str) -> None:
        try:
            new = float(text)
        except ValueError:
            return
        if math.isfinite(new) and low <= new <= high:
            new = round(new, 9)
            made._props["value"] = new
            output.set_text(shown(new))
            moved(new)

    _listen(made, "input", take, "e.target.value", THROTTLE)
    return made


def set_slider(slider: Element, value: float, text: str) -> None:
    """Move a slider that nobody holds."""
    slider._props["value"] = value
    slider.update()
    assert slider.parent_slot is not None
    output = slider.parent_slot.children[-1]
    assert isinstance(output, ui.label)
    output.set_text(text)


def of_quantity(known: Quantity, value: float, moved: Callable[[float], None]) -> Element:
    """A slider over the plausible range of a number of the model; its unit and source show on hover."""
    unit = "" if known.unit == "-" else f", {known.unit}"
    return slider(f"{known.meaning}{unit}", known.plausible, value, moved, f"{known.source}; plausible {known.plausible[0]:g} to {known.plausible[1]:g}{unit}")


def tick(label: str, value: bool, changed: Callable[[bool], None], tip: str = "") -> Element:
    """A box to tick."""
    with ui.element("span").classes("control tick") as whole:
        whole._props["title"] = tip
        name = f"control-{next(_ids)}"
        made = ui.element("input").props(f"type=checkbox id={name}")
        made._props["checked"] = value
        with ui.element("label").props(f"for={name}"):
            ui.label(label).classes("inline")
    _listen(made, "change", lambda text: changed(text == "true"), "String(e.target.checked)")
    return made


def entry(label: str, value: str, changed: Callable[[str], None], kind: str = "text") -> Element:
    """A line of text, or a number."""
    with ui.element("span").classes("control"):
        name = _label(label)
        made = ui.element("input").props(f"id={name} type={kind} maxlength=64 autocomplete=off")
        made._props["^value"] = value  # what it begins with; what the reader types is never set back to it
    _listen(made, "input", lambda text: changed(text[:64]), "e.target.value", THROTTLE)
    return made


def area(label: str, value: str, changed: Callable[[str], None], done: Callable[[], None]) -> Element:
    """Several lines of text; `done` is called when the reader leaves them changed."""
    name = _label(label)
    made = ui.element("textarea").props(f"id={name} rows=13 spellcheck=false autocomplete=off autocapitalize=none")
    set_area(made, value)

    def leave(text: str) -> None:
        changed(text)
        done()

    _listen(made, "input", changed, "e.target.value", THROTTLE)
    _listen(made, "change", leave, "e.target.value")
    return made


def set_area(area: Element, text: str) -> None:
    """Put a text into an area. It is not a property of the element: every change of the page would set back what the reader types meanwhile."""
    ui.run_javascript(f"document.getElementById({json.dumps(area.props['id'])}).value = {json.dumps(text)}")


def button(label: str, pressed: Callable[[], None]) -> Element:
    """A button."""
    made = ui.element("button").props("type=button")
    with made:
        ui.label(label).classes("inline")
    made.on("click", lambda: pressed())
    return made


def tab(label: str, panel: Element, pressed: Callable[[], None]) -> Element:
    """A button that opens a panel; `open_tab` shows which one is open."""
    made = button(label, pressed).props(f"role=tab aria-controls=c{panel.id}")
    panel.props(f"role=tabpanel aria-labelledby=c{made.id}")
    return made


def open_tab(tabs: Sequence[tuple[Element, Element]], chosen: int) -> None:
    """Open one of some panels, each given after its button."""
    for i, (made, panel) in enumerate(tabs):
        made._props["aria-selected"] = "true" if i == chosen else "false"
        made.update()
        panel.set_visibility(i == chosen)


def copies(label: str, script: str) -> Element:
    """A button that copies what a script yields in the browser."""
    made = ui.element("button").props("type=button")
    with made:
        ui.label(label).classes("inline")
    made.on("click", js_handler=f"() => navigator.clipboard.writeText({script})")
    return made


def _label(label: str) -> str:
    name = f"control-{next(_ids)}"
    with ui.element("label").props(f"for={name}"):
        ui.label(label).classes("inline")
    return name


def _listen(element: Element, event: str, handler: Callable[[str], None], script: str, throttle: float = 0.0) -> None:
    def heard(arguments: GenericEventArguments) -> None:
        if isinstance(arguments.args, str):
            handler(arguments.args)

    element.on(event, heard, js_handler=f"(e) => emit({script})", throttle=throttle)


def _step(low: float, high: float) -> float:
    """A round step of about a hundredth of the range."""
    size = 10.0 ** math.floor(math.log10((high - low) / STEPS))
    return next(round(size * factor, 12) for factor in (1, 2, 5, 10) if size * factor >= (high - low) / STEPS * 0.999)
