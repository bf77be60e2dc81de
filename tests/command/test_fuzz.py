"""Whatever outside text holds, there is an answer or a sentence: nothing else, and in time.

hypothesis makes the texts, always the same ones. A text that is not understood must end in an
LdnKgError; any other exception fails the test, and so does one that takes longer than the limit.
"""

import faulthandler
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize
from support.paths import Run

from ldn_kg.check.source import verify_source
from ldn_kg.check.validation import validate
from ldn_kg.errors import LdnKgError
from ldn_kg.graph import names
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS, ROOT, files
from ldn_kg.graph.questions import query, questions
from ldn_kg.graph.rules import load
from ldn_kg.publish.stores import remote
from ldn_kg.publish.stores.endpoint import connect
from ldn_kg.publish.stores.protocol import Client
from ldn_kg.read.explanation import explain
from ldn_kg.read.page import show

Term = NamedNode | BlankNode | Literal | Triple
LIMIT = 30  # seconds for one text, many times what one takes
FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TURTLE = (ROOT / "data" / "studies" / "younger2013.ttl").read_text(encoding="utf-8")
SPARQL = [question.sparql for question in questions().values()]
NAMES = [f"study:{path.stem}" for path in files("data/studies", ".ttl")][:20]
ODD = st.sampled_from(
    [
        *(
            '"',
            "'",
            "<",
            ">",
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            "\\",
            "\x00",
            "\r",
            "\n",
            "\ufeff",
            "#",
        ),
        *(";", "^^", "@en", "_:", "https://", "\ud7ff", "\U0001f600", "\u202e", "SERVICE", "1e999"),
        *("a" * 5000, "-", "%s"),
    ]
)


