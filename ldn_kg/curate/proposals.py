"""What the dataset has of a new study already: the study itself, and the records it may link."""

import re
from collections.abc import Iterator

from ldn_kg.check.place import file_of
from ldn_kg.curate.bibliography import Reference
from ldn_kg.curate.known import known
from ldn_kg.curate.matching import IDENTIFIERS, Entry, Known
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.names import by_name, plain
from ldn_kg.graph.namespaces import BASE, shorten

_SHORTEST = 4  # letters: in a title, shorter acronyms mean too many things
_DOSES = "SELECT ?record ?label WHERE { ?record a ldn:Dose ; rdfs:label ?label } ORDER BY ?record"
# Claims that a treatment helps come first, since studies bear on these most.
_CLAIMS = """
SELECT DISTINCT ?claim ?object
WHERE {
  VALUES (?kind ?rank) {
    (ldn:EfficacyClaim 1) (ldn:MechanismClaim 2) (ldn:SafetyClaim 3) (ldn:ClassificationClaim 4)
  }
  ?claim a ?kind ; rdf:object ?object .
}
ORDER BY ?rank ?claim
"""


class AlreadyRecorded(LdnKgError):
    """A study is in the dataset already; the message names it and says what is the same."""


def refuse_known(dataset: Dataset, reference: Reference) -> None:
    """Raise AlreadyRecorded where a study has the same identifier, registration or title.

    They are compared as by `screen`. A title is the same where its words are, whatever
    its capitals, accents and punctuation, also where the year or other identifiers differ: what has
    the title of a study may be another edition or report of it, which a person decides.
    """
    for what, value, entry in _same(known(dataset), reference):
        if entry.kind != "exclusion":
            name = shorten(entry.name)
            file = file_of(dataset.files, entry.name)
            where = f" in {file}" if file else ""
            raise AlreadyRecorded(
                f"{name}{where} has the same {what} ({value}). Look at it by `ldn-kg show "
                f"{name.partition(':')[2]}`; --force begins another file all the same."
            )


def _same(have: Known, reference: Reference) -> Iterator[tuple[str, str, Entry]]:
    """Yield by what, with its value, a reference is the same as an entry."""
    match = have.match(reference)
    if match and match.by in IDENTIFIERS.values():
        field = {name: kind for kind, name in IDENTIFIERS.items()}[match.by]
        value = getattr(reference, field, None) or ", ".join(reference.registrations)
        yield from ((match.by, value, entry) for entry in match.entries)
    numbers = ", ".join(reference.registrations)
    yield from (("registration", numbers, entry) for entry in have.registered(reference))
    if match:
        yield from ((match.by, str(reference), entry) for entry in match.entries)
    yield from (("title", reference.title or "", e) for e in have.with_title(reference))


def named_in(dataset: Dataset, title: str, *kinds: str) -> list[str]:
    """Return the prefixed names of records of some kinds that a title names, longest name first.

    A name within a longer one that the title has, too, does not count: `pain` in `chronic pain`.
    """
    words = f" {plain(title)} "
    found: dict[str, str] = {}
    for name, records in sorted(by_name(dataset).items(), key=lambda item: -len(item[0])):
        fits = [r for r in sorted(records) if r.removeprefix(BASE).partition("/")[0] in kinds]
        if len(name) >= _SHORTEST and fits and f" {name} " in words:
            words = words.replace(f" {name} ", "  ")
            found.update(dict.fromkeys(map(shorten, fits), name))
    return list(found)


def doses_in(dataset: Dataset, title: str) -> list[str]:
    """Return the prefixed names of the doses that a title names by amount and unit (`4.5 mg`)."""
    named = {}
    for row in dataset.rows(_DOSES):
        label = re.escape(row["label"]).replace(r"\ ", r"[\s-]?")
        match = re.search(rf"(?<![\d.,–-]){label}(?![\w/])", title)
        if match:
            named[shorten(row["record"])] = match.start()
    return sorted(named, key=lambda name: named[name])


def claims_about(dataset: Dataset, objects: list[str]) -> list[str]:
    """Return the prefixed names of the claims about some records, in the order of these.

    Of one record, claims that a treatment helps come first.
    """
    rows = [(shorten(row["claim"]), shorten(row["object"])) for row in dataset.rows(_CLAIMS)]
    return [claim for wanted in objects for claim, about in rows if about == wanted]
