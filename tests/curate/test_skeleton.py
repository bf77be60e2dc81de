"""The file of a new study: valid as written, and right once its choices are made."""

import re
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse
from support.filling import CHOOSE, fill
from support.paths import ROOT

from ldn_kg.check.validation import Problem, validate
from ldn_kg.curate.bibliography import Reference
from ldn_kg.curate.keys import propose_key
from ldn_kg.curate.proposals import AlreadyRecorded, claims_about, doses_in, named_in
from ldn_kg.curate.skeleton import DESIGNS, new_study
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import PREFIXES

TEMPLATES = sorted((ROOT / "ldn_kg" / "curate" / "templates").glob("*.ttl"))
PAPER = Reference(
    title='Naltrexone (4.5 mg) for "fibromyalgia"\\ an invented paper',
    authors=("van der Woude CJ", "Trøstheim M", "Roe R"),
    journal="Journal of Invented Trials",
    year="2024",
    volume="12",
    issue="3",
    pages="529-538",
    doi="10.5555/ldn.paper",
    pmid="99999901",
    pmcid="PMC9999901",
    isbn="9780000000002",
    registrations=("NCT99999901",),
)
LABORATORY = {"claim": "claim:naltrexone-blocks-toll-like-receptor-4-in-vitro"}
# What the shapes ask of every study, arm, result and line, whatever its design.
ASKED = {
    ("study:a2024", "ldn:readAs"),
    ("study:a2024", "rdfs:label"),
    ("study:a2024-result-outcome", "rdfs:label"),
    ("study:a2024-result-outcome", "dcterms:type"),
    ("study:a2024-result-outcome", "ldn:readAs"),
    ("study:a2024-line-claim", "ldn:claim"),
    ("study:a2024-line-claim", "ldn:direction"),
}


def _problems(path: Path, turtle: str) -> list[Problem]:
    """Return the problems of a file that holds a text."""
    path.write_text(turtle, encoding="utf-8")
    return list(validate(path).problems)


@pytest.mark.parametrize("reference", [Reference(), PAPER], ids=["nothing known", "a paper"])
@pytest.mark.parametrize("design", DESIGNS)
def test_it_is_turtle_as_written(kg: Dataset, design: str, reference: Reference) -> None:
    turtle = new_study(kg, design, reference, "a2024").turtle
    triples = set(parse(turtle, format=RdfFormat.TURTLE))
    assert triples
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) == len(triples)
    names = re.findall(r"^@prefix (\w+): <(.*)> \.$", turtle, re.MULTILINE)
    assert names == sorted(names)
    assert all(PREFIXES[name] == space for name, space in names)
    assert max(map(len, turtle.splitlines())) <= 100 or reference is PAPER
    subjects = {str(t.subject).strip("<>").rpartition("/")[2] for t in triples}
    assert all(re.match(r"a2024(-(arm|result|line)-|$)", name) for name in subjects)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_fresh_file_lacks_only_what_is_marked(kg: Dataset, design: str, tmp_path: Path) -> None:
    turtle = new_study(kg, design, Reference(), "a2024").turtle
    path = tmp_path / "a2024.ttl"
    found = _problems(path, turtle)
    lines = turtle.splitlines()
    blocks = {re.sub(r"(?m)^#.*\n", "", b).partition("\n")[0]: b for b in turtle.split("\n\n")}
    for problem in found:
        name = problem.record.replace(PREFIXES["study"], "study:")
        name = name.replace(PREFIXES["publication"], "publication:")
        assert problem.file == path
        assert problem.line
        assert CHOOSE.search(blocks[name]), f"nothing is marked in {name}"
        if problem.path:  # a missing property: the message leads to the line with the mark
            marked = tuple(f"# {mark}: {problem.path} " for mark in ("choose", "if mechanism"))
            assert lines[problem.line - 1].strip().startswith(marked)
        else:  # one of several
            assert "says" in problem.message or "has" in problem.message
    said = {(p.record.replace(PREFIXES["study"], "study:"), p.path) for p in found}
    assert said >= ASKED


