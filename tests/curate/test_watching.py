"""What changed in a registry between two exports, or since the dataset was made."""

import json
from pathlib import Path
from typing import Any

import pytest

import ldn_kg
from ldn_kg.curate.screening_forms import watch_json, watch_rows
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset

HEADER = (
    "NCT Number,Study Title,Study Status,Study Results,Enrollment,Start Date,"
    "Primary Completion Date,Completion Date,Results First Posted\n"
)


def _study(number: str, status: str, people: tuple[int, str], **more: Any) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": number, "officialTitle": f"Trial {number}"},
            "statusModule": {
                "overallStatus": status,
                **{f"{name}DateStruct": {"date": date} for name, date in more.items()},
            },
            "designModule": {"enrollmentInfo": dict(zip(("count", "type"), people, strict=True))},
        },
        "hasResults": "resultsFirstPost" in more,
    }


def _json(path: Path, *studies: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"studies": studies}), encoding="utf-8")
    return path


def _csv(path: Path, *rows: str) -> Path:
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_changes_between_two_exports_are_told_once(kg: Dataset, tmp_path: Path) -> None:
    old = _json(
        tmp_path / "old.json",
        _study("NCT05955313", "RECRUITING", (300, "ESTIMATED"), completion="2026-12-31"),
        _study("NCT99999901", "RECRUITING", (20, "ESTIMATED")),
        _study("NCT99999902", "RECRUITING", (20, "ESTIMATED")),
    )
    new = _json(
        tmp_path / "new.json",
        _study("NCT99999901", "RECRUITING", (20, "ESTIMATED")),
        _study(
            "NCT05955313",
            "COMPLETED",
            (187, "ACTUAL"),
            completion="2026-10-02",
            resultsFirstPost="2026-11-01",
        ),
        _study("NCT99999903", "NOT_YET_RECRUITING", (9, "ESTIMATED")),
    )
    found = ldn_kg.watch(kg, new, old)
    assert watch_rows(found) == [
        ("NCT05955313", "study:nct05955313", "yes", "results", "none", "posted on 2026-11-01"),
        ("NCT05955313", "study:nct05955313", "yes", "state", "recruiting", "completed"),
        ("NCT05955313", "study:nct05955313", "yes", "end", "2026-12-31", "2026-10-02"),
        ("NCT05955313", "study:nct05955313", "yes", "people", "300 planned", "187 enrolled"),
        ("NCT99999902", "-", "no", "registration", "in the old export", "not in the new one"),
        (
            "NCT99999903",
            "-",
            "no",
            "registration",
            "not in the old export",
            "not yet recruiting, 9 planned",
        ),
    ]
    assert found.compared == 2
    assert not ldn_kg.watch(kg, new, new).changes


def test_json_and_csv_of_the_same_trials_are_the_same(kg: Dataset, tmp_path: Path) -> None:
    study = _study("NCT05955313", "ACTIVE_NOT_RECRUITING", (300, "ESTIMATED"), start="2023-05-31")
    one = _json(tmp_path / "a.json", study)
    row = "NCT05955313,Trial,ACTIVE_NOT_RECRUITING,NO,300,2023-05-31,,,"
    other = _csv(tmp_path / "a.csv", row)
    [change] = ldn_kg.watch(kg, other, one).changes  # CSV does not say whether they are planned
    assert (change.change.old, change.change.new) == ("300 planned", "300")
    older = row.replace("2023-05-31", '"May 31, 2023"').replace(
        "ACTIVE_NOT_RECRUITING", '"Active, not recruiting"'
    )
    assert not ldn_kg.watch(kg, other, _csv(tmp_path / "old.csv", older)).changes


def test_without_an_old_export_the_dataset_is_the_old_one(kg: Dataset, tmp_path: Path) -> None:
    new = _csv(
        tmp_path / "new.csv",
        "NCT05955313,Trial,COMPLETED,YES,300,2023-05-31,,2026-12,2026-11-01",
        "NCT99999901,Not ours,COMPLETED,YES,300,,,,",
        "NCT00568555,Published,COMPLETED,YES,53,,,,",
    )
    found = ldn_kg.watch(kg, new)
    assert [(one.change.what, one.change.old) for one in found.changes] == [
        ("results", "none"),
        ("state", "recruiting"),
    ]
    assert found.compared == 2


def test_all_awaited_trials_would_be_heard_of(kg: Dataset, tmp_path: Path) -> None:
    rows = kg.rows(
        "SELECT DISTINCT ?n { ?s ldn:notReported ldnc:no-result-published ; schema:identifier ?n "
        'FILTER(STRSTARTS(?n, "NCT")) }'
    )
    assert len(rows) > 10
    lines = (f"{row['n']},Trial,,YES,,,,,2026-11-01" for row in rows)
    found = ldn_kg.watch(kg, _csv(tmp_path / "new.csv", *lines))
    assert {one.number for one in found.changes if one.change.what == "results"} == {
        row["n"] for row in rows
    }
    assert all(one.awaited for one in found.changes)


def test_what_is_written_as_json_is_all_of_it(kg: Dataset, tmp_path: Path) -> None:
    new = _csv(
        tmp_path / "new.csv", "NCT05955313,Trial,COMPLETED,NO,300,,,,", "NCT1,a,b,c,d,e,f,g,h,i"
    )
    told = json.loads(watch_json(ldn_kg.watch(kg, new)))
    [change] = told["changes"]
    assert change["studies"] == ["https://w3id.org/ldn-kg/study/nct05955313"]
    assert (change["what"], change["old"], change["new"]) == ("state", "recruiting", "completed")
    assert "record 2 has 10 cells" in told["malformed"][0]


def test_papers_are_no_entries_of_a_registry(kg: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_text("TY  - JOUR\nTI  - A\nDO  - 10.5555/a\nER  - \n", encoding="utf-8")
    with pytest.raises(LdnKgError, match="holds no entry of a registry"):
        ldn_kg.watch(kg, path)
