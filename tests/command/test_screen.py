"""The commands that screen an export and watch a registry."""

import json
from pathlib import Path

import pytest
from support.paths import ROOT, Run

PAPERS = (
    "TY  - JOUR\nTI  - An invented trial that nobody did\nPY  - 2026\nER  - \n"
    "TY  - JOUR\nTI  - Low-dose naltrexone for the treatment of fibromyalgia\n"
    "DO  - 10.1002/art.37734\nER  - \n"
)
TRIALS = "NCT Number,Study Title,Study Status\nNCT05955313,Low dose,COMPLETED\n"


@pytest.fixture(autouse=True)
def _exports(tmp_path: Path) -> None:
    (tmp_path / "a.ris").write_text(PAPERS, encoding="utf-8")
    (tmp_path / "cut.ris").write_text(f"{PAPERS}TY  - JOUR\nTI  - no end\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text(TRIALS, encoding="utf-8")


def test_a_table_and_what_there_is_to_say(run: Run) -> None:
    done = run("screen", "a.ris", "t.csv")
    assert done.returncode == 0, done.stderr
    assert "a.ris:1  new" in done.stdout
    assert "publication:younger2013" in done.stdout
    assert "t.csv:1  study:nct05955313, state: completed; the dataset says recruiting.\n" in (
        done.stdout
    )
    assert done.stdout.endswith("3 records: 1 new, 1 known with news, 1 known.\n")


def test_what_leans_on_a_retracted_paper_fits_the_terminal(run: Run, tmp_path: Path) -> None:
    retracted = "TY  - JOUR\nTI  - RETRACTED: Any\nDO  - 10.1126/science.6867737\nER  - \n"
    (tmp_path / "r.ris").write_text(retracted, encoding="utf-8")
    printed = run("screen", "r.ris").stdout
    below = printed.partition("\n\n")[2]
    assert "On it lean study:zagon1983, claim:" in below
    assert max(map(len, below.splitlines())) <= 80


@pytest.mark.parametrize("form", ["json", "csv", "ris"])
def test_other_forms_go_to_a_file(form: str, run: Run, tmp_path: Path) -> None:
    done = run("screen", "a.ris", "-f", form, "-o", f"out.{form}")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "2 records: 1 new, 1 known." in done.stderr
    assert "An invented trial" in (tmp_path / f"out.{form}").read_text(encoding="utf-8")


def test_a_malformed_record_is_named_and_the_exit_code_is_1(run: Run) -> None:
    done = run("screen", "cut.ris", "-f", "json")
    assert done.returncode == 1
    assert "cut.ris: record 3 has no end" in done.stderr
    assert len(json.loads(done.stdout)["records"]) == 2


@pytest.mark.parametrize("words", [("screen", "none.ris"), ("screen",), ("watch", "a.ris")])
def test_what_cannot_be_read_is_a_sentence(words: tuple[str, ...], run: Run) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert done.stderr
    assert not done.stdout


def test_own_data_are_known(run: Run, tmp_path: Path) -> None:
    """What a curator has written is not new any more."""
    text = (ROOT / "data" / "studies" / "younger2013.ttl").read_text(encoding="utf-8")
    for old, new in (
        ("younger2013", "mine2026"),
        ("10.1002/art.37734", "10.5555/mine.2026"),
        ("NCT00568555", "NCT00000000"),
    ):
        text = text.replace(old, new)
    (tmp_path / "own.ttl").write_text(text, encoding="utf-8")
    paper = "TY  - JOUR\nTI  - Another\nDO  - 10.5555/mine.2026\nER  - \n"
    (tmp_path / "b.ris").write_text(paper, encoding="utf-8")
    assert "1 record: 1 new." in run("screen", "b.ris").stdout
    done = run("screen", "b.ris", "--data", "own.ttl")
    assert done.returncode == 0, done.stderr
    assert "publication:mine2026" in done.stdout


def test_changes_of_a_registry(run: Run, tmp_path: Path) -> None:
    done = run("watch", "t.csv")
    assert done.returncode == 0, done.stderr
    assert "NCT05955313  study:nct05955313  yes      state  recruiting  completed" in done.stdout
    assert done.stdout.endswith("1 change in 1 trial that both have.\n")
    (tmp_path / "later.csv").write_text(TRIALS, encoding="utf-8")
    assert run("watch", "t.csv", "later.csv").stdout == "0 changes in 1 trial that both have.\n"
    assert json.loads(run("watch", "t.csv", "-f", "json").stdout)["compared"] == 1
