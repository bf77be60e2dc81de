"""What one result shows: its effect with a standard error, and the side to which it leans.

An effect is the treatment minus the comparator on the instrument's own scale; of a ratio it is the
logarithm. Nothing is assumed without saying so: `Estimate.error_from` says how each standard error
arose.
"""

from math import exp, inf, log
from typing import NamedTuple

from ldn_kg.graph.synthesis.facts import Candidate, Side
from ldn_kg.graph.synthesis.pooling import (
    Effect,
    from_counts,
    from_interval,
    from_means,
    from_p,
)

RATIOS = {"risk-ratio", "odds-ratio", "hazard-ratio", "incidence-rate-ratio"}
DIFFERENCES = {
    "mean-difference",
    "median-difference",
    "standardised-mean-difference",
    "risk-difference",
    "relative-reduction-percent",
}
_MEDIANS = {"median-difference"}
_MEAN_KINDS = {"mean-value", "mean-change-value", "mean-reduction"}
_PERCENT = "percent-of-people"


class Estimate(NamedTuple):
    """The effect of one result.

    `measure` is the effect measure. `key` names what it can be pooled with: the measure, and for a
    difference the scale and its unit. `error_from` says from what the standard error came.
    """

    effect: Effect
    measure: str
    key: tuple[str, ...]
    error_from: str

    @property
    def ratio(self) -> bool:
        """True where the effect is the logarithm of a ratio."""
        return self.measure in RATIOS

    def natural(self, value: float) -> float:
        """Return a value in natural units: of a ratio the ratio itself."""
        return exp(value) if self.ratio else value


def estimate(result: Candidate, greatest_p: float) -> Estimate | None:
    """Return the effect of a result, or None where what was read does not give one.

    In this order: the printed estimate with its interval, the printed estimate with its standard
    error, counts, standard deviations or intervals of the sides, an exact p value up to
    `greatest_p`: above it an estimate is so near no effect that its rounding decides the error.
    """
    for way in (_by_interval, _by_error, _by_counts, _by_sides):
        found = way(result)
        if found:
            return found
    return _by_p(result, greatest_p)


def lean(result: Candidate) -> int:
    """Return 1 where the figures of a result lean to the treatment, -1 to the comparator, else 0.

    Significance is ignored (SWiM, BMJ 2020;368:l6890). 0 says that the side is not known.
    """
    difference = _difference(result)
    if difference and result.better:
        higher = 1 if difference > 0 else -1
        return higher if result.better == "higher-is-better" else -higher
    return {"favours-treatment": 1, "favours-comparator": -1}.get(result.favours, 0)


def _difference(result: Candidate) -> float:
    """Return a difference with the right sign, whatever its size means; 0 where none is known."""
    if result.estimate is not None and result.measure in RATIOS:
        return log(result.estimate) if result.estimate > 0 else 0.0
    if result.estimate is not None and result.measure in DIFFERENCES:
        return result.estimate
    treated, control = result.treatment, result.control
    if (
        treated.events is not None
        and control.events is not None
        and treated.people
        and control.people
    ):
        return treated.events / treated.people - control.events / control.people
    if treated.value is not None and control.value is not None:
        turned = -1 if result.value_kind == "mean-reduction" else 1
        return turned * (treated.value - control.value)
    return 0.0


def _key(result: Candidate, measure: str) -> tuple[str, ...]:
    """Return what an effect can be pooled with; a scale that is not named is like no other."""
    if measure in RATIOS or measure == "risk-difference":
        return (measure,)
    return (measure, result.instrument or result.result, result.unit)


def _printed(result: Candidate, effect: Effect, source: str) -> Estimate:
    return Estimate(effect, result.measure, _key(result, result.measure), source)


def _value(result: Candidate) -> float | None:
    """Return the printed estimate on the scale on which it is pooled; medians are not pooled."""
    if result.estimate is None or result.measure in _MEDIANS:
        return None
    if result.measure in RATIOS:
        return log(result.estimate) if result.estimate > 0 else None
    return result.estimate if result.measure in DIFFERENCES else None


