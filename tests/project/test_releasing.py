"""What a release needs: one version, a guide whose commands exist, workflows that test."""

import re
import shlex
from importlib.metadata import version
from typing import Any

import click
import pytest
import yaml
from support.paths import ROOT

from ldn_kg.command.main import main

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def _runs(name: str) -> list[str]:
    """Return what the steps of a workflow run."""
    path = ROOT / ".github" / "workflows" / f"{name}.yml"
    workflow: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    return [step["run"].strip() for step in steps if "run" in step]


def test_version_stands_once() -> None:
    text = (ROOT / "data" / "dataset.ttl").read_text(encoding="utf-8")
    found = re.findall(r"\b(\d{4}\.\d+(?:\.\d+)?)\b", text)
    assert found == [version("ldn-kg")]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changelog, re.MULTILINE)[1] == found[0]  # type: ignore[index]


def test_commands_of_the_guide_exist() -> None:
    guide = (ROOT / "docs" / "releasing.md").read_text(encoding="utf-8")
    targets = re.findall(r"^ *\$ make (\w+)$", guide, re.MULTILINE)
    assert targets == ["citation", "test"]
    assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in targets)
    ours = [shlex.split(x) for x in re.findall(r"^ *\$ (ldn-kg .*)$", guide, re.MULTILINE)]
    assert ours
    for _, name, *words in ours:
        command = main.get_command(click.Context(main), name)
        assert command, f"there is no command {name}"
        command.make_context(name, words)


@pytest.mark.parametrize("name", ["test", "release"])
def test_a_workflow_runs_the_tests_that_everybody_runs(name: str) -> None:
    runs = _runs(name)
    assert "make test" in runs
    assert all(not run.startswith(".ci/run") for run in runs)


@pytest.mark.parametrize("name", ["test", "release", "pages", ".ci/run"])
def test_scripts_and_targets_that_automation_runs_exist(name: str) -> None:
    if name == ".ci/run":
        text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    else:
        text = "\n".join(_runs(name))
    scripts = re.findall(r"\.ci/[\w-]+", text)
    targets = [x for words in re.findall(r"\bmake ([^|>\n]+)", text) for x in words.split()]
    assert targets
    for script in scripts:
        assert (ROOT / script).stat().st_mode & 0o111, f"{script} cannot be executed"
    for target in targets:
        assert re.search(rf"^{re.escape(target)}:", MAKEFILE, re.MULTILINE), target
