"""Citations: what they say, that the readers of each form read it, and that nothing is invented.

The expectations are typed from the data files. The number and the day of the version are read from
the one place where they stand, so that a new version needs no change here.
"""

import json
import re
from pathlib import Path
from typing import Any

import bibtexparser
import cffconvert
import pytest
import rispy
from support.paths import ROOT

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.rules import load as graded
from ldn_kg.read.citation import FORMATS, cite

ABOUT = (ROOT / "data" / "dataset.ttl").read_text(encoding="utf-8")
NUMBER = re.findall(r"@prefix this: <https://w3id.org/ldn-kg/dataset/([^>]+)>", ABOUT)[0]
DAY = re.findall(r'dcterms:issued "([0-9-]+)"', ABOUT)[0]
YEAR = DAY[:4]
KEY = f"ldnkg_{NUMBER.replace('.', '_')}"
NAMES = "The ldn-kg contributors"
TITLE = "ldn-kg: a knowledge graph of the evidence on low-dose naltrexone (LDN)"
DESCRIPTION = (
    "Claims on low-dose naltrexone with an answer to each, outcome by outcome, and the evidence "
    "that it rests on; doses and titration, and where each fact was read. LDN here is low-dose "
    "naltrexone, not Linked Data Notifications."
)
DISCLAIMER = (
    "Not medical advice and not a systematic review: a curated record of what was read, how, "
    "and when."
)
KEYWORDS = [
    "clinical trials",
    "dose",
    "evidence",
    "low-dose naltrexone",
    "mechanism of action",
    "naltrexone",
    "titration",
]
BASE = "https://w3id.org/ldn-kg"
VERSION = f"{BASE}/dataset/{NUMBER}"
OF_RECORDS = ("text", "bibtex", "ris", "csl-json")
FILES = {"cff": "CITATION.cff", "zenodo": ".zenodo.json", "codemeta": "codemeta.json"}

# A claim of each status, with its words, and how it stands.
CLAIMS = {
    "ldn-fibromyalgia": (
        "low-dose naltrexone relieves fibromyalgia",
        "differs by outcome; certainty: low",
    ),
    "ldn-crohns-disease": (
        "low-dose naltrexone relieves Crohn's disease",
        "benefit possible; certainty: low",
    ),
    "ldn-diarrhoea": ("low-dose naltrexone causes diarrhoea", "not compared"),
    "ldn-inhibits-cytokines": (
        "low-dose naltrexone inhibits cytokines",
        "studies disagree; evidence level: M2; counter-evidence level: M2",
    ),
    "complex-regional-pain-syndrome-autoimmune": (
        "complex regional pain syndrome is an autoimmune disease",
        "stated only",
    ),
    "ultra-low-dose-naloxone-alters-filamin-a-in-vitro": (
        "ultra-low-dose naloxone alters filamin A in vitro (concentration not seen)",
        "withdrawn",
    ),
}
YOUNGER = (
    "Younger J, Noor N, McCue R, Mackey S. Low-dose naltrexone for the treatment of fibromyalgia: "
    "findings of a small, randomized, double-blind, placebo-controlled, counterbalanced, crossover "
    "trial assessing daily pain levels. Arthritis & Rheumatism 2013;65(2):529-538. "
    "doi:10.1002/art.37734"
)
WANG = (
    "RETRACTED: Wang HY, Frankfurt M, Burns LH. High-Affinity Naloxone Binding to Filamin A "
    "Prevents Mu Opioid Receptor–Gs Coupling Underlying Opioid Tolerance and Dependence. PLoS ONE "
    "2008. doi:10.1371/journal.pone.0001554"
)
# The variables of CSL-JSON that an item of ours could have, from schemas/input/csl-data.json of
# https://github.com/citation-style-language/schema (an item has no others).
CSL_TEXT = {"id", "type", "title", "container-title", "version", "publisher", "URL", "abstract"}
CSL = {*CSL_TEXT, "note", "author", "issued", "keyword", "language", "genre", "source", "archive"}
# The terms of https://w3id.org/codemeta/3.0 that could say something of this software.
CODEMETA = set(
    "name description version datePublished license author programmingLanguage runtimePlatform "
    "keywords softwareRequirements operatingSystem developmentStatus maintainer publisher".split()
)


