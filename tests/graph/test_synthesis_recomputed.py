"""Every synthesis, certainty, level and status, computed a second time from the facts alone.

`support.second` does so without a line of the rules, so that a slip in either shows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from support.second import DOMAINS, Answer, Book, Claim, Mechanism, claims, mechanisms, name

from ldn_kg.graph.dataset import Dataset

SYNTHESES = """
    SELECT ?synthesis ?claim ?what ?comparator ?decides ?trials ?people ?pooled ?pooledPeople
      ?measure ?value ?low ?high ?iSquared ?model ?for ?against ?unknown ?events ?finding ?certainty
      ?status
    WHERE {
      ?synthesis ldn:synthesisOf ?claim ;
        ldn:outcome|ldn:symptom ?what ;
        ldn:comparator ?comparator ;
        ldn:decides ?decides ;
        ldn:trials ?trials ;
        ldn:leansToTreatment ?for ;
        ldn:leansToComparator ?against ;
        ldn:leanNotKnown ?unknown ;
        ldn:finding ?finding ;
        ldn:certainty ?certainty ;
        ldn:status ?status .
      OPTIONAL { ?synthesis ldn:participants ?people }
      OPTIONAL { ?synthesis ldn:events ?events }
      OPTIONAL { ?synthesis ldn:pooledParticipants ?pooledPeople }
      OPTIONAL {
        ?synthesis ldn:pooledTrials ?pooled ;
          ldn:effectMeasure ?measure ;
          ldn:estimate ?value ;
          ldn:ciLow ?low ;
          ldn:ciHigh ?high .
      }
      OPTIONAL { ?synthesis ldn:iSquared ?iSquared }
    }
"""
OF_A_SYNTHESIS = "SELECT ?synthesis ?of WHERE { ?synthesis ldn:%s ?of ; ldn:synthesisOf ?claim }"
MEMBERS = """
    SELECT ?synthesis ?study ?result ?effect ?error ?source
    WHERE {
      ?part ldn:contributesTo ?synthesis ;
        ldn:study ?study ;
        ldn:ofResult ?result .
      OPTIONAL {
        ?part ldn:effect ?effect ;
          ldn:effectError ?error ;
          ldn:errorFrom ?source .
      }
    }
"""
RATINGS = """
    SELECT ?synthesis ?domain ?steps
    WHERE {
      ?synthesis ldn:certaintyRating ?rating .
      ?rating dcterms:type ?domain ;
        ldn:steps ?steps .
    }
"""
KEPT_OUT = """
    SELECT ?claim ?result ?reason
    WHERE {
      ?part ldn:consideredFor ?claim ;
        ldn:ofResult ?result ;
        ldn:keptOut ?reason .
    }
"""
CLAIMS = """
    SELECT ?claim ?status ?certainty ?studies ?people ?trials ?planned
    WHERE {
      VALUES ?kind { ldn:EfficacyClaim ldn:SafetyClaim }
      ?claim a ?kind ;
        ldn:status ?status .
      OPTIONAL { ?claim ldn:certainty ?certainty }
      OPTIONAL { ?claim ldn:uncontrolledStudies ?studies }
      OPTIONAL { ?claim ldn:uncontrolledParticipants ?people }
      OPTIONAL { ?claim ldn:awaitedTrials ?trials }
      OPTIONAL { ?claim ldn:awaitedParticipants ?planned }
    }
"""
LEVELS = """
    SELECT ?claim ?status ?level ?counter ?chain ?for ?against
    WHERE {
      VALUES ?kind { ldn:MechanismClaim ldn:DosageClaim ldn:ClassificationClaim }
      ?claim a ?kind ;
        ldn:status ?status ;
        ldn:supportingLines ?for ;
        ldn:disputingLines ?against .
      OPTIONAL { ?claim ldn:evidenceLevel/schema:position ?level }
      OPTIONAL { ?claim ldn:counterEvidenceLevel/schema:position ?counter }
      OPTIONAL { ?claim ldn:chainLevel/schema:position ?chain }
    }
"""
LINE_LEVELS = "SELECT ?line ?rank WHERE { ?line ldn:lineLevel/schema:position ?rank }"
SET_ASIDE = """
    SELECT ?line ?reason
    WHERE {
      VALUES ?kind { ldn:MechanismClaim ldn:DosageClaim ldn:ClassificationClaim }
      ?line ldn:claim/a ?kind ;
        ldn:setAside ?reason .
    }
