"""A nanopublication for each claim, unsigned, under a trusty URI that its content fixes.

Four graphs each, by the nanopublication guidelines: head, assertion, provenance and publication
info. The name of each is made of the SHA-256 of all four (Trusty URIs, module RA), so that
whoever holds one can tell whether it was changed.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import text
from ldn_kg.graph.namespaces import BASE, iri
from ldn_kg.publish.formats import trig

Terms = tuple[Any, Any, Any, Any]

_QUERIES = Path(__file__).parent / "queries" / "nanopub"
_THIS = NamedNode(BASE + "np/-")  # the hyphen is where the code will be
_CLAIMS = "SELECT ?claim WHERE { ?claim ldn:status ?status } ORDER BY ?claim"
_PARTS = {
    "assertion": ("hasAssertion", "{claim}"),
    "provenance": ("hasProvenance", "({assertion} {claim})"),
    "pubinfo": ("hasPublicationInfo", "({nanopub} {claim})"),
}


def nanopubs(dataset: Dataset) -> bytes:
    """Return all claims as nanopublications in one TriG document, which can be cut between them."""
    return b"\n".join(each(dataset).values())


def each(dataset: Dataset) -> dict[str, bytes]:
    """Map the artifact code of each nanopublication to a TriG document of its own."""
    claims = [NamedNode(row["claim"]) for row in dataset.rows(_CLAIMS)]
    found = (nanopub(dataset, claim) for claim in claims)
    return {_code_of(quads): trig(quads, **_prefixes(quads)) for quads in found}


def _code_of(quads: list[Quad]) -> str:
    return _prefixes(quads)["this"].rpartition("/")[2]


def nanopub(dataset: Dataset, claim: NamedNode) -> list[Quad]:
    """Return the quads of the nanopublication of a claim; the first says what it is."""
    unnamed = list(_unnamed(dataset, claim))
    code = _code(unnamed)
    return [Quad(*(_named(term, code) for term in quad)) for quad in unnamed]


def _prefixes(quads: list[Quad]) -> dict[str, str]:
    """Return the two prefixes that nanopublications have by custom."""
    this = str(quads[0].subject).strip("<>")
    return {"this": this, "sub": f"{this}#"}


def _unnamed(dataset: Dataset, claim: NamedNode) -> Iterator[Terms]:
    """Yield subject, predicate, object and graph, named after no code yet."""
    yield _THIS, iri("rdf:type"), iri("np:Nanopublication"), _part("Head")
    names = {"nanopub": _THIS, "assertion": _part("assertion"), "claim": claim}
    for part, (has, values) in _PARTS.items():
        yield _THIS, iri(f"np:{has}"), _part(part), _part("Head")
        sparql = text(_QUERIES / f"{part}.rq")
        blank = values.format(**dict.fromkeys(names, "UNDEF"))
        wanted = values.format(**{name: str(node) for name, node in names.items()})
        for triple in set(dataset.ask(sparql.replace(blank, wanted))):
            yield *triple, _part(part)


def _part(name: str) -> NamedNode:
    return NamedNode(f"{_THIS.value}#{name}")


def _code(quads: Iterable[Terms]) -> str:
    """Return the artifact code: RA and the digest of the quads in their normal order and form.

    As the specification of Trusty URIs has it: each term on a line of its own, in the order graph,
    subject, predicate, object, with a space where the code will be.
    """
    lines = "".join(
        f"{_line(term)}\n" for quad in sorted(quads, key=_order) for term in _turn(quad)
    )
    digest = hashlib.sha256(lines.encode()).digest()
    return "RA" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _turn(quad: Terms) -> Terms:
    subject, predicate, object_, graph = quad
    return graph, subject, predicate, object_


def _line(term: Any) -> str:
    if not isinstance(term, Literal):
        return _address(term, " ")
    escaped = term.value.replace("\\", "\\\\").replace("\n", "\\n")
    kind = f"@{term.language.lower()}" if term.language else f"^{term.datatype.value}"
    return f"{kind} {escaped}"


def _order(quad: Terms) -> tuple[object, ...]:
    """Order by graph, subject, predicate and object by their bytes, IRIs before literals."""
    *names, value = _turn(quad)
    spot = tuple(term.value.encode() for term in names)
    if not isinstance(value, Literal):
        return *spot, False, value.value.encode(), "", ""
    # One with a language comes before one with a datatype.
    kind = "" if value.language else value.datatype.value
    return *spot, True, value.value.encode(), kind, value.language or ""


def _named(term: Any, code: str) -> Any:
    return term if isinstance(term, Literal) else NamedNode(_address(term, code))


def _address(term: NamedNode, code: str) -> str:
    """Return an IRI with the code in its place, if the IRI is of this nanopublication."""
    rest = term.value.removeprefix(_THIS.value)
    return term.value if rest == term.value else f"{_THIS.value[:-1]}{code}{rest}"
