"""Published answers as tests of method: what others solved on paper, our methods must find."""

import numpy as np
import pytest

from experiments.methods.evolution import Variant, evolve
from experiments.methods.games import mixed_equilibria, pure_equilibria
from experiments.methods.replicator import replicator

BANDWAGON, BALANCE = 0, 1


def balancing(resource: float, cost: float, own: float) -> np.ndarray:
    """Payoffs of bandwagoning and balancing against each other.

    Who bandwagons against a balancer gets the resource less the cost of aligning, the balancer its own resource; equals share. Güner (2017), Journal of
    Game Theory 6: 21-37; that equals share half is our reading of his figures.
    """
    return np.array([[resource / 2 - cost, resource - cost], [own, own / 2]])


def share_of_bandwagoners(resource: float, cost: float, own: float) -> float:
    """Where both earn the same: p (V/2 − a) + (1 − p)(V − a) = p v + (1 − p) v/2; outside 0 and 1 one side takes all."""
    return float(np.clip((2 * resource - 2 * cost - own) / (resource + own), 0, 1))


#: All three outcomes: all bandwagon, all balance, a stable mixture.
CASES = [(4.0, 0.2, 0.5), (1.0, 0.9, 2.0), (2.0, 0.5, 1.0), (3.0, 1.0, 1.5), (2.0, 0.5, 1.4)]


@pytest.mark.parametrize("case", CASES)
def test_the_replicator_ends_where_bandwagoning_and_balancing_earn_the_same(case: tuple[float, float, float]):
    for start in (0.1, 0.5, 0.9):
        path = replicator(balancing(*case), np.array([start, 1 - start]), np.linspace(0, 400, 5))
        assert path[-1, BANDWAGON] == pytest.approx(share_of_bandwagoners(*case), abs=1e-4)


@pytest.mark.parametrize("case", CASES)
def test_the_mixed_equilibrium_is_the_same_point(case: tuple[float, float, float]):
    own = balancing(*case)
    profiles = mixed_equilibria(np.stack([own, own.T])).pairs
    symmetric = [mix for mix, other in profiles if np.allclose(mix, other)]
    assert any(mix[BANDWAGON] == pytest.approx(share_of_bandwagoners(*case)) for mix in symmetric)


@pytest.mark.parametrize("case", CASES)
def test_members_that_copy_what_paid_end_near_it(case: tuple[float, float, float]):
    n, populations, payoffs = 60, 40, balancing(*case)

    def earn(generation: int, plays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        others = ((plays["main"] == BANDWAGON).sum(axis=0) - (plays["main"] == BANDWAGON)) / (n - 1)  # everybody meets everybody else
        return {"main": payoffs[plays["main"], BANDWAGON] * others + payoffs[plays["main"], BALANCE] * (1 - others)}

    variant = Variant("fermi", 1.0, 0.002, populations, np.full((n, 2), 0.5))
    trajectories, _ = evolve({"main": variant}, 400, earn, lambda purpose, i: np.random.default_rng([len(purpose), i]), scale=0.2)
    ends = trajectories["main"].shares[200:, BANDWAGON].mean()
    assert ends == pytest.approx(share_of_bandwagoners(*case), abs=0.04)


def test_bandwagoning_grows_with_the_resource_and_falls_with_its_cost_and_with_what_a_state_has_itself():
    base = share_of_bandwagoners(2.0, 0.5, 1.0)
    assert share_of_bandwagoners(2.4, 0.5, 1.0) > base > share_of_bandwagoners(2.0, 0.7, 1.0)
    assert base > share_of_bandwagoners(2.0, 0.5, 1.3)


#: Offers for a concession, in hundredths.
OFFERS = np.arange(0, 101)


def auction(cost: int, values: tuple[int, ...]) -> np.ndarray:
    """What donors get who offer aid for a concession: it goes to the highest offer that covers its cost, of equal ones to the first donor's.

    After Bueno de Mesquita and Smith (2016), International Studies Quarterly 60: 413-426.
    """
    offers = np.stack(np.meshgrid(*[OFFERS] * len(values), indexing="ij"))
    winner = offers.argmax(axis=0)
    gets = np.stack([np.where((winner == i) & (offers[i] >= cost), value - offers[i], 0) for i, value in enumerate(values)])
    return gets.astype(float)


def prices(cost: int, values: tuple[int, ...]) -> set[int]:
    """Aid in the pure equilibria in which no donor offers more than the concession is worth to it, and the recipient concedes."""
    found = np.argwhere(pure_equilibria(auction(cost, values)))
    sensible = [offers for offers in found if all(OFFERS[offer] <= value for offer, value in zip(offers, values, strict=True))]
    return {int(OFFERS[offers].max()) for offers in sensible if OFFERS[offers].max() >= cost}


@pytest.mark.parametrize(("cost", "values"), [(20, (60,)), (35, (36,))])
def test_a_single_donor_pays_no_more_than_the_concession_costs(cost: int, values: tuple[int, ...]):
    assert prices(cost, values) == {cost}


@pytest.mark.parametrize(("cost", "values", "price"), [(20, (60, 40), 40), (20, (60, 55), 55), (30, (60, 20), 30), (10, (50, 50), 50)])
def test_with_a_second_donor_the_price_is_what_the_concession_is_worth_to_it(cost: int, values: tuple[int, int], price: int):
    found = prices(cost, values)
    assert max(found) == price or max(found) == price + 1
    assert min(found) >= cost
    assert max(found) > cost or values[1] <= cost
    assert max(prices(cost, values)) >= max(prices(cost, values[:1]))  # a rival never lowers it
