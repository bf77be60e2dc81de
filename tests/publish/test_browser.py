"""The website in a real browser: nothing fails, nothing leaves the host, everybody can use it.

Needs Chromium (`.ci/install-browsers`) and the scripts of the site (`make scripts`). Where the
browser is missing the tests skip, unless LDN_KG_BROWSER says that it is required.
"""

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from support.axe import AXE
from support.paths import Run

import ldn_kg
from ldn_kg.graph.namespaces import BASE

pytestmark = pytest.mark.xdist_group("site")

PATHS = [
    "index.html",
    "conditions.html",
    "claims.html",
    "studies.html",
    "harms.html",
    "mechanism.html",
    "doses.html",
    "method.html",
    "changes.html",
    "query.html",
    "search.html",
    "ontology.html",
    "shapes.html",
    "graph/derived.html",
    "condition/fibromyalgia.html",
    "condition/crohns-disease.html",
    "condition/long-covid.html",
    "symptom/vivid-dreams.html",
    "synthesis/ldn-fibromyalgia-pain-intensity.html",
    "study/bruun2024.html",
    "study/wang2008.html",
    "study/plank2022.html",
    "claim/ldn-fibromyalgia.html",
    "claim/ldn-blocks-toll-like-receptor-4.html",
    "dose/titration-ldn-overview.html",
    "source/ldn-overview.html",
    "target/toll-like-receptor-4.html",
    "query/efficacy.html",
]
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_usable_by_everybody(path: str, scheme: str, page: Page) -> None:
    """By axe-core, the rules of WCAG 2.2 A and AA; also at the width of a phone."""
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(path)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{path} is {wide} pixels too wide for a phone"
    page.set_viewport_size({"width": 1200, "height": 900})
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    report = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    assert report["passes"]
    found = [
        (v["id"], v["impact"], [node["target"] for node in v["nodes"]][:3])
        for v in report["violations"]
    ]
    assert found == []


def test_axe_finds_a_fault(page: Page) -> None:
    page.goto("index.html")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"static/icon.svg\">'")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    report = page.evaluate("axe.run(document)")
    assert "image-alt" in [violation["id"] for violation in report["violations"]]


def test_pages_can_be_read_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("condition/fibromyalgia.html")
    page.locator("figure").get_by_role("link", name="Bruun and others 2024").first.click()
    assert page.locator("h1").inner_text() == "Bruun and others 2024"
    page.goto("query.html")
    page.get_by_role("link", name="Does a treatment help, claim by claim").first.click()
    assert page.locator("tbody tr").count() > 20
    context.close()


def test_every_question_in_the_browser_gives_the_rows_of_the_command(page: Page, run: Run) -> None:
    """The engine of the page is another build than that of the command, which may differ."""
    page.goto("query.html")
    names = sorted(ldn_kg.questions())
    for name in names:
        page.select_option("#question", name)
        got = list(csv.reader(io.StringIO(_download(page, "#csv"))))
        expected = list(csv.reader(io.StringIO(run("query", name, "-f", "csv").stdout)))
        assert got == expected, name
    with page.expect_download() as download:
        page.click("#json")
    answer = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert len(answer["results"]["bindings"]) == len(expected) - 1 > 0


def _download(page: Page, button: str) -> str:
    """Run what is asked, and return what a button saves."""
    page.click("#run")
    page.wait_for_selector(f"{button}:not([disabled])", timeout=60_000)
    with page.expect_download() as download:
        page.click(button)
    return Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("question", "parameter", "typed", "meant"),
    [
        ("trials", "condition", "Crohn's disease", "crohns-disease"),
        ("trials", "condition", "crohn's DISEASE", "crohns-disease"),
        ("trials", "condition", "crohns-disease", "crohns-disease"),
        ("results", "study", "study:bruun2024", "bruun2024"),
        ("arms-by-dose", "most", "1.5", "1.5"),
    ],
)
def test_a_parameter_is_a_field(
    question: str, parameter: str, typed: str, meant: str, page: Page, run: Run
) -> None:
    page.goto("query.html")
    page.select_option("#question", question)
    page.fill(f"#parameter-{parameter}", typed)
    got = list(csv.reader(io.StringIO(_download(page, "#csv"))))
    done = run("query", question, "-p", f"{parameter}={meant}", "-f", "csv")
    assert got == list(csv.reader(io.StringIO(done.stdout)))
    assert len(got) > 1
    assert page.input_value("#question") == question  # it is still the same question


