"""From imitation to words, tables and figures: which mix survives, is it stable, who could enter it, what does it rest on."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.analysis.decisions import NEAR
from experiments.analysis.evolution import WINDOW, drift, leaders, mean_of, shares_in, summed, window
from experiments.analysis.intervals import Estimate, share_interval
from experiments.config import Job
from experiments.figures import telling
from experiments.figures.analysis import adoption as figure_of_adoption
from experiments.figures.analysis import invasion as figure_of_invasion
from experiments.figures.analysis import mix as figure_of_mix
from experiments.figures.analysis import variants as figure_of_variants
from experiments.figures.style import family_label, labels, looks
from experiments.hypothesis import COMPOSITE
from experiments.imitation import MAIN, Found, bounded
from experiments.outcome import weights_of
from experiments.report import phrases
from experiments.report.analysis_page import picture
from experiments.report.conclusions import Conclusion
from experiments.report.headline import Finding
from experiments.report.page import Picture
from experiments.report.tables import Table
from experiments.words import NARROW_SPACE
from sim.axes import WORLD, Array

#: Strategies with a curve of their own; those tied with the largest that are named.
FOLLOWED, LISTED = 7, 6
QUARTER = "the last quarter of the generations"


# ---- Numbers that words, tables and figures share


def _families(found: Found) -> tuple[str, ...]:
    return tuple(found.asked.families.values())


def _populations(found: Found) -> Array:
    """Share of each strategy in each population of the main variant, shape (generations, strategies, populations)."""
    plays = found.main.plays
    return shares_in(plays, np.arange(plays.shape[WORLD]), len(found.asked.strategies))


def _spread(shares: Array) -> Array:
    """What lies between 5 and 95 % of the populations, shape (..., populations) to (2, ...)."""
    return np.quantile(shares, (0.05, 0.95), axis=WORLD)


def _by_cases(values: Array, found: Found) -> Array:
    """Values of populations, shape (..., populations), as means of independent cases: the same, but where populations share a mix."""
    replicas = found.asked.variants[MAIN].replicas
    return np.stack([values[..., replicas == case].mean(axis=WORLD) for case in range(replicas.max() + 1)], axis=-1)


def _above(shares: Array, level: Array | float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """What is surely above and surely below a level, all at once, shape (things, cases)."""
    part = mean_of(shares, len(shares))
    return np.flatnonzero(part.low > level), np.flatnonzero(part.high < level)


# ---- Words


def _share(part: Estimate, unit: str = " %") -> str:
    return f"{telling.interval(*(float(100 * end) for end in (part.low, part.value, part.high)))}{unit}"


def _shown(found: Found, rows: Sequence[int] | NDArray[np.intp]) -> str:
    shown = labels(found.asked.strategies)
    return phrases.listed([shown[found.asked.strategies[i]] for i in rows])


def _sorted(rows: NDArray[np.intp], by: Array) -> list[int]:
    return sorted((int(i) for i in rows), key=lambda i: -float(by[i]))


def findings(found: Found) -> list[Finding]:
    """What was found, in sentences made from the numbers; what is tied is called tied."""
    return [
        Finding("The mix that survives imitation", _mix(found), _family_parts(found)),
        Finding("Whether it is stable", _stable(found)),
        Finding("Who could enter it", _invaders(found)),
        Finding("What it rests on", "Mean shares of the same quarter, each variant alone against the main one; differences told where they are sure, all "
                "strategies of a variant at once:", _variants(found)),
        Finding("What imitation brings", _brings(found)),
        Finding("Near-duplicates among the strategies", _duplicates(found)),
    ]


def _mix(found: Found) -> str:
    asked, mix = found.asked, found.mix
    first, *tied = found.leaders
    above, below = _above(found.survivors, even := 1 / len(asked.strategies))
    next_ = f", surely more than any other ({_shown(found, [_second(mix)])} next)" if len(mix.value) > 1 else ""
    others = _shown(found, tied) if len(tied) <= LISTED else f"{len(tied)} others"
    ties = f", tied with {others}" if tied else next_
    largest = window(_populations(found)).max(axis=0)
    return (f"After {asked.generations} generations of the {asked.rule} rule, mean over {asked.populations:,} populations and {QUARTER}: most members play "
            f"{_shown(found, [first])}, {_share(mix[first])}{ties}. Surely more than its share in the even mix, {100 * even:.1f} %, has "
            f"{_shown(found, _sorted(above, mix.value))}; surely less {_shown(found, _sorted(below, mix.value))}. Populations differ: in the typical one the "
            f"most frequent strategy has {100 * float(np.median(largest)):.0f} % of members, in nine tenths of them between "
            f"{100 * float(np.quantile(largest, 0.05)):.0f} and {100 * float(np.quantile(largest, 0.95)):.0f} %.")


def _second(mix: Estimate) -> int:
    return int(np.argsort(-mix.value, kind="stable")[1])


def _family_parts(found: Found) -> tuple[str, ...]:
    own = _families(found)
    names, cases = summed(found.survivors, own, 0)
    if len(names) < 2:
        return ()
    mix, even = bounded(mean_of(cases)), np.array([own.count(name) / len(own) for name in names])
    above, below = _above(cases - even[:, None], 0.0)
    words = {**{int(i): "surely more" for i in above}, **{int(i): "surely less" for i in below}}
    return tuple(f"Family {family_label(names[i])}: {_share(mix[i])}, {words.get(i, 'neither surely more nor less')} than the {100 * even[i]:.0f} % that "
                 f"{own.count(names[i])} of {len(own)} strategies have in the even mix." for i in _sorted(np.arange(len(names)), mix.value))


def _stable(found: Found) -> str:
    moved = drift(found.main.shares)
    rising, falling = np.flatnonzero(moved.low > 0), np.flatnonzero(moved.high < 0)
    most = int(np.abs(moved.value).argmax())
    text = f"Largest change between the last two quarters: {_shown(found, [most])} {_share(moved[most], ' points')} (intervals of all strategies at once). "
    if len(rising) or len(falling):
        return text + f"It still moves: {_shown(found, _sorted(rising, moved.value))} surely rising, {_shown(found, _sorted(falling, -moved.value))} falling."
    return text + "No strategy surely rises or falls: the mean mix has settled as far as can be told, while each population goes on changing."


def _invaders(found: Found) -> str:
    invasion, measure = found.invasion, found.asked.measure
    gaining, losing = np.flatnonzero(invasion.gain.low > 0), np.flatnonzero(invasion.gain.high < 0)
    leading = np.flatnonzero(invasion.lead.low > 0)
    best = int(invasion.gain.value.argmax())
    text = ("In each final population one member, drawn at random, plays every strategy in turn, in the same new worlds; intervals of all strategies at "
            f"once. {_shown(found, [best])} brings it most more than its own: {phrases.told(measure, invasion.gain[best])}. ")
    if len(gaining):
        text += f"Surely better than what is played on average: {_shown(found, _sorted(gaining, invasion.gain.value))}: one who looks can still do better. "
    else:
        text += "No strategy is surely better than what is played on average: nobody can be shown to enter. "
    text += f"Surely worse: {_shown(found, _sorted(losing, invasion.gain.value))}. "
    return text + ("Imitation looks at what one has more than others, and so rewards harm to them too (Schaffer 1988): surely ahead of the others by it: "
                   f"{_shown(found, _sorted(leading, invasion.lead.value))}.")


def _variants(found: Found) -> tuple[str, ...]:
    told = []
    for name in found.courses:
        if name == MAIN:
            continue
        cases = window(found.courses[name].shares)
        mix, apart = bounded(mean_of(cases)), found.difference(name)
        first, *tied = leaders(cases)
        more, less = np.flatnonzero(apart.low > 0), np.flatnonzero(apart.high < 0)
        changed = _sorted(np.concatenate([more, less]), np.abs(apart.value))
        difference = (f"{len(changed)} of {len(apart.value)} strategies differ, most {_shown(found, changed[:1])} by {_share(apart[changed[0]], ' points')}"
                      if changed else "no strategy surely differs")
        ties = f" (tied with {len(tied)} other{'s' * (len(tied) > 1)})" if tied else ""
        told.append(f"{_variant(name)}: most {_shown(found, [first])} {_share(mix[first])}{ties}; {difference}.")
    return tuple(told)


def _variant(name: str) -> str:
    """The name of a variant at the beginning of a sentence, without the underscores of families and strategies."""
    return name[:1].upper() + name[1:].replace("_", " ")


def _brings(found: Found) -> str:
    measure, gains = found.asked.measure, _by_cases(found.main.gains.mean(axis=1), found)
    first, last = mean_of(gains[0]), mean_of(window(gains))
    apart = mean_of(window(_by_cases(found.cohesion - found.reference_cohesion, found)))
    word = "surely more" if apart.low > 0 else "surely less" if apart.high < 0 else "not surely other"
    change = mean_of(window(gains) - gains[0])
    better = "better" if change.low > 0 else "worse" if change.high < 0 else "neither surely better nor worse"
    reference = found.asked.job.run.reference
    return (f"All members together gain, against everybody playing {labels([reference])[reference]}, {phrases.told(measure, first)} on average in the even "
            f"mix of the first generation and {phrases.told(measure, last)} in {QUARTER}: imitation leaves them {better} off, by "
            f"{phrases.told(measure, change)}. Cohesion of ASEAN is {word} than where everybody plays the reference: by "
            f"{telling.interval(float(apart.low), float(apart.value), float(apart.high))}.")


def _duplicates(found: Found) -> str:
    alike = [group for group in found.duplicates if len(group) > 1]
    if not alike:
        return (f"No two strategies bring the invading member nearly the same in all five returns (nearer than {NEAR:.0%} of the usual distance between two of "
                "them), so none shares its place with a twin.")
    return (f"These bring the invading member nearly the same in all five returns (nearer than {NEAR:.0%} of the usual distance) and so share what they earn, "
            f"and the members who play it: {'; '.join(_shown(found, group) for group in alike)}. Their shares are best read together.")


def conclusions(found: Found) -> list[Conclusion]:
    """Which strategy and which family ends largest, and in how many variants."""
    shown, n = labels(found.asked.strategies), len(found.courses)
    strategy = found.leaders[0]
    holds = sum(strategy in leaders(window(course.shares)) for course in found.courses.values())
    names, shares = _variant_shares(found)
    family = sum(int(part.value.argmax()) == 0 for part in shares.values())
    tied = f", tied with {len(found.leaders) - 1} others" if len(found.leaders) > 1 else ""
    what = "the start, selection, mutation and rule of imitation"
    return [
        Conclusion(f"{shown[found.asked.strategies[strategy]]} ends with the largest share of members, {_share(found.mix[strategy])}{tied}; or is tied with "
                   "what does",
                   what, share_interval(holds, n)),
        Conclusion(f"{family_label(names[0])} is the family with the largest share of members (families are of unequal size)", what, share_interval(family, n))]


def caveats(found: Found) -> list[str]:
    """What the reader must know to read it."""
    asked, scale = found.asked, telling.scale_of(found.asked.measure)
    weights = ", ".join(f"{name} {weight:.2g}" for name, weight in weights_of(asked.job.run.payoff).items())
    composite = [f"Weights of the composite: {weights}, on the anchors of conf/payoff."] if asked.measure == COMPOSITE else []
    return [
        "A generation is the whole horizon played anew in new worlds; that members know one another's returns, copy whole strategies and revise all at once "
        "are assumptions, and so are selection and mutation, which is why they are varied. What a member gains is its return less what the same member has "
        "in the same worlds when everybody plays the reference: so size and place do not make a member worth copying, but how strongly a strategy acts on a "
        f"member still depends on the member. One standard deviation of gains, by which selection counts, is {float(scale.difference(found.scale)):.3g} "
        f"{scale.unit} in the first generation.",
        "With few members chance moves the mix as well as gains do: without selection every strategy would keep, on average, the share it began with, and "
        "mutation alone would bring the even mix. Surviving means having more than that. A family with many strategies has more of an even mix, and "
        "near-duplicates share what they earn; families are compared with their share of the library.",
        *composite]


# ---- Tables


def _cell(part: Estimate, digits: int, times: float = 100.0) -> str:
    low, value, high = (times * float(end) for end in (part.low, part.value, part.high))
    return f"{value:.{digits}f} [{low:.{digits}f},{NARROW_SPACE}{high:.{digits}f}]".replace("-", "−")


def tables(found: Found) -> list[Table]:
    """The figures in numbers."""
    asked, mix, moved, invasion = found.asked, found.mix, drift(found.main.shares), found.invasion
    shown, scale = labels(asked.strategies), telling.scale_of(asked.measure)
    low, high = _spread(window(_populations(found)))
    digits, times = (4, 1.0) if asked.measure == COMPOSITE else (2, 100.0)
    order = [int(i) for i in np.argsort(-mix.value, kind="stable")]
    strategies = [[shown[asked.strategies[i]], family_label(_families(found)[i]), _cell(mix[i], 1), f"{100 * low[i]:.0f} to {100 * high[i]:.0f}",
                   _cell(moved[i], 1), _cell(invasion.gain[i], digits, times), _cell(invasion.lead[i], digits, times), f"{invasion.better[i]:.0%}"]
                  for i in order]
    names, shares = _variant_shares(found)
    variants = [[_variant(name), *(_cell(shares[name][i], 1) for i in range(len(names)))] for name in found.courses]
    return [
        Table("Who survives imitation", f"Share of members in {QUARTER} with its 95 % interval, what lies between 5 and 95 % of populations, change since the "
              f"quarter before in points; what one member gains from entering with it and how much more than the others do, in {scale.unit}, intervals of all "
              "strategies at once; in how many populations it gains.",
              ["strategy", "family", "share, %", "5–95 %", "change", "gain on entering", "more than others", "gains in"], strategies, frozenset({0, 1})),
        Table("Families by variant", f"Share of members in {QUARTER}, %, with its 95 % interval. The main variant starts from the even mix with selection "
              f"{asked.selection:g} and mutation {asked.mutation:g}.", ["variant", *map(family_label, names)], variants, frozenset({0})),
    ]


def _variant_shares(found: Found) -> tuple[tuple[str, ...], dict[str, Estimate]]:
    """Families, the largest in the main variant first, and the share of each in every variant."""
    names, main = summed(found.survivors, _families(found), 0)
    order = np.argsort(-main.mean(axis=WORLD), kind="stable")
    return tuple(names[i] for i in order), {
        name: bounded(mean_of(summed(window(course.shares), _families(found), 0)[1][order])) for name, course in found.courses.items()}


def frames(found: Found) -> dict[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    asked = found.asked
    adopted, spread = bounded(mean_of(found.main.shares)), _spread(_populations(found))
    end, moved = _spread(window(_populations(found))), drift(found.main.shares)
    by_family = summed(found.main.shares, _families(found), 1)
    families, family_spread = bounded(mean_of(by_family[1])), _spread(summed(_populations(found), _families(found), 1)[1])
    rows = [{"generation": g + 1, "kind": kind, "name": name, **phrases.three("share", part, (g, i)), "q05": ends[0, g, i], "q95": ends[1, g, i]}
            for kind, names, part, ends in (("strategy", asked.strategies, adopted, spread), ("family", by_family[0], families, family_spread))
            for i, name in enumerate(names) for g in range(asked.generations)]
    mix = [{"strategy": name, "family": asked.families[name], **phrases.three("share", found.mix, i), "q05": end[0, i], "q95": end[1, i],
            "largest_or_tied": i in found.leaders, **phrases.three("change", moved, i), **phrases.three("gain_on_entering", found.invasion.gain, i),
            **phrases.three("more_than_others", found.invasion.lead, i), "gains_in": found.invasion.better[i],
            "near_duplicates": next(n for n, group in enumerate(found.duplicates) if i in group)} for i, name in enumerate(asked.strategies)]
    variants = []
    for name, course in found.courses.items():
        variant, part, apart = asked.variants[name], bounded(mean_of(window(course.shares))), found.difference(name)
        variants += [{"variant": name, "rule": variant.rule, "selection": variant.selection, "mutation": variant.mutation, "populations": variant.populations,
                      "strategy": strategy, **phrases.three("share", part, i), **phrases.three("less_main", apart, i)}
                      for i, strategy in enumerate(asked.strategies)]
    return {"adoption": pd.DataFrame(rows), "mix": pd.DataFrame(mix), "variants": pd.DataFrame(variants), "generations": _along(found)}


def _along(found: Found) -> pd.DataFrame:
    """Mean gain of all members and cohesion, by generation."""
    columns: dict[str, object] = {"generation": np.arange(1, found.asked.generations + 1)}
    for name, values in (("gain", found.main.gains.mean(axis=1)), ("cohesion", found.cohesion), ("reference_cohesion", found.reference_cohesion)):
        part, (low, high) = mean_of(_by_cases(values, found)), _spread(values)
        columns |= {name: part.value, f"{name}_low": part.low, f"{name}_high": part.high, f"{name}_q05": low, f"{name}_q95": high}
    return pd.DataFrame(columns)


# ---- Figures


def pictures(found: Found, job: Job, folder: Path) -> list[Picture]:
    """Draw every figure into `folder/figures`.

    Raises:
        OSError: One cannot be written.
    """
    asked, settings = found.asked, job.settings
    shown = labels([job.run.reference])[job.run.reference]
    foot = (f"{settings.world.name.replace('_', ' ').capitalize()} · {settings.scenario.name.replace('_', ' ')} · reference {shown} · {asked.rule} rule, "
            f"selection {asked.selection:g}, mutation {asked.mutation:g} · {asked.populations:,} populations × {asked.generations} generations × "
            f"{settings.horizon} quarters · seed {settings.seed}")
    made = []

    def draw(name: str, title: str, question: str, caption: str, alt: str, plot: Callable[[Figure], list[Axes]]) -> None:
        made.append(picture(folder, foot, name, title, question, caption, alt, plot))

    followed, rest, families = _curves(found)
    gain, cohesion, reference = (mean_of(_by_cases(values, found)) for values in (
        found.main.gains.mean(axis=1), found.cohesion, found.reference_cohesion))
    draw("adoption", "What members copy", "Which strategies spread when members copy what paid, and what does that bring?",
            f"Share of members over generations, mean over populations, with its 95 % interval; the {len(followed)} strategies with the largest share in the "
            "end, the others together. How much populations differ is in the next figure. Gain: against everybody playing the reference, in the same worlds.",
            figure_of_adoption.alt(followed, families, gain, cohesion, asked.measure),
            lambda figure: figure_of_adoption.draw(figure, followed, rest, looks(asked.families), families, 1 / len(asked.strategies), gain, cohesion,
                                                   reference, asked.measure, shown))
    draw("survivors", "The mix that survives", "Which strategies are left, how much do populations differ, and does it still move?",
            f"Share of members in the last {WINDOW:.0%} of the generations. The thick line shrinks with more populations, the pale bar does not. Changes with "
            "intervals that hold for all strategies at once: where they contain 0, nothing surely moves.",
            figure_of_mix.alt(asked.strategies, found.mix),
            lambda figure: figure_of_mix.draw(figure, asked.strategies, asked.families, job.run.reference, found.mix, _spread(window(_populations(found))),
                                              drift(found.main.shares)))
    draw("invasion", "Who could enter", "What would one member gain by playing another strategy than it does?",
            "In each final population one member, drawn at random, plays every strategy in turn in the same worlds; differences to what it plays. At the left "
            "what it gains itself: right of 0 it has a reason to change. At the right less what the others gain by it: right of 0 it will be copied.",
            figure_of_invasion.alt(asked.strategies, found.invasion.gain, asked.measure),
            lambda figure: figure_of_invasion.draw(figure, asked.strategies, asked.families, job.run.reference, found.invasion.gain, found.invasion.lead,
                                                   asked.measure))
    names, shares = _variant_shares(found)
    called, values = [_variant(name) for name in found.courses], np.stack([part.value for part in shares.values()])
    draw("variants", "What it rests on", "Does the mix depend on the start, on selection, on mutation, on the rule?",
            "Mean over populations; intervals are in the table. All variants meet the same worlds and chances.",
            figure_of_variants.alt(called, names, values), lambda figure: figure_of_variants.draw(figure, called, names, values))
    return made


def _curves(found: Found) -> tuple[dict[str, Estimate], Estimate | None, dict[str, Estimate]]:
    """Shares over generations: of the strategies with the largest share in the end, of the rest together, of families."""
    shares = found.main.shares
    order = [int(i) for i in np.argsort(-found.mix.value, kind="stable")]
    followed = order[:FOLLOWED] if len(order) > FOLLOWED + 1 else order
    rest = [i for i in order if i not in followed]
    names, sums = summed(shares, _families(found), 1)
    families = {name: bounded(mean_of(sums[:, names.index(name)])) for name in _variant_shares(found)[0]}
    return ({found.asked.strategies[i]: bounded(mean_of(shares[:, i])) for i in followed},
            bounded(mean_of(shares[:, rest].sum(axis=1))) if rest else None, families)
