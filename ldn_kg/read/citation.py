"""How to cite the dataset, or a record of it, in the forms that reference managers read.

All that is said is in the graph: as there is no DOI and no repository yet, none is named.
"""

import re
from typing import Any

from pyoxigraph import NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import shorten
from ldn_kg.read.citation_forms import FORMATS, OF_RECORDS, WRITERS

__all__ = ["FORMATS", "cite"]

# The licence has a name in SPDX, and another at Zenodo.
_VERSION = """
SELECT ?dataset ?version ?number ?issued ?title ?description ?disclaimer ?publisher ?spdx ?zenodo
WHERE {
  VALUES (?licence ?spdx ?zenodo) {
    (<https://creativecommons.org/publicdomain/zero/1.0/> "CC0-1.0" "cc-zero")
  }
  ?version dcterms:isVersionOf ?dataset ; dcat:version ?number ; dcterms:issued ?issued ;
    dcterms:title ?title ; dcterms:description ?description ; dcterms:license ?licence ;
    schema:disambiguatingDescription ?disclaimer ; dcterms:publisher/schema:name ?publisher .
}
ORDER BY DESC(?issued) ?version
"""
_CREATORS = "SELECT ?value { ?version dcterms:creator/schema:name ?value } ORDER BY ?value"
_KEYWORDS = "SELECT ?value { ?version dcat:keyword ?value } ORDER BY ?value"
# How a claim stands: to cite it without that would be to assert it.
_STANDING = "SELECT ?value { ?record ldn:status/skos:prefLabel ?value }"
_STATUS = """
SELECT (CONCAT(?status, "; evidence level: ", COALESCE(?level, "none"),
  COALESCE(CONCAT("; counter-evidence level: ", ?against), "")) AS ?value)
WHERE {
  ?record ldn:status/skos:prefLabel ?status .
  OPTIONAL { ?record ldn:evidenceLevel/skos:prefLabel ?level }
  OPTIONAL { ?record ldn:counterEvidenceLevel/skos:prefLabel ?against }
}
"""
# Of a study, its arms, results and evidence lines; a publication is its own. Words that are not the
# title stand in brackets.
_PAPERS = """
SELECT DISTINCT ?paper ?retracted ?authors ?title ?journal ?year ?volume ?issue ?pages ?doi ?pmid
WHERE {
  ?record (ldn:study|^ldn:arm|^ldn:result)?/ldn:publication? ?paper . ?paper a ldn:Publication .
  OPTIONAL { ?paper dcterms:title ?full } OPTIONAL { ?paper rdfs:label ?short }
  OPTIONAL { ?paper ldn:retracted ?retracted FILTER(?retracted) }
  OPTIONAL { ?paper ldn:authorList ?authors } OPTIONAL { ?paper ldn:journal ?journal }
  OPTIONAL { ?paper dcterms:issued ?year } OPTIONAL { ?paper bibo:volume ?volume }
  OPTIONAL { ?paper bibo:issue ?issue } OPTIONAL { ?paper bibo:pages ?pages }
  OPTIONAL { ?paper bibo:doi ?doi } OPTIONAL { ?paper bibo:pmid ?pmid }
  BIND(COALESCE(?full, CONCAT("[", ?short, "]")) AS ?title)
}
ORDER BY ?year ?paper
"""
# The parts of a reference in the Vancouver manner, in order; one that is not known is left out.
_PARTS = {
    "retracted": "RETRACTED: ",
    "authors": "{}. ",
    "title": "{}. ",
    "journal": "{} ",
    "year": "{:.4}",
    "volume": ";{}",
    "issue": "({})",
    "pages": ":{}",
}


def cite(dataset: Dataset, name: str | None = None, form: str = "text") -> str:
    """Return the citation of the dataset, or of the record that a name means, in one of FORMATS.

    RIS has CRLF, as its specification demands; the other forms have LF. Raises LdnKgError for an
    unknown form or record, for a record in a form of the dataset, and where no version is known.
    """
    expect_dataset(dataset)
    if form not in FORMATS:
        raise LdnKgError(f"There is no form {form!r} of a citation; it is {', '.join(FORMATS)}.")
    work = _version(dataset)
    record = NamedNode(work["version"]) if name is None else dataset.find(name)
    if record.value not in (work["version"], work["dataset"]):
        work |= _record(dataset, record, work["number"])
    if work["name"] and form not in OF_RECORDS:
        forms = ", ".join(OF_RECORDS)
        raise LdnKgError(f"Only the dataset has the form {form}; cite {work['name']} as {forms}.")
    work["key"] = "_".join(re.findall("[A-Za-z0-9-]+", f"ldnkg {work['number']} {work['name']}"))
    return WRITERS[form](work)


def _version(dataset: Dataset) -> dict[str, Any]:
    """Return what _VERSION selects, lists of creators and keywords, and no record."""
    found = dataset.rows(_VERSION)
    if not found:
        raise LdnKgError("What was read describes no version of the dataset; read what is shipped.")
    work = {key: _line(value) for key, value in found[0].items()}
    if dataset.has_local:
        work["title"] += " [with local records, not the published version]"
    version = NamedNode(work["version"])
    return {
        **work,
        "creators": _values(dataset, _CREATORS, version=version),
        "keywords": _values(dataset, _KEYWORDS, version=version),
        "year": work["issued"][:4],
        "whole": work["title"],
        "heading": work["title"],
        "iri": work["version"],
        **dict.fromkeys(("name", "status"), ""),
        **dict.fromkeys(("advice", "retracted"), ()),
    }


def _values(dataset: Dataset, sparql: str, **values: NamedNode) -> list[str]:
    return [_line(row["value"]) for row in dataset.rows(sparql, **values)]


def _line(text: str) -> str:
    """Put a text on one line: a line break would end a field of RIS."""
    return " ".join(text.split())


def _record(dataset: Dataset, record: NamedNode, number: str) -> dict[str, Any]:
    """Return the prefixed name, IRI and title of a record, its status and its publications."""
    papers = [_paper(row) for row in dataset.rows(_PAPERS, record=record)]
    stands = _values(dataset, _STATUS, record=record)
    retracted = [paper for paper in papers if paper.startswith("RETRACTED")]
    title = _line(dataset.label(record))
    # Where a style prints only the title, a claim or a retracted study would read as a fact.
    warning = [row["value"] for row in dataset.rows(_STANDING, record=record)]
    warning += ["RETRACTED"] if retracted else []
    return {
        "name": shorten(record.value),
        "iri": record.value,
        "title": title,
        "heading": " ".join([title, *(f"[{word}]" for word in warning)]),
        "status": "".join(f"status in version {number}: {status}" for status in stands),
        "advice": [f"Cite the study itself too: {paper}" for paper in papers],
        "retracted": retracted,
    }


def _paper(row: dict[str, str]) -> str:
    said = "".join(form.format(row[part]) for part, form in _PARTS.items() if row[part])
    said = _line(re.sub(r"([.?!])\. ", r"\1 ", said))  # no full stop after a question mark
    said += "" if said.endswith((".", "?", "!")) else "."
    if row["doi"]:
        return f"{said} doi:{row['doi']}"
    return f"{said} PMID:{row['pmid']}" if row["pmid"] else said
