"""What is made from the parameter metadata is in step with it."""

from pathlib import Path

from experiments.docs import files
from experiments.words import signed, unknown
from tests.given import SWEEPING


def test_every_made_file_is_what_it_should_be():
    for file, text in files().items():
        assert file.read_text(encoding="utf-8") == text, f"{file} is out of step: run `make docs`"


def test_every_preset_that_sweeps_is_answered_in_the_readme_and_has_its_figure_in_the_gallery():
    root = Path(__file__).parents[2]
    gallery = root / "results" / "gallery"
    readme, page = (file.read_text(encoding="utf-8") for file in (root / "README.md", gallery / "README.md"))
    for preset in SWEEPING:
        assert f"`{preset}`" in readme
        assert f"![](results/gallery/{preset}.png)" in readme
        assert f"![{preset}]({preset}.png)" in page
        assert (gallery / f"{preset}.png").stat().st_size > 10_000, preset


def test_signed_numbers_have_a_true_minus_and_zero_has_no_sign():
    assert signed(1.234, 2) == "+1.23"
    assert signed(-1.234, 2, " %") == "\N{MINUS SIGN}1.23 %"
    assert signed(-0.0001, 2) == "0.00"


def test_the_nearest_known_name_is_offered_and_else_what_there_is():
    assert unknown("breadht", ["breadth", "tilt"]) == "unknown key 'breadht'; did you mean breadth?"
    assert unknown("zzz", ["breadth", "tilt"]) == "unknown key 'zzz'; there are breadth, tilt"
