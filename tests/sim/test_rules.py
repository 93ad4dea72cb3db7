"""Facts about single rules, each sum worked out by hand."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from experiments.configuration.files import names_in
from sim.axes import DT
from sim.data import Elections
from sim.history import History
from sim.parameters import Parameters
from sim.policies.mirroring import Mirroring
from sim.policies.standing import PowerObservation, StandingRule
from sim.rules import access, accounts, flows, legitimacy, numeric, pandemic, perception, pressure, rivalry, security, trust, visits
from sim.rules.engagement import engagement
from sim.scenario import Event, Series
from sim.settings import Settings
from sim.simulation import draws_of
from sim.strategies.linear import LinearRule
from sim.strategies.observation import HillClimbing, Observation, Reciprocity
from sim.strategies.shrinking_room import ShrinkingRoom
from sim.worlds import Worlds
from tests import given

share = st.floats(0, 1)
alignment = st.floats(-1, 1)


def world(*values: float) -> np.ndarray:
    """One value in each of some worlds."""
    return np.array(values, dtype=float)


def near(value: Any, *expected: float) -> None:
    np.testing.assert_allclose(np.ravel(value), expected, rtol=1e-12, atol=1e-15)


# ---- Elementary functions


def test_expit_by_hand_and_at_the_ends() -> None:
    # 1/(1+e^-1) = .7310585786300049; far out it is 0 or 1 without overflow.
    with np.errstate(all="raise", under="ignore"):
        near(numeric.expit(world(0.0, 1.0, -1.0)), 0.5, 0.7310585786300049, 0.2689414213699951)
        near(numeric.expit(world(-1e6, 1e6)), 0.0, 1.0)


def test_power_by_hand() -> None:
    near(numeric.power(world(8.0, 1.0, 0.25), world(1 / 3, 7.0, 0.5)), 2.0, 1.0, 0.5)


# ---- Steps 1 to 3: rivalry, engagement, perception


def test_crisis_hazard_grows_with_the_square_of_rivalry() -> None:
    # .02 * .5^2 = .005
    near(rivalry.crisis_strikes(world(0.0049, 0.0051), world(0.5, 0.5), hazard=0.02), 1, 0)


def test_latent_rivalry_by_hand() -> None:
    # .4 + .946*(1-.4) + .25*2 + 1 = 2.4676
    near(rivalry.next_latent_rivalry(world(1.0), 2.0, world(1.0), mean=0.4, persistence=0.946, volatility=0.25), 2.4676)


def test_commitment_has_a_mean_of_one_in_every_quarter() -> None:
    # Variance of an AR(1) from 0: .2^2 at once; .04*(1-.5^4)/(1-.25) = .05 a quarter later; half of it is taken off.
    near(rivalry.commitment_factor(world(0.1), 0, persistence=0.5, volatility=0.2), np.exp(0.1 - 0.02))
    near(rivalry.commitment_factor(world(0.1), 1, persistence=0.5, volatility=0.2), np.exp(0.1 - 0.025))


def test_lens_sharpens_from_low_to_high_as_rivalry_rises() -> None:
    lens = rivalry.lens(world(0.0, 0.5, 1.0), low=pair(0.1, 0.3), high=pair(0.7, 1.3))
    near(lens, 0.1, 0.4, 0.7, 0.3, 0.8, 1.3)


def test_leaning_closes_a_door_in_proportion_and_never_shuts_it() -> None:
    # Breadth .5, tilt .2: .5*1.2 = .6 and .5*.8 = .4. Breadth .9, tilt .4: 1 (not 1.26) and .54.
    m = engagement(np.array([[[0.2]], [[0.4]]]), np.array([[[0.5]], [[0.9]]]))
    near(m, 0.6, 0.4, 1.0, 0.54)


def test_a_power_reads_the_rivals_gain_and_flows_it_did_not_cause() -> None:
    # China, economy: acts .8 - .5*.4 = .6; flows .3 - .5*.1 = .25; .6*.6 + .4*.25 = .46. US: acts 0, flows -.05: -.02.
    m = np.array([[[[0.8]], [[0.4]]]])
    seen = perception.observed_alignment(m, np.array([[[0.3]], [[0.1]]]), 0.0, lens=np.array([[0.5]]), flow_weight=np.array([[0.4]]))
    near(seen, 0.46, -0.02)


@holds_for(share, share, share, st.floats(0, 1.6))
def test_opening_to_the_rival_never_looks_more_aligned(own: float, rival: float, more: float, lens: float) -> None:
    def seen(rivals: float) -> float:
        m = np.array([[[[own]], [[rivals]]]])
        return perception.observed_alignment(m, np.zeros((2, 1, 1)), 0.0, lens=np.array([[lens]]), flow_weight=np.array([[0.0]]))[0, 0, 0, 0]

    assert seen(max(rival, more)) <= seen(min(rival, more))


@holds_for(alignment, alignment, st.floats(0, 1), st.floats(0, 10))
def test_a_belief_moves_towards_what_is_seen_and_never_past_it(belief: float, seen: float, gain: float, ambiguity: float) -> None:
    moved = perception.next_perceived(world(belief), world(seen), world(ambiguity), gain=gain)[0]
    low, high = min(belief, seen), max(belief, seen)
    assert low - 1e-12 <= moved <= high + 1e-12


def test_what_a_power_watches_weighs_its_beliefs() -> None:
    # .25*.8 + .75*.4 = .5 for China (weight of security .25); security alone for the US.
    p = np.array([[[[0.4]], [[0.9]]], [[[0.8]], [[-0.3]]]])
    near(perception.alignment(p, np.array([[[0.25]], [[1.0]]])), 0.5, -0.3)


# ---- Step 4: pressure


def test_cohesion_is_one_less_the_spread_of_tilts() -> None:
    # Mean tilts over domains .6, .0, .0 -> mean .2, deviations .4, -.2, -.2; variance .24/3 = .08.
    tilt = np.array([[[0.8], [0.2], [0.0]], [[0.4], [-0.2], [0.0]]])
    near(pressure.cohesion(tilt), 1 - np.sqrt(0.08))


def test_buffer_is_cohesion_times_mean_effort() -> None:
    # .5 * .9 * (.3 + .7)/2 = .225
    near(pressure.buffer(world(0.9), np.array([[0.3], [0.7]]), strength=0.5), 0.225)


def test_pressure_moves_a_step_towards_what_the_association_lets_through() -> None:
    # .2 + .3*(.8*(1-.25) - .2) = .32; a drive of 1.7 counts as 1: .2 + .3*(.75-.2) = .365.
    s = pressure.next_pressure(np.full((1, 1, 2), 0.2), np.array([[[0.8, 1.7]]]), world(0.25, 0.25), speed=0.3)
    near(s, 0.32, 0.365)


def standing(**numbers: Any) -> StandingRule:
    return StandingRule(given.policy(**numbers), Parameters())


def power_sees(**changes: Any) -> PowerObservation:
    half = np.full((1, 1), 0.5)
    nothing = {field.name: np.zeros((1, 1)) for field in fields(PowerObservation)}
    return PowerObservation(**nothing | {"trust": half, "rivalry": world(0.0)} | changes)


def test_a_power_wants_half_its_punishment_at_its_tolerance() -> None:
    # P = tau and T = .5: expit(0) = .5. Trust .8 excuses .3*.3 = .09: expit(-.6) = .3543436938.
    rule = standing(punish=0.8, tolerance=0.2)
    at = np.full((1, 1), 0.2)
    near(rule.drive(power_sees(alignment=at)), 0.4)
    near(rule.drive(power_sees(alignment=at, trust=np.full((1, 1), 0.8))), 0.8 / (1 + np.exp(0.6)))


@holds_for(alignment, alignment, share)
def test_closer_states_are_never_pressed_harder(one: float, other: float, punish: float) -> None:
    rule = standing(punish=punish)
    near_, far = (rule.drive(power_sees(alignment=np.full((1, 1), p))) for p in (max(one, other), min(one, other)))
    assert (near_ <= far).all()


def test_governance_is_pressed_twice_as_hard_around_an_election() -> None:
    # kap .25 on a gap of .6 is .15, and .30 where there is an election.
    gap = np.full((2, 1), 0.6)
    near(standing(norms=0.25).drive(power_sees(governance_gap=gap, election=np.array([[0.0], [1.0]]))), 0.15, 0.30)


def test_the_season_of_an_election_by_hand() -> None:
    # Elections in quarters 2, 6, …; in -3, 5, 13, …; none within reach.
    seasons = [pressure.election_season(t, np.array([[2], [-3], [-1]]), np.array([[4], [8], [2**40]])).ravel().tolist() for t in range(7)]
    assert seasons == [[0, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 0]]


#: First quarter of the world 2020Q1: an election in 2023Q3, quarter 14, and every five years before and after it.
CALENDARS = [
    (("2023Q3", 5), [13, 14, 33, 34]), (("2018Q3", 5), [13, 14, 33, 34]), (("2043Q3", 5), [13, 14, 33, 34]), (("2020Q1", 4), [0, 15, 16, 31, 32]),
    (("2020Q2", 100), [0, 1]), (("2021Q1", 1), [t for t in range(40) if t % 4 in (3, 0)]), (None, [])]


@pytest.mark.parametrize(("calendar", "quarters"), CALENDARS, ids=str)
def test_pressure_in_a_run_doubles_in_the_quarter_of_an_election_and_the_one_before(calendar: Any, quarters: list[int]) -> None:
    # Speed 1 and no buffer: pressure is the drive itself, .25*.6 = .15, doubled around elections.
    settings = given.with_parameters(given.made_up(deterministic=True, horizon=40), pressure_speed=1.0, association_buffer=0.0)
    settings = given.with_policies(settings, given.policy(), given.policy(norms=0.25))
    elections = None if calendar is None else Elections(first=calendar[0], every=calendar[1])
    s = given.run(given.with_states(settings, only=("S0",), elections=elections), "holding", record=["pressure"])["pressure"][:, 1, :, 0]
    near(s[:, 0], *[0.30 if t in quarters else 0.15 for t in range(40)])
    near(s[:, 1], *[0.125] * 40)  # another state, another gap, no election


# ---- Step 5: flows


def test_states_share_one_budget_with_the_rest_of_the_world() -> None:
    # Shares .75 and .25 of 4, attractions 2 and 1, outside .25: 2*1.25/(.25 + 1.5 + .25) = 1.25 a unit: 3*2*1.25 and 1*1*1.25.
    meant = np.array([[[3.0], [1.0]]])
    attraction = np.array([[[2.0], [1.0]]])
    near(flows.intended(meant, meant / 4, attraction, np.array([[2.0]]), outside_weight=0.25), 7.5, 1.25)
    # At rest every state gets what it got.
    near(flows.intended(meant, meant / 4, np.ones((1, 2, 1)), np.array([[1.0]]), outside_weight=0.25), 3.0, 1.0)


def test_a_rivals_friend_receives_less_when_others_attract_more() -> None:
    def first(attraction: float) -> float:
        pulls = np.array([[[1.0], [attraction]]])
        return flows.intended(np.ones((1, 2, 1)), np.full((1, 2, 1), 0.5), pulls, np.ones((1, 1)), outside_weight=0.3)[0, 0, 0]

    assert first(2.0) < first(1.0) < first(0.5)


def test_budgets_follow_commitment_the_economy_and_rivalry() -> None:
    # 1.5 * 1.1 * (1 + .5*.2) = 1.815; where rivalry falls too far nothing is left: 1 - 2*.6 < 0.
    near(flows.budget_factor(np.array([[1.5]]), np.array([[1.1]]), world(0.2), from_rivalry=0.5), 1.815)
    near(flows.budget_factor(np.array([[1.5]]), np.array([[1.1]]), world(-0.6), from_rivalry=2.0), 0.0)


def attraction(seen: dict[str, float], start: dict[str, float], resting_swing: float = 0.0, **numbers: Any) -> float:
    """Attraction under a policy; trust .5 and all else 0 unless it says otherwise."""
    rule = StandingRule(given.policy(**numbers), Parameters(trust_elasticity=0.3, contest_bonus=1.5), resting_swing)

    def sees(values: dict[str, float]) -> PowerObservation:
        return power_sees(**{name: world(x) if name == "rivalry" else np.full((1, 1), x) for name, x in values.items()})

    return float(rule.attraction(sees(seen), sees(start)).item())


def test_attraction_at_rest_is_one_whatever_the_policy() -> None:
    rest = {"alignment": 0.3, "trust": 0.7, "rival_share": 0.4, "rivalry": 0.6}
    assert attraction(rest, rest, 2.0, reward=3.0, match_rival=2.0, swing_bonus=2.0) == 1


def test_reward_follows_alignment_and_trust() -> None:
    # exp(1.2*(.5-.1) + .3*(.6-.4)) = exp(.54)
    assert attraction({"alignment": 0.5, "trust": 0.6}, {"alignment": 0.1, "trust": 0.4}, reward=1.2) == pytest.approx(np.exp(0.54), rel=1e-13)


@pytest.mark.parametrize("withdraw", [0.0, 0.25, 1.0])
def test_reward_is_taken_back_as_far_as_the_policy_withdraws(withdraw: float) -> None:
    # .4 closer: all of 1.2*.4. .4 farther: withdraw of it.
    assert attraction({"alignment": 0.5}, {"alignment": 0.1}, reward=1.2, withdraw=withdraw) == pytest.approx(np.exp(0.48), rel=1e-13)
    assert attraction({"alignment": 0.1}, {"alignment": 0.5}, reward=1.2, withdraw=withdraw) == pytest.approx(np.exp(-0.48 * withdraw), rel=1e-13)


def test_the_rivals_part_is_matched() -> None:
    # (1 + .5*.4)/(1 + .5*.1) = 1.2/1.05
    assert attraction({"rival_share": 0.4}, {"rival_share": 0.1}, match_rival=0.5) == pytest.approx(1.2 / 1.05, rel=1e-13)


def test_the_undecided_are_courted_and_more_so_as_rivalry_rises() -> None:
    # (1 + (2 + 1.5*.8)*(1-.25))/(1 + (1 + 1.5*.4)*(1-.04)) = 3.4/2.536: under another policy than that of the present, whose bonus was 1.
    got = attraction({"alignment": 0.5, "rivalry": 0.8}, {"alignment": 0.2, "rivalry": 0.4}, 1.0, swing_bonus=2.0)
    assert got == pytest.approx(3.4 / 2.536, rel=1e-13)


def test_a_closed_door_lets_only_the_unconditional_part_in() -> None:
    # .3 + .7*m at m = 0, .5, 1
    near(flows.opening(world(0.0, 0.5, 1.0), unconditional=0.3), 0.3, 0.65, 1.0)


def test_lumps_of_official_finance_have_a_mean_of_one() -> None:
    # Variance .4^2/(1-.6^2) = .25, so it starts at .5*.5; .6*.25 + .4*.125 = .2: exp(1*.2 - .125), and of a power half as uneven exp(.1 - .25*.125); none: 1.
    start, shocks = np.full((3, 1, 1), 0.5), np.full((1, 3, 1, 1), 0.125)
    lumps = flows.lump_factors(start, shocks, 0.6, 0.4, np.array([1.0, 0.5, 0.0])[:, None, None])
    near(lumps[0], np.exp(0.075), np.exp(0.06875), 1.0)


def test_pressure_scares_third_partners_and_diversification_draws_them() -> None:
    # (1-.15*.4) = .94 over .98 at rest; .06*100*(1+.2*.5)*.94/.98.
    left = flows.deterrence(world(0.4), spillover=0.15)
    near(left, 0.94)
    near(flows.other_flow(world(100.0), world(0.06), world(0.5), left / 0.98, pull=0.2), 6.6 * 0.94 / 0.98)


def test_share_in_external_capital_moves_a_fifth_of_the_way() -> None:
    # Flows 2 and 1, others 1: shares .5 and .25; .3 + .2*.2 = .34 and .3 - .2*.05 = .29. No flow at all: .24.
    near(flows.next_flow_share(np.full((2, 1, 1), 0.3), np.array([[[2.0]], [[1.0]]]), np.array([[1.0]])), 0.34, 0.29)
    near(flows.next_flow_share(np.full((2, 1, 1), 0.3), np.zeros((2, 1, 1)), np.zeros((1, 1))), 0.24, 0.24)


def test_mirroring_answers_visits_and_aid() -> None:
    # Rival aid 3 of 4, 1 of 4 at rest: attraction (1 + 2*.75)/(1 + 2*.25); visits .5 + 1.5 after a visit, .5 without. Nothing given yet: 1.
    rule = Mirroring(given.policy(rule="mirroring", visits=0.5, options={"visit_response": 1.5, "aid_response": 2.0}), Parameters())
    start = power_sees(aid=np.array([[3.0]]), rival_aid=np.array([[1.0]]))
    offer = rule.decide(power_sees(aid=np.array([[1.0]]), rival_aid=np.array([[3.0]]), rival_visits=np.array([[1.0]])), start)
    near(offer.attraction, 2.5 / 1.5)
    near(offer.visits, 2.0)
    idle = rule.decide(power_sees(), power_sees())
    near(idle.attraction, 1.0)
    near(idle.visits, 0.5)


# ---- Steps 6 and 7: visits, trust, tiers


def test_visits_are_rare_events_of_openness() -> None:
    # Openness (.4+.8)/2 = .6: 1 - exp(-.25*2*1*(.3+.7*.6)) = 1 - exp(-.36). A closed state receives the base alone: 1 - exp(-.15).
    m = np.array([[[[0.4, 0.0]]], [[[0.8, 0.0]]]])
    near(visits.visit_chance(np.array([[[1.0]]]), m, rate=2.0, base=0.3, dt=DT), 1 - np.exp(-0.36), 1 - np.exp(-0.15))


def next_trust(level: float, visit: float = 0.0, help_given: float = 0.0, pressed: float = 0.0) -> float:
    return trust.next_trust(
        world(level), world(visit), world(help_given), world(pressed), baseline=world(0.4), decay=0.15, gain=0.04, loss=0.10, dt=DT)[0]


def test_trust_by_hand() -> None:
    # .6 - .25*.15*(.6-.4) + .04*(1+.1)*(1-.6) - .10*.5*.6 = .6 - .0075 + .0176 - .03 = .5801
    near(next_trust(0.6, visit=1.0, help_given=0.1, pressed=0.5), 0.5801)


@holds_for(share, share, share, share)
def test_pressure_never_raises_trust(level: float, visit: float, one: float, other: float) -> None:
    assert next_trust(level, visit, pressed=max(one, other)) <= next_trust(level, visit, pressed=min(one, other))


@holds_for(share, share, share)
def test_a_visit_never_lowers_trust_and_wins_less_where_there_is_more(level: float, higher: float, pressed: float) -> None:
    low, high = min(level, higher), max(level, higher)
    won = [next_trust(x, visit=1.0, pressed=pressed) - next_trust(x, pressed=pressed) for x in (low, high)]
    assert min(won) >= 0
    assert won[1] <= won[0] + 1e-12


def test_help_in_a_pandemic_goes_to_friends_first() -> None:
    # Commitment 1.5: 1.5*expit(2*.5) = 1.5*.7310585786; an enemy at -.5 gets 1.5*.2689414214.
    near(trust.supply(np.array([[1.5]]), np.array([[[0.5], [-0.5]]])), 1.0965878679450074, 0.4034121320549927)


def next_tier(tier: float, trust_now: float, start_tier: float = 1.0, start_trust: float = 0.5) -> float:
    return float(trust.next_tier(world(tier), world(trust_now), start_tier=world(start_tier), start_trust=world(start_trust))[0])


@pytest.mark.parametrize(("tier", "trust_now", "then"), [
    (1.0, 0.5, 1.0), (1.0, 0.549, 1.0), (1.0, 0.551, 1.25), (1.0, 0.451, 1.0), (1.0, 0.449, 0.75),
    # A tier above that of the start holds within .05 of .58, one below within .05 of .42.
    (2.0, 0.629, 2.0), (2.0, 0.631, 2.25), (2.0, 0.531, 2.0), (2.0, 0.529, 1.75), (0.0, 0.469, 0.0), (0.0, 0.471, 0.25), (0.0, 0.1, 0.0), (3.0, 1.0, 3.0)])
def test_a_tier_rests_where_it_is_a_fact_and_needs_ever_more_trust_to_climb(tier: float, trust_now: float, then: float) -> None:
    assert next_tier(tier, trust_now) == then


@holds_for(share, st.sampled_from(np.arange(0, 3.25, 0.25)), st.sampled_from(np.arange(0, 3.25, 0.25)), share)
def test_at_standing_trust_a_tier_settles_and_never_flickers(level: float, tier: float, start_tier: float, start_trust: float) -> None:
    path = [float(tier)]
    for _ in range(30):
        path.append(next_tier(path[-1], level, float(start_tier), start_trust))
    steps = np.diff(path)
    assert path[-1] == path[-2]
    assert (steps >= 0).all() or (steps <= 0).all()


# ---- Step 8: access and leverage


def test_access_to_the_powers_by_hand() -> None:
    # First: (1 + .08*2*.5)*(1 - .3*.4)*exp(.8*(.1 - .13*(1-0)/2)) = 1.08*.88*exp(.028). Second, of its own, no tier: exp(.8*.1).
    both = np.array([[[0.0]], [[1.0]]])
    levels = access.access_to_powers(
        np.array([[[2.0]], [[0.0]]]), np.full((2, 1, 1), 0.5), np.array([[[0.4]], [[0.0]]]), world(0.8), both,
        per_tier=0.08, pressure_cut=0.3, fragmentation=0.13, diversion=0.1)
    near(levels, 1.08 * 0.88 * np.exp(0.028), np.exp(0.08))


def test_access_to_the_rest_by_hand() -> None:
    # (1 + .05*.6)*(1 - .3*.15*.4) = 1.03*.982
    near(access.access_to_rest(np.array([[0.4]]), np.array([[0.6]]), spillover=0.15), 1.03 * 0.982)


def test_access_moves_by_its_speed() -> None:
    near(access.next_access(world(1.0), world(0.5), speed=0.06), 0.97)


def sizes(powers: list[float], elasticity: float) -> np.ndarray:
    """Of powers and the rest in a world that has grown from 100 to 110; the powers began with 20 and 30."""
    start, start_world = np.array([[20.0], [30.0]]), world(100.0)
    return access.size(np.array(powers)[:, None], world(110.0), start_power_output=start, start_world_output=start_world,
                       start_rest=access.rest(start, start_world), elasticity=elasticity)


def test_a_partners_size_is_relative_to_the_world() -> None:
    # World 100 to 110; powers 20 to 30 and 30 to 27.5; rest 50 to 52.5. (1.5/1.1)^.5, (27.5/30/1.1)^.5, 1.05/1.1.
    near(sizes([30.0, 27.5], elasticity=0.5), np.sqrt(1.5 / 1.1), np.sqrt(27.5 / 33), 1.05 / 1.1)


def test_the_rest_of_the_world_never_vanishes() -> None:
    # Powers outgrow the world: at least .05 of it is left: (5.5/50)/1.1.
    near(sizes([70.0, 60.0], elasticity=0.0), 1.0, 1.0, 0.1)


def test_gains_and_shares_by_hand() -> None:
    # Values .15*1.2*1 = .18, .15*.8*1 = .12, .25*.5*2 = .25; home .45: total 1.0: gains 1. At sigma 3, total 1.1: 1.1^.5.
    q, size, w = np.array([[[1.2]], [[0.8]], [[0.5]]]), np.array([[1.0], [1.0], [2.0]]), np.array([[[0.15]], [[0.15]], [[0.25]]])
    gains, shares = access.gains_and_shares(q, size, w, np.array([[0.45]]), substitution=4.0)
    near(gains, 1.0)
    near(shares, 0.18, 0.12, 0.25)
    more, _ = access.gains_and_shares(q, size, w, np.array([[0.55]]), substitution=3.0)
    near(more, np.sqrt(1.1))


def held(trade: float, owned: float = 0.0, owed: float = 0.0, substitution: float = 4.0) -> float:
    numbers = {"capital_elasticity": 0.35, "sudden_stop": 0.5, "debt_call": 0.1}
    return float(access.leverage(world(trade), world(owned), world(owed), substitution=substitution, **numbers)[0])


def test_leverage_by_hand() -> None:
    # sigma 4: 1 - .8^(1/3) * (1-.5*.35*.2) * (1-.1*.3); capital and debt count up to all capital and a year's output.
    assert held(0.2, 0.2, 0.3) == pytest.approx(1 - 0.8 ** (1 / 3) * 0.965 * 0.97, rel=1e-13)
    assert held(0.0, 7.0) == pytest.approx(0.175, rel=1e-13)
    assert held(0.0, 0.0, 9.0) == pytest.approx(0.1, rel=1e-13)


@holds_for(st.floats(0, 0.99), st.floats(0, 0.99), st.floats(2.1, 8), share)
def test_leverage_is_convex_in_the_share(one: float, other: float, substitution: float, owned: float) -> None:
    def at(x: float) -> float:
        return held(x, owned, substitution=substitution)

    middle = at((one + other) / 2)
    assert middle <= (at(one) + at(other)) / 2 + 1e-12
    assert at(min(one, other)) <= middle + 1e-12


@holds_for(st.floats(0, 0.9), share, share)
def test_easier_substitution_means_less_leverage(x: float, owned: float, owed: float) -> None:
    hard, easy = (held(x, owned, owed, s) for s in (2.5, 8.0))
    assert 0 <= easy <= hard + 1e-12
    assert hard < 1


# ---- Step 9: pandemics


def test_a_pandemic_strikes_one_at_a_time_and_fades() -> None:
    near(pandemic.outbreak_strikes(world(0.005, 0.005, 0.02), world(0.0, 0.02, 0.0), hazard=0.01), 1, 0, 0)
    # .08*(1-.12) = .0704; with a new outbreak .1504; never beyond .9.
    near(pandemic.next_pandemic(world(0.08, 0.08, 0.9), world(0.0, 1.0, 1.0), depth=0.08, recovery=0.12), 0.0704, 0.1504, 0.872)
    near(pandemic.next_pandemic(world(0.9), world(1.0), depth=0.5, recovery=0.12), 0.9)


def test_vaccines_come_from_the_powers_while_a_pandemic_rages() -> None:
    # .2 + .25*.8*(.7+.3)*(1-.2) = .36; none without a pandemic; none left after a new outbreak.
    supply = np.array([[[0.7, 0.7, 0.7]], [[0.3, 0.3, 0.3]]])
    v = pandemic.next_vaccinated(np.full((1, 3), 0.2), world(0, 0, 1), supply, world(1, 0, 1), rate=0.8, dt=DT)
    near(v, 0.36, 0.2, 0.0)


# ---- Step 10: security


def test_reach_is_relative_to_the_stronger() -> None:
    # China 14280*1 against 21521*.7 = 15064.7: .5*14280/15064.7 and 1.
    expected = 0.5 * 14280 / 15064.7
    near(security.reach(np.array([[0.5], [1.0]]), np.array([[14280.0], [21521.0]]), np.array([[1.0], [0.7]])), expected, 1.0)


def protected(first: float, second: float, reach: tuple[float, float] = (0.8, 1.0), treaty: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    reliable = security.reliable(np.array(treaty)[:, None, None], reliability=0.5, treaty_reliability=0.75)
    return security.protection(pair(*reach), np.array([[[first]], [[second]]]), reliable)


def test_protection_needs_reach_belief_and_reliability() -> None:
    # .5*.8*.6 = .24; one seen as hostile is not protected; a treaty: .75*1*.5; reach 3 counts as full protection at most.
    near(protected(0.6, -0.4), 0.24, 0.0)
    near(protected(0.6, 0.5, treaty=(0.0, 1.0)), 0.24, 0.375)
    near(protected(0.9, 0.5, reach=(3.0, 1.0)), 0.9, 0.25)


def test_exposure_by_hand() -> None:
    # (1 - .24)*(1 - .25) of what arms of 1 % and a buffer of .2 leave: exp(-.3)*.9.
    left = security.defended(security.undefended(np.array([[0.01]]), defence_protection=30.0), world(0.2))
    near(left, np.exp(-0.3) * 0.9)
    near(security.exposure(protected(0.6, 0.5), left), 0.76 * 0.75 * np.exp(-0.3) * 0.9)


@holds_for(alignment, alignment, alignment)
def test_being_believed_closer_never_exposes(one: float, other: float, second: float) -> None:
    closer, farther = (security.exposure(protected(x, second), np.ones((1, 1))) for x in (max(one, other), min(one, other)))
    assert (closer <= farther).all()


def claimed(first: float, second: float, claims: tuple[float, float] = (0.01, 0.0), appeasement: float = 0.2, **of_protection: Any) -> float:
    p = np.array([[[first]], [[second]]])
    guarded = protected(first, second, **of_protection)
    reach = pair(*of_protection.get("reach", (0.8, 1.0)))
    of_powers = {g: np.full((1, 1), claim) for g, claim in enumerate(claims) if claim}
    return float(security.claims_loss(of_powers, reach, p, guarded, np.ones((1, 1)), appeasement=appeasement).item())


def test_a_claim_is_pressed_within_reach_and_averted_by_appeasement_or_the_rival() -> None:
    # .01*.8*(1-.2*.5)*(1-.5*1*.4) = .00576; one that neither power counts as its own: .008; claims by both add: .008 + .02.
    assert claimed(0.5, 0.4) == pytest.approx(0.00576, rel=1e-13)
    assert claimed(-0.5, -0.4) == pytest.approx(0.008, rel=1e-13)
    assert claimed(0.0, 0.0, claims=(0.01, 0.02)) == pytest.approx(0.028, rel=1e-13)


@pytest.mark.parametrize("reach", [(0.7, 1.0), (1.0, 0.6), (1.0, 1.0)])
@pytest.mark.parametrize("treaty", [(0.0, 0.0), (0.0, 1.0)])
@pytest.mark.parametrize("appeasement", [0.1, 0.29, 0.31, 0.49, 0.51, 0.74, 0.76])
def test_a_claimant_of_the_first_is_safer_with_the_rival_just_where_its_hand_reaches_farther_than_appeasement(
        reach: tuple[float, float], treaty: tuple[float, float], appeasement: float) -> None:
    with_rival, with_claimant = (claimed(first, second, appeasement=appeasement, reach=reach, treaty=treaty) for first, second in ((0.0, 1.0), (1.0, 0.0)))
    able = (0.75 if treaty[1] else 0.5) * reach[1]
    assert (with_rival < with_claimant) == (appeasement < able)


def test_allegiance_is_the_distance_between_beliefs_on_a_scale_that_hostility_stretches() -> None:
    # |.8 - (-.2)|/(1 + .6) = .625; |1-(-1)|/(1+0) = 2 counts as 1.
    p = np.array([[[[0.8, 1.0]], [[-0.2, -1.0]]]])
    near(security.allegiance(p, np.array([[0.6, 0.0]])), 0.625, 1.0)


def test_a_crisis_strikes_the_entrapped_and_the_abandoned() -> None:
    # .08*(.25*.8 + .75*.4) = .04; a year's share lost in a quarter counts fourfold: .005*.4 + .04/.25 = .162.
    crisis_loss = security.crisis_loss(world(0.8), world(0.4), loss=0.08, entrapment_weight=0.25)
    near(crisis_loss, 0.04)
    near(security.security_loss(world(0.4, 0.4), world(0, 0), world(0, 1), np.repeat(crisis_loss, 2), local_threat=0.005, dt=DT), 0.002, 0.162)
    near(security.security_loss(world(0.4), world(0.007), world(0), crisis_loss, local_threat=0.005, dt=DT), 0.009)


# ---- Step 11: accounts


def test_cost_of_cooperating_twice() -> None:
    # Smaller engagements .3 and .5: 2*.003*.4 = .0024; .002*.8 = .0016; .004*.5 = .002; defence .01: .016.
    m = np.array([[[[0.9]], [[0.3]]], [[[0.5]], [[0.7]]]])
    tools = accounts.tools_cost(np.array([[0.8]]), np.array([[0.5]]), np.array([[0.01]]), effort_cost=0.002, diversifying=0.004)
    near(accounts.strategy_cost(m, tools, duplication=0.003), 0.016)


def test_consumption_by_hand_and_its_floor() -> None:
    # 100*(1-.15-.01-.5*.02) = 83; foreign .4*.35*100*.3 = 4.2; debt .045*10 = .45; aid .3*(1+1) = .6: 78.95.
    numbers = {"investment_rate": world(0.15, 0.15), "repatriation": 0.4, "elasticity": 0.35, "debt_service": 0.045, "aid_to_capital": 0.7}
    consumed = accounts.consumption(
        world(100, 100), world(0.01, 0.01), world(0.02, 3.0), world(200, 200), world(60, 60), world(10, 10), world(2, 2), **numbers)
    near(consumed, 78.95, 5.0)


def test_capital_by_hand_and_its_floor() -> None:
    # 200*(1-.06/4) = 197; added .15*100 + 4.4 - .5*.02*100 = 18.4: 197 + 4.6. A loss of 20: the floor 5.
    capital = accounts.next_capital(
        world(200, 200), world(100, 100), world(0.02, 20.0), world(4.4, 4.4), investment_rate=world(0.15, 0.15), depreciation=0.06, dt=DT)
    near(capital, 201.6, 5.0)


def test_a_hub_passes_on_what_comes_in() -> None:
    # .5*(2+1 + .7*(1+1) + 1.6) = 3
    inflow = accounts.capital_inflow(world(3.0), world(2.0), world(1.6), kept=world(0.5), aid_to_capital=0.7)
    near(inflow, 3.0)


def test_output_by_hand() -> None:
    # 2*16^.5*1.1*(1-.1) = 7.92; full unrest 3 % less, half distress another 1 %.
    made = accounts.output(
        world(2, 2, 2), world(16, 16, 16), world(1.1, 1.1, 1.1), world(0.1, 0.1, 0.1), world(0, 1, 1), world(0, 0, 0.5),
        elasticity=0.5, unrest_cost=0.03, distress_cost=0.02)
    near(made, 7.92, 7.92 * 0.97, 7.92 * 0.97 * 0.99)


def test_growth_of_productivity_and_of_the_powers_by_hand() -> None:
    near(accounts.next_productivity(world(2.0), growth=world(0.04), dt=DT), 2.02)
    near(accounts.grown(world(200.0), growth=world(0.02), dt=DT), 201.0)


def test_debt_and_foreign_capital_by_hand() -> None:
    # Debt 10*(1-.03/4) + .25*.65*2 = 9.925 + .325.
    near(accounts.next_debt(world(10.0), world(2.0), loan_share=world(0.65), dt=DT), 10.25)
    # Capital owned by each, worn by .015: 60*.985 + .25*.5*(2, 1, .75*4) = 59.1 + (.25, .125, .375).
    owned = accounts.next_foreign_capital(
        np.full((3, 1, 1), 60.0), np.array([[[2.0]], [[1.0]]]), np.array([[4.0]]), kept=np.array([[0.5]]), depreciation=0.06, dt=DT)
    near(owned, 59.35, 59.225, 59.475)


def test_distress_is_even_at_its_threshold() -> None:
    # Debt .6, .65 and .45 of a year's output at a threshold of .6: expit(0), expit(1), expit(-3).
    near(accounts.debt_distress(world(60, 65, 45), world(100, 100, 100), threshold=0.6), 0.5, 0.7310585786300049, 0.04742587317756678)


# ---- Step 12: legitimacy and unrest


def test_legitimacy_by_hand() -> None:
    # growth 1*.026; reversion -.3*(.5-.6) = +.03; sides .1*(.4+.2)/2 - .05*(.3+.1) = .03-.02; challenge -.05*.4 = -.02.
    # .5 + .25*.046 + .01*2 = .5315; without noise and challenge .5 + .25*.066.
    level = legitimacy.next_legitimacy(
        world(0.5, 0.5), world(0.026, 0.026), np.array([[0.4, 0.4], [0.2, 0.2]]), np.array([[0.3, 0.3], [0.1, 0.1]]), world(0.4, 0.0), world(2.0, 0.0),
        usual=world(0.6, 0.6), from_growth=1.0, reversion=0.3, from_allegiance=0.1, from_pressure=0.05, from_challenge=0.05, dt=DT)
    near(level, 0.5315, 0.5165)


def test_growth_beyond_what_is_usual_counts_up_to_a_ceiling() -> None:
    # (102/100 - 1)/.25 = .08 less .05; 1.5 a year counts as .4.
    near(legitimacy.growth_gap(world(102, 150, 50), world(100, 100, 100), reference=world(0.05, 0.05, 0.05), dt=DT), 0.03, 0.35, -0.45)


def test_unrest_is_likelier_where_legitimacy_has_fallen() -> None:
    # .006*exp(10*.1) and .006*exp(-1) below and above what is usual, .5; far below it is certain.
    chance = legitimacy.unrest_chance(world(0.5, 0.4, 0.6, 0.0), usual=world(0.5, 0.5, 0.5, 0.7), hazard=0.006, rise=10.0)
    near(chance, 0.006, 0.006 * np.e, 0.006 / np.e, 1.0)


def test_unrest_fades_by_a_quarter_and_begins_again() -> None:
    # .75*.4 = .3; an onset makes it 1; a chance of .1: .3 + .7*.1.
    near(legitimacy.next_unrest(world(0.4, 0.4, 0.4), world(0.0, 1.0, 0.1)), 0.3, 1.0, 0.37)


@holds_for(st.floats(0, 1))
def test_unrest_at_rest_stays_where_its_chance_is_the_hazard(hazard: float) -> None:
    rest = legitimacy.unrest_at_rest(hazard)
    assert 0 <= rest <= 1
    assert legitimacy.next_unrest(rest, np.asarray(hazard)) == pytest.approx(rest, abs=1e-15)


# ---- Step 13: the decision


def state_sees(**changes: Any) -> Observation:
    values = {
        "quarter": 0, "tilt": np.zeros((2, 1)), "breadth": np.full((2, 1), 0.5), "accepted": np.ones((2, 1)), "pressure": np.zeros((2, 1)),
        "leverage": np.full((2, 1), 0.1), "start_pressure": np.zeros((2, 1)), "start_leverage": np.full((2, 1), 0.1), "claims": np.zeros((2, 1)),
        "pressing": np.zeros((2, 1)), "reach": np.ones((2, 1)), "trust": np.full((2, 1), 0.5), "tier": np.zeros((2, 1)),
        "visits": np.zeros((2, 1)), "perceived": np.zeros((2, 2, 1)), "alignment": np.zeros((2, 1)), "output": world(100.0), "consumption": world(80.0),
        "legitimacy": world(0.6), "rivalry": world(0.5), "challenge": world(0.0), "challenged": True, "exploration": 0.0,
    }
    return Observation(**values | changes)


def pair(first: float, second: float) -> np.ndarray:
    return np.array([[first], [second]])


def linear(parameters: Parameters | None = None, **numbers: Any) -> LinearRule:
    """The rule of a state that started at a tilt of .3 and -.1 and a breadth of .6 and .4."""
    return LinearRule(given.strategy(**numbers), parameters or Parameters(), pair(0.3, -0.1), pair(0.6, 0.4))


def decided(seen: Observation, compliance: float = 0.0, backlash: float = 0.0, **numbers: Any) -> np.ndarray:
    """Tilt chosen, with full speed unless the strategy says otherwise."""
    return linear(Parameters(compliance=compliance, backlash=backlash), **{"speed": 1.0, **numbers}).decide(seen).tilt.ravel()


def test_a_state_moves_part_of_the_way_to_its_anchor_and_breadth() -> None:
    # Tilt 0 + .25*(.6-0) = .15; breadth .5 + .25*(.9-.5) = .6. Speed per domain: .5 of the way in security.
    decision = linear(anchor=0.6, breadth=0.9, speed={"economy": 0.25, "security": 0.5}).decide(state_sees())
    near(decision.tilt, 0.15, 0.3)
    near(decision.breadth, 0.6, 0.7)


def test_start_is_where_the_state_itself_started() -> None:
    decision = linear(anchor="start", breadth={"economy": 0.8, "security": "start"}, speed=1.0).decide(state_sees())
    near(decision.tilt, 0.3, -0.1)
    near(decision.breadth, 0.8, 0.4)


def test_an_aim_beyond_the_end_counts_as_the_end() -> None:
    # Aim 1 + 20*.5 = 11 counts as 1: .25*1.
    assert decided(state_sees(accepted=pair(3, 1)), anchor=1.0, lean_with={"inducement": 20.0}, speed=0.25) == pytest.approx([0.25, 0.25])


LEANS = [
    ("inducement", {"accepted": pair(3, 1)}, 0.5), ("power", {"reach": pair(0.6, 1.0)}, -0.25), ("pressure", {"pressure": pair(0.5, 0.2)}, 0.3),
    ("dependence", {"leverage": pair(0.3, 0.1)}, 0.5), ("inducement", {"accepted": pair(0, 0)}, 0.0),
    ("perception", {"perceived": np.array([[[0.6], [0.2]], [[-0.3], [0.1]]])}, (0.2, -0.2)),
    ("rivalry", {"rivalry": world(0.4), "tilt": pair(0.5, -0.25)}, (0.2, -0.1)),
    # (.006*.5 - .001*1)/.01 = .2; beyond .01 of GDP a threat counts no more.
    ("threat", {"claims": pair(0.006, 0.001), "reach": pair(0.5, 1.0)}, 0.2), ("threat", {"claims": pair(0.0, 0.05)}, -1.0),
]


@pytest.mark.parametrize(("feature", "seen", "value"), LEANS, ids=[lean[0] for lean in LEANS])
def test_each_lean_adds_its_weight_times_its_feature(feature: str, seen: dict[str, Any], value: Any) -> None:
    # Towards the larger with +, away from it with -; the weight may differ by domain.
    weight = {"economy": 0.8, "security": -0.4}
    expected = np.broadcast_to(value, 2) * np.array([0.8, -0.4])
    np.testing.assert_allclose(decided(state_sees(**seen), lean_with={feature: weight}), expected, rtol=1e-12)


def test_pressure_works_where_leverage_exceeds_backlash_over_compliance() -> None:
    # nu_b/nu_c = .2/2 = .1. The first power presses with .5: leverage .25: .5*(2*.25-.2) = +.15; leverage .05: .5*(.1-.2) = -.05.
    pressed = pair(0.5, 0.0)
    near(decided(state_sees(pressure=pressed, leverage=pair(0.25, 0.1)), compliance=2.0, backlash=0.2), 0.15, 0.15)
    near(decided(state_sees(pressure=pressed, leverage=pair(0.05, 0.1)), compliance=2.0, backlash=0.2), -0.05, -0.05)
    near(decided(state_sees(pressure=pressed, leverage=pair(0.1, 0.1)), compliance=2.0, backlash=0.2), 0.0, 0.0)
    # The same pressure by the second pulls the other way.
    near(decided(state_sees(pressure=pair(0.0, 0.5), leverage=pair(0.1, 0.25)), compliance=2.0, backlash=0.2), -0.15, -0.15)


def test_who_holds_has_answered_the_present_pressure() -> None:
    # At rest nothing is left of it; a tenth more, at leverage .25: .1*(2*.25-.2) = .03.
    rest = {"pressure": pair(0.4, 0.1), "leverage": pair(0.25, 0.3), "start_pressure": pair(0.4, 0.1), "start_leverage": pair(0.25, 0.3)}
    near(decided(state_sees(**rest), compliance=2.0, backlash=0.2), 0.0, 0.0)
    near(decided(state_sees(**rest | {"pressure": pair(0.5, 0.1)}), compliance=2.0, backlash=0.2), 0.03, 0.03)


def test_who_holds_is_moved_by_what_has_changed_since_the_present_alone() -> None:
    # Access to the second power breaks at once, so that leverage differs from that of the present in the first quarter; later a strategy is taken up.
    settings = given.with_parameters(given.made_up(), compliance=8.0, backlash=0.3)
    settings = given.with_events(
        settings.replace(switched_strategies={"holding": given.HOLDING}), Event(kind="access", actor="west", target="all", start=0, value=0.01),
        Event(kind="pressure", actor="west", target="all", start=3, value=0.5), Event(kind="strategy", target="all", start=8, value="holding"))
    h, p = given.run(settings, "holding"), settings.parameters
    worlds = Worlds(settings, given.HOLDING, draws_of(settings, 0))
    rest, start, noise = worlds.present, worlds.start, worlds.draws.tilt
    worlds.release()

    def pull(pressed: np.ndarray, held: np.ndarray) -> np.ndarray:
        return (pressed * (8.0 * held - 0.3) * np.array([1.0, -1.0])[:, None, None]).sum(axis=-3)

    before = np.concatenate([np.broadcast_to(start.tilt, h["tilt"].shape[1:])[None], h["tilt"][:-1]])
    aim = start.tilt + (pull(h["pressure"], h["leverage"]) - pull(rest.pressure, rest.leverage))[:, None]
    assert np.abs(pull(h["pressure"], h["leverage"])[0] - pull(rest.pressure, rest.leverage)).max() > 1e-3
    expected = np.clip(before + 0.25 * (np.clip(aim, -1, 1) - before) + p.tilt_noise * noise, -1, 1)
    np.testing.assert_allclose(h["tilt"], expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("regime", "answer"), [(0.0, 1.0), (1.0, 2.0)])
def test_a_challenged_government_turns_to_the_power_that_presses_less_on_how_it_governs(regime: float, answer: float) -> None:
    # nu_r 1.5 * .4 * (.2 - .05)/.25 = .36 to the first, in both domains, whatever it leans with; twice that where survival counts double.
    seen = state_sees(challenge=world(0.4), pressing=pair(0.05, 0.2))
    near(linear(Parameters(regime_answer=1.5), speed=1.0, regime=regime).decide(seen).tilt, 0.36 * answer, 0.36 * answer)
    near(linear(Parameters(regime_answer=1.5), speed=1.0, regime=regime).decide(state_sees(pressing=pair(0.05, 0.2))).tilt, 0.0, 0.0)


def test_the_first_quarter_sets_what_is_usual() -> None:
    treated = Reciprocity()
    near(treated.surprise(pair(0.05, 0.01)), 0.0)
    # The first gives .02 more than usual, the second .01 less: 10*(.02+.01) = .3. Then usual has moved a quarter of the way:
    near(treated.surprise(pair(0.07, 0.00)), 0.3)
    # .05 + .25*.02 = .055 and .01 - .25*.01 = .0075; again .07 and 0: 10*(.015+.0075) = .225.
    near(treated.surprise(pair(0.07, 0.00)), 0.225)
    near(treated.surprise(pair(1.0, 0.0)), 1.0)


def test_reciprocity_moves_nobody_in_the_first_quarter_of_a_run() -> None:
    settings = given.with_parameters(given.made_up(), compliance=0.0, backlash=0.0)
    returns, ignores = (given.run(settings, given.strategy(lean_with={"reciprocity": x}), record=["tilt"])["tilt"][:, :, 0] for x in (2.0, 0.0))
    np.testing.assert_array_equal(returns[0], ignores[0])
    assert (returns[1] != ignores[1]).any()


def test_treatment_counts_what_was_accepted_over_output_less_a_tenth_of_pressure() -> None:
    # 2/100 - .1*.3 = -.01 and 1/100.
    near(state_sees(accepted=pair(2, 1), pressure=pair(0.3, 0)).treatment(), -0.01, 0.01)


def test_a_step_that_paid_is_continued_and_one_that_cost_is_reversed() -> None:
    climbing = HillClimbing()
    near(climbing.direction(pair(0.0, 0.0), world(100.0)), 0, 0)
    # Economy moved up, security down, and consumption rose: go on.
    near(climbing.direction(pair(0.1, -0.1), world(101.0)), 1, -1)
    # Same moves again, consumption falls back: trend .7*.3*ln 1.01 + .3*ln(100/101) < 0: turn round.
    near(climbing.direction(pair(0.2, -0.2), world(100.0)), -1, 1)
    # Nothing moved: no direction.
    near(climbing.direction(pair(0.2, -0.2), world(100.0)), 0, 0)


@pytest.mark.parametrize(("fall", "direction"), [(0.069, 1), (0.071, -1)])
def test_trend_of_consumption_remembers_seven_tenths(fall: float, direction: float) -> None:
    # Trend after a rise of ln C by .1: .3*.1 = .03; after a fall: .7*.03 - .3*fall, which turns at a fall of .07.
    climbing = HillClimbing()
    near(climbing.direction(pair(0.0, 0.0), world(1.0)), 0, 0)
    near(climbing.direction(pair(0.1, -0.1), world(np.exp(0.1))), 1, -1)
    near(climbing.direction(pair(0.2, -0.2), world(np.exp(0.1 - fall))), direction, -direction)


def test_learning_steps_on_from_where_the_state_stands() -> None:
    # Anchor 0 is no pull for a learner: the aim is tilt + lr*direction. First quarter .3; then .3 + .5*.1 = .35 (speed .5).
    rule = linear(learning=0.1, speed=0.5)
    near(rule.decide(state_sees(tilt=pair(0.3, 0.3), consumption=world(100.0))).tilt, 0.3, 0.3)
    near(rule.decide(state_sees(tilt=pair(0.4, 0.4), consumption=world(101.0))).tilt, 0.45, 0.45)
    # Exploration adds half a step times the noise: .45 + ... direction -1 (moved down while consumption rose): .2 - .05 + .5*.1*2 = .25.
    near(rule.decide(state_sees(tilt=pair(0.2, 0.2), consumption=world(103.0), exploration=np.full((2, 1), 2.0))).tilt, 0.25, 0.25)


def test_a_learner_beside_a_non_learner_in_another_world() -> None:
    # Learning 0 in the first world: pulled to its anchor 0; .1 in the second: stays where it is in the first quarter.
    rule = linear(learning=world(0.0, 0.1), speed=0.5)
    seen = state_sees(**{name: np.repeat(value, 2, axis=-1) for name, value in {"tilt": pair(0.4, 0.4), "consumption": world(100.0)}.items()})
    np.testing.assert_allclose(rule.decide(seen).tilt, [[0.2, 0.4], [0.2, 0.4]], rtol=1e-12)


def test_the_room_shrinks_around_its_threshold() -> None:
    # At rivalry = threshold half the room is gone: half of the lean (-1 * P_d, with P_d = .2 and -.3) and half of the side that sees it closer.
    strategy = given.strategy(rule="shrinking_room", options={"threshold": 0.6, "softness": 0.05}, breadth=0.7, speed=1.0, lean_with={"perception": -1.0})

    def decision(rivalry_now: float, first: float = 0.1, second: float = -0.1, **changes: Any) -> Any:
        seen = state_sees(rivalry=world(rivalry_now), alignment=pair(first, second), perceived=np.array([[[0.3], [-0.1]], [[-0.4], [0.2]]]), **changes)
        return ShrinkingRoom(strategy, Parameters(regime_answer=1.0), pair(0, 0), pair(0, 0)).decide(seen)

    near(decision(0.6).tilt, 0.5 * -0.2 + 0.5, 0.5 * 0.3 + 0.5)
    near(decision(0.6).breadth, 0.6, 0.6)
    near(decision(0.6, second=0.2).tilt, 0.5 * -0.2 - 0.5, 0.5 * 0.3 - 0.5)
    near(decision(0.6, second=0.1).tilt, -0.1, 0.15)  # seen alike by both
    # What every government adds is added after: (.1 - 0)*.25/.25 = .1.
    near(decision(0.6, challenge=world(0.25), pressing=pair(0.0, 0.1)).tilt, 0.5, 0.75)
    # Far above the threshold: wholly to the closer side, and as broad as one who has chosen. Far below: as the linear rule.
    np.testing.assert_allclose(decision(1.6).tilt, 1, atol=1e-8)
    np.testing.assert_allclose(decision(1.6).breadth, 0.5, atol=1e-8)
    np.testing.assert_allclose(decision(-0.4).tilt.ravel(), [-0.2, 0.3], atol=1e-8)
    np.testing.assert_allclose(decision(-0.4).breadth, 0.7, atol=1e-8)


def test_noise_in_tilt_is_added_inside_its_range() -> None:
    settings = given.with_parameters(given.made_up(n_worlds=50), tilt_noise=0.1, compliance=0.0, backlash=0.0)
    tilt = given.run(settings, given.strategy(anchor=0.95, speed=1.0), record=["tilt"])["tilt"][:, :, 0]
    np.testing.assert_allclose(tilt, np.minimum(0.95 + 0.1 * draws_of(settings, 0).tilt[:, :, 0], 1), rtol=1e-12)
    assert 0.2 < (tilt == 1).mean() < 0.4  # eps > .5


# ---- Contraction

#: These tip where everything is even, or switch the sign of a step (MODEL.md, step 13): without noise, between equal powers, they cannot be tried.
TIPPING = ("opportunist", "shrinking_room", "adaptive")


@pytest.mark.parametrize(("name", "preset"), given.one_of_each(names_in("strategies"), given.WORLDS))
def test_a_tiny_difference_at_the_start_does_not_grow(name: str, preset: str) -> None:
    if (preset, name) in {("theory_symmetric", tipping) for tipping in TIPPING}:
        return
    settings = given.preset(preset).replace(n_worlds=2, horizon=60, deterministic=True)
    tilt = {measure: value + np.array([0, 1e-9]) for measure, value in settings.world.states[settings.focal].tilt.items()}
    settings = given.with_states(settings, only=(settings.focal,), tilt=tilt)
    one, other = np.moveaxis(given.run(settings, name, record=["tilt"])["tilt"], -1, 0)
    assert 0 < np.abs(one - other).max() <= 1e-6


# ---- Events act where their variable is made


@pytest.fixture(scope="module")
def made_up() -> Settings:
    return given.made_up(deterministic=True)


def with_event(settings: Settings, **event: Any) -> tuple[History, History]:
    """Deterministic runs without and with an event."""
    return given.run(settings, "holding"), given.run(given.with_events(settings, Event(**event)), "holding")


def changed_quarters(without: np.ndarray, with_: np.ndarray) -> list[int]:
    return [t for t in range(len(without)) if (without[t] != with_[t]).any()]


def test_a_rivalry_event_sets_the_level_and_leaves_the_latent_trajectory_alone(made_up: Settings) -> None:
    without, with_ = with_event(made_up, kind="rivalry", start=3, end=5, value=0.9)
    assert changed_quarters(without["rivalry"], with_["rivalry"]) == [3, 4, 5]
    assert (with_["rivalry"][3:6] == 0.9).all()


def test_a_forced_level_of_rivalry_counts_for_the_next_crisis() -> None:
    # Hazard 1: in quarter 4 a crisis is certain where rivalry was forced to .999 and U < .998.
    settings = given.with_parameters(given.made_up(given.world(rivalry=-6.0), n_worlds=50, horizon=5), crisis_hazard=1.0, rivalry_volatility=0.0)
    settings = given.with_events(settings, Event(kind="rivalry", start=3, end=3, value=0.999))
    crisis = given.run(settings, "holding", record=["crisis"])["crisis"]
    assert crisis[:4].sum() <= 1
    assert crisis[4].mean() > 0.95


def test_a_crisis_event_strikes_in_its_quarter_and_lifts_rivalry_after(made_up: Settings) -> None:
    without, with_ = with_event(made_up, kind="crisis", start=4)
    assert changed_quarters(without["crisis"], with_["crisis"]) == [4]
    assert (with_["rivalry"][4:] > without["rivalry"][4:]).all()
    assert (with_["loss"][4] > without["loss"][4]).all()


def test_a_crisis_may_last(made_up: Settings) -> None:
    without, with_ = with_event(made_up, kind="crisis", start=4, end="2021Q3")
    assert changed_quarters(without["crisis"], with_["crisis"]) == [4, 5, 6]


def test_a_pandemic_event_costs_output_until_it_fades(made_up: Settings) -> None:
    _, with_ = with_event(made_up, kind="pandemic", start=2)
    near(with_["outbreak"][:, 0], *[1 if t == 2 else 0 for t in range(24)])
    near(with_["pandemic"][:5, 0], 0, 0, 0.08, 0.08 * 0.88, 0.08 * 0.88**2)
    assert not with_["vaccinated"][:3].any()
    assert (np.diff(with_["vaccinated"][2:6], axis=0) > 0).all()


def test_a_commitment_event_scales_one_powers_effort(made_up: Settings) -> None:
    without, with_ = with_event(made_up, kind="commitment", start=3, end=4, actor="west", value=0.4)
    near(with_["commitment"][:, 1, 0], *[0.4 if t in (3, 4) else 1.0 for t in range(24)])
    np.testing.assert_array_equal(with_["commitment"][:, 0], without["commitment"][:, 0])
    np.testing.assert_allclose(with_["budget"][3, 1], 0.4 * without["budget"][3, 1], rtol=1e-14)


def test_a_budget_event_scales_the_budget_and_leaves_reach_and_help_alone(made_up: Settings) -> None:
    without, with_ = with_event(made_up, kind="budget", start=3, end=4, actor="west", value=1.5)
    factor = with_["budget"] / without["budget"]
    np.testing.assert_allclose(factor[:, 0, 0], 1, rtol=1e-14)
    np.testing.assert_allclose(factor[:, 1, 0], [1.5 if t in (3, 4) else 1.0 for t in range(24)], rtol=1e-14)
    np.testing.assert_array_equal(with_["commitment"], without["commitment"])
    np.testing.assert_allclose(with_["intended"][3, 1], 1.5 * without["intended"][3, 1], rtol=1e-13)


def test_a_flow_event_scales_what_one_power_offers_one_state(made_up: Settings) -> None:
    # What is not offered any more is saved: the others get what they got.
    without, with_ = with_event(made_up, kind="flow", start=3, end=3, actor="east", target="S1", value=0.25)
    factor = with_["offered"][3, :, :, 0] / without["offered"][3, :, :, 0]
    np.testing.assert_allclose(factor, [[1, 0.25, 1], [1, 1, 1]], rtol=1e-13)
    np.testing.assert_array_equal(with_["intended"][3], without["intended"][3])


def test_commitment_events_multiply(made_up: Settings) -> None:
    events = [Event(kind="commitment", start=2, actor="west", value=0.5), Event(kind="commitment", start=3, actor="west", value=0.6)]
    h = given.run(given.with_events(made_up, *events), "holding")
    near(h["commitment"][:5, 1, 0], 1, 1, 0.5, 0.3, 0.3)


def test_a_pressure_event_is_a_floor_on_its_target(made_up: Settings) -> None:
    without, with_ = with_event(made_up, kind="pressure", start=3, end=6, actor="west", target="S1", value=0.7)
    assert (without["pressure"] < 0.7).all()
    assert (with_["pressure"][3:7, 1, 1] == 0.7).all()
    np.testing.assert_array_equal(with_["pressure"][3, 0], without["pressure"][3, 0])
    np.testing.assert_array_equal(with_["pressure"][3, 1, [0, 2]], without["pressure"][3, 1, [0, 2]])
    # Afterwards it ebbs from .7, it does not vanish.
    assert (with_["pressure"][7, 1, 1] > without["pressure"][7, 1, 1] + 0.2).all()


def test_a_floor_below_the_pressure_in_force_changes_nothing(made_up: Settings) -> None:
    without, with_ = with_event(made_up, kind="pressure", start=3, actor="west", value=0.02)
    assert without["pressure"][3:, 1, 0].min() > 0.02
    given.assert_same_bits(without, with_)


def test_the_highest_of_several_floors_counts(made_up: Settings) -> None:
    floors = [Event(kind="pressure", start=2, actor="west", value=value) for value in (0.8, 0.6)]
    h = given.run(given.with_events(made_up, *floors), "holding")
    assert (h["pressure"][2:, 1, 0] == 0.8).all()


@pytest.mark.parametrize(("how", "expected"), [("set", 0.1), ("floor", 0.1), ("factor", 0.1), ("add", 1.1)])
def test_pressure_may_be_set_held_up_scaled_or_added_to(made_up: Settings, how: str, expected: float) -> None:
    without, with_ = with_event(made_up, kind="pressure", start=3, end=3, actor="west", target="S1", value=0.1, how=how)
    before, after = without["pressure"][3, 1, 1, 0], with_["pressure"][3, 1, 1, 0]
    assert 0.1 < before < 0.9
    assert after == pytest.approx({"set": 0.1, "floor": before, "factor": 0.1 * before, "add": before + 0.1}[how], rel=1e-14)


def test_what_events_make_of_a_variable_stays_within_its_bounds(made_up: Settings) -> None:
    _, with_ = with_event(made_up, kind="pressure", start=3, actor="west", target="all", value=1.0, how="add")
    assert (with_["pressure"][3:, 1] == 1).all()
    _, with_ = with_event(made_up, kind="rivalry", start=3, value=1.0, how="add")
    assert (with_["rivalry"][3:] == 1).all()


def test_an_access_event_scales_where_access_settles(made_up: Settings) -> None:
    # In the event's first quarter access moves .06 of the way to .5 of its settled level instead of all of it.
    without, with_ = with_event(made_up, kind="access", start=2, actor="rest", value=0.5)
    before = without["access"][1, 2, 0]
    settled_level = before + (without["access"][2, 2, 0] - before) / 0.06
    np.testing.assert_allclose(with_["access"][2, 2, 0], before + 0.06 * (0.5 * settled_level - before), rtol=1e-12)
    np.testing.assert_array_equal(with_["access"][2, :2], without["access"][2, :2])
    np.testing.assert_array_equal(with_["access"][2, 2, 1:], without["access"][2, 2, 1:])


def test_a_tier_event_adds_tiers_once_that_stay_within_three(made_up: Settings) -> None:
    without, with_ = with_event(made_up, kind="tier", start=3, actor="west", target="all", value=1.0)
    near(with_["tier"][3, 1] - without["tier"][3, 1], *np.ones(12))
    assert (with_["tier"][3:, 1].max(axis=(1, 2)) <= 2).all()  # once: it is not added again
    for value, level in ((3.0, 3), (-3.0, 0)):
        _, far = with_event(made_up, kind="tier", start=3, actor="west", target="all", value=value)
        assert (far["tier"][3, 1] == level).all()


def test_a_visits_event_adds_visits_once(made_up: Settings) -> None:
    without, with_ = with_event(made_up, kind="visits", start=3, actor="west", target="S1", value=2.0)
    near(with_["visits"][3, 1] - without["visits"][3, 1], *[0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0])
    np.testing.assert_allclose(with_["visits"][4], without["visits"][4], atol=1e-5)
    won = 0.04 * 2 * (1 - without["trust"][2, 1, 1])
    np.testing.assert_allclose(with_["trust"][3, 1, 1] - without["trust"][3, 1, 1], won, rtol=1e-12)


def test_a_tier_climbs_as_far_as_trust_has_grown_since_the_start(made_up: Settings) -> None:
    # Trust rests at .4; one wave of visits adds .04*x*.6 = .1, which stays. A tier needs .05 and .08 more for each above the start: three quarters of one.
    settings = given.with_policies(given.with_parameters(made_up, trust_decay=0.0), given.PASSIVE, given.PASSIVE, resting=True)
    _, with_ = with_event(settings, kind="visits", start=2, actor="west", target="all", value=0.1 / 0.04 / 0.6)
    np.testing.assert_allclose(with_["trust"][2:, 1], 0.5, rtol=1e-12)
    near(with_["tier"][:8, 1, 1, 0], 1, 1, 1.25, 1.5, 1.75, 1.75, 1.75, 1.75)
    near(with_["tier"][:8, 1, 0, 0], 0, 0, 0.25, 0.5, 0.75, 0.75, 0.75, 0.75)


def test_the_growth_of_a_state_can_be_set(made_up: Settings) -> None:
    # Output grows by 10 % a year for two years, but for what trade, unrest and distress add; other states go their way.
    without, with_ = with_event(made_up, kind="growth", start=4, end=11, target="S1", value=0.10)
    near(with_["productivity"][:4] / without["productivity"][:4], *np.ones(48))
    capital_growth = (with_["capital"][3:11, 1] / with_["capital"][2:10, 1] - 1) / DT
    grown = (with_["productivity"][4:12, 1] / with_["productivity"][3:11, 1] - 1) / DT
    np.testing.assert_allclose(grown, 0.10 - 0.35 * capital_growth, rtol=1e-10)
    output = with_["output"][:, 1, 0]
    assert np.diff(np.log(output[3:12])) / DT == pytest.approx(np.full(8, 0.10), abs=0.01)
    np.testing.assert_allclose(with_["productivity"][:, [0, 2]], without["productivity"][:, [0, 2]], rtol=1e-13)


@pytest.mark.parametrize(("how", "rate"), [("set", 0.01), ("factor", 0.0005), ("add", 0.06), ("floor", 0.05)])
def test_the_growth_of_a_power_can_be_changed(made_up: Settings, how: str, rate: float) -> None:
    without, with_ = with_event(made_up, kind="growth", start=4, end=7, target="east", value=0.01, how=how)
    grown = (with_["power_output"][1:, 0, 0] / with_["power_output"][:-1, 0, 0] - 1) / DT
    np.testing.assert_allclose(grown, [rate if t in range(4, 8) else 0.05 for t in range(1, 24)], rtol=1e-10)
    np.testing.assert_array_equal(with_["power_output"][:, 1], without["power_output"][:, 1])
    np.testing.assert_array_equal(with_["productivity"], without["productivity"])


def test_a_challenge_fades_where_nothing_raises_it(made_up: Settings) -> None:
    _, with_ = with_event(made_up, kind="challenge", start=2, end=4, target="S0", value=0.8)
    near(with_["challenge"][:8, 0, 0], 0, 0, 0.8, 0.8, 0.8, 0.72, 0.648, 0.5832)
    assert not with_["challenge"][:, 1:].any()


def test_a_challenge_undermines_and_turns_a_government(made_up: Settings) -> None:
    # The second power presses on how S0 governs with .6*.25 = .15, the first not at all: aim + 1*.8*.15/.25 = .48.
    without, with_ = with_event(made_up, kind="challenge", start=2, target="S0", value=0.8)
    np.testing.assert_allclose(with_["legitimacy"][2, 0] - without["legitimacy"][2, 0], -DT * 0.05 * 0.8, rtol=1e-10)
    np.testing.assert_allclose(with_["tilt"][2, :, 0] - without["tilt"][2, :, 0], 0.25 * 0.48, rtol=1e-10)


def test_a_policy_event_switches_the_policy_and_leaves_the_present_where_it_was(made_up: Settings) -> None:
    settings = made_up.replace(switched_policies={"hard": given.policy(name="hard", punish=0.9, tolerance=0.3, commitment=0.8, security_weight=0.9)})
    without, with_ = with_event(settings, kind="policy", start=5, actor="west", value="hard")
    assert changed_quarters(without["pressure"][:, 0], with_["pressure"][:, 0])[0] > 5
    assert changed_quarters(without["pressure"][:, 1], with_["pressure"][:, 1])[0] == 5
    near(with_["commitment"][:, 1, 0], *[1.0] * 5, *[0.8] * 19)
    p = with_["perceived"][5, :, 1]
    np.testing.assert_allclose(with_["alignment"][5, 1], 0.1 * p[0] + 0.9 * p[1], rtol=1e-12)
    # From the start on it is the run with that policy on the present of the other.
    now = given.with_events(settings, Event(kind="policy", start=0, actor="west", value="hard"))
    from_now = given.with_policies(settings, given.GIVING, settings.switched_policies["hard"], resting=False)
    given.assert_same_bits(given.run(now, "holding"), given.run(from_now, "holding"))


def test_a_strategy_event_switches_the_strategy_with_what_comes_with_it(made_up: Settings) -> None:
    armed = given.strategy(name="armed", anchor=-0.5, defence=0.01, association_effort=0.9, ambiguity=1.0, diversification=0.5, speed=1.0)
    settings = made_up.replace(switched_strategies={"armed": armed})
    without, with_ = with_event(settings, kind="strategy", start=5, target="S1", value="armed")
    assert changed_quarters(without["tilt"], with_["tilt"])[0] == 5
    assert changed_quarters(without["cost"], with_["cost"])[0] == 5
    np.testing.assert_allclose((with_["cost"] - without["cost"])[5, 1], 0.01 + 0.002 * 0.6 + 0.004 * 0.5, rtol=1e-10)
    np.testing.assert_allclose(with_["other_flow"][5, 1] / without["other_flow"][5, 1], 1 + 0.15 * 0.5, rtol=1e-3)  # less pressure, too
    # From the start on it is the run in which that peer plays it.
    now = given.run(given.with_events(settings, Event(kind="strategy", start=0, target="S1", value="armed")), "holding")
    given.assert_same_bits(now, given.run(settings.replace(peers={**settings.peers, "S1": armed}), "holding"))


def test_a_strategy_taken_up_again_remembers_nothing(made_up: Settings) -> None:
    # Reciprocity: the first quarter of a strategy sets what is usual.
    returns = given.strategy(name="returns", anchor="start", breadth="start", lean_with={"reciprocity": 5.0})
    settings = given.with_parameters(made_up.replace(switched_strategies={"returns": returns}), compliance=0.0, backlash=0.0)
    raised = Event(kind="flow", start=6, actor="east", value=3.0)
    h = given.run(given.with_events(settings, raised, Event(kind="strategy", start=6, value="returns")), returns)
    np.testing.assert_allclose(h["tilt"][6, :, 0], 0.225, atol=0.01)  # where it started, although the flow has trebled
    kept = given.run(given.with_events(settings, raised), returns)
    assert (kept["tilt"][6, :, 0] > 0.25).all()


def test_a_series_holds_each_value_until_the_next(made_up: Settings) -> None:
    # The value of 2018, before the start, holds until 2021Q3's year begins; 2022 and 2023 have none of their own; the last stays.
    series = Series(kind="rivalry", values={2018: 0.2, 2021: 0.6, 2024: 0.9})
    h = given.run(given.with_events(made_up, series=[series]), "holding")
    near(h["rivalry"][:, 0], *[0.2] * 4, *[0.6] * 12, *[0.9] * 8)


def test_a_series_that_begins_later_leaves_what_was_before(made_up: Settings) -> None:
    without = given.run(made_up, "holding")
    series = Series(kind="pressure", actor="west", target="S1", how="set", values={2023: 0.0, 2022: 0.5})  # in any order
    h = given.run(given.with_events(made_up, series=[series]), "holding")
    np.testing.assert_array_equal(h["pressure"][:8], without["pressure"][:8])
    near(h["pressure"][8:, 1, 1, 0], *[0.5] * 4, *[0.0] * 12)


# ---- Facts about whole runs that follow from single terms


#: A parameter that is changed, to what value, and which variable of the focal state it moves in which direction.
DIRECTIONS = [
    ("visit_rate", 2.0, "visits", 1), ("visit_base", 0.6, "visits", 1), ("visit_trust_gain", 0.1, "trust", 1), ("pressure_trust_loss", 0.3, "trust", -1),
    ("trust_elasticity", 1.0, "flow", -1), ("contest_bonus", 4.0, "flow", 1), ("budget_rivalry", 1.0, "flow", 1), ("unconditional_flow", 1.0, "flow", 1),
    ("image_spillover", 0.4, "other_flow", -1), ("diversification_pull", 0.3, "other_flow", 1), ("association_buffer", 0.9, "pressure", -1),
    ("tier_access", 0.33, "access", -1), ("fragmentation", 0.8, "access", -1), ("pressure_access_cut", 0.6, "access", -1), ("access_speed", 0.15, "access", -1),
    ("trade_diversion", 0.4, "access", 1), ("size_elasticity", 0.0, "trade", -1),
    ("substitution", 8.0, "leverage", -1), ("sudden_stop", 1.0, "leverage", 1), ("debt_call", 0.3, "leverage", 1),
    ("backlash", 0.6, "tilt", 1), ("compliance", 10.0, "tilt", -1), ("regime_answer", 2.0, "tilt", 1),
    ("local_threat", 0.02, "loss", 1), ("defence_protection", 0.0, "loss", 1), ("treaty_reliability", 0.95, "loss", -1), ("appeasement", 0.8, "loss", -1),
    ("crisis_loss", 0.3, "loss", 1), ("entrapment_weight", 1.0, "loss", -1),
    ("depreciation", 0.08, "consumption", -1), ("repatriation", 0.6, "consumption", -1), ("debt_service", 0.08, "consumption", -1),
    ("duplication_cost", 0.02, "consumption", -1), ("effort_cost", 0.005, "consumption", -1), ("diversification_cost", 0.02, "consumption", -1),
    ("loss_in_accounts", 1.0, "consumption", -1), ("loss_in_accounts", 1.0, "capital", -1), ("instability_cost", 0.06, "output", -1),
    ("loan", 2.0, "debt", 1), ("loan", 2.0, "distress", 1), ("distress_threshold", 0.4, "distress", 1),
    ("pressure_legitimacy", 0.15, "legitimacy", -1), ("allegiance_legitimacy", 0.2, "legitimacy", 1), ("challenge_legitimacy", 0.15, "legitimacy", -1),
    ("legitimacy_reversion", 0.6, "legitimacy", 1), ("unrest_hazard", 0.015, "unrest", 1), ("unrest_legitimacy", 20.0, "unrest", 1),
]


@pytest.fixture(scope="module")
def with_each_changed() -> History:
    """Deterministic worlds: in each one parameter of DIRECTIONS is changed, in the last one none.

    Rivalry rises, the second power presses hard, the government is challenged, and at last there is a crisis. The state retreats, arms and diversifies;
    it has a treaty with the second power and claims of both against it, and its debt falls.
    """
    settings = given.made_up(n_worlds=len(DIRECTIONS) + 1, deterministic=True, focal="S2")
    values: dict[str, np.ndarray] = {}
    for w, (parameter, value, _, _) in enumerate(DIRECTIONS):
        values.setdefault(parameter, np.full(settings.n_worlds, getattr(settings.parameters, parameter)))[w] = value
    settings = given.with_events(
        given.with_parameters(settings, **values), Event(kind="rivalry", start=2, value=0.9), Event(kind="crisis", start=23),
        Event(kind="pressure", actor="west", start=4, value=0.5), Event(kind="challenge", start=6, value=0.5))
    retreats = given.strategy(anchor=-0.3, breadth=0.4, defence=0.01, diversification=0.3, association_effort=0.6, ambiguity=0.3)
    return given.run(settings, retreats)


@pytest.mark.parametrize("w", range(len(DIRECTIONS)), ids=[f"{parameter}-{variable}" for parameter, _, variable, _ in DIRECTIONS])
def test_a_parameter_works_in_its_direction_for_the_focal_state(w: int, with_each_changed: History) -> None:
    _, _, variable, sign = DIRECTIONS[w]
    final = with_each_changed[variable][-1]
    difference = (final[..., 2, w] - final[..., 2, -1]).sum()  # over powers, domains or partners, where there are any
    assert sign * difference > 1e-6
