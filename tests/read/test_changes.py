"""The changelog of claims: each case changes one thing, and says what a reader should be told."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Store

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import ROOT, files
from ldn_kg.graph.namespaces import PREFIXES
from ldn_kg.graph.rules import derive
from ldn_kg.graph.rules import load as graded
from ldn_kg.publish.formats import FORMATS, write
from ldn_kg.read.changelog import read_release, to_json, to_markdown
from ldn_kg.read.changes import Change, Changes, compare_releases

TURTLE = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
SPARQL = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
# A trial of 240 people on a claim that has no line in the shipped data.
TRIAL = """
study:x2027 a ldn:Study ; rdfs:label "X 2027"@en ; ldn:design ldnc:randomised-parallel-trial ;
  ldn:condition condition:fibromyalgia ; ldn:analysed 240 ;
  ldn:arm study:x2027-arm-naltrexone, study:x2027-arm-placebo ;
  ldn:publication publication:x2027 ; ldn:result study:x2027-result .
study:x2027-arm-naltrexone a ldn:Arm ; dcterms:type ldnc:experimental-arm ;
  ldn:drug drug:naltrexone .
study:x2027-arm-placebo a ldn:Arm ; dcterms:type ldnc:placebo-arm .
study:x2027-result a ldn:Result ; rdfs:label "pain"@en ; dcterms:type ldnc:primary-outcome ;
  ldn:outcome ldnc:pain-intensity ; ldn:contrast ldnc:between-groups ;
  ldn:effectMeasure ldnc:mean-difference ; ldn:estimate -2.0 ; ldn:ciLow -3.0 ; ldn:ciHigh -1.0 ;
  ldn:ciLevel 95.0 ; schema:unitText "points" ; ldn:readAs ldnc:abstract .
publication:x2027 a ldn:Publication .
study:x2027-again a ldn:SecondReading ; ldn:readingOf study:x2027 ; ldn:compared 9 .
claim:made-up a ldn:EfficacyClaim ; rdfs:label "it relieves aching"@en ;
  rdf:subject drug:naltrexone ; rdf:predicate ldn:relieves ; rdf:object condition:fibromyalgia .
"""
LINE = """
study:x2027-line a ldn:EvidenceLine ; ldn:claim claim:made-up ; ldn:study study:x2027 ;
  ldn:restsOn study:x2027-result .
"""
# The same trial on a mechanism, where directions are typed, and a claim that follows from it.
MECHANISM = """
claim:made-up-how a ldn:MechanismClaim ; rdfs:label "it blocks aches"@en ;
  rdf:subject drug:naltrexone ; rdf:predicate ldn:blocks ; rdf:object target:glia .
claim:made-up-after a ldn:MechanismClaim ; rdfs:label "blocked aches go away"@en ;
  rdf:subject target:glia ; rdf:predicate ldn:alters ; rdf:object target:glia ;
  ldn:follows claim:made-up-how .
study:x2027-line-how a ldn:EvidenceLine ; ldn:claim claim:made-up-how ; ldn:study study:x2027 ;
  ldn:direction ldnc:supports ; ldn:restsOn study:x2027-result .
"""
IN_WORDS = "study:x2027 (randomised parallel trial, n = 240)"
PAIN = "pain intensity (synthesis:made-up-pain-intensity)"
ENTERED = f"result entered {PAIN}: study:x2027-result (mean difference -2, -3 to -1, n = 240)"

Load = Callable[[str], Dataset]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Grade made-up records, without the shipped studies: that is quick."""
    shipped = [ROOT / "data" / "dataset.ttl", ROOT / "data" / "conditions.ttl"]

    def _load(turtle: str) -> Dataset:
        path = tmp_path / "further.ttl"
        path.write_text(TURTLE + turtle, encoding="utf-8")
        return graded(*files("ontology", ".ttl"), *shipped, path, shipped=False)

    return _load


def _edited(dataset: Dataset, update: str, again: bool = True) -> Dataset:
    """Return a copy of a dataset after SPARQL Update, graded again."""
    store = Store()
    store.extend(dataset.store)
    store.update(SPARQL + update)
    copy = Dataset(store, dataset.files)
    return derive(copy) if again else copy


def _replaced(dataset: Dataset, old: str, new: str, again: bool = True) -> Dataset:
    update = f"DELETE {{ GRAPH ?g {{ {old} }} }} INSERT {{ GRAPH ?g {{ {new} }} }}"
    edited = _edited(dataset, f"{update} WHERE {{ GRAPH ?g {{ {old} }} }}", again)
    assert set(map(str, edited.store)) != set(map(str, dataset.store))
    return edited


