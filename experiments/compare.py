"""`counterpoise compare`: all strategies on the same worlds, from configuration to report."""

import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.cli import BAD_CONFIG, CANNOT_WRITE, FAILED, OK, USAGE
from experiments.config import Job, expand, load
from experiments.config_check import ConfigError
from experiments.runner import Results, cores, pool, run
from sim.scenario import quarter_index

if TYPE_CHECKING:
    from experiments.comparison import Comparison
    from experiments.figures.style import Context
    from experiments.report.page import Picture

#: Bytes of payoffs copied to each worker that draws, at most.
COPIED_AT_MOST = 64 * 2**20

#: Rough cost of one world of ten states over one quarter, of starting up, and of drawing; for the plan only.
#: `counterpoise bench` measures them.
SECONDS_PER_WORLD_QUARTER, SECONDS_TO_START, SECONDS_TO_DRAW = 5e-6, 4.0, 8.0


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    words = list(arguments)
    sweep = any(word in ("-m", "--multirun") for word in words)
    words = [word for word in words if word not in ("-m", "--multirun")]
    if words[:1] in (["--cfg"], ["-c"]):
        return _show_configuration(words[1:])
    flags = [word for word in words if word.startswith("-") or "=" not in word.lstrip("~")]
    if flags:
        print(f"counterpoise: {flags[0]!r} is neither an option nor KEY=VALUE; see counterpoise --help", file=sys.stderr)
        return USAGE
    try:
        jobs = [load(overrides) for overrides in (expand(words) if sweep else [words])]
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return BAD_CONFIG
    codes = []
    for number, job in enumerate(jobs, start=1):
        if sweep:
            print(f"run {number} of {len(jobs)}: {' '.join(job.overrides)}")
        codes.append(_attempt(job))
    return max(codes)


def _show_configuration(words: Sequence[str]) -> int:
    import yaml

    try:
        job = load([word for word in words if word != "job"])
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIG
    print(yaml.safe_dump(dict(job.composed), sort_keys=False, allow_unicode=True), end="")
    return OK


