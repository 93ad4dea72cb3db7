"""From verdicts on patterns to words."""

from collections.abc import Sequence

from experiments.analyses.patterns.result import IN_PART, NOT, REPRODUCED, Shown
from experiments.report.parts import Conclusion, Finding
from experiments.words import interval, listed, number, plural

#: What is expected of each kind of pattern.
ROLES = {"fitted": "fitted", "held_out": "held out"}


def value_text(shown: Shown) -> str:
    """What the model shows, with its interval where there is one."""
    value = shown.value
    if shown.n_worlds < 2:
        return number(float(value.value), 3)
    return interval(float(value.low), float(value.value), float(value.high))


def expected_text(shown: Shown) -> str:
    """The expected range."""
    low, high = shown.pattern.expected
    return number(low, 3) if low == high else f"{number(low, 3)} to {number(high, 3)}"


def counted(result: Sequence[Shown], verdict: str, role: str | None = None) -> list[Shown]:
    """Patterns of a verdict, and of a role."""
    return [each for each in result if each.verdict == verdict and role in (None, each.pattern.role)]


def headline(result: Sequence[Shown]) -> str:
    """How many are reproduced."""
    n, good, part = len(result), len(counted(result, REPRODUCED)), len(counted(result, IN_PART))
    return f"{good} of {plural(n, 'pattern')} {'is' if 1 in (good, n) else 'are'} reproduced{f', {part} in part' if part else ''}"


def lead(result: Sequence[Shown]) -> list[str]:
    """The question, and how it is decided."""
    return ["Which facts about the world does the model show?",
            "Each pattern is a published fact, measured in runs of its own. It is reproduced where the model's mean lies in the expected range, and in part "
            "where it lies within the tolerance of it. Fitted: a number of the model was chosen with this fact in sight. Held out: none was."]


def findings(result: Sequence[Shown], failed: Sequence[str]) -> list[Finding]:
    """The findings, each a headline with its patterns."""
    held = [each for each in result if each.pattern.role == "held_out"]
    good = counted(result, REPRODUCED, "held_out")
    made = [Finding(headline(result), f"Of the {plural(len(held), 'pattern')} that no number was chosen by, {len(good)} {'is' if len(good) == 1 else 'are'} "
                                      "reproduced." if held else "All were in sight when numbers were chosen.")]
    for verdict, about in ((NOT, "Not reproduced"), (IN_PART, "Reproduced in part"), (REPRODUCED, "Reproduced")):
        if some := counted(result, verdict):
            made.append(Finding(f"{about}: {len(some)}", "What the model shows, and the expected range:", tuple(
                f"{each.pattern.statement} Model {value_text(each)}, expected {expected_text(each)}; {ROLES[each.pattern.role]}." for each in some)))
    if failed:
        made.append(Finding("Without a result", f"Some cells of {listed(list(failed))} failed; the same command tries them again."))
    return made


def conclusions(result: Sequence[Shown]) -> list[Conclusion]:
    """None: a verdict on a pattern has no share of draws in which it survives."""
    return []
