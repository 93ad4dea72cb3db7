"""From indices to a run folder: tables, figures and page on which assumptions decide."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import run_folder
from experiments.analysis.intervals import Estimate, percentiles, picked, share_interval
from experiments.analysis.sensitivity import NARROW
from experiments.comparison import mean_interval
from experiments.figures import telling
from experiments.figures.analysis import indices as figure_of_indices
from experiments.figures.analysis import response as figure_of_responses
from experiments.figures.analysis import tornado as figure_of_ends
from experiments.figures.style import labels
from experiments.hypothesis import COMPOSITE
from experiments.outcome import label
from experiments.report import conclusions, phrases
from experiments.report.analysis_page import picture, render_analysis
from experiments.report.conclusions import Conclusion
from experiments.report.headline import Finding
from experiments.report.page import Picture
from experiments.report.tables import Table
from experiments.reporting import write_analysis
from experiments.runner import Work
from experiments.sensitivity import Asked, Found
from experiments.stopwatch import Stopwatch
from experiments.words import NARROW_SPACE, share, within
from sim.axes import Array
from sim.draws import stream

NAME = "sensitivity"
#: Inputs named in a sentence.
TOLD = 3
#: An elementary effect smaller than this share of the largest is told as none worth speaking of.
SMALL = 0.02


def report(asked: Asked, found: Found, works: Sequence[Work], watch: Stopwatch) -> Path:
    """Write tables, figures, page and manifest into a new run folder; prints the findings.

    Args:
        asked: What was asked for.
        found: What was found.
        works: The cells, those of the ends of ranges first.
        watch: Counts the time.

    Returns:
        The path of the page.

    Raises:
        OSError: Something cannot be written.
    """
    folder = run_folder.create(asked.job.run.results, NAME)
    with watch.on("statistics"):
        findings = _findings(asked, found)
        tables = [_indices_table(asked, found), _ends_table(asked, found), _screening_table(asked, found)]
    with watch.on("drawing"):
        pictures = _draw(asked, found, folder)
    with watch.on("writing"):
        page = render_analysis(
            title="Which assumptions decide?", command=asked.command, lead=_lead(asked, found), findings=findings, pictures=pictures,
            caveats=_caveats(asked, found), conclusions=_conclusions(asked, found), tables=tables,
            hashes={"settings": run_folder.settings_hash(asked.job.settings)})
    for finding in findings:
        print("\n  - ".join([f"{finding.about}. {finding.text}", *finding.parts]))
    job = replace(asked.job, points=works[0].points)
    return write_analysis(folder, frames(asked, found), page, [job], works[:1], works[1:], found.lost, asked.command, watch)


# ---- Words


def _outcome(asked: Asked) -> str:
    return f"{asked.one.name} less {asked.other.name}"


def _called(asked: Asked, measure: str) -> str:
    return f"{telling.scale_of(measure).label} advantage of {asked.one.name.replace('_', ' ')}"


def _told(measure: str, mean: float, low: float, high: float) -> str:
    """A difference with its interval, in the unit of the figures."""
    scale = telling.scale_of(measure)
    return f"{telling.interval(*(float(scale.difference(value)) for value in (low, mean, high)))} {scale.unit}"


def _labels(found: Found, rows: Sequence[int] | None = None) -> list[str]:
    names = found.inputs.names if rows is None else [found.inputs.names[i] for i in rows]
    return [label(name, found.inputs.known[name]) for name in names]


def _units(found: Found) -> list[str]:
    return [found.inputs.known[found.inputs.names[i]].unit for i in found.chosen]


def _at_defaults(found: Found, m: int) -> tuple[float, float, float]:
    mean, low, high = mean_interval(found.ends[m, 0])
    return float(mean), float(low), float(high)


def _ends(found: Found, m: int) -> tuple[Estimate, Estimate]:
    """The outcome at the low and the high end of each chosen input; intervals are those of the paired difference to the defaults, about the outcome."""
    base = found.ends[m, 0].mean()
    mean, low, high = mean_interval(found.ends[m, 1:] - found.ends[m, 0])
    both = Estimate(base + mean, base + low, base + high)
    return both[0::2], both[1::2]


def _levels(found: Found, m: int) -> tuple[Estimate, Estimate]:
    """The same with the intervals of the outcome itself."""
    both = Estimate(*mean_interval(found.ends[m, 1:]))
    return both[0::2], both[1::2]


def _lead(asked: Asked, found: Found) -> list[str]:
    settings = asked.job.settings
    measures = " and ".join(telling.scale_of(measure).label.lower() for measure in asked.measures)
    shown = labels(found.strategies)
    sides = "; ".join(f"{side.name}: {', '.join(shown[name] for name in side.members if name in found.strategies)}" for side in (asked.one, asked.other))
    return [
        f"What decides whether the best of {asked.one.name} beats the best of {asked.other.name} in {measures} return, "
        f"and which of the {len(found.inputs.names)} structural parameters hardly matter?",
        f"World {settings.world.name}, scenario {settings.scenario.name}, {settings.horizon} quarters. {sides}. At each point the best member is that with the "
        f"highest mean over worlds, sides at equal size. Screening: {asked.trajectories} trajectories; indices: {found.indices.rows[-1]:,} rows, "
        f"{len(found.chosen) + 2} points each; {asked.worlds} worlds at each point. Ends of ranges: {found.ends.shape[-1]} worlds. All points meet the "
        "same worlds."]


def _findings(asked: Asked, found: Found) -> list[Finding]:
    each = list(enumerate(asked.measures))
    return [
        Finding("How sure, three ways", f"The advantage, {_outcome(asked)}:", tuple(_three_ways(asked, found, m) for m, _ in each)),
        Finding("What decides", "Total Sobol indices, the share of the variance that would stay if all other inputs were known:",
                tuple(_decides(asked, found, m) for m, _ in each)),
        Finding("Alone or together", "How much goes back to inputs one by one:", tuple(_together(asked, found, m) for m, _ in each)),
        Finding("What turns the sign", "One input at an end of its range, all others at their defaults:", tuple(_signs(asked, found, m) for m, _ in each)),
        Finding("What was left out", _left_out(asked, found)),
        Finding("Convergence", _converged(asked, found)),
    ]


def _three_ways(asked: Asked, found: Found, m: int) -> str:
    measure = asked.measures[m]
    scale = telling.scale_of(measure)
    worlds, points = (np.asarray(scale.difference(np.quantile(values, (0.05, 0.95)))) for values in (found.ends[m, 0], found.everything[m]))
    ahead = share_interval(int((found.everything[m] > 0).sum()), found.everything.shape[1])
    return (f"{scale.label}: at the defaults {_told(measure, *_at_defaults(found, m))} (95 % interval of the mean). Worlds differ: nine tenths lie between "
            f"{telling.number(worlds[0])} and {telling.number(worlds[1])}. Assumptions differ: with all {len(found.inputs.names)} parameters drawn over their "
            f"ranges nine tenths of the means lie between {telling.number(points[0])} and {telling.number(points[1])}; "
            f"{share(ahead.value, ahead.low, ahead.high)} of them are above 0.")


def _decides(asked: Asked, found: Found, m: int) -> str:
    total, sure, names = found.indices.indices.total[m], found.indices.total[m], _labels(found, found.chosen)
    title = telling.scale_of(asked.measures[m]).label
    if found.indices.indices.constant[m]:
        return f"{title}: the advantage is the same at every point; nothing decides."
    first = np.argsort(-total.value, kind="stable")[:TOLD]
    told = [f"{names[i]} {_cell(total, int(i), 2)}{'' if sure[i] else ' (not converged)'}" for i in first]
    nothing = int((total.high < 0.05).sum())
    return f"{title}: {'; '.join(told)}. Of the {len(names)}, {nothing} {'has' if nothing == 1 else 'have'} a total index below .05, interval included."


def _together(asked: Asked, found: Found, m: int) -> str:
    first = found.indices.indices.first[m]
    title = telling.scale_of(asked.measures[m]).label
    alone = float(first.value.sum())
    rest = (f"what is missing to 1, {1 - alone:.2f}, comes from inputs that act through each other" if alone <= 1 else
            "more than 1 is no share of a variance: the rows are too few to tell")
    return f"{title}: the first indices add up to {alone:.2f}; {rest} (an estimate without interval)."


def _signs(asked: Asked, found: Found, m: int) -> str:
    measure = asked.measures[m]
    mean, low, high = _at_defaults(found, m)
    title = telling.scale_of(measure).label
    if not _sign(low, high):
        return f"{title}: at the defaults the interval contains 0, so there is no sign to turn."
    ends = [f"{name} at its {side} end ({_told(measure, float(part.value), float(part.low), float(part.high))})" for name, side, part in _turning(found, m)]
    words = f"the sign turns with {'; '.join(ends)}" if ends else "no input alone turns the sign"
    return f"{title}, {_told(measure, mean, low, high)} at the defaults: {words}."


def _sign(low: float, high: float) -> int:
    """+1 or -1 where the interval leaves 0 out, else 0."""
    return 1 if low > 0 else -1 if high < 0 else 0


def _turning(found: Found, m: int) -> list[tuple[str, str, Estimate]]:
    """At which ends of which inputs the sign is plainly another than at the defaults, with the outcome there."""
    _, *interval = _at_defaults(found, m)
    sign, names = _sign(*interval), _labels(found, found.chosen)
    return [(names[i], side, part[i]) for side, part in zip(("low", "high"), _levels(found, m), strict=True) for i in range(len(names))
            if sign and _sign(float(part.low[i]), float(part.high[i])) == -sign]


def _left_out(asked: Asked, found: Found) -> str:
    effects = found.screening.mu_star
    n, k = len(found.inputs.names), len(found.chosen)
    part_of_all = effects.value[:, found.chosen].sum(axis=1) / np.maximum(effects.value.sum(axis=1), 1e-300)
    kept = " and ".join(f"{share(each)} ({telling.scale_of(measure).label.lower()})" for each, measure in zip(part_of_all, asked.measures, strict=True))
    rest = [i for i in range(n) if i not in found.chosen]
    if not rest:
        return f"Nothing: all {n} parameters went on to the indices."
    weakest = effects.low[:, found.chosen].min(axis=1)
    near = sum(bool((effects.high[:, i] > weakest).any()) for i in rest)
    small = int((effects.high < SMALL * effects.value.max(axis=1, keepdims=True)).all(axis=0).sum())
    part = " and ".join(f"{_variance_share(asked, found, m)} ({telling.scale_of(measure).label.lower()})" for m, measure in enumerate(asked.measures))
    return (f"The screening ranked {n} parameters; the {k} that went on make up {kept} of the sum of all elementary effects (mu*). The other {len(rest)} stay "
            f"at their defaults, so the indices are shares of a variance without them: {part} of the variance when all {n} move at once. {near} of those "
            f"left out cannot be told apart from the weakest that went on; {small} of all {n} have effects below {share(SMALL)} of the largest, interval "
            "included, in every return.")


def _variance_share(asked: Asked, found: Found, m: int) -> str:
    """Variance over the inputs that went on, as a share of that over all, with a bootstrap interval over points."""
    rng = stream(asked.job.settings.seed, "variances", m)
    some, every = (np.var(values[picked(len(values), rng)], axis=1) for values in (found.outcome[m], found.everything[m]))
    part = percentiles(np.divide(some, every, out=np.zeros_like(some), where=every > 0), found.everything.shape[1])
    return share(part.value, part.low, part.high)


def _converged(asked: Asked, found: Found) -> str:
    names = _labels(found, found.chosen)
    open_ones = [f"{names[i]} ({kind}, {telling.scale_of(asked.measures[m]).label.lower()})"
                 for kind, sure in (("first", found.indices.first), ("total", found.indices.total)) for m, i in zip(*np.nonzero(~sure), strict=True)]
    n = 2 * len(asked.measures) * len(names)
    apart = float(np.abs(found.by_half[0] - found.by_half[1]).max())
    if open_ones:
        more = " …" if len(open_ones) > 6 else ""
        first = (f"{len(open_ones)} of {n} indices {'is' if len(open_ones) == 1 else 'are'} not converged and marked so: {', '.join(open_ones[:6])}{more}. "
                 "More rows (--rows) would tell.")
    else:
        first = (f"All {n} indices are converged: their intervals reach less than {NARROW:g} to either side, and those from half of the rows held what all "
                 "rows give.")
    return f"{first} With either half of the worlds alone no total index differs by more than {apart:.2f} between the halves."


def _conclusions(asked: Asked, found: Found) -> Table:
    """Who is ahead in each return, and how often that holds where all parameters move."""
    rows = []
    for m, measure in enumerate(asked.measures):
        mean, low, high = _at_defaults(found, m)
        sign, total = _sign(low, high), found.indices.indices.total[m]
        ahead = found.everything[m] > 0
        often = sign or (1 if ahead.mean() > 0.5 else -1)
        one, other = (name.replace("_", " ") for name in ((asked.one.name, asked.other.name)[::often]))
        text = f"{one} is ahead of {other}" if sign else f"{asked.one.name} and {asked.other.name} tie at the defaults, and elsewhere {one} is more often ahead"
        names = _labels(found, found.chosen)
        decides = [f"{within(names[i])}, total index {_cell(total, int(i), 2)}" for i in np.argsort(-total.value, kind="stable")[:2]]
        turned = [f"{within(name)} at its {side} end turns the sign" for name, side, _ in _turning(found, m)]
        n = int((often * found.everything[m] > 0).sum())
        rows.append(Conclusion(f"{telling.scale_of(measure).label}, sides at equal size: {text}; {_outcome(asked)} {_told(measure, mean, low, high)} at the "
                               "defaults", "; ".join([*decides, *turned]), share_interval(n, len(ahead))))
    return conclusions.table(rows, f"{found.everything.shape[1]} draws of all {len(found.inputs.names)} parameters")


def _caveats(asked: Asked, found: Found) -> list[str]:
    left = sorted({*asked.job.settings.strategies} - {*found.strategies})
    return [
        "Parameters vary evenly and independently over their plausible ranges: an index says what decides within these ranges, and wider ranges would give "
        "other indices. Data of the world other than growth and investment of the focal state stay, and so do numbers of strategies and policies; defaults "
        "are what this world, scenario and these policies set. Intervals of indices and elementary effects are over rows and trajectories, for the worlds "
        "used; intervals at the ends of ranges are over worlds; pale bands of the response curves hold nine tenths of the points, which more worlds do not "
        "shrink.",
        "A side counts with whichever member is best at each point, chosen on the worlds it is judged by: that flatters both sides a little.",
        *([f"Left out, because some of their cells failed: {', '.join(left)}."] if left else [])]


# ---- Figures


def _draw(asked: Asked, found: Found, folder: Path) -> list[Picture]:
    settings = asked.job.settings
    names = _labels(found, found.chosen)
    ends = [(telling.number(low), telling.number(high)) for low, high in found.inputs.ranges[:, found.chosen].T]
    x = found.sample
    world = f"{settings.world.name.replace('_', ' ').capitalize()} ({settings.focal}) · {settings.scenario.name.replace('_', ' ')}"
    pictures = []

    def draw(name: str, title: str, question: str, caption: str, alt: str, foot: str, plot: Callable[[Figure], list[Axes]]) -> None:
        pictures.append(picture(folder, f"{world} · {foot} · seed {settings.seed}", name, title, question, caption, alt, plot))

    outcomes = [telling.scale_of(measure).label for measure in asked.measures]
    rows = found.indices.rows[-1]
    draw("indices", f"What the advantage of {asked.one.name} depends on", "Which assumptions decide?",
            f"Share of the variance of the advantage ({_outcome(asked)}) over the plausible ranges of the {len(names)} strongest inputs, a variance between "
            "assumptions, not between worlds. First index: what knowing the input alone would take away. Total index: what would stay if all others were "
            "known; the difference is what it does through others. Lines: 95 % bootstrap intervals over rows of the "
            "design.", figure_of_indices.alt(names, found.indices, outcomes),
            f"{rows:,} rows × {asked.worlds} worlds",
            lambda figure: figure_of_indices.draw(figure, names, found.indices, outcomes))
    for m, measure in enumerate(asked.measures):
        scale, called = telling.scale_of(measure), _called(asked, measure)
        low, high = (_scaled(part, scale) for part in _ends(found, m))
        base = float(scale.difference(found.ends[m, 0].mean()))
        unit = scale.unit

        def tornado(figure: Figure, low: Estimate = low, high: Estimate = high, base: float = base, called: str = called, unit: str = unit) -> list[Axes]:
            return figure_of_ends.draw(figure, names, ends, low, high, base, called, unit)

        draw(f"tornado_{measure}", f"One assumption at a time: {scale.label.lower()}", f"What does each assumption alone change? {scale.label}",
                "The advantage when one input goes to either end of its plausible range and all others stay at their defaults. Lines: 95 % intervals of the "
                "change from the defaults on the same worlds; they shrink with more worlds. Numbers at the bars: the values of the input.",
                figure_of_ends.alt(names, low, high, base, called), f"{found.ends.shape[-1]} worlds", tornado)
        y = np.asarray(scale.difference(found.outcome[m]))

        def responses(figure: Figure, y: Array = y, unit: str = unit) -> list[Axes]:
            return figure_of_responses.draw(figure, x, y, names, _units(found), "Advantage", unit, zero=0.0)

        draw(f"response_{measure}", f"Along the assumptions that matter: {scale.label.lower()}", f"How does the advantage change along each? {scale.label}",
                f"Mean advantage in bins of equal count, over points at which all {len(names)} inputs are random. Dark band: 95 % interval of that mean over "
                "points. Pale band: nine tenths of the points, which is what the other inputs do. Spread across worlds is not in this figure: each point "
                "is a mean.",
                figure_of_responses.alt(x, y, names, called), f"{len(x):,} points × {asked.worlds} worlds", responses)
    return pictures


def _scaled(part: Estimate, scale: telling.Scale) -> Estimate:
    return Estimate(*(np.asarray(scale.difference(values)) for values in (part.value, part.low, part.high)))


# ---- Tables


def _cell(part: Estimate, i: int, digits: int) -> str:
    return f"{part.value[i]:.{digits}f} [{part.low[i]:.{digits}f},{NARROW_SPACE}{part.high[i]:.{digits}f}]".replace("-", "−")


def _indices_table(asked: Asked, found: Found) -> Table:
    names, rows = _labels(found, found.chosen), []
    for m, measure in enumerate(asked.measures):
        first, total = found.indices.indices.first[m], found.indices.indices.total[m]
        for i in np.argsort(-total.value, kind="stable"):
            steps = ", ".join(f"{step.total.value[m, i]:.2f}" for step in found.indices.steps).replace("-", "−")
            sure = found.indices.first[m, i] and found.indices.total[m, i]
            rows.append([names[i], telling.scale_of(measure).label, _cell(first, i, 2), _cell(total, i, 2), steps, "yes" if sure else "no",
                         ", ".join(f"{half[m, i]:.2f}" for half in found.by_half).replace("-", "−")])
    counts = ", ".join(f"{n:,}" for n in found.indices.rows)
    heads = ["input", "return", "first index", "total index", f"total from {counts} rows", "converged", "total from either half of the worlds"]
    return Table("Sobol indices", "95 % bootstrap intervals over rows.", heads, rows, frozenset({0, 1, 5}))


def _ends_table(asked: Asked, found: Found) -> Table:
    names, rows = _labels(found, found.chosen), []
    for m, measure in enumerate(asked.measures):
        scale = telling.scale_of(measure)
        low, high = (_scaled(part, scale) for part in _levels(found, m))
        for i in figure_of_ends.order(low, high, float(scale.difference(found.ends[m, 0].mean()))):
            ends = found.inputs.ranges[:, found.chosen[i]]
            rows.append([names[i], f"{scale.label}, {scale.unit}", telling.number(ends[0]), _cell(low, i, 3), telling.number(ends[1]), _cell(high, i, 3)])
    return Table("At the ends of the ranges", "The advantage with one input moved, and its 95 % interval over worlds.",
                 ["input", "return", "low end", "advantage there", "high end", "advantage there"], rows, frozenset({0, 1}))


def _screening_table(asked: Asked, found: Found) -> Table:
    names, rows, effects = _labels(found), [], found.screening
    scales = [telling.scale_of(measure) for measure in asked.measures]
    kinds = {"mu*": effects.mu_star, "mu": effects.mu, "sigma": effects.sigma}
    largest = np.maximum(effects.mu_star.value.max(axis=1, keepdims=True), 1e-300)
    for i in np.argsort(-(effects.mu_star.value / largest).max(axis=0), kind="stable"):
        cells = [_cell(_scaled(part[m], scale), int(i), 2 if measure != COMPOSITE else 3)
                 for m, (measure, scale) in enumerate(zip(asked.measures, scales, strict=True)) for part in kinds.values()]
        rows.append([names[i], "yes" if i in found.chosen else "", *cells])
    heads = [f"{kind}, {scale.label.lower()} ({scale.unit})" for scale in scales for kind in kinds]
    return Table("Screening: elementary effects of all parameters",
                 "Change of the advantage over the full range of the input: mean size (mu*), mean (mu), standard deviation (sigma, large where the effect "
                 "bends or depends on other inputs), with 95 % bootstrap intervals over trajectories.", ["input", "went on", *heads], rows, frozenset({0, 1}))


def frames(asked: Asked, found: Found) -> dict[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    names, chosen = found.inputs.names, [found.inputs.names[i] for i in found.chosen]
    screening, indices, ends = [], [], []
    for m, measure in enumerate(asked.measures):
        for i, name in enumerate(names):
            row: dict[str, object] = {"input": name, "measure": measure, "went_on": i in found.chosen}
            for kind in ("mu_star", "mu", "sigma"):
                row |= phrases.three(kind, getattr(found.screening, kind)[m], i)
            screening.append(row)
        for rows, step in zip(found.indices.rows, found.indices.steps, strict=True):
            for i, name in enumerate(chosen):
                last = rows == found.indices.rows[-1]
                indices.append({"input": name, "measure": measure, "rows": rows, **phrases.three("first", step.first[m], i),
                                **phrases.three("total", step.total[m], i),
                                "first_converged": bool(found.indices.first[m, i]) if last else None,
                                "total_converged": bool(found.indices.total[m, i]) if last else None})
        for i, name in enumerate(["", *np.repeat(chosen, 2)]):
            mean, low, high = mean_interval(found.ends[m, i])
            change = mean_interval(found.ends[m, i] - found.ends[m, 0])
            q05, q95 = np.quantile(found.ends[m, i], (0.05, 0.95))
            value = found.inputs.ranges[(i - 1) % 2, found.chosen[(i - 1) // 2]] if i else np.nan
            ends.append({"input": name or "defaults", "value": value, "measure": measure, "advantage": mean, "low": low, "high": high, "q05": q05, "q95": q95,
                         "change": change[0], "change_low": change[1], "change_high": change[2]})
    sample = pd.DataFrame(found.sample, columns=chosen).assign(**{measure: found.outcome[m] for m, measure in enumerate(asked.measures)})
    return {"screening": pd.DataFrame(screening), "indices": pd.DataFrame(indices), "ends": pd.DataFrame(ends),
            "sample": sample.rename_axis("point").reset_index()}
