"""What is published beside the graph: each kind of file passes the checker of its field.

The checkers are other people's: Croissant's own library, the RO-Crate validator, the nanopub
library, the classes of the Biolink Model. None of them had a part in making the files.
"""

import csv
import io
import json
import math
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
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse, serialize
from rdflib import RDF, SH, Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.processor import SPARQLProcessor
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester
from support.paths import TESTS

import ldn_kg
from ldn_kg.errors import InvalidData, LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, iri
from ldn_kg.publish.release import croissant, kgx, metadata
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
        ("arms", "ldn:Arm"),
    ],
)
def test_a_table_has_a_row_for_each_record(
    name: str, kind: str, release: Path, kg: Dataset
) -> None:
    found = [row["iri"] for row in _csv(release, name)]
    assert len(found) == len(set(found))
    assert set(found) == _instances(kg, kind)


@pytest.mark.parametrize(
    "name, property_",
    [
        ("syntheses", "ldn:synthesisOf"),
        ("included-results", "ldn:contributesTo"),
        ("kept-out-results", "ldn:keptOut"),
    ],
)
def test_a_table_has_a_row_for_each_answer_and_what_it_rests_on(
    name: str, property_: str, release: Path, kg: Dataset
) -> None:
    expected = kg.rows(f"SELECT DISTINCT ?record WHERE {{ ?record {property_} ?other }}")
    found = [row["iri"] for row in _csv(release, name)]
    assert len(found) == len(set(found)) > 50
    assert set(found) == {row["record"] for row in expected}


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
        ("arms", "ldn:arm"),
        ("included-results", "^ldn:study/ldn:contributesTo"),
        ("kept-out-results", "^ldn:study/ldn:keptOut"),
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
    for name in ("included-results", "kept-out-results"):
        for row in _csv(release, name):
            assert row["claim"] in keys["claims"]
            assert row["result"] in keys["results"]
    assert {row["claim"] for row in _csv(release, "syntheses")} <= keys["claims"]
    assert {row["synthesis"] for row in _csv(release, "included-results")} == keys["syntheses"]


_KEYS = {"studies": "study", "claims": "claim", "results": "result", "syntheses": "synthesis"}
# No study gives it yet; no scale has three trials to pool yet; no search was counted when made.
_EMPTY = {
    ("results", "comparatorSE"),
    ("searches", "recordsExcluded"),
    ("searches", "recordsFound"),
    ("searches", "words"),
    ("syntheses", "tauSquared"),
}


def test_cells_of_a_table_are_of_their_kind(release: Path) -> None:
    for table in known_tables().values():
        found = _csv(release, table.name)
        assert list(found[0]) == [column.name for column in table.columns]
        for column in table.columns:
            cells = [row[column.name] for row in found if row[column.name]]
            assert bool(cells) == ((table.name, column.name) not in _EMPTY), column.name
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
    arms = {row["role"]: row for row in _csv(release, "arms") if row["study"] == "bruun2024"}
    treated, control = arms["experimental arm"], arms["placebo arm"]
    assert (treated["drugs"], treated["dailyMax"], treated["randomised"]) == (
        "naltrexone",
        "6",
        "49",
    )
    assert (control["drugs"], control["max"], control["randomised"]) == ("", "", "50")


def test_a_claim_begins_with_its_answer(release: Path) -> None:
    """The columns after the identifiers; a claim on a mechanism has its levels instead."""
    claims = {row["claim"]: row for row in _csv(release, "claims")}
    assert list(claims["ldn-fibromyalgia"])[:5] == ["claim", "iri", "answer", "status", "certainty"]
    for row in claims.values():
        assert bool(row["answer"]) == (row["kind"] in ("efficacy claim", "safety claim"))
        assert bool(row["certainty"]) <= bool(row["answer"])
        assert bool(row["supportingStudies"]) != bool(row["answer"])
    crohns = claims["ldn-crohns-disease"]
    assert crohns["answer"].startswith("Crohn's disease with low-dose naltrexone: benefit possible")
    assert (crohns["status"], crohns["certainty"]) == ("benefit possible", "low")
    assert (crohns["decidingSyntheses"], crohns["trials"], crohns["participants"]) == (
        "2",
        "1",
        "40",
    )


