"""The path by which a claim got its status and levels."""

import textwrap
from collections.abc import Iterator

from pyoxigraph import NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import shorten
from ldn_kg.graph.rules import rule

_CLAIM = """
SELECT ?status ?statusMeaning ?for ?against ?peopleFor ?peopleAgainst
  ?level ?counterLevel
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
_LINES = """
SELECT ?line ?direction ?design ?level ?participants
  (GROUP_CONCAT(DISTINCT ?why; separator="; ") AS ?setAside)
WHERE {
  ?line ldn:claim ?claim ; ldn:direction/skos:prefLabel ?direction ;
    ldn:study/ldn:design/skos:prefLabel ?design .
  OPTIONAL { ?line ldn:designLevel [ skos:prefLabel ?level ; schema:position ?rank ] }
  OPTIONAL { ?line ldn:participants ?participants }
  OPTIONAL { ?line ldn:setAside/skos:prefLabel ?why }
}
GROUP BY ?line ?direction ?design ?level ?rank ?participants
ORDER BY DESC(?direction) ?rank ?line
"""
_RULES = ("design-level", "set-aside", "tally", "lowered", "evidence-level", "status")


def explain(dataset: Dataset, name: str) -> str:
    """Return the path to a claim's status and levels: its lines, their levels, the rules.

    Raises LdnKgError where there is no such claim.
    """
    claim = dataset.find(name, kind="claim")
    found = dataset.rows(_CLAIM, claim=claim)
    if not found:
        record = shorten(claim.value)
        raise LdnKgError(
            f"{record} is not a claim. `ldn-kg show {record}` names the claims that point to it, "
            "`ldn-kg query claims` lists all."
        )
    return "\n".join(_explanation(dataset, claim, found[0])) + "\n"


def _people(known: str, lines: str) -> str:
    """Say how many people are known behind lines; nobody known is not nobody."""
    return "an unknown number" if known == "0" and lines != "0" else known


def _explanation(dataset: Dataset, claim: NamedNode, row: dict[str, str]) -> Iterator[str]:
    lines = dataset.rows(_LINES, claim=claim)
    yield f"{dataset.label(claim)}\n<{claim.value}>\n"
    yield f"Status: {row['status']}. {row['statusMeaning']} [status]"
    yield f"Lines that count: {row['for']} for, {row['against']} against [tally]"
    people = [_people(row["peopleFor"], row["for"]), _people(row["peopleAgainst"], row["against"])]
    yield f"Participants: {people[0]} for, {people[1]} against [tally]"
    lowered = dataset.rows(_LOWERED, claim=claim)
    yield from _level("Evidence level", "supports", "for", row["level"], lines, lowered)
    yield from _level(
        "Counter-evidence level", "disputes", "against", row["counterLevel"], lines, lowered
    )
    yield "\nEvidence lines" if lines else "\nNo evidence line bears on this claim."
    for line in lines:
        yield from _evidence_line(line)
    yield "\nThe rules named in brackets"
    yield from map(_rule_words, _RULES)


def _level(
    title: str,
    direction: str,
    side: str,
    level: str,
    lines: list[dict[str, str]],
    lowered: list[dict[str, str]],
) -> Iterator[str]:
    """Say the level of one side, the line that sets it and why it is lowered."""
    counting = [
        x for x in lines if x["direction"] == direction and x["level"] and not x["setAside"]
    ]
    if not level or not counting:
        yield f"{title}: none, since no line {side} it that has a level counts [evidence-level]"
        return
    best = counting[0]  # the query puts the best rank first
    yield f"{title}: {level} [evidence-level]"
    yield f"  the best line {side} it earns {best['level']}: {shorten(best['line'])}"
    for reason in lowered:
        if reason["side"] == side:
            yield f"  one step worse: {reason['reason']}. {reason['meaning']} [lowered]"


def _evidence_line(line: dict[str, str]) -> Iterator[str]:
    count = line["participants"]
    people = f", {count} participant{'s' * (count != '1')}" if count else ""
    level = f"earns {line['level']}" if line["level"] else "has no scale"
    yield f"  {shorten(line['line'])}: {line['direction']}"
    yield f"    {line['design']}{people}: {level} [design-level]"
    # SPARQL promises no order within a group.
    why = "; ".join(sorted(line["setAside"].split("; ")))
    yield f"    set aside: {why} [set-aside]" if why else "    counts"


def _rule_words(name: str) -> str:
    """Return the comment that opens a rule: its question and its reasons."""
    words = " ".join(line[2:] for line in rule(name).splitlines() if line.startswith("# "))
    return textwrap.fill(words, 100, initial_indent=f"  {name}: ", subsequent_indent="    ")
