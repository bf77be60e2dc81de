"""What a step gave, in a form that is equal where the results are.

    python tests/benchmarks/said.py rows out.csv

A process of its own, since the greatest memory of a process counts from that of its parent.
"""

import csv
import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from zlib import crc32

from pyoxigraph import RdfFormat, parse

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")


def rows(path: Path) -> str:
    """Return the number of rows of CSV and a digest of them, in any order, numbers by value."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *found = csv.reader(file)
    lines = sorted("\t".join(map(_value, row)) for row in found)
    return f"{len(found)} rows, {crc32(chr(10).join(lines).encode()):08x}"


def _value(cell: str) -> str:
    return str(Decimal(cell).normalize()) if _NUMBER.fullmatch(cell) else cell


def triples(path: Path) -> str:
    """Return the number of different triples of a file."""
    form = RdfFormat.from_extension(path.suffix[1:])
    return f"{len({str(quad.triple) for quad in parse(path=path, format=form)})} triples"


def verdict(path: Path) -> str:
    """Return whether the data conform, as one of the engines says it."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if "problem" in text:  # ours: "… rules: no problems"
        return "conforms" if "no problems" in text else "does not conform"
    found = re.search(r"[Cc]onforms\W+(?:\"?)(true|false)", text, re.IGNORECASE)
    assert found, text[:300]
    return "conforms" if found[1].lower() == "true" else "does not conform"


def number(path: Path) -> str:
    """Return the last line, which is a number of triples."""
    return f"{path.read_text(encoding='utf-8').split()[-1]} triples"


def parts(path: Path) -> str:
    """Return the seconds of each part."""
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    kind, name = sys.argv[1:]
    print(json.dumps(globals()[kind](Path(name))))
