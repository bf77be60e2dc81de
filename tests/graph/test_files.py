"""The files: which graph each goes to, which are read, and what of a file is refused."""

import gzip
import io
import json
import os
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, Store
from support.paths import ROOT

from ldn_kg.errors import LdnKgError
from ldn_kg.graph import files
from ldn_kg.graph.dataset import extended, own_files, read
from ldn_kg.graph.files import GRAPHS, context, quads, rdf_files, read_into, text

TRIPLE = "<https://example.org/a> <https://example.org/p> <https://example.org/b>"
NODE = {"@id": "https://example.org/a", "https://example.org/p": {"@id": "https://example.org/b"}}
RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:e="https://example.org/"><rdf:Description rdf:about="https://example.org/a">'
    '<e:p rdf:resource="https://example.org/b"/></rdf:Description></rdf:RDF>'
)
TEXTS = {
    "ttl": f"{TRIPLE} .",
    "nt": f"{TRIPLE} .\n",
    "nq": f"{TRIPLE} .\n",
    "trig": f"{TRIPLE} .",
    "rdf": RDF_XML,
    "jsonld": json.dumps(NODE),
}


def _graphs(path: Path) -> set[str]:
    """Return the graphs in which the triples of a file are, by each way to read it."""
    store = Store()
    read_into(store, path)
    graphs = {quad.graph_name.value for quad in store}  # type: ignore[union-attr]
    assert graphs == {quad.graph_name.value for quad in quads(path)}  # type: ignore[union-attr]
    assert len(store) == len(list(quads(path))) > 0
    return graphs


# Each graph


@pytest.mark.parametrize(
    ("path", "graph"),
    [
        ("ontology/ldn.ttl", "vocabulary"),
        ("data/sources/ldn-overview.ttl", "source"),
        ("data/dataset.ttl", "dataset"),
        ("data/drug.ttl", "literature"),
        ("data/studies/younger2013.ttl", "literature"),
        ("shapes/study.ttl", "local"),
    ],
)
def test_a_shipped_file_goes_to_the_graph_of_its_folder(path: str, graph: str) -> None:
    assert _graphs(ROOT / path) == {f"https://w3id.org/ldn-kg/graph/{graph}"}


@pytest.mark.parametrize("ending", TEXTS)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_of_a_user_goes_to_the_local_graph(
    ending: str, packed: bool, tmp_path: Path
) -> None:
    (tmp_path / "data" / "sources").mkdir(parents=True)
    path = tmp_path / "data" / "sources" / f"own.{ending}{'.gz' if packed else ''}"
    content = TEXTS[ending].encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    assert _graphs(path) == {GRAPHS["local"].value}
    (quad,) = quads(path)
    assert f"{quad.triple}" == TRIPLE


