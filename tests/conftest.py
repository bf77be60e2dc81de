"""What several tests share: the dataset (read-only), the command, and copies to break."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import Run

import ldn_kg
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.release import build


@pytest.fixture(scope="session")
def kg() -> Dataset:
    return ldn_kg.load()


@pytest.fixture(scope="session")
def release(kg: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a release; a test that asks for it is in the group "release"."""
    folder = tmp_path_factory.mktemp("release") / "ldn-kg"
    build(kg, folder)
    return folder


@pytest.fixture(scope="session")
def site_folder(kg: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the website; a test that asks for it is in the group "site"."""
    from ldn_kg.publish.site import build_site

    folder = tmp_path_factory.mktemp("site") / "some" / "path"
    build_site(kg, folder)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the real command in an empty folder; what it says must never be a traceback."""

    def _run(*words: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ldn_kg", *map(str, words)]
        done = subprocess.run(  # type: ignore[call-overload]
            command,
            cwd=options.pop("cwd", tmp_path),
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "COLUMNS": "100", "LC_ALL": "C.UTF-8"},
            timeout=120,
            **options,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done  # type: ignore[no-any-return]

    return _run
