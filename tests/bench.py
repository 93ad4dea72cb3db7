"""`make bench`: speed and memory on this machine, measured side by side in one run.

Every figure is a median of several rounds; what is compared alternates within each round, so that a drift of
the machine's speed falls on both sides. `make bench ARGS="lab growth"` measures these parts again.
`make bench ARGS="engine kernel=MODULE"` compares the engine with a kernel of the same equations, such as a compiled one: the
module's `simulate(settings, draws)` simulates the only strategy of the settings in the worlds of the block.
"""

import importlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from experiments.cells.store import Store
from experiments.configuration.load import load
from experiments.executors.choose import cores
from sim.settings import Settings
from tests import pages
from tests.twin import simulate as twin

ROUNDS = 7
ENGINE_WORLDS = (1, 64, 1024, 8192)
STRATEGY = "equidistance"
MANY_POINTS = 25_000
#: Searches of each kind, and candidates of each.
SEARCHES, SEARCHED = 3, 400
#: Changes of a slider of the lab, and the script that moves it: seconds until the bars have changed.
CHANGES = 100
MOVE = """
window.moved = (power, value) => new Promise(done => {
  const slider = document.querySelector(`.power-${power} .slider:nth-of-type(3) input`), start = performance.now()
  const watch = new MutationObserver(() => { watch.disconnect(); done((performance.now() - start) / 1000) })
  watch.observe(document.querySelector('.bars'), {childList: true, subtree: true})
  slider.value = value
  slider.dispatchEvent(new Event('input'))
})"""
#: How the argument begins that names a kernel to compare with.
KERNEL = "kernel="
_reported: list[str] = []


def main(chosen: Sequence[str]) -> int:
    """Measure the parts that are named, or all; print each line as it is known, write it to its part of tests/BENCH.md, and return the exit code."""
    try:
        kernels = [partial(_against_kernel, importlib.import_module(word.removeprefix(KERNEL)).simulate) for word in chosen if word.startswith(KERNEL)]
    except (ImportError, AttributeError, ValueError) as error:
        print(f"bench: {KERNEL} takes a module with a function simulate(settings, draws): {error}", file=sys.stderr)
        return 2
    chosen = [word for word in chosen if not word.startswith(KERNEL)]
    parts: Mapping[str, Sequence[Callable[[], None]]] = {
        "engine": (_engine_against_twin, *kernels, _numbers_by_world, _two_cores_against_one), "job": (_default_job, _memory),
        "designs": (_many_cells, _design, _multirun, _many_points),
        "analyses": (_searches, _analyses, _tournament), "lab": (_lab,), "growth": (_growth,)}
    if strange := [name for name in chosen if name not in parts]:
        print(f"bench: no part {strange[0]!r}; there are {', '.join(parts)}", file=sys.stderr)
        return 2
    for name in chosen or parts:
        _reported.clear()
        for measure in parts[name]:
            measure()
        pages.replace(pages.ROOT / "tests" / "BENCH.md", name, f"{pages.lines(_reported)}\n\n{pages.header('make bench', f'{cores()} cores')}")
    return 0


def report(line: str) -> None:
    """Print a measurement, and keep it for the page."""
    print(line, flush=True)
    _reported.append(line)


def _seconds(job_cells: Callable[[], Any]) -> float:
    start = time.perf_counter()
    job_cells()
    return time.perf_counter() - start


def _engine_against_twin() -> None:
    """One core, one strategy: simulation, recording and payoffs against the twin; random tables, which all strategies share, apart."""
    from sim.draws import Draws
    from sim.payoffs import payoffs
    from sim.simulation import draws_of, n_blocks

    def simulate(settings: Settings, draws: Draws) -> None:
        payoffs(_simulated(settings, draws), settings)

    def engine(settings: Settings) -> tuple[float, float]:
        drawing = simulating = 0.0
        for block in range(n_blocks(settings.n_worlds)):
            draws = draws_of(settings, block)
            drawing += _seconds(partial(_tables, draws))
            simulating += _seconds(partial(simulate, settings, draws))
        return drawing / settings.n_worlds, simulating / settings.n_worlds

    settings = {n: _one_strategy(n) for n in ENGINE_WORLDS}
    one = settings[1]
    tables = {name: table[..., 0].tolist() for name, table in _tables(draws_of(one, 0)).items()}
    rounds: list[tuple[dict[int, tuple[float, float]], float]] = []
    for _ in range(ROUNDS + 1):
        of_engine = {n: engine(settings[n]) for n in ENGINE_WORLDS}
        rounds.append((of_engine, statistics.median(_seconds(lambda: twin(one, one.strategies[STRATEGY], tables)) for _ in range(5))))
    counted = rounds[1:]  # the first warms up
    per_twin = statistics.median(seconds for _, seconds in counted)
    report(f"twin                       {1 / per_twin:10.0f} worlds/s  ({1000 * per_twin:.1f} ms a world)")
    for n in ENGINE_WORLDS:
        drawing, per_world = (statistics.median(row[n][i] for row, _ in counted) for i in (0, 1))
        ratio = statistics.median(seconds / row[n][1] for row, seconds in counted)
        goals = {1: ("[30] ", ""), 1024: ("[.15] ", " [250]")}.get(n, ("", ""))
        report(f"engine, {n:5,} worlds       {1 / per_world:10.0f} worlds/s  ({1000 * per_world:.3f} ms {goals[0]}a world, "
               f"{ratio:.1f} times the twin{goals[1]}; its random tables {1000 * drawing:.3f} ms)")


