"""From a hindcast to words: verdicts first, by rule."""

import numpy as np

from experiments.analyses.hindcast.phrases import change, figure, inside, series_label, unit_of
from experiments.analyses.hindcast.result import DECIDES, FEW, FREE, MODEL, NARROW, NONE, RIGHT, SKILL, STEPS, UNSURE, UNTESTED, WIDE, Options, Result, Target
from experiments.analyses.hindcast.tables import number_labels, skill_text
from experiments.figures.style import labels
from experiments.names import plain
from experiments.report.parts import Conclusion, Finding
from experiments.words import capital, listed, number, plural, share
from sim.yearly import MEASURES_BY_YEAR

#: Numbers and series named in a sentence.
NAMED = 5
#: So large a share of what there is beyond an even one says something of a strategy.
SAYS = 0.1


def lead(options: Options, result: Result) -> list[str]:
    """The question, and what was put in."""
    s, case = options.job.settings, options.case
    given = list(dict.fromkeys(each.kind for each in (*s.scenario.series, *s.scenario.events)))
    last = max(int(target.years[-1]) for target in (*result.targets, *result.others))
    return [
        case.question,
        f"World {plain(s.world.name).capitalize()} starts from facts known by {options.first_year - 1} and runs freely to {last}. From then on it knows only "
        f"what the scenario {plain(s.scenario.name)} gives: {listed(given) if given else 'nothing'}. Under each of "
        f"{plural(len(options.job.settings.strategies), 'strategy')}, {plural(options.n_draws, 'draw')} of "
        f"{plural(len(options.points.names), 'number')} were simulated. The "
        f"{len(result.kept):,} that came nearest to the years up to {options.until} are kept; later years were used for nothing but the test.",
        case.source]


def findings(options: Options, result: Result) -> list[Finding]:
    """The findings, each a headline with its numbers."""
    made = [_verdict(options, result), _simple(options, result), _steps(options, result), _bands(result), _identified(options, result),
            _strategies(result), _agreement(result), _turns(options, result), _missing(options)]
    return [finding for finding in made if finding is not None]


def headline(result: Result) -> str:
    """The verdict in a line."""
    tested = [target for target in result.targets if target.verdict != UNTESTED]
    if not tested:
        return "Nothing could be tested: no series has three years to score in training and three in the test"
    good, unsure = (len(result.with_verdict(verdict)) for verdict in (SKILL, UNSURE))
    if good == len(tested):
        which = "the one series" if good == 1 else f"all {good} series"
        return f"The model has skill in {which}{'' if len(tested) == len(result.targets) else ' that could be tested'}"
    if good:
        return f"The model has skill in {good} of {len(tested)} series"
    if unsure:
        return f"The model has sure skill in none of {len(tested)} series; in {unsure} it comes nearer than the constant, but not for certain"
    which = "the one series that was tested" if len(tested) == 1 else f"any of {len(tested)} series"
    return f"The model has no skill in {which}: it does not come nearer than the constant both in training and in the test"


def _verdict(options: Options, result: Result) -> Finding:
    parts = []
    for target in result.targets:
        training, test = target.training[FREE], target.test[FREE]
        errors = (f"skill {skill_text(training.skill[DECIDES])} in training and {skill_text(test.skill[DECIDES])} in the test" if test.n
                  else f"skill {skill_text(training.skill[DECIDES])} in training")
        parts.append(f"{series_label(target.series, options)}: {_words(target)}; {errors}.")
    return Finding(headline(result), "A series has skill where the model comes nearer than the mean of the training years (the constant) for certain, in "
                                     "training and in the test:", tuple(parts))


def _words(target: Target) -> str:
    if target.verdict == UNSURE:
        return "nearer than the constant, but not for certain"
    if target.verdict == NONE:
        where = [which for which, split in (("training", target.training[FREE]), ("the test", target.test[FREE])) if not split.beats(DECIDES)]
        return f"no skill, not nearer than the constant in {listed(where)}"
    return target.verdict


def _simple(options: Options, result: Result) -> Finding | None:
    """Which simple forecast is better than the model in the test."""
    parts, nearer = [], 0
    for target in result.targets:
        if target.verdict != UNTESTED:
            split = target.test[FREE]
            best, model = split.scores[split.best_baseline], split.scores[MODEL]
            nearer += not model.error < best.error
            parts.append(f"{series_label(target.series, options)}: {split.best_baseline} {figure(best.rmse)}, model {figure(model.rmse)} "
                         f"{unit_of(target, options)}".rstrip() + ".")
    if not parts:
        return None
    return Finding(f"A simple forecast comes nearer than the model in {nearer} of {len(parts)} series",
                   "The best of the constant, the last value, the trend and an AR(1), fitted on the same training years. Root mean square errors in the test:",
                   tuple(parts))


def _steps(options: Options, result: Result) -> Finding | None:
    lines = []
    for step in STEPS:
        splits = [(target, target.test[step] if target.test[step].n else target.training[step]) for target in result.targets]
        splits = [(target, split) for target, split in splits if split.n]
        if splits:
            better = sum(split.scores[MODEL].error < split.scores["last value"].error for _, split in splits)
            lines.append((step, better, len(splits)))
    if not lines:
        return None
    parts = tuple(f"{plural(step, 'year')} ahead: in {better} of {n} series." for step, better, n in lines)
    return Finding(f"One year ahead the change that the model adds helps in {lines[0][1]} of {lines[0][2]} series",
                   "From each observed value on, the model adds its own change. It comes nearer than the value itself:", parts)


