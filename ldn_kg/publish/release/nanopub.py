"""A nanopublication for each claim, unsigned, under a trusty URI computed from its content.

Each has four graphs (https://nanopub.net/guidelines/working_draft/): head, assertion, provenance
and publication info. Its name contains the SHA-256 digest of all four (Trusty URIs, module RA,
http://trustyuri.net/), so that anybody can check that it was not changed.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import text
from ldn_kg.graph.namespaces import BASE, iri
from ldn_kg.publish.formats import trig

NANOPUBS = "nanopubs.trig"  # the file of the release
Terms = tuple[Any, Any, Any, Any]

_QUERIES = Path(__file__).parent / "sparql" / "nanopub"
_CREATED = iri("dcterms:created")
_THIS = NamedNode(BASE + "np/-")  # the hyphen stands for the artifact code, not known yet
_CLAIMS = "SELECT ?claim WHERE { ?claim a ldn:Claim ; ldn:status ?status } ORDER BY ?claim"
# Of each graph: the property that names it in the head, and the values for its query.
_PARTS = {
    "assertion": ("hasAssertion", "{claim}"),
    "provenance": ("hasProvenance", "({assertion} {claim})"),
    "pubinfo": ("hasPublicationInfo", "({nanopub} {claim})"),
}


def nanopubs(dataset: Dataset) -> bytes:
    """Return the nanopublications of all claims in one TriG document, one after the other."""
    return together(each(dataset))


def together(published: Mapping[str, bytes]) -> bytes:
    """Return the documents that `each` returned as one."""
    return b"\n".join(published.values())


def each(dataset: Dataset) -> dict[str, bytes]:
    """Map the artifact code of each nanopublication, such as "RA…", to its own TriG document."""
    claims = [NamedNode(row["claim"]) for row in dataset.rows(_CLAIMS)]
    published = (nanopub(dataset, claim) for claim in claims)
    return {_code_of(quads): trig(quads, **_prefixes(quads)) for quads in published}


def _code_of(quads: list[Quad]) -> str:
    return _prefixes(quads)["this"].rpartition("/")[2]


def nanopub(dataset: Dataset, claim: NamedNode) -> list[Quad]:
    """Return the quads of the nanopublication of a claim; the subject of the first is its name."""
    unnamed = list(_unnamed(dataset, claim))
    code = _artifact_code(unnamed)
    return [Quad(*(_with_code(term, code) for term in quad)) for quad in unnamed]


def _prefixes(quads: list[Quad]) -> dict[str, str]:
    """Return the prefixes that nanopublications have by convention."""
    this = str(quads[0].subject).strip("<>")
    return {"npx": "http://purl.org/nanopub/x/", "this": this, "sub": f"{this}#"}


def _unnamed(dataset: Dataset, claim: NamedNode) -> Iterator[Terms]:
    """Yield subject, predicate, object and graph, with a hyphen in place of the artifact code."""
    yield _THIS, iri("rdf:type"), iri("np:Nanopublication"), _graph_iri("Head")
    names = {"nanopub": _THIS, "assertion": _graph_iri("assertion"), "claim": claim}
    for part, (has, values) in _PARTS.items():
        yield _THIS, iri(f"np:{has}"), _graph_iri(part), _graph_iri("Head")
        sparql = _query(part)
        blank = values.format(**dict.fromkeys(names, "UNDEF"))
        filled = values.format(**{name: str(node) for name, node in names.items()})
        for subject, predicate, value in set(dataset.ask(sparql.replace(blank, filled))):
            said = _begin(value) if predicate == _CREATED else value
            yield subject, predicate, said, _graph_iri(part)


@cache
def _query(part: str) -> str:
    return text(_QUERIES / f"{part}.rq")


def _begin(day: Literal) -> Literal:
    """Return the begin of a day: tools for nanopublications read a time only.

    The offset is in figures, since rdflib writes Z anew and would find the digest wrong.
    """
    return Literal(f"{day.value}T00:00:00+00:00", datatype=iri("xsd:dateTime"))


def _graph_iri(name: str) -> NamedNode:
    return NamedNode(f"{_THIS.value}#{name}")


def _artifact_code(quads: Iterable[Terms]) -> str:
    """Return the artifact code: RA and the digest of the quads in their normal order and form.

    By the specification of Trusty URIs, each term is on its own line, in the order graph, subject,
    predicate, object, with a space in place of the code.
    """
    lines = "".join(
        f"{_normal_form(term)}\n"
        for quad in sorted(quads, key=_normal_order)
        for term in _graph_first(quad)
    )
    digest = hashlib.sha256(lines.encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _graph_first(quad: Terms) -> Terms:
    subject, predicate, object_, graph = quad
    return graph, subject, predicate, object_


def _normal_form(term: Any) -> str:
    if not isinstance(term, Literal):
        return _iri_with_code(term, " ")
    escaped = term.value.replace("\\", "\\\\").replace("\n", "\\n")
    kind = f"@{term.language.lower()}" if term.language else f"^{term.datatype.value}"
    return f"{kind} {escaped}"


def _normal_order(quad: Terms) -> tuple[object, ...]:
    """Sort by the bytes of graph, subject, predicate and object, IRIs before literals."""
    *names, value = _graph_first(quad)
    iris = tuple(term.value.encode() for term in names)
    if not isinstance(value, Literal):
        return *iris, False, value.value.encode(), "", ""
    # A literal with a language comes before one with a datatype.
    datatype = "" if value.language else value.datatype.value
    return *iris, True, value.value.encode(), datatype, value.language or ""


def _with_code(term: Any, code: str) -> Any:
    return term if isinstance(term, Literal) else NamedNode(_iri_with_code(term, code))


def _iri_with_code(term: NamedNode, code: str) -> str:
    """Return an IRI, with the code in place of the hyphen if it is of this nanopublication."""
    rest = term.value.removeprefix(_THIS.value)
    return term.value if rest == term.value else f"{_THIS.value[:-1]}{code}{rest}"
