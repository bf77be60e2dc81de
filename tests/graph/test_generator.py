"""The data that the measurements of growth are made with are of our shape, valid and as graded."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest
from benchmarks.generator import generate
from support.paths import TESTS

from ldn_kg.check.validation import Problem, validate
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.namespaces import BASE
from ldn_kg.graph.rules import derive, load

COPIES = 2
GENERATOR = TESTS / "benchmarks" / "generator.py"
# What people write, and so what is copied.
KINDS = """
    Arm BiasJudgement Claim Condition Discrepancy Dose Drug Duration EvidenceLine Exclusion
    Guidance ImportantDifference Instrument Passage Publication Regimen RegimenStep ResearchGroup
    Result Search SourceDocument Statement Study Symptom Target
""".split()
_COPY = re.compile(r"/x\d+-")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the command writes."""
    path = tmp_path_factory.mktemp("generated") / "copies.nq"
    subprocess.run([sys.executable, GENERATOR, str(COPIES), path], check=True, timeout=60)
    return path


@pytest.fixture(scope="module")
def copies(file: Path) -> Dataset:
    return derive(read(file, shipped=False))


@pytest.fixture(scope="module")
def shipped() -> Dataset:
    return load()


def _problems(lines: Iterable[str], path: Path) -> tuple[Problem, ...]:
    path.write_text("".join(lines), encoding="utf-8")
    return validate(load(path, shipped=False)).problems


def _number(dataset: Dataset, kind: str) -> int:
    count = "SELECT (COUNT(DISTINCT ?record) AS ?n) WHERE { ?record a ldn:%s }"
    return int(dataset.rows(count % kind)[0]["n"])


def test_the_copies_validate(copies: Dataset) -> None:
    assert validate(copies).problems == ()


def test_one_copy_is_the_shipped_data(tmp_path: Path, shipped: Dataset) -> None:
    path = tmp_path / "one.nq"
    path.write_text("".join(generate(1)), encoding="utf-8")
    assert set(load(path, shipped=False).store) == set(shipped.store)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_record_grows_with_the_copies(
    kind: str, copies: Dataset, shipped: Dataset
) -> None:
    assert _number(copies, kind) == COPIES * _number(shipped, kind) > 0


@pytest.mark.parametrize("name", ["bibo:doi", "bibo:pmid"])
def test_no_two_papers_share_an_identifier(name: str, copies: Dataset) -> None:
    found = [row["id"] for row in copies.rows(f"SELECT ?id WHERE {{ ?paper {name} ?id }}")]
    assert len(found) == len(set(found)) > 200


def test_no_link_joins_two_copies(copies: Dataset) -> None:
    """Copies that shared records would be denser than our data, and others would be slow."""
    links = "SELECT ?a ?b WHERE { ?a ?p ?b FILTER(isIRI(?b)) }"
    ours = re.compile(rf"{BASE}(?!concept/|ontology#|dataset|graph/)[a-z]+/(x\d+-)?")
    joined = 0
    for row in copies.rows(links):
        ends = [ours.match(row[end]) for end in "ab"]
        if all(ends):
            joined += 1
            assert ends[0][1] == ends[1][1], row  # type: ignore[index]
    assert joined > 10_000


def test_a_copied_claim_is_graded_as_the_first(copies: Dataset) -> None:
    grades: dict[str, set[tuple[str, ...]]] = {}
    names = ("status", "certainty", "level", "counter", "for", "beside", "awaited")
    for row in copies.rows(_GRADES):
        claim = _COPY.sub("/", row["claim"])
        grades.setdefault(claim, set()).add(tuple(row[name] for name in names))
    assert len(grades) > 200
    assert {claim: found for claim, found in grades.items() if len(found) > 1} == {}


def test_a_copied_synthesis_says_what_the_first_says(copies: Dataset) -> None:
    found: dict[str, set[tuple[str, ...]]] = {}
    names = ("trials", "people", "value", "low", "high", "finding", "certainty")
    for row in copies.rows(_SYNTHESES):
        synthesis = _COPY.sub("/", row["synthesis"])
        found.setdefault(synthesis, set()).add(tuple(row[name] for name in names))
    assert len(found) > 70
    assert {name: said for name, said in found.items() if len(said) > 1} == {}


_GRADES = """
SELECT ?claim ?status ?certainty ?level ?counter ?for ?beside ?awaited
WHERE {
  ?claim ldn:status ?status .
  FILTER EXISTS { ?claim a ldn:Claim }
  OPTIONAL { ?claim ldn:certainty ?certainty }
  OPTIONAL { ?claim ldn:evidenceLevel ?level }
  OPTIONAL { ?claim ldn:counterEvidenceLevel ?counter }
  OPTIONAL { ?claim ldn:supportingLines ?for }
  OPTIONAL { ?claim ldn:uncontrolledParticipants ?beside }
  OPTIONAL { ?claim ldn:awaitedParticipants ?awaited }
}
"""
_SYNTHESES = """
SELECT ?synthesis ?trials ?people ?value ?low ?high ?finding ?certainty
WHERE {
  ?synthesis ldn:synthesisOf ?claim ;
    ldn:trials ?trials ;
    ldn:finding ?finding ;
    ldn:certainty ?certainty .
  OPTIONAL { ?synthesis ldn:participants ?people }
  OPTIONAL {
    ?synthesis ldn:estimate ?value ;
      ldn:ciLow ?low ;
      ldn:ciHigh ?high .
  }
}
"""


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ("study/x1-younger2013", "ontology#design"),
        ("study/x1-younger2013-result-pain", "ontology#readAs"),
        ("claim/x1-ldn-fibromyalgia", "rdf-syntax-ns#object"),
        ("publication/x1-younger2013", "terms/issued"),
    ],
)
def test_a_copy_that_lacks_a_fact_is_invalid(
    record: str, name: str, file: Path, tmp_path: Path
) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    start = re.compile(rf"<{re.escape(BASE + record)}> <[^>]*{re.escape(name)}> ")
    kept = [line for line in lines if not start.match(line)]
    assert len(kept) < len(lines)
    found = _problems(kept, tmp_path / "broken.nq")
    assert BASE + record in {problem.record for problem in found}


def test_copies_under_one_identifier_are_invalid(file: Path, tmp_path: Path) -> None:
    line = re.compile(r'(publication/(?:x1-)?younger2013> <[^>]*bibo/doi> ")[^"]+')
    text, count = line.subn(r"\g<1>10.1002/art.37734", file.read_text(encoding="utf-8"))
    assert count == 2
    assert _problems([text], tmp_path / "same.nq")


def test_a_checkout_holds_what_the_file_holds(copies: Dataset, tmp_path: Path) -> None:
    subprocess.run([sys.executable, GENERATOR, str(COPIES), tmp_path], check=True, timeout=60)
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "LDN_KG_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "ldn_kg", "validate"]
    said = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True).stdout
    count, _, rest = said.strip().partition(" triples, ")
    assert rest.endswith(": no problems")
    assert int(count) == len(copies.store)


def test_lines_come_before_the_last_copy_is_made() -> None:
    """A file of any size needs the memory of one copy."""
    assert len(list(islice(generate(10**9), 100_000))) == 100_000
