"""The commands that tell of records: answer, show, explain, diff.

Each imports what it needs when it is run: `show` starts without what `explain` needs.
"""

from pathlib import Path

import click

from ldn_kg.command.loading import asked, loaded
from ldn_kg.command.options import PATH, format_of, own_data
from ldn_kg.command.terminal import say, write
from ldn_kg.errors import LdnKgError

WHAT_IF = ("text", "markdown", "json")  # as in read/what_if.py; a test compares them


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
    from ldn_kg.read.summary import answer as summary

    say(asked(own, lambda kg: str(summary(kg, name))), end="")


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
    from ldn_kg.read.page import show as page

    say(asked(own, lambda kg: page(kg, name)), end="")


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
@format_of(WHAT_IF, default="text", help="Of what --with changes.")
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
        from ldn_kg.read import what_if

        found = what_if.what_if(loaded(own), *further, claim=claim)
        say(what_if.write(found, form), end="")
    elif claim is None:
        raise click.UsageError("Name a claim, or a file by --with.")
    elif form != "text":
        raise LdnKgError(f"-f {form} is for --with; how a claim got its answer is told as text.")
    else:
        from ldn_kg.read.explanation import explain as explanation

        say(asked(own, lambda kg: explanation(kg, claim)), end="")


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
    from ldn_kg.read.changelog import read_release, to_json, to_markdown
    from ldn_kg.read.changes import compare_releases

    before = read_release(old)
    if new:
        changes = compare_releases(before, read_release(new))
    else:
        changes = asked(own, lambda kg: compare_releases(before, kg))
    if form == "json":
        write(None, to_json(changes).encode)
    else:
        say(to_markdown(changes), end="")
