"""How cost grows with the data, beside the other tools on the same data in the same run.

    make performance

Each step is a process of its own, stopped at a limit: its time on the wall and the greatest memory
it held. Every comparison is checked: the same number of triples, the same verdict, the same number
of rows. The results become docs/performance.md.
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
sys.path[:0] = [str(TESTS), str(ROOT)]

from benchmarks import report  # noqa: E402 - where it is found is said above
from support.servers import _fuseki_jar, _java  # noqa: E402

from ldn_kg.graph.files import files  # noqa: E402

QUESTION = "results"
# What each step runs; it prints what is compared: triples, verdict or rows.
OURS = """
import json, sys, time
from ldn_kg.graph.dataset import read
from ldn_kg.graph.rules import derive
times, start = {}, time.perf_counter()
def lap(name):
    global start
    times[name], start = time.perf_counter() - start, time.perf_counter()
data = read(sys.argv[1], shipped=False); lap("read")
derive(data); lap("derive")
if sys.argv[2] == "validate":
    from ldn_kg.check.validation import validate
    said = not validate(data).problems; lap("validate")
elif sys.argv[2] == "questions":
    from ldn_kg.graph.questions import query, questions
    for name in questions():
        rows = sum(1 for _ in query(data, name)); lap(f"query {name}")
        if name == sys.argv[3]: said = rows
elif sys.argv[2] == "records":
    from ldn_kg.read.explanation import explain
    from ldn_kg.read.record import show
    said = len(show(data, "younger2013")); lap("show")
    said += len(explain(data, "ldn-fibromyalgia")); lap("explain")
elif sys.argv[2] == "release":
    from pathlib import Path
    from ldn_kg.publish.release import artefacts
    wanted = ("nanopubs.", "kgx/", "tables/")
    made = {n: make for n, make in artefacts(data).items() if n.startswith(wanted)}
    said = 0
    for name, make in made.items():
        said += len(make(Path())); lap(f"release {name}")
else:
    from ldn_kg.publish.formats import write
    made = write(data, sys.argv[2]); lap(f"export {sys.argv[2]}")
    if len(sys.argv) > 3: open(sys.argv[3], "wb").write(made)
    said = len(made)
