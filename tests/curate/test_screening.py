"""What becomes of the records of an export: new, known, with news, excluded, duplicate, notice."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
import rispy

import ldn_kg
from ldn_kg.curate.bibliography import read_references
from ldn_kg.curate.screening import (
    DUPLICATE,
    EXCLUDED,
    KNOWN,
    NEW,
    NEWS,
    NOTICE,
    Screened,
    Screening,
)
from ldn_kg.curate.screening_forms import as_csv, as_json, as_ris, said
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import shorten


def _screened(kg: Dataset, folder: Path, name: str, content: str) -> Screening:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return ldn_kg.screen(kg, [path])


def _one(kg: Dataset, folder: Path, name: str, content: str) -> Screened:
    found = _screened(kg, folder, name, content)
    assert not found.faults
    [record] = found.records
    return record


def _ris(*records: str) -> str:
    return "".join(f"TY  - JOUR\n{record}\nER  - \n" for record in records)


YOUNGER = "Low-dose naltrexone for the treatment of fibromyalgia"
NEW_PAPER = (
    "TI  - An invented trial that nobody did\nAU  - Example, Ann\nPY  - 2026\nDO  - 10.5555/n"
)


def test_each_record_has_one_outcome(kg: Dataset, tmp_path: Path) -> None:
    found = _screened(
        kg,
        tmp_path,
        "a.ris",
        _ris(
            f"TI  - {YOUNGER}\nDO  - https://doi.org/10.1002/ART.37734",
            NEW_PAPER,
            NEW_PAPER.replace("10.5555/n", "10.5555/N"),
            "TI  - Naltrexone promotes mechanical allodynia in humans and rats\nPY  - 2011",
        ),
    )
    outcomes = [record.outcome for record in found.records]
    assert outcomes == [KNOWN, NEW, DUPLICATE, EXCLUDED]
    known, new, duplicate, excluded = found.records
    assert shorten(known.record or "") == "publication:younger2013"
    assert [shorten(study) for study in known.studies] == ["study:younger2013"]
    assert known.by == "DOI" and known.sure
    assert duplicate.record == f"{tmp_path / 'a.ris'}:2"
    assert shorten(excluded.record or "") == "exclusion:allodyniahumansrats"
    assert excluded.notes == ("cannot be cited",) and not excluded.sure
    assert found.counts == {NEW: 1, NEWS: 0, KNOWN: 1, EXCLUDED: 1, DUPLICATE: 1, NOTICE: 0}
    assert found.to_look_at == (new, excluded)


def test_duplicates_are_found_between_files(kg: Dataset, tmp_path: Path) -> None:
    for name in ("a.ris", "b.ris"):
        (tmp_path / name).write_text(_ris(NEW_PAPER), encoding="utf-8")
    found = ldn_kg.screen(kg, [tmp_path / "a.ris", tmp_path / "b.ris"])
    assert [record.outcome for record in found.records] == [NEW, DUPLICATE]


def test_a_duplicate_by_title_alone_is_told_and_kept(kg: Dataset, tmp_path: Path) -> None:
    bare = "TI  - An invented trial that nobody did"
    found = _screened(kg, tmp_path, "a.ris", _ris(NEW_PAPER, bare))
    assert [record.outcome for record in found.records] == [NEW, NEW]
    assert "probably the same as" in found.records[1].notes[0]


def test_an_identifier_with_another_title_is_probable(kg: Dataset, tmp_path: Path) -> None:
    found = _screened(kg, tmp_path, "a.ris", _ris("TI  - Dinosaur scales\nDO  - 10.1002/art.37734"))
    [record] = found.records
    assert record.outcome == KNOWN and not record.sure
    assert record.notes == ("has the DOI of publication:younger2013, but another title",)
    assert found.to_look_at == (record,)


def test_abstracts_that_share_the_doi_of_their_issue_are_kept(kg: Dataset, tmp_path: Path) -> None:
    other = "TI  - Dinosaur scales in the early Cretaceous\nDO  - 10.5555/n"
    found = _screened(kg, tmp_path, "a.ris", _ris(NEW_PAPER, other))
    assert [record.outcome for record in found.records] == [NEW, NEW]
    assert "by DOI" in found.records[1].notes[0]


def test_the_title_of_another_edition_is_a_note(kg: Dataset, tmp_path: Path) -> None:
    title = "Low dose naltrexone for induction of remission in Crohn's disease"
    record = _one(kg, tmp_path, "a.ris", _ris(f"TI  - {title}\nAU  - Parker, C\nPY  - 2026"))
    assert record.outcome == NEW
    assert "has the title of publication:parker2018" in " ".join(record.notes)


# Registries


def _trial(number: str, **state: object) -> dict[str, object]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": number, "briefTitle": "A trial"},
            "statusModule": {"overallStatus": "RECRUITING", **state},
        },
        "hasResults": False,
    }


def test_a_registration_with_results_is_news(kg: Dataset, tmp_path: Path) -> None:
    trial = _trial(
        "NCT05955313",
        overallStatus="COMPLETED",
        completionDateStruct={"date": "2027-02"},
        resultsFirstPostDateStruct={"date": "2027-09-01"},
    )
    protocol = trial["protocolSection"]
    assert isinstance(protocol, dict)
    protocol["designModule"] = {"enrollmentInfo": {"count": 240, "type": "ESTIMATED"}}
    trial["hasResults"] = True
    record = _one(kg, tmp_path, "t.json", json.dumps({"studies": [trial]}))
    assert record.outcome == NEWS
    assert record.by == "registration"
    assert record.news == (
        "study:nct05955313, results: posted on 2027-09-01; the dataset says none",
        "study:nct05955313, state: completed; the dataset says recruiting",
        "study:nct05955313, end: 2027-02; the dataset says 2026-12-31",
        "study:nct05955313, people: 240 planned; the dataset says 300 planned",
    )


def test_a_registration_without_change_is_known(kg: Dataset, tmp_path: Path) -> None:
    content = (
        "NCT Number,Study Title,Study Status,Study Results,Enrollment,Completion Date\n"
        "NCT05955313,Low dose,RECRUITING,NO,300,2026-12\n"
        "NCT00568555,The trial of Younger,COMPLETED,YES,31,2010-01\n"
    )
    found = _screened(kg, tmp_path, "t.csv", content)
    assert [record.outcome for record in found.records] == [KNOWN, KNOWN]
    assert [shorten(r.record or "") for r in found.records] == [
        "study:nct05955313",
        "publication:younger2013",
    ]


def test_every_registration_of_the_data_is_known(kg: Dataset, tmp_path: Path) -> None:
    rows = kg.rows("SELECT DISTINCT ?n WHERE { ?s a ldn:Study ; schema:identifier ?n }")
    numbers = [row["n"] for row in rows if row["n"].startswith("NCT")]
    assert len(numbers) > 30
    trials = {"studies": [_trial(number.lower()) for number in numbers]}
    found = _screened(kg, tmp_path, "t.json", json.dumps(trials))
    assert {record.outcome for record in found.records} <= {KNOWN, NEWS}


def test_the_publication_of_a_registered_study_is_news(kg: Dataset, tmp_path: Path) -> None:
    paper = f"{NEW_PAPER}\nAB  - Registered as NCT05955313."
    found = _screened(kg, tmp_path, "a.ris", _ris(paper))
    [record] = found.records
    assert record.outcome == NEWS and not record.sure
    assert "may be a publication of study:nct05955313" in record.news[0]
    assert found.to_look_at == (record,)


def test_another_report_of_a_published_trial_is_new(kg: Dataset, tmp_path: Path) -> None:
    record = _one(kg, tmp_path, "a.ris", _ris(f"{NEW_PAPER}\nN1  - NCT00568555"))
    assert record.outcome == NEW
    assert record.notes == ("names a registration of publication:younger2013",)


# Retractions and corrections

# A paper in Science of 1983, and one of 2008 that was retracted.
ZAGON = "Naltrexone modulates tumor response in mice with neuroblastoma"
STANDS, RETRACTED = "10.1126/science.6867737", "10.1371/journal.pone.0001554"


def _nbib(*lines: str) -> str:
    return "".join(f"{line}\n" for line in ("PMID- 99999901", "TI  - A notice.", *lines))


def test_a_retraction_names_what_leans_on_it(kg: Dataset, tmp_path: Path) -> None:
    content = _nbib("PT  - Retraction of Publication", f"ROF - Zagon IS. doi: {STANDS}. PMID: 1")
    record = _one(kg, tmp_path, "a.nbib", content)
    assert record.outcome == NEWS
    assert record.news == ("publication:zagon1983 was retracted; the dataset does not say so",)
    leaning = {shorten(name) for name in record.leaning}
    assert "study:zagon1983" in leaning
    claims = {
        shorten(row["claim"])
        for row in kg.rows("SELECT ?claim { ?l ldn:study study:zagon1983 ; ldn:claim ?claim }")
    }
    assert claims and claims <= leaning


def test_reviews_that_include_a_retracted_study_are_named(kg: Dataset, tmp_path: Path) -> None:
    record = _one(kg, tmp_path, "a.ris", _ris("TI  - RETRACTED: Any\nDO  - 10.1002/art.37734"))
    reviews = kg.rows("SELECT ?r { ?r ldn:includes|ldn:probablyIncludes study:younger2013 }")
    assert reviews
    assert {row["r"] for row in reviews} <= set(record.leaning)


NOTICES = {
    "type.nbib": (f"PMID- 1\nTI  - A.\nLID - {STANDS} [doi]\nPT  - Retracted Publication\n", NEWS),
    "rin.nbib": (f"PMID- 1\nTI  - A.\nLID - {STANDS} [doi]\nRIN - Science. 2026\n", NEWS),
    "ein.nbib": (f"PMID- 1\nTI  - A.\nLID - {STANDS} [doi]\nEIN - Science. 2026\n", NEWS),
    "ecf.nbib": (_nbib(f"ECF - Science. doi: {STANDS}"), NEWS),
    "cin.nbib": (f"PMID- 1\nTI  - A.\nLID - {STANDS} [doi]\nCIN - Science. 2026\n", KNOWN),
    "known.nbib": (f"PMID- 1\nTI  - A.\nLID - {RETRACTED} [doi]\nRIN - PLoS One\n", KNOWN),
    "other.nbib": (_nbib("PT  - Published Erratum", "EFR - Lancet. doi: 10.5555/other"), NOTICE),
    "to.json": (
        json.dumps({"DOI": "10.5555/r", "update-to": [{"type": "retraction", "DOI": STANDS}]}),
        NEWS,
    ),
    "by.json": (
        json.dumps({"DOI": STANDS, "updated-by": [{"type": "correction", "DOI": "10.5555/r"}]}),
        NEWS,
    ),
    "version.json": (
        json.dumps({"DOI": "10.5555/r", "update-to": [{"type": "addendum", "DOI": STANDS}]}),
        NEW,
    ),
    "watch.csv": (
        "Title,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature\n"
        f"Any,{STANDS.upper()},0,Retraction\n",
        NEWS,
    ),
    "reinstated.csv": (
        "Title,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature\n"
        f"Any,{STANDS},0,Reinstatement\n",
        KNOWN,
    ),
    "unknown.csv": (
        "Title,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature\n"
        "Any,unavailable,7,Retraction\n",
        NOTICE,
    ),
    "retraction.xml": (
        "<?xml version='1.0'?><!DOCTYPE PubmedArticleSet PUBLIC 'a' 'https://example.org/a.dtd'>"
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>"
        "Notice</ArticleTitle></Article><CommentsCorrectionsList><CommentsCorrections "
        f"RefType='RetractionOf'><RefSource>Science. doi: {STANDS}</RefSource>"
        "</CommentsCorrections></CommentsCorrectionsList></MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>",
        NEWS,
    ),
}


@pytest.mark.parametrize("name", NOTICES)
def test_fields_that_say_so_are_heard(name: str, kg: Dataset, tmp_path: Path) -> None:
    content, outcome = NOTICES[name]
    record = _one(kg, tmp_path, name, content)
    assert record.outcome == outcome
    assert bool(record.news) == (outcome == NEWS)
    if outcome in (NEWS, KNOWN):
        expected = "publication:wang2008" if RETRACTED in content else "publication:zagon1983"
        assert shorten(record.record or "") == expected


def test_a_corrigendum_by_its_title_is_probable(kg: Dataset, tmp_path: Path) -> None:
    title = "Erratum to: Naltrexone modulates tumor response in mice with neuroblastoma"
    record = _one(kg, tmp_path, "a.ris", _ris(f"TI  - {title}\nPY  - 2026"))
    assert record.outcome == NEWS and not record.sure
    assert "zagon1983 was corrected" in record.news[0]


def test_a_correction_that_the_dataset_has_is_no_news(kg: Dataset, tmp_path: Path) -> None:
    content = _nbib("PT  - Published Erratum", "EFR - J Affect Disord. PMID: 27736689")
    assert _one(kg, tmp_path, "a.nbib", content).outcome == KNOWN


def test_a_newer_edition_is_news_only_where_it_is_not_there(kg: Dataset, tmp_path: Path) -> None:
    for doi, outcome in (("CD010410.pub2", KNOWN), ("CD010410.pub3", NEWS)):
        content = f"PMID- 1\nTI  - A.\nLID - 10.1002/14651858.{doi} [doi]\nUIN - Cochrane\n"
        assert _one(kg, tmp_path, "a.nbib", content).outcome == outcome


def test_a_duplicate_keeps_its_news(kg: Dataset, tmp_path: Path) -> None:
    paper = f"TI  - A\nDO  - {STANDS}"
    retracted = f"TI  - RETRACTED: A\nDO  - {STANDS}"
    found = _screened(kg, tmp_path, "a.ris", _ris(paper, retracted))
    assert [record.outcome for record in found.records] == [KNOWN, NEWS]


# What is written


@pytest.fixture
def mixed(kg: Dataset, tmp_path: Path) -> Screening:
    """Return a screening with a record of most outcomes and one that is malformed."""
    content = _ris(
        f"{NEW_PAPER}\nAB  - Nobody was treated.\nSP  - 1\nEP  - 9",
        f"TI  - {ZAGON}\nDO  - {STANDS}",
        "TI  - Naltrexone promotes mechanical allodynia in humans and rats",
    )
    return _screened(kg, tmp_path, "a.ris", f"{content}TY  - JOUR\nTI  - no end\n")


def test_what_is_new_goes_on_as_ris_with_labels(mixed: Screening) -> None:
    written = as_ris(mixed)
    assert written.count("\r\n") == written.count("\n")
    records = rispy.loads(written)
    assert [record["title"] for record in records] == [
        "An invented trial that nobody did",
        "Naltrexone promotes mechanical allodynia in humans and rats",
    ]
    assert records[0]["authors"] == ["Example, A"]
    assert records[0]["abstract"] == "Nobody was treated."
    assert all("ASReview_not_seen" in record["notes"] for record in records)
    labels = [note for record in records for note in record["notes"] if "RAYYAN" in note]
    assert labels == [
        "RAYYAN-LABELS: ldn-kg new",
        "RAYYAN-LABELS: ldn-kg probably excluded before",
    ]


def test_ris_of_the_new_is_read_as_new_again(mixed: Screening, kg: Dataset, tmp_path: Path) -> None:
    again = _screened(kg, tmp_path, "again.ris", as_ris(mixed))
    assert [record.outcome for record in again.records] == [NEW, EXCLUDED]
    assert again.records[0].reference == mixed.records[0].reference


def test_json_and_csv_say_the_same(mixed: Screening) -> None:
    told = json.loads(as_json(mixed))
    rows = list(csv.DictReader(io.StringIO(as_csv(mixed))))
    assert [row["outcome"] for row in rows] == [r["outcome"] for r in told["records"]]
    assert [row["record"] for row in rows] == [r["record"] or "" for r in told["records"]]
    assert told["counts"][NEW] == 1
    assert len(told["malformed"]) == 1


def test_a_line_counts_them(mixed: Screening) -> None:
    *_, line = said(mixed)
    assert line == (
        "3 records: 1 new, 1 known, 1 excluded before (1 of them only probably, marked ?); "
        "1 malformed."
    )


# Malformed records: a sentence with the number, and the rest is read

MALFORMED = {
    "a.ris": (_ris("TI  - a") + "TY  - JOUR\nTI  - b\n" + _ris("TI  - c"), "record 2 has no end"),
    "b.ris": (f"TI  - a\nER  - \n{_ris('TI  - b')}", "record 1 does not begin with TY"),
    "c.ris": (_ris("PY  - 2024", "TI  - b"), "record 1 names no title"),
    "a.nbib": (
        "PMID- 1\na line\n\nPMID- 2\nTI  - b\n",
        "record 1 has a line without a tag: 'a line'",
    ),
    "a.bib": ("@misc{a, title = {x}}\n@misc{a, title={y}}\n", "record 2 cannot be read at line 2"),
    "a.json": ('[5, {"title": "a"}]', "record 1 is no object: 5"),
    "b.json": (
        '{"studies": [{"protocolSection": {}}, {"title": "a"}]}',
        "record 1 has a field that is not as ClinicalTrials.gov has it",
    ),
    "a.xml": (
        "<S><PubmedArticle><PMID>1</PubmedArticle><PubmedArticle><MedlineCitation><PMID>2</PMID>"
        "</MedlineCitation></PubmedArticle></S>",
        "record 1 is no XML",
    ),
    "b.xml": (
        "<S><PubmedArticle><MedlineCitation><PMID>2</PMID></MedlineCitation></PubmedArticle>"
        "<PubmedArticle><MedlineCitation>",
        "record 2 has no end",
    ),
    "a.csv": ("Title,DOI\na,b,c\nd,10.5555/d\n", "record 1 has 3 cells where the header has 2"),
    "b.csv": ('Title,DOI\n"a"b,c\nd,10.5555/d\n', "record 1 is no row of a table"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_malformed_is_named_and_the_rest_read(
    name: str, kg: Dataset, tmp_path: Path
) -> None:
    content, sentence = MALFORMED[name]
    found = _screened(kg, tmp_path, name, content)
    assert len(found.faults) == 1
    assert re.search(rf"{re.escape(name)}: {re.escape(sentence)}", found.faults[0])
    assert len(found.records) >= 1
    wrong = int(sentence.split()[1])
    assert all(record.number != wrong for record in found.records)
    with pytest.raises(LdnKgError, match=re.escape(sentence)):
        read_references(tmp_path / name)


UNREADABLE = {
    "a.csv": ("Name,Phone\nx,y\n", "not of a bibliography that is known: 'Name,Phone'"),
    "b.csv": ("", "columns are not of a bibliography that is known: ''"),
    "a.ris": ("TY  - JOUR\nTI  - b\n", "holds no record that can be read"),
    "a.xml": (
        '<!DOCTYPE a [<!ENTITY x "y">]><a><PubmedArticle></PubmedArticle></a>',
        "declares entities",
    ),
    "b.xml": ("<a/>", "holds no record"),
    "c.json": ("{", "is no JSON"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_of_which_nothing_can_be_read_is_refused(
    name: str, kg: Dataset, tmp_path: Path
) -> None:
    content, sentence = UNREADABLE[name]
    with pytest.raises(LdnKgError, match=sentence):
        _screened(kg, tmp_path, name, content)
