"""What the dataset has: publications, studies that have none, and reports that were excluded."""

import re
from collections.abc import Iterator
from typing import Any

from ldn_kg.curate.bibliography.fields import clean, tidy
from ldn_kg.curate.bibliography.reference import Reference
from ldn_kg.curate.matching import Entry, Known
from ldn_kg.graph.dataset import Dataset

# A publication stands beside its studies; a study without one, by itself.
_RECORDS = """
SELECT DISTINCT ?record ?study ?kind ?title ?authors ?journal ?year ?volume ?issue ?pages ?doi ?pmid
  ?number ?registration ?source ?retracted
WHERE {
  {
    ?record a ldn:Publication BIND("publication" AS ?kind)
    OPTIONAL { ?study ldn:publication ?record OPTIONAL { ?study schema:identifier ?registration } }
    OPTIONAL { ?record ldn:retracted ?retracted }
  }
  UNION {
    ?record a ldn:Study BIND("registration" AS ?kind) BIND(?record AS ?study)
    FILTER NOT EXISTS { ?record ldn:publication ?publication }
    OPTIONAL { ?record schema:identifier ?registration }
  }
  UNION {
    ?record a ldn:Exclusion BIND("exclusion" AS ?kind)
    OPTIONAL { ?record ldn:duplicateOf ?study }
    OPTIONAL { ?record dcterms:source ?source }
  }
  OPTIONAL { ?record dcterms:title ?title } OPTIONAL { ?record ldn:authorList ?authors }
  OPTIONAL { ?record ldn:journal ?journal } OPTIONAL { ?record dcterms:issued ?year }
  OPTIONAL { ?record bibo:volume ?volume } OPTIONAL { ?record bibo:issue ?issue }
  OPTIONAL { ?record bibo:pages ?pages } OPTIONAL { ?record bibo:doi ?doi }
  OPTIONAL { ?record bibo:pmid ?pmid } OPTIONAL { ?record schema:identifier ?number }
}
ORDER BY ?kind ?record ?study ?registration ?number ?source
"""


def known(dataset: Dataset) -> Known:
    """Return what a new record is to be compared with."""
    return Known(entries(dataset))


def entries(dataset: Dataset) -> Iterator[Entry]:
    """Yield publications, then studies without one, then exclusions."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in dataset.rows(_RECORDS):
        rows.setdefault(row["record"], []).append(row)
    order = ("publication", "registration", "exclusion")
    for of_record in sorted(rows.values(), key=lambda several: order.index(several[0]["kind"])):
        yield _entry(of_record)


def _entry(rows: list[dict[str, str]]) -> Entry:
    first = rows[0]
    sources = " ".join(every(rows, "source"))
    numbers = every(rows, "number")
    names = re.split(r", (?!Inc\b|Ltd\b)", first["authors"]) if first["authors"] else []
    fields = ("title", "journal", "year", "volume", "issue", "pages")
    told: dict[str, Any] = {field: clean(first[field]) or None for field in fields}
    on_pubmed = re.search(r"pubmed\.ncbi\.nlm\.nih\.gov/(\d+)", sources)
    reference = Reference(
        authors=tuple(name for name in map(str.strip, names) if name and name != "et al."),
        doi=first["doi"] or tidy("doi", sources),
        pmid=first["pmid"] or (on_pubmed[1] if on_pubmed else None),
        pmcid=next((number for number in numbers if number.startswith("PMC")), None),
        isbn=next((tidy("isbn", n[5:]) for n in numbers if n.startswith("ISBN ")), None),
        registrations=tuple(every(rows, "registration")),
        **told | {"year": first["year"][:4] or None},
    )
    return Entry(
        name=first["record"],
        kind=first["kind"],
        reference=reference,
        studies=tuple(every(rows, "study")),
        retracted=first["retracted"] == "true",
    )


def every(rows: list[dict[str, str]], column: str) -> list[str]:
    """Return the different values of a column, in their order."""
    return list(dict.fromkeys(row[column] for row in rows if row[column]))
