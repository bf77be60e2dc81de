"""Named and ad-hoc SPARQL questions, and their parameters."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.answer import Answer, faults_as_sentences
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.files import ROOT, files, text
from ldn_kg.graph.names import alike
from ldn_kg.graph.namespaces import BASE, KINDS, iri
from ldn_kg.graph.sparql import (
    names_its_graphs,
    refuse_service,
    refuse_what_is_too_deep,
    syntax_message,
)

# A parameter is a line of this form, which is plain SPARQL: any store runs the file as it stands.
_PARAMETER = re.compile(
    r"^(?P<before>[ \t]*VALUES \?(?P<name>\w+) \{ )(?P<default>[^}\n]*?)(?P<after> \})"
    r"[ \t]*# -p (?P=name): (?P<meaning>.+)$",
    re.MULTILINE,
)
_DECIMAL = iri("xsd:decimal")
Value = str | int | float | Decimal  # of a parameter: the name of a record, or a number


class Question(NamedTuple):
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
    return {path.stem: _question(path) for path in files("queries", ".rq")}


@cache
def _question(path: Path) -> Question:
    sparql = text(path)
    return Question(path.stem, sparql.partition("\n")[0].lstrip("# "), sparql)


def query(
    dataset: Dataset,
    question: str,
    parameters: Mapping[str, Value] | None = None,
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
            return dataset.ask(sparql, union=union)
        except SyntaxError as error:
            raise LdnKgError(syntax_message(sparql, str(error))) from error

    with faults_as_sentences():
        return Answer(execute)


def prepare(
    dataset: Dataset,
    question: str,
    parameters: Mapping[str, Value] | None = None,
    *,
    allow_service: bool = False,
) -> tuple[str, bool]:
    """Return the SPARQL text to run, and whether its default graph is the union of all graphs."""
    expect_dataset(dataset)
    if not isinstance(question, str) or not question.strip():
        raise LdnKgError("The query is empty; give the name of a question or a SPARQL text.")
    sparql = question if re.search(r"[\s{]", question) else named(question).sparql
    sparql = bind(dataset, sparql, parameters or {})
    refuse_what_is_too_deep(sparql)
    if not allow_service:
        refuse_service(sparql)
    return sparql, not names_its_graphs(sparql)


def named(name: str) -> Question:
    """Return a shipped question, or raise LdnKgError with the nearest names."""
    path = ROOT / "queries" / f"{name}.rq"
    if re.fullmatch(r"[a-z-]+", name) and path.is_file():
        return _question(path)  # and no other: each start would read them all
    shipped = questions()
    if name not in shipped:
        near = alike(name, shipped, 3, 0.4)
        hint = f"Did you mean {' or '.join(near)}? " if near else ""
        raise LdnKgError(f"There is no question {name!r}. {hint}`ldn-kg query` lists them.")
    return shipped[name]


def bind(dataset: Dataset, sparql: str, parameters: Mapping[str, Value]) -> str:
    """Put the values of parameters into a SPARQL text, as whole RDF terms.

    A parameter whose default is UNDEF takes a record, one whose default is a number a number.
    Raises LdnKgError for a parameter that the text does not have and for a value that is not of
    its kind.
    """
    names = [m["name"] for m in _PARAMETER.finditer(sparql)]
    for name in parameters:
        if name not in names:
            has = f"its parameters are {', '.join(names)}" if names else "it has none"
            raise LdnKgError(f"The question has no parameter {name!r}; {has}.")

    def put(match: re.Match[str]) -> str:
        value = parameters.get(match["name"])
        if value is None:
            return match[0]
        return f"{match['before']}{_term(dataset, match, value)}{match['after']}"

    return _PARAMETER.sub(put, sparql)


def choices(
    dataset: Dataset, question: Question, candidates: Iterable[str]
) -> dict[str, list[str]]:
    """Map each parameter that takes a record to those candidates for which there is an answer.

    Candidates are IRIs, and stay in their order. As in `bind`, a parameter that has the name of a
    kind takes records of that kind.
    """
    found = {}
    known = list(candidates)
    for match in _PARAMETER.finditer(question.sparql):
        if match["default"] != "UNDEF":
            continue
        name = match["name"]
        space = f"{BASE}{name}/" if name in KINDS else BASE
        named = [one for one in known if one.startswith(space)]
        answered = _values(dataset, question.sparql, name)
        if not answered or "" in answered:  # the question only compares with it
            every = match["before"] + " ".join(f"<{one}>" for one in named) + match["after"]
            answered = _values(dataset, question.sparql.replace(match[0], every), name)
        found[name] = [one for one in named if one in answered]
    return found


def _values(dataset: Dataset, sparql: str, name: str) -> set[str]:
    """Return what a variable is in the solutions of a question, "" where it has no value."""
    prologue, _, rest = sparql.partition("\nSELECT")
    pattern = rest[rest.index("WHERE {") : rest.rindex("}") + 1]
    return {row[name] for row in dataset.rows(f"{prologue}\nSELECT DISTINCT ?{name} {pattern}")}


def _term(dataset: Dataset, parameter: re.Match[str], value: Value) -> NamedNode | Literal:
    if parameter["default"] == "UNDEF":
        return dataset.find(str(value), kind=parameter["name"])
    number = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", number):
        raise LdnKgError(f"Parameter {parameter['name']} takes a number, not {value!r}.")
    return Literal(number, datatype=_DECIMAL)


def read_query(path: str | Path) -> str:
    """Return the SPARQL text of a file."""
    return text(Path(path))
