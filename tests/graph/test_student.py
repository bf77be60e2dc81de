"""Student's t and the normal distribution against SciPy."""

from itertools import product
from math import inf, isclose
from typing import Any

import pytest
from hypothesis import strategies as st
from scipy import stats
from support.chance import for_all

from ldn_kg.graph.synthesis.student import cumulative, quantile, two_sided

DEGREES = [1, 2, 3, 4, 5, 7, 10, 13, 30, 50, 97, 200, 500, inf]
PROBABILITIES = [
    *(1e-100, 1e-30, 1e-6, 0.001, 0.025, 0.05, 0.3, 0.499, 0.5),
    *(0.7, 0.882, 0.95, 0.975, 0.995, 0.9995),
]


def _judge(df: float) -> Any:
    return stats.norm if df == inf else stats.t(df)


@pytest.mark.parametrize(("df", "probability"), list(product(DEGREES, PROBABILITIES)))
def test_a_quantile_is_that_of_scipy(df: float, probability: float) -> None:
    expected = _judge(df).ppf(probability)
    assert isclose(quantile(probability, df), expected, rel_tol=1e-10, abs_tol=1e-12)


@pytest.mark.parametrize("df", DEGREES)
@pytest.mark.parametrize("t", [-40.0, -3.0, -0.1, 0.0, 0.001, 0.7, 1.0, 1.96, 5.0, 40.0])
def test_a_probability_is_that_of_scipy(df: float, t: float) -> None:
    judge = _judge(df)
    assert isclose(cumulative(t, df), judge.cdf(t), rel_tol=1e-10)
    assert isclose(two_sided(t, df), 2 * judge.sf(abs(t)), rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("df", DEGREES)
def test_beyond_a_statistic_that_is_very_great_nothing_is_left(df: float) -> None:
    """Its square is more than a number can be."""
    assert (cumulative(-1e200, df), cumulative(1e200, df), two_sided(1e200, df)) == (0, 1, 0)


@for_all(st.floats(0.0005, 0.9995), st.sampled_from(DEGREES))
def test_a_quantile_has_its_probability(probability: float, df: float) -> None:
    assert isclose(cumulative(quantile(probability, df), df), probability, abs_tol=1e-9)


@for_all(st.floats(0.0005, 0.9995), st.sampled_from(DEGREES))
def test_the_distributions_are_symmetric(probability: float, df: float) -> None:
    mirrored = -quantile(1 - probability, df)
    assert isclose(quantile(probability, df), mirrored, rel_tol=1e-6, abs_tol=1e-9)
