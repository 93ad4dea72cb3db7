"""From a league to words."""

from experiments.analyses.rank.result import Options, Result
from experiments.analyses.rank.tables import best_and_worst
from experiments.figures.style import labels
from experiments.names import plain
from experiments.report import phrases
from experiments.report.parts import Conclusion, Finding
from experiments.words import capital, listed, plural, share
from sim.payoffs import COMPOSITE, weights_of

#: Entrants whose best and worst scenarios stand in the findings; the table has all.
MOST = 20


def lead(options: Options, result: Result) -> list[str]:
    """What was compared, and how it counts."""
    settings, weights = options.jobs[0].settings, weights_of(options.jobs[0].run.payoff)
    reference = labels([options.reference])[options.reference]
    weighted = listed([f"{plain(name)} {share(weight)}" for name, weight in weights.items() if weight])
    return [
        f"Which of {plural(len(result.entries), 'entrant')} is best for {settings.world.states[settings.focal].label or settings.focal}, whatever comes?",
        f"{plural(len(options.scenarios), 'scenario')} ({listed([plain(name) for name in options.scenarios])}), {settings.n_worlds:,} worlds in each, the same "
        f"ones for every strategy. World {plain(settings.world.name).capitalize()}, {settings.horizon} quarters. A score is the composite of the returns on "
        f"their common scale less that of {reference}; weights: {weighted}."]


def findings(options: Options, result: Result) -> list[Finding]:
    """The findings, each a headline with its numbers."""
    shown = labels(result.names)
    first = [shown[result.names[i]] for i in result.first]
    n = len(result.entries)
    about = f"{capital(first[0])} is first of {n}" if len(first) == 1 else f"{len(first)} of {n} share the first place"
    others = f" {capital(listed(first[1:6]))} cannot be distinguished from it." if len(first) > 1 else ""
    more = f" So do {len(first) - 6} more." if len(first) > 6 else ""
    made = [Finding(about, f"{capital(first[0])} has the highest score, {phrases.text(COMPOSITE, result.score[0])}.{others}{more}")]
    lines = []
    for i, name in enumerate(result.names[:MOST]):
        best, worst = best_and_worst(options, result, i)
        lines.append(f"{capital(shown[name])} (place {result.rank[i]}): best in {best}; worst in {worst}.")
    made.append(Finding("Each has its best and its worst scenario", "Scores in these scenarios, and the world that is best or worst on average over scenarios.",
                        tuple(lines)))
    if not_ranked := [*options.refused, *result.failed]:
        made.append(Finding(f"{plural(len(not_ranked), 'file')} not ranked", "The first reason of each:",
                            tuple(f"{each.file}: {each.reason}" for each in not_ranked)))
    return made


def caveats(options: Options) -> list[str]:
    """What the reader must know."""
    return ["Scores depend on the weights and anchors of the payoff: another payoff may give another order.",
            "Intervals are over worlds at the default numbers of the model; they do not hold what rests on its assumptions.",
            *phrases.cautions(options.jobs[0].settings.n_worlds)]


def conclusions(options: Options, result: Result) -> list[Conclusion]:
    """What is concluded, and in how many scenarios it holds."""
    first = labels(result.names)[result.names[0]]
    lowest = plain(options.scenarios[result.of_scenario.value[0].argmin()])
    return [Conclusion(f"{capital(first)} is at place 1, alone or with others; score {phrases.text(COMPOSITE, result.score[0])}",
                       f"the scenario: its score is lowest in {lowest}", result.leads)]
