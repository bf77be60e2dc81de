"""The SPARQL 1.1 Protocol and Graph Store Protocol over HTTP; every failure is an LdnKgError.

https://www.w3.org/TR/sparql11-protocol/ and https://www.w3.org/TR/sparql11-http-rdf-update/
"""

import io
import json
import random
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any, cast
from urllib.parse import urlencode, urlsplit
from weakref import WeakSet

from ldn_kg.errors import LdnKgError
from ldn_kg.publish.stores.endpoint import Credentials, Endpoint
from ldn_kg.publish.stores.refusal import hint, httpx, refusal, shown, status

_BUSY = (429, 502, 503)  # the status of answers after which a request is sent again
_LONGEST_PAUSE = 30.0  # seconds
_ROWS = "application/sparql-results+json"
_RDF = ("application/n-triples", "text/turtle")
_REFUSAL = 2000  # bytes that are read of an answer whose status is not a success


class _Clock:
    """The time that a whole request may take: the time-outs of httpx are for each read and write.

    When it is over, the connections are shut down, which wakes whoever waits for one byte more of
    headers or body. httpx tells of its connections by an extension of requests, "trace".
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._sockets = WeakSet[socket.socket]()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the time run while the block does. Raises httpx.ReadTimeout where it is over."""
        until = time.monotonic() + self._seconds
        timer = Timer(self._seconds, self._shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            if time.monotonic() >= until:  # whatever came of it was cut off
                raise httpx.ReadTimeout("The whole request took too long.")

    def hear(self, event: str, about: dict[str, Any]) -> None:
        """Learn of a connection."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.add(about["return_value"].get_extra_info("socket"))

    def _shut(self) -> None:
        for one in list(self._sockets):
            with suppress(OSError):  # it is closed already
                socket.socket.shutdown(one, socket.SHUT_RDWR)  # of TLS too, without a farewell


class _Bounded(httpx.SyncByteStream):
    """The body of an answer as it comes, up to a number of bytes.

    A longer one is refused, or ends there: nobody reads more of what a store says of an error.
    """

    def __init__(self, stream: httpx.SyncByteStream, most: int, *, refused: bool) -> None:
        self._stream, self._most, self._refused = stream, most, refused

    def __iter__(self) -> Iterator[bytes]:
        came = 0
        for block in self._stream:
            yield block
            came += len(block)
            if came > self._most:
                if self._refused:
                    raise _too_long(self._most)
                return

    def close(self) -> None:
        self._stream.close()


def _too_long(most: int) -> LdnKgError:
    return LdnKgError(
        f"The store answers with more than {most} bytes; ask for less, or raise --max-bytes."
    )


@dataclass(frozen=True)
class _File:
    """The bytes of a file, which can be read again: digest authentication sends them twice."""

    path: Path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while block := file.read(1 << 16):
                yield block


class Client:
    """A connection to one store; use it in a `with` statement.

    Every method raises LdnKgError if the store cannot be reached, refuses the request, or answers
    with anything but what was asked for. No message contains a password or token.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        """Prepare a connection; the first request opens it."""
        self.endpoint = endpoint
        timeout = httpx.Timeout(endpoint.timeout, connect=min(10.0, endpoint.timeout))
        # A redirect is refused, not followed: it could take the credentials to another host.
        auth = _auth(endpoint.credentials)
        self._clock = _Clock(endpoint.timeout)
        self._http = httpx.Client(
            auth=auth,
            timeout=timeout,
            follow_redirects=False,
            event_hooks={"response": [self._bound]},
            headers={"Accept-Encoding": "gzip, deflate"},
        )

    def _bound(self, response: httpx.Response) -> None:
        """Bound what is read of an answer.

        What is packed by deflate grows a thousand times at most, but only if it is packed once.
        """
        packed = response.headers.get("Content-Encoding", "").lower()
        if "," in packed or packed in ("br", "zstd"):
            raise LdnKgError(f"{shown(response.url)} packs its answer as nobody asked: {packed}.")
        most = self.endpoint.max_bytes if response.is_success else _REFUSAL
        body = cast(httpx.SyncByteStream, response.stream)
        response.stream = _Bounded(body, most, refused=response.is_success)

    def __enter__(self) -> "Client":
        """Return the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._http.close()

    def query(
        self, sparql: str, graphs: Sequence[str] = (), *, triples: bool = False
    ) -> tuple[str, bytes]:
        """Send a query over the union of the graphs; return media type and body of the answer.

        Without graphs, the store decides what its default graph is. `triples` says that the query
        builds triples; the body is then RDF, otherwise SPARQL results in JSON.
        """
        # Each graph is part of the default graph and can also be named, as in the local dataset.
        parameters = ("default-graph-uri", "named-graph-uri")
        form = [("query", sparql), *((name, graph) for name in parameters for graph in graphs)]
        return self._send(
            "POST",
            self.endpoint.query,
            accept=_RDF if triples else (_ROWS,),
            content=urlencode(form).encode(),
            media_type="application/x-www-form-urlencoded",
        )

    def expect_whole(self, triples: int) -> None:
        """Raise LdnKgError if the store gives no more than this number of triples at a time.

        Virtuoso cuts triples at ResultSetMaxRows, too, but says so only of rows. So it is asked for
        one row more than triples came, whatever it holds: all combinations of some digits.
        """
        digits = "".join(
            f" VALUES ?x{i} {{ {' '.join('0123456789')} }}" for i in range(len(str(triples)))
        )
        rows = len(self._bindings(f"SELECT ?x0 WHERE {{{digits} }} LIMIT {triples + 1}"))
        if rows <= triples:
            raise LdnKgError(
                f"{shown(self.endpoint.query)} gives at most {rows} rows at a time, so that an "
                f"answer of {triples} triples may be cut. {RAISE}"
            )

    def count(self, graph: str) -> int:
        """Return how many triples a graph holds."""
        sparql = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        try:
            return int(self._bindings(sparql)[0]["n"]["value"])
        except (ValueError, LookupError, TypeError) as error:
            raise LdnKgError(
                f"{shown(self.endpoint.query)} did not say how many triples {graph} holds. "
                "Check the address, and --store for the kind of store."
            ) from error

    def _bindings(self, sparql: str) -> list[Any]:
        """Return the rows of an answer as the standard writes them, or [] if it has none."""
        try:
            return list(json.loads(self.query(sparql)[1])["results"]["bindings"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return []

    def update(self, sparql: str) -> None:
        """Run a SPARQL 1.1 Update."""
        if self.endpoint.update is None:
            raise LdnKgError("The address for SPARQL Update is not known; give it with --update.")
        media_type = "application/sparql-update"
        self._send("POST", self.endpoint.update, content=sparql.encode(), media_type=media_type)

    def add(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph; adding the same triples again changes nothing."""
        if self.endpoint.graph_store is None:
            self.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{ntriples.decode()}}} }}")
        else:
            # N-Triples is Turtle, the only format besides RDF/XML that every store takes.
            self._send("POST", self._graph_url(graph), content=ntriples, media_type="text/turtle")

    def put(self, graph: str, ntriples: Path) -> None:
        """Replace a graph with the triples of a file, in one request."""
        url = self._graph_url(graph)
        self._send("PUT", url, content=_File(ntriples), media_type="text/turtle")

    def get(self, graph: str, file: Path, part: str = "") -> str:
        """Write the triples of a graph into a file and return their media type.

        Some stores answer that a graph which they do not have is not found. `part` reads only the
        subjects whose MD5 begins with these digits: which those are depends on no store.
        """
        if self.endpoint.graph_store is not None and not part:
            return self._send("GET", self._graph_url(graph), accept=_RDF, into=file)[0]
        those = f' FILTER(STRSTARTS(MD5(STR(?s)), "{part}"))' if part else ""
        construct = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o{those} }} }}"
        return self._send(
            "POST",
            self.endpoint.query,
            accept=_RDF,
            content=urlencode({"query": construct}).encode(),
            media_type="application/x-www-form-urlencoded",
            into=file,
        )[0]

    def _graph_url(self, graph: str) -> str:
        if self.endpoint.graph_store is None:
            raise LdnKgError(
                "The address for the Graph Store Protocol is not known; give it with --graph-store."
            )
        separator = "&" if urlsplit(self.endpoint.graph_store).query else "?"
        return f"{self.endpoint.graph_store}{separator}{urlencode({'graph': graph})}"

    def _send(
        self,
        method: str,
        url: str,
        *,
        accept: Sequence[str] = (),
        content: bytes | _File | None = None,
        media_type: str | None = None,
        into: Path | None = None,
    ) -> tuple[str, bytes]:
        """Send a request, repeat it if that may help, and return media type and body.

        The body is b"" if it was written to the file `into`. Every request of ours may be repeated:
        adding, replacing, copying or dropping again has the same result.
        """
        headers = _request_headers(accept, content, media_type)
        fault, pause = "", self.endpoint.pause
        for attempt in range(self.endpoint.tries):
            if attempt:
                time.sleep(pause * random.uniform(0.5, 1.0))
                pause = min(2 * pause, _LONGEST_PAUSE)
            try:
                with (
                    self._clock.running(),
                    self._http.stream(
                        method,
                        url,
                        content=content,
                        headers=headers,
                        extensions={"trace": self._clock.hear},
                    ) as response,
                ):
                    if not _is_busy(response):
                        return self._read(response, accept, into)
                    fault = f"is too busy ({status(response)})"
                    pause = _requested_pause(response) or pause
            except httpx.TransportError as error:
                fault = self._passing_fault(url, error)
            except httpx.DecodingError as error:
                raise LdnKgError(
                    f"{shown(url)} says that its answer is packed, but it cannot be unpacked."
                ) from error
            except (httpx.InvalidURL, UnicodeError) as error:
                raise LdnKgError(f"{shown(url)} is no address that can be reached.") from error
        raise LdnKgError(f"{shown(url)} {fault}; tried {self.endpoint.tries} times.")

    def _passing_fault(self, url: str, error: httpx.TransportError) -> str:
        """Return what is wrong, or raise LdnKgError if trying again would not help."""
        if isinstance(error, httpx.ConnectTimeout):
            return "cannot be reached (no answer)"
        if isinstance(error, httpx.TimeoutException):
            raise LdnKgError(
                f"{shown(url)} did not answer within {self.endpoint.timeout:g} seconds; "
                "raise --timeout."
            ) from error
        if isinstance(_root_cause(error), ssl.SSLError):
            raise LdnKgError(
                f"{shown(url)} has a certificate that cannot be trusted: {error}. If the "
                "certificate is your own, name the file of its authority in SSL_CERT_FILE."
            ) from error
        return f"cannot be reached, or broke off ({error})"

    def _read(
        self, response: httpx.Response, accept: Sequence[str], into: Path | None
    ) -> tuple[str, bytes]:
        media_type, body = self._checked_media_type(response, accept), io.BytesIO()
        with into.open("wb") if into else body as file:
            for block in response.iter_bytes():
                file.write(block)
                if file.tell() > self.endpoint.max_bytes:
                    raise _too_long(self.endpoint.max_bytes)
            return media_type, b"" if into else body.getvalue()

    def _checked_media_type(self, response: httpx.Response, accept: Sequence[str]) -> str:
        """Return the media type of an answer that is complete and as asked for; raise otherwise."""
        if not response.is_success:
            raise LdnKgError(refusal(response, self.endpoint))
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if accept and media_type not in accept:
            received = "a web page" if "html" in media_type else media_type or "nothing"
            raise LdnKgError(
                f"{shown(response.url)} answered with {received} instead of {accept[0]}. Is it the "
                f"address of the endpoint? Check --store.{hint(response, self.endpoint)}"
            )
        for name in _LIMIT_HEADERS:
            if response.headers.get(name, _COMPLETE) != _COMPLETE:
                reason = f"{name}: {response.headers[name]}"
                raise LdnKgError(
                    f"{shown(response.url)} gave only a part of its answer ({reason}). {RAISE}"
                )
        return str(media_type)


