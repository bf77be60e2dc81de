"""The shipped data: names, numbers, one reading by two parsers."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import BlankNode, Literal, Quad, RdfFormat, parse
from support.paths import ROOT

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS, files
from ldn_kg.graph.namespaces import BASE, KINDS, LDN, LDNC, PREFIXES, iri

FILES = files("data", ".ttl")
STUDIES = sorted((ROOT / "data" / "studies").glob("*.ttl"))
GUIDANCE = sorted((ROOT / "data" / "guidance").glob("*.ttl"))


def _parsed(path: Path) -> Iterator[Quad]:
    """Parse without a store, which would write 4.50 as 4.5."""
    return parse(path=path)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_two_parsers_read_the_same(path: Path) -> None:
    ours = {str(q.triple) for q in _parsed(path)}
    theirs = rdflib.Graph().parse(path).serialize(format="nt", encoding="utf-8")
    assert ours
    assert {str(q.triple) for q in parse(theirs, format=RdfFormat.N_TRIPLES)} == ours


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_numbers_are_written_in_one_way(path: Path) -> None:
    """Decimals have no idle zero (4.5, or 50.0 for a whole number); doubles and durations none."""
    for quad in _parsed(path):
        if not isinstance(quad.object, Literal):
            continue
        datatype = quad.object.datatype.value.removeprefix(PREFIXES["xsd"])
        assert datatype not in ("double", "float", "duration", "dayTimeDuration")
        if datatype == "decimal":
            assert re.fullmatch(r"-?(0|[1-9]\d*)\.(0|\d*[1-9])", quad.object.value), quad
        if datatype == "integer":
            assert re.fullmatch(r"0|-?[1-9]\d*", quad.object.value), quad


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_text_is_tidy(path: Path) -> None:
    for quad in _parsed(path):
        if isinstance(quad.object, Literal):
            assert quad.object.value == " ".join(quad.object.value.split()) != "", quad


def test_nothing_is_without_a_name(kg: Dataset) -> None:
    terms = [t for quad in kg.triples() for t in (quad.subject, quad.object)]
    assert terms
    assert not [term for term in terms if isinstance(term, BlankNode)]


def _labels(kg: Dataset) -> dict[str, dict[str, list[str]]]:
    """Map whatever of ours has a type to its labels, by the name of the property."""
    wanted = {iri(name): name for name in ("rdfs:label", "skos:prefLabel", "dcterms:title")}
    found: dict[str, dict[str, list[str]]] = {}
    for quad in kg.triples():
        if quad.predicate == iri("rdf:type") and quad.subject.value.startswith(BASE):
            found.setdefault(quad.subject.value, {})
    for quad in kg.triples():
        if quad.predicate in wanted and quad.subject.value in found:
            of = found[quad.subject.value].setdefault(wanted[quad.predicate], [])
            of.append(quad.object.value)
    return found


def test_every_record_has_one_label(kg: Dataset) -> None:
    """A title is the label of what has no other: a trial may have both."""
    found = _labels(kg)
    assert len(found) > 3000
    one = {
        name: of.get("rdfs:label", []) + of.get("skos:prefLabel", []) or of.get("dcterms:title", [])
        for name, of in found.items()
    }
    assert {name: labels for name, labels in one.items() if len(labels) != 1} == {}


def test_labels_that_follow_from_the_record_are_derived(kg: Dataset) -> None:
    found = _labels(kg)
    told = {
        "study/younger2013-line-fibromyalgia": "Younger and others 2013 on: low-dose naltrexone "
        "relieves fibromyalgia",
        "study/nct04678895-regimen-titration-step-1": "start at 1.5 mg, step 1 of: 1.5 mg, 3 mg, "
        "then 4.5 mg",
        "study/nct04678895-regimen-titration-step-2": "increase to 3 mg, step 2 of: 1.5 mg, 3 mg, "
        "then 4.5 mg",
        "study/dicksonldnrt-regimen-fatigue-step-2": "increase by 0.5 mg, step 2 of: chronic "
        "fatigue syndrome, ME or long COVID",
        "study/bruun2024-regimen-titration-step-1": "increase, step 1 of: up to 6 mg within "
        "4 weeks",
        "source/ldn-overview-statement-title": "The document is about naltrexone at low dose.",
        "source/ldn-overview-title-position": "characters 0 to 25 of title",
        "contributors": "The ldn-kg contributors",
    }
    assert {name: found[BASE + name].get("rdfs:label") for name in told} == {
        name: [words] for name, words in told.items()
    }


def test_names_say_their_kind(kg: Dataset) -> None:
    spaces = tuple(f"{BASE}{kind}/" for kind in KINDS)
    names = {q.subject.value for g in ("source", "literature") for q in kg.triples(g)}
    assert names
    assert not [iri for iri in names if not iri.startswith(spaces)]
    locals_ = {iri.rpartition("/")[2] for iri in names}
    assert not [
        name for name in locals_ if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]", name)
    ]


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_file_is_named_after_its_study(path: Path) -> None:
    types = [q for q in _parsed(path) if q.predicate.value.endswith("#type")]
    studies = [q.subject.value for q in types if q.object.value == f"{LDN}Study"]
    assert studies == [f"{BASE}study/{path.stem}"]
    # Whatever a study file says, it says of the study, its parts and its publications.
    own = (f"{BASE}study/{path.stem}", f"{BASE}publication/{path.stem}")
    assert not [q.subject.value for q in types if not q.subject.value.startswith(own)]


@pytest.mark.parametrize("path", GUIDANCE, ids=lambda path: path.stem)
def test_a_guidance_file_is_named_after_its_statement(path: Path) -> None:
    assert {q.subject.value for q in _parsed(path)} == {f"{BASE}guidance/{path.stem}"}


def test_a_file_of_concepts_is_named_after_its_scheme() -> None:
    paths = files("ontology/concepts", ".ttl")
    for path in paths:
        found = list(_parsed(path))
        types = [q for q in found if q.predicate.value.endswith("#type")]
        schemes = {q.subject.value for q in types if q.object.value.endswith("#ConceptScheme")}
        members = {q.object.value for q in found if q.predicate.value.endswith("#inScheme")}
        assert schemes == members == {LDNC + path.stem}


def test_each_file_has_its_graph(kg: Dataset) -> None:
    counts = Counter(str(quad.graph_name).strip("<>") for quad in kg.triples())
    filled = {GRAPHS[name].value for name in GRAPHS if name != "local"}
    assert set(counts) == filled


def test_nothing_uncertain_is_a_bare_triple(kg: Dataset) -> None:
    """A relation that claims speak of is never asserted: it stands as rdf:predicate only."""
    relations = {
        q.object for q in kg.triples() if q.predicate.value == PREFIXES["rdf"] + "predicate"
    }
    assert relations
    assert not [quad for quad in kg.triples() if quad.predicate in relations]


def test_the_mesh_identifier_is_not_that_of_naloxone(kg: Dataset) -> None:
    rows = list(ldn_kg.query(kg, "identifiers", {"record": "drug:naltrexone"}))
    mesh = [row["identifier"] for row in rows if "/mesh/" in row["identifier"]]
    assert mesh == ["http://id.nlm.nih.gov/mesh/D009271"]
