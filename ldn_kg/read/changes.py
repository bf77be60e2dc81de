"""Compares two releases: which claims changed, and why."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import KINDS, LDN, LDNC, shorten
from ldn_kg.read.grounds import Grounds, differing, grounds_of

# Of a record: property (a prefixed name) to value to the words for that value. Values are compared
# and words are shown, so a concept that only gets another label has not changed.
Facts = dict[str, dict[str, str]]
Records = dict[str, Facts]

_LEVELS = "ldn:evidenceLevel ldn:counterEvidenceLevel".split()
_GRADES = ["ldn:status", "ldn:certainty", *_LEVELS, "ldn:chainLevel"]
# What the answer to a claim counts beside its syntheses.
_COUNTS = """ldn:uncontrolledStudies ldn:uncontrolledParticipants ldn:awaitedTrials
    ldn:awaitedParticipants""".split()
_CLAIM = """rdf:type rdfs:label rdf:subject rdf:predicate rdf:object ldn:negated ldn:doseCategory
    ldn:route ldn:population ldn:system ldn:follows ldn:statedIn""".split()
# Of a line: the properties that the rules read to grade its claim, then the others.
_READ = "ldn:study ldn:direction ldn:setAside ldn:design ldn:lineLevel ldn:participants".split()
_LINE = [*_READ, "ldn:indirect"]
_NAMES = {
    "ldn:chainLevel": "level of the path",
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
  VALUES ?property {{ {" ".join([*_GRADES, *_COUNTS, *_CLAIM, *_LINE])} ldn:answer ldn:retracted }}
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
_BY_OUTCOME = "SELECT ?claim WHERE { ?claim ldn:answer ?answer } LIMIT 1"
_SUPPORTS, _RETRACTED = LDNC + "supports", LDNC + "kept-out-retracted"
# Statuses by how well what the claim says stands, best first; those of a place stand equally.
_STANDING = (
    "benefit-shown known-effect more-often observed agreed",
    "benefit-possible",
    "studies-disagree outcomes-differ sources-disagree",
    "too-little-to-say too-few-events deciding-outcome-not-measured",
    "only-uncontrolled not-compared inferred-only stated-only",
    "only-case-reports tested-otherwise",
    "untested",
    "little-or-no-benefit-possible no-clear-difference",
    "little-or-no-benefit less-often not-observed contradicted",
    "harm-possible",
    "harm-shown",
    "withdrawn",
)
_NEW_RULES = "graded by new rules"
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
        self._grounds = grounds_of(dataset)
        # False of a release from when lines were counted: it has no answers in sentences.
        self.by_outcome = bool(dataset.rows(_BY_OUTCOME))
        self.claims, self.studies = self.lines(LDN + "Claim"), self.lines(LDN + "Study")

    def lines(self, claim: str) -> Records:
        """Return the lines on a claim, by IRI."""
        return self._groups.setdefault(claim, {})

    def grounds(self, claim: str) -> Grounds:
        """Return what the answer to a claim rests on; nothing, if there is no such claim."""
        return self._grounds.get(claim, Grounds()) if claim in self.claims else Grounds()

    def retracted(self, studies: Iterable[str]) -> set[str]:
        """Return the retracted publications of studies."""
        return {p for s in studies for p in self.studies.get(s, {}).get("ldn:retracted", ())}


def _change(claim: str, old: _Release, new: _Release) -> Change:
    before, after = old.claims.get(claim, {}), new.claims.get(claim, {})
    old_lines, new_lines = old.lines(claim), new.lines(claim)
    kind = "changed" if before and after else "added" if after else "removed"
    new_rules = kind == "changed" and old.by_outcome != new.by_outcome
    grades = list(_differences(_GRADES, before, after))
    what = [*grades, *([] if new_rules else _differences(_COUNTS, before, after))]
    what += _differences(_CLAIM, before, after) if kind == "changed" else []
    what += _sentence(before, after)
    facts_of_lines = (*old_lines.values(), *new_lines.values())
    studies = {study for facts in facts_of_lines for study in facts.get("ldn:study", ())}
    retracted = new.retracted(studies) - old.retracted(studies)
    restored = old.retracted(studies & new.studies.keys()) - new.retracted(studies)
    why = [
        *(f"{paper} is now retracted" for paper in _prefixed_names(retracted)),
        *(f"{paper} is no longer retracted" for paper in _prefixed_names(restored)),
        *_line_changes(old_lines, new_lines, whole=new_rules),
    ]
    concern = ""
    if new_rules:
        why += [_NEW_RULES] if grades else []
    else:
        why += differing(old.grounds(claim), new.grounds(claim))
    if kind == "changed" and not new_rules:
        same = _read(claim, old) == _read(claim, new)
        if grades and (same or not why):
            why.append(_without_reason(before, after, same))
        lost_line = _support(old_lines) - _support(new_lines)
        if lost_line or _is_worse(before, after):
            concern = "lost support"
    set_aside = not new_rules and _retracted_lines(new_lines) - _retracted_lines(old_lines)
    if retracted or set_aside:
        concern = "retraction"
    label = _words_of(after or before, "rdfs:label")
    return Change(shorten(claim), label, kind, concern, tuple(what), tuple(why))


def _without_reason(before: Facts, after: Facts, same: bool) -> str:
    """Say why a claim is graded otherwise where nothing that is told explains it."""
    if not same:
        return "its kind or system changed"
    changed = [n for n in _GRADES if before.get(n, {}).keys() != after.get(n, {}).keys()]
    if changed == ["ldn:chainLevel"]:
        return "a claim that it follows from changed"
    if f"{LDN}MechanismClaim" in after.get("rdf:type", ()):
        return "a wider claim, the rules or terms changed"
    return "the rules or terms changed"


def _sentence(before: Facts, after: Facts) -> Iterator[str]:
    """Yield the sentence of a claim where it is another than before."""
    sentence = _words_of(after, "ldn:answer")
    if sentence and sentence != _words_of(before, "ldn:answer"):
        yield f"answer: {sentence}"


def _support(lines: Records) -> set[str]:
    """Return the lines that support a claim and count."""
    return {
        line
        for line, facts in lines.items()
        if "ldn:setAside" not in facts and _SUPPORTS in facts.get("ldn:direction", ())
    }


def _retracted_lines(lines: Records) -> set[str]:
    return {line for line, facts in lines.items() if _RETRACTED in facts.get("ldn:setAside", ())}


def _standing(claim: Facts) -> tuple[int, str]:
    """Return the status and the evidence level of a claim so that they sort best first."""
    status = "".join(claim.get("ldn:status", ())).removeprefix(LDNC)
    places = [place for place, words in enumerate(_STANDING) if status in words.split()]
    # The notations of a scale sort best first, and a tilde sorts after all of them.
    return min(places, default=len(_STANDING)), _words_of(claim, "ldn:evidenceLevel") or "~"


def standing(status: str) -> int:
    """Return the place of a status, by its IRI, in the order from what stands best; -1 for none."""
    code = status.removeprefix(LDNC)
    return next((n for n, codes in enumerate(_STANDING) if code in codes.split()), -1)


def _is_worse(before: Facts, after: Facts) -> bool:
    """Tell whether the status of a claim or its evidence level is worse than it was."""
    (old_place, old_level), (new_place, new_level) = _standing(before), _standing(after)
    return new_place > old_place or new_level > old_level


def _read(claim: str, release: _Release) -> tuple[object, ...]:
    """Return what the rules read to grade a claim: its own facts, its lines and its grounds.

    A line is left out if it never counted; one that was set aside as retracted did count.
    """
    facts = release.claims[claim]
    own = [set(facts.get(name, ())) for name in ("rdf:type", "ldn:system", *_COUNTS)]
    lines = {
        line: [set(facts.get(name, ())) for name in _READ]
        for line, facts in release.lines(claim).items()
        if {*facts.get("ldn:setAside", ())} <= {_RETRACTED}
    }
    return own, lines, release.grounds(claim).read


def _line_changes(before: Records, after: Records, whole: bool) -> Iterator[str]:
    """Yield which lines were added or removed, and, unless only `whole` ones, what differs."""
    for line in sorted({*before, *after}):
        old, new = before.get(line, {}), after.get(line, {})
        if old and new and whole:
            continue
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
