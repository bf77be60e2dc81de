"""The release as an RO-Crate 1.2: each file, and the build that made them.

https://www.researchobject.org/ro-crate/specification/1.2/
"""

import json
from html import escape
from pathlib import Path
from typing import Any

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.folder import contents, sha256
from ldn_kg.publish.indented import indented
from ldn_kg.publish.release.media import described, media
from ldn_kg.publish.release.metadata import about, version_of

CRATE = "ro-crate-metadata.json"
PREVIEW = "ro-crate-preview.html"
_GRAPH = "ldn-kg.nq"  # what all other files are computed from
_CONTRIBUTORS = f"{BASE}contributors"

Entity = dict[str, Any]


def crate_json(dataset: Dataset, folder: Path) -> bytes:
    """Return the RO-Crate metadata of all files in a folder: flat JSON-LD, files sorted by name."""
    version, number = version_of(dataset)
    facts = about(dataset)
    paths = contents(folder)
    names = [path.relative_to(folder).as_posix() for path in paths]
    entities = [
        _descriptor(),
        _root(facts, number, names),
        _build(names),
        _software(number),
        _identifier(version.value),
        {"@id": _CONTRIBUTORS, "@type": "Organization", "name": facts["creator"], "url": BASE},
        _license(facts["license"]),
        *(_file_entity(path, name) for path, name in zip(paths, names, strict=True)),
    ]
    document = {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": entities}
    return (indented(document) + "\n").encode()


def preview(folder: Path) -> bytes:
    """Return the RO-Crate in a folder as a page to read, with its metadata for machines in it."""
    written = (folder / CRATE).read_text(encoding="utf-8")
    entities = {entity["@id"]: entity for entity in json.loads(written)["@graph"]}
    root = entities["./"]
    facts = {
        "Version": root["version"],
        "Published": root["datePublished"],
        "Permanent IRI": entities[root["identifier"]["@id"]]["url"],
        "Licence": root["license"]["@id"],
        "By": entities[root["author"]["@id"]]["name"],
    }
    listed = "\n".join(f"<dt>{escape(k)}</dt><dd>{_linked(v)}</dd>" for k, v in facts.items())
    files = "\n".join(_row(entities[part["@id"]]) for part in root["hasPart"])
    machine_readable = written.replace("<", "\\u003c").replace("&", "\\u0026")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(root["name"])}</title>
<script type="application/ld+json">
{machine_readable.strip()}
</script>
</head>
<body>
<header><a href="index.html">The files of this release</a></header>
<main>
<h1>{escape(root["name"])}</h1>
<p>{escape(root["description"])}</p>
<dl>
{listed}
</dl>
<table>
<caption>{len(root["hasPart"])} files</caption>
<thead><tr><th scope="col">File</th><th scope="col">What it is</th><th scope="col">Bytes</th></tr>
</thead>
<tbody>
{files}
</tbody>
</table>
</main>
<footer><p>The same for machines: <a href="{CRATE}">{CRATE}</a>, an RO-Crate.</p></footer>
</body>
</html>
""".encode()


def _row(file: Entity) -> str:
    name = escape(file["@id"])
    what, size = escape(file["description"]), escape(file["contentSize"])
    return (
        f'<tr><th scope="row"><a href="{name}">{name}</a></th><td>{what}</td><td>{size}</td></tr>'
    )


def _linked(text: str) -> str:
    words = escape(text)
    return f'<a href="{words}">{words}</a>' if text.startswith("https://") else words


def _descriptor() -> Entity:
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "about": {"@id": "./"},
    }


def _root(facts: dict[str, str], number: str, names: list[str]) -> Entity:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{facts['name']}, version {number}",
        "description": f"{facts['description']} {facts['not']}",
        "datePublished": facts["issued"],
        "version": number,
        "identifier": {"@id": "#iri"},
        "license": {"@id": facts["license"]},
        "author": {"@id": _CONTRIBUTORS},
        "publisher": {"@id": _CONTRIBUTORS},
        "hasPart": [{"@id": name} for name in names],
        "mentions": {"@id": "#build"},
    }


def _build(names: list[str]) -> Entity:
    return {
        "@id": "#build",
        "@type": "CreateAction",
        "name": "ldn-kg build",
        "description": "The data validated; tables, answers and descriptions computed.",
        "agent": {"@id": _CONTRIBUTORS},
        "instrument": {"@id": "#ldn-kg"},
        "object": {"@id": _GRAPH},
        "result": [{"@id": name} for name in names if name != _GRAPH],
    }


def _software(number: str) -> Entity:
    return {
        "@id": "#ldn-kg",
        "@type": "SoftwareApplication",
        "name": "ldn-kg",
        "version": number,
        "softwareVersion": number,
        "url": BASE,
    }


def _identifier(version: str) -> Entity:
    return {
        "@id": "#iri",
        "@type": "PropertyValue",
        "name": "permanent IRI of this version",
        "value": version,
        "url": version,
    }


def _license(license_: str) -> Entity:
    return {
        "@id": license_,
        "@type": "CreativeWork",
        "name": "Creative Commons Zero 1.0 Universal",
        "description": "No rights reserved.",
    }


def _file_entity(path: Path, name: str) -> Entity:
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "description": described(name),
        "encodingFormat": media(name).type,
        "contentSize": str(path.stat().st_size),
        "sha256": sha256(path),
    }