def test_fields_say_what_they_mean_and_suggest_records_by_their_names(page: Page) -> None:
    page.goto("query.html")
    page.select_option("#question", "trials")
    field = page.get_by_label("Condition")
    assert (
        page.locator(f"#{field.get_attribute('aria-describedby')}")
        .inner_text()
        .startswith("a condition, such as fibromyalgia")
    )
    suggested = page.locator(f"#{field.get_attribute('list')} option").evaluate_all(
        "options => options.map(option => option.value)"
    )
    assert {"fibromyalgia", "Crohn's disease"} <= set(suggested)
    assert len(suggested) == len(set(suggested)) > 50
    page.select_option("#question", "dose-windows")  # which takes none
    assert page.locator("#parameters input").count() == 0


def test_what_is_no_record_is_told_and_not_asked(page: Page) -> None:
    page.goto("query.html")
    page.select_option("#question", "trials")
    page.fill("#parameter-condition", "fibromialgia")
    page.click("#run")
    field = page.locator("#parameter-condition")
    assert field.get_attribute("aria-invalid") == "true"
    assert "no such record" in page.locator("#parameter-condition-meaning").inner_text()
    assert page.evaluate("document.activeElement.id") == "parameter-condition"
    assert page.locator("#status").inner_text() == ""
    field.fill("fibromyalgia")
    assert field.get_attribute("aria-invalid") == "false"


def test_the_text_and_the_fields_say_the_same(page: Page) -> None:
    page.goto("query.html")
    page.select_option("#question", "trials")
    page.fill("#parameter-condition", "fibromyalgia")
    text = page.input_value("#editor")
    assert f"VALUES ?condition {{ <{BASE}condition/fibromyalgia> }} # -p condition" in text
    page.click("#sparql summary")
    _paste(page, text.replace("condition/fibromyalgia", "condition/long-covid"))
    assert page.input_value("#parameter-condition") == "long COVID"
    assert page.input_value("#question") == "trials"
    _paste(page, text.replace("?design ?blinding", "?blinding ?design"))
    assert page.input_value("#question") == ""  # no longer that question; still with its field
    assert page.input_value("#parameter-condition") == "fibromyalgia"


def test_an_answer_leads_to_the_page_of_a_record(page: Page) -> None:
    page.goto("query.html")
    page.select_option("#question", "retracted-evidence")
    page.click("#run")
    page.wait_for_selector("#answer table a", timeout=60_000)
    page.locator("#answer table a").first.click()
    page.wait_for_load_state()
    assert page.locator("h1").count() == 1
    assert "/query.html" not in page.url


def test_a_long_query_can_be_stopped(page: Page) -> None:
    page.goto("query.html")
    _type(page, LONG)
    page.click("#run")
    page.wait_for_selector("#stop:not([disabled])")
    page.click("#stop")
    page.wait_for_selector("#run:not([disabled])")
    assert "stopped" in page.locator("#status").inner_text().lower()
    _type(page, "SELECT (1 + 1 AS ?two) { }")
    page.click("#run")
    page.wait_for_selector("#answer table", timeout=60_000)
    assert page.locator("#answer tbody th").inner_text() == "2"


def test_a_query_that_cannot_be_read_is_told(page: Page) -> None:
    page.goto("query.html")
    _type(page, "SELECT * WHERE {")
    page.click("#run")
    page.wait_for_selector("[role=alert]", timeout=60_000)
    assert page.locator("#answer table").count() == 0


def test_a_fault_is_marked_where_it_is(page: Page) -> None:
    page.goto("query.html")
    _type(page, "SELECT ?s\nWHERE {\n  ?s ldn:status oops .\n}")
    page.click("#run")
    page.wait_for_selector("[role=alert]", timeout=60_000)
    assert "line 3" in page.locator("[role=alert]").inner_text()
    assert page.locator(".cm-fault").inner_text() == "oops"
    page.click("[role=alert] button")  # goes there, for who does not see the mark
    page.keyboard.type("?")
    page.keyboard.press("Escape")
    assert page.input_value("#editor").splitlines()[2] == "  ?s ldn:status ?oops ."
    assert page.locator(".cm-fault").count() == 0
    page.click("#run")
    page.wait_for_selector("#answer table", timeout=60_000)


