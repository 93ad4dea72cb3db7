"""What is generated is up to date."""

from experiments.messages import unknown
from experiments.words import signed
from tests.docs import files


def test_every_generated_file_is_up_to_date():
    for file, text in files().items():
        assert file.read_text(encoding="utf-8") == text, f"{file} is out of date: run `make docs`"


def test_signed_numbers_have_a_true_minus_and_zero_has_no_sign():
    assert signed(1.234, 2) == "+1.23"
    assert signed(-1.234, 2, " %") == "\N{MINUS SIGN}1.23 %"
    assert signed(-0.0001, 2) == "0.00"


def test_the_nearest_known_name_is_offered_and_else_what_there_is():
    assert unknown("breadht", ["breadth", "tilt"]) == "unknown key 'breadht'; did you mean breadth?"
    assert unknown("zzz", ["breadth", "tilt"]) == "unknown key 'zzz'; there are breadth, tilt"