def _only(changes: Changes) -> Change:
    (change,) = changes.claims
    return change


def _what(change: Change) -> tuple[str, ...]:
    """Return what changed without the sentence, which has a test of its own."""
    return tuple(said for said in change.what if not said.startswith("answer: "))


def _why(change: Change) -> tuple[str, ...]:
    """Return why it changed, without the facts behind a rating."""
    return tuple(said.partition("; ")[0] for said in change.why)


def test_nothing_changed(kg: Dataset) -> None:
    changes = compare_releases(kg, kg)
    assert changes == Changes("2026.11", "2026.11", (), (), (), ())
    assert to_markdown(changes) == (
        "# What changed in our belief: 2026.11 → 2026.11\n\nNo claim changed.\n"
        "Studies: 0 with a publication retracted since, 0 added, 0 removed.\n"
    )


def test_a_claim_added_and_removed(kg: Dataset, tmp_path: Path) -> None:
    """On a condition of its own, about which the shipped data await no trial."""
    own = (TRIAL + LINE).replace("condition:fibromyalgia", "condition:made-up")
    own += 'condition:made-up a ldn:Condition ; rdfs:label "aching"@en .'
    (tmp_path / "further.ttl").write_text(TURTLE + own, encoding="utf-8")
    new = graded(tmp_path)
    changes = compare_releases(kg, new)
    assert changes.studies_added == ("study:x2027",)
    change = _only(changes)
    assert (change.claim, change.words) == ("claim:made-up", "it relieves aching")
    assert (change.kind, change.concern) == ("added", "")
    assert _what(change) == ("status: none → benefit shown", "certainty: none → moderate")
    assert change.why == (f"line added: supports, {IN_WORDS}", ENTERED)
    back = compare_releases(new, kg)
    assert (back.studies_added, back.studies_removed) == ((), ("study:x2027",))
    assert _only(back).kind == "removed"
    assert _only(back).what == ("status: benefit shown → none", "certainty: moderate → none")
    assert _only(back).why == (
        f"line removed: supports, {IN_WORDS}",
        f"result left {PAIN}: study:x2027-result",
    )


def test_a_withdrawn_claim_is_removed(load: Load) -> None:
    old = load(TRIAL)
    change = _only(compare_releases(old, load(TRIAL + "claim:made-up owl:deprecated true .")))
    assert (change.claim, change.kind) == ("claim:made-up", "removed")
    assert change.what == ("status: untested → none",)


def test_a_line_added_and_removed(load: Load) -> None:
    bare, graded = load(TRIAL), load(TRIAL + LINE)
    change = _only(compare_releases(bare, graded))
    assert (change.kind, change.concern) == ("changed", "")
    assert _what(change) == ("status: untested → benefit shown", "certainty: none → moderate")
    assert change.why == (f"line added: supports, {IN_WORDS}", ENTERED)
    back = _only(compare_releases(graded, bare))
    assert (back.kind, back.concern) == ("changed", "lost support")
    assert _what(back) == ("status: benefit shown → untested", "certainty: moderate → none")


def test_the_sentence_stands_where_it_changed(load: Load) -> None:
    """The sentence of the new release; its words are those of the graph."""
    old, new = load(TRIAL), load(TRIAL + LINE)
    (row,) = new.rows("SELECT ?answer WHERE { claim:made-up ldn:answer ?answer }")
    assert "moderate certainty" in row["answer"]
    assert _only(compare_releases(old, new)).what[-1] == f"answer: {row['answer']}"


def test_a_paper_retracted_and_restored(load: Load) -> None:
    old = load(TRIAL + LINE)
    new = load(TRIAL + LINE + "publication:x2027 ldn:retracted true .")
    changes = compare_releases(old, new)
    assert changes.studies_retracted == ("study:x2027",)
    change = _only(changes)
    assert change.concern == "retraction"
    assert _what(change) == ("status: benefit shown → withdrawn", "certainty: moderate → none")
    assert change.why == (
        "publication:x2027 is now retracted",
        "direction of the line of study:x2027: supports → beside",
        "line of study:x2027 now set aside: retracted",
        f"result left {PAIN}: study:x2027-result, now kept out: retracted",
    )
    back = compare_releases(new, old)
    assert back.studies_retracted == ()
    assert _only(back).why == (
        "publication:x2027 is no longer retracted",
        "direction of the line of study:x2027: beside → supports",
        "line of study:x2027 no longer set aside: retracted",
        ENTERED,
        "study:x2027-result kept out: retracted → no",
    )


