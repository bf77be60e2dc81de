"""Exports as databases and programs write them: their columns and tags, with an invented record.

The columns and tags are those of the files in https://github.com/asreview/citation-file-formatting
(CC0-1.0), and of the exports of ClinicalTrials.gov and Retraction Watch.
"""

import contextlib
import csv
import io
import random
from pathlib import Path

import pytest

from ldn_kg.curate.bibliography import Reference, read_export, read_references
from ldn_kg.errors import LdnKgError

TITLE = "An invented trial, which nobody did"
EMBASE = (
    "Title,Original Title,Author Names,Source,Source title,Publication Year,Volume,Issue,"
    "First Page,Last Page,ISSN,Abstract,Clinical Trial Numbers,Medline PMID,PUI,DOI"
)
HEADERS = {
    "pubmed": "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,"
    "PMCID,NIHMS ID,DOI",
    "embase": EMBASE,
    "cochrane": "CENTRAL ID,Author(s),Title,Source,Year,Abstract,Volume,Issue,Pages,Database Name,"
    "PubMed ID,Embase ID,CTgov ID,CINAHL ID,ICTRP ID,Publication Type,Keywords,DOI,URL",
    "covidence": "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,"
    "Accession Number,DOI,Ref,Covidence #,Study,Notes,Tags",
    "rayyan": "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,"
    "publisher,location,abstract,notes,doi,keywords,pubmed_id,pmc_id",
    "zotero": "Key,Item Type,Publication Year,Author,Title,Publication Title,ISBN,ISSN,DOI,Url,"
    "Abstract Note,Date,Pages,Issue,Volume,Extra",
    "cinahl": "Article Title,Author,Journal Title,ISSN,ISBN,Publication Date,Volume,Issue,"
    "First Page,Page Count,Accession Number,DOI,Publisher,Doctype,Subjects,Keywords,Abstract,PLink",
    "google": "Authors,Title,Publication,Volume,Number,Pages,Year,Publisher",
    "lens": "Lens ID,Title,Date Published,Publication Year,Publication Type,Source Title,ISSNs,"
    "Publisher,Source Country,Author/s,Abstract,Volume,Issue Number,Start Page,End Page,PMID,DOI",
    "openalex": "id,doi,title,display_name,relevance_score,publication_year,publication_date,"
    "is_retracted,ids.pmid,authorships.author.display_name",
}
SAID = {
    **dict.fromkeys(("Title", "title", "Article Title"), TITLE),
    **dict.fromkeys(
        ("Source title", "Journal Title", "Publication Title", "Source Title"), "J Inv"
    ),
    **dict.fromkeys(("Journal/Book", "Source", "Journal", "journal", "Publication"), "J Inv"),
    **dict.fromkeys(("Publication Year", "Year", "Published Year", "year"), "2024"),
    **dict.fromkeys(("publication_year", "Publication Date"), "2024"),
    **dict.fromkeys(("DOI", "doi"), "https://doi.org/10.5555/a"),
    **dict.fromkeys(("PMID", "PubMed ID", "Medline PMID", "pubmed_id"), "99999901"),
    "ids.pmid": "https://pubmed.ncbi.nlm.nih.gov/99999901",
    "Volume": "12",
    "volume": "12",
    "Source": "Journal of Inventions (2024) 12:3",
    "is_retracted": "False",
    "CTgov ID": "NCT99999901",
    "Clinical Trial Numbers": "ClinicalTrials.gov (NCT99999901)",
}
AUTHORS = {
    "pubmed": "Example AB, Muster C.",
    "embase": "Example A.B., Muster C.",
    "cochrane": "Example, AB; Muster, C",
    "covidence": "Example, A. B.; Muster, C.",
    "rayyan": "Example, Ann B and Muster, Carl",
    "zotero": "Example, Ann B.; Muster, Carl",
    "cinahl": "Example, Ann B.; Muster, Carl",
    "google": "Example, Ann B; Muster, Carl; ",
    "lens": "Ann B. Example; Carl Muster",
    "openalex": "Ann B. Example|Carl Muster",
}
WRITTEN_OUT = ("lens", "openalex")  # given name first: they stay as they are