def _tables(draws: Any) -> dict[str, Any]:
    """The random tables of a block, which are drawn when they are read."""
    from sim.draws import STREAMS

    return {name: getattr(draws, name) for name in STREAMS}


def _simulated(settings: Settings, draws: Any, strategy: str = STRATEGY) -> Any:
    """The history of one strategy in one block, as cells record it."""
    from sim.payoffs import NEEDED
    from sim.simulation import simulate_block

    return simulate_block(settings, settings.strategies[strategy], draws, record=NEEDED, states="focal")


def _against_kernel(kernel: Callable[..., Any]) -> None:
    """One block of worlds, simulated and recorded, against somebody's kernel of the same equations."""
    from sim.draws import BLOCK
    from sim.simulation import draws_of

    settings = _one_strategy(BLOCK)
    draws = draws_of(settings, 0)
    _tables(draws)
    ratios = [_seconds(lambda: _simulated(settings, draws)) / _seconds(lambda: kernel(settings, draws)) for _ in range(ROUNDS + 1)][1:]
    report(f"engine against a kernel    {statistics.median(ratios):10.2f} times as long as {kernel.__module__} [1.5]; 1,024 worlds")


def _numbers_by_world() -> None:
    """One block of worlds in which every assumed number has a value for each world, against one value for all; two strategies that meet the same worlds."""
    from experiments.configuration.design import Points, numbers
    from experiments.configuration.varied import free_parameters
    from sim.draws import BLOCK
    from sim.simulation import draws_of

    job = load([f"n_worlds={BLOCK}", f"strategies=[{STRATEGY},status_quo]"])
    known, names = numbers(job.settings), tuple(free_parameters(job))
    middle = np.array([[sum(known[name].plausible) / 2 for name in names]])
    draws = draws_of(job.settings, 0)
    _tables(draws)

    def seconds(n_values: int) -> float:
        settings = Points(names, middle).at(job.settings, middle.repeat(n_values, axis=0))
        return _seconds(lambda: [_simulated(settings, draws, name) for name in settings.strategies])

    ratios = [seconds(BLOCK) / seconds(1) for _ in range(ROUNDS + 1)][1:]
    report(f"{len(names)} numbers by world       {statistics.median(ratios):10.2f} times as long as one value for all [1.1]; 1,024 worlds, two strategies")


def _one_strategy(n_worlds: int) -> Settings:
    return load([f"n_worlds={n_worlds}", f"strategies=[{STRATEGY}]"]).settings


def _two_cores_against_one() -> None:
    """The same cells in this process and in two workers."""
    from experiments.cells.compute import compute
    from experiments.cells.job_cells import job_cells_of
    from experiments.executors.processes import Processes
    from experiments.executors.serial import Serial

    if cores() < 2:
        report("two cores against one: this machine has one core")
        return
    cells = job_cells_of(load(["n_worlds=4096", "strategies=[equidistance,status_quo,bandwagon_first,isolation]"]).settings).cells()
    ratios = []

    def seconds(executor: Serial | Processes, workers: int) -> float:
        with tempfile.TemporaryDirectory() as folder:
            return _seconds(lambda: compute(cells, Store(Path(folder)), executor, workers))

    with Serial() as here, Processes(2) as workers:
        seconds(workers, 2)  # starts them
        for _ in range(ROUNDS):
            ratios.append(seconds(here, 1) / seconds(workers, 2))
    report(f"two cores against one      {statistics.median(ratios):10.2f} times [1.8]; "
           f"the machine gives {_of_machine():.2f} times to two processes that share nothing")