@pytest.mark.parametrize("ending", ["nq", "trig"])
def test_a_graph_that_is_named_stays(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"own.{ending}"
    inside = f"{TRIPLE} <urn:x:g> .\n" if ending == "nq" else f"<urn:x:g> {{ {TRIPLE} }}"
    path.write_text(inside, encoding="utf-8")
    assert _graphs(path) == {"urn:x:g"}


def test_a_triple_that_stands_twice_is_one(tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(f"{TRIPLE} . {TRIPLE} .", encoding="utf-8")
    assert len(list(quads(path))) == 1


def test_values_are_those_that_were_typed(tmp_path: Path) -> None:
    """A store would say 4.5; a triple that is said twice in other words counts twice."""
    path = tmp_path / "own.ttl"
    path.write_text("<urn:x:a> <urn:x:p> 4.50, 4.5 .", encoding="utf-8")
    assert [quad.object.value for quad in quads(path)] == ["4.50", "4.5"]


def test_a_relative_iri_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    path.write_text("<#a> <urn:x:p> <> .", encoding="utf-8")
    base = path.as_uri()
    for read_as in (list(quads(path)), list(read(path, shipped=False).triples())):
        (quad,) = read_as
        assert (quad.subject.value, quad.object.value) == (f"{base}#a", base)


# Text


def test_a_text_is_as_it_stands_without_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("\ufeffa\r\nä\n".encode())
    assert text(path) == "a\r\nä\n"


@pytest.mark.parametrize("form", ["utf-16", "utf-16-be", "utf-32"])
def test_another_encoding_is_said(form: str, tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(TRIPLE.encode(form))
    with pytest.raises(LdnKgError, match=r"x\.ttl is in UTF-16, UTF-32 or binary; save"):
        text(path)


def test_a_byte_of_another_encoding_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_bytes(b"a\nb\n\xe4\n\xe4")
    with pytest.raises(LdnKgError, match=r"x\.ttl:3: byte 4 is not UTF-8"):
        text(path)


# Pipes and devices


def test_a_stream_may_be_as_large_as_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_LARGEST", 3 << 20)
    assert files.whole(io.BytesIO(b" " * (3 << 20)), "It") == b" " * (3 << 20)
    with pytest.raises(LdnKgError, match=r"^It gives more than 3 MiB; is it the right one\?$"):
        files.whole(io.BytesIO(b" " * ((3 << 20) + 1)), "It")


def test_a_device_without_an_end_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_LARGEST", 3 << 20)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("all of it was to be read"))
    with pytest.raises(LdnKgError, match=r"^/dev/zero gives more than 3 MiB"):
        text(Path("/dev/zero"))


def test_a_pipe_is_read_to_its_end() -> None:
    """As a shell gives one in place of a file: --file <(...)."""
    reading, writing = os.pipe()
    os.write(writing, b"ASK {}")
    os.close(writing)
    try:
        assert text(Path(f"/dev/fd/{reading}")) == "ASK {}"
    finally:
        os.close(reading)


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_own_data_must_be_a_file_that_can_be_read_again(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(LdnKgError, match=r"own\.ttl cannot be read as a file: it is a pipe"):
        own_files(path)


# Gzip


def test_a_gzipped_file_may_be_as_large_as_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.nt.gz"
    monkeypatch.setattr(files, "_LARGEST", 3 << 20)
    path.write_bytes(gzip.compress(b" " * (3 << 20)))
    assert len(text(path)) == 3 << 20
    path.write_bytes(gzip.compress(b" " * ((3 << 20) + 1)))
    with pytest.raises(LdnKgError, match=r"x\.nt\.gz holds more than 3 MiB; unpack it first\."):
        text(path)


def test_the_limit_is_beyond_a_release_and_below_the_memory() -> None:
    assert 10**9 < files._LARGEST < 4 * 10**9


@pytest.mark.parametrize("damage", ["cut", "none", "inside"])
def test_what_is_no_gzip_is_said(damage: str, tmp_path: Path) -> None:
    path, whole = tmp_path / "x.nt.gz", gzip.compress(TRIPLE.encode() * 100)
    content = {"cut": whole[:-9], "none": TRIPLE.encode(), "inside": whole[:20] + b"!" * 20}
    path.write_bytes(content[damage])
    with pytest.raises(LdnKgError, match=r"x\.nt\.gz cannot be read as gzip: "):
        text(path)


def test_what_is_gzipped_has_an_ending_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "own.gz"
    path.write_bytes(gzip.compress(TRIPLE.encode()))
    with pytest.raises(LdnKgError, match="the ending is not one of ttl, nt, nq, trig, rdf, jsonld"):
        list(quads(path))


# Which files


def test_a_folder_stands_for_its_rdf_files_in_order(tmp_path: Path) -> None:
    inside = tmp_path / "own"
    (inside / "deep").mkdir(parents=True)
    for name in ("b.ttl", "a.nq", "c.nt.gz", "deep/d.jsonld", "notes.txt", "x.gz", "x.tar.gz"):
        (inside / name).touch()
    (inside / "folder.ttl").mkdir()
    named = [inside / "notes.txt", inside]
    found = [path.relative_to(inside).as_posix() for path in rdf_files(named)]
    assert found == ["notes.txt", "a.nq", "b.ttl", "c.nt.gz", "deep/d.jsonld"]


@pytest.mark.parametrize(
    ("path", "said"),
    [("", "is empty"), (None, "None is not the path"), (b"x", "is not the path")],
)
def test_what_is_no_path_is_said(path: object, said: str) -> None:
    with pytest.raises(LdnKgError, match=said):
        own_files(path)  # type: ignore[arg-type]


def test_shipped_files_are_found_in_order_and_missing_ones_are_a_fault() -> None:
    found = files.files("queries", ".rq")
    assert list(found) == sorted((ROOT / "queries").glob("*.rq")) != []
    with pytest.raises(LdnKgError, match=r"There is no \.docx file under .*queries; reinstall"):
        files.files("queries", ".docx")


def test_the_context_is_that_which_is_published() -> None:
    assert context()["ldn"] == "https://w3id.org/ldn-kg/ontology#"
    published = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))
    assert context() == published["@context"]


# The dataset that is made of them


def test_a_shipped_file_that_is_named_again_is_read_once() -> None:
    shipped = read()
    again = read(ROOT / "data" / "drug.ttl", ROOT / "ontology" / ".." / "data" / "doses.ttl")
    assert again.files == shipped.files
    assert set(again.store) == set(shipped.store)


def test_each_file_must_bring_something(tmp_path: Path) -> None:
    paths = [tmp_path / "a.ttl", tmp_path / "b.ttl"]
    for path in paths:
        path.write_text(f"{TRIPLE} .", encoding="utf-8")
    with pytest.raises(LdnKgError, match=r"b\.ttl brings not one triple"):
        read(*paths, shipped=False)
    with pytest.raises(LdnKgError, match="There is not one triple in what was read"):
        read(shipped=False)
    own = read(paths[0], shipped=False)
    assert own.files == (paths[0],)
    assert own.has_local
    assert repr(own) == "<Dataset of 1 quads from 1 files, 1 local>"


def test_a_copy_leaves_out_what_was_derived_and_named(tmp_path: Path) -> None:
    path, other = tmp_path / "a.ttl", tmp_path / "b.ttl"
    path.write_text("<urn:x:a> <urn:x:p> 1 . <urn:x:b> <urn:x:p> 2 .", encoding="utf-8")
    other.write_text("<urn:x:c> <urn:x:p> 3 .", encoding="utf-8")
    own = read(path, shipped=False)
    predicate = NamedNode("urn:x:p")
    own.store.add(Quad(predicate, predicate, predicate, GRAPHS["derived"]))
    copy = extended(own, other, without={"urn:x:a"})
    subjects = {quad.subject.value for quad in copy.triples()}  # type: ignore[union-attr]
    assert subjects == {"urn:x:b", "urn:x:c"}
    assert copy.files == (path, other)
    assert len(own.store) == 3


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("rdfs:label 'a'", "a"),
        ("skos:prefLabel 'b'", "b"),
        ("dcterms:title 'c'", "c"),
        ("skos:prefLabel 'b' ; rdfs:label 'a' ; dcterms:title 'c'", "a"),
        ("dcterms:title 'c' ; skos:prefLabel 'b'", "b"),
        ("skos:altLabel 'd'", "study:x"),
    ],
)
def test_a_record_is_called_by_its_label(said: str, label: str, tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "PREFIX dcterms: <http://purl.org/dc/terms/>\n"
        f"<https://w3id.org/ldn-kg/study/x> {said} .",
        encoding="utf-8",
    )
    own = read(path, shipped=False)
    assert own.label(NamedNode("https://w3id.org/ldn-kg/study/x")) == label


