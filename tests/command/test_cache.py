"""What was prepared changes no answer of the command, and can be looked at and removed."""

from pathlib import Path

import pytest
from support.paths import Run

from ldn_kg.command.read import WHAT_IF
from ldn_kg.read import what_if

pytestmark = pytest.mark.xdist_group("cache")
ASKED = [
    "query efficacy",
    "query results -p study=bruun2024 -f json",
    "show younger2013",
    "explain ldn-fibromyalgia",
    "answer fibromyalgia",
    "search crohn",
    "cite younger2013 -f bibtex",
]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache of the test's own, which is not there yet."""
    place = tmp_path / "cache"
    monkeypatch.setenv("LDN_KG_CACHE", str(place))
    return place


@pytest.mark.parametrize("words", ASKED)
def test_answers_are_the_same_to_the_byte(words: str, process: Run) -> None:
    without = process(*words.split(), "--no-cache")
    kept = process(*words.split())
    again = process(*words.split())
    assert without.returncode == 0 and len(without.stdout) > 100
    assert without.stdout == kept.stdout == again.stdout
    assert (without.stderr, again.stderr) == (kept.stderr, kept.stderr)


def test_it_can_be_looked_at_and_removed(own: Path, process: Run) -> None:
    assert process("cache").stdout == f"{own}\n  nothing\n"
    assert process("query", "efficacy", "--no-cache").returncode == 0
    assert not own.exists()
    assert process("query", "efficacy").returncode == 0
    said = process("cache").stdout.splitlines()
    assert said[0] == str(own) and said[1].endswith(": the shipped data") and " MiB, " in said[1]
    assert process("cache", "clear").stdout == "Nothing is kept now.\n"
    assert process("cache").stdout == f"{own}\n  nothing\n"


def test_a_full_disk_changes_no_answer(own: Path, process: Run) -> None:
    whole = process("query", "efficacy", "--no-cache")
    done = process("query", "efficacy", largest=1 << 20)
    assert (done.returncode, done.stdout, done.stderr) == (0, whole.stdout, "")
    assert [path for path in own.iterdir() if path.name != "CACHEDIR.TAG"] == []


def test_your_own_files_are_judged_though_they_were_prepared(
    own: Path, process: Run, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "<https://w3id.org/ldn-kg/condition/fibromyalgia> skos:altLabel 'my fibro'@en .\n",
        encoding="utf-8",
    )
    assert process("show", "my fibro", "--data", mine).returncode == 0
    with mine.open("a", encoding="utf-8") as file:
        file.write(
            "<https://w3id.org/ldn-kg/condition/fibromyalgia>"
            " <https://w3id.org/ldn-kg/ontology#nonsense> 1 .\n"
        )
    for _ in range(2):
        assert process("show", "my fibro", "--data", mine).returncode == 1


def test_the_forms_of_what_would_change_are_those_of_the_library() -> None:
    assert what_if.FORMATS == WHAT_IF
