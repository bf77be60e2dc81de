"""The answer to a query: rows, yes or no, or triples."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from typing import Any, cast

from pyoxigraph import (
    Literal,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    serialize,
)

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import PREFIXES, tidy

_FORMATS = {
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
}


class Answer:
    """The answer to a query: rows, yes or no, or triples. It can be read more than once."""

    def __init__(self, execute: Callable[[], Any]) -> None:
        """Run the query once, so that a fault shows here and not when the answer is read."""
        self._execute = execute
        first = execute()
        self.columns = tuple(v.value for v in first.variables) if _is_rows(first) else ()
        self.truth = bool(first) if isinstance(first, QueryBoolean) else None
        self.builds_triples = isinstance(first, QueryTriples)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield a dict for each row: IRIs as str, numbers as int or Decimal, absent as None."""
        if not self.builds_triples and self.truth is None:
            with faults_as_sentences():
                for row in self._execute():
                    yield {name: _plain(row[name]) for name in self.columns}

    def refuse_more_than(self, rows: int) -> None:
        """Raise LdnKgError where there are more rows or triples: part of an answer misleads."""
        if self.truth is None:
            with faults_as_sentences():
                found = sum(1 for _ in islice(self._execute(), rows + 1))
            if found > rows:
                raise LdnKgError(
                    f"The answer has more than {rows} rows; narrow the query, end it with a LIMIT, "
                    "or raise --max-rows."
                )

    def serialize(self, form: str) -> bytes:
        """Return the answer as csv, tsv, json or xml (rows, yes or no) or turtle (triples)."""
        with faults_as_sentences():
            return self._serialize(self._execute(), form)

    def _serialize(self, result: Any, form: str) -> bytes:
        if isinstance(result, QueryTriples):
            if form != "turtle":
                raise LdnKgError(f"The query builds triples, which have no {form} form: turtle.")
            triples = sorted(result, key=str)
            written = serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES)
            return tidy(cast(bytes, written))
        if form not in _FORMATS or (form in ("csv", "tsv") and not _is_rows(result)):
            kind = "rows" if _is_rows(result) else "yes or no"
            raise LdnKgError(f"The query answers with {kind}, which have no {form} form.")
        return bytes(result.serialize(format=_FORMATS[form]))


def _is_rows(result: object) -> bool:
    return isinstance(result, QuerySolutions)


def _plain(term: Any) -> Any:
    if not isinstance(term, Literal):
        return None if term is None else term.value
    datatype = term.datatype.value.removeprefix(PREFIXES["xsd"])
    if datatype == "boolean":
        return term.value in ("true", "1")
    if datatype in ("integer", "decimal"):
        return int(term.value) if datatype == "integer" else Decimal(term.value)
    return term.value


@contextmanager
def faults_as_sentences() -> Iterator[None]:
    """Turn what the engine raises while it answers into one exception with a sentence.

    The rows that a store has sent are parsed while they are read, hence SyntaxError.
    """
    try:
        yield
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        raise LdnKgError(f"The query could not be answered: {error}.") from error
