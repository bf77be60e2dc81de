"""What reaches a terminal, and what is said where a stream is closed, full or gone."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.commands import environment
from support.paths import Run

from ldn_kg.command import main as program
from ldn_kg.command.terminal import harmless

# The clipboard, a title, a cleared screen, hidden words, a turn of the direction, half a character.
STEERING = "\x1b]52;c;ZXZpbA==\x07 \x1b]0;title\x9c \x1b[2J\x1b[8m \u202eno\u2066 \udc80"
SPELLED = r"\x1b]52;c;ZXZpbA==\x07 \x1b]0;title\x9c \x1b[2J\x1b[8m \u202eno\u2066 \udc80"


def test_what_steers_a_terminal_is_spelled_out() -> None:
    assert harmless(STEERING) == SPELLED
    assert harmless("naïve – 4.5\u00a0mg\n日本") == "naïve – 4.5 mg\n日本"
    assert harmless("one\ntwo\n") == "one\ntwo\n"


def _turtle(text: str) -> str:
    written = "".join(f"\\u{ord(c):04X}" for c in text)
    return (
        "@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .\n"
        "@prefix study: <https://w3id.org/ldn-kg/study/> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f'study:evil2020 a ldn:Study ; rdfs:label "{written}"@en ; ldn:enrolled "{written}" .\n'
    )


TOLD = STEERING.replace("\udc80", "")  # which no file in UTF-8 can hold


def test_a_file_does_not_steer_the_terminal_of_who_validates_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(_turtle(TOLD), encoding="utf-8")
    done = run("validate", "own.ttl")
    assert done.returncode == 1
    assert r"\x1b]52;c;" in done.stdout
    assert harmless(done.stdout) == done.stdout
    refused = run("show", "evil2020", "--data", "own.ttl")
    assert refused.returncode == 1
    assert r"\x1b]52;c;" in refused.stderr
    assert harmless(refused.stderr) == refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["validate", f"{STEERING}.tt"],
        ["show", "one", STEERING],
        ["show", STEERING],
        ["query", STEERING],
        ["query", f"SELECT {STEERING} {{}}"],
        ["query", "efficacy", "-p", f"{STEERING}=1"],
        ["query", "efficacy", "-f", STEERING],
        ["search", STEERING],
        ["answer", STEERING],
        ["cite", STEERING],
        ["diff", STEERING],
        ["bibliography", "--included-in", STEERING],
        ["new", "x2020", "--design", "trial", "--from", f"{STEERING}.ris"],
        ["export", "-o", f"{STEERING}/x"],
        ["verify", f"http://{STEERING}/"],
        [STEERING],
    ],
    ids=lambda words: " ".join(words).replace(STEERING, "…"),
)
def test_what_was_typed_does_not_steer_the_terminal(words: list[str], run: Run) -> None:
    done = run(*words)
    assert done.stdout + done.stderr
    for said in (done.stdout, done.stderr):
        assert harmless(said) == said


def _at_a_terminal(*words: str, cwd: Path) -> bytes:
    """Return what a command writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "ldn_kg", *words],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env=environment(),
    ):
        os.close(theirs)
        seen = b""
        with suppress(OSError):  # Linux says so when the other end of a terminal is gone
            while more := os.read(ours, 1000):
                seen += more
    os.close(ours)
    return seen


def test_an_answer_is_as_it_is_in_a_file_and_harmless_at_a_terminal(
    process: Run, tmp_path: Path
) -> None:
    words = ("query", r'SELECT ("\u001B[2J" AS ?x) {}', "-f", "csv")
    assert process(*words).stdout == "x\n\x1b[2J\n"
    assert _at_a_terminal(*words, cwd=tmp_path).split() == [b"x", rb"\x1b[2J"]


@pytest.mark.parametrize("words", [("query", "efficacy"), ("show", "younger2013")], ids=" ".join)
def test_what_is_printed_fits_the_terminal(
    words: tuple[str, ...], process: Run, tmp_path: Path
) -> None:
    seen = _at_a_terminal(*words, cwd=tmp_path).decode()
    assert max(map(len, seen.splitlines())) <= int(environment().get("COLUMNS", 80))
    told = {word for word in process(*words).stdout.split() if word.strip("-")}
    assert told
    assert told <= set(seen.split())  # no word is cut


