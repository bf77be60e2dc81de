"""The KGX files: JSON Lines say what the TSV says, kgx takes both, and the metadata are true."""

import csv
import io
import json
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.needed import without
from support.paths import ROOT, TESTS

from ldn_kg.publish.release.kgx import MODEL, PARTS

pytestmark = pytest.mark.xdist_group("release")

PYTHON = ROOT / ".stores" / "kgx" / "bin" / "python"
SCHEMA = TESTS / "vocabularies" / "kgx-ingest-metadata.json"


def _lines(release: Path, part: str) -> list[dict[str, Any]]:
    content = (release / "kgx" / f"ldn-kg_{part}.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in content.splitlines()]
    assert found
    return found


@pytest.mark.parametrize("part", PARTS)
def test_json_lines_say_what_the_tsv_says(part: str, release: Path) -> None:
    content = (release / "kgx" / f"ldn-kg_{part}.tsv").read_text(encoding="utf-8")
    expected = [
        {name: value for name, value in row.items() if value}
        for row in csv.DictReader(io.StringIO(content), delimiter="\t", quoting=csv.QUOTE_NONE)
    ]
    assert [{k: _as_tsv(v) for k, v in each.items()} for each in _lines(release, part)] == expected


def _as_tsv(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _metadata(release: Path) -> dict[str, Any]:
    content = (release / "kgx" / "ldn-kg_metadata.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(content)
    return found


def test_the_graph_metadata_are_as_their_schema_says(release: Path) -> None:
    definition = json.loads(SCHEMA.read_text(encoding="utf-8"))
    schema = definition["$defs"]["IngestMetadataFile"]
    jsonschema.validate(_metadata(release), schema)
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        jsonschema.validate({**_metadata(release), "colour": "red"}, schema)


def test_the_graph_metadata_count_what_is_there(release: Path) -> None:
    said, (nodes, edges) = _metadata(release), (_lines(release, part) for part in PARTS)
    joined = {edge[end] for edge in edges for end in ("subject", "object")}
    assert said["total_node_count"] == len(nodes)
    assert said["total_edge_count"] == len(edges)
    assert said["orphan_node_count"] == len({node["id"] for node in nodes} - joined) == 0
    assert set(said["edge_predicates"]) == {edge["predicate"] for edge in edges}
    assert set(said["node_categories"]) == {c for node in nodes for c in node["category"]}
    assert said["source_infores_id"] == edges[0]["primary_knowledge_source"]


def test_the_model_is_the_one_by_which_the_files_are_checked() -> None:
    assert version("biolink-model") == MODEL


def test_kgx_has_nothing_to_say_but_that_our_prefixes_are_not_of_the_model(
    release: Path, tmp_path: Path
) -> None:
    """Of TSV and of JSON Lines; a broken file, as a third, is found out."""
    folder = shutil.copytree(release / "kgx", tmp_path / "kgx")
    spoilt = _lines(release, "edges")
    spoilt[0]["predicate"] = "biolink:cures"
    del spoilt[1]["knowledge_level"]
    spoilt[2]["subject"] = "naltrexone"
    content = "".join(f"{json.dumps(edge)}\n" for edge in spoilt)
    (tmp_path / "spoilt_edges.jsonl").write_text(content, encoding="utf-8")
    nodes = folder / "ldn-kg_nodes.jsonl"
    tsv, lines, broken = _kgx(
        ["tsv", folder / "ldn-kg_nodes.tsv", folder / "ldn-kg_edges.tsv"],
        ["jsonl", nodes, folder / "ldn-kg_edges.jsonl"],
        ["jsonl", nodes, tmp_path / "spoilt_edges.jsonl"],
    )
    assert lines == tsv
    assert lines  # there are such names
    assert all(_is_of_a_prefix_of_ours(fault) for fault in lines)
    more = {fault for fault in broken if not _is_of_a_prefix_of_ours(fault)}
    assert len(more) == 3, more
    for word in ("'cures' is not in", "'knowledge_level' is missing", "'naltrexone' which is not"):
        assert any(word in fault for fault in more), more


def _is_of_a_prefix_of_ours(fault: str) -> bool:
    return bool(
        re.search(r"'ldnkg\.[a-z]+:\S+' with a CURIE prefix 'ldnkg\.[a-z]+'", fault)
        and re.search(r"not represented in Biolink Model JSON-LD context$", fault)
    )


def _kgx(*inputs: list[Any]) -> list[set[str]]:
    """Return what `kgx validate` says of each input: a format and two files."""
    if not PYTHON.is_file():
        without("kgx is missing: .ci/install-kgx installs it", "LDN_KG_TOOLS")
    commands = [["validate", "-i", form, *map(str, files)] for form, *files in inputs]
    done = subprocess.run(
        [PYTHON, ROOT / ".ci" / "kgx-offline.py", json.dumps(commands)],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    reports = re.split(r"^exit (\d)$", done.stderr, flags=re.MULTILINE)
    assert len(reports) == 2 * len(inputs) + 1, done.stderr
    assert set(reports[1::2]) == {"1"}, done.stderr  # 0 would be without a fault, 2 one of its own
    return [_faults(report) for report in reports[0:-1:2]]


def _faults(report: str) -> set[str]:
    found = json.loads(report[report.index("{") : report.rindex("}") + 1])
    return {words for kinds in found.values() for kind in kinds.values() for words in kind}
