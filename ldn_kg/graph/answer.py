"""The answer to a query: rows, yes or no, or triples."""

import re
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
    """The answer to a query: rows, yes or no, or triples. It can be read more than once.

    Rows are dicts from column to value: IRIs as str, numbers as int or Decimal (exact, as typed),
    what is absent as None. `columns` names them, `truth` is the answer yes or no of an ASK query.
    """

    def __init__(self, execute: Callable[[], Any]) -> None:
        """Run the query once, so that a fault shows here and not when the answer is read."""
        self._execute = execute
        self._rows: list[dict[str, Any]] | None = None
        first = self._first = execute()
        self.columns = tuple(v.value for v in first.variables) if _is_rows(first) else ()
        self.truth = bool(first) if isinstance(first, QueryBoolean) else None
        self.builds_triples = isinstance(first, QueryTriples)

    def _results(self) -> Any:
        """Return results that nobody has read: those of the first run once, then of a new run."""
        first, self._first = self._first, None
        return self._execute() if first is None else first

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each row."""
        if self._rows is not None:
            yield from map(dict, self._rows)
        elif not self.builds_triples and self.truth is None:
            with faults_as_sentences():
                for row in self._results():
                    yield {name: _plain(row[name]) for name in self.columns}

    def __len__(self) -> int:
        """Return the number of rows, and keep them: `list` asks for it just before it reads."""
        if self._rows is None:
            self._rows = [*iter(self)]
        return len(self._rows)

    def __bool__(self) -> bool:
        """Return what an ASK query answers; an answer with rows is true where it has one."""
        return next(iter(self), None) is not None if self.truth is None else self.truth

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Return one row by its number, from 0, or from the end where it is negative."""
        return list(self)[number]

    def __repr__(self) -> str:
        """Say what kind of answer it is, and how long."""
        if self.truth is not None:
            return f"<Answer: {'yes' if self.truth else 'no'}>"
        if self.builds_triples:
            return "<Answer of triples>"
        return f"<Answer of {len(self)} rows: {', '.join(self.columns)}>"

    def floats(self) -> list[dict[str, Any]]:
        """Return the rows with each Decimal as the nearest float, for plots and for JSON."""
        return [
            {
                name: float(value) if isinstance(value, Decimal) else value
                for name, value in row.items()
            }
            for row in self
        ]

    def refuse_more_than(self, rows: int) -> None:
        """Raise LdnKgError where there are more rows or triples: part of an answer misleads."""
        if self.truth is None:
            with faults_as_sentences():
                count = sum(1 for _ in islice(self._results(), rows + 1))
            if count > rows:
                raise LdnKgError(
                    f"The answer has more than {rows} rows; narrow the query, end it with a LIMIT, "
                    "or raise --max-rows."
                )

    def serialize(self, form: str) -> bytes:
        """Return the answer as csv, tsv, json or xml (rows, yes or no) or turtle (triples)."""
        with faults_as_sentences():
            return self._serialize(self._results(), form)

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
        return _number(term.value, int if datatype == "integer" else Decimal)
    return term.value


def _number(text: str, kind: type[int] | type[Decimal]) -> int | Decimal:
    """Return the number that XML Schema sees in a text, which Python sees in more."""
    point = r"|[0-9]*\.[0-9]+|[0-9]+\." if kind is Decimal else ""
    if not re.fullmatch(rf"[+-]?(?:[0-9]+{point})", text.strip(" \t\r\n")) or len(text) > 4000:
        name = "integer" if kind is int else "decimal"
        raise ValueError(f"{text[:60]!r} is no xsd:{name} that can be read")
    return kind(text)


@contextmanager
def faults_as_sentences() -> Iterator[None]:
    """Turn what the engine raises while it answers into one exception with a sentence.

    The rows that a store has sent are parsed while they are read, hence SyntaxError.
    """
    try:
        yield
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        raise LdnKgError(f"The query could not be answered: {error}.") from error
