"""An answer: its rows as plain values, its length and truth, and the forms it is written in."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.answer import Answer
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.questions import query

EMPTY = Dataset(Store(), ())
ROWS = "SELECT ?n { VALUES ?n { 1 2 3 } }"
NO_ROWS = "SELECT ?n { VALUES ?n { } }"
TRIPLES = "CONSTRUCT { <urn:x:a> <urn:x:p> ?n } { VALUES ?n { 1 2 3 } }"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("<urn:x:a>", "urn:x:a"),
        ('"text"', "text"),
        ('"text"@en', "text"),
        ("12", 12),
        ('"+012"^^xsd:integer', 12),
        ('" -3 "^^xsd:integer', -3),
        ("4.50", Decimal("4.50")),
        ('".5"^^xsd:decimal', Decimal("0.5")),
        ('"7."^^xsd:decimal', Decimal(7)),
        ("true", True),
        ('"1"^^xsd:boolean', True),
        ("false", False),
        ('"0"^^xsd:boolean', False),
        ('"1.5"^^xsd:double', "1.5"),
        ('"2013"^^xsd:gYear', "2013"),
        ("UNDEF", None),
    ],
)
def test_a_value_becomes_that_of_python(typed: str, value: object) -> None:
    (row,) = query(EMPTY, f"SELECT ?value {{ VALUES ?value {{ {typed} }} }}")
    assert row == {"value": value}
    assert type(row["value"]) is type(value)


@pytest.mark.parametrize("kind", ["integer", "decimal"])
@pytest.mark.parametrize("typed", ["1_000", "1 000", "١", "NaN", "1e3", "", "0x1", "9" * 4001])
def test_what_is_no_number_to_xml_schema_is_said(kind: str, typed: str) -> None:
    text = f'SELECT ?n {{ VALUES ?n {{ "{typed}"^^xsd:{kind} }} }}'
    with pytest.raises(LdnKgError, match=f"is no xsd:{kind} that can be read") as caught:
        list(query(EMPTY, text))
    assert len(str(caught.value)) < 200


def test_a_number_of_four_thousand_digits_is_read() -> None:
    (row,) = query(EMPTY, f"SELECT ?n {{ VALUES ?n {{ {'9' * 4000} }} }}")
    assert row["n"] == 10**4000 - 1


def test_a_decimal_is_no_integer() -> None:
    with pytest.raises(LdnKgError, match=r"'1\.5' is no xsd:integer"):
        list(query(EMPTY, 'SELECT ?n { VALUES ?n { "1.5"^^xsd:integer } }'))


def test_rows_are_counted_and_named_by_number() -> None:
    answer = query(EMPTY, ROWS)
    assert answer.columns == ("n",)
    assert len(answer) == 3
    assert (answer[0], answer[-1]) == ({"n": 1}, {"n": 3})
    assert (answer.truth, answer.builds_triples) == (None, False)


def test_an_answer_is_true_where_it_has_a_row_or_says_yes() -> None:
    assert query(EMPTY, ROWS)
    assert not query(EMPTY, NO_ROWS)
    assert query(EMPTY, "ASK {}")
    assert not query(EMPTY, "ASK { ?s ?p ?o }")


@pytest.mark.parametrize(
    ("sparql", "said"),
    [
        (ROWS, "<Answer of 3 rows: n>"),
        ("SELECT ?a ?b {}", "<Answer of 1 rows: a, b>"),
        ("ASK {}", "<Answer: yes>"),
        ("ASK { ?s ?p ?o }", "<Answer: no>"),
        (TRIPLES, "<Answer of triples>"),
    ],
)
def test_an_answer_says_what_it_is(sparql: str, said: str) -> None:
    assert repr(query(EMPTY, sparql)) == said


def test_for_plots_a_decimal_is_a_float() -> None:
    (row,) = query(EMPTY, "SELECT * { VALUES (?a ?b ?c) { (4.5 3 'x') } }").floats()
    assert row == {"a": 4.5, "b": 3, "c": "x"}
    assert [type(value) for value in row.values()] == [float, int, str]


def test_a_list_of_the_rows_asks_once_however_often_it_is_made() -> None:
    asked = []

    def execute() -> object:
        asked.append(ROWS)
        return EMPTY.ask(ROWS)

    answer = Answer(execute)
    rows = list(answer)
    rows[0]["n"] = "changed"
    assert list(answer) == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert len(answer) == 3 and len(asked) == 1


def test_rows_that_are_read_one_by_one_are_not_kept() -> None:
    asked = []

    def execute() -> object:
        asked.append(ROWS)
        return EMPTY.ask(ROWS)

    answer = Answer(execute)
    for number in (1, 2):
        assert sum(row["n"] for row in answer) == 6
        assert len(asked) == number


@pytest.mark.parametrize("sparql", [ROWS, TRIPLES])
def test_more_than_is_asked_for_is_refused(sparql: str) -> None:
    answer = query(EMPTY, sparql)
    answer.refuse_more_than(3)
    with pytest.raises(LdnKgError, match="more than 2 rows; narrow the query"):
        answer.refuse_more_than(2)


def test_yes_or_no_is_never_too_long() -> None:
    query(EMPTY, "ASK {}").refuse_more_than(0)


def test_rows_in_each_form() -> None:
    answer = query(EMPTY, "SELECT * { VALUES (?a ?b) { (4.5 'x, y') } }")
    text = answer.serialize("csv").decode()
    assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ["4.5", "x, y"]]
    assert answer.serialize("tsv").decode().splitlines() == ["?a\t?b", '4.5\t"x, y"']
    (row,) = json.loads(answer.serialize("json"))["results"]["bindings"]
    assert row["a"]["value"] == "4.5" and row["b"] == {"type": "literal", "value": "x, y"}
    assert b"<literal>x, y</literal>" in answer.serialize("xml")


def test_yes_or_no_in_each_form() -> None:
    answer = query(EMPTY, "ASK {}")
    assert json.loads(answer.serialize("json"))["boolean"] is True
    assert b"<boolean>true</boolean>" in answer.serialize("xml")


def test_triples_are_turtle_in_order() -> None:
    text = query(EMPTY, TRIPLES).serialize("turtle")
    values = [triple.object.value for triple in parse(text, format=RdfFormat.TURTLE)]
    assert values == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("sparql", "form", "said"),
    [
        (TRIPLES, "csv", "builds triples, which have no csv form: turtle"),
        (ROWS, "turtle", "answers with rows, which have no turtle form"),
        ("ASK {}", "csv", "answers with yes or no, which have no csv form"),
        ("ASK {}", "tsv", "answers with yes or no, which have no tsv form"),
        ("ASK {}", "turtle", "answers with yes or no, which have no turtle form"),
    ],
)
def test_a_form_that_an_answer_does_not_have(sparql: str, form: str, said: str) -> None:
    with pytest.raises(LdnKgError, match=said):
        query(EMPTY, sparql).serialize(form)


def _raise(error: Exception) -> None:
    raise error


READERS: dict[str, Callable[[Answer], object]] = {
    "rows": list,
    "written": lambda answer: answer.serialize("csv"),
    "counted": lambda answer: answer.refuse_more_than(1),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", [OSError, RuntimeError, SyntaxError, ValueError])
def test_a_fault_while_an_answer_is_read_is_a_sentence(reader: str, kind: type[Exception]) -> None:
    answer = Answer(lambda: EMPTY.ask(ROWS))
    assert answer  # which begins to read
    answer._execute = lambda: _raise(kind("the line is cut"))
    with pytest.raises(LdnKgError, match=r"^The query could not be answered: the line is cut\.$"):
        READERS[reader](answer)


def test_the_default_graph_is_all_of_them() -> None:
    store = Store()
    for number, graph in enumerate(GRAPHS.values()):
        store.add(Quad(NamedNode(f"urn:x:{number}"), NamedNode("urn:x:p"), graph, graph))
    assert len(query(Dataset(store, ()), "SELECT * { ?s ?p ?o }")) == len(GRAPHS) == 6
