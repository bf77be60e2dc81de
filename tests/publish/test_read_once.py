"""A study that nobody read a second time is marked so wherever it is told."""

import csv
from pathlib import Path

import pytest
from support.answered import changed

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.questions import query
from ldn_kg.publish.release.tables import table
from ldn_kg.publish.site import files_of
from ldn_kg.read.page import show

MARK = "Read only once: nobody has compared this record with its source a second time."
FORGOTTEN = "DELETE WHERE { GRAPH ?g { study:bruun2024-second-reading ?property ?value } }"


@pytest.fixture(scope="module")
def once() -> Dataset:
    """Return the shipped data without the second reading of one study."""
    return changed(FORGOTTEN)


def _marked(dataset: Dataset) -> set[str]:
    return {row["study"].rpartition("/")[2] for row in query(dataset, "read-once")}


def test_the_question_the_table_and_the_page_agree(kg: Dataset, once: Dataset) -> None:
    assert _marked(once) - _marked(kg) == {"bruun2024"}
    rows = list(csv.DictReader(table(once, "studies").decode().splitlines()))
    assert {row["study"] for row in rows if row["readAgain"] == "false"} == _marked(once)
    assert {row["readAgain"] for row in rows} == {"false", "true"}
    for study in (*_marked(once), "younger2013"):
        assert (MARK in show(once, f"study:{study}")) == (study in _marked(once))


def test_the_page_of_the_site_is_marked(kg: Dataset, once: Dataset) -> None:
    for dataset, expected in ((kg, False), (once, True)):
        page = files_of(dataset)["study/bruun2024.html"](Path()).decode()
        assert (MARK in page) == expected
