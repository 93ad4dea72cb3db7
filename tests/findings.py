"""`make findings`: run everything that README.md and results/FINDINGS.md speak of, and write what came of it into both.

Every number there comes from a table, every sentence from findings.json of the run that is named beside it. Runs go on from the
cells that are there, so this may be interrupted and run again. Beside the page lies results/findings.json with all of these numbers,
which `counterpoise replicate` compares with those of new runs.
"""

import argparse
import io
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from experiments.analyses.comparison.checks import STRUCTURES
from experiments.configuration.load import load
from experiments.names import Names, names_of, naming, plain
from experiments.runs import published
from experiments.runs.published import read
from sim.payoffs import MEASURES, PLACES
from tests import pages

COMMAND = "make findings"
#: Commands that answer a question of their own, in the order of the page; `main` is the command without arguments.
ANALYSES: Mapping[str, tuple[str, ...]] = {
    "main": (), **{name: (name,) for name in ("hypotheses", "patterns", "hindcast", "sensitivity", "robustness", "optimize",
                                                    "tournament")}}
QUESTIONS = {
    "main": "What does each strategy cost, and what does it gain?",
    "hypotheses": "What became of the claims of the essay and of the literature?",
    "patterns": "Which published facts does the model show?",
    "hindcast": "Would the model have known Cambodia's years from 1994 on?",
    "sensitivity": "Which assumptions decide whether hedging or alignment is ahead?",
    "robustness": "Which strategy is good whatever comes, and when does hedging stop paying?",
    "optimize": "Is there a better strategy than those of the library?",
    "tournament": "What do powers and neighbours do that choose as well?",
}
#: What makes a trial small, whatever else is set.
SMALL = {
    "hypotheses": ("--draws=8",), "sensitivity": ("--trajectories=2", "--inputs=2", "--rows=8", "--worlds=2"), "robustness": ("--futures=64", "--worlds=2"),
    "optimize": ("--candidates=24", "--futures=4", "--worlds=2", "--out-of-sample=20"),
    "hindcast": ("draws=100",), "patterns": ("n_worlds=8",),
    "tournament": ("--policies=patron,norm_promoter,neglect", "--populations=8", "--generations=6"),
}
#: The figure that shows a run, the first that it has: of a preset, and of each analysis.
SWEPT = ("plane", "phase", "rivals", "along")
FIGURES = {"main": ("paired",), "hypotheses": ("scoreboard",), "sensitivity": ("tornado_economic",), "robustness": ("phase",), "optimize": ("advantages",),
           "tournament": ("price_ladder", "survivors"), "patterns": ("expected",), "hindcast": ("series",)}
#: The part that takes pictures of the lab: what each shows, as the address of the page, and what must be there first.
LAB = "lab"
LAB_PICTURES: Mapping[str, tuple[str, str]] = {
    "lab_ask": ("event=budget,second,0,,2.0&policy.norm_promoter.norms=0.0&policy.norm_promoter.punish=0.0",
                "document.querySelector('.mark-assumptions')?.innerText.includes('certainty is')"),
    "lab_sweep": ("sweep=policy.patron.reward,policy.norm_promoter.reward",
                  "document.querySelector('.progress-of-sweep')?.innerText === 'All 81 points, 128 worlds each.'"),
}
#: Pixels of such a picture, and of those of a class: the board of a projector, and the page of a student on a telephone.
LAB_SIZE, BOARD_SIZE, STUDENT_SIZE = (1280, 1500), (1280, 1300), (390, 1700)
#: Who hands in on the pictures of a class.
STUDENTS = ("Sok Dara", "Chan Sophea", "Team Angkor", "Kim Sreyneang", "Vannak", "Bopha", "Rithy", "Maly", "Piseth", "Sophal", "Thida", "Kosal", "Chenda",
            "Borey", "Nary", "Samnang", "Phalla", "Dina", "Veasna", "Sothy", "Rachana", "Makara", "Leakhena", "Team Bayon")
