"""The way in for others: the issue form, and the workflows that look at a proposed study."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from support.paths import ROOT

from ldn_kg.command.main import main

FOLDER = ROOT / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
OURS = ("contribution", "comment")
# GitHub's form schema: the kinds of elements, with the attributes that each must and may have.
ELEMENTS = {
    "markdown": ({"value"}, set[str]()),
    "input": ({"label"}, {"description", "placeholder", "value"}),
    "textarea": ({"label"}, {"description", "placeholder", "value", "render"}),
    "dropdown": ({"label", "options"}, {"description", "multiple", "default"}),
    "checkboxes": ({"label", "options"}, {"description"}),
}


def _yaml(path: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def _workflow(name: str) -> dict[Any, Any]:
    return _yaml(FOLDER / "workflows" / f"{name}.yml")


def _steps(name: str) -> list[dict[str, Any]]:
    return [step for job in _workflow(name)["jobs"].values() for step in job["steps"]]


def _run(name: str, which: int) -> str:
    """Return one of the scripts that the steps of a workflow run."""
    script: str = [step["run"] for step in _steps(name) if "run" in step][which]
    return script


def test_the_form_is_one_by_the_schema() -> None:
    forms = sorted((FOLDER / "ISSUE_TEMPLATE").glob("*.yml"))
    assert forms
    for form in map(_yaml, forms):
        assert {"name", "description", "body"} <= form.keys()
        assert form.keys() <= {"name", "description", "body", "title", "labels", "assignees"}
        names = [element["id"] for element in form["body"] if "id" in element]
        assert len(names) == len(set(names)) > 3
        assert all(re.fullmatch(r"[\w-]+", name) for name in names)
        for element in form["body"]:
            must, may = ELEMENTS[element["type"]]
            assert must <= element["attributes"].keys() <= must | may
            assert element.keys() <= {"type", "id", "attributes", "validations"}
            assert all(isinstance(x, str) for x in element["attributes"].get("options", ()))
            options = element["attributes"].get("options", [])
            assert len(options) == len(set(options)) != 1
        labels = [e["attributes"]["label"] for e in form["body"] if e["type"] != "markdown"]
        assert len(labels) == len(set(labels))
        assert any(e["type"] != "markdown" for e in form["body"])


def test_no_other_action_is_used_than_elsewhere() -> None:
    used = {
        path.stem: {step["uses"] for step in _steps(path.stem) if "uses" in step}
        for path in WORKFLOWS
    }
    others = set().union(*(uses for name, uses in used.items() if name not in OURS))
    assert len(others) > 3
    assert used["contribution"]
    assert used["contribution"] <= others
    assert not used["comment"], "what may write runs no action"


def test_who_may_write_runs_nothing_of_the_pull_request() -> None:
    """YAML 1.1 reads the key `on` as true."""
    contribution, comment = map(_workflow, OURS)
    assert list(contribution[True]) == ["pull_request"]  # never pull_request_target
    assert contribution["permissions"] == {"contents": "read"}
    assert not [job for job in contribution["jobs"].values() if "permissions" in job]
    assert comment[True] == {
        "workflow_run": {"workflows": ["contribution"], "types": ["completed"]}
    }
    assert contribution["name"] == "contribution"
    assert comment["permissions"] == {}
    (job,) = comment["jobs"].values()
    assert job["permissions"] == {"actions": "read", "pull-requests": "write"}
    text = "".join((FOLDER / "workflows" / f"{n}.yml").read_text(encoding="utf-8") for n in OURS)
    assert "secrets." not in text
    checkouts = [s for s in _steps("contribution") if s.get("uses", "").startswith("actions/check")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False]
    # What a fork names reaches a script as the value of a variable only.
    for name in OURS:
        assert not [step for step in _steps(name) if "${{" in step.get("run", "")]


def test_what_one_leaves_the_other_takes() -> None:
    (left,) = (s["with"] for s in _steps("contribution") if "upload-artifact" in s.get("uses", ""))
    taken = _run("comment", 0)
    assert f"--name {left['name']} --dir {left['name']}" in taken
    assert f"{left['name']}/{left['path']}" in _run("comment", 1)
    assert f"> {left['path']}" in _run("contribution", 1)


@pytest.mark.parametrize("name", OURS)
def test_scripts_are_bash_and_call_what_there_is(name: str) -> None:
    for step in _steps(name):
        if "run" in step:
            subprocess.run(["bash", "-n"], input=step["run"], check=True, encoding="utf-8")
    text = "\n".join(step.get("run", "") for step in _steps(name))
    for target in re.findall(r"\bmake --directory base (\S+)", text):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE)
    commands = re.findall(r'bin/ldn-kg (\w+) "\$\{with\[@\]\}"( -f \w+)?', text)
    assert bool(commands) == (name == "contribution")
    for command, options in commands:
        found = main.get_command(click.Context(main), command)
        assert found
        found.make_context(command, ["--with", "x.ttl", *options.split()])


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def _program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def _compare(folder: Path, script: str = 'for word; do echo "<$word>"; done') -> tuple[int, str]:
    """Run the comparison where `ldn-kg` is a script; return the exit code and what it left."""
    _program(folder / "base" / ".venv" / "bin" / "ldn-kg", script)
    done = subprocess.run(
        ["bash", "-e", "-c", _run("contribution", 1)],
        cwd=folder,
        env={**os.environ, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")},
        capture_output=True,
    )
    return done.returncode, (folder / "comparison.txt").read_text(encoding="utf-8")


@pytest.fixture
def proposed(tmp_path: Path) -> Path:
    """Make a repository with a commit that changes a file, adds one and a link, and takes one."""
    (tmp_path / "data" / "studies").mkdir(parents=True)
    for name in ("changed", "gone", "kept"):
        (tmp_path / "data" / "studies" / f"{name}.ttl").write_text(name, encoding="utf-8")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "add", "data")
    _git(tmp_path, "commit", "--quiet", "-m", "before")
    (tmp_path / "data" / "studies" / "changed.ttl").write_text("other", encoding="utf-8")
    (tmp_path / "data" / "studies" / "gone.ttl").unlink()
    (tmp_path / "data" / "studies" / "new; one.ttl").write_text("new", encoding="utf-8")
    (tmp_path / "data" / "studies" / "link.ttl").symlink_to("/etc/passwd")
    (tmp_path / "data" / "readme.md").write_text("not data", encoding="utf-8")
    _git(tmp_path, "add", "data")
    _git(tmp_path, "commit", "--quiet", "-m", "after")
    return tmp_path


def test_only_files_that_are_added_or_changed_are_compared(proposed: Path) -> None:
    code, told = _compare(proposed)
    words = ["explain", "--with", "data/studies/changed.ttl", "--with", "data/studies/new; one.ttl"]
    assert (code, told.splitlines()) == (0, [f"<{word}>" for word in words])
    assert "<-f>\n<markdown>" in (proposed / "summary.md").read_text(encoding="utf-8")


def test_what_does_not_validate_is_told_and_fails(proposed: Path) -> None:
    code, told = _compare(proposed, "echo 'Error: The data do not validate' >&2; exit 1")
    assert (code, told) == (1, "Error: The data do not validate\n")


def test_a_comment_is_plain_lines_below_the_right_pull_request(tmp_path: Path) -> None:
    """Whatever a fork puts into the text: no link, no image, nobody is called."""
    calls = tmp_path / "calls.txt"
    _program(
        tmp_path / "bin" / "gh",
        f'echo "$*" >> {calls}\ncase "$*" in api*) echo 7;; *--edit-last*) exit 1;; esac',
    )
    (tmp_path / "comparison").mkdir()
    evil = "# big\r![x](https://example.org/x.png)\r\n@somebody\n```\n</pre><img src=x>\n\xff"
    (tmp_path / "comparison" / "comparison.txt").write_bytes(evil.encode("latin-1"))
    environment = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        **{"GH_REPO": "a/b", "COMMIT": "0123abc", "HEAD": 'fork:x"; touch hacked; "'},
    }
    script = ["bash", "-e", "-c", _run("comment", 1)]
    subprocess.run(script, cwd=tmp_path, env=environment, check=True)
    assert not (tmp_path / "hacked").exists()
    body = (tmp_path / "comment.md").read_bytes().decode()
    assert "\r" not in body
    first, empty, *rest = body.splitlines()
    assert "0123abc" in first
    assert empty == ""
    assert len(rest) == 4  # the byte that is not UTF-8 is gone
    assert all(line.startswith("    ") for line in rest)
    told = calls.read_text(encoding="utf-8").splitlines()
    assert [call.split()[:3] for call in told[1:]] == [["pr", "comment", "7"]] * 2
    assert 'head=fork:x"; touch hacked; "' in told[0]