def _bibtex(text: str) -> dict[str, str]:
    """Return the fields of our entry, which is the last, with its key and type."""
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    entry = library.entries[-1]
    fields = {field.key: field.value for field in entry.fields}
    assert len(fields) == len(entry.fields)
    return {"key": entry.key, "type": entry.entry_type, **fields}


def _ris(text: str) -> dict[str, Any]:
    assert text.endswith("ER  - \r\n")
    assert text.count("\n") == text.count("\r\n")
    items = rispy.loads(text)
    assert not any("unknown_tag" in item for item in items)
    assert [item["type_of_reference"] for item in items].count("DATA") == 1
    return dict(items[-1])


def _csl(text: str) -> dict[str, Any]:
    item = json.loads(text)[-1]
    assert set(item) <= CSL
    assert item["type"] == "dataset"
    assert all(isinstance(item[key], str) for key in CSL_TEXT & set(item))
    assert item["author"] == [{"literal": NAMES}]
    assert item["issued"] == {"date-parts": [[int(part) for part in DAY.split("-")]]}
    return dict(item)


def _said(kg: Dataset, name: str) -> dict[str, str]:
    """Return the words of each form that tell how a record stands."""
    return {
        "text": cite(kg, name),
        "bibtex": _bibtex(cite(kg, name, "bibtex"))["note"],
        "ris": " ".join(_ris(cite(kg, name, "ris"))["notes"]),
        "csl-json": _csl(cite(kg, name, "csl-json"))["note"],
    }


def test_the_dataset_as_text(kg: Dataset) -> None:
    assert cite(kg) == f"{NAMES} ({YEAR}). {TITLE}. Version {NUMBER}, {DAY}. {VERSION}\n"


@pytest.mark.parametrize("name", ["dataset", "ldnk:dataset", f"{BASE}/dataset", VERSION])
def test_the_name_of_the_dataset_means_the_dataset(kg: Dataset, name: str) -> None:
    assert all(cite(kg, name, form) == cite(kg, None, form) for form in FORMATS)


def test_a_study_as_text_names_the_paper_as_well(kg: Dataset) -> None:
    study = f"{BASE}/study/younger2013"
    assert cite(kg, "younger2013") == (
        f"The paper: {YOUNGER}\nOur record of it: {NAMES} ({YEAR}). Record of Younger and others "
        f"2013. In: {TITLE}. Version {NUMBER}, {DAY}. {study} (in {VERSION})\n"
    )
    assert cite(kg, "study:younger2013") == cite(kg, study) == cite(kg, "younger2013")


