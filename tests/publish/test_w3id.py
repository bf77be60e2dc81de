"""The redirects of w3id.org, by a real Apache httpd that reads `w3id/.htaccess`."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from pyoxigraph import NamedNode
from support.paths import ROOT
from support.servers import _free_port

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, KINDS, LDN

INSTALL = ".ci/install-apache"
MODULES = Path("/usr/lib/apache2/modules")
RULES = ROOT / "web" / "w3id" / ".htaccess"
HEADERS = ROOT / "web" / "site.htaccess"
_PATIENCE = 60  # seconds for the server to start or stop

_CONFIGURATION = """
ServerRoot "{folder}"
ServerName localhost
Listen 127.0.0.1:{port}
PidFile httpd.pid
ErrorLog error.log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule mime_module {modules}/mod_mime.so
TypesConfig /dev/null
AddType text/html .html
LoadModule rewrite_module {modules}/mod_rewrite.so
{account}
StartServers 1
ServerLimit 1
ThreadsPerChild 4
MaxRequestWorkers 4
MaxKeepAliveRequests 0
KeepAliveTimeout 60
DocumentRoot "{folder}/site"
<Directory "{folder}/site">
  AllowOverride All
  Require all granted
</Directory>
"""

TURTLE, JSONLD = "text/turtle", "application/ld+json"
BROWSERS = {
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/png,image/svg+xml,*/*;q=0.8",
    "Chromium": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    "Safari": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
}
ACCEPTED = {
    None: "html",
    "": "html",
    "*/*": "html",
    "text/*": "html",
    "text/html": "html",
    "TEXT/HTML": "html",
    "image/png, */*;q=0.1": "html",
    **dict.fromkeys(BROWSERS.values(), "html"),
    TURTLE: "ttl",
    "text/turtle;charset=utf-8": "ttl",
    "text/turtle, */*": "ttl",
    "application/rdf+xml, text/turtle;q=0.5": "ttl",
    "application/n-triples,text/turtle": "ttl",
    "application/rdf+xml, application/xml;q=0.7, */*;q=0.1": "ttl",
    "application/n-triples;q=0.9, */*": "ttl",
    JSONLD: "jsonld",
    "application/json": "jsonld",
    "application/*": "jsonld",
    "application/json, text/plain, */*": "jsonld",
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"': "jsonld",
    "application/ld+json, application/json;q=0.5, text/html;q=0.8": "jsonld",
    # q-values, before and after, with all their digits and spaces
    "text/turtle, text/html;q=0.5": "ttl",
    "text/html;q=0.3, text/turtle": "ttl",
    "text/html;q=0.5,text/turtle;q=0.50": "ttl",
    "text/html;q=0.5, text/turtle;q=0.45": "html",
    "text/html;q=0.5, text/turtle;q=0.55": "ttl",
    "text/turtle ; q=0.3 , text/html": "html",
    "text/turtle;q=0.3, text/html;level=1;q=1.000": "html",
    "text/turtle;charset=utf-8;q=0.3, */*;q=0.8": "html",
    "application/ld+json;q=0.9, text/turtle;q=0.8, text/html;q=0.7": "jsonld",
    "application/ld+json;q=0.2, text/turtle;q=0.8, text/html;q=0.7": "ttl",
    "application/ld+json, text/turtle": "ttl",
    "text/turtle;q=0, */*": "html",
    "text/turtle;q=0.0, application/ld+json;Q=0.001": "jsonld",
    # nothing that there is
    "image/png": None,
    "application/rdf+xml": None,
    "application/n-triples": None,
    "application/rdf+xml, text/turtle;q=0": None,
    "text/html;q=0": None,
    "*/*;q=0": None,
    "text/turtle-star, x-text/html, application/json5": None,
}

# One header for each form, and one for none; None is no header.
FEW = (None, BROWSERS["Firefox"], TURTLE, JSONLD, "image/png")

# What each IRI leads to, for html, ttl and jsonld.
NANOPUB = "np/RA" + "aB3-_" * 8 + "xyz"
NEGOTIATED = {
    "": ("index.html", "metadata.ttl", "metadata.jsonld"),
    "dataset": ("index.html", "metadata.ttl", "metadata.jsonld"),
    "contributors": ("index.html", "metadata.ttl", "metadata.jsonld"),
    "second-reader": ("index.html", "metadata.ttl", "metadata.jsonld"),
    **{
        f"dataset/{version}": (
            f"release/{version}/index.html",
            f"release/{version}/metadata.ttl",
            f"release/{version}/metadata.jsonld",
        )
        for version in ("2026.11", "2026.11.1")
    },
    **{
        name: (f"{name}.html", f"{name}.ttl", f"{name}.jsonld")
        for name in (
            "ontology",
            "shapes",
            "claim/ldn-fibromyalgia",
            "concept/placebo-arm",
            "dose/0.75-6-mg",
            "dose/titration-ldn-overview",
            "graph/literature",
            "guidance/nice_ng206_mea",
            "publication/albers2017-erratum",
            "query/best-evidence",
            "source/ldn-overview",
            "study/younger2013",
            "synthesis/ldn-fibromyalgia-pain-intensity",
            "synthesis/ldn-fibromyalgia-response-first-hand",
            # hyphens and the words of parts, in kinds that have no such parts
            "claim/ldn-result-pain",
            "concept/two-arm-trial",
            "dose/3-mg-per-kg",
            "dose/starting-dose-start",
            "source/ldn-overview-arm-placebo",
            "study/younger2013-paragraph-1",
            "claim/ldn-imprecision",
            "study/younger2013-from-pain",
        )
    },
    **{
        f"{kind}/{record}-{part}": (
            f"{kind}/{record}.html#{record}-{part}",
            f"{kind}/{record}.ttl",
            f"{kind}/{record}.jsonld",
        )
        for kind, record, *parts in (
            ("study", "younger2013", "arm-placebo", "result-pain", "line-for-fibromyalgia"),
            ("study", "younger2013", "arm-4.5-mg", "result-single-arm-pain", "discrepancy-n"),
            ("study", "younger2013", "bias-blinding"),
            ("study", "younger2013", "regimen-titration", "regimen-titration-step-1"),
            ("source", "ldn-overview", "title", "title-position", "statement-title"),
            ("source", "ldn-overview", "paragraph-1-sentence-2-position", "reference-1"),
            ("source", "ldn-overview", "statement-reference-1", "discrepancy-low-dose"),
            ("dose", "titration-ldn-overview", "start", "increase", "target"),
            ("synthesis", "ldn-fibromyalgia-pain-intensity", "from-younger2013-result-pain"),
            ("synthesis", "ldn-fibromyalgia-pain-intensity", "risk-of-bias", "imprecision"),
            ("synthesis", "ldn-headache", "inconsistency", "indirectness", "publication-bias"),
            ("synthesis", "ldn-headache", "second-hand-reading", "from-a-result-from-b"),
        )
        for part in parts
    },
    "synthesis/ldn-headache-without-younger2009-result-headache": (
        "claim/ldn-headache.html#ldn-headache-without-younger2009-result-headache",
        "claim/ldn-headache.ttl",
        "claim/ldn-headache.jsonld",
    ),
}
FIXED = {
    ".well-known/void": ".well-known/void",
    "context": "context.jsonld",
    "context.jsonld": "context.jsonld",
    "release/2026.11/ldn-kg.ttl": "release/2026.11/ldn-kg.ttl",
    "release/2026.11.1/tables/studies.csv": "release/2026.11.1/tables/studies.csv",
    "release/2026.11/ldn_kg-2026.11-py3-none-any.whl": (
        "release/2026.11/ldn_kg-2026.11-py3-none-any.whl"
    ),
    NANOPUB: f"{NANOPUB}.trig",
    f"{NANOPUB}.trig": f"{NANOPUB}.trig",
}
UNKNOWN = (
    "README.md",
    ".htaccess",
    "studies/younger2013",
    "study",
    "study/",
    "study/younger2013/",
    "study/younger2013/arm",
    "study/younger2013.nt",
    "study/younger2013.rdf",
    "study/-arm-placebo",
    "study/younger%202013",
    "study/younger2013%3Fx",
    "study/younger2013%0d%0aX: y",
    "study/https://example.com/",
    "xstudy/younger2013",
    "ontology/Study",
    "ontologyx",
    "context.ttl",
    "datasets",
    "dataset/latest",
    "dataset/2026",
    "dataset/2026.11.1.1",
    "release",
    "release/2026.11",
    "release/2026.11/",
    "release/latest/ldn-kg.ttl",
    "release/2026.11/../../ldn-kg.ttl",
    "release/2026.11/.htaccess",
    "release/2026.11/%2e%2e/secret",
    NANOPUB[:-1],
    f"{NANOPUB}x",
    NANOPUB.replace("RA", "FA"),
    "np/",
)

# What has a page of its own, in the kinds that have parts; all else there is a part.
WHOLE = {
    "dose": {LDN + "Dose", LDN + "DoseWindow", LDN + "Regimen"},
    "source": {LDN + "SourceDocument"},
    "study": {LDN + "Study"},
    "synthesis": {LDN + "Synthesis"},
}
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

# One worker asks all, so that the server is started once.
pytestmark = pytest.mark.xdist_group("apache")


@contextmanager
def _apache(folder: Path, source: Path = RULES) -> Iterator[str]:
    """Run Apache on loopback while the block runs, and yield the address of the rules."""
    apache = _require_apache()
    rules = folder / "site" / "ldn-kg" / ".htaccess"
    rules.parent.mkdir(parents=True)
    rules.write_bytes(source.read_bytes())
    port = _free_port()
    # Apache answers no request as root: there it takes the account of nobody, who must be let in.
    root = os.geteuid() == 0
    folder.chmod(0o755)
    account = "User #65534\nGroup #65534" if root else ""
    configuration = folder / "httpd.conf"
    configuration.write_text(
        _CONFIGURATION.format(folder=folder, port=port, modules=MODULES, account=account),
        encoding="utf-8",
    )
    with (folder / "error.log").open("ab") as log:
        process = subprocess.Popen(
            [apache, "-f", str(configuration), "-D", "FOREGROUND"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        deadline = time.monotonic() + _PATIENCE
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                said = (folder / "error.log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"Apache did not start:\n{said}")
            time.sleep(0.05)  # between two looks at whether it answers
        yield f"http://127.0.0.1:{port}/ldn-kg/"
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _require_apache() -> str:
    """Return where Apache is; skip the test, or fail it where all servers must be there."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    apache = shutil.which("apache2", path=path)
    if apache and (MODULES / "mod_rewrite.so").exists():
        return apache
    reason = f"apache2 is not installed; {INSTALL} installs it"
    if os.environ.get("LDN_KG_STORES") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def w3id() -> Iterator[httpx.Client]:
    """Run the rules, and return a client that asks them and follows no redirect."""
    # Not in pytest's own folder, which is closed to nobody.
    with (
        tempfile.TemporaryDirectory(prefix="ldn-kg-apache-") as folder,
        _apache(Path(folder)) as address,
        httpx.Client(base_url=address, timeout=_PATIENCE, trust_env=False) as client,
    ):
        del client.headers["Accept"]
        yield client


