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
WINDOW = {  # the greatest low dose, and the least in milligrams
    "MilliGM": (Decimal(10), Decimal("0.5")),
    "MilliGM-PER-KiloGM": (Decimal("0.1"), Decimal(0)),
    "MicroGM-PER-KiloGM": (Decimal(100), Decimal(0)),
    "MicroMOL-PER-L": (Decimal(1), Decimal(0)),
    "NanoMOL-PER-L": (Decimal(1000), Decimal(0)),
    "MOL-PER-L": (Decimal("0.000001"), Decimal(0)),
}


def test_a_direct_low_dose_is_in_the_window(kg: Dataset) -> None:
    """One of the doses is what docs/grading.md calls a low dose."""
    within = defaultdict(list)
    for row in ldn_kg.query(kg, DOSES):
        greatest, least = WINDOW[row["unit"].rpartition("/")[2]]
        within[row["line"]].append((row["from"] or row["to"]) <= greatest and row["to"] >= least)
    assert len(within) > 50
    assert not sorted(line for line, fits in within.items() if not any(fits))