def _of_machine() -> float:
    """How much more two processes do than one, each with its own worlds and nothing to send, store or wait for."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        def seconds(n: int) -> float:
            return _seconds(lambda: list(pool.map(_simulate_blocks, [8] * n)))

        seconds(2)  # starts them
        return statistics.median(2 * seconds(1) / seconds(2) for _ in range(ROUNDS))


def _simulate_blocks(n: int) -> None:
    from sim.simulation import draws_of

    settings = _one_strategy(1024)
    for _ in range(n):
        _simulated(settings, draws_of(settings, 0))


def _many_cells() -> None:
    """5,000 cells with next to nothing in them: what a cell costs besides its simulation."""
    process = subprocess.run([sys.executable, "-m", "tests.bench", MANY_CELLS], capture_output=True, text=True, check=True)
    seconds, scan, memory = process.stdout.split()
    report(f"5,000 cells of one world   {float(seconds):10.1f} s [60], memory of the parent {float(memory):.0f} MB [300]; "
          f"found again in {float(scan):.1f} s [10]")


#: The argument with which `_many_cells` starts a process of its own, whose memory is its own.
MANY_CELLS = "many-cells"


def _many_cells_here() -> None:
    """Print seconds for computing and for finding again, and this process's memory in MB."""
    from experiments.cells.compute import compute
    from experiments.cells.job_cells import job_cells_of
    from experiments.cells.plan import plan_of
    from experiments.executors.processes import Processes

    settings = load(["n_worlds=1", "horizon=1", "strategies=[equidistance,status_quo,bandwagon_first,isolation]"]).settings
    with tempfile.TemporaryDirectory() as folder, Processes(cores()) as executor:
        store = Store(Path(folder))
        start = time.perf_counter()
        jobs_cells = [job_cells_of(settings.replace(seed=seed)) for seed in range(1250)]
        failures = compute(plan_of(jobs_cells, store, cores()).missing, store, executor, cores())
        seconds = time.perf_counter() - start
        start = time.perf_counter()
        plan = plan_of(jobs_cells, store, cores())
        assert not failures
        assert len(plan.done) == len(plan.cells) == 5000
        # Not `resource.getrusage`: its maximum includes the process that started this one.
        memory = next(int(line.split()[1]) / 1024 for line in _read("/proc/self/status").splitlines() if line.startswith("VmHWM:"))
        print(seconds, time.perf_counter() - start, memory)


def _multirun() -> None:
    """200 jobs composed by Hydra: the share of the time that is not simulation."""
    values = ",".join(f"{0.0001 * i:.4f}" for i in range(200))
    strategies = "strategies=[equidistance,status_quo,bandwagon_first,bandwagon_second,isolation]"
    seconds, _, manifest, _ = _whole_process("-m", f"parameters.local_threat={values}", strategies)
    failed = 1 - manifest["timings_seconds"]["simulation"] / seconds
    report(f"200 jobs × 5 × 1,024 worlds {seconds:9.0f} s, of which {failed:.0%} [15 %] outside simulation")


def _design() -> None:
    """A grid of 2,500 points along the world axis."""
    seconds, peak, manifest, _ = _whole_process(
        "design=grid", "design.over=[parameters.rivalry_mean,parameters.lens_high_economy]", "design.points=50", "n_worlds=64",
        "strategies=[status_quo,equidistance,bandwagon_first,bandwagon_second,isolation,binding_engagement,domain_split,auction,soft_balancing,tit_for_tat]")
    rate = 2500 * 10 * 64 / manifest["timings_seconds"]["simulation"]
    report(f"2,500 points × 10 × 64     {seconds:10.0f} s, {rate:,.0f} worlds/s on all cores, {peak:.0f} MB in all processes together")


def _many_points() -> None:
    """Points of a design over all parameters, two strategies, 16 worlds: what the analyses run on."""
    from experiments.cells.compute import compute
    from experiments.cells.job_cells import job_cells_of
    from experiments.configuration.design import Design
    from experiments.executors.processes import Processes
    from sim.parameters import Parameters
    from sim.quantity import quantities

    settings = load(["n_worlds=16", "strategies=[equidistance,bandwagon_first]"]).settings
    points = Design(kind="lhs", over=[f"parameters.{name}" for name in quantities(Parameters)], points=MANY_POINTS).points_for(settings)
    cells = job_cells_of(settings, points).cells()
    with tempfile.TemporaryDirectory() as folder, Processes(cores()) as executor:
        seconds = _seconds(lambda: compute(cells, Store(Path(folder)), executor, cores()))
    rate = MANY_POINTS * 2 * 16 / seconds
    report(f"{MANY_POINTS:,} points × 2 × 16    {seconds:10.0f} s, {rate:,.0f} worlds/s on all cores; "
          f"100,000 points at that rate {100_000 * 32 / rate / 60:.1f} minutes [20]")


