"""Tables for those who use no RDF, and the KGX files for those who merge knowledge graphs."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import files, text
from ldn_kg.graph.questions import query

PARTS = ("nodes", "edges")
_QUERIES = Path(__file__).parent / "queries"
# A column stands on a line of its own, with its kind and its meaning as a comment.
_COLUMN = re.compile(r"^  \?(?P<name>\w+) # (?P<kind>\w+): (?P<meaning>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Column:
    """A column of a table: its kind is text, integer, decimal, boolean or url."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table of the release: what its rows are, and the query that gives them."""

    name: str
    words: str
    columns: tuple[Column, ...]
    sparql: str


def known_tables() -> dict[str, Table]:
    """Return the tables by name."""
    return {path.stem: _read(path) for path in files(_QUERIES / "tables", ".rq")}


def table(dataset: Dataset, name: str) -> bytes:
    """Return a table as CSV (RFC 4180, UTF-8, one line of names)."""
    found = known_tables()[name]
    answer = query(dataset, found.sparql)
    if answer.columns != tuple(column.name for column in found.columns):
        raise LdnKgError(f"The table {name} has a column without its kind and meaning.")
    return answer.serialize("csv")


def kgx(dataset: Dataset, part: str) -> bytes:
    """Return the nodes or the edges in KGX's TSV, for the Biolink Model."""
    edges = dataset.rows(text(_QUERIES / "kgx" / "edges.rq"))
    if part == "edges":
        return _tsv(edges)
    used = {edge[end] for edge in edges for end in ("subject", "object")}
    nodes = dataset.rows(text(_QUERIES / "kgx" / "nodes.rq"))
    return _tsv([node for node in nodes if node["id"] in used])


def _read(path: Path) -> Table:
    sparql = text(path)
    columns = tuple(Column(**found.groupdict()) for found in _COLUMN.finditer(sparql))
    return Table(path.stem, sparql.partition("\n")[0].lstrip("# "), columns, sparql)


def _tsv(found: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(found[0]), delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue().encode()
