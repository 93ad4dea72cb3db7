"""What is generated is up to date, and the commands that generate it start."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from experiments.messages import unknown
from experiments.words import signed
from tests.docs import files


def test_every_generated_file_is_up_to_date():
    for file, text in files().items():
        assert file.read_text(encoding="utf-8") == text, f"{file} is out of date: run `make docs`"


MAKEFILE = Path(__file__).parents[1] / "Makefile"


@pytest.mark.parametrize("module", re.findall(r"python -m (tests\.\w+)", MAKEFILE.read_text(encoding="utf-8")))
def test_a_module_that_make_starts_is_a_program(module: str):
    spec = find_spec(f"{module}.__main__") if (Path(__file__).parent / module.removeprefix("tests.")).is_dir() else find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    last = ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body[-1]
    assert isinstance(last, ast.If)
    assert ast.unparse(last.test) == "__name__ == '__main__'"


def test_signed_numbers_have_a_true_minus_and_zero_has_no_sign():
    assert signed(1.234, 2) == "+1.23"
    assert signed(-1.234, 2, " %") == "\N{MINUS SIGN}1.23 %"
    assert signed(-0.0001, 2) == "0.00"


def test_the_nearest_known_name_is_offered_and_else_what_there_is():
    assert unknown("breadht", ["breadth", "tilt"]) == "unknown key 'breadht'; did you mean breadth?"
    assert unknown("zzz", ["breadth", "tilt"]) == "unknown key 'zzz'; there are breadth, tilt"
