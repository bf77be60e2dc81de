"""The command that begins the file of a new study."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import parse
from support.paths import ROOT

from ldn_kg.command.main import main

RECORD = ROOT / "tests" / "curate" / "records" / "trial.nbib"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _new(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["new", *map(str, words)])


def test_a_record_is_enough() -> None:
    done = _new("--design", "trial", "--from", RECORD)
    assert done.exit_code == 0, done.output
    assert "vanderexample2024.ttl" in done.stdout
    assert "ldn-kg validate vanderexample2024.ttl" in done.stdout
    assert list(parse(path="vanderexample2024.ttl"))


def test_what_is_typed_is_enough_with_a_key() -> None:
    words = ("--title", "An invented title", "--year", "2024", "--doi", "10.5555/x")
    assert _new("doe2024", "--design", "review", *words, "-o", "x.ttl").exit_code == 0
    turtle = Path("x.ttl").read_text(encoding="utf-8")
    assert '"An invented title"@en' in turtle
    assert '"10.5555/x"' in turtle


def test_a_file_is_replaced_by_force_only() -> None:
    Path("doe2024.ttl").write_text("mine", encoding="utf-8")
    refused = _new("doe2024", "--design", "trial")
    assert refused.exit_code == 2
    assert "doe2024.ttl is there already" in refused.stderr
    assert Path("doe2024.ttl").read_text(encoding="utf-8") == "mine"
    assert _new("doe2024", "--design", "trial", "--force").exit_code == 0
    assert Path("doe2024.ttl").read_text(encoding="utf-8") != "mine"


def test_a_study_that_is_there_already_is_a_finding() -> None:
    done = _new("doe2024", "--design", "trial", "--doi", "10.1002/art.37734")
    assert done.exit_code == 1
    assert "younger2013.ttl has the same DOI" in done.stderr
    assert not Path("doe2024.ttl").exists()


def test_it_can_go_to_standard_output() -> None:
    done = _new("doe2024", "--design", "laboratory", "-o", "-")
    assert done.exit_code == 0
    assert done.stdout.startswith("@prefix")
    assert "ldn-kg validate" not in done.stdout
    assert not list(Path().iterdir())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--design", "trial"), "Give the study a KEY"),
        (("younger2013", "--design", "trial"), "is there already in"),
        (("a/b", "--design", "trial"), "'a/b' is not a safe key"),
        (("a2024", "--design", "trial", "--record", "1"), "--record chooses a record of a file"),
        (("a2024", "--design", "trial", "--from", "none.ris"), "none.ris cannot be read"),
        (
            ("a2024", "--design", "trial", "--from", RECORD, "--record", "2"),
            "--record '2' names none",
        ),
        (("a2024", "--design", "trial", "-o", "none/a.ttl"), "cannot be written"),
        (("a2024",), "Missing option '--design'"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(words: tuple[str | Path, ...], sentence: str) -> None:
    done = _new(*words)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert not list(Path().iterdir())