# JSON-LD, whose parser leaves out what it does not understand


def _json(tmp_path: Path, document: object) -> set[str]:
    """Return the values in a document of JSON-LD."""
    path = tmp_path / "own.jsonld"
    path.write_text(json.dumps(document), encoding="utf-8")
    return {quad.object.value for quad in quads(path)}


P = "https://example.org/p"
MAPS = {
    "language": ({"@id": P, "@container": "@language"}, {"de": "x", "en": "y"}, {"x", "y"}),
    "index": ({"@id": P, "@container": "@index"}, {"one": "x", "two": "y"}, {"x", "y"}),
    "JSON": ({"@id": P, "@type": "@json"}, {"any": "key"}, {'{"any":"key"}'}),
}


@pytest.mark.parametrize("name", MAPS)
def test_keys_of_a_map_need_no_meaning(name: str, tmp_path: Path) -> None:
    meaning, value, values = MAPS[name]
    document = {"@context": {"p": meaning}, "@id": "urn:x:a", "p": value}
    assert _json(tmp_path, document) == values


@pytest.mark.parametrize("container", ["@list", "@set"])
def test_what_is_in_a_list_or_a_set_is_looked_at(container: str, tmp_path: Path) -> None:
    meaning = {"@id": P, "@container": container}
    document = {"@context": {"p": meaning}, "@id": "urn:x:a", "p": [{"wrong": 1}]}
    with pytest.raises(LdnKgError, match=r"what these keys mean: wrong\. Map them"):
        _json(tmp_path, document)


