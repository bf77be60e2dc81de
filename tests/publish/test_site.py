"""The website without a browser: a page for every IRI, every link resolves, data stay text."""

import json
import posixpath
import random
import re
from collections import defaultdict
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse
from support.graphs import canonical
from support.needed import without
from support.paths import ROOT, Run

import ldn_kg
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import BASE, LDN, PREFIXES, expand, iri, shorten
from ldn_kg.publish.folder import contents
from ldn_kg.publish.release.crate import PREVIEW
from ldn_kg.publish.site import files_of
from ldn_kg.read.record import Records, kind

pytestmark = pytest.mark.xdist_group("site")


# Relations of links that only name something, by its own address.
ELSEWHERE = ("author", "canonical", "cite-as", "license", "type")


class Html(HTMLParser):
    """What a test needs to know of a page."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.signposts: list[tuple[str, str]] = []  # relation and address
        self.tags: dict[str, int] = defaultdict(int)
        self.headings: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids, links, what is loaded, and headings."""
        given = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        self.ids += [given["id"]] if "id" in given else []
        if tag == "a":
            self.links.append(given.get("href", given.get("xlink:href", "")))
        if tag == "link":
            relations = given["rel"].split()
            self.signposts += [(name, given["href"]) for name in relations]
            if "alternate" in relations or "item" in relations:
                self.links.append(given["href"])
            elif relations[0] not in ELSEWHERE:
                self.loaded.append(given["href"])
        self.loaded += [given[n] for n in ("src",) if n in given]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


class Site:
    """A website in a folder."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder; pages are read when asked for."""
        self.folder = folder

    @cached_property
    def pages(self) -> dict[str, Html]:
        """Map each page to what is in it; a page of the release itself is none of the site."""
        found = sorted(set(self.folder.rglob("*.html")) - set(self.folder.rglob(PREVIEW)))
        assert len(found) > 1000
        return {
            path.relative_to(self.folder).as_posix(): Html(path.read_text(encoding="utf-8"))
            for path in found
        }


@pytest.fixture(scope="session", autouse=True)
def _scripts() -> None:
    """Skip, or fail where it is required, when the scripts of the site are not built."""
    if (ROOT / "ldn_kg" / "publish" / "site" / "static" / "vendor" / "query.js").is_file():
        return
    without("the scripts of the site are not built; make scripts builds them, with npm")


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Site:
    return Site(site_folder)


def test_every_iri_of_the_data_has_a_page_and_data_beside_it(site: Site, kg: Dataset) -> None:
    records = Records(kg)
    ours = {str(quad.subject).strip("<>") for quad in kg.triples() if BASE in str(quad.subject)}
    wanted = {name for name in ours if kind(name) and "#" not in name}
    assert len(wanted) > 3000
    assert wanted == records.homes.keys()
    for name in wanted:
        stem = records.homes[name].removeprefix(BASE)
        assert (site.folder / f"{stem}.html").is_file(), name
        if records.homes[name] != name:
            assert name.rpartition("/")[2] in site.pages[f"{stem}.html"].ids, name


def test_what_stands_beside_a_page_is_about_its_record(site: Site, kg: Dataset) -> None:
    records = Records(kg)
    for record in ("study/younger2013", "claim/ldn-fibromyalgia", "dose/titration-ldn-overview"):
        names = {BASE + record, *records.parts_of(BASE + record)}
        expected = {str(quad.triple) for name in names for quad in records[name].quads}
        turtle = rdflib.Graph().parse(site.folder / f"{record}.ttl")
        assert len(turtle) == len(expected) > 5
        json_ld = rdflib.Graph().parse(site.folder / f"{record}.jsonld", format="json-ld")
        assert set(json_ld) == set(turtle)


def test_all_triples_about_records_are_beside_some_page(site: Site, kg: Dataset) -> None:
    records = Records(kg)
    shown = sum(len({q.triple for q in records[name].quads}) for name in records.homes)
    store = Store()
    for record in records:
        path = site.folder / f"{record.removeprefix(BASE)}.ttl"
        store.load(path=str(path), to_graph=GRAPHS["local"])
    assert len(store) == shown > 20000


def test_every_link_and_anchor_of_the_site_resolves(site: Site) -> None:
    broken = []
    files = {path.relative_to(site.folder).as_posix() for path in contents(site.folder)}
    ids = {path: set(page.ids) for path, page in site.pages.items()}
    for path, page in site.pages.items():
        for link in (*page.links, *page.loaded):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            there = posixpath.join(posixpath.dirname(path), unquote(parts.path))
            name = posixpath.normpath(there) if parts.path else path
            if name not in files or (parts.fragment and parts.fragment not in ids.get(name, ())):
                broken.append((path, link))
    assert broken == []


