"""The syntheses in HL7 FHIR R5, in the way of EBMonFHIR, as one Bundle.

For each synthesis an Evidence and an ArtifactAssessment, which refer to EvidenceVariables and
Citations beside them (https://hl7.org/fhir/R5/evidence.html, https://build.fhir.org/ig/HL7/ebm/).
All is read from the graph; docs/fhir.md has the table of what goes where.
"""

from collections import defaultdict
from collections.abc import Iterator
from html import escape

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE
from ldn_kg.graph.synthesis.facts import Facts
from ldn_kg.publish.indented import indented
from ldn_kg.publish.release.fhir import citations
from ldn_kg.publish.release.fhir.evidence import assessment, evidence, papers
from ldn_kg.publish.release.fhir.terms import IRIS, Json, identity
from ldn_kg.publish.release.fhir.variables import variables
from ldn_kg.publish.release.metadata import about, version_of
from ldn_kg.read.summary import NOT_ADVICE

__all__ = ["FHIR", "bundle"]

FHIR = "fhir/ldn-kg.json"  # the file of the release
_SERVER = f"{BASE}fhir/"  # where references start; a name, no server is there


def bundle(dataset: Dataset) -> bytes:
    """Return the Bundle, of type collection, as JSON; its resources sorted by type and id."""
    version, number = version_of(dataset)
    resources = {(r["resourceType"], r["id"]): r for r in _resources(dataset)}
    document = {
        "resourceType": "Bundle",
        "id": identity(f"ldn-kg-{number}"),
        "identifier": {"system": IRIS, "value": version.value},
        "type": "collection",
        "entry": [
            {"fullUrl": f"{_SERVER}{kind}/{id_}", "resource": resources[kind, id_]}
            for kind, id_ in sorted(resources)
        ],
    }
    return (indented(document, 1) + "\n").encode()


def _resources(dataset: Dataset) -> Iterator[Json]:
    facts, told = Facts(dataset), about(dataset)
    version, number = version_of(dataset)
    record = citations.dataset(version.value, number, told)
    cite = {"citeAsReference": {"reference": f"Citation/{record['id']}", "type": "Citation"}}
    dated = {"date": told["issued"], "copyright": f"Creative Commons Zero 1.0, {told['license']}"}
    published = {
        "version": number,
        "status": "active",
        "experimental": False,
        "publisher": told["creator"],
        **dated,
    }
    yield _resource("Citation", record, published)
    parts, without = _parts(facts), _first_hand(facts)
    for synthesis in facts.all("Synthesis"):
        if not facts.one(synthesis, "synthesisOf"):
            continue  # the same without second-hand readings; it stands with the whole
        used = variables(facts, synthesis)
        for variable in used.values():
            yield _resource("EvidenceVariable", variable, published)
        for name in papers(facts, parts[synthesis]):
            yield _resource("Citation", citations.paper(facts, name), published)
        told_of = evidence(facts, synthesis, parts[synthesis], used, without.get(synthesis, ""))
        yield _resource("Evidence", told_of, {**published, **cite}, told_of["assertion"])
        judgement = assessment(facts, synthesis)
        summary = judgement["content"][0]["summary"]
        yield _resource("ArtifactAssessment", judgement, {**dated, **cite}, summary)


def _parts(facts: Facts) -> dict[str, list[str]]:
    """Return the contributions to each synthesis."""
    parts: dict[str, list[str]] = defaultdict(list)
    for part in facts.all("Contribution"):
        for synthesis in facts.many(part, "contributesTo"):
            parts[synthesis].append(part)
    return parts


def _first_hand(facts: Facts) -> dict[str, str]:
    """Map syntheses to the same without second-hand readings, where there is one."""
    all_ = facts.all("Synthesis")
    return {whole: part for part in all_ if (whole := facts.one(part, "sensitivityOf"))}


def _resource(kind: str, own: Json, common: Json, words: str = "") -> Json:
    """Return a resource with its id first, the elements that all have, and a text to read."""
    lines = [own["title"], *([words, NOT_ADVICE] if words else [])]
    text = "".join(f"<p>{escape(line)}</p>" for line in lines)
    div = f'<div xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">{text}</div>'
    return {
        "resourceType": kind,
        "id": own["id"],
        "language": "en",
        "text": {"status": "generated", "div": div},
        **common,
        **own,
    }
