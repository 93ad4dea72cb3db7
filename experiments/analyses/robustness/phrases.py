"""Words for margins, strategies and families."""

from collections.abc import Sequence

import numpy as np

from experiments import words
from experiments.analyses.robustness.result import Options, Result
from experiments.figures import scales
from experiments.figures.scales import Scale
from experiments.figures.style import family_label, labels
from experiments.methods.discovery import Box
from experiments.methods.intervals import Estimate
from experiments.names import plain
from experiments.report import phrases
from experiments.words import within


def named(result: Result, rows: Sequence[int]) -> str:
    """Strategies by number, as a list in a sentence."""
    shown = labels(result.strategies)
    return words.listed([shown[result.strategies[i]] for i in rows])


def limit(size: float, scale: Scale) -> str:
    """A limit as it was set, with two significant digits at most, and its unit."""
    number = f"{float(f'{size:.2g}'):,g}"
    return f"{number} {'point' if number == '1' and scale.unit == 'points' else scale.unit}"


def margin_in_words(options: Options) -> str:
    """When a future is a failure, such as "hedging is behind by more than 1 % of consumption"."""
    scale = scales.scale_of(options.measure)
    size = float(scale.difference(options.fails_below))
    name = plain(options.one.name)
    if size < 0:
        return f"{name} is behind by more than {limit(-size, scale)}"
    return f"{name} is not ahead by {limit(size, scale)}" if size else f"{name} is behind"


def small(result: Result) -> dict[str, str]:
    """Label of each number varied, within a sentence."""
    return {name: within(text, result.known[name].unit) for name, text in result.labels.items()}


def landmarks(boxes: Sequence[Box], every: int = 5) -> list[int]:
    """Numbers of the boxes on a peeling trajectory that a figure and a table name: every fifth, and the last one with each number of inputs."""
    inputs = [len(box.names) for box in boxes]
    return [n for n, now in enumerate(inputs) if n and (n % every == 0 or n == len(boxes) - 1 or inputs[n + 1] > now)]


def members(n: int) -> str:
    """So many members of a family."""
    return "one member" if n == 1 else f"{n} members"


def families(names: Sequence[str], shares: Estimate, most: int = 3) -> str:
    """Families with the largest shares."""
    order = np.argsort(-shares.value, kind="stable")[:most]
    return words.listed([f"{family_label(names[i])} in {phrases.share(shares[i])}" for i in order])


def team(options: Options, result: Result) -> str:
    """A side, size-adjusted, in a table."""
    size = min(len(side.among(result.strategies)) for side in (options.one, options.other))
    return f"{plain(options.one.name)}, the best of {size}"
