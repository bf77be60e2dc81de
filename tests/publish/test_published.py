"""What is published beside the graph: each kind of file passes the checker of its field.

The checkers are other people's: Croissant's own library, the RO-Crate validator, the nanopub
library, the classes of the Biolink Model. None of them had a part in making the files.
"""

import csv
import io
import json
import warnings
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import mlcroissant
import pytest
import requests
from biolink_model.datamodel import pydanticmodel_v2 as biolink
from nanopub import Nanopub
from nanopub.utils import MalformedNanopubError
from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize
from rdflib import RDF, SH, Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester
from support.paths import TESTS

import ldn_kg
from ldn_kg.errors import InvalidData, LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import iri
from ldn_kg.publish.release import croissant, metadata
from ldn_kg.publish.release import tables as tables_module
from ldn_kg.publish.release.media import described, media
from ldn_kg.publish.release.tables import known_tables

pytestmark = pytest.mark.xdist_group("release")

# What the RO-Crate specification recommends and what is not so: our IRIs do not resolve yet (51.1),
# nobody has registered the contributors with ROR (89.0), there is no address of theirs to give.
NOT_SO = {f"ro-crate-1.2_{number}" for number in ("51.1", "89.0", "90.1", "93.0")}


def _csv(release: Path, name: str) -> list[dict[str, str]]:
    content = (release / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(content)))