def test_the_shapes_are_the_same_in_both_forms(site: Site) -> None:
    forms = {"shapes.ttl": "turtle", "shapes.jsonld": "json-ld"}
    read = [rdflib.Graph().parse(site.folder / name, format=form) for name, form in forms.items()]
    turtle, json_ld = (
        canonical(parse(graph.serialize(format="nt"), format=RdfFormat.N_TRIPLES)) for graph in read
    )
    assert len(turtle) == len(read[0]) > 1000
    assert turtle == json_ld


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    for path, page in site.pages.items():
        assert page.loaded, path
        assert not [x for x in page.loaded if urlsplit(x).scheme or x.startswith("//")], path
    scripts = [p for p in (site.folder / "static").rglob("*") if p.suffix in (".css", ".js")]
    assert scripts
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert not re.findall(r"(?:url\(|import\(?|fetch\(|src=)[\"'( ]*https?:", text), script


def test_pages_are_built_as_readers_need_them(site: Site) -> None:
    for path, page in site.pages.items():
        assert page.headings[0] == 1 and page.headings.count(1) == 1, path
        jumps = [b - a for a, b in zip(page.headings, page.headings[1:], strict=False)]
        assert max(jumps, default=0) <= 1, path
        assert len(page.ids) == len(set(page.ids)), path
        assert page.tags["main"] == page.tags["header"] == page.tags["footer"] == 1, path


LISTS = {"claims.html", "studies.html", "ontology.html"}


def test_a_page_is_light(site: Site) -> None:
    """Under 100 kB, but for the lists of everything and the answers to questions."""
    for path in site.pages:
        if path not in LISTS and not path.startswith("query/"):
            assert (site.folder / path).stat().st_size < 100_000, path


def test_no_page_allows_foreign_or_inline_code(site: Site) -> None:
    """But for the engine of the query page, which is WebAssembly; that is no eval of text."""
    for path in site.pages:
        text = (site.folder / path).read_text(encoding="utf-8")
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
        assert "base-uri 'none'" in policy, path
        assert "default-src 'none'" in policy, path  # and so object-src
        assert "form-action 'self'" in policy, path
        assert (
            policy.count("unsafe") == policy.count("'wasm-unsafe-eval'") == (path == "query.html")
        )
        assert "default-src 'none'" in policy, path
        assert not re.search(r"<[^>]*\s(?:style|on\w+)=", text), path


def test_every_page_can_search(site: Site) -> None:
    for path in site.pages:
        text = (site.folder / path).read_text(encoding="utf-8")
        assert text.count('role="search"') == 1, path


def test_a_table_that_becomes_cards_names_its_cells(site: Site) -> None:
    """Where the headings are gone, each cell says under which it stood."""
    tables = 0
    for path in site.pages:
        text = (site.folder / path).read_text(encoding="utf-8")
        for table in re.findall(r'<table class="cards[^"]*".*?</table>', text, re.DOTALL):
            tables += 1
            cells = re.findall(r"<td[^>]*>", table.partition("<tbody>")[2])
            assert cells, path
            assert all("data-label=" in cell for cell in cells), (path, cells)
    assert tables > 500


def test_fields_have_names_and_no_codes(site: Site) -> None:
    """A property that is not ours has the label that its authority gives it."""
    for path, page in site.pages.items():
        text = (site.folder / path).read_text(encoding="utf-8")
        names = re.findall(r"<dt>([^<]*)</dt>", text)
        wrong = [n for n in names if re.search(r"[:_]|[a-z][A-Z]|\b\w \w \w \w\b", n)]
        assert wrong == [], (path, wrong)
        assert page.headings


def test_every_page_says_that_it_is_no_advice(site: Site) -> None:
    for path in site.pages:
        assert "Not medical advice" in (site.folder / path).read_text(encoding="utf-8"), path


def test_a_retraction_cannot_be_missed(site: Site, kg: Dataset) -> None:
    found = ldn_kg.query(kg, "SELECT ?s ?p { ?s ldn:publication ?p . ?p ldn:retracted true }")
    names = {name.removeprefix(BASE) for row in found for name in (row["s"], row["p"])}
    assert {"study/wang2008", "publication/wang2008"} <= names
    for name in names:
        text = (site.folder / f"{name}.html").read_text(encoding="utf-8")
        head = text.partition("</h1>")[2][:300]
        assert "RETRACTED" in head, name
    claims = ldn_kg.query(
        kg, "SELECT ?c { ?c ldn:status <https://w3id.org/ldn-kg/concept/withdrawn> }"
    )
    for row in claims:
        path = site.folder / f"{row['c'].removeprefix(BASE)}.html"
        assert "retracted" in path.read_text(encoding="utf-8").partition("</h1>")[2][:300]
    studies = (site.folder / "studies.html").read_text(encoding="utf-8")
    assert studies.count('class="warning">RETRACTED') == len([n for n in names if n[:5] == "study"])


