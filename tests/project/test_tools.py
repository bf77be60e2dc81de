"""The table of tools: each version is the one that is pinned, so that it is the one that ran."""

import json
import re

import pytest
from support.paths import ROOT

_ROW = re.compile(r"^\| (?P<tool>[^|]+) \| (?P<versions>[^|]+) \| .+ \| (?P<where>.+) \|$", re.M)
# Nothing of ours pins these: Debian's packages, and what is in tests/ as data.
_NOT_PINNED = {"virtuoso", "sqlite", "node", "foops!", "dcat-ap", "ingest"}
_CALLED = {
    "apache": "jena-fuseki-server",
    "blazegraph": "blazegraph-jar",
    "model": "mcp",
    "rdf4j": "rdf4j-http-server",
}


def _pins() -> dict[str, str]:
    """Return the version of each package that a file of ours pins."""
    pins: dict[str, str] = {}
    for name in ("requirements-dev.lock", ".ci/judges.txt", ".ci/kgx.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        # What only the users of the older Python get comes first, and it is what CI runs.
        for package, version in reversed(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.M)):
            if name == "requirements-dev.lock" or package in ("sparql-llm", "bioregistry", "kgx"):
                pins[package] = version
    package = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    pins |= {"minisearch": package["devDependencies"]["minisearch"]}
    for name in ("install-stores", "install-robot"):
        text = (ROOT / ".ci" / name).read_text(encoding="utf-8")
        for artefact, version in re.findall(r"([\w-]+):(\d[\w.]*)", text):
            pins[artefact] = version
        pins |= {
            key.lower(): version for key, version in re.findall(r"^(\w+)=(\d\S*)$", text, re.M)
        }
    assert len(pins) > 100
    return pins


def _rows() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")
    rows = {
        (re.findall(r"[\w.!-]+", row["tool"])[0].lower(), row["versions"])
        for row in _ROW.finditer(text)
        if "by hand" not in row["where"] and row["tool"] not in ("tool", "---")
    }
    tools = {tool for tool, _ in rows}
    assert _NOT_PINNED <= tools, _NOT_PINNED - tools
    return sorted(row for row in rows if row[0] not in _NOT_PINNED)


@pytest.mark.parametrize(("tool", "versions"), _rows())
def test_a_version_is_the_one_that_is_pinned(tool: str, versions: str) -> None:
    pinned = _pins()[_CALLED.get(tool, tool).replace(".", "-")]
    assert pinned in re.findall(r"\d[\w.]*", versions)
