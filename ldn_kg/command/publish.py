"""The commands that write files: export, build, site."""

from pathlib import Path

import click

from ldn_kg.command.loading import checked
from ldn_kg.command.options import PATH, format_of, output, own_data, progress
from ldn_kg.command.terminal import say, write
from ldn_kg.errors import LdnKgError
from ldn_kg.publish import formats


@click.command()
@format_of(tuple(formats.FORMATS), default="turtle")
@output
@click.option("--graph", help="One graph only: source, literature, vocabulary, derived or dataset.")
@own_data
def export(form: str, output: Path | None, graph: str | None, own: tuple[Path, ...]) -> None:
    """Write the dataset as RDF, after checking it.

    \b
    Example:
      ldn-kg export -f jsonld -o ldn-kg.jsonld
    """
    write(output, lambda: formats.export(checked(own), form, graph))


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--previous",
    type=PATH,
    help="The release before this one, for CHANGES.md: which claims changed, and why.",
)
@own_data
def build(folder: Path, previous: Path | None, own: tuple[Path, ...]) -> None:
    """Write the release: the graph in every format, tables, metadata, answers and checksums.

    \b
    Example:
      ldn-kg build dist
    """
    from ldn_kg.publish import release  # here: it imports more than an export needs

    dataset = checked(own)
    with progress("Building", release.steps(dataset, previous)) as advance:
        written = release.build(dataset, folder, lambda step: advance(1), previous)
    say(f"{len(written)} files in {folder}")


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--base-url",
    metavar="URL",
    help="Where the site will stand: the address in its pages, site map, feed and llms.txt.",
)
@click.option(
    "--previous",
    type=PATH,
    help="The release before this one, for the feed: which claims changed, and why.",
)
@own_data
def site(folder: Path, base_url: str | None, previous: Path | None, own: tuple[Path, ...]) -> None:
    """Write the website: static pages for any host, with Turtle and JSON-LD beside each.

    \b
    Example:
      ldn-kg site pages
      ldn-kg site pages --base-url https://example.org/ldn-kg/
    """
    try:
        from ldn_kg.publish import site as website
    except ModuleNotFoundError as error:
        raise LdnKgError(
            f"The site needs {error.name}: pip install 'ldn-kg[site]' installs it."
        ) from error

    website.expect_scripts()  # before anything that takes time
    dataset = checked(own)
    planned = website.files_of(dataset, base_url, previous)
    with progress("Writing", 1 + len(planned)) as advance:
        written = website.write_site(dataset, folder, planned, lambda step: advance(1))
    say(f"{len(written)} files in {folder}; start at {folder / 'index.html'}")
