"""One's own records, beside the shipped ones, on every command: graded by the same rules."""

from pathlib import Path

import click
import pytest
from support.paths import ROOT, Run

import ldn_kg
from ldn_kg.command.main import main
from ldn_kg.publish.site import files_of
from ldn_kg.read.lines import OF_CLAIM, lines

SHIPPED = ROOT / "data" / "studies" / "younger2013.ttl"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Write a study that is a copy of a shipped one under other names."""
    text = SHIPPED.read_text(encoding="utf-8")
    for old, new in (("younger2013", "mine2026"), ("10.1002/art.37734", "10.5555/mine.2026")):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "mine2026.ttl"
    path.write_text(text.replace("NCT00568555", "NCT99999999"), encoding="utf-8")
    return path


@pytest.fixture
def broken(own: Path) -> Path:
    """Write the same study without its design."""
    text = own.read_text(encoding="utf-8")
    design = "    ldn:design ldnc:randomised-crossover-trial ;\n"
    assert design in text
    path = own.with_name("broken.ttl")
    path.write_text(text.replace(design, ""), encoding="utf-8")
    return path


def _commands() -> list[str]:
    names = main.list_commands(click.Context(main))
    assert len(names) > 10
    return [name for name in names if name not in ("new", "cache")]  # these read no data of yours


@pytest.mark.parametrize("name", _commands())
def test_every_command_takes_own_data(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert "--data" in [option for param in command.params for option in param.opts]


def test_an_own_line_counts_with_the_others(own: Path) -> None:
    claim = "https://w3id.org/ldn-kg/claim/ldn-fibromyalgia"
    before, after = ldn_kg.load(), ldn_kg.load(own)
    node = before.find(claim)
    more = {line.iri for line in lines(after, OF_CLAIM, node)}
    more -= {line.iri for line in lines(before, OF_CLAIM, node)}
    assert more == {"https://w3id.org/ldn-kg/study/mine2026-line-fibromyalgia"}
    count = "SELECT ?n { synthesis:ldn-fibromyalgia-pain-intensity ldn:trials ?n }"
    (one,), (other,) = ldn_kg.query(before, count), ldn_kg.query(after, count)
    assert other["n"] == one["n"] + 1
    assert "local" in repr(after)


@pytest.mark.parametrize(
    "words",
    [
        ["show", "mine2026"],
        ["explain", "ldn-fibromyalgia"],
        ["cite", "mine2026"],
        ["query", "trials", "-p", "condition=fibromyalgia", "-f", "csv"],
        ["export", "-f", "nquads"],
    ],
    ids=lambda words: words[0],
)
def test_what_is_printed_holds_own_records(words: list[str], own: Path, run: Run) -> None:
    without = run(*words)
    assert "mine2026" not in without.stdout
    done = run(*words, "--data", own)
    assert (done.returncode, done.stderr) == (0, "")
    assert "mine2026" in done.stdout


def test_a_folder_and_several_files(own: Path, run: Run) -> None:
    other = own.with_name("mine2027.ttl")
    text = own.read_text(encoding="utf-8").replace("mine2026", "mine2027")
    text = text.replace("10.5555/mine.2026", "10.5555/mine.2027")
    other.write_text(text.replace("NCT99999999", "NCT99999998"), encoding="utf-8")
    for words in (["--data", own, "--data", other], ["--data", own.parent]):
        done = run("query", "trials", "-f", "csv", *words)
        assert "mine2026" in done.stdout
        assert "mine2027" in done.stdout


def test_own_records_have_pages_and_say_that_they_are_not_published(own: Path) -> None:
    files = files_of(ldn_kg.load(own))
    assert b"Younger and others 2013" in files["study/mine2026.html"](Path())
    assert b"local records" in files["index.html"](Path())
    assert "local records" in ldn_kg.cite(ldn_kg.load(own))
    assert "local records" not in ldn_kg.cite(ldn_kg.load())


def test_own_records_go_to_a_store_in_a_graph_of_their_own(own: Path, run: Run) -> None:
    done = run("push", "http://127.0.0.1:9/ldn", "--dry-run", "--data", own)
    assert done.returncode == 0
    assert "https://w3id.org/ldn-kg/graph/local" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["show", "younger2013"],
        ["query", "trials"],
        ["explain", "ldn-fibromyalgia"],
        ["export"],
        ["build", "dist"],
        ["site", "pages"],
        ["push", "http://127.0.0.1:9/ldn", "--dry-run"],
    ],
    ids=lambda words: words[0],
)
def test_what_does_not_validate_is_refused_with_its_line(
    words: list[str], broken: Path, run: Run
) -> None:
    text = broken.read_text(encoding="utf-8").splitlines()
    line = text.index("study:mine2026") + 1
    done = run(*words, "--data", broken)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"broken.ttl:{line}: study:mine2026: A study has one design" in done.stderr
    with pytest.raises(ldn_kg.InvalidData, match="has one design"):
        ldn_kg.load(broken)
