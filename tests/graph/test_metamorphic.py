"""What may not change an answer, what must turn it over, and what exactly a lost fact changes."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, product
from math import isclose

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from support.answered import Answers, answers, changed, differences, insert, typed
from support.made_up import Study, said, world

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, LDN, LDNC

STUDY = f"{BASE}study/"
MIRRORED = {
    "finds-treatment-better": "finds-comparator-better",
    "benefit-shown": "harm-shown",
    "benefit-possible": "harm-possible",
    "more-often": "less-often",
}
MIRRORED |= {other: one for one, other in MIRRORED.items()}
RATIOS = {f"{LDNC}{name}" for name in ("risk-ratio", "odds-ratio", "hazard-ratio")}
Facts = dict[str, dict[str, list[Quad]]]


@pytest.fixture(scope="module")
def shipped(kg: Dataset) -> Answers:
    return answers(kg)


@pytest.fixture(scope="module")
def facts() -> Facts:
    """Return the typed quads of each subject by the end of the property."""
    found: Facts = defaultdict(lambda: defaultdict(list))
    for quad in typed():
        name = quad.predicate.value.replace("#", "/").rpartition("/")[2]
        found[quad.subject.value][name].append(quad)
    return found


def _benefits_and_harms(kg: Dataset, where: str = "") -> list[str]:
    sparql = (
        "SELECT DISTINCT ?claim { VALUES ?kind { ldn:EfficacyClaim ldn:SafetyClaim }"
        f"?claim a ?kind ; ldn:status ?status {where} }} ORDER BY ?claim"
    )
    found = [row["claim"].rpartition("/")[2] for row in kg.rows(sparql)]
    assert len(found) > 20
    return found


def _review(kg: Dataset, design: str, claims: list[str]) -> str:
    """Return a new review with a strong pooled effect on each claim, that includes its trials."""
    trials = {row["s"] for row in kg.rows("SELECT ?s { ?p ldn:contributesTo ?o ; ldn:study ?s }")}
    included = ", ".join(f"<{trial}>" for trial in sorted(trials))
    told = [
        f"""study:new ldn:result study:new-{claim} . study:new-{claim} a ldn:Result ;
        dcterms:type ldnc:outcome ; ldn:outcome ldnc:pain-intensity ; ldn:readAs ldnc:full-text ;
        ldn:contrast ldnc:between-groups ; ldn:effectMeasure ldnc:risk-ratio ; ldn:estimate 0.1 ;
        ldn:ciLow 0.05 ; ldn:ciHigh 0.2 ; ldn:ciLevel 95.0 ; ldn:favours ldnc:favours-treatment ;
        ldn:analysed 9999 ; ldn:symptom <{BASE}symptom/vivid-dreams> .
        study:new-line-{claim} a ldn:EvidenceLine ; ldn:claim claim:{claim} ; ldn:study study:new ;
        ldn:restsOn study:new-{claim} ."""
        for claim in claims
    ]
    return insert(
        f"study:new a ldn:Study ; ldn:design ldnc:{design} ; ldn:enrolled 9999 ;"
        f" ldn:condition condition:fibromyalgia ; ldn:includes {included} . {' '.join(told)}"
    )


@pytest.mark.parametrize(
    "design",
    ["systematic-review-of-randomised-trials", "systematic-review", "narrative-review"],
)
def test_a_review_of_known_trials_changes_nothing(
    design: str, kg: Dataset, shipped: Answers
) -> None:
    """On every claim on benefit, and on every harm but those on which there was nothing.

    Of these a review makes "not compared", which is what the word says.
    """
    claims = _benefits_and_harms(
        kg, "FILTER(?kind = ldn:EfficacyClaim || ?status != ldnc:untested)"
    )
    assert answers(changed(_review(kg, design, claims))) == shipped


def _copies(facts: Facts, link: str, *, poorer: bool) -> Iterator[Quad]:
    """Yield a second record of every study, with results and lines, that says whose it is.

    A poorer one has only the side that a result favours, and is a secondary report.
    """
    lost = {"estimate", "ciLow", "ciHigh", "pValue", "standardError"} if poorer else set()
    for subject, said_of in facts.items():
        if not subject.startswith(STUDY):
            continue
        copy = NamedNode(subject.replace(STUDY, f"{STUDY}zz-"))
        for name, quads in said_of.items():
            for quad in quads if name not in lost | {"analysisOf", "probablySameAs"} else ():
                value = quad.object
                if isinstance(value, NamedNode) and value.value.startswith(STUDY):
                    value = NamedNode(value.value.replace(STUDY, f"{STUDY}zz-"))
                if poorer and name == "readAs":
                    value = NamedNode(f"{LDNC}secondary-report")
                yield Quad(copy, quad.predicate, value, quad.graph_name)
        if "design" in said_of:
            whole, graph = said_of["design"][0].subject, said_of["design"][0].graph_name
            yield Quad(copy, NamedNode(LDN + link), whole, graph)


@pytest.mark.parametrize("poorer", [False, True])
@pytest.mark.parametrize("link", ["analysisOf", "probablySameAs"])
def test_a_second_record_of_every_study_changes_no_answer(
    link: str, poorer: bool, facts: Facts, shipped: Answers
) -> None:
    """The people of all studies are there twice then, and are counted once."""
    come = list(_copies(facts, link, poorer=poorer))
    assert len(come) > 10_000
    found = answers(changed(come=come))
    assert not differences(shipped.claims, found.claims)
    assert not differences(shipped.syntheses, found.syntheses)
    assert found.members == shipped.members


def test_a_second_publication_of_a_study_changes_nothing(shipped: Answers) -> None:
    more = """
        INSERT { GRAPH ?g { ?study ldn:publication ?more . ?more a ldn:Publication } }
        WHERE {
          GRAPH ?g { ?study a ldn:Study ; ldn:publication ?paper }
          FILTER NOT EXISTS { GRAPH ?g { ?paper ldn:retracted true } }
          BIND(IRI(CONCAT(STR(?paper), "-more")) AS ?more)
        }
    """
    assert answers(changed(more)) == shipped


# Turning over


def _swapped(quad: Quad, said_of: dict[str, list[Quad]]) -> Quad:
    """Return what a quad of a result says with the two sides swapped."""
    name, value = quad.predicate.value.removeprefix(LDN), quad.object
    for one, other in (("experimental", "comparator"), ("comparator", "experimental")):
        if name.startswith(one):
            property_ = NamedNode(LDN + name.replace(one, other, 1))
            return Quad(quad.subject, property_, value, quad.graph_name)
    if name == "favours":
        ends = (f"{LDNC}favours-treatment", f"{LDNC}favours-comparator")
        turned = dict(zip(ends, reversed(ends), strict=True)).get(value.value, value.value)
        return Quad(quad.subject, quad.predicate, NamedNode(turned), quad.graph_name)
    if name not in ("estimate", "ciLow", "ciHigh"):
        return quad
    measure = said_of["effectMeasure"][0].object.value if "effectMeasure" in said_of else ""
    number = Decimal(value.value)
    number = round(1 / number, 12) if measure in RATIOS and number else -number
    property_ = {"ciLow": "ciHigh", "ciHigh": "ciLow"}.get(name, name)
    new = Literal(f"{number:f}", datatype=value.datatype)  # type: ignore[union-attr]
    return Quad(quad.subject, NamedNode(LDN + property_), new, quad.graph_name)


@pytest.fixture(scope="module")
def turned(facts: Facts) -> Answers:
    """Return the answers were treatment and comparator swapped in every result of every study."""
    gone, come = [], []
    for said_of in facts.values():
        if "contrast" not in said_of:
            continue
        for quad in (quad for quads in said_of.values() for quad in quads):
            other = _swapped(quad, said_of)
            if other != quad:
                gone.append(quad)
                come.append(other)
    assert len(come) > 300
    return answers(changed(come=come, gone=gone))


def test_swapping_the_sides_turns_every_synthesis_over(shipped: Answers, turned: Answers) -> None:
    assert set(turned.syntheses) == set(shipped.syntheses)
    compared = 0
    for name, one in shipped.syntheses.items():
        other = turned.syntheses[name]
        assert other["leansToTreatment"] == one["leansToComparator"], name
        assert other["leansToComparator"] == one["leansToTreatment"], name
        assert other["finding"] == MIRRORED.get(one["finding"], one["finding"]), name
        if "status" in one:
            assert other["status"] == MIRRORED.get(one["status"], one["status"]), name
            assert other["certainty"] == one["certainty"], name
        if "estimate" not in one:
            continue
        compared += 1
        ends = ("estimate", "ciLow", "ciHigh")
        value, low, high = (float(one[end]) for end in ends)
        if one["effectMeasure"].endswith("-ratio"):
            expected = (1 / value, 1 / high, 1 / low)
        else:
            expected = (-value, -high, -low)
        for end, wanted in zip(ends, expected, strict=True):
            assert isclose(float(other[end]), wanted, rel_tol=5e-3, abs_tol=2e-4), (name, end)
    assert compared > 10


def test_swapping_the_sides_turns_the_claims_over(shipped: Answers, turned: Answers) -> None:
    expected = {
        name: {**said_of, "status": MIRRORED.get(said_of["status"], said_of["status"])}
        for name, said_of in shipped.claims.items()
    }
    assert not differences(expected, turned.claims)
    assert differences(shipped.claims, turned.claims)


# Certainty


def _second_hand(studies: str) -> Answers:
    """Return the answers were all results of some studies read in secondary reports only."""
    return answers(
        changed(
            f"""
            DELETE {{ GRAPH ?g {{ ?result ldn:readAs ?reading }} }}
            INSERT {{ GRAPH ?g {{ ?result ldn:readAs ldnc:secondary-report, ldnc:made-up }} }}
            WHERE {{
              VALUES ?study {{ {studies} }}
              GRAPH ?g {{ ?study ldn:result ?result . ?result ldn:readAs ?reading }}
            }}
            """,
            "DELETE WHERE { GRAPH ?g { ?result ldn:readAs ldnc:made-up } }",
        )
    )


def _records_of_the_same_people(study: str) -> set[str]:
    """Return a study with those that are analyses of it, of which it is one, or the same."""
    links = (LDN + "analysisOf", LDN + "probablySameAs")
    pairs = [
        {str(end).strip("<>").removeprefix(STUDY) for end in (quad.subject, quad.object)}
        for quad in typed()
        if quad.predicate.value in links
    ]
    assert pairs
    people = {study}
    while more := [pair for pair in pairs if pair & people and not pair <= people]:
        people.update(*more)
    return people


def test_what_is_read_second_hand_is_never_more_certain(shipped: Answers) -> None:
    """All studies that enter at once, and each of some alone, with all records of their people.

    Else a record of these people that is read at its source, and tells of more of them, could enter
    in place of the one that was chosen, as it should.
    """
    studies = sorted({study for members in shipped.members.values() for study in members})
    assert len(studies) > 20
    lowered = 0
    for alone in (studies, *([study] for study in studies[::5])):
        chosen = sorted(set().union(*map(_records_of_the_same_people, alone)))
        found = _second_hand(" ".join(f"study:{study}" for study in chosen))
        assert found.members == shipped.members
        for name in shipped.members:
            assert found.certainty(name) <= shipped.certainty(name), (chosen, name)
            lowered += found.certainty(name) < shipped.certainty(name)
        assert {name: found.syntheses[name]["finding"] for name in shipped.members} == {
            name: shipped.syntheses[name]["finding"] for name in shipped.members
        }
    assert lowered


def test_what_nobody_reads_again_costs_one_step_in_one_domain(shipped: Answers) -> None:
    """Where a result was read at second hand, the step is taken already. Nothing else moves."""
    found = answers(changed("DELETE WHERE { GRAPH ?g { ?reading ldn:readingOf ?study } }"))
    assert found.members == shipped.members
    moved = {n for n in shipped.steps if found.steps[n] != shipped.steps[n]}
    assert len(moved) > 50
    assert all(name.endswith("-second-hand-reading") for name in moved)
    assert {(shipped.steps[name], found.steps[name]) for name in moved} == {(0, 1)}
    for name in shipped.members:
        assert found.steps[f"{name}-second-hand-reading"] == 1
        assert found.certainty(name) <= shipped.certainty(name), name
        lost = differences(shipped.syntheses[name], found.syntheses[name])
        assert not set(lost) - {"certainty", "certaintyIfAssessed", "status"}, name


def _null(name: str, shipped: Answers) -> str:
    """Return a trial that finds no difference, as large and as precise as all of a synthesis."""
    one = shipped.syntheses[name]
    ratio = one["effectMeasure"].endswith("-ratio")
    half = (float(one["ciHigh"]) - float(one["ciLow"])) / 2
    low, high = (0.5, 2.0) if ratio else (-half, half)
    what = f"ldn:outcome ldnc:{one['outcome']}" if "outcome" in one else ""
    return f"""
        study:null a ldn:Study ; ldn:design ldnc:randomised-parallel-trial ;
          ldn:blinding ldnc:double-blind ; ldn:enrolled {one["participants"]} ;
          ldn:condition condition:{one.get("condition", "fibromyalgia")} ;
          ldn:arm study:null-arm, study:null-placebo ; ldn:result study:null-result .
        study:null-arm a ldn:Arm ; dcterms:type ldnc:experimental-arm .
        study:null-placebo a ldn:Arm ; dcterms:type ldnc:{one["comparator"]}-arm .
        study:null-result a ldn:Result ; dcterms:type ldnc:primary-outcome ; {what} ;
          ldn:contrast ldnc:between-groups ; ldn:effectMeasure ldnc:{one["effectMeasure"]} ;
          ldn:estimate {1.0 if ratio else 0.0} ; ldn:ciLow {low:.4f} ; ldn:ciHigh {high:.4f} ;
          ldn:ciLevel 95.0 ; ldn:analysed {one["participants"]} ; ldn:readAs ldnc:full-text .
        study:null-line a ldn:EvidenceLine ; ldn:claim claim:{one["synthesisOf"]} ;
          ldn:study study:null ; ldn:restsOn study:null-result .
    """


def test_a_null_trial_makes_no_benefit_more_certain(kg: Dataset, shipped: Answers) -> None:
    """On each shipped synthesis that finds the treatment better, on its own scale."""
    scales = {
        (row["of"].rpartition("/")[2]): row
        for row in kg.rows(
            """
            SELECT ?of ?scale ?unit ?words
            WHERE {
              ?part ldn:contributesTo ?of ; ldn:effect ?effect ; ldn:ofResult ?result .
              OPTIONAL { ?result ldn:instrument ?scale }
              OPTIONAL { ?result qudt:hasUnit ?unit }
              OPTIONAL { ?result schema:unitText ?words }
            }
            """
        )
    }
    better = [
        name
        for name, one in shipped.syntheses.items()
        if one["finding"] == "finds-treatment-better" and "outcome" in one
    ]
    assert len(better) > 4
    nearer = 0
    for name in better:
        row = scales[name]
        about = [f"ldn:instrument <{row['scale']}>"] if row["scale"] else []
        about += [f"qudt:hasUnit <{row['unit']}>"] if row["unit"] else []
        about += [f'schema:unitText "{row["words"]}"'] if row["words"] else []
        more = f"study:null-result {' ; '.join(about)} ." if about else ""
        found = answers(changed(insert(_null(name, shipped) + more)))
        assert found.members[name] == shipped.members[name] | {"null"}
        one, other = shipped.syntheses[name], found.syntheses[name]
        nearer += abs(float(other["estimate"])) < abs(float(one["estimate"]))
        if other["finding"] == one["finding"]:
            assert found.certainty(name) <= shipped.certainty(name), name
    assert nearer > 2  # elsewhere it is on no scale with what is there


WORDS = ("very-low", "low", "moderate", "high")


def _made_up(*studies: Study) -> tuple[str, int]:
    dataset = world(*studies)
    (name,) = dataset.rows("SELECT ?s { ?s ldn:synthesisOf claim:benefit }")
    end = name["s"].removeprefix(BASE)
    (certainty,) = said(dataset, end, "ldn:certainty")
    (finding,) = said(dataset, end, "ldn:finding")
    return finding, WORDS.index(certainty.removesuffix("-certainty"))


@pytest.mark.parametrize(
    ("value", "width", "people"), list(product((-4.0, -2.0, -1.2), (0.3, 1.0), (100, 250)))
)
def test_a_null_trial_beside_a_made_up_one(value: float, width: float, people: int) -> None:
    one = Study(effect=(value, value - width, value + width), people=people)
    finding, certainty = _made_up(one)
    assert finding == "finds-treatment-better"
    for error in (width, width / 2, width * 1.2):
        null = Study(effect=(0.0, -error, error), people=people)
        with_null, later = _made_up(one, null)
        assert later <= certainty or with_null != finding


def test_a_null_trial_with_many_people_beside_a_small_one() -> None:
    """-10 (error 1) of 25 people is of low certainty: two steps for so few.

    A null trial (error 0.5) of 400 leaves -2 (error 0.447), which excludes no effect, at I² = 99 %:
    two steps, so that what its people add to precision is not taken for certainty.
    """
    small = Study(effect=(-10.0, -11.96, -8.04), people=25)
    null = Study(effect=(0.0, -0.98, 0.98), people=400)
    assert _made_up(small, null)[1] <= _made_up(small)[1]


# People


def test_people_are_never_counted_twice(kg: Dataset, shipped: Answers, facts: Facts) -> None:
    """In a synthesis no two studies share people, and none is a review or within one."""
    together = defaultdict(set)
    included = defaultdict(set)
    for subject, said_of in facts.items():
        for name in ("analysisOf", "probablySameAs", "includes", "probablyIncludes"):
            for quad in said_of.get(name, ()):
                ends = subject.removeprefix(STUDY), quad.object.value.removeprefix(STUDY)
                if name.lower().endswith("includes"):
                    included[ends[0]].add(ends[1])
                else:
                    together[ends[0]].add(ends[1])
                    together[ends[1]].add(ends[0])
    assert together and included and shipped.members
    for name, members in shipped.members.items():
        for one, other in combinations(sorted(members), 2):
            reached, new = {one}, {one}
            while new:
                new = {x for study in new for x in together[study]} - reached
                reached |= new
            assert other not in reached, name
        assert not members & set(included), f"a review enters {name}"


def test_no_people_are_on_two_sides_of_a_claim(kg: Dataset, facts: Facts) -> None:
    """The lines of studies with the same people do not support and dispute the same claim."""
    sides = defaultdict(set)
    for row in kg.rows(
        """
        SELECT ?claim ?study ?direction
        WHERE {
          VALUES ?kind { ldn:EfficacyClaim ldn:SafetyClaim }
          VALUES ?direction { ldnc:supports ldnc:disputes }
          ?line ldn:claim ?claim ; ldn:study ?study ; ldn:direction ?direction .
          ?claim a ?kind .
        }
        """
    ):
        same = facts[row["study"]]
        links = (q.object.value for n in ("analysisOf", "probablySameAs") for q in same.get(n, ()))
        for people in {row["study"], *links}:
            sides[row["claim"], people].add(row["direction"])
    assert sides
    assert all(len(directions) == 1 for directions in sides.values())


def test_no_people_are_both_in_a_synthesis_and_uncontrolled() -> None:
    """An extension without a control group of a trial that enters adds nobody."""
    trial = Study(effect=(-2.0, -2.5, -1.5), people=100)
    extension = Study(
        design="case-series",
        people=60,
        contrast="within-group",
        judged=False,
        more="ldn:analysisOf study:a ;",
    )
    dataset = world(trial, extension)
    assert said(dataset, "claim/benefit", "ldn:uncontrolledStudies") == []


# Facts that are lost


def _lost(pattern: str, shipped: Answers) -> tuple[Answers, set[str]]:
    """Return the answers without some triples, and the syntheses that say something else then."""
    found = answers(changed(f"DELETE WHERE {{ GRAPH ?g {{ {pattern} }} }}"))
    assert not differences(shipped.members, found.members)
    return found, set(differences(shipped.syntheses, found.syntheses))


PAIN = "ldn-fibromyalgia-pain-intensity"
SAME_TRIALS = "ldn-analgesia-pain-intensity-fibromyalgia"


def test_without_any_important_difference_little_is_not_told_from_unclear(
    shipped: Answers,
) -> None:
    """What is pooled on the numeric scale keeps its numbers, and says less of them."""
    found, touched = _lost("instrument:numeric-rating-scale ldn:importantDifference ?d", shipped)
    assert touched == {PAIN, SAME_TRIALS}
    for name in touched:
        one, other = shipped.syntheses[name], found.syntheses[name]
        changed_ = set(differences(one, other))
        assert (
            {"finding"}
            <= changed_
            <= {
                "finding",
                "size",
                "status",
                "certainty",
                "certaintyIfAssessed",
            }
        )
        assert one["finding"] == "finds-little-or-no-difference"
        assert other["finding"] == "finds-unclear"


def test_one_of_two_important_differences_is_enough(shipped: Answers) -> None:
    """2.1 points for fibromyalgia; without it 1 point for other pain: the interval is in both."""
    name = "instrument:numeric-rating-scale"
    _, touched = _lost(
        f"{name} ldn:importantDifference ?d . ?d ldn:condition condition:fibromyalgia", shipped
    )
    assert touched == set()


def test_an_interval_without_a_level_is_taken_as_of_95_percent_and_says_so(
    shipped: Answers,
) -> None:
    found, touched = _lost("study:bruun2024-result-pain ldn:ciLevel ?level", shipped)
    assert touched == set()
    sources = differences(shipped.errors, found.errors)
    assert set(sources.values()) == {("error-from-interval", "error-from-assumed-level")}
    assert {part.rpartition("-from-")[2] for part in sources} == {"bruun2024-result-pain"}


def test_an_interval_of_another_level_is_another_error(shipped: Answers) -> None:
    """At 90 % the same interval is wider for its error, by 1.960 / 1.645: its weight is less."""
    update = """
        DELETE { GRAPH ?g { ?r ldn:ciLevel ?level } } INSERT { GRAPH ?g { ?r ldn:ciLevel 90.0 } }
        WHERE { GRAPH ?g { ?r ldn:ciLevel ?level } FILTER(?r = study:bruun2024-result-pain) }
    """
    found = answers(changed(update))
    one, other = (float(a.syntheses[PAIN]["estimate"]) for a in (shipped, found))
    assert other > one  # nearer to the other trial, which is above


@pytest.mark.parametrize("name", ["includes", "probablyIncludes"])
def test_what_reviews_include_changes_no_answer(name: str, shipped: Answers, facts: Facts) -> None:
    """Reviews never enter, so that nothing has to be taken out for them."""
    assert any(name in said_of for said_of in facts.values())
    found, touched = _lost(f"?review ldn:{name} ?study", shipped)
    assert touched == set()
    assert found == shipped


def test_two_records_of_the_same_people_are_two_without_the_link(shipped: Answers) -> None:
    """Without it, the first report of a trial is counted beside the second."""
    update = """
        DELETE { GRAPH ?g { ?a ?link ?b } }
        WHERE { VALUES ?link { ldn:probablySameAs ldn:analysisOf } GRAPH ?g { ?a ?link ?b } }
    """
    found = answers(changed(update))
    more = differences(shipped.members, found.members)
    grown = {name: after - before for name, (before, after) in more.items() if before and after}
    assert any(grown.values()) or differences(shipped.claims, found.claims)
