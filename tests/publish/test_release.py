"""The serialisations hold one graph, and a release is the same bytes every time."""

import gzip
import hashlib
import json
import subprocess
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Quad, RdfFormat, Store, parse
from rdflib.compare import isomorphic
from support.paths import Run

import ldn_kg
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import context
from ldn_kg.publish.formats import FORMATS, write
from ldn_kg.publish.release import SUMS, artefacts, build

RDFLIB_NAMES = {"turtle": "turtle", "jsonld": "json-ld", "ntriples": "nt", "rdfxml": "xml"}


@pytest.fixture(scope="session")
def written(kg: Dataset) -> dict[str, bytes]:
    return {form: write(kg, form) for form in FORMATS}


def _triples(content: bytes, form: str) -> set[str]:
    quads = parse(content, format=RdfFormat.from_extension(FORMATS[form]))
    return {str(quad.triple) for quad in quads}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_every_triple(form: str, written: dict[str, bytes], kg: Dataset) -> None:
    everything = {str(quad.triple) for quad in kg.triples()}
    assert everything
    assert _triples(written[form], form) == everything


@pytest.mark.parametrize("form", RDFLIB_NAMES)
def test_a_second_parser_reads_the_same_graph(form: str, written: dict[str, bytes]) -> None:
    reference = rdflib.Graph().parse(data=written["ntriples"], format="nt")
    graph = rdflib.Graph().parse(data=written[form], format=RDFLIB_NAMES[form])
    assert len(graph) == len(reference) > 0
    assert isomorphic(graph, reference)


@pytest.mark.parametrize("form", ["nquads", "trig"])
def test_graphs_survive(form: str, written: dict[str, bytes], kg: Dataset) -> None:
    syntax = RdfFormat.from_extension(FORMATS[form])
    assert {str(q) for q in parse(written[form], format=syntax)} == set(map(str, kg.triples()))


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


def test_two_builds_give_the_same_bytes(kg: Dataset, tmp_path: Path) -> None:
    told: list[str] = []
    first = build(kg, tmp_path / "one", told.append)
    assert told == ["validate", *artefacts(kg)]
    shuffled = Store()
    shuffled.extend(sorted(kg.triples(), key=lambda quad: hashlib.md5(str(quad).encode()).digest()))
    second = build(Dataset(shuffled, kg.files), tmp_path / "two")
    names = [path.relative_to(tmp_path / "one") for path in first]
    assert names == [path.relative_to(tmp_path / "two") for path in second]
    assert all(
        (tmp_path / "one" / n).read_bytes() == (tmp_path / "two" / n).read_bytes() for n in names
    )


def test_a_release_is_whole(run: Run, tmp_path: Path) -> None:
    done = run("build", "dist")
    assert done.returncode == 0
    dist = tmp_path / "dist"
    files = {path.relative_to(dist).as_posix() for path in dist.rglob("*") if path.is_file()}
    assert done.stdout == f"{len(files)} files in dist\n"
    assert {f"ldn-kg.{ending}" for ending in [*FORMATS.values(), "nq.gz"]} <= files
    for name in ldn_kg.questions():
        assert {f"queries/{name}.rq", f"answers/{name}.csv", f"answers/{name}.srj"} <= files
        assert len((dist / f"answers/{name}.csv").read_text(encoding="utf-8").splitlines()) > 1
    assert {"ontology/ldn.ttl", "ontology/context.jsonld", "shapes/study.ttl"} <= files
    assert {"tables/studies.csv", "kgx/ldn-kg_edges.tsv", "nanopubs.trig"} <= files
    assert {"metadata.ttl", "croissant.json", "ro-crate-metadata.json", "CITATION.cff"} <= files
    assert [p.name for p in tmp_path.iterdir()] == ["dist"]


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


def test_a_release_can_be_built_over_an_old_one(run: Run, tmp_path: Path) -> None:
    assert run("build", "dist").returncode == run("build", "dist").returncode == 0
    assert [p.name for p in tmp_path.iterdir()] == ["dist"]


def test_quads_load_into_a_store(written: dict[str, bytes]) -> None:
    store = Store()
    store.load(written["nquads"], format=RdfFormat.N_QUADS)
    assert all(isinstance(quad, Quad) for quad in store)
    assert len(list(store.named_graphs())) == 5
