"""The page of a record: its facts, its parts, and what the evidence says of it."""

from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode

from ldn_kg.graph.namespaces import BASE, LDN, PREFIXES
from ldn_kg.publish.site import sections
from ldn_kg.publish.site.graph import Graph, Value, kind, page_path, slug
from ldn_kg.publish.site.render import SHOWN, Page, Renderer, alternates, section
from ldn_kg.read import charts
from ldn_kg.read.explanation import explain
from ldn_kg.read.record import part_line

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


def record_page(graph: Graph, record: str, renderer: Renderer) -> Page:
    """Return the page of a record."""
    found = kind(record)
    retracted = _retractions(graph, record)
    parts = {
        "claim": _claim,
        "condition": _condition,
        "study": _study,
    }.get(found, _others)
    words = graph.label(record)
    return Page(
        path=page_path(record),
        title=words,
        template="record.html",
        summary=f"{found}: {words}. What is known of it, and where it was read.",
        kind=found,
        iri=record,
        warning=retracted,
        alternates=alternates(page_path(record)),
        schema=_schema(graph, record),
        context={
            "facts": _facts(graph, record),
            "status": next(iter(_statuses(graph, record)), None),
            "sections": [
                made
                for made in (section(**given) for given in parts(graph, record, renderer))
                if any(made[name] for name in SHOWN)
            ],
        },
    )


def _facts(graph: Graph, record: str) -> list[Any]:
    """Return the facts of a record but for its parts, which have sections of their own."""
    parts = set(graph.records[record])
    return [
        fact for fact in graph.facts(record) if not parts & {value.iri for value in fact.values}
    ]


def _statuses(graph: Graph, record: str) -> Iterator[dict[str, str]]:
    if kind(record) == "claim":
        yield from (row for row in sections.claims(graph) if row["claim"] == record)


def _retractions(graph: Graph, record: str) -> str:
    about = {record, *(value.iri or "" for value in _objects(graph, record, "publication"))}
    if any(q.predicate.value == f"{LDN}retracted" for name in about for q in graph.quads(name)):
        return "RETRACTED. Nothing on this page counts as evidence."
    if any(q.object == NamedNode(f"{BASE}concept/retracted") for q in graph.quads(record)):
        return "The only support for this claim was retracted."
    return ""


def _schema(graph: Graph, record: str) -> dict[str, Any]:
    return {
        "@context": "https://schema.org/",
        "@type": _SCHEMA.get(kind(record), "Thing"),
        "@id": record,
        "name": graph.label(record),
        "isPartOf" if kind(record) in ("claim", "publication", "source") else "subjectOf": {
            "@id": f"{BASE}dataset",
            "@type": "Dataset",
        },
    }


def _claim(graph: Graph, record: str, renderer: Renderer) -> Iterator[dict[str, Any]]:
    yield {"title": "Evidence", "lines": sections.lines(graph, record), "with_claim": False}
    yield {"title": "How it got its status and level", "text": explain(graph.dataset, record)}
    yield {"title": "What the source document says", "items": _said(graph, record)}


def _condition(graph: Graph, record: str, renderer: Renderer) -> Iterator[dict[str, Any]]:
    claims = sections.claims(graph, record)
    helps = [row for row in claims if row["kind"] == "efficacy claim"]
    for row in helps:
        reason = explain(graph.dataset, row["claim"]).split("\nEvidence lines")[0]
        yield {
            "title": graph.label(row["claim"]),
            "claims": [row],
            "text": reason.partition("\n\n")[2].strip(),
        }
    wanted = {row["claim"] for row in helps}
    yield {
        "title": "For and against",
        "lines": [row for row in sections.lines(graph, record) if row["claim"] in wanted],
        "chart": charts.condition_chart(graph.dataset, record, renderer.links_from("../")),
    }
    results = sections.results(graph, record)
    yield {
        "title": "Studies and their primary results",
        "studies": sections.studies(graph, record),
        "results": _lines_of(graph, results, "primary outcome"),
        "note": "A study without a result here named no primary outcome in what was read.",
    }
    yield {
        "title": "Doses used in these studies",
        "chart": charts.condition_doses(graph.dataset, record, renderer.links_from("../")),
    }
    harms = _lines_of(graph, results, "adverse event")
    yield {
        "title": "Harms in these studies",
        "items": [
            _item(text, None, Value(graph.label(study), study))
            for study, texts in harms.items()
            for text in texts
        ],
    }
    yield {"title": "What the source document says", "items": _said(graph, record)}
    other = [row for row in claims if row["claim"] not in wanted]
    yield {"title": "Other claims about it", "claims": other}
    yield from _others(graph, record, renderer)


