"""What a further study would change: the claim that moves, the rule that moves it, and no other."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from support.paths import ROOT, Run

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.read.what_if import FORMATS, WhatIf, what_if, write

TRIAL = Path(__file__).parent / "large-null-trial.ttl"
BRUUN = ROOT / "data" / "studies" / "bruun2024.ttl"
CLAIM = "claim:ldn-fibromyalgia"
RATING = "reading of the studies of pain intensity (synthesis:ldn-fibromyalgia-pain-intensity)"


@pytest.fixture(scope="module")
def found(kg: Dataset) -> WhatIf:
    return what_if(kg, TRIAL)


def _copy(folder: Path, old: str, new: str, of: Path = BRUUN) -> Path:
    text = of.read_text(encoding="utf-8")
    assert old in text
    path = folder / of.name
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_a_new_trial_moves_its_claim_and_no_other(kg: Dataset, found: WhatIf) -> None:
    (moved,) = found.moved
    assert (moved.claim, found.stays, found.replaced) == (CLAIM, (), ())
    count = len(kg.rows("SELECT DISTINCT ?claim { ?claim a ldn:Claim ; ldn:status ?status }"))
    assert found.others == count - 1
    before, after = kg, ldn_kg.load(TRIAL)
    for standing, dataset in ((moved.before, before), (moved.after, after)):
        assert standing
        (row,) = dataset.rows(f"SELECT ?answer {{ {CLAIM} ldn:answer ?answer }}")
        assert standing.answer == row["answer"]
    assert moved.before != moved.after
    assert "3 trials, 1197 people" in moved.after.answer


def test_the_rule_that_moved_is_named_with_what_entered(found: WhatIf) -> None:
    why = "\n".join(found.moved[0].why)
    assert "https://example.org/pain (mean difference 0.02, -0.18 to 0.22, n = 1000)" in why
    assert f"{RATING}: no concern (0) → serious concern (1); Of 5 results, 1 of a study" in why


def test_a_trial_that_was_read_once_says_what_that_costs(
    kg: Dataset, found: WhatIf, tmp_path: Path
) -> None:
    """Read a second time, it costs no step: pain intensity is one level surer."""
    assert found.read_once == ("https://example.org/trial",)
    assert "Read only once: https://example.org/trial. That costs a step" in _flat(str(found))
    again = """
        @prefix dcterms: <http://purl.org/dc/terms/> . @prefix ex: <https://example.org/> .
        @prefix ldn: <https://w3id.org/ldn-kg/ontology#> .
        ex:again a ldn:SecondReading ; ldn:readingOf ex:trial ; ldn:confirms ex:pain ;
          dcterms:date "2026-11-27"^^<http://www.w3.org/2001/XMLSchema#date> ;
          ldn:reader <https://w3id.org/ldn-kg/second-reader> ; ldn:compared 9 ; ldn:agreed 9 .
    """
    (tmp_path / "again.ttl").write_text(again, encoding="utf-8")
    read_again = what_if(kg, TRIAL, tmp_path / "again.ttl")
    assert read_again.read_once == ()
    why = "\n".join(read_again.moved[0].why)
    assert RATING not in why
    assert "certainty of pain intensity" in why and "low → moderate" in why


def test_a_correction_takes_the_place_of_the_record(kg: Dataset, tmp_path: Path) -> None:
    found = what_if(kg, _copy(tmp_path, "ldn:estimate -0.34", "ldn:estimate -0.43"))
    assert found.replaced == ("study:bruun2024-result-pain",)
    assert CLAIM in [each.claim for each in found.moved]
    for each in found.moved:
        assert any("size of study:bruun2024-result-pain" in why for why in each.why)


def test_a_part_that_is_taken_away_is_gone(kg: Dataset, tmp_path: Path) -> None:
    """The evidence line is left out of the file; nothing else points to it."""
    text = BRUUN.read_text(encoding="utf-8")
    start = text.index("study:bruun2024-line-fibromyalgia\n")
    path = tmp_path / "bruun2024.ttl"
    end = text.index(" .\n", start) + 3
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    (moved,) = what_if(kg, path, claim=CLAIM).moved
    assert any(why.startswith("line removed") for why in moved.why)
    assert any("result left pain intensity" in why for why in moved.why)


def test_the_file_of_a_shipped_study_moves_nothing(kg: Dataset) -> None:
    found = what_if(kg, BRUUN)
    assert (found.moved, found.stays, found.replaced, found.read_once) == ((), (), (), ())
    assert "No claim moves." in str(found)


def test_one_claim_is_told_though_it_stays(kg: Dataset) -> None:
    found = what_if(kg, TRIAL, claim="ldn-headache")
    (stays,) = found.stays
    assert (found.moved, found.others, stays.before) == ((), 0, stays.after)
    assert "Nothing that the rules read of it differs." in str(found)


def test_a_record_without_a_name_is_read(kg: Dataset, tmp_path: Path) -> None:
    path = _copy(tmp_path, "# A trial that does not exist.", "[] a ex:Thing .", TRIAL)
    assert [each.claim for each in what_if(kg, path).moved] == [CLAIM]


def test_the_dataset_stays_as_it_is(kg: Dataset) -> None:
    before = len(kg.store)
    what_if(kg, TRIAL)
    assert len(kg.store) == before


@pytest.mark.parametrize("form", FORMATS)
def test_each_form_says_the_same(form: str, found: WhatIf) -> None:
    text = _flat(write(found, form)).replace("\\", "")
    (moved,) = found.moved
    assert moved.before
    for said in (moved.before.answer, moved.after.answer, *moved.why, str(found.others)):
        assert _flat(said) in text


def test_lines_fit_and_json_has_the_fields(found: WhatIf) -> None:
    wide = [line for line in str(found).splitlines() if len(line) > 80 and " " in line.strip()]
    assert not wide
    assert json.loads(write(found, "json")) == json.loads(json.dumps(asdict(found)))


def test_markdown_of_a_contributed_record_formats_nothing(found: WhatIf) -> None:
    evil = "pain <img src=x> @somebody [link](https://example.org) `code` # | *bold*"
    told = write(replace(found, moved=(replace(found.moved[0], words=evil),)), "markdown")
    for word in (r"\<img", "@\u200bsomebody", r"\[link\]", r"\`code\`", r" \# ", r"\*bold\*"):
        assert word in told


def test_the_command(run: Run) -> None:
    done = run("explain", "ldn-fibromyalgia", "--with", TRIAL)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Certainty: low, as before" in done.stdout
    assert run("explain").returncode == 2
    refused = run("explain", "ldn-fibromyalgia", "-f", "json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "-f json is for --with" in refused.stderr


def test_what_does_not_validate_is_refused(run: Run, tmp_path: Path) -> None:
    path = _copy(tmp_path, "    ldn:design ldnc:randomised-parallel-trial ;\n", "")
    done = run("explain", "--with", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "A study has one design" in done.stderr
    assert run("explain", "--with", tmp_path / "missing.ttl").returncode == 2
    assert run("explain", "no-such-claim", "--with", TRIAL).returncode == 2


def _flat(text: str) -> str:
    return " ".join(text.split())
