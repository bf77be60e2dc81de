"""The command that finds: records and questions by words."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import click

from ldn_kg.command.loading import asked
from ldn_kg.command.options import format_of, output, own_data
from ldn_kg.command.terminal import printable, say, write
from ldn_kg.read.search import SEARCHED, Entry, Found
from ldn_kg.read.search import search as find
from ldn_kg.read.wrapping import wrap

_TOLD = ("kind", "name", "label", "status", "sentence", "iri")


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", type=click.Choice(SEARCHED), metavar="KIND", help="Only what is of a kind.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=10, show_default=True, help="At most so many."
)
@format_of(("table", "csv", "json"), default="table")
@output
@own_data
def search(
    words: tuple[str, ...],
    kind: str | None,
    limit: int,
    form: str,
    output: Path | None,
    own: tuple[Path, ...],
) -> None:
    """Find records and questions by words: names, synonyms, authors, DOIs, registrations.

    Words may be cut off or misspelt. The best hit comes first, with what is known of it: the status
    and certainty of a claim, the design and size of a study. A name goes to `show`, that of a
    question to `query`. Where nothing is found, that is said, and the exit code is 0.

    \b
    Example:
      ldn-kg search crohn
      ldn-kg search side effects --kind claim
      ldn-kg search NCT04270877 -f json
    """

    def content() -> bytes:
        found = asked(own, lambda kg: find(kg, " ".join(words), kind=kind, limit=limit))
        if form != "table":
            say(str(found), err=True)
        return _FORMS[form](found).encode()

    write(output, content)


def _table(found: Found) -> str:
    """Return two columns, kind and hit: a name that is cut off could not be copied."""
    wide = 2 + max((len(entry.kind) for entry in found), default=0)
    lines = []
    for entry in found:
        texts = [f"{entry.label} ({entry.name})", *filter(None, [entry.status])]
        for start, text in zip((entry.kind, ""), texts, strict=False):
            lines += wrap(printable(text), start.ljust(wide), " " * wide)
    return "\n".join([*lines, f"{found}"]) + "\n"


def _csv(found: Found) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_TOLD, *(_values(entry).values() for entry in found)])
    return text.getvalue()


def _json(found: Found) -> str:
    return json.dumps([_values(entry) for entry in found], ensure_ascii=False, indent=2) + "\n"


def _values(entry: Entry) -> dict[str, str]:
    return {name: getattr(entry, name) for name in _TOLD}


_FORMS: dict[str, Callable[[Found], str]] = {"table": _table, "csv": _csv, "json": _json}
