"""The command line: each command is one call of the library. Only this module prints.

Exit codes: 0 all well, 1 problems found, 2 could not run, 130 stopped by Ctrl-C.
"""

import os
import sys
from pathlib import Path
from typing import Any

import click

from ldn_kg.command.curate import new
from ldn_kg.command.stores import chosen, push, store_options, verify
from ldn_kg.command.terminal import deadline, table, write
from ldn_kg.errors import InvalidData, LdnKgError

_EXPORTS = ("turtle", "jsonld", "ntriples", "nquads", "trig", "rdfxml")
_CITATIONS = ("text", "bibtex", "ris", "csl-json", "cff", "zenodo", "codemeta")
_ANSWERS = ("table", "csv", "tsv", "json", "xml", "turtle")


class _Group(click.Group):
    """Turns what the library raises into a sentence on standard error and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; exit 1 for problems in the data, 2 where it could not run."""
        try:
            outcome = super().invoke(ctx)
            sys.stdout.flush()
            return outcome
        except InvalidData as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)
        except LdnKgError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("Stopped. No file is half-written.", err=True)
            ctx.exit(130)
        except BrokenPipeError:
            # The reader has gone (| head). Nothing more can be said on standard output.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ldn-kg")
def main() -> None:
    """Ask, check and publish the evidence on low-dose naltrexone (LDN).

    Not medical advice: a curated record of what was read, how, and when.

    \b
    Example:
      ldn-kg query trials -p condition=fibromyalgia
    """