@pytest.mark.parametrize(
    ("study", "papers"),
    [
        # Two publications, by year; the words for the first are not its title.
        (
            "raknes2018ibd",
            [
                "Simonsen, Småbrekke, Raknes. [conference abstract of 2017 on low-dose naltrexone "
                "and medication in inflammatory bowel disease]. 2017. "
                "doi:10.1016/j.sapharm.2017.02.074",
                "Raknes G, Simonsen P, Småbrekke L. The Effect of Low-Dose Naltrexone on "
                "Medication in Inflammatory Bowel Disease: A Quasi Experimental Before-and-After "
                "Prescription Database Study. Journal of Crohn's and Colitis 2018;12(6):677-686. "
                "doi:10.1093/ecco-jcc/jjy008",
            ],
        ),
        # Neither authors nor journal nor DOI.
        (
            "label_vivitrol_us",
            ["VIVITROL (naltrexone for extended-release injectable suspension). 2013."],
        ),
        # A title that ends with a question mark, and one with nothing after it.
        (
            "farahmand2012",
            [
                "Does adding low doses of oral naltrexone to morphine alter the subsequent opioid "
                "requirements and side effects in trauma patients? American Journal of Emergency "
                "Medicine 2012;30(1):75-78. doi:10.1016/j.ajem.2010.09.031",
            ],
        ),
        (
            "moserldnrt",
            ["Moser M. How Do You Increase Dose of Low Dose Naltrexone (LDN)? [year not seen]."],
        ),
        ("wang2008", [WANG]),
        # An arm, a result and an evidence line are of the study's paper; a publication is its own.
        ("study:younger2013-arm-placebo", [YOUNGER]),
        ("study:younger2013-result-pain", [YOUNGER]),
        ("study:younger2013-line-analgesia", [YOUNGER]),
        ("publication:younger2013", [YOUNGER]),
        ("nct04115020", []),
        ("condition:fibromyalgia", []),
    ],
)
def test_publications(kg: Dataset, study: str, papers: list[str]) -> None:
    assert cite(kg, study).splitlines()[:-1] == [f"The paper: {paper}" for paper in papers]
    said = [f"Cite the study itself too: {paper}" for paper in papers]
    assert [x for x in _ris(cite(kg, study, "ris"))["notes"] if x.startswith("Cite")] == said


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_says_how_it_stands(kg: Dataset, claim: str) -> None:
    words, stands = CLAIMS[claim]
    status = f"status in version {NUMBER}: {stands}"
    assert cite(kg, claim) == (
        f"{NAMES} ({YEAR}). {words} [{status}]. In: {TITLE}. Version {NUMBER}, {DAY}. "
        f"{BASE}/claim/{claim} (in {VERSION})\n"
    )
    assert all(status in said for said in _said(kg, f"claim:{claim}").values())
    # A style may print the title and nothing else.
    heading = f"{words} [{stands.split(';')[0]}]"
    assert _ris(cite(kg, claim, "ris"))["title"] == heading
    assert _csl(cite(kg, claim, "csl-json"))["title"] == heading


def test_every_status_stands_in_the_title(kg: Dataset) -> None:
    """Of one claim or synthesis for each status."""
    rows = kg.rows(
        "SELECT ?is (MIN(STR(?each)) AS ?record) "
        "{ ?each ldn:status/skos:prefLabel ?is } GROUP BY ?is"
    )
    assert len(rows) > 10
    for row in rows:
        title = _csl(cite(kg, row["record"], "csl-json"))["title"]
        assert title.endswith(f" [{row['is']}]")


def test_a_retraction_is_said_in_every_form(kg: Dataset) -> None:
    assert all(WANG in said for said in _said(kg, "wang2008").values())
    assert _csl(cite(kg, "wang2008", "csl-json"))["title"].endswith(" [RETRACTED]")
    assert all("RETRACTED" not in said for said in _said(kg, "younger2013").values())


def test_a_paper_without_doi_is_named_by_its_pubmed_number(kg: Dataset) -> None:
    """Typed from data/studies/ghai2014.ttl."""
    assert cite(kg, "ghai2014").splitlines()[0].endswith(" PMID:24967470")


def test_a_record_without_label_goes_by_its_name(tmp_path: Path) -> None:
    """All shipped records have one."""
    file = tmp_path / "own.ttl"
    file.write_text(
        "<https://w3id.org/ldn-kg/study/x2027> a <https://w3id.org/ldn-kg/ontology#Study> .\n",
        encoding="utf-8",
    )
    kg, name = graded(file), "study:x2027"
    assert f"). {name}. In: " in cite(kg, name)
    assert _csl(cite(kg, name, "csl-json"))["title"] == name


