"""The website in a real browser: nothing fails, nothing leaves the host, everybody can use it.

Needs Chromium (`.ci/install-chromium`) and the scripts of the site (`make scripts`). Where the
browser is missing the tests skip, unless LDN_KG_BROWSER says that it is required.
"""

import csv
import io
import json
import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from support.paths import ROOT, Run

pytestmark = pytest.mark.xdist_group("site")

PATHS = [
    "index.html",
    "conditions.html",
    "claims.html",
    "studies.html",
    "mechanism.html",
    "doses.html",
    "query.html",
    "search.html",
    "ontology.html",
    "shapes.html",
    "graph/derived.html",
    "condition/fibromyalgia.html",
    "study/wang2008.html",
    "claim/ldn-fibromyalgia.html",
    "dose/titration-ldn-overview.html",
    "source/ldn-overview.html",
    "target/toll-like-receptor-4.html",
    "query/efficacy.html",
]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if not found or not AXE.is_file():
        reason = "Chromium or axe-core is missing: .ci/install-chromium, then make scripts"
        pytest.fail(reason) if os.environ.get("LDN_KG_BROWSER") == "required" else pytest.skip(
            reason
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(site_folder: Path) -> Iterator[str]:
    """Serve the site below a path, as any host may."""
    handler = partial(_Quiet, directory=str(site_folder.parent.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/some/path/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Open a page that fails its test for an error in the console or a request elsewhere."""
    context = browser.new_context(base_url=address, accept_downloads=True)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    # What is given up because the page is left, or a query stopped, is no fault.
    opened.on(
        "requestfailed",
        lambda r: (
            None if r.failure == "net::ERR_ABORTED" else wrong.append(f"{r.failure}: {r.url}")
        ),
    )
    opened.on(
        "request",
        lambda r: None if r.url.startswith((address, "blob:", "data:")) else wrong.append(r.url),
    )
    yield opened
    context.close()
    assert wrong == []


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
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"data:,\">'")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    report = page.evaluate("axe.run(document)")
    assert "image-alt" in [violation["id"] for violation in report["violations"]]


def test_pages_can_be_read_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("condition/fibromyalgia.html")
    page.get_by_role("link", name="Bruun and others 2024").first.click()
    assert page.locator("h1").inner_text() == "Bruun and others 2024"
    page.goto("query.html")
    page.get_by_role("link", name="Does a treatment help, claim by claim").first.click()
    assert page.locator("tbody tr").count() > 20
    context.close()


@pytest.mark.parametrize("name", ["dose-windows", "efficacy", "retracted-evidence"])
def test_a_question_in_the_browser_gives_the_rows_of_the_command(
    name: str, page: Page, run: Run, tmp_path: Path
) -> None:
    page.goto("query.html")
    page.select_option("#question", name)
    page.click("#run")
    page.wait_for_selector("#answer table", timeout=60_000)
    with page.expect_download() as download:
        page.click("#csv")
    got = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    expected = list(csv.reader(io.StringIO(run("query", name, "-f", "csv").stdout)))
    assert len(expected) > 1
    assert got == expected
    with page.expect_download() as download:
        page.click("#json")
    answer = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert len(answer["results"]["bindings"]) == len(expected) - 1


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
    assert page.locator("#answer td").inner_text() == "2"


def test_a_query_that_cannot_be_read_is_told(page: Page) -> None:
    page.goto("query.html")
    _type(page, "SELECT * WHERE {")
    page.click("#run")
    page.wait_for_selector("[role=alert]", timeout=60_000)
    assert page.locator("#answer table").count() == 0


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


def test_search_finds_a_study_by_its_registration(page: Page) -> None:
    page.goto("search.html")
    page.fill("#q", "NCT04270877")
    # The protocol of the trial has the same registration.
    assert page.locator("#found a").first.inner_text().startswith("Bruun and others 202")
    page.get_by_role("link", name="Bruun and others 2024").first.click()
    assert page.locator("h1").inner_text() == "Bruun and others 2024"


def test_the_keyboard_suffices(page: Page) -> None:
    page.goto("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.goto("query.html")
    page.focus("#question")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "share":
            return
    pytest.fail("the editor keeps the focus")


def _type(page: Page, sparql: str) -> None:
    editor = page.locator(".cm-content, #editor:visible").first
    editor.fill(sparql)
