"""Bad input gets a sentence and an exit code; nothing is lost, and there is no traceback.

The `run` fixture itself fails on an exception. Exit codes: 1 problems found, 2 could not run.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from support.paths import ROOT, Run

UNKNOWN_STUDY = """
@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .
<https://example.org/study> a ldn:Study .
"""


def _refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert (done.returncode, done.stdout) == (code, "") or code == 1, done
    assert done.returncode == code, done
    said = done.stdout + done.stderr
    for word in words:
        assert word in said, said


def test_an_empty_file_is_no_valid_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.ttl").write_text("# nothing yet\n", encoding="utf-8")
    _refused(run("validate", "empty.ttl"), 2, "empty.ttl brings not one triple")


def test_a_record_that_is_not_there_is_named_as_missing(run: Run, tmp_path: Path) -> None:
    study = (ROOT / "data" / "studies" / "bruun2024.ttl").read_text(encoding="utf-8")
    assert "ldn:claim claim:ldn-fibromyalgia" in study
    study = study.replace("ldn:claim claim:ldn-fibromyalgia", "ldn:claim claim:ldn-no-such-claim")
    (tmp_path / "study.ttl").write_text(study, encoding="utf-8")
    said = "(ldn:claim says claim:ldn-no-such-claim, which is no record)"
    _refused(run("validate", "study.ttl"), 1, said)


def test_malformed_turtle_names_file_line_and_column(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text(
        "@prefix ex: <http://e/> .\nex:a ex:b ; .\n", encoding="utf-8"
    )
    _refused(run("validate", "bad.ttl"), 2, "bad.ttl:2:11:")


def test_a_record_that_breaks_a_shape_names_file_record_and_rule(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(UNKNOWN_STUDY, encoding="utf-8")
    done = run("validate", "own.ttl")
    _refused(done, 1, "own.ttl:3: https://example.org/study: A study has", "Study-design]")


def test_nothing_is_exported_or_built_from_data_that_do_not_validate(tmp_path: Path) -> None:
    """A copy of the whole project with one triple taken away."""
    copy = tmp_path / "copy"
    for folder in ("data", "ontology", "shapes", "queries", "ldn_kg"):
        shutil.copytree(ROOT / folder, copy / folder)
    study = copy / "data" / "studies" / "younger2013.ttl"
    text = study.read_text(encoding="utf-8")
    broken = text.replace("    ldn:design ldnc:randomised-crossover-trial ;\n", "")
    assert broken != text
    study.write_text(broken, encoding="utf-8")
    line = broken[: broken.index("study:younger2013\n")].count("\n") + 1
    for words in (["export", "-o", "out.ttl"], ["build", "dist"], ["export"]):
        done = subprocess.run(
            [sys.executable, "-m", "ldn_kg", *words], cwd=copy, capture_output=True, text=True
        )
        assert (done.returncode, done.stdout) == (1, "")
        place = f"younger2013.ttl:{line}: study:younger2013: A study has one design"
        assert place in done.stderr
        assert "Traceback" not in done.stderr
    assert not (copy / "out.ttl").exists()
    assert not (copy / "dist").exists()


def test_unknown_question_gives_the_nearest(run: Run) -> None:
    _refused(run("query", "trails"), 2, "There is no question 'trails'", "Did you mean trials")


@pytest.mark.parametrize("command", ["show", "explain"])
def test_unknown_record_gives_the_nearest(command: str, run: Run) -> None:
    _refused(run(command, "ldn-fibromialgia"), 2, "Did you mean claim:ldn-fibromyalgia")


def test_unknown_record_that_resembles_nothing(run: Run) -> None:
    _refused(run("show", "zzzzzzzz"), 2, "There is no record 'zzzzzzzz'.")


def test_explain_of_something_that_is_no_claim(run: Run) -> None:
    _refused(run("explain", "study:younger2013"), 2, "study:younger2013 is not a claim")
    _refused(run("explain", "younger2013"), 2, "study:younger2013 is not a claim")
    _refused(run("explain", "ldn:Claim"), 2, "ldn:Claim is not a claim")


def test_sparql_syntax_error_gives_the_position(run: Run) -> None:
    _refused(run("query", "-", input="SELECT ?s\nWHERE { ?s ?p }"), 2, "syntax error at line 2")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "PREFIX ex: <http://e/>\nDELETE WHERE { ?s ?p ?o }",
        "# a comment\nLOAD <http://127.0.0.1:9/x>",
        "clear all",
    ],
)
def test_sparql_update_is_refused(text: str, run: Run) -> None:
    _refused(run("query", "-", input=text), 2, "is SPARQL Update", "only reads")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { # '\n SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '''x''' SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:x{ ?s ?p ?o } }",
        "SELECT * { SERVICESILENT<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "SELECT * { ?a ?b 1SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "SELECT * { ?a ?b ?c.SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        'SELECT * { ?a ?b """x\\""" """ . SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } #""" }',
        "SELECT * { ?a ?b ?c FILTER(?c<1) SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "PREFIX x: <urn:x> SELECT * { ?a ?b x:.SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "SELECT * { ?a ?b ?c FILTER(?a<?b)SERVICE#>\n<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "PREFIX x: <urn:x> SELECT * { BIND(x:b\\' AS ?v) SERVICE<http://127.0.0.1:9/>{ } # '\n}",
        "SELECT * { \\u0053ERVIC\\U00000045 <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { {} SERVICE\n\n<http://127.0.0.1:9/> { ?s ?p ?o } }",
    ],
)
def test_service_is_refused(text: str, run: Run) -> None:
    _refused(run("query", "-", input=text), 2, "calls another host", "--allow-service")


