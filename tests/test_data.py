"""The shipped data: names, numbers, one reading by two parsers, and fidelity to the records."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rdflib
from conftest import ROOT, SHARED
from pyoxigraph import BlankNode, Literal, Quad, RdfFormat, parse

import ldn_kg
from ldn_kg.dataset import GRAPHS, Dataset, files
from ldn_kg.namespaces import BASE, KINDS, LDN, PREFIXES

FILES = files("data", ".ttl")
STUDIES = sorted((ROOT / "data" / "studies").glob("*.ttl"))
EVIDENCE = SHARED / "evidence" / "studies.json"


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


def test_names_say_their_kind(kg: Dataset) -> None:
    spaces = tuple(f"{BASE}{kind}/" for kind in KINDS)
    names = {q.subject.value for g in ("source", "literature") for q in kg.triples(g)}
    assert names
    assert not [iri for iri in names if not iri.startswith(spaces)]
    locals_ = {iri.rpartition("/")[2] for iri in names}
    assert not [name for name in locals_ if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*[a-z0-9]", name)]


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_file_is_named_after_its_study(path: Path) -> None:
    types = [q for q in _parsed(path) if q.predicate.value.endswith("#type")]
    studies = [q.subject.value for q in types if q.object.value == f"{LDN}Study"]
    assert studies == [f"{BASE}study/{path.stem}"]
    # Whatever a study file says, it says of the study, its parts and its publications.
    own = (f"{BASE}study/{path.stem}", f"{BASE}publication/{path.stem}")
    assert not [q.subject.value for q in types if not q.subject.value.startswith(own)]


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


def _numbers(value: Any) -> set[Decimal]:
    """Return every number in a JSON value, those inside texts too."""
    if isinstance(value, dict):
        return set().union(*map(_numbers, value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*map(_numbers, value)) if value else set()
    return {Decimal(found) for found in re.findall(r"\d+(?:\.\d+)?", json.dumps(value))}


needs_evidence = pytest.mark.skipif(
    not EVIDENCE.exists(), reason="the evidence records are not beside the checkout"
)


@needs_evidence
@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_number_of_a_study_is_in_its_record(path: Path) -> None:
    records = {r["key"]: r for r in json.loads(EVIDENCE.read_text(encoding="utf-8"))}
    known = _numbers(records[path.stem])
    typed = [q for q in _parsed(path) if isinstance(q.object, Literal)]
    numbers = {
        (q.predicate.value.rpartition("#")[2].rpartition("/")[2], Decimal(q.object.value))
        for q in typed
        if q.object.datatype.value.endswith(("#decimal", "#integer"))
    }
    assert numbers
    assert not sorted((name, number) for name, number in numbers if number not in known)


@needs_evidence
@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_outcome_with_figures_is_encoded(path: Path, kg: Dataset) -> None:
    records = {r["key"]: r for r in json.loads(EVIDENCE.read_text(encoding="utf-8"))}
    recorded = Counter(
        (_decimal(o["experimental_value"]), _decimal(o["comparator_value"]), _decimal(o["p"]))
        for o in records[path.stem]["outcomes"]
    )
    rows = ldn_kg.query(kg, "results", {"study": path.stem})
    encoded = Counter((row["treatment"], row["comparator"], row["p"]) for row in rows)
    assert recorded
    # An outcome without figures may stand as text beside one with figures.
    assert not recorded - encoded


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@needs_evidence
@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_publication_is_that_of_the_record(path: Path, kg: Dataset) -> None:
    records = {r["key"]: r for r in json.loads(EVIDENCE.read_text(encoding="utf-8"))}
    record = records[path.stem]
    facts = {
        q.predicate.value.rpartition("#")[2].rpartition("/")[2]: q.object.value
        for q in _parsed(path)
        if q.subject.value == f"{BASE}publication/{path.stem}"
    }
    names = {"title": "title", "journal": "journal", "volume": "volume", "issue": "issue"}
    names |= {"pages": "pages", "doi": "doi", "pmid": "pmid"}
    said = {key: record[key] for key in names.values() if record[key] is not None}
    assert said == {key: facts[key] for key in said}
    assert facts["issued"] == str(record["year"])
    assert facts["authorList"] == ", ".join(record["authors"])
    assert not {"doi", "pmid"} & (facts.keys() - said.keys())
