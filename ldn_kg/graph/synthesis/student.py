"""Student's t and the normal distribution: what a pool needs of them, and no more."""

from functools import cache
from math import exp, inf, lgamma, log, log1p, pi
from statistics import NormalDist

_TERMS = 120  # of the continued fraction; 40 give full precision up to 500 degrees of freedom
_STEPS = 50  # more than any quantile takes: most take five
_NORMAL = NormalDist()


@cache
def quantile(probability: float, df: float = inf) -> float:
    """Return the quantile of Student's t; of the normal distribution where df is infinite.

    `probability` lies between 0 and 1, both excluded; below 0.5 it may be as small as 1e-100.
    Found by Newton's steps on the logarithms of the tail and of t, of which the one is nearly a
    line in the other.
    """
    if df == inf:
        return _NORMAL.inv_cdf(probability)
    if probability >= 0.5:
        return -quantile(1 - probability, df) if probability > 0.5 else 0.0
    t = -_NORMAL.inv_cdf(probability)
    for _ in range(_STEPS):
        tail = cumulative(-t, df)
        step = log(tail / probability) * tail / (t * _density(t, df))
        t *= exp(step)
        if abs(step) < 1e-14:
            break
    return -t


def cumulative(t: float, df: float = inf) -> float:
    """Return the probability of a value up to t."""
    if df == inf:
        return _NORMAL.cdf(t)
    square = t * t
    tail = _incomplete_beta(df / (df + square), square / (df + square), df / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


def two_sided(statistic: float, df: float = inf) -> float:
    """Return the two-sided p value of a statistic."""
    return 2 * (1 - cumulative(abs(statistic), df))


def _density(t: float, df: float) -> float:
    scale = lgamma((df + 1) / 2) - lgamma(df / 2) - log(df * pi) / 2
    return exp(scale - (df + 1) / 2 * log1p(t * t / df))


def _incomplete_beta(x: float, y: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function (NIST Digital Library, 8.17.22).

    `y` is 1 - x, which is given because the difference has lost its digits where x is near 1.
    """
    if x == 0 or y == 0:
        return x
    if x > (a + 1) / (a + b + 2):  # there the fraction converges slowly
        return 1 - _incomplete_beta(y, x, b, a)
    value = 1.0
    for term in range(_TERMS, 0, -1):  # from the tail
        m, odd = divmod(term, 2)
        if odd:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        value = 1 + part / value
    front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y)
    return exp(front) / (a * value)
