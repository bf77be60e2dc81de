"""Days of a duration, by the calendar: typed by hand for each unit."""

from decimal import Decimal

import pytest

import ldn_kg
from ldn_kg.graph.dataset import Dataset

DAYS = {
    "30 minutes": "0.0208",  # 30 / 1440
    "24 hours": "1",
    "26 days": "26",
    "12 weeks": "84",
    "3 months": "91.3125",  # 3 × 365.25 / 12
    "12 months": "365.25",
    "1–2 weeks": "14",  # the greatest length
}
QUESTION = """
SELECT ?words ?days
WHERE {
  ?duration a ldn:Duration ;
    rdfs:label ?words .
  OPTIONAL { ?duration ldn:days ?days }
}
"""


@pytest.fixture(scope="module")
def days(kg: Dataset) -> dict[str, Decimal | None]:
    return {row["words"]: row["days"] for row in ldn_kg.query(kg, QUESTION)}


@pytest.mark.parametrize("words", DAYS)
def test_days(days: dict[str, Decimal | None], words: str) -> None:
    assert days[words] == Decimal(DAYS[words])


def test_every_duration_has_days(days: dict[str, Decimal | None]) -> None:
    assert days
    assert None not in days.values()
