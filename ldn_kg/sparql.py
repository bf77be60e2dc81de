"""Named and ad-hoc SPARQL questions, their parameters and their answers."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, cast

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from ldn_kg.dataset import Dataset, ask, files, find, text
from ldn_kg.errors import LdnKgError
from ldn_kg.namespaces import PREFIXES, tidy

# A parameter is a line of this form, which is plain SPARQL: any store runs the file as it stands.
_PARAMETER = re.compile(
    r"^(?P<before>\s*VALUES \?(?P<name>\w+) \{ )(?P<default>[^}]*?)(?P<after> \})"
    r"[ \t]*# -p (?P=name): (?P<meaning>.+)$",
    re.MULTILINE,
)
# What can hold a keyword without meaning it: comments, IRIs, strings, variables, local names.
_OPAQUE = re.compile(
    r"""#[^\n\r]*|<[^<>"{}|^`\\\x00-\x20]*>"""
    r'''|"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n\r]|\\.)*"'''
    r"""|'''(?:[^'\\]|\\.|'(?!''))*'''|'(?:[^'\\\n\r]|\\.)*'|[?$]\w+|:[\w.-]+""",
    re.DOTALL,
)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)  # of a syntax error
_BEHIND_SERVICE = re.compile(r"[\w:.-]*(?:\s|#.*\n)*(?:<|#.*)?")
_UPDATES = "INSERT DELETE LOAD CLEAR DROP CREATE COPY MOVE ADD WITH".split()
_DECIMAL = NamedNode(PREFIXES["xsd"] + "decimal")
_FORMATS = {
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
}


@dataclass(frozen=True)
class Question:
    """A named question: its words, its SPARQL and what its parameters mean."""

    name: str
    words: str
    sparql: str

    @property
    def parameters(self) -> dict[str, str]:
        """Map each parameter to what it means."""
        return {m["name"]: m["meaning"] for m in _PARAMETER.finditer(self.sparql)}


def questions() -> dict[str, Question]:
    """Return the shipped questions by name; the first line of each file is its words."""
    found = {}
    for path in files("queries", ".rq"):
        sparql = text(path)
        found[path.stem] = Question(path.stem, sparql.partition("\n")[0].lstrip("# "), sparql)
    return found


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
            with _faults_as_sentences():
                for row in self._execute():
                    yield {name: _plain(row[name]) for name in self.columns}

    def refuse_more_than(self, rows: int) -> None:
        """Raise LdnKgError where there are more rows or triples: part of an answer misleads."""
        if self.truth is None:
            with _faults_as_sentences():
                found = sum(1 for _ in islice(self._execute(), rows + 1))
            if found > rows:
                raise LdnKgError(
                    f"The answer has more than {rows} rows; narrow the query, end it with a LIMIT, "
                    "or raise --max-rows."
                )

    def serialize(self, form: str) -> bytes:
        """Return the answer as csv, tsv, json or xml (rows, yes or no) or turtle (triples)."""
        with _faults_as_sentences():
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


def query(
    dataset: Dataset,
    question: str,
    parameters: Mapping[str, str] | None = None,
    *,
    allow_service: bool = False,
) -> Answer:
    """Answer a shipped question by its name, or a SPARQL text.

    A text is what holds a space or a brace. The default graph is the union of all graphs, unless
    the text has a FROM clause. Raises
    LdnKgError for an unknown name or parameter, a syntax error (with its position), SPARQL Update,
    and SERVICE unless it is allowed, since it reaches another host.
    """
    sparql, union = prepare(dataset, question, parameters, allow_service=allow_service)

    def execute() -> Any:
        try:
            return ask(dataset, sparql, union=union)
        except SyntaxError as error:
            raise LdnKgError(_syntax_message(sparql, str(error))) from error

    with _faults_as_sentences():
        return Answer(execute)


def prepare(
    dataset: Dataset,
    question: str,
    parameters: Mapping[str, str] | None = None,
    *,
    allow_service: bool = False,
) -> tuple[str, bool]:
    """Return the SPARQL text to run, and whether its default graph is the union of all graphs."""
    if not question.strip():
        raise LdnKgError("The query is empty; give the name of a question or a SPARQL text.")
    sparql = question if re.search(r"[\s{]", question) else named(question).sparql
    sparql = bind(dataset, sparql, parameters or {})
    if not allow_service:
        _refuse_service(sparql)
    union = not re.search(r"\bfrom\b", _OPAQUE.sub(" ", sparql), re.IGNORECASE)
    return sparql, union


