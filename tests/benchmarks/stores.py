"""How long push and verify take at scale, and how much memory, beside the store's own loader.

Run by hand, a store at a time: python tests/benchmarks/stores.py fuseki 27
27 copies of the dataset are about a million triples, 270 about ten million. Nothing is held in
memory: each graph is made again whenever it is asked for.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Triple

sys.path.insert(0, str(Path(__file__).parent.parent))

from support.servers import Server, _fuseki_jar, _java, _oxigraph, running

import ldn_kg
from ldn_kg.graph.namespaces import BASE, GRAPH, LDN, LDNC
from ldn_kg.publish.stores.comparison import verify
from ldn_kg.publish.stores.transfer import Graphs, graphs, push

# Virtuoso puts a whole COPY into its log, and stops at 50 MB of it unless told otherwise. It runs
# without the limit of rows that it is installed with, so that a graph is read as a whole.
OPTIONS = {"virtuoso": ("TransactionAfterImageLimit = 2000000000",)}


def copies(count: int) -> Graphs:
    """Return graphs of our shape: each record as many times, under as many names."""
    kg = ldn_kg.load()

    def many(triples: list[Triple]) -> Callable[[], Iterator[Triple]]:
        return lambda: (
            new
            for copy in range(count)
            for triple in triples
            # What has no name of ours is the same in each copy, and a graph holds it once.
            if (new := _renamed(triple, copy)) != triple or copy == 0
        )

    return {graph: many(list(triples())) for graph, triples in graphs(kg).items()}


def _renamed(triple: Triple, copy: int) -> Triple:
    return Triple(_name(triple.subject, copy), triple.predicate, _name(triple.object, copy))


def _name(term: object, copy: int) -> object:
    if not isinstance(term, NamedNode) or not term.value.startswith(BASE):
        return term
    fixed = term.value.startswith((LDN, LDNC, GRAPH))
    return term if fixed else NamedNode(f"{term.value}/copy-{copy}")


def main(kind: str, count: int) -> None:
    """Measure one store."""
    ours = copies(count)
    with tempfile.TemporaryDirectory() as folder:
        with running(kind, Path(folder), *OPTIONS.get(kind, ()), sparql="") as server:
            there = server.endpoint(timeout=3600)
            for what in ("push", "push again"):
                started = time.monotonic()
                triples = sum(push(there, ours).values())
                _say(kind, triples, what, started)
            started = time.monotonic()
            assert all(comparison.same for comparison in verify(there, ours))
            _say(kind, triples, "verify", started)
            file = Path(folder, "all.nq")
            with file.open("w", encoding="utf-8") as out:
                for graph, again in ours.items():
                    out.writelines(f"{triple} <{graph}own> .\n" for triple in again())
            started = time.monotonic()
            subprocess.run(_loader(server, file), cwd=folder, check=True, capture_output=True)
            _say(kind, triples, "its own loader", started)


def _loader(server: Server, file: Path) -> list[str]:
    kind = server.kind
    if kind == "virtuoso":
        load = f"ld_dir('{file.parent}', '{file.name}', ''); rdf_loader_run(); checkpoint;"
        return ["isql-vt", f"127.0.0.1:{server.other_port}", "dba", "dba", f"exec={load}"]
    if kind == "fuseki":
        return [_java() or "", "-cp", str(_fuseki_jar()), "tdb2.tdbloader", "--loc=own", str(file)]
    if kind == "oxigraph":
        return [_oxigraph() or "", "load", "--location", "own", "--file", str(file)]
    raise SystemExit(f"There is no store {kind!r}.")


def _say(kind: str, triples: int, what: str, started: float) -> None:
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{kind:9} {triples:>10,} triples  {what:15} {seconds:7.1f} s  {triples / seconds:>9,.0f}/s"
        f"  peak {peak} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
