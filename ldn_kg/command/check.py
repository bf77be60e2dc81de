"""The commands that check: validate, verify-source."""

import sys
from pathlib import Path

import click

from ldn_kg.check import source
from ldn_kg.command.loading import judged
from ldn_kg.command.options import PATH, own_data
from ldn_kg.command.terminal import say
from ldn_kg.graph import dataset


@click.command()
@click.argument("paths", nargs=-1, type=PATH)
@own_data
def validate(paths: tuple[Path, ...], own: tuple[Path, ...]) -> None:
    """Check the dataset, with your own files where given, against its shapes.

    \b
    Example:
      ldn-kg validate my-study.ttl
    """
    report = judged([*paths, *own])
    for problem in report.problems:
        say(problem)
    looked = f"{report.triples} triples, {report.records} records, {report.shapes} rules"
    count = len(report.problems)
    say(f"{looked}: {count or 'no'} problem{'' if count == 1 else 's'}")
    sys.exit(1 if report.problems else 0)


@click.command()
@click.argument("file", type=PATH)
@click.option("--document", help="Which source document the file is a copy of.")
@own_data
def verify_source(file: Path, document: str | None, own: tuple[Path, ...]) -> None:
    """Compare each passage with your copy of its source document (a text file in UTF-8).

    \b
    Example:
      ldn-kg verify-source ldn-overview.txt
    """
    passages = source.verify_source(dataset.read(*own), file, document)
    wrong = [passage for passage in passages if not passage.matches]
    for passage in wrong:
        say(passage)
    say(f"{len(passages) - len(wrong)} of {len(passages)} passages match")
    sys.exit(1 if wrong else 0)