def test_a_result_that_enters_has_the_figures_of_its_study(release: Path) -> None:
    """Typed from data/studies/bruun2024.ttl; the standard error by hand, (0.27 + 0.95) / 3.9199."""
    (row,) = [
        row
        for row in _csv(release, "included-results")
        if (row["synthesis"], row["study"]) == ("ldn-fibromyalgia-pain-intensity", "bruun2024")
    ]
    assert (row["yi"], row["sei"], row["errorFrom"]) == ("-0.34", "0.3112", "interval")
    assert (row["n1"], row["m1"], row["sd1"]) == ("49", "-1.3", "")
    assert (row["n2"], row["m2"], row["sd2"]) == ("50", "-0.9", "")
    assert (row["measure"], row["unit"], row["participants"]) == ("mean difference", "points", "99")
    assert (row["valueKind"], row["readAs"]) == ("mean change", "abstract")
    # 41 of 49 against 43 of 50 with any adverse event, in the same file.
    (events,) = [
        row
        for row in _csv(release, "included-results")
        if (row["synthesis"], row["study"]) == ("ldn-any-adverse-event", "bruun2024")
    ]
    assert (events["events1"], events["n1"], events["events2"], events["n2"]) == (
        "41",
        "49",
        "43",
        "50",
    )
    assert math.isclose(float(events["yi"]), math.log(41 / 49 / (43 / 50)), abs_tol=1e-4)


def test_the_results_that_enter_give_the_pool_again(release: Path) -> None:
    """By inverse variance, from the table alone; two trials are pooled by a common effect."""
    rows = defaultdict(list)
    for row in _csv(release, "included-results"):
        if row["weight"]:
            rows[row["synthesis"]].append(row)
    pooled = {row["synthesis"]: row for row in _csv(release, "syntheses") if row["estimate"]}
    assert rows.keys() == pooled.keys()
    for name, row in pooled.items():
        assert len(rows[name]) == int(row["pooledTrials"])
    common = [name for name, row in pooled.items() if row["poolingModel"] == "common effect"]
    assert "ldn-fibromyalgia-pain-intensity" in common
    for name in common:
        expected = [float(pooled[name][column]) for column in ("estimate", "ciLow", "ciHigh")]
        found = _pool(rows[name])
        assert [round(value, 2) for value in found] == [round(value, 2) for value in expected]


def _pool(rows: list[dict[str, str]]) -> list[float]:
    """Return the pooled value and its 95 % limits, of logarithms the ratio."""
    weights = [1 / float(row["sei"]) ** 2 for row in rows]
    shares = [100 * weight / sum(weights) for weight in weights]
    assert [round(share, 1) for share in shares] == [round(float(r["weight"]), 1) for r in rows]
    values = [float(row["yi"]) for row in rows]
    mean = sum(w * y for w, y in zip(weights, values, strict=True)) / sum(weights)
    reach = 1.959964 / math.sqrt(sum(weights))
    ends = [mean, mean - reach, mean + reach]
    ratio = rows[0]["measure"].startswith("logarithm")
    return [math.exp(end) for end in ends] if ratio else ends


def test_a_synthesis_says_what_lowers_its_certainty(release: Path) -> None:
    """From high for randomised trials, down by all steps, to very low at most."""
    levels = ["high", "moderate", "low", "very low"]
    domains = ("riskOfBias inconsistency indirectness imprecision publicationBias reading").split()
    rows = _csv(release, "syntheses")
    crohns = next(r for r in rows if r["synthesis"] == "ldn-crohns-disease-response")
    steps = [int(crohns[domain]) for domain in domains]
    assert levels[min(sum(steps), 3)] == crohns["certainty"] == "low"
    for row in rows:
        steps = [int(row[domain]) for domain in domains]
        assert all(0 <= step <= 2 for step in steps)
        # Not randomised: from low.
        assert row["certainty"] in (levels[min(sum(steps), 3)], levels[min(2 + sum(steps), 3)])
        assert bool(row["harm"]) != bool(row["outcome"])


