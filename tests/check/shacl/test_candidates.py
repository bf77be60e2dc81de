"""SPARQL finds the nodes that may fail a shape: what pySHACL then reports is all it would report.

pySHACL over all of the data is the measure: on cases of one fault, on graphs broken at random, on
small shapes that are hard to say in SPARQL, and on W3C's test suite where one has it. SHACL Core is
gone through in `test_core.py`.
"""

import os
import random
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store
from support.cases import CASES, load, raw, right

from ldn_kg.check.shacl import Result
from ldn_kg.check.shacl.bridge import to_rdflib
from ldn_kg.check.shacl.candidates import may_fail, queries
from ldn_kg.check.shacl.judge import judge, report
from ldn_kg.check.validation import rules
from ldn_kg.graph.files import quads
from ldn_kg.graph.namespaces import iri

W3C = os.environ.get("LDN_KG_W3C", "")  # the folder tests/core of W3C's suite
_TURTLE = RdfFormat.TURTLE
BROKEN = int(os.environ.get("LDN_KG_BROKEN_GRAPHS", "20"))  # thousands by hand
PREFIXES = """
@prefix : <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def _store(turtle: str) -> Store:
    store = Store()
    store.load(input=(PREFIXES + turtle).encode(), format=_TURTLE)
    return store


def _alone(data: Store, shapes: Store) -> set[Result] | str:
    """Return what pySHACL says of all of the data, or the kind of error that it ends with."""
    try:
        return set(report(to_rdflib(data), to_rdflib(shapes)))
    except Exception as error:
        return type(error).__name__


def _aimed(data: Store, shapes: Store) -> set[Result] | str:
    """Return what pySHACL says of the nodes that may fail."""
    aims = {shape: nodes for shape, nodes in may_fail(queries(shapes, data), data).items() if nodes}
    try:
        return set(judge(data, shapes, aims)) if aims else set()
    except Exception as error:
        return type(error).__name__


def _agree(data: Store, shapes: Store, where: object) -> bool:
    """Demand the same report both ways, and return whether there is something in it.

    A text where a number belongs is a problem by its own rule, and must be. What SPARQL makes of
    it is another thing: an error, says the specification, but rdflib compares it, or fails.
    """
    alone, aimed = _alone(data, shapes), _aimed(data, shapes)
    if isinstance(alone, str) and isinstance(aimed, set):
        assert aimed, (where, alone)
    elif isinstance(alone, set) and isinstance(aimed, set):
        texts = {result.value for result in aimed if result.path} - {None}
        beyond = {result for result in alone - aimed if not result.path}
        assert all(result.value in texts for result in beyond), where
        assert aimed == alone - beyond, where
    else:
        assert aimed == alone, where
    return bool(alone)


def _w3c() -> list[Path]:
    found = sorted(path for path in Path(W3C).rglob("*.ttl") if path.name != "manifest.ttl")
    cases = [path for path in found if not path.stem.endswith(("-shapes", "-data"))]
    assert len(cases) > 90, f"LDN_KG_W3C={W3C} is not the folder tests/core of W3C's suite"
    return cases


def _w3c_part(case: Path, kind: str) -> Store:
    """Return the data or the shapes of a case, which it may hold itself."""
    beside, store = case.with_name(f"{case.stem}-{kind}.ttl"), Store()
    store.extend(quads(beside if beside.is_file() else case))
    return store


@pytest.mark.parametrize(
    "case", _w3c() if W3C else [None], ids=lambda case: case and f"{case.parent.name}/{case.stem}"
)
def test_the_w3c_suite_gets_the_same_report(case: Path | None) -> None:
    if case is None:
        pytest.skip(
            "W3C's suite is not here: git clone https://github.com/w3c/data-shapes, then set "
            "LDN_KG_W3C to its folder data-shapes-test-suite/tests/core"
        )
    found = _agree(_w3c_part(case, "data"), _w3c_part(case, "shapes"), case)
    assert found or "conforms" in case.read_text(encoding="utf-8")


def test_every_case_of_one_fault_gets_the_same_report() -> None:
    assert len(CASES) > 400
    chosen = random.Random(7).sample(CASES, 10) if BROKEN < 1000 else CASES
    found = [_agree(raw(case), rules(), case) for case in chosen]
    assert sum(found) > 5


def test_all_that_is_shipped_is_understood() -> None:
    """What is not understood sends every node to pySHACL: right, but as slow as it is alone."""
    store = load().store
    aims = may_fail(queries(rules(), store), store)
    assert len(aims) > 50
    assert not [str(shape) for shape, nodes in aims.items() if nodes]


def test_graphs_that_are_broken_at_random_get_the_same_report() -> None:
    whole = sorted(load().store, key=str)
    ours = list(right())
    found = 0
    for seed in range(BROKEN):
        store = Store()
        store.extend(whole)
        _break(store, ours, random.Random(seed))
        found += _agree(store, rules(), f"seed {seed}")
    assert found > BROKEN / 2


def _break(store: Store, ours: list[Quad], chance: random.Random) -> None:
    """Make one to three changes to what is said of records."""
    for _ in range(chance.randint(1, 3)):
        (quad,), (other,) = chance.sample(ours, 1), chance.sample(ours, 1)
        graph = next((q.graph_name for q in store.quads_for_pattern(*quad.triple, None)), None)
        if graph is None:
            continue
        values = {
            "drop": None,
            "copy": other.object,
            "text": Literal("x\n"),
            "number": Literal("-1", datatype=iri("xsd:integer")),
            "large": Literal("1000000.5", datatype=iri("xsd:decimal")),
            "odd": Literal("ten", datatype=iri("xsd:integer")),
            "date": Literal("2021-02-30", datatype=iri("xsd:date")),
            "language": Literal("Wort", language="de"),
            "self": quad.subject,
            "nowhere": NamedNode("https://example.org/nowhere"),
        }
        kind = chance.choice([*values, "predicate", "type"])
        if kind != "type" and chance.random() < 0.6:
            store.remove(Quad(*quad.triple, graph))
        if kind == "predicate":
            store.add(Quad(quad.subject, other.predicate, quad.object, graph))
        elif kind == "type":
            types = [q.object for q in ours if q.predicate == iri("rdf:type")]
            store.add(Quad(quad.subject, iri("rdf:type"), chance.choice(types), graph))
        elif values[kind] is not None:
            store.add(Quad(quad.subject, quad.predicate, values[kind], graph))  # type: ignore[arg-type]


SHAPES = {
    "not around what is not understood": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:not [ sh:property [ sh:path :p ; sh:maxCount 7 ] ] .""",
    "a pattern with what engines read differently": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :p ; sh:pattern "^\\\\w+$" ] .""",
    "a pattern with flags": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :p ; sh:pattern "^X$" ; sh:flags "i" ] .""",
    "an end of line": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:not [ sh:property [ sh:path :p ; sh:pattern "^x$" ] ] .""",
    "a constant that the store would write otherwise": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :n ; sh:hasValue "01"^^xsd:integer ] .""",
    "one of values that the store would write otherwise": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :n ; sh:in ( 1.50 2 ) ] .""",
    "a shape that refers to itself": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :q ; sh:maxCount 0 ] , [ sh:path :r ; sh:node :S ] .""",
    "steps back, over choices and any number of times": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path ( [ sh:inversePath :q ] [ sh:alternativePath ( :p :n ) ] ) ;
            sh:maxCount 1 ] ,
            [ sh:path [ sh:zeroOrMorePath :q ] ; sh:class :C ] .""",
    "a sequence backwards": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path [ sh:inversePath ( :q :r ) ] ; sh:maxCount 0 ] .""",
    "exactly one of three": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:xone ( [ sh:property [ sh:path :p ; sh:minCount 1 ] ]
            [ sh:property [ sh:path :n ; sh:minCount 1 ] ]
            [ sh:property [ sh:path :q ; sh:minCount 1 ] ] ) .""",
    "a query with branches": '''
        :S a sh:NodeShape ; sh:targetClass :C ; sh:sparql [
          sh:select """SELECT $this WHERE {
            { $this <https://example.org/p> 'x' }
            UNION { FILTER NOT EXISTS { $this <https://example.org/n> ?n } } }""" ] .''',
    "a query within a query": '''
        :S a sh:NodeShape ; sh:targetClass :C ; sh:sparql [
          sh:select """SELECT $this WHERE { $this <https://example.org/p> ?p
            { SELECT (COUNT(*) AS ?n) WHERE { ?a a ?b } } FILTER(?n > 2) }""" ] .''',
    "a query that counts by node": '''
        :S a sh:NodeShape ; sh:targetClass :C ; sh:sparql [
          sh:select """SELECT $this WHERE { $this <https://example.org/p> ?p }
            GROUP BY $this HAVING (COUNT(?p) > 1)""" ] .''',
    "a query that counts by node, in a choice": '''
        :S a sh:NodeShape ; sh:targetClass :C ; sh:not [ sh:sparql [
          sh:select """SELECT $this WHERE { $this <https://example.org/p> ?p }
            GROUP BY $this HAVING (COUNT(?p) > 1)""" ] ] .''',
    "a date, a time and a year in order": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :d ; sh:minInclusive "2020-01-01"^^xsd:date ] .""",
    "a number beside a text": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :n ; sh:lessThan :m ] , [ sh:path :n ; sh:minExclusive 1.0e0 ] .""",
    "classes below classes, and shapes that are classes": """
        :C a sh:NodeShape , rdfs:Class ; sh:property [ sh:path :q ; sh:class :D ] .""",
    "counts of values of a kind, apart from each other": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :q ; sh:qualifiedValueShape [ sh:class :E ] ;
            sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ;
            sh:qualifiedValueShapesDisjoint true ] ,
            [ sh:path :q ; sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMinCount 2 ] .""",
    "only known properties, and what is switched off": """
        :S a sh:NodeShape ; sh:targetClass :C ; sh:closed true ; sh:ignoredProperties ( :q :r ) ;
          sh:property [ sh:path :p ; sh:deactivated true ; sh:maxCount 0 ] .""",
    "objects and subjects of a property, and a literal": """
        :S a sh:NodeShape ; sh:targetObjectsOf :q ; sh:targetSubjectsOf :n ;
          sh:targetNode "x" , :none ;
          sh:nodeKind sh:IRI ; sh:property [ sh:path :p ; sh:minCount 1 ] .""",
    "languages": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :l ; sh:languageIn ( "en" ) ] ,
            [ sh:path :l ; sh:uniqueLang true ] .""",
    "equal and apart": """
        :S a sh:NodeShape ; sh:targetClass :C ;
          sh:property [ sh:path :q ; sh:equals :r ] , [ sh:path :q ; sh:disjoint :s ] .""",
}
DATA = """
:a a :C ; :p "x" , "y" ; :n 1 ; :m 2 ; :q :b ; :d "2021-03-04"^^xsd:date ; :l "a"@en-GB , "b"@en .
:b a :D ; :p "x\\n" ; :n 1.5 ; :m "2" ; :q :a , :c ; :r :a , :c ; :l "a"@de .
:c a :E ; :p "ä ö" ; :n "1"^^xsd:int ; :m 1 ; :q :c , "x" ; :r :c ; :d "2019-12-31"^^xsd:date .
:e a :C ; :p "X" ; :n 7 ; :q _:f ; :r :a ; :s _:f ; :d "2020-01-01Z"^^xsd:date ;
  :l "a"@en , "b"@EN .
:g a :C ; :p 5 , true , :b ; :n "x" ; :d "2020-02-30"^^xsd:date ; :zz 1 ; :q :a ; :s :c .
:h a :C .
_:f a :C ; :p "x" ; :q :e .
:D rdfs:subClassOf :C . :E rdfs:subClassOf :D .
"""


@pytest.mark.parametrize("name", SHAPES)
def test_what_is_hard_to_say_in_sparql_gets_the_same_report(name: str) -> None:
    found = _agree(_store(DATA), _store(SHAPES[name]), name)
    assert found, "a case that finds nothing shows nothing"


def test_own_components_are_left_to_pyshacl() -> None:
    shapes = _store(":S a sh:NodeShape ; sh:targetClass :C . :K a sh:ConstraintComponent .")
    data = _store(DATA)
    ((_, nodes),) = may_fail(queries(shapes, data), data).items()
    assert len(nodes) == 7
