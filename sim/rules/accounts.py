"""Production and the national accounts. MODEL.md, step 11."""

import numpy as np

from sim.axes import DOMAINS, Array, Number, sum_over_powers
from sim.rules.numeric import clip, power

#: Consumption never falls below this share of output.
SUBSISTENCE = 0.05
#: Capital never falls below this share of a year's output; binds only in endless forced crises.
CAPITAL_FLOOR = 0.05
#: Share of a security loss that destroys capital; the rest is consumption forgone.
DESTROYED = 0.5
#: Share of the rest of the world's flows that stays foreign-owned capital.
FOREIGN_OWNED = 0.75
#: Debt repaid per year.
AMORTISATION = 0.03


def next_productivity(productivity: Array, *, growth: Array, dt: float) -> Array:
    """Productivity after a quarter's growth, shape (S, R)."""
    return productivity * (1 + growth * dt)


def output(productivity: Array, capital: Array, gains: Array, sickness: Array, legitimacy: Array, *,
           elasticity: Number, instability_threshold: Number, instability_cost: Number) -> Array:
    """GDP, USD bn a year, shape (S, R). `sickness` is the share of output lost to a pandemic."""
    unstable = legitimacy < instability_threshold
    return productivity * power(capital, elasticity) * gains * (1 - sickness) * (1 - instability_cost * unstable)


def strategy_cost(engagement: Array, asean_effort: Array, diversification: Array, defence: Array, *,
                  duplication: Number, effort: Number, diversifying: Number) -> Array:
    """Cost of a strategy, share of GDP, shape (S, R). Cooperation with both powers costs: Ciorciari (2019)."""
    shared = np.minimum(engagement[:, 0], engagement[:, 1])
    twice = (shared[0] + shared[1]) / len(DOMAINS)
    return 2 * duplication * twice + (effort * asean_effort + diversifying * diversification + defence)


def consumption(output: Array, cost: Array, loss: Array, capital: Array, foreign_capital: Array, debt: Array, aid: Array, *,
                investment_rate: Array, repatriation: Number, elasticity: Number, debt_service: Number, aid_to_capital: Number) -> Array:
    """Consumption, USD bn a year, shape (S, R)."""
    foreign_income = repatriation * elasticity * output * clip(foreign_capital / capital, 0, 1)
    at_home = output * (1 - investment_rate - cost - (1 - DESTROYED) * loss)
    left = at_home - foreign_income - debt_service * sum_over_powers(debt) + (1 - aid_to_capital) * sum_over_powers(aid)
    return np.maximum(left, SUBSISTENCE * output)


def next_capital(capital: Array, output: Array, loss: Array, investment: Array, aid: Array, other_flow: Array, *,
                 investment_rate: Array, aid_to_capital: Number, depreciation: Number, dt: float) -> Array:
    """Capital after a quarter, USD bn, shape (S, R)."""
    inflow = sum_over_powers(investment) + aid_to_capital * sum_over_powers(aid) + other_flow
    added = investment_rate * output + inflow - DESTROYED * loss * output
    return np.maximum(capital * (1 - depreciation * dt) + dt * added, CAPITAL_FLOOR * output)


def next_foreign_capital(foreign_capital: Array, investment: Array, other_flow: Array, *, depreciation: Number, dt: float) -> Array:
    """Capital owned abroad, USD bn, shape (S, R)."""
    return foreign_capital * (1 - depreciation * dt) + dt * (sum_over_powers(investment) + FOREIGN_OWNED * other_flow)


def next_debt(debt: Array, aid: Array, *, loan_share: Number, dt: float) -> Array:
    """Debt to each power, USD bn, shape (G, S, R)."""
    return debt * (1 - AMORTISATION * dt) + dt * loan_share * aid


def next_power_output(power_output: Array, *, growth: Array, dt: float) -> Array:
    """GDP of the powers after a quarter's growth, USD bn, shape (G, R)."""
    return power_output * (1 + growth * dt)
