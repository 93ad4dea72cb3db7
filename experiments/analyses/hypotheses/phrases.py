"""Words and units of effects."""

from experiments.analyses.hypotheses.verdict import Verdict
from experiments.words import interval
from sim.payoffs import COMPOSITE, MEASURES

#: Unit of an effect on variance.
INDEX = "Sobol index"
#: Units as they are read after a number.
IN_SENTENCE = {COMPOSITE: "of the composite", INDEX: "of the variance"}
KINDS = {"mechanism": "mechanism", "implementation_check": "implementation check", "essay": "claim of the essay"}


def unit_of(verdict: Verdict) -> str:
    """Unit of the effect."""
    if verdict.hypothesis.groups is not None:
        return INDEX
    measure = verdict.hypothesis.outcome[0].measure
    return COMPOSITE if measure == COMPOSITE else MEASURES[measure].unit


def effect(v: Verdict) -> str:
    """The effect with its interval and sign, without its unit."""
    return interval(v.effect.low, v.effect.value, v.effect.high, sign=True)


def effect_text(v: Verdict) -> str:
    """The effect with its interval and unit, as it stands in a sentence."""
    unit = unit_of(v).replace("-", "−")
    return f"{effect(v)} {f'on a scale of {unit}' if ' to ' in unit else IN_SENTENCE.get(unit, unit)}"
