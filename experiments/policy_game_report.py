"""What the game of the powers says: findings, figures and tables."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.intervals import Estimate, share_interval
from experiments.comparison import mean_interval
from experiments.config import Job
from experiments.figures import telling
from experiments.figures.analysis import policy_grid, price_ladder, stationary_mix
from experiments.figures.style import family_label, labels, policy_labels
from experiments.hypothesis import COMPOSITE
from experiments.outcome import weights_of
from experiments.policy_game import HUNDREDTHS, OTHERS, STRENGTH, SURVIVES, Against, Equilibrium, Rung, Solution, worth
from experiments.report import phrases
from experiments.report.analysis_page import Part, picture
from experiments.report.conclusions import Conclusion
from experiments.report.headline import Finding
from experiments.report.page import Picture
from experiments.report.tables import Table
from experiments.words import NARROW_SPACE
from sim.axes import WORLD

POWER_NAMES = ("China", "the United States")
#: An equilibrium is told when as many resamples have it.
TOLD = 0.05
#: What is played less than this at every price has no row.
HARDLY = 0.01
#: So many names are listed.
MOST = 6


def part_of(solution: Solution, job: Job, folder: Path) -> Part:
    """Everything, with the figures in a run folder.

    Raises:
        OSError: A figure cannot be written.
    """
    return Part(_lead(solution, job), _findings(solution), _caveats(solution, job), _draw(solution, job, folder), _conclusions(solution), _tables(solution),
                frames(solution))


# ---- Words


def _percent(part: Estimate) -> str:
    """A share without its sign; blank where it is next to nothing."""
    return _number(Estimate(100 * part.value, 100 * part.low, 100 * part.high), 0) if part.high >= 0.005 else ""


def _number(part: Estimate, digits: int = 2) -> str:
    if not np.isfinite(part.value):
        return "—"
    low, value, high = (f"{float(end):.{digits}f}" for end in (part.low, part.value, part.high))
    return f"{value} [{low},{NARROW_SPACE}{high}]".replace("-", "−")


def _some(names: Sequence[str]) -> str:
    return phrases.listed(names) if len(names) <= MOST else f"{', '.join(names[:MOST])} and {len(names) - MOST} more"


def _at(rungs: Sequence[Rung]) -> str:
    """Some neighbouring rungs in words."""
    prices = [rung.name for rung in rungs if rung.price is not None]
    parts = [] if not prices else [f"at price {prices[0]}" if len(prices) == 1 else f"at prices {prices[0]} to {prices[-1]}"]
    return phrases.listed([*parts, *(["for the ratio"] if len(prices) < len(rungs) else [])])


def _stretches(rungs: Sequence[Rung], told: Callable[[Rung], str]) -> list[str]:
    """The same said once of neighbouring rungs of which it holds."""
    return [f"{_at(list(group))}: {text}" for text, group in groupby(rungs, key=told)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Names:
    """What everything is called."""

    def __init__(self, solution: Solution) -> None:
        game = solution.game
        self.policies = list(policy_labels(game.policies).values())
        self.strategies = list(labels(game.strategies).values())

    def pair(self, china: int, us: int) -> str:
        return f"{self.policies[china]} / {self.policies[us]}"


def _lead(solution: Solution, job: Job) -> list[str]:
    game, settings = solution.game, job.settings
    n = len(game.policies)
    priced = [rung.name for rung in solution.rungs if rung.price is not None]
    return [
        "When the powers choose their policies as the small state chooses its strategy: which policies does nobody want to leave, which are left in the long "
        "run, and what does the small state then play?",
        f"{len(game.strategies)} strategies × {n} policies of China × {n} of the United States, all on the same {game.n_worlds:,} worlds. World "
        f"{settings.world.name}, scenario {settings.scenario.name}, {settings.focal} plays, {settings.horizon} quarters, seed {settings.seed}; a policy once "
        "chosen holds to the end. Pairs are written China / United States.",
        f"What the small state wants: {_wanted(game.measure, job)}, told as difference to what {labels([game.reference])[game.reference]} has on average over "
        "all pairs in the same worlds. What a power wants: influence (how aligned it sees the region, weighted by output, −100 to 100) at little outlay "
        "(investment and aid to the region over its own GDP). The two have no common currency, so the game is solved at several prices: at price x a power "
        f"gives up x hundredths of influence to save .01 % of its GDP. Price 0: influence is all. Prices: {', '.join(priced)}. Above {solution.top:.2g} no "
        "policy is worth what it costs more than the one of least effort, for either power, whatever the others do."
        + (" The ratio beside them is (100 + influence) / 200 over outlay." if solution.rungs[-1].price is None else "")]


def _wanted(measure: str, job: Job) -> str:
    if measure != COMPOSITE:
        return f"the {telling.scale_of(measure).label.lower()} return"
    weights = ", ".join(f"{name} {weight:.2g}" for name, weight in weights_of(job.run.payoff).items())
    whose = "" if job.run.payoff.weights else "; all alike, nobody gave any"
    economic, (low, high) = weights_of(job.run.payoff).get("economic", 0.0), job.run.payoff.anchors["economic"]
    size = f", of which .01 is worth as much as {telling.number(100 * np.expm1(0.01 * (high - low) / economic))} % of consumption" if economic else ""
    return f"a weighted score of its returns on the anchors of conf/payoff (weights: {weights}{whose}){size}"


# ---- Findings


def _findings(solution: Solution) -> list[Finding]:
    return [
        Finding("Which policies survive", f"Share of the long run (alpha-rank) with its 95 % interval over {_resamples(solution)} resamples of the worlds; "
                f"named where it is {SURVIVES:.0%} or more:", (*(_survivors(solution, power) for power in range(2)), _never(solution))),
        Finding("What the small state then plays", "Its share of the long run, and who is best against the policies that are left:",
                tuple(f"{_capital(_at([rung]))}: {_played(solution, rung)}. {_best_against(solution, solution.against[solution.rungs.index(rung)])}"
                      for rung in solution.shown)),
        Finding("If all three choose at once", "Profiles that nobody leaves alone (small state, China / United States), and in which share of the resamples "
                "each is one:", tuple(f"{_capital(text)}." for text in _stretches(solution.rungs, lambda rung: _once(solution, rung)))),
        Finding("If the powers choose and the small state answers", "Each power then counts what its policy makes the small state do. Pairs that neither "
                                                                    "leaves, with the answer:",
                tuple(f"{_capital(text)}." for text in _stretches(solution.rungs, lambda rung: _led(solution, rung)))),
        Finding("The best answer", _answer(solution)),
        Finding("What a rival policy does to a strategy", _rivals(solution)),
        Finding("What influence costs", _cost(solution), tuple(_cost_of(solution, power) for power in range(2))),
        *([Finding("What the ratio says, and what it does not", _ratio(solution))] if solution.rungs[-1].price is None else []),
        Finding("Whether it depends on how the long run is computed", _other_ways(solution)),
    ]


def _resamples(solution: Solution) -> int:
    return len(solution.means.state) - 1


def _survivors(solution: Solution, power: int) -> str:
    names = _Names(solution).policies

    def kept_in_words(rungs: Sequence[Rung], kept: tuple[int, ...]) -> str:
        if not kept:
            return "none"
        first, last = rungs[0].policies[power], rungs[-1].policies[power]
        parts = [f"{names[i]} {phrases.share(first[i])}" + (f" to "
            f"{phrases.share(last[i])}" if len(rungs) > 1 and f"{first.value[i]:.0%}" != f"{last.value[i]:.0%}" else "")
                 for i in kept]
        return phrases.listed(parts)

    def kept(rung: Rung) -> tuple[int, ...]:
        shares = rung.policies[power].value
        return tuple(int(i) for i in np.argsort(-shares, kind="stable") if shares[i] >= SURVIVES)

    stretches = [(key, list(group)) for key, group in groupby(solution.rungs, key=kept)]
    return f"{_capital(POWER_NAMES[power])}: {'; '.join(f'{_at(group)} {kept_in_words(group, key)}' for key, group in stretches)}."


def _never(solution: Solution) -> str:
    """What dies out at every price."""
    names, told = _Names(solution).policies, []
    for power in range(2):
        highest = np.max([rung.policies[power].high for rung in solution.rungs], axis=0)
        told.append(f"{POWER_NAMES[power]}: {phrases.listed([names[i] for i in np.flatnonzero(highest < SURVIVES)])}")
    return (f"At every price of the ladder these stay below {SURVIVES:.0%} of the long run with their whole interval: {'; '.join(told)}. Whether any other "
            "policy survives depends on what influence is worth.")


def _played(solution: Solution, rung: Rung) -> str:
    names, shares = _Names(solution).strategies, rung.strategies
    order = [int(i) for i in np.argsort(-shares.value, kind="stable") if shares.value[i] >= SURVIVES][:4]
    return phrases.listed([f"{names[i]} {phrases.share(shares[i])}" for i in order]) if order else f"nothing for {SURVIVES:.0%} of the time"


def _best_against(solution: Solution, found: Against) -> str:
    game, names = solution.game, _Names(solution).strategies
    order = [int(i) for i in np.argsort(-found.values.value, kind="stable")]
    text = f"Best of {len(order)} strategies against these policies, on these worlds: {names[order[0]]}, {phrases.told(game.measure, found.values[order[0]])}"
    if len(order) > 1:
        tied = [i for i in order[1:] if found.behind.high[i] >= 0]
        text += f", tied with {_some([names[i] for i in tied])}" if tied else (
            f", ahead of {names[order[1]]} by {phrases.told(game.measure, _negative(found.behind[order[1]]))}")
        text += f"; worst is {names[order[-1]]}, behind by {phrases.told(game.measure, _negative(found.behind[order[-1]]))}"
    if found.families:
        first = int(found.by_family.value.argmax())
        others = [i for i in np.argsort(-found.by_family.value, kind="stable").tolist() if i != first]
        tie = {i: " (tied)" if found.by_family.high[i] >= 0 else "" for i in others}
        told = [f"{family_label(found.families[i])} by {phrases.told(game.measure, _negative(found.by_family[i]))}{tie[i]}" for i in others]
        text += (f". Families at equal size, the best of {found.size} members drawn at random: {family_label(found.families[first])} is ahead of "
                 f"{phrases.listed(told)}")
    return f"{text}."


def _negative(part: Estimate) -> Estimate:
    return Estimate(-part.value, -part.high, -part.low)


def _profiles(solution: Solution, found: Sequence[Equilibrium], most: int = 4) -> list[str]:
    names = _Names(solution)
    told = [each for each in found if each.found or float(each.share.value) >= TOLD]
    return [f"{names.strategies[s]}, {names.pair(c, u)} in {phrases.share(each.share)}" for each in told[:most] for s, c, u in [each.profile]]


def _once(solution: Solution, rung: Rung) -> str:
    parts = _profiles(solution, rung.at_once)
    none = [f"none in pure actions in {phrases.share(rung.none_at_once)}"] if float(rung.none_at_once.value) >= TOLD else []
    return phrases.listed([*parts, *none])


def _led(solution: Solution, rung: Rung) -> str:
    names = _Names(solution)
    parts = _profiles(solution, rung.led)
    if float(rung.none_led.value) >= TOLD:
        parts.append(f"none in pure policies in {phrases.share(rung.none_led)}")
    mixed = [(pair, share) for pair, share in zip(rung.mixed.pairs, rung.mixed_share, strict=True) if max(pair[0].max(), pair[1].max()) < 1 - 1e-9]
    for (china, us), share in mixed[:2]:
        mixes = (phrases.listed([f"{names.policies[i]} {mix[i]:.0%}" for i in np.argsort(-mix, kind="stable") if mix[i] >= 0.005]) for mix in (china, us))
        parts.append(f"mixed: China {' / '.join(mixes)}, an equilibrium with these policies in {phrases.share(share)}")
    if len(mixed) > 2:
        parts.append(f"{len(mixed) - 2} more mixed ones")
    cycles = [len(cycle) for cycle in rung.cycles if len(cycle) > 1]
    if cycles:
        parts.append(f"best answers of the powers go round in {phrases.listed([f'a cycle of {n} pairs' for n in cycles])}")
    if not rung.mixed.complete:
        parts.append("not all mixed ones were looked for: the game is too large")
    return "; ".join(parts) or "none"


def _answer(solution: Solution) -> str:
    game, answer, names = solution.game, solution.answer, _Names(solution).strategies
    n = answer.best.size
    counts = np.bincount(answer.best.ravel(), minlength=len(names))
    alone = np.bincount(answer.best.ravel(), (answer.tied.sum(axis=0) == 1).ravel(), minlength=len(names)).astype(int)
    order = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i]]
    listed = _some([f"{names[i]} at {counts[i]} (alone at {alone[i]})" for i in order])
    known = " So there is no best strategy without saying which policies." if len(order) > 1 else ""
    families = pd.Series([game.families[game.strategies[i]] for i in answer.best.ravel()]).value_counts()
    return (f"Of {n} pairs of policies the highest mean of {len(names)} strategies has: {listed}. At {int((answer.tied.sum(axis=0) > 1).sum())} pairs another "
            f"one is tied with it: the paired 95 % interval contains 0.{known} By family of the best (families are of unequal size, so this compares none): "
            f"{phrases.listed([f'{family_label(str(name))} {count}' for name, count in families.items()])}.")


def _rivals(solution: Solution) -> str:
    game, ends, names = solution.game, solution.extremes, _Names(solution)
    n = len(game.policies)
    swing = ends.best.value - ends.worst.value
    safest, most, least = int(ends.worst.value.argmax()), int(swing.argmax()), int(swing.argmin())

    def ends_of(i: int) -> str:
        return (f"{names.strategies[i]} from {phrases.told(game.measure, ends.worst[i])} at {names.pair(*divmod(int(ends.worst_pair[i]), n))} to "
                f"{phrases.told(game.measure, ends.best[i])} at {names.pair(*divmod(int(ends.best_pair[i]), n))}")

    between = np.ptp(game.state.mean(axis=WORLD), axis=0)
    scale = telling.scale_of(game.measure)
    return (f"The powers' policies move the typical strategy by {telling.number(float(scale.difference(np.median(swing))))} {scale.unit} between its worst and "
            f"its best pair; the choice among {len(swing)} strategies, at the typical pair, by {telling.number(float(scale.difference(np.median(between))))}. "
            f"Moved most: {ends_of(most)}. Moved least: {ends_of(least)}. Highest worst case: {ends_of(safest)}. Ends are chosen on the same "
            "worlds, which flatters them a little; every strategy is in the table.")


def _cost(solution: Solution) -> str:
    influence = solution.means.influence
    moves = [float(np.ptp(each[0], axis=0).max()) for each in influence]
    return (f"Averaged over the rival's policies, the small state answering best. What the small state plays moves influence by {telling.number(moves[0])} "
            f"hundredths (China) and {telling.number(moves[1])} (United States) at most: it is a small part of the region. A policy pays against the one of "
            "least effort below its break-even price:")


def _cost_of(solution: Solution, power: int) -> str:
    names, cost = _Names(solution).policies, solution.costs[power]
    others = [int(i) for i in np.argsort(-np.nan_to_num(cost.breaks_even.value, nan=-np.inf), kind="stable") if i != cost.least]
    paying = [i for i in others if cost.breaks_even.low[i] > 0]
    losing = [names[i] for i in others if cost.breaks_even.high[i] < 0]
    parts = [f"least effort is {names[cost.least]}, outlay {_number(cost.outlay[cost.least], 1)} hundredths of a percent of GDP for "
             f"{_number(cost.influence[cost.least], 1)} hundredths of influence"]
    if paying:
        parts.append(f"highest break-even price: {phrases.listed([f'{names[i]} {_number(cost.breaks_even[i])}' for i in paying[:3]])}")
    if losing:
        parts.append(f"costing more for less influence, at any price: {phrases.listed(losing)}")
    return f"{_capital(POWER_NAMES[power])}: {'; '.join(parts)}."


def _ratio(solution: Solution) -> str:
    names, told = _Names(solution).policies, []
    for power, cost in enumerate(solution.costs):
        least = cost.least
        best = int(worth(cost.influence.value, cost.outlay.value, None).argmax())
        top = int(cost.influence.value.argmax())
        way = (HUNDREDTHS + cost.influence.value) / (2 * HUNDREDTHS)
        told.append(f"for {POWER_NAMES[power]} {names[best]} has the highest ratio on average; {names[least]}, of least effort, has "
                    f"{way[least] / way[top]:.0%} of the numerator of {names[top]}, which has most influence, at "
                    f"{cost.outlay.value[least] / cost.outlay.value[top]:.0%} of its outlay")
    return (f"{_capital('; '.join(told))}. Effort moves the denominator far more than influence moves the numerator, so a ratio favours whoever does least: "
            "that follows from its definition and says nothing for that policy. What to conclude is on the ladder of prices, where least effort wins only "
            "above the break-even prices.")


def _other_ways(solution: Solution) -> str:
    rungs = solution.rungs
    parts = []
    for strength in OTHERS:
        same = sum(all(int(rung.other_strengths[strength][power].argmax()) == int(rung.policies[power].value.argmax()) for power in range(2)) for rung in rungs)
        parts.append(f"strength {strength:g} (instead of {STRENGTH:g}) has the same policies of both powers on top {same} of {len(rungs)} times")
    same = sum(all(int(rung.replicated[1 + power].argmax()) == int(rung.policies[power].value.argmax()) for power in range(2)) for rung in rungs)
    return (f"Selection at {phrases.listed(parts)}. Replicator dynamics from even shares have on average over their second half the same on top {same} of "
            f"{len(rungs)} times. Shares are in the tables.")


def _conclusions(solution: Solution) -> list[Conclusion]:
    """Who leads in the long run where influence is all, and at how many of the prices."""
    names, priced = _Names(solution), [rung for rung in solution.rungs if rung.price is not None]
    rows = []
    for who, shares, called in (
            *((POWER_NAMES[power], [rung.policies[power] for rung in priced], names.policies) for power in range(2)),
            ("The small state", [rung.strategies for rung in priced], names.strategies)):
        first = int(shares[0].value.argmax())
        holds = share_interval(sum(int(each.value.argmax()) == first for each in shares), len(priced))
        rows.append(Conclusion(f"{_capital(who)} ends most often with {called[first]}, {phrases.share(shares[0][first])} of the long run at price "
                               f"{priced[0].name}",
                               "the price of outlay in influence", holds))
    return rows


def _caveats(solution: Solution, job: Job) -> list[str]:
    game = solution.game
    left = sorted({*job.settings.strategies} - {*game.strategies})
    return [
        "All intervals and shares of resamples are over worlds, the same ones for all profiles, so they are narrow: they say nothing of whether the "
        "assumptions hold. Set other parameters, scenarios or worlds to see. Nor are they corrected for how many strategies and pairs are compared: the best "
        "of many is flattered. Both powers have the same price of outlay here, as a share of their own GDP; where one of them values influence more than the "
        "other, each column holds for neither.",
        "Outlay is investment and aid. Pressure and visits cost a power nothing here, and a state under pressure gets less, which saves outlay: where a policy "
        "of pressure does well at a high price, that is why. A power does not value the small state's welfare, trade or its own security, and budgets are "
        "those of the policies in conf/policy: the game is among these and no others. A policy file of one's own takes part.",
        "Alpha-rank: each player's payoffs are scaled from 0 to 1 over all profiles; a population of 50 stands behind each, selection at strength "
        f"{STRENGTH:g}. Shares are of time in an endless process of trial and takeover, no probabilities of what the powers will do. Gains of some thousandths "
        "of a player's range hardly count in it; in equilibria any gain counts.",
        *([f"Left out, because some of their cells failed: {', '.join(left)}."] if left else [])]


# ---- Figures


def _draw(solution: Solution, job: Job, folder: Path) -> list[Picture]:
    game, settings = solution.game, job.settings
    n = len(game.policies)
    foot = (f"{settings.world.name.replace('_', ' ').capitalize()} ({settings.focal}) · {settings.scenario.name.replace('_', ' ')} · {len(game.strategies)} "
            f"strategies × {n} × {n} policies · {game.n_worlds:,} worlds × {settings.horizon} quarters · seed {settings.seed}")
    tied = solution.answer.tied.sum(axis=0) > 1
    pictures = []

    def draw(name: str, title: str, question: str, caption: str, alt: str, plot: Callable[[Figure], list[Axes]]) -> None:
        pictures.append(picture(folder, foot, name, title, question, caption, alt, plot))

    def ladder(figure: Figure) -> list[Axes]:
        return price_ladder.draw(figure, game.policies, game.strategies, game.families, solution.rungs)

    def mix(figure: Figure) -> list[Axes]:
        return stationary_mix.draw(figure, game.policies, game.strategies, game.families, solution.shown)

    draw("price_ladder", "What survives, by what influence is worth", "Which policies are left in the long run, and what does the small state then play?",
            "Share of the long run by alpha-rank, at each price of outlay in influence. From left to right effort becomes dearer: at 0 influence is all, at "
            "the last price least effort is always best.", price_ladder.alt(game.policies, game.strategies, solution.rungs), ladder)
    draw("stationary_mix", "What is left in the long run", "How often is each policy and each strategy played, and how sure is that?",
            "At the first, the middle and the last price. Bars: share of the long run. Lines: 95 % interval over resamples of the worlds. Strategies that are "
            "hardly played are left out.", stationary_mix.alt(game.policies, game.strategies, solution.shown), mix)
    for rung in solution.shown:
        def grid(figure: Figure, rung: Rung = rung) -> list[Axes]:
            return policy_grid.draw(figure, game.policies, game.strategies, game.families, rung.answers, tied, rung.best, rung.led)

        where = stationary_mix.price_in_words(rung)
        draw(f"policy_grid_{rung.name}", f"Who goes where: {where[:1].lower()}{where[1:]}", f"Where would each power go from each pair of policies? {where}",
                "Each cell is a pair of policies and the strategy that is then best for the small state, in the colour of its family; striped where another "
                "one is tied. Arrows point to the power's best policy when the small state answers, up and down for China, left and right for the United "
                "States; a dot: it stays. Frames: equilibria of the powers.",
                policy_grid.alt(game.policies, game.strategies, rung.answers, tied, rung.led), grid)
    return pictures


# ---- Tables


def _tables(solution: Solution) -> list[Table]:
    game, names, rungs = solution.game, _Names(solution), solution.rungs
    heads = [rung.name for rung in rungs]
    tables = []
    for title, rows, shares in (
            ("The long run: China", names.policies, [rung.policies[0] for rung in rungs]),
            ("The long run: the United States", names.policies, [rung.policies[1] for rung in rungs]),
            ("The long run: the small state", names.strategies, [rung.strategies for rung in rungs])):
        most = np.max([part.high for part in shares], axis=0)
        order = [int(i) for i in np.argsort(-np.max([part.value for part in shares], axis=0), kind="stable")]
        rest = [rows[i] for i in order if most[i] < HARDLY]
        tables.append(Table(
            title,
            "Share of the long run in %, 95 % interval over resamples of the worlds, by price; the last column is the ratio where there is one. Blank: less "
            f"than half a percent.{f' Below {HARDLY:.0%} at every price: {phrases.listed(rest)}.' if rest else ''}",
            [title.split(": ")[1], *heads],
            [[rows[i], *(_percent(part[i]) for part in shares)] for i in order if most[i] >= HARDLY]))
    tables.append(Table(
        "Equilibria in pure actions",
        f"Share: of {_resamples(solution)} resamples of the worlds in which it is one. Those of fewer than {TOLD:.0%} are in equilibria.csv.",
        ["price", "who chooses", "small state", "China", "United States", "as the worlds are", "share of resamples"],
        [[rung.name, who, names.strategies[s], names.policies[c], names.policies[u], "yes" if each.found else "no", phrases.share(each.share)]
         for rung in rungs for who, some in (("all at once", rung.at_once), ("powers, then the small state", rung.led))
         for each in some if each.found or float(each.share.value) >= TOLD for s, c, u in [each.profile]], frozenset(range(6))))
    tables.append(Table(
        "What the powers can do to a strategy",
        f"In {telling.scale_of(game.measure).unit}, difference to what {labels([game.reference])[game.reference]} has on average over all pairs, 95 % interval "
        "over worlds. The last columns: against the policies of the long run at a price; * tied with the best there.",
        ["strategy", "family", "all pairs", "worst pair", "at", "best pair", "at", *(f"price {rung.name}" for rung in solution.shown)],
        _strategy_rows(solution, names), frozenset({0, 1, 4, 6})))
    for power in range(2):
        cost = solution.costs[power]
        by_influence = np.argsort(-cost.influence.value, kind="stable")
        tables.append(Table(
            f"What influence costs: {POWER_NAMES[power]}",
            "On average over the rival's policies, the small state answering best. Influence in hundredths, outlay in hundredths of a percent of own GDP; "
            f"break-even price against {names.policies[cost.least]}: below it the policy pays.",
            ["policy", "influence", "outlay", "break-even price"],
            [[names.policies[i], _number(cost.influence[i]), _number(cost.outlay[i]), _number(cost.breaks_even[i])] for i in by_influence]))
    tables.append(Table(
        "Other ways to the long run",
        "Policies with the largest share, by strength of selection and by replicator dynamics from even shares (mean of the second half).",
        ["price", "player", *(f"strength {strength:g}" for strength in (OTHERS[0], STRENGTH, *OTHERS[1:])), "replicator"],
        [[rung.name, POWER_NAMES[power], *(_top(names.policies, shares) for shares in (
            rung.other_strengths[OTHERS[0]][power], rung.policies[power].value, *(rung.other_strengths[each][power] for each in OTHERS[1:]),
            rung.replicated[1 + power]))]
         for rung in rungs for power in range(2)], frozenset(range(6))))
    return tables


def _top(names: Sequence[str], shares: Iterable[float]) -> str:
    shares = np.asarray(shares)
    return ", ".join(f"{names[i]} {shares[i]:.0%}" for i in np.argsort(-shares, kind="stable")[:3] if shares[i] >= SURVIVES)


def _strategy_rows(solution: Solution, names: _Names) -> list[list[str]]:
    game, ends, n = solution.game, solution.extremes, len(solution.game.policies)
    scale = telling.scale_of(game.measure)
    digits = 3 if game.measure == COMPOSITE else 2

    def cell(part: Estimate) -> str:
        return _number(Estimate(*(np.asarray(scale.difference(end)) for end in (part.value, part.low, part.high))), digits)

    rows = []
    shown = [solution.against[solution.rungs.index(rung)] for rung in solution.shown]
    for i in np.argsort(-ends.mean.value, kind="stable").tolist():
        pairs = [names.pair(*divmod(int(where[i]), n)) for where in (ends.worst_pair, ends.best_pair)]
        last = [cell(found.values[i]) + ("*" if found.behind.high[i] >= 0 else "") for found in shown]
        family = family_label(game.families[game.strategies[i]])
        rows.append([names.strategies[i], family, cell(ends.mean[i]), cell(ends.worst[i]), pairs[0], cell(ends.best[i]), pairs[1], *last])
    return rows


def frames(solution: Solution) -> dict[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    game, rungs = solution.game, solution.rungs
    policies, strategies = game.policies, game.strategies
    players = (("china", policies, 0), ("us", policies, 1), ("small_state", strategies, 2))
    long_run = [{"price": rung.name, "player": player, "action": names[i], **phrases.three("share", (*rung.policies, rung.strategies)[of], i)}
                for rung in rungs for player, names, of in players for i in range(len(names))]
    pairs = [{"price": rung.name, "china": china, "us": us, "best_answer": strategies[int(rung.answers[c, u])], "china_stays": bool(rung.best[0, c, u]),
              "us_stays": bool(rung.best[1, c, u]), **phrases.three("share", rung.pairs, (c, u))}
             for rung in rungs for c, china in enumerate(policies) for u, us in enumerate(policies)]
    equilibria = [{"price": rung.name, "chosen": who, "strategy": strategies[s], "china": policies[c], "us": policies[u], "found": each.found,
                   **phrases.three("share", each.share)}
                  for rung in rungs for who, some in (("at_once", rung.at_once), ("small_state_answers", rung.led)) for each in some
                  for s, c, u in [each.profile]]
    mixed = [{"price": rung.name, "equilibrium": number, "complete": rung.mixed.complete, "player": player, "policy": policies[i], "chance": mix[i],
              **phrases.three("share", share)}
             for rung in rungs for number, (pair, share) in enumerate(zip(rung.mixed.pairs, rung.mixed_share, strict=True), 1)
             for player, mix in zip(("china", "us"), pair, strict=True) for i in np.flatnonzero(mix > 0)]
    costs = [{"player": player, "policy": policies[i], **phrases.three("influence", cost.influence, i), **phrases.three("outlay", cost.outlay, i),
              **phrases.three("break_even_price", cost.breaks_even, i), "least_effort": i == cost.least}
             for player, cost in zip(("china", "us"), solution.costs, strict=True) for i in range(len(policies))]
    other = [{"price": rung.name, "player": player, "policy": policies[i], "way": way, "share": shares[i]}
             for rung in rungs for power, player in enumerate(("china", "us")) for way, shares in (
                 *((f"strength {strength:g}", rung.other_strengths[strength][power]) for strength in OTHERS), ("replicator", rung.replicated[1 + power]))
             for i in range(len(policies))]
    lists = {"long_run": long_run, "pairs": pairs, "equilibria": equilibria, "mixed": mixed, "costs": costs, "other_ways": other}
    columns = {"equilibria": ["price", "chosen", "strategy", "china", "us", "found", "share", "share_low", "share_high"],
               "mixed": ["price", "equilibrium", "complete", "player", "policy", "chance", "share", "share_low", "share_high"]}
    return {**{name: pd.DataFrame(rows, columns=columns.get(name)) for name, rows in lists.items()},
            "payoffs": _payoffs(solution), "answers": _answers(solution), "strategies": _strategies(solution)}


def _payoffs(solution: Solution) -> pd.DataFrame:
    """The tensor: every profile with the means of all payoffs and their intervals over worlds."""
    game = solution.game
    where = np.stack([index.ravel() for index in np.indices(game.state.shape[:3])])
    frame = pd.DataFrame({"strategy": np.array(game.strategies)[where[0]], "china": np.array(game.policies)[where[1]], "us": np.array(game.policies)[where[2]]})
    parts = {game.measure: game.state, **{f"{what}_{power}": values[g] for what, values in (("influence", game.influence), ("outlay", game.outlay))
                                          for g, power in enumerate(("china", "us"))}}
    for name, values in parts.items():
        for end, column in zip(mean_interval(values), (name, f"{name}_low", f"{name}_high"), strict=True):
            frame[column] = end.ravel()
    return frame


def _answers(solution: Solution) -> pd.DataFrame:
    game, answer = solution.game, solution.answer
    return pd.DataFrame([
        {"china": china, "us": us, "best": game.strategies[answer.best[c, u]], "family": game.families[game.strategies[answer.best[c, u]]],
         "next": game.strategies[answer.second[c, u]], **phrases.three("ahead", answer.ahead, (c, u)),
         "tied": " ".join(game.strategies[i] for i in np.flatnonzero(answer.tied[:, c, u]) if i != answer.best[c, u])}
        for c, china in enumerate(game.policies) for u, us in enumerate(game.policies)])


def _strategies(solution: Solution) -> pd.DataFrame:
    game, ends, n = solution.game, solution.extremes, len(solution.game.policies)
    rows = []
    for i, name in enumerate(game.strategies):
        row: dict[str, object] = {"strategy": name, "family": game.families[name], **phrases.three("all_pairs", ends.mean, i)}
        for what, part, where in (("worst", ends.worst, ends.worst_pair), ("best", ends.best, ends.best_pair)):
            china, us = divmod(int(where[i]), n)
            row |= {**phrases.three(what, part, i), f"{what}_china": game.policies[china], f"{what}_us": game.policies[us]}
        for rung, found in zip(solution.rungs, solution.against, strict=True):
            row |= {**phrases.three(f"surviving_{rung.name}", found.values, i), **phrases.three(f"behind_{rung.name}", found.behind, i)}
        rows.append(row)
    return pd.DataFrame(rows)


