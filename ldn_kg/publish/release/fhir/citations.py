"""The papers, and the dataset itself, as Citations.

https://hl7.org/fhir/R5/citation.html; the systems of identifiers are those that the guide of
EBMonFHIR (https://build.fhir.org/ig/HL7/ebm/) uses in its examples.
"""

from collections.abc import Iterator

from ldn_kg.graph.synthesis.facts import Facts, term
from ldn_kg.publish.release.fhir.terms import IRIS, Json, concept, identity

_DOI, _PUBMED = "https://doi.org", "https://pubmed.ncbi.nlm.nih.gov"
_PMC = "https://www.ncbi.nlm.nih.gov/pmc/"


def paper(facts: Facts, name: str) -> Json:
    """Return the citation of a publication, without the elements that all resources have."""
    title = facts.one(name, "dcterms:title") or f"[{facts.label(name)}]"
    retracted = facts.true(name, "retracted")
    authors = facts.one(name, "authorList")
    return {
        "id": identity(name),
        "title": f"RETRACTED: {title}" if retracted else title,
        "citedArtifact": {
            "identifier": list(_identifiers(facts, name)),
            **({"currentState": [concept("state", "retracted", "Retracted")]} if retracted else {}),
            "title": [{"text": title}],
            **_form(facts, name),
            **_addresses(facts, name),
            **(_authors(authors) if authors else {}),
        },
    }


def dataset(version: str, number: str, about: dict[str, str]) -> Json:
    """Return the citation of a version of the dataset: its IRI, number, and `metadata.about`."""
    kind = concept("classification", "knowledge-artifact-type", "Knowledge Artifact Type")
    return {
        "id": identity(f"ldn-kg-{number}"),
        "title": about["name"],
        "description": f"{about['description']} {about['not']}",
        "citedArtifact": {
            "identifier": [{"system": IRIS, "value": version}],
            "version": {"value": number},
            "title": [{"text": about["name"]}],
            "publicationForm": [{"publicationDateText": about["issued"]}],
            "webLocation": [{"url": version}],
            "classification": [
                {"type": kind, "classifier": [concept("artifact", "D064886", "Dataset")]}
            ],
            **_authors(about["creator"]),
        },
    }


def _identifiers(facts: Facts, name: str) -> Iterator[Json]:
    yield {"system": IRIS, "value": term(name).value}
    yield from ({"system": _DOI, "value": doi} for doi in facts.many(name, "bibo:doi"))
    yield from ({"system": _PUBMED, "value": pmid} for pmid in facts.many(name, "bibo:pmid"))
    for identifier in facts.many(name, "schema:identifier"):
        system = {"system": _PMC} if identifier.startswith("PMC") else {}
        yield {**system, "value": identifier}


def _form(facts: Facts, name: str) -> Json:
    journal = facts.one(name, "journal")
    kind = concept("published-in", "D020492", "Periodical")
    fields = {
        "publishedIn": {"type": kind, "title": journal} if journal else None,
        "volume": facts.one(name, "bibo:volume"),
        "issue": facts.one(name, "bibo:issue"),
        "publicationDateText": facts.one(name, "dcterms:issued"),
        "pageString": facts.one(name, "bibo:pages"),
    }
    known = {key: value for key, value in fields.items() if value}
    return {"publicationForm": [known]} if known else {}


def _addresses(facts: Facts, name: str) -> Json:
    addresses = [{"url": term(address).value} for address in facts.many(name, "schema:sameAs")]
    return {"webLocation": addresses} if addresses else {}


def _authors(names: str) -> Json:
    kind = concept("contributors", "author-string", "Author string")
    return {"contributorship": {"summary": [{"type": kind, "value": names}]}}
