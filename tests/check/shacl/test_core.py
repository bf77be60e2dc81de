"""SHACL Core, part by part: small shapes, and the focus nodes that fail them by the specification.

What W3C's test suite covers too, in the project itself; the nodes are typed from the specification,
and pySHACL over all of the data must report the same results.
"""

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from ldn_kg.check import shacl
from ldn_kg.check.shacl import ShapesError, validate
from ldn_kg.check.shacl.bridge import to_rdflib
from ldn_kg.check.shacl.candidates import may_fail, queries
from ldn_kg.check.shacl.judge import report
from ldn_kg.check.shacl.shapes import NotUnderstoodError, Shapes

PREFIXES = """
@prefix : <https://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PEOPLE = """
:Child rdfs:subClassOf :Person .
:ann a :Person ; :name "Ann" ; :age 41 ; :height 1.7 ; :knows :bob , :cat ; :start 1 ; :end 2 ;
  :email <mailto:ann@example.org> ; :word "cat"@en , "Katze"@de .
:bob a :Person ; :name "Bob" , "Robert" ; :age 17 ; :knows :bob ; :start 2 ; :end 2 ;
  :email "bob" ; :word "dog"@en , "hound"@en ; :parent :ann .
:cat a :Child ; :name "C" ; :nick "C" ; :age 7 ; :knows :ann ; :start 3 ; :end 2 ; :parent :bob .
:dan a :Child ; :name "Daniel" ; :age "seven" ; :height 2 ; :shoe "ten"^^xsd:integer ;
  :start "x" ; :end 2 .
