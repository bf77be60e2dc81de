"""The README and the other pages: what they show and promise is so."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from support.paths import ROOT, Run

from ldn_kg.command.main import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    page
    for folder in (ROOT, ROOT / "docs", ROOT / ".github", ROOT / "web" / "w3id")
    for page in sorted(folder.glob("*.md"))
]


def test_help_in_the_readme_is_current(run: Run) -> None:
    assert run("--help").stdout.replace("python -m ldn_kg", "ldn-kg").strip() in README


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_every_command_has_help_with_an_example_and_stands_in_the_readme(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command
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
    """A command followed by lines in the README prints exactly these lines, or first these."""
    shown = 0
    for block in _blocks("console"):
        for command, printed in re.findall(
            r"^\$ (ldn-kg .*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE
        ):
            if printed:
                shown += 1
                first, more, _ = printed.partition("…\n")
                output = run(*shlex.split(command)[1:]).stdout
                assert output.startswith(first) if more else output == first
    assert shown


def test_the_taste_of_the_data_is_in_the_data() -> None:
    lines = [line for block in _blocks("turtle") for line in block.splitlines() if line.strip()]
    study = (ROOT / "data" / "studies" / "bruun2024.ttl").read_text(encoding="utf-8").splitlines()
    assert lines
    assert not [line for line in lines if line not in study]


def test_commands_on_files_of_the_reader_run(run: Run, tmp_path: Path) -> None:
    """With a record and a study in the places of the reader's own."""
    record = ROOT / "tests" / "curate" / "records" / "trial.nbib"
    (tmp_path / "pubmed.nbib").write_bytes(record.read_bytes())
    commands = [line for block in _blocks("sh") for line in block.splitlines()]
    assert [shlex.split(command)[1] for command in commands] == ["new", "validate", "explain"]
    for command in commands:
        done = run(*shlex.split(command)[1:])
        assert done.returncode == 0, done.stderr
        _own_study(
            tmp_path
        )  # in the place of the one that is begun, since that has to be filled in


def _own_study(folder: Path) -> None:
    """Write my-study.ttl: a copy of a shipped study under other names."""
    text = (ROOT / "data" / "studies" / "younger2013.ttl").read_text(encoding="utf-8")
    for old, new in (
        ("younger2013", "mine2026"),
        ("10.1002/art.37734", "10.5555/mine.2026"),
        ("NCT00568555", "NCT99999999"),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "my-study.ttl").write_text(text, encoding="utf-8")


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    _own_study(tmp_path)
    for block in _blocks("python"):
        subprocess.run([sys.executable, "-c", block], cwd=tmp_path, check=True, capture_output=True)


def test_blocks_of_the_readme_fit_a_narrow_terminal() -> None:
    blocks = re.findall(r"^```\w*\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 5
    assert not [line for block in blocks for line in block.splitlines() if len(line) > 80]


def test_make_commands_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^\$ make ?(\w*)", README, re.MULTILINE)
    assert targets[:2] == ["", "test"]
    assert all(re.search(rf"^{target or 'all'}:", makefile, re.MULTILINE) for target in targets)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_a_page_links_to_exist(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_the_readme_and_the_guides_link_to_files() -> None:
    """Or the test above would look at nothing."""
    assert {"README.md", "SECURITY.md", "CONTRIBUTING.md", "releasing.md"} <= {
        page.name for page in PAGES if re.search(r"\]\((?!http)", page.read_text(encoding="utf-8"))
    }
