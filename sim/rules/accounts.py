"""Production and the national accounts. MODEL.md, step 11."""

import numpy as np

from sim.axes import REST, Array, Number, mean_over_domains
from sim.rules.numeric import clip, expit, power

#: Consumption never falls below this share of output.
SUBSISTENCE = 0.05
#: Capital never falls below this share of a year's output; binds only in endless forced crises.
CAPITAL_FLOOR = 0.05
#: Share of a security loss that destroys capital; the rest is consumption forgone.
DESTROYED = 0.5
#: Share of the rest of the world's flows that stays foreign-owned capital.
FOREIGN_OWNED = 0.75
#: Width of the passage into debt distress, in years of output.
DISTRESS_SOFTNESS = 0.05
#: Debt repaid per year.
AMORTISATION = 0.03


def next_productivity(productivity: Array, *, growth: Array, dt: float) -> Array:
    """Productivity after a quarter's growth, shape (S, R)."""
    return productivity * (1 + growth * dt)


def output(productivity: Array, capital: Array, gains: Array, sickness: Array, unrest: Array, distress: Array, *,
           elasticity: Number, unrest_cost: Number, distress_cost: Number) -> Array:
    """GDP, USD bn a year, shape (S, R). `sickness` is the share of output lost to a pandemic; unrest and distress are in [0, 1]."""
    return productivity * power(capital, elasticity) * gains * (1 - sickness) * (1 - unrest_cost * unrest) * (1 - distress_cost * distress)


def tools_cost(effort: Array, diversification: Array, defence: Array, *, effort_cost: Number, diversifying: Number) -> Array:
    """Cost of effort for the association, diversification and defence, share of GDP, shape (S, 1) or (S, R)."""
    return effort_cost * effort + diversifying * diversification + defence


def strategy_cost(engagement: Array, tools: Array, *, duplication: Number) -> Array:
    """Cost of a strategy with that of its tools, share of GDP, shape (S, R). Cooperation with both powers costs: Ciorciari (2019)."""
    shared = np.minimum(engagement[:, 0], engagement[:, 1])
    return 2 * duplication * mean_over_domains(shared) + tools


def consumption(output: Array, cost: Array, loss: Array, capital: Array, foreign_capital: Array, debt: Array, aid: Array, *,
                investment_rate: Array, repatriation: Number, elasticity: Number, debt_service: Number, aid_to_capital: Number) -> Array:
    """Consumption, USD bn a year, shape (S, R).

    Args:
        loss: Security loss that leaves the accounts, share of GDP a year.
        foreign_capital: Owned by all partners together, USD bn, (S, R).
        debt, aid: To all creditors and from both powers together, USD bn and USD bn a year, (S, R).
    """
    spent = investment_rate + cost + (1 - DESTROYED) * loss + repatriation * elasticity * clip(foreign_capital / capital, 0, 1)
    left = output * (1 - spent)
    left -= debt_service * debt
    left += (1 - aid_to_capital) * aid
    return np.maximum(left, SUBSISTENCE * output)


def next_capital(capital: Array, output: Array, loss: Array, inflow: Array, *, investment_rate: Array, depreciation: Number, dt: float) -> Array:
    """Capital after a quarter, USD bn, shape (S, R); `inflow` is the part of what comes in that is kept."""
    added = investment_rate * output + inflow - DESTROYED * loss * output
    return np.maximum(capital * (1 - depreciation * dt) + dt * added, CAPITAL_FLOOR * output)


def capital_inflow(investment: Array, aid: Array, other_flow: Array, *, kept: Array, aid_to_capital: Number) -> Array:
    """What becomes capital of all that comes in, from both powers together and the rest of the world, USD bn a year, shape (S, R)."""
    return kept * (investment + aid_to_capital * aid + other_flow)


def next_foreign_capital(foreign_capital: Array, investment: Array, other_flow: Array, *, kept: Array, depreciation: Number, dt: float) -> Array:
    """Capital owned by each partner, USD bn, shape (J, S, R)."""
    after: Array = foreign_capital * (1 - depreciation * dt)
    added = dt * kept
    after[:REST] += added * investment
    after[REST] += FOREIGN_OWNED * added * other_flow
    return after


def next_debt(debt: Array, aid: Array, *, loan_share: Array, dt: float) -> Array:
    """Debt to each power, USD bn, shape (G, S, R)."""
    return debt * (1 - AMORTISATION * dt) + dt * loan_share * aid


def debt_distress(debt: Array, output: Array, *, threshold: Number) -> Array:
    """Debt distress, in [0, 1], shape (S, R), from debt to all creditors."""
    return expit((debt / output - threshold) / DISTRESS_SOFTNESS)


def grown(output: Array, *, growth: Array, dt: float) -> Array:
    """GDP of the powers, or of the world, after a quarter's growth, USD bn."""
    return output * (1 + growth * dt)