def _attempt(job: Job) -> int:
    try:
        compare_strategies(job)
    except ArithmeticError as error:
        print(f"counterpoise: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"counterpoise: cannot write{f' {error.filename}' if error.filename else ''}: {error.strerror or error}", file=sys.stderr)
        return CANNOT_WRITE
    return OK


@dataclass
class Stopwatch:
    """Seconds spent by purpose."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, purpose: str) -> Iterator[None]:
        """Time a block of code."""
        start = time.perf_counter()
        yield
        self.seconds[purpose] = self.seconds.get(purpose, 0.0) + time.perf_counter() - start


def compare_strategies(job: Job) -> Path:
    """Simulate, compare, draw and report; prints as it goes.

    Returns:
        The path of the report.

    Raises:
        sim.simulation.NonFiniteError: A state variable stopped being a finite number.
        OSError: The results cannot be written.
    """
    watch = Stopwatch()
    settings, asked = job.settings, job.run
    n_draws = asked.assumption_draws
    total = len(settings.strategies) * (settings.n_worlds + n_draws)
    workers = asked.workers or cores()
    print(_plan(job, workers, total), flush=True)
    _check_writable(Path(asked.results))
    with pool(workers if total * settings.horizon > 20_000 else 1) as executor:
        with _progress(total) as advance, watch.on("simulation"):
            results = run(settings, executor, workers, advance)
        with ThreadPoolExecutor(1) as aside:
            comparing = aside.submit(_compare, job, results)  # while the workers simulate the draws of assumptions
            with watch.on("simulation"):
                assumptions = None
                if n_draws:
                    from experiments.assumptions import check

                    assumptions = check(settings, asked.reference, n_draws, executor, workers)
            with watch.on("statistics"):
                comparison = comparing.result()
        from experiments import run_folder

        folder = run_folder.create(asked.results, asked.name)
        command = shlex.join(["counterpoise", *job.overrides])
        with watch.on("drawing"):
            pictures = _draw(job, comparison, folder, executor)
        with watch.on("writing"):
            from experiments.report.page import render

            page = render(job, comparison, assumptions, pictures, command, run_folder.settings_hash(settings))
            report = folder / "report.html"
            report.write_text(page, encoding="utf-8")
            run_folder.write_tables(folder, comparison)
            if assumptions is not None:
                assumptions.table.to_csv(folder / "assumptions.csv", index=False, lineterminator="\n")
            run_folder.write_manifest(folder, job, command, watch.seconds)
    from experiments.table import text

    print(text(comparison))
    print(", ".join(f"{purpose} {seconds:.1f} s" for purpose, seconds in watch.seconds.items()))
    print(report)
    return report


def _compare(job: Job, results: Results) -> "Comparison":
    from experiments.comparison import compare  # pandas and scipy take a second to import

    families = {name: strategy.family for name, strategy in job.settings.strategies.items()}
    return compare(results, families, job.run.reference, job.run.payoff, job.settings.seed)


def _plan(job: Job, workers: int, total: int) -> str:
    settings = job.settings
    scale = len(settings.world.states) / 10
    seconds = SECONDS_TO_START + SECONDS_TO_DRAW / workers + total * settings.horizon * scale * SECONDS_PER_WORLD_QUARTER / workers
    own = settings.peers.get(settings.focal)
    changed = f" (its own strategy, {own.name}, is not compared)" if own and own.name not in settings.strategies else ""
    late = [event for event in settings.scenario.events if quarter_index(event.start, settings.world.start) >= settings.horizon]
    notes = "".join(f"\nnote: the {event.kind} event of {event.start} begins after the last quarter and never acts" for event in late)
    checks = f" + {job.run.assumption_draws:,} draws of assumptions" if job.run.assumption_draws else ""
    return (f"{settings.world.name}, {settings.scenario.name}: {settings.focal} plays {len(settings.strategies)} strategies × "
            f"{settings.n_worlds:,} worlds{checks} × {settings.horizon} quarters on {workers} {'process' if workers == 1 else 'processes'}, "
            f"about {max(1, round(seconds))} s; reference {job.run.reference}{changed}{notes}")


def _check_writable(results: Path) -> None:
    """Fail before simulating, not after."""
    import tempfile

    results.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=results):
        pass


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, a line for every quarter of the work elsewhere."""
    if sys.stdout.isatty():
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        with Progress(TextColumn("simulating"), BarColumn(), TextColumn("{task.percentage:.0f} %"), TimeRemainingColumn(), transient=True) as bar:
            task = bar.add_task("simulating", total=total)
            yield lambda n: bar.advance(task, n)
        return
    done, told = 0, 0

    def advance(n: int) -> None:
        nonlocal done, told
        done += n
        quarter = 4 * done // total
        if quarter > told:
            told = quarter
            print(f"simulated {done:,} of {total:,} worlds", flush=True)

    yield advance


def _draw(job: Job, comparison: "Comparison", folder: Path, executor: Executor | None) -> "list[Picture]":
    """Draw and save every figure, side by side where there are workers."""
    from experiments.figures import FIGURES
    from experiments.figures.style import Context
    from experiments.report.page import Picture

    settings = job.settings
    context = Context(
        world=settings.world.name, scenario=settings.scenario.name, focal=settings.focal, seed=settings.seed,
        horizon=settings.horizon, n_worlds=settings.n_worlds, start=settings.world.start)
    # Every worker gets a copy of the payoffs: where they are large, one process draws.
    together = executor is None or sum(values.nbytes for values in comparison.payoffs.values()) > COPIED_AT_MOST
    if executor is None or together:
        texts = {name: _draw_one(name, comparison, context, folder) for name in FIGURES}
    else:
        futures = {name: executor.submit(_draw_one, name, comparison, context, folder) for name in FIGURES}
        texts = {name: future.result() for name, future in futures.items()}
    return [
        Picture(spec.title, spec.question, spec.caption, texts[name], folder / "figures" / f"{name}.svg")
        for name, spec in FIGURES.items()
    ]


def _draw_one(name: str, comparison: "Comparison", context: "Context", folder: Path) -> str:
    """Draw and save one figure; returns its text for those who cannot see it."""
    from experiments.figures import FIGURES, alt_text, save

    save(FIGURES[name].draw(comparison, context), folder / "figures", name)
    return alt_text(name, comparison)
