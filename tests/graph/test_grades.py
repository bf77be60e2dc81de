"""Every shipped grade, computed a second time in Python from the curated facts alone.

The rules are SPARQL; what they say is written here once more, from the README, so that a slip in
either shows.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.rules import derive

FACTS = """
    SELECT ?claim ?kind ?system ?line ?direction ?study
      ?design ?recruits ?part ?analysed ?randomised ?enrolled
    WHERE {
      VALUES ?kind {
        ldn:EfficacyClaim ldn:SafetyClaim ldn:MechanismClaim ldn:DosageClaim ldn:ClassificationClaim
      }
      ?claim a ?kind .
      OPTIONAL { ?claim ldn:system ?system }
      OPTIONAL {
        ?line ldn:claim ?claim ;
          ldn:direction ?direction ;
          ldn:study ?study .
        ?study ldn:design ?design .
        ?design ldn:recruits ?recruits .
        OPTIONAL { ?line ldn:analysed ?part }
        OPTIONAL { ?study ldn:analysed ?analysed }
        OPTIONAL { ?study ldn:randomised ?randomised }
        OPTIONAL { ?study ldn:enrolled ?enrolled }
      }
    }
"""
RANKS = """
    SELECT ?design ?scale ?rank {
      VALUES ?scale { ldn:benefitLevel ldn:harmLevel ldn:mechanismLevel }
      ?design ?scale ?level .
      ?level schema:position ?rank
    }
"""
READINGS = "SELECT ?line ?reading { ?line ldn:restsOn/ldn:readAs ?reading }"
DIFFERENCES = "SELECT ?line ?difference { ?line ldn:indirect ?difference }"
PAPERS = """
    SELECT ?study ?retracted {
      ?study ldn:publication ?paper
      OPTIONAL { ?paper ldn:retracted ?retracted }
    }
"""
GRADES = """
    SELECT ?claim ?status ?level ?counterLevel {
      ?claim ldn:status ?status
      OPTIONAL { ?claim ldn:evidenceLevel/schema:position ?level }
      OPTIONAL { ?claim ldn:counterEvidenceLevel/schema:position ?counterLevel }
    }
