"""The serialisations hold one graph, and a release is the same bytes every time."""

import gzip
import hashlib
import json
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Quad, RdfFormat, Store, parse
from support.commands import OLDER, Built
from support.paths import Run

import ldn_kg
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import context
from ldn_kg.publish.folder import contents
from ldn_kg.publish.formats import FORMATS, write
from ldn_kg.publish.release import SUMS, artefacts, build

RDFLIB_NAMES = {"turtle": "turtle", "jsonld": "json-ld", "ntriples": "nt", "rdfxml": "xml"}


def _triples(content: bytes, form: str) -> set[str]:
    quads = parse(content, format=RdfFormat.from_extension(FORMATS[form]))
    return {str(quad.triple) for quad in quads}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_every_triple(form: str, written: dict[str, bytes], kg: Dataset) -> None:
    everything = {str(quad.triple) for quad in kg.triples()}
    assert everything
    assert _triples(written[form], form) == everything


@pytest.fixture(scope="session")
def reference(written: dict[str, bytes]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=written["ntriples"], format="nt")


@pytest.mark.parametrize("form", RDFLIB_NAMES)
def test_a_second_parser_reads_the_same_graph(
    form: str, written: dict[str, bytes], reference: rdflib.Graph
) -> None:
    graph = rdflib.Graph().parse(data=written[form], format=RDFLIB_NAMES[form])
    assert len(graph) == len(reference) > 0
    # Without blank nodes, two graphs are isomorphic exactly where they hold the same triples.
    assert not [node for node in graph.all_nodes() if isinstance(node, rdflib.BNode)]
    assert set(graph) == set(reference)


@pytest.mark.parametrize("form", ["nquads", "trig"])
def test_graphs_survive(form: str, written: dict[str, bytes], kg: Dataset) -> None:
    syntax = RdfFormat.from_extension(FORMATS[form])
    assert {str(q) for q in parse(written[form], format=syntax)} == set(map(str, kg.triples()))


@pytest.mark.parametrize("form", ["ntriples", "nquads"])
def test_lines_are_in_the_order_of_canonical_n_quads(form: str, written: dict[str, bytes]) -> None:
    lines = written[form].decode().splitlines()  # str has the order of code points
    assert len(lines) > 1000
    assert all(before < after for before, after in pairwise(lines))


def test_one_graph_is_one_graph(kg: Dataset) -> None:
    for name in ("source", "literature", "vocabulary", "derived", "dataset"):
        expected = {str(quad.triple) for quad in kg.triples(name)}
        assert expected
        assert _triples(write(kg, "turtle", name), "turtle") == expected
        assert _triples(write(kg, "jsonld", name), "jsonld") == expected


def test_json_ld_is_compact_by_the_published_context(written: dict[str, bytes]) -> None:
    document = json.loads(written["jsonld"])
    assert document["@context"] == context()
    study = next(n for n in document["@graph"] if n["id"].endswith("/study/younger2013"))
    assert list(study)[:2] == ["id", "type"]
    assert (study["analysed"], study["femalePercent"]) == (28, "100")
    assert study["design"] == "ldnc:randomised-crossover-trial"
    assert study["label"] == "Younger and others 2013"
    dose = next(n for n in document["@graph"] if n["id"].endswith("/dose/4.5-mg"))
    assert (dose["minValue"], dose["maxValue"], dose["hasUnit"]) == ("4.5", "4.5", "unit:MilliGM")
    keys = {key for node in document["@graph"] for key in node}
    assert not [key for key in keys if key.startswith(("http", "ldn:", "dcterms:", "skos:"))]


def test_a_number_reads_the_same_everywhere(written: dict[str, bytes], kg: Dataset) -> None:
    sparql = (
        "SELECT ?v { <https://w3id.org/ldn-kg/study/younger2013-result-pain> ?p ?v } ORDER BY ?v"
    )
    expected = [str(row["v"]) for row in ldn_kg.query(kg, sparql)]
    assert {"28.8", "18", "0.016"} <= set(expected)
    for form, content in written.items():
        store = Store()
        store.load(content, format=RdfFormat.from_extension(FORMATS[form]))
        again = Dataset(store, ())
        assert [str(row["v"]) for row in ldn_kg.query(again, sparql)] == expected


