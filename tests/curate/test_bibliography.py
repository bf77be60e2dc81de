"""Bibliographic files: five forms of one invented record, and what goes wrong in each."""

import re
import sys
from pathlib import Path

import pytest

from ldn_kg.curate.bibliography import Reference, choose, family, read_references, with_typed
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset

RECORDS = sorted((Path(__file__).parent / "records").glob("trial.*"))
TRIAL = Reference(
    title="An invented trial of low-dose naltrexone in fibromyalgia: 4.5 mg & nothing else",
    authors=("van der Example CJ", "Muñoz JL", "EXAMPLE Study Group"),
    journal="Journal of Invented Trials",
    year="2024",
    volume="12",
    issue="3",
    pages="529-538",
    doi="10.5555/ldn.trial.1",
    pmid="99999901",
    pmcid="PMC9999901",
    registrations=("NCT99999901", "EudraCT 2099-000001-11"),
)


def _file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_there_is_a_record_in_each_format() -> None:
    assert [path.suffix for path in RECORDS] == [".bib", ".json", ".nbib", ".ris", ".xml"]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.suffix)
def test_every_format_says_the_same(path: Path) -> None:
    assert read_references(path) == (TRIAL,)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.suffix)
def test_without_a_known_ending_the_content_tells(path: Path, tmp_path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    assert read_references(_file(tmp_path, "export.txt", f"\ufeff{content}")) == (TRIAL,)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.suffix)
def test_half_a_file_is_a_sentence_or_a_record(path: Path, tmp_path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    refused = 0
    for length in range(0, len(content), 9):
        half = _file(tmp_path, path.name, content[:length])
        try:
            assert read_references(half)
        except LdnKgError as error:
            refused += 1
            assert str(half) in str(error)
    assert refused


MALFORMED = {
    "no-end.ris": ("TY  - JOUR\nTI  - a\nER  - \nTY  - JOUR\nTI  - b\n", "record 2 has no end"),
    "no-start.ris": ("TI  - a\nER  - \n", "record 1 does not begin with TY"),
    "no-tag.ris": ("TY  - JOUR\na title\nER  - \n", "record 1 has a line without a tag"),
    "after.ris": ("TY  - JOUR\nTI  - a\nER  - \nTI  - b\n", "record 1 goes on after its end"),
    "empty.ris": ("TY  - JOUR\nPY  - 2024\nER  - \n", "record 1 names no title"),
    "none.ris": ("nothing here\n", "holds no record"),
    "no-start.nbib": ("TI  - a\n", "record 1 does not begin with PMID"),
    "no-tag.nbib": ("PMID- 1\nTI  - a\n\nPMID- 2\na title\n", "record 2 has a line without a tag"),
    "open.bib": (
        "@article{a, title = {x}}\n@article{b, title = {y}\n",
        "record 2 cannot be read at",
    ),
    "twice.bib": (
        "@misc{a, title={x}}\n@misc{a, title={y}}\n",
        "record 2 cannot be read at line 2",
    ),
    "none.bib": ("% nothing\n", "holds no record"),
    "comma.json": ('[{"title": "a"},\n ]', "line 2 is no JSON"),
    "deep.json": ("[" * 100_000, "is nested too deep"),
    "number.json": ('[{"title": "a"}, 5]', "record 2 is no object: 5"),
    "author.json": ('[{"title": "a", "author": ["Younger"]}]', "record 1 has an author or a date"),
    "date.json": ('[{"title": "a", "issued": 2013}]', "record 1 has an author or a date"),
    "none.json": ("[]", "holds no record"),
    "prose.txt": ("A letter to the editor.\n", "none of RIS, BibTeX, CSL-JSON, NBIB, PubMed XML"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_malformed_is_named_with_its_number(name: str, tmp_path: Path) -> None:
    content, sentence = MALFORMED[name]
    with pytest.raises(LdnKgError, match=re.escape(sentence)) as raised:
        read_references(_file(tmp_path, name, content))
    assert name in str(raised.value)


@pytest.mark.parametrize(
    ("name", "package"), [("trial.ris", "rispy"), ("trial.bib", "bibtexparser")]
)
def test_a_missing_package_is_named(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [m for m in sys.modules if m.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(LdnKgError, match=rf"needs {package}: pip install 'ldn-kg\[curate\]'"):
        read_references(Path(__file__).parent / "records" / name)


def _several(folder: Path, more: str = "") -> Path:
    content = (
        "TY  - JOUR\nTI  - One trial\nDO  - 10.5555/one\nER  - \n\n"
        "TY  - JOUR\nTI  - Another trial.\nAU  - Doe, Jane\nPY  - 2020\nER  - \n"
    )
    return _file(folder, "two.ris", content + more)


@pytest.mark.parametrize("wanted", ["2", "Another trial", "another TRIAL."])
def test_one_of_several_is_chosen_by_number_or_title(wanted: str, tmp_path: Path) -> None:
    assert choose(_several(tmp_path), wanted).title == "Another trial"


def test_one_of_several_is_chosen_by_doi(tmp_path: Path) -> None:
    assert choose(_several(tmp_path), "https://doi.org/10.5555/ONE").title == "One trial"


@pytest.mark.parametrize("wanted", [None, "0", "3", "10.5555/three"])
def test_where_it_is_not_clear_which_the_records_are_listed(
    wanted: str | None, tmp_path: Path
) -> None:
    with pytest.raises(LdnKgError) as raised:
        choose(_several(tmp_path), wanted)
    assert "  1  One trial. 10.5555/one\n  2  Doe J. 2020. Another trial" in str(raised.value)
    assert "--record" in str(raised.value)


BROKEN = "TY  - JOUR\nPY  - 2020\nER  - \n"


def test_another_that_is_malformed_does_not_matter_to_the_one_that_is_chosen(
    tmp_path: Path,
) -> None:
    export = _several(tmp_path, BROKEN)
    assert choose(export, "2").title == "Another trial"
    for wanted in (None, "3"):
        with pytest.raises(LdnKgError, match=r"record 3 names no title, no DOI and no PubMed"):
            choose(export, wanted)


NAMES = {
    "Younger, Jarred": "Younger J",
    "Younger, J.": "Younger J",
    "Lie, MRKL": "Lie MRKL",
    "Lie, M.R.K.L.": "Lie MRKL",
    "Garayar Cantero, María": "Garayar Cantero M",
    "Woude, C. Janneke van der": "van der Woude CJ",
    "Moura, Thiago A M de": "de Moura TAM",
    "Vallat, Jean-Michel": "Vallat JM",
    "Smith, John P., Jr.": "Smith JP Jr",
    "Åberg, Örjan": "Åberg Ö",
    "Younger J": "Younger J",
    "FINAL Study Group": "FINAL Study Group",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_written_as_the_data_write_them(name: str, tmp_path: Path) -> None:
    content = f"TY  - JOUR\nTI  - a\nAU  - {name}\nER  - \n"
    assert read_references(_file(tmp_path, "a.ris", content))[0].authors == (NAMES[name],)


def test_authors_of_bibtex_may_stand_first_name_first_and_be_cut_off(tmp_path: Path) -> None:
    content = "@misc{a, title={a}, author={Jarred Younger and Ludwig van Beethoven and others}}"
    [record] = read_references(_file(tmp_path, "a.bib", content))
    assert record.authors == ("Younger J", "van Beethoven L", "et al.")


def test_family_names_of_the_data_are_told_from_initials(kg: Dataset) -> None:
    rows = kg.rows("SELECT DISTINCT ?names WHERE { ?publication ldn:authorList ?names }")
    names = {name for row in rows for name in row["names"].split(", ") if name != "et al."}
    assert len(names) > 500
    endings = {name.removeprefix(family(name)).strip() for name in names} - {""}
    assert all(ending.replace("-", "").replace(" Jr", "").isupper() for ending in endings)
    assert family("van der Woude CJ") == "van der Woude"
    assert family("Smith JP Jr") == "Smith"


def _fields(folder: Path, *lines: str) -> Reference:
    body = "\n".join(["TY  - JOUR", "TI  - a", *lines, "ER  - "])
    return read_references(_file(folder, "a.ris", body))[0]


@pytest.mark.parametrize(
    ("lines", "pages"),
    [
        (["SP  - 529", "EP  - 538"], "529-538"),
        (["SP  - 529–538"], "529-538"),
        (["SP  - 529-38"], "529-538"),
        (["SP  - e31", "EP  - e39"], "e31-e39"),
        (["SP  - e12892", "EP  - e12892"], "e12892"),
        (["SP  - 809"], "809"),
    ],
)
def test_pages_have_one_form(lines: list[str], pages: str, tmp_path: Path) -> None:
    assert _fields(tmp_path, *lines).pages == pages


def test_what_cannot_be_printed_is_left_out(tmp_path: Path) -> None:
    title, author = r'"A\u0000b \ud800nal\u00adtrexone\n\"q\""', r'"D\udfff\te"'
    item = f'{{"title": {title}, "author": [{{"literal": {author}}}]}}'
    [record] = read_references(_file(tmp_path, "a.json", item))
    assert record.title == 'A b naltrexone "q"'
    assert record.authors == ("D e",)
    assert with_typed(record, (" NCT1\udcff",), title="a\nb").title == "a b"


def test_an_isbn_is_told_from_an_issn(tmp_path: Path) -> None:
    assert _fields(tmp_path, "SN  - 1111-1119").isbn is None
    assert _fields(tmp_path, "SN  - 978-0-00-000000-2").isbn == "9780000000002"


def test_every_registration_of_the_data_would_be_seen(kg: Dataset, tmp_path: Path) -> None:
    """But for numbers that look like other numbers, which a person types."""
    rows = kg.rows("SELECT ?number WHERE { ?study a ldn:Study ; schema:identifier ?number }")
    numbers = {row["number"] for row in rows}
    alike = {n for n in numbers if re.match(r"(EU CT )?\d{4}-|EUCTR|NTR|NL", n)}
    assert len(numbers - alike) > 40
    for number in numbers - alike:
        said = _fields(tmp_path, f"N1  - It was registered ({number}).").registrations
        assert said == (number,)
    unnamed = "N1  - The NCTs of 1234 people, 2019-000852-32, 89519615 in Nigeria"
    assert not _fields(tmp_path, unnamed).registrations


def test_what_is_typed_goes_before_what_the_file_says() -> None:
    typed = with_typed(TRIAL, ("NCT99999901", "X1"), doi="https://doi.org/10.5555/x", year=None)
    assert typed.doi == "10.5555/x"
    assert typed.year == "2024"
    assert typed.registrations == (*TRIAL.registrations, "X1")


@pytest.mark.parametrize(
    ("name", "value"), [("doi", "37734"), ("pmid", "PMC1"), ("year", "13"), ("title", " ")]
)
def test_what_is_typed_wrongly_is_refused_as_typed(name: str, value: str) -> None:
    with pytest.raises(LdnKgError, match=f"--{name} {value!r}"):
        with_typed(TRIAL, **{name: value})