def test_what_is_kept_out_has_a_reason(release: Path) -> None:
    """Typed from data/studies/smith2011.ttl: endoscopic response and remission are one outcome."""
    rows = _csv(release, "kept-out-results")
    assert all(row["reasons"] for row in rows)
    (row,) = [
        row for row in rows if (row["claim"], row["study"]) == ("ldn-crohns-disease", "smith2011")
    ]
    assert row["result"] == "smith2011-result-endoscopic-remission"
    assert row["reasons"] == "another result of the study"


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
    assert len(dataset.metadata.record_sets) == len(known_tables()) == 12


def test_croissant_says_how_the_data_may_mislead(release: Path, kg: Dataset) -> None:
    """Each number by another way than the query of it."""
    graph: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in kg.triples():
        graph[quad.subject.value][quad.predicate.value].add(quad.object.value)

    def those(class_: str, name: str = "rdf:type", value: str = "") -> list[dict[str, set[str]]]:
        found = [said for said in graph.values() if LDN + class_ in said[iri("rdf:type").value]]
        return [said for said in found if not value or LDNC + value in said[iri(name).value]]

    def total(name: str) -> int:
        return sum(int(n) for said in those("SecondReading") for n in said[LDN + name])

    figures = [LDN + name for name in ("experimentalValue", "experimentalCount", "estimate")]
    with_figure = [said for said in those("Result") if any(said[name] for name in figures)]
    compared = [said for said in those("SecondReading") if said[LDN + "compared"] - {"0"}]
    randomised = [
        study
        for design in ("randomised-parallel-trial", "randomised-crossover-trial")
        for study in those("Study", "ldn:design", design)
    ]
    silent = those("Study", "ldn:notReported", "no-result-published")
    said = json.loads((release / "croissant.json").read_text(encoding="utf-8"))
    for name, words in (
        ("dataCollection", f"{len(those('Study'))} published studies"),
        ("dataCollection", f"{len(those('Exclusion'))} reports that were looked at"),
        ("dataCollectionMissingData", f"{len(with_figure)} of {len(those('Result'))} results"),
        ("dataAnnotationAnalysis", f"for {len(those('SecondReading'))} studies"),
        ("dataAnnotationAnalysis", f"In {len(compared)} of them"),
        ("dataAnnotationAnalysis", f"{total('agreed')} of {total('compared')} agreed"),
        ("dataBiases", f"abstract {len(those('Result', 'ldn:readAs', 'abstract'))},"),
        ("dataBiases", f"article page {len(those('Result', 'ldn:readAs', 'article-page'))},"),
        ("dataBiases", f"{len(randomised)} of {len(those('Study'))} studies"),
        ("dataBiases", f"{len(silent)} registered studies"),
        (
            "personalSensitiveInformation",
            f"{len(those('Study', 'ldn:design', 'case-report'))} studies are case reports",
        ),
    ):
        assert words in " ".join(said[f"rai:{name}"]) or words in said[f"rai:{name}"], words
    (reader,) = said["rai:machineAnnotationTools"]
    assert "No person has read these records a second time" in reader
    read = mlcroissant.Dataset(release / "croissant.json").metadata
    assert read.data_biases == said["rai:dataBiases"]


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


def test_the_first_column_of_a_table_is_its_key(release: Path) -> None:
    """Croissant refers from other tables to it by its name."""
    names = [table.columns[0].name for table in known_tables().values()]
    assert len(names) == len(set(names))
    for table in known_tables().values():
        keys = [row[table.columns[0].name] for row in _csv(release, table.name)]
        assert all(keys)
        assert len(keys) == len(set(keys)), table.name


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
    # The page of the crate is the crate once more, and none of its data.
    assert files - named == {"ro-crate-metadata.json", "ro-crate-preview.html", "SHA256SUMS"}
    assert named <= files


