"""What the equations need, made from the facts of a world. MODEL.md, section "A world is a list of facts"."""

from dataclasses import dataclass

import numpy as np

from sim.axes import DT, REST, TINY, Array, by_domain, stack, sum_over_powers
from sim.data import USUAL_TRUST, World
from sim.parameters import Parameters
from sim.rules.accounts import AMORTISATION
from sim.rules.numeric import power

#: Half of gross trade is value added; a partner weighs at most so much in real income.
VALUE_ADDED, TOP_WEIGHT, TOP_WEIGHT_REST = 0.5, 0.25, 0.45
#: Foreign-owned part of capital at most.
FOREIGN_PART = 0.3
#: Domestic investment is at least this share of output; what comes in beyond that passes through.
LEAST_INVESTMENT = 0.02


@dataclass(frozen=True)
class Coefficients:
    """Numbers of the equations, with shape (S, 1), (G, S, 1) or (J, S, 1), or with R last where a fact or a parameter has one value per world.

    Attributes:
        tilt, breadth: At the start, by domain, (D, S, 1).
        trade: Trade by partner, USD bn/yr.
        access_weight, home_weight: Weight of each partner, and of home, in real income.
        given: Investment and aid of each power, USD bn/yr.
        mix: Share of investment in it.
        other_flow_rate: Investment by the rest of the world over output.
        capital, foreign_capital: At the start; foreign capital by owner, USD bn.
        kept: Share of the inflows that becomes capital; a hub passes the rest on.
        domestic_investment: Domestic investment over output.
        productivity_growth: Per year.
        loan_share: Share of a power's official finance that becomes public debt.
        debt, other_debt_ratio: Debt to each power, USD bn; other debt over output, years.
    """

    tilt: Array
    breadth: Array
    output: Array
    growth: Array
    trade: Array
    access_weight: Array
    home_weight: Array
    given: Array
    mix: Array
    other_flow_rate: Array
    capital: Array
    foreign_capital: Array
    kept: Array
    domestic_investment: Array
    productivity_growth: Array
    loan_share: Array
    debt: Array
    other_debt_ratio: Array
    tier: Array
    treaty: Array
    claims: Array
    governance_gap: Array
    legitimacy: Array
    trust_baseline: Array


def coefficients(world: World, p: Parameters) -> Coefficients:
    """Make the coefficients of every state; p may have one value per world."""
    output, growth = world.of_states("output"), world.of_states("growth")
    trade, investment = world.of_states_by("trade", "partner"), world.of_states_by("investment", "partner")
    aid, debt = world.of_states_by("aid", "power"), world.of_states_by("debt", "creditor")
    stock = world.of_states_by("fdi_stock", "partner")

    tops = np.array([TOP_WEIGHT, TOP_WEIGHT, TOP_WEIGHT_REST])[:, None, None]
    access_weight = np.minimum(VALUE_ADDED * trade / output, tops)
    given = investment[:REST] + aid
    capital = p.capital_output * output
    foreign_part = stock / np.maximum(_sum(stock), TINY)
    needed = (p.depreciation + growth) * capital
    inflow = _sum(investment) + p.aid_to_capital * sum_over_powers(aid)
    kept = np.minimum(1.0, (needed - LEAST_INVESTMENT * output) / np.maximum(inflow, TINY))
    tilt = stack([sum(state.tilt.values()) / len(state.tilt) for state in world.states.values()])
    return Coefficients(
        tilt=np.stack([tilt, tilt]),
        breadth=np.stack(np.broadcast_arrays(*[by_domain(state.breadth) for state in world.states.values()]), axis=1),
        output=output,
        growth=growth,
        trade=trade,
        access_weight=access_weight,
        home_weight=1 - _sum(access_weight),
        given=given,
        mix=investment[:REST] / np.maximum(given, TINY),
        other_flow_rate=investment[REST] / output,
        capital=capital,
        foreign_capital=np.minimum(stock, FOREIGN_PART * capital * foreign_part),
        kept=kept,
        domestic_investment=(needed - kept * inflow) / output,
        productivity_growth=growth * (1 - p.capital_elasticity),
        loan_share=np.where(aid > 0, np.minimum((AMORTISATION + growth) * debt[:REST] / np.maximum(aid, TINY), 1.0), 0.0),
        debt=debt[:REST],
        other_debt_ratio=debt[REST] / output,
        tier=world.of_states_by("tier", "power"),
        treaty=world.of_states_by("treaty", "power"),
        claims=world.of_states_by("claims", "power"),
        governance_gap=world.of_states_by("governance_gap", "power"),
        legitimacy=world.of_states("legitimacy"),
        trust_baseline=world.of_states_by("trust_baseline", "power", USUAL_TRUST),
    )


def start_productivity(c: Coefficients, p: Parameters, unrest: Array, distress: Array) -> Array:
    """Productivity with which the present's output was made, by the capital of the quarter before, shape (S, 1) or (S, R)."""
    before = c.capital * (1 - c.growth * DT)
    return c.output / power(before, p.capital_elasticity) / ((1 - p.instability_cost * unrest) * (1 - p.distress_cost * distress))


def _sum(by_partner: Array) -> Array:
    return sum_over_powers(by_partner) + by_partner[REST]
