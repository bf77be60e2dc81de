"""The commands as a user types them: what they print, write and answer with."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from support.commands import environment
from support.paths import ROOT, Run

import ldn_kg
from ldn_kg.command.main import main
from ldn_kg.graph.rules import load

NEEDED_FOR_SHACL = ("rdflib", "pyshacl")


def test_validate_says_what_it_looked_at(run: Run) -> None:
    done = run("validate")
    assert done.returncode == 0
    assert done.stdout.endswith(": no problems\n")
    assert all(int(n) > 0 for n in done.stdout.split() if n.isdigit())


def test_query_without_a_name_lists_the_questions(run: Run) -> None:
    done = run("query")
    assert done.returncode == 0
    assert "\ntrials\n    Which studies are there" in done.stdout
    assert "-p condition=…  a condition" in done.stdout


def test_query_as_a_table(run: Run) -> None:
    done = run("query", "trials", "-p", "condition=gulf-war-illness")
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["study", "design", "blinding"]
    assert [line.split()[0] for line in lines[2:-1]] == ["study:brewer2018"]
    assert lines[-1] == "(1 row)"


def test_query_as_csv_tsv_json_xml(run: Run) -> None:
    answers = {
        form: run("query", "trials", "-f", form).stdout for form in "csv tsv json xml".split()
    }
    rows = list(csv.DictReader(io.StringIO(answers["csv"])))
    bindings = json.loads(answers["json"])["results"]["bindings"]
    assert [row["study"] for row in rows] == [b["study"]["value"] for b in bindings]
    assert len(rows) == len(answers["tsv"].splitlines()) - 1 > 100
    assert answers["tsv"].startswith("?study\t?design")
    assert answers["xml"].count("<result>") == len(rows)


@pytest.mark.parametrize("name", ["fibromyalgia", "condition:fibromyalgia"])
def test_a_parameter_by_slug_prefixed_name_and_iri(name: str, run: Run) -> None:
    iri = "https://w3id.org/ldn-kg/condition/fibromyalgia"
    by_iri = run("query", "symptoms", "-p", f"condition={iri}").stdout
    assert run("query", "symptoms", "-p", f"condition={name}").stdout == by_iri
    assert by_iri.endswith("(5 rows)\n")


def test_query_from_standard_input_and_file(run: Run, process: Run, tmp_path: Path) -> None:
    sparql = "SELECT (COUNT(*) AS ?n) WHERE { ?s a ldn:Study }"
    (tmp_path / "own.rq").write_text(sparql, encoding="utf-8")
    typed = process("query", "-", input=sparql)
    studies = len(list((ROOT / "data" / "studies").glob("*.ttl")))
    assert typed.stdout.split() == ["n", "---", str(studies), "(1", "row)"]
    assert run("query", "--file", "own.rq").stdout == typed.stdout


def test_query_that_builds_triples(run: Run) -> None:
    done = run("query", "-", input="CONSTRUCT { ?s a ldn:Study } WHERE { ?s a ldn:Study }")
    assert "study:younger2013 a ldn:Study" in done.stdout


def test_query_answers_yes_or_no(run: Run) -> None:
    assert run("query", "-", input="ASK { ?s a ldn:Study }").stdout == "yes\n"


def test_query_loads_neither_rdflib_nor_pyshacl(tmp_path: Path) -> None:
    code = (
        "import sys; from ldn_kg.command.main import main\n"
        "try: main(['query', 'trials'])\n"
        f"finally: print([m for m in {NEEDED_FOR_SHACL} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert "younger2013" in done.stdout


def test_the_judge_does_load_them(tmp_path: Path) -> None:
    """The test above would pass for any misspelt module: see that the names are right."""
    code = (
        "import sys; import ldn_kg.check.shacl.judge\n"
        f"print([m for m in {NEEDED_FOR_SHACL} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{list(NEEDED_FOR_SHACL)}\n"


@pytest.mark.parametrize("name", ["younger2013", "study:younger2013"])
def test_show_a_study(name: str, run: Run) -> None:
    page = run("show", name).stdout
    assert page.startswith(
        "Younger and others 2013\nstudy <https://w3id.org/ldn-kg/study/younger2013>"
    )
    assert "28.8 v 18 %; p = 0.016; favours the treatment" in " ".join(page.split())
    assert "naltrexone 4.5 mg: experimental arm; 4.5 mg; once daily; oral; 12 weeks" in page


def test_show_a_study_with_what_it_bears_on(run: Run) -> None:
    page = " ".join(run("show", "bruun2024").stdout.split())
    assert "84 v 86 %, 41 v 43 participants" in page
    assert "disputes: low-dose naltrexone relieves fibromyalgia (claim:ldn-fibromyalgia)" in page
    assert "inconclusive: low-dose naltrexone causes any adverse event (claim:ldn-any" in page
    assert "readings differ: A news report gives 45 and 28 percent" in page


def test_show_a_result_that_is_half_written(tmp_path: Path) -> None:
    """A curator looks at a record before it is whole: no operator, no measure, half an interval."""
    (tmp_path / "half.ttl").write_text(
        "@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .\n"
        "@prefix study: <https://w3id.org/ldn-kg/study/> .\n"
        "study:half a ldn:Study ; ldn:result study:half-result-pain .\n"
        "study:half-result-pain ldn:pValue 0.04 ; ldn:estimate 1.5 ; ldn:ciLow 1.1 .\n",
        encoding="utf-8",
    )
    page = ldn_kg.show(load(tmp_path / "half.ttl"), "study:half")
    assert "estimate 1.5, 1.1; p 0.04" in page


def test_query_takes_sparql_as_it_is(run: Run) -> None:
    done = run("query", "SELECT (COUNT(*) AS ?n) { ?study a ldn:Passage }", "-f", "csv")
    assert (done.returncode, done.stdout.split()) == (0, ["n", "18"])


def test_show_a_claim_and_a_condition(run: Run) -> None:
    claim = run("show", "ldn-fibromyalgia").stdout
    assert "efficacy claim" in claim
    assert "supports: study:younger2013, randomised crossover trial, n = 28" in claim
    assert "claim:ldn-fibromyalgia" in run("show", "fibromyalgia").stdout


def test_explain_prints_the_path(run: Run) -> None:
    page = " ".join(run("explain", "ldn-fibromyalgia").stdout.split())
    for words in (
        "Status: differs by outcome.",
        "Bruun and others 2024 (study:bruun2024): change of pain intensity from baseline to week",
        "Certainty, from high, since randomised: risk of bias: −1, not assessable.",
        "Younger and Mackey 2009: reduction of daily symptom severity: not randomised",
    ):
        assert words in page


def test_export_to_a_file_and_to_standard_output(run: Run, process: Run, tmp_path: Path) -> None:
    printed = process("export", "-f", "ntriples").stdout
    assert run("export", "-f", "ntriples", "-o", "out.nt").stdout == ""
    assert (tmp_path / "out.nt").read_text(encoding="utf-8") == printed
    assert [path.name for path in tmp_path.iterdir()] == ["out.nt"]


def test_a_link_or_a_device_as_output_stays_what_it_is(
    run: Run, process: Run, tmp_path: Path
) -> None:
    (tmp_path / "link.csv").symlink_to("real.csv")
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        assert process("query", "trials", "-f", "csv", "-o", "pipe").returncode == 0
        assert reader.stdout is not None
        through_the_pipe = reader.stdout.read().decode()
    assert (tmp_path / "pipe").is_fifo()
    assert run("query", "trials", "-f", "csv", "-o", "link.csv").returncode == 0
    assert (tmp_path / "link.csv").is_symlink()
    printed = run("query", "trials", "-f", "csv", "-o", "-").stdout
    assert (tmp_path / "real.csv").read_text(encoding="utf-8") == printed.replace("\r\n", "\n")
    assert through_the_pipe.splitlines() == printed.splitlines()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.csv", "pipe", "real.csv"]


def test_a_release_behind_a_link(run: Run, few: None, tmp_path: Path) -> None:
    assert run("build", "real").returncode == 0
    (tmp_path / "link").symlink_to("real")
    assert run("build", "link").returncode == 0
    assert (tmp_path / "link").is_symlink()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "real"]


def test_export_of_one_graph(run: Run) -> None:
    source = run("export", "--graph", "source").stdout
    assert "source:ldn-overview" in source
    assert "ldn:evidenceLevel" not in source


def test_own_files_are_checked_together_with_the_dataset(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(
        "@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix target: <https://w3id.org/ldn-kg/target/> .\n"
        'target:example a ldn:Target ; rdfs:label "example"@en .\n',
        encoding="utf-8",
    )
    before, after = run("validate").stdout, run("validate", "own.ttl").stdout
    assert after.endswith("no problems\n")
    assert before != after


def _on_a_terminal(folder: Path, *words: str) -> str:
    """Run a command whose standard output and error are a terminal of 80 columns."""
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", *words]
    env = {**environment(), "COLUMNS": "80"}
    process = subprocess.Popen(command, cwd=folder, stdout=terminal, stderr=terminal, env=env)
    os.close(terminal)
    seen = b""
    try:
        while chunk := os.read(master, 65_536):
            seen += chunk
    except OSError:  # Linux says so when the other end of a terminal is gone
        pass
    os.close(master)
    assert process.wait(timeout=60) == 0
    return seen.decode()


@pytest.mark.parametrize(
    ("words", "code", "printed", "said"),
    [
        (["query", "trials"], 0, "study:younger2013", ""),
        (["validate", "own.ttl"], 1, "own.ttl:1: urn:x: A target has one label", ""),
        (["show", "no-such-record"], 2, "", "Error: There is no record 'no-such-record'"),
        (["show"], 2, "", "Error: Missing argument 'NAME'"),
    ],
)
def test_a_process_ends_with_the_code_of_its_outcome(
    words: list[str], code: int, printed: str, said: str, process: Run, tmp_path: Path
) -> None:
    """The others run within the process of the tests. Ctrl-C, which gives 130, has its own test."""
    own = "<urn:x> a <https://w3id.org/ldn-kg/ontology#Target> ."
    (tmp_path / "own.ttl").write_text(own, encoding="utf-8")
    done = process(*words)
    assert done.returncode == code
    assert printed in done.stdout and bool(printed) == bool(done.stdout)
    assert said in done.stderr and bool(said) == bool(done.stderr)


def test_windows_line_ends_and_byte_order_mark(run: Run, tmp_path: Path) -> None:
    text = "\ufeff@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .\r\n<urn:x> a ldn:Target .\r\n"
    (tmp_path / "own.ttl").write_text(text, encoding="utf-8", newline="")
    done = run("validate", "own.ttl")
    assert done.returncode == 1
    assert "own.ttl:2: urn:x: A target has one label" in done.stdout
    (tmp_path / "own.rq").write_text(
        "\ufeffASK { ?s a ldn:Study }\r\n", encoding="utf-8", newline=""
    )
    assert run("query", "--file", "own.rq").stdout == "yes\n"


@pytest.mark.parametrize("ending", ["nt", "nq", "trig", "jsonld", "rdf"])
def test_own_files_in_other_formats(ending: str, run: Run, tmp_path: Path) -> None:
    texts = {
        "nt": "<urn:x> <{type}> <{ldn}Target> .",
        "nq": "<urn:x> <{type}> <{ldn}Target> <urn:graph> .",
        "trig": "<urn:graph> {{ <urn:x> a <{ldn}Target> . }}",
        "jsonld": '{{"@id": "urn:x", "@type": "{ldn}Target"}}',
        "rdf": '<r:RDF xmlns:r="{rdf}"><r:Description r:about="urn:x">'
        '<r:type r:resource="{ldn}Target"/></r:Description></r:RDF>',
    }
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    names = {"rdf": rdf, "type": f"{rdf}type", "ldn": "https://w3id.org/ldn-kg/ontology#"}
    (tmp_path / f"own.{ending}").write_text(texts[ending].format(**names), encoding="utf-8")
    done = run("validate", f"own.{ending}")
    assert done.returncode == 1
    line = {"nt": "1:", "nq": "1:"}.get(ending, "")
    assert f"own.{ending}:{line} urn:x: A target has one label" in done.stdout


def test_a_record_of_ours_that_an_own_file_changes_is_named_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(
        "@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .\n"
        "@prefix study: <https://w3id.org/ldn-kg/study/> .\n"
        "study:younger2013 ldn:analysed 29 .\n",
        encoding="utf-8",
    )
    done = run("validate", "own.ttl")
    assert done.returncode == 1
    assert "own.ttl:3: study:younger2013: A study has at most one number" in done.stdout


def test_build_shows_its_progress_on_a_terminal(tmp_path: Path, process: Run) -> None:
    seen = _on_a_terminal(tmp_path, "support.few", "build", "dist")
    assert "Building" in seen and "100%" in seen
    assert process("build", "dist", module="support.few").stderr == ""


def test_a_wide_table_fits_the_terminal(tmp_path: Path, run: Run) -> None:
    lines = _on_a_terminal(tmp_path, "ldn_kg", "query", "trials").splitlines()
    assert max(map(len, lines)) <= 80
    rows = csv.reader(run("query", "trials", "-f", "csv").stdout.splitlines())
    cells = [cell for row in rows for cell in row if not cell.startswith("http")]
    words = {word for cell in cells for word in cell.split()}
    assert len(words) > 100
    assert words <= set(" ".join(lines).split())  # none was cut


def test_a_query_that_takes_too_long_is_ended(process: Run, tmp_path: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?i) }"
    (tmp_path / "kept.csv").write_text("before", encoding="utf-8")
    done = process("query", endless, "--timeout", "1", "-f", "csv", "-o", "kept.csv")
    assert done.returncode == 2
    assert done.stderr == (
        "Error: The query took longer than 1 seconds; narrow it or raise --timeout.\n"
    )
    assert (tmp_path / "kept.csv").read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["kept.csv"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory has no limit")
def test_a_query_that_takes_too_much_memory_is_ended(process: Run, tmp_path: Path) -> None:
    large = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a"
    (tmp_path / "kept.csv").write_text("before", encoding="utf-8")
    done = process("query", large, "--max-memory", "200", "-f", "csv", "-o", "kept.csv")
    assert done.returncode == 2
    assert done.stderr == (
        "Error: The query took more than 200 MB of memory; narrow it or raise --max-memory.\n"
    )
    assert (tmp_path / "kept.csv").read_text(encoding="utf-8") == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["kept.csv"]


def test_an_answer_that_is_too_long_is_refused(run: Run) -> None:
    rows = len(run("query", "dose-windows", "-f", "csv").stdout.splitlines()) - 1
    assert rows > 5
    assert run("query", "dose-windows", "--max-rows", str(rows)).returncode == 0
    done = run("query", "dose-windows", "--max-rows", str(rows - 1))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"more than {rows - 1} rows" in done.stderr
    triples = run("query", "CONSTRUCT WHERE { ?s ?p ?o }", "--max-rows", "10")
    assert triples.returncode == 2
    assert run("query", "ASK { ?s ?p ?o }", "--max-rows", "1").stdout == "yes\n"


@pytest.mark.parametrize("place", ["ldn_kg.command.main._Commands.make_context", "click.prompt"])
def test_ctrl_c_ends_with_130_also_before_a_command_runs(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While click reads the words, and at a prompt, where click has an exception of its own."""

    def stop(*_: object, **__: object) -> None:
        raise click.Abort if place == "click.prompt" else KeyboardInterrupt

    monkeypatch.setattr(place, stop)
    monkeypatch.setattr("ldn_kg.command.options._asked", lambda variable: click.prompt(variable))
    words = ["push", "http://127.0.0.1:9/", "--user", "me"]
    done = CliRunner().invoke(main, words, prog_name="ldn-kg")
    assert (done.exit_code, done.stdout) == (130, "")
    assert done.stderr.strip() == "Stopped. No file is half-written."


def test_an_option_does_not_steer_the_terminal() -> None:
    done = CliRunner().invoke(main, ["--\x1b[31mred"], prog_name="ldn-kg")
    assert done.exit_code == 2
    assert r"No such option '--\x1b[31mred'" in done.stderr
