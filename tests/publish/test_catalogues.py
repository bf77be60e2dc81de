"""Catalogues and tools that read schemas find in a release what they look for."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest
from pyoxigraph import Triple
from pyshacl import validate
from rdflib import RDF, SH, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS
from support.needed import without
from support.paths import ROOT

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import quads
from ldn_kg.graph.namespaces import BASE, LDN, PREFIXES, iri

pytestmark = pytest.mark.xdist_group("release")

JUDGES = ROOT / ".judges"
SHAPES = Path(__file__).with_name("dcat-ap-3.0.1")
DCATAP = Namespace("http://data.europa.eu/r5r/")
# What DCAT-AP recommends and we do not say, each with the reason.
NOT_SAID = {
    DCATAP.availability,  # how long the files stay can be said once they are published
    DCAT.contactPoint,  # there is no person or address to name
    DCAT.distribution,  # HCLS forbids it on the dataset as such; the version has it
    DCTERMS.spatial,  # the studies are from wherever they were done
    DCTERMS.type,  # the kind of the publisher is not known; the licence is named by its IRI
}


@pytest.fixture(scope="session")
def metadata(release: Path) -> Graph:
    return Graph().parse(release / "metadata.ttl")


# SIB's sparql-llm, whose queries an endpoint is asked by chat and search over many endpoints


@cache
def _sparql_llm() -> ZipFile:
    found = sorted(JUDGES.glob("sparql_llm-*.whl"))
    if not found:
        without("sparql-llm is missing; .ci/install-judges fetches it", "LDN_KG_TOOLS")
    return ZipFile(found[-1])


def _assigned(module: str, name: str) -> ast.expr:
    """Return what a module of sparql-llm assigns to a name; nothing of it is run."""
    tree = ast.parse(_sparql_llm().read(f"sparql_llm/{module}"))
    (value,) = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )
    return value


def _query(module: str, name: str) -> str:
    return str(ast.literal_eval(_assigned(module, name)))


Schema = dict[tuple[str, ...], list[Triple]]


@pytest.fixture(scope="session")
def schema(release: Path) -> Schema:
    """Find in another way than by SPARQL where a class has a property, and with what values.

    The keys are class and property, and the same with each class or datatype of the value.
    """
    triples = {quad.triple for quad in quads(release / "ldn-kg.nq")}
    classes: dict[object, set[str]] = {}
    for triple in triples:
        if triple.predicate == iri("rdf:type"):
            classes.setdefault(triple.subject, set()).add(triple.object.value)
    found: Schema = {}
    for triple in triples:
        datatype = getattr(triple.object, "datatype", None)
        kinds = {datatype.value} if datatype else classes.get(triple.object, set())
        for name in classes.get(triple.subject, ()):
            pair = (name, triple.predicate.value)
            for key in (pair, *((*pair, value) for value in kinds)):
                found.setdefault(key, []).append(triple)
    assert len(found) > 1000
    return found


def test_sib_finds_every_pair_of_class_and_property(schema: Schema, metadata: Graph) -> None:
    rows = list(metadata.query(_query("utils.py", "GET_VOID_DESC")))
    found = {tuple(str(term) for term in row if term is not None) for row in rows}
    found |= {row[:2] for row in found}
    assert found == schema.keys()


def test_each_pair_is_counted_as_it_is(schema: Schema, metadata: Graph) -> None:
    """The same partitions with their counts, read as VoID means them."""
    rows = metadata.query("""
    PREFIX void: <http://rdfs.org/ns/void#>
    PREFIX voidext: <http://ldf.fi/void-ext#>
    SELECT ?class ?property ?value ?triples ?users ?values
    WHERE {
      ?ofClass void:class ?class ; void:propertyPartition ?ofProperty .
      ?ofProperty void:property ?property .
      {
        ?ofProperty void:triples ?triples ;
          void:distinctSubjects ?users ;
          void:distinctObjects ?values
      }
      UNION {
        ?ofProperty void:classPartition ?part .
        ?part void:class ?value ; void:triples ?triples
      }
      UNION {
        ?ofProperty voidext:datatypePartition ?part .
        ?part voidext:datatype ?value ; void:triples ?triples
      }
    }
    """)
    counted: Counter[tuple[str, ...]] = Counter()
    for *names, triples, users, values in rows:
        key = tuple(str(name) for name in names if name is not None)
        counted[key] += int(triples)  # two rows for one key mean two partitions with one name
        if users is not None:
            assert int(users) == len({triple.subject for triple in schema[key]})
            assert int(values) == len({triple.object for triple in schema[key]})
    assert counted == {key: len(triples) for key, triples in schema.items()}


def test_sib_finds_every_prefix(release: Path, metadata: Graph) -> None:
    query = _query("utils.py", "GET_PREFIXES_QUERY")
    used = {
        pair
        for question in ldn_kg.questions().values()
        for pair in re.findall(r"^PREFIX (\w+): <(\S+)>", question.sparql, re.MULTILINE)
    }
    assert len(used) > 5
    for graph in (Graph().parse(release / "queries" / "examples.ttl"), metadata):
        found = {(str(row[0]), str(row[1])) for row in graph.query(query)}
        assert found == set(PREFIXES.items()) >= used


def test_sib_finds_every_question(release: Path) -> None:
    graph = Graph().parse(release / "queries" / "examples.ttl")
    query = _query("loaders/sparql_examples_loader.py", "GET_SPARQL_EXAMPLES_QUERY")
    found = {tuple(str(term) for term in row) for row in graph.query(query)}
    assert found == {
        (f"{BASE}query/{name}", question.words, question.sparql)
        for name, question in ldn_kg.questions().items()
    }


def test_sib_finds_words_for_every_class_of_ours(schema: Schema, kg: Dataset) -> None:
    """A label; and a comment for all classes, where one of them has a comment."""
    classes = {name for name, *_ in schema if name.startswith(LDN)}
    assert len(classes) > 10
    query = _assigned("loaders/sparql_void_shapes_loader.py", "get_labels_query")
    assert isinstance(query, ast.JoinedStr)
    text = "".join(
        str(part.value) if isinstance(part, ast.Constant) else "> <".join(sorted(classes))
        for part in query.values
    )
    rows = kg.rows(text)
    assert sorted(row["cls"] for row in rows) == sorted(classes)
    assert all(row["label"] for row in rows)
    assert len({bool(row["comment"]) for row in rows}) == 1


# The shapes of DCAT-AP, by which European data portals check what they harvest


def _broken(metadata: Graph, shapes: str) -> Counter[tuple[URIRef, URIRef]]:
    """Count what the shapes report, by property and value where there is one."""
    rules = Graph().parse(SHAPES / shapes)
    _, report, _ = validate(metadata, shacl_graph=rules)
    assert isinstance(report, Graph)
    results = report.subjects(RDF.type, SH.ValidationResult)
    return Counter((report.value(r, SH.resultPath), report.value(r, SH.value)) for r in results)


def test_dcat_ap_is_kept(metadata: Graph) -> None:
    files = set(metadata.subjects(RDF.type, DCAT.Distribution))
    assert files
    assert not _broken(metadata, "shapes.ttl")
    without_access = Graph() + metadata
    without_access.remove((None, DCAT.accessURL, None))
    assert _broken(without_access, "shapes.ttl") == {(DCAT.accessURL, None): len(files)}


def test_dcat_ap_has_the_classes_that_it_wants(metadata: Graph) -> None:
    """All but one: the source is a document, and nobody's dataset."""
    broken = _broken(metadata, "dcat-ap-SHACL.ttl")
    assert broken == {(DCTERMS.source, URIRef(f"{BASE}source/ldn-overview")): 1}


def test_dcat_ap_gets_what_it_recommends_where_we_know_it(metadata: Graph) -> None:
    broken = _broken(metadata, "shapes_recommended.ttl")
    assert {path for path, _ in broken} == NOT_SAID
    told = (ROOT / "docs" / "fair.md").read_text(encoding="utf-8")
    assert all(re.search(rf"\| `\w+:{re.split('[/#]', path)[-1]}`", told) for path in NOT_SAID)
    (theme,) = set(metadata.objects(None, DCAT.theme))
    assert metadata.value(theme, SKOS.prefLabel) == Literal("Health", lang="en")
    assert set(metadata.subjects(DCAT.theme, theme)) == set(metadata.subjects(DCTERMS.temporal))
