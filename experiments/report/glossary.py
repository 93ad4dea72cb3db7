"""The words that a report explains: each where a section uses it first, to a reader who points at it, and all in one list."""

import re

from markupsafe import escape

from experiments.names import filled
from sim.payoffs import MEASURES, RETURNS

#: Where the list of the words that a page uses is put.
LIST = '<dl class="words"></dl>'
#: Terms and what they mean, as the field uses them.
TERMS = {
    "95 % interval": "A range made so that in 95 of 100 repetitions it holds the mean over all worlds. It becomes narrower with more worlds.",
    "size-adjusted": "A family with many strategies would look good by chance: each side counts with as many members, drawn at random, as the smaller has.",
    "points": "A point is 0.01 on the scale on which a return is measured.",
    "CVaR": "Conditional value at risk: the mean of the worst tenth of worlds.",
    "worst tenth": "The tenth of worlds in which the return is lowest.",
    "reference": "The strategy with which all others are compared, on the same worlds.",
    "family": "A label for strategies that want the same. It changes no number; what a strategy really did is measured.",
    "hedging index": "The smaller engagement over the larger in each domain: 0 for one partner only, 1 for both alike.",
    "lean": "The mean size of the tilt to one side.",
    "tilt": "How far a state opens more to one power than to the other: +1 all to the first, −1 all to the second.",
    "leverage": "The share of income that a power holds in its hand: trade, capital in place, and debt that can be turned against the state.",
    "rivalry": "How strongly the two powers compete; each world draws its own path.",
    "backlash": "Trust and alignment that a power loses when it uses pressure.",
    "rank correlation": "How closely two things rise together, by their order: +1 always together, −1 always opposite, 0 no link.",
    "draws of the assumptions": "All numbers that are assumptions are drawn again over their plausible ranges, and the strategies compared again.",
    "grade C": "A number that is an assumption; A is measured, B is inferred from measured ones.",
    "weightings": "Ways to weigh the returns against each other, all equally likely.",
    "Pareto front": "The strategies that gain in one return only by giving up another.",
    "break-even": "The value at which two sides gain the same.",
    "regret": "How far a strategy falls short of the best one under the same conditions.",
    "bootstrap": "An interval found by drawing the worlds again, with repetition.",
    "Latin hypercube": "A way to draw many numbers at once that covers the range of each evenly.",
    "coverage": "The share of all failures that lie inside a box.",
    "density": "The share of futures inside a box that are failures.",
    "skill": "How much smaller the mean square error is than that of a simple forecast: 1: no error; 0: no better; below 0: worse.",
    "the constant": "A forecast that needs no model: the mean of the training years; of amounts that grow that of their logarithms.",
    "training years": "The years that the model is fitted to; test years are later and were used for nothing else.",
    "prior": "The ranges from which numbers are drawn before anything is observed.",
    "future": "A draw of structural parameters, rivalry and policies.",
    "quarter": "Three months, the step of the model.",
}
#: How a term is recognised that means something else elsewhere: a sweep has points of its own.
_RECOGNISED = {"points": "points(?= of )"}
#: What is not looked at: names, code, figures, links, and words explained already.
_SKIPPED = ("svg", "style", "pre", "code", "title", "nav", "abbr", "h1", "h2", "h3", "b", "dl")
_PIECE = re.compile(r"<(/?)(\w+)[^>]*>|[^<]+")


def terms() -> dict[str, str]:
    """Every term with what it means, the returns among them."""
    returns = {MEASURES[name].label: f"{MEASURES[name].meaning} ({MEASURES[name].unit})." for name in RETURNS}
    return {**TERMS, **{filled(label): filled(text) for label, text in returns.items()}}


def explained(page: str) -> str:
    """A page in which a term carries its meaning where a section uses it first, and whose list holds the terms that it uses.

    Args:
        page: HTML in which all foreign text is escaped.
    """
    meanings = {term.lower(): (term, text) for term, text in terms().items()}
    wanted = "|".join(_RECOGNISED.get(term, re.escape(term)) for term in sorted(meanings, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])({wanted})(?![\w-])", re.IGNORECASE)
    seen: set[str] = set()
    used: set[str] = set()
    inside: list[str] = []

    def mark(match: re.Match[str]) -> str:
        term = match[0].lower()
        used.add(term)
        if term in seen:
            return match[0]
        seen.add(term)
        return f'<abbr title="{escape(meanings[term][1])}">{match[0]}</abbr>'

    def piece(match: re.Match[str]) -> str:
        closes, tag = match[1], match[2]
        if tag is None:
            return match[0] if inside else pattern.sub(mark, match[0])
        if tag == "details" and not closes:
            seen.clear()
        if tag in _SKIPPED and not inside and not closes:
            inside.append(tag)
        elif inside and tag == inside[-1]:
            inside.append(tag) if not closes else inside.pop()
        return match[0]

    marked = _PIECE.sub(piece, page)
    rows = (f"<dt>{escape(term)}</dt> <dd>{escape(text)}</dd>" for key, (term, text) in sorted(meanings.items()) if key in used)
    return marked.replace(LIST, LIST.replace("><", f">\n{chr(10).join(rows)}\n<"), 1)