def _ask(client: httpx.Client, path: str, accept: str | None = None) -> httpx.Response:
    return client.get(path, headers={} if accept is None else {"Accept": accept})


def _goes(client: httpx.Client, path: str, accept: str | None = None) -> str:
    """Return where an IRI leads to: what follows the site's address, or the status of an error."""
    answer = _ask(client, path, accept)
    return _place(answer.status_code, answer.headers.get("Location"))


def _place(status: int, place: str | None) -> str:
    if status != 303 or place is None:
        return str(status)
    return place.removeprefix(f"{_site()}/")


def _go(client: httpx.Client, names: Iterable[str], accept: str) -> Iterator[str]:
    """Yield where many IRIs lead to; httpx would take longer than Apache."""
    address = client.base_url
    with closing(HTTPConnection(address.host, address.port, timeout=_PATIENCE)) as connection:
        for name in names:
            connection.request("GET", f"{address.path}{name}", headers={"Accept": accept})
            answer = connection.getresponse()
            answer.read()
            yield _place(answer.status, answer.headers["Location"])


@cache
def _site() -> str:
    """Return the address that the rules set."""
    found = re.findall(r"^RewriteRule \^ - \[E=SITE:(https://\S+[^/])\]$", _rules(), re.MULTILINE)
    assert len(found) == 1
    return str(found[0])


