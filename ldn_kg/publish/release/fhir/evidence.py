"""A synthesis as an Evidence, and its certainty as an ArtifactAssessment.

https://hl7.org/fhir/R5/evidence.html, https://hl7.org/fhir/R5/artifactassessment.html
"""

from collections.abc import Iterable, Iterator

from ldn_kg.graph.synthesis.facts import Facts, term
from ldn_kg.publish.release.fhir.statistics import statistics
from ldn_kg.publish.release.fhir.terms import (
    IRIS,
    Json,
    concept,
    described,
    identity,
    judged,
    overall,
    steps_down,
)
from ldn_kg.publish.release.fhir.variables import role, scales
from ldn_kg.read.summary import NOT_ADVICE

RATER = "computed by the rules of LDN-KG"
_ORDER = (
    "risk-of-bias",
    "inconsistency",
    "indirectness",
    "imprecision",
    "publication-bias",
    "second-hand-reading",
)
_RANDOMISED = ("SEVCO:01003", "randomized assignment")
_COMPARATIVE = ("SEVCO:01010", "Comparative study design")
_DESIGNS = {
    "cohort-study": (_COMPARATIVE,),
    "controlled-trial-of-unstated-allocation": (
        ("SEVCO:01001", "Interventional research"),
        _COMPARATIVE,
    ),
    "non-randomised-controlled-trial": (
        ("SEVCO:01005", "Non-randomized assignment"),
        _COMPARATIVE,
    ),
    "randomised-crossover-trial": (_RANDOMISED, ("SEVCO:01012", "Crossover cohort design")),
    "randomised-parallel-trial": (_RANDOMISED, ("SEVCO:01011", "Parallel cohort design")),
}


def evidence(
    facts: Facts, synthesis: str, parts: list[str], variables: dict[str, Json], without: str
) -> Json:
    """Return the Evidence of a synthesis, without the elements that all resources have.

    `parts` are its contributions, `variables` what `variables.variables` gives for it, and
    `without` names the same synthesis without second-hand readings, or is "".
    """
    claim = facts.one(synthesis, "synthesisOf")
    results = sorted(facts.one(part, "ofResult") for part in parts)
    pooled = sorted(facts.one(part, "ofResult") for part in parts if facts.one(part, "weight"))
    return {
        "id": identity(synthesis),
        "url": term(synthesis).value,
        "identifier": [{"system": IRIS, "value": term(synthesis).value}],
        "title": facts.label(synthesis),
        **_focus(facts, synthesis),
        "relatedArtifact": [*_sources(facts, parts), _claim(facts, claim)],
        "description": _findings(facts, synthesis),
        "assertion": facts.one(synthesis, "answer"),
        "note": [{"text": NOT_ADVICE}],
        "variableDefinition": list(_definitions(facts, results, variables)),
        **_synthesis_type(facts, synthesis),
        "studyDesign": list(_designs(facts, parts)),
        "statistic": list(statistics(facts, synthesis, pooled, without)),
        "certainty": [_certainty(facts, synthesis)],
    }


def assessment(facts: Facts, synthesis: str) -> Json:
    """Return the assessment of the certainty of a synthesis, without the common elements."""
    title = facts.label(synthesis)
    return {
        "id": identity(synthesis, "certainty"),
        "title": f"Certainty of the evidence: {title}",
        "artifactReference": {
            "reference": f"Evidence/{identity(synthesis)}",
            "type": "Evidence",
            "display": title,
        },
        "content": [
            {
                "informationType": "rating",
                "summary": _as_a_whole(facts, synthesis),
                "type": overall(),
                "classifier": [judged(facts, facts.one(synthesis, "certainty"))],
                "freeToShare": True,
                "component": [_component(facts, rating) for rating in ratings(facts, synthesis)],
            }
        ],
    }


def ratings(facts: Facts, synthesis: str) -> list[str]:
    """Return the ratings of the domains of a synthesis, in the order of GRADE, ours last."""

    def place(rating: str) -> tuple[int, str]:
        domain = facts.one(rating, "dcterms:type")
        return (_ORDER.index(domain) if domain in _ORDER else len(_ORDER), domain)

    return sorted(facts.many(synthesis, "certaintyRating"), key=place)


def papers(facts: Facts, parts: Iterable[str]) -> list[str]:
    """Return the publications of the studies that contribute, each once."""
    studies = {facts.one(part, "study") for part in parts}
    return sorted({paper for study in studies for paper in facts.many(study, "publication")})