@pytest.mark.parametrize("design", DESIGNS)
def test_with_its_choices_made_it_is_right(kg: Dataset, design: str, tmp_path: Path) -> None:
    turtle = new_study(kg, design, Reference(), "a2024").turtle
    filled = fill(turtle, **(LABORATORY if design == "laboratory" else {}))
    assert not re.search(r"^[^#]*…", filled, re.MULTILINE)
    assert _problems(tmp_path / "a2024.ttl", filled) == []


def test_what_a_reference_says_is_right_where_it_stands(kg: Dataset, tmp_path: Path) -> None:
    filled = fill(new_study(kg, "trial", PAPER, "a2024").turtle)
    assert _problems(tmp_path / "a2024.ttl", filled) == []


def test_a_trial_that_is_only_registered_has_no_publication(kg: Dataset, tmp_path: Path) -> None:
    registered = Reference(title="An invented trial", registrations=("NCT99999901",))
    made = new_study(kg, "trial", registered)
    assert made.key == "nct99999901"
    assert "publication:" not in made.turtle
    assert '    dcterms:title "An invented trial"@en ;\n' in made.turtle
    assert _problems(tmp_path / "a.ttl", fill(made.turtle)) == []


def test_what_a_reference_says_is_filled_in(kg: Dataset) -> None:
    turtle = new_study(kg, "trial", PAPER).turtle
    for line in (
        'rdfs:label "van der Woude and others 2024"@en ;',
        'schema:identifier "NCT99999901" ;',
        r'dcterms:title "Naltrexone (4.5 mg) for \"fibromyalgia\"\\ an invented paper"@en ;',
        'ldn:authorList "van der Woude CJ, Trøstheim M, Roe R" ;',
        'dcterms:issued "2024"^^xsd:gYear ;',
        'ldn:journal "Journal of Invented Trials" ;',
        'bibo:volume "12" ;',
        'bibo:issue "3" ;',
        'bibo:pages "529-538" ;',
        'bibo:doi "10.5555/ldn.paper" ;',
        'bibo:pmid "99999901" ;',
        'schema:identifier "PMC9999901", "ISBN 9780000000002" ;',
    ):
        assert f"\n    {line}\n" in turtle
    assert "ldn:notReported ldnc:not-seen" not in turtle  # the year is known


@pytest.mark.parametrize(
    ("authors", "label"),
    [
        (("Kais J",), "Kais 2024"),
        (("Lee B", "Elston DM"), "Lee and Elston 2024"),
        (("Gouda A", "et al."), "Gouda and others 2024"),
        (("Doe J", "Roe R", "et al."), "Doe and others 2024"),
    ],
)
def test_a_study_is_called_after_its_authors(
    kg: Dataset, authors: tuple[str, ...], label: str
) -> None:
    turtle = new_study(kg, "review", replace(PAPER, authors=authors)).turtle
    assert f'\n    rdfs:label "{label}"@en ;\n' in turtle


def test_of_identifiers_one_is_needed(kg: Dataset) -> None:
    """Without any, each is marked as one of those of which one is needed; with one, none is."""
    none = new_study(kg, "review", Reference(), "a2024").turtle
    assert none.count("# choose one: ") == 3
    known = new_study(kg, "review", Reference(pmid="99999901"), "a2024").turtle
    assert "# choose one: " not in known
    assert "# if known: bibo:doi " in known


def test_no_level_and_no_status_stands_in_it(kg: Dataset) -> None:
    derived = {quad.predicate.value for quad in kg.triples("derived")}
    # The share of women, say, is typed; what only rules say is not.
    typed = {quad.predicate.value for quad in kg.triples("literature")}
    only = {
        name.replace(PREFIXES["ldn"], "ldn:")
        for name in derived - typed
        if name.startswith(PREFIXES["ldn"])
    }
    assert only >= {"ldn:status", "ldn:answer", "ldn:certainty", "ldn:lineLevel", "ldn:setAside"}
    for design in DESIGNS:
        turtle = new_study(kg, design, Reference(), "a2024").turtle
        assert not [term for term in only if f"{term} " in turtle]