def test_every_file_is_said_to_be_something(release: Path) -> None:
    names = [p.relative_to(release).as_posix() for p in release.rglob("*") if p.is_file()]
    for name in names:
        if name not in ("ro-crate-metadata.json", "SHA256SUMS"):
            assert described(name).endswith(f", as {media(name).name}.")


def test_nodes_and_edges_are_of_the_biolink_model(release: Path) -> None:
    nodes, edges = _tsv(release, "nodes"), _tsv(release, "edges")
    assert len(nodes) > 40
    assert len(edges) > 50
    for node in nodes:
        _biolink(node)
    for edge in edges:
        _biolink({key: edge[key] for key in edge if not key.startswith("ldn_")})
        assert edge["predicate"].removeprefix("biolink:") in PREDICATES


# As in the Biolink Model 4.4.4. None says that something is a treatment: `treats` wants an approval
# or an established use. The last ones lead from our names to public ones.
STUDIED = {"in_clinical_trials_for", "studied_to_treat", "applied_to_treat"}
MATCHES = {"broad_match", "close_match", "narrow_match"}
PREDICATES = (
    {"affects", "ameliorates_condition", "exacerbates_condition", "has_adverse_event"}
    | STUDIED
    | MATCHES
)
# Where our nodes have identifiers of others, and of what kind these may be.
PREFIXES_OF = {
    "ChemicalEntity": {"CHEBI", "UNII", "MESH"},
    "Polypeptide": {"CHEBI"},
    "Protein": {"UniProtKB", "MESH"},
    "PhenotypicFeature": {"HP", "MESH", "EFO"},
    "Disease": {"MONDO", "DOID"},
    "DiseaseOrPhenotypicFeature": {"MESH", "EFO"},
    "BiologicalProcess": {"GO"},
    "Cell": {"CL"},
    "BiologicalEntity": {"MESH"},
}


def _biolink(row: dict[str, str]) -> None:
    """Make an object of the row's class: a wrong property or value is an exception."""
    facts: dict[str, Any] = {key: value for key, value in row.items() if value}
    lists = ("category", "publications", "xref", "provided_by", "anatomical_context_qualifier")
    for key in lists:
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


def test_an_answer_is_an_edge(release: Path) -> None:
    """Typed from the study: a trial in Crohn's disease."""
    edges = {edge["id"]: edge for edge in _tsv(release, "edges")}
    crohns = edges["ldnkg.claim:ldn-crohns-disease"]
    assert (crohns["subject"], crohns["object"]) == ("CHEBI:7465", "MONDO:0005011")
    assert crohns["predicate"] == "biolink:ameliorates_condition"
    assert (crohns["negated"], crohns["ldn_certainty"]) == ("false", "low")
    assert crohns["publications"] == "PMID:21380937"
    standing = {row["claim"]: row for row in _csv(release, "claims")}
    compared = 0
    for name, edge in edges.items():
        if edge["predicate"].removeprefix("biolink:") in MATCHES:
            continue
        claim = standing[name.partition(":")[2]]
        assert edge["ldn_status"] == claim["status"]
        assert edge["ldn_certainty"] == claim["certainty"]
        assert edge["ldn_answer"] == claim["answer"]
        if claim["kind"] == "mechanism claim":
            assert claim["status"] == "observed"
            assert edge["negated"] == claim["negated"]
        compared += 1
    assert compared > 100


