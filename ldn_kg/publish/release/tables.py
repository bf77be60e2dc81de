"""CSV tables for use without RDF, and the KGX files for merging knowledge graphs."""

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
_QUERIES = Path(__file__).parent / "sparql"
# Each column is on its own line of the query, with its kind and its meaning as a comment.
_COLUMN = re.compile(r"^  \?(?P<name>\w+) # (?P<kind>\w+): (?P<meaning>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Column:
    """A column of a table; `kind` is text, integer, decimal, boolean or url."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table of the release: a sentence on what its rows are, and the query that gives them."""

    name: str
    words: str
    columns: tuple[Column, ...]
    sparql: str


def known_tables() -> dict[str, Table]:
    """Map the name of each table, such as "studies", to the table."""
    return {path.stem: _read(path) for path in files(_QUERIES / "tables", ".rq")}


def table(dataset: Dataset, name: str) -> bytes:
    """Return a table as CSV (RFC 4180) in UTF-8; its first line names the columns.

    Raises KeyError for an unknown table, and LdnKgError if a column has no kind and meaning.
    """
    definition = known_tables()[name]
    answer = query(dataset, definition.sparql)
    if answer.columns != tuple(column.name for column in definition.columns):
        raise LdnKgError(
            f"The table {name} has a column without its kind and meaning; add them as a comment "
            "after the column in its query."
        )
    return answer.serialize("csv")


def kgx(dataset: Dataset, part: str) -> bytes:
    """Return the "nodes" or the "edges" of a Biolink graph as KGX in TSV.

    https://github.com/biolink/kgx/blob/master/specification/kgx-format.md
    """
    edges = dataset.rows(text(_QUERIES / "kgx" / "edges.rq"))
    joined = {edge[end] for edge in edges for end in ("subject", "object")}
    matches = dataset.rows(text(_QUERIES / "kgx" / "matches.rq"))
    edges += [match for match in matches if match["subject"] in joined]
    if part == "edges":
        return _tsv(edges)
    used = {edge[end] for edge in edges for end in ("subject", "object")}
    nodes = dataset.rows(text(_QUERIES / "kgx" / "nodes.rq"))
    return _tsv([node for node in nodes if node["id"] in used])


def _read(path: Path) -> Table:
    sparql = text(path)
    columns = tuple(Column(**match.groupdict()) for match in _COLUMN.finditer(sparql))
    return Table(path.stem, sparql.partition("\n")[0].lstrip("# "), columns, sparql)


def _tsv(rows: list[dict[str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()