def test_the_year_of_the_paper_is_its_own(kg: Dataset) -> None:
    """Typed from data/studies/younger2013.ttl: no entry has our year beside their names."""
    paper, record = bibtexparser.parse_string(cite(kg, "younger2013", "bibtex")).entries
    assert (paper.entry_type, paper.key, paper["year"]) == ("article", "younger2013", "2013")
    assert "Younger" not in record["author"]
    assert record["title"].startswith("{Record of ")
    paper, record = rispy.loads(cite(kg, "younger2013", "ris"))
    assert (paper["type_of_reference"], paper["year"]) == ("JOUR", "2013")
    assert paper["doi"] == "10.1002/art.37734"
    assert record["type_of_reference"] == "DATA"
    paper, record = json.loads(cite(kg, "younger2013", "csl-json"))
    assert (paper["type"], paper["issued"]) == ("article-journal", {"date-parts": [[2013]]})
    assert record["type"] == "dataset"


def test_bibtex(kg: Dataset) -> None:
    assert _bibtex(cite(kg, None, "bibtex")) == {
        "key": KEY,
        "type": "misc",
        "author": f"{{{NAMES}}}",
        "title": f"{{{TITLE}}}",
        "year": YEAR,
        "url": VERSION,
        "howpublished": f"Version {NUMBER} of {DAY}",
        "annote": DISCLAIMER,
    }
    assert _bibtex(cite(kg, "younger2013", "bibtex")) == {
        "key": f"{KEY}_study_younger2013",
        "type": "misc",
        "author": f"{{{NAMES}}}",
        "title": "{Record of Younger and others 2013}",
        "year": YEAR,
        "url": f"{BASE}/study/younger2013",
        "howpublished": f"In: {TITLE}. Version {NUMBER} of {DAY}, {VERSION}",
        "note": "Record study:younger2013",
        "annote": f"{DISCLAIMER} Cite the study itself too: {YOUNGER}".replace("&", r"\&"),
    }


def test_ris(kg: Dataset) -> None:
    same = {
        "type_of_reference": "DATA",
        "authors": [NAMES],
        "year": YEAR,
        "date": DAY.replace("-", "/"),
        "edition": NUMBER,
        "publisher": NAMES,
    }
    assert _ris(cite(kg, None, "ris")) == {
        **same,
        "id": KEY,
        "title": TITLE,
        "abstract": DESCRIPTION,
        "urls": [VERSION],
        "notes": [DISCLAIMER],
    }
    assert _ris(cite(kg, "younger2013", "ris")) == {
        **same,
        "id": f"{KEY}_study_younger2013",
        "title": "Record of Younger and others 2013",
        "secondary_title": TITLE,
        "urls": [f"{BASE}/study/younger2013"],
        "notes": [
            f"In version {NUMBER}, {VERSION}",
            f"Cite the study itself too: {YOUNGER}",
            DISCLAIMER,
        ],
    }


def test_csl_json(kg: Dataset) -> None:
    whole, study = (_csl(cite(kg, name, "csl-json")) for name in (None, "younger2013"))
    assert (whole["id"], whole["title"], whole["URL"]) == (KEY, TITLE, VERSION)
    assert (whole["abstract"], whole["note"]) == (DESCRIPTION, DISCLAIMER)
    assert study["container-title"] == TITLE
    assert (study["id"], study["URL"]) == (
        f"{KEY}_study_younger2013",
        f"{BASE}/study/younger2013",
    )
    assert study["note"].splitlines() == [
        f"In version {NUMBER}, {VERSION}",
        f"Cite the study itself too: {YOUNGER}",
        DISCLAIMER,
    ]
    assert whole["version"] == study["version"] == NUMBER
    assert whole["publisher"] == study["publisher"] == NAMES