@pytest.fixture
def names_once(kg: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gather the names of all records once, and not for each text: the dataset is the same."""
    known = names.by_name(kg)
    assert len(known) > 1000
    monkeypatch.setattr(names, "by_name", lambda dataset: known)


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """End the whole run with the stack of whatever hangs: a hang cannot be caught otherwise."""
    faulthandler.dump_traceback_later(LIMIT * 10, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@st.composite
def _spoilt(draw: st.DrawFn, texts: list[str]) -> str:
    """Draw a text that is right but for one to three places: cut, doubled or replaced."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        to = min(len(text), at + draw(st.integers(0, 40)))
        middle = draw(st.one_of(ODD, st.text(max_size=8), st.just(text[at:to] * 2)))
        text = text[:at] + middle + text[to:]
    return text


def _holds(attempt: Callable[[], object]) -> bool:
    """Return whether it worked; what fails must say a sentence."""
    try:
        attempt()
    except LdnKgError as error:
        said = str(error)
        assert said.strip()
        assert "Traceback" not in said
        return False
    return True


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@FUZZ
@given(text=_spoilt([TURTLE]))
def test_turtle(text: str, tmp_path: Path) -> None:
    path = _file(tmp_path, "own.ttl", text.encode("utf-8", "surrogatepass"))
    _holds(lambda: list(read(path, shipped=False).triples()))


@FUZZ
@given(content=st.binary(max_size=300), ending=st.sampled_from("ttl nt nq trig rdf jsonld".split()))
def test_bytes_of_any_kind(content: bytes, ending: str, tmp_path: Path) -> None:
    path = _file(tmp_path, f"own.{ending}", content)
    _holds(lambda: list(read(path, shipped=False).triples()))


STATEMENTS = sorted(
    (
        quad.triple
        for quad in read(ROOT / "data" / "studies" / "younger2013.ttl", shipped=False).triples()
    ),
    key=str,
)
XSD = "http://www.w3.org/2001/XMLSchema#"
TERMS = [
    *(Literal("abc", datatype=NamedNode(XSD + t)) for t in "decimal integer date boolean".split()),
    *(Literal("9" * 5000, datatype=NamedNode(XSD + t)) for t in ("integer", "decimal", "gYear")),
    Literal("2013-99-99", datatype=NamedNode(XSD + "date")),
    Literal("P", datatype=NamedNode(XSD + "duration")),
    Literal("<a", datatype=NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral")),
    Literal("x", datatype=NamedNode("urn:t")),
    Literal("x", language="en"),
    *(BlankNode("b"), NamedNode("urn:a"), NamedNode("https://w3id.org/ldn-kg/study/younger2013")),
    *dict.fromkeys(statement.object for statement in STATEMENTS),
]


@pytest.fixture(scope="module")
def beside(kg: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of all that the study names, and so on: a valid dataset that is soon judged."""
    todo: list[object] = [term for quad in STATEMENTS for term in quad]
    found: dict[NamedNode, set[Triple]] = {}
    while todo:
        term = todo.pop()
        if isinstance(term, NamedNode) and term not in found:
            typed = [quad for quad in kg.about(term) if quad.graph_name not in NOT_TYPED]
            found[term] = {quad.triple for quad in typed}
            todo += [quad.object for quad in typed]
    path = tmp_path_factory.mktemp("beside") / "beside.nt"
    path.write_bytes(serialize(set().union(*found.values()), format=RdfFormat.N_TRIPLES))
    dataset = load(*ONTOLOGY, path, shipped=False)
    assert validate(dataset).problems == ()
    assert "status" in explain(dataset, "ldn-fibromyalgia").lower()
    return path


NOT_TYPED = (GRAPHS["derived"], GRAPHS["vocabulary"])
ONTOLOGY = files("ontology", ".ttl")


@settings(FUZZ, max_examples=25)
@given(
    broken=st.lists(
        st.tuples(st.sampled_from(STATEMENTS), st.sampled_from(TERMS)), min_size=1, max_size=3
    ),
    turned=st.booleans(),
)
def test_values_of_another_kind(
    broken: list[tuple[Triple, Term]], turned: bool, beside: Path, tmp_path: Path
) -> None:
    """What parses but makes no sense is reported, and a page of it can still be shown."""
    added = [Triple(old.subject, old.predicate, term) for old, term in broken]
    added += [Triple(BlankNode("b"), old.predicate, old.subject) for old, _ in broken if turned]
    assume(not set(added) <= set(STATEMENTS))  # or nothing would be another
    content = serialize([*STATEMENTS, *added], format=RdfFormat.N_TRIPLES)
    path = _file(tmp_path, "own.nt", content)
    dataset = load(*ONTOLOGY, beside, path, shipped=False)
    _holds(lambda: validate(dataset))
    _holds(lambda: show(dataset, "younger2013"))
    _holds(lambda: explain(dataset, "ldn-fibromyalgia"))


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                "@id @type @value @language @list @set @graph @context @reverse @vocab "
                "@base @included https://example.org/p p".split()
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@FUZZ
@given(document=VALUES)
def test_json_ld(document: object, tmp_path: Path) -> None:
    path = _file(tmp_path, "own.jsonld", json.dumps(document).encode())
    _holds(lambda: list(read(path, shipped=False).triples()))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deep.ttl", "<a:a> <a:b> " + "[ <a:b> " * 20000 + "1" + " ]" * 20000 + " ."),
        ("list.ttl", "<a:a> <a:b> " + "( " * 20000 + ")" * 20000 + " ."),
        ("deep.jsonld", '{"https://example.org/p":' * 20000 + "1" + "}" * 20000),
        ("array.jsonld", "[" * 100000 + "]" * 100000),
        ("deep.rdf", "<a>" * 20000 + "</a>" * 20000),
        ("long.nt", f'<a:a> <a:b> "{"x" * 5_000_000}" .'),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_what_is_deep_or_long(name: str, text: str, tmp_path: Path, run: Run) -> None:
    """In a process of its own: a stack that overflows takes its process with it."""
    path = _file(tmp_path, name, text.encode())
    done = run("validate", str(path))
    assert done.returncode in (0, 1, 2)
    assert done.stdout or done.stderr.startswith("Error: ")


@FUZZ
@given(text=st.one_of(_spoilt(SPARQL), st.text(max_size=40).map(lambda t: f"SELECT {t} {{")))
def test_sparql(text: str, kg: Dataset) -> None:
    def _ask() -> None:
        answer = query(kg, text + " " if "{" in text else text + " {")
        if answer.columns:
            answer.refuse_more_than(100_000)

    _holds(_ask)


@FUZZ
@given(
    name=st.sampled_from([q.name for q in questions().values() if q.parameters]),
    value=st.one_of(
        st.text(max_size=30), ODD, st.sampled_from(["fibromyalgia", "4.5", "-1", "1e9"])
    ),
)
def test_parameters(name: str, value: str, kg: Dataset, names_once: None) -> None:
    (parameter, *_) = questions()[name].parameters
    _holds(lambda: list(query(kg, name, {parameter: value})))


@FUZZ
@given(name=st.one_of(st.text(max_size=30), ODD, _spoilt(NAMES)))
def test_names_of_records(name: str, kg: Dataset, names_once: None) -> None:
    _holds(lambda: show(kg, name))
    _holds(lambda: explain(kg, name))


@FUZZ
@given(text=st.one_of(st.text(max_size=2000), _spoilt([TURTLE[:2000]])))
def test_source_documents(text: str, kg: Dataset, tmp_path: Path) -> None:
    path = _file(tmp_path, "source.txt", text.encode("utf-8", "surrogatepass"))
    _holds(lambda: verify_source(kg, path))


ANSWER = """{"head": {"vars": ["s", "n"]}, "results": {"bindings": [
  {"s": {"type": "uri", "value": "https://example.org/a"},
   "n": {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}}]}}"""


@FUZZ
@given(text=st.one_of(_spoilt([ANSWER]), VALUES.map(json.dumps)))
def test_answers_of_another_host(text: str, kg: Dataset) -> None:
    body = text.encode("utf-8", "surrogatepass")

    class _Told(Client):
        def query(self, *_: object, **__: object) -> tuple[str, bytes]:
            return "application/sparql-results+json", body

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote, "Client", _Told)
        there = connect("http://127.0.0.1:9/", "generic")
        _holds(lambda: list(remote.query_remote(there, kg, "SELECT * { ?s ?p ?n }")))


def test_a_number_of_another_host_is_not_written_in_full() -> None:
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert remote._canonical("1E+999999999", integer) == "1E+999999999"
    assert remote._canonical("01.50", integer) == "1.5"


def test_the_texts_are_not_all_refused(tmp_path: Path) -> None:
    """A fuzzer whose texts never pass the first line tests the first line only."""
    passed = []

    @FUZZ
    @given(text=_spoilt([TURTLE]))
    def _count(text: str) -> None:
        path = _file(tmp_path, "own.ttl", text.encode("utf-8", "surrogatepass"))
        passed.append(_holds(lambda: read(path, shipped=False)))

    _count()
    assert 0 < sum(passed) < len(passed)