def test_service_that_is_allowed_is_tried(run: Run) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    text = f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"
    _refused(run("query", "--allow-service", "-", input=text), 2, "could not be answered")


def test_the_word_service_elsewhere_is_no_call(run: Run) -> None:
    text = """# at your service
    SELECT ?service WHERE {
      ?service a ldn:Study ; rdfs:label ?l .
      FILTER(?l != "SERVICE" && ?l != '''it's "service"''')
      OPTIONAL { ?service schema:serviceType <urn:service> }
    }"""
    assert run("query", "-", input=text).returncode == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT ?service { ?service a }", "line 1, column 30"),
        ("SELECT * { ?service", "SPARQL syntax error at line 1"),
        ("SELECT * { $service", "SPARQL syntax error at line 1"),
        ("ASK { BIND(<urn:f>(1) AS ?service) }", "function <urn:f> is not supported"),
        ("# at your service\nSELECT * { ?s ?p }", "line 2, column"),
    ],
)
def test_another_fault_in_a_text_with_the_word_service(text: str, words: str, run: Run) -> None:
    _refused(run("query", "-", input=text), 2, words)


def test_empty_query(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.rq").touch()
    _refused(run("query", "--file", "empty.rq"), 2, "The query is empty")
    _refused(run("query", "-", input="\n"), 2, "The query is empty")


def test_nearest_names_are_of_the_kind_that_is_asked_for(run: Run) -> None:
    done = run("query", "trials", "-p", "condition=fibromialgia")
    _refused(done, 2, "Did you mean condition:fibromyalgia?\n")


def test_missing_path(run: Run) -> None:
    _refused(run("validate", "nowhere.ttl"), 2, "nowhere.ttl cannot be read: No such file")
    _refused(run("query", "--file", "nowhere.rq"), 2, "nowhere.rq cannot be read")
    _refused(run("verify-source", "nowhere.txt"), 2, "nowhere.txt cannot be read")


def test_unreadable_path(process: Run, tmp_path: Path) -> None:
    """A socket cannot be opened as a file, not even by root."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "sock.ttl"))
        _refused(process("validate", "sock.ttl"), 2, "sock.ttl cannot be read")


def test_empty_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    _refused(run("validate", "empty"), 2, "empty holds no RDF file")


def test_unknown_ending(run: Run, tmp_path: Path) -> None:
    (tmp_path / "study.docx").write_text("x", encoding="utf-8")
    _refused(run("validate", "study.docx"), 2, "study.docx: the ending is not one of")


@pytest.mark.parametrize(("name", "words"), [("x.ttl", ["validate"]), ("x.txt", ["verify-source"])])
def test_not_utf8(name: str, words: list[str], run: Run, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes("line one\nnaïve".encode("latin-1"))
    _refused(run(*words, name), 2, f"{name}:2: byte 11 is not UTF-8")


def test_not_utf8_on_standard_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ldn_kg", "query", "-"]
    done = subprocess.run(
        command, cwd=tmp_path, input=b"SELECT * { ?s ?p '\xff' }", capture_output=True
    )
    assert done.returncode == 2
    assert b"Standard input: byte 18 is not UTF-8" in done.stderr


def test_a_folder_where_a_file_should_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    _refused(run("verify-source", "folder"), 2, "folder is a folder; name a file")
    _refused(run("query", "--file", "folder"), 2, "folder is a folder; name a file")
    _refused(run("export", "-o", "folder"), 2, "folder is a folder; name a file")


def test_a_file_where_a_folder_should_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    _refused(run("build", "file"), 2, "file is a file; name a folder")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_unwritable_output(run: Run) -> None:
    _refused(run("export", "-o", "no/such/folder/out.ttl"), 2, "out.ttl cannot be written")
    _refused(run("build", "/proc/nowhere/dist"), 2, "/proc/nowhere/dist cannot be written")


def test_build_refuses_a_folder_with_other_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious", encoding="utf-8")
    _refused(run("build", "mine"), 2, "mine holds thesis.txt", "name another folder")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    "words", [["export", "-o", "old.ttl"], ["query", "claims", "-o", "old.ttl"]]
)
def test_an_output_that_cannot_be_finished_leaves_the_old_file(
    words: list[str], process: Run, tmp_path: Path
) -> None:
    (tmp_path / "old.ttl").write_text("the old file", encoding="utf-8")
    done = process(*words, largest=500)
    _refused(done, 2, "old.ttl cannot be written: File too large")
    assert (tmp_path / "old.ttl").read_text(encoding="utf-8") == "the old file"
    assert [path.name for path in tmp_path.iterdir()] == ["old.ttl"]


def test_a_build_that_cannot_be_finished_leaves_the_old_release(
    run: Run, process: Run, few: None, tmp_path: Path
) -> None:
    assert run("build", "dist").returncode == 0
    before = {p: p.read_bytes() for p in (tmp_path / "dist").rglob("*") if p.is_file()}
    done = process("build", "dist", largest=50_000)
    _refused(done, 2, "dist cannot be written: File too large")
    after = {p: p.read_bytes() for p in (tmp_path / "dist").rglob("*") if p.is_file()}
    assert after == before
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


@pytest.mark.parametrize("words", [["export", "-f", "nquads"], ["query", "claims"], ["query"]])
def test_a_reader_that_goes_away(words: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ldn_kg", *words]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(timeout=60), said) == (0, b"")


def test_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "old.ttl").write_text("the old file", encoding="utf-8")
    os.mkfifo(tmp_path / "slow.rq")  # a file that is never ready: the command waits in it
    command = [sys.executable, "-m", "ldn_kg", "query", "--file", "slow.rq"]
    # A shell starts what it puts into the background deaf to Ctrl-C, and so would be the command.
    hearing = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, preexec_fn=hearing
    ) as process:
        writer = os.open(tmp_path / "slow.rq", os.O_WRONLY)  # waits until the command reads
        time.sleep(0.2)  # from open() to read(): both end in the same way
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.wait(timeout=60) == 130
        os.close(writer)
    assert said == b"Stopped. No file is half-written.\n"
    assert (tmp_path / "old.ttl").read_text(encoding="utf-8") == "the old file"


@pytest.mark.parametrize(
    "value",
    [
        "fibromyalgia> } ; DROP ALL #",
        "https://w3id.org/ldn-kg/condition/fibromyalgia> . ?s ?p ?o . <urn:x",
        "https://w3id.org/ldn-kg/condition/no-such-thing",
        "condition:fibromyalgia }",
        "?x",
        'a"b',
        "a\nb",
    ],
)
def test_a_parameter_cannot_break_out_of_the_query(value: str, run: Run) -> None:
    _refused(run("query", "trials", "-p", f"condition={value}"), 2, "There is no condition")


@pytest.mark.parametrize("value", ["younger2013", "study:younger2013", "ldn-fibromyalgia"])
def test_a_parameter_of_another_kind(value: str, run: Run) -> None:
    _refused(run("query", "trials", "-p", f"condition={value}"), 2, "is not a condition.")


@pytest.mark.parametrize("value", ["six", "1e400000", "nan", "6) } #", "-inf", "0x10"])
def test_a_number_must_be_a_number(value: str, run: Run) -> None:
    _refused(run("query", "arms-by-dose", "-p", f"most={value}"), 2, "most takes a number")


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("dose=4", "has no parameter 'dose'; its parameters are condition"),
        ("condition", "is not of the form NAME=VALUE"),
        ("=fibromyalgia", "is not of the form NAME=VALUE"),
        ("condition=", "is not of the form NAME=VALUE"),
    ],
)
def test_a_parameter_that_the_question_does_not_have(parameter: str, words: str, run: Run) -> None:
    _refused(run("query", "trials", "-p", parameter), 2, words)


def test_a_parameter_given_twice(run: Run) -> None:
    done = run("query", "trials", "-p", "condition=fibromyalgia", "-p", "condition=chronic-pain")
    _refused(done, 2, "Parameter 'condition' is given twice")


def test_a_form_that_the_answer_does_not_have(run: Run) -> None:
    _refused(
        run("query", "trials", "-f", "turtle"), 2, "answers with rows, which have no turtle form"
    )
    build = "CONSTRUCT { ?s a ldn:Study } WHERE { ?s a ldn:Study }"
    _refused(run("query", "-f", "csv", "-", input=build), 2, "builds triples", "turtle")
    _refused(run("query", "-f", "csv", "-", input="ASK {}"), 2, "yes or no", "csv")


def test_a_name_and_a_file(run: Run) -> None:
    _refused(run("query", "trials", "--file", "x.rq"), 2, "not both")


def test_a_remote_context_is_not_fetched(run: Run, tmp_path: Path) -> None:
    (tmp_path / "remote.jsonld").write_text(
        '{"@context": "http://127.0.0.1:9/context.jsonld", "a": "b"}', encoding="utf-8"
    )
    _refused(run("validate", "remote.jsonld"), 2, "remote.jsonld:")


def test_a_triple_term_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "star.ttl").write_text(
        "<urn:a> <urn:b> <<( <urn:c> <urn:d> 1 )>> .", encoding="utf-8"
    )
    _refused(run("validate", "star.ttl"), 2, "urn:a has a triple term")


def test_the_graph_must_exist(run: Run) -> None:
    _refused(
        run("export", "--graph", "sauce"), 2, "There is no graph 'sauce'; the graphs are source"
    )


def test_unknown_source_document(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy.txt").write_text("text", encoding="utf-8")
    done = run("verify-source", "copy.txt", "--document", "other")
    _refused(done, 2, "the documents are: source:ldn-overview")


def test_values_that_cannot_be_read_are_problems(process: Run, tmp_path: Path) -> None:
    """Each gets its line, even beside a value that stops the judge; rdflib would log tracebacks."""
    study = "<https://w3id.org/ldn-kg/study/younger2013> ldn:randomised"
    (tmp_path / "own.ttl").write_text(
        "PREFIX ldn: <https://w3id.org/ldn-kg/ontology#>\n"
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
        f'{study} [] , "nine" , "2013-99-99"^^xsd:date , "{"9" * 5000}"^^xsd:integer .\n'
        '<https://w3id.org/ldn-kg/study/smith2007> ldn:randomised "abc"^^xsd:integer .\n'
    )
    done = process("validate", "own.ttl")
    assert (done.returncode, done.stderr) == (1, "")
    wrong = (
        ("younger2013", '"nine"^^xsd:string'),
        ("younger2013", '"2013-99-99"^^xsd:date'),
        ("smith2007", "abc"),
    )
    for study, value in wrong:
        line = {"younger2013": 3, "smith2007": 4}[study]
        assert f"own.ttl:{line}: study:{study}: A study has at most one number" in done.stdout
        assert f"ldn:randomised says {value}" in done.stdout
    assert "A value cannot be compared: " in done.stdout