# Virtuoso answers 200 even if it stopped at a limit, and says so in these headers.
_LIMIT_HEADERS, _COMPLETE = ("X-SPARQL-MaxRows", "X-SQL-State"), "00000"
RAISE = (
    "Raise the limits of the store (Virtuoso: ResultSetMaxRows and MaxQueryExecutionTime under "
    "[SPARQL] in virtuoso.ini), or ask for less."
)


def _request_headers(
    accept: Sequence[str], content: bytes | _File | None, media_type: str | None
) -> dict[str, str]:
    headers = {"Accept": ", ".join(accept) or "*/*"}
    if media_type:
        # A servlet container reads a body without a charset as ISO-8859-1, whatever the standard of
        # its media type says: Blazegraph then keeps "â\x80\x93" for a dash.
        headers["Content-Type"] = f"{media_type}; charset=utf-8"
    if isinstance(content, _File):
        headers["Content-Length"] = str(content.path.stat().st_size)
    return headers


def _auth(credentials: Credentials | None) -> httpx.Auth | None:
    if credentials is None:
        return None
    if credentials.scheme == "bearer":
        return _Bearer(credentials.secret)
    method = httpx.DigestAuth if credentials.scheme == "digest" else httpx.BasicAuth
    return method(credentials.user, credentials.secret)


class _Bearer(httpx.Auth):
    """A token in the Authorization header (RFC 6750)."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> "Iterator[httpx.Request]":  # type: ignore[override]
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def _is_busy(response: httpx.Response) -> bool:
    if response.status_code in _BUSY:
        return True
    # Virtuoso: two updates collided, and this one has to be sent again.
    return response.status_code == 500 and b"deadlock" in response.read().lower()


def _requested_pause(response: httpx.Response) -> float | None:
    """Return the pause that Retry-After asks for, in seconds, up to our limit."""
    seconds = response.headers.get("Retry-After", "")
    return min(float(seconds), _LONGEST_PAUSE) if re.fullmatch(r"\d{1,6}", seconds) else None


def _root_cause(error: BaseException) -> BaseException:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return error
