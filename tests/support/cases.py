"""The cases of the shapes: records that are right but for one thing."""

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode
from rdflib import SH

from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import files, quads
from ldn_kg.graph.rules import derive
from support.paths import TESTS

CASES = sorted((TESTS / "shapes").glob("*/*.ttl"))
VALID = TESTS / "shapes" / "valid.ttl"
Pairs = set[tuple[str, str]]


def expectations(case: Path) -> Iterator[tuple[str, str]]:
    """Yield the focus nodes and shapes that a case says must be reported."""
    found: dict[str, dict[str, str]] = {}
    for quad in quads(case):
        if quad.predicate.value in (str(SH.focusNode), str(SH.sourceShape)):
            terms = found.setdefault(str(quad.subject), {})
            terms[quad.predicate.value] = str(quad.object).strip("<>")
    for terms in found.values():
        yield terms[str(SH.focusNode)], terms[str(SH.sourceShape)]


def load(*cases: Path) -> Dataset:
    """Read the ontology, the valid records and a case without what it says must be reported."""
    dataset = read(*files("ontology", ".ttl"), VALID, *cases, shipped=False)
    for name in (SH.focusNode, SH.sourceShape):
        pattern = dataset.store.quads_for_pattern(None, NamedNode(str(name)), None, None)
        for quad in list(pattern):
            dataset.store.remove(quad)
    return derive(dataset)
