"""The dataset as it stood when the expected answers were typed: a new study does not change it.

`queries/frozen.txt` names what an answer may rest on: the studies, statements, searches,
exclusions, source documents and dose windows of that day. The frozen dataset holds these records as
they are today, with all that they lead to (publications, claims, conditions, doses …), and no other
record of ours.
"""

from functools import cache

from pyoxigraph import Store

from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.namespaces import KINDS, expand
from ldn_kg.graph.rules import derive
from ldn_kg.read.record import Records, kind
from support.paths import TESTS

LIST = TESTS / "queries" / "frozen.txt"
# What is only there if the list names it; all else comes with what leads to it.
LISTED = ("exclusion", "guidance", "search", "source", "study")


def names() -> list[str]:
    """Return the IRIs in the list; finding none, or a name that is not of ours, is an error."""
    lines = LIST.read_text(encoding="utf-8").split()
    iris = [expand(line) or "" for line in lines]
    assert iris
    assert all(kind(iri) in KINDS for iri in iris)
    return iris


@cache
def frozen() -> Dataset:
    """Return the frozen dataset with its grades."""
    whole = read()
    records, kept = Records(whole), set[str]()
    missing = [name for name in names() if name not in records.homes]
    assert not missing, f"{LIST.name} names what is not in the data: {missing}"
    reached = names()
    while reached:
        name = reached.pop()
        if name in kept:
            continue
        kept.add(name)
        for part in (name, *records.parts_of(name)):
            for quad in records[part].quads:
                home = records.homes.get(str(quad.object).strip("<>"), "")
                if kind(home) in KINDS and kind(home) not in LISTED:
                    reached.append(home)
    store = Store()
    store.extend(
        quad
        for quad in whole.triples()
        if kind(str(quad.subject).strip("<>")) not in KINDS
        or records.homes[str(quad.subject).strip("<>")] in kept
    )
    return derive(Dataset(store, whole.files))
