"""`ldn-kg review`: every figure is in the checklist, and the marks become a record that is true."""

import re
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from support.paths import ROOT, Run

from ldn_kg.curate.review import Review
from ldn_kg.errors import InvalidData, LdnKgError
from ldn_kg.graph.dataset import Dataset, extended, read
from ldn_kg.graph.synthesis.facts import Facts

STUDIES = ROOT / "data" / "studies"
BRUUN = STUDIES / "bruun2024.ttl"
PAIN = "study:bruun2024-result-pain"
READING = "study:bruun2024-second-reading"
DAY = date(2026, 11, 28)
MODEL = "ldnk:second-reader"
PERSON = """
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix schema: <https://schema.org/> .
<https://w3id.org/ldn-kg/a-made-up-reader> a prov:Person ; schema:name "A Made-up Reader" .
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with the shipped study, before anybody read it a second time."""
    text = BRUUN.read_text(encoding="utf-8")
    path = tmp_path / "bruun2024.ttl"
    path.write_text(text[: text.index("\n# Second reading\n")], encoding="utf-8")
    return path


@pytest.fixture
def review(kg: Dataset, file: Path) -> Review:
    return Review(kg, file)


def _marked(review: Review, default: str = "x", **marks: str) -> Path:
    """Mark every line with one mark, but the first that begins so; of "!" say what differs."""
    found, left = [], dict(marks)
    for line in review.checklist().splitlines():
        wanted = next((word for word in left if line.startswith(f"[ ] {word}: ")), "")
        mark = left.pop(wanted, default)
        found.append(re.sub(r"^\[ \]", f"[{mark}]", line))
        if line.startswith("[ ]") and mark == "!":
            found.append("> something else")
    assert not left
    path = review.file.with_name("checklist.txt")
    path.write_text("\n".join(found) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["bruun2024", "younger2013", "cree2010"])
def test_every_figure_that_a_record_has_is_in_the_checklist(kg: Dataset, name: str) -> None:
    """Whatever number or text is typed in the file, in its order and in lines that fit."""
    told = Review(kg, STUDIES / f"{name}.ttl").checklist()
    lines = told.splitlines()
    assert not [x for x in lines if len(x) > 80 and " " in x.strip() and "ldn-kg" not in x]
    parts = ("\nstudy: ", "\npublication: ", "\narm: ", "\nresult: ")
    assert [told.index(part) for part in parts] == sorted(told.index(part) for part in parts)
    text = (STUDIES / f"{name}.ttl").read_text(encoding="utf-8")
    typed = text[: text.index("\n# Second reading")]
    figures = re.findall(r"^    ldn:\w+ (-?[\d.]+) ;$", typed, re.MULTILINE)
    assert len(figures) > 10
    marked = [line for line in lines if line.startswith("[ ] ")]
    for figure in figures:
        assert any(re.search(rf"(: |= |< ){re.escape(figure)}$", line) for line in marked), figure
    flat = " ".join(told.split())
    for words in re.findall(r'"([^"\\]+)"@en', typed):
        assert " ".join(words.split()) in flat


def test_a_study_is_found_by_its_name_and_its_pages_are_named(run: Run) -> None:
    done = run("review", "10.1016/S2665-9913(23)00278-3")
    assert done.stdout.startswith("Second reading of Bruun and others 2024 (study:bruun2024)")
    assert "https://doi.org/10.1016/s2665-9913(23)00278-3" in done.stdout
    assert "result: change of pain intensity" in done.stdout
    assert "(read as abstract)" in done.stdout
    recorded = run("review", "bruun2024", "--marked", "x.txt", "--reader", MODEL)
    assert "is not a Turtle file" in recorded.stderr


def test_marks_become_a_record(run: Run, review: Review, tmp_path: Path) -> None:
    """One figure of the pain differs, the PubMed number was not found, one was not compared."""
    (tmp_path / "people").mkdir()
    person = tmp_path / "people" / "people.ttl"
    person.write_text(PERSON, encoding="utf-8")
    file, count = review.file, len(review.items)
    was = set(parse(file.read_bytes(), format=RdfFormat.TURTLE))
    marked = _marked(review, estimate="!", pmid="-", funding=" ")
    words = ("review", file, "--marked", marked, "--data", person)
    assert "Say by --reader" in run(*words).stderr
    more = ("--page", "https://example.org/", "--read-as", "full-text", "--note", "Kept.")
    done = run(*words, "--reader", "A Made-up Reader", *more)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{count - 3} of {count - 2} figures agreed, 1 not found" in done.stdout
    assert was < set(parse(file.read_bytes(), format=RdfFormat.TURTLE))
    (row,) = read(file, person).rows(f"""
        SELECT ?day ?compared ?agreed ?unseen ?page
        WHERE {{
          GRAPH <https://w3id.org/ldn-kg/graph/local> {{
            {READING} dcterms:date ?day ; ldn:compared ?compared ; ldn:agreed ?agreed ;
              ldn:notSeenAgain ?unseen ; schema:url ?page ;
              ldn:reader <https://w3id.org/ldn-kg/a-made-up-reader> ; ldn:readAs ldnc:full-text .
          }}
        }}
    """)
    assert (row["compared"], row["agreed"]) == (str(count - 2), str(count - 3))
    assert (row["day"], row["page"]) == (date.today().isoformat(), "https://example.org/")
    assert row["unseen"].endswith(", pmid")
    text = file.read_text(encoding="utf-8")
    block = text[text.index(f"{READING}\n") :]
    assert PAIN not in block.partition("ldn:confirms")[2].partition(";")[0]
    assert "study:bruun2024-arm-placebo" in block
    assert "estimate: the record said -0.34, the source something else." in block
    assert '"Kept."@en' in block


