"""What the package must not do: reach the network unasked, expand entities, write elsewhere."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store
from support.commands import Built, cut_off, environment
from support.paths import ROOT, Run

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import BASE, iri
from ldn_kg.graph.questions import query
from ldn_kg.publish.folder import refuse_ways_out
from ldn_kg.publish.release import artefacts
from ldn_kg.publish.site import files_of

# Runs commands, given as JSON, with a trap in place of the network: what reaches for a host is
# told, and fails. Then it says how each command ended. `build` and `site` write few files.
CUT_OFF = """
import json, socket, sys, time
def trap(*words, **more):
    print("NETWORK", words[-1:], file=sys.stderr)
    raise OSError("the network is cut off")
socket.getaddrinfo = trap
socket.socket.connect = lambda self, address: trap(address)
socket.socket.connect_ex = lambda self, address: trap(address)
time.sleep = lambda seconds: None  # between two tries
from functools import cache
from support.few import few_files, main
from ldn_kg.graph import rules
rules.load = cache(rules.load)
commands = json.loads(sys.argv[1])
for command in {words[0] for words in commands} & {"build", "site"}:
    few_files(command, setattr)
for words in commands:
    try:
        main(words)
    except SystemExit as end:
        print(words, "ends with", end.code, file=sys.stderr)
