"""Every external identifier is of the thing that carries it.

`identifiers.tsv` holds, for each identifier in use, the label that its authority gives it and the
place where that was seen; an empty label means that the authority's page was not seen with one.
"""

import csv
from collections import defaultdict

from support.paths import TESTS

import ldn_kg
from ldn_kg.check.validation import validate
from ldn_kg.graph.dataset import Dataset

MATCHES = """
    SELECT ?record ?match ?identifier
    WHERE {
      VALUES ?match { skos:exactMatch skos:closeMatch }
      ?record ?match ?identifier .
      FILTER(STRSTARTS(STR(?record), "https://w3id.org/ldn-kg/"))
      FILTER NOT EXISTS { ?record skos:inScheme|rdfs:isDefinedBy ?ours }
    }
"""
NAMES = """
    SELECT ?record ?name
    WHERE { ?record rdfs:label|skos:altLabel|skos:hiddenLabel ?name }
"""
NALTREXONE = "https://w3id.org/ldn-kg/drug/naltrexone"


def _authority() -> dict[str, str]:
    with (TESTS / "identifiers.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert rows
    assert all(row["source"] for row in rows)
    assert len({row["identifier"] for row in rows}) == len(rows)
    return {row["identifier"]: row["label"] for row in rows}


def _matches(kg: Dataset) -> list[tuple[str, str, str]]:
    rows = [(r["record"], r["match"], r["identifier"]) for r in ldn_kg.query(kg, MATCHES)]
    assert rows
    return rows


def _misfits(kg: Dataset) -> set[tuple[str, str]]:
    """Return the identifiers whose authority calls them by a name that the record does not have."""
    names = defaultdict(set)
    for row in ldn_kg.query(kg, NAMES):
        names[row["record"]].add(row["name"].casefold())
    authority = _authority()
    return {
        (record, identifier)
        for record, _, identifier in _matches(kg)
        if identifier not in authority
        or (authority[identifier] and authority[identifier].casefold() not in names[record])
    }


def test_labels_are_those_of_the_authority(kg: Dataset) -> None:
    assert not _misfits(kg)


def test_the_list_holds_what_is_used_and_nothing_else(kg: Dataset) -> None:
    assert set(_authority()) == {identifier for _, _, identifier in _matches(kg)}


def test_one_identifier_is_of_one_thing(kg: Dataset) -> None:
    carriers = defaultdict(set)
    for record, _, identifier in _matches(kg):
        carriers[identifier].add(record)
    assert not {i: records for i, records in carriers.items() if len(records) > 1}


def test_the_naloxone_swap_fails() -> None:
    """Elsewhere naltrexone carries the MeSH identifier of naloxone; here that is caught twice."""
    dataset = ldn_kg.load()
    mesh = "http://id.nlm.nih.gov/mesh/D00927"
    update = f"""
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        DELETE {{ GRAPH ?g {{ <{NALTREXONE}> skos:exactMatch <{mesh}1> }} }}
        INSERT {{ GRAPH ?g {{ <{NALTREXONE}> skos:exactMatch <{mesh}0> }} }}
        WHERE {{ GRAPH ?g {{ <{NALTREXONE}> skos:exactMatch <{mesh}1> }} }}
    """
    assert not _misfits(dataset)
    dataset.store.update(update)
    assert _misfits(dataset) == {(NALTREXONE, f"{mesh}0")}
    rules = {problem.rule.rpartition("#")[2] for problem in validate(dataset).problems}
    assert rules == {"naltrexone-identifier-not-of-naloxone"}
