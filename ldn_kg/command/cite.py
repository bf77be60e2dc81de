"""The commands that tell of papers: cite, bibliography."""

from pathlib import Path

import click

from ldn_kg.command.loading import asked
from ldn_kg.command.options import format_of, output, own_data, pairs, parameters
from ldn_kg.command.terminal import limits, say, write
from ldn_kg.read import bibliography as papers
from ldn_kg.read.citation import FORMATS
from ldn_kg.read.citation import cite as citation


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
    write(output, lambda: asked(own, lambda kg: citation(kg, name, form)).encode())


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
            found = asked(own, lambda kg: papers.chosen(kg, pairs(parameters), included_in))
        content = papers.write(found, form).encode()
        missing = papers.left_out(found, form)
        if missing:
            said = f"{missing} of {len(found)} are not in NBIB, as they have no PubMed identifier."
            say(f"{said} The other formats have them.", err=True)
        return content

    write(output, written)
