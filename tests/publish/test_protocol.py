"""What may go wrong between us and a store, with a small server that misbehaves on purpose."""

import fcntl
import hashlib
import json
import os
import pty
import ssl
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import trustme
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from support.paths import ROOT, Run

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.stores.comparison import Comparison, compare, verify
from ldn_kg.publish.stores.endpoint import STORES, Credentials, Endpoint, connect
from ldn_kg.publish.stores.protocol import Client
from ldn_kg.publish.stores.refusal import refusal
from ldn_kg.publish.stores.remote import query_remote
from ldn_kg.publish.stores.transfer import graphs, push

ROWS = "application/sparql-results+json"
ZERO = json.dumps({"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"value": "0"}}]}})
SUBJECT, PREDICATE = NamedNode("urn:x:s"), NamedNode("urn:x:p")
SECRET = "correct-horse"


@dataclass
class Reply:
    """What the server answers once: a status, headers and a body; or it breaks off, or waits."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": ROWS})
    body: str = ZERO
    breaks_off: bool = False
    waits: float = 0


@dataclass
class Fake:
    """A running server: where it is, what it was asked, what it will answer (the last for ever)."""

    address: str
    replies: list[Reply]
    seen: list[dict[str, str]] = field(default_factory=list)

    def endpoint(self, **changes: object) -> Endpoint:
        """Return its endpoints, without patience."""
        wanted = {"timeout": 2.0, "tries": 3, "pause": 0.01, **changes}
        return Endpoint(self.address, self.address, self.address, **wanted)  # type: ignore[arg-type]


@contextmanager
def serving(*replies: Reply, tls: ssl.SSLContext | None = None) -> Iterator[Fake]:
    """Run a server on loopback that gives these replies, one after the other."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            fake.seen.append({"method": self.command, "body": body, **dict(self.headers.items())})
            reply = fake.replies.pop(0) if len(fake.replies) > 1 else fake.replies[0]
            stopped.wait(reply.waits)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            extra = 10 if reply.breaks_off else 0
            self.send_header("Content-Length", str(len(reply.body.encode()) + extra))
            self.end_headers()
            self.wfile.write(reply.body.encode())

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # a client that gives up is what is tested

    stopped = threading.Event()
    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "https" if tls else "http"
    fake = Fake(f"{scheme}://127.0.0.1:{server.server_port}/store", list(replies))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _count(endpoint: Endpoint) -> int:
    with Client(endpoint) as client:
        return client.count("urn:x:g")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(401), r"does not accept the user name, password or token.*\(401 Unauthorized\)"),
        (
            Reply(403, body="no"),
            r"read-only, or the user lacks the right to do it \(403 Forbidden\).*says: no",
        ),
        (Reply(404), r"does not exist. Check the address, and --store.*\(404 Not Found\)"),
        (Reply(405), r"does not take this kind of request.*\(405 Method Not Allowed\)"),
        (Reply(413), r"request of this size"),
        (Reply(500, body="out of\n memory"), r"cannot do this \(500 .*says: out of memory"),
        (
            Reply(200, {"Content-Type": "text/html"}, "<p>Welcome"),
            "answered with a web page instead",
        ),
        (Reply(500, {"Content-Type": "text/html"}, "<p>Oops"), r"\(500 Internal Server Error\)\.$"),
        (Reply(200, {}, "?"), "answered with nothing instead of application/sparql-results"),
        (Reply(body="{"), "did not say how many triples"),
        (Reply(body="[]"), "did not say how many triples"),
        (
            Reply(headers={"Content-Type": ROWS, "X-SPARQL-MaxRows": "10"}),
            "only a part of its answer",
        ),
        (
            Reply(headers={"Content-Type": ROWS, "X-SQL-State": "S1TAT"}),
            "only a part of its answer",
        ),
    ],
)
def test_what_a_store_says_becomes_a_sentence(reply: Reply, said: str) -> None:
    with serving(reply) as fake:
        with pytest.raises(LdnKgError, match=said) as error:
            _count(fake.endpoint())
        assert len(fake.seen) == 1  # none of these gets better by asking again
        assert fake.address in str(error.value)
        assert "<p>" not in str(error.value)


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_busy_store_is_asked_again(status: int) -> None:
    with serving(Reply(status), Reply(status, {"Retry-After": "0"}), Reply()) as fake:
        assert _count(fake.endpoint()) == 0
        assert len(fake.seen) == 3