"""
VENDOR = ROOT / "ldn_kg" / "publish" / "site" / "static" / "vendor"
QUIET = [
    ["validate"],
    ["query", "efficacy"],
    ["query", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"],
    ["show", "younger2013"],
    ["explain", "ldn-fibromyalgia"],
    *(["export", "-f", form, "-o", "out"] for form in ("turtle", "jsonld", "rdfxml", "trig")),
    *(["cite", "younger2013", "--format", form] for form in ("text", "bibtex", "csl-json")),
    ["build", "release"],
    *([["site", "pages"]] if VENDOR.is_dir() else []),
]


def _cut_off(folder: Path, *commands: list[str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", CUT_OFF, json.dumps(commands)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=environment(),
        timeout=300,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
    return done


def test_no_command_reaches_the_network_unasked(tmp_path: Path) -> None:
    done = _cut_off(tmp_path, *QUIET)
    assert done.stderr.splitlines() == [f"{words} ends with 0" for words in QUIET]
    assert len(list((tmp_path / "release").rglob("*.csv"))) > 10
    if VENDOR.is_dir():
        assert len(list((tmp_path / "pages").rglob("*.html"))) > 10


@pytest.mark.xdist_group("release")
def test_a_whole_release_is_built_without_the_network(built: Built) -> None:
    assert built.done.returncode == 0, built.done
    assert built.reached == ()


@pytest.mark.xdist_group("site")
@pytest.mark.skipif(not VENDOR.is_dir(), reason="make scripts builds the scripts of the site")
def test_the_whole_site_is_built_without_the_network(built_site: Built) -> None:
    assert built_site.done.returncode == 0, built_site.done
    assert built_site.reached == ()


LOUD = [
    ["query", "efficacy", "--endpoint", "http://127.0.0.1:9/sparql"],
    ["push", "http://127.0.0.1:9/"],
]


@pytest.mark.parametrize("words", LOUD, ids=" ".join)
def test_the_trap_springs_where_a_host_is_named(words: list[str], tmp_path: Path) -> None:
    done = _cut_off(tmp_path, words)
    assert f"{words} ends with 2" in done.stderr
    assert "NETWORK" in done.stderr


def test_the_trap_in_this_process_springs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # between two tries
    with cut_off(monkeypatch.setattr) as reached:
        assert run(*LOUD[0]).returncode == 2
    assert reached


@pytest.mark.parametrize(
    "context",
    [
        '"http://127.0.0.1:9/context.jsonld"',
        '["http://127.0.0.1:9/context.jsonld", {}]',
        '{"@import": "http://127.0.0.1:9/context.jsonld"}',
        '{"p": {"@id": "https://example.org/p", "@context": "http://127.0.0.1:9/context.jsonld"}}',
    ],
)
def test_a_remote_context_is_never_fetched(context: str, tmp_path: Path) -> None:
    text = f'{{"@context": {context}, "@id": "https://example.org/a", "p": {{"p": 1}}}}'
    (tmp_path / "own.jsonld").write_text(text, encoding="utf-8")
    words = ["validate", "own.jsonld"]
    done = _cut_off(tmp_path, words)
    assert done.stderr.endswith(f"\n{words} ends with 2\n")
    assert "NETWORK" not in done.stderr
    assert done.stderr.startswith("Error: ")


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("doctype", "entity"),
    [
        (f'<!DOCTYPE r [<!ENTITY e0 "x">{BOMB}]>', "e11"),
        ('<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "e"),
        ('<!DOCTYPE r [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>', "e"),
    ],
    ids=["bomb", "file", "host"],
)
def test_entities_of_xml_are_not_expanded(doctype: str, entity: str, tmp_path: Path) -> None:
    path = tmp_path / "own.rdf"
    path.write_text(
        f'<?xml version="1.0"?>{doctype}<rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="https://example.org/">'
        f'<rdf:Description rdf:about="https://example.org/a"><x:p>&{entity};</x:p>'
        "</rdf:Description></rdf:RDF>",
        encoding="utf-8",
    )
    try:
        values = [quad.object for quad in read(path, shipped=False).triples()]
    except LdnKgError:
        return
    assert max(len(str(value)) for value in values) < 100
    assert Path("/etc/hostname").read_text(encoding="utf-8").strip() not in map(str, values)


def test_a_graph_that_is_named_is_not_fetched(tmp_path: Path) -> None:
    texts = [
        "SELECT * FROM <http://127.0.0.1:9/> WHERE { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://127.0.0.1:9/> WHERE { GRAPH ?g { ?s ?p ?o } }",
    ]
    done = _cut_off(tmp_path, *(["query", text] for text in texts))
    assert done.stderr.splitlines() == [f"{['query', text]} ends with 0" for text in texts]
    assert done.stdout.count("(0 rows)") == len(texts)


def test_a_service_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    words = ["query", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"]
    done = _cut_off(tmp_path, words)
    assert done.stderr.endswith(f"\n{words} ends with 2\n")
    assert "NETWORK" not in done.stderr


def test_the_name_of_a_record_leads_nowhere_else(kg: Dataset) -> None:
    store = Store()
    store.bulk_extend(kg.triples())
    record, label = NamedNode(f"{BASE}study/../../../evil"), Literal("evil", language="en")
    store.add(Quad(record, iri("rdf:type"), iri("ldn:Study"), GRAPHS["literature"]))
    store.add(Quad(record, iri("rdfs:label"), label, GRAPHS["literature"]))
    dataset = Dataset(store, ())
    assert not [name for name in artefacts(dataset) if "evil" in name]
    with pytest.raises(LdnKgError, match=r"evil\.\w+' cannot be the name of a file"):
        files_of(dataset)


def test_names_that_lead_out_are_refused_one_by_one() -> None:
    refuse_ways_out(["index.html", "study/younger2013.html", "np/RA1.trig", ".zenodo.json"])
    for name in ("../x", "a/../b", "a//b", "/etc/x", "a\\b", "a\x00b", "a\nb", "."):
        with pytest.raises(LdnKgError, match="cannot be the name of a file"):
            refuse_ways_out([name])


def test_a_link_in_the_place_of_a_folder_is_not_followed_by_deletion(
    run: Run, few: None, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "link").symlink_to(precious)
    done = run("build", "link")
    assert done.returncode == 2
    assert (precious / "file").read_text(encoding="utf-8") == "mine"
    inside = tmp_path / "release"
    assert run("build", "release").returncode == 0
    (inside / "away").symlink_to(precious)
    assert run("build", "release").returncode == 2
    assert (precious / "file").read_text(encoding="utf-8") == "mine"


def test_what_is_shipped_calls_nothing_by_a_shell() -> None:
    """Only `serve` starts programs, from lists of words."""
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in (ROOT / "ldn_kg").rglob("*.py")
    }
    code = "\n".join(texts.values())
    assert len(code) > 100_000
    assert not re.findall(r"\b(?:eval|exec|os\.system|pickle|yaml\.load)\b\(?|\bshell\s*=", code)
    assert [name for name, text in texts.items() if "subprocess" in text] == ["local.py"]


def test_a_query_is_answered_within_the_rows_that_are_asked_for(kg: Dataset) -> None:
    answer = query(kg, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    with pytest.raises(LdnKgError, match="more than 10 rows"):
        answer.refuse_more_than(10)
