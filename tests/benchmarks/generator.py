"""Data of our shape at any size: the shipped records, copied under other names.

    python tests/benchmarks/generator.py 100 ldn-kg-100.nq   # all in one file
    python tests/benchmarks/generator.py 100 checkout/       # file by file, where ldn-kg finds them

The vocabulary is shared. All that people write is copied whole, with drugs, conditions and targets,
so that the copies are as connected as the original; identifiers become others of the same form, as
the rules ask that each stands once. The result is valid, and is read instead of the shipped files.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from pyoxigraph import RdfFormat, serialize

from ldn_kg.graph.dataset import read
from ldn_kg.graph.files import GRAPHS, ROOT, files, quads
from ldn_kg.graph.namespaces import BASE

_SHARED = ("concept", "graph", "dataset", "query")
_NAME = re.compile(rf"<{re.escape(BASE)}(?!(?:{'|'.join(_SHARED)})/)([a-z]+)/([^>#]+)>")
# What must stand once: how it looks in N-Quads, and what is another of its form.
_IDENTIFIERS = (
    (re.compile(r'(bibo/doi> "[^"]+)'), "{0}.x{copy}"),
    (re.compile(r'(bibo/pmid> ")[^"]+'), "{0}{number}"),
    (re.compile(r'(schema.org/identifier> "PMC)[0-9]+'), "{0}{number}"),
    (re.compile(r"(skos/core#[a-z]+Match> <[^>]+)"), "{0}x{copy}"),
    (re.compile(r"(schema.org/sameAs> <[^>]+)"), "{0}x{copy}"),
)
# What several records may share, as two papers on one trial do: a copy has another, of a form that
# each may have.
_REGISTRATION = re.compile(r'(?<=schema.org/identifier> ")(?!PMC|ISBN)[^"]+')


def generate(copies: int) -> Iterator[str]:
    """Yield the lines of an N-Quads file with so many copies; the first is the original."""
    dataset = read()
    written = (GRAPHS["literature"], GRAPHS["source"])
    ours = [quad for quad in dataset.store if quad.graph_name in written]
    rest = [quad for quad in dataset.store if quad.graph_name not in written]
    yield from _lines(rest)
    records = list(_lines(ours))
    assert len(records) > 20_000
    yield from records
    number = 500_000_000  # above the identifiers that there are
    for copy in range(1, copies):
        for line in records:
            number += 1
            yield _copied(line, copy, number)


def checkout(folder: Path, copies: int) -> None:
    """Write a folder that is a checkout of the project with so many copies of each file of data.

    `python -m ldn_kg` there has the copies for shipped data. All else is that of this checkout.
    """
    for entry in ROOT.iterdir():
        if not entry.name.startswith(".") and entry.name != "data":
            (folder / entry.name).symlink_to(entry)
    number = 500_000_000
    for path in files("data", ".ttl"):
        place = folder / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.name == "dataset.ttl":
            place.symlink_to(path)
            continue
        triples = [quad.triple for quad in quads(path)]
        lines = serialize(triples, format=RdfFormat.N_TRIPLES).decode().splitlines(keepends=True)  # type: ignore[union-attr]
        place.symlink_to(path)
        for copy in range(1, copies):
            with place.with_name(f"x{copy}-{path.name}").open("w", encoding="utf-8") as file:
                file.writelines(_copied(line, copy, number := number + 1) for line in lines)


def _lines(quads: list[object]) -> Iterator[str]:
    yield from serialize(quads, format=RdfFormat.N_QUADS).decode().splitlines(keepends=True)  # type: ignore[arg-type, union-attr]


def _copied(line: str, copy: int, number: int) -> str:
    # In lower case: a key with capitals is right for the one study that has it.
    line = _NAME.sub(lambda name: f"<{BASE}{name[1]}/x{copy}-{name[2].lower()}>", line)
    for pattern, other in _IDENTIFIERS:
        line = pattern.sub(lambda m, o=other: o.format(m[1], copy=copy, number=number), line)
    return _REGISTRATION.sub(lambda m: f"RBR-{crc32(f'{copy} {m[0]}'.encode()):08X}", line)


if __name__ == "__main__":
    if Path(sys.argv[2]).is_dir():
        checkout(Path(sys.argv[2]), int(sys.argv[1]))
    else:
        with Path(sys.argv[2]).open("w", encoding="utf-8") as file:
            file.writelines(generate(int(sys.argv[1])))
