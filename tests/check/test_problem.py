"""A problem is told in one line: where, which record, what is wrong, what it says, which rule."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal, Triple

from ldn_kg.check.validation import Problem, problems
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import BASE, iri

PROBLEM = Problem(f"{BASE}study/a", f"{BASE}shapes#Study-label", "A study has one label.")
FILE = Path("own.ttl")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "study:a: A study has one label. [lsh:Study-label]"),
        ({"file": FILE}, "own.ttl: study:a: A study has one label. [lsh:Study-label]"),
        ({"file": FILE, "line": 7}, "own.ttl:7: study:a: A study has one label. [lsh:Study-label]"),
        ({"line": 7}, "study:a: A study has one label. [lsh:Study-label]"),
        (
            {"path": "rdfs:label"},
            "study:a: A study has one label. (rdfs:label) [lsh:Study-label]",
        ),
        ({"value": "x"}, "study:a: A study has one label. (it says x) [lsh:Study-label]"),
        (
            {"path": "rdfs:label", "value": "x", "hint": "one of: a, b"},
            "study:a: A study has one label. (rdfs:label says x; one of: a, b) [lsh:Study-label]",
        ),
        (
            {"hint": "one of: a, b"},
            "study:a: A study has one label. (one of: a, b) [lsh:Study-label]",
        ),
    ],
)
def test_it_is_told_in_one_line(more: dict[str, object], told: str) -> None:
    assert str(replace(PROBLEM, **more)) == told  # type: ignore[arg-type]


SHAPES = """@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<urn:x:S> a sh:NodeShape ; sh:targetClass ldn:Study ; sh:property <urn:x:one> , <urn:x:two> .
<urn:x:one> a sh:PropertyShape ; sh:path ldn:enrolled ; sh:minCount 1 ; sh:message "One." .
<urn:x:two> a sh:PropertyShape ; sh:path ldn:analysed ; sh:minCount 1 ; sh:message "Two." .
"""


def test_triples_are_judged_by_the_shapes_of_one_file(tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(SHAPES, encoding="utf-8")
    study = Triple(iri("study:a"), iri("rdf:type"), iri("ldn:Study"))
    enrolled = Triple(iri("study:a"), iri("ldn:enrolled"), Literal(1))
    told = [(p.rule, p.message) for p in problems([study], path)]
    assert told == [("urn:x:one", "One."), ("urn:x:two", "Two.")]
    assert [p.rule for p in problems([study, enrolled], path)] == ["urn:x:two"]
    with pytest.raises(LdnKgError, match=r"own\.ttl finds nothing to look at"):
        problems([enrolled], path)
