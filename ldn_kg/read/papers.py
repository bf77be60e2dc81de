"""The papers that records were read from: who wrote what, where it appeared, and its numbers.

`ldn_kg.read.citation` cites our record; `ldn_kg.read.paper_forms` writes what is told here.
"""

import re
from typing import NamedTuple

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE

# The kinds of papers, by the first words that fit where a paper appeared, or else the label that
# stands in for its title. What has a volume and an issue is an article, whatever its journal is
# called, and so is what appeared in a journal and shows no sign of another kind.
_SIGNS = {
    "preprint": r"\b(preprint|medrxiv|biorxiv)\b",
    "book chapter": r"^in: |\bchapter\b",
    "conference abstract": r"\b(conference|meeting)\b",
    "report": r"^report\b",
    "document": r"\b(repository|database, record)\b|^$",
}
ARTICLE, REGISTRATION = "journal article", "registration"
KINDS = (ARTICLE, *_SIGNS, REGISTRATION)

_PAPERS = """
SELECT DISTINCT ?paper ?retracted ?authors ?title ?label ?journal ?year ?volume ?issue ?pages ?doi
  ?pmid
WHERE {
  %s
  OPTIONAL { ?paper dcterms:title ?title } OPTIONAL { ?paper rdfs:label ?label }
  OPTIONAL { ?paper ldn:retracted ?retracted FILTER(?retracted) }
  OPTIONAL { ?paper ldn:authorList ?authors } OPTIONAL { ?paper ldn:journal ?journal }
  OPTIONAL { ?paper dcterms:issued ?year } OPTIONAL { ?paper bibo:volume ?volume }
  OPTIONAL { ?paper bibo:issue ?issue } OPTIONAL { ?paper bibo:pages ?pages }
  OPTIONAL { ?paper bibo:doi ?doi } OPTIONAL { ?paper bibo:pmid ?pmid }
}
ORDER BY ?year ?paper
"""
# Which papers: those of a study, arm, result or evidence line, or the publication itself.
# Unions, as a path of optional steps is tried from every node.
_OF_RECORD = """
  { BIND(?record AS ?paper) } UNION { ?record ldn:publication ?paper }
  UNION { ?record ldn:study/ldn:publication ?paper }
  UNION { ?study ldn:arm|ldn:result ?record ; ldn:publication ?paper }
  FILTER EXISTS { ?paper a ldn:Publication }"""
_ALL = "?paper a ldn:Publication ."
# Of a study without a paper its registration is all there is to read.
_REGISTERED = """
SELECT DISTINCT ?paper ?label
WHERE {
  ?paper a ldn:Study ; schema:identifier ?number .
  FILTER NOT EXISTS { ?paper ldn:publication ?publication }
  OPTIONAL { ?paper rdfs:label ?label }
}
ORDER BY ?paper
"""
# What a paper can have several of. The addresses are those of DOI, PubMed, PMC and registries.
_DETAILS = """
SELECT DISTINCT ?kind ?value
WHERE {
  { ?of skos:note ?value BIND("note" AS ?kind) }
  UNION { ?of schema:identifier ?value BIND("identifier" AS ?kind) }
  UNION { ?of schema:sameAs ?value BIND("address" AS ?kind) }
  UNION { ?value ldn:publication ?of BIND("study" AS ?kind) }
  UNION { ?study ldn:publication ?of ; schema:identifier ?value BIND("registration" AS ?kind) }
}
ORDER BY ?kind ?value
"""
# The parts of a reference in Vancouver style, in order; unknown parts are left out.
_PARTS = {
    "authors": "{}. ",
    "title": "{}. ",
    "journal": "{} ",
    "year": "{}",
    "volume": ";{}",
    "issue": "({})",
    "pages": ":{}",
}