def test_a_deadlock_is_tried_again() -> None:
    deadlock = Reply(500, body="Virtuoso 40001 Error SR172: Transaction deadlocked")
    with serving(deadlock, Reply()) as fake:
        assert _count(fake.endpoint()) == 0


def test_patience_ends() -> None:
    with serving(Reply(503)) as fake:
        with pytest.raises(LdnKgError, match=r"too busy \(503 .*\); tried 3 times"):
            _count(fake.endpoint())
        assert len(fake.seen) == 3


def test_retry_after_is_obeyed() -> None:
    with serving(Reply(503, {"Retry-After": "1"}), Reply()) as fake:
        started = time.monotonic()
        _count(fake.endpoint())
        assert time.monotonic() - started >= 0.5  # half to all of what was wished


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    with serving(Reply(breaks_off=True), Reply()) as fake:
        assert _count(fake.endpoint()) == 0
        assert len(fake.seen) == 2
    with serving(Reply(breaks_off=True)) as fake:
        with pytest.raises(LdnKgError, match=r"broke off .*; tried 3 times"):
            _count(fake.endpoint())


def test_a_graph_that_breaks_off_is_read_from_the_start_again(tmp_path: Path) -> None:
    turtle = {"Content-Type": "text/turtle"}
    whole = "<urn:x:a> <urn:x:b> <urn:x:c> .\n"
    with serving(Reply(200, turtle, whole * 9, breaks_off=True), Reply(200, turtle, whole)) as fake:
        with Client(fake.endpoint()) as client:
            assert client.get("urn:x:g", tmp_path / "graph") == "text/turtle"
        assert (tmp_path / "graph").read_text() == whole


def test_nobody_is_there() -> None:
    with serving(Reply()) as fake:
        pass
    with pytest.raises(LdnKgError, match=r"cannot be reached.*refused.*tried 3 times"):
        _count(fake.endpoint())


def test_a_store_that_takes_too_long() -> None:
    with serving(Reply(waits=20)) as fake:
        with pytest.raises(LdnKgError, match=r"did not answer within 0.2 seconds; raise --timeout"):
            _count(fake.endpoint(timeout=0.2))
        assert len(fake.seen) == 1


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_credentials_do_not_follow_a_redirect(scheme: str) -> None:
    with serving(Reply()) as other:
        away = Reply(307, {"Location": other.address + "?token=abc"})
        with serving(away) as fake:
            known = Credentials(scheme, "ann", SECRET)
            with pytest.raises(LdnKgError, match="which is not followed") as error:
                _count(fake.endpoint(credentials=known))
            assert other.address in str(error.value)
            assert "abc" not in str(error.value)
        assert fake.seen[0]["Authorization"]
        assert other.seen == []


@pytest.mark.parametrize("scheme", ["basic", "bearer"])
def test_a_secret_that_the_store_repeats_is_not_shown(scheme: str) -> None:
    known = Credentials(scheme, "ann", SECRET)
    body = f"user ann, password {SECRET}, Basic YW5uOmNvcnJlY3QtaG9yc2U="
    with serving(Reply(500, body=body)) as fake:
        with pytest.raises(LdnKgError, match="user ann") as error:
            _count(fake.endpoint(credentials=known))
        assert "horse" not in str(error.value) + repr(fake.endpoint(credentials=known))
        assert "YW5u" not in str(error.value)
        sent = {"basic": "Basic YW5uOmNvcnJlY3QtaG9yc2U=", "bearer": f"Bearer {SECRET}"}
        assert fake.seen[0]["Authorization"] == sent[scheme]


def test_a_certificate_that_nobody_vouches_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(Reply(), tls=context) as fake:
        with pytest.raises(LdnKgError, match=r"certificate that cannot be trusted.*SSL_CERT_FILE"):
            _count(fake.endpoint())
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert _count(fake.endpoint()) == 0


