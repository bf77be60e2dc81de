"""Stores that would fill the memory, last for ever, steer a terminal, or show a secret."""

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.paths import Run

from ldn_kg.command import options
from ldn_kg.command.terminal import harmless
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.stores import endpoint
from ldn_kg.publish.stores.comparison import verify
from ldn_kg.publish.stores.endpoint import Credentials, Endpoint, connect
from ldn_kg.publish.stores.protocol import Client
from ldn_kg.publish.stores.remote import query_remote

ROWS = "application/sparql-results+json"
ONE = '{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": %s}]}}'
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def _store(answer: Answer, *, keep: bool = False) -> Iterator[str]:
    """Run a server on loopback that answers every request so, and yield its address.

    It can `keep` a connection for further requests.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1" if keep else "HTTP/1.0"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer(self)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False  # a client that hangs up is what is tested

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/store"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _says(body: bytes, status: int = 200, **headers: str) -> Answer:
    """Answer with a body and headers, whose names have _ for -."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in {"Content_Type": ROWS, **headers}.items():
            to.send_header(name.replace("_", "-"), value)
        to.send_header("Content-Length", str(len(body)))
        to.end_headers()
        to.wfile.write(body)

    return answer


def _endless(status: int, block: bytes, pause: float = 0) -> tuple[Answer, list[int]]:
    """Answer with a block again and again, and list how many bytes went out."""
    sent: list[int] = []

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        to.send_header("Content-Type", ROWS)
        to.end_headers()
        while True:
            to.wfile.write(block)
            sent.append(len(block))
            time.sleep(pause)

    return answer, sent


def _there(address: str, **changes: Any) -> Endpoint:
    limits = {"timeout": 5.0, "tries": 1, "max_bytes": 1 << 20, **changes}
    return Endpoint(address, address, address, **limits)


def _ask(where: Endpoint) -> bytes:
    with Client(where) as client:
        return client.query("SELECT * { ?s ?p ?o }")[1]


# Limits


def test_an_answer_without_an_end_is_refused(tmp_path: Path) -> None:
    answer, sent = _endless(200, b" " * 65536)
    with _store(answer) as address:
        with pytest.raises(LdnKgError, match=r"more than 1048576 bytes; .* raise --max-bytes"):
            _ask(_there(address))
        assert sum(sent) < 100 << 20  # what the system keeps between the two


def test_a_graph_without_an_end_is_refused(tmp_path: Path) -> None:
    answer = _says(b"<urn:x:a> <urn:x:b> <urn:x:c> .\n" * 40_000, Content_Type="text/turtle")
    with _store(answer) as address, Client(_there(address)) as client:
        with pytest.raises(LdnKgError, match="more than 1048576 bytes"):
            client.get("urn:x:g", tmp_path / "graph")
    assert (tmp_path / "graph").stat().st_size < 2 << 20


def test_what_is_packed_is_measured_unpacked() -> None:
    bomb = gzip.compress(b" " * (50 << 20))
    assert len(bomb) < 1 << 17
    with _store(_says(bomb, Content_Encoding="gzip")) as address:
        with pytest.raises(LdnKgError, match="more than 1048576 bytes"):
            _ask(_there(address))
        assert len(_ask(_there(address, max_bytes=50 << 20))) == 50 << 20


@pytest.mark.parametrize("packed", ["gzip, gzip", "br", "zstd", "gzip, br"])
def test_what_is_packed_twice_or_otherwise_is_refused(packed: str) -> None:
    twice = gzip.compress(gzip.compress(b" " * (50 << 20)))
    with _store(_says(twice, Content_Encoding=packed)) as address:
        with pytest.raises(LdnKgError, match="packs its answer as nobody asked"):
            _ask(_there(address))


def test_packed_blocks_that_hold_nothing_have_an_end() -> None:
    whole = zlib.compressobj(wbits=31)
    body = whole.compress(b'{"boolean": true}') + whole.flush(zlib.Z_FULL_FLUSH)
    body += whole.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff" * 300_000
    with _store(_says(body, Content_Encoding="gzip")) as address:
        with pytest.raises(LdnKgError, match="more than 1048576 bytes"):
            _ask(_there(address))


