"""A world as its file has it and as the model begins it: facts, coefficients, the present at rest, and the first year beside the facts."""

from collections.abc import Iterator
from dataclasses import dataclass

from experiments.words import listed, number
from sim.axes import DT, N_POWERS, REST_KEY
from sim.coefficients import Coefficients
from sim.draws import Draws
from sim.history import History
from sim.present import Present
from sim.quantity import quantities
from sim.scenario import Scenario
from sim.settings import Settings
from sim.simulation import simulate_block
from sim.strategies.strategy import START, Strategy
from sim.worlds import Worlds

#: Quarters of the first year.
YEAR = round(1 / DT)
#: What the first year differs from a fact by more than this is marked.
OFF = 0.1
#: A growth rate that differs by no more, per year, is not: near 0 its ratio says nothing.
GROWTH, NEAR_GROWTH = "growth", 0.002
#: Everybody goes on as at the start.
HOLD = Strategy.model_validate({
    "name": "hold", "family": "status_quo", "description": "Go on as at the start.", "source": "-", "anchor": START, "breadth": START})


@dataclass(frozen=True)
class Fact:
    """A figure of the file, and what the first year of the model makes of it.

    Attributes:
        state: Key of the state.
        what: Which figure, such as "trade with the US".
        unit: Its unit.
        fact: As the file has it.
        first_year: In the model, everybody holding, without noise.
    """

    state: str
    what: str
    unit: str
    fact: float
    first_year: float

    @property
    def ratio(self) -> float:
        """The first year over the fact; 1 where both are nothing."""
        return self.first_year / self.fact if self.fact else 1.0 if abs(self.first_year) < 1e-9 else float("inf")

    @property
    def off(self) -> bool:
        """Whether the first year misses the fact."""
        near = self.what == GROWTH and abs(self.first_year - self.fact) <= NEAR_GROWTH
        return not (abs(self.ratio - 1) <= OFF or near)


@dataclass(frozen=True)
class Opened:
    """A world laid open.

    Attributes:
        settings: Everybody holds, no noise, the policies of the file.
        start: Coefficients, one value per state.
        present: What rests before the first quarter.
        facts: Figures beside the first year.
        notes: What a reader should know: defaults taken, flows that stay at nothing, hubs.
    """

    settings: Settings
    start: Coefficients
    present: Present
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]


def opened(settings: Settings, labels: tuple[str, str]) -> Opened:
    """Lay a world open.

    Args:
        settings: Any settings of that world; parameters are kept, strategies, policies and scenario are not.
        labels: Of the two powers.
    """
    held = settings.replace(
        policies=settings.resting_policies, peers=dict.fromkeys(settings.world.states, HOLD), strategies={HOLD.name: HOLD}, deterministic=True,
        scenario=Scenario(name="hold", description="Nothing happens."), horizon=YEAR, n_worlds=1)
    draws = Draws(held.seed, 0, 1, YEAR, len(held.world.states))
    worlds = Worlds(held, HOLD, draws)
    start, present = worlds.start, worlds.present
    worlds.release()
    history = simulate_block(held, HOLD, draws, record=("flow", "trade", "output", "debt"))
    return Opened(held, start, present, tuple(_facts(held, start, history, labels)), tuple(_notes(held, start, present, labels)))


def _facts(settings: Settings, start: Coefficients, history: History, labels: tuple[str, str]) -> Iterator[Fact]:
    flow, trade, debt = (history[name].mean(axis=0)[..., 0] for name in ("flow", "trade", "debt"))
    growth = history["output"][-1, :, 0] / start.output[:, 0] - 1
    partners = (*labels, "the rest")
    for s, (key, state) in enumerate(settings.world.states.items()):
        yield Fact(key, GROWTH, "per year", float(state.growth), float(growth[s]))
        for g, power in enumerate(settings.world.powers):
            yield Fact(key, f"investment and aid from {labels[g]}", "USD bn/yr", float(start.given[g, s, 0]), float(flow[g, s]))
            yield Fact(key, f"debt to {labels[g]}", "USD bn", float(state.debt[power]), float(debt[g, s]))
        for j, partner in enumerate((*settings.world.powers, REST_KEY)):
            yield Fact(key, f"trade with {partners[j]}", "USD bn/yr", float(state.trade[partner]), float(trade[j, s]))


def _notes(settings: Settings, start: Coefficients, present: Present, labels: tuple[str, str]) -> Iterator[str]:
    world = settings.world
    focal = list(world.states).index(settings.focal)
    yearly = [f"{number(float(present.visits[g, focal, 0]) / DT, 2)} from {labels[g]}" for g in range(N_POWERS)]
    yield f"{settings.focal}: high-level visits a year at rest: {listed(yearly)}; files have no figure of visits"
    for key, state in world.states.items():
        left = [name for name in quantities(type(state)) if name not in state.model_fields_set and getattr(state, name) is not state.tilt]
        if left:
            yield f"{key}: the file has no {', '.join(left)}; the defaults hold"
        if len(state.tilt) == 1:
            yield f"{key}: tilt rests on one measure, {next(iter(state.tilt))}"
        if state.elections is None:
            yield f"{key}: no elections"
    for s, key in enumerate(world.states):
        for g, power in enumerate(world.powers.values()):
            if not start.given[g, s, 0]:
                yield f"{key}: nothing comes from {power.label}, and nothing will whatever the state does"
        if start.kept[s, 0] < 1:
            yield f"{key}: a hub; {100 * start.kept[s, 0]:.0f} % of what comes in is kept, the rest passes through"
        if start.kept[s, 0] < 0:
            yield f"{key}: its output shrinks so fast that no inflow fits; growth and investment contradict each other"


