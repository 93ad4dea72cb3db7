"""The history of a run: named arrays with label, unit and axes; read-only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.axes import WORLD, Array
from sim.data import World

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Variable:
    """A recorded variable.

    Attributes:
        label: Name for a person; {first} and {second} stand for the powers, {region} and {association} for theirs.
        unit: Unit; "-" for a pure number.
        axes: Its axes after time, of D domain, G power, J partner, S state, R world.
    """

    label: str
    unit: str
    axes: str


#: Everything that can be recorded, by the names of MODEL.md. Row t is the end of quarter t; engagement is as
#: used in the quarter.
VARIABLES: dict[str, Variable] = {
    "tilt": Variable("Tilt, + to {first}", "-", "DSR"),
    "breadth": Variable("Breadth of cooperation", "-", "DSR"),
    "engagement": Variable("Engagement with each power", "-", "DGSR"),
    "perceived": Variable("Perceived alignment by domain", "-", "DGSR"),
    "alignment": Variable("Perceived alignment", "-", "GSR"),
    "trust": Variable("Trust", "-", "GSR"),
    "tier": Variable("Partnership tier", "tiers", "GSR"),
    "pressure": Variable("Pressure received", "-", "GSR"),
    "flow": Variable("Investment and aid received", "USD bn/yr", "GSR"),
    "accepted": Variable("Investment and aid accepted, before lumps", "USD bn/yr", "GSR"),
    "investment": Variable("Investment received", "USD bn/yr", "GSR"),
    "aid": Variable("Aid received", "USD bn/yr", "GSR"),
    "other_flow": Variable("Flow from the rest of the world", "USD bn/yr", "SR"),
    "flow_share": Variable("Share in external capital", "-", "GSR"),
    "visits": Variable("High-level visits", "per quarter", "GSR"),
    "access": Variable("Market and technology access", "1 = start", "JSR"),
    "trade": Variable("Trade", "USD bn/yr", "JSR"),
    "leverage": Variable("Leverage: income in a power's hand", "share of income", "GSR"),
    "capital": Variable("Capital", "USD bn", "SR"),
    "foreign_capital": Variable("Foreign-owned capital", "USD bn", "JSR"),
    "debt": Variable("Debt", "USD bn", "GSR"),
    "other_debt": Variable("Debt to other creditors", "USD bn", "SR"),
    "distress": Variable("Debt distress", "-", "SR"),
    "productivity": Variable("Productivity", "-", "SR"),
    "output": Variable("Output", "USD bn/yr", "SR"),
    "consumption": Variable("Consumption", "USD bn/yr", "SR"),
    "legitimacy": Variable("Legitimacy", "-", "SR"),
    "unrest": Variable("Unrest", "-", "SR"),
    "challenge": Variable("Domestic challenge to the government", "-", "SR"),
    "rivalry": Variable("Rivalry", "-", "R"),
    "commitment": Variable("Regional effort of a power", "1 = usual", "GR"),
    "power_output": Variable("GDP of the powers", "USD bn/yr", "GR"),
    "world_output": Variable("GDP of the world", "USD bn/yr", "R"),
    "pandemic": Variable("Pandemic", "share of output", "R"),
    "vaccinated": Variable("Vaccinated", "-", "SR"),
    # Other quantities of the equations
    "crisis": Variable("Crisis between the powers", "0 or 1", "R"),
    "outbreak": Variable("Outbreak of a pandemic", "0 or 1", "R"),
    "cohesion": Variable("Cohesion of {region}", "-", "R"),
    "buffer": Variable("Pressure absorbed by {association}", "-", "R"),
    "budget": Variable("Budget of a power for the region", "USD bn/yr", "GR"),
    "intended": Variable("Investment and aid meant before pressure", "USD bn/yr", "GSR"),
    "offered": Variable("Investment and aid offered", "USD bn/yr", "GSR"),
    "gains": Variable("Gains from trade", "1 = start", "SR"),
    "exposure": Variable("Exposure to a threat", "-", "SR"),
    "allegiance": Variable("Visible allegiance", "-", "DSR"),
    "crisis_loss": Variable("Loss if a crisis struck", "share of GDP", "SR"),
    "loss": Variable("Security loss", "share of GDP/yr", "SR"),
    "cost": Variable("Cost of the strategy", "share of GDP", "SR"),
    "influence": Variable("Influence of a power in the region", "-", "GR"),
    "outlay": Variable("Outlay of a power in the region", "USD bn/yr", "GR"),
    "regional_tilt": Variable("Mean tilt of {region}", "-", "DR"),
}


class History(Mapping[str, Array]):
    """Recorded variables of a run, each an array of shape (T, *axes), read-only.

    `history["trust"]` has shape (T, G, S, R); `VARIABLES["trust"]` has its label, unit and axes. `states`
    names the states along S.
    """

    def __init__(self, arrays: Mapping[str, Array], states: Sequence[str], world: World) -> None:
        self._arrays = dict(arrays)
        self.states, self.world = tuple(states), world
        for array in self._arrays.values():
            array.setflags(write=False)

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def of(self, state: str) -> "History":
        """The history of one state alone; variables without a state axis stay whole.

        Raises:
            KeyError: The state was not recorded.
        """
        if state not in self.states:
            raise KeyError(f"{state} was not recorded; recorded: {', '.join(self.states)}")
        i = self.states.index(state)
        cut = {n: a[..., i : i + 1, :] if "S" in VARIABLES[n].axes else a for n, a in self.items()}
        return History(cut, (state,), self.world)

    def in_worlds(self, worlds: slice) -> "History":
        """The history of some worlds alone."""
        return History({name: array[..., worlds] for name, array in self.items()}, self.states, self.world)


def joined(parts: Sequence[History]) -> History:
    """Histories of several blocks as one, along the world axis."""
    arrays = {name: np.concatenate([part[name] for part in parts], axis=WORLD) for name in parts[0]}
    return History(arrays, parts[0].states, parts[0].world)


class Recorder:
    """Copies chosen variables of a model at the end of each quarter.

    Args:
        names: Variables to record.
        states: Positions of the states to record, consecutive.
        horizon: Quarters.
    """

    def __init__(self, names: Iterable[str], states: Sequence[int], horizon: int) -> None:
        self._horizon = horizon
        # A slice is read without a copy.
        self._states = slice(min(states), max(states) + 1)
        self._cuts = {name: (..., self._states, slice(None)) if "S" in VARIABLES[name].axes else ... for name in names}
        self._arrays: dict[str, Array] = {}

    def record(self, t: int, worlds: "Worlds") -> None:
        """Copy row t."""
        row = [getattr(worlds, name)[cut] for name, cut in self._cuts.items()]
        if row and not self._arrays:
            self._allocate(row)
        for array, value in zip(self._arrays.values(), row, strict=True):
            array[t] = value

    def _allocate(self, row: Sequence[Array]) -> None:
        # In one piece, for which the system uses large pages; many pieces would cost a page fault every 4 KB.
        ends = np.cumsum([self._horizon * value.size for value in row])
        pieces = np.split(np.empty(ends[-1]), ends[:-1])
        self._arrays = {name: piece.reshape(self._horizon, *value.shape) for name, piece, value in zip(self._cuts, pieces, row, strict=True)}

    def history(self, worlds: "Worlds") -> History:
        """Everything recorded so far."""
        return History(self._arrays, list(worlds.settings.world.states)[self._states], worlds.settings.world)