def _rules() -> str:
    return RULES.read_text(encoding="utf-8")


@pytest.mark.parametrize(("accept", "form"), ACCEPTED.items())
def test_every_accept_header_gets_the_form_it_wants_most(
    w3id: httpx.Client, accept: str | None, form: str | None
) -> None:
    expected = f"claim/ldn-fibromyalgia.{form}" if form else "406"
    assert _goes(w3id, "claim/ldn-fibromyalgia", accept) == expected


@pytest.mark.parametrize(("path", "places"), NEGOTIATED.items())
def test_every_kind_of_iri_leads_to_its_place_in_each_form(
    w3id: httpx.Client, path: str, places: tuple[str, str, str]
) -> None:
    expected = {None: "406", **dict(zip(("html", "ttl", "jsonld"), places, strict=True))}
    found = {accept: _goes(w3id, path, accept) for accept in ACCEPTED}
    assert found == {accept: expected[form] for accept, form in ACCEPTED.items()}


@pytest.mark.parametrize(("path", "places"), [x for x in NEGOTIATED.items() if x[0]])
def test_an_ending_counts_more_than_the_accept_header(
    w3id: httpx.Client, path: str, places: tuple[str, str, str]
) -> None:
    for ending, place in zip(("html", "ttl", "jsonld"), places, strict=True):
        assert {_goes(w3id, f"{path}.{ending}", accept) for accept in FEW} == {place}


