"""A real browser on the built site, for the tests that need one."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from support.axe import AXE
from support.needed import without


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if not found or not AXE.is_file():
        without("Chromium or axe-core is missing: .ci/install-browsers, then make scripts")
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
