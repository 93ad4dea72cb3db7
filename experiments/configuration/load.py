"""From YAML files and command-line overrides to frozen, checked settings; all errors at once.

Every file is checked first (`experiments.configuration.check`), then Hydra composes them, then the composed whole is
checked. Hydra is given the data that was checked and reads no file itself; nothing here runs code from one.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from experiments.configuration.baseline import baseline_of
from experiments.configuration.build import build
from experiments.configuration.check import check_files, pass_over
from experiments.configuration.chosen import chosen
from experiments.configuration.compose import compose
from experiments.configuration.errors import ConfigError
from experiments.configuration.grammar import meant, read, typed, values, written
from experiments.configuration.hydra_state import own_hydra_state
from experiments.configuration.job import Job
from experiments.configuration.keys import scenarios_for
from experiments.configuration.overrides import last_of_each, last_part
from experiments.configuration.overwritten import BY_PLACE
from experiments.configuration.places import keys_of
from experiments.configuration.swept import MOST_JOBS, given_twice
from experiments.configuration.yaml_files import mapping
from experiments.messages import printable
from sim.payoffs import PLACES

#: The key whose values may be written in several ways.
FOCAL = "focal"

#: Keys of which the names that a glob takes depend on the world.
OF_THE_WORLD = (FOCAL, "scenario")


def load(overrides: str | Iterable[str] = (), varied: Mapping[str, str] | None = None, compares: bool = True) -> Job:
    """Compose and check one configuration.

    Args:
        overrides: Hydra overrides, such as "world=theory_symmetric" or "parameters.local_threat=0.01".
        varied: Those that set the job apart from others of a sweep, value by key.
        compares: Whether all strategies are compared where none is named; if not, those whose files are wrong are left out.

    Raises:
        ConfigError: A file or an override is wrong; all problems found are listed.
    """
    given = tuple(last_of_each(typed(overrides)))
    check_files()
    with chosen(given) as by_name:
        composed, choices = compose(by_name, compares)
        job = build(composed, choices, given, varied or {})
        pass_over()
    return replace(job, baseline=baseline_of(job, choices["world"]))


def _files(given: Iterable[str]) -> dict[str, Any]:
    """What overrides compose."""
    with chosen(tuple(given)) as by_name:
        return compose(by_name)[0]


def load_sweep(overrides: str | Iterable[str], several: bool) -> list[Job]:
    """One job for every combination of the values that overrides, or the experiment chosen, sweep over.

    Args:
        overrides: Hydra overrides; with `several`, "scenario=calm,cold_war" means a job for each.
        several: Whether an override may have several values (-m).

    Raises:
        ConfigError: A file or an override is wrong.
    """
    fixed, axes = _fixed_and_swept(typed(overrides), several)
    given = {text.lstrip("+").split("=")[0] for text in fixed}
    preset = any(key.split(".")[0] == "experiment" for key in given)
    if preset or any(part in PLACES for key in (*given, *axes) for part in key.split(".")):
        check_files()
        files = _files(fixed)
        placed = keys_of(files["world"]).placed
        if twice := [key for key in axes if placed(key) in {placed(other) for other in (*given, *axes) if other != key}]:
            raise ConfigError([f"override {twice[0]}={','.join(axes[twice[0]])}: {placed(twice[0])} {BY_PLACE}"])
        if preset and (key := _swept_twice(mapping(files["sweep"]), placed)):
            raise ConfigError([f"sweep.{key}: {placed(key)} {BY_PLACE}"])
        of_preset = {key: [written(value) for value in values] for key, values in mapping(files["sweep"]).items() if isinstance(values, list)}
        axes = {key: values for key, values in of_preset.items() if preset and placed(key) not in {placed(each) for each in (*given, *axes)}} | axes
    if paths := [f"{key}={value}" for key, values in axes.items() for value in values if last_part(value) != value]:
        raise ConfigError([f"override {paths[0]}: swept values are names in reports: name files from the current folder, without a leading /"])
    plain = {key: {text: meant(key, text) for text in values} for key, values in axes.items()}
    if twice := [f"override {key}={','.join(plain[key][text] for text in values)}: {printable(value)} is given twice" for key, values in axes.items()
                 if (value := given_twice([plain[key][text] for text in values])) is not None]:
        raise ConfigError(twice)
    if not axes:
        return [load(fixed)]
    if (n_jobs := math.prod(map(len, axes.values()))) > MOST_JOBS:
        raise ConfigError([f"{n_jobs:,} jobs; at most {MOST_JOBS:,}. Numbers are swept faster inside a job: design=grid"])
    combinations = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    jobs = [load([*fixed, *(f"{key}={text}" for key, text in varied.items())], {key: plain[key][text] for key, text in varied.items()})
            for varied in combinations]
    met: set[tuple[str, ...]] = set()
    for job in jobs if FOCAL in axes else ():  # a label and a key may mean one state
        if (point := tuple(job.varied.values())) in met:
            raise ConfigError([f"override {FOCAL}={','.join(plain[FOCAL].values())}: {job.varied[FOCAL]} is given twice"])
        met.add(point)
    return jobs


@own_hydra_state()
def _fixed_and_swept(overrides: Iterable[str], several: bool) -> tuple[list[str], dict[str, list[str]]]:
    """Overrides with one value, the last of each key, and the values of the others by key."""
    fixed: list[str] = []
    swept: list[Any] = []
    axes: dict[str, list[str]] = {}
    problems: list[str] = []
    for text in overrides:
        try:
            override = read(text)
            if several and override.is_sweep_override():
                swept.append(override)
            else:
                fixed.append(text)
        except ConfigError as error:
            problems += error.problems
    fixed = last_of_each(fixed)
    for override in swept:
        key = override.get_key_element()
        if key in axes:
            problems.append(f"override {override.input_line}: {key} is given twice")
        try:
            axes[key] = values(override, _among(key, _files(fixed)["world"]) if key in OF_THE_WORLD and not problems else ())
        except ConfigError as error:
            problems += error.problems
    both = {text.lstrip("+").split("=")[0] for text in fixed} & axes.keys()
    problems += [f"override {key}={','.join(axes[key])}: {key} is given twice" for key in axes if key in both]
    if problems:
        raise ConfigError(problems)
    return fixed, axes


def _among(key: str, world: Any) -> list[str]:
    """The names that fit a world: its states, or the scenarios written for it and for every world."""
    return list(keys_of(world).states) if key == FOCAL else scenarios_for(str(mapping(world).get("name")))


def _swept_twice(sweep: Iterable[str], placed: Callable[[str], str]) -> str | None:
    """The first key of a preset's sweep that is there by another spelling before."""
    names = [placed(key) for key in sweep]
    return next((key for i, key in enumerate(sweep) if names[i] in names[:i]), None)
