"""The tables described for search engines and machine learning: Croissant 1.1 on schema.org.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html
"""

from pathlib import Path
from typing import Any

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.folder import sha256
from ldn_kg.publish.indented import indented
from ldn_kg.publish.release.media import described, media
from ldn_kg.publish.release.metadata import about, address, version_of
from ldn_kg.publish.release.rai import CONFORMS_TO, responsible_use
from ldn_kg.publish.release.tables import Table, known_tables

# The context of Croissant 1.1, in full as the specification requires, and the terms of 1.0 that
# mlcroissant wants with it; nothing is fetched.
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        term: f"cr:{term}"
        for term in (
            "annotation arrayShape citeAs column containedIn equivalentProperty excludes extract "
            "field fileObject fileProperty fileSet format includes isArray isLiveDataset jsonPath "
            "key md5 parentField path readLines recordSet references regex repeated replace "
            "samplingRate sdVersion separator source subField transform unArchive value"
        ).split()
    },
}
_KINDS = {
    "boolean": "sc:Boolean",
    "decimal": "sc:Float",
    "integer": "sc:Integer",
    "text": "sc:Text",
    "url": "sc:URL",
}
_KEYWORDS = "SELECT DISTINCT ?word WHERE { ldnk:dataset dcat:keyword ?word } ORDER BY ?word"
_VARIABLES = """
SELECT ?property ?name ?meaning
WHERE {
  ?version schema:variableMeasured ?property .
  ?property rdfs:label ?name ;
    skos:definition ?meaning .
}
ORDER BY ?name
"""


def croissant_json(dataset: Dataset, folder: Path) -> bytes:
    """Return the Croissant description of the dataset, its tables and their columns, as JSON-LD.

    `folder` holds the files of the release, whose sizes and digests are stated.
    """
    version, number = version_of(dataset)
    facts = about(dataset)
    description = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "@id": version.value,
        "conformsTo": ["http://mlcommons.org/croissant/1.1", CONFORMS_TO],
        "name": "ldn-kg",
        "alternateName": facts["name"],
        "description": f"{facts['description']} {facts['not']}",
        "url": version.value,
        "version": number,
        "datePublished": facts["issued"],
        "license": facts["license"],
        "creator": {
            "@type": "Organization",
            "@id": f"{BASE}contributors",
            "name": facts["creator"],
        },
        "publisher": {"@id": f"{BASE}contributors"},
        "keywords": [row["word"] for row in dataset.rows(_KEYWORDS)],
        "temporalCoverage": facts["years"],
        "isAccessibleForFree": True,
        "inLanguage": "en",
        "citeAs": f"{facts['creator']}. {facts['name']}, version {number}. {version.value}",
        **responsible_use(dataset),
        "variableMeasured": [_variable(row) for row in dataset.rows(_VARIABLES)],
        "distribution": [_file_object(folder, number, name) for name in _file_names()],
        "recordSet": [_record_set(table) for table in known_tables().values()],
    }
    return (indented(description) + "\n").encode()


def _variable(row: dict[str, str]) -> dict[str, Any]:
    return {
        "@type": "PropertyValue",
        "propertyID": row["property"],
        "name": row["name"],
        "description": row["meaning"],
    }


def _file_names() -> list[str]:
    """Return the tables, and the whole graph in formats for people and for stores."""
    return [f"tables/{name}.csv" for name in known_tables()] + [
        "ldn-kg.ttl",
        "ldn-kg.nq",
        "ldn-kg.jsonld",
    ]


def _file_object(folder: Path, number: str, name: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "description": described(name),
        "contentUrl": address(number, name),
        "contentSize": f"{(folder / name).stat().st_size} B",
        "encodingFormat": media(name).type,
        "sha256": sha256(folder / name),
    }


def _record_set(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.words,
        "key": {"@id": f"{table.name}/{table.key}"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{column.name}",
                "name": column.name,
                "description": column.meaning,
                "dataType": _KINDS[column.kind],
                "source": {
                    "fileObject": {"@id": f"tables/{table.name}.csv"},
                    "extract": {"column": column.name},
                },
                **_reference(table, column.name),
            }
            for column in table.columns
        ],
    }


def _reference(table: Table, column: str) -> dict[str, Any]:
    """Return the reference of a column, such as study or claim, that is the key of another table.

    Only tables that refer to no other are referred to: mlcroissant does not read a table that
    stands in the middle of a chain.
    """
    target = table.references().get(column)
    if target is None or target.references():
        return {}
    return {"references": {"field": {"@id": f"{target.name}/{column}"}}}
