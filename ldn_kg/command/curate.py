"""The commands of a curator: what is new, what changed, a new study, a second reading."""

import sys
from datetime import date
from pathlib import Path
from textwrap import fill

import click

from ldn_kg.command.loading import asked
from ldn_kg.command.options import PATH, format_of, output, own_data
from ldn_kg.command.terminal import say, tabulated, write
from ldn_kg.curate import screening_forms as forms
from ldn_kg.curate.bibliography import Reference, choose, with_typed
from ldn_kg.curate.proposals import AlreadyRecorded
from ldn_kg.curate.review import Review, find_file
from ldn_kg.curate.screening import screen as screened
from ldn_kg.curate.skeleton import DESIGNS, new_study
from ldn_kg.curate.watching import watch as watched
from ldn_kg.errors import LdnKgError
from ldn_kg.graph import rules
from ldn_kg.graph.dataset import read

_WIDTH = 80  # of what is told below a table


@click.command()
@click.argument("key", required=False)
@click.option("--design", type=click.Choice(DESIGNS), required=True, help="What kind of study.")
@click.option(
    "--from",
    "source",
    type=PATH,
    metavar="FILE",
    help="A bibliographic file: RIS, NBIB (PubMed), BibTeX, CSL-JSON, PubMed XML or CSV.",
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
    reference = choose(source, record) if source else Reference()
    reference = with_typed(reference, registrations, **typed)
    try:
        skeleton = new_study(read(), design, reference, key, force=force)
    except AlreadyRecorded as known:
        say(f"Error: {known}", err=True)
        sys.exit(1)
    path = output or Path(f"{skeleton.key}.ttl")
    if path.is_file() and not force:
        raise LdnKgError(f"{path} is there already; name another file by -o, or add --force.")
    write(path, skeleton.turtle.encode)
    if str(path) != "-":
        say(f"{path}: fill in the {skeleton.choices} lines marked '# choose', then run")
        say(f"  ldn-kg validate {path}")


@click.command()
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE...")
@format_of(forms.FORMATS, default="table", help="ris: what is to look at, for Rayyan or ASReview.")
@output
@own_data
def screen(files: tuple[Path, ...], form: str, output: Path | None, own: tuple[Path, ...]) -> None:
    """Say which records of an export are new, known, known with news, or excluded before.

    Also which are duplicates, and what a retraction or correction bears on. The files are exports
    of PubMed (NBIB, XML, CSV), ClinicalTrials.gov (JSON, CSV), Crossref (JSON), Retraction Watch
    (CSV), and RIS, BibTeX, CSL-JSON or CSV of databases and reference managers. A malformed record
    is named, and the rest is read; the exit code is 1 then.

    \b
    Example:
      ldn-kg screen pubmed.nbib trials.json
      ldn-kg screen embase.ris -f ris -o to-screen.ris
    """
    found = asked(own, lambda kg: screened(kg, files))
    written = {"json": forms.as_json, "csv": forms.as_csv, "ris": forms.as_ris}
    if form == "table":
        lines = "".join(f"{_wrapped(line)}\n" for line in forms.said(found))
        header = ("record", "outcome", "as", "reference")
        write(output, lambda: f"{tabulated(header, forms.rows(found), output)}\n{lines}".encode())
    else:
        write(output, lambda: written[form](found).encode())
        *_, counted = forms.said(found)
        say(counted, err=True)
    _end_with(found.faults)


@click.command()
@click.argument("old", type=PATH)
@click.argument("new", type=PATH, required=False)
@format_of(forms.WATCH_FORMATS, default="table")
@output
@own_data
def watch(
    old: Path, new: Path | None, form: str, output: Path | None, own: tuple[Path, ...]
) -> None:
    """Say what changed between two exports of ClinicalTrials.gov (JSON or CSV).

    Results, state, dates, people, trials that came and went; with our studies, and whether their
    results are awaited. With one file it is compared with the dataset.

    \b
    Example:
      ldn-kg watch trials-2026-05.json trials-2026-11.json
      ldn-kg watch trials-2026-11.json
    """
    found = asked(own, lambda kg: watched(kg, new, old) if new else watched(kg, old))
    if form == "json":
        write(output, lambda: forms.watch_json(found).encode())
    else:
        header = ("trial", "studies", "awaited", "what", "was", "is")
        table = tabulated(header, forms.watch_rows(found), output) if found.changes else ""
        count = f"{_several(len(found.changes), 'change')} in {_several(found.compared, 'trial')}"
        counted = f"{count} that both have.\n"
        write(output, lambda: f"{table}{counted}".encode())
    _end_with(found.faults)


def _wrapped(line: str) -> str:
    return fill(line, _WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def _several(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _end_with(faults: tuple[str, ...]) -> None:
    """Name what is malformed, and end with 1 where something is."""
    for fault in faults:
        say(f"Error: {fault}", err=True)
    if faults:
        sys.exit(1)


@click.command()
@click.argument("study", metavar="FILE")
@click.option(
    "--marked", type=PATH, metavar="CHECKLIST", help="The checklist as you marked it: record it."
)
@click.option("--reader", metavar="NAME", help="Who read: a person or program with a record.")
@click.option("--page", "pages", multiple=True, metavar="URL", help="Where; may be repeated.")
@click.option("--read-as", multiple=True, metavar="CODE", help="What: full-text, abstract …")
@click.option("--note", default="", metavar="TEXT", help="What was done about what differs.")
@own_data
def review(
    study: str,
    marked: Path | None,
    reader: str | None,
    pages: tuple[str, ...],
    read_as: tuple[str, ...],
    note: str,
    own: tuple[Path, ...],
) -> None:
    """Print what a second reader must compare with the source; record what agreed.

    FILE is the Turtle file of a study, or, to print only, the name of a study. Mark each line of
    the checklist, a text file, and give it back by --marked: the second reading is computed from
    the marks and written to the end of FILE, with the date of today.

    \b
    Example:
      ldn-kg review younger2013 > checklist.txt
      ldn-kg review younger2013.ttl --marked checklist.txt --reader ldnk:your-name
    """
    is_file = Path(study).suffix == ".ttl"
    if marked and not is_file:
        raise LdnKgError(f"{study!r} is not a Turtle file; name the file to write to.")
    if marked and not reader:
        raise LdnKgError("Say by --reader who read, such as ldnk:your-name.")
    dataset = rules.load(*([Path(study)] if is_file else []), *own)
    told = Review(dataset, find_file(dataset, study))
    if marked is None:
        say(told.checklist(), end="")
        return
    marks = told.marks(marked)
    content = told.with_reading(
        marks, reader or "", day=date.today(), pages=pages, read_as=read_as, note=note
    )
    write(told.file, content.encode)
    say(f"{told.file}: {told.summary(marks)} Check it by ldn-kg validate {told.file}")
