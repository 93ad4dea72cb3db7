"""`import counterpoise` works from a wheel and from an editable install, and the command of that name is what it was."""

import importlib.metadata
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def built(target: str, folder: Path) -> Path:
    """A wheel, unpacked as an installer does it."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)], cwd=ROOT, check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(code: str, folder: Path, *options: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, *options, "-c", code], cwd=folder, capture_output=True, text=True, env={**os.environ, **environment}, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_wheel_has_it(tmp_path: Path) -> None:
    site = built("wheel", tmp_path)
    assert all((site / package / "py.typed").is_file() for package in ("counterpoise", "experiments", "sim"))
    assert not (site / "experiments" / "python" / "face").exists()
    code = "import counterpoise; print(counterpoise.__file__, counterpoise.simulate('auction', n_worlds=1, horizon=1, record='trust')['trust'].shape)"
    assert run(code, tmp_path, PYTHONPATH=str(site)) == f"{site / 'counterpoise' / '__init__.py'} (1, 2, 10, 1)\n"


def test_an_editable_install_has_the_file_itself(tmp_path: Path) -> None:
    site = built("wheel:editable", tmp_path)
    code = f"import site; site.addsitedir({str(site)!r}); from importlib.util import find_spec as f; print(f('counterpoise').origin, f('experiments').origin)"
    assert run(code, tmp_path, "-S", "-I").split() == [str(ROOT / "experiments/python/face/counterpoise/__init__.py"), str(ROOT / "experiments/__init__.py")]


@pytest.mark.parametrize("inside", ["", "counterpoise"])
def test_the_command_is_unaffected_in_a_folder_of_that_name(inside: str, tmp_path: Path) -> None:
    folder = tmp_path / "counterpoise"
    (folder / "counterpoise").mkdir(parents=True)
    (folder / "counterpoise.py").write_text("raise SystemExit('a file of the current folder was imported')\n")
    code = "import sys; sys.path.pop(0); sys.argv = ['counterpoise', '--version']; from experiments.cli import start; sys.exit(start())"
    assert run(code, folder / inside) == f"counterpoise {importlib.metadata.version('counterpoise')}\n"
    script = Path(sys.executable).with_name("counterpoise")
    if script.is_file():
        done = subprocess.run([str(script), "--version"], cwd=folder / inside, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_folder_of_that_name_does_not_hide_it(tmp_path: Path) -> None:
    (tmp_path / "counterpoise").mkdir()
    assert run("import counterpoise; print(counterpoise.compare.__name__)", tmp_path, PYTHONPATH=os.pathsep.join(
        [str(ROOT), str(ROOT / "experiments/python/face")])) == "compare\n"
