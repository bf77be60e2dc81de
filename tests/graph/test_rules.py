"""The grading rules, on made-up studies: each case says what a person would compute by hand."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import Quad

import ldn_kg
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS, files
from ldn_kg.graph.rules import RULES, derive, rule

PREFIXES = """
@prefix ex: <https://example.org/> .
@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .
@prefix ldnc: <https://w3id.org/ldn-kg/concept/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@dataclass(frozen=True)
class Line:
    """One made-up study and its line on the claim."""

    direction: str = "supports"
    design: str = "randomised-parallel-trial"
    n: int = 200
    drug: str = ""
    dose: str = ""
    read_as: str = "abstract"
    retracted: bool = False
    part: int | None = None

    def turtle(self, name: str) -> str:
        """Write the study and its line."""
        part = "" if self.part is None else f"ldn:analysed {self.part} ;"
        retraction = "ldn:retracted true ;" if self.retracted else ""
        indirect = "".join(f"ldn:indirect ldnc:{x} ; " for x in (self.drug, self.dose) if x)
        return f"""
        ex:{name} a ldn:Study ; ldn:design ldnc:{self.design} ; ldn:analysed {self.n} ;
          ldn:publication ex:{name}-paper ; ldn:result ex:{name}-result .
        ex:{name}-paper a ldn:Publication ; {retraction} ldn:journal "Journal" .
        ex:{name}-result a ldn:Result ; ldn:readAs ldnc:{self.read_as} .
        ex:{name}-line a ldn:EvidenceLine ; ldn:claim ex:claim ; ldn:study ex:{name} ;
          ldn:direction ldnc:{self.direction} ; {part} {indirect} ldn:restsOn ex:{name}-result .
        """


def _graded(folder: Path, lines: list[Line], kind: str = "EfficacyClaim") -> Dataset:
    text = PREFIXES + f"ex:claim a ldn:{kind} .\n"
    text += "".join(line.turtle(f"study{at}") for at, line in enumerate(lines))
    path = folder / "made-up.ttl"
    path.write_text(text, encoding="utf-8")
    return derive(read(*files("ontology", ".ttl"), path, shipped=False))


def _facts(kg: Dataset, subject: str) -> dict[str, list[str]]:
    sparql = f"SELECT ?p ?o {{ <https://example.org/{subject}> ?p ?o }} ORDER BY ?p ?o"
    facts: dict[str, list[str]] = {}
    for row in ldn_kg.query(kg, sparql):
        name = row["p"].rpartition("#")[2].rpartition("/")[2]
        facts.setdefault(name, []).append(str(row["o"]).rpartition("/")[2])
    return facts


FOR, AGAINST, OPEN = "supports", "disputes", "inconclusive"
REVIEW = "systematic-review-of-randomised-trials"

# lines, then: status, level for, level against, reasons to lower the level for
CASES = {
    "no line": ([], "hypothesis", None, None, []),
    "a large trial for": ([Line()], "supported", "2", None, []),
    "a small trial for": ([Line(n=99)], "supported", "3", None, ["few-participants"]),
    "a hundred is enough": ([Line(n=100)], "supported", "2", None, []),
    "two small trials make a hundred": ([Line(n=50), Line(n=50)], "supported", "2", None, []),
    "the best design sets the level": (
        [Line(design="case-series"), Line(design="cohort-study")],
        *("supported", "3", None, []),
    ),
    "a review for": ([Line(design=REVIEW)], "supported", "1", None, []),
    "a review is not added to its trials": (
        [Line(design=REVIEW, n=60), Line(n=60)],
        *("supported", "2", None, ["few-participants"]),
    ),
    "the worst level stays": (
        [Line(design="animal-study", n=8)],
        *("supported", "5", None, ["few-participants"]),
    ),
    "against only": ([Line(AGAINST)], "disputed", None, "2", []),
    "on both sides": ([Line(), Line(AGAINST)], "contested", "3", "3", ["conflicting-lines"]),
    "small and on both sides is one step": (
        [Line(n=20), Line(AGAINST, n=20)],
        *("contested", "3", "3", ["conflicting-lines", "few-participants"]),
    ),
    "inconclusive": ([Line(OPEN)], "undecided", None, None, []),
    "inconclusive beside a trial for": ([Line(OPEN), Line()], "supported", "2", None, []),
    "silent": ([Line("silent")], "hypothesis", None, None, []),
    "another isomer": ([Line(drug="other-isomer")], "hypothesis", None, None, []),
    "a combination": ([Line(drug="combination-product")], "hypothesis", None, None, []),
    "another dose": ([Line(dose="other-dose")], "hypothesis", None, None, []),
    "a dose that is not stated": ([Line(dose="dose-not-stated")], "hypothesis", None, None, []),
    "an indirect line against does not contest": (
        [Line(), Line(AGAINST, dose="other-dose")],
        *("supported", "2", None, []),
    ),
    "secondary report only": ([Line(read_as="secondary-report")], "hypothesis", None, None, []),
    "retracted": ([Line(retracted=True)], "retracted", None, None, []),
    "retracted beside a standing trial": (
        [Line(retracted=True, design=REVIEW), Line()],
        *("supported", "2", None, []),
    ),
    "retracted, and disputed by a standing trial": (
        [Line(retracted=True), Line(AGAINST)],
        *("disputed", None, "2", []),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_status_and_levels(case: str, tmp_path: Path) -> None:
    lines, status, level, counter_level, lowered = CASES[case]
    facts = _facts(_graded(tmp_path, lines), "claim")
    assert facts["status"] == [status]
    assert facts.get("evidenceLevel") == ([f"ocebm-benefit-{level}"] if level else None)
    assert facts.get("counterEvidenceLevel") == (
        [f"ocebm-benefit-{counter_level}"] if counter_level else None
    )
    assert facts.get("lowered", []) == lowered


def test_participants_are_added_up_and_a_review_is_not_added_to_them(tmp_path: Path) -> None:
    lines = [Line(n=30), Line(n=40), Line(design=REVIEW, n=60), Line(AGAINST, n=7)]
    facts = _facts(_graded(tmp_path, lines), "claim")
    counts = [facts[f"supporting{what}"] for what in ("Lines", "Studies", "Participants")]
    assert counts == [["3"], ["3"], ["70"]]
    assert facts["disputingParticipants"] == ["7"]


def test_a_line_on_a_part_of_a_study_brings_that_part_only(tmp_path: Path) -> None:
    facts = _facts(_graded(tmp_path, [Line(n=200, part=21)]), "claim")
    assert facts["supportingParticipants"] == ["21"]
    assert facts["lowered"] == ["few-participants"]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        (Line(), "mechanism-1"),
        (Line(design="animal-study"), "mechanism-2"),
        (Line(design="in-vitro-study"), "mechanism-2"),
        (Line(drug="other-isomer"), "mechanism-3"),
        (Line(design="animal-study", dose="other-dose"), "mechanism-3"),
        (Line(design="narrative-review"), "mechanism-4"),
        (Line(design="narrative-review", dose="other-dose"), "mechanism-4"),
    ],
)
def test_mechanism_support(line: Line, level: str, tmp_path: Path) -> None:
    kg = _graded(tmp_path, [line], "MechanismClaim")
    assert _facts(kg, "study0-line")["designLevel"] == [level]


