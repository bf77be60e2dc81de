"""The rules, on made-up studies: each case says what a person would work out by hand.

The words that claims end with are in `test_truth_table.py`.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Quad
from support.made_up import HEAD, Study, said, world

from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import GRAPHS, files
from ldn_kg.graph.rules import RULES, derive, rule
from ldn_kg.graph.synthesis import synthesise

SEEN = Study(on="mechanism", outcome="biomarker", direction="supports", type="outcome")
UNSEEN = replace(SEEN, direction="disputes")
ANIMAL, CELLS = {"design": "animal-study", "system": "mouse"}, {"design": "in-vitro-study"}
REVIEW = {"design": "narrative-review"}
HELPS, NOTHING, HURTS = (-2.0, -2.5, -1.5), (-0.1, -0.5, 0.3), (2.0, 1.5, 2.5)


def _level(study: Study) -> list[str]:
    return said(world(study), "study/a-line", "ldn:lineLevel")


# Where and how a mechanism was measured

LEVELS: list[tuple[dict[str, Any], int]] = [
    ({}, 1),
    ({"contrast": "against-active-drug"}, 1),
    ({"contrast": "between-doses"}, 1),
    ({"contrast": "within-group"}, 2),
    ({"contrast": "no-contrast"}, 2),
    ({"contrast": "within-group", "outcome": "receptor-occupancy"}, 1),
    ({"indirect": ("other-dose",)}, 2),
    ({"indirect": ("dose-not-stated",)}, 2),
    ({"indirect": ("other-population",)}, 1),
    (ANIMAL, 3),
    ({**ANIMAL, "indirect": ("other-dose",)}, 4),
    (CELLS, 4),
    ({**CELLS, "indirect": ("other-dose",)}, 4),
    ({"design": "human-pharmacology-study", "system": "in-vitro"}, 4),
    ({"design": "label-or-dosing-guide", "contrast": "no-contrast"}, 2),
    ({"design": "label-or-dosing-guide", "outcome": "not-an-outcome"}, 5),
    (REVIEW, 5),
    ({"design": "systematic-review-of-randomised-trials"}, 5),
    ({"outcome": "not-an-outcome"}, 5),
]


@pytest.mark.parametrize(("what", "level"), LEVELS)
def test_the_level_of_a_line(what: dict[str, Any], level: int) -> None:
    assert _level(replace(SEEN, **what)) == [f"mechanism-{level}"]


@pytest.mark.parametrize(("what", "level"), [({}, 4), (CELLS, 4), (ANIMAL, 4), (REVIEW, 5)])
def test_what_holds_in_cells_is_not_shown_in_people(what: dict[str, Any], level: int) -> None:
    assert _level(replace(SEEN, on="cells", **what)) == [f"mechanism-{level}"]


def test_only_lines_on_mechanisms_have_a_level() -> None:
    assert _level(Study(effect=HELPS)) == []
    assert _level(replace(SEEN, on="dosage")) == []


@pytest.mark.parametrize(
    ("studies", "level", "counter"),
    [
        ([SEEN, replace(SEEN, **CELLS)], ["mechanism-1"], []),
        ([replace(SEEN, **CELLS), UNSEEN], ["mechanism-4"], ["mechanism-1"]),
        ([replace(SEEN, direction="inconclusive")], [], []),
        ([replace(SEEN, indirect=("other-drug",)), replace(SEEN, **ANIMAL)], ["mechanism-3"], []),
        ([replace(SEEN, retracted=True)], [], []),
        ([replace(SEEN, on="dosage")], [], []),
    ],
)
def test_a_claim_has_the_best_level_on_each_side(
    studies: list[Study], level: list[str], counter: list[str]
) -> None:
    dataset, claim = world(*studies), f"claim/{studies[0].on}"
    assert said(dataset, claim, "ldn:evidenceLevel") == level
    assert said(dataset, claim, "ldn:counterEvidenceLevel") == counter


@pytest.mark.parametrize(
    ("first", "second", "weakest"),
    [
        ([SEEN], [SEEN], 1),
        ([replace(SEEN, **CELLS)], [SEEN], 4),
        ([SEEN], [replace(SEEN, **ANIMAL)], 3),
        ([], [SEEN], 5),
        ([UNSEEN], [SEEN], 5),
    ],
)
def test_a_path_is_as_strong_as_its_weakest_step(
    first: list[Study], second: list[Study], weakest: int
) -> None:
    """The claim "mechanism" follows the claim "group"."""
    steps = [replace(s, on="group") for s in first] + second
    more = "claim:mechanism ldn:follows claim:group . claim:group a ldn:MechanismClaim ."
    dataset = world(*steps, more=more)
    assert said(dataset, "claim/mechanism", "ldn:chainLevel") == [f"mechanism-{weakest}"]
    assert said(dataset, "claim/group", "ldn:chainLevel") == []


# What a line brings

AXES = ["dose-axis", "drug-axis", "outcome-axis", "population-axis", "species-axis"]


@pytest.mark.parametrize(
    ("differences", "lost"),
    [
        ((), []),
        (("other-isomer",), ["drug-axis"]),
        (("dose-not-stated",), ["dose-axis"]),
        (("combination-product", "other-dose"), ["drug-axis", "dose-axis"]),
        (("other-species", "other-outcome"), ["species-axis", "outcome-axis"]),
        (("other-population",), ["population-axis"]),
    ],
)
def test_direct_is_what_is_not_named_as_indirect(
    differences: tuple[str, ...], lost: list[str]
) -> None:
    dataset = world(replace(SEEN, indirect=differences))
    assert said(dataset, "study/a-line", "ldn:directOn") == [a for a in AXES if a not in lost]


@pytest.mark.parametrize(
    ("study", "reasons"),
    [
        (SEEN, []),
        (replace(SEEN, indirect=("other-dose",)), []),
        (replace(SEEN, indirect=("other-species", "other-population")), []),
        (replace(SEEN, indirect=("other-isomer",)), ["kept-out-other-drug"]),
        (replace(SEEN, indirect=("other-outcome",)), ["kept-out-other-outcome"]),
        (
            replace(SEEN, retracted=True, read_as="secondary-report"),
            ["kept-out-retracted", "kept-out-second-hand"],
        ),
        (replace(SEEN, read_as="title-only"), ["kept-out-title-only"]),
        (replace(SEEN, on="dosage", indirect=("other-dose",)), ["kept-out-other-dose"]),
        (
            replace(SEEN, on="classification", indirect=("dose-not-stated",)),
            ["kept-out-other-dose"],
        ),
    ],
)
def test_why_a_line_is_set_aside(study: Study, reasons: list[str]) -> None:
    """For a mechanism another dose lowers the level instead."""
    assert said(world(study), "study/a-line", "ldn:setAside") == reasons


@pytest.mark.parametrize(
    ("first", "reasons"),
    [
        (SEEN, ["kept-out-same-people"]),
        (replace(SEEN, read_as="table-of-another-paper"), ["kept-out-same-people"]),
        (replace(SEEN, read_as="secondary-report"), []),
        (replace(SEEN, retracted=True), []),
        (replace(SEEN, indirect=("other-drug",)), []),
        (UNSEEN, []),
    ],
)
def test_the_same_people_count_once(first: Study, reasons: list[str]) -> None:
    """An analysis is set aside where the study that it is of stands and says the same."""
    dataset = world(first, SEEN, more="study:b ldn:analysisOf study:a .")
    assert said(dataset, "study/b-line", "ldn:setAside") == reasons


@pytest.mark.parametrize("claim", ["mechanism", "dosage", "classification"])
def test_lines_and_studies_are_counted_on_each_side(claim: str) -> None:
    """Two lines for (one study has a second line), one against, one set aside, one open."""
    studies = [
        SEEN,
        UNSEEN,
        replace(SEEN, indirect=("other-drug",)),
        replace(SEEN, direction="inconclusive"),
    ]
    second = (
        f"study:a-line-2 a ldn:EvidenceLine ; ldn:claim claim:{claim} ; ldn:study study:a ;"
        " ldn:direction ldnc:supports ; ldn:restsOn study:a-result ."
    )
    dataset = world(*(replace(s, on=claim) for s in studies), more=second)
    for name, number in (
        ("supportingLines", "2"),
        ("supportingStudies", "1"),
        ("disputingLines", "1"),
        ("disputingStudies", "1"),
    ):
        assert said(dataset, f"claim/{claim}", f"ldn:{name}") == [number]


@pytest.mark.parametrize(
    ("more", "groups", "ungrouped"),
    [
        ("", "0", "3"),
        ("study:a ldn:researchGroup group:x .", "1", "2"),
        ("study:a ldn:researchGroup group:x . study:b ldn:researchGroup group:x .", "1", "1"),
        ("study:a ldn:researchGroup group:x . study:b ldn:researchGroup group:y .", "2", "1"),
        ("study:d ldn:researchGroup group:z .", "0", "3"),
    ],
)
def test_studies_of_one_group_count_once(more: str, groups: str, ungrouped: str) -> None:
    """Three studies for, one set aside, one against."""
    dataset = world(SEEN, SEEN, SEEN, replace(SEEN, indirect=("other-drug",)), UNSEEN, more=more)
    for name, number in (
        ("supportingGroups", groups),
        ("supportingUngrouped", ungrouped),
        ("disputingGroups", "0"),
        ("disputingUngrouped", "1"),
    ):
        assert said(dataset, "claim/mechanism", f"ldn:{name}") == [number]


@pytest.mark.parametrize("claim", ["dosage", "classification"])
def test_groups_are_counted_of_mechanisms_alone(claim: str) -> None:
    dataset = world(replace(SEEN, on=claim))
    assert said(dataset, f"claim/{claim}", "ldn:supportingGroups") == []


def test_claims_on_benefit_are_not_counted() -> None:
    dataset = world(Study(effect=HELPS))
    assert said(dataset, "claim/benefit", "ldn:supportingLines") == []


@pytest.mark.parametrize(
    ("more", "people"),
    [
        ("", "400"),
        ("study:a ldn:randomised 390 .", "390"),
        ("study:a ldn:randomised 390 ; ldn:analysed 380 .", "380"),
        ("study:a ldn:analysed 380 . study:a-line ldn:analysed 21 .", "21"),
    ],
)
def test_the_people_whom_a_line_brings(more: str, people: str) -> None:
    dataset = world(SEEN, more=more)
    assert said(dataset, "study/a-line", "ldn:participants") == [people]


def test_a_line_on_a_part_of_unseen_size_brings_nobody() -> None:
    dataset = world(SEEN, more="study:a-line ldn:notReported ldnc:not-seen .")
    assert said(dataset, "study/a-line", "ldn:participants") == []


def test_a_study_of_people_brings_nobody_to_a_claim_on_cells() -> None:
    assert said(world(replace(SEEN, on="cells")), "study/a-line", "ldn:participants") == []


# The direction of lines on benefit and harm, which nobody types

DIRECTIONS = [
    (Study(effect=HELPS), "supports", []),
    (Study(effect=NOTHING), "disputes", []),
    (Study(effect=HURTS), "disputes", []),
    (Study(effect=(-1.0, -4.0, 2.0)), "inconclusive", []),
    (Study(favours="favours-treatment"), "inconclusive", []),
    (Study(effect=HELPS, outcome="fatigue-severity"), "inconclusive", []),
    (Study(effect=HELPS, retracted=True), "beside", ["kept-out-retracted"]),
    (Study(effect=HELPS, dose=50.0), "beside", ["kept-out-other-dose"]),
    (Study(effect=HELPS, drug="drug:e"), "beside", ["kept-out-other-drug"]),
    (Study(effect=HELPS, contrast="between-doses"), "beside", ["kept-out-between-doses"]),
    (
        Study(effect=HELPS, contrast="against-active-drug"),
        "beside",
        ["kept-out-active-comparator"],
    ),
    (Study(effect=HELPS, design="systematic-review"), "beside", ["kept-out-review"]),
    (Study(effect=HELPS, design="animal-study"), "beside", ["kept-out-not-people"]),
    (Study(design="case-series", contrast="within-group"), "beside", ["kept-out-uncontrolled"]),
]


@pytest.mark.parametrize(("study", "direction", "reasons"), DIRECTIONS)
def test_the_direction_of_a_line_on_benefit(
    study: Study, direction: str, reasons: list[str]
) -> None:
    dataset = world(study)
    assert said(dataset, "study/a-line", "ldn:direction") == [direction]
    assert said(dataset, "study/a-line", "ldn:setAside") == reasons


@pytest.mark.parametrize(
    ("counts", "direction"),
    [
        ((60, 200, 30, 200), "supports"),
        ((30, 200, 60, 200), "disputes"),
        ((40, 200, 40, 200), "inconclusive"),
    ],
)
def test_the_direction_of_a_line_on_harm(counts: tuple[int, int, int, int], direction: str) -> None:
    study = Study(type="adverse-event", symptom="s", on="harm", counts=counts)
    assert said(world(study), "study/a-line", "ldn:direction") == [direction]


def test_one_result_of_a_study_enters_and_the_other_says_why_not() -> None:
    """The primary one, though the other is larger; of another study not randomised, none."""
    more = """
        study:a ldn:result study:a-more . study:a-more a ldn:Result ; rdfs:label "more"@en ;
          dcterms:type ldnc:secondary-outcome ; ldn:outcome ldnc:pain-intensity ;
          ldn:contrast ldnc:between-groups ; ldn:favours ldnc:favours-treatment ;
          ldn:analysed 999 ; ldn:readAs ldnc:full-text .
    """
    cohort = Study(effect=HURTS, design="cohort-study")
    dataset = world(Study(effect=HELPS), cohort, more=more)
    name = "synthesis/benefit-without"
    assert said(dataset, f"{name}-a-more", "ldn:keptOut") == ["kept-out-same-study"]
    assert said(dataset, f"{name}-b-result", "ldn:keptOut") == ["kept-out-not-randomised"]
    assert said(dataset, "synthesis/benefit-pain-intensity", "ldn:trials") == ["1"]
    assert said(dataset, "synthesis/benefit-pain-intensity", "ldn:participants") == ["400"]


def test_the_main_report_stands_before_a_later_analysis_of_it() -> None:
    later = Study(
        design="secondary-analysis", effect=HURTS, people=90, more="ldn:analysisOf study:a ;"
    )
    dataset = world(Study(favours="no-difference", type="outcome"), later)
    kept_out = said(dataset, "synthesis/benefit-without-b-result", "ldn:keptOut")
    assert kept_out == ["kept-out-same-people"]
    assert said(dataset, "synthesis/benefit-pain-intensity", "ldn:participants") == ["400"]


# Labels


@pytest.mark.parametrize("typed", ["", 'study:a-line rdfs:label "Mine"@en .'])
def test_a_label_is_derived_where_none_is_typed(typed: str) -> None:
    dataset = world(SEEN, more=typed)
    expected = "Mine" if typed else "a on: mechanism"
    assert said(dataset, "study/a-line", "rdfs:label") == [expected]


def test_rules_do_not_need_the_ontology(tmp_path: Path) -> None:
    """Data of one's own are labelled, even where nothing else is read."""
    own = tmp_path / "own.ttl"
    labels = 'claim:mechanism rdfs:label "it helps"@en .'
    own.write_text(HEAD + labels + SEEN.turtle("a"), encoding="utf-8")
    dataset = derive(read(own, shipped=False))
    assert said(dataset, "study/a-line", "rdfs:label") == ["a on: it helps"]


