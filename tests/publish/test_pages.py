"""What the pages of studies, claims and subjects tell, against the graph; without a browser."""

import re
from html import unescape
from pathlib import Path

import pytest

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE

pytestmark = pytest.mark.xdist_group("site")

LISTS = ("claims.html", "studies.html", "search.html", "ontology.html", "shapes.html")


def text_of(folder: Path, name: str) -> str:
    return unescape((folder / name).read_text(encoding="utf-8"))


def words_of(html: str) -> str:
    """Return what is read, on one line."""
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def row_of(html: str, link: str) -> str:
    """Return the row of a table with the link to a page in its heading."""
    heading = re.compile(rf'<th scope="row"[^>]*><a href="[^"]*{re.escape(link)}\.html"')
    return next(row for row in html.split("<tr")[1:] if heading.search(row))


def test_a_study_tells_what_came_out_before_anything_else(site_folder: Path) -> None:
    """Typed from data/studies/bruun2024.ttl."""
    html = text_of(site_folder, "study/bruun2024.html")
    head = words_of(html.partition("</h1>")[2].partition("<h2")[0])
    assert "Change of pain intensity from baseline to week 12:" in head
    assert "−1.3 points (−1.7 to −0.8) against −0.9 points (−1.4 to −0.5)" in head
    assert "mean difference −0.34, −0.95 to 0.27; p = 0.27; 99 people; no difference" in head
    assert "naltrexone 6 mg once daily" in head
    asked = ["What came out", "Unwanted events", "What was done", "How it was read"]
    asked += ["Risk of bias, as read", "What it bears on", "Cite", "Identifiers and data"]
    places = [html.index(f">{words}</h2>") for words in asked]
    assert places == sorted(places)


def test_a_study_tells_each_of_its_results_with_both_sides(site_folder: Path) -> None:
    """Typed from data/studies/bruun2024.ttl."""
    html = text_of(site_folder, "study/bruun2024.html")
    row = next(x for x in html.split("<tr") if 'id="bruun2024-result-any-adverse-event"' in x)
    assert 'data-label="With it">84 % (41 of 49)</td>' in row
    assert 'data-label="Without">86 % (43 of 50)</td>' in row
    assert "Read a second time on 2026-11-27: 41 of 41 figures agreed." in words_of(html)
    bearing = row_of(html, "claim/ldn-fibromyalgia")
    assert ">against<" in bearing
    assert "differs by outcome" in bearing
    assert "pain intensity</a> (64 %)" in bearing


def test_a_study_without_a_primary_outcome_picks_no_result(site_folder: Path) -> None:
    """Typed from data/studies/vatvani2024.ttl: what has figures is what favours the drug."""
    head = words_of(text_of(site_folder, "study/vatvani2024.html").partition("<h2")[0])
    assert "4 results, none named as primary in what was read: " in head
    assert "2 favour the treatment" in head
    assert "2 no difference" in head
    assert "−0.86" not in head


def test_a_table_has_no_column_without_a_value(site_folder: Path) -> None:
    """Cells in culture: what was read gives no values, and nobody judges their bias."""
    html = text_of(site_folder, "study/cant2017.html")
    assert 'data-label="Difference"' in html
    assert 'data-label="With it"' not in html
    assert "Risk of bias, as read" not in html


def test_conditions_count_the_same_people_once(site_folder: Path) -> None:
    """Typed from the files of bested2023, bruun2024, rodriguezfreireINNOVA and younger2013."""
    row = row_of(text_of(site_folder, "conditions.html"), "condition/fibromyalgia")
    assert 'data-label="Trials">4<' in row
    assert 'data-label="People">283<' in row
    assert 'data-label="Doses">4.5 to 6 mg a day<' in row


def test_a_judgement_of_bias_is_told_as_it_was_read(site_folder: Path) -> None:
    """Typed from data/studies/paulimagnus2000.ttl."""
    told = words_of(text_of(site_folder, "study/paulimagnus2000.html"))
    assert "Concealment of the allocation: unclear, by a Cochrane review (article page)" in told
    other = words_of(text_of(site_folder, "study/bruun2024.html"))
    assert "No judgement by others was read." in other


def test_every_study_with_a_paper_has_it_for_reference_managers(
    site_folder: Path, kg: Dataset
) -> None:
    found = kg.rows(
        "SELECT ?study ?paper ?doi { ?study ldn:publication ?paper . "
        "?study a ldn:Study . ?paper bibo:doi ?doi }"
    )
    assert len(found) > 100
    for row in found:
        html = text_of(site_folder, f"{row['study'].removeprefix(BASE)}.html")
        blocks = re.findall("<pre>(.*?)</pre>", html, re.DOTALL)
        assert any(f"doi = {{{row['doi']}}}" in block for block in blocks), row["study"]
        assert any(f"DO  - {row['doi']}" in block for block in blocks), row["study"]


