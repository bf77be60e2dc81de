"""Real triple stores on loopback, each with its own port and folder, stopped after the tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from ldn_kg.publish.stores.endpoint import Credentials, Endpoint, connect
from support.paths import ROOT

INSTALL = ".ci/install-stores"
STORES = ("fuseki", "oxigraph", "virtuoso")
IN_JETTY = ("blazegraph", "rdf4j")  # what runs in a servlet container of ours
SHORT_LIVED = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
)  # for Java: it starts soon, and is slow
_PATIENCE = 60  # seconds for a server to start or stop

_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{other_port}
DirsAllowed = .
NumberOfBuffers = 20000
{more}
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 20
{sparql}
"""
# As Debian installs it: no answer has more rows, and of triples one more.
MOST_ROWS = 10_000
STOCK = f"[SPARQL]\nResultSetMaxRows = {MOST_ROWS}"

_REPOSITORY = """
@prefix rep: <http://www.openrdf.org/config/repository#> .
@prefix sail: <http://www.openrdf.org/config/sail#> .
@prefix sr: <http://www.openrdf.org/config/repository/sail#> .
[] a rep:Repository ; rep:repositoryID "ldn" ; rep:repositoryImpl [
    rep:repositoryType "openrdf:SailRepository" ;
    sr:sailImpl [ sail:sailType "openrdf:MemoryStore" ] ] .
"""
# As in its own file, but in memory.
_BLAZEGRAPH = """
com.bigdata.journal.AbstractJournal.bufferMode=MemStore
com.bigdata.rdf.sail.truthMaintenance=false
com.bigdata.rdf.store.AbstractTripleStore.axiomsClass=com.bigdata.rdf.axioms.NoAxioms
com.bigdata.rdf.store.AbstractTripleStore.quads=true
com.bigdata.rdf.store.AbstractTripleStore.statementIdentifiers=false
com.bigdata.rdf.store.AbstractTripleStore.textIndex=false
"""
_PATHS = {
    "blazegraph": "/bigdata/sparql",
    "fuseki": "/ldn",
    "oxigraph": "",
    "rdf4j": "/rdf4j-server/repositories/ldn",
    "virtuoso": "",
}
_ASKED = {  # what a store answers as soon as it works
    "blazegraph": "/bigdata/sparql?query=ASK%7B%7D",
    "fuseki": "/$/ping",
    "oxigraph": "/",
    "rdf4j": "/rdf4j-server/protocol",
    "virtuoso": "/sparql?query=ASK%7B%7D",
}