# Streams

FULL = [["validate"], ["query", "efficacy"], ["query"]]


@pytest.mark.parametrize("words", FULL, ids=" ".join)
def test_a_full_disk_behind_standard_output_is_no_problem_of_the_data(words: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = _with_streams(*words, stdout=full)
    assert done.stderr == "Error: Standard output cannot be written: No space left on device.\n"
    assert done.returncode == 2


def _with_streams(*words: str, closed: int | None = None, **streams: object) -> "Done":
    """Run a command with one of its three streams closed, or as given."""
    return subprocess.run(
        [sys.executable, "-m", "ldn_kg", *words],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},  # type: ignore[call-overload]
        preexec_fn=None if closed is None else lambda: os.close(closed),
        encoding="utf-8",
        env=environment(),
        timeout=120,
    )


Done = subprocess.CompletedProcess[str]


def test_a_closed_stream_is_said_or_done_without() -> None:
    done = _with_streams("show", "younger2013", closed=1)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: Standard output is closed")
    done = _with_streams("query", "-", closed=0)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: The query is empty")
    done = _with_streams("show", "younger2013", closed=2)
    assert (done.returncode, done.stderr) == (0, "")
    assert "younger2013" in done.stdout


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (MemoryError(), "not enough memory"),
        (RecursionError(), "nested too deep"),
        (OSError(28, "No space left on device", "/tmp/x"), "/tmp/x cannot be used: No space left"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (ZeroDivisionError(), "a fault of ldn-kg"),
    ],
    ids=["memory", "depth", "a full disk", "a broken disk", "a bug"],
)
def test_nothing_but_problems_in_the_data_ends_with_1(
    fault: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Callable[..., None]:
        raise fault

    monkeypatch.setattr(program._Commands, "get_command", broken)
    done = CliRunner().invoke(program.main, ["show", "x"])
    assert done.exit_code == 2
    assert said in done.stderr
    assert ("Traceback" in done.stderr) == isinstance(fault, ZeroDivisionError)


# Names of files


def test_a_pipe_or_device_by_name_is_written(process: Run) -> None:
    whole = process("cite")
    assert whole.stdout
    assert process("cite", "-o", "/dev/stdout").stdout == whole.stdout
    assert process("cite", "-o", "/dev/null").returncode == 0


def test_a_link_that_leads_to_itself_is_said(run: Run, tmp_path: Path) -> None:
    for name in ("loop", "loop.ttl"):
        (tmp_path / name).symlink_to(name)
    for words, said in (
        (("cite", "-o", "loop"), "is a link that leads to itself"),
        (("validate", "loop.ttl"), "cannot be read: Too many levels of symbolic links"),
        (("query", "--file", "loop"), "cannot be read: Too many levels of symbolic links"),
    ):
        done = run(*words)
        assert done.returncode == 2
        assert said in done.stderr
        assert done.stderr.startswith("Error: ")


def test_a_folder_that_holds_a_whole_disk_is_refused_at_once(run: Run, few: None) -> None:
    for place, said in (("/", "not part of a release"), ("/dev/null", "is a file; name a folder")):
        done = run("build", place)
        assert done.returncode == 2
        assert said in done.stderr


def test_a_name_that_is_not_utf_8_is_read_and_said(process: Run, tmp_path: Path) -> None:
    name = os.fsdecode(b"own\xff.ttl")
    (tmp_path / name).write_text("<a:a> <a:b> 1 .", encoding="utf-8")
    done = process("validate", name)
    assert (done.returncode, "[nothing-known]" in done.stdout) == (1, True)  # it was read
    (tmp_path / name).write_text("<a:a>", encoding="utf-8")
    done = process("validate", name)
    assert done.returncode == 2
    assert done.stderr.startswith(r"Error: own\udcff.ttl:1:6: ")