def _focus(facts: Facts, synthesis: str) -> Json:
    focus = {
        "system": "http://terminology.hl7.org/CodeSystem/usage-context-type",
        "code": "focus",
        "display": "Clinical Focus",
    }
    conditions = facts.many(synthesis, "condition")
    contexts = [{"code": focus, "valueCodeableConcept": described(facts, c)} for c in conditions]
    return {"useContext": contexts} if contexts else {}


def _sources(facts: Facts, parts: list[str]) -> Iterator[Json]:
    for paper in papers(facts, parts):
        reference = {"reference": f"Citation/{identity(paper)}", "type": "Citation"}
        yield {"type": "derived-from", "resourceReference": reference}


def _claim(facts: Facts, claim: str) -> Json:
    label, address = facts.label(claim), term(claim).value
    document = {"url": address, "title": label}
    return {"type": "documentation", "display": f"The claim: {label}", "document": document}


def _findings(facts: Facts, synthesis: str) -> str:
    finding, size, status = (
        facts.label(facts.one(synthesis, name)) for name in ("finding", "size", "status")
    )
    decides = "an outcome" if facts.true(synthesis, "decides") else "not an outcome"
    return (
        f"{facts.label(synthesis)}. Finding: {finding}. Size of the estimate: {size}. Answer: "
        f"{status}. It is {decides} that decides the claim."
    )


def _definitions(facts: Facts, results: list[str], variables: dict[str, Json]) -> Iterator[Json]:
    for part, variable in variables.items():
        used = map(facts.label, scales(facts, results)) if part == "outcome" else ()
        measured = "; ".join(used)
        yield {
            "description": variable["title"],
            **({"note": [{"text": f"Measured with {measured}."}]} if measured else {}),
            "variableRole": role(part),
            "observed": {
                "reference": f"EvidenceVariable/{variable['id']}",
                "type": "EvidenceVariable",
                "display": variable["title"],
            },
        }


def _synthesis_type(facts: Facts, synthesis: str) -> Json:
    """Return how studies were put together; of one study nothing."""
    if facts.one(synthesis, "poolingModel"):
        kind = concept("synthesis", "std-MA", "summary data meta-analysis")
    elif (facts.count(synthesis, "trials") or 0) > 1:
        display = "classifcation of results"  # FHIR's spelling
        kind = concept("synthesis", "classification", display, "classification of results")
    else:
        return {}
    return {"synthesisType": kind}


def _designs(facts: Facts, parts: list[str]) -> Iterator[Json]:
    """Yield the designs with the codes that FHIR has for them, in our words."""
    own = sorted({_design(facts, facts.one(part, "study")) for part in parts})
    words: dict[tuple[str, str], list[str]] = {}
    for design in own:
        for code in _DESIGNS.get(design, ()):
            words.setdefault(code, []).append(facts.label(design))
    yield from (concept("design", *code, "; ".join(told)) for code, told in words.items())
    yield from (described(facts, design) for design in own if design not in _DESIGNS)


def _design(facts: Facts, study: str) -> str:
    """Return the design that made the groups: of an analysis of a trial, that of the trial."""
    own, first = facts.one(study, "design"), facts.one(study, "analysisOf")
    return facts.one(first, "design") if own == "secondary-analysis" and first else own


def _as_a_whole(facts: Facts, synthesis: str) -> str:
    certainty, otherwise = (
        facts.label(facts.one(synthesis, name)) for name in ("certainty", "certaintyIfAssessed")
    )
    return (
        f"Certainty: {certainty}. If what could not be assessed were of no concern: {otherwise}. "
        f"{NOT_ADVICE}"
    )


def _certainty(facts: Facts, synthesis: str) -> Json:
    return {
        "description": _as_a_whole(facts, synthesis),
        "type": overall(),
        "rating": judged(facts, facts.one(synthesis, "certainty")),
        "rater": RATER,
        "subcomponent": [
            {
                "description": facts.one(rating, "dcterms:description"),
                "note": [{"text": _cost(facts, rating)}],
                "type": judged(facts, facts.one(rating, "dcterms:type")),
                "rating": judged(facts, facts.one(rating, "rating")),
                "rater": RATER,
            }
            for rating in ratings(facts, synthesis)
        ],
    }


def _cost(facts: Facts, rating: str) -> str:
    steps = facts.count(rating, "steps") or 0
    return f"Lowers the certainty by {steps} step{'' if steps == 1 else 's'}."


def _component(facts: Facts, rating: str) -> Json:
    return {
        "informationType": "rating",
        "summary": facts.one(rating, "dcterms:description"),
        "type": judged(facts, facts.one(rating, "dcterms:type")),
        "classifier": [
            judged(facts, facts.one(rating, "rating")),
            steps_down(facts.count(rating, "steps") or 0),
        ],
        "freeToShare": True,
    }
