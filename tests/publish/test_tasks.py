"""Ten things that people come for, from the first page in Chromium, each with its clicks.

The figures are typed from the data; where the data change, so do they.
"""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.xdist_group("site")


@dataclass
class Visit:
    """A visit that begins on the first page and counts its clicks."""

    page: Page
    clicks: int = 0

    def click(self, place: Locator) -> None:
        """Click on something."""
        place.click()
        self.clicks += 1

    def click_in(self, where: str, name: str, *, exact: bool = True) -> None:
        """Click on the first link of a name in a part of the page."""
        self.click(self.page.locator(where).get_by_role("link", name=name, exact=exact).first)

    def search(self, words: str) -> None:
        """Type into the search, which is no click, and follow the first hit, which is one."""
        self.page.fill("#find", words)
        self.page.wait_for_selector(".hits a")
        self.click(self.page.locator(".hits a").first)

    def row(self, words: str) -> Locator:
        """Return the row of a table whose heading is, or begins with, some words."""
        heading = self.page.get_by_role("rowheader", name=words)
        return self.page.locator("tr").filter(has=heading).first


@pytest.fixture
def visit(page: Page) -> Visit:
    page.goto("index.html")
    return Visit(page)


def test_what_is_the_answer_in_fibromyalgia_and_how_sure(visit: Visit) -> None:
    visit.click_in("#map", "Fibromyalgia")
    verdict = visit.page.locator(".verdict").first.inner_text()
    assert verdict.startswith("differs by outcome")
    assert "low certainty" in verdict
    assert visit.clicks == 1


def test_which_dose_had_the_largest_trial_that_found_no_benefit(visit: Visit) -> None:
    """Typed from data/studies/bruun2024.ttl: 6 mg, 99 people."""
    visit.click_in("#map", "Fibromyalgia")
    chart = visit.page.locator("figure.chart", has_text="Daily dose")
    row = chart.locator("tr", has_text="99 people")
    assert "no benefit found" in row.inner_text()
    assert row.locator("td.value").inner_text() == "6 mg once daily, 12 weeks"
    assert visit.clicks == 1


def test_how_many_in_1000_have_vivid_dreams(visit: Visit) -> None:
    """That is not known; typed from data/studies/younger2013.ttl: 28 people."""
    visit.click_in("nav", "Harms")
    row = visit.row("Vivid dreams")
    assert row.locator("[data-label=With]").inner_text() == "not known"
    assert "more often in one study" in row.locator("[data-label=Effect]").inner_text()
    assert row.locator('[data-label="Trials, people"]').inner_text() == "1, 28"
    assert visit.clicks == 1


def test_which_conditions_have_two_or_more_trials(visit: Visit) -> None:
    visit.click(visit.page.get_by_role("button", name="2 or more trials"))
    rows = [row for row in visit.page.locator("#map tbody tr").all() if row.is_visible()]
    names = [row.get_by_role("rowheader").inner_text() for row in rows]
    assert {"Fibromyalgia", "Multiple sclerosis"} <= set(names)
    assert "Crohn's disease" not in names
    assert visit.clicks == 1


def test_which_trials_are_awaited_in_long_covid(visit: Visit) -> None:
    """Typed from data/studies/naik2024.ttl."""
    visit.click_in("#map", "Long COVID")
    row = visit.page.locator("tr", has_text="NCT05430152").first
    assert "ACTRN" not in row.inner_text()
    assert row.locator("[data-label=Planned]").inner_text() == "160"
    assert row.locator("[data-label=Ends]").inner_text() == "2025-08-16"
    assert visit.clicks == 1


def test_is_it_safe_with_opioids(visit: Visit) -> None:
    """What is dangerous stands first, on the first screen of a phone."""
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.click_in("nav", "Harms")
    warning = visit.page.locator(".banner").first
    assert "Precipitated opioid withdrawal" in warning.inner_text()
    assert "labels warn of it" in warning.inner_text()
    assert "Low-dose naltrexone" in warning.inner_text()
    box = warning.bounding_box()
    assert box and box["y"] < 600
    assert visit.clicks == 1


def test_what_is_known_on_toll_like_receptor_4_at_concentrations_that_people_reach(
    visit: Visit,
) -> None:
    """Typed from data/studies/cant2017.ttl and brewer2018.ttl."""
    visit.click_in("nav", "Mechanisms")
    visit.click_in("main", "toll-like receptor 4")
    told = visit.page.locator("main").inner_text()
    assert "Nothing that was seen was measured at concentrations that people reach" in told
    assert "1.5 to 18 ng/mL" in told
    row = visit.row("Low-dose naltrexone blocks toll-like receptor 4")
    assert "not observed" in row.inner_text()
    assert "1–200 µM" in row.inner_text()
    assert visit.clicks == 2


