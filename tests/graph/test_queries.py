"""Every question gives the rows that were typed from the sources, on two engines.

They are asked of the frozen dataset, so that a new study breaks no test; of the shipped data the
tests demand rules. A case is `queries/<question>.csv`, or
`queries/<question>@<parameter>=<value>.csv`. Our IRIs stand there as prefixed names; rows are in
the order of the question.
"""

import csv
import io
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Quad, RdfFormat, Store
from support.frozen import frozen
from support.paths import ROOT, TESTS
from support.questions import CASES, case

import ldn_kg
from ldn_kg.check.shacl.bridge import to_rdflib
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import files, quads
from ldn_kg.graph.namespaces import iri, shorten
from ldn_kg.graph.questions import Question, bind, choices, named
from ldn_kg.graph.sparql import what_is_described

Row = tuple[str | Decimal, ...]


def _value(text: str) -> str | Decimal:
    """Compare numbers as numbers: engines write 4.5 and 4.50 for one value."""
    try:
        return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else shorten(text)
    except InvalidOperation:
        return text


def _rows(content: str) -> list[Row]:
    lines = list(csv.reader(io.StringIO(content, newline="")))
    return [tuple(lines[0]), *(tuple(_value(cell) for cell in line) for line in lines[1:])]


def _expected(path: Path) -> list[Row]:
    rows = _rows(path.read_text(encoding="utf-8"))
    assert len(rows) > 1, "an expected answer without a row checks nothing"
    return rows


MADE_UP = sorted((TESTS / "questions").glob("*.ttl"))


@pytest.mark.parametrize("path", MADE_UP, ids=lambda path: path.stem)
def test_rows_of_what_the_data_do_not_show(path: Path) -> None:
    """`questions/NAME.ttl` is made up, and NAME.csv the answer to that question by hand."""
    store = Store()
    store.load(path.read_bytes(), format=RdfFormat.TURTLE)
    answer = ldn_kg.query(Dataset(store, ()), path.stem).serialize("csv").decode()
    assert _rows(answer) == _expected(path.with_suffix(".csv"))


@pytest.fixture(scope="session")
def graph() -> rdflib.Graph:
    return to_rdflib(frozen().triples())


def test_every_question_has_expected_rows() -> None:
    assert {case(path)[0] for path in CASES} == set(ldn_kg.questions())


def test_every_parameter_is_tried() -> None:
    tried = {(name, key) for name, given in map(case, CASES) for key in given}
    known = {(q.name, key) for q in ldn_kg.questions().values() for key in q.parameters}
    assert tried == known


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rows(path: Path) -> None:
    name, parameters = case(path)
    answer = ldn_kg.query(frozen(), name, parameters).serialize("csv").decode()
    assert _rows(answer) == _expected(path)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rows_on_rdflib(path: Path, graph: rdflib.Graph) -> None:
    name, parameters = case(path)
    answer = graph.query(bind(frozen(), named(name).sparql, parameters)).serialize(format="csv")
    assert answer is not None
    # rdflib sorts by its own rules where SPARQL leaves the order open: compare as a set of rows.
    assert sorted(_rows(answer.decode()), key=str) == sorted(_expected(path), key=str)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_shipped_data_have_no_fewer_rows(path: Path, kg: Dataset) -> None:
    """Data that are added can add rows and move a status; they hide no row of other studies."""
    name, parameters = case(path)
    shipped, then = (ldn_kg.query(data, name, parameters) for data in (kg, frozen()))
    assert shipped.columns == then.columns
    moving = {"hypotheses", "document-today", "null-results", "unpublished-studies"}
    assert name in moving or len(shipped) >= len(then)


def test_coverage_of_the_shipped_data_is_counted_right(kg: Dataset) -> None:
    """Counted once more from the files, record by record."""
    rows = {(row["records"], row["what"]): row["number"] for row in ldn_kg.query(kg, "coverage")}
    studies = files("data/studies", ".ttl")
    assert rows["studies", "all"] == len(studies)
    readings: Counter[str] = Counter()
    results = 0
    for path in studies:
        read_as = set()
        for quad in quads(path):
            if (
                quad.predicate == iri("ldn:readAs")
                and shorten(quad.subject.value) == f"study:{path.stem}"
            ):
                read_as.add(kg.label(quad.object))
            results += (quad.predicate, quad.object) == (iri("rdf:type"), iri("ldn:Result"))
        readings.update(read_as)
    assert readings
    for reading, count in readings.items():
        assert rows["studies", f"read as {reading}"] == count
    assert rows["results", "all"] == results > 500


@pytest.mark.parametrize("name", sorted(ldn_kg.questions()))
def test_question_reads_well(name: str) -> None:
    question = ldn_kg.questions()[name]
    assert re.fullmatch(r"[A-Z].*\?", question.words)
    assert "ORDER BY" in question.sparql
    declared = re.findall(r"PREFIX (\w+):", question.sparql)
    body = re.sub(r"PREFIX .*", "", question.sparql)
    assert declared == sorted(declared)
    assert all(re.search(rf"\b{prefix}:", body) for prefix in declared)


