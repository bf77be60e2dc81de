"""The website: a static page for every IRI, with the same facts in Turtle and JSON-LD beside it."""

from collections.abc import Callable
from pathlib import Path

from ldn_kg.check.validation import check
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.folder import SUMS, contents, refuse_ways_out, replaced, sums
from ldn_kg.publish.making import Artefacts, make_apart
from ldn_kg.publish.release import artefacts
from ldn_kg.publish.release.metadata import version_of
from ldn_kg.publish.release.nanopub import NANOPUBS, each, together
from ldn_kg.publish.site.machines import VOID, machine_files
from ldn_kg.publish.site.pages import pages
from ldn_kg.publish.site.rdf import alternates
from ldn_kg.publish.site.remembered import Remembered
from ldn_kg.publish.site.render import Renderer
from ldn_kg.read.changelog import read_release
from ldn_kg.read.changes import compare_releases
from ldn_kg.read.record import Records

__all__ = ["build_site", "expect_scripts", "files_of", "write_site"]

_STATIC = Path(__file__).parent / "static"
_IN_ORDER = ("release/", "metadata.", VOID)


def build_site(
    dataset: Dataset,
    folder: str | Path,
    base_url: str | None = None,
    progress: Callable[[str], None] = lambda step: None,
    previous: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write the website of a dataset into a folder, and return the paths of all files in it.

    Pages link to each other by relative addresses, so they work under any path and as local files;
    `base_url` only appears where machines need a whole address: in the heads of pages, in the site
    map, the feed and llms.txt. `previous` is the release before this one; with it, the feed tells
    each claim that changed. The dataset is validated first. The folder is replaced as a whole once
    everything is written. `progress` is called with the name of each step. Raises InvalidData if
    the dataset is not valid, and LdnKgError if the folder holds anything but an earlier site, or
    cannot be written, or if `previous` is not a release.
    """
    return write_site(dataset, folder, files_of(dataset, base_url, previous), progress)


def write_site(
    dataset: Dataset, folder: str | Path, planned: Artefacts, progress: Callable[[str], None]
) -> tuple[Path, ...]:
    """Write the files that `files_of` planned, as `build_site` does.

    `progress` is called once more, at first: for the validation.
    """
    # The release describes the files that it finds in its folder.
    ordered = {name: planned[name] for name in planned if name.startswith(_IN_ORDER)}
    alone = {name: planned[name] for name in planned if name not in ordered}
    with replaced(Path(folder)) as staging:
        progress("validate")
        check(dataset)
        make_apart(staging, ordered, alone, progress)
    return tuple(contents(Path(folder).resolve()))


def expect_scripts() -> None:
    """Raise LdnKgError where the scripts of the site are missing: in a clone they have to be built.

    The wheel has them, and needs no npm. The licences are written last, so they are all there with
    them.
    """
    if not (_STATIC / "vendor" / "LICENSES.txt").is_file():
        raise LdnKgError(
            "The scripts of the site are not built. In a clone, `make scripts` builds them and "
            "needs npm (Node.js 20 or later); the wheel has them."
        )


def files_of(
    dataset: Dataset, base_url: str | None = None, previous: str | Path | None = None
) -> Artefacts:
    """Map the name of each file of the website to a function that makes it. Nothing is made yet.

    Raises LdnKgError if the scripts are missing, if a file name leads out of the folder, or if
    `previous` is not a release.
    """
    expect_scripts()
    dataset = Remembered(dataset.store, dataset.files)
    records = Records(dataset)
    changes = compare_releases(read_release(previous), dataset) if previous else None
    renderer = Renderer(records, base_url, changes)
    published = each(dataset)  # first: the names of nanopublications are made from their content
    static = {path.relative_to(_STATIC).as_posix(): path for path in contents(_STATIC)}
    makers = {
        **{f"static/{name}": path.read_bytes for name, path in static.items()},
        **pages(records, renderer),
        **alternates(records, published),
    }
    makers |= machine_files(records, makers, renderer.base_url, changes)
    refuse_ways_out(makers)
    # The release comes first: it describes the files that it finds in its folder.
    planned = artefacts(dataset, previous) | {NANOPUBS: lambda _: together(published)}
    release = _release(version_of(dataset)[1], planned)
    return {**release, **{name: _alone(make) for name, make in makers.items()}}


def _alone(make: Callable[[], bytes]) -> Callable[[Path], bytes]:
    """Return the maker of a file that does not depend on the other files."""
    return lambda _: make()


def _release(number: str, planned: Artefacts) -> Artefacts:
    """Return the files of this release, below its address, and copies of its description."""
    subfolder = f"release/{number}"

    def below(make: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
        return lambda folder: make(folder / subfolder)

    def copy(name: str) -> Callable[[Path], bytes]:
        return lambda folder: (folder / subfolder / name).read_bytes()

    return {
        **{f"{subfolder}/{name}": below(make) for name, make in planned.items()},
        f"{subfolder}/{SUMS}": below(lambda root: sums(root, [root / n for n in sorted(planned)])),
        **{name: copy(name) for name in ("metadata.ttl", "metadata.jsonld")},
        VOID: copy("metadata.ttl"),
    }
