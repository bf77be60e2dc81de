"""The cases of the shapes: records that are right but for one thing.

`shapes/<shape file>.trig` has records that keep every rule, in no graph, and a named graph for each
case. The records are laid on those of `shapes/valid.ttl`; a case then changes one thing:

    :arm-with-a-drug-as-dose {
        ex:new-arm :without ldn:dose ; ldn:dose ex:drug .
        [] sh:focusNode ex:new-arm ; sh:sourceShape lsh:Arm-dose .
    }

`:without` names a property or a value that the record loses; `[] :without ex:new-arm` loses the
record, wherever it is mentioned. What must be reported is a focus node and a shape; all else is
added.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, Quad, Store
from rdflib import SH

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS, files, quads
from ldn_kg.graph.rules import derive
from support.paths import TESTS

FOLDER = TESTS / "shapes"
VALID = FOLDER / "valid.ttl"
Pairs = set[tuple[str, str]]
_HERE = "https://example.org/ldn/case/"
_NAME = re.compile(r"^:(\S+) \{$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One fault: the triples that come, the terms that go, and the pairs that must be reported.

    A term goes from one subject, or from all where that is None. A pair is the IRIs of a focus node
    and of a shape. A case without a name is the right records of its file.
    """

    file: Path
    name: str = ""
    come: tuple[Quad, ...] = ()
    gone: frozenset[tuple[Any, Any]] = frozenset()
    expected: frozenset[tuple[str, str]] = frozenset()

    def __str__(self) -> str:
        """Return the name that a test has."""
        return f"{self.file.stem}/{self.name}"

    def keeps(self, quad: Quad) -> bool:
        """Tell whether one of the right quads stays."""
        own = ((quad.subject, term) for term in (quad.predicate, quad.object))
        return self.gone.isdisjoint({*own, (None, quad.subject), (None, quad.object)})


def cases_of(file: Path) -> list[Case]:
    """Return the cases of a file in their order.

    Raises ValueError for no case, two of the same name (RDF would make one of them), and a graph
    that is not opened on a line of its own.
    """
    names = _NAME.findall(file.read_text(encoding="utf-8"))
    graphs: dict[str, list[Quad]] = {_HERE + name: [] for name in names}
    for quad in quads(file):
        if quad.graph_name != GRAPHS["local"]:
            graphs.setdefault(quad.graph_name.value, []).append(quad)
    if not names or len(names) != len(graphs):
        raise ValueError(f"{file}: {len(names)} lines like ':name {{' open {len(graphs)} cases.")
    return [_case(file, name.removeprefix(_HERE), said) for name, said in graphs.items()]


def _case(file: Path, name: str, said: list[Quad]) -> Case:
    come, gone = [], set()
    reports: dict[Any, dict[str, str]] = {}
    for quad in said:
        if quad.predicate.value == f"{_HERE}without":
            subject = None if isinstance(quad.subject, BlankNode) else quad.subject
            gone.add((subject, quad.object))
        elif quad.predicate.value in (str(SH.focusNode), str(SH.sourceShape)):
            reports.setdefault(quad.subject, {})[quad.predicate.value] = quad.object.value
        else:
            come.append(Quad(*quad.triple, GRAPHS["local"]))
    expected = {(r[str(SH.focusNode)], r[str(SH.sourceShape)]) for r in reports.values()}
    return Case(file, name, tuple(come), frozenset(gone), frozenset(expected))


CASE_FILES = sorted(FOLDER.glob("*.trig"))
CASES = [case for file in CASE_FILES for case in cases_of(file)]


@cache
def _ontology() -> tuple[Quad, ...]:
    return tuple(quad for path in files("ontology", ".ttl") for quad in quads(path))


@cache
def right(file: Path | None = None) -> tuple[Quad, ...]:
    """Return the records that keep every rule: those for all files, and those of one."""
    own = quads(file) if file else ()
    return (*quads(VALID), *(quad for quad in own if quad.graph_name == GRAPHS["local"]))


def raw(case: Case | None = None) -> Store:
    """Return the ontology and the valid records, with a case, before anything is derived."""
    store = Store()
    store.extend(_ontology())
    store.extend(quad for quad in right(case and case.file) if not case or case.keeps(quad))
    store.extend(case.come if case else ())
    return store


def load(case: Case | None = None) -> Dataset:
    """Return the ontology and the valid records, with a case, and what the rules derive."""
    return derive(Dataset(raw(case), ()))
