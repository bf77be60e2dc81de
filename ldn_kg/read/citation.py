"""Citations of the dataset, or of a record in it, in the formats that reference managers read.

Every fact comes from the graph. There is no DOI and no repository yet, so none is named.
"""

import re
from typing import Any

from pyoxigraph import NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import shorten
from ldn_kg.read.citation_forms import FORMATS, OF_RECORDS, WRITERS
from ldn_kg.read.papers import papers

__all__ = ["FORMATS", "cite"]

# The licence has one name in SPDX and another at Zenodo.
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
# The status of a claim: to cite the claim without it would be to assert it.
_STANDING = "SELECT ?value { ?record ldn:status/skos:prefLabel ?value }"
_STATUS = """
SELECT (CONCAT(?status, COALESCE(CONCAT("; certainty: ", ?certainty), ""),
  COALESCE(CONCAT("; evidence level: ", ?level), ""),
  COALESCE(CONCAT("; counter-evidence level: ", ?against), "")) AS ?value)
WHERE {
  ?record ldn:status/skos:prefLabel ?status .
  OPTIONAL { ?record ldn:certainty/skos:prefLabel ?certainty }
  OPTIONAL { ?record ldn:evidenceLevel/skos:notation ?level }
  OPTIONAL { ?record ldn:counterEvidenceLevel/skos:notation ?against }
}
"""


def cite(dataset: Dataset, name: str | None = None, form: str = "text") -> str:
    """Return the citation of the dataset, or of the record with a name, in one of FORMATS.

    Where the record was read from papers, as a study is, each of them is cited first, with its own
    authors and year, and then our record of it.

    Lines end in CRLF in RIS, as its specification requires, and in LF elsewhere. Raises LdnKgError
    for an unknown format or record, for a record in a format that only the dataset has, and if the
    data describe no version of the dataset.
    """
    expect_dataset(dataset)
    if form not in FORMATS:
        raise LdnKgError(
            f"There is no citation format {form!r}; the formats are {', '.join(FORMATS)}."
        )
    work = _version_facts(dataset)
    record = NamedNode(work["version"]) if name is None else dataset.find(name)
    if record.value not in (work["version"], work["dataset"]):
        work |= _record_facts(dataset, record, work["number"])
    if work["name"] and form not in OF_RECORDS:
        raise LdnKgError(
            f"The format {form} is for the whole dataset only; cite {work['name']} as "
            f"{', '.join(OF_RECORDS)}."
        )
    work["key"] = "_".join(re.findall("[A-Za-z0-9-]+", f"ldnkg {work['number']} {work['name']}"))
    return WRITERS[form](work)


def _version_facts(dataset: Dataset) -> dict[str, Any]:
    """Return what `citation_forms.WRITERS` read, for the dataset as a whole."""
    rows = dataset.rows(_VERSION)
    if not rows:
        raise LdnKgError(
            "The data that were read describe no version of the dataset; read the shipped data, "
            "too."
        )
    facts = {key: _on_one_line(value) for key, value in rows[0].items()}
    if dataset.has_local:
        facts["title"] += " [with local records, not the published version]"
    version = NamedNode(facts["version"])
    return {
        **facts,
        "creators": _values(dataset, _CREATORS, version=version),
        "keywords": _values(dataset, _KEYWORDS, version=version),
        "year": facts["issued"][:4],
        "whole": facts["title"],
        "heading": facts["title"],
        "iri": facts["version"],
        **dict.fromkeys(("name", "status"), ""),
        "papers": [],
    }


def _values(dataset: Dataset, sparql: str, **values: NamedNode) -> list[str]:
    return [_on_one_line(row["value"]) for row in dataset.rows(sparql, **values)]


def _on_one_line(text: str) -> str:
    """Return a text without line breaks, which would end a field of RIS."""
    return " ".join(text.split())


def _record_facts(dataset: Dataset, record: NamedNode, number: str) -> dict[str, Any]:
    """Return the facts of a record that replace those of the dataset."""
    read = papers(dataset, record.value)
    statuses = _values(dataset, _STATUS, record=record)
    title = _on_one_line(dataset.label(record))
    title = f"Record of {title}" if read else title  # nobody takes our year for that of the paper
    # If a style prints only the title, a claim or a retracted study would read as a fact.
    warnings = [row["value"] for row in dataset.rows(_STANDING, record=record)]
    warnings += ["RETRACTED"] if any(paper.retracted for paper in read) else []
    return {
        "name": shorten(record.value),
        "iri": record.value,
        "title": title,
        "heading": " ".join([title, *(f"[{warning}]" for warning in warnings)]),
        "status": "".join(f"status in version {number}: {status}" for status in statuses),
        "papers": read,
    }