"""
ADULT = ":Adult a sh:NodeShape ; sh:property [ sh:path :age ; sh:minInclusive 18 ] ."
# Of each person, of whom a child is one, this is demanded.
OF_PEOPLE = {
    "sh:property [ sh:path :knows ; sh:class :Child ]": "ann bob cat",
    "sh:property [ sh:path :age ; sh:datatype xsd:integer ]": "dan",
    "sh:property [ sh:path :height ; sh:datatype xsd:decimal ]": "dan",
    "sh:property [ sh:path :shoe ; sh:datatype xsd:integer ]": "dan",
    "sh:property [ sh:path :email ; sh:nodeKind sh:IRI ]": "bob",
    "sh:property [ sh:path :email ; sh:nodeKind sh:BlankNode ]": "ann bob",
    "sh:property [ sh:path :email ; sh:nodeKind sh:BlankNodeOrIRI ]": "bob",
    "sh:property [ sh:path :email ; sh:nodeKind sh:BlankNodeOrLiteral ]": "ann",
    "sh:property [ sh:path :knows ; sh:minCount 1 ]": "dan",
    "sh:property [ sh:path :name ; sh:maxCount 1 ]": "bob",
    "sh:property [ sh:path :age ; sh:minExclusive 7 ]": "cat dan",
    "sh:property [ sh:path :age ; sh:minInclusive 17 ]": "cat dan",
    "sh:property [ sh:path :age ; sh:maxExclusive 41 ]": "ann dan",
    "sh:property [ sh:path :age ; sh:maxInclusive 40 ]": "ann dan",
    "sh:property [ sh:path :name ; sh:minLength 2 ]": "cat",
    "sh:property [ sh:path :name ; sh:maxLength 5 ]": "bob dan",
    'sh:property [ sh:path :name ; sh:pattern "^[A-C]" ]': "bob dan",
    'sh:property [ sh:path :name ; sh:pattern "^a" ; sh:flags "i" ]': "bob cat dan",
    'sh:property [ sh:path :word ; sh:languageIn ( "en" ) ]': "ann",
    "sh:property [ sh:path :word ; sh:uniqueLang true ]": "bob",
    "sh:property [ sh:path :name ; sh:equals :nick ]": "ann bob dan",
    "sh:property [ sh:path :name ; sh:disjoint :nick ]": "cat",
    "sh:property [ sh:path :start ; sh:lessThan :end ]": "bob cat dan",
    "sh:property [ sh:path :start ; sh:lessThanOrEquals :end ]": "cat dan",
    "sh:not [ sh:property [ sh:path :nick ; sh:minCount 1 ] ]": "cat",
    "sh:and ( [ sh:property [ sh:path :age ; sh:maxCount 1 ] ] [ sh:property "
    "[ sh:path :name ; sh:maxCount 1 ] ] )": "bob",
    "sh:or ( [ sh:property [ sh:path :nick ; sh:minCount 1 ] ] [ sh:property "
    "[ sh:path :height ; sh:minCount 1 ] ] )": "bob",
    "sh:xone ( [ sh:property [ sh:path :nick ; sh:minCount 1 ] ] [ sh:property "
    "[ sh:path :age ; sh:minCount 1 ] ] )": "cat",
    "sh:property [ sh:path :parent ; sh:node :Adult ]": "cat",
    "sh:property [ sh:path :parent ; sh:property [ sh:path :name ; sh:maxCount 1 ] ]": "bob",
    "sh:property [ sh:path :knows ; sh:qualifiedValueShape [ sh:class :Child ] ; "
    "sh:qualifiedMinCount 1 ]": "bob cat dan",
    "sh:property [ sh:path :knows ; sh:qualifiedValueShape [ sh:class :Child ] ; "
    "sh:qualifiedMaxCount 0 ]": "ann",
    "sh:property [ sh:path :knows ; sh:qualifiedValueShape [ sh:class :Child ] ; "
    "sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ] , "
    "[ sh:path :knows ; sh:qualifiedValueShape [ sh:hasValue :cat ] ; sh:qualifiedMaxCount 9 ]": (
        "ann bob cat dan"
    ),
    "sh:property [ sh:path :knows ; sh:qualifiedValueShape [ sh:class :Child ] ; "
    "sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint false ]": "bob cat dan",
    "sh:closed true ; sh:ignoredProperties ( rdf:type :name :age :height :knows :start :end "
    ":email :word :parent :shoe )": "cat",
    "sh:closed true ; sh:property [ sh:path :nick ] ; sh:ignoredProperties ( rdf:type :name :age "
    ":height :knows :start :end :email :word :parent )": "dan",
    "sh:closed false ; sh:property [ sh:path :nick ; sh:minCount 1 ]": "ann bob dan",
    "sh:property [ sh:path :word ; sh:uniqueLang false ; sh:minCount 1 ]": "cat dan",
    "sh:property [ sh:path :parent ; sh:hasValue :ann ]": "ann cat dan",
    'sh:property [ sh:path :email ; sh:in ( "bob" ) ]': "ann",
    "sh:equals :knows": "ann cat dan",
    "sh:disjoint :knows": "bob",
    "sh:property [ sh:path [ sh:inversePath :parent ] ; sh:maxCount 0 ]": "ann bob",
    "sh:property [ sh:path ( :parent :parent ) ; sh:maxCount 0 ]": "cat",
    "sh:property [ sh:path [ sh:alternativePath ( :nick :height ) ] ; sh:minCount 1 ]": "bob",
    "sh:property [ sh:path [ sh:zeroOrMorePath :parent ] ; sh:maxCount 1 ]": "bob cat",
    "sh:property [ sh:path [ sh:oneOrMorePath :parent ] ; sh:maxCount 1 ]": "cat",
    "sh:property [ sh:path [ sh:zeroOrOnePath :parent ] ; sh:maxCount 1 ]": "bob cat",
    "sh:severity sh:Warning ; sh:property [ sh:path :nick ; sh:minCount 1 ]": "ann bob dan",
    "sh:property [ sh:path :nick ; sh:minCount 1 ] , "
    "[ sh:path :age ; sh:maxCount 0 ; sh:deactivated true ]": "ann bob dan",
    # What is said for people (section 2.3.2 of the specification) constrains nothing.
    'sh:property [ sh:path :nick ; sh:minCount 1 ; sh:name "nick" ; sh:description "a name" ; '
    'sh:order 1 ; sh:group :names ; sh:defaultValue "x" ; sh:message "Give a nick." ]': (
        "ann bob dan"
    ),
}
# Shapes with other targets.
AIMED = {
    "sh:targetNode :ann , :dan ; sh:class :Child": "ann",
    'sh:targetNode "x" , 3 ; sh:datatype xsd:integer': "x",
    "sh:targetNode :ann , 3 ; sh:nodeKind sh:Literal": "ann",
    "sh:targetNode 1 , 2 ; sh:minExclusive 1": "1",
    "sh:targetNode 1 , 2 ; sh:minInclusive 2": "1",
    "sh:targetNode 1 , 2 ; sh:maxExclusive 2": "2",
    "sh:targetNode 1 , 2 ; sh:maxInclusive 1": "2",
    'sh:targetNode "a" , "abc" ; sh:minLength 2': "a",
    'sh:targetNode "a" , "abc" ; sh:maxLength 2': "abc",
    'sh:targetNode "a" , "abc" ; sh:pattern "c$"': "a",
    'sh:targetNode "a"@en , "b"@de ; sh:languageIn ( "en" )': "b",
    "sh:targetNode :ann , :bob ; sh:hasValue :ann": "bob",
    "sh:targetNode :ann , :bob ; sh:in ( :ann )": "bob",
    "sh:targetNode :ann , :bob ; sh:node :Adult": "bob",
    "sh:targetNode :ann , :zoe ; sh:property [ sh:path :nick ; sh:minCount 1 ]": "ann zoe",
    "sh:targetSubjectsOf :nick ; sh:property [ sh:path :age ; sh:minInclusive 18 ]": "cat",
    "sh:targetObjectsOf :knows ; sh:property [ sh:path :height ; sh:minCount 1 ]": "bob cat",
}
CORE = {
    **{f"sh:targetClass :Person ; {demand}": nodes for demand, nodes in OF_PEOPLE.items()},
    **AIMED,
}
# https://www.w3.org/TR/shacl/, sections 2.1.3 (targets), 2.3.1 (paths) and 4 (constraints)
PARAMETERS = """
    targetNode targetClass targetSubjectsOf targetObjectsOf deactivated severity
    inversePath alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath
    class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive maxInclusive
    minLength maxLength pattern flags languageIn uniqueLang equals disjoint lessThan
    lessThanOrEquals not and or xone node property qualifiedValueShape qualifiedMinCount
    qualifiedMaxCount qualifiedValueShapesDisjoint closed ignoredProperties hasValue in
