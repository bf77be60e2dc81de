"""The page of a record: the answer first, then what it rests on."""

import pytest
from pyoxigraph import Literal, Quad, Store

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS
from ldn_kg.graph.namespaces import BASE, iri
from ldn_kg.read.lines import DIRECTIONS, OF_CLAIM, lines
from ldn_kg.read.page import show
from ldn_kg.read.record import Records, kind

FIBROMYALGIA = "synthesis:ldn-fibromyalgia-pain-intensity"


def _sentence(kg: Dataset, name: str) -> str:
    (row,) = kg.rows("SELECT ?answer WHERE { ?record ldn:answer ?answer }", record=iri(name))
    return row["answer"]


def _flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["claim:ldn-fibromyalgia", "claim:ldn-vivid-dreams", FIBROMYALGIA])
def test_the_sentence_stands_below_the_name(kg: Dataset, name: str) -> None:
    page = show(kg, name)
    label, rest = page.split("\n", 1)
    assert label == kg.label(iri(name))
    assert _flat(rest).startswith(f"{_sentence(kg, name)} ")
    assert _flat(page).count(_sentence(kg, name)) == 1 or name == "claim:ldn-vivid-dreams"


def test_a_review_says_which_of_its_studies_was_retracted() -> None:
    store = Store()
    for subject, predicate, object in (
        ("study:review", "ldn:includes", iri("study:one")),
        ("study:review", "ldn:probablyIncludes", iri("study:two")),
        ("study:one", "ldn:publication", iri("publication:one")),
        ("publication:one", "ldn:retracted", Literal(True)),
    ):
        store.add(Quad(iri(subject), iri(predicate), object, GRAPHS["local"]))
    facts = Records(Dataset(store, ()))[iri("study:review").value].facts
    words = {fact.name: [value.words for value in fact.values] for fact in facts}
    assert words == {"includes": ["study:one, retracted"], "probably includes": ["study:two"]}


def test_a_mechanism_says_where_it_stands(kg: Dataset) -> None:
    """Cant and others looked for it in cells, and did not find it."""
    page = show(kg, "claim:naltrexone-blocks-toll-like-receptor-4-in-vitro")
    second = page.splitlines()[1]
    assert second.startswith("Not observed: a mechanism that was looked for and not found. ")
    assert "Evidence against it: M4, measured in cells" in _flat(page)


def test_a_condition_begins_with_its_answers(kg: Dataset) -> None:
    page = _flat(show(kg, "condition:fibromyalgia"))
    sentence = f"{_sentence(kg, 'claim:ldn-fibromyalgia')} (claim:ldn-fibromyalgia)"
    assert sentence in page
    assert page.index(sentence) < page.index("alternative label")


def test_a_claim_has_its_syntheses_and_what_was_kept_out(kg: Dataset) -> None:
    """What decides comes first; of the trial of 2025 one of several measures enters."""
    page = show(kg, "claim:ldn-fibromyalgia")
    decides = page.index(f"({FIBROMYALGIA})")
    assert decides < page.index("not what decides")
    out = _flat(page.split("\nKept out of the syntheses\n")[1].split("\n\n")[0])
    assert "Bruun and others 2025, pain tolerance: kept out: another result of the study" in out


def test_a_synthesis_has_its_parts(kg: Dataset) -> None:
    """Typed from the records: -0.34 (-0.95 to 0.27) of 99 women, and 4 trials in all."""
    page = show(kg, FIBROMYALGIA)
    brought = page.split("\nContributions\n")[1].split("\n\n")[0]
    assert "mean difference -0.34, -0.95 to 0.27" in _flat(brought)
    assert [_flat(brought).count(f"n = {n};") for n in (99, 98, 28, 58)] == [1, 1, 1, 1]
    assert _flat(brought).count("not pooled") == 2
    rated = page.split("\nRatings of certainty\n")[1].split("\n\n")[0]
    assert "risk of bias: not assessable; 1 step down; " in rated


def test_parts_of_a_synthesis_are_no_records(kg: Dataset) -> None:
    """A rating and a contribution are at home in their synthesis, what is kept out in its claim."""
    records = Records(kg)
    wholes = [name for name in records if kind(name) == "synthesis"]
    assert len(wholes) > 80
    for name in wholes:
        assert records[name].classes == {"Synthesis"}
        assert records.parts_of(name) == Records(kg).parts_of(name)
    rows = kg.rows(
        "SELECT ?part ?whole WHERE { { ?part ldn:contributesTo ?whole } UNION "
        "{ ?whole ldn:certaintyRating ?part } UNION "
        "{ ?part ldn:consideredFor ?whole ; ldn:keptOut ?reason } }"
    )
    assert len(rows) > 500
    for row in rows:
        assert records.homes[row["part"]] == row["whole"]


def test_contributions_do_not_point(kg: Dataset) -> None:
    page = show(kg, "younger2013")
    assert f"as {kg.label(iri('ldn:study'))}" not in page
    assert "synthesis:" not in page


def test_lines_stand_in_the_order_of_reading(kg: Dataset) -> None:
    """For benefit and harm no line has a level, and what is beside says why."""
    found = lines(kg, OF_CLAIM, iri("claim:ldn-fibromyalgia"))
    places = [DIRECTIONS.index(line.direction) for line in found]
    assert places == sorted(places)
    assert places[-1] == DIRECTIONS.index("beside")
    assert not [line for line in found if line.level or line.rank]
    assert {line.direction == "beside" for line in found if line.set_aside} == {True}
    assert all(line.set_aside for line in found if line.direction == "beside")
    cells = "claim:naltrexone-blocks-toll-like-receptor-4-in-vitro"
    (best, *_) = lines(kg, OF_CLAIM, iri(cells))
    assert (best.study, best.direction, best.rank) == (f"{BASE}study/cant2017", "disputes", 4)


def test_a_part_of_a_study_has_a_page_of_its_own(kg: Dataset) -> None:
    """A result is shown alone, with the second reading that confirms it."""
    page = show(kg, "study:younger2013-result-pain")
    assert "p value: 0.016" in page
    assert "second reading of Younger and others 2013" in page


def test_a_second_reading_is_told_with_its_study(kg: Dataset) -> None:
    """When, by whom, how much agreed, what was not found and what was done: from its file."""
    counted = _flat(show(kg, "soin2021").split("\nSecond readings\n")[1].split("\n\n")[0])
    assert counted.startswith(
        "2026-11-27: by the second reader (a language model); 13 of 15 figures agreed; "
    )
    earlier = _flat(show(kg, "campbell1993").split("\nSecond readings\n")[1].split("\n\n")[0])
    assert "not seen again: frequency of intake in both arms; " in earlier
    assert "figures agreed" not in earlier
