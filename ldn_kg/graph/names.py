"""Which record a name means: an IRI, a prefixed name, a slug, a label, a registration, a DOI."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from pyoxigraph import NamedNode, Quad

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.identifiers import normal
from ldn_kg.graph.namespaces import BASE, KINDS, PREFIXES, expand, shorten

# All by which people call a record, and the records whose slugs they may use.
_NAMES = f"""
SELECT DISTINCT ?record ?name
WHERE {{
  VALUES ?property {{
    rdfs:label skos:prefLabel skos:altLabel skos:hiddenLabel dcterms:title
    schema:identifier bibo:doi bibo:pmid
  }}
  ?record ?property ?name .
  FILTER(isIRI(?record) && STRSTARTS(STR(?record), "{BASE}") && !CONTAINS(STR(?record), "#"))
}}
ORDER BY ?record
"""
_RECORDS = f"""
SELECT DISTINCT ?record
WHERE {{
  ?record a ?type .
  FILTER(isIRI(?record) && STRSTARTS(STR(?record), "{BASE}") && !CONTAINS(STR(?record), "#"))
}}
ORDER BY ?record
"""
_STUDY_OF = "SELECT ?study WHERE { ?study a ldn:Study ; ldn:publication ?record } ORDER BY ?study"
_PLACES = [s for s in PREFIXES.values() if s.startswith(BASE) and s.endswith("/")]
_MOST = 5  # names that a message lists
_SHORT = 4  # letters: a shorter name is an acronym, and every acronym is near to another


class Lookup(Protocol):
    """Where names are looked up: a dataset."""

    def about(self, subject: Any) -> Iterator[Quad]:
        """Yield the quads with a subject."""

    def rows(self, sparql: str, **values: NamedNode) -> list[dict[str, str]]:
        """Return the rows of a SELECT query as text."""


def find(dataset: Lookup, name: str, kind: str | None = None, *, strict: bool = True) -> NamedNode:
    """Return the record that a name means, of a kind where one is given (claim, condition …).

    A name is an IRI, a prefixed name (`condition:fibromyalgia`), the last part of an IRI, or any
    label, alternative label, title, acronym, registration number, DOI or PubMed identifier,
    whatever its capitals, accents and hyphens; an identifier in any spelling that
    `identifiers.normal` knows. The name of a publication means its study, unless a publication is
    asked for. A record of another kind is refused, or where not `strict` returned if there is none
    of the kind. Raises LdnKgError with the nearest names where there is no such
    record, and with all of them where a name means several.
    """
    if not isinstance(name, str):
        raise LdnKgError(f"{name!r} is not the name of a record; give a text.")
    for term in _terms(name, kind):
        if _is_record(dataset, term):
            return _of_kind(term, kind) if strict else term
    slugs = [iri for place in _PLACES for iri in _iris([f"{place}{name}"])]
    meant = _narrowed(dataset, (s.value for s in slugs if _is_record(dataset, s)), kind)
    known: dict[str, set[str]] = {}
    if not meant:
        known = by_name(dataset)
        called = known.get(plain(name)) or known.get(plain(normal(name)), set())
        meant = _narrowed(dataset, _wholes(called, _every(known)), kind)
    if len(meant) == 1:
        record = NamedNode(meant[0])
        return _of_kind(record, kind) if strict else record
    if meant:
        listed = ", ".join(shorten(iri) for iri in meant[:_MOST])
        raise LdnKgError(f"{name!r} means several records: {listed}. Name one of them.")
    close = near(plain(shorten(name).rpartition(":")[2]), known, kind)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    raise LdnKgError(f"There is no {kind or 'record'} {name!r}.{hint}")


def plain(name: str) -> str:
    """Return a name without what people leave out: capitals, accents, punctuation, `doi:`."""
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*|pmid:\s*)", "", name.strip().lower())
    letters = bare.replace("'", "").replace("’", "").casefold()
    if not letters.isascii():
        apart = unicodedata.normalize("NFKD", letters)
        letters = "".join(c for c in apart.casefold() if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", letters))


def _terms(name: str, kind: str | None) -> Iterator[NamedNode]:
    iris = [name.strip("<>"), expand(name)]
    if kind in KINDS:
        iris.insert(0, f"{BASE}{kind}/{name}")
    return _iris(iri for iri in iris if iri)


def _iris(texts: Iterable[str]) -> Iterator[NamedNode]:
    """Yield those texts that are IRIs."""
    for text in texts:
        try:
            yield NamedNode(text)
        except ValueError:
            continue


def _is_record(dataset: Lookup, iri: NamedNode) -> bool:
    return next(dataset.about(iri), None) is not None


def _of_kind(record: NamedNode, kind: str | None) -> NamedNode:
    """Refuse one of our records that is of another kind: it could only give an empty answer."""
    if kind in KINDS and record.value.startswith(BASE) and _kind(record.value) != kind:
        raise LdnKgError(f"{shorten(record.value)} is not a {kind}.")
    return record


def _kind(record: str) -> str:
    return record.removeprefix(BASE).partition("/")[0]


def _narrowed(dataset: Lookup, records: Iterable[str], kind: str | None) -> list[str]:
    """Return the records of a kind, or all where none is; a study in place of its publication."""
    wholes = {
        study
        for record in records
        for study in (_studies(dataset, record) if kind != "publication" else ()) or (record,)
    }
    of_kind = {record for record in wholes if _kind(record) == kind}
    return sorted(of_kind or wholes)


def _studies(dataset: Lookup, record: str) -> tuple[str, ...]:
    if _kind(record) != "publication":
        return ()
    return tuple(row["study"] for row in dataset.rows(_STUDY_OF, record=NamedNode(record)))


def by_name(dataset: Lookup) -> dict[str, set[str]]:
    """Map each name, made plain, and the last part of each IRI to the records that have it."""
    records: dict[str, set[str]] = {}
    for row in dataset.rows(_NAMES):
        records.setdefault(plain(row["name"]), set()).add(row["record"])
    for row in dataset.rows(_RECORDS):
        records.setdefault(plain(row["record"].rpartition("/")[2]), set()).add(row["record"])
    return records


def alike(name: str, names: Iterable[str], most: int | None, least: float = 0.6) -> list[str]:
    """Return the names that are most like one, the likest first; `least` is from 0 to 1."""
    from rapidfuzz.fuzz import ratio  # here: most names are right
    from rapidfuzz.process import extract

    found = extract(name, list(names), scorer=ratio, score_cutoff=100 * least, limit=most)
    return [like for like, *_ in found]


def near(name: str, named: dict[str, set[str]], kind: str | None = None) -> list[str]:
    """Return the prefixed names of the nearest records: those with its words, then the like.

    The name is plain, and so are those of `named` (see `by_name`). There are at most three.
    """
    names = [
        other
        for other, records in named.items()
        if kind not in KINDS or any(_kind(record) == kind for record in records)
    ]
    begun = [other for other in names if name and f" {name}" in f" {other}"]
    close = alike(name, names, _MOST) if len(name) >= _SHORT else []
    every = _every(named)
    nearest = [
        *sorted({record for other in begun for record in _wholes(named[other], every)}, key=_rank),
        *(record for other in close for record in sorted(_wholes(named[other], every), key=_rank)),
    ]
    of_kind = [record for record in nearest if kind not in KINDS or _kind(record) == kind]
    return [shorten(record) for record in list(dict.fromkeys(of_kind))[:3]]


def _every(named: dict[str, set[str]]) -> set[str]:
    return set().union(*named.values())


def _wholes(records: Iterable[str], every: set[str]) -> set[str]:
    """Return the records that are no part of another, or all where each is a part."""
    wholes = {record for record in records if not _is_part(record, every)}
    return wholes or set(records)


def _is_part(record: str, every: set[str]) -> bool:
    """Return whether the name of a record continues that of a study or a source document."""
    places = (match.start() for match in re.finditer("-", record))
    return _kind(record) in ("study", "source") and any(record[:at] in every for at in places)


def _rank(record: str) -> tuple[bool, int, str]:
    """Put what people ask for first: a condition or a claim before an instrument or a part."""
    return _kind(record) not in ("claim", "condition", "symptom", "drug"), len(record), record
