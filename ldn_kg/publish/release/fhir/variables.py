"""What a synthesis compares, as variables: people, treatment, comparator and outcome.

https://hl7.org/fhir/R5/evidencevariable.html
"""

from collections.abc import Iterable

from ldn_kg.graph.synthesis.facts import Facts, term
from ldn_kg.publish.release.fhir.terms import IRIS, Json, concept, described, identity

_ROLES = {
    "population": ("population", "population"),
    "exposure": ("exposure", "exposure"),
    "comparator": ("referenceExposure", "reference exposure"),
    "outcome": ("measuredVariable", "measured variable"),
}


def variables(facts: Facts, synthesis: str) -> dict[str, Json]:
    """Map each part of the question of a synthesis to its variable, without the common elements."""
    claim = facts.one(synthesis, "synthesisOf")
    return {
        "population": _population(facts, synthesis, claim),
        "exposure": _exposure(facts, claim),
        "comparator": _one(facts, "comparator", facts.one(synthesis, "comparator")),
        "outcome": _one(facts, "outcome", measured(facts, synthesis)),
    }


def measured(facts: Facts, synthesis: str) -> str:
    """Return the outcome domain of a synthesis, or the unwanted event."""
    return facts.one(synthesis, "outcome") or facts.one(synthesis, "symptom")


def role(part: str) -> Json:
    """Return the role of a variable: what FHIR calls a part of the question."""
    return concept("role", *_ROLES[part])


def scales(facts: Facts, results: Iterable[str]) -> list[str]:
    """Return what results were measured with, sorted by name."""
    instruments = {i for result in results for i in facts.many(result, "instrument")}
    return sorted(instruments, key=facts.label)


def _population(facts: Facts, synthesis: str, claim: str) -> Json:
    conditions = facts.many(synthesis, "condition")
    special = facts.one(claim, "population")
    labels = " or ".join(map(facts.label, conditions))
    title = f"People with {labels}" if conditions else "People who were compared, whatever they had"
    defined = [_coded(facts, name) for name in conditions]
    if len(defined) > 1:
        combined = {"code": "any-of", "characteristic": defined}
        defined = [{"description": labels, "definitionByCombination": combined}]
    if special:
        title += f": {facts.label(special)}"
        defined.append(_coded(facts, special))
    return {
        "id": identity("population", *(conditions or ["any"]), *filter(None, [special])),
        "title": title,
        **({"characteristic": defined} if defined else {}),
    }


def _exposure(facts: Facts, claim: str) -> Json:
    drug, dose = facts.one(claim, "rdf:subject"), facts.one(claim, "doseCategory")
    title = f"{facts.label(drug)}, {facts.label(dose)}" if dose else facts.label(drug)
    return {
        "id": identity("exposure", drug, *filter(None, [dose])),
        "title": title,
        "characteristic": [_coded(facts, name) for name in filter(None, [drug, dose])],
    }


def _one(facts: Facts, part: str, name: str) -> Json:
    return {
        "id": identity(part, name),
        "identifier": [{"system": IRIS, "value": term(name).value}],
        "title": facts.label(name),
        "characteristic": [_coded(facts, name)],
    }


def _coded(facts: Facts, name: str) -> Json:
    meaning = facts.one(name, "skos:definition")
    return {
        "description": meaning or facts.label(name),
        "definitionCodeableConcept": described(facts, name),
    }