def test_of_people_an_outcome_and_a_contrast_are_asked_for(kg: Dataset) -> None:
    """An adverse event has a contrast only: its symptom says what it is."""
    for design in ("case-report", "trial", "review"):
        turtle = new_study(kg, design, Reference(), "a2024").turtle
        block = turtle.split("\nstudy:a2024-result-outcome\n")[1].split("\n\n")[0]
        assert "    # choose: ldn:outcome ldnc:… ;\n" in block
        assert "ldnc:pain-intensity" in block
        assert "    # choose: ldn:contrast ldnc:… ;\n" in block
    trial = new_study(kg, "trial", Reference(), "a2024").turtle
    event = trial.split("\nstudy:a2024-result-any-adverse-event\n")[1].split("\n\n")[0]
    assert "ldn:contrast" in event
    assert "ldn:outcome" not in event
    cells = new_study(kg, "laboratory", Reference(), "a2024").turtle
    assert "ldn:outcome" not in cells


def test_only_a_line_on_a_mechanism_has_a_direction(kg: Dataset) -> None:
    for design, mark in (
        *((design, "if mechanism") for design in ("case-report", "trial", "review")),
        ("laboratory", "choose"),
    ):
        turtle = new_study(kg, design, Reference(), "a2024").turtle
        assert turtle.count("ldn:direction") == 1
        assert f"    # {mark}: ldn:direction ldnc:… ;\n" in turtle
        assert "ldnc:beside" not in turtle


# What the templates name


def test_every_list_of_a_template_has_codes(kg: Dataset) -> None:
    rows = kg.rows("SELECT ?code ?scheme WHERE { ?code skos:inScheme ?scheme }")
    asked = {
        (path.stem, scheme, pattern)
        for path in TEMPLATES
        for scheme, patterns in re.findall(r"\$\[([\w-]+) ?([^\]]*)\]", path.read_text("utf-8"))
        for pattern in patterns.split() or ["*"]
    }
    assert len(asked) > 20
    codes = {(r["scheme"].rpartition("/")[2], r["code"].rpartition("/")[2]) for r in rows}
    for template, scheme, pattern in asked:
        fits = [code for inside, code in codes if inside == scheme and fnmatch(code, pattern)]
        assert fits, f"{template} asks for {pattern} of {scheme}"


def test_every_design_of_a_study_is_offered_once(kg: Dataset) -> None:
    """Labels and dosing guides are no studies that a template begins."""
    rows = kg.rows("SELECT ?code WHERE { ?code skos:inScheme ldnc:study-designs }")
    designs = {row["code"].replace(PREFIXES["ldnc"], "ldnc:") for row in rows}
    offered: list[str] = []
    for design in DESIGNS:
        turtle = new_study(kg, design, Reference(), "a2024").turtle
        block = turtle.split("\nstudy:a2024\n")[1].split("\n\n")[0]
        offered += [code for code in re.findall(r"ldnc:[\w-]+", block) if code in designs]
    assert sorted(offered) == sorted(designs - {"ldnc:label-or-dosing-guide"})


def test_every_term_of_a_template_is_defined(kg: Dataset) -> None:
    defined = {
        str(quad.subject).strip("<>").replace(PREFIXES["ldn"], "ldn:") for quad in kg.triples()
    }
    used = {
        term for path in TEMPLATES for term in re.findall(r"\bldn:\w+", path.read_text("utf-8"))
    }
    assert len(used) > 30
    assert not used - defined
    known = (ROOT / "tests" / "vocabularies" / "obo.txt").read_text("utf-8").split()
    code = (ROOT / "ldn_kg" / "curate" / "skeleton.py").read_text("utf-8")
    evidence = re.findall(r"ECO_\d{7}", code)
    assert evidence
    assert set(evidence) <= {term.removeprefix("obo:") for term in known}


# Keys


@pytest.mark.parametrize(
    ("author", "key"),
    [
        ("Doe J", "doe2024"),
        ("van der Woude CJ", "vanderwoude2024"),
        ("Trøstheim M", "trostheim2024"),
        ("Péréon Y", "pereon2024"),
        ("O'Kelly B", "okelly2024"),
        ("Willemsen-Swinkels SH", "willemsenswinkels2024"),
    ],
)
def test_a_key_is_the_first_author_and_the_year(kg: Dataset, author: str, key: str) -> None:
    assert propose_key(kg, replace(PAPER, authors=(author, "Roe R"))) == key


