"""Student's t and the normal distribution: what a pool needs of them, and no more."""

from functools import cache
from math import exp, inf, lgamma, log, log1p
from statistics import NormalDist

_TERMS = 120  # of the continued fraction; 40 give full precision up to 500 degrees of freedom
_HALVINGS = 60
_NORMAL = NormalDist()


@cache
def quantile(probability: float, df: float = inf) -> float:
    """Return the quantile of Student's t; of the normal distribution where df is infinite.

    `probability` lies between 0 and 1, both excluded. Found by halving: slow, without surprises.
    """
    if df == inf:
        return _NORMAL.inv_cdf(probability)
    if probability < 0.5:
        return -quantile(1 - probability, df)
    low, high = 0.0, 1.0
    while cumulative(high, df) < probability:
        low, high = high, high * 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if cumulative(middle, df) < probability else (low, middle)
    return (low + high) / 2


def cumulative(t: float, df: float = inf) -> float:
    """Return the probability of a value up to t."""
    if df == inf:
        return _NORMAL.cdf(t)
    tail = _incomplete_beta(df / (df + t * t), df / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


def two_sided(statistic: float, df: float = inf) -> float:
    """Return the two-sided p value of a statistic."""
    return 2 * (1 - cumulative(abs(statistic), df))


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function (NIST Digital Library, 8.17.22)."""
    if x in (0.0, 1.0):
        return x
    if x > (a + 1) / (a + b + 2):  # there the fraction converges slowly
        return 1 - _incomplete_beta(1 - x, b, a)
    value = 1.0
    for term in range(_TERMS, 0, -1):  # from the tail
        m, odd = divmod(term, 2)
        if odd:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        value = 1 + part / value
    front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
    return exp(front) / (a * value)
