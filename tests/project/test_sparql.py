"""How the SPARQL of the project is written."""

import re
from collections.abc import Iterator

from support.paths import ROOT


def test_each_exists_asks_one_triple() -> None:
    """Two are joined over the whole graph for each row, so that cost grows with its square."""
    folders = ("queries", "ldn_kg/publish/release", "ontology/rules", "shapes")
    files = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".rq", ".ttl")
    ]
    asked = [(path, body) for path in files for body in _asked(path.read_text(encoding="utf-8"))]
    assert len(asked) > 50
    one = re.compile(r"\S+\s+(?:[^\s/<]|<[^>]*>)+\s+\S+")
    assert not [(path.name, body) for path, body in asked if not one.fullmatch(body)]


def _asked(sparql: str) -> Iterator[str]:
    """Yield what stands in each EXISTS before its first filter or group."""
    for part in re.split(r"\bEXISTS\s*\{", sparql)[1:]:
        yield re.split(r"\bFILTER\b|[{}]", part)[0].strip().removesuffix(".").strip()