class Paper(NamedTuple):
    """A publication, or the registration of a study that has none; "" and () are not known.

    `kind` is one of KINDS, `iri` that of the publication or of the registered study. A `title` in
    brackets is our words for one that was not seen. `authors` are as the data write them, "Bruun
    KD, Toft P" with ", et al." where not all were seen; `year` has four digits, `url` is an address
    for readers. `registrations` are those of its studies.
    """

    iri: str
    kind: str
    title: str
    authors: str = ""
    journal: str = ""
    year: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    isbn: str = ""
    url: str = ""
    retracted: bool = False
    studies: tuple[str, ...] = ()
    registrations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The citation key, made of the IRI alone, so that it stays: `younger2013`."""
        kind, _, name = self.iri.removeprefix(BASE).partition("/")
        local = name if kind == "publication" else self.iri.removeprefix(BASE)
        return "-".join(re.findall(r"\w+", local, re.ASCII))

    @property
    def heading(self) -> str:
        """The title, after RETRACTED where it is: a style may print the title and nothing else."""
        return f"RETRACTED: {self.title}" if self.retracted else self.title

    @property
    def reference(self) -> str:
        """The reference in Vancouver style, on one line."""
        told = {part: getattr(self, part) for part in _PARTS} | {"title": self.title}
        if self.kind != REGISTRATION:
            told["year"] = self.year or "[year not seen]"
        text = "".join(form.format(told[part]) for part, form in _PARTS.items() if told[part])
        text = _on_one_line(re.sub(r"([.?!])\. ", r"\1 ", text))  # no full stop after a "?"
        text += "" if text.endswith((".", "?", "!")) else "."
        text = f"RETRACTED: {text}" if self.retracted else text
        if self.doi:
            return f"{text} doi:{self.doi}"
        return f"{text} PMID:{self.pmid}" if self.pmid else text


def papers(dataset: Dataset, name: str | None = None) -> list[Paper]:
    """Return the papers of a study or of a part of it by its IRI, or a paper by its own.

    They are the oldest first. Without a name they are all papers of the dataset, and after them the
    registrations of the studies that have none.
    """
    if name is not None:
        return _told(dataset, dataset.rows(_PAPERS % _OF_RECORD, record=NamedNode(name)))
    registered = [{"registered": "yes", **row} for row in dataset.rows(_REGISTERED)]
    return _told(dataset, [*dataset.rows(_PAPERS % _ALL), *registered])


def _told(dataset: Dataset, rows: list[dict[str, str]]) -> list[Paper]:
    once: dict[str, dict[str, str]] = {}
    for row in rows:
        once.setdefault(row["paper"], row)
    return [_paper(dataset, row) for row in once.values()]


def _paper(dataset: Dataset, row: dict[str, str]) -> Paper:
    details: dict[str, list[str]] = {}
    for detail in dataset.rows(_DETAILS, of=NamedNode(row["paper"])):
        details.setdefault(detail["kind"], []).append(_on_one_line(detail["value"]))
    numbers = details.get("identifier", [])
    fields = ("authors", "journal", "year", "volume", "issue", "pages", "doi", "pmid")
    known = {field: _on_one_line(row.get(field, "")) for field in fields}
    known["year"] = known["year"][:4]
    label = _on_one_line(row["label"]) or "title not seen"
    registered = "registered" in row
    return Paper(
        iri=row["paper"],
        kind=REGISTRATION if registered else _kind(known, row["label"]),
        title=_on_one_line(row.get("title", "")) or f"[{label}]",
        **known,
        pmcid=next((number for number in numbers if number.startswith("PMC")), ""),
        isbn=next((n.removeprefix("ISBN ") for n in numbers if n.startswith("ISBN ")), ""),
        url=min(details.get("address", [""]), key=_nearest),
        retracted=bool(row.get("retracted")),
        studies=(row["paper"],) if registered else tuple(details.get("study", ())),
        registrations=tuple(numbers if registered else details.get("registration", ())),
        notes=() if registered else tuple(details.get("note", ())),
    )


def _kind(known: dict[str, str], label: str) -> str:
    journal = known["journal"]
    if journal and known["volume"] and known["issue"]:
        return ARTICLE
    for kind, sign in _SIGNS.items():
        if re.search(sign, journal or label, re.IGNORECASE):
            return kind
    return ARTICLE if journal else "document"


def _nearest(address: str) -> tuple[int, str]:
    """Order addresses: that of the DOI first, as it leads to the publisher."""
    hosts = ("doi.org", "pubmed.", "pmc.")
    found = (number for number, host in enumerate(hosts) if f"//{host}" in address)
    return next(found, len(hosts)), address


def _on_one_line(text: str) -> str:
    """Return a text without line breaks, which would end a field of RIS."""
    return " ".join(text.split())
