"""Words for objectives and families."""

from experiments.analyses.optimize.result import FAMILY, OBJECTIVE_LABELS, Options, Result


def objective_in_words(options: Options) -> str:
    """What is made of the means in each future, such as "mean over futures"."""
    return OBJECTIVE_LABELS[options.objective]


def families_of(options: Options, result: Result) -> dict[str, str]:
    """Family of each strategy of the library and of each strategy found."""
    return {name: options.library[name].family if name in options.library else FAMILY for name in result.names}
