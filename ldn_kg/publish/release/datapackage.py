"""The tables as a Data Package 2.0, which Frictionless and packages of R read.

https://datapackage.org/standard/data-package/
"""

import re
from pathlib import Path
from typing import Any

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.folder import sha256
from ldn_kg.publish.indented import indented
from ldn_kg.publish.release.media import described, media
from ldn_kg.publish.release.metadata import about, version_of
from ldn_kg.publish.release.tables import (
    SEPARATOR,
    Column,
    Lists,
    Table,
    closed_lists,
    known_tables,
)

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {
    "boolean": {"type": "boolean"},
    "decimal": {"type": "number"},
    "integer": {"type": "integer"},
    "text": {"type": "string"},
    "url": {"type": "string", "format": "uri"},
}
_SOURCES = "SELECT ?path ?title WHERE { ?path a ldn:SourceDocument ; rdfs:label ?title }"
_KEYWORDS = "SELECT DISTINCT ?word WHERE { ldnk:dataset dcat:keyword ?word } ORDER BY ?word"


def data_package(dataset: Dataset, folder: Path) -> bytes:
    """Return the description of the tables, their columns, keys and closed lists, as JSON.

    `folder` holds the files of the release, whose sizes and digests are stated.
    """
    version, number = version_of(dataset)
    facts = about(dataset)
    lists = closed_lists(dataset)
    document = {
        "$schema": _PROFILE,
        "name": "ldn-kg",
        "id": version.value,
        "title": facts["name"],
        "description": f"{facts['description']} {facts['not']}",
        "homepage": BASE,
        "version": number,
        "created": f"{facts['issued']}T00:00:00Z",
        "licenses": [{"name": "CC0-1.0", "path": facts["license"]}],
        "contributors": [{"title": facts["creator"], "path": BASE, "roles": ["creator"]}],
        "sources": [*dataset.rows(_SOURCES)],
        "keywords": [row["word"] for row in dataset.rows(_KEYWORDS)],
        "resources": [_resource(table, lists, folder) for table in known_tables().values()],
    }
    return (indented(document) + "\n").encode()


def _resource(table: Table, lists: Lists, folder: Path) -> dict[str, Any]:
    name = f"tables/{table.name}.csv"
    return {
        "name": table.name,
        "type": "table",
        "title": described(name),
        "description": table.words,
        "path": name,
        "format": "csv",
        "mediatype": media(name).type,
        "encoding": "utf-8",
        "bytes": (folder / name).stat().st_size,
        "hash": f"sha256:{sha256(folder / name)}",
        "schema": {
            "fields": [_field(table, column, lists) for column in table.columns],
            "missingValues": [""],
            "primaryKey": [table.key],
            "foreignKeys": [
                {"fields": [name], "reference": {"resource": other.name, "fields": [other.key]}}
                for name, other in table.references().items()
            ],
        },
    }


def _field(table: Table, column: Column, lists: Lists) -> dict[str, Any]:
    """Return a field; `unit` and `unitField` are words of ours, as the standard has none."""
    constraints = _constraints(column, lists)
    if column in table.columns[:2]:  # the key and the IRI
        constraints |= {"required": True, "unique": True}
    return {
        "name": column.name,
        **_TYPES[column.kind],
        "title": column.title,
        "description": column.meaning,
        **({"unit": column.unit} if column.unit and not column.unit_column else {}),
        **({"unitField": column.unit_column} if column.unit_column else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def _constraints(column: Column, lists: Lists) -> dict[str, Any]:
    words = column.words(lists)
    if not words or not column.several:
        return {"enum": [*words]} if words else {}
    one = "|".join(re.sub(r"([\\.^$|?*+()\[\]{}])", r"\\\1", word) for word in words)
    return {"pattern": f"({one})({SEPARATOR}({one}))*"}
