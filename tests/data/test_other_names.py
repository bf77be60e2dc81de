"""Records go by the names that people use for them: acronyms, synonyms, registrations, DOIs."""

import pytest

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import shorten

CONDITIONS = {
    "MS": "multiple-sclerosis",
    "FM": "fibromyalgia",
    "CRPS": "complex-regional-pain-syndrome",
    "ME/CFS": "me-cfs",
    "IBS": "irritable-bowel-syndrome",
    "POTS": "postural-orthostatic-tachycardia-syndrome",
    "RA": "rheumatoid-arthritis",
    "CD": "crohns-disease",
    "Crohn's disease": "crohns-disease",
    "HIV": "hiv-infection",
    "long COVID": "long-covid",
    "Sjögren's syndrome": "sjogrens-syndrome",
}
# Trials by their acronym: the study with the results, not the protocol or a secondary analysis.
STUDIES = {
    "FINAL": "bruun2024",
    "FINAL trial": "bruun2024",
    "INNOVA": "rodriguezfreireINNOVA",
    "INNOVA trial": "rodriguezfreireINNOVA",
    "LIFT": "meadowslift",
    "NALCOVID": "actrn12623001042639",
    "ANODYNE-2": "nct03185143",
    "ANODYNE-4": "nct03201393",
    "EMCS-NDPH": "nct03447782",
    "PREMIER": "premier2023",
    "SINK COVID-19": "sinkcovid",
    "NCT00568555": "younger2013",
    "Younger and others 2013": "younger2013",
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_by_its_acronym(name: str, kg: Dataset) -> None:
    assert shorten(kg.find(name, kind="condition").value) == f"condition:{CONDITIONS[name]}"


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_by_its_acronym(name: str, kg: Dataset) -> None:
    assert shorten(kg.find(name).value) == f"study:{STUDIES[name]}"