# All of them


def test_deriving_twice_changes_nothing(kg: Dataset) -> None:
    before = set(kg.triples())
    assert set(derive(kg).triples()) == before


def test_every_rule_is_run_and_derives_something_from_the_data() -> None:
    """In their order, since a rule may fill in only what no rule before it derived."""
    written = [path.stem for path in files("ontology", ".rq")]
    assert sorted(RULES) == sorted([*written, "synthesis"])
    dataset, empty = read(), []
    for name in RULES:
        triples = list(synthesise(dataset) if name == "synthesis" else dataset.ask(rule(name)))
        empty += [] if triples else [name]
        dataset.store.extend(Quad(*triple, GRAPHS["derived"]) for triple in triples)
    assert not empty


def test_the_standard_vocabularies_come_last(kg: Dataset) -> None:
    """They restate what all other rules derive, so that a level or a source is not left out."""
    assert RULES[-1] == "standard-terms"
    for ours, standard in (
        ("ldn:evidenceLevel", "obo:SEPIO_0000146"),
        ("ldn:statedIn", "prov:hadPrimarySource"),
        ("ldn:study", "prov:hadPrimarySource"),
        ("ldn:direction", "obo:SEPIO_0000183"),
    ):
        (row,) = kg.rows(
            f"""
            SELECT (COUNT(*) AS ?all) (COUNT(?again) AS ?restated)
            WHERE {{
              ?thing {ours} ?value .
              OPTIONAL {{ ?thing {standard} ?some BIND(true AS ?again) }}
            }}
            """
        )
        assert int(row["restated"]) >= int(row["all"]) > 0, standard