"""
GROUPS = """
    SELECT ?claim ?for ?aloneFor ?against ?aloneAgainst
    WHERE {
      ?claim a ldn:MechanismClaim ;
        ldn:supportingGroups ?for ;
        ldn:supportingUngrouped ?aloneFor ;
        ldn:disputingGroups ?against ;
        ldn:disputingUngrouped ?aloneAgainst .
    }
"""
Key = tuple[Any, ...]


@pytest.fixture(scope="module")
def book(kg: Dataset) -> Book:
    return Book(kg)


@pytest.fixture(scope="module")
def second(book: Book) -> dict[str, Claim]:
    found = claims(book)
    assert len(found) > 100
    return found


@pytest.fixture(scope="module")
def again(book: Book) -> dict[str, Mechanism]:
    found = mechanisms(book)
    assert len(found) > 140
    return found


def _rows(kg: Dataset, sparql: str) -> Iterator[dict[str, str]]:
    """Yield rows with short names, of which there must be some."""
    rows = kg.rows(sparql)
    assert rows
    for row in rows:
        yield {column: name(value) for column, value in row.items()}


@pytest.fixture(scope="module")
def derived(kg: Dataset) -> dict[Key, dict[str, str]]:
    """Return the rows of all syntheses: by claim, outcome, comparator and conditions."""
    conditions = defaultdict(set)
    for row in kg.rows(OF_A_SYNTHESIS % "condition"):
        conditions[name(row["synthesis"])].add(name(row["of"]))
    rows = list(_rows(kg, SYNTHESES))
    found = {
        (
            *(row[part] for part in ("claim", "what", "comparator")),
            tuple(sorted(conditions[row["synthesis"]])),
        ): row
        for row in rows
    }
    assert len(found) == len(rows) > 70
    return found


@pytest.fixture(scope="module")
def computed(second: dict[str, Claim]) -> dict[Key, Answer]:
    return {
        (claim, *parts): answer
        for claim, asked in second.items()
        for parts, answer in asked.answers.items()
    }


def _number(text: str) -> float | None:
    return float(text) if text else None


def test_the_same_questions_have_a_synthesis(
    derived: dict[Key, dict[str, str]], computed: dict[Key, Answer]
) -> None:
    assert set(derived) == set(computed)


def test_the_same_results_enter(
    kg: Dataset, derived: dict[Key, dict[str, str]], computed: dict[Key, Answer]
) -> None:
    """With the same effects and errors, from the same figures."""
    entering = defaultdict(dict)
    for row in _rows(kg, MEMBERS):
        numbers = (_number(row["effect"]), _number(row["error"]), row["source"])
        entering[row["synthesis"]][row["study"], row["result"]] = numbers
    sources = Counter(source for found in entering.values() for *_, source in found.values())
    assert len(sources) >= 4
    for parts, answer in computed.items():
        found = entering[derived[parts]["synthesis"]]
        assert set(found) == {(r.study, r.id) for r in answer.results}, parts
        for result in answer.results:
            value, error, source = found[result.study, result.id]
            one = result.estimate
            assert source == (one.source if one else ""), (parts, result.id)
            if one:
                assert (value, error) == pytest.approx((one.value, one.error), abs=6e-5), result.id


def test_the_same_results_are_kept_out_for_the_same_reasons(
    kg: Dataset, second: dict[str, Claim]
) -> None:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in _rows(kg, KEPT_OUT):
        found[row["claim"], row["result"]].add(row["reason"])
    expected = {
        (claim, result): reasons
        for claim, asked in second.items()
        for result, reasons in asked.chosen[1].items()
    }
    assert found == expected


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("trials", lambda a: len(a.results)),
        ("people", lambda a: a.people or None),
        ("pooled", lambda a: len(a.pooled) or None),
        ("pooledPeople", lambda a: a.pooled_people or None),
        ("value", lambda a: a.effect and a.natural(a.effect[0])),
        ("low", lambda a: a.effect and a.natural(a.effect[1])),
        ("high", lambda a: a.effect and a.natural(a.effect[2])),
        ("iSquared", lambda a: a.i_squared),
        ("for", lambda a: a.signs[0]),
        ("against", lambda a: a.signs[1]),
        ("unknown", lambda a: a.signs[2]),
        ("events", lambda a: a.events),
    ],
)
def test_the_numbers_are_the_same(
    column: str, what: Any, derived: dict[Key, dict[str, str]], computed: dict[Key, Answer]
) -> None:
    """As far as they are printed, to four decimal places."""
    found = {parts: _number(row[column]) for parts, row in derived.items()}
    assert any(value is not None for value in found.values())
    for parts, answer in computed.items():
        expected = what(answer)
        if expected is None or found[parts] is None:
            assert found[parts] is expected, parts
        else:
            assert found[parts] == pytest.approx(expected, abs=6e-5), parts


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("measure", lambda a: a.measure),
        ("finding", lambda a: a.finding),
        ("certainty", lambda a: f"{a.certainty}-certainty"),
        ("status", lambda a: a.word),
        ("decides", lambda a: str(a.decides).lower()),
    ],
)
def test_the_words_are_the_same(
    column: str, what: Any, derived: dict[Key, dict[str, str]], computed: dict[Key, Answer]
) -> None:
    found = {parts: row[column] for parts, row in derived.items()}
    assert found == {parts: what(answer) for parts, answer in computed.items()}
    assert len(set(found.values())) >= 2


@pytest.mark.parametrize("domain", DOMAINS)
def test_each_domain_costs_the_same_steps(
    domain: str, kg: Dataset, derived: dict[Key, dict[str, str]], computed: dict[Key, Answer]
) -> None:
    steps = {
        row["synthesis"]: int(row["steps"]) for row in _rows(kg, RATINGS) if row["domain"] == domain
    }
    found = {parts: steps[row["synthesis"]] for parts, row in derived.items()}
    assert found == {parts: answer.steps[domain] for parts, answer in computed.items()}
    assert sum(found.values())


def test_claims_on_benefit_and_harm_are_answered_the_same(
    kg: Dataset, second: dict[str, Claim]
) -> None:
    columns = ("status", "certainty", "studies", "people", "trials", "planned")
    found = {row["claim"]: tuple(row[c] for c in columns) for row in _rows(kg, CLAIMS)}
    expected = {
        claim: (
            asked.word,
            f"{asked.certainty}-certainty" if asked.certainty else "",
            *(
                str(count or "")
                for count in (
                    len(asked.uncontrolled),
                    asked.uncontrolled_people,
                    len(asked.awaited),
                    sum(planned for planned, _ in asked.awaited),
                )
            ),
        )
        for claim, asked in second.items()
    }
    assert found == expected
    assert len({status for status, *_ in found.values()}) >= 10


def test_lines_on_mechanisms_have_the_same_level(kg: Dataset, again: dict[str, Mechanism]) -> None:
    found = {row["line"]: int(row["rank"]) for row in _rows(kg, LINE_LEVELS)}
    expected = {line: rank for one in again.values() for line, rank in one.levels.items()}
    assert found == expected
    assert set(found.values()) == {1, 2, 3, 4, 5}


def test_the_same_lines_are_set_aside(kg: Dataset, book: Book, again: dict[str, Mechanism]) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for row in _rows(kg, SET_ASIDE):
        found[row["line"]].add(row["reason"])
    aside = {line: one.set_aside(line) for c, one in again.items() for line in book.lines[c]}
    assert found == {line: reasons for line, reasons in aside.items() if reasons}


def test_mechanisms_doses_and_kinds_are_answered_the_same(
    kg: Dataset, again: dict[str, Mechanism]
) -> None:
    columns = ("status", "level", "counter", "chain", "for", "against")
    found = {row["claim"]: tuple(row[c] for c in columns) for row in _rows(kg, LEVELS)}
    expected = {
        claim: (
            one.word,
            *(
                str(rank or "")
                for rank in (one.level("supports"), one.level("disputes"), one.chain())
            ),
            str(len(one.side("supports"))),
            str(len(one.side("disputes"))),
        )
        for claim, one in again.items()
    }
    assert found == expected
    assert len({status for status, *_ in found.values()}) >= 5


def test_independent_groups_are_counted_the_same(
    kg: Dataset, book: Book, again: dict[str, Mechanism]
) -> None:
    columns = ("for", "aloneFor", "against", "aloneAgainst")
    found = {row["claim"]: tuple(int(row[c]) for c in columns) for row in _rows(kg, GROUPS)}
    expected = {}
    for claim, one in again.items():
        if one.kind != "MechanismClaim":
            continue
        counts: list[int] = []
        for direction in ("supports", "disputes"):
            studies = {book.one(line, "study") for line in one.side(direction)}
            groups = {study: book.one(study, "researchGroup") for study in studies}
            counts += [len(set(groups.values()) - {""}), list(groups.values()).count("")]
        expected[claim] = tuple(counts)
    assert found == expected
    assert max(counts[0] for counts in found.values()) > 1
