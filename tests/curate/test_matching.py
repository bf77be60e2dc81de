"""The dataset's own papers are found again as five exporters garble them, and others are not."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.exporters import EXPORTERS

from ldn_kg.curate.bibliography import Reference, read_export
from ldn_kg.curate.known import entries
from ldn_kg.curate.matching import Entry, Known, likeness, registration_key
from ldn_kg.graph.dataset import Dataset

BAR = 0.99
Exported = list[tuple[Entry, Reference]]


@pytest.fixture(scope="module")
def papers(kg: Dataset) -> list[Entry]:
    """Return the publications of the dataset, and the reports that were excluded with a title."""
    return [e for e in entries(kg) if e.kind == "publication" or e.reference.title]


@pytest.fixture(scope="module")
def exported(papers: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Return each publication as five exporters write it, read back by the readers."""
    chance, folder = random.Random(18), tmp_path_factory.mktemp("exports")
    found: Exported = []
    of_papers = [e for e in papers if e.kind == "publication" and e.reference.title]
    for exporter in EXPORTERS:
        path = folder / exporter.file
        path.write_text(exporter.write([e.reference for e in of_papers], chance), encoding="utf-8")
        export = read_export(path)
        assert not export.faults
        assert len(export.records) == len(of_papers)
        found += zip(of_papers, export.records.values(), strict=True)
    return found


def _scores(known: Known, of: Exported, there: set[str]) -> tuple[float, float, list[str]]:
    """Return recall, precision, and what went wrong, for records of which some are there."""
    right = wrong = 0
    told: list[str] = []
    for entry, reference in of:
        match = known.match(reference)
        names = {e.name for e in match.entries} if match else set()
        right += entry.name in names
        wrong += bool(names) and entry.name not in names
        if (entry.name in there) != (entry.name in names):
            told.append(f"{entry.name} as {names or 'new'}: {reference}")
    expected = sum(entry.name in there for entry, _ in of)
    assert expected >= 300
    return right / expected, right / (right + wrong), told


def test_records_of_five_exporters_are_found_again(papers: list[Entry], exported: Exported) -> None:
    recall, precision, told = _scores(Known(papers), exported, {e.name for e in papers})
    assert recall >= BAR, told
    assert precision >= BAR, told


@pytest.mark.parametrize("rest", range(3))
def test_what_was_left_out_is_new(rest: int, papers: list[Entry], exported: Exported) -> None:
    """Papers of the same people, years and subjects as those that stay: the hardest others."""
    stay = [e for number, e in enumerate(papers) if number % 3 != rest]
    recall, precision, told = _scores(Known(stay), exported, {e.name for e in stay})
    assert recall >= BAR, told
    assert precision >= BAR, told