"""
# What the README sets aside: another drug, isomer, product or dose.
SET_ASIDE = {"other-drug", "other-isomer", "combination-product", "other-dose", "dose-not-stated"}
SCALES = {"EfficacyClaim": "benefit", "SafetyClaim": "harm", "MechanismClaim": "mechanism"}
LAST = {"EfficacyClaim": 5, "SafetyClaim": 5, "MechanismClaim": 4}


@dataclass
class Claim:
    """The lines of a claim that count, and whether support for it was retracted."""

    kind: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)
    withdrawn: bool = False

    def side(self, direction: str) -> list[dict[str, Any]]:
        """Return the lines that point one way."""
        return [line for line in self.lines if line["direction"].endswith(f"/{direction}")]

    def status(self) -> str:
        """Say where the claim stands."""
        sides = (bool(self.side("supports")), bool(self.side("disputes")))
        if any(sides):
            return {(1, 1): "contested", (1, 0): "supported", (0, 1): "disputed"}[sides]
        if self.side("inconclusive"):
            return "undecided"
        return "retracted" if self.withdrawn else "hypothesis"

    def level(self, direction: str) -> int | None:
        """Return the rank of the evidence on one side."""
        lines = self.side(direction)
        if not lines or self.kind not in LAST:
            return None
        best = min(line["rank"] for line in lines)
        contested = self.status() == "contested"
        few = self.kind != "MechanismClaim" and _people(lines) < 100
        return min(best + (contested or few), LAST[self.kind])


def _people(lines: list[dict[str, Any]]) -> int:
    """Add up the studies that recruit; a review stands for its own total if that is greater."""
    recruited, reviewed = {}, [0]
    for line in lines:
        named = ("part", "analysed", "randomised", "enrolled")
        counts = [line[name] for name in named if line[name] is not None]
        if counts and line["recruits"]:
            recruited[line["study"]] = counts[0]
        elif counts:
            reviewed.append(counts[0])
    return max(sum(recruited.values()), *reviewed)


def _claims(kg: Dataset) -> Iterator[tuple[str, Claim]]:
    readings, papers, differences = defaultdict(set), defaultdict(list), defaultdict(set)
    ranks = {
        (r["design"], r["scale"].rpartition("#")[2]): r["rank"] for r in ldn_kg.query(kg, RANKS)
    }
    for row in ldn_kg.query(kg, READINGS):
        readings[row["line"]].add(row["reading"].rpartition("/")[2])
    for row in ldn_kg.query(kg, DIFFERENCES):
        differences[row["line"]].add(row["difference"].rpartition("/")[2])
    assert len(differences) > 50
    for row in ldn_kg.query(kg, PAPERS):
        papers[row["study"]].append(row["retracted"] is True)
    claims: dict[str, Claim] = defaultdict(Claim)
    for row in ldn_kg.query(kg, FACTS):
        claim = claims[row["claim"]]
        claim.kind = row["kind"].rpartition("#")[2]
        if row["line"] is None:
            continue
        retracted = all(papers[row["study"]]) and bool(papers[row["study"]])
        claim.withdrawn |= retracted and row["direction"].endswith("/supports")
        direct = not differences[row["line"]] & SET_ASIDE
        if direct and not retracted and readings[row["line"]] != {"secondary-report"}:
            scale = f"{SCALES.get(claim.kind)}Level"
            rank = ranks.get((row["design"], scale))
            if row["system"] and not row["system"].endswith("/human"):
                rank = max(rank, 2)  # M1 is what was seen in people
            claim.lines.append({**row, "rank": rank})
    yield from claims.items()


def test_every_status_and_level_is_what_a_person_would_compute(kg: Dataset) -> None:
    computed = {
        iri: (claim.status(), claim.level("supports"), claim.level("disputes"))
        for iri, claim in _claims(kg)
    }
    derived = {
        row["claim"]: (row["status"].rpartition("/")[2], row["level"], row["counterLevel"])
        for row in ldn_kg.query(kg, GRADES)
    }
    assert derived == computed
    assert len({status for status, _, _ in computed.values()}) >= 5


def test_no_level_rests_on_indirect_or_retracted_lines(kg: Dataset) -> None:
    """A claim has a level exactly where lines that count speak for it, and no other line counts."""
    counted = """
        SELECT ?claim ?line
        WHERE {
          ?line ldn:claim ?claim ;
            ldn:direction ldnc:supports .
          FILTER NOT EXISTS { ?line ldn:setAside ?reason }
        }
    """
    rules = {(row["claim"], row["line"]) for row in ldn_kg.query(kg, counted)}
    lines = {(iri, line["line"]) for iri, claim in _claims(kg) for line in claim.side("supports")}
    assert rules == lines != set()


def test_a_direct_low_dose_is_in_the_window(kg: Dataset) -> None:
    """Where all doses of a study are known, one of them is what the README calls a low dose."""
    doses = """
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
    window = {  # the greatest low dose, and the least in milligrams
        "MilliGM": (Decimal(10), Decimal("0.5")),
        "MilliGM-PER-KiloGM": (Decimal("0.1"), Decimal(0)),
        "MicroGM-PER-KiloGM": (Decimal(100), Decimal(0)),
        "MicroMOL-PER-L": (Decimal(1), Decimal(0)),
        "NanoMOL-PER-L": (Decimal(1000), Decimal(0)),
        "MOL-PER-L": (Decimal("0.000001"), Decimal(0)),
    }
    within = defaultdict(list)
    for row in ldn_kg.query(kg, doses):
        greatest, least = window[row["unit"].rpartition("/")[2]]
        within[row["line"]].append((row["from"] or row["to"]) <= greatest and row["to"] >= least)
    assert len(within) > 50
    assert not sorted(line for line, fits in within.items() if not any(fits))


@pytest.mark.parametrize("claim", ["ldn-fibromyalgia", "ldn-crohns-disease"])
def test_a_line_on_another_dose_changes_the_grade(claim: str) -> None:
    """Were all its support on another dose, a claim would have no level."""
    dataset = ldn_kg.load()
    dataset.store.update(
        f"""
        PREFIX ldn: <https://w3id.org/ldn-kg/ontology#>
        PREFIX ldnc: <https://w3id.org/ldn-kg/concept/>
        INSERT {{ GRAPH ?g {{ ?line ldn:indirect ldnc:other-dose }} }}
        WHERE {{
          GRAPH ?g {{
            ?line ldn:claim <https://w3id.org/ldn-kg/claim/{claim}> ;
              ldn:direction ldnc:supports .
          }}
        }}
        """
    )
    (row,) = (r for r in ldn_kg.query(derive(dataset), GRADES) if r["claim"].endswith(f"/{claim}"))
    assert row["level"] is None
