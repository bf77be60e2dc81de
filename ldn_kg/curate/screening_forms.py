"""A screening, and a watch of registries, for people, for programs, and for Rayyan and ASReview."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from ldn_kg.curate.bibliography.reference import family
from ldn_kg.curate.screening import OUTCOMES, Screened, Screening
from ldn_kg.curate.watching import Watch
from ldn_kg.graph.namespaces import shorten

FORMATS = ("table", "json", "csv", "ris")
WATCH_FORMATS = ("table", "json")


def as_json(screening: Screening) -> str:
    """Return the counts, the records and what is malformed as JSON; IRIs are whole."""
    told = {
        "counts": screening.counts,
        "records": [_told(record) for record in screening.records],
        "malformed": list(screening.faults),
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def as_csv(screening: Screening) -> str:
    """Return a row for each record; several values of a cell are parted by semicolons."""
    rows = [_told(record) for record in screening.records]
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0], lineterminator="\r\n")  # as RFC 4180 has it
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: "; ".join(v) if isinstance(v, list) else v for name, v in row.items()}
        )
    return written.getvalue()


def _told(record: Screened) -> dict[str, Any]:
    reference = record.reference
    return {
        "file": str(record.file),
        "number": record.number,
        "outcome": record.outcome,
        "sure": record.sure,
        "by": record.by,
        "record": record.record,
        "studies": list(record.studies),
        "news": list(record.news),
        "notes": list(record.notes),
        "leaning": list(record.leaning),
        "title": reference.title,
        "authors": list(reference.authors),
        "year": reference.year,
        "doi": reference.doi,
        "pmid": reference.pmid,
        "registrations": list(reference.registrations),
    }


def as_ris(screening: Screening) -> str:
    """Return what a person has to look at as RIS, with labels in the notes.

    `ASReview_not_seen` is what ASReview reads and writes for a record without a decision;
    `RAYYAN-LABELS:` is how Rayyan writes its labels. Lines end in CRLF, as RIS requires.
    """
    lines = (line for record in screening.to_look_at for line in _ris(record))
    return "".join(f"{line}\r\n" for line in lines)


def _ris(record: Screened) -> Iterator[str]:
    paper = record.reference
    first, _, last = (paper.pages or "").partition("-")
    label = record.outcome if record.sure else f"probably {record.outcome}"
    notes = [
        f"RAYYAN-LABELS: ldn-kg {label}",
        "ASReview_not_seen",
        *([f"ldn-kg: {record.record}"] if record.record else []),
        *(f"Registration: {number}" for number in paper.registrations),
        *record.news,
        *record.notes,
    ]
    entry = paper.entry
    fields = [
        ("TY", "ELEC" if entry else "JOUR"),
        *(("AU", _comma_name(author)) for author in paper.authors),
        ("TI", paper.title),
        ("T2", paper.journal),
        ("PY", paper.year or (entry.start or "")[:4] if entry else paper.year),
        ("VL", paper.volume),
        ("IS", paper.issue),
        ("SP", first),
        ("EP", last),
        ("SN", paper.isbn),
        ("DO", paper.doi),
        ("DB", "PubMed" if paper.pmid else None),
        ("AN", paper.pmid),
        ("C2", paper.pmcid),
        ("AB", paper.abstract),
        ("UR", f"https://clinicaltrials.gov/study/{entry.number}" if entry else None),
        *(("N1", note) for note in notes),
    ]
    yield from (f"{tag}  - {words}" for tag, words in fields if words)
    yield "ER  - "


def _comma_name(author: str) -> str:
    last = family(author)
    return f"{last}, {author[len(last) + 1 :]}" if last != author else author.replace(",", "")


def rows(screening: Screening) -> list[tuple[str, str, str, str]]:
    """Return number, outcome, record and reference of each record, for a table.

    An outcome that is only probable has a question mark.
    """
    return [
        (
            _place(screening, record),
            record.outcome if record.sure else f"{record.outcome}?",
            shorten(record.record or "") or "-",
            str(record.reference),
        )
        for record in screening.records
    ]


def _place(screening: Screening, record: Screened) -> str:
    """Return the number of a record, after its file where there are several."""
    several = len({record.file for record in screening.records}) > 1
    return f"{record.file.name}:{record.number}" if several else str(record.number)


def said(screening: Screening) -> Iterator[str]:
    """Yield a line for what is known of each record besides, and one that counts them."""
    for record in screening.records:
        place = _place(screening, record)
        for line in (*record.news, *record.notes):
            yield f"{place}  {line}."
        if record.leaning:
            yield f"{place}  On it lean {', '.join(map(shorten, record.leaning))}."
    counts = screening.counts
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])
    unsure = sum(not record.sure for record in screening.records)
    probably = f" ({unsure} of them only probably, marked ?)" if unsure else ""
    malformed = f"; {len(screening.faults)} malformed" if screening.faults else ""
    number = len(screening.records)
    yield f"{number} record{'' if number == 1 else 's'}: {told}{probably}{malformed}."


def watch_rows(watched: Watch) -> list[tuple[str, str, str, str, str, str]]:
    """Return number, studies, whether results are awaited, what changed, from and to."""
    return [
        (
            one.number,
            ", ".join(map(shorten, one.studies)) or "-",
            "yes" if one.awaited else "no",
            one.change.what,
            one.change.old or "-",
            one.change.new,
        )
        for one in watched.changes
    ]


def watch_json(watched: Watch) -> str:
    """Return the changes as JSON; IRIs are whole."""
    told = {
        "compared": watched.compared,
        "changes": [
            {
                "number": one.number,
                "title": one.title,
                "studies": list(one.studies),
                "awaited": one.awaited,
                "what": one.change.what,
                "old": one.change.old,
                "new": one.change.new,
            }
            for one in watched.changes
        ],
        "malformed": list(watched.faults),
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
