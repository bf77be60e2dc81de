"""The description of a release: what it counts is there, and each rule of the profile can fail."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse
from rdflib import SH, Graph, URIRef
from support.paths import ROOT

from ldn_kg.check.validation import problems
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import quads
from ldn_kg.graph.namespaces import BASE, PREFIXES, iri
from ldn_kg.publish.release.metadata import version_of

pytestmark = pytest.mark.xdist_group("release")

HCLS = ROOT / "ldn_kg" / "publish" / "release" / "hcls.ttl"
RULES = Graph().parse(HCLS)
NAMED = sorted(str(rule) for rule in RULES.subjects(SH.message))
LINKS = {
    PREFIXES[prefix] + name
    for prefix, name in (
        ("skos", "exactMatch"),
        ("skos", "closeMatch"),
        ("skos", "broadMatch"),
        ("skos", "narrowMatch"),
        ("skos", "relatedMatch"),
        ("schema", "sameAs"),
        ("qudt", "hasUnit"),
        ("dcterms", "type"),
    )
}


@pytest.fixture(scope="session")
def described(release: Path) -> Store:
    store = Store()
    store.load(path=str(release / "metadata.ttl"), format=RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="session")
def levels(described: Store) -> frozenset[Triple]:
    """Return what is said of the three levels: all but the partitions by class, which are many."""
    return frozenset(q.triple for q in described if "#class-" not in q.subject.value)


def _values(store: Store, subject: str, name: str) -> list[str]:
    found = store.quads_for_pattern(NamedNode(subject), iri(name), None, None)
    return sorted(quad.object.value for quad in found)


def _graphs(release: Path) -> dict[str, set[Triple]]:
    found: dict[str, set[Triple]] = {}
    for quad in parse(path=str(release / "ldn-kg.nq"), format=RdfFormat.N_QUADS):
        found.setdefault(quad.graph_name.value, set()).add(quad.triple)
    return found


def test_each_graph_is_counted_as_it_is(release: Path, described: Store) -> None:
    graphs = _graphs(release)
    assert len(graphs) == 5
    for graph, triples in graphs.items():
        for name, expected in (
            ("void:triples", len(triples)),
            ("void:distinctSubjects", len({t.subject for t in triples})),
            ("void:properties", len({t.predicate for t in triples})),
            ("void:distinctObjects", len({t.object for t in triples})),
            ("void:entities", len({t.subject for t in triples if t.predicate == iri("rdf:type")})),
        ):
            assert _values(described, graph, name) == [str(expected)], (graph, name)


def test_each_partition_is_counted_as_it_is(release: Path, described: Store) -> None:
    for graph, triples in _graphs(release).items():
        classes = Counter(t.object.value for t in triples if t.predicate == iri("rdf:type"))
        assert _partitions(described, graph, "class", "entities") == classes
        properties = Counter(t.predicate.value for t in triples)
        assert _partitions(described, graph, "property", "triples") == properties


def _partitions(store: Store, graph: str, kind: str, counted: str) -> dict[str, int]:
    found = {}
    for partition in _values(store, graph, f"void:{kind}Partition"):
        (term,) = _values(store, partition, f"void:{kind}")
        (count,) = _values(store, partition, f"void:{counted}")
        found[term] = int(count)
    return found


def test_the_whole_is_counted_as_it_is(release: Path, described: Store, kg: Dataset) -> None:
    graphs = _graphs(release)
    union = set().union(*graphs.values())
    number = version_of(kg)[1]
    classes = Counter(t.object.value for t in union if t.predicate == iri("rdf:type"))
    for ending in ("ttl", "nt", "rdf", "jsonld", "nq", "trig"):
        file = f"{BASE}release/{number}/ldn-kg.{ending}"
        kept = ending in ("nq", "trig")
        triples = sum(map(len, graphs.values())) if kept else len(union)
        assert _values(described, file, "void:triples") == [str(triples)]
        assert _values(described, file, "void:distinctSubjects") == [
            str(len({t.subject for t in union}))
        ]
        subsets = set(_values(described, file, "void:subset"))
        assert (graphs.keys() <= subsets) == kept
        assert _partitions(described, file, "class", "entities") == ({} if kept else classes)


def test_every_link_that_leaves_is_in_a_linkset(release: Path, described: Store) -> None:
    leaving = Counter(
        triple.predicate.value
        for triple in set().union(*_graphs(release).values())
        if triple.predicate.value in LINKS
        and isinstance(triple.object, NamedNode)
        and not triple.object.value.startswith(BASE)
    )
    counted: Counter[str] = Counter()
    for quad in described.quads_for_pattern(None, iri("rdf:type"), iri("void:Linkset"), None):
        (property_,) = _values(described, quad.subject.value, "void:linkPredicate")
        (links,) = _values(described, quad.subject.value, "void:triples")
        counted[property_] += int(links)
    assert counted == leaving
    assert sum(counted.values()) > 1000


def test_each_file_is_as_described(release: Path, described: Store, kg: Dataset) -> None:
    version, number = version_of(kg)
    files = _values(described, version.value, "dcat:distribution")
    kinds = ("ldn-kg.*", "tables/*.csv", "kgx/*.tsv", "kgx/*.json", "nanopubs.trig", "fhir/*.json")
    expected = [sorted(release.glob(kind)) for kind in kinds]
    assert all(expected)
    assert len(files) == sum(map(len, expected))
    for file in files:
        path = release / file.removeprefix(f"{BASE}release/{number}/")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert _values(described, f"{file}#checksum", "spdx:checksumValue") == [digest]
        assert _values(described, file, "dcat:byteSize") == [str(path.stat().st_size)]
        assert _values(described, file, "dcat:downloadURL") == [file]


def test_examples_are_records(described: Store, kg: Dataset) -> None:
    found = {
        quad.object
        for quad in described.quads_for_pattern(None, iri("void:exampleResource"), None, None)
    }
    assert found
    for record in found:
        assert next(kg.store.quads_for_pattern(record, iri("rdf:type"), None, None))


def test_years_and_last_search_are_those_of_the_data(described: Store, kg: Dataset) -> None:
    version = version_of(kg)[0].value
    issued = sorted(
        quad.object.value
        for path in (ROOT / "data" / "studies").glob("*.ttl")
        for quad in quads(path)
        if quad.predicate == iri("dcterms:issued")
    )
    assert _values(described, version, "schema:temporalCoverage") == [f"{issued[0]}/{issued[-1]}"]
    own = [
        quad.object.value
        for quad in kg.store.quads_for_pattern(None, iri("ldn:searchedOn"), None, None)
    ]
    assert _values(described, version, "pav:sourceLastAccessedOn") == [max(own)]


def test_both_forms_say_the_same(release: Path) -> None:
    turtle = Graph().parse(release / "metadata.ttl")
    assert set(turtle) == set(Graph().parse(release / "metadata.jsonld", format="json-ld"))
    assert len(turtle) > 1000


def test_nothing_is_blank_or_invented(release: Path, described: Store) -> None:
    assert all(isinstance(quad.subject, NamedNode) for quad in described)
    for name in ("metadata.ttl", "croissant.json", "ro-crate-metadata.json", "CITATION.cff"):
        content = (release / name).read_text(encoding="utf-8").lower()
        assert not [word for word in ("orcid", "zenodo", "todo", "example.org") if word in content]


def test_every_rule_of_the_profile_has_a_path() -> None:
    assert len(NAMED) > 50
    assert all(RULES.value(URIRef(rule), SH.path) is not None for rule in NAMED)


@pytest.mark.parametrize("rule", NAMED, ids=lambda rule: rule.rpartition("#")[2])
def test_each_rule_of_the_profile_fires(
    rule: str, described: Store, levels: frozenset[Triple]
) -> None:
    """Take away what the rule asks for, or add what it forbids: it is reported, and only it."""
    node = RULES.value(predicate=SH.property, object=URIRef(rule))
    path = NamedNode(str(RULES.value(URIRef(rule), SH.path)))
    forbids = any(
        (URIRef(rule), most, None) in RULES for most in (SH.maxCount, SH.qualifiedMaxCount)
    )
    record = _subject(described, str(node).rpartition("#Hcls")[2])
    if forbids:
        spoilt = iri("void:Dataset") if path == iri("rdf:type") else Literal("spoilt")
        triples = {*levels, Triple(record, path, spoilt)}
    else:
        wanted = RULES.value(URIRef(rule), SH.hasValue)
        triples = {
            t
            for t in levels
            if (t.subject, t.predicate) != (record, path)
            or (wanted is not None and t.object.value != str(wanted))
        }
    found = problems(triples, HCLS)
    assert [(p.record, p.rule) for p in found] == [(record.value, rule)]


def _subject(store: Store, level: str) -> NamedNode:
    pattern = {
        "Summary": (None, iri("dcterms:accrualPeriodicity"), None, None),
        "Version": (None, iri("dcterms:isVersionOf"), None, None),
        "Distribution": (None, iri("rdf:type"), iri("dcat:Distribution"), None),
    }[level]
    found: list[Quad] = sorted(store.quads_for_pattern(*pattern), key=str)
    return found[0].subject


def test_search_engines_find_what_they_read(release: Path) -> None:
    croissant = json.loads((release / "croissant.json").read_text(encoding="utf-8"))
    known = _listed("schema") | {f"rai:{name}" for name in _listed("rai")}
    own = set(croissant["@context"])
    used = {key for key in _keys(croissant) if not key.startswith("@")}
    assert len(used) > 20
    assert not used - own - known


def _listed(vocabulary: str) -> set[str]:
    path = ROOT / "tests" / "vocabularies" / f"{vocabulary}.txt"
    return set(path.read_text(encoding="utf-8").split())


def _keys(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_keys, value))
    if isinstance(value, dict):
        inner = [_keys(v) for key, v in value.items() if key != "@context"]
        return set(value) | set().union(*inner)
    return set()
