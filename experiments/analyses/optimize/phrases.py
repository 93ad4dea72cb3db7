"""Words for objectives and families."""

from collections.abc import Sequence

from experiments.analyses.optimize.result import FAMILY, OBJECTIVE_LABELS, Options, Result
from experiments.figures.style import policy_labels
from experiments.names import powers
from experiments.report.phrases import exact_ties
from experiments.words import some
from sim.axes import Array


def objective_in_words(options: Options) -> str:
    """What is made of the means in each future, such as "mean over futures"."""
    return OBJECTIVE_LABELS[options.objective]


def pairs_like(policies: Sequence[str], values: Array, one: int) -> str:
    """A pair of policies, by number of shape (policies of the first power × of the second), and all with exactly its value, in words."""
    shown, (first, second) = list(policy_labels(policies).values()), powers()
    ties = [divmod(i, len(policies)) for i in exact_ties(values.ravel(), one)]
    return some([f"{first} {shown[i]}, {second} {shown[j]}" for i, j in ties], between="; ")


def families_of(options: Options, result: Result) -> dict[str, str]:
    """Family of each strategy of the library and of each strategy found."""
    return {name: options.library[name].family if name in options.library else FAMILY for name in result.names}
