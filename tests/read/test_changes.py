"""The changelog of claims: each case changes one thing, and says what a reader should be told."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Store

from ldn_kg.errors import LdnKgError
from ldn_kg.graph import rules
from ldn_kg.graph.dataset import Dataset, read
from ldn_kg.graph.files import ROOT, files
from ldn_kg.graph.namespaces import PREFIXES
from ldn_kg.graph.rules import derive
from ldn_kg.publish.formats import FORMATS, write
from ldn_kg.read.changelog import read_release, to_json, to_markdown
from ldn_kg.read.changes import Change, Changes, compare_releases

TURTLE = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
SPARQL = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in PREFIXES.items())
# A trial of 120 people on a claim that has no line in the shipped data.
TRIAL = """
study:x2027 a ldn:Study ; rdfs:label "X 2027"@en ; ldn:design ldnc:randomised-parallel-trial ;
  ldn:analysed 120 ; ldn:publication publication:x2027 ; ldn:result study:x2027-result .
study:x2027-result a ldn:Result ; ldn:readAs ldnc:abstract .
publication:x2027 a ldn:Publication .
claim:made-up a ldn:EfficacyClaim ; rdfs:label "it relieves itching"@en ;
  rdf:subject drug:naltrexone ; rdf:predicate ldn:relieves ; rdf:object condition:fibromyalgia .
"""
LINE = """
study:x2027-line a ldn:EvidenceLine ; ldn:claim claim:made-up ; ldn:study study:x2027 ;
  ldn:direction ldnc:supports ; ldn:restsOn study:x2027-result ;
  ldn:drugDirectness ldnc:direct ; ldn:doseDirectness ldnc:direct ;
  ldn:populationDirectness ldnc:direct ; ldn:speciesDirectness ldnc:direct .
"""
IN_WORDS = "study:x2027 (randomised parallel trial, n = 120)"

Load = Callable[[str], Dataset]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Grade made-up records, without the shipped studies: that is quick."""
    shipped = [ROOT / "data" / "dataset.ttl", ROOT / "data" / "conditions.ttl"]

    def _load(turtle: str) -> Dataset:
        path = tmp_path / "further.ttl"
        path.write_text(TURTLE + turtle, encoding="utf-8")
        return rules.load(*files("ontology", ".ttl"), *shipped, path, shipped=False)

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


def test_nothing_changed(kg: Dataset) -> None:
    changes = compare_releases(kg, kg)
    assert changes == Changes("2026.11", "2026.11", (), (), (), ())
    assert to_markdown(changes) == (
        "# What changed in our belief: 2026.11 → 2026.11\n\nNo claim changed.\n"
        "Studies: 0 with a publication retracted since, 0 added, 0 removed.\n"
    )


def test_a_claim_added_and_removed(kg: Dataset, tmp_path: Path) -> None:
    (tmp_path / "further.ttl").write_text(TURTLE + TRIAL + LINE, encoding="utf-8")
    new = rules.load(tmp_path)
    changes = compare_releases(kg, new)
    assert changes.studies_added == ("study:x2027",)
    assert _only(changes) == Change(
        "claim:made-up",
        "it relieves itching",
        "added",
        "",
        ("status: none → supported", "evidence level: none → 2"),
        (f"line added: supports, {IN_WORDS}",),
    )
    back = compare_releases(new, kg)
    assert (back.studies_added, back.studies_removed) == ((), ("study:x2027",))
    assert _only(back).kind == "removed"
    assert _only(back).what == ("status: supported → none", "evidence level: 2 → none")
    assert _only(back).why == (f"line removed: supports, {IN_WORDS}",)


def test_a_withdrawn_claim_is_removed(load: Load) -> None:
    old = load(TRIAL)
    change = _only(compare_releases(old, load(TRIAL + "claim:made-up owl:deprecated true .")))
    assert (change.claim, change.kind) == ("claim:made-up", "removed")
    assert change.what == ("status: hypothesis → none",)


def test_a_line_added_and_removed(load: Load) -> None:
    bare, graded = load(TRIAL), load(TRIAL + LINE)
    change = _only(compare_releases(bare, graded))
    assert (change.kind, change.concern) == ("changed", "")
    assert change.what == ("status: hypothesis → supported", "evidence level: none → 2")
    assert change.why == (f"line added: supports, {IN_WORDS}",)
    back = _only(compare_releases(graded, bare))
    assert (back.kind, back.concern) == ("changed", "lost support")
    assert back.what == ("status: supported → hypothesis", "evidence level: 2 → none")
    assert back.why == (f"line removed: supports, {IN_WORDS}",)


