"""Figures of imitation, in the order a reader asks."""

from pathlib import Path

from experiments.analyses.tournament.imitation.figures import adoption, invasion, mix, variants
from experiments.analyses.tournament.imitation.result import Result
from experiments.configuration.job import Job
from experiments.figures.figure import Picture, picture
from experiments.figures.style import labels
from experiments.names import plain
from experiments.words import plural


def pictures(result: Result, job: Job, folder: Path) -> list[Picture]:
    """Draw every figure into `folder/figures`.

    Raises:
        OSError: One cannot be written.
    """
    options, settings = result.options, job.settings
    foot = (f"{plain(settings.world.name).capitalize()} · {plain(settings.scenario.name)} · reference "
            f"{labels([job.run.reference])[job.run.reference]} · {options.rule} rule, selection {options.selection:g}, mutation {options.mutation:g} · "
            f"{plural(options.populations, 'population')} × {plural(options.generations, 'generation')} × {plural(settings.horizon, 'quarter')} · "
            f"seed {settings.seed}")
    return [picture(adoption.FIGURE, adoption.adoption_of(result), foot, folder), picture(mix.FIGURE, mix.mix_of(result), foot, folder),
            picture(invasion.FIGURE, invasion.entrants_of(result), foot, folder), picture(variants.FIGURE, variants.variants_of(result), foot, folder)]
