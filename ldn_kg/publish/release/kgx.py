"""The KGX files, for merging with other graphs of the Biolink Model.

The same nodes and edges in TSV and in JSON Lines (https://biolink.github.io/kgx/kgx_format.html),
and what is in them, how made and of which version (https://biolink.github.io/ingest-metadata/).
"""

import json
import re
from pathlib import Path
from typing import Any

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import text
from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.indented import indented
from ldn_kg.publish.release.metadata import about, address, version_of

PARTS = ("nodes", "edges")
MODEL = "4.4.6"  # the Biolink Model by which the files are checked
_QUERIES = Path(__file__).parent / "sparql" / "kgx"
# Properties with any number of values in the Biolink Model; TSV has a bar between these.
_SEVERAL = {"anatomical_context_qualifier", "category", "provided_by", "publications", "xref"}


def tsv(dataset: Dataset, part: str) -> bytes:
    """Return the "nodes" or the "edges" as TSV, as KGX reads it: a quotation mark is one.

    What separates fields or lines cannot be quoted there, so it becomes a space.
    """
    rows = _rows(dataset, part)
    names = list(rows[0])
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    tabbed = ("\t".join(re.sub(r"[\t\r\n]+", " ", cell) for cell in line) for line in lines)
    return "".join(line + "\n" for line in tabbed).encode()


def json_lines(dataset: Dataset, part: str) -> bytes:
    """Return the "nodes" or the "edges" as JSON Lines: one object a line, without what is empty."""
    objects = (_typed(row) for row in _rows(dataset, part))
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects).encode()


def graph_metadata(dataset: Dataset) -> bytes:
    """Return what the graph is, how it was made and how large it is, as JSON."""
    _, number = version_of(dataset)
    facts = about(dataset)
    nodes, edges = (_rows(dataset, part) for part in PARTS)
    joined = {edge[end] for edge in edges for end in ("subject", "object")}
    document = {
        "file_name": f"Graph metadata of ldn-kg {number}",
        "file_created_by": [f"ldn-kg {number}"],
        "file_creation_date": facts["issued"],
        "ingest_code_url": BASE,
        "ingest_code_version": number,
        "source_infores_id": nodes[0]["provided_by"],
        "source_data_version": number,
        "source_access_date": facts["issued"],
        "source_access_urls": [address(number, "ldn-kg.nq")],
        "target_name": f"{facts['name']}, version {number}, as a graph of the Biolink Model",
        "target_creation_date": facts["issued"],
        "target_format": "KGX in TSV and in JSON Lines",
        "target_model": "Biolink Model",
        "target_model_url": "https://biolink.github.io/biolink-model/",
        "target_data_model_version": MODEL,
        "node_categories": sorted({node["category"] for node in nodes}),
        "edge_predicates": sorted({edge["predicate"] for edge in edges}),
        "total_node_count": len(nodes),
        "total_edge_count": len(edges),
        "orphan_node_count": len({node["id"] for node in nodes} - joined),
    }
    return (indented(document) + "\n").encode()


def _rows(dataset: Dataset, part: str) -> list[dict[str, str]]:
    """Return the edges, or the nodes that they join; all have the same keys."""
    edges = dataset.rows(text(_QUERIES / "edges.rq"))
    joined = {edge[end] for edge in edges for end in ("subject", "object")}
    matches = dataset.rows(text(_QUERIES / "matches.rq"))
    edges += [match for match in matches if match["subject"] in joined]
    if part == "edges":
        return edges
    used = {edge[end] for edge in edges for end in ("subject", "object")}
    nodes = dataset.rows(text(_QUERIES / "nodes.rq"))
    return [node for node in nodes if node["id"] in used]


def _typed(row: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: value for name, value in row.items() if value}
    for name in _SEVERAL & values.keys():
        values[name] = values[name].split("|")
    if "negated" in values:
        values["negated"] = values["negated"] == "true"
    return values
