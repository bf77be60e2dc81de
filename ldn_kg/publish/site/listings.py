"""The pages that list records: the first page, and one for each kind."""

from collections.abc import Iterator
from typing import Any

from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.release.media import media
from ldn_kg.publish.release.metadata import about, address, version_of
from ldn_kg.publish.site import sections
from ldn_kg.publish.site.render import Page, Renderer, alternates
from ldn_kg.read import charts
from ldn_kg.read.citation import cite
from ldn_kg.read.record import Records, kind

Listing = tuple[str, str, list[dict[str, Any]], Any]


def home(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the first page: the evidence at a glance."""
    efficacy = [
        row
        for row in sections.claims(records)
        if row["kind"] == "efficacy claim" and row["status"] not in ("hypothesis", "retracted")
    ]
    # The best evidence first, whichever way it points.
    efficacy.sort(key=lambda row: min(row["level"] or "none", row["counterLevel"] or "none"))
    return Page(
        path=path,
        title="The evidence on low-dose naltrexone",
        template="index.html",
        summary="A knowledge graph of the evidence for and against low-dose naltrexone.",
        iri=f"{BASE}dataset",
        alternates=alternates("metadata.html"),
        schema=_dataset(records),
        context={
            "counts": sections.counts(records),
            "chart": charts.evidence_map(records.dataset, renderer.links_from("")),
            "claims": efficacy,
            "citation": cite(records.dataset).strip(),
        },
    )


def _dataset(records: Records) -> dict[str, Any]:
    """Say in the words of schema.org what search engines for datasets ask."""
    version, number = version_of(records.dataset)
    said = about(records.dataset)
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": version.value,
        "name": said["name"],
        "description": f"{said['description']} {said['not']}",
        "version": number,
        "datePublished": said["issued"],
        "license": said["license"],
        "creator": {"@type": "Organization", "name": said["creator"]},
        "temporalCoverage": said["years"],
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
    """Return the page of all records of a kind."""
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
    links = [
        (name, "")
        for name in sorted(_walk(records, "condition"), key=lambda name: records[name].label)
    ]
    symptoms = [
        (name, "")
        for name in sorted(_walk(records, "symptom"), key=lambda name: records[name].label)
    ]
    groups = [{"title": "Conditions", "links": links}, {"title": "Symptoms", "links": symptoms}]
    return "Conditions and symptoms", "All that studies or claims are about.", groups, None


def _claims(records: Records, renderer: Renderer) -> Listing:
    found = sections.claims(records)
    first = ("efficacy claim", "safety claim")
    kinds = sorted({row["kind"] for row in found}, key=lambda name: (name not in first, name))
    groups = [
        {"title": f"{name}s".capitalize(), "claims": [r for r in found if r["kind"] == name]}
        for name in kinds
    ]
    return "Claims", "Each with its status and levels, which rules compute.", groups, None


def _studies(records: Records, renderer: Renderer) -> Listing:
    groups = [{"title": "All studies", "studies": sections.studies(records)}]
    return "Studies", "Every study, whatever it found.", groups, None


def _mechanism(records: Records, renderer: Renderer) -> Listing:
    found = [row for row in sections.claims(records) if row["kind"] == "mechanism claim"]
    groups = [{"title": "Claims on how it works", "claims": found}]
    chart = charts.mechanism_chart(records.dataset, renderer.links_from(""))
    return "Mechanism", "How naltrexone is said to work, and what stands behind it.", groups, chart


def _doses(records: Records, renderer: Renderer) -> Listing:
    links = [
        (name, "") for name in sorted(_walk(records, "dose"), key=lambda name: records[name].label)
    ]
    groups: list[dict[str, Any]] = [{"title": "Doses, windows and schedules", "links": links}]
    found = [row for row in sections.studies(records) if row["doseMax"]]
    groups.insert(0, {"title": "Studies that state a daily dose", "studies": found})
    chart = charts.dose_chart(records.dataset, renderer.links_from(""))
    return "Doses", "Dose windows, what studies gave, and how doses were built up.", groups, chart


def _walk(records: Records, wanted: str) -> Iterator[str]:
    """Yield the records of a kind by their labels."""
    of_kind = (record for record in records if kind(record) == wanted)
    yield from sorted(of_kind, key=lambda record: records[record].label.casefold())


LISTINGS = {
    "conditions.html": _conditions,
    "claims.html": _claims,
    "studies.html": _studies,
    "mechanism.html": _mechanism,
    "doses.html": _doses,
}
