"""What several tests share: the dataset (read-only), the command, and copies to break."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from support.commands import OLDER, Built, apart, cut_off, here
from support.few import few_files
from support.paths import Run

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.rules import load
from ldn_kg.publish.folder import replaced
from ldn_kg.publish.formats import FORMATS, write


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Let commands keep what they prepare in a folder of the tests, and not in the user's."""
    folder = tmp_path_factory.mktemp("cache") / "ldn-kg"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LDN_KG_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def kg() -> Iterator[Dataset]:
    """Return the shipped dataset, which no test may change: that is looked at in the end."""
    dataset = load()
    yield dataset
    assert set(dataset.store) == set(load().store), "a test has changed what all of them share"


@pytest.fixture(scope="session")
def written(kg: Dataset) -> dict[str, bytes]:
    """Return the shipped dataset in each format."""
    return {form: write(kg, form) for form in FORMATS}


@pytest.fixture
def run(kg: Dataset, tmp_path: Path) -> Run:
    """Run the command in an empty folder, in this process."""
    return partial(here, kg, cwd=tmp_path)


@pytest.fixture
def process(tmp_path: Path) -> Run:
    """Run the command in an empty folder, in a process of its own.

    Where pipes, signals, limits, imports or the exit code of a process are the point.
    """
    return partial(apart, cwd=tmp_path)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `build` and `site` in this process write few files, which is quick."""
    for command in ("build", "site"):
        few_files(command, monkeypatch.setattr)


@pytest.fixture(scope="session")
def built(kg: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build a release over an older one; a test that asks for it is in the group "release"."""
    return _built(kg, "build", tmp_path_factory.mktemp("release") / "dist")


@pytest.fixture(scope="session")
def release(built: Built) -> Path:
    """Return the folder of a release; a test that asks for it is in the group "release"."""
    return built.folder


@pytest.fixture(scope="session")
def built_site(kg: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the website over an older one; a test that asks for it is in the group "site"."""
    return _built(kg, "site", tmp_path_factory.mktemp("site") / "some" / "path")


@pytest.fixture(scope="session")
def site_folder(built_site: Built) -> Path:
    """Return the folder of the website; a test that asks for it is in the group "site"."""
    return built_site.folder


def _built(kg: Dataset, command: str, folder: Path) -> Built:
    """Fill a folder by a command, with the network cut off."""
    with replaced(folder) as older:
        (older / OLDER).write_text("of an older version", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, cut_off(patch.setattr) as reached:
        done = here(kg, command, folder.name, cwd=folder.parent)
    return Built(folder, done, tuple(reached))
