"""From decisions to a run folder: tables, figures and page on which strategy is good whatever comes, and where one fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import run_folder
from experiments.analysis.decisions import NEAR, Mask, over_worlds
from experiments.analysis.intervals import Estimate, share_difference, share_interval
from experiments.comparison import mean_interval
from experiments.config import Job
from experiments.figures import dominance as figure_of_weights
from experiments.figures import save, telling
from experiments.figures.analysis import boxes as figure_of_boxes
from experiments.figures.analysis import break_even as figure_of_evens
from experiments.figures.analysis import regret_bars as figure_of_regret
from experiments.figures.style import family_label, labels
from experiments.figures.sweeps import SWEEP_FIGURES
from experiments.figures.sweeps.along import told_break_even
from experiments.figures.sweeps.cells import level_label
from experiments.hypothesis import COMPOSITE
from experiments.outcome import advantage, best_of_team, weights_of
from experiments.report import conclusions, phrases
from experiments.report.analysis_page import picture, render_analysis
from experiments.report.conclusions import Conclusion, moved_by
from experiments.report.headline import Finding
from experiments.report.page import Picture
from experiments.report.tables import Table
from experiments.reporting import context_of, write_analysis
from experiments.robustness import LARGE, LENS, N_WEIGHTS, RIVALRY, WORTH, Asked, Found, Weights
from experiments.runner import Work
from experiments.stopwatch import Stopwatch
from experiments.sweep import Sweep, at_level, break_even, paired
from experiments.words import share, within
from sim.axes import WORLD, Array

NAME = "robustness"
#: A dominance that fewer resamples show is not told.
SURE = 0.95


def report(asked: Asked, found: Found, jobs: Sequence[Job], works: Sequence[Work], watch: Stopwatch) -> Path:
    """Write tables, figures, page and manifest into a new run folder; prints the findings.

    Args:
        asked: What was asked for.
        found: What was found.
        jobs: The futures, then the grid of rivalry and lens where there is one.
        works: Their cells.
        watch: Counts the time.

    Returns:
        The path of the page.

    Raises:
        OSError: Something cannot be written.
    """
    folder = run_folder.create(asked.job.run.results, NAME)
    with watch.on("statistics"):
        even = break_evens(asked, found)
        findings = _findings(asked, found, even)
        tables = _tables(asked, found, even)
    with watch.on("drawing"):
        pictures = _draw(asked, found, even, jobs, folder)
    with watch.on("writing"):
        page = render_analysis(
            title="Good whatever comes?", command=asked.command, lead=_lead(asked, found), findings=findings, pictures=pictures,
            caveats=_caveats(asked, found), conclusions=_conclusions(asked, found), tables=tables,
            hashes={"settings": run_folder.settings_hash(asked.job.settings)})
    for finding in findings:
        print("\n  - ".join([f"{finding.about}. {finding.text}", *finding.parts]))
    return write_analysis(folder, frames(asked, found, even), page, jobs, works, [], found.lost, asked.command, watch)


# ---- Words


def _shown(found: Found, rows: Sequence[int]) -> str:
    shown = labels(found.strategies)
    return phrases.listed([shown[found.strategies[i]] for i in rows])


def _margin_in_words(asked: Asked) -> str:
    """What a failing future does, such as "hedging loses by more than 1 % of consumption"."""
    scale = telling.scale_of(asked.measure)
    size = float(scale.difference(asked.fails_below))
    name = asked.one.name.replace("_", " ")
    if size < 0:
        return f"{name} loses by more than {-size:.2g} {scale.unit}"
    return f"{name} does not win by {size:.2g} {scale.unit}" if size else f"{name} loses"


def _lead(asked: Asked, found: Found) -> list[str]:
    settings = asked.job.settings
    n_futures, n_worlds = found.margin.shape
    policies = sum(name.startswith("policy.") for name in found.points.names)
    return [
        "Which strategy would one not regret when nobody knows how the world works and what the powers will do, and where does "
        f"{asked.one.name.replace('_', ' ')} fail?",
        f"{n_futures:,} futures, a Latin hypercube over the plausible ranges of {len(found.points.names) - policies} structural parameters (rivalry among "
        f"them) and {policies} numbers of the policies of both powers, {n_worlds} worlds in each, {len(found.strategies)} strategies on the same worlds. World "
        f"{settings.world.name}, scenario {settings.scenario.name}, {settings.horizon} quarters, reference {found.reference}."]


def _findings(asked: Asked, found: Found, even: pd.DataFrame) -> list[Finding]:
    return [
        Finding("How sure, three ways", _three_ways(asked, found)),
        Finding("Where it fails", _fails(asked, found), _where(found)),
        Finding("Least regret", "Mean over futures of what a strategy's mean falls short of the best one's in the same future:",
                tuple(_regret(found, measure) for measure in found.measures)),
        Finding("Good enough", _satisficing(asked, found)),
        Finding("The worst tenth of futures", "Its mean (CVaR), less that of the reference:", tuple(_tail(found, measure) for measure in found.measures)),
        Finding("Dominated whatever one likes", "Stochastic dominance over futures, told where 95 % of the resamples show it:",
                tuple(_dominance(found, measure) for measure in found.measures)),
        Finding("Pareto set", _front(found)),
        Finding("What one values", _weights(found, found.weights)),
        Finding("Near-duplicates", _groups(found)),
        *([_even(asked, found, even)] if found.grid is not None else []),
    ]


def _three_ways(asked: Asked, found: Found) -> str:
    scale = telling.scale_of(asked.measure)
    means = found.margin.mean(axis=WORLD)
    futures = np.asarray(scale.difference(np.quantile(means, (0.05, 0.95))))
    inside = np.asarray(scale.difference(np.median(np.quantile(found.margin - means[:, None], (0.05, 0.95), axis=WORLD), axis=1)))
    mean = Estimate(*mean_interval(means))
    all_of_them = Estimate(*mean_interval(found.unequal.mean(axis=WORLD)))
    return (f"{scale.label} advantage, {asked.one.name} less {asked.other.name} at equal size: on average over futures {phrases.told(asked.measure, mean)} "
            f"(95 % interval of that mean, over futures). Assumptions differ: nine tenths of the futures lie between {telling.number(futures[0])} and "
            f"{telling.number(futures[1])}. Worlds differ: within the typical future nine tenths lie between {telling.number(inside[0])} and "
            f"{telling.number(inside[1])} about its mean. With the best of all members of either side, whatever their number, the average is "
            f"{phrases.told(asked.measure, all_of_them)}.")


def _fails(asked: Asked, found: Found) -> str:
    often = share_interval(int(found.fails.sum()), len(found.fails))
    text = f"In {phrases.share(often)} of the futures {_margin_in_words(asked)}, which is called a failure here."
    if not found.boxes:
        return text + (" Nothing sets these futures apart beyond chance." if 0 < found.fails.sum() < len(found.fails) else "")
    return f"{text} Boxes found on half of the futures and judged on the other half:"


def _where(found: Found) -> tuple[str, ...]:
    """The boxes, and the densest leaf of the tree where it has several."""
    leaf = [f"By a shallow tree, most often where {found.leaves[0].in_words(_small(found))}."] if len(found.leaves) > 1 else []
    return (*(f"Where {box.in_words(_small(found))}." for box in found.boxes), *leaf)


def _small(found: Found) -> dict[str, str]:
    """What each number varied is called within a sentence."""
    return {name: within(text, found.known[name].unit) for name, text in found.labels.items()}


def _regret(found: Found, measure: str) -> str:
    regret, apart = found.regret[measure], found.behind[measure]
    order = np.argsort(regret.mean.value, kind="stable")
    tied = [int(i) for i in order[1:] if apart.low[i] <= 0]
    safest = int(regret.largest.value.argmin())
    ties = f", tied with {_shown(found, tied)}" if tied else f", less than any other ({_shown(found, [int(order[1])])} next)" if len(order) > 1 else ""
    return (f"{telling.scale_of(measure).label}: {_shown(found, [int(order[0])])} {phrases.told(measure, regret.mean[int(order[0])])}{ties}. Most: "
            f"{_shown(found, [int(order[-1])])} {phrases.told(measure, regret.mean[order[-1]])}. Smallest largest regret in these futures: "
            f"{_shown(found, [safest])}, {phrases.told(measure, regret.largest[safest])} (interval over worlds).")


def _satisficing(asked: Asked, found: Found) -> str:
    good = found.satisficing
    order = [int(i) for i in np.argsort(-good.jointly.value, kind="stable") if asked.absolute or found.strategies[i] != found.reference]
    if not order:
        return "There is no strategy besides the reference."
    tied = [i for i in order[1:] if share_difference(good.met[order[0]], good.met[i]).low <= 0]
    ties = f", tied with {_shown(found, tied)}" if tied else ""
    what = "" if asked.absolute else f" against {found.reference} in the same future (which is good enough by definition)"
    limits = ", ".join(f"{telling.scale_of(name).label.lower()} {_threshold(name, value, asked.absolute)}" for name, value in asked.thresholds.items())
    by_one = good.each
    hardest = min(by_one, key=lambda name: float(by_one[name].value[order].mean()))
    some = bool((by_one[hardest].value[order] < 1).any())
    missed = f"The threshold missed most is {telling.scale_of(hardest).label.lower()}" if some else "No threshold is missed in any future"
    return (f"Good enough is, all at once{what}: {limits}. Most often: {_shown(found, order[:1])} in {phrases.share(good.jointly[order[0]])} of "
            f"futures{ties}. Least often: {_shown(found, order[-1:])} in {phrases.share(good.jointly[order[-1]])}. {missed}.")


def _threshold(name: str, value: float, absolute: bool) -> str:
    if absolute:
        return f"at least {value:g}"
    scale = telling.scale_of(name)
    size = float(scale.difference(value))
    if size < 0:
        return f"no more than {_rounded(-size)} {scale.unit} below"
    return f"at least {_rounded(size)} {scale.unit} above" if size else "no lower"


def _rounded(size: float) -> str:
    return f"{float(f'{size:.2g}'):,g}"


def _tail(found: Found, measure: str) -> str:
    part = found.tail_difference[measure]
    order = [int(i) for i in np.argsort(-part.value, kind="stable") if found.strategies[i] != found.reference]
    if not order:
        return f"{telling.scale_of(measure).label}: there is no strategy besides the reference."
    above, below = sum(bool(part.low[i] > 0) for i in order), sum(bool(part.high[i] < 0) for i in order)
    return (f"{telling.scale_of(measure).label}: best is {_shown(found, order[:1])} {phrases.told(measure, part[order[0]])}, worst {_shown(found, order[-1:])} "
            f"{phrases.told(measure, part[order[-1]])}; of {len(order)} others {above} above the reference, {below} below, the rest tied with it.")


def _dominance(found: Found, measure: str) -> str:
    told = []
    for order, dominance in (("first", found.first[measure]), ("second", found.second[measure])):
        beaten = [i for i in range(len(found.strategies)) if (dominance.dominates[:, i] & (dominance.share[:, i] >= SURE)).any()]
        told.append(f"{order} order: of {len(found.strategies)} some other dominates {f'{len(beaten)}, {_shown(found, beaten)}' if beaten else 'none'}")
    return f"{telling.scale_of(measure).label}: {'; '.join(told)}."


def _front(found: Found) -> str:
    inside = [int(i) for i in np.flatnonzero(found.front)]
    sure = [i for i in inside if found.front_share.value[i] >= SURE]
    thinned = [found.thinned[i] for i in np.flatnonzero(found.thinned_front)]
    margins = ", ".join(f"{telling.scale_of(name).label.lower()} {telling.number(float(telling.scale_of(name).difference(value)))} "
                        f"{telling.scale_of(name).unit}" for name, value in WORTH.items())
    left = [i for i in range(len(found.strategies)) if i not in inside]
    return (f"In mean returns over futures {len(inside)} of {len(found.strategies)} strategies are not dominated, {len(sure)} of them in {share(SURE)} of the "
            f"resamples of futures; dominated: {_shown(found, left)}. Without near-duplicates {len(thinned)} of {len(found.thinned)} are in the set. To "
            f"dominate is to be as good in all five and better in one by more than: {margins}.")


def _weights(found: Found, weights: Weights) -> str:
    shares = weights.every.strategies
    shown = labels(weights.strategies)
    best = [f"{shown[weights.strategies[i]]} for {phrases.share(shares[i])}" for i in np.argsort(-shares.value, kind="stable")[:3] if shares.value[i] > 0]
    text = f"Over all weightings of the five returns and all futures, best strategy: {phrases.listed(best)}. "
    if weights.large is not None:
        text += f"Best family, {weights.size} members of each drawn at random: {_families(weights.large.families, weights.large.by_family)}. "
    return f"{text}With {_members(weights.smallest)} of each: {_families(weights.every.families, weights.every.by_family)}."


def _members(n: int) -> str:
    return "one member" if n == 1 else f"{n} members"


def _families(names: Sequence[str], shares: Estimate, most: int = 3) -> str:
    order = np.argsort(-shares.value, kind="stable")[:most]
    return phrases.listed([f"{family_label(names[i])} for {phrases.share(shares[i])}" for i in order])


def _groups(found: Found) -> str:
    alike = [group for group in found.groups if len(group) > 1]
    if not alike:
        return (f"No two strategies are nearer in all five returns, over all futures, than {share(NEAR)} of the usual distance between two of them. So "
                "dominance without near-duplicates is the same as with all strategies.")
    told = "; ".join(_shown(found, group) for group in alike)
    return (f"Nearer in all five returns, over all futures, than {share(NEAR)} of the usual distance: {told}. Without them {len(found.thinned)} strategies "
            f"are left, one of each group ({_shown(found, [i for group in alike for i in group if i in found.thinned])} stand for theirs). "
            f"{_weights(found, found.thinned_weights)}")


def _team(asked: Asked, found: Found) -> str:
    """What a side at equal size is called in a table."""
    size = min(len(side.among(found.strategies)) for side in (asked.one, asked.other))
    return f"{asked.one.name}, the best of {size}"


def _even(asked: Asked, found: Found, even: pd.DataFrame) -> Finding:
    assert found.grid is not None
    axis, told = found.grid.axis(RIVALRY), []
    for key, rows in even.groupby(["measure", "against"], sort=False):
        measure, against = map(str, key)
        if against == found.reference and len(even.against.unique()) > 2:
            continue  # in the tables
        parts = []
        for lens, at in rows.groupby("lens"):
            if against == asked.other.name:
                parts.append(f"lens {lens:g}: {'; '.join(at.told)}")
                continue
            change, counts = at[at.crosses].strategy.nunique(), ", ".join(f"{n} {word}" for word, n in at[~at.crosses].told.value_counts().items())
            turned = "none changes sides" if not change else "1 changes sides" if change == 1 else f"{change} change sides"
            parts.append(f"lens {lens:g}: {', '.join(text for text in (turned, counts) if text)}")
        who = f"{_team(asked, found)}, " if against == asked.other.name else "each strategy "
        told.append(f"{telling.scale_of(measure).label}, {who}against {labels([against])[against]}: {'. '.join(parts)}.")
    return Finding(
        "Break-even rivalry",
        f"All else at the defaults, along {axis.label.lower()} from {level_label(axis, axis.levels[0])} to {level_label(axis, axis.levels[-1])} (logit: "
        "at 0 rivalry is .5, at 3 .95), with the economy lens at full rivalry (securitisation of trade) at three values; 95 % intervals over "
        f"{found.grid.n_worlds} worlds. The two sides at equal size, then each strategy against the best of {asked.other.name.replace('_', ' ')} over all "
        "points; against the reference in the tables.", tuple(told))


def _conclusions(asked: Asked, found: Found) -> Table:
    """Who is ahead on average, how far one side stays behind, who is regretted least, good enough most often, best for most weights."""
    rows, n = [], len(found.fails)
    labels = [_small(found)[name] for name in found.points.names]
    one, other = (side.name.replace("_", " ") for side in (asked.one, asked.other))
    sides = [side.among(found.strategies) for side in (asked.one, asked.other)]

    def add(text: str, holds: Mask, moved: Array) -> None:
        rows.append(Conclusion(text, moved_by(moved, found.points.values, labels), share_interval(int(holds.sum()), n)))

    for measure in found.measures:
        margin = advantage(found.values[measure], *sides).mean(axis=WORLD)
        mean = Estimate(*mean_interval(margin))
        if mean.low > 0 or mean.high < 0:
            ahead, behind = (one, other) if mean.low > 0 else (other, one)
            add(f"{telling.scale_of(measure).label}, sides at equal size: {ahead} is ahead of {behind}; {one} less {other} "
                f"{phrases.told(measure, mean)} on average over futures", np.sign(mean.value) * margin > 0, margin)
    scale, near = telling.scale_of(asked.measure), abs(asked.fails_below)
    size = f"{float(scale.difference(near)):.2g} {scale.unit}"
    if asked.fails_below < 0:
        add(f"{scale.label}: {one} does not fall behind {other} by more than {size}", ~found.fails, found.margin.mean(axis=WORLD))
    if near:
        least = int(found.regret[asked.measure].mean.value.argmin())
        missed = found.regret[asked.measure].matrix[least]
        add(f"{scale.label}: {_shown(found, [least])}, regretted least on average, misses no more than {size}", missed <= near, missed)
    good = found.satisficing
    order = [int(i) for i in np.argsort(-good.jointly.value, kind="stable") if asked.absolute or found.strategies[i] != found.reference]
    if order:
        add(f"{_shown(found, order[:1])} is good enough in all thresholds at once", good.met[order[0]], good.met[order[0]].astype(float))
    if (large := found.weights.large) is not None:
        first = int(large.by_family.value.argmax())
        rows.append(Conclusion(f"{family_label(large.families[first])} is the best family for most weightings of the returns, {found.weights.size} members of "
                               "each drawn", "the weights of the returns", large.by_family[first]))
    return conclusions.table(rows, f"{n:,} futures (of the last row: of weightings and futures)" if found.weights.large is not None else f"{n:,} futures")


def _caveats(asked: Asked, found: Found) -> list[str]:
    left = sorted({*asked.job.settings.strategies} - {*found.strategies})
    members = [[name for name in side.members if name in found.strategies] for side in (asked.one, asked.other)]
    size = min(map(len, members))
    sides = " and ".join(f"{side.name} has {len(its)} member{'s' * (len(its) > 1)}" for side, its in zip((asked.one, asked.other), members, strict=True))
    weights = ", ".join(f"{name} {weight:.2g}" for name, weight in weights_of(asked.job.run.payoff).items())
    return [
        f"The best of many is flattered against the best of few: {sides}. Where sides are compared, each counts with the best of {size}, on average over "
        f"all ways to draw so many of its members; regret, in contrast, is against the best of all {len(found.strategies)}.",
        f"Where something is said to be at the defaults, it is as this world, scenario and these policies set it. Futures draw the {len(found.points.names)} "
        "numbers over their ranges whatever world, scenario and policies set; what is set on the command line by its dotted name is held.",
        "Futures vary evenly and independently over plausible ranges: shares of futures are shares of this space and no probabilities. A future counts "
        "with its mean over worlds; how much worlds differ is told apart. Intervals resample futures and worlds unless said otherwise, for largest regrets "
        "worlds alone, for other futures may hold larger ones. A policy followed by both powers is the same for both. "
        f"Weights of the composite: {weights}, on the anchors of conf/payoff; its economic part counts from {found.reference} in the same future.",
        *([f"Left out, because some of their cells failed: {', '.join(left)}."] if left else [])]


# ---- Break-even rivalry


def break_evens(asked: Asked, found: Found) -> pd.DataFrame:
    """For each return, strategy, setting of the lens and opponent: every break-even rivalry with its interval, or who stays ahead."""
    rows: list[dict[str, object]] = []
    grid = found.grid
    for measure in found.measures if grid is not None else ():
        assert grid is not None
        champion = _champion(asked, grid, measure)
        lens = grid.axis(LENS)
        teams = _teams(asked, grid)
        for level in lens.levels:
            about = {"measure": measure, "strategy": asked.one.name, "family": "", "against": asked.other.name, "lens": float(level)}
            rows += [{**about, **row} for row in _evens(at_level(teams, lens, level), asked.one.name, asked.other.name, measure)]
        for against in dict.fromkeys((champion, found.reference)):
            for level in lens.levels:
                at = at_level(grid, lens, level)
                for name in at.strategies:
                    if name != against and against != asked.other.name:  # a side that is one strategy is told already
                        about = {"measure": measure, "strategy": name, "family": found.families[name], "against": against, "lens": float(level)}
                        rows += [{**about, **row} for row in _evens(at, name, against, measure)]
    return pd.DataFrame(rows, columns=["measure", "strategy", "family", "against", "lens", "rivalry", "low", "high", "rises", "share", "crosses", "told"])


def _champion(asked: Asked, grid: Sweep, measure: str) -> str:
    """The member of the other side with the highest mean over all points of the grid."""
    return max((name for name in asked.other.members if name in grid.strategies), key=lambda name: float(grid.values(name, measure).mean()))


def _teams(asked: Asked, grid: Sweep) -> Sweep:
    """The same points with the two sides at equal size in place of strategies."""
    sides = [side.among(grid.strategies) for side in (asked.one, asked.other)]
    size = min(map(len, sides))
    names = (asked.one.name, asked.other.name)
    measures = {measure: np.stack([best_of_team(values[rows], size) for rows in sides]) for measure, values in grid.measures.items()}
    return replace(grid, strategies=names, families=dict(zip(names, names, strict=True)), reference=names[1], measures=measures)


def _evens(at: Sweep, name: str, against: str, measure: str) -> list[dict[str, object]]:
    axis = at.axis(RIVALRY)
    rows: list[dict[str, object]] = [
        {"rivalry": value.value, "low": value.low, "high": value.high, "rises": value.rises, "share": value.share, "crosses": True,
         "told": f"{told_break_even(axis, value)}, better {'above' if value.rises else 'below'}{'' if value.share >= SURE else ' (not certain)'}"}
        for value in break_even(at, axis, name, against, measure)]
    if rows:
        return rows
    found = paired(at, name, against, measure)
    if not (at.values(name, measure) - at.values(against, measure)).any():
        word = "alike in every world"
    else:
        word = "always ahead" if (found.low > 0).all() else "always behind" if (found.high < 0).all() else "without a plain change of sides"
    return [{"rivalry": np.nan, "low": np.nan, "high": np.nan, "rises": None, "share": 0.0, "crosses": False, "told": word}]


# ---- Figures


def _draw(asked: Asked, found: Found, even: pd.DataFrame, jobs: Sequence[Job], folder: Path) -> list[Picture]:
    settings = asked.job.settings
    shown = labels(found.strategies)
    n_futures, n_worlds = found.margin.shape
    world = f"{settings.world.name.replace('_', ' ').capitalize()} ({settings.focal}) · {settings.scenario.name.replace('_', ' ')}"
    foot = f"{world} · {n_futures:,} futures × {n_worlds} worlds · seed {settings.seed}"
    grid_foot = f"{world} · {found.grid.n_points} points × {found.grid.n_worlds} worlds · seed {settings.seed}" if found.grid is not None else ""
    pictures = []

    def draw(name: str, title: str, question: str, caption: str, alt: str, plot: Callable[[Figure], list[Axes]], foot: str = foot) -> None:
        pictures.append(picture(folder, foot, name, title, question, caption, alt, plot))

    units = {name: known.unit for name, known in found.known.items()}
    draw("boxes", f"Where {_margin_in_words(asked)}", f"In which futures does {asked.one.name.replace('_', ' ')} fail?",
            f"Every dot is a future; it fails when {_margin_in_words(asked)}, at equal size of both sides. A box is where failures gather, found on half "
            "of the futures (PRIM) and judged on the other half. Coverage: which share of all failures lies in it. Density: which share of the futures in it "
            "fails. Spread across worlds is not shown: a future counts with its mean.",
            figure_of_boxes.alt(found.points.values, found.boxes, found.labels),
            lambda figure: figure_of_boxes.draw(figure, found.points.values, found.fails, found.points.names, found.boxes, found.labels, units))
    for measure in found.measures:
        def regret(figure: Figure, measure: str = measure) -> list[Axes]:
            return figure_of_regret.draw(figure, found.strategies, found.families, found.reference, found.regret[measure], measure)

        title = telling.scale_of(measure).label
        draw(f"regret_{measure}", f"What one misses by choosing wrong: {title.lower()}", f"Which strategy is never far from the best? {title}",
                f"How much less a strategy's mean is than the best one's in the same future: mean over futures, what nine tenths stay below, and the largest. "
                "Lines: 95 % bootstrap intervals, over futures and worlds; those of the largest over worlds alone. How much worlds differ is not shown. In "
                f"bold the reference, {shown[found.reference]}.",
                figure_of_regret.alt(found.strategies, found.regret[measure], measure), regret)
    sides, never = _weight_sides(found)
    thinned = [[Line2D([], [], label="without near-duplicates", **figure_of_weights.DIAMOND)]] if len(found.thinned) < len(found.strategies) else []
    draw("weights", "Which strategy is best, for which weights", "Whatever one values, which strategy and which family is the best?",
            f"Share of all weightings of the five returns ({N_WEIGHTS} drawn evenly, Dirichlet(1)) and of all futures for which each has the highest weighted "
            "sum of means. Families are compared at equal size: each weighting draws as many members of every family as the panel says; larger teams leave "
            f"out families with fewer than {LARGE} members. Lines: 95 % bootstrap intervals over futures, each with its mean over worlds."
            + (" Diamonds: the same with one strategy of each group of near-duplicates." if thinned else ""),
            f"Share of weightings and futures for which each is best. {figure_of_weights.alt_of(sides, never)}",
            lambda figure: figure_of_weights.draw_sides(figure, sides, never, "% of weightings and futures; line: 95 % interval", thinned))
    if found.grid is not None:
        axis, shown_at = found.grid.axis(RIVALRY), [float(level) for level in found.grid.axis(LENS).levels]
        for measure in found.measures:
            champion = _champion(asked, found.grid, measure)
            part = even[(even.measure == measure) & (even.against == champion)]
            if part.crosses.any():
                def evens(figure: Figure, part: pd.DataFrame = part) -> list[Axes]:
                    return figure_of_evens.draw(figure, part, shown, axis, "lens", SURE)

                title = telling.scale_of(measure).label
                draw(f"break_even_{measure}", f"Break-even rivalry against {shown[champion]}: {title.lower()}",
                        f"At which rivalry does each strategy bring the same as the best of {asked.other.name.replace('_', ' ')}? {title}",
                        f"All else at the defaults. Mean rivalry at which the mean difference to {shown[champion]} is 0, on straight lines between "
                        f"{len(axis.levels)} levels, with the economy lens at full rivalry at {len(shown_at)} values. Lines: 95 % bootstrap intervals over "
                        f"{found.grid.n_worlds} worlds; open marks: fewer than {share(SURE)} of the resamples cross 0 there. At the right: on which side of it "
                        "the strategy is better, or who stays ahead at every level. How much worlds differ is not shown.",
                        figure_of_evens.alt(part, shown, shown_at), evens, grid_foot)
        for name in ("phase", "rivals"):
            spec = SWEEP_FIGURES[name]
            if spec.applies(found.grid):
                save(spec.draw(found.grid, context_of(jobs[1])), folder / "figures", name)
                pictures.append(Picture(spec.title, spec.question, f"All else at the defaults. {spec.caption}", spec.alt(found.grid),
                                        folder / "figures" / f"{name}.svg"))
    return pictures


def _weight_sides(found: Found) -> tuple[list[figure_of_weights.Side], list[str]]:
    """Strategies that are best somewhere, families in large teams and in small ones, each from the largest share; and the names of the others."""
    shown, every, thinned = labels(found.strategies), found.weights, found.thinned_weights

    def side(title: str, names: Sequence[str], part: Estimate, called: Mapping[str, str], families: Mapping[str, str], without: Mapping[str, float]
             ) -> figure_of_weights.Side:
        table = pd.DataFrame({"name": names, "share": part.value, "low": part.low, "high": part.high})
        if thinned is not every:
            table["other"] = [without.get(name, np.nan) for name in names]
        table = table[table.share > 0].sort_values("share", ascending=False, kind="stable")
        return figure_of_weights.Side(title, [called[name] for name in table.name], [families[name] for name in table.name], table)

    sides = [side("Strategies, all at once", found.strategies, every.every.strategies, shown, found.families,
                  dict(zip(thinned.strategies, thinned.every.strategies.value, strict=True)))]
    for of_all, of_thinned, size in ((every.large, thinned.large, every.size), (every.every, thinned.every, every.smallest)):
        if of_all is not None:
            own = {name: name for name in of_all.families}
            without = dict(zip(of_thinned.families, of_thinned.by_family.value, strict=True)) if of_thinned is not None else {}
            sides.append(side(f"Families, {size} of each", of_all.families, of_all.by_family, {name: family_label(name) for name in own}, own, without))
    return sides, [shown[name] for name, part in zip(found.strategies, every.every.strategies.value, strict=True) if not part > 0]


# ---- Tables


def _tables(asked: Asked, found: Found, even: pd.DataFrame) -> list[Table]:
    shown = labels(found.strategies)
    tables = []
    for measure in found.measures:
        regret, scale = found.regret[measure], telling.scale_of(measure)
        rows, digits = [], 3 if measure == COMPOSITE else 2
        for i in (int(i) for i in np.argsort(regret.mean.value, kind="stable")):
            tied = "least" if i == regret.mean.value.argmin() else "tied" if found.behind[measure].low[i] <= 0 else ""
            parts = (regret.q90[i], regret.largest[i], found.tail_difference[measure][i])
            dominating = (_by(found, each.dominates[:, i] & (each.share[:, i] >= SURE)) for each in (found.first[measure], found.second[measure]))
            rows.append([shown[found.strategies[i]], family_label(found.families[found.strategies[i]]), phrases.cell(measure, regret.mean[i], digits), tied,
                         *(phrases.cell(measure, part, digits) for part in parts), *dominating])
        heads = ["strategy", "family", "mean regret", "", "ninth decile", "largest", "CVaR", "dominated, first order, by", "second order, by"]
        tables.append(Table(f"Regret, worst futures, dominance: {scale.label.lower()}",
                            f"In {scale.unit}, with 95 % intervals over futures and worlds; those of the largest regret over worlds alone. CVaR: mean of the "
                            f"worst tenth of futures less that of the reference. Dominated: in {share(SURE)} of the resamples.",
                            heads, rows, frozenset({0, 1, 3, 7, 8})))
    good = found.satisficing
    tables.append(Table(
        "Good enough", "Share of futures, 95 % interval.", ["strategy", "all at once", *(telling.scale_of(name).label.lower() for name in good.each)],
        [[shown[found.strategies[i]], phrases.share(good.jointly[i]), *(phrases.share(each[i]) for each in good.each.values())]
         for i in np.argsort(-good.jointly.value, kind="stable")]))
    tables.append(_weights_table(found))
    tables.append(Table(
        "A tree of the futures", f"Leaves, densest first; a failure: {_margin_in_words(asked)}. Grown on half of the futures, judged on the other half.",
        ["where", "of the futures"],
        [[leaf.in_words(_small(found)), share(leaf.support)] for leaf in found.leaves], frozenset({0})))
    for key, part in even.groupby(["measure", "against"], sort=False):
        measure, against = map(str, key)
        levels = sorted(part.lens.unique())
        told = part.groupby(["strategy", "lens"]).told.agg("; ".join)
        tables.append(Table(
            f"Break-even rivalry against {labels([against])[against]}: {telling.scale_of(measure).label.lower()}",
            "Rivalry in logit at which a strategy brings the same, with its 95 % interval over worlds.",
            ["strategy", *(f"lens {level:g}" for level in levels)],
            [[shown.get(name, _team(asked, found)), *(told[name, level] for level in levels)] for name in dict.fromkeys(part.strategy)],
            frozenset(range(len(levels) + 1))))
    return tables


def _by(found: Found, mask: Mask) -> str:
    shown, rows = labels(found.strategies), np.flatnonzero(mask)
    return ", ".join(shown[found.strategies[i]] for i in rows[:3]) + (f" and {len(rows) - 3} more" if len(rows) > 3 else "")


def _weights_table(found: Found) -> Table:
    shown, rows = labels(found.strategies), []
    every, thinned = _family_shares(found.weights), _family_shares(found.thinned_weights)
    for name, shares in every.items():
        both = (*shares, *thinned.get(name, (None, None)))
        rows.append([f"family {family_label(name)}", *("—" if part is None else phrases.share(part) for part in both)])
    kept = {name: found.thinned_weights.every.strategies[i] for i, name in enumerate(found.thinned_weights.strategies)}
    for i in np.argsort(-found.weights.every.strategies.value, kind="stable"):
        name = found.strategies[i]
        rows.append([shown[name], phrases.share(found.weights.every.strategies[i]), "", phrases.share(kept[name]) if name in kept else "left out", ""])
    return Table(
        "Best for which weights",
        f"Share of weightings and futures in which it is best, 95 % interval over futures. Families: with {_members(found.weights.smallest)} of each drawn, "
        f"then only those with enough members, {found.weights.size or 'no'} of each drawn (without near-duplicates {found.thinned_weights.smallest} and "
        f"{found.thinned_weights.size or 'none'}).",
        ["", "all strategies", "large families", "without near-duplicates", "large families"], rows)


def _family_shares(weights: Weights) -> dict[str, tuple[Estimate | None, Estimate | None]]:
    large = dict(zip(weights.large.families, range(len(weights.large.families)), strict=True)) if weights.large else {}
    return {name: (weights.every.by_family[i], weights.large.by_family[large[name]] if weights.large and name in large else None)
            for i, name in enumerate(weights.every.families)}


def frames(asked: Asked, found: Found, even: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    means = {measure: over_worlds(values) for measure, values in found.values.items()}
    strategies = []
    for measure in found.measures:
        regret = found.regret[measure]
        for i, name in enumerate(found.strategies):
            strategies.append({
                "strategy": name, "family": found.families[name], "measure": measure, **phrases.three("regret_mean", regret.mean, i),
                **phrases.three("regret_q90", regret.q90, i), **phrases.three("regret_largest", regret.largest, i),
                **phrases.three("behind", found.behind[measure], i),
                **phrases.three("cvar", found.tail[measure], i),
                **phrases.three("cvar_difference", found.tail_difference[measure], i), "in_pareto_set": bool(found.front[i]),
                "in_pareto_set_share": found.front_share.value[i], "near_duplicates": next(n for n, group in enumerate(found.groups) if i in group),
                "kept_when_thinned": i in found.thinned})
    good = found.satisficing
    satisficing = [{"strategy": name, "threshold": threshold, "at_least": asked.thresholds.get(threshold, np.nan), **phrases.three("share", part, i)}
                   for threshold, part in {"all": good.jointly, **good.each}.items() for i, name in enumerate(found.strategies)]
    dominance = [{"measure": measure, "order": order, "strategy": one, "over": other, "dominates": bool(of[measure].dominates[i, j]),
                  "share": of[measure].share[i, j]}
                 for measure in found.measures for order, of in ((1, found.first), (2, found.second))
                 for i, one in enumerate(found.strategies) for j, other in enumerate(found.strategies) if i != j]
    weights = [{"library": library, "kind": kind, "members": size, "name": name, **phrases.three("share", part, i)}
               for library, of in (("all", found.weights), ("without near-duplicates", found.thinned_weights))
               for kind, size, names, part in (
                   ("strategy", 0, of.strategies, of.every.strategies), ("family", of.smallest, of.every.families, of.every.by_family),
                   *([("family", of.size, of.large.families, of.large.by_family)] if of.large else []))
               for i, name in enumerate(names)]
    futures = pd.DataFrame(found.points.values, columns=list(found.points.names)).assign(advantage=found.margin.mean(axis=WORLD), fails=found.fails)
    measures = [pd.DataFrame(means[measure].T, columns=list(found.strategies)).add_prefix(f"{measure}: ") for measure in found.measures]
    boxes: list[dict[str, object]] = []
    for kind, some in (("box", found.boxes), ("leaf", found.leaves)):
        for n, box in enumerate(some, 1):
            worth = {**phrases.three("coverage", box.coverage), **phrases.three("density", box.density), "base": box.base, "support": box.support}
            limits = [{"input": limit.name, "side": limit.side, "value": limit.value, "p": limit.p} for limit in box.limits]
            boxes += [{"kind": kind, "number": n, **limit, **worth} for limit in limits or [{"input": "", "side": "", "value": np.nan, "p": np.nan}]]
    lists = {"strategies": strategies, "satisficing": satisficing, "dominance": dominance, "weights": weights, "boxes": boxes}
    return {**{name: pd.DataFrame(rows) for name, rows in lists.items()},
            "futures": pd.concat([futures, *measures], axis=1).rename_axis("future").reset_index(), "break_even": even}