def test_a_store_that_loses_what_it_takes(kg: Dataset) -> None:
    with (
        serving(Reply()) as fake,
        pytest.raises(LdnKgError, match="without complaint, but holds 0"),
    ):
        push(fake.endpoint(), graphs(kg))
    updates = [
        seen["body"] for seen in fake.seen if "sparql-update" in seen.get("Content-Type", "")
    ]
    assert len(updates) == 1
    assert updates[0].count("DROP SILENT GRAPH") == 5
    assert "INSERT" not in updates[0]  # the old graphs were not touched


def test_one_put_for_each_graph_where_nothing_can_be_staged(kg: Dataset) -> None:
    with serving(Reply(204, body="")) as fake:
        counts = push(fake.endpoint(replace="put"), graphs(kg))
    assert [seen["method"] for seen in fake.seen] == ["PUT"] * 5
    assert [seen["body"].count("\n") for seen in fake.seen] == list(counts.values())


def test_every_body_says_that_it_is_utf_8(tmp_path: Path) -> None:
    (tmp_path / "graph").write_text('<urn:x:s> <urn:x:p> "–" .\n', encoding="utf-8")
    turtle = Reply(200, {"Content-Type": "text/turtle"}, "")
    with serving(Reply(), Reply(), turtle) as fake:
        with Client(fake.endpoint()) as client:
            client.query("SELECT * { ?s ?p '–' }")
            client.count("urn:x:g")
            client.query("CONSTRUCT WHERE { ?s ?p ?o }", triples=True)
            client.update("DROP GRAPH <urn:x:g>")
            client.add("urn:x:g", (tmp_path / "graph").read_bytes())
            client.put("urn:x:g", tmp_path / "graph")
            client.get("urn:x:g", tmp_path / "part", "0")
        with Client(replace(fake.endpoint(), graph_store=None)) as client:
            client.add("urn:x:g", (tmp_path / "graph").read_bytes())
            client.get("urn:x:g", tmp_path / "whole")
    sent = [seen["Content-Type"] for seen in fake.seen if seen["body"]]
    assert len(sent) == 9
    assert {kind.partition("; ")[2] for kind in sent} == {"charset=utf-8"}
    assert {kind.partition("; ")[0] for kind in sent} == {
        "application/sparql-update",
        "application/x-www-form-urlencoded",
        "text/turtle",
    }


def test_blank_nodes_are_refused() -> None:
    blank = Triple(SUBJECT, PREDICATE, BlankNode())
    with serving(Reply()) as fake, pytest.raises(LdnKgError, match="has a blank node"):
        push(fake.endpoint(), {"urn:x:g": lambda: [blank]})


def test_what_is_no_rdf_is_said_to_be_none() -> None:
    one = Reply(body=ZERO.replace('"0"', '"1"'))
    with serving(one, Reply(200, {"Content-Type": "text/turtle"}, "<html>")) as fake:
        with pytest.raises(LdnKgError, match="answer for urn:x:g is not RDF"):
            verify(fake.endpoint(), {"urn:x:g": lambda: []})


@pytest.mark.parametrize(
    "body", ["{", "[]", '{"head": {}}', '{"results": {"bindings": [{"x": 1}]}}']
)
def test_answers_that_are_none(body: str, kg: Dataset) -> None:
    with (
        serving(Reply(body=body)) as fake,
        pytest.raises(LdnKgError, match=r"SPARQL result|answered"),
    ):
        list(query_remote(fake.endpoint(), kg, "SELECT * { ?s ?p ?o }"))


def test_our_graphs_are_the_default_graph_and_our_prefixes_are_known(kg: Dataset) -> None:
    empty = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": []}})
    with serving(Reply(body=empty)) as fake:
        query_remote(fake.endpoint(), kg, "SELECT ?s { ?s a ldn:Study }", base="urn:mine:")
        query_remote(fake.endpoint(), kg, "SELECT ?s FROM <urn:x:g> { ?s ?p ?o }")
    first, second = (seen["body"] for seen in fake.seen)
    assert first.count("default-graph-uri=urn%3Amine%3A") == 5
    assert first.startswith("query=PREFIX+ldn%3A")
    assert "default-graph-uri" not in second


