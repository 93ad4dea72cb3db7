"""Words and units of effects, verdicts and sides."""

from collections import Counter
from collections.abc import Sequence

from experiments.analyses.hypotheses.verdict import Side, Verdict
from experiments.configuration.hypothesis import Where
from experiments.names import filled, plain
from experiments.words import interval, listed, plural, within
from sim.behaviour import LABELS
from sim.payoffs import COMPOSITE, MEASURES

CHECK = "implementation_check"
KINDS = {"mechanism": "mechanism", CHECK: "implementation check", "essay": "claim of the essay"}
#: What stands in the place of a verdict where a share of variance is measured.
SHARE_OF_VARIANCE = "share of variance"
CONDITIONS = {"base": "", "low": "low end", "middle": "middle", "high": "high end"}


def unit_of(verdict: Verdict) -> str:
    """Unit of the effect."""
    term = verdict.hypothesis.outcome[0]
    unit = COMPOSITE if term.measure == COMPOSITE else MEASURES[term.measure].unit
    return unit if term.per is None else f"{unit} per unit of {within(filled(MEASURES[term.per].label))}"


def effect(v: Verdict) -> str:
    """The effect with its interval and sign, without its unit."""
    return interval(v.effect.low, v.effect.value, v.effect.high, sign=True)


def effect_text(v: Verdict) -> str:
    """The effect with its interval and unit, as it stands in a sentence."""
    unit = unit_of(v).replace("-", "−")
    return f"{effect(v)} {f'on a scale of {unit}' if ' to ' in unit else 'of the composite' if unit == COMPOSITE else unit}"


def counted(verdicts: Sequence[Verdict]) -> str:
    """How many hypotheses got which verdict: "Of 2 hypotheses, 1 is supported and 1 is refuted". Checks: "2 of 3 implementation checks hold"."""
    if all(v.hypothesis.kind == CHECK for v in verdicts):
        n = sum(v.word == "holds" for v in verdicts)
        return f"{n} of {plural(len(verdicts), 'implementation check')} {'holds' if 1 in (n, len(verdicts)) else 'hold'}"
    if len(verdicts) == 1:
        return f"The hypothesis {_got(verdicts[0].word, 1)}"
    counts = Counter(v.word for v in verdicts).most_common()
    if len(counts) == 1:
        return f"All {plural(len(verdicts), 'hypothesis')} {_got(counts[0][0], len(verdicts))}"
    return f"Of {plural(len(verdicts), 'hypothesis')}, {listed([f'{n} {_got(word, n)}' for word, n in counts])}"


def _got(word: str, n: int) -> str:
    if word.startswith("no "):
        return f"{'makes' if n == 1 else 'make'} {word}"
    return word if word in ("holds", "fails") else f"{'is' if n == 1 else 'are'} {word}"


def where_text(where: Where) -> str:
    """What the members of a side do: "hedging", "lean 0 to 0.1"."""
    classes = [filled(LABELS[name]) for name in where.behaviour or ()]
    ranges = [f"{within(filled(MEASURES[name].label))} {low:g} to {high:g}" for name, (low, high) in where.ranges.items()]
    return ", ".join([*([listed(classes, "or")] if classes else []), *ranges])


def tools_text(side: Side) -> str:
    """The tools that both sides have: "association effort 0.3, diversification 0, defence 0"."""
    if side.tools is None:
        return "any"
    return ", ".join(f"{name} {value:g}" for name, value in zip(("association effort", "diversification", "defence"), side.tools, strict=True))


def members_text(side: Side) -> str:
    """The members of a side by name."""
    return ", ".join(map(plain, side.members))