def test_a_retracted_paper_is_cited_as_such(site_folder: Path) -> None:
    html = text_of(site_folder, "study/wang2008.html")
    assert "title = {{RETRACTED: " in html
    assert "TI  - RETRACTED: " in html


def test_a_claim_tells_its_reasoning_as_steps_with_links(site_folder: Path) -> None:
    html = text_of(site_folder, "claim/ldn-fibromyalgia.html")
    path = html.partition("How this came about</h2>")[2].partition("</ol>")[0]
    told = words_of(path)
    steps = ["What decides:", "What enters:", "What is kept out:", "Pain intensity, put together:"]
    steps += ["Pain intensity, how sure: low certainty.", "What stands beside:"]
    steps += ["So the answer is: differs by outcome."]
    places = [told.index(step) for step in steps]
    assert places == sorted(places)
    assert 'href="../study/bruun2024.html"' in path
    assert 'href="../synthesis/ldn-fibromyalgia-pain-intensity.html"' in path
    assert "2 of 4 trials pooled, 283 people: little or no difference." in told
    assert "Inconsistency: 1 step down, serious concern." in told


def test_a_claim_shows_each_of_its_studies_on_its_side(site_folder: Path, kg: Dataset) -> None:
    titles = {"supports": "For", "disputes": "Against", "inconclusive": "Does not decide"}
    found = kg.rows(
        "SELECT ?line ?claim ?direction { ?line ldn:claim ?claim ; "
        "ldn:direction/skos:prefLabel ?direction }"
    )
    told = 0
    for row in found:
        if row["direction"] in titles:
            html = text_of(site_folder, f"{row['claim'].removeprefix(BASE)}.html")
            place = html.index(f'<li id="{row["line"].rpartition("/")[2]}"')
            heading = re.findall(r"<h3>([^<(]*) \(", html[:place])[-1]
            assert heading == titles[row["direction"]], row["line"]
            told += 1
    assert told > 300


def test_a_mechanism_that_stands_no_firmer_than_its_group_says_so(
    site_folder: Path, kg: Dataset
) -> None:
    found = kg.rows(
        "SELECT ?c { ?c a ldn:MechanismClaim ; ldn:status ldnc:studies-disagree ; "
        "ldn:disputingStudies 0 }"
    )
    assert found
    for row in found:
        told = words_of(text_of(site_folder, f"{row['c'].removeprefix(BASE)}.html"))
        assert "Its group: studies disagree on it, and this claim stands no firmer." in told


def test_every_harm_is_on_the_page_of_harms(site_folder: Path, kg: Dataset) -> None:
    """Those that labels warn of first, and with opioids before the others."""
    html = text_of(site_folder, "harms.html")
    found = kg.rows("SELECT ?c ?status { ?c a ldn:SafetyClaim ; ldn:status ?status }")
    assert len(found) > 50
    for row in found:
        assert f'href="{row["c"].removeprefix(BASE)}.html"' in html, row["c"]
    warned = html.partition('id="compared"')[0]
    known = {r["c"] for r in found if r["status"].endswith("/known-effect")}
    assert len(known) > 3
    assert {f"{BASE}{name}" for name in re.findall(r'href="(claim/[^"]*)\.html"', warned)} == known
    assert warned.index("Precipitated opioid withdrawal") < warned.index("Liver injury")


def test_a_harm_is_told_per_thousand_or_as_not_known(site_folder: Path, kg: Dataset) -> None:
    html = text_of(site_folder, "harms.html")
    found = kg.rows(
        """SELECT ?claim ?without ?with WHERE {
             ?claim a ldn:SafetyClaim . ?s ldn:synthesisOf ?claim .
             OPTIONAL { ?s ldn:perThousandWithout ?without ; ldn:perThousandWith ?with } }"""
    )
    assert any(row["with"] for row in found)
    for row in found:
        told = row_of(html, row["claim"].removeprefix(BASE))
        assert f'data-label="Without">{row["without"] or "not known"}<' in told
        assert f"{row['with'] or 'not known'}<" in told.partition('data-label="With">')[2][:40]