def _searches() -> None:
    """CMA-ES, the tree-structured Parzen estimator of Optuna and random candidates at equal budgets on the problem of `optimize`: what it should use."""
    import numpy as np

    from experiments.analyses.optimize.result import Options, searched_space
    from experiments.analyses.optimize.search import Evaluation, library_means
    from experiments.analyses.optimize.space import NUMBERS
    from experiments.cells.job_cells import job_cells_of
    from experiments.cells.session import computing
    from experiments.cells.stopwatch import Stopwatch
    from experiments.configuration.varied import futures
    from experiments.methods import search
    from sim.draws import stream
    from sim.payoffs import COMPOSITE, RETURNS

    with tempfile.TemporaryDirectory() as folder:
        job = load([f"results={folder}", "assumption_draws=0", "strategies=[status_quo,equidistance]"])
        options = Options(job, COMPOSITE, "mean", searched_space(job, None, NUMBERS), None, SEARCHED, 16, 8, 0, "found", "")
        shown = futures(job, options.futures)
        library = job_cells_of(job.settings.replace(n_worlds=options.worlds), shown, RETURNS)
        n, result = len(NUMBERS), {name: np.empty((SEARCHES, 2)) for name in ("CMA-ES", "Optuna's TPE", "random candidates")}
        with computing(job.run, [library], "searches at equal budgets", Stopwatch()) as session:
            session.compute([library])
            best = {measure: values.max(axis=0) for measure, values in library_means(options, library, session).items()}
            evaluate = Evaluation(options, session, shown, best).of_measure
            with session.stage(SEARCHES * len(result) * SEARCHED * options.futures * options.worlds):
                for i in range(SEARCHES):
                    result["CMA-ES"][i] = _half_and_end(search.cma_es(evaluate, n, SEARCHED, stream(i, "bench", 0)).so_far)
                    result["Optuna's TPE"][i] = _half_and_end(np.maximum.accumulate(_by_optuna(evaluate, n, SEARCHED, i)))
                    result["random candidates"][i] = _half_and_end(search.at_random(evaluate, n, SEARCHED, stream(i, "bench", 1)).so_far)
    for name, values in result.items():
        half, end = np.median(values, axis=0)
        first = sum(values[i, 1] == max(other[i, 1] for other in result.values()) for i in range(SEARCHES))
        report(f"{name:<27}{end:10.4f} after {SEARCHED} candidates, {half:.4f} after {SEARCHED // 2}; medians of {SEARCHES}; the best of the three in {first}")


def _half_and_end(so_far: Any) -> tuple[float, float]:
    return float(so_far[len(so_far) // 2 - 1]), float(so_far[-1])


def _by_optuna(evaluate: Callable[[Any], Any], n_numbers: int, n_candidates: int, seed: int) -> Any:
    """As many candidates by Optuna, as many at a time as CMA-ES takes; their values in order."""
    import numpy as np
    import optuna

    from experiments.methods.search import on_grid

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True))
    together = 4 + int(3 * np.log(n_numbers))
    values: list[float] = []
    while len(values) < n_candidates:
        trials = [study.ask() for _ in range(min(together, n_candidates - len(values)))]
        points = on_grid(np.array([[trial.suggest_float(f"x{i}", 0, 1) for i in range(n_numbers)] for trial in trials]))
        for trial, value in zip(trials, evaluate(points), strict=True):
            study.tell(trial, float(value))
            values.append(float(value))
    return np.array(values)


def _analyses() -> None:
    """Each analysis at its defaults, as a user would start it."""
    for command, limit in (("hypotheses", 0), ("sensitivity", 180), ("robustness", 0), ("optimize", 600), ("tournament", 900)):
        seconds, peak, *_ = _whole_process(command)
        goal = f" [{limit}]" if limit else ""
        report(f"counterpoise {command:<13} {seconds:10.0f} s{goal}, {peak:.0f} MB in all processes together")


