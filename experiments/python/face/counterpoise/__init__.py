"""counterpoise from Python: the commands as functions. They print nothing, write nothing unless `results=` names a folder, and return objects.

    import counterpoise

    result = counterpoise.compare("scenario=cold_war", n_worlds=256)
    result.table                                # pandas: each strategy less the reference
    result.plot.paired()                        # a figure; paired(ax=ax) draws into axes of yours
    result.to_xarray()                          # every world; needs pip install 'counterpoise[data]'
    result.report("results")                    # the report of the command; gives its path

`sweep`, `rank` and `simulate` are like it; `help(counterpoise.compare)` says what they take.
"""

from typing import Any

from experiments.configuration.errors import CommandError, ConfigError
from experiments.python.calls import compare, rank, simulate, sweep

__all__ = ["CommandError", "ConfigError", "compare", "rank", "simulate", "sweep"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("counterpoise")
    raise AttributeError(f"module 'counterpoise' has no attribute {name!r}")
