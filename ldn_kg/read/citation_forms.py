"""Writes the facts of a work as a citation, in each format.

A work is the dataset or a record in it. The keys of its dict are:

- `dataset`, `version`: IRIs of the dataset and of this version; `number`, `issued`, `year`
- `title`, `description`, `disclaimer`, `publisher`, `creators` (a list), `keywords` (a list)
- `spdx`, `zenodo`: the names of the licence
- `whole`: the title of the dataset; `name`: the prefixed name of the record, or "" for the dataset
- `iri`, `key`: the IRI and the citation key of the work
- `heading`: the title with the status or a retraction in brackets; `status`: one line, or ""
- `papers`: those that the record was read from, each of which is cited before the record

Our record and its paper are two works with two years: neither stands for the other.
"""

import html
import json
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

from ldn_kg.errors import LdnKgError
from ldn_kg.read import paper_forms
from ldn_kg.read.paper_forms import LATEX, as_json

FORMATS = ("text", "bibtex", "ris", "csl-json", "cff", "zenodo", "codemeta")
OF_RECORDS = FORMATS[:4]  # the other formats are for the dataset only
PAPER, RECORD = "The paper: ", "Our record of it: "


def _text(work: dict[str, Any]) -> str:
    title = f"{work['title']} [{work['status']}]" if work["status"] else work["title"]
    container = f" In: {work['whole']}." if work["name"] else ""
    address = f"{work['iri']} (in {work['version']})" if work["name"] else work["iri"]
    issued = f"Version {work['number']}, {work['issued']}."
    creators = ", ".join(work["creators"])
    citation = f"{creators} ({work['year']}). {title}.{container} {issued} {address}"
    if not work["papers"]:
        return f"{citation}\n"
    papers = [f"{PAPER}{paper.reference}" for paper in work["papers"]]
    return "".join(f"{line}\n" for line in [*papers, f"{RECORD}{citation}"])


def _advice(work: dict[str, Any]) -> list[str]:
    """Return what our record says to somebody who cites it alone."""
    return [f"Cite the study itself too: {paper.reference}" for paper in work["papers"]]


def _bibtex(work: dict[str, Any]) -> str:
    """Return a @misc entry: plain BibTeX has no @dataset, and BibLaTeX prints both alike.

    The version is in `howpublished`, because plain BibTeX does not print `version`. `annote` is not
    printed.
    """
    names = " and ".join(f"{{{name.translate(LATEX)}}}" for name in work["creators"])
    container = f"In: {work['whole']}. " if work["name"] else ""
    issued = f"{container}Version {work['number']} of {work['issued']}"
    facts = [f"Record {work['name']}", work["status"]] if work["name"] else []
    retracted = [paper.reference for paper in work["papers"] if paper.retracted]
    notes = ", ".join(filter(None, [*facts, *retracted]))
    if container:
        issued += f", {work['version']}"
    printed = {"howpublished": issued, "note": notes}
    fields = {
        "author": names,
        "title": f"{{{work['heading'].translate(LATEX)}}}",  # the braces keep the capitals
        "year": work["year"],
        "url": work["iri"],  # not escaped: it is read verbatim
        **{key: value.translate(LATEX) for key, value in printed.items() if value},
        "annote": " ".join([work["disclaimer"], *_advice(work)]).translate(LATEX),
    }
    lines = "".join(f"  {key} = {{{value}}},\n" for key, value in fields.items())
    record = f"@misc{{{work['key']},\n{lines}}}\n"
    return "\n".join(filter(None, [paper_forms.bibtex(work["papers"]), record]))


def _notes(work: dict[str, Any]) -> list[str]:
    """Return the facts that have no field of their own in RIS and CSL-JSON."""
    container = f"In version {work['number']}, {work['version']}" if work["name"] else ""
    notes = [container, work["status"], *_advice(work), work["disclaimer"]]
    return [note for note in notes if note]


def _ris(work: dict[str, Any]) -> str:
    context = ("T2", work["whole"]) if work["name"] else ("AB", work["description"])
    fields = [("TY", "DATA"), ("ID", work["key"]), *(("AU", name) for name in work["creators"])]
    fields += [("TI", work["heading"]), context, ("PY", work["year"])]
    fields += [("DA", work["issued"].replace("-", "/")), ("ET", work["number"])]
    fields += [("PB", work["publisher"]), ("UR", work["iri"])]
    fields += [("N1", note) for note in _notes(work)] + [("ER", "")]
    record = "".join(f"{tag}  - {value}\r\n" for tag, value in fields)
    return paper_forms.ris(work["papers"]) + record


def _csl_json(work: dict[str, Any]) -> str:
    item: dict[str, Any] = {"id": work["key"], "type": "dataset", "title": work["heading"]}
    if work["name"]:
        item["container-title"] = work["whole"]
    else:
        item["abstract"] = work["description"]
    item["author"] = [{"literal": name} for name in work["creators"]]
    item["issued"] = {"date-parts": [[int(part) for part in work["issued"].split("-")]]}
    item |= {"version": work["number"], "publisher": work["publisher"], "URL": work["iri"]}
    record = item | {"note": "\n".join(_notes(work))}
    return as_json([*paper_forms.csl_items(work["papers"]), record])


def _cff(work: dict[str, Any]) -> str:
    """Return CITATION.cff (Citation File Format 1.2.0): each value as JSON, which is YAML, too.

    The IRI is an identifier and not a `url`, which would be a landing page: it may not resolve.
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
    return as_json(item)


def _codemeta(work: dict[str, Any]) -> str:
    """Return codemeta.json (CodeMeta 3.0), which describes the software and not the data."""
    try:
        package = metadata("ldn-kg")
    except PackageNotFoundError as error:
        raise LdnKgError(
            "ldn-kg is not installed, so there is no package metadata to read; install it with pip."
        ) from error
    # The package also contains the data, under the licence that the graph names.
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
    return as_json(item)


_FUNCTIONS = (_text, _bibtex, _ris, _csl_json, _cff, _zenodo, _codemeta)
WRITERS = dict(zip(FORMATS, _FUNCTIONS, strict=True))
