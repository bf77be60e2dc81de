"""How a record or concept of ours is named in FHIR, and the codes that FHIR R5 has for it.

Codes and their displays are those of FHIR 5.0.0 (https://hl7.org/fhir/R5/terminologies.html) and of
HL7 Terminology. A match with another vocabulary gives a coding where HL7 names a system for it. Of
ours, system and code together are the IRI. Where FHIR has no code, ours stands alone.
"""

import hashlib
import re
from typing import Any

from ldn_kg.graph.synthesis.facts import Facts, term

Json = dict[str, Any]

IRIS = "urn:ietf:rfc:3986"  # the system of identifiers that are IRIs
UCUM = "http://unitsofmeasure.org"
_CORE = "http://hl7.org/fhir/"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_SYSTEMS = {
    "artifact": f"{_CORE}citation-artifact-classifier",
    "attribute": f"{_TERMINOLOGY}attribute-estimate-type",
    "classification": f"{_CORE}cited-artifact-classification-type",
    "contributors": f"{_CORE}contributor-summary-type",
    "context": f"{_TERMINOLOGY}usage-context-type",
    "design": f"{_CORE}study-design",
    "model": f"{_CORE}statistic-model-code",
    "published-in": f"{_CORE}published-in-type",
    "role": f"{_TERMINOLOGY}variable-role",
    "state": f"{_CORE}cited-artifact-status-type",
    "statistic": f"{_TERMINOLOGY}statistic-type",
    "synthesis": f"{_TERMINOLOGY}synthesis-type",
}
# How the IRIs of a vocabulary begin, the system that HL7 names for it, and how its codes begin.
_MATCHED = (
    ("http://purl.obolibrary.org/obo/MONDO_", "http://purl.obolibrary.org/obo/mondo.owl", "MONDO:"),
    ("http://purl.obolibrary.org/obo/HP_", "http://human-phenotype-ontology.org", "HP:"),
    ("http://id.nlm.nih.gov/mesh/", "https://www.nlm.nih.gov/mesh", ""),
    (
        "http://purl.bioontology.org/ontology/RXNORM/",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        "",
    ),
    ("https://precision.fda.gov/uniisearch/srs/unii/", "http://fdasis.nlm.nih.gov", ""),
    ("https://www.whocc.no/atc_ddd_index/?code=", "http://www.whocc.no/atc", ""),
)
_LONGEST_ID = 64


def identity(*names: str) -> str:
    """Return an id from names: at most 64 letters, digits, hyphens and dots, as FHIR has them."""
    whole = "-".join(name.rpartition(":")[2] for name in names)
    plain = re.sub(r"[^A-Za-z0-9.-]", "-", whole)
    if len(plain) <= _LONGEST_ID and plain == whole:
        return plain
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{plain[: _LONGEST_ID - len(digest) - 1]}-{digest}"


def concept(kind: str, code: str, display: str, words: str = "") -> Json:
    """Return a concept with a code of FHIR, such as ("statistic", "0000457", "Mean Difference").

    `words` are ours for it, if they differ from those of FHIR.
    """
    return {"coding": [_coding(_SYSTEMS[kind], code, display)], "text": words or display}


def described(facts: Facts, name: str) -> Json:
    """Return a concept for a record or concept of ours, with the codes of its exact matches."""
    codings = [
        _coding(system, start + iri.removeprefix(space), facts.label(match))
        for space, system, start in _MATCHED
        for match in facts.many(name, "skos:exactMatch")
        if (iri := term(match).value).startswith(space)
    ]
    return {"coding": [*codings, _own(facts, name)], "text": facts.label(name)}


def judged(facts: Facts, name: str) -> Json:
    """Return a domain, rating or level of certainty: FHIR's code where it matches one, or ours.

    Not both: a validator that does not know ours takes neither for a code of the list.
    """
    codings = [
        _of_certainty(kind, code, facts.label(match))
        for relation in ("skos:exactMatch", "skos:closeMatch")
        for match in facts.many(name, relation)
        if match.startswith(_TERMINOLOGY)
        for kind, _, code in [match.removeprefix(_TERMINOLOGY).partition("#")]
    ]
    return {"coding": codings or [_own(facts, name)], "text": facts.label(name)}


def overall() -> Json:
    """Return the type of a rating of the certainty as a whole."""
    coding = _of_certainty("certainty-type", "Overall", "Overall certainty")
    return {"coding": [coding], "text": "certainty"}


def steps_down(steps: int) -> Json:
    """Return by how many steps a domain lowers the certainty."""
    code = f"downcode{steps}" if steps else "no-change"
    display = f"reduce rating: -{steps}" if steps else "no change to rating"
    return {"coding": [_of_certainty("certainty-rating", code, display)], "text": display}


def _of_certainty(kind: str, code: str, display: str) -> Json:
    # R5 binds its own systems. Those of HL7 Terminology have the same codes only since 2026, and
    # validators that have an earlier edition refuse them.
    return _coding(f"{_CORE}{kind}", code, display)


def _own(facts: Facts, name: str) -> Json:
    space, slash, code = term(name).value.rpartition("/")
    return _coding(space + slash, code, facts.label(name))


def _coding(system: str, code: str, display: str) -> Json:
    return {"system": system, "code": code, "display": display}
