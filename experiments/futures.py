"""Futures: how the world may work and what the powers may do, drawn over all plausible ranges at once."""

from experiments.config import Job
from experiments.design import Design, Points, numbers
from experiments.outcome import free_parameters
from sim.policies.policy import Policy
from sim.quantity import Quantity


def varied(job: Job) -> dict[str, Quantity]:
    """The numbers of a future, by dotted name: structural parameters and policies of the powers, but those set by an override."""
    given = {text.lstrip("+").split("=")[0] for text in job.overrides}
    policies = {name: known for name, known in numbers(job.settings).items() if name.startswith("policy.") and name not in given}
    return free_parameters(job) | policies


def futures(job: Job, n: int) -> Points:
    """A Latin hypercube of futures."""
    return Design(kind="lhs", over=list(varied(job)), points=n).points_for(job.settings)


def policies(job: Job) -> dict[str, Policy]:
    """Every policy of the job's configuration, whether a power follows it or not."""
    return {str(name): Policy.model_validate({"name": name, **entry}) for name, entry in job.composed["policy"].items()}