def _triples(*values: Literal) -> list[Triple]:
    return [Triple(SUBJECT, PREDICATE, value) for value in values]


XSD = "http://www.w3.org/2001/XMLSchema#"


def _typed(value: str, name: str) -> Literal:
    return Literal(value, datatype=NamedNode(XSD + name))


SAME: list[Callable[[], tuple[Literal, Literal]]] = [
    lambda: (_typed("1.50", "decimal"), _typed("1.5", "decimal")),
    lambda: (_typed("18.0", "decimal"), _typed("18", "decimal")),
    lambda: (_typed("+7", "integer"), _typed("7", "integer")),
    lambda: (_typed("true", "boolean"), _typed("1", "boolean")),
    lambda: (_typed("1.0E3", "double"), _typed("1000", "double")),
    lambda: (
        _typed("2013-01-01T00:00:00Z", "dateTime"),
        _typed("2013-01-01T00:00:00+00:00", "dateTime"),
    ),
]
OTHER: list[Callable[[], tuple[Literal, Literal]]] = [
    lambda: (_typed("1.5", "decimal"), _typed("1.51", "decimal")),
    lambda: (_typed("true", "boolean"), _typed("0", "boolean")),
    lambda: (_typed("1", "boolean"), _typed("1", "integer")),
    lambda: (Literal("a"), Literal("a ")),
    lambda: (Literal("a", language="en"), Literal("a")),
    lambda: (_typed("2013", "gYear"), Literal("2013")),
]


@pytest.mark.parametrize("pair", SAME, ids=lambda pair: str(pair()[0]))
def test_the_same_value_in_another_spelling_is_no_loss(
    pair: Callable[[], tuple[Literal, Literal]],
) -> None:
    here, there = pair()
    found = compare("urn:x:g", _triples(here), _triples(there))
    assert (found.same, found.respelled, found.triples) == (True, 1, 1)
    assert "1 spelled differently" in str(found)
    assert compare("urn:x:g", _triples(here), _triples(here)).respelled == 0


@pytest.mark.parametrize("pair", OTHER, ids=lambda pair: str(pair()[0]))
def test_another_value_is_a_loss(pair: Callable[[], tuple[Literal, Literal]]) -> None:
    here, there = pair()
    found = compare("urn:x:g", _triples(here), _triples(there))
    assert (found.lost, found.added, found.respelled) == (1, 1, 0)
    assert f"lost: {_triples(here)[0]}" in str(found)


def test_blank_nodes_are_compared_by_their_canonical_names() -> None:
    here = [Triple(BlankNode("a"), PREDICATE, Literal("x"))]
    assert compare("urn:x:g", here, [Triple(BlankNode("b"), PREDICATE, Literal("x"))]).same
    assert not compare("urn:x:g", here, [Triple(BlankNode("b"), PREDICATE, Literal("y"))]).same


def _hold(monkeypatch: pytest.MonkeyPatch, graph: list[Triple], most: int) -> list[str]:
    """Let a store hold a graph of which no answer has more than `most` triples; list the parts."""
    asked: list[str] = []

    def get(client: Client, name: str, file: Path, part: str = "") -> str:
        asked.append(part)
        digests = [hashlib.md5(t.subject.value.encode()).hexdigest() for t in graph]  # type: ignore[union-attr]
        these = [t for t, digest in zip(graph, digests, strict=True) if digest.startswith(part)]
        file.write_text("".join(f"{t} .\n" for t in these[:most]), encoding="utf-8")
        return "application/n-triples"

    monkeypatch.setattr(Client, "get", get)
    monkeypatch.setattr(Client, "count", lambda client, name: len(graph))
    return asked


def _people(count: int) -> list[Triple]:
    return [Triple(NamedNode(f"urn:x:{i}"), PREDICATE, Literal("x")) for i in range(count)]


def _verify(graph: list[Triple]) -> Comparison:
    (found,) = verify(connect("http://127.0.0.1:9"), {"urn:x:g": lambda: graph})
    return found


