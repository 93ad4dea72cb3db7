"""`counterpoise world`: a world laid open, from its facts to its first year."""

import re

import pytest

from experiments.configuration.files import names_in
from tests.given import Said


@pytest.mark.parametrize("name", names_in("world"))
def test_the_first_year_of_each_world_gives_back_its_facts(name: str, said: Said) -> None:
    code, told, error = said("world", name)
    assert (code, error) == (0, "")
    assert "No figure is more than 10 % off" in told
    assert not re.search(r" \*  ", told)


def test_it_shows_what_a_world_is_made_of(said: Said) -> None:
    code, told, _ = said("world", "cambodia_2020")
    assert code == 0
    assert "Starts in 2020Q1. China: GDP " in told
    assert "policy patron; the US: GDP " in told
    assert "Region: Southeast Asia, with ASEAN." in told
    for head in ("What is made from the facts", "The present at rest", "The facts and the first year"):
        assert f"\n{head}" in told
    assert len(re.findall(r"^KHM ", told, re.MULTILINE)) == 10  # coefficients, the present, eight facts
    # Four times the chances of a quarter, .1007 and .0291, that sim/MODEL.md works out.
    assert "\nKHM: high-level visits a year at rest: 0.40 from China and 0.12 from the US; files have no figure of visits\n" in told


def test_what_is_changed_is_shown_as_changed(said: Said) -> None:
    words = ["world.states.KHM.output=50", "world.powers.first.label=the North", "world.region.association=null"]
    code, told, _ = said("world", "cambodia_2020", *words)
    assert said("world", "cambodia_2020", "parameters.capital_output=3")[1] != told
    assert code == 0
    assert "The North: GDP " in told
    assert "China" not in told.replace(told.splitlines()[0], "")  # the description says what its file says
    assert "without an association" in told
    assert re.search(r"^KHM +50\b", told, re.MULTILINE)


def test_places_in_its_texts_are_filled_with_the_labels(said: Said) -> None:
    texts = ("world.description=Between {first} and {second}", "world.region.label=Neighbours of {second}", "world.region.association=null")
    code, told, _ = said("world", "cambodia_2020", *texts, "world.powers.first.label=the North", "world.powers.second.label=the South")
    assert code == 0
    assert told.startswith("Between the North and the South\n")
    assert "Region: Neighbours of the South, " in told
    assert "{" not in told


@pytest.mark.parametrize(("words", "code", "told"), [
    (["cambodja_2020"], 2, "did you mean cambodia_2020?"), ([], 2, "NAME"), (["cambodia_2020", "2022"], 2, "KEY=VALUE"),
    (["cambodia_2020", "world=theory_symmetric"], 2, "write counterpoise world theory_symmetric"),
    (["cambodia_2020", "policies.us=coercion"], 2, "has no effect here"), (["cambodia_2020", "scenario=cold_war"], 2, "set world.… or parameters.…"),
    (["cambodia_2020", "world.states.KHM.otput=3"], 65, "did you mean world.states.KHM.output?"),
    (["cambodia_2020", "world.states.KHM.output=-3"], 65, "got -3")])
def test_what_it_cannot_show_is_answered_in_one_line(words: list[str], code: int, told: str, said: Said) -> None:
    result, shown, error = said("world", *words)
    assert (result, shown) == (code, "")
    assert error.strip().count("\n") == 0
    assert told in error


def test_its_help_names_the_worlds(said: Said) -> None:
    code, told, _ = said("world", "--help")
    assert code == 0
    assert all(name in told for name in names_in("world"))
