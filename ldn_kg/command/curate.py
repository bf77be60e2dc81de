"""The command that begins the file of a new study."""

import sys
from pathlib import Path

import click

from ldn_kg.command.options import PATH
from ldn_kg.command.terminal import write
from ldn_kg.curate.bibliography import Reference, choose, read_references, with_typed
from ldn_kg.curate.proposals import AlreadyRecorded
from ldn_kg.curate.skeleton import DESIGNS, new_study
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import read


@click.command()
@click.argument("key", required=False)
@click.option("--design", type=click.Choice(DESIGNS), required=True, help="What kind of study.")
@click.option(
    "--from",
    "source",
    type=PATH,
    metavar="FILE",
    help="A bibliographic file: RIS, NBIB (PubMed), BibTeX or CSL-JSON.",
)
@click.option("--record", metavar="N", help="Which of its records: a number, DOI or title.")
@click.option("--doi", metavar="DOI")
@click.option("--pmid", metavar="PMID", help="The PubMed identifier.")
@click.option("--title", metavar="TITLE")
@click.option("--year", metavar="YEAR")
@click.option(
    "--registration",
    "registrations",
    multiple=True,
    metavar="NUMBER",
    help="A trial registration, such as NCT and 8 digits; repeatable.",
)
@click.option(
    "-o",
    "--output",
    type=PATH,
    help="File to write.  [default: KEY.ttl]",
)
@click.option(
    "--force", is_flag=True, help="Replace the file, and accept a study that is in the dataset."
)
def new(
    key: str | None,
    design: str,
    source: Path | None,
    record: str | None,
    output: Path | None,
    force: bool,
    registrations: tuple[str, ...],
    **typed: str | None,
) -> None:
    """Begin the file of a new study: what is known is filled in, what you must choose is marked.

    KEY is the first author and the year in lower case, such as younger2013. With a bibliographic
    file you can leave it out. Options override what the file says. Nothing is fetched.

    \b
    Example:
      ldn-kg new --design case-report --from pubmed.nbib
      ldn-kg new younger2013b --design trial --title "Naltrexone in fibromyalgia" --year 2013
    """
    if record and not source:
        raise LdnKgError("--record chooses a record of a file; name the file by --from.")
    reference = choose(read_references(source), record) if source else Reference()
    reference = with_typed(reference, registrations, **typed)
    try:
        skeleton = new_study(read(), design, reference, key, force=force)
    except AlreadyRecorded as known:
        click.echo(f"Error: {known}", err=True)
        sys.exit(1)
    path = output or Path(f"{skeleton.key}.ttl")
    if path.is_file() and not force:
        raise LdnKgError(f"{path} is there already; name another file by -o, or add --force.")
    write(path, skeleton.turtle.encode)
    if str(path) != "-":
        click.echo(f"{path}: fill in the {skeleton.choices} lines marked '# choose', then run")
        click.echo(f"  ldn-kg validate {path}")
