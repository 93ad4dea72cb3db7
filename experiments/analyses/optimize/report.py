"""The report of `counterpoise optimize`, and the strategy files beside it."""

from pathlib import Path

from experiments.analyses.optimize import findings, tables
from experiments.analyses.optimize.design import Futures
from experiments.analyses.optimize.pictures import pictures
from experiments.analyses.optimize.result import OBJECTIVE_LABELS, Options, Result
from experiments.figures import scales
from experiments.report import conclusions
from experiments.report.parts import Part
from experiments.report.write import Report, analysis
from sim import MODEL_VERSION


def report(options: Options, result: Result, futures: Futures, folder: Path) -> Report:
    """What is written, with the figures and the strategy files in the run folder.

    Raises:
        OSError: A file cannot be written.
    """
    (folder / "strategies").mkdir()
    for strategy, unit in zip(result.candidates.strategies, result.candidates.units, strict=True):
        text = options.space.yaml(strategy, unit, _provenance(options, result, strategy.name))
        (folder / "strategies" / f"{strategy.name}.yaml").write_text(text, encoding="utf-8", newline="\n")
    rows = findings.findings(options, result)
    copy = f"{folder / 'strategies' / options.name}.yaml: copy it into conf/strategies to compare it with all others"
    part = Part(findings.lead(options, result), rows, findings.caveats(options, result), pictures(options, result, folder), tables.tables(options, result),
                tables.frames(options, result), "\n".join([*map(str, rows), copy]))
    concluded = conclusions.table(findings.conclusions(options, result, futures.out_of_sample), findings.tried(options, result))
    return analysis("A better strategy?", [part], concluded, options.command, options.job.settings)


def _provenance(options: Options, result: Result, name: str) -> list[str]:
    """Where a strategy file comes from, in lines."""
    row = result.names.index(name)
    scale = scales.scale_of(options.measure).label.lower()
    comparison = result.comparison
    return [
        f"Made by: {options.command}", f"Model {MODEL_VERSION}, seed {options.job.settings.seed}, world {options.job.settings.world.name}, scenario "
        f"{options.job.settings.scenario.name}, {options.job.settings.focal}.",
        f"{OBJECTIVE_LABELS[options.objective].capitalize()}, {scale}: {comparison.in_sample.value[row]:.4f} in-sample ({options.futures} futures), "
        f"{comparison.out_of_sample.value[row]:.4f} [{comparison.out_of_sample.low[row]:.4f}, {comparison.out_of_sample.high[row]:.4f}] out-of-sample "
        f"({options.out_of_sample} futures).",
        f"The best of the library in-sample, {result.names[result.best_of_library]}, has {comparison.out_of_sample.value[result.best_of_library]:.4f} "
        "out-of-sample."]