def test_it_is_recorded_once_a_day_for_each_reader(kg: Dataset, review: Review) -> None:
    review.file.write_text(
        review.with_reading(review.marks(_marked(review)), MODEL, day=DAY), encoding="utf-8"
    )
    again = Review(kg, review.file)
    marks = again.marks(_marked(again))
    with pytest.raises(LdnKgError, match=rf"{READING}; nothing is added"):
        again.with_reading(marks, MODEL, day=DAY)
    later = again.with_reading(marks, MODEL, day=date(2026, 11, 29))
    assert f"\n{READING}-2\n" in later
    assert later.count("# Second reading") == 1


def test_a_reading_that_found_nothing_says_so(review: Review) -> None:
    marks = review.marks(_marked(review, default="-"))
    with pytest.raises(LdnKgError, match="Nothing is confirmed; say by --note why"):
        review.with_reading(marks, MODEL, day=DAY)
    content = review.with_reading(marks, MODEL, day=DAY, note="No page was found.")
    assert "ldn:compared 0 ;" in content
    assert "ldn:confirms" not in content


def test_what_differs_is_told_with_what_was_done(review: Review) -> None:
    marks = review.marks(_marked(review, estimate="!"))
    with pytest.raises(LdnKgError, match="1 differ; say by --note what was done"):
        review.with_reading(marks, MODEL, day=DAY)


def test_prefixes_that_are_missing_are_added_and_ends_of_lines_stay(
    kg: Dataset, tmp_path: Path
) -> None:
    file = tmp_path / "trial.ttl"
    trial = ROOT / "tests" / "read" / "large-null-trial.ttl"
    file.write_bytes(trial.read_bytes().replace(b"\n", b"\r\n"))
    once = extended(kg, file)
    assert not Facts(once).is_read_again("https://example.org/trial")
    review = Review(once, file)
    content = review.with_reading(review.marks(_marked(review)), MODEL, day=DAY)
    assert "\n" not in content.replace("\r\n", "")
    heads = [line for line in content.splitlines() if line.startswith("@prefix")]
    assert heads == sorted(heads)
    assert any(line.startswith("@prefix ldnk:") for line in heads)
    file.write_text(content, encoding="utf-8")
    assert Facts(extended(kg, file)).is_read_again("https://example.org/trial")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[x] planned: 100", "[y] planned: 100", r"the mark is \[y\]"),
        ("[x] planned: 100", "[x] planned: 101", "'planned: 101' does not stand here"),
        ("[x] planned: 100\n", "", "'enrolled: 99' does not stand here"),
        ("[x] planned: 100", "[!] planned: 100", "say below it what the source says"),
    ],
)
def test_a_checklist_that_cannot_be_used_says_where(
    old: str, new: str, said: str, review: Review
) -> None:
    marked = _marked(review)
    text = marked.read_text(encoding="utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    marked.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(LdnKgError, match=rf"checklist\.txt:{line}: .*{said}"):
        review.marks(marked)


def test_what_else_is_refused(kg: Dataset, review: Review) -> None:
    with pytest.raises(LdnKgError, match="No line of"):
        review.marks(_marked(review, default=" "))
    marked = _marked(review)
    marks = review.marks(marked)
    text = marked.read_text(encoding="utf-8")
    marked.write_text(text[: text.index("[x] planned")], encoding="utf-8")
    with pytest.raises(LdnKgError, match="lines of the checklist"):
        review.marks(marked)
    with pytest.raises(LdnKgError, match=f"readers are {MODEL} [^a]*(?s:.)*a prov:Person ;"):
        review.with_reading(marks, "ldnk:nobody", day=DAY)
    with pytest.raises(InvalidData, match="comes from the list of readings"):
        review.with_reading(marks, MODEL, day=DAY, read_as=["fulltext"])
    two = review.file.with_name("two.ttl")
    two.write_text(
        "@prefix ldn: <https://w3id.org/ldn-kg/ontology#> . @prefix ex: <https://example.org/> ."
        "ex:a a ldn:Study . ex:b a ldn:Study .",
        encoding="utf-8",
    )
    with pytest.raises(LdnKgError, match="holds 2 studies"):
        Review(kg, two)
    other = review.file.read_text(encoding="utf-8")
    review.file.write_text(
        other.replace("<https://w3id.org/ldn-kg/>", "<https://example.org/>"), encoding="utf-8"
    )
    with pytest.raises(LdnKgError, match="has the prefix ldnk: for <https:"):
        Review(kg, review.file).with_reading(marks, MODEL, day=DAY)
