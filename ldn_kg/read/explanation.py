"""The path by which a claim got its status and levels."""

import textwrap
from collections.abc import Iterator

from pyoxigraph import NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import shorten
from ldn_kg.graph.rules import rule
from ldn_kg.read.lines import OF_CLAIM, Line, lines

_CLAIM = """
SELECT ?status ?statusMeaning ?for ?against ?peopleFor ?peopleAgainst ?level ?counterLevel
WHERE {
  ?claim ldn:status [ skos:prefLabel ?status ; skos:definition ?statusMeaning ] ;
    ldn:supportingLines ?for ; ldn:disputingLines ?against ;
    ldn:supportingParticipants ?peopleFor ; ldn:disputingParticipants ?peopleAgainst .
  OPTIONAL { ?claim ldn:evidenceLevel/skos:prefLabel ?level }
  OPTIONAL { ?claim ldn:counterEvidenceLevel/skos:prefLabel ?counterLevel }
}
"""
_LOWERED = """
SELECT ?side ?reason ?meaning
WHERE {
  VALUES (?property ?side) { (ldn:lowered "for") (ldn:counterLowered "against") }
  ?claim ?property [ skos:prefLabel ?reason ; skos:definition ?meaning ]
}
ORDER BY DESC(?side) ?reason
"""
_ABOUT = """
SELECT ?claim WHERE { ?claim ldn:status ?status ; rdf:subject|rdf:object ?record } ORDER BY ?claim
"""
_RULES = ("design-level", "set-aside", "tally", "lowered", "evidence-level", "status")
_MOST = 8  # claims that a message names


def explain(dataset: Dataset, name: str) -> str:
    """Return the path to a claim's status and levels: its lines, their levels, the rules.

    Raises LdnKgError where there is no such claim; for a condition or another record that claims
    are about, it names them.
    """
    expect_dataset(dataset)
    claim = dataset.find(name, kind="claim", strict=False)
    rows = dataset.rows(_CLAIM, claim=claim)
    if not rows:
        raise LdnKgError(_not_a_claim(dataset, claim))
    return "\n".join(_explanation(dataset, claim, rows[0])) + "\n"


def _not_a_claim(dataset: Dataset, record: NamedNode) -> str:
    claims = [shorten(row["claim"]) for row in dataset.rows(_ABOUT, record=record)]
    more = ", …" if len(claims) > _MOST else ""
    about = f" Claims about it: {', '.join(claims[:_MOST])}{more}." if claims else ""
    return f"{shorten(record.value)} is not a claim.{about} `ldn-kg query claims` lists all."


def _explanation(dataset: Dataset, claim: NamedNode, row: dict[str, str]) -> Iterator[str]:
    evidence = lines(dataset, OF_CLAIM, claim)
    yield f"{dataset.label(claim)}\n<{claim.value}>\n"
    yield f"Status: {row['status']}. {row['statusMeaning']} [status]"
    yield f"Lines that count: {row['for']} for, {row['against']} against [tally]"
    people = [_people(row["peopleFor"], row["for"]), _people(row["peopleAgainst"], row["against"])]
    yield f"Participants: {people[0]} for, {people[1]} against [tally]"
    lowered = dataset.rows(_LOWERED, claim=claim)
    yield from _level("Evidence level", row["level"], evidence, "supports", lowered)
    yield from _level("Counter-evidence level", row["counterLevel"], evidence, "disputes", lowered)
    yield "\nEvidence lines" if evidence else "\nNo evidence line bears on this claim."
    for line in evidence:
        yield from _evidence_line(line)
    yield "\nThe rules named in brackets"
    yield from map(_rule_words, _RULES)


def _people(count: str, lines: str) -> str:
    """Return the number of people behind lines in words; none counted may be many."""
    return "an unknown number" if count == "0" and lines != "0" else count


def _level(
    title: str, level: str, evidence: list[Line], direction: str, lowered: list[dict[str, str]]
) -> Iterator[str]:
    """Say the level of one side, the line that sets it and why it is lowered."""
    side = {"supports": "for", "disputes": "against"}[direction]
    best = next(
        (line for line in evidence if line.direction == direction and line.level and line.counts),
        None,
    )
    if not level or best is None:
        yield f"{title}: none, since no line {side} it that has a level counts [evidence-level]"
        return
    yield f"{title}: {level} [evidence-level]"
    yield f"  the best line {side} it earns {best.level}: {shorten(best.iri)}"
    for reason in lowered:
        if reason["side"] == side:
            yield f"  one step worse: {reason['reason']}. {reason['meaning']} [lowered]"


def _evidence_line(line: Line) -> Iterator[str]:
    count = line.participants
    people = f", {count} participant{'s' * (count != 1)}" if count is not None else ""
    level = f"earns {line.level}" if line.level else "has no scale"
    yield f"  {shorten(line.iri)}: {line.direction}"
    yield f"    {line.design}{people}: {level} [design-level]"
    aside = "; ".join(line.set_aside)
    yield f"    set aside: {aside} [set-aside]" if aside else "    counts"


def _rule_words(name: str) -> str:
    """Return the comment that opens a rule: its question and its reasons."""
    words = " ".join(line[2:] for line in rule(name).splitlines() if line.startswith("# "))
    return textwrap.fill(words, 100, initial_indent=f"  {name}: ", subsequent_indent="    ")
