"""The release as an RO-Crate: each file, and the build that made them."""

import json
from pathlib import Path
from typing import Any

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.folder import contents, sha256
from ldn_kg.publish.release.media import described, media
from ldn_kg.publish.release.metadata import about, version_of

CRATE = "ro-crate-metadata.json"
_GRAPH = "ldn-kg.nq"  # what all other files are computed from


def crate_json(dataset: Dataset, folder: Path) -> bytes:
    """Return the RO-Crate 1.2 description of all files in a folder, flat, sorted by their names."""
    version, number = version_of(dataset)
    said = about(dataset)
    paths = contents(folder)
    parts = [{"@id": _name(path, folder)} for path in paths]
    license_, contributors = said["license"], f"{BASE}contributors"
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{said['name']}, version {number}",
        "description": f"{said['description']} {said['not']}",
        "datePublished": said["issued"],
        "version": number,
        "identifier": {"@id": "#iri"},
        "license": {"@id": license_},
        "author": {"@id": contributors},
        "publisher": {"@id": contributors},
        "hasPart": parts,
        "mentions": {"@id": "#build"},
    }
    build = {
        "@id": "#build",
        "@type": "CreateAction",
        "name": "ldn-kg build",
        "description": "The data validated; tables, answers and descriptions computed.",
        "agent": {"@id": contributors},
        "instrument": {"@id": "#ldn-kg"},
        "object": {"@id": _GRAPH},
        "result": [part for part in parts if part != {"@id": _GRAPH}],
    }
    entities: list[dict[str, Any]] = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
            "about": {"@id": "./"},
        },
        root,
        build,
        {
            "@id": "#ldn-kg",
            "@type": "SoftwareApplication",
            "name": "ldn-kg",
            "version": number,
            "softwareVersion": number,
            "url": BASE,
        },
        {
            "@id": "#iri",
            "@type": "PropertyValue",
            "name": "permanent IRI of this version",
            "value": version.value,
            "url": version.value,
        },
        {"@id": contributors, "@type": "Organization", "name": said["creator"], "url": BASE},
        {
            "@id": license_,
            "@type": "CreativeWork",
            "name": "Creative Commons Zero 1.0 Universal",
            "description": "No rights reserved.",
        },
        *(_file(path, folder) for path in paths),
    ]
    document = {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": entities}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _file(path: Path, folder: Path) -> dict[str, Any]:
    return {
        "@id": _name(path, folder),
        "@type": "File",
        "name": _name(path, folder),
        "description": described(_name(path, folder)),
        "encodingFormat": media(path.name).type,
        "contentSize": str(path.stat().st_size),
        "sha256": sha256(path),
    }
