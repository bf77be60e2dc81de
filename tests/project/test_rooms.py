"""The rooms of the package: who imports whom, who prints, and what is public."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

import ldn_kg

PACKAGE = sorted((ROOT / "ldn_kg").rglob("*.py"))


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT / "ldn_kg").with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def test_imports_go_down_only() -> None:
    """The rooms and their order are a contract in pyproject.toml."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 kept, 0 broken" in done.stdout


def test_only_the_command_line_prints() -> None:
    printing = {_module(path) for path in PACKAGE if _prints(path)}
    assert "command.terminal" in printing
    assert not [name for name in printing if not name.startswith("command.")]


def _prints(path: Path) -> bool:
    code = ast.unparse(ast.Module(ast.parse(path.read_text(encoding="utf-8")).body[1:], []))
    return bool(re.search(r"\bprint\(|click\.echo|sys\.std(out|err)", code))


def test_public_names() -> None:
    assert sorted(ldn_kg.__all__) == ldn_kg.__all__
    assert all(getattr(ldn_kg, name) is not None for name in ldn_kg.__all__)
    # A module of the same name would take the place of the function once it is imported.
    assert not set(ldn_kg.__all__) & set(map(_module, PACKAGE))
    with pytest.raises(AttributeError, match="No ldn_kg attribute lode"):
        ldn_kg.lode  # noqa: B018 - the access is what is tested