def test_a_misspelt_name_gets_a_hint(page: Page) -> None:
    page.goto("query.html")
    _type(page, "SELECT ?c { ?c a ldn:EfficacyClaims ; ldn:staus ldnc:benefit-possible }")
    page.click("#run")
    page.wait_for_selector(".hint", timeout=60_000)
    hints = page.locator(".hint").all_inner_texts()
    assert "ldn:EfficacyClaims is not in the data. Did you mean ldn:EfficacyClaim" in hints[0]
    assert "ldn:status" in hints[1]
    assert page.locator(".cm-fault").all_inner_texts() == ["ldn:EfficacyClaims", "ldn:staus"]
    for _ in hints:
        page.locator(".hint button").first.click()
        page.wait_for_selector("#run:not([disabled])")
    assert page.locator(".hint").count() == 0
    assert page.locator("#answer tbody tr").count() >= 1


def test_what_is_right_gets_no_hint(page: Page) -> None:
    """Prefixes of one's own, functions, types, strings and comments are no names of the data."""
    page.goto("query.html")
    _type(
        page,
        "PREFIX ldn: <https://example.org/> # ldn:nothing\n"
        'SELECT ("a:b ldn:none" AS ?x) (xsd:integer("1") AS ?y) '
        "{ OPTIONAL { ?s ldn:nowhere ?o } ?c a schema:Dataset } LIMIT 1",
    )
    page.click("#run")
    page.wait_for_selector("#answer table", timeout=60_000)
    assert page.locator(".hint").count() == 0


def test_names_are_completed(page: Page) -> None:
    page.goto("query.html")
    _type(page, "")
    page.locator(".cm-content").focus()
    for typed, chosen in (
        ("ldn:Effic", "ldn:EfficacyClaim"),
        ("fibromy", "condition:fibromyalgia"),
    ):
        page.keyboard.type(typed)
        page.wait_for_selector(".cm-tooltip-autocomplete [aria-selected]")
        assert chosen in page.locator(".cm-tooltip-autocomplete [aria-selected]").inner_text()
        page.wait_for_timeout(100)  # a choice is not taken before it can be seen
        page.keyboard.press("Enter")
        page.keyboard.type(" ")
    assert page.input_value("#editor") == "ldn:EfficacyClaim condition:fibromyalgia "


def test_numbers_by_group_are_drawn_one_measure_at_a_time(page: Page) -> None:
    page.goto("query.html")
    _type(page, 'SELECT ?g ?a ?b { VALUES (?g ?a ?b) { ("one" 5 1.5) ("two" 10 3) } }')
    page.click("#run")
    page.wait_for_selector("#answer .chart", timeout=60_000)
    widths = "svg => svg.map(each => each.querySelector('rect').getAttribute('width'))"
    for measure, caption, expected in (("a", "a, by g", 50), ("b", "b, by g", 50)):
        page.select_option("#measure", label=measure)
        assert page.locator("#answer .chart caption").inner_text() == caption
        drawn = page.locator("#answer .chart .axis svg").evaluate_all(widths)
        assert drawn == [f"{expected}%", "100%"]
    assert page.locator("#answer .chart .value").all_inner_texts() == ["1.5", "3"]
    _type(page, 'SELECT ?g ?h ?a { VALUES (?g ?h ?a) { ("one" "x" 5) ("one" "x" 10) } }')
    page.click("#run")
    page.wait_for_selector("#answer table", timeout=60_000)
    assert page.locator("#answer .chart").count() == 0  # a group that comes twice is no group


def test_an_answer_is_sorted_by_its_headings(page: Page) -> None:
    page.goto("query.html")
    _type(page, 'SELECT ?w ?n { VALUES (?w ?n) { ("b" 9) ("a" 10) ("c" UNDEF) } }')
    page.click("#run")
    page.wait_for_selector("#answer table", timeout=60_000)
    rows = page.locator("#answer .wide tbody th")
    page.get_by_role("button", name="n", exact=True).click()
    assert rows.all_inner_texts() == ["a", "b", "c"]  # as numbers, the greatest first
    page.get_by_role("button", name="n", exact=True).click()
    assert rows.all_inner_texts() == ["b", "a", "c"]  # and what is unknown is last either way
    assert page.locator("#answer th[aria-sort]").get_attribute("aria-sort") == "ascending"
    page.set_viewport_size({"width": 390, "height": 800})  # where there are no headings
    page.get_by_label("Sort by").select_option(label="w")
    assert rows.all_inner_texts() == ["a", "b", "c"]