def test_a_graph_that_a_store_cuts_is_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _hold(monkeypatch, _people(1000), 40)  # 1000 / 16 is more than 40: parts of parts
    found = _verify(_people(1000))
    assert (found.same, found.triples, found.there) == (True, 1000, 1000)
    assert {len(part) for part in asked} == {0, 1, 2}
    assert len(asked) == len(set(asked))
    found = _verify([*_people(1000)[1:], Triple(SUBJECT, PREDICATE, Literal("x"))])
    assert (found.lost, found.added) == (1, 1)


def test_a_graph_that_is_given_as_a_whole_is_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = _hold(monkeypatch, _people(1000), 1000)
    assert _verify(_people(1001)).lost == 1
    assert asked == [""]


@pytest.mark.parametrize("most", [0, 5])
def test_what_a_store_still_cuts_is_not_called_lost(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = [Triple(SUBJECT, PREDICATE, Literal(str(i))) for i in range(9)]
    asked = _hold(monkeypatch, one, most)
    with pytest.raises(LdnKgError, match=f"counts 9 triples .* at most {most} at a time") as error:
        _verify(one)
    assert "ResultSetMaxRows" in str(error.value)
    assert "lost" not in str(error.value)
    assert len(asked) < 200


def test_triples_are_refused_if_a_store_would_not_give_one_more(kg: Dataset) -> None:
    triple = Reply(200, {"Content-Type": "text/turtle"}, "<urn:x:s> <urn:x:p> 1 .\n")
    row = {"x0": {"type": "literal", "value": "0"}}
    one, two = (
        Reply(body=json.dumps({"head": {}, "results": {"bindings": [row] * n}})) for n in (1, 2)
    )
    construct = "CONSTRUCT WHERE { ?s ?p ?o }"
    with serving(triple, two) as fake:
        assert len(query_remote(fake.endpoint(), kg, construct).serialize("turtle")) > 0
        assert len(fake.seen) == 2
    with serving(triple, one) as fake:
        with pytest.raises(LdnKgError, match=r"gives at most 1 rows.*ResultSetMaxRows"):
            query_remote(fake.endpoint(), kg, construct)
    cut = Reply(headers={"Content-Type": ROWS, "X-SPARQL-MaxRows": "1"})
    with serving(cut) as fake:
        with pytest.raises(LdnKgError, match=r"only a part of its answer.*ResultSetMaxRows"):
            query_remote(fake.endpoint(), kg, "DESCRIBE ?s WHERE { ?s ?p ?o }")
        assert "SELECT+DISTINCT+%3Fs" in fake.seen[0]["body"]
    with serving(triple, two) as fake:
        query_remote(fake.endpoint(), kg, "DESCRIBE <urn:x:s>")
        assert len(fake.seen) == 2


HINTS = [
    ("fuseki", "http://h/ldn", "http://h/ldn/sparql", "Fuseki-Request-Id: 7"),
    ("oxigraph", "http://h:7878", "http://h:7878/data", "Server: Oxigraph/0.5.13"),
    ("stardog", "http://h:5820/ldn", "http://h:5820/ldn", "SD-Error-Code: 4"),
    ("virtuoso", "http://h:8890", "http://h:8890/sparql", "Server: Virtuoso/07.20.3229"),
    ("blazegraph", "http://h/bigdata/sparql", "http://h/bigdata/sparql/query", ""),
    (
        "blazegraph",
        "http://h/blazegraph/namespace/kb/sparql",
        "http://h/blazegraph/namespace/kb/sparql/data",
        "",
    ),
    ("graphdb", "http://h:7200/repositories/ldn", "http://h:7200/repositories/ldn/data", ""),
    (
        "neptune",
        "https://h.neptune.amazonaws.com:8182",
        "https://h.neptune.amazonaws.com:8182/query",
        "",
    ),
    ("rdf4j", "http://h/x/repositories/ldn", "http://h/x/repositories/ldn", ""),
]


@pytest.mark.parametrize(("kind", "address", "refused", "header"), HINTS)
def test_a_refusal_asks_whether_another_preset_fits(
    kind: str, address: str, refused: str, header: str
) -> None:
    headers = [header.split(": ")] if header else []
    answer = httpx.Response(404, headers=headers, request=httpx.Request("POST", refused))
    said = refusal(answer, connect(f"{address}/other", "oxigraph"))
    assert f"Is it {address} with --store {kind}?" in said
    assert "Is it" not in refusal(answer, connect(address, kind))
    answer.status_code = 400  # a fault of the query, at the right address
    assert "Is it" not in refusal(answer, connect(f"{address}/other", "oxigraph"))


def test_a_store_that_shows_no_sign_is_not_guessed() -> None:
    plain = httpx.Response(404, request=httpx.Request("POST", "http://h/sparql"))
    assert "Is it" not in refusal(plain, connect("http://h", "oxigraph"))


def test_presets_and_addresses() -> None:
    fuseki = connect("http://localhost:3030/ldn/", "fuseki")
    assert (fuseki.query, fuseki.update, fuseki.graph_store) == (
        "http://localhost:3030/ldn/query",
        "http://localhost:3030/ldn/update",
        "http://localhost:3030/ldn/data",
    )
    plain = connect("http://localhost/sparql", update="http://localhost/u")
    assert (plain.query, plain.update) == ("http://localhost/sparql", "http://localhost/u")
    assert plain.graph_store is None
    for name in STORES:
        assert connect("http://localhost", name).query.startswith("http://localhost")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("localhost:3030/ldn", "is not a URL; give one such as"),
        ("ftp://localhost/ldn", "is not a URL; give one such as"),
        ("http://ann:correct-horse@localhost/ldn", "contains a user name or password"),
        ("http://localhost:port/ldn", "is not a URL"),
    ],
)
def test_addresses_that_are_none(address: str, said: str) -> None:
    with pytest.raises(LdnKgError, match=said) as error:
        connect(address)
    assert "horse" not in str(error.value)


