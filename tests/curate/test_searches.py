"""The record of a search is valid as written, and says what it was given."""

from dataclasses import replace
from datetime import date

import pytest
from pyoxigraph import Literal, RdfFormat, parse
from support.cases import raw

from ldn_kg.check.validation import validate
from ldn_kg.curate.searches import KINDS, Search
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import iri, shorten
from ldn_kg.graph.rules import derive

MADE_UP = Search(
    key="pubmed-2026-12",
    looked_for="low-dose naltrexone",
    description="Studies of naltrexone at low dose, in PubMed.",
    kind="database",
    day=date(2026, 12, 3),
    searched_in=("PubMed",),
    words='("low dose" AND naltrexone) OR "LDN"[tiab]\\n',
    found=312,
    screened=40,
    excluded=35,
)


def _said(turtle: str) -> dict[str, str]:
    """Map each property to its value; of several, to the last."""
    quads = list(parse(turtle.encode(), RdfFormat.TURTLE))
    assert {quad.subject for quad in quads} == {iri("search:pubmed-2026-12")}
    return {
        shorten(q.predicate.value): q.object.value
        if isinstance(q.object, Literal)
        else shorten(q.object.value)  # type: ignore[union-attr]
        for q in quads
    }


def test_a_search_says_what_it_was_given() -> None:
    assert _said(MADE_UP.turtle()) == {
        "rdf:type": "ldn:Search",
        "rdfs:label": "low-dose naltrexone",
        "dcterms:type": "ldnc:database-search",
        "ldn:searchedIn": "PubMed",
        "schema:query": '("low dose" AND naltrexone) OR "LDN"[tiab]\\n',
        "ldn:searchedOn": "2026-12-03",
        "ldn:recordsFound": "312",
        "ldn:recordsScreened": "40",
        "ldn:recordsExcluded": "35",
        "dcterms:description": "Studies of naltrexone at low dose, in PubMed.",
    }


def test_what_was_not_written_down_is_not_made_up() -> None:
    said = _said(replace(MADE_UP, words=None, found=None, screened=None, excluded=None).turtle())
    assert said["ldn:notReported"] == "ldnc:search-not-recorded"
    assert not {"schema:query", "ldn:recordsFound", "ldn:recordsScreened"} & said.keys()


def test_none_found_is_a_number() -> None:
    said = _said(replace(MADE_UP, found=0, screened=0, excluded=0).turtle())
    assert (said["ldn:recordsFound"], said["ldn:recordsScreened"]) == ("0", "0")
    assert "ldn:notReported" not in said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("numbers", [(312, 40, 35), (312, None, None), (None, None, None)])
def test_the_record_is_valid(kind: str, numbers: tuple[int | None, ...]) -> None:
    found, screened, excluded = numbers
    search = replace(MADE_UP, kind=kind, found=found, screened=screened, excluded=excluded)
    store = raw()
    store.load(search.turtle().encode(), RdfFormat.TURTLE, to_graph=GRAPHS["local"])
    assert validate(derive(Dataset(store, ()))).problems == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "../x"}, "not a safe key"),
        ({"key": "PubMed"}, "not a safe key"),
        ({"kind": "journal"}, "no kind of search"),
        ({"screened": 313}, "recordsFound 312, recordsScreened 313"),
        ({"excluded": 41}, "no more excluded than screened"),
        ({"screened": None, "excluded": 313}, "cannot be"),
        ({"found": 0, "screened": 0, "excluded": -1}, "cannot be"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(LdnKgError, match=said):
        replace(MADE_UP, **change).turtle()  # type: ignore[arg-type]
