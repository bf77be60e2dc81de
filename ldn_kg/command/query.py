"""The command that asks: questions by name, and any SPARQL."""

import sys
from pathlib import Path

import click

from ldn_kg.command.loading import asked
from ldn_kg.command.options import (
    PATH,
    Store,
    format_of,
    output,
    own_data,
    pairs,
    parameters,
    store_options,
)
from ldn_kg.command.terminal import limits, say, table, write
from ldn_kg.errors import LdnKgError
from ldn_kg.graph import questions
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import whole

_ANSWERS = ("table", "csv", "tsv", "json", "xml", "turtle")


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Complete the name of a question in the shell."""
    return [name for name in questions.questions() if name.startswith(incomplete)]


@click.command()
@click.argument("name", metavar="[NAME|SPARQL|-]", required=False, shell_complete=_names)
@click.option("--file", "file", type=PATH, help="A file with a SPARQL query.")
@parameters
@format_of(_ANSWERS, help="[default: table, or turtle for triples]")
@output
@own_data
@click.option("--allow-service", is_flag=True, help="Let the query call other hosts by SERVICE.")
@click.option(
    "--endpoint", "address", metavar="URL", help="Ask a triple store that holds our graphs."
)
@click.option(
    "--max-rows",
    type=click.IntRange(min=1),
    metavar="N",
    help="Refuse an answer that has more rows.",
)
@click.option(
    "--max-memory",
    type=click.IntRange(min=1),
    default=4096,
    show_default=True,
    metavar="MB",
    help="End a query that takes more memory (on Linux).",
)
@store_options
def query(
    name: str | None,
    file: Path | None,
    parameters: tuple[str, ...],
    form: str | None,
    output: Path | None,
    own: tuple[Path, ...],
    allow_service: bool,
    address: str | None,
    max_rows: int | None,
    max_memory: int,
    store: Store,
) -> None:
    """Answer a question by name, or SPARQL: as it is, by --file, or from standard input (-).

    Without a name, lists the questions. A value is any name of a record: a label, a synonym, an
    acronym, a registration, a DOI. What is too wide for the terminal is wrapped, or has a line for
    each value; csv, tsv, json and xml are for programs.

    \b
    Example:
      ldn-kg query dose-windows
      ldn-kg query evidence -p condition=fibromyalgia -f csv
      ldn-kg query 'SELECT * { ?study a ldn:Study }'
      ldn-kg query trials --endpoint http://localhost:3030/ldn
    """
    if name and file:
        raise LdnKgError("Give the name of a question or --file, not both.")
    if not name and not file:
        say(_list_questions(), end="")
        return
    given = pairs(parameters)
    question = questions.read_query(file) if file else _typed(name or "")

    there = store.connect(address) if address else None  # which may ask for a secret

    def answer(dataset: Dataset) -> bytes:
        if there:
            from ldn_kg.publish.stores.remote import query_remote  # needs httpx, an extra

            result = query_remote(
                there, dataset, question, given, base=store.base, allow_service=allow_service
            )
        else:
            result = questions.query(dataset, question, given, allow_service=allow_service)
        if max_rows:
            result.refuse_more_than(max_rows)
        chosen = form or ("turtle" if result.builds_triples else "table")
        return table(result, output).encode() if chosen == "table" else result.serialize(chosen)

    def in_time() -> bytes:
        with limits(store.timeout, max_memory, ("--timeout", "--max-memory")):
            return asked(own, answer)

    write(output, in_time)


def _typed(name: str) -> str:
    """Return the question as it was typed, or what standard input holds for -."""
    if name != "-":
        return name
    try:
        typed = whole(sys.stdin.buffer, "Standard input").decode()
        return typed.removeprefix("\ufeff")  # as in a file
    except UnicodeDecodeError as error:
        raise LdnKgError(f"Standard input: byte {error.start} is not UTF-8.") from error


def _list_questions() -> str:
    lines = []
    for question in questions.questions().values():
        lines.append(f"{question.name}\n    {question.words}")
        lines += [f"    -p {name}=…  {meaning}" for name, meaning in question.parameters.items()]
    return "\n".join(lines) + "\n"
