"""Elementary functions that more than one rule uses."""

from typing import Any

import numpy as np

from sim.axes import Array


def expit(u: Any) -> Array:
    """The logistic function 1 / (1 + exp(-u)), elementwise."""
    with np.errstate(over="ignore"):  # exp overflows to infinity where the result is 0 to the last bit
        result: Array = 1 / (1 + np.exp(-u))
    return result


def clip(x: Any, low: float, high: float) -> Array:
    """Keep within bounds, elementwise; the method has half the overhead of `numpy.clip`."""
    result: Array = np.asarray(x).clip(low, high)
    return result


def power(base: Any, exponent: Any) -> Array:
    """`base ** exponent` for base > 0, faster than and independent of the platform's pow."""
    result: Array = exponent * np.log(base)
    return np.exp(result, out=result) if isinstance(result, np.ndarray) else np.exp(result)
