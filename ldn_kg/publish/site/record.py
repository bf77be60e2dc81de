"""The page of a record: its facts, its parts, and the evidence on it."""

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
_WITHDRAWN = iri("ldnc:withdrawn")
# The class in schema.org of each kind of record.
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

_ABOVE = ("answer", "status")  # facts that stand above the others

Content = dict[str, Any]  # the arguments of `section`


def record_page(records: Records, name: str, renderer: Renderer) -> Page:
    """Return the page of the record with an IRI."""
    record, record_kind = records[name], kind(name)
    contents_of = {
        "claim": _claim_sections,
        "condition": _condition_sections,
        "study": _study_sections,
        "symptom": _symptom_sections,
        "synthesis": _synthesis_sections,
    }.get(record_kind, _other_sections)
    all_sections = (section(**content) for content in contents_of(records, record, renderer))
    return Page(
        path=page_path(name),
        title=record.label,
        template="record.html",
        summary=f"{record_kind}: {record.label}. What is known about it, and where it was read.",
        kind=record_kind,
        iri=name,
        warning=_retraction_warning(records, record),
        alternates=alternates(page_path(name)),
        schema=_schema_org(record),
        context={
            "facts": [fact for fact in record.facts if fact.name not in _ABOVE],
            "answer": record.answer,
            "answers": record.answers,
            "status": _status(record),
            "sections": [each for each in all_sections if any(each[key] for key in SHOWN)],
        },
    )


def _status(record: Record) -> str:
    """Return the status of a claim or synthesis in words, "" for another record."""
    found = (value.words for fact in record.facts if fact.name == "status" for value in fact.values)
    return next(found, "")


def _retraction_warning(records: Records, record: Record) -> str:
    papers = (quad.object for quad in record.quads if quad.predicate == _PUBLICATION)
    citable = [record, *(records[paper.value] for paper in papers)]  # type: ignore[union-attr]
    if any(quad.predicate == _RETRACTED for each in citable for quad in each.quads):
        return "RETRACTED. Nothing on this page counts as evidence."
    if any(quad.object == _WITHDRAWN for quad in record.quads):
        return "All that was found on this claim was retracted."
    return ""


def _schema_org(record: Record) -> dict[str, Any]:
    record_kind = kind(record.iri)
    is_work = record_kind in ("claim", "publication", "source")
    return {
        "@context": "https://schema.org/",
        "@type": _SCHEMA.get(record_kind, "Thing"),
        "@id": record.iri,
        "name": record.label,
        "isPartOf" if is_work else "subjectOf": {"@id": f"{BASE}dataset", "@type": "Dataset"},
    }


def _claim_sections(records: Records, claim: Record, renderer: Renderer) -> Iterator[Content]:
    yield from _findings_sections(renderer, [claim.iri], "Summary of findings")
    yield {"title": "Evidence", "lines": claim.lines, "with_claim": False}
    kept_out = claim.parts.get("contribution", [])
    yield {"title": "Results that are kept out", "items": _part_items(kept_out)}
    yield {
        "title": "How it got its answer",
        "text": explain(records.dataset, claim.iri, renderer.facts),
    }
    yield _source_section(records, claim.iri)


def _findings_sections(renderer: Renderer, claims: list[str], title: str = "") -> Iterator[Content]:
    """Yield the summary of findings of each claim that was compared."""
    for claim in claims:
        answer = renderer.answers.get(claim)
        if answer:
            yield {
                "title": title or f"Summary of findings: {answer.label}",
                "findings": answer.findings,
            }