def test_no_paper_of_the_dataset_is_taken_for_another(papers: list[Entry]) -> None:
    """Not even without the identifiers, which differ."""
    for group, of in ((n, part) for part in ("%", "//") for n in range(18)):
        numbers = {n for n in range(len(papers)) if (n % 18 if of == "%" else n // 18) == group}
        others = Known(entry for n, entry in enumerate(papers) if n not in numbers)
        for number in numbers:
            bare = replace(papers[number].reference, doi=None, pmid=None, pmcid=None)
            assert others.match(bare) is None, papers[number].name


def test_what_is_sure_is_right(papers: list[Entry], exported: Exported) -> None:
    known = Known(papers)
    sure = [(e, m) for e, reference in exported if (m := known.match(reference)) and m.sure]
    assert len(sure) > 1000
    assert all(entry.name in {e.name for e in match.entries} for entry, match in sure)


# Real pairs: two publications that are near to each other and not the same.
PAIRS = [
    ("bruun2021", "bruun2024"),  # a protocol and its trial
    ("colomercarbonell2022", "rodriguezfreireINNOVA"),
    ("plank2022", "moloney2026"),
    ("segal2014", "parker2018"),  # two editions of a Cochrane review
    ("mischoulon2017", "mischoulon2017-corrigendum"),
    ("raknes2019ra", "raknes2019ra-correction"),
    ("albers2017", "albers2017-erratum"),
    ("bonilla2023-preprint", "bonilla2023"),
    ("metyas2013", "metyas2018"),  # a conference abstract and its article
    ("raknes2018ibd-conference", "raknes2018ibd"),
    ("bruun2024", "bruun2025"),  # a trial and an analysis of its people
    ("mannelli2009a", "mannelli2009b"),
    ("toledano2021a", "toledano2021b"),  # two papers of the same people, in one year
    ("krieter2019a", "krieter2019b"),
    ("wang2008", "wang2009"),
]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_real_pairs_are_told_apart(pair: tuple[str, str], papers: list[Entry]) -> None:
    one, other = (next(e for e in papers if e.name.endswith(f"publication/{n}")) for n in pair)
    for a, b in ((one, other), (other, one)):
        assert Known([a]).match(b.reference) is None
        assert Known([a]).match(replace(b.reference, doi=None, pmid=None, pmcid=None)) is None
        assert _matched(Known([a, b]), b.reference) == [b.name]


def _matched(known: Known, reference: Reference) -> list[str]:
    match = known.match(reference)
    return [entry.name for entry in match.entries] if match else []


TITLE = "An invented trial of low-dose naltrexone in fibromyalgia: what nobody found"
PAPER = Reference(title=TITLE, authors=("Example A", "Muster B"), year="2024", doi="10.5555/a")


def _cases() -> Iterator[tuple[str, dict[str, object], str | None]]:
    all_three = "title, year and authors"
    yield "as it is", {}, all_three
    yield "capitals", {"title": TITLE.upper()}, all_three
    yield "a misprint", {"title": TITLE.replace("invented", "invetned")}, all_three
    yield "no subtitle", {"title": TITLE.partition(":")[0]}, all_three
    yield "cut off", {"title": f"{TITLE[:50]}…"}, all_three
    yield "online first", {"year": "2023"}, all_three
    yield "first author only", {"authors": ("Example A", "et al.")}, all_three
    yield "no authors", {"authors": ()}, "title and year"
    yield "no year", {"year": None}, "title and authors"
    yield "title alone", {"authors": (), "year": None}, "title"
    yield "another year", {"year": "2020"}, None
    yield "other authors", {"authors": ("Doe J",)}, None
    yield "a protocol", {"title": f"{TITLE}: protocol"}, None
    yield "a reply", {"title": f"Reply to: {TITLE}"}, None
    yield "a corrigendum", {"title": f"Corrigendum to: {TITLE}"}, None
    yield "retracted", {"title": f"RETRACTED: {TITLE}"}, all_three
    yield (
        "no subtitle, no year",
        {"title": TITLE.partition(":")[0], "year": None},
        "title and authors",
    )
    yield "an update", {"title": f"{TITLE}: an update"}, None
    yield "another DOI", {"doi": "10.5555/b"}, None


CASES = {name: (fields, by) for name, fields, by in _cases()}


@pytest.mark.parametrize("name", CASES)
def test_what_makes_a_title_the_same(name: str) -> None:
    fields, by = CASES[name]
    fields = dict(fields)
    doi = fields.pop("doi", None)
    match = Known([Entry("paper", "publication", PAPER)]).match(
        replace(PAPER, doi=doi, **fields)  # type: ignore[arg-type]
    )
    assert (match.by if match else None) == by
    assert match is None or match.sure == (by == "title, year and authors")


def test_numbers_and_short_titles_tell_papers_apart() -> None:
    assert likeness("Naltrexone 3 mg in rats and mice", "Naltrexone 4 mg in rats and mice") == 0
    assert likeness("COVID-19 and low-dose naltrexone", "COVID19 and low-dose naltrexone") > 90
    short = Reference(title="Low-dose naltrexone", year="2020", authors=("Doe J",))
    known = Known([Entry("short", "publication", short)])
    match = known.match(short)
    assert match and not match.sure  # the authors make it probable
    assert known.match(replace(short, authors=())) is None
    assert known.match(replace(PAPER, doi=None, authors=("Doe J",), year="2020")) is None


def test_print_tells_a_paper_whose_title_was_translated() -> None:
    paper = replace(PAPER, volume="12", pages="101-109", title="[Ein Versuch]", doi=None)
    known = Known([Entry("paper", "publication", replace(PAPER, volume="12", pages="101-9"))])
    match = known.match(paper)
    assert match and match.sure and match.by == "volume, page and year"
    assert known.match(replace(paper, authors=())) is None


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("NCT00568555", "nct00568555"),
        ("NCT00568555", "https://clinicaltrials.gov/study/NCT00568555"),
        ("NCT00568555", "NCT 00568555"),
        ("EudraCT 2019-000702-30", "2019-000702-30"),
        ("EudraCT 2021-002534-16", "EUCTR2021-002534-16-ES"),
        ("EU CT 2024-515766-13-00", "2024-515766-13"),
        ("CTRI/2013/06/003735", "ctri%2F2013%2F06%2F003735"),
        ("PROSPERO CRD42024511451", "CRD42024511451"),
        ("RBR-7HK8N", "rbr7hk8n"),
        ("ACTRN12622000881730", "ACTRN12622000881730p"),
        ("IRCT20180809040747N1", "IRCT20180809040747N1 "),
    ],
)
def test_a_registration_is_one_however_it_is_written(written: str, other: str) -> None:
    assert registration_key(written) == registration_key(other)


def test_registrations_of_the_data_stay_apart(kg: Dataset) -> None:
    rows = kg.rows("SELECT DISTINCT ?n WHERE { ?study a ldn:Study ; schema:identifier ?n }")
    keys = {registration_key(row["n"]) for row in rows}
    same = {"EudraCT 2021-002534-16", "EUCTR2021-002534-16-ES"}  # one trial, two spellings
    assert len(keys) == len({row["n"] for row in rows} - same) + 1
