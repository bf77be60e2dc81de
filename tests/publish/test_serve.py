"""The local endpoint: what it answers and refuses, and that nothing of it is left."""

import json
import os
import random
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse
from support.commands import environment
from support.paths import ROOT, Run

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.stores import local

pytestmark = pytest.mark.xdist_group("serve")
REAL = ("-m", "ldn_kg")
# The command on one triple, which starts soon: where how it starts and ends is the point.
TINY = """
from pyoxigraph import Literal, NamedNode, Quad, Store
from ldn_kg.check import validation
from ldn_kg.command.main import main
from ldn_kg.graph.dataset import Dataset
store, node = Store(), NamedNode("urn:x:x")
store.add(Quad(node, node, Literal(1), node))
validation.load = lambda *own: Dataset(store, ())
main()
"""


def _hear_signals() -> None:
    """Undo what a program would inherit from a shell's background job, or from nohup: deafness."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def _started(
    *words: str | Path, program: tuple[str, ...] = ("-c", TINY), **more: str
) -> Iterator["subprocess.Popen[str]"]:
    """Run the command while the block runs, which may end it before."""
    command = [sys.executable, *program, "serve", *map(str, words)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**environment(), "LDN_KG_NO_CACHE": "1", **more},
        preexec_fn=_hear_signals,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _said(process: "subprocess.Popen[str]") -> list[str]:
    """Return what the command says when it is ready."""
    lines = []
    assert process.stdout and process.stderr
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if "query=" in line:
            return lines
    raise AssertionError(process.stderr.read())


def _address(said: list[str]) -> str:
    return re.findall(r"http://127\.0\.0\.1:\d+/", "\n".join(said))[-1]


def _ask(address: str, sparql: str, accept: str = "application/sparql-results+json") -> str:
    headers = {"Accept": accept}
    answer = httpx.post(f"{address}query", data={"query": sparql}, headers=headers, timeout=60)
    answer.raise_for_status()
    return answer.text


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Serve the shipped dataset, and a website beside it; return what the command says."""
    site = tmp_path_factory.mktemp("site")
    (site / "index.html").write_text("<h1>A website</h1>", encoding="utf-8")
    with _started("--port", "0", "--site", site, program=REAL) as process:
        yield _said(process)


@pytest.fixture
def address(said: list[str]) -> str:
    return _address(said)


def test_it_says_where_it_is_and_how_to_ask(said: list[str], run: Run) -> None:
    assert [line for line in said if len(line) > 80] == []
    website, page, _ = (re.findall(r"http://\S+/(?:query)?", line)[0] for line in said[2:5])
    assert "<h1>A website</h1>" in httpx.get(website).text
    assert "yasgui" in httpx.get(page).text
    commands = "\n".join(said[said.index("In another terminal:") + 1 :]).replace("\\\n", "")
    query, curl = (shlex.split(line) for line in commands.splitlines() if line)
    assert query[:2] == ["ldn-kg", "query"]
    assert run(*query[1:]).stdout == run(*query[1 : query.index("--endpoint")]).stdout
    # What curl is told to do, without curl.
    program, h, header, endpoint, data, form = curl
    assert (program, h, data) == ("curl", "-H", "--data-urlencode")
    field, _, sparql = form.partition("=")
    headers = dict([header.split(": ")])
    answer = httpx.post(endpoint, data={field: sparql}, headers=headers).text
    assert answer.splitlines()[0] == "g,n"
    assert len(answer.splitlines()) == 6


@pytest.mark.parametrize(
    "question",
    [
        ["efficacy", "-p", "about=fibromyalgia"],
        ["dose-windows"],
        ["SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"],
    ],
)
def test_it_answers_as_the_command_does(question: list[str], address: str, run: Run) -> None:
    here = run("query", *question, "-f", "csv")
    there = run("query", *question, "-f", "csv", "--endpoint", address, "--store", "oxigraph")
    assert (there.returncode, there.stderr) == (0, "")
    assert there.stdout == here.stdout
    assert len(here.stdout.splitlines()) > 1


def test_it_holds_all_graphs_whole(address: str, kg: Dataset) -> None:
    held = httpx.get(f"{address}store", headers={"Accept": "application/n-quads"}, timeout=60)
    assert set(parse(held.content, format=RdfFormat.N_QUADS)) == set(kg.store)