def _table(folder: Path, name: str, before: str = "", sign: str = ",") -> Path:
    columns = HEADERS[name].split(",")
    people = dict.fromkeys(
        ("Authors", "Author Names", "Author(s)", "authors", "Author", "Author/s"), AUTHORS[name]
    )
    people["authorships.author.display_name"] = AUTHORS[name]
    table = io.StringIO()
    writer = csv.writer(table, delimiter=sign, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerow([(SAID | people).get(column, "") for column in columns])
    path = folder / f"{name}.{'tsv' if sign != ',' else 'csv'}"
    path.write_text(f"\ufeff{before}{table.getvalue()}", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_columns_of_each_table_are_understood(name: str, sign: str, tmp_path: Path) -> None:
    before = f'"SEARCH QUERY"{sign}"naltrexone"\n----\n\n' if name == "embase" else ""
    [record] = read_references(_table(tmp_path, name, before, sign))
    assert record.title == TITLE
    assert record.year == "2024"
    if name in WRITTEN_OUT:
        assert record.authors == ("Ann B. Example", "Carl Muster")
    else:
        assert record.authors == ("Example AB", "Muster C")
    columns = set(HEADERS[name].split(","))
    assert (record.doi == "10.5555/a") == bool(columns & {"DOI", "doi"})
    numbered = columns & {"PMID", "PubMed ID", "Medline PMID", "pubmed_id", "ids.pmid"}
    assert (record.pmid == "99999901") == bool(numbered)
    assert record.registrations == (("NCT99999901",) if name in ("embase", "cochrane") else ())
    if name not in ("openalex", "cochrane"):
        assert record.journal == "J Inv"


def test_openalex_says_what_was_retracted(tmp_path: Path) -> None:
    path = _table(tmp_path, "openalex")
    text = path.read_text(encoding="utf-8").replace('"False"', '"True"')
    path.write_text(text, encoding="utf-8")
    [record] = read_references(path)
    assert [notice.kind for notice in record.notices] == ["retraction"]
    assert not record.is_notice


RIS = {
    "embase": "T1  - {title}\nA1  - Example, A.B.\nY1  - 2024//\nJF  - J Inv\nC5  - 99999901\n"
    "U2  - L600000001\nDO  - 10.5555/a\n",
    "scopus": "AU  - Example, A.B.\nTI  - {title}\nPY  - 2024\nT2  - J Inv\nDO  - 10.5555/a\n"
    "C2  - 99999901\nDB  - Scopus\n",
    "pubmed": "TI  - {title}\nAU  - Example, Ann B.\nPY  - 2024\nJO  - J Inv\nDO  - 10.5555/a\n"
    "AN  - 99999901\nDB  - PubMed\n",
    "zotero": "TI  - {title}\nAU  - Example, Ann B.\nPY  - 2024/03/01/\nT2  - J Inv\n"
    "DO  - 10.5555/a\nN1  - PMID: 99999901\nPMCID: PMC9999901\n",
}


@pytest.mark.parametrize("name", RIS)
def test_dialects_of_ris(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.ris"
    body = RIS[name].format(title=TITLE)
    path.write_text(f"TY  - JOUR\n{body}ER  - \n", encoding="utf-8")
    [record] = read_references(path)
    expected = Reference(
        title=TITLE,
        authors=("Example AB",),
        journal="J Inv",
        year="2024",
        doi="10.5555/a",
        pmid="99999901",
        pmcid="PMC9999901" if name == "zotero" else None,
    )
    assert record == expected


def test_lines_between_the_records_of_cochrane_are_passed_over(tmp_path: Path) -> None:
    head = "Record #{} of 2\nProvider: John Wiley & Sons, Ltd.\nContent: text/plain\n\n"
    body = "TY  -  JOUR\nAN  -  CN-0\nT1  -  {}\nC3  -  PUBMED 99999901\nER  -\n\n\n"
    path = tmp_path / "c.ris"
    text = "".join(head.format(n) + body.format(f"{TITLE} {n}") for n in (1, 2))
    path.write_text(text, encoding="utf-8")
    export = read_export(path)
    assert not export.faults
    assert [record.title for record in export.records.values()] == [f"{TITLE} 1", f"{TITLE} 2"]
    assert {record.pmid for record in export.records.values()} == {"99999901"}


def test_entries_of_registries_among_papers_are_told(tmp_path: Path) -> None:
    body = "TI  - A trial\nAU  - Nct\nT2  - https://clinicaltrials.gov/show/NCT99999901\n"
    path = tmp_path / "c.ris"
    path.write_text(f"TY  - JOUR\n{body}AB  - NCT99999901\nER  - \n", encoding="utf-8")
    [record] = read_references(path)
    assert record.entry and record.entry.number == "NCT99999901"


def test_the_format_of_pubmed_may_be_called_ris(tmp_path: Path) -> None:
    path = tmp_path / "pubmed.ris"
    path.write_text(f"PMID- 99999901\nTI  - {TITLE}.\n", encoding="utf-8")
    assert read_references(path) == (Reference(title=TITLE, pmid="99999901"),)


PUBMED = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://example.org/pubmed.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation>
<PMID Version="1">99999901</PMID><Article><Journal>
<JournalIssue><Volume>12</Volume><Issue>3</Issue><PubDate><Year>2024</Year></PubDate></JournalIssue>
<Title>Journal of Invented Trials</Title></Journal>
<ArticleTitle>An invented trial of <i>naltrexone</i>.</ArticleTitle>
<Pagination><MedlinePgn>529-38</MedlinePgn></Pagination>
<ELocationID EIdType="doi">10.5555/a</ELocationID>
<Abstract><AbstractText Label="AIM">None &amp; nothing.</AbstractText></Abstract>
<AuthorList><Author><LastName>Muñoz</LastName><ForeName>José-Luis</ForeName>
<Initials>JL</Initials></Author><Author><CollectiveName>EXAMPLE Group</CollectiveName></Author>
</AuthorList><DataBankList><DataBank><AccessionNumberList><AccessionNumber>NCT99999901
</AccessionNumber></AccessionNumberList></DataBank></DataBankList></Article></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC9999901</ArticleId></ArticleIdList>
</PubmedData>
</PubmedArticle></PubmedArticleSet>
"""


@pytest.mark.parametrize("name", ["pubmed.xml", "pubmed.txt"])
def test_pubmed_xml(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(PUBMED, encoding="utf-8")
    [record] = read_references(path)
    assert record == Reference(
        title="An invented trial of naltrexone",
        authors=("Muñoz JL", "EXAMPLE Group"),
        journal="Journal of Invented Trials",
        year="2024",
        volume="12",
        issue="3",
        pages="529-538",
        doi="10.5555/a",
        pmid="99999901",
        pmcid="PMC9999901",
        registrations=("NCT99999901",),
    )
    assert record.abstract == "None & nothing."


@pytest.mark.parametrize(
    "written",
    [
        "10.1002/art.37734",
        "https://doi.org/10.1002/art.37734",
        "doi:10.1002/art.37734.",
        "10.1002%2Fart.37734",
        "https://dx.doi.org/10.1002%2fart.37734",
        "10.1002 / art.37734 [doi]",
        "(10.1002/art.37734)",
    ],
)
def test_a_doi_is_one_however_it_is_written(written: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_text(f"TY  - JOUR\nTI  - a\nDO  - {written}\nER  - \n", encoding="utf-8")
    assert read_references(path)[0].doi == "10.1002/art.37734"


def test_brackets_of_a_doi_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    text = "TY  - JOUR\nTI  - a\nDO  - 10.1016/S2665-9913(23)00278-3\nER  - \n"
    path.write_text(text, encoding="utf-8")
    assert read_references(path)[0].doi == "10.1016/S2665-9913(23)00278-3"


def test_whatever_is_changed_in_a_file_is_read_or_told(tmp_path: Path) -> None:
    """Any other exception than LdnKgError fails."""
    chance = random.Random(7)
    odd = ['"', "{", "]", "null", "\n", "PMID- ", "TY  - ", "ER  - ", "<", "&x;", "\x00", "@", "5"]
    for path in [
        *sorted((Path(__file__).parent / "records").glob("*")),
        _table(tmp_path, "rayyan"),
    ]:
        text = path.read_text(encoding="utf-8")
        read = 0
        for _ in range(30):
            at = chance.randrange(len(text))
            changed = text[:at] + chance.choice(odd) + text[at + chance.randrange(40) :]
            broken = tmp_path / f"broken{path.suffix}"
            broken.write_text(changed, encoding="utf-8")
            with contextlib.suppress(LdnKgError):
                read += len(read_export(broken).records)
        assert read