def test_what_was_tried_without_an_answer_says_no_more_than_that(release: Path) -> None:
    """Typed from the studies: trials in people with these, a case report, and only reviews."""
    edges = {edge["id"].partition(":")[2]: edge for edge in _tsv(release, "edges")}
    for claim, predicate, paper in (
        ("ldn-high-grade-glioma", "in_clinical_trials_for", "PMID:35001215"),
        ("ldn-hypothyroidism", "studied_to_treat", "PMID:33004044"),
        ("ldn-dermatomyositis", "applied_to_treat", "PMID:31329393"),
    ):
        edge = edges[claim]
        assert edge["predicate"] == f"biolink:{predicate}"
        assert edge["publications"] == paper
        assert (edge["knowledge_level"], edge["agent_type"]) == (
            "knowledge_assertion",
            "manual_agent",
        )
    for claim in ("ldn-cancer", "ldn-nociplastic-pain", "ldn-skin-disease"):
        assert claim not in edges
    lines = _csv(release, "evidence-lines")
    other = {"review", "not people", "another drug", "another dose, or none stated", "retracted"}
    people = {row["claim"] for row in lines if not other & set(row["setAside"].split("; "))}
    tried = {c for c, e in edges.items() if e["predicate"].removeprefix("biolink:") in STUDIED}
    assert len(tried) > 50
    assert tried <= people


def test_nodes_have_public_identifiers_of_their_kind(release: Path) -> None:
    nodes = {node["id"]: node for node in _tsv(release, "nodes")}
    public = {name for name in nodes if not name.startswith("ldnkg.")}
    assert len(public) >= 90
    assert len(public) / len(nodes) >= 0.75
    for name in public:
        kind = nodes[name]["category"].removeprefix("biolink:")
        assert name.partition(":")[0] in PREFIXES_OF[kind], name


def test_a_node_with_our_name_alone_leads_to_a_public_one_or_says_why_not(
    release: Path, kg: Dataset
) -> None:
    edges = _tsv(release, "edges")
    leads = {e["subject"]: e["object"] for e in edges if e["predicate"].endswith("_match")}
    assert not [end for end in leads.values() if end.startswith("ldnkg.")]
    nowhere = kg.rows("SELECT ?record WHERE { ?record ldn:noMatchReason ?why }")
    excused = {"ldnkg." + row["record"].removeprefix(BASE).replace("/", ":", 1) for row in nowhere}
    own = {n["id"] for n in _tsv(release, "nodes") if n["id"].startswith("ldnkg.")}
    assert own
    assert own <= leads.keys() | excused
    assert leads.keys() <= own


def test_a_respect_of_a_thing_is_a_qualifier(release: Path) -> None:
    edges = {edge["id"].partition(":")[2]: edge for edge in _tsv(release, "edges")}
    edge = edges["standard-dose-naltrexone-uraemic-pruritus"]
    assert (edge["object"], edge["disease_context_qualifier"]) == ("HP:0000989", "MONDO:0007008")
    assert edge["original_object"] == "ldnkg.condition:uraemic-pruritus"
    edge = edges["ldn-inhibits-phosphorylated-akt-mouse"]
    assert (edge["object"], edge["object_aspect_qualifier"]) == ("MESH:D051057", "phosphorylation")
    edge = edges["ldn-inhibits-microglial-glycolysis-in-vitro"]
    assert (edge["object"], edge["anatomical_context_qualifier"]) == ("GO:0006096", "CL:0000129")


def test_a_finding_in_animals_does_not_concern_the_human_protein(release: Path) -> None:
    species = defaultdict(set)
    for edge in _tsv(release, "edges"):
        if edge["predicate"] == "biolink:affects":
            species[edge["object"]].add(edge["species_context_qualifier"])
    assert species["UniProtKB:P35372"] == {"NCBITaxon:9606"}
    assert species["MESH:D017450"] == {"NCBITaxon:10090", "NCBITaxon:10116"}
    proteins = {name: found for name, found in species.items() if name.startswith("UniProtKB:")}
    assert len(proteins) > 5
    assert not {name for name, found in proteins.items() if found - {"NCBITaxon:9606", ""}}