def _bands(result: Result) -> Finding | None:
    held = result.held
    if held is None:
        return None
    about = {NARROW: "The bands are too narrow", RIGHT: "The bands are about as wide as they should be",
             WIDE: "The bands hold nearly everything: they are wide",
             FEW: "There are too few observations to know whether the bands are as wide as they should be"}[held.width]
    half, most = (share(each.value) for each in held.shares)
    return Finding(about, f"Of {plural(held.n, 'observation')} in {held.which} years the 50 % bands hold {half} and the 90 % bands {most}.")


def _identified(options: Options, result: Result) -> Finding:
    known, called = result.identified, number_labels(options)
    sure = [i for i in np.argsort(-known.contraction, kind="stable").tolist() if known.sure[i]]
    n = len(known.names)
    if not sure:
        about = f"The data identify none of {n} numbers" if n > 1 else "The data do not identify the one number drawn"
        return Finding(about, f"The kept draws look like the prior{' in each of them, with all tested at once' if n > 1 else ''}.")
    parts = tuple(f"{capital(called[i])}: nine tenths of the kept draws lie between {share(known.low[i])} and {share(known.high[i])} of its range."
                  for i in sure[:NAMED])
    others = len(sure) - NAMED
    more = f" {plural(others, 'other')} that they identify {'stands' if others == 1 else 'stand'} in the table." if others > 0 else ""
    if len(sure) == n:
        return Finding(f"The data identify {f'all {n} numbers' if n > 1 else 'the one number'} drawn", f"The kept draws differ from the prior.{more}", parts)
    return Finding(f"The data identify {len(sure)} of {n} numbers", f"In the others the kept draws look like the prior.{more}", parts)


def _strategies(result: Result) -> Finding | None:
    if len(result.strategies) < 2:
        return None
    shown = labels(list(result.strategies))
    order = sorted(result.strategies, key=lambda name: -result.strategies[name])
    first, n = order[0], len(order)
    text = "; ".join(f"{shown[name]} {share(result.strategies[name])}" for name in order[:NAMED])
    says = result.strategies[first] - 1 / n >= SAYS * (1 - 1 / n)
    about = f"{capital(shown[first])} fits the training years best" if says else "The training years hardly say which strategy was played"
    return Finding(about, f"Shares among the kept draws; each had {share(1 / n)} before: {text}.")


def _agreement(result: Result) -> Finding | None:
    if not np.isfinite(result.agreement):
        return None
    about = ("Draws that fit the training years better also fit the test better" if result.agreement > 0.3 else
             "Draws that fit the training years better fit the test worse" if result.agreement < -0.3 else
             "How well a draw fits the training years says little about the test")
    return Finding(about, f"Rank correlation of the two errors among the tenth of the draws that is nearest in training: {number(result.agreement)}.")


def _turns(options: Options, result: Result) -> Finding | None:
    if not result.turns:
        return None
    right = [turn for turn in result.turns if turn.same_sign >= 0.5]
    parts = []
    for turn in result.turns:
        ratios = MEASURES_BY_YEAR[turn.series.measure].ratios
        parts.append(f"{turn.label} ({inside(turn.series, options)}, {turn.start} to {turn.end}): observed {change(ratios, turn.observed)}, simulated "
                     f"{change(ratios, float(turn.simulated.value))}.")
    return Finding(f"{len(right)} of {plural(len(result.turns), 'turning point')} {'has' if len(result.turns) == 1 else 'have'} the right sign",
                   "The sign is right where at least half of the kept draws have it:", tuple(parts))


def _missing(options: Options) -> Finding | None:
    if not options.case.missing:
        return None
    return Finding("What the model cannot express", "These mattered in those years, as the case says:", tuple(options.case.missing))


def caveats(options: Options, result: Result) -> list[str]:
    """What the reader must know."""
    last = max(int(target.years[-1]) for target in result.targets)
    made = []
    if last > options.until and options.until < options.case.until and options.targets == options.case.targets:
        made.append(f"The series end in {last}. So that there is a test, the years after {options.until} were held back and not fitted. targets=FILE scores "
                    "others, such as later years.")
    if options.case.prices is not None:
        made.append(f"Amounts of money are at the prices of {options.first_year - 1}.")
    if result.others:
        made.append("Series of other states, and those with fewer than two training years, are scored and were not fitted.")
    if options.before:
        made.append(f"The world begins in {options.first_year}: {plural(options.before, 'value')} of earlier years {'does' if options.before == 1 else 'do'} "
                    "not count.")
    if unlike := [target for target in result.targets if target.unlike_the_world]:
        made.append(f"The first value observed of {listed([inside(target.series, options) for target in unlike])} is more than twenty times, or less than a "
                    "twentieth of, what the world begins with: are unit and facts right?")
    shown_turns = {turn.label for turn in result.turns}
    if without := [point.label for point in options.case.turning_points if point.label not in shown_turns]:
        made.append(f"Nothing was observed of these turning points: {listed(without)}.")
    if failed := [name for name in options.job.settings.strategies if name not in result.strategies]:
        made.append(f"Some cells of {listed([labels([name])[name] for name in failed])} failed: "
                    f"{'it takes' if len(failed) == 1 else 'they take'} no part. The same command tries them again.")
    return made


def conclusions(options: Options, result: Result) -> list[Conclusion]:
    """Each verdict, and in how many of the kept draws it holds one by one."""
    made = []
    for target in result.targets:
        where = "in the test" if target.test[FREE].n else "in training, nothing being left for a test,"
        often = target.alone
        nearer = float(often.value) >= 0.5
        text = f"{capital(inside(target.series, options))}: {where} a kept draw alone comes {'nearer' if nearer else 'no nearer'} than the constant"
        made.append(Conclusion(text, "", often if nearer else type(often)(1 - often.value, 1 - often.high, 1 - often.low)))
    return made


def tried(result: Result) -> str:
    """What the shares of conclusions are shares of."""
    return f"{len(result.kept):,} kept draws"

