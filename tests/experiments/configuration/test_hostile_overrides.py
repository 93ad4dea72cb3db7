"""Whatever an override holds, nothing runs, nothing is read or written, and the answer is plain."""

import os
import re
import sys
from pathlib import Path

import pytest

from experiments import cli
from tests.experiments.configuration.samples import SECRET, contents


@pytest.mark.parametrize("words", [
    ["hydra.run.dir=canary"], ["+hydra.run.dir=canary"], ["++hydra.run.dir=canary"], ["~hydra.run"], ["hydra.sweep.dir=canary"],
    ["hydra.job.chdir=true"], ["+hydra.job.env_set.PATH=canary"], ["hydra.searchpath=[file:///etc]"], ["hydra/launcher=joblib"],
    ["hydra/job_logging=none"], ["+hydra/callbacks=canary"], ["+hydra.callbacks.x._target_=canary_module.Callback"], ["hydra=x"],
    ["+_target_=os.system"], ["+strategies.auction._target_=os.system"], ["+strategies.auction.options._target_=os.system"],
    ["+world.states._target_=os.system"], ["payoff.weights={_target_: os.system}"], ["+executor._target_=os.system"],
    ["name=${oc.env:SECRET}"], ["name='${oc.env:SECRET}'"], [r"name=$\{oc.env:SECRET\}"], ["+x=${oc.env:SECRET}"], ["world=${oc.env:SECRET}"],
    ["results=${oc.env:SECRET}"], ["-m", "name=${oc.env:SECRET},b"], ["-m", r"name=$\{oc.env:SECRET\},b"],
    ["~world"], ["~strategies.auction"], ["~horizon=60"], ["world@hydra=cambodia_2020"], ["strategies@_global_=[auction]"], ["world@:hydra=calm"],
    ["--config-dir", "."], ["--config-dir=."], ["-cd", "."], ["--config-path", "."], ["--config-name", "mine"], ["--config-name=mine"], ["-cn=mine"],
    ["--package", "hydra"], ["--experimental-rerun", "x.pickle"], ["--experimental-rerun=x.pickle"], ["--info"], ["--shell-completion"],
    ["--resolve"], ["--hydra-help"], ["--run"], ["+defaults=[/etc/passwd]"], ["defaults=[]"], ["world=../../etc/passwd"], ["world=/etc/passwd"],
    ["strategies=[../x]"], ["+strategies=x"], ["experiment=../x"], ["world=[cambodia_2020,theory_symmetric]"],
    ["strategies=[auction,auction]"], ["strategies=glob(*)"], ["name=[" + "[" * 5000], ["name=" + "x" * 70], ["n_worlds=${eval:1}"], ["focal=[KHM]"],
    ["reference={a: 1}"], ["peers.KHM=[a]"], ["a" * 50_000], ["a=" * 5000], ["=", "\x00=1"], ["name=\x1b[2J"], ["\x1b[2J=1"], ["instantiate"], ["eval=1"],
    ["peers.KHM=isolation", "reference=status_quo"],
], ids=lambda words: re.sub(r"[^ -~]", "?", " ".join(words))[:40])
def test_a_hostile_override_is_refused_and_touches_nothing(words: list[str], read_conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, environment = contents(read_conf.parent), dict(os.environ)
    code = cli.main(["compare", *words])
    said = capsys.readouterr()
    assert code in (2, 65)
    assert said.err.strip()
    assert SECRET not in said.out + said.err
    assert "canary_module" not in sys.modules
    assert contents(read_conf.parent) == before
    assert dict(os.environ) == environment