@pytest.mark.parametrize(
    ("study", "title"),
    [
        ("trostheim2022", "Trøstheim and others 2022"),
        ("kucic2021", "Kučić and others 2021"),
        ("raknes2017ms", "Raknes and Småbrekke 2017, multiple sclerosis"),
    ],
)
def test_accents_stay(kg: Dataset, study: str, title: str) -> None:
    title = f"Record of {title}"
    assert f"). {title}. In: " in cite(kg, study)
    assert _bibtex(cite(kg, study, "bibtex"))["title"] == f"{{{title}}}"
    assert _ris(cite(kg, study, "ris"))["title"] == title
    assert _csl(cite(kg, study, "csl-json"))["title"] == title


def test_signs_with_a_meaning_survive_in_every_form(tmp_path: Path) -> None:
    title = r"Åsa & Ðor_đe: 100 % of #1, $5 ~ x^2 {a} \b <c> d|e"
    file = tmp_path / "own.ttl"
    broken = title.replace("\\", r"\\").replace(" of ", r"\n  of ")
    file.write_text(
        "<https://example.org/a_b%20c> a <https://w3id.org/ldn-kg/ontology#Study> ; "
        f'<http://www.w3.org/2000/01/rdf-schema#label> "{broken}"@en .\n',
        encoding="utf-8",
    )
    kg, name = graded(file), "https://example.org/a_b%20c"
    assert f"). {title}. In: " in cite(kg, name)
    entry = _bibtex(cite(kg, name, "bibtex"))
    assert entry["title"] == (
        r"{Åsa \& Ðor\_đe: 100 \% of \#1, \$5 \textasciitilde{} x\textasciicircum{}2 "
        r"\textbraceleft{}a\textbraceright{} \textbackslash{}b \textless{}c\textgreater{} "
        r"d\textbar{}e}"
    )
    assert entry["url"] == name
    assert entry["key"] == f"{KEY}_https_example_org_a_b_20c"
    assert _ris(cite(kg, name, "ris"))["title"] == title
    assert _csl(cite(kg, name, "csl-json"))["title"] == title


def test_a_publication_that_is_said_not_to_be_retracted(tmp_path: Path) -> None:
    file = tmp_path / "own.ttl"
    file.write_text(
        "@prefix ldn: <https://w3id.org/ldn-kg/ontology#> .\n"
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "<https://example.org/a> a ldn:Study ; ldn:publication <https://example.org/b> .\n"
        "<https://example.org/b> a ldn:Publication ; ldn:retracted false ;\n"
        '  dcterms:title """Two\n  lines"""@en ; ldn:journal "J. Pain" .\n',
        encoding="utf-8",
    )
    said = _said(graded(file), "https://example.org/a")
    assert said["text"].startswith("The paper: Two lines. J. Pain [year not seen].\n")
    assert "Cite the study itself too: Two lines. J. Pain [year not seen].\n" in said["csl-json"]


def test_every_study_and_claim_in_every_form(kg: Dataset) -> None:
    found = kg.rows("SELECT DISTINCT ?is { VALUES ?t { ldn:Study ldn:Claim } ?is a ?t }")
    names = [row["is"] for row in found]
    assert len(names) > 500
    keys = set()
    for name in names:
        assert name in cite(kg, name)
        entry = _bibtex(cite(kg, name, "bibtex"))
        item = _csl(cite(kg, name, "csl-json"))
        assert entry["key"] == item["id"] == _ris(cite(kg, name, "ris"))["id"]
        assert entry["url"] == item["URL"] == name
        assert all(value.count("{") == value.count("}") for value in entry.values())
        keys.add(entry["key"])
    assert len(keys) == len(names)


def test_the_files_in_the_root_are_current(kg: Dataset) -> None:
    for form, file in FILES.items():
        assert cite(kg, None, form) == (ROOT / file).read_text(encoding="utf-8"), file


def test_cff(kg: Dataset) -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    citation = cffconvert.Citation(text)
    citation.validate()
    assert citation.cffobj == {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it using these metadata.",
        "type": "dataset",
        "title": TITLE,
        "abstract": f"{DESCRIPTION} {DISCLAIMER}",
        "authors": [{"name": NAMES}],
        "version": NUMBER,
        "date-released": DAY,
        "license": "CC0-1.0",
        "keywords": KEYWORDS,
        "identifiers": [
            {"type": "url", "value": VERSION, "description": "The IRI of this version."}
        ],
    }


