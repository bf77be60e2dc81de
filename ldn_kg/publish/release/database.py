"""The tables as an SQLite database, with keys, indices, and a comment at each column.

The same data give the same bytes from the same version of SQLite; another version numbers and fills
its pages in another way.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from decimal import Decimal

from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.release.codebook import HEADER, entries
from ldn_kg.publish.release.metadata import about, version_of
from ldn_kg.publish.release.tables import SEPARATOR, Cell, Column, Table, known_tables, rows

# A decimal is the nearest double, so that it can be sorted and added up; SQLite prints it as the
# decimal that it was, as none has more than fifteen digits.
_TYPES = {
    "boolean": "INTEGER",
    "decimal": "REAL",
    "integer": "INTEGER",
    "text": "TEXT",
    "url": "TEXT",
}


def database(dataset: Dataset) -> bytes:
    """Return all tables, the codebook and facts on the dataset as the bytes of an SQLite file.

    A hyphen in the name of a table is an underscore here.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript("PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8';")
        for name, definition, lines in _contents(dataset):
            connection.execute(definition)
            for line in lines:
                places = ", ".join("?" * len(line))
                connection.execute(f"INSERT INTO {name} VALUES ({places})", line)
        for table in known_tables().values():
            for column in table.references():
                index = f'"{_name(table)}.{column}" ON {_name(table)} ("{column}")'
                connection.execute(f"CREATE INDEX {index}")
        connection.commit()
        return connection.serialize()


def _contents(dataset: Dataset) -> Iterator[tuple[str, str, Iterable[tuple[object, ...]]]]:
    """Yield the name of each table, the statement that makes it, and its rows."""
    version, number = version_of(dataset)
    facts = {"version": number, "iri": version.value, **about(dataset)}
    yield "about", "CREATE TABLE about (fact TEXT PRIMARY KEY, value TEXT NOT NULL)", facts.items()
    columns = ", ".join(f'"{name}" TEXT NOT NULL' for name in HEADER)
    key = 'PRIMARY KEY ("table", "column")'
    yield "codebook", f"CREATE TABLE codebook ({columns}, {key})", entries(dataset)
    for table in known_tables().values():
        names = [column.name for column in table.columns]
        lines = (tuple(_stored(row.get(n)) for n in names) for row in rows(dataset, table))
        yield _name(table), _definition(table), lines


def _name(table: Table) -> str:
    return table.name.replace("-", "_")


def _definition(table: Table) -> str:
    """Return the statement that makes a table, with what it and its columns mean as comments."""
    references = table.references()
    columns = "".join(
        f'\n  "{column.name}" {_type(table, column, references)}, -- {column.meaning}'
        for column in table.columns
    )
    return f"CREATE TABLE {_name(table)} ( -- {table.words}{columns}\n  UNIQUE (iri)\n)"


def _type(table: Table, column: Column, references: dict[str, Table]) -> str:
    kind = _TYPES[column.kind]
    if column.name == table.key:
        return f"{kind} PRIMARY KEY NOT NULL"
    if column.name == "iri":
        return f"{kind} NOT NULL"
    other = references.get(column.name)
    return f'{kind} REFERENCES {_name(other)} ("{other.key}")' if other else kind


def _stored(cell: Cell | None) -> object:
    if isinstance(cell, list):
        return SEPARATOR.join(cell)
    return float(cell) if isinstance(cell, Decimal) else cell
