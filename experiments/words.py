"""Words for messages that more than one command uses."""

import difflib
from collections.abc import Iterable
from typing import SupportsFloat

#: So many names are listed where none is near.
LISTED = 12

#: Keeps the ends of an interval on one line of a table.
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"

#: So many characters of a value are shown.
SHOWN = 80


def unknown(name: str, known: Iterable[str], what: str = "key") -> str:
    """The message for an unknown key or name, with the nearest known one."""
    names, name = list(known), name[:200]  # nothing known is longer, and likeness takes quadratic time
    near = [known for known in names if known.lower() == name.lower()] or _nearest(name, names)
    if not near and "." in name:
        last = {key.rsplit(".", 1)[-1]: key for key in names}
        near = [last[match] for match in _nearest(name.rsplit(".", 1)[-1], list(last))]
    more = f" and {len(names) - LISTED} more (see --help)" if len(names) > LISTED else ""
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names[:LISTED])}{more}" if names else ""
    return f"unknown {what} {shortened(name)}{hint}"


def _nearest(name: str, names: list[str]) -> list[str]:
    # The same answer either way: most names that are no near ones are told apart sooner when only very near ones count.
    return difflib.get_close_matches(name, names, n=1, cutoff=0.9) or difflib.get_close_matches(name, names, n=1, cutoff=0.5)


def shortened(value: object) -> str:
    """A value in a message: as Python writes it, and no longer than a line."""
    return printable(repr(value))


def printable(text: str, longest: int = SHOWN) -> str:
    """Text that can neither steer a terminal nor fill it."""
    whole = text if text.isprintable() else repr(text)[1:-1]
    return whole if len(whole) <= longest else f"{whole[:longest]}…"


def within(label: str, unit: str = "-") -> str:
    """A label within a sentence: a first capital that is no abbreviation becomes small, and the unit follows."""
    text = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    return text if unit in ("-", "") else f"{text} ({unit})"


def share(value: SupportsFloat, *interval: SupportsFloat) -> str:
    """A share in percent, with its interval where one is given, such as "36 % [33, 39]"."""
    ends = ", ".join(f"{100 * float(end):.0f}" for end in interval)
    return f"{100 * float(value):.0f} %{f' [{ends}]' if ends else ''}"


def signed(value: float, digits: int, unit: str = "") -> str:
    """A number with its sign, such as "+1.20 %"; true zero has none."""
    text = f"{value:+.{digits}f}"
    return (text.lstrip("+-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")) + unit