@dataclass
class Server:
    """A running store: its kind, its address, where its data are, and how to stop and start it."""

    kind: str
    folder: Path
    options: tuple[str, ...] = ()
    java: tuple[str, ...] = ()
    on_disk: bool = True  # only Oxigraph can do without, many times faster
    sparql: str = STOCK  # Virtuoso's limits of answers
    port: int = field(default_factory=lambda: _free_port())
    other_port: int = field(default_factory=lambda: _free_port())  # SQL, where a store has it
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """What the user of the store would type."""
        return f"http://127.0.0.1:{self.port}{_PATHS[self.kind]}"

    @property
    def credentials(self) -> Credentials | None:
        """What a fresh store of the kind accepts."""
        return Credentials("digest", "dba", "dba") if self.kind == "virtuoso" else None

    def endpoint(self, **changes: object) -> Endpoint:
        """Return the endpoints that the preset gives."""
        wanted = {"credentials": self.credentials, "timeout": 60, **changes}
        return connect(self.address, self.kind, **wanted)  # type: ignore[arg-type]

    def start(self) -> None:
        """Start the store and wait until it answers."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "server.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.kind} did not start:\n{said}")
            time.sleep(0.1)  # between two looks at whether it answers
        if self.kind == "rdf4j":
            turtle = {"Content-Type": "text/turtle"}
            httpx.put(self.address, content=_REPOSITORY, headers=turtle).raise_for_status()

    def kill(self) -> None:
        """End the store as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(_PATIENCE)
        (self.folder / "virtuoso.lck").unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            # Any answer but a failure will do: with authentication it is 401.
            return httpx.get(f"http://127.0.0.1:{self.port}{_ASKED[self.kind]}").status_code < 500
        except httpx.TransportError:
            return False

    def _command(self) -> list[str]:
        if self.kind == "virtuoso":
            more = "\n".join(self.options)
            text = _VIRTUOSO.format(
                port=self.port, other_port=self.other_port, more=more, sparql=self.sparql
            )
            (self.folder / "virtuoso.ini").write_text(text, encoding="utf-8")
            return ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
        if self.kind == "oxigraph":
            serve = self.options or ("serve",)
            where = ("--location", "data") if self.on_disk else ()
            return [_oxigraph() or "", *serve, *where, "--bind", f"127.0.0.1:{self.port}"]
        if self.kind in IN_JETTY:
            return self._jetty()
        (self.folder / "data").mkdir(exist_ok=True)
        options = self.options or ("--update",)
        jar = (
            *self.java,
            "-Xmx4g",
            "-jar",
            str(_fuseki_jar()),
            "--localhost",
            f"--port={self.port}",
            "--ping",
        )
        return [_java() or "", *jar, *options, "--loc=data", "/ldn"]

    def _jetty(self) -> list[str]:
        blazegraph = _installed("blazegraph-jar-*.jar"), _installed("blazegraph")
        app = {
            # The jar holds a Jetty of its own, which that of the runner comes before.
            "blazegraph": ("--jar", blazegraph[0], "--path", "/bigdata", blazegraph[1]),
            "rdf4j": ("--path", "/rdf4j-server", _installed("rdf4j-http-server-*.war")),
        }
        (self.folder / "blazegraph.properties").write_text(_BLAZEGRAPH, encoding="utf-8")
        settings = (
            "-Dcom.bigdata.rdf.sail.webapp.ConfigParams.propertyFile=blazegraph.properties",
            "-Dorg.eclipse.rdf4j.appdata.basedir=data",
        )
        jetty = ("-jar", _installed("jetty-runner-*.jar"), "--host", "127.0.0.1", "--port")
        java = (_java() or "", *SHORT_LIVED, "-Xmx1g", *settings)
        return [*java, *map(str, (*jetty, self.port, *app[self.kind]))]


@contextmanager
def running(kind: str, folder: Path, *options: str, **more: Any) -> Iterator[Server]:
    """Run a store while the block runs; skip the test where it is not installed."""
    require(kind)
    server = Server(kind, folder, options, **more)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def require(kind: str) -> None:
    """Skip the test, or fail it where LDN_KG_STORES says that all stores must be there."""
    jetty = _installed("jetty-runner-*.jar") and _java()
    there = {
        "blazegraph": lambda: jetty and _installed("blazegraph") and _installed("blazegraph-jar-*"),
        "fuseki": lambda: _fuseki_jar() and _java(),
        "oxigraph": _oxigraph,
        "rdf4j": lambda: jetty and _installed("rdf4j-http-server-*.war"),
        "virtuoso": lambda: shutil.which("virtuoso-t"),
    }
    if there[kind]():
        return
    reason = f"{kind} is not installed; {INSTALL} installs it"
    if os.environ.get("LDN_KG_STORES") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _oxigraph() -> str | None:
    return shutil.which("oxigraph", path=str(Path(sys.executable).parent))


def _fuseki_jar() -> Path | None:
    return _installed("jena-fuseki-server-*.jar")


def _installed(pattern: str) -> Path | None:
    return next(iter(sorted((ROOT / ".stores").glob(pattern))), None)


@cache
def _java() -> str | None:
    """Return a Java of version 21 or later, which Fuseki needs."""
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    homes += sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)
    found = [*filter(None, [shutil.which("java")]), *(str(home / "bin" / "java") for home in homes)]
    for java in found:
        if Path(java).exists():
            said = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
            version = said.partition('version "')[2].partition(".")[0].partition('"')[0]
            if version.isdigit() and int(version) >= 21:
                return java
    return None
