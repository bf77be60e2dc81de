"""BibTeX and BibLaTeX."""

import re
from collections.abc import Iterator
from typing import Any

from ldn_kg.curate.bibliography.fields import person, reference_of
from ldn_kg.curate.bibliography.reference import Malformed, Reference
from ldn_kg.curate.bibliography.titles import notices_of_title


def read_bibtex(content: str) -> Iterator[Reference | Malformed]:
    """Read BibTeX by bibtexparser, LaTeX decoded; a percent sign begins no comment there."""
    import logging

    from bibtexparser.entrypoint import parse_string
    from bibtexparser.middlewares import (
        LatexDecodingMiddleware,
        SeparateCoAuthors,
        SplitNameParts,
    )
    from bibtexparser.model import Entry, ParsingFailedBlock

    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # faults are raised here
    library = parse_string(
        re.sub(r"(?<!\\)%", r"\\%", content),
        append_middleware=[
            LatexDecodingMiddleware(keep_braced_groups=True, keep_math_mode=False),
            SeparateCoAuthors(),
            SplitNameParts(),
        ],
    )
    records = [b for b in library.blocks if isinstance(b, Entry | ParsingFailedBlock)]
    for number, block in enumerate(records, 1):
        if isinstance(block, ParsingFailedBlock):
            line = f" at line {block.start_line + 1}" if block.start_line is not None else ""
            fault = " ".join(str(block.error).split())
            yield Malformed(number, f"cannot be read{line} ({fault})")
            continue
        yield _of_bibtex({field.key.lower(): field.value for field in block.fields})


def _of_bibtex(fields: dict[str, Any]) -> Reference:
    def get(*names: str) -> str:
        return next(
            (str(fields[name]).translate(_NO_BRACES) for name in names if name in fields), ""
        )

    return reference_of(
        authors=map(_of_parts, fields.get("author", ())),
        said=map(get, ("title", "note", "annote", "keywords")),
        abstract=get("abstract"),
        notices=notices_of_title(get("title")),
        title=get("title"),
        journal=get("journal", "journaltitle", "booktitle"),
        year=get("year", "date"),
        volume=get("volume"),
        issue=get("number", "issue"),
        pages=get("pages"),
        doi=get("doi"),
        pmid=get("eprint") if get("eprinttype").lower() == "pubmed" else get("pmid"),
        pmcid=get("pmcid", "pmc"),
        isbn=get("isbn"),
    )


_NO_BRACES = str.maketrans("", "", "{}")


def _of_parts(name: Any) -> str:
    parts = ([*name.von, *name.last], name.first, name.jr)
    whole, given, suffix = (" ".join(words).translate(_NO_BRACES) for words in parts)
    return "et al." if whole == "others" and not given else person(whole, given, suffix)