"""


# Shapes for which other nodes are judged than those that fail.
JUDGED = {
    # Flags are not translated: all are judged.
    'sh:property [ sh:path :name ; sh:pattern "^a" ; sh:flags "i" ]': "ann bob cat dan",
    # What fails is a value of the node.
    "sh:property [ sh:path :parent ; sh:property [ sh:path :name ; sh:maxCount 1 ] ]": "cat",
}
JUDGED = {**CORE, **{f"sh:targetClass :Person ; {demand}": n for demand, n in JUDGED.items()}}


def _stores(shapes: str) -> tuple[Store, Store]:
    data, rules = Store(), Store()
    data.load(input=(PREFIXES + PEOPLE).encode(), format=RdfFormat.TURTLE)
    rules.load(input=(PREFIXES + shapes).encode(), format=RdfFormat.TURTLE)
    return data, rules


def _found(shapes: str) -> set[str]:
    """Return the focus nodes that fail, which pySHACL must report in just the same way."""
    data, rules = _stores(shapes)
    results = set(validate(data, rules))
    assert results == set(report(to_rdflib(data), to_rdflib(rules)))
    return {result.focus_node.value.rpartition("/")[2] for result in results}


@pytest.mark.parametrize("shape", CORE)
def test_each_part_of_shacl_core_finds_what_it_says(shape: str) -> None:
    assert _found(f"{ADULT} :S a sh:NodeShape ; {shape} .") == set(CORE[shape].split())


@pytest.mark.parametrize("shape", CORE)
def test_no_node_that_conforms_is_judged(shape: str) -> None:
    """Else pySHACL would look at all of the data, and be right, but as slow as it is alone."""
    data, rules = _stores(f"{ADULT} :S a sh:NodeShape ; {shape} .")
    judged = set().union(*may_fail(queries(rules, data), data).values())
    assert {node.value.rpartition("/")[2] for node in judged} == set(JUDGED[shape].split())


def test_a_result_has_the_message_of_its_shape_or_that_of_pyshacl() -> None:
    nick = ":S a sh:NodeShape ; sh:targetNode :ann ; sh:property [ sh:path :nick ; sh:minCount 1 "
    (own,) = validate(*_stores(f'{nick} ; sh:message "Give a nick." ] .'))
    assert own.message == "Give a nick."
    (made,) = validate(*_stores(f"{nick} ] ."))
    assert made.message.startswith("Less than 1 values")


NO_NUMBER = """
:eve a :Person ; :height "NaN"^^xsd:decimal . :fay a :Person ; :height "NaN"^^xsd:decimal .
:gus a :Person ; :height 1.6 . :hal a :Person ; :height 1.7 .
"""


@pytest.mark.parametrize(
    "shape",
    [
        ":S a sh:NodeShape ; sh:targetClass :Person ; sh:property :Tall . "
        ":Tall a sh:PropertyShape ; sh:path :height ; sh:minInclusive 1.65 .",
        ":Tall a sh:PropertyShape ; sh:targetClass :Person ; sh:path :height ; "
        "sh:minInclusive 1.65 .",
    ],
)
def test_what_is_no_number_is_told_and_all_else_is_judged(shape: str) -> None:
    data, rules = _stores(shape)
    data.load(input=(PREFIXES + NO_NUMBER).encode(), format=RdfFormat.TURTLE)
    told = {
        (result.focus_node.value.rpartition("/")[2], result.message)
        for result in validate(data, rules)
        if result.source_shape == NamedNode("https://example.org/Tall")
    }
    assert {name for name, _ in told} == {"eve", "fay", "gus"}
    no_number = "A value cannot be compared: it is no number."
    assert {name for name, said in told if said == no_number} == {"eve", "fay"}


def test_a_query_that_cannot_be_read_is_no_fault_of_the_data() -> None:
    select = 'sh:sparql [ sh:select "SELECT $this WHERE { $this :nick }" ]'
    shape = f":S a sh:NodeShape ; sh:targetClass :Person ; {select} ."
    with pytest.raises(ShapesError, match="could not be run"):
        validate(*_stores(shape))


def test_subclasses_are_in_order() -> None:
    names = [f"https://example.org/C{number:02}" for number in range(30)]
    data = Store()
    text = " ".join(f"<{name}> rdfs:subClassOf :Person ." for name in names[::2] + names[1::2])
    data.load(input=(PREFIXES + text).encode(), format=RdfFormat.TURTLE)
    below = Shapes(Store(), data).below(NamedNode("https://example.org/Person"))
    assert [name.value for name in below] == [*names, "https://example.org/Person"]


def test_a_shape_that_is_a_class_is_aimed_at_its_instances() -> None:
    shape = "a sh:NodeShape , rdfs:Class ; sh:property [ sh:path :nick ; sh:minCount 1 ]"
    assert _found(f":Person {shape} .") == {"ann", "bob", "dan"}


@pytest.mark.parametrize("name", PARAMETERS.split())
def test_each_part_of_shacl_core_has_its_shape(name: str) -> None:
    assert [shape for shape in CORE if f"sh:{name} " in shape]


MALFORMED = {
    "two firsts": "rdf:first :a, :b ; rdf:rest ()",
    "no first": "rdf:rest ()",
    "two rests": "rdf:first :a ; rdf:rest (), ( :b )",
    "no rest": "rdf:first :a",
    "a circle": "rdf:first :a ; rdf:rest :list",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_list_that_is_none_is_not_understood(name: str) -> None:
    _, rules = _stores(f":list {MALFORMED[name]} .")
    with pytest.raises(NotUnderstoodError):
        Shapes(rules, Store()).members(NamedNode("https://example.org/list"))


def test_a_list_has_its_members_in_order() -> None:
    _, rules = _stores(":list rdf:first :b ; rdf:rest ( :a :c ) .")
    members = Shapes(rules, Store()).members(NamedNode("https://example.org/list"))
    assert [member.value.rpartition("/")[2] for member in members] == ["b", "a", "c"]


def test_what_a_star_imports_is_there() -> None:
    assert all(hasattr(shacl, name) for name in shacl.__all__)
    assert {"Validator", "validate", "Result"} < set(shacl.__all__)
