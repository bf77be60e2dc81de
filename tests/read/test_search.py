"""The search: typed words and their first hits, in a terminal and as the site finds them."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from support.needed import without
from support.paths import ROOT, Run

import ldn_kg
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.questions import questions
from ldn_kg.publish.site.search import search_index
from ldn_kg.read.record import Records
from ldn_kg.read.search import SEARCHED, Entry, Index, Search, entries

SCRIPT = ROOT / "ldn_kg" / "publish" / "site" / "static" / "vendor" / "search.js"
# What people type, and what has to stand among the first five hits; the first of them on top.
# Typed from the records: names, synonyms, authors, identifiers.
TYPED = {
    "fibromialgia": ("condition:fibromyalgia", "claim:ldn-fibromyalgia"),
    "FM": ("condition:fibromyalgia", "claim:ldn-fibromyalgia"),
    "crohn": ("condition:crohns-disease", "claim:ldn-crohns-disease"),
    "TLR4": ("target:toll-like-receptor-4", "claim:ldn-blocks-toll-like-receptor-4"),
    "FINAL": ("study:bruun2024",),
    "younger": ("group:younger", "study:younger2013", "study:younger2009"),
    "10.1016/S2665-9913(23)00278-3": ("study:bruun2024", "publication:bruun2024"),
    "https://doi.org/10.1002/art.37734": ("study:younger2013", "publication:younger2013"),
    "38258677": ("study:bruun2024", "publication:bruun2024"),
    "nct00568555": ("study:younger2013",),
    "lupus": ("condition:systemic-lupus-erythematosus", "search:systemic-lupus-erythematosus-2026"),
    "long covid": ("condition:long-covid", "claim:ldn-long-covid"),
    "sleep": ("symptom:sleep-disturbance", "claim:ldn-sleep-disturbance"),
    "sjogren": ("condition:sjogrens-syndrome", "claim:ldn-sjogrens-syndrome"),
    "very low dose": ("claim:very-low-dose-naltrexone-opioid-withdrawal",),
    "vivid dreems": ("symptom:vivid-dreams", "claim:ldn-vivid-dreams"),
    "ldn cancer": ("claim:ldn-cancer",),
    "younger2013": ("study:younger2013", "publication:younger2013"),
    "naltrexone": ("drug:naltrexone",),
}
# Subjects have questions, and on the site a page before them.
SUBJECTS = {
    "side effects": ("harms", "harms-table"),
    "harms": ("harms", "harms-table"),
    "dosing": ("doses", "doses-by-condition"),
}


@pytest.fixture(scope="module")
def found(kg: Dataset) -> Search:
    return Search(kg)


@pytest.mark.parametrize(("words", "expected"), TYPED.items(), ids=TYPED)
def test_what_people_type_finds_what_they_mean(
    words: str, expected: tuple[str, ...], found: Search
) -> None:
    names = [entry.name for entry in found.find(words, limit=5)]
    assert names[0] == expected[0]
    assert set(expected) <= set(names)


@pytest.mark.parametrize("words", SUBJECTS)
def test_a_subject_finds_its_questions(words: str, found: Search) -> None:
    first = found.find(words, limit=3).hits
    assert first[0].kind == "question"
    assert SUBJECTS[words][1] in {entry.name for entry in first}


@pytest.mark.parametrize("words", ["side effects", "harms"])
def test_harms_are_found_with_what_is_known_of_them(words: str, found: Search) -> None:
    claims = found.find(words, kind="claim")
    names = [entry.name for entry in claims]
    assert names.index("claim:ldn-any-adverse-event") < 5
    assert len(claims) > 50
    assert all(entry.status for entry in claims)


def test_every_record_and_question_can_be_found(kg: Dataset) -> None:
    told = entries(kg)
    assert {entry.iri for entry in told} - {""} == set(Records(kg))
    assert {entry.name for entry in told if entry.kind == "question"} == questions().keys()
    assert {entry.kind for entry in told} <= set(SEARCHED)
    assert all(entry.label and entry.weight > 0 for entry in told)


def test_what_is_kept_of_a_dataset_is_what_can_be_found(kg: Dataset) -> None:
    class Kept(Dataset):
        def kept(self, name: str, make: Callable[[], bytes]) -> bytes:
            if name not in kept:
                kept[name] = make()
            return kept[name]

    kept: dict[str, bytes] = {}
    first, again = (Search(Kept(kg.store, ()))._index.entries for _ in range(2))
    assert len(kept) == 1
    assert first == again == entries(kg)
    assert {type(entry.names) for entry in again} == {tuple}


def test_each_record_is_found_by_its_name(kg: Dataset, found: Search) -> None:
    for entry in Random(17).sample(entries(kg), 60):
        assert entry in found.find(entry.name).hits, entry


def test_a_claim_comes_with_its_status_and_its_sentence(kg: Dataset, found: Search) -> None:
    """And what it is about with the same, as the answer of `ldn-kg answer` says it."""
    answer = ldn_kg.answer(kg, "fibromyalgia").answers[0]
    for kind in ("condition", "claim"):
        hit = found.find("fibromyalgia", kind=kind).hits[0]
        assert hit.status == f"{answer.status}, {answer.certainty} certainty"
        assert hit.sentence == answer.sentence


def test_the_status_of_another_treatment_is_never_told_bare(kg: Dataset, found: Search) -> None:
    """Of constipation there is a claim on oxycodone with naltrexone only."""
    claims = "SELECT ?c { ?c rdf:object symptom:constipation ; ldn:answer ?a }"
    assert [row["c"].rpartition("/")[2] for row in ldn_kg.query(kg, claims)] == [
        "oxytrex-constipation"
    ]
    status = next(e for e in found.find("constipation") if e.kind == "symptom").status
    assert status.startswith("Oxytrex: oxycodone with ultra-low-dose naltrexone causes")


def test_what_was_retracted_says_so(kg: Dataset) -> None:
    withdrawn = {row["p"] for row in ldn_kg.query(kg, "SELECT ?p { ?p ldn:retracted true }")}
    assert withdrawn
    told = {entry.iri: entry.status for entry in entries(kg)}
    assert all(told[iri].startswith("retracted") for iri in withdrawn)


def test_where_nothing_has_all_words_that_is_said(found: Search) -> None:
    some = found.find("fibromyalgia qqqqqq")
    assert not some.complete
    assert some.hits[0].name == "condition:fibromyalgia"
    assert str(some).startswith("Nothing has all of these words; ")
    assert found.find("fibromyalgia pain").complete


def test_where_nothing_is_found_the_nearest_names_are_said(found: Search) -> None:
    none = found.find("fibrmylga")
    assert (len(none), none.total) == (0, 0)
    assert str(none).endswith("Did you mean condition:fibromyalgia?")
    assert str(found.find("qqqqqq")) == "Nothing is called 'qqqqqq' or like it."


def test_a_number_that_is_nearly_the_same_finds_nothing(found: Search) -> None:
    assert "study:younger2013" not in {e.name for e in found.find("NCT00568556")}


def test_a_kind_and_a_limit_narrow_the_hits(found: Search) -> None:
    all_of_it = found.find("pain")
    some = found.find("pain", kind="claim", limit=3)
    assert [e.name for e in some] == [e.name for e in all_of_it if e.kind == "claim"][:3]
    assert str(some) == f"3 of {some.total} hits."


@pytest.mark.parametrize(
    ("words", "options", "message"),
    [
        ("", {}, "has no letter and no digit"),
        ("?!", {}, "has no letter and no digit"),
        ("pain", {"kind": "disease"}, "There is no kind 'disease'; the kinds are claim, "),
        ("pain", {"limit": 0}, "A limit is a number from 1, not 0"),
    ],
)
def test_what_cannot_be_searched_gets_a_sentence(
    kg: Dataset, words: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(LdnKgError, match=message):
        ldn_kg.search(kg, words, **options)  # type: ignore[arg-type]


# The command


def test_the_command_tells_kind_name_and_what_is_known(run: Run) -> None:
    done = run("search", "long", "covid", "--limit", "2")
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == [
        "condition  long COVID (condition:long-covid)",
        "           only uncontrolled studies",
    ]
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_the_command_writes_csv_and_json(run: Run) -> None:
    as_json = json.loads(run("search", "TLR4", "-f", "json").stdout)
    as_csv = list(csv.DictReader(io.StringIO(run("search", "TLR4", "-f", "csv").stdout)))
    assert as_json == as_csv
    assert len(as_json) == 10
    assert list(as_json[0]) == ["kind", "name", "label", "status", "sentence", "iri"]


def test_nothing_found_is_no_fault(run: Run) -> None:
    done = run("search", "qqqqqq")
    assert (done.returncode, done.stdout) == (0, "Nothing is called 'qqqqqq' or like it.\n")
    done = run("search", "qqqqqq", "-f", "json")
    assert (done.returncode, done.stdout) == (0, "[]\n")
    assert run("search", "???").returncode == 2


def test_a_study_of_the_reader_is_found(run: Run, tmp_path: Path) -> None:
    text = (ROOT / "data" / "studies" / "younger2013.ttl").read_text(encoding="utf-8")
    for old, new in (
        ("younger2013", "mine2026"),
        ("10.1002/art.37734", "10.5555/mine.2026"),
        ("NCT00568555", "NCT99999999"),
    ):
        text = text.replace(old, new)
    (tmp_path / "mine.ttl").write_text(text, encoding="utf-8")
    done = run("search", "NCT99999999", "--data", "mine.ttl")
    assert "study:mine2026" in done.stdout


# The site


@pytest.fixture(scope="module")
def index(kg: Dataset) -> dict[str, object]:
    return json.loads(search_index(Records(kg)))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def browsed(index: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> "Browsed":
    node = shutil.which("node")
    if not node or not SCRIPT.is_file():
        without("Node.js or the scripts of the site are missing: make scripts")
    folder = tmp_path_factory.mktemp("search")
    shutil.copy(SCRIPT, folder / "search.mjs")  # which Node takes for a module
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return Browsed(node, folder)


ASK = """
import { readFileSync } from "node:fs";
const { find, indexed } = await import("./search.mjs");
const made = indexed(JSON.parse(readFileSync("index.json", "utf8")));
const asked = JSON.parse(readFileSync(0, "utf8"));
const told = asked.map((words) => {
  const { found, some } = find(made, words);
  return [found.map((entry) => entry.h), some];
});
console.log(JSON.stringify(told));
"""


@dataclass(frozen=True)
class Browsed:
    """The search of the site as its script finds, without a browser."""

    node: str
    folder: Path

    def find(self, asked: list[str]) -> list[tuple[list[str], bool]]:
        """Return for each search the pages that are found, best first, and if by some words."""
        done = subprocess.run(
            [self.node, "--input-type=module", "-e", ASK],
            cwd=self.folder,
            input=json.dumps(asked),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return [(pages, some) for pages, some in json.loads(done.stdout)]


def _page(name: str) -> str:
    kind, _, slug = name.replace("ldnc:", "concept:").partition(":")
    return f"{kind}/{slug}.html"


def test_the_site_finds_the_same_first(browsed: Browsed) -> None:
    for (words, expected), (pages, some) in zip(TYPED.items(), browsed.find([*TYPED]), strict=True):
        wanted = [_page(name) for name in expected]
        assert pages[0] == wanted[0], words
        assert set(wanted) <= set(pages[:5]), words
        assert not some, words


def test_the_site_has_a_page_for_a_subject(browsed: Browsed) -> None:
    for (words, (page, question)), (pages, _) in zip(
        SUBJECTS.items(), browsed.find([*SUBJECTS]), strict=True
    ):
        assert pages[0] == f"{page}.html", words
        assert f"query/{question}.html" in pages[:4]


def test_script_and_package_rank_alike(browsed: Browsed, index: dict[str, object]) -> None:
    """On the same entries, in the same order: for what people type, and words of the data."""
    told = [_entry(entry) for entry in index["entries"]]  # type: ignore[attr-defined]
    chance = Random(17)
    labels = [entry.label for entry in chance.sample(told, 60)]
    words = [chance.choice(label.split()) for label in labels]
    misspelt = [word[:2] + word[3:] for word in words if len(word) > 5]
    pairs = [f"{one} {other}" for one, other in zip(words[::2], words[1::2], strict=True)]
    asked = [w for w in (*TYPED, *SUBJECTS, *labels, *words, *misspelt, *pairs) if w.strip("-–.,")]
    assert len(misspelt) > 20
    ours, searches = Index(told), 0
    for each, (pages, some) in zip(asked, browsed.find(asked), strict=True):
        found, complete = ours.find(each)
        assert [entry.iri for entry in found] == pages, each
        assert complete != some or not pages, each
        searches += bool(pages)
    assert searches > 150


def _entry(told: dict[str, object]) -> Entry:
    """Return an entry of the index of the site; its page stands in the place of its IRI."""
    page = str(told["h"])
    slug = page.rpartition("/")[2].removesuffix(".html")
    prefix = {"concept": "ldnc:", "question": "", "page": ""}.get(str(told["k"]), f"{told['k']}:")
    return Entry(
        iri=page,
        name=f"{prefix}{slug}",
        kind=str(told["k"]),
        label=str(told["l"]),
        names=tuple(told.get("n", ())),  # type: ignore[arg-type]
        words=str(told.get("a", "")),
        weight=float(told["w"]),  # type: ignore[arg-type]
    )
