"""Push, verify and every question, on real triple stores."""

import json
import re
import shlex
import sys
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from support.paths import ROOT, Run
from support.questions import CASES, case
from support.servers import IN_JETTY as JETTY
from support.servers import MOST_ROWS, SHORT_LIVED, STORES, Server, running

import ldn_kg
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import GRAPH
from ldn_kg.publish.stores.comparison import verify
from ldn_kg.publish.stores.endpoint import Credentials, Endpoint, connect
from ldn_kg.publish.stores.protocol import Client
from ldn_kg.publish.stores.remote import query_remote
from ldn_kg.publish.stores.transfer import graphs, push

XSD = "http://www.w3.org/2001/XMLSchema#"
FOREIGN = "https://example.org/foreign"
ALL = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"

# One worker runs all that needs one kind of store, so that each is started once.
EACH = [pytest.param(kind, marks=pytest.mark.xdist_group(kind)) for kind in STORES]
IN_JETTY = [pytest.param(kind, marks=pytest.mark.xdist_group(kind)) for kind in JETTY]
# To save time, two stores run only what is not marked so: push, verify, all questions, all scripts.
thorough = pytest.mark.parametrize("server", EACH, indirect=True)


@pytest.fixture(scope="session", params=[*EACH, *IN_JETTY])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Run a store that holds the dataset, and one graph of somebody else's."""
    kind = str(request.param)
    folder = tmp_path_factory.mktemp(kind)
    with running(kind, folder, on_disk=kind != "oxigraph") as server:
        with Client(server.endpoint()) as client:
            client.add(FOREIGN, b"<urn:x:s> <urn:x:p> <urn:x:o> .\n")
        push(server.endpoint(), graphs(ldn_kg.load()))
        yield server


def _sizes(endpoint: Endpoint) -> dict[str, int]:
    """Return how many triples each graph of a store has, without what the store brings itself."""
    with Client(endpoint) as client:
        rows = json.loads(client.query(ALL)[1])["results"]["bindings"]
    sizes = {row["g"]["value"]: int(row["n"]["value"]) for row in rows}
    return {g: n for g, n in sizes.items() if "ldn-kg" in g or "example.org" in g}


def _expected_sizes(kg: Dataset) -> dict[str, int]:
    return {graph: len(set(triples())) for graph, triples in graphs(kg).items()}


def test_push_brings_every_triple_and_touches_no_other_graph(server: Server, kg: Dataset) -> None:
    assert [c.graph for c in verify(server.endpoint(), graphs(kg)) if not c.same] == []
    assert _sizes(server.endpoint()) == {**_expected_sizes(kg), FOREIGN: 1}


@thorough
def test_push_again_replaces_what_was_there(server: Server, kg: Dataset) -> None:
    graph = next(iter(graphs(kg)))
    with Client(server.endpoint()) as client:
        client.add(graph, b"<urn:x:old> <urn:x:p> <urn:x:o> .\n")
    counts = push(server.endpoint(), graphs(kg))
    assert counts == _expected_sizes(kg)
    assert _sizes(server.endpoint()) == {**counts, FOREIGN: 1}


@thorough
def test_verify_names_a_lost_and_an_added_triple(server: Server, kg: Dataset) -> None:
    base = "https://example.org/damaged/"
    ours = graphs(kg, base)
    push(server.endpoint(), ours)
    graph = f"{base}literature"
    lost = sorted(map(str, ours[graph]()))[1234]
    with Client(server.endpoint()) as client:
        client.update(f"DELETE DATA {{ GRAPH <{graph}> {{ {lost} }} }}")
        client.add(graph, b"<urn:x:s> <urn:x:p> <urn:x:o> .\n")
    found = {c.graph: c for c in verify(server.endpoint(), ours)}
    assert [g for g, c in found.items() if not c.same] == [graph]
    assert found[graph].examples["lost"] == [lost]
    assert found[graph].examples["added"] == ["<urn:x:s> <urn:x:p> <urn:x:o>"]
    with Client(server.endpoint()) as client:
        client.update(" ; ".join(f"DROP SILENT GRAPH <{g}>" for g in ours))


@thorough
def test_without_the_graph_store_protocol(server: Server, kg: Dataset) -> None:
    """A store that has SPARQL 1.1 Update only gets the same triples."""
    base = "https://example.org/update-only/"
    ours = graphs(kg, base)
    there = replace(server.endpoint(), graph_store=None)
    push(there, ours)
    assert [str(c) for c in verify(there, ours) if not c.same] == []
    with Client(there) as client:
        client.update(" ; ".join(f"DROP SILENT GRAPH <{g}>" for g in ours))


