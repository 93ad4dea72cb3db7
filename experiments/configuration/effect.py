"""Overrides that would change nothing. They are refused: whoever gives one expects a difference."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from experiments.configuration.design import Design
from experiments.configuration.errors import ConfigError
from experiments.configuration.job import ExecutorChoice, Job
from sim.policies.policy import Policy
from sim.settings import Settings

#: Keys that say something of a comparison or a sweep alone, and what an analysis does instead.
OF_COMPARISONS = {"name": "this command names the folder of its results", "question": "this command answers its own question",
                  "assumption_draws": "this command draws the assumptions itself",
                  "against": "this command compares with no baseline"}


#: No key, for commands that read all.
NONE: Mapping[str, str] = MappingProxyType({})
#: For commands that do not use the smallest differences that matter.
WITHOUT_SMALLEST: Mapping[str, str] = MappingProxyType({"payoff.matters": "comparisons, sweeps, hypotheses, sensitivity, robustness and optimize use it"})


def split(override: str) -> tuple[str, str]:
    """Key and value of an override."""
    key, _, value = override.lstrip("+").partition("=")
    return key, value


def without_effect(given: Iterable[str], design: Design | None, executor: ExecutorChoice | None) -> Iterator[str]:
    """Overrides of designs and executors that the one chosen does not use, a line each."""
    for text in given:
        key, value = split(text)
        if key == "design.points" and design and design.kind in ("none", "table"):
            yield f"override {text}: has no effect with design={design.kind}; choose design=grid, lhs or sobol"
        elif executor is None or value == "null":
            continue
        elif key == "executor.address" and executor.kind != "dask":
            yield f"override {text}: has no effect with executor={executor.kind}; choose executor=dask"
        elif key == "executor.wait" and (executor.kind != "dask" or executor.address is None):
            yield f"override {text}: has no effect without a running cluster; add executor=dask executor.address=tcp://HOST:PORT"
        elif key == "executor.patience" and executor.kind == "serial":
            yield f"override {text}: has no effect with executor=serial; choose executor=processes"


def check_comparison(jobs: Sequence[Job]) -> None:
    """Refuse overrides that change nothing in a comparison or a sweep.

    Raises:
        ConfigError: There are some.
    """
    problems = [*_of_no_power(jobs)]
    single = len(jobs) == 1 and not jobs[0].points.names
    for text in _shared(jobs):
        key, value = split(text)
        if key == "assumption_draws" and value != "0" and not single:
            problems.append(f"override {text}: has no effect on a sweep or a design; assumptions are drawn where one job is compared")
        elif key == "against" and value not in ("null", "baseline") and all(job.baseline is None for job in jobs):
            problems.append(f"override {text}: has no effect: the run changes nothing against {value}; choose another scenario, or leave it out")
        elif key.startswith("payoff.anchors") and not single and all(job.run.payoff.weights is None for job in jobs):
            problems.append(f"override {text}: has no effect on a sweep or a design without payoff.weights")
    if problems:
        raise ConfigError(problems)


def check_analysis(jobs: Sequence[Job], unused: Mapping[str, str] = NONE, every_policy: bool = False) -> None:
    """Refuse overrides that change nothing in an analysis.

    Args:
        jobs: What it simulates; each came from the same overrides.
        unused: Keys that it does not read, apart from `OF_COMPARISONS`, and what to do instead; empty: nothing.
        every_policy: Whether it uses policies that no power follows.

    Raises:
        ConfigError: There are some.
    """
    problems = [] if every_policy else [*_of_no_power(jobs)]
    for text in _shared(jobs):
        key, value = split(text)
        if key in OF_COMPARISONS and value not in ("0", "null"):
            problems.append(f"override {text}: has no effect here; {OF_COMPARISONS[key]}")
        elif ignored := next((each for each in unused if key == each or key.startswith(f"{each}.")), None):
            problems.append(f"override {text}: has no effect here; {unused[ignored] or f'this command does not use {key}'}")
    if problems:
        raise ConfigError(problems)


def _of_no_power(jobs: Sequence[Job]) -> Iterator[str]:
    """Overrides of policies that no power follows in any job."""
    followed = {policy.name for job in jobs for policy in followed_in(job.settings)}
    powers = list(jobs[0].settings.policies)
    for text in _shared(jobs):
        key, _ = split(text)
        if key == "policy":
            yield f"override {text}: has no effect here; {' and '.join(f'policies.{power}=NAME' for power in powers)} say which policies the powers follow"
        elif key.startswith("policy.") and (name := key.split(".")[1]) not in followed:
            yield f"override {text}: has no effect: no power follows {name}; add {' or '.join(f'policies.{power}={name}' for power in powers)}"


def followed_in(settings: Settings) -> list[Policy]:
    """Policies that a power follows at some time, or under which the present rests."""
    return [*settings.policies.values(), *settings.resting_policies.values(), *settings.switched_policies.values()]


def _shared(jobs: Sequence[Job]) -> list[str]:
    """Overrides of all jobs; those in which jobs differ are checked where jobs are compared."""
    return [text for text in jobs[0].overrides if split(text)[0] not in jobs[0].varied and all(text in job.overrides for job in jobs)]