def test_its_default_graph_is_the_union_of_all_graphs(address: str, kg: Dataset) -> None:
    answer = json.loads(_ask(address, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
    union = {(quad.subject, quad.predicate, quad.object) for quad in kg.store}
    assert int(answer["results"]["bindings"][0]["n"]["value"]) == len(union)
    described = httpx.get(f"{address}query", headers={"Accept": "application/n-triples"}).content
    features = {
        str(triple.object)
        for triple in parse(described, format=RdfFormat.N_TRIPLES)
        if triple.predicate.value.endswith("service-description#feature")
    }
    assert "<http://www.w3.org/ns/sparql-service-description#UnionDefaultGraph>" in features


def test_it_only_reads(address: str) -> None:
    before = _ask(address, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    triple = "<urn:x:s> <urn:x:p> <urn:x:o> ."
    turtle = {"Content-Type": "text/turtle"}
    for answer in (
        httpx.post(f"{address}update", data={"update": "CLEAR ALL"}),
        httpx.put(f"{address}store?default", content=triple, headers=turtle),
        httpx.post(f"{address}store", content=triple, headers=turtle),
        httpx.delete(f"{address}store?default"),
    ):
        assert answer.status_code == 403, answer.request
    assert _ask(address, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == before


@pytest.mark.skipif(sys.platform != "linux", reason="the list of sockets is that of Linux")
def test_no_other_machine_can_reach_it(said: list[str]) -> None:
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ports = {int(port) for port in re.findall(r":(\d+)/", "\n".join(said))}
    listening = [x[1].split(":") for x in table if x[3] == "0A"]
    where = {(host, int(port, 16)) for host, port in listening if int(port, 16) in ports}
    assert where == {("0100007F", port) for port in ports}
    assert len(ports) == 2


def test_a_second_one_with_own_data_for_other_pages(
    address: str, tmp_path: Path, own_study: Path
) -> None:
    """Beside the first, on another port; and a query that would take too long is given up."""
    assert "access-control-allow-origin" not in _from_elsewhere(address)
    mine = "ASK { <https://w3id.org/ldn-kg/study/mine2026> ?p ?o }"
    options = ("--port", "0", "--cors", "--timeout", "1", "--data", own_study)
    with _started(*options, program=REAL, TMPDIR=str(tmp_path)) as process:
        second = _address(_said(process))
        assert second != address
        assert _from_elsewhere(second)["access-control-allow-origin"] == "*"
        assert [json.loads(_ask(x, mine))["boolean"] for x in (address, second)] == [False, True]
        endless = "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i && ?b = ?d && ?e = ?a) }"
        with pytest.raises(httpx.HTTPStatusError) as refused:
            _ask(second, endless)
        assert "cancelled" in refused.value.response.text


@pytest.fixture
def own_study(tmp_path: Path) -> Path:
    """Return a file with a copy of a shipped study under other names."""
    text = (ROOT / "data" / "studies" / "younger2013.ttl").read_text(encoding="utf-8")
    for old, new in (
        ("younger2013", "mine2026"),
        ("10.1002/art.37734", "10.5555/mine.2026"),
        ("NCT00568555", "NCT99999999"),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "mine.ttl").write_text(text, encoding="utf-8")
    return tmp_path / "mine.ttl"


def _from_elsewhere(address: str) -> httpx.Headers:
    headers = {"Origin": "https://example.org"}
    return httpx.get(f"{address}query?query=ASK%7B%7D", headers=headers).headers


def _servers(temporary: Path) -> list[int]:
    """Return the processes that have a file below a folder in their command."""
    found = []
    for commands in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(temporary).encode() in commands.read_bytes():
                found.append(int(commands.parent.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


def _until(happened: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.01)  # polls; what is tested does not depend on it


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a killed command leaves its server")
@pytest.mark.parametrize(
    ("how", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)],
)
def test_it_ends_with_all_that_it_started(how: signal.Signals, code: int, tmp_path: Path) -> None:
    with _started("--port", "0", TMPDIR=str(tmp_path)) as process:
        address = _address(_said(process))
        assert len(_servers(tmp_path)) == 1
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o077 == 0  # own data may be nobody else's business
        process.send_signal(how)
        _, words = process.communicate(timeout=60)
    assert process.returncode == code
    assert words == ("Stopped. No file is half-written.\n" if how == signal.SIGINT else "")
    _until(lambda: _servers(tmp_path) == [])
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
    assert list(tmp_path.iterdir()) == ([folder] if how == signal.SIGKILL else [])
    if how == signal.SIGKILL:
        with _started("--port", "0", TMPDIR=str(tmp_path)) as process:  # clears what the dead left
            _said(process)
            assert folder not in tmp_path.iterdir()
            assert len(list(tmp_path.iterdir())) == 1


KILLS = int(os.environ.get("LDN_KG_KILLS", "3"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a killed command leaves its server")
def test_killed_at_any_time_it_leaves_no_server(tmp_path: Path) -> None:
    start = time.monotonic()
    with _started("--port", "0", TMPDIR=str(tmp_path)) as process:
        _said(process)
        seconds = time.monotonic() - start
    chance, left = random.Random(6), 0
    for _ in range(KILLS):
        with _started("--port", "0", TMPDIR=str(tmp_path)) as process:
            # Any time will do; what is tested does not depend on it.
            time.sleep(chance.uniform(0, 1.2 * seconds))
            process.kill()
        _until(lambda: _servers(tmp_path) == [])
        left = max(left, len(list(tmp_path.iterdir())))
    sys.stderr.write(f"serve: killed {KILLS} times, at most {left} folders left by the last\n")
    assert left <= 1


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up as on Linux")
def test_a_server_that_ends_by_itself_is_said(tmp_path: Path) -> None:
    with _started("--port", "0", TMPDIR=str(tmp_path)) as process:
        address = _address(_said(process))
        os.kill(_servers(tmp_path)[0], signal.SIGKILL)
        _, words = process.communicate(timeout=60)
    assert process.returncode == 2
    assert words == (
        f"Error: The server at {address} has ended, with exit code -9: it gives no reason.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_browser_is_opened_when_it_answers(tmp_path: Path) -> None:
    browser = tmp_path / "browser.py"
    browser.write_text(
        "import sys, urllib.request\n"
        "with urllib.request.urlopen(sys.argv[1]) as page, open(sys.argv[2], 'wb') as file:\n"
        "    file.write(page.read())\n",
        encoding="utf-8",
    )
    opened = tmp_path / "opened"
    command = f"{sys.executable} {browser} %s {opened}"
    with _started("--port", "0", "--open", BROWSER=command, no_proxy="*") as process:
        _said(process)
        _until(lambda: opened.is_file() and opened.stat().st_size > 0)
    assert "yasgui" in opened.read_text(encoding="utf-8")


def test_without_a_browser_it_says_so() -> None:
    with _started("--port", "0", "--open", BROWSER="false %s") as process:
        address = _address(_said(process))
        assert process.stderr
        assert process.stderr.readline() == f"No browser was found; open {address} yourself.\n"


def test_a_port_that_is_taken(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", port)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Error: Port {port} cannot be used (Address already in use); choose another with "
        "--port, or --port 0 for any that is free.\n"
    )


def test_a_folder_without_a_website(run: Run, tmp_path: Path) -> None:
    done = run("serve", "--port", "0", "--site", "pages")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: pages holds no website; `ldn-kg site pages` writes one.\n"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the environment have no oxigraph; return a folder on PATH that may."""
    (tmp_path / "scripts").mkdir()
    monkeypatch.setattr(local.sysconfig, "get_path", lambda name: str(tmp_path / name))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)  # it remembers where it was
    return tmp_path / "oxigraph"


def test_without_the_program(elsewhere: Path, run: Run) -> None:
    done = run("serve", "--port", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: A local endpoint needs the program oxigraph: pip install 'ldn-kg[serve]' "
        "installs it.\n"
    )


def test_the_program_may_be_on_the_path(elsewhere: Path, tmp_path: Path) -> None:
    """Here one that fails, as a version does that does not know an option."""
    elsewhere.write_text("#!/bin/sh\necho 'error: unexpected argument' >&2\nexit 2\n")
    elsewhere.chmod(0o755)
    tiny, node = Dataset(Store(), ()), NamedNode("urn:x:x")
    tiny.store.add(Quad(node, node, node, node))
    said = r"has ended, with exit code 2: unexpected argument\.$"
    with pytest.raises(LdnKgError, match=said), local.endpoint(tiny):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["oxigraph", "scripts"]
