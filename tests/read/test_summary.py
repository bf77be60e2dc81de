"""`ldn-kg answer`: the sentence first, typed values, and a page that fits the terminal."""

import re
from math import sqrt
from pathlib import Path

import pytest
from support.paths import Run

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.summary import NOT_ADVICE, Summary

CLAIMS = """
    SELECT DISTINCT ?about WHERE {
      VALUES ?kind { ldn:EfficacyClaim ldn:SafetyClaim }
      ?claim a ?kind ; rdf:object ?about
    } ORDER BY ?about
"""


@pytest.fixture(scope="module")
def fibromyalgia(kg: Dataset) -> Summary:
    """Return the answer on the condition with the most trials."""
    return ldn_kg.answer(kg, "fibromyalgia")


def test_every_condition_and_harm_has_an_answer_that_fits(kg: Dataset) -> None:
    abouts = [row["about"] for row in kg.rows(CLAIMS)]
    assert len(abouts) > 80
    for about in abouts:
        summary = ldn_kg.answer(kg, about)
        page = str(summary)
        assert max(map(len, page.splitlines())) <= 80
        assert "\n\n\n" not in page
        assert page.endswith(f"{NOT_ADVICE}\n")
        assert not re.search(r"\b(unit|qudt|ldnc?|obo|instrument|symptom):", page)
        assert summary.answers
        for answer in summary.answers:
            flat = " ".join(page.split())
            assert answer.sentence in flat
            assert re.match(r"[A-ZÀ-Ž].*\.$", answer.sentence)
            assert not re.search(r"\bNone\b|\bnan\b|  |\.\.|\( |;;", answer.sentence)


def test_pain_in_fibromyalgia_is_pooled_by_hand(fibromyalgia: Summary) -> None:
    """Bruun 2024 by its interval, INNOVA by its p; weights are one over the squared errors.

    Bruun: (0.27 + 0.95) / (2 * 1.95996) = 0.31123. INNOVA: p 0.236 with 96 degrees of freedom is a
    t of 1.19251 (table), so 0.49 / 1.19251 = 0.41090.
    """
    (answer,) = fibromyalgia.answers
    pain = next(f for f in answer.findings if f.outcome == "pain intensity")
    one, other = 1 / 0.31123**2, 1 / 0.41090**2
    value = (one * -0.34 + other * 0.49) / (one + other)
    reach = 1.95996 / sqrt(one + other)
    assert pain.estimate == pytest.approx(value, abs=5e-4)
    assert (pain.low, pain.high) == pytest.approx((value - reach, value + reach), abs=5e-4)
    assert (pain.trials, pain.pooled_trials, pain.participants) == (4, 2, 58 + 99 + 98 + 28)
    assert (pain.decides, pain.comparator, pain.unit) == (True, "placebo", "points")
    assert pain.certainty == "low"  # nobody's judgement of bias was read, and I² is 61 %
    assert "may make little or no difference (" in answer.sentence


def test_doses_stand_with_what_their_trials_found(fibromyalgia: Summary) -> None:
    (answer,) = fibromyalgia.answers
    doses = {t.label: (t.dose, t.found_benefit) for t in answer.trials}
    assert doses["Younger and others 2013"] == ("4.5 mg once daily", True)
    assert doses["Bruun and others 2024"] == ("6 mg once daily", False)
    assert doses["INNOVA trial"] == ("4.5 mg nightly", False)


def test_reviews_stand_beside_and_never_enter(fibromyalgia: Summary) -> None:
    (answer,) = fibromyalgia.answers
    beside = {study.label: study.kind for study in answer.beside}
    assert beside["Vatvani and others 2024"] == "review or label"
    assert not set(beside) & {trial.label for trial in answer.trials}
    vatvani = next(p for p in answer.published if p.label.startswith("Vatvani"))
    assert (vatvani.estimate, vatvani.low, vatvani.high) == (-0.86, -1.2, -0.51)
    assert vatvani.searched == "2024-05-20"
    assert vatvani.includes == ("Bruun and others 2024",)


def test_the_harms_of_the_treatment_stand_with_a_condition(fibromyalgia: Summary) -> None:
    harms = {harm.subject: harm for harm in fibromyalgia.harms}
    assert harms["vivid dreams"].status == "too few events"
    known = harms["precipitated opioid withdrawal in people who take opioids"]
    assert known.status == "known effect"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Long COVID", "only uncontrolled studies"),
        (
            "high-grade glioma",
            "relapse or progression, survival and tumour response) was not measured",
        ),
        ("rheumatoid arthritis", "other outcome"),
        ("Crohn's disease", "Not compared: clinical remission."),
        ("MS", "Mental quality of life"),
        ("headache", "it is not clear whether it comes more often"),
        ("burning mouth syndrome", "studied only otherwise"),
    ],
)
def test_what_must_be_said(kg: Dataset, name: str, words: str) -> None:
    answers = ldn_kg.answer(kg, name).answers
    assert any(words in answer.sentence for answer in answers if "low-dose" in answer.label)


def test_the_command_prints_the_same(run: Run, kg: Dataset) -> None:
    printed = run("answer", "FM").stdout
    assert printed == str(ldn_kg.answer(kg, "fibromyalgia"))


@pytest.mark.parametrize("name", ["naltrexone", "younger2013", "no such thing"])
def test_what_has_no_answer_is_refused_with_a_sentence(run: Run, name: str) -> None:
    result = run("answer", name)
    assert result.returncode == 2
    assert result.stderr.startswith("Error: ") and result.stderr.endswith((".\n", "?\n"))


def test_a_study_of_your_own_changes_the_answer(run: Run, tmp_path: Path) -> None:
    """A large null trial that was read itself outweighs the rest, and the sentence says so."""
    (tmp_path / "mine.ttl").write_text(
        (Path(__file__).parent / "large-null-trial.ttl").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    page = run("answer", "fibromyalgia", "--data", "mine.ttl").stdout
    assert "5 trials, 3 pooled, 1283 people" in page
