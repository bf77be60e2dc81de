"""How fast a cold question is, beside rdflib on the same files, in one run.

`make bench` runs it; the tests do not, for a busy machine must not fail them. Every figure is a
ratio of the medians of whole processes, run turn by turn, so that a busy machine slows both sides
alike.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from ldn_kg.graph.files import files
from ldn_kg.graph.questions import named

ROUNDS = 15
# Answered from the data alone, so that rdflib, which knows no rules, gives the same rows.
QUESTION = "results"

ENV = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

RDFLIB_QUERY = """
import sys, rdflib
graph = rdflib.Graph()
for path in sys.argv[2:]:
    graph.parse(path)
print(len(list(graph.query(open(sys.argv[1], encoding="utf-8").read()))))
"""
OUR_QUERY = "from ldn_kg.command.main import main; main()"


def _run(code: str, *words: str) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *words], check=True, capture_output=True, text=True, env=ENV
    )
    return time.perf_counter() - start, done.stdout


def _ratio(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[float, float, float]:
    """Run both in turn and return the ratio of the medians, and the medians in seconds."""
    times: tuple[list[float], list[float]] = ([], [])
    _run(*ours), _run(*theirs)  # so that both find their modules compiled, as after installing
    for _ in range(ROUNDS):
        times[0].append(_run(*ours)[0])
        times[1].append(_run(*theirs)[0])
    mine, other = map(statistics.median, times)
    return mine / other, mine, other


def _report(benchmark: BenchmarkFixture, title: str, ratio: tuple[float, float, float]) -> None:
    benchmark.extra_info["ratio"] = ratio[0]
    print(f"\n{title}: {ratio[0]:.2f} ({ratio[1]:.3f} s against {ratio[2]:.3f} s)")


@pytest.fixture
def query_commands(tmp_path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    question = tmp_path / "question.rq"
    question.write_text(named(QUESTION).sparql, encoding="utf-8")
    paths = [str(p) for folder in ("data", "ontology") for p in files(folder, ".ttl")]
    return (OUR_QUERY, "query", QUESTION, "-f", "csv"), (RDFLIB_QUERY, str(question), *paths)


def test_cold_query_takes_a_quarter_of_rdflib(
    benchmark: BenchmarkFixture, query_commands: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    ours, theirs = query_commands
    rows = _run(*ours)[1].splitlines()
    assert len(rows) - 1 == int(_run(*theirs)[1]) > 0  # the same question, the same answer
    ratio = _ratio(ours, theirs)
    _report(benchmark, "cold query, ldn-kg against rdflib", ratio)
    benchmark.pedantic(_run, ours, rounds=3)
    assert ratio[0] <= 0.25
