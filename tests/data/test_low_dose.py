"""What a line calls direct on a low dose is one: where all doses of its study are known."""

from collections import defaultdict
from decimal import Decimal

import ldn_kg
from ldn_kg.graph.dataset import Dataset

DOSES = """
    SELECT ?line ?unit ?from ?to ?system
    WHERE {
      ?line ldn:claim/ldn:doseCategory ldnc:low-dose ;
        ldn:study ?study .
      FILTER NOT EXISTS { ?line ldn:indirect ldnc:other-dose }
      FILTER NOT EXISTS { ?line ldn:indirect ldnc:dose-not-stated }
      ?study ldn:arm ?arm .
      ?arm dcterms:type ldnc:experimental-arm ;
        ldn:dose ?dose .
      ?dose schema:maxValue ?to ;
        qudt:hasUnit ?unit .
      OPTIONAL { ?dose schema:minValue ?from }
      OPTIONAL { ?study ldn:system ?system }
      FILTER NOT EXISTS {
        ?study ldn:arm ?other .
        ?other dcterms:type ldnc:experimental-arm .
        FILTER NOT EXISTS { ?other ldn:dose ?known }
      }
    }
"""
CELLS = """
    SELECT ?claim ?label ?least ?greatest
    WHERE {
      ?claim a ldn:MechanismClaim ;
        ldn:system ldnc:in-vitro ;
        rdfs:label ?label .
      OPTIONAL {
        SELECT ?claim (MIN(?from) AS ?least) (MAX(?to) AS ?greatest)
        WHERE {
          ?line ldn:claim ?claim ;
            ldn:study/ldn:arm/ldn:dose ?dose .
          ?dose schema:minValue ?from ;
            schema:maxValue ?to ;
            qudt:hasUnit unit:MicroMOL-PER-L .
        }
        GROUP BY ?claim
      }
    }
"""
WINDOW = {  # the greatest low dose, and the least in milligrams
    "MilliGM": (Decimal(10), Decimal("0.5")),
    "MilliGM-PER-KiloGM": (Decimal("0.1"), Decimal(0)),
    "MicroGM-PER-KiloGM": (Decimal(100), Decimal(0)),
    "MicroMOL-PER-L": (Decimal("0.1"), Decimal(0)),
    "NanoMOL-PER-L": (Decimal(100), Decimal(0)),
    "MOL-PER-L": (Decimal("0.0000001"), Decimal(0)),
}


def test_a_direct_low_dose_is_in_the_window(kg: Dataset) -> None:
    """One of the doses is what docs/grading.md calls a low dose."""
    within = defaultdict(list)
    for row in ldn_kg.query(kg, DOSES):
        greatest, least = WINDOW[row["unit"].rpartition("/")[2]]
        within[row["line"]].append((row["from"] or row["to"]) <= greatest and row["to"] >= least)
    assert len(within) > 50
    assert not sorted(line for line, fits in within.items() if not any(fits))


def test_a_claim_on_cells_names_the_concentrations_of_its_studies(kg: Dataset) -> None:
    """A mechanism at a hundred times what reaches the blood would read like one in people."""
    rows = ldn_kg.query(kg, CELLS)
    assert len(rows) > 40
    for row in rows:
        ends = sorted({Decimal(row[end]).normalize() for end in ("least", "greatest") if row[end]})
        named = "–".join(f"{end:f}" for end in ends) + " µM" if ends else "concentration not seen"
        assert named in row["label"], row["claim"]


def test_the_window_for_cells_is_the_recorded_one(kg: Dataset) -> None:
    """The shape compares in three units."""
    (row,) = ldn_kg.query(kg, "SELECT ?x { ldnc:greatest-low-concentration schema:value ?x }")
    assert Decimal(row["x"]) == WINDOW["MicroMOL-PER-L"][0]
