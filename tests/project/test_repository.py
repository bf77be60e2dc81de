"""The project about itself: README, floors, version, changelog."""

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
import pytest
import yaml
from importlinter.cli import lint_imports
from support.paths import ROOT, Run

import ldn_kg
from ldn_kg.command.main import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGE = sorted((ROOT / "ldn_kg").rglob("*.py"))


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT / "ldn_kg").with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def test_imports_go_down_only(capsys: pytest.CaptureFixture[str]) -> None:
    """The rooms and their order are a contract in pyproject.toml."""
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == 0
    assert "2 kept, 0 broken" in capsys.readouterr().out


@pytest.mark.parametrize("path", PACKAGE, ids=_module)
def test_only_the_command_line_prints(path: Path) -> None:
    code = ast.unparse(ast.Module(ast.parse(path.read_text(encoding="utf-8")).body[1:], []))
    printing = re.search(r"\bprint\(|click\.echo|sys\.std(out|err)", code)
    assert bool(printing) == (
        _module(path) in ("command.main", "command.stores", "command.terminal")
    )


def test_public_names() -> None:
    assert sorted(ldn_kg.__all__) == ldn_kg.__all__
    assert all(getattr(ldn_kg, name) is not None for name in ldn_kg.__all__)
    # A module of the same name would take the place of the function once it is imported.
    assert not set(ldn_kg.__all__) & set(map(_module, PACKAGE))
    with pytest.raises(AttributeError, match="No ldn_kg attribute lode"):
        ldn_kg.lode  # noqa: B018 - the access is what is tested


def test_help_in_the_readme_is_current(run: Run) -> None:
    assert run("--help").stdout.replace("python -m ldn_kg", "ldn-kg").strip() in README


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_with_an_example_and_stands_in_the_readme(name: str) -> None:
    command = main.commands[name]
    context = click.Context(command, info_name=f"ldn-kg {name}")
    assert re.search(rf"Example:\n +ldn-kg {name} ?", command.get_help(context))
    assert f"ldn-kg {name}" in README


def _blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no {language} block"
    return found


def _commands() -> list[str]:
    lines = [line for block in _blocks("console") for line in block.splitlines()]
    # Those that talk to a triple store are run in test_stores.py.
    return [x.removeprefix("$ ") for x in lines if x.startswith("$ ldn-kg") and "http:" not in x]


@pytest.mark.parametrize("command", _commands())
def test_every_command_of_the_readme_runs(command: str, run: Run) -> None:
    done = run(*shlex.split(command)[1:])
    assert done.returncode == 0, done.stderr
    assert bool(done.stdout) != (" -o " in command)


def test_what_the_readme_shows_is_what_is_printed(run: Run) -> None:
    """A command followed by lines in the README prints exactly these lines."""
    shown = 0
    for block in _blocks("console"):
        for command, printed in re.findall(
            r"^\$ (ldn-kg .*)\n((?:[^$\n].*\n)*)", block, re.MULTILINE
        ):
            if printed:
                shown += 1
                assert run(*shlex.split(command)[1:]).stdout == printed
    assert shown


def test_the_taste_of_the_data_is_in_the_data() -> None:
    lines = [line for block in _blocks("turtle") for line in block.splitlines() if line.strip()]
    study = (ROOT / "data" / "studies" / "younger2013.ttl").read_text(encoding="utf-8").splitlines()
    assert lines
    assert not [line for line in lines if line not in study]


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    for block in _blocks("python"):
        subprocess.run([sys.executable, "-c", block], cwd=tmp_path, check=True, capture_output=True)


def test_commands_of_the_release_guide_exist() -> None:
    guide = (ROOT / "RELEASING.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^ *\$ make (\w+)$", guide, re.MULTILINE)
    assert targets == ["citation", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
    ours = [shlex.split(x) for x in re.findall(r"^ *\$ (ldn-kg .*)$", guide, re.MULTILINE)]
    assert ours
    for command in ours:
        main.commands[command[1]].make_context(command[1], command[2:])
    assert not [x for x in re.findall(r"\]\(([^)#:]+)\)", guide) if not (ROOT / x).exists()]


@pytest.mark.parametrize("name", ["test", "release"])
def test_a_workflow_runs_the_tests_that_everybody_runs(name: str) -> None:
    path = ROOT / ".github" / "workflows" / f"{name}.yml"
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    runs = [step["run"].strip() for step in steps if "run" in step]
    assert "make test" in runs
    assert all(not run.startswith(".ci/run") for run in runs)
    for script in re.findall(r"\.ci/[\w-]+", " ".join(runs)):
        assert (ROOT / script).stat().st_mode & 0o111, f"{script} cannot be executed"


def test_make_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\$ make ?(\w*)", README, re.MULTILINE)
    assert targets[:2] == ["", "test"]
    assert all(re.search(rf"^{target or 'all'}:", makefile, re.MULTILINE) for target in targets)


def test_files_that_the_readme_links_exist() -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", README)
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


def test_version_stands_once() -> None:
    text = (ROOT / "data" / "dataset.ttl").read_text(encoding="utf-8")
    found = re.findall(r"\b(\d{4}\.\d+(?:\.\d+)?)\b", text)
    assert found == [version("ldn-kg")]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changelog, re.MULTILINE)[1] == found[0]  # type: ignore[index]


def test_each_exists_asks_one_triple() -> None:
    """Two are joined over the whole graph for each row, so that cost grows with its square."""
    folders = ("queries", "ldn_kg/publish/release", "ontology/rules", "shapes")
    files = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".rq", ".ttl")
    ]
    asked = [(path, body) for path in files for body in _asked(path.read_text(encoding="utf-8"))]
    assert len(asked) > 50
    one = re.compile(r"\S+\s+(?:[^\s/<]|<[^>]*>)+\s+\S+")
    assert not [(path.name, body) for path, body in asked if not one.fullmatch(body)]


def _asked(sparql: str) -> Iterator[str]:
    """Yield what stands in each EXISTS before its first filter or group."""
    for part in re.split(r"\bEXISTS\s*\{", sparql)[1:]:
        yield re.split(r"\bFILTER\b|[{}]", part)[0].strip().removesuffix(".").strip()