def _tsv(release: Path, name: str) -> list[dict[str, str]]:
    content = (release / "kgx" / f"ldn-kg_{name}.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(content), delimiter="\t"))


def _instances(kg: Dataset, kind: str) -> set[str]:
    found = kg.rows(f"SELECT ?record WHERE {{ ?record a {kind} }}")
    assert found
    return {row["record"] for row in found}


@pytest.mark.parametrize(
    "name, kind",
    [
        ("studies", "ldn:Study"),
        ("results", "ldn:Result"),
        ("claims", "ldn:Claim"),
        ("evidence-lines", "ldn:EvidenceLine"),
    ],
)
def test_a_table_has_a_row_for_each_record(
    name: str, kind: str, release: Path, kg: Dataset
) -> None:
    found = [row["iri"] for row in _csv(release, name)]
    assert len(found) == len(set(found))
    assert set(found) == _instances(kg, kind)


def test_the_doses_are_all_there(release: Path, kg: Dataset) -> None:
    found = [row["iri"] for row in _csv(release, "doses")]
    with_dose = kg.rows("SELECT ?arm WHERE { ?arm a ldn:Arm ; ldn:dose ?dose }")
    expected = {row["arm"] for row in with_dose}
    expected |= _instances(kg, "ldn:RegimenStep") | _instances(kg, "ldn:DoseWindow")
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_every_study_is_in_every_table_that_has_something_of_it(release: Path, kg: Dataset) -> None:
    """A study without results, lines or doses has none in the graph either."""
    studies = {row["study"] for row in _csv(release, "studies")}
    for name, path in (
        ("results", "ldn:result"),
        ("evidence-lines", "^ldn:study"),
        ("doses", "ldn:arm/ldn:dose|ldn:arm?/ldn:regimen/ldn:step"),
    ):
        having = kg.rows(f"SELECT DISTINCT ?s WHERE {{ ?s a ldn:Study ; {path} ?part }}")
        expected = {row["s"].rpartition("/")[2] for row in having}
        found = {row["study"] for row in _csv(release, name)} - {""}
        assert found == expected
        assert found <= studies


def test_keys_of_other_tables_are_there(release: Path) -> None:
    keys = {name: {row[column] for row in _csv(release, name)} for name, column in _KEYS.items()}
    for line in _csv(release, "evidence-lines"):
        assert line["claim"] in keys["claims"]
        assert line["study"] in keys["studies"]
        assert set(filter(None, line["results"].split("; "))) <= keys["results"]


_KEYS = {"studies": "study", "claims": "claim", "results": "result"}


def test_cells_of_a_table_are_of_their_kind(release: Path) -> None:
    for table in known_tables().values():
        found = _csv(release, table.name)
        assert list(found[0]) == [column.name for column in table.columns]
        for column in table.columns:
            cells = [row[column.name] for row in found if row[column.name]]
            assert cells, f"{table.name} has nothing in {column.name}"
            for cell in cells:
                assert _is(column.kind, cell), (table.name, column, cell)


def _is(kind: str, cell: str) -> bool:
    if kind in ("integer", "decimal"):
        return Decimal(cell).is_finite() and (kind == "decimal" or cell.lstrip("-").isdigit())
    if kind == "boolean":
        return cell in ("true", "false")
    return kind == "text" or (kind == "url" and cell.startswith("http"))


def test_figures_in_the_tables_are_those_of_the_studies(release: Path) -> None:
    """Typed from the file of the study: 6 mg against placebo, 49 and 50 women, 12 weeks."""
    (study,) = [row for row in _csv(release, "studies") if row["study"] == "bruun2024"]
    assert (study["randomised"], study["femalePercent"], study["year"]) == ("99", "100", "2024")
    assert (study["design"], study["pmids"]) == ("randomised parallel trial", "38258677")
    assert study["registrations"] == "EudraCT 2019-000702-30; NCT04270877"
    arms = {row["dose"]: row for row in _csv(release, "doses") if row["study"] == "bruun2024"}
    arm = arms["bruun2024-arm-naltrexone"]
    assert (arm["min"], arm["max"], arm["unit"], arm["dailyMax"]) == ("6", "6", "mg", "6")
    assert (arm["frequency"], arm["duration"]) == ("once daily", "12 weeks")


def test_a_column_without_a_meaning_is_refused(
    kg: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "odd.rq"
    path.write_text(
        "# Odd\nSELECT\n  ?study # text: key\n  ?label\nWHERE { ?study rdfs:label ?label }",
        encoding="utf-8",
    )
    monkeypatch.setattr(tables_module, "files", lambda *_: (path,))
    with pytest.raises(LdnKgError, match="The table odd has a column without its kind and meaning"):
        tables_module.table(kg, "odd")


def test_croissant_is_accepted_without_a_warning(
    release: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = mlcroissant.Dataset(release / "croissant.json")
    issues = dataset.metadata.issues
    assert not issues.errors
    assert not issues.warnings
    assert not caplog.records
    assert len(dataset.metadata.record_sets) == len(known_tables()) == 5


def test_croissant_reads_the_tables(release: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, within the library
        local = {
            f"tables/{name}.csv": str(release / "tables" / f"{name}.csv") for name in known_tables()
        }
        dataset = mlcroissant.Dataset(release / "croissant.json", mapping=local)
        for name in known_tables():
            read = list(dataset.records(name))
            assert len(read) == len(_csv(release, name)) > 0
    (study,) = [r for r in dataset.records("studies") if r["studies/study"] == b"bruun2024"]
    assert study["studies/randomised"] == 99


def test_croissant_finds_a_fault(release: Path, tmp_path: Path) -> None:
    document = json.loads((release / "croissant.json").read_text(encoding="utf-8"))
    document["recordSet"][0]["field"][0]["source"]["fileObject"]["@id"] = "tables/none.csv"
    path = tmp_path / "croissant.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(path)


def test_every_kind_of_column_has_a_croissant_type() -> None:
    kinds = {column.kind for table in known_tables().values() for column in table.columns}
    assert kinds == croissant._KINDS.keys()


@pytest.fixture
def crate_context(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Give the validator the context of RO-Crate 1.2 from a file: there is no network in tests."""
    path = TESTS / "vocabularies" / "ro-crate-1.2.json"

    def get(_: HttpRequester, address: str, **__: object) -> requests.Response:
        response = requests.Response()
        response.status_code = 404
        if address == "https://w3id.org/ro/crate/1.2/context":
            response.status_code, response._content = 200, path.read_bytes()
            response.headers["Content-Type"] = "application/ld+json"
        return response

    monkeypatch.setattr(HttpRequester, "get", get, raising=False)
    _prepare_once(monkeypatch)
    context: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return context


def _prepare_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rdflib parse a query of the validator once, and not for each node that it looks at."""
    answer, prepared = SPARQLProcessor.query, dict[tuple[Any, ...], Any]()

    def query(self: SPARQLProcessor, text: str, bound: Any, names: Any, **more: Any) -> Any:
        known = (text, *sorted(names.items()))
        if known not in prepared:
            prepared[known] = prepareQuery(text, names)
        return answer(self, prepared[known], bound, names, **more)

    monkeypatch.setattr(SPARQLProcessor, "query", query)


def _crate_issues(folder: Path) -> set[str]:
    settings = services.ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier="ro-crate-1.2",
        requirement_severity=models.Severity.RECOMMENDED,
        offline=True,
    )
    return {issue.check.identifier for issue in services.validate(settings).get_issues()}


def test_the_crate_is_accepted(release: Path, crate_context: dict[str, Any]) -> None:
    document = json.loads((release / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    keys = {key for entity in document["@graph"] for key in entity if not key.startswith("@")}
    assert not keys - crate_context["@context"].keys()
    assert _crate_issues(release) == NOT_SO


def test_the_crate_with_a_fault_is_not(
    release: Path, tmp_path: Path, crate_context: dict[str, Any]
) -> None:
    document = json.loads((release / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    root = next(entity for entity in document["@graph"] if entity["@id"] == "./")
    root["hasPart"] = []
    del root["license"]
    document["@graph"] = [e for e in document["@graph"] if e["@type"] != "File"]
    (tmp_path / "ro-crate-metadata.json").write_text(json.dumps(document), encoding="utf-8")
    assert _crate_issues(tmp_path) > NOT_SO


def test_the_crate_names_each_file(release: Path) -> None:
    document = json.loads((release / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    named = {entity["@id"] for entity in document["@graph"] if entity["@type"] == "File"}
    files = {p.relative_to(release).as_posix() for p in release.rglob("*") if p.is_file()}
    assert files - named == {"ro-crate-metadata.json", "SHA256SUMS"}
    assert named <= files


def test_every_file_is_said_to_be_something(release: Path) -> None:
    names = [p.relative_to(release).as_posix() for p in release.rglob("*") if p.is_file()]
    for name in names:
        if name not in ("ro-crate-metadata.json", "SHA256SUMS"):
            assert described(name).endswith(f", as {media(name).name}.")


def test_nodes_and_edges_are_of_the_biolink_model(release: Path) -> None:
    nodes, edges = _tsv(release, "nodes"), _tsv(release, "edges")
    assert len(nodes) > 100
    assert len(edges) > 100
    for node in nodes:
        _biolink(node)
    for edge in edges:
        _biolink({key: edge[key] for key in edge if not key.startswith("ldn_")})
        assert edge["predicate"].removeprefix("biolink:") in PREDICATES


# As in the Biolink Model 4.4.4; the ladder of treatment without `treats` itself, which wants an
# approval or an established use.
PREDICATES = {
    "affects",
    "applied_to_treat",
    "has_adverse_event",
    "in_clinical_trials_for",
    "in_preclinical_trials_for",
    "studied_to_treat",
}


def _biolink(row: dict[str, str]) -> None:
    """Make an object of the row's class: a wrong property or value is an exception."""
    facts: dict[str, Any] = {key: value for key, value in row.items() if value}
    for key in ("category", "publications", "xref", "provided_by"):
        if key in facts:
            facts[key] = facts[key].split("|")
    getattr(biolink, row["category"].removeprefix("biolink:"))(**facts)


def test_biolink_refuses_what_it_does_not_know(release: Path) -> None:
    edge = _tsv(release, "edges")[0]
    row = {key: edge[key] for key in edge if not key.startswith("ldn_")}
    for spoilt in ({"knowledge_level": "certain"}, {"dose": "4.5"}):
        with pytest.raises(ValueError, match="validation error"):
            _biolink(row | spoilt)


def test_edges_join_nodes_and_each_node_is_one_thing(release: Path) -> None:
    ids = [node["id"] for node in _tsv(release, "nodes")]
    assert len(ids) == len(set(ids))
    ends = {edge[end] for edge in _tsv(release, "edges") for end in ("subject", "object")}
    assert ends == set(ids)


def test_an_edge_is_the_weakest_that_is_true(release: Path, kg: Dataset) -> None:
    """Typed from the studies: trials in fibromyalgia, cases only in Darier disease."""
    edges = {edge["id"]: edge for edge in _tsv(release, "edges")}
    for claim, predicate in (
        ("ldn-fibromyalgia", "in_clinical_trials_for"),
        ("ldn-darier-disease", "applied_to_treat"),
    ):
        assert edges[f"ldnkg.claim:{claim}"]["predicate"] == f"biolink:{predicate}"
    assert edges["ldnkg.claim:ldn-fibromyalgia"]["object"] == "MONDO:0005546"
    standing = {row["claim"]: row["status"] for row in _csv(release, "claims")}
    kinds = {row["claim"]: row["kind"] for row in _csv(release, "claims")}
    for name, edge in edges.items():
        claim = name.partition(":")[2]
        assert edge["ldn_status"] == standing[claim]
        if kinds[claim] != "efficacy claim":
            assert standing[claim] in ("supported", "contested")
        assert standing[claim] != "retracted"


def _nanopubs(release: Path) -> dict[str, list[Quad]]:
    found: dict[str, list[Quad]] = defaultdict(list)
    for quad in parse(path=str(release / "nanopubs.trig"), format=RdfFormat.TRIG):
        found[quad.graph_name.value.partition("#")[0]].append(quad)
    return found


def _read(quads: list[Quad]) -> Nanopub:
    return Nanopub(rdf=_conjunctive(quads))


def _conjunctive(quads: list[Quad]) -> Any:
    from rdflib import ConjunctiveGraph  # what the library takes

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        graph = ConjunctiveGraph()
        graph.parse(data=serialize(quads, format=RdfFormat.N_QUADS), format="nquads")
        return graph


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_each_claim_is_a_nanopublication_with_its_own_digest(release: Path, kg: Dataset) -> None:
    found = _nanopubs(release)
    claims = set()
    for quads in found.values():
        nanopub = _read(quads)
        assert nanopub.is_valid
        assert nanopub.has_valid_trusty
        claims |= {q.subject.value for q in quads if q.predicate == iri("ldn:status")}
    assert claims == _instances(kg, "ldn:Claim")
    assert len(found) == len(claims)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_changed_nanopublication_is_found_out(release: Path) -> None:
    quads = next(iter(_nanopubs(release).values()))
    status = next(q for q in quads if q.predicate == iri("ldn:status"))
    other = Quad(status.subject, status.predicate, NamedNode("urn:other"), status.graph_name)
    spoilt = [other if q == status else q for q in quads]
    with pytest.raises(MalformedNanopubError, match="not valid"):
        _read(spoilt).has_valid_trusty  # noqa: B018 - the access is what raises


def test_a_nanopublication_says_where_the_claim_stands(release: Path) -> None:
    """No assertion without its status, and no status of a claim with lines without its lines."""
    for name, quads in _nanopubs(release).items():
        parts = defaultdict(set)
        for quad in quads:
            parts[quad.graph_name.value.partition("#")[2]].add(quad.predicate)
        assert iri("ldn:status") in parts["assertion"], name
        assert iri("prov:wasDerivedFrom") in parts["provenance"], name
        assert {iri("dcterms:creator"), iri("dcterms:license")} <= parts["pubinfo"], name
        if iri("ldn:evidenceLevel") in parts["assertion"]:
            assert iri("ldn:direction") in parts["provenance"], name


def test_the_questions_are_sparql_examples(release: Path) -> None:
    graph = Graph().parse(release / "queries" / "examples.ttl")
    nodes = set(graph.subjects(RDF.type, SH.SPARQLExecutable))
    assert {str(n).rpartition("/")[2] for n in nodes} == ldn_kg.questions().keys()
    for node in nodes:
        question = ldn_kg.questions()[str(node).rpartition("/")[2]]
        assert str(graph.value(node, SH.select)) == question.sparql
        assert (node, RDF.type, SH.SPARQLSelectExecutable) in graph


def test_a_description_that_breaks_the_profile_is_not_written(
    kg: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ldn-kg.ttl").write_bytes(b"")
    shared = [name for name in metadata._SHARED if name != iri("dcterms:license")]
    monkeypatch.setattr(metadata, "_SHARED", shared)
    with pytest.raises(InvalidData, match="licence"):
        metadata.description(kg, "turtle", tmp_path)


def test_an_edge_cites_the_papers_of_its_lines_only(release: Path, kg: Dataset) -> None:
    """A study without a paper must not be joined with the papers of all others."""
    papers: dict[str, set[str]] = defaultdict(set)
    for row in kg.rows("SELECT ?study ?paper WHERE { ?study ldn:publication ?paper }"):
        papers[row["study"]].add(row["paper"])
    most: dict[str, int] = defaultdict(int)
    for row in kg.rows(
        "SELECT DISTINCT ?claim ?study WHERE { ?l ldn:claim ?claim ; ldn:study ?study }"
    ):
        most[row["claim"].rpartition("/")[2]] += max(1, len(papers[row["study"]]))
    edges = _tsv(release, "edges")
    assert len(edges) > 100
    for edge in edges:
        claim = edge["id"].partition(":")[2]
        assert 0 < len(edge["publications"].split("|")) <= most[claim], claim
