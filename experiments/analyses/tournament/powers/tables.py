"""Tables of the game of the powers."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from experiments import words
from experiments.analyses.tournament.options import Options
from experiments.analyses.tournament.powers.phrases import NAMED, Names, percent, resamples
from experiments.analyses.tournament.powers.solve import OTHERS, STRENGTH, SURVIVES, Solution
from experiments.figures import scales
from experiments.figures.style import family_label, labels
from experiments.methods.intervals import Estimate
from experiments.names import powers, short_powers
from experiments.report import phrases
from experiments.report.parts import Table
from experiments.words import share
from sim.payoffs import COMPOSITE, PLACES

#: A policy or strategy with less than this share at every price has no row.
HARDLY = 0.01


def tables(options: Options, result: Solution) -> list[Table]:
    """Tables of the report."""
    return [*_long_run(result), _equilibria(result), _what_the_powers_do(result), *_costs(result), _other_ways(result)]


def _long_run(solution: Solution) -> list[Table]:
    names, rungs = Names(solution), solution.rungs
    heads, made = [rung.name for rung in rungs], []
    for title, rows, shares in (
            (f"The long run: {powers()[0]}", names.policies, [rung.policies[0] for rung in rungs]),
            (f"The long run: {powers()[1]}", names.policies, [rung.policies[1] for rung in rungs]),
            ("The long run: the small state", names.strategies, [rung.strategies for rung in rungs])):
        most = np.max([part.high for part in shares], axis=0)
        order = [int(i) for i in np.argsort(-np.max([part.value for part in shares], axis=0), kind="stable")]
        rest = [rows[i] for i in order if most[i] < HARDLY]
        below = f" Below {share(HARDLY)} at every price: {words.listed(rest)}." if rest else ""
        made.append(Table(
            title,
            "Share of the long run in %, with its 95 % interval over resamples of the worlds, by price; the last column is the ratio where there is one. "
            f"Blank: less than 0.5 %.{below}",
            [title.split(": ")[1], *heads],
            [[rows[i], *(percent(part[i]) for part in shares)] for i in order if most[i] >= HARDLY]))
    return made


def _equilibria(solution: Solution) -> Table:
    names = Names(solution)
    return Table(
        "Equilibria in pure actions",
        f"Share: of {resamples(solution)} resamples of the worlds, those in which it is an equilibrium. The file equilibria.csv has those of less than "
        f"{share(NAMED)} too.",
        ["price", "who chooses", "small state", *short_powers(), "in mean payoffs", "share of resamples"],
        [[rung.name, who, names.strategies[s], names.policies[c], names.policies[u], "yes" if each.in_mean_payoffs else "no", phrases.share(each.share)]
         for rung in solution.rungs for who, some in (("all at once", rung.at_once), ("powers, then the small state", rung.led))
         for each in some if each.in_mean_payoffs or float(each.share.value) >= NAMED for s, c, u in [each.profile]], frozenset(range(6)))


def _what_the_powers_do(solution: Solution) -> Table:
    game = solution.game
    return Table(
        "What the powers can do to a strategy",
        f"In {scales.scale_of(game.measure).unit}, difference to the mean of {labels([game.reference])[game.reference]} over all pairs, with its 95 % interval "
        "over worlds. The last columns: against the policies of the long run at a price; *: cannot be distinguished from the best there.",
        ["strategy", "family", "all pairs", "worst pair", "at", "best pair", "at", *(f"price {rung.name}" for rung in solution.shown)],
        _strategy_rows(solution, Names(solution)), frozenset({0, 1, 4, 6}))


def _costs(solution: Solution) -> list[Table]:
    names, made = Names(solution), []
    for power in range(2):
        cost = solution.costs[power]
        by_influence = np.argsort(-cost.influence.value, kind="stable")
        made.append(Table(
            f"What influence costs: {powers()[power]}",
            "Average over the rival's policies, where the small state gives its best answer. Influence in points, outlay in 0.01 % of the power's own GDP. "
            f"Below its break-even price a policy pays better than {names.policies[cost.least]}.",
            ["policy", "influence", "outlay", "break-even price"],
            [[names.policies[i], *(phrases.cell(part[i]) for part in (cost.influence, cost.outlay, cost.breaks_even))] for i in by_influence]))
    return made


def _other_ways(solution: Solution) -> Table:
    names = Names(solution)
    return Table(
        "Other ways to compute the long run",
        "Policies with the largest shares, by strength of selection and by replicator dynamics from even shares (mean of the second half).",
        ["price", "player", *(f"strength {strength:g}" for strength in (OTHERS[0], STRENGTH, *OTHERS[1:])), "replicator"],
        [[rung.name, powers()[power], *(_top(names.policies, shares) for shares in (
            rung.other_ways.strengths[OTHERS[0]][power], rung.policies[power].value,
            *(rung.other_ways.strengths[each][power] for each in OTHERS[1:]), rung.other_ways.replicated[1 + power]))]
         for rung in solution.rungs for power in range(2)], frozenset(range(6)))


def _top(names: Sequence[str], shares: Iterable[float]) -> str:
    shares = np.asarray(shares)
    return ", ".join(f"{names[i]} {share(shares[i])}" for i in np.argsort(-shares, kind="stable")[:3] if shares[i] >= SURVIVES)


def _strategy_rows(solution: Solution, names: Names) -> list[list[str]]:
    game, ends, n = solution.game, solution.extremes, len(solution.game.policies)
    digits = 3 if game.measure == COMPOSITE else 2

    def cell(part: Estimate) -> str:
        return phrases.cell(phrases.scaled(game.measure, part), digits)

    rows = []
    shown = [solution.against[solution.rungs.index(rung)] for rung in solution.shown]
    for i in np.argsort(-ends.mean.value, kind="stable").tolist():
        pairs = [names.pair(*divmod(int(where[i]), n)) for where in (ends.worst_pair, ends.best_pair)]
        last = [cell(result.values[i]) + ("*" if result.behind.high[i] >= 0 else "") for result in shown]
        family = family_label(game.families[game.strategies[i]])
        rows.append([names.strategies[i], family, cell(ends.mean[i]), cell(ends.worst[i]), pairs[0], cell(ends.best[i]), pairs[1], *last])
    return rows


def frames(options: Options, result: Solution) -> dict[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    game, rungs, solution = result.game, result.rungs, result
    policies, strategies = game.policies, game.strategies
    players = ((PLACES[0], policies, 0), (PLACES[1], policies, 1), ("small_state", strategies, 2))
    long_run = [{"price": rung.name, "player": player, "action": names[i], **phrases.three("share", (*rung.policies, rung.strategies)[of], i)}
                for rung in rungs for player, names, of in players for i in range(len(names))]
    pairs = [{"price": rung.name, "policy_first": first, "policy_second": second, "best_answer": strategies[int(rung.answers[c, u])],
              "first_stays": bool(rung.best[0, c, u]), "second_stays": bool(rung.best[1, c, u]), **phrases.three("share", rung.pairs, (c, u))}
             for rung in rungs for c, first in enumerate(policies) for u, second in enumerate(policies)]
    equilibria = [{"price": rung.name, "chosen": who, "strategy": strategies[s], "policy_first": policies[c], "policy_second": policies[u],
                   "in_mean_payoffs": each.in_mean_payoffs, **phrases.three("share", each.share)}
                  for rung in rungs for who, some in (("at_once", rung.at_once), ("small_state_answers", rung.led)) for each in some
                  for s, c, u in [each.profile]]
    mixed = [{"price": rung.name, "equilibrium": number, "complete": rung.mixed.complete, "player": player, "policy": policies[i], "chance": mix[i],
              **phrases.three("share", part)}
             for rung in rungs for number, (pair, part) in enumerate(zip(rung.mixed.pairs, rung.mixed.shares, strict=True), 1)
             for player, mix in zip(PLACES, pair, strict=True) for i in np.flatnonzero(mix > 0)]
    costs = [{"player": player, "policy": policies[i], **phrases.three("influence", cost.influence, i), **phrases.three("outlay", cost.outlay, i),
              **phrases.three("break_even_price", cost.breaks_even, i), "least_effort": i == cost.least}
             for player, cost in zip(PLACES, solution.costs, strict=True) for i in range(len(policies))]
    other = [{"price": rung.name, "player": player, "policy": policies[i], "way": way, "share": shares[i]}
             for rung in rungs for power, player in enumerate(PLACES) for way, shares in (
                 *((f"strength {strength:g}", rung.other_ways.strengths[strength][power]) for strength in OTHERS),
                 ("replicator", rung.other_ways.replicated[1 + power]))
             for i in range(len(policies))]
    lists = {"long_run": long_run, "pairs": pairs, "equilibria": equilibria, "mixed": mixed, "costs": costs, "other_ways": other}
    columns = {"equilibria": ["price", "chosen", "strategy", "policy_first", "policy_second", "in_mean_payoffs", "share", "share_low", "share_high"],
               "mixed": ["price", "equilibrium", "complete", "player", "policy", "chance", "share", "share_low", "share_high"]}
    return {**{name: pd.DataFrame(rows, columns=columns.get(name)) for name, rows in lists.items()},
            "payoffs": _payoffs(solution), "answers": _answers(solution), "strategies": _strategies(solution)}


def _payoffs(solution: Solution) -> pd.DataFrame:
    """Every profile with the means of all payoffs and their intervals over worlds."""
    game = solution.game
    where = np.stack([index.ravel() for index in np.indices(game.state.shape[:3])])
    policies = np.array(game.policies)
    frame = pd.DataFrame({"strategy": np.array(game.strategies)[where[0]], "policy_first": policies[where[1]], "policy_second": policies[where[2]]})
    for name, part in solution.payoffs.items():
        for end, column in ((part.value, name), (part.low, f"{name}_low"), (part.high, f"{name}_high")):
            frame[column] = end.ravel()
    return frame


def _answers(solution: Solution) -> pd.DataFrame:
    game, answer = solution.game, solution.answer
    return pd.DataFrame([
        {"policy_first": first, "policy_second": second, "best": game.strategies[answer.best[c, u]],
         "family": game.families[game.strategies[answer.best[c, u]]],
         "next": game.strategies[answer.second[c, u]], **phrases.three("ahead", answer.ahead, (c, u)),
         "tied": " ".join(game.strategies[i] for i in np.flatnonzero(answer.tied[:, c, u]) if i != answer.best[c, u])}
        for c, first in enumerate(game.policies) for u, second in enumerate(game.policies)])


def _strategies(solution: Solution) -> pd.DataFrame:
    game, ends, n = solution.game, solution.extremes, len(solution.game.policies)
    rows = []
    for i, name in enumerate(game.strategies):
        row: dict[str, object] = {"strategy": name, "family": game.families[name], **phrases.three("all_pairs", ends.mean, i)}
        for what, part, where in (("worst", ends.worst, ends.worst_pair), ("best", ends.best, ends.best_pair)):
            first, second = divmod(int(where[i]), n)
            row |= {**phrases.three(what, part, i), f"{what}_first": game.policies[first], f"{what}_second": game.policies[second]}
        for rung, result in zip(solution.rungs, solution.against, strict=True):
            row |= {**phrases.three(f"surviving_{rung.name}", result.values, i), **phrases.three(f"behind_{rung.name}", result.behind, i)}
        rows.append(row)
    return pd.DataFrame(rows)