def test_every_mechanism_is_where_it_was_looked_for(site_folder: Path, kg: Dataset) -> None:
    html = text_of(site_folder, "mechanism.html")
    parts = re.split(r'<h2 id="(in-[a-z]*)">', html)
    places = dict(zip(parts[1::2], parts[2::2], strict=True))
    found = kg.rows(
        """SELECT ?c ?system ?level WHERE { ?c a ldn:MechanismClaim ; ldn:system ?system .
             OPTIONAL { ?c ldn:evidenceLevel/skos:notation ?level } }"""
    )
    assert len(found) > 100
    where = {"human": "in-people", "in-vitro": "in-cells"}
    for row in found:
        place = where.get(row["system"].rpartition("/")[2], "in-animals")
        told = row_of(places[place], row["c"].removeprefix(BASE))
        assert f'data-label="Best for">{row["level"]}</td>' in told


def test_a_target_tells_the_concentrations_that_were_tried(site_folder: Path) -> None:
    """Typed from data/studies/cant2017.ttl and kucic2021.ttl."""
    html = text_of(site_folder, "target/toll-like-receptor-4.html")
    told = row_of(html, "claim/naltrexone-blocks-toll-like-receptor-4-in-vitro")
    assert "1–200 µM, 100 µM" in told
    assert "above what people reach" in told
    assert "not observed" in told
    assert "none of these was tested at 0.1 µM or less" in words_of(html)


def test_every_study_is_on_the_page_of_trials(site_folder: Path, kg: Dataset) -> None:
    html = text_of(site_folder, "studies.html")
    table = html.partition('id="trials"')[2]
    found = kg.rows(
        """SELECT ?s ?awaited WHERE { ?s a ldn:Study .
             BIND(EXISTS { ?s ldn:notReported ldnc:no-result-published } AS ?awaited) }"""
    )
    assert table.count("<tr data-") == len(found)
    for row in found:
        told = row_of(table, row["s"].removeprefix(BASE))
        assert ("no result published" in told) == (row["awaited"] == "true"), row["s"]


def test_doses_show_every_schedule_and_window(site_folder: Path, kg: Dataset) -> None:
    html = text_of(site_folder, "doses.html")
    found = kg.rows("SELECT ?w { ?w a ldn:DoseWindow }")
    assert len(found) > 5
    for row in found:
        assert f'href="{row["w"].removeprefix(BASE)}.html"' in html
    owners = kg.rows(
        "SELECT DISTINCT ?s { ?s ldn:regimen|ldn:arm/ldn:regimen ?r . ?s a ldn:Study }"
    )
    titration = html.partition('id="titration"')[2].partition('id="windows"')[0]
    for row in owners:
        assert f'href="{row["s"].removeprefix(BASE)}.html"' in titration


def test_the_source_document_is_told_statement_by_statement(site_folder: Path, kg: Dataset) -> None:
    html = text_of(site_folder, "source/ldn-overview.html")
    found = kg.rows(
        """SELECT ?s ?said ?hedge ?claim ?status WHERE { ?s a ldn:Statement ;
             dcterms:description ?said ; ldn:hedge/skos:prefLabel ?hedge ; ldn:expresses ?claim .
             ?claim ldn:status/skos:prefLabel ?status }"""
    )
    assert len(found) > 30
    for row in found:
        ident = f'id="{row["s"].rpartition("/")[2]}"'
        told = next(each for each in html.split("<tr") if ident in each)
        assert row["said"] in told
        assert f">{row['hedge']}</td>" in told
        claim = told.partition(f"{row['claim'].removeprefix(BASE)}.html")[2][:400]
        assert f">{row['status']}</span>" in claim, row["claim"]


def test_the_example_of_the_method_adds_up(site_folder: Path) -> None:
    """Typed from the worked example of docs/grading.md."""
    told = words_of(text_of(site_folder, "method.html"))
    assert "Bruun and others 2024 −0.34, −0.95 to 0.27 0.311 10.32 63.5 %" in told
    assert "INNOVA trial 0.49, −0.32 to 1.30 0.411 5.92 36.5 %" in told
    assert "0.635 × (−0.34) + 0.365 × (0.49) = −0.04, from −0.52 to 0.45" in told


def test_what_changed_has_the_changelog(site_folder: Path) -> None:
    html = text_of(site_folder, "changes.html")
    assert re.search(r"<h2>Version \d{4}\.\d\d</h2>", html)
    assert "<strong>Data:</strong>" in html
    assert "](" not in html
    assert "`" not in html


def test_pages_are_light(site_folder: Path) -> None:
    """Under 100 kB of HTML, but for lists."""
    heavy = {
        path.relative_to(site_folder).as_posix(): path.stat().st_size
        for path in site_folder.rglob("*.html")
        if path.stat().st_size > 100_000
    }
    assert {name for name in heavy if not name.startswith(("query/", "graph/", "release/"))} <= {
        *LISTS
    }