def _derived_properties(kg: Dataset) -> set[str]:
    """Return our properties that the derived graph has and that only rules may give."""
    text = (files("ontology", "ldn.ttl")[0]).read_text(encoding="utf-8")
    last = text[text.index("# Derived by rule, never typed") :]
    middle = text[text.index("# The synthesis, derived by rule") : text.index("# Derived by rule")]
    names = {
        line.removeprefix("ldn:").strip()
        for part in (middle, last)
        for line in part.splitlines()
        if line.startswith("ldn:")
    }
    return {name for name in names if name[0].islower()}


def test_no_level_status_or_certainty_is_typed_by_hand(kg: Dataset) -> None:
    """Numbers have names that people type, too: of the rest nothing is in what people write."""
    derived = _derived_properties(kg)
    assert {"finding", "certainty", "evidenceLevel", "setAside", "answer"} <= derived
    also_typed = {"events", "participants", "comparator", "size"}
    found = [
        str(quad)
        for graph in ("source", "literature")
        for quad in kg.triples(graph)
        if quad.predicate.value.rpartition("#")[2] in derived - also_typed
    ]
    assert not found


def test_no_direction_on_benefit_or_harm_is_typed_by_hand(kg: Dataset) -> None:
    """Each line has one, which is derived."""
    lines = kg.rows(
        """
        SELECT ?line (COUNT(?direction) AS ?directions)
        WHERE {
          VALUES ?kind { ldn:EfficacyClaim ldn:SafetyClaim }
          ?claim a ?kind .
          ?line ldn:claim ?claim .
          OPTIONAL { ?line ldn:direction ?direction }
        }
        GROUP BY ?line
        """
    )
    assert len(lines) > 200
    assert {row["directions"] for row in lines} == {"1"}
    names = {row["line"] for row in lines}
    typed = [
        quad
        for quad in kg.triples("literature")
        if quad.predicate.value.endswith("#direction") and str(quad.subject).strip("<>") in names
    ]
    assert not typed