def _study(graph: Graph, record: str, renderer: Renderer) -> Iterator[dict[str, Any]]:
    groups: dict[str, list[str]] = {}
    for part in graph.records[record]:
        name = "".join(graph.classes(part) & {"Arm", "Result", "Regimen", "RegimenStep"})
        groups.setdefault(name or "Other", []).append(part)
    for name, title in (("Arm", "Arms"), ("Regimen", "Schedules"), ("RegimenStep", "Steps")):
        yield {"title": title, "items": _parts(graph, groups.get(name, []))}
    yield {"title": "Results", "items": _parts(graph, groups.get("Result", []))}
    lines = [part for part in groups.get("Other", []) if "EvidenceLine" in graph.classes(part)]
    yield {
        "title": "Bears on",
        "items": [
            _item(f"{_word(graph, part, 'direction')}:", part, *_objects(graph, part, "claim"))
            for part in lines
        ],
    }
    differing = [part for part in groups.get("Other", []) if part not in lines]
    words = [_item(_word(graph, part, "description"), part) for part in differing]
    yield {"title": "Discrepancies", "items": words}
    yield from _others(graph, record, renderer, parts=False)


def _others(
    graph: Graph, record: str, renderer: Renderer, parts: bool = True
) -> Iterator[dict[str, Any]]:
    """Yield the parts of a record, unless told elsewhere, and what points to it."""
    if parts:
        yield {"title": "Parts", "items": _parts(graph, graph.records[record])}
    pointing: dict[str, set[str]] = {}
    for quad in graph.pointing(record):
        home = graph.homes.get(str(quad.subject).strip("<>"))
        if home and home != record:
            pointing.setdefault(home, set()).add(str(quad.subject).strip("<>"))
    items = [_item("", None, Value(graph.label(home), home)) for home in sorted(pointing)]
    yield {"title": "Used by", "items": items}


def _said(graph: Graph, about: str) -> list[dict[str, Any]]:
    return [
        _item(f"{row['said']} ({row['hedge']})", None, Value("passage", row["passage"]))
        for row in sections.statements(graph, about)
    ]


def _lines_of(graph: Graph, found: sections.Rows, rank: str) -> dict[str, list[str]]:
    """Map each study to its results of a rank, each in a line."""
    said: dict[str, list[str]] = {}
    for row in found:
        if row["rank"] == rank:
            line = part_line(graph.dataset, NamedNode(row["result"]))[1]
            said.setdefault(row["study"], []).append(line.replace(f"{rank}; ", ""))
    return said


def _parts(graph: Graph, parts: list[str]) -> list[dict[str, Any]]:
    lines = sorted((part_line(graph.dataset, NamedNode(part)), part) for part in parts)
    return [_item(words, part) for (_, words), part in lines]


def _item(words: str, part: str | None = None, *links: Value) -> dict[str, Any]:
    return {"words": words, "id": slug(part) if part else None, "links": links}


def _objects(graph: Graph, record: str, name: str) -> list[Value]:
    return [graph.value(q.object) for q in graph.quads(record) if q.predicate.value == LDN + name]


def _word(graph: Graph, record: str, name: str) -> str:
    wanted = (LDN + name, PREFIXES["dcterms"] + name)
    found = [
        graph.value(q.object).words for q in graph.quads(record) if q.predicate.value in wanted
    ]
    return ", ".join(found)
