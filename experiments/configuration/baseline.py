"""The baseline of a job: the same worlds without what the job changes in them."""

from typing import Any

from pydantic import BaseModel

from experiments.configuration.build import build
from experiments.configuration.check import sound
from experiments.configuration.compose import compose
from experiments.configuration.files import document_of, kept
from experiments.configuration.job import Job
from sim.settings import Settings

#: What a job may change. The facts of a world, its size and its strategies are the job's own in the baseline too.
CHANGED = ("scenario", "policies", "peers", "parameters", "switched_policies", "switched_strategies")
#: What says no number.
_TEXTS = ("name", "description", "source", "family")


def baseline_of(job: Job, world: str) -> Settings | None:
    """The settings of a job under the scenario `against`, with policies, peers and parameters as the files have them; None where that is the same.

    Args:
        job: The job.
        world: The file of its world.

    Raises:
        ConfigError: That scenario does not fit the world.
    """
    if job.run.against is None:
        return None
    facts = [text for text in job.overrides if text.lstrip("+").startswith("world.")]
    any_strategy = next(name for name in (*job.settings.strategies, *sound("strategies")) if document_of("strategies", name))  # none is compared here
    usual = _usual((f"world={world}", f"scenario={job.run.against}", f"strategies=[{any_strategy}]", *facts))
    parts = {name: getattr(usual, name) for name in CHANGED}
    own = {state: peer for state, peer in job.settings.peers.items() if state == job.settings.focal}  # not played: strategies are compared there
    parts["peers"] = {**parts["peers"], **own}
    same = all(_numbers(getattr(job.settings, name)) == _numbers(part) for name, part in parts.items())
    return None if same else job.settings.replace(**parts)


@kept
def _usual(words: tuple[str, ...]) -> Settings:
    composed, choices = compose(words)
    return build(composed, choices, words, {}).settings


def _numbers(value: Any) -> Any:
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields if name not in _TEXTS}
    return {key: _numbers(part) for key, part in value.items()} if isinstance(value, dict) else value
