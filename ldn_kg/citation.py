"""How to cite the dataset, or a record of it, in the forms that reference managers read.

All that is said is in the graph: as there is no DOI and no repository yet, none is named.
"""

import html
import json
import re
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

from pyoxigraph import NamedNode

from ldn_kg.dataset import Dataset, find, label, rows
from ldn_kg.errors import LdnKgError
from ldn_kg.namespaces import shorten

FORMATS = ("text", "bibtex", "ris", "csl-json", "cff", "zenodo", "codemeta")
_OF_RECORDS = FORMATS[:4]

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
SELECT DISTINCT ?paper ?retracted ?authors ?title ?journal ?year ?volume ?issue ?pages ?doi
WHERE {
  ?record (ldn:study|^ldn:arm|^ldn:result)?/ldn:publication? ?paper . ?paper a ldn:Publication .
  OPTIONAL { ?paper dcterms:title ?full } OPTIONAL { ?paper rdfs:label ?short }
  OPTIONAL { ?paper ldn:retracted ?retracted FILTER(?retracted) }
  OPTIONAL { ?paper ldn:authorList ?authors } OPTIONAL { ?paper ldn:journal ?journal }
  OPTIONAL { ?paper dcterms:issued ?year } OPTIONAL { ?paper bibo:volume ?volume }
  OPTIONAL { ?paper bibo:issue ?issue } OPTIONAL { ?paper bibo:pages ?pages }
  OPTIONAL { ?paper bibo:doi ?doi }
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
    if form not in FORMATS:
        raise LdnKgError(f"There is no form {form!r} of a citation; it is {', '.join(FORMATS)}.")
    work = _version(dataset)
    record = NamedNode(work["version"]) if name is None else find(dataset, name)
    if record.value not in (work["version"], work["dataset"]):
        work |= _record(dataset, record, work["number"])
    if work["name"] and form not in _OF_RECORDS:
        forms = ", ".join(_OF_RECORDS)
        raise LdnKgError(f"Only the dataset has the form {form}; cite {work['name']} as {forms}.")
    work["key"] = "_".join(re.findall("[A-Za-z0-9-]+", f"ldnkg {work['number']} {work['name']}"))
    return _WRITERS[form](work)


def _version(dataset: Dataset) -> dict[str, Any]:
    """Return what _VERSION selects, lists of creators and keywords, and no record."""
    found = rows(dataset, _VERSION)
    if not found:
        raise LdnKgError("What was read describes no version of the dataset; read what is shipped.")
    work = {key: _line(value) for key, value in found[0].items()}
    version = NamedNode(work["version"])
    return {
        **work,
        "creators": _values(dataset, _CREATORS, version=version),
        "keywords": _values(dataset, _KEYWORDS, version=version),
        "year": work["issued"][:4],
        "whole": work["title"],
        "iri": work["version"],
        **dict.fromkeys(("name", "status"), ""),
        **dict.fromkeys(("advice", "retracted"), ()),
    }


def _values(dataset: Dataset, sparql: str, **values: NamedNode) -> list[str]:
    return [_line(row["value"]) for row in rows(dataset, sparql, **values)]


def _line(text: str) -> str:
    """Put a text on one line: a line break would end a field of RIS."""
    return " ".join(text.split())


def _record(dataset: Dataset, record: NamedNode, number: str) -> dict[str, Any]:
    """Return the prefixed name, IRI and title of a record, its status and its publications."""
    papers = [_paper(row) for row in rows(dataset, _PAPERS, record=record)]
    stands = _values(dataset, _STATUS, record=record)
    return {
        "name": shorten(record.value),
        "iri": record.value,
        "title": _line(label(dataset, record)),
        "status": "".join(f"status in version {number}: {status}" for status in stands),
        "advice": [f"Cite the study itself too: {paper}" for paper in papers],
        "retracted": [paper for paper in papers if paper.startswith("RETRACTED")],
    }


def _paper(row: dict[str, str]) -> str:
    said = "".join(form.format(row[part]) for part, form in _PARTS.items() if row[part])
    said = _line(re.sub(r"([.?!])\. ", r"\1 ", said))  # no full stop after a question mark
    said += "" if said.endswith((".", "?", "!")) else "."
    return f"{said} doi:{row['doi']}" if row["doi"] else said


def _text(work: dict[str, Any]) -> str:
    title = f"{work['title']} [{work['status']}]" if work["status"] else work["title"]
    inside = f" In: {work['whole']}." if work["name"] else ""
    where = f"{work['iri']} (in {work['version']})" if work["name"] else work["iri"]
    issued = f"Version {work['number']}, {work['issued']}."
    first = f"{', '.join(work['creators'])} ({work['year']}). {title}.{inside} {issued} {where}"
    return "".join(f"{line}\n" for line in [first, *work["advice"]])


def _bibtex(work: dict[str, Any]) -> str:
    """Return a @misc entry, since plain BibTeX has no @dataset and BibLaTeX prints both alike.

    The version stands in `howpublished`: plain BibTeX prints no `version`. `annote` is not printed.
    """
    names = " and ".join(f"{{{name.translate(_LATEX)}}}" for name in work["creators"])
    inside = f"In: {work['whole']}. " if work["name"] else ""
    issued = f"{inside}Version {work['number']} of {work['issued']}"
    record = [f"Record {work['name']}", work["status"]] if work["name"] else []
    notes = ", ".join(filter(None, [*record, *work["retracted"]]))
    if inside:
        issued += f", {work['version']}"
    printed = {"howpublished": issued, "note": notes}
    fields = {
        "author": names,
        "title": f"{{{work['title'].translate(_LATEX)}}}",  # so that capitals stay
        "year": work["year"],
        "url": work["iri"],  # is read verbatim
        **{key: value.translate(_LATEX) for key, value in printed.items() if value},
        "annote": " ".join([work["disclaimer"], *work["advice"]]).translate(_LATEX),
    }
    lines = "".join(f"  {key} = {{{value}}},\n" for key, value in fields.items())
    return f"@misc{{{work['key']},\n{lines}}}\n"


def _notes(work: dict[str, Any]) -> list[str]:
    """Return what has no field of its own in RIS and CSL-JSON."""
    inside = f"In version {work['number']}, {work['version']}" if work["name"] else ""
    said = [inside, work["status"], *work["advice"], work["disclaimer"]]
    return [note for note in said if note]


def _ris(work: dict[str, Any]) -> str:
    own = [("T2", work["whole"])] if work["name"] else [("AB", work["description"])]
    lines = [("TY", "DATA"), ("ID", work["key"]), *(("AU", name) for name in work["creators"])]
    lines += [("TI", work["title"]), *own, ("PY", work["year"])]
    lines += [("DA", work["issued"].replace("-", "/")), ("ET", work["number"])]
    lines += [("PB", work["publisher"]), ("UR", work["iri"])]
    lines += [("N1", note) for note in _notes(work)] + [("ER", "")]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


def _csl_json(work: dict[str, Any]) -> str:
    own = {"container-title": work["whole"]} if work["name"] else {"abstract": work["description"]}
    item: dict[str, Any] = {"id": work["key"], "type": "dataset", "title": work["title"], **own}
    item["author"] = [{"literal": name} for name in work["creators"]]
    item["issued"] = {"date-parts": [[int(part) for part in work["issued"].split("-")]]}
    item |= {"version": work["number"], "publisher": work["publisher"], "URL": work["iri"]}
    return _json([item | {"note": "\n".join(_notes(work))}])


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _cff(work: dict[str, Any]) -> str:
    """Return CITATION.cff: the value of each key as JSON, which is YAML.

    The IRI is an identifier and no `url`: that is a page to land on, and an IRI need not resolve.
    """
    item = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it using these metadata.",
        "type": "dataset",
        "title": work["title"],
        "abstract": f"{work['description']} {work['disclaimer']}",
        "authors": [{"name": name} for name in work["creators"]],
        "version": work["number"],
        "date-released": work["issued"],
        "license": work["spdx"],
        "keywords": work["keywords"],
        "identifiers": [
            {"type": "url", "value": work["iri"], "description": "The IRI of this version."}
        ],
    }
    return "".join(f"{key}: {json.dumps(item[key], ensure_ascii=False)}\n" for key in item)