def test_rows_become_plain_values(kg: Dataset) -> None:
    rows = list(ldn_kg.query(kg, "trials", {"condition": "fibromyalgia"}))
    by_name = {row["study"].rpartition("/")[2]: row for row in rows}
    younger = {name: by_name[name] for name in ("younger2009", "younger2013")}
    assert {key: row["doseMax"] for key, row in younger.items()} == {
        "younger2009": Decimal("4.5"),
        "younger2013": Decimal("4.5"),
    }
    assert {key: row["analysed"] for key, row in younger.items()} == {
        "younger2009": None,
        "younger2013": 28,
    }


def test_an_answer_can_be_read_twice(kg: Dataset) -> None:
    answer = ldn_kg.query(kg, "trials")
    assert list(answer) == list(answer) != []


def test_from_chooses_the_graphs(kg: Dataset) -> None:
    count = "SELECT (COUNT(*) AS ?n) {}WHERE {{ ?s ?p ?o }}"
    for name in ("source", "derived"):
        clause = f"FROM <https://w3id.org/ldn-kg/graph/{name}> "
        (row,) = ldn_kg.query(kg, count.format(clause))
        assert row["n"] == len(list(kg.triples(name))) > 0
    (row,) = ldn_kg.query(kg, count.format("# from all\n"))
    assert row["n"] == len({quad.triple for quad in kg.triples()})


def test_a_row_without_columns(kg: Dataset) -> None:
    answer = ldn_kg.query(kg, "SELECT * { }")
    assert (list(answer), answer.columns, answer.builds_triples) == ([{}], (), False)


def test_yes_or_no_and_triples(kg: Dataset) -> None:
    assert ldn_kg.query(kg, "ASK { ?s a ldn:Study }").truth is True
    assert ldn_kg.query(kg, "ASK { ?s a ldn:Passage ; a ldn:Study }").truth is False
    built = ldn_kg.query(kg, "CONSTRUCT { ?s a ldn:Study } WHERE { ?s a ldn:Study }")
    assert "study:younger2013 a ldn:Study" in built.serialize("turtle").decode()


def test_no_question_has_a_path_that_corese_cannot_read() -> None:
    texts = {name: question.sparql for name, question in ldn_kg.questions().items()}
    assert len(texts) == len(list((ROOT / "queries").glob("*.rq"))) > 0
    word = re.compile(r"[/^|]\s*a\s|\ba\s*[/|*+]")  # `a` in a path, for rdf:type
    assert word.search("?s dcterms:source/a ?type")
    assert [name for name, text in texts.items() if word.search(text)] == []


@pytest.mark.parametrize(
    ("sparql", "resources"),
    [
        ("DESCRIBE ?s WHERE { ?s ?p ?o }", "SELECT DISTINCT ?s WHERE { ?s ?p ?o }"),
        ("DESCRIBE * { ?s ?p ?o }", "SELECT DISTINCT * { ?s ?p ?o }"),
        (
            "PREFIX x: <urn:?x>\ndescribe <urn:?y> ?s, $t # ?u\nFROM <urn:g> { ?s ?p ?t } LIMIT 3",
            "PREFIX x: <urn:?x>\nSELECT DISTINCT ?s $t FROM <urn:g> { ?s ?p ?t } LIMIT 3",
        ),
        ("DESCRIBE <urn:?x> x:y", None),
        ("CONSTRUCT { ?describe ?p 'describe ?s' } WHERE { ?describe ?p x:describe }", None),
    ],
)
def test_what_is_described(sparql: str, resources: str | None) -> None:
    assert what_is_described(sparql) == resources


def test_choices_are_the_candidates_with_an_answer_of_the_kind_that_is_asked_for() -> None:
    sparql = """# Which?
    PREFIX ldn: <https://w3id.org/ldn-kg/ontology#>
SELECT ?study
WHERE {
  VALUES ?condition { UNDEF } # -p condition: a condition
  VALUES ?record { UNDEF } # -p record: any record
  VALUES ?least { 0 } # -p least: a number
  ?study ldn:condition ?condition ; ldn:control ?record .
}
"""
    store = Store()
    for study, condition, control in (
        ("study:a", "condition:x", "drug:p"),
        ("study:b", "drug:q", "condition:x"),
    ):
        store.add(Quad(iri(study), iri("ldn:condition"), iri(condition)))
        store.add(Quad(iri(study), iri("ldn:control"), iri(control)))
    names = ["condition:y", "drug:q", "condition:x", "drug:p", "ldnc:placebo"]
    candidates = [*(iri(name).value for name in names), "https://example.org/x"]
    found = choices(Dataset(store, ()), Question("which", "Which?", sparql), candidates)
    assert {key: [shorten(name) for name in chosen] for key, chosen in found.items()} == {
        "condition": ["condition:x"],
        "record": ["condition:x", "drug:p"],
    }
