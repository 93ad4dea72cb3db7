"""The brief: the question, the answer, findings, how sure, and what would change the answer. It opens the report and is brief.md."""

import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from html import escape

import numpy as np

from experiments.analyses.comparison.assumptions import Assumptions
from experiments.analyses.comparison.change import Change, against_alignment, highest, of_one, sentence, unmoved
from experiments.analyses.comparison.checks import AS_IT_IS
from experiments.analyses.comparison.comparison import Comparison, returns_in
from experiments.analyses.comparison.contrasts import Contrast, ahead_of, best_of, contrasts, difference, members, size_adjusted
from experiments.analyses.comparison.findings import labels_of, parameter_labels
from experiments.analyses.comparison.structures import Fate, where
from experiments.configuration.job import Job
from experiments.methods.survival import FAILED, ROBUST
from experiments.names import powers
from experiments.report.differences import COUNTED, gains_and_costs, gains_short, noun, short
from experiments.words import capital, in_ten, listed, plural
from sim.payoffs import RETURNS

#: At most so many findings.
MOST = 3
#: Of so many returns a table that fits a page or a terminal has a column.
COLUMNS = 5


@dataclass(frozen=True)
class Brief:
    """What a reader with two minutes reads; every part a sentence or two.

    Attributes:
        question: What was asked.
        answer: The answer.
        findings: What else was found, at most three; then which returns a change leaves as they are.
        worlds: How sure the means are.
        assumptions: How far the answer rests on assumptions.
        other: What would change the answer.
    """

    question: str
    answer: str
    findings: tuple[str, ...]
    worlds: str
    assumptions: str
    other: str


def brief_of(job: Job, comparison: Comparison, assumptions: Assumptions | None) -> Brief:
    """The brief of a comparison."""
    findings, change = _compared(comparison), comparison.change
    if change is None:
        question = job.run.question or f"What does each strategy of {job.state} between {listed(powers())} gain and cost?"
        answer, *rest = findings
        rest = rest[:MOST]
    else:
        question = job.run.question or f"What does this change for {job.state} between {listed(powers())}: {change.what}?"
        said = [sentence(change, measure) for measure in change.moved]
        answer, *left = [*said[:1], *unmoved(change)]
        own = " ".join([*of_one(change, comparison.reference), *(highest(change, change.moved[0]) if said else [])])
        rest = [text for text in (own, *_moved(comparison, change), *said[1:], *findings) if text][:MOST] + left
    each = [] if assumptions is None else contrasts(comparison, assumptions)
    return Brief(question, answer, tuple(rest), _worlds(comparison), _assumptions(each, assumptions), _other(each, assumptions))


def in_markdown(brief: Brief, title: str, table: Sequence[str], command: str) -> str:
    """The brief as Markdown; texts of others are shown as they are, never taken for HTML or for a link."""
    question, answer, findings, *rest = astuple(brief)
    shown = Brief(_shown(question), _shown(answer), tuple(map(_shown, findings)), *map(_shown, rest))
    return in_text(shown, _shown(title), table, command)


def in_text(brief: Brief, title: str, table: Sequence[str], command: str) -> str:
    """The brief for a place that shows every sign as it is."""
    return "\n".join([
        f"# {title}", "", f"*{brief.question}*", "", f"**{brief.answer}**", "", *(f"- {finding}" for finding in brief.findings), "",
        *(["```", *table, "```", ""] if table else []),
        "## How sure", "", f"- Worlds: {brief.worlds}", f"- Assumptions: {brief.assumptions}", "", "## What would change the answer", "", brief.other, "",
        f"Made by {_code(command)}. The full report is report.html in the same folder.", ""])


def _shown(text: str) -> str:
    return re.sub(r"[][\\]", r"\\\g<0>", escape(text, quote=False))  # no tag, no link, no picture


def _code(text: str) -> str:
    """A text between more backticks than it holds, so that none of its own ends the code."""
    mark = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{mark}{text}{mark}"


def columns(comparison: Comparison) -> list[str]:
    """The returns that a short table shows: those in which some strategy differs for certain and in practice, the composite first."""
    counting = comparison.paired[comparison.paired.verdict.isin(COUNTED)].measure
    named = [measure for measure in returns_in(comparison.payoffs) if (counting == measure).any()]
    return sorted(named, key=lambda measure: measure in RETURNS)[:COLUMNS]


