"""The page: left the question, in sentences with controls, right the answer, which rewrites itself. Each reader has a page of their own."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from nicegui import Client, ui
from nicegui.element import Element

from experiments.configuration.errors import CommandError, ConfigError
from experiments.configuration.files import document_of, names_in
from experiments.configuration.keys import scenarios_for
from experiments.configuration.overrides import recorded
from experiments.configuration.yaml_files import mapping
from experiments.lab import controls, editor, own_files, sweep
from experiments.lab.desk import Desk
from experiments.lab.engine import ALL, FEW, MORE, Answer, Outcomes, job_of, steps
from experiments.lab.full import FullRun
from experiments.lab.question import (
    EVENTS,
    LAST_YEAR,
    MOST_STRATEGIES,
    REST,
    WHOLE,
    Happening,
    Question,
    overrides,
    query,
    question_of,
    shared_out,
)
from experiments.lab.runs import Listed, listed
from experiments.lab.sweep import Diagram
from experiments.lab.sweep_view import SweepView
from experiments.lab.view import View, brief_text
from experiments.lab.wording import event_in_words
from experiments.names import filled, naming, plain, powers
from experiments.report.differences import noun
from experiments.words import capital, number
from sim.axes import Number
from sim.parameters import Parameters
from sim.payoffs import PLACES, WEIGHED
from sim.policies.policy import Policy
from sim.quantity import quantities
from sim.scenario import KINDS

#: Numbers of a policy that are shown at once; the rest can be unfolded.
MAIN = ("punish", "norms", "reward")
#: Years from which an event of the page may begin, and what all that a power gives may be multiplied with.
YEARS, TIMES = (0.0, 15.0), (0.0, 3.0)
#: Events whose value is chosen: what a slider calls it, its range, and where it begins.
VALUES = MappingProxyType({"pressure": ("Pressure", (0.0, 1.0), 0.6), "access": ("Access to its market, times", (0.5, 1.0), 0.94),
                           "budget": ("Times", TIMES, 0.5), "visits": ("Visits", (0.0, 4.0), 2.0)})
RIVALRY = "parameters.rivalry_mean"
#: Until where rivalry is what a word says.
RIVALRY_WORDS = ((-1.2, "hardly any"), (-0.4, "low"), (0.4, "middling"), (1.2, "high"), (math.inf, "very high"))
#: Parts that are closed at first, and what they hold.
FOLDED = MappingProxyType({"editor": "Tilt, openness, speed, and whom it leans on; as YAML too"})
#: Seconds between two looks at a run in full.
LOOK = 1.0


@dataclass
class Lab:
    """What all pages share.

    Attributes:
        desk: Computes for all of them.
        outcomes: What was simulated.
        full: The run in full.
    """

    desk: Desk[Answer | Diagram] = field(default_factory=Desk)
    outcomes: Outcomes = field(default_factory=Outcomes)
    full: FullRun = field(default_factory=FullRun)

    def stages(self, question: Question) -> list[tuple[int, Iterator[Answer | Diagram | None]]]:
        """How a question is answered: at few worlds, at more, at all, and with the assumptions drawn again; or its diagram, a few points at a time."""
        if question.sweep:
            return list(sweep.stages(question))
        return [*((n, steps(question, n, self.outcomes)) for n in (FEW, MORE, ALL)), (2 * ALL, steps(question, ALL, self.outcomes, None))]

    def close(self) -> None:
        """End what computes."""
        self.desk.close()
        self.full.stop()


class Ask:
    """One page of one reader."""

    def __init__(self, lab: Lab, client: Client, link: str) -> None:
        """Args:
            lab: What all pages share.
            client: The reader's connection.
            link: The query string with which the page was opened.
        """
        self.lab, self.client, self.arrived = lab, client, controls.for_other_threads(self._take)
        self.adding = Happening("crisis", "", 3)
        self.saved_kind, self.saved_name = "strategy", ""
        problem = ""
        try:
            self.question = question_of(link)
            self.job = job_of(self.question)
            sweep.checked(self.job, self.question.sweep)
        except ConfigError as error:
            problem, self.question = f"The link could not be used, and the page begins afresh. {error}", Question()
            self.job = job_of(self.question)
        self.base = job_of(replace(self.question, numbers=()))
        self.edited = self.question.strategies[0]
        self.swept = self.question.sweep or sweep.first_choice(self.job)
        with naming([self.job.settings]):
            self._build()
        self._open()
        client.on_delete(lambda: lab.desk.drop(client.id))
        self._ask()
        self.problem.set_text(problem)

    # ---- The question

    def _build(self) -> None:
        with ui.element("header").classes("top"):
            controls.heading("counterpoise: what would it change?", 1)
            with ui.element("a").props("href=/").classes("afresh"):
                ui.label("Begin afresh").classes("inline")
            with ui.element("a").props("href=#answer").classes("to-answer"):
                ui.label("To the answer").classes("inline")
        with ui.element("div").classes("both"):
            with ui.element("section").props("aria-label=Question"):
                self.problem = ui.label().classes("problem").props("role=alert")
                self.parts = {name: self._part(name, legend) for name, legend in (
                    ("place", "The state"), ("powers", "The powers"), ("rivalry", "Their rivalry"), ("events", "What happens"), ("values", "What it values"),
                    ("strategies", "Its strategies"), ("editor", "One strategy, changed"))}
                self._fill(*self.parts)
                with self._part("out", "Keep it"):
                    self._build_out()
            with ui.element("section").props("id=answer aria-label=Answer"):
                row = ui.element("div").props("role=tablist aria-label=Views").classes("tabs")
                one, many = ui.element("div").classes("panel-answer"), ui.element("div").classes("panel-sweep")
                with row:
                    self.tabs = [(controls.tab("This question", one, lambda: self._sweep(())), one),
                                 (controls.tab("Sweep two numbers", many, lambda: self._sweep(self.swept)), many)]
                with one:
                    self.view = View()
                with many:
                    self.diagram = SweepView(self._sweep)

    @staticmethod
    def _part(name: str, legend: str) -> Element:
        with ui.element("fieldset").classes(f"part-{name}"):
            with ui.element("legend"):
                ui.label(legend).classes("inline")
            if name not in FOLDED:
                return ui.element("div")
            with ui.element("details"):
                with ui.element("summary"):
                    ui.label(FOLDED[name]).classes("inline")
                return ui.element("div")

    def _fill(self, *names: str) -> None:
        """Make parts of the question again."""
        makers: Mapping[str, Callable[[], None]] = {
            "place": self._place, "powers": self._powers, "rivalry": self._rivalry, "events": self._events, "values": self._values,
            "strategies": self._strategies, "editor": self._editor}
        with naming([self.job.settings]):
            for name in names:
                self.parts[name].clear()
                with self.parts[name]:
                    makers[name]()

    def _place(self) -> None:
        settings = self.job.settings
        states = {key: state.label or key for key, state in settings.world.states.items()}
        controls.choice("What does", states, settings.focal, lambda key: self._change(replace(self.question, focal=key)), "focal")
        worlds = {name: plain(name) for name in names_in("world")}
        controls.choice("of the world", worlds, self.question.world, lambda name: self._change(self.question.in_world(name), "all"), "world")
        scenarios = {name: called("scenario", name) for name in scenarios_for(self.question.world)}
        controls.choice("gain and pay in scenario", scenarios, self.question.scenario,
                        lambda name: self._change(self.question.in_scenario(name), "powers", "rivalry", "events"), "scenario")

    def _powers(self) -> None:
        policies = {name: called("policy", name) for name in names_in("policy")}
        for place, (label, policy) in enumerate(zip(powers(), self.job.settings.policies.values(), strict=True)):
            def choose(name: str, place: int = place) -> None:
                self._change(self.question.with_policy(place, name), "powers")

            with ui.element("div").classes(f"power-{PLACES[place]}"):
                controls.choice(f"{capital(label)} follows policy", policies, policy.name, choose, "policy")
                factor = next((each.value for each in self.question.events if _is_gift(each, PLACES[place])), None)
                controls.slider("Investment and aid", TIMES, 1.0 if factor is None else factor, partial(self._give, place),
                                "All that it gives to the region, from the first quarter on, times that of the scenario", _times)
                for name in MAIN:
                    self._number_of_policy(policy.name, place, name)
                with ui.element("details"):
                    with ui.element("summary"):
                        ui.label("All numbers of the policy").classes("inline")
                    for name in quantities(Policy):
                        if name not in MAIN:
                            self._number_of_policy(policy.name, place, name)
        names = [policy.name for policy in self.job.settings.policies.values()]
        if names[0] == names[1]:
            controls.words("Both follow one policy: a number that is changed is changed for both.")

    def _number_of_policy(self, policy: str, place: int, name: str) -> None:
        usual = list(self.base.settings.policies.values())[place]
        self._number(f"policy.{policy}.{name}", getattr(usual, name), quantities(Policy)[name])

    def _number(self, key: str, usual: Number, known: Any, after: Callable[[], None] = lambda: None) -> None:
        """A slider for a number; at its usual place nothing is changed."""
        start = float(usual) if isinstance(usual, int | float) else 0.0

        def moved(value: float) -> None:
            same = isinstance(usual, int | float) and math.isclose(value, start, abs_tol=1e-9)
            self._change(self.question.with_number(key, None if same else value))
            after()

        changed = self.question.number(key)
        controls.of_quantity(known, start if changed is None else changed, moved)

    def _give(self, place: int, factor: float) -> None:
        others = tuple(each for each in self.question.events if not _is_gift(each, PLACES[place]))
        gift = () if math.isclose(factor, 1) else (Happening("budget", PLACES[place], 0, None, factor),)
        self._change(replace(self.question, events=(*gift, *others)))

    def _rivalry(self) -> None:
        known, usual = quantities(Parameters)["rivalry_mean"], float(self.base.settings.parameters.rivalry_mean)

        def moved(value: float) -> None:
            self._change(self.question.with_number(RIVALRY, None if math.isclose(value, usual, abs_tol=1e-9) else value))

        now = self.question.number(RIVALRY)
        controls.slider("It returns to a level that is", known.plausible, usual if now is None else now, moved, f"{known.meaning}. {known.source}", in_words)

    def _events(self) -> None:
        settings = self.job.settings
        years = int(settings.world.start[:4])
        for i, event in enumerate(self.question.events):
            if any(_is_gift(event, place) for place in PLACES):  # its slider shows it
                continue
            with ui.element("p").classes("event"):
                ui.label(f"{capital(event_in_words(event, settings))} ").classes("inline")

                def remove(i: int = i) -> None:
                    self._change(replace(self.question, events=self.question.events[:i] + self.question.events[i + 1:]), "events", "powers")

                controls.button("Remove", remove)
        kinds = {kind: EVENTS[kind].replace("{actor}", "somebody") for kind in EVENTS}
        controls.choice("Add:", kinds, self.adding.kind, self._begin_event, "event-kind")
        kind = KINDS[self.adding.kind]
        if kind.actor:
            actors = dict(zip(PLACES, powers(), strict=True)) | ({REST: "the rest of the world"} if kind.actor == "partner" else {})
            controls.choice("by", actors, self.adding.actor, lambda actor: setattr(self, "adding", replace(self.adding, actor=actor)), "event-actor")
        controls.choice("in", {str(i): str(years + i) for i in range(int(YEARS[1]))}, str(self.adding.start),
                        lambda text: setattr(self, "adding", replace(self.adding, start=min(int(text), LAST_YEAR))), "event-year")
        if self.adding.value is not None:
            label, span, _ = VALUES[self.adding.kind]
            controls.slider(label, span, self.adding.value, lambda value: setattr(self, "adding", replace(self.adding, value=value)))
        controls.button("Add", lambda: self._change(replace(self.question, events=(*self.question.events, self.adding)), "events", "powers"))

    def _begin_event(self, kind: str) -> None:
        actor = {"power": PLACES[1], "partner": REST}.get(str(KINDS[kind].actor), "")
        self.adding = Happening(kind, actor, self.adding.start, None, VALUES[kind][2] if kind in VALUES else None)
        self._fill("events")

    def _values(self) -> None:
        weights = self.question.weights
        even = shared_out((), WEIGHED[0], round(WHOLE / len(WEIGHED)))
        controls.tick("Weigh the returns into one number", bool(weights),
                      lambda on: self._change(replace(self.question, weights=even if on else ()), "values"))
        for name, weight in weights:
            def moved(value: float, name: str = name) -> None:
                self._change(replace(self.question, weights=shared_out(self.question.weights, name, round(value))), "values")

            controls.slider(capital(noun(name)), (0.0, float(WHOLE)), float(weight), moved, f"of {WHOLE}", lambda value: f"{value:.0f}")

    def _strategies(self) -> None:
        own = [*self.question.strategies, *(name for name in names_in("strategies") if name not in self.question.strategies)]
        for name in sorted(own):
            def tick(on: bool, name: str = name) -> None:
                chosen = [each for each in self.question.strategies if each != name] + [name] * on
                if not 0 < len(chosen) <= MOST_STRATEGIES:
                    self.problem.set_text(f"Compare at least one strategy and at most {MOST_STRATEGIES}.")
                    self._fill("strategies")
                    return
                self._change(self.question.with_strategies(chosen), "editor")

            controls.tick(capital(called("strategies", name)), name in self.question.strategies, tick, about("strategies", name))

    def _editor(self) -> None:
        names = list(self.question.strategies)
        self.edited = self.edited if self.edited in names else names[0]

        def choose(name: str) -> None:
            self.edited = name
            self._fill("editor")

        controls.choice("Change", {name: called("strategies", name) for name in names}, self.edited, choose, "edited")
        usual, root = self.base.settings.strategies[self.edited], f"strategies.{self.edited}"
        for key, value, known in editor.numbers(usual):
            self._number(f"{root}.{key}", value, known, self._show_yaml)
        if editor.is_split(usual):
            controls.words(editor.SPLIT)
        self.yaml = controls.words("", "pre")
        self._show_yaml()

    def _show_yaml(self) -> None:
        try:
            text = own_files.strategy_text(job_of(self.question), self.edited, self.saved_name or self.edited)
        except CommandError as error:
            text = str(error)
        controls.set_text(self.yaml, text)

    def _change(self, question: Question, *parts: str) -> None:
        """Ask something else; make the parts of the question again that follow from it.

        A control that the reader holds is not made again under their hand, so a part names the others alone.
        """
        before, self.question = self.question, question
        if not parts and (question.focal, question.strategies) == (before.focal, before.strategies):
            self._ask()
            return
        try:
            self.base = job_of(replace(question, numbers=()))
            self.job = job_of(question)
        except ConfigError as error:
            self.question = before
            self.problem.set_text(str(error))
            return
        self.swept = sweep.fitting(self.job, self.swept)
        self.question = replace(question, sweep=self.swept if question.sweep else ())
        self._fill(*(self.parts if parts == ("all",) else parts))
        self._open()
        self._ask()

    # ---- The answer

    def _sweep(self, names: tuple[str, ...]) -> None:
        """Show the diagram of two numbers; without names the answer to the question alone."""
        self.swept = names or self.swept
        self.question = replace(self.question, sweep=names)
        self._open()
        self._ask()

    def _open(self) -> None:
        controls.open_tab(self.tabs, int(bool(self.question.sweep)))
        if self.question.sweep:
            self.diagram.fill(self.job, self.swept)

    @property
    def words(self) -> tuple[str, ...]:
        """What the command line has for what is shown."""
        return sweep.overrides(self.question) if self.question.sweep else overrides(self.question)

    def _ask(self) -> None:
        """Compute, in place of what is computed for this page now."""
        self.problem.set_text("")
        self.view.wait()
        try:
            self.client.run_javascript(f"history.replaceState(null, '', '/' + {_script('?' + query(self.question)) if query(self.question) else repr('')})")
            command = recorded(["counterpoise", *self.words])
            controls.set_text(self.command, command)
            if self.question.sweep:
                self.diagram.wait(command)
            self.lab.desk.give(self.client.id, self.lab.stages(self.question), self.arrived)
        except CommandError as error:
            self.problem.set_text(str(error))

    def _take(self, result: Answer | Diagram | CommandError) -> None:
        if self.client.id not in Client.instances:
            return
        with self.client:
            if isinstance(result, CommandError):
                self.problem.set_text(str(result))
            elif result.question != self.question:
                return
            elif isinstance(result, Diagram):
                self.diagram.show(result)
            else:
                self.job = result.job
                self.view.show(result)
                controls.set_text(self.brief, brief_text(result) if result.checked else "The brief comes when the assumptions have been drawn again.")

    # ---- Out

    def _build_out(self) -> None:
        controls.words("The same numbers as a command; the address of this page holds them too:")
        self.command = controls.words("", "code", "command")
        controls.copies("Copy the command", f"document.getElementById('c{self.command.id}').innerText")
        controls.copies("Copy the link", "location.href")
        with ui.element("div"):
            kinds = {"strategy": "strategy", **{f"policy-{i}": f"policy, as {label} follows it" for i, label in enumerate(powers())}, "scenario": "scenario"}
            controls.choice("Save as", kinds, self.saved_kind, lambda kind: setattr(self, "saved_kind", kind), "save-kind")
            controls.entry("under the name", "", self._name_saved)
            controls.button("Save", self._save)
            self.saved = ui.label().props("role=status")
        with ui.element("details"):
            with ui.element("summary"):
                ui.label("Brief").classes("inline")
            self.brief = controls.words("", "pre").props("tabindex=0")
            controls.copies("Copy the brief", f"document.getElementById('c{self.brief.id}').innerText")
        controls.button("Run in full", self._run_in_full)
        self.progress = controls.words("", "pre", "progress")
        self.progress.set_visibility(False)
        self.done = ui.element("div")
        self.timer = ui.timer(LOOK, self._look, active=False)
        with ui.element("details") as opened:
            with ui.element("summary"):
                ui.label("Runs").classes("inline")
            self.runs = ui.element("ul")
        opened.on("toggle", lambda: self._list_runs())

    def _name_saved(self, name: str) -> None:
        self.saved_name = name
        if self.saved_kind == "strategy":
            self._show_yaml()

    def _save(self) -> None:
        kind, _, power = self.saved_kind.partition("-")
        name = self.saved_name
        try:
            job = job_of(self.question)
            text = (own_files.strategy_text(job, self.edited, name) if kind == "strategy" else own_files.policy_text(job, int(power or 0), name)
                    if kind == "policy" else own_files.scenario_text(self.question, name))
            where = own_files.save(kind, name, text)
        except CommandError as error:
            self.saved.set_text(str(error))
            return
        except OSError as error:
            self.saved.set_text(f"It cannot be written: {error.strerror or error}")
            return
        self.saved.set_text(f"{where} is saved, and can be chosen by its name.")
        self._fill("place", "powers", "strategies")

    def _run_in_full(self) -> None:
        try:
            job_of(self.question)
            self.lab.full.start(self.words)
        except CommandError as error:
            self.problem.set_text(str(error))
            return
        except OSError as error:
            self.problem.set_text(f"The command cannot be started: {error.strerror or error}")
            return
        self.done.clear()
        self.progress.set_visibility(True)
        self.timer.activate()

    def _look(self) -> None:
        full = self.lab.full
        controls.set_text(self.progress, "\n".join(list(full.lines)[-8:]) or "It begins.")
        if full.code is not None:
            self.timer.deactivate()
            self.done.clear()
            with self.done:
                listing = [each for each in listed() if full.report is not None and each.report.resolve() == full.report.resolve()]
                if listing:
                    _link("Its report", listing[0])
                else:
                    controls.words(f"It ended with exit code {full.code}; the lines above say why." if full.code else "It is done.")

    def _list_runs(self) -> None:
        self.runs.clear()
        with self.runs:
            for each in listed():
                with ui.element("li"):
                    _link(f"{each.entry.time}  {each.entry.question or each.entry.command or each.entry.problem}", each)
                    if each.entry.headline:
                        controls.words(each.entry.headline)


def in_words(rivalry: float) -> str:
    """How high rivalry is, in words."""
    return next(text for below, text in RIVALRY_WORDS if rivalry < below)


def _times(factor: float) -> str:
    return "unchanged" if math.isclose(factor, 1) else f"{number(factor)} times"


def called(group: str, name: str) -> str:
    """What a thing of the files is called, by its label or else its name."""
    label = _of_file(group, name, "label")
    return filled(label) if label else plain(name)


def about(group: str, name: str) -> str:
    """What the file of a thing says it is."""
    return filled(_of_file(group, name, "description"))


def _of_file(group: str, name: str, key: str) -> str:
    document = document_of(group, name)
    data = mapping(document.data if document else None)
    inner = data if group == "parameters" else mapping(data.get("scenario" if group == "scenario" else name))
    text = inner.get(key, "")
    return text if isinstance(text, str) else ""


def _is_gift(event: Happening, place: str) -> bool:
    return (event.kind, event.actor, event.start, event.end) == ("budget", place, 0, None)


def _link(text: str, run: Listed) -> None:
    with ui.element("a").props("target=_blank rel=noopener") as made:
        made._props["href"] = f"/report/{run.key}"
        ui.label(text).classes("inline")


def _script(text: str) -> str:
    """Text as a script has it, between quotes; what is in a query string is escaped for addresses already."""
    return "'" + text.replace("\\", "%5C").replace("'", "%27") + "'"