def _zenodo(work: dict[str, Any]) -> str:
    """Return .zenodo.json; Zenodo reads the description and the notes as HTML."""
    item = {
        "upload_type": "dataset",
        "title": work["title"],
        "description": html.escape(work["description"], quote=False),
        "notes": html.escape(work["disclaimer"], quote=False),
        "creators": [{"name": name} for name in work["creators"]],
        "license": work["zenodo"],
        "version": work["number"],
        "publication_date": work["issued"],
        "keywords": work["keywords"],
    }
    return _json(item)


def _codemeta(work: dict[str, Any]) -> str:
    """Return codemeta.json, which is of the software and not of the data."""
    try:
        package = metadata("ldn-kg")
    except PackageNotFoundError as error:
        raise LdnKgError("ldn-kg is not installed, so its package says nothing of it.") from error
    # The package holds the data as well, under the licence that the graph names.
    code = package["License-Expression"].replace(f" AND {work['spdx']}", "")
    item = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": package["Name"],
        "description": package["Summary"],
        "version": work["number"],
        "datePublished": work["issued"],
        "license": f"https://spdx.org/licenses/{code}",
        "author": [{"@type": "Organization", "name": name} for name in work["creators"]],
        "programmingLanguage": "Python",
        "runtimePlatform": f"Python {package['Requires-Python']}",
    }
    return _json(item)


# Braces must balance even where they are escaped, and < > | are other signs in the older encoding.
_NAMED = "backslash braceleft braceright asciitilde asciicircum less greater bar".split()
_LATEX = str.maketrans(
    {sign: f"\\{sign}" for sign in "#$%&_"}
    | {sign: f"\\text{name}{{}}" for sign, name in zip("\\{}~^<>|", _NAMED, strict=True)}
)
_FORMS = (_text, _bibtex, _ris, _csl_json, _cff, _zenodo, _codemeta)
_WRITERS = dict(zip(FORMATS, _FORMS, strict=True))
