"""The counterpoise model: small states between two great powers, many worlds at once.

    from experiments.configuration.load import load
    from sim import simulate
    history = simulate(load(["deterministic=true"]).settings, "equidistance")
    history["trust"].shape      # (quarter, power, state, world)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.simulation import simulate as simulate

__all__ = ["MODEL_VERSION", "simulate"]

#: Raised whenever the same settings give other numbers.
MODEL_VERSION = 2


def __getattr__(name: str) -> Any:
    # Mesa takes a second to import, so it is imported only for a simulation.
    if name == "simulate":
        import importlib

        return importlib.import_module("sim.simulation").simulate
    raise AttributeError(name)
