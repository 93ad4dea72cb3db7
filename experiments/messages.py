"""Foreign text in messages: shortened, printable, with the nearest known name."""

import codecs
import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

#: How many names are listed where none is near.
LISTED = 12

#: How many characters of a value are shown.
SHOWN = 80

#: Kinds of characters, as Unicode calls them, that turn the order in which others are shown.
TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def unknown(name: object, known: Iterable[str], what: str = "key", labels: Mapping[str, str] = MappingProxyType({}), where: str = "") -> str:
    """The message for an unknown key or name, with the nearest known one.

    Args:
        name: What was given.
        known: What there is.
        what: What it would be, in a word.
        labels: Labels of names, which stand beside them.
        where: Where there is no such name, such as a world; empty: nowhere.
    """
    names, name = list(known), str(name)[:200]  # known names are shorter, and comparing takes quadratic time
    near = [known for known in names if known.lower() == name.lower()] or _nearest(name, names)
    if not near and "." in name:
        last = {key.rsplit(".", 1)[-1]: key for key in names}
        near = [last[match] for match in _nearest(name.rsplit(".", 1)[-1], list(last))]
    if not near:
        near = [code for code, label in labels.items() if _nearest(name, [label])][:1]
    shown = [f"{name} ({labels[name]})" if labels.get(name) else name for name in names[:LISTED]]
    more = f" and {len(names) - LISTED} more (see --help)" if len(names) > LISTED else ""
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(shown)}{more}" if names else ""
    return f"unknown {what} {shortened(name)}{f' in {printable(where)}' if where else ''}{hint}"


def _nearest(name: str, names: list[str]) -> list[str]:
    # The first pass alone is fast and finds most; the second one gives the same answer for those.
    return difflib.get_close_matches(name, names, n=1, cutoff=0.9) or difflib.get_close_matches(name, names, n=1, cutoff=0.5)


def shortened(value: object) -> str:
    """A value in a message: as Python writes it, and no longer than a line."""
    return printable(repr(value[:SHOWN + 1] if isinstance(value, str) else value))


def printable(text: str, longest: int = SHOWN) -> str:
    """Foreign text as it may stand in a message, a report or a header: it can neither steer a terminal, nor turn the order of signs, nor fill the screen."""
    begin = text[:longest + 1]  # text may be as long as a file
    whole = begin if begin.isprintable() else repr(begin)[1:-1]
    return whole if len(whole) <= longest else f"{whole[:longest]}…"


def steering(text: str) -> str | None:
    """The first character that can steer a terminal or turn the order of signs, such as ESC, NUL or U+202E; None where there is none.

    Line breaks, tabs and the marks that scripts need between letters are none.
    """
    return None if text.isprintable() else next(filter(_steers, text), None)


def trouble(sign: str) -> str:
    """Such a character in words: which it is and what it does."""
    kinds = {"Cs": "is half of a character", "Zl": "breaks the line", "Zp": "breaks the line"}
    does = "turns the order of signs" if unicodedata.bidirectional(sign) in TURNING else kinds.get(unicodedata.category(sign), "can steer a terminal")
    return f"U+{ord(sign):04X}, which {does}; remove it"


def _steers(sign: str) -> bool:
    return sign not in "\n\t" and (unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(sign) in TURNING)


#: What stands for a sign that a terminal cannot show.
_INSTEAD = {"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{EM DASH}": "-", "\N{MULTIPLICATION SIGN}": "x", "\N{MIDDLE DOT}": ".", "\N{PLUS-MINUS SIGN}": "+/-",
            "\N{SQUARE ROOT}": "sqrt", "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"', "\N{LEFT SINGLE QUOTATION MARK}": "'",
            "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">=", "\N{RIGHTWARDS ARROW}": "->",
            "\N{ZERO WIDTH NO-BREAK SPACE}": " ", "\N{ALMOST EQUAL TO}": "~", "\N{DEGREE SIGN}": " deg", "\N{BULLET}": "*",
            "\N{BLACK CIRCLE}": "*", "\N{WHITE CIRCLE}": "o"}


def _readable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start:error.end]
    return "".join(_INSTEAD.get(sign) or unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?" for sign in signs), error.end


#: Error handler of an output stream: a sign that its encoding lacks is written with the letters and signs of ASCII.
READABLE = "experiments.readable"
codecs.register_error(READABLE, _readable)