def _refuse_service(sparql: str) -> None:
    """Raise LdnKgError where SERVICE is a keyword, which only the engine's own grammar can tell.

    The word becomes another one of the same length, which is no keyword: in a string, a name or
    a comment it does no harm, elsewhere the text no longer parses. Nothing is asked: the store
    is empty. An engine reads 1SERVICE<…> and \\u0053ERVICE as calls, too.
    """
    plain = re.sub(r"\\(?:u|U0000)00([4-7][0-9A-Fa-f])", _character, sparql)
    other = re.sub("service", "servixe", plain, flags=re.IGNORECASE)
    if other == plain:
        return
    try:
        Store().query(other, prefixes=PREFIXES)
    except SyntaxError as error:
        # The engine stops in or behind a word that it does not know; else the fault is another.
        before, _, behind = _before(other, str(error)).rpartition("servixe")
        if _BEHIND_SERVICE.fullmatch(behind) and not before.endswith(("?", "$")):
            raise LdnKgError(
                "The query calls another host by SERVICE; allow it with --allow-service."
            ) from error
        raise LdnKgError(_syntax_message(plain, str(error))) from error
    except (OSError, RuntimeError, ValueError):
        return  # its syntax is right; what else is wrong is said when it is asked


def _before(sparql: str, message: str) -> str:
    """Return the text up to where the engine found the fault of syntax."""
    where = _POSITION.match(message)
    if not where:
        return sparql
    lines = sparql.split("\n")[: int(where[1])]
    return "\n".join([*lines[:-1], lines[-1][: int(where[2]) - 1]])


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


@contextmanager
def _faults_as_sentences() -> Iterator[None]:
    """Turn what the engine raises while it answers into one exception with a sentence."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        raise LdnKgError(f"The query could not be answered: {error}.") from error


def builds_triples(sparql: str) -> bool:
    """Tell CONSTRUCT and DESCRIBE, which answer with triples, from SELECT and ASK."""
    form = re.search(
        r"\b(select|ask|construct|describe)\b", _OPAQUE.sub(" ", sparql), re.IGNORECASE
    )
    return form is not None and form[1].lower() in ("construct", "describe")


def named(name: str) -> Question:
    """Return a shipped question, or raise LdnKgError with the nearest names."""
    known = questions()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        raise LdnKgError(f"There is no question {name!r}. {hint}`ldn-kg query` lists them.")
    return known[name]


def bind(dataset: Dataset, sparql: str, parameters: Mapping[str, str]) -> str:
    """Put the values of parameters into a SPARQL text, as whole RDF terms.

    A parameter whose default is UNDEF takes a record, one whose default is a number a number.
    Raises LdnKgError for a parameter that the text does not have and for a value that is not of
    its kind.
    """
    known = [m["name"] for m in _PARAMETER.finditer(sparql)]
    for name in parameters:
        if name not in known:
            has = f"its parameters are {', '.join(known)}" if known else "it has none"
            raise LdnKgError(f"The question has no parameter {name!r}; {has}.")

    def put(match: re.Match[str]) -> str:
        value = parameters.get(match["name"])
        if value is None:
            return match[0]
        return f"{match['before']}{_term(dataset, match, value)}{match['after']}"

    return _PARAMETER.sub(put, sparql)


def _term(dataset: Dataset, parameter: re.Match[str], value: str) -> NamedNode | Literal:
    if parameter["default"] == "UNDEF":
        return find(dataset, value, kind=parameter["name"])
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", value):
        raise LdnKgError(f"Parameter {parameter['name']} takes a number, not {value!r}.")
    return Literal(value, datatype=_DECIMAL)


def _syntax_message(sparql: str, message: str) -> str:
    code = _OPAQUE.sub(" ", sparql)
    body = re.sub(r"(?i)\bprefix\s+[\w.-]*\s*:|\bbase\b", " ", code).split()
    if body and body[0].upper() in _UPDATES:
        return f"{body[0].upper()} is SPARQL Update, which would change data; ldn-kg only reads."
    where = _POSITION.match(message)
    if where:
        return f"SPARQL syntax error at line {where[1]}, column {where[2]}: {where[3]}."
    return f"SPARQL syntax error: {message}."


def read_query(path: str | Path) -> str:
    """Return the SPARQL text of a file."""
    return text(Path(path)).removeprefix("\ufeff")  # some editors put a mark before the text