def _by_interval(result: Candidate) -> Estimate | None:
    value, low, high = _value(result), result.low, result.high
    if value is None or low is None or high is None or low >= high:
        return None
    if result.measure in RATIOS:
        if low <= 0:
            return None
        low, high = log(low), log(high)
    source = "error-from-interval" if result.level else "error-from-assumed-level"
    return _printed(result, from_interval(value, low, high, result.level or 95.0), source)


def _by_error(result: Candidate) -> Estimate | None:
    value = _value(result)
    if value is None or not result.error or result.measure in RATIOS:
        return None
    return _printed(result, Effect(value, result.error), "error-printed")


def _by_counts(result: Candidate) -> Estimate | None:
    """Return the risk ratio of a two-by-two table; of a crossover it would count people twice."""
    treated, control = result.treatment, result.control
    counts = (treated.events, treated.people, control.events, control.people)
    if result.paired or any(count is None for count in counts):
        return None
    a, n, c, m = (count or 0 for count in counts)
    if not 0 <= a <= n or not 0 <= c <= m or not n or not m:
        return None
    effect = from_counts(a, n, c, m)
    if effect is None:
        return None
    return Estimate(effect, "risk-ratio", ("risk-ratio",), "error-from-counts")


def _by_sides(result: Candidate) -> Estimate | None:
    """Return the difference of two means of different people, by the spread of each side."""
    treated, control = result.treatment, result.control
    if result.paired or result.value_kind not in _MEAN_KINDS:
        return None
    if treated.value is None or control.value is None:
        return None
    for source, error in (
        ("error-from-deviations", _deviation_error),
        ("error-from-group-intervals", lambda side: _interval_error(side, result.level)),
    ):
        one, other = error(treated), error(control)
        if one and other:
            difference = from_means(treated.value, one, control.value, other)
            return _of_means(result, difference, source)
    return None


def _deviation_error(side: Side) -> float | None:
    if side.error:
        return side.error
    return side.deviation / side.people**0.5 if side.deviation and side.people else None


def _interval_error(side: Side, level: float | None) -> float | None:
    if side.value is None or side.low is None or side.high is None or side.low >= side.high:
        return None
    return from_interval(side.value, side.low, side.high, level or 95.0).error


def _by_p(result: Candidate, greatest_p: float) -> Estimate | None:
    if result.p is None or result.p_operator != "=" or result.p > greatest_p:
        return None
    value, measure = _printed_or_difference(result)
    if value is None:
        return None
    by_normal = measure in RATIOS or measure == "risk-difference"
    effect = from_p(value, result.p, inf if by_normal else _degrees(result))
    return (
        None if effect is None else Estimate(effect, measure, _key(result, measure), "error-from-p")
    )


def _printed_or_difference(result: Candidate) -> tuple[float | None, str]:
    """Return the printed estimate, or where there is none the difference of the sides."""
    if result.estimate is not None:
        return _value(result), result.measure
    treated, control = result.treatment.value, result.control.value
    if treated is None or control is None:
        return None, ""
    if result.value_kind == _PERCENT:
        return (None if result.paired else treated - control), "risk-difference"
    if result.value_kind not in _MEAN_KINDS:
        return None, ""
    turned = -1 if result.value_kind == "mean-reduction" else 1
    return turned * (treated - control), "mean-difference"


def _of_means(result: Candidate, effect: Effect, source: str) -> Estimate:
    """Return a difference of means on the scale itself, where a reduction is negative."""
    if result.value_kind == "mean-reduction":
        effect = Effect(-effect.value, effect.error)
    return Estimate(effect, "mean-difference", _key(result, "mean-difference"), source)


def _degrees(result: Candidate) -> float:
    """Return the degrees of freedom of a t test of so many people; infinite where unknown."""
    if not result.people:
        return inf
    return max(1, result.people - (1 if result.paired else 2))
