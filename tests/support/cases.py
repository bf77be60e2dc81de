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
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Quad, Store
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

    def touched(self) -> set[str]:
        """Return the IRIs of the records that it changes, takes away, or wants reported."""
        gone = (quad.subject for quad in right(self.file) if not self.keeps(quad))
        changed = (*gone, *(quad.subject for quad in self.come))
        named = (subject.value for subject in changed if isinstance(subject, NamedNode))
        return {*named, *(record for record, _ in self.expected)}


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
def right(*of: Path) -> tuple[Quad, ...]:
    """Return the records that keep every rule: those for all files, and those of some."""
    own = (quad for file in of for quad in quads(file))
    return (*quads(VALID), *(quad for quad in own if quad.graph_name == GRAPHS["local"]))


def raw(*cases: Case) -> Store:
    """Return the ontology and the valid records, with cases, before anything is derived."""
    store = Store()
    store.extend(_ontology())
    of = sorted({case.file for case in cases})
    store.extend(quad for quad in right(*of) if all(case.keeps(quad) for case in cases))
    store.extend(quad for case in cases for quad in case.come)
    return store


def load(*cases: Case) -> Dataset:
    """Return the ontology and the valid records, with cases, and what the rules derive."""
    return derive(Dataset(raw(*cases), ()))


def apart(cases: Iterable[Case]) -> list[tuple[Case, ...]]:
    """Divide cases into groups, the largest first, in which no two touch the same record."""
    groups: list[tuple[set[str], list[Case]]] = []
    for case in cases:
        touched = case.touched()
        for others, group in groups:
            if others.isdisjoint(touched):
                others |= touched
                group.append(case)
                break
        else:
            groups.append((touched, [case]))
    return sorted((tuple(group) for _, group in groups), key=len, reverse=True)


def wrong(cases: tuple[Case, ...], found: Callable[[Dataset], Pairs]) -> dict[Case, Pairs]:
    """Return the cases whose own report is not what they say, and that report.

    They are tried together first, as in `apart`; where that gives anything but what all of them
    say, each half is tried, down to a case alone. So they may meet, which costs time only.
    """
    reported = found(load(*cases))
    if reported == set[tuple[str, str]]().union(*(case.expected for case in cases)):
        return {}
    if len(cases) == 1:
        return {cases[0]: reported}
    half = len(cases) // 2
    return wrong(cases[:half], found) | wrong(cases[half:], found)
