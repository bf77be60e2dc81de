"""What the site says to machines: where its pages are, what changed, what each page is about."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import rdflib
from support.needed import without
from support.paths import ROOT

import ldn_kg
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE
from ldn_kg.publish.folder import contents
from ldn_kg.publish.formats import write
from ldn_kg.publish.release.crate import CRATE, PREVIEW
from ldn_kg.publish.site import files_of
from ldn_kg.read.record import Records, kind

pytestmark = pytest.mark.xdist_group("site")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
HERE = "https://example.org/some/path/"
SCRIPTS = ROOT / "ldn_kg" / "publish" / "site" / "static" / "vendor" / "LICENSES.txt"


@pytest.fixture(scope="module", autouse=True)
def _scripts() -> None:
    """Skip, or fail where it is required, when the scripts of the site are not built."""
    if not SCRIPTS.is_file():
        without("the scripts of the site are not built; make scripts builds them, with npm")


def _made(kg: Dataset, name: str, base_url: str | None = HERE) -> str:
    return files_of(kg, base_url)[name](Path()).decode()


def _schema(site_folder: Path, name: str) -> dict[str, Any]:
    text = (site_folder / f"{name}.html").read_text(encoding="utf-8")
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    schema: dict[str, Any] = json.loads(found)
    return schema


def test_the_site_map_has_every_page(kg: Dataset, site_folder: Path) -> None:
    found = ElementTree.fromstring(_made(kg, "sitemap.xml"))
    named = [place.text or "" for place in found.iter(f"{SITEMAP}loc")]
    pages = {p.relative_to(site_folder).as_posix() for p in site_folder.rglob("*.html")}
    assert len(named) == len(set(named)) > 1500
    assert {n.removeprefix(HERE) for n in named} == {
        page for page in pages if page != "404.html" and not page.endswith(PREVIEW)
    }
    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\d", day.text or "") for day in found.iter(f"{SITEMAP}lastmod")
    )


def test_without_an_address_of_the_site_pages_go_by_their_iris(kg: Dataset) -> None:
    found = ElementTree.fromstring(_made(kg, "sitemap.xml", None))
    assert [place.text for place in found.iter(f"{SITEMAP}loc")] == sorted(Records(kg))


def test_robots_are_shown_the_site_map(kg: Dataset) -> None:
    assert _made(kg, "robots.txt") == f"User-agent: *\nAllow: /\n\nSitemap: {HERE}sitemap.xml\n"
    assert "Sitemap" not in _made(kg, "robots.txt", None)  # a relative address means nothing there


def test_the_page_for_a_wrong_address_leads_back_from_any_depth(kg: Dataset) -> None:
    text = _made(kg, "404.html")
    addresses = re.findall(r'(?:href|src|action|data-index)="([^"#][^"]*)"', text)
    assert len(addresses) > 10
    assert [a for a in addresses if not a.startswith("https://")] == []
    assert f'<link rel="stylesheet" href="{HERE}static/style.css">' in text


def _older(kg: Dataset, folder: Path) -> Path:
    """Write a release before this one, where one claim had another status."""
    folder.mkdir()
    (version,) = {row["v"] for row in ldn_kg.query(kg, "SELECT ?v { ?x dcat:version ?v }")}
    claim, status = f"<{BASE}claim/ldn-fibromyalgia>", f"<{BASE}ontology#status>"
    lines = write(kg, "nquads").decode().replace(version, "2025.1").splitlines()
    for place, line in enumerate(lines):
        if line.startswith(f"{claim} {status} "):
            lines[place] = re.sub(r"<[^>]*/concept/[^>]*>", f"<{BASE}concept/untested>", line)
    (folder / "ldn-kg.nq").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_the_feed_tells_the_version_and_what_changed(kg: Dataset, tmp_path: Path) -> None:
    files = files_of(kg, HERE, _older(kg, tmp_path / "older"))
    feed = ElementTree.fromstring(files["changes.atom"](Path()).decode())
    for name in ("id", "title", "updated", "author"):  # what RFC 4287 asks for
        assert feed.find(f"{ATOM}{name}") is not None, name
    entries = feed.findall(f"{ATOM}entry")
    names = [entry.findtext(f"{ATOM}id") or "" for entry in entries]
    assert len(names) == len(set(names)) == 2
    assert entries[0].findtext(f"{ATOM}title") == "Version 2026.11"
    changed = entries[1]
    assert "low-dose naltrexone relieves fibromyalgia" in (changed.findtext(f"{ATOM}title") or "")
    assert "ntested" in (changed.findtext(f"{ATOM}summary") or "")
    link = changed.find(f"{ATOM}link")
    assert link is not None and link.get("href") == f"{HERE}claim/ldn-fibromyalgia.html"
    day = feed.findtext(f"{ATOM}updated") or ""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", day)
    assert any(name.endswith("/CHANGES.md") for name in files)


def test_what_is_no_release_is_refused(kg: Dataset, tmp_path: Path) -> None:
    with pytest.raises(LdnKgError, match="not a release"):
        files_of(kg, HERE, tmp_path)


def test_llms_txt_says_what_it_is_and_every_link_leads_somewhere(site_folder: Path) -> None:
    text = (site_folder / "llms.txt").read_text(encoding="utf-8")
    first = text.splitlines()
    assert first[0].startswith("# ") and first[2].startswith("> ")
    assert "Not medical advice" in text and "is not GRADE itself" in text
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert len(links) > 150
    assert [link for link in links if not (site_folder / link).is_file()] == []


def test_well_known_void_describes_the_dataset(site_folder: Path) -> None:
    found = (site_folder / ".well-known" / "void").read_bytes()
    assert found == (site_folder / "metadata.ttl").read_bytes()
    graph = rdflib.Graph().parse(data=found, format="turtle")
    assert list(graph.subjects(rdflib.RDF.type, rdflib.VOID.Dataset))


def _signposts(folder: Path, page: str) -> list[tuple[str, str, str]]:
    text = (folder / page).read_text(encoding="utf-8")
    found = re.findall(r'<link rel="([^"]+)"(?: type="([^"]+)")?[^>]* href="([^"]+)">', text)
    return [(each, href, media) for relations, media, href in found for each in relations.split()]


@pytest.mark.parametrize(
    ("page", "types"),
    [
        ("study/bruun2024", ["AboutPage", "MedicalTrial"]),
        ("publication/bruun2024", ["AboutPage", "ScholarlyArticle"]),
        ("dose/4.5-mg", ["AboutPage", "Thing"]),
    ],
)
def test_a_record_is_signposted(page: str, types: list[str], site_folder: Path) -> None:
    """By the FAIR Signposting profile, level 1."""
    found = _signposts(site_folder, f"{page}.html")
    by_name = {name: [href for each, href, _ in found if each == name] for name, _, _ in found}
    assert by_name["cite-as"] == [BASE + page]
    assert by_name["type"] == [f"https://schema.org/{name}" for name in types]
    assert by_name["license"] == ["https://creativecommons.org/publicdomain/zero/1.0/"]
    assert by_name["author"] == [f"{BASE}contributors"]
    described = {href: media for name, href, media in found if name == "describedby"}
    assert described == {
        f"../{page}.ttl": "text/turtle",
        f"../{page}.jsonld": "application/ld+json",
    }


def test_the_dataset_is_signposted_with_its_files(site_folder: Path) -> None:
    for page in ("index.html", "release/2026.11/index.html"):
        found = _signposts(site_folder, page)
        items = [(href, media) for name, href, media in found if name == "item"]
        assert len(items) > 5 and all(media for _, media in items)
        assert all(((site_folder / page).parent / href).is_file() for href, _ in items)
        assert [href for name, href, _ in found if name == "cite-as"]


def test_a_page_that_is_about_no_record_is_no_landing_page(site_folder: Path) -> None:
    names = {name for name, _, _ in _signposts(site_folder, "studies.html")}
    assert not names & {"cite-as", "type", "author", "license", "describedby"}


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)


def test_every_word_to_search_engines_is_one_of_schema_org(site_folder: Path) -> None:
    known = set(
        (ROOT / "tests" / "vocabularies" / "schema.txt").read_text(encoding="utf-8").split()
    )
    pages = [p for p in contents(site_folder) if p.suffix == ".html" and p.name != PREVIEW]
    for path in pages:
        said = _schema(site_folder, path.relative_to(site_folder).as_posix()[:-5])
        for node in _nodes(said):
            words = {key for key in node if key[0] != "@"} | {node.get("@type", "Thing")}
            values = (
                v for each in node.values() for v in (each if isinstance(each, list) else [each])
            )
            words |= {
                value.removeprefix("https://schema.org/")
                for value in values
                if isinstance(value, str)
                and value.startswith("https://schema.org/")
                and value[-1] != "/"
            }
            assert words <= known, (path, words - known)
            assert all(value not in ("", [], None) for value in node.values()), (path, node)


def test_a_trial_is_told_to_search_engines(site_folder: Path) -> None:
    """Typed from data/studies/bruun2024.ttl and its registration."""
    said = _schema(site_folder, "study/bruun2024")
    assert said["@type"] == "MedicalTrial"
    assert said["healthCondition"]["name"] == "fibromyalgia"
    assert said["studySubject"] == {
        "@type": "Drug",
        "@id": f"{BASE}drug/naltrexone",
        "name": "naltrexone",
    }
    assert said["status"] == "https://schema.org/ResultsAvailable"
    assert said["sameAs"] == "https://clinicaltrials.gov/study/NCT04270877"
    assert said["trialDesign"] == [
        f"https://schema.org/{name}Trial" for name in ("DoubleBlinded", "PlaceboControlled")
    ] + ["https://schema.org/RandomizedTrial"]
    paper = said["subjectOf"][1]
    assert (paper["@type"], paper["@id"]) == ("ScholarlyArticle", f"{BASE}publication/bruun2024")
    planned = _schema(site_folder, "study/nct07285473")
    assert planned["status"] == [
        f"https://schema.org/{name}" for name in ("NotYetRecruiting", "ResultsNotAvailable")
    ]


def test_only_studies_with_results_are_said_to_have_them(kg: Dataset, site_folder: Path) -> None:
    rows = ldn_kg.query(kg, "SELECT DISTINCT ?s { ?s a ldn:Study ; ldn:result ?r }")
    with_results = {row["s"] for row in rows}
    for name in (name for name in Records(kg) if kind(name) == "study"):
        said = _schema(site_folder, name.removeprefix(BASE))
        has = "https://schema.org/ResultsAvailable" in json.dumps(said.get("status", ""))
        assert has == (name in with_results), name


def test_a_claim_is_told_to_search_engines_with_where_it_was_made(
    kg: Dataset, site_folder: Path
) -> None:
    stated = ldn_kg.query(kg, "SELECT ?c ?s { ?c a ldn:Claim ; ldn:statedIn ?s }")
    assert len(stated) > 20
    for row in stated:
        said = _schema(site_folder, row["c"].removeprefix(BASE))
        assert row["s"] in json.dumps(said["appearance"]), row["c"]


def test_a_paper_is_told_to_search_engines(kg: Dataset, site_folder: Path) -> None:
    said = _schema(site_folder, "publication/bruun2024")
    assert said["@type"] == "ScholarlyArticle"
    assert said["isPartOf"] == {"@type": "Periodical", "name": "The Lancet Rheumatology"}
    assert {"@type": "PropertyValue", "propertyID": "PMID", "value": "38258677"} in said[
        "identifier"
    ]
    assert said["author"][0] == {"@type": "Person", "name": "Bruun KD"}
    assert len(said["sameAs"]) == len(set(said["sameAs"]))
    assert _schema(site_folder, "publication/wang2008")["creativeWorkStatus"] == "Retracted"
    cut_off = ldn_kg.query(
        kg, 'SELECT ?p ?a { ?p ldn:authorList ?a FILTER(CONTAINS(?a, "et al")) }'
    )
    cut = [row for row in cut_off if kind(row["p"]) == "publication"]
    assert len(cut) > 5
    for row in cut:  # nobody is made the last author, and nobody is called "et al."
        said = _schema(site_folder, row["p"].removeprefix(BASE))
        assert said["creditText"] == row["a"]
        assert "et al" not in json.dumps(said.get("author", ""))


def test_the_dataset_is_whole_for_dataset_search(kg: Dataset, site_folder: Path) -> None:
    said = _schema(site_folder, "index")
    wanted = """name description url identifier license creator publisher version datePublished
        keywords variableMeasured measurementTechnique temporalCoverage distribution inLanguage
        isAccessibleForFree sameAs""".split()
    assert said["@type"] == "Dataset" and [key for key in wanted if key not in said] == []
    assert 50 <= len(said["description"]) <= 5000  # as search engines ask
    release = site_folder / "release" / said["version"]
    for file in said["distribution"]:
        assert (release / file["name"]).is_file()
        assert file["contentUrl"] == f"{BASE}release/{said['version']}/{file['name']}"
    text = _made(kg, "index.html")
    assert f'"contentUrl": "{HERE}release/{said["version"]}/ldn-kg.ttl"' in text


def test_the_crate_can_be_read(site_folder: Path) -> None:
    (path,) = site_folder.rglob(PREVIEW)
    text = path.read_text(encoding="utf-8")
    (embedded,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    crate = json.loads((path.parent / CRATE).read_text(encoding="utf-8"))
    assert json.loads(embedded) == crate
    (root,) = (entity for entity in crate["@graph"] if entity["@id"] == "./")
    parts = [part["@id"] for part in root["hasPart"]]
    assert PREVIEW not in parts  # the crate's own page is none of its data
    links = re.findall(r'<a href="([^"]*)"', text)
    assert set(parts) <= set(links)
    assert [x for x in links if not x.startswith("https") and not (path.parent / x).is_file()] == []
    assert root["description"] in text and root["version"] in text
