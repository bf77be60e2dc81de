"""The pages about the dataset: its graphs, vocabulary, rules and files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from pyoxigraph import Literal, NamedNode

from ldn_kg.graph.files import GRAPHS, files, quads
from ldn_kg.graph.namespaces import BASE, LDN, PREFIXES, shorten
from ldn_kg.publish.folder import SUMS
from ldn_kg.publish.release import artefacts
from ldn_kg.publish.release.crate import CRATE
from ldn_kg.publish.release.media import described
from ldn_kg.publish.release.metadata import version_of
from ldn_kg.publish.release.ontology import ONTOLOGY
from ldn_kg.publish.site.render import Page, Renderer, alternates
from ldn_kg.publish.site.schema_org import dataset_items, dataset_schema
from ldn_kg.read.changelog import CHANGES
from ldn_kg.read.record import Fact, Records, Value

_GRAPHS = {
    "dataset": "The dataset about itself.",
    "derived": "What the rules derived: answers, statuses, and facts in standard vocabularies.",
    "literature": "Drugs, doses, conditions, claims, and the studies with their results.",
    "source": "What the source document says, statement by statement.",
    "vocabulary": "The terms, the closed lists of concepts, and their links to other vocabularies.",
}

_VERSION = """
SELECT ?prefix ?namespace ?number ?issued ?created ?citation
WHERE {
  ?ontology vann:preferredNamespacePrefix ?prefix ;
    vann:preferredNamespaceUri ?namespace ;
    owl:versionInfo ?number ;
    dcterms:issued ?issued ;
    dcterms:created ?created ;
    dcterms:bibliographicCitation ?citation .
}
"""
# How many records are of a class, have a property, or are claims that speak of a relation.
_USES = """
SELECT ?term (COUNT(DISTINCT ?record) AS ?records)
WHERE {
  ?term rdfs:isDefinedBy ldnk:ontology .
  { ?record a ?term } UNION { ?record ?term ?value } UNION { ?record rdf:predicate ?term }
}
GROUP BY ?term
"""


def graph_page(records: Records, name: str, renderer: Renderer) -> Page:
    """Return the page of a named graph."""
    count = sum(1 for _ in records.dataset.triples(name))
    path = f"graph/{name}.html"
    return Page(
        path=path,
        title=f"The graph {name}",
        template="record.html",
        summary=_GRAPHS[name],
        kind="named graph",
        iri=GRAPHS[name].value,
        alternates=alternates(path),
        context={
            "names": [],
            "facts": [Fact("What is in it", (Value(f"{_GRAPHS[name]} {count:,} triples."),))],
            "by_kind": {},
            "users": {},
        },
    )


def release_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page that lists the files of this release and says what each is."""
    version, number = version_of(records.dataset)
    names = [*artefacts(records.dataset), SUMS, *([CHANGES] if renderer.changes else [])]
    undescribed = {
        SUMS: "The checksums of all files.",
        CRATE: "The release as an RO-Crate.",
    }
    return Page(
        path=path,
        title=f"Version {number}",
        template="release.html",
        summary="All files of this version of the dataset.",
        iri=version.value,
        alternates=alternates(f"release/{number}/metadata.html"),
        items=dataset_items(records),
        schema=dataset_schema(records, renderer.base_url),
        context={"files": [(n, undescribed.get(n) or described(n)) for n in sorted(names)]},
    )


def ontology_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of the vocabulary, its classes first, with how often each term is used."""
    uses = {row["term"]: int(row["records"]) for row in records.dataset.rows(_USES)}
    groups: dict[str, list[dict[str, Any]]] = {"Classes": [], "Properties": []}
    for term in map(records.__getitem__, records.terms):
        is_class = any(str(quad.object).endswith("#Class>") for quad in term.quads)
        groups["Classes" if is_class else "Properties"].append(
            {
                "id": term.iri.removeprefix(LDN),
                "name": term.label,
                "code": shorten(term.iri),
                "uses": uses.get(term.iri, 0),
                "facts": term.facts,
            }
        )
    (header,) = records.dataset.rows(_VERSION)
    return Page(
        path=path,
        title="Vocabulary",
        template="ontology.html",
        summary="The terms of the graph. Closed lists of concepts have pages of their own.",
        iri=f"{BASE}ontology",
        alternates=alternates(path),
        context={
            "groups": [{"title": title, "terms": terms} for title, terms in groups.items()],
            "header": header,
            "file": f"release/{header['number']}/{ONTOLOGY}",
        },
    )


def shapes_page(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page of the rules for the data, file by file."""
    groups = [(file.stem, sorted(set(_rules(file)))) for file in files("shapes", ".ttl")]
    return Page(
        path=path,
        title="Rules for the data",
        template="shapes.html",
        summary="What makes a good record, as SHACL shapes: each rule with its message.",
        iri=f"{BASE}shapes",
        alternates=alternates(path),
        context={"groups": groups},
    )


def _rules(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the message of each rule in a file of shapes."""
    for quad in quads(path):
        is_message = quad.predicate.value == PREFIXES["sh"] + "message"
        if is_message and isinstance(quad.subject, NamedNode):
            yield quad.subject.value.rpartition("#")[2], cast(Literal, quad.object).value


def not_found(records: Records, path: str, renderer: Renderer) -> Page:
    """Return the page for an address that there is not."""
    return Page(
        path=path,
        title="There is no such page",
        template="404.html",
        summary="The address may be misspelt, or the record may have another name now.",
    )
