"""From verdicts to a run folder: the scoreboard as table, figure and page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from experiments import run_folder
from experiments.analysis.discovery import Box, prim, tree
from experiments.analysis.intervals import Estimate
from experiments.assumptions import ROBUST
from experiments.computing import Computing
from experiments.figures import layout, save
from experiments.figures.analysis import scoreboard as figure_of_scoreboard
from experiments.figures.style import styled
from experiments.hypotheses import WORLDS_PER_DRAW, WORLDS_PER_DRAW_TAIL, Trial
from experiments.hypothesis import COMPOSITE
from experiments.outcome import label, structural
from experiments.report import conclusions
from experiments.report.analysis_page import render_analysis
from experiments.report.conclusions import Conclusion, moved_by
from experiments.report.headline import Finding
from experiments.report.page import Picture
from experiments.report.tables import Table
from experiments.reporting import write_analysis
from experiments.scoreboard import Verdict
from experiments.stopwatch import Stopwatch
from experiments.words import share, signed, within
from sim.draws import stream
from sim.payoffs import MEASURES

NAME = "hypotheses"
#: Unit of an effect on variance.
INDEX = "Sobol index"
KINDS = {"mechanism": "a mechanism that can fail", "implementation_check": "follows nearly from one equation", "essay": "a claim of the essay, as it words it"}


def report(trials: Sequence[Trial], verdicts: Sequence[Verdict], session: Computing, command: str, watch: Stopwatch) -> Path:
    """Write table, figure, page and manifest into a new run folder; prints the scoreboard.

    Returns:
        The path of the page.

    Raises:
        OSError: Something cannot be written.
    """
    jobs = [job for trial in trials for job in trial.jobs.values()]
    folder = run_folder.create(jobs[0].run.results, NAME)
    with watch.on("statistics"):
        failing = {verdict.name: fails_where(trial, verdict) for trial, verdict in zip(trials, verdicts, strict=True)}
        table = scoreboard(verdicts, failing)
    with watch.on("drawing"):
        picture = _draw(trials, verdicts, folder)
    with watch.on("writing"):
        draws = pd.concat([pd.DataFrame({"hypothesis": v.name, "draw": np.arange(len(v.draws)), "effect": v.draws}) for v in verdicts])
        page = render_analysis(
            title="What became of the hypotheses", command=command, lead=_lead(trials, verdicts), findings=_findings(verdicts, failing), pictures=[picture],
            caveats=_caveats(), conclusions=_conclusions(trials, verdicts), tables=[_table(verdicts, failing), *_otherwise(verdicts)])
    works = [trial.default[condition] for trial in trials for condition in trial.jobs]
    drawn = [work for trial in trials for work in trial.drawn.values()]
    _print(verdicts)
    return write_analysis(folder, {"scoreboard": table, "also": also(verdicts), "draws": draws}, page, jobs, works, drawn, session.lost, command, watch)


def where(trial: Trial, verdict: Verdict) -> tuple[Box, ...]:
    """The region of the assumptions in which a conditional hypothesis fails: by PRIM or, where that finds none, the leaf of a tree that holds most failures."""
    if verdict.word != "conditional":
        return ()
    fails = trial.hypothesis.sign * verdict.draws <= 0
    if not 0 < fails.sum() < len(fails):
        return ()
    points, seed = trial.draws, next(iter(trial.jobs.values())).settings.seed
    if boxes := prim(points.values, fails, points.names, stream(seed, "discovery", 0), boxes=1):
        return boxes
    densest = tree(points.values, fails, points.names, stream(seed, "discovery", 0))[0]
    return (densest,) if densest.limits else ()


def fails_where(trial: Trial, verdict: Verdict) -> str:
    """The same in words."""
    known = {name: known for name, (known, _) in structural(next(iter(trial.jobs.values())).settings).items()}
    labels = {name: within(label(name, each), each.unit) for name, each in known.items()}
    return "; ".join(box.in_words(labels, futures="draws") for box in where(trial, verdict))


def unit_of(verdict: Verdict) -> str:
    """Unit of the effect."""
    if verdict.hypothesis.groups is not None:
        return INDEX
    measure = verdict.hypothesis.outcome[0].measure
    return "composite" if measure == COMPOSITE else MEASURES[measure].unit


def scoreboard(verdicts: Sequence[Verdict], failing: Mapping[str, str]) -> pd.DataFrame:
    """One row per hypothesis, for a spreadsheet; `failing` says in words where each fails."""
    return pd.DataFrame([{
        "hypothesis": v.name, "statement": v.hypothesis.statement, "source": v.hypothesis.source, "kind": v.hypothesis.kind, "expected": v.hypothesis.expected,
        "effect": v.effect.value, "low": v.effect.low, "high": v.effect.high, "unit": unit_of(v), "holds": v.holds, "holds_low": v.low, "holds_high": v.high,
        "draws": len(v.draws), "verdict": v.word, "fails_where": failing[v.name]} for v in verdicts])


def also(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """One row for each hypothesis and other measurement of it, for a spreadsheet."""
    return pd.DataFrame([
        {"hypothesis": v.name, "measured": called, "effect": other.effect.value, "low": other.effect.low, "high": other.effect.high, "unit": unit_of(other),
         "holds": other.holds, "holds_low": other.low, "holds_high": other.high, "verdict": other.word}
        for v in verdicts for called, other in v.also.items()],
        columns=["hypothesis", "measured", "effect", "low", "high", "unit", "holds", "holds_low", "holds_high", "verdict"])


def _effect(v: Verdict) -> str:
    """The effect with its interval, as exact as that is narrow."""
    if not np.isfinite(v.effect.low):
        return f"{v.effect.value:+.3g} [no interval]".replace("-", "−")
    half = (v.effect.high - v.effect.low) / 2
    digits = int(np.clip(np.ceil(-np.log10(half)), 0, 5)) if half > 1e-9 else 3
    return f"{signed(v.effect.value, digits)} [{signed(v.effect.low, digits)}, {signed(v.effect.high, digits)}]"


def _in_unit(v: Verdict) -> str:
    """The unit as it is read after a number."""
    unit = unit_of(v).replace("-", "−")
    return f"on a scale of {unit}" if " to " in unit else {COMPOSITE: "of the composite", INDEX: "of the variance"}.get(unit, unit)


def _worlds(trials: Sequence[Trial]) -> str:
    """On how many worlds the defaults were tried."""
    counts = sorted({job.settings.n_worlds for trial in trials for job in trial.jobs.values()})
    return " or ".join(f"{n:,}" for n in counts)


def _lead(trials: Sequence[Trial], verdicts: Sequence[Verdict]) -> list[str]:
    count = Counter(v.word for v in verdicts)
    told = ", ".join(f"{n} {word}" for word, n in count.most_common())
    return [f"{len(verdicts)} {'statement' if len(verdicts) == 1 else 'statements'} that can fail: {told}.",
            f"Each was tried at the defaults on {_worlds(trials)} paired worlds and in {len(verdicts[0].draws)} draws of all structural parameters over their "
            f"plausible ranges, on {WORLDS_PER_DRAW} paired worlds each, {WORLDS_PER_DRAW_TAIL} where the worst tenth of them is what counts."]


def _caveats() -> list[str]:
    return [
        f"Supported: at the defaults the effect has the expected sign and its 95 % interval over worlds leaves out 0, and the sign is as expected in at "
        f"least {share(ROBUST)} of the draws. Refuted: neither at the defaults nor in more than half of the draws. Conditional: everything between. Untested: "
        "what it varies plays no part here, so that no world differs. For an implementation check the words are passed and failed: what it says follows "
        "nearly from one equation, so it tests the code more than the world.",
        "An effect is the outcome at the high end less the outcome at the low end of what is varied; conf/hypothesis/ says what that is, one file each. Where "
        "a conditional hypothesis fails is told by a box (PRIM, else a leaf of a tree) found on half of the draws and judged on the other. Where one group "
        "of numbers is said to explain more than another, the effect is the total Sobol index of the one less that of the other, with an interval over the "
        "rows of the sample. Effects at the defaults have 95 % intervals over worlds, shares of draws over draws; neither says how much worlds differ. Drawn "
        "with the parameters are the growth and investment rates of the focal state; other data of the world and numbers of strategies and policies are not.",
    ]


def _findings(verdicts: Sequence[Verdict], failing: Mapping[str, str]) -> list[Finding]:
    groups = (("The essay's claims", ("essay",)), ("Mechanisms", ("mechanism",)), ("Implementation checks", ("implementation_check",)))
    found = []
    for about, kinds in groups:
        its = [v for v in verdicts if v.hypothesis.kind in kinds]
        if its:
            count = Counter(v.word for v in its)
            told = ", ".join(f"{n} {word}" for word, n in count.most_common())
            found.append(Finding(about, f"{told}.", tuple(_sentence(v, failing[v.name]) for v in its)))
    return found


def _sentence(v: Verdict, where: str) -> str:
    at = f"at the defaults {_effect(v)} {_in_unit(v)}, in {share(v.holds, v.low, v.high)} of draws as claimed"
    rest = f" It fails where {where}." if where else {
        "conditional": " Nothing sets the draws in which it fails apart beyond chance.",
        "untested": " No world differs: what it varies plays no part here."}.get(v.word, "")
    other = ", ".join(f"{called} {each.word}" for called, each in v.also.items())
    return f"{v.name}, {v.word}: {v.hypothesis.statement.rstrip('.')} — {at}.{rest}{f' Measured otherwise: {other}.' if other else ''}"


def _conclusions(trials: Sequence[Trial], verdicts: Sequence[Verdict]) -> Table:
    """Each statement, what moves its effect most, and how often it holds."""
    rows = []
    for trial, v in zip(trials, verdicts, strict=True):
        if v.word == "untested":
            continue
        known = structural(next(iter(trial.jobs.values())).settings)
        moved = moved_by(v.draws, trial.draws.values, [within(label(name, known[name][0])) for name in trial.draws.names])
        rows.append(Conclusion(f"{v.name}, {v.word}: {v.hypothesis.statement.rstrip('.')}", moved, Estimate(*map(np.array, (v.holds, v.low, v.high)))))
    return conclusions.table(rows, "the draws of all structural parameters")


def _table(verdicts: Sequence[Verdict], failing: Mapping[str, str]) -> Table:
    rows = [[v.name, v.hypothesis.statement, v.hypothesis.source, KINDS[v.hypothesis.kind], v.hypothesis.expected.replace("-", "−"), _effect(v), unit_of(v),
             share(v.holds, v.low, v.high), v.word, failing[v.name]] for v in verdicts]
    heads = ["", "statement", "source", "kind", "expected", "effect at the defaults [95 %]", "unit", "holds in [95 %]", "verdict", "fails where"]
    return Table("The scoreboard", "Economic effects are in log points: .01 is 1 % of consumption.", heads, rows, frozenset({1, 2, 3, 6, 8, 9}))


def _otherwise(verdicts: Sequence[Verdict]) -> list[Table]:
    """The same statements with another strategy or return, beside what they are judged by."""
    rows = [[v.name, called, _effect(other), unit_of(other), share(other.holds, other.low, other.high), other.word, v.word]
            for v in verdicts for called, other in v.also.items()]
    heads = ["", "measured", "effect at the defaults [95 %]", "unit", "holds in [95 %]", "so it would be", "it is"]
    note = "With another strategy in place of the one that a statement is judged by, or in the composite of all returns with equal weights."
    return [Table("The same statements measured otherwise", note, heads, rows, frozenset({1, 3, 5, 6}))] if rows else []


def _draw(trials: Sequence[Trial], verdicts: Sequence[Verdict], folder: Path) -> Picture:
    from matplotlib.figure import Figure

    default = {1: "as expected", 0: "not told", -1: "opposite"}
    rows = [figure_of_scoreboard.Row(
        v.name, v.hypothesis.statement, v.hypothesis.expected.replace("-", "−"), v.holds, v.low, v.high,
        default[v.sign * v.hypothesis.sign], v.word) for v in verdicts]  # type: ignore[arg-type]
    title = "What became of the hypotheses"
    with styled():
        figure = Figure()
        figure_of_scoreboard.draw(figure, rows)
        layout.frame(figure, title, f"{len(rows)} hypotheses · {_worlds(trials)} worlds at the defaults · {len(verdicts[0].draws)} draws of the assumptions")
    save(figure, folder / "figures", "scoreboard")
    return Picture(title, "Which statements hold, at the defaults and under other assumptions?", "A row for each hypothesis: the sign it claims; whether "
                   "the effect at the defaults has it, by the 95 % interval over worlds; and the share of draws of the assumptions in which the effect, a mean "
                   "over worlds, has it. Lines: 95 % intervals of that share, over draws. How much worlds differ within a draw is not shown.",
                   figure_of_scoreboard.alt(rows),
                   folder / "figures" / "scoreboard.svg")


def _print(verdicts: Sequence[Verdict]) -> None:
    print(f"{'':<5}{'verdict':<13}{'holds in':>9}  {'effect at the defaults [95 % interval]':<44}statement")
    for v in verdicts:
        print(f"{v.name:<5}{v.word:<13}{v.holds:>9.0%}  {_effect(v):<44}{v.hypothesis.statement}")
