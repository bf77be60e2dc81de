"""Where in a file a record stands: the parser gives quads without their lines."""

import re
from collections.abc import Iterable
from pathlib import Path

from ldn_kg.graph.files import text

_PREFIX = re.compile(
    r"^[ \t]*(?:@prefix|PREFIX)\s++([\w.-]*+):\s*+<([^<>]*+)>", re.IGNORECASE | re.MULTILINE
)


def line_of(file: Path, record: str, path: str | None = None) -> int | None:
    """Return the line (from 1) where a record begins, or where it says a property; None if unclear.

    `path` is the prefixed name of the property. Only Turtle, TriG and the line formats are looked
    through, and only for names as people write them.
    """
    if not file.name.removesuffix(".gz").endswith((".ttl", ".trig", ".nt", ".nq")):
        return None
    content = text(file)
    lines = content.splitlines()
    names = {f"<{record}>"}
    for prefix, space in _PREFIX.findall(content):
        if space and record.startswith(space):
            names.add(f"{prefix}:{record.removeprefix(space)}")
    starts = [
        n for n, line in enumerate(lines) if line.split(maxsplit=1)[:1] and line.split()[0] in names
    ]
    if not starts:
        return None
    for start in starts if path else ():
        for number in range(start, len(lines)):
            if path in lines[number].split():
                return number + 1
            if lines[number].rstrip().endswith(".") and "#" not in lines[number]:
                break
    return starts[0] + 1


def file_of(files: Iterable[Path], record: str) -> Path | None:
    """Return the first of some files in which a record begins, or None."""
    return next((file for file in files if line_of(file, record)), None)
