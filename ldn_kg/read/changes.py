"""What changed in our belief between two releases: which claims, and why."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import gt

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import KINDS, LDN, LDNC, shorten

# Property to value to its words, for each record. Values are compared and words shown: a concept
# which only gets another label is the same.
Facts = dict[str, dict[str, str]]
Records = dict[str, Facts]

_GRADES = "ldn:status ldn:evidenceLevel ldn:counterEvidenceLevel".split()
_CLAIM = """rdf:type rdfs:label rdf:subject rdf:predicate rdf:object ldn:negated ldn:doseCategory
    ldn:route ldn:population ldn:system ldn:follows ldn:statedIn""".split()
# Of a line: what the rules read to grade its claim, then what they do not read.
_READ = "ldn:study ldn:direction ldn:setAside ldn:design ldn:designLevel ldn:participants".split()
_LINE = [*_READ, "ldn:indirect"]
_NAMES = {
    "ldn:counterEvidenceLevel": "counter-evidence level",
    "ldn:indirect": "indirectness",
    "rdf:predicate": "relation",
    "rdf:type": "kind",
    "rdfs:label": "wording",
}
# Claims and studies by their class, lines by their claim. Withdrawn records are left out.
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
_STANDING = "supported contested undecided hypothesis disputed retracted".split()  # from the best
# The order of a report: what takes support away stands before what gives it.
CONCERNS = ("retraction", "lost support", "removed", "changed", "added")


@dataclass(frozen=True)
class Change:
    """A claim by its prefixed name and its words, what changed in it, and on which grounds.

    `kind` is added, removed or changed; `concern` is retraction, lost support or "".
    """

    claim: str
    words: str
    kind: str
    concern: str
    what: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What differs between two versions, in the order of a report.

    A study is in `studies_retracted` where a publication of it is retracted since.
    """

    old: str
    new: str
    claims: tuple[Change, ...]
    studies_added: tuple[str, ...]
    studies_removed: tuple[str, ...]
    studies_retracted: tuple[str, ...]


def compare_releases(old: Dataset, new: Dataset) -> Changes:
    """Compare what two derived datasets say of each claim, and the lines that bear on it.

    Raises LdnKgError where one of them has no claim, no status of a claim or no version.
    """
    expect_dataset(old)
    expect_dataset(new)
    versions = release_number(old, "The old release"), release_number(new, "The new release")
    before, after = _Release(old), _Release(new)
    found = (_change(claim, before, after) for claim in {*before.claims, *after.claims})
    claims = sorted(
        (change for change in found if change.what or change.why),
        key=lambda change: (CONCERNS.index(change.concern or change.kind), change.claim),
    )
    here, there = before.studies.keys(), after.studies.keys()
    retracted = [study for study in there if after.retracted([study]) - before.retracted([study])]
    studies = (_names(records) for records in (there - here, here - there, retracted))
    return Changes(*versions, tuple(claims), *studies)


def release_number(dataset: Dataset, name: str) -> str:
    """Return the version of a release; raise LdnKgError for what is none, by the name given."""
    found = [row["number"] for row in dataset.rows(_VERSION)]
    if len(found) != 1:
        raise LdnKgError(
            f"{name} is no release: that has claims with a derived status, and one version; "
            "name a folder that `ldn-kg build` wrote, or its ldn-kg.nq."
        )
    return found[0]


class _Release:
    """What is compared: the claims, the studies, and the lines of each claim."""

    def __init__(self, dataset: Dataset) -> None:
        """Read all of it at once."""
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
        """Return the lines of a claim."""
        return self._groups.setdefault(claim, {})

    def retracted(self, studies: Iterable[str]) -> set[str]:
        """Return the publications of studies that are retracted."""
        return {p for s in studies for p in self.studies.get(s, {}).get("ldn:retracted", ())}


