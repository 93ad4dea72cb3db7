"""`counterpoise tournament`: everybody chooses. Which policies of the powers survive, and what does the small state then play?"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from experiments import imitation
from experiments.cells import Batch
from experiments.cli import BAD_CONFIG, FAILED, OK
from experiments.command_line import Parser, recorded
from experiments.computing import Computing, attempted, computing
from experiments.config import Job
from experiments.config_check import ConfigError, check_files
from experiments.futures import policies
from experiments.outcome import job_of
from experiments.policy_game import N_RESAMPLES, Solution, game_of, solved
from experiments.runner import Work, whole, work_of
from experiments.stopwatch import Stopwatch
from experiments.words import unknown
from sim.payoffs import RETURNS
from sim.policies.policy import Policy
from sim.settings import PolicyPair

#: Worlds that all profiles share.
WORLDS = 256
#: What is played out, by the names of `--only`: the powers choose policies; the members of ASEAN copy what paid.
POWERS, IMITATION = PARTS = ("powers", "imitation")
#: What the game of the powers reads of each world.
GAME_MEASURES = (*RETURNS, "influence_china", "influence_us", "outlay_china", "outlay_us")


@dataclass(frozen=True)
class Asked:
    """What the command was asked for.

    Attributes:
        job: Settings and run.
        policies: Of either power, by name.
        measure: What the small state gets: a return or the composite.
        prices: Of outlay in influence; None: a ladder up to where least effort wins.
        parts: What is played out.
        imitation: What was asked of the imitation.
        command: What makes it again.
    """

    job: Job
    policies: Mapping[str, Policy]
    measure: str
    prices: tuple[float, ...] | None
    parts: tuple[str, ...]
    imitation: imitation.Asked
    command: str

    def jobs(self) -> list[Job]:
        """The job of each pair of policies, those of the US fastest."""
        pairs = [(china, us, PolicyPair(china=self.policies[china], us=self.policies[us])) for china, us in product(self.policies, repeat=2)]
        return [replace(self.job, settings=self.job.settings.replace(policies=pair), varied={"policies.china": china, "policies.us": us})
                for china, us, pair in pairs]


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    parser = Parser(
        "tournament", "Everybody chooses. Powers: China and the United States choose policies, the small state its strategy; which pairs does nobody leave, "
                      "which survive in the long run, and what does the small state then play? Imitation: all members of ASEAN copy what paid, generation "
                      "after generation; which mix survives, and is it stable?")
    parser.add_argument("--policies", metavar="A,B,…", help="policies that either power may choose (default: every file of conf/policy)")
    parser.add_argument("--prices", metavar="X,Y,…", help="hundredths of influence that .01 %% of its GDP is worth to a power (default: from 0, where "
                                                          "influence is all, to where least effort is always best)")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    imitation.add_options(parser)
    parser.add_overrides()
    asked = parser.parse_intermixed_args(list(arguments))
    prices = None
    if wrong := imitation.problem(asked):
        parser.error(wrong)
    if asked.prices is not None and not (prices := numbers_in(asked.prices)):
        parser.error(f"--prices takes numbers from 0 upwards with commas between them, got {asked.prices!r}")
    watch = Stopwatch()
    try:
        check_files()
        with watch.on("planning"):
            job = job_of(asked.overrides, [f"n_worlds={WORLDS}", "assumption_draws=0"])
            among = imitation.Asked(job, asked.measure, asked.rule, asked.selection, asked.mutation, asked.populations, asked.generations)
            wanted = Asked(job, policies_of(job, asked), asked.measure, prices, (asked.only,) if asked.only else PARTS, among,
                           recorded(["counterpoise", "tournament", *arguments]))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIG
    return attempted(lambda: _run(wanted, watch, asked.dry_run))


def numbers_in(text: str) -> tuple[float, ...]:
    """The numbers of a list in order, each once; none if something else is among them."""
    try:
        found = sorted({float(word) for word in text.split(",")})
    except ValueError:
        return ()
    return tuple(found) if np.isfinite(found).all() and found[0] >= 0 else ()


def policies_of(job: Job, asked: argparse.Namespace) -> dict[str, Policy]:
    """The policies that either power may choose, as their files and the overrides have them.

    Raises:
        ConfigError: One is not known, there is only one, an override chooses for a power, or there is a single world.
    """
    if chosen := [text for text in asked.overrides if text.lstrip("+").startswith("policies.")]:
        raise ConfigError([f"override {chosen[0]}: the powers choose here; --policies says among which"])
    if job.settings.n_worlds < 2:
        raise ConfigError(["n_worlds: takes 2 or more here: how sure anything is comes from resampling them"])
    there = policies(job)
    names = list(there) if asked.policies is None else list(dict.fromkeys(asked.policies.split(",")))
    problems = [f"--policies: {unknown(name, there, 'policy')}" for name in names if name not in there]
    if not problems and len(names) < 2:
        problems = [f"--policies: a power chooses among two or more; there {'is' if names else 'are'} {', '.join(names) or 'none'}"]
    if problems:
        raise ConfigError(problems)
    return {name: there[name] for name in names}


def _run(asked: Asked, watch: Stopwatch, dry_run: bool) -> int:
    settings, n = asked.job.settings, len(asked.policies)
    about: list[str] = []
    jobs: list[Job] = []
    works: list[Work] = []
    batches: list[Batch] = []
    later = []
    with watch.on("planning"):
        if POWERS in asked.parts:
            jobs = asked.jobs()
            works = [work_of(job.settings, measures=GAME_MEASURES) for job in jobs]
            batches += works
            about.append(f"powers: {len(settings.strategies)} strategies × {n} policies of China × {n} of the United States × {settings.n_worlds:,} worlds")
        if IMITATION in asked.parts:
            known, more = imitation.planned(asked.imitation)
            batches.append(known)
            later.append(more)
            about.append(imitation.about(asked.imitation))
    about.append(f"world {settings.world.name}, scenario {settings.scenario.name}, {settings.horizon} quarters; {settings.focal} is the small state")
    with computing(asked.job.run, batches, "\n".join(about), watch, dry_run, later) as session:
        solution = copied = None
        session.compute(works)
        if works and asked.job.run.reference in (names := whole(works, session.lost)):
            with watch.on("statistics"):
                solution = solution_of(asked, names, works, session)
        if IMITATION in asked.parts:
            copied = imitation.imitated(asked.imitation, session)
        session.tell({failure.cell.key: asked.command for failure in session.failures})
        missing = [part for part, found in ((POWERS, solution), (IMITATION, copied)) if part in asked.parts and found is None]
        if missing:
            print(f"counterpoise: nothing can be said of {' and '.join(missing)}: cells failed that all else rests on", file=sys.stderr)
        if solution is None and copied is None:
            return FAILED
        from experiments.tournament_report import report

        print(report(asked, solution, copied, jobs, works, session.lost, watch))
        return FAILED if session.failures or session.absent() else OK


def solution_of(asked: Asked, names: Sequence[str], works: Sequence[Work], session: Computing) -> Solution:
    """The game of the powers, solved."""
    run = asked.job.run
    game = game_of(works, names, tuple(asked.policies), run.reference, asked.measure, run.payoff, session.store.read)
    return solved(game, asked.job.settings.seed, session.executor, N_RESAMPLES, asked.prices)
