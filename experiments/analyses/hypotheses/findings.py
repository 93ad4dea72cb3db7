"""Findings on hypotheses in sentences."""

from collections.abc import Mapping, Sequence

import numpy as np

from experiments.analyses.hypotheses.phrases import CHECK, counted, effect_text
from experiments.analyses.hypotheses.tables import claims_and_checks
from experiments.analyses.hypotheses.trial import WORLDS_PER_DRAW, WORLDS_PER_DRAW_TAIL, Trial
from experiments.analyses.hypotheses.variance import Variance
from experiments.analyses.hypotheses.verdict import CONDITIONAL, SMALL, UNTESTED, Verdict
from experiments.configuration.varied import label, structural
from experiments.methods.intervals import Estimate
from experiments.methods.survival import FAILED, ROBUST
from experiments.report import conclusions
from experiments.report.conclusions import moved_by
from experiments.report.parts import Conclusion, Finding, Table
from experiments.report.phrases import cautions
from experiments.words import in_ten, listed, plural, share, within

#: Headings of the findings, by the kind of hypothesis.
HEADINGS = {"essay": "The essay's claims", "mechanism": "Mechanisms", CHECK: "Implementation checks"}


def fails_where(trial: Trial, verdict: Verdict) -> str:
    """The region of the assumptions in which a conditional hypothesis fails, in words."""
    known = {name: known for name, (known, _) in structural(next(iter(trial.jobs.values())).settings).items()}
    labels = {name: within(label(name, each), each.unit) for name, each in known.items()}
    return "; ".join(box.in_words(labels, futures="draws") for box in verdict.region)


def worlds(trials: Sequence[Trial]) -> str:
    """On how many worlds the hypotheses were tried at the defaults."""
    counts = sorted({job.settings.n_worlds for trial in trials for job in trial.jobs.values()})
    return listed([f"{n:,}" for n in counts], "or")


def lead(trials: Sequence[Trial], verdicts: Sequence[Verdict], variances: Sequence[Variance]) -> list[str]:
    """How many hypotheses got which verdict, implementation checks apart, and how they were tried."""
    counts = [f"{counted(group)}." for group in claims_and_checks(verdicts) if group]
    counts += [f"{plural(len(variances), 'statement')} about a share of variance {'has' if len(variances) == 1 else 'have'} no verdict."] if variances else []
    n_draws = max(len(trial.draws) for trial in trials)
    return [" ".join(counts),
            f"Each was tried at the defaults on {worlds(trials)} worlds, the same under every condition, and in {plural(n_draws, 'draw')} of the "
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
        "No practical difference: the 95 % interval of the effect at the defaults lies within the smallest difference that matters (payoff.matters), "
        f"whatever its sign. Supported: the effect at the defaults has the expected sign for certain, and the lower end of the 95 % interval of the share of "
        f"draws with that sign is at least {share(ROBUST)}. Refuted: the upper end of that interval is at most {share(FAILED)}. Undecided: the interval at "
        "the defaults contains 0, or there are too few draws. Conditional: all else; the assumptions decide. Untested: no world differs, because what "
        "the hypothesis varies has no effect here, or no strategy behaves as it says.",
        "An implementation check follows nearly from one equation and tests the code more than the world. It is counted apart, it is about the sign alone, and "
        "it holds where a hypothesis would be supported and fails where one would be refuted.",
        "An effect is the outcome at the high end of what is varied less the outcome at the low end; conf/hypothesis/ has one file for each hypothesis that "
        "says what is varied. The region in which a conditional hypothesis fails is a box (PRIM, else a leaf of a tree) estimated "
        "on half of the draws; its numbers are from the other half.",
        "Effects at the defaults have 95 % intervals over worlds, shares of draws have 95 % intervals over draws. How much worlds differ is not shown. The "
        "growth of the state is drawn with the parameters; other data of the world and the numbers of strategies and policies stay as they are."]


def findings(verdicts: Sequence[Verdict], variances: Sequence[Variance], failing: Mapping[str, str]) -> list[Finding]:
    """One finding for each kind of hypothesis; `failing` says in words where each hypothesis fails."""
    result = []
    for kind, about in HEADINGS.items():
        group, shares = [v for v in verdicts if v.hypothesis.kind == kind], [v for v in variances if v.hypothesis.kind == kind]
        if group or shares:
            text = f"{counted(group)}." if group else "A share of variance has no verdict."
            result.append(Finding(about, text, (*(_sentence(v, failing[v.name]) for v in group), *map(_of_variance, shares))))
    return result


def _sentence(v: Verdict, where: str) -> str:
    """Statement and verdict, how far it holds in words, then the numbers."""
    rest = f" It fails where {where}." if where else {
        CONDITIONAL: " No region of the assumptions in which it fails stands out from chance.",
        SMALL: " That is less than what matters.",
        UNTESTED: " No world differs, because what it varies has no effect here, or no strategy behaves as it says."}.get(v.word, "")
    other = listed([f"{each.word} {called}" for called, each in v.also.items()])
    measured = f" Measured otherwise: {other}." if v.also else ""
    holds = in_ten(v.holds, "draws of the assumptions", int(np.isfinite(v.draws).sum()))
    return (f"{v.name}, {v.word}: {v.hypothesis.statement.rstrip('.')}. The expected sign holds in {holds}: "
            f"{share(v.holds, v.low, v.high)}. The effect at the defaults is {effect_text(v)}.{rest}{measured}")


def _of_variance(v: Variance) -> str:
    """Whose choices explain how much."""
    parts = listed([f"choices of {group} explain {share(part.value, part.low, part.high)} of the variance"
                    for group, part in zip(v.groups, v.shares, strict=True)])
    more = share(v.larger)
    return (f"{v.name}, a share of variance: {v.hypothesis.statement.rstrip('.')}. At the defaults {parts}; the first share is the larger in {more} of draws "
            "of the assumptions. There is no verdict.")


def conclusions_of(trials: Sequence[Trial], verdicts: Sequence[Verdict]) -> Table:
    """Each hypothesis, what moves its effect most, and how often it holds; of implementation checks only where there is nothing else."""
    rows, only_checks = [], not claims_and_checks(verdicts)[0]
    for trial, v in zip(trials, verdicts, strict=True):
        if v.word == UNTESTED or (v.hypothesis.kind == CHECK and not only_checks):
            continue
        known = structural(next(iter(trial.jobs.values())).settings)
        moved = moved_by(v.movers, [within(label(name, known[name][0])) for name in trial.draws.names])
        rows.append(Conclusion(f"{v.name}, {v.word}: {v.hypothesis.statement.rstrip('.')}", moved, Estimate(*map(np.array, (v.holds, v.low, v.high)))))
    return conclusions.table(rows, "the draws of all structural parameters")
