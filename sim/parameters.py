"""Structural parameters: the numbers that hold for every state and power.

Each is one number, or one value per world with shape (R,). Rates are per year unless the unit says
per quarter. Symbols are those of MODEL.md.
"""

from sim.quantity import Number, Quantities, quantity

ASSUMED = "assumption"


class Parameters(Quantities):
    """All structural parameters of the model. Source: MODEL.md, section "Parameters"."""

    # Production and accounts
    capital_elasticity: Number = quantity(
        0.35, meaning="Output elasticity of capital", symbol="alpha", domain="(0, 1)", plausible=(0.30, 0.45),
        source="growth accounting", grade="B")
    capital_output: Number = quantity(
        2.2, meaning="Capital over output at the start", symbol="K/Y", unit="yr", domain="[0.1, 20]", plausible=(1.5, 3.5), source=ASSUMED)
    depreciation: Number = quantity(
        0.06, meaning="Depreciation of capital", symbol="delta", unit="1/yr", domain="[0, 1]", plausible=(0.04, 0.08),
        source="standard in growth accounting", grade="B")
    aid_to_capital: Number = quantity(
        0.7, meaning="Share of aid that becomes capital", symbol="epsA", domain="[0, 1]", plausible=(0.3, 1.0),
        source="Galiani et al. (2017): +1 pp of aid in GNI, +.35 pp of growth", grade="B")
    loan: Number = quantity(
        1.0, meaning="Factor on the share of official finance that becomes public debt", symbol="loan", domain="[0, 10]", plausible=(0.5, 2.0),
        source="debt to China over its finance added up, 2000-19: .22-.27, AidData", grade="B")
    debt_service: Number = quantity(
        0.045, meaning="Debt service over debt, amortisation included", symbol="rD", unit="1/yr", domain="[0, 1]",
        plausible=(0.03, 0.08), source="Cambodia 2023: USD 519.7 m on 11.24 bn", grade="B")
    repatriation: Number = quantity(
        0.4, meaning="Share of foreign capital income sent home", symbol="rep", domain="[0, 1]", plausible=(0.2, 0.6),
        source=ASSUMED)
    duplication_cost: Number = quantity(
        0.003, meaning="Half the cost of full cooperation with both powers at once", symbol="c_dup", unit="share of GDP",
        domain="[0, 0.2]", plausible=(0.0, 0.02), source="assumption; hedging is costly: Ciorciari (2019)")
    effort_cost: Number = quantity(
        0.002, meaning="Cost of full effort for the association", symbol="c_n", unit="share of GDP", domain="[0, 0.2]",
        plausible=(0.0, 0.005), source=ASSUMED)
    diversification_cost: Number = quantity(
        0.004, meaning="Cost of full diversification", symbol="c_div", unit="share of GDP", domain="[0, 0.2]",
        plausible=(0.0, 0.02), source=ASSUMED)

    sudden_stop: Number = quantity(
        0.5, meaning="Output lost of the capital that a partner owns, on a rupture", symbol="zeta", domain="[0, 1]", plausible=(0.0, 1.0),
        source=ASSUMED)
    debt_call: Number = quantity(
        0.1, meaning="Share of debt that a creditor can call in a year", symbol="call", unit="1/yr", domain="[0, 1]", plausible=(0.0, 0.3),
        source=ASSUMED)
    distress_threshold: Number = quantity(
        0.6, meaning="Debt over output at which distress is even", symbol="dstar", unit="yr", domain="[0, 10]", plausible=(0.4, 0.9),
        source="thresholds of debt sustainability analyses")
    distress_cost: Number = quantity(
        0.02, meaning="Output lost in full debt distress", symbol="distress_cost", unit="share of GDP", domain="[0, 0.5]", plausible=(0.0, 0.06),
        source="as distress_threshold")
    loss_in_accounts: Number = quantity(
        0.0, meaning="Share of security losses that also leaves consumption and capital", symbol="loss_in_accounts", domain="[0, 1]",
        plausible=(0.0, 1.0), source="assumption: the loss is the security return and is counted once")

    # Access to markets and technology
    substitution: Number = quantity(
        4.0, meaning="Elasticity of substitution between partners", symbol="sigma", domain="[1.01, 50]",
        plausible=(2.5, 8.0), source="trade elasticities", grade="B")
    access_speed: Number = quantity(
        0.06, meaning="Adjustment of access", symbol="kq", unit="1/quarter", domain="[0, 1]", plausible=(0.02, 0.15),
        source="trade agreements phase in over about ten years: Baier & Bergstrand (2007)", grade="B")
    tier_access: Number = quantity(
        0.08, meaning="Access gained per partnership tier at full engagement", symbol="qtier", domain="[0, 2]", plausible=(0.0, 0.33),
        source="upper end: a trade agreement doubles trade in ten years, Baier & Bergstrand (2007)", grade="B")
    pressure_access_cut: Number = quantity(
        0.30, meaning="Access lost at full pressure", symbol="xi", domain="[0, 1)", plausible=(0.1, 0.6),
        source="Dalai Lama effect -8 to -17 %: Fuchs & Klann (2013); EBA withdrawal on 20 % of exports", grade="B")
    fragmentation: Number = quantity(
        0.13, meaning="Access lost between blocs as rivalry rises", symbol="gamF", domain="[0, 5]",
        plausible=(0.05, 0.8), source="trade between blocs -12 %: Gopinath et al. (2024)", grade="B")
    trade_diversion: Number = quantity(
        0.1, meaning="Access gained by bystanders as rivalry rises", symbol="gamD", domain="[0, 5]", plausible=(0.0, 0.4),
        source="bystanders gained in 2018-21: Fajgelbaum et al. (2024)", grade="B")
    size_elasticity: Number = quantity(
        1.0, meaning="Elasticity of trade to the size of a power in the world", symbol="theta_g", domain="[0, 3]", plausible=(0.0, 1.2),
        source="gravity: Head & Mayer (2014)", grade="B")

    # Perception
    lens_low_economy: Number = quantity(
        0.1, meaning="Economy lens without rivalry: how far a power reads the rival's gain as its own loss",
        symbol="z0 economy", domain="[0, 3]", plausible=(0.0, 0.4), source=ASSUMED)
    lens_high_economy: Number = quantity(
        0.7, meaning="Economy lens at full rivalry: securitisation of trade", symbol="z1 economy", domain="[0, 3]",
        plausible=(0.2, 1.3), source="assumption, the most influential one")
    lens_low_security: Number = quantity(
        0.3, meaning="Security lens without rivalry: how far a power reads the rival's security gain as its own loss",
        symbol="z0 security", domain="[0, 3]", plausible=(0.0, 0.6), source=ASSUMED)
    lens_high_security: Number = quantity(
        1.3, meaning="Security lens at full rivalry", symbol="z1 security", domain="[0, 3]", plausible=(0.8, 1.6),
        source=ASSUMED)
    belief_gain: Number = quantity(
        0.35, meaning="Gain of the powers' belief filter", symbol="k0", unit="1/quarter", domain="[0, 1]",
        plausible=(0.1, 0.8), source="assumption: Kalman gain at a signal-to-noise ratio of .188")
    observation_noise: Number = quantity(
        0.15, meaning="Standard deviation of what a power observes", symbol="sigma_o", domain="[0, 2]",
        plausible=(0.05, 0.4), source="assumption: ISEAS answers swing by tens of points")
    flow_weight_economy: Number = quantity(
        0.4, meaning="Weight of flows in perceived economic alignment", symbol="wf economy", domain="[0, 1]",
        plausible=(0.0, 0.6), source="assumption: the 'married' effect")
    flow_weight_security: Number = quantity(
        0.0, meaning="Weight of flows in perceived security alignment", symbol="wf security", domain="[0, 1]",
        plausible=(0.0, 0.6), source=ASSUMED)

    # Trust and visits
    trust_decay: Number = quantity(
        0.15, meaning="Return of trust to its baseline", symbol="dT", unit="1/yr", domain="[0, 4]",
        plausible=(0.05, 0.4), source="assumption; upper end from an AR(1) of UN ideal points")
    visit_trust_gain: Number = quantity(
        0.04, meaning="Share of missing trust won by a visit", symbol="eta_v", domain="[0, 1]",
        plausible=(0.01, 0.10), source="Goldsmith, Horiuchi & Matush (2021)", grade="B")
    pressure_trust_loss: Number = quantity(
        0.10, meaning="Share of trust lost at full pressure", symbol="eta_s", unit="1/quarter", domain="[0, 1]",
        plausible=(0.02, 0.3), source="Slovic (1993), contested", grade="C")
    visit_rate: Number = quantity(
        0.5, meaning="High-level visits at full engagement and unit effort", symbol="nu_v", unit="1/yr",
        domain="[0, 50]", plausible=(0.25, 2.0), source="assumption: leaders and foreign ministers")
    visit_base: Number = quantity(
        0.3, meaning="Share of visits that need no engagement", symbol="base", domain="[0, 1]", plausible=(0.0, 0.6), source=ASSUMED)

    # Flows
    trust_elasticity: Number = quantity(
        0.3, meaning="Elasticity of flows to trust", symbol="gamT", domain="[0, 5]", plausible=(0.0, 1.0),
        source=ASSUMED)
    contest_bonus: Number = quantity(
        1.0, meaning="Bonus in flows for states close to neither power, per unit of rivalry", symbol="omega_c", domain="[0, 20]", plausible=(0.0, 4.0),
        source="Bueno de Mesquita & Smith (2016)")
    budget_rivalry: Number = quantity(
        0.5, meaning="Rise of the powers' budgets with rivalry", symbol="beta", domain="[0, 5]", plausible=(0.0, 1.0),
        source="Boschini & Olofsgaard (2007): aid fell by about a third after 1990")
    lump_persistence: Number = quantity(
        0.8, meaning="Persistence of lumps in official finance", symbol="phiL", unit="1/quarter", domain="[0, 1)", plausible=(0.5, 0.9),
        source="yearly commitments vary by .75 to 1.6 of their mean: AidData", grade="B")
    lump_volatility: Number = quantity(
        0.5, meaning="Standard deviation of shocks to lumps in official finance", symbol="sigL", unit="1/quarter", domain="[0, 2]",
        plausible=(0.0, 0.6), source="as lump_persistence", grade="B")
    diversification_pull: Number = quantity(
        0.15, meaning="More capital from third partners at full diversification", symbol="div_gain", domain="[0, 2]", plausible=(0.0, 0.3),
        source=ASSUMED)
    commitment_persistence: Number = quantity(
        0.9, meaning="Persistence of shocks to a power's commitment", symbol="phiC", unit="1/quarter",
        domain="[0, 1)", plausible=(0.7, 0.97),
        source="Chinese spending -68 % in five years, then +50 %: Lowy Institute", grade="B")
    commitment_volatility: Number = quantity(
        0.15, meaning="Standard deviation of shocks to commitment", symbol="sigC", unit="1/quarter", domain="[0, 1]",
        plausible=(0.05, 0.3), source="as commitment_persistence", grade="B")
    unconditional_flow: Number = quantity(
        0.3, meaning="Share of flows that arrive without engagement by the state", symbol="rho_acc", domain="[0, 1]",
        plausible=(0.0, 1.0), source=ASSUMED)
    outside_weight: Number = quantity(
        0.3, meaning="Weight of destinations outside the region in a power's budget", symbol="wout", domain="(0, 100]",
        plausible=(0.1, 3.0), source=ASSUMED)
    image_spillover: Number = quantity(
        0.15, meaning="Share of third partners' flows lost at full pressure by a power", symbol="iota", domain="[0, 1]",
        plausible=(0.0, 0.4), source=ASSUMED)

    # Pressure and the answer to it
    pressure_speed: Number = quantity(
        0.3, meaning="Adjustment of pressure", symbol="ks", unit="1/quarter", domain="[0, 1]", plausible=(0.1, 0.6),
        source=ASSUMED)
    pressure_softness: Number = quantity(
        0.15, meaning="Softness of the threshold at which a power punishes", symbol="wtau", domain="[0.001, 5]",
        plausible=(0.05, 0.4), source=ASSUMED)
    trust_tolerance: Number = quantity(
        0.3, meaning="Tolerance that trust buys", symbol="nuT", domain="[0, 5]", plausible=(0.0, 1.0), source=ASSUMED)
    compliance: Number = quantity(
        5.0, meaning="Compliance with pressure per unit of leverage", symbol="nu_c", domain="[0, 50]",
        plausible=(0.0, 10.0), source="assumption; sanctions work in about a third of cases: Early (2015)")
    backlash: Number = quantity(
        0.2, meaning="Backlash against pressure", symbol="nu_b", domain="[0, 5]", plausible=(0.0, 0.6),
        source="assumption; coercion works where leverage exceeds backlash / compliance")

    regime_answer: Number = quantity(
        1.0, meaning="Turn of a challenged government to the power that presses less on how it governs", symbol="nu_r", domain="[0, 20]",
        plausible=(0.0, 2.0), source="assumption; David (1991)")
    tilt_noise: Number = quantity(
        0.02, meaning="Standard deviation of noise in tilt", symbol="tilt_noise", unit="1/quarter", domain="[0, 1]", plausible=(0.0, 0.05),
        source=ASSUMED)

    # Security
    protection_reliability: Number = quantity(
        0.4, meaning="Reliability of protection by a power without a treaty", symbol="rel", domain="[0, 1]", plausible=(0.1, 0.7),
        source="assumption, below that of treaties")
    treaty_reliability: Number = quantity(
        0.75, meaning="Reliability of protection under a defence treaty", symbol="rel_treaty", domain="[0, 1]", plausible=(0.5, 0.95),
        source="Berkemeier & Fuhrmann (2018)", grade="B")
    appeasement: Number = quantity(
        0.2, meaning="Share of a claim that alignment with the claimant removes", symbol="appease", domain="[0, 1]", plausible=(0.0, 0.8),
        source="assumption: incidents went on under Manila's turn of 2016-21")
    local_threat: Number = quantity(
        0.002, meaning="Loss to a local threat without an author, when fully exposed", symbol="theta", unit="share of GDP/yr",
        domain="[0, 0.5]", plausible=(0.0, 0.02), source=ASSUMED)
    crisis_hazard: Number = quantity(
        0.02, meaning="Chance of a crisis between the powers at full rivalry", symbol="h0", unit="1/quarter",
        domain="[0, 1]", plausible=(0.0, 0.06), source=ASSUMED)
    crisis_loss: Number = quantity(
        0.08, meaning="Loss in a crisis when fully entrapped and exposed", symbol="Lam", unit="share of GDP",
        domain="[0, 1]", plausible=(0.02, 0.3), source=ASSUMED)
    entrapment_weight: Number = quantity(
        0.5, meaning="Weight of entrapment against abandonment in a crisis", symbol="eps", domain="[0, 1]",
        plausible=(0.0, 1.0), source="assumption; Snyder (1984)")
    defence_protection: Number = quantity(
        30.0, meaning="Protection per unit of defence spending", symbol="kapd", unit="1/share of GDP",
        domain="[0, 500]", plausible=(0.0, 60.0), source=ASSUMED)
    association_buffer: Number = quantity(
        0.5, meaning="Share of pressure that a united association at full effort absorbs", symbol="bA", domain="[0, 1]",
        plausible=(0.0, 0.9), source="assumption; He (2008)")

    # Legitimacy
    growth_legitimacy: Number = quantity(
        1.0, meaning="Legitimacy from growth above the growth expected", symbol="lam_g", domain="[0, 10]",
        plausible=(0.3, 3.0), source="sign: Guriev & Treisman (2020); size assumed")
    legitimacy_reversion: Number = quantity(
        0.3, meaning="Return of legitimacy to its mean", symbol="dL", unit="1/yr", domain="[0, 4]",
        plausible=(0.1, 0.6), source="size assumed")
    allegiance_legitimacy: Number = quantity(
        0.0, meaning="Legitimacy from visible allegiance: patron support less nationalist cost", symbol="lam_a",
        unit="1/yr", domain="[-2, 2]", plausible=(-0.2, 0.2),
        source="sign contested (Kuik; Strangio et al. 2024), so 0: domestic politics takes no side")
    pressure_legitimacy: Number = quantity(
        0.0, meaning="Legitimacy lost (+) or rallied (-) under pressure", symbol="lam_s", unit="1/yr",
        domain="[-2, 2]", plausible=(-0.15, 0.15), source="evidence conflicts, so 0")
    challenge_legitimacy: Number = quantity(
        0.05, meaning="Legitimacy lost under a full domestic challenge", symbol="lam_c", unit="1/yr", domain="[0, 2]", plausible=(0.0, 0.15),
        source=ASSUMED)
    unrest_hazard: Number = quantity(
        0.006, meaning="Chance that unrest begins at usual legitimacy", symbol="u0", unit="1/quarter", domain="[0, 1]", plausible=(0.002, 0.015),
        source="base rate of instability onsets of about 2 % a year", grade="B")
    unrest_legitimacy: Number = quantity(
        10.0, meaning="Rise of the chance of unrest as legitimacy falls, on the logarithm", symbol="u1", domain="[0, 100]", plausible=(0.0, 20.0),
        source=ASSUMED)
    instability_cost: Number = quantity(
        0.03, meaning="Output lost in full unrest", symbol="cinst", unit="share of GDP", domain="[0, 1)",
        plausible=(0.0, 0.06), source=ASSUMED)

    # Rivalry and pandemics
    rivalry_mean: Number = quantity(
        0.0, meaning="Mean rivalry between the powers in the long run", symbol="xbar", unit="logit",
        domain="[-10, 10]", plausible=(-3.0, 3.0), source=ASSUMED)
    rivalry_persistence: Number = quantity(
        0.946, meaning="Persistence of rivalry", symbol="phix", unit="1/quarter", domain="[0, 1)",
        plausible=(0.90, 0.98), source="AR(1) of .80 a year of the US-China gap in UN ideal points", grade="B")
    rivalry_volatility: Number = quantity(
        0.25, meaning="Standard deviation of shocks to rivalry", symbol="sigx", unit="logit/quarter", domain="[0, 3]",
        plausible=(0.1, 0.5), source=ASSUMED)
    pandemic_hazard: Number = quantity(
        0.01, meaning="Chance of a pandemic outbreak", symbol="hpan", unit="1/quarter", domain="[0, 1]",
        plausible=(0.0, 0.03), source="about one in 25 years", grade="C")
    pandemic_depth: Number = quantity(
        0.08, meaning="Output lost at the outbreak of a pandemic", symbol="pan0", unit="share of GDP", domain="[0, 0.5]",
        plausible=(0.03, 0.15), source="Cambodia -3.1 % in 2020 against a trend of +7 %", grade="B")
    pandemic_recovery: Number = quantity(
        0.12, meaning="Fading of a pandemic by itself", symbol="pan_r0", unit="1/quarter", domain="[0, 1]",
        plausible=(0.05, 0.3), source=ASSUMED)
    vaccination_rate: Number = quantity(
        0.8, meaning="Vaccination per unit of supply by the powers", symbol="pan_r1", unit="1/yr", domain="[0, 20]",
        plausible=(0.0, 2.0), source=ASSUMED)

    # Valuation
    discount_rate: Number = quantity(
        0.04, meaning="Discount rate", symbol="disc", unit="1/yr", domain="[0, 1]", plausible=(0.02, 0.08),
        source="standard", grade="B")
