"""The page of the measurements has the lines that its command writes, and no ratio unproven."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import report, said
from benchmarks.jobs import BARE, FILES, ONE, OURS, PAIRS, steps
from benchmarks.measured import Run, measured
from support.paths import ROOT, TESTS
from support.servers import require

PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
MACHINE = "2 cores (x86_64), 24 GiB, Linux, Python 3.11.7; pyoxigraph 0.5.13, rdflib 7.6.0, Jena 6"


def _found(seconds: float = 1.0, said: str = "9 rows") -> report.Runs:
    """Return runs in which each tool takes as long at 1 ×, and ten times as long at 10 ×."""
    names = {f"{pair.job}: {tool}" for pair in PAIRS for tool in (pair.ours, pair.theirs)}
    return {name: {size: Run(seconds * size, 50, said) for size in (1, 10)} for name in names}


def _structure(page: str) -> list[str]:
    """Return the headings and what the tables of ratios and bars are about."""
    lines = [line for line in page.splitlines() if line.startswith(("#", "| "))]
    kept = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("#"):
            kept.append(line)
        elif kept and kept[-1].startswith("## Times"):
            continue  # which steps ended at which size
        else:
            kept.append(cells[0])
    return kept[: kept.index("## Growth")] if "## Growth" in kept else kept


def test_the_page_has_the_lines_that_the_command_writes() -> None:
    expected = _structure(report.page(_found(), MACHINE, 300))
    assert len(expected) > len(PAIRS)
    assert _structure(PAGE)[: len(expected)] == expected
    assert "## How it was measured" in PAGE


def test_no_line_of_prose_is_long() -> None:
    prose = [line for line in PAGE.splitlines() if not line.startswith("|")]
    assert len(prose) > 30
    assert max(map(len, prose)) <= 105


def _line(page: str, start: str) -> str:
    return next(line for line in page.splitlines() if line.startswith(start))


def test_a_ratio_is_ours_by_theirs() -> None:
    found = _found()
    found[f"{ONE}: {OURS}"] = {1: Run(0.5, 50, "9 rows"), 10: Run(30.0, 50, "9 rows")}
    page = report.page(found, MACHINE, 300)
    assert (
        _line(page, f"| {ONE} | rdflib") == f"| {ONE} | rdflib | 0.50 | **3.00** | the same rows |"
    )
    assert _line(page, f"| {ONE} | {BARE}").startswith(f"| {ONE} | {BARE} | (0.50) | (3.00) | noth")


def test_results_that_differ_are_no_ratio_to_be_proud_of() -> None:
    found = _found()
    found[f"{ONE}: rdflib"][10] = Run(10.0, 50, "8 rows")
    page = report.page(found, MACHINE, 300)
    assert _line(page, f"| {ONE} | rdflib").endswith("**not the same** |")
    assert list(report.differences(found)) == [
        f"10 × {ONE}: 9 rows by {OURS}, 8 rows by rdflib",
        f"10 × {ONE}: 9 rows by {FILES}, 8 rows by rdflib",
    ]


def test_what_was_not_compared_says_so() -> None:
    found = _found()
    found[f"{ONE}: rdflib"] = {1: Run(None, 50, "stopped")}
    page = report.page(found, MACHINE, 300)
    assert _line(page, f"| {ONE} | rdflib") == f"| {ONE} | rdflib | stopped | – | not compared |"


@pytest.mark.parametrize(("seconds", "kept"), [(2.0, "yes"), (2.1, "**no**")])
def test_a_bar_is_kept_or_not(seconds: float, kept: str) -> None:
    found = _found()
    found[f"{ONE}: {OURS}"] = {1: Run(seconds, 50), 10: Run(10.0, 50)}
    line = _line(report.page(found, MACHINE, 300), "| a question, at most 2 × Python alone")
    assert line.endswith(f"| {seconds:.2f} | 1.00 | {kept} |")


def test_what_grows_too_fast_is_named() -> None:
    found = _found()
    found["search: ldn-kg"] = {1: Run(1.0, 50), 10: Run(20.0, 50)}
    page = report.page(found, MACHINE, 300)
    assert "- search: 1.30 from 1 to 10 ×" in page.splitlines()
    assert "| search | **1.30** |" in page.splitlines()
    assert "| validate | 1.00 |" in page.splitlines()
    found = _found()
    assert "their parts were not measured." in " ".join(report.page(found, MACHINE, 300).split())
    found["parts: ldn-kg"] = {
        1: Run(1.0, 50, parts=(("derive", 1.0),)),
        10: Run(10.0, 50, parts=(("derive", 10.0),)),
    }
    assert "Nothing does." in report.page(found, MACHINE, 300)
    assert "This was not measured." in report.page({}, MACHINE, 300)


def test_rows_are_the_same_in_any_order_and_spelling(tmp_path: Path) -> None:
    texts = ("a,b\nx,1.50\ny,\n", "a,b\r\ny,\r\nx,1.5\r\n", "a,b\nx,1.5\nz,\n")
    for number, text in enumerate(texts):
        (tmp_path / str(number)).write_text(text, encoding="utf-8", newline="")
    one, two, other = (said.rows(tmp_path / str(number)) for number in range(3))
    assert one == two != other
    assert one.startswith("2 rows, ")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("69491 triples, 4869 records, 453 rules: no problems", "conforms"),
        ("69491 triples, 4869 records, 453 rules: 1 problem", "does not conform"),
        ("Validation Report\nConforms: True\n", "conforms"),
        ("[ rdf:type sh:ValidationReport;\n  sh:conforms  false;\n]", "does not conform"),
    ],
)
def test_a_verdict_is_read_from_each_engine(text: str, verdict: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text(text, encoding="utf-8")
    assert said.verdict(path) == verdict


def test_a_step_that_does_not_end_well_has_no_time(tmp_path: Path) -> None:
    python = [sys.executable, "-c"]
    assert measured([*python, "pass"], tmp_path, {}, 60).seconds
    assert measured([*python, "raise SystemExit(3)"], tmp_path, {}, 60).said == "ended with 3"
    assert measured([*python, "import time; time.sleep(60)"], tmp_path, {}, 0.3).said == "stopped"


def test_every_pair_has_its_steps(tmp_path: Path) -> None:
    require("fuseki")
    there = [step for group in steps(tmp_path, 1) for step in group]
    names = [step.name for step in there]
    assert len(names) == len(set(names)) > 50
    wanted = {f"{pair.job}: {tool}" for pair in PAIRS for tool in (pair.ours, pair.theirs)}
    assert wanted <= set(names)
    kinds = {step.name: step.kind or step.server for step in there}
    for pair in PAIRS:
        if re.match("the same|as many", pair.gives):
            compared = {kinds[f"{pair.job}: {tool}"] for tool in (pair.ours, pair.theirs)}
            assert len(compared) == 1 and "" not in compared, pair


def test_the_command_says_what_it_does() -> None:
    command = [sys.executable, TESTS / "benchmarks" / "performance.py", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "--quick" in said
