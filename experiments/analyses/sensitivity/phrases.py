"""Words for outcomes and labels."""

from collections.abc import Sequence

from experiments.analyses.sensitivity.result import Options, Result
from experiments.configuration.varied import label
from experiments.figures import scales
from experiments.names import plain


def outcome(options: Options) -> str:
    """The difference that is analysed, in words."""
    return f"{plain(options.one.name)} less {plain(options.other.name)}"


def advantage_label(options: Options, measure: str) -> str:
    """What the advantage in one return is called."""
    return f"{scales.scale_of(measure).label} advantage of {plain(options.one.name)}"


def input_labels(result: Result, rows: Sequence[int] | None = None) -> list[str]:
    """Labels of all inputs, or of some by number."""
    names = result.inputs.names if rows is None else [result.inputs.names[i] for i in rows]
    return [label(name, result.inputs.known[name]) for name in names]
