"""An endpoint on this machine: a temporary store of the dataset, served by the program oxigraph.

Nothing of a server is written here: the program is that of Oxigraph, the engine that we ask
ourselves, and the files of a website are served by http.server of the standard library.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from pyoxigraph import Store

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.stores.temporary import faults_of_temporary_files, temporary_folder

_HOST = "127.0.0.1"
_PATIENCE = 60.0  # seconds for a server to answer
_PAUSE = 0.05  # seconds between two looks at a process
# Asks Linux to end this process with its parent, however that ends, and becomes the server.
_LEASHED = (
    "import ctypes, os, signal, sys\n"
    "ctypes.CDLL(None).prctl(1, signal.SIGKILL)\n"  # PR_SET_PDEATHSIG
    "if os.getppid() == int(sys.argv[1]):\n"  # else the parent has ended meanwhile
    "    os.execv(sys.argv[2], sys.argv[2:])"
)


@dataclass(frozen=True)
class Server:
    """A running server: its address, which ends with a slash."""

    address: str
    _process: "subprocess.Popen[bytes]"
    _log: Path

    def expect_running(self) -> None:
        """Raise LdnKgError with the server's last words where it has ended."""
        if self._process.poll() is not None:
            said = self._log.read_text(encoding="utf-8", errors="replace")
            reasons = re.findall(r"^\w*error: (.*)$", said, re.IGNORECASE | re.MULTILINE)
            raise LdnKgError(
                f"The server at {self.address} has ended, with exit code "
                f"{self._process.returncode}: {reasons[-1] if reasons else 'it gives no reason'}."
            )


@contextmanager
def endpoint(
    dataset: Dataset, port: int = 0, *, cors: bool = False, timeout: int = 300
) -> Iterator[Server]:
    """Serve a dataset while the block runs: SPARQL 1.1 Protocol at `address` + "query", read-only.

    The default graph is the union of all graphs, and the named graphs are as in the dataset. Only
    this machine can reach it. A `port` of 0 takes any that is free. With `cors`, pages of any other
    site may read the answers in a browser. A query is given up after `timeout` seconds, where the
    engine can. Raises LdnKgError if the program is not installed, the port is taken, or the server
    does not start.
    """
    program = _program()
    port = _free(port)
    with temporary_folder() as folder:
        store = str(folder / "store")
        with faults_of_temporary_files():
            Store(store).bulk_extend(dataset.store)
        options = ["--location", store, "--union-default-graph", "--timeout-s", str(timeout)]
        options += ["--bind", f"{_HOST}:{port}", *(["--cors"] if cors else [])]
        with _running([program, "serve-read-only", *options], port, folder / "log") as server:
            yield server


@contextmanager
def website(site: Path, port: int = 0) -> Iterator[Server]:
    """Serve a built website while the block runs, to this machine only.

    Raises LdnKgError if there is no website in the folder, or as `endpoint` does.
    """
    if not (site / "index.html").is_file():
        raise LdnKgError(f"{site} holds no website; `ldn-kg site {site}` writes one.")
    port = _free(port)
    options = [str(port), "--bind", _HOST, "--directory", str(site)]
    with temporary_folder() as folder:
        command = [sys.executable, "-I", "-m", "http.server", *options]
        with _running(command, port, folder / "log") as server:
            yield server


def _program() -> str:
    """Return the path of oxigraph: that of this Python's environment, or else on PATH."""
    ours = shutil.which("oxigraph", path=sysconfig.get_path("scripts"))
    found = ours or shutil.which("oxigraph")
    if found is None:
        raise LdnKgError(
            "A local endpoint needs the program oxigraph: pip install 'ldn-kg[serve]' installs it."
        )
    return found


def _free(port: int) -> int:
    """Return the port if it is free, or one that is free for 0."""
    try:
        with socket.create_server((_HOST, port)) as one:
            return int(one.getsockname()[1])
    except OSError as error:
        reason = os.strerror(error.errno or 0)  # create_server says more, and twice
        raise LdnKgError(
            f"Port {port} cannot be used ({reason}); choose another with --port, or "
            "--port 0 for any that is free."
        ) from error


@contextmanager
def _running(command: list[str], port: int, log: Path) -> Iterator[Server]:
    """Run a server while the block runs; yield it once it answers."""
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-c", _LEASHED, str(os.getpid()), *command]
    with log.open("wb") as words:
        # In a session of its own, so that Ctrl-C reaches us alone and we end it.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
        )
    try:
        server = Server(f"http://{_HOST}:{port}/", process, log)
        deadline = time.monotonic() + _PATIENCE
        while not _answers(port):
            server.expect_running()
            if time.monotonic() > deadline:
                raise LdnKgError(f"The server at {server.address} does not answer.")
            time.sleep(_PAUSE)
        server.expect_running()  # or it is another server that answers
        yield server
    finally:
        process.kill()  # it only reads, and has nothing to finish
        process.wait()


def _answers(port: int) -> bool:
    connection = HTTPConnection(_HOST, port, timeout=_PATIENCE)
    try:
        connection.request("HEAD", "/")
        return connection.getresponse().status < 400
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
