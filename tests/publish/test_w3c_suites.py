"""W3C's suites: what our reader takes and refuses, and how others read what we write.

A case that does not come out as W3C has it is named with the reason, and its name must go as soon
as it does. So the lists can only become shorter.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rdflib
from pyld import jsonld
from pyoxigraph import DefaultGraph, Literal, Quad, QueryResultsFormat, RdfFormat, Store, parse
from pyoxigraph import parse_query_results as parsed
from rdflib.query import Result
from support.suites import Case, canonical, graph, json_ld_cases, moved, rdf_cases, unpacked

from ldn_kg import query
from ldn_kg.check.shacl.bridge import Terms
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.answer import Answer
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS, quads
from ldn_kg.publish.formats import FORMATS, write
from ldn_kg.publish.stores.remote import _answer_of_rows

pytestmark = pytest.mark.xdist_group("w3c")
XSD = "http://www.w3.org/2001/XMLSchema#"
_ENDING = {".csv": "csv", ".tsv": "tsv", ".srj": "json", ".srx": "xml"}


@pytest.fixture(scope="module")
def suites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("w3c"))


# Files: those of a suite that must be refused are, and what others say is read.

_NUL = "it has the character U+0000, which no text that people write has"
SYNTAXES = {
    "turtle": ("http://www.w3.org/2013/TurtleTests/", 290),
    "ntriples": ("http://www.w3.org/2013/N-TriplesTests/", 65),
    "nquads": ("http://www.w3.org/2013/N-QuadsTests/", 80),
    "trig": ("http://www.w3.org/2013/TriGTests/", 330),
    "rdf-xml": ("http://www.w3.org/2013/RDFXMLTests/", 160),
}
REFUSED = {
    "turtle": {
        "LITERAL1_all_controls": _NUL,
        "LITERAL1_ascii_boundaries": _NUL,
        "LITERAL2_ascii_boundaries": _NUL,
        "LITERAL_LONG1_ascii_boundaries": _NUL,
        "LITERAL_LONG2_ascii_boundaries": _NUL,
    },
    "ntriples": {"literal_ascii_boundaries": _NUL},
    "nquads": {"literal_ascii_boundaries": _NUL},
    "trig": {
        "LITERAL1_all_controls": _NUL,
        "LITERAL1_ascii_boundaries": _NUL,
        "LITERAL2_ascii_boundaries": _NUL,
        "LITERAL_LONG1_ascii_boundaries": _NUL,
        "LITERAL_LONG2_ascii_boundaries": _NUL,
    },
    "rdf-xml": {
        "rdf-element-not-mandatory-test001": "the root is not rdf:RDF, as in files of other kinds",
    },
}
MISREAD = {
    "rdf-xml": {
        "xml-canon-test001": "an XML literal gets all namespaces that are declared where it stands",
    },
}
_FETCHED = "a context elsewhere is not fetched"
_KEY = "a key that the context does not map, which a processor would leave out"
_PREFIX = "a prefix that is not declared"
_DOTS = "the parser keeps the dots of an @base like http://a/b/./c or http://a/b/../c"
_DIRECTION = "a base direction, which RDF 1.1 does not have"
JSON_LD_REFUSED = {
    "t0036": _PREFIX,
    "tc031": _FETCHED,
    "tc034": _FETCHED,
    "te003": _KEY,
    "te065": _KEY,
    "te126": _FETCHED,
    "te127": _FETCHED,
    "te128": _FETCHED,
    "tjs19": _PREFIX,
    "tjs20": _PREFIX,
    "tjs21": "a key @context within a JSON literal, which is taken for a context elsewhere",
    "tli12": "the @base is no IRI; what it is a base of would be left out",
    "tso05": _FETCHED,
    "tso06": _FETCHED,
    "tso08": _FETCHED,
    "tso09": _FETCHED,
    "tso11": _FETCHED,
}
JSON_LD_MISREAD = {
    "t0122": _DOTS,
    "t0123": _DOTS,
    "tc013": "the parser keeps a context of a type within a map of types",
    "tdi02": _DIRECTION,
    "tdi04": _DIRECTION,
    "tdi05": _DIRECTION,
    "tdi06": _DIRECTION,
    "te029": "IRIs above the root of the suite, which is a folder here",
    "te062": _DOTS,
}
# What the interface of a processor takes beside a document, and a file has no place for.
_INTERFACE = {"base", "expandContext", "produceGeneralizedRdf", "rdfDirection"}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_file_is_read_as_the_suite_has_it(suites: Path, syntax: str) -> None:
    folder = suites / "w3c" / syntax
    base, count = SYNTAXES[syntax]
    cases = rdf_cases(folder)
    assert len(cases) > count
    found = _found(cases, {f"{folder.as_uri()}/": base})
    assert found == (REFUSED[syntax].keys(), MISREAD.get(syntax, {}).keys(), set())


def test_json_ld_is_read_as_the_suite_has_it(suites: Path) -> None:
    folder = suites / "json-ld-api" / "tests"
    cases = [c for c in json_ld_cases(folder, "toRdf") if not _INTERFACE & c.options.keys()]
    assert len(cases) > 400
    site = "https://w3c.github.io/"
    found = _found(cases, {f"{suites.as_uri()}/": site, "file:///issue/": f"{site}issue/"})
    assert found == (JSON_LD_REFUSED.keys(), JSON_LD_MISREAD.keys(), set())


def _found(cases: list[Case], places: dict[str, str]) -> tuple[set[str], set[str], set[str]]:
    """Return the names of what is refused, misread and taken, and should not have been."""
    refused, misread, taken = set(), set(), set()
    for case in cases:
        assert case.input is not None
        try:
            said = list(quads(case.input))
        except LdnKgError:
            if not case.negative:
                refused.add(case.name)
            continue
        if case.negative:
            taken.add(case.name)
        elif case.result and not _same(said, case.result, places):
            misread.add(case.name)
    return refused, misread, taken


def _same(said: list[Quad], result: Path, places: dict[str, str]) -> bool:
    outside = (
        Quad(*q.triple, DefaultGraph()) if q.graph_name == GRAPHS["local"] else q for q in said
    )
    return canonical(moved(outside, places)) == canonical(graph(result))


# Answers: written in each form, they say to a reader of others what the file of W3C says.


@pytest.fixture
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rdflib keep the digits that it reads."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


Row = tuple[object, ...]
# The engine's store keeps a number by its value, and of the kinds of integer only xsd:integer.
SPELLED_OTHERWISE = {"csv03", "tsv03"}


@pytest.mark.parametrize("suite", ["csv-tsv-res", "json-res"])
@pytest.mark.usefixtures("as_written")
def test_an_answer_is_what_the_suite_has(suites: Path, suite: str) -> None:
    cases = rdf_cases(suites / "w3c" / "sparql11" / suite)
    assert len(cases) >= 4
    other = set()
    for case in cases:
        assert case.input and case.query and case.result
        form = _ENDING[case.result.suffix]
        sparql = case.query.read_text(encoding="utf-8")
        answer = query(read(case.input, shipped=False), sparql)
        if _said(answer.serialize(form), form) != _said(case.result.read_bytes(), form):
            other.add(case.name)
    assert other == SPELLED_OTHERWISE & {case.name for case in cases}


NO_RESULT = {"service07.srx"}  # a variable is bound to nothing there, which the format forbids


def _results(suites: Path, *endings: str) -> Iterator[Path]:
    found = sorted(p for p in (suites / "w3c").rglob("*.*") if p.suffix in endings)
    yield from (path for path in found if path.name not in NO_RESULT)


@pytest.mark.parametrize("form", _ENDING.values())
@pytest.mark.usefixtures("as_written")
def test_each_answer_of_the_suites_keeps_its_values(suites: Path, form: str) -> None:
    compared = 0
    for path in _results(suites, ".srx", ".srj"):
        body, kind = path.read_bytes(), QueryResultsFormat.from_extension(path.suffix[1:])
        assert kind is not None
        answer = Answer(lambda body=body, kind=kind: parsed(body, format=kind))  # type: ignore[misc]
        if answer.truth is not None and form in ("csv", "tsv"):
            continue
        expected = _said(body, _ENDING[path.suffix])
        written = _said(answer.serialize(form), form)
        assert written == (_texts(expected) if form == "csv" else expected), path
        compared += 1
    assert compared > 280


def _said(body: bytes, form: str) -> Any:
    """Return what results say, as others read them: yes or no, or the columns and their values."""
    if form == "csv":
        columns, *lines = csv.reader(io.StringIO(body.decode(), newline=""))
        cells = [[("_:",) if cell.startswith("_:") else (cell,) for cell in line] for line in lines]
        return _table(
            columns, [row or [("",)] for row in cells]
        )  # it takes one empty cell for none
    if form == "tsv":
        return _tsv(body.decode())
    result = Result.parse(io.BytesIO(body), format=form)
    if result.type == "ASK":
        return bool(result.askAnswer)
    variables = result.vars or []
    rows = [[_term(row.get(variable)) for variable in variables] for row in result.bindings]
    return _table([str(variable) for variable in variables], rows)


def _table(columns: list[str], rows: list[list[Any]]) -> tuple[list[str], Counter[Row]]:
    """Return columns by name, and the number of each row; a blank node is told by its place."""
    order = sorted(range(len(columns)), key=lambda number: columns[number])
    found: Counter[Row] = Counter()
    for row in rows:
        there = [row[number] for number in order]
        found[tuple(there.index(v) if isinstance(v, rdflib.BNode) else v for v in there)] += 1
    return [columns[number] for number in order], found


def _tsv(text: str) -> tuple[list[str], Counter[Row]]:
    """Return what a table with tabs says: a cell is a term as in Turtle."""
    head, *lines = text.removesuffix("\n").split("\n")
    columns = [name.removeprefix("?") for name in head.split("\t")] if head else []
    rows = [line.split("\t") if columns else [] for line in lines]
    cells = [(y, x, cell) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell]
    turtle = "".join(f"<urn:x:{y}> <urn:x:{x}> {cell} .\n" for y, x, cell in cells)
    known = Terms()
    terms = {
        (int(quad.subject.value[6:]), int(quad.predicate.value[6:])): _term(known[quad.object])
        for quad in parse(turtle, format=RdfFormat.TURTLE)
    }
    return _table(
        columns, [[terms.get((y, x)) for x in range(len(columns))] for y in range(len(rows))]
    )


def _term(term: Any) -> Any:
    """Return a value to compare: nothing, a blank node, an IRI, or a text and its kind."""
    if isinstance(term, rdflib.Literal):
        return str(term), (term.language or "").lower() or str(term.datatype or f"{XSD}string")
    return term if term is None or isinstance(term, rdflib.BNode) else (str(term),)


def _texts(said: tuple[list[str], Counter[Row]]) -> tuple[list[str], Counter[Row]]:
    """Return what is left of results in CSV: texts, nothing for what is unbound."""
    columns, rows = said
    found: Counter[Row] = Counter()
    for row, count in rows.items():
        cells = [("",) if v is None else ("_:",) if isinstance(v, int) else v[:1] for v in row]
        found[tuple(cells)] += count
    return columns, found


# Answers of stores


@pytest.mark.usefixtures("as_written")
def test_each_answer_of_the_suites_is_read_from_a_store(suites: Path) -> None:
    compared = refused = 0
    for path in _results(suites, ".srx", ".srj"):
        result = Result.parse(io.BytesIO(path.read_bytes()), format=_ENDING[path.suffix])
        body = path.read_bytes() if path.suffix == ".srj" else result.serialize(format="json")
        answer = _answer_of_rows(body)
        if result.type == "ASK":
            assert answer.truth == bool(result.askAnswer)
            continue
        try:
            expected = [
                {str(v): _plain(row.get(v)) for v in result.vars} for row in result.bindings
            ]
        except ArithmeticError:  # a number that is none
            with pytest.raises(LdnKgError, match="can be read"):
                list(answer)
            refused += 1
            continue
        assert list(answer) == expected, path
        compared += 1
    assert compared > 250
    assert refused > 1


def _plain(term: Any) -> Any:
    kind = str(getattr(term, "datatype", None) or "").removeprefix(XSD)
    if term is None or kind not in ("integer", "decimal", "boolean"):
        return None if term is None else str(term)
    return str(term) in ("true", "1") if kind == "boolean" else Decimal(str(term))


def test_no_other_form_is_taken_for_an_answer(suites: Path) -> None:
    """A store is asked for JSON. What sends another form is refused, and not read as no rows."""
    tried = 0
    for path in _results(suites, ".srx", ".csv", ".tsv", ".rq", ".ttl"):
        with pytest.raises(LdnKgError, match="is not a SPARQL result"):
            _answer_of_rows(path.read_bytes())
        tried += 1
    assert tried > 600


# Exports

_GRAPHS = ("turtle/*.nt", "trig/*.nq", "nquads/*.nq", "rdf-xml/*/*.nt")
_DOCUMENTS = ("toRdf/*-out.nq", "fromRdf/*-in.nq")
# The name of a blank node begins with a digit there, which XML forbids and the serializer writes.
UNWRITABLE = {"rdfxml": {"nt-syntax-bnode-03.nq"}}
# The serializer writes the first class of a node as an element, and that of these ends in no name.
UNNAMED = {"e025-out.nq", "test0006.nt"}


@pytest.fixture(scope="module")
def datasets(suites: Path) -> dict[Path, Dataset]:
    """Map each file of the suites to what is in it, unless it is no RDF 1.1."""
    found = {}
    tests = suites / "json-ld-api" / "tests"
    for folder, patterns in ((suites / "w3c", _GRAPHS), (tests, _DOCUMENTS)):
        for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
            store = Store()
            try:
                store.extend(parse(path=path))
            except SyntaxError:
                continue
            if len(store):
                found[path] = Dataset(store, (path,))
    assert len(found) > 700
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_each_graph_of_the_suites_is_exported_whole(
    datasets: dict[Path, Dataset], form: str
) -> None:
    back = _READERS.get(form, lambda written: parse(written, format=_syntax(form)))
    other, refused = set(), set()
    for path, dataset in datasets.items():
        try:
            said = canonical({quad.triple for quad in _spelled(back(write(dataset, form)))})
        except LdnKgError:
            refused.add(path.name)
        except SyntaxError:
            other.add(path.name)
        else:
            if said != canonical({quad.triple for quad in dataset.store}):
                other.add(path.name)
    assert other == UNWRITABLE.get(form, set())
    unfit = {path.name for path, dataset in datasets.items() if not _fits_xml(dataset)}
    assert unfit
    assert refused == (unfit | UNNAMED if form == "rdfxml" else set())


def _fits_xml(dataset: Dataset) -> bool:
    """Tell whether XML 1.0 has the characters of each text, and a name at each property's end."""
    has_characters = re.compile("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*").fullmatch
    has_name = re.compile(r"[^\W\d][\w.-]*$").search
    return all(
        has_name(quad.predicate.value)
        and (not isinstance(quad.object, Literal) or has_characters(quad.object.value))
        for quad in dataset.store
    )


def _syntax(form: str) -> RdfFormat:
    syntax = RdfFormat.from_extension(FORMATS[form])
    assert syntax is not None
    return syntax


def _json_ld(document: bytes) -> Iterator[Quad]:
    """Read JSON-LD by another processor."""
    lines = jsonld.to_rdf(json.loads(document), {"format": "application/n-quads"})
    return iter(parse(lines, format=RdfFormat.N_QUADS))


_READERS: dict[str, Callable[[bytes], Iterator[Quad]]] = {"jsonld": _json_ld}


def _spelled(quads: Iterator[Quad]) -> Iterator[Quad]:
    """Yield quads with numbers spelled as the engine's store does."""
    store = Store()
    store.extend(quads)
    return iter(store)
