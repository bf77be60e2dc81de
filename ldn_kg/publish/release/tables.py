"""CSV tables for use without RDF, and what each of their columns means."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.answer import Answer
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import files, text
from ldn_kg.graph.namespaces import expand
from ldn_kg.graph.questions import query

SEPARATOR = "; "  # between the values of a cell that holds several
Cell = str | int | bool | Decimal | list[str]
Lists = Mapping[str, tuple[str, ...]]

_TABLES = Path(__file__).parent / "sparql" / "tables"
# Each column is on its own line of the query, with its kind, unit, closed list and meaning as a
# comment: `  ?min # decimal in ?unit: lowest dose`, `  ?role # text from ldnc:arm-roles: role`.
_COLUMN = re.compile(
    r"^  \?(?P<name>\w+) # (?P<kind>\w+)(?: in (?P<unit>\S+))?(?: from (?P<codes>.+?))?"
    r": (?P<meaning>.+)$",
    re.MULTILINE,
)
_LISTS = """
SELECT ?list ?word
WHERE {
  { ?concept skos:inScheme ?list ; skos:prefLabel ?word }
  UNION { ?class rdfs:subClassOf ?list ; rdfs:label ?word }
}
ORDER BY ?list ?word
"""


@dataclass(frozen=True)
class Column:
    """A column of a table; `kind` is text, integer, decimal, boolean or url.

    `unit` is a unit, or "?" and the column that names it in each row, or None. `codes` says
    where the closed list of its words comes from: a concept scheme, a class of which they are the
    kinds, or the words themselves. `several` tells whether a cell may hold several values.
    """

    name: str
    kind: str
    unit: str | None
    codes: str | None
    meaning: str
    several: bool

    @property
    def title(self) -> str:
        """Return the name in words, such as "ci low"."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name).lower()

    @property
    def unit_column(self) -> str | None:
        """Return the name of the column that gives the unit of each row, if there is one."""
        return self.unit[1:] if self.unit and self.unit.startswith("?") else None

    def words(self, lists: Lists) -> tuple[str, ...]:
        """Return the words of its closed list; none if its values are free."""
        sources = (self.codes or "").split()
        found = (lists[named] if (named := expand(s)) else (s,) for s in sources)
        return tuple(word for words in found for word in words)


@dataclass(frozen=True)
class Table:
    """A table of the release: a sentence on what its rows are, and the query that gives them.

    Its first column is its key, and its second the IRI of the record in the row.
    """

    name: str
    words: str
    columns: tuple[Column, ...]
    sparql: str

    @property
    def key(self) -> str:
        """Return the name of the column that tells its rows apart."""
        return self.columns[0].name

    def references(self) -> dict[str, "Table"]:
        """Map each column that holds the key of another table to that table."""
        others = {other.key: other for other in known_tables().values() if other.name != self.name}
        named = (column.name for column in self.columns if not column.several)
        return {name: others[name] for name in named if name in others}


def known_tables() -> dict[str, Table]:
    """Map the name of each table, such as "studies", to the table."""
    return {path.stem: _read(path) for path in files(_TABLES, ".rq")}


def table(dataset: Dataset, name: str) -> bytes:
    """Return a table as CSV (RFC 4180) in UTF-8; its first line names the columns.

    Raises KeyError for an unknown table, and LdnKgError if a column has no kind and meaning.
    """
    definition = known_tables()[name]
    return _answer(dataset, definition, definition.sparql).serialize("csv")


def rows(dataset: Dataset, definition: Table) -> list[dict[str, Cell]]:
    """Return the rows of a table, without what is empty, each value of its column's kind.

    A cell that may hold several values is a list: a value can have a semicolon in it.
    """
    between = "\x1f"  # the separator of units in ASCII, which no text has
    sparql = definition.sparql.replace(f'SEPARATOR="{SEPARATOR}"', 'SEPARATOR="\\u001F"')
    return [
        {
            column.name: _cell(column, value, between)
            for column in definition.columns
            if (value := row[column.name]) not in (None, "")
        }
        for row in _answer(dataset, definition, sparql)
    ]


def closed_lists(dataset: Dataset) -> Lists:
    """Map the IRI of each concept scheme, and of each class with kinds, to their words."""
    found = defaultdict(list)
    for row in dataset.rows(_LISTS):
        found[row["list"]].append(row["word"])
    return {name: tuple(words) for name, words in found.items()}


def _cell(column: Column, value: Any, between: str) -> Cell:
    if column.several:
        return str(value).split(between)
    return int(value) if column.kind == "integer" else cast(Cell, value)  # a year is no integer


def _answer(dataset: Dataset, definition: Table, sparql: str) -> Answer:
    answer = query(dataset, sparql)
    if answer.columns != tuple(column.name for column in definition.columns):
        raise LdnKgError(
            f"The table {definition.name} has a column without its kind and meaning; add them as a "
            "comment after the column in its query."
        )
    return answer


@cache
def _read(path: Path) -> Table:
    sparql = text(path)
    several = set(re.findall(rf'SEPARATOR="{SEPARATOR}"\) AS \?(\w+)\)', sparql))
    columns = tuple(
        Column(**found.groupdict(), several=found["name"] in several)
        for found in _COLUMN.finditer(sparql)
    )
    return Table(path.stem, sparql.partition("\n")[0].lstrip("# "), columns, sparql)
