"""Words for messages that more than one command uses."""

import difflib
from collections.abc import Iterable

#: So many names are listed where none is near.
LISTED = 12


def unknown(name: str, known: Iterable[str], what: str = "key") -> str:
    """The message for an unknown key or name, with the nearest known one."""
    names = list(known)
    near = [known for known in names if known.lower() == name.lower()] or difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if not near and "." in name:
        last = {key.rsplit(".", 1)[-1]: key for key in names}
        near = [last[match] for match in difflib.get_close_matches(name.rsplit(".", 1)[-1], list(last), n=1, cutoff=0.5)]
    more = f" and {len(names) - LISTED} more (see --help)" if len(names) > LISTED else ""
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(names[:LISTED])}{more}" if names else ""
    return f"unknown {what} {name!r}{hint}"


def signed(value: float, digits: int, unit: str = "") -> str:
    """A number with its sign, such as "+1.20 %"; true zero has none."""
    text = f"{value:+.{digits}f}"
    return (text.lstrip("+-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")) + unit