@main.command(short_help="Check the dataset, and your own files with it.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def validate(paths: tuple[Path, ...]) -> None:
    """Check the dataset, with your own files where given, against its shapes.

    \b
    Example:
      ldn-kg validate my-study.ttl
    """
    from ldn_kg.check.validation import validate
    from ldn_kg.graph.rules import load

    report = validate(load(*paths))
    for problem in report.problems:
        click.echo(problem)
    looked = f"{report.triples} triples, {report.records} records, {report.shapes} rules"
    found = len(report.problems)
    click.echo(f"{looked}: {found or 'no'} problem{'' if found == 1 else 's'}")
    sys.exit(1 if report.problems else 0)


@main.command(short_help="Write the dataset as RDF.")
@click.option(
    "-f", "--format", "form", type=click.Choice(_EXPORTS), default="turtle", show_default=True
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write instead of standard output.",
)
@click.option("--graph", help="One graph only: source, literature, vocabulary, derived or dataset.")
def export(form: str, output: Path | None, graph: str | None) -> None:
    """Write the dataset as RDF, after checking it.

    \b
    Example:
      ldn-kg export -f jsonld -o ldn-kg.jsonld
    """
    from ldn_kg.graph.rules import load
    from ldn_kg.publish.formats import export

    write(output, lambda: export(load(), form, graph))


@main.command(short_help="Answer a question by name, or any SPARQL query.")
@click.argument("name", metavar="[NAME|SPARQL|-]", required=False)
@click.option("--file", "file", type=click.Path(path_type=Path), help="A file with a SPARQL query.")
@click.option(
    "-p",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value for a parameter of the question.",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(_ANSWERS),
    help="[default: table, or turtle for triples]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write instead of standard output.",
)
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
@store_options
def query(
    name: str | None,
    file: Path | None,
    parameters: tuple[str, ...],
    form: str | None,
    output: Path | None,
    allow_service: bool,
    address: str | None,
    max_rows: int | None,
    store: str,
    base: str | None,
    user: str | None,
    auth: str | None,
    timeout: float,
) -> None:
    """Answer a question by name, or SPARQL: as it is, by --file, or from standard input (-).

    Without a name, lists the questions.

    \b
    Example:
      ldn-kg query dose-windows
      ldn-kg query evidence -p condition=fibromyalgia -f csv
      ldn-kg query 'SELECT * { ?study a ldn:Study }'
      ldn-kg query trials --endpoint http://localhost:3030/ldn
    """
    from ldn_kg.graph import questions as sparql
    from ldn_kg.graph.rules import load

    if name and file:
        raise LdnKgError("Give the name of a question or --file, not both.")
    if not name and not file:
        click.echo(_list_questions(), nl=False)
        return
    given = _pairs(parameters)
    if file:
        question = sparql.read_query(file)
    elif name == "-":
        question = _standard_input()
    else:
        question = name or ""

    def answer() -> bytes:
        if address:
            from ldn_kg.graph.namespaces import GRAPH
            from ldn_kg.publish.stores.remote import query_remote

            there = chosen(address, store, user, auth, timeout)
            found = query_remote(
                there, load(), question, given, base=base or GRAPH, allow_service=allow_service
            )
        else:
            found = sparql.query(load(), question, given, allow_service=allow_service)
        if max_rows:
            found.refuse_more_than(max_rows)
        wanted = form or ("turtle" if found.builds_triples else "table")
        return table(found).encode() if wanted == "table" else found.serialize(wanted)

    def in_time() -> bytes:
        if address:
            return answer()  # there each request has the limit
        said = f"The query took longer than {timeout:g} seconds; narrow it or raise --timeout."
        with deadline(timeout, said):
            return answer()

    write(output, in_time)


@main.command(short_help="Show a record as a page.")
@click.argument("name")
def show(name: str) -> None:
    """Show a study, claim, condition or other record, by slug, prefixed name or IRI.

    \b
    Example:
      ldn-kg show younger2013
      ldn-kg show claim:ldn-fibromyalgia
    """
    from ldn_kg.graph.rules import load
    from ldn_kg.read.record import show

    click.echo(show(load(), name), nl=False)


@main.command(short_help="Show how a claim got its status and levels.")
@click.argument("claim")
def explain(claim: str) -> None:
    """Show how a claim got its status and levels: which lines, which rule.

    \b
    Example:
      ldn-kg explain ldn-fibromyalgia
    """
    from ldn_kg.graph.rules import load
    from ldn_kg.read.explanation import explain

    click.echo(explain(load(), claim), nl=False)


@main.command("verify-source", short_help="Compare passages with your copy of their source.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--document", help="Which source document the file is a copy of.")
def verify_source(file: Path, document: str | None) -> None:
    """Compare each passage with your copy of its source document (a text file in UTF-8).

    \b
    Example:
      ldn-kg verify-source ldn-overview.txt
    """
    from ldn_kg.check.source import verify_source
    from ldn_kg.graph.dataset import read

    passages = verify_source(read(), file, document)
    wrong = [passage for passage in passages if not passage.matches]
    for passage in wrong:
        click.echo(passage)
    click.echo(f"{len(passages) - len(wrong)} of {len(passages)} passages match")
    sys.exit(1 if wrong else 0)


@main.command(short_help="Write the release into a folder.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="The release before this one, for CHANGES.md: which claims changed, and why.",
)
def build(folder: Path, previous: Path | None) -> None:
    """Write the release: the graph in every format, tables, metadata, answers and checksums.

    \b
    Example:
      ldn-kg build dist
    """
    from ldn_kg.graph.rules import load
    from ldn_kg.publish import release

    dataset = load()
    hidden = not sys.stderr.isatty()
    length = 1 + len(release.artefacts(dataset, previous))
    with click.progressbar(length=length, label="Building", file=sys.stderr, hidden=hidden) as bar:
        written = release.build(dataset, folder, lambda step: bar.update(1), previous)
    click.echo(f"{len(written)} files in {folder}")


@main.command(short_help="Say how to cite the dataset, a study or a claim.")
@click.argument("name", required=False)
@click.option(
    "-f", "--format", "form", type=click.Choice(_CITATIONS), default="text", show_default=True
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write instead of standard output.",
)
def cite(name: str | None, form: str, output: Path | None) -> None:
    """Say how to cite this version of the dataset, or a study, claim or other record in it.

    \b
    Example:
      ldn-kg cite
      ldn-kg cite younger2013 --format bibtex
    """
    from ldn_kg.graph.rules import load
    from ldn_kg.read.citation import cite

    write(output, lambda: cite(load(), name, form).encode())


@main.command(short_help="Say which claims changed between two releases, and why.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), required=False)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("markdown", "json")),
    default="markdown",
    show_default=True,
)
def diff(old: Path, new: Path | None, form: str) -> None:
    """Say which claims changed between two releases (folders, or RDF files), and why.

    Without NEW, the dataset of this program is the new one.

    \b
    Example:
      ldn-kg diff ldn-kg-2026.11 ldn-kg-2026.12
    """
    from ldn_kg.graph.rules import load
    from ldn_kg.read.changelog import read_release, to_json, to_markdown
    from ldn_kg.read.changes import compare_releases

    found = compare_releases(read_release(old), read_release(new) if new else load())
    click.echo(to_json(found) if form == "json" else to_markdown(found), nl=False)


@main.command(short_help="Write the website into a folder.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--base-url", metavar="URL", help="Where the site will stand, for its own address.")
def site(folder: Path, base_url: str | None) -> None:
    """Write the website: static pages for any host, with Turtle and JSON-LD beside each.

    \b
    Example:
      ldn-kg site pages
      ldn-kg site pages --base-url https://example.org/ldn-kg/
    """
    from ldn_kg.graph.rules import load

    try:
        from ldn_kg.publish.site import build_site, files_of
    except ModuleNotFoundError as error:
        raise LdnKgError(
            f"The site needs {error.name}: pip install 'ldn-kg[site]' installs it."
        ) from error

    dataset = load()
    hidden = not sys.stderr.isatty()
    length = 1 + len(files_of(dataset, base_url))
    with click.progressbar(length=length, label="Writing", file=sys.stderr, hidden=hidden) as bar:
        written = build_site(dataset, folder, base_url, lambda step: bar.update(1))
    click.echo(f"{len(written)} files in {folder}; start at {folder / 'index.html'}")


main.add_command(new)
main.add_command(push)
main.add_command(verify)


def _pairs(parameters: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not name or not value:
            raise LdnKgError(f"-p {parameter!r} is not of the form NAME=VALUE.")
        if name in pairs:
            raise LdnKgError(f"Parameter {name!r} is given twice.")
        pairs[name] = value
    return pairs


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise LdnKgError(f"Standard input: byte {error.start} is not UTF-8.") from error


def _list_questions() -> str:
    from ldn_kg.graph.questions import questions

    lines = []
    for question in questions().values():
        lines.append(f"{question.name}\n    {question.words}")
        lines += [f"    -p {name}=…  {meaning}" for name, meaning in question.parameters.items()]
    return "\n".join(lines) + "\n"
