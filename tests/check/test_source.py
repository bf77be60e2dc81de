"""The passages of the source document: counted, checked, and checked on a made-up document."""

import hashlib
import re
from pathlib import Path

import click.testing
import pytest
from support.made_up import HEAD
from support.paths import ROOT, TESTS

import ldn_kg
from ldn_kg.command.main import main
from ldn_kg.errors import LdnKgError
from ldn_kg.graph import dataset
from ldn_kg.graph.dataset import Dataset, read

MADE_UP = "A title\n\nThe first sentence is here. The second – with a dash – follows.\n"


def _record(name: str, start: int, end: int, words: str) -> str:
    digest = hashlib.sha256(words.encode()).hexdigest()
    return f"""
    source:{name} a ldn:Passage ; rdfs:label "{name}"@en ; oa:hasSource source:made-up ;
      oa:hasSelector source:{name}-position ; schema:sha256 "{digest}" .
    source:{name}-position a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} .
    """


@pytest.fixture
def made_up(tmp_path: Path) -> Dataset:
    records = """
    @prefix ldn: <https://w3id.org/ldn-kg/ontology#> .
    @prefix oa: <http://www.w3.org/ns/oa#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix schema: <https://schema.org/> .
    @prefix source: <https://w3id.org/ldn-kg/source/> .
    source:made-up a ldn:SourceDocument ; rdfs:label "made up"@en ; schema:sha256 "0" .
    """
    records += _record("first", 9, 36, "The first sentence is here.")
    records += _record("second", 37, 72, "The second – with a dash – follows.")
    path = tmp_path / "made-up.ttl"
    path.write_text(records, encoding="utf-8")
    return read(path, shipped=False)


def _verify(dataset: Dataset, folder: Path, text: str) -> dict[str, str]:
    return {p.label: str(p) for p in ldn_kg.verify_source(dataset, _copy(folder, text))}


def test_positions_count_characters_not_bytes(made_up: Dataset, tmp_path: Path) -> None:
    assert MADE_UP.index("follows") != MADE_UP.encode().index(b"follows")
    assert _verify(made_up, tmp_path, MADE_UP) == {
        "first": "source:first (first, characters 9–36): matches",
        "second": "source:second (second, characters 37–72): matches",
    }


def _copy(folder: Path, text: str) -> Path:
    path = folder / "copy.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_a_changed_word_is_named(made_up: Dataset, tmp_path: Path) -> None:
    said = _verify(made_up, tmp_path, MADE_UP.replace("first", "fifth"))
    assert "source:first" in said["first"] and "does not match" in said["first"]


def test_a_moved_passage_is_found(made_up: Dataset, tmp_path: Path) -> None:
    said = _verify(made_up, tmp_path, "Foreword. " + MADE_UP)
    assert said["first"].endswith("moved; the same text stands at 19–46")


def test_every_sentence_and_reference_has_a_passage_with_a_statement(kg: Dataset) -> None:
    rows = list(ldn_kg.query(kg, "passages"))
    places = {(row["paragraph"], row["sentence"]) for row in rows}
    sentences = {1: 3, 2: 5, 3: 1, 4: 4, 5: 2}  # counted in the document: 15 in all
    expected = {(p, s) for p, count in sentences.items() for s in range(1, count + 1)}
    assert sum(sentences.values()) == 15
    assert places == expected | {(0, 1), (6, 1), (6, 2)}


def test_a_tenth_of_the_usual_dose_is_computed(kg: Dataset) -> None:
    windows = {row["category"]: row for row in ldn_kg.query(kg, "dose-windows")}
    low, usual = windows["low dose"], windows["standard dose"]
    assert (usual["least"], usual["greatest"]) == (50, 300)
    assert (low["least"], low["greatest"]) == (5, 30)
    target = [r for r in ldn_kg.query(kg, "titration") if r["step"] == "target dose"]
    assert [row["greatest"] for row in target] == [4]
    assert target[0]["greatest"] < low["least"]  # the discrepancy that the data record


def _command(copy: Path) -> tuple[int, str]:
    done = click.testing.CliRunner().invoke(main, ["verify-source", str(copy)])
    return done.exit_code, done.stdout


def test_the_command_counts_what_matches_and_names_what_does_not(
    made_up: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset, "read", lambda *paths: made_up)
    assert _command(_copy(tmp_path, MADE_UP)) == (0, "2 of 2 passages match\n")
    assert _command(_copy(tmp_path, MADE_UP.replace("dash", "hash"))) == (
        1,
        "source:second (second, characters 37–72): does not match; this copy has another text "
        "there\n1 of 2 passages match\n",
    )


def test_another_text_is_not_the_document(kg: Dataset, tmp_path: Path) -> None:
    passages = ldn_kg.verify_source(kg, _copy(tmp_path, MADE_UP))
    assert len(passages) == 18
    assert not [passage for passage in passages if passage.matches]


def _runs(text: str) -> set[str]:
    """Return a digest of every run of eight words: 16 hexadecimal digits of its SHA-256."""
    words = re.findall(r"[\w’'-]+", text.lower())
    runs = (" ".join(words[at : at + 8]) for at in range(len(words) - 7))
    return {hashlib.sha256(run.encode()).hexdigest()[:16] for run in runs}


def test_no_sentence_of_the_document_is_copied() -> None:
    """The document is not ours to publish; its runs of words, references aside, are digests."""
    forbidden = set((TESTS / "check" / "ldn-overview-runs.txt").read_text("ascii").split())
    assert len(forbidden) == 265
    files = sorted((ROOT / "data").rglob("*.ttl"))
    assert files
    copied = {path.name: _runs(path.read_text(encoding="utf-8")) & forbidden for path in files}
    assert not {name: runs for name, runs in copied.items() if runs}


def test_eight_words_in_a_row_are_a_copy_and_seven_are_not() -> None:
    runs = _runs("One two three four five six seven eight nine.")
    assert len(runs) == 2
    assert (
        len(_runs('ex:a rdfs:label "two three four, five six seven eight – Nine"@en .') & runs) == 1
    )
    assert not _runs('ex:a rdfs:label "two three four five six seven eight"@en .') & runs


def test_an_unknown_document_is_refused_with_those_that_there_are(
    made_up: Dataset, tmp_path: Path
) -> None:
    with pytest.raises(LdnKgError, match=r"the documents are: source:made-up\.$"):
        ldn_kg.verify_source(made_up, _copy(tmp_path, MADE_UP), document="source:other")


def test_the_documents_that_there_are_stand_in_order(tmp_path: Path) -> None:
    names = [f"d{number:02}" for number in range(20)]
    said = "".join(
        f'source:{name} a ldn:SourceDocument ; schema:sha256 "0" .\n'
        for name in names[::2] + names[1::2]
    )
    path = tmp_path / "documents.ttl"
    path.write_text(HEAD + said, encoding="utf-8")
    listed = ", ".join(f"source:{name}" for name in names)
    with pytest.raises(LdnKgError, match=rf"the documents are: {listed}\.$"):
        ldn_kg.verify_source(read(path, shipped=False), _copy(tmp_path, MADE_UP))