# Each question as it stands, and with the parameters of the cases that people have typed.
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    **{name: (name, {}) for name in ldn_kg.questions()},
    **{path.stem: case(path) for path in CASES},
}


@pytest.mark.parametrize(("name", "parameters"), QUESTIONS.values(), ids=QUESTIONS.keys())
def test_questions_give_the_rows_that_they_give_here(
    name: str, parameters: dict[str, str], server: Server, kg: Dataset
) -> None:
    here = ldn_kg.query(kg, name, parameters).serialize("csv")
    there = query_remote(server.endpoint(), kg, name, parameters).serialize("csv")
    assert there.decode().splitlines() == here.decode().splitlines()
    assert len(here.splitlines()) > 1


@thorough
def test_other_forms_of_queries(server: Server, kg: Dataset) -> None:
    def ask(sparql: str) -> ldn_kg.Answer:
        return query_remote(server.endpoint(), kg, sparql)

    assert ask("ASK { ?study a ldn:Study }").truth is True
    assert ask("ASK { ?study a ldn:Passage ; a ldn:Study }").truth is False
    assert ask("ASK { <urn:x:s> ?p ?o }").truth is False  # the graph of somebody else
    built = "CONSTRUCT { ?s a ldn:Study } WHERE { ?s a ldn:Study }"
    assert sorted(ask(built).serialize("turtle").splitlines()) == sorted(
        ldn_kg.query(kg, built).serialize("turtle").splitlines()
    )
    (row,) = ask("SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/ldn-kg/graph/source> { ?s ?p ?o }")
    assert row["n"] == len(list(kg.triples("source")))
    with pytest.raises(LdnKgError, match=r"(?s)40[0-9]|500"):
        ask("SELECT * WHERE { ?s ?p }")


# Values that can be spelled in more than one way, with what the stores make of them: all three keep
# the value of a number, boolean or moment and not its spelling. All else comes back as it was sent.
SPELLINGS = {
    ("1.50", "decimal"): {"1.5"},
    ("+7", "integer"): {"7"},
    ("007", "integer"): {"7"},
    ("1", "boolean"): {"true"},
    ("1.0E3", "double"): {"1000.0e0", "1000", "1000.0"},
    ("2013-03-01T10:00:00+00:00", "dateTime"): {
        "2013-03-01T10:00:00+00:00",
        "2013-03-01T10:00:00Z",
    },
    ("false", "boolean"): {"false"},
    ("2013-03-01", "date"): {"2013-03-01"},
    ("2013", "gYear"): {"2013"},
    ("2013-02", "gYearMonth"): {"2013-02"},
    ("", "string"): {""},
    ('tab\tquote"line\nend 😀 é', "string"): {'tab\tquote"line\nend 😀 é'},
}


def _texts() -> list[str]:
    """Return letters of each script that Unicode has, and what else texts of this field hold."""
    scripts: dict[str, str] = {}
    for character in map(chr, range(0x80, sys.maxunicode)):
        script = unicodedata.name(character, "").partition(" ")[0]
        if script and unicodedata.category(character).startswith("L"):
            if len(scripts.setdefault(script, "")) < 3:
                scripts[script] += character
    assert {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "THAI"} < set(scripts)
    assert {"CJK", "HANGUL", "HIRAGANA", "GOTHIC"} < set(scripts)  # Gothic needs 4 bytes
    others = ["50–300 mg", "Sjögren", "≥ 4 µg/m²", "na\u0308ive", "a\u00a0b", "👩🏽‍🔬", "𝑝 < 0.05"]
    return [*scripts.values(), *others]


@pytest.mark.parametrize("by_update", [False, True], ids=["as the preset says", "by update only"])
def test_text_in_every_script_survives(by_update: bool, server: Server, kg: Dataset) -> None:
    graph = "https://example.org/scripts"
    texts = _texts()
    ours = [
        Triple(NamedNode(f"urn:x:{i}"), NamedNode("urn:x:p"), Literal(text, language="en"))
        for i, text in enumerate(texts)
    ]
    there = replace(server.endpoint(), graph_store=None) if by_update else server.endpoint()
    push(there, {graph: lambda: ours})
    assert [str(c) for c in verify(there, {graph: lambda: ours}) if not c.same] == []
    values = " ".join(f'"{text}"@en' for text in texts)
    asked = f"SELECT ?text FROM <{graph}> {{ VALUES ?text {{ {values} }} ?s <urn:x:p> ?text }}"
    assert sorted(row["text"] for row in query_remote(there, kg, asked)) == sorted(texts)
    with Client(there) as client:
        client.update(f"DROP SILENT GRAPH <{graph}>")


