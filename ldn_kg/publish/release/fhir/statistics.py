"""The numbers of a synthesis as statistics: its effect, risks in 1,000, and how the studies lean.

Where no size is known there is no effect, only what is known: how many studies and people, and to
which side the studies lean.
"""

from collections.abc import Iterator

from ldn_kg.graph.synthesis.candidates import SHARES
from ldn_kg.graph.synthesis.facts import Facts
from ldn_kg.publish.release.fhir.terms import UCUM, Json, concept
from ldn_kg.publish.release.fhir.variables import scales

_MEASURES = {
    "hazard-ratio": ("C93150", "Hazard Ratio"),
    "incidence-rate-ratio": ("rate-ratio", "Incidence Rate Ratio"),
    "mean-difference": ("0000457", "Mean Difference"),
    "median-difference": ("absolute-MedianDiff", "Absolute Median Difference"),
    "odds-ratio": ("C16932", "Odds Ratio"),
    "risk-difference": ("0000424", "Risk Difference"),
    "risk-ratio": ("C93152", "Relative Risk"),
    "standardised-mean-difference": ("0000100", "Standardized Mean Difference"),
}
_MODELS = {
    "common-effect-model": (
        ("effectsFixed", "Fixed-effects"),
        ("inverseVariance", "Inverse variance method"),
    ),
    "random-effects-model": (
        ("effectsRandom", "Random-effects"),
        ("inverseVariance", "Inverse variance method"),
        ("tauPauleMandel", "Paule-Mandel method"),
        ("modifiedHartungKnapp", "Modified Hartung-Knapp adjustment"),
    ),
}
# Only units that an effect may have, as UCUM writes them; any other stays text.
_UCUM = {
    "unit:DAY": "d",
    "unit:HR": "h",
    "unit:KiloPA": "kPa",
    "unit:MIN": "min",
    "unit:MO": "mo",
    "unit:PERCENT": "%",
    "unit:WK": "wk",
}
_SIDES = {
    "leansToTreatment": "Studies with better figures with the treatment, significant or not.",
    "leansToComparator": "Studies with better figures with the comparator, significant or not.",
    "leanNotKnown": "Studies with better figures on neither side, as far as was read.",
}
_PER_THOUSAND = {"unit": "people in 1,000", "system": UCUM, "code": "[ppth]"}


def statistics(facts: Facts, synthesis: str, pooled: list[str], without: str) -> Iterator[Json]:
    """Yield the statistics of a synthesis, the effect first.

    `pooled` are the results behind the effect. `without` is the same synthesis without what was
    read in secondary reports only, "" where there is none.
    """
    if facts.one(synthesis, "estimate"):
        yield _effect(facts, synthesis, pooled)
    if facts.one(synthesis, "perThousandWith"):
        yield from _in_thousand(facts, synthesis)
    yield _body(facts, synthesis)
    yield from _leaning(facts, synthesis)
    if without:
        yield from _first_hand(facts, without)


def _effect(facts: Facts, synthesis: str, pooled: list[str]) -> Json:
    measure = facts.one(synthesis, "effectMeasure")
    code = _MEASURES.get(measure)
    unit = _unit(facts, measure, pooled)
    return {
        "description": _in_words(facts, synthesis, measure, pooled),
        "statisticType": concept("statistic", *code, facts.label(measure))
        if code
        else {"text": facts.label(measure)},
        "quantity": {"value": _number(facts, synthesis, "estimate"), **unit},
        "sampleSize": _sample(facts, synthesis, "pooledTrials", "pooledParticipants"),
        "attributeEstimate": [
            _interval(facts, synthesis, "ciLow", "ciHigh", unit),
            *_heterogeneity(facts, synthesis),
        ],
        **_model(facts, synthesis),
    }


def _first_hand(facts: Facts, without: str) -> Iterator[Json]:
    """Yield what is left without second-hand readings: a ratio, too, which needs no scale.

    A difference is left out, since another scale may then be the one with the most studies.
    """
    left = [_body(facts, without)]
    if facts.one(without, "effectMeasure").endswith("-ratio"):
        left.insert(0, _effect(facts, without, []))
    for told in left:
        yield {**told, "description": f"Without second-hand readings. {told['description']}"}


def _in_words(facts: Facts, synthesis: str, measure: str, pooled: list[str]) -> str:
    sign = "over" if measure.endswith("-ratio") else "minus"
    words = f"{facts.label(measure).capitalize()}, treatment {sign} comparator"
    of_people = sign == "over" or measure == "risk-difference"
    used = "" if of_people else "; ".join(_directed(facts, synthesis, pooled))
    model = facts.one(synthesis, "poolingModel")
    studies = facts.count(synthesis, "pooledTrials")
    origin = f"From {studies} studies, {facts.label(model)}." if model else "From one study."
    return f"{words}{', on ' if used else ''}{used}. {origin}"


