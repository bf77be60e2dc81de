"""Queries for a store, and its answers: the same rows as from the dataset itself."""

import json

import pytest

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import PREFIXES
from ldn_kg.publish.stores.remote import _answer_of_rows, _canonical, _with_prefixes

XSD = PREFIXES["xsd"]


@pytest.mark.parametrize(
    ("sparql", "declared"),
    [
        ("SELECT * { ?s ldn:result/dcterms:type ?t }", ["dcterms", "ldn"]),
        ("SELECT * { ?s ^ldn:result|!skos:note ?t }", ["ldn", "skos"]),
        ("SELECT * { ?s a ldnc:, ldn:Study }", ["ldn", "ldnc"]),
        ("PREFIX ldn: <urn:x> SELECT * { ?s ldn:result ?t }", []),
        ("SELECT * { ?s unknown:result ?t }", []),
    ],
)
def test_each_prefix_of_ours_is_declared(sparql: str, declared: list[str]) -> None:
    added = _with_prefixes(sparql).removesuffix(sparql)
    assert added == "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in declared)


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("9999999999999999.999999999999999999", "9999999999999999.999999999999999999"),
        ("600000000000000000000000000000123", "600000000000000000000000000000123"),
        ("01.50", "1.5"),
        ("100", "100"),
        ("+5.0", "5"),
        ("-0.0", "0"),
        (".5", "0.5"),
    ],
)
def test_a_number_keeps_its_digits(value: str, spelled: str) -> None:
    assert _canonical(value, f"{XSD}decimal") == spelled


@pytest.mark.parametrize("term", [None, {"type": "literal", "value": None}, {"type": "literal"}, 3])
def test_an_answer_without_a_value_is_a_sentence(term: object) -> None:
    answer = {"head": {"vars": ["n"]}, "results": {"bindings": [{"n": term}]}}
    with pytest.raises(LdnKgError, match="is not a SPARQL result"):
        _answer_of_rows(json.dumps(answer).encode())