def test_a_key_that_is_taken_gets_the_next_letter(kg: Dataset) -> None:
    younger = replace(PAPER, authors=("Younger J",), year="2013")
    assert propose_key(kg, younger) == "younger2013b"


def test_where_nothing_is_published_the_registration_is_the_key(kg: Dataset) -> None:
    assert propose_key(kg, Reference(registrations=("EudraCT 2099-000001-11",))) == (
        "eudract209900000111"
    )


@pytest.mark.parametrize("reference", [Reference(), Reference(authors=("山田太郎",), year="2024")])
def test_without_a_name_to_make_a_key_of_it_is_asked_for(kg: Dataset, reference: Reference) -> None:
    with pytest.raises(LdnKgError, match="Give the study a KEY"):
        new_study(kg, "trial", reference)


@pytest.mark.parametrize(
    "key", ["Doe2024", "../doe2024", "doe 2024", "doe-2024", "2024doe", "døe2024", "d" * 65, "_d"]
)
def test_a_key_that_is_not_safe_is_refused(kg: Dataset, key: str) -> None:
    with pytest.raises(LdnKgError, match="is not a safe key"):
        new_study(kg, "trial", PAPER, key)


def test_a_key_that_is_there_is_refused_with_its_file(kg: Dataset) -> None:
    with pytest.raises(
        LdnKgError, match=r"study:younger2013 is there already in .*younger2013\.ttl"
    ):
        new_study(kg, "trial", PAPER, "younger2013", force=True)


# What the dataset has already


@pytest.mark.parametrize(
    ("reference", "same"),
    [
        (Reference(doi="10.1002/ART.37734"), "DOI"),
        (Reference(pmid="38258677"), "PubMed identifier"),
        (Reference(registrations=("EudraCT 2019-000702-30",)), "registration"),
        (
            Reference(
                title="Use of low dose naltrexone in the treatment of severe Hailey–Hailey disease "
                "- one case report"
            ),
            "title",
        ),
    ],
)
def test_a_study_that_is_there_is_named(kg: Dataset, reference: Reference, same: str) -> None:
    with pytest.raises(AlreadyRecorded, match=rf"data/studies/\w+\.ttl has the same {same}"):
        new_study(kg, "trial", reference, "a2024")
    assert new_study(kg, "trial", reference, "a2024", force=True).key == "a2024"


def test_of_names_within_each_other_the_longest_counts(kg: Dataset) -> None:
    named = named_in(kg, "Naltrexone in CHRONIC PAIN and Crohn’s disease", "condition", "symptom")
    assert set(named) == {"condition:chronic-pain", "condition:crohns-disease"}


def test_a_dose_is_named_by_its_whole_amount(kg: Dataset) -> None:
    assert doses_in(kg, "4.5 mg of naltrexone, then 6-mg") == ["dose:4.5-mg", "dose:6-mg"]
    assert doses_in(kg, "14.5 mg, 0.1 mg/kg a day") == ["dose:0.1-mg-per-kg"]


def test_what_a_title_names_is_proposed_and_not_asserted(kg: Dataset) -> None:
    turtle = new_study(kg, "case-report", PAPER).turtle
    assert "\n    # choose: ldn:condition condition:fibromyalgia ;\n" in turtle
    assert "\n    # choose: ldn:dose dose:4.5-mg ;\n" in turtle
    assert "\n    # choose: ldn:claim claim:ldn-fibromyalgia ;\n" in turtle
    assert "\nstudy:vanderwoude2024-line-fibromyalgia\n" in turtle
    assert "(low-dose naltrexone relieves fibromyalgia)" in " ".join(turtle.split())


def test_claims_on_efficacy_come_first(kg: Dataset) -> None:
    assert claims_about(kg, ["condition:fibromyalgia"])[0] == "claim:ldn-fibromyalgia"
    assert claims_about(kg, []) == []