@pytest.mark.parametrize("status", [401, 500])
@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_little_is_read_of_a_refusal(status: int, scheme: str) -> None:
    answer, sent = _endless(status, b"no " * 20_000)
    known = Credentials(scheme, "ann", "correct-horse")
    with _store(answer) as address:
        with pytest.raises(LdnKgError, match=str(status)) as error:
            _ask(_there(address, credentials=known))
        assert len(str(error.value)) < 600
        assert sum(sent) < 100 << 20


@pytest.mark.parametrize("status", [200, 500])
def test_the_clock_runs_for_the_whole_answer(status: int) -> None:
    answer, sent = _endless(status, b" ", pause=0.05)
    with _store(answer) as address:
        with pytest.raises(LdnKgError, match=r"did not answer within 0.5 seconds; raise --timeout"):
            _ask(_there(address, timeout=0.5))
        assert len(sent) < 200


def _headers_without_end(to: BaseHTTPRequestHandler) -> None:
    to.wfile.write(b"HTTP/1.1 200 OK\r\nX-Wait: ")
    while True:
        to.wfile.write(b"a")
        time.sleep(0.05)


REQUESTS: dict[str, Callable[[Client, Path], object]] = {
    "query": lambda client, _: client.query("ASK {}"),
    "count": lambda client, _: client.count("urn:x:g"),
    "update": lambda client, _: client.update("CLEAR ALL"),
    "add": lambda client, _: client.add("urn:x:g", b""),
    "put": lambda client, file: client.put("urn:x:g", file),
    "get": lambda client, file: client.get("urn:x:g", file),
}


@pytest.mark.parametrize("request_", REQUESTS)
def test_the_clock_runs_for_the_headers_too(request_: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with _store(_headers_without_end) as address:
        with Client(_there(address, timeout=0.5)) as client:
            with pytest.raises(LdnKgError, match=r"did not answer within 0.5 seconds"):
                REQUESTS[request_](client, tmp_path / "file")


def test_the_clock_runs_for_each_request_of_a_connection() -> None:
    """Also the second one, for which no connection is opened."""
    seen: list[int] = []

    def answer(to: BaseHTTPRequestHandler) -> None:
        seen.append(to.client_address[1])
        (_says(b"{}") if len(seen) == 1 else _headers_without_end)(to)

    with _store(answer, keep=True) as address, Client(_there(address, timeout=1)) as client:
        client.query("ASK {}")
        with pytest.raises(LdnKgError, match="did not answer within 1 second"):
            client.query("ASK {}")
    assert len(seen) == 2
    assert len(set(seen)) == 1


def test_the_clock_runs_while_a_store_takes_what_is_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * (100 << 20))
    with socket.create_server(("127.0.0.1", 0)) as slow:

        def take() -> None:
            with suppress(OSError), slow.accept()[0] as taken:
                while taken.recv(1000):
                    time.sleep(0.05)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{slow.getsockname()[1]}/"
        with Client(_there(address, timeout=1)) as client:
            with pytest.raises(LdnKgError, match="did not answer within 1 second"):
                client.put("urn:x:g", tmp_path / "file")


def test_a_slow_store_does_not_hold_up_verify(run: Run) -> None:
    with _store(_headers_without_end) as address:
        done = run("verify", address, "--timeout", "0.5")
    assert done.returncode == 2
    assert "did not answer within 0.5 seconds; raise --timeout" in done.stderr


def test_a_query_of_a_slow_store_ends_in_time(process: Run) -> None:
    """Also where not even the headers come to an end."""
    with _store(_headers_without_end) as address:
        done = process("query", "symptoms", "--endpoint", address, "--timeout", "5")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: The query took longer than 5 seconds")


def test_the_options_know_the_limits_of_the_endpoint() -> None:
    assert options.MAX_BYTES == endpoint.MAX_BYTES == connect("http://127.0.0.1").max_bytes


# Answers that are none

