"""`ldn-kg explain`: each step from the results to the word, on every claim."""

import pytest

import ldn_kg
from ldn_kg.graph.dataset import Dataset

CLAIMS = """
    SELECT ?claim ?kind WHERE {
      VALUES ?kind {
        ldn:EfficacyClaim ldn:SafetyClaim ldn:MechanismClaim ldn:DosageClaim ldn:ClassificationClaim
      }
      ?claim a ?kind
    } ORDER BY ?claim
"""
DOMAINS = (
    "risk of bias:",
    "inconsistency:",
    "indirectness:",
    "imprecision:",
    "publication bias:",
    "reading of the studies:",
)
SYNTHESES = """
    SELECT ?synthesis ?label WHERE {
      ?synthesis ldn:synthesisOf ?claim ; ldn:outcome|ldn:symptom ?outcome .
      ?outcome rdfs:label|skos:prefLabel ?label
    }
"""


def _flat(page: str) -> str:
    return " ".join(page.split())


def test_every_claim_is_explained_in_lines_that_fit(kg: Dataset) -> None:
    rows = kg.rows(CLAIMS)
    assert len(rows) > 250
    for row in rows:
        page = ldn_kg.explain(kg, row["claim"])
        assert "\nStatus: " in page
        wide = [line for line in page.splitlines() if len(line) > 80 and " " in line.strip()]
        assert not wide
        if row["kind"].endswith(("MechanismClaim", "DosageClaim", "ClassificationClaim")):
            assert "Studies that count: " in page and "  status: " in page


def test_every_synthesis_is_told_with_its_domains(kg: Dataset) -> None:
    claims = {row["claim"] for row in kg.rows("SELECT ?claim { ?s ldn:synthesisOf ?claim }")}
    assert len(claims) > 25
    for claim in sorted(claims):
        page = _flat(ldn_kg.explain(kg, claim))
        rows = kg.rows(SYNTHESES.replace("?claim ;", f"<{claim}> ;"))
        assert rows
        for row in rows:
            assert row["label"].lower() in page.lower()
        for domain in DOMAINS:
            assert page.count(f" {domain}") == len(rows)


def test_fibromyalgia_is_told_number_by_number(kg: Dataset) -> None:
    page = _flat(ldn_kg.explain(kg, "ldn-fibromyalgia"))
    assert "standard error 0.311 from interval; weight 64 %" in page
    assert "standard error 0.411 from p value; weight 36 %" in page
    assert "standard error 4.2 from p value; on another scale, not pooled" in page
    assert "(2 studies, common effect, I² 61 %)" in page
    assert "Younger and Mackey 2009: reduction of daily symptom severity: not randomised" in page
    assert "risk of bias: −1, not assessable" in page
    assert "Every result was read at its source, and every study a second time." in page
    page = _flat(ldn_kg.explain(kg, "ldn-headache"))
    assert "Without second-hand readings: nothing is left" in page


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("naltrexone-blocks-opioid-receptors", "Evidence level: M1."),
        ("ldn-inhibits-cytokines", "Evidence level: M2."),
        ("ldn-raises-endorphin-production", "Level of the path: M5"),
        ("ldn-precipitated-opioid-withdrawal-opioid-users", "product labels warn of it"),
        ("ldn-rheumatoid-arthritis", "Status: tested otherwise."),
    ],
)
def test_what_must_be_explained(kg: Dataset, claim: str, words: str) -> None:
    assert words in _flat(ldn_kg.explain(kg, claim))


def test_a_condition_names_its_claims(kg: Dataset) -> None:
    with pytest.raises(ldn_kg.LdnKgError, match=r"Claims about it: .*claim:ldn-fibromyalgia"):
        ldn_kg.explain(kg, "fibromyalgia")


def test_disagreement_on_a_group_is_told(kg: Dataset) -> None:
    """Of a claim that no study disputes, "studies disagree" has to say where they do."""
    rows = kg.rows(
        "SELECT ?claim ?words WHERE { ?claim a ldn:MechanismClaim ; rdfs:label ?words ; "
        "ldn:status ldnc:studies-disagree ; ldn:disputingStudies 0 }"
    )
    assert rows
    for row in rows:
        told = _flat(ldn_kg.explain(kg, row["claim"]))
        assert "Studies disagree on the group: " in told, row["words"]
        assert row["words"] not in told.split("Studies disagree on the group: ")[1].split("(")[0]