WRONG = {  # what somebody might type for each kind of store
    "blazegraph": "fuseki",
    "fuseki": "virtuoso",
    "oxigraph": "generic",
    "rdf4j": "generic",
    "virtuoso": "generic",
}


def test_a_wrong_kind_of_store_gets_a_hint(server: Server) -> None:
    there = connect(server.address, WRONG[server.kind], credentials=server.credentials)
    with pytest.raises(LdnKgError) as error:
        push(there, {FOREIGN: lambda: [Triple(*[NamedNode("urn:x:s")] * 3)]})
    assert f"Is it {server.address} with --store {server.kind}?" in str(error.value)


@thorough
def test_what_a_store_makes_of_spellings(server: Server, tmp_path: Path) -> None:
    graph, predicate = "https://example.org/spellings", NamedNode("urn:x:p")
    values = [Literal(value, datatype=NamedNode(XSD + name)) for value, name in SPELLINGS]
    values.append(Literal("colour", language="en-GB"))
    ours = [Triple(NamedNode(f"urn:x:{i}"), predicate, v) for i, v in enumerate(values)]
    with Client(server.endpoint()) as client:
        client.add(graph, "".join(f"{triple} .\n" for triple in ours).encode())
        form = RdfFormat.from_media_type(client.get(graph, tmp_path / "back"))
        (comparison,) = verify(server.endpoint(), {graph: lambda: ours})
        client.update(f"DROP SILENT GRAPH <{graph}>")
    back = {q.subject: cast(Literal, q.object) for q in parse(path=tmp_path / "back", format=form)}
    assert len(back) == len(ours)
    allowed = [*SPELLINGS.values(), {"colour"}]
    assert [
        t for t, seen in zip(ours, allowed, strict=True) if back[t.subject].value not in seen
    ] == []
    assert (comparison.lost, comparison.added) == (0, 0)
    assert comparison.respelled == sum(back[t.subject] != t.object for t in ours) > 0


@thorough
def test_ten_pushes_at_the_same_time(server: Server, kg: Dataset) -> None:
    ours = {g: triples for g, triples in graphs(kg).items() if not g.endswith("literature")}
    sizes = {g: n for g, n in _expected_sizes(kg).items() if g in ours}
    assert len(sizes) == 4
    with ThreadPoolExecutor(10) as pool:
        runs = [pool.submit(push, server.endpoint(), ours) for _ in range(10)]
        assert [run.result() for run in runs] == [sizes] * 10
    assert [str(c) for c in verify(server.endpoint(), ours) if not c.same] == []
    assert _sizes(server.endpoint()) == {**_expected_sizes(kg), FOREIGN: 1}


def _old() -> dict[str, Callable[[], list[Triple]]]:
    p = NamedNode("urn:x:p")
    old = [Triple(NamedNode(f"urn:x:{i}"), p, Literal(i)) for i in range(100)]
    return {f"{GRAPH}{name}": lambda: old for name in ("source", "literature")}


