"""A folder for temporary files, which goes with the process that made it, or with the next one."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.beside import beside, left_beside, remove, tidied_when_ended


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a folder that nobody else may read, and remove it; also what killed processes left.

    Raises LdnKgError if it cannot be made.
    """
    with faults_of_temporary_files():
        named = Path(tempfile.gettempdir()) / "ldn-kg"
        for left in left_beside(named):
            remove(left)
    folder = beside(named)
    with tidied_when_ended():
        try:
            with faults_of_temporary_files():
                folder.mkdir(mode=0o700)
            yield folder
        finally:
            remove(folder)


@contextmanager
def faults_of_temporary_files() -> Iterator[None]:
    """Turn an error of the operating system into a sentence that says where they could be."""
    try:
        yield
    except OSError as error:
        raise LdnKgError(
            f"The folder for temporary files cannot be used: {error.strerror or error}. TMPDIR in "
            "the environment names another place."
        ) from error