@pytest.mark.parametrize(
    ("line", "axes"),
    [
        (Line(), ["dose-axis", "drug-axis", "population-axis", "species-axis"]),
        (Line(drug="other-isomer"), ["dose-axis", "population-axis", "species-axis"]),
        (Line(dose="dose-not-stated"), ["drug-axis", "population-axis", "species-axis"]),
        (
            Line(drug="combination-product", dose="other-dose"),
            ["population-axis", "species-axis"],
        ),
        (Line(dose="other-species"), ["dose-axis", "drug-axis", "population-axis"]),
    ],
)
def test_direct_is_what_is_not_named_as_indirect(
    line: Line, axes: list[str], tmp_path: Path
) -> None:
    """No axis is named that no kind of indirectness belongs to: today that of the outcome."""
    assert _facts(_graded(tmp_path, [line]), "study0-line")["directOn"] == axes


def test_what_holds_in_cells_is_not_shown_in_people(tmp_path: Path) -> None:
    kg = _graded(tmp_path, [Line()], "MechanismClaim ; ldn:system ldnc:in-vitro")
    assert _facts(kg, "study0-line")["designLevel"] == ["mechanism-2"]


def test_harm_has_its_own_scale(tmp_path: Path) -> None:
    facts = _facts(_graded(tmp_path, [Line()], "SafetyClaim"), "claim")
    assert facts["evidenceLevel"] == ["ocebm-harm-2"]


@pytest.mark.parametrize("kind", ["DosageClaim", "ClassificationClaim"])
def test_dosage_and_classification_have_no_scale(kind: str, tmp_path: Path) -> None:
    facts = _facts(_graded(tmp_path, [Line()], kind), "claim")
    assert facts["status"] == ["supported"]
    assert "evidenceLevel" not in facts


def test_the_reasons_for_setting_aside(tmp_path: Path) -> None:
    line = Line(drug="other-drug", dose="other-dose", read_as="secondary-report", retracted=True)
    facts = _facts(_graded(tmp_path, [line]), "study0-line")
    assert facts["setAside"] == [
        "indirect-dose",
        "indirect-drug",
        "retracted-evidence",
        "secondary-report-only",
    ]


@pytest.mark.parametrize("typed", ["", 'ex:study0-line rdfs:label "Mine"@en .'])
def test_a_label_is_derived_where_none_is_typed(typed: str, tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    labels = 'ex:claim rdfs:label "it helps"@en . ex:study0 rdfs:label "X 2027"@en .'
    own.write_text(PREFIXES + labels + typed, encoding="utf-8")
    line = tmp_path / "line.ttl"
    line.write_text(PREFIXES + Line().turtle("study0"), encoding="utf-8")
    kg = derive(read(own, line, shipped=False))
    assert _facts(kg, "study0-line")["label"] == ["Mine" if typed else "X 2027 on: it helps"]


def test_deriving_twice_changes_nothing(kg: Dataset) -> None:
    before = set(kg.triples())
    assert set(derive(kg).triples()) == before


def test_every_rule_is_run_and_derives_something_from_the_data() -> None:
    """In their order, since a rule may fill in only what no rule before it derived."""
    assert sorted(RULES) == [path.stem for path in files("ontology", ".rq")]
    dataset, empty = read(), []
    for name in RULES:
        triples = list(dataset.ask(rule(name)))
        empty += [] if triples else [name]
        dataset.store.extend(Quad(*triple, GRAPHS["derived"]) for triple in triples)
    assert not empty


def test_no_level_or_status_is_typed_by_hand(kg: Dataset) -> None:
    derived = (
        "evidenceLevel counterEvidenceLevel designLevel directOn status lowered setAside".split()
    )
    typed = [
        str(quad)
        for graph in ("source", "literature")
        for quad in kg.triples(graph)
        if quad.predicate.value.rpartition("#")[2] in derived
    ]
    assert not typed