def _compared(comparison: Comparison) -> list[str]:
    """What the comparison shows: hedging against alignment, the best strategies, the reference."""
    hedging, aligned = members(comparison, "hedging"), members(comparison, "alignment")
    result = []
    if hedging and aligned:
        each = {measure: size_adjusted(comparison, hedging, aligned, measure) for measure in returns_in(comparison.payoffs)}
        named = {sign: [f"{short(m, d.mean)} of {noun(m)}" for m, d in each.items() if d.counts == sign] for sign in (1, -1)}
        said = gains_and_costs(named)
        kind = "practical" if all(d.small for d in each.values()) else "certain"
        result.append(f"Compared with alignment, hedging {said}." if said else f"Hedging or alignment makes no {kind} difference.")
    shown, reference = labels_of(comparison), comparison.reference
    for measure in columns(comparison):
        if ahead := ahead_of(comparison, reference, measure):
            d, best = difference(comparison, ahead[0], reference, measure), best_of(comparison, comparison.strategies, measure)[0]
            most = "highest" if ahead[0] == best else "higher for certain"
            result.append(f"{capital(noun(measure))} is {most} with {shown[ahead[0]]}: {gains_short(measure, d)} against {shown[reference]}.")
        else:
            result.append(f"No strategy gains more {noun(measure)} than {shown[reference]} for certain and in practice.")
    return result if columns(comparison) else [*result, f"No strategy differs from {shown[reference]} for certain and in practice."]


def _moved(comparison: Comparison, change: Change) -> list[str]:
    """How the change moves the comparison: hedging against alignment, and who is best."""
    moved = {measure: against_alignment(change, comparison.families, measure) for measure in sorted(change.effects, key=lambda each: each in RETURNS)}
    each = {measure: d for measure, d in moved.items() if d is not None}
    for measure, d in each.items():  # the composite, the headline of a comparison with weights, comes first
        if d.counts:
            better, worse = ("hedging", "alignment") if d.mean > 0 else ("alignment", "hedging")
            return [f"The change is better for {better} than for {worse}, by {short(measure, d.mean)} of {noun(measure)}."]
    certain = "in practice" if all(d.small for d in each.values()) else "for certain"
    return [f"The change does not move the comparison of hedging and alignment {certain}."] if each else []


def _worlds(comparison: Comparison) -> str:
    """How many of the differences are certain, large enough to matter, or neither."""
    verdicts = comparison.paired[comparison.paired.strategy != comparison.reference].verdict.tolist()
    verdicts += [] if comparison.change is None else comparison.change.table.verdict.tolist()
    if not verdicts:
        return "one strategy alone was run; there is nothing to compare."
    if comparison.n_worlds == 1:
        return "one world alone was simulated, so that nothing can be said about chance."
    settled = np.mean([verdict != "open" for verdict in verdicts])
    mark = "high" if settled >= ROBUST else "medium" if settled > FAILED else "low"
    rest = "" if settled == 1 else "; the others need more worlds"
    return f"{mark}: {in_ten(float(settled), 'differences', len(verdicts))} are settled in {plural(comparison.n_worlds, 'world')}{rest}."


def _assumptions(each: Sequence[Contrast], assumptions: Assumptions | None) -> str:
    if assumptions is None:
        return "not checked (assumption_draws=0)."
    if not each:
        return "no difference here is certain and large enough to check."
    shares = [contrast.survival.share.value for contrast in each]
    held = sum(share >= ROBUST for share in shares)
    mark = "high" if held == len(shares) else "medium" if 2 * held >= len(shares) else "low"
    count = f"all {len(shares)}" if held == len(shares) > 1 else f"{held or 'none'} of {len(shares)}"
    return f"{mark}: {count} conclusions of the report hold in at least 8 of 10 draws of the assumed numbers."


def _other(each: Sequence[Contrast], assumptions: Assumptions | None) -> str:
    """The assumption that moves the weakest conclusion most, and the structures under which one does not hold; nothing is claimed that was not tried."""
    if assumptions is None or not each:
        return "Other values and structures were not tried, or nothing was certain enough to change."
    labels = parameter_labels()
    weakest = min(each, key=lambda contrast: contrast.survival.share.value)
    moved = [labels[assumptions.names[i]] for i, _ in weakest.survival.movers]
    parts = [f"Other values of {listed(moved)}: the conclusion on {noun(weakest.measure)} rests most on them."] if moved else []
    # What is not certain in the few worlds of this check, with nothing changed, cannot show what a structure does to it.
    checked = [contrast for contrast in each if contrast.fates[AS_IT_IS] == "holds"]
    parts += [text for fate in ("turns", "none", "open") for text in _under(checked, fate)]
    if len(checked) < len(each):
        open_ = list(dict.fromkeys(noun(contrast.measure) for contrast in each if contrast not in checked))
        parts.append(f"How a conclusion on {listed(open_)} fares with the model built otherwise is open: the check has too few worlds.")
    return " ".join(parts) or ("No number that was drawn stands out from chance in the weakest conclusion, and each conclusion holds with each part of the "
                               "model built otherwise, one at a time.")


def _under(checked: Sequence[Contrast], fate: Fate) -> list[str]:
    """The structures under which conclusions meet one fate, and which; nothing where none does."""
    names = list(dict.fromkeys(name for contrast in checked for name, its in contrast.fates.items() if its == fate))
    about = list(dict.fromkeys(noun(contrast.measure) for contrast in checked if fate in contrast.fates.values()))
    end = {"turns": "turns round", "none": "makes no practical difference", "open": "is not certain any more"}.get(fate, "holds")
    return [f"A world where {where(names)}: there some difference in {listed(about, 'or')} {end}."] if names else []