def test_one_of_two_papers_retracted(load: Load) -> None:
    """The study still counts, by its other paper; the retraction is told all the same."""
    papers = TRIAL + LINE + "study:x2027 ldn:publication publication:x2028 ."
    changes = compare_releases(
        load(papers), load(papers + "publication:x2028 ldn:retracted true .")
    )
    assert changes.studies_retracted == ("study:x2027",)
    change = _only(changes)
    assert (change.concern, change.what) == ("retraction", ())
    assert change.why == ("publication:x2028 is now retracted",)


# What is replaced in the line, in its study or its claim, or added where there was nothing: the
# concern, what changed, and why.
CASES = {
    "an effect that may be none": (
        ("study:x2027-result ldn:estimate", "-2.0", "-0.5"),
        "lost support",
        ("status: benefit shown → too little to say",),
        (
            "direction of the line of study:x2027: supports → inconclusive",
            f"size of study:x2027-result in {PAIN}: "
            "mean difference -2, -3 to -1, n = 240 → mean difference -0.5, -1.5 to 0.5, n = 240",
            f"status of {PAIN}: benefit shown → too little to say",
        ),
    ),
    "another dose": (
        ("study:x2027-line ldn:indirect", "", "ldnc:other-dose"),
        "lost support",
        ("status: benefit shown → tested otherwise", "certainty: moderate → none"),
        (
            "direction of the line of study:x2027: supports → beside",
            "line of study:x2027 now set aside: another dose, or none stated",
            "indirectness of the line of study:x2027: none → other dose",
            f"result left {PAIN}: study:x2027-result, now kept out: another dose, or none stated",
        ),
    ),
    "fewer participants": (
        ("study:x2027 ldn:analysed", "240", "120"),
        "lost support",
        ("status: benefit shown → benefit possible", "certainty: moderate → low"),
        (
            "participants of the line of study:x2027: 240 → 120",
            f"size of study:x2027-result in {PAIN}: "
            "mean difference -2, -3 to -1, n = 240 → mean difference -2, -3 to -1, n = 120",
            f"imprecision of {PAIN}: no concern (0) → serious concern (1)",
            f"status of {PAIN}: benefit shown → benefit possible",
            f"certainty of {PAIN}: moderate → low",
        ),
    ),
    "other people": (
        ("study:x2027-line ldn:indirect", "", "ldnc:other-population"),
        "lost support",
        ("status: benefit shown → benefit possible", "certainty: moderate → low"),
        (
            "indirectness of the line of study:x2027: none → other population",
            f"indirectness of {PAIN}: no concern (0) → serious concern (1)",
            f"status of {PAIN}: benefit shown → benefit possible",
            f"certainty of {PAIN}: moderate → low",
        ),
    ),
    "another object": (
        ("claim:made-up rdf:object", "condition:fibromyalgia", "condition:chronic-pain"),
        "",
        ("object: fibromyalgia (condition:fibromyalgia) → chronic pain (condition:chronic-pain)",),
        (),
    ),
    "another wording": (
        ("claim:made-up rdfs:label", '"it relieves aching"@en', '"it relieves the aching"@en'),
        "",
        ("wording: it relieves aching → it relieves the aching",),
        (),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_thing_replaced(case: str, load: Load) -> None:
    (of, before, after), concern, what, why = CASES[case]
    old = load(TRIAL + LINE)
    if before:
        new = _replaced(old, f"{of} {before}", f"{of} {after}")
    else:
        new = load(f"{TRIAL}{LINE}{of} {after} .")
    change = _only(compare_releases(old, new))
    assert (change.kind, change.concern) == ("changed", concern)
    assert (_what(change), _why(change)) == (what, why)


# The same for the mechanism: what is replaced in the data, and what follows for the claim.
MECHANISMS = {
    "another direction": (
        ("study:x2027-line-how ldn:direction", "ldnc:supports", "ldnc:inconclusive"),
        "lost support",
        ("status: observed → too little to say", "evidence level: M1 → none"),
        ("direction of the line of study:x2027: supports → inconclusive",),
    ),
    "nobody beside": (
        ("study:x2027-result ldn:contrast", "ldnc:between-groups", "ldnc:within-group"),
        "lost support",
        ("evidence level: M1 → M2",),
        ("line level of the line of study:x2027: M1 → M2",),
    ),
}


@pytest.mark.parametrize("case", MECHANISMS)
def test_one_thing_replaced_of_a_mechanism(case: str, load: Load) -> None:
    (of, before, after), concern, what, why = MECHANISMS[case]
    old = load(TRIAL + MECHANISM)
    new = _replaced(old, f"{of} {before}", f"{of} {after}")
    by_name = {change.claim: change for change in compare_releases(old, new).claims}
    change = by_name["claim:made-up-how"]
    assert (change.concern, change.what, change.why) == (concern, what, why)


def test_a_path_is_as_strong_as_the_claim_that_changed(load: Load) -> None:
    """Nothing was measured of what follows, so its path is M5 before and after; then it is M2."""
    followed = MECHANISM + (
        "study:x2027-line-after a ldn:EvidenceLine ; ldn:claim claim:made-up-after ; "
        "ldn:study study:x2027 ; ldn:direction ldnc:supports ; ldn:restsOn study:x2027-other . "
        "study:x2027-other a ldn:Result ; ldn:contrast ldnc:between-groups . "
        "study:x2027 ldn:result study:x2027-other ."
    )
    old = load(TRIAL + followed)
    contrast = "study:x2027-result ldn:contrast"
    new = _replaced(old, f"{contrast} ldnc:between-groups", f"{contrast} ldnc:within-group")
    by_name = {change.claim: change for change in compare_releases(old, new).claims}
    after = by_name["claim:made-up-after"]
    assert after.what == ("level of the path: M1 → M2",)
    assert after.why == ("a claim that it follows from changed",)


def test_a_note_is_no_change(load: Load) -> None:
    note = 'study:x2027-line skos:note "Read again."@en . claim:made-up skos:note "So it is."@en .'
    assert compare_releases(load(TRIAL + LINE), load(TRIAL + LINE + note)).claims == ()


def test_another_label_of_a_status_is_no_change(kg: Dataset) -> None:
    label = "ldnc:observed skos:prefLabel"
    new = _replaced(kg, f'{label} "observed"@en', f'{label} "seen"@en')
    assert compare_releases(kg, new).claims == ()


def test_the_rules_changed(load: Load) -> None:
    """The certainty and the level differ while all that the rules read is the same."""
    old = load(TRIAL + LINE + MECHANISM)
    certainty = "claim:made-up ldn:certainty ldnc:{}-certainty"
    new = _replaced(old, certainty.format("moderate"), certainty.format("low"), again=False)
    change = _only(compare_releases(old, new))
    assert (change.concern, change.what) == ("", ("certainty: moderate → low",))
    assert change.why == ("the rules or terms changed",)
    level = "claim:made-up-how ldn:evidenceLevel ldnc:mechanism-{}"
    new = _replaced(old, level.format(1), level.format(4), again=False)
    change = _only(compare_releases(old, new))
    assert (change.concern, change.what) == ("lost support", ("evidence level: M1 → M4",))
    assert change.why == ("a wider claim, the rules or terms changed",)


def test_another_kind_of_claim_explains_its_status(load: Load) -> None:
    old = load(TRIAL + MECHANISM)
    kinds = "claim:made-up-how a ldn:MechanismClaim", "claim:made-up-how a ldn:DosageClaim"
    by_name = {c.claim: c for c in compare_releases(old, _replaced(old, *kinds)).claims}
    change = by_name["claim:made-up-how"]
    assert "kind: mechanism claim → dosage claim" in change.what
    assert not [reason for reason in change.why if "rules" in reason]


def test_a_release_from_before_the_answers(load: Load) -> None:
    """It graded by levels and counts: nothing can be compared but status and level."""
    new = load(TRIAL + LINE)
    old = _edited(
        new,
        """DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { GRAPH ?g {
          claim:made-up ldn:status ldnc:supported ; ldn:evidenceLevel ldnc:ocebm-benefit-2 .
          ldnc:supported skos:prefLabel "supported"@en . ldnc:ocebm-benefit-2 skos:notation "2" .
          study:x2027-line ldn:direction ldnc:supports
        } }
        WHERE {
          GRAPH ?g { ?s ?p ?o }
          FILTER(?p IN (ldn:status, ldn:answer, ldn:certainty, ldn:direction)
            || STRSTARTS(STR(?s), STR(synthesis:)))
        }""",
        again=False,
    )
    change = _only(compare_releases(old, new))
    assert (change.kind, change.concern) == ("changed", "")
    assert _what(change) == (
        "status: supported → benefit shown",
        "certainty: none → moderate",
        "evidence level: 2 → none",
    )
    assert change.what[-1].startswith("answer: Pain intensity in ")
    assert change.why == ("graded by new rules",)


@pytest.fixture(scope="module")
def many(kg: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Changes:
    """Return a report with a claim of each sort."""
    old = _edited(
        kg,
        """INSERT DATA { GRAPH <https://w3id.org/ldn-kg/graph/literature> {
          claim:gone a ldn:EfficacyClaim ; rdfs:label "it relieves hunger"@en ;
            rdf:predicate ldn:relieves } }""",
    )
    path = tmp_path_factory.mktemp("many") / "further.ttl"
    path.write_text(
        TURTLE + TRIAL + LINE + "publication:younger2013 ldn:retracted true .\n"
        "claim:ldn-covid-19 ldn:population ldnc:children .",
        encoding="utf-8",
    )
    new = graded(path)
    line = "study:liu2021-line-inhibits-pi3k-mouse ldn:direction"
    return compare_releases(
        old, _replaced(new, f"{line} ldnc:supports", f"{line} ldnc:inconclusive")
    )


def test_what_takes_support_away_stands_first(many: Changes) -> None:
    names = [change.claim for change in many.claims]
    retracted = [
        "analgesia",
        "fibromyalgia",
        "for-fibromyalgia",
        "headache",
        "serious-adverse-event",
        "vivid-dreams",
    ]
    assert names == [
        *(f"claim:ldn-{name}" for name in retracted),
        "claim:ldn-inhibits-pi3k-mouse",
        "claim:gone",
        "claim:ldn-covid-19",
        "claim:made-up",
    ]
    lines = to_markdown(many).splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "# What changed in our belief: 2026.11 → 2026.11",
        "## Studies with a publication retracted since (1)",
        "## Claims touched by a retraction (6)",
        "## Claims that lost support or standing (1)",
        "## Claims removed (1)",
        "## Claims changed otherwise (1)",
        "## Claims added (1)",
        "## Studies added (1)",
    ]
    assert lines[2:4] == [
        "Claims: 8 changed, 1 added, 1 removed.",
        "Studies: 1 with a publication retracted since, 1 added, 0 removed.",
    ]
    at = lines.index("## Claims that lost support or standing (1)")
    assert lines[at + 2 : at + 4] == [
        "- claim:ldn-inhibits-pi3k-mouse, changed: low-dose naltrexone decreases expression of PI3K"
        " in mice",
        "  - status: observed → too little to say",
    ]


def test_json_says_the_same(many: Changes) -> None:
    text = to_json(many)
    assert text.endswith("}\n")
    document = json.loads(text)
    assert list(document) == [
        *("old", "new", "claims", "studies_added", "studies_removed", "studies_retracted"),
    ]
    assert list(document["claims"][0]) == ["claim", "words", "kind", "concern", "what", "why"]
    said = [(claim["claim"], *claim["what"], *claim["why"]) for claim in document["claims"]]
    assert said == [(change.claim, *change.what, *change.why) for change in many.claims]


def test_two_runs_give_the_same_bytes(kg: Dataset, load: Load) -> None:
    reports = set()
    for _ in range(2):
        changes = compare_releases(load(TRIAL + LINE), kg)
        reports.add((to_markdown(changes), to_json(changes)))
    assert len(reports) == 1


@pytest.fixture(scope="module")
def release(kg: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what a release holds of the graph, and a file that is not read."""
    folder = tmp_path_factory.mktemp("release")
    for form, ending in FORMATS.items():
        (folder / f"ldn-kg.{ending}").write_bytes(write(kg, form))
    packed = gzip.compress((folder / "ldn-kg.nq").read_bytes())
    (folder / "ldn-kg.nq.gz").write_bytes(packed)
    (folder / "metadata.ttl").write_text("not Turtle", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", [".", "ldn-kg.nq.gz", *(f"ldn-kg.{e}" for e in FORMATS.values())])
def test_a_release_reads_back_the_same(name: str, release: Path, kg: Dataset) -> None:
    assert compare_releases(kg, read_release(release / name)) == Changes(
        "2026.11", "2026.11", (), (), (), ()
    )


def test_a_release_of_which_only_the_gzipped_file_was_fetched_is_read(
    release: Path, kg: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "ldn-kg.nq.gz").write_bytes((release / "ldn-kg.nq.gz").read_bytes())
    assert set(read_release(tmp_path).store) == set(kg.store)


def test_what_was_published_is_not_graded_again(release: Path, kg: Dataset, tmp_path: Path) -> None:
    text = (release / "ldn-kg.nq").read_text(encoding="utf-8")
    status = "/claim/ldn-pruritus> <https://w3id.org/ldn-kg/ontology#status> {}concept/{}>"
    reported, untested = (
        status.format("<https://w3id.org/ldn-kg/", s) for s in ("only-case-reports", "untested")
    )
    assert text.count(reported) == 1
    path = tmp_path / "ldn-kg.nq"
    path.write_text(text.replace(reported, untested), encoding="utf-8")
    change = _only(compare_releases(kg, read_release(tmp_path)))
    assert (change.claim, change.what) == (
        "claim:ldn-pruritus",
        ("status: only case reports → untested",),
    )


@pytest.mark.parametrize("named", ["ldn-kg.nq", "."])
def test_a_release_that_was_cut_off_is_refused(named: str, tmp_path: Path) -> None:
    """What is left of N-Quads is N-Quads: the checksums beside them tell."""
    whole = b"<urn:a> <urn:b> <urn:c> .\n" * 2
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(whole).hexdigest()}  ldn-kg.nq\n")
    (tmp_path / "ldn-kg.nq").write_bytes(whole[:26])
    with pytest.raises(LdnKgError, match=r"ldn-kg\.nq is not the file that was released"):
        read_release(tmp_path / named)
    (tmp_path / "ldn-kg.nq").write_bytes(whole)
    with pytest.raises(LdnKgError, match="a release has claims"):  # and so the sums are right
        read_release(tmp_path / named)


def test_a_release_whose_checksums_do_not_name_it_is_refused(tmp_path: Path) -> None:
    """A listing that is empty or cut off says nothing of the file: no reason to trust it."""
    (tmp_path / "SHA256SUMS").write_text("")
    (tmp_path / "ldn-kg.nq").write_bytes(b"<urn:a> <urn:b> <urn:c> .\n")
    with pytest.raises(LdnKgError, match=r"SHA256SUMS does not name ldn-kg\.nq"):
        read_release(tmp_path)


WRONG = {
    "missing.nq": "cannot be read: No such file or directory",
    "missing.nq.gz": "cannot be read: No such file or directory",
    "no-gzip.nq.gz": "cannot be read as gzip: Not a gzipped file",
    "half.nq.gz": "cannot be read as gzip: Compressed file ended",
    "no-quads.nq.gz": "no-quads.nq.gz:1:",
    "claims.csv": "the ending is not one of",
    "empty": "is not a release: it has no ldn-kg.nq",
    "drug.ttl": "is not a release: a release has claims with a status, and one version",
    "efficacy.ttl": "is not a release: a release has claims with a status, and one version",
    "no-version.ttl": "is not a release: a release has claims with a status, and one version",
    "two-versions.ttl": "is not a release: a release has claims with a status, and one version",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_release_is_said_in_a_sentence(name: str, tmp_path: Path) -> None:
    graded = f"{TURTLE} claim:a a ldn:Claim ; ldn:status ldnc:untested .\n"
    version = "<https://example.org/{0}> dcterms:isVersionOf ldnk:dataset ; dcat:version '{0}' .\n"
    packed = gzip.compress(b"<a> <b> <c> .\n" * 1000)
    (tmp_path / "no-gzip.nq.gz").write_text("text", encoding="utf-8")
    (tmp_path / "half.nq.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "no-quads.nq.gz").write_bytes(gzip.compress(b"text"))
    (tmp_path / "claims.csv").write_text("text", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "no-version.ttl").write_text(graded, encoding="utf-8")
    two = graded + version.format(1) + version.format(2)
    (tmp_path / "two-versions.ttl").write_text(two, encoding="utf-8")
    for data in ("drug.ttl", "claims/efficacy.ttl"):
        shutil.copy(ROOT / "data" / data, tmp_path)
    with pytest.raises(LdnKgError) as caught:
        read_release(tmp_path / name)
    assert str(caught.value).startswith(str(tmp_path / name))
    assert WRONG[name] in str(caught.value)


def test_a_dataset_that_was_not_graded_is_refused(kg: Dataset) -> None:
    with pytest.raises(LdnKgError, match="The new release is not a release"):
        compare_releases(kg, read())
