"""The website: a static page for every IRI, with the same in Turtle and JSON-LD beside it."""

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
    """Write the website of a dataset into a folder, and return the files in it.

    Pages link to each other by relative addresses, so they work under any path, and from a folder;
    `base_url` is only said in their heads as the address of record. Validates first and raises
    InvalidData where that fails. The folder is replaced as a whole once all is written. Raises
    LdnKgError for a folder that holds anything else or cannot be written.
    """
    with replaced(Path(folder)) as beside:
        progress("validate")
        check(dataset)
        for name, make in files_of(dataset, base_url).items():
            progress(name)
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(make(beside))
    return tuple(contents(Path(folder).resolve()))


def steps(dataset: Dataset, base_url: str | None = None) -> int:
    """Return how many steps `build_site` tells its `progress`."""
    return 1 + len(files_of(dataset, base_url))


def files_of(dataset: Dataset, base_url: str | None = None) -> Artefacts:
    """Return the files of the website by their names, and how to make each. Nothing is made yet."""
    if not (_STATIC / "vendor").is_dir():
        raise LdnKgError("The scripts of the site are not built; run `make scripts`, with npm.")
    records = Records(dataset)
    static = {path.relative_to(_STATIC).as_posix(): path for path in contents(_STATIC)}
    made = {
        **{f"static/{name}": path.read_bytes for name, path in static.items()},
        **pages(records, base_url),
        **alternates(records),
    }
    refuse_ways_out(made)
    # The release first: it describes the files that it finds in its folder.
    return {**_release(dataset), **{name: _alone(make) for name, make in made.items()}}


def _alone(make: Callable[[], bytes]) -> Callable[[Path], bytes]:
    """Return how to make a file for which the others do not matter."""
    return lambda _: make()


def _release(dataset: Dataset) -> Artefacts:
    """Return the files of this release, below its address, and its description at the top."""
    place = f"release/{version_of(dataset)[1]}"

    def below(make: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
        return lambda folder: make(folder / place)

    def copy(name: str) -> Callable[[Path], bytes]:
        return lambda folder: (folder / place / name).read_bytes()

    planned = artefacts(dataset)
    return {
        **{f"{place}/{name}": below(make) for name, make in planned.items()},
        f"{place}/{SUMS}": below(lambda there: sums(there, [there / n for n in sorted(planned)])),
        **{name: copy(name) for name in ("metadata.ttl", "metadata.jsonld")},
    }