@pytest.mark.parametrize(("path", "place"), FIXED.items())
def test_what_has_one_form_is_not_negotiated(w3id: httpx.Client, path: str, place: str) -> None:
    assert {_goes(w3id, path, accept) for accept in ACCEPTED} == {place}


@pytest.mark.parametrize("path", UNKNOWN)
def test_what_is_unknown_is_not_found(w3id: httpx.Client, path: str) -> None:
    assert {_goes(w3id, path, accept) for accept in FEW} == {"404"}


def test_scripts_of_any_site_may_follow(w3id: httpx.Client) -> None:
    asked = [(path, accept) for path in [*NEGOTIATED, *FIXED, *UNKNOWN] for accept in FEW]
    answers = [_ask(w3id, path, accept) for path, accept in asked]
    assert {answer.status_code for answer in answers} == {303, 404, 406}
    assert {answer.headers.get("Access-Control-Allow-Origin") for answer in answers} == {"*"}


def test_caches_learn_where_the_accept_header_counts(w3id: httpx.Client) -> None:
    def vary(*paths: str) -> set[str | None]:
        answers = [_ask(w3id, path, accept) for path in paths for accept in FEW]
        return {answer.headers.get("Vary") for answer in answers}

    assert vary(*NEGOTIATED) == {"Accept"}
    assert vary(*FIXED, *UNKNOWN) == {None}
    assert vary(*(f"{path}.ttl" for path in NEGOTIATED if path)) == {None}


def test_a_query_string_is_dropped(w3id: httpx.Client) -> None:
    assert _goes(w3id, "study/younger2013?a=b") == "study/younger2013.html"
    assert _goes(w3id, "study/younger2013-arm-x?a=b") == "study/younger2013.html#younger2013-arm-x"
    assert _goes(w3id, "context?a=b") == "context.jsonld"


def test_the_address_without_a_slash_leads_to_the_one_with_it(w3id: httpx.Client) -> None:
    answer = w3id.get(str(w3id.base_url).rstrip("/"))
    assert answer.status_code == 301
    assert answer.headers["Location"] == str(w3id.base_url)


def test_every_kind_is_in_the_rules(w3id: httpx.Client) -> None:
    for kind in (*KINDS, "concept", "graph", "query"):
        assert _goes(w3id, f"{kind}/some-name") == f"{kind}/some-name.html"
        assert _goes(w3id, f"{kind}/some-name", TURTLE) == f"{kind}/some-name.ttl"
        assert _goes(w3id, f"{kind}s/some-name") == "404"


