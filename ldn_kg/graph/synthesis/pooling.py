"""Meta-analysis by inverse variance: from what trials print to effects, and from these to a pool.

Pure functions on numbers; they know nothing of drugs or RDF. Ratios are taken as logarithms
throughout. Formulas: Cochrane Handbook 6.5, chapters 6 and 10; the between-trial variance by Paule
and Mandel 1982 (J Res Natl Bur Stand 87:377); the interval by Hartung and Knapp 2001 (Stat Med),
never narrower than that of a normal distribution (Jackson and others 2017, Stat Med).
"""

from collections.abc import Sequence
from math import comb, inf, log, sqrt
from typing import NamedTuple

from ldn_kg.graph.synthesis.student import quantile

_LEAST_P = 1e-30  # far below what any trial has, and far above what would overflow a weight
_DIGITS = 12  # decimals of a limit


class Effect(NamedTuple):
    """An estimated effect and its standard error, of a ratio their logarithms."""

    value: float
    error: float

    def interval(self, level: float = 95.0) -> tuple[float, float]:
        """Return the confidence interval at a level in percent.

        Rounded far beyond what anybody prints: a limit that was printed as 0 is 0 again.
        """
        reach = quantile(0.5 + level / 200) * self.error
        return round(self.value - reach, _DIGITS), round(self.value + reach, _DIGITS)


class Pool(NamedTuple):
    """What several effects amount to together.

    `low` and `high` are the 95 % limits, `i_squared` is in percent, `tau_squared` None for a common
    effect. `shares` are the weights of the effects, which add up to 1.
    """

    value: float
    error: float
    low: float
    high: float
    i_squared: float
    tau_squared: float | None
    q: float
    shares: tuple[float, ...]


def from_interval(value: float, low: float, high: float, level: float) -> Effect:
    """Return the effect of an estimate with its interval at a level in percent.

    Raises ValueError where the interval has no width.
    """
    if not low < high:
        raise ValueError(f"the interval from {low} to {high} has no width")
    return Effect(value, (high - low) / (2 * quantile(0.5 + level / 200)))


def from_p(value: float, p: float, df: float = inf) -> Effect | None:
    """Return the effect of an estimate with an exact two-sided p value, or None where it has none.

    A p of 1 or an estimate of 0 says nothing of the standard error, nor does a p so small that no
    trial has it.
    """
    if value == 0 or not _LEAST_P <= p < 1:
        return None
    return Effect(value, abs(value) / -quantile(p / 2, df))


def from_means(mean: float, error: float, other_mean: float, other_error: float) -> Effect:
    """Return the difference of two means of different people, each with its standard error."""
    return Effect(mean - other_mean, sqrt(error**2 + other_error**2))


def from_counts(events: int, people: int, other_events: int, other_people: int) -> Effect | None:
    """Return the logarithm of a risk ratio, or None where nobody or everybody had the event.

    Half a person is added to each cell only where one of the four is empty.
    """
    cells = (events, people - events, other_events, other_people - other_events)
    if events + other_events == 0 or cells[1] + cells[3] == 0:
        return None
    extra = 0.5 if 0 in cells else 0.0
    a, b, c, d = (cell + extra for cell in cells)
    error = sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    return Effect(log(a / (a + b)) - log(c / (c + d)), error)


def pool(effects: Sequence[Effect]) -> Pool:
    """Pool two or more effects: two by a common effect, more by random effects.

    Two trials cannot tell how much trials differ, so their pool says nothing of other trials.
    Raises ValueError for fewer than two.
    """
    if len(effects) < 2:
        raise ValueError("a pool needs at least two effects")
    common = _weighted(effects, 0.0)
    q = sum(((e.value - common.value) / e.error) ** 2 for e in effects)
    df = len(effects) - 1
    i_squared = max(0.0, (q - df) / q * 100) if q else 0.0
    if df == 1:
        low, high = common.interval()
        return Pool(*_pair(common), low, high, i_squared, None, q, _shares(effects, 0.0))
    tau_squared = paule_mandel(effects)
    mean = _weighted(effects, tau_squared)
    error = mean.error * max(1.0, sqrt(_spread(effects, tau_squared) / df))
    reach = quantile(0.975, df) * error
    low, high = mean.value - reach, mean.value + reach
    shares = _shares(effects, tau_squared)
    return Pool(mean.value, error, low, high, i_squared, tau_squared, q, shares)


def paule_mandel(effects: Sequence[Effect]) -> float:
    """Return the variance between trials at which their spread is what chance would leave."""
    expected = len(effects) - 1
    if _spread(effects, 0.0) <= expected:
        return 0.0
    low, high = 0.0, 1.0
    while _spread(effects, high) > expected:
        low, high = high, high * 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _spread(effects, middle) > expected else (low, middle)
    return (low + high) / 2


def sign_test(favourable: int, total: int) -> float:
    """Return the exact two-sided p of so many signs one way, were both ways as likely.

    Raises ValueError where there is no sign.
    """
    if not 0 <= favourable <= total or total == 0:
        raise ValueError(f"{favourable} of {total} signs cannot be tested")
    tail = sum(comb(total, k) for k in range(max(favourable, total - favourable), total + 1))
    return min(1.0, 2.0 * tail / float(2**total))


def _weights(effects: Sequence[Effect], between: float) -> list[float]:
    return [1 / (effect.error**2 + between) for effect in effects]


def _weighted(effects: Sequence[Effect], between: float) -> Effect:
    weights = _weights(effects, between)
    total = sum(weights)
    return Effect(
        sum(w * e.value for w, e in zip(weights, effects, strict=True)) / total, 1 / sqrt(total)
    )


def _spread(effects: Sequence[Effect], between: float) -> float:
    """Return Q, the weighted squares of the distances from the mean."""
    weights = _weights(effects, between)
    mean = _weighted(effects, between).value
    return sum(w * (e.value - mean) ** 2 for w, e in zip(weights, effects, strict=True))


def _shares(effects: Sequence[Effect], between: float) -> tuple[float, ...]:
    weights = _weights(effects, between)
    return tuple(weight / sum(weights) for weight in weights)


def _pair(effect: Effect) -> tuple[float, float]:
    return effect.value, effect.error
