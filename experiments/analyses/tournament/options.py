"""Options of `counterpoise tournament`."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

from experiments.analyses.tournament.imitation.result import Options as ImitationOptions
from experiments.configuration.errors import ConfigError
from experiments.configuration.job import Job
from experiments.configuration.varied import policies
from experiments.messages import unknown
from sim.payoffs import RETURNS
from sim.policies.policy import Policy

#: Worlds that all profiles share.
WORLDS = 256
#: Parts that are played, as `--only` names them: the powers choose policies; the states copy what paid.
POWERS, IMITATION = PARTS = ("powers", "imitation")
#: Measures that the game of the powers reads.
GAME_MEASURES = (*RETURNS, "influence_first", "influence_second", "outlay_first", "outlay_second")


@dataclass(frozen=True)
class Options:
    """Options of the command.

    Attributes:
        job: Settings and run.
        policies: Of either power, by name.
        measure: What the small state gets: a return or the composite.
        prices: Of outlay in influence; None: a ladder up to where least effort is best.
        parts: Parts that are played.
        imitation: Options of imitation.
        command: The command that makes this result again.
    """

    job: Job
    policies: Mapping[str, Policy]
    measure: str
    prices: tuple[float, ...] | None
    parts: tuple[str, ...]
    imitation: ImitationOptions
    command: str

    def jobs(self) -> list[Job]:
        """The job of each pair of policies, those of the second power fastest."""
        powers = list(self.job.settings.world.powers)
        return [replace(self.job, settings=self.job.settings.replace(policies={power: self.policies[name] for power, name in zip(powers, pair, strict=True)}),
                        varied={f"policies.{power}": name for power, name in zip(powers, pair, strict=True)})
                for pair in product(self.policies, repeat=2)]


def policies_of(job: Job, options: argparse.Namespace) -> dict[str, Policy]:
    """The policies that either power may choose, as set by their files and the overrides.

    Raises:
        ConfigError: A policy is not known, there is only one, an override sets the policy of a power, or there is a single world.
    """
    if options.only == IMITATION:
        return policies(job)
    if chosen := [text for text in options.overrides if text.lstrip("+").startswith("policies.")]:
        raise ConfigError([f"override {chosen[0]}: the powers choose their policies themselves; --policies names those they choose among"])
    if job.settings.n_worlds < 2:
        raise ConfigError(["n_worlds: must be at least 2: intervals come from resampling worlds"])
    there = policies(job)
    names = list(there) if options.policies is None else list(options.policies)
    problems = [f"--policies: {unknown(name, there, 'policy')}" for name in names if name not in there]
    problems += [f"override {text}: has no effect: --policies leaves {name} out" for text in options.overrides for name in there
                 if name not in names and text.lstrip("+").startswith(f"policy.{name}.")]
    if not problems and len(names) < 2:
        problems = [f"--policies: a power needs at least two to choose from; there {'is' if names else 'are'} {', '.join(names) or 'none'}"]
    if problems:
        raise ConfigError(problems)
    return {name: there[name] for name in names}
