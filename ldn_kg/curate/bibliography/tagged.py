"""Formats in which each record begins with one tag, and each field with another: RIS and NBIB."""

import re
from collections.abc import Iterator


def blocks(content: str, tag: str) -> Iterator[tuple[int, str]]:
    """Yield each record's number, from 1, and its text, which begins with a tag.

    What stands before the first is nothing, a few words, or a record that has lost its beginning.
    """
    before, *records = re.split(rf"(?m)^(?={tag} *-)", content)
    if re.search(r"(?m)^[A-Z][A-Z0-9]{1,3} *- ", before):
        records.insert(0, before)
    yield from enumerate(records, 1)
