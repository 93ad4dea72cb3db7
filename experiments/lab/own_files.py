"""What the page saves: a strategy, a policy or a scenario as YAML in the user's own folder; checked first, and never over a file that is there."""

import copy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from experiments.configuration.check import check_file
from experiments.configuration.errors import CommandError, ConfigError
from experiments.configuration.examples import GROUP_OF, check_writable, name_problem, there, write
from experiments.configuration.files import conf_dir, document_of, shown, wanted_dir
from experiments.configuration.job import Job
from experiments.configuration.yaml_files import mapping, read
from experiments.lab.engine import forget_files
from experiments.lab.question import Question, events_of
from experiments.messages import shortened
from sim.payoffs import PLACES
from sim.policies.policy import Policy
from sim.strategies.strategy import Strategy

#: What the page saves.
KINDS = ("strategy", "policy", "scenario")


def strategy_text(job: Job, strategy: str, name: str) -> str:
    """The YAML of a strategy of a job under another name."""
    return _of_numbers(job.settings.strategies[strategy], name)


def policy_text(job: Job, power: int, name: str) -> str:
    """The YAML of the policy of a power, 0 or 1, under another name."""
    return _of_numbers(list(job.settings.policies.values())[power], name)


def scenario_text(question: Question, name: str) -> str:
    """The YAML of the scenario of a question, with its events, policies and parameters, under another name.

    Raises:
        CommandError: The numbers of a policy were changed, which a scenario cannot hold.
    """
    if any(key.startswith("policy.") for key, _ in question.numbers):
        raise CommandError("a scenario names policies and cannot hold their numbers: save the policy first, choose it by its new name, then save the scenario")
    document = document_of("scenario", question.scenario)
    data: dict[str, Any] = copy.deepcopy(mapping(document.data if document else None))
    inner = {key: value for key, value in mapping(data.get("scenario")).items() if key not in ("name", "label", "events")}
    data["scenario"] = {"name": name, **inner, "events": events_of(question)}
    policies = {place: policy for place, policy in zip(PLACES, question.policies, strict=True) if policy}
    numbers = {key.split(".", 1)[1]: value for key, value in question.numbers if key.startswith("parameters.")}
    for key, changed in (("policies", policies), ("parameters", numbers)):
        if changed:
            data[key] = {**mapping(data.get(key)), **changed}
    return f"# @package _global_\n{_dumped(data)}"


def save(kind: str, name: str, text: str) -> str:
    """Write a file into the user's own folder; returns its path as it is shown.

    Raises:
        CommandError: The name cannot be one, or is taken, or the text is wrong; nothing is written.
        OSError: It cannot be written.
    """
    if kind not in KINDS:
        raise CommandError(f"{shortened(kind)} cannot be saved")
    if problem := name_problem(name):
        raise CommandError(f"{shortened(name)} cannot be a name: {problem}")
    if (wanted := wanted_dir()) is None:
        raise CommandError("there is no current folder any more; start the lab in another one, or with --conf DIR")
    check_writable(Path(wanted))
    group = GROUP_OF[kind]
    for folder in (Path(wanted), conf_dir()):
        if file := there(folder / group, name):
            raise CommandError(f"{shown(file)} is there already; choose another name")
    _check(group, name, text)
    file = Path(wanted) / group / f"{name}.yaml"
    write(file, text)
    forget_files()
    return shown(file)


def _check(group: str, name: str, text: str) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / group / f"{name}.yaml"
        write(file, text)
        if problems := check_file(read(file), group):
            raise ConfigError([problem.replace(f"{folder}/", "") for problem in problems])


def strategy_yaml(strategy: Strategy) -> str:
    """A strategy as a file: what differs from the defaults."""
    return _dumped({strategy.name: _changed(strategy)})


def _of_numbers(thing: Strategy | Policy, name: str) -> str:
    """A strategy or policy as a file: what differs from the defaults."""
    kept = {key: value for key, value in _changed(thing).items() if key != "label"}
    return _dumped({name: kept | {"source": f"changed in the lab, from {thing.name}: {thing.source}"[:500]}})


def _changed(thing: Strategy | Policy) -> dict[str, Any]:
    return {key: value for key, value in thing.model_dump(exclude_defaults=True).items() if key != "name"}


def _dumped(data: dict[str, Any]) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=150)