def test_turtle_is_for_people(written: dict[str, bytes]) -> None:
    text = written["turtle"].decode()
    prefixes = [line for line in text.splitlines() if line.startswith("@prefix")]
    assert prefixes == sorted(prefixes)
    assert "\n\nstudy:younger2013 a schema:MedicalStudy , ldn:Study ;\n" in text


def test_unknown_format(kg: Dataset) -> None:
    with pytest.raises(LdnKgError, match="the formats are turtle, jsonld"):
        write(kg, "n3")


@pytest.mark.xdist_group("release")
def test_two_builds_give_the_same_bytes(release: Path, kg: Dataset, tmp_path: Path) -> None:
    shuffled = Store()
    shuffled.extend(sorted(kg.triples(), key=lambda quad: hashlib.md5(str(quad).encode()).digest()))
    other, told = Dataset(shuffled, kg.files), list[str]()
    second = build(other, tmp_path / "two", told.append)
    assert (told[0], sorted(told[1:])) == ("validate", sorted(artefacts(other)))
    names = [path.relative_to(release) for path in contents(release)]
    assert names == [path.relative_to(tmp_path / "two") for path in second]
    assert all((release / n).read_bytes() == (tmp_path / "two" / n).read_bytes() for n in names)


@pytest.mark.xdist_group("release")
def test_a_release_is_whole(built: Built) -> None:
    dist = built.folder
    assert built.done.returncode == 0
    files = {path.relative_to(dist).as_posix() for path in dist.rglob("*") if path.is_file()}
    assert built.done.stdout == f"{len(files)} files in dist\n"
    assert built.done.stderr == ""
    assert {f"ldn-kg.{ending}" for ending in [*FORMATS.values(), "nq.gz"]} <= files
    for name in ldn_kg.questions():
        assert {f"queries/{name}.rq", f"answers/{name}.csv", f"answers/{name}.srj"} <= files
        assert len((dist / f"answers/{name}.csv").read_text(encoding="utf-8").splitlines()) > 1
    assert {"ontology/ldn.ttl", "ontology/context.jsonld", "shapes/study.ttl"} <= files
    assert {"tables/studies.csv", "kgx/ldn-kg_edges.tsv", "nanopubs.trig"} <= files
    assert {"metadata.ttl", "croissant.json", "ro-crate-metadata.json", "CITATION.cff"} <= files
    assert [p.name for p in dist.parent.iterdir()] == ["dist"]


@pytest.mark.xdist_group("release")
def test_a_release_is_built_over_an_old_one(release: Path) -> None:
    """It was: what stood there is gone."""
    assert (release / SUMS).is_file()
    assert not (release / OLDER).exists()


@pytest.mark.xdist_group("release")
def test_checksums_are_right_and_complete(release: Path) -> None:
    lines = (release / SUMS).read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = [p for p in release.rglob("*") if p.is_file() and p.name != SUMS]
    assert sums == {
        p.relative_to(release).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }
    subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=release, check=True)


@pytest.mark.xdist_group("release")
def test_the_archive_holds_the_quads(release: Path) -> None:
    archive = gzip.decompress((release / "ldn-kg.nq.gz").read_bytes())
    assert archive == (release / "ldn-kg.nq").read_bytes()


def test_a_release_can_be_built_again(run: Run, few: None, tmp_path: Path) -> None:
    assert run("build", "dist").returncode == run("build", "dist").returncode == 0
    assert [p.name for p in tmp_path.iterdir()] == ["dist"]


def test_quads_load_into_a_store(written: dict[str, bytes]) -> None:
    store = Store()
    store.load(written["nquads"], format=RdfFormat.N_QUADS)
    assert all(isinstance(quad, Quad) for quad in store)
    assert len(list(store.named_graphs())) == 5
