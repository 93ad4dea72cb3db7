"""Findings on hypotheses in sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from experiments.analyses.hypotheses.phrases import effect_text
from experiments.analyses.hypotheses.trial import WORLDS_PER_DRAW, WORLDS_PER_DRAW_TAIL, Trial
from experiments.analyses.hypotheses.verdict import Verdict
from experiments.configuration.varied import label, structural
from experiments.methods.intervals import Estimate
from experiments.methods.survival import ROBUST
from experiments.report import conclusions
from experiments.report.conclusions import moved_by
from experiments.report.parts import Conclusion, Finding, Table
from experiments.report.phrases import cautions
from experiments.words import in_ten, listed, plural, share, within

#: Headings of the findings, by the kind of hypothesis.
HEADINGS = {"essay": "The essay's claims", "mechanism": "Mechanisms", "implementation_check": "Implementation checks"}


def fails_where(trial: Trial, verdict: Verdict) -> str:
    """The region of the assumptions in which a conditional hypothesis fails, in words."""
    known = {name: known for name, (known, _) in structural(next(iter(trial.jobs.values())).settings).items()}
    labels = {name: within(label(name, each), each.unit) for name, each in known.items()}
    return "; ".join(box.in_words(labels, futures="draws") for box in verdict.region)


def worlds(trials: Sequence[Trial]) -> str:
    """On how many worlds the hypotheses were tried at the defaults."""
    counts = sorted({job.settings.n_worlds for trial in trials for job in trial.jobs.values()})
    return listed([f"{n:,}" for n in counts], "or")


def lead(trials: Sequence[Trial], verdicts: Sequence[Verdict]) -> list[str]:
    """How many hypotheses got which verdict, and how they were tried."""
    return [f"{_counted(verdicts)}.",
            f"Each was tried at the defaults on {worlds(trials)} worlds, the same under every condition, and in "
            f"{plural(len(verdicts[0].draws), 'draw')} of the "
            f"structural parameters over their plausible ranges. Each draw has {WORLDS_PER_DRAW} worlds, or "
            f"{WORLDS_PER_DRAW_TAIL} where a hypothesis is about the worst tenth of them.",
            *cautions(min(job.settings.n_worlds for trial in trials for job in trial.jobs.values()))]


def untested(failed: Sequence[str], command: str) -> list[str]:
    """Which hypotheses have no verdict because some of their cells failed, and the command that tries them again."""
    return [f"Missing, because some of their cells failed: {listed(failed)}. The same command tries them again: {command}"] if failed else []


def caveats(failed: Sequence[str], command: str) -> list[str]:
    """What the reader must know to read the verdicts."""
    return [
        *untested(failed, command),
        f"Supported: the effect at the defaults has the expected sign, its 95 % interval over worlds excludes 0, and at least {share(ROBUST)} of the draws "
        "have the expected sign. Refuted: the effect at the defaults does not have the expected sign for certain, and at most half of the draws have it. "
        "Conditional: all between. Untested: no world differs, because what the hypothesis varies has no effect here. An implementation check follows "
        "nearly from one equation and tests the code more than the world; its verdicts are passed, conditional and failed.",
        "An effect is the outcome at the high end of what is varied less the outcome at the low end; conf/hypothesis/ has one file for each hypothesis that "
        "says what is varied. Where a hypothesis compares two groups of numbers, its effect is the total Sobol index of the first less that of the second, "
        "with an interval over the rows of the sample. The region in which a conditional hypothesis fails is a box (PRIM, else a leaf of a tree) estimated "
        "on half of the draws; its numbers are from the other half.",
        "Effects at the defaults have 95 % intervals over worlds, shares of draws have 95 % intervals over draws. How much worlds differ is not shown. The "
        "growth and the investment rate of the state are drawn with the parameters; other data of the world and the numbers of strategies and policies stay "
        "as they are."]


def findings(verdicts: Sequence[Verdict], failing: Mapping[str, str]) -> list[Finding]:
    """One finding for each kind of hypothesis; `failing` says in words where each hypothesis fails."""
    groups = {about: [v for v in verdicts if v.hypothesis.kind == kind] for kind, about in HEADINGS.items()}
    return [Finding(about, f"{_counted(group)}.", tuple(_sentence(v, failing[v.name]) for v in group)) for about, group in groups.items() if group]


def _counted(verdicts: Sequence[Verdict]) -> str:
    """How many hypotheses got which verdict: "Of 2 hypotheses, 1 is supported and 1 is refuted"."""
    if len(verdicts) == 1:
        return f"The hypothesis is {verdicts[0].word}"
    counts = Counter(v.word for v in verdicts).most_common()
    if len(counts) == 1:
        return f"All {plural(len(verdicts), 'hypothesis')} are {counts[0][0]}"
    each = [f"{n} {'is' if n == 1 else 'are'} {word}" for word, n in counts]
    return f"Of {plural(len(verdicts), 'hypothesis')}, {listed(each)}"


def _sentence(v: Verdict, where: str) -> str:
    """Statement and verdict, how far it holds in words, then the numbers."""
    rest = f" It fails where {where}." if where else {
        "conditional": " No region of the assumptions in which it fails stands out from chance.",
        "untested": " No world differs, because what it varies has no effect here."}.get(v.word, "")
    other = listed([f"{each.word} {called}" for called, each in v.also.items()])
    measured = f" Measured otherwise it is {other}." if v.also else ""
    return (f"{v.name}, {v.word}: {v.hypothesis.statement.rstrip('.')}. The expected sign holds in {in_ten(v.holds, 'draws of the assumptions')}: "
            f"{share(v.holds, v.low, v.high)}. The effect at the defaults is {effect_text(v)}.{rest}{measured}")


def conclusions_of(trials: Sequence[Trial], verdicts: Sequence[Verdict]) -> Table:
    """Each statement, what moves its effect most, and how often it holds."""
    rows = []
    for trial, v in zip(trials, verdicts, strict=True):
        if v.word == "untested":
            continue
        known = structural(next(iter(trial.jobs.values())).settings)
        moved = moved_by(v.movers, [within(label(name, known[name][0])) for name in trial.draws.names])
        rows.append(Conclusion(f"{v.name}, {v.word}: {v.hypothesis.statement.rstrip('.')}", moved, Estimate(*map(np.array, (v.holds, v.low, v.high)))))
    return conclusions.table(rows, "the draws of all structural parameters")