def test_how_did_one_trial_build_up_the_dose(visit: Visit) -> None:
    """Typed from data/studies/plank2022.ttl."""
    visit.click_in("nav", "Doses")
    chart = visit.page.locator("figure.chart", has_text="week by week")
    row = chart.locator("tr", has_text="Plank and others 2022")
    assert row.locator("td.value").inner_text() == "1.5 mg, 1 week; 3 mg, 1 week; 4.5 mg, 10 weeks"
    assert row.locator("td.axis line.step").count() == 3
    assert visit.clicks == 1


def test_how_is_the_final_trial_cited(visit: Visit) -> None:
    """Typed from data/studies/bruun2024.ttl."""
    visit.search("FINAL")
    entry = visit.page.locator("pre", has_text="@article").first
    assert entry.is_visible()
    assert entry.inner_text().splitlines() == [
        "@article{bruun2024,",
        "  author = {Bruun, K. D. and Christensen, R. and Amris, K. and Vaegter, H. B. and "
        "Blichfeldt-Eckhardt, M. R. and Bye-Moller, L. and Holsgaard-Larsen, A. and Toft, P.},",
        "  title = {{Naltrexone 6 mg once daily versus placebo in women with fibromyalgia: "
        "a randomised, double-blind, placebo-controlled trial}},",
        "  journal = {The Lancet Rheumatology},",
        "  year = {2024},",
        "  volume = {6},",
        "  number = {1},",
        "  pages = {e31--e39},",
        "  doi = {10.1016/s2665-9913(23)00278-3},",
        "  pmid = {38258677},",
        "  url = {https://doi.org/10.1016/s2665-9913(23)00278-3},",
        "  annote = {ldn-kg: https://w3id.org/ldn-kg/publication/bruun2024. "
        "ldn-kg: https://w3id.org/ldn-kg/study/bruun2024. "
        "Registration: EudraCT 2019-000702-30. Registration: NCT04270877.},",
        "}",
    ]
    assert visit.clicks == 1


def test_which_sentence_of_the_source_document_is_least_supported_now(visit: Visit) -> None:
    """Of what it calls shown: complex regional pain syndrome, without any comparison."""
    visit.click_in("footer", "The source document today")
    first = visit.page.locator("#weakest ~ ol li").first.inner_text()
    assert "complex regional pain syndrome" in first
    assert "only uncontrolled studies" in first
    assert visit.clicks == 1


def test_trials_are_chosen_by_what_they_are(visit: Visit) -> None:
    """And all are there again when nothing is asked for."""
    visit.click_in("nav", "Trials")
    page = visit.page
    rows = page.locator("#trials tbody tr")
    every = rows.count()
    page.select_option("#by-condition", "long COVID")
    page.select_option("#by-state", "awaited")
    shown = [row for row in rows.all() if row.is_visible()]
    assert 0 < len(shown) < every
    assert all("long COVID" in row.inner_text() for row in shown)
    assert all("no result published" in row.inner_text() for row in shown)
    assert page.locator(".chooser [role=status]").inner_text() == f"{len(shown)} of {every} shown"
    page.select_option("#by-condition", "")
    page.select_option("#by-state", "")
    page.select_option("#by-design", "randomised")
    page.select_option("#by-dose", "0.5 10")
    page.select_option("#by-year", "2020 9999")
    shown = [row for row in rows.all() if row.is_visible()]
    assert 5 < len(shown) < every
    for row in shown:
        assert "randomised" in row.locator("[data-label=Design]").inner_text()
        assert int(row.locator("[data-label=Year]").inner_text()) >= 2020
        assert float(row.locator('[data-label="mg a day"]').get_attribute("data-sort") or 0) <= 10
    for field in ("#by-design", "#by-dose", "#by-year"):
        page.select_option(field, "")
    assert sum(row.is_visible() for row in rows.all()) == every


def test_trials_can_be_read_without_scripts(page: Page, address: str) -> None:
    browser = page.context.browser
    assert browser
    context = browser.new_context(base_url=address, java_script_enabled=False)
    still = context.new_page()
    still.goto("studies.html")
    assert not still.locator(".chooser").is_visible()
    assert still.locator("#trials tbody tr").first.is_visible()
    context.close()
