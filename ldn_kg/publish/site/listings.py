"""The pages that list records: the first page, and one for each kind."""

from typing import Any

from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.site import sections
from ldn_kg.publish.site.render import Page, Renderer, alternates
from ldn_kg.publish.site.schema_org import dataset_items, dataset_schema
from ldn_kg.read.citation import cite
from ldn_kg.read.evidence_map import COLUMNS, Row, evidence_map, row
from ldn_kg.read.record import Records, kind

_NEWEST = 6  # studies that the first page names

Group = dict[str, Any]  # a title, and answers, claims, studies, harms or links
Listing = tuple[str, str, list[Group]]  # title, summary, groups


def home(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the first page: one search, and the evidence at a glance."""
    studies = [row for row in sections.studies(records) if row["retracted"] == "false"]
    return Page(
        path=path,
        title="The evidence on low-dose naltrexone",
        template="index.html",
        summary="What is known on low-dose naltrexone, outcome by outcome, and how surely.",
        iri=f"{BASE}dataset",
        alternates=alternates("metadata.html"),
        items=dataset_items(records),
        schema=dataset_schema(records, renderer.base_url),
        context={
            "counts": sections.counts(records),
            "columns": COLUMNS,
            "rows": evidence_map(renderer.answers.values()),
            "newest": sorted(studies, key=lambda row: row["year"], reverse=True)[:_NEWEST],
            "citation": cite(records.dataset).strip(),
        },
    )


def listing(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of all records of a kind; `path` is a key of LISTINGS."""
    title, summary, groups = LISTINGS[path](records, renderer)
    return Page(
        path=path,
        title=title,
        template="listing.html",
        summary=summary,
        context={"groups": groups},
    )


def _conditions(records: Records, renderer: Renderer) -> Listing:
    answers = [answer for answer in renderer.answers.values() if not answer.is_harm]
    answered = {answer.about for answer in answers}
    conditions = _links(records, "condition")
    groups: list[Group] = [
        {"title": "Does it help?", "answers": sorted(map(row, answers), key=_by_condition)},
        {"title": "Others", "links": [name for name in conditions if name not in answered]},
        {"title": "Symptoms", "links": _links(records, "symptom")},
    ]
    return "Conditions and symptoms", "Does it help, how surely, and by how many trials?", groups


def _by_condition(row: Row) -> tuple[str, str]:
    return row.answer.subject.casefold(), row.answer.label


_KINDS = {
    "efficacy claim": "on benefit",
    "safety claim": "on harm",
    "mechanism claim": "on mechanisms",
    "dosage claim": "on doses",
    "classification claim": "on what belongs to what",
}


def _claims(records: Records, renderer: Renderer) -> Listing:
    claims = sections.claims(records)
    first = ("efficacy claim", "safety claim")
    kinds = sorted({row["kind"] for row in claims}, key=lambda name: (name not in first, name))
    groups: list[Group] = [
        {
            "title": _KINDS.get(name, f"{name}s").capitalize(),
            "claims": [r for r in claims if r["kind"] == name],
        }
        for name in kinds
    ]
    summary = "Each with its status, computed by rules; of benefits and harms with the answer."
    return "Claims", summary, groups


def _links(records: Records, record_kind: str) -> list[str]:
    """Return the IRIs of the records of a kind, sorted by label."""
    names = (name for name in records if kind(name) == record_kind)
    return sorted(names, key=lambda name: records[name].label.casefold())


LISTINGS = {
    "conditions.html": _conditions,
    "claims.html": _claims,
}