# The predicate of a status, and if it is negated; None where there is no edge.
EDGES = {
    "benefit-shown": ("ameliorates_condition", "false"),
    "benefit-possible": ("ameliorates_condition", "false"),
    "little-or-no-benefit": ("ameliorates_condition", "true"),
    "little-or-no-benefit-possible": ("ameliorates_condition", "true"),
    "harm-shown": ("exacerbates_condition", "false"),
    "harm-possible": ("exacerbates_condition", "false"),
    "too-little-to-say": ("in_clinical_trials_for", "false"),
    "outcomes-differ": ("in_clinical_trials_for", "false"),
    "studies-disagree": ("in_clinical_trials_for", "false"),
    "only-uncontrolled": ("in_clinical_trials_for", "false"),
    "withdrawn": None,
    "more-often": ("has_adverse_event", "false"),
    "known-effect": ("has_adverse_event", "false"),
    "less-often": None,
    "no-clear-difference": None,
    "too-few-events": None,
    "not-compared": None,
}


@pytest.mark.parametrize("status", EDGES)
def test_the_status_decides_the_edge(status: str, kg: Dataset) -> None:
    harm = list(EDGES).index(status) >= list(EDGES).index("more-often")
    name = "ldn-any-adverse-event" if harm else "ldn-crohns-disease"
    claim = NamedNode(f"{BASE}claim/{name}")
    store = Store()
    store.extend(kg.triples())
    for quad in list(store.quads_for_pattern(claim, iri("ldn:status"), None, None)):
        store.remove(quad)
        store.add(Quad(claim, quad.predicate, iri(f"ldnc:{status}"), quad.graph_name))
    content = kgx.tsv(Dataset(store, ()), "edges").decode()
    edges = {r["id"]: r for r in csv.DictReader(io.StringIO(content), delimiter="\t")}
    edge = edges.get(f"ldnkg.claim:{name}")
    found = edge and (edge["predicate"].removeprefix("biolink:"), edge["negated"])
    assert found == EDGES[status]
    if edge:
        _biolink({key: edge[key] for key in edge if not key.startswith("ldn_")})


DESCRIBES = NamedNode("http://purl.org/nanopub/x/describes")
HAS_TYPE = NamedNode("http://purl.org/nanopub/x/hasNanopubType")


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
        claims |= {q.object.value for q in quads if q.predicate == DESCRIBES}
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
    synthesised = 0
    for name, quads in _nanopubs(release).items():
        parts = defaultdict(set)
        for quad in quads:
            parts[quad.graph_name.value.partition("#")[2]].add(quad.predicate)
        assert iri("ldn:status") in parts["assertion"], name
        assert iri("prov:wasDerivedFrom") in parts["provenance"], name
        assert iri("prov:wasAttributedTo") in parts["provenance"], name
        assert {iri("dcterms:creator"), iri("dcterms:license")} <= parts["pubinfo"], name
        assert {iri("rdfs:label"), DESCRIBES, HAS_TYPE} <= parts["pubinfo"], name
        (created,) = (q.object for q in quads if q.predicate == iri("dcterms:created"))
        assert created.datatype == iri("xsd:dateTime"), name  # a date is not read as a time
        if iri("ldn:evidenceLevel") in parts["assertion"]:
            assert iri("ldn:direction") in parts["provenance"], name
        if iri("ldn:synthesisOf") in parts["assertion"]:
            synthesised += 1
            assert {iri("ldn:answer"), iri("ldn:certainty")} <= parts["assertion"], name
            assert {iri("ldn:direction"), iri("prov:used")} <= parts["provenance"], name
    assert synthesised > 20


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
        metadata.description(kg, tmp_path)


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
    edges = [e for e in _tsv(release, "edges") if not e["predicate"].endswith("_match")]
    assert len(edges) > 50
    for edge in edges:
        claim = edge["id"].partition(":")[2]
        assert 0 < len(edge["publications"].split("|")) <= most[claim], claim