def _tournament() -> None:
    """20 strategies against all pairs of nine policies, from the command to the report."""
    policies = "coercion,competitive_matching,conditionality,inducement,laissez_faire,neglect,norm_promoter,patron,wedge"
    strategies = ("adaptive,ambiguity_hedge,auction,bandwagon_first,bandwagon_stronger,bandwagon_second,binding_engagement,domain_split,dominance_denial,"
                  "economic_pragmatism,equidistance,external_balancing,indirect_balancing,internal_balancing,isolation,omni_enmeshment,opportunist,"
                  "soft_balancing,status_quo,tit_for_tat")
    seconds, peak, manifest, _ = _whole_process("tournament", f"--policies={policies}", f"strategies=[{strategies}]")
    rate = 20 * 9 * 9 * 256 / manifest["timings_seconds"]["simulation"]
    report(f"tournament, 20 × 9 × 9 × 256 {seconds:8.0f} s [900], {rate:,.0f} worlds/s on all cores, of which statistics "
          f"{manifest['timings_seconds']['statistics']:.0f} s; {peak:.0f} MB in all processes together")


def _lab() -> None:
    """The page in a browser: how soon it is painted, and from a moved slider to new numbers."""
    from tests.experiments.lab.page import Page
    from tests.experiments.lab.running import Running
    from tests.experiments.report.test_browser import CHROMIUM, Browser

    if CHROMIUM is None:
        report("the lab: not measured, there is no chromium")
        return
    with tempfile.TemporaryDirectory() as folder:
        running, browser = Running(Path(folder)), Browser(Path(folder) / "profile")
        try:
            page = Page(browser, running.link)
            painted = page.js("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000")
            page.js(MOVE)
            moved: dict[float, list[float]] = {0.0: [], 0.6: []}
            for power, (pause, seconds) in zip(("first", "second"), moved.items(), strict=True):
                for i in range(CHANGES):
                    time.sleep(pause)
                    seconds.append(page.promised(f"moved({power!r}, {(i + 1) / CHANGES})"))  # how hard it presses; each value comes once
        finally:
            browser.end()
            running.end()
    within = {pause: sorted(each)[int(0.95 * CHANGES) - 1] for pause, each in moved.items()}
    report(f"lab, slider to new numbers {statistics.median(moved[0.0]):9.2f} s, 95 % of {CHANGES} changes within {within[0.0]:.2f} s [0.3]; "
           f"while larger numbers are computed {within[0.6]:.2f} s; 8 strategies, 32 worlds")
    report(f"lab, first paint           {painted:10.2f} s [2]")


def _growth() -> None:
    from tests import growth  # draws, and would take memory from what is measured

    growth.measured(report)


def _default_job() -> None:
    totals, rest, memory, estimates = [], [], [], []
    for _ in range(3):
        seconds, peak, manifest, estimate = _whole_process()
        estimates.append(seconds / estimate)
        timings = manifest["timings_seconds"]
        totals.append(seconds)
        rest.append(seconds - timings["simulation"] - timings["drawing"])
        memory.append(peak)
    report(f"command to report          {statistics.median(totals):10.1f} s [20], of which neither simulation nor drawing {statistics.median(rest):.1f} s [3]")
    report(f"the plan's estimate        {statistics.median(estimates):10.2f} times as long in fact [0.67 to 1.5]")
    report(f"memory, default job        {statistics.median(memory):10.0f} MB [700], all processes together")


def _memory() -> None:
    seconds, peak, *_ = _whole_process("n_worlds=100000", "strategies=[equidistance,status_quo,bandwagon_first]")
    report(f"memory, 100,000 worlds × 3 {peak:10.0f} MB [700], all processes together, {seconds:.0f} s")


def _whole_process(*overrides: str) -> tuple[float, float, Any, float]:
    """Run the command as a user would: seconds, peak memory in MB, manifest, and the seconds that its plan says."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "experiments.cli", *overrides, f"results={folder}"], stdout=subprocess.PIPE, text=True)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(0.05)
        seconds = time.perf_counter() - start
        printed = process.stdout.read() if process.stdout else ""  # less than a pipe holds
        if process.returncode:
            raise RuntimeError(f"the command failed with exit code {process.returncode}")
        manifest = json.loads(next(Path(folder).glob("*/*/manifest.json")).read_text(encoding="utf-8"))
    about = re.search(r"about (\d+) (s|min) on", printed)
    return seconds, peak, manifest, float(about[1]) * (60 if about[2] == "min" else 1) if about else float("nan")


def _resident(pid: int) -> float:
    """Memory of a process and its children in MB, shared pages counted once; 0 where /proc is missing."""
    total = 0.0
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            total += int(line.split()[1]) / 1024
    children = [child for task in Path(f"/proc/{pid}/task").glob("*") for child in _read(f"{task}/children").split()]
    return total + sum(_resident(int(child)) for child in children)


def _read(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except OSError:  # the process ended meanwhile
        return ""


if __name__ == "__main__":
    if sys.argv[1:] == [MANY_CELLS]:
        _many_cells_here()
    else:
        sys.exit(main(sys.argv[1:]))