def test_data_stay_text(kg: Dataset) -> None:
    evil = '</script><script>alert("x")</script>'
    store = Store()
    store.extend(kg.triples())
    study = NamedNode(f"{BASE}study/younger2013")
    literature = GRAPHS["literature"]
    for quad in list(store.quads_for_pattern(study, iri("rdfs:label"), None, None)):
        store.remove(quad)
    store.add(Quad(study, iri("rdfs:label"), Literal(evil, language="en"), literature))
    store.add(Quad(study, iri("rdfs:seeAlso"), NamedNode("javascript:alert(1)"), literature))
    files = files_of(Dataset(store, ()))
    pages = ["index.html", "studies.html", "study/younger2013.html", "condition/fibromyalgia.html"]
    for name in pages:
        text = files[name](Path()).decode()
        assert "<script>alert" not in text, name
        assert 'href="javascript:' not in text, name
    assert "&lt;script&gt;alert" in files["study/younger2013.html"](Path()).decode()
    assert "\\u003c/script>" in files["study/younger2013.html"](Path()).decode()


def test_every_page_says_to_machines_what_it_is(site: Site) -> None:
    known = (ROOT / "tests" / "vocabularies" / "schema.txt").read_text(encoding="utf-8").split()
    types = set()
    for path in site.pages:
        text = (site.folder / path).read_text(encoding="utf-8")
        (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
        said = json.loads(found)
        types.add(said["@type"])
        assert not {key for key in said if key[0] != "@"} - set(known), path
    assert {"Dataset", "WebPage", "MedicalStudy", "Claim", "MedicalCondition"} <= types
    assert types <= set(known)


def test_the_query_page_has_every_question_and_what_may_be_asked(site: Site, kg: Dataset) -> None:
    text = (site.folder / "query.html").read_text(encoding="utf-8")
    offered = re.findall(r'<option value="([^"]+)">', text)
    known = json.loads((site.folder / "questions.json").read_text(encoding="utf-8"))
    assert sorted(offered) == sorted(known["questions"]) == sorted(ldn_kg.questions())
    assert {shorten(name) for name in Records(kg)} <= known["labels"].keys()
    assert known["labels"]["ldn:EfficacyClaim"] == "efficacy claim"
    assert known["prefixes"] == PREFIXES


def test_what_is_suggested_has_an_answer_and_nothing_else_does(site: Site, kg: Dataset) -> None:
    """By asking each question for some of the records that are suggested, and some that are not."""
    known = json.loads((site.folder / "questions.json").read_text(encoding="utf-8"))
    chance, asked = random.Random(7), 0
    for name, question in known["questions"].items():
        for parameter, choices in question["choices"].items():
            assert parameter in ldn_kg.questions()[name].parameters
            others = [
                each
                for each in known["labels"]
                if each not in choices and kind(expand(each) or "") == parameter
            ]
            for chosen, has_answer in ((choices, True), (others, False)):
                for each in chance.sample(chosen, min(2, len(chosen))):
                    rows = ldn_kg.query(kg, name, {parameter: each})
                    assert bool(rows) == has_answer, (name, parameter, each)
                    asked += 1
    assert asked > 80


def test_search_knows_every_record_and_list(site: Site, kg: Dataset) -> None:
    path = site.folder / "search.json"
    assert path.stat().st_size < 500_000
    index = json.loads(path.read_text(encoding="utf-8"))
    found = {entry["h"]: entry for entry in index["entries"]}
    records = {name for name, entry in found.items() if entry["k"] not in ("page", "question")}
    assert {f"{BASE}{name.removesuffix('.html')}" for name in records} == set(Records(kg))
    lists = found.keys() - records
    assert "harms.html" in lists
    assert all((site.folder / name).is_file() for name in lists)
    # A trial is found by its registration, and by what its paper is called.
    bruun = found["study/bruun2024.html"]
    assert {"NCT04270877", "FINAL", "38258677"} <= set(bruun["n"])
    assert "99 people" in bruun["v"]
    # A claim is found by the short name of what it is about.
    assert "TLR4" in found["claim/ldn-alters-toll-like-receptor-4.html"]["n"]
    # Of several claims on a condition the main one is told.
    assert found["condition/crohns-disease.html"]["v"] == "benefit possible, low certainty"


def test_every_term_of_the_vocabulary_is_on_its_page(site: Site, kg: Dataset) -> None:
    terms = {
        quad.subject.value.removeprefix(LDN)
        for quad in kg.triples("vocabulary")
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(LDN)
    }
    assert len(terms) > 100
    assert terms <= set(site.pages["ontology.html"].ids)


def test_the_page_of_the_vocabulary_counts_the_records_that_use_a_term(
    site_folder: Path, kg: Dataset
) -> None:
    """Counted again quad by quad: the class of a record, its property, or what a claim says."""
    users: dict[str, set[str]] = {}
    for quad in kg.triples():
        users.setdefault(quad.predicate.value, set()).add(str(quad.subject))
        if quad.predicate.value.endswith(("#type", "#predicate")):
            users.setdefault(quad.object.value, set()).add(str(quad.subject))  # type: ignore[union-attr]
    html = (site_folder / "ontology.html").read_text(encoding="utf-8")
    told = re.findall(r'<a href="#(\w+)">[^<]+</a> <span class="quiet">([\d,]+)</span>', html)
    assert len(told) > 200
    assert {name: int(number.replace(",", "")) for name, number in told} == {
        name: len(users.get(LDN + name, ())) for name, _ in told
    }


def test_the_data_of_the_vocabulary_are_those_that_ontology_tools_open(site_folder: Path) -> None:
    (file,) = site_folder.glob("release/*/ontology/ldn-kg.owl")
    opened = {quad.triple for quad in parse(path=file, format=RdfFormat.RDF_XML)}
    assert len(opened) > 3000
    beside = parse(path=site_folder / "ontology.ttl", format=RdfFormat.TURTLE)
    assert {quad.triple for quad in beside} == opened


def test_a_condition_page_has_the_figures_of_its_studies(site: Site) -> None:
    """Typed from data/studies/bruun2024.ttl."""
    text = (site.folder / "condition" / "fibromyalgia.html").read_text(encoding="utf-8")
    row = next(x for x in text.split("<tr") if "Bruun and others 2024" in x and "Year" in x)
    assert ">99</td>" in row
    assert ">6</td>" in row
    assert "12 weeks" in row
    assert "-0.34" in row and "-0.95 to 0.27" in row


def test_a_condition_page_tells_in_the_order_of_what_people_ask(site: Site) -> None:
    text = (site.folder / "condition" / "fibromyalgia.html").read_text(encoding="utf-8")
    asked = [
        'class="answer"',
        "How certain, and why",
        "Summary of findings",
        "The trials, side by side",
        "Published syntheses",
        "Doses of the trials",
        "Beside the answer",
        "Harms of low-dose naltrexone",
        "What the source document said",
        "Identifiers and data",
    ]
    places = [text.find(words) for words in asked]
    assert -1 not in places
    assert places == sorted(places)
    covid = (site.folder / "condition" / "long-covid.html").read_text(encoding="utf-8")
    assert "Trials awaited" in covid
    assert "Guidance" in covid


def test_certainty_is_told_domain_by_domain(site: Site, kg: Dataset) -> None:
    """Each rating of the graph, in a row of its own on the page of its synthesis."""
    found = kg.rows(
        "SELECT ?s ?domain ?rating ?why WHERE { ?s ldn:certaintyRating ?r . ?r ldn:rating "
        "/skos:prefLabel ?rating ; dcterms:type/skos:prefLabel ?domain ; dcterms:description ?why }"
    )
    assert len(found) > 400
    for row in found:
        path = site.folder / f"{row['s'].removeprefix(BASE)}.html"
        rows = unescape(path.read_text(encoding="utf-8")).split("<tr>")
        (told,) = (x for x in rows if f'scope="row">{row["domain"]}</th>'.lower() in x.lower())
        assert f">{row['rating']}</td>" in told, path
        assert f">{row['why']}</td>" in told, path


def test_a_page_begins_with_the_answer(site: Site, kg: Dataset) -> None:
    """Of a claim, of what it is about, and of each synthesis."""
    found = kg.rows(
        "SELECT ?record ?answer ?about "
        "WHERE { ?record ldn:answer ?answer OPTIONAL { ?record rdf:object ?about } }"
    )
    assert len(found) > 150
    for row in found:
        for name in filter(None, (row["record"], row["about"])):
            path = site.folder / f"{name.removeprefix(BASE)}.html"
            text = unescape(path.read_text(encoding="utf-8"))
            head = text.partition("</h1>")[2].partition("<dl")[0].partition("<h2")[0]
            assert row["answer"] in re.sub("<[^>]*>", "", head), name


def test_a_summary_of_findings_is_a_table(site: Site) -> None:
    """Typed from data/studies/smith2011.ttl: 88 against 40 %, 78 against 28 %; 40 people."""
    for name in ("claim/ldn-crohns-disease", "condition/crohns-disease"):
        text = (site.folder / f"{name}.html").read_text(encoding="utf-8")
        row = next(x for x in text.split("<tr") if ">Response</a>" in x and "Effect" in x)
        assert "880 against 400 in 1,000" in row
        assert "1, 40" in row
        assert "</span> low</span>" in row
        assert ">benefit possible</span>" in row


def test_a_status_looks_like_what_it_means(kg: Dataset) -> None:
    """By words of the vocabulary, each in one way."""
    from ldn_kg.publish.site.looks import _TONES, tone

    labels = {
        r["l"] for r in kg.rows("SELECT ?l { ?s skos:inScheme ldnc:statuses ; skos:prefLabel ?l }")
    }
    named = [words for several in _TONES.values() for words in several]
    assert len(named) == len(set(named))
    assert set(named) < labels
    assert tone("benefit possible") == "good"
    assert tone("known effect") == "bad"
    assert tone("too little to say") == "none"


def test_what_is_kept_out_stands_with_its_claim(site: Site, kg: Dataset) -> None:
    found = kg.rows(
        "SELECT ?part ?claim WHERE { ?part ldn:keptOut ?why ; ldn:consideredFor ?claim }"
    )
    assert found
    for row in found:
        page = f"{row['claim'].removeprefix(BASE)}.html"
        assert row["part"].rpartition("/")[2] in site.pages[page].ids


def test_no_page_has_a_word_of_the_old_grades(site: Site) -> None:
    old = re.compile(
        r'class="status (?:supported|contested|disputed|undecided|hypothesis|retracted)"'
    )
    for path in site.pages:
        text = (site.folder / path).read_text(encoding="utf-8")
        assert not old.search(text), path


def test_the_release_of_the_site_is_whole(site: Site, kg: Dataset) -> None:
    version = next(iter(ldn_kg.query(kg, "SELECT ?v { ?x dcat:version ?v }")))["v"]
    there = site.folder / "release" / version
    sums = (there / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert len(sums) > 100
    assert (site.folder / "metadata.ttl").read_bytes() == (there / "metadata.ttl").read_bytes()
    page = site.pages[f"release/{version}/index.html"]
    assert {line.split("  ")[1] for line in sums} <= set(page.links)


def test_two_sites_are_the_same_bytes(kg: Dataset, site: Site) -> None:
    store = Store()
    store.extend(sorted(kg.triples(), key=lambda quad: str(quad)[::-1]))
    files = files_of(Dataset(store, kg.files))
    for name, make in files.items():
        if not name.startswith("release/") and name not in ("metadata.ttl", "metadata.jsonld"):
            assert make(site.folder) == (site.folder / name).read_bytes(), name


def test_the_home_page_is_small(site: Site) -> None:
    page = site.pages["index.html"]
    size = (site.folder / "index.html").stat().st_size
    size += sum((site.folder / name).stat().st_size for name in page.loaded)
    assert size < 150_000


def test_the_address_of_record_can_be_said(kg: Dataset) -> None:
    files = files_of(kg, "https://example.org/some/path")
    text = files["study/younger2013.html"](Path()).decode()
    assert (
        '<link rel="canonical" href="https://example.org/some/path/study/younger2013.html">' in text
    )


def test_a_folder_with_something_else_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "letter.txt").write_text("mine", encoding="utf-8")
    done = run("site", "pages")
    assert (done.returncode, done.stdout) == (2, "")
    assert "letter.txt" in done.stderr
    assert [p.name for p in (tmp_path / "pages").iterdir()] == ["letter.txt"]


def test_scripts_that_are_not_built_are_asked_for(
    kg: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("ldn_kg.publish.site._STATIC", tmp_path)
    with pytest.raises(LdnKgError, match="make scripts"):
        files_of(kg)


def test_templates_and_styles_are_in_the_package() -> None:
    folder = ROOT / "ldn_kg" / "publish" / "site"
    assert len(list((folder / "templates").glob("*.html"))) > 5
    assert (folder / "static" / "style.css").is_file()
