"""Overrides with several values: the values, as text that can be given back."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from experiments.configuration.errors import ConfigError
from experiments.messages import printable

#: The key whose values are replicates, not points.
SEED = "seed"
#: Jobs of one sweep.
MOST_JOBS = 10_000


def in_range(text: str, swept: Any) -> list[str]:
    """The numbers of a range, parsed by Hydra, with the decimals meant: range(-0.3,0.4,0.1) holds 0 and not what adding 0.1 in binary leaves.

    Raises:
        ConfigError: There are none, or more than a sweep may have jobs.
    """
    if not all(map(math.isfinite, (swept.start, swept.stop, swept.step))):
        raise ConfigError([f"override {text}: a range needs finite numbers"])
    start, stop, step = (Decimal(repr(number)) for number in (swept.start, swept.stop, swept.step))
    if not step:
        raise ConfigError([f"override {text}: a range needs a step other than 0"])
    count = max(0, math.ceil((stop - start) / step))
    if not count:
        raise ConfigError([f"override {text}: the range is empty"])
    if count > MOST_JOBS:
        raise ConfigError([f"override {text}: {count:,} values; at most {MOST_JOBS:,}. Numbers are swept faster inside a job: design=grid"])
    return [format((start + i * step).normalize() + 0, "f") for i in range(count)]


def as_text(value: Any) -> str:
    """A value of a file as tables and reports have it."""
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def given_twice(values: Sequence[str]) -> str | None:
    """The first of some values that is there before, as a number where it is one."""
    numbers = [as_number(value) for value in values]
    return next((value for i, value in enumerate(values) if numbers[i] in numbers[:i]), None)


def as_number(text: str) -> int | float | str:
    """The number that a text is, whole numbers whole, or the text."""
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if text.isascii() and "_" not in text and math.isfinite(number):
            return number
    return text


def either(values: Sequence[object], most: int = 6) -> str:
    """Distinct values in a line, such as "20 or 40"; of many the first and the last."""
    texts = list(dict.fromkeys(printable(str(value)) for value in values))
    return " or ".join(texts) if len(texts) <= most else f"{texts[0]} to {texts[-1]} ({len(texts):,})"


def differing(varied: Sequence[Mapping[str, str]], most: int = 6) -> str:
    """In what the jobs of a sweep differ, such as "scenario=calm,cold_war"; of many values the first and the last."""
    parts = []
    for key in varied[0]:
        values = [printable(value) for value in dict.fromkeys(each[key] for each in varied)]
        shown = ",".join(values if len(values) <= most else [*values[:2], "…", values[-1]])
        parts.append(f"{key}={shown}{f' ({len(values):,} values)' if len(values) > most else ''}")
    return "; ".join(parts)