def test_values_go_by_their_words(page: Page) -> None:
    page.goto("query.html")
    _type(page, "SELECT ?s ?status { VALUES ?s { claim:ldn-fibromyalgia } ?s ldn:status ?status }")
    page.click("#run")
    page.wait_for_selector("#answer table", timeout=60_000)
    link = page.locator("#answer tbody a").first
    assert link.inner_text() == "low-dose naltrexone relieves fibromyalgia"
    assert link.get_attribute("title") == "claim:ldn-fibromyalgia"


@pytest.mark.parametrize("width", [390, 1280])
def test_no_column_is_beyond_the_edge(width: int, page: Page, site_folder: Path) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in sorted((site_folder / "query").glob("*.html")):
        page.goto(f"query/{path.name}")
        beyond = page.evaluate(
            "Math.max(...[...document.querySelectorAll('main .wide')]"
            ".map(box => box.scrollWidth - box.clientWidth), 0)"
        )
        assert beyond <= 0, f"{path.name}: {beyond} pixels"
    page.goto("query.html#question=randomised-trials&condition=condition:fibromyalgia")
    page.click("#run")
    page.wait_for_selector("#answer table", timeout=60_000)
    for label in ("p", "favours"):
        box = page.locator(f"#answer td[data-label={label}]:not(:empty)").first.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width


def test_a_link_carries_the_question_and_its_parameters(page: Page) -> None:
    page.goto("query.html")
    page.select_option("#question", "trials")
    page.fill("#parameter-condition", "Crohn's disease")
    page.click("#share")
    page.wait_for_function("location.hash.startsWith('#question=')")
    shared = page.url
    assert shared.endswith("#question=trials&condition=condition:crohns-disease")
    page.goto("index.html")
    page.goto(shared)
    assert page.locator("#parameter-condition").input_value() == "Crohn's disease"
    assert page.input_value("#question") == "trials"
    assert page.locator("#status").inner_text() == ""  # nothing is run unasked


def test_an_address_of_anybody_puts_in_no_code(page: Page) -> None:
    page.goto("query.html#question=trials&condition=x%3Ay>%20}%20SERVICE%20<http://evil.example/>")
    page.wait_for_selector("#form:not([hidden])")
    assert "evil" not in page.input_value("#editor")


def test_a_link_carries_the_query(page: Page) -> None:
    page.goto("query.html")
    _type(page, "SELECT * { ?s ldn:status ?o } LIMIT 7")
    page.click("#share")
    page.wait_for_function("location.hash.startsWith('#query=')")
    shared = page.url
    page.goto("index.html")
    page.goto(shared)
    page.click("#run")
    page.wait_for_selector("#answer table", timeout=60_000)
    assert page.locator("#answer tbody tr").count() == 7


FOUND = [
    ("fibromyalgia", "condition/fibromyalgia.html"),
    ("fibromialgia", "condition/fibromyalgia.html"),
    ("FM", "condition/fibromyalgia.html"),
    ("sjogren", "condition/sjogrens-syndrome.html"),
    ("crohn", "condition/crohns-disease.html"),
    ("FINAL", "study/bruun2024.html"),
    ("https://doi.org/10.1016/S2665-9913(23)00278-3", "study/bruun2024.html"),
    ("38258677", "study/bruun2024.html"),
    ("side effects", "harms.html"),
    ("titration", "doses.html"),
    ("vivid dreams", "symptom/vivid-dreams.html"),
]


@pytest.mark.parametrize(("words", "path"), FOUND)
def test_the_first_hit_is_what_was_meant(words: str, path: str, page: Page) -> None:
    page.goto("index.html")
    page.fill("#find", words)
    page.wait_for_selector(".hits a")
    assert page.locator(".hits a").first.get_attribute("href").endswith(path)  # type: ignore[union-attr]


def test_a_short_name_finds_the_claims_on_what_it_names(page: Page) -> None:
    page.goto("claims.html")
    page.fill("header input", "TLR4")
    page.wait_for_selector(".hits a")
    hits = [link.get_attribute("href") or "" for link in page.locator(".hits a").all()]
    assert sum("/claim/" in hit for hit in hits) >= 4


def test_a_hit_says_what_is_known(page: Page) -> None:
    page.goto("index.html")
    page.fill("#find", "crohn")
    page.wait_for_selector(".hits a")
    assert "benefit possible, low certainty" in page.locator(".hits li").first.inner_text()


