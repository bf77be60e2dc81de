"""The website: a static page for every IRI, with the same facts in Turtle and JSON-LD beside it."""

from collections.abc import Callable
from pathlib import Path

from ldn_kg.check.validation import check
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.folder import SUMS, contents, refuse_ways_out, replaced, sums
from ldn_kg.publish.release import Artefacts, artefacts
from ldn_kg.publish.release.metadata import version_of
from ldn_kg.publish.site.pages import pages
from ldn_kg.publish.site.rdf import alternates
from ldn_kg.read.record import Records

__all__ = ["build_site", "files_of", "steps"]

_STATIC = Path(__file__).parent / "static"


def build_site(
    dataset: Dataset,
    folder: str | Path,
    base_url: str | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> tuple[Path, ...]:
    """Write the website of a dataset into a folder, and return the paths of all files in it.

    Pages link to each other by relative addresses, so they work under any path and as local files;
    `base_url` only appears in their heads, as the canonical address. The dataset is validated
    first. The folder is replaced as a whole once everything is written. `progress` is called with
    the name of each step. Raises InvalidData if the dataset is not valid, and LdnKgError if the
    folder holds anything but an earlier site, or cannot be written.
    """
    with replaced(Path(folder)) as staging:
        progress("validate")
        check(dataset)
        for name, make in files_of(dataset, base_url).items():
            progress(name)
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).write_bytes(make(staging))
    return tuple(contents(Path(folder).resolve()))


def steps(dataset: Dataset, base_url: str | None = None) -> int:
    """Return how many times `build_site` calls its `progress`."""
    return 1 + len(files_of(dataset, base_url))


def files_of(dataset: Dataset, base_url: str | None = None) -> Artefacts:
    """Map the name of each file of the website to a function that makes it. Nothing is made yet.

    Raises LdnKgError if the scripts are missing, or if a file name leads out of the folder.
    """
    if not (_STATIC / "vendor").is_dir():
        raise LdnKgError("The scripts of the site are not built; run `make scripts` (needs npm).")
    records = Records(dataset)
    static = {path.relative_to(_STATIC).as_posix(): path for path in contents(_STATIC)}
    makers = {
        **{f"static/{name}": path.read_bytes for name, path in static.items()},
        **pages(records, base_url),
        **alternates(records),
    }
    refuse_ways_out(makers)
    # The release comes first: it describes the files that it finds in its folder.
    return {**_release(dataset), **{name: _alone(make) for name, make in makers.items()}}


def _alone(make: Callable[[], bytes]) -> Callable[[Path], bytes]:
    """Return the maker of a file that does not depend on the other files."""
    return lambda _: make()


def _release(dataset: Dataset) -> Artefacts:
    """Return the files of this release, below its address, and copies of its description."""
    subfolder = f"release/{version_of(dataset)[1]}"

    def below(make: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
        return lambda folder: make(folder / subfolder)

    def copy(name: str) -> Callable[[Path], bytes]:
        return lambda folder: (folder / subfolder / name).read_bytes()

    planned = artefacts(dataset)
    return {
        **{f"{subfolder}/{name}": below(make) for name, make in planned.items()},
        f"{subfolder}/{SUMS}": below(lambda root: sums(root, [root / n for n in sorted(planned)])),
        **{name: copy(name) for name in ("metadata.ttl", "metadata.jsonld")},
    }