def test_every_iri_of_the_dataset_leads_to_its_record(w3id: httpx.Client, kg: Dataset) -> None:
    types = _ours(kg)
    whole = {iri for iri in types if _kind(iri) not in WHOLE or types[iri] & WHOLE[_kind(iri)]}
    wrong, parts = [], set()
    names = [iri.removeprefix(BASE) for iri in types]
    pages, turtles = _go(w3id, names, "text/html"), _go(w3id, names, TURTLE)
    for iri, name, page, data in zip(types, names, pages, turtles, strict=True):
        if name in NEGOTIATED and "/" not in name:
            right = (page, data) == NEGOTIATED[name][:2]
        elif _kind(iri) == "dataset":  # a version of it
            there = f"release/{name.removeprefix('dataset/')}"
            right = (page, data) == (f"{there}/index.html", f"{there}/metadata.ttl")
        elif iri in whole:
            right = (page, data) == (f"{name}.html", f"{name}.ttl")
        else:
            record = data.removesuffix(".ttl")
            slug = name.rpartition("/")[2]
            parts.add(_kind(iri))
            right = (
                (page, data) == (f"{record}.html#{slug}", f"{record}.ttl")
                and slug.startswith(f"{record.rpartition('/')[2]}-")
                and BASE + record in whole
            )
        wrong += [] if right else [(iri, page, data)]
    assert wrong == []
    assert {_kind(iri) for iri in types} >= {*KINDS, "concept", "graph", "dataset", "ontology"}
    assert parts == set(WHOLE)


def _ours(kg: Dataset) -> dict[str, set[str]]:
    """Map each IRI of ours, without fragment, to its classes; a graph has none."""
    types: dict[str, set[str]] = defaultdict(set)
    for quad in kg.triples():
        for node in (quad.subject, quad.graph_name):
            if isinstance(node, NamedNode) and node.value.startswith(BASE):
                types[node.value.partition("#")[0]] |= set()
        if quad.predicate.value == _TYPE and quad.subject.value in types:
            types[quad.subject.value].add(quad.object.value)
    return types


def _kind(iri: str) -> str:
    return iri.removeprefix(BASE).partition("/")[0]


def test_one_line_of_the_rules_names_the_site() -> None:
    host = _site().split("/")[2]
    lines = [line for line in _rules().splitlines() if line and not line.startswith("#")]
    assert len([line for line in lines if host in line]) == 1
    assert len([line for line in lines if "://" in line]) == 1
    redirects = [line for line in lines if "R=3" in line]
    assert redirects
    assert all(" %{ENV:SITE}/" in line and "R=303" in line for line in redirects)


# The example for a host of the site


@pytest.fixture(scope="module")
def host() -> Iterator[httpx.Client]:
    """Run a host of a site with few files, and return a client that asks it."""
    with tempfile.TemporaryDirectory(prefix="ldn-kg-apache-") as name:
        folder = Path(name)
        with _apache(folder, HEADERS) as address:
            site = folder / "site" / "ldn-kg"
            for file in (
                *(f"{kind}/one.{end}" for kind in KINDS for end in ("html", "ttl", "jsonld")),
                "studies.html",
                "changes.atom",
                "static/vendor/web_bg.wasm",
                ".well-known/void",
            ):
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                (site / file).write_text("x", encoding="utf-8")
            with httpx.Client(base_url=address, timeout=_PATIENCE, trust_env=False) as client:
                yield client


def _links(answer: httpx.Response) -> set[str]:
    return set(answer.headers.get_list("Link", split_commas=True))


def test_a_host_signposts_each_kind_of_record(host: httpx.Client) -> None:
    for kind in KINDS:
        answer = host.get(f"{kind}/one.html")
        assert answer.headers["Content-Type"].startswith("text/html"), kind
        assert _links(answer) == {
            f'<{BASE}{kind}/one>; rel="cite-as"',
            '<one.ttl>; rel="describedby"; type="text/turtle"',
            '<one.jsonld>; rel="describedby"; type="application/ld+json"',
            '<https://schema.org/AboutPage>; rel="type"',
            f'<{BASE}contributors>; rel="author"',
            '<https://creativecommons.org/publicdomain/zero/1.0/>; rel="license"',
        }
        back = {'<one.html>; rel="describes"; type="text/html"'}
        assert _links(host.get(f"{kind}/one.ttl")) == _links(host.get(f"{kind}/one.jsonld")) == back
    assert _links(host.get("studies.html")) == set()


def test_a_host_says_what_only_headers_can_say(host: httpx.Client) -> None:
    types = {
        "changes.atom": "application/atom+xml",
        "static/vendor/web_bg.wasm": "application/wasm",
        "study/one.ttl": "text/turtle",
        "study/one.jsonld": "application/ld+json",
        ".well-known/void": "text/turtle",
    }
    for path, media in types.items():
        answer = host.get(path)
        assert answer.headers["Content-Type"].partition(";")[0] == media, path
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert host.get("studies.html").headers["Content-Security-Policy"] == "frame-ancestors 'none'"
