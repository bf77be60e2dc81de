"""What a user waits for, beside what one would use instead, on the same data in the same run.

    make performance                                         # hours: 100 times, too
    python tests/benchmarks/performance.py --quick           # half an hour: 1 and 10 times the data

Each step is a process of its own with a cold start, stopped at a limit: its time on the wall and
the greatest memory that it held. What comes of it is compared with what ours gives. The results
become docs/performance.md. Until that is written they are kept in .benchmarks/, and a run that was
cut off goes on where it was; --again begins anew.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
sys.path[:0] = [str(TESTS), str(ROOT)]

from benchmarks import report  # noqa: E402 - where it is found is said above
from benchmarks.jobs import Step, clear, prepare, steps  # noqa: E402
from benchmarks.measured import Run, measured  # noqa: E402
from support.servers import _fuseki_jar, _java, running  # noqa: E402

Runs = dict[str, dict[int, Run]]  # by step and size
WORK = ROOT / ".benchmarks" / "performance"
_COUNT = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"


class Measurement:
    """A run over all steps, which remembers what it has measured."""

    def __init__(self, work: Path, limit: float, rounds: int) -> None:
        """Go on with the results in a folder, if they are of the same code and machine."""
        self.limit, self.rounds = limit, rounds
        self.work, self.file = work, work / "results.jsonl"
        self.found: Runs = {}
        about = json.dumps({"machine": machine(), "code": _code()}) + "\n"
        lines = self.file.read_text(encoding="utf-8").splitlines(True) if self.file.exists() else []
        if lines[:1] != [about]:
            clear(work)
            work.mkdir(parents=True)
            self.file.write_text(about, encoding="utf-8")
            lines = []
        for line in lines[1:]:
            said = json.loads(line)
            size, step = said.pop("size"), said.pop("step")
            said["parts"] = tuple(map(tuple, said["parts"]))
            self.found.setdefault(step, {})[size] = Run(**said)

    def at(self, size: int) -> None:
        """Measure all steps at one size; one that did not end with less data is not tried."""
        folder = self.work / str(size)
        if not (folder / "ready").exists():
            clear(folder)
            (folder / "checkout").mkdir(parents=True)
            # Elsewhere: the greatest memory of a process counts from that of its parent.
            generator = [sys.executable, str(Path(__file__).with_name("generator.py"))]
            subprocess.run([*generator, str(size), str(folder / "checkout")], check=True)
            prepare(folder)
            (folder / "ready").touch()
        for group in steps(folder, size):
            todo = [step for step in group if self._is_to_do(step, size, folder)]
            for step, run in self._group(todo, size, folder):
                self.found.setdefault(step.name, {})[size] = run
                with self.file.open("a", encoding="utf-8") as file:
                    file.write(run.line(size, step.name))
                sys.stderr.write(f"{size} × {step.name}: {run}\n")
        clear(folder)

    def _is_to_do(self, step: Step, size: int, folder: Path) -> bool:
        runs = self.found.get(step.name, {})
        if size in runs:
            return step.keep and not (folder / step.makes).exists()
        if (step.most and size > step.most) or not (folder / step.needs).exists():
            return False
        return all(run.seconds is not None for run in runs.values())

    def _group(self, todo: list[Step], size: int, folder: Path) -> list[tuple[Step, Run]]:
        """Return the medians of steps that take turns: what slows the machine slows all of them."""
        runs: dict[str, list[Run]] = {step.name: [] for step in todo}
        for turn in range(self.rounds):
            for step in todo:
                before = runs[step.name]
                last = before[-1].seconds if before else 0.0
                if last is None or (turn and step.once) or last > (10, 10, 10, 2)[min(turn, 3)]:
                    continue
                before.append(self._run(step, size, folder, check=not before))
        return [(step, _middle(runs[step.name])) for step in todo]

    def _run(self, step: Step, size: int, folder: Path, *, check: bool) -> Run:
        earlier = {s: r.memory for s, r in self.found.get(step.name, {}).items() if s < size}
        if earlier and (needed := earlier[max(earlier)] * size / max(earlier)) > 0.6 * _memory():
            return Run(None, needed, "would not fit")
        if step.makes:
            clear(folder / step.makes)
        env = {
            **os.environ,
            "PYTHONPATH": str(folder / "checkout"),
            "LDN_KG_CACHE": str(folder / "cache"),
        }
        with ExitStack() as stack:
            command = step.command
            if step.server:
                place = folder / "server"
                clear(place)
                place.mkdir()
                server = stack.enter_context(running(step.server, place))
                command = [part.replace("{address}", server.address) for part in command]
            run = measured(command, folder, env, self.limit * step.patience)
            if run.seconds is None:
                sys.stderr.write((folder / "err").read_text(errors="replace")[-500:] + "\n")
            elif step.server:
                run = replace(run, said=_held(step.server, server.address))
        return self._checked(run, step, size, folder) if check and step.kind else run

    def _checked(self, run: Run, step: Step, size: int, folder: Path) -> Run:
        """Return a run with what it gave, read in another process."""
        # Larger files could not be read back within the memory.
        if run.seconds is None or (step.kind == "triples" and size > 10):
            return run
        reader = [sys.executable, str(Path(__file__).with_name("said.py")), step.kind]
        said = subprocess.run(
            [*reader, str(folder / step.output)], capture_output=True, text=True, cwd=ROOT
        )
        if step.makes and not step.keep:
            clear(folder / step.makes)
        if said.returncode:
            sys.stderr.write(said.stderr[-500:])
            return replace(run, said="cannot be read")
        found = json.loads(said.stdout)
        if step.kind == "parts":
            return replace(run, parts=tuple(json.loads(found).items()))
        return replace(run, said=found)


def _middle(runs: list[Run]) -> Run:
    """Return the median of runs with the greatest memory of any, or the one that did not end."""
    for run in runs:
        if run.seconds is None:
            return run
    seconds = statistics.median(run.seconds or 0 for run in runs)
    return replace(runs[0], seconds=seconds, memory=max(run.memory for run in runs))


def _held(kind: str, address: str) -> str:
    """Return how many triples a store holds in its graphs."""
    import httpx

    place = f"{address}/query" if kind == "oxigraph" else f"{address}/sparql"
    answer = httpx.get(place, params={"query": _COUNT}, headers={"Accept": "text/csv"}, timeout=600)
    return f"{answer.raise_for_status().text.split()[-1]} triples"


def _memory() -> float:
    """Return what the machine has, in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20


