"""The page on grading: its table is that of the records, and its example is worked out rightly."""

import re

import pytest
from support.paths import ROOT

from ldn_kg.graph.files import quads
from ldn_kg.graph.namespaces import iri
from ldn_kg.graph.synthesis.pooling import Effect, from_interval, from_p, pool
from ldn_kg.graph.synthesis.student import quantile

TEXT = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
PAGE = " ".join(TEXT.split())  # a phrase is found wherever a line ends
MINUS = "−"


def _concepts(scheme: str) -> list[dict[str, str]]:
    """Return what is said of each concept of a scheme, by the IRI of the property."""
    facts: dict[str, dict[str, str]] = {}
    for quad in quads(ROOT / "ontology" / "concepts" / f"{scheme}.ttl"):
        value = quad.object.value  # type: ignore[union-attr]
        facts.setdefault(str(quad.subject), {})[quad.predicate.value] = value
    found = [fact for fact in facts.values() if iri("skos:inScheme").value in fact]
    assert found
    return found


def test_the_thresholds_of_the_page_are_those_of_the_rules() -> None:
    (table,) = re.findall(r"^\| threshold \|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]
    label, value = iri("skos:prefLabel").value, iri("schema:value").value
    source = iri("dcterms:bibliographicCitation").value
    records = {(c[label], float(c[value]), c[source]) for c in _concepts("thresholds")}
    assert {(name, float(number), cited) for name, number, cited in rows} == records
    assert len(rows) == len(records)


@pytest.mark.parametrize("scheme", ["statuses", "findings", "certainties", "mechanism-support"])
def test_the_page_has_every_word(scheme: str) -> None:
    label = iri("skos:prefLabel").value
    words = [c[label].removeprefix("mechanism support ") for c in _concepts(scheme)]
    # One cell of a table says "better with the treatment, or with the comparator".
    page = PAGE.casefold().replace(", or with the", "; better with the")
    assert not [word for word in words if word.casefold() not in page]


def _said(*phrases: str) -> None:
    assert not [phrase for phrase in phrases if phrase not in PAGE]


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", MINUS)


# The trials of the example, as the page says that they were read.
BRUUN = from_interval(-0.34, -0.95, 0.27, 95.0)
INNOVA = from_p(0.49, 0.236, 96)
YOUNGER = from_p(18.0 - 28.8, 0.016, 27)


def test_the_standard_errors_of_the_example_are_right() -> None:
    _said(f"{MINUS}0.34 (95 % {MINUS}0.95 to 0.27)", "0.49, p = 0.236", "28.8 % and by 18.0 %")
    assert INNOVA
    assert YOUNGER
    _said(
        f"(0.27 + 0.95) / (2 × 1.960) = {BRUUN.error:.4f}",
        f"t = {quantile(1 - 0.236 / 2, 96):.4f}, and 0.49 / 1.1925 = {INNOVA.error:.4f}",
        f"t = {quantile(1 - 0.016 / 2, 27):.4f}, and 10.8 / 2.5702 = {YOUNGER.error:.3f}",
    )


def test_the_pool_of_the_example_is_right() -> None:
    assert INNOVA
    both: list[Effect] = [BRUUN, INNOVA]
    pooled = pool(both)
    first, second = (1 / effect.error**2 for effect in both)
    _said(
        f"1 / 0.3112² = {first:.2f} and 1 / 0.4109² = {second:.2f}",
        f"or {100 * pooled.shares[0]:.1f} % and {100 * pooled.shares[1]:.1f} %",
        f"0.365 × 0.49 = {_number(pooled.value, 3)}",
        f"1 / √{first + second:.2f} = {pooled.error:.3f}",
        f"from {_number(pooled.low, 2)} to {_number(pooled.high, 2)}",
        f"(0.5274 / 0.4109)² = {pooled.q:.2f}",
        f"I² = ({pooled.q:.2f} {MINUS} 1) / {pooled.q:.2f} = {pooled.i_squared:.0f} %",
        f"({BRUUN.value - pooled.value:.4f} / 0.3112)²".replace("-", ""),
        f"({INNOVA.value - pooled.value:.4f} / 0.4109)²",
    )


def test_the_shares_of_the_example_are_right() -> None:
    every = {"Bruun": 99, "INNOVA": 98, "Younger": 28, "Bested": 58}
    people = sum(every.values())
    left = every["Bested"]
    _said(
        f"{left} of {people} people ({100 * left / people:.0f} %)",
        f"{every['Bruun'] + every['INNOVA']} people",
    )
