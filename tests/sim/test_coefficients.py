"""What the equations need, made from facts: every number of one state worked out by hand."""

from typing import Any

import numpy as np
import pytest

from sim.axes import DT
from sim.coefficients import Coefficients, coefficients, start_productivity
from sim.parameters import Parameters
from tests import given


def of(i: int = 0, parameters: Parameters | None = None, **facts: Any) -> Coefficients:
    """Coefficients of a world in which one state has other facts."""
    states = {name: given.rebuilt(state, **facts) if j == i else state for j, (name, state) in enumerate(given.world().states.items())}
    return coefficients(given.world(states=states), parameters or Parameters())


def near(value: Any, *expected: float) -> None:
    np.testing.assert_allclose(np.ravel(value), expected, rtol=1e-12, atol=1e-15)


def test_tilt_is_the_mean_of_the_measures_there_are() -> None:
    # (.15 + .3)/2; -.7 and .05 alone. The same in both domains.
    near(of().tilt, *[0.225, -0.7, 0.05] * 2)


def test_breadth_is_one_number_or_one_by_domain() -> None:
    near(of().breadth, 0.6, 0.55, 0.7, 0.6, 0.55, 0.5)


def test_half_of_trade_counts_up_to_a_top_and_home_has_the_rest() -> None:
    # .5*.3, .5*.25, .5*.6 and what they leave. S1: .5*1.2 = .6 with the rest of the world counts as .45.
    c = of()
    near(c.access_weight[:, 0], 0.15, 0.125, 0.3)
    near(c.access_weight[:, 1], 0.2, 0.1, 0.45)
    near(c.home_weight, 0.425, 0.25, 1 - 0.075 - 0.04 - 0.15)
    near(of(trade={"east": 35.0, "west": 17.4, "rest": 400.0}).access_weight[:, 0], 0.25, 0.5 * 17.4 / 35, 0.45)


def test_flows_are_investment_and_aid() -> None:
    # 35*(.025 + .02) = 1.575, of which .875 is investment; 35*(.002 + .0028) = .168, of which .07.
    c = of()
    near(c.given[:, 0], 1.575, 0.168)
    near(c.mix[:, 0], 0.875 / 1.575, 0.07 / 0.168)
    near(c.other_flow_rate, 0.05, 0.03, 0.012)


def test_where_nothing_is_given_nothing_is_mixed() -> None:
    nothing = {"investment": {"east": 0.0, "west": 0.0, "rest": 0.0}, "aid": {"east": 0.0, "west": 0.0}}
    c = of(**nothing)
    near(c.given[:, 0], 0, 0)
    near(c.mix[:, 0], 0, 0)
    near(c.loan_share[:, 0], 0, 0)
    assert c.kept[0] == 1


def test_foreign_capital_is_at_most_three_tenths_of_all_capital() -> None:
    # K = 2.2*35 = 77; stocks 9.8, .7, 17.5 of 28: .3*77 in the same shares.
    c = of()
    near(c.capital[0], 77.0)
    near(c.foreign_capital[:, 0], 23.1 * 0.35, 23.1 * 0.025, 23.1 * 0.625)
    near(of(fdi_stock={"east": 2.0, "west": 0.0, "rest": 5.0}).foreign_capital[:, 0], 2, 0, 5)
    near(of(fdi_stock={"east": 0.0, "west": 0.0, "rest": 0.0}).foreign_capital[:, 0], 0, 0, 0)


def test_domestic_investment_fills_up_what_growth_needs() -> None:
    # (.06+.05)*77 = 8.47 needed; 35*(.077 + .7*.0228) = 3.2536 comes in, all of it kept.
    c = of()
    near(c.kept[0], 1.0)
    near(c.domestic_investment[0], (8.47 - 3.2536) / 35)


def test_a_hub_passes_on_what_its_growth_does_not_need() -> None:
    # (8.47 - .02*35) of 1.4 + .7*0 + 30 = 31.4 is kept; at home .02 is invested.
    c = of(investment={"east": 1.0, "west": 0.4, "rest": 30.0}, aid={"east": 0.0, "west": 0.0})
    near(c.kept[0], 7.77 / 31.4)
    near(c.domestic_investment[0], 0.02)


def test_loans_keep_debt_in_its_ratio_to_output_as_far_as_they_reach() -> None:
    # (.03+.05)*3.5/.7 = .4 and .08*.14/.098; a debt that official finance cannot keep up with: all of it.
    near(of().loan_share[:, 0], 0.4, 0.08 * 0.14 / 0.098)
    near(of(debt={"east": 9.0, "west": 0.0, "other": 4.2}).loan_share[:, 0], 1.0, 0.0)
    near(of().other_debt_ratio, 0.12, 0.2, 0.25)


def test_productivity_made_the_present_with_the_capital_of_the_quarter_before() -> None:
    # A0 = 35/(77*(1-.05/4))^.35/((1-.03*.2)*(1-.02*.5)); it grows by what capital leaves of growth: .05*(1-.35).
    c, p = of(), Parameters()
    found = start_productivity(c, p, np.array([[0.2]]), np.array([[0.5]]))
    near(found[0], 35 / (77 * 0.9875) ** 0.35 / (0.994 * 0.99))
    near(c.productivity_growth, 0.0325, 0.039, 0.02925)


def test_trust_returns_to_a_usual_level_where_none_is_given() -> None:
    near(of().trust_baseline[:, 0], 0.4, 0.4)
    near(of(trust_baseline={"west": 0.3, "east": 0.55}).trust_baseline[:, 0], 0.55, 0.3)


def test_a_parameter_or_a_fact_may_have_one_value_per_world() -> None:
    c = of(parameters=Parameters(capital_output=np.array([2.2, 3.0])))
    near(c.capital[0], 77.0, 105.0)
    near(of(output=np.array([35.0, 70.0])).access_weight[0, 0], 0.15, 0.075)
    near(of(tilt={"survey": np.array([0.1, 0.5]), "votes": 0.3}).tilt[0, 0], 0.2, 0.4)


@pytest.mark.parametrize("growth", [-0.02, 0.0, 0.07])
def test_output_grows_as_the_facts_say_while_nothing_else_moves(growth: float) -> None:
    # A quarter's growth is exact but for dt squared: with flows, trade and debt where they were.
    settings = given.at_rest(given.made_up(horizon=4))
    settings = given.with_states(settings, growth=growth)
    h = given.run(settings, "holding", record=["output"])["output"][..., 0]
    np.testing.assert_allclose((h[0] / given.world().of_states("output")[:, 0] - 1) / DT, growth, atol=0.02 * abs(growth) + 1e-12)
