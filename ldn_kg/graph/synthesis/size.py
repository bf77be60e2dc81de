"""What a synthesis finds, and how large that is against what people notice."""

from collections.abc import Iterator
from math import exp, log

from ldn_kg.graph.synthesis.facts import Facts
from ldn_kg.graph.synthesis.pooling import sign_test
from ldn_kg.graph.synthesis.synthesis import Synthesis

TREATMENT, COMPARATOR = "finds-treatment-better", "finds-comparator-better"
LITTLE, UNCLEAR = "finds-little-or-no-difference", "finds-unclear"


def important_differences(facts: Facts, synthesis: Synthesis) -> list[tuple[str, float]]:
    """Return the smallest important differences of the scale, each with the record of its source.

    Those for the condition of the question, or else those for any or another; in the unit of the
    effect. Of a ratio and of a difference of risks it is the threshold itself, without a record.
    """
    scale = synthesis.scale
    if scale is None:
        return []
    if scale.ratio:
        return [("", -log(facts.thresholds["least-important-ratio"]))]
    if scale.measure == "risk-difference":
        return [("", facts.thresholds["important-risk-difference"])]
    if scale.measure == "standardised-mean-difference":
        return []
    candidate = synthesis.pooled[0].candidate
    percent = candidate.unit == "unit:PERCENT"
    known = [
        (record, facts.one(record, "condition"), facts.number(record, "schema:value") or 0.0)
        for record in facts.many(candidate.instrument, "importantDifference")
        if (facts.one(record, "qudt:hasUnit") == "unit:PERCENT") == percent
    ]
    own = [
        (record, value) for record, condition, value in known if condition == candidate.condition
    ]
    return own or [(record, value) for record, _, value in known]


def smallest_differences(facts: Facts, synthesis: Synthesis) -> list[float]:
    """Return the smallest important differences without their sources."""
    return [value for _, value in important_differences(facts, synthesis)]


def finding(facts: Facts, synthesis: Synthesis) -> str:
    """Return what the interval shows; where sources of the important difference disagree, unclear.

    Little or no difference comes first: an effect that is certain and too small to notice is none.
    Without an interval the signs decide, by an exact test (SWiM, BMJ 2020;368:l6890).
    """
    if synthesis.effect is None:
        return _by_signs(facts, synthesis)
    verdicts = set(_findings(facts, synthesis))
    return verdicts.pop() if len(verdicts) == 1 else UNCLEAR


def _findings(facts: Facts, synthesis: Synthesis) -> Iterator[str]:
    value, low, high = synthesis.effect or (0.0, 0.0, 0.0)
    for limit in smallest_differences(facts, synthesis) or [0.0]:
        if limit and -limit <= low and high <= limit and _rare(facts, synthesis):
            yield LITTLE
        elif low <= 0 <= high or not synthesis.better:
            yield UNCLEAR
        else:
            yield (
                TREATMENT if (value > 0) == (synthesis.better == "higher-is-better") else COMPARATOR
            )


def _by_signs(facts: Facts, synthesis: Synthesis) -> str:
    better, worse = synthesis.leaning(1), synthesis.leaning(-1)
    level = facts.thresholds["sign-test-level"]
    if not better + worse or sign_test(better, better + worse) >= level:
        return UNCLEAR
    return TREATMENT if better > worse else COMPARATOR


def _rare(facts: Facts, synthesis: Synthesis) -> bool:
    """Say whether a ratio near 1 is also a small difference of risks, where risks are known."""
    risks = per_thousand(synthesis)
    if risks is None:
        return True
    without, _, low, high = risks
    limit = facts.thresholds["important-risk-difference"] * 10
    return abs(low - without) <= limit and abs(high - without) <= limit


def size(facts: Facts, synthesis: Synthesis) -> str:
    """Return how the effect compares with the smallest important difference."""
    if synthesis.effect is None:
        return "size-not-known"
    limits = smallest_differences(facts, synthesis)
    verdicts = {abs(synthesis.effect[0]) >= limit for limit in limits}
    if not verdicts:
        return "size-not-known"
    if len(verdicts) == 2:
        return "size-depends"
    return "important-size" if verdicts.pop() else "unimportant-size"


def per_thousand(synthesis: Synthesis) -> tuple[int, int, int, int] | None:
    """Return people with the event among 1,000: without, with, and the 95 % limits of with.

    The risk without is that of all comparator groups together. None where it is not known.
    """
    effect, scale = synthesis.effect, synthesis.scale
    if effect is None or scale is None or scale.measure not in ("risk-ratio", "risk-difference"):
        return None
    risk = _risk_without(synthesis)
    if risk is None:
        return None
    if scale.ratio:
        shares = [risk * exp(value) for value in effect]
    else:
        shares = [risk + value / 100 for value in effect]
    found = [round(1000 * min(1.0, max(0.0, share))) for share in shares]
    return round(1000 * risk), found[0], found[1], found[2]


def _risk_without(synthesis: Synthesis) -> float | None:
    sides = [entry.candidate.control for entry in synthesis.pooled]
    if all(side.events is not None and side.people for side in sides):
        return sum(side.events or 0 for side in sides) / sum(side.people or 0 for side in sides)
    if len(sides) == 1 and sides[0].value is not None:
        return sides[0].value / 100
    return None