def test_a_paper_retracted_and_restored(load: Load) -> None:
    old = load(TRIAL + LINE)
    new = load(TRIAL + LINE + "publication:x2027 ldn:retracted true .")
    changes = compare_releases(old, new)
    assert changes.studies_retracted == ("study:x2027",)
    assert _only(changes).concern == "retraction"
    assert _only(changes).what == ("status: supported → retracted", "evidence level: 2 → none")
    assert _only(changes).why == (
        "publication:x2027 is now retracted",
        "line of study:x2027 now set aside: retracted",
    )
    back = compare_releases(new, old)
    assert back.studies_retracted == ()
    assert _only(back).why == (
        "publication:x2027 is no longer retracted",
        "line of study:x2027 no longer set aside: retracted",
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


# What is replaced in the line, in its study or its claim: the concern, what changed, and why.
CASES = {
    "another direction": (
        ("study:x2027-line ldn:direction", "ldnc:supports", "ldnc:inconclusive"),
        "lost support",
        ("status: supported → undecided", "evidence level: 2 → none"),
        ("direction of the line of study:x2027: supports → inconclusive",),
    ),
    "set aside": (
        ("study:x2027-line ldn:doseDirectness", "ldnc:direct", "ldnc:other-dose"),
        "lost support",
        ("status: supported → hypothesis", "evidence level: 2 → none"),
        (
            "line of study:x2027 now set aside: another dose, or none stated",
            "dose directness of the line of study:x2027: direct → other dose",
        ),
    ),
    "fewer participants": (
        ("study:x2027 ldn:analysed", "120", "60"),
        "lost support",
        ("evidence level: 2 → 3",),
        ("participants of the line of study:x2027: 120 → 60",),
    ),
    "a better design": (
        (
            "study:x2027 ldn:design",
            "ldnc:randomised-parallel-trial",
            "ldnc:systematic-review-of-randomised-trials",
        ),
        "",
        ("evidence level: 2 → 1",),
        (
            "design of the line of study:x2027: "
            "randomised parallel trial → systematic review of randomised trials",
            "design level of the line of study:x2027: 2 → 1",
        ),
    ),
    "a line that only changes": (
        ("study:x2027-line ldn:speciesDirectness", "ldnc:direct", "ldnc:other-species"),
        "",
        (),
        ("species directness of the line of study:x2027: direct → other species",),
    ),
    "another object": (
        ("claim:made-up rdf:object", "condition:fibromyalgia", "condition:psoriasis"),
        "",
        ("object: fibromyalgia (condition:fibromyalgia) → psoriasis (condition:psoriasis)",),
        (),
    ),
    "another wording": (
        ("claim:made-up rdfs:label", '"it relieves itching"@en', '"it relieves the itch"@en'),
        "",
        ("wording: it relieves itching → it relieves the itch",),
        (),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_thing_replaced(case: str, load: Load) -> None:
    (of, before, after), concern, what, why = CASES[case]
    old = load(TRIAL + LINE)
    change = _only(compare_releases(old, _replaced(old, f"{of} {before}", f"{of} {after}")))
    assert (change.kind, change.concern, change.what, change.why) == ("changed", concern, what, why)


def test_a_note_is_no_change(load: Load) -> None:
    note = 'study:x2027-line skos:note "Read again."@en . claim:made-up skos:note "So it is."@en .'
    assert compare_releases(load(TRIAL + LINE), load(TRIAL + LINE + note)).claims == ()


def test_another_label_of_a_status_is_no_change(kg: Dataset) -> None:
    label = "ldnc:supported skos:prefLabel"
    new = _replaced(kg, f'{label} "supported"@en', f'{label} "backed"@en')
    assert compare_releases(kg, new).claims == ()


LEVEL = "claim:made-up ldn:evidenceLevel"


def test_the_rules_changed(load: Load) -> None:
    """The level differs while the lines are the same."""
    old = load(TRIAL + LINE)
    level = f"{LEVEL} ldnc:ocebm-benefit-2", f"{LEVEL} ldnc:ocebm-benefit-4"
    change = _only(compare_releases(old, _replaced(old, *level, again=False)))
    assert (change.concern, change.what) == ("lost support", ("evidence level: 2 → 4",))
    assert change.why == ("the rules or terms changed",)


def test_a_line_that_never_counts_explains_no_level(load: Load) -> None:
    """What the rules do not read is told, and is not taken for the cause."""
    old = load(TRIAL + LINE)
    species = "study:x2027-line ldn:speciesDirectness"
    new = _replaced(old, f"{species} ldnc:direct", f"{species} ldnc:other-species")
    level = f"{LEVEL} ldnc:ocebm-benefit-2", f"{LEVEL} ldnc:ocebm-benefit-1"
    change = _only(compare_releases(old, _replaced(new, *level, again=False)))
    assert change.why == (
        "species directness of the line of study:x2027: direct → other species",
        "the rules or terms changed",
    )


def test_another_kind_of_claim_explains_its_level(load: Load) -> None:
    old = load(TRIAL + LINE)
    new = _replaced(old, "claim:made-up a ldn:EfficacyClaim", "claim:made-up a ldn:DosageClaim")
    change = _only(compare_releases(old, new))
    assert "kind: efficacy claim → dosage claim" in change.what
    assert "the rules or terms changed" not in change.why


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
    new = rules.load(path)
    line = "study:admldn2019-line-dermatomyositis ldn:direction"
    return compare_releases(
        old, _replaced(new, f"{line} ldnc:supports", f"{line} ldnc:inconclusive")
    )


def test_what_takes_support_away_stands_first(many: Changes) -> None:
    names = [change.claim for change in many.claims]
    retracted = ["analgesia", "fibromyalgia", "for-fibromyalgia", "headache", "vivid-dreams"]
    assert names == [
        *(f"claim:ldn-{name}" for name in retracted),
        "claim:ldn-dermatomyositis",
        "claim:gone",
        "claim:ldn-covid-19",
        "claim:made-up",
    ]
    lines = to_markdown(many).splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "# What changed in our belief: 2026.11 → 2026.11",
        "## Studies with a publication retracted since (1)",
        "## Claims touched by a retraction (5)",
        "## Claims that lost support or standing (1)",
        "## Claims removed (1)",
        "## Claims changed otherwise (1)",
        "## Claims added (1)",
        "## Studies added (1)",
    ]
    assert lines[2:4] == [
        "Claims: 7 changed, 1 added, 1 removed.",
        "Studies: 1 with a publication retracted since, 1 added, 0 removed.",
    ]
    at = lines.index("## Claims that lost support or standing (1)")
    assert lines[at + 2 : at + 4] == [
        "- claim:ldn-dermatomyositis, changed: low-dose naltrexone relieves dermatomyositis",
        "  - status: supported → undecided",
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


def test_what_was_published_is_not_graded_again(release: Path, kg: Dataset, tmp_path: Path) -> None:
    text = (release / "ldn-kg.nq").read_text(encoding="utf-8")
    status = "/claim/ldn-pruritus> <https://w3id.org/ldn-kg/ontology#status> {}concept/{}>"
    supported, disputed = (
        status.format("<https://w3id.org/ldn-kg/", s) for s in ("supported", "disputed")
    )
    assert text.count(supported) == 1
    path = tmp_path / "ldn-kg.nq"
    path.write_text(text.replace(supported, disputed), encoding="utf-8")
    change = _only(compare_releases(kg, read_release(tmp_path)))
    assert (change.claim, change.what) == (
        "claim:ldn-pruritus",
        ("status: supported → disputed",),
    )


WRONG = {
    "missing.nq": "cannot be read: No such file or directory",
    "missing.nq.gz": "cannot be read as N-Quads in gzip: No such file or directory",
    "no-gzip.nq.gz": "cannot be read as N-Quads in gzip: Not a gzipped file",
    "half.nq.gz": "cannot be read as N-Quads in gzip: Compressed file ended",
    "no-quads.nq.gz": "cannot be read as N-Quads in gzip: ",
    "claims.csv": "the ending is not one of",
    "empty": "is no release: it holds no ldn-kg.nq",
    "drug.ttl": "is no release: that has claims with a derived status, and one version",
    "efficacy.ttl": "is no release: that has claims with a derived status, and one version",
    "no-version.ttl": "is no release: that has claims with a derived status, and one version",
    "two-versions.ttl": "is no release: that has claims with a derived status, and one version",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_release_is_said_in_a_sentence(name: str, tmp_path: Path) -> None:
    graded = f"{TURTLE} claim:a a ldn:Claim ; ldn:status ldnc:hypothesis .\n"
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
    with pytest.raises(LdnKgError, match="The new release is no release"):
        compare_releases(kg, read())