def _directed(facts: Facts, synthesis: str, results: list[str]) -> Iterator[str]:
    """Yield the scales of results with their better end, which says nothing of shares of people."""
    shares = facts.one(synthesis, "outcome") in SHARES or any(
        facts.one(result, "valueKind") == "percent-of-people" for result in results
    )
    for scale in scales(facts, results):
        better = "" if shares else facts.one(scale, "better")
        yield facts.label(scale) + (f" ({facts.label(better)})" if better else "")


def _unit(facts: Facts, measure: str, pooled: list[str]) -> Json:
    """Return the unit of a difference; a ratio has none."""
    if measure.endswith("-ratio"):
        return {}
    if measure == "standardised-mean-difference":
        return {"unit": "standard deviations"}
    name = min(facts.one(result, "qudt:hasUnit") for result in pooled)
    if measure == "risk-difference":
        return {"unit": "people in 100", "system": UCUM, "code": "%"}
    if name == "unit:PERCENT":
        return {"unit": "percent of baseline", "system": UCUM, "code": "%"}
    if name in _UCUM:
        return {"unit": facts.one(name, "qudt:symbol"), "system": UCUM, "code": _UCUM[name]}
    text = facts.label(name) if name else min(facts.one(r, "schema:unitText") for r in pooled)
    return {"unit": text} if text else {}


def _number(facts: Facts, synthesis: str, name: str) -> float | None:
    """Return a number as it is written: a whole one without a point."""
    value = facts.number(synthesis, name)
    return int(value) if value is not None and value.is_integer() else value


def _interval(facts: Facts, synthesis: str, low: str, high: str, unit: Json) -> Json:
    level = facts.number(synthesis, "ciLevel")
    return {
        "type": concept("attribute", "C53324", "Confidence interval"),
        **({"level": level / 100} if level else {}),
        "range": {
            "low": {"value": _number(facts, synthesis, low), **unit},
            "high": {"value": _number(facts, synthesis, high), **unit},
        },
    }


def _heterogeneity(facts: Facts, synthesis: str) -> Iterator[Json]:
    measures = {
        "iSquared": (("0000420", "I-squared"), {"unit": "%", "system": UCUM, "code": "%"}),
        "tauSquared": (("0000421", "Tau squared"), {}),
    }
    for name, (code, unit) in measures.items():
        value = _number(facts, synthesis, name)
        if value is not None:
            yield {"type": concept("attribute", *code), "quantity": {"value": value, **unit}}


def _model(facts: Facts, synthesis: str) -> Json:
    model = facts.one(synthesis, "poolingModel")
    codes = [{"code": concept("model", *code)} for code in _MODELS.get(model, ())]
    return {"modelCharacteristic": codes} if codes else {}


def _in_thousand(facts: Facts, synthesis: str) -> Iterator[Json]:
    yield {
        "description": "People with the outcome among 1,000 with the comparator.",
        "statisticType": concept("statistic", "C44256", "Proportion"),
        "quantity": {"value": facts.count(synthesis, "perThousandWithout"), **_PER_THOUSAND},
    }
    yield {
        "description": "People with the outcome among 1,000 with the treatment, worked out from"
        " those with the comparator and the effect.",
        "statisticType": concept("statistic", "predictedRisk", "Predicted Risk"),
        "quantity": {"value": facts.count(synthesis, "perThousandWith"), **_PER_THOUSAND},
        "attributeEstimate": [
            _interval(facts, synthesis, "perThousandWithLow", "perThousandWithHigh", _PER_THOUSAND)
        ],
    }


def _body(facts: Facts, synthesis: str) -> Json:
    """Return how many studies and people there are in all, and what they find."""
    events = facts.count(synthesis, "events")
    return {
        "description": f"All that enter: {facts.label(facts.one(synthesis, 'finding'))}.",
        "statisticType": concept("statistic", "descriptive", "Descriptive"),
        **({"numberAffected": events} if events is not None else {}),
        "sampleSize": _sample(facts, synthesis, "trials", "participants"),
    }


def _leaning(facts: Facts, synthesis: str) -> Iterator[Json]:
    for name, words in _SIDES.items():
        yield {
            "description": words,
            "statisticType": concept("statistic", "C25463", "Count"),
            "quantity": {"value": facts.count(synthesis, name), "unit": "studies"},
        }


def _sample(facts: Facts, synthesis: str, studies: str, people: str) -> Json:
    known = facts.count(synthesis, people)
    return {
        "description": "People who were compared, each once, as far as the studies say.",
        "numberOfStudies": facts.count(synthesis, studies),
        **({"numberOfParticipants": known} if known is not None else {}),
    }
