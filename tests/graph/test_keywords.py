"""The keywords of a query are found by its grammar: a prefix or a variable may have their name."""

import pytest
from support.paths import Run

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import LDN
from ldn_kg.graph.sparql import builds_triples, names_its_graphs, syntax_message
from ldn_kg.graph.syntax import depth


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


@pytest.mark.parametrize(
    ("code", "deep"),
    [("", 0), ("a", 0), ("()[]{}", 1), ("([{}])", 3), ("(()((", 3), (")))(", 1), ("(())(())", 2)],
)
def test_brackets_are_as_deep_as_they_are_open_at_once(code: str, deep: int) -> None:
    assert depth(code) == deep


@pytest.mark.parametrize(
    ("sparql", "builds"),
    [
        ("CONSTRUCT WHERE { ?s ?p ?o }", True),
        ("PREFIX select: <urn:x> describe ?s { ?s a select:x }", True),
        ("# construct\nSELECT ('construct' AS ?describe) {}", False),
        ("ASK { ?construct ?p ?o }", False),
        ("", False),
    ],
)
def test_what_builds_triples(sparql: str, builds: bool) -> None:
    assert builds_triples(sparql) is builds


@pytest.mark.parametrize(
    ("sparql", "message", "said"),
    [
        (
            "PREFIX e: <urn:x> base <urn:y>\n insert data {}",
            "?",
            "INSERT is SPARQL Update, which would change data; ldn-kg only reads.",
        ),
        (
            "with <urn:x> DELETE {}",
            "?",
            "WITH is SPARQL Update, which would change data; ldn-kg only reads.",
        ),
        (
            "SELECT insert",
            "error at 1:8: expected one of",
            "SPARQL syntax error at line 1, column 8: expected one of.",
        ),
        ("", "it is empty", "SPARQL syntax error: it is empty."),
    ],
)
def test_a_fault_of_syntax_in_words(sparql: str, message: str, said: str) -> None:
    assert syntax_message(sparql, message) == said
