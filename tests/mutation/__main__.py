"""`make mutants`: put faults in, see whether a test finds each, and write docs/mutants.md.

    python -m mutation [GROUP ...] [--sample N] [--only TEXT]

What was tried is kept in .mutants/ and not tried again; delete a folder there to begin anew.
"""

import argparse
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from mutation import python_faults, report, text_faults
from mutation.runner import Fault, Runner

ROOT = Path(__file__).parent.parent.parent
KEPT = ROOT / ".mutants"
SEED = 19  # of the order in which faults are tried: what is done at any time is a random sample


@dataclass(frozen=True)
class Group:
    """Files with faults, and the tests that are to find them."""

    files: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()  # tests that open a store on disk
    seconds: float = 3.0


_ANSWERS = (
    "tests/graph/test_effects.py",
    "tests/graph/test_domains.py",
    "tests/graph/test_who_enters.py",
    "tests/graph/test_record.py",
    "tests/graph/test_sentences.py",
    "tests/graph/test_pooling.py",
    "tests/graph/test_student.py",
    "tests/graph/test_enough.py",
    "tests/graph/test_truth_table.py",
    "tests/graph/test_rules.py",
    "tests/graph/test_synthesis_recomputed.py",
)
_SLOW = (
    "tests/graph/test_rules.py::test_every_rule_is_run",
    "tests/graph/test_queries.py::test_rows_on_rdflib",
    "tests/graph/test_queries.py::test_the_shipped",
)
GROUPS = {
    "synthesis": Group(
        ("ldn_kg/graph/synthesis/*.py",),
        (
            *_ANSWERS,
            "tests/graph/test_facts.py",
            "tests/graph/test_queries.py::test_rows",
            "tests/check/test_derived.py::test_a_rule_derives_what_it_is_said_to",
        ),
        _SLOW,
        seconds=12.0,
    ),
    "graph": Group(
        ("ldn_kg/graph/*.py",),
        (
            "tests/graph/test_names.py",
            "tests/graph/test_normal_forms.py",
            "tests/graph/test_keywords.py",
            "tests/graph/test_bad_input.py",
            "tests/graph/test_hostile.py",
            "tests/graph/test_queries.py",
            "tests/graph/test_rules.py",
            "tests/graph/test_prepared.py",
            "tests/graph/test_processes.py",
            "tests/graph/test_answer.py",
            "tests/graph/test_beside.py",
            "tests/graph/test_files.py",
            "tests/graph/test_namespaces.py",
            "tests/command/test_cli.py",
        ),
        (
            *_SLOW,
            "tests/graph/test_prepared.py::test_ten_first_runs_at_once",
            "tests/graph/test_prepared.py::test_a_killed_run_leaves_nothing_that_misleads",
        ),
        ("tests/graph/test_prepared.py",),
        seconds=9.0,
    ),
    "check": Group(
        ("ldn_kg/check/**/*.py",),
        ("tests/check",),
        (
            "tests/check/test_mutations.py",
            "tests/check/test_shapes.py",
            "tests/check/shacl/test_candidates.py::test_graphs_that_are_broken_at_random",
            "tests/check/shacl/test_candidates.py::test_every_case_of_one_fault",
        ),
        seconds=6.0,
    ),
    "rules": Group(
        ("ontology/rules/*.rq",),
        (*_ANSWERS, "tests/graph/test_each_rule.py", "tests/graph/test_queries.py"),
        _SLOW,
        seconds=8.0,
    ),
    "shapes": Group(
        ("shapes/*.*",),
        (
            "tests/check/test_values.py",
            "tests/check/test_patterns.py",
            "tests/check/test_limits.py",
            "tests/check/test_calculations.py",
            "tests/check/test_shapes.py",
        ),
        seconds=1.0,
    ),
    "questions": Group(
        ("queries/*.rq",),
        (
            "tests/graph/test_queries.py::test_rows",
            "tests/graph/test_queries.py::test_rows_of_what_the_data_do_not_show",
        ),
        _SLOW,
        seconds=1.0,
    ),
}


def faults_of(group: Group) -> list[Fault]:
    """Return all faults of the files of a group, in the order in which they are tried."""
    found: list[Fault] = []
    for pattern in group.files:
        paths = sorted(ROOT.glob(pattern))
        if not paths:
            raise SystemExit(f"There is no {pattern}.")
        for path in paths:
            short = str(path.relative_to(ROOT)).removeprefix("ldn_kg/")
            kind = python_faults if path.suffix == ".py" else text_faults
            found += kind.faults(path, short)
    random.Random(SEED).shuffle(found)
    return found


def run(name: str, sample: int | None, only: str) -> int:
    """Try the faults of a group in this process."""
    group = GROUPS[name]
    faults = [fault for fault in faults_of(group) if only in fault.name][:sample]
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["LDN_KG_CASES"] = "alone"  # each fault needs few cases, and not their groups
    options = ["-q", "-p", "no:benchmark", "-p", "no:cacheprovider", "-p", "no:xdist"]
    options += [f"--deselect={test}" for test in group.without]
    return int(
        pytest.main([*options, *group.tests], [Runner(faults, folder, group.seconds, group.apart)])
    )


def main() -> None:
    """Run groups, each in a process of its own, and write the report."""
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__.splitlines()[0])
    parser.add_argument("group", nargs="*", help=", ".join(GROUPS))
    parser.add_argument("--sample", type=int, help="try only so many faults of each group")
    parser.add_argument("--only", default="", help="try only faults with this in their names")
    parser.add_argument("--report", action="store_true", help="try nothing, write the report")
    given = parser.parse_args()
    os.chdir(ROOT)
    if unknown := set(given.group) - set(GROUPS):
        raise SystemExit(f"There is no group {', '.join(unknown)}; there are {', '.join(GROUPS)}.")
    if len(given.group) == 1 and not given.report:
        if code := run(given.group[0], given.sample, given.only):
            raise SystemExit(code)
    elif not given.report:
        further = ["--only", given.only, *(["--sample", str(given.sample)] if given.sample else [])]
        for name in given.group or GROUPS:
            subprocess.run([sys.executable, "-m", "mutation", name, *further], check=True)
    raise SystemExit(
        report.write(KEPT, {name: partial(faults_of, g) for name, g in GROUPS.items()})
    )


if __name__ == "__main__":
    main()
