"""The tables as one JSON document for people who write programs: nested, and keyed by name."""

import re
from decimal import Decimal
from typing import Any

from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.indented import indented
from ldn_kg.publish.release.metadata import about, version_of
from ldn_kg.publish.release.tables import Cell, Table, known_tables, rows

Record = dict[str, Any]


def plain_json(dataset: Dataset) -> bytes:
    """Return each table as an object from key to record, numbers as numbers; no empty values.

    A record stands within the record that its first reference names: the results and arms of a
    study within the study, the syntheses and lines of a claim within the claim. A number has the
    digits that it has in the data, so who reads it as a decimal has it exactly.
    """
    version, number = version_of(dataset)
    document: Record = {"about": {"version": number, "iri": version.value, **about(dataset)}}
    tables = known_tables().values()
    records = {table.name: _records(dataset, table) for table in tables}
    for table in tables:
        column, outer = next(iter(table.references().items()), ("", table))
        for key, record in records[table.name].items():
            # What is in no such record stands outside: a dose window is of no study.
            within = records[outer.name][record[column]] if column in record else document
            within.setdefault(_member(table), {})[key] = record
    return (indented(document) + "\n").encode()


def _records(dataset: Dataset, table: Table) -> dict[str, Record]:
    return {
        str(row[table.key]): {name: _value(cell) for name, cell in row.items()}
        for row in rows(dataset, table)
    }


def _value(cell: Cell) -> Any:
    """Return a cell as JSON has it; the shortest form of a double is the decimal that it was."""
    if not isinstance(cell, Decimal):
        return cell
    return int(cell) if cell == int(cell) else float(cell)


def _member(table: Table) -> str:
    """Return the name of a table as JSON and JavaScript have it, such as "evidenceLines"."""
    return re.sub(r"-(\w)", lambda found: found[1].upper(), table.name)