def _change(claim: str, old: _Release, new: _Release) -> Change:
    before, after = old.claims.get(claim, {}), new.claims.get(claim, {})
    lines, now = old.lines(claim), new.lines(claim)
    kind = "changed" if before and after else "added" if after else "removed"
    grades = list(_differences(_GRADES, before, after))
    content = list(_differences(_CLAIM, before, after)) if kind == "changed" else []
    studies = {s for of in (*lines.values(), *now.values()) for s in of.get("ldn:study", ())}
    retracted = new.retracted(studies) - old.retracted(studies)
    why = [f"{paper} is now retracted" for paper in _names(retracted)]
    restored = old.retracted(studies & new.studies.keys()) - new.retracted(studies)
    why += [f"{paper} is no longer retracted" for paper in _names(restored)]
    why += _line_changes(lines, now)
    concern = ""
    if kind == "changed":
        same = _grounds(before, lines) == _grounds(after, now)
        if grades and (same or not why):
            why.append("the rules or terms changed" if same else "its kind or system changed")
        if _support(lines) - _support(now) or any(map(gt, _standing(after), _standing(before))):
            concern = "lost support"
    if retracted or _retracted_lines(now) - _retracted_lines(lines):
        concern = "retraction"
    words = _words(after or before, "rdfs:label")
    return Change(shorten(claim), words, kind, concern, (*grades, *content), tuple(why))


def _support(lines: Records) -> set[str]:
    """Return the lines for a claim that count."""
    counting = {line: of for line, of in lines.items() if "ldn:setAside" not in of}
    return {line for line, of in counting.items() if _SUPPORTS in of.get("ldn:direction", ())}


def _retracted_lines(lines: Records) -> set[str]:
    return {line for line, of in lines.items() if _RETRACTED in of.get("ldn:setAside", ())}


def _standing(claim: Facts) -> tuple[str, str]:
    """Return the status of a claim and the level for it as texts that sort from the best."""
    status = "".join(claim.get("ldn:status", ())).removeprefix(LDNC)
    place = _STANDING.index(status) if status in _STANDING else len(_STANDING)
    # The notations of a scale sort from the best, and a tilde after all of them.
    return str(place), _words(claim, "ldn:evidenceLevel") or "~"


def _grounds(claim: Facts, lines: Records) -> tuple[object, object]:
    """Return what the rules read to grade a claim: of itself, and of lines that count or did."""
    return [set(claim.get(name, ())) for name in ("rdf:type", "ldn:system")], {
        line: [set(of.get(name, ())) for name in _READ]
        for line, of in lines.items()
        if {*of.get("ldn:setAside", ())} <= {_RETRACTED}
    }


def _line_changes(before: Records, after: Records) -> Iterator[str]:
    for line in sorted({*before, *after}):
        old, new = before.get(line, {}), after.get(line, {})
        if old and new:
            yield from _differences(_LINE, old, new, f"line of {_study(old)}")
        else:
            yield f"line added: {_line(new)}" if new else f"line removed: {_line(old)}"


def _line(of: Facts) -> str:
    """Return a line in words: supports, study:younger2013 (randomised crossover trial, n = 28)."""
    people, aside = _words(of, "ldn:participants"), _words(of, "ldn:setAside")
    design = _words(of, "ldn:design") + (f", n = {people}" if people else "")
    words = f"{_words(of, 'ldn:direction')}, {_study(of)} ({design})"
    return f"{words}, set aside: {aside}" if aside else words


def _study(line: Facts) -> str:
    return ", ".join(_names(line.get("ldn:study", ())))


def _differences(names: list[str], before: Facts, after: Facts, line: str = "") -> Iterator[str]:
    """Say which facts of a claim differ, or of a line where its words are given."""
    for name in names:
        old, new = before.get(name, {}), after.get(name, {})
        left, right = _words(before, name), _words(after, name)
        if old.keys() == new.keys():
            continue
        if name == "ldn:setAside" and not (old and new):
            yield f"{line} now set aside: {right}" if new else f"{line} no longer set aside: {left}"
            continue
        if left == right:  # two terms with the same words: their names tell them apart
            left, right = ", ".join(_names(old)), ", ".join(_names(new))
        words = _NAMES.get(name) or re.sub(
            "[A-Z]", lambda capital: f" {capital[0].lower()}", name.partition(":")[2]
        )
        of = f" of the {line}" if line else ""
        yield f"{words}{of}: {left or 'none'} → {right or 'none'}"


def _words(facts: Facts, name: str) -> str:
    return ", ".join(sorted(facts.get(name, {}).values()))


def _names(records: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(map(shorten, records)))