def test_zenodo(kg: Dataset) -> None:
    # "cc-zero" is the identifier of Zenodo's deposit API; it maps it to cc0-1.0.
    assert json.loads(cite(kg, None, "zenodo")) == {
        "upload_type": "dataset",
        "title": TITLE,
        "description": DESCRIPTION,
        "notes": DISCLAIMER,
        "creators": [{"name": NAMES}],
        "license": "cc-zero",
        "version": NUMBER,
        "publication_date": DAY,
        "keywords": KEYWORDS,
    }


def test_codemeta_is_of_the_software(kg: Dataset) -> None:
    item = json.loads(cite(kg, None, "codemeta"))
    assert (item.pop("@context"), item.pop("@type")) == (
        "https://w3id.org/codemeta/3.0",
        "SoftwareSourceCode",
    )
    assert set(item) <= CODEMETA
    assert (item["name"], item["version"], item["datePublished"]) == ("ldn-kg", NUMBER, DAY)
    assert item["license"] == "https://spdx.org/licenses/Apache-2.0"
    assert item["author"] == [{"@type": "Organization", "name": NAMES}]
    assert (item["programmingLanguage"], item["runtimePlatform"]) == ("Python", "Python >=3.11")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'description = "{item["description"]}"' in project


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_invented(kg: Dataset, form: str) -> None:
    """The only addresses are the IRI of the version, that of a vocabulary and that of a licence."""
    text = cite(kg, None, form)
    known = {
        VERSION,
        "https://w3id.org/codemeta/3.0",
        "https://spdx.org/licenses/Apache-2.0",
    }
    assert set(re.findall(r"https?://[^\s\"}]+", text)) <= known
    assert not re.search(r"doi|orcid|github|10\.\d{4}/", text, re.IGNORECASE)


@pytest.mark.parametrize("form", FORMATS)
def test_two_calls_give_the_same(kg: Dataset, form: str) -> None:
    again = graded()
    assert cite(kg, None, form) == cite(again, None, form)
    if form in OF_RECORDS:
        assert cite(kg, "raknes2018ibd", form) == cite(again, "raknes2018ibd", form)


@pytest.mark.parametrize("form", FORMATS)
def test_json_and_line_ends(kg: Dataset, form: str) -> None:
    text = cite(kg, None, form)
    assert text.endswith("\n")
    assert ("\r" in text) == (form == "ris")
    if text[0] in "[{":
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    ("name", "form", "words"),
    [
        ("younger2031", "text", "There is no record 'younger2031'. Did you mean .*younger2013"),
        (
            None,
            "apa",
            "no citation format 'apa'; .* text, bibtex, ris, csl-json, cff, zenodo, codemeta\\.$",
        ),
        (
            "younger2013",
            "cff",
            "The format cff is for the whole dataset only; cite study:younger2013 as ",
        ),
        (
            "ldn-fibromyalgia",
            "zenodo",
            "zenodo is for the whole dataset only; cite claim:ldn-fibromyalgia as text, ",
        ),
        ("younger2013", "codemeta", "codemeta is .* as text, bibtex, ris, csl-json\\.$"),
    ],
)
def test_what_cannot_be_cited(kg: Dataset, name: str | None, form: str, words: str) -> None:
    with pytest.raises(LdnKgError, match=words):
        cite(kg, name, form)


def test_a_dataset_without_version_cannot_be_cited(tmp_path: Path) -> None:
    file = tmp_path / "own.ttl"
    file.write_text("<https://example.org/a> a <https://example.org/B> .\n", encoding="utf-8")
    with pytest.raises(LdnKgError, match="describe no version of the dataset"):
        cite(graded(file, shipped=False))
