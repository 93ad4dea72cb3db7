"""From a search to a run folder: the strategy file, tables, figures and page on how good the find is, where, and how sure."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from experiments import run_folder
from experiments.analysis import search
from experiments.analysis.intervals import Estimate, share_interval
from experiments.config import Job
from experiments.design import Points
from experiments.figures import telling
from experiments.figures.analysis import advantages, ranges, search_curves, under_policies
from experiments.figures.analysis import front as figure_of_front
from experiments.figures.style import labels
from experiments.futures import varied
from experiments.hypothesis import COMPOSITE
from experiments.optimize import FAMILY, RIVAL_WORLDS, TOLD, Asked, Found
from experiments.outcome import label, weights_of
from experiments.report import conclusions, phrases
from experiments.report.analysis_page import picture, render_analysis
from experiments.report.conclusions import Conclusion, moved_by
from experiments.report.headline import Finding
from experiments.report.page import Picture
from experiments.report.tables import Table
from experiments.reporting import write_analysis
from experiments.runner import Work
from experiments.stopwatch import Stopwatch
from sim import MODEL_VERSION
from sim.axes import Array

NAME = "optimize"
#: Share of the random candidates that count as good where it is asked what they have in common.
GOOD = 0.05


def report(asked: Asked, found: Found, job: Job, unseen: Points, works: Sequence[Work], others: Sequence[Work], watch: Stopwatch) -> Path:
    """Write strategy files, tables, figures, page and manifest into a new run folder; prints the findings.

    Args:
        asked: What was asked for.
        found: What was found.
        job: The job of the judgement.
        unseen: Its futures.
        works: Its cells.
        others: Cells besides; those of the search are found again by the same command.
        watch: Counts the time.

    Returns:
        The path of the page.

    Raises:
        OSError: Something cannot be written.
    """
    folder = run_folder.create(asked.job.run.results, NAME)
    findings = _findings(asked, found)
    with watch.on("writing"):
        (folder / "strategies").mkdir()
        for strategy, unit in zip(found.strategies, found.units, strict=True):
            text = asked.space.yaml(strategy, unit, _provenance(asked, found, strategy.name))
            (folder / "strategies" / f"{strategy.name}.yaml").write_text(text, encoding="utf-8")
    with watch.on("drawing"):
        pictures = _draw(asked, found, folder)
    with watch.on("writing"):
        page = render_analysis(
            title="A better strategy?", command=asked.command, lead=_lead(asked, found), findings=findings, pictures=pictures,
            caveats=_caveats(asked), conclusions=_conclusions(asked, found, unseen), tables=_tables(asked, found),
            hashes={"settings": run_folder.settings_hash(asked.job.settings)})
    for finding in findings:
        print("\n  - ".join([f"{finding.about}. {finding.text}", *finding.parts]))
    print(f"{folder / 'strategies' / asked.name}.yaml: copy it into conf/strategies to compare it with all others")
    everybody = {**asked.library, **{strategy.name: strategy for strategy in found.strategies}}
    judged = replace(job, settings=job.settings.replace(strategies=everybody), points=unseen)
    return write_analysis(folder, frames(asked, found), page, [judged], works, others, found.lost, asked.command, watch)


def _provenance(asked: Asked, found: Found, name: str) -> list[str]:
    """Where a strategy file comes from, in lines."""
    row = found.names.index(name)
    scale = telling.scale_of(asked.measure).label.lower()
    return [
        f"Made by: {asked.command}", f"Model {MODEL_VERSION}, seed {asked.job.settings.seed}, world {asked.job.settings.world.name}, scenario "
        f"{asked.job.settings.scenario.name}, {asked.job.settings.focal}.",
        f"{TOLD[asked.objective].capitalize()}, {scale}: {found.seen.value[row]:.4f} on the {asked.futures} futures that the search saw, "
        f"{found.unseen.value[row]:.4f} [{found.unseen.low[row]:.4f}, {found.unseen.high[row]:.4f}] on {asked.unseen} that it did not see.",
        f"The best of the library on the former, {found.names[found.best_known]}, has {found.unseen.value[found.best_known]:.4f} on the latter."]


# ---- Words


def _objective(asked: Asked) -> str:
    return f"{telling.scale_of(asked.measure).label.lower()}, {TOLD[asked.objective]}"


def _lead(asked: Asked, found: Found) -> list[str]:
    settings = asked.job.settings
    return [
        f"Can a strategy do better than those of the library, and would it still where nobody looked? Searched: {len(asked.space.known)} numbers of a "
        f"strategy. Aim: {_objective(asked)}.",
        f"{asked.candidates:,} candidates by CMA-ES, each on the same {asked.futures} futures (structural parameters and policies of both powers drawn over "
        f"their plausible ranges) × {asked.worlds} worlds. World {settings.world.name}, scenario {settings.scenario.name}, {settings.focal}, "
        f"{settings.horizon} quarters, reference {asked.job.run.reference}. What counts is the judgement: {asked.unseen} other futures with other worlds, "
        "drawn the same way."]


def _findings(asked: Asked, found: Found) -> list[Finding]:
    return [
        Finding("Best of what, where, by how much", _judgement(asked, found)),
        Finding("How much of it was luck of the search", _optimism(asked, found)),
        Finding("Against random candidates", _random(asked, found)),
        Finding("What a rival policy would do to it", _rivals(asked, found)),
        Finding("What it does", _behaviour(asked, found)),
        *([Finding("Between two returns", _front(asked, found))] if found.fronts is not None else []),
    ]


def _sign(part: Estimate) -> int:
    return 1 if part.low > 0 else -1 if part.high < 0 else 0


def _judgement(asked: Asked, found: Found) -> str:
    shown, n = labels(found.names), len(asked.library)
    best = found.best_known
    known = found.ahead[best]
    word = {1: "is ahead of it by", -1: "falls behind it, at a difference of", 0: "is tied with it, at a difference of"}[_sign(known)]
    base = found.names.index(asked.job.run.reference)
    ahead = int((found.ahead.low[:n] > 0).sum())
    behind = [found.names[i] for i in range(n) if found.ahead.high[i] < 0]
    rest = f", behind {phrases.listed([shown[name] for name in behind])}" if behind else ""
    rest += ", tied with the rest" if ahead + len(behind) < n else ""
    return (f"Aim: {_objective(asked)}. On the futures of the search the best of the {n} strategies of the library is {shown[found.names[best]]}. On "
            f"{asked.unseen} futures that it did not see, the find {word} {phrases.told(asked.measure, known)} (95 % interval over futures and worlds). "
            f"Against the reference, {shown[asked.job.run.reference]}: {phrases.told(asked.measure, found.ahead[base])}. It is ahead of "
            f"{'all' if ahead == n else ahead} of the {n}{rest}. This holds for these futures, weights and powers that do not answer, and no further.")


def _optimism(asked: Asked, found: Found) -> str:
    best, find = found.best_known, found.find
    falls = phrases.told(asked.measure, found.optimism[find])
    known = phrases.told(asked.measure, found.optimism[best])
    rest = {1: "more than", -1: "less than", 0: "neither surely more nor surely less than"}[_sign(found.flattered)]
    return (f"Seen less unseen (optimism): {falls} for the find, {known} for the best of the library, which the choice of futures flatters or wrongs as "
            f"well. So the find falls {rest} the library's best; the difference is {phrases.told(asked.measure, found.flattered)}.")


def _random(asked: Asked, found: Found) -> str:
    ahead = found.ahead[found.names.index(f"{asked.name}_random")]
    on_seen = found.trace.values.max() - found.random.values.max()
    scale = telling.scale_of(asked.measure)
    word = {1: "ahead, by", -1: "behind, at a difference of", 0: "tied, at a difference of"}[_sign(ahead)]
    return (f"The best of as many random candidates is {telling.number(float(scale.difference(abs(on_seen))), 3)} {scale.unit} "
            f"{'behind' if on_seen >= 0 else 'ahead'} on the futures seen, where both are as they were chosen, without an interval. On those "
            f"not seen the find is {word} {phrases.told(asked.measure, ahead)}. That is one search and one draw of candidates: another seed has other ones, "
            "which no interval here covers.")


def _rivals(asked: Asked, found: Found) -> str:
    rivals, names = found.rivals, found.policies
    shown, n = labels(found.names), rivals.value.size
    worst, best = (divmod(int(i), len(names)) for i in (rivals.value.argmin(), rivals.value.argmax()))

    def pair(at: tuple[int, int]) -> str:
        return f"China {names[at[0]].replace('_', ' ')}, US {names[at[1]].replace('_', ' ')}"

    return (f"All else at the defaults ({RIVAL_WORLDS} worlds under each of {n} pairs of policies), against {shown[found.names[found.best_known]]}: ahead "
            f"under {int((rivals.low > 0).sum())} pairs, behind under {int((rivals.high < 0).sum())}, tied under the rest. Worst: {pair(worst)}, "
            f"{phrases.told(asked.measure, rivals[worst])}. Best: {pair(best)}, {phrases.told(asked.measure, rivals[best])}. Against the reference ahead under "
            f"{int((found.rivals_reference.low > 0).sum())}, behind under {int((found.rivals_reference.high < 0).sum())}.")


def _behaviour(asked: Asked, found: Found) -> str:
    lean, index = (float(found.behaviour[measure][found.find]) for measure in ("lean", "hedging_index"))
    values = asked.space.values(found.units[0])
    numbers = ", ".join(f"{name} {telling.number(float(value))}" for name, value in zip(asked.space.known, values, strict=True))
    loose = _loose(asked, found)
    return (f"Over the unseen futures it leans by {lean:.2f} on average (0: to neither power, 1: wholly to one) and has a hedging index of {index:.2f} (0: one "
            f"partner only, 1: both alike); no payoff rewards either. Its numbers: {numbers}."
            + (f" Hardly pinned down (the middle half of the best {len(_good(found))} of {len(found.random.points):,} random candidates spans over 40 % of "
               f"the range): {phrases.listed(loose)}." if loose else ""))


def _loose(asked: Asked, found: Found) -> list[str]:
    q25, q75 = np.quantile(_good(found), (0.25, 0.75), axis=0)
    return [name for name, width in zip(asked.space.known, q75 - q25, strict=True) if width > 0.4]


def _good(found: Found) -> Array:
    """The best of the random candidates, shape (candidates, numbers); those of a search that has settled are alike whether or not it matters."""
    order = np.argsort(-found.random.values, kind="stable")
    best: Array = found.random.points[order[: max(10, int(GOOD * len(order)))]]
    return best


def _front(asked: Asked, found: Found) -> str:
    assert asked.front is not None
    assert found.fronts is not None
    scales = [telling.scale_of(measure) for measure in asked.front]
    rows = _on_front(asked, found)
    unseen = found.fronts.value[rows]
    held = len(search.front(unseen))
    n = len(asked.library)
    base = found.names.index(asked.job.run.reference)
    beaten = [found.names[i] for i in range(n) if any((found.fronts.low[row] > found.fronts.high[i]).all() for row in rows)]
    ends = "; ".join(f"{i + 1}: {' and '.join(phrases.told(measure, found.fronts[row, k]) for k, measure in enumerate(asked.front))}"
                     for i, row in enumerate(rows) if i in (0, len(rows) - 1))
    return (f"{scales[0].label} and {scales[1].label.lower()}, {TOLD[asked.objective]}, less the reference ({labels(found.names)[found.names[base]]}). Of "
            f"{len(rows)} strategies chosen along the front on the futures seen, {held} are still undominated among them on those not seen. Its ends, {ends}. "
            f"Strategies of the library that one of them beats clearly in both: {phrases.listed([labels(found.names)[name] for name in beaten])}.")


def _on_front(asked: Asked, found: Found) -> list[int]:
    return [i for i, name in enumerate(found.names) if name.startswith(f"{asked.name}_front_")]


def _conclusions(asked: Asked, found: Found, unseen: Points) -> Table:
    """Whom the find is ahead of, or behind, in how many of the unseen futures and under how many pairs of policies."""
    shown, rows, known = labels(found.names), [], varied(asked.job)
    called = [label(name, known[name]) for name in unseen.names]
    others = (found.names[found.best_known], asked.job.run.reference, f"{asked.name}_random")
    for other in dict.fromkeys(others):
        i = found.names.index(other)
        if sign := _sign(found.ahead[i]):
            holds = share_interval(int((sign * found.by_future[i] > 0).sum()), found.by_future.shape[1])
            rows.append(Conclusion(f"The find is {'ahead of' if sign > 0 else 'behind'} {shown[other]}, {phrases.told(asked.measure, found.ahead[i])}",
                                   moved_by(found.by_future[i], unseen.values, called), holds))
    n = found.rivals.value.size
    for sign, word in ((1, "ahead of"), (-1, "behind")):
        count = int(((found.rivals.low > 0) if sign > 0 else (found.rivals.high < 0)).sum())
        rows.append(Conclusion(f"With all else at the defaults the find is surely {word} {shown[others[0]]}", "the policies of the powers",
                               share_interval(count, n)))
    return conclusions.table(rows, f"{found.by_future.shape[1]} unseen futures (of the last two rows: {n} pairs of policies)")


def _caveats(asked: Asked) -> list[str]:
    weights = ", ".join(f"{name} {weight:.2g}" for name, weight in weights_of(asked.job.run.payoff).items())
    aim = (f" Weights of the composite: {weights}, on the anchors of conf/payoff; whoever weighs otherwise finds another strategy." if
           COMPOSITE in asked.measures else "")
    regret = (" A shortfall is counted from the best of the library in the same future; its interval is over worlds alone, for other futures may hold a "
              "larger one." if asked.objective == "regret" else "")
    return [
        "A search finds what pays in this model, loopholes included: a number at the end of its range says that the model puts no price on going further. "
        "Futures vary evenly and independently over plausible ranges and are no probabilities." + aim + regret,
        "The powers follow the policies drawn and do not answer the find; `counterpoise tournament` lets them. Nor do the other states of ASEAN, which keep "
        "their courses."]


# ---- Figures


def _draw(asked: Asked, found: Found, folder: Path) -> list[Picture]:
    settings, shown, n = asked.job.settings, labels(found.names), len(asked.library)
    where = f"{settings.world.name.replace('_', ' ').capitalize()} ({settings.focal}) · {settings.scenario.name.replace('_', ' ')}"
    seen = f"{where} · {asked.futures} futures × {asked.worlds} worlds · seed {settings.seed}"
    unseen = f"{where} · {asked.unseen} unseen futures × {asked.worlds} worlds · seed {settings.seed + 1}"
    scale, best = telling.scale_of(asked.measure), found.names[found.best_known]
    aim = f"{scale.label}, {TOLD[asked.objective]}"
    families = {name: asked.library[name].family if name in asked.library else FAMILY for name in found.names}
    others = [*found.names[:n], f"{asked.name}_random"]
    rows = [found.names.index(name) for name in others]
    curves = {f"{shown[best]}, the best of the library": float(found.seen.value[found.best_known]),
              f"{shown[asked.job.run.reference]}, the reference": float(found.seen.value[found.names.index(asked.job.run.reference)])}
    quantities = asked.space.known.values()
    ends = [(f"{known.plausible[0]:g}", f"{known.plausible[1]:g}") for known in quantities]
    numbers = [name.replace("_", " ").replace(".", ", ") for name in asked.space.known]
    pictures = [
        picture(folder, unseen, "advantages", "Ahead of whom, where the search did not look", "Is the find better than what is known?",
                f"The find less each strategy of the library, and less the best of as many random candidates, in {scale.unit}: {TOLD[asked.objective]}, on "
                "futures and worlds that the search did not see. 95 % bootstrap intervals over futures and worlds; the spread across worlds is not shown.",
                advantages.alt(others, found.ahead[rows], asked.measure),
                lambda figure: advantages.draw(figure, others, families, asked.job.run.reference, found.ahead[rows], asked.measure, f"{aim}: the find less "
                    "each")),
        picture(folder, seen, "search", "How the search got there", "Does the search beat as many candidates at random?",
                "The best candidate so far, on the futures that the search saw; this is what it was told, so it flatters the find. The tenth of the "
                "candidates that did worst may lie below the frame.",
                search_curves.alt(found.trace, found.random, aim), lambda figure: search_curves.draw(figure, found.trace, found.random, curves, aim)),
        picture(folder, seen, "ranges", "What good strategies have in common", "Which numbers does the aim pin down?",
                f"The best {len(_good(found))} of {len(found.random.points):,} random candidates over the range of each number, and the find. A bar that "
                "fills the range: the number hardly matters, or its effect depends on others. Spread across candidates, no interval.",
                ranges.alt(numbers, _good(found), found.units[0]), lambda figure: ranges.draw(figure, numbers, ends, _good(found), found.units[0])),
        picture(folder, f"{where} · {RIVAL_WORLDS} worlds under each pair · seed {settings.seed}", "under_policies",
                f"Under other policies: the find less {shown[best]}",
                "What would a rival policy do to the find?",
                f"The find less {shown[best]}, the best of the library on the futures seen, in {scale.unit}; all else at the defaults. Tied where the 95 % "
                "interval of the paired mean holds 0.",
                under_policies.alt(found.policies, found.rivals, asked.measure),
                lambda figure: under_policies.draw(figure, found.policies, found.rivals, _own(asked), asked.measure))]
    if asked.front is not None and found.fronts is not None:
        base = found.objectives[-1, 1:]
        cloud = found.objectives[:-1, 1:] - base
        on_front = found.fronts[_on_front(asked, found)]
        pictures.append(picture(
            folder, unseen, "front", "Between two returns", "What is the most of one that leaves so much of the other?",
            f"{TOLD[asked.objective].capitalize()}, less the reference. Grey: every candidate on the futures the search saw. Circles: strategies chosen along "
            "the front of those, on unseen futures: how far they lie from its edge is what other futures changed. Numbers count along the front, names are "
            "of the library.",
            figure_of_front.alt(found.names[:n], on_front, asked.front),
            lambda figure: figure_of_front.draw(figure, cloud, found.names[:n], families, found.fronts[:n] if found.fronts else on_front, on_front,
                                                asked.front or ("", ""), "less the reference")))
    return pictures


def _own(asked: Asked) -> tuple[str, str]:
    """The policies that the powers follow by default."""
    return asked.job.settings.policies.china.name, asked.job.settings.policies.us.name


# ---- Tables


def _tables(asked: Asked, found: Found) -> list[Table]:
    shown = labels(found.names)
    digits = 4 if asked.measure == COMPOSITE else 2
    order = np.argsort(-found.unseen.value, kind="stable")
    rows = [[shown[found.names[i]], f"{found.seen.value[i]:.4f}", f"{found.unseen.value[i]:.4f}", phrases.cell(asked.measure, found.optimism[i], digits),
             "—" if i == found.find else phrases.cell(asked.measure, found.ahead[i], digits), f"{found.behaviour['lean'][i]:.2f}",
             f"{found.behaviour['hedging_index'][i]:.2f}"] for i in (int(i) for i in order)]
    scale = telling.scale_of(asked.measure)
    tables = [Table(
        "Library and finds", f"{TOLD[asked.objective].capitalize()}, {scale.label.lower()}; differences in {scale.unit} with 95 % intervals over futures and "
                             "worlds.",
        ["strategy", "seen", "not seen", "seen less unseen", "the find less it, not seen", "lean", "hedging index"], rows)]
    values = asked.space.values(found.units)
    tables.append(Table(
        "Numbers of the strategies found", "Ready as files in the folder strategies.", ["number", "range", *(shown[s.name] for s in found.strategies)],
        [[name, f"{known.plausible[0]:g} to {known.plausible[1]:g}", *(f"{value:g}" for value in values[:, i])]
         for i, (name, known) in enumerate(asked.space.known.items())], frozenset({0, 1})))
    if found.fronts is not None and asked.front is not None:
        tables.append(Table(
            "Along the front, on unseen futures", "Less the reference, 95 % intervals over futures and worlds.",
            ["strategy", *(f"{telling.scale_of(measure).label.lower()}, {telling.scale_of(measure).unit}" for measure in asked.front)],
            [[shown[found.names[row]],
              *(phrases.cell(measure, found.fronts[row, k], 4 if measure == COMPOSITE else 2) for k, measure in enumerate(asked.front))]
             for row in _on_front(asked, found)]))
    return tables


def frames(asked: Asked, found: Found) -> dict[str, pd.DataFrame]:
    """Every table of the run folder, by name of its file."""
    families = {name: asked.library[name].family if name in asked.library else FAMILY for name in found.names}
    judged = [{"strategy": name, "family": families[name], **phrases.three("seen", found.seen, i), **phrases.three("unseen", found.unseen, i),
               **phrases.three("optimism", found.optimism, i), **phrases.three("find_ahead", found.ahead, i),
               **{measure: values[i] for measure, values in found.behaviour.items()},
               **({f"{measure}_{end}": getattr(found.fronts, end)[i, k] for k, measure in enumerate(asked.front) for end in ("value", "low", "high")}
                  if found.fronts is not None and asked.front is not None else {})}
              for i, name in enumerate(found.names)]
    traces = [("random", found.random), ("search", found.trace), *([("front", found.along)] if found.along is not None else [])]
    points = np.concatenate([asked.space.values(of.points) for _, of in traces])
    candidates = pd.DataFrame(points, columns=list(asked.space.known))
    candidates.insert(0, "by", [name for name, of in traces for _ in of.points])
    names = [f"objective: {measure}" for measure in asked.measures]
    objectives = pd.DataFrame(found.objectives[:-1], columns=names)
    under = [{"china": china, "us": us, **phrases.three("ahead_of_best", found.rivals, (i, j)),
              **phrases.three("ahead_of_reference", found.rivals_reference, (i, j))}
             for i, china in enumerate(found.policies) for j, us in enumerate(found.policies)]
    return {"judgement": pd.DataFrame(judged), "candidates": pd.concat([candidates, objectives.loc[:, ~objectives.columns.duplicated()]], axis=1),
            "under_policies": pd.DataFrame(under)}