def _condition_sections(
    records: Records, condition: Record, renderer: Renderer
) -> Iterator[Content]:
    name, dataset = condition.iri, records.dataset
    links = renderer.links_from("../")
    claims = sections.claims(records, name)
    efficacy = [row["claim"] for row in claims if row["kind"] == "efficacy claim"]
    results = sections.results(records, name)
    yield {"title": "What was compared", "chart": charts.condition_chart(dataset, name, links)}
    yield from _findings_sections(renderer, efficacy)
    evidence = lines(dataset, ON_SUBJECT, NamedNode(name))
    yield {
        "title": "What each study says",
        "lines": [line for line in evidence if line.claim in efficacy],
    }
    yield {
        "title": "Studies and their primary results",
        "studies": sections.studies(records, name),
        "results": _results_by_study(records, results, "primary outcome"),
        "note": "A study without a result here named no primary outcome in what we read of it.",
    }
    yield {
        "title": "Doses used in these studies",
        "chart": charts.condition_doses(dataset, name, links),
    }
    yield _harms_section(records, results)
    yield _source_section(records, name)
    others = [row for row in claims if row["claim"] not in efficacy]
    yield {"title": "Other claims about it", "claims": others}
    yield from _other_sections(records, condition, renderer)


def _symptom_sections(records: Records, symptom: Record, renderer: Renderer) -> Iterator[Content]:
    claims = sections.claims(records, symptom.iri)
    yield from _findings_sections(renderer, [row["claim"] for row in claims])
    yield {"title": "Claims about it", "claims": claims}
    yield from _other_sections(records, symptom, renderer)


def _synthesis_sections(
    records: Records, synthesis: Record, renderer: Renderer
) -> Iterator[Content]:
    for title, part_kind in (
        ("Results that enter", "contribution"),
        ("Certainty, domain by domain", "rating of certainty"),
    ):
        yield {"title": title, "items": _part_items(synthesis.parts.get(part_kind, []))}
    yield _users_section(records, synthesis)


def _harms_section(records: Records, results: sections.Rows) -> Content:
    harms = _results_by_study(records, results, "adverse event")
    return {
        "title": "Harms in these studies",
        "items": [
            _item(text, None, Value(records[study].label, study))
            for study, texts in harms.items()
            for text in texts
        ],
    }


def _source_section(records: Records, about: str) -> Content:
    items = [
        _item(f"{row['said']} ({row['hedge']})", None, Value("passage", row["passage"]))
        for row in sections.statements(records, about)
    ]
    return {"title": "What the source document says", "items": items}


def _study_sections(records: Records, study: Record, renderer: Renderer) -> Iterator[Content]:
    elsewhere = ("result", "evidence line", "discrepancy")
    for part_kind in (*(name for name in study.parts if name not in elsewhere), "result"):
        parts = study.parts.get(part_kind, [])
        yield {"title": f"{part_kind.capitalize()}s", "items": _part_items(parts)}
    yield {
        "title": "Bears on",
        "items": [
            _item(f"{line.direction}:", line.iri, Value(records[line.claim].label, line.claim))
            for line in study.bears_on
        ],
    }
    yield {"title": "Discrepancies", "items": _part_items(study.parts.get("discrepancy", []))}
    yield _users_section(records, study)


def _other_sections(records: Records, record: Record, renderer: Renderer) -> Iterator[Content]:
    parts = [each for parts_of_kind in record.parts.values() for each in parts_of_kind]
    yield {"title": "Parts", "items": _part_items(parts)}
    yield _users_section(records, record)


def _users_section(records: Records, record: Record) -> Content:
    homes = {records.homes.get(pointer.source.iri or "", "") for pointer in record.pointers}
    items = [_item("", None, Value(records[home].label, home)) for home in sorted(homes - {""})]
    return {"title": "Used by", "items": items}


def _results_by_study(records: Records, results: sections.Rows, rank: str) -> dict[str, list[str]]:
    """Map the IRI of each study to its results of a rank, each in a line of words."""
    texts_by_study: dict[str, list[str]] = {}
    for row in results:
        if row["rank"] == rank:
            text = part(records.dataset, row["result"], "result").words
            texts_by_study.setdefault(row["study"], []).append(text.replace(f"{rank}; ", ""))
    return texts_by_study


def _part_items(parts: list[Part]) -> list[dict[str, Any]]:
    return [_item(each.words, each.iri) for each in parts]


def _item(words: str, part_iri: str | None = None, *links: Value) -> dict[str, Any]:
    return {"words": words, "id": slug(part_iri) if part_iri else None, "links": links}
