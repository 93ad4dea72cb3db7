"""The history of a run for people: near names, labelled arrays, a table, a figure."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.messages import unknown
from experiments.names import filled, naming
from experiments.python.optional import needing_xarray
from experiments.words import plural
from sim.axes import DOMAINS, REST_KEY, WORLD, Array
from sim.history import VARIABLES
from sim.history import History as Plain
from sim.settings import Settings

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

#: Names of the axes, by their letters.
AXES = {"D": "domain", "G": "power", "J": "partner", "S": "state", "R": "world"}
QUANTILES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}


class UnknownName(KeyError):
    """Nothing has that name; the message names the nearest one."""

    def __str__(self) -> str:
        return str(self.args[0])


class History(Plain):
    """Recorded variables, `history["trust"]` of shape (quarters, powers, states, worlds), read-only.

    Attributes:
        strategy: Strategy of the state whose strategy it is.
        states: Keys of the states recorded.
    """

    def __init__(self, plain: Plain, settings: Settings, strategy: str) -> None:
        super().__init__(plain, plain.states, plain.world)
        self.strategy, self._settings = strategy, settings

    def __getitem__(self, name: str) -> Array:
        if name not in self._arrays:
            if name in VARIABLES:
                raise UnknownName(f"{name} was not recorded; recorded: {', '.join(self)}")
            raise UnknownName(unknown(name, VARIABLES, "variable"))
        return super().__getitem__(name)

    def of(self, state: str) -> "History":
        """The history of one state alone, by its key or its name; variables without a state axis stay whole.

        Raises:
            UnknownName: The state was not recorded.
        """
        labels = {key: self.world.states[key].label or key for key in self.states}
        key = next((key for key, label in labels.items() if state in (key, label)), None)
        if key is None:
            raise UnknownName(unknown(state, self.states, "state", labels))
        return History(super().of(key), self._settings, self.strategy)

    @property
    def quarters(self) -> pd.DatetimeIndex:
        """The last day of each quarter."""
        return pd.period_range(self.world.start, periods=self._settings.horizon, freq="Q").to_timestamp(how="end").normalize()

    @needing_xarray()
    def to_xarray(self) -> "xarray.Dataset":
        """Every variable with dates, names of states and powers, label and unit.

        Raises:
            ImportError: xarray is not installed.
        """
        import xarray

        powers = self.world.powers
        names = {"state_name": ("state", [self.world.states[key].label or key for key in self.states]),
                 "power_name": ("power", [power.label for power in powers.values()])}
        used = {axis for name in self for axis in self._dimensions(name)}
        with naming([self._settings]):
            arrays = {name: (self._dimensions(name), values, {"long_name": filled(VARIABLES[name].label), "units": VARIABLES[name].unit})
                      for name, values in self.items()}
        coordinates = {axis: levels for axis, levels in self._levels().items() if axis in used} | {
            name: value for name, value in names.items() if value[0] in used}
        return xarray.Dataset(arrays, coords=coordinates, attrs={"title": self._title(), "source": "counterpoise", "strategy": self.strategy})

    @property
    def table(self) -> pd.DataFrame:
        """A row for each variable, quarter, domain, power, partner and state: mean and quantiles over worlds."""
        parts = []
        for name, values in self.items():
            axes = self._dimensions(name)[:-1]
            index = pd.MultiIndex.from_product([self._levels()[axis] for axis in axes], names=[*axes])
            numbers = {"mean": values.mean(axis=WORLD).ravel()} | {
                column: np.quantile(values, q, axis=WORLD).ravel() for column, q in QUANTILES.items()}
            parts.append(pd.DataFrame(numbers, index=index).reset_index().assign(variable=name, unit=VARIABLES[name].unit))
        columns = ["variable", "unit", "time", "domain", "power", "partner", "state", "mean", *QUANTILES]
        return pd.concat(parts, ignore_index=True).reindex(columns=columns) if parts else pd.DataFrame(columns=columns)

    def plot(self, variable: str, ax: "Axes | None" = None, state: str | None = None) -> Any:
        """Median over worlds, and the range of 90 % of them, of a state or of both powers.

        Args:
            variable: A name of `sim.history.VARIABLES`.
            ax: Axes of yours, which keep their style; None: a new figure.
            state: Of which state; None: the one whose strategy is compared.

        Returns:
            The axes; without `ax`, what notebooks show.
        """
        from matplotlib.figure import Figure

        from experiments.figures.style import POWER_COLOURS, SPREAD, styled
        from experiments.python.plots import Drawing

        own = self.of(state or self._settings.focal)
        own[variable]  # an unknown name is refused before anything is drawn
        if ax is None:
            with styled():
                figure = Figure(figsize=(7, 3.5), layout="constrained")
                own.plot(variable, figure.add_subplot())
            return Drawing(figure, f"{variable} over time, {own.strategy}.")
        frame = own.table[lambda rows: rows.variable == variable]
        with naming([self._settings]):
            by = [axis for axis in ("domain", "power", "partner") if frame[axis].notna().any()]
            lines = frame.groupby(by, sort=False) if by else [((), frame)]
            for i, (levels, rows) in enumerate(lines):
                colour = POWER_COLOURS[i] if i < len(POWER_COLOURS) else f"C{i}"
                ax.fill_between(rows.time, rows.q05, rows.q95, color=colour, alpha=SPREAD, linewidth=0)
                ax.plot(rows.time, rows.q50, color=colour, label=", ".join(self._called(str(level)) for level in levels))
            ax.set_title(filled(VARIABLES[variable].label))
            ax.set_ylabel(VARIABLES[variable].unit.removeprefix("-"))
        if by:
            ax.legend()
        return ax

    def _called(self, key: str) -> str:
        return self.world.powers[key].label if key in self.world.powers else key

    def _dimensions(self, name: str) -> list[str]:
        return ["time", *(AXES[letter] for letter in VARIABLES[name].axes)]

    def _levels(self) -> dict[str, Any]:
        powers = list(self.world.powers)
        return {"time": self.quarters, "domain": list(DOMAINS), "power": powers, "partner": [*powers, REST_KEY], "state": list(self.states),
                "world": np.arange(self._settings.n_worlds)}

    def _title(self) -> str:
        s = self._settings
        return (f"{s.world.states[s.focal].label or s.focal} plays {self.strategy}: {plural(len(self), 'variable')}, {plural(s.horizon, 'quarter')} from "
                f"{s.world.start}, {plural(len(self.states), 'state')}, {plural(s.n_worlds, 'world')}")

    def __repr__(self) -> str:
        return f"History, {self._title()}\n" + "\n".join(f"  {name:<16}{VARIABLES[name].unit:<18}{values.shape}" for name, values in self.items())

    def _repr_html_(self) -> str:
        with naming([self._settings]):
            rows = [{"variable": name, "meaning": filled(VARIABLES[name].label), "unit": VARIABLES[name].unit,
                     "axes": " × ".join(self._dimensions(name))} for name in self]
        return f"<p>{self._title()}</p>{pd.DataFrame(rows).to_html(index=False, border=0)}"
