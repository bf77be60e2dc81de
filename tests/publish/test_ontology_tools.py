"""ROBOT and the lists of FOOPS! take the ontology as a release has it.

ROBOT (https://robot.obolibrary.org) is what the OBO Foundry checks its ontologies with: whether
they are OWL 2 DL, how well their terms are described, and what reasoners make of them. FOOPS!
(https://w3id.org/foops) asks which metadata an ontology has. It reads only what is published, so
what it looks for is looked for here; what it cannot find yet stands in docs/fair.md.
"""

import csv
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize
from support.paths import TESTS
from support.robot import JARS, Done, require, robot

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, LDN, LDNC, iri
from ldn_kg.publish.release import artefacts
from ldn_kg.publish.release.metadata import address, version_of
from ldn_kg.publish.release.ontology import ONTOLOGY

in_robot = pytest.mark.xdist_group("robot")  # one worker, so that Java is started once

TERMS = "ontology/ldn.ttl"
HEADER = NamedNode(f"{BASE}ontology")
DL = ("validate-profile", "--profile", "DL")
IN_DL = "[Ontology and imports closure in profile]"
# Rules of ROBOT's report in whose place our own stand, which say why.
OWN_RULES = {"missing_label", "missing_definition"}


@pytest.fixture(scope="module")
def files(kg: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the two files of a release that are ontologies, and return the folder."""
    folder = tmp_path_factory.mktemp("files")
    for name in (TERMS, ONTOLOGY):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(artefacts(kg)[name](folder))
    return folder


@pytest.fixture(scope="module")
def triples(files: Path) -> list[Triple]:
    """Return the triples of the whole ontology."""
    read = parse((files / ONTOLOGY).read_bytes(), format=RdfFormat.RDF_XML)
    return [quad.triple for quad in read]


def _report(ontology: Path, folder: Path) -> tuple[str | Path, ...]:
    """Return the command that reports on our terms by ROBOT's own rules but for two."""
    with zipfile.ZipFile(next(JARS.glob("robot-core-*.jar"))) as jar:
        rules = jar.read("report_profile.txt").decode().splitlines()
    kept = [rule for rule in rules if rule.split("\t")[1] not in OWN_RULES]
    assert len(rules) - len(kept) == len(OWN_RULES)
    ours = [f"ERROR\tfile://{TESTS}/publish/robot/{name}.rq" for name in sorted(OWN_RULES)]
    profile = folder / "profile.txt"
    profile.write_text("\n".join([*kept, *ours]) + "\n", encoding="utf-8")
    options = ("--base-iri", BASE, "--fail-on", "none", "--output", folder / "report.tsv")
    return "report", "--input", ontology, "--profile", profile, *options


def _errors(folder: Path) -> set[tuple[str, str]]:
    """Return the rule and the subject of each error that ROBOT reported."""
    with (folder / "report.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert rows, "not even a class without a super-class is reported"
    return {(Path(r["Rule Name"]).stem, r["Subject"]) for r in rows if r["Level"] == "ERROR"}


@pytest.fixture(scope="module")
def checked(files: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """Ask all of the whole ontology in one Java: what ROBOT said, and the folder where it wrote."""
    require()
    folder = tmp_path_factory.mktemp("robot")
    done = robot(
        *_report(files / ONTOLOGY, folder),
        *(*DL, "--output", "dl.txt"),
        *("reason", "--reasoner", "ELK", "--output", "elk.ttl"),
        *("reason", "--reasoner", "HermiT", "--output", "hermit.ttl"),
        cwd=folder,
    )
    return done, folder


def _said_of_dl(folder: Path) -> str:
    return (folder / "dl.txt").read_text(encoding="utf-8").strip()


@in_robot
def test_the_terms_alone_are_owl_2_dl(files: Path, tmp_path: Path) -> None:
    done = robot(*DL, "--input", files / TERMS, "--output", "dl.txt", cwd=tmp_path)
    assert done.returncode == 0, done
    assert _said_of_dl(tmp_path).endswith(IN_DL)


@in_robot
def test_the_whole_ontology_is_owl_2_dl(checked: tuple[Done, Path]) -> None:
    done, folder = checked
    assert (folder / "dl.txt").is_file(), done
    assert _said_of_dl(folder).endswith(IN_DL)


@in_robot
def test_the_report_has_no_error(checked: tuple[Done, Path]) -> None:
    done, folder = checked
    assert (folder / "report.tsv").is_file(), done
    assert not _errors(folder)


@in_robot
@pytest.mark.parametrize("reasoner", ["elk", "hermit"])
def test_a_reasoner_finds_no_contradiction(
    reasoner: str, checked: tuple[Done, Path], triples: list[Triple]
) -> None:
    """And no class that can have no members: ROBOT refuses both."""
    done, folder = checked
    assert done.returncode == 0, done
    reasoned = parse((folder / f"{reasoner}.ttl").read_bytes(), format=RdfFormat.TURTLE)
    classes = {t.subject for t in triples if t.object == iri("owl:Class")}
    assert classes
    assert classes <= {quad.subject for quad in reasoned}


def _wrong(triples: list[Triple], folder: Path) -> Path:
    path = folder / "wrong.owl"
    path.write_bytes(serialize(triples, format=RdfFormat.RDF_XML) or b"")
    return path


@in_robot
def test_robot_finds_what_is_wrong_with_terms(triples: list[Triple], tmp_path: Path) -> None:
    """A property that is not declared, a concept without words, and one label of two terms."""
    label, dropped = iri("rdfs:label"), (iri("skos:prefLabel"), iri("skos:definition"))
    drug, oral, undeclared = iri("ldn:drug"), iri("ldnc:oral"), iri("schema:domainIncludes")
    kept = [t for t in triples if t.subject != undeclared]
    kept = [t for t in kept if (t.subject, t.predicate) != (drug, label)]
    kept = [t for t in kept if t.subject != oral or t.predicate not in dropped]
    wrong = _wrong([*kept, Triple(drug, label, Literal("drug", language="en"))], tmp_path)
    done = robot(*_report(wrong, tmp_path), *DL, "--output", "dl.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert f"Use of undeclared annotation property: {undeclared}" in _said_of_dl(tmp_path)
    assert _errors(tmp_path) == {
        ("duplicate_label", f"{LDN}Drug"),
        ("duplicate_label", f"{LDN}drug"),
        ("missing_definition", f"{LDNC}oral"),
        ("missing_label", f"{LDNC}oral"),
    }


@in_robot
def test_robot_finds_a_class_that_can_have_no_members(
    triples: list[Triple], tmp_path: Path
) -> None:
    fault = Triple(iri("ldn:Drug"), iri("owl:disjointWith"), iri("schema:Drug"))
    wrong = _wrong([*triples, fault], tmp_path)
    done = robot("reason", "--reasoner", "HermiT", "--input", wrong, cwd=tmp_path)
    assert done.returncode == 1
    assert f"unsatisfiable: {LDN}Drug" in done.stdout + done.stderr


def _header(triples: list[Triple]) -> dict[str, Any]:
    """Map each property of the ontology itself to its value; none of them has two."""
    said = [t for t in triples if t.subject == HEADER and t.predicate != iri("rdf:type")]
    found = {t.predicate: t.object for t in said}
    assert len(found) == len(said)
    return {predicate.value: value.value for predicate, value in found.items()}  # type: ignore[union-attr]


# What FOOPS! 0.3.2 looks for, by its tests: of the properties that each takes, the one we have.
FOOPS = {
    "OM1": (
        *("dcterms:title", "dcterms:description", "dcterms:license", "dcterms:creator"),
        *("owl:versionIRI", "vann:preferredNamespaceUri"),
    ),
    "OM2": (
        *("vann:preferredNamespacePrefix", "owl:versionInfo", "dcterms:created"),
        "dcterms:bibliographicCitation",
    ),
    "OM3": ("dcterms:publisher", "bibo:status", "dcterms:issued", "dcterms:modified"),
    "OM4.1": ("dcterms:license",),
    "OM5.1": ("dcterms:creator", "dcterms:created"),
    "OM5.2": ("dcterms:issued", "dcterms:publisher"),
    "FIND1": ("vann:preferredNamespacePrefix",),
    "VER1": ("owl:versionIRI", "owl:versionInfo"),
}


@pytest.mark.parametrize("test", FOOPS)
def test_the_header_has_what_foops_looks_for(test: str, triples: list[Triple]) -> None:
    assert {iri(name).value for name in FOOPS[test]} <= _header(triples).keys()


def test_the_version_of_the_ontology_is_that_of_the_dataset(
    kg: Dataset, triples: list[Triple]
) -> None:
    header, (_, number) = _header(triples), version_of(kg)
    assert header[iri("owl:versionInfo").value] == number
    assert header[iri("owl:versionIRI").value] == address(number, ONTOLOGY) != HEADER.value
    assert number in header[iri("dcterms:bibliographicCitation").value]
    assert header[iri("vann:preferredNamespaceUri").value] == LDN


def test_each_term_has_a_label_and_a_comment_and_others_are_used(triples: list[Triple]) -> None:
    """As VOC3 and VOC4 of FOOPS! want of our terms; terms of others are there, as VOC2 wants."""
    kinds = {iri(f"owl:{kind}") for kind in ("Class", "ObjectProperty", "DatatypeProperty")}
    terms = {t.subject for t in triples if t.object in kinds}
    ours = {term for term in terms if term.value.startswith(LDN)}  # type: ignore[union-attr]
    assert len(ours) > 200 and terms - ours
    for name in ("rdfs:label", "rdfs:comment"):
        assert ours <= {t.subject for t in triples if t.predicate == iri(name)}


def test_a_comment_says_what_the_definition_says(kg: Dataset, triples: list[Triple]) -> None:
    said = {name: set[tuple[Any, Any]]() for name in ("skos:definition", "rdfs:comment")}
    for triple in triples:
        for name, pairs in said.items():
            if triple.predicate == iri(name):
                pairs.add((triple.subject, triple.object))
    assert said["skos:definition"] == said["rdfs:comment"]
    everywhere = kg.rows("SELECT ?term { ?term skos:definition ?words }")
    assert len(everywhere) == len(said["rdfs:comment"]) > 500


def test_the_ontology_holds_every_term_and_concept(kg: Dataset, triples: list[Triple]) -> None:
    """And of other vocabularies what is declared, but not the labels of all that records name."""
    vocabulary = {quad.subject for quad in kg.triples("vocabulary")}
    ours = {term for term in vocabulary if term.value.startswith(BASE)}  # type: ignore[union-attr]
    subjects = {t.subject for t in triples}
    assert ours < subjects
    others = {s for s in subjects if not s.value.startswith(BASE)}  # type: ignore[union-attr]
    assert others == {t.subject for t in triples if t.predicate == iri("rdf:type")} - ours