def test_push_without_httpx_says_what_to_install(
    process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "httpx.py").write_text("raise ImportError('no httpx')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = process("push", "http://127.0.0.1:9/ldn")
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'ldn-kg[remote]'" in done.stderr
    assert process("query", "symptoms").returncode == 0


def test_commands(run: Run, process: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Reply(401)) as fake:
        done = run("push", fake.address, "--dry-run")
        assert (done.returncode, fake.seen) == (0, [])
        assert done.stdout.count(" triples\n") == 5
        assert "Nothing was sent." in done.stdout
        monkeypatch.delenv("LDN_KG_PASSWORD", raising=False)
        asked = process("verify", fake.address, "--user", "ann", stdin=subprocess.DEVNULL)
        assert asked.returncode == 2
        assert "Set LDN_KG_PASSWORD in the environment" in asked.stderr
        monkeypatch.setenv("LDN_KG_TOKEN", SECRET)
        done = run("query", "symptoms", "--endpoint", fake.address, "--auth", "bearer")
        assert done.returncode == 2
        assert SECRET not in done.stdout + done.stderr
        assert fake.seen[-1]["Authorization"] == f"Bearer {SECRET}"
        assert run("verify", fake.address, "--auth", "digest").returncode == 2


def test_a_password_is_asked_for_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LDN_KG_PASSWORD", raising=False)
    with serving(Reply(401)) as fake:
        master, terminal = pty.openpty()
        words = ("query", "symptoms", "--endpoint", fake.address, "--user", "ann")
        with subprocess.Popen(
            [sys.executable, "-m", "ldn_kg", *words],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # a secret is read from there
        ) as process:
            os.close(terminal)
            seen = os.read(master, 1000)
            assert seen.startswith(b"LDN_KG_PASSWORD:")
            os.write(master, f"{SECRET}\n".encode())
            with suppress(OSError):  # Linux says so when the other end of a terminal is gone
                while more := os.read(master, 1000):
                    seen += more
            assert process.wait(timeout=60) == 2
        os.close(master)
        assert b"does not accept" in seen
        assert b"horse" not in seen
        assert fake.seen[0]["Authorization"] == "Basic YW5uOmNvcnJlY3QtaG9yc2U="


def test_the_readme_of_stores_names_every_preset() -> None:
    page = (ROOT / "docs" / "stores.md").read_text(encoding="utf-8")
    assert [name for name in STORES if f"--store {name}" not in page] == ["generic"]