print(json.dumps({"said": said, "times": times}))
"""
LOAD = """
import json, sys
from ldn_kg.graph.dataset import read
print(json.dumps({"said": len(read(sys.argv[1], shipped=False).store)}))
"""
RDFLIB = """
import json, sys, rdflib
graph = rdflib.Graph().parse(sys.argv[1], format="nt")
said = len(graph)
if len(sys.argv) > 2: said = len(list(graph.query(open(sys.argv[2], encoding="utf-8").read())))
print(json.dumps({"said": said}))
"""
RUDOF = """
import json, sys, pyrudof
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(sys.argv[1], format=pyrudof.RDFFormat.NTriples)
rudof.read_shacl(sys.argv[2])
print(json.dumps({"said": rudof.validate_shacl().conforms}))
"""
BARE = "pass"
READING = """
import sys
from pyoxigraph import Store
store = Store()
for path in sys.argv[1:]: store.load(path=path)
"""


@dataclass(frozen=True)
class Run:
    """What one process took: seconds, MiB, and what it said; None where it was stopped."""

    seconds: float | None
    memory: float
    said: object = None
    times: tuple[tuple[str, float], ...] = ()


def measured(command: list[str], limit: float) -> Run:
    """Run a command to its end or to the limit, and return what it took."""
    start = time.perf_counter()
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True) as process,
    ):
        ended, usage = _wait(process, start + limit)
        seconds = time.perf_counter() - start
        text = _text(out) or _text(err)  # riot counts on stderr
    memory = usage.ru_maxrss / 1024
    # pySHACL ends with 1 where data do not conform: a verdict, which is to be compared.
    if not ended or (process.returncode and "onforms" not in text):
        return Run(None, memory, f"ended with {process.returncode}" if ended else None)
    try:
        found = json.loads(text.splitlines()[-1])
        return Run(seconds, memory, found["said"], tuple(found.get("times", {}).items()))
    except (ValueError, IndexError, TypeError):
        return Run(seconds, memory, text)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()


def _wait(process: "subprocess.Popen[bytes]", until: float) -> tuple[bool, "os.struct_rusage"]:  # type: ignore[name-defined]
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return True, usage
        if time.perf_counter() > until:
            os.killpg(process.pid, 9)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            return False, usage
        time.sleep(0.01)  # the grain of what is measured


def steps(folder: Path, size: int) -> Iterator[tuple[str, list[str]]]:
    """Yield the steps at one size: the name of each, and its command."""
    python = [sys.executable, "-c"]
    quads, triples = str(folder / f"{size}.nq"), str(folder / f"{size}.nt")
    shapes, question = str(folder / "shapes.ttl"), str(ROOT / "queries" / f"{QUESTION}.rq")
    yield "ldn-kg: export ntriples", [*python, OURS, quads, "ntriples", triples]
    yield "ldn-kg: load", [*python, LOAD, triples]
    yield "ldn-kg: records", [*python, OURS, quads, "records"]
    yield "ldn-kg: release", [*python, OURS, quads, "release"]
    yield "ldn-kg: validate", [*python, OURS, quads, "validate"]
    yield "ldn-kg: questions", [*python, OURS, quads, "questions", QUESTION]
    for form in ("turtle", "jsonld", "nquads", "trig", "rdfxml"):
        yield f"ldn-kg: export {form}", [*python, OURS, quads, form]
    yield "rdflib: load", [*python, RDFLIB, triples]
    yield "rdflib: question", [*python, RDFLIB, triples, question]
    pyshacl = [sys.executable, "-m", "pyshacl", "--shacl", shapes, "-df", "nt", triples]
    yield "pySHACL: validate", pyshacl
    yield "rudof: validate", [*python, RUDOF, triples, shapes]
    jar, java = _fuseki_jar(), _java()
    if not jar or not java:
        raise SystemExit("Jena is not there; .ci/install-stores installs it.")
    jena = [java, "-Xmx12g", "-cp", str(jar)]
    yield "Jena: load (riot)", [*jena, "riotcmd.riot", "--count", triples]
    yield (
        "Jena: question (arq)",
        [*jena, "arq.arq", f"--data={triples}", f"--query={question}", "--results=CSV"],
    )
    yield "Jena: validate (shacl)", [*jena, "shacl.shacl", "v", f"-s={shapes}", f"-d={triples}"]


def measure(sizes: list[int], limit: float, folder: Path) -> dict[str, dict[int, Run]]:
    """Run all steps at all sizes; a step that did not end at one size is not tried at the next."""
    found: dict[str, dict[int, Run]] = {}
    shapes = b"".join(path.read_bytes() for path in files("shapes", ".ttl"))
    (folder / "shapes.ttl").write_bytes(shapes)
    for size in sizes:
        # Elsewhere: the greatest memory of a process counts from that of its parent.
        generator = [sys.executable, str(Path(__file__).with_name("generator.py"))]
        subprocess.run([*generator, str(size), str(folder / f"{size}.nq")], check=True)
        for name, command in steps(folder, size):
            runs = found.setdefault(name, {})
            if any(run.seconds is None for run in runs.values()):
                continue
            if runs and _memory_at(size, runs) > 0.6 * _memory():
                runs[size] = Run(None, _memory_at(size, runs), "would not fit")
                continue
            tried = [measured(command, limit)]
            if size != max(sizes) and (tried[0].seconds or limit) < 10:
                tried += [measured(command, limit) for _ in range(2)]
            runs[size] = sorted(tried, key=lambda run: run.seconds or math.inf)[len(tried) // 2]
            sys.stderr.write(f"{size} × {name}: {runs[size]}"[:200] + "\n")
    return found


def _memory() -> float:
    """Return what the machine has, in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20


def _memory_at(size: int, runs: dict[int, Run]) -> float:
    """Return what a step would need if its memory grew with the data."""
    last = max(runs)
    return runs[last].memory * size / last


def cold() -> dict[str, float]:
    """Return the medians of a cold question, of bare Python, and of reading the same files."""
    shipped = [str(path) for kind in ("data", "ontology") for path in files(kind, ".ttl")]
    ours = "from ldn_kg.command.main import main; main()"
    commands = {
        "ldn-kg query": [sys.executable, "-c", ours, "query", "efficacy"],
        "python -c pass": [sys.executable, "-c", BARE],
        "reading with pyoxigraph": [sys.executable, "-c", READING, *shipped],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(15):
        for name, command in commands.items():
            times[name].append(measured(command, 60).seconds or math.nan)
    return {name: statistics.median(found) for name, found in times.items()}


def machine() -> str:
    """Describe the machine without naming it."""
    tools = ", ".join(
        f"{name} {version(name)}" for name in ("pyoxigraph", "rdflib", "pyshacl", "pyrudof")
    )
    jena = (_fuseki_jar() or Path("jena-none")).stem.rpartition("-")[2]
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {_memory() / 1024:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}; {tools}, Jena {jena}"
    )


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--limit", type=float, default=600, help="seconds for each step")
    parser.add_argument("--raw", type=Path, help="a file for the results themselves")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "performance.md")
    given = parser.parse_args()
    started = cold()  # first, while nothing else has warmed or filled the machine
    with tempfile.TemporaryDirectory() as folder:
        found = measure(sorted(given.sizes), given.limit, Path(folder))
    if given.raw:
        given.raw.write_text(repr((found, started, machine(), given.limit)), encoding="utf-8")
    page = report.page(found, started, machine(), given.limit)
    given.output.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
