"""Names: by which words a record is found, and what is said where it is not."""

import pytest
from pyoxigraph import Literal, Quad, Store

import ldn_kg
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.names import find, near, plain
from ldn_kg.graph.namespaces import BASE, iri, shorten


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("https://w3id.org/ldn-kg/study/younger2013", "study:younger2013"),
        ("<https://w3id.org/ldn-kg/study/younger2013>", "study:younger2013"),
        ("study:younger2013", "study:younger2013"),
        ("younger2013", "study:younger2013"),
        ("NCT00568555", "study:younger2013"),
        ("nct00568555", "study:younger2013"),
        ("NCT 00568555", "study:younger2013"),
        ("https://clinicaltrials.gov/study/NCT00568555", "study:younger2013"),
        ("10.1002%2FART.37734.", "study:younger2013"),
        ("10.1002/art.37734", "study:younger2013"),
        ("doi:10.1002/ART.37734", "study:younger2013"),
        ("https://doi.org/10.1002/art.37734", "study:younger2013"),
        ("publication:younger2013", "publication:younger2013"),
        ("MS", "condition:multiple-sclerosis"),
        ("FM", "condition:fibromyalgia"),
        ("Crohn's disease", "condition:crohns-disease"),
        ("crohn’s  DISEASE", "condition:crohns-disease"),
        ("multiple-sclerosis", "condition:multiple-sclerosis"),
        ("Multiple Sclerosis", "condition:multiple-sclerosis"),
        ("case report", "ldnc:case-report"),
    ],
)
def test_a_record_is_found_by_each_of_its_names(kg: Dataset, name: str, record: str) -> None:
    assert shorten(kg.find(name).value) == record


def test_a_kind_chooses_among_records_of_one_name(kg: Dataset) -> None:
    assert shorten(kg.find("fibromyalgia", "condition").value) == "condition:fibromyalgia"
    with pytest.raises(LdnKgError, match=r"condition:fibromyalgia is not a claim\."):
        kg.find("FM", "claim")
    with pytest.raises(LdnKgError, match=r"condition:fibromyalgia is not a claim\."):
        find(kg, "FM", "claim")
    assert shorten(kg.find("FM", "claim", strict=False).value) == "condition:fibromyalgia"


@pytest.mark.parametrize(
    ("name", "kind", "hint"),
    [
        ("crohn", "condition", "condition:crohns-disease"),
        ("fibro", "condition", "condition:fibromyalgia"),
        ("fibromialgia", "condition", "condition:fibromyalgia"),
        ("yunger2013", "study", "study:younger2013"),
    ],
)
def test_the_nearest_name_is_said(kg: Dataset, name: str, kind: str, hint: str) -> None:
    with pytest.raises(LdnKgError, match=f"Did you mean {hint}"):
        kg.find(name, kind)


@pytest.mark.parametrize("name", ["MX", "QQ", "", "???"])
def test_an_unknown_acronym_is_near_to_nothing(kg: Dataset, name: str) -> None:
    """Each acronym differs from some other by a letter: such a hint would mislead."""
    with pytest.raises(LdnKgError) as caught:
        kg.find(name, "condition")
    assert "Did you mean" not in str(caught.value)


def test_a_letter_with_which_thousands_begin_names_three(kg: Dataset) -> None:
    with pytest.raises(LdnKgError, match=r"Did you mean \S+ or \S+ or [^ ]+\?$"):
        kg.find("a")


def test_a_name_with_accents_is_that_without(kg: Dataset) -> None:
    assert plain("Sjögren’s") == plain("Sjogren's") == "sjogrens"
    assert kg.find("Sjogren's syndrome") == kg.find("SJÖGREN’S SYNDROME")


def test_a_name_of_several_records_is_refused(kg: Dataset) -> None:
    names: dict[str, set[str]] = {}
    labels = (
        "SELECT ?r ?n { VALUES ?type { ldn:Claim ldn:Target ldn:Symptom ldn:Condition ldn:Drug }"
    )
    labels += " ?r a ?type ; rdfs:label ?n }"
    for row in ldn_kg.query(kg, labels):
        names.setdefault(plain(row["n"]), set()).add(row["r"])
    several = next(name for name, records in sorted(names.items()) if len(records) > 1)
    with pytest.raises(LdnKgError, match=r"means several records: .*Name one of them\."):
        kg.find(several)


def test_claims_about_a_condition_are_named_where_a_claim_is_asked_for(kg: Dataset) -> None:
    with pytest.raises(LdnKgError, match=r"Claims about it: .*claim:ldn-multiple-sclerosis"):
        ldn_kg.explain(kg, "MS")


def test_a_part_of_a_study_is_not_named_beside_it() -> None:
    """Only the parts of studies and source documents are called after the whole."""
    named = {
        "pain one": {f"{BASE}study/pain", f"{BASE}study/pain-arm"},
        "pain two": {f"{BASE}claim/pain", f"{BASE}claim/pain-more"},
    }
    assert near("pain", named) == ["claim:pain", "claim:pain-more", "study:pain"]
    assert near("pain", named, "study") == ["study:pain"]


def test_the_last_part_of_an_iri_stands_before_a_label() -> None:
    store, label = Store(), iri("rdfs:label")
    for name, words in (("study:alpha", "beta"), ("claim:other", "alpha")):
        store.add(Quad(iri(name), iri("rdf:type"), iri("ldn:Study")))
        store.add(Quad(iri(name), label, Literal(words, language="en")))
    assert find(Dataset(store, ()), "alpha") == iri("study:alpha")
    assert find(Dataset(store, ()), "Alpha", "claim") == iri("claim:other")
