"""The commands that tell of records: answer, show, explain, cite, bibliography, diff."""

from pathlib import Path

import click

from ldn_kg.check import validation
from ldn_kg.command.options import PATH, format_of, output, own_data, pairs, parameters
from ldn_kg.command.terminal import limits, say, write
from ldn_kg.errors import LdnKgError
from ldn_kg.read import bibliography as papers
from ldn_kg.read import what_if
from ldn_kg.read.changelog import read_release, to_json, to_markdown
from ldn_kg.read.changes import compare_releases
from ldn_kg.read.citation import FORMATS
from ldn_kg.read.citation import cite as citation
from ldn_kg.read.explanation import explain as explanation
from ldn_kg.read.page import show as page
from ldn_kg.read.summary import answer as summary


@click.command()
@click.argument("name")
@own_data
def answer(name: str, own: tuple[Path, ...]) -> None:
    """Say what is known on a condition, a symptom or a harm, by any of its names.

    First the sentence; then the summary of findings, the doses of the trials that found benefit and
    of those that did not, the trials awaited, what stands beside, and the harms.

    \b
    Example:
      ldn-kg answer fibromyalgia
      ldn-kg answer "vivid dreams"
    """
    say(str(summary(validation.load(*own), name)), end="")


@click.command()
@click.argument("name")
@own_data
def show(name: str, own: tuple[Path, ...]) -> None:
    """Show a study, claim, condition or other record, by any of its names.

    A name is a label, a synonym, an acronym, a registration, a DOI, a prefixed name or an IRI.

    \b
    Example:
      ldn-kg show younger2013
      ldn-kg show claim:ldn-fibromyalgia
      ldn-kg show ldnc:study-designs
    """
    say(page(validation.load(*own), name), end="")


@click.command()
@click.argument("claim", required=False)
@click.option(
    "--with",
    "further",
    multiple=True,
    type=PATH,
    metavar="PATH",
    help="A file or folder with a study: say what it would change; may be repeated.",
)
@format_of(what_if.FORMATS, default="text", help="Of what --with changes.")
@own_data
def explain(claim: str | None, further: tuple[Path, ...], form: str, own: tuple[Path, ...]) -> None:
    """Show how a claim got its answer: what entered, what was kept out, which rule said so.

    By --with: its status, certainty and sentence before and after, and which rule moved. Without a
    claim, that of every claim that moves.

    \b
    Example:
      ldn-kg explain ldn-fibromyalgia
      ldn-kg explain ldn-fibromyalgia --with my-study.ttl
      ldn-kg explain --with my-study.ttl
    """
    if further:
        found = what_if.what_if(validation.load(*own), *further, claim=claim)
        say(what_if.write(found, form), end="")
    elif claim is None:
        raise click.UsageError("Name a claim, or a file by --with.")
    elif form != "text":
        raise LdnKgError(f"-f {form} is for --with; how a claim got its answer is told as text.")
    else:
        say(explanation(validation.load(*own), claim), end="")


@click.command()
@click.argument("name", required=False)
@format_of(FORMATS, default="text")
@output
@own_data
def cite(name: str | None, form: str, output: Path | None, own: tuple[Path, ...]) -> None:
    """Say how to cite this version of the dataset, or a study, claim or other record in it.

    Where the record was read from a paper, as a study is, the paper comes first, with its own
    authors and year, and then our record of it.

    \b
    Example:
      ldn-kg cite
      ldn-kg cite younger2013 --format bibtex
    """
    write(output, lambda: citation(validation.load(*own), name, form).encode())


@click.command()
@format_of(papers.FORMATS, default="ris")
@parameters
@click.option(
    "--included-in",
    metavar="QUESTION",
    help="Only papers of the studies that the rows of a question, or of SPARQL, contain.",
)
@output
@own_data
def bibliography(
    form: str,
    parameters: tuple[str, ...],
    included_in: str | None,
    output: Path | None,
    own: tuple[Path, ...],
) -> None:
    """Write the papers behind the dataset, each with the way back to our record of it.

    A study without a paper is there as its registration. A -p is for the question of --included-in;
    without one, for `trials`, which lists every study. NBIB holds only the papers that PubMed has.

    \b
    Example:
      ldn-kg bibliography -o ldn.ris
      ldn-kg bibliography -f bibtex -p condition=fibromyalgia
      ldn-kg bibliography --included-in randomised-trials
      ldn-kg bibliography --included-in evidence -p condition=fibromyalgia
    """

    def written() -> bytes:
        with limits():  # for any query
            found = papers.chosen(validation.load(*own), pairs(parameters), included_in)
        content = papers.write(found, form).encode()
        missing = papers.left_out(found, form)
        if missing:
            said = f"{missing} of {len(found)} are not in NBIB, as they have no PubMed identifier."
            say(f"{said} The other formats have them.", err=True)
        return content

    write(output, written)


@click.command()
@click.argument("old", type=PATH)
@click.argument("new", type=PATH, required=False)
@format_of(("markdown", "json"), default="markdown")
@own_data
def diff(old: Path, new: Path | None, form: str, own: tuple[Path, ...]) -> None:
    """Say which claims changed between two releases (folders, or RDF files), and why.

    Without NEW, the dataset of this program is the new one.

    \b
    Example:
      ldn-kg diff ldn-kg-2026.11 ldn-kg-2026.12
    """
    changes = compare_releases(
        read_release(old), read_release(new) if new else validation.load(*own)
    )
    if form == "json":
        write(None, to_json(changes).encode)
    else:
        say(to_markdown(changes), end="")
