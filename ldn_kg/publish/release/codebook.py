"""The codebook: each column of each table with its kind, unit, words and meaning."""

import csv
import io

from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.release.tables import SEPARATOR, closed_lists, known_tables

HEADER = ("table", "column", "kind", "unit", "several", "key", "words", "meaning")


def codebook(dataset: Dataset) -> bytes:
    """Return the codebook as CSV (RFC 4180) in UTF-8; its first line names the columns."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(entries(dataset))
    return buffer.getvalue().encode()


def entries(dataset: Dataset) -> list[tuple[str, ...]]:
    """Return the rows of the codebook, in the order of the tables and their columns.

    `unit` is a unit or "see" and the column that names it. `several` is true where a cell may hold
    several values, `key` the key of which table it is, `words` the closed list of its words.
    """
    lists = closed_lists(dataset)
    found: list[tuple[str, ...]] = []
    for table in known_tables().values():
        keys = {table.key: table, **table.references()}
        for column in table.columns:
            unit = f"see {column.unit_column}" if column.unit_column else column.unit or ""
            several = "true" if column.several else "false"
            key = keys[column.name].name if column.name in keys else ""
            words = SEPARATOR.join(column.words(lists))
            line = (column.kind, unit, several, key, words, column.meaning)
            found.append((table.name, column.name, *line))
    return found