def _code() -> str:
    """Return which code is measured."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True).stdout
    changed = subprocess.run([*git, "diff", "HEAD", "--", "ldn_kg"], capture_output=True).stdout
    return f"{head.strip()} and {len(changed)} bytes of changes"


def machine() -> str:
    """Describe the machine without naming it, and the tools."""
    names = ("pyoxigraph", "oxigraph", "rdflib", "pyshacl", "pyrudof", "duckdb")
    tools = ", ".join(f"{name} {version(name)}" for name in names)
    jena = (_fuseki_jar() or Path("jena-none")).stem.rpartition("-")[2]
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {_memory() / 1024:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}; {tools}, Jena {jena}"
    )


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="1 and 10 times, short limits")
    parser.add_argument("--sizes", type=int, nargs="+", help="how many times the data")
    parser.add_argument("--limit", type=float, help="seconds for each step")
    parser.add_argument("--again", action="store_true", help="drop what was measured before")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "performance.md")
    given = parser.parse_args()
    assert _java()
    work = WORK.with_name("quick") if given.quick else WORK
    if given.again:
        clear(work)
    limit = given.limit or (60 if given.quick else 300)
    measurement = Measurement(work, limit, 3 if given.quick else 7)
    for size in sorted(given.sizes or ([1, 10] if given.quick else [1, 10, 100])):
        measurement.at(size)
    found = measurement.found
    given.output.write_text(report.page(found, machine(), limit), encoding="utf-8")
    clear(work)
    for difference in report.differences(found):
        sys.stderr.write(f"DIFFERENT: {difference}\n")
    sys.exit(1 if list(report.differences(found)) else 0)


if __name__ == "__main__":
    main()
