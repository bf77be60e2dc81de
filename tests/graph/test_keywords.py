"""The keywords of a query are found by its grammar: a prefix or a variable may have their name."""

import pytest
from support.paths import Run

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDN
from ldn_kg.graph.sparql import names_its_graphs


@pytest.mark.parametrize(
    ("sparql", "named"),
    [
        ("SELECT * FROM <urn:a> {}", True),
        ("SELECT *FROM<urn:a>{}", True),
        ("SELECT * from named <urn:a> {}", True),
        ("SELECT * FROM ldn:x {}", True),
        ("PREFIX : <urn:x> SELECT * FROM :a {}", True),
        ("PREFIX from: <urn:f> SELECT ?s { ?s a from:Study }", False),
        ("PREFIX a.from: <urn:f> SELECT ?s { ?s a a.from:Study }", False),
        ("SELECT ?from { ?from ?p 'from' } # from", False),
        ("SELECT ?s { ?s ldn:from/ldn:x <urn:from> }", False),
    ],
)
def test_from_is_a_keyword_only_where_it_is_one(sparql: str, named: bool) -> None:
    assert names_its_graphs(sparql) is named


def test_a_prefix_called_from_changes_no_answer(kg: Dataset) -> None:
    named = f"PREFIX {{0}}: <{LDN}> SELECT (COUNT(?s) AS ?n) {{{{ ?s a {{0}}:Study }}}}"
    counts = [ldn_kg.query(kg, named.format(prefix))[0]["n"] for prefix in ("from", "ldn")]
    assert counts[0] == counts[1] > 0


def test_standard_input_may_begin_with_a_mark(run: Run) -> None:
    done = run("query", "-", "-f", "csv", input="\ufeffSELECT (1 AS ?n) { }")
    assert (done.returncode, done.stdout.split()) == (0, ["n", "1"])


@pytest.mark.parametrize("words", [("validate", ""), ("show", "x", "--data", "")])
def test_an_empty_path_is_no_folder(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.returncode, "The name of a file or folder is empty." in done.stderr) == (2, True)


@pytest.mark.parametrize("base", ["relative/", "/graph/", "a b"])
def test_a_relative_graph_is_refused(run: Run, base: str) -> None:
    done = run("push", "http://127.0.0.1:9/", "--graph", base, "--dry-run")
    assert (done.returncode, f"--graph {base!r} is no IRI" in done.stderr) == (2, True)
