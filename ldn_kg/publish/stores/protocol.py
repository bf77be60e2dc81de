"""The SPARQL 1.1 Protocol and Graph Store Protocol over HTTP, with every fault as a sentence.

https://www.w3.org/TR/sparql11-protocol/ and https://www.w3.org/TR/sparql11-http-rdf-update/
"""

import json
import random
import re
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from ldn_kg.errors import LdnKgError
from ldn_kg.publish.stores.endpoint import Credentials, Endpoint
from ldn_kg.publish.stores.refusal import httpx, refusal, shown, status

_BUSY = (429, 502, 503)  # the store may do it if asked again
_LONGEST_PAUSE = 30.0  # seconds
_ROWS = "application/sparql-results+json"
_RDF = ("application/n-triples", "text/turtle")


@dataclass(frozen=True)
class _File:
    """The bytes of a file, as often as a request needs them: digest authentication sends twice."""

    path: Path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while block := file.read(1 << 16):
                yield block


class Client:
    """A connection to one store; use it in a `with`.

    Every method raises LdnKgError with a sentence where the store cannot be reached, refuses, or
    answers with something else than was asked for. No message holds a password or token.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        """Open nothing yet: the first request connects."""
        self.endpoint = endpoint
        timeout = httpx.Timeout(endpoint.timeout, connect=min(10.0, endpoint.timeout))
        # A redirect is refused, not followed: it could take the credentials to another host.
        auth = _auth(endpoint.credentials)
        self._http = httpx.Client(auth=auth, timeout=timeout, follow_redirects=False)

    def __enter__(self) -> "Client":
        """Return the client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._http.close()

    def query(
        self, sparql: str, graphs: Sequence[str] = (), *, triples: bool = False
    ) -> tuple[str, bytes]:
        """Answer a query over the union of the graphs; return media type and body.

        Without graphs, the store decides what its default graph is. The body is JSON, or RDF for a
        query that builds triples.
        """
        # Each graph is in the default graph and can be named too, as in the local dataset.
        names = ("default-graph-uri", "named-graph-uri")
        form = [("query", sparql), *((name, graph) for name in names for graph in graphs)]
        return self._send(
            "POST",
            self.endpoint.query,
            accept=_RDF if triples else (_ROWS,),
            content=urlencode(form).encode(),
            media_type="application/x-www-form-urlencoded",
        )

    def count(self, graph: str) -> int:
        """Return how many triples a graph holds."""
        sparql = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        try:
            bindings = json.loads(self.query(sparql)[1])["results"]["bindings"]
            return int(bindings[0]["n"]["value"])
        except (ValueError, LookupError, TypeError) as error:
            where = shown(self.endpoint.query)
            raise LdnKgError(f"{where} did not answer how many triples {graph} holds.") from error

    def update(self, sparql: str) -> None:
        """Run a SPARQL 1.1 Update."""
        if self.endpoint.update is None:
            raise LdnKgError("The store takes no SPARQL Update; give its address with --update.")
        media_type = "application/sparql-update"
        self._send("POST", self.endpoint.update, content=sparql.encode(), media_type=media_type)

    def add(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph; adding them twice is adding them once."""
        if self.endpoint.graph_store is None:
            self.update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{ntriples.decode()}}} }}")
        else:
            # N-Triples is Turtle, the one format besides RDF/XML that every store takes.
            self._send("POST", self._graph(graph), content=ntriples, media_type="text/turtle")

    def put(self, graph: str, ntriples: Path) -> None:
        """Replace a graph by the triples of a file, in one request."""
        self._send("PUT", self._graph(graph), content=_File(ntriples), media_type="text/turtle")

    def get(self, graph: str, file: Path) -> str:
        """Write the triples of a graph into a file and return their media type.

        A graph that the store does not have is an empty one.
        """
        if self.endpoint.graph_store is not None:
            media_type, _ = self._send("GET", self._graph(graph), accept=_RDF, into=file)
            return media_type
        construct = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        return self._send(
            "POST",
            self.endpoint.query,
            accept=_RDF,
            content=urlencode({"query": construct}).encode(),
            media_type="application/x-www-form-urlencoded",
            into=file,
        )[0]

    def _graph(self, graph: str) -> str:
        if self.endpoint.graph_store is None:
            raise LdnKgError("The store has no Graph Store Protocol; give it with --graph-store.")
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
        """Send a request, again where that may help, and return media type and body.

        All that we send may be sent twice: adding, replacing, copying and dropping are the same
        when done again.
        """
        headers = {"Accept": ", ".join(accept) or "*/*"}
        if media_type:
            headers["Content-Type"] = media_type
        if isinstance(content, _File):
            headers["Content-Length"] = str(content.path.stat().st_size)
        fault, pause = "", self.endpoint.pause
        for attempt in range(self.endpoint.tries):
            if attempt:
                time.sleep(pause * random.uniform(0.5, 1.0))
                pause = min(2 * pause, _LONGEST_PAUSE)
            try:
                with self._http.stream(method, url, content=content, headers=headers) as response:
                    if not _is_busy(response):
                        return self._read(response, accept, into)
                    fault = f"is too busy ({status(response)})"
                    pause = _wanted_pause(response) or pause
            except httpx.TimeoutException as error:
                if not isinstance(error, httpx.ConnectTimeout):
                    within = f"{self.endpoint.timeout:g} seconds"
                    raise LdnKgError(
                        f"{shown(url)} did not answer within {within}; raise --timeout."
                    ) from error
                fault = "cannot be reached (no answer)"
            except httpx.TransportError as error:
                if isinstance(_root(error), ssl.SSLError):
                    raise LdnKgError(
                        f"{shown(url)} has a certificate that cannot be trusted: {error}. If it "
                        "is your own, name its authority in SSL_CERT_FILE."
                    ) from error
                fault = f"cannot be reached, or broke off ({error})"
        raise LdnKgError(f"{shown(url)} {fault}; tried {self.endpoint.tries} times.")

    def _read(
        self, response: httpx.Response, accept: Sequence[str], into: Path | None
    ) -> tuple[str, bytes]:
        if response.status_code == 404 and into is not None and self.count("urn:x:none") == 0:
            # The store is there, for it answers: it is the graph that is not.
            into.write_bytes(b"")
            return _RDF[0], b""
        if not response.is_success:
            raise LdnKgError(refusal(response, self.endpoint.credentials))
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if accept and media_type not in accept:
            what = "a web page" if "html" in media_type else media_type or "nothing"
            raise LdnKgError(
                f"{shown(response.url)} answered with {what} instead of {accept[0]}. Is it the "
                "address of the endpoint? Check --store."
            )
        for name in _CUT:
            if response.headers.get(name, _WHOLE) != _WHOLE:
                reason = f"{name}: {response.headers[name]}"
                raise LdnKgError(
                    f"{shown(response.url)} answered only in part ({reason}); raise its limits."
                )
        if into is None:
            return media_type, response.read()
        with into.open("wb") as file:
            for block in response.iter_bytes():
                file.write(block)
        return media_type, b""


# Virtuoso says by these headers that it stopped at a limit, and answers 200 all the same.
_CUT, _WHOLE = ("X-SPARQL-MaxRows", "X-SQL-State"), "00000"


def _auth(credentials: Credentials | None) -> httpx.Auth | None:
    if credentials is None:
        return None
    if credentials.scheme == "bearer":
        return _Bearer(credentials.secret)
    kind = httpx.DigestAuth if credentials.scheme == "digest" else httpx.BasicAuth
    return kind(credentials.user, credentials.secret)


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
    # Virtuoso: two updates met, and this one has to be sent again.
    return response.status_code == 500 and b"deadlock" in response.read().lower()


def _wanted_pause(response: httpx.Response) -> float | None:
    """Return what Retry-After says in seconds, within our limit."""
    wanted = response.headers.get("Retry-After", "")
    return min(float(wanted), _LONGEST_PAUSE) if re.fullmatch(r"\d{1,6}", wanted) else None


def _root(error: BaseException) -> BaseException:
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return error
