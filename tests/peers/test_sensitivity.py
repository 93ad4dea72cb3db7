"""Test functions of sensitivity analysis with known indices."""

import numpy as np
import pytest

from experiments.methods.sensitivity import morris, morris_points, saltelli_points, sobol_indices
from sim.axes import Array

N = 4096


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def g(points: Array, a: Array) -> Array:
    """The product of (|4 x − 2| + a) / (1 + a), Saltelli & Sobol (1995)."""
    return np.prod((np.abs(4 * points - 2) + a) / (1 + a), axis=1)


def test_the_g_function_of_sobol() -> None:
    # Each factor has the variance 1 / (3 (1 + a)²) and the mean 1, so those of products follow (Saltelli et al. 2008, Global Sensitivity Analysis: The
    # Primer). First indices with these a: .7165, .1791, .0237, .0072, and .0001 four times; total ones .7871, .2422, .0343, .0105, .0001.
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
    result = sobol_indices(g(saltelli_points(N, 8, rng()), a), N, 8, rng(), 20)
    np.testing.assert_allclose(result.first.value, [0.7165, 0.1791, 0.0237, 0.0072, *[0.0001] * 4], atol=0.01)
    np.testing.assert_allclose(result.total.value, [0.7871, 0.2422, 0.0343, 0.0105, *[0.0001] * 4], atol=0.004)


def test_ishigami() -> None:
    # With a = 7, b = .1: first .3139, .4424, 0; total .5576, .4424, .2437 (Saltelli et al. 2008, as listed by most programs).
    x = np.pi * (2 * saltelli_points(N, 3, rng()) - 1)
    result = sobol_indices(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]), N, 3, rng(), 20)
    np.testing.assert_allclose(result.first.value, [0.3139, 0.4424, 0], atol=0.01)
    np.testing.assert_allclose(result.total.value, [0.5576, 0.4424, 0.2437], atol=0.004)


def test_the_twenty_inputs_of_morris() -> None:
    # Morris (1991), section 4: of 20 inputs in [−1, 1] the first ten matter, the eighth to tenth by slopes of 20 alone, the others have small slopes.
    draw = rng()
    points = morris_points(40, 20, draw)
    w = 2 * (points - 0.5)
    bent = [2, 4, 6]
    w[:, bent] = 2 * (1.1 * points[:, bent] / (points[:, bent] + 0.1) - 0.5)
    slopes, pairs = np.where(np.arange(20) < 10, 20.0, draw.normal(size=20)), np.triu(draw.normal(size=(20, 20)), 1)
    pairs[:6, :6] = np.triu(np.full((6, 6), -15.0), 1)
    y = w @ slopes + np.einsum("ni,ij,nj->n", w, pairs, w)
    for i in range(5):
        for j in range(i + 1, 5):
            for k in range(j + 1, 5):
                y = y - 10 * w[:, i] * w[:, j] * w[:, k]
    y = y + 5 * w[:, :4].prod(axis=1)
    result = morris(points, y, rng(), 20)
    assert set(np.argsort(-result.mu_star.value)[:10]) == set(range(10))
    # Slopes of 20 over a range of 2 are effects of 40, and pairs with a bent input add its mean, .4013 over the levels 0, 1/3, 2/3, 1. The standard error
    # is 1.2 at most. The first six bend or depend on others much more.
    with_bent = (pairs + pairs.T)[7:10][:, bent].sum(axis=1)
    assert result.mu_star.value[7:10] == pytest.approx(2 * (20 + 0.4013 * with_bent), abs=3.5)
    assert result.sigma.value[:6].min() > 2 * result.sigma.value[7:].max()
    assert result.mu_star.value[10:].max() < 10
