"""Tables of a league."""

from collections.abc import Mapping

import pandas as pd

from experiments.analyses.rank.result import Options, Result
from experiments.figures.style import family_label, labels, short_labels, shortened
from experiments.names import plain
from experiments.report import phrases
from experiments.report.parts import Table
from experiments.terminal import wrapped
from experiments.words import fixed, plural

#: Decimals of a score.
DIGITS = 4


def best_and_worst(options: Options, result: Result, i: int) -> tuple[str, str]:
    """Where an entrant has its highest and its lowest score, in words."""
    scores = result.of_scenario.value[i]
    return tuple(f"{plain(options.scenarios[j])} {fixed(float(scores[j]), DIGITS, sign=True)}, world {world[i]}"  # type: ignore[return-value]
                 for j, world in ((scores.argmax(), result.best_world), (scores.argmin(), result.worst_world)))


def rows(options: Options, result: Result) -> list[list[str]]:
    """Place, name, family, score, best, worst and file of each entrant, the first first."""
    shown = labels(result.names)
    return [[str(result.rank[i]), shown[name], family_label(entry.strategy.family), phrases.cell(result.score[i], DIGITS),
             *best_and_worst(options, result, i), entry.file]
            for i, (name, entry) in enumerate(zip(result.names, result.entries, strict=True))]


def tables(options: Options, result: Result) -> list[Table]:
    """Tables of the report."""
    reference, shown = labels([options.reference])[options.reference], labels(result.names)
    made = [Table(
        "The league", f"Score: the weighted composite less that of {reference} on the same worlds, mean over scenarios with its 95 % interval. Entrants share "
                      "a place while the paired interval of their difference holds 0. Best and worst: the scenario, with the score there, and the number of "
                      "the world on average over scenarios.",
        ["place", "strategy", "family", "score", "best", "worst", "file"], rows(options, result), frozenset({1, 2, 4, 5, 6}))]
    made.append(Table(
        "In each scenario", "Score with its 95 % interval, and the place in that scenario.", ["strategy", *map(plain, options.scenarios)],
        [[shown[name], *(f"{phrases.cell(result.of_scenario[i, j], DIGITS)} ({result.rank_in[i, j]})" for j in range(len(options.scenarios)))]
         for i, name in enumerate(result.names)]))
    if not_ranked := [*options.refused, *result.failed]:
        made.append(Table("Not ranked", "Files that take no part, with the first reason.", ["file", "reason"],
                          [[each.file, each.reason] for each in not_ranked], frozenset({0, 1})))
    return made


def printed(options: Options, result: Result) -> str:
    """The league as the terminal shows it: a line for each entrant, and under it where it is best and worst."""
    cut = zip(rows(options, result), short_labels(result.names).values(), strict=True)
    lines = [["place", "strategy", "family", "score"], *([row[0], name, shortened(row[2]), row[3]] for row, name in cut)]
    widths = [max(len(line[column]) for line in lines) + 2 for column in range(4)]
    heads, *text = ["".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    below = [wrapped(f"best in {best}; worst in {worst}; {file}", indent=widths[0]) for *_, best, worst, file in rows(options, result)]
    reference = labels([options.reference])[options.reference]
    return "\n".join(["", *wrapped(f"Score: weighted composite less that of {reference}, over {plural(len(options.scenarios), 'scenario')}, [95 % interval]. "
                                   "Equal places: no difference that can be distinguished."), heads,
                      *(line for entrant, more in zip(text, below, strict=True) for line in (entrant, *more)),
                      *(f"not ranked: {each.file}: {each.reason}" for each in result.failed)])


def frames(options: Options, result: Result) -> Mapping[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    scores = result.of_scenario
    league = [{
        "place": result.rank[i], "strategy": name, "family": entry.strategy.family, "file": entry.file, **phrases.three("score", result.score, i),
        **phrases.three("behind", result.behind, i), "best_scenario": options.scenarios[scores.value[i].argmax()], "best_score": scores.value[i].max(),
        "worst_scenario": options.scenarios[scores.value[i].argmin()], "worst_score": scores.value[i].min(),
        "best_world": result.best_world[i], "worst_world": result.worst_world[i]}
        for i, (name, entry) in enumerate(zip(result.names, result.entries, strict=True))]
    by_scenario = [{"strategy": name, "scenario": scenario, "place": result.rank_in[i, j], **phrases.three("score", scores, (i, j))}
                   for i, name in enumerate(result.names) for j, scenario in enumerate(options.scenarios)]
    not_ranked = [{"file": each.file, "reason": each.reason} for each in (*options.refused, *result.failed)]
    return {"league": pd.DataFrame(league), "scenarios": pd.DataFrame(by_scenario), **({"not_ranked": pd.DataFrame(not_ranked)} if not_ranked else {})}