DECIMAL = '{"type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#%s", "value": %s}'
ODD: dict[str, tuple[Answer, str]] = {
    "a redirect to nowhere": (_says(b"", 302), r"\(302 Found\)"),
    "a redirect to what is no address": (_says(b"", 302, Location="http://["), "redirects to"),
    "not packed as it says": (_says(b"{}", Content_Encoding="gzip"), "cannot be unpacked"),
    "deep lists": (_says(b"[" * 200_000), "SPARQL result"),
    "deep objects": (_says(b'{"a":' * 3000 + b"1" + b"}" * 3000), "SPARQL result"),
    "half a character": (
        _says((ONE % '{"type": "literal", "value": "\\ud800"}').encode()),
        "could not be answered|SPARQL result",
    ),
    "no decimal": (_says((ONE % DECIMAL % ("decimal", '"abc"')).encode()), "'abc' is no xsd:dec"),
    "no number": (_says((ONE % DECIMAL % ("decimal", '"NaN"')).encode()), "'NaN' is no xsd:dec"),
    "no integer": (_says((ONE % DECIMAL % ("integer", '"1_0"')).encode()), "'1_0' is no xsd:int"),
    "other digits": (_says((ONE % DECIMAL % ("integer", '"٣"')).encode()), "is no xsd:int"),
    "no text": (_says((ONE % DECIMAL % ("decimal", "[1]")).encode()), "SPARQL result|answered"),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_answer_is_said_in_a_sentence(odd: str, kg: Dataset) -> None:
    answer, said = ODD[odd]
    with _store(answer) as address, pytest.raises(LdnKgError, match=said):
        list(query_remote(_there(address), kg, "SELECT * { ?s ?p ?x }"))


def test_a_deep_count_is_said_in_a_sentence() -> None:
    with _store(ODD["deep lists"][0]) as address, Client(_there(address)) as client:
        with pytest.raises(LdnKgError, match="did not say how many triples"):
            client.count("urn:x:g")


def test_a_value_beyond_the_buffer_of_the_parser(kg: Dataset) -> None:
    triple = b'<urn:x:a> <urn:x:b> "' + b"x" * (17 << 20) + b'" .\n'
    with _store(_says(triple, Content_Type="application/n-triples")) as address:
        where = _there(address, max_bytes=1 << 25)
        with pytest.raises(LdnKgError, match="longer than 16 MB"):
            query_remote(where, kg, "CONSTRUCT WHERE { ?s ?p ?o }")


def test_a_full_folder_for_temporary_files_loses_no_triple(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    one = json.dumps({"results": {"bindings": [{"n": {"value": "1"}}]}}).encode()
    with _store(_says(one)) as address:
        with pytest.raises(LdnKgError, match=r"temporary files .* No space left .* TMPDIR"):
            verify(_there(address), {"urn:x:g": lambda: []})
        assert run("verify", address).returncode == 2


# Words


def test_a_store_does_not_steer_the_terminal(run: Run) -> None:
    steering = b"\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1b[31mall fine\x1b[8m \xe2\x80\xae"
    with _store(_says(steering, 500, Content_Type="text/plain")) as address:
        done = run("query", "symptoms", "--endpoint", address)
    assert done.returncode == 2
    assert r"The store says: \x1b]52;c;ZXZpbA==\x07\x1b[2J\x1b[31mall fine" in done.stderr
    assert harmless(done.stderr) == done.stderr


@pytest.mark.parametrize(
    "repeated",
    ["and  two", "and two", "and\\ttwo", "and%20%20two", "and++two", "and \n two"],
)
def test_a_secret_with_blanks_is_not_shown(repeated: str) -> None:
    secret = "and\ttwo" if "t" == repeated[4:5] else "and  two"
    known = Credentials("basic", "ann", secret)
    with _store(_says(f"you are {repeated}!".encode(), 500, Content_Type="text/plain")) as address:
        with pytest.raises(LdnKgError, match=r"says: you are …!$"):
            _ask(_there(address, credentials=known))


@pytest.mark.parametrize("token", ["correct\nhorse", "correct horse", "côrrect-horse", " "])
def test_a_token_that_no_header_can_hold_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(LdnKgError, match="LDN_KG_TOKEN") as error:
        Credentials("bearer", "", token)
    assert "horse" not in str(error.value)


@pytest.mark.parametrize(
    "address",
    [
        "ann:correct-horse@localhost/ldn",
        "http:/ann:correct-horse@localhost",
        "http:ann:correct-horse@localhost",
        "http//ann:correct-horse@localhost",
        "http://ann:correct-horse@localhost:port/",
        "http://ann:correct-horse@[localhost/",
        "//ann:correct-horse@localhost",
        "http://ann:correct-horse@",
        "ftp://ann:correct-horse@localhost",
    ],
)
def test_an_address_with_a_password_is_never_repeated(address: str) -> None:
    with pytest.raises(LdnKgError, match="address") as error:
        connect(address)
    assert "horse" not in str(error.value)