#: Colours of a picture: enough for ours, and a third of the size.
COLOURS = 256
#: What is left out of tables that would be long.
LEAST_SHARE, MOST_ROWS, MOST_STRATEGIES = 0.05, 5, 10
#: What the essay of 2021 claims, and how its claims are called where pressure meets no backlash.
ESSAY, CHECK, WITHOUT_BACKLASH = "essay", "implementation_check", "z"
VERDICTS = {"supported": "Supported", "conditional": "Depends on assumptions", "undecided": "Undecided", "refuted": "Refuted",
            "no practical difference": "No practical difference", "untested": "Not tested"}
TOP = """# Findings

What the model says, with its numbers. `make findings` runs everything again and writes this page; nothing in it is written by
hand. A finding is a statement about the model and not a forecast. How far it survives other assumptions is said where that was
tried. Words and signs are explained in [README.md](README.md). `counterpoise replicate` runs the commands again and compares
every number with [findings.json](findings.json).
"""


def main(words: Sequence[str]) -> int:
    """Run the parts and write the pages; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.findings", description=__doc__, allow_abbrev=False)
    parser.add_argument("--only", default="", metavar="NAMES", help=f"comma-separated parts: {', '.join([*ANALYSES, *presets(), LAB])}")
    parser.add_argument("--results", type=Path, default=pages.ROOT / "results", help="where runs are kept")
    parser.add_argument("--trial", action="store_true", help="very small analyses; the pages go into the folder `trial` of the results, not into the checkout")
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="applies to every part")
    given = parser.parse_args(list(words))
    known = {**ANALYSES, **{name: (f"experiment={name}",) for name in presets()}}
    chosen = [name for name in given.only.split(",") if name] or [*known, LAB]
    if unknown := [name for name in [*chosen, *(word for word in given.overrides if "=" not in word)] if name not in (*known, LAB)]:
        parser.error(f"{unknown[0]!r} is not a part; there are {', '.join([*known, LAB])}")
    target = given.results / "trial" if given.trial else pages.ROOT
    _prepare(target)
    for name in chosen:
        if name == LAB:
            photograph(target / "results" / "gallery")
            continue
        begun = time.monotonic()
        command = [*known[name], *(SMALL.get(name, ()) if given.trial else ()), *given.overrides]
        code, run = started(command, given.results)
        if run is None:
            print(f"findings: counterpoise {shlex.join(command)} ended with exit code {code}; the pages hold all parts before it", file=sys.stderr)
            return code or 1
        seconds = time.monotonic() - begun
        write(name, run, target, " ".join(command[len(known[name]):]))
        publish(name, run, target, seconds)
    print(target / "results" / "FINDINGS.md")
    return 0


@cache
def presets() -> dict[str, str]:
    """Presets that have a figure of their own because they vary something, with the question of each; the others are settings for any command."""
    files = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted((pages.ROOT / "conf" / "experiment").glob("*.yaml"))}
    return {name: data["question"] for name, data in files.items() if data.get("sweep") or data.get("design")}


def started(command: Sequence[str], results: Path) -> tuple[int, Path | None]:
    """Run a command; its exit code and run folder, none where it failed."""
    print(f"\ncounterpoise {shlex.join(command)}", flush=True)
    words = [sys.executable, "-m", "experiments.cli", *command, "png=true", f"results={results}"]
    process = subprocess.run(words, stdout=subprocess.PIPE, text=True, cwd=pages.ROOT)
    if process.returncode:
        print(process.stdout, end="")
        return process.returncode, None
    return 0, Path(process.stdout.rstrip().splitlines()[-1]).parent


def _prepare(target: Path) -> None:
    """What a trial starts from: copies of the pages."""
    (target / "results" / "gallery").mkdir(parents=True, exist_ok=True)
    for file in ("README.md", "results/FINDINGS.md", f"results/{published.NAME}"):
        if (pages.ROOT / file).is_file() and not (target / file).is_file():
            shutil.copyfile(pages.ROOT / file, target / file)


def write(name: str, run: Path, target: Path, about: str = "") -> None:
    """Write the part of a run into the pages, and keep its picture.

    Args:
        name: The part.
        run: Its run folder.
        target: The folder that holds README.md and results/.
        about: What differs from the defaults.
    """
    shown = picture(run, target / "results" / "gallery" / f"{preset_or_world(name, run)}.png", FIGURES.get(name, SWEPT))
    file = target / "results" / "FINDINGS.md"
    body = section(name, run, f"gallery/{shown.name}" if shown else None, pages.header(COMMAND, about))
    file.write_text(page(file, {name: body}), encoding="utf-8")
    if name == "hypotheses":
        pages.replace(target / "README.md", "claims", f"{claims(read(run, 'scoreboard'))}\n\n{pages.header(COMMAND, about)}")


def publish(name: str, run: Path, target: Path, seconds: float) -> None:
    """Write the numbers of a part into findings.json, for `counterpoise replicate`.

    Args:
        name: The part.
        run: Its run folder.
        target: The folder that holds results/.
        seconds: How long it took.
    """
    questions = {**QUESTIONS, **presets()}
    published.update(target / "results" / published.NAME, published.part_of(name, questions[name], run, seconds), list(questions))


def preset_or_world(name: str, run: Path) -> str:
    """What a picture is called."""
    if name != "main":
        return name
    return str(json.loads((run / "manifest.json").read_text(encoding="utf-8"))["jobs"][0]["settings"]["world"]["name"])


def page(file: Path, made: Mapping[str, str]) -> str:
    """FINDINGS.md with some parts made again; all others as they stand in the file."""
    def body(name: str) -> str:
        try:
            return made[name] if name in made else pages.part(file, name)
        except (ValueError, FileNotFoundError):
            return ""

    sections = [f"## {question}\n\n{pages.marked(COMMAND, name, body(name))}\n" for name, question in {**QUESTIONS, **presets()}.items()]
    return "\n".join([TOP, *sections])


def section(name: str, run: Path, image: str | None, header: str) -> str:
    """Command, picture, findings and tables of one run."""
    recorded = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["command"]
    options = {**QUESTIONS, **presets()}[name]
    shown = f"![{options} The text says it in words.]({image})" if image else ""
    parts = [f"`{recorded}`", shown, findings(run), *TABLES.get(name, lambda run: [])(run), header]
    return "\n\n".join(part for part in parts if part)


def findings(run: Path) -> str:
    """The findings of a run as its report has them: a list of objects with `about`, `text` and `parts`."""
    file = run / "findings.json"
    if not file.is_file():
        return ""
    result: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return "\n".join("\n  - ".join([f"- **{one['about'].rstrip('.')}.** {one['text']}", *one["parts"]]) for one in result)


def picture(run: Path, target: Path, names: Sequence[str]) -> Path | None:
    """Copy the first of some figures that a run has, in few colours; None where it has none of them."""
    from PIL import Image

    file = next((file for name in names if (file := run / "figures" / f"{name}.png").is_file()), None)
    if file is None:
        return None
    with Image.open(file) as drawn:
        _in_few_colours(drawn, target)
    return target


def _in_few_colours(drawn: Any, target: Path) -> None:
    from PIL import Image

    drawn.convert("RGBA").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(target, optimize=True)


def photograph(target: Path) -> None:
    """Take the pictures of the lab and of a class in it, in a browser; none where there is no browser."""
    from tests.experiments.lab.page import Page
    from tests.experiments.lab.running import Running
    from tests.experiments.report.test_browser import CHROMIUM, Browser

    if CHROMIUM is None:
        print("findings: no pictures of the lab, there is no chromium", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        running, browser = Running(Path(folder)), Browser(Path(folder) / "profile")
        try:
            for name, (address, ready) in LAB_PICTURES.items():
                page = Page(browser, f"{running.link}?{address}", LAB_SIZE[0], ready="!!document.querySelector('svg')")
                page.wait(ready, 300)
                _kept(page, LAB_SIZE, target / f"{name}.png")
            running.end()
            running = _class(Path(folder) / "class")
            board = Page(browser, f"{running.link}board", BOARD_SIZE[0], "document.querySelector('h2')?.innerText.includes('strategies')")
            board.press("Play the next round")
            board.wait("document.querySelector('h2').innerText.startsWith('Round 1:')", 300)
            board.press("Let them copy")
            board.wait("document.querySelector('main').innerText.includes('Generation 30:')", 300)
            _kept(board, BOARD_SIZE, target / "class_board.png")
            student = Page(browser, running.link, STUDENT_SIZE[0], "!!document.querySelector('textarea')?.value")
            student.choose("main input[type=text]", "Chea Sotheary", "input")
            student.press("Hand in")
            student.wait("document.querySelector('main ul').innerText.includes('place')", 300)
            _kept(student, STUDENT_SIZE, target / "class_student.png")
        finally:
            browser.end()
            running.end()


def _kept(page: Any, size: tuple[int, int], file: Path) -> None:
    from PIL import Image

    with Image.open(io.BytesIO(page.picture(*size))) as drawn:
        _in_few_colours(drawn, file)


def _class(folder: Path) -> Any:
    """A class in which students have handed in shipped strategies, the names in turn."""
    from experiments.lab.classroom.handed_in import HandedIn
    from experiments.lab.classroom.student import begun_from, linear
    from experiments.lab.own_files import strategy_yaml
    from tests.experiments.lab.running import Running

    folder.mkdir()
    strategies = linear()
    for i, name in enumerate(STUDENTS):
        HandedIn(folder).hand_in(name, strategy_yaml(begun_from(strategies[i % len(strategies)])), f"seat {i}")
    return Running(folder.parent, "--class", folder.name)


# ---- Words


@cache
def label(strategy: str) -> str:
    """What a strategy or a policy is called, between the powers of the default world."""
    with naming(default_names()):
        return plain(strategy)


@cache
def default_names() -> Names:
    """Labels of the default world."""
    return names_of([load([]).settings])


def title(measure: str) -> str:
    """A return as the head of a column, with the unit of `difference`."""
    name = MEASURES[measure].label if measure in MEASURES else measure
    return f"{name.lower()}, {'%' if measure == 'economic' else 'points'}"


def interval(value: float, low: float, high: float, scale: float = 1) -> str:
    """A number with its interval, two digits of the width of the interval shown."""
    value, low, high = (scale * end for end in (value, low, high))
    if not np.isfinite([value, low, high]).all():
        return f"{_signed(value, 2)} [no interval]" if np.isfinite(value) else "—"
    half = (high - low) / 2
    digits = int(np.clip(np.ceil(1 - np.log10(half)) if half > 1e-9 else 2, 0, 5))
    return f"{_signed(value, digits)} [{_signed(low, digits)}, {_signed(high, digits)}]"


def difference(measure: str, value: float, low: float, high: float) -> str:
    """A difference in a return: in % of consumption, or in points, which are hundredths of the return."""
    if measure == "economic":
        value, low, high = (float(np.expm1(end)) for end in (value, low, high))
    return interval(value, low, high, 100)


def effect(row: Any) -> str:
    """The effect of a hypothesis with its interval and its unit, a scale in brackets."""
    unit = row.unit.replace("-", "−")
    return f"{interval(row.effect, row.low, row.high)} {f'({unit})' if ' to ' in unit else unit}"


def share(value: float) -> str:
    """A share in per cent."""
    return f"{100 * value:.0f} %"


def _signed(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.replace("-", "")


# ---- Tables of the parts


def claims(scoreboard: pd.DataFrame) -> str:
    """The claims of the essay, each with its verdict in words and one number."""
    rows = scoreboard.set_index("hypothesis")
    lines = []
    for name, row in rows[rows.kind == ESSAY].iterrows():
        if row.verdict not in VERDICTS:
            lines.append([row.statement, f"No verdict: these choices explain {share(row.effect)} of the variance"])
            continue
        words = f"{VERDICTS[row.verdict]}: holds in {share(row.holds)} of draws of the assumptions"
        twin = f"{name}{WITHOUT_BACKLASH}"
        if twin in rows.index:
            other = rows.loc[twin].verdict
            words += "; the same without backlash" if other == row.verdict else f"; without backlash: {VERDICTS[other].lower()}"
        lines.append([row.statement, words])
    return pages.table(["claim of the essay", "what the model says"], lines)


def _main(run: Path) -> list[str]:
    paired = read(run, "paired")
    measures = [name for name in paired.measure.unique() if paired[paired.measure == name].difference.any()]
    reference = paired.groupby("strategy", sort=False).difference.agg(lambda of: not of.any())
    order = [name for name in paired[paired.measure == measures[0]].sort_values("difference", ascending=False).strategy if not reference[name]]
    at = paired.set_index(["strategy", "measure"])

    def cell(name: str, measure: str) -> str:
        row = at.loc[(name, measure)]
        return difference(measure, row["difference"], row["low"], row["high"])

    parts = [f"Differences to {', '.join(label(name) for name in reference[reference].index)} on the same worlds, with 95 % intervals over worlds. "
             "Points are hundredths of the return.",
             pages.table(["strategy", "key", *map(title, measures)],
                         [[label(name), f"`{name}`", *(cell(name, measure) for measure in measures)] for name in order])]
    if (run / "assumptions.csv").is_file():
        better = read(run, "assumptions").set_index(["strategy", "measure"]).better
        parts += ["Share of draws of the assumptions in which a strategy has more of a return than the reference.",
                  pages.table(["strategy", *(title(measure).split(",")[0] for measure in measures)],
                              [[label(name), *(share(better[name, measure]) for measure in measures)] for name in order])]
    if (run / "structures.csv").is_file():
        parts += _structures(read(run, "structures"))
    return parts


def _structures(table: pd.DataFrame) -> list[str]:
    """How many certain differences to the reference turn round under each structure."""
    n_certain, turned = published.turned_round(table)
    return [f"Of {n_certain} certain differences to the reference so many turn round when one part of the model is built otherwise.",
            pages.table(["where", "turn round"], [[STRUCTURES[name].where, str(count)] for name, count in turned.items()])]


def _hypotheses(run: Path) -> list[str]:
    parts = ["The effect at the defaults has its 95 % interval over worlds. *Holds in*: share of draws of the assumptions in which its sign is as claimed."]
    scoreboard, heads = read(run, "scoreboard"), ["name", "claim", "verdict", "effect", "holds in"]
    checks = scoreboard.kind == CHECK
    for some, about in ((scoreboard[~checks], ""), (scoreboard[checks], f"{(scoreboard[checks].verdict == 'holds').sum()} of {checks.sum()} "
                                                    "implementation checks hold; each follows nearly from one equation.")):
        rows = [[row.hypothesis, row.statement, row.verdict, effect(row), share(row.holds) if np.isfinite(row.holds) else "—"] for row in some.itertuples()]
        parts += [*([about] if about and rows else []), *([pages.table(heads, rows)] if rows else [])]
    also = read(run, "also")
    if len(also):
        parts += ["The same claims measured otherwise.", pages.table(["name", "measured", "verdict", "effect", "holds in"], [
            [row.hypothesis, row.measured, row.verdict, effect(row), share(row.holds)]
            for row in also.itertuples()])]
    return parts


def _patterns(run: Path) -> list[str]:
    rows = [[row.statement, f"{row.value:.3g}".replace("-", "−"), f"{row.expected_low:.3g} to {row.expected_high:.3g}".replace("-", "−"), row.verdict,
             row.role.replace("_", " "), row.source] for row in read(run, "patterns").itertuples()]
    return [pages.table(["pattern", "model", "expected", "verdict", "role", "source"], rows)]


def _hindcast(run: Path) -> list[str]:
    scores, verdicts = read(run, "scores"), read(run, "verdicts")
    free = scores[(scores.ahead == 0) & (scores.n > 0)].fillna({"actor": ""})
    rows = []
    for target in verdicts[verdicts.fitted].fillna({"actor": ""}).itertuples():
        for years in ("training", "test"):
            own = free[(free.measure == target.measure) & (free.actor == target.actor) & (free.state == target.state) & (free.years == years)]
            if len(own):
                by, constant = own.set_index("forecast"), own[own.forecast == "constant"].iloc[0]
                rows.append([f"{target.measure.replace('_', ' ')} {target.actor}".strip(), target.verdict, years, str(int(constant.n)),
                             *(f"{by.rmse[name]:.3g}" for name in ("model", "constant", "last_value", "trend", "ar1")),
                             interval(constant.skill, constant.skill_low, constant.skill_high)])
    return ["Root mean square errors of the free run and of forecasts that need no model. Skill is against the constant, with its 95 % interval over blocks of "
            "years.",
            pages.table(["series", "verdict", "years", "n", "model", "constant", "last value", "trend", "AR(1)", "skill"], rows)]


def _sensitivity(run: Path) -> list[str]:
    indices = read(run, "indices")
    last = indices[indices.rows == indices.rows.max()].sort_values("total", ascending=False, kind="stable")
    rows = [[title(measure).split(",")[0], f"`{row.input}`", interval(row.total, row.total_low, row.total_high)]
            for measure in indices.measure.unique() for row in last[last.measure == measure].head(MOST_ROWS).itertuples()]
    return ["Total Sobol index: the share of the variance of the advantage that an assumption explains, together with all others.",
            pages.table(["return", "assumption", "total index"], rows)]


def _robustness(run: Path) -> list[str]:
    table = read(run, "strategies")
    measures = list(table.measure.unique())
    at = table.set_index(["strategy", "measure"])

    def cell(name: str, measure: str) -> str:
        row = at.loc[(name, measure)]
        scale = 1 if measure not in MEASURES else 100
        return interval(row.regret_mean, row.regret_mean_low, row.regret_mean_high, scale)

    order = table[table.measure == measures[0]].sort_values("regret_mean", kind="stable").strategy
    return ["Mean regret over futures: how far a strategy falls short of the best one in the same future. Points are hundredths of the return (economic: "
            "of log consumption); a composite is a score from 0 to 1.",
            pages.table(["strategy", *(title(m).replace("%", "points") if m in MEASURES else m for m in measures)],
                        [[label(name), *(cell(name, measure) for measure in measures)] for name in order])]


def _optimize(run: Path) -> list[str]:
    table = read(run, "out_of_sample").sort_values("out_of_sample", ascending=False, kind="stable").head(MOST_STRATEGIES)
    rows = [[label(row.strategy), *(interval(getattr(row, name), getattr(row, f"{name}_low"), getattr(row, f"{name}_high"))
                                    for name in ("out_of_sample", "optimism", "best_found_ahead"))] for row in table.itertuples()]
    return ["The objective out-of-sample, on futures that the search did not see: the best strategies. Optimism is the objective on the futures of the "
            "search less that.",
            pages.table(["strategy", "out-of-sample", "optimism", "best strategy found less it"], rows)]


def _tournament(run: Path) -> list[str]:
    parts = []
    if (run / "long_run.csv").is_file():
        table = read(run, "long_run")
        large = table[(table.player != "small_state") & (table.share >= LEAST_SHARE)].copy()
        powers = dict(zip(PLACES, default_names().powers, strict=True))

        def ends(price: object, player: str) -> str:
            some = large[(large.price == price) & (large.player == player)].sort_values("share", ascending=False, kind="stable")
            return ", ".join(f"{label(row.action)} {share(row.share)} [{100 * row.share_low:.0f}, {100 * row.share_high:.0f}]" for row in some.itertuples())

        parts += [f"Policies with at least {share(LEAST_SHARE)} of the long run, by what influence is worth: the price is how many hundredths of influence "
                  "0.01 % of its GDP is worth to a power; ratio: influence over outlay.",
                  pages.table(["price", *(f"{name} ends with" for name in powers.values())],
                              [[str(price), *(ends(price, player) for player in powers)] for price in table.price.unique()])]
    if (run / "mix.csv").is_file():
        mix = read(run, "mix").sort_values("share", ascending=False, kind="stable").head(MOST_ROWS)
        parts += ["Members that copy what paid: the strategies with the largest shares in the end.",
                  pages.table(["strategy", "share of members, %"],
                              [[label(row.strategy), interval(row.share, row.share_low, row.share_high, 100)] for row in mix.itertuples()])]
    return parts


TABLES: Mapping[str, Callable[[Path], list[str]]] = {
    "main": _main, "hypotheses": _hypotheses, "patterns": _patterns, "hindcast": _hindcast, "sensitivity": _sensitivity,
    "robustness": _robustness, "optimize": _optimize, "tournament": _tournament}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
