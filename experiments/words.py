"""Words for messages that more than one command uses."""

from collections.abc import Iterable, Sequence
from typing import SupportsFloat

import numpy as np

#: Keeps the ends of an interval on one line of a table.
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
#: Of so many cases a sentence says how many they are; of more, about how many of 10.
FEW = 20
#: An interval whose half is at most this wide has no width but what rounding gives it.
ROUNDING = 1e-9


def within(label: str, unit: str = "-") -> str:
    """A label inside a sentence: its first letter becomes small unless it begins an abbreviation, and the unit follows."""
    text = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    return text if unit in ("-", "") else f"{text} ({unit})"


def share(value: SupportsFloat, *interval: SupportsFloat) -> str:
    """A share in percent, with its interval where one is given, such as "36 [33, 39] %"; where the ends are infinite there is none."""
    if not all(np.isfinite(float(end)) for end in interval):
        return f"{share(value)} [no interval]"
    ends = ", ".join(f"{100 * float(end):.0f}" for end in interval)
    return f"{100 * float(value):.0f}{f' [{ends}]' if ends else ''} %"


def in_ten(value: float, cases: str, n: int) -> str:
    """In what share of `n` cases something holds, in words, such as "9 of 10 worlds"; the count itself where there are few."""
    first, *rest = cases.split(" ")
    if value == 1:
        return f"all {cases}" if n > 1 else " ".join(["the only", first.removesuffix("s"), *rest])
    if value == 0:
        return f"none of the {cases}"
    if n <= FEW:
        return f"{round(n * value)} of {n} {cases}"
    tenths = round(10 * value)
    return f"{'nearly all' if tenths == 10 else 'hardly any' if tenths == 0 else f'{tenths} of 10'} {cases}"


def signed(value: float, digits: int, unit: str = "") -> str:
    """A number with its sign, such as "+1.20 %"; true zero has none."""
    return fixed(value, digits, sign=True) + unit


def fixed(value: float, decimals: int, *, sign: bool = False) -> str:
    """A number with that many decimals and a true minus sign; what rounds to 0 has no sign. `sign`: with a plus sign too."""
    text = f"{value:{'+' if sign else ''},.{decimals}f}"
    return (text.lstrip("+-") if float(text.replace(",", "")) == 0 else text).replace("-", "\N{MINUS SIGN}")


def number(value: float, digits: int = 2) -> str:
    """A number with that many significant digits (at least those before the point, at most four after) and a true minus sign."""
    if not np.isfinite(value):
        return "unknown"
    if 0 < abs(value) < 5e-5:
        return "almost 0"
    power = int(f"{value:.{digits - 1}e}".partition("e")[2])  # of the rounded number: .996 is 1.0
    return fixed(value, min(max(0, digits - 1 - power) if value else 0, 4))


def between(low: float, high: float, unit: str = "-") -> str:
    """A range in two digits, such as "−1.2 to 3.4 points"."""
    return f"{number(low)} to {number(high)}{'' if unit in ('-', '') else f' {unit}'}"


def sentence(parts: Iterable[str]) -> str:
    """Parts joined into one sentence."""
    return "; ".join(parts) + "."


def interval(low: float, mean: float, high: float, *, sign: bool = False) -> str:
    """A mean and its interval, such as "1.2 [1.0, 1.4]", as exact as the interval is narrow. `sign`: with plus signs too."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return f"{'+' if sign and mean > 0 else ''}{number(mean, 3)} [no interval]"
    decimals = decimals_of(low, high)
    text, *ends = (fixed(value, decimals, sign=sign) for value in (mean, low, high))
    return f"{text} [{', '.join(ends)}]"


def decimals_of(low: float, high: float) -> int:
    """Decimals that show how wide an interval is; enough of them that an end does not read as 0 where the interval excludes 0, at most 5."""
    half = (high - low) / 2
    decimals = int(np.clip(np.ceil(-np.log10(half)), 1 if half < 10 else 0, 5)) if half > ROUNDING else 2
    while decimals < 5 and low * high > 0 and not round(min(abs(low), abs(high)), decimals):
        decimals += 1
    return decimals


def listed(names: Sequence[str], word: str = "and") -> str:
    """Names in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}" if names else "none"


def some(names: Sequence[str], most: int = 3, between: str = ", ") -> str:
    """Names in a sentence; of more than so many the rest as a number, such as "a, b, c and 2 more"."""
    if len(names) <= most:
        return listed(names) if between == ", " else between.join(names)
    return f"{between.join(names[:most])}{between.rstrip(', ')} and {len(names) - most} more"


def quarter(start: str, after: int) -> str:
    """The quarter so many after another, such as "2034Q4"."""
    years, rest = divmod(int(start[5]) - 1 + after, 4)
    return f"{int(start[:4]) + years}Q{rest + 1}"


def plural(n: int, one: str) -> str:
    """A number of things, such as "1 world" or "1,024 strategies"."""
    several = {"hypothesis": "hypotheses", "process": "processes"}.get(one) or (f"{one[:-1]}ies" if one.endswith("gy") else f"{one}s")
    return f"{n:,} {one if n == 1 else several}"


def exact(value: float) -> str:
    """A number as it is written in the settings, with a true minus sign."""
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def capital(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
