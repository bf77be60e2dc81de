"""Compares two releases: which claims changed, and why."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import gt

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import KINDS, LDN, LDNC, shorten

# Of a record: property (a prefixed name) to value to the words for that value. Values are compared
# and words are shown, so a concept that only gets another label has not changed.
Facts = dict[str, dict[str, str]]
Records = dict[str, Facts]

_GRADES = "ldn:status ldn:evidenceLevel ldn:counterEvidenceLevel".split()
_CLAIM = """rdf:type rdfs:label rdf:subject rdf:predicate rdf:object ldn:negated ldn:doseCategory
    ldn:route ldn:population ldn:system ldn:follows ldn:statedIn""".split()
# Of a line: the properties that the rules read to grade its claim, then the others.
_READ = "ldn:study ldn:direction ldn:setAside ldn:design ldn:designLevel ldn:participants".split()
_LINE = [*_READ, "ldn:indirect"]
_NAMES = {
    "ldn:counterEvidenceLevel": "counter-evidence level",
    "ldn:indirect": "indirectness",
    "rdf:predicate": "relation",
    "rdf:type": "kind",
    "rdfs:label": "wording",
}
# Claims and studies, grouped by class, and lines, grouped by claim. Withdrawn records are left out.
_FACTS = f"""
SELECT ?group ?record ?property ?value ?notation
WHERE {{
  VALUES ?property {{ {" ".join([*_GRADES, *_CLAIM, *_LINE])} ldn:retracted }}
  {{ ?record a ?group VALUES ?group {{ ldn:Claim ldn:Study }} }}
  UNION {{ ?record ldn:claim ?group }}
  {{ ?record ?property ?value }}
  UNION {{ ?record ldn:study/ldn:design ?value BIND(ldn:design AS ?property) }}
  UNION {{
    ?record ldn:publication ?value . ?value ldn:retracted true BIND(ldn:retracted AS ?property)
  }}
  OPTIONAL {{ ?value skos:notation ?notation }}
  FILTER(?property != rdf:type || STRSTARTS(STR(?value), STR(ldn:)) && ?value != ldn:Claim)
  FILTER NOT EXISTS {{ ?record owl:deprecated true }}
}}
"""
_VERSION = """
SELECT DISTINCT ?number
WHERE {
  ?version dcterms:isVersionOf ?dataset ; dcat:version ?number
  FILTER EXISTS { ?claim a ldn:Claim ; ldn:status ?status }
}
"""
_SUPPORTS, _RETRACTED = LDNC + "supports", LDNC + "retracted-evidence"
_STANDING = "supported contested undecided hypothesis disputed retracted".split()  # best first
# The order of a report: changes that take support away come before those that add it.
CONCERNS = ("retraction", "lost support", "removed", "changed", "added")


@dataclass(frozen=True)
class Change:
    """A claim that changed: its prefixed name and its words, what changed in it, and why.

    `kind` is "added", "removed" or "changed"; `concern` is "retraction", "lost support" or "". Each
    entry of `what` and `why` is one line of words.
    """

    claim: str
    words: str
    kind: str
    concern: str
    what: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """The differences between two versions, in the order of a report.

    `old` and `new` are version numbers such as "2026.11"; studies are prefixed names. A study is in
    `studies_retracted` if one of its publications was retracted between the two versions.
    """

    old: str
    new: str
    claims: tuple[Change, ...]
    studies_added: tuple[str, ...]
    studies_removed: tuple[str, ...]
    studies_retracted: tuple[str, ...]


def compare_releases(old: Dataset, new: Dataset) -> Changes:
    """Compare the facts of each claim, and of the lines on it, in two graded datasets.

    Raises LdnKgError if one of them has no claim, no status of a claim, or not just one version.
    """
    expect_dataset(old)
    expect_dataset(new)
    versions = release_number(old, "The old release"), release_number(new, "The new release")
    before, after = _Release(old), _Release(new)
    compared = (_change(claim, before, after) for claim in {*before.claims, *after.claims})
    claims = sorted(
        (change for change in compared if change.what or change.why),
        key=lambda change: (CONCERNS.index(change.concern or change.kind), change.claim),
    )
    old_studies, new_studies = before.studies.keys(), after.studies.keys()
    retracted = [s for s in new_studies if after.retracted([s]) - before.retracted([s])]
    groups = (new_studies - old_studies, old_studies - new_studies, retracted)
    return Changes(*versions, tuple(claims), *map(_prefixed_names, groups))


def release_number(dataset: Dataset, name: str) -> str:
    """Return the version number of a release, such as "2026.11".

    Raises LdnKgError if the dataset is not a release; the message calls it by `name`.
    """
    numbers = [row["number"] for row in dataset.rows(_VERSION)]
    if len(numbers) != 1:
        raise LdnKgError(
            f"{name} is not a release: a release has claims with a status, and one version. "
            "Name a folder that `ldn-kg build` wrote, or its ldn-kg.nq."
        )
    return numbers[0]


class _Release:
    """The claims, the studies and the lines of each claim in one release."""

    def __init__(self, dataset: Dataset) -> None:
        """Read all facts at once."""
        self._groups: dict[str, Records] = {}
        for row in dataset.ask(_FACTS):
            value, name = row["value"].value, shorten(row["value"].value)
            words = " ".join(dataset.label(row["notation"] or row["value"]).split())
            if name.partition(":")[0] in KINDS and words != name:
                words += f" ({name})"
            facts = self.lines(row["group"].value).setdefault(row["record"].value, {})
            facts.setdefault(shorten(row["property"].value), {})[value] = words
        self.claims, self.studies = self.lines(LDN + "Claim"), self.lines(LDN + "Study")

    def lines(self, claim: str) -> Records:
        """Return the lines on a claim, by IRI."""
        return self._groups.setdefault(claim, {})

    def retracted(self, studies: Iterable[str]) -> set[str]:
        """Return the retracted publications of studies."""
        return {p for s in studies for p in self.studies.get(s, {}).get("ldn:retracted", ())}


def _change(claim: str, old: _Release, new: _Release) -> Change:
    before, after = old.claims.get(claim, {}), new.claims.get(claim, {})
    old_lines, new_lines = old.lines(claim), new.lines(claim)
    kind = "changed" if before and after else "added" if after else "removed"
    grades = list(_differences(_GRADES, before, after))
    content = list(_differences(_CLAIM, before, after)) if kind == "changed" else []
    facts_of_lines = (*old_lines.values(), *new_lines.values())
    studies = {study for facts in facts_of_lines for study in facts.get("ldn:study", ())}
    retracted = new.retracted(studies) - old.retracted(studies)
    restored = old.retracted(studies & new.studies.keys()) - new.retracted(studies)
    why = [
        *(f"{paper} is now retracted" for paper in _prefixed_names(retracted)),
        *(f"{paper} is no longer retracted" for paper in _prefixed_names(restored)),
        *_line_changes(old_lines, new_lines),
    ]
    concern = ""
    if kind == "changed":
        same = _grounds(before, old_lines) == _grounds(after, new_lines)
        if grades and (same or not why):
            why.append("the rules or terms changed" if same else "its kind or system changed")
        lost_line = _support(old_lines) - _support(new_lines)
        if lost_line or any(map(gt, _standing(after), _standing(before))):
            concern = "lost support"
    if retracted or _retracted_lines(new_lines) - _retracted_lines(old_lines):
        concern = "retraction"
    label = _words_of(after or before, "rdfs:label")
    return Change(shorten(claim), label, kind, concern, (*grades, *content), tuple(why))


def _support(lines: Records) -> set[str]:
    """Return the lines that support a claim and count."""
    return {
        line
        for line, facts in lines.items()
        if "ldn:setAside" not in facts and _SUPPORTS in facts.get("ldn:direction", ())
    }


def _retracted_lines(lines: Records) -> set[str]:
    return {line for line, facts in lines.items() if _RETRACTED in facts.get("ldn:setAside", ())}


def _standing(claim: Facts) -> tuple[str, str]:
    """Return the status and the evidence level of a claim as texts that sort best first."""
    status = "".join(claim.get("ldn:status", ())).removeprefix(LDNC)
    place = _STANDING.index(status) if status in _STANDING else len(_STANDING)
    # The notations of a scale sort best first, and a tilde sorts after all of them.
    return str(place), _words_of(claim, "ldn:evidenceLevel") or "~"


def _grounds(claim: Facts, lines: Records) -> tuple[object, object]:
    """Return what the rules read to grade a claim: its own facts, and those of its lines.

    A line is left out if it never counted; one that was set aside as retracted did count.
    """
    return [set(claim.get(name, ())) for name in ("rdf:type", "ldn:system")], {
        line: [set(facts.get(name, ())) for name in _READ]
        for line, facts in lines.items()
        if {*facts.get("ldn:setAside", ())} <= {_RETRACTED}
    }


def _line_changes(before: Records, after: Records) -> Iterator[str]:
    for line in sorted({*before, *after}):
        old, new = before.get(line, {}), after.get(line, {})
        if old and new:
            yield from _differences(_LINE, old, new, f"line of {_studies_of(old)}")
        else:
            yield f"line added: {_line_words(new)}" if new else f"line removed: {_line_words(old)}"


def _line_words(line: Facts) -> str:
    """Return a line in words: supports, study:younger2013 (randomised crossover trial, n = 28)."""
    people, aside = _words_of(line, "ldn:participants"), _words_of(line, "ldn:setAside")
    design = _words_of(line, "ldn:design") + (f", n = {people}" if people else "")
    words = f"{_words_of(line, 'ldn:direction')}, {_studies_of(line)} ({design})"
    return f"{words}, set aside: {aside}" if aside else words


def _studies_of(line: Facts) -> str:
    return ", ".join(_prefixed_names(line.get("ldn:study", ())))


def _differences(names: list[str], before: Facts, after: Facts, line: str = "") -> Iterator[str]:
    """Yield in words each property whose values differ; `line` are the words for an evidence line.

    Without `line`, the facts are those of a claim.
    """
    for name in names:
        old, new = before.get(name, {}), after.get(name, {})
        old_words, new_words = _words_of(before, name), _words_of(after, name)
        if old.keys() == new.keys():
            continue
        if name == "ldn:setAside" and not new:
            yield f"{line} no longer set aside: {old_words}"
            continue
        if name == "ldn:setAside" and not old:
            yield f"{line} now set aside: {new_words}"
            continue
        if old_words == new_words:  # two terms with the same label: their names differ
            old_words, new_words = ", ".join(_prefixed_names(old)), ", ".join(_prefixed_names(new))
        owner = f" of the {line}" if line else ""
        yield f"{_property_words(name)}{owner}: {old_words or 'none'} → {new_words or 'none'}"


def _property_words(name: str) -> str:
    """Return a property in words: its special name, or ldn:evidenceLevel as evidence level."""
    local = name.partition(":")[2]
    return _NAMES.get(name) or re.sub("[A-Z]", lambda capital: f" {capital[0].lower()}", local)


def _words_of(facts: Facts, name: str) -> str:
    return ", ".join(sorted(facts.get(name, {}).values()))


def _prefixed_names(records: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(map(shorten, records)))