UNKNOWN = {
    "alone": ({"wrong": 1}, "wrong"),
    "deep": ({P: {P: [[{"wrong": 1}]]}}, "wrong"),
    "of an unknown prefix": ({"wrong:p": 1}, "wrong:p"),
    "five": ({key: 1 for key in "abcde"}, "a, b, c, d, e"),
    "six": ({key: 1 for key in "abcdef"}, "a, b, c, d, e and 1 more"),
    "twice": ({P: [{"wrong": 1}, {"wrong": 2}]}, "wrong"),
    "in a graph": ({"@graph": [{"wrong": 1}]}, "wrong"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_keys_that_mean_nothing_are_named(name: str, tmp_path: Path) -> None:
    document, keys = UNKNOWN[name]
    with pytest.raises(LdnKgError, match=rf"own\.jsonld: the context .* keys mean: {keys}\. Map"):
        _json(tmp_path, {"@id": "urn:x:a", **document})


KNOWN = {
    "IRIs": ({P: "x", "urn:x:p": "y"}, {"x", "y"}),
    "a prefix": ({"@context": {"e": "https://example.org/"}, "e:p": "x"}, {"x"}),
    "a vocabulary": ({"@context": {"@vocab": "https://example.org/"}, "p": "x"}, {"x"}),
    "several contexts": ({"@context": [{"p": P}, {"q": P}], "p": "x", "q": "y"}, {"x", "y"}),
    "a context inside": ({P: {"@id": "urn:x:b", "@context": {"q": P}, "q": "x"}}, {"urn:x:b", "x"}),
    "a value": ({P: {"@value": "x"}}, {"x"}),
    "JSON as a value": (
        {"@context": {"v": "@value"}, P: {"v": {"any": "key"}, "@type": "@json"}},
        {'{"any":"key"}'},
    ),
    "a name for @value": ({"@context": {"v": "@value"}, P: {"v": "x"}}, {"x"}),
}


@pytest.mark.parametrize("name", KNOWN)
def test_keys_with_a_meaning_are_read(name: str, tmp_path: Path) -> None:
    document, values = KNOWN[name]
    assert _json(tmp_path, {"@id": "urn:x:a", **document}) == values


REMOTE = "https://example.org/context.jsonld"


@pytest.mark.parametrize(
    "said", [REMOTE, [{"p": P}, REMOTE], {"@import": REMOTE}, [{"@import": REMOTE}, {"p": P}]]
)
def test_a_context_elsewhere_is_refused_by_its_address(said: object, tmp_path: Path) -> None:
    for document in ({"@context": said, "p": 1}, {P: [{"@context": said, "p": 1}]}):
        with pytest.raises(LdnKgError, match=f"the context {REMOTE} is not fetched"):
            _json(tmp_path, document)


def test_json_may_be_two_hundred_deep(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonld"
    path.write_text("[" * 200 + '"[{"' + "]" * 200, encoding="utf-8")
    assert list(quads(path)) == []
    path.write_text("[" * 201 + "]" * 201, encoding="utf-8")
    with pytest.raises(LdnKgError, match="nested more than 200 deep"):
        list(quads(path))


def test_what_is_no_json_is_said_by_the_parser(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonld"
    path.write_text('{"@id": }', encoding="utf-8")
    with pytest.raises(LdnKgError, match=r"own\.jsonld"):
        list(quads(path))


# Turtle


@pytest.mark.parametrize(
    ("value", "tag"), [('"x"@en_GB', "en-GB"), ('"x"@zh-Hant_TW', "zh-Hant-TW")]
)
def test_an_underscore_in_a_language_tag_is_said(value: str, tag: str, tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    path.write_text(f"<urn:x:a> <urn:x:p>\n{value} .", encoding="utf-8")
    said = rf"own\.ttl:2:\d+: a language tag has a hyphen: @{tag}, not @"
    with pytest.raises(LdnKgError, match=said):
        list(quads(path))


def test_another_fault_beside_a_tag_is_another(tmp_path: Path) -> None:
    path = tmp_path / "own.ttl"
    path.write_text('<urn:x:a> <urn:x:p> "x"@en ; ; "y" .', encoding="utf-8")
    with pytest.raises(LdnKgError) as caught:
        list(quads(path))
    assert "hyphen" not in str(caught.value)
    assert str(caught.value).endswith(".") and not str(caught.value).endswith("..")


# RDF/XML


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<html><body/></html>", "this is a web page: its root is <html>"),
        ('<HTML xmlns="urn:x"/>', "this is a web page: its root is <HTML>"),
        ("<feed/>", "this is no RDF/XML: its root is <feed> and not <rdf:RDF>"),
        (RDF_XML[:-9], r"own\.rdf:1:\d+: this is not well-formed XML: "),
        ("", r"own\.rdf:1:1: this is not well-formed XML: it ends too early\."),
    ],
)
def test_what_is_no_rdf_xml_is_said(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "own.rdf"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LdnKgError, match=said):
        list(quads(path))
