"""The tasks of `test_tasks.py` in Firefox as Debian has it, which Playwright cannot drive."""

import json
import shutil
import subprocess
from dataclasses import dataclass

import pytest
from support.needed import without
from support.paths import ROOT

pytestmark = pytest.mark.xdist_group("site")

SCRIPT = ROOT / "web" / "firefox.mjs"


def _link(where: str, name: str) -> dict[str, str]:
    return {"click": f"//{where}//a[normalize-space() = {json.dumps(name)}]"}


MAP = "*[@id = 'map']"


@dataclass(frozen=True)
class Task:
    """What is done from the first page, where the answer stands, and its words."""

    steps: tuple[dict[str, str], ...]
    at: str
    told: tuple[str, ...]
    untold: tuple[str, ...] = ()


TASKS = {
    "the answer in fibromyalgia, and how sure": Task(
        (_link(MAP, "Fibromyalgia"),),
        "//*[contains(@class, 'verdict')]",
        ("differs by outcome", "low certainty"),
    ),
    "the dose of the largest trial that found no benefit": Task(
        (_link(MAP, "Fibromyalgia"),),
        "//figure[contains(., 'Daily dose')]//tr[contains(., '99 people')]",
        ("no benefit found", "6 mg once daily, 12 weeks"),
    ),
    "vivid dreams in 1,000": Task(
        (_link("nav", "Harms"),),
        "//tr[th[contains(., 'Vivid dreams')]]",
        ("not known", "more often in one study"),
    ),
    "the conditions with two or more trials": Task(
        ({"click": "//button[contains(., '2 or more trials')]"},),
        f"//{MAP}",
        ("Fibromyalgia", "Multiple sclerosis"),
        ("Crohn's disease",),
    ),
    "the trials awaited in long COVID": Task(
        (_link(MAP, "Long COVID"),),
        "//tr[contains(., 'NCT05430152')]",
        ("160", "2025-08-16"),
    ),
    "whether it is safe with opioids": Task(
        (_link("nav", "Harms"),),
        "//*[contains(@class, 'banner')]",
        ("Precipitated opioid withdrawal", "labels warn of it"),
    ),
    "toll-like receptor 4 at concentrations that people reach": Task(
        (_link("nav", "Mechanisms"), _link("main", "toll-like receptor 4")),
        "//main[contains(., 'that people reach')]",
        ("Nothing that was seen was measured at concentrations that people reach",),
    ),
    "how one trial built up the dose": Task(
        (_link("nav", "Doses"),),
        "//figure[contains(., 'week by week')]//tr[contains(., 'Plank and others 2022')]",
        ("1.5 mg, 1 week; 3 mg, 1 week; 4.5 mg, 10 weeks",),
    ),
    "how the FINAL trial is cited": Task(
        ({"find": "FINAL"}, {"click": "//*[contains(@class, 'hits')]//a"}),
        "//pre[contains(., '@article')]",
        ("doi = {10.1016/s2665-9913(23)00278-3},",),
    ),
    "the sentence of the source document that is least supported": Task(
        (_link("footer", "The source document today"),),
        "//*[@id = 'weakest']/following-sibling::ol/li",
        ("complex regional pain syndrome", "only uncontrolled studies"),
    ),
}


@pytest.fixture(scope="module")
def answers(address: str) -> dict[str, str | None]:
    """Return the text of each answer; the browser is started once."""
    firefox, node = shutil.which("firefox-esr"), shutil.which("node")
    if not firefox or not node or not (ROOT / "web" / "node_modules" / "puppeteer-core").is_dir():
        without("Firefox or puppeteer-core is missing: .ci/install-browsers, then make scripts")
    asked = json.dumps([{"steps": task.steps, "at": task.at} for task in TASKS.values()])
    done = subprocess.run(
        [node, SCRIPT, firefox, address], input=asked, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(TASKS, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_done_in_firefox(answers: dict[str, str | None], name: str) -> None:
    task, answer = TASKS[name], answers[name]
    assert answer is not None, "what was looked for did not come"
    text = " ".join(answer.split())
    assert [words for words in task.told if words not in text] == []
    assert [words for words in task.untold if words in text] == []
