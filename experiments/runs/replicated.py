"""Numbers that were made again beside those that were published: which are equal, which are near enough, which differ."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from experiments.runs.published import Number, Part

#: How far a number without an interval may be from the published one, as a share of it, where packages or machine are others.
RELATIVE = 1e-9
#: Columns without an interval that count draws: FINDINGS.md shows them in whole per cents.
COUNTED = {"better": 0.01}
_NUMBER = r"[+−-]?\d[\d,]*(?:\.\d+)?"
#: A number of a sentence with its interval, or alone.
_WITH_INTERVAL = re.compile(rf"({_NUMBER}) \[({_NUMBER})(?:, |–)({_NUMBER})\]|({_NUMBER})")


@dataclass(frozen=True)
class Outcome:
    """What became of a part.

    Attributes:
        equal: How many numbers and sentences are equal to the last digit.
        near: How many are within their tolerance.
        differ: The others, one line each: published and now.
    """

    equal: int
    near: int
    differ: tuple[str, ...]


def compared(part: Part, numbers: Sequence[Number], sentences: Sequence[str], exact: bool) -> Outcome:
    """Compare a part with what its command makes now.

    Args:
        part: As it was published.
        numbers: Numbers of the new run.
        sentences: Sentences of the new run.
        exact: Whether every digit must be the same: model, packages and machine are those of the publication.
    """
    now = {number.what: number for number in numbers}
    equal, close, differ = 0, 0, []
    for number in part.numbers:
        after = now.get(number.what)
        if after is not None and _same(number, after):
            equal += 1
        elif after is not None and not exact and near(number, after):
            close += 1
        else:
            differ.append(f"{number.what}: published {shown(number)}, now {'not there' if after is None else shown(after)}")
    for before, said in _paired(part.sentences, sentences):
        if before == said:
            equal += 1
        elif said is not None and not exact and near_in_words(before, said):
            close += 1
        else:
            differ.append(f"published: {before}\n  now: {said or 'not there'}")
    return Outcome(equal, close, tuple(differ))


def _paired(published: Sequence[str], now: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Each published sentence with the new one that has the same words, or else with the one in its place."""
    by_words: dict[str, list[str]] = {}
    for sentence in now:
        by_words.setdefault(_words(sentence), []).append(sentence)
    for place, sentence in enumerate(published):
        same_words = by_words.get(_words(sentence), [])
        yield sentence, same_words.pop(0) if same_words else now[place] if len(now) == len(published) else None


def _same(published: Number, now: Number) -> bool:
    return (published.value, published.low, published.high) == (now.value, now.low, now.high)


def near(published: Number, now: Number) -> bool:
    """Whether a number is near enough: within the published 95 % interval, or where it has none, nearly equal."""
    before, after = published.value, now.value
    if before is None or after is None or isinstance(before, str) or isinstance(after, str):
        return before == after
    if published.low is not None and published.high is not None:
        return published.low <= after <= published.high
    for column, most in COUNTED.items():
        if f": {column} (" in published.what:
            return abs(after - before) <= most
    return math.isclose(after, before, rel_tol=RELATIVE, abs_tol=1e-12)


def near_in_words(published: str, now: str) -> bool:
    """Whether two sentences have the same words, and numbers that are near: within the interval behind the number, or the same but for the last digit."""
    if _words(published) != _words(now):
        return False
    for before, after in zip(_WITH_INTERVAL.finditer(published), _WITH_INTERVAL.finditer(now), strict=True):
        last = max(_last_digit(text) for text in before.groups() if text)
        if before.group(4):
            if not after.group(4) or abs(_value(after.group(4)) - _value(before.group(4))) > 1.001 * last:
                return False
            continue
        if after.group(4):
            return False
        low, high = sorted((_value(before.group(2)), _value(before.group(3))))
        value, *ends = (_value(after.group(i)) for i in (1, 2, 3))
        room = (high - low) / 2 + last  # an interval is itself an estimate
        if not low - last <= value <= high + last or any(abs(end - was) > room for end, was in zip(sorted(ends), (low, high), strict=True)):
            return False
    return True


def _words(sentence: str) -> str:
    """A sentence with a mark in place of each number."""
    return re.sub(_NUMBER, "#", sentence)


def _value(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def _last_digit(text: str) -> float:
    """What the last digit of a number counts."""
    return float(10.0 ** -len(text.partition(".")[2]))


def shown(number: Number) -> str:
    """A number with all its digits, and its interval."""
    if number.value is None:
        return "none"
    ends = "" if number.low is None or number.high is None else f" [{number.low:.6g}, {number.high:.6g}]"
    return f"{number.value if isinstance(number.value, str) else repr(number.value)}{ends}"


def other(published: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """In what this environment differs from that of the publication, so that digits may."""
    words = {"code": "the model's source code", "instructions": "the processor's instructions"}
    return [words[name] if name in words else f"{name.replace('_', ' ')} {here.get(name, 'none')} (published with {value})"
            for name, value in published.items() if here.get(name) != value]


def quick(parts: Sequence[Part], seconds: float) -> list[str]:
    """Names of the parts, in their order, that take so many seconds altogether; a longer one is passed over."""
    names, left = [], seconds
    for part in parts:
        if part.seconds <= left:
            names.append(part.name)
            left -= part.seconds
    return names


def n_numbers(part: Part) -> int:
    """How many numbers a part has, in its tables and in its sentences; one with its interval is one."""
    return len(part.numbers) + sum(1 for sentence in part.sentences for _ in _WITH_INTERVAL.finditer(sentence))


def totals(outcome: Outcome) -> str:
    """What became of a part, in a line."""
    n = outcome.equal + outcome.near + len(outcome.differ)
    counts = {"equal": outcome.equal, "within tolerance": outcome.near, "differ": len(outcome.differ)}
    parts = ["all equal"] if outcome.equal == n else [f"{count:,} {name}" for name, count in counts.items() if count]
    return f"{n:,} numbers and sentences: {', '.join(parts)}"
