"""The page of a record: its facts, its parts, and what the evidence says of it."""

from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode

from ldn_kg.graph.namespaces import BASE, iri
from ldn_kg.publish.site import sections
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.publish.site.render import SHOWN, Page, Renderer, alternates, section
from ldn_kg.read import charts
from ldn_kg.read.explanation import explain
from ldn_kg.read.lines import ON_SUBJECT, lines
from ldn_kg.read.parts import Part, part
from ldn_kg.read.record import Record, Records, Value, kind, slug

_PUBLICATION, _RETRACTED = iri("ldn:publication"), iri("ldn:retracted")
_RETRACTED_CLAIM = iri("ldnc:retracted")
# What schema.org calls the kinds of records.
_SCHEMA = {
    "claim": "Claim",
    "concept": "DefinedTerm",
    "condition": "MedicalCondition",
    "drug": "Drug",
    "guidance": "MedicalGuideline",
    "publication": "CreativeWork",
    "source": "CreativeWork",
    "study": "MedicalStudy",
    "symptom": "MedicalSymptom",
}


def record_page(records: Records, name: str, renderer: Renderer) -> Page:
    """Return the page of a record."""
    record, what = records[name], kind(name)
    sections_of = {
        "claim": _claim,
        "condition": _condition,
        "study": _study,
    }.get(what, _others)
    return Page(
        path=page_path(name),
        title=record.label,
        template="record.html",
        summary=f"{what}: {record.label}. What is known of it, and where it was read.",
        kind=what,
        iri=name,
        warning=_retractions(records, record),
        alternates=alternates(page_path(name)),
        schema=_schema(record),
        context={
            "facts": record.facts,
            "status": next(iter(_statuses(records, name)), None),
            "sections": [
                made
                for made in (section(**given) for given in sections_of(records, record, renderer))
                if any(made[part] for part in SHOWN)
            ],
        },
    )


def _statuses(records: Records, name: str) -> Iterator[dict[str, str]]:
    if kind(name) == "claim":
        yield from (row for row in sections.claims(records) if row["claim"] == name)


def _retractions(records: Records, record: Record) -> str:
    papers = (quad.object for quad in record.quads if quad.predicate == _PUBLICATION)
    about = [record, *(records[paper.value] for paper in papers)]  # type: ignore[union-attr]
    if any(quad.predicate == _RETRACTED for other in about for quad in other.quads):
        return "RETRACTED. Nothing on this page counts as evidence."
    if any(quad.object == _RETRACTED_CLAIM for quad in record.quads):
        return "The only support for this claim was retracted."
    return ""


def _schema(record: Record) -> dict[str, Any]:
    what = kind(record.iri)
    return {
        "@context": "https://schema.org/",
        "@type": _SCHEMA.get(what, "Thing"),
        "@id": record.iri,
        "name": record.label,
        "isPartOf" if what in ("claim", "publication", "source") else "subjectOf": {
            "@id": f"{BASE}dataset",
            "@type": "Dataset",
        },
    }


def _claim(records: Records, claim: Record, renderer: Renderer) -> Iterator[dict[str, Any]]:
    yield {"title": "Evidence", "lines": claim.lines, "with_claim": False}
    yield {"title": "How it got its status and level", "text": explain(records.dataset, claim.iri)}
    yield {"title": "What the source document says", "items": _said(records, claim.iri)}


def _condition(records: Records, condition: Record, renderer: Renderer) -> Iterator[dict[str, Any]]:
    name, dataset = condition.iri, records.dataset
    claims = sections.claims(records, name)
    efficacy = [row for row in claims if row["kind"] == "efficacy claim"]
    for row in efficacy:
        reason = explain(dataset, row["claim"]).split("\nEvidence lines")[0]
        yield {
            "title": records[row["claim"]].label,
            "claims": [row],
            "text": reason.partition("\n\n")[2].strip(),
        }
    wanted = {row["claim"] for row in efficacy}
    evidence = lines(dataset, ON_SUBJECT, NamedNode(name))
    yield {
        "title": "For and against",
        "lines": [line for line in evidence if line.claim in wanted],
        "chart": charts.condition_chart(dataset, name, renderer.links_from("../")),
    }
    results = sections.results(records, name)
    yield {
        "title": "Studies and their primary results",
        "studies": sections.studies(records, name),
        "results": _lines_of(records, results, "primary outcome"),
        "note": "A study without a result here named no primary outcome in what was read.",
    }
    yield {
        "title": "Doses used in these studies",
        "chart": charts.condition_doses(dataset, name, renderer.links_from("../")),
    }
    harms = _lines_of(records, results, "adverse event")
    yield {
        "title": "Harms in these studies",
        "items": [
            _item(text, None, Value(records[study].label, study))
            for study, texts in harms.items()
            for text in texts
        ],
    }
    yield {"title": "What the source document says", "items": _said(records, name)}
    other = [row for row in claims if row["claim"] not in wanted]
    yield {"title": "Other claims about it", "claims": other}
    yield from _others(records, condition, renderer)


def _study(records: Records, study: Record, renderer: Renderer) -> Iterator[dict[str, Any]]:
    elsewhere = ("result", "evidence line", "discrepancy")
    for what in (*(name for name in study.parts if name not in elsewhere), "result"):
        parts = study.parts.get(what, [])
        yield {"title": f"{what.capitalize()}s", "items": _parts(parts)}
    yield {
        "title": "Bears on",
        "items": [
            _item(f"{line.direction}:", line.iri, Value(records[line.claim].label, line.claim))
            for line in study.bears_on
        ],
    }
    yield {"title": "Discrepancies", "items": _parts(study.parts.get("discrepancy", []))}
    yield from _used_by(records, study)


def _others(records: Records, record: Record, renderer: Renderer) -> Iterator[dict[str, Any]]:
    parts = [part for of_kind in record.parts.values() for part in of_kind]
    yield {"title": "Parts", "items": _parts(parts)}
    yield from _used_by(records, record)


def _used_by(records: Records, record: Record) -> Iterator[dict[str, Any]]:
    homes = {records.homes.get(pointer.source.iri or "", "") for pointer in record.pointers}
    items = [_item("", None, Value(records[home].label, home)) for home in sorted(homes - {""})]
    yield {"title": "Used by", "items": items}


def _said(records: Records, about: str) -> list[dict[str, Any]]:
    return [
        _item(f"{row['said']} ({row['hedge']})", None, Value("passage", row["passage"]))
        for row in sections.statements(records, about)
    ]


def _lines_of(records: Records, results: sections.Rows, rank: str) -> dict[str, list[str]]:
    """Map each study to its results of a rank, each in a line."""
    said: dict[str, list[str]] = {}
    for row in results:
        if row["rank"] == rank:
            line = part(records.dataset, row["result"], "result").words
            said.setdefault(row["study"], []).append(line.replace(f"{rank}; ", ""))
    return said


def _parts(parts: list[Part]) -> list[dict[str, Any]]:
    return [_item(part.words, part.iri) for part in parts]


def _item(words: str, part: str | None = None, *links: Value) -> dict[str, Any]:
    return {"words": words, "id": slug(part) if part else None, "links": links}