def test_hits_are_reached_by_the_arrow_keys_and_closed_by_escape(page: Page) -> None:
    page.goto("condition/fibromyalgia.html")
    page.fill("header input", "crohn")
    page.wait_for_selector(".hits a")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Crohn's disease"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator(".hits a").count() == 0
    assert page.evaluate("document.activeElement.name") == "q"


@pytest.mark.parametrize("path", ["index.html", "condition/fibromyalgia.html", "symptom/pain.html"])
def test_a_page_fits_every_window(path: str, page: Page) -> None:
    page.goto(path)
    for width in (320, 390, 600, 801, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{wide} pixels too wide for {width}"


def test_the_index_of_the_search_is_fetched_when_somebody_searches(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto("condition/fibromyalgia.html")
    page.wait_for_load_state("networkidle")
    assert fetched
    assert not [url for url in fetched if "search" in url]
    with page.expect_request("**/search.json"):
        page.focus("header input")


def test_the_search_page_keeps_the_query_in_its_address(page: Page) -> None:
    page.goto("condition/fibromyalgia.html")
    page.fill("header input", "NCT04270877")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found a")
    assert page.url.endswith("search.html?q=NCT04270877")
    page.get_by_role("link", name="Bruun and others 2024").first.click()
    assert page.locator("h1").inner_text() == "Bruun and others 2024"


def test_the_map_is_filtered_and_sorted(page: Page) -> None:
    """Which conditions have two or more trials? One click from the first page."""
    page.goto("index.html")
    rows = page.locator("#map tbody tr")
    every = rows.count()
    page.get_by_role("button", name="2 or more trials").click()
    shown = [row for row in rows.all() if row.is_visible()]
    trials = [int(row.get_attribute("data-trials") or 0) for row in shown]
    assert 2 < len(shown) < every
    assert min(trials) == 2
    page.locator("#map thead").get_by_role("button", name="People").click()
    people = [row.locator("[data-label=People]").inner_text() for row in shown]
    numbers = [int(number) for number in people]
    assert numbers == sorted(numbers, reverse=True)
    assert page.locator("#map th[aria-sort=descending]").inner_text().startswith("People")
    page.get_by_role("button", name="All").click()
    assert sum(row.is_visible() for row in rows.all()) == every


def test_an_answer_is_on_the_first_screen_of_a_phone(page: Page) -> None:
    """Fibromyalgia, its answer and its certainty: one click from the first page."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("index.html")
    page.locator("#map").get_by_role("link", name="Fibromyalgia").click()
    for part in (".verdict .status", ".verdict .certainty", ".answer"):
        box = page.locator(part).first.bounding_box()
        assert box and box["y"] < 844
    assert page.locator(".verdict").first.inner_text().startswith("differs by outcome")
    assert "low certainty" in page.locator(".verdict").first.inner_text()


def test_a_chart_can_be_read_at_both_widths(page: Page) -> None:
    """Its words are of the size of a page's, its marks between its ends, and neither is cut."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("condition/fibromyalgia.html")
        figure = page.locator("figure.chart").first
        axis = figure.locator("tfoot svg").bounding_box()
        assert axis and axis["width"] > 0.3 * width
        for mark in figure.locator("svg.mark path").all():
            box = mark.bounding_box()
            assert box and axis["x"] <= box["x"]
            assert box["x"] + box["width"] <= axis["x"] + axis["width"]
            assert box["width"] >= 8
        size = "element => parseFloat(getComputedStyle(element).fontSize)"
        assert min(text.evaluate(size) for text in figure.locator("text").all()) >= 12


def test_the_keyboard_suffices(page: Page) -> None:
    page.goto("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.goto("query.html")
    page.click("#sparql summary")
    page.focus("#question")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "share":
            return
    pytest.fail("the editor keeps the focus")


def _type(page: Page, sparql: str) -> None:
    page.wait_for_selector("#form:not([hidden])")
    page.evaluate("document.getElementById('sparql').open = true")
    _paste(page, sparql)


def _paste(page: Page, text: str) -> None:
    """Paste over all that is in the editor, which takes lines as they are."""
    editor = page.locator(".cm-content")
    editor.focus()
    page.keyboard.press("ControlOrMeta+a")
    if not text:
        page.keyboard.press("Delete")
    editor.evaluate(
        """(editor, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const how = { clipboardData: data, bubbles: true, cancelable: true };
            editor.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )
    assert page.input_value("#editor") == text