@pytest.mark.parametrize("kind", EACH)
def test_a_store_that_dies_keeps_the_old_graphs(kind: str, tmp_path: Path, kg: Dataset) -> None:
    with running(kind, tmp_path, java=SHORT_LIVED) as server:
        there = replace(server.endpoint(), tries=2, pause=0.01)
        push(there, _old())
        if kind == "virtuoso":  # it writes to disk a minute later unless it is told to
            with Client(there) as client:
                client.query("SELECT * WHERE { ?s ?p ?o } LIMIT 1")
        sent: list[int] = []

        def die(triples: int) -> None:
            sent.append(triples)
            if len(sent) == 2:
                server.kill()

        with pytest.raises(LdnKgError, match="cannot be reached") as error:
            push(there, graphs(kg), die)
        assert len(sent) == 2
        staging = re.findall(r"DROP SILENT GRAPH <(\S+-staging-\w+)>", str(error.value))
        assert staging, error.value
        server.start()
        assert [str(c) for c in verify(there, _old()) if not c.same] == []
        # What the message says to do works.
        with Client(there) as client:
            client.update(str(error.value).rpartition("drops them:\n")[2])
        push(there, graphs(kg))
        assert _sizes(there) == _expected_sizes(kg)


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        pytest.param("fuseki", "--auth=basic", marks=pytest.mark.xdist_group("fuseki")),
        pytest.param("oxigraph", "serve-read-only", marks=pytest.mark.xdist_group("oxigraph")),
    ],
)
def test_a_store_that_only_reads(kind: str, option: str, tmp_path: Path, kg: Dataset) -> None:
    options = ("--gzip=off",) if kind == "fuseki" else (option,)
    if kind == "oxigraph":
        with running(kind, tmp_path):
            pass  # it makes the folder that the read-only server wants
    with running(kind, tmp_path, *options, java=SHORT_LIVED) as server:
        with pytest.raises(LdnKgError, match=r"read-only.* \(40\d .*\)"):
            push(server.endpoint(), graphs(kg))
        (row,) = query_remote(server.endpoint(), kg, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert row["n"] == 0


@pytest.mark.parametrize("scheme", ["basic", "digest"])
@pytest.mark.xdist_group("fuseki")
def test_passwords(scheme: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "passwords").write_text("ann: correct-horse\n", encoding="utf-8")
    options = (f"--auth={scheme}", "--passwd=passwords", "--update")
    with running("fuseki", tmp_path, *options, java=SHORT_LIVED) as server:
        words = ("push", server.address, "--store", "fuseki", "--auth", scheme, "--user", "ann")
        monkeypatch.setenv("LDN_KG_PASSWORD", "wrong-horse")
        wrong = run(*words)
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert "does not accept the user name, password or token" in wrong.stderr
        assert "horse" not in wrong.stderr
        monkeypatch.setenv("LDN_KG_PASSWORD", "correct-horse")
        right = run(*words, "--verify")
        assert (right.returncode, right.stderr) == (0, "")
        assert right.stdout.count("the same") == 5


@pytest.mark.xdist_group("virtuoso")
def test_a_wrong_password_for_virtuoso(tmp_path: Path, kg: Dataset) -> None:
    with running("virtuoso", tmp_path) as server:
        wrong = Credentials("digest", "dba", "wrong-horse")
        with pytest.raises(LdnKgError, match="does not accept") as error:
            push(server.endpoint(credentials=wrong), graphs(kg))
        assert "horse" not in str(error.value)


stock = pytest.mark.parametrize("server", EACH[STORES.index("virtuoso") :], indirect=True)


@stock
def test_virtuoso_as_installed_cuts_a_graph_without_a_word(server: Server, tmp_path: Path) -> None:
    """So that what verifies it whole, and refuses a part of an answer, is tested at all."""
    for there in (server.endpoint(), replace(server.endpoint(), graph_store=None)):
        with Client(there) as client:
            client.get(f"{GRAPH}literature", tmp_path / "graph")
            assert client.count(f"{GRAPH}literature") > 2 * MOST_ROWS
        assert len((tmp_path / "graph").read_text().splitlines()) == MOST_ROWS + 1


@stock
@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s <urn:x:p> 1, 2, 3 } WHERE { ?s a ?class }",  # fewer rows than the limit
        "DESCRIBE ?s ?o WHERE { ?s ?p ?o }",
    ],
)
def test_a_part_of_the_triples_is_no_answer(query: str, server: Server, run: Run) -> None:
    done = run("query", query, "--endpoint", server.address, "--store", "virtuoso", "-o", "x.ttl")
    assert (done.returncode, done.stdout) == (2, "")
    assert "ResultSetMaxRows" in done.stderr


@stock
def test_a_subject_with_more_triples_than_virtuoso_gives(server: Server) -> None:
    graph = "https://example.org/one-subject"
    subject, predicate = NamedNode("urn:x:s"), NamedNode("urn:x:p")
    ours = [Triple(subject, predicate, Literal(str(i))) for i in range(MOST_ROWS + 100)]
    push(server.endpoint(), {graph: lambda: ours})
    with pytest.raises(LdnKgError, match=rf"counts {len(ours)} .* at most {MOST_ROWS + 1} at a"):
        verify(server.endpoint(), {graph: lambda: ours})
    with Client(server.endpoint()) as client:
        client.update(f"DROP SILENT GRAPH <{graph}>")


def _commands(kind: str) -> list[str]:
    """Return the commands of the documents that talk to a kind of store."""
    pages = [ROOT / "README.md", ROOT / "docs" / "stores.md"]
    lines = [line for page in pages for line in page.read_text(encoding="utf-8").splitlines()]
    return [
        x.removeprefix("$ ") for x in lines if x.startswith("$ ldn-kg") and f"--store {kind}" in x
    ]


def test_the_commands_of_the_documents(
    server: Server, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LDN_KG_PASSWORD", "dba")
    commands = _commands(server.kind)
    assert [command.split()[1] for command in commands if "push" in command]
    for command in commands:
        if server.kind in JETTY and "push" in command:
            continue  # as slow as all the rest, and what it does has been done
        there = re.sub(r"http://localhost:\d+\S*", server.address, command)
        assert there != command
        done = run(*shlex.split(there)[1:])
        assert (done.returncode, done.stderr) == (0, ""), command
        assert ("the same" in done.stdout) == ("--verify" in command)
