"""The forms of a citation: what is said of a work, as a dict, into the text of each form."""

import html
import json
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

from ldn_kg.errors import LdnKgError

FORMATS = ("text", "bibtex", "ris", "csl-json", "cff", "zenodo", "codemeta")
OF_RECORDS = FORMATS[:4]


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
        "title": f"{{{work['heading'].translate(_LATEX)}}}",  # so that capitals stay
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
    lines += [("TI", work["heading"]), *own, ("PY", work["year"])]
    lines += [("DA", work["issued"].replace("-", "/")), ("ET", work["number"])]
    lines += [("PB", work["publisher"]), ("UR", work["iri"])]
    lines += [("N1", note) for note in _notes(work)] + [("ER", "")]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


def _csl_json(work: dict[str, Any]) -> str:
    own = {"container-title": work["whole"]} if work["name"] else {"abstract": work["description"]}
    item: dict[str, Any] = {"id": work["key"], "type": "dataset", "title": work["heading"], **own}
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
WRITERS = dict(zip(FORMATS, _FORMS, strict=True))
