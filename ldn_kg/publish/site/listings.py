"""The pages that list records: the first page, and one for each kind."""

from typing import Any

from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.release.media import media
from ldn_kg.publish.release.metadata import about, address, version_of
from ldn_kg.publish.site import sections
from ldn_kg.publish.site.render import Page, Renderer, alternates
from ldn_kg.read import charts
from ldn_kg.read.citation import cite
from ldn_kg.read.record import Records, kind

# Title, summary, groups of rows or links under a title, and a chart or None.
Listing = tuple[str, str, list[dict[str, Any]], Any]


def home(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the first page: the evidence at a glance."""
    efficacy = [
        row
        for row in sections.claims(records)
        if row["kind"] == "efficacy claim" and row["status"] not in ("untested", "withdrawn")
    ]
    return Page(
        path=path,
        title="The evidence on low-dose naltrexone",
        template="index.html",
        summary="A knowledge graph of the evidence on low-dose naltrexone.",
        iri=f"{BASE}dataset",
        alternates=alternates("metadata.html"),
        schema=_schema_org(records),
        context={
            "counts": sections.counts(records),
            "chart": charts.evidence_map(records.dataset, renderer.links_from("")),
            "claims": efficacy,
            "citation": cite(records.dataset).strip(),
        },
    )


def _schema_org(records: Records) -> dict[str, Any]:
    """Return the facts that search engines for datasets read, in terms of schema.org."""
    version, number = version_of(records.dataset)
    facts = about(records.dataset)
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": version.value,
        "name": facts["name"],
        "description": f"{facts['description']} {facts['not']}",
        "version": number,
        "datePublished": facts["issued"],
        "license": facts["license"],
        "creator": {"@type": "Organization", "name": facts["creator"]},
        "temporalCoverage": facts["years"],
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": address(number, f"ldn-kg.{ending}"),
                "encodingFormat": media(f"ldn-kg.{ending}").type,
            }
            for ending in ("ttl", "jsonld", "nq")
        ],
    }


def listing(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of all records of a kind; `path` is a key of LISTINGS."""
    title, summary, groups, chart = LISTINGS[path](records, renderer)
    empty = dict.fromkeys(("claims", "studies", "links"))
    return Page(
        path=path,
        title=title,
        template="listing.html",
        summary=summary,
        context={"groups": [{**empty, **group} for group in groups], "chart": chart},
    )


def _conditions(records: Records, renderer: Renderer) -> Listing:
    groups = [
        {"title": "Conditions", "links": _links(records, "condition")},
        {"title": "Symptoms", "links": _links(records, "symptom")},
    ]
    return "Conditions and symptoms", "Everything that studies or claims are about.", groups, None


def _claims(records: Records, renderer: Renderer) -> Listing:
    claims = sections.claims(records)
    first = ("efficacy claim", "safety claim")
    kinds = sorted({row["kind"] for row in claims}, key=lambda name: (name not in first, name))
    groups = [
        {"title": f"{name}s".capitalize(), "claims": [r for r in claims if r["kind"] == name]}
        for name in kinds
    ]
    return (
        "Claims",
        "Each with its status, computed by rules; of benefits and harms with the answer.",
        groups,
        None,
    )


def _studies(records: Records, renderer: Renderer) -> Listing:
    groups = [{"title": "All studies", "studies": sections.studies(records)}]
    return "Studies", "Every study, whatever it found.", groups, None


def _mechanism(records: Records, renderer: Renderer) -> Listing:
    claims = [row for row in sections.claims(records) if row["kind"] == "mechanism claim"]
    groups = [{"title": "Claims about how it works", "claims": claims}]
    chart = charts.mechanism_chart(records.dataset, renderer.links_from(""))
    return "Mechanism", "How naltrexone is said to work, and on what evidence.", groups, chart


def _doses(records: Records, renderer: Renderer) -> Listing:
    studies = [row for row in sections.studies(records) if row["doseMax"]]
    groups: list[dict[str, Any]] = [
        {"title": "Studies that state a daily dose", "studies": studies},
        {"title": "Doses, windows and schedules", "links": _links(records, "dose")},
    ]
    chart = charts.dose_chart(records.dataset, renderer.links_from(""))
    summary = "Dose windows, the doses that studies gave, and how doses were increased."
    return "Doses", summary, groups, chart


def _links(records: Records, record_kind: str) -> list[str]:
    """Return the IRIs of the records of a kind, sorted by label."""
    names = (name for name in records if kind(name) == record_kind)
    return sorted(names, key=lambda name: records[name].label)


LISTINGS = {
    "conditions.html": _conditions,
    "claims.html": _claims,
    "studies.html": _studies,
    "mechanism.html": _mechanism,
    "doses.html": _doses,
}
